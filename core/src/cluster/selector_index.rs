//! Finds what selects something without asking every selector: each is filed under one of the labels that it wants.

use std::collections::BTreeMap;

use crate::model::{LabelSelector, Labels, Text};

/// Numbers of things that have a selector.
#[derive(Default)]
pub(super) struct SelectorIndex {
    by_label: BTreeMap<Text, BTreeMap<Text, Vec<usize>>>,
    /// Those that want no label to be equal to something.
    others: Vec<usize>,
}

impl SelectorIndex {
    /// Files a thing under the last label that its selector wants. Without a selector it selects nothing.
    pub fn insert(&mut self, number: usize, selector: Option<&LabelSelector>) {
        let Some(selector) = selector else { return };
        match selector.match_labels.iter().next_back() {
            Some((key, value)) => {
                self.by_label.entry(key.clone()).or_default().entry(value.clone()).or_default().push(number);
            }
            None => self.others.push(number),
        }
    }

    /// Those that may select something with these labels: whether they do is still to be asked.
    pub fn candidates<'i>(&'i self, labels: &'i Labels) -> impl Iterator<Item = usize> + 'i {
        let filed = labels.iter().filter_map(|(key, value)| self.by_label.get(key)?.get(value));
        filed.flatten().chain(&self.others).copied()
    }
}
