//! References: which object is meant, and whether a reference into another namespace is permitted.

use crate::cluster::Cluster;
use crate::model::{ENVOY_GROUP, ObjectReference};
use crate::source::ObjectRef;

/// The group of routes, Gateways and ListenerSets.
pub const GROUP: &str = "gateway.networking.k8s.io";

/// Whether `from` may refer to an object of a kind: in its own namespace always, in another one if a ReferenceGrant
/// there names group, kind and namespace of the one and group, kind and, if it says one, name of the other.
pub fn grant_permits(cluster: &Cluster, from: &ObjectRef, kind: &str, to: &ObjectReference) -> bool {
    let own = from.namespace.as_deref().unwrap_or_default();
    let namespace = to.namespace.as_deref().unwrap_or(own);
    own == namespace || {
        let granted =
            cluster.granted_names([namespace, group_of(&from.kind), &from.kind, own, target_group(kind), kind]);
        granted.is_some_and(|names| names.contains("") || names.contains(&to.name))
    }
}

/// The group of what refers.
fn group_of(kind: &str) -> &'static str {
    match kind {
        "SecurityPolicy" | "BackendTrafficPolicy" | "ClientTrafficPolicy" | "EnvoyExtensionPolicy" => ENVOY_GROUP,
        "HTTPRouteFilter" | "Backend" => ENVOY_GROUP,
        _ => GROUP,
    }
}

/// The group of what is referred to.
fn target_group(kind: &str) -> &'static str {
    match kind {
        "Backend" => ENVOY_GROUP,
        "Gateway" | "ListenerSet" => GROUP,
        route if route.ends_with("Route") => GROUP,
        _ => "",
    }
}

/// Whether a reference names an object of the core group and this kind, which is what it names unless it says otherwise.
pub fn names_core_object(reference: &ObjectReference, kind: &str) -> bool {
    reference.group.as_deref().is_none_or(str::is_empty) && reference.kind.as_deref().is_none_or(|it| it == kind)
}
