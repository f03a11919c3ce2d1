//! Reads the plugin's lines of a Corefile (plugin/kubernetes/setup.go).

use crate::duration::parse_duration;
use std::collections::BTreeSet;

use crate::model::LabelSelector;
use crate::packet::DnsName;

use super::super::corefile::{CorefileError, Directive, PluginOption};
use super::super::name::{is_reverse, zones_of};
use super::super::setup::{atoi, fallthrough, ttl, zones_or};
use super::watched::{KubernetesPlugin, PodMode};

/// Takes a `kubernetes` directive; without zones it takes those of its server block.
pub fn read(directive: &Directive, server_zones: &[DnsName]) -> Result<KubernetesPlugin, CorefileError> {
    let zones = zones_or(&directive.args, server_zones);
    let Some(primary) = zones.iter().find(|zone| !is_reverse(zone)).cloned() else {
        return Err(plain("non-reverse zone name must be used"));
    };
    let mut plugin = KubernetesPlugin {
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
    check_whole(&plugin, directive.end.0)?;
    Ok(plugin)
}

/// What only the whole block shows; the line is its last.
fn check_whole(plugin: &KubernetesPlugin, line: usize) -> Result<(), CorefileError> {
    if !plugin.namespaces.is_empty() && plugin.namespace_labels.is_some() {
        return Err(CorefileError::at(line, "namespaces and namespace_labels cannot both be set"));
    }
    if let Some(zone) = plugin.multicluster.iter().find(|zone| !plugin.zones.contains(zone)) {
        let zones: Vec<String> = plugin.zones.iter().map(ToString::to_string).collect();
        let message = format!(
            "is not authoritative for the multicluster zone {zone} (authoritative zones: [{}])",
            zones.join(" ")
        );
        return Err(CorefileError::at(line, message));
    }
    if plugin.zonal && !plugin.endpoints {
        return Err(CorefileError::at(line, "zonal requires the endpoint cache; remove noendpoints"));
    }
    Ok(())
}

fn set(plugin: &mut KubernetesPlugin, property: &PluginOption) -> Result<(), CorefileError> {
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
        "multicluster" => plugin.multicluster = property.args.iter().flat_map(|zone| zones_of(zone)).collect(),
        // How CoreDNS reaches the API doesn't change what it learns there.
        "endpoint" => {
            property.some()?;
        }
        "tls" => {
            property.exactly::<3>()?;
        }
        "kubeconfig" if !(1..=2).contains(&property.args.len()) => return Err(property.argument_error()),
        "kubeconfig" => {}
        "startup_timeout" => {
            let text = property.some()?.first().map(String::as_str).unwrap_or_default();
            // Go prints the duration that it couldn't read, which is none.
            let wrong = |why| plain(&format!("failed to parse startup_timeout: {text}, {why}"));
            parse_duration(text).map_err(wrong)?;
        }
        "apiserver_qps" | "apiserver_burst" | "apiserver_max_inflight" => api_limit(property)?,
        unknown => return Err(CorefileError::at(property.line, format!("unknown property '{unknown}'"))),
    }
    Ok(())
}

/// `apiserver_burst 10`: a number of at least 0, of requests a second with a fraction.
fn api_limit(property: &PluginOption) -> Result<(), CorefileError> {
    let [text] = property.exactly()?;
    let name = &property.name;
    let number = if name == "apiserver_qps" {
        let wrong = || format!("strconv.ParseFloat: parsing {text:?}: invalid syntax");
        text.parse::<f32>().map(f64::from).map_err(|_| wrong())
    } else {
        atoi(text).map(|number| number as f64).map_err(|error| error.message)
    };
    let at = |message: String| CorefileError::at(property.line, message);
    match number {
        Err(why) => Err(at(format!("invalid {name} {text:?}: {why}"))),
        Ok(number) if number < 0.0 => Err(at(format!("{name} must be >= 0"))),
        Ok(_) => Ok(()),
    }
}

fn flag(property: &PluginOption) -> Result<bool, CorefileError> {
    property.exactly::<0>().map(|_| true)
}

fn pod_mode(property: &PluginOption) -> Result<PodMode, CorefileError> {
    let [mode] = property.exactly()?;
    match mode.as_str() {
        "disabled" => Ok(PodMode::Disabled),
        "insecure" => Ok(PodMode::Insecure),
        "verified" => Ok(PodMode::Verified),
        other => Err(plain(&format!("wrong value for pods: {other},  must be one of: disabled, verified, insecure"))),
    }
}

fn ignores(property: &PluginOption) -> Result<bool, CorefileError> {
    match property.args.first().map(String::as_str) {
        None => Ok(false),
        Some("empty_service") => Ok(true),
        Some(other) => Err(plain(&format!("unable to parse ignore value: '{other}'"))),
    }
}

fn plain(message: &str) -> CorefileError {
    CorefileError { plugin: None, line: None, message: message.to_owned() }
}

fn selector(property: &PluginOption, what: &str) -> Result<LabelSelector, CorefileError> {
    let text = property.some()?.join(" ");
    let parsed = LabelSelector::parse(&text).filter(|_| selector_mistake(&text).is_none());
    parsed.ok_or_else(|| {
        let why = selector_mistake(&text).map_or(String::new(), |why| format!(": {why}"));
        plain(&format!("unable to parse {what} value: '{text}'{why}"))
    })
}

/// apimachinery's words for the mistake at a selector's beginning (labels.Parse, meta.ParseToLabelSelector).
fn selector_mistake(text: &str) -> Option<String> {
    let first = text.trim_start().chars().next()?;
    let begins = |character: char| "=!,()<>".contains(character);
    let found = if begins(first) && first != '!' { first.to_string() } else { return None };
    Some(format!(
        "couldn't parse the selector string \"{text}\": found '{found}', expected: !, identifier, or 'end of string'"
    ))
}

#[cfg(test)]
mod tests {
    use super::super::super::corefile;
    use super::*;

    fn check(lines: &str) -> Result<KubernetesPlugin, CorefileError> {
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
