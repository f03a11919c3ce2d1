//! Services that lead nowhere, or elsewhere than meant.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::{About, Group};
use crate::cluster::{self, AddressAnnouncement};
use crate::diagnostic::{Diagnostic, Fix, NearMiss, Problem};
use crate::model::{
    EndpointPort, EndpointSlice, Endpoints, IntOrString, Labels, Service, ServicePort, StatefulSet, Text, well_known,
};
use crate::order::{Gather, Order};
use crate::schema::nearest;
use crate::source::{FieldPath, ObjectRef};

pub(super) fn problems(about: &About<'_>, service: &Service, found: &mut Vec<Diagnostic>) {
    // 1. An ExternalName, which may not be an address.
    let spec = FieldPath::root().field("spec");
    if let Some(name) = service.spec.external_name.as_ref().filter(|_| service.spec.is_external_name()) {
        if name.trim_end_matches('.').parse::<IpAddr>().is_ok() {
            found.push(about.at(spec.field("externalName"), Problem::AddressAsName { address: name.clone() }));
        }
        return;
    }
    // 2. What the API server refuses selects nothing, and has been said.
    let Some(built) = about.cluster.services.get(about.namespace(), &service.metadata.name) else { return };
    found.extend(not_announced(about, built));
    // 3. The pods that it selects: none, or those of several workloads.
    let Some(selector) = service.spec.selector.as_ref().filter(|selector| !selector.is_empty()) else { return };
    let groups = about.pods.selected(about.namespace(), selector);
    if groups.is_empty() {
        found.push(selects_nothing(about, selector));
        return;
    }
    let workloads: BTreeSet<&ObjectRef> =
        groups.iter().filter(|group| group.serves).map(|group| group.reference).into_set();
    // Pods that nobody made count as one thing: they were written to stand together.
    let makers = workloads.iter().filter(|workload| &*workload.kind != "Pod").count();
    if makers + usize::from(makers < workloads.len()) > 1 {
        let workloads = workloads.into_iter().cloned().collect();
        found.push(about.at(spec.field("selector"), Problem::SeveralWorkloads { workloads }));
    }
    // 4. Whether they listen where its ports lead.
    for (index, port) in service.spec.ports.iter().enumerate() {
        let field = spec.field("ports").index(index).field("targetPort");
        found.extend(target_port(about, port, &groups, field));
    }
}

/// An address of a load balancer that no node answers for (metallb, speaker: ShouldAnnounce).
fn not_announced(about: &About<'_>, service: &cluster::Service) -> Option<Diagnostic> {
    let entrance = service.load_balancer.iter().find(|it| it.announcement == AddressAnnouncement::Nobody)?;
    let slices = about.cluster.slices_of(service.namespace(), service.name());
    // Without an endpoint there is nothing to announce.
    slices.iter().flat_map(|slice| &slice.endpoints).find(|endpoint| endpoint.ready.unwrap_or(true))?;
    let all_excluded = about.cluster.nodes.values().all(|node| node.excluded);
    let field = FieldPath::root().field("metadata").field("name");
    Some(about.at(field, Problem::NotAnnounced { address: entrance.ip?, all_excluded }))
}

fn selects_nothing(about: &About<'_>, selector: &Labels) -> Diagnostic {
    let field = FieldPath::root().field("spec").field("selector");
    let Some((group, key, wanted)) = about.pods.nearest(about.namespace(), selector) else {
        return about.at(field, Problem::SelectsNothing { nearest: None });
    };
    let differing = field.key(&key);
    let found = group.labels.get(&key).cloned();
    let fix = found.as_ref().and_then(|found| replace_value(about, &differing, found));
    let pods = group.reference.clone();
    let problem = Problem::SelectsNothing { nearest: Some(NearMiss { pods, key, wanted, found }) };
    Diagnostic { fix, ..about.at(differing, problem) }
}

/// Replaces the value of a field that somebody wrote.
fn replace_value(about: &About<'_>, field: &FieldPath, value: &str) -> Option<Fix> {
    let node = about.object.node.find(field)?;
    let number = value.parse::<f64>().is_ok();
    let replacement = if number { format!("{value:?}") } else { value.to_owned() };
    Some(Fix { span: node.span, replacement })
}

/// A named targetPort must be declared (endpointslice FindPort); a number needn't be.
fn target_port(about: &About<'_>, port: &ServicePort, groups: &[&Group<'_>], field: FieldPath) -> Option<Diagnostic> {
    // 1. The ports that the pods declare.
    let protocol = port.protocol.as_deref().unwrap_or("TCP");
    let declared: Vec<_> = groups
        .iter()
        .flat_map(|group| group.spec.declared_ports())
        .filter(|declared| declared.protocol.as_deref().unwrap_or("TCP") == protocol)
        .collect();
    let pods = groups.first()?.reference.clone();
    match port.target_port.as_ref()? {
        // 2. By name: declared by some, or the nearest name is proposed.
        IntOrString::String(name) => {
            let mut names: Vec<Text> = declared.iter().filter_map(|port| port.name.clone()).collect();
            names.order();
            names.dedup();
            if names.contains(name) {
                return lacking(about, name, groups, field);
            }
            let fix = nearest(name, names.iter().map(|name| &**name)).or(names.first().map(|name| &**name));
            let fix = fix.and_then(|name| replace_value(about, &field, name));
            let problem = Problem::UnknownPortName { name: name.clone(), pods, names };
            Some(Diagnostic { fix, ..about.at(field, problem) })
        }
        // 3. By number: pods that declare others only.
        IntOrString::Int(number) => {
            let mut numbers: Vec<i32> = declared.iter().map(|port| port.container_port).collect();
            numbers.order();
            numbers.dedup();
            if numbers.is_empty() || numbers.contains(number) {
                return None;
            }
            Some(about.at(field, Problem::UndeclaredPort { number: *number, pods, declared: numbers }))
        }
    }
}

/// Pods beside those that have the named port: they are no endpoints.
fn lacking(about: &About<'_>, name: &Text, groups: &[&Group<'_>], field: FieldPath) -> Option<Diagnostic> {
    let has = |group: &Group<'_>| group.spec.declared_ports().any(|port| port.name.as_ref() == Some(name));
    let without = groups.iter().find(|group| group.serves && !has(group))?;
    let names = without.spec.declared_ports().filter_map(|port| port.name.clone()).collect();
    let problem = Problem::UnknownPortName { name: name.clone(), pods: without.reference.clone(), names };
    Some(about.at(field, problem))
}

/// A StatefulSet's pods get their names from a headless Service.
pub(super) fn governing_service(about: &About<'_>, set: &StatefulSet, found: &mut Vec<Diagnostic>) {
    let Some(name) = set.spec.service_name.as_deref().filter(|name| !name.is_empty()) else { return };
    let field = FieldPath::root().field("spec").field("serviceName");
    let reference = ObjectRef::namespaced("Service", about.namespace(), name);
    let problem = match about.cluster.services.get(about.namespace(), name) {
        None => Problem::Missing { object: reference },
        Some(service) if !service.object.spec.is_headless() => Problem::NotHeadless { service: reference },
        Some(_) => return,
    };
    found.push(about.at(field, problem));
}

/// Endpoints meet their Service's ports by name.
pub(super) fn endpoints_names(about: &About<'_>, endpoints: &Endpoints, found: &mut Vec<Diagnostic>) {
    for (index, subset) in endpoints.subsets.iter().enumerate() {
        let field = FieldPath::root().field("subsets").index(index);
        port_names(about, &endpoints.metadata.name, &subset.ports, &field, found);
    }
}

/// Slices meet their Service's ports by name.
pub(super) fn slice_names(about: &About<'_>, slice: &EndpointSlice, found: &mut Vec<Diagnostic>) {
    if let Some(service) = slice.metadata.labels.get(well_known::SERVICE_NAME) {
        port_names(about, service, &slice.ports, &FieldPath::root(), found);
    }
}

fn port_names(about: &About<'_>, service: &str, ports: &[EndpointPort], at: &FieldPath, found: &mut Vec<Diagnostic>) {
    let Some(service) = about.cluster.services.get(about.namespace(), service) else { return };
    let names: Vec<Text> = service.ports.iter().map(|port| port.name.clone()).collect();
    for (index, port) in ports.iter().enumerate() {
        let name = port.name.clone().unwrap_or_default();
        if !names.is_empty() && !names.contains(&name) {
            let field = at.field("ports").index(index).field("name");
            let fix = names.first().filter(|only| names.len() == 1 && !only.is_empty());
            let fix = fix.and_then(|only| replace_value(about, &field, only));
            let names = names.iter().filter(|name| !name.is_empty()).cloned().collect();
            let problem = Problem::EndpointsPortName { name, service: service.reference.clone(), names };
            found.push(Diagnostic { fix, ..about.at(field, problem) });
        }
    }
}
