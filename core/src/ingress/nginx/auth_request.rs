//! The server of auth-url: whether it can be reached at all. What a live one says isn't known, and taken as a yes.

use std::net::IpAddr;

use super::server::NginxLocation;
use super::server_request::{ServerRequest, rule_causes};
use super::settings::ConfigKey;
use crate::cluster::{Cluster, ServiceKind};
use crate::ingress::IngressController;
use crate::ingress::backend::{self, EndpointReadiness, ProxyUpstream};
use crate::ingress::verdict::{field_as_cause, ingress_rule_cause};
use crate::trace::{Cause, IngressControllerRule};

/// Why auth_request ends in 500: nobody answers at auth-url (ngx_http_auth_request_module: what is no 2xx, 401 or 403).
pub fn auth_request_failure(asked: ServerRequest<'_>, location: &NginxLocation) -> Option<Vec<Cause>> {
    let wanted = location.annotations.auth_request.as_ref()?;
    let spared = asked.nginx.settings.spares(ConfigKey::NoAuthLocations, &location.path);
    let own = own_port(&wanted.url)
        .is_some_and(|port| asked.nginx.listens_on(port) || matches!(port, 8181 | 8443 | 10245..=10254));
    if spared || own || url_may_answer(asked.cluster, &wanted.url) {
        return None;
    }
    let mut because = rule_causes(location);
    because.extend([field_as_cause(&wanted.field), ingress_rule_cause(IngressControllerRule::AuthServerUnreachable)]);
    Some(because)
}

/// The port of a URL that leads to the proxy's own pod.
fn own_port(url: &str) -> Option<u16> {
    let (host, port) = host_and_port(url)?;
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    port.filter(|_| address.is_ok_and(|address| address.is_loopback()))
}

fn host_and_port(url: &str) -> Option<(&str, Option<u16>)> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    Some(match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()),
        _ => (authority, Some(if scheme == "https" { 443 } else { 80 })),
    })
}

/// Whether somebody may answer at a URL. Names outside the cluster, and those with variables, are taken as answered; in the
/// proxy's own pod nobody listens but the proxy.
pub fn url_may_answer(cluster: &Cluster, url: &str) -> bool {
    let Some((host, Some(port))) = host_and_port(url).filter(|(host, _)| !host.contains('$')) else { return true };
    match host.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(address) => !address.is_loopback(),
        Err(_) => may_answer_in_cluster(cluster, host, port),
    }
}

/// Whether a name of the cluster leads to somebody; nginx' resolver knows no search domains.
fn may_answer_in_cluster(cluster: &Cluster, host: &str, port: u16) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let inside = host.strip_suffix(&*cluster.settings.cluster_domain).and_then(|rest| rest.strip_suffix(".svc."));
    let Some(inside) = inside else { return true };
    let Some((name, namespace)) = inside.split_once('.').filter(|(_, namespace)| !namespace.contains('.')) else {
        return true;
    };
    let Some(service) = backend::find_service(cluster, namespace, name) else { return false };
    match &service.kind {
        ServiceKind::ExternalName(_) => true,
        ServiceKind::Headless => {
            !ProxyUpstream::endpoints(cluster, service, EndpointReadiness::Ready, |_| vec![port]).peers.is_empty()
        }
        ServiceKind::ClusterIp | ServiceKind::NodePort | ServiceKind::LoadBalancer => {
            service.ports.iter().find(|candidate| candidate.port == port).is_some_and(|port| {
                let same = |slice: &_| backend::endpoint_port(slice, port);
                !ProxyUpstream::endpoints(cluster, service, EndpointReadiness::Ready, same).peers.is_empty()
            })
        }
    }
}
