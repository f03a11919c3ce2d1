//! The network plugin among the manifests: which policies it enforces.

use super::objects::Objects;
use super::preset::EnforcedPolicies;
use crate::model::PodSpec;

/// Agents by a part of their image's name. What flannel, bridges and Amazon's plugin install enforces nothing by itself.
const AGENTS: &[(&str, EnforcedPolicies)] = &[
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
        let by_image = AGENTS.iter().find(|(image, _)| container.image.contains(image)).map(|(_, enforced)| *enforced);
        is_on.then_some(EnforcedPolicies::NetworkPolicies).or(by_image)
    };
    spec.containers.iter().filter_map(of_container).max()
}
