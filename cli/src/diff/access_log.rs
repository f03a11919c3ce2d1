//! Requests of an access log: nginx's combined format, with the host in front or behind or not at all, ingress-nginx' own,
//! Traefik's common format, and the JSON of either.

use std::collections::BTreeSet;

use serde_json::Value;
use whichpod_core::cluster::Cluster;
use whichpod_core::difference::{DerivedRequests, LeftOut, ProbeHttp, ProbeRequest};

/// A line of a log.
#[derive(Debug, Default, PartialEq, Eq)]
struct LoggedRequest {
    host: Option<String>,
    secure: bool,
    method: String,
    target: String,
    /// Of ingress-nginx: `default-web-80`, the backend that it chose.
    backend: Option<String>,
}

/// The different requests of a log. Of a line without a host every host is asked that has rules; where the line names the
/// backend, those hosts whose rules name it.
pub fn requests(text: &str, clusters: &[&Cluster]) -> DerivedRequests {
    let mut all = BTreeSet::new();
    let mut unread = 0;
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let Some(logged) = read(line) else {
            unread += 1;
            continue;
        };
        let hosts: BTreeSet<Option<String>> = match &logged.host {
            Some(host) => [Some(host.clone())].into(),
            None => clusters.iter().flat_map(|cluster| hosts(cluster, logged.backend.as_deref())).collect(),
        };
        for host in hosts {
            all.insert(ProbeRequest::http(ProbeHttp {
                secure: logged.secure,
                host,
                entrance: "INGRESS".to_owned(),
                port: None,
                method: logged.method.clone(),
                target: logged.target.clone(),
                headers: Vec::new(),
            }));
        }
    }
    let not_asked = (unread > 0).then_some(LeftOut::LoggedLines(unread));
    DerivedRequests { requests: all.into_iter().collect(), not_asked: not_asked.into_iter().collect() }
}

/// The hosts of Ingresses, of those with this backend if one is named.
fn hosts(cluster: &Cluster, backend: Option<&str>) -> Vec<Option<String>> {
    let mut hosts = Vec::new();
    for ingress in cluster.ingresses.values() {
        let namespace = &ingress.metadata.namespace;
        for rule in &ingress.spec.rules {
            let services =
                rule.http.iter().flat_map(|http| &http.paths).filter_map(|path| path.backend.service.as_ref());
            let mut names = services.map(|service| format!("{namespace}-{}-", service.name));
            if backend.is_none_or(|backend| names.any(|name| backend.starts_with(&name))) {
                hosts.push(rule.host.as_deref().map(|host| host.replacen('*', "a", 1)));
            }
        }
    }
    hosts
}

fn read(line: &str) -> Option<LoggedRequest> {
    if line.trim_start().starts_with('{') { of_json(&serde_json::from_str(line.trim()).ok()?) } else { of_text(line) }
}

/// Traefik's `RequestHost`, `RequestMethod`, `RequestPath`, `RequestScheme`; nginx's variables under their names.
fn of_json(line: &Value) -> Option<LoggedRequest> {
    let text = |names: &[&str]| names.iter().find_map(|name| line.get(name)?.as_str()).map(str::to_owned);
    let whole = text(&["request"]);
    let mut words = whole.as_deref().unwrap_or_default().split(' ');
    let (method, target) = (words.next().map(str::to_owned), words.next().map(str::to_owned));
    let target = text(&["RequestPath", "request_uri", "uri", "path"]).or(target)?;
    let query = text(&["args", "query_string"]).filter(|query| !query.is_empty() && !target.contains('?'));
    let target = query.map_or(target.clone(), |query| format!("{target}?{query}"));
    let scheme = text(&["RequestScheme", "scheme"]);
    Some(LoggedRequest {
        host: text(&["RequestHost", "RequestAddr", "host", "vhost", "http_host", "server_name"]).map(without_port),
        secure: scheme.as_deref() == Some("https")
            || line.get("TLSVersion").is_some()
            || line.get("ssl_protocol").is_some_and(|it| it != ""),
        method: text(&["RequestMethod", "request_method", "method"])
            .or(method.filter(|_| whole.is_some()))
            .unwrap_or_else(|| "GET".to_owned()),
        backend: text(&["proxy_upstream_name"]),
        target,
    })
}

fn without_port(host: String) -> String {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !name.contains(':') => name.to_owned(),
        _ => host,
    }
}

/// `[HOST[:PORT] ]ADDRESS - USER [TIME] "METHOD TARGET PROTOCOL" STATUS …`, and what formats add behind.
fn of_text(line: &str) -> Option<LoggedRequest> {
    // 1. The request line: the first quoted text with a method in front.
    let (before, rest) = line.split_once('"')?;
    let (request, behind) = rest.split_once('"')?;
    let mut words = request.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    let is_method = !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase());
    if !is_method || !target.starts_with('/') || !words.next().is_none_or(|version| version.starts_with("HTTP/")) {
        return None;
    }
    // 2. The host: in front of the address, or behind as a quoted or bare word that is a name with a dot.
    let mut front = before.split_whitespace();
    let first = front.next().unwrap_or_default();
    let second = front.next().unwrap_or_default();
    let leads = second != "-" && second.parse::<std::net::IpAddr>().is_ok();
    let quoted = behind.split('"').skip(1).step_by(2).find(|text| is_host(text));
    let host = if leads { Some(first) } else { quoted };
    // 3. The backend, of ingress-nginx.
    let backend = behind.split(['[', ']']).map(str::trim).find(|part| {
        part.rsplit('-').next().is_some_and(|port| port.parse::<u16>().is_ok()) && part.split('-').count() >= 3
    });
    Some(LoggedRequest {
        host: host.map(|host| without_port(host.to_owned())),
        secure: leads && first.ends_with(":443"),
        method: method.to_owned(),
        target: target.to_owned(),
        backend: backend.map(str::to_owned),
    })
}

fn is_host(text: &str) -> bool {
    let letters = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    let name = text.rsplit_once(':').map_or(text, |(name, _)| name);
    name.contains('.')
        && name.chars().all(letters)
        && name.chars().any(|c| c.is_ascii_alphabetic())
        && name.parse::<std::net::IpAddr>().is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_are_read() {
        let nginx = r#"192.0.2.7 - - [29/Nov/2026:10:00:00 +0000] "GET /cart?a=b HTTP/1.1" 200 12 "-" "curl/8.5" 90 0.002 [default-web-80] [] 10.1.0.7:80 12 0.002 200 abc"#;
        let found = read(nginx).unwrap();
        assert_eq!(
            (found.method.as_str(), found.target.as_str(), found.backend.as_deref()),
            ("GET", "/cart?a=b", Some("default-web-80"))
        );
        let vhost =
            r#"shop.example.com:443 192.0.2.7 - - [29/Nov/2026:10:00:00 +0000] "POST / HTTP/2.0" 200 12 "-" "-""#;
        let found = read(vhost).unwrap();
        assert_eq!(
            (found.host.as_deref(), found.secure, found.method.as_str()),
            (Some("shop.example.com"), true, "POST")
        );
        let traefik =
            r#"{"RequestHost":"shop.example.com","RequestMethod":"GET","RequestPath":"/x","RequestScheme":"https"}"#;
        let found = read(traefik).unwrap();
        assert_eq!(
            (found.host.as_deref(), found.secure, found.target.as_str()),
            (Some("shop.example.com"), true, "/x")
        );
        let common = r#"192.0.2.7 - - [29/Nov/2026:10:00:00 +0000] "GET /y HTTP/1.1" 200 12 "-" "-" 1 "shop@kubernetes" "http://10.1.0.7:80" 2ms"#;
        assert_eq!(read(common).unwrap().target, "/y");
        assert_eq!(read("time=\"x\" level=info msg=\"hello\""), None);
    }
}
