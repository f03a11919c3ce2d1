//! nginx' variables in the texts of annotations.

use super::request::NginxRequest;
use crate::http::{cookie, path};

/// Variables by name: those of nginx' HTTP core and of the modules that the controller's nginx has, and those that the
/// controller's template sets.
const KNOWN: &[&str] = &[
    "args",
    "best_http_host",
    "binary_remote_addr",
    "body_bytes_sent",
    "bytes_sent",
    "connection",
    "connection_requests",
    "connection_time",
    "content_length",
    "content_type",
    "cookie",
    "document_root",
    "document_uri",
    "escaped_request_uri",
    "host",
    "hostname",
    "http_host",
    "https",
    "ingress_name",
    "is_args",
    "limit_rate",
    "location_path",
    "msec",
    "namespace",
    "nginx_version",
    "pass_access_scheme",
    "pass_port",
    "pass_server_port",
    "pid",
    "pipe",
    "proxy_add_x_forwarded_for",
    "proxy_alternative_upstream_name",
    "proxy_host",
    "proxy_port",
    "proxy_protocol_addr",
    "proxy_protocol_port",
    "proxy_upstream_name",
    "query_string",
    "realip_remote_addr",
    "realip_remote_port",
    "realpath_root",
    "remote_addr",
    "remote_port",
    "remote_user",
    "req_id",
    "request",
    "request_body",
    "request_body_file",
    "request_completion",
    "request_filename",
    "request_id",
    "request_length",
    "request_method",
    "request_time",
    "request_uri",
    "scheme",
    "server_addr",
    "server_name",
    "server_port",
    "server_protocol",
    "service_name",
    "service_port",
    "status",
    "the_real_ip",
    "time_iso8601",
    "time_local",
    "uri",
];
/// Variables of which only the beginning is fixed.
const FAMILIES: &[&str] =
    &["arg_", "cookie_", "http_", "sent_http_", "sent_trailer_", "ssl_", "upstream_", "geoip_", "gzip_"];

/// The first variable in a text that nginx doesn't have.
pub fn unknown_variable(text: &str) -> Option<&str> {
    let is_known = |name: &str| {
        let capture = name.bytes().all(|byte| byte.is_ascii_digit());
        capture || KNOWN.contains(&name) || FAMILIES.iter().any(|family| name.starts_with(family))
    };
    split_variables(text).filter_map(|(_, name)| name).find(|name| !is_known(name))
}

/// A text in pieces: what stands before each variable, and the variable's name. A capture is `$` and one digit.
fn split_variables(text: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let Some((before, after)) = rest?.split_once('$') else { return rest.take().map(|last| (last, None)) };
        let end = if after.starts_with(|c: char| c.is_ascii_digit()) {
            1
        } else {
            after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len())
        };
        let (name, behind) = after.split_at_checked(end).unwrap_or((after, ""));
        rest = Some(behind);
        Some((before, Some(name)))
    })
}

impl NginxRequest<'_> {
    /// nginx' variables in a text, with the captures `$1` to `$9` as given; None for one that isn't modelled.
    pub fn expand<'c>(&self, text: &str, capture: impl Fn(usize) -> &'c str) -> Option<String> {
        let mut expanded = String::with_capacity(text.len());
        for (before, name) in split_variables(text) {
            expanded.push_str(before);
            match name.map(|name| (name, name.parse::<usize>())) {
                Some((_, Ok(number))) => expanded.push_str(capture(number)),
                Some((name, Err(_))) => expanded.push_str(&self.variable(name)?),
                None => {}
            }
        }
        Some(expanded)
    }

    /// The value of a variable; None for one that isn't modelled.
    pub fn variable(&self, name: &str) -> Option<String> {
        let request = self.request;
        if let Some(header) = name.strip_prefix("http_").filter(|header| *header != "host") {
            return Some(request.headers.value(&header.replace('_', "-")).unwrap_or_default().to_owned());
        }
        if let Some(wanted) = name.strip_prefix("cookie_") {
            return Some(cookie::value(&request.headers, wanted).unwrap_or_default().to_owned());
        }
        if let Some(wanted) = name.strip_prefix("arg_") {
            let pairs = request.query.as_deref().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
            let mut pairs = pairs.filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
            return Some(pairs.next().map_or("", |(_, value)| value).to_owned());
        }
        Some(match name {
            "request_uri" => request.target(),
            "host" => self.hostname.clone(),
            "http_host" | "best_http_host" => request.host.clone(),
            "scheme" => request.scheme.name().to_owned(),
            "pass_access_scheme" => self.forwarded.scheme.clone(),
            "uri" | "document_uri" => path::normalize(&request.path)?,
            "args" | "query_string" => request.query.clone().unwrap_or_default(),
            "is_args" => if request.query.is_some() { "?" } else { "" }.to_owned(),
            "remote_addr" | "the_real_ip" => self.forwarded.client.to_string(),
            "request_method" => request.method.clone(),
            "server_port" => self.port.to_string(),
            _ => return None,
        })
    }
}
