//! What can stand as the value of a field: what the API takes, or what is usual there.

use crate::cluster::Preset;
use crate::model::values::field_values;
use crate::model::{KubernetesVersion, well_known};
use crate::order::Gather;
use crate::schema;

/// What is usual where the API takes anything, by struct and field.
const USUAL: &[(&str, &str, &[&str])] = &[
    ("ServiceSpec", "clusterIP", &["None"]),
    ("ServicePort EndpointPort", "appProtocol", APP_PROTOCOLS),
    ("TopologySpreadConstraint PodAffinityTerm", "topologyKey", TOPOLOGY_KEYS),
    ("Secret", "type", SECRET_TYPES),
];

const APP_PROTOCOLS: &[&str] = &["kubernetes.io/h2c", "kubernetes.io/ws", "kubernetes.io/wss", "http", "https", "grpc"];
const TOPOLOGY_KEYS: &[&str] = &[well_known::HOSTNAME, well_known::ZONE, well_known::REGION];
const SECRET_TYPES: &[&str] = &[
    "Opaque",
    "kubernetes.io/tls",
    "kubernetes.io/dockerconfigjson",
    "kubernetes.io/basic-auth",
    "kubernetes.io/ssh-auth",
];

/// The values of a struct's field (Go's name without its package), the default first; empty if it may be anything.
pub fn values(structure: &str, field: &str) -> Vec<String> {
    match (structure, field) {
        ("WorldSpec", "preset") => return Preset::ALL.map(|preset| preset.name().to_owned()).to_vec(),
        // In quotes: YAML reads a number.
        ("WorldSpec", "kubernetesVersion") => {
            return KubernetesVersion::ALL.map(|version| format!("{:?}", version.name())).to_vec();
        }
        _ => {}
    }
    let usual = || {
        let is_it = |(structs, of, _): &&(&str, &str, &[&str])| {
            *of == field && structs.split(' ').any(|name| name == structure)
        };
        USUAL.iter().find(is_it).map(|(.., values)| *values)
    };
    let taken = field_values(structure, field).map(|known| known.values).or_else(usual).unwrap_or_default();
    taken.iter().filter(|value| !value.is_empty()).map(ToString::to_string).collect()
}

/// The versions that serve a kind; all of them while the kind isn't known.
pub(super) fn api_versions(kind: &str) -> impl Iterator<Item = &'static str> {
    let is_known = schema::kinds().any(|known| known.name == kind);
    let serving = schema::kinds().filter(move |known| !is_known || known.name == kind);
    serving.map(|known| known.api_version).into_set().into_iter()
}

/// The kinds of a version; all of them while the version isn't known.
pub(super) fn kinds(api_version: &str) -> impl Iterator<Item = &'static str> {
    let is_known = schema::kinds().any(|known| known.api_version == api_version);
    let served = schema::kinds().filter(move |known| !is_known || known.api_version == api_version);
    served.map(|known| known.name).into_set().into_iter()
}
