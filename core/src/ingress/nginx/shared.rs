//! Services of which Ingresses want different things. The controller keeps canary, affinity, hashing and service-upstream
//! once for each Service and port (controller.go createUpstreams, upstreamName; issues 4667 and 9458), so that what one
//! Ingress says can count for the paths of another. Its documentation says these things of paths, and so they are taken
//! here; an answer that depends on the difference says so.

use std::collections::{BTreeMap, BTreeSet};

use super::server::{Backend, Location};
use crate::model::{IngressServiceBackend, Text};
use crate::source::ObjectRef;

/// Namespace, Service and port as written.
type Key = (Option<Text>, Text, Option<i32>, Option<Text>);

/// The Services of which different things are wanted.
#[derive(Clone, Debug, Default)]
pub struct Shared(BTreeSet<Key>);

impl Shared {
    /// Reads all locations.
    pub fn among<'l>(locations: impl Iterator<Item = &'l Location>) -> Self {
        let mut first: BTreeMap<Key, &Location> = BTreeMap::new();
        let mut shared = Self::default();
        for location in locations {
            let Backend::Service(service, ingress) = &location.backend else { continue };
            let known = *first.entry(key(ingress, service)).or_insert(location);
            if !alike(known, location) {
                shared.0.insert(key(ingress, service));
            }
        }
        shared
    }

    /// Whether a Service is one of them.
    pub fn holds(&self, ingress: &ObjectRef, service: &IngressServiceBackend) -> bool {
        self.0.contains(&key(ingress, service))
    }
}

fn alike(one: &Location, other: &Location) -> bool {
    let canary = |location: &Location| location.canary.as_ref().map(|it| (it.policy.clone(), it.backend.clone()));
    let (mine, its) = (&one.annotations, &other.annotations);
    mine.hash_by == its.hash_by
        && mine.service_upstream == its.service_upstream
        && mine.cookie == its.cookie
        && canary(one) == canary(other)
}

fn key(ingress: &ObjectRef, service: &IngressServiceBackend) -> Key {
    (ingress.namespace.clone(), service.name.clone(), service.port.number, service.port.name.clone())
}
