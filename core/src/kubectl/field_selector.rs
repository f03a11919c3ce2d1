//! `--field-selector`: the fields that the API server can select by (registry, each type's GetAttrs).

use super::table_row::TableRow;
use super::{KubectlView, ObjectQuery, UsageError, api, kubectl_error};

/// Fields with the values that are wanted, or not.
#[derive(Clone, Debug, Default)]
pub(super) struct FieldSelector {
    requirements: Vec<(String, bool, String)>,
    text: String,
}

/// What types can be selected by besides name and namespace.
const SELECTABLE: [(&str, &[&str]); 9] = [
    (
        "pods",
        &[
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "spec.hostNetwork",
            "status.phase",
            "status.podIP",
            "status.podIPs",
            "status.nominatedNodeName",
        ],
    ),
    ("nodes", &["spec.unschedulable"]),
    ("secrets", &["type"]),
    ("namespaces", &["status.phase"]),
    ("services", &["spec.clusterIP", "spec.type"]),
    ("replicationcontrollers", &["status.replicas"]),
    ("replicasets.apps", &["status.replicas"]),
    ("jobs.batch", &["status.successful"]),
    (
        "events",
        &[
            "involvedObject.kind",
            "involvedObject.name",
            "involvedObject.namespace",
            "reason",
            "reportingComponent",
            "source",
            "type",
        ],
    ),
];

impl FieldSelector {
    /// `status.phase=Running,metadata.name!=web`
    pub(super) fn read(text: &str) -> Result<Self, UsageError> {
        let parts = text.split(',').filter(|part| !part.is_empty()).map(|part| {
            let unequal = part.split_once("!=").map(|(key, value)| (key, false, value));
            let equal = || {
                let pair = part.split_once("==").or(part.split_once('='));
                pair.map(|(key, value)| (key, true, value))
            };
            let wrong =
                format!("Error from server (BadRequest): invalid selector: '{text}'; can't understand '{part}'");
            let (key, wanted, value) = unequal.or_else(equal).ok_or_else(|| kubectl_error(wrong))?;
            Ok((key.to_owned(), wanted, value.to_owned()))
        });
        Ok(Self { requirements: parts.collect::<Result<_, UsageError>>()?, text: text.to_owned() })
    }

    /// The rows whose objects have the fields.
    pub(super) fn chosen(
        &self,
        view: KubectlView<'_>,
        query: &ObjectQuery,
        rows: Vec<TableRow>,
    ) -> Result<Vec<TableRow>, UsageError> {
        // 1. Only some fields of a kind can be selected by.
        let (plural, group) = query.resource.plural().split_once('.').unwrap_or((query.resource.plural(), ""));
        for (key, ..) in &self.requirements {
            let own =
                SELECTABLE.iter().find(|(kind, _)| *kind == query.resource.plural()).map_or(&[][..], |(_, keys)| keys);
            // Nodes and namespaces have a list of their own (core/v1/conversion.go).
            let always: &[&str] = match query.resource.plural() {
                "nodes" | "namespaces" => &["metadata.name"],
                _ => &["metadata.name", "metadata.namespace"],
            };
            let is_known = always.contains(&key.as_str()) || own.contains(&key.as_str());
            if !is_known {
                let version = query.resource.api_version().rsplit('/').next().unwrap_or("v1");
                return Err(kubectl_error(format!(
                    "Error from server (BadRequest): Unable to find \"{group}/{version}, Resource={plural}\" that match label \
                     selector \"\", field selector {:?}: field label not supported: {key}",
                    self.text
                )));
            }
        }
        // 2. A row stays whose object has all of them as they are wanted.
        let holds = |row: &TableRow| {
            let object = api::object(view, &query.resource, &row.namespace, &row.name);
            self.requirements.iter().all(|(key, wanted, value)| {
                let pointer = format!("/{}", key.replace('.', "/"));
                let own = object.pointer(&pointer);
                let own = own.map(|own| own.as_str().map_or_else(|| own.to_string(), str::to_owned));
                let absent = || if value == "false" { "false".to_owned() } else { String::new() };
                (own.unwrap_or_else(absent) == *value) == *wanted
            })
        };
        Ok(if self.requirements.is_empty() { rows } else { rows.into_iter().filter(holds).collect() })
    }
}
