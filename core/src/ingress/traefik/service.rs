//! Services as Traefik builds them (pkg/server/service): endpoints, the Service's own address, node ports, names; weights,
//! mirrors, stand-ins.

use super::context::{ChainContext, refusal_of};
use super::dynamic::{
    BuildRefusal, FailoverConfig, LoadBalancer, Provider, QualifiedName, ServiceConfig, ServiceRef, StickyCookieConfig,
    WeightedConfig,
};
use crate::cluster::{Cluster, Service, ServicePort};
use crate::ingress::backend::{self, EndpointReadiness, ProxyUpstream, UpstreamPeer};
use crate::model::{IngressServiceBackend, Text};
use crate::source::ObjectRef;
use crate::trace::{Cause, CauseList, IngressControllerRule, IngressObjection, ProxyTarget, Share};

mod hash;
mod load_balancer;

pub use self::load_balancer::load as load_balancer;

/// The servers of a router.
#[derive(Clone, Debug, Default)]
pub struct LoadedService {
    /// Where requests go, by share.
    pub ways: Vec<WeightedUpstream>,
    /// Where copies go.
    pub mirrors: Vec<(ObjectRef, Share)>,
    /// A service of Traefik's own that takes the request instead.
    pub internal: Option<Text>,
}

/// One Service of a router.
#[derive(Clone, Debug)]
pub struct WeightedUpstream {
    pub share: Share,
    /// Its servers; none where an empty Service is kept.
    pub upstream: ProxyUpstream,
    /// Why it is this one.
    pub because: Vec<Cause>,
    /// How requests are sent.
    pub options: SendOptions,
    /// What requests go through besides.
    pub middlewares: Vec<QualifiedName>,
    /// What is answered instead, and why, where Traefik can't send it.
    pub answer: Option<(u16, IngressControllerRule)>,
}

/// How requests are sent to a Service.
#[derive(Clone, Debug, Default)]
pub struct SendOptions {
    /// `http`, `https`, `h2c`.
    pub scheme: String,
    /// Whether the Host header is kept.
    pub pass_host: bool,
    /// The cookies that keep a client, the outer balancer's first.
    pub cookies: Vec<StickyCookieConfig>,
}

/// How deep services may nest.
const DEPTH: usize = 16;

/// Builds a router's service; one that can't be built leaves the router out.
pub fn load(context: &ChainContext<'_>, service: &ServiceRef) -> Result<LoadedService, BuildRefusal> {
    load_ref(context, service, DEPTH)
}

/// Why a provider makes no router of such a service; what only the engine finds out is no reason.
pub fn provider_refusal(context: &ChainContext<'_>, service: &ServiceRef) -> Option<BuildRefusal> {
    let ServiceRef::Inline(config) = service else { return None };
    match &**config {
        ServiceConfig::LoadBalancer(balancer) => load_balancer(context, balancer).err(),
        ServiceConfig::Weighted(weighted) => {
            weighted.services.iter().find_map(|(service, _)| provider_refusal(context, service))
        }
        ServiceConfig::Refused(refusal) => Some(refusal.clone()),
        ServiceConfig::Mirroring(..) | ServiceConfig::Failover(_) => None,
    }
}

fn load_ref(context: &ChainContext<'_>, service: &ServiceRef, depth: usize) -> Result<LoadedService, BuildRefusal> {
    let config = match service {
        ServiceRef::Inline(config) => config,
        ServiceRef::Named(named) if named.name.ends_with("@internal") => return internal(context, named),
        ServiceRef::Named(named) => {
            let missing = || (IngressObjection::ServiceMissing, vec![Cause::line(&named.line)]);
            depth.checked_sub(1).and_then(|_| context.config.services.get(&named.name)).ok_or_else(missing)?
        }
    };
    let depth = depth.saturating_sub(1);
    match config {
        ServiceConfig::LoadBalancer(balancer) => load_balancer(context, balancer),
        ServiceConfig::Weighted(weighted) => load_weighted(context, weighted, depth),
        ServiceConfig::Mirroring(main, mirrors) => load_mirroring(context, main, mirrors, depth),
        ServiceConfig::Failover(failover) => load_failover(context, failover, depth),
        ServiceConfig::Refused(refusal) => Err(refusal.clone()),
    }
}

/// Services of Traefik's own (pkg/provider/traefik/internal.go): some exist only where they are switched on.
fn internal(context: &ChainContext<'_>, named: &QualifiedName) -> Result<LoadedService, BuildRefusal> {
    let name = named.name.trim_end_matches("@internal");
    let exists = match name {
        "noop" => true,
        "api" | "dashboard" => context.settings.mentions("api"),
        "ping" => context.settings.mentions("ping"),
        "rest" => context.settings.mentions("providers.rest"),
        "prometheus" => context.settings.mentions("metrics.prometheus"),
        _ => false,
    };
    if exists {
        Ok(LoadedService { internal: Some(named.name.as_str().into()), ..LoadedService::default() })
    } else {
        Err((IngressObjection::ServiceMissing, vec![Cause::line(&named.line)]))
    }
}

fn load_weighted(
    context: &ChainContext<'_>,
    weighted: &WeightedConfig,
    depth: usize,
) -> Result<LoadedService, BuildRefusal> {
    // 1. The shares: by weight, or all for the one that the client's address leads to.
    let mut shares: Vec<u64> = weighted.services.iter().map(|(_, weight)| *weight).collect();
    if weighted.hashed {
        let names: Vec<(String, u64)> =
            weighted.services.iter().map(|(service, weight)| (service_name(service), *weight)).collect();
        let chosen = hash::highest(&context.client.to_string(), &names);
        shares = (0..shares.len()).map(|at| u64::from(Some(at) == chosen)).collect();
    }
    // 2. A balancer of nobody.
    if weighted.services.is_empty() {
        return Ok(nobody(weighted));
    }
    let whole: u64 = shares.iter().sum();
    let mut loaded = LoadedService::default();
    let mut first = None;
    // 3. Each part's ways, with its share of theirs.
    for ((service, _), weight) in weighted.services.iter().zip(shares) {
        let share = Share::of(weight, whole);
        let part = load_ref(context, service, depth)?;
        loaded.internal = loaded.internal.or(part.internal);
        loaded.mirrors.extend(part.mirrors.into_iter().map(|(to, percent)| (to, share.times(percent))));
        for mut way in part.ways {
            way.share = share.times(way.share);
            way.because.add_rule(if weighted.hashed {
                IngressControllerRule::HashedToOne
            } else {
                IngressControllerRule::Weighted
            });
            way.because.add_lines(&weighted.line);
            if let Some(cookie) = &weighted.cookie {
                way.options.cookies.insert(0, cookie.clone());
            }
            first = first.or_else(|| Some(way.clone()));
            loaded.ways.push(way);
        }
    }
    // 4. A balancer without anybody to choose answers 503 (loadbalancer/wrr, errNoAvailableServer).
    loaded.ways.retain(|way| !way.share.is_zero());
    if let Some(mut nobody) = first.filter(|_| loaded.ways.is_empty() && loaded.internal.is_none()) {
        nobody.share = Share::ONE;
        nobody.upstream.peers.clear();
        loaded.ways.push(nobody);
    }
    Ok(loaded)
}

/// A balancer without services answers 503 itself.
fn nobody(weighted: &WeightedConfig) -> LoadedService {
    let Some(line) = &weighted.line else { return LoadedService::default() };
    let way = WeightedUpstream {
        share: Share::ONE,
        upstream: ProxyUpstream { service: line.object.clone(), peers: Vec::new(), excluded: Vec::new() },
        because: vec![Cause::line(line)],
        options: SendOptions::default(),
        middlewares: Vec::new(),
        answer: Some((503, IngressControllerRule::NoServices)),
    };
    LoadedService { ways: vec![way], ..LoadedService::default() }
}

/// The name that a balancer hashes.
fn service_name(service: &ServiceRef) -> String {
    match service {
        ServiceRef::Named(named) => named.name.trim_end_matches("@kubernetescrd").to_owned(),
        ServiceRef::Inline(config) => match &**config {
            ServiceConfig::LoadBalancer(balancer) => {
                let port = balancer.port.number.map(|port| port.to_string());
                let port = port.or_else(|| balancer.port.name.as_ref().map(ToString::to_string)).unwrap_or_default();
                super::dynamic::normalize_name(&format!("{}-{}-{port}", balancer.namespace, balancer.name))
            }
            _ => String::new(),
        },
    }
}

fn load_mirroring(
    context: &ChainContext<'_>,
    main: &ServiceRef,
    mirrors: &[(ServiceRef, u64)],
    depth: usize,
) -> Result<LoadedService, BuildRefusal> {
    let mut loaded = load_ref(context, main, depth)?;
    for (mirror, percent) in mirrors {
        // Also a mirror that can't be built leaves the whole out.
        let copies = load_ref(context, mirror, depth)?;
        let targets =
            copies.ways.iter().map(|way| (way.upstream.service.clone(), way.share.times(Share::of(*percent, 100))));
        loaded.mirrors.extend(targets);
    }
    Ok(loaded)
}

/// A failover needs a health check of its first service, or codes that count as failures (getFailoverServiceHandler); health
/// checks aren't to be had for Services.
fn load_failover(
    context: &ChainContext<'_>,
    failover: &FailoverConfig,
    depth: usize,
) -> Result<LoadedService, BuildRefusal> {
    let main = load_ref(context, &failover.service, depth)?;
    let fallback = load_ref(context, &failover.fallback, depth)?;
    let Some(statuses) = &failover.statuses else {
        return Err((IngressObjection::ServiceInvalid, vec![Cause::line(&failover.line)]));
    };
    let mut loaded = LoadedService { ways: Vec::new(), ..main };
    for way in main.ways {
        let fails = way.upstream.peers.is_empty() && statuses.contains(way.answer.map_or(503, |(code, _)| code));
        if !fails {
            loaded.ways.push(way);
            continue;
        }
        for mut instead in fallback.ways.clone() {
            instead.share = way.share.times(instead.share);
            instead.because.add_rule(IngressControllerRule::Failover);
            loaded.ways.push(instead);
        }
    }
    Ok(loaded)
}
