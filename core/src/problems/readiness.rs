//! Pods that never become ready, so that their Services never have an endpoint.

use super::About;
use crate::diagnostic::{Diagnostic, Problem};
use crate::model::{Container, IntOrString, PodSpec};
use crate::source::FieldPath;

pub(super) fn problems(about: &About<'_>, found: &mut Vec<Diagnostic>) {
    if let Some((spec, at)) = about.pod_spec() {
        of_spec(about, spec, &at, found);
    }
}

fn of_spec(about: &About<'_>, spec: &PodSpec, at: &FieldPath, found: &mut Vec<Diagnostic>) {
    for (index, container) in spec.containers.iter().enumerate() {
        found.extend(probe(about, container, &at.field("containers").index(index).field("readinessProbe")));
    }
    for (index, gate) in spec.readiness_gates.iter().enumerate() {
        let field = at.field("readinessGates").index(index);
        let problem = Problem::GateNeverSet { condition: gate.condition_type.clone() };
        found.push(about.at(field, problem));
    }
}

/// A probe's named port must be the container's own (pkg/probe, ResolveContainerPort).
fn probe(about: &About<'_>, container: &Container, at: &FieldPath) -> Option<Diagnostic> {
    let probe = container.readiness_probe.as_ref()?;
    let (field, target) = match (&probe.http_get, &probe.tcp_socket) {
        (Some(target), _) => ("httpGet", target),
        (None, Some(target)) => ("tcpSocket", target),
        (None, None) => return None,
    };
    let Some(IntOrString::String(name)) = &target.port else { return None };
    let declared = container.ports.iter().any(|port| port.name.as_ref() == Some(name));
    // A number in quotes is taken as a number.
    if declared || name.parse::<u16>().is_ok() {
        return None;
    }
    Some(about.at(at.field(field).field("port"), Problem::UnknownProbePort { name: name.clone() }))
}
