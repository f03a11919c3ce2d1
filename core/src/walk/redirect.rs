//! Where a redirect leads, as curl -L follows it.

use std::sync::Arc;

use crate::packet::{HttpRequest, HttpResponse, Scheme, host_and_port};
use crate::request::{HttpAsk, RequestHost};

/// The request that follows a redirect; None if there is none to follow or the client doesn't.
pub fn next_ask(ask: &HttpAsk, response: &HttpResponse) -> Option<HttpAsk> {
    let location = response.location.as_deref()?;
    let follow = ask.follow.checked_sub(1)?;
    let (scheme, authority, target) = resolve_location(&ask.request, location)?;
    let (host, port) = host_and_port(&authority);
    let target = target.split('#').next().unwrap_or_default();
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query.to_owned())));
    let host = RequestHost::new(host);
    let request = HttpRequest {
        scheme,
        method: method_after_redirect(&ask.request.method, response.status),
        server_name: match (&host, scheme) {
            (RequestHost::Name(name), Scheme::Https) => Some(name.clone()),
            _ => None,
        },
        host: authority.clone(),
        path: if path.is_empty() { "/".to_owned() } else { path.to_owned() },
        query,
        ..(*ask.request).clone()
    };
    let family = ask.family;
    Some(HttpAsk { host, family, port: port.unwrap_or(scheme.default_port()), request: Arc::new(request), follow })
}

/// Scheme, authority and the rest of a reference against the request's own URL (RFC 3986, 5.2); None for other schemes.
fn resolve_location(request: &HttpRequest, location: &str) -> Option<(Scheme, String, String)> {
    let absolute = |scheme, rest: &str| {
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at_checked(end)?;
        Some((scheme, authority.to_owned(), target.to_owned()))
    };
    // 1. A URL with a scheme or an authority of its own.
    if let Some(rest) = location.strip_prefix("http://") {
        return absolute(Scheme::Http, rest);
    }
    if let Some(rest) = location.strip_prefix("https://") {
        return absolute(Scheme::Https, rest);
    }
    if let Some(rest) = location.strip_prefix("//") {
        return absolute(request.scheme, rest);
    }
    // 2. Another scheme.
    if location.split('/').next().is_some_and(|first| first.contains(':')) {
        return None;
    }
    // 3. A path: absolute, a query alone, or relative to the request's folder.
    let target = match location.chars().next() {
        Some('/') => location.to_owned(),
        Some('?') => format!("{}{location}", request.path),
        _ => {
            let folder = request.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            format!("{folder}/{location}")
        }
    };
    Some((request.scheme, request.host.clone(), target))
}

/// curl asks anew with GET after 301, 302 and 303 to a POST, and keeps the method otherwise.
fn method_after_redirect(method: &str, status: u16) -> String {
    match (method, status) {
        ("POST", 301 | 302) => "GET".to_owned(),
        ("HEAD", 303) => "HEAD".to_owned(),
        (_, 303) => "GET".to_owned(),
        _ => method.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn follow(location: &str) -> Option<(RequestHost, u16, String)> {
        let request = HttpRequest {
            method: "GET".into(),
            host: "a.example:8080".into(),
            path: "/x/y".into(),
            ..HttpRequest::default()
        };
        let host = RequestHost::Name("a.example".into());
        let ask = HttpAsk { host, family: Default::default(), port: 8080, request: Arc::new(request), follow: 1 };
        let response = HttpResponse { status: 302, location: Some(location.into()), ..HttpResponse::default() };
        next_ask(&ask, &response).map(|next| (next.host.clone(), next.port, next.request.target()))
    }

    #[test]
    fn locations_are_absolute_or_relative() {
        let name = |name: &str| RequestHost::Name(name.into());
        assert_eq!(follow("https://b.example/z?q#f"), Some((name("b.example"), 443, "/z?q".into())));
        assert_eq!(follow("//b.example:81"), Some((name("b.example"), 81, "/".into())));
        assert_eq!(follow("/z"), Some((name("a.example"), 8080, "/z".into())));
        assert_eq!(follow("z"), Some((name("a.example"), 8080, "/x/z".into())));
        assert_eq!(follow("?q"), Some((name("a.example"), 8080, "/x/y?q".into())));
        assert_eq!(follow("mailto:a@b.example"), None);
    }
}
