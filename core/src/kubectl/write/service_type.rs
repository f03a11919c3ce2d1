//! A Service of another type: fields that only the old type has go, where nobody changed them
//! (pkg/registry/core/service/strategy.go, dropTypeDependentFields).

use serde_json::Value;

use crate::kubectl::value::word_or;

/// Takes away what the new type doesn't have. `old` and `new` are of one Service; other objects stay as they are.
pub fn drop_type_fields(old: &Value, new: &mut Value) {
    if new.get("kind").and_then(Value::as_str) != Some("Service") || kind_of(old) == kind_of(new) {
        return;
    }
    // 1. Addresses in the cluster: not for a name elsewhere.
    if kind_of(new) == "ExternalName" && same(old, new, "clusterIP") && same(old, new, "clusterIPs") {
        remove(new, &["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"]);
    }
    // 2. Node ports, and the port by which a load balancer asks for health.
    if needs_node_ports(old) && !needs_node_ports(new) && node_ports(old) == node_ports(new) {
        let ports = new.pointer_mut("/spec/ports").and_then(Value::as_array_mut);
        ports.into_iter().flatten().filter_map(Value::as_object_mut).for_each(|port| drop(port.remove("nodePort")));
    }
    if kind_of(new) != "LoadBalancer" {
        let fields = ["healthCheckNodePort", "allocateLoadBalancerNodePorts", "loadBalancerClass"];
        fields.into_iter().filter(|field| same(old, new, field)).collect::<Vec<_>>().iter().for_each(|field| {
            remove(new, &[field]);
        });
    }
    // 3. What is only for traffic from outside.
    if !is_for_outside(new) && same(old, new, "externalTrafficPolicy") {
        remove(new, &["externalTrafficPolicy"]);
    }
}

fn kind_of(service: &Value) -> String {
    word_or(service, "/spec/type", "ClusterIP")
}

fn needs_node_ports(service: &Value) -> bool {
    match kind_of(service).as_str() {
        "NodePort" => true,
        "LoadBalancer" => service.pointer("/spec/allocateLoadBalancerNodePorts") != Some(&false.into()),
        _ => false,
    }
}

fn node_ports(service: &Value) -> Vec<&Value> {
    let ports = service.pointer("/spec/ports").and_then(Value::as_array);
    ports.into_iter().flatten().filter_map(|port| port.get("nodePort")).collect()
}

fn is_for_outside(service: &Value) -> bool {
    let external = service.pointer("/spec/externalIPs").and_then(Value::as_array);
    match kind_of(service).as_str() {
        "NodePort" | "LoadBalancer" => true,
        "ClusterIP" => external.is_some_and(|addresses| !addresses.is_empty()),
        _ => false,
    }
}

fn same(old: &Value, new: &Value, field: &str) -> bool {
    let of = |service: &Value| service.pointer("/spec")?.get(field).cloned();
    of(old) == of(new)
}

fn remove(service: &mut Value, fields: &[&str]) {
    if let Some(spec) = service.get_mut("spec").and_then(Value::as_object_mut) {
        fields.iter().for_each(|field| drop(spec.remove(*field)));
    }
}
