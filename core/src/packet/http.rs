//! HTTP requests and responses, as far as routing looks at them.

use serde::{Deserialize, Serialize};

/// An HTTP request on its way.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HttpRequest {
    /// Whether it is inside TLS.
    pub scheme: Scheme,
    /// `GET`.
    pub method: String,
    /// The Host header (`:authority`), with the port if the client sends one.
    pub host: String,
    /// The path as sent, percent-encoding kept, without the query.
    pub path: String,
    /// What follows `?`, without it.
    pub query: Option<String>,
    /// Further headers, in order.
    pub headers: Headers,
    /// The name in the TLS handshake; None without TLS or with an address as host.
    pub server_name: Option<String>,
    /// Whether the client shows a certificate of its own where TLS asks for one.
    pub client_certificate: bool,
    /// The newest version of TLS that the client speaks; None where it speaks all.
    pub newest_tls: Option<TlsVersion>,
    /// The protocol spoken.
    pub version: HttpVersion,
    /// The length of the body; 0 without one.
    pub body_length: u64,
}

/// Whether HTTP goes in the clear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// In the clear.
    #[default]
    Http,
    /// Inside TLS.
    Https,
}

/// Versions of TLS, the oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsVersion {
    /// 1.0
    Tls10,
    /// 1.1
    Tls11,
    /// 1.2: the oldest that servers take unless they are told otherwise.
    Tls12,
    /// 1.3
    Tls13,
}

impl TlsVersion {
    /// `1.2`, as clients and Envoy write it.
    pub fn parse(number: &str) -> Option<Self> {
        match number {
            "1.0" => Some(Self::Tls10),
            "1.1" => Some(Self::Tls11),
            "1.2" => Some(Self::Tls12),
            "1.3" => Some(Self::Tls13),
            _ => None,
        }
    }
}

/// The versions that routes tell apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HttpVersion {
    /// HTTP/1.0
    Http10,
    #[default]
    Http1,
    Http2,
    /// gRPC, over HTTP/2.
    Grpc,
}

/// Headers in order; names compare without case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(pub Vec<(String, String)>);

/// What a proxy answers by itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HttpResponse {
    /// `404`.
    pub status: u16,
    /// Where a redirect leads.
    pub location: Option<String>,
    /// Further headers.
    pub headers: Headers,
    /// The body, where it is known.
    pub body: Option<String>,
    /// gRPC's own status, by name: `Unimplemented`.
    pub grpc_status: Option<String>,
}

impl Headers {
    /// The first value of a header.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Replaces a header, or adds it at the end.
    pub fn set(&mut self, name: &str, value: &str) {
        self.remove(name);
        self.add(name, value);
    }

    /// Adds a header after those there.
    pub fn add(&mut self, name: &str, value: &str) {
        self.0.push((name.to_owned(), value.to_owned()));
    }

    /// Takes a header away.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
    }
}

impl HttpRequest {
    /// The host without port, in lower case.
    pub fn hostname(&self) -> String {
        host_without_port(&self.host).to_ascii_lowercase()
    }

    /// Path and query as in the request line.
    pub fn target(&self) -> String {
        match &self.query {
            Some(query) => format!("{}?{query}", self.path),
            None => self.path.clone(),
        }
    }
}

/// Host and port of an authority: `a:80` is `a` and 80, `[fd00::1]` stays whole.
pub fn host_and_port(authority: &str) -> (&str, Option<u16>) {
    let host = host_without_port(authority);
    let port = authority.strip_prefix(host).and_then(|rest| rest.strip_prefix(':')).and_then(|port| port.parse().ok());
    (host, port)
}

/// `shop.example.com` of `shop.example.com:8080`, `[fd00::1]` of `[fd00::1]:80`.
pub fn host_without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !open_bracket(host) => host,
        _ => authority,
    }
}

/// Whether the colon found was one inside an IPv6 address.
fn open_bracket(host: &str) -> bool {
    host.contains('[') && !host.contains(']') || host.contains(':') && !host.starts_with('[')
}

impl Scheme {
    /// 80 or 443.
    pub fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }

    /// `http` or `https`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}
