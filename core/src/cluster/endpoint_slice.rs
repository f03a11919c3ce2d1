//! EndpointSlices with parsed addresses: pasted ones, and those that the controllers write.

use std::net::IpAddr;
use std::sync::Arc;

use crate::model::{Labels, Text};
use crate::packet::Protocol;
use crate::source::ObjectRef;

pub(super) mod hints;
mod pasted;
mod derive;
mod mirror;
pub(super) mod build;

pub(super) use derive::{SliceDerivation, port_of_pod, service_hostname};
pub use hints::TOPOLOGY_MODE;

/// A slice, pasted or derived, with parsed addresses.
#[derive(Clone, Debug)]
pub struct EndpointSlice {
    /// Its name.
    pub reference: ObjectRef,
    /// Whether kube-proxy sees it (no service-proxy-name or headless label).
    pub labels: Arc<Labels>,
    /// The ports of all endpoints.
    pub ports: Vec<EndpointPort>,
    pub endpoints: Vec<Endpoint>,
    /// Whether it is of the IPv6 family.
    pub ipv6: bool,
}

/// A port of a slice.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EndpointPort {
    /// The Service port's name; None where the slice says none.
    pub name: Option<Text>,
    /// TCP, UDP, SCTP.
    pub protocol: Protocol,
    /// The number on the endpoint; None means all, and nobody uses it.
    pub port: Option<u16>,
    /// `kubernetes.io/h2c` ….
    pub app_protocol: Option<Text>,
}

#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Its addresses; kube-proxy uses the first.
    pub addresses: Vec<IpAddr>,
    /// The names in their place, with addressType FQDN: only CoreDNS reads them.
    pub names: Vec<Text>,
    /// Absent is read as true.
    pub ready: Option<bool>,
    /// Absent is read as true by kube-proxy.
    pub serving: Option<bool>,
    /// Absent is read as false.
    pub terminating: Option<bool>,
    /// Its own name below the Service's.
    pub hostname: Option<Text>,
    pub node: Option<Text>,
    pub zone: Option<Text>,
    /// The zones it should serve.
    pub zone_hints: Vec<Text>,
    /// The nodes it should serve.
    pub node_hints: Vec<Text>,
    /// The pod behind it.
    pub pod: Option<ObjectRef>,
}
