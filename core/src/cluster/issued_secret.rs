//! Secrets that controllers make of other objects: cert-manager those that Certificates name, and those of Gateways and
//! Ingresses with its annotations (cert-manager pkg/controller/certificate-shim); Sealed Secrets and External Secrets.

use std::collections::BTreeSet;

use crate::manifest::{Manifests, Object, Seen};
use crate::model::{Body, Gateway, Text};

/// Namespaces and names.
pub type IssuedSecrets = BTreeSet<(Text, Text)>;

/// The annotations by which cert-manager makes Certificates for what Gateways name.
const ISSUERS: [&str; 2] = ["cert-manager.io/issuer", "cert-manager.io/cluster-issuer"];

/// The Secrets that controllers make.
pub fn read(manifests: &Manifests) -> IssuedSecrets {
    let of_others = manifests.seen.iter().filter_map(made_of);
    manifests.objects.iter().flat_map(issued).chain(of_others).collect()
}

/// SealedSecrets and ExternalSecrets.
fn made_of(seen: &Seen) -> Option<(Text, Text)> {
    let namespace = seen.reference.namespace.clone().unwrap_or_else(|| "default".into());
    seen.makes_secret.clone().map(|name| (namespace, name))
}

fn issued(object: &Object) -> Vec<(Text, Text)> {
    let namespace = object.reference.namespace.clone().unwrap_or_else(|| "default".into());
    match &object.body {
        Body::IssuedCertificate(certificate) => vec![(namespace, certificate.spec.secret_name.clone())],
        Body::Gateway(gateway) => names(gateway, &namespace).map(|name| (namespace.clone(), name)).collect(),
        _ => Vec::new(),
    }
}

fn names<'g>(gateway: &'g Gateway, own: &'g Text) -> impl Iterator<Item = Text> + 'g {
    let annotations = &gateway.metadata.annotations;
    let is_asked = ISSUERS.iter().any(|issuer| annotations.contains_key(*issuer));
    let listeners = gateway.spec.listeners.iter().filter(move |it| is_asked && it.hostname.is_some());
    let references = listeners.filter_map(|listener| listener.tls.as_ref()).flat_map(|tls| &tls.certificate_refs);
    references.filter(move |it| it.namespace.as_ref().is_none_or(|it| it == own)).map(|it| it.name.clone())
}
