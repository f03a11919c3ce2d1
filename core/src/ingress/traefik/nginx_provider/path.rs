//! Paths as Go's net/url and Traefik's entry points handle them.

use crate::http::path;

/// Escapes that stay as they are for routing (pkg/muxer/http/mux.go reservedCharacters).
const RESERVED: &[u8] = b":/?#[]@!$&'()*+,;=%";

/// The path behind an entry point (server_entrypoint_tcp.go normalizePath, sanitizePath): escapes of plain characters undone,
/// the others in capital letters, no doubled slashes and no dots. None for one that Go doesn't read.
pub fn entered(raw: &str) -> Option<String> {
    let raw = if is_valid(raw) { raw.to_owned() } else { escape(&path::percent_decode_bytes(raw)?) };
    let mut normal = String::with_capacity(raw.len());
    rewrite_escapes(&raw, &mut normal, is_unreserved)?;
    let mut clean = path::remove_dot_segments(&normal);
    while clean.contains("//") {
        clean = clean.replace("//", "/");
    }
    Some(clean)
}

/// The path that rules compare (mux.go withRoutingPath): reserved characters stay escaped.
pub fn for_routing(path: &str) -> String {
    let mut routing = String::with_capacity(path.len());
    match rewrite_escapes(path, &mut routing, |byte| !RESERVED.contains(&byte) && byte.is_ascii()) {
        Some(()) => routing,
        None => path.to_owned(),
    }
}

/// The request line of a path (url.EscapedPath): as it is if it is well written, else written anew.
pub fn request_line(raw: &str) -> Option<String> {
    if is_valid(raw) {
        return Some(raw.to_owned());
    }
    Some(escape(&path::percent_decode_bytes(raw)?))
}

/// Whether Go's JoinPath leaves a path as it is.
pub fn is_clean(decoded: &str) -> bool {
    let absolute = format!("/{}", decoded.trim_start_matches('/'));
    let same = if decoded.starts_with('/') { decoded == absolute } else { true };
    same && !absolute.contains("//") && path::remove_dot_segments(&absolute) == absolute
}

/// Copies a path with its escapes undone where `undo` says so, else in capital letters; None for a broken escape.
fn rewrite_escapes(path: &str, to: &mut String, undo: impl Fn(u8) -> bool) -> Option<()> {
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('%') {
        to.push_str(before);
        let (digits, behind) = after.split_at_checked(2)?;
        let byte = u8::from_str_radix(digits, 16).ok()?;
        if undo(byte) {
            to.push(char::from(byte));
        } else {
            to.push_str(&format!("%{byte:02X}"));
        }
        rest = behind;
    }
    to.push_str(rest);
    Some(())
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~')
}

/// url.validEncoded.
fn is_valid(path: &str) -> bool {
    path.bytes().all(|byte| is_unreserved(byte) || b"!$&'()*+,;=:@[]%/".contains(&byte))
}

/// url.escape for paths.
fn escape(decoded: &[u8]) -> String {
    let mut escaped = String::with_capacity(decoded.len());
    for byte in decoded {
        let plain = is_unreserved(*byte) || b"$&+,/:;=@".contains(byte);
        if plain { escaped.push(char::from(*byte)) } else { escaped.push_str(&format!("%{byte:02X}")) }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_go_has_them() {
        assert_eq!(entered("/a//b/../%66oo%2fx").as_deref(), Some("/a/foo%2Fx"));
        assert_eq!(entered("/%zz"), None);
        assert_eq!(for_routing("/a%2Fb%20c"), "/a%2Fb c");
        assert_eq!(request_line("/bar?y=2").as_deref(), Some("/bar%3Fy=2"));
        assert_eq!(request_line("/a b").as_deref(), Some("/a%20b"));
        assert!(is_clean("/bar/") && is_clean("bar") && !is_clean("//x"));
    }
}
