//! Random NetworkPolicies over nine pods in three namespaces: every form of selector, peer and port, sensible or not.

use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

/// The ports of every pod.
pub const PORTS: [(&str, u16); 5] = [("TCP", 80), ("TCP", 81), ("UDP", 80), ("UDP", 81), ("SCTP", 80)];

/// The namespaces, with their labels.
const NAMESPACES: [(&str, &[(&str, &str)]); 3] =
    [("x", &[("team", "red"), ("env", "dev")]), ("y", &[("team", "blue"), ("env", "dev")]), ("z", &[("team", "blue")])];

/// A name, and the port that it means.
type PortName = (&'static str, &'static str, u16);

/// In each namespace, with the names that it gives to ports: one name means other ports in other pods.
const PODS: [(&str, &[PortName]); 3] = [
    ("a", &[("serve", "TCP", 80), ("dns", "UDP", 81)]),
    ("b", &[("serve", "TCP", 81), ("dns", "UDP", 80)]),
    ("c", &[("serve", "SCTP", 80), ("web", "TCP", 80)]),
];

/// Nodes, namespaces, pods and a Service for each, as JSON, which is YAML.
pub fn surroundings() -> Vec<Value> {
    let nodes = (0..2).map(|number| {
        json!({
            "apiVersion": "v1", "kind": "Node",
            "metadata": {"name": node(number), "labels": {"kubernetes.io/hostname": node(number)}},
            "status": {
                "addresses": [{"type": "InternalIP", "address": format!("172.18.0.{}", 3 + number)}],
                "conditions": [{"type": "Ready", "status": "True"}],
            },
        })
    });
    let in_namespaces = NAMESPACES.iter().enumerate().flat_map(|(number, (name, labels))| {
        let labels: Map<String, Value> = labels.iter().map(|(key, value)| (key.to_string(), json!(value))).collect();
        let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}});
        let pods = (0..PODS.len()).flat_map(move |place| [pod(number, place), service(number, place)]);
        [namespace].into_iter().chain(pods)
    });
    nodes.chain(in_namespaces).collect()
}

fn node(number: usize) -> String {
    format!("node-{}", number + 1)
}

fn pod(namespace: usize, place: usize) -> Value {
    let (name, port_names) = PODS[place];
    let address = format!("10.244.{}.{}", (namespace + place) % 2, 10 + namespace * 16 + place);
    let ports = PORTS.map(|(protocol, number)| {
        let mut port = json!({"containerPort": number, "protocol": protocol});
        let named = port_names.iter().find(|(_, of, port)| (*of, *port) == (protocol, number));
        if let Some((name, ..)) = named {
            port["name"] = json!(name);
        }
        port
    });
    let mut labels = json!({"pod": name});
    if name != "c" {
        labels["tier"] = json!("web");
    }
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "namespace": NAMESPACES[namespace].0, "labels": labels},
        "spec": {
            "nodeName": node((namespace + place) % 2),
            "containers": [{"name": "c", "image": "nginx", "ports": ports}],
        },
        "status": {
            "phase": "Running", "podIP": address, "podIPs": [{"ip": address}],
            "conditions": [{"type": "Ready", "status": "True"}],
        },
    })
}

fn service(namespace: usize, place: usize) -> Value {
    let name = PODS[place].0;
    let ports = PORTS.map(|(protocol, number)| {
        json!({"name": format!("{}{number}", protocol.to_lowercase()), "port": number, "protocol": protocol})
    });
    json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": {"name": name, "namespace": NAMESPACES[namespace].0},
        "spec": {"clusterIP": format!("10.96.{}.{}", namespace + 1, place + 1), "selector": {"pod": name}, "ports": ports},
    })
}

/// One to three policies.
pub fn policies() -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(policy(), 1..4).prop_map(|policies| {
        let named = policies.into_iter().enumerate().map(|(number, mut policy)| {
            policy["metadata"]["name"] = json!(format!("p{number}"));
            policy
        });
        named.collect()
    })
}

fn policy() -> impl Strategy<Value = Value> {
    let types = select(vec![
        None,
        Some(json!(["Ingress"])),
        Some(json!(["Egress"])),
        Some(json!(["Ingress", "Egress"])),
        Some(json!(["Egress", "Ingress"])),
    ]);
    let namespace = select(NAMESPACES.map(|(name, _)| name).to_vec());
    (namespace, pod_selector(), rules("from"), rules("to"), types).prop_map(
        |(namespace, selector, ingress, egress, types)| {
            let mut spec = json!({"podSelector": selector});
            let fields = [("ingress", ingress), ("egress", egress), ("policyTypes", types)];
            fields.into_iter().for_each(|(name, value)| set(&mut spec, name, value));
            json!({
                "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
                "metadata": {"namespace": namespace}, "spec": spec,
            })
        },
    )
}

fn set(object: &mut Value, name: &str, value: Option<Value>) {
    if let Some(value) = value {
        object[name] = value;
    }
}

fn list(item: impl Strategy<Value = Value>, most: usize) -> impl Strategy<Value = Value> {
    prop::collection::vec(item, 0..=most).prop_map(Value::Array)
}

/// Rules of one direction, whose peers stand in `peers`.
fn rules(peers: &'static str) -> impl Strategy<Value = Option<Value>> {
    let rule = (option::weighted(0.8, list(peer(), 3)), option::weighted(0.6, list(port(), 2))).prop_map(
        move |(of_peers, ports)| {
            let mut rule = json!({});
            set(&mut rule, peers, of_peers);
            set(&mut rule, "ports", ports);
            rule
        },
    );
    option::weighted(0.65, list(rule, 2))
}

fn peer() -> impl Strategy<Value = Value> {
    prop_oneof![
        pod_selector().prop_map(|pods| json!({"podSelector": pods})),
        namespace_selector().prop_map(|namespaces| json!({"namespaceSelector": namespaces})),
        (pod_selector(), namespace_selector())
            .prop_map(|(pods, namespaces)| json!({"podSelector": pods, "namespaceSelector": namespaces})),
        block().prop_map(|block| json!({"ipBlock": block})),
    ]
}

fn block() -> impl Strategy<Value = Value> {
    let networks = ["10.244.0.0/16", "10.244.1.0/24", "0.0.0.0/0", "10.244.0.10/32", "10.96.0.0/12", "172.18.0.0/16"];
    let inside =
        [("0.0.0.0/0", "10.244.0.0/24"), ("10.244.0.0/16", "10.244.1.0/24"), ("10.244.0.0/16", "10.244.0.26/31")];
    prop_oneof![
        select(networks.to_vec()).prop_map(|cidr| json!({"cidr": cidr})),
        select(vec!["::/0", "10.244.0.8/29"]).prop_map(|cidr| json!({"cidr": cidr})),
        select(inside.to_vec()).prop_map(|(cidr, except)| json!({"cidr": cidr, "except": [except]})),
    ]
}

/// The API server fills in TCP.
fn port() -> impl Strategy<Value = Value> {
    let protocol = option::weighted(0.6, select(vec!["TCP", "UDP", "SCTP"]));
    let number = select(vec![
        (None, None),
        (Some(json!(80)), None),
        (Some(json!(81)), None),
        (Some(json!(80)), Some(json!(81))),
        (Some(json!(79)), Some(json!(80))),
        (Some(json!(81)), Some(json!(90))),
        (Some(json!(80)), Some(json!(80))),
        (Some(json!("serve")), None),
        (Some(json!("dns")), None),
        (Some(json!("web")), None),
        (Some(json!("nosuch")), None),
    ]);
    (protocol, number).prop_map(|(protocol, (port, end))| {
        let mut object = json!({});
        set(&mut object, "protocol", protocol.map(|protocol| json!(protocol)));
        set(&mut object, "port", port);
        set(&mut object, "endPort", end);
        object
    })
}

fn namespace_selector() -> impl Strategy<Value = Value> {
    select(vec![
        json!({}),
        json!({"matchLabels": {"team": "blue"}}),
        json!({"matchLabels": {"team": "none"}}),
        json!({"matchLabels": {"kubernetes.io/metadata.name": "x"}}),
        json!({"matchExpressions": [{"key": "team", "operator": "In", "values": ["red", "green"]}]}),
        json!({"matchExpressions": [{"key": "env", "operator": "NotIn", "values": ["dev"]}]}),
        json!({"matchExpressions": [{"key": "team", "operator": "Exists"}]}),
        json!({"matchExpressions": [{"key": "env", "operator": "DoesNotExist"}]}),
        json!({"matchLabels": {"team": "blue"}, "matchExpressions": [{"key": "env", "operator": "Exists"}]}),
    ])
}

fn pod_selector() -> impl Strategy<Value = Value> {
    select(vec![
        json!({}),
        json!({"matchLabels": {"pod": "a"}}),
        json!({"matchLabels": {"tier": "web"}}),
        json!({"matchLabels": {"pod": "none"}}),
        json!({"matchExpressions": [{"key": "pod", "operator": "In", "values": ["b", "c"]}]}),
        json!({"matchExpressions": [{"key": "pod", "operator": "NotIn", "values": ["a"]}]}),
        json!({"matchExpressions": [{"key": "tier", "operator": "DoesNotExist"}]}),
        json!({"matchExpressions": [{"key": "tier", "operator": "NotIn", "values": ["web"]}]}),
    ])
}

/// Objects as one text.
pub fn manifests(objects: &[Value]) -> String {
    objects.iter().map(|object| format!("{object}\n")).collect::<Vec<_>>().join("---\n")
}
