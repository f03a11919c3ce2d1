//! Random clusters as they are seen from outside, with what controllers and kubelets would have written, and lines that people type
//! about them.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::documents;

mod lines;

/// A cluster, and what is typed about it.
#[derive(Clone, Debug)]
pub struct AskedCluster {
    /// In an order in which they can be created.
    pub objects: Vec<Value>,
    /// Lines of a shell.
    pub lines: Vec<String>,
}

/// Beside those that every cluster has.
pub const NAMESPACES: [&str; 2] = ["shop", "tools"];

/// Random ones, with so many lines.
pub fn clusters(lines: usize) -> impl Strategy<Value = AskedCluster> {
    let picks = vec(any::<u64>(), lines);
    let stray = documents::sound_documents()
        .prop_filter("it changes what others get", is_harmless)
        .prop_map(ClusterGroup::Stray);
    let groups = vec(prop_oneof![5 => usual(), 2 => stray], 3..10);
    (groups, any::<usize>(), picks).prop_map(|(groups, first, picks)| {
        let made = groups.into_iter().enumerate().flat_map(|(number, group)| match group {
            // Each has a name of its own.
            ClusterGroup::Usual(facts, make) => {
                make(&GroupFacts { name: NAMES[(first % NAMES.len() + number) % NAMES.len()], ..facts })
            }
            ClusterGroup::Stray(document) => vec![placed(document)],
        });
        let objects: Vec<Value> = nodes().into_iter().chain(name_server()).chain(made).collect();
        let lines = picks.into_iter().map(|pick| lines::line(&objects, pick)).collect();
        AskedCluster { objects, lines }
    })
}

/// Whether other objects are allocated and admitted as before beside it.
fn is_harmless(document: &Value) -> bool {
    !["ServiceCIDR", "IPAddress", "LimitRange", "ResourceQuota", "Namespace"]
        .map(Value::from)
        .contains(&document["kind"])
}

/// Objects that belong together.
#[derive(Clone, Debug)]
enum ClusterGroup {
    Usual(GroupFacts, fn(&GroupFacts) -> Vec<Value>),
    /// A document of whatever kind.
    Stray(Value),
}

const NAMES: [&str; 12] =
    ["web", "api", "db", "cache", "front-end", "worker", "shop-0", "mail", "auth", "queue", "search", "a"];

/// A cluster with something taken away: objects first, then what stands in them.
pub fn reduced(objects: &[Value], number: usize) -> Option<Vec<Value>> {
    let mut smaller = objects.to_vec();
    if number < objects.len() {
        smaller.remove(objects.len() - 1 - number);
        return Some(smaller);
    }
    let mut number = number - objects.len();
    for (at, object) in objects.iter().enumerate() {
        match documents::reduced(object, number) {
            Some(less) => {
                smaller[at] = less;
                return Some(smaller);
            }
            None => number -= documents::count_of_parts(object).min(number),
        }
    }
    None
}

/// Objects as one text, each as JSON, which is YAML.
pub fn manifests(objects: &[Value]) -> String {
    objects.iter().map(|object| format!("{object}\n")).collect::<Vec<_>>().join("---\n")
}

fn nodes() -> Vec<Value> {
    let node = |(number, role): (usize, &str)| {
        let name = format!("node-{number}");
        let mut node = object(
            "v1",
            "Node",
            "",
            &name,
            json!({
                "beta.kubernetes.io/arch": "amd64", "beta.kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
                "kubernetes.io/hostname": name, "kubernetes.io/os": "linux",
            }),
        );
        if !role.is_empty() {
            node["metadata"]["labels"][format!("node-role.kubernetes.io/{role}")] = json!("");
        }
        node["spec"] =
            json!({"podCIDR": format!("10.244.{number}.0/24"), "podCIDRs": [format!("10.244.{number}.0/24")]});
        node["status"] = json!({
            "addresses": [{"type": "InternalIP", "address": format!("192.168.56.1{number}")}, {"type": "Hostname", "address": name}],
            "capacity": {"cpu": "4", "memory": "8Gi", "pods": "110"},
            "allocatable": {"cpu": "3900m", "memory": "7Gi", "pods": "110"},
            "conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady", "message": "kubelet is posting ready status", "lastHeartbeatTime": "2026-11-01T10:00:00Z", "lastTransitionTime": "2026-11-01T10:00:00Z"}],
            "nodeInfo": {
                "kubeletVersion": "v1.37.2", "osImage": "Debian GNU/Linux 13", "kernelVersion": "6.12.0", "containerRuntimeVersion": "containerd://2.1.4",
                "machineID": "", "systemUUID": "", "bootID": "", "kubeProxyVersion": "", "operatingSystem": "linux", "architecture": "amd64",
            },
        });
        node
    };
    [(1, "control-plane"), (2, "")].into_iter().map(node).collect()
}

/// CoreDNS, and the leases of the nodes.
fn name_server() -> Vec<Value> {
    let labels = json!({"k8s-app": "kube-dns"});
    let mut service = object("v1", "Service", "kube-system", "kube-dns", labels.clone());
    service["spec"] = json!({
        "clusterIP": "10.96.0.10", "selector": labels,
        "ports": [{"name": "dns", "port": 53, "protocol": "UDP"}, {"name": "dns-tcp", "port": 53, "protocol": "TCP"}],
    });
    let mut map = object("v1", "ConfigMap", "kube-system", "coredns", json!({}));
    map["data"] = json!({"Corefile": ".:53 {\n    kubernetes cluster.local in-addr.arpa ip6.arpa\n}\n"});
    let mut pod = object("v1", "Pod", "kube-system", "coredns-x1", labels);
    pod["spec"] = json!({
        "containers": [{
            "name": "coredns", "image": "registry.k8s.io/coredns/coredns:v1.15.0", "args": ["-conf", "/etc/coredns/Corefile"],
            "volumeMounts": [{"name": "config", "mountPath": "/etc/coredns"}],
        }],
        "volumes": [{"name": "config", "configMap": {"name": "coredns"}}],
    });
    give_state(&mut pod, 0, 200);
    let mut slice = object(
        "discovery.k8s.io/v1",
        "EndpointSlice",
        "kube-system",
        "kube-dns-x1",
        json!({
            "kubernetes.io/service-name": "kube-dns", "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
        }),
    );
    slice["addressType"] = json!("IPv4");
    slice["ports"] =
        json!([{"name": "dns", "port": 53, "protocol": "UDP"}, {"name": "dns-tcp", "port": 53, "protocol": "TCP"}]);
    slice["endpoints"] = json!([{"addresses": ["10.244.1.202"], "conditions": {"ready": true, "serving": true, "terminating": false}, "nodeName": "node-1"}]);
    let leases = (1..3).map(|number| {
        let name = format!("node-{number}");
        let mut lease = object("coordination.k8s.io/v1", "Lease", "kube-node-lease", &name, json!({}));
        lease["spec"] =
            json!({"holderIdentity": name, "leaseDurationSeconds": 40, "renewTime": "2026-11-01T10:00:00.000000Z"});
        lease
    });
    [map, service, pod, slice].into_iter().chain(leases).collect()
}

/// Of an empty namespace none is written.
fn object(version: &str, kind: &str, namespace: &str, name: &str, labels: Value) -> Value {
    let mut object = json!({"apiVersion": version, "kind": kind, "metadata": {"name": name}});
    if !namespace.is_empty() {
        object["metadata"]["namespace"] = json!(namespace);
    }
    if labels.as_object().is_some_and(|labels| !labels.is_empty()) {
        object["metadata"]["labels"] = labels;
    }
    object
}

/// A document that stands in one of the namespaces, with a name, and that nothing keeps from being deleted.
fn placed(mut document: Value) -> Value {
    let Some(metadata) = document["metadata"].as_object_mut() else { return document };
    if let Some(prefix) = metadata.remove("generateName") {
        let name = format!("{}x1", prefix.as_str().unwrap_or_default());
        metadata.entry("name").or_insert(json!(name));
    }
    metadata.remove("finalizers");
    metadata.remove("ownerReferences");
    if let Some(namespace) = metadata.get_mut("namespace")
        && namespace != "default"
    {
        *namespace = json!(NAMESPACES[0]);
    }
    document
}

/// What the chance of a group decides.
#[derive(Clone, Debug)]
struct GroupFacts {
    name: &'static str,
    namespace: &'static str,
    image: &'static str,
    labels: Value,
    replicas: usize,
    states: Vec<usize>,
    number: usize,
    is_odd: bool,
}

fn usual() -> impl Strategy<Value = ClusterGroup> {
    let facts = (
        select(vec!["default", "default", "shop", "tools"]),
        select(vec![
            "nginx",
            "nginx:1.27",
            "registry.example.com:5000/team/api:v1.2.3",
            "postgres@sha256:0123456789012345678901234567890123456789012345678901234567890123",
        ]),
        select(vec![
            json!({}),
            json!({"app": "web"}),
            json!({"app": "api", "tier": "back"}),
            json!({"app.kubernetes.io/name": "shop", "env": "prod"}),
        ]),
        0..4usize,
        vec(0..STATES, 4),
        0..200usize,
        any::<bool>(),
    );
    let facts = facts.prop_map(|(namespace, image, labels, replicas, states, number, is_odd)| GroupFacts {
        name: "",
        namespace,
        image,
        labels,
        replicas,
        states,
        number,
        is_odd,
    });
    let makers: Vec<fn(&GroupFacts) -> Vec<Value>> = vec![
        deployment,
        deployment,
        service,
        service,
        single_pod,
        single_pod,
        stateful_set,
        daemon_set,
        job,
        cron_job,
        ingress,
        small,
    ];
    (facts, select(makers)).prop_map(|(facts, make)| ClusterGroup::Usual(facts, make))
}

impl GroupFacts {
    fn object(&self, version: &str, kind: &str) -> Value {
        object(version, kind, self.namespace, self.name, self.labels.clone())
    }

    fn selector(&self) -> Value {
        json!({"app": self.name})
    }

    fn template(&self) -> Value {
        let mut container =
            json!({"name": "main", "image": self.image, "ports": [{"containerPort": 80, "name": "http"}]});
        if self.is_odd {
            container["resources"] =
                json!({"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "128Mi"}});
            container["env"] = json!([{"name": "MODE", "value": "live"}, {"name": "POD", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]);
            container["readinessProbe"] = json!({"httpGet": {"path": "/healthz", "port": "http"}, "periodSeconds": 5});
        }
        let mut containers = vec![container];
        if self.number.is_multiple_of(3) {
            containers.push(json!({"name": "side", "image": "envoy:v1.40", "args": ["-c", "/etc/envoy.yaml"], "volumeMounts": [{"name": "config", "mountPath": "/etc", "readOnly": true}]}));
        }
        let volumes = if containers.len() > 1 {
            json!([{"name": "config", "configMap": {"name": "settings"}}])
        } else {
            json!([])
        };
        json!({"metadata": {"labels": self.selector()}, "spec": {"containers": containers, "volumes": volumes}})
    }

    /// A pod of a workload.
    fn pod(&self, name: &str, number: usize, owner: Option<(&str, &str, &str)>, hash: Option<(&str, &str)>) -> Value {
        let template = self.template();
        let mut pod = object("v1", "Pod", self.namespace, name, self.selector());
        if let Some((key, value)) = hash {
            pod["metadata"]["labels"][key] = json!(value);
        }
        if let Some((version, kind, owner)) = owner {
            pod["metadata"]["ownerReferences"] = owners(version, kind, owner);
        }
        pod["spec"] = template["spec"].clone();
        let state = self.states[number % self.states.len()];
        give_state(&mut pod, state, self.number + number);
        pod
    }
}

/// The uid is filled in when the owner is there.
fn owners(version: &str, kind: &str, name: &str) -> Value {
    json!([{"apiVersion": version, "kind": kind, "name": name, "uid": "", "controller": true, "blockOwnerDeletion": true}])
}

/// As many as [`give_state`] knows.
const STATES: usize = 14;

fn give_state(pod: &mut Value, state: usize, number: usize) {
    let names: Vec<Value> = pod["spec"]["containers"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|container| json!([container["name"], container["image"]]))
        .collect();
    let started = "2026-11-01T10:00:00Z";
    let running = json!({"running": {"startedAt": started}});
    let ended = |reason: &str, code: i32| json!({"terminated": {"exitCode": code, "reason": reason, "startedAt": started, "finishedAt": "2026-11-01T10:00:05Z", "containerID": "containerd://1"}});
    let waiting = |reason: &str| json!({"waiting": {"reason": reason, "message": "see the events"}});
    let (phase, first, ready, restarts) = match state {
        0..=4 => ("Running", running.clone(), true, 0),
        5 => ("Running", running.clone(), false, 0),
        6 => ("Running", waiting("CrashLoopBackOff"), false, 7),
        7 => ("Pending", waiting("ImagePullBackOff"), false, 0),
        8 => ("Succeeded", ended("Completed", 0), false, 0),
        9 => ("Failed", ended("Error", 137), false, 2),
        10 => ("Running", ended("OOMKilled", 137), false, 1),
        11 => ("Pending", waiting("ContainerCreating"), false, 0),
        12 => ("Running", running.clone(), true, 3),
        _ => return,
    };
    pod["spec"]["nodeName"] = json!(format!("node-{}", 1 + number % 2));
    let address = format!("10.244.{}.{}", 1 + number % 2, 2 + number);
    let is_there = phase != "Pending";
    let statuses = names.iter().enumerate().map(|(at, name)| {
        let mut status = json!({
            "name": name[0], "image": name[1], "imageID": "", "ready": ready || at > 0 && phase == "Running",
            "restartCount": if at == 0 { restarts } else { 0 }, "state": if at == 0 || phase != "Running" { first.clone() } else { running.clone() },
            "started": phase == "Running",
        });
        if at == 0 && restarts > 0 {
            status["lastState"] = ended("Error", 1);
        }
        status
    });
    let flag = |value: bool| if value { "True" } else { "False" };
    let condition =
        |kind: &str, value: bool| json!({"type": kind, "status": flag(value), "lastTransitionTime": started});
    pod["status"] = json!({
        "phase": phase, "hostIP": format!("192.168.56.1{}", 1 + number % 2), "hostIPs": [{"ip": format!("192.168.56.1{}", 1 + number % 2)}], "startTime": started,
        "conditions": [condition("PodReadyToStartContainers", is_there), condition("Initialized", true), condition("Ready", ready), condition("ContainersReady", ready), condition("PodScheduled", true)],
        "containerStatuses": statuses.collect::<Vec<_>>(), "qosClass": "BestEffort",
    });
    if is_there {
        pod["status"]["podIP"] = json!(address);
        pod["status"]["podIPs"] = json!([{"ip": address}]);
    }
}

fn single_pod(facts: &GroupFacts) -> Vec<Value> {
    let mut pod = facts.pod(facts.name, 0, None, None);
    if let Some(labels) = facts.labels.as_object().filter(|labels| !labels.is_empty()) {
        pod["metadata"]["labels"] = json!(labels);
    }
    let event = json!({
        "apiVersion": "v1", "kind": "Event", "metadata": {"name": format!("{}.1", facts.name), "namespace": facts.namespace},
        "involvedObject": {"apiVersion": "v1", "kind": "Pod", "name": facts.name, "namespace": facts.namespace, "uid": ""},
        "reason": "Pulled", "message": format!("Container image \"{}\" already present on machine", facts.image), "type": "Normal",
        "source": {"component": "kubelet", "host": "node-1"}, "count": 1 + facts.replicas, "firstTimestamp": "2026-11-01T10:00:00Z", "lastTimestamp": "2026-11-01T10:00:03Z",
    });
    if facts.is_odd { vec![pod, event] } else { vec![pod] }
}

fn deployment(facts: &GroupFacts) -> Vec<Value> {
    const HASH: &str = "6c8d9f7b54";
    let mut deployment = facts.object("apps/v1", "Deployment");
    let (replicas, ready) = (facts.replicas, facts.states[..facts.replicas].iter().filter(|state| **state < 5).count());
    let annotations = json!({"deployment.kubernetes.io/revision": "1"});
    deployment["metadata"]["annotations"] = annotations.clone();
    deployment["spec"] =
        json!({"replicas": replicas, "selector": {"matchLabels": facts.selector()}, "template": facts.template()});
    if facts.number.is_multiple_of(5) {
        deployment["spec"]["strategy"] = json!({"type": "Recreate"});
    }
    deployment["status"] = json!({
        "observedGeneration": 1, "replicas": replicas, "updatedReplicas": replicas, "readyReplicas": ready, "availableReplicas": ready, "unavailableReplicas": replicas - ready,
        "conditions": [{"type": "Available", "status": if ready == replicas { "True" } else { "False" }, "reason": "MinimumReplicasAvailable", "message": "Deployment has minimum availability.", "lastUpdateTime": "2026-11-01T10:00:00Z", "lastTransitionTime": "2026-11-01T10:00:00Z"}],
    });
    let name = format!("{}-{HASH}", facts.name);
    let mut set =
        object("apps/v1", "ReplicaSet", facts.namespace, &name, json!({"app": facts.name, "pod-template-hash": HASH}));
    set["metadata"]["ownerReferences"] = owners("apps/v1", "Deployment", facts.name);
    set["metadata"]["annotations"] = json!({"deployment.kubernetes.io/desired-replicas": replicas.to_string(), "deployment.kubernetes.io/max-replicas": (replicas + 1).to_string(), "deployment.kubernetes.io/revision": "1"});
    let labels = json!({"app": facts.name, "pod-template-hash": HASH});
    let mut template = facts.template();
    template["metadata"]["labels"] = labels.clone();
    set["spec"] = json!({"replicas": replicas, "selector": {"matchLabels": labels}, "template": template});
    set["status"] = json!({"replicas": replicas, "fullyLabeledReplicas": replicas, "readyReplicas": ready, "availableReplicas": ready, "observedGeneration": 1});
    let pods = (0..replicas).map(|number| {
        let suffix = ["abcde", "x7k2p", "zz9qw"][number % 3];
        facts.pod(
            &format!("{name}-{suffix}"),
            number,
            Some(("apps/v1", "ReplicaSet", &name)),
            Some(("pod-template-hash", HASH)),
        )
    });
    [vec![deployment, set], pods.collect()].concat()
}

fn stateful_set(facts: &GroupFacts) -> Vec<Value> {
    let mut set = facts.object("apps/v1", "StatefulSet");
    let hash = format!("{}-5d4f8c7b9", facts.name);
    let ready = facts.states[..facts.replicas].iter().filter(|state| **state < 5).count();
    set["spec"] = json!({"replicas": facts.replicas, "serviceName": facts.name, "selector": {"matchLabels": facts.selector()}, "template": facts.template()});
    if facts.is_odd {
        set["spec"]["volumeClaimTemplates"] = json!([{"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}]);
    }
    set["status"] = json!({"replicas": facts.replicas, "readyReplicas": ready, "availableReplicas": ready, "currentReplicas": facts.replicas, "updatedReplicas": facts.replicas, "currentRevision": hash, "updateRevision": hash, "observedGeneration": 1, "collisionCount": 0});
    let pods = (0..facts.replicas).map(|number| {
        facts.pod(
            &format!("{}-{number}", facts.name),
            number,
            Some(("apps/v1", "StatefulSet", facts.name)),
            Some(("controller-revision-hash", &hash)),
        )
    });
    [vec![set], pods.collect()].concat()
}

fn daemon_set(facts: &GroupFacts) -> Vec<Value> {
    let mut set = facts.object("apps/v1", "DaemonSet");
    set["spec"] = json!({"selector": {"matchLabels": facts.selector()}, "template": facts.template()});
    if facts.is_odd {
        set["spec"]["template"]["spec"]["nodeSelector"] = json!({"kubernetes.io/hostname": "node-2"});
    }
    let pods = if facts.is_odd { 1 } else { 2 };
    let ready = facts.states[..pods].iter().filter(|state| **state < 5).count();
    set["status"] = json!({"currentNumberScheduled": pods, "desiredNumberScheduled": pods, "numberMisscheduled": 0, "numberReady": ready, "numberAvailable": ready, "numberUnavailable": pods - ready, "updatedNumberScheduled": pods, "observedGeneration": 1});
    let pods = (0..pods).map(|number| {
        facts.pod(
            &format!("{}-{}", facts.name, ["k8x2d", "p4q7r"][number % 2]),
            number,
            Some(("apps/v1", "DaemonSet", facts.name)),
            Some(("controller-revision-hash", "7b8c9d")),
        )
    });
    [vec![set], pods.collect()].concat()
}

fn job(facts: &GroupFacts) -> Vec<Value> {
    let mut job = facts.object("batch/v1", "Job");
    let mut template = facts.template();
    template["spec"]["restartPolicy"] = json!("Never");
    job["spec"] = json!({"completions": 1 + facts.replicas, "parallelism": 1, "template": template});
    job["status"] = if facts.is_odd {
        json!({"active": 1, "ready": 1, "startTime": "2026-11-01T10:00:00Z", "uncountedTerminatedPods": {}})
    } else {
        let (start, end) = ("2026-11-01T10:00:00Z", "2026-11-01T10:01:05Z");
        let condition = |kind: &str| {
            json!({
                "type": kind, "status": "True", "reason": "CompletionsReached", "message": "Reached expected number of succeeded pods",
                "lastProbeTime": end, "lastTransitionTime": end,
            })
        };
        json!({
            "succeeded": 1 + facts.replicas, "startTime": start, "completionTime": end, "uncountedTerminatedPods": {},
            "conditions": [condition("SuccessCriteriaMet"), condition("Complete")],
        })
    };
    vec![job]
}

fn cron_job(facts: &GroupFacts) -> Vec<Value> {
    let mut job = facts.object("batch/v1", "CronJob");
    let mut template = facts.template();
    template["spec"]["restartPolicy"] = json!("OnFailure");
    job["spec"] =
        json!({"schedule": "*/5 * * * *", "suspend": facts.is_odd, "jobTemplate": {"spec": {"template": template}}});
    if facts.number.is_multiple_of(2) {
        job["spec"]["timeZone"] = json!("Europe/Berlin");
    }
    vec![job]
}

fn service(facts: &GroupFacts) -> Vec<Value> {
    let mut service = facts.object("v1", "Service");
    let address = format!("10.96.{}.{}", 1 + facts.states[0], facts.number + 1);
    let ports = match facts.states[1] % 3 {
        0 => json!([{"port": 80}]),
        1 => {
            json!([{"name": "http", "port": 80, "targetPort": "http"}, {"name": "metrics", "port": 9090, "targetPort": 9091}])
        }
        _ => {
            json!([{"name": "dns", "port": 53, "protocol": "UDP"}, {"name": "dns-tcp", "port": 53, "protocol": "TCP", "appProtocol": "dns"}])
        }
    };
    let mut spec = json!({"selector": facts.selector(), "ports": ports});
    match facts.states[0] % 5 {
        0 => spec["clusterIP"] = json!("None"),
        1 => {
            (spec["type"], spec["clusterIP"]) = (json!("NodePort"), json!(address));
            give_node_ports(&mut spec, facts.number);
        }
        2 => {
            (spec["type"], spec["clusterIP"]) = (json!("LoadBalancer"), json!(address));
            give_node_ports(&mut spec, facts.number);
            if facts.is_odd {
                service["status"] = json!({"loadBalancer": {"ingress": [{"ip": "198.51.100.7"}]}});
            }
        }
        3 if facts.is_odd => spec = json!({"type": "ExternalName", "externalName": "db.example.com"}),
        _ => spec["clusterIP"] = json!(address),
    }
    service["spec"] = spec;
    let mut slice = object(
        "discovery.k8s.io/v1",
        "EndpointSlice",
        facts.namespace,
        &format!("{}-q2w3e", facts.name),
        json!({"kubernetes.io/service-name": facts.name, "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io"}),
    );
    slice["addressType"] = json!("IPv4");
    slice["ports"] = json!([{"name": "http", "port": 80, "protocol": "TCP"}]);
    slice["endpoints"] = (0..facts.replicas).map(|number| json!({"addresses": [format!("10.244.2.{}", 10 + number)], "conditions": {"ready": number != 1, "serving": true, "terminating": false}, "nodeName": "node-2"})).collect();
    vec![service, slice]
}

fn give_node_ports(spec: &mut Value, number: usize) {
    let first = 30000 + 4 * number;
    for (at, port) in spec["ports"].as_array_mut().into_iter().flatten().enumerate() {
        port["nodePort"] = json!(first + at);
    }
}

fn ingress(facts: &GroupFacts) -> Vec<Value> {
    let mut ingress = facts.object("networking.k8s.io/v1", "Ingress");
    let backend = json!({"service": {"name": facts.name, "port": {"number": 80}}});
    ingress["spec"] = json!({"rules": [{"host": format!("{}.example.com", facts.name), "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}, {"http": {"paths": [{"path": "/api", "pathType": "Exact", "backend": backend}]}}]});
    if facts.is_odd {
        ingress["spec"]["ingressClassName"] = json!("external");
        ingress["spec"]["tls"] = json!([{"hosts": [format!("{}.example.com", facts.name)], "secretName": "cert"}]);
        ingress["status"] = json!({"loadBalancer": {"ingress": [{"ip": "203.0.113.9"}]}});
    }
    vec![ingress]
}

/// ConfigMaps and the like.
fn small(facts: &GroupFacts) -> Vec<Value> {
    let mut map = facts.object("v1", "ConfigMap");
    map["data"] = json!({"mode": "live", "file.conf": "a=1\nb=2\n"});
    let mut secret = facts.object("v1", "Secret");
    secret["stringData"] = json!({"password": "hunter2"});
    let mut account = facts.object("v1", "ServiceAccount");
    account["automountServiceAccountToken"] = json!(false);
    let mut policy = facts.object("networking.k8s.io/v1", "NetworkPolicy");
    policy["spec"] = json!({"podSelector": {"matchLabels": facts.selector()}, "policyTypes": ["Ingress", "Egress"], "ingress": [{"from": [{"podSelector": {}}, {"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}}], "ports": [{"port": 80}]}]});
    let mut scaler = facts.object("autoscaling/v2", "HorizontalPodAutoscaler");
    scaler["spec"] = json!({"minReplicas": 1, "maxReplicas": 5, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": facts.name}, "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}}]});
    let mut budget = facts.object("policy/v1", "PodDisruptionBudget");
    budget["spec"] = json!({"minAvailable": 1, "selector": {"matchLabels": facts.selector()}});
    let mut claim = facts.object("v1", "PersistentVolumeClaim");
    claim["spec"] = json!({"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}});
    let all = [map, secret, account, policy, scaler, budget, claim];
    let chosen = facts.number % all.len();
    all.into_iter().cycle().skip(chosen).take(1 + facts.replicas).collect()
}
