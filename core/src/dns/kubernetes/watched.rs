//! The plugin's configuration, what of the cluster it watches, and a question in one of its zones.

use std::collections::BTreeSet;

use crate::cluster::{Cluster, EndpointSlice, Service};
use crate::model::{LabelSelector, Labels};
use crate::packet::{DnsName, DnsRecord};
use crate::trace::{Cause, ModelGap};

use super::super::context::QueryContext;
use super::super::name::longest_zone;

/// The plugin's configuration.
#[derive(Clone, Debug)]
pub struct KubernetesPlugin {
    /// The zones, reverse ones included.
    pub zones: Vec<DnsName>,
    /// The first zone that isn't reverse: PTR records point into it.
    pub primary: DnsName,
    /// What becomes of names of pod addresses.
    pub pods: PodMode,
    /// The TTL of its records.
    pub ttl: u32,
    /// The zones in which a name that doesn't exist goes on to the next plugin; None: nowhere.
    pub fallthrough: Option<Vec<DnsName>>,
    /// `namespaces`; empty for all.
    pub namespaces: BTreeSet<String>,
    /// `namespace_labels`
    pub namespace_labels: Option<LabelSelector>,
    /// `labels`, of Services and slices.
    pub labels: Option<LabelSelector>,
    /// False with `noendpoints`.
    pub endpoints: bool,
    /// `endpoint_pod_names`
    pub endpoint_pod_names: bool,
    /// `ignore empty_service`
    pub ignore_empty_service: bool,
    /// `zonal`
    pub zonal: bool,
    /// `ptr_hostname_only`
    pub ptr_hostname_only: bool,
    /// `multicluster`: zones of ServiceImports, which aren't modelled.
    pub multicluster: Vec<DnsName>,
}

/// `pods`: what becomes of names of pod addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PodMode {
    /// They don't exist.
    #[default]
    Disabled,
    /// Every address has a name in every namespace.
    Insecure,
    /// Only addresses of running pods.
    Verified,
}

/// The SOA's serial. CoreDNS takes the time of the last change; here time stands still.
pub const SERIAL: u32 = 1_700_000_000;

/// A name doesn't exist, and why.
pub(super) struct NameError(pub Vec<Cause>);

/// What was found for a name of a type.
#[derive(Default)]
pub(super) struct ZoneRecords {
    pub answers: Vec<DnsRecord>,
    pub additional: Vec<DnsRecord>,
    pub because: Vec<Cause>,
    pub gap: Option<ModelGap>,
}

impl KubernetesPlugin {
    pub(super) fn falls_through(&self, name: &DnsName) -> bool {
        self.fallthrough.as_ref().is_some_and(|zones| longest_zone(zones, name).is_some())
    }

    /// Whether a namespace exists and is served.
    pub(in super::super) fn exposes(&self, cluster: &Cluster, namespace: &str) -> bool {
        let named = self.namespaces.is_empty() || self.namespaces.contains(namespace);
        let labels = cluster.namespaces.get(namespace);
        let selected = |selector: &LabelSelector| labels.is_some_and(|labels| selector.matches(labels));
        named && labels.is_some() && self.namespace_labels.as_ref().is_none_or(selected)
    }

    /// A Service that the plugin watches.
    pub(in super::super) fn service<'c>(
        &self,
        cluster: &'c Cluster,
        namespace: &str,
        name: &str,
    ) -> Option<&'c Service> {
        cluster.services.get(namespace, name).filter(|service| self.selects(service))
    }

    /// Whether `labels` lets a Service in.
    pub(in super::super) fn selects(&self, service: &Service) -> bool {
        self.selects_labels(&service.object.metadata.labels)
    }

    /// `labels` selects Services, slices and pods alike (controller.go newdnsController).
    pub(in super::super) fn selects_labels(&self, labels: &Labels) -> bool {
        self.labels.as_ref().is_none_or(|selector| selector.matches(labels))
    }

    /// The slices of a Service that the plugin watches; none with `noendpoints`.
    pub(in super::super) fn slices<'c>(
        &'c self,
        cluster: &'c Cluster,
        namespace: &str,
        name: &str,
    ) -> impl Iterator<Item = &'c EndpointSlice> {
        let slices = cluster.slices_of(namespace, name).iter();
        let selected = |slice: &&EndpointSlice| self.selects_labels(&slice.labels);
        slices.filter(|_| self.endpoints).filter(selected)
    }
}

/// A question within one of the plugin's zones.
pub(super) struct ZoneQuery<'a> {
    pub plugin: &'a KubernetesPlugin,
    pub context: &'a QueryContext<'a>,
    /// The zone, in the question's letters.
    pub zone: DnsName,
}
