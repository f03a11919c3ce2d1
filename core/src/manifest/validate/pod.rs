//! spec of a Pod and of pod templates (pkg/apis/core/validation, ValidatePodSpec), as far as it concerns what a pod
//! listens on, where it stands and how it resolves names; and the mistakes that keep pods from being made.

use std::collections::BTreeSet;

use super::{ErrorValue, Errors, format, metadata, placing, probe, resources};
use crate::model::{Container, ContainerPort, EnvVar, Path, PodDnsConfig, PodSpec, values};
use crate::yaml::YamlNode;

/// spec of a pod that stands at a path.
pub(super) fn spec(spec: &PodSpec, at: &Path<'_>, errors: &mut Errors<'_>) {
    // 1. Volumes and containers, and ports of the node that clash.
    let volumes = volumes(at, errors);
    containers(spec, at, &volumes, errors);
    host_port_conflicts(&spec.containers, &at.field("containers"), errors);
    // 2. Policies, placing, the node's network.
    errors.one_of(&at.field("restartPolicy"), spec.restart_policy.as_deref(), values::RESTART_POLICY);
    errors.one_of(&at.field("dnsPolicy"), spec.dns_policy.as_deref(), values::DNS_POLICY);
    metadata::labels(&spec.node_selector, &at.field("nodeSelector"), errors);
    placing::placing(spec, at, errors);
    if spec.host_network {
        host_network(&spec.containers, &at.field("containers"), errors);
    }
    // 3. Names.
    if let Some(name) = spec.service_account_name.as_deref().filter(|name| !name.is_empty()) {
        errors.malformed(&at.field("serviceAccountName"), name, format::dns1123_subdomain(name));
    }
    if let Some(name) = spec.node_name.as_deref().filter(|name| !name.is_empty()) {
        errors.malformed(&at.field("nodeName"), name, format::dns1123_subdomain(name));
    }
    if let Some(name) = spec.hostname.as_deref().filter(|name| !name.is_empty()) {
        errors.malformed(&at.field("hostname"), name, format::dns1123_label(name));
    }
    if let Some(name) = spec.subdomain.as_deref().filter(|name| !name.is_empty()) {
        errors.malformed(&at.field("subdomain"), name, format::dns1123_label(name));
    }
    // 4. Aliases of hosts, and DNS.
    for (index, alias) in spec.host_aliases.iter().enumerate() {
        errors.malformed(&at.field("hostAliases").index(index).field("ip"), &alias.ip, format::ip(&alias.ip));
        for (number, name) in alias.hostnames.iter().enumerate() {
            let aliases = at.field("hostAliases");
            let alias = aliases.index(index);
            let names = alias.field("hostnames");
            errors.malformed(&names.index(number), name, format::dns1123_subdomain(name));
        }
    }
    dns_config(spec, &at.field("dnsConfig"), errors);
}

/// The names of the volumes, which aren't in the slim structs.
fn volumes<'n>(at: &Path<'_>, errors: &mut Errors<'n>) -> BTreeSet<&'n str> {
    let mut names = BTreeSet::new();
    let volumes = at.field("volumes");
    let Some(spec) = errors.tree(at) else { return names };
    for (index, volume) in spec.child("volumes").map(YamlNode::elements).unwrap_or_default().iter().enumerate() {
        let volumes = volumes.index(index);
        probe::source(volume, &volumes, errors);
        let at = volumes.field("name");
        match volume.child("name").and_then(YamlNode::text) {
            None => errors.required(&at, ""),
            Some(name) if name.is_empty() => errors.required(&at, ""),
            Some(name) => {
                errors.malformed(&at, name, format::dns1123_label(name));
                if !names.insert(&**name) {
                    errors.duplicate(&at, &**name);
                }
            }
        }
    }
    names.extend(errors.claim_templates());
    names
}

fn containers(spec: &PodSpec, at: &Path<'_>, volumes: &BTreeSet<&str>, errors: &mut Errors<'_>) {
    let mut names = BTreeSet::new();
    let at_containers = at.field("containers");
    if spec.containers.is_empty() {
        errors.required(&at_containers, "");
    }
    for (index, one) in spec.containers.iter().enumerate() {
        container(one, &at_containers.index(index), &mut names, volumes, errors);
        probe::probes(&at_containers.index(index), true, errors);
    }
    for (index, one) in spec.init_containers.iter().enumerate() {
        let at = at.field("initContainers");
        container(one, &at.index(index), &mut names, volumes, errors);
        probe::probes(&at.index(index), one.is_sidecar(), errors);
    }
}

fn container<'c>(
    container: &'c Container,
    at: &Path<'_>,
    names: &mut BTreeSet<&'c str>,
    volumes: &BTreeSet<&str>,
    errors: &mut Errors<'_>,
) {
    let at_name = at.field("name");
    if container.name.is_empty() {
        errors.required(&at_name, "");
    } else {
        errors.malformed(&at_name, &container.name, format::dns1123_label(&container.name));
        if !names.insert(&container.name) {
            errors.duplicate(&at_name, &*container.name);
        }
    }
    if container.image.is_empty() {
        errors.required(&at.field("image"), "");
    } else if container.image.trim().len() != container.image.len() {
        errors.invalid(&at.field("image"), &*container.image, "must not have leading or trailing whitespace");
    }
    ports(&container.ports, &at.field("ports"), errors);
    for (index, variable) in container.env.iter().enumerate() {
        environment(variable, &at.field("env").index(index), errors);
    }
    let policy = errors.tree(at).and_then(|container| container.child("imagePullPolicy")).and_then(YamlNode::text);
    let policy = policy.map(|policy| &**policy).filter(|policy| !policy.is_empty());
    errors.one_of_if_said(&at.field("imagePullPolicy"), policy, values::IMAGE_PULL_POLICY);
    mounts(at, volumes, errors);
    probe::mount_paths(at, errors);
    resources::resources(at, errors);
}

/// ValidateEnv, and validateEnvVarValueFrom as far as its sources are in the slim structs.
fn environment(variable: &EnvVar, at: &Path<'_>, errors: &mut Errors<'_>) {
    if variable.name.is_empty() {
        errors.required(&at.field("name"), "");
    } else if !variable.name.chars().all(|c| matches!(c, ' '..='~') && c != '=') {
        let words = "a valid environment variable name must consist only of printable ASCII characters other than '='";
        errors.invalid(&at.field("name"), &*variable.name, words);
    }
    let Some(from) = &variable.value_from else { return };
    let sources = [from.field_ref.is_some(), from.config_map_key_ref.is_some(), from.secret_key_ref.is_some()];
    match sources.into_iter().filter(|is_there| *is_there).count() {
        0 => {}
        _ if variable.value.as_deref().is_some_and(|value| !value.is_empty()) => {
            errors.invalid(&at.field("valueFrom"), "", "may not be specified when `value` is not empty");
        }
        1 => {}
        _ => errors.invalid(&at.field("valueFrom"), "", "may not have more than one field specified at a time"),
    }
}

fn ports(ports: &[ContainerPort], at: &Path<'_>, errors: &mut Errors<'_>) {
    let mut names = BTreeSet::new();
    for (index, port) in ports.iter().enumerate() {
        let at = at.index(index);
        if let Some(name) = port.name.as_deref().filter(|name| !name.is_empty()) {
            let objections = format::port_name(name);
            if objections.is_empty() && !names.insert(name) {
                errors.duplicate(&at.field("name"), name);
            }
            errors.malformed(&at.field("name"), name, objections);
        }
        if port.container_port == 0 {
            errors.required(&at.field("containerPort"), "");
        } else {
            let objections = format::port_number(port.container_port);
            errors.malformed_number(&at.field("containerPort"), port.container_port, objections);
        }
        if let Some(number) = port.host_port.filter(|number| *number != 0) {
            errors.malformed_number(&at.field("hostPort"), number, format::port_number(number));
        }
        errors.one_of(&at.field("protocol"), port.protocol.as_deref(), values::PROTOCOL);
    }
}

/// Two containers of a pod cannot have one port of the node (checkHostPortConflicts).
fn host_port_conflicts(containers: &[Container], at: &Path<'_>, errors: &mut Errors<'_>) {
    let mut taken = BTreeSet::new();
    for (index, container) in containers.iter().enumerate() {
        for (port_index, port) in container.ports.iter().enumerate() {
            let Some(number) = port.host_port.filter(|number| *number != 0) else { continue };
            let protocol = port.protocol.as_deref().unwrap_or_default();
            let key = format!("{protocol}/{}/{number}", port.host_ip.as_deref().unwrap_or_default());
            if !taken.insert(key.clone()) {
                errors.duplicate(&at.index(index).field("ports").index(port_index).field("hostPort"), key.as_str());
            }
        }
    }
}

/// In the node's network there is one port only (validateHostNetwork). Templates have no host ports yet.
fn host_network(containers: &[Container], at: &Path<'_>, errors: &mut Errors<'_>) {
    for (index, container) in containers.iter().enumerate() {
        for (port_index, port) in container.ports.iter().enumerate() {
            if port.host_port.is_some_and(|number| number != 0 && number != port.container_port) {
                errors.invalid(
                    &at.index(index).field("ports").index(port_index).field("hostPort"),
                    port.host_port.unwrap_or(0),
                    "must match `containerPort` when `hostNetwork` is true",
                );
            }
        }
    }
}

/// Every mount names a volume. Mounts aren't in the slim structs.
fn mounts(at: &Path<'_>, volumes: &BTreeSet<&str>, errors: &mut Errors<'_>) {
    let Some(container) = errors.tree(at) else { return };
    for (index, mount) in container.child("volumeMounts").map(YamlNode::elements).unwrap_or_default().iter().enumerate()
    {
        let name = mount.child("name").and_then(YamlNode::text).map(|name| &**name).unwrap_or_default();
        let mounts = at.field("volumeMounts");
        let mount = mounts.index(index);
        let at = mount.field("name");
        if name.is_empty() {
            errors.required(&at, "");
        } else if !volumes.contains(name) {
            errors.not_found(&at, name);
        }
    }
}

fn dns_config(spec: &PodSpec, at: &Path<'_>, errors: &mut Errors<'_>) {
    let none = spec.dns_policy.as_deref() == Some("None");
    let Some(config) = &spec.dns_config else {
        if none {
            errors.required(at, "must provide `dnsConfig` when `dnsPolicy` is None");
        }
        return;
    };
    if none && config.nameservers.is_empty() {
        errors.required(&at.field("nameservers"), "must provide at least one DNS nameserver when `dnsPolicy` is None");
    }
    name_servers(config, at, errors);
    for (index, option) in config.options.iter().enumerate() {
        if option.name.is_empty() {
            errors.required(&at.field("options").index(index), "must not be empty");
        }
    }
}

/// resolv.conf's limits (validatePodDNSConfig).
fn name_servers(config: &PodDnsConfig, at: &Path<'_>, errors: &mut Errors<'_>) {
    const NAME_SERVERS: usize = 3;
    const SEARCHES: usize = 32;
    const SEARCH_CHARACTERS: usize = 2048;
    if config.nameservers.len() > NAME_SERVERS {
        let value = ErrorValue::json(&config.nameservers);
        errors.invalid(&at.field("nameservers"), value, format!("must not have more than {NAME_SERVERS} nameservers"));
    }
    for (index, server) in config.nameservers.iter().enumerate() {
        errors.malformed(&at.field("nameservers").index(index), server, format::ip(server));
    }
    if config.searches.len() > SEARCHES {
        let value = ErrorValue::json(&config.searches);
        errors.invalid(&at.field("searches"), value, format!("must not have more than {SEARCHES} search paths"));
    }
    if config.searches.join(" ").len() > SEARCH_CHARACTERS {
        let words =
            format!("must not have more than {SEARCH_CHARACTERS} characters (including spaces) in the search list");
        errors.invalid(&at.field("searches"), ErrorValue::json(&config.searches), words);
    }
    for (index, search) in config.searches.iter().enumerate().filter(|&(_, search)| &**search != ".") {
        // Underscores are allowed since 1.34 (RelaxedDNSSearchValidation).
        let name = search.strip_suffix('.').unwrap_or(search);
        errors.malformed(&at.field("searches").index(index), search, format::search_domain(name));
    }
}

impl<'n> Errors<'n> {
    /// A StatefulSet's claims become volumes of its pods.
    fn claim_templates(&self) -> impl Iterator<Item = &'n str> {
        let claims = self.node.child("spec").and_then(|spec| spec.child("volumeClaimTemplates"));
        let claims = claims.map(YamlNode::elements).unwrap_or_default().iter();
        claims.filter_map(|claim| Some(&**claim.child("metadata")?.child("name")?.text()?))
    }
}
