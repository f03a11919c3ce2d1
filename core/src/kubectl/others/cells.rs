//! The printers of kinds, each as pkg/printers/internalversion/printers.go has it. What nothing here knows is `<unknown>`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::KubectlView;
use super::super::replicas::ReplicaCounts;
use super::super::selector::selector_text;
use super::super::table_row::{NONE, UNKNOWN};
use super::super::value::{access_modes, entries, label_line, list, quantity_text, selector, word, word_or};
use super::value_text;
use crate::source::ObjectRef;

/// The cells of an object, behind its name; those of -o wide are the last.
pub type CellPrinter = fn(KubectlView<'_>, &ObjectRef, &Value) -> Vec<String>;

/// A kind's columns behind NAME, divided by `|`, and its printer.
pub struct KindColumns {
    pub kind: &'static str,
    pub titles: &'static str,
    pub wide: &'static str,
    pub cells: CellPrinter,
}

const fn columns(kind: &'static str, titles: &'static str, wide: &'static str, cells: CellPrinter) -> KindColumns {
    KindColumns { kind, titles, wide, cells }
}

const TEMPLATE: &str = "CONTAINERS|IMAGES|SELECTOR";
const SUBJECTS: &str = "USERS|GROUPS|SERVICEACCOUNTS";

/// All kinds that have a printer of their own.
#[rustfmt::skip]
pub static COLUMNS: [KindColumns; 33] = [
    columns("Job", "STATUS|COMPLETIONS|DURATION|AGE", TEMPLATE, job),
    columns("CronJob", "SCHEDULE|TIMEZONE|SUSPEND|ACTIVE|LAST SCHEDULE|AGE", TEMPLATE, cron_job),
    columns("Secret", "TYPE|DATA|AGE", "", secret),
    columns("HorizontalPodAutoscaler", "REFERENCE|TARGETS|MINPODS|MAXPODS|REPLICAS|AGE", "", autoscaler),
    columns("PodDisruptionBudget", "MIN AVAILABLE|MAX UNAVAILABLE|ALLOWED DISRUPTIONS|AGE", "", budget),
    columns("PersistentVolume", "CAPACITY|ACCESS MODES|RECLAIM POLICY|STATUS|CLAIM|STORAGECLASS|VOLUMEATTRIBUTESCLASS|REASON|AGE", "VOLUMEMODE", volume),
    columns("PersistentVolumeClaim", "STATUS|VOLUME|CAPACITY|ACCESS MODES|STORAGECLASS|VOLUMEATTRIBUTESCLASS|AGE", "VOLUMEMODE", claim),
    columns("StorageClass", "PROVISIONER|RECLAIMPOLICY|VOLUMEBINDINGMODE|ALLOWVOLUMEEXPANSION|AGE", "", storage_class),
    columns("ResourceQuota", "REQUEST|LIMIT|AGE", "", quota),
    columns("LimitRange", "CREATED AT", "", |_, _, _| vec![UNKNOWN.to_owned()]),
    columns("PriorityClass", "VALUE|GLOBAL-DEFAULT|AGE|PREEMPTIONPOLICY", "", priority_class),
    columns("PodTemplate", "CONTAINERS|IMAGES|POD LABELS", "", pod_template),
    columns("Role", "CREATED AT", "", |_, _, _| vec![UNKNOWN.to_owned()]),
    columns("ClusterRole", "CREATED AT", "", |_, _, _| vec![UNKNOWN.to_owned()]),
    columns("CustomResourceDefinition", "CREATED AT", "", |_, _, _| vec![UNKNOWN.to_owned()]),
    columns("RoleBinding", "ROLE|AGE", SUBJECTS, role_binding),
    columns("ClusterRoleBinding", "ROLE|AGE", SUBJECTS, role_binding),
    columns("Lease", "HOLDER|AGE", "", |_, _, it| vec![word(it, "/spec/holderIdentity"), UNKNOWN.to_owned()]),
    columns("RuntimeClass", "HANDLER|AGE", "", |_, _, it| vec![word(it, "/handler"), UNKNOWN.to_owned()]),
    columns("ControllerRevision", "CONTROLLER|REVISION|AGE", "", |_, _, it| vec![UNKNOWN.to_owned(), word(it, "/revision"), UNKNOWN.to_owned()]),
    columns("ValidatingWebhookConfiguration", "WEBHOOKS|AGE", "", webhooks),
    columns("MutatingWebhookConfiguration", "WEBHOOKS|AGE", "", webhooks),
    columns("CSIDriver", "ATTACHREQUIRED|PODINFOONMOUNT|STORAGECAPACITY|TOKENREQUESTS|REQUIRESREPUBLISH|MODES|AGE", "", csi_driver),
    columns("ServiceCIDR", "CIDRS|AGE", "", |_, _, it| vec![words(it, "/spec/cidrs").join(","), UNKNOWN.to_owned()]),
    columns("VolumeAttributesClass", "DRIVERNAME|AGE", "", |_, _, it| vec![word(it, "/driverName"), UNKNOWN.to_owned()]),
    columns("APIService", "SERVICE|AVAILABLE|AGE", "", api_service),
    columns("GatewayClass", "CONTROLLER|ACCEPTED|AGE", "DESCRIPTION", gateway_class),
    columns("Gateway", "CLASS|ADDRESS|PROGRAMMED|AGE", "", gateway),
    columns("HTTPRoute", "HOSTNAMES|AGE", "", hostnames),
    columns("GRPCRoute", "HOSTNAMES|AGE", "", hostnames),
    columns("TLSRoute", "HOSTNAMES|AGE", "", hostnames),
    columns("IPAddressPool", "AUTO ASSIGN|AVOID BUGGY IPS|ADDRESSES", "", address_pool),
    columns("L2Advertisement", "IPADDRESSPOOLS|IPADDRESSPOOL SELECTORS|INTERFACES", "NODE SELECTORS", advertisement),
];

/// A value as a column of a custom resource shows it.
fn shown(object: &Value, path: &str) -> String {
    object.pointer(path).map(value_text).unwrap_or_default()
}

fn words(object: &Value, path: &str) -> Vec<String> {
    list(object, path).iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Names and images of containers (layoutContainerCells).
fn containers(object: &Value, path: &str) -> [String; 2] {
    let all = list(object, path);
    ["/name", "/image"].map(|key| all.iter().map(|one| word(one, key)).collect::<Vec<_>>().join(","))
}

fn selector_of(object: &Value, path: &str) -> String {
    object.pointer(path).map_or_else(|| NONE.to_owned(), |own| selector_text(&selector(own)))
}

fn title_bool(text: &str) -> String {
    if text == "true" { "True" } else { "False" }.to_owned()
}

fn job(_: KubectlView<'_>, _: &ObjectRef, object: &Value) -> Vec<String> {
    let done = word_or(object, "/status/succeeded", "0");
    let completions = match (word(object, "/spec/completions"), word(object, "/spec/parallelism")) {
        (wanted, _) if !wanted.is_empty() => format!("{done}/{wanted}"),
        (_, parallel) if parallel.parse().is_ok_and(|number: i64| number > 1) => format!("{done}/1 of {parallel}"),
        _ => format!("{done}/1"),
    };
    let holds = |kind: &str| {
        let mut all = list(object, "/status/conditions").iter();
        all.any(|one| word(one, "/type") == kind && word(one, "/status") == "True")
    };
    let status = [("Complete", "Complete"), ("Failed", "Failed"), ("Suspended", "Suspended")];
    let status = status.into_iter().find(|(kind, _)| holds(kind)).map_or("Running", |(_, status)| status);
    let [names, images] = containers(object, "/spec/template/spec/containers");
    let selector = selector_of(object, "/spec/selector");
    let duration = if word(object, "/status/startTime").is_empty() && done == "0" { "" } else { UNKNOWN };
    vec![status.to_owned(), completions, duration.to_owned(), UNKNOWN.to_owned(), names, images, selector]
}

fn cron_job(_: KubectlView<'_>, _: &ObjectRef, object: &Value) -> Vec<String> {
    let [names, images] = containers(object, "/spec/jobTemplate/spec/template/spec/containers");
    vec![
        word(object, "/spec/schedule"),
        word_or(object, "/spec/timeZone", NONE),
        title_bool(&word(object, "/spec/suspend")),
        list(object, "/status/active").len().to_string(),
        if word(object, "/status/lastScheduleTime").is_empty() { NONE } else { UNKNOWN }.to_owned(),
        UNKNOWN.to_owned(),
        names,
        images,
        selector_of(object, "/spec/jobTemplate/spec/selector"),
    ]
}

fn secret(_: KubectlView<'_>, _: &ObjectRef, object: &Value) -> Vec<String> {
    let keys: BTreeSet<_> = entries(object, "/data").into_keys().collect();
    vec![word(object, "/type"), keys.len().to_string(), UNKNOWN.to_owned()]
}

/// formatHPAMetrics; what is measured isn't known.
fn autoscaler(view: KubectlView<'_>, reference: &ObjectRef, object: &Value) -> Vec<String> {
    let (kind, name) = (word(object, "/spec/scaleTargetRef/kind"), word(object, "/spec/scaleTargetRef/name"));
    let target = ObjectRef::namespaced(&kind, reference.namespace.as_deref().unwrap_or_default(), &name);
    let one = |metric: &Value| {
        let of = |key: &str, field: &str| word(metric, &format!("/{key}/target/{field}"));
        let key = ["resource", "containerResource", "pods", "object", "external"];
        let key = key.into_iter().find(|key| metric.get(key).is_some()).unwrap_or_default();
        let name = word(metric, &format!("/{key}/name"));
        let name = if name.is_empty() { name } else { format!("{name}: ") };
        let (usage, average, value) = (of(key, "averageUtilization"), of(key, "averageValue"), of(key, "value"));
        match (usage.is_empty(), average.is_empty()) {
            (false, _) => format!("{name}{UNKNOWN}/{usage}%"),
            (true, false) if matches!(key, "object" | "external") => format!("{UNKNOWN}/{average} (avg)"),
            (true, false) => format!("{name}{UNKNOWN}/{average}"),
            (true, true) if value.is_empty() => format!("{name}{UNKNOWN}/<auto>"),
            (true, true) => format!("{UNKNOWN}/{value}"),
        }
    };
    let mut targets: Vec<String> = list(object, "/spec/metrics").iter().map(one).collect();
    let old = word(object, "/spec/targetCPUUtilizationPercentage");
    targets.extend((!old.is_empty()).then(|| format!("cpu: {UNKNOWN}/{old}%")));
    let targets = match targets.as_slice() {
        [] => NONE.to_owned(),
        [first, second, more @ ..] if !more.is_empty() => format!("{first}, {second} + {} more...", more.len()),
        all => all.join(", "),
    };
    let replicas = ReplicaCounts::of_object(view.cluster, &target).current.to_string();
    let (least, most) = (word_or(object, "/spec/minReplicas", "<unset>"), word(object, "/spec/maxReplicas"));
    vec![format!("{kind}/{name}"), targets, least, most, replicas, UNKNOWN.to_owned()]
}

fn budget(_: KubectlView<'_>, _: &ObjectRef, object: &Value) -> Vec<String> {
    let (least, most) = (word_or(object, "/spec/minAvailable", "N/A"), word_or(object, "/spec/maxUnavailable", "N/A"));
    vec![least, most, word_or(object, "/status/disruptionsAllowed", UNKNOWN), UNKNOWN.to_owned()]
}

fn quantity_at(object: &Value, path: &str) -> String {
    object.pointer(path).map(quantity_text).unwrap_or_default()
}

fn volume(_: KubectlView<'_>, _: &ObjectRef, object: &Value) -> Vec<String> {
    let claim = object.pointer("/spec/claimRef");
    let claim = claim.map(|claim| format!("{}/{}", word(claim, "/namespace"), word(claim, "/name")));
    vec![
        quantity_at(object, "/spec/capacity/storage"),
        access_modes(list(object, "/spec/accessModes")),
        word(object, "/spec/persistentVolumeReclaimPolicy"),
        word_or(object, "/status/phase", UNKNOWN),
        claim.unwrap_or_default(),
        word(object, "/spec/storageClassName"),
        word_or(object, "/spec/volumeAttributesClassName", "<unset>"),
        word(object, "/status/reason"),
        UNKNOWN.to_owned(),
        word_or(object, "/spec/volumeMode", "<unset>"),
    ]
}

/// Whether a claim is bound depends on volumes and provisioners that aren't modelled.
fn claim(_: KubectlView<'_>, _: &ObjectRef, object: &Value) -> Vec<String> {
    let is_told = object.pointer("/status/phase").is_some();
    let unless_told = |text: String| if is_told || !text.is_empty() { text } else { UNKNOWN.to_owned() };
    vec![
        word_or(object, "/status/phase", UNKNOWN),
        unless_told(word(object, "/spec/volumeName")),
        unless_told(quantity_at(object, "/status/capacity/storage")),
        unless_told(access_modes(list(object, "/status/accessModes"))),
        word(object, "/spec/storageClassName"),
        word_or(object, "/spec/volumeAttributesClassName", "<unset>"),
        UNKNOWN.to_owned(),
        word_or(object, "/spec/volumeMode", "<unset>"),
    ]
}

fn storage_class(_: KubectlView<'_>, _: &ObjectRef, object: &Value) -> Vec<String> {
    vec![
        word(object, "/provisioner"),
        word(object, "/reclaimPolicy"),
        word(object, "/volumeBindingMode"),
        word_or(object, "/allowVolumeExpansion", "false"),
        UNKNOWN.to_owned(),
    ]
}

/// How much is used isn't counted here.
fn quota(_: KubectlView<'_>, _: &ObjectRef, object: &Value) -> Vec<String> {
    let hard = object.pointer("/spec/hard").and_then(Value::as_object).into_iter().flatten();
    let (mut requests, mut limits) = (Vec::new(), Vec::new());
    for (name, amount) in hard {
        let used = object.pointer("/status/used").and_then(|used| used.get(name)).map(quantity_text);
        let used = used.unwrap_or_else(|| UNKNOWN.to_owned());
        let text = format!("{name}: {used}/{}", quantity_text(amount));
        if name.starts_with("limits.") { limits.push(text) } else { requests.push(text) }
    }
    vec![requests.join(", "), limits.join(", "), UNKNOWN.to_owned()]
}

fn priority_class(_: KubectlView<'_>, _: &ObjectRef, object: &Value) -> Vec<String> {
    vec![
        word(object, "/value"),
        word_or(object, "/globalDefault", "false"),
        UNKNOWN.to_owned(),
        word(object, "/preemptionPolicy"),
    ]
}

fn pod_template(_: KubectlView<'_>, _: &ObjectRef, object: &Value) -> Vec<String> {
    let [names, images] = containers(object, "/template/spec/containers");
    vec![names, images, label_line(&entries(object, "/template/metadata/labels"))]
}

fn role_binding(_: KubectlView<'_>, _: &ObjectRef, object: &Value) -> Vec<String> {
    let subjects = |kind: &str| {
        let all = list(object, "/subjects").iter().filter(|subject| word(subject, "/kind") == kind);
        let names = all.map(|subject| match word(subject, "/namespace") {
            namespace if kind == "ServiceAccount" && !namespace.is_empty() => {
                format!("{namespace}/{}", word(subject, "/name"))
            }
            _ => word(subject, "/name"),
        });
        names.collect::<Vec<_>>().join(", ")
    };
    let role = format!("{}/{}", word(object, "/roleRef/kind"), word(object, "/roleRef/name"));
    vec![role, UNKNOWN.to_owned(), subjects("User"), subjects("Group"), subjects("ServiceAccount")]
}

fn webhooks(_: KubectlView<'_>, _: &ObjectRef, object: &Value) -> Vec<String> {
    vec![list(object, "/webhooks").len().to_string(), UNKNOWN.to_owned()]
}

fn csi_driver(_: KubectlView<'_>, _: &ObjectRef, object: &Value) -> Vec<String> {
    let audiences: Vec<String> = list(object, "/spec/tokenRequests").iter().map(|one| word(one, "/audience")).collect();
    let modes = words(object, "/spec/volumeLifecycleModes").join(",");
    vec![
        word_or(object, "/spec/attachRequired", "true"),
        word_or(object, "/spec/podInfoOnMount", "false"),
        word_or(object, "/spec/storageCapacity", "false"),
        if audiences.is_empty() { "<unset>".to_owned() } else { audiences.join(",") },
        word_or(object, "/spec/requiresRepublish", "false"),
        if modes.is_empty() { NONE.to_owned() } else { modes },
        UNKNOWN.to_owned(),
    ]
}

fn api_service(_: KubectlView<'_>, _: &ObjectRef, object: &Value) -> Vec<String> {
    let service = object.pointer("/spec/service");
    let service = service.map(|service| format!("{}/{}", word(service, "/namespace"), word(service, "/name")));
    vec![service.unwrap_or_else(|| "Local".to_owned()), UNKNOWN.to_owned(), UNKNOWN.to_owned()]
}

/// A condition's status; what a controller would write isn't looked up.
fn condition(object: &Value, kind: &str) -> String {
    let found = list(object, "/status/conditions").iter().find(|one| word(one, "/type") == kind);
    found.map_or_else(|| UNKNOWN.to_owned(), |one| word(one, "/status"))
}

fn gateway_class(_: KubectlView<'_>, _: &ObjectRef, object: &Value) -> Vec<String> {
    let controller = word(object, "/spec/controllerName");
    vec![controller, condition(object, "Accepted"), UNKNOWN.to_owned(), word(object, "/spec/description")]
}

fn gateway(_: KubectlView<'_>, _: &ObjectRef, object: &Value) -> Vec<String> {
    let address = word_or(object, "/status/addresses/0/value", UNKNOWN);
    vec![word(object, "/spec/gatewayClassName"), address, condition(object, "Programmed"), UNKNOWN.to_owned()]
}

fn hostnames(_: KubectlView<'_>, _: &ObjectRef, object: &Value) -> Vec<String> {
    vec![shown(object, "/spec/hostnames"), UNKNOWN.to_owned()]
}

fn address_pool(_: KubectlView<'_>, _: &ObjectRef, object: &Value) -> Vec<String> {
    let (assigns, avoids) =
        (word_or(object, "/spec/autoAssign", "true"), word_or(object, "/spec/avoidBuggyIPs", "false"));
    vec![assigns, avoids, shown(object, "/spec/addresses")]
}

fn advertisement(_: KubectlView<'_>, _: &ObjectRef, object: &Value) -> Vec<String> {
    let paths = ["/spec/ipAddressPools", "/spec/ipAddressPoolSelectors", "/spec/interfaces", "/spec/nodeSelectors"];
    paths.iter().map(|path| shown(object, path)).collect()
}
