//! nginx' variables in the texts of annotations.

use std::collections::BTreeSet;

use super::request::NginxRequest;
use crate::http::cookie;
use crate::ingress::nginx_config::{ScriptState, TextVariable, split_variables};
use crate::model::Text;
use crate::packet::Scheme;

/// Variables by name: those of nginx' HTTP core and of the modules that the controller's nginx has, and those that the
/// controller's template sets.
const KNOWN: &[&str] = &[
    "args",
    "auth_cookie",
    "balancer_ewma_score",
    "best_http_host",
    "binary_remote_addr",
    "body_bytes_sent",
    "bytes_sent",
    "connection",
    "connection_requests",
    "connection_time",
    "connection_upgrade",
    "content_length",
    "content_type",
    "cookie",
    "cors",
    "document_root",
    "document_uri",
    "escaped_request_uri",
    "force_no_ssl_redirect",
    "force_ssl_redirect",
    "full_x_forwarded_for",
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
    "preserve_trailing_slash",
    "proxy_add_x_forwarded_for",
    "proxy_alternative_upstream_name",
    "proxy_host",
    "proxy_port",
    "proxy_protocol_addr",
    "proxy_protocol_port",
    "proxy_protocol_server_addr",
    "proxy_protocol_server_port",
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
    "ssl_redirect",
    "status",
    "the_real_ip",
    "time_iso8601",
    "time_local",
    "uri",
    "use_port_in_redirects",
];
/// Those that the template sets in its locations: elsewhere they are empty.
const OF_LOCATIONS: &[&str] = &[
    "best_http_host",
    "ingress_name",
    "location_path",
    "namespace",
    "pass_access_scheme",
    "pass_port",
    "pass_server_port",
    "proxy_alternative_upstream_name",
    "service_name",
    "service_port",
];
/// Variables of which only the beginning is fixed.
const FAMILIES: &[&str] =
    &["arg_", "cookie_", "http_", "sent_http_", "sent_trailer_", "ssl_", "upstream_", "geoip_", "geoip2_", "gzip_"];

/// The first variable in a text that nginx doesn't have, beside those that snippets set.
pub fn unknown_variable<'t>(text: &'t str, defined: &BTreeSet<Text>) -> Option<&'t str> {
    variable_names(text).find(|name| !is_known(name, defined))
}

/// Without the groups of expressions.
pub fn variable_names(text: &str) -> impl Iterator<Item = &str> {
    split_variables(text).filter_map(|(_, variable)| match variable? {
        TextVariable::Named(name) => Some(name),
        TextVariable::Group(_) | TextVariable::Unclosed(_) => None,
    })
}

/// Whether nginx has a variable of this name.
pub fn is_known(name: &str, defined: &BTreeSet<Text>) -> bool {
    KNOWN.contains(&name) || defined.contains(name) || FAMILIES.iter().any(|family| name.starts_with(family))
}

impl NginxRequest<'_> {
    /// nginx' variables in a text, with the captures `$1` to `$9` as given; None for one that isn't modelled.
    pub fn expand<'c>(&self, text: &str, capture: impl Fn(usize) -> &'c str) -> Option<String> {
        let mut expanded = String::with_capacity(text.len());
        for (before, name) in split_variables(text) {
            expanded.push_str(before);
            match name {
                Some(TextVariable::Group(number)) => expanded.push_str(capture(number)),
                Some(TextVariable::Named(name) | TextVariable::Unclosed(name)) => {
                    expanded.push_str(&self.variable(name)?)
                }
                None => {}
            }
        }
        Some(expanded)
    }

    /// The value of a variable; None for one that isn't modelled.
    pub fn variable(&self, name: &str) -> Option<String> {
        let script = &self.script;
        match name {
            "uri" | "document_uri" => Some(script.uri.clone()),
            "args" | "query_string" => Some(script.query.clone().unwrap_or_default()),
            "is_args" => {
                Some(if script.query.as_ref().is_some_and(|args| !args.is_empty()) { "?" } else { "" }.to_owned())
            }
            name => script.variables.get(name).cloned().or_else(|| self.own_variable(script, name)),
        }
    }

    /// The value of one that no script sets; None for one that isn't modelled.
    pub fn own_variable(&self, script: &ScriptState, name: &str) -> Option<String> {
        let request = self.request;
        if let Some(header) = name.strip_prefix("http_").filter(|header| *header != "host") {
            return Some(request.headers.value(&header.replace('_', "-")).unwrap_or_default().to_owned());
        }
        if let Some(wanted) = name.strip_prefix("cookie_") {
            return Some(cookie::value(&request.headers, wanted).unwrap_or_default().to_owned());
        }
        if let Some(wanted) = name.strip_prefix("arg_") {
            let pairs = script.query.as_deref().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
            let mut pairs = pairs.filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
            return Some(pairs.next().map_or("", |(_, value)| value).to_owned());
        }
        Some(match name {
            "request_uri" => request.target(),
            "host" => self.hostname.clone(),
            "http_host" | "best_http_host" => request.host.clone(),
            "scheme" => request.scheme.name().to_owned(),
            "pass_access_scheme" => self.forwarded.scheme.clone(),
            "https" => if request.scheme == Scheme::Https { "on" } else { "" }.to_owned(),
            "content_type" => request.headers.value("Content-Type").unwrap_or_default().to_owned(),
            "proxy_add_x_forwarded_for" => {
                let before = request.headers.value("X-Forwarded-For").map(|before| format!("{before}, "));
                format!("{}{}", before.unwrap_or_default(), self.forwarded.client)
            }
            "remote_addr" | "the_real_ip" => self.forwarded.client.to_string(),
            "request_method" => request.method.clone(),
            "server_port" => self.port.to_string(),
            name if self.defined.contains(name) || OF_LOCATIONS.contains(&name) => String::new(),
            _ => return None,
        })
    }
}
