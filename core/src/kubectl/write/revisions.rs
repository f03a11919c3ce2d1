//! ControllerRevisions: what there is of earlier templates of StatefulSets and DaemonSets (pkg/controller/history).

use serde_json::{Value, json};

use super::super::api::owner_reference;
use super::super::json_tree::merge;
use super::KubectlView;
use crate::model::well_known;
use crate::order::Order;
use crate::source::ObjectRef;

/// A template with its number.
pub struct TemplateRevision {
    pub number: u64,
    pub template: Value,
    pub cause: Option<String>,
}

/// The revisions that there are, the newest last: those that were written down, and the present one. A template that comes again
/// has a new number.
pub fn revisions(view: KubectlView<'_>, owner: &ObjectRef) -> Vec<TemplateRevision> {
    let Some(present) = present(view, owner) else { return Vec::new() };
    let mut all: Vec<TemplateRevision> = written(view, owner);
    let last = all.iter().map(|revision| revision.number).max().unwrap_or_default();
    all.retain(|revision| revision.template != present.template);
    all.push(TemplateRevision { number: last + 1, ..present });
    all.order_by_key(|revision| revision.number);
    all
}

/// The present template as an object of its own, to be kept while the next one takes its place.
pub fn revision_before(view: KubectlView<'_>, owner: &ObjectRef) -> Option<Value> {
    // 1. The revision's name: the hash that its pods have, else its number.
    let present = revisions(view, owner).pop()?;
    let namespace = owner.namespace.as_deref().unwrap_or_default();
    let workload = view.cluster.workloads.get(owner)?;
    let pod = workload.pods.iter().find_map(|pod| view.cluster.pods.get(namespace, pod));
    let hash = pod.and_then(|pod| pod.labels.get("controller-revision-hash"));
    let hash = hash.map_or_else(|| format!("revision-{}", present.number), ToString::to_string);
    let is_whole = hash.starts_with(&format!("{}-", owner.name));
    let name = if is_whole { hash } else { format!("{}-{hash}", owner.name) };
    // 2. A template that came again stands there under this name already.
    let reference = ObjectRef::namespaced("ControllerRevision", namespace, &name);
    let is_there = view.manifests.seen.iter().any(|seen| seen.reference == reference);
    let name = if is_there { format!("{name}-{}", present.number) } else { name };
    // 3. Its labels and its owner.
    let labels = present.template.pointer("/metadata/labels").cloned().unwrap_or_else(|| json!({}));
    let uid = view.manifests.find(owner).and_then(|object| object.node.child("metadata")?.child("uid")?.text());
    let mut reference = owner_reference(owner);
    if let Some(uid) = uid {
        merge(&mut reference, json!({"uid": uid}));
    }
    // 4. The ControllerRevision, with what caused it.
    let mut revision = json!({
        "apiVersion": "apps/v1",
        "kind": "ControllerRevision",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": labels,
            "ownerReferences": [reference],
        },
        "data": {"spec": {"template": present.template}},
        "revision": present.number,
    });
    if let Some(cause) = present.cause {
        merge(&mut revision, json!({"metadata": {"annotations": {well_known::CHANGE_CAUSE: cause}}}));
    }
    Some(revision)
}

fn present(view: KubectlView<'_>, owner: &ObjectRef) -> Option<TemplateRevision> {
    let written = serde_json::to_value(&*view.manifests.find(owner)?.node).ok()?;
    let cause = written.pointer("/metadata/annotations").and_then(|all| all.get(well_known::CHANGE_CAUSE));
    Some(TemplateRevision {
        number: 1,
        template: written.pointer("/spec/template")?.clone(),
        cause: cause.and_then(Value::as_str).map(str::to_owned),
    })
}

/// Those that stand in the manifests.
fn written(view: KubectlView<'_>, owner: &ObjectRef) -> Vec<TemplateRevision> {
    let of_kind = view.manifests.seen.iter().filter(|seen| &*seen.reference.kind == "ControllerRevision");
    let objects = of_kind.filter_map(|seen| super::super::documents::written_object(view, &seen.reference));
    let revisions = objects.filter_map(|object| {
        let owners = object.pointer("/metadata/ownerReferences").and_then(Value::as_array)?;
        let is_owner = |one: &Value| {
            one.get("kind").and_then(Value::as_str) == Some(&*owner.kind)
                && one.get("name").and_then(Value::as_str) == Some(&*owner.name)
        };
        let same_namespace = object.pointer("/metadata/namespace").and_then(Value::as_str).unwrap_or("default")
            == owner.namespace.as_deref().unwrap_or("default");
        let cause = object.pointer("/metadata/annotations").and_then(|all| all.get(well_known::CHANGE_CAUSE));
        (owners.iter().any(is_owner) && same_namespace).then_some(())?;
        Some(TemplateRevision {
            number: object.get("revision").and_then(Value::as_u64)?,
            template: object.pointer("/data/spec/template")?.clone(),
            cause: cause.and_then(Value::as_str).map(str::to_owned),
        })
    });
    revisions.collect()
}
