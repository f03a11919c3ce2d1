//! `kubectl describe` of claims, volumes and storage classes (pkg/describe). Whether a claim is bound isn't modelled.

use serde_json::Value;

use super::super::table_row::UNKNOWN;
use super::super::value::{
    access_modes, annotations, entries, label_line, labels, list, multiline, quantity_text, said, word, word_or,
};
use super::DescribedObject;
use super::volume;
use crate::cluster::Pod;

/// printPersistentVolumeClaim, describePersistentVolumeClaim
pub fn claim(described: &DescribedObject<'_>) -> Option<String> {
    let object = &described.object;
    let mut text = said("", object, &[("Name", "/metadata/name"), ("Namespace", "/metadata/namespace")]);
    text += &format!("StorageClass:\t{}\n", word(object, "/spec/storageClassName"));
    text += &format!("Status:\t{}\n", word_or(object, "/status/phase", UNKNOWN));
    text += &format!("Volume:\t{}\n", word(object, "/spec/volumeName"));
    text += &labels("Labels", &entries(object, "/metadata/labels"));
    text += &annotations("Annotations", &entries(object, "/metadata/annotations"));
    text += &format!("Finalizers:\t{}\n", word_or(object, "/metadata/finalizers", "[kubernetes.io/pvc-protection]"));
    let capacity = object.pointer("/status/capacity/storage").map(quantity_text);
    text += &format!("Capacity:\t{}\n", capacity.unwrap_or_default());
    text += &format!("Access Modes:\t{}\n", access_modes(list(object, "/status/accessModes")));
    text += &said("", object, &[("VolumeMode", "/spec/volumeMode")]);
    if let Some(source) = object.pointer("/spec/dataSource") {
        text += "DataSource:\n";
        text += &said("  ", source, &[("APIGroup", "/apiGroup"), ("Kind", "/kind"), ("Name", "/name")]);
    }
    Some(text + &multiline("Used By", &users(described)))
}

/// The pods that mount a claim.
fn users(described: &DescribedObject<'_>) -> Vec<String> {
    let (namespace, name) = (described.reference.namespace.as_deref().unwrap_or_default(), &*described.reference.name);
    let mounts = |pod: &&Pod| {
        let object = super::super::api::pod_object(described.view, pod);
        list(&object, "/spec/volumes").iter().any(|one| word(one, "/persistentVolumeClaim/claimName") == name)
    };
    let pods = described.view.cluster.pods.values().filter(|pod| pod.namespace() == namespace);
    pods.filter(mounts).map(|pod| pod.name().to_owned()).collect()
}

/// describePersistentVolume
pub fn volume(described: &DescribedObject<'_>) -> Option<String> {
    let object = &described.object;
    let mut text = said("", object, &[("Name", "/metadata/name")]);
    text += &labels("Labels", &entries(object, "/metadata/labels"));
    text += &annotations("Annotations", &entries(object, "/metadata/annotations"));
    text += &format!("Finalizers:\t{}\n", word_or(object, "/metadata/finalizers", "[kubernetes.io/pv-protection]"));
    text += &format!("StorageClass:\t{}\n", word(object, "/spec/storageClassName"));
    text += &format!("Status:\t{}\n", word_or(object, "/status/phase", UNKNOWN));
    let claim = object.pointer("/spec/claimRef");
    let claim = claim.map(|claim| format!("{}/{}", word(claim, "/namespace"), word(claim, "/name")));
    text += &format!("Claim:\t{}\n", claim.unwrap_or_default());
    text += &format!("Reclaim Policy:\t{}\n", word(object, "/spec/persistentVolumeReclaimPolicy"));
    text += &format!("Access Modes:\t{}\n", access_modes(list(object, "/spec/accessModes")));
    text += &said("", object, &[("VolumeMode", "/spec/volumeMode")]);
    let capacity = object.pointer("/spec/capacity/storage").map(quantity_text);
    text += &format!("Capacity:\t{}\n", capacity.unwrap_or_else(|| "0".to_owned()));
    text += &node_affinity(object);
    text += &format!("Message:\t{}\nSource:\n", word(object, "/status/message"));
    Some(text + &volume::source(object.get("spec").unwrap_or(&Value::Null)))
}

/// printVolumeNodeAffinity
fn node_affinity(object: &Value) -> String {
    let terms = list(object, "/spec/nodeAffinity/required/nodeSelectorTerms");
    if terms.is_empty() {
        return "Node Affinity:\t<none>\n".to_owned();
    }
    let term = |(number, term): (usize, &Value)| {
        let line = |one: &Value| {
            let values: Vec<String> = list(one, "/values").iter().map(super::super::jsonpath::go_text).collect();
            let operator = word(one, "/operator").to_lowercase();
            format!("{} {operator} [{}]", word(one, "/key"), values.join(", "))
        };
        let lines: Vec<String> = list(term, "/matchExpressions").iter().map(line).collect();
        multiline(&format!("    Term {number}"), &lines).replace("\n\t", "\n    \t")
    };
    format!("Node Affinity:\t\n  Required Terms:\t\n{}", terms.iter().enumerate().map(term).collect::<String>())
}

/// describeStorageClass
pub fn class(described: &DescribedObject<'_>) -> Option<String> {
    let object = &described.object;
    let annotations = entries(object, "/metadata/annotations");
    let is_default =
        annotations.get("storageclass.kubernetes.io/is-default-class").is_some_and(|text| &**text == "true");
    let expands = match word(object, "/allowVolumeExpansion").as_str() {
        "true" => "True",
        "false" => "False",
        _ => "<unset>",
    };
    let mut text = said("", object, &[("Name", "/metadata/name")]);
    text += &format!("IsDefaultClass:\t{}\n", if is_default { "Yes" } else { "No" });
    text += &format!("Annotations:\t{}\n", label_line(&annotations));
    text += &format!("Provisioner:\t{}\n", word(object, "/provisioner"));
    text +=
        &format!("Parameters:\t{}\nAllowVolumeExpansion:\t{expands}\n", label_line(&entries(object, "/parameters")));
    let options = list(object, "/mountOptions");
    text += &if options.is_empty() {
        "MountOptions:\t<none>\n".to_owned()
    } else {
        let lines = options.iter().map(|one| format!("  {}\n", super::super::jsonpath::go_text(one)));
        format!("MountOptions:\n{}", lines.collect::<String>())
    };
    let fields = [("ReclaimPolicy", "/reclaimPolicy"), ("VolumeBindingMode", "/volumeBindingMode")];
    Some(text + &said("", object, &fields))
}
