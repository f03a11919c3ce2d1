//! A pod that stands nowhere yet: what makes it, what schedules it and what holds it back pass it on.

use super::pod::Pod;
use crate::model::Text;

/// The most pods that we simulate; Kubernetes is built for 150,000.
pub const MAX_PODS: usize = 200_000;

/// A pod that stands nowhere yet.
#[derive(Clone, Debug)]
pub(super) struct PodDraft {
    /// What is known of it so far: no address unless its status gives one.
    pub pod: Pod,
    /// Where it should stand.
    pub target: PodTarget,
    /// The number of its maker, if it has one.
    pub source: Option<usize>,
    /// Whether somebody pasted its status: it has run, whatever the manifests say of its needs.
    pub told: bool,
    /// Which of its maker's pods it is, counted from the first that was ever made.
    pub number: Option<u64>,
    /// The value of its PriorityClass.
    pub priority: i32,
    /// Whether World calls it deleted: it still has its node and address, so that its siblings keep theirs, and goes.
    pub gone: bool,
    /// Whether it was made because another went.
    pub replaces: bool,
    /// When it was made, as far as anybody says, and its place among the documents.
    pub since: (bool, Option<Text>, usize),
}

/// Where a pod should stand.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum PodTarget {
    /// spec.nodeName says so; the scheduler isn't asked.
    Bound(Text),
    /// A DaemonSet's pod is for one node, if the scheduler agrees.
    Only(Text),
    /// Wherever the scheduler likes.
    Anywhere,
    /// Its status says that the scheduler found no node.
    Nowhere(String),
    /// It waits for a scheduler that isn't here.
    Unattended,
    /// It is done; its address is free again.
    Done,
}
