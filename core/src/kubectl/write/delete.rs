//! `delete` (pkg/cmd/delete), with what the garbage collector and the endpoints controller take away after it.

use std::collections::{BTreeMap, BTreeSet};

use super::{KubectlView, ResourceType, SelectedObject, WriteCommand, WriteResult, unsupported_error, write_output};
use crate::change::{Change, PodFate};
use crate::source::ObjectRef;

/// Deletes objects; a pod of a workload goes, and another comes.
pub fn delete(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    // 1. The objects, with what isn't understood.
    if let Some(other) =
        write.flags.value("cascade").filter(|kind| !["background", "foreground", "true"].contains(kind))
    {
        return Err(unsupported_error(format!("kubectl delete --cascade={other} isn't understood here")));
    }
    let (selected, missing) = write.selected(&write.flags.words, view)?;
    let (mut said, mut gone): (String, Vec<ObjectRef>) = (String::new(), Vec::new());
    let mut changes = Vec::new();
    let forced = if write.flags.is("force") { "force deleted" } else { "deleted" };
    for one in &selected {
        // 2. What is said of each.
        let text = match write.flags.value("output") {
            Some("name") => format!("{}\n", one.text()),
            _ => {
                let from = one.reference.namespace.as_ref().map(|namespace| format!(" from {namespace} namespace"));
                let (kind, from) = (one.resource.singular(), from.unwrap_or_default());
                format!("{kind} {:?} {forced}{from}{}\n", one.name(), write.suffix())
            }
        };
        said.push_str(&text);
        // 3. What a controller has made only goes, and comes again.
        if is_made(one, view) {
            changes.push(Change::Pod(one.reference.qualified_name().into(), PodFate::Deleted));
            continue;
        }
        if is_made_set(one, view) {
            let pods =
                view.cluster.workloads.get(&one.reference).map(|workload| workload.pods.clone()).unwrap_or_default();
            let pods = pods.iter().map(|pod| format!("{}/{pod}", one.namespace()));
            changes.extend(pods.map(|pod| Change::Pod(pod.into(), PodFate::Deleted)));
            continue;
        }
        // 4. What nobody wrote can't go.
        if !one.written(view)?.is_empty() {
            let text = one.text();
            return Err(unsupported_error(format!(
                "kubectl: {text} doesn't stand in the manifests, so it can't be deleted"
            )));
        }
        // 5. A namespace takes along all that is in it.
        if one.resource == ResourceType::Namespaces {
            let inside = view.manifests.objects.iter().map(|object| &object.reference);
            let inside = inside.chain(view.manifests.seen.iter().map(|seen| &seen.reference));
            gone.extend(inside.filter(|object| object.namespace.as_deref() == Some(one.name())).cloned());
        }
        gone.push(one.reference.clone());
    }
    // 6. So does an owner.
    collect_owned(view, &mut gone);
    changes.extend(gone.into_iter().map(Change::Delete));
    let mut output = write_output(said, missing);
    if write.flags.is("force") {
        output.stderr.insert_str(0, FORCED);
    }
    Ok((output, changes))
}

/// What kubectl says before it forces anything.
const FORCED: &str = "Warning: Immediate deletion does not wait for confirmation that the running resource has been \
                      terminated. The resource may continue to run on the cluster indefinitely.\n";

/// Whether it is a pod that a controller makes: nobody wrote it.
fn is_made(one: &SelectedObject, view: KubectlView<'_>) -> bool {
    let pod = view.cluster.pods.get(one.namespace(), one.name());
    one.resource == ResourceType::Pods && pod.is_some_and(|pod| pod.made)
}

/// Whether it is a ReplicaSet that a Deployment makes: another comes of the same template, with other pods.
fn is_made_set(one: &SelectedObject, view: KubectlView<'_>) -> bool {
    let is_written = super::super::documents::written_object(view, &one.reference).is_some();
    one.resource == ResourceType::ReplicaSets && !is_written && view.cluster.workloads.contains_key(&one.reference)
}

/// Adds what is owned by what is gone, and the Endpoints of Services (endpoints_controller.go, syncService).
pub fn collect_owned(view: KubectlView<'_>, gone: &mut Vec<ObjectRef>) {
    // 1. Who owns what: by namespace, kind and name.
    type Owner<'o> = (Option<&'o str>, &'o str, &'o str);
    let mut owned: BTreeMap<Owner<'_>, Vec<&ObjectRef>> = BTreeMap::new();
    for object in &view.manifests.objects {
        let (reference, metadata) = (&object.reference, object.body.metadata());
        let namespace = reference.namespace.as_deref();
        for owner in metadata.map_or(&[][..], |metadata| &metadata.owner_references) {
            owned.entry((namespace, &owner.kind, &owner.name)).or_default().push(reference);
        }
        if &*reference.kind == "Endpoints" {
            owned.entry((namespace, "Service", &reference.name)).or_default().push(reference);
        }
    }
    // 2. What is added may itself own something.
    let mut known: BTreeSet<ObjectRef> = gone.iter().cloned().collect();
    let mut at = 0;
    while let Some(owner) = gone.get(at) {
        at += 1;
        let owner = (owner.namespace.as_deref(), &*owner.kind, &*owner.name);
        let new = owned.get(&owner).into_iter().flatten().filter(|object| known.insert((**object).clone()));
        let new: Vec<ObjectRef> = new.map(|object| (*object).clone()).collect();
        gone.extend(new);
    }
}
