//! Listeners: what a Gateway and the ListenerSets that join it listen on, and whether each can.

use std::cmp::Ordering;

use super::frontend::ClientCheck;
use super::grant;
use super::matching::RouteTable;
use super::route::RouteKind;
use crate::cluster::Cluster;
use crate::http::host;
use crate::model::{self, NamespacesFrom, Text};
use crate::order::Order;
use crate::packet::Protocol;
use crate::source::{FieldPath, FieldRef, ObjectRef};

/// A listener with the routes attached to it.
#[derive(Clone, Debug)]
pub struct GatewayListener {
    /// The Gateway or ListenerSet in which it stands.
    pub owner: ObjectRef,
    /// Its place there.
    pub index: usize,
    pub name: Text,
    /// What it speaks.
    pub protocol: ListenerProtocol,
    pub port: u16,
    /// The host it is for; all without it.
    pub hostname: Option<Text>,
    /// The kinds of routes it takes.
    pub kinds: Vec<RouteKind>,
    /// Whether it asks for kinds that don't exist or don't fit.
    pub has_invalid_kinds: bool,
    /// Which namespaces' routes it takes.
    pub namespaces: NamespacesFrom,
    /// What is wrong with its certificates.
    pub certificate: Option<CertificateFault>,
    /// What it asks of clients.
    pub client_check: Option<ClientCheck>,
    /// Whether another listener is in its way.
    pub conflict: Option<ListenerConflict>,
    /// What its routes match.
    pub table: RouteTable,
    /// How many routes are attached.
    pub attached_routes: u32,
}

/// What a listener speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ListenerProtocol {
    /// HTTP in the clear.
    Http,
    /// HTTP inside TLS.
    Https,
    /// TLS that ends here.
    TlsTerminate,
    /// TLS that goes on to the backend.
    TlsPassthrough,
    Tcp,
    Udp,
    /// None that is supported.
    Unsupported,
}

/// What is wrong with a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateFault {
    /// It names no Secret, a missing one, or one without a certificate.
    Invalid,
    /// It is in another namespace and no ReferenceGrant permits it.
    NotPermitted,
}

/// How listeners are in each other's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListenerConflict {
    /// The same hostname on the same port.
    Hostname,
    /// Protocols that don't go together on a port.
    Protocol,
}

impl ListenerProtocol {
    fn read(listener: &model::Listener) -> Self {
        let mode = listener.tls.as_ref().and_then(|tls| tls.mode.as_deref());
        match (&*listener.protocol, mode) {
            ("HTTP", _) => Self::Http,
            ("HTTPS", _) => Self::Https,
            ("TLS", Some("Passthrough")) => Self::TlsPassthrough,
            ("TLS", _) => Self::TlsTerminate,
            ("TCP", _) => Self::Tcp,
            ("UDP", _) => Self::Udp,
            _ => Self::Unsupported,
        }
    }

    /// The routes that fit it (apis/v1, ProtocolType).
    fn kinds(self) -> &'static [RouteKind] {
        match self {
            Self::Http | Self::Https => &[RouteKind::Http, RouteKind::Grpc],
            Self::TlsTerminate => &[RouteKind::Tls, RouteKind::Tcp],
            Self::TlsPassthrough => &[RouteKind::Tls],
            Self::Tcp => &[RouteKind::Tcp],
            Self::Udp => &[RouteKind::Udp],
            Self::Unsupported => &[],
        }
    }

    /// UDP, or TCP for all others.
    pub fn transport(self) -> Protocol {
        match self {
            Self::Udp => Protocol::Udp,
            Self::Http | Self::Https | Self::TlsTerminate | Self::TlsPassthrough | Self::Tcp | Self::Unsupported => {
                Protocol::Tcp
            }
        }
    }

    /// Whether a TLS handshake comes first.
    pub fn is_tls(self) -> bool {
        matches!(self, Self::Https | Self::TlsTerminate | Self::TlsPassthrough)
    }

    /// Whether two may share a port: HTTP with HTTP, what begins with TLS with its like, told apart by hostname.
    fn goes_with(self, other: Self) -> bool {
        self == Self::Http && other == Self::Http
            || self.is_tls() && other.is_tls()
            || self.transport() != other.transport()
    }
}

impl GatewayListener {
    pub fn read(cluster: &Cluster, owner: &ObjectRef, listeners: &[model::Listener]) -> Vec<Self> {
        listeners.iter().enumerate().map(|(index, listener)| Self::new(cluster, owner, index, listener)).collect()
    }

    fn new(cluster: &Cluster, owner: &ObjectRef, index: usize, listener: &model::Listener) -> Self {
        let protocol = ListenerProtocol::read(listener);
        let allowed = listener.allowed_routes.clone().unwrap_or_default();
        let fits = |kind: &model::RouteGroupKind| {
            let group = kind.group.as_deref().is_none_or(|group| group == grant::GROUP);
            RouteKind::from_name(&kind.kind).filter(|kind| group && protocol.kinds().contains(kind))
        };
        let asked: Vec<Option<RouteKind>> = allowed.kinds.iter().map(fits).collect();
        let kinds =
            if asked.is_empty() { protocol.kinds().to_vec() } else { asked.iter().flatten().copied().collect() };
        Self {
            owner: owner.clone(),
            index,
            name: listener.name.clone(),
            protocol,
            port: u16::try_from(listener.port).unwrap_or_default(),
            hostname: listener.hostname.clone().filter(|hostname| !hostname.is_empty()),
            kinds,
            has_invalid_kinds: asked.iter().any(Option::is_none),
            namespaces: allowed.namespaces.unwrap_or_default(),
            certificate: certificate_fault(cluster, owner, protocol, listener),
            client_check: None,
            conflict: None,
            table: RouteTable::default(),
            attached_routes: 0,
        }
    }

    /// Whether its configuration is sound.
    pub fn is_accepted(&self) -> bool {
        let checks = self.client_check.is_none_or(|check| check.is_usable());
        self.protocol != ListenerProtocol::Unsupported && self.conflict.is_none() && checks
    }

    /// Whether it takes connections.
    pub fn is_programmed(&self) -> bool {
        self.is_accepted() && self.certificate.is_none() && !self.kinds.is_empty()
    }

    /// Whether it has a host: its own, one below its wildcard, or any.
    pub fn covers(&self, name: &str) -> bool {
        self.hostname.as_deref().is_none_or(|hostname| host::covers_any_labels(hostname, name))
    }

    /// Whether both end TLS on one port, for hostnames of which one lies in the other.
    pub fn overlaps(&self, other: &Self) -> bool {
        let ends_tls = |it: &Self| matches!(it.protocol, ListenerProtocol::Https | ListenerProtocol::TlsTerminate);
        let common = self.hostname.as_deref().zip(other.hostname.as_deref());
        self.port == other.port
            && ends_tls(self)
            && ends_tls(other)
            && common.is_none_or(|(own, other)| host::intersection(own, other).is_some())
    }

    /// How specific its hostname is.
    pub fn specificity(&self) -> (usize, usize) {
        self.hostname.as_deref().map_or((0, 0), host::specificity)
    }

    /// Whether it takes routes of a namespace.
    pub fn allows_namespace(&self, cluster: &Cluster, namespace: &str) -> bool {
        allows_namespace_of(
            cluster,
            &self.namespaces,
            "Same",
            self.owner.namespace.as_deref().unwrap_or_default(),
            namespace,
        )
    }

    /// Where it stands.
    pub fn field(&self) -> FieldRef {
        self.owner.field(FieldPath::from("spec.listeners").index(self.index))
    }
}

/// Whether `from` admits a namespace, seen from an object in `own`; `default` is what an absent `from` means.
pub fn allows_namespace_of(
    cluster: &Cluster,
    from: &NamespacesFrom,
    default: &str,
    own: &str,
    namespace: &str,
) -> bool {
    match from.from.as_deref().unwrap_or(default) {
        "All" => true,
        "Same" => own == namespace,
        "Selector" => {
            let labels = cluster.namespaces.get(namespace);
            from.selector.as_ref().zip(labels).is_some_and(|(selector, labels)| selector.matches(labels))
        }
        _ => false,
    }
}

/// What is wrong with the certificates that a listener needs.
fn certificate_fault(
    cluster: &Cluster,
    owner: &ObjectRef,
    protocol: ListenerProtocol,
    listener: &model::Listener,
) -> Option<CertificateFault> {
    if !matches!(protocol, ListenerProtocol::Https | ListenerProtocol::TlsTerminate) {
        return None;
    }
    let references = listener.tls.as_ref().map_or(&[][..], |tls| tls.certificate_refs.as_slice());
    if references.is_empty() {
        return Some(CertificateFault::Invalid);
    }
    references.iter().find_map(|reference| {
        if !grant::names_core_object(reference, "Secret") {
            return Some(CertificateFault::Invalid);
        }
        if !grant::grant_permits(cluster, owner, "Secret", reference) {
            return Some(CertificateFault::NotPermitted);
        }
        let own = owner.namespace.as_deref().unwrap_or_default();
        let namespace = reference.namespace.as_deref().unwrap_or(own);
        // One that couldn't be read is taken to be there; what the handshake shows is unknown then.
        let is_issued = || {
            cluster.issued_secrets.contains(&(namespace.into(), reference.name.clone()))
                || cluster.unread.secrets(Some(namespace)).is_some()
        };
        let secret = cluster.secrets.get(namespace, &reference.name);
        let is_sound = secret.map_or_else(is_issued, |secret| is_certificate(secret));
        (!is_sound).then_some(CertificateFault::Invalid)
    })
}

/// Whether a Secret holds a certificate. Only its form is looked at; values that were left out on purpose, as when a link
/// is shared, count as sound.
fn is_certificate(secret: &model::Secret) -> bool {
    let sound = |key: &str, word: &str| {
        let value = secret.value(key);
        value.is_some_and(|value| value.trim().is_empty() || value.contains(word))
    };
    sound("tls.crt", "CERTIFICATE") && sound("tls.key", "KEY")
}

/// Marks listeners that are in each other's way. `level` tells which object's listeners come first: of two with different
/// levels the earlier wins, of two with the same both lose (apis/v1, Listeners: no conflicting listener may be picked).
pub fn find_conflicts(listeners: &mut [(usize, GatewayListener)]) {
    // 1. Earlier objects are settled before later ones, whose listeners give way to theirs.
    let mut order: Vec<usize> = (0..listeners.len()).collect();
    order.order_by_key(|place| listeners.get(*place).map(|(level, _)| *level));
    for place in order {
        // 2. Of the others count those that stand: of earlier objects the accepted ones, of the same object all that have
        //    a protocol, of later objects none.
        let Some((level, listener)) = listeners.get(place) else { continue };
        let found =
            listeners.iter().enumerate().filter(|(other, _)| *other != place).find_map(|(_, (other_level, other))| {
                let stands = match other_level.cmp(level) {
                    Ordering::Less => other.is_accepted(),
                    Ordering::Equal => other.protocol != ListenerProtocol::Unsupported,
                    Ordering::Greater => false,
                };
                conflict_between(listener, other).filter(|_| stands)
            });
        // 3. What is found counts for the listeners that come after.
        if let Some((_, listener)) = listeners.get_mut(place) {
            listener.conflict = found;
        }
    }
}

fn conflict_between(one: &GatewayListener, other: &GatewayListener) -> Option<ListenerConflict> {
    let unsupported = |it: &GatewayListener| it.protocol == ListenerProtocol::Unsupported;
    if one.port != other.port || unsupported(one) || unsupported(other) {
        return None;
    }
    if !one.protocol.goes_with(other.protocol) {
        // TCP beside TCP and UDP beside UDP have no hostname to tell them apart.
        return Some(if one.protocol == other.protocol {
            ListenerConflict::Hostname
        } else {
            ListenerConflict::Protocol
        });
    }
    if one.protocol.transport() != other.protocol.transport() || lowercase_hostname(one) != lowercase_hostname(other) {
        return None;
    }
    // HTTPS and TLS of one hostname (GatewayListenerProtocolAndRouteKindConflicts).
    let alike = (one.protocol == ListenerProtocol::Https) == (other.protocol == ListenerProtocol::Https);
    Some(if alike { ListenerConflict::Hostname } else { ListenerConflict::Protocol })
}

fn lowercase_hostname(listener: &GatewayListener) -> Option<String> {
    listener.hostname.as_ref().map(|hostname| hostname.to_ascii_lowercase())
}
