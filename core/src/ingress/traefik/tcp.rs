//! TCP routers, from IngressRouteTCPs: they see a connection before HTTP routers do, unless its name is an HTTP router's
//! (pkg/server/router/tcp/router.go ServeTCP).

use std::net::IpAddr;
use std::sync::Arc;

use super::context::ChainContext;
use super::dynamic::{BuildRefusal, ServiceConfig, ServiceRef, WeightedConfig, line};
use super::middleware::tcp::TcpMiddleware;
use super::provider::{ProviderContext, crd, tcp as provider};
use super::rule::{RequestAttributes, RuleTree};
use super::service::{self, LoadedService};
use super::settings::StaticConfig;
use crate::cluster::Cluster;
use crate::ingress::verdict::{ForwardedRequest, JudgementBuilder};
use crate::order::Order;
use crate::packet::{HttpRequest, Scheme};
use crate::source::{FieldRef, ObjectRef};
use crate::trace::{
    Candidate, CandidateFate, CandidateObjection, CandidateSubject, Cause, CauseList, IngressControllerRule,
    IngressObjection, Judgement, ModelGap, PacketDecision,
};

/// A route of an IngressRouteTCP.
#[derive(Clone, Debug)]
pub struct TcpRouter {
    /// The route.
    field: FieldRef,
    priority_line: Option<FieldRef>,
    priority: i64,
    rule: Option<RuleTree>,
    entry_points: Vec<String>,
    tls: bool,
    /// Whether TLS goes on to the servers (tls.passthrough).
    passes_tls: bool,
    middlewares: Result<Vec<TcpMiddleware>, BuildRefusal>,
    service: ServiceRef,
}

/// A connection, before anybody looks for HTTP in it.
#[derive(Clone, Copy, Debug)]
pub struct TcpConnection<'a> {
    pub entry_point: &'a str,
    /// The name of the TLS handshake, empty if it has none; None without TLS.
    pub server_name: Option<&'a str>,
    pub client: IpAddr,
    /// What it carries.
    pub request: Option<&'a HttpRequest>,
}

/// The routers of all IngressRouteTCPs, the highest priority first.
pub fn build(cluster: &Cluster, settings: &StaticConfig) -> Vec<TcpRouter> {
    // 1. The IngressRouteTCPs that this controller serves.
    let context = ProviderContext { cluster, settings, all: false };
    let mut routers = Vec::new();
    for (namespace, name, object) in cluster.ingress_routes_tcp.iter() {
        if !crd::serves(settings, &object.metadata, object.spec.ingress_class_name.as_ref()) {
            continue;
        }
        let reference = ObjectRef::namespaced("IngressRouteTCP", namespace, name);
        let tls = object.spec.tls.as_ref();
        for (index, route) in object.spec.routes.iter().enumerate() {
            let place = reference.field(format!("spec.routes[{index}]").as_str());
            // 2. The rule, and its priority: as written, else by its length.
            let rule = RuleTree::parse_tcp(&route.rule);
            // Without TLS nobody says a name: the rule may ask for any name only (manager.go addTCPHandlers).
            let rule = rule.filter(|rule| tls.is_some() || rule.named_hosts().is_empty());
            let given = route.priority.filter(|number| *number != 0);
            let is_catch_all = rule.as_ref().is_some_and(RuleTree::is_catch_all);
            let usual = if is_catch_all { -1 } else { route.rule.len() as i64 };
            // 3. Its Services by weight.
            let place_of_services = line(&place, "services");
            let services = route.services.iter().map(|service| {
                let weight = u64::try_from(service.weight.unwrap_or(1)).unwrap_or(0);
                (crd::service(&context, namespace, service, &place_of_services), weight)
            });
            let weighted = WeightedConfig { services: services.collect(), cookie: None, hashed: false, line: None };
            routers.push(TcpRouter {
                rule,
                priority: given.unwrap_or(usual),
                priority_line: given.map(|_| line(&place, "priority")),
                entry_points: object.spec.entry_points.iter().map(ToString::to_string).collect(),
                tls: tls.is_some(),
                passes_tls: tls.is_some_and(|tls| tls.passthrough),
                middlewares: provider::middlewares(&context, namespace, &route.middlewares, &place),
                service: ServiceRef::Inline(Box::new(ServiceConfig::Weighted(weighted))),
                field: place,
            });
        }
    }
    // 4. The highest priority first.
    routers.order_by(|one, other| other.priority.cmp(&one.priority).then_with(|| one.field.cmp(&other.field)));
    routers
}

/// The HTTP routers that speak TLS at an entry point, by the hosts that they name.
pub struct HttpsHosts<'r> {
    /// Of each router the hosts; none of one whose rule can't be read.
    pub routers: Vec<Vec<&'r str>>,
}

impl HttpsHosts<'_> {
    fn any(&self) -> bool {
        !self.routers.is_empty()
    }

    fn any_nameless(&self) -> bool {
        self.routers.iter().any(Vec::is_empty)
    }

    fn names(&self, host: &str) -> bool {
        self.routers.iter().flatten().any(|named| super::rule::names_host(named, host))
    }
}

/// The router that takes a connection, with its servers. HTTP routers come first where they name the host, and before
/// routers for any name where one of them names none.
pub fn choose<'r>(
    context: &ChainContext<'_>,
    routers: &'r [TcpRouter],
    connection: &TcpConnection<'_>,
    https: &HttpsHosts<'_>,
) -> Option<(&'r TcpRouter, LoadedService)> {
    let nothing = HttpRequest::default();
    let request = connection.request.unwrap_or(&nothing);
    let host = connection.server_name.unwrap_or_default().to_ascii_lowercase();
    let seen = RequestAttributes { request, host, path: String::new(), client: connection.client };
    let is_tls = connection.server_name.is_some();
    if is_tls && https.names(&seen.host) {
        return None;
    }
    let is_there = |it: &&TcpRouter| it.rule.is_some() && it.listens_at(connection.entry_point, context.settings);
    // Where nobody speaks TLS, nobody looks for it (ServeTCP).
    let looks_for_tls = https.any() || routers.iter().filter(is_there).any(|it| it.tls);
    let fitting = routers.iter().filter(|it| {
        let rule = it.rule.as_ref().filter(|_| it.tls == (is_tls && looks_for_tls) && it.middlewares.is_ok());
        it.listens_at(connection.entry_point, context.settings)
            && rule.is_some_and(|rule| rule.fits(&seen) != Some(false))
    });
    let mut loaded = fitting.filter_map(|it| Some((it, service::load(context, &it.service).ok()?)));
    let found = loaded.next()?;
    let is_catch_all = found.0.rule.as_ref().is_some_and(RuleTree::is_catch_all);
    if is_tls && is_catch_all && https.any_nameless() { None } else { Some(found) }
}

impl TcpRouter {
    fn listens_at(&self, entry_point: &str, settings: &StaticConfig) -> bool {
        if self.entry_points.is_empty() {
            settings.entry_points.get(entry_point).is_some_and(|entry| entry.usual)
        } else {
            self.entry_points.iter().any(|name| name.eq_ignore_ascii_case(entry_point))
        }
    }

    /// Whether the servers do the TLS handshake.
    pub fn passes_tls(&self) -> bool {
        self.passes_tls
    }

    /// The connection goes to the servers, whatever it carries.
    pub fn judge(
        &self,
        mut verdict: JudgementBuilder,
        connection: &TcpConnection<'_>,
        loaded: LoadedService,
    ) -> Judgement {
        // 1. The router, with what its rule leaves open.
        let mut because = vec![Cause::line(&self.field)];
        because.add_lines(&self.priority_line).add_rule(IngressControllerRule::TcpRouterFirst);
        if let Some(pattern) = self.rule.as_ref().and_then(RuleTree::unsupported) {
            let gap = ModelGap::RegularExpression { field: self.field.clone(), pattern: pattern.source().to_owned() };
            return verdict.unknown(gap, because);
        }
        // Who offers which protocols isn't known of what isn't HTTP.
        if connection.request.is_none() && self.rule.as_ref().is_some_and(RuleTree::asks_for_protocols) {
            return verdict.unknown(ModelGap::Field(line(&self.field, "match")), because);
        }
        // 2. A middleware that refuses the client.
        let refusing = self.middlewares.iter().flatten().find_map(|middleware| middleware.refuses(connection.client));
        if let Some(place) = refusing {
            because.add_line(place);
            return verdict.end(PacketDecision::Refuse, because);
        }
        // 3. What goes on: TLS as it came, or what it carried.
        let ends_tls = self.tls && !self.passes_tls;
        let request = connection.request.filter(|_| ends_tls).map(|request| HttpRequest {
            scheme: Scheme::Http,
            server_name: None,
            ..request.clone()
        });
        let forward = ForwardedRequest {
            rule: Some(self.field.clone()),
            request: request.map(Arc::new),
            protocol: if self.passes_tls { "tls" } else { "tcp" }.to_owned(),
            ..ForwardedRequest::default()
        };
        // 4. To each Service by weight; one without endpoints closes its share.
        for way in loaded.ways {
            let mut causes = because.clone();
            causes.extend(way.because);
            if way.upstream.peers.is_empty() {
                verdict.consider([Candidate {
                    what: CandidateSubject::Field(self.field.clone()),
                    fate: CandidateFate::Rejected(CandidateObjection::Ingress(IngressObjection::ServiceEmpty)),
                    because: Vec::new(),
                }]);
                verdict.add(way.share, None, PacketDecision::Refuse, causes);
            } else {
                verdict.forward(way.share, &way.upstream, &forward, &causes);
            }
        }
        verdict.finish()
    }
}
