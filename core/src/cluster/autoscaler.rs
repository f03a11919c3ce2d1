//! The bounds of HorizontalPodAutoscalers, which hold whatever the metrics say (pkg/controller/podautoscaler,
//! horizontal.go, reconcileAutoscaler): fewer replicas than the least become the least, more than the most the most.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::objects::Objects;
use crate::model::{HorizontalPodAutoscaler, Text};
use crate::order::Gather;

/// A workload: kind, namespace, name.
type ScaleTarget = (Text, Text, Text);

/// Writes the replicas of what is scaled.
pub(super) fn apply_autoscaler_bounds(mut objects: Objects) -> Objects {
    let bounds = autoscaler_bounds(&objects);
    macro_rules! scale {
        ($($kind:ident $name:literal)*) => {$(for given in &mut objects.$kind {
            let target = ($name.into(), given.namespace().into(), given.name().clone());
            if let Some((least, most)) = bounds.get(&target) {
                let replicas = &mut Arc::make_mut(&mut given.body).spec.replicas;
                *replicas = Some(bounded_replicas(replicas.unwrap_or(1), *least, *most));
            }
        })*};
    }
    scale!(deployments "Deployment" replica_sets "ReplicaSet" stateful_sets "StatefulSet"
        replication_controllers "ReplicationController");
    objects
}

/// The bounds of each target. One that two autoscalers name is left alone (AmbiguousSelector).
fn autoscaler_bounds(objects: &Objects) -> BTreeMap<ScaleTarget, (i32, i32)> {
    let mut bounds: BTreeMap<ScaleTarget, Option<(i32, i32)>> = BTreeMap::new();
    for given in &objects.horizontal_pod_autoscalers {
        let HorizontalPodAutoscaler { spec, .. } = &*given.body;
        let target = (spec.scale_target_ref.kind.clone(), given.namespace().into(), spec.scale_target_ref.name.clone());
        let own = Some((spec.min_replicas.unwrap_or(1), spec.max_replicas));
        bounds.entry(target).and_modify(|known| *known = None).or_insert(own);
    }
    bounds.into_iter().filter_map(|(target, own)| Some((target, own?))).into_map()
}

/// Zero replicas switch an autoscaler off.
fn bounded_replicas(replicas: i32, least: i32, most: i32) -> i32 {
    if replicas == 0 { 0 } else { replicas.max(least).min(most.max(least)) }
}
