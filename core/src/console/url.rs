//! URLs as curl reads them: a scheme may be missing, `..` is removed, user and password stand before the host.

use super::UsageError;
use crate::http::path::remove_dot_segments;
use crate::packet::{Scheme, host_and_port};
use crate::request::RequestHost;

/// A URL taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedUrl {
    /// http or https; http where none is written.
    pub scheme: Scheme,
    /// `user:password` before the host.
    pub user: Option<String>,
    /// The host as written, IPv6 addresses in brackets; empty where a variable was empty.
    pub host: String,
    /// The port, if one is written.
    pub port: Option<u16>,
    /// The path, `/` at least.
    pub path: String,
    /// What stands behind `?`.
    pub query: Option<String>,
}

/// Reads a URL; `as_is` keeps `..` (curl --path-as-is).
pub fn parse_url(text: &str, as_is: bool) -> Result<ParsedUrl, UsageError> {
    let (scheme, rest) = url_scheme(text)?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, target) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let (user, authority) = match authority.rsplit_once('@') {
        Some((user, authority)) => (Some(user.to_owned()), authority),
        None => (None, authority),
    };
    let (host, port) = host_and_port(authority);
    let wrong_port = port.is_none() && authority.len() > host.len() || host.contains(':') && !host.starts_with('[');
    if wrong_port || host.contains(char::is_whitespace) {
        return Err(malformed_url(text));
    }
    let target = target.split('#').next().unwrap_or_default();
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    let path = if path.is_empty() { "/".to_owned() } else { path.to_owned() };
    Ok(ParsedUrl {
        scheme,
        user,
        host: host.to_owned(),
        port,
        path: if as_is { path } else { remove_dot_segments(&path) },
        query: query.map(str::to_owned),
    })
}

impl ParsedUrl {
    /// The port to connect to.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(self.scheme.default_port())
    }

    /// The Host header: with the port unless it is the scheme's own.
    pub fn authority(&self) -> String {
        match self.port.filter(|port| *port != self.scheme.default_port()) {
            Some(port) => format!("{}:{port}", self.host),
            None => self.host.clone(),
        }
    }

    /// The name in the TLS handshake; none for http and for addresses.
    pub fn server_name(&self) -> Option<String> {
        match (RequestHost::new(&self.host), self.scheme) {
            (RequestHost::Name(name), Scheme::Https) => Some(name.trim_end_matches('.').to_ascii_lowercase()),
            _ => None,
        }
    }
}

fn url_scheme(text: &str) -> Result<(Scheme, &str), UsageError> {
    match text.split_once("://") {
        None => Ok((Scheme::Http, text)),
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => Ok((Scheme::Http, rest)),
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => Ok((Scheme::Https, rest)),
        Some((scheme, _)) => Err(UsageError::new(
            1,
            format!("curl: (1) Protocol \"{scheme}\" not supported (http and https are understood here)"),
        )),
    }
}

fn malformed_url(text: &str) -> UsageError {
    UsageError::new(3, format!("curl: (3) URL rejected: Malformed input to a URL function: {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_dots() {
        let url = parse_url("https://me:x@shop.example.com:8443/a/../b/./c?x=1#f", false).unwrap();
        assert_eq!((url.host.as_str(), url.port, url.path.as_str()), ("shop.example.com", Some(8443), "/b/c"));
        assert_eq!((url.user.as_deref(), url.query.as_deref()), (Some("me:x"), Some("x=1")));
        assert_eq!(parse_url("web", false).unwrap().path, "/");
        assert_eq!(parse_url("web/a/..", false).unwrap().path, "/");
        assert_eq!(parse_url("[fd00::1]:80/x", false).unwrap().host, "[fd00::1]");
        assert_eq!(parse_url("web/../x", true).unwrap().path, "/../x");
    }

    #[test]
    fn nonsense_is_refused_with_curls_words() {
        for text in ["http://web:x/", "http://web:99999/", "ftp://web/", "fd00::1"] {
            assert!(parse_url(text, false).unwrap_err().message.starts_with("curl: ("), "{text}");
        }
    }
}
