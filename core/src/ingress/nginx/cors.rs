//! Cross-origin requests: what enable-cors answers them.

use super::annotations::CorsOptions;

/// The origin that is answered, if it is allowed: `*`, an origin, or one with `*.` for one label.
pub fn allowed_origin(cors: &CorsOptions, origin: &str) -> Option<String> {
    if cors.origins.iter().any(|allowed| allowed == "*") {
        return Some("*".to_owned());
    }
    let fits = |allowed: &String| match allowed.split_once("*.") {
        Some((scheme, domain)) => {
            origin.strip_prefix(scheme).and_then(|rest| rest.split_once('.')).is_some_and(|(label, rest)| {
                rest.eq_ignore_ascii_case(domain)
                    && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            })
        }
        None => allowed.eq_ignore_ascii_case(origin),
    };
    cors.origins.iter().any(fits).then(|| origin.to_owned())
}

/// The headers of an answer to an allowed origin (the template's CORS).
pub fn cors_headers(cors: &CorsOptions, origin: &str) -> Vec<(String, String)> {
    let mut headers = vec![("Access-Control-Allow-Origin".to_owned(), origin.to_owned())];
    if cors.credentials {
        headers.push(("Access-Control-Allow-Credentials".to_owned(), "true".to_owned()));
    }
    headers.push(("Access-Control-Allow-Methods".to_owned(), cors.methods.to_string()));
    headers.push(("Access-Control-Allow-Headers".to_owned(), cors.headers.to_string()));
    if let Some(exposed) = &cors.expose_headers {
        headers.push(("Access-Control-Expose-Headers".to_owned(), exposed.to_string()));
    }
    headers.push(("Access-Control-Max-Age".to_owned(), cors.max_age.to_string()));
    headers
}
