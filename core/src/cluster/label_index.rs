//! Finds what a selector selects without looking at everything: by namespace, then by the rarest label asked for.
//!
//! Things with one label set (the pods of a template) are one group and are judged once.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{LabelSelector, Labels, Text};

/// Labelled things, by namespace.
#[derive(Default)]
pub(super) struct LabelIndex {
    namespaces: BTreeMap<Text, LabelGroups>,
}

#[derive(Default)]
struct LabelGroups {
    groups: Vec<LabelGroup>,
    /// Groups whose label set stands at one address are one.
    by_labels: BTreeMap<*const Labels, usize>,
    by_label: BTreeMap<Text, BTreeMap<Text, Vec<usize>>>,
}

struct LabelGroup {
    labels: Arc<Labels>,
    members: Vec<usize>,
}

impl LabelIndex {
    /// Indexes things by their numbers.
    pub fn new<'a>(things: impl Iterator<Item = (usize, &'a str, &'a Arc<Labels>)>) -> Self {
        let mut index = Self::default();
        for (number, namespace, labels) in things {
            match index.namespaces.get_mut(namespace) {
                Some(groups) => groups.add(number, labels),
                None => index.namespaces.entry(namespace.into()).or_default().add(number, labels),
            }
        }
        index
    }

    /// Things of a namespace that carry all these labels, in order. No label selects everything.
    pub fn equal(&self, namespace: &str, wanted: &Labels) -> Vec<usize> {
        self.find(namespace, wanted, |labels| wanted.iter().all(|(key, value)| labels.get(key) == Some(value)))
    }

    /// Things of a namespace that a selector selects, in order.
    pub fn matching(&self, namespace: &str, selector: &LabelSelector) -> Vec<usize> {
        self.find(namespace, &selector.match_labels, |labels| selector.matches(labels))
    }

    fn find(&self, namespace: &str, wanted: &Labels, holds: impl Fn(&Labels) -> bool) -> Vec<usize> {
        let Some(groups) = self.namespaces.get(namespace) else { return Vec::new() };
        let mut found: Vec<usize> = match groups.rarest(wanted) {
            RarestLabel::Anything => {
                groups.groups.iter().filter(|group| holds(&group.labels)).flat_map(members).collect()
            }
            RarestLabel::Nothing => Vec::new(),
            RarestLabel::Among(list) => {
                let candidates = list.iter().filter_map(|group| groups.groups.get(*group));
                candidates.filter(|group| holds(&group.labels)).flat_map(members).collect()
            }
        };
        sort_numbers(&mut found);
        found
    }
}

fn members(group: &LabelGroup) -> impl Iterator<Item = usize> {
    group.members.iter().copied()
}

/// Where to look for a set of labels.
enum RarestLabel<'a> {
    Anything,
    Nothing,
    Among(&'a [usize]),
}

impl LabelGroups {
    fn add(&mut self, number: usize, labels: &Arc<Labels>) {
        let next = self.groups.len();
        let group = *self.by_labels.entry(Arc::as_ptr(labels)).or_insert(next);
        if group == next {
            self.groups.push(LabelGroup { labels: labels.clone(), members: Vec::new() });
            for (key, value) in labels.iter() {
                let values = self.by_label.entry(key.clone()).or_default();
                values.entry(value.clone()).or_default().push(group);
            }
        }
        if let Some(group) = self.groups.get_mut(group) {
            group.members.push(number);
        }
    }

    fn rarest(&self, wanted: &Labels) -> RarestLabel<'_> {
        if wanted.is_empty() {
            return RarestLabel::Anything;
        }
        let lists = wanted.iter().map(|(key, value)| self.by_label.get(key).and_then(|values| values.get(value)));
        match lists.map(|list| list.map_or(&[][..], Vec::as_slice)).min_by_key(|list| list.len()) {
            Some(list) if !list.is_empty() => RarestLabel::Among(list),
            _ => RarestLabel::Nothing,
        }
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "plain numbers, at every selector: the general sort would take twice as long"
)]
fn sort_numbers(numbers: &mut [usize]) {
    numbers.sort_unstable();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> Arc<Labels> {
        Arc::new(pairs.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect())
    }

    #[test]
    fn all_labels_must_be_equal() {
        let sets = [labels(&[("app", "web"), ("tier", "front")]), labels(&[("app", "web")]), labels(&[])];
        let index = LabelIndex::new(sets.iter().enumerate().map(|(number, labels)| (number, "default", labels)));
        assert_eq!(index.equal("default", &labels(&[("app", "web")])), [0, 1]);
        assert_eq!(index.equal("default", &labels(&[("app", "web"), ("tier", "front")])), [0]);
        assert!(index.equal("default", &labels(&[("app", "db")])).is_empty());
        assert!(index.equal("other", &labels(&[("app", "web")])).is_empty());
        assert_eq!(index.equal("default", &labels(&[])), [0, 1, 2]);
    }
}
