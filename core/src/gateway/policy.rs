//! BackendTLSPolicy: which one speaks for a port of a Service, whether it can be used, and what its status says.

use std::cmp::Ordering;
use std::sync::Arc;

use super::grant;
use super::status::{ConditionStatus, ConditionVerdict};
use crate::cluster::{Cluster, Service};
use crate::model::{BackendTlsPolicy, ObjectReference, PolicyTarget};
use crate::source::ObjectRef;

/// A policy as its controller sees it.
#[derive(Clone, Debug)]
pub struct TlsPolicyObject {
    /// Its name.
    pub reference: ObjectRef,
    object: Arc<BackendTlsPolicy>,
    /// What is wrong with its references: the first one's fault, and whether all are wrong.
    fault: Option<(CaFault, bool)>,
}

/// Why a reference to a certificate can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaFault {
    /// It names another kind than ConfigMap.
    Kind,
    /// It is in another namespace and no ReferenceGrant permits it.
    NotPermitted,
    /// There is no such ConfigMap, or it holds no certificate under `ca.crt`.
    Reference,
}

/// The policy for a port of a Service: one for that port by name before one for the whole Service, then the oldest, then by
/// name (apis/v1, BackendTLSPolicySpec.targetRefs; BackendTLSPolicyConflictResolution).
pub fn tls_policy_for_port(cluster: &Cluster, service: &Service, port: &str) -> Option<TlsPolicyObject> {
    let policies = tls_policies_in_namespace(cluster, service.namespace());
    let rank = |policy: &TlsPolicyObject| {
        let names =
            |section: Option<&str>| policy.targets().any(|target| is_target_service(target, service.name(), section));
        names(Some(port)).then_some(0).or(names(None).then_some(1))
    };
    let ranked = policies.into_iter().filter_map(|policy| Some((rank(&policy)?, policy)));
    ranked.min_by(|(one, first), (other, second)| one.cmp(other).then_with(|| first.age(second))).map(|(_, it)| it)
}

pub fn all_tls_policies(cluster: &Cluster) -> Vec<TlsPolicyObject> {
    let mut all: Vec<TlsPolicyObject> = Vec::new();
    for (namespace, name, object) in cluster.backend_tls_policies.iter() {
        all.push(TlsPolicyObject::new(
            cluster,
            ObjectRef::namespaced("BackendTLSPolicy", namespace, name),
            object.clone(),
        ));
    }
    all
}

fn tls_policies_in_namespace(cluster: &Cluster, namespace: &str) -> Vec<TlsPolicyObject> {
    let policies = cluster.backend_tls_policies.in_namespace(namespace);
    let named = |name: &str| ObjectRef::namespaced("BackendTLSPolicy", namespace, name);
    policies.map(|(name, object)| TlsPolicyObject::new(cluster, named(name), object.clone())).collect()
}

fn is_target_service(target: &PolicyTarget, service: &str, section: Option<&str>) -> bool {
    target.group.is_empty()
        && &*target.kind == "Service"
        && *target.name == *service
        && target.section_name.as_deref() == section
}

impl TlsPolicyObject {
    fn new(cluster: &Cluster, reference: ObjectRef, object: Arc<BackendTlsPolicy>) -> Self {
        let references = &object.spec.validation.ca_certificate_refs;
        let faults: Vec<CaFault> = references.iter().filter_map(|it| ca_fault(cluster, &reference, it)).collect();
        let fault = faults.first().map(|first| (*first, faults.len() == references.len()));
        Self { reference, object, fault }
    }

    /// Whether it names something to check certificates by.
    pub fn is_usable(&self) -> bool {
        !matches!(self.fault, Some((_, true)))
    }

    /// What it is about.
    fn targets(&self) -> impl Iterator<Item = &PolicyTarget> {
        self.object.spec.target_refs.iter()
    }

    pub fn is_about(&self, service: &ObjectRef) -> bool {
        let here = service.namespace == self.reference.namespace;
        here && self.targets().any(|target| &*target.kind == "Service" && target.name == service.name)
    }

    /// The older first, then by name.
    fn age(&self, other: &Self) -> Ordering {
        let made = |policy: &Self| policy.object.metadata.creation_timestamp.clone();
        made(self).cmp(&made(other)).then_with(|| self.reference.name.cmp(&other.reference.name))
    }

    /// Accepted and ResolvedRefs, as status.ancestors says of each Gateway.
    pub fn conditions(&self, all: &[Self]) -> [(&'static str, ConditionVerdict); 2] {
        let older = all.iter().filter(|it| it.reference.namespace == self.reference.namespace && it.age(self).is_lt());
        let same = |one: &PolicyTarget, other: &PolicyTarget| {
            is_target_service(one, &other.name, other.section_name.as_deref())
        };
        let conflicts = |it: &Self| self.targets().any(|own| it.targets().any(|target| same(own, target)));
        let accepted = match (older.into_iter().any(conflicts), self.is_usable()) {
            (true, _) => (ConditionStatus::False, "Conflicted"),
            (false, true) => (ConditionStatus::True, "Accepted"),
            (false, false) => (ConditionStatus::False, "NoValidCACertificate"),
        };
        let resolved = match self.fault {
            None => (ConditionStatus::True, "ResolvedRefs"),
            Some((CaFault::Kind, _)) => (ConditionStatus::False, "InvalidKind"),
            Some((CaFault::NotPermitted, _)) => (ConditionStatus::False, "RefNotPermitted"),
            Some((CaFault::Reference, _)) => (ConditionStatus::False, "InvalidCACertificateRef"),
        };
        [("Accepted", accepted), ("ResolvedRefs", resolved)]
    }
}

/// ConfigMaps with the key `ca.crt`; other kinds are the implementation's own.
pub fn ca_fault(cluster: &Cluster, from: &ObjectRef, reference: &ObjectReference) -> Option<CaFault> {
    if !grant::names_core_object(reference, "ConfigMap") {
        return Some(CaFault::Kind);
    }
    if !grant::grant_permits(cluster, from, "ConfigMap", reference) {
        return Some(CaFault::NotPermitted);
    }
    let own = from.namespace.as_deref().unwrap_or_default();
    let map = cluster.config_maps.get(reference.namespace.as_deref().unwrap_or(own), &reference.name);
    let text = map.and_then(|map| map.data.get("ca.crt"));
    // A value that was left out on purpose, as when a link is shared, counts as sound.
    let is_sound = text.is_some_and(|text| text.trim().is_empty() || text.contains("CERTIFICATE"));
    (!is_sound).then_some(CaFault::Reference)
}
