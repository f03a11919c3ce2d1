//! wget: an HTTP request that follows redirects; GNU's words, and BusyBox' where the client has BusyBox.

use std::sync::Arc;

use super::certificate::{self, CertificateCheck, UntrustedCertificate};
use super::served::HttpAnswer;
use super::url::{self, ParsedUrl};
use super::{ConsoleView, Output, UsageError, WrittenFile, served};
use crate::model::base64;
use crate::packet::{Headers, HttpRequest, socket_text};
use crate::request::{AddressFamily, Ask, ClientLibc, HttpAsk, RequestHost};
use crate::terminal::clock::formatted;
use crate::terminal::session::BEGINNING;
use crate::trace::{Outcome, PacketDecision, Resolution};

pub mod options;

/// How many redirects GNU wget follows.
const MAX_REDIRECTS: u32 = 20;

/// `wget -qO- http://web/`.
#[derive(Clone, Debug, PartialEq)]
pub struct WgetCommand {
    ask: HttpAsk,
    url: ParsedUrl,
    typed: String,
    quiet: bool,
    /// -nv
    brief: bool,
    shows_headers: bool,
    /// -O
    output: Option<String>,
    /// -P
    folder: Option<String>,
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
    brief: bool,
    shows_headers: bool,
    folder: Option<String>,
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
        // 1. The one URL.
        let [typed] = self.urls.as_slice() else {
            return Err(if self.urls.is_empty() {
                UsageError::new(1, "wget: missing URL")
            } else {
                UsageError::new(2, "wget: one URL at a time is understood here")
            });
        };
        let url =
            url::parse_url(typed, false).map_err(|_| UsageError::new(1, format!("wget: {typed}: not an http URL")))?;
        // 2. Headers: wget's own, the password's, and those given.
        let mut headers = Headers::default();
        headers.add("User-Agent", self.agent.as_deref().unwrap_or("Wget"));
        if let (Some(user), true) = (&self.user, self.unasked) {
            let password = self.password.as_deref().unwrap_or_default();
            headers.add("Authorization", &format!("Basic {}", base64::encode(&format!("{user}:{password}"))));
        }
        let mut host = url.authority();
        for (name, value) in self.headers.iter().filter_map(|header| header.split_once(':')) {
            if name.eq_ignore_ascii_case("host") {
                host = value.trim().to_owned()
            } else {
                headers.add(name, value.trim())
            }
        }
        // 3. The request, by the method that its options stand for.
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
        // 4. Where it goes.
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
        // 5. Where the answer is written, and what counts of certificates.
        let to_stdout = self.output.as_deref() == Some("-");
        let check = match (self.unchecked, self.trusts) {
            (true, _) => CertificateCheck::Nothing,
            (false, true) => CertificateCheck::Names,
            (false, false) => CertificateCheck::All,
        };
        Ok(WgetCommand {
            ask,
            url,
            typed: typed.clone(),
            quiet: self.quiet,
            brief: self.brief,
            shows_headers: self.shows_headers,
            output: self.output,
            folder: self.folder,
            to_stdout,
            spider: self.spider,
            check,
        })
    }
}

impl WgetCommand {
    pub fn ask(&self) -> Ask {
        Ask::Http(self.ask.clone())
    }

    pub fn check(&self) -> CertificateCheck {
        self.check
    }

    /// What it prints. A server's own page isn't known, and neither is how fast it comes.
    pub fn output(&self, view: &ConsoleView<'_>, resolution: &Resolution) -> Output {
        let answer = served::pod_answer(view, resolution);
        let words = WgetWords { wget: self, view, resolution, answer: answer.as_ref() };
        match resolution.request.libc {
            ClientLibc::Busybox | ClientLibc::Musl => words.of_busybox(),
            ClientLibc::Glibc => words.of_gnu(),
        }
    }

    /// The file that it saves: -O, else the last part of the path, which isn't overwritten.
    pub fn files(&self, view: &ConsoleView<'_>, resolution: &Resolution) -> Vec<WrittenFile> {
        let answer = served::pod_answer(view, resolution);
        let words = WgetWords { wget: self, view, resolution, answer: answer.as_ref() };
        let arrives = matches!(resolution.outcome(), Some(Outcome::Delivered | Outcome::Responded));
        let is_saved = arrives
            && !self.to_stdout
            && !self.spider
            && words.error().is_none()
            && certificate::fault(resolution, self.check).is_none();
        match words.file_name().filter(|name| is_saved && name != "/dev/null") {
            Some(name) => vec![(name, answer.and_then(|answer| answer.body))],
            None => Vec::new(),
        }
    }
}

/// What is said of one answer.
struct WgetWords<'w> {
    wget: &'w WgetCommand,
    view: &'w ConsoleView<'w>,
    resolution: &'w Resolution,
    answer: Option<&'w HttpAnswer>,
}

impl WgetWords<'_> {
    /// BusyBox (networking/wget.c).
    fn of_busybox(&self) -> Output {
        let host = &self.wget.url.host;
        match self.resolution.outcome() {
            Some(Outcome::Unresolved) => failure(1, format!("wget: bad address '{host}'\n")),
            Some(Outcome::Refused) => self.no_connection("Connection refused"),
            Some(Outcome::Unroutable) => self.no_connection("No route to host"),
            Some(Outcome::Dropped) => failure(1, self.connecting() + "wget: download timed out\n"),
            Some(Outcome::Responded | Outcome::Delivered) => match self.error() {
                Some(error) => {
                    failure(1, format!("{}wget: server returned error: HTTP/1.1 {error}\n", self.connecting()))
                }
                None => self.arrived(self.connecting() + &self.headers() + &self.busybox_progress()),
            },
            Some(Outcome::TlsFailed | Outcome::External | Outcome::Unknown) | None => Output::default(),
        }
    }

    /// GNU wget (src/http.c, connect.c).
    fn of_gnu(&self) -> Output {
        let host = &self.wget.url.host;
        let said = |exit: i32, words: &str| {
            if self.wget.quiet {
                failure(exit, String::new())
            } else {
                failure(exit, format!("{}{words}", if self.wget.brief { String::new() } else { self.log() }))
            }
        };
        if let Some(fault) = certificate::fault(self.resolution, self.wget.check) {
            return said(5, &format!("connected.\n{}", untrusted(fault, host)));
        }
        match self.resolution.outcome() {
            Some(Outcome::Unresolved) => {
                said(4, &format!("failed: Name or service not known.\nwget: unable to resolve host address ‘{host}’\n"))
            }
            Some(Outcome::Refused) => said(4, "failed: Connection refused.\n"),
            Some(Outcome::Unroutable) => said(4, "failed: No route to host.\n"),
            Some(Outcome::Dropped) => said(4, "failed: Connection timed out.\nGiving up.\n\n"),
            Some(Outcome::Responded | Outcome::Delivered) => match self.error() {
                Some(error) => {
                    let awaiting = format!("connected.\nHTTP request sent, awaiting response... {}\n", error);
                    let (status, reason) = error.split_once(' ').unwrap_or((&error, ""));
                    let date = formatted(self.now(), "%F %T");
                    said(8, &format!("{awaiting}{date} ERROR {status}: {reason}.\n\n"))
                }
                None => self.arrived(self.gnu_progress()),
            },
            Some(Outcome::TlsFailed | Outcome::External | Outcome::Unknown) | None => Output::default(),
        }
    }

    fn now(&self) -> u64 {
        BEGINNING + self.view.session.seconds
    }

    fn arrived(&self, said: String) -> Output {
        let goes_out = self.wget.to_stdout && !self.wget.spider;
        let body = self.answer.and_then(|answer| answer.body.clone());
        let stdout = if goes_out { body } else { Some(String::new()) };
        Output { stdout, stderr: if self.wget.quiet { String::new() } else { said }, exit: 0 }
    }

    fn no_connection(&self, why: &str) -> Output {
        let address = self.resolution.first_address().map(|address| address.to_string()).unwrap_or_default();
        failure(1, format!("{}wget: can't connect to remote host ({address}): {why}\n", self.connecting()))
    }

    /// `404 Not Found`, of an answer that is one.
    fn error(&self) -> Option<String> {
        let status = match self.answer {
            Some(answer) => Some(answer.status),
            None => error_status(self.resolution),
        };
        let status = status.filter(|status| *status >= 400)?;
        Some(format!("{status} {}", served::status_reason(status)).trim_end().to_owned())
    }

    fn connecting(&self) -> String {
        let Some((address, port)) = self.resolution.connects_to.filter(|_| !self.wget.quiet) else {
            return String::new();
        };
        format!("Connecting to {} ({})\n", self.wget.url.authority(), socket_text(address, port))
    }

    fn headers(&self) -> String {
        let Some(answer) = self.answer.filter(|_| self.wget.shows_headers) else { return String::new() };
        let headers = answer.headers.iter().flatten().map(|(name, value)| format!("  {name}: {value}\n"));
        format!(
            "  HTTP/1.1 {} {}\n{}",
            answer.status,
            served::status_reason(answer.status),
            headers.collect::<String>()
        )
    }

    fn length(&self) -> Option<usize> {
        self.answer.and_then(|answer| answer.body.as_ref()).map(String::len)
    }

    fn busybox_progress(&self) -> String {
        if self.wget.spider {
            return "remote file exists\n".to_owned();
        }
        let name = if self.wget.to_stdout { "-".to_owned() } else { self.file_name().unwrap_or_default() };
        let (before, after) = if self.wget.to_stdout {
            ("writing to stdout\n".to_owned(), "written to stdout\n".to_owned())
        } else {
            (format!("saving to '{name}'\n"), format!("'{name}' saved\n"))
        };
        let bar =
            self.length().map(|length| format!("{name:<20} 100% |{}| {length:>5}  0:00:00 ETA\n", "*".repeat(32)));
        format!("{before}{}{after}", bar.unwrap_or_default())
    }

    /// The lines before the answer: when, whom, where.
    fn log(&self) -> String {
        let (url, host) = (&self.wget.url, &self.wget.url.host);
        let date = formatted(self.now(), "%F %T");
        let mut text =
            format!("--{date}--  {}://{}{}\n", url.scheme.name(), url.authority(), self.wget.ask.request.target());
        let is_address = host.parse::<std::net::IpAddr>().is_ok();
        if !is_address {
            text.push_str(&format!("Resolving {host} ({host})... "));
        }
        let Some((address, port)) = self.resolution.connects_to else { return text };
        if is_address {
            text.push_str(&format!("Connecting to {}... ", socket_text(address, port)))
        } else {
            text.push_str(&format!("{address}\nConnecting to {host} ({host})|{address}|:{port}... "))
        }
        text
    }

    fn gnu_progress(&self) -> String {
        // 1. Brief.
        let length = self.length();
        let name = if self.wget.to_stdout { "STDOUT".to_owned() } else { self.file_name().unwrap_or_default() };
        let date = formatted(self.now(), "%F %T");
        if self.wget.brief {
            let size = length.map(|length| format!("[{length}/{length}] ")).unwrap_or_default();
            return format!(
                "{date} URL:{}://{}{} {size}-> \"{name}\" [1]\n",
                self.wget.url.scheme.name(),
                self.wget.url.authority(),
                self.wget.ask.request.target()
            );
        }
        // 2. The answer's head.
        let awaiting = if self.wget.shows_headers {
            format!("connected.\nHTTP request sent, awaiting response... \n{}", self.headers())
        } else {
            let status = self.answer.map_or(200, |answer| answer.status);
            let reason = served::status_reason(status);
            format!("connected.\nHTTP request sent, awaiting response... {status} {reason}\n")
        };
        // 3. Its length and type.
        let kind = self.answer.and_then(|answer| {
            let headers = answer.headers.as_ref()?;
            headers.iter().find(|(name, _)| name == "Content-Type").map(|(_, value)| format!(" [{value}]"))
        });
        let size = length.map_or_else(
            || "Length: unspecified".to_owned(),
            |length| format!("Length: {length}{}", kind.unwrap_or_default()),
        );
        // 4. Only looked at, or saved.
        if self.wget.spider {
            return format!("{}{awaiting}{size}\nRemote file exists.\n\n", self.log());
        }
        let saved = length.map(|length| format!(" [{length}/{length}]")).unwrap_or_default();
        let written = if self.wget.to_stdout { "written to stdout".to_owned() } else { format!("‘{name}’ saved") };
        format!("{}{awaiting}{size}\nSaving to: ‘{name}’\n\n{date} - {written}{saved}\n\n", self.log())
    }

    /// Where the body is saved. GNU counts on where there is such a file; BusyBox says that there is.
    fn file_name(&self) -> Option<String> {
        if let Some(name) = &self.wget.output {
            return Some(name.clone());
        }
        let name = match self.wget.url.path.rsplit('/').next() {
            Some("") | None => "index.html",
            Some(name) => name,
        };
        let name = match &self.wget.folder {
            Some(folder) => format!("{}/{name}", folder.trim_end_matches('/')),
            None => name.to_owned(),
        };
        let is_there = |name: &str| self.view.session.file(self.view.client, name).is_some();
        let numbered = (1..100).map(|number| format!("{name}.{number}"));
        [name.clone()].into_iter().chain(numbered).find(|name| !is_there(name))
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

fn failure(exit: i32, stderr: String) -> Output {
    Output { stdout: Some(String::new()), stderr, exit }
}

fn error_status(resolution: &Resolution) -> Option<u16> {
    let mut decisions = resolution.landings.iter().filter_map(|landing| landing.trail.last());
    decisions.find_map(|hop| match &hop.decision {
        PacketDecision::Respond(response) => Some(response.status),
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
