//! Requests of an access log: nginx's combined format, with the host in front or behind or not at all, ingress-nginx' own,
//! Traefik's common format, and the JSON of either.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use whichpod_core::cluster::Cluster;
use whichpod_core::difference::{
    DEFAULT_LIMIT, DerivedRequests, LeftOut, ProbeAsk, ProbeHttp, ProbeRequest, derive_requests,
};

use crate::complain;

/// A line of a log.
#[derive(Debug, Default, PartialEq, Eq)]
struct LoggedRequest {
    host: Option<String>,
    /// Whether inside TLS; None where the line doesn't say.
    secure: Option<bool>,
    method: String,
    target: String,
    /// Of ingress-nginx: `default-web-80`, the backend that it chose.
    backend: Option<String>,
}

/// A way to a host's rules.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct HostWay {
    entrance: String,
    port: Option<u16>,
    secure: bool,
}

/// The ways to each host that rules name.
struct KnownHosts(BTreeMap<Option<String>, BTreeSet<HostWay>>);

impl KnownHosts {
    fn of(clusters: &[&Cluster]) -> Self {
        let mut hosts: BTreeMap<Option<String>, BTreeSet<HostWay>> = BTreeMap::new();
        for request in derive_requests(clusters, DEFAULT_LIMIT).requests {
            if let (ProbeAsk::Http(http), "external") = (request.ask, request.from.as_str()) {
                let way = HostWay { entrance: http.entrance, port: http.port, secure: http.secure };
                hosts.entry(http.host).or_default().insert(way);
            }
        }
        Self(hosts)
    }

    /// The ways to a host: its own, those of a wildcard's host, those of rules for all hosts. Where the line doesn't say
    /// whether it came inside TLS, both as far as the host is served so.
    fn ways(&self, host: Option<&str>, secure: Option<bool>) -> BTreeSet<HostWay> {
        let domain = |name: &str| name.split_once('.').map(|(_, domain)| domain.to_owned());
        let own = self.0.get(&host.map(str::to_owned));
        let beside = || {
            let parent = host.and_then(domain)?;
            self.0.iter().find(|(known, _)| known.as_deref().and_then(domain).is_some_and(|it| it == parent))
        };
        let all = own.or_else(|| beside().map(|(_, ways)| ways)).or_else(|| self.0.get(&None));
        let ways: BTreeSet<HostWay> = all.into_iter().flatten().cloned().collect();
        let fitting: BTreeSet<HostWay> =
            ways.iter().filter(|way| secure.is_none_or(|secure| way.secure == secure)).cloned().collect();
        if !fitting.is_empty() {
            return fitting;
        }
        let entrance = ways.first().map_or_else(|| "INGRESS".to_owned(), |way| way.entrance.clone());
        [HostWay { entrance, port: None, secure: secure.unwrap_or_default() }].into()
    }

    fn names(&self) -> BTreeSet<Option<String>> {
        self.0.keys().cloned().collect()
    }
}

/// The different requests of a log. Of a line without a host every host is asked that has rules; where the line names the
/// backend, those hosts whose rules name it.
pub fn requests(text: &str, clusters: &[&Cluster]) -> DerivedRequests {
    // 1. Each line's hosts.
    let known = KnownHosts::of(clusters);
    let mut all = BTreeSet::new();
    let (mut unread, mut without_host) = (0, 0);
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let Some(logged) = read(line) else {
            unread += 1;
            continue;
        };
        let hosts: BTreeSet<Option<String>> = match &logged.host {
            Some(host) => [Some(host.clone())].into(),
            None => {
                without_host += 1;
                let backend = logged.backend.as_deref();
                let of_backend: BTreeSet<_> = clusters.iter().flat_map(|cluster| hosts(cluster, backend)).collect();
                if of_backend.is_empty() { known.names() } else { of_backend }
            }
        };
        // 2. By every way that leads to them.
        for (host, way) in hosts.iter().flat_map(|host| {
            let ways = known.ways(host.as_deref(), logged.secure);
            ways.into_iter().map(move |way| (host, way))
        }) {
            all.insert(ProbeRequest::http(ProbeHttp {
                secure: way.secure,
                host: host.clone(),
                entrance: way.entrance,
                port: way.port,
                method: logged.method.clone(),
                target: logged.target.clone(),
                headers: Vec::new(),
            }));
        }
    }
    // 3. What was guessed, and what is no request.
    if without_host > 0 {
        let lines = if without_host == 1 {
            "one line of the log names".to_owned()
        } else {
            format!("{without_host} lines of the log name")
        };
        complain(&format!("whichpod: {lines} no host: every host is asked whose rules it could be about"));
    }
    let not_asked = (unread > 0).then_some(LeftOut::LoggedLines(unread));
    DerivedRequests { requests: all.into_iter().collect(), not_asked: not_asked.into_iter().collect() }
}

/// The hosts of Ingresses with this backend.
fn hosts(cluster: &Cluster, backend: Option<&str>) -> Vec<Option<String>> {
    let mut hosts = Vec::new();
    for ingress in cluster.ingresses.values() {
        let namespace = &ingress.metadata.namespace;
        for rule in &ingress.spec.rules {
            let services =
                rule.http.iter().flat_map(|http| &http.paths).filter_map(|path| path.backend.service.as_ref());
            let mut names = services.map(|service| format!("{namespace}-{}-", service.name));
            if names.any(|name| backend.is_some_and(|backend| backend.starts_with(&name))) {
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
        secure: scheme
            .map(|scheme| scheme == "https")
            .or_else(|| line.get("TLSVersion").map(|_| true))
            .or_else(|| line.get("ssl_protocol").map(|protocol| protocol != "")),
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
        secure: first.rsplit_once(':').filter(|_| leads).map(|(_, port)| port == "443"),
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
            (Some("shop.example.com"), Some(true), "POST")
        );
        let traefik =
            r#"{"RequestHost":"shop.example.com","RequestMethod":"GET","RequestPath":"/x","RequestScheme":"https"}"#;
        let found = read(traefik).unwrap();
        assert_eq!(
            (found.host.as_deref(), found.secure, found.target.as_str()),
            (Some("shop.example.com"), Some(true), "/x")
        );
        let common = r#"192.0.2.7 - - [29/Nov/2026:10:00:00 +0000] "GET /y HTTP/1.1" 200 12 "-" "-" 1 "shop@kubernetes" "http://10.1.0.7:80" 2ms"#;
        assert_eq!(read(common).unwrap().target, "/y");
        assert_eq!(read("time=\"x\" level=info msg=\"hello\""), None);
    }
}
