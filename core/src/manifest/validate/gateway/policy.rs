//! The rules of BackendTLSPolicy.

use super::super::{Errors, Shown};
use super::{fits, schema};
use crate::model::{BackendTlsPolicy, Path, PolicyTarget};
use crate::yaml::Node;

pub(in super::super) fn backend_tls_policy(policy: &BackendTlsPolicy, errors: &mut Errors<'_>) {
    if !fits(&policy.metadata, schema::BACKEND_TLS_POLICY, errors) {
        return;
    }
    targets(&policy.spec.target_refs, errors);
    let spec = Path::Root.field("spec");
    let at = spec.field("validation");
    alternative_names(&at.field("subjectAltNames"), errors);
    let validation = &policy.spec.validation;
    let message = match (validation.ca_certificate_refs.is_empty(), validation.well_known.is_some()) {
        (false, true) => "must not contain both CACertificateRefs and WellKnownCACertificates",
        (true, false) => "must specify either CACertificateRefs or WellKnownCACertificates",
        (true, true) | (false, false) => return,
    };
    errors.invalid(&at, Shown("\"object\"".to_owned()), message);
}

/// Two targets that are one Service must each say another port of it.
fn targets(targets: &[PolicyTarget], errors: &mut Errors<'_>) {
    let spec = Path::Root.field("spec");
    let name = |one: &PolicyTarget| (one.group.clone(), one.kind.clone(), one.name.clone());
    let section = |one: &PolicyTarget| one.section_name.clone().filter(|section| !section.is_empty());
    let pairs = || {
        let others = |place: usize| targets.get(place + 1..).unwrap_or_default();
        let all =
            targets.iter().enumerate().flat_map(move |(place, one)| others(place).iter().map(move |it| (one, it)));
        all.filter(|(one, other)| name(one) == name(other))
    };
    let message = if pairs().any(|(one, other)| section(one).is_none() != section(other).is_none()) {
        "sectionName must be specified when targetRefs includes 2 or more references to the same target"
    } else if pairs().any(|(one, other)| section(one) == section(other)) {
        "sectionName must be unique when targetRefs includes 2 or more references to the same target"
    } else {
        return;
    };
    errors.invalid(&spec.field("targetRefs"), Shown("\"array\"".to_owned()), message);
}

/// Each name has the field of its type and no other.
fn alternative_names(at: &Path<'_>, errors: &mut Errors<'_>) {
    let names = errors.tree(at).map_or(&[][..], Node::elements);
    for (index, name) in names.iter().enumerate() {
        let text = |field: &str| name.child(field).and_then(Node::text).filter(|text| !text.is_empty());
        let kind = text("type").map_or("", |kind| &**kind);
        for (wanted, field) in [("Hostname", "hostname"), ("URI", "uri")] {
            let message = match (kind == wanted, text(field).is_some()) {
                (true, false) => format!("SubjectAltName element must contain {wanted}, if Type is set to {wanted}"),
                (false, true) => {
                    format!("SubjectAltName element must not contain {wanted}, if Type is not set to {wanted}")
                }
                (true, true) | (false, false) => continue,
            };
            errors.invalid(&at.index(index), Shown("\"object\"".to_owned()), message);
        }
    }
}
