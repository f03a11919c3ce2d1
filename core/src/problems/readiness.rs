//! Pods that never become ready, so that their Services never have an endpoint.

use super::About;
use crate::cluster::requisite::unknown_probe_port;
use crate::diagnostic::{Diagnostic, Problem};
use crate::model::{Container, PodSpec};
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

fn probe(about: &About<'_>, container: &Container, at: &FieldPath) -> Option<Diagnostic> {
    let (field, name) = unknown_probe_port(container)?;
    Some(about.at(at.field(field).field("port"), Problem::UnknownProbePort { name: name.clone() }))
}
