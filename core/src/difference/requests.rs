//! The requests that manifests themselves suggest: each host and path with its boundaries, methods and headers that rules
//! name, every entrance, every workload against every Service.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ipnet::IpNet;

use super::paths;
use super::probe::{ProbeAsk, ProbeHttp, ProbeRequest};
use crate::cluster::Cluster;
use crate::ingress::open_entry_points;
use crate::language::Language;
use crate::routing_test;

mod route;
mod traefik;
mod ingress;
mod inside;

pub use ingress::hosts as hosts_of_ingress;
use inside::InsideQuestions;

/// What is asked, and what is left out.
#[derive(Clone, Debug, Default)]
pub struct DerivedRequests {
    /// The requests.
    pub requests: Vec<ProbeRequest>,
    /// What was left out.
    pub not_asked: Vec<LeftOut>,
}

/// What isn't asked, and how much of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// Workloads that no policy tells from others, which ask.
    AlikeCallers(usize),
    /// Pairs of workload and Service beyond the limit.
    Pairs(usize),
    /// Paths whose boundaries others stand for.
    Boundaries(usize),
    /// Requests at the boundaries of paths beyond the limit.
    Edges(usize),
    /// Requests of a log beyond the limit.
    LoggedRequests(usize),
    /// Lines of a log that are no requests.
    LoggedLines(usize),
    /// Annotations beyond the limit.
    Annotations(usize),
}

impl LeftOut {
    /// In words.
    pub fn text(self, language: Language) -> String {
        match (self, language) {
            (Self::AlikeCallers(count), Language::English) => {
                format!("what {count} workloads ask inside: no policy tells them from others, which were asked")
            }
            (Self::AlikeCallers(count), Language::Japanese) => {
                format!("{count} 個のワークロードからの内部リクエスト: ポリシーで区別されないため、代表だけを調べた")
            }
            (Self::Pairs(count), Language::English) => format!("{count} pairs of workload and Service"),
            (Self::Pairs(count), Language::Japanese) => format!("ワークロードと Service の組 {count} 件"),
            (Self::Boundaries(count), Language::English) => format!(
                "the boundaries of {count} paths: of rules that are alike in both sets, those of one were asked"
            ),
            (Self::Boundaries(count), Language::Japanese) => {
                format!("{count} 個のパスの境界: 両方に共通で同種のルールは一つだけを調べた")
            }
            (Self::Edges(count), Language::English) => {
                format!("{count} requests at the boundaries of paths beyond --limit")
            }
            (Self::Edges(count), Language::Japanese) => format!("--limit を超えるパスの境界のリクエスト {count} 件"),
            (Self::LoggedRequests(count), Language::English) => format!("{count} requests of the log beyond --limit"),
            (Self::LoggedRequests(count), Language::Japanese) => {
                format!("--limit を超えるログのリクエスト {count} 件")
            }
            (Self::LoggedLines(count), Language::English) => {
                format!("{count} lines of the log that are no requests")
            }
            (Self::Annotations(count), Language::English) => format!("what becomes of {count} further annotations"),
            (Self::Annotations(count), Language::Japanese) => format!("ほかのアノテーション {count} 個の扱い"),
            (Self::LoggedLines(count), Language::Japanese) => format!("リクエストではないログの行 {count} 行"),
        }
    }
}

/// A rule that takes HTTP requests.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct HttpRuleShape {
    from: String,
    entrance: String,
    host: Option<String>,
    /// Where it isn't the scheme's own.
    port: Option<u16>,
    /// Inside TLS as well.
    secure: bool,
    /// Not in the clear.
    only_secure: bool,
    path: String,
    is_regex: bool,
    method: Option<String>,
    headers: Vec<(String, String)>,
    query: Option<String>,
    /// What makes rules alike at their boundaries: kind of path, annotations.
    alike: String,
}

impl Default for HttpRuleShape {
    fn default() -> Self {
        Self {
            from: "external".to_owned(),
            entrance: "INGRESS".to_owned(),
            host: None,
            port: None,
            secure: false,
            only_secure: false,
            path: "/".to_owned(),
            is_regex: false,
            method: None,
            headers: Vec::new(),
            query: None,
            alike: String::new(),
        }
    }
}

/// The requests of a file of routing tests, whatever they expect.
pub fn requests_of_tests(text: &str) -> Result<DerivedRequests, String> {
    let cases = routing_test::read(text)?;
    let asked = cases.into_iter().flat_map(|case| case.requests);
    let requests = asked.map(|asked| ProbeRequest { from: asked.from, command: asked.run, ask: ProbeAsk::Command });
    let requests: BTreeSet<ProbeRequest> = requests.collect();
    Ok(DerivedRequests { requests: requests.into_iter().collect(), not_asked: Vec::new() })
}

/// Requests for both sets together: each is asked of both.
pub fn derive_requests(clusters: &[&Cluster], limit: usize) -> DerivedRequests {
    let mut not_asked = Vec::new();
    let sets: Vec<BTreeSet<HttpRuleShape>> = clusters.iter().map(|cluster| http_rules(cluster)).collect();
    let rules: BTreeSet<&HttpRuleShape> = sets.iter().flatten().collect();
    // 1. Every rule's own path, in the clear and inside TLS; then without the method and the headers that it names.
    let mut all: Vec<ProbeRequest> = rules.iter().flat_map(|rule| own_requests(rule)).collect();
    // 2. Everything that isn't HTTP's, and every pair inside.
    all.extend(clusters.iter().flat_map(|cluster| others(cluster)));
    let mut seen = BTreeSet::new();
    // A node port is asked for once, under the number that one of the sets gives it.
    all.retain(|request| seen.insert(request.identity()));
    let inside = InsideQuestions::of(clusters, limit.saturating_sub(all.len()));
    if inside.alike > 0 {
        not_asked.push(LeftOut::AlikeCallers(inside.alike));
    }
    let beyond = (all.len() + inside.count()).saturating_sub(limit);
    if beyond > 0 {
        not_asked.push(LeftOut::Pairs(beyond));
    }
    let left = limit.saturating_sub(all.len());
    all.extend(inside.requests().take(left));
    // 3. The boundaries of every rule; where those are too many, of rules that only one set has, and of one among those
    // that are alike.
    let left = limit.saturating_sub(all.len());
    let mut edges: Vec<ProbeRequest> = rules.iter().flat_map(|rule| around(rule)).take(left + 1).collect();
    if edges.len() > left {
        let chosen = telling_rules(&sets, &rules);
        let alike = rules.len().saturating_sub(chosen.len());
        if alike > 0 {
            not_asked.push(LeftOut::Boundaries(alike));
        }
        edges = chosen.into_iter().flat_map(around).collect();
        if edges.len() > left {
            not_asked.push(LeftOut::Edges(edges.len() - left));
        }
    }
    all.extend(edges.into_iter().filter(|request| seen.insert(request.identity())));
    all.truncate(limit);
    DerivedRequests { requests: all, not_asked }
}

/// The rules that not every set has, and one of each kind.
fn telling_rules<'r>(
    sets: &[BTreeSet<HttpRuleShape>],
    rules: &BTreeSet<&'r HttpRuleShape>,
) -> BTreeSet<&'r HttpRuleShape> {
    let mut kinds: BTreeMap<(&str, bool), &HttpRuleShape> = BTreeMap::new();
    for rule in rules {
        kinds.entry((&rule.alike, rule.is_regex)).or_insert(rule);
    }
    let changed = rules.iter().copied().filter(|rule| !sets.iter().all(|set| set.contains(*rule)));
    changed.chain(kinds.into_values()).collect()
}

/// The boundaries of a rule's path.
fn around(rule: &HttpRuleShape) -> impl Iterator<Item = ProbeRequest> + use<> {
    let rule = rule.clone();
    let secure = rule.secure;
    paths::boundaries(&rule.path, rule.is_regex).into_iter().map(move |path| request(&rule, path, secure))
}

fn request(rule: &HttpRuleShape, path: String, secure: bool) -> ProbeRequest {
    let target = match (&rule.query, path.contains('?')) {
        (Some(query), false) => format!("{path}?{query}"),
        _ => path,
    };
    let http = ProbeRequest::http(ProbeHttp {
        secure,
        host: rule.host.clone(),
        entrance: rule.entrance.clone(),
        // Of a listener in the clear the port is no port for TLS.
        port: rule.port.filter(|_| secure == rule.only_secure),
        method: rule.method.clone().unwrap_or_else(|| "GET".to_owned()),
        target,
        headers: rule.headers.clone(),
    });
    ProbeRequest { from: rule.from.clone(), ..http }
}

/// The path of a rule as the rule wants it, and without what it wants besides.
fn own_requests(rule: &HttpRuleShape) -> Vec<ProbeRequest> {
    let mut requests = Vec::new();
    let plain = HttpRuleShape { method: None, headers: Vec::new(), query: None, ..rule.clone() };
    for path in paths::exact(&rule.path, rule.is_regex) {
        if !rule.only_secure {
            requests.push(request(rule, path.clone(), false));
        }
        if rule.secure || rule.host.is_some() && path == "/" {
            requests.push(request(rule, path.clone(), true));
        }
        if plain != *rule {
            requests.push(request(&plain, path.clone(), rule.secure));
            let other = |(name, _): &(String, String)| (name.clone(), "other".to_owned());
            let headers: Vec<(String, String)> = rule.headers.iter().map(other).collect();
            requests.push(request(&HttpRuleShape { headers, ..rule.clone() }, path, rule.secure));
        }
    }
    requests
}

fn http_rules(cluster: &Cluster) -> BTreeSet<HttpRuleShape> {
    let points = open_entry_points(cluster);
    let routes = cluster.http_routes.values().flat_map(|route| route::of_http(cluster, route));
    let traefik = cluster.ingress_routes.values().flat_map(|route| traefik::of_ingress_route(route, &points));
    ingress::of_ingresses(cluster, &points).into_iter().chain(routes).chain(traefik).collect()
}

/// What is asked from outside besides.
fn others(cluster: &Cluster) -> Vec<ProbeRequest> {
    let grpc = cluster.grpc_routes.values().flat_map(|route| route::of_grpc(cluster, route));
    let tls = cluster.tls_routes.values().flat_map(|route| route::of_tls(cluster, route));
    let traefik = cluster.ingress_routes_tcp.values().flat_map(|route| traefik::of_ingress_route_tcp(route));
    grpc.chain(tls).chain(traefik).chain(route::forwarded(cluster)).chain(inside::entrances(cluster)).collect()
}

/// A host with a wildcard gets a label.
fn named(host: &str) -> String {
    host.replacen('*', "a", 1)
}

/// The first address of a network; one that stands alone is itself.
fn first_of(network: &str) -> Option<IpAddr> {
    network.parse().ok().or_else(|| network.parse::<IpNet>().ok()?.hosts().next())
}
