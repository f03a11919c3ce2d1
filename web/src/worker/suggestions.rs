//! Questions that make sense with these manifests: one for each way in, the outermost first.

use std::collections::BTreeMap;
use std::rc::Rc;

use whichpod_core::cluster::Cluster;
use whichpod_core::entrances::{self, Entrance, EntranceKind};

use crate::answer::Suggestion;

/// How many are offered.
const MOST: usize = 6;

/// How many of one kind: variety teaches more.
const MOST_ALIKE: usize = 2;

/// Requests through Ingresses, routes, load balancers and node ports from outside, then by name from a pod, and a lookup.
pub fn suggestions(cluster: &Cluster) -> Rc<[Suggestion]> {
    let all = entrances::entrances(cluster);
    let mut counts: BTreeMap<EntranceKind, usize> = BTreeMap::new();
    let varied = all.iter().filter(|entrance| {
        let count = counts.entry(entrance.kind).or_default();
        *count += 1;
        *count <= MOST_ALIKE
    });
    let mut offered: Vec<Suggestion> = varied.map(suggestion).collect();
    offered.truncate(MOST - 1);
    offered.extend(all.iter().find_map(lookup));
    offered.dedup();
    offered.into()
}

fn suggestion(entrance: &Entrance) -> Suggestion {
    Suggestion { from: entrance.from.as_str().into(), command: entrance.command.as_str().into() }
}

/// The name of a Service, looked up by who asks it.
fn lookup(entrance: &Entrance) -> Option<Suggestion> {
    let inside = entrance.kind == EntranceKind::Service;
    let name = entrance.command.strip_prefix("curl http://").filter(|_| inside)?;
    let name = name.split([':', '/']).next().unwrap_or(name);
    Some(Suggestion { from: entrance.from.as_str().into(), command: format!("nslookup {name}").into() })
}
