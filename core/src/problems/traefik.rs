//! Traefik's kinds that name a Secret or a TLSOption that isn't there.

use super::About;
use crate::diagnostic::{Diagnostic, Problem};
use crate::model::LEGACY_TRAEFIK;
use crate::source::{FieldPath, ObjectRef};
use crate::yaml::YamlNode;

/// Whether an object is of the group that Traefik 3 has given up; that is said.
pub(super) fn is_legacy(about: &About<'_>, found: &mut Vec<Diagnostic>) -> bool {
    let is_legacy = about.object.api_version.split('/').next() == Some(LEGACY_TRAEFIK);
    if is_legacy {
        let kind = about.object.reference.kind.clone();
        found.push(about.at(FieldPath::root().field("apiVersion"), Problem::LegacyTraefikGroup { kind }));
    }
    is_legacy
}

/// The certificate and the options of a route's TLS; `default` are the options that are always there.
pub(super) fn route(about: &About<'_>, found: &mut Vec<Diagnostic>) {
    let Some(tls) = about.object.node.child("spec").and_then(|spec| spec.child("tls")) else { return };
    let at = FieldPath::from("spec.tls");
    if let Some(name) = text(tls, "secretName") {
        found.extend(about.missing_secret(at.field("secretName"), about.namespace(), name));
    }
    let Some(options) = tls.child("options") else { return };
    let Some(name) = text(options, "name").filter(|name| *name != "default" && !name.contains('@')) else { return };
    let namespace = text(options, "namespace").unwrap_or(about.namespace());
    let object = ObjectRef::namespaced("TLSOption", namespace, name);
    if !about.is_pasted(&object) {
        found.push(about.at(at.field("options").field("name"), Problem::Missing { object }));
    }
}

/// The Secret of a middleware that asks for a password.
pub(super) fn middleware(about: &About<'_>, found: &mut Vec<Diagnostic>) {
    let Some(spec) = about.object.node.child("spec") else { return };
    for kind in ["basicAuth", "digestAuth"] {
        if let Some(name) = spec.child(kind).and_then(|auth| text(auth, "secret")) {
            let field = FieldPath::from("spec").field(kind).field("secret");
            found.extend(about.missing_secret(field, about.namespace(), name));
        }
    }
}

fn text<'n>(node: &'n YamlNode, key: &str) -> Option<&'n str> {
    node.child(key).and_then(YamlNode::text).map(|text| &**text).filter(|text| !text.is_empty())
}
