//! Servers that middlewares ask: whether anybody can answer there.

use super::context::ChainContext;
use crate::packet::http::host_and_port;

/// Whether an address in the cluster has nobody behind it: a Service that doesn't exist or has no endpoints, or a port of
/// Traefik's own pod on which it doesn't listen.
pub fn is_out_of_reach(context: &ChainContext<'_>, address: &str) -> bool {
    let Some((scheme, rest)) = address.split_once("://") else { return true };
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let (host, port) = host_and_port(authority);
    let port = port.unwrap_or(if scheme == "https" { 443 } else { 80 });
    if let Ok(address) = host.parse::<std::net::IpAddr>() {
        return address.is_loopback() && context.settings.entry_point(port).is_none();
    }
    let domain = &context.cluster.settings.cluster_domain;
    let bare = host.trim_end_matches('.');
    let inside = bare.strip_suffix(&format!(".svc.{domain}")).or_else(|| bare.strip_suffix(".svc"));
    let Some((name, namespace)) = inside.and_then(|inside| inside.split_once('.')) else { return false };
    if name.contains('.') || namespace.contains('.') {
        return false;
    }
    let Some(service) = context.cluster.services.get(namespace, name) else { return true };
    let slices = context.cluster.slices_of(service.namespace(), service.name());
    let ready = slices.iter().flat_map(|slice| &slice.endpoints).any(|endpoint| endpoint.ready.unwrap_or(true));
    let is_external = crate::proxy::backend::external_name(service).is_some();
    !is_external && (!ready || !service.ports.iter().any(|known| known.port == port))
}

/// An address whose host ends in `svc`, with the cluster's domain, which the resolver of Traefik's pod searches.
pub fn with_domain(context: &ChainContext<'_>, address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let end = rest.find(['/', '?', ':']).unwrap_or(rest.len());
    let (host, behind) = rest.split_at(end);
    if !host.ends_with(".svc") {
        return address.to_owned();
    }
    format!("{scheme}://{host}.{}{behind}", context.cluster.settings.cluster_domain)
}
