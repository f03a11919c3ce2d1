//! The status that a Gateway's controller writes: conditions of classes, Gateways, ListenerSets, listeners and routes, with
//! the reasons of apis/v1.

use super::attach::RouteAttachment;
use super::listener::{CertificateFault, GatewayListener, ListenerConflict, ListenerProtocol};
use super::policy::{self, CaFault};
use super::status::{ConditionStatus, ConditionVerdict};
use super::{Gateway, Gateways, ListenerSetAdmission};
use crate::cluster::Cluster;
use crate::model::Text;
use crate::source::ObjectRef;
use crate::trace::GatewayObjection;

#[derive(Clone, Debug, PartialEq)]
pub struct StatusCondition {
    pub object: ObjectRef,
    pub listener: Option<ListenerCounts>,
    /// Towards which parent.
    pub parent: Option<ObjectRef>,
    /// `Programmed`
    pub kind: &'static str,
    /// Whether it holds.
    pub status: ConditionStatus,
    /// `Programmed`
    pub reason: &'static str,
}

/// What a listener's status holds besides conditions.
#[derive(Clone, Debug, PartialEq)]
pub struct ListenerCounts {
    pub name: Text,
    /// How many routes are attached.
    pub attached_routes: u32,
    /// The kinds that it takes.
    pub supported_kinds: Vec<&'static str>,
}

/// All conditions, by object.
pub fn conditions_of_gateways(gateways: &Gateways, cluster: &Cluster) -> Vec<StatusCondition> {
    let mut all = Vec::new();
    for name in cluster.gateway_classes.keys() {
        let class = ObjectRef::cluster_scoped("GatewayClass", name);
        push_condition(&mut all, &class, None, None, "Accepted", (ConditionStatus::True, "Accepted"));
    }
    for (namespace, name, _) in cluster.gateways.iter() {
        let reference = ObjectRef::namespaced("Gateway", namespace, name);
        match gateways.gateways.iter().find(|gateway| gateway.reference == reference) {
            Some(gateway) => push_gateway_conditions(gateway, &mut all),
            None => {
                push_condition(&mut all, &reference, None, None, "Accepted", (ConditionStatus::Unknown, "Pending"));
                push_condition(&mut all, &reference, None, None, "Programmed", (ConditionStatus::Unknown, "Pending"));
            }
        }
    }
    gateways.attachments.iter().for_each(|attachment| push_route_conditions(attachment, &mut all));
    push_policy_conditions(gateways, cluster, &mut all);
    all
}

/// A policy's status says of each Gateway whose routes lead to its Service (apis/v1, PolicyStatus.ancestors).
fn push_policy_conditions(gateways: &Gateways, cluster: &Cluster, all: &mut Vec<StatusCondition>) {
    let policies = policy::all_tls_policies(cluster);
    for one in &policies {
        let conditions = one.conditions(&policies);
        for gateway in gateways.gateways.iter().filter(|gateway| gateway.leads_to(|service| one.is_about(service))) {
            for (kind, verdict) in conditions {
                push_condition(all, &one.reference, None, Some(&gateway.reference), kind, verdict);
            }
        }
    }
}

fn push_condition(
    all: &mut Vec<StatusCondition>,
    object: &ObjectRef,
    listener: Option<&ListenerCounts>,
    parent: Option<&ObjectRef>,
    kind: &'static str,
    (status, reason): ConditionVerdict,
) {
    let (listener, parent) = (listener.cloned(), parent.cloned());
    all.push(StatusCondition { object: object.clone(), listener, parent, kind, status, reason });
}

fn push_gateway_conditions(gateway: &Gateway, all: &mut Vec<StatusCondition>) {
    // 1. Accepted: its own faults, then those of its listeners.
    let of = |owner: &ObjectRef| gateway.listeners.iter().filter(|it| it.owner == *owner).collect::<Vec<_>>();
    let own = of(&gateway.reference);
    let accepted = match gateway.fault {
        Some(fault) => (ConditionStatus::False, fault.reason()),
        None => verdict_of_listeners(&own),
    };
    push_condition(all, &gateway.reference, None, None, "Accepted", accepted);
    // 2. Programmed: accepted, with an address that can be used.
    let programmed = match (accepted.0, gateway.address) {
        (ConditionStatus::True, _) if gateway.wants_unusable_address => (ConditionStatus::False, "AddressNotUsable"),
        (ConditionStatus::True, Some(_)) => (ConditionStatus::True, "Programmed"),
        (ConditionStatus::True, None) => (ConditionStatus::False, "AddressNotAssigned"),
        (ConditionStatus::False | ConditionStatus::Unknown, _) => (ConditionStatus::False, "Invalid"),
    };
    push_condition(all, &gateway.reference, None, None, "Programmed", programmed);
    // 3. Said only where it holds.
    if gateway.lets_unchecked_in {
        let verdict = (ConditionStatus::True, "ConfigurationChanged");
        push_condition(all, &gateway.reference, None, None, "InsecureFrontendValidationMode", verdict);
    }
    // 4. Its own listeners, then every ListenerSet with those it adds.
    own.iter().for_each(|listener| push_listener_conditions(listener, gateway, all));
    for (set, joined) in &gateway.sets {
        let listeners = of(set);
        let (accepted, programmed) = match joined {
            ListenerSetAdmission::NotAllowed => {
                ((ConditionStatus::False, "NotAllowed"), (ConditionStatus::False, "NotAllowed"))
            }
            ListenerSetAdmission::Yes => match verdict_of_listeners(&listeners) {
                (ConditionStatus::True, reason) => {
                    ((ConditionStatus::True, reason), (ConditionStatus::True, "Programmed"))
                }
                invalid => (invalid, (ConditionStatus::False, invalid.1)),
            },
        };
        push_condition(all, set, None, None, "Accepted", accepted);
        push_condition(all, set, None, None, "Programmed", programmed);
        listeners.iter().for_each(|listener| push_listener_conditions(listener, gateway, all));
    }
}

/// Accepted while one listener is sound; the reason tells if another isn't.
fn verdict_of_listeners(listeners: &[&GatewayListener]) -> ConditionVerdict {
    let sound = listeners.iter().filter(|listener| listener.is_accepted()).count();
    match sound {
        0 => (ConditionStatus::False, "ListenersNotValid"),
        _ if sound < listeners.len() => (ConditionStatus::True, "ListenersNotValid"),
        _ => (ConditionStatus::True, "Accepted"),
    }
}

fn push_listener_conditions(listener: &GatewayListener, gateway: &Gateway, all: &mut Vec<StatusCondition>) {
    // 1. What the status says besides conditions.
    let counts = ListenerCounts {
        name: listener.name.clone(),
        attached_routes: listener.attached_routes,
        supported_kinds: listener.kinds.iter().map(|kind| kind.name()).collect(),
    };
    // 2. Accepted: protocol, conflicts, authorities of clients.
    let conflict = listener.conflict.map(|conflict| match conflict {
        ListenerConflict::Hostname => "HostnameConflict",
        ListenerConflict::Protocol => "ProtocolConflict",
    });
    let accepted = match (listener.protocol, conflict) {
        (ListenerProtocol::Unsupported, _) => (ConditionStatus::False, "UnsupportedProtocol"),
        (_, Some(conflict)) => (ConditionStatus::False, conflict),
        (_, None) if !listener.is_accepted() => (ConditionStatus::False, "NoValidCACertificate"),
        (_, None) => (ConditionStatus::True, "Accepted"),
    };
    // 3. ResolvedRefs: kinds and certificates.
    let authority = listener.client_check.and_then(|check| check.fault).map(|(fault, _)| match fault {
        CaFault::Kind => "InvalidCACertificateKind",
        CaFault::NotPermitted => "RefNotPermitted",
        CaFault::Reference => "InvalidCACertificateRef",
    });
    let resolved = match listener.certificate {
        _ if listener.has_invalid_kinds => (ConditionStatus::False, "InvalidRouteKinds"),
        Some(CertificateFault::Invalid) => (ConditionStatus::False, "InvalidCertificateRef"),
        Some(CertificateFault::NotPermitted) => (ConditionStatus::False, "RefNotPermitted"),
        None => authority.map_or((ConditionStatus::True, "ResolvedRefs"), |reason| (ConditionStatus::False, reason)),
    };
    // 4. Programmed and Conflicted.
    let programmed = match (listener.is_programmed(), conflict) {
        (true, _) => (ConditionStatus::True, "Programmed"),
        (false, Some(conflict)) => (ConditionStatus::False, conflict),
        (false, None) => (ConditionStatus::False, "Invalid"),
    };
    let conflicted =
        conflict.map_or((ConditionStatus::False, "NoConflicts"), |conflict| (ConditionStatus::True, conflict));
    let conditions =
        [("Accepted", accepted), ("Programmed", programmed), ("ResolvedRefs", resolved), ("Conflicted", conflicted)];
    for (kind, verdict) in conditions {
        push_condition(all, &listener.owner, Some(&counts), None, kind, verdict);
    }
    // 5. Said only where it holds (apis/v1, ListenerConditionOverlappingTLSConfig).
    if gateway.listeners.iter().any(|other| other.field() != listener.field() && listener.overlaps(other)) {
        let verdict = (ConditionStatus::True, "OverlappingHostnames");
        push_condition(all, &listener.owner, Some(&counts), None, "OverlappingTLSConfig", verdict);
    }
}

fn push_route_conditions(attachment: &RouteAttachment, all: &mut Vec<StatusCondition>) {
    let RouteAttachment { route, parent, refused, unresolved, .. } = attachment;
    let accepted = match refused {
        None => (ConditionStatus::True, "Accepted"),
        Some(GatewayObjection::NoMatchingParent) => (ConditionStatus::False, "NoMatchingParent"),
        Some(GatewayObjection::NoCommonHostname) => (ConditionStatus::False, "NoMatchingListenerHostname"),
        // apis/v1 names no reason; implementations say HostnameConflict.
        Some(GatewayObjection::HostnameConflict) => (ConditionStatus::False, "HostnameConflict"),
        Some(_) => (ConditionStatus::False, "NotAllowedByListeners"),
    };
    let resolved =
        unresolved.map_or((ConditionStatus::True, "ResolvedRefs"), |fault| (ConditionStatus::False, fault.reason()));
    push_condition(all, route, None, Some(parent), "Accepted", accepted);
    push_condition(all, route, None, Some(parent), "ResolvedRefs", resolved);
}
