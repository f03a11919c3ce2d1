//! Target groups: a Service's pods, or its port on nodes (pkg/ingress/model_build_target_group.go;
//! pkg/backend/endpoint_resolver.go and endpoint_utils.go).

use std::collections::{BTreeMap, BTreeSet};

use super::annotations::{AnnotationView, BuildFault};
use super::groups::GroupMember;
use super::settings::AlbSettings;
use crate::cluster::{Cluster, IpFamily, Node, Service, ServicePort, TrafficPolicy};
use crate::ingress::backend::{EndpointReadiness, ProxyUpstream, UpstreamPeer};
use crate::model::{IntOrString, Text};
use crate::order::Gather;
use crate::source::{FieldRef, ObjectRef};
use crate::trace::{CandidateObjection, ProxyTarget, ServiceObjection};

/// A target group that a Service's port makes.
#[derive(Clone, Debug)]
pub struct TargetGroup {
    pub service: ObjectRef,
    port: ServicePort,
    pub kind: TargetKind,
    /// `http`, `https`.
    pub protocol: &'static str,
    pub version: TargetVersion,
    /// Whether a cookie keeps a client with its target.
    pub sticky: Option<FieldRef>,
    /// A line that makes it hold targets of other clusters, too.
    pub shared: Option<FieldRef>,
    /// Where its kind is said.
    pub line: Option<FieldRef>,
}

/// What is registered.
#[derive(Clone, Debug, PartialEq)]
pub enum TargetKind {
    /// `ip`
    Pods,
    /// `instance`, of nodes with these labels.
    Nodes(BTreeMap<Text, Text>),
}

/// What targets are spoken to with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetVersion {
    Http1,
    Http2,
    Grpc,
}

/// What a target group is made from.
#[derive(Clone, Copy)]
pub struct TargetMaking<'a> {
    pub settings: &'a AlbSettings,
    pub member: &'a GroupMember,
    /// Whether the load balancer has addresses of both families.
    pub dual_stack: bool,
}

impl TargetMaking<'_> {
    /// The target group of a Service's port.
    pub fn make(&self, service: &Service, wanted: &IntOrString, place: &FieldRef) -> Result<TargetGroup, BuildFault> {
        let name = service.reference.qualified_name();
        // 1. The port.
        let named = |port: &&ServicePort| match wanted {
            IntOrString::Int(number) => i32::from(port.port) == *number,
            IntOrString::String(text) => *port.name == **text,
        };
        let missing = || BuildFault::new(place, format!("unable to find port {wanted} on service {name}"));
        let port = service.ports.iter().find(named).ok_or_else(missing)?;
        // 2. Annotations of the Service go before those of the Ingress.
        let own = &service.object.metadata.annotations;
        let annotations = self.member.annotations().behind(&service.reference, own);
        let (kind, line) = self.kind(&annotations, place)?;
        let (protocol, version) = protocol(&annotations)?;
        check_numbers(&annotations)?;
        let attributes = annotations.map("target-group-attributes")?;
        // 3. What can't be registered.
        if service.ip_families.contains(&IpFamily::V6) && !self.dual_stack {
            return Err(BuildFault::new(place, "unsupported IPv6 configuration, lb not dual-stack"));
        }
        if matches!(kind, TargetKind::Nodes(_)) && port.node_port.is_none() {
            let why = "TargetGroup port is empty. When using Instance targets, your service be must of type \
                       'NodePort' or 'LoadBalancer'";
            return Err(BuildFault::new(line.as_ref().unwrap_or(place), why));
        }
        let is_sticky = attributes.get("stickiness.enabled").is_some_and(|value| &**value == "true");
        let shared = annotations.switch("multi-cluster-target-group")? == Some(true);
        Ok(TargetGroup {
            service: service.reference.clone(),
            port: port.clone(),
            kind,
            protocol,
            version,
            sticky: annotations.line("target-group-attributes").filter(|_| is_sticky),
            shared: annotations.line("multi-cluster-target-group").filter(|_| shared),
            line,
        })
    }

    /// `target-type`; what the class says goes before all (buildTargetGroupTargetType).
    fn kind(
        &self,
        annotations: &AnnotationView<'_>,
        place: &FieldRef,
    ) -> Result<(TargetKind, Option<FieldRef>), BuildFault> {
        let of_class = self.member.params.spec.target_type.clone();
        let of_class = Some(of_class).filter(|kind| !kind.is_empty()).zip(self.member.params.line("targetType"));
        let written = || annotations.text("target-type").map(|(kind, line)| (Text::from(kind), line));
        let said = of_class.or_else(written);
        let kind = said.as_ref().map_or(self.settings.target_type(), |(kind, _)| kind);
        let line = said.as_ref().map(|(_, line)| line.clone());
        let fault = |why: String| BuildFault::new(line.as_ref().unwrap_or(place), why);
        match kind {
            "instance" => Ok((TargetKind::Nodes(annotations.map("target-node-labels")?), line)),
            "ip" if self.settings.takes_pods() => Ok((TargetKind::Pods, line)),
            "ip" => Err(fault("unsupported targetType: ip when EnableIPTargetType is false".to_owned())),
            other => Err(fault(format!("unknown targetType: {other}"))),
        }
    }
}

/// `backend-protocol` and its version.
fn protocol(annotations: &AnnotationView<'_>) -> Result<(&'static str, TargetVersion), BuildFault> {
    let protocol = match annotations.text("backend-protocol") {
        None | Some(("HTTP", _)) => "http",
        Some(("HTTPS", _)) => "https",
        Some((other, line)) => {
            return Err(BuildFault::new(&line, format!("backend protocol must be within [HTTP, HTTPS]: {other}")));
        }
    };
    let version = match annotations.text("backend-protocol-version") {
        None | Some(("HTTP1", _)) => TargetVersion::Http1,
        Some(("HTTP2", _)) => TargetVersion::Http2,
        Some(("GRPC", _)) => TargetVersion::Grpc,
        Some((other, line)) => {
            let why = format!("backend protocol version must be within [HTTP1, HTTP2, GRPC]: {other}");
            return Err(BuildFault::new(&line, why));
        }
    };
    Ok((protocol, version))
}

/// Numbers of health checks, which must be numbers whatever they come to.
fn check_numbers(annotations: &AnnotationView<'_>) -> Result<(), BuildFault> {
    for name in [
        "healthcheck-interval-seconds",
        "healthcheck-timeout-seconds",
        "healthy-threshold-count",
        "unhealthy-threshold-count",
    ] {
        annotations.long_number(name).map_err(|fault| BuildFault {
            message: fault.message.replace("int64 annotation", "int32 annotation"),
            ..fault
        })?;
    }
    Ok(())
}

impl TargetGroup {
    /// The targets, and who isn't one.
    pub fn targets(&self, cluster: &Cluster) -> Option<ProxyUpstream> {
        let namespace = self.service.namespace.as_deref().unwrap_or_default();
        let service = cluster.services.get(namespace, &self.service.name)?;
        Some(match &self.kind {
            TargetKind::Pods => pods_of_port(cluster, service, &self.port),
            TargetKind::Nodes(labels) => nodes_of_port(cluster, service, &self.port, labels),
        })
    }
}

/// Ready endpoints that are pods, at the ports of the port's name (resolvePodEndpointsWithEndpointsData).
pub fn pods_of_port(cluster: &Cluster, service: &Service, port: &ServicePort) -> ProxyUpstream {
    let wants_v6 = service.ip_families.contains(&IpFamily::V6);
    let name = &*port.name;
    let mut upstream = ProxyUpstream::endpoints(cluster, service, EndpointReadiness::Ready, |slice| {
        let of_name = slice.ports.iter().filter(|found| name.is_empty() || found.name.as_deref() == Some(name));
        if slice.ipv6 == wants_v6 { of_name.filter_map(|found| found.port).collect() } else { Vec::new() }
    });
    upstream.peers.retain(|peer| peer.pod.is_some());
    upstream
}

/// The port on each ready node that may be a target, and under `externalTrafficPolicy: Local` on those with a pod, as health
/// checks find the others not answering (ResolveNodePortEndpoints, GetTrafficProxyNodeSelector, IsNodeSuitableAsTrafficProxy).
pub fn nodes_of_port(
    cluster: &Cluster,
    service: &Service,
    port: &ServicePort,
    labels: &BTreeMap<Text, Text>,
) -> ProxyUpstream {
    let mut upstream = ProxyUpstream { service: service.reference.clone(), peers: Vec::new(), excluded: Vec::new() };
    let Some(port) = port.node_port else { return upstream };
    // 1. Nodes that may be targets.
    let fits = |node: &&Node| {
        let has = |key: &str| node.labels.contains_key(key);
        let tainted = node.object.spec.taints.iter().any(|taint| {
            &*taint.key == "ToBeDeletedByClusterAutoscaler"
                || &*taint.key == "karpenter.sh/disrupted" && &*taint.effect == "NoSchedule"
        });
        node.ready
            && !node.excluded
            && !tainted
            && !has("node-role.kubernetes.io/master")
            && !has("alpha.service-controller.kubernetes.io/exclude-balancer")
            && node.labels.get("eks.amazonaws.com/compute-type").is_none_or(|kind| &**kind != "fargate")
            && labels.iter().all(|(key, value)| node.labels.get(key) == Some(value))
    };
    let peer = |node: &Node| {
        let inside = node.addresses_of("InternalIP").find(std::net::IpAddr::is_ipv4);
        let address = inside.or_else(|| node.addresses.first().copied())?;
        let target = ProxyTarget::Endpoint(address, port);
        Some(UpstreamPeer { target, pod: None, node: Some(node.name.clone()) })
    };
    upstream.peers = cluster.nodes.values().filter(fits).filter_map(peer).collect();
    // 2. Those whose health checks fail, unless all do: then each is used.
    if service.external_traffic_policy == TrafficPolicy::Local {
        let slices = cluster.slices_of(service.namespace(), service.name());
        let ready = slices.iter().flat_map(|slice| &slice.endpoints).filter(|one| one.ready.unwrap_or(true));
        let homes: BTreeSet<&Text> = ready.filter_map(|endpoint| endpoint.node.as_ref()).into_set();
        let is_home = |peer: &UpstreamPeer| peer.node.as_ref().is_some_and(|node| homes.contains(node));
        if upstream.peers.iter().any(is_home) {
            let (kept, failing): (Vec<_>, Vec<_>) = upstream.peers.into_iter().partition(is_home);
            upstream.peers = kept;
            let objection = CandidateObjection::Service(ServiceObjection::HealthCheckFails);
            upstream.excluded = failing.into_iter().map(|peer| (peer, objection)).collect();
        }
    }
    upstream
}
