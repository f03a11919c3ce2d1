//! The cluster as the control plane would make it from the manifests: pods placed, addresses given, endpoints found.
//!
//! [`Cluster`] is immutable. Its objects carry parsed addresses and resolved defaults, so that the data plane never
//! reads text. Everything a decision needs is found by index, never by scanning.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Problem};
use crate::manifest::{Manifests, Object};
use crate::model::{self, Body, Labels, Text};
use crate::order::{Gather, Order};
use crate::packet::Protocol;
use crate::source::ObjectRef;

mod hash;
mod label_index;
mod selector_index;
mod net;
pub mod table;
mod objects;
pub mod preset;
mod network_plugin;
mod autoscaler;
mod pod_security;
pub mod known_server;
pub mod annotation_owner;
pub mod pod;
mod pod_draft;
pub mod rollout;
mod allocator;
pub mod load_balancer;
mod metallb;
mod plugin_policy;
mod unread;
mod ingress_class;
mod issued_secret;
pub mod ingress_implementation;
pub mod settings;
pub mod node;
mod resource_amounts;
mod limit_range;
mod admission;
mod topology_label;
pub mod service;
mod name_server;
pub mod endpoint_slice;
mod endpoints;
pub mod service_lb;
pub mod network_balancer;
mod load_balancer_provider;
pub mod gateway_proxy;
mod supplied;
mod premises;
mod schedule;
pub mod requisite;
mod workload;
mod pod_address;
mod index;

pub use endpoint_slice::{Endpoint, EndpointPort, EndpointSlice, TOPOLOGY_MODE};
pub(crate) use hash::{generated_name, seeded_draw};
pub use load_balancer::{AddressAnnouncement, LoadBalancerIngress};
pub use metallb::{MetalLbAnnotation, PREFIXES as METALLB_PREFIXES};
pub use network_plugin::{KeptClients, POLICY_AGENTS, ProxyReplacement, ReplacementProgram};
pub use node::Node;
pub use plugin_policy::PluginPolicy;
pub use pod::{Phase, Pod};
pub use pod_draft::MAX_PODS;
pub use preset::{EnforcedPolicies, Preset};
pub use rollout::Rollout;
pub use service::{IpFamily, Service, ServiceKind, ServicePort, TrafficPolicy};
pub use settings::{ClusterSettings, ExternalClient, KubeProxyMode, SettingOverrides, UpstreamResolvers};
pub use table::Namespaced;
pub use unread::UnreadKinds;
pub use workload::Workload;

use index::ClusterIndex;
use objects::{ClusterDiagnostics, Objects, by_name, cluster_scoped};
use premises::ClusterPremises;

/// Everything that exists, and what nobody pasted but every cluster has.
#[derive(Clone, Debug, Default)]
pub struct Cluster {
    /// Networks, domain, kube-proxy, kubelet, the world outside.
    pub settings: ClusterSettings,
    /// Labels of each namespace, `kubernetes.io/metadata.name` included.
    pub namespaces: BTreeMap<Text, Arc<Labels>>,
    /// The nodes by name.
    pub nodes: BTreeMap<Text, Node>,
    /// The pods, made ones included.
    pub pods: Namespaced<Pod>,
    /// What owns pods, by reference.
    pub workloads: BTreeMap<ObjectRef, Workload>,
    /// The roll-outs by Deployment, those included that have no ReplicaSet of an earlier template.
    pub rollouts: BTreeMap<ObjectRef, Rollout>,
    pub services: Namespaced<Service>,
    /// The slices of each Service, by the Service's name: pasted ones, and those that the controllers write.
    pub slices: Namespaced<Vec<EndpointSlice>>,
    /// Endpoints: pasted ones, and those that the controllers write.
    pub endpoints: Namespaced<Arc<model::Endpoints>>,
    pub config_maps: Namespaced<Arc<model::ConfigMap>>,
    pub secrets: Namespaced<Arc<model::Secret>>,
    /// IngressClasses by name.
    pub ingress_classes: BTreeMap<Text, Arc<model::IngressClass>>,
    /// Ingresses, with the class that admission filled in.
    pub ingresses: Namespaced<Arc<model::Ingress>>,
    /// GatewayClasses by name.
    pub gateway_classes: BTreeMap<Text, Arc<model::GatewayClass>>,
    pub gateways: Namespaced<Arc<model::Gateway>>,
    /// Listeners that join Gateways.
    pub listener_sets: Namespaced<Arc<model::ListenerSet>>,
    pub http_routes: Namespaced<Arc<model::HttpRoute>>,
    pub grpc_routes: Namespaced<Arc<model::GrpcRoute>>,
    pub tls_routes: Namespaced<Arc<model::TlsRoute>>,
    pub tcp_routes: Namespaced<Arc<model::TcpRoute>>,
    pub udp_routes: Namespaced<Arc<model::UdpRoute>>,
    /// What may refer to what in other namespaces.
    pub reference_grants: Namespaced<Arc<model::ReferenceGrant>>,
    /// TLS from Gateways to backends.
    pub backend_tls_policies: Namespaced<Arc<model::BackendTlsPolicy>>,
    /// Secrets that cert-manager makes.
    pub issued_secrets: issued_secret::IssuedSecrets,
    /// Envoy Gateway's own objects, of all kinds.
    pub envoy_resources: BTreeMap<ObjectRef, Arc<model::EnvoyResource>>,
    /// F5's own objects, of all kinds.
    pub f5_resources: BTreeMap<ObjectRef, Arc<model::F5Resource>>,
    /// What the AWS Load Balancer Controller's classes say besides.
    pub ingress_class_params: BTreeMap<Text, Arc<model::IngressClassParams>>,
    /// Traefik's IngressRoutes.
    pub ingress_routes: Namespaced<Arc<model::IngressRoute>>,
    /// Traefik's IngressRouteTCPs.
    pub ingress_routes_tcp: Namespaced<Arc<model::IngressRouteTcp>>,
    /// Traefik's Middlewares.
    pub middlewares: Namespaced<Arc<model::Middleware>>,
    /// Traefik's own Services.
    pub traefik_services: Namespaced<Arc<model::TraefikService>>,
    /// Traefik's Middlewares of TCP.
    pub middlewares_tcp: Namespaced<Arc<model::MiddlewareTcp>>,
    /// Traefik's ways to servers.
    pub servers_transports: Namespaced<Arc<model::ServersTransport>>,
    /// Traefik's TLSOptions.
    pub tls_options: Namespaced<Arc<model::TlsOption>>,
    /// Traefik's TLSStores.
    pub tls_stores: Namespaced<Arc<model::TlsStore>>,
    pub network_policies: Namespaced<Arc<model::NetworkPolicy>>,
    /// The administrator's policies by name.
    pub cluster_network_policies: BTreeMap<Text, Arc<model::ClusterNetworkPolicy>>,
    /// Their predecessors of the Admin tier.
    pub admin_network_policies: BTreeMap<Text, Arc<model::AdminNetworkPolicy>>,
    /// Their predecessors of the Baseline tier.
    pub baseline_admin_network_policies: BTreeMap<Text, Arc<model::BaselineAdminNetworkPolicy>>,
    /// Policies of network plugins' own kinds.
    pub plugin_policies: Vec<PluginPolicy>,
    /// What nobody pasted.
    pub supplied: BTreeSet<ObjectRef>,
    /// What may be there and couldn't be read.
    pub unread: UnreadKinds,
    /// What the control plane has to say: refused addresses, unplaceable pods.
    pub diagnostics: Vec<Diagnostic>,
    index: ClusterIndex,
}

impl Cluster {
    /// Does what the control plane would do with these manifests. Cannot fail: what is wrong is in the diagnostics, and
    /// an object that can't be is absent.
    pub fn build(manifests: &Manifests, overrides: &SettingOverrides) -> Self {
        Self::build_with_crashing(manifests, overrides, &BTreeSet::new())
    }

    /// The same where containers of these pods end as soon as they start, which only the data plane can tell.
    pub fn build_with_crashing(
        manifests: &Manifests,
        overrides: &SettingOverrides,
        crashing: &BTreeSet<ObjectRef>,
    ) -> Self {
        let mut notes = ClusterDiagnostics::new(manifests);
        // 1. What there is, and the ground it stands on.
        let objects =
            autoscaler::apply_autoscaler_bounds(supplied::supply(manifests, overrides, Objects::pasted(manifests)));
        let premises = ClusterPremises::read(manifests, overrides, &objects, &mut notes);
        // 2. Controllers and scheduler: pods.
        let (mut pods, workloads, rollouts) = run_pods(&objects, &premises, &mut notes);
        pods.values_mut().filter(|pod| crashing.contains(&pod.reference)).for_each(requisite::crash);
        // 3. The API server's allocators, then the controllers that follow pods and Services.
        let services = service::build::build_services(&objects, &premises.settings, &mut notes);
        let derivation = endpoint_slice::SliceDerivation::new(&pods, &premises.nodes);
        let slices = endpoint_slice::build::build_slices(&objects, &services, &derivation);
        let endpoints = endpoints::build_endpoints(&objects, &services, &derivation, &slices);
        endpoint_slice::hints::say_not_modelled(&services, &premises.nodes, &mut notes);
        // 4. Load balancers, which need endpoints; the index, which needs their addresses.
        let around = metallb::BalancerSurroundings {
            nodes: &premises.nodes,
            namespaces: &premises.namespaces,
            pods: &pods,
            workloads: &workloads,
            slices: &slices,
        };
        let services = assign_load_balancers(&objects, around, services, &mut notes);
        let reference_grants = by_name(objects.reference_grants.clone());
        let index = ClusterIndex::new(&pods, &premises.nodes, &services, &slices, &reference_grants);
        let ClusterPremises { settings, namespaces, nodes, config_maps, secrets, issued_secrets, supplied } = premises;
        let ingress_classes = cluster_scoped(objects.ingress_classes.clone());
        let unread = objects.worlds.first().map(|world| world.body.spec.unread.clone()).unwrap_or_default();
        Self {
            settings: settings.with_name_server(&services),
            namespaces,
            nodes,
            pods,
            workloads,
            rollouts,
            services,
            slices,
            endpoints,
            config_maps,
            secrets,
            ingresses: ingress_class::admit(&objects, &ingress_classes),
            ingress_classes,
            gateway_classes: cluster_scoped(objects.gateway_classes),
            gateways: by_name(objects.gateways),
            listener_sets: by_name(objects.listener_sets),
            http_routes: by_name(objects.http_routes),
            grpc_routes: by_name(objects.grpc_routes),
            tls_routes: by_name(objects.tls_routes),
            tcp_routes: by_name(objects.tcp_routes),
            udp_routes: by_name(objects.udp_routes),
            reference_grants,
            backend_tls_policies: by_name(objects.backend_tls_policies),
            ingress_routes: by_name(objects.ingress_routes),
            ingress_routes_tcp: by_name(objects.ingress_routes_tcp),
            middlewares: by_name(objects.middlewares),
            traefik_services: by_name(objects.traefik_services),
            middlewares_tcp: by_name(objects.middlewares_tcp),
            servers_transports: by_name(objects.servers_transports),
            tls_options: by_name(objects.tls_options),
            tls_stores: by_name(objects.tls_stores),
            network_policies: by_name(objects.network_policies),
            cluster_network_policies: cluster_scoped(objects.cluster_network_policies),
            admin_network_policies: cluster_scoped(objects.admin_network_policies),
            baseline_admin_network_policies: cluster_scoped(objects.baseline_admin_network_policies),
            envoy_resources: manifests.objects.iter().filter_map(envoy_resource).into_map(),
            f5_resources: manifests.objects.iter().filter_map(f5_resource).into_map(),
            ingress_class_params: manifests.objects.iter().filter_map(ingress_class_params).into_map(),
            issued_secrets,
            plugin_policies: plugin_policies(manifests),
            supplied,
            unread: UnreadKinds::new(unread),
            diagnostics: notes.said,
            index,
        }
    }

    /// The Services that have an address as endpoint, ready or not, by namespace and name.
    pub fn services_with_endpoint(&self, address: IpAddr) -> impl Iterator<Item = &Service> {
        self.index.endpoints.at(address).filter_map(|number| self.services.numbered(number))
    }

    /// The names of the objects to which ReferenceGrants permit references: by the grant's namespace, the group, kind and
    /// namespace of what refers, the group and kind of what is referred to. The empty name is any.
    pub fn granted_names(&self, key: [&str; 6]) -> Option<&BTreeSet<Text>> {
        self.index.grants.get(&key.map(Text::from))
    }

    /// The pods that have an address; several where they share their node's.
    pub fn pods_at(&self, address: IpAddr) -> impl Iterator<Item = &Pod> {
        self.index.pods.at(address).filter_map(|number| self.pods.numbered(number))
    }

    /// The node that has an address.
    pub fn node_at(&self, address: IpAddr) -> Option<&Node> {
        self.nodes.get(self.index.nodes.get(&address)?)
    }

    /// The Services that answer to an address as cluster, external or load balancer address.
    pub fn services_at(&self, address: IpAddr) -> impl Iterator<Item = &Service> {
        self.index.services.at(address).filter_map(|number| self.services.numbered(number))
    }

    /// The Service that has a node port.
    pub fn service_of_node_port(&self, port: u16, protocol: Protocol) -> Option<&Service> {
        let (namespace, name) = self.index.node_ports.get(&(port, protocol))?;
        self.services.get(namespace, name)
    }

    /// The slices of a Service.
    pub fn slices_of(&self, namespace: &str, name: &str) -> &[EndpointSlice] {
        self.slices.get(namespace, name).map_or(&[], Vec::as_slice)
    }

    /// Whether an object was supplied rather than pasted.
    pub fn is_supplied(&self, object: &ObjectRef) -> bool {
        self.supplied.contains(object)
    }
}

/// In the order of their names, as which is asked first must not hang on the order of the documents.
fn plugin_policies(manifests: &Manifests) -> Vec<PluginPolicy> {
    let mut policies: Vec<PluginPolicy> = manifests.seen.iter().filter_map(PluginPolicy::read).collect();
    policies.order_by(|one, other| one.reference.cmp(&other.reference));
    policies
}

fn envoy_resource(object: &Object) -> Option<(ObjectRef, Arc<model::EnvoyResource>)> {
    match &object.body {
        Body::ClientTrafficPolicy(body)
        | Body::BackendTrafficPolicy(body)
        | Body::SecurityPolicy(body)
        | Body::EnvoyExtensionPolicy(body)
        | Body::EnvoyPatchPolicy(body)
        | Body::EnvoyProxy(body)
        | Body::HttpRouteFilter(body)
        | Body::EnvoyBackend(body) => Some((object.reference.clone(), body.clone())),
        _ => None,
    }
}

fn f5_resource(object: &Object) -> Option<(ObjectRef, Arc<model::F5Resource>)> {
    match &object.body {
        Body::F5VirtualServer(body)
        | Body::VirtualServerRoute(body)
        | Body::TransportServer(body)
        | Body::GlobalConfiguration(body)
        | Body::F5Policy(body) => Some((object.reference.clone(), body.clone())),
        _ => None,
    }
}

fn ingress_class_params(object: &Object) -> Option<(Text, Arc<model::IngressClassParams>)> {
    match &object.body {
        Body::IngressClassParams(params) => Some((params.metadata.name.clone(), params.clone())),
        _ => None,
    }
}

/// Makes the workloads' pods, places them, and gives them addresses: each step takes what the one before has made.
fn run_pods(
    objects: &Objects,
    premises: &ClusterPremises,
    notes: &mut ClusterDiagnostics<'_>,
) -> (Namespaced<Pod>, BTreeMap<ObjectRef, Workload>, BTreeMap<ObjectRef, Rollout>) {
    let ClusterPremises { settings, nodes, .. } = premises;
    let workload::WorkloadPods { drafts, mut workloads, rollouts } = workload::make_pods(objects, premises, notes);
    let placed = schedule::schedule_pods(drafts, premises, notes);
    let started = requisite::mark_waiting(premises, placed);
    let made = workload::wait_for_predecessors(objects, settings, started, &mut workloads);
    let labelled = topology_label::label_pods(made, nodes);
    let addressed = pod_address::assign_pod_addresses(labelled, nodes, notes);
    let mut pods = Namespaced::default();
    pods.reserve(addressed.len());
    for draft in addressed.into_iter().filter(|draft| !draft.gone) {
        let ObjectRef { namespace, name, .. } = &draft.pod.reference;
        let namespace = namespace.clone().unwrap_or_else(|| "default".into());
        pods.insert(namespace, name.clone(), draft.pod);
    }
    (pods, workloads, rollouts)
}

/// Gives addresses to Services of type LoadBalancer where the platform or MetalLB does that.
fn assign_load_balancers(
    objects: &Objects,
    around: metallb::BalancerSurroundings<'_>,
    mut services: Namespaced<Service>,
    notes: &mut ClusterDiagnostics<'_>,
) -> Namespaced<Service> {
    let resources = metallb::MetalLbResources::of(objects);
    if resources.pools.is_empty() && resources.legacy.is_none() {
        load_balancer_provider::assign_platform_addresses(around.nodes, around.pods, around.slices, &mut services);
    }
    for report in metallb::assign_metallb_addresses(&resources, around, &mut services) {
        match report {
            metallb::MetalLbReport::Refused(field, message) => notes.say(field, Problem::Invalid { message }),
            metallb::MetalLbReport::AllocationFailed(field, message) => {
                notes.say(field, Problem::AllocationFailed { message });
            }
        }
    }
    services
}

#[cfg(test)]
mod tests;
