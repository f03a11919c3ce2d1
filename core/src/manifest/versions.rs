//! Which kinds an API server of the versions we follow serves, and in which versions.

use std::sync::Arc;

use crate::order::Order;
use crate::schema::{self, BuiltInKind, Scope};

/// Whether a kind is served in a version.
pub(super) enum Served {
    /// By every API server; its fields are known.
    Built(&'static BuiltInKind),
    /// Read by a component, or a custom resource that we know.
    Known(Scope),
    /// Not any more, or never; `instead` is the version in which the kind is.
    No { instead: Option<Arc<str>> },
    /// A custom resource: it depends on what is installed.
    Custom,
}

/// Kinds that no API server has by itself: version, kind, where they live. The preferred version first.
const OTHERS: &[(&str, &str, Scope)] = &[
    ("kubeadm.k8s.io/v1beta4", "ClusterConfiguration", Scope::Settings),
    ("kubeadm.k8s.io/v1beta3", "ClusterConfiguration", Scope::Settings),
    ("kubeproxy.config.k8s.io/v1alpha1", "KubeProxyConfiguration", Scope::Settings),
    ("kubelet.config.k8s.io/v1beta1", "KubeletConfiguration", Scope::Settings),
    // Gateway API 1.7, standard channel.
    ("gateway.networking.k8s.io/v1", "GatewayClass", Scope::Cluster),
    ("gateway.networking.k8s.io/v1", "Gateway", Scope::Namespaced),
    ("gateway.networking.k8s.io/v1", "ListenerSet", Scope::Namespaced),
    ("gateway.networking.k8s.io/v1", "HTTPRoute", Scope::Namespaced),
    ("gateway.networking.k8s.io/v1", "GRPCRoute", Scope::Namespaced),
    ("gateway.networking.k8s.io/v1", "TLSRoute", Scope::Namespaced),
    ("gateway.networking.k8s.io/v1", "TCPRoute", Scope::Namespaced),
    ("gateway.networking.k8s.io/v1", "UDPRoute", Scope::Namespaced),
    ("gateway.networking.k8s.io/v1", "ReferenceGrant", Scope::Namespaced),
    ("gateway.networking.k8s.io/v1", "BackendTLSPolicy", Scope::Namespaced),
    ("gateway.networking.k8s.io/v1beta1", "GatewayClass", Scope::Cluster),
    ("gateway.networking.k8s.io/v1beta1", "Gateway", Scope::Namespaced),
    ("gateway.networking.k8s.io/v1beta1", "HTTPRoute", Scope::Namespaced),
    ("gateway.networking.k8s.io/v1beta1", "ReferenceGrant", Scope::Namespaced),
    ("gateway.envoyproxy.io/v1alpha1", "ClientTrafficPolicy", Scope::Namespaced),
    ("gateway.envoyproxy.io/v1alpha1", "BackendTrafficPolicy", Scope::Namespaced),
    ("gateway.envoyproxy.io/v1alpha1", "SecurityPolicy", Scope::Namespaced),
    ("gateway.envoyproxy.io/v1alpha1", "EnvoyExtensionPolicy", Scope::Namespaced),
    ("gateway.envoyproxy.io/v1alpha1", "EnvoyPatchPolicy", Scope::Namespaced),
    ("gateway.envoyproxy.io/v1alpha1", "EnvoyProxy", Scope::Namespaced),
    ("gateway.envoyproxy.io/v1alpha1", "HTTPRouteFilter", Scope::Namespaced),
    ("gateway.envoyproxy.io/v1alpha1", "Backend", Scope::Namespaced),
    ("k8s.nginx.org/v1", "VirtualServer", Scope::Namespaced),
    ("k8s.nginx.org/v1", "VirtualServerRoute", Scope::Namespaced),
    ("k8s.nginx.org/v1", "TransportServer", Scope::Namespaced),
    ("k8s.nginx.org/v1", "GlobalConfiguration", Scope::Namespaced),
    ("k8s.nginx.org/v1", "Policy", Scope::Namespaced),
    ("elbv2.k8s.aws/v1beta1", "IngressClassParams", Scope::Cluster),
    ("cert-manager.io/v1", "Certificate", Scope::Namespaced),
    ("traefik.io/v1alpha1", "IngressRoute", Scope::Namespaced),
    ("traefik.io/v1alpha1", "IngressRouteTCP", Scope::Namespaced),
    ("traefik.io/v1alpha1", "IngressRouteUDP", Scope::Namespaced),
    ("traefik.io/v1alpha1", "Middleware", Scope::Namespaced),
    ("traefik.io/v1alpha1", "MiddlewareTCP", Scope::Namespaced),
    ("traefik.io/v1alpha1", "ServersTransport", Scope::Namespaced),
    ("traefik.io/v1alpha1", "ServersTransportTCP", Scope::Namespaced),
    ("traefik.io/v1alpha1", "TLSOption", Scope::Namespaced),
    ("traefik.io/v1alpha1", "TLSStore", Scope::Namespaced),
    ("traefik.io/v1alpha1", "TraefikService", Scope::Namespaced),
    ("traefik.containo.us/v1alpha1", "IngressRoute", Scope::Namespaced),
    ("traefik.containo.us/v1alpha1", "Middleware", Scope::Namespaced),
    ("traefik.containo.us/v1alpha1", "TraefikService", Scope::Namespaced),
];

/// What kubectl creates and nobody lists: they have no fields of interest here.
const UNLISTED: &[&str] = &["Binding", "Eviction", "Scale", "Status", "List"];

pub(super) fn served(api_version: &str, kind: &str) -> Served {
    if let Some(kind) = schema::kind(api_version, kind) {
        return Served::Built(kind);
    }
    if let Some((_, _, scope)) = OTHERS.iter().find(|other| other.0 == api_version && other.1 == kind) {
        return Served::Known(*scope);
    }
    let known_group = group(api_version) == "extensions"
        || OTHERS.iter().any(|other| group(other.0) == group(api_version) && other.1 == kind)
        || schema::kinds().any(|built| group(built.api_version) == group(api_version));
    if known_group && !UNLISTED.contains(&kind) && !kind.ends_with("Review") {
        return Served::No { instead: instead(api_version, kind) };
    }
    Served::Custom
}

/// The names of the kinds of a version.
pub(super) fn kinds(api_version: &str) -> impl Iterator<Item = &'static str> {
    let built = schema::kinds().filter(move |built| built.api_version == api_version).map(|built| built.name);
    built.chain(OTHERS.iter().filter(move |other| other.0 == api_version).map(|other| other.1))
}

/// The versions in which a kind is known, the preferred one first. None for custom resources that are taken in any.
pub fn of(group_of: &str, kind: &str) -> Vec<&'static str> {
    let fits = |version: &str, name: &str| name == kind && group(version) == group_of;
    let built = schema::kinds().filter(|built| fits(built.api_version, built.name)).map(|built| built.api_version);
    let others = OTHERS.iter().filter(|other| fits(other.0, other.1)).map(|other| other.0);
    let mut versions: Vec<&str> = built.chain(others).collect();
    versions.order_by_key(|version| (version.contains("alpha"), version.contains("beta")));
    versions
}

/// The version to use: of the same group if the kind is there, else of the group it moved to; the stable one first.
fn instead(api_version: &str, kind: &str) -> Option<Arc<str>> {
    let other = OTHERS.iter().find(|other| other.1 == kind && group(other.0) == group(api_version));
    let built = schema::kinds().filter(|built| built.name == kind);
    let best = built.min_by_key(|built| {
        (
            group(built.api_version) != group(api_version),
            built.api_version.contains("alpha"),
            built.api_version.contains("beta"),
            // Of several the newest: it holds what its own betas held.
            std::cmp::Reverse(built.api_version),
        )
    });
    other.map(|other| other.0).or_else(|| best.map(|best| best.api_version)).map(Arc::from)
}

fn group(api_version: &str) -> &str {
    api_version.split_once('/').map_or("", |(group, _)| group)
}
