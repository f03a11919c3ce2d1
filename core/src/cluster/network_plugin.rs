//! The network plugin among the manifests: which policies it enforces, and whether it does kube-proxy's work.

use super::objects::Objects;
use super::preset::EnforcedPolicies;
use crate::manifest::Manifests;
use crate::model::{Encode, PodSpec, Text};
use crate::source::{FieldRef, ObjectRef};
use crate::yaml;

/// What stands in kube-proxy's place on all nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct ProxyReplacement {
    pub program: ReplacementProgram,
    pub keeps_client: KeptClients,
    /// Whether connections of pods are translated in their sockets, not on their way.
    pub translates_in_pods: bool,
    /// Where that is said.
    pub said: FieldRef,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplacementProgram {
    Cilium,
    /// With its eBPF data plane.
    Calico,
}

impl ReplacementProgram {
    pub const ALL: [Self; 2] = [Self::Cilium, Self::Calico];

    /// With what switches it on.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cilium => "Cilium, kube-proxy-replacement",
            Self::Calico => "Calico, bpfEnabled",
        }
    }
}

/// Whose address pods of other nodes than the one asked see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptClients {
    Nobodys,
    OverTcp,
    Everybodys,
}

/// Agents by a part of their image's name. What flannel, bridges and Amazon's plugin install enforces nothing by itself.
pub const POLICY_AGENTS: &[(&str, EnforcedPolicies)] = &[
    ("calico/node", EnforcedPolicies::Everything),
    ("cilium/cilium", EnforcedPolicies::Everything),
    ("antrea/antrea-", EnforcedPolicies::Everything),
    ("ovn-kubernetes", EnforcedPolicies::Everything),
    ("kube-network-policies", EnforcedPolicies::Everything),
    ("kube-router", EnforcedPolicies::NetworkPolicies),
    ("kindnetd", EnforcedPolicies::NetworkPolicies),
    ("weave-npc", EnforcedPolicies::NetworkPolicies),
    ("azure-npm", EnforcedPolicies::NetworkPolicies),
    ("flannel/flannel:", EnforcedPolicies::Nothing),
    ("amazon-k8s-cni:", EnforcedPolicies::Nothing),
];

/// What switches Amazon's plugin on: the node agent's argument, and the control plane's setting (amazon-vpc-cni-k8s, README).
const AMAZON_ARGUMENT: &str = "--enable-network-policy=true";
const AMAZON_SETTING: (&str, &str) = ("amazon-vpc-cni", "enable-network-policy-controller");

/// What the plugins that somebody pasted enforce together; None if nobody pasted one.
pub(super) fn pasted_enforcement(objects: &Objects) -> Option<EnforcedPolicies> {
    let sets = objects.daemon_sets.iter().filter(|set| !set.supplied).map(|set| &set.body.spec.template.spec);
    let pods = objects.pods.iter().filter(|pod| !pod.supplied).map(|pod| &pod.body.spec);
    let amazon = objects.config_maps.iter().filter(|map| map.is("kube-system", AMAZON_SETTING.0));
    let amazon = amazon.filter_map(|map| map.body.data.get(AMAZON_SETTING.1)).any(|value| &**value == "true");
    sets.chain(pods)
        .filter_map(|spec| enforced_by(spec))
        .chain(amazon.then_some(EnforcedPolicies::NetworkPolicies))
        .max()
}

fn enforced_by(spec: &PodSpec) -> Option<EnforcedPolicies> {
    let of_container = |container: &crate::model::Container| {
        let is_on = container.args.iter().any(|word| &**word == AMAZON_ARGUMENT);
        let by_image =
            POLICY_AGENTS.iter().find(|(image, _)| container.image.contains(image)).map(|(_, enforced)| *enforced);
        is_on.then_some(EnforcedPolicies::NetworkPolicies).or(by_image)
    };
    spec.containers.iter().filter_map(of_container).max()
}

/// Cilium where its configuration says `kube-proxy-replacement`, Calico where its eBPF data plane is switched on.
pub(super) fn proxy_replacement(objects: &Objects, manifests: &Manifests) -> Option<ProxyReplacement> {
    let cilium = objects.config_maps.iter().find(|map| &**map.name() == CILIUM_CONFIG);
    let says = |key: &str| cilium.and_then(|map| map.body.data.get(key)).map_or("", |value| value);
    if let Some(map) = cilium.filter(|_| matches!(says(REPLACES), "true" | "strict")) {
        return Some(ProxyReplacement {
            program: ReplacementProgram::Cilium,
            // Documentation/network/kubernetes/kubeproxy-free.rst: SNAT by default, DSR, hybrid.
            keeps_client: match says("bpf-lb-mode") {
                "dsr" => KeptClients::Everybodys,
                "hybrid" => KeptClients::OverTcp,
                _ => KeptClients::Nobodys,
            },
            translates_in_pods: says("bpf-lb-sock-hostns-only") != "true",
            said: map.reference.field(&*format!("data[{REPLACES}]")),
        });
    }
    Some(ProxyReplacement {
        program: ReplacementProgram::Calico,
        // docs.tigera.io/calico/latest/operations/ebpf/enabling-ebpf: the client's address is kept, by tunnel or by DSR.
        keeps_client: KeptClients::Everybodys,
        translates_in_pods: true,
        said: bpf_by_variable(objects).or_else(|| bpf_by_resource(manifests))?,
    })
}

const CILIUM_CONFIG: &str = "cilium-config";
const REPLACES: &str = "kube-proxy-replacement";
const BPF_VARIABLE: &str = "FELIX_BPFENABLED";

fn bpf_by_variable(objects: &Objects) -> Option<FieldRef> {
    let is_on = |spec: &PodSpec| {
        let mut variables = spec.containers.iter().flat_map(|container| &container.env);
        variables.any(|variable| &*variable.name == BPF_VARIABLE && variable.value.as_deref() == Some("true"))
    };
    let set = objects.daemon_sets.iter().find(|set| is_on(&set.body.spec.template.spec))?;
    Some(set.reference.field("spec.template.spec.containers"))
}

/// FelixConfiguration `spec.bpfEnabled`, or the operator's Installation.
fn bpf_by_resource(manifests: &Manifests) -> Option<FieldRef> {
    let switched_on = |reference: &ObjectRef, node: &yaml::YamlNode| {
        let (path, on) = match &*reference.kind {
            "FelixConfiguration" => ("/spec/bpfEnabled", serde_json::Value::Bool(true)),
            "Installation" => ("/spec/calicoNetwork/linuxDataplane", "BPF".into()),
            _ => return None,
        };
        let is_on = node.encode().pointer(path) == Some(&on);
        is_on.then(|| reference.field(path.trim_start_matches('/').replace('/', ".").as_str()))
    };
    manifests.seen.iter().filter(|seen| is_calicos(&seen.api_version)).find_map(|seen| {
        let node = yaml::parse(seen.span.file, manifests.sources.text(seen.span), seen.span.start).0?;
        switched_on(&seen.reference, &node)
    })
}

fn is_calicos(api_version: &Text) -> bool {
    let groups = ["crd.projectcalico.org/", "projectcalico.org/", "operator.tigera.io/"];
    groups.iter().any(|group| api_version.starts_with(group))
}
