//! What every cluster has and nobody pastes: namespaces, nodes, the API server's Service, CoreDNS, and the controllers
//! that Ingresses and Gateways name. All of it gives way: an object somebody pasted under the same name replaces it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::sync::Arc;

use super::objects::{ClusterObject, Objects};
use super::preset::Preset;
use super::service_lb;
use super::settings::{ClusterSettings, SettingOverrides};
use crate::manifest::{Manifests, Object};
use crate::model::{self, ConfigMap, Labels, Text, well_known};
use crate::order::Order;
use crate::source::ObjectRef;

mod ingress;
mod gateway;

const NAMESPACES: &str = include_str!("supplied/namespaces.yaml");
const KUBERNETES: &str = include_str!("supplied/kubernetes.yaml");
const CONTROL_PLANE: &str = include_str!("supplied/control-plane.yaml");
const COREDNS: &str = include_str!("supplied/coredns.yaml");
const COREFILE: &str = include_str!("supplied/corefile.yaml");

/// The label of CoreDNS' pods and Service.
const KUBE_DNS: (&str, &str) = ("k8s-app", "kube-dns");

/// NodeLocal DNS' way to CoreDNS (cluster/addons/dns/nodelocaldns/nodelocaldns.yaml).
const NODE_LOCAL_UPSTREAM: &str = "kube-dns-upstream";

/// Adds what nobody pasted.
pub(super) fn supply(manifests: &Manifests, overrides: &SettingOverrides, pasted: Objects) -> Objects {
    let mut objects = pasted;
    objects.supply(manifests, "namespaces", NAMESPACES, |_| true);
    let preset = Preset::of(objects.worlds.first().map(|world| &*world.body)).facts();
    let has_nodes = !objects.nodes.is_empty();
    objects.supply(manifests, preset.name, preset.documents, |object| !has_nodes || &*object.reference.kind != "Node");
    if preset.has_control_plane {
        supply_control_plane(manifests, &mut objects);
    }
    let has_api_server = objects.endpoint_slices.iter().any(|slice| {
        let labels = &slice.body.metadata.labels;
        slice.namespace() == "default"
            && labels.get(well_known::SERVICE_NAME).is_some_and(|name| &**name == "kubernetes")
    });
    let api_server = KUBERNETES.replace("6443", &preset.api_server_port.to_string());
    objects
        .supply(manifests, "kubernetes", &api_server, |object| &*object.reference.kind == "Service" || !has_api_server);
    place_api_server(&mut objects);
    supply_coredns(manifests, &mut objects);
    ingress::supply(manifests, overrides, &mut objects);
    gateway::supply(manifests, &mut objects);
    supply_service_lb(manifests, &mut objects);
    objects
}

/// Whether a node's label says that the control plane runs there.
fn is_control_plane(node: &&ClusterObject<model::Node>) -> bool {
    let labels = &node.body.metadata.labels;
    labels.contains_key(well_known::CONTROL_PLANE) || labels.contains_key(MICROK8S_CONTROL_PLANE)
}

const MICROK8S_CONTROL_PLANE: &str = "node.kubernetes.io/microk8s-controlplane";

/// The control plane's own pods, on the nodes that have them.
fn supply_control_plane(manifests: &Manifests, objects: &mut Objects) {
    let names: Vec<Text> = objects.nodes.iter().filter(is_control_plane).map(|node| node.name().clone()).collect();
    for name in names {
        objects.supply(manifests, "control-plane", &CONTROL_PLANE.replace("NODE", &name), |_| true);
    }
}

/// The supplied API server runs on the control plane, if that is among the nodes.
fn place_api_server(objects: &mut Objects) {
    let addresses = objects.nodes.iter().filter(is_control_plane).filter_map(|node| {
        let address = node.body.status.addresses.iter().find(|address| &*address.kind == "InternalIP")?;
        address.address.parse::<Ipv4Addr>().is_ok().then(|| address.address.clone())
    });
    let addresses: Vec<Text> = addresses.collect();
    let slice = objects.endpoint_slices.iter_mut().find(|slice| slice.supplied && slice.is("default", "kubernetes"));
    let Some(slice) = slice.filter(|_| !addresses.is_empty()) else { return };
    let endpoints = &mut Arc::make_mut(&mut slice.body).endpoints;
    let each = endpoints.first().cloned().unwrap_or_default();
    let each = |address| model::Endpoint { addresses: vec![address], ..each.clone() };
    *endpoints = addresses.into_iter().map(each).collect();
}

/// ServiceLB's DaemonSets, placed in this order: those of what is supplied, what is pasted, those of pasted Services.
fn supply_service_lb(manifests: &Manifests, objects: &mut Objects) {
    let sets = service_lb::daemon_sets(objects);
    if sets.is_empty() {
        return;
    }
    let first = sets.iter().take_while(|set| set.is_first).count();
    let texts: Vec<&str> = sets.iter().map(|set| &*set.text).collect();
    objects.supply(manifests, "svclb", &texts.join("---\n"), |_| true);
    let place = |set: &ClusterObject<model::DaemonSet>| {
        let place = sets.iter().position(|own| set.is("kube-system", &own.name));
        place.map_or((usize::from(!set.supplied), 0), |place| (if place < first { 0 } else { 2 }, place))
    };
    objects.daemon_sets.order_by_key(place);
}

/// CoreDNS comes with whatever of its Service, pods and Corefile is missing.
fn supply_coredns(manifests: &Manifests, objects: &mut Objects) {
    let is_dns = |labels: &Labels| labels.get(KUBE_DNS.0).is_some_and(|value| &**value == KUBE_DNS.1);
    // NodeLocal DNS has a Service of its own with the same label, which leads past it.
    let has_service = objects.services.iter().any(|service| {
        let is_upstream = &**service.name() == NODE_LOCAL_UPSTREAM;
        service.namespace() == "kube-system" && is_dns(&service.body.metadata.labels) && !is_upstream
    });
    let has_pods = objects.pods.iter().any(|pod| pod.namespace() == "kube-system" && is_dns(&pod.body.metadata.labels))
        || (objects.deployments.iter())
            .any(|set| set.namespace() == "kube-system" && is_dns(&set.body.spec.template.metadata.labels))
        || (objects.daemon_sets.iter())
            .any(|set| set.namespace() == "kube-system" && is_dns(&set.body.spec.template.metadata.labels));
    let missing = |object: &Object| match &*object.reference.kind {
        "Service" => !has_service,
        _ => !has_pods,
    };
    objects.supply(manifests, "coredns", COREDNS, missing);
    // Where kube-dns is installed, nothing reads a Corefile.
    if !objects.deployments.iter().any(|set| set.supplied && set.is("kube-system", "kube-dns")) {
        objects.supply(manifests, "corefile", COREFILE, |_| true);
    }
}

/// Writes the cluster's domain into the supplied Corefile, as kubeadm does.
pub(super) fn name_domain(corefile: Option<&mut Arc<ConfigMap>>, settings: &ClusterSettings) {
    let data = corefile.map(|map| &mut Arc::make_mut(map).data);
    for text in data.into_iter().flat_map(|data| data.values_mut()) {
        *text = text.replace("cluster.local", &settings.cluster_domain).into();
    }
}

/// The namespaces with their labels: declared ones, and those that an object uses.
pub(super) fn namespaces(
    objects: &Objects,
    manifests: &Manifests,
    supplied: &mut BTreeSet<ObjectRef>,
) -> BTreeMap<Text, Arc<Labels>> {
    let mut namespaces = BTreeMap::new();
    for namespace in &objects.namespaces {
        let name = namespace.name().clone();
        let mut labels = namespace.body.metadata.labels.clone();
        Arc::make_mut(&mut labels).insert(well_known::NAMESPACE_NAME.into(), name.clone());
        namespaces.insert(name, labels);
    }
    let used = manifests.objects.iter().map(|object| &object.reference).chain(&objects.supplied);
    for reference in used {
        let Some(name) = reference.namespace.as_ref().filter(|name| !namespaces.contains_key(*name)) else { continue };
        let label = (well_known::NAMESPACE_NAME.into(), name.clone());
        namespaces.insert(name.clone(), Arc::new(Labels::from([label])));
        supplied.insert(ObjectRef::cluster_scoped("Namespace", name));
    }
    namespaces
}
