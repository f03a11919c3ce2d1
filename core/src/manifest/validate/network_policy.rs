//! NetworkPolicy (pkg/apis/networking/validation).

use ipnet::IpNet;

use super::{ErrorValue, Errors, format, metadata};
use crate::model::{IntOrString, IpBlock, NetworkPolicy, Path, PolicyPeer, PolicyPort, values};

pub(super) fn validate(policy: &NetworkPolicy, errors: &mut Errors<'_>) {
    metadata::validate(&policy.metadata, format::dns1123_subdomain, errors);
    let (spec, at) = (&policy.spec, Path::Root.field("spec"));
    metadata::selector(&spec.pod_selector, &at.field("podSelector"), errors);
    for (index, rule) in spec.ingress.iter().enumerate() {
        ports_and_peers(&rule.ports, &rule.from, "from", &at.field("ingress").index(index), errors);
    }
    for (index, rule) in spec.egress.iter().enumerate() {
        ports_and_peers(&rule.ports, &rule.to, "to", &at.field("egress").index(index), errors);
    }
    let types = at.field("policyTypes");
    if spec.policy_types.len() > values::POLICY_TYPES.values.len() {
        errors.invalid(&types, ErrorValue::json(&spec.policy_types), "may not specify more than two policyTypes");
        return;
    }
    for (index, direction) in spec.policy_types.iter().enumerate() {
        errors.one_of_if_said(&types.index(index), Some(direction), values::POLICY_TYPES);
    }
}

fn ports_and_peers(
    ports: &[PolicyPort],
    peers: &[PolicyPeer],
    peers_field: &str,
    at: &Path<'_>,
    errors: &mut Errors<'_>,
) {
    for (index, one) in ports.iter().enumerate() {
        port(one, &at.field("ports").index(index), errors);
    }
    for (index, one) in peers.iter().enumerate() {
        peer(one, &at.field(peers_field).index(index), errors);
    }
}

fn port(port: &PolicyPort, at: &Path<'_>, errors: &mut Errors<'_>) {
    errors.one_of_if_said(&at.field("protocol"), port.protocol.as_deref(), values::POLICY_PROTOCOL);
    let end_at = at.field("endPort");
    match &port.port {
        Some(IntOrString::Int(number)) => {
            errors.malformed_number(&at.field("port"), *number, format::port_number(*number));
            if let Some(end) = port.end_port {
                if end < *number {
                    errors.invalid(&end_at, end, "must be greater than or equal to `port`");
                }
                errors.malformed_number(&end_at, end, format::port_number(end));
            }
        }
        Some(IntOrString::String(name)) => {
            if let Some(end) = port.end_port {
                errors.invalid(&end_at, end, "may not be specified when `port` is non-numeric");
            }
            errors.malformed(&at.field("port"), name, format::port_name(name));
        }
        None => {
            if let Some(end) = port.end_port {
                errors.invalid(&end_at, end, "may not be specified when `port` is not specified");
            }
        }
    }
}

fn peer(peer: &PolicyPeer, at: &Path<'_>, errors: &mut Errors<'_>) {
    for (field, selector) in [("podSelector", &peer.pod_selector), ("namespaceSelector", &peer.namespace_selector)] {
        if let Some(selector) = selector {
            metadata::selector(selector, &at.field(field), errors);
        }
    }
    let selects = peer.pod_selector.is_some() || peer.namespace_selector.is_some();
    match &peer.ip_block {
        Some(block) => {
            ip_block(block, &at.field("ipBlock"), errors);
            if selects {
                errors.forbidden(at, "may not specify both ipBlock and another peer");
            }
        }
        None if !selects => errors.required(at, "must specify a peer"),
        None => {}
    }
}

fn ip_block(block: &IpBlock, at: &Path<'_>, errors: &mut Errors<'_>) {
    if block.cidr.is_empty() {
        errors.required(&at.field("cidr"), "");
        return;
    }
    let network = network(&block.cidr, &at.field("cidr"), errors);
    for (index, text) in block.except.iter().enumerate() {
        let list = at.field("except");
        let at = list.index(index);
        let except = self::network(text, &at, errors);
        if let Some((network, except)) = network.zip(except) {
            let inside = network.contains(&except.addr()) && network.prefix_len() < except.prefix_len();
            if !inside {
                errors.invalid(&at, &**text, "must be a strict subset of `cidr`");
            }
        }
    }
}

fn network(text: &str, at: &Path<'_>, errors: &mut Errors<'_>) -> Option<IpNet> {
    errors.malformed(at, text, format::cidr(text, errors.version));
    format::parse_cidr(text).and_then(|(address, length)| IpNet::new(address, length).ok())
}
