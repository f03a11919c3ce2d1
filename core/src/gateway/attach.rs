//! Which listeners a route attaches to, parentRef by parentRef, and why it may not.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::implementation::RouteCompetition;
use super::listener::GatewayListener;
use super::matching::ServedHostname;
use super::route::{GatewayRoute, RouteKind};
use super::{Gateway, backend, grant};
use crate::cluster::Cluster;
use crate::http::host;
use crate::model::{ParentReference, Text};
use crate::order::Order;
use crate::source::{FieldPath, FieldRef, ObjectRef};
use crate::trace::GatewayObjection;

/// What became of one parentRef.
#[derive(Clone, Debug)]
pub struct RouteAttachment {
    pub route: ObjectRef,
    /// The Gateway or ListenerSet.
    pub parent: ObjectRef,
    /// The parentRef.
    pub field: FieldRef,
    /// Why it isn't accepted.
    pub refused: Option<GatewayObjection>,
    /// The first of its references that can't be resolved.
    pub unresolved: Option<backend::BackendFault>,
}

/// Attaches a route to the listeners of the Gateways that it names.
pub fn attach_route(
    cluster: &Cluster,
    gateways: &mut [Gateway],
    by_parent: &BTreeMap<ObjectRef, usize>,
    route: &Arc<GatewayRoute>,
) -> Vec<RouteAttachment> {
    let mut attachments = Vec::new();
    for (index, parent) in route.parents.iter().enumerate() {
        let Some(reference) = parent_object(route, parent) else { continue };
        let Some(gateway) = by_parent.get(&reference).and_then(|place| gateways.get_mut(*place)) else { continue };
        let unresolved = backend::first_backend_fault(cluster, gateway.implementation, route);
        let refused = attach_to_listeners(cluster, gateway, &reference, route, parent).err();
        for reading in &mut gateway.readings {
            // What another reading refuses shows in its answers.
            let _ = attach_to_listeners(cluster, reading, &reference, route, parent);
        }
        let field = route.reference.field(FieldPath::from("spec.parentRefs").index(index));
        attachments.push(RouteAttachment {
            route: route.reference.clone(),
            parent: reference,
            field,
            refused,
            unresolved,
        });
    }
    attachments
}

/// The Gateway or ListenerSet that a parentRef names; None for others.
fn parent_object(route: &GatewayRoute, parent: &ParentReference) -> Option<ObjectRef> {
    let kind = parent.kind.as_deref().unwrap_or("Gateway");
    let known = parent.group.as_deref().is_none_or(|group| group == grant::GROUP);
    let namespace = parent.namespace.as_deref().unwrap_or_else(|| route.namespace());
    (known && matches!(kind, "Gateway" | "ListenerSet")).then(|| ObjectRef::namespaced(kind, namespace, &parent.name))
}

/// Name and port first, then kinds and namespaces, then hostnames (apis/v1, RouteConditionReason).
fn attach_to_listeners(
    cluster: &Cluster,
    gateway: &mut Gateway,
    parent: &ObjectRef,
    route: &Arc<GatewayRoute>,
    wanted: &ParentReference,
) -> Result<(), GatewayObjection> {
    // 1. Hosts of other listeners, for proxies that choose by host.
    let implementation = gateway.implementation;
    let elsewhere: Vec<(FieldRef, u16, Text)> = match implementation.competition {
        RouteCompetition::VirtualHost => gateway.listeners.iter().filter_map(hostname_of).collect(),
        RouteCompetition::Listener | RouteCompetition::Port => Vec::new(),
    };
    // 2. The parent's listeners of that name and port.
    let mut listeners: Vec<&mut GatewayListener> =
        gateway.listeners.iter_mut().filter(|it| it.owner == *parent).collect();
    listeners.retain(|listener| {
        wanted.section_name.as_ref().is_none_or(|name| *name == listener.name)
            && wanted.port.is_none_or(|port| port == i32::from(listener.port))
    });
    if listeners.is_empty() {
        return Err(GatewayObjection::NoMatchingParent);
    }
    // 3. Of those, the ones that allow the route's kind and namespace.
    listeners.retain(|listener| {
        listener.kinds.contains(&route.kind) && listener.allows_namespace(cluster, route.namespace())
    });
    if listeners.is_empty() {
        return Err(GatewayObjection::NotAllowedByListeners);
    }
    // 4. On each, the hostnames in common that no other listener takes.
    let mut attached = Err(GatewayObjection::NoCommonHostname);
    for listener in listeners {
        let mut hostnames = common_hostnames(listener, route);
        // Another listener of the port has such a host (helpers.go computeHosts).
        let is_other = |it: &&(FieldRef, u16, Text)| it.1 == listener.port && it.0 != listener.field();
        hostnames.retain(|served| !elsewhere.iter().filter(is_other).any(|(_, _, host)| **host == *served.common));
        if hostnames.is_empty() {
            continue;
        }
        if implementation.kinds_exclude && is_hostname_taken(listener, route, &hostnames) {
            attached = attached.or(Err(GatewayObjection::HostnameConflict));
            continue;
        }
        attached = Ok(());
        listener.attached_routes += 1;
        listener.table.add(route, &hostnames);
    }
    attached
}

/// A listener's hostname, with its place and port; those that lost theirs to another don't count.
fn hostname_of(listener: &GatewayListener) -> Option<(FieldRef, u16, Text)> {
    let hostname = listener.hostname.clone().filter(|_| listener.conflict.is_none())?;
    Some((listener.field(), listener.port, hostname))
}

/// Whether a listener serves a route of the other of the two kinds, HTTPRoute and GRPCRoute, under a hostname that this one
/// has too. Routes come the oldest first, so that this one is the younger and isn't accepted (apis/v1,
/// GRPCRouteSpec.hostnames).
fn is_hostname_taken(listener: &GatewayListener, route: &GatewayRoute, hostnames: &[ServedHostname]) -> bool {
    let other = match route.kind {
        RouteKind::Http => RouteKind::Grpc,
        RouteKind::Grpc => RouteKind::Http,
        RouteKind::Tls | RouteKind::Tcp | RouteKind::Udp => return false,
    };
    hostnames.iter().any(|own| listener.table.serves_kind_under(other, &own.common))
}

/// The hostnames under which a listener serves a route: what both have in common; the empty text for all.
fn common_hostnames(listener: &GatewayListener, route: &GatewayRoute) -> Vec<ServedHostname> {
    let own = listener.hostname.as_deref();
    let served =
        |common: &str, written: &str| ServedHostname { common: common.to_owned(), written: written.to_owned() };
    if !route.kind.has_hostnames() {
        return vec![served("", "")];
    }
    if route.hostnames.is_empty() {
        let own = own.unwrap_or_default();
        return vec![served(own, own)];
    }
    let common = route.hostnames.iter().filter_map(|hostname| {
        let common = own.map_or(Some(&**hostname), |own| host::intersection(own, hostname))?;
        Some(served(common, hostname))
    });
    let mut common: Vec<ServedHostname> = common.collect();
    common.order_by_key(|served| std::cmp::Reverse(host::specificity(&served.written)));
    let mut seen = BTreeSet::new();
    common.retain(|served| seen.insert(served.common.to_ascii_lowercase()));
    common
}
