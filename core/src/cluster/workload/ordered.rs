//! A StatefulSet makes its pods one after the other: none before all those with lower numbers are running and ready
//! (stateful_set_control.go, processReplica; podManagementPolicy OrderedReady).

use std::collections::{BTreeMap, BTreeSet};

use super::{PodDraft, Workload};
use crate::cluster::objects::Objects;
use crate::cluster::pod::{Phase, Pod};
use crate::cluster::settings::ClusterSettings;
use crate::model::Text;
use crate::order::Gather;
use crate::source::ObjectRef;

/// Takes away the made pods of StatefulSets that come after one that doesn't get ready.
pub(in super::super) fn wait_for_predecessors(
    objects: &Objects,
    settings: &ClusterSettings,
    mut drafts: Vec<PodDraft>,
    workloads: &mut BTreeMap<ObjectRef, Workload>,
) -> Vec<PodDraft> {
    let ordered = objects.stateful_sets.iter().filter(|set| &*set.body.spec.pod_management_policy != "Parallel");
    let mut last: BTreeMap<&ObjectRef, u64> = ordered.map(|set| (&set.reference, u64::MAX)).into_map();
    for PodDraft { pod, .. } in drafts.iter().filter(|draft| holds_up(settings, &draft.pod)) {
        let known = pod.owner.as_ref().and_then(|set| last.get_mut(set));
        if let (Some(last), Some(ordinal)) = (known, ordinal(pod)) {
            *last = ordinal.min(*last);
        }
    }
    last.retain(|_, ordinal| *ordinal != u64::MAX);
    let stays = |pod: &Pod| {
        let last = pod.owner.as_ref().and_then(|set| last.get(set));
        !pod.made || last.is_none_or(|last| ordinal(pod).is_none_or(|ordinal| ordinal <= *last))
    };
    let mut gone: BTreeMap<&ObjectRef, BTreeSet<&Text>> = BTreeMap::new();
    for PodDraft { pod, .. } in drafts.iter().filter(|draft| !stays(&draft.pod)) {
        let names = pod.owner.as_ref().map(|set| gone.entry(set).or_default());
        names.into_iter().for_each(|names| names.extend([&pod.reference.name]));
    }
    for (set, names) in gone {
        let workload = workloads.get_mut(set);
        workload.into_iter().for_each(|workload| workload.pods.retain(|pod| !names.contains(pod)));
    }
    drafts.retain(|draft| stays(&draft.pod));
    drafts
}

/// Whether the controller waits for a pod. What World says has happened to it happened when all were there.
fn holds_up(settings: &ClusterSettings, pod: &Pod) -> bool {
    let happened = settings.fate(pod.namespace(), pod.name());
    let is_well = pod.phase == Phase::Running && pod.ready && !pod.terminating;
    !is_well && happened.is_none_or(|fate| fate.ready.is_none() && !fate.terminating)
}

fn ordinal(pod: &Pod) -> Option<u64> {
    pod.name().rsplit_once('-')?.1.parse().ok()
}
