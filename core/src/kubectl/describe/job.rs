//! `kubectl describe job` and `cronjob` (pkg/describe, describeJob, describeCronJob). Times are left out where no status says them.

use serde_json::Value;

use super::super::selector::selector_text;
use super::super::value::{annotations, controller, entries, labels, list, said, selector, times, word, word_or};
use super::{DescribedObject, pod};
use crate::terminal::ages::human_duration;
use crate::terminal::clock;

/// describeJob
pub fn job(described: &DescribedObject<'_>) -> Option<String> {
    let object = &described.object;
    let mut text = said("", object, &[("Name", "/metadata/name"), ("Namespace", "/metadata/namespace")]);
    let own = object.pointer("/spec/selector").map(|own| selector_text(&selector(own)));
    text += &format!("Selector:\t{}\n", own.unwrap_or_default());
    text += &labels("Labels", &entries(object, "/metadata/labels"));
    text += &annotations("Annotations", &entries(object, "/metadata/annotations"));
    text += &controller(object);
    text += &said("", object, &[("Parallelism", "/spec/parallelism")]);
    text += &format!("Completions:\t{}\n", word_or(object, "/spec/completions", "<unset>"));
    let fields = [
        ("Completion Mode", "/spec/completionMode"),
        ("Suspend", "/spec/suspend"),
        ("Backoff Limit", "/spec/backoffLimit"),
        ("TTL Seconds After Finished", "/spec/ttlSecondsAfterFinished"),
    ];
    text += &said("", object, &fields);
    text += &times(object, &[("Start Time", "/status/startTime"), ("Completed At", "/status/completionTime")]);
    text += &duration(object);
    text += &deadline("Active Deadline Seconds", object, "/spec/activeDeadlineSeconds", "");
    let count = |field: &str| word_or(object, &format!("/status/{field}"), "0");
    text += &format!(
        "Pods Statuses:\t{} Active ({} Ready) / {} Succeeded / {} Failed\n",
        count("active"),
        count("ready"),
        count("succeeded"),
        count("failed")
    );
    if word(object, "/spec/completionMode") == "Indexed" {
        text += &format!("Completed Indexes:\t{}\n", word_or(object, "/status/completedIndexes", "<none>"));
    }
    Some(text + &template_of(object, "/spec/template"))
}

/// How long it took, where it is over.
fn duration(object: &Value) -> String {
    let at = |path: &str| clock::seconds_of(&word(object, path));
    let lasted = at("/status/startTime").zip(at("/status/completionTime"));
    let lasted = lasted.map(|(start, end)| human_duration(end.saturating_sub(start)));
    lasted.map(|lasted| format!("Duration:\t{lasted}\n")).unwrap_or_default()
}

/// describeCronJob
pub fn cron_job(described: &DescribedObject<'_>) -> Option<String> {
    let object = &described.object;
    let mut text = said("", object, &[("Name", "/metadata/name"), ("Namespace", "/metadata/namespace")]);
    text += &labels("Labels", &entries(object, "/metadata/labels"));
    text += &annotations("Annotations", &entries(object, "/metadata/annotations"));
    text += &format!("Schedule:\t{}\n", word(object, "/spec/schedule"));
    text += &format!("Concurrency Policy:\t{}\n", word(object, "/spec/concurrencyPolicy"));
    let suspended = if word(object, "/spec/suspend") == "true" { "True" } else { "False" };
    text += &format!("Suspend:\t{suspended}\n");
    for (title, path) in [
        ("Time Zone", "/spec/timeZone"),
        ("Successful Job History Limit", "/spec/successfulJobsHistoryLimit"),
        ("Failed Job History Limit", "/spec/failedJobsHistoryLimit"),
    ] {
        text += &format!("{title}:\t{}\n", word_or(object, path, "<unset>"));
    }
    text += &deadline("Starting Deadline Seconds", object, "/spec/startingDeadlineSeconds", "<unset>");
    text += &job_template(object.pointer("/spec/jobTemplate/spec").unwrap_or(&Value::Null));
    text += "Last Schedule Time:\t<unset>\n";
    let active: Vec<String> = list(object, "/status/active").iter().map(|job| word(job, "/name")).collect();
    Some(text + &format!("Active Jobs:\t{}\n", if active.is_empty() { "<none>".to_owned() } else { active.join(", ") }))
}

/// describeJobTemplate
fn job_template(spec: &Value) -> String {
    let own = spec.get("selector").map_or_else(|| "<unset>".to_owned(), |own| selector_text(&selector(own)));
    let mut text = format!("Selector:\t{own}\n");
    text += &format!("Parallelism:\t{}\n", word_or(spec, "/parallelism", "<unset>"));
    text += &format!("Completions:\t{}\n", word_or(spec, "/completions", "<unset>"));
    text += &deadline("Active Deadline Seconds", spec, "/activeDeadlineSeconds", "");
    text + &template_of(spec, "/template")
}

/// `120s`, or what stands for none; nothing for an empty one.
fn deadline(title: &str, object: &Value, path: &str, absent: &str) -> String {
    match (word(object, path), absent) {
        (seconds, "") if seconds.is_empty() => seconds,
        (seconds, absent) if seconds.is_empty() => format!("{title}:\t{absent}\n"),
        (seconds, _) => format!("{title}:\t{seconds}s\n"),
    }
}

fn template_of(object: &Value, path: &str) -> String {
    pod::template(object.pointer(path).unwrap_or(&Value::Null))
}
