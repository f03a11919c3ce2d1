//! A request in a server of nginx.

use super::Nginx;
use super::proxy::NginxRequest;
use super::server::{NginxLocation, NginxServer};
use crate::cluster::Cluster;
use crate::trace::Cause;

/// A request in a server of nginx.
#[derive(Clone, Copy)]
pub struct ServerRequest<'a> {
    /// The controller.
    pub nginx: &'a Nginx,
    /// The cluster.
    pub cluster: &'a Cluster,
    /// The request as nginx sees it.
    pub view: &'a NginxRequest<'a>,
    /// The server.
    pub server: &'a NginxServer,
    /// The decoded path.
    pub uri: &'a str,
}

/// The rule of a location as a cause.
pub fn rule_causes(location: &NginxLocation) -> Vec<Cause> {
    location.field().map(Cause::Field).into_iter().collect()
}
