//! The controllers and the scheduler: what they make of a world, object by object.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use crate::asking::AskedWorld;
use crate::recording::RecordedQuestion;
use crate::verdict::{Difference, Verdict};

mod compare;
mod project;

pub(super) use project::generated;
pub(crate) use project::listing;

/// A world, and what was made of it.
#[derive(Debug, Deserialize)]
pub struct WorldRecord {
    id: String,
    world: String,
    namespaces: BTreeSet<String>,
    /// Kind, then `namespace/name`.
    real: BTreeMap<String, Option<BTreeMap<String, Value>>>,
    /// Paths that the laboratory decides.
    skip: Option<String>,
}

impl RecordedQuestion for WorldRecord {
    fn id(&self) -> &str {
        &self.id
    }

    fn world(&self) -> Option<&str> {
        Some(&self.world)
    }
}

/// Compares every object; the ReplicaSets of Deployments are left out, since their names hold a hash.
pub fn compare_world(world: &AskedWorld<'_>, record: &WorldRecord) -> Vec<(String, Verdict)> {
    let skip = record.skip.as_deref().and_then(|skip| regex_lite::Regex::new(skip).ok());
    let ours = project::project(world, &record.namespaces);
    let mut compared = Vec::new();
    for (kind, ours) in &ours {
        let nothing = BTreeMap::new();
        let real = record.real.get(*kind).and_then(Option::as_ref).unwrap_or(&nothing);
        let names: BTreeSet<&String> = ours.keys().chain(real.keys()).collect();
        for name in names.into_iter().filter(|name| !compare::is_ignored(&format!("/{kind}/{name}"))) {
            let top = format!("/{kind}/{name}");
            let real = real.get(name).cloned().map(project::in_order);
            let mut differences = compare::objects(real.as_ref(), ours.get(name), &top);
            differences.retain(|difference| !skip.as_ref().is_some_and(|skip| skip.is_match(&difference.aspect)));
            let below = |difference: Difference| Difference {
                aspect: format!("{kind}{}", without_indices(&difference.aspect[top.len()..])),
                ..difference
            };
            compared.push((format!("{kind} {name}"), Verdict::of(differences.into_iter().map(below).collect())));
        }
    }
    compared
}

/// `[]` for any place in a list.
fn without_indices(path: &str) -> String {
    let mut kept = String::new();
    let mut inside = false;
    for c in path.chars() {
        inside = inside && c != ']';
        if !inside {
            kept.push(c);
        }
        inside = inside || c == '[';
    }
    kept
}
