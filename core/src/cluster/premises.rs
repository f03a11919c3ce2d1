//! What is known before there are pods: settings, namespaces, nodes, configuration.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::issued_secret::{self, IssuedSecrets};
use super::node::Node;
use super::objects::{ClusterDiagnostics, Objects, by_name};
use super::settings::{self, ClusterSettings, SettingOverrides};
use super::table::Namespaced;
use super::{network_plugin, node, supplied};
use crate::manifest::Manifests;
use crate::model::{self, Labels, Text};
use crate::source::ObjectRef;

/// The ground on which controllers and scheduler stand.
pub(super) struct ClusterPremises {
    /// Networks, domain, kube-proxy, kubelet, the world outside.
    pub settings: ClusterSettings,
    /// Labels of each namespace.
    pub namespaces: BTreeMap<Text, Arc<Labels>>,
    /// The nodes by name.
    pub nodes: BTreeMap<Text, Node>,
    /// ConfigMaps, which pods may need to start.
    pub config_maps: Namespaced<Arc<model::ConfigMap>>,
    /// Secrets, likewise.
    pub secrets: Namespaced<Arc<model::Secret>>,
    /// Secrets that controllers make.
    pub issued_secrets: IssuedSecrets,
    /// What nobody pasted.
    pub supplied: BTreeSet<ObjectRef>,
}

impl ClusterPremises {
    /// Reads them: settings first, which nodes and Corefile need.
    pub fn read(
        manifests: &Manifests,
        overrides: &SettingOverrides,
        objects: &Objects,
        notes: &mut ClusterDiagnostics<'_>,
    ) -> Self {
        let mut settings = settings::read::read(objects, overrides, notes);
        settings.proxy_replacement = network_plugin::proxy_replacement(objects, manifests);
        let mut supplied = objects.supplied.clone();
        let namespaces = supplied::namespaces(objects, manifests, &mut supplied);
        let nodes = node::build_nodes(objects, &settings, notes);
        let mut config_maps = by_name(objects.config_maps.clone());
        if supplied.contains(&ObjectRef::namespaced("ConfigMap", "kube-system", "coredns")) {
            supplied::name_domain(config_maps.get_mut("kube-system", "coredns"), &settings);
        }
        let secrets = by_name(objects.secrets.clone());
        let issued_secrets = issued_secret::read(manifests);
        Self { settings, namespaces, nodes, config_maps, secrets, issued_secrets, supplied }
    }
}
