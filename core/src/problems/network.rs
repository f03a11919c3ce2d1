//! CIDRs whose address has bits beyond the prefix: `192.168.3.0/8` means all of 192.0.0.0/8. Policies that nobody enforces.

use ipnet::IpNet;

use super::About;
use crate::cluster::EnforcedPolicies;
use crate::diagnostic::{Diagnostic, Fix, Problem};
use crate::model::{Body, NetworkPolicy, Text};
use crate::source::FieldPath;

pub(super) fn problems(about: &About<'_>, found: &mut Vec<Diagnostic>) {
    let spec = FieldPath::root().field("spec");
    if is_unenforced(&about.object.body, about.cluster.settings.enforced_policies) {
        found.push(about.at(spec.clone(), Problem::PolicyNotEnforced));
    }
    match &about.object.body {
        Body::Service(service) => {
            list(about, &service.spec.load_balancer_source_ranges, &spec.field("loadBalancerSourceRanges"), found);
        }
        Body::Node(node) => {
            list(about, &node.spec.pod_cidrs, &spec.field("podCIDRs"), found);
            if let Some(cidr) = &node.spec.pod_cidr {
                found.extend(host_bits(about, cidr, spec.field("podCIDR")));
            }
        }
        Body::NetworkPolicy(policy) => policy_peers(about, policy, &spec, found),
        Body::ClusterConfiguration(configuration) => {
            let networking = FieldPath::root().field("networking");
            let subnets = [
                ("podSubnet", &configuration.networking.pod_subnet),
                ("serviceSubnet", &configuration.networking.service_subnet),
            ];
            for (field, subnets) in subnets {
                let subnets = subnets.iter().flat_map(|subnets| subnets.split(','));
                found.extend(subnets.filter_map(|subnet| host_bits(about, subnet.trim(), networking.field(field))));
            }
        }
        _ => {}
    }
}

fn is_unenforced(body: &Body, enforced: EnforcedPolicies) -> bool {
    match body {
        Body::NetworkPolicy(_) => enforced == EnforcedPolicies::Nothing,
        Body::ClusterNetworkPolicy(_) | Body::AdminNetworkPolicy(_) | Body::BaselineAdminNetworkPolicy(_) => {
            enforced != EnforcedPolicies::Everything
        }
        _ => false,
    }
}

fn policy_peers(about: &About<'_>, policy: &NetworkPolicy, spec: &FieldPath, found: &mut Vec<Diagnostic>) {
    let ingress = policy.spec.ingress.iter().enumerate().map(|(index, rule)| ("ingress", index, "from", &rule.from));
    let egress = policy.spec.egress.iter().enumerate().map(|(index, rule)| ("egress", index, "to", &rule.to));
    for (direction, index, side, peers) in ingress.chain(egress) {
        for (peer_index, peer) in peers.iter().enumerate() {
            let Some(block) = &peer.ip_block else { continue };
            let field = spec.field(direction).index(index).field(side).index(peer_index).field("ipBlock");
            found.extend(host_bits(about, &block.cidr, field.field("cidr")));
            list(about, &block.except, &field.field("except"), found);
        }
    }
}

fn list(about: &About<'_>, cidrs: &[Text], at: &FieldPath, found: &mut Vec<Diagnostic>) {
    let cidrs = cidrs.iter().enumerate();
    found.extend(cidrs.filter_map(|(index, cidr)| host_bits(about, cidr, at.index(index))));
}

fn host_bits(about: &About<'_>, cidr: &str, field: FieldPath) -> Option<Diagnostic> {
    let network: IpNet = cidr.trim().parse().ok()?;
    if network.trunc() == network {
        return None;
    }
    let meant = network.trunc().to_string();
    let node = about.object.node.find(&field).filter(|node| node.text().is_some_and(|text| &**text == cidr));
    let fix = node.map(|node| Fix { span: node.span, replacement: meant.clone() });
    let problem = Problem::HostBits { cidr: cidr.into(), network: meant };
    Some(Diagnostic { fix, ..about.at(field, problem) })
}
