//! The objects by kind, sorted by name: what was pasted, then what is supplied where nobody pasted it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::table::Namespaced;
use crate::diagnostic::{Diagnostic, Problem};
use crate::manifest::{Checks, Manifests, Object};
use crate::model::{self, Body, Text};
use crate::order::{Gather, Order};
use crate::source::{FieldRef, ObjectRef, Sources};
use crate::yaml::YamlNode;

/// An object of one kind.
#[derive(Clone, Debug)]
pub(super) struct ClusterObject<T> {
    /// Kind, namespace and name.
    pub reference: ObjectRef,
    /// What it says.
    pub body: Arc<T>,
    /// The tree it was read from.
    pub node: Arc<YamlNode>,
    /// Whether nobody pasted it.
    pub supplied: bool,
    created: Option<Text>,
    order: usize,
}

macro_rules! objects {
    ($($(#[$about:meta])* $field:ident: $kind:ident,)*) => {
        /// The objects that the control plane reads, each kind in the order of names.
        #[derive(Clone, Debug, Default)]
        pub(super) struct Objects {
            $($(#[$about])* pub $field: Vec<ClusterObject<model::$kind>>,)*
            /// What nobody pasted.
            pub supplied: BTreeSet<ObjectRef>,
        }

        impl Objects {
            fn add(&mut self, object: &Object, supplied: bool) {
                match &object.body {
                    $(Body::$kind(body) => self.$field.push(ClusterObject::new(object, body.clone(), supplied)),)*
                    #[allow(unreachable_patterns, reason = "kinds that only the data plane reads")]
                    _ => {}
                }
            }

            fn sort(&mut self) {
                $(self.$field.order_by(|one, other| one.reference.cmp(&other.reference));)*
            }
        }
    };
}

objects! {
    namespaces: Namespace,
    nodes: Node,
    pods: Pod,
    replication_controllers: ReplicationController,
    replica_sets: ReplicaSet,
    deployments: Deployment,
    stateful_sets: StatefulSet,
    daemon_sets: DaemonSet,
    jobs: Job,
    /// What pods may ask for
    limit_ranges: LimitRange,
    /// How much a namespace may have
    resource_quotas: ResourceQuota,
    /// Whose rights pods have
    service_accounts: ServiceAccount,
    /// Which pods go for others
    priority_classes: PriorityClass,
    /// Who runs containers
    runtime_classes: RuntimeClass,
    /// What bounds the replicas of others
    horizontal_pod_autoscalers: HorizontalPodAutoscaler,
    services: Service,
    endpoints: Endpoints,
    endpoint_slices: EndpointSlice,
    config_maps: ConfigMap,
    secrets: Secret,
    ingress_classes: IngressClass,
    ingresses: Ingress,
    network_policies: NetworkPolicy,
    /// The administrator's policies
    cluster_network_policies: ClusterNetworkPolicy,
    /// Their predecessors of the Admin tier
    admin_network_policies: AdminNetworkPolicy,
    /// Their predecessors of the Baseline tier
    baseline_admin_network_policies: BaselineAdminNetworkPolicy,
    /// MetalLB's pools
    ip_address_pools: IpAddressPool,
    /// MetalLB's announcements by ARP and NDP
    l2_advertisements: L2Advertisement,
    /// MetalLB's announcements to routers
    bgp_advertisements: BgpAdvertisement,
    gateway_classes: GatewayClass,
    gateways: Gateway,
    /// Listeners that join Gateways
    listener_sets: ListenerSet,
    http_routes: HttpRoute,
    grpc_routes: GrpcRoute,
    tls_routes: TlsRoute,
    tcp_routes: TcpRoute,
    udp_routes: UdpRoute,
    /// What may refer to what in other namespaces
    reference_grants: ReferenceGrant,
    /// TLS from Gateways to backends
    backend_tls_policies: BackendTlsPolicy,
    /// Traefik's IngressRoutes
    ingress_routes: IngressRoute,
    /// Traefik's IngressRouteTCPs
    ingress_routes_tcp: IngressRouteTcp,
    /// Traefik's Middlewares
    middlewares: Middleware,
    /// Traefik's own Services
    traefik_services: TraefikService,
    /// Traefik's Middlewares of TCP
    middlewares_tcp: MiddlewareTcp,
    /// Traefik's ways to servers
    servers_transports: ServersTransport,
    /// Traefik's TLSOptions
    tls_options: TlsOption,
    /// Traefik's TLSStores
    tls_stores: TlsStore,
    /// kubeadm's
    cluster_configurations: ClusterConfiguration,
    kube_proxy_configurations: KubeProxyConfiguration,
    kubelet_configurations: KubeletConfiguration,
    /// Ours
    worlds: World,
}

impl Objects {
    /// Whether they are all that a running cluster has, its controllers' work among them.
    pub fn are_live(&self) -> bool {
        self.worlds.first().is_some_and(|world| world.body.spec.live == Some(true))
    }

    /// What was pasted.
    pub fn pasted(manifests: &Manifests) -> Self {
        let mut objects = Self::default();
        manifests.objects.iter().for_each(|object| objects.add(object, false));
        objects.sort();
        objects
    }

    /// Adds the objects of a text, except those that exist already and those that `keep` rejects.
    pub fn supply(&mut self, manifests: &Manifests, name: &str, text: &str, keep: impl Fn(&Object) -> bool) {
        let supplied = Manifests::read_with(Sources::new([(name, text)]), Checks::ESSENTIAL);
        for object in supplied.objects.iter().filter(|object| keep(object)) {
            let is_missing = manifests.find(&object.reference).is_none();
            if is_missing && self.supplied.insert(object.reference.clone()) {
                self.add(object, true);
            }
        }
        self.sort();
    }
}

impl<T> ClusterObject<T> {
    fn new(object: &Object, body: Arc<T>, supplied: bool) -> Self {
        let node = object.node.clone();
        let created = node.child("metadata").and_then(|metadata| metadata.child("creationTimestamp"));
        let created = created.and_then(YamlNode::text).cloned();
        Self { reference: object.reference.clone(), body, node, supplied, created, order: object.order }
    }

    /// Sorts objects by when they came to be: those that say a time, then those that stand first, then supplied ones.
    pub fn age(&self) -> (bool, bool, Option<&Text>, usize) {
        (self.supplied, self.created.is_none(), self.created.as_ref(), self.order)
    }

    /// The namespace; empty for cluster-scoped objects.
    pub fn namespace(&self) -> &str {
        self.reference.namespace.as_deref().unwrap_or_default()
    }

    pub fn name(&self) -> &Text {
        &self.reference.name
    }

    /// Whether it is the object of this namespace and name.
    pub fn is(&self, namespace: &str, name: &str) -> bool {
        self.namespace() == namespace && **self.name() == *name
    }
}

/// Objects without namespace, by name.
pub(super) fn cluster_scoped<T>(given: Vec<ClusterObject<T>>) -> BTreeMap<Text, Arc<T>> {
    given.into_iter().map(|given| (given.name().clone(), given.body)).into_map()
}

/// Objects by namespace and name.
pub(super) fn by_name<T>(given: Vec<ClusterObject<T>>) -> Namespaced<Arc<T>> {
    let mut table = Namespaced::default();
    for given in given {
        table.insert(given.namespace().into(), given.name().clone(), given.body);
    }
    table
}

/// What the control plane has to say, with places.
pub(super) struct ClusterDiagnostics<'m> {
    manifests: &'m Manifests,
    /// In the order in which it was found.
    pub said: Vec<Diagnostic>,
}

impl<'m> ClusterDiagnostics<'m> {
    /// Nothing yet.
    pub fn new(manifests: &'m Manifests) -> Self {
        Self { manifests, said: Vec::new() }
    }

    /// Says something about a field.
    pub fn say(&mut self, about: FieldRef, problem: Problem) {
        let span = self.manifests.span(&about);
        let FieldRef { object, path } = about;
        self.said.push(Diagnostic { problem, object: Some(object), field: Some(path), span, fix: None });
    }
}
