//! The proxies of Gateways that nobody pasted, each with an address outside.
//!
//! A Gateway whose GatewayClass exists gets a Deployment and a Service beside it, as in-cluster implementations make them
//! (GEP-1762), or where Envoy Gateway makes them. A GatewayClass that an implementation installs itself is supplied under the name it uses; a Gateway of any
//! other missing class is nobody's, as it would be in a real cluster.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::super::gateway_proxy::{
    ENVOY_GATEWAY, ENVOY_NAMESPACE, ENVOY_OWNER, WELL_KNOWN, deployment_name, envoy_name, is_labelled, label_value,
    usable_address,
};
use super::super::objects::{ClusterObject, Objects};
use super::ingress::free_addresses;
use crate::manifest::{Manifests, Object};
use crate::model::{Gateway, Labels, Listener, well_known};
use crate::order::Gather;

const TEXT: &str = include_str!("gateway.yaml");

/// Adds the classes and proxies that are missing.
pub(in crate::cluster) fn supply(manifests: &Manifests, objects: &mut Objects) {
    supply_classes(manifests, objects);
    let classes: BTreeSet<_> = objects.gateway_classes.iter().map(|class| class.name().clone()).into_set();
    let gateways = objects.gateways.iter().filter(|gateway| classes.contains(&gateway.body.spec.gateway_class_name));
    let gateways: Vec<ClusterObject<Gateway>> = gateways.cloned().collect();
    let mut taken: BTreeSet<(String, String)> = BTreeSet::new();
    for gateway in gateways {
        let mut free = free_addresses(objects).into_iter();
        let Some(address) = wanted_address(&gateway.body).or_else(|| free.next()) else { return };
        let names =
            taken.iter().filter(|(namespace, _)| namespace == gateway.namespace()).map(|(_, name)| name.clone());
        let home = if is_envoy(objects, &gateway.body) {
            ProxyHome::of_envoy(&gateway)
        } else {
            ProxyHome::beside(&gateway, &names.collect())
        };
        taken.insert((home.namespace.clone(), home.name.clone()));
        supply_proxy(manifests, objects, &gateway, &home, address);
    }
}

/// Where a Gateway's proxy runs, under which name, and with which labels.
struct ProxyHome {
    namespace: String,
    name: String,
    labels: Labels,
    /// What is added to ports below 1024, which the proxy may not open.
    shift: u16,
}

impl ProxyHome {
    /// In the Gateway's namespace (GEP-1762).
    fn beside(gateway: &ClusterObject<Gateway>, taken: &BTreeSet<String>) -> Self {
        let labels = [(well_known::GATEWAY_NAME.into(), label_value(gateway.name()).as_str().into())];
        Self {
            namespace: gateway.namespace().to_owned(),
            name: deployment_name(gateway.name(), &gateway.body.spec.gateway_class_name, taken),
            labels: labels.into(),
            shift: 0,
        }
    }

    /// In Envoy Gateway's own (infrastructure/kubernetes/proxy/resource.go; listener.go servicePortToContainerPort).
    fn of_envoy(gateway: &ClusterObject<Gateway>) -> Self {
        let labels = [
            (well_known::APP_COMPONENT, "proxy"),
            (well_known::APP_MANAGED_BY, "envoy-gateway"),
            (well_known::APP_NAME, "envoy"),
            (ENVOY_OWNER.0, gateway.namespace()),
            (ENVOY_OWNER.1, gateway.name()),
        ];
        Self {
            namespace: ENVOY_NAMESPACE.to_owned(),
            name: envoy_name(gateway.namespace(), gateway.name()),
            labels: labels.into_iter().map(|(key, value)| (key.into(), value.into())).collect(),
            shift: 10_000,
        }
    }

    fn container_port(&self, port: u16) -> u16 {
        if port < 1024 { port + self.shift } else { port }
    }
}

/// Whether Envoy Gateway serves a Gateway; not where a name is too long for a label.
fn is_envoy(objects: &Objects, gateway: &Gateway) -> bool {
    let class = objects.gateway_classes.iter().find(|class| *class.name() == gateway.spec.gateway_class_name);
    let is_envoy = class.is_some_and(|class| &*class.body.spec.controller_name == ENVOY_GATEWAY);
    is_envoy && label_value(&gateway.metadata.name) == *gateway.metadata.name
}

fn supply_classes(manifests: &Manifests, objects: &mut Objects) {
    let used: BTreeSet<_> = objects.gateways.iter().map(|it| it.body.spec.gateway_class_name.clone()).into_set();
    for (name, controller) in WELL_KNOWN.iter().filter(|(name, _)| used.contains(*name)) {
        let text = format!(
            "apiVersion: gateway.networking.k8s.io/v1\nkind: GatewayClass\nmetadata: {{name: {name}}}\n\
             spec: {{controllerName: {controller}}}\n"
        );
        objects.supply(manifests, "gateway-class", &text, |_| true);
    }
}

/// The address that the Gateway has, or asks for.
fn wanted_address(gateway: &Gateway) -> Option<IpAddr> {
    let all = gateway.status.addresses.iter().chain(&gateway.spec.addresses);
    let mut addresses = all.filter(|address| address.kind.as_deref().is_none_or(|kind| kind == "IPAddress"));
    addresses.find_map(|address| address.value.as_deref().and_then(usable_address))
}

/// The Deployment and Service of a Gateway, as far as nobody pasted the like, with the labels and annotations that
/// spec.infrastructure hands on to them (conformance GatewayInfrastructure).
fn supply_proxy(
    manifests: &Manifests,
    objects: &mut Objects,
    gateway: &ClusterObject<Gateway>,
    home: &ProxyHome,
    address: IpAddr,
) {
    // 1. The ports of its listeners; without any there is nothing to supply.
    let ports = ports(objects, gateway);
    if ports.is_empty() {
        return;
    }
    // 2. What somebody pasted already.
    let has_service = objects.services.iter().any(|it| is_of(it, &it.body.metadata.labels, gateway));
    let has_proxy = has_proxy(objects, gateway);
    // 3. The ports as the containers and the Service list them.
    let containers: Vec<String> = ports
        .iter()
        .map(|(port, protocol)| format!("{{containerPort: {}, protocol: {protocol}}}", home.container_port(*port)))
        .collect();
    let services = ports.iter().map(|(port, protocol)| {
        let name = format!("{}-{port}", protocol.to_lowercase());
        let target = home.container_port(*port);
        format!("{{name: {name}, port: {port}, targetPort: {target}, protocol: {protocol}}}")
    });
    let services: Vec<String> = services.collect();
    // 4. The labels and annotations that the Gateway hands on.
    let infrastructure = gateway.body.spec.infrastructure.clone().unwrap_or_default();
    let mut labels = infrastructure.labels;
    labels.extend(home.labels.clone());
    // 5. The manifest, of which only what is missing is taken.
    let text = TEXT
        .replace("CONTAINER_PORTS", &containers.join(", "))
        .replace("SERVICE_PORTS", &services.join(", "))
        .replace("NAMESPACE", &home.namespace)
        .replace("SELECTOR", &json(&home.labels))
        .replace("ADDRESS", &address.to_string())
        .replace("NAME", &home.name)
        .replace("LABELS", &json(&labels))
        .replace("ANNOTATIONS", &json(&infrastructure.annotations));
    objects.supply(manifests, "gateway", &text, |object: &Object| match &*object.reference.kind {
        "Service" => !has_service,
        _ => !has_proxy,
    });
}

/// As JSON, which is YAML too.
fn json(map: &Labels) -> String {
    serde_json::to_string(map).unwrap_or_else(|_| "{}".to_owned())
}

/// The ports of all listeners that want to be on a Gateway, with their transports.
fn ports(objects: &Objects, gateway: &ClusterObject<Gateway>) -> BTreeSet<(u16, &'static str)> {
    let joined = objects.listener_sets.iter().filter(|set| {
        let parent = &set.body.spec.parent_ref;
        let namespace = parent.namespace.as_deref().unwrap_or_else(|| set.namespace());
        gateway.is(namespace, &parent.name)
    });
    let listeners = gateway.body.spec.listeners.iter().chain(joined.flat_map(|set| &set.body.spec.listeners));
    listeners.filter_map(transport).into_set()
}

fn transport(listener: &Listener) -> Option<(u16, &'static str)> {
    let protocol = match &*listener.protocol {
        "UDP" => "UDP",
        "HTTP" | "HTTPS" | "TLS" | "TCP" => "TCP",
        _ => return None,
    };
    Some((u16::try_from(listener.port).ok().filter(|port| *port > 0)?, protocol))
}

/// Whether somebody pasted the proxy's pods.
fn has_proxy(objects: &Objects, gateway: &ClusterObject<Gateway>) -> bool {
    let deployments = objects.deployments.iter().any(|it| is_of(it, &it.body.spec.template.metadata.labels, gateway));
    let daemon_sets = objects.daemon_sets.iter().any(|it| is_of(it, &it.body.spec.template.metadata.labels, gateway));
    let pods = objects.pods.iter().any(|it| is_of(it, &it.body.metadata.labels, gateway));
    deployments || daemon_sets || pods
}

fn is_of<T>(given: &ClusterObject<T>, labels: &Labels, gateway: &ClusterObject<Gateway>) -> bool {
    is_labelled(given.namespace(), labels, gateway.namespace(), gateway.name())
}
