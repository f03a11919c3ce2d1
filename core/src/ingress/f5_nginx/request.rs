//! A request as nginx sees it, and its variables in texts.

use std::net::IpAddr;

use super::settings::F5Settings;
use crate::http::{cookie, path};
use crate::ingress::ControllerArrival;
use crate::ingress::forwarded::forwarded_addresses;
use crate::packet::{HttpRequest, Scheme};

/// A request with what nginx makes of its line and headers.
pub struct F5Request {
    pub request: HttpRequest,
    /// The host without a port and without a dot at its end (ngx_http_validate_host).
    pub hostname: String,
    /// The path as locations see it.
    pub uri: String,
    /// The client that is believed.
    pub client: IpAddr,
    pub port: u16,
}

impl F5Request {
    /// None where nginx refuses the path.
    pub fn of(settings: &F5Settings, arrival: &ControllerArrival<'_>) -> Option<Self> {
        let mut request = arrival.request.clone();
        let is_valid = |name: &str| name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
        request.headers.0.retain(|(name, _)| is_valid(name));
        let hostname = request.hostname();
        let client = settings.real_client(arrival.client, |header| forwarded_addresses(&request, header));
        Some(Self {
            uri: path::normalize(&request.path)?,
            hostname: hostname.strip_suffix('.').unwrap_or(&hostname).to_owned(),
            client,
            port: arrival.port,
            request,
        })
    }

    pub fn is_tls(&self) -> bool {
        self.request.scheme == Scheme::Https
    }

    /// Whether a client inside TLS shows no certificate.
    pub fn lacks_certificate(&self) -> bool {
        self.is_tls() && !self.request.client_certificate
    }

    /// Whether the body is larger than a limit, 0 for none (ngx_http_core_find_config_phase).
    pub fn is_larger_than(&self, limit: u64) -> bool {
        let written = self.request.headers.value("Content-Length").and_then(|length| length.trim().parse().ok());
        limit > 0 && written.unwrap_or(self.request.body_length) > limit
    }

    /// Variables in a text, `$name` and `${name}`, with the captures `$1` to `$9` as given; None for one that isn't known.
    pub fn expand<'c>(&self, text: &str, capture: impl Fn(usize) -> &'c str) -> Option<String> {
        let mut expanded = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('$') {
            expanded.push_str(before);
            let (name, behind) = split_variable(after)?;
            match name.parse() {
                Ok(number) => expanded.push_str(capture(number)),
                Err(_) => expanded.push_str(&self.variable(name)?),
            }
            rest = behind;
        }
        expanded.push_str(rest);
        Some(expanded)
    }

    /// The value of a variable, empty where the request has none; None for one that isn't known.
    pub fn variable(&self, name: &str) -> Option<String> {
        let request = &self.request;
        if let Some(header) = name.strip_prefix("http_").filter(|header| *header != "host") {
            return Some(request.headers.value(&header.replace('_', "-")).unwrap_or_default().to_owned());
        }
        if let Some(wanted) = name.strip_prefix("cookie_") {
            return Some(cookie::value_ignoring_case(&request.headers, wanted).unwrap_or_default().to_owned());
        }
        if let Some(wanted) = name.strip_prefix("arg_") {
            let pairs = request.query.as_deref().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
            let mut pairs = pairs.filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
            return Some(pairs.next().map_or("", |(_, value)| value).to_owned());
        }
        let is_set = |set: bool| if set { "on" } else { "" }.to_owned();
        Some(match name {
            "args" | "query_string" => request.query.clone().unwrap_or_default(),
            "host" => self.hostname.clone(),
            "http_host" => request.host.clone(),
            "https" => is_set(self.is_tls()),
            "is_args" => if request.query.is_some() { "?" } else { "" }.to_owned(),
            "remote_addr" => self.client.to_string(),
            "request_method" => request.method.clone(),
            "request_uri" => request.target(),
            "scheme" => request.scheme.name().to_owned(),
            "server_port" => self.port.to_string(),
            "uri" | "document_uri" => self.uri.clone(),
            _ => return None,
        })
    }
}

/// A variable's name at the begin of a text, and what stands behind it. A capture is one digit.
fn split_variable(text: &str) -> Option<(&str, &str)> {
    if let Some(braced) = text.strip_prefix('{') {
        return braced.split_once('}');
    }
    let end = if text.starts_with(|letter: char| letter.is_ascii_digit()) {
        1
    } else {
        text.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(text.len())
    };
    text.split_at_checked(end)
}
