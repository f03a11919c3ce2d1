//! What some requests one after another would meet: the exact shares, drawn from with a seeded sequence, so that the same
//! question always gives the same tally.

use crate::trace::{Cause, Hop, Landing, Resolution, Rule, ServiceRule, Subject};

/// How many of some requests end at each landing, in the order of the landings. The requests come from one client, each on
/// a connection of its own: where a Service keeps a client's affinity, the later ones go where the first one went.
pub fn tally(resolution: &Resolution, requests: u32, seed: u64) -> Vec<u32> {
    let landings = &resolution.landings;
    let mut counts = vec![0; landings.len()];
    let mut draws = Draws(seed);
    let mut kept: Vec<Kept> = Vec::new();
    for _ in 0..requests {
        let open: Vec<usize> = (0..landings.len()).filter(|place| fits(landings.get(*place), &kept)).collect();
        let Some(place) = draw(landings, &open, draws.next()) else { break };
        if let Some(count) = counts.get_mut(place) {
            *count += 1;
        }
        for made in landings.get(place).map(choices).unwrap_or_default() {
            if !kept.contains(&made) {
                kept.push(made);
            }
        }
    }
    counts
}

/// A choice that affinity keeps: for which destination, and what was taken.
#[derive(Clone, Debug, PartialEq)]
struct Kept {
    destination: String,
    taken: Subject,
}

/// The choices of a landing that affinity keeps.
fn choices(landing: &Landing) -> Vec<Kept> {
    landing.trail.hops_backwards().filter(|hop| keeps(hop)).filter_map(choice).collect()
}

fn keeps(hop: &Hop) -> bool {
    hop.because.contains(&Cause::Rule(Rule::Service(ServiceRule::SessionAffinityClientIp)))
}

fn choice(hop: &Hop) -> Option<Kept> {
    let taken = hop.candidates.get(hop.chosen?)?.what.clone();
    Some(Kept { destination: hop.before.destination_text(), taken })
}

/// Whether a landing agrees with all that is kept.
fn fits(landing: Option<&Landing>, kept: &[Kept]) -> bool {
    let made = landing.map(choices).unwrap_or_default();
    made.iter().all(|made| kept.iter().all(|kept| kept.destination != made.destination || kept == made))
}

/// One of the open landings, by their shares; `point` lies in 0..1.
fn draw(landings: &[Landing], open: &[usize], point: f64) -> Option<usize> {
    let share = |place: &usize| landings.get(*place).map_or(0.0, |landing| landing.share.to_f64());
    let whole: f64 = open.iter().map(share).sum();
    let mut rest = point * whole;
    for place in open {
        rest -= share(place);
        if rest < 0.0 {
            return Some(*place);
        }
    }
    open.last().copied()
}

/// Numbers in 0..1 (SplitMix64).
struct Draws(u64);

impl Draws {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) as f64 / u64::MAX as f64
    }
}
