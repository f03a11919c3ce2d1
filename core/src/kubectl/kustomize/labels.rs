//! Labels and annotations for all objects, where pods are made and selected too (kustomize, builtinpluginconsts).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::fields::visit_field;
use super::kustomization::Kustomization;
use super::object::KustomizedObject;

/// Kinds, empty for every one; a path; whether it is made where it is missing.
type LabelPlace<'p> = (&'p str, &'p str, bool);

/// An object's own labels.
const OWN: [LabelPlace<'static>; 1] = [("", "metadata/labels", true)];

/// Labels of what is made by a template (metadatalabels.go).
const TEMPLATES: [LabelPlace<'static>; 4] = [
    ("ReplicationController Deployment ReplicaSet DaemonSet StatefulSet Job", "spec/template/metadata/labels", true),
    ("StatefulSet", "spec/volumeClaimTemplates[]/metadata/labels", true),
    ("CronJob", "spec/jobTemplate/metadata/labels", true),
    ("CronJob", "spec/jobTemplate/spec/template/metadata/labels", true),
];

/// Selectors (commonlabels.go).
const SELECTORS: [LabelPlace<'static>; 12] = [
    ("Service ReplicationController", "spec/selector", true),
    ("Deployment ReplicaSet DaemonSet StatefulSet", "spec/selector/matchLabels", true),
    ("Job PodDisruptionBudget", "spec/selector/matchLabels", false),
    ("CronJob", "spec/jobTemplate/spec/selector/matchLabels", false),
    ("NetworkPolicy", "spec/podSelector/matchLabels", false),
    ("NetworkPolicy", "spec/ingress/from/podSelector/matchLabels", false),
    ("NetworkPolicy", "spec/egress/to/podSelector/matchLabels", false),
    ("Deployment StatefulSet", "spec/template/spec/topologySpreadConstraints/labelSelector/matchLabels", false),
    (
        "Deployment StatefulSet",
        "spec/template/spec/affinity/podAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels",
        false,
    ),
    (
        "Deployment StatefulSet",
        "spec/template/spec/affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels",
        false,
    ),
    (
        "Deployment StatefulSet",
        "spec/template/spec/affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels",
        false,
    ),
    (
        "Deployment StatefulSet",
        "spec/template/spec/affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels",
        false,
    ),
];

/// Annotations (commonannotations.go).
const ANNOTATIONS: [LabelPlace<'static>; 4] = [
    ("", "metadata/annotations", true),
    (
        "ReplicationController Deployment ReplicaSet DaemonSet StatefulSet Job",
        "spec/template/metadata/annotations",
        true,
    ),
    ("CronJob", "spec/jobTemplate/metadata/annotations", true),
    ("CronJob", "spec/jobTemplate/spec/template/metadata/annotations", true),
];

/// `labels`, then `commonLabels`, then `commonAnnotations`.
pub fn add_labels(objects: &mut [KustomizedObject], kustomization: &Kustomization) {
    for entry in &kustomization.labels {
        let own = entry.fields.iter().map(|field| (field.kind.as_str(), field.path.as_str(), field.create));
        let templates = TEMPLATES.iter().filter(|_| entry.include_selectors || entry.include_templates);
        let selectors = SELECTORS.iter().filter(|_| entry.include_selectors);
        let places: Vec<LabelPlace<'_>> = own.chain(OWN.iter().chain(templates).chain(selectors).copied()).collect();
        add_pairs(objects, &entry.pairs, &places);
    }
    let everywhere: Vec<LabelPlace<'_>> = OWN.iter().chain(&TEMPLATES).chain(&SELECTORS).copied().collect();
    add_pairs(objects, &kustomization.common_labels, &everywhere);
    add_pairs(objects, &kustomization.common_annotations, &ANNOTATIONS);
}

fn add_pairs(objects: &mut [KustomizedObject], pairs: &BTreeMap<String, String>, places: &[LabelPlace<'_>]) {
    if pairs.is_empty() {
        return;
    }
    for object in objects {
        let kind = object.kind().to_owned();
        for (_, path, creates) in
            places.iter().filter(|(kinds, ..)| kinds.is_empty() || kinds.split(' ').any(|one| one == kind))
        {
            visit_field(&mut object.value, path, *creates, &mut |found| {
                if found.is_null() {
                    *found = Value::Object(Map::new());
                }
                if let Some(map) = found.as_object_mut() {
                    map.extend(pairs.iter().map(|(key, text)| (key.clone(), text.as_str().into())));
                }
            });
        }
    }
}
