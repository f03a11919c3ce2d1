//! What the control plane makes, as data: each case of `cases/cluster/*.yaml` holds manifests and what must exist
//! afterwards. Only what a case names is compared, each list as a whole.

use std::net::IpAddr;
use std::path::Path;

use serde::Deserialize;
use whichpod_core::cluster::{
    Cluster, EndpointSlice, LoadBalancerIngress, Node, Phase, Pod, Rollout, Service, ServiceKind, SettingOverrides,
};
use whichpod_core::explain::{Language, diagnostic};
use whichpod_core::manifest::Manifests;
use whichpod_core::packet::socket_text;
use whichpod_core::simulation::Simulation;
use whichpod_core::source::{ObjectRef, Sources};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// The rule, as a sentence.
    title: String,
    /// Where the rule stands.
    source: String,
    manifests: String,
    /// `NAME ADDRESS… PODCIDR…`
    nodes: Option<Vec<String>>,
    /// `NAMESPACE/NAME NODE ADDRESS… STATE…`, without what is supplied; `*` in an expected line stands for any letters.
    pods: Option<Vec<String>>,
    /// `NAMESPACE/NAME ADDRESS… PORT[:NODEPORT]/PROTOCOL…`, without what is supplied.
    services: Option<Vec<String>>,
    /// `NAMESPACE/NAME PORT…: ADDRESS[ STATE…], …` for every slice of every Service that isn't supplied.
    slices: Option<Vec<String>>,
    /// `NAMESPACE/NAME ADDRESS…` for every Service of type LoadBalancer.
    balancers: Option<Vec<String>>,
    /// How many endpoints each slice of the pasted Services has.
    slice_sizes: Option<Vec<String>>,
    /// Networks, node ports, domain, name servers, kube-proxy's mode and clusterCIDR, one a line.
    settings: Option<Vec<String>>,
    /// `CODE: MESSAGE`
    diagnostics: Option<Vec<String>>,
    /// The pods at each step of each roll-out: `1 OLD 2 ready 1 terminating + NEW 1 unready`.
    steps: Option<Vec<String>>,
}

#[test]
fn the_control_plane_makes_what_it_should() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/cluster");
    let mut failures = Vec::new();
    let mut cases = 0;
    for entry in std::fs::read_dir(&folder).expect("the folder of cases") {
        let path = entry.expect("a file").path();
        let text = std::fs::read_to_string(&path).expect("text");
        let file: Vec<Case> = serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        cases += file.len();
        failures.extend(file.iter().flat_map(|case| self::failures(&path, case)));
    }
    assert!(cases > 0, "no cases in {}", folder.display());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The same documents in another order make the same cluster.
#[test]
fn the_order_of_documents_changes_nothing() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../static/examples");
    for entry in std::fs::read_dir(&folder).expect("the examples") {
        let path = entry.expect("a file").path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("text");
        let mut documents: Vec<&str> = text.split("\n---\n").collect();
        let one = build(&text).1;
        documents.reverse();
        let other = build(&format!("{}\n", documents.join("\n---\n"))).1;
        assert_eq!(everything(&one), everything(&other), "{}", path.display());
    }
}

/// A Deployment, a Service and a pod more, and nobody else moves.
#[test]
fn another_object_moves_nothing() {
    let usual = whichpod_tests::fleet::USUAL.manifests();
    let more = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: aaa}\nspec:\n  selector: {matchLabels: {app: aaa}}\n  \
                template:\n    metadata: {labels: {app: aaa}}\n    spec: {containers: [{name: a, image: a}]}\n---\n\
                apiVersion: v1\nkind: Service\nmetadata: {name: aaa}\nspec:\n  selector: {app: aaa}\n  ports: [{port: 80}]\n---\n";
    let before = everything(&build(&usual).1);
    let after = everything(&build(&format!("{more}{usual}")).1);
    let kept: Vec<&String> = after.iter().filter(|line| !line.starts_with("default/aaa")).collect();
    let changed = before.iter().filter(|line| !kept.contains(line)).count();
    // Two names may draw the same address; one pod of 145 gives way at most.
    assert!(changed <= 2, "{changed} of {} changed", before.len());
}

fn build(text: &str) -> (Manifests, Cluster) {
    let manifests = Manifests::read(Sources::new([("case.yaml", text)]));
    let cluster = Cluster::build(&manifests, &SettingOverrides::default());
    (manifests, cluster)
}

fn everything(cluster: &Cluster) -> Vec<String> {
    let nodes = cluster.nodes.values().map(node);
    let pods = cluster.pods.values().map(pod);
    let services = cluster.services.values().map(service);
    let slices = cluster.slices.iter().flat_map(|(namespace, name, slices)| slices_of(namespace, name, slices));
    nodes.chain(pods).chain(services).chain(slices).collect()
}

fn failures(path: &Path, case: &Case) -> Vec<String> {
    let (manifests, cluster) = build(&case.manifests);
    assert!(!case.source.is_empty(), "{}: {} names no source", path.display(), case.title);
    let pasted = |namespace: &str, name: &str, kind: &str| {
        manifests.objects.iter().any(|object| {
            &*object.reference.kind == kind
                && object.reference.namespace.as_deref() == Some(namespace)
                && &*object.reference.name == name
        })
    };
    let is_ours = |pod: &&Pod| !cluster.is_supplied(pod.workload.as_ref().unwrap_or(&pod.reference));
    let found = [
        ("nodes", &case.nodes, cluster.nodes.values().map(node).collect::<Vec<_>>()),
        ("pods", &case.pods, cluster.pods.values().filter(is_ours).map(pod).collect()),
        (
            "services",
            &case.services,
            cluster.services.values().filter(|found| !cluster.is_supplied(&found.reference)).map(service).collect(),
        ),
        (
            "slices",
            &case.slices,
            (cluster.slices.iter().filter(|(namespace, name, _)| pasted(namespace, name, "Service")))
                .flat_map(|(namespace, name, slices)| slices_of(namespace, name, slices))
                .collect(),
        ),
        (
            "balancers",
            &case.balancers,
            cluster
                .services
                .values()
                .filter(|service| service.kind == ServiceKind::LoadBalancer)
                .map(balancer)
                .collect(),
        ),
        (
            "slice_sizes",
            &case.slice_sizes,
            (cluster.slices.iter().filter(|(namespace, name, _)| pasted(namespace, name, "Service")))
                .flat_map(|(_, _, slices)| slices.iter().map(|slice| slice.endpoints.len().to_string()))
                .collect(),
        ),
        ("settings", &case.settings, settings(&cluster)),
        (
            "diagnostics",
            &case.diagnostics,
            (cluster.diagnostics.iter())
                .map(|found| format!("{}: {}", found.problem.code(), diagnostic::message(found, Language::English)))
                .collect(),
        ),
        ("steps", &case.steps, if case.steps.is_some() { steps(&case.manifests) } else { Vec::new() }),
    ];
    let wrong = found.into_iter().filter_map(|(what, expected, found)| {
        let expected = expected.as_ref()?;
        let equal = expected.len() == found.len() && expected.iter().zip(&found).all(|(one, other)| fits(one, other));
        (!equal).then(|| {
            let found: Vec<String> = found.iter().map(|line| format!("  - {line}")).collect();
            format!("{}: {}\n  {what}:\n{}", path.display(), case.title, found.join("\n"))
        })
    });
    wrong.collect()
}

/// Whether a line is as expected, where `*` stands for anything but spaces.
fn fits(expected: &str, found: &str) -> bool {
    let (mut expected, mut found) = (expected.split(' '), found.split(' '));
    loop {
        match (expected.next(), found.next()) {
            (None, None) => return true,
            (Some(expected), Some(found)) if word_fits(expected, found) => {}
            _ => return false,
        }
    }
}

fn word_fits(expected: &str, found: &str) -> bool {
    match expected.split_once('*') {
        None => expected == found,
        Some((start, end)) => {
            found.len() >= start.len() + end.len() && found.starts_with(start) && found.ends_with(end)
        }
    }
}

fn words(words: impl IntoIterator<Item = String>) -> String {
    words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn addresses(addresses: &[IpAddr]) -> String {
    addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn node(node: &Node) -> String {
    let cidrs = node.pod_cidrs.iter().map(ToString::to_string);
    words([node.name.to_string(), addresses(&node.addresses)].into_iter().chain(cidrs))
}

fn pod(pod: &Pod) -> String {
    let state = match (pod.phase, pod.ready) {
        (Phase::Running, true) => "",
        (Phase::Running, false) => "unready",
        (Phase::Pending, _) => "Pending",
        (Phase::Succeeded, _) => "Succeeded",
        (Phase::Failed, _) => "Failed",
        (Phase::Unknown, _) => "Unknown",
    };
    let terminating = if pod.terminating { "terminating" } else { "" };
    words([
        pod.reference.qualified_name(),
        pod.node.as_deref().unwrap_or("-").to_owned(),
        addresses(&pod.addresses),
        state.to_owned(),
        terminating.to_owned(),
    ])
}

fn steps(manifests: &str) -> Vec<String> {
    let simulation = Simulation::new(Sources::new([("case.yaml", manifests)]), &SettingOverrides::default());
    let mut steps = Vec::new();
    let rollouts = simulation.plane.cluster.rollouts.iter();
    for (deployment, _) in rollouts.filter(|(_, rollout)| !rollout.old_sets().is_empty()) {
        let at = |step| simulation.at_step(&Rollout::key(deployment), step).plane.cluster;
        let rollout = at(1).rollouts[deployment].clone();
        for step in 1..=rollout.last {
            let cluster = at(step);
            let sets: Vec<String> = rollout.sets.iter().map(|set| counted(&cluster, &set.reference)).collect();
            steps.push(format!("{step} {}", sets.join(" + ")));
        }
        if !rollout.completes {
            steps.push("stuck".to_owned());
        }
    }
    steps
}

fn counted(cluster: &Cluster, set: &ObjectRef) -> String {
    let pods: Vec<&Pod> = cluster.pods.values().filter(|pod| pod.owner.as_ref() == Some(set)).collect();
    let count = |what: &str, counts: fn(&Pod) -> bool| {
        let number = pods.iter().filter(|pod| counts(pod)).count();
        if number == 0 { String::new() } else { format!("{number} {what}") }
    };
    words([
        set.name.to_string(),
        count("ready", |pod| pod.ready && !pod.terminating),
        count("unready", |pod| !pod.ready && !pod.terminating),
        count("terminating", |pod| pod.terminating),
    ])
}

fn service(service: &Service) -> String {
    let ports = service.ports.iter().map(|port| match port.node_port {
        Some(node_port) => format!("{}:{node_port}/{}", port.port, port.protocol),
        None => format!("{}/{}", port.port, port.protocol),
    });
    let check = service.health_check_node_port.map(|port| format!("check:{port}"));
    words([service.reference.qualified_name(), addresses(&service.cluster_ips)].into_iter().chain(ports).chain(check))
}

fn settings(cluster: &Cluster) -> Vec<String> {
    let settings = &cluster.settings;
    let pods: Vec<String> = settings.pod_subnets.iter().map(ToString::to_string).collect();
    let services: Vec<String> = settings.service_subnets.iter().map(ToString::to_string).collect();
    let (low, high) = settings.node_port_range;
    vec![
        format!("pods {}", pods.join(",")),
        format!("services {}", services.join(",")),
        format!("nodePorts {low}-{high}"),
        format!("domain {}", settings.cluster_domain),
        format!("dns {}", addresses(&settings.cluster_dns)),
        format!("mode {:?}", settings.kube_proxy_mode),
        format!("clusterCIDR {}", settings.kube_proxy.cluster_cidr.as_deref().unwrap_or("-")),
    ]
}

fn balancer(service: &Service) -> String {
    let entrance = |entrance: &LoadBalancerIngress| {
        let address = entrance.ip.map(|address| address.to_string());
        address.or(entrance.hostname.as_ref().map(|name| name.to_string()))
    };
    let entrances: Vec<String> = service.load_balancer.iter().filter_map(entrance).collect();
    words([service.reference.qualified_name(), entrances.join(" ")])
}

fn slices_of(namespace: &str, name: &str, slices: &[EndpointSlice]) -> Vec<String> {
    let line = |slice: &EndpointSlice| {
        let ports: Vec<String> = slice
            .ports
            .iter()
            .map(|port| {
                let name = port.name.as_deref().unwrap_or("-");
                format!("{name}={}/{}", port.port.unwrap_or_default(), port.protocol)
            })
            .collect();
        let endpoints: Vec<String> = slice
            .endpoints
            .iter()
            .map(|endpoint| {
                let states =
                    [("ready", endpoint.ready), ("serving", endpoint.serving), ("terminating", endpoint.terminating)];
                let states =
                    states.into_iter().filter(|(_, state)| *state == Some(true)).map(|(name, _)| name.to_owned());
                let address = endpoint.addresses.first().map(|address| socket_text(*address, 0));
                let address = address.unwrap_or_default().trim_end_matches(":0").to_owned();
                let hostname = endpoint.hostname.as_ref().map(|name| format!("({name})")).unwrap_or_default();
                let hints = endpoint.zone_hints.iter().chain(&endpoint.node_hints).map(|hint| format!("for:{hint}"));
                words([address, hostname].into_iter().chain(states).chain(hints))
            })
            .collect();
        format!("{namespace}/{name} {}: {}", ports.join(" "), endpoints.join(", "))
    };
    slices.iter().map(line).collect()
}
