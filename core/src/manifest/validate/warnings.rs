//! What the API server says of objects that it takes, in its words: the `Warning:` lines of kubectl (pkg/api/*/warnings.go, the
//! strategies' WarningsOnCreate).

use std::collections::{BTreeMap, BTreeSet};

use super::format;
use crate::diagnostic::{Diagnostic, Problem};
use crate::model::{KubernetesVersion, Path};
use crate::source::ObjectRef;
use crate::yaml::{Value, YamlNode};

/// The warnings about an object that isn't refused; about an Endpoints even if it is, since its whole API is deprecated.
pub(super) fn check(
    node: &YamlNode,
    object: &ObjectRef,
    version: KubernetesVersion,
    is_refused: bool,
) -> Vec<Diagnostic> {
    // 1. An API that is deprecated as a whole.
    let mut warnings = ApiWarnings { node, object, found: Vec::new() };
    if &*object.kind == "Endpoints" {
        warnings
            .say(&Path::Root, "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice".to_owned());
    }
    // 2. What is refused isn't warned of.
    if is_refused {
        return warnings.found;
    }
    // 3. What the kind warns of, its pod template among it.
    let root = Path::Root;
    let spec = root.field("spec");
    match &*object.kind {
        "Service" => service(version, &mut warnings),
        "EndpointSlice" if text(node, "addressType") == Some("FQDN") => {
            warnings.say(&root.field("addressType"), "spec.addressType: FQDN endpoints are deprecated".to_owned());
        }
        "Ingress" => ingress(&mut warnings),
        "Pod" => {
            name("the Pod's hostname", &mut warnings);
            pod_spec(&spec, &mut warnings);
        }
        "CronJob" => {
            name("Pod names and hostnames", &mut warnings);
            let job = spec.field("jobTemplate");
            pod_spec(&job.field("spec").field("template").field("spec"), &mut warnings);
        }
        "Deployment" | "ReplicaSet" | "ReplicationController" | "Job" => {
            name("Pod names and hostnames", &mut warnings);
            pod_spec(&spec.field("template").field("spec"), &mut warnings);
        }
        "DaemonSet" | "StatefulSet" => pod_spec(&spec.field("template").field("spec"), &mut warnings),
        _ => {}
    }
    warnings.found
}

/// Collects what is said of one object.
struct ApiWarnings<'a> {
    node: &'a YamlNode,
    object: &'a ObjectRef,
    found: Vec<Diagnostic>,
}

impl<'a> ApiWarnings<'a> {
    fn say(&mut self, at: &Path<'_>, message: String) {
        let field = at.to_field_path();
        let problem = Problem::ApiWarning { message };
        self.found.push(Diagnostic::at(self.node.span_of(&field), problem).field(field).of(self.object));
    }

    /// With the path before the words.
    fn say_at(&mut self, at: &Path<'_>, words: &str) {
        self.say(at, format!("{}: {words}", at.to_field_path()));
    }

    fn tree(&self, at: &Path<'_>) -> Option<&'a YamlNode> {
        match at {
            Path::Root => Some(self.node),
            Path::Key(parent, key) => self.tree(parent)?.child(key),
            Path::Index(parent, index) => self.tree(parent)?.elements().get(*index),
        }
    }

    fn elements(&self, at: &Path<'_>) -> &'a [YamlNode] {
        self.tree(at).map(YamlNode::elements).unwrap_or_default()
    }
}

fn text<'n>(node: &'n YamlNode, key: &str) -> Option<&'n str> {
    node.child(key).and_then(YamlNode::text).map(|text| &**text)
}

/// Whether a field is absent, or null, which is the same.
fn is_absent(node: &YamlNode, key: &str) -> bool {
    node.child(key).is_none_or(|value| matches!(value.value, Value::Null))
}

fn number(node: &YamlNode, key: &str) -> i64 {
    match node.child(key).map(|value| &value.value) {
        Some(Value::Integer(number)) => *number,
        _ => 0,
    }
}

/// pkg/api/service/warnings.go GetWarningsForService
fn service(version: KubernetesVersion, warnings: &mut ApiWarnings<'_>) {
    // 1. Its type.
    let root = Path::Root;
    let spec = root.field("spec");
    let Some(tree) = warnings.tree(&spec) else { return };
    let kind = text(tree, "type").unwrap_or("ClusterIP");
    let is_headless = kind == "ClusterIP" && text(tree, "clusterIP") == Some("None");
    let (external_ips, external_name) = (spec.field("externalIPs"), spec.field("externalName"));
    let has_external_ips = !warnings.elements(&external_ips).is_empty();
    // 2. What headless Services ignore.
    if is_headless {
        if text(tree, "loadBalancerIP").is_some_and(|address| !address.is_empty()) {
            warnings
                .say(&spec.field("loadBalancerIP"), "spec.loadBalancerIP is ignored for headless services".to_owned());
        }
        if has_external_ips {
            warnings.say(&external_ips, "spec.externalIPs is ignored for headless services".to_owned());
        }
        if text(tree, "sessionAffinity").is_some_and(|affinity| affinity != "None") {
            let words = "spec.SessionAffinity is ignored for headless services";
            warnings.say(&spec.field("sessionAffinity"), words.to_owned());
        }
    }
    // 3. External IPs.
    if has_external_ips && kind == "ExternalName" {
        warnings.say(&external_ips, "spec.externalIPs is ignored when spec.type is \"ExternalName\"".to_owned());
    } else if has_external_ips && !is_headless && version >= KubernetesVersion::V1_37 {
        let words = "spec.externalIPs is deprecated and may no longer be implemented in some clusters";
        warnings.say(&external_ips, words.to_owned());
    }
    // 4. What is ignored or deprecated otherwise.
    if kind != "ExternalName" && text(tree, "externalName").is_some_and(|name| !name.is_empty()) {
        warnings.say(&external_name, "spec.externalName is ignored when spec.type is not \"ExternalName\"".to_owned());
    }
    if text(tree, "trafficDistribution") == Some("PreferClose") {
        let words = "spec.trafficDistribution: \"PreferClose\" is deprecated; use \"PreferSameZone\"";
        warnings.say(&spec.field("trafficDistribution"), words.to_owned());
    }
}

/// pkg/registry/networking/ingress/strategy.go WarningsOnCreate
fn ingress(warnings: &mut ApiWarnings<'_>) {
    const ANNOTATION: &str = "kubernetes.io/ingress.class";
    let root = Path::Root;
    let (metadata, spec) = (root.field("metadata"), root.field("spec"));
    let annotations = metadata.field("annotations");
    let is_set = warnings.tree(&annotations).is_some_and(|annotations| annotations.child(ANNOTATION).is_some());
    if is_set && warnings.tree(&spec).is_none_or(|spec| is_absent(spec, "ingressClassName")) {
        let words = format!("annotation {ANNOTATION:?} is deprecated, please use 'spec.ingressClassName' instead");
        warnings.say(&annotations.field(ANNOTATION), words);
    }
}

/// What a name becomes part of must be a DNS label.
fn name(used_in: &str, warnings: &mut ApiWarnings<'_>) {
    let objections = format::dns1123_label(&warnings.object.name);
    if !objections.is_empty() {
        let root = Path::Root;
        let words = "which can result in surprising behavior; a DNS label is recommended";
        let message = format!("metadata.name: this is used in {used_in}, {words}: [{}]", objections.join(" "));
        warnings.say(&root.field("metadata").field("name"), message);
    }
}

/// pkg/api/pod/warnings.go warningsForPodSpecAndMeta
fn pod_spec(spec: &Path<'_>, warnings: &mut ApiWarnings<'_>) {
    // 1. Spread constraints without selector.
    for (at, constraint) in warnings.elements(&spec.field("topologySpreadConstraints")).iter().enumerate() {
        if is_absent(constraint, "labelSelector") {
            let list = spec.field("topologySpreadConstraints");
            warnings.say_at(&list.index(at).field("labelSelector"), NO_SELECTOR);
        }
    }
    // 2. Volumes, repeated names, variables and ports.
    volumes(spec, warnings);
    repeated_names(spec, "hostAliases", "ip", warnings);
    repeated_names(spec, "imagePullSecrets", "name", warnings);
    environment(spec, warnings);
    ports(spec, warnings);
    // 3. Affinity without selector, required or preferred.
    for affinity in ["podAffinity", "podAntiAffinity"] {
        let affinity_field = spec.field("affinity");
        let affinity = affinity_field.field(affinity);
        let required = affinity.field("requiredDuringSchedulingIgnoredDuringExecution");
        for (at, term) in warnings.elements(&required).iter().enumerate() {
            if is_absent(term, "labelSelector") {
                warnings.say_at(&required.index(at).field("labelSelector"), NO_SELECTOR);
            }
        }
        let preferred = affinity.field("preferredDuringSchedulingIgnoredDuringExecution");
        for (at, term) in warnings.elements(&preferred).iter().enumerate() {
            if term.child("podAffinityTerm").is_none_or(|term| is_absent(term, "labelSelector")) {
                warnings.say_at(&preferred.index(at).field("podAffinityTerm").field("labelSelector"), NO_SELECTOR);
            }
        }
    }
}

const NO_SELECTOR: &str = "a null labelSelector results in matching no pod";

/// Volume types that are gone or going, and projections of nothing.
fn volumes(spec: &Path<'_>, warnings: &mut ApiWarnings<'_>) {
    const GOING: [(&str, &str); 8] = [
        ("photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"),
        ("gitRepo", "deprecated in v1.11, and disabled by default in v1.33+"),
        ("scaleIO", "deprecated in v1.16, non-functional in v1.22+"),
        ("flocker", "deprecated in v1.22, non-functional in v1.25+"),
        ("storageOS", "deprecated in v1.22, non-functional in v1.25+"),
        ("quobyte", "deprecated in v1.22, non-functional in v1.25+"),
        ("glusterfs", "deprecated in v1.25, non-functional in v1.26+"),
        ("cephfs", "deprecated in v1.28, non-functional in v1.31+"),
    ];
    let list = spec.field("volumes");
    for (at, volume) in warnings.elements(&list).iter().enumerate() {
        let place = list.index(at);
        for (kind, words) in GOING.into_iter().filter(|(kind, _)| !is_absent(volume, kind)) {
            warnings.say_at(&place.field(kind), words);
        }
        let projected = place.field("projected");
        let sources = warnings.elements(&projected.field("sources"));
        let is_empty =
            |source: &&YamlNode| source.entries().iter().all(|entry| matches!(entry.value.value, Value::Null));
        for _ in sources.iter().filter(is_empty) {
            let name = text(volume, "name").unwrap_or_default();
            warnings.say(&projected, format!("volume {name:?} (Projected) has no sources provided"));
        }
    }
}

/// The same value twice in a list, or, of Secrets, none.
fn repeated_names(spec: &Path<'_>, list: &str, key: &str, warnings: &mut ApiWarnings<'_>) {
    let list = spec.field(list);
    let mut seen = BTreeSet::new();
    for (at, item) in warnings.elements(&list).iter().enumerate() {
        let (value, place) = (text(item, key).unwrap_or_default(), list.index(at));
        if value.is_empty() && key == "name" {
            warnings.say_at(&place.field(key), "invalid empty name \"\"");
        } else if !seen.insert(value) {
            warnings.say_at(&place.field(key), &format!("duplicate {key} {value:?}"));
        }
    }
}

/// The lists of containers, in the order in which they are visited.
const CONTAINERS: [&str; 3] = ["initContainers", "containers", "ephemeralContainers"];

/// A variable that hides an earlier one of its name, unless it builds on it.
fn environment(spec: &Path<'_>, warnings: &mut ApiWarnings<'_>) {
    for list in CONTAINERS {
        let list = spec.field(list);
        for at in 0..warnings.elements(&list).len() {
            let place = list.index(at);
            let variables = place.field("env");
            let mut seen = BTreeSet::new();
            for (at, variable) in warnings.elements(&variables).iter().enumerate() {
                let name = text(variable, "name").unwrap_or_default();
                let reference = format!("$({name})");
                let value = text(variable, "value").unwrap_or_default();
                let builds_on = is_absent(variable, "valueFrom") && value != reference && value.contains(&reference);
                if !seen.insert(name) && !builds_on {
                    let words = format!("hides previous definition of {name:?}, which may be dropped when using apply");
                    warnings.say_at(&variables.index(at), &words);
                }
            }
        }
    }
}

/// Ports of one number and protocol, and of one name.
fn ports(spec: &Path<'_>, warnings: &mut ApiWarnings<'_>) {
    let mut numbers: BTreeMap<(i64, String), Vec<(String, &YamlNode)>> = BTreeMap::new();
    let mut names: BTreeMap<&str, String> = BTreeMap::new();
    for list in CONTAINERS {
        let list = spec.field(list);
        for at in 0..warnings.elements(&list).len() {
            let place = list.index(at);
            let declared = place.field("ports");
            for (at, port) in warnings.elements(&declared).iter().enumerate() {
                let place = declared.index(at);
                let printed = place.to_field_path().to_string();
                // 1. Ports of the same number and protocol.
                let protocol = text(port, "protocol").unwrap_or("TCP").to_owned();
                let same = numbers.entry((number(port, "containerPort"), protocol)).or_default();
                let words: Vec<String> =
                    same.iter().filter_map(|(other, earlier)| clash(port, earlier, other)).collect();
                same.push((printed.clone(), port));
                words.iter().for_each(|words| warnings.say_at(&place, words));
                // 2. Ports of the same name.
                let name = text(port, "name").filter(|name| !name.is_empty());
                if let Some(other) = name.and_then(|name| names.get(name)) {
                    let name = name.unwrap_or_default();
                    let use_of = format!("services and probes that select ports by name will use {other}");
                    warnings.say_at(&place, &format!("duplicate port name {name:?} with {other}, {use_of}"));
                } else if let Some(name) = name {
                    names.insert(name, printed);
                }
            }
        }
    }
}

/// What two ports of one number and protocol are to each other.
fn clash(port: &YamlNode, earlier: &YamlNode, other: &str) -> Option<String> {
    let host = |port| (text(port, "hostIP").unwrap_or_default(), number(port, "hostPort"));
    let ((address, number), (other_address, other_number)) = (host(port), host(earlier));
    let kind = if (address, number) == (other_address, other_number) {
        "duplicate"
    } else if number == 0 || other_number == 0 {
        "overlapping"
    } else if number == other_number && address.is_empty() != other_address.is_empty() {
        "dangerously ambiguous"
    } else {
        return None;
    };
    Some(format!("{kind} port definition with {other}"))
}
