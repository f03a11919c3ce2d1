//! From addresses to names: PTR records, and the name servers of the zone (reverse.go, ns.go).

use std::net::IpAddr;

use crate::cluster::{Phase, Pod, Service, ServiceKind};
use crate::order::Order;
use crate::packet::DnsName;
use crate::source::FieldRef;
use crate::trace::{Cause, DnsRule};

use super::super::name::join;
use super::super::server::cause;
use super::Asked;
use super::records::is_ready;

impl Asked<'_> {
    /// The names of an address: the Service that has it as cluster address, else every Service that has it as a ready
    /// endpoint (serviceRecordForIP).
    pub(super) fn reverse(&self, address: IpAddr) -> (Vec<DnsName>, Vec<Cause>) {
        let cluster = self.context.cluster;
        let owners = cluster.services_at(address).filter(|service| service.cluster_ips.contains(&address));
        if let Some(service) = owners.into_iter().find(|service| self.in_reverse(service)) {
            let name = join(&format!("{}.{}.svc", service.name(), service.namespace()), &self.plugin.primary);
            let field = Cause::Field(service.reference.field("spec.clusterIP"));
            return (vec![name], vec![cause(DnsRule::ReverseOfClusterIp), field]);
        }
        let mut because = vec![cause(DnsRule::ReverseOfEndpoint)];
        let mut names: Vec<DnsName> = Vec::new();
        for service in self.context.cluster.services_with_endpoint(address).filter(|service| self.in_reverse(service)) {
            for name in self.endpoint_names(service, address) {
                let name =
                    join(&format!("{name}.{}.{}.svc", service.name(), service.namespace()), &self.plugin.primary);
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            because.push(Cause::Field(service.reference.field("spec.selector")));
        }
        (names, because)
    }

    /// Services left out by `namespaces` or `labels` have no reverse names either.
    fn in_reverse(&self, service: &Service) -> bool {
        let exposed =
            self.plugin.namespaces.is_empty() || self.plugin.exposes(self.context.cluster, service.namespace());
        exposed && self.plugin.selects(service)
    }

    /// The names below a Service of those of its ready endpoints that have an address.
    fn endpoint_names(&self, service: &Service, address: IpAddr) -> Vec<String> {
        let slices = self.plugin.slices(self.context.cluster, service.namespace(), service.name());
        let endpoints = slices.flat_map(|slice| &slice.endpoints).filter(|endpoint| is_ready(endpoint));
        let having = endpoints.filter(|endpoint| endpoint.addresses.contains(&address));
        let named = having.filter(|endpoint| !self.plugin.ptr_hostname_only || endpoint.hostname.is_some());
        named.map(|endpoint| self.plugin.endpoint_name(endpoint, address)).collect()
    }

    /// Name below the zone, address and settling field of each name server: the Services that have the answering CoreDNS
    /// pod as endpoint; without any, the pod itself as `ns.dns` (ns.go nsAddrs).
    pub(super) fn name_server_addresses(&self) -> Vec<(String, IpAddr, Option<FieldRef>)> {
        let mut servers: Vec<(String, IpAddr, Option<FieldRef>)> = Vec::new();
        for local in self.context.local {
            for service in
                self.context.cluster.services_with_endpoint(*local).filter(|service| self.plugin.selects(service))
            {
                servers.extend(self.servers_of(service));
            }
        }
        if servers.is_empty() {
            servers = self.context.local.iter().map(|address| ("ns.dns".to_owned(), *address, None)).collect();
        }
        servers.order();
        servers.dedup();
        servers
    }

    fn servers_of(&self, service: &Service) -> Vec<(String, IpAddr, Option<FieldRef>)> {
        let base = format!("{}.{}.svc", service.name(), service.namespace());
        let field = Some(service.reference.field("spec.clusterIP"));
        if service.kind != ServiceKind::Headless {
            return service.cluster_ips.iter().map(|address| (base.clone(), *address, field.clone())).collect();
        }
        let slices = self.plugin.slices(self.context.cluster, service.namespace(), service.name());
        let endpoints = slices.flat_map(|slice| &slice.endpoints).filter(|endpoint| is_ready(endpoint));
        let pairs = endpoints.flat_map(|endpoint| endpoint.addresses.iter().map(move |address| (endpoint, *address)));
        let server = |(endpoint, address)| {
            (format!("{}.{base}", self.plugin.endpoint_name(endpoint, address)), address, field.clone())
        };
        pairs.map(server).collect()
    }
}

/// Whether CoreDNS keeps a pod in its cache: not while it is going, and not when it is done (controller.go podListFunc,
/// object/pod.go).
pub(in super::super) fn is_watched(pod: &Pod) -> bool {
    !pod.terminating && !matches!(pod.phase, Phase::Succeeded | Phase::Failed)
}
