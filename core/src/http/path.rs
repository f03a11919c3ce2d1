//! Paths: by element, and normalized as servers normalize them before they compare.

/// Whether `prefix` covers `path` element by element; a trailing slash of the prefix is ignored (Ingress pathType Prefix,
/// Gateway PathPrefix).
pub fn has_element_prefix(path: &str, prefix: &str) -> bool {
    let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Resolves `.` and `..` (RFC 3986, 5.2.4), as curl does before it sends. Never leaves the root.
pub fn remove_dot_segments(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let segments: Vec<&str> = path.split('/').collect();
    let last = segments.len().saturating_sub(1);
    for (position, segment) in segments.iter().enumerate() {
        match *segment {
            "." | ".." => {
                if *segment == ".." && kept.len() > 1 {
                    kept.pop();
                }
                if position == last {
                    kept.push("");
                }
            }
            other => kept.push(other),
        }
    }
    match kept.join("/") {
        path if path.is_empty() => "/".to_owned(),
        path => path,
    }
}

/// The path as nginx compares it: percent-decoded, `//` merged, dot segments resolved; None where nginx answers 400
/// (above the root, a broken escape, a NUL). ngx_http_parse_complex_uri with merge_slashes on.
pub fn normalize(path: &str) -> Option<String> {
    // 1. Decoded.
    let decoded = percent_decode(path)?;
    if decoded.contains('\0') {
        return None;
    }
    // 2. Its segments, empty ones and dots resolved.
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = decoded.split('/').skip(1).peekable();
    let mut slash_at_end = false;
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        match segment {
            "" | "." => slash_at_end = last,
            ".." => {
                kept.pop()?;
                slash_at_end = last;
            }
            other => kept.push(other),
        }
    }
    // 3. Put together again, with the slash at the end.
    let mut path = String::with_capacity(decoded.len());
    for segment in &kept {
        path.push('/');
        path.push_str(segment);
    }
    if slash_at_end || kept.is_empty() {
        path.push('/');
    }
    Some(path)
}

/// Undoes percent-encoding; None for a broken escape. Bytes that are no UTF-8 become replacement characters.
pub fn percent_decode(text: &str) -> Option<String> {
    if !text.contains('%') {
        return Some(text.to_owned());
    }
    Some(String::from_utf8_lossy(&percent_decode_bytes(text)?).into_owned())
}

/// Undoes percent-encoding, byte by byte; None for a broken escape.
pub fn percent_decode_bytes(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let high = char::from(rest.next()?).to_digit(16)?;
                let low = char::from(rest.next()?).to_digit(16)?;
                bytes.push((high * 16 + low) as u8);
            }
            other => bytes.push(other),
        }
    }
    Some(bytes)
}

/// Percent-encodes what may not stand in a path as it is (nginx's NGX_ESCAPE_URI: spaces, `%`, `?`, `#`, controls, non-ASCII).
pub fn percent_encode(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'%' | b'?' | b'#' | 0..=b' ' | 0x7f.. => encoded.push_str(&format!("%{byte:02X}")),
            plain => encoded.push(char::from(plain)),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_not_characters() {
        assert!(has_element_prefix("/foo/bar", "/foo"));
        assert!(has_element_prefix("/foo", "/foo/"));
        assert!(!has_element_prefix("/foobar", "/foo"));
        assert!(has_element_prefix("/anything", "/"));
    }

    #[test]
    fn dot_segments() {
        assert_eq!(remove_dot_segments("/a/b/../c/./d"), "/a/c/d");
        assert_eq!(remove_dot_segments("/../../a"), "/a");
        assert_eq!(remove_dot_segments("/a/.."), "/");
        assert_eq!(remove_dot_segments("/a//b/"), "/a//b/");
    }

    #[test]
    fn nginx_normalizes() {
        assert_eq!(normalize("/a//b/%2e%2e/c%20d").as_deref(), Some("/a/c d"));
        assert_eq!(normalize("/a/").as_deref(), Some("/a/"));
        assert_eq!(normalize("/a/.").as_deref(), Some("/a/"));
        assert_eq!(normalize("/"), Some("/".to_owned()));
        assert_eq!(normalize("/../x"), None);
        assert_eq!(normalize("/%zz"), None);
    }
}
