//! How old objects are: as their text says, else as the session knows.

use std::collections::BTreeSet;

use serde_json::Value;

use super::KubectlView;
use super::documents::written_object;
use super::table_row::UNKNOWN;
use crate::source::ObjectRef;
use crate::terminal::ages::human_duration;
use crate::terminal::clock;
use crate::terminal::session::BEGINNING;

/// Every object that is there, written or made.
pub fn objects_there(view: KubectlView<'_>) -> BTreeSet<ObjectRef> {
    let (manifests, cluster) = (view.manifests, view.cluster);
    let written = manifests.objects.iter().map(|object| object.reference.clone());
    let seen = manifests.seen.iter().map(|seen| seen.reference.clone());
    let pods = cluster.pods.values().map(|pod| pod.reference.clone());
    let services =
        cluster.services.values().map(|service| ObjectRef::namespaced("Service", service.namespace(), service.name()));
    let endpoints = cluster
        .endpoints
        .values()
        .map(|endpoints| ObjectRef::namespaced("Endpoints", &endpoints.metadata.namespace, &endpoints.metadata.name));
    let slices = cluster.slices.values().flatten().map(|slice| slice.reference.clone());
    let nodes = cluster.nodes.keys().map(|name| ObjectRef::cluster_scoped("Node", name));
    let namespaces = cluster.namespaces.keys().map(|name| ObjectRef::cluster_scoped("Namespace", name));
    let made = pods.chain(services).chain(endpoints).chain(slices).chain(nodes).chain(namespaces);
    written.chain(seen).chain(cluster.workloads.keys().cloned()).chain(made).collect()
}

/// Seconds since 1970; None where nobody knows.
pub fn created_at(view: KubectlView<'_>, object: &ObjectRef) -> Option<u64> {
    let session = view.clock?;
    let written = written_object(view, object);
    let told =
        written.as_ref().and_then(|object| object.pointer("/metadata/creationTimestamp")).and_then(Value::as_str);
    match told {
        // Of a later time than the session's nothing follows.
        Some(told) => clock::seconds_of(told).filter(|seconds| *seconds <= BEGINNING + session.now),
        None => Some(BEGINNING + session.ages.created(object)),
    }
}

/// `5m`, or that it isn't known.
pub fn age_text(view: KubectlView<'_>, object: &ObjectRef) -> String {
    let now = view.clock.map_or(0, |session| BEGINNING + session.now);
    created_at(view, object).map_or_else(|| UNKNOWN.to_owned(), |created| human_duration(now.saturating_sub(created)))
}

/// `Thu, 01 Jan 2026 00:00:00 +0000` (RFC 1123).
pub fn created_text(view: KubectlView<'_>, object: &ObjectRef) -> Option<String> {
    Some(clock::formatted(created_at(view, object)?, "%a, %d %b %Y %H:%M:%S %z"))
}

/// `2026-01-01T00:00:00Z`
pub fn timestamp(seconds: u64) -> String {
    clock::formatted(seconds, "%FT%TZ")
}

/// What the API server fills in and nobody writes goes from an object that is to be written down, unless it stands there
/// already.
pub fn leave_out_times(object: &mut Value, known: Option<&Value>) {
    let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) else { return };
    for key in ["creationTimestamp", "resourceVersion", "generation", "managedFields", "selfLink"] {
        if known.and_then(|known| known.get("metadata")?.get(key)).is_none() {
            metadata.remove(key);
        }
    }
}
