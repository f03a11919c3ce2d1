//! The types of objects that kubectl knows here, under all their names.

use super::{UsageError, kubectl_error, unsupported_error};
use crate::schema;

/// A type of objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceType {
    Pods,
    Services,
    Endpoints,
    EndpointSlices,
    Ingresses,
    IngressClasses,
    NetworkPolicies,
    ConfigMaps,
    Nodes,
    Namespaces,
    Deployments,
    ReplicaSets,
    ReplicationControllers,
    StatefulSets,
    DaemonSets,
    /// A type whose objects only stand in the manifests, by its plural.
    Other(&'static str),
}

/// A type's names: the plural, as errors name it, the other names that kubectl knows, its kind and version.
struct ResourceNames(ResourceType, &'static str, &'static [&'static str], &'static str, &'static str);

#[rustfmt::skip]
const NAMES: [ResourceNames; 44] = [
    ResourceNames(ResourceType::Pods, "pods", &["po", "pod"], "Pod", "v1"),
    ResourceNames(ResourceType::Services, "services", &["svc", "service"], "Service", "v1"),
    ResourceNames(ResourceType::Endpoints, "endpoints", &["ep"], "Endpoints", "v1"),
    ResourceNames(ResourceType::EndpointSlices, "endpointslices.discovery.k8s.io", &["endpointslice"], "EndpointSlice", "discovery.k8s.io/v1"),
    ResourceNames(ResourceType::Ingresses, "ingresses.networking.k8s.io", &["ing", "ingress"], "Ingress", "networking.k8s.io/v1"),
    ResourceNames(ResourceType::IngressClasses, "ingressclasses.networking.k8s.io", &["ingressclass"], "IngressClass", "networking.k8s.io/v1"),
    ResourceNames(ResourceType::NetworkPolicies, "networkpolicies.networking.k8s.io", &["netpol", "networkpolicy"], "NetworkPolicy", "networking.k8s.io/v1"),
    ResourceNames(ResourceType::ConfigMaps, "configmaps", &["cm", "configmap"], "ConfigMap", "v1"),
    ResourceNames(ResourceType::Nodes, "nodes", &["no", "node"], "Node", "v1"),
    ResourceNames(ResourceType::Namespaces, "namespaces", &["ns", "namespace"], "Namespace", "v1"),
    ResourceNames(ResourceType::Deployments, "deployments.apps", &["deploy", "deployment"], "Deployment", "apps/v1"),
    ResourceNames(ResourceType::ReplicaSets, "replicasets.apps", &["rs", "replicaset"], "ReplicaSet", "apps/v1"),
    ResourceNames(ResourceType::ReplicationControllers, "replicationcontrollers", &["rc", "replicationcontroller"], "ReplicationController", "v1"),
    ResourceNames(ResourceType::StatefulSets, "statefulsets.apps", &["sts", "statefulset"], "StatefulSet", "apps/v1"),
    ResourceNames(ResourceType::DaemonSets, "daemonsets.apps", &["ds", "daemonset"], "DaemonSet", "apps/v1"),
    ResourceNames(ResourceType::Other("jobs.batch"), "jobs.batch", &["job"], "Job", "batch/v1"),
    ResourceNames(ResourceType::Other("cronjobs.batch"), "cronjobs.batch", &["cj", "cronjob"], "CronJob", "batch/v1"),
    ResourceNames(ResourceType::Other("secrets"), "secrets", &["secret"], "Secret", "v1"),
    ResourceNames(ResourceType::Other("serviceaccounts"), "serviceaccounts", &["sa", "serviceaccount"], "ServiceAccount", "v1"),
    ResourceNames(ResourceType::Other("persistentvolumeclaims"), "persistentvolumeclaims", &["pvc", "persistentvolumeclaim"], "PersistentVolumeClaim", "v1"),
    ResourceNames(ResourceType::Other("persistentvolumes"), "persistentvolumes", &["pv", "persistentvolume"], "PersistentVolume", "v1"),
    ResourceNames(ResourceType::Other("resourcequotas"), "resourcequotas", &["quota", "resourcequota"], "ResourceQuota", "v1"),
    ResourceNames(ResourceType::Other("limitranges"), "limitranges", &["limits", "limitrange"], "LimitRange", "v1"),
    ResourceNames(ResourceType::Other("horizontalpodautoscalers.autoscaling"), "horizontalpodautoscalers.autoscaling", &["hpa", "horizontalpodautoscaler"], "HorizontalPodAutoscaler", "autoscaling/v2"),
    ResourceNames(ResourceType::Other("poddisruptionbudgets.policy"), "poddisruptionbudgets.policy", &["pdb", "poddisruptionbudget"], "PodDisruptionBudget", "policy/v1"),
    ResourceNames(ResourceType::Other("storageclasses.storage.k8s.io"), "storageclasses.storage.k8s.io", &["sc", "storageclass"], "StorageClass", "storage.k8s.io/v1"),
    ResourceNames(ResourceType::Other("roles.rbac.authorization.k8s.io"), "roles.rbac.authorization.k8s.io", &["role"], "Role", "rbac.authorization.k8s.io/v1"),
    ResourceNames(ResourceType::Other("rolebindings.rbac.authorization.k8s.io"), "rolebindings.rbac.authorization.k8s.io", &["rolebinding"], "RoleBinding", "rbac.authorization.k8s.io/v1"),
    ResourceNames(ResourceType::Other("gatewayclasses.gateway.networking.k8s.io"), "gatewayclasses.gateway.networking.k8s.io", &["gc", "gatewayclass"], "GatewayClass", "gateway.networking.k8s.io/v1"),
    ResourceNames(ResourceType::Other("gateways.gateway.networking.k8s.io"), "gateways.gateway.networking.k8s.io", &["gtw", "gateway"], "Gateway", "gateway.networking.k8s.io/v1"),
    ResourceNames(ResourceType::Other("httproutes.gateway.networking.k8s.io"), "httproutes.gateway.networking.k8s.io", &["httproute"], "HTTPRoute", "gateway.networking.k8s.io/v1"),
    ResourceNames(ResourceType::Other("grpcroutes.gateway.networking.k8s.io"), "grpcroutes.gateway.networking.k8s.io", &["grpcroute"], "GRPCRoute", "gateway.networking.k8s.io/v1"),
    ResourceNames(ResourceType::Other("tlsroutes.gateway.networking.k8s.io"), "tlsroutes.gateway.networking.k8s.io", &["tlsroute"], "TLSRoute", "gateway.networking.k8s.io/v1"),
    ResourceNames(ResourceType::Other("tcproutes.gateway.networking.k8s.io"), "tcproutes.gateway.networking.k8s.io", &["tcproute"], "TCPRoute", "gateway.networking.k8s.io/v1alpha2"),
    ResourceNames(ResourceType::Other("udproutes.gateway.networking.k8s.io"), "udproutes.gateway.networking.k8s.io", &["udproute"], "UDPRoute", "gateway.networking.k8s.io/v1alpha2"),
    ResourceNames(ResourceType::Other("referencegrants.gateway.networking.k8s.io"), "referencegrants.gateway.networking.k8s.io", &["refgrant", "referencegrant"], "ReferenceGrant", "gateway.networking.k8s.io/v1"),
    ResourceNames(ResourceType::Other("backendtlspolicies.gateway.networking.k8s.io"), "backendtlspolicies.gateway.networking.k8s.io", &["btlspolicy", "backendtlspolicy"], "BackendTLSPolicy", "gateway.networking.k8s.io/v1"),
    ResourceNames(ResourceType::Other("ingressroutes.traefik.io"), "ingressroutes.traefik.io", &["ingressroute"], "IngressRoute", "traefik.io/v1alpha1"),
    ResourceNames(ResourceType::Other("ingressroutetcps.traefik.io"), "ingressroutetcps.traefik.io", &["ingressroutetcp"], "IngressRouteTCP", "traefik.io/v1alpha1"),
    ResourceNames(ResourceType::Other("middlewares.traefik.io"), "middlewares.traefik.io", &["middleware"], "Middleware", "traefik.io/v1alpha1"),
    ResourceNames(ResourceType::Other("traefikservices.traefik.io"), "traefikservices.traefik.io", &["traefikservice"], "TraefikService", "traefik.io/v1alpha1"),
    ResourceNames(ResourceType::Other("ipaddresspools.metallb.io"), "ipaddresspools.metallb.io", &["ipaddresspool"], "IPAddressPool", "metallb.io/v1beta1"),
    ResourceNames(ResourceType::Other("l2advertisements.metallb.io"), "l2advertisements.metallb.io", &["l2advertisement"], "L2Advertisement", "metallb.io/v1beta1"),
    ResourceNames(ResourceType::Other("bgpadvertisements.metallb.io"), "bgpadvertisements.metallb.io", &["bgpadvertisement"], "BGPAdvertisement", "metallb.io/v1beta1"),
];

/// What `all` stands for, in the order in which it is printed (the category of each type's strategy).
const ALL: [ResourceType; 10] = [
    ResourceType::Pods,
    ResourceType::ReplicationControllers,
    ResourceType::Services,
    ResourceType::DaemonSets,
    ResourceType::Deployments,
    ResourceType::ReplicaSets,
    ResourceType::StatefulSets,
    ResourceType::Other("horizontalpodautoscalers.autoscaling"),
    ResourceType::Other("cronjobs.batch"),
    ResourceType::Other("jobs.batch"),
];

/// The types that `kubectl get` understands, for completion.
pub fn resources() -> impl Iterator<Item = &'static str> {
    NAMES.iter().map(|names| short_plural(names.1))
}

fn short_plural(plural: &'static str) -> &'static str {
    plural.split('.').next().unwrap_or(plural)
}

impl ResourceType {
    fn names(self) -> &'static ResourceNames {
        NAMES.iter().find(|names| names.0 == self).unwrap_or(const { &NAMES[0] })
    }

    /// `deployments.apps`.
    pub fn plural(self) -> &'static str {
        self.names().1
    }

    /// `Deployment`.
    pub fn kind(self) -> &'static str {
        self.names().3
    }

    /// `apps/v1`.
    pub fn api_version(self) -> &'static str {
        self.names().4
    }

    /// The kind with its group as `-o name` has it: `service`, `deployment.apps`, `endpointslice.discovery.k8s.io`.
    pub fn singular(self) -> String {
        let kind = self.kind().to_ascii_lowercase();
        self.plural().split_once('.').map_or_else(|| kind.clone(), |(_, group)| format!("{kind}.{group}"))
    }

    /// Whether its objects live in namespaces.
    pub fn is_namespaced(self) -> bool {
        !matches!(self, Self::Nodes | Self::Namespaces | Self::IngressClasses) && !CLUSTER_SCOPED.contains(&self.kind())
    }
}

/// The other kinds whose objects live in no namespace.
const CLUSTER_SCOPED: [&str; 7] = [
    "PersistentVolume",
    "StorageClass",
    "PriorityClass",
    "ClusterRole",
    "ClusterRoleBinding",
    "CustomResourceDefinition",
    "GatewayClass",
];

/// The plural of a kind in lower case (apimachinery, UnsafeGuessKindToResource).
pub fn plural_of(kind: &str) -> String {
    if kind.ends_with("endpoints") {
        return kind.to_owned();
    }
    match kind.strip_suffix('y') {
        Some(stem) if !kind.ends_with("gateway") => format!("{stem}ies"),
        _ if kind.ends_with(['s', 'x']) || kind.ends_with("ch") => format!("{kind}es"),
        _ => format!("{kind}s"),
    }
}

/// A type by any of its names.
pub fn resource_by_name(name: &str) -> Result<ResourceType, UsageError> {
    // A version may stand between type and group: deployment.v1.apps.
    let lower = name.to_lowercase();
    let parts: Vec<&str> = lower.splitn(3, '.').collect();
    let name = &match parts[..] {
        [kind, version, group]
            if version.starts_with('v') && version.chars().nth(1).is_some_and(|c| c.is_ascii_digit()) =>
        {
            format!("{kind}.{group}")
        }
        _ => lower.clone(),
    };
    let name = name.as_str();
    let is_named = |names: &&ResourceNames| {
        names.1 == name || short_plural(names.1) == name || names.2.contains(&name) || names.0.singular() == name
    };
    NAMES.iter().find(is_named).map(|names| names.0).ok_or_else(|| {
        if is_real(name) {
            let known: Vec<&str> = resources().collect();
            return unsupported_error(format!("kubectl: {name} isn't understood here: {} are", known.join(", ")));
        }
        kubectl_error(format!("error: the server doesn't have a resource type \"{name}\""))
    })
}

/// `svc,ep` or `all`.
pub fn resource_list(names: &str) -> Result<Vec<ResourceType>, UsageError> {
    let mut all = Vec::new();
    for name in names.split(',') {
        match name {
            "all" => all.extend(ALL),
            name => all.push(resource_by_name(name)?),
        }
    }
    Ok(all)
}

/// Whether a server has a type of this name, one way or another.
fn is_real(name: &str) -> bool {
    let name = name.split('.').next().unwrap_or(name);
    let is_plural = |kind: &str| match kind.strip_suffix('y') {
        Some(stem) => name.strip_prefix(stem) == Some("ies"),
        None => name.strip_prefix(kind).is_some_and(|rest| matches!(rest, "s" | "es")),
    };
    let kinds = || schema::kinds().map(|kind| kind.name.to_ascii_lowercase());
    SHORT.contains(&name) || kinds().any(|kind| kind == name || is_plural(&kind))
}

/// Types that `kubectl api-resources` abbreviates.
const SHORT: [&str; 14] =
    ["cj", "crd", "cs", "csr", "ev", "hpa", "limits", "pc", "pdb", "pv", "pvc", "quota", "sa", "sc"];
