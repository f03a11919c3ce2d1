//! The balancer: mainline or canary, and the endpoints behind (rootfs/etc/nginx/lua/balancer.lua).

use super::Nginx;
use super::annotations::Annotation;
use super::balanced_upstream::{BalancedUpstream, ErrorPageFor};
use super::request::NginxRequest;
use super::server::{LocationBackend, NginxLocation};
use super::server_request::ServerRequest;
use super::upstreams::{CanaryBackend, UpstreamPolicy};
use crate::cluster::{Cluster, Service, ServicePort};
use crate::http::cookie;
use crate::http::pattern::is_refused_by_pcre;
use crate::ingress::backend::{self, EndpointReadiness, ProxyUpstream};
use crate::model::{IngressServiceBackend, IntOrString};
use crate::source::ObjectRef;
use crate::trace::{Candidate, CandidateFate, Cause, CauseList, IngressControllerRule, ModelGap, Share};

/// What the balancer finds.
pub enum BalancerResult {
    /// Nobody: 503, with the endpoints that don't count.
    Unavailable(Vec<Cause>, Vec<Candidate>),
    /// It depends on something not modelled.
    Unknown(ModelGap),
    /// These, with their shares; none at all for the controller's own default backend.
    To(Vec<BalancedUpstream>),
}

/// Mainline, canary, both with shares, or nobody.
pub fn choose_upstream(asked: ServerRequest<'_>, location: &NginxLocation) -> BalancerResult {
    let ServerRequest { nginx, cluster, view, .. } = asked;
    // 1. The location's Service, or the default backend.
    let (service, ingress) = match &location.backend {
        LocationBackend::Service(service, ingress) => (service, ingress),
        LocationBackend::Default | LocationBackend::Resource => return default_backend(nginx, cluster),
    };
    // 2. The mainline's endpoints; without any the location answers for itself.
    let policy = nginx.upstreams.of(ingress, service);
    let through = policy.is_some_and(|policy| policy.made_by.service_upstream);
    let main = match resolve_backend(nginx, cluster, ingress, service, through) {
        Ok(upstream) if !upstream.peers.is_empty() => upstream,
        Ok(upstream) => return without_endpoints(asked, location, IngressControllerRule::NoEndpoints, Some(upstream)),
        Err(why) => return without_endpoints(asked, location, why, None),
    };
    let cookie = policy.and_then(|policy| policy.sticky_by.as_ref()?.cookie.clone());
    let main_way = |share, because: Vec<Cause>| BalancedUpstream {
        share,
        upstream: main.clone(),
        rule: None,
        because,
        cookie: cookie.clone(),
        instead: None,
    };
    // 3. Without a canary everything goes to the mainline.
    let Some(canary) = policy.and_then(|policy| policy.canary.as_ref()) else {
        return BalancerResult::To(vec![main_way(Share::ONE, balancing_causes(view, location, policy))]);
    };
    // 4. A canary without endpoints has no balancer; everything stays with the mainline.
    let through = canary.annotations.service_upstream;
    let other = resolve_backend(nginx, cluster, &canary.ingress, &canary.service, through);
    let Some(other) = other.ok().filter(|other| !other.peers.is_empty()) else {
        return BalancerResult::To(vec![main_way(
            Share::ONE,
            vec![Cause::rule(IngressControllerRule::CanaryWithoutEndpoints)],
        )]);
    };
    // 5. The canary's share, and the rest for the mainline; who has none drops out.
    let (share, because) = match canary_share(view, policy, canary) {
        Ok(split) => split,
        Err(gap) => return BalancerResult::Unknown(gap),
    };
    let canary_way = BalancedUpstream {
        share,
        upstream: other,
        rule: Some(canary.rule.clone()),
        because: because.clone(),
        cookie: None,
        instead: None,
    };
    let ways = [main_way(share.rest(), because), canary_way];
    BalancerResult::To(ways.into_iter().filter(|way| !way.share.is_zero()).collect())
}

/// The share of a canary (balancer.lua route_to_alternative_balancer): affinity, header, cookie, weight.
fn canary_share(
    view: &NginxRequest<'_>,
    main: Option<&UpstreamPolicy>,
    canary: &CanaryBackend,
) -> Result<(Share, Vec<Cause>), ModelGap> {
    let policy = &canary.policy;
    let line = |name: Annotation| {
        let ingress = canary.annotations.ingress.as_ref();
        ingress.map(|ingress| view.annotation_on(ingress, name))
    };
    let why = |name: Annotation, which: IngressControllerRule| {
        line(name).map(Cause::Field).into_iter().chain([Cause::rule(which)]).collect::<Vec<_>>()
    };
    let all_or_nothing = |all: bool| if all { Share::ONE } else { Share::ZERO };
    // 1. Affinity first: a request with the mainline's cookie stays with whom it had.
    let sticky = main.and_then(|main| main.sticky_by.as_ref()?.cookie.as_ref());
    let sticky = sticky.filter(|_| !canary.annotations.legacy_canary_affinity);
    if let Some(name) = sticky.filter(|name| cookie::value(&view.request.headers, name).is_some()) {
        // The cookie's value names mainline or canary by a hash that isn't modelled.
        return Err(ModelGap::ControllerSetting(format!("the value of the affinity cookie {name}")));
    }
    // 2. The header: by its value, by its pattern, or by `always` and `never`.
    let header = policy.header.as_ref().and_then(|name| view.request.headers.value(name));
    if let Some(value) = header {
        match (&policy.header_value, &policy.header_pattern) {
            (Some(wanted), _) if **wanted == *value => {
                return Ok((Share::ONE, why(Annotation::CanaryByHeaderValue, IngressControllerRule::CanaryByHeader)));
            }
            (Some(_), _) => {}
            (None, Some(pattern)) => match pattern.is_match(value) {
                Some(true) => {
                    return Ok((
                        Share::ONE,
                        why(Annotation::CanaryByHeaderPattern, IngressControllerRule::CanaryByHeader),
                    ));
                }
                Some(false) => {}
                None if is_refused_by_pcre(pattern.source()) => {
                    return Ok((
                        Share::ZERO,
                        why(Annotation::CanaryByHeaderPattern, IngressControllerRule::CanaryPatternBroken),
                    ));
                }
                None => {
                    let field = line(Annotation::CanaryByHeaderPattern).unwrap_or_else(|| canary.rule.clone());
                    return Err(ModelGap::RegularExpression { field, pattern: pattern.source().to_owned() });
                }
            },
            (None, None) if matches!(value, "always" | "never") => {
                let share = all_or_nothing(value == "always");
                return Ok((share, why(Annotation::CanaryByHeader, IngressControllerRule::CanaryByHeader)));
            }
            (None, None) => {}
        }
    }
    // 3. The cookie, `always` or `never`.
    let cookie = policy.cookie.as_ref().and_then(|name| cookie::value(&view.request.headers, name));
    if let Some(value @ ("always" | "never")) = cookie {
        let share = all_or_nothing(value == "always");
        return Ok((share, why(Annotation::CanaryByCookie, IngressControllerRule::CanaryByCookie)));
    }
    // 4. Else the weight.
    let total = policy.total.max(1);
    Ok((
        Share::of(policy.weight.min(total), total),
        why(Annotation::CanaryWeight, IngressControllerRule::CanaryByWeight),
    ))
}

/// The annotation default-backend stands in for a Service without endpoints, if it has some itself.
fn without_endpoints(
    asked: ServerRequest<'_>,
    location: &NginxLocation,
    why: IngressControllerRule,
    main: Option<ProxyUpstream>,
) -> BalancerResult {
    if let Some(upstream) = own_default_backend(asked.cluster, location) {
        let line = asked.view.annotation_of(location, Annotation::DefaultBackend);
        let mut because: Vec<Cause> = line.iter().map(Cause::line).collect();
        because.add_rule(why).add_rule(IngressControllerRule::DefaultBackendStandsIn);
        return BalancerResult::To(vec![BalancedUpstream {
            share: Share::ONE,
            upstream,
            rule: None,
            because,
            cookie: None,
            instead: Some(ErrorPageFor { code: 503, path_kept: true }),
        }]);
    }
    let excluded = main.map(|main| {
        let show = |(peer, objection): &(backend::UpstreamPeer, _)| Candidate {
            what: peer.subject(&main.service),
            fate: CandidateFate::Rejected(*objection),
            because: Vec::new(),
        };
        main.excluded.iter().map(show).collect()
    });
    BalancerResult::Unavailable(vec![Cause::rule(why)], excluded.unwrap_or_default())
}

/// The Service of the annotation default-backend, if it has endpoints.
fn own_default_backend(cluster: &Cluster, location: &NginxLocation) -> Option<ProxyUpstream> {
    let namespace = location.annotations.ingress.as_ref()?.namespace.as_deref().unwrap_or_default();
    let service = backend::find_service(cluster, namespace, location.annotations.default_backend.as_ref()?)?;
    let port = service.ports.first()?;
    Some(ready_endpoints(cluster, service, port)).filter(|upstream| !upstream.peers.is_empty())
}

/// Who answers for a status of custom-http-errors: the location's default backend, else the controller's; nobody where
/// that is its own page, which answers 404 to everything (controller.go buildCustomErrorLocationsPerServer).
pub fn error_page_upstream(
    asked: ServerRequest<'_>,
    location: &NginxLocation,
    code: u16,
    because: Vec<Cause>,
) -> Option<BalancedUpstream> {
    let own = own_default_backend(asked.cluster, location);
    let upstream = own.or_else(|| match default_backend(asked.nginx, asked.cluster) {
        BalancerResult::To(ways) => ways.into_iter().next().map(|way| way.upstream),
        BalancerResult::Unavailable(..) | BalancerResult::Unknown(_) => None,
    })?;
    let instead = Some(ErrorPageFor { code, path_kept: false });
    Some(BalancedUpstream { share: Share::ONE, upstream, rule: None, because, cookie: None, instead })
}

/// The controller's default backend: its own 404, or the first port of the Service of --default-backend-service.
fn default_backend(nginx: &Nginx, cluster: &Cluster) -> BalancerResult {
    let named = nginx.settings.default_backend.as_ref();
    let service = named.and_then(|(namespace, name)| backend::find_service(cluster, namespace, name));
    let upstream = service.and_then(|service| Some(ready_endpoints(cluster, service, service.ports.first()?)));
    match upstream.filter(|upstream| !upstream.peers.is_empty()) {
        Some(upstream) => {
            let because = vec![
                Cause::rule(IngressControllerRule::NoRuleMatches),
                Cause::rule(IngressControllerRule::DefaultBackendService),
            ];
            BalancerResult::To(vec![BalancedUpstream {
                share: Share::ONE,
                upstream,
                rule: None,
                because,
                cookie: None,
                instead: None,
            }])
        }
        None => BalancerResult::To(Vec::new()),
    }
}

/// How requests are spread over the endpoints; what another Ingress with the same Service says is told by its line.
fn balancing_causes(view: &NginxRequest<'_>, location: &NginxLocation, policy: Option<&UpstreamPolicy>) -> Vec<Cause> {
    let Some(policy) = policy else { return Vec::new() };
    let own = location.annotations.ingress.as_ref();
    let (by, name, which) = match (&policy.sticky_by, &policy.made_by.hash_by) {
        (Some(by), _) => (Some(by), Annotation::Affinity, IngressControllerRule::StickyCookie),
        (None, Some(_)) => (Some(&policy.made_by), Annotation::UpstreamHashBy, IngressControllerRule::HashedToOne),
        (None, None) => (None, Annotation::Affinity, IngressControllerRule::RoundRobin),
    };
    let line = by.and_then(|by| Some(view.annotation_on(by.ingress.as_ref()?, name)));
    let mut because: Vec<Cause> = line.map(Cause::Field).into_iter().chain([Cause::rule(which)]).collect();
    let through = policy.made_by.service_upstream;
    because.add_rule(if through {
        IngressControllerRule::ThroughTheService
    } else {
        IngressControllerRule::PastTheService
    });
    let of_another = by.is_some_and(|by| by.ingress.as_ref() != own);
    let decided_elsewhere =
        through != location.annotations.service_upstream || policy.made_by.hash_by != location.annotations.hash_by;
    if of_another || decided_elsewhere {
        let maker = policy.made_by.ingress.as_ref().filter(|_| decided_elsewhere);
        because.extend(maker.map(|maker| Cause::line(&maker.field("metadata.annotations"))));
        because.add_rule(IngressControllerRule::SharedService);
    }
    because
}

/// The servers of a backend (controller.go serviceEndpoints).
fn resolve_backend(
    nginx: &Nginx,
    cluster: &Cluster,
    ingress: &ObjectRef,
    wanted: &IngressServiceBackend,
    through: bool,
) -> Result<ProxyUpstream, IngressControllerRule> {
    let namespace = ingress.namespace.as_deref().unwrap_or_default();
    let service =
        backend::find_service(cluster, namespace, &wanted.name).ok_or(IngressControllerRule::ServiceMissing)?;
    let through = through.then(|| through_cluster_ip(service, wanted)).flatten();
    if let Some(upstream) = through {
        return Ok(upstream);
    }
    if let Some(name) = backend::external_name(service) {
        return resolve_external_name(nginx, service, name, wanted);
    }
    let text = match (&wanted.port.number, &wanted.port.name) {
        (Some(number), _) if *number > 0 => number.to_string(),
        (_, Some(name)) => name.to_string(),
        (_, None) => String::new(),
    };
    let named = |port: &&ServicePort| {
        port.port.to_string() == text || port.target_port.to_string() == text || *port.name == *text
    };
    let port = service.ports.iter().find(named).ok_or(IngressControllerRule::PortMissing)?;
    Ok(ready_endpoints(cluster, service, port))
}

fn through_cluster_ip(service: &Service, wanted: &IngressServiceBackend) -> Option<ProxyUpstream> {
    let by_name = wanted.port.name.as_deref().and_then(|name| service.ports.iter().find(|port| &*port.name == name));
    let number = wanted.port.number.and_then(|number| u16::try_from(number).ok());
    ProxyUpstream::cluster_ip(service, number.filter(|number| *number > 0).or(by_name.map(|port| port.port))?)
}

/// Names of the machine itself are refused (endpoints.go getEndpoints); the port is the Service's targetPort, else the
/// number that the Ingress gives.
fn resolve_external_name(
    nginx: &Nginx,
    service: &Service,
    name: &str,
    wanted: &IngressServiceBackend,
) -> Result<ProxyUpstream, IngressControllerRule> {
    if nginx.settings.external_names_disabled {
        return Err(IngressControllerRule::ExternalNameDisabled);
    }
    let bare = name.trim_end_matches('.');
    let own = bare.eq_ignore_ascii_case("localhost")
        || bare.ends_with(".localhost")
        || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    if own {
        return Err(IngressControllerRule::ExternalNameIsLoopback);
    }
    let number = wanted.port.number.and_then(|number| u16::try_from(number).ok());
    let declared = backend::find_service_port(service, wanted).map(|port| match port.target_port {
        IntOrString::Int(target) => u16::try_from(target).ok().filter(|target| *target > 0).unwrap_or(port.port),
        IntOrString::String(_) => port.port,
    });
    let port = declared.or(number).ok_or(IngressControllerRule::PortMissing)?;
    Ok(ProxyUpstream::name(service, name, port))
}

/// Ready endpoints of a Service port (endpoints.go getEndpointsFromSlices): the slice's port of its name, else a number
/// given as targetPort.
fn ready_endpoints(cluster: &Cluster, service: &Service, port: &ServicePort) -> ProxyUpstream {
    ProxyUpstream::endpoints(cluster, service, EndpointReadiness::Ready, |slice| {
        if slice.ports.is_empty() {
            return backend::numeric_target(port).into_iter().collect();
        }
        let tcp = slice.ports.iter().filter(|candidate| candidate.protocol == crate::packet::Protocol::Tcp);
        tcp.filter_map(|candidate| {
            let named = port.name.is_empty() || candidate.name.as_deref() == Some(&*port.name);
            candidate.port.filter(|_| named).or_else(|| backend::numeric_target(port))
        })
        .collect()
    })
}
