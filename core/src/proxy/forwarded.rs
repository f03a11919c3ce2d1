//! X-Forwarded-*: what proxies tell backends about the client's connection.

use std::net::IpAddr;

use crate::packet::{Headers, HttpRequest};

/// What a backend is told.
#[derive(Clone, Debug)]
pub struct ForwardedClient {
    /// The client's address.
    pub client: IpAddr,
    /// The Host header that the client sent.
    pub host: String,
    /// `http` or `https`.
    pub scheme: String,
    /// The port the client used.
    pub port: u16,
}

impl ForwardedClient {
    /// What the connection itself shows.
    pub fn of(client: IpAddr, request: &HttpRequest) -> Self {
        let scheme = request.scheme;
        Self { client, host: request.host.clone(), scheme: scheme.name().to_owned(), port: scheme.default_port() }
    }

    /// Writes the headers that every proxy sends.
    pub fn write(&self, headers: &mut Headers) {
        headers.set("X-Forwarded-For", &self.client.to_string());
        headers.set("X-Forwarded-Host", &self.host);
        headers.set("X-Forwarded-Port", &self.port.to_string());
        headers.set("X-Forwarded-Proto", &self.scheme);
    }
}

/// The addresses in X-Forwarded-For, or a header like it, the client's first.
pub fn forwarded_addresses(request: &HttpRequest, header: &str) -> Vec<String> {
    let list = request.headers.value(header).unwrap_or_default().split(',').map(str::trim);
    list.filter(|address| !address.is_empty()).map(str::to_owned).collect()
}
