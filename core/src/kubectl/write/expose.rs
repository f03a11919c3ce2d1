//! `expose` (pkg/cmd/expose): a Service for what is there.

use serde_json::{Value, json};

use super::{
    KubectlView, ResourceType, SelectedObject, UsageError, WriteCommand, WriteResult, kubectl_error, label_pairs,
    set_field, write_output,
};

/// Adds a Service with the selector and the ports of objects.
pub fn expose(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    let (selected, missing) = write.selected(&write.flags.words, view)?;
    let (mut said, mut changes) = (String::new(), Vec::new());
    for one in &selected {
        let (text, added) = write.add(view, ResourceType::Services, service(write, view, one)?, "exposed")?;
        said.push_str(&text);
        changes.extend(added);
    }
    Ok((write_output(said, missing), changes))
}

fn service(write: &WriteCommand, view: KubectlView<'_>, one: &SelectedObject) -> Result<Value, UsageError> {
    // 1. What can be exposed.
    let can = matches!(
        one.resource,
        ResourceType::Deployments
            | ResourceType::ReplicaSets
            | ResourceType::ReplicationControllers
            | ResourceType::Services
            | ResourceType::Pods
    );
    if !can {
        let (_, group) = one.resource.plural().split_once('.').unwrap_or(("", ""));
        let group = if group.is_empty() { String::new() } else { format!(".{group}") };
        return Err(kubectl_error(format!("error: cannot expose a {}{group}", one.resource.kind())));
    }
    // 2. What the Service selects, and its ports.
    let object = one.object(view);
    let selector = match write.flags.value("selector") {
        Some(text) => label_pairs(text)?,
        None => selector(one, &object).map_err(|why| {
            kubectl_error(format!("error: couldn't retrieve selectors via --selector flag or introspection: {why}"))
        })?,
    };
    let headless = write.flags.value("cluster-ip") == Some("None");
    let ports = ports(write, one, &object);
    if ports.is_empty() && !headless {
        return Err(kubectl_error(
            "error: couldn't find port via --port flag or introspection\nSee 'kubectl expose -h' for help and examples",
        ));
    }
    // 3. Name and labels.
    let labels = write.labels()?.or_else(|| object.pointer("/metadata/labels").cloned());
    let name: String = write.flags.value("name").unwrap_or(one.name()).chars().take(63).collect();
    let mut metadata = json!({"name": name, "namespace": one.namespace()});
    if write.flags.value("namespace").is_none() {
        metadata = json!({"name": name});
    }
    set_field(
        &mut metadata,
        "labels",
        labels.filter(|labels| labels.as_object().is_some_and(|labels| !labels.is_empty())),
    );
    // 4. What flags say of it.
    let flag = |name: &str| write.flags.value(name).filter(|value| !value.is_empty()).map(Value::from);
    let mut spec = json!({"selector": selector});
    set_field(&mut spec, "ports", (!ports.is_empty()).then(|| json!(ports)));
    set_field(&mut spec, "type", flag("type"));
    set_field(&mut spec, "clusterIP", flag("cluster-ip"));
    set_field(&mut spec, "externalIPs", flag("external-ip").map(|address| json!([address])));
    set_field(
        &mut spec,
        "loadBalancerIP",
        flag("load-balancer-ip").filter(|_| write.flags.value("type") == Some("LoadBalancer")),
    );
    set_field(&mut spec, "sessionAffinity", affinity(write)?);
    Ok(json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata,
        "spec": spec,
        "status": {"loadBalancer": {}},
    }))
}

fn affinity(write: &WriteCommand) -> Result<Option<Value>, UsageError> {
    match write.flags.value("session-affinity") {
        None | Some("") => Ok(None),
        Some(kind @ ("None" | "ClientIP")) => Ok(Some(kind.into())),
        Some(other) => Err(kubectl_error(format!("error: unknown session affinity: {other}"))),
    }
}

/// The labels that a Service can ask for (polymorphichelpers, mapBasedSelectorForObject).
fn selector(one: &SelectedObject, object: &Value) -> Result<Value, String> {
    let filled = |pointer: &str| {
        object.pointer(pointer).filter(|map| map.as_object().is_some_and(|map| !map.is_empty())).cloned()
    };
    match one.resource {
        ResourceType::Pods => {
            filled("/metadata/labels").ok_or("the pod has no labels and cannot be exposed".to_owned())
        }
        ResourceType::Services | ResourceType::ReplicationControllers => filled("/spec/selector").ok_or(format!(
            "the {} has no pod selector set",
            if one.resource == ResourceType::Services { "service" } else { "replication controller" }
        )),
        _ if object.pointer("/spec/selector/matchExpressions").is_some() => {
            Err("couldn't convert expressions to map-based selector format".to_owned())
        }
        _ => filled("/spec/selector/matchLabels")
            .ok_or("invalid deployment: no selectors, therefore cannot be exposed".to_owned()),
    }
}

/// --port, or those of the containers or the Service, with their protocols; several have names.
fn ports(write: &WriteCommand, one: &SelectedObject, object: &Value) -> Vec<Value> {
    // 1. The ports that are wanted, each number once.
    let own = own_ports(one, object);
    let wanted: Vec<String> = match write.flags.value("port") {
        Some(text) => text.split(',').map(|port| port.trim().to_owned()).collect(),
        None => own.iter().map(|(port, _)| port.to_string()).collect(),
    };
    let numbers = without_repetition(wanted.iter().map(String::as_str));
    let target = write.flags.value("target-port").or(write.flags.value("container-port"));
    let value = |text: &str| text.parse::<i64>().map_or_else(|_| Value::from(text), Value::from);
    let mut ports = Vec::new();
    for (number, port) in numbers.iter().enumerate() {
        // 2. The protocols of each.
        let known = own.iter().filter(|(own, _)| own.to_string() == **port).map(|(_, protocol)| protocol.as_str());
        let protocols = match write.flags.value("protocol") {
            Some(protocol) => vec![protocol],
            None => without_repetition(known),
        };
        let protocols = if protocols.is_empty() { vec!["TCP"] } else { protocols };
        // 3. One number with several protocols is a port for each, with the protocol in its name.
        for protocol in &protocols {
            let target = value(target.unwrap_or(port));
            let mut entry = json!({"port": value(port), "protocol": protocol, "targetPort": target});
            let name = if protocols.len() > 1 {
                Some(format!("port-{}-{}", number + 1, protocol.to_lowercase()))
            } else {
                (numbers.len() > 1).then(|| format!("port-{}", number + 1))
            };
            set_field(&mut entry, "name", name.map(Value::from));
            ports.push(entry);
        }
    }
    ports
}

fn without_repetition<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<&'t str> {
    let mut all = Vec::new();
    for text in texts {
        if !all.contains(&text) {
            all.push(text);
        }
    }
    all
}

fn own_ports(one: &SelectedObject, object: &Value) -> Vec<(i64, String)> {
    let port = |entry: &Value, key: &str| {
        let protocol = entry.get("protocol").and_then(Value::as_str).unwrap_or("TCP");
        Some((entry.get(key)?.as_i64()?, protocol.to_owned()))
    };
    let list =
        |object: &Value, pointer: &str| object.pointer(pointer).and_then(Value::as_array).cloned().unwrap_or_default();
    if one.resource == ResourceType::Services {
        return list(object, "/spec/ports").iter().filter_map(|entry| port(entry, "port")).collect();
    }
    let containers =
        if one.resource == ResourceType::Pods { "/spec/containers" } else { "/spec/template/spec/containers" };
    let containers = list(object, containers);
    let entries = containers.iter().flat_map(|container| list(container, "/ports"));
    entries.filter_map(|entry| port(&entry, "containerPort")).collect()
}
