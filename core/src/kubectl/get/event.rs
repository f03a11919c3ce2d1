//! `kubectl get events` (printers.go, printEvent).

use super::super::events::{ClusterEvent, cluster_events};
use super::super::table_row::{ObjectTable, TableRow};
use super::super::{KubectlView, NamespaceScope, ObjectQuery};
use crate::model::Labels;

pub fn events(query: &ObjectQuery, view: KubectlView<'_>) -> ObjectTable {
    let wanted =
        cluster_events(view).into_iter().filter(|event| query.wants(event.namespace(), &event.name(), &Labels::new()));
    let rows = wanted.map(|event| TableRow {
        namespace: event.namespace().to_owned(),
        name: event.name(),
        labels: Labels::new(),
        cells: cells(query, view, &event),
    });
    let columns: &[&str] = if query.wide {
        &["LAST SEEN", "TYPE", "REASON", "OBJECT", "SUBOBJECT", "SOURCE", "MESSAGE", "FIRST SEEN", "COUNT", "NAME"]
    } else {
        &["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]
    };
    ObjectTable::of(columns, &[], rows.collect())
}

fn cells(query: &ObjectQuery, view: KubectlView<'_>, event: &ClusterEvent) -> Vec<String> {
    let object = format!("{}/{}", event.object.kind.to_lowercase(), event.object.name);
    let namespace = (query.namespace == NamespaceScope::All).then(|| event.namespace().to_owned());
    let age = event.age(view);
    let first = [&*age, event.kind(), event.reason, &object].map(str::to_owned);
    let message = event.message.clone();
    let rest = if query.wide {
        vec![String::new(), event.from.clone(), message, age.clone(), "1".to_owned(), event.name()]
    } else {
        vec![message]
    };
    namespace.into_iter().chain(first).chain(rest).collect()
}
