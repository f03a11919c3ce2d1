//! What pods need that isn't among the manifests: ConfigMaps, Secrets and their keys, labels of nodes.

use super::About;
use crate::cluster::requisite::{self, ReferencePresence};
use crate::diagnostic::{Diagnostic, Problem};
use crate::model::{PodSpec, SelectorRequirement, Text};
use crate::source::{FieldPath, ObjectRef};

pub(super) fn problems(about: &About<'_>, found: &mut Vec<Diagnostic>) {
    if let Some((spec, at)) = about.pod_spec() {
        requisites(about, spec, &at, found);
        node_labels(about, spec, &at, found);
    }
}

/// Each key that is missing, and all objects that are, in one finding at the first.
fn requisites(about: &About<'_>, spec: &PodSpec, at: &FieldPath, found: &mut Vec<Diagnostic>) {
    let mut absent: Vec<ObjectRef> = Vec::new();
    let mut first = None;
    for requisite in requisite::config_references(spec, about.namespace(), at) {
        match (about.cluster.presence(&requisite), requisite.key) {
            (ReferencePresence::WithoutKey, Some(key)) => {
                let (object, key, waiting) = (requisite.object, key.clone(), requisite.waiting);
                found.push(about.at(requisite.field, Problem::MissingKey { object, key, waiting }));
            }
            (ReferencePresence::NotPasted, _) if !absent.contains(&requisite.object) => {
                first.get_or_insert(requisite.field);
                absent.push(requisite.object);
            }
            (ReferencePresence::There | ReferencePresence::NotPasted | ReferencePresence::WithoutKey, _) => {}
        }
    }
    for (index, volume) in spec.volumes.iter().enumerate() {
        let Some(claim) = &volume.persistent_volume_claim else { continue };
        let object = ObjectRef::namespaced("PersistentVolumeClaim", about.namespace(), &claim.claim_name);
        if !about.is_pasted(&object) && !absent.contains(&object) {
            first.get_or_insert(at.field("volumes").index(index).field("persistentVolumeClaim").field("claimName"));
            absent.push(object);
        }
    }
    found.extend(first.map(|field| about.at(field, Problem::NotPasted { objects: absent })));
}

/// Labels that no supplied node has, and that the pods' node must have.
fn node_labels(about: &About<'_>, spec: &PodSpec, at: &FieldPath, found: &mut Vec<Diagnostic>) {
    let Some(node) = about.cluster.nodes.values().next() else { return };
    let mut say = |key: &Text, field: FieldPath| {
        if node.may_have(key) {
            found.push(about.at(field, Problem::NodeLabelAssumed { key: key.clone() }));
        }
    };
    spec.node_selector.keys().for_each(|key| say(key, at.field("nodeSelector").key(key)));
    let Some(required) = &spec.affinity.node_affinity.required else { return };
    let path = ["affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"];
    let terms = path.iter().fold(at.clone(), |path, name| path.field(name));
    for (index, term) in required.node_selector_terms.iter().enumerate() {
        let expressions = term.match_expressions.iter().enumerate();
        for (number, requirement) in expressions.filter(|(_, requirement)| wants(requirement)) {
            say(&requirement.key, terms.index(index).field("matchExpressions").index(number).field("key"));
        }
    }
}

/// Whether a node without the label doesn't fit.
fn wants(requirement: &SelectorRequirement) -> bool {
    !matches!(&*requirement.operator, "NotIn" | "DoesNotExist")
}
