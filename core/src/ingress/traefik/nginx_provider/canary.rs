//! Canaries (build.go, second pass): they belong to a Service and port of a namespace, whatever path leads there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::backend::ProviderBackend;
use super::served_ingress::ServedIngress;
use crate::cluster::Cluster;
use crate::ingress::RulePlace;
use crate::ingress::nginx::Annotation;
use crate::model::{HttpIngressPath, IngressServiceBackend, Text};
use crate::source::FieldRef;

/// How traffic is split off to a canary.
#[derive(Clone, Debug)]
pub struct CanaryPolicy {
    pub rule: FieldRef,
    /// Its Service, used as the mainline's is.
    pub backend: ProviderBackend,
    /// canary-by-header
    pub header: Option<String>,
    /// canary-by-header-value
    pub value: Option<String>,
    /// canary-by-header-pattern
    pub pattern: Option<String>,
    /// canary-by-cookie
    pub cookie: Option<String>,
    /// canary-weight
    pub weight: u64,
    /// canary-weight-total
    pub total: u64,
}

/// Namespace, Service and port of a mainline: whatever path leads there gets the canary.
pub(super) type PolicyKey = (String, Text, String);

pub(super) fn policy_key(namespace: &str, service: &IngressServiceBackend) -> PolicyKey {
    (namespace.to_owned(), service.name.clone(), port_text(service))
}

/// The port as written, by name or number.
pub(super) fn port_text(service: &IngressServiceBackend) -> String {
    let name = service.port.name.as_ref().filter(|name| !name.is_empty());
    name.map_or_else(|| service.port.number.unwrap_or(0).to_string(), ToString::to_string)
}

/// build, second pass: a canary's path joins the mainline's of the same namespace, host, path and type.
pub(super) fn canary_policies(
    cluster: &Cluster,
    canaries: &[ServedIngress],
    regular: &[ServedIngress],
) -> BTreeMap<PolicyKey, Arc<CanaryPolicy>> {
    type PathKey = (String, String, Option<Text>, Text);
    let key = |one: &ServedIngress, host: Option<&Text>, path: &HttpIngressPath| -> PathKey {
        let host = host.map(ToString::to_string).unwrap_or_default();
        let kind = path.path_type.clone().unwrap_or_else(|| "Prefix".into());
        (one.namespace().to_owned(), host, path.path.clone(), kind)
    };
    // 1. The mainlines by namespace, host, path and type.
    let mut mainlines: BTreeMap<PathKey, (&ServedIngress, &IngressServiceBackend)> = BTreeMap::new();
    for one in regular {
        for (rule, path) in paths(one) {
            if let Some(service) = &path.backend.service {
                mainlines.insert(key(one, rule.host.as_ref(), path), (one, service));
            }
        }
    }
    let (mut policies, mut matched) = (BTreeMap::new(), BTreeSet::new());
    // 2. Each canary's path joins its mainline, once, if its Service is another one that has endpoints.
    for one in canaries {
        for (position, rule) in one.ingress.spec.rules.iter().enumerate() {
            for (index, path) in rule.http.iter().flat_map(|http| http.paths.iter().enumerate()) {
                let key = key(one, rule.host.as_ref(), path);
                let Some((main, service)) = mainlines.get(&key) else { continue };
                let Some(own) = path.backend.service.as_ref().filter(|own| !is_same(own, service)) else { continue };
                let backend = ProviderBackend::of(main, own);
                let has_servers = backend.servers(cluster).is_ok_and(|servers| !servers.peers.is_empty());
                if !has_servers || !matched.insert(key) {
                    continue;
                }
                let rule = RulePlace::Path(position, index).field(&one.reference);
                policies.insert(policy_key(one.namespace(), service), Arc::new(CanaryPolicy::read(one, rule, backend)));
            }
        }
    }
    policies
}

fn is_same(one: &IngressServiceBackend, other: &IngressServiceBackend) -> bool {
    one.name == other.name && port_text(one) == port_text(other)
}

fn paths(one: &ServedIngress) -> impl Iterator<Item = (&crate::model::IngressRule, &HttpIngressPath)> {
    let rules = one.ingress.spec.rules.iter();
    rules.flat_map(|rule| rule.http.iter().flat_map(move |http| http.paths.iter().map(move |path| (rule, path))))
}

impl CanaryPolicy {
    fn read(one: &ServedIngress, rule: FieldRef, backend: ProviderBackend) -> Self {
        let options = one.options();
        let text = |name| options.filled(name).map(str::to_owned);
        let total = options.number(Annotation::CanaryWeightTotal).unwrap_or(0).max(100);
        let weight = options.number(Annotation::CanaryWeight).unwrap_or(0).clamp(0, total);
        let header = text(Annotation::CanaryByHeader);
        Self {
            rule,
            backend,
            value: text(Annotation::CanaryByHeaderValue),
            pattern: text(Annotation::CanaryByHeaderPattern),
            cookie: text(Annotation::CanaryByCookie),
            weight: weight.unsigned_abs(),
            total: total.unsigned_abs(),
            header,
        }
    }
}
