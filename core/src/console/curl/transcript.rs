//! What curl prints beside the body: -v, headers, the progress meter.

use super::super::ConsoleView;
use super::super::served::{HttpAnswer, status_reason};
use super::CurlCommand;
use crate::packet::{HttpVersion, Scheme};
use crate::trace::Resolution;

impl CurlCommand {
    /// The status line and the headers as -i and -I print them; None where not all are known.
    pub(super) fn head(&self, answer: &HttpAnswer) -> Option<String> {
        let headers = answer.headers.as_ref()?;
        let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        Some(format!("HTTP/1.1 {} {}\r\n{lines}\r\n", answer.status, status_reason(answer.status)))
    }

    /// -v: the connection, what is sent, and the headers that come back, as far as they are known.
    pub(super) fn transcript(&self, resolution: &Resolution, answer: Option<&HttpAnswer>) -> String {
        // 1. Whether there is anything to tell.
        if !self.verbose {
            return String::new();
        }
        let host = &self.url.host;
        let Some((address, port)) = resolution.connects_to else { return String::new() };
        // 2. The lookup, unless the host is an address.
        let request = &self.ask.request;
        let version = if request.version == HttpVersion::Http1 { "1.1" } else { "2" };
        let mut said = String::new();
        if host.parse::<std::net::IpAddr>().is_err() && *host != address.to_string() {
            let (v6, v4) = if address.is_ipv6() {
                (address.to_string(), "(none)".into())
            } else {
                ("(none)".into(), address.to_string())
            };
            said.push_str(&format!("* Host {host}:{port} was resolved.\n* IPv6: {v6}\n* IPv4: {v4}\n"));
        }
        // 3. The connection.
        said.push_str(&format!("*   Trying {}...\n", crate::packet::socket_text(address, port)));
        said.push_str(&format!("* Connected to {host} ({address}) port {port}\n"));
        // 4. The request, where TLS doesn't hide it.
        if request.scheme == Scheme::Http {
            said.push_str(&format!(
                "* using HTTP/1.x\n> {} {} HTTP/{version}\n> Host: {}\n",
                request.method,
                request.target(),
                request.host
            ));
            said.extend(request.headers.0.iter().map(|(name, value)| format!("> {name}: {value}\n")));
            said.push_str("> \n* Request completely sent off\n");
        }
        // 5. The answer.
        if let Some(headers) = answer.and_then(|answer| answer.headers.as_ref()) {
            let status = answer.map_or(0, |answer| answer.status);
            said.push_str(&format!("< HTTP/1.1 {status} {}\n", status_reason(status)));
            said.extend(headers.iter().map(|(name, value)| format!("< {name}: {value}\n")));
            said.push_str(&format!("< \n* Connection #0 to host {host} left intact\n"));
        }
        said
    }

    /// The meter that is drawn where the body goes into a pipe or a file. How fast it came, nobody can know.
    pub(super) fn progress(&self, view: &ConsoleView<'_>, answer: Option<&HttpAnswer>) -> String {
        let goes_away = self.to_file || !view.is_terminal;
        if self.silent || self.hides_progress || !goes_away {
            return String::new();
        }
        let Some(length) = answer.and_then(|answer| answer.body.as_ref()).map(String::len) else {
            return String::new();
        };
        if self.draws_bar {
            return format!("{} 100.0%\n", "#".repeat(72));
        }
        format!(
            "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n                                 \
             Dload  Upload   Total   Spent    Left  Speed\n100 {length:>5}  100 {length:>5}    0     0      0      0 --:--:-- \
             --:--:-- --:--:--     0\n"
        )
    }
}
