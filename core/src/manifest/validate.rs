//! The API server's validation: its rules, its field paths, its words; all of an object's errors at once
//! (pkg/apis/*/validation). An object with an error is refused.

use std::fmt::Display;

use crate::diagnostic::{Diagnostic, Problem};
use crate::model::{Body, Path};
use crate::source::{FieldPath, ObjectRef};
use crate::yaml::Node;

mod admin_policy;
mod config;
mod crd;
mod cron;
mod endpoints;
mod format;
mod gateway;
mod ingress;
mod metadata;
mod network_policy;
mod placing;
mod pod;
mod probe;
mod resources;
mod service;
mod traefik;
mod workload;

/// The errors of an object, in the API server's order; none if it is accepted.
pub(super) fn validate(body: &Body, node: &Node, object: &ObjectRef) -> Vec<Diagnostic> {
    let mut errors = Errors { object, node, found: Vec::new() };
    let root = Path::Root;
    match body {
        Body::Namespace(namespace) => metadata::validate(&namespace.metadata, format::dns1123_label, &mut errors),
        Body::Node(node) => metadata::validate(&node.metadata, format::dns1123_subdomain, &mut errors),
        Body::Pod(pod) => {
            metadata::validate(&pod.metadata, format::dns1123_subdomain, &mut errors);
            pod::spec(&pod.spec, &root.field("spec"), &mut errors);
        }
        Body::ReplicationController(controller) => workload::replication_controller(controller, &mut errors),
        Body::ReplicaSet(set) => workload::replica_set(set, &mut errors),
        Body::Deployment(deployment) => workload::deployment(deployment, &mut errors),
        Body::StatefulSet(set) => workload::stateful_set(set, &mut errors),
        Body::DaemonSet(set) => workload::daemon_set(set, &mut errors),
        Body::Job(job) => workload::job(job, &mut errors),
        Body::CronJob(job) => workload::cron_job(job, &mut errors),
        Body::Service(service) => service::validate(service, &mut errors),
        Body::Endpoints(endpoints) => endpoints::endpoints(endpoints, &mut errors),
        Body::EndpointSlice(slice) => endpoints::slice(slice, &mut errors),
        Body::ConfigMap(map) => config::config_map(map, &mut errors),
        Body::Secret(secret) => config::secret(secret, &mut errors),
        Body::IngressClass(class) => ingress::class(class, &mut errors),
        Body::Ingress(ingress) => ingress::ingress(ingress, &mut errors),
        Body::NetworkPolicy(policy) => network_policy::validate(policy, &mut errors),
        Body::ClusterNetworkPolicy(policy) => admin_policy::cluster(&policy.metadata, &mut errors),
        Body::AdminNetworkPolicy(policy) => admin_policy::admin(&policy.metadata, &mut errors),
        Body::BaselineAdminNetworkPolicy(policy) => admin_policy::baseline(&policy.metadata, &mut errors),
        Body::IpAddressPool(pool) => metadata::validate(&pool.metadata, format::dns1123_subdomain, &mut errors),
        Body::L2Advertisement(advertisement) => {
            metadata::validate(&advertisement.metadata, format::dns1123_subdomain, &mut errors);
        }
        Body::BgpAdvertisement(advertisement) => {
            metadata::validate(&advertisement.metadata, format::dns1123_subdomain, &mut errors);
        }
        Body::GatewayClass(class) => gateway::gateway_class(class, &mut errors),
        Body::Gateway(one) => gateway::gateway(one, &mut errors),
        Body::ListenerSet(set) => gateway::listener_set(set, &mut errors),
        Body::HttpRoute(route) => gateway::http_route(route, &mut errors),
        Body::GrpcRoute(route) => gateway::grpc_route(route, &mut errors),
        Body::TlsRoute(route) => gateway::tls_route(route, &mut errors),
        Body::TcpRoute(route) => gateway::tcp_route(route, &mut errors),
        Body::UdpRoute(route) => gateway::udp_route(route, &mut errors),
        Body::ReferenceGrant(grant) => gateway::reference_grant(grant, &mut errors),
        Body::BackendTlsPolicy(policy) => gateway::backend_tls_policy(policy, &mut errors),
        Body::ClientTrafficPolicy(own)
        | Body::BackendTrafficPolicy(own)
        | Body::SecurityPolicy(own)
        | Body::EnvoyExtensionPolicy(own)
        | Body::EnvoyPatchPolicy(own)
        | Body::EnvoyProxy(own)
        | Body::HttpRouteFilter(own)
        | Body::EnvoyBackend(own) => metadata::validate(&own.metadata, format::dns1123_subdomain, &mut errors),
        Body::IngressRoute(route) => traefik::validate(&route.metadata, traefik::INGRESS_ROUTE, &mut errors),
        Body::IngressRouteTcp(route) => traefik::validate(&route.metadata, traefik::INGRESS_ROUTE_TCP, &mut errors),
        Body::Middleware(middleware) => traefik::validate(&middleware.metadata, traefik::MIDDLEWARE, &mut errors),
        Body::TraefikService(service) => traefik::validate(&service.metadata, traefik::TRAEFIK_SERVICE, &mut errors),
        Body::MiddlewareTcp(object) => traefik::validate(&object.metadata, traefik::MIDDLEWARE, &mut errors),
        Body::ServersTransport(object) => traefik::validate(&object.metadata, traefik::MIDDLEWARE, &mut errors),
        Body::TlsOption(object) => traefik::validate(&object.metadata, traefik::MIDDLEWARE, &mut errors),
        Body::TlsStore(object) => traefik::validate(&object.metadata, traefik::TLS_STORE, &mut errors),
        Body::ClusterConfiguration(_)
        | Body::KubeProxyConfiguration(_)
        | Body::KubeletConfiguration(_)
        | Body::World(_) => {}
    }
    errors.found
}

/// Collects an object's errors as apimachinery's field.ErrorList does.
struct Errors<'a> {
    object: &'a ObjectRef,
    /// The tree, for places, and for rules on fields that the slim structs don't have.
    node: &'a Node,
    found: Vec<Diagnostic>,
}

/// A value that an error shows: texts quoted, the rest as JSON.
struct Shown(String);

impl From<&str> for Shown {
    fn from(text: &str) -> Self {
        Self(format!("{text:?}"))
    }
}

impl From<i32> for Shown {
    fn from(number: i32) -> Self {
        Self(number.to_string())
    }
}

impl Shown {
    /// As JSON, which is how the API server shows lists and maps.
    fn json(value: &impl serde::Serialize) -> Self {
        Self(serde_json::to_string(value).unwrap_or_default())
    }
}

impl Errors<'_> {
    fn invalid(&mut self, at: &Path<'_>, value: impl Into<Shown>, detail: impl Display) {
        self.push(at, format!("Invalid value: {}: {detail}", value.into().0));
    }

    /// One error per objection of a [`format`] checker.
    fn malformed(&mut self, at: &Path<'_>, value: &str, objections: Vec<String>) {
        for objection in objections {
            self.invalid(at, value, objection);
        }
    }

    fn malformed_number(&mut self, at: &Path<'_>, value: i32, objections: Vec<String>) {
        for objection in objections {
            self.invalid(at, value, objection);
        }
    }

    fn required(&mut self, at: &Path<'_>, detail: &str) {
        let colon = if detail.is_empty() { "" } else { ": " };
        self.push(at, format!("Required value{colon}{detail}"));
    }

    fn forbidden(&mut self, at: &Path<'_>, detail: &str) {
        self.push(at, format!("Forbidden: {detail}"));
    }

    fn duplicate(&mut self, at: &Path<'_>, value: impl Into<Shown>) {
        self.push(at, format!("Duplicate value: {}", value.into().0));
    }

    fn not_found(&mut self, at: &Path<'_>, value: &str) {
        self.push(at, format!("Not found: {value:?}"));
    }

    fn too_long(&mut self, at: &Path<'_>, limit: usize) {
        self.push(at, format!("Too long: may not be more than {limit} bytes"));
    }

    fn too_many(&mut self, at: &Path<'_>, number: usize, limit: usize) {
        self.push(at, format!("Too many: {number}: must have at most {limit} items"));
    }

    /// `supported` in alphabetical order, as the API server lists it.
    fn not_supported(&mut self, at: &Path<'_>, value: &str, supported: &[&str]) {
        let supported: Vec<String> = supported.iter().map(|value| format!("{value:?}")).collect();
        self.push(at, format!("Unsupported value: {value:?}: supported values: {}", supported.join(", ")));
    }

    /// A value out of a closed set, which must be there.
    fn one_of(&mut self, at: &Path<'_>, value: Option<&str>, supported: &[&str]) {
        match value {
            None | Some("") => self.required(at, ""),
            Some(value) if !supported.contains(&value) => self.not_supported(at, value, supported),
            Some(_) => {}
        }
    }

    fn push(&mut self, at: &Path<'_>, message: String) {
        let field = at.to_field_path();
        self.push_at(field.clone(), &field.to_string(), &message);
    }

    /// An error that the API server prints at one path while its cause stands at another, such as one label of many.
    fn push_at(&mut self, field: FieldPath, printed: &str, message: &str) {
        let span = self.node.span_of(&field);
        let problem = Problem::Invalid { message: format!("{printed}: {message}") };
        self.found.push(Diagnostic::at(span, problem).field(field).of(self.object));
    }

    /// As [`Errors::malformed`], underlined at one entry of a map and printed at the map, or where the API server has it.
    fn malformed_entry(&mut self, map: &Path<'_>, printed: &Path<'_>, key: &str, value: &str, objections: Vec<String>) {
        for objection in objections {
            let printed = printed.to_field_path().to_string();
            self.push_at(map.to_field_path().key(key), &printed, &format!("Invalid value: {value:?}: {objection}"));
        }
    }
}

impl<'n> Errors<'n> {
    /// The tree at a path, for fields that the slim structs don't have.
    fn tree(&self, at: &Path<'_>) -> Option<&'n Node> {
        match at {
            Path::Root => Some(self.node),
            Path::Key(parent, key) => self.tree(parent)?.child(key),
            Path::Index(parent, index) => self.tree(parent)?.elements().get(*index),
        }
    }
}
