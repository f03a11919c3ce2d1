//! `kubectl describe` (kubectl/pkg/describe). Without a clock times are left out; of events there is only what follows from the
//! manifests.

use serde_json::Value;

use super::events::{ClusterEvent, events_about};
use super::flags::KubectlFlags;
use super::get;
use super::table::align_tabs;
use super::table_row::TableRow;
use super::{KubectlView, ObjectQuery, Output, UsageError, age, api, query};
use crate::cluster::Workload;
use crate::source::ObjectRef;

mod access;
mod autoscaler;
mod config_map;
mod container;
mod endpoint_slice;
mod endpoints;
mod ingress;
mod limit;
mod namespace;
mod network_policy;
mod node;
mod service;
mod volume;
mod pod;
mod deployment;
mod job;
mod storage;
mod workload;
mod written;

pub use pod::template;

pub(super) struct DescribedObject<'v> {
    pub view: KubectlView<'v>,
    pub reference: ObjectRef,
    /// As the API holds it.
    pub object: Value,
}

/// What is said of an object, cells divided by tabs; None if it isn't there.
type Describer = fn(&DescribedObject<'_>) -> Option<String>;

/// The kinds that kubectl has words for, and whether it tells of their events.
const DESCRIBERS: [(&str, bool, Describer); 32] = [
    ("Service", true, service::describe),
    ("Ingress", true, ingress::describe),
    ("Endpoints", true, endpoints::describe),
    ("EndpointSlice", true, endpoint_slice::describe),
    ("Pod", true, pod::describe),
    ("Deployment", true, deployment::describe),
    ("ReplicaSet", true, workload::replica_set),
    ("ReplicationController", true, workload::replication_controller),
    ("StatefulSet", true, workload::stateful_set),
    ("DaemonSet", true, workload::daemon_set),
    ("Job", true, job::job),
    ("CronJob", true, job::cron_job),
    ("ConfigMap", true, config_map::describe),
    ("Secret", false, written::secret),
    ("Namespace", false, namespace::describe),
    ("Node", true, node::describe),
    ("NetworkPolicy", false, network_policy::describe),
    ("IngressClass", true, written::ingress_class),
    ("HorizontalPodAutoscaler", true, autoscaler::describe),
    ("PodDisruptionBudget", true, limit::budget),
    ("ResourceQuota", false, limit::quota),
    ("LimitRange", false, limit::range),
    ("PriorityClass", true, limit::priority),
    ("PersistentVolumeClaim", true, storage::claim),
    ("PersistentVolume", true, storage::volume),
    ("StorageClass", true, storage::class),
    ("ServiceAccount", true, access::service_account),
    ("Role", false, access::role),
    ("ClusterRole", false, access::role),
    ("RoleBinding", false, access::binding),
    ("ClusterRoleBinding", false, access::binding),
    ("", true, written::generic),
];

/// The kinds that are described in kubectl's own words for them; all others in the general way.
pub fn described_kinds() -> impl Iterator<Item = String> {
    DESCRIBERS.iter().map(|(kind, ..)| kind.to_lowercase()).filter(|kind| !kind.is_empty())
}

impl DescribedObject<'_> {
    /// A line that tells when it was created, where that is known.
    fn created(&self, title: &str) -> String {
        let text = age::created_text(self.view, &self.reference);
        text.map(|text| format!("{title}:\t{text}\n")).unwrap_or_default()
    }

    fn workload(&self) -> Option<&Workload> {
        self.view.cluster.workloads.get(&self.reference)
    }
}

/// One object, with its events or without.
fn described(query: &ObjectQuery, row: &TableRow, view: KubectlView<'_>, shows_events: bool) -> Option<String> {
    let kind = query.resource.kind();
    let reference = if query.resource.is_namespaced() {
        ObjectRef::namespaced(kind, &row.namespace, &row.name)
    } else {
        ObjectRef::cluster_scoped(kind, &row.name)
    };
    let object = api::object(view, &query.resource, &row.namespace, &row.name);
    let own = DESCRIBERS.iter().find(|(known, ..)| *known == kind).or(DESCRIBERS.last());
    let (_, has_events, describer) = own?;
    let described = DescribedObject { view, reference, object };
    let text = describer(&described)?;
    if !has_events || !shows_events {
        return Some(align_tabs(&text));
    }
    let events = events_about(view, &described.reference);
    Some(if events.is_empty() {
        align_tabs(&(text + "Events:\t<none>\n"))
    } else {
        align_tabs(&text) + &align_tabs(&event_lines(view, &events))
    })
}

/// DescribeEvents
fn event_lines(view: KubectlView<'_>, events: &[ClusterEvent]) -> String {
    let head = "Events:\n  Type\tReason\tAge\tFrom\tMessage\n  ----\t------\t----\t----\t-------\n";
    let lines = events.iter().map(|event| {
        let age = event.age(view);
        format!("  {}\t{}\t{age}\t{}\t{}\n", event.kind(), event.reason, event.from, event.message)
    });
    format!("{head}{}", lines.collect::<String>())
}

/// What begins with a name that isn't there (DescribeMatchingResources).
fn matching(query: &ObjectQuery, view: KubectlView<'_>, shows_events: bool) -> Option<String> {
    let [prefix] = query.names.as_slice() else { return None };
    let (_, rows) = get::object_table(&ObjectQuery { names: Vec::new(), ..query.clone() }, view);
    let is_there = rows.iter().any(|row| row.name == *prefix);
    let rows = rows.iter().filter(|row| !is_there && row.name.starts_with(prefix));
    let all: String = rows.filter_map(|row| Some(described(query, row, view, shows_events)? + "\n")).collect();
    (!all.is_empty()).then_some(all)
}

/// The objects asked for, one below the other. Of several, events are told only where --show-events asks for them.
pub fn output(flags: &KubectlFlags, view: KubectlView<'_>) -> Result<Output, UsageError> {
    let queries = query::object_queries(view, flags)?;
    let asked = flags.value("show-events").map(|_| flags.is("show-events"));
    let matched = queries.first().filter(|_| flags.words.len() == 2);
    if let Some(described) = matched.and_then(|query| matching(query, view, asked.unwrap_or(false))) {
        return Ok(Output { stdout: Some(described), stderr: String::new(), exit: 0 });
    }
    let (mut found, mut missing, mut warnings) = (Vec::new(), String::new(), String::new());
    for query in &queries {
        let (_, rows) = get::object_table(query, view);
        missing.push_str(&query.missing(&rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>()));
        warnings.push_str(if rows.is_empty() { "" } else { get::deprecation(query) });
        found.extend(rows.into_iter().map(|row| (query, row)));
    }
    let shows_events = asked.unwrap_or(found.len() <= 1 && missing.is_empty());
    let texts: Vec<String> =
        found.iter().filter_map(|(query, row)| described(query, row, view, shows_events)).collect();
    let asked_by_name = queries.iter().any(|query| !query.names.is_empty());
    let exit = i32::from(!missing.is_empty());
    if texts.is_empty() && !asked_by_name {
        missing.extend(queries.last().map(ObjectQuery::nothing));
    }
    Ok(Output { stdout: Some(texts.join("\n\n")), stderr: warnings + &missing, exit })
}
