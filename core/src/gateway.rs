//! Gateway API: which Gateways there are, which routes each serves, and what it makes of a connection.
//!
//! [`Gateways::read`] attaches routes to listeners once; [`Gateway::judge`] answers one connection. Every GatewayClass that
//! exists counts as implemented by a proxy that follows the API's text, since the text sets most of what implementations
//! do; what it leaves to them is named as such.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use crate::cluster::gateway_proxy::{self, ENVOY_NAMESPACE};
use crate::cluster::{Cluster, LoadBalancerIngress, Pod, Service};
use crate::model::{self, ENVOY_GROUP, EnvoyResource, Text};
use crate::order::{Gather, Order};
use crate::packet::{HttpRequest, Protocol};
use crate::source::{FieldPath, FieldRef, ObjectRef};
use crate::trace::{Component, ComponentPlace, GatewayObjection, Judgement, ModelGap, PacketDecision};

mod status;
mod grant;
mod implementation;
mod route;
mod matching;
mod priority;
mod choice;
mod policy;
mod frontend;
mod listener;
mod intake;
mod ending;
mod cors;
mod envoy;
mod backend;
mod attach;
mod rewriting;
mod filter;
mod judge;
mod agreement;
mod condition;

pub use condition::{ListenerCounts, StatusCondition};
pub use status::ConditionStatus;

use attach::RouteAttachment;
use envoy::{EnvoyPolicies, PolicyScope};
use implementation::{ENVOY_GATEWAY, GatewayImplementation, IMPLEMENTATIONS, SPECIFICATION};
use listener::{GatewayListener, ListenerProtocol};
use route::GatewayRoute;

/// The Gateways of a cluster.
#[derive(Clone, Debug, Default)]
pub struct Gateways {
    gateways: Vec<Gateway>,
    by_pod: BTreeMap<ObjectRef, usize>,
    by_parent: BTreeMap<ObjectRef, usize>,
    attachments: Vec<RouteAttachment>,
}

/// A Gateway that somebody implements.
#[derive(Clone, Debug)]
pub struct Gateway {
    /// Its name.
    pub reference: ObjectRef,
    /// How its controller does things.
    implementation: &'static GatewayImplementation,
    /// A controller that isn't modelled: its name.
    unknown_controller: Option<Text>,
    /// As the controllers that are modelled would read it, where its own isn't.
    readings: Vec<Gateway>,
    /// Envoy Gateway's policies.
    policies: EnvoyPolicies,
    /// How its proxies run, as Envoy Gateway is told.
    proxy: Option<(ObjectRef, Arc<EnvoyResource>)>,
    /// Ports whose listeners Envoy refuses because of a policy.
    spoiled_ports: BTreeSet<u16>,
    /// Where clients outside reach it.
    pub address: Option<IpAddr>,
    /// Whether it asks for an address that it can't have.
    wants_unusable_address: bool,
    /// Why it isn't accepted whatever its listeners say.
    fault: Option<GatewayFault>,
    /// Whether some HTTPS listener lets clients in unchecked that it asks for a certificate.
    lets_unchecked_in: bool,
    /// Its own listeners, then those that ListenerSets add.
    listeners: Vec<GatewayListener>,
    /// The ListenerSets that name it.
    sets: Vec<(ObjectRef, ListenerSetAdmission)>,
    /// Which listener's port a port of its pods stands for.
    ports: BTreeMap<(u16, Protocol), u16>,
    /// Routes that name it and weren't accepted: the parentRef and why.
    left_out: Vec<(ObjectRef, FieldRef, GatewayObjection)>,
}

/// Whether a ListenerSet may add its listeners.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ListenerSetAdmission {
    Yes,
    NotAllowed,
}

/// Why a Gateway isn't accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum GatewayFault {
    /// It asks for an address of a type that isn't supported.
    UnsupportedAddress,
    /// The parameters it names don't exist.
    InvalidParameters,
}

/// A connection as it arrives at a Gateway's pod.
#[derive(Clone, Copy, Debug)]
pub struct GatewayArrival<'a> {
    pub pod: &'a ObjectRef,
    /// The port of the pod.
    pub port: u16,
    /// TCP or UDP.
    pub protocol: Protocol,
    /// The source address of the connection.
    pub client: IpAddr,
    /// The request, where it is one.
    pub request: Option<&'a HttpRequest>,
}

/// The names of the filters that are modelled.
pub fn modelled_filters() -> impl Iterator<Item = &'static str> {
    SPECIFICATION.filters.iter().map(<&str>::from)
}

impl Gateways {
    /// Reads the Gateways and attaches routes to them.
    pub fn read(cluster: &Cluster) -> Self {
        let mut all = Self::default();
        for (namespace, name, gateway) in cluster.gateways.iter() {
            let Some(class) = cluster.gateway_classes.get(&gateway.spec.gateway_class_name) else { continue };
            let pods = gateway_proxy::pods(cluster, namespace, name);
            let place = all.gateways.len();
            all.by_pod.extend(pods.iter().map(|pod| (pod.reference.clone(), place)));
            let reference = ObjectRef::namespaced("Gateway", namespace, name);
            all.gateways.push(Gateway::of_class(cluster, &reference, gateway, &pods, class));
        }
        all.by_parent = parents(&all.gateways);
        for route in GatewayRoute::all(cluster) {
            all.attachments.extend(attach::attach_route(cluster, &mut all.gateways, &all.by_parent, &Arc::new(route)));
        }
        for RouteAttachment { route, parent, field, refused, .. } in &all.attachments {
            let gateway = all.by_parent.get(parent).and_then(|place| all.gateways.get_mut(*place));
            if let Some((gateway, objection)) = gateway.zip(*refused) {
                gateway.left_out.push((route.clone(), field.clone(), objection));
            }
        }
        all.gateways.iter_mut().for_each(Gateway::find_spoiled_ports);
        all
    }

    /// The Gateway that a pod serves.
    pub fn at_pod(&self, pod: &ObjectRef) -> Option<&Gateway> {
        self.gateways.get(*self.by_pod.get(pod)?)
    }

    pub fn find(&self, namespace: &str, name: &str) -> Option<&Gateway> {
        let is = |reference: &ObjectRef| reference.namespace.as_deref() == Some(namespace) && &*reference.name == name;
        self.gateways.iter().find(|gateway| is(&gateway.reference))
    }

    /// All Gateways, by namespace and name.
    pub fn iter(&self) -> impl Iterator<Item = &Gateway> {
        self.gateways.iter()
    }

    /// The status that their controllers write.
    pub fn conditions(&self, cluster: &Cluster) -> Vec<StatusCondition> {
        condition::conditions_of_gateways(self, cluster)
    }

    /// The hosts that routes name, or else listeners, and their Gateway's address.
    pub fn hosts(&self, cluster: &Cluster) -> Vec<(FieldRef, Text, IpAddr)> {
        let named = |object: &ObjectRef, hostnames: &[Text], address: IpAddr| -> Vec<(FieldRef, Text, IpAddr)> {
            let field = |at: usize| object.field(FieldPath::from("spec.hostnames").index(at));
            hostnames.iter().enumerate().map(|(at, host)| (field(at), host.clone(), address)).collect()
        };
        let mut hosts = Vec::new();
        for attachment in self.attachments.iter().filter(|attachment| attachment.refused.is_none()) {
            let gateway = self.by_parent.get(&attachment.parent).and_then(|place| self.gateways.get(*place));
            let Some(address) = gateway.and_then(|gateway| gateway.address) else { continue };
            hosts.extend(named(&attachment.route, hostnames_of_route(cluster, &attachment.route), address));
        }
        for gateway in &self.gateways {
            let Some(address) = gateway.address else { continue };
            let named = gateway.listeners.iter().filter_map(|listener| Some((listener, listener.hostname.clone()?)));
            hosts.extend(named.map(|(listener, host)| {
                let FieldRef { object, path } = listener.field();
                (FieldRef { object, path: path.field("hostname") }, host, address)
            }));
        }
        hosts
    }
}

/// The Gateway of each parent that a route can name: itself, or a ListenerSet that has joined it.
fn parents(gateways: &[Gateway]) -> BTreeMap<ObjectRef, usize> {
    let joined = |gateway: &Gateway| {
        let sets = gateway.sets.iter().filter(|(_, joined)| *joined == ListenerSetAdmission::Yes);
        let sets: Vec<ObjectRef> = sets.map(|(set, _)| set.clone()).collect();
        std::iter::once(gateway.reference.clone()).chain(sets)
    };
    let mut all = BTreeMap::new();
    for (place, gateway) in gateways.iter().enumerate() {
        for parent in joined(gateway) {
            all.entry(parent).or_insert(place);
        }
    }
    all
}

fn hostnames_of_route<'c>(cluster: &'c Cluster, route: &ObjectRef) -> &'c [Text] {
    let namespace = route.namespace.as_deref().unwrap_or_default();
    let http = cluster.http_routes.get(namespace, &route.name).filter(|_| &*route.kind == "HTTPRoute");
    let grpc = cluster.grpc_routes.get(namespace, &route.name).filter(|_| &*route.kind == "GRPCRoute");
    let tls = cluster.tls_routes.get(namespace, &route.name).filter(|_| &*route.kind == "TLSRoute");
    let of_http = http.map(|route| &*route.spec.hostnames);
    of_http.or(grpc.map(|route| &*route.spec.hostnames)).or(tls.map(|route| &*route.spec.hostnames)).unwrap_or(&[])
}

impl Gateway {
    /// As the controller of its class reads it; one that isn't modelled is read as the others would.
    fn of_class(
        cluster: &Cluster,
        reference: &ObjectRef,
        gateway: &model::Gateway,
        pods: &[&Pod],
        class: &model::GatewayClass,
    ) -> Self {
        let controller = &class.spec.controller_name;
        let read = |row: &'static GatewayImplementation| Self::read(cluster, reference.clone(), gateway, pods, row);
        let Some(row) = GatewayImplementation::of(controller) else {
            let readings = IMPLEMENTATIONS.iter().skip(1).map(read).collect();
            return Self { unknown_controller: Some(controller.clone()), readings, ..read(&SPECIFICATION) };
        };
        let own = gateway.spec.infrastructure.as_ref().and_then(|it| it.parameters_ref.as_ref());
        let proxy = envoy::proxy(cluster, reference, own, class).filter(|_| row.controller == ENVOY_GATEWAY.controller);
        let fault = GatewayFault::of(cluster, reference, gateway, row);
        Self { policies: EnvoyPolicies::read(cluster, controller), proxy, fault, ..read(row) }
    }

    fn read(
        cluster: &Cluster,
        reference: ObjectRef,
        gateway: &model::Gateway,
        pods: &[&Pod],
        implementation: &'static GatewayImplementation,
    ) -> Self {
        // 1. Its own listeners, then those of the ListenerSets that it lets join.
        let namespace = reference.namespace.clone().unwrap_or_default();
        let mut listeners: Vec<(usize, GatewayListener)> =
            GatewayListener::read(cluster, &reference, &gateway.spec.listeners).into_iter().map(|it| (0, it)).collect();
        let mut sets = Vec::new();
        for (level, (set, listener_set)) in (1..).zip(listener_sets_of(cluster, &reference)) {
            let from = gateway.spec.allowed_listeners.as_ref().and_then(|allowed| allowed.namespaces.clone());
            let own = set.namespace.as_deref().unwrap_or_default();
            let joined = if listener::allows_namespace_of(cluster, &from.unwrap_or_default(), "None", &namespace, own) {
                ListenerSetAdmission::Yes
            } else {
                ListenerSetAdmission::NotAllowed
            };
            if joined == ListenerSetAdmission::Yes {
                let added = GatewayListener::read(cluster, &set, &listener_set.spec.listeners);
                listeners.extend(added.into_iter().map(|listener| (level, listener)));
            }
            sets.push((set, joined));
        }
        // 2. Listeners that are in each other's way.
        listener::find_conflicts(&mut listeners);
        // 3. The Services in front of its pods, and what clients must show on HTTPS.
        let services = services_in_front_of(cluster, &reference, pods);
        let frontend = gateway.spec.tls.as_ref().and_then(|tls| tls.frontend.as_ref());
        for (_, listener) in listeners.iter_mut().filter(|(_, it)| it.protocol == ListenerProtocol::Https) {
            listener.client_check = frontend
                .and_then(|frontend| frontend::client_check_on_port(cluster, &reference, frontend, listener.port));
        }
        // 4. The Gateway with its faults, addresses and ports.
        Self {
            implementation,
            unknown_controller: None,
            readings: Vec::new(),
            policies: EnvoyPolicies::default(),
            proxy: None,
            spoiled_ports: BTreeSet::new(),
            address: services.iter().find_map(|service| address_for_clients(service)),
            wants_unusable_address: gateway.spec.addresses.iter().any(is_unusable),
            fault: GatewayFault::of(cluster, &reference, gateway, implementation),
            lets_unchecked_in: frontend.is_some_and(frontend::lets_clients_in_unchecked),
            listeners: listeners.into_iter().map(|(_, listener)| listener).collect(),
            sets,
            ports: listener_ports_of_pods(cluster, &services, pods),
            left_out: Vec::new(),
            reference,
        }
    }

    /// Whether a route of its leads to a Service of which something holds.
    fn leads_to(&self, is_wanted: impl Fn(&ObjectRef) -> bool) -> bool {
        let routes = self.listeners.iter().flat_map(|listener| listener.table.routes());
        let mut services = routes.flat_map(|route| {
            let backends = route.rules.iter().flat_map(|rule| &rule.backends);
            backends.map(move |backend| {
                let namespace = backend.namespace.as_deref().unwrap_or_else(|| route.namespace());
                ObjectRef::namespaced("Service", namespace, &backend.name)
            })
        });
        services.any(|service| is_wanted(&service))
    }

    /// What it makes of a connection; None where it takes it without looking at it. What a Gateway does that isn't accepted
    /// is the implementation's affair.
    pub fn judge(&self, cluster: &Cluster, arrival: &GatewayArrival<'_>) -> Option<Judgement> {
        if let Some(fault) = self.fault {
            let decision = PacketDecision::Unknown(ModelGap::Field(self.reference.field(fault.field())));
            return Some(Judgement::certain(
                Component::Gateway,
                ComponentPlace::Pod(arrival.pod.clone()),
                decision,
                Vec::new(),
            ));
        }
        let port = self.ports.get(&(arrival.port, arrival.protocol)).copied().unwrap_or(arrival.port);
        let judgement = judge::judge_gateway_connection(cluster, self, arrival, port)?;
        let Some(controller) = &self.unknown_controller else { return Some(judgement) };
        let others =
            self.readings.iter().map(|reading| judge::judge_gateway_connection(cluster, reading, arrival, port));
        Some(agreement::or_unknown(judgement, others, controller))
    }

    /// What its proxy answers where a backend refuses the connection, and where it is silent.
    pub fn failures(&self) -> (u16, u16) {
        (self.implementation.unreachable, self.implementation.silent)
    }

    /// Envoy takes no listener with a policy that it can't load.
    fn find_spoiled_ports(&mut self) {
        if self.policies.is_empty() {
            return;
        }
        let spoils = |listener: &&GatewayListener| {
            listener.table.entries().any(|entry| {
                let scope = self.scope(listener, Some((&entry.route, entry.rule)));
                self.policies
                    .of("SecurityPolicy", &scope)
                    .is_some_and(|policy| envoy::security::spoils_listener(&policy))
            })
        };
        self.spoiled_ports = self.listeners.iter().filter(spoils).map(|listener| listener.port).into_set();
    }

    /// What policies may speak for.
    fn scope<'s>(&'s self, listener: &'s GatewayListener, route: Option<(&'s GatewayRoute, usize)>) -> PolicyScope<'s> {
        PolicyScope { gateway: &self.reference, listener, route }
    }
}

impl GatewayFault {
    fn of(
        cluster: &Cluster,
        reference: &ObjectRef,
        gateway: &model::Gateway,
        implementation: &GatewayImplementation,
    ) -> Option<Self> {
        let namespace = reference.namespace.as_deref().unwrap_or_default();
        let is_envoy = implementation.controller == ENVOY_GATEWAY.controller;
        let supported = |kind: &Text| matches!(&**kind, "IPAddress" | "Hostname");
        let parameters = gateway.spec.infrastructure.as_ref().and_then(|it| it.parameters_ref.as_ref());
        let missing = |it: &&model::ParametersReference| {
            let is_config_map = it.group.is_empty() && &*it.kind == "ConfigMap";
            let is_proxy = is_envoy && *it.group == *ENVOY_GROUP && &*it.kind == "EnvoyProxy";
            let is_config_map = is_config_map && cluster.config_maps.get(namespace, &it.name).is_some();
            !(is_config_map || is_proxy && envoy::resource(cluster, &it.kind, namespace, &it.name).is_some())
        };
        if gateway.spec.addresses.iter().any(|address| address.kind.as_ref().is_some_and(|kind| !supported(kind))) {
            return Some(Self::UnsupportedAddress);
        }
        parameters.filter(missing).map(|_| Self::InvalidParameters)
    }

    fn field(self) -> &'static str {
        match self {
            Self::UnsupportedAddress => "spec.addresses",
            Self::InvalidParameters => "spec.infrastructure.parametersRef",
        }
    }

    fn reason(self) -> &'static str {
        match self {
            Self::UnsupportedAddress => "UnsupportedAddress",
            Self::InvalidParameters => "InvalidParameters",
        }
    }
}

/// Whether an address is none that a Gateway can have. One that is to be assigned can.
fn is_unusable(address: &model::GatewayAddress) -> bool {
    let is_ip = address.kind.as_deref().is_none_or(|kind| kind == "IPAddress");
    let value = address.value.as_deref().filter(|value| is_ip && !value.is_empty());
    value.is_some_and(|value| gateway_proxy::usable_address(value).is_none())
}

/// The ListenerSets that name a Gateway, the oldest first, then by name.
fn listener_sets_of(cluster: &Cluster, gateway: &ObjectRef) -> Vec<(ObjectRef, Arc<model::ListenerSet>)> {
    let all = cluster.listener_sets.iter().filter(|(namespace, _, set)| {
        let parent = &set.spec.parent_ref;
        let namespace = parent.namespace.as_ref().unwrap_or(namespace);
        gateway.namespace.as_ref() == Some(namespace) && gateway.name == parent.name
    });
    let mut sets: Vec<(ObjectRef, Arc<model::ListenerSet>)> = all
        .map(|(namespace, name, set)| (ObjectRef::namespaced("ListenerSet", namespace, name), set.clone()))
        .collect();
    sets.order_by(|(_, one), (_, other)| one.metadata.creation_timestamp.cmp(&other.metadata.creation_timestamp));
    sets
}

/// The Services in front of a Gateway's pods: those with its label, then others that lead there.
fn services_in_front_of<'c>(cluster: &'c Cluster, gateway: &ObjectRef, pods: &[&Pod]) -> Vec<&'c Service> {
    let namespace = gateway.namespace.as_deref().unwrap_or_default();
    let is_labelled = |service: &Service| {
        let labels = &service.object.metadata.labels;
        gateway_proxy::is_labelled(service.namespace(), labels, namespace, &gateway.name)
    };
    let leads_here = |service: &Service| {
        let slices = cluster.slices_of(service.namespace(), service.name());
        let mut endpoints = slices.iter().flat_map(|slice| &slice.endpoints).filter_map(|it| it.pod.as_ref());
        endpoints.any(|pod| pods.iter().any(|it| it.reference == *pod))
    };
    let elsewhere = cluster.services.in_namespace(ENVOY_NAMESPACE).filter(|_| namespace != ENVOY_NAMESPACE);
    let all = cluster.services.in_namespace(namespace).chain(elsewhere).map(|(_, service)| service);
    let mut services: Vec<&Service> = all.filter(|it| is_labelled(it) || leads_here(it)).collect();
    services.order_by_key(|service| !is_labelled(service));
    services
}

/// Where a Service is reached from outside; its ClusterIP where it has no such address.
fn address_for_clients(service: &Service) -> Option<IpAddr> {
    let balanced = service.load_balancer.iter().find_map(LoadBalancerIngress::address);
    balanced.or_else(|| service.external_ips.first().copied()).or_else(|| service.cluster_ips.first().copied())
}

/// Which Service port leads to which port of the pods.
fn listener_ports_of_pods(cluster: &Cluster, services: &[&Service], pods: &[&Pod]) -> BTreeMap<(u16, Protocol), u16> {
    let mut ports = BTreeMap::new();
    if pods.is_empty() {
        return ports;
    }
    for service in services {
        for slice in cluster.slices_of(service.namespace(), service.name()) {
            for port in &service.ports {
                for number in crate::proxy::backend::endpoint_port(slice, port) {
                    ports.entry((number, port.protocol)).or_insert(port.port);
                }
            }
        }
    }
    ports
}
