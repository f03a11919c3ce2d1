//! `rollout status` (kubectl, pkg/polymorphichelpers/rollout_status.go).

use super::{Done, Resource, View, Write, error, output};
use crate::cluster::Pod;

/// Whether Deployments are rolled out. kubectl would wait; nothing here has a clock.
pub fn status(write: &Write, view: View<'_>) -> Done {
    let (selected, mut missing) = write.selected(&write.flags.words, view)?;
    let mut said = String::new();
    for one in &selected {
        if one.resource != Resource::Deployments {
            let kind = one.resource.singular();
            return Err(error(format!(
                "kubectl rollout status of {kind} isn't understood here: that of deployments is"
            )));
        }
        let workload = view.cluster.workloads.get(&one.reference);
        let pods = workload.map_or(&[][..], |workload| &workload.pods).iter();
        let pods: Vec<&Pod> = pods.filter_map(|pod| view.cluster.pods.get(one.namespace(), pod)).collect();
        let (all, ready) = (pods.len(), pods.iter().filter(|pod| pod.ready).count());
        let name = one.name();
        said.push_str(&match ready == all {
            true => format!("deployment {name:?} successfully rolled out\n"),
            false => format!("Waiting for deployment {name:?} rollout to finish: {ready} of {all} updated replicas are available...\n"),
        });
        if ready < all && write.flags.value("watch").is_none_or(|watch| watch != "false") {
            missing.push_str("whichpod: kubectl would wait here until they are; --watch=false doesn't\n");
        }
    }
    Ok((output(said, missing), Vec::new()))
}
