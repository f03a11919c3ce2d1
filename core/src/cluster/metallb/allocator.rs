//! MetalLB's controller: which address a Service gets (internal/allocator, controller/service.go).

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use super::pools::AddressPool;
use crate::cluster::{Service, TrafficPolicy};
use crate::model::{Labels, Text};
use crate::order::Order;
use crate::packet::Protocol;

/// The prefixes of MetalLB's annotations: today's, and the one before 0.14.
pub const PREFIXES: [&str; 2] = ["metallb.io/", "metallb.universe.tf/"];

/// The annotations of a Service, behind one of [`PREFIXES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum MetalLbAnnotation {
    AddressPool,
    AllowSharedIp,
    #[strum(serialize = "loadBalancerIPs")]
    LoadBalancerIps,
}

/// Who uses what.
pub(super) struct PoolAllocator<'p> {
    pools: &'p [AddressPool],
    namespaces: &'p BTreeMap<Text, Arc<Labels>>,
    uses: BTreeMap<IpAddr, AddressUse>,
    /// Up to where a pool's addresses of a family are all in use. Addresses are never given back.
    taken: BTreeMap<(Text, bool), u128>,
}

/// What an address is used for.
#[derive(Default)]
struct AddressUse {
    key: SharingKey,
    ports: BTreeMap<(Protocol, u16), String>,
    services: Vec<String>,
}

/// By what Services may share an address.
#[derive(Clone, Debug, Default, PartialEq)]
struct SharingKey {
    /// `allow-shared-ip`; empty for no.
    sharing: Text,
    /// Which pods: nothing for policy Cluster, else the selector (k8salloc BackendKey).
    backend: Option<Labels>,
}

type PooledAddress<'p> = (&'p AddressPool, IpAddr);

/// A Service that wants an address.
struct AddressClaim<'s> {
    service: &'s Service,
    name: String,
    key: SharingKey,
}

/// Whether a Service asks for certain addresses or a pool.
pub(super) fn requests_address(service: &Service) -> bool {
    service.object.spec.load_balancer_ip.as_ref().is_some_and(|ip| !ip.is_empty())
        || metallb_annotation(service, MetalLbAnnotation::LoadBalancerIps).is_some()
        || metallb_annotation(service, MetalLbAnnotation::AddressPool).is_some()
}

impl<'p> PoolAllocator<'p> {
    /// Everything is free.
    pub fn new(pools: &'p [AddressPool], namespaces: &'p BTreeMap<Text, Arc<Labels>>) -> Self {
        Self { pools, namespaces, uses: BTreeMap::new(), taken: BTreeMap::new() }
    }

    /// The addresses of a Service: those in its status if they are still allowed and nothing else is asked for, else those
    /// asked for, else any (convergeBalancer). The error is MetalLB's.
    pub fn converge(&mut self, service: &Service) -> Result<Vec<PooledAddress<'p>>, String> {
        let claim = AddressClaim {
            service,
            name: format!("{}/{}", service.namespace(), service.name()),
            key: sharing_key(service),
        };
        let wanted = requested_addresses(service)?;
        let pool = metallb_annotation(service, MetalLbAnnotation::AddressPool);
        let held: Vec<IpAddr> = service.load_balancer.iter().filter_map(|ingress| ingress.ip).collect();
        let kept = !held.is_empty()
            && wanted.as_ref().is_none_or(|wanted| *wanted == held)
            && pool.is_none_or(|pool| {
                held.iter().all(|address| self.pool_of(*address).is_some_and(|it| it.name == *pool))
            });
        if kept && let Ok(given) = self.take(&claim, &held) {
            return Ok(given);
        }
        match (wanted, pool) {
            (Some(wanted), pool) => self.requested_addresses(&claim, &wanted, pool),
            (None, Some(name)) => {
                let pool = self.pools.iter().find(|pool| pool.name == *name);
                let pool = pool.ok_or_else(|| format!("unknown pool \"{name}\""))?;
                self.allocate(&claim, pool)
            }
            (None, None) => self.any(&claim),
        }
    }

    fn pool_of(&self, address: IpAddr) -> Option<&'p AddressPool> {
        self.pools.iter().find(|pool| pool.holds(address))
    }

    fn requested_addresses(
        &mut self,
        claim: &AddressClaim<'_>,
        wanted: &[IpAddr],
        pool: Option<&Text>,
    ) -> Result<Vec<PooledAddress<'p>>, String> {
        let families = &claim.service.cluster_ips;
        if !wanted.iter().all(|address| families.iter().any(|family| family.is_ipv6() == address.is_ipv6())) {
            let wanted = quoted_addresses(wanted);
            return Err(format!("requested loadBalancer IP(s) {wanted} does not match the ipFamily of the service"));
        }
        let outside =
            |pool: &&Text| wanted.iter().any(|address| self.pool_of(*address).is_none_or(|it| it.name != **pool));
        if let Some(pool) = pool.filter(outside) {
            let wanted = quoted_addresses(wanted);
            return Err(format!(
                "requested loadBalancer IP(s) {wanted} is not compatible with requested address pool {pool}"
            ));
        }
        self.take(claim, wanted)
    }

    /// Assigns certain addresses.
    fn take(&mut self, claim: &AddressClaim<'_>, wanted: &[IpAddr]) -> Result<Vec<PooledAddress<'p>>, String> {
        let mut given = Vec::new();
        for address in wanted {
            let pool = self
                .pool_of(*address)
                .ok_or_else(|| format!("{} is not allowed in config", quoted_addresses(wanted)))?;
            if !self.serves(pool, claim) {
                return Err(format!("pool {} not compatible for ip assignment", pool.name));
            }
            self.admits(claim, *address)?;
            given.push((pool, *address));
        }
        given.iter().for_each(|(_, address)| self.record(claim, *address));
        Ok(given)
    }

    /// Pools kept for the Service by priority (0 last), then those for all; pools of equal standing by name, where
    /// MetalLB has no fixed order.
    fn any(&mut self, claim: &AddressClaim<'_>) -> Result<Vec<PooledAddress<'p>>, String> {
        let pools = self.pools.iter().filter(|pool| pool.auto_assign && self.serves(pool, claim));
        let mut pools: Vec<&AddressPool> = pools.collect();
        pools.order_by_key(|pool| match &pool.allocation {
            Some(allocation) if allocation.priority > 0 => (0, allocation.priority),
            Some(_) => (0, i32::MAX),
            None => (1, 0),
        });
        let all: Vec<bool> = claim.service.cluster_ips.iter().map(IpAddr::is_ipv6).collect();
        let whole = pools.iter().find_map(|pool| self.allocate_families(claim, pool, &all).ok());
        let one = || all.iter().filter(|_| prefers_dual_stack(claim.service));
        let given = whole.or_else(|| {
            one().find_map(|family| pools.iter().find_map(|pool| self.allocate_families(claim, pool, &[*family]).ok()))
        });
        given.ok_or_else(|| "no available IPs".to_owned())
    }

    /// The first address of each of the Service's families that a pool has for it; of the first that it has any for, where
    /// two are only preferred (selectIPsForFamilyAndPolicy).
    fn allocate(&mut self, claim: &AddressClaim<'_>, pool: &'p AddressPool) -> Result<Vec<PooledAddress<'p>>, String> {
        if !self.serves(pool, claim) {
            return Err(format!("pool {} not compatible for ip assignment", pool.name));
        }
        let all: Vec<bool> = claim.service.cluster_ips.iter().map(IpAddr::is_ipv6).collect();
        let whole = self.allocate_families(claim, pool, &all);
        let mut families = all.iter().filter(|_| prefers_dual_stack(claim.service));
        whole.or_else(|why| families.find_map(|family| self.allocate_families(claim, pool, &[*family]).ok()).ok_or(why))
    }

    /// An address of each family, or none.
    fn allocate_families(
        &mut self,
        claim: &AddressClaim<'_>,
        pool: &'p AddressPool,
        families: &[bool],
    ) -> Result<Vec<PooledAddress<'p>>, String> {
        let mut given = Vec::new();
        for ipv6 in families {
            let address = self.first_free(claim, pool, *ipv6);
            let address = address.ok_or_else(|| format!("no available IPs in pool \"{}\"", pool.name))?;
            given.push((pool, address));
        }
        given.iter().for_each(|(_, address)| self.record(claim, *address));
        Ok(given)
    }

    /// The lowest address in listing order that is free, or may be shared.
    fn first_free(&mut self, claim: &AddressClaim<'_>, pool: &AddressPool, ipv6: bool) -> Option<IpAddr> {
        let mark = (pool.name.clone(), ipv6);
        let taken = self.taken.get(&mark).copied().unwrap_or(0);
        let from = if claim.key.sharing.is_empty() { taken } else { 0 };
        let mut addresses = pool.addresses(ipv6, from);
        let (place, address) = addresses.find(|(_, address)| self.admits(claim, *address).is_ok())?;
        drop(addresses);
        if claim.key.sharing.is_empty() {
            self.taken.insert(mark, place);
        }
        Some(address)
    }

    fn serves(&self, pool: &AddressPool, claim: &AddressClaim<'_>) -> bool {
        pool.serves(claim.service.namespace(), &claim.service.object.metadata.labels, self.namespaces)
    }

    /// Whether an address may be used for a Service too (checkSharing).
    fn admits(&self, claim: &AddressClaim<'_>, address: IpAddr) -> Result<(), String> {
        let Some(used) = self.uses.get(&address) else { return Ok(()) };
        if used.key.sharing.is_empty() || used.key != claim.key {
            let others = used.services.join(",");
            return Err(format!("can't change sharing key for \"{}\", address also in use by {others}", claim.name));
        }
        let mut ports = claim.service.ports.iter();
        match ports.find(|port| used.ports.contains_key(&(port.protocol, port.port))) {
            Some(port) => Err(format!("port {}/{} is already in use on \"{address}\"", port.protocol, port.port)),
            None => Ok(()),
        }
    }

    fn record(&mut self, claim: &AddressClaim<'_>, address: IpAddr) {
        let used = self.uses.entry(address).or_default();
        used.key = claim.key.clone();
        used.ports.extend(claim.service.ports.iter().map(|port| ((port.protocol, port.port), claim.name.clone())));
        used.services.push(claim.name.clone());
    }
}

/// The addresses that a Service asks for: spec.loadBalancerIP or the annotation, never both.
fn requested_addresses(service: &Service) -> Result<Option<Vec<IpAddr>>, String> {
    let field = service.object.spec.load_balancer_ip.as_ref().filter(|ip| !ip.is_empty());
    let listed = metallb_annotation(service, MetalLbAnnotation::LoadBalancerIps);
    let text = match (field, listed) {
        (Some(_), Some(_)) => {
            return Err("service can not have both metallb.io/loadBalancerIPs and svc.Spec.LoadBalancerIP".to_owned());
        }
        (None, None) => return Ok(None),
        (Some(text), None) | (None, Some(text)) => text,
    };
    let parse = |part: &str| part.trim().parse().map_err(|_| format!("invalid spec.loadBalancerIP \"{part}\""));
    let addresses: Result<Vec<IpAddr>, String> = text.split(',').map(parse).collect();
    addresses.map(Some)
}

fn prefers_dual_stack(service: &Service) -> bool {
    service.object.spec.ip_family_policy.as_deref() == Some("PreferDualStack")
}

fn sharing_key(service: &Service) -> SharingKey {
    let sharing = metallb_annotation(service, MetalLbAnnotation::AllowSharedIp).cloned().unwrap_or_else(|| "".into());
    let backend = match service.external_traffic_policy {
        TrafficPolicy::Cluster => None,
        TrafficPolicy::Local => Some(service.object.spec.selector.clone().unwrap_or_default()),
    };
    SharingKey { sharing, backend }
}

/// One of MetalLB's annotations under either prefix.
pub(super) fn metallb_annotation(service: &Service, name: MetalLbAnnotation) -> Option<&Text> {
    let annotations = &service.object.metadata.annotations;
    PREFIXES.iter().find_map(|prefix| annotations.get(&*format!("{prefix}{}", <&str>::from(name))))
}

/// `["10.0.0.1" "10.0.0.2"]`, as Go prints it.
fn quoted_addresses(addresses: &[IpAddr]) -> String {
    let quoted: Vec<String> = addresses.iter().map(|address| format!("\"{address}\"")).collect();
    format!("[{}]", quoted.join(" "))
}
