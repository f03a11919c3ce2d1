//! `kubectl get` of kinds that only stand in the manifests: what was written, with the columns of their printers
//! (pkg/printers/internalversion/printers.go; additionalPrinterColumns of custom resources).

use std::collections::BTreeSet;

use serde_json::Value;

use super::get::{NONE, ObjectTable, TableRow, UNKNOWN, label_text, named, namespaced_row};
use super::{KubectlView, NamespaceScope, ObjectQuery, documents};
use crate::cluster::Phase;
use crate::model::Labels;
use crate::source::ObjectRef;

/// The cells of an object, behind its name.
type CellPrinter = fn(KubectlView<'_>, &ObjectRef, &Value) -> Vec<String>;

/// Columns and cells by kind; of others only name and age are shown.
const COLUMNS: [(&str, &[&str], CellPrinter); 15] = [
    ("Job", &["NAME", "STATUS", "COMPLETIONS", "DURATION", "AGE"], job),
    ("CronJob", &["NAME", "SCHEDULE", "TIMEZONE", "SUSPEND", "ACTIVE", "LAST SCHEDULE", "AGE"], cron_job),
    ("Secret", &["NAME", "TYPE", "DATA", "AGE"], secret),
    ("ServiceAccount", &["NAME", "AGE"], age_only),
    ("HorizontalPodAutoscaler", &["NAME", "REFERENCE", "TARGETS", "MINPODS", "MAXPODS", "REPLICAS", "AGE"], autoscaler),
    ("PodDisruptionBudget", &["NAME", "MIN AVAILABLE", "MAX UNAVAILABLE", "ALLOWED DISRUPTIONS", "AGE"], budget),
    (
        "PersistentVolumeClaim",
        &["NAME", "STATUS", "VOLUME", "CAPACITY", "ACCESS MODES", "STORAGECLASS", "VOLUMEATTRIBUTESCLASS", "AGE"],
        claim,
    ),
    ("GatewayClass", &["NAME", "CONTROLLER", "ACCEPTED", "AGE"], gateway_class),
    ("Gateway", &["NAME", "CLASS", "ADDRESS", "PROGRAMMED", "AGE"], gateway),
    ("HTTPRoute", &["NAME", "HOSTNAMES", "AGE"], hostnames),
    ("GRPCRoute", &["NAME", "HOSTNAMES", "AGE"], hostnames),
    ("TLSRoute", &["NAME", "HOSTNAMES", "AGE"], hostnames),
    ("Role", &["NAME", "CREATED AT"], age_only),
    ("RoleBinding", &["NAME", "ROLE", "AGE"], role_binding),
    ("ClusterRoleBinding", &["NAME", "ROLE", "AGE"], role_binding),
];

/// The objects of a kind.
pub fn written_table(query: &ObjectQuery, view: KubectlView<'_>) -> ObjectTable {
    let kind = query.resource.kind();
    let (columns, cells) = COLUMNS
        .iter()
        .find(|(known, ..)| *known == kind)
        .map_or((&["NAME", "AGE"][..], age_only as CellPrinter), |(_, columns, cells)| (columns, *cells));
    let own = view.manifests.objects.iter().map(|object| &object.reference);
    let references: BTreeSet<&ObjectRef> =
        own.chain(view.manifests.seen.iter().map(|seen| &seen.reference)).filter(|it| &*it.kind == kind).collect();
    let rows = references.into_iter().filter_map(|reference| {
        let object = documents::written_object(view, reference)?;
        let labels: Labels = object
            .pointer("/metadata/labels")
            .and_then(Value::as_object)
            .map(|labels| labels.iter().map(|(key, value)| (key.as_str().into(), value_text(value).into())).collect())
            .unwrap_or_default();
        let name = &*reference.name;
        match (&reference.namespace, &query.namespace) {
            (Some(namespace), _) => query
                .wants(namespace, name, &labels)
                .then(|| namespaced_row(query, namespace, name, &labels, cells(view, reference, &object))),
            (None, wanted) => {
                let namespace = if let NamespaceScope::One(namespace) = wanted { namespace } else { "" };
                let cells = || [vec![named(query, name)], cells(view, reference, &object)].concat();
                query.wants(namespace, name, &labels).then(|| TableRow {
                    namespace: String::new(),
                    name: name.to_owned(),
                    labels: label_text(&labels),
                    cells: cells(),
                })
            }
        }
    });
    (columns, &[], rows.collect())
}

fn value_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn field_or(object: &Value, path: &str, absent: &str) -> String {
    object.pointer(path).filter(|value| !value.is_null()).map_or_else(|| absent.to_owned(), value_text)
}

fn age_only(_: KubectlView<'_>, _: &ObjectRef, _: &Value) -> Vec<String> {
    vec![UNKNOWN.to_owned()]
}

fn job(view: KubectlView<'_>, reference: &ObjectRef, object: &Value) -> Vec<String> {
    let namespace = reference.namespace.as_deref().unwrap_or_default();
    let pods = view.cluster.workloads.get(reference).map(|workload| workload.pods.iter()).into_iter().flatten();
    let phases: Vec<Phase> =
        pods.filter_map(|pod| view.cluster.pods.get(namespace, pod)).map(|pod| pod.phase).collect();
    let done = phases.iter().filter(|phase| **phase == Phase::Succeeded).count();
    let wanted = field_or(object, "/spec/completions", "1");
    let status = if wanted.parse() == Ok(done) { "Complete" } else { "Running" };
    vec![status.to_owned(), format!("{done}/{wanted}"), UNKNOWN.to_owned(), UNKNOWN.to_owned()]
}

fn cron_job(_: KubectlView<'_>, _: &ObjectRef, object: &Value) -> Vec<String> {
    let suspended = if field_or(object, "/spec/suspend", "false") == "true" { "True" } else { "False" };
    vec![
        field_or(object, "/spec/schedule", ""),
        field_or(object, "/spec/timeZone", NONE),
        suspended.to_owned(),
        "0".to_owned(),
        NONE.to_owned(),
        UNKNOWN.to_owned(),
    ]
}

fn secret(_: KubectlView<'_>, _: &ObjectRef, object: &Value) -> Vec<String> {
    let keys = ["/data", "/stringData"].iter().filter_map(|path| object.pointer(path)?.as_object());
    let keys: BTreeSet<&String> = keys.flat_map(|map| map.keys()).collect();
    vec![field_or(object, "/type", "Opaque"), keys.len().to_string(), UNKNOWN.to_owned()]
}

fn autoscaler(_: KubectlView<'_>, _: &ObjectRef, object: &Value) -> Vec<String> {
    let target = format!(
        "{}/{}",
        field_or(object, "/spec/scaleTargetRef/kind", ""),
        field_or(object, "/spec/scaleTargetRef/name", "")
    );
    let metrics = object.pointer("/spec/metrics").and_then(Value::as_array).into_iter().flatten();
    let mut targets: Vec<String> = metrics
        .filter_map(|metric| {
            let name = metric.pointer("/resource/name").map(value_text)?;
            let wanted = metric.pointer("/resource/target/averageUtilization").map(|value| format!("{value}%"));
            let wanted = wanted.or_else(|| metric.pointer("/resource/target/averageValue").map(value_text))?;
            Some(format!("{name}: <unknown>/{wanted}"))
        })
        .collect();
    let old = object.pointer("/spec/targetCPUUtilizationPercentage");
    targets.extend(old.map(|value| format!("cpu: <unknown>/{value}%")));
    let targets = if targets.is_empty() { NONE.to_owned() } else { targets.join(", ") };
    let (least, most) = (field_or(object, "/spec/minReplicas", "1"), field_or(object, "/spec/maxReplicas", ""));
    vec![target, targets, least, most, "0".to_owned(), UNKNOWN.to_owned()]
}

fn budget(_: KubectlView<'_>, _: &ObjectRef, object: &Value) -> Vec<String> {
    let (least, most) =
        (field_or(object, "/spec/minAvailable", "N/A"), field_or(object, "/spec/maxUnavailable", "N/A"));
    vec![least, most, UNKNOWN.to_owned(), UNKNOWN.to_owned()]
}

fn claim(_: KubectlView<'_>, _: &ObjectRef, object: &Value) -> Vec<String> {
    // Whether it is bound depends on volumes and provisioners that aren't modelled.
    let class = field_or(object, "/spec/storageClassName", "");
    let mut cells = vec![UNKNOWN.to_owned(); 4];
    cells.extend([class, "<unset>".to_owned(), UNKNOWN.to_owned()]);
    cells
}

fn gateway_class(_: KubectlView<'_>, _: &ObjectRef, object: &Value) -> Vec<String> {
    vec![field_or(object, "/spec/controllerName", ""), UNKNOWN.to_owned(), UNKNOWN.to_owned()]
}

fn gateway(_: KubectlView<'_>, _: &ObjectRef, object: &Value) -> Vec<String> {
    let address = field_or(object, "/status/addresses/0/value", UNKNOWN);
    vec![field_or(object, "/spec/gatewayClassName", ""), address, UNKNOWN.to_owned(), UNKNOWN.to_owned()]
}

/// A list as JSON writes it, as the API server shows lists in columns.
fn hostnames(_: KubectlView<'_>, _: &ObjectRef, object: &Value) -> Vec<String> {
    vec![field_or(object, "/spec/hostnames", ""), UNKNOWN.to_owned()]
}

fn role_binding(_: KubectlView<'_>, _: &ObjectRef, object: &Value) -> Vec<String> {
    let role = format!("{}/{}", field_or(object, "/roleRef/kind", ""), field_or(object, "/roleRef/name", ""));
    vec![role, UNKNOWN.to_owned()]
}
