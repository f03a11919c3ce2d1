//! Which listeners a route attaches to, parentRef by parentRef, and why it may not.

use std::sync::Arc;

use super::listener::Listener;
use super::route::Route;
use super::{Gateway, backend, grant};
use crate::cluster::Cluster;
use crate::http::host;
use crate::model::ParentReference;
use crate::source::{FieldPath, FieldRef, ObjectRef};
use crate::trace::GatewayObjection;

/// What became of one parentRef.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// The route.
    pub route: ObjectRef,
    /// The Gateway or ListenerSet.
    pub parent: ObjectRef,
    /// The parentRef.
    pub field: FieldRef,
    /// Why it isn't accepted.
    pub refused: Option<GatewayObjection>,
    /// The first of its references that can't be resolved.
    pub unresolved: Option<backend::Fault>,
}

/// Attaches a route to the listeners of the Gateways that it names.
pub fn attach(cluster: &Cluster, gateways: &mut [Gateway], route: &Arc<Route>) -> Vec<Attachment> {
    let unresolved = backend::first_fault(cluster, route);
    let mut attachments = Vec::new();
    for (index, parent) in route.parents.iter().enumerate() {
        let Some(reference) = parent_object(route, parent) else { continue };
        let Some(gateway) = gateways.iter_mut().find(|gateway| gateway.has_parent(&reference)) else { continue };
        let refused = attach_to(cluster, gateway, &reference, route, parent).err();
        let field = route.reference.field(FieldPath::from("spec.parentRefs").index(index));
        attachments.push(Attachment { route: route.reference.clone(), parent: reference, field, refused, unresolved });
    }
    attachments
}

/// The Gateway or ListenerSet that a parentRef names; None for others.
fn parent_object(route: &Route, parent: &ParentReference) -> Option<ObjectRef> {
    let kind = parent.kind.as_deref().unwrap_or("Gateway");
    let known = parent.group.as_deref().is_none_or(|group| group == grant::GROUP);
    let namespace = parent.namespace.as_deref().unwrap_or_else(|| route.namespace());
    (known && matches!(kind, "Gateway" | "ListenerSet")).then(|| ObjectRef::namespaced(kind, namespace, &parent.name))
}

/// Name and port first, then kinds and namespaces, then hostnames (apis/v1, RouteConditionReason).
fn attach_to(
    cluster: &Cluster,
    gateway: &mut Gateway,
    parent: &ObjectRef,
    route: &Arc<Route>,
    wanted: &ParentReference,
) -> Result<(), GatewayObjection> {
    let mut listeners: Vec<&mut Listener> = gateway.listeners.iter_mut().filter(|it| it.owner == *parent).collect();
    listeners.retain(|listener| {
        wanted.section_name.as_ref().is_none_or(|name| *name == listener.name)
            && wanted.port.is_none_or(|port| port == i32::from(listener.port))
    });
    if listeners.is_empty() {
        return Err(GatewayObjection::NoMatchingParent);
    }
    listeners.retain(|listener| {
        listener.kinds.contains(&route.kind) && listener.allows_namespace(cluster, route.namespace())
    });
    if listeners.is_empty() {
        return Err(GatewayObjection::NotAllowedByListeners);
    }
    let mut common = false;
    for listener in listeners {
        let hostnames = common_hostnames(listener, route);
        if !hostnames.is_empty() {
            common = true;
            listener.attached_routes += 1;
            listener.table.add(route, &hostnames);
        }
    }
    if common { Ok(()) } else { Err(GatewayObjection::NoCommonHostname) }
}

/// The hostnames under which a listener serves a route: what both have in common; the empty text for all.
fn common_hostnames(listener: &Listener, route: &Route) -> Vec<String> {
    let own = listener.hostname.as_deref();
    if !route.kind.has_hostnames() {
        return vec![String::new()];
    }
    if route.hostnames.is_empty() {
        return vec![own.unwrap_or_default().to_owned()];
    }
    let common = route.hostnames.iter().filter_map(|hostname| match own {
        Some(own) => host::intersection(own, hostname),
        None => Some(&**hostname),
    });
    let mut common: Vec<String> = common.map(str::to_owned).collect();
    common.dedup();
    common
}
