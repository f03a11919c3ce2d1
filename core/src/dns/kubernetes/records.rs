//! Which part of the cluster a name means: Services, endpoints, pod addresses (kubernetes.go Records, parse.go).

use std::net::IpAddr;

use crate::cluster::{Endpoint, EndpointPort, EndpointSlice, Phase, Pod, Service, ServiceKind};
use crate::model::Text;
use crate::packet::DnsName;
use crate::trace::{Cause, DnsRule};

use super::watched::{KubernetesPlugin, NameError, PodMode, ZoneQuery};

/// Something that a name means: an address, or another name for an alias.
pub(super) struct BackendRecord {
    /// The address or the alias' target.
    pub host: RecordHost,
    /// The port; None where there is none to tell (a headless Service without ports).
    pub port: Option<u16>,
    /// Its own name below the zone: `web.default.svc`.
    pub owner: String,
}

/// An address or a name.
#[derive(Clone)]
pub(in super::super) enum RecordHost {
    Address(IpAddr),
    Name(DnsName),
}

/// The items of a name, and what settled it. None means that the name exists without records.
pub(super) struct BackendRecords {
    pub items: Vec<BackendRecord>,
    pub because: Vec<Cause>,
}

/// The parts of a name below the zone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct RecordRequest<'n> {
    port: &'n str,
    protocol: &'n str,
    endpoint: &'n str,
    zone: ZoneDirective<'n>,
    service: &'n str,
    namespace: &'n str,
    pod: bool,
}

/// A name for the endpoints of one topology zone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum ZoneDirective<'n> {
    #[default]
    No,
    /// `us-east-1a.pin._zone`: these and no others.
    Pin(&'n str),
    /// `us-east-1a.prefer._zone`: these, or all if there are none.
    Prefer(&'n str),
    /// Another word than pin and prefer.
    Unknown,
}

impl ZoneQuery<'_> {
    /// What a name means, whatever type is asked for.
    pub(super) fn records(&self, name: &DnsName) -> Result<BackendRecords, NameError> {
        let lower = name.as_str().to_ascii_lowercase();
        let below = DnsName::new(lower);
        let base = below.within(&self.zone).unwrap_or_default();
        let Some(parts) = parse(base, self.plugin.zonal)? else { return Ok(only_names_below()) };
        self.check_namespace(parts.namespace)?;
        if parts.pod { self.find_pods(&parts) } else { self.find_services(&parts) }
    }

    fn check_namespace(&self, namespace: &str) -> Result<(), NameError> {
        if self.plugin.exposes(self.context.cluster, namespace) {
            return Ok(());
        }
        let exists = self.context.cluster.namespaces.contains_key(namespace);
        Err(name_error(if exists { DnsRule::NamespaceNotExposed } else { DnsRule::NoSuchNamespace }))
    }

    /// `10-244-1-5.default.pod` (kubernetes.go findPods).
    fn find_pods(&self, parts: &RecordRequest<'_>) -> Result<BackendRecords, NameError> {
        if self.plugin.pods == PodMode::Disabled {
            return Err(name_error(DnsRule::PodNamesDisabled));
        }
        if parts.service.is_empty() {
            return Ok(only_names_below());
        }
        let address = dashed_address(parts.service).ok_or_else(|| name_error(DnsRule::NotAnAddress))?;
        if self.plugin.pods == PodMode::Verified && !self.has_running_pod(address, parts.namespace) {
            return Err(name_error(DnsRule::NoSuchPod));
        }
        let owner = format!("{}.{}.pod", parts.service, parts.namespace);
        let item = BackendRecord { host: RecordHost::Address(address), port: Some(0), owner };
        Ok(BackendRecords { items: vec![item], because: vec![Cause::rule(DnsRule::PodAddressName)] })
    }

    /// Only the primary address of a pod counts, and only while the pod isn't going or done (controller.go, object/pod.go).
    fn has_running_pod(&self, address: IpAddr, namespace: &str) -> bool {
        self.context
            .cluster
            .pods_at(address)
            .filter(|pod| self.plugin.selects_labels(&pod.labels) && is_watched(pod))
            .any(|pod| pod.namespace() == namespace && pod.addresses.first() == Some(&address))
    }

    /// `web.default.svc` and what may stand left of it (kubernetes.go findServices).
    fn find_services(&self, parts: &RecordRequest<'_>) -> Result<BackendRecords, NameError> {
        if parts.service.is_empty() {
            return Ok(only_names_below());
        }
        let cluster = self.context.cluster;
        let Some(service) = self.plugin.service(cluster, parts.namespace, parts.service) else {
            let exists = cluster.services.get(parts.namespace, parts.service).is_some();
            return Err(name_error(if exists { DnsRule::ServiceNotSelected } else { DnsRule::NoSuchService }));
        };
        match &service.kind {
            ServiceKind::ExternalName(target) => external_name(service, target, parts),
            ServiceKind::Headless => self.endpoints(service, parts),
            _ if !self.ready_enough(service) => {
                Err(name_error_of_service(DnsRule::EmptyServiceIgnored, service, "metadata.name"))
            }
            _ if parts.zone != ZoneDirective::No => {
                Err(name_error_of_service(DnsRule::ZonalUnknown, service, "spec.clusterIP"))
            }
            _ if !parts.endpoint.is_empty() => self.endpoints(service, parts),
            _ => cluster_ip(service, parts),
        }
    }

    fn ready_enough(&self, service: &Service) -> bool {
        let mut slices = self.plugin.slices(self.context.cluster, service.namespace(), service.name());
        !self.plugin.ignore_empty_service || slices.any(|slice| slice.endpoints.iter().any(is_ready))
    }

    /// The ready endpoints of a headless Service, or one endpoint of any Service.
    fn endpoints(&self, service: &Service, parts: &RecordRequest<'_>) -> Result<BackendRecords, NameError> {
        if parts.zone == ZoneDirective::Unknown {
            return Err(name_error_of_service(DnsRule::ZonalUnknown, service, "metadata.name"));
        }
        let mut items = self.endpoint_items(service, parts, parts.zone);
        if let (ZoneDirective::Prefer(_), true) = (parts.zone, items.is_empty()) {
            items = self.endpoint_items(service, parts, ZoneDirective::No);
        }
        match (items.is_empty(), parts.zone) {
            (false, ZoneDirective::No) => Ok(BackendRecords { items, because: found_endpoints(service, parts) }),
            (false, _) => Ok(BackendRecords { items, because: vec![Cause::rule(DnsRule::ZonalEndpoints)] }),
            (true, ZoneDirective::Pin(_)) if self.any_ready(service) => {
                Ok(BackendRecords { items, because: vec![Cause::rule(DnsRule::ZonalEndpoints)] })
            }
            (true, _) => Err(self.no_endpoint(service, parts)),
        }
    }

    fn any_ready(&self, service: &Service) -> bool {
        let mut slices = self.plugin.slices(self.context.cluster, service.namespace(), service.name());
        slices.any(|slice| slice.endpoints.iter().any(is_ready))
    }

    /// Why no endpoint is left.
    fn no_endpoint(&self, service: &Service, parts: &RecordRequest<'_>) -> NameError {
        let rule = match (self.plugin.endpoints, self.any_ready(service)) {
            (false, _) => DnsRule::EndpointsDisabled,
            (true, false) => DnsRule::NoReadyEndpoint,
            (true, true) if !parts.port.is_empty() || !parts.protocol.is_empty() => DnsRule::NoSuchPort,
            (true, true) => DnsRule::NoSuchEndpoint,
        };
        name_error_of_service(rule, service, "spec.selector")
    }

    fn endpoint_items(
        &self,
        service: &Service,
        parts: &RecordRequest<'_>,
        zone: ZoneDirective<'_>,
    ) -> Vec<BackendRecord> {
        let mut items = Vec::new();
        for slice in self.plugin.slices(self.context.cluster, service.namespace(), service.name()) {
            for endpoint in slice.endpoints.iter().filter(|endpoint| is_ready(endpoint) && zone.takes(endpoint)) {
                for (hostname, host) in self.plugin.named_hosts(endpoint) {
                    if parts.endpoint.is_empty() || hostname.eq_ignore_ascii_case(parts.endpoint) {
                        let owner = format!("{hostname}.{}.{}.svc", service.name(), service.namespace());
                        items.extend(ports_of(slice, parts).map(|port| BackendRecord {
                            host: host.clone(),
                            port,
                            owner: owner.clone(),
                        }));
                    }
                }
            }
        }
        items
    }
}

impl KubernetesPlugin {
    /// An endpoint's name below its Service (kubernetes.go endpointHostname): its host name, with `endpoint_pod_names` its
    /// pod's name if that fits a label, else its address with dashes.
    pub(in super::super) fn endpoint_name(&self, endpoint: &Endpoint, address: IpAddr) -> String {
        self.own_name(endpoint).unwrap_or_else(|| dashed(address))
    }

    fn own_name(&self, endpoint: &Endpoint) -> Option<String> {
        let pod = endpoint.pod.as_ref().map(|pod| pod.name.clone());
        let pod_name = pod.filter(|name| self.endpoint_pod_names && name.len() < 64);
        endpoint.hostname.clone().filter(|name| !name.is_empty()).or(pod_name).map(|name| name.to_string())
    }

    /// An endpoint's addresses, and its names where it has these instead (addressType FQDN), each with its own name below
    /// the Service.
    pub(in super::super) fn named_hosts(&self, endpoint: &Endpoint) -> Vec<(String, RecordHost)> {
        let by_address = endpoint
            .addresses
            .iter()
            .map(|address| (self.endpoint_name(endpoint, *address), RecordHost::Address(*address)));
        let by_name = endpoint.names.iter().map(|name| {
            let own = self.own_name(endpoint).unwrap_or_else(|| name.replace('.', "-"));
            (own, RecordHost::Name(DnsName::new(&**name)))
        });
        by_address.chain(by_name).collect()
    }
}

/// `10-244-1-5`; an IPv6 address that ends in a colon gets a zero, as a label can't end in a dash.
pub(in super::super) fn dashed(address: IpAddr) -> String {
    let mut text = address.to_string().replace(['.', ':'], "-");
    if text.ends_with('-') {
        text.push('0');
    }
    text
}

/// Exactly three dashes and none doubled: IPv4, else IPv6 (kubernetes.go findPods).
fn dashed_address(label: &str) -> Option<IpAddr> {
    let ipv4 = label.matches('-').count() == 3 && !label.contains("--");
    label.replace('-', if ipv4 { "." } else { ":" }).parse().ok()
}

/// CoreDNS looks at `ready` alone; absent is true (object/endpoint.go endpointsliceReady).
pub(in super::super) fn is_ready(endpoint: &Endpoint) -> bool {
    endpoint.ready.unwrap_or(true)
}

impl ZoneDirective<'_> {
    fn takes(self, endpoint: &Endpoint) -> bool {
        match self {
            Self::No => true,
            Self::Pin(zone) | Self::Prefer(zone) => {
                endpoint.zone.as_deref().is_some_and(|of| of.eq_ignore_ascii_case(zone))
            }
            Self::Unknown => false,
        }
    }
}

/// The ports of a slice that fit the name; a slice without ports has one that can't be told (object/endpoint.go, port -1).
fn ports_of<'s>(slice: &'s EndpointSlice, parts: &RecordRequest<'_>) -> impl Iterator<Item = Option<u16>> + use<'s> {
    let none = slice.ports.is_empty() && parts.port.is_empty() && parts.protocol.is_empty();
    let fits: Vec<Option<u16>> =
        slice.ports.iter().filter(|port| endpoint_port_fits(port, parts)).map(|port| port.port).collect();
    none.then_some(None).into_iter().chain(fits)
}

fn endpoint_port_fits(port: &EndpointPort, parts: &RecordRequest<'_>) -> bool {
    let name = port.name.as_deref().unwrap_or_default();
    port_fits(name, &port.protocol.to_string(), parts)
}

/// An empty part of the question fits every port (kubernetes.go matchPortAndProtocol).
fn port_fits(name: &str, protocol: &str, parts: &RecordRequest<'_>) -> bool {
    let equal = |asked: &str, has: &str| asked.is_empty() || asked.eq_ignore_ascii_case(has);
    equal(parts.port, name) && equal(parts.protocol, protocol)
}

fn cluster_ip(service: &Service, parts: &RecordRequest<'_>) -> Result<BackendRecords, NameError> {
    let owner = format!("{}.{}.svc", service.name(), service.namespace());
    let fitting = service.ports.iter().filter(|port| port_fits(&port.name, &port.protocol.to_string(), parts));
    let of_port = |port: u16| {
        let owner = &owner;
        service.cluster_ips.iter().map(move |address| BackendRecord {
            host: RecordHost::Address(*address),
            port: Some(port),
            owner: owner.clone(),
        })
    };
    let items: Vec<BackendRecord> = fitting.flat_map(|port| of_port(port.port)).collect();
    if items.is_empty() {
        return Err(name_error_of_service(DnsRule::NoSuchPort, service, "spec.ports"));
    }
    let because = vec![Cause::rule(DnsRule::ClusterIpRecord), Cause::Field(service.reference.field("spec.clusterIP"))];
    Ok(BackendRecords { items, because })
}

fn external_name(service: &Service, target: &Text, parts: &RecordRequest<'_>) -> Result<BackendRecords, NameError> {
    let plain = RecordRequest { service: parts.service, namespace: parts.namespace, ..RecordRequest::default() };
    if *parts != plain {
        return Err(name_error_of_service(DnsRule::NothingBelowExternalName, service, "spec.type"));
    }
    if target.parse::<IpAddr>().is_ok() {
        return Err(name_error_of_service(DnsRule::ExternalNameIsAddress, service, "spec.externalName"));
    }
    let owner = format!("{}.{}.svc", service.name(), service.namespace());
    let item = BackendRecord { host: RecordHost::Name(DnsName::new(target)), port: Some(0), owner };
    let because =
        vec![Cause::rule(DnsRule::ExternalNameAlias), Cause::Field(service.reference.field("spec.externalName"))];
    Ok(BackendRecords { items: vec![item], because })
}

fn found_endpoints(service: &Service, parts: &RecordRequest<'_>) -> Vec<Cause> {
    let field = |path: &str| Cause::Field(service.reference.field(path));
    match parts.endpoint {
        "" => vec![Cause::rule(DnsRule::HeadlessEndpoints), field("spec.clusterIP")],
        _ => vec![Cause::rule(DnsRule::EndpointName), field("spec.selector")],
    }
}

fn only_names_below() -> BackendRecords {
    BackendRecords { items: Vec::new(), because: vec![Cause::rule(DnsRule::OnlyNamesBelow)] }
}

fn name_error(rule: DnsRule) -> NameError {
    NameError(vec![Cause::rule(rule)])
}

fn name_error_of_service(rule: DnsRule, service: &Service, field: &str) -> NameError {
    NameError(vec![Cause::rule(rule), Cause::Field(service.reference.field(field))])
}

/// Takes a name below the zone apart (parse.go parseRequest). None: the zone itself, `svc`, `pod`.
fn parse(base: &str, zonal: bool) -> Result<Option<RecordRequest<'_>>, NameError> {
    let labels: Vec<&str> = base.split('.').filter(|label| !label.is_empty()).rev().collect();
    let (pod, rest) = match labels.split_first() {
        None => return Ok(None),
        Some((&"svc", rest)) => (false, rest),
        Some((&"pod", rest)) => (true, rest),
        Some(_) => return Err(name_error(DnsRule::NeitherSvcNorPod)),
    };
    let parts = RecordRequest { pod, ..RecordRequest::default() };
    Ok(Some(match *rest {
        [] => return Ok(None),
        [namespace] => RecordRequest { namespace, ..parts },
        [namespace, service] => RecordRequest { namespace, service, ..parts },
        [namespace, service, endpoint] => RecordRequest { namespace, service, endpoint, ..parts },
        [namespace, service, protocol, port] => {
            let (protocol, port) = (strip_underscore(protocol), strip_underscore(port));
            RecordRequest { namespace, service, protocol, port, ..parts }
        }
        [namespace, service, "_zone", directive, zone] if zonal && !pod => {
            RecordRequest { namespace, service, zone: zonal_part(directive, zone), ..parts }
        }
        _ => return Err(name_error(DnsRule::TooManyLabels)),
    }))
}

fn zonal_part<'n>(directive: &str, zone: &'n str) -> ZoneDirective<'n> {
    match directive {
        "pin" => ZoneDirective::Pin(zone),
        "prefer" => ZoneDirective::Prefer(zone),
        _ => ZoneDirective::Unknown,
    }
}

/// `_http` and `http` mean the same port.
fn strip_underscore(label: &str) -> &str {
    label.strip_prefix('_').unwrap_or(label)
}

/// Whether CoreDNS keeps a pod in its cache: not while it is going, and not when it is done (controller.go podListFunc,
/// object/pod.go).
fn is_watched(pod: &Pod) -> bool {
    !pod.terminating && !matches!(pod.phase, Phase::Succeeded | Phase::Failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashed_addresses() {
        assert_eq!(dashed("fd00:10:244:7::".parse().unwrap()), "fd00-10-244-7--0");
        assert_eq!(dashed_address("10-244-1-5"), "10.244.1.5".parse().ok());
        assert_eq!(dashed_address("fd00-10-244-1--5"), "fd00:10:244:1::5".parse().ok());
        assert_eq!(dashed_address("999-2-3-4"), None);
    }

    #[test]
    fn names_fall_into_parts() {
        let parts = parse("_http._tcp.web.default.svc", false).ok().flatten().unwrap();
        assert_eq!((parts.port, parts.protocol, parts.service, parts.namespace), ("http", "tcp", "web", "default"));
        assert!(parse("svc", false).ok().unwrap().is_none());
        assert!(parse("a.b.c.web.default.svc", false).is_err());
        assert!(parse("web.default", false).is_err());
    }
}
