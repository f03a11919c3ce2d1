//! MiddlewareTCPs by the routes that name them (crd/kubernetes_tcp.go makeMiddlewareTCPKeys, pkg/middlewares/tcp).

use super::{ProviderContext, resolve};
use crate::ingress::traefik::dynamic::BuildRefusal;
use crate::ingress::traefik::middleware::address;
use crate::ingress::traefik::middleware::tcp::TcpMiddleware;
use crate::model::MiddlewareRef;
use crate::source::{FieldRef, ObjectRef};
use crate::trace::{Cause, IngressObjection};

/// The middlewares of a route; one that is missing or can't be built leaves the route out.
pub fn middlewares(
    context: &ProviderContext<'_>,
    own: &str,
    names: &[MiddlewareRef],
    place: &FieldRef,
) -> Result<Vec<TcpMiddleware>, BuildRefusal> {
    let resolved = resolve::resolve_all(context, own, names, place)?;
    let read = names.iter().zip(resolved).map(|(named, qualified)| {
        let namespace = named.namespace.as_deref().filter(|namespace| !namespace.is_empty()).unwrap_or(own);
        let missing = || (IngressObjection::MiddlewareMissing, vec![Cause::line(&qualified.line)]);
        let object = context.cluster.middlewares_tcp.get(namespace, &named.name).ok_or_else(missing)?;
        let line = ObjectRef::namespaced("MiddlewareTCP", namespace, &named.name).field("spec");
        let invalid = || (IngressObjection::MiddlewareInvalid, vec![Cause::line(&qualified.line), Cause::line(&line)]);
        let spec = &object.spec;
        match (spec.ip_allow_list.as_ref().or(spec.ip_white_list.as_ref()), &spec.in_flight_conn) {
            (Some(list), None) => {
                let list = address::read(list).ok_or_else(invalid)?;
                Ok(TcpMiddleware::AllowList(list, line))
            }
            (None, Some(most)) => Ok(TcpMiddleware::InFlight(most.amount, line)),
            _ => Err(invalid()),
        }
    });
    read.collect()
}
