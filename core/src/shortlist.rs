//! Choosing with reasons: a candidate can leave a [`Shortlist`] only with an objection.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::trace::{Candidate, CandidateFate, CandidateObjection, CandidateSubject, Cause, Share};

/// The candidates of a decision, some still in, the others out for a reason.
#[derive(Clone, Debug)]
pub struct Shortlist<T> {
    entries: Vec<ShortlistEntry<T>>,
}

#[derive(Clone, Debug)]
struct ShortlistEntry<T> {
    item: T,
    out: Option<(CandidateObjection, Vec<Cause>)>,
}

/// Why a candidate leaves: the objection and what settled it.
pub type CandidateRejection = (CandidateObjection, Vec<Cause>);

impl<T> Shortlist<T> {
    /// Everybody is in.
    pub fn new(items: impl IntoIterator<Item = T>) -> Self {
        Self { entries: items.into_iter().map(|item| ShortlistEntry { item, out: None }).collect() }
    }

    /// Puts out those to whom there is an objection.
    pub fn retain(&mut self, objection: impl Fn(&T) -> Option<CandidateRejection>) {
        for entry in self.entries.iter_mut().filter(|entry| entry.out.is_none()) {
            entry.out = objection(&entry.item);
        }
    }

    /// Keeps those of the greatest rank; the others leave with the objection given.
    pub fn keep_best<R: Ord>(&mut self, rank: impl Fn(&T) -> R, less: CandidateObjection) {
        let Some(best) = self.remaining().map(&rank).max() else { return };
        self.retain(|item| (rank(item) != best).then(|| (less, Vec::new())));
    }

    /// Keeps the first of those still in; the others leave with the objection given.
    pub fn keep_first(&mut self, later: CandidateObjection) {
        let mut first = true;
        for entry in self.entries.iter_mut().filter(|entry| entry.out.is_none()) {
            if !std::mem::take(&mut first) {
                entry.out = Some((later, Vec::new()));
            }
        }
    }

    /// Those still in, in their order.
    pub fn remaining(&self) -> impl Iterator<Item = &T> {
        self.entries.iter().filter(|entry| entry.out.is_none()).map(|entry| &entry.item)
    }

    /// Whether nobody is left.
    pub fn is_empty(&self) -> bool {
        self.remaining().next().is_none()
    }

    /// The candidates as the walk shows them, and those still in with their place in that list. `weight` shares the
    /// traffic among those still in, in proportion.
    pub fn finish(
        self,
        show: impl Fn(&T) -> CandidateSubject,
        weight: impl Fn(&T) -> u64,
    ) -> (Arc<[Candidate]>, Vec<ShortlistPick<T>>) {
        let whole: u64 = self.remaining().map(&weight).sum();
        let mut candidates = Vec::with_capacity(self.entries.len());
        let mut picks = Vec::new();
        // Reducing fractions is the costly part, and most weights are equal.
        let mut last = (0, Share::ZERO);
        for entry in self.entries {
            let what = show(&entry.item);
            let (fate, because) = match entry.out {
                Some((objection, because)) => (CandidateFate::Rejected(objection), because),
                None => {
                    let weight = weight(&entry.item);
                    if weight != last.0 {
                        last = (weight, Share::of(weight, whole));
                    }
                    let share = last.1;
                    picks.push(ShortlistPick { place: candidates.len(), share, item: entry.item });
                    (CandidateFate::Eligible(share), Vec::new())
                }
            };
            candidates.push(Candidate { what, fate, because });
        }
        (candidates.into(), picks)
    }
}

impl<T> Shortlist<GatheredCandidates<T>> {
    /// Puts those together that `alike` doesn't tell apart and that are in, or out for the same objection. It is told of
    /// each whether it is still in; the first of them stands for all.
    pub fn gather<K: Ord>(self, alike: impl Fn(&T, bool) -> K) -> Self {
        let mut entries: Vec<ShortlistEntry<GatheredCandidates<T>>> = Vec::new();
        let mut places: BTreeMap<(K, Option<CandidateObjection>), usize> = BTreeMap::new();
        for ShortlistEntry { item, out } in self.entries {
            let objection = out.as_ref().map(|(objection, _)| *objection);
            let key = (alike(&item.first, objection.is_none()), objection);
            let place = *places.entry(key).or_insert(entries.len());
            match entries.get_mut(place) {
                Some(known) => known.item.count += item.count,
                None => entries.push(ShortlistEntry { item, out }),
            }
        }
        Self { entries }
    }
}

/// Candidates that fare alike.
#[derive(Clone, Debug)]
pub struct GatheredCandidates<T> {
    /// The first of them.
    pub first: T,
    /// How many they are.
    pub count: usize,
}

/// A candidate that can be taken.
#[derive(Clone, Debug)]
pub struct ShortlistPick<T> {
    /// Its place among the candidates.
    pub place: usize,
    pub share: Share,
    /// The candidate.
    pub item: T,
}
