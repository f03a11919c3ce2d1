//! A request's address as Go's net/url keeps it: the path decoded, the path as written where that differs, and the
//! request line that proxies read again (httputil/proxy.go rewriteRequestBuilder).

use crate::http::path::percent_decode;

/// The address of a request on its way through middlewares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestUrl {
    /// `URL.Path`: decoded.
    pub path: String,
    /// `URL.RawPath`: as written; empty where Go would write the path just so.
    pub raw_path: String,
    /// `URL.RawQuery`.
    pub query: Option<String>,
    /// `RequestURI`: what redirects look at, and what is sent.
    pub request_uri: String,
}

impl RequestUrl {
    /// Reads the path and query of a request line; None for a broken escape, which Go answers 400.
    pub fn parse(path: &str, query: Option<&str>) -> Option<Self> {
        let mut url = Self { query: query.map(str::to_owned), ..Self::default() };
        url.set_path(path)?;
        url.refresh_request_uri();
        Some(url)
    }

    /// `URL.setPath`: takes an escaped path.
    fn set_path(&mut self, escaped: &str) -> Option<()> {
        self.path = percent_decode(escaped)?;
        self.raw_path = if escape_path(&self.path) == escaped { String::new() } else { escaped.to_owned() };
        Some(())
    }

    /// `URL.EscapedPath`: as written if that is a way to write the path, else as Go writes it.
    pub fn escaped_path(&self) -> String {
        let is_written = !self.raw_path.is_empty()
            && is_valid_encoding(&self.raw_path)
            && percent_decode(&self.raw_path).as_deref() == Some(self.path.as_str());
        if is_written { self.raw_path.clone() } else { escape_path(&self.path) }
    }

    /// `URL.JoinPath` without elements: no doubled slashes, no dots; a slash at the end stays.
    pub fn join_path(&mut self) {
        let escaped = self.escaped_path();
        let cleaned = match escaped.strip_prefix('/') {
            Some(_) => clean_path(&escaped),
            None => clean_path(&format!("/{escaped}")).split_off(1),
        };
        let slash = if escaped.ends_with('/') && !cleaned.ends_with('/') { "/" } else { "" };
        // What was escaped before stays escaped rightly.
        let _ = self.set_path(&format!("{cleaned}{slash}"));
    }

    /// `RequestURI = URL.RequestURI()`
    pub fn refresh_request_uri(&mut self) {
        let path = match self.escaped_path() {
            path if path.is_empty() => "/".to_owned(),
            path => path,
        };
        self.request_uri = match &self.query {
            Some(query) => format!("{path}?{query}"),
            None => path,
        };
    }

    /// Path and query of the request line that is sent; None for one that no server takes.
    pub fn sent(&self) -> Option<(String, Option<String>)> {
        let (path, query) = match self.request_uri.split_once('?') {
            Some((path, query)) => (path, Some(query.replace(';', "&"))),
            None => (self.request_uri.as_str(), None),
        };
        path.starts_with('/').then(|| (path.to_owned(), query))
    }
}

/// Go's path.Clean for a path that begins with a slash.
fn clean_path(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            segment => kept.push(segment),
        }
    }
    format!("/{}", kept.join("/"))
}

/// Go's escape in mode encodePath.
pub fn escape_path(path: &str) -> String {
    let mut escaped = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => escaped.push(char::from(byte)),
            b'-' | b'_' | b'.' | b'~' | b'$' | b'&' | b'+' | b',' | b'/' | b':' | b';' | b'=' | b'@' => {
                escaped.push(char::from(byte));
            }
            byte => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

/// Go's validEncoded in mode encodePath.
fn is_valid_encoding(path: &str) -> bool {
    path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!$&'()*+,;=:@[]%-_.~/".contains(&byte))
}

/// Escapes of unreserved characters undone, others in upper case (server_entrypoint_tcp.go normalizePath).
pub fn normalize_escapes(path: &str) -> String {
    map_escapes(path, |code, upper| match char::from(code) {
        plain if plain.is_ascii_alphanumeric() || "-._~".contains(plain) => plain.to_string(),
        _ => upper.to_owned(),
    })
}

/// The path that rules see: everything decoded but reserved characters (pkg/muxer/http/mux.go withRoutingPath).
pub fn routing_path(escaped: &str) -> String {
    let mut bytes: Vec<u8> = Vec::with_capacity(escaped.len());
    let mut rest = escaped.bytes();
    while let Some(byte) = rest.next() {
        let ahead = (byte == b'%').then(|| (rest.clone().next(), rest.clone().nth(1)));
        match ahead {
            Some((Some(high), Some(low))) => {
                rest.nth(1);
                match hex_code(high, low) {
                    Some(code) if !is_reserved(code) || high.is_ascii_lowercase() || low.is_ascii_lowercase() => {
                        bytes.push(code);
                    }
                    _ => bytes.extend([byte, high, low]),
                }
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn is_reserved(code: u8) -> bool {
    b":/?#[]@!$&'()*+,;=%".contains(&code)
}

fn hex_code(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// Every escape of a path replaced: by its code, and as written in upper case.
fn map_escapes(path: &str, replace: impl Fn(u8, &str) -> String) -> String {
    let mut parts = path.split('%');
    let mut mapped = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let escape = part.get(..2).and_then(|digits| {
            let mut bytes = digits.bytes();
            Some((hex_code(bytes.next()?, bytes.next()?)?, digits.to_ascii_uppercase()))
        });
        match (escape, part.get(2..)) {
            (Some((code, digits)), Some(rest)) => {
                mapped.push_str(&replace(code, &format!("%{digits}")));
                mapped.push_str(rest);
            }
            _ => {
                mapped.push('%');
                mapped.push_str(part);
            }
        }
    }
    mapped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(path: &str) -> RequestUrl {
        RequestUrl::parse(path, None).unwrap()
    }

    #[test]
    fn as_written_or_as_go_writes_it() {
        for (given, written) in [("/a b", "/a%20b"), ("/a%2Fb", "/a%2Fb"), ("/{x}", "/%7Bx%7D"), ("/(x)", "/(x)")] {
            assert_eq!(url(given).escaped_path(), written, "{given}");
        }
        assert_eq!(RequestUrl::parse("/%zz", None), None);
    }

    #[test]
    fn cleaning() {
        for (given, cleaned) in [("/a//b/./../c/", "/a/c/"), ("/a/..", "/"), ("//", "/"), ("/a/.", "/a")] {
            let mut url = url(given);
            url.join_path();
            assert_eq!(url.escaped_path(), cleaned, "{given}");
        }
    }

    #[test]
    fn rules_see_reserved_characters_encoded() {
        assert_eq!(routing_path("/a%2Fb%20c"), "/a%2Fb c");
        assert_eq!(normalize_escapes("/fo%6f%2fx%2"), "/foo%2Fx%2");
    }
}
