//! curl: an HTTP request, with the options that people use to ask an Ingress or a Gateway.

use std::sync::Arc;

use super::UsageError;
use super::certificate::CertificateCheck;
use super::url::{self, ParsedUrl};
use crate::model::base64;
use crate::packet::{Headers, HttpRequest, HttpVersion, Scheme, TlsVersion};
use crate::request::{AddressFamily, HttpAsk, RequestHost};

pub mod options;
mod output;
mod transcript;

/// How many redirects curl -L follows at most.
const MAX_REDIRECTS: u32 = 50;

/// `curl -H 'Host: shop.example.com' http://192.0.2.80/cart`.
#[derive(Clone, Debug, PartialEq)]
pub struct CurlCommand {
    ask: HttpAsk,
    url: ParsedUrl,
    silent: bool,
    show_error: bool,
    fail: bool,
    /// Whether the body goes to a file.
    to_file: bool,
    /// The file, unless what goes there is lost.
    saves_to: Option<String>,
    /// -D: the file that headers go to; `-` is standard output.
    headers_to: Option<String>,
    /// -I and -i print headers, of which the date at least isn't known.
    headers_shown: bool,
    /// -v
    verbose: bool,
    /// --no-progress-meter
    hides_progress: bool,
    draws_bar: bool,
    write_out: Option<String>,
    check: CertificateCheck,
    /// --max-time and --connect-timeout, in seconds.
    max_time: Option<f64>,
    connect_timeout: Option<f64>,
}

/// The options while they are read.
#[derive(Default)]
pub struct CurlOptions {
    urls: Vec<String>,
    method: Option<String>,
    headers: Vec<String>,
    cookies: Vec<String>,
    data: Vec<String>,
    json: bool,
    as_query: bool,
    url_query: Vec<String>,
    head: bool,
    include: bool,
    verbose: bool,
    hides_progress: bool,
    draws_bar: bool,
    user: Option<String>,
    agent: Option<String>,
    referer: Option<String>,
    resolve: Vec<String>,
    connect_to: Vec<String>,
    follow: bool,
    max_redirects: Option<u32>,
    family: AddressFamily,
    path_as_is: bool,
    globs_off: bool,
    version: Option<HttpVersion>,
    silent: bool,
    show_error: bool,
    fail: bool,
    output: Option<String>,
    remote_name: bool,
    output_dir: Option<String>,
    headers_to: Option<String>,
    write_out: Option<String>,
    form: bool,
    bearer: Option<String>,
    compressed: bool,
    insecure: bool,
    /// Whether --cert gives it a certificate to show.
    certified: bool,
    /// --tls-max
    newest_tls: Option<TlsVersion>,
    /// Whether --cacert gives it a certificate to trust.
    trusts: bool,
    max_time: Option<f64>,
    connect_timeout: Option<f64>,
}

/// Reads the arguments behind `curl`.
pub fn parse_curl(args: &[String]) -> Result<CurlCommand, UsageError> {
    let mut curl = CurlOptions::default();
    let words = options::OPTIONS.read(args, &mut curl)?;
    curl.urls.extend(words);
    curl.finish()
}

impl CurlOptions {
    fn finish(self) -> Result<CurlCommand, UsageError> {
        // 1. The one URL, without patterns.
        let [typed] = self.urls.as_slice() else {
            return Err(if self.urls.is_empty() {
                UsageError::new(2, "curl: (2) no URL specified")
            } else {
                UsageError::new(2, "curl: one URL at a time is understood here")
            });
        };
        let mut url = url::parse_url(typed, self.path_as_is)?;
        let globs = |text: &str| text.contains(['{', '}', '[', ']']);
        if !self.globs_off && (globs(&url.path) || url.query.as_deref().is_some_and(globs)) {
            return Err(UsageError::new(
                3,
                "curl: {} and [] in a URL stand for several URLs; use -g to send them as they are",
            ));
        }
        // 2. What belongs into its query.
        let mut added = self.url_query.clone();
        added.extend(self.data.iter().filter(|_| self.as_query).cloned());
        if !added.is_empty() {
            let added = added.join("&");
            url.query = Some(url.query.take().map_or_else(|| added.clone(), |query| format!("{query}&{added}")));
        }
        // 3. The request, and where it goes.
        let request = self.request(&url);
        let (host, port) = self.connect(&url)?;
        if !host.is_of(self.family) {
            let message = format!("curl: (7) Failed to connect to {} port {port} after 0 ms", super::host_text(&host));
            return Err(UsageError::of_tool(7, format!("{message}: Could not connect to server")));
        }
        // 4. Where the answer is written.
        let to_file = self.output.as_deref().map_or(self.remote_name, |output| output != "-");
        let saves_to = self.saves_to(&url).filter(|path| to_file && path != "/dev/null");
        Ok(CurlCommand {
            ask: HttpAsk {
                host,
                family: self.family,
                port,
                request: Arc::new(request),
                follow: if self.follow { self.max_redirects.unwrap_or(MAX_REDIRECTS) } else { 0 },
            },
            url,
            silent: self.silent,
            show_error: self.show_error,
            fail: self.fail,
            to_file,
            saves_to,
            headers_to: self.headers_to.clone(),
            headers_shown: self.head || self.include,
            verbose: self.verbose,
            hides_progress: self.hides_progress,
            draws_bar: self.draws_bar,
            write_out: self.write_out,
            check: match (self.insecure, self.trusts) {
                (true, _) => CertificateCheck::Nothing,
                (false, true) => CertificateCheck::Names,
                (false, false) => CertificateCheck::All,
            },
            max_time: self.max_time,
            connect_timeout: self.connect_timeout,
        })
    }

    /// -o, or the last part of the path; a URL that ends in a slash has none (get_url_file_name).
    fn saves_to(&self, url: &ParsedUrl) -> Option<String> {
        let of_url = || match url.path.rsplit('/').next() {
            Some("") | None => "curl_response".to_owned(),
            Some(name) => name.to_owned(),
        };
        let name = self.output.clone().unwrap_or_else(of_url);
        Some(match &self.output_dir {
            Some(folder) if !name.starts_with('/') => format!("{folder}/{name}"),
            _ => name,
        })
    }

    fn request(&self, url: &ParsedUrl) -> HttpRequest {
        // 1. The method.
        let sends = !self.data.is_empty() && !self.as_query;
        let usual = match (self.head, sends) {
            (true, _) => "HEAD",
            (false, true) => "POST",
            (false, false) => "GET",
        };
        // 2. The headers that curl sets by itself and by options.
        let mut headers = Headers::default();
        headers.add("User-Agent", self.agent.as_deref().unwrap_or("curl/8.14.1"));
        headers.add("Accept", if self.json { "application/json" } else { "*/*" });
        if let Some(referer) = &self.referer {
            headers.add("Referer", referer);
        }
        if let Some(user) = self.user.as_ref().or(url.user.as_ref()) {
            headers.add("Authorization", &format!("Basic {}", base64::encode(user)));
        }
        if let Some(token) = &self.bearer {
            headers.set("Authorization", &format!("Bearer {token}"));
        }
        if self.compressed {
            headers.add("Accept-Encoding", "deflate, gzip, br, zstd");
        }
        if !self.cookies.is_empty() {
            headers.add("Cookie", &self.cookies.join("; "));
        }
        if sends {
            headers.add(
                "Content-Type",
                match (self.json, self.form) {
                    (true, _) => "application/json",
                    (false, true) => "multipart/form-data",
                    (false, false) => "application/x-www-form-urlencoded",
                },
            );
        }
        // 3. Those that are given, which may replace them.
        let mut host = url.authority();
        for header in &self.headers {
            set_header(header, &mut headers, &mut host);
        }
        // 4. The request, in the version of its scheme unless one is asked for.
        let body = self.data.join("&");
        let by_scheme = if url.scheme == Scheme::Https { HttpVersion::Http2 } else { HttpVersion::Http1 };
        HttpRequest {
            scheme: url.scheme,
            method: self.method.clone().unwrap_or_else(|| usual.to_owned()),
            host,
            path: url.path.clone(),
            query: url.query.clone(),
            headers,
            server_name: url.server_name(),
            client_certificate: self.certified,
            newest_tls: self.newest_tls,
            version: self.version.unwrap_or(by_scheme),
            body_length: if sends { body.len() as u64 } else { 0 },
        }
    }

    /// --connect-to counts before --resolve; empty parts fit anything and keep what is there.
    fn connect(&self, url: &ParsedUrl) -> Result<(RequestHost, u16), UsageError> {
        let (mut host, mut port) = (url.host.clone(), url.port());
        for rule in &self.connect_to {
            let [from, from_port, to, to_port] = connect_parts(rule)
                .ok_or_else(|| UsageError::new(49, format!("curl: (49) Couldn't parse CONNECT TO entry '{rule}'")))?;
            let fits_port = from_port.is_empty() || from_port.parse() == Ok(url.port());
            if fits_port && (from.is_empty() || from.eq_ignore_ascii_case(&url.host)) {
                host = if to.is_empty() { host } else { to };
                port = to_port.parse().unwrap_or(port);
                break;
            }
        }
        for rule in &self.resolve {
            let malformed = || UsageError::new(49, format!("curl: (49) Couldn't parse CURLOPT_RESOLVE entry '{rule}'"));
            let rule = rule.strip_prefix('+').unwrap_or(rule);
            let (name, rest) = rule.split_once(':').ok_or_else(malformed)?;
            let (of_port, addresses) = rest.split_once(':').ok_or_else(malformed)?;
            let address = addresses.split(',').next().unwrap_or_default();
            let fits = name == "*" || name.eq_ignore_ascii_case(&host);
            if fits && of_port.parse() == Ok(port) {
                let RequestHost::Address(address) = RequestHost::new(address) else { return Err(malformed()) };
                return Ok((RequestHost::Address(address), port));
            }
        }
        Ok((RequestHost::new(&host), port))
    }
}

/// `HOST1:PORT1:HOST2:PORT2`, with IPv6 addresses in brackets.
fn connect_parts(rule: &str) -> Option<[String; 4]> {
    let mut parts = vec![String::new()];
    let mut in_brackets = false;
    for character in rule.chars() {
        match character {
            ':' if !in_brackets => {
                parts.push(String::new());
                continue;
            }
            '[' => in_brackets = true,
            ']' => in_brackets = false,
            _ => {}
        }
        parts.last_mut()?.push(character);
    }
    parts.try_into().ok()
}

/// `Name: value` replaces a header of curl's own, `Name:` takes it away, `Name;` sends it empty.
fn set_header(header: &str, headers: &mut Headers, host: &mut String) {
    const OWN: &[&str] = &["user-agent", "accept", "referer", "authorization", "cookie", "content-type"];
    let (name, value) = match header.split_once(':') {
        Some((name, value)) => (name, Some(value.trim()).filter(|value| !value.is_empty())),
        None => match header.strip_suffix(';') {
            Some(name) => (name, Some("")),
            None => return,
        },
    };
    if name.eq_ignore_ascii_case("host") {
        *host = value.unwrap_or_default().to_owned();
        return;
    }
    if OWN.contains(&name.to_ascii_lowercase().as_str()) {
        headers.remove(name);
    }
    if let Some(value) = value {
        headers.add(name, value);
    }
}

fn url_encoded(text: &str) -> String {
    let (name, value) = text.split_once('=').map_or((None, text), |(name, value)| (Some(name), value));
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    let encoded: String = value
        .bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect();
    match name.filter(|name| !name.is_empty()) {
        Some(name) => format!("{name}={encoded}"),
        None => encoded,
    }
}

fn option_number(shown: &str, text: &str) -> Result<f64, UsageError> {
    let number = text.parse().ok().filter(|number: &f64| *number >= 0.0);
    number.ok_or_else(|| option_error(shown, "expected a proper numerical parameter"))
}

/// What curl says of an option on the command line.
fn option_error(shown: &str, why: &str) -> UsageError {
    let hint = "curl: try 'curl --help' or 'curl --manual' for more information";
    UsageError::new(2, format!("curl: option {shown}: {why}\n{hint}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &[&str]) -> Result<CurlCommand, UsageError> {
        parse_curl(&line.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_host_header_and_where_to_connect() {
        let curl = read(&["-H", "Host: shop.example.com", "http://192.0.2.80/a/../cart?x=1"]).unwrap();
        assert_eq!((&*curl.ask.request.host, &*curl.ask.request.path), ("shop.example.com", "/cart"));
        assert_eq!(curl.ask.host, RequestHost::new("192.0.2.80"));
        assert_eq!(curl.ask.request.query.as_deref(), Some("x=1"));
    }

    #[test]
    fn connect_to_and_resolve() {
        let curl =
            read(&["-k", "--connect-to", "t.example.com:443:192.0.2.80:8443", "https://t.example.com/"]).unwrap();
        assert_eq!((&curl.ask.host, curl.ask.port), (&RequestHost::new("192.0.2.80"), 8443));
        assert_eq!(curl.ask.request.server_name.as_deref(), Some("t.example.com"));
        let curl = read(&["--resolve", "a.b:80:[fd00::1]", "http://a.b/"]).unwrap();
        assert_eq!(curl.ask.host, RequestHost::new("fd00::1"));
        assert_eq!(read(&["--resolve", "a.b", "a.b"]).unwrap_err().exit, 49);
    }

    #[test]
    fn methods_and_bodies() {
        let method = |line: &[&str]| read(line).unwrap().ask.request.method.clone();
        assert_eq!(method(&["-I", "web"]), "HEAD");
        assert_eq!(method(&["-d", "", "web"]), "POST");
        assert_eq!(method(&["-XPUT", "-d", "a", "web"]), "PUT");
        let curl = read(&["-G", "-d", "a=1", "--data-urlencode", "b=x y", "http://web/?z"]).unwrap();
        assert_eq!(curl.ask.request.query.as_deref(), Some("z&a=1&b=x%20y"));
        assert_eq!(curl.ask.request.method, "GET");
    }

    #[test]
    fn letters_may_stand_together() {
        let curl = read(&["-sSLo", "/dev/null", "-w%{http_code}", "web"]).unwrap();
        assert!(curl.silent && curl.show_error && curl.to_file && curl.saves_to.is_none());
        assert_eq!((curl.ask.follow, curl.write_out.as_deref()), (MAX_REDIRECTS, Some("%{http_code}")));
    }

    #[test]
    fn what_curl_refuses() {
        assert_eq!(read(&["--foo", "web"]).unwrap_err(), option_error("--foo", "is unknown"));
        assert_eq!(read(&["-W", "web"]).unwrap_err(), option_error("-W", "is unknown"));
        assert_eq!(read(&["-H"]).unwrap_err(), option_error("-H", "requires parameter"));
        assert_eq!(read(&[]).unwrap_err().exit, 2);
        assert!(read(&["-x", "http://p", "web"]).unwrap_err().message.starts_with("curl: option -x: "));
        assert_eq!(read(&["gopher://x"]).unwrap_err().exit, 1);
        assert_eq!(read(&["http://a/{x,y}"]).unwrap_err().exit, 3);
    }

    #[test]
    fn own_headers_are_replaced_or_taken_away() {
        let curl = read(&["-H", "User-Agent: x", "-H", "Accept:", "-H", "X-A: 1", "-H", "x-a: 2", "web"]).unwrap();
        let headers = &curl.ask.request.headers;
        assert_eq!((headers.value("user-agent"), headers.value("accept")), (Some("x"), None));
        assert_eq!(headers.0.iter().filter(|(name, _)| name.eq_ignore_ascii_case("x-a")).count(), 2);
    }
}
