//! What a controller's proxy makes of a request before it routes: refuses it, redirects it, or normalizes its path.

use super::implementation::RequestIntake;
use crate::http::path;
use crate::packet::{Headers, HttpRequest, HttpResponse, HttpVersion};
use crate::proxy::verdict::{redirect_response, status_response};
use crate::trace::GatewayRule;

/// What clients may send, and what is done with it.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ClientSettings {
    /// What becomes of `%2F` and `%5C` in paths.
    pub escaped_slashes: EscapedSlashes,
    /// Whether `//` stays.
    pub keeps_double_slashes: bool,
    /// What becomes of headers with `_` in their names.
    pub underscores: UnderscoreHeaders,
    /// Whether HTTP/1.0 is taken.
    pub takes_http10: bool,
    /// Whether a dot at the host's end is taken away.
    pub strips_host_dot: bool,
}

/// What becomes of escaped slashes (path.escapedSlashesAction).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, strum::EnumString)]
pub enum EscapedSlashes {
    KeepUnchanged,
    RejectRequest,
    UnescapeAndForward,
    #[default]
    UnescapeAndRedirect,
}

/// What becomes of headers with underscores (headers.withUnderscoresAction).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, strum::EnumString)]
pub enum UnderscoreHeaders {
    Allow,
    DropHeader,
    #[default]
    RejectRequest,
}

/// The methods that Envoy's parser of HTTP/1 knows (balsa_parser.cc isMethodValid).
const METHODS: &[&str] = &[
    "ACL",
    "BIND",
    "CHECKOUT",
    "CONNECT",
    "COPY",
    "DELETE",
    "GET",
    "HEAD",
    "LINK",
    "LOCK",
    "MERGE",
    "MKACTIVITY",
    "MKCALENDAR",
    "MKCOL",
    "MOVE",
    "MSEARCH",
    "NOTIFY",
    "OPTIONS",
    "PATCH",
    "POST",
    "PROPFIND",
    "PROPPATCH",
    "PURGE",
    "PUT",
    "REBIND",
    "REPORT",
    "SEARCH",
    "SOURCE",
    "SUBSCRIBE",
    "TRACE",
    "UNBIND",
    "UNLINK",
    "UNLOCK",
    "UNSUBSCRIBE",
];

/// A request as it is routed, or the proxy's own answer.
pub type IntakeResult = Result<HttpRequest, (HttpResponse, GatewayRule)>;

pub fn take_request(intake: RequestIntake, settings: &ClientSettings, request: &HttpRequest) -> IntakeResult {
    match intake {
        RequestIntake::Verbatim => Ok(request.clone()),
        RequestIntake::Traefik => Ok(HttpRequest { path: clean_traefik_path(&request.path), ..request.clone() }),
        RequestIntake::EnvoyGateway => take_envoy_request(settings, request),
    }
}

/// Paths as Traefik's entry points leave them: escapes of unreserved characters undone, dots resolved, slashes merged
/// (server_entrypoint_tcp.go normalizePath, sanitizePath).
fn clean_traefik_path(asked: &str) -> String {
    let decoded = unreserved_decoded(asked).unwrap_or_else(|| asked.to_owned());
    merge_double_slashes(&path::remove_dot_segments(&decoded))
}

/// Envoy's order: the parser and codec, then the path (conn_manager_utility.cc maybeNormalizePath).
fn take_envoy_request(settings: &ClientSettings, request: &HttpRequest) -> IntakeResult {
    let malformed = || (status_response(400), GatewayRule::RequestMalformed);
    // 1. What the codec doesn't take.
    let is_http1 = matches!(request.version, HttpVersion::Http1 | HttpVersion::Http10);
    if is_http1 && !METHODS.contains(&&*request.method) {
        return Err(malformed());
    }
    let mut request = request.clone();
    match settings.underscores {
        UnderscoreHeaders::Allow => {}
        UnderscoreHeaders::DropHeader => request.headers.0.retain(|(name, _)| !name.contains('_')),
        UnderscoreHeaders::RejectRequest if has_underscore(&request.headers) => return Err(malformed()),
        UnderscoreHeaders::RejectRequest => {}
    }
    if request.version == HttpVersion::Http10 && !settings.takes_http10 {
        return Err((status_response(426), GatewayRule::VersionRefused));
    }
    if settings.strips_host_dot {
        request.host = without_last_dot(&request.host);
    }
    // 2. Escaped slashes.
    let unescaped = unescaped_slashes(&request.path);
    let was_escaped = unescaped != request.path;
    let path = match settings.escaped_slashes {
        EscapedSlashes::KeepUnchanged => std::mem::take(&mut request.path),
        EscapedSlashes::RejectRequest if was_escaped => return Err(malformed()),
        EscapedSlashes::RejectRequest | EscapedSlashes::UnescapeAndForward | EscapedSlashes::UnescapeAndRedirect => {
            unescaped
        }
    };
    // 3. Escapes of plain letters, dots, double slashes.
    let path = unreserved_decoded(&path).ok_or_else(malformed)?.replace('\\', "/");
    let path = path::remove_dot_segments(&path);
    request.path = if settings.keeps_double_slashes { path } else { merge_double_slashes(&path) };
    // 4. The redirect names the path as it came out.
    if was_escaped && settings.escaped_slashes == EscapedSlashes::UnescapeAndRedirect {
        return Err((redirect_response(307, request.target()), GatewayRule::EscapedSlashRedirect));
    }
    Ok(request)
}

/// `a.test.:8080` as `a.test:8080` (Envoy's HeaderUtility::stripTrailingHostDot).
fn without_last_dot(host: &str) -> String {
    let (name, port) = host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
    let name = name.strip_suffix('.').unwrap_or(name);
    port.map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"))
}

fn has_underscore(headers: &Headers) -> bool {
    headers.0.iter().any(|(name, _)| name.contains('_'))
}

fn unescaped_slashes(path: &str) -> String {
    path.replace("%2F", "/").replace("%2f", "/").replace("%5C", "\\").replace("%5c", "\\")
}

fn merge_double_slashes(path: &str) -> String {
    let mut merged = String::with_capacity(path.len());
    for letter in path.chars() {
        if letter != '/' || !merged.ends_with('/') {
            merged.push(letter);
        }
    }
    merged
}

/// Undoes the escapes of letters, digits, `-`, `.`, `_` and `~` (RFC 3986, 6.2.2.2); None for a broken escape or a NUL.
fn unreserved_decoded(path: &str) -> Option<String> {
    let mut decoded = String::with_capacity(path.len());
    let mut parts = path.split('%');
    decoded.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let byte = u8::from_str_radix(part.get(..2)?, 16).ok().filter(|byte| *byte != 0)?;
        let letter = char::from(byte);
        if letter.is_ascii_alphanumeric() || "-._~".contains(letter) {
            decoded.push(letter);
            decoded.push_str(part.get(2..)?);
        } else {
            decoded.push('%');
            decoded.push_str(part);
        }
    }
    Some(decoded)
}

/// Takes away the headers that concern the connection alone, those included that Connection names (RFC 9110, 7.6.1).
pub fn drop_connection_headers(headers: &mut Headers) {
    let named = headers.0.iter().filter(|(name, _)| name.eq_ignore_ascii_case("connection"));
    let named: Vec<String> =
        named.flat_map(|(_, value)| value.split(',')).map(|name| name.trim().to_ascii_lowercase()).collect();
    headers.0.retain(|(name, _)| {
        let name = name.to_ascii_lowercase();
        let concerns_connection = ["connection", "keep-alive", "proxy-connection", "expect"].contains(&&*name);
        !concerns_connection && !named.contains(&name)
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn envoy_path(asked: &str) -> Result<String, u16> {
        let request = HttpRequest { method: "GET".to_owned(), path: asked.to_owned(), ..HttpRequest::default() };
        let taken = take_request(RequestIntake::EnvoyGateway, &ClientSettings::default(), &request);
        taken.map(|request| request.path).map_err(|(response, _)| response.status)
    }

    #[test]
    fn envoy_normalizes() {
        for (asked, path) in [
            ("/foo//bar", Ok("/foo/bar")),
            ("/fo%6f/./x/../y", Ok("/foo/y")),
            ("/a%20b", Ok("/a%20b")),
            ("/%2e%2e/a", Ok("/a")),
            ("/a%2Fb", Err(307)),
            ("/%zz", Err(400)),
            ("/%00", Err(400)),
        ] {
            assert_eq!(envoy_path(asked), path.map(str::to_owned), "{asked}");
        }
    }

    #[test]
    fn traefik_keeps_escaped_slashes() {
        assert_eq!(clean_traefik_path("/fo%6f//a%2Fb/../c"), "/foo/c");
        assert_eq!(clean_traefik_path("/a%2Fb"), "/a%2Fb");
    }
}
