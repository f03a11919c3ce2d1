//! From addresses to names: PTR records, and the name servers of the zone (reverse.go, ns.go).

use std::net::IpAddr;

use crate::cluster::{Endpoint, Service, ServiceKind};
use crate::order::Order;
use crate::packet::DnsName;
use crate::source::FieldRef;
use crate::trace::{Cause, CauseList, DnsRule};

use super::super::context::QueryContext;
use super::super::name::join;
use super::records::is_ready;
use super::watched::{KubernetesPlugin, ZoneQuery};

impl ZoneQuery<'_> {
    /// The names of an address: the Service that has it as cluster address, else every Service that has it as a ready
    /// endpoint (serviceRecordForIP).
    pub(super) fn reverse(&self, address: IpAddr) -> (Vec<DnsName>, Vec<Cause>) {
        let cluster = self.context.cluster;
        let owners = cluster.services_at(address).filter(|service| service.cluster_ips.contains(&address));
        if let Some(service) = owners.into_iter().find(|service| self.in_reverse(service)) {
            let name = join(&format!("{}.{}.svc", service.name(), service.namespace()), &self.plugin.primary);
            let field = Cause::Field(service.reference.field("spec.clusterIP"));
            return (vec![name], vec![Cause::rule(DnsRule::ReverseOfClusterIp), field]);
        }
        let mut because = vec![Cause::rule(DnsRule::ReverseOfEndpoint)];
        let mut names: Vec<DnsName> = Vec::new();
        for service in self.context.cluster.services_with_endpoint(address).filter(|service| self.in_reverse(service)) {
            for name in self.endpoint_names(service, address) {
                let name =
                    join(&format!("{name}.{}.{}.svc", service.name(), service.namespace()), &self.plugin.primary);
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            because.add_line(&service.reference.field("spec.selector"));
        }
        names.extend(self.ownerless_names(address));
        (names, because)
    }

    /// Slices count by the label with their Service's name, whether or not there is such a Service.
    fn ownerless_names(&self, address: IpAddr) -> Vec<DnsName> {
        let cluster = self.context.cluster;
        let mut names = Vec::new();
        for (namespace, service, _) in cluster.slices.iter() {
            let hidden = !self.plugin.namespaces.is_empty() && !self.plugin.exposes(cluster, namespace);
            if hidden || cluster.services.get(namespace, service).is_some() {
                continue;
            }
            let endpoints = self.plugin.slices(cluster, namespace, service).flat_map(|slice| &slice.endpoints);
            for name in self.names_having(endpoints, address) {
                names.push(join(&format!("{name}.{service}.{namespace}.svc"), &self.plugin.primary));
            }
        }
        names
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
        self.names_having(slices.flat_map(|slice| &slice.endpoints), address)
    }

    fn names_having<'e>(&self, endpoints: impl Iterator<Item = &'e Endpoint>, address: IpAddr) -> Vec<String> {
        let having = endpoints.filter(|endpoint| is_ready(endpoint) && endpoint.addresses.contains(&address));
        let named = having.filter(|endpoint| !self.plugin.ptr_hostname_only || endpoint.hostname.is_some());
        named.map(|endpoint| self.plugin.endpoint_name(endpoint, address)).collect()
    }

    /// Name below the zone, address and settling field of each name server.
    pub(super) fn name_server_addresses(&self) -> Vec<NameServer> {
        let mut servers = match name_servers_for(self.plugin, self.context, &|service| self.servers_of(service)) {
            Some(servers) => servers,
            None => self.context.local.iter().map(|address| ("ns.dns".to_owned(), *address, None)).collect(),
        };
        servers.order();
        servers.dedup();
        servers
    }

    fn servers_of(&self, service: &Service) -> Vec<NameServer> {
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

/// Name below the zone, address, and the field that settles it.
pub(in super::super) type NameServer = (String, IpAddr, Option<FieldRef>);

/// What the Services say that have the answering CoreDNS pod as ready endpoint; None if the plugin knows no such endpoint,
/// as with `noendpoints` (ns.go nsAddrs).
pub(in super::super) fn name_servers_for(
    plugin: &KubernetesPlugin,
    context: &QueryContext<'_>,
    of_service: &dyn Fn(&Service) -> Vec<NameServer>,
) -> Option<Vec<NameServer>> {
    let mut servers = None;
    for local in context.local {
        for service in context.cluster.services_with_endpoint(*local) {
            let slices = plugin.slices(context.cluster, service.namespace(), service.name());
            let mut endpoints = slices.flat_map(|slice| &slice.endpoints);
            if endpoints.any(|endpoint| is_ready(endpoint) && endpoint.addresses.contains(local)) {
                let known = servers.get_or_insert_with(Vec::new);
                known.extend(Some(service).filter(|service| plugin.selects(service)).into_iter().flat_map(of_service));
            }
        }
    }
    servers
}
