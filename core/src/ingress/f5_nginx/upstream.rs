//! The endpoints behind a backend (internal/k8s/controller.go, getEndpointsForPortFromEndpointSlices).

use super::server::UpstreamName;
use crate::cluster::{Cluster, Pod, Service, ServicePort};
use crate::ingress::backend::{self, EndpointReadiness, ProxyUpstream};
use crate::model::IntOrString;
use crate::trace::IngressControllerRule;

/// Whom nginx may send to; nobody, and why: then the upstream is a socket that answers 502.
pub fn resolve_upstream(
    cluster: &Cluster,
    named: &UpstreamName,
    is_plus: bool,
) -> Result<ProxyUpstream, (IngressControllerRule, Option<ProxyUpstream>)> {
    // 1. The Service; a name outside is NGINX Plus' affair.
    let service = backend::find_service(cluster, &named.namespace, &named.service)
        .ok_or((IngressControllerRule::ServiceMissing, None))?;
    if let Some(name) = backend::external_name(service) {
        let port = named.port.number.and_then(|number| u16::try_from(number).ok()).unwrap_or(80);
        return if is_plus {
            Ok(ProxyUpstream::name(service, name, port))
        } else {
            Err((IngressControllerRule::ExternalNameDisabled, None))
        };
    }
    // 2. Its port, and its own address where that is asked for.
    let port = find_port(service, named).ok_or((IngressControllerRule::PortMissing, None))?;
    if named.cluster_ip {
        let number = named.port.number.and_then(|number| u16::try_from(number).ok()).unwrap_or(port.port);
        let upstream = ProxyUpstream::cluster_ip(service, number);
        return upstream.ok_or((IngressControllerRule::NoEndpoints, None));
    }
    // 3. The ready endpoints of slices that have the target port.
    let target = target_number(cluster, service, port).ok_or((IngressControllerRule::PortMissing, None))?;
    let mut upstream = ProxyUpstream::endpoints(cluster, service, EndpointReadiness::Ready, |slice| {
        slice.ports.iter().filter_map(|candidate| candidate.port).filter(|number| *number == target).take(1).collect()
    });
    // 4. Of pods that have the labels.
    if !named.subselector.is_empty() {
        upstream.peers.retain(|peer| {
            let pod = peer.pod.as_ref();
            let pod = pod.and_then(|pod| cluster.pods.get(pod.namespace.as_deref().unwrap_or_default(), &pod.name));
            pod.is_some_and(|pod| named.subselector.iter().all(|(key, value)| pod.labels.get(key) == Some(value)))
        });
    }
    if upstream.peers.is_empty() { Err((IngressControllerRule::NoEndpoints, Some(upstream))) } else { Ok(upstream) }
}

/// The first port of this number or name; without a name any port that has none, whatever its number, unless pods are picked
/// by labels (getEndpointsForSubselector).
fn find_port<'s>(service: &'s Service, named: &UpstreamName) -> Option<&'s ServicePort> {
    let name = named.port.name.as_deref().unwrap_or_default();
    let number = named.port.number.unwrap_or_default();
    service.ports.iter().find(|port| {
        name.is_empty() && i32::from(port.port) == number || *port.name == *name && named.subselector.is_empty()
    })
}

/// The number of a target port; a name is looked up in the first of the Service's pods.
fn target_number(cluster: &Cluster, service: &Service, port: &ServicePort) -> Option<u16> {
    let name = match &port.target_port {
        IntOrString::Int(0) => return Some(port.port),
        IntOrString::Int(number) => return u16::try_from(*number).ok(),
        IntOrString::String(name) => name,
    };
    let selector = service.object.spec.selector.as_ref();
    let fits = |pod: &&Pod| selector.into_iter().flatten().all(|(key, value)| pod.labels.get(key) == Some(value));
    let pod = cluster.pods.in_namespace(service.namespace()).map(|(_, pod)| pod).find(fits)?;
    let ports = pod.spec.containers.iter().flat_map(|container| &container.ports);
    let mut named = ports.filter(|candidate| candidate.name.as_deref() == Some(name));
    named.next().and_then(|candidate| u16::try_from(candidate.container_port).ok())
}
