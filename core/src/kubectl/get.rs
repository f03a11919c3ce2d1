//! `kubectl get`: the columns of pkg/printers/internalversion/printers.go. Ages are `<unknown>` without a clock.

use serde_json::Value;

use super::age::age_text;
use super::field_selector::FieldSelector;
use super::flags::KubectlFlags;
use super::print::{OutputFormat, sort};
use super::table::align_columns;
use super::table_row::{ObjectTable, TableRow, UNKNOWN};
use super::value::label_line;
use super::{KubectlView, NamespaceScope, ObjectQuery, Output, ResourceType, UsageError, api, kubectl_error, objects};
use super::{others, query, unsupported_error};
use crate::order::Order;

mod event;
mod pod;
mod service;

pub use service::{ready_addresses, selector};

/// What was found of all queries.
#[derive(Default)]
struct FoundObjects {
    /// What the API server warns of.
    warnings: String,
    /// Names that aren't there.
    missing: String,
    tables: Vec<String>,
    objects: Vec<NamedObject>,
}

/// An object with its type and name.
type NamedObject = ((ResourceType, String), Value);

/// What is asked for, as a table or as objects, and what kubectl says of what isn't there.
pub fn get_output(flags: &KubectlFlags, view: KubectlView<'_>) -> Result<Output, UsageError> {
    // 1. The format, and what it excludes.
    let format = OutputFormat::of_flags(flags, view.files)?.unwrap_or(OutputFormat::Table);
    if flags.is("show-labels") && !format.is_table() {
        let name = flags.value("output").unwrap_or_default();
        return Err(kubectl_error(format!("error: --show-labels option cannot be used with {name} printer")));
    }
    // The status is told with the object; other parts have tables of their own.
    if let Some(part) = flags.value("subresource").filter(|part| !["", "status"].contains(part)) {
        return Err(unsupported_error(format!("kubectl get --subresource={part} isn't understood here")));
    }
    // 2. What each query finds.
    let fields = FieldSelector::read(flags.value("field-selector").unwrap_or_default())?;
    let queries = query::object_queries(view, flags)?;
    let mut found = FoundObjects::default();
    // What is named and isn't there is of no kind (get.go, multipleGVKsRequested).
    let is_there = |query: &&ObjectQuery| query.names.is_empty() || !object_table(query, view).1.is_empty();
    let there: Vec<&ResourceType> = queries.iter().filter(is_there).map(|query| &query.resource).collect();
    let several = there.iter().any(|resource| there.first() != Some(resource));
    let of_one_kind = |query: &ObjectQuery| ObjectQuery { with_kind: flags.is("show-kind"), ..query.clone() };
    for query in &queries {
        let query = &if several { query.clone() } else { of_one_kind(query) };
        found.add(query, flags, view, &format, &fields)?;
    }
    let FoundObjects { mut warnings, mut missing, tables, objects } = found;
    // 3. The exit status tells whether all of it is there.
    let ignores_missing = flags.is("ignore-not-found");
    let single = matches!(&queries[..], [query] if query.names.len() == 1);
    let mut exit = i32::from(!missing.is_empty());
    let asked_by_name = queries.iter().any(|query| !query.names.is_empty());
    // 4. Tables, or objects in the format.
    let stdout = if format.is_table() {
        if tables.is_empty() && !asked_by_name && !ignores_missing {
            warnings.extend(queries.last().map(ObjectQuery::nothing));
        }
        tables.join("\n")
    } else if objects.is_empty() && (single || ignores_missing) {
        String::new()
    } else {
        match printed_objects(flags, &format, objects, single) {
            Ok(text) => text,
            // What went wrong comes behind what isn't there.
            Err(refusal) if !missing.is_empty() => {
                exit = refusal.exit;
                missing.push_str(&refusal.message);
                missing.push('\n');
                String::new()
            }
            Err(refusal) => return Err(refusal),
        }
    };
    Ok(Output { stdout: Some(stdout), stderr: warnings + &missing, exit })
}

impl FoundObjects {
    fn add(
        &mut self,
        query: &ObjectQuery,
        flags: &KubectlFlags,
        view: KubectlView<'_>,
        format: &OutputFormat,
        fields: &FieldSelector,
    ) -> Result<(), UsageError> {
        // 1. The rows that the query finds, and which of its names aren't there.
        let (header, rows) = object_table(query, view);
        let rows = fields.chosen(view, query, rows)?;
        let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
        if !flags.is("ignore-not-found") {
            self.missing.push_str(&query.missing(&names));
        }
        self.warnings.push_str(deprecation(query));
        let object = |row: &TableRow| api::object(view, &query.resource, &row.namespace, &row.name);
        // 2. Other formats print the objects.
        if !format.is_table() {
            let named = rows.iter().map(|row| ((query.resource.clone(), row.name.clone()), object(row)));
            self.objects.extend(named);
            return Ok(());
        }
        // 3. In the order asked for; an empty table is none.
        let rows = match flags.value("sort-by") {
            Some(field) if rows.len() > 1 => {
                let keyed = rows.into_iter().map(|row| {
                    let object = object(&row);
                    (row, object)
                });
                let sorted =
                    sort::sort(keyed.collect(), field).map_err(|why| kubectl_error(format!("error: {why}")))?;
                sorted.into_iter().map(|(row, _)| row).collect()
            }
            _ => rows,
        };
        self.tables.extend((!rows.is_empty()).then(|| table_text(query, header, rows)));
        Ok(())
    }
}

/// Objects in the format that -o names.
fn printed_objects(
    flags: &KubectlFlags,
    format: &OutputFormat,
    objects: Vec<NamedObject>,
    single: bool,
) -> Result<String, UsageError> {
    let objects = match flags.value("sort-by") {
        Some(field) if !single => sort::sort(objects, field).map_err(|why| kubectl_error(format!("error: {why}")))?,
        _ => objects,
    };
    if *format == OutputFormat::Name {
        return Ok(objects.iter().map(|((resource, name), _)| format!("{}/{name}\n", resource.singular())).collect());
    }
    format.print(objects.into_iter().map(|(_, object)| object).collect(), single, !flags.is("no-headers"))
}

fn table_text(query: &ObjectQuery, header: Vec<String>, rows: Vec<TableRow>) -> String {
    let header = query.headers.then_some(header);
    let lines: Vec<Vec<String>> = header.into_iter().chain(rows.into_iter().map(|row| row.cells)).collect();
    align_columns(&lines, 6, 3)
}

/// The header, and a line for each object, in the order of the names that were asked for.
pub fn object_table(query: &ObjectQuery, view: KubectlView<'_>) -> (Vec<String>, Vec<TableRow>) {
    let table = match query.resource {
        ResourceType::Other("events") => event::events(query, view),
        ResourceType::Other(_) | ResourceType::Custom(_) => others::written_table(query, view),
        _ => cluster_table(query, view),
    };
    titled(query, with_ages(query, view, table))
}

/// How old each object is, where that is known.
fn with_ages(query: &ObjectQuery, view: KubectlView<'_>, mut table: ObjectTable) -> ObjectTable {
    let is_age = |title: &String| ["AGE", "LAST SEEN"].contains(&title.as_str());
    let Some(at) = table.columns.iter().position(is_age).filter(|_| view.clock.is_some()) else { return table };
    let before = usize::from(query.namespace == NamespaceScope::All && query.resource.is_namespaced());
    for row in &mut table.rows {
        let object = query.resource.reference(&row.namespace, &row.name);
        if let Some(cell) = row.cells.get_mut(before + at).filter(|cell| *cell == UNKNOWN) {
            *cell = age_text(view, &object);
        }
    }
    table
}

/// The same of a type that the cluster keeps.
pub fn cluster_rows(query: &ObjectQuery, view: KubectlView<'_>) -> (Vec<String>, Vec<TableRow>) {
    titled(query, cluster_table(query, view))
}

fn cluster_table(query: &ObjectQuery, view: KubectlView<'_>) -> ObjectTable {
    let cluster = view.cluster;
    match query.resource {
        ResourceType::Pods => pod::pods(query, view),
        ResourceType::Services => service::services(query, cluster),
        ResourceType::Endpoints => service::endpoints(query, cluster),
        ResourceType::EndpointSlices => service::slices(query, cluster),
        ResourceType::Ingresses => objects::ingresses(query, cluster),
        ResourceType::IngressClasses => objects::ingress_classes(query, cluster),
        ResourceType::NetworkPolicies => objects::network_policies(query, cluster),
        ResourceType::ConfigMaps => objects::config_maps(query, cluster),
        ResourceType::Nodes => objects::nodes(query, view),
        ResourceType::Namespaces => objects::namespaces(query, cluster),
        ResourceType::Deployments => objects::deployments(query, cluster),
        ResourceType::ReplicaSets | ResourceType::ReplicationControllers => objects::replica_sets(query, cluster),
        ResourceType::StatefulSets => objects::stateful_sets(query, cluster),
        ResourceType::DaemonSets => objects::daemon_sets(query, cluster),
        ResourceType::Other(_) | ResourceType::Custom(_) => ObjectTable::of(&[], &[], Vec::new()),
    }
}

/// The header and the columns that are asked for, the rows in order.
fn titled(query: &ObjectQuery, table: ObjectTable) -> (Vec<String>, Vec<TableRow>) {
    let ObjectTable { columns, wide, mut rows } = table;
    let has_namespace = query.namespace == NamespaceScope::All && query.resource.is_namespaced();
    let namespace = has_namespace.then(|| "NAMESPACE".to_owned());
    let mut header: Vec<String> = namespace.into_iter().chain(columns).collect();
    header.extend(if query.wide { wide } else { Vec::new() });
    let shown = header.len();
    header.extend(query.label_columns.iter().map(|label| label.rsplit('/').next().unwrap_or(label).to_uppercase()));
    header.extend(query.labels.then(|| "LABELS".to_owned()));
    for row in &mut rows {
        row.cells.truncate(shown);
        let values = query.label_columns.iter().map(|label| row.labels.get(label.as_str()));
        row.cells.extend(values.map(|value| value.map(ToString::to_string).unwrap_or_default()));
        row.cells.extend(query.labels.then(|| label_line(&row.labels)));
    }
    rows.order_by_key(|row| query.names.iter().position(|name| *name == row.name));
    (header, rows)
}

/// Endpoints still work, with a warning from the API server since 1.33.
pub(super) fn deprecation(query: &ObjectQuery) -> &'static str {
    match query.resource {
        ResourceType::Endpoints => {
            "Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice\n"
        }
        _ => "",
    }
}
