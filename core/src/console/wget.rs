//! wget: an HTTP request that follows redirects; GNU's words, and BusyBox' where the client has BusyBox.

use std::sync::Arc;

use super::certificate::{self, CertificateCheck, UntrustedCertificate};
use super::url::{self, ParsedUrl};
use super::{ConsoleView, Output, UsageError, served};
use crate::model::base64;
use crate::packet::{Headers, HttpRequest};
use crate::request::{AddressFamily, Ask, ClientLibc, HttpAsk, RequestHost};
use crate::trace::{Outcome, PacketDecision, Resolution};

pub mod options;

/// How many redirects GNU wget follows.
const MAX_REDIRECTS: u32 = 20;

/// `wget -qO- http://web/`.
#[derive(Clone, Debug, PartialEq)]
pub struct WgetCommand {
    ask: HttpAsk,
    url: ParsedUrl,
    quiet: bool,
    /// Whether the body goes to standard output.
    to_stdout: bool,
    spider: bool,
    check: CertificateCheck,
}

/// Reads the arguments behind `wget`.
pub fn parse_wget(args: &[String], libc: ClientLibc) -> Result<WgetCommand, UsageError> {
    let mut wget = WgetOptions::default();
    let words = options::OPTIONS.read(args, &mut wget)?;
    wget.urls.extend(words);
    let wget = wget.finish()?;
    // BusyBox' checks nothing (networking/wget.c, spawn_ssl_client).
    let check =
        if matches!(libc, ClientLibc::Busybox | ClientLibc::Musl) { CertificateCheck::Nothing } else { wget.check };
    Ok(WgetCommand { check, ..wget })
}

/// The options while they are read.
#[derive(Default)]
pub struct WgetOptions {
    urls: Vec<String>,
    headers: Vec<String>,
    agent: Option<String>,
    method: Option<String>,
    body: Option<String>,
    output: Option<String>,
    max_redirects: Option<u32>,
    family: AddressFamily,
    user: Option<String>,
    password: Option<String>,
    /// --auth-no-challenge: name and password are sent unasked.
    unasked: bool,
    quiet: bool,
    spider: bool,
    /// --no-check-certificate
    unchecked: bool,
    /// --ca-certificate: whoever signed is trusted.
    trusts: bool,
}

/// What GNU's getopt says of an option that there isn't.
fn unknown_option(shown: &str) -> UsageError {
    match shown.strip_prefix("--") {
        Some(_) => UsageError::new(2, format!("wget: unrecognized option '{shown}'")),
        None => UsageError::new(2, format!("wget: invalid option -- '{}'", shown.trim_start_matches('-'))),
    }
}

/// A line of wgetrc, as -e takes one: most change the request. robots only tells recursive downloads what to leave out.
fn check_wgetrc(line: &str) -> Result<(), UsageError> {
    match line.split_once('=') {
        Some((command, _)) if command.trim().eq_ignore_ascii_case("robots") => Ok(()),
        _ => {
            Err(UsageError::new(2, format!("wget: -e '{line}' isn't understood here: of wgetrc's commands, robots is")))
        }
    }
}

impl WgetOptions {
    fn finish(self) -> Result<WgetCommand, UsageError> {
        let [typed] = self.urls.as_slice() else {
            return Err(match self.urls.is_empty() {
                true => UsageError::new(1, "wget: missing URL"),
                false => UsageError::new(2, "wget: one URL at a time is understood here"),
            });
        };
        let url =
            url::parse_url(typed, false).map_err(|_| UsageError::new(1, format!("wget: {typed}: not an http URL")))?;
        let mut headers = Headers::default();
        headers.add("User-Agent", self.agent.as_deref().unwrap_or("Wget"));
        if let (Some(user), true) = (&self.user, self.unasked) {
            let password = self.password.as_deref().unwrap_or_default();
            headers.add("Authorization", &format!("Basic {}", base64::encode(&format!("{user}:{password}"))));
        }
        let mut host = url.authority();
        for (name, value) in self.headers.iter().filter_map(|header| header.split_once(':')) {
            match name.eq_ignore_ascii_case("host") {
                true => host = value.trim().to_owned(),
                false => headers.add(name, value.trim()),
            }
        }
        let usual = match (self.spider, self.body.is_some()) {
            (true, _) => "HEAD",
            (false, true) => "POST",
            (false, false) => "GET",
        };
        let request = HttpRequest {
            scheme: url.scheme,
            method: self.method.unwrap_or_else(|| usual.to_owned()),
            host,
            path: url.path.clone(),
            query: url.query.clone(),
            headers,
            server_name: url.server_name(),
            body_length: self.body.map_or(0, |body| body.len() as u64),
            ..HttpRequest::default()
        };
        if !RequestHost::new(&url.host).is_of(self.family) {
            return Err(UsageError::of_tool(4, format!("wget: unable to resolve host address ‘{}’", url.host)));
        }
        let ask = HttpAsk {
            host: RequestHost::new(&url.host),
            family: self.family,
            port: url.port(),
            request: Arc::new(request),
            follow: self.max_redirects.unwrap_or(MAX_REDIRECTS),
        };
        let to_stdout = self.output.as_deref() == Some("-");
        let check = match (self.unchecked, self.trusts) {
            (true, _) => CertificateCheck::Nothing,
            (false, true) => CertificateCheck::Names,
            (false, false) => CertificateCheck::All,
        };
        Ok(WgetCommand { ask, url, quiet: self.quiet, to_stdout, spider: self.spider, check })
    }
}

impl WgetCommand {
    /// What it asks for.
    pub fn ask(&self) -> Ask {
        Ask::Http(self.ask.clone())
    }

    /// What it checks of certificates.
    pub fn check(&self) -> CertificateCheck {
        self.check
    }

    /// What it prints. A server's own page isn't known, and neither is the progress that GNU wget draws.
    pub fn output(&self, view: &ConsoleView<'_>, resolution: &Resolution) -> Output {
        let answer = served::pod_answer(view, resolution);
        let refused = answer.as_ref().filter(|answer| answer.status >= 400);
        let busybox = matches!(resolution.request.libc, ClientLibc::Busybox | ClientLibc::Musl);
        let host = &self.url.host;
        if let Some(fault) = certificate::fault(resolution, self.check) {
            return self.gnu(5, untrusted(fault, host));
        }
        match resolution.outcome() {
            Some(Outcome::Unresolved) if busybox => failed_output(1, format!("wget: bad address '{host}'\n")),
            Some(Outcome::Unresolved) => self.gnu(4, format!("wget: unable to resolve host address ‘{host}’\n")),
            Some(Outcome::Refused) => self.no_connection(resolution, busybox, "Connection refused"),
            Some(Outcome::Unroutable) => self.no_connection(resolution, busybox, "No route to host"),
            Some(Outcome::Dropped) if busybox => failed_output(1, "wget: download timed out\n".to_owned()),
            Some(Outcome::Dropped) => self.no_connection(resolution, busybox, "Connection timed out"),
            Some(Outcome::Responded) => match error_status(resolution) {
                Some(status) if busybox => {
                    failed_output(1, format!("wget: server returned error: HTTP/1.1 {status}\n"))
                }
                Some(status) => self.gnu(8, format!("ERROR {status}.\n")),
                None => Output { stdout: self.known(), ..Output::default() },
            },
            Some(Outcome::Delivered) => match refused {
                Some(answer) if busybox => {
                    let (status, reason) = (answer.status, served::status_reason(answer.status));
                    failed_output(1, format!("wget: server returned error: HTTP/1.1 {status} {reason}\n"))
                }
                Some(answer) => {
                    self.gnu(8, format!("ERROR {}: {}.\n", answer.status, served::status_reason(answer.status)))
                }
                None => {
                    let body = answer.and_then(|answer| answer.body).filter(|_| self.to_stdout && !self.spider);
                    Output { stdout: body.or_else(|| self.known()), ..Output::default() }
                }
            },
            Some(Outcome::TlsFailed | Outcome::External | Outcome::Unknown) | None => Output::default(),
        }
    }

    fn no_connection(&self, resolution: &Resolution, busybox: bool, why: &str) -> Output {
        let address = resolution.first_address().map(|address| address.to_string()).unwrap_or_default();
        match busybox {
            true => failed_output(1, format!("wget: can't connect to remote host ({address}): {why}\n")),
            false => self.gnu(4, format!("failed: {why}.\n")),
        }
    }

    /// -q says nothing.
    fn gnu(&self, exit: i32, message: String) -> Output {
        failed_output(exit, if self.quiet { String::new() } else { message })
    }

    /// Standard output is empty unless the body goes there.
    fn known(&self) -> Option<String> {
        (!self.to_stdout || self.spider).then(String::new)
    }
}

/// What GNU wget says of a certificate (src/openssl.c, ssl_check_certificate).
fn untrusted(fault: UntrustedCertificate, host: &str) -> String {
    let why = match fault {
        UntrustedCertificate::SelfSigned => {
            format!("ERROR: cannot verify {host}'s certificate:\n  Self-signed certificate encountered.")
        }
        UntrustedCertificate::OtherName => {
            format!("ERROR: no certificate subject alternative name matches\n\trequested host name ‘{host}’.")
        }
    };
    format!("{why}\nTo connect to {host} insecurely, use `--no-check-certificate'.\n")
}

fn failed_output(exit: i32, stderr: String) -> Output {
    Output { stdout: Some(String::new()), stderr, exit }
}

fn error_status(resolution: &Resolution) -> Option<u16> {
    let mut decisions = resolution.landings.iter().filter_map(|landing| landing.trail.last());
    decisions.find_map(|hop| match &hop.decision {
        PacketDecision::Respond(response) if response.status >= 400 => Some(response.status),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<WgetCommand, UsageError> {
        parse_wget(&line.split(' ').map(str::to_owned).collect::<Vec<_>>(), ClientLibc::Glibc)
    }

    #[test]
    fn as_people_type_it() {
        for line in ["-qO- http://web:8080/a", "-q -O - http://web:8080/a", "-q --output-document=- -T 2 web:8080/a"] {
            let wget = read(line).unwrap();
            assert!(wget.quiet && wget.to_stdout, "{line}");
            assert_eq!((wget.ask.port, &*wget.ask.request.path), (8080, "/a"), "{line}");
        }
        assert_eq!(read("--spider -T2 web").unwrap().ask.request.method, "HEAD");
        assert_eq!(read("--header=Host:x web").unwrap().ask.request.host, "x");
    }

    #[test]
    fn an_unknown_option_is_named() {
        assert_eq!(read("--mirror web").unwrap_err().message, "wget: unrecognized option '--mirror'");
        assert_eq!(read("-r web").unwrap_err().message, "wget: invalid option -- 'r'");
        assert_eq!(read("-nx web").unwrap_err().message, "wget: invalid option -- 'nx'");
    }

    #[test]
    fn of_wgetrc_only_what_changes_nothing() {
        assert!(read("-e robots=off -qO- web").is_ok());
        assert!(read("--execute=Robots=off web").is_ok());
        for line in ["-e http_proxy=proxy:3128 web", "--execute=use_proxy=yes web", "-e robots web"] {
            let message = read(line).unwrap_err().message;
            assert!(message.contains("isn't understood here"), "{message}");
        }
    }
}
