//! What makes pods (pkg/apis/apps/validation, batch/validation, core/validation for ReplicationController).

use super::{ErrorValue, Errors, cron, format, metadata, pod};
use crate::model::{
    CronJob, DaemonSet, Deployment, Encode, IntOrString, Job, JobSpec, LabelSelector, Labels, Path, PodTemplate,
    ReplicaSet, ReplicationController, StatefulSet, values, well_known,
};
use crate::yaml::{Value, YamlNode};

/// A CronJob's jobs get a suffix of 11 characters, and a Job's name has 63 at most.
const CRON_JOB_NAME_LIMIT: usize = 52;

pub(super) fn deployment(deployment: &Deployment, errors: &mut Errors<'_>) {
    // 1. Metadata, replicas, selector and template.
    metadata::validate(&deployment.metadata, format::dns1123_subdomain, errors);
    let (at, spec) = (Path::Root.field("spec"), &deployment.spec);
    replicas(spec.replicas, &at, errors);
    selector(spec.selector.as_ref(), &spec.template, &at, "deployment", errors);
    template_that_always_restarts(&spec.template, &at.field("template"), errors);
    // 2. The strategy.
    let kind = spec.strategy.kind.as_deref();
    if let Some(kind) = kind.filter(|kind| !values::DEPLOYMENT_STRATEGY.contains(kind)) {
        let amount =
            |amount: &Option<IntOrString>| amount.as_ref().map_or("null".to_owned(), |it| it.encode().to_string());
        let pace = spec.strategy.rolling_update.as_ref().map_or("null".to_owned(), |pace| {
            let (most, surge) = (amount(&pace.max_unavailable), amount(&pace.max_surge));
            format!("{{\"MaxUnavailable\":{most},\"MaxSurge\":{surge}}}")
        });
        let shown = format!("{{\"Type\":{kind:?},\"RollingUpdate\":{pace}}}");
        errors.unsupported(&at.field("strategy"), &shown, &values::DEPLOYMENT_STRATEGY.in_messages());
    }
    if kind == Some("Recreate") && spec.strategy.rolling_update.is_some() {
        let at = at.field("strategy");
        errors.forbidden(&at.field("rollingUpdate"), "may not be specified when strategy `type` is 'Recreate'");
    }
    // 3. Its amounts, of which one must let it go on.
    if let Some(pace) = spec.strategy.rolling_update.as_ref().filter(|_| kind == Some("RollingUpdate"))
        && [&pace.max_surge, &pace.max_unavailable].into_iter().all(|one| one.as_ref().is_some_and(is_zero))
    {
        let strategy = at.field("strategy");
        let at = strategy.field("rollingUpdate");
        errors.invalid(&at.field("maxUnavailable"), 0, "may not be 0 when `maxSurge` is 0");
    }
}

/// `0` or `0%`.
fn is_zero(amount: &IntOrString) -> bool {
    match amount {
        IntOrString::Int(number) => *number == 0,
        IntOrString::String(text) => &**text == "0%",
    }
}

pub(super) fn replica_set(set: &ReplicaSet, errors: &mut Errors<'_>) {
    metadata::validate(&set.metadata, format::dns1123_subdomain, errors);
    let (at, spec) = (Path::Root.field("spec"), &set.spec);
    replicas(spec.replicas, &at, errors);
    // ValidateReplicaSetSpec says `deployment` too.
    selector(spec.selector.as_ref(), &spec.template, &at, "deployment", errors);
    template_that_always_restarts(&spec.template, &at.field("template"), errors);
}

pub(super) fn stateful_set(set: &StatefulSet, errors: &mut Errors<'_>) {
    metadata::validate(&set.metadata, format::dns1123_label, errors);
    let (at, spec) = (Path::Root.field("spec"), &set.spec);
    replicas(spec.replicas, &at, errors);
    if spec.ordinals.start < 0 {
        errors.invalid(&at.field("ordinals").field("start"), spec.ordinals.start, NOT_NEGATIVE);
    }
    let policy = &*spec.pod_management_policy;
    if !policy.is_empty() && !values::POD_MANAGEMENT_POLICY.contains(policy) {
        errors.invalid(&at.field("podManagementPolicy"), policy, "must be 'OrderedReady' or 'Parallel'");
    }
    selector(spec.selector.as_ref(), &spec.template, &at, "statefulset", errors);
    template_that_always_restarts(&spec.template, &at.field("template"), errors);
}

pub(super) fn daemon_set(set: &DaemonSet, errors: &mut Errors<'_>) {
    metadata::validate(&set.metadata, format::dns1123_subdomain, errors);
    let (at, spec) = (Path::Root.field("spec"), &set.spec);
    selector(spec.selector.as_ref(), &spec.template, &at, "daemonset", errors);
    template_that_always_restarts(&spec.template, &at.field("template"), errors);
}

pub(super) fn replication_controller(controller: &ReplicationController, errors: &mut Errors<'_>) {
    metadata::validate(&controller.metadata, format::dns1123_subdomain, errors);
    let (at, spec) = (Path::Root.field("spec"), &controller.spec);
    replicas(spec.replicas, &at, errors);
    if spec.selector.is_empty() {
        errors.required(&at.field("selector"), "");
    }
    metadata::labels(&spec.selector, &at.field("selector"), errors);
    let selector = LabelSelector { match_labels: spec.selector.clone(), match_expressions: Vec::new() };
    selects_own_pods(Some(&selector), &spec.template, &at.field("template"), errors);
    template_that_always_restarts(&spec.template, &at.field("template"), errors);
}

pub(super) fn job(job: &Job, errors: &mut Errors<'_>) {
    metadata::validate(&job.metadata, format::dns1123_subdomain, errors);
    // The pods are labelled with the Job's name (strategy.go, generateSelector).
    let spec = errors.node.child("spec");
    let manual = spec.and_then(|spec| spec.child("manualSelector")).is_some_and(|it| it.value == Value::Bool(true));
    if !manual {
        let at = Path::Root.field("spec");
        let at = at.field("template");
        for _ in [well_known::JOB_NAME, "job-name"] {
            errors.malformed(&at.field("labels"), &job.metadata.name, format::label_value(&job.metadata.name));
        }
    }
    job_spec(&job.spec, &Path::Root.field("spec"), errors);
}

pub(super) fn cron_job(job: &CronJob, errors: &mut Errors<'_>) {
    metadata::validate(&job.metadata, format::dns1123_subdomain, errors);
    if job.metadata.name.len() > CRON_JOB_NAME_LIMIT {
        let words = format!("must be no more than {CRON_JOB_NAME_LIMIT} characters");
        errors.invalid(&Path::Root.field("metadata").field("name"), &*job.metadata.name, words);
    }
    let at = Path::Root.field("spec");
    cron::schedule(&job.spec.schedule, &at.field("schedule"), errors);
    let policy = errors.node.child("spec").and_then(|spec| spec.child("concurrencyPolicy")).and_then(YamlNode::text);
    let policy = policy.map(|policy| &**policy).filter(|policy| !policy.is_empty());
    errors.one_of_if_said(&at.field("concurrencyPolicy"), policy, values::CONCURRENCY_POLICY);
    job_spec(&job.spec.job_template.spec, &at.field("jobTemplate").field("spec"), errors);
}

fn job_spec(spec: &JobSpec, at: &Path<'_>, errors: &mut Errors<'_>) {
    for (name, number) in [("parallelism", spec.parallelism), ("completions", spec.completions)] {
        if let Some(number) = number.filter(|number| *number < 0) {
            errors.invalid(&at.field(name), number, NOT_NEGATIVE);
        }
    }
    let at = at.field("template");
    template(&spec.template, &at, errors);
    let at = at.field("spec");
    let policy = at.field("restartPolicy");
    match spec.template.spec.restart_policy.as_deref() {
        Some("Always") => errors.required(&policy, "valid values: \"OnFailure\", \"Never\""),
        Some("OnFailure" | "Never") | None => {}
        // ValidatePodTemplateSpec has said it already; the API server says it twice.
        Some(other) => errors.not_supported(&policy, other, &["OnFailure", "Never"]),
    }
}

const NOT_NEGATIVE: &str = "must be greater than or equal to 0";

fn replicas(replicas: Option<i32>, at: &Path<'_>, errors: &mut Errors<'_>) {
    if let Some(number) = replicas.filter(|number| *number < 0) {
        errors.invalid(&at.field("replicas"), number, NOT_NEGATIVE);
    }
}

/// The selector of an apps kind, and whether it selects the template's pods. A broken one isn't compared.
fn selector(
    selector: Option<&LabelSelector>,
    template: &PodTemplate,
    at: &Path<'_>,
    kind: &str,
    errors: &mut Errors<'_>,
) {
    let before = errors.found.len();
    selector_alone(selector, at, kind, errors);
    let Some(given) = selector else {
        return says_other_labels(template, &at.field("template"), errors);
    };
    if errors.found.len() == before {
        selects_own_pods(selector, template, &at.field("template"), errors);
    } else if matches!(kind, "deployment" | "statefulset") && !given.is_empty() {
        let detail = if kind == "statefulset" { "" } else { "invalid label selector" };
        errors.invalid(&at.field("selector"), metadata::shown_selector(given), detail);
    }
}

fn selector_alone(selector: Option<&LabelSelector>, at: &Path<'_>, kind: &str, errors: &mut Errors<'_>) {
    let at = at.field("selector");
    match selector {
        // ValidateDaemonSetSpec compares the labels alone.
        None if kind == "daemonset" => {}
        None => errors.required(&at, ""),
        Some(selector) => {
            metadata::selector(selector, &at, errors);
            if selector.is_empty() {
                let value = ErrorValue("{}".to_owned());
                errors.invalid(&at, value, format!("empty selector is invalid for {kind}"));
            }
        }
    }
}

/// The pods that a workload makes must be its own.
fn selects_own_pods(selector: Option<&LabelSelector>, template: &PodTemplate, at: &Path<'_>, errors: &mut Errors<'_>) {
    let labels: &Labels = &template.metadata.labels;
    let selects = selector.is_none_or(|selector| selector.is_empty() || selector.matches(labels));
    if !selects {
        says_other_labels(template, at, errors);
    }
}

fn says_other_labels(template: &PodTemplate, at: &Path<'_>, errors: &mut Errors<'_>) {
    let labels: &Labels = &template.metadata.labels;
    let at = at.field("metadata");
    let at = at.field("labels");
    let is_written = errors.tree(&at).is_some();
    let value = if labels.is_empty() && !is_written { ErrorValue("null".to_owned()) } else { ErrorValue::json(labels) };
    errors.invalid(&at, value, "`selector` does not match template `labels`");
}

fn template_that_always_restarts(pods: &PodTemplate, at: &Path<'_>, errors: &mut Errors<'_>) {
    template(pods, at, errors);
    if let Some(policy) = pods.spec.restart_policy.as_deref().filter(|policy| *policy != "Always") {
        errors.not_supported(&at.field("spec").field("restartPolicy"), policy, &["Always"]);
    }
}

/// ValidatePodTemplateSpec.
pub(super) fn template(template: &PodTemplate, at: &Path<'_>, errors: &mut Errors<'_>) {
    // The API server leaves `metadata` out of these two paths (ValidatePodTemplateSpec).
    let meta = at.field("metadata");
    metadata::labels_printed(&template.metadata.labels, &meta.field("labels"), &at.field("labels"), errors);
    metadata::annotations_printed(
        &template.metadata.annotations,
        &meta.field("annotations"),
        &at.field("annotations"),
        errors,
    );
    pod::spec(&template.spec, &at.field("spec"), errors);
}
