//! What stands in the manifests, as it was written, and what the cluster has beside it.

use serde_json::Value;

use super::KubectlView;
use crate::manifest::DEFAULT_NAMESPACE;
use crate::model::Encode;
use crate::source::ObjectRef;
use crate::yaml;

/// An object that stands in the manifests, as it was written.
pub fn written_object(view: KubectlView<'_>, reference: &ObjectRef) -> Option<Value> {
    if let Some(object) = view.manifests.find(reference) {
        return Some(object.node.encode());
    }
    // Where the objects of a custom kind live, only its definition says: without a namespace they are in `default`.
    let bare = ObjectRef::cluster_scoped(&reference.kind, &reference.name);
    let is_default = reference.namespace.as_deref() == Some(DEFAULT_NAMESPACE);
    let is_it = |own: &ObjectRef| own == reference || (is_default && *own == bare);
    let seen = view.manifests.seen.iter().find(|seen| is_it(&seen.reference))?;
    let node = yaml::parse(seen.span.file, view.manifests.sources.text(seen.span), seen.span.start).0?;
    Some(node.encode())
}

/// Whether the cluster has it by itself: the namespace default, the Service kubernetes.
pub fn is_supplied(view: KubectlView<'_>, reference: &ObjectRef) -> bool {
    let cluster = view.cluster;
    cluster.is_supplied(reference)
        || match (&*reference.kind, reference.namespace.as_deref()) {
            ("Namespace", _) => cluster.namespaces.contains_key(&*reference.name),
            ("Node", _) => cluster.nodes.contains_key(&*reference.name),
            ("Service", Some(namespace)) => cluster.services.get(namespace, &reference.name).is_some(),
            ("Pod", Some(namespace)) => cluster.pods.get(namespace, &reference.name).is_some(),
            _ => cluster.workloads.contains_key(reference),
        }
}
