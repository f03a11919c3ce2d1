//! Putting things in order, with one sort for all kinds of things.
//!
//! The standard library's sort is compiled anew for every type and every way to compare; a hundred of them were a tenth of
//! the page. Here numbers are sorted, by a comparison behind a pointer, and then the things are put where the numbers say.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// A list that can be put in order. What compares as equal keeps its order.
pub trait Order<T> {
    /// By a comparison.
    fn order_by(&mut self, compare: impl Fn(&T, &T) -> Ordering);

    /// By a key, which is made anew for every comparison.
    fn order_by_key<K: Ord>(&mut self, key: impl Fn(&T) -> K) {
        self.order_by(|one, other| key(one).cmp(&key(other)));
    }

    /// By what the things are.
    fn order(&mut self)
    where
        T: Ord,
    {
        self.order_by(T::cmp);
    }
}

impl<T> Order<T> for [T] {
    fn order_by(&mut self, compare: impl Fn(&T, &T) -> Ordering) {
        let mut places = sorted(self.len(), &|one, other| match (self.get(one), self.get(other)) {
            (Some(one), Some(other)) => compare(one, other),
            // Both are places in the list.
            _ => Ordering::Equal,
        });
        rearrange(&mut places, &mut |one, other| self.swap(one, other));
    }
}

/// The places `0..length`, in order.
#[allow(clippy::disallowed_methods, reason = "the one place where all is sorted")]
fn sorted(length: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..length).collect();
    places.sort_by(|one, other| compare(*one, *other));
    places
}

/// Swaps until in every place stands what stood in the place that is noted there: cycle by cycle, each in its turn.
fn rearrange(places: &mut [usize], swap: &mut dyn FnMut(usize, usize)) {
    for begin in 0..places.len() {
        let mut at = begin;
        while let Some(place) = places.get_mut(at) {
            let from = std::mem::replace(place, at);
            if from == begin {
                break;
            }
            swap(at, from);
            at = from;
        }
    }
}

/// Puts what comes into a map or a set, one after the other: the standard library's `collect` sorts it first, with a machine
/// of its own for every iterator, which were a fifteenth of the page.
pub trait Gather: Iterator + Sized {
    /// A map of pairs; of those with the same key the last one counts.
    fn into_map<K: Ord, V>(self) -> BTreeMap<K, V>
    where
        Self: Iterator<Item = (K, V)>,
    {
        map(self)
    }

    /// A set; of equals one counts.
    fn into_set(self) -> BTreeSet<Self::Item>
    where
        Self::Item: Ord,
    {
        let mut set = BTreeSet::new();
        for item in self {
            set.insert(item);
        }
        set
    }
}

impl<I: Iterator> Gather for I {}

/// A map of pairs; of those with the same key the last one counts. To collect them is a sort anew for every iterator.
pub fn map<K: Ord, V>(pairs: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    for (key, value) in pairs {
        map.insert(key, value);
    }
    map
}
