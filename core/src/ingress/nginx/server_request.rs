//! A request in a server of nginx.

use super::Nginx;
use super::request::NginxRequest;
use super::server::{NginxLocation, NginxServer};
use crate::cluster::Cluster;
use crate::ingress::verdict::JudgementBuilder;
use crate::trace::Cause;

/// How often nginx looks for a location anew before it answers 500 (NGX_HTTP_MAX_URI_CHANGES).
pub const MOST_CHANGES: usize = 10;

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
    /// A judgement in which nothing was considered yet.
    pub bare: &'a JudgementBuilder,
    /// How often rewrites and error pages have changed the path so far.
    pub changes: usize,
}

pub fn rule_causes(location: &NginxLocation) -> Vec<Cause> {
    location.field().map(Cause::Field).into_iter().collect()
}
