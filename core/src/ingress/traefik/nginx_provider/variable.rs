//! Variables of nginx in texts, as Traefik fills them in (middlewares/ingressnginx/interpolation.go).

use super::serve::Visit;
use crate::http::cookie;
use crate::packet::HttpRequest;

impl Visit<'_> {
    /// ingressnginx/interpolation.go: a name that isn't known stays as it is.
    pub fn with_variables(&self, text: &str, request: &HttpRequest) -> String {
        let mut replaced = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('$') {
            replaced.push_str(before);
            let inner = after.strip_prefix('{').unwrap_or(after);
            let end = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(inner.len());
            let (name, behind) = inner.split_at_checked(end).unwrap_or((inner, ""));
            match self.variable(name, request) {
                Some(value) => {
                    replaced.push_str(&value);
                    rest = behind.strip_prefix('}').unwrap_or(behind);
                }
                None => {
                    replaced.push('$');
                    rest = after;
                }
            }
        }
        replaced + rest
    }

    fn variable(&self, name: &str, request: &HttpRequest) -> Option<String> {
        if let Some(header) = name.strip_prefix("http_") {
            return Some(request.headers.value(&header.replace('_', "-")).unwrap_or_default().to_owned());
        }
        if let Some(wanted) = name.strip_prefix("cookie_") {
            return Some(cookie::value(&request.headers, wanted).unwrap_or_default().to_owned());
        }
        if let Some(wanted) = name.strip_prefix("arg_") {
            let mut pairs = crate::http::query::parameters(request.query.as_deref().unwrap_or_default());
            return Some(pairs.find(|(name, _)| name == wanted).map(|(_, value)| value).unwrap_or_default());
        }
        Some(match name {
            "host" => request.hostname(),
            "best_http_host" => request.host.clone(),
            "server_name" => crate::packet::http::host_without_port(&request.host).to_owned(),
            "request_uri" => request.target(),
            "scheme" => if self.tls { "https" } else { "http" }.to_owned(),
            "args" | "query_string" => request.query.clone().unwrap_or_default(),
            "remote_addr" => self.arrival.client.to_string(),
            "request_method" => request.method.clone(),
            "uri" | "document_uri" => crate::http::path::percent_decode(&request.path)?,
            "is_args" => if request.query.is_some() { "?" } else { "" }.to_owned(),
            "server_port" => if self.tls { "443" } else { "80" }.to_owned(),
            _ => return None,
        })
    }
}
