//! Endpoints (pkg/apis/core/validation) and EndpointSlices (pkg/apis/discovery/validation).

use std::collections::BTreeSet;

use super::{Errors, format, metadata};
use crate::model::{
    Endpoint, EndpointAddress, EndpointPort, EndpointSlice, Endpoints, KubernetesVersion, Path, values,
};

const ENDPOINTS_LIMIT: usize = 1000;
const ADDRESSES_LIMIT: usize = 100;
const PORTS_LIMIT: usize = 20_000;

pub(super) fn endpoints(endpoints: &Endpoints, errors: &mut Errors<'_>) {
    metadata::validate(&endpoints.metadata, format::dns1123_subdomain, errors);
    for (index, subset) in endpoints.subsets.iter().enumerate() {
        let subsets = Path::Root.field("subsets");
        let at = subsets.index(index);
        if subset.addresses.is_empty() && subset.not_ready_addresses.is_empty() {
            errors.required(&at, "must specify `addresses` or `notReadyAddresses`");
        }
        for (field, addresses) in [("addresses", &subset.addresses), ("notReadyAddresses", &subset.not_ready_addresses)]
        {
            for (index, one) in addresses.iter().enumerate() {
                address(one, &at.field(field).index(index), errors);
            }
        }
        for (index, one) in subset.ports.iter().enumerate() {
            port(one, subset.ports.len() > 1, &at.field("ports").index(index), errors);
        }
    }
}

fn address(address: &EndpointAddress, at: &Path<'_>, errors: &mut Errors<'_>) {
    let malformed = format::strict_ip(&address.ip, errors.version);
    let objections = if malformed.is_empty() { format::special_ip(&address.ip) } else { malformed };
    errors.malformed(&at.field("ip"), &address.ip, objections);
    names(address.hostname.as_deref(), address.node_name.as_deref(), at, errors);
}

fn names(hostname: Option<&str>, node: Option<&str>, at: &Path<'_>, errors: &mut Errors<'_>) {
    if let Some(name) = hostname.filter(|name| !name.is_empty()) {
        errors.malformed(&at.field("hostname"), name, format::dns1123_label(name));
    }
    if let Some(name) = node {
        errors.malformed(&at.field("nodeName"), name, format::dns1123_subdomain(name));
    }
}

fn port(port: &EndpointPort, needs_name: bool, at: &Path<'_>, errors: &mut Errors<'_>) {
    match port.name.as_deref().filter(|name| !name.is_empty()) {
        None if needs_name => errors.required(&at.field("name"), ""),
        None => {}
        Some(name) => errors.malformed(&at.field("name"), name, format::dns1123_label(name)),
    }
    let number = port.port.unwrap_or(0);
    errors.malformed_number(&at.field("port"), number, format::port_number(number));
    errors.one_of(&at.field("protocol"), port.protocol.as_deref(), values::PROTOCOL);
    app_protocol(port, at, errors);
}

fn app_protocol(port: &EndpointPort, at: &Path<'_>, errors: &mut Errors<'_>) {
    if let Some(protocol) = &port.app_protocol {
        errors.malformed(&at.field("appProtocol"), protocol, format::qualified_name(protocol));
    }
}

pub(super) fn slice(slice: &EndpointSlice, errors: &mut Errors<'_>) {
    metadata::validate(&slice.metadata, format::dns1123_subdomain, errors);
    errors.one_of(&Path::Root.field("addressType"), Some(&slice.address_type), values::ADDRESS_TYPE);
    let at = Path::Root.field("endpoints");
    if slice.endpoints.len() > ENDPOINTS_LIMIT {
        errors.too_many(&at, slice.endpoints.len(), ENDPOINTS_LIMIT);
        return;
    }
    for (index, one) in slice.endpoints.iter().enumerate() {
        endpoint(one, &slice.address_type, &at.index(index), errors);
    }
    slice_ports(&slice.ports, &Path::Root.field("ports"), errors);
}

fn endpoint(endpoint: &Endpoint, family: &str, at: &Path<'_>, errors: &mut Errors<'_>) {
    let addresses = at.field("addresses");
    if endpoint.addresses.is_empty() {
        let words = if errors.version >= KubernetesVersion::V1_37 { "" } else { "must contain at least 1 address" };
        errors.required(&addresses, words);
    } else if endpoint.addresses.len() > ADDRESSES_LIMIT {
        errors.too_many(&addresses, endpoint.addresses.len(), ADDRESSES_LIMIT);
    }
    for (index, address) in endpoint.addresses.iter().enumerate() {
        let at = addresses.index(index);
        let parsed = format::parse_ip(address);
        match (family, parsed) {
            ("IPv4" | "IPv6", None) => errors.malformed(&at, address, format::ip(address)),
            ("IPv4" | "IPv6", Some(ip)) if ip.is_ipv4() != (family == "IPv4") => {
                let article = if family == "IPv4" { "an IPv4" } else { "an IPv6" };
                errors.invalid(&addresses, &**address, format!("must be {article} address"));
            }
            ("IPv4" | "IPv6", Some(_)) => {
                errors.malformed(&at, address, format::strict_ip(address, errors.version));
                errors.malformed(&at, address, format::special_ip(address));
            }
            _ => errors.malformed(&at, address, address_objections(address, family)),
        }
    }
    names(endpoint.hostname.as_deref(), endpoint.node_name.as_deref(), at, errors);
}

fn address_objections(address: &str, family: &str) -> Vec<String> {
    match family {
        "FQDN" => format::dns1123_subdomain(address.strip_suffix('.').unwrap_or(address)),
        _ => Vec::new(),
    }
}

fn slice_ports(ports: &[EndpointPort], at: &Path<'_>, errors: &mut Errors<'_>) {
    if ports.len() > PORTS_LIMIT {
        errors.too_many(at, ports.len(), PORTS_LIMIT);
        return;
    }
    let mut taken = BTreeSet::new();
    for (index, port) in ports.iter().enumerate() {
        let at = at.index(index);
        let name = port.name.as_deref().unwrap_or_default();
        if !name.is_empty() {
            errors.malformed(&at.field("name"), name, format::dns1123_label(name));
        }
        if !taken.insert(name) {
            errors.duplicate(&at.field("name"), name);
        }
        errors.one_of(&at.field("protocol"), port.protocol.as_deref(), values::PROTOCOL);
        app_protocol(port, &at, errors);
    }
}
