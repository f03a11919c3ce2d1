//! Who has a host: of the objects that want it the oldest (internal/k8s/configuration.go, buildHostsAndResources).

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::model::{Metadata, Text};
use crate::order::Gather;
use crate::source::ObjectRef;

/// An object that wants a host.
#[derive(Clone, Debug)]
pub struct HostClaim {
    pub host: Text,
    pub object: ObjectRef,
    age: HostClaimAge,
}

/// By what the older of two objects is told: the time, then the greater UID (chooseObjectMetaWinner). One without a time is
/// as old as the zero time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostClaimAge {
    created: Option<Text>,
    uid: Option<Text>,
}

impl HostClaimAge {
    pub fn of(metadata: &Metadata) -> Self {
        Self { created: metadata.creation_timestamp.clone(), uid: metadata.uid.clone() }
    }

    /// Less is the one that wins; equal where nothing tells.
    pub fn compare(&self, other: &Self) -> Ordering {
        self.created.cmp(&other.created).then_with(|| other.uid.cmp(&self.uid))
    }
}

impl HostClaim {
    pub fn new(host: &Text, object: &ObjectRef, metadata: &Metadata) -> Self {
        Self { host: host.clone(), object: object.clone(), age: HostClaimAge::of(metadata) }
    }
}

/// The owners of hosts: several of one where nothing tells which is the older.
#[derive(Clone, Debug, Default)]
pub struct HostOwners {
    by_host: BTreeMap<Text, Vec<ObjectRef>>,
}

impl HostOwners {
    pub fn settle(claims: &[HostClaim]) -> Self {
        let mut best: BTreeMap<Text, Vec<&HostClaim>> = BTreeMap::new();
        for claim in claims {
            let holders = best.entry(claim.host.clone()).or_default();
            match holders.first().map_or(Ordering::Less, |holder| claim.age.compare(&holder.age)) {
                Ordering::Less => *holders = vec![claim],
                Ordering::Equal => holders.push(claim),
                Ordering::Greater => {}
            }
        }
        let owners = |claims: Vec<&HostClaim>| claims.into_iter().map(|claim| claim.object.clone()).collect();
        Self { by_host: best.into_iter().map(|(host, claims)| (host, owners(claims))).into_map() }
    }

    /// Whether the object may have a host.
    pub fn has(&self, host: &str, object: &ObjectRef) -> bool {
        self.by_host.get(host).is_some_and(|owners| owners.contains(object))
    }
}
