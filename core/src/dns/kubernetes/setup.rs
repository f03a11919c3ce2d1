//! Reads the plugin's lines of a Corefile (plugin/kubernetes/setup.go).

use std::collections::BTreeSet;

use crate::model::LabelSelector;
use crate::packet::DnsName;

use super::super::corefile::{CorefileError, Directive, Property};
use super::super::name::{is_reverse, zones_of};
use super::{Kubernetes, PodMode};

/// Takes a `kubernetes` directive; without zones it takes those of its server block.
pub fn read(directive: &Directive, server_zones: &[DnsName]) -> Result<Kubernetes, CorefileError> {
    let named: Vec<DnsName> = directive.args.iter().flat_map(|zone| zones_of(zone)).collect();
    let zones = if named.is_empty() { server_zones.to_vec() } else { named };
    let Some(primary) = zones.iter().find(|zone| !is_reverse(zone)).cloned() else {
        return Err(plain("non-reverse zone name must be used"));
    };
    let mut plugin = Kubernetes {
        zones,
        primary,
        pods: PodMode::Disabled,
        ttl: 5,
        fallthrough: None,
        namespaces: BTreeSet::new(),
        namespace_labels: None,
        labels: None,
        endpoints: true,
        endpoint_pod_names: false,
        ignore_empty_service: false,
        zonal: false,
        ptr_hostname_only: false,
        multicluster: Vec::new(),
    };
    for property in &directive.block {
        set(&mut plugin, property)?;
    }
    match !plugin.namespaces.is_empty() && plugin.namespace_labels.is_some() {
        true => Err(CorefileError::at(directive.line, "namespaces and namespace_labels cannot both be set")),
        false => Ok(plugin),
    }
}

fn set(plugin: &mut Kubernetes, property: &Property) -> Result<(), CorefileError> {
    match property.name.as_str() {
        "endpoint_pod_names" => plugin.endpoint_pod_names = flag(property)?,
        "noendpoints" => plugin.endpoints = !flag(property)?,
        "zonal" => plugin.zonal = flag(property)?,
        "ptr_hostname_only" => plugin.ptr_hostname_only = flag(property)?,
        "pods" => plugin.pods = pod_mode(property)?,
        "namespaces" => plugin.namespaces.extend(property.some()?.iter().cloned()),
        "labels" => plugin.labels = Some(selector(property, "label selector")?),
        "namespace_labels" => plugin.namespace_labels = Some(selector(property, "namespace_label selector")?),
        "fallthrough" => plugin.fallthrough = Some(fallthrough(property)),
        "ttl" => plugin.ttl = ttl(property, 3600)?,
        "ignore" => plugin.ignore_empty_service |= ignores(property)?,
        "multicluster" => plugin.multicluster = property.some()?.iter().flat_map(|zone| zones_of(zone)).collect(),
        // How CoreDNS reaches the API doesn't change what it learns there.
        "endpoint"
        | "tls"
        | "kubeconfig"
        | "startup_timeout"
        | "apiserver_qps"
        | "apiserver_burst"
        | "apiserver_max_inflight" => {
            property.some()?;
        }
        unknown => return Err(CorefileError::at(property.line, format!("unknown property '{unknown}'"))),
    }
    Ok(())
}

fn flag(property: &Property) -> Result<bool, CorefileError> {
    property.exactly::<0>().map(|_| true)
}

fn pod_mode(property: &Property) -> Result<PodMode, CorefileError> {
    let [mode] = property.exactly()?;
    match mode.as_str() {
        "disabled" => Ok(PodMode::Disabled),
        "insecure" => Ok(PodMode::Insecure),
        "verified" => Ok(PodMode::Verified),
        other => Err(plain(&format!("wrong value for pods: {other},  must be one of: disabled, verified, insecure"))),
    }
}

fn ignores(property: &Property) -> Result<bool, CorefileError> {
    match property.args.first().map(String::as_str) {
        None => Ok(false),
        Some("empty_service") => Ok(true),
        Some(other) => Err(plain(&format!("unable to parse ignore value: '{other}'"))),
    }
}

/// The zones of a `fallthrough` line; none means all (plugin/pkg/fall SetZonesFromArgs).
pub fn fallthrough(property: &Property) -> Vec<DnsName> {
    let zones: Vec<DnsName> = property.args.iter().flat_map(|zone| zones_of(zone)).collect();
    if zones.is_empty() { vec![DnsName::default()] } else { zones }
}

/// A `ttl` line between 0 and a greatest value.
pub fn ttl(property: &Property, greatest: i64) -> Result<u32, CorefileError> {
    let first = property.some()?.first().map(String::as_str).unwrap_or_default();
    let seconds: i64 =
        first.parse().map_err(|_| plain(&format!("strconv.Atoi: parsing \"{first}\": invalid syntax")))?;
    let inside = u32::try_from(seconds).ok().filter(|_| seconds <= greatest);
    inside.ok_or_else(|| CorefileError::at(property.line, format!("ttl must be in range [0, {greatest}]: {seconds}")))
}

fn plain(message: &str) -> CorefileError {
    CorefileError { plugin: None, line: None, message: message.to_owned() }
}

fn selector(property: &Property, what: &str) -> Result<LabelSelector, CorefileError> {
    let text = property.some()?.join(" ");
    LabelSelector::parse(&text).ok_or_else(|| plain(&format!("unable to parse {what} value: '{text}'")))
}

#[cfg(test)]
mod tests {
    use super::super::super::corefile;
    use super::*;

    fn check(lines: &str) -> Result<Kubernetes, CorefileError> {
        let corefile =
            corefile::parse(&format!(". {{\n kubernetes cluster.local {{\n{lines}\n}}\n}}\n"), &Default::default())
                .unwrap();
        read(&corefile.blocks[0].directives[0], &[])
    }

    #[test]
    fn mistakes_are_the_plugins() {
        let message = |lines| check(lines).unwrap_err().to_string();
        assert!(message("ttl 4000").ends_with(":3 - Error during parsing: ttl must be in range [0, 3600]: 4000"));
        assert!(message("foo").ends_with("unknown property 'foo'"));
        assert_eq!(message("pods on"), "wrong value for pods: on,  must be one of: disabled, verified, insecure");
    }

    #[test]
    fn selectors() {
        let labels = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
        let selector = check("labels dns in (public, shared),!old").unwrap().labels.unwrap();
        assert!(selector.matches(&labels(&[("dns", "shared")])));
        assert!(!selector.matches(&labels(&[("dns", "shared"), ("old", "")])));
        assert!(!selector.matches(&labels(&[])));
    }
}
