//! The administrator's policies: the schemas of network-policy-api's CRDs (v1alpha2: ClusterNetworkPolicy; v1alpha1: the
//! two that it succeeds).

use super::crd::Check::{Below, Items, OneOf, Properties, Required, Whole};
use super::crd::{self, Table};
use super::{Errors, format, metadata};
use crate::model::Metadata;
use crate::source::FieldPath;

const PORT: &[crd::Check] = &[Whole(1, 65_535)];
const PEER: Table = &[
    ("", &[Properties(1, 1)]),
    ("pods.podSelector", &[Required]),
    ("networks", &[Items(1, 25)]),
    ("domainNames", &[Items(1, 25)]),
];
const PROTOCOL: Table = &[
    ("", &[Properties(1, 1)]),
    ("tcp", &[Properties(1, 1)]),
    ("tcp.destinationPort", &[Below(DESTINATION)]),
    ("udp", &[Properties(1, 1)]),
    ("udp.destinationPort", &[Below(DESTINATION)]),
    ("sctp", &[Properties(1, 1)]),
    ("sctp.destinationPort", &[Below(DESTINATION)]),
];
const DESTINATION: Table =
    &[("", &[Properties(1, 1)]), ("number", PORT), ("range.start", RANGE_PORT), ("range.end", RANGE_PORT)];
const RANGE_PORT: &[crd::Check] = &[Required, Whole(1, 65_535)];
const OLD_PORT: Table = &[
    ("", &[Properties(1, 1)]),
    ("portNumber.port", RANGE_PORT),
    ("portRange.start", RANGE_PORT),
    ("portRange.end", RANGE_PORT),
];
const SUBJECT: Table = &[("subject", &[Required, Properties(1, 1)]), ("subject.pods.podSelector", &[Required])];

const CLUSTER: Table = &[
    ("spec", &[Required]),
    ("spec.tier", &[Required, OneOf(&["Admin", "Baseline"])]),
    ("spec.priority", &[Required, Whole(0, 1000)]),
    ("spec", &[Below(SUBJECT)]),
    ("spec.ingress", &[Items(0, 25)]),
    ("spec.ingress[].action", ACTION),
    ("spec.ingress[].from", &[Required, Items(1, 25)]),
    ("spec.ingress[].from[]", &[Below(PEER)]),
    ("spec.ingress[].protocols", &[Items(1, 25)]),
    ("spec.ingress[].protocols[]", &[Below(PROTOCOL)]),
    ("spec.egress", &[Items(0, 25)]),
    ("spec.egress[].action", ACTION),
    ("spec.egress[].to", &[Required, Items(1, 25)]),
    ("spec.egress[].to[]", &[Below(PEER)]),
    ("spec.egress[].protocols", &[Items(1, 25)]),
    ("spec.egress[].protocols[]", &[Below(PROTOCOL)]),
];
const ACTION: &[crd::Check] = &[Required, OneOf(&["Accept", "Deny", "Pass"])];

const OLD_RULES: Table = &[
    ("", &[Below(SUBJECT)]),
    ("ingress", &[Items(0, 100)]),
    ("ingress[].from", &[Required, Items(1, 100)]),
    ("ingress[].from[]", &[Below(PEER)]),
    ("ingress[].ports", &[Items(0, 100)]),
    ("ingress[].ports[]", &[Below(OLD_PORT)]),
    ("egress", &[Items(0, 100)]),
    ("egress[].to", &[Required, Items(1, 100)]),
    ("egress[].to[]", &[Below(PEER)]),
    ("egress[].ports", &[Items(0, 100)]),
    ("egress[].ports[]", &[Below(OLD_PORT)]),
];
const ADMIN: Table = &[
    ("spec", &[Required]),
    ("spec.priority", &[Required, Whole(0, 1000)]),
    ("spec", &[Below(OLD_RULES)]),
    ("spec.ingress[].action", OLD_ACTION),
    ("spec.egress[].action", OLD_ACTION),
];
const OLD_ACTION: &[crd::Check] = &[Required, OneOf(&["Allow", "Deny", "Pass"])];
const BASELINE: Table = &[
    ("spec", &[Required, Below(OLD_RULES)]),
    ("spec.ingress[].action", BASELINE_ACTION),
    ("spec.egress[].action", BASELINE_ACTION),
];
const BASELINE_ACTION: &[crd::Check] = &[Required, OneOf(&["Allow", "Deny"])];

pub(super) fn cluster(metadata: &Metadata, errors: &mut Errors<'_>) {
    validate(metadata, CLUSTER, errors);
}

pub(super) fn admin(metadata: &Metadata, errors: &mut Errors<'_>) {
    validate(metadata, ADMIN, errors);
}

/// There is one, and its name is given.
pub(super) fn baseline(metadata: &Metadata, errors: &mut Errors<'_>) {
    if validate(metadata, BASELINE, errors) && &*metadata.name != "default" {
        let message =
            "Only one baseline admin network policy with metadata.name=\"default\" can be created in the cluster";
        let name = FieldPath::from("metadata.name");
        errors.push_at(name, "<nil>", &format!("Invalid value: \"object\": {message}"));
    }
}

fn validate(metadata: &Metadata, table: Table, errors: &mut Errors<'_>) -> bool {
    metadata::validate(metadata, format::dns1123_subdomain, errors);
    crd::check(table, errors)
}
