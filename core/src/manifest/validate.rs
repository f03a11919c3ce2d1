//! The API server's validation: its rules, its field paths, its words; all of an object's errors at once
//! (pkg/apis/*/validation). An object with an error is refused.

use std::fmt::Display;

use crate::diagnostic::{Diagnostic, Fix, Problem};
use crate::model::values::FieldValues;
use crate::model::{Body, Decode, KubernetesVersion, Metadata, Path};
use crate::schema;
use crate::source::{FieldPath, ObjectRef};
use crate::yaml::YamlNode;

mod cron;
mod format;
mod metadata;
mod config;
mod endpoints;
mod ingress;
mod network_policy;
mod placing;
mod probe;
mod resources;
mod pod;
mod service;
mod workload;
mod values;
mod warnings;

/// What is checked beyond what every answer needs. The checks are reached through these functions alone, so a program that
/// never names [`Checks::ALL`] carries none of them, nor the schemas of custom resources.
#[derive(Clone, Copy, Debug, Default)]
pub struct Checks {
    pub(super) custom: Option<CheckCustom>,
    pub(super) values: Option<CheckValues>,
    pub(super) names: Option<schema::TypeNames>,
    pub(super) warnings: Option<CheckWarnings>,
    /// Definitions of custom resources that a program may load later.
    pub further: Option<schema::FurtherDefinitions>,
}

/// Holds a custom resource against its definition; whether it is refused comes second.
type CheckCustom =
    fn(&YamlNode, &str, &ObjectRef, KubernetesVersion, Option<schema::FurtherDefinitions>) -> (Vec<Diagnostic>, bool);
/// Looks at the values of a built-in kind that no slim struct has; the last are the errors found before.
type CheckValues = fn(&schema::BuiltInKind, &YamlNode, &ObjectRef, KubernetesVersion, &[Diagnostic]) -> Vec<Diagnostic>;
/// What the API server warns of; the last says whether the object is refused.
type CheckWarnings = fn(&YamlNode, &ObjectRef, KubernetesVersion, bool) -> Vec<Diagnostic>;

impl Checks {
    /// What the slim structs hold.
    pub const ESSENTIAL: Self = Self { custom: None, values: None, names: None, warnings: None, further: None };
    /// Everything that the API server checks and that is known here.
    pub const ALL: Self = Self::with_definitions(schema::further_definitions);

    /// The same for a program that loads some definitions when an object needs them.
    pub const fn with_definitions(further: schema::FurtherDefinitions) -> Self {
        Self {
            custom: Some(super::custom::check),
            values: Some(values::check),
            names: Some(schema::type_name),
            warnings: Some(warnings::check),
            further: Some(further),
        }
    }
}

/// The errors of an object, in the API server's order; none if it is accepted.
pub(super) fn validate(
    body: &Body,
    node: &YamlNode,
    object: &ObjectRef,
    version: KubernetesVersion,
) -> Vec<Diagnostic> {
    let mut errors = Errors { object, node, version, found: Vec::new() };
    let root = Path::Root;
    match body {
        Body::Namespace(namespace) => metadata::validate(&namespace.metadata, format::dns1123_label, &mut errors),
        Body::Node(node) => metadata::validate(&node.metadata, format::dns1123_subdomain, &mut errors),
        Body::Pod(pod) => {
            metadata::validate(&pod.metadata, format::dns1123_subdomain, &mut errors);
            pod::spec(&pod.spec, &root.field("spec"), &mut errors);
        }
        Body::ReplicationController(controller) => workload::replication_controller(controller, &mut errors),
        Body::ReplicaSet(set) => workload::replica_set(set, &mut errors),
        Body::Deployment(deployment) => workload::deployment(deployment, &mut errors),
        Body::StatefulSet(set) => workload::stateful_set(set, &mut errors),
        Body::DaemonSet(set) => workload::daemon_set(set, &mut errors),
        Body::Job(job) => workload::job(job, &mut errors),
        Body::CronJob(job) => workload::cron_job(job, &mut errors),
        Body::LimitRange(range) => metadata::validate(&range.metadata, format::dns1123_subdomain, &mut errors),
        Body::ResourceQuota(quota) => metadata::validate(&quota.metadata, format::dns1123_subdomain, &mut errors),
        Body::ServiceAccount(account) => metadata::validate(&account.metadata, format::dns1123_subdomain, &mut errors),
        Body::PriorityClass(class) => metadata::validate(&class.metadata, format::dns1123_subdomain, &mut errors),
        Body::RuntimeClass(class) => metadata::validate(&class.metadata, format::dns1123_subdomain, &mut errors),
        Body::HorizontalPodAutoscaler(scaler) => {
            metadata::validate(&scaler.metadata, format::dns1123_subdomain, &mut errors);
        }
        Body::Service(service) => service::validate(service, &mut errors),
        Body::Endpoints(endpoints) => endpoints::endpoints(endpoints, &mut errors),
        Body::EndpointSlice(slice) => endpoints::slice(slice, &mut errors),
        Body::ConfigMap(map) => config::config_map(map, &mut errors),
        Body::Secret(secret) => config::secret(secret, &mut errors),
        Body::IngressClass(class) => ingress::class(class, &mut errors),
        Body::Ingress(ingress) => ingress::ingress(ingress, &mut errors),
        Body::NetworkPolicy(policy) => network_policy::validate(policy, &mut errors),
        other => {
            if let Some(metadata) = other.metadata() {
                metadata::validate(metadata, format::dns1123_subdomain, &mut errors);
            }
        }
    }
    errors.found
}

/// The errors of a custom resource's metadata, where nothing else of it is read.
pub(super) fn custom_metadata(node: &YamlNode, object: &ObjectRef, version: KubernetesVersion) -> Vec<Diagnostic> {
    let mut errors = Errors { object, node, version, found: Vec::new() };
    let metadata = node.child("metadata").and_then(|metadata| Metadata::decode(metadata, &Path::Root, &mut Vec::new()));
    if let Some(metadata) = metadata.filter(|metadata| !metadata.name.is_empty()) {
        metadata::validate(&metadata, format::dns1123_subdomain, &mut errors);
    }
    errors.found
}

/// Collects an object's errors as apimachinery's field.ErrorList does.
struct Errors<'a> {
    object: &'a ObjectRef,
    /// The tree, for places, and for rules on fields that the slim structs don't have.
    node: &'a YamlNode,
    version: KubernetesVersion,
    found: Vec<Diagnostic>,
}

/// A value that an error shows: texts quoted, the rest as JSON.
struct ErrorValue(String);

impl From<&str> for ErrorValue {
    fn from(text: &str) -> Self {
        Self(format!("{text:?}"))
    }
}

impl From<i32> for ErrorValue {
    fn from(number: i32) -> Self {
        Self(number.to_string())
    }
}

impl ErrorValue {
    /// As JSON, which is how the API server shows lists and maps.
    fn json(value: &impl serde::Serialize) -> Self {
        Self(serde_json::to_string(value).unwrap_or_default())
    }
}

/// field.NotSupported
fn unsupported_words(shown: &str, supported: &[&str]) -> String {
    let named: Vec<String> = supported.iter().map(|value| format!("{value:?}")).collect();
    format!("Unsupported value: {shown}: supported values: {}", named.join(", "))
}

impl Errors<'_> {
    fn invalid(&mut self, at: &Path<'_>, value: impl Into<ErrorValue>, detail: impl Display) {
        self.push(at, format!("Invalid value: {}: {detail}", value.into().0));
    }

    /// One error per objection of a [`format`] checker.
    fn malformed(&mut self, at: &Path<'_>, value: &str, objections: Vec<String>) {
        for objection in objections {
            self.invalid(at, value, objection);
        }
    }

    fn malformed_number(&mut self, at: &Path<'_>, value: i32, objections: Vec<String>) {
        for objection in objections {
            self.invalid(at, value, objection);
        }
    }

    fn required(&mut self, at: &Path<'_>, detail: &str) {
        let colon = if detail.is_empty() { "" } else { ": " };
        self.push(at, format!("Required value{colon}{detail}"));
    }

    fn forbidden(&mut self, at: &Path<'_>, detail: &str) {
        self.push(at, format!("Forbidden: {detail}"));
    }

    fn duplicate(&mut self, at: &Path<'_>, value: impl Into<ErrorValue>) {
        self.push(at, format!("Duplicate value: {}", value.into().0));
    }

    fn not_found(&mut self, at: &Path<'_>, value: &str) {
        self.push(at, format!("Not found: {value:?}"));
    }

    fn too_long(&mut self, at: &Path<'_>, limit: usize) {
        self.push(at, format!("Too long: may not be more than {limit} bytes"));
    }

    fn too_many(&mut self, at: &Path<'_>, number: usize, limit: usize) {
        self.push(at, format!("Too many: {number}: must have at most {limit} items"));
    }

    /// `supported` in the order of the API server's message.
    fn not_supported(&mut self, at: &Path<'_>, value: &str, supported: &[&str]) {
        self.unsupported(at, &format!("{value:?}"), supported);
        let fix = self.meant(at, value, supported);
        if let Some(error) = self.found.last_mut() {
            error.fix = fix;
        }
    }

    /// The same of a value that is shown as it is.
    fn unsupported(&mut self, at: &Path<'_>, shown: &str, supported: &[&str]) {
        self.push(at, unsupported_words(shown, supported));
    }

    /// The value of a list that is nearest to what stands there.
    fn meant(&self, at: &Path<'_>, value: &str, supported: &[&str]) -> Option<Fix> {
        let node =
            self.node.find(&at.to_field_path()).filter(|node| node.text().is_some_and(|text| **text == *value))?;
        let nearest = schema::nearest(value, supported.iter().copied())?;
        Some(Fix { span: node.span, replacement: nearest.to_owned() })
    }

    /// A value out of a closed set, which must be there.
    fn one_of(&mut self, at: &Path<'_>, value: Option<&str>, values: &FieldValues) {
        match value {
            None | Some("") => self.required(at, ""),
            Some(value) => self.one_of_if_said(at, Some(value), values),
        }
    }

    /// A value out of a closed set, if there is one.
    fn one_of_if_said(&mut self, at: &Path<'_>, value: Option<&str>, values: &FieldValues) {
        if let Some(value) = value.filter(|value| !values.contains(value)) {
            self.not_supported(at, value, &values.in_messages());
        }
    }

    fn push(&mut self, at: &Path<'_>, message: String) {
        let field = at.to_field_path();
        self.push_at(field.clone(), &field.to_string(), &message);
    }

    /// An error that the API server prints at one path while its cause stands at another, such as one label of many.
    fn push_at(&mut self, field: FieldPath, printed: &str, message: &str) {
        let span = self.node.span_of(&field);
        let fix = message.ends_with(format::HOST_BITS).then(|| self.masked(&field)).flatten();
        let problem = Problem::Invalid { message: format!("{printed}: {message}") };
        self.found.push(Diagnostic { fix, ..Diagnostic::at(span, problem).field(field).of(self.object) });
    }

    /// As [`Errors::malformed`], underlined at one entry of a map and printed at the map, or where the API server has it.
    fn malformed_entry(&mut self, map: &Path<'_>, printed: &Path<'_>, key: &str, value: &str, objections: Vec<String>) {
        for objection in objections {
            let printed = printed.to_field_path().to_string();
            self.push_at(map.to_field_path().key(key), &printed, &format!("Invalid value: {value:?}: {objection}"));
        }
    }
}

impl<'n> Errors<'n> {
    /// Writes the network that a CIDR with bits beyond its prefix lies in.
    fn masked(&self, field: &FieldPath) -> Option<Fix> {
        let node = self.node.find(field)?;
        let (address, length) = format::parse_cidr(node.text()?)?;
        let network = ipnet::IpNet::new(address, length).ok()?.trunc();
        Some(Fix { span: node.span, replacement: network.to_string() })
    }

    /// The tree at a path, for fields that the slim structs don't have.
    fn tree(&self, at: &Path<'_>) -> Option<&'n YamlNode> {
        match at {
            Path::Root => Some(self.node),
            Path::Key(parent, key) => self.tree(parent)?.child(key),
            Path::Index(parent, index) => self.tree(parent)?.elements().get(*index),
        }
    }
}
