//! Jobs (pkg/controller/job): as many pods at work as may be at once, and those that have succeeded already.
//!
//! A Job without status has just begun. What its status says of how far it is counts.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::super::objects::ClusterObject;
use super::super::super::pod::{Phase, Pod};
use super::super::super::settings::ClusterSettings;
use super::super::{MAX_PODS, PodDraft, PodTarget, with_label};
use super::{PodCounting, PodSource, replica_count};
use crate::model::{self, JobStatus, Text, well_known};
use crate::order::Gather;

/// How far a Job is.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in super::super) struct JobProgress {
    /// How many pods are at work.
    pub active: usize,
    /// How many have succeeded.
    pub succeeded: usize,
    /// Of an Indexed Job, which numbers are done, and how many there are.
    pub indexed: Option<(BTreeSet<u64>, u64)>,
}

pub(super) fn job_source(given: &ClusterObject<model::Job>) -> PodSource {
    let mut source = PodSource::new(given, &given.body.spec.template);
    for key in [well_known::JOB_NAME, "job-name"] {
        source.template.labels = with_label(&source.template.labels, key, given.name());
    }
    let progress = job_progress(&given.body);
    PodSource { wanted: progress.active + progress.succeeded, maker: PodCounting::Completions(progress), ..source }
}

/// job_controller.go, manageJob: parallelism, but no more than completions that are still open; nobody where it is
/// suspended or over.
fn job_progress(job: &model::Job) -> JobProgress {
    let model::Job { spec, status, .. } = job;
    let parallelism = replica_count(spec.parallelism).min(MAX_PODS);
    let completions = spec.completions.map(|number| replica_count(Some(number)).min(MAX_PODS));
    let succeeded =
        status.succeeded.map_or(0, |number| replica_count(Some(number)).min(completions.unwrap_or(MAX_PODS)));
    let open = match completions {
        Some(completions) => parallelism.min(completions - succeeded),
        // Whoever counts no completions is done with the first success.
        None if succeeded > 0 => 0,
        None => parallelism,
    };
    let active = status.active.map_or(open, |number| replica_count(Some(number)).min(parallelism));
    let indexed = (spec.completion_mode.as_deref() == Some("Indexed")).then(|| {
        let indices = status.completed_indexes.as_deref().unwrap_or_default();
        (numbers(indices, completions.unwrap_or(0)), completions.unwrap_or(0) as u64)
    });
    JobProgress { active: if spec.suspend || is_over(status) { 0 } else { active }, succeeded, indexed }
}

fn is_over(status: &JobStatus) -> bool {
    let ends = |kind: &str| matches!(kind, "Complete" | "Failed");
    status.completion_time.is_some()
        || status.conditions.iter().any(|condition| ends(&condition.kind) && &*condition.status == "True")
}

/// `0-2,5` below a number.
fn numbers(text: &str, end: usize) -> BTreeSet<u64> {
    let ranges = text.split(',').filter_map(|range| {
        let (first, last) = range.trim().split_once('-').unwrap_or((range.trim(), range.trim()));
        Some(first.parse::<u64>().ok()?..=last.parse::<u64>().ok()?.min((end as u64).saturating_sub(1)))
    });
    ranges.flatten().take(end).into_set()
}

/// The number of a pod of an Indexed Job.
pub(in super::super) fn completion_index(pod: &Pod) -> Option<u64> {
    pod.annotations.get(well_known::COMPLETION_INDEX).or(pod.labels.get(well_known::COMPLETION_INDEX))?.parse().ok()
}

impl PodSource {
    /// The name of a Job's pod: that of an Indexed one holds its number (indexed_job_utils.go, podGenerateNameWithIndex).
    pub fn job_pod_name(&self, index: Option<u64>, number: u64) -> String {
        match index {
            Some(index) => self.generated_name_of(&format!("{}-{index}", self.owner.name), number),
            None => self.generated_name(number),
        }
    }

    /// A pod of a Job (addCompletionIndexAnnotation, addCompletionIndexLabel; its host name is JOB-INDEX).
    pub fn job_draft(&self, name: Text, index: Option<u64>, is_done: bool, settings: &ClusterSettings) -> PodDraft {
        let mut draft = self.draft(name, settings);
        if let Some(index) = index {
            let value: Text = index.to_string().into();
            Arc::make_mut(&mut draft.pod.labels).insert(well_known::COMPLETION_INDEX.into(), value.clone());
            Arc::make_mut(&mut draft.pod.annotations).insert(well_known::COMPLETION_INDEX.into(), value);
            draft.pod.hostname = Some(format!("{}-{index}", self.owner.name).into());
        }
        if is_done {
            (draft.pod.phase, draft.pod.ready, draft.target) = (Phase::Succeeded, false, PodTarget::Done);
        }
        draft
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn completed_indexes_are_ranges() {
        assert_eq!(numbers("0-2,5", 10), BTreeSet::from([0, 1, 2, 5]));
        assert_eq!(numbers("", 10), BTreeSet::new());
        assert_eq!(numbers("0-18446744073709551615", 3), BTreeSet::from([0, 1, 2]));
    }
}
