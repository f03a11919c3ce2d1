//! curl: the options that decide what is sent, and to whom. Those that only change what is shown are taken and have no
//! effect on routing.

use std::sync::Arc;

use super::{Output, UsageError, url};
use crate::packet::{Headers, HttpRequest, HttpVersion, Scheme};
use crate::request::{Ask, Host, HttpAsk};
use crate::trace::{Decision, Outcome, Resolution};

/// How many redirects -L follows (--max-redirs).
const MAX_REDIRECTS: u32 = 50;

/// A curl command.
#[derive(Clone, Debug, Default)]
pub struct Curl {
    url: Option<String>,
    method: Option<String>,
    headers: Vec<(String, String)>,
    head: bool,
    include: bool,
    follow: bool,
    fail: bool,
    silent: bool,
    show_error: bool,
    get: bool,
    data: Option<String>,
    user: Option<String>,
    cookie: Option<String>,
    agent: Option<String>,
    referer: Option<String>,
    resolve: Vec<(String, u16, String)>,
    connect_to: Vec<[String; 4]>,
    path_as_is: bool,
    http2: bool,
    discard: bool,
    ask: Option<HttpAsk>,
}

/// Reads the arguments behind `curl`.
pub fn parse(args: &[String]) -> Result<Curl, UsageError> {
    let mut curl = Curl::default();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.strip_prefix("--") {
            Some(long) => curl.long(long, &mut args)?,
            None => match arg.strip_prefix('-').filter(|letters| !letters.is_empty()) {
                Some(letters) => curl.letters(letters, &mut args)?,
                None if curl.url.is_some() => {
                    return Err(UsageError::new(2, "curl: one URL at a time is understood here"));
                }
                None => curl.url = Some(arg.clone()),
            },
        }
    }
    curl.ask = Some(curl.to_ask()?);
    Ok(curl)
}

impl Curl {
    fn long<'a>(&mut self, name: &str, args: &mut impl Iterator<Item = &'a String>) -> Result<(), UsageError> {
        let option = format!("--{name}");
        match name {
            "insecure" | "compressed" | "verbose" | "no-progress-meter" | "http1.1" | "no-keepalive" | "ipv4"
            | "ipv6" => {}
            "head" => self.head = true,
            "include" | "show-headers" => self.include = true,
            "location" => self.follow = true,
            "fail" => self.fail = true,
            "silent" => self.silent = true,
            "show-error" => self.show_error = true,
            "get" => self.get = true,
            "path-as-is" => self.path_as_is = true,
            "http2" | "http2-prior-knowledge" => self.http2 = true,
            "request" => self.method = Some(value(&option, args)?),
            "header" => self.header(&value(&option, args)?),
            "data" | "data-raw" | "data-binary" | "data-ascii" | "data-urlencode" | "json" => {
                self.add_data(name, &value(&option, args)?);
            }
            "user" => self.user = Some(value(&option, args)?),
            "cookie" => self.cookie = Some(value(&option, args)?),
            "user-agent" => self.agent = Some(value(&option, args)?),
            "referer" => self.referer = Some(value(&option, args)?),
            "output" => self.discard = discards(&value(&option, args)?),
            "write-out" | "max-time" | "connect-timeout" | "retry" | "max-redirs" => drop(value(&option, args)?),
            "url" => self.url = Some(value(&option, args)?),
            "resolve" => self.add_resolve(&value(&option, args)?)?,
            "connect-to" => self.add_connect_to(&value(&option, args)?)?,
            _ => return Err(unknown(&option)),
        }
        Ok(())
    }

    /// `-sSkL`: letters in one word; one that takes a value takes the rest of the word, or the next.
    fn letters<'a>(&mut self, letters: &str, args: &mut impl Iterator<Item = &'a String>) -> Result<(), UsageError> {
        let mut rest = letters.chars();
        while let Some(letter) = rest.next() {
            let name = match letter {
                'k' | 'v' | '4' | '6' | '#' | 'N' => continue,
                'I' => "head",
                'i' => "include",
                'L' => "location",
                'f' => "fail",
                's' => "silent",
                'S' => "show-error",
                'G' => "get",
                'X' => "request",
                'H' => "header",
                'd' => "data",
                'u' => "user",
                'b' => "cookie",
                'A' => "user-agent",
                'e' => "referer",
                'o' => "output",
                'w' => "write-out",
                'm' => "max-time",
                other => return Err(unknown(&format!("-{other}"))),
            };
            let takes_value = "XHdubAeowm".contains(letter);
            match rest.as_str() {
                inline if takes_value && !inline.is_empty() => {
                    return self.long(name, &mut [inline.to_owned()].iter());
                }
                _ => self.long(name, args)?,
            }
        }
        Ok(())
    }

    /// `Name: value`; `Name;` sends it empty, `Name:` leaves curl's own out.
    fn header(&mut self, text: &str) {
        if let Some((name, value)) = text.split_once(':') {
            self.headers.push((name.trim().to_owned(), value.trim().to_owned()));
        } else if let Some(name) = text.strip_suffix(';') {
            self.headers.push((name.trim().to_owned(), String::new()));
        }
    }

    fn add_data(&mut self, option: &str, text: &str) {
        if option == "json" {
            self.headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
            self.headers.push(("Accept".to_owned(), "application/json".to_owned()));
        }
        let data = self.data.get_or_insert_default();
        if !data.is_empty() {
            data.push('&');
        }
        data.push_str(text);
    }

    /// HOST:PORT:ADDRESS[,ADDRESS…]
    fn add_resolve(&mut self, text: &str) -> Result<(), UsageError> {
        let wrong = || UsageError::new(49, format!("curl: (49) Couldn't parse CURLOPT_RESOLVE entry '{text}'"));
        let mut parts = text.trim_start_matches('+').splitn(3, ':');
        let (host, port, addresses) = (parts.next(), parts.next(), parts.next());
        let (host, port) = (host.ok_or_else(wrong)?, port.and_then(|port| port.parse().ok()).ok_or_else(wrong)?);
        let address =
            addresses.and_then(|list| list.split(',').next()).filter(|one| !one.is_empty()).ok_or_else(wrong)?;
        self.resolve.push((host.to_owned(), port, address.to_owned()));
        Ok(())
    }

    /// HOST1:PORT1:HOST2:PORT2, each part may be empty.
    fn add_connect_to(&mut self, text: &str) -> Result<(), UsageError> {
        let parts: Vec<String> = text.split(':').map(str::to_owned).collect();
        let parts = <[String; 4]>::try_from(parts);
        let parts = parts
            .map_err(|_| UsageError::new(49, format!("curl: (49) Couldn't parse CURLOPT_CONNECT_TO entry '{text}'")))?;
        self.connect_to.push(parts);
        Ok(())
    }

    fn to_ask(&self) -> Result<HttpAsk, UsageError> {
        let text = self.url.as_deref().ok_or_else(|| UsageError::new(2, "curl: (2) no URL specified"))?;
        let url = url::parse(text, self.path_as_is)?;
        let port = url.port.unwrap_or(url.scheme.default_port());
        let mut headers = Headers::default();
        self.headers
            .iter()
            .filter(|(name, _)| !name.eq_ignore_ascii_case("host"))
            .for_each(|(name, value)| headers.add(name, value));
        let mut own = |name: &str, value: Option<String>| {
            if let Some(value) = value.filter(|_| headers.value(name).is_none()) {
                headers.add(name, &value);
            }
        };
        own("User-Agent", Some(self.agent.clone().unwrap_or_else(|| "curl/8.14.1".to_owned())));
        own("Accept", Some("*/*".to_owned()));
        own(
            "Authorization",
            self.user.clone().or(url.user.clone()).map(|user| format!("Basic {}", base64(user.as_bytes()))),
        );
        own("Cookie", self.cookie.clone());
        own("Referer", self.referer.clone());
        headers.0.retain(|(_, value)| !value.is_empty());
        let named = self.headers.iter().rfind(|(name, _)| name.eq_ignore_ascii_case("host"));
        let host = named.map_or_else(|| authority(&url.host, url.port, url.scheme), |(_, value)| value.clone());
        let (to, to_port) = self.target(&url.host, port);
        let query = match (&self.data, self.get) {
            (Some(data), true) => Some(url.query.map_or(data.clone(), |query| format!("{query}&{data}"))),
            _ => url.query,
        };
        let body = self.data.as_ref().filter(|_| !self.get);
        let request = HttpRequest {
            scheme: url.scheme,
            method: self.method(body.is_some()),
            host,
            path: url.path,
            query,
            headers,
            server_name: match (Host::new(&url.host), url.scheme) {
                (Host::Name(name), Scheme::Https) => Some(name.trim_end_matches('.').to_owned()),
                _ => None,
            },
            version: if self.http2 { HttpVersion::Http2 } else { HttpVersion::Http1 },
            body_length: body.map_or(0, |body| body.len() as u64),
        };
        let follow = if self.follow { MAX_REDIRECTS } else { 0 };
        Ok(HttpAsk { host: Host::new(&to), port: to_port, request: Arc::new(request), follow })
    }

    fn method(&self, body: bool) -> String {
        let usual = match (self.head, body) {
            (true, _) => "HEAD",
            (false, true) => "POST",
            (false, false) => "GET",
        };
        self.method.clone().unwrap_or_else(|| usual.to_owned())
    }

    /// Whom to connect to: --connect-to first, then --resolve, else the URL's own host.
    fn target(&self, host: &str, port: u16) -> (String, u16) {
        let fits = |wanted: &str, is: &str| wanted.is_empty() || wanted.eq_ignore_ascii_case(is);
        let redirected = self
            .connect_to
            .iter()
            .find(|[from, from_port, _, _]| fits(from, host) && fits(from_port, &port.to_string()));
        let (host, port) = match redirected {
            Some([_, _, to, to_port]) => {
                let host = if to.is_empty() { host.to_owned() } else { to.clone() };
                (host, to_port.parse().unwrap_or(port))
            }
            None => (host.to_owned(), port),
        };
        let resolved =
            self.resolve.iter().find(|(name, of, _)| (name == "*" || name.eq_ignore_ascii_case(&host)) && *of == port);
        (resolved.map_or(host, |(_, _, address)| address.clone()), port)
    }

    /// What it asks for.
    pub fn ask(&self) -> Ask {
        match &self.ask {
            Some(ask) => Ask::Http(ask.clone()),
            None => Ask::Ping(Host::Name(String::new())),
        }
    }

    /// What it prints and how it exits: a server's page isn't determined, its failures are.
    pub fn output(&self, resolution: &Resolution) -> Output {
        let Some(ask) = &self.ask else { return Output::default() };
        let (host, port) = (ask.request.hostname(), ask.port);
        let failed = |exit: i32, words: String| {
            let quiet = self.silent && !self.show_error;
            let stderr = if quiet { String::new() } else { format!("curl: ({exit}) {words}\n") };
            Output { stdout: Some(String::new()), stderr, exit }
        };
        let url_host = self.url.as_deref().and_then(|text| url::parse(text, true).ok()).map_or(host, |url| url.host);
        match resolution.outcome() {
            Some(Outcome::Unresolved) => failed(6, format!("Could not resolve host: {url_host}")),
            Some(Outcome::Refused) => failed(
                7,
                format!("Failed to connect to {url_host} port {port} after 0 ms: Could not connect to server"),
            ),
            Some(Outcome::Unroutable | Outcome::Dropped) => failed(
                28,
                format!("Failed to connect to {url_host} port {port} after 133000 ms: Could not connect to server"),
            ),
            Some(Outcome::Responded) => self.responded(resolution),
            Some(Outcome::Delivered | Outcome::External | Outcome::Unknown) | None => Output::default(),
        }
    }

    /// A proxy's own answer: -f makes an error of 400 and above.
    fn responded(&self, resolution: &Resolution) -> Output {
        let status = resolution.landings.first().and_then(|landing| match &landing.trail.last()?.decision {
            Decision::Respond(response) => Some(response.status),
            _ => None,
        });
        match status.filter(|status| self.fail && *status >= 400) {
            Some(status) => Output {
                stdout: Some(String::new()),
                stderr: format!("curl: (22) The requested URL returned error: {status}\n"),
                exit: 22,
            },
            None => Output { stdout: self.discard.then(String::new), ..Output::default() },
        }
    }
}

/// The Host header: the port stands there unless it is the scheme's own.
fn authority(host: &str, port: Option<u16>, scheme: Scheme) -> String {
    match port.filter(|port| *port != scheme.default_port()) {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

fn discards(file: &str) -> bool {
    file == "/dev/null"
}

fn value<'a>(option: &str, args: &mut impl Iterator<Item = &'a String>) -> Result<String, UsageError> {
    args.next().cloned().ok_or_else(|| UsageError::new(2, format!("curl: option {option}: requires parameter")))
}

fn unknown(option: &str) -> UsageError {
    UsageError::new(2, format!("curl: option {option}: is unknown"))
}

/// Base64 (RFC 4648) for Authorization: Basic.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letter = |bits: u32| LETTERS.get(bits as usize & 63).map_or('=', |letter| char::from(*letter));
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |place: usize| u32::from(chunk.get(place).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        text.extend([letter(bits >> 18), letter(bits >> 12)]);
        text.push(if chunk.len() > 1 { letter(bits >> 6) } else { '=' });
        text.push(if chunk.len() > 2 { letter(bits) } else { '=' });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(line: &str) -> HttpAsk {
        parse(&line.split(' ').map(str::to_owned).collect::<Vec<_>>()).unwrap().ask.unwrap()
    }

    #[test]
    fn host_header_and_target_are_two_things() {
        let it = ask("-sSk -HHost:shop.example.com https://192.0.2.1:8443/a?b");
        assert_eq!((it.request.host.as_str(), it.port), ("shop.example.com", 8443));
        assert_eq!(it.host, Host::new("192.0.2.1"));
        let it = ask("--resolve a.example:80:192.0.2.9 http://a.example/");
        assert_eq!((it.host, it.request.host.as_str()), (Host::new("192.0.2.9"), "a.example"));
        let it = ask("--connect-to ::b.example:81 http://a.example/");
        assert_eq!((it.host, it.port), (Host::Name("b.example".into()), 81));
    }

    #[test]
    fn data_makes_a_post_or_a_query() {
        assert_eq!(ask("-d a=1 -d b=2 web").request.method, "POST");
        let it = ask("-G -d a=1 web/?x").request;
        assert_eq!((it.method.as_str(), it.query.as_deref()), ("GET", Some("x&a=1")));
        assert_eq!(ask("-I web").request.method, "HEAD");
        assert_eq!(ask("-u me:x web").request.headers.value("authorization"), Some("Basic bWU6eA=="));
    }

    #[test]
    fn unknown_options_are_refused() {
        for line in ["--frobnicate web", "-Z web", "-X", ""] {
            let args: Vec<String> = line.split(' ').map(str::to_owned).filter(|word| !word.is_empty()).collect();
            assert_eq!(parse(&args).unwrap_err().exit, 2, "{line}");
        }
    }
}
