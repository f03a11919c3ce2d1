//! X-Forwarded-* as an entry point writes them, before any middleware (forwardedheaders/forwarded_header.go): what came is
//! kept where the client is believed, and taken away where it isn't.

use crate::ingress::Arrival;
use crate::packet::{HttpRequest, Scheme};

/// The headers that are the entry point's (XHeadersSet), some of which it writes.
const MANAGED: &[&str] = &[
    "X-Forwarded-Proto",
    "X-Forwarded-Scheme",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Port",
    "X-Forwarded-Server",
    "X-Forwarded-Uri",
    "X-Forwarded-Method",
    "X-Forwarded-Prefix",
    "X-Forwarded-Tls-Client-Cert",
    "X-Forwarded-Tls-Client-Cert-Info",
    "X-Scheme",
    "X-Real-Ip",
];

/// The request behind the entry point.
pub fn entered(arrival: &Arrival<'_>, believes: bool) -> HttpRequest {
    let mut request = arrival.request.clone();
    if !believes {
        MANAGED.iter().for_each(|name| request.headers.remove(name));
    }
    let missing = |name: &str, request: &HttpRequest| request.headers.value(name).is_none_or(str::is_empty);
    if missing("X-Real-Ip", &request) {
        request.headers.set("X-Real-Ip", &arrival.client.to_string());
    }
    if missing("X-Forwarded-Proto", &request) {
        request.headers.set("X-Forwarded-Proto", arrival.request.scheme.name());
    }
    if missing("X-Forwarded-Port", &request) {
        let port = port(&request);
        request.headers.set("X-Forwarded-Port", &port);
    }
    if missing("X-Forwarded-Host", &request) {
        request.headers.set("X-Forwarded-Host", &arrival.request.host);
    }
    request.headers.set("X-Forwarded-Server", &arrival.pod.name);
    request
}

/// forwardedPort: the Host header's, else the usual one.
fn port(request: &HttpRequest) -> String {
    let bare = crate::packet::http::host_without_port(&request.host);
    let written =
        request.host.strip_prefix(bare).and_then(|rest| rest.strip_prefix(':')).filter(|port| !port.is_empty());
    let is_tls =
        request.scheme == Scheme::Https || matches!(request.headers.value("X-Forwarded-Proto"), Some("https" | "wss"));
    written.map_or_else(|| if is_tls { "443" } else { "80" }.to_owned(), str::to_owned)
}

/// The proxy appends the client to X-Forwarded-For (net/http/httputil).
pub fn append_client(arrival: &Arrival<'_>, request: &mut HttpRequest) {
    let client = arrival.client.to_string();
    let all = match request.headers.value("X-Forwarded-For").filter(|before| !before.is_empty()) {
        Some(before) => format!("{before}, {client}"),
        None => client,
    };
    request.headers.set("X-Forwarded-For", &all);
}
