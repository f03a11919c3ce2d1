//! What `kubectl get -A -o wide` prints of each kind, with the lines of the objects that it names.

use std::rc::Rc;

use whichpod_core::kubectl;
use whichpod_core::source::{FieldPath, ObjectRef};

use super::words::Voice;
use crate::answer::{Cell, Place, Row, Table};

/// As many lines of a table are shown.
const MOST: usize = 500;

/// The kinds with their names for kubectl.
const KINDS: [(&str, &str); 6] = [
    ("pods", "Pod"),
    ("services", "Service"),
    ("endpoints", "Service"),
    ("endpointslices", "EndpointSlice"),
    ("ingresses", "Ingress"),
    ("nodes", "Node"),
];

/// The tables of all kinds that kubectl understands here.
pub fn tables(voice: Voice<'_>) -> Rc<[Table]> {
    KINDS.iter().filter_map(|(resource, kind)| table(resource, kind, voice)).collect()
}

fn table(resource: &str, kind: &str, voice: Voice<'_>) -> Option<Table> {
    let files = Default::default();
    let view = kubectl::KubectlView { manifests: voice.manifests, cluster: voice.cluster, files: &files, clock: None };
    let lines = kubectl::wide_table(view, resource)?;
    let (columns, rows) = lines.split_first()?;
    let columns: Vec<Rc<str>> = columns.iter().map(|column| column.as_str().into()).collect();
    let shown = rows.iter().take(MOST).map(|row| line(&columns, row, kind, voice));
    Some(Table {
        resource: resource.into(),
        rows: shown.collect(),
        more: rows.len().saturating_sub(MOST) as u32,
        columns,
    })
}

fn line(columns: &[Rc<str>], row: &[String], kind: &str, voice: Voice<'_>) -> Row {
    let cell = |column: &str| {
        let at = columns.iter().position(|one| &**one == column)?;
        row.get(at).map(String::as_str)
    };
    let namespace = cell("NAMESPACE");
    let cells = columns.iter().zip(row).map(|(column, text)| {
        let named = match &**column {
            "NAME" => named(kind, namespace, text, voice),
            "NODE" => Some(ObjectRef::cluster_scoped("Node", text)),
            _ => None,
        };
        let place = named.and_then(|object| place(&object, voice));
        Cell { text: text.as_str().into(), place }
    });
    Row { namespace: namespace.map(Into::into), cells: cells.collect() }
}

/// The object whose lines a name leads to: a slice that the control plane wrote leads to its Service.
fn named(kind: &str, namespace: Option<&str>, name: &str, voice: Voice<'_>) -> Option<ObjectRef> {
    let Some(namespace) = namespace else { return Some(ObjectRef::cluster_scoped(kind, name)) };
    let object = ObjectRef::namespaced(kind, namespace, name);
    if kind != "EndpointSlice" || place(&object, voice).is_some() {
        return Some(object);
    }
    let services = voice.cluster.services.values().filter(|service| service.namespace() == namespace);
    let mut of_service = services.filter(|service| {
        let slices = voice.cluster.slices_of(namespace, service.name());
        slices.iter().any(|slice| &*slice.reference.name == name)
    });
    of_service.next().map(|service| service.reference.clone())
}

fn place(object: &ObjectRef, voice: Voice<'_>) -> Option<Place> {
    voice.place_of(&object.field(FieldPath::root()))
}
