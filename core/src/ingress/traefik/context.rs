//! What everything that a request meets in Traefik is given: the cluster, the configuration, the client.

use std::net::IpAddr;

use super::dynamic::{BuildRefusal, DynamicConfig, QualifiedName};
use super::settings::StaticConfig;
use crate::cluster::Cluster;
use crate::trace::{Cause, IngressObjection};

/// What is the same all the way.
#[derive(Clone, Copy)]
pub struct ChainContext<'a> {
    pub cluster: &'a Cluster,
    /// The static configuration.
    pub settings: &'a StaticConfig,
    /// Middlewares and services by name.
    pub config: &'a DynamicConfig,
    pub client: IpAddr,
    /// Whether the client spoke TLS.
    pub is_tls: bool,
}

/// Why none of these middlewares' routers comes to be; None if all can be built.
pub fn refusal_of(context: &ChainContext<'_>, names: &[QualifiedName]) -> Option<BuildRefusal> {
    names.iter().find_map(|name| match context.config.middlewares.get(&name.name) {
        None => Some((IngressObjection::MiddlewareMissing, vec![Cause::line(&name.line)])),
        Some(middleware) => {
            let why = context.config.refused_middlewares.get(&name.name)?;
            Some((*why, vec![Cause::line(&name.line), Cause::line(&middleware.line)]))
        }
    })
}
