//! Envoy Gateway's own kinds: which policy speaks for a listener or a route, and what it does to requests.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::grant;
use super::implementation::ENVOY_GATEWAY;
use super::listener::{GatewayListener, ListenerProtocol};
use super::route::GatewayRoute;
use crate::cluster::Cluster;
use crate::model::{EnvoyResource, GatewayClass, ObjectReference, ParametersReference, Secret, Text};
use crate::order::{Gather, Order};
use crate::source::{FieldRef, ObjectRef};
use crate::yaml::{Value, YamlNode};

mod targets;
pub mod client;
pub mod route_filter;
pub mod extension;
pub mod security;
pub mod overriding;
pub mod traffic;
pub mod effects;

use targets::TargetedObject;

/// The policies of a cluster, the oldest first.
#[derive(Clone, Debug, Default)]
pub struct EnvoyPolicies(Vec<Arc<EnvoyPolicy>>);

/// A policy with what it is about.
#[derive(Clone, Debug)]
pub struct EnvoyPolicy {
    /// Its name.
    pub reference: ObjectRef,
    /// What it says, with what it takes over from the policy that it is merged into.
    pub resource: Arc<EnvoyResource>,
    targets: Vec<TargetedObject>,
    /// What it says itself, and the policy that it is merged into.
    merged: Option<(Arc<EnvoyResource>, Arc<EnvoyPolicy>)>,
}

/// What a policy may speak for: a listener of a Gateway, and a rule on it.
#[derive(Clone, Copy)]
pub struct PolicyScope<'a> {
    pub gateway: &'a ObjectRef,
    pub listener: &'a GatewayListener,
    /// The route, and the place of the rule.
    pub route: Option<(&'a GatewayRoute, usize)>,
}

impl EnvoyPolicies {
    /// The policies that a controller reads; none for other controllers.
    pub fn read(cluster: &Cluster, controller: &str) -> Self {
        if controller != ENVOY_GATEWAY.controller {
            return Self::default();
        }
        let policies = cluster.envoy_resources.iter().filter(|(reference, _)| reference.kind.ends_with("Policy"));
        let read = policies.map(|(name, it)| Arc::new(EnvoyPolicy::read(cluster, name, it)));
        let mut policies: Vec<Arc<EnvoyPolicy>> = read.collect();
        let age = |it: &Arc<EnvoyPolicy>| (it.resource.metadata.creation_timestamp.clone(), it.reference.clone());
        policies.order_by_key(age);
        Self(policies)
    }

    /// The policy of a kind that speaks for something: the closest one, then the oldest
    /// (gatewayapi/securitypolicy.go ProcessSecurityPolicies and its likes). One for a route may be merged into the one that
    /// speaks for its listener.
    pub fn of(&self, kind: &str, scope: &PolicyScope<'_>) -> Option<Arc<EnvoyPolicy>> {
        let (closeness, policy) = self.closest(kind, scope)?;
        let merges = closeness > LISTENER && policy.resource.text("mergeType").is_some();
        let listener = PolicyScope { route: None, ..*scope };
        let parent = self.closest(kind, &listener).filter(|_| merges).map(|(_, parent)| parent);
        Some(parent.map_or_else(|| policy.clone(), |parent| Arc::new(policy.merged_into(parent))))
    }

    /// The ClientTrafficPolicy of a listener. Listeners for plain HTTP share their port's settings, so that none of them
    /// can have its own (gatewayapi/clienttrafficpolicy.go validatePortOverlapForClientTrafficPolicy).
    pub fn of_clients(&self, scope: &PolicyScope<'_>, listeners: &[GatewayListener]) -> Option<Arc<EnvoyPolicy>> {
        let (closeness, policy) = self.closest("ClientTrafficPolicy", scope)?;
        let own = scope.listener;
        let is_beside = |it: &GatewayListener| it.port == own.port && it.field() != own.field();
        let shares = own.protocol == ListenerProtocol::Http && listeners.iter().any(is_beside);
        Some(policy).filter(|_| closeness < LISTENER || !shares)
    }

    fn closest(&self, kind: &str, scope: &PolicyScope<'_>) -> Option<(u8, Arc<EnvoyPolicy>)> {
        let of_kind = self.0.iter().rev().filter(|policy| &*policy.reference.kind == kind);
        let ranked = of_kind.filter_map(|policy| Some((policy.closeness(scope)?, policy)));
        ranked.max_by_key(|(closeness, _)| *closeness).map(|(closeness, policy)| (closeness, policy.clone()))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// How close a policy for a single listener is.
const LISTENER: u8 = 3;

impl EnvoyPolicy {
    fn read(cluster: &Cluster, reference: &ObjectRef, resource: &Arc<EnvoyResource>) -> Self {
        let targets = targets::targeted_objects(cluster, reference, resource);
        Self { reference: reference.clone(), resource: resource.clone(), targets, merged: None }
    }

    /// As it holds together with the policy of a listener or Gateway, whose fields stand where it says nothing itself
    /// (utils/merge.go; the lists that a strategic merge would join decide nothing here).
    fn merged_into(&self, parent: Arc<EnvoyPolicy>) -> Self {
        let spec = match (&parent.resource.spec, &self.resource.spec) {
            (Some(parent), Some(own)) => Some(merged_node(parent, own)),
            (parent, own) => own.clone().or_else(|| parent.clone()),
        };
        let resource = Arc::new(EnvoyResource { metadata: self.resource.metadata.clone(), spec });
        Self { resource, merged: Some((self.resource.clone(), parent)), ..self.clone() }
    }

    /// The policy that says a field.
    pub fn owner(&self, path: &str) -> &ObjectRef {
        match &self.merged {
            Some((own, parent)) if own.find(path).is_none() => &parent.reference,
            _ => &self.reference,
        }
    }

    /// A line of it: `spec.path`.
    pub fn field(&self, path: &str) -> FieldRef {
        self.owner(path).field(format!("spec.{path}").as_str())
    }

    /// How close it is to what it speaks for: a rule before its route, that before a listener and its Gateway.
    fn closeness(&self, scope: &PolicyScope<'_>) -> Option<u8> {
        let named = self.targets.iter().filter_map(|TargetedObject { object, section }| {
            let section = section.as_ref();
            if let Some((route, rule)) = scope.route.filter(|(route, _)| route.reference == *object) {
                let name = route.rules.get(rule).and_then(|rule| rule.name.as_ref());
                return section.map_or(Some(4), |section| (name == Some(section)).then_some(5));
            }
            let is_owner = scope.listener.owner == *object;
            if is_owner && section.is_some_and(|section| *section == scope.listener.name) {
                return Some(LISTENER);
            }
            if is_owner && section.is_none() {
                return Some(if scope.listener.owner == *scope.gateway { 1 } else { 2 });
            }
            (scope.gateway == object && section.is_none()).then_some(1)
        });
        named.max()
    }
}

/// A tree with another one put over it.
fn merged_node(below: &YamlNode, above: &YamlNode) -> YamlNode {
    let (Value::Mapping(below), Value::Mapping(entries)) = (&below.value, &above.value) else { return above.clone() };
    let mut merged = below.clone();
    for entry in entries.iter().filter(|entry| entry.value.value != Value::Null) {
        match merged.iter_mut().find(|it| it.key == entry.key) {
            Some(known) => known.value = merged_node(&known.value, &entry.value),
            None => merged.push(entry.clone()),
        }
    }
    YamlNode { span: above.span, value: Value::Mapping(merged) }
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

/// A Secret that an object names; None where it isn't there or may not be named.
fn secret<'c>(cluster: &'c Cluster, from: &ObjectRef, reference: &YamlNode) -> Option<&'c Secret> {
    let name = reference.child("name")?.text()?;
    let own = from.namespace.as_deref().unwrap_or_default();
    let namespace = reference.child("namespace").and_then(YamlNode::text).map_or(own, |namespace| namespace);
    let to = ObjectReference { name: name.clone(), namespace: Some(namespace.into()), ..ObjectReference::default() };
    let secret = cluster.secrets.get(namespace, name).map(|secret| &**secret);
    secret.filter(|_| grant::grant_permits(cluster, from, "Secret", &to))
}

/// The values of a Secret by their keys.
fn secret_values(secret: &Secret) -> BTreeMap<&str, String> {
    let keys = secret.data.keys().chain(secret.string_data.keys());
    keys.filter_map(|key| Some((&**key, secret.value(key)?))).into_map()
}

/// The text of an answer: written, or a value of a ConfigMap. An error where that isn't there
/// (gatewayapi/backendtrafficpolicy.go getCustomResponseBody).
fn body(cluster: &Cluster, namespace: &str, body: &YamlNode) -> Result<Option<Text>, ()> {
    let is_elsewhere = body.child("type").and_then(YamlNode::text).is_some_and(|kind| &**kind == "ValueRef");
    if !is_elsewhere {
        return Ok(body.child("inline").and_then(YamlNode::text).cloned());
    }
    let name = body.child("valueRef").and_then(|it| it.child("name")).and_then(YamlNode::text).ok_or(())?;
    let map = cluster.config_maps.get(namespace, name).ok_or(())?;
    map.data.get("response.body").or_else(|| map.data.values().next()).map(|text| Some(text.clone())).ok_or(())
}

fn whole_number(node: &YamlNode) -> Option<u16> {
    match node.value {
        Value::Integer(number) => u16::try_from(number).ok(),
        _ => None,
    }
}

/// The elements of a list at a place, none where there is no list.
fn elements<'n>(node: &'n YamlNode, key: &str) -> &'n [YamlNode] {
    node.child(key).map_or(&[], YamlNode::elements)
}

fn text_at<'n>(node: &'n YamlNode, key: &str) -> Option<&'n str> {
    node.child(key).and_then(YamlNode::text).map(|text| &**text)
}
