//! `create job` and `create cronjob` (pkg/cmd/create, create_job.go, create_cronjob.go).

use serde_json::{Value, json};

use super::super::{UsageError, WriteCommand, kubectl_error, set_field};
use super::{bare_object, require_flags};
use crate::kubectl::{KubectlView, documents, json_tree};
use crate::source::ObjectRef;

pub fn job(write: &WriteCommand, view: KubectlView<'_>) -> Result<Value, UsageError> {
    let mut object = bare_object(write, "batch/v1", "Job")?;
    let given = |flag: &str| write.flags.value(flag).filter(|text| !text.is_empty());
    let (image, from) = (given("image"), given("from"));
    if image.is_some() == from.is_some() {
        return Err(kubectl_error("error: either --image or --from must be specified"));
    }
    if from.is_some() && !write.flags.command.is_empty() {
        return Err(kubectl_error("error: cannot specify --from and command"));
    }
    if let Some(from) = from {
        return of_cron_job(write, view, object, from);
    }
    let containers = [container(write, image.unwrap_or_default())];
    let template = json!({"metadata": {}, "spec": {"containers": containers, "restartPolicy": "Never"}});
    set_field(&mut object, "spec", Some(json!({"template": template})));
    set_field(&mut object, "status", Some(json!({})));
    Ok(object)
}

/// What a CronJob would make, now (createJobFromCronJob).
fn of_cron_job(
    write: &WriteCommand,
    view: KubectlView<'_>,
    mut object: Value,
    from: &str,
) -> Result<Value, UsageError> {
    let name = from.rsplit('/').next().unwrap_or(from);
    let cron = ObjectRef::namespaced("CronJob", write.flags.namespace(), name);
    let missing = || kubectl_error(format!("Error from server (NotFound): cronjobs.batch {name:?} not found"));
    let written = documents::written_object(view, &cron).ok_or_else(missing)?;
    let template = written.pointer("/spec/jobTemplate").cloned().unwrap_or_default();
    let owner = json!({"apiVersion": "batch/v1", "controller": true, "kind": "CronJob", "name": name});
    let mut metadata = json!({
        "annotations": {"cronjob.kubernetes.io/instantiate": "manual"},
        "ownerReferences": [owner],
    });
    for key in ["annotations", "labels"] {
        let own = template.pointer(&format!("/metadata/{key}")).cloned();
        json_tree::merge(&mut metadata, json!({key: own}));
    }
    json_tree::merge(&mut object, json!({"metadata": metadata}));
    set_field(&mut object, "spec", template.get("spec").cloned());
    Ok(object)
}

pub fn cron_job(write: &WriteCommand, _: KubectlView<'_>) -> Result<Value, UsageError> {
    require_flags(write, &["image", "schedule"])?;
    let mut object = bare_object(write, "batch/v1", "CronJob")?;
    let name = write.flags.words.first().cloned().unwrap_or_default();
    let (schedule, image) = (write.flags.value("schedule"), write.flags.value("image").unwrap_or_default());
    let restart = write.flags.value("restart").unwrap_or("OnFailure");
    let template = json!({"metadata": {}, "spec": {"containers": [container(write, image)], "restartPolicy": restart}});
    let job = json!({"metadata": {"name": name}, "spec": {"template": template}});
    set_field(&mut object, "spec", Some(json!({"jobTemplate": job, "schedule": schedule})));
    set_field(&mut object, "status", Some(json!({})));
    Ok(object)
}

fn container(write: &WriteCommand, image: &str) -> Value {
    let name = write.flags.words.first().map_or("", String::as_str);
    let mut container = json!({"image": image, "name": name, "resources": {}});
    set_field(&mut container, "command", (!write.flags.command.is_empty()).then(|| json!(write.flags.command)));
    container
}
