//! The upstreams: one for each namespace, Service and port, whatever hosts and paths lead to it. Affinity, hashing,
//! service-upstream and canary belong to the upstream, so that what one Ingress says counts for the paths of all
//! (controller.go createUpstreams, getBackendServers, mergeAlternativeBackends).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::SyncedIngress;
use super::annotations::{SharedOptions, TrafficShaping};
use super::server::LocationBackend;
use crate::model::{IngressServiceBackend, Text};
use crate::source::{FieldRef, ObjectRef};

/// All upstreams, by name.
#[derive(Clone, Debug, Default)]
pub struct UpstreamTable(BTreeMap<Text, UpstreamPolicy>);

/// What holds for an upstream.
#[derive(Clone, Debug)]
pub struct UpstreamPolicy {
    /// The annotations of the Ingress that named it first: they decide about hashing and service-upstream.
    pub made_by: SharedOptions,
    /// The annotations of the last Ingress that asks for a cookie.
    pub sticky_by: Option<SharedOptions>,
    /// The first canary that joined it.
    pub canary: Option<Arc<CanaryBackend>>,
    /// Whether a canary named it first, so that no location leads to it (NoServer).
    pub is_canary: bool,
}

/// The canary of an upstream.
#[derive(Clone, Debug)]
pub struct CanaryBackend {
    /// The rule that joined it.
    pub rule: FieldRef,
    /// How traffic is split; nothing goes there if a mainline named its upstream first.
    pub policy: TrafficShaping,
    pub service: IngressServiceBackend,
    /// The namespace of the Service.
    pub ingress: ObjectRef,
    /// The annotations of the Ingress that made its upstream.
    pub annotations: SharedOptions,
}

/// What became of a canary's rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CanaryMerge {
    /// It takes its share.
    Joined,
    /// The upstream has a canary already; the first one counts.
    Second,
    /// It is the mainline's own upstream.
    IsMainline,
    /// There is no upstream to join, or its own was taken away.
    Nowhere,
}

impl UpstreamTable {
    /// The upstreams of all Ingresses, in their order; a default backend's is made anew each time.
    pub(super) fn create(served: &[SyncedIngress]) -> Self {
        let mut table = BTreeMap::new();
        for one in served {
            let policy = || UpstreamPolicy {
                made_by: one.annotations.clone(),
                sticky_by: None,
                canary: None,
                is_canary: one.annotations.canary.is_some(),
            };
            if let Some(service) = one.ingress.spec.default_backend.as_ref().and_then(|it| it.service.as_ref()) {
                table.insert(upstream_name(&one.reference, service), policy());
            }
            let paths = one.ingress.spec.rules.iter().filter_map(|rule| rule.http.as_ref()).flat_map(|it| &it.paths);
            for service in paths.filter_map(|path| path.backend.service.as_ref()) {
                table.entry(upstream_name(&one.reference, service)).or_insert_with(policy);
            }
        }
        Self(table)
    }

    pub fn of(&self, ingress: &ObjectRef, service: &IngressServiceBackend) -> Option<&UpstreamPolicy> {
        self.0.get(&upstream_name(ingress, service))
    }

    /// The cookie's name comes from the last Ingress that wants one.
    pub(super) fn stick(&mut self, one: &SyncedIngress, service: &IngressServiceBackend) {
        let upstream = self.0.get_mut(&upstream_name(&one.reference, service));
        if let Some(upstream) = upstream.filter(|_| one.annotations.cookie.is_some()) {
            upstream.sticky_by = Some(one.annotations.clone());
        }
    }

    /// Joins a canary to the upstream of a mainline's location.
    pub(super) fn merge(
        &mut self,
        one: &SyncedIngress,
        rule: FieldRef,
        canary: &IngressServiceBackend,
        main: (&ObjectRef, &IngressServiceBackend),
    ) -> CanaryMerge {
        let (own, other) = (upstream_name(&one.reference, canary), upstream_name(main.0, main.1));
        let Some(annotations) = self.0.get(&own).map(|upstream| upstream.made_by.clone()) else {
            return CanaryMerge::Nowhere;
        };
        match self.0.get_mut(&other) {
            _ if own == other => CanaryMerge::IsMainline,
            Some(main) if main.is_canary => CanaryMerge::Nowhere,
            Some(main) if main.canary.as_ref().is_some_and(|it| upstream_name(&it.ingress, &it.service) == own) => {
                CanaryMerge::Joined
            }
            Some(main) if main.canary.is_some() => CanaryMerge::Second,
            Some(main) => {
                main.canary = Some(Arc::new(CanaryBackend {
                    rule,
                    policy: annotations.canary.clone().unwrap_or_default(),
                    service: canary.clone(),
                    ingress: one.reference.clone(),
                    annotations,
                }));
                CanaryMerge::Joined
            }
            None => CanaryMerge::Nowhere,
        }
    }

    /// Takes away the upstream of a canary that joined nothing.
    pub(super) fn remove(&mut self, one: &SyncedIngress, service: &IngressServiceBackend) {
        self.0.remove(&upstream_name(&one.reference, service));
    }
}

/// The name of a location's upstream.
pub fn backend_name(backend: &LocationBackend) -> Text {
    match backend {
        LocationBackend::Service(service, ingress) => upstream_name(ingress, service),
        LocationBackend::Default | LocationBackend::Resource => "upstream-default-backend".into(),
    }
}

/// `namespace-service-port` (controller.go upstreamName).
fn upstream_name(ingress: &ObjectRef, service: &IngressServiceBackend) -> Text {
    let namespace = ingress.namespace.as_deref().unwrap_or_default();
    let port = match (service.port.number, &service.port.name) {
        (Some(number), _) if number > 0 => number.to_string(),
        (_, Some(name)) => name.to_string(),
        (_, None) => String::new(),
    };
    format!("{namespace}-{}-{port}", service.name).into()
}
