//! `rollout status`, `history`, `undo`, `restart`, `pause` and `resume` (kubectl, pkg/cmd/rollout and
//! pkg/polymorphichelpers).

use serde_json::{Value, json};

use super::super::api;
use super::super::describe::template as described;
use super::super::replicas::ReplicaCounts;
use super::super::table::align_tabs;
use super::left;
use super::revisions::{TemplateRevision, revisions};
use super::{
    DryRun, KubectlView, Output, ResourceType, SelectedObject, UsageError, WriteCommand, WriteResult, flag_number,
    kubectl_error, unsupported_error, write_output,
};
use crate::cluster::Rollout;
use crate::cluster::rollout::{RolloutEvent, RolloutSet, TEMPLATE_HASH};
use crate::model::well_known;
use crate::order::Order;
use crate::source::FieldPath;

/// When the first restart is: nothing here has a clock. Each further one is a minute later.
const FIRST_RESTART: &str = "2000-01-01T00:00:00Z";

/// Whether Deployments are rolled out (rollout_status.go). kubectl would wait; nothing here has a clock.
pub fn status(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    // 1. The objects, and the revision that is expected.
    let asked = revision(write, "revision")?;
    let (selected, mut missing) = write.selected(&write.flags.words, view)?;
    let mut said = String::new();
    for one in &selected {
        // 2. StatefulSets and DaemonSets.
        if let Some((line, is_done)) = status_of_others(one, view)? {
            said.push_str(&line);
            if !is_done && write.flags.value("watch").is_none_or(|watch| watch != "false") {
                missing.push_str(WOULD_WAIT);
            }
            continue;
        }
        // 3. Deployments: the revision, and how far it has come.
        let rollout = rollout(one, view, "status")?;
        let running = rollout.new_set().map_or(0, |set| set.revision);
        if asked.is_some_and(|asked| asked != running) {
            let asked = asked.unwrap_or_default();
            return Err(kubectl_error(format!(
                "error: desired revision ({asked}) is different from the running revision ({running})"
            )));
        }
        let (line, is_done) = status_of(one.name(), rollout, ReplicaCounts::of_object(view.cluster, &one.reference));
        said.push_str(&line);
        if !is_done && write.flags.value("watch").is_none_or(|watch| watch != "false") {
            missing.push_str(WOULD_WAIT);
        }
    }
    Ok((write_output(said, missing), Vec::new()))
}

const WOULD_WAIT: &str = "whichpod: kubectl would wait here; --watch=false doesn't\n";

/// StatefulSets and DaemonSets (rollout_status.go): here their pods are always of the current template.
fn status_of_others(one: &SelectedObject, view: KubectlView<'_>) -> Result<Option<(String, bool)>, UsageError> {
    // 1. Only what rolls its pods over has a status.
    if !matches!(one.resource, ResourceType::DaemonSets | ResourceType::StatefulSets) {
        return Ok(None);
    }
    let object = api::object(view, &one.resource, one.namespace(), one.name());
    let strategy = object.pointer("/spec/updateStrategy").unwrap_or(&Value::Null);
    if strategy.get("type").is_some_and(|kind| kind != "RollingUpdate") {
        return Err(kubectl_error("error: rollout status is only available for RollingUpdate strategy type"));
    }
    // 2. A DaemonSet: its available pods.
    let ReplicaCounts { desired, current, available, ready, .. } =
        ReplicaCounts::of_object(view.cluster, &one.reference);
    let name = one.name();
    if matches!(one.resource, ResourceType::DaemonSets) {
        let waiting = format!(
            "Waiting for daemon set {name:?} rollout to finish: {available} of {desired} updated pods are available...\n"
        );
        let done = format!("daemon set {name:?} successfully rolled out\n");
        return Ok(Some(if available < desired { (waiting, false) } else { (done, true) }));
    }
    // 3. A StatefulSet: its ready pods, then the partition, then the revision.
    if ready < desired {
        return Ok(Some((format!("Waiting for {} pods to be ready...\n", desired - ready), false)));
    }
    if strategy.pointer("/rollingUpdate/partition").and_then(Value::as_u64).is_some_and(|partition| partition > 0) {
        return Ok(Some((format!("partitioned roll out complete: {current} new pods have been updated...\n"), true)));
    }
    let pods = view.cluster.workloads.get(&one.reference).map(|workload| workload.pods.iter());
    let first = pods.into_iter().flatten().find_map(|pod| view.cluster.pods.get(one.namespace(), pod));
    let revision = first.and_then(|pod| pod.labels.get("controller-revision-hash"));
    let revision = revision.map_or_else(|| "<unknown>".to_owned(), ToString::to_string);
    Ok(Some((format!("statefulset rolling update complete {current} pods at revision {revision}...\n"), true)))
}

fn status_of(name: &str, rollout: &Rollout, replicas: ReplicaCounts) -> (String, bool) {
    let ReplicaCounts { desired, current, updated, available, .. } = replicas;
    // Until the controller has looked, its status is of the generation before.
    if rollout.event == RolloutEvent::Begun && rollout.last > 1 {
        return ("Waiting for deployment spec update to be observed...\n".to_owned(), false);
    }
    let waiting = match () {
        () if updated < desired => format!("{updated} out of {desired} new replicas have been updated"),
        () if current > updated => format!("{} old replicas are pending termination", current - updated),
        () if available < updated => format!("{available} of {updated} updated replicas are available"),
        () => return (format!("deployment {name:?} successfully rolled out\n"), true),
    };
    (format!("Waiting for deployment {name:?} rollout to finish: {waiting}...\n"), false)
}

/// The revisions there are, or the template of one (history.go).
pub fn history(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    let asked = revision(write, "revision")?;
    let (selected, missing) = write.selected(&write.flags.words, view)?;
    let mut said = String::new();
    for one in &selected {
        if has_revisions(one) {
            said.push_str(&format!("{} {}\n", one.text(), history_of_others(one, view, asked)?));
            continue;
        }
        let rollout = rollout(one, view, "history")?;
        let text = match asked {
            Some(asked) => {
                let found = made(rollout, view).into_iter().find(|set| set.revision == asked);
                let set = found.ok_or_else(|| kubectl_error("error: unable to find the specified revision"))?;
                format!("with revision #{asked}\n{}", described(&template(view, one, set)))
            }
            None => {
                let lines = made(rollout, view).into_iter().map(|set| {
                    format!("{}\t{}\n", set.revision, cause(view, one, set).unwrap_or_else(|| "<none>".to_owned()))
                });
                format!("\n{}", align_tabs(&format!("REVISION\tCHANGE-CAUSE\n{}", lines.collect::<String>())))
            }
        };
        said.push_str(&format!("{} {text}\n", one.text()));
    }
    Ok((write_output(said, missing), Vec::new()))
}

/// The template of an earlier revision again (rollback.go).
pub fn undo(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    // 1. The objects, and the revision that is wanted.
    let asked = revision(write, "to-revision")?;
    let (selected, missing) = write.selected(&write.flags.words, view)?;
    let (mut said, mut changes) = (String::new(), Vec::new());
    for one in &selected {
        if has_revisions(one) {
            said.push_str(&undo_others(write, one, view, asked, &mut changes)?);
            continue;
        }
        // 2. The ReplicaSet of that revision, and its template.
        let rollout = rollout(one, view, "undo")?;
        let set = earlier(one, rollout, asked, view)?;
        let mut template = template(view, one, set);
        // 3. What leaves everything as it is: a dry run, a pause, the same template.
        if write.dry_run == DryRun::Client {
            said.push_str(&format!("{} {}{}\n", one.text(), described(&template), write.suffix()));
            continue;
        }
        if rollout.paused {
            return Err(kubectl_error(
                "error: you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again",
            ));
        }
        if rollout.new_set() == Some(set) {
            let why = format!("skipped rollback (current template already matches revision {})", asked.unwrap_or(0));
            said.push_str(&format!("{} {why}{}\n", one.text(), write.suffix()));
            continue;
        }
        // 4. The template again without its hash, after the present one is kept.
        changes.extend(one.written(view)?);
        if let Some(labels) = template.pointer_mut("/metadata/labels").and_then(Value::as_object_mut) {
            labels.remove(TEMPLATE_HASH);
        }
        changes.extend(left::old_replica_set(view, &one.reference));
        changes.push(one.set("spec.template".into(), Some(template)));
        said.push_str(&format!("{} rolled back{}\n", one.text(), write.suffix()));
    }
    Ok((write_output(said, missing), changes))
}

fn has_revisions(one: &SelectedObject) -> bool {
    matches!(one.resource, ResourceType::StatefulSets | ResourceType::DaemonSets)
}

/// history.go, printHistory
fn history_of_others(one: &SelectedObject, view: KubectlView<'_>, asked: Option<u64>) -> Result<String, UsageError> {
    let all = revisions(view, &one.reference);
    let Some(asked) = asked else {
        let lines = all
            .iter()
            .map(|revision| format!("{}\t{}\n", revision.number, revision.cause.as_deref().unwrap_or("<none>")));
        return Ok(format!("\n{}", align_tabs(&format!("REVISION\tCHANGE-CAUSE\n{}", lines.collect::<String>()))));
    };
    let found = all.iter().find(|revision| revision.number == asked);
    let found = found.ok_or_else(|| kubectl_error("error: unable to find the specified revision"))?;
    Ok(format!("with revision #{asked}\n{}", described(&found.template)))
}

/// rollback.go, StatefulSetRollbacker and DaemonSetRollbacker
fn undo_others(
    write: &WriteCommand,
    one: &SelectedObject,
    view: KubectlView<'_>,
    asked: Option<u64>,
    changes: &mut Vec<crate::change::Change>,
) -> Result<String, UsageError> {
    let all = revisions(view, &one.reference);
    if asked.is_none() && all.len() <= 1 {
        return Err(kubectl_error("error: no last revision to roll back to"));
    }
    let found: Option<&TemplateRevision> = match asked {
        Some(asked) => all.iter().find(|revision| revision.number == asked),
        None => all.iter().rev().nth(1),
    };
    let asked = asked.unwrap_or_default();
    let missing = || kubectl_error(format!("error: unable to find specified revision {asked} in history"));
    let found = found.ok_or_else(missing)?;
    if write.dry_run == DryRun::Client {
        return Ok(format!("{} {}{}\n", one.text(), described(&found.template), write.suffix()));
    }
    if all.last().is_some_and(|last| last.number == found.number) {
        let why = format!("skipped rollback (current template already matches revision {asked})");
        return Ok(format!("{} {why}{}\n", one.text(), write.suffix()));
    }
    changes.extend(one.written(view)?);
    changes.extend(left::old_replica_set(view, &one.reference));
    changes.push(one.set("spec.template".into(), Some(found.template.clone())));
    Ok(format!("{} rolled back{}\n", one.text(), write.suffix()))
}

/// The ReplicaSet of a revision; of none, that of the newest but one (rollback.go, deploymentRevision).
fn earlier<'v>(
    one: &SelectedObject,
    rollout: &'v Rollout,
    asked: Option<u64>,
    view: KubectlView<'v>,
) -> Result<&'v RolloutSet, UsageError> {
    let mut sets = made(rollout, view).into_iter().rev();
    match asked {
        Some(asked) => sets
            .find(|set| set.revision == asked)
            .ok_or_else(|| kubectl_error(format!("error: unable to find specified revision {asked} in history"))),
        None => sets
            .nth(1)
            .ok_or_else(|| kubectl_error(format!("error: no rollout history found for deployment {:?}", one.name()))),
    }
}

/// New pods of the same template (objectrestarter.go): an annotation makes it another one.
pub fn restart(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    let (selected, missing) = write.selected(&write.flags.words, view)?;
    if selected.is_empty() && missing.is_empty() {
        return Ok((none_found(write), Vec::new()));
    }
    let (mut said, mut changes) = (String::new(), Vec::new());
    for one in &selected {
        if !matches!(one.resource, ResourceType::Deployments | ResourceType::DaemonSets | ResourceType::StatefulSets) {
            return Err(one.refuses("restarting is not supported"));
        }
        if view.cluster.rollouts.get(&one.reference).is_some_and(|rollout| rollout.paused) {
            return Err(one.refuses("can't restart paused deployment (run rollout resume first)"));
        }
        changes.extend(one.written(view)?);
        let annotations = one.object(view).pointer("/spec/template/metadata/annotations").cloned();
        let before = annotations.as_ref().and_then(|all| all.get(well_known::RESTARTED_AT)).and_then(Value::as_str);
        let path = FieldPath::from("spec.template.metadata.annotations").key(well_known::RESTARTED_AT);
        changes.extend(left::old_replica_set(view, &one.reference));
        changes.push(one.set(path, Some(json!(next_restart(before)))));
        said.push_str(&write.say(&one.resource, one.name(), "restarted", || one.object(view))?);
    }
    Ok((write_output(said, missing), changes))
}

/// What kubectl says where there is nothing of the type (rollout_restart.go).
fn none_found(write: &WriteCommand) -> Output {
    let said = format!("No resources found in {} namespace.\n", write.namespace());
    Output { stdout: Some(String::new()), stderr: said, exit: 0 }
}

/// A minute after the restart before, of those that were made here.
fn next_restart(before: Option<&str>) -> String {
    let minutes = before.and_then(|before| {
        let (hours, minutes) = before.strip_prefix("2000-01-01T")?.strip_suffix(":00Z")?.split_once(':')?;
        let [hours, minutes]: [u32; 2] = [hours.parse::<u8>().ok()?.into(), minutes.parse::<u8>().ok()?.into()];
        Some(hours * 60 + minutes + 1)
    });
    match minutes {
        Some(minutes) => format!("2000-01-01T{:02}:{:02}:00Z", minutes / 60 % 24, minutes % 60),
        None => FIRST_RESTART.to_owned(),
    }
}

/// Roll-outs stop, or go on (objectpauser.go, objectresumer.go). What there is of each ReplicaSet then is written down.
pub fn pause(write: &WriteCommand, view: KubectlView<'_>, pause: bool) -> WriteResult {
    let (selected, missing) = write.selected(&write.flags.words, view)?;
    if selected.is_empty() && missing.is_empty() {
        return Ok((none_found(write), Vec::new()));
    }
    let (mut said, mut changes) = (String::new(), Vec::new());
    for one in &selected {
        let Some(rollout) = view.cluster.rollouts.get(&one.reference) else {
            return Err(one.refuses(if pause { "pausing is not supported" } else { "resuming is not supported" }));
        };
        if rollout.paused == pause {
            return Err(one.refuses(if pause { "is already paused" } else { "is not paused" }));
        }
        changes.extend(one.written(view)?);
        if pause {
            changes.extend(left::old_replica_set(view, &one.reference));
        }
        changes.push(one.set("spec.paused".into(), pause.then_some(json!(true))));
        let done = if pause { "paused" } else { "resumed" };
        said.push_str(&write.say(&one.resource, one.name(), done, || one.object(view))?);
    }
    Ok((write_output(said, missing), changes))
}

impl SelectedObject {
    /// `error: deployments.apps "web" is already paused`
    fn refuses(&self, why: &str) -> UsageError {
        kubectl_error(format!("error: {} {:?} {why}", self.resource.plural(), self.name()))
    }
}

fn rollout<'v>(one: &SelectedObject, view: KubectlView<'v>, verb: &str) -> Result<&'v Rollout, UsageError> {
    view.cluster.rollouts.get(&one.reference).ok_or_else(|| {
        let kind = one.resource.singular();
        unsupported_error(format!("kubectl rollout {verb} of {kind} isn't understood here: that of deployments is"))
    })
}

/// The ReplicaSets that are there, by revision.
fn made<'v>(rollout: &'v Rollout, view: KubectlView<'v>) -> Vec<&'v RolloutSet> {
    let there = |set: &&RolloutSet| view.cluster.workloads.contains_key(&set.reference);
    let mut sets: Vec<&RolloutSet> = rollout.sets.iter().filter(there).collect();
    sets.order_by_key(|set| set.revision);
    sets
}

/// A revision's template as it was written, with the label of its ReplicaSet.
fn template(view: KubectlView<'_>, one: &SelectedObject, set: &RolloutSet) -> Value {
    let written = view.manifests.find(&set.reference).or_else(|| view.manifests.find(&one.reference));
    let template = written.and_then(|object| object.node.child("spec")?.child("template"));
    let mut template = template.and_then(|node| serde_json::to_value(node).ok()).unwrap_or_default();
    let labels = view.cluster.workloads.get(&set.reference).map(|workload| &workload.labels);
    let hash = labels.and_then(|labels| labels.get(TEMPLATE_HASH));
    if let Some(hash) = hash {
        super::super::json_tree::merge(&mut template, json!({"metadata": {"labels": {TEMPLATE_HASH: hash}}}));
    }
    if let Some(cause) = cause(view, one, set) {
        super::super::json_tree::merge(
            &mut template,
            json!({"metadata": {"annotations": {well_known::CHANGE_CAUSE: cause}}}),
        );
    }
    template
}

fn cause(view: KubectlView<'_>, one: &SelectedObject, set: &RolloutSet) -> Option<String> {
    let written = view.manifests.find(&set.reference).or_else(|| view.manifests.find(&one.reference))?;
    let annotations = written.node.child("metadata")?.child("annotations")?;
    annotations.child(well_known::CHANGE_CAUSE)?.text().map(ToString::to_string)
}

fn revision(write: &WriteCommand, flag: &str) -> Result<Option<u64>, UsageError> {
    let asked = write.flags.value(flag).map(|text| flag_number(text, &format!("--{flag}"))).transpose()?;
    match asked.map(u64::try_from) {
        Some(Err(_)) => Err(kubectl_error(
            "error: revision must be a positive integer: ".to_owned() + write.flags.value(flag).unwrap_or_default(),
        )),
        Some(Ok(asked)) => Ok(Some(asked).filter(|asked| *asked > 0)),
        None => Ok(None),
    }
}
