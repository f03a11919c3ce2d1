//! The balancer: mainline or canary, and the endpoints behind (rootfs/etc/nginx/lua/balancer.lua).

use super::Nginx;
use super::annotations::Annotations;
use super::proxy::View;
use super::server::{Backend, CanaryOf, Location};
use crate::cluster::{Cluster, Service, ServicePort};
use crate::http::cookie;
use crate::ingress::backend::{self, Readiness, Upstream};
use crate::ingress::verdict::{field, rule};
use crate::model::{IngressServiceBackend, IntOrString};
use crate::source::{FieldRef, ObjectRef};
use crate::trace::{Candidate, Cause, Fate, Gap, IngressRule, Share};

/// What the balancer finds.
pub enum Balanced {
    /// Nobody: 503, with the endpoints that don't count.
    Unavailable(Vec<Cause>, Vec<Candidate>),
    /// It depends on something not modelled.
    Unknown(Gap),
    /// These, with their shares; none at all for the controller's own default backend.
    To(Vec<Way>),
}

/// A Service that takes a share of the requests.
pub struct Way {
    /// How much.
    pub share: Share,
    /// Its endpoints.
    pub upstream: Upstream,
    /// The canary's rule; None for the mainline.
    pub rule: Option<FieldRef>,
    /// Why this one.
    pub because: Vec<Cause>,
    /// Set where it stands in for an answer with this status.
    pub instead: Option<Instead>,
}

/// What a default backend stands in for; it is told in X-Code.
#[derive(Clone, Copy)]
pub struct Instead {
    /// The status.
    pub code: u16,
    /// Whether the path is kept; the locations of custom-http-errors ask for `/`.
    pub path_kept: bool,
}

/// Mainline, canary, both with shares, or nobody.
pub fn choose(nginx: &Nginx, cluster: &Cluster, view: &View<'_>, location: &Location) -> Balanced {
    let (service, ingress) = match &location.backend {
        Backend::Service(service, ingress) => (service, ingress),
        Backend::Default | Backend::Resource => return default_backend(nginx, cluster),
    };
    let main = match upstream(nginx, cluster, ingress, service, &location.annotations) {
        Ok(upstream) if !upstream.peers.is_empty() => upstream,
        Ok(upstream) => {
            return without_endpoints(cluster, view, location, ingress, IngressRule::NoEndpoints, Some(upstream));
        }
        Err(why) => return without_endpoints(cluster, view, location, ingress, why, None),
    };
    let main_way =
        |share, because: Vec<Cause>| Way { share, upstream: main.clone(), rule: None, because, instead: None };
    let shared = nginx.shared.holds(ingress, service).then(|| rule(IngressRule::SharedService));
    let Some(canary) = &location.canary else {
        let because = how_balanced(view, location).into_iter().chain(shared).collect();
        return Balanced::To(vec![main_way(Share::ONE, because)]);
    };
    // A canary without endpoints has no balancer; everything stays with the mainline.
    let other = upstream(nginx, cluster, ingress, &canary.backend, &canary.annotations);
    let Some(other) = other.ok().filter(|other| !other.peers.is_empty()) else {
        return Balanced::To(vec![main_way(Share::ONE, vec![rule(IngressRule::CanaryWithoutEndpoints)])]);
    };
    let (share, because) = match split(view, location, canary) {
        Ok((share, because)) => (share, because.into_iter().chain(shared).collect::<Vec<Cause>>()),
        Err(gap) => return Balanced::Unknown(gap),
    };
    let canary_way =
        Way { share, upstream: other, rule: Some(canary.rule.clone()), because: because.clone(), instead: None };
    let ways = [main_way(share.rest(), because), canary_way];
    Balanced::To(ways.into_iter().filter(|way| !way.share.is_zero()).collect())
}

/// The share of a canary (balancer.lua route_to_alternative_balancer): affinity, header, cookie, weight.
fn split(view: &View<'_>, location: &Location, canary: &CanaryOf) -> Result<(Share, Vec<Cause>), Gap> {
    let policy = &canary.policy;
    let why = |name: &str, which: IngressRule| {
        let key = format!("{}/{name}", view.prefix);
        let ingress = canary.annotations.ingress.as_ref();
        let line = ingress.map(|ingress| crate::ingress::annotation(ingress, &key));
        line.map(Cause::Field).into_iter().chain([rule(which)]).collect::<Vec<_>>()
    };
    let all_or_nothing = |all: bool| if all { Share::ONE } else { Share::ZERO };
    let sticky = location.annotations.cookie.as_ref().filter(|_| !location.annotations.legacy_canary_affinity);
    if let Some(name) = sticky.filter(|name| cookie::value(&view.request.headers, name).is_some()) {
        // The cookie's value names mainline or canary by a hash that isn't modelled.
        return Err(Gap::ControllerSetting(format!("the value of the affinity cookie {name}")));
    }
    let header = policy.header.as_ref().and_then(|name| view.request.headers.value(name));
    if let Some(value) = header {
        match (&policy.header_value, &policy.header_pattern) {
            (Some(wanted), _) if **wanted == *value => {
                return Ok((Share::ONE, why("canary-by-header-value", IngressRule::CanaryByHeader)));
            }
            (Some(_), _) => {}
            (None, Some(pattern)) => match pattern.is_match(value) {
                Some(true) => return Ok((Share::ONE, why("canary-by-header-pattern", IngressRule::CanaryByHeader))),
                Some(false) => {}
                None if is_broken(pattern.source()) => {
                    return Ok((Share::ZERO, why("canary-by-header-pattern", IngressRule::CanaryPatternBroken)));
                }
                None => {
                    let field = canary.annotations.ingress.as_ref().map(|ingress| {
                        crate::ingress::annotation(ingress, &format!("{}/canary-by-header-pattern", view.prefix))
                    });
                    let field = field.unwrap_or_else(|| canary.rule.clone());
                    return Err(Gap::RegularExpression { field, pattern: pattern.source().to_owned() });
                }
            },
            (None, None) if matches!(value, "always" | "never") => {
                return Ok((all_or_nothing(value == "always"), why("canary-by-header", IngressRule::CanaryByHeader)));
            }
            (None, None) => {}
        }
    }
    let cookie = policy.cookie.as_ref().and_then(|name| cookie::value(&view.request.headers, name));
    if let Some(value @ ("always" | "never")) = cookie {
        return Ok((all_or_nothing(value == "always"), why("canary-by-cookie", IngressRule::CanaryByCookie)));
    }
    let weight = policy.weight.min(policy.total);
    Ok((Share::of(weight, policy.total), why("canary-weight", IngressRule::CanaryByWeight)))
}

/// Whether PCRE refuses an expression too: unbalanced brackets or parentheses, or nothing to repeat.
fn is_broken(source: &str) -> bool {
    let mut depth = 0i32;
    let mut in_class = false;
    let mut characters = source.chars();
    let mut before = None;
    while let Some(character) = characters.next() {
        match character {
            '\\' if characters.next().is_none() => return true,
            '\\' => {}
            ']' if in_class => in_class = false,
            _ if in_class => {}
            '[' => in_class = true,
            '(' => depth += 1,
            ')' => depth -= 1,
            '*' | '+' | '?'
                if matches!(before, None | Some('(' | '|')) && !(before == Some('(') && character == '?') =>
            {
                return true;
            }
            _ => {}
        }
        if depth < 0 {
            return true;
        }
        before = Some(character);
    }
    depth != 0 || in_class
}

/// The annotation default-backend stands in for a Service without endpoints, if it has some itself.
fn without_endpoints(
    cluster: &Cluster,
    view: &View<'_>,
    location: &Location,
    ingress: &ObjectRef,
    why: IngressRule,
    main: Option<Upstream>,
) -> Balanced {
    if let Some(upstream) = own_default_backend(cluster, location, ingress) {
        let mut because: Vec<Cause> = view.annotation_of(location, "default-backend").iter().map(field).collect();
        because.extend([rule(why), rule(IngressRule::DefaultBackendStandsIn)]);
        return Balanced::To(vec![Way {
            share: Share::ONE,
            upstream,
            rule: None,
            because,
            instead: Some(Instead { code: 503, path_kept: true }),
        }]);
    }
    let excluded = main.map(|main| {
        let show = |(peer, objection): &(backend::Peer, _)| Candidate {
            what: peer.subject(&main.service),
            fate: Fate::Rejected(*objection),
            because: Vec::new(),
        };
        main.excluded.iter().map(show).collect()
    });
    Balanced::Unavailable(vec![rule(why)], excluded.unwrap_or_default())
}

/// The Service of the annotation default-backend, if it has endpoints.
fn own_default_backend(cluster: &Cluster, location: &Location, ingress: &ObjectRef) -> Option<Upstream> {
    let namespace = ingress.namespace.as_deref().unwrap_or_default();
    let service = backend::service(cluster, namespace, location.annotations.default_backend.as_ref()?)?;
    let port = service.ports.first()?;
    Some(endpoints(cluster, service, port)).filter(|upstream| !upstream.peers.is_empty())
}

/// Who answers for a status of custom-http-errors: the location's default backend, else the controller's; nobody where
/// that is its own page, which answers 404 to everything (controller.go buildCustomErrorLocationsPerServer).
pub fn instead_of(
    nginx: &Nginx,
    cluster: &Cluster,
    location: &Location,
    code: u16,
    because: Vec<Cause>,
) -> Option<Way> {
    let own = location.annotations.ingress.as_ref().and_then(|ingress| own_default_backend(cluster, location, ingress));
    let upstream = own.or_else(|| match default_backend(nginx, cluster) {
        Balanced::To(ways) => ways.into_iter().next().map(|way| way.upstream),
        Balanced::Unavailable(..) | Balanced::Unknown(_) => None,
    })?;
    let instead = Some(Instead { code, path_kept: false });
    Some(Way { share: Share::ONE, upstream, rule: None, because, instead })
}

/// The controller's default backend: its own 404, or the first port of the Service of --default-backend-service.
fn default_backend(nginx: &Nginx, cluster: &Cluster) -> Balanced {
    let named = nginx.settings.default_backend.as_ref();
    let service = named.and_then(|(namespace, name)| backend::service(cluster, namespace, name));
    let upstream = service.and_then(|service| Some(endpoints(cluster, service, service.ports.first()?)));
    match upstream.filter(|upstream| !upstream.peers.is_empty()) {
        Some(upstream) => {
            let because = vec![rule(IngressRule::NoRuleMatches), rule(IngressRule::DefaultBackendService)];
            Balanced::To(vec![Way { share: Share::ONE, upstream, rule: None, because, instead: None }])
        }
        None => Balanced::To(Vec::new()),
    }
}

/// How requests are spread over the endpoints.
fn how_balanced(view: &View<'_>, location: &Location) -> Vec<Cause> {
    let annotations = &location.annotations;
    let line = |name: &str| view.annotation_of(location, name).map(Cause::Field);
    let (line, which) = match (&annotations.cookie, &annotations.hash_by) {
        (Some(_), _) => (line("affinity"), IngressRule::StickyCookie),
        (None, Some(_)) => (line("upstream-hash-by"), IngressRule::HashedToOne),
        (None, None) => (None, IngressRule::RoundRobin),
    };
    let through = match annotations.service_upstream {
        true => IngressRule::ThroughTheService,
        false => IngressRule::PastTheService,
    };
    line.into_iter().chain([rule(which), rule(through)]).collect()
}

/// The servers of a backend (controller.go serviceEndpoints).
fn upstream(
    nginx: &Nginx,
    cluster: &Cluster,
    ingress: &ObjectRef,
    wanted: &IngressServiceBackend,
    annotations: &Annotations,
) -> Result<Upstream, IngressRule> {
    let namespace = ingress.namespace.as_deref().unwrap_or_default();
    let service = backend::service(cluster, namespace, &wanted.name).ok_or(IngressRule::ServiceMissing)?;
    let through = annotations.service_upstream.then(|| through_cluster_ip(service, wanted)).flatten();
    if let Some(upstream) = through {
        return Ok(upstream);
    }
    if let Some(name) = backend::external_name(service) {
        return external_name(nginx, service, name, wanted);
    }
    let text = match (&wanted.port.number, &wanted.port.name) {
        (Some(number), _) if *number > 0 => number.to_string(),
        (_, Some(name)) => name.to_string(),
        (_, None) => String::new(),
    };
    let named = |port: &&ServicePort| {
        port.port.to_string() == text || port.target_port.to_string() == text || *port.name == *text
    };
    let port = service.ports.iter().find(named).ok_or(IngressRule::PortMissing)?;
    Ok(endpoints(cluster, service, port))
}

fn through_cluster_ip(service: &Service, wanted: &IngressServiceBackend) -> Option<Upstream> {
    let by_name = wanted.port.name.as_deref().and_then(|name| service.ports.iter().find(|port| &*port.name == name));
    let number = wanted.port.number.and_then(|number| u16::try_from(number).ok());
    Upstream::cluster_ip(service, number.filter(|number| *number > 0).or(by_name.map(|port| port.port))?)
}

/// Names of the machine itself are refused (endpoints.go getEndpoints); the port is the Service's targetPort, else the
/// number that the Ingress gives.
fn external_name(
    nginx: &Nginx,
    service: &Service,
    name: &str,
    wanted: &IngressServiceBackend,
) -> Result<Upstream, IngressRule> {
    if nginx.settings.external_names_disabled {
        return Err(IngressRule::ExternalNameDisabled);
    }
    let bare = name.trim_end_matches('.');
    let own = bare.eq_ignore_ascii_case("localhost")
        || bare.ends_with(".localhost")
        || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    if own {
        return Err(IngressRule::ExternalNameIsLoopback);
    }
    let number = wanted.port.number.and_then(|number| u16::try_from(number).ok());
    let declared = backend::port(service, wanted).map(|port| match port.target_port {
        IntOrString::Int(target) => u16::try_from(target).ok().filter(|target| *target > 0).unwrap_or(port.port),
        IntOrString::String(_) => port.port,
    });
    let port = declared.or(number).ok_or(IngressRule::PortMissing)?;
    Ok(Upstream::name(service, name, port))
}

/// Ready endpoints of a Service port (endpoints.go getEndpointsFromSlices): the slice's port of its name, else a number
/// given as targetPort.
fn endpoints(cluster: &Cluster, service: &Service, port: &ServicePort) -> Upstream {
    Upstream::endpoints(cluster, service, Readiness::Ready, |slice| {
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
