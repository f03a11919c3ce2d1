//! The status that a Gateway's controller writes: conditions of classes, Gateways, ListenerSets, listeners and routes, with
//! the reasons of apis/v1.

use super::attach::Attachment;
use super::listener::{CertificateFault, Conflict, Listener, ListenerProtocol};
use super::policy::{self, CaFault};
use super::status::{Status, Verdict};
use super::{Gateway, Gateways, Joined};
use crate::cluster::Cluster;
use crate::model::Text;
use crate::source::ObjectRef;
use crate::trace::GatewayObjection;

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// Of which object.
    pub object: ObjectRef,
    /// Of which of its listeners.
    pub listener: Option<ListenerCounts>,
    /// Towards which parent.
    pub parent: Option<ObjectRef>,
    /// `Programmed`
    pub kind: &'static str,
    /// Whether it holds.
    pub status: Status,
    /// `Programmed`
    pub reason: &'static str,
}

/// What a listener's status holds besides conditions.
#[derive(Clone, Debug, PartialEq)]
pub struct ListenerCounts {
    /// Its name.
    pub name: Text,
    /// How many routes are attached.
    pub attached_routes: u32,
    /// The kinds that it takes.
    pub supported_kinds: Vec<&'static str>,
}

/// All conditions, by object.
pub fn conditions(gateways: &Gateways, cluster: &Cluster) -> Vec<Condition> {
    let mut all = Vec::new();
    for name in cluster.gateway_classes.keys() {
        let class = ObjectRef::cluster_scoped("GatewayClass", name);
        push(&mut all, &class, None, None, "Accepted", (Status::True, "Accepted"));
    }
    for (namespace, name, _) in cluster.gateways.iter() {
        let reference = ObjectRef::namespaced("Gateway", namespace, name);
        match gateways.gateways.iter().find(|gateway| gateway.reference == reference) {
            Some(gateway) => of_gateway(gateway, &mut all),
            None => {
                push(&mut all, &reference, None, None, "Accepted", (Status::Unknown, "Pending"));
                push(&mut all, &reference, None, None, "Programmed", (Status::Unknown, "Pending"));
            }
        }
    }
    gateways.attachments.iter().for_each(|attachment| of_route(attachment, &mut all));
    of_policies(gateways, cluster, &mut all);
    all
}

/// A policy's status says of each Gateway whose routes lead to its Service (apis/v1, PolicyStatus.ancestors).
fn of_policies(gateways: &Gateways, cluster: &Cluster, all: &mut Vec<Condition>) {
    let policies = policy::all(cluster);
    for one in &policies {
        let conditions = one.conditions(&policies);
        for gateway in gateways.gateways.iter().filter(|gateway| gateway.leads_to(|service| one.is_about(service))) {
            for (kind, verdict) in conditions {
                push(all, &one.reference, None, Some(&gateway.reference), kind, verdict);
            }
        }
    }
}

fn push(
    all: &mut Vec<Condition>,
    object: &ObjectRef,
    listener: Option<&ListenerCounts>,
    parent: Option<&ObjectRef>,
    kind: &'static str,
    (status, reason): Verdict,
) {
    let (listener, parent) = (listener.cloned(), parent.cloned());
    all.push(Condition { object: object.clone(), listener, parent, kind, status, reason });
}

fn of_gateway(gateway: &Gateway, all: &mut Vec<Condition>) {
    let of = |owner: &ObjectRef| gateway.listeners.iter().filter(|it| it.owner == *owner).collect::<Vec<_>>();
    let own = of(&gateway.reference);
    let accepted = match gateway.fault {
        Some(fault) => (Status::False, fault.reason()),
        None => soundness(&own),
    };
    push(all, &gateway.reference, None, None, "Accepted", accepted);
    let programmed = match (accepted.0, gateway.address) {
        (Status::True, _) if gateway.wants_unusable_address => (Status::False, "AddressNotUsable"),
        (Status::True, Some(_)) => (Status::True, "Programmed"),
        (Status::True, None) => (Status::False, "AddressNotAssigned"),
        (Status::False | Status::Unknown, _) => (Status::False, "Invalid"),
    };
    push(all, &gateway.reference, None, None, "Programmed", programmed);
    if gateway.lets_unchecked_in {
        let verdict = (Status::True, "ConfigurationChanged");
        push(all, &gateway.reference, None, None, "InsecureFrontendValidationMode", verdict);
    }
    own.iter().for_each(|listener| of_listener(listener, gateway, all));
    for (set, joined) in &gateway.sets {
        let listeners = of(set);
        let (accepted, programmed) = match joined {
            Joined::NotAllowed => ((Status::False, "NotAllowed"), (Status::False, "NotAllowed")),
            Joined::Yes => match soundness(&listeners) {
                (Status::True, reason) => ((Status::True, reason), (Status::True, "Programmed")),
                invalid => (invalid, (Status::False, invalid.1)),
            },
        };
        push(all, set, None, None, "Accepted", accepted);
        push(all, set, None, None, "Programmed", programmed);
        listeners.iter().for_each(|listener| of_listener(listener, gateway, all));
    }
}

/// Accepted while one listener is sound; the reason tells if another isn't.
fn soundness(listeners: &[&Listener]) -> Verdict {
    let sound = listeners.iter().filter(|listener| listener.is_accepted()).count();
    match sound {
        0 => (Status::False, "ListenersNotValid"),
        _ if sound < listeners.len() => (Status::True, "ListenersNotValid"),
        _ => (Status::True, "Accepted"),
    }
}

fn of_listener(listener: &Listener, gateway: &Gateway, all: &mut Vec<Condition>) {
    let counts = ListenerCounts {
        name: listener.name.clone(),
        attached_routes: listener.attached_routes,
        supported_kinds: listener.kinds.iter().map(|kind| kind.name()).collect(),
    };
    let conflict = listener.conflict.map(|conflict| match conflict {
        Conflict::Hostname => "HostnameConflict",
        Conflict::Protocol => "ProtocolConflict",
    });
    let accepted = match (listener.protocol, conflict) {
        (ListenerProtocol::Unsupported, _) => (Status::False, "UnsupportedProtocol"),
        (_, Some(conflict)) => (Status::False, conflict),
        (_, None) if !listener.is_accepted() => (Status::False, "NoValidCACertificate"),
        (_, None) => (Status::True, "Accepted"),
    };
    let authority = listener.client_check.and_then(|check| check.fault).map(|(fault, _)| match fault {
        CaFault::Kind => "InvalidCACertificateKind",
        CaFault::NotPermitted => "RefNotPermitted",
        CaFault::Reference => "InvalidCACertificateRef",
    });
    let resolved = match listener.certificate {
        _ if listener.has_invalid_kinds => (Status::False, "InvalidRouteKinds"),
        Some(CertificateFault::Invalid) => (Status::False, "InvalidCertificateRef"),
        Some(CertificateFault::NotPermitted) => (Status::False, "RefNotPermitted"),
        None => authority.map_or((Status::True, "ResolvedRefs"), |reason| (Status::False, reason)),
    };
    let programmed = match (listener.is_programmed(), conflict) {
        (true, _) => (Status::True, "Programmed"),
        (false, Some(conflict)) => (Status::False, conflict),
        (false, None) => (Status::False, "Invalid"),
    };
    let conflicted = conflict.map_or((Status::False, "NoConflicts"), |conflict| (Status::True, conflict));
    let conditions =
        [("Accepted", accepted), ("Programmed", programmed), ("ResolvedRefs", resolved), ("Conflicted", conflicted)];
    for (kind, verdict) in conditions {
        push(all, &listener.owner, Some(&counts), None, kind, verdict);
    }
    // Said only where it holds (apis/v1, ListenerConditionOverlappingTLSConfig).
    if gateway.listeners.iter().any(|other| other.field() != listener.field() && listener.overlaps(other)) {
        let verdict = (Status::True, "OverlappingHostnames");
        push(all, &listener.owner, Some(&counts), None, "OverlappingTLSConfig", verdict);
    }
}

fn of_route(attachment: &Attachment, all: &mut Vec<Condition>) {
    let Attachment { route, parent, refused, unresolved, .. } = attachment;
    let accepted = match refused {
        None => (Status::True, "Accepted"),
        Some(GatewayObjection::NoMatchingParent) => (Status::False, "NoMatchingParent"),
        Some(GatewayObjection::NoCommonHostname) => (Status::False, "NoMatchingListenerHostname"),
        // apis/v1 names no reason; implementations say HostnameConflict.
        Some(GatewayObjection::HostnameConflict) => (Status::False, "HostnameConflict"),
        Some(_) => (Status::False, "NotAllowedByListeners"),
    };
    let resolved = unresolved.map_or((Status::True, "ResolvedRefs"), |fault| (Status::False, fault.reason()));
    push(all, route, None, Some(parent), "Accepted", accepted);
    push(all, route, None, Some(parent), "ResolvedRefs", resolved);
}
