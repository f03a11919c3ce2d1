//! What an installer puts into a cluster and no component here reads: service accounts, storage classes.
//! Of the presets that aren't listed nothing of the kind could be read in a source.

use serde_json::Value;

use super::KubectlView;
use crate::cluster::Preset;
use crate::manifest::{Checks, Manifests};
use crate::model::{Body, Encode};
use crate::source::{ObjectRef, Sources};
use crate::yaml;

const KUBEADM: &str = include_str!("installed/kubeadm.yaml");

/// What each preset adds to kubeadm's, in documents.
fn texts(preset: Preset) -> &'static [&'static str] {
    match preset {
        Preset::Kubeadm => &[KUBEADM],
        Preset::Kind => &[KUBEADM, include_str!("installed/kind.yaml")],
        Preset::Minikube => &[KUBEADM, include_str!("installed/minikube.yaml")],
        Preset::K3s => &[include_str!("installed/k3s.yaml")],
        Preset::Eks => &[include_str!("installed/eks.yaml")],
        Preset::Microk8s => &[include_str!("installed/microk8s.yaml")],
        Preset::Cloud | Preset::Gke | Preset::Aks => &[],
    }
}

/// The objects of a kind that are there though nobody pasted them, among them those that the cluster has for other reasons.
pub fn references(view: KubectlView<'_>, kind: &str) -> Vec<ObjectRef> {
    let supplied = view.cluster.supplied.iter().cloned();
    let mut found: Vec<ObjectRef> = supplied.chain(objects(view).into_iter().map(|(reference, _)| reference)).collect();
    found.retain(|reference| &*reference.kind == kind && super::documents::written_object(view, reference).is_none());
    found
}

/// One of them as it is written.
pub fn object(view: KubectlView<'_>, reference: &ObjectRef) -> Option<Value> {
    objects(view).into_iter().find(|(own, _)| own == reference).map(|(_, value)| value)
}

fn objects(view: KubectlView<'_>) -> Vec<(ObjectRef, Value)> {
    let worlds = view.manifests.objects.iter().filter_map(|object| match &object.body {
        Body::World(world) => Some(&**world),
        _ => None,
    });
    let texts = texts(Preset::of(worlds.into_iter().next())).iter();
    let installed = Manifests::read_with(Sources::new(texts.map(|text| ("installed", *text))), Checks::ESSENTIAL);
    let modelled = installed.objects.iter().map(|object| (object.reference.clone(), object.node.encode()));
    let seen = installed.seen.iter().filter_map(|seen| {
        let node = yaml::parse(seen.span.file, installed.sources.text(seen.span), seen.span.start).0?;
        Some((seen.reference.clone(), node.encode()))
    });
    modelled.chain(seen).collect()
}
