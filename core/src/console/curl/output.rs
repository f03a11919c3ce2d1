//! What curl prints and how it exits. The pages of servers that are known are known, and controllers' own; other pods
//! answer 200 here, with pages that nobody knows.

use super::super::certificate::{self, CertificateCheck, UntrustedCertificate};
use super::super::served::{self, HttpAnswer};
use super::super::{ConsoleView, Output, WrittenFile};
use super::CurlCommand;
use crate::packet::{HttpRequest, HttpResponse, HttpVersion};
use crate::request::Ask;
use crate::trace::{ConnectionPurpose, Outcome, PacketDecision, Resolution};

/// What a pod answers.
const OF_A_POD: u16 = 200;

impl CurlCommand {
    pub fn ask(&self) -> Ask {
        Ask::Http(self.ask.clone())
    }

    pub fn check(&self) -> CertificateCheck {
        self.check
    }

    /// What it prints. A server's own page isn't known.
    pub fn output(&self, view: &ConsoleView<'_>, resolution: &Resolution) -> Output {
        let answer = served::pod_answer(view, resolution);
        let host = &self.url.host;
        match resolution.outcome() {
            Some(Outcome::Unresolved) if host.is_empty() => {
                self.failure(3, "URL rejected: No host part in the URL", resolution)
            }
            Some(Outcome::Unresolved) => self.failure(6, &format!("Could not resolve host: {host}"), resolution),
            Some(Outcome::Refused) => {
                self.failure(7, &self.no_connection("0 ms: Could not connect to server"), resolution)
            }
            Some(Outcome::Unroutable | Outcome::Dropped) => self.failure(28, &self.timed_out(), resolution),
            Some(Outcome::Responded | Outcome::Delivered) => match self.certificate_objection(resolution) {
                Some(why) => self.failure(60, &format!("{why}\n{CERTIFICATES}"), resolution),
                None => {
                    let status = answer.as_ref().map(|answer| answer.status).or_else(|| common_status(resolution));
                    let output = self.answered(resolution, status, answer.as_ref());
                    let said = self.transcript(resolution, answer.as_ref()) + &self.progress(view, answer.as_ref());
                    Output { stderr: said + &output.stderr, ..output }
                }
            },
            Some(Outcome::TlsFailed | Outcome::External | Outcome::Unknown) | None => Output::default(),
        }
    }

    fn answered(&self, resolution: &Resolution, status: Option<u16>, answer: Option<&HttpAnswer>) -> Output {
        match status.filter(|status| self.fail && *status >= 400) {
            Some(status) => {
                let failure = self.failure(22, &format!("The requested URL returned error: {status}"), resolution);
                Output { stdout: self.written(resolution, Some(status), answer).or(failure.stdout), ..failure }
            }
            None => {
                let stderr = self.unknown_variables();
                Output { stdout: self.shown(resolution, status, answer), stderr, exit: 0 }
            }
        }
    }

    fn no_connection(&self, after: &str) -> String {
        format!("Failed to connect to {} port {} after {after}", self.url.host, self.ask.port)
    }

    /// --max-time, --connect-timeout, or the kernel's six retries of SYN, which take 127 s and more.
    fn timed_out(&self) -> String {
        let milliseconds = |seconds: f64| (seconds * 1000.0).round();
        match (self.max_time, self.connect_timeout) {
            (Some(all), connect) if connect.is_none_or(|connect| all <= connect) => {
                format!("Connection timed out after {} milliseconds", milliseconds(all))
            }
            (_, Some(connect)) => self.no_connection(&format!("{} ms: Timeout was reached", milliseconds(connect))),
            (_, None) => self.no_connection("133000 ms: Could not connect to server"),
        }
    }

    fn failure(&self, code: i32, why: &str, resolution: &Resolution) -> Output {
        let said = !self.silent || self.show_error;
        Output {
            stdout: self.written(resolution, Some(0), None).or_else(|| Some(String::new())),
            stderr: if said { format!("curl: ({code}) {why}\n") } else { String::new() },
            exit: code,
        }
    }

    /// What it has against the certificate it is shown, in OpenSSL's and its own words.
    fn certificate_objection(&self, resolution: &Resolution) -> Option<String> {
        certificate::fault(resolution, self.check).map(|fault| match fault {
            UntrustedCertificate::SelfSigned => "SSL certificate problem: self-signed certificate".to_owned(),
            UntrustedCertificate::OtherName => {
                let host = &self.url.host;
                format!("SSL: no alternative certificate subject name matches target host name '{host}'")
            }
        })
    }

    /// The files that it writes: none where the answer fails it.
    pub fn files(&self, view: &ConsoleView<'_>, resolution: &Resolution) -> Vec<WrittenFile> {
        let answers = matches!(resolution.outcome(), Some(Outcome::Responded | Outcome::Delivered));
        if !answers || self.certificate_objection(resolution).is_some() {
            return Vec::new();
        }
        let answer = served::pod_answer(view, resolution);
        let status = answer.as_ref().map(|answer| answer.status).or_else(|| common_status(resolution));
        let fails = self.fail && status.is_some_and(|status| status >= 400);
        let text = match &answer {
            Some(answer) => answer.body.clone(),
            None => response_body(resolution),
        };
        let head = answer.as_ref().and_then(|answer| self.head(answer));
        let text = if self.headers_shown { head.clone().and_then(|head| Some(head + &text?)) } else { text };
        let body = self.saves_to.clone().filter(|_| !fails).map(|path| (path, text));
        let headers = self.headers_to.clone().filter(|path| !is_output(path) && path != "/dev/null");
        body.into_iter().chain(headers.map(|path| (path, head))).collect()
    }

    /// The body, where it is known or goes elsewhere, and what -w adds.
    fn shown(&self, resolution: &Resolution, status: Option<u16>, answer: Option<&HttpAnswer>) -> Option<String> {
        let shows_headers = self.headers_to.as_deref().is_some_and(is_output) || (self.headers_shown && !self.to_file);
        let head = if shows_headers { answer.and_then(|answer| self.head(answer)) } else { Some(String::new()) };
        let text = match (self.to_file, answer) {
            (true, _) => Some(String::new()),
            (false, Some(answer)) => answer.body.clone(),
            (false, None) => response_body(resolution),
        };
        let body = head.and_then(|head| Some(head + &text?));
        match &self.write_out {
            None => body,
            Some(_) => Some(format!("{}{}", body?, self.written(resolution, status, answer)?)),
        }
    }

    /// -w with what is known; None if it asks for what depends on the moment.
    fn written(&self, resolution: &Resolution, status: Option<u16>, answer: Option<&HttpAnswer>) -> Option<String> {
        let text = self.write_out.as_ref()?.replace("\\n", "\n").replace("\\t", "\t").replace("\\r", "\r");
        let mut written = String::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once('%') {
            written.push_str(before);
            if let Some(percent) = after.strip_prefix('%') {
                (written, rest) = (written + "%", percent);
                continue;
            }
            match after.strip_prefix('{').and_then(|variable| variable.split_once('}')) {
                Some((name, behind)) => {
                    written.push_str(&self.variable(name, resolution, (status, answer))?);
                    rest = behind;
                }
                None => (written, rest) = (written + "%", after),
            }
        }
        Some(written + rest)
    }

    fn variable(
        &self,
        name: &str,
        resolution: &Resolution,
        (status, answer): (Option<u16>, Option<&HttpAnswer>),
    ) -> Option<String> {
        let connected = status != Some(0);
        Some(match name {
            "http_code" | "response_code" => format!("{:03}", status?),
            "remote_ip" => {
                resolution.first_address().filter(|_| connected).map(|ip| ip.to_string()).unwrap_or_default()
            }
            "remote_port" => self.ask.port.to_string(),
            "scheme" => self.url.scheme.name().to_owned(),
            "method" => self.ask.request.method.clone(),
            "redirect_url" => redirect_location(resolution).map(|location| self.absolute(location)).unwrap_or_default(),
            "num_redirects" => sent_requests(resolution).len().saturating_sub(1).to_string(),
            "url_effective" => match sent_requests(resolution).as_slice() {
                [_, .., last] => request_url(last),
                _ => self.typed(),
            },
            "url" => self.typed(),
            "http_version" => match self.ask.request.version {
                HttpVersion::Http10 => "1.0",
                HttpVersion::Http1 => "1.1",
                HttpVersion::Http2 | HttpVersion::Grpc => "2",
            }
            .to_owned(),
            "size_download" if !connected => "0".to_owned(),
            "size_download" => answer?.body.as_ref()?.len().to_string(),
            "content_type" if !connected => String::new(),
            "content_type" => {
                let headers = answer?.headers.as_ref()?;
                headers
                    .iter()
                    .find(|(name, _)| name == "Content-Type")
                    .map(|(_, value)| value.clone())
                    .unwrap_or_default()
            }
            "size_upload" => self.ask.request.body_length.to_string(),
            "num_connects" => u8::from(connected).to_string(),
            "http_connect" => "000".to_owned(),
            "filename_effective" => self.saves_to.clone().unwrap_or_default(),
            "local_ip" if connected => first_sender(resolution)?,
            // Only `sleep` moves the clock; how long one waits for nothing isn't known.
            _ if name.starts_with("time_") && connected => "0.000000".to_owned(),
            _ if KNOWN.iter().any(|known| name.starts_with(known)) => return None,
            _ => String::new(),
        })
    }

    /// Where a redirect leads, as a URL in full: beside the one asked for, and with a path (lib/urlapi.c, curl_url_get).
    fn absolute(&self, location: String) -> String {
        match location.split_once("://") {
            Some((_, rest)) if !rest.contains(['/', '?', '#']) => location + "/",
            None if location.starts_with('/') && !location.starts_with("//") => {
                format!("{}://{}{location}", self.url.scheme.name(), self.url.authority())
            }
            Some(_) | None => location,
        }
    }

    /// The URL asked for, in full.
    fn typed(&self) -> String {
        format!("{}://{}{}", self.url.scheme.name(), self.url.authority(), self.ask.request.target())
    }

    /// What curl says of variables that it doesn't have.
    fn unknown_variables(&self) -> String {
        const PRINTED: &[&str] = &[
            "http_code",
            "response_code",
            "remote_ip",
            "remote_port",
            "scheme",
            "method",
            "redirect_url",
            "num_redirects",
            "url_effective",
            "url",
            "http_version",
            "size_download",
            "content_type",
            "size_upload",
            "num_connects",
            "http_connect",
            "filename_effective",
        ];
        let text = self.write_out.as_deref().unwrap_or_default();
        let names = text.split("%{").skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name);
        let unknown =
            names.filter(|name| !PRINTED.contains(name) && !KNOWN.iter().any(|known| name.starts_with(known)));
        unknown.map(|name| format!("curl: unknown --write-out variable: '{name}'\n")).collect()
    }
}

/// Variables that curl has and that aren't known here, by how they begin.
const KNOWN: &[&str] = &[
    "certs",
    "conn_id",
    "content_type",
    "errormsg",
    "exitcode",
    "filename",
    "ftp_",
    "header",
    "http_connect",
    "json",
    "local_",
    "num_",
    "onerror",
    "proxy_",
    "referer",
    "size_",
    "speed_",
    "ssl_",
    "stderr",
    "stdout",
    "time",
    "urlnum",
    "xfer_id",
];

/// What curl adds to an error about a certificate.
const CERTIFICATES: &str = "More details here: https://curl.se/docs/sslcerts.html

curl failed to verify the legitimacy of the server and therefore could not
establish a secure connection to it. To learn more about this situation and
how to fix it, please visit the webpage mentioned above.";

/// The client's address.
fn first_sender(resolution: &Resolution) -> Option<String> {
    let last = resolution.landings.first()?.trail.hops_backwards().last()?;
    Some(last.before.source.to_string())
}

/// The requests that the client sent on the first way: one, and one for each redirect it followed.
fn sent_requests(resolution: &Resolution) -> Vec<HttpRequest> {
    let legs = resolution.landings.first().map(|landing| landing.trail.legs()).unwrap_or_default();
    let own = legs.iter().filter(|leg| leg.purpose == ConnectionPurpose::Connect);
    own.filter_map(|leg| leg.hops().next()?.before.http().cloned()).collect()
}

fn request_url(request: &HttpRequest) -> String {
    format!("{}://{}{}", request.scheme.name(), request.host, request.target())
}

/// Whether a file's name means standard output.
fn is_output(path: &str) -> bool {
    matches!(path, "-" | "/dev/stdout")
}

/// The status, if all landings have the same.
fn common_status(resolution: &Resolution) -> Option<u16> {
    let mut statuses = resolution.landings.iter().map(|landing| match &landing.trail.last()?.decision {
        PacketDecision::Respond(response) => Some(response.status),
        PacketDecision::Deliver(_) => Some(OF_A_POD),
        _ => None,
    });
    let first = statuses.next()??;
    statuses.all(|status| status == Some(first)).then_some(first)
}

fn responses(resolution: &Resolution) -> impl Iterator<Item = &HttpResponse> {
    resolution.landings.iter().filter_map(|landing| match &landing.trail.last()?.decision {
        PacketDecision::Respond(response) => Some(response),
        _ => None,
    })
}

fn response_body(resolution: &Resolution) -> Option<String> {
    responses(resolution).next().and_then(|response| response.body.clone())
}

fn redirect_location(resolution: &Resolution) -> Option<String> {
    responses(resolution).next().and_then(|response| response.location.clone())
}
