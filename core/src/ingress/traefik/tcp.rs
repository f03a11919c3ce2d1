//! TCP routers, from IngressRouteTCPs: they see a connection before the HTTP routers do (pkg/server/router/tcp/router.go
//! ServeTCP).

use std::net::IpAddr;

use super::router::{Provider, Router, Target, serves};
use super::rule::{Rule, Seen};
use super::service::{self, Loaded};
use super::settings::Settings;
use super::{line, rejected};
use crate::cluster::Cluster;
use crate::ingress::verdict::{Forward, Verdict, field, rule};
use crate::order::Order;
use crate::packet::{HttpRequest, Scheme};
use crate::source::{FieldRef, ObjectRef};
use crate::trace::{Decision, Gap, IngressObjection, IngressRule, Judgement};
use crate::yaml::Value;

/// A route of an IngressRouteTCP.
#[derive(Clone, Debug)]
pub struct TcpRouter {
    router: Router,
    /// Whether TLS goes on to the servers (tls.passthrough).
    passes_tls: bool,
    /// What isn't modelled: MiddlewareTCPs, and rules that ask for ALPN, which the request doesn't tell.
    gap: Option<FieldRef>,
}

/// A connection, before anybody looks for HTTP in it.
#[derive(Clone, Copy, Debug)]
pub struct Connection<'a> {
    /// The entry point.
    pub entry_point: &'a str,
    /// The name of the TLS handshake, empty if it has none; None without TLS.
    pub server_name: Option<&'a str>,
    /// The client.
    pub client: IpAddr,
    /// What it carries.
    pub request: Option<&'a HttpRequest>,
}

/// The routers of all IngressRouteTCPs, the highest priority first.
pub fn build(cluster: &Cluster, settings: &Settings) -> Vec<TcpRouter> {
    let mut routers = Vec::new();
    for (namespace, name, object) in cluster.ingress_routes_tcp.iter() {
        if !serves(settings, &object.metadata, object.spec.ingress_class_name.as_ref()) {
            continue;
        }
        let reference = ObjectRef::namespaced("IngressRouteTCP", namespace, name);
        let tls = object.spec.tls.as_ref();
        for (index, route) in object.spec.routes.iter().enumerate() {
            let field = reference.field(format!("spec.routes[{index}]").as_str());
            // Without TLS nobody says a name: the rule may ask for any name only (router.go, "has HostSNI matcher").
            let rule = Rule::parse_tcp(&route.rule).filter(|rule| tls.is_some() || !rule.asks_for_names());
            let given = route.priority.filter(|number| *number != 0);
            let router = Router {
                provider: Provider::Crd,
                rule_line: line(&field, "match"),
                rule,
                priority: given.unwrap_or(route.rule.len() as i64),
                priority_line: given.map(|_| line(&field, "priority")),
                entry_points: object.spec.entry_points.iter().map(ToString::to_string).collect(),
                tls: tls.is_some(),
                middlewares: Vec::new(),
                outside: None,
                target: Target::Services(route.services.clone()),
                field,
            };
            let passes_tls =
                tls.and_then(|tls| tls.child("passthrough")).is_some_and(|it| it.value == Value::Bool(true));
            let gap = match (route.rule.contains("ALPN("), route.middlewares.is_empty()) {
                (true, _) => Some(router.rule_line.clone()),
                (false, false) => Some(line(&router.field, "middlewares")),
                (false, true) => None,
            };
            routers.push(TcpRouter { router, passes_tls, gap });
        }
    }
    routers.order_by(|one, other| {
        let by_priority = other.router.priority.cmp(&one.router.priority);
        by_priority.then_with(|| one.router.field.cmp(&other.router.field))
    });
    routers
}

/// The router that takes a connection, with its servers. One for any name gives way to HTTPS routers that name the host.
pub fn choose<'r>(
    routers: &'r [TcpRouter],
    cluster: &Cluster,
    settings: &Settings,
    connection: &Connection<'_>,
    has_https_router: impl Fn(&str) -> bool,
) -> Option<(&'r TcpRouter, Loaded)> {
    let nothing = HttpRequest::default();
    let host = connection.server_name.unwrap_or_default().to_ascii_lowercase();
    let by_https = connection.server_name.is_some() && has_https_router(&host);
    let seen = Seen { request: &nothing, host, path: String::new(), client: connection.client };
    let fitting = routers.iter().filter(|it| {
        let rule = it.router.rule.as_ref();
        it.router.listens_at(connection.entry_point, settings)
            && it.router.tls == connection.server_name.is_some()
            && rule.is_some_and(|rule| (rule.asks_for_names() || !by_https) && rule.fits(&seen) != Some(false))
    });
    fitting.filter_map(|it| Some((it, service::load(cluster, settings, &it.router).ok()?))).next()
}

impl TcpRouter {
    /// Whether the servers do the TLS handshake.
    pub fn passes_tls(&self) -> bool {
        self.passes_tls
    }

    /// The connection goes to the servers, whatever it carries.
    pub fn judge(&self, mut verdict: Verdict, connection: &Connection<'_>, loaded: Loaded) -> Judgement {
        let router = &self.router;
        let mut because = vec![field(&router.field)];
        because.extend(router.priority_line.iter().map(field));
        because.push(rule(IngressRule::TcpRouterFirst));
        if let Some(gap) = &self.gap {
            return verdict.unknown(Gap::Field(gap.clone()), because);
        }
        if let Some(pattern) = router.rule.as_ref().and_then(Rule::unsupported) {
            let gap = Gap::RegularExpression { field: router.field.clone(), pattern: pattern.source().to_owned() };
            return verdict.unknown(gap, because);
        }
        let ends_tls = router.tls && !self.passes_tls;
        let request = connection.request.filter(|_| ends_tls).map(|request| HttpRequest {
            scheme: Scheme::Http,
            server_name: None,
            ..request.clone()
        });
        let forward = Forward {
            rule: Some(router.field.clone()),
            request: request.map(std::sync::Arc::new),
            protocol: if self.passes_tls { "tls" } else { "tcp" }.to_owned(),
            ..Forward::default()
        };
        for way in loaded.ways {
            let mut causes = because.clone();
            causes.extend(way.because);
            if way.upstream.peers.is_empty() {
                verdict.consider([rejected(router, IngressObjection::ServiceEmpty, Vec::new())]);
                verdict.add(way.share, None, Decision::Refuse, causes);
            } else {
                verdict.forward(way.share, &way.upstream, &forward, &causes);
            }
        }
        verdict.finish()
    }
}
