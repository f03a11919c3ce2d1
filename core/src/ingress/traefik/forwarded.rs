//! X-Forwarded-* as an entry point writes them, before any middleware (forwardedheaders/forwarded_header.go): what came is
//! kept where the client is believed, and taken away where it isn't. What belongs to the connection goes no further.

use super::settings::EntryPoint;
use crate::ingress::ControllerArrival;
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

/// Headers of one connection (net/http/httputil hopHeaders).
const HOP_BY_HOP: &[&str] = &[
    "Proxy-Connection",
    "Keep-Alive",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "Te",
    "Trailer",
    "Transfer-Encoding",
];

/// The request behind the entry point.
pub fn entered(arrival: &ControllerArrival<'_>, entry: &EntryPoint) -> HttpRequest {
    let mut request = arrival.request.clone();
    if !entry.believes(arrival.client) {
        // An underscore stands for a dash with some servers, so it goes, too.
        request
            .headers
            .0
            .retain(|(name, _)| !MANAGED.iter().any(|it| it.eq_ignore_ascii_case(&name.replace('_', "-"))));
    }
    let missing = |name: &str, request: &HttpRequest| request.headers.value(name).is_none_or(str::is_empty);
    if missing("X-Real-Ip", &request) {
        request.headers.set("X-Real-Ip", &arrival.client.to_string());
    }
    if missing("X-Forwarded-Proto", &request) {
        request.headers.set("X-Forwarded-Proto", protocol(arrival.request));
    }
    if missing("X-Forwarded-Port", &request) {
        let port = port(&request);
        request.headers.set("X-Forwarded-Port", &port);
    }
    if missing("X-Forwarded-Host", &request) {
        request.headers.set("X-Forwarded-Host", &arrival.request.host);
    }
    request.headers.set("X-Forwarded-Server", &arrival.pod.name);
    remove_connection_headers(&mut request, entry);
    request
}

fn protocol(request: &HttpRequest) -> &'static str {
    match (is_websocket(request), request.scheme) {
        (false, scheme) => scheme.name(),
        (true, Scheme::Http) => "ws",
        (true, Scheme::Https) => "wss",
    }
}

/// Whether a client wants to speak WebSocket.
pub fn is_websocket(request: &HttpRequest) -> bool {
    let has = |name: &str, token: &str| {
        let list = request.headers.value(name).unwrap_or_default();
        list.split(',').any(|word| word.trim().eq_ignore_ascii_case(token))
    };
    has("Connection", "upgrade") && has("Upgrade", "websocket")
}

/// What Connection names goes (removeConnectionHeaders), unless the entry point lets it pass.
fn remove_connection_headers(request: &mut HttpRequest, entry: &EntryPoint) {
    let is_websocket = is_websocket(request);
    let named: Vec<String> = {
        let connection = request.headers.0.iter().filter(|(name, _)| name.eq_ignore_ascii_case("Connection"));
        connection.flat_map(|(_, value)| value.split(',')).map(|name| name.trim().to_owned()).collect()
    };
    for name in named.iter().filter(|name| !name.is_empty()) {
        let is_kept = MANAGED.iter().copied().any(|it| it.eq_ignore_ascii_case(name))
            || entry.connection.iter().any(|it| it.eq_ignore_ascii_case(name))
            || is_websocket && name.eq_ignore_ascii_case("upgrade");
        if !is_kept {
            request.headers.remove(name);
        }
    }
    HOP_BY_HOP.iter().for_each(|name| request.headers.remove(name));
    request.headers.remove("Connection");
    if is_websocket {
        request.headers.set("Connection", "Upgrade");
    } else {
        request.headers.remove("Upgrade");
    }
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
pub fn append_client(client: std::net::IpAddr, request: &mut HttpRequest) {
    let client = client.to_string();
    let before: Vec<String> = {
        let headers = request.headers.0.iter().filter(|(name, _)| name.eq_ignore_ascii_case("X-Forwarded-For"));
        headers.map(|(_, value)| value.clone()).filter(|value| !value.is_empty()).collect()
    };
    let all = before.into_iter().chain([client]).collect::<Vec<_>>().join(", ");
    request.headers.set("X-Forwarded-For", &all);
}
