//! Ingress controllers. None is modelled yet: a request that reaches a controller's pod is delivered there.

use std::net::IpAddr;

use crate::cluster::Cluster;
use crate::packet::HttpRequest;
use crate::source::ObjectRef;
use crate::trace::Judgement;

/// The controllers of a cluster.
#[derive(Clone, Debug, Default)]
pub struct Controllers;

/// A controller.
#[derive(Clone, Copy, Debug)]
pub enum Controller {}

/// A request as it arrives at a controller's pod.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    /// The pod.
    pub pod: &'a ObjectRef,
    /// The port of the pod.
    pub port: u16,
    /// The source address of the connection.
    pub client: IpAddr,
    /// The request.
    pub request: &'a HttpRequest,
}

/// Where a controller can be reached.
#[derive(Clone, Copy, Debug)]
pub struct Entrance {
    /// The address.
    pub address: IpAddr,
    /// The port, where it isn't the usual one.
    pub port: Option<u16>,
}

/// Why there is no entrance.
#[derive(Clone, Debug)]
pub enum NoEntrance {
    /// No controller runs, or none for this class.
    NoController,
    /// The controller can't be reached from outside.
    NotReachable(ObjectRef),
}

impl Controllers {
    /// Finds the controllers among the pods.
    pub fn read(_: &Cluster) -> Self {
        Self
    }

    /// The controller that runs in a pod and takes HTTP on this port of it.
    pub fn at_pod(&self, _: &ObjectRef, _: u16) -> Option<&Controller> {
        None
    }

    /// What the words INGRESS and INGRESS(class) of a command stand for.
    pub fn entrance(&self, _: &Cluster, _: Option<&str>) -> Result<Entrance, NoEntrance> {
        Err(NoEntrance::NoController)
    }
}

impl Controller {
    /// What it makes of a request.
    pub fn judge(&self, _: &Cluster, _: &Arrival<'_>) -> Judgement {
        match *self {}
    }
}
