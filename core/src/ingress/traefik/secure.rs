//! What a headers middleware adds to answers for browsers' sake, and the hosts it lets in (middlewares/headers/secure.go).

use super::middleware::{is, text, texts};
use crate::packet::{HttpRequest, Scheme};
use crate::yaml::{Node, Value};

/// Keys whose text is the header's value.
const VALUES: &[(&str, &str)] = &[
    ("contentSecurityPolicy", "Content-Security-Policy"),
    ("contentSecurityPolicyReportOnly", "Content-Security-Policy-Report-Only"),
    ("referrerPolicy", "Referrer-Policy"),
    ("permissionsPolicy", "Permissions-Policy"),
];

/// Whether allowedHosts leaves the host out.
pub fn refuses(node: &Node, request: &HttpRequest) -> bool {
    let mut allowed = texts(node, "allowedHosts").peekable();
    allowed.peek().is_some() && !allowed.any(|host| host.eq_ignore_ascii_case(&request.host))
}

/// The headers of answers.
pub fn headers(node: &Node, scheme: Scheme) -> Vec<(String, String)> {
    let mut headers: Vec<(&str, String)> = Vec::new();
    let custom = |key: &str| Some(text(node, key).to_owned()).filter(|value| !value.is_empty());
    let frame = is(node, "frameDeny").then(|| "DENY".to_owned());
    headers.extend(custom("customFrameOptionsValue").or(frame).map(|value| ("X-Frame-Options", value)));
    headers.extend(is(node, "contentTypeNosniff").then(|| ("X-Content-Type-Options", "nosniff".to_owned())));
    let filter = is(node, "browserXssFilter").then(|| "1; mode=block".to_owned());
    headers.extend(custom("customBrowserXSSValue").or(filter).map(|value| ("X-Xss-Protection", value)));
    headers.extend(VALUES.iter().filter_map(|(key, name)| Some((*name, custom(key)?))));
    let age = match node.child("stsSeconds").map(|age| &age.value) {
        Some(Value::Integer(age @ 1..)) => Some(age),
        _ => None,
    };
    if let Some(age) = age.filter(|_| scheme == Scheme::Https || is(node, "forceSTSHeader")) {
        let below = if is(node, "stsIncludeSubdomains") { "; includeSubDomains" } else { "" };
        let preload = if is(node, "stsPreload") { "; preload" } else { "" };
        headers.push(("Strict-Transport-Security", format!("max-age={age}{below}{preload}")));
    }
    headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
