//! Middlewares that change the path (addprefix, stripprefix, stripprefixregex, replacepath, replacepathregex).

use crate::http::Pattern;
use crate::http::path::percent_decode;
use crate::ingress::traefik::uri::RequestUrl;
use crate::limits::expands_too_far;
use crate::model::Text;
use crate::packet::Headers;

/// What became of a path.
pub enum PathChange {
    /// It is another, or the same.
    Done,
    /// The request is answered with this status.
    Answer(u16),
    /// It depends on an expression that isn't supported.
    Unsupported,
}

/// Puts a prefix before the path.
pub fn add_prefix(prefix: &str, url: &mut RequestUrl) -> PathChange {
    url.path = with_slash(format!("{prefix}{}", url.path));
    if !url.raw_path.is_empty() {
        url.raw_path = with_slash(format!("{prefix}{}", url.raw_path));
    }
    url.refresh_request_uri();
    PathChange::Done
}

/// The first prefix that fits is taken away.
pub fn strip_prefix(prefixes: &[Text], force_slash: bool, url: &mut RequestUrl, headers: &mut Headers) -> PathChange {
    let mut trimmed = prefixes.iter().map(|prefix| prefix.trim());
    let Some(prefix) = trimmed.find(|prefix| url.path.starts_with(prefix)) else { return PathChange::Done };
    let with_slash = |rest: &str| {
        if force_slash { format!("/{}", rest.strip_prefix('/').unwrap_or(rest)) } else { with_slash(rest.to_owned()) }
    };
    url.path = with_slash(url.path.strip_prefix(prefix).unwrap_or_default());
    if !url.raw_path.is_empty() {
        let raw = behind_prefix(&url.raw_path, prefix).to_owned();
        url.raw_path = with_slash(&raw);
    }
    stripped(prefix, url, headers)
}

/// The first expression that matches the beginning takes that part away.
pub fn strip_prefix_regex(patterns: &[Pattern], url: &mut RequestUrl, headers: &mut Headers) -> PathChange {
    for pattern in patterns {
        let Some(regex) = pattern.regex() else { return PathChange::Unsupported };
        let Some(found) = regex.find(&url.path).map(|found| found.as_str().to_owned()) else { continue };
        let Some(rest) = url.path.strip_prefix(found.as_str()).filter(|_| !found.is_empty()) else { continue };
        url.path = with_slash(rest.to_owned());
        if !url.raw_path.is_empty() {
            url.raw_path = with_slash(behind_prefix(&url.raw_path, &found).to_owned());
        }
        return stripped(&found, url, headers);
    }
    PathChange::Done
}

/// A rest that isn't canonical is answered 400; else the servers are told the prefix.
fn stripped(prefix: &str, url: &mut RequestUrl, headers: &mut Headers) -> PathChange {
    if !is_canonical(url) {
        return PathChange::Answer(400);
    }
    headers.add("X-Forwarded-Prefix", prefix);
    url.refresh_request_uri();
    PathChange::Done
}

/// Whether cleaning leaves the path as it is; it is cleaned by that.
fn is_canonical(url: &mut RequestUrl) -> bool {
    let path = url.path.clone();
    if !path.is_empty() {
        url.join_path();
    }
    path == url.path
}

/// What of an encoded path stands behind a decoded prefix (encodedPrefixLen).
fn behind_prefix<'p>(raw: &'p str, prefix: &str) -> &'p str {
    let mut at = 0;
    for _ in prefix.bytes() {
        let is_escape = raw.as_bytes().get(at) == Some(&b'%') && at + 2 < raw.len();
        at = (at + if is_escape { 3 } else { 1 }).min(raw.len());
    }
    raw.get(at..).unwrap_or_default()
}

/// Another path.
pub fn replace_path(path: &str, url: &mut RequestUrl, headers: &mut Headers) -> PathChange {
    let before = written_path(url);
    headers.add("X-Replaced-Path", &before);
    url.raw_path = path.to_owned();
    let Some(decoded) = percent_decode(path) else { return PathChange::Answer(500) };
    url.path = decoded;
    url.refresh_request_uri();
    PathChange::Done
}

/// Another path by an expression, which sees the path as it is written.
pub fn replace_path_regex(
    pattern: &Pattern,
    replacement: &str,
    url: &mut RequestUrl,
    headers: &mut Headers,
) -> PathChange {
    let Some(regex) = pattern.regex() else { return PathChange::Unsupported };
    let before = written_path(url);
    if !regex.is_match(&before) {
        return PathChange::Done;
    }
    if expands_too_far(&before, replacement) {
        return PathChange::Unsupported;
    }
    headers.add("X-Replaced-Path", &before);
    url.raw_path = regex.replace_all(&before, replacement).into_owned();
    let Some(decoded) = percent_decode(&url.raw_path) else { return PathChange::Answer(500) };
    url.path = decoded;
    url.refresh_request_uri();
    if is_canonical(url) { PathChange::Done } else { PathChange::Answer(400) }
}

fn written_path(url: &RequestUrl) -> String {
    if url.raw_path.is_empty() { url.escaped_path() } else { url.raw_path.clone() }
}

fn with_slash(path: String) -> String {
    if path.is_empty() || path.starts_with('/') { path } else { format!("/{path}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stripping_everything_leaves_nothing() {
        let mut url = RequestUrl::parse("/foo", None).unwrap();
        let mut headers = Headers::default();
        assert!(matches!(strip_prefix(&["/foo".into()], false, &mut url, &mut headers), PathChange::Done));
        assert_eq!((url.path.as_str(), url.request_uri.as_str()), ("", "/"));
        add_prefix("/bar", &mut url);
        assert_eq!(url.request_uri, "/bar");
    }

    #[test]
    fn encoded_paths_lose_their_prefix_too() {
        assert_eq!(behind_prefix("/f%6Fo/a%2Fb", "/foo"), "/a%2Fb");
        assert_eq!(behind_prefix("/f", "/foo"), "");
    }

    #[test]
    fn what_is_no_canonical_path_is_refused() {
        let mut url = RequestUrl::parse("/foo/", None).unwrap();
        let change = replace_path_regex(
            &crate::ingress::traefik::middleware::go_pattern("^/([a-z]+)/(.*)$"),
            "/$2/$1",
            &mut url,
            &mut Headers::default(),
        );
        assert!(matches!(change, PathChange::Answer(400)));
    }
}
