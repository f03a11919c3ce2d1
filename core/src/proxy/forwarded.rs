//! X-Forwarded-*: what proxies tell backends about the client's connection.

use std::net::IpAddr;

use crate::packet::{Headers, HttpRequest};

/// What a backend is told.
#[derive(Clone, Debug)]
pub struct Forwarded {
    /// The client's address.
    pub client: IpAddr,
    /// The Host header that the client sent.
    pub host: String,
    /// `http` or `https`.
    pub scheme: String,
    /// The port the client used.
    pub port: u16,
    /// The addresses that proxies before have written and that are passed on.
    pub before: Vec<String>,
}

impl Forwarded {
    /// What the connection itself shows.
    pub fn of(client: IpAddr, request: &HttpRequest) -> Self {
        let scheme = request.scheme;
        Self {
            client,
            host: request.host.clone(),
            scheme: scheme.name().to_owned(),
            port: scheme.default_port(),
            before: Vec::new(),
        }
    }

    /// The same where proxies before are believed.
    pub fn believing(mut self, request: &HttpRequest) -> Self {
        let value = |name: &str| request.headers.value(name).map(str::to_owned);
        self.host = value("X-Forwarded-Host").unwrap_or(self.host);
        self.scheme = value("X-Forwarded-Proto").unwrap_or(self.scheme);
        self.port = value("X-Forwarded-Port").and_then(|port| port.parse().ok()).unwrap_or(self.port);
        self.before = addresses(request, "X-Forwarded-For");
        self
    }

    /// Writes the headers that every proxy sends.
    pub fn write(&self, headers: &mut Headers) {
        let client = self.client.to_string();
        let all: Vec<&str> = self.before.iter().map(String::as_str).chain([client.as_str()]).collect();
        headers.set("X-Forwarded-For", &all.join(", "));
        headers.set("X-Forwarded-Host", &self.host);
        headers.set("X-Forwarded-Port", &self.port.to_string());
        headers.set("X-Forwarded-Proto", &self.scheme);
    }
}

/// The addresses in X-Forwarded-For, or a header like it, the client's first.
pub fn addresses(request: &HttpRequest, header: &str) -> Vec<String> {
    let list = request.headers.value(header).unwrap_or_default().split(',').map(str::trim);
    list.filter(|address| !address.is_empty()).map(str::to_owned).collect()
}
