//! Whether a node has enough left of what a pod asks for (scheduler, NodeResourcesFit).

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::node::Node;
use crate::model::{Container, PodSpec, Quantities, Resources, Text};

/// Amounts by the resource's name, in thousand-millionths.
pub(super) type ResourceAmounts = BTreeMap<Text, i128>;

/// How many pods a node takes that doesn't say (kubelet, maxPods).
const MAX_PODS_PER_NODE: i128 = 110;

/// What every kubelet reports. A node that says nothing of these is taken to have enough of them.
const REPORTED: [&str; 3] = ["cpu", "memory", "ephemeral-storage"];

/// What is left of a node.
pub(super) struct NodeRoom {
    pods: i128,
    left: ResourceAmounts,
    /// Whether the node says what it has, so that what it doesn't name isn't there.
    is_reported: bool,
}

impl NodeRoom {
    /// An empty node. Its capacity stands for what pods may use, unless it says (defaults.go, SetDefaults_NodeStatus).
    pub fn of(node: &Node) -> Self {
        let status = &node.object.status;
        let given = if status.allocatable.is_empty() { &status.capacity } else { &status.allocatable };
        Self {
            pods: given.get("pods").map_or(MAX_PODS_PER_NODE, |pods| pods.nano / 1_000_000_000),
            is_reported: REPORTED.iter().any(|name| given.contains_key(*name)),
            left: amounts(given),
        }
    }

    /// A pod takes its part.
    pub fn take(&mut self, wanted: &ResourceAmounts) {
        self.pods -= 1;
        for (name, amount) in wanted {
            if let Some(left) = self.left.get_mut(name) {
                *left -= amount;
            }
        }
    }

    /// What the node has too little of, in the scheduler's words (fit.go, fitsRequest).
    pub fn objections(&self, wanted: &ResourceAmounts) -> Vec<Text> {
        let too_many = (self.pods < 1).then(|| "Too many pods".into());
        let short = wanted.iter().filter(|(name, amount)| match self.left.get(*name) {
            Some(left) => **amount > (*left).max(0),
            None => self.is_reported && !REPORTED.contains(&&***name),
        });
        too_many.into_iter().chain(short.map(|(name, _)| format!("Insufficient {name}").into())).collect()
    }
}

/// What pods ask for, worked out once for each template.
#[derive(Default)]
pub(super) struct RequestCache(BTreeMap<*const PodSpec, Rc<ResourceAmounts>>);

impl RequestCache {
    pub fn of(&mut self, spec: &Arc<PodSpec>) -> Rc<ResourceAmounts> {
        let wanted = self.0.entry(Arc::as_ptr(spec));
        wanted.or_insert_with(|| Rc::new(pod_requests(spec))).clone()
    }
}

/// What a pod asks for (component-helpers/resource, PodRequests).
pub(super) fn pod_requests(spec: &PodSpec) -> ResourceAmounts {
    let mut asked = total(spec, requests);
    asked.retain(|_, amount| *amount > 0);
    asked
}

/// What a pod may use at most (PodLimits).
pub(super) fn pod_limits(spec: &PodSpec) -> ResourceAmounts {
    total(spec, |resources| amounts(&resources.limits))
}

/// What a container asks for, or may use.
pub(super) fn amounts_of(resources: &Resources, of_limits: bool) -> ResourceAmounts {
    if of_limits { amounts(&resources.limits) } else { requests(resources) }
}

/// All containers that run together, or, where that is more, an init container with the sidecars started before it; what
/// the pod says as a whole instead; and its overhead.
fn total(spec: &PodSpec, of: impl Fn(&Resources) -> ResourceAmounts) -> ResourceAmounts {
    let mut together = ResourceAmounts::new();
    for container in &spec.containers {
        add(&mut together, &of(&container.resources));
    }
    let (mut sidecars, mut start) = (ResourceAmounts::new(), ResourceAmounts::new());
    for container in &spec.init_containers {
        let mut asked = of(&container.resources);
        if Container::is_sidecar(container) {
            add(&mut together, &asked);
            add(&mut sidecars, &asked);
            asked = sidecars.clone();
        } else {
            add(&mut asked, &sidecars);
        }
        raise(&mut start, asked);
    }
    raise(&mut together, start);
    together.extend(of(&spec.resources));
    add(&mut together, &amounts(&spec.overhead));
    together
}

/// What isn't asked for is the limit (defaults.go, SetDefaults_Pod).
fn requests(resources: &Resources) -> ResourceAmounts {
    let mut asked = amounts(&resources.limits);
    asked.extend(amounts(&resources.requests));
    asked
}

fn amounts(quantities: &Quantities) -> ResourceAmounts {
    quantities.iter().map(|(name, quantity)| (name.clone(), quantity.nano)).collect()
}

fn add(sum: &mut ResourceAmounts, more: &ResourceAmounts) {
    for (name, amount) in more {
        *sum.entry(name.clone()).or_default() += amount;
    }
}

fn raise(most: &mut ResourceAmounts, other: ResourceAmounts) {
    for (name, amount) in other {
        let known = most.entry(name).or_default();
        *known = amount.max(*known);
    }
}
