//! `kubectl get` of kinds that only stand in the manifests: what was written, with the columns of their printers
//! (pkg/printers/internalversion/printers.go; additionalPrinterColumns of custom resources).

use std::collections::BTreeSet;

use serde_json::Value;

use super::jsonpath::{JsonPathTemplate, go_text};
use super::resource::{CustomType, PrinterColumn, ResourceType};
use super::table_row::{ObjectTable, TableRow, UNKNOWN, cluster_scoped_row, namespaced_row};
use super::{KubectlView, NamespaceScope, ObjectQuery, api, installed};
use crate::manifest::DEFAULT_NAMESPACE;
use crate::model::Labels;
use crate::order::{Gather, Order};
use crate::source::ObjectRef;

mod cells;

use cells::{COLUMNS, KindColumns};

/// The objects of a kind.
pub fn written_table(query: &ObjectQuery, view: KubectlView<'_>) -> ObjectTable {
    // 1. The objects of the kind that somebody wrote or the cluster gives.
    let kind = query.resource.kind();
    let own = view.manifests.objects.iter().map(|object| &object.reference);
    let references: BTreeSet<&ObjectRef> =
        own.chain(view.manifests.seen.iter().map(|seen| &seen.reference)).filter(|it| &*it.kind == kind).collect();
    // 2. Those that the query wants, as its printer shows them.
    let printer = KindPrinter::of(&query.resource);
    let given = given_accounts(query, view);
    let mut given: BTreeSet<ObjectRef> = given.into_iter().chain(installed::references(view, kind)).into_set();
    given.retain(|reference| !references.contains(reference));
    let rows = references.into_iter().chain(&given).filter_map(|reference| {
        let unsaid = if query.resource.is_namespaced() { DEFAULT_NAMESPACE } else { "" };
        let namespace = reference.namespace.as_deref().unwrap_or(unsaid);
        let scope = match (namespace, &query.namespace) {
            ("", NamespaceScope::One(one)) => one,
            _ => namespace,
        };
        if !query.wants_name(scope, &reference.name) {
            return None;
        }
        let object = api::object(view, &query.resource, namespace, &reference.name);
        let labels = object_labels(&object);
        query.wants(scope, &reference.name, &labels).then(|| {
            let cells = printer.cells(view, reference, &object);
            if namespace.is_empty() {
                let mut row = cluster_scoped_row(query, &reference.name, &labels, cells);
                if is_default_storage(reference, &object) {
                    row.cells.iter_mut().take(1).for_each(|cell| cell.push_str(" (default)"));
                }
                row
            } else {
                namespaced_row(query, namespace, &reference.name, &labels, cells)
            }
        })
    });
    // 3. By namespace and name.
    let mut rows: Vec<TableRow> = rows.collect();
    rows.order_by_key(|row| (row.namespace.clone(), row.name.clone()));
    let (columns, wide) = printer.titles();
    ObjectTable { columns, wide, rows }
}

/// The service account that every namespace gets (serviceaccounts_controller.go), unless somebody wrote it.
fn given_accounts(query: &ObjectQuery, view: KubectlView<'_>) -> Vec<ObjectRef> {
    if query.resource.kind() != "ServiceAccount" {
        return Vec::new();
    }
    let all =
        view.cluster.namespaces.keys().map(|namespace| ObjectRef::namespaced("ServiceAccount", namespace, "default"));
    all.filter(|reference| super::documents::written_object(view, reference).is_none()).collect()
}

/// What an annotation makes the default class for claims (printStorageClass, IsDefaultAnnotation).
fn is_default_storage(reference: &ObjectRef, object: &Value) -> bool {
    let annotations = object.pointer("/metadata/annotations");
    let says = |key: &str| annotations.and_then(|all| all.get(key)).is_some_and(|value| value == "true");
    let keys = ["storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"];
    &*reference.kind == "StorageClass" && keys.into_iter().any(says)
}

fn object_labels(object: &Value) -> Labels {
    let labels = object.pointer("/metadata/labels").and_then(Value::as_object).into_iter().flatten();
    labels.map(|(key, value)| (key.as_str().into(), go_text(value).into())).collect()
}

/// What stands in a row behind the name.
enum KindPrinter<'t> {
    Known(&'static KindColumns),
    Custom(&'t [PrinterColumn]),
    AgeOnly,
}

impl<'t> KindPrinter<'t> {
    fn of(resource: &'t ResourceType) -> Self {
        if let Some(columns) = COLUMNS.iter().find(|columns| columns.kind == resource.kind()) {
            return Self::Known(columns);
        }
        match resource {
            ResourceType::Custom(custom) => match &**custom {
                CustomType { columns: Some(columns), .. } => Self::Custom(columns),
                _ => Self::AgeOnly,
            },
            _ => Self::AgeOnly,
        }
    }

    /// The columns above the names and the cells, and those of -o wide behind them.
    fn titles(&self) -> (Vec<String>, Vec<String>) {
        let owned = |titles: &str| titles.split('|').filter(|title| !title.is_empty()).map(str::to_owned).collect();
        match self {
            Self::Known(columns) => (owned(&format!("NAME|{}", columns.titles)), owned(columns.wide)),
            Self::AgeOnly => (owned("NAME|AGE"), Vec::new()),
            Self::Custom(columns) => {
                let titles = |is_wide: bool| {
                    let columns = columns.iter().filter(move |column| column.is_wide == is_wide);
                    columns.map(|column| column.name.to_uppercase())
                };
                (std::iter::once("NAME".to_owned()).chain(titles(false)).collect(), titles(true).collect())
            }
        }
    }

    fn cells(&self, view: KubectlView<'_>, reference: &ObjectRef, object: &Value) -> Vec<String> {
        match self {
            Self::Known(columns) => (columns.cells)(view, reference, object),
            Self::AgeOnly => vec![UNKNOWN.to_owned()],
            Self::Custom(columns) => {
                let of = |is_wide: bool| {
                    let columns = columns.iter().filter(move |column| column.is_wide == is_wide);
                    columns.map(|column| custom_cell(column, object))
                };
                of(false).chain(of(true)).collect()
            }
        }
    }
}

/// apiextensions-apiserver, pkg/registry/customresource/tableconvertor. An age is filled in later.
fn custom_cell(column: &PrinterColumn, object: &Value) -> String {
    if column.kind == "date" {
        return UNKNOWN.to_owned();
    }
    let template = JsonPathTemplate::parse(&format!("{{{}}}", column.path));
    let Ok(template) = template else { return String::new() };
    let found = template.find(object).unwrap_or_default();
    let values: Vec<String> = found.iter().flatten().map(|value| value_text(value)).collect();
    values.join(",")
}

/// Lists and maps as JSON.
fn value_text(value: &Value) -> String {
    value.as_str().map_or_else(|| if value.is_null() { String::new() } else { value.to_string() }, str::to_owned)
}
