//! A request in a server of nginx.

use super::Nginx;
use super::request::NginxRequest;
use super::server::{NginxLocation, NginxServer};
use crate::cluster::Cluster;
use crate::trace::Cause;

/// A request in a server of nginx.
#[derive(Clone, Copy)]
pub struct ServerRequest<'a> {
    /// The controller.
    pub nginx: &'a Nginx,
    pub cluster: &'a Cluster,
    /// The request as nginx sees it.
    pub view: &'a NginxRequest<'a>,
    pub server: &'a NginxServer,
    /// The decoded path.
    pub uri: &'a str,
}

pub fn rule_causes(location: &NginxLocation) -> Vec<Cause> {
    location.field().map(Cause::Field).into_iter().collect()
}
