//! Redirects (pkg/middlewares/redirect).

use super::SchemeRedirect;
use crate::http::Pattern;
use crate::ingress::traefik::uri::escape_path;
use crate::ingress::verdict::redirect_response;
use crate::limits::expands_too_far;
use crate::packet::http::{host_and_port, host_without_port};
use crate::packet::{HttpRequest, HttpResponse, Scheme};

/// What a redirect makes of a request.
pub enum Redirection {
    /// It goes on.
    None,
    /// It goes on, with its address read again from the request line.
    Same,
    /// It is sent elsewhere.
    Moved(HttpResponse),
    /// It depends on an expression that isn't supported.
    Unsupported,
}

/// The status of a redirect: 301 and 302 for GET, 308 and 307 for other methods.
pub fn redirect_code(method: &str, permanent: bool) -> u16 {
    match (method, permanent) {
        ("GET", true) => 301,
        ("GET", false) => 302,
        (_, true) => 308,
        (_, false) => 307,
    }
}

/// To another scheme; an address that stays the same is no redirect.
pub fn to_scheme(to: &SchemeRedirect, request: &HttpRequest, uri: &str, scheme: Scheme) -> Redirection {
    let host = host_without_port(&request.host);
    let port = to.port.as_ref().map(|port| format!(":{port}")).unwrap_or_default();
    let target = format!("{}://{host}{port}{uri}", to.scheme);
    if target == address_with_port(request, uri, scheme) {
        return Redirection::Same;
    }
    Redirection::Moved(redirect_response(redirect_code(&request.method, to.permanent), target))
}

/// By an expression over the whole address.
pub fn by_pattern(
    pattern: &Pattern,
    replacement: &str,
    permanent: bool,
    request: &HttpRequest,
    uri: &str,
    is_tls: bool,
) -> Redirection {
    let Some(regex) = pattern.regex() else { return Redirection::Unsupported };
    let scheme = if is_tls { Scheme::Https } else { Scheme::Http };
    let from = format!("{}://{}{uri}", scheme.name(), request.host);
    if !regex.is_match(&from) {
        return Redirection::None;
    }
    if expands_too_far(&from, replacement) {
        return Redirection::Unsupported;
    }
    let to = regex.replace_all(&from, replacement).into_owned();
    if to == from {
        return Redirection::Same;
    }
    Redirection::Moved(redirect_response(redirect_code(&request.method, permanent), written(&to)))
}

/// The address that redirectScheme compares (clientRequestURL): the scheme's own port is left out.
fn address_with_port(request: &HttpRequest, uri: &str, scheme: Scheme) -> String {
    let (host, port) = host_and_port(&request.host);
    let port = port.filter(|port| *port != scheme.default_port()).map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{host}{port}{uri}", scheme.name())
}

/// An address as Go's URL.String writes it: blanks and the like in the path are escaped.
fn written(address: &str) -> String {
    let (scheme, rest) = match address.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), address),
    };
    let end = rest.find(['?', '#']).unwrap_or(rest.len());
    let (before, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let slash = before.find('/').unwrap_or(before.len());
    let (host, path) = before.split_at_checked(slash).unwrap_or((before, ""));
    let is_plain = path.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte));
    let path = if is_plain { path.to_owned() } else { escape_path(path) };
    format!("{scheme}{host}{path}{behind}")
}
