//! The names by which custom resources call middlewares and options, in the namespace and provider that may be meant.

use super::ProviderContext;
use crate::ingress::traefik::dynamic::{BuildRefusal, QualifiedName, object_name};
use crate::model::MiddlewareRef;
use crate::source::FieldRef;
use crate::trace::{Cause, IngressObjection};

/// resolveReference: another namespace, or another provider, only if that is allowed.
pub fn resolve(
    context: &ProviderContext<'_>,
    own: &str,
    named: &MiddlewareRef,
    place: FieldRef,
) -> Result<QualifiedName, BuildRefusal> {
    let outside = (IngressObjection::OtherNamespace, vec![Cause::line(&place)]);
    let crosses = context.settings.crosses_namespaces();
    if named.name.contains('@') {
        let is_allowed = crosses || !named.name.ends_with("@kubernetescrd");
        return if is_allowed && context.settings.crosses_providers(own) {
            Ok(QualifiedName { name: named.name.to_string(), line: place })
        } else {
            Err(outside)
        };
    }
    let namespace = named.namespace.as_deref().filter(|namespace| !namespace.is_empty()).unwrap_or(own);
    if namespace != own && !crosses {
        return Err(outside);
    }
    Ok(QualifiedName { name: object_name(namespace, &named.name), line: place })
}

/// makeMiddlewareKeys.
pub fn resolve_all(
    context: &ProviderContext<'_>,
    own: &str,
    names: &[MiddlewareRef],
    place: &FieldRef,
) -> Result<Vec<QualifiedName>, BuildRefusal> {
    let numbered = names.iter().enumerate().map(|(index, name)| {
        let path = place.path.field("middlewares").index(index);
        resolve(context, own, name, FieldRef { object: place.object.clone(), path })
    });
    numbered.collect()
}
