//! What a policy is about: objects that it names, and those that it selects by their labels (gatewayapi/helpers.go
//! resolvePolicyTargets).

use std::sync::Arc;

use super::super::grant;
use crate::cluster::Cluster;
use crate::model::{
    Decode, EnvoyResource, LabelSelector, Labels, Metadata, NamespacesFrom, ObjectReference, Path, PolicyTarget, Text,
};
use crate::source::ObjectRef;
use crate::yaml::YamlNode;

/// An object, or one listener or rule of it.
#[derive(Clone, Debug)]
pub struct TargetedObject {
    pub object: ObjectRef,
    pub section: Option<Text>,
}

pub fn targeted_objects(cluster: &Cluster, policy: &ObjectRef, resource: &Arc<EnvoyResource>) -> Vec<TargetedObject> {
    let own = policy.namespace.as_deref().unwrap_or_default();
    let many = resource.find("targetRefs").map_or(&[][..], YamlNode::elements);
    let references = many.iter().chain(resource.find("targetRef"));
    let named = references.filter_map(|node| PolicyTarget::decode(node, &Path::Root, &mut Vec::new()));
    let named = named.map(|target| TargetedObject {
        object: ObjectRef::namespaced(&target.kind, own, &target.name),
        section: target.section_name,
    });
    let selectors = resource.find("targetSelectors").map_or(&[][..], YamlNode::elements);
    let selected = selectors.iter().flat_map(|selector| selected_objects(cluster, policy, selector));
    named.chain(selected.map(|object| TargetedObject { object, section: None })).collect()
}

/// The objects of a kind with certain labels: of the policy's own namespace, or of others that a ReferenceGrant opens.
fn selected_objects(cluster: &Cluster, policy: &ObjectRef, selector: &YamlNode) -> Vec<ObjectRef> {
    let Some(kind) = selector.child("kind").and_then(YamlNode::text) else { return Vec::new() };
    let Some(labels) = LabelSelector::decode(selector, &Path::Root, &mut Vec::new()) else { return Vec::new() };
    let from = selector.child("namespaces");
    let from = from.and_then(|node| NamespacesFrom::decode(node, &Path::Root, &mut Vec::new())).unwrap_or_default();
    let own = policy.namespace.as_deref().unwrap_or_default();
    let is_meant = |object: &ObjectRef| {
        let namespace = object.namespace.as_deref().unwrap_or_default();
        let to = ObjectReference {
            group: Some(grant::GROUP.into()),
            kind: Some(kind.clone()),
            name: object.name.clone(),
            namespace: object.namespace.clone(),
        };
        super::super::listener::allows_namespace_of(cluster, &from, "Same", own, namespace)
            && (namespace == own || grant::grant_permits(cluster, policy, kind, &to))
    };
    let all = labelled_objects(cluster, kind).into_iter();
    all.filter(|(object, own)| labels.matches(own) && is_meant(object)).map(|(object, _)| object).collect()
}

/// What policies may be about, with their labels.
fn labelled_objects(cluster: &Cluster, kind: &str) -> Vec<(ObjectRef, Arc<Labels>)> {
    let object = |it: &Metadata| (ObjectRef::namespaced(kind, &it.namespace, &it.name), it.labels.clone());
    match kind {
        "Gateway" => cluster.gateways.values().map(|it| object(&it.metadata)).collect(),
        "ListenerSet" => cluster.listener_sets.values().map(|it| object(&it.metadata)).collect(),
        "HTTPRoute" => cluster.http_routes.values().map(|it| object(&it.metadata)).collect(),
        "GRPCRoute" => cluster.grpc_routes.values().map(|it| object(&it.metadata)).collect(),
        "TLSRoute" => cluster.tls_routes.values().map(|it| object(&it.metadata)).collect(),
        "TCPRoute" => cluster.tcp_routes.values().map(|it| object(&it.metadata)).collect(),
        "UDPRoute" => cluster.udp_routes.values().map(|it| object(&it.metadata)).collect(),
        _ => Vec::new(),
    }
}
