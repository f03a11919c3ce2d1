//! An answer of the core for the page.

use std::rc::Rc;

use whichpod_core::explain::{self, Elsewhere};
use whichpod_core::trace::Resolution;

use super::words::Voice;
use super::{landings, map, outcome, walk};
use crate::answer::{Fragment, Other, Printed, Verdict};

/// As many pods can be asked about: why not there?
const MOST_OTHERS: usize = 200;

/// Everything that the page shows about a resolution.
pub fn verdict(command: &Rc<str>, resolution: &Resolution, printed: Option<Printed>, voice: Voice<'_>) -> Verdict {
    let trail = resolution.landings.first().map(|landing| &landing.trail);
    let gaps = resolution.gaps.iter().map(|gap| vec![Fragment::Code(explain::gap_text(gap).into())]);
    Verdict {
        command: command.clone(),
        outcome: outcome::of_all(resolution),
        sentence: voice.text(explain::summary(resolution, voice.core_language())),
        landings: landings::landings(resolution, voice),
        legs: trail.map_or_else(Vec::new, |trail| walk::legs(trail, voice)),
        map: map::map(resolution, voice),
        others: others(resolution, voice),
        printed,
        not_modelled: gaps.collect(),
    }
}

/// The pods that somebody wrote and that the request doesn't reach.
fn others(resolution: &Resolution, voice: Voice<'_>) -> Vec<Other> {
    let cluster = voice.cluster;
    let elsewhere = Elsewhere::new(resolution, cluster);
    let pods = cluster.pods.values().filter(|pod| !cluster.is_supplied(&pod.reference));
    let others = pods.filter_map(|pod| {
        let reason = elsewhere.reason(pod, voice.core_language())?;
        let place = voice.place_of(&pod.reference.field(whichpod_core::source::FieldPath::root()));
        Some(Other { pod: pod.reference.qualified_name().into(), place, reason: voice.text(reason) })
    });
    others.take(MOST_OTHERS).collect()
}
