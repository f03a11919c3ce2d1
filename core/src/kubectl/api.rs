//! Objects as the API holds them, in JSON: what was written, the API's defaults, and what the control plane adds, as far
//! as it follows from the manifests. Of what only a running cluster knows, times
//! and resource versions are those of the session; uid and managedFields are left out.

use serde_json::{Value, json};

use super::json_tree::{at, json, merge, put, without_null};
use super::{KubectlView, ResourceType, age};
use crate::cluster::{Endpoint, EndpointSlice, Pod, Service, ServiceKind};
use crate::model::{Body, Encode, Endpoints, Text};
use crate::source::ObjectRef;

mod status;
mod pod;
mod workload;
mod written;

pub use pod::owner_reference;
use pod::pod;
use workload::workload;

/// The certificate of the API server, which every namespace gets (rootcacertpublisher).
pub const ROOT_CERTIFICATE: &str = "kube-root-ca.crt";

/// An object that is there, by its type and name.
pub fn object(view: KubectlView<'_>, resource: &ResourceType, namespace: &str, name: &str) -> Value {
    let (kind, namespaced) = (resource.kind(), resource.is_namespaced());
    let reference =
        if namespaced { ObjectRef::namespaced(kind, namespace, name) } else { ObjectRef::cluster_scoped(kind, name) };
    let given = view.manifests.find(&reference);
    let written = super::documents::written_object(view, &reference).or_else(|| match resource {
        ResourceType::Other(_) => super::installed::object(view, &reference),
        _ => None,
    });
    let mut object = written.unwrap_or_else(|| json!({}));
    if let Some(metadata) = at(&mut object, &["metadata"]).as_object_mut() {
        metadata.remove("managedFields");
    }
    put(&mut object, &["apiVersion"], resource.api_version());
    put(&mut object, &["kind"], kind);
    put(&mut object, &["metadata", "name"], name);
    if namespaced {
        put(&mut object, &["metadata", "namespace"], namespace);
    }
    if let Some(body) = given.and_then(|object| body(&object.body)) {
        merge(&mut object, body);
    }
    complete(view, resource, &reference, &mut object);
    if let Some(session) = view.clock {
        let metadata = json!({
            "creationTimestamp": age::created_at(view, &reference).map(age::timestamp),
            "resourceVersion": session.ages.version(&reference).map(|version| version.to_string()),
        });
        merge(&mut object, json!({"metadata": metadata}));
    }
    object
}

/// A pod that is there.
pub fn pod_object(view: KubectlView<'_>, pod: &Pod) -> Value {
    object(view, &ResourceType::Pods, pod.namespace(), pod.name())
}

/// A pod's status alone, below `status`.
pub fn pod_status(view: KubectlView<'_>, pod: &Pod) -> Value {
    let written = view.manifests.find(&pod.reference).and_then(|object| Some(object.node.child("status")?.encode()));
    let mut object = json!({"status": written.unwrap_or_else(|| json!({}))});
    status::put_status(view, pod, &mut object);
    object
}

/// The slim struct of a kind that is printed, with the defaults that reading filled in.
fn body(body: &Body) -> Option<Value> {
    Some(match body {
        Body::Service(body) => body.encode(),
        Body::Endpoints(body) => body.encode(),
        Body::EndpointSlice(body) => body.encode(),
        Body::Ingress(body) => body.encode(),
        Body::IngressClass(body) => body.encode(),
        Body::NetworkPolicy(body) => body.encode(),
        Body::ConfigMap(body) => body.encode(),
        Body::Node(body) => body.encode(),
        Body::Namespace(body) => body.encode(),
        Body::Deployment(body) => body.encode(),
        Body::ReplicaSet(body) => body.encode(),
        Body::ReplicationController(body) => body.encode(),
        Body::StatefulSet(body) => body.encode(),
        Body::DaemonSet(body) => body.encode(),
        _ => return None,
    })
}

/// Adds what the control plane makes of it.
fn complete(view: KubectlView<'_>, resource: &ResourceType, reference: &ObjectRef, object: &mut Value) {
    let cluster = view.cluster;
    let (namespace, name) = (reference.namespace.as_deref().unwrap_or_default(), &*reference.name);
    macro_rules! supplied {
        ($found:expr) => {
            if let Some(body) = $found {
                merge(object, body.encode());
            }
        };
    }
    match resource {
        ResourceType::Pods => {
            if let Some(pod_object) = cluster.pods.get(namespace, name) {
                pod(view, pod_object, object);
            }
        }
        ResourceType::Services => {
            if let Some(found) = cluster.services.get(namespace, name) {
                service(found, object);
            }
        }
        ResourceType::Endpoints => {
            if let Some(found) = cluster.endpoints.get(namespace, name) {
                endpoints(found, object);
            }
        }
        ResourceType::EndpointSlices => {
            let mut slices = cluster.slices.values().flatten();
            if let Some(found) = slices.find(|slice| slice.reference == *reference) {
                slice(found, object);
            }
        }
        ResourceType::Ingresses => {
            supplied!(cluster.ingresses.get(namespace, name));
            merge(object, json!({"status": {"loadBalancer": {}}}));
        }
        ResourceType::IngressClasses => supplied!(cluster.ingress_classes.get(name)),
        ResourceType::NetworkPolicies => supplied!(cluster.network_policies.get(namespace, name)),
        ResourceType::ConfigMaps => {
            supplied!(cluster.config_maps.get(namespace, name));
            if name == ROOT_CERTIFICATE {
                // What stands in it only a running cluster knows.
                merge(object, json!({"data": {"ca.crt": "<unknown>"}}));
            }
        }
        ResourceType::Nodes => node(view, name, object),
        ResourceType::Other(_) | ResourceType::Custom(_) => written::complete(view, reference, object),
        ResourceType::Namespaces => {
            put(object, &["metadata", "labels"], cluster.namespaces.get(name));
            merge(object, json!({"spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"}}));
        }
        ResourceType::Deployments
        | ResourceType::ReplicaSets
        | ResourceType::ReplicationControllers
        | ResourceType::StatefulSets
        | ResourceType::DaemonSets => {
            if let Some(found) = cluster.workloads.get(reference) {
                workload(view, resource, reference, found, object);
                // A ReplicationController's selector is a map of labels.
                let labels = object.pointer("/spec/selector/matchLabels").cloned();
                if let Some(labels) = labels.filter(|_| *resource == ResourceType::ReplicationControllers) {
                    put(object, &["spec", "selector"], labels);
                }
            }
        }
    }
}

fn service(service: &Service, object: &mut Value) {
    // 1. What was written.
    merge(object, service.object.encode());
    // 2. The addresses and their families.
    let none = [Value::from("None")];
    let addresses = match service.kind {
        ServiceKind::Headless => none.to_vec(),
        _ => service.cluster_ips.iter().map(json).collect(),
    };
    if let Some(first) = addresses.first() {
        put(object, &["spec", "clusterIP"], first);
        put(object, &["spec", "clusterIPs"], &addresses);
        put(object, &["spec", "ipFamilies"], service.ip_families.iter().map(|one| one.name()).collect::<Vec<_>>());
        let policy = if service.ip_families.len() > 1 { "RequireDualStack" } else { "SingleStack" };
        merge(object, json!({"spec": {"ipFamilyPolicy": policy}}));
    }
    // 3. The ports on nodes.
    for (number, port) in service.ports.iter().enumerate() {
        let list = at(object, &["spec", "ports"]).as_array_mut();
        if let (Some(node_port), Some(port)) = (port.node_port, list.and_then(|list| list.get_mut(number))) {
            put(port, &["nodePort"], node_port);
        }
    }
    if let Some(port) = service.health_check_node_port {
        put(object, &["spec", "healthCheckNodePort"], port);
    }
    // 4. The status.
    let entrances = service.load_balancer.iter().map(|entrance| {
        let mode = entrance.ip.map(|_| if entrance.vip { "VIP" } else { "Proxy" });
        without_null(json!({"ip": entrance.ip, "hostname": entrance.hostname, "ipMode": mode}))
    });
    let entrances: Vec<Value> = entrances.collect();
    let status = if entrances.is_empty() { json!({}) } else { json!({"ingress": entrances}) };
    put(object, &["status", "loadBalancer"], status);
}

/// What the controller has written replaces what was pasted.
fn endpoints(endpoints: &Endpoints, object: &mut Value) {
    merge(object, endpoints.encode());
    if !endpoints.metadata.labels.is_empty() {
        put(object, &["metadata", "labels"], &endpoints.metadata.labels);
    }
    if endpoints.subsets.is_empty() {
        object.as_object_mut().into_iter().for_each(|object| drop(object.remove("subsets")));
    } else {
        put(object, &["subsets"], endpoints.subsets.encode());
    }
}

fn ports(slice: &EndpointSlice) -> Vec<Value> {
    let ports = slice.ports.iter().map(|port| {
        let name = port.name.as_ref().filter(|name| !name.is_empty());
        let protocol = port.protocol.to_string();
        without_null(json!({"appProtocol": port.app_protocol, "name": name, "port": port.port, "protocol": protocol}))
    });
    ports.collect()
}

fn slice(slice: &EndpointSlice, object: &mut Value) {
    let endpoints = slice.endpoints.iter().map(|one| {
        let pod = one.pod.as_ref();
        let target = pod.map(|pod| json!({"kind": pod.kind, "name": pod.name, "namespace": pod.namespace}));
        let conditions =
            without_null(json!({"ready": one.ready, "serving": one.serving, "terminating": one.terminating}));
        without_null(json!({
            "addresses": one.addresses, "conditions": conditions, "hints": hints(one), "hostname": one.hostname,
            "nodeName": one.node, "targetRef": target, "zone": one.zone,
        }))
    });
    let made = json!({
        "addressType": if slice.ipv6 { "IPv6" } else { "IPv4" },
        "endpoints": endpoints.collect::<Vec<_>>(),
        "metadata": {"labels": &slice.labels},
        "ports": ports(slice),
    });
    merge(object, made);
}

/// Which zones and nodes an endpoint should serve; null where nobody says.
fn hints(endpoint: &Endpoint) -> Value {
    let list = |names: &[Text]| -> Value {
        let names: Vec<Value> = names.iter().map(|name| json!({"name": name})).collect();
        if names.is_empty() { Value::Null } else { names.into() }
    };
    let hints = json!({"forNodes": list(&endpoint.node_hints), "forZones": list(&endpoint.zone_hints)});
    let hints = without_null(hints);
    if hints == json!({}) { Value::Null } else { hints }
}

fn node(view: KubectlView<'_>, name: &str, object: &mut Value) {
    let Some(node) = view.cluster.nodes.get(name) else { return };
    merge(object, node.object.encode());
    put(object, &["metadata", "labels"], &node.labels);
    if let Some(first) = node.pod_cidrs.first() {
        put(object, &["spec", "podCIDR"], first.to_string());
        put(object, &["spec", "podCIDRs"], node.pod_cidrs.iter().map(ToString::to_string).collect::<Vec<_>>());
    }
    let own = node.addresses.iter().map(|address| json!({"address": address, "type": "InternalIP"}));
    let own: Vec<Value> = own.chain([json!({"address": name, "type": "Hostname"})]).collect();
    let ready = if node.ready { "True" } else { "False" };
    merge(object, json!({"status": {"addresses": own, "conditions": [{"status": ready, "type": "Ready"}]}}));
}
