//! curl: an HTTP request, with the options that people use to ask an Ingress or a Gateway.

use std::sync::Arc;

use super::url::{self, Url, base64};
use super::{Output, UsageError};
use crate::packet::{Headers, HttpRequest, HttpVersion, Scheme};
use crate::request::{Ask, Host, HttpAsk};
use crate::trace::{Decision, Outcome, Resolution};

/// How many redirects curl -L follows at most.
const MAX_REDIRECTS: u32 = 50;

/// `curl -H 'Host: shop.example.com' http://192.0.2.80/cart`.
#[derive(Clone, Debug, PartialEq)]
pub struct Curl {
    ask: HttpAsk,
    url: Url,
    silent: bool,
    show_error: bool,
    fail: bool,
    /// Whether the body goes to a file.
    to_file: bool,
    /// -I and -i print headers, of which the date at least isn't known.
    headers_shown: bool,
    write_out: Option<String>,
}

/// The options while they are read.
#[derive(Default)]
struct Options {
    urls: Vec<String>,
    method: Option<String>,
    headers: Vec<String>,
    cookies: Vec<String>,
    data: Vec<String>,
    json: bool,
    as_query: bool,
    head: bool,
    include: bool,
    user: Option<String>,
    agent: Option<String>,
    referer: Option<String>,
    resolve: Vec<String>,
    connect_to: Vec<String>,
    follow: bool,
    max_redirects: Option<u32>,
    path_as_is: bool,
    globs_off: bool,
    version: Option<HttpVersion>,
    silent: bool,
    show_error: bool,
    fail: bool,
    to_file: bool,
    write_out: Option<String>,
}

/// Short options and the long ones they stand for.
const SHORT: &[(char, &str)] = &[
    ('X', "request"),
    ('H', "header"),
    ('d', "data"),
    ('G', "get"),
    ('I', "head"),
    ('i', "include"),
    ('L', "location"),
    ('k', "insecure"),
    ('u', "user"),
    ('A', "user-agent"),
    ('e', "referer"),
    ('b', "cookie"),
    ('s', "silent"),
    ('S', "show-error"),
    ('f', "fail"),
    ('v', "verbose"),
    ('o', "output"),
    ('O', "remote-name"),
    ('w', "write-out"),
    ('m', "max-time"),
    ('4', "ipv4"),
    ('6', "ipv6"),
    ('g', "globoff"),
    ('N', "no-buffer"),
    ('0', "http1.0"),
    ('#', "progress-bar"),
];

/// Reads the arguments behind `curl`.
pub fn parse(args: &[String]) -> Result<Curl, UsageError> {
    let mut options = Options::default();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        if let Some(name) = arg.strip_prefix("--") {
            if name.is_empty() {
                options.urls.extend(args.by_ref().cloned());
            } else {
                options.option(name, arg, &mut || args.next().cloned())?;
            }
        } else if arg.starts_with('-') && arg.len() > 1 {
            options.short(arg, &mut args)?;
        } else {
            options.urls.push(arg.clone());
        }
    }
    options.finish()
}

impl Options {
    /// Letters in one word; a value may follow at once.
    fn short<'a>(&mut self, word: &str, args: &mut impl Iterator<Item = &'a String>) -> Result<(), UsageError> {
        let mut letters = word.trim_start_matches('-').chars();
        while let Some(letter) = letters.next() {
            let shown = format!("-{letter}");
            let long = SHORT.iter().find(|(short, _)| *short == letter).map(|(_, long)| *long);
            let long = long.ok_or_else(|| unknown(&shown))?;
            let rest = letters.as_str().to_owned();
            let mut used_rest = false;
            self.option(long, &shown, &mut || {
                used_rest = !rest.is_empty();
                if used_rest { Some(rest.clone()) } else { args.next().cloned() }
            })?;
            if used_rest {
                return Ok(());
            }
        }
        Ok(())
    }

    fn option(&mut self, name: &str, shown: &str, next: &mut dyn FnMut() -> Option<String>) -> Result<(), UsageError> {
        let mut value =
            || next().ok_or_else(|| UsageError::new(2, format!("curl: option {shown}: requires parameter")));
        match name {
            "request" => self.method = Some(value()?),
            "header" => self.headers.push(value()?),
            "cookie" => self.cookies.push(value()?),
            "data" | "data-ascii" | "data-binary" => {
                let data = value()?;
                if data.starts_with('@') {
                    return Err(UsageError::new(26, format!("curl: {shown} {data}: there are no files here")));
                }
                self.data.push(data);
            }
            "data-raw" => self.data.push(value()?),
            "data-urlencode" => self.data.push(url_encoded(&value()?)),
            "json" => {
                self.data.push(value()?);
                self.json = true;
            }
            "get" => self.as_query = true,
            "head" => self.head = true,
            "include" => self.include = true,
            "user" => self.user = Some(value()?),
            "user-agent" => self.agent = Some(value()?),
            "referer" => self.referer = Some(value()?),
            "resolve" => self.resolve.push(value()?),
            "connect-to" => self.connect_to.push(value()?),
            "location" | "location-trusted" => self.follow = true,
            "max-redirs" => self.max_redirects = Some(number(shown, &value()?)? as u32),
            "path-as-is" => self.path_as_is = true,
            "globoff" => self.globs_off = true,
            "http2" | "http2-prior-knowledge" => self.version = Some(HttpVersion::Http2),
            "http1.1" | "http1.0" => self.version = Some(HttpVersion::Http1),
            "silent" => self.silent = true,
            "show-error" => self.show_error = true,
            "fail" | "fail-with-body" => self.fail = true,
            "output" => self.to_file = value()? != "-",
            "remote-name" => self.to_file = true,
            "write-out" => self.write_out = Some(value()?),
            "max-time" | "connect-timeout" | "retry" | "retry-delay" | "retry-max-time" => {
                number(shown, &value()?)?;
            }
            "cacert" | "noproxy" => {
                value()?;
            }
            // What is printed, or how the answer is taken; nothing about where the request goes.
            "insecure" | "verbose" | "ipv4" | "ipv6" | "no-buffer" | "progress-bar" | "compressed"
            | "no-progress-meter" => {}
            _ => return Err(unknown(shown)),
        }
        Ok(())
    }

    fn finish(self) -> Result<Curl, UsageError> {
        let [typed] = self.urls.as_slice() else {
            return Err(match self.urls.is_empty() {
                true => UsageError::new(2, "curl: (2) no URL specified"),
                false => UsageError::new(2, "curl: one URL at a time is understood here"),
            });
        };
        let mut url = url::parse(typed, self.path_as_is)?;
        let globs = |text: &str| text.contains(['{', '}', '[', ']']);
        if !self.globs_off && (globs(&url.path) || url.query.as_deref().is_some_and(globs)) {
            return Err(UsageError::new(
                3,
                "curl: {} and [] in a URL stand for several URLs; use -g to send them as they are",
            ));
        }
        if self.as_query && !self.data.is_empty() {
            let added = self.data.join("&");
            url.query = Some(url.query.take().map_or_else(|| added.clone(), |query| format!("{query}&{added}")));
        }
        let request = self.request(&url);
        let (host, port) = self.connect(&url)?;
        Ok(Curl {
            ask: HttpAsk {
                host,
                port,
                request: Arc::new(request),
                follow: if self.follow { self.max_redirects.unwrap_or(MAX_REDIRECTS) } else { 0 },
            },
            url,
            silent: self.silent,
            show_error: self.show_error,
            fail: self.fail,
            to_file: self.to_file,
            headers_shown: self.head || self.include,
            write_out: self.write_out,
        })
    }

    fn request(&self, url: &Url) -> HttpRequest {
        let sends = !self.data.is_empty() && !self.as_query;
        let usual = match (self.head, sends) {
            (true, _) => "HEAD",
            (false, true) => "POST",
            (false, false) => "GET",
        };
        let mut headers = Headers::default();
        headers.add("User-Agent", self.agent.as_deref().unwrap_or("curl/8.14.1"));
        headers.add("Accept", if self.json { "application/json" } else { "*/*" });
        if let Some(referer) = &self.referer {
            headers.add("Referer", referer);
        }
        if let Some(user) = self.user.as_ref().or(url.user.as_ref()) {
            headers.add("Authorization", &format!("Basic {}", base64(user)));
        }
        if !self.cookies.is_empty() {
            headers.add("Cookie", &self.cookies.join("; "));
        }
        if sends {
            let form = "application/x-www-form-urlencoded";
            headers.add("Content-Type", if self.json { "application/json" } else { form });
        }
        let mut host = url.authority();
        for header in &self.headers {
            set_header(header, &mut headers, &mut host);
        }
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
            version: self.version.unwrap_or(by_scheme),
            body_length: if sends { body.len() as u64 } else { 0 },
        }
    }

    /// --connect-to counts before --resolve; empty parts fit anything and keep what is there.
    fn connect(&self, url: &Url) -> Result<(Host, u16), UsageError> {
        let (mut host, mut port) = (url.host.clone(), url.port());
        for rule in &self.connect_to {
            let [from, from_port, to, to_port] = parts(rule)
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
                let Host::Address(address) = Host::new(address) else { return Err(malformed()) };
                return Ok((Host::Address(address), port));
            }
        }
        Ok((Host::new(&host), port))
    }
}

/// `HOST1:PORT1:HOST2:PORT2`, with IPv6 addresses in brackets.
fn parts(rule: &str) -> Option<[String; 4]> {
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

fn number(shown: &str, text: &str) -> Result<f64, UsageError> {
    let number = text.parse().ok().filter(|number: &f64| *number >= 0.0);
    number.ok_or_else(|| UsageError::new(2, format!("curl: option {shown}: expected a proper numerical parameter")))
}

fn unknown(shown: &str) -> UsageError {
    UsageError::new(2, format!("curl: option {shown}: is unknown"))
}

impl Curl {
    /// What it asks for.
    pub fn ask(&self) -> Ask {
        Ask::Http(self.ask.clone())
    }

    /// What it prints. A server's own page isn't known.
    pub fn output(&self, resolution: &Resolution) -> Output {
        let status = status(resolution);
        let Url { host, .. } = &self.url;
        let port = self.ask.port;
        let connect = |after: u32| {
            format!("Failed to connect to {host} port {port} after {after} ms: Could not connect to server")
        };
        match resolution.outcome() {
            Some(Outcome::Unresolved) if host.is_empty() => {
                self.failure(3, "URL rejected: No host part in the URL", resolution)
            }
            Some(Outcome::Unresolved) => self.failure(6, &format!("Could not resolve host: {host}"), resolution),
            Some(Outcome::Refused) => self.failure(7, &connect(0), resolution),
            // The kernel's six retries of SYN take 127 s and more.
            Some(Outcome::Unroutable | Outcome::Dropped) => self.failure(28, &connect(133_000), resolution),
            Some(Outcome::Responded) => match status.filter(|status| self.fail && *status >= 400) {
                Some(status) => self.failure(22, &format!("The requested URL returned error: {status}"), resolution),
                None => Output { stdout: self.shown(resolution, status), ..Output::default() },
            },
            Some(Outcome::Delivered) => Output { stdout: self.shown(resolution, None), ..Output::default() },
            Some(Outcome::External | Outcome::Unknown) | None => Output::default(),
        }
    }

    fn failure(&self, code: i32, why: &str, resolution: &Resolution) -> Output {
        let said = !self.silent || self.show_error;
        Output {
            stdout: self.written(resolution, Some(0)).or_else(|| Some(String::new())),
            stderr: if said { format!("curl: ({code}) {why}\n") } else { String::new() },
            exit: code,
        }
    }

    /// The body, where it is known or goes elsewhere, and what -w adds.
    fn shown(&self, resolution: &Resolution, status: Option<u16>) -> Option<String> {
        let body = match (self.to_file, self.headers_shown) {
            (true, _) => Some(String::new()),
            (false, true) => None,
            (false, false) => body(resolution),
        };
        match &self.write_out {
            None => body,
            Some(_) => Some(format!("{}{}", body?, self.written(resolution, status)?)),
        }
    }

    /// -w with what is known; None if it asks for more.
    fn written(&self, resolution: &Resolution, status: Option<u16>) -> Option<String> {
        let mut text = self.write_out.as_ref()?.replace("\\n", "\n").replace("\\t", "\t");
        while let Some((before, rest)) = text.split_once("%{") {
            let (name, after) = rest.split_once('}')?;
            let value = match name {
                "http_code" | "response_code" => format!("{:03}", status?),
                "remote_ip" => resolution.first_address()?.to_string(),
                "remote_port" => self.ask.port.to_string(),
                "scheme" => self.url.scheme.name().to_owned(),
                "method" => self.ask.request.method.clone(),
                "redirect_url" => location(resolution).unwrap_or_default(),
                _ => return None,
            };
            text = format!("{before}{value}{after}");
        }
        Some(text)
    }
}

/// The status, if all landings have the same.
fn status(resolution: &Resolution) -> Option<u16> {
    let mut statuses = resolution.landings.iter().map(|landing| match &landing.trail.last()?.decision {
        Decision::Respond(response) => Some(response.status),
        _ => None,
    });
    let first = statuses.next()??;
    statuses.all(|status| status == Some(first)).then_some(first)
}

fn responses(resolution: &Resolution) -> impl Iterator<Item = &crate::packet::HttpResponse> {
    resolution.landings.iter().filter_map(|landing| match &landing.trail.last()?.decision {
        Decision::Respond(response) => Some(response),
        _ => None,
    })
}

fn body(resolution: &Resolution) -> Option<String> {
    responses(resolution).next().and_then(|response| response.body.clone())
}

fn location(resolution: &Resolution) -> Option<String> {
    responses(resolution).next().and_then(|response| response.location.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &[&str]) -> Result<Curl, UsageError> {
        parse(&line.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_host_header_and_where_to_connect() {
        let curl = read(&["-H", "Host: shop.example.com", "http://192.0.2.80/a/../cart?x=1"]).unwrap();
        assert_eq!((&*curl.ask.request.host, &*curl.ask.request.path), ("shop.example.com", "/cart"));
        assert_eq!(curl.ask.host, Host::new("192.0.2.80"));
        assert_eq!(curl.ask.request.query.as_deref(), Some("x=1"));
    }

    #[test]
    fn connect_to_and_resolve() {
        let curl =
            read(&["-k", "--connect-to", "t.example.com:443:192.0.2.80:8443", "https://t.example.com/"]).unwrap();
        assert_eq!((&curl.ask.host, curl.ask.port), (&Host::new("192.0.2.80"), 8443));
        assert_eq!(curl.ask.request.server_name.as_deref(), Some("t.example.com"));
        let curl = read(&["--resolve", "a.b:80:[fd00::1]", "http://a.b/"]).unwrap();
        assert_eq!(curl.ask.host, Host::new("fd00::1"));
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
        assert!(curl.silent && curl.show_error && curl.to_file);
        assert_eq!((curl.ask.follow, curl.write_out.as_deref()), (MAX_REDIRECTS, Some("%{http_code}")));
    }

    #[test]
    fn what_curl_refuses() {
        assert_eq!(read(&["--foo", "web"]).unwrap_err(), UsageError::new(2, "curl: option --foo: is unknown"));
        assert_eq!(read(&["-Z", "web"]).unwrap_err().message, "curl: option -Z: is unknown");
        assert_eq!(read(&["-H"]).unwrap_err().message, "curl: option -H: requires parameter");
        assert_eq!(read(&[]).unwrap_err().exit, 2);
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
