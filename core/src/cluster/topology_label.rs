//! A pod that is bound to a node gets the labels of where that stands (plugin/pkg/admission/podtopologylabels, on since
//! Kubernetes 1.35).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::node::Node;
use super::pod_draft::PodDraft;
use crate::model::{Labels, Text, well_known};

/// Labels of a template beside those that its pods on one node have. The former are kept so that their address stays taken.
type TemplateAndPodLabels = (Arc<Labels>, Arc<Labels>);

/// Labels all pods that have a node.
pub(super) fn label_pods(mut drafts: Vec<PodDraft>, nodes: &BTreeMap<Text, Node>) -> Vec<PodDraft> {
    let mut known: BTreeMap<(*const Labels, Text), TemplateAndPodLabels> = BTreeMap::new();
    for PodDraft { pod, .. } in &mut drafts {
        let Some(node) = pod.node.as_ref().and_then(|name| nodes.get(name)) else { continue };
        if ![well_known::ZONE, well_known::REGION].iter().any(|key| node.labels.contains_key(*key)) {
            continue;
        }
        let key = (Arc::as_ptr(&pod.labels), node.name.clone());
        let (_, labels) = known.entry(key).or_insert_with(|| (pod.labels.clone(), with_place(&pod.labels, node)));
        pod.labels = labels.clone();
    }
    drafts
}

/// The node's say replaces what the pod says of itself (mergeLabels).
fn with_place(labels: &Arc<Labels>, node: &Node) -> Arc<Labels> {
    let mut labels = Labels::clone(labels);
    for key in [well_known::ZONE, well_known::REGION] {
        if let Some(value) = node.labels.get(key) {
            labels.insert(key.into(), value.clone());
        }
    }
    Arc::new(labels)
}
