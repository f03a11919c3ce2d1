//! The AWS Load Balancer Controller 3.5: each group of Ingresses is an Application Load Balancer outside the cluster, whose rules
//! stand in the order of the group. What only AWS knows is taken for granted, and said so.

use std::collections::BTreeMap;
use std::net::IpAddr;

use self::balancer::ApplicationBalancer;
use self::groups::{UnservedIngresses, find_groups};
use self::serve::AlbServedRequest;
use self::services::{NetworkBalancer, find_balancers};
use self::settings::AlbSettings;
use super::class::{ExcludedIngress, first_candidates};
use super::outside::{FreeAddresses, OutsideBalancer};
use super::tls::CertificateStore;
use super::verdict::JudgementBuilder;
use super::{ControllerArrival, ControllerPremises, IngressController, IngressImplementation};
use crate::cluster::Cluster;
use crate::diagnostic::{Diagnostic, Problem};
use crate::http::network::is_public;
use crate::packet::{HttpRequest, Packet, Protocol};
use crate::source::{FieldRef, ObjectRef};
use crate::trace::{
    Cause, CauseList, Component, ComponentPlace, IngressControllerRule, Judgement, ModelGap, PacketDecision,
    ProcessDelivery, ServiceRule,
};

mod settings;
mod annotations;
mod json;
mod wildcard;
mod conditions;
mod actions;
mod transforms;
mod groups;
mod listeners;
mod targets;
mod auth;
mod rules;
mod balancer;
mod serve;
mod services;

/// The names that are read.
pub mod read {
    pub use super::annotations::{ANNOTATIONS, AlbAnnotationEffect, PREFIX};
    pub use super::services::{SERVICE_ANNOTATIONS, SERVICE_GAPS};
    pub use super::settings::ARGUMENTS;
}

/// Who decides here.
const AWS_ALB: Component = Component::Ingress(IngressImplementation::AwsAlb);

/// All load balancers of one controller.
#[derive(Clone, Debug, Default)]
pub struct AwsAlb {
    balancers: Vec<ApplicationBalancer>,
    /// Those of Services.
    networks: Vec<NetworkBalancer>,
    /// Where each of them is found, in the same order: first those of Ingresses, then those of Services.
    places: Vec<OutsideBalancer>,
    by_address: BTreeMap<IpAddr, usize>,
    left_out: Vec<ExcludedIngress>,
    /// What the controller says to objects, with the line.
    said: Vec<(FieldRef, String)>,
}

impl IngressController for AwsAlb {
    /// Its pods take no requests.
    fn listens_on(&self, _: u16) -> bool {
        false
    }

    /// They are ACM's.
    fn certificates(&self, _: &Cluster, _: &ControllerArrival<'_>) -> Option<&CertificateStore> {
        None
    }

    fn judge(&self, _: &Cluster, arrival: &ControllerArrival<'_>) -> Judgement {
        let verdict = JudgementBuilder::new(AWS_ALB, arrival.place(), [].into());
        verdict.end(PacketDecision::Refuse, Vec::new())
    }

    fn judge_connection(&self, _: &Cluster, _: &ObjectRef, _: u16, _: IpAddr) -> Option<Judgement> {
        None
    }

    /// What its own pages say isn't documented.
    fn page(&self, _: u16) -> Option<String> {
        None
    }

    fn balancers(&self) -> &[OutsideBalancer] {
        &self.places
    }

    fn admit(&self, place: &OutsideBalancer, packet: &Packet) -> Option<Judgement> {
        if let Some(network) = self.network_at(place.address) {
            return Some(network.judge(place, packet));
        }
        let balancer = self.balancer_at(place.address)?;
        let (decision, because) = admission(balancer, place, packet);
        Some(Judgement::certain(AWS_ALB, ComponentPlace::Outside, decision, because))
    }

    fn judge_outside(
        &self,
        cluster: &Cluster,
        place: &OutsideBalancer,
        packet: &Packet,
        request: &HttpRequest,
    ) -> Option<Judgement> {
        let balancer = self.balancer_at(place.address)?;
        let listener = balancer.listeners.get(&packet.port)?;
        let left_out = first_candidates(self.left_out.iter().map(ExcludedIngress::candidate));
        let (port, client) = (packet.port, packet.source);
        let served = AlbServedRequest { cluster, balancer, listener, request, port, client, left_out };
        Some(served.judge())
    }

    /// What its webhook refuses, and groups that it can't build.
    fn diagnostics(&self) -> Vec<Diagnostic> {
        let faults = self.balancers.iter().filter_map(|balancer| balancer.fault.as_ref());
        let faults = faults.map(|fault| (fault.line.clone(), fault.message.clone()));
        let all = self.said.iter().cloned().chain(faults).map(|(field, message)| {
            let problem = Problem::ControllerRejects { message };
            Diagnostic { problem, object: Some(field.object), field: Some(field.path), span: None, fix: None }
        });
        all.collect()
    }
}

impl AwsAlb {
    /// Builds the load balancer of each group.
    pub(super) fn read(premises: &ControllerPremises<'_>) -> Self {
        let cluster = premises.cluster;
        let settings = AlbSettings::of(premises);
        let mut out = UnservedIngresses::default();
        let groups = find_groups(cluster, &settings, premises.all, &mut out);
        let mut free = FreeAddresses::of(cluster);
        let mut all = Self::default();
        for group in groups.values() {
            let balancer = ApplicationBalancer::of_group(cluster, &settings, group);
            let Some(place) = balancer.place(group, &mut free) else { break };
            all.by_address.insert(place.address, all.places.len());
            all.places.push(place);
            all.balancers.push(balancer);
        }
        for (place, network) in find_balancers(cluster, &settings, &mut free) {
            all.by_address.entry(place.address).or_insert(all.places.len());
            all.places.push(place);
            all.networks.push(network);
        }
        Self { left_out: out.ingresses, said: out.said, ..all }
    }

    fn balancer_at(&self, address: IpAddr) -> Option<&ApplicationBalancer> {
        self.balancers.get(*self.by_address.get(&address)?)
    }

    fn network_at(&self, address: IpAddr) -> Option<&NetworkBalancer> {
        let place = self.by_address.get(&address)?.checked_sub(self.balancers.len())?;
        self.networks.get(place)
    }
}

/// Whether a load balancer takes a connection: its security group lets in what its listeners want (buildManagedSecurityGroup).
fn admission(balancer: &ApplicationBalancer, place: &OutsideBalancer, packet: &Packet) -> (PacketDecision, Vec<Cause>) {
    let unknown = |line: &FieldRef| PacketDecision::Unknown(ModelGap::Field(line.clone()));
    let mut because: Vec<Cause> =
        place.ingresses.iter().take(1).map(|ingress| Cause::Field(ingress.field("metadata.name"))).collect();
    // 1. A group that isn't built, and what isn't modelled of it.
    if let Some(fault) = &balancer.fault {
        let because = vec![Cause::line(&fault.line), Cause::rule(IngressControllerRule::GroupNotBuilt)];
        let gap = ModelGap::NotBuilt { field: fault.line.clone(), message: fault.message.clone() };
        return (PacketDecision::Unknown(gap), because);
    }
    if let Some(line) = &balancer.gap {
        return (unknown(line), vec![Cause::line(line)]);
    }
    // 2. From the internet to an internal one.
    let from_internet = is_public(packet.source);
    if balancer.is_internal && from_internet {
        because.clear();
        because.add_lines(&balancer.scheme_line).add_rule(ServiceRule::BalancerIsInternal);
        if balancer.scheme_line.is_none() {
            because.add_rule(IngressControllerRule::InternalUnlessSaid);
        }
        return (PacketDecision::Unroutable, because);
    }
    // 3. Ports that nobody asked for.
    let listener = balancer.listeners.get(&packet.port).filter(|_| packet.protocol == Protocol::Tcp);
    let Some(listener) = listener else {
        if let Some(line) = &balancer.security_groups {
            return (unknown(line), vec![Cause::line(line)]);
        }
        because.add_rule(IngressControllerRule::NoListener);
        return (PacketDecision::Drop, because);
    };
    // 4. Clients that aren't let in; one inside the cluster is seen under another address on the internet.
    let plan = &listener.plan;
    let is_open = plan.networks.is_empty() && plan.prefix_lists.is_empty() || balancer.security_groups.is_some();
    if let Some(line) = plan.access_line.as_ref().filter(|_| !is_open) {
        let is_named = plan.networks.iter().any(|network| network.contains(&packet.source));
        let all = plan.networks.iter().any(|network| network.prefix_len() == 0 && network.addr().is_ipv4());
        let is_known = balancer.is_internal || from_internet;
        if !(all || is_named && is_known) {
            let decides_elsewhere = !plan.prefix_lists.is_empty() || !is_known;
            because.add_line(line).add_rule(IngressControllerRule::OutsideInboundNetworks);
            return (if decides_elsewhere { unknown(line) } else { PacketDecision::Drop }, because);
        }
    }
    because.add_rule(IngressControllerRule::BalancerOfGroup);
    let delivery = ProcessDelivery { pod: None, node: None, assumed: false };
    (PacketDecision::Deliver(delivery), because)
}
