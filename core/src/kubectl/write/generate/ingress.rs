//! `create ingress` (pkg/cmd/create, create_ingress.go).

use serde_json::{Map, Value, json};

use super::super::{UsageError, WriteCommand, kubectl_error, set_field};
use super::bare_object;
use crate::kubectl::{KubectlView, json_tree};

/// A rule taken apart: `HOST/PATH=SERVICE:PORT[,tls[=SECRET]]`
struct IngressRuleText<'t> {
    host: &'t str,
    path: &'t str,
    backend: Value,
    /// The secret after `tls`; empty where none is named.
    secret: Option<&'t str>,
}

pub fn ingress(write: &WriteCommand, _: KubectlView<'_>) -> Result<Value, UsageError> {
    // 1. Rules and default backend, of which one must be given.
    let mut object = bare_object(write, "networking.k8s.io/v1", "Ingress")?;
    let texts = write.flags.values("rule");
    let default = write.flags.value("default-backend").filter(|text| !text.is_empty());
    if texts.is_empty() && default.is_none() {
        return Err(kubectl_error(
            "error: not enough information provided: every ingress has to either specify a default-backend (which catches \
             all traffic) or a list of rules (which catch specific paths)",
        ));
    }
    // 2. Both are read.
    let rules: Vec<IngressRuleText<'_>> = texts.iter().map(|text| read_rule(text)).collect::<Result<_, _>>()?;
    let wrong = "error: default-backend should be in format servicename:serviceport";
    let default = default.map(|text| backend(text).ok_or_else(|| kubectl_error(wrong))).transpose()?;
    // 3. Paths by host, hosts by certificate.
    let (paths, tls) = (grouped_paths(&rules), tls_entries(&rules));
    let mut spec = json!({});
    set_field(&mut spec, "defaultBackend", default);
    set_field(&mut spec, "ingressClassName", write.flags.value("class").map(Value::from));
    set_field(&mut spec, "rules", (!paths.is_empty()).then(|| paths.into()));
    set_field(&mut spec, "tls", (!tls.is_empty()).then(|| tls.into()));
    // 4. Annotations.
    let mut notes = Map::new();
    for text in write.flags.values("annotation") {
        let wrong =
            || kubectl_error(format!("error: annotation {text} is invalid and should be in format key=[value]"));
        let (key, value) = text.split_once('=').ok_or_else(wrong)?;
        notes.insert(key.to_owned(), value.into());
    }
    if !notes.is_empty() {
        json_tree::merge(&mut object, json!({"metadata": {"annotations": notes}}));
    }
    set_field(&mut object, "spec", Some(spec));
    set_field(&mut object, "status", Some(json!({"loadBalancer": {}})));
    Ok(object)
}

fn read_rule(text: &str) -> Result<IngressRuleText<'_>, UsageError> {
    let read = || {
        let (rule, tls) = text.split_once(',').map_or((text, None), |(rule, tls)| (rule, Some(tls)));
        let secret = match tls {
            None => None,
            Some("tls") => Some(""),
            Some(tls) => Some(tls.strip_prefix("tls=")?),
        };
        let (place, target) = rule.split_once('=')?;
        let (host, path) = place.split_at_checked(place.find('/')?)?;
        Some(IngressRuleText { host, path, backend: backend(target)?, secret })
    };
    read().ok_or_else(|| {
        kubectl_error(format!(
            "error: rule {text} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]"
        ))
    })
}

/// `SERVICE:PORT`
fn backend(text: &str) -> Option<Value> {
    let (service, port) = text.split_once(':').filter(|(service, port)| !service.is_empty() && !port.is_empty())?;
    let port = port.parse::<u16>().map_or_else(|_| json!({"name": port}), |number| json!({"number": number}));
    Some(json!({"service": {"name": service, "port": port}}))
}

/// Paths of one host are one rule; `*` at the end makes a prefix.
fn grouped_paths(rules: &[IngressRuleText<'_>]) -> Vec<Value> {
    let mut all: Vec<(&str, Vec<Value>)> = Vec::new();
    for IngressRuleText { host, path, backend, .. } in rules {
        let (path, kind) = path.strip_suffix('*').map_or((*path, "Exact"), |path| (path, "Prefix"));
        let path = json!({"backend": backend, "path": path, "pathType": kind});
        match all.iter_mut().find(|(known, _)| known == host) {
            Some((_, paths)) => paths.push(path),
            None => all.push((host, vec![path])),
        }
    }
    let rule = |(host, paths): (&str, Vec<Value>)| {
        let mut rule = json!({"http": {"paths": paths}});
        set_field(&mut rule, "host", (!host.is_empty()).then(|| host.into()));
        rule
    };
    all.into_iter().map(rule).collect()
}

/// Hosts of one secret are one entry, each host once (buildTLSRules).
fn tls_entries(rules: &[IngressRuleText<'_>]) -> Vec<Value> {
    let (mut all, mut hosts): (Vec<(&str, Vec<&str>)>, Vec<&str>) = (Vec::new(), Vec::new());
    for (host, secret) in rules.iter().filter_map(|rule| Some((rule.host, rule.secret?))) {
        if hosts.contains(&host) {
            continue;
        }
        hosts.push(host);
        match all.iter_mut().find(|(known, _)| *known == secret) {
            Some((_, own)) => own.push(host),
            None => all.push((secret, if host.is_empty() { Vec::new() } else { vec![host] })),
        }
    }
    let entry = |(secret, hosts): (&str, Vec<&str>)| {
        let mut entry = json!({});
        set_field(&mut entry, "hosts", (!hosts.is_empty()).then(|| json!(hosts)));
        set_field(&mut entry, "secretName", (!secret.is_empty()).then(|| secret.into()));
        entry
    };
    all.into_iter().filter(|(secret, hosts)| !secret.is_empty() || !hosts.is_empty()).map(entry).collect()
}
