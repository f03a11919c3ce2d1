//! Envoy Gateway's own kinds: which policy speaks for a listener or a route, and what it does to requests.

use std::net::IpAddr;
use std::sync::Arc;

use super::grant;
use super::implementation::ENVOY_GATEWAY;
use super::listener::GatewayListener;
use super::route::GatewayRoute;
use crate::cluster::Cluster;
use crate::model::{
    Decode, EnvoyResource, GatewayClass, LabelSelector, Labels, ParametersReference, Path, PolicyTarget,
};
use crate::order::Order;
use crate::source::{FieldRef, ObjectRef};
use crate::yaml::YamlNode;

pub mod client;
pub mod extension;
pub mod security;
pub mod traffic;
pub mod effects;

/// The policies of a cluster, the oldest first.
#[derive(Clone, Debug, Default)]
pub struct EnvoyPolicies(Vec<EnvoyPolicy>);

/// A policy with what it is about.
#[derive(Clone, Debug)]
pub struct EnvoyPolicy {
    /// Its name.
    pub reference: ObjectRef,
    /// What it says.
    pub resource: Arc<EnvoyResource>,
    targets: Vec<PolicyTarget>,
    selectors: Vec<TargetSelector>,
}

/// Targets by their labels.
#[derive(Clone, Debug)]
struct TargetSelector {
    kind: String,
    labels: LabelSelector,
}

/// What a policy may speak for: a listener of a Gateway, and a rule on it.
#[derive(Clone, Copy)]
pub struct PolicyScope<'a> {
    pub gateway: &'a ObjectRef,
    pub labels: &'a Labels,
    pub listener: &'a GatewayListener,
    /// The route, and the place of the rule.
    pub route: Option<(&'a GatewayRoute, usize)>,
}

/// A connection as policies see it.
#[derive(Clone, Copy)]
pub struct PolicyClient {
    /// The client's address.
    pub address: IpAddr,
    /// Whether a policy takes the client's address from headers.
    pub is_told_by_headers: bool,
}

impl EnvoyPolicies {
    /// The policies that a controller reads; none for other controllers.
    pub fn read(cluster: &Cluster, controller: &str) -> Self {
        if controller != ENVOY_GATEWAY.controller {
            return Self::default();
        }
        let policies = cluster.envoy_resources.iter().filter(|(reference, _)| reference.kind.ends_with("Policy"));
        let mut policies: Vec<EnvoyPolicy> = policies.map(|(name, it)| EnvoyPolicy::read(name, it)).collect();
        let age = |it: &EnvoyPolicy| (it.resource.metadata.creation_timestamp.clone(), it.reference.clone());
        policies.order_by_key(age);
        Self(policies)
    }

    /// The policy of a kind that speaks for something: the closest one, then the oldest
    /// (gatewayapi/securitypolicy.go ProcessSecurityPolicies and its likes).
    pub fn of(&self, kind: &str, scope: &PolicyScope<'_>) -> Option<&EnvoyPolicy> {
        let of_kind = self.0.iter().rev().filter(|policy| &*policy.reference.kind == kind);
        let ranked = of_kind.filter_map(|policy| Some((policy.closeness(scope)?, policy)));
        ranked.max_by_key(|(closeness, _)| *closeness).map(|(_, policy)| policy)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl EnvoyPolicy {
    fn read(reference: &ObjectRef, resource: &Arc<EnvoyResource>) -> Self {
        let decoded = |node: &YamlNode| PolicyTarget::decode(node, &Path::Root, &mut Vec::new());
        let many = resource.find("targetRefs").map_or(&[][..], YamlNode::elements);
        let targets = many.iter().chain(resource.find("targetRef")).filter_map(decoded).collect();
        let selectors = resource.find("targetSelectors").map_or(&[][..], YamlNode::elements);
        let selectors = selectors.iter().filter_map(|node| {
            let kind = node.child("kind")?.text()?.to_string();
            Some(TargetSelector { kind, labels: LabelSelector::decode(node, &Path::Root, &mut Vec::new())? })
        });
        Self { reference: reference.clone(), resource: resource.clone(), targets, selectors: selectors.collect() }
    }

    /// A line of it: `spec.path`.
    pub fn field(&self, path: &str) -> FieldRef {
        self.reference.field(format!("spec.{path}").as_str())
    }

    /// How close it is to what it speaks for: a rule before its route, that before a listener and its Gateway.
    fn closeness(&self, scope: &PolicyScope<'_>) -> Option<u8> {
        let is_here = |object: &ObjectRef| object.namespace == self.reference.namespace;
        let named = self.targets.iter().filter_map(|target| {
            let is = |object: &ObjectRef| is_here(object) && object.kind == target.kind && object.name == target.name;
            let section = target.section_name.as_ref();
            if let Some((route, rule)) = scope.route.filter(|(route, _)| is(&route.reference)) {
                let name = route.rules.get(rule).and_then(|rule| rule.name.as_ref());
                return section.map_or(Some(4), |section| (name == Some(section)).then_some(5));
            }
            let is_listener = section.is_some_and(|section| *section == scope.listener.name);
            if is(&scope.listener.owner) && is_listener {
                return Some(3);
            }
            if is(&scope.listener.owner) && section.is_none() {
                return Some(if scope.listener.owner == *scope.gateway { 1 } else { 2 });
            }
            (is(scope.gateway) && section.is_none()).then_some(1)
        });
        let selected = self.selectors.iter().filter_map(|selector| {
            let is_kind = |object: &ObjectRef| is_here(object) && *object.kind == *selector.kind;
            if let Some((route, _)) = scope.route.filter(|(route, _)| is_kind(&route.reference)) {
                return selector.labels.matches(&route.labels).then_some(4);
            }
            (is_kind(scope.gateway) && selector.labels.matches(scope.labels)).then_some(1)
        });
        named.chain(selected).max()
    }
}

/// How a Gateway's proxies run: what the Gateway names, else what its class does.
pub fn proxy(
    cluster: &Cluster,
    gateway: &ObjectRef,
    own: Option<&ParametersReference>,
    class: &GatewayClass,
) -> Option<(ObjectRef, Arc<EnvoyResource>)> {
    let namespace = gateway.namespace.as_deref().unwrap_or_default();
    let own = own.map(|it| ObjectRef::namespaced(&it.kind, namespace, &it.name));
    let of_class = class.spec.parameters_ref.as_ref().map(|it| {
        let namespace = it.namespace.as_deref().unwrap_or("envoy-gateway-system");
        ObjectRef::namespaced(it.kind.as_deref().unwrap_or("EnvoyProxy"), namespace, &it.name)
    });
    let object = own.or(of_class).filter(|object| &*object.kind == "EnvoyProxy")?;
    let resource = cluster.envoy_resources.get(&object)?.clone();
    Some((object, resource))
}

/// An object of Envoy Gateway's in a namespace.
pub fn resource<'c>(cluster: &'c Cluster, kind: &str, namespace: &str, name: &str) -> Option<&'c Arc<EnvoyResource>> {
    cluster.envoy_resources.get(&ObjectRef::namespaced(kind, namespace, name))
}

/// A value of a Secret that a policy names; None where it isn't there or may not be named.
fn secret_value(
    cluster: &Cluster,
    policy: &EnvoyPolicy,
    reference: &YamlNode,
    key: Option<&str>,
) -> Option<Vec<String>> {
    let name = reference.child("name")?.text()?;
    let own = policy.reference.namespace.as_deref().unwrap_or_default();
    let namespace = reference.child("namespace").and_then(YamlNode::text).map_or(own, |namespace| namespace);
    let to = crate::model::ObjectReference {
        name: name.clone(),
        namespace: Some(namespace.into()),
        ..crate::model::ObjectReference::default()
    };
    if !grant::grant_permits(cluster, &policy.reference, "Secret", &to) {
        return None;
    }
    let secret = cluster.secrets.get(namespace, name)?;
    let keys = secret.data.keys().chain(secret.string_data.keys()).filter(|&it| key.is_none_or(|key| key == &**it));
    Some(keys.filter_map(|key| secret.value(key)).map(|value| value.to_string()).collect())
}
