//! A Deployment's roll-out: what the deployment controller does, then what the kubelets make of it, in turns.
//!
//! Where it begins stands in the manifests: each ReplicaSet's spec.replicas. World's `spec.rollouts` says how far it has
//! come. A pod that is ready counts as available at once: nothing here has a clock, so that minReadySeconds and
//! progressDeadlineSeconds play no part.
//!
//! Which new pods get ready is known beforehand, from their template and from World. A pod that finds no room only because
//! old ones still stand on the nodes (host ports, anti-affinity, requests) is Pending in its step, but doesn't stop the
//! roll-out. Nor are several ReplicaSets scaled in proportion where spec.replicas changes on the way (sync.go, scale): the
//! roll-out then goes to the new number from where it began.

use crate::model::{DeploymentSpec, IntOrString, Text};
use crate::source::ObjectRef;

/// How far the pods of a Deployment's old ReplicaSets have given way to those of the new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rollout {
    /// Its ReplicaSets: the old ones, the oldest first, then that of the current template.
    pub sets: Vec<RolloutSet>,
    /// The step that the cluster stands at, from 1; behind the last where it is over although its new pods aren't ready.
    pub step: usize,
    /// The last step that it gets to.
    pub last: usize,
    /// What happened in the step.
    pub event: RolloutEvent,
    /// Whether the last step is the end, and not where it is stuck.
    pub completes: bool,
    /// Whether World says the step.
    pub said: bool,
    /// spec.paused
    pub paused: bool,
}

/// A ReplicaSet in a roll-out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RolloutSet {
    /// The ReplicaSet.
    pub reference: ObjectRef,
    /// Its annotation deployment.kubernetes.io/revision; 0 for none.
    pub revision: u64,
    /// Its pods.
    pub replicas: RolloutReplicas,
}

/// How many pods a ReplicaSet has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RolloutReplicas {
    /// spec.replicas; terminating pods don't count.
    pub wanted: usize,
    /// Of these, how many have only just been made.
    pub fresh: usize,
    /// How many more are terminating.
    pub terminating: usize,
}

/// What happened in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RolloutEvent {
    /// The template has changed; nobody has done anything yet.
    Begun,
    /// The deployment controller made pods of the new template, and let old ones go.
    Scaled {
        /// How many it made.
        made: usize,
        /// How many it let go.
        stopped: usize,
    },
    /// New pods got ready, terminating ones are gone.
    Settled {
        /// How many new ones are ready now.
        ready: usize,
        /// How many are gone.
        gone: usize,
    },
}

/// The label by which a Deployment tells its ReplicaSets' pods apart.
pub const TEMPLATE_HASH: &str = "pod-template-hash";

/// What a Deployment asks of its roll-outs.
#[derive(Clone, Copy, Debug)]
pub(super) struct RolloutPlan {
    pub replicas: usize,
    pub paused: bool,
    pub pace: RolloutStrategy,
}

/// spec.strategy in numbers of pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RolloutStrategy {
    /// All old ones go, then the new ones come.
    Recreate,
    /// How many more than wanted there may be, and how many fewer available.
    Rolling { surge: usize, unavailable: usize },
}

/// A ReplicaSet on its course.
#[derive(Clone, Debug)]
pub(super) struct ReplicaSetState {
    pub replicas: RolloutReplicas,
    /// Of the first so many pods, how many get ready; the last number holds for all that come later, too.
    pub ready: Vec<usize>,
}

/// The states of a roll-out, one after the other: an iterator that ends where nobody has anything left to do.
#[derive(Clone, Debug)]
pub(super) struct RolloutSteps {
    plan: RolloutPlan,
    /// The old ones, in the order in which the controller takes them; the new one is the last.
    runners: Vec<ReplicaSetState>,
    last: Option<RolloutEvent>,
}

impl RolloutPlan {
    /// Reads spec; `most` bounds the number of replicas.
    pub fn new(spec: &DeploymentSpec, most: usize) -> Self {
        let replicas = usize::try_from(spec.replicas.unwrap_or(1)).unwrap_or(0).min(most);
        let pace = match spec.strategy.kind.as_deref() {
            Some("Recreate") => RolloutStrategy::Recreate,
            _ => {
                let rolling = spec.strategy.rolling_update.as_ref();
                let surge = rolling.and_then(|rolling| rolling.max_surge.as_ref());
                let unavailable = rolling.and_then(|rolling| rolling.max_unavailable.as_ref());
                resolve_fenceposts(
                    scaled_value(surge, replicas, true),
                    scaled_value(unavailable, replicas, false),
                    replicas,
                )
            }
        };
        Self { replicas, paused: spec.paused, pace }
    }
}

/// Both can't be nothing (deployment_util.go, ResolveFenceposts); MaxUnavailable bounds the one by the replicas.
fn resolve_fenceposts(surge: usize, unavailable: usize, replicas: usize) -> RolloutStrategy {
    let unavailable = if surge == 0 && unavailable == 0 { 1 } else { unavailable };
    RolloutStrategy::Rolling { surge, unavailable: unavailable.min(replicas) }
}

/// A number, or a percentage of the replicas; 25 % unless said (intstr, GetScaledValueFromIntOrPercent).
fn scaled_value(value: Option<&IntOrString>, replicas: usize, up: bool) -> usize {
    let percent = match value {
        None => 25,
        Some(IntOrString::Int(number)) => return usize::try_from(*number).unwrap_or(0),
        Some(IntOrString::String(text)) => text.strip_suffix('%').and_then(|text| text.parse().ok()).unwrap_or(0),
    };
    let hundredths = replicas.saturating_mul(percent);
    if up { hundredths.div_ceil(100) } else { hundredths / 100 }
}

impl ReplicaSetState {
    fn available(&self) -> usize {
        let settled = self.replicas.wanted - self.replicas.fresh;
        self.ready.get(settled).or(self.ready.last()).copied().unwrap_or(0)
    }

    /// Its ReplicaSet deletes pods: those that aren't ready first, which stand last.
    fn stop(&mut self, pods: usize) {
        self.replicas.wanted -= pods;
        self.replicas.fresh = self.replicas.fresh.saturating_sub(pods);
        self.replicas.terminating += pods;
    }
}

impl RolloutSteps {
    /// From where each ReplicaSet stands.
    pub fn new(plan: RolloutPlan, runners: Vec<ReplicaSetState>) -> Self {
        Self { plan, runners, last: None }
    }

    /// The pods of each ReplicaSet.
    pub fn replicas(&self) -> impl Iterator<Item = RolloutReplicas> {
        self.runners.iter().map(|runner| runner.replicas)
    }

    /// Whether everything is as the Deployment wants it (deployment_util.go, DeploymentComplete).
    pub fn is_complete(&self) -> bool {
        let old: usize = self.old().iter().map(|runner| runner.replicas.wanted + runner.replicas.terminating).sum();
        let new = self.runners.last();
        let is_new =
            |new: &ReplicaSetState| new.replicas.wanted == self.plan.replicas && new.available() == self.plan.replicas;
        old == 0 && new.is_some_and(is_new)
    }

    fn old(&self) -> &[ReplicaSetState] {
        self.runners.split_last().map_or(&[], |(_, old)| old)
    }

    fn wanted(&self) -> usize {
        self.runners.iter().map(|runner| runner.replicas.wanted).sum()
    }

    /// What the controller does before any kubelet has done anything: it acts once each time it looks, and looks again.
    fn control(&mut self) -> (usize, usize) {
        let (mut made, mut stopped) = (0, 0);
        if self.plan.paused {
            return (0, 0);
        }
        loop {
            let (more, fewer) = match self.plan.pace {
                RolloutStrategy::Recreate => self.recreate(),
                RolloutStrategy::Rolling { surge, unavailable } => match self.scale_new(surge) {
                    (0, 0) => (0, self.scale_old(unavailable)),
                    done => done,
                },
            };
            if (more, fewer) == (0, 0) {
                return (made, stopped);
            }
            made += more;
            stopped += fewer;
        }
    }

    /// recreate.go, rolloutRecreate: new pods wait for old ones to be gone, terminating ones included.
    fn recreate(&mut self) -> (usize, usize) {
        let Some((new, old)) = self.runners.split_last_mut() else { return (0, 0) };
        let running: usize = old.iter().map(|runner| runner.replicas.wanted).sum();
        old.iter_mut().for_each(|runner| runner.stop(runner.replicas.wanted));
        let is_held = old.iter().any(|runner| runner.replicas.terminating > 0);
        if running > 0 || is_held { (0, running) } else { new.become_as_many_as(self.plan.replicas) }
    }

    /// rolling.go, reconcileNewReplicaSet, and deployment_util.go, NewRSNewReplicas.
    fn scale_new(&mut self, surge: usize) -> (usize, usize) {
        let (all, replicas) = (self.wanted(), self.plan.replicas);
        let Some(new) = self.runners.last_mut() else { return (0, 0) };
        let has = new.replicas.wanted;
        if has > replicas {
            return new.become_as_many_as(replicas);
        }
        let room = replicas.saturating_add(surge).saturating_sub(all);
        new.become_as_many_as(has + room.min(replicas - has))
    }

    /// rolling.go, reconcileOldReplicaSets: unhealthy ones first, then as many as may be missing.
    fn scale_old(&mut self, unavailable: usize) -> usize {
        let kept = self.plan.replicas - unavailable;
        let waiting = self.runners.last().map_or(0, |new| new.replicas.wanted - new.available());
        let room = self.wanted().saturating_sub(kept + waiting);
        let Some((_, old)) = self.runners.split_last_mut() else { return 0 };
        // cleanupUnhealthyReplicas
        let mut stopped = 0;
        for runner in old {
            let unhealthy = runner.replicas.wanted - runner.available();
            let fewer = unhealthy.min(room - stopped);
            runner.stop(fewer);
            stopped += fewer;
        }
        if room == 0 {
            return 0;
        }
        // scaleDownOldReplicaSetsForRollingUpdate
        let available: usize = self.runners.iter().map(ReplicaSetState::available).sum();
        let mut spare = available.saturating_sub(kept);
        for runner in self.runners.split_last_mut().map_or(&mut [][..], |(_, old)| old) {
            let fewer = runner.replicas.wanted.min(spare);
            runner.stop(fewer);
            spare -= fewer;
            stopped += fewer;
        }
        stopped
    }

    /// The kubelets: new pods get ready if they ever do, terminating ones are gone.
    fn settle(&mut self) -> Option<RolloutEvent> {
        let before: usize = self.runners.iter().map(ReplicaSetState::available).sum();
        let gone: usize = self.runners.iter().map(|runner| runner.replicas.terminating).sum();
        let fresh: usize = self.runners.iter().map(|runner| runner.replicas.fresh).sum();
        for runner in &mut self.runners {
            runner.replicas = RolloutReplicas { fresh: 0, terminating: 0, ..runner.replicas };
        }
        let after: usize = self.runners.iter().map(ReplicaSetState::available).sum();
        (fresh + gone > 0).then_some(RolloutEvent::Settled { ready: after.saturating_sub(before), gone })
    }
}

impl ReplicaSetState {
    fn become_as_many_as(&mut self, wanted: usize) -> (usize, usize) {
        let (more, fewer) = (wanted.saturating_sub(self.replicas.wanted), self.replicas.wanted.saturating_sub(wanted));
        self.stop(fewer);
        self.replicas.wanted += more;
        self.replicas.fresh += more;
        (more, fewer)
    }
}

impl Iterator for RolloutSteps {
    type Item = RolloutEvent;

    fn next(&mut self) -> Option<RolloutEvent> {
        let event = match self.last {
            None => RolloutEvent::Begun,
            Some(_) => match self.control() {
                (0, 0) => self.settle()?,
                (made, stopped) => RolloutEvent::Scaled { made, stopped },
            },
        };
        self.last = Some(event);
        Some(event)
    }
}

impl Rollout {
    /// The ReplicaSet of the current template.
    pub fn new_set(&self) -> Option<&RolloutSet> {
        self.sets.last()
    }

    /// Whether there is something to step through.
    pub fn has_steps(&self) -> bool {
        !self.old_sets().is_empty() && self.last > 1
    }

    /// Those of earlier templates.
    pub fn old_sets(&self) -> &[RolloutSet] {
        self.sets.split_last().map_or(&[], |(_, old)| old)
    }

    /// As World names its Deployment: `default/web`.
    pub fn key(deployment: &ObjectRef) -> Text {
        format!("{}/{}", deployment.namespace.as_deref().unwrap_or("default"), deployment.name).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `old+new`, each with `*` for what is fresh and `~` for what terminates.
    fn course(replicas: usize, pace: RolloutStrategy, old: &[usize], ready: Option<usize>) -> String {
        let all = |wanted: usize| ReplicaSetState {
            replicas: RolloutReplicas { wanted, ..RolloutReplicas::default() },
            ready: (0..=wanted).collect(),
        };
        let mut runners: Vec<ReplicaSetState> = old.iter().map(|wanted| all(*wanted)).collect();
        let most = ready.unwrap_or(replicas);
        runners.push(ReplicaSetState {
            replicas: RolloutReplicas::default(),
            ready: (0..=replicas).map(|n| n.min(most)).collect(),
        });
        let mut course = RolloutSteps::new(RolloutPlan { replicas, paused: false, pace }, runners);
        let mut states = Vec::new();
        while course.next().is_some() {
            let text = |one: RolloutReplicas| {
                format!("{}{}{}", one.wanted, "*".repeat(one.fresh), "~".repeat(one.terminating))
            };
            states.push(course.replicas().map(text).collect::<Vec<_>>().join("+"));
        }
        format!("{}{}", states.join(" "), if course.is_complete() { "" } else { " stuck" })
    }

    fn rolling(surge: &str, unavailable: &str, replicas: usize) -> RolloutStrategy {
        let value = |text: &str| match text.parse() {
            Ok(number) => IntOrString::Int(number),
            Err(_) => IntOrString::String(text.into()),
        };
        resolve_fenceposts(
            scaled_value(Some(&value(surge)), replicas, true),
            scaled_value(Some(&value(unavailable)), replicas, false),
            replicas,
        )
    }

    #[test]
    fn surges_round_up_and_what_may_be_missing_rounds_down() {
        assert_eq!(rolling("25%", "25%", 3), RolloutStrategy::Rolling { surge: 1, unavailable: 0 });
        assert_eq!(rolling("0", "25%", 3), RolloutStrategy::Rolling { surge: 0, unavailable: 1 });
        assert_eq!(rolling("30%", "100%", 10), RolloutStrategy::Rolling { surge: 3, unavailable: 10 });
        assert_eq!(rolling("1", "7", 2), RolloutStrategy::Rolling { surge: 1, unavailable: 2 });
    }

    #[test]
    fn rolling_updates_go_as_the_controller_makes_them() {
        let one_more = course(3, rolling("1", "0", 3), &[3], None);
        assert_eq!(one_more, "3+0 3+1* 3+1 2~+2* 2+2 1~+3* 1+3 0~+3 0+3");
        let one_fewer = course(2, rolling("0", "1", 2), &[2], None);
        assert_eq!(one_fewer, "2+0 1~+1* 1+1 0~+2* 0+2");
        assert_eq!(course(4, rolling("25%", "25%", 4), &[4], None), "4+0 3~+2** 3+2 1~~+4** 1+4 0~+4 0+4");
        assert_eq!(course(2, rolling("0", "100%", 2), &[2], None), "2+0 0~~+2** 0+2");
    }

    #[test]
    fn the_oldest_of_several_goes_first() {
        assert_eq!(course(2, rolling("1", "0", 2), &[1, 1], None), "1+1+0 1+1+1* 1+1+1 0~+1+2* 0+1+2 0+0~+2 0+0+2");
    }

    #[test]
    fn recreating_waits_until_nothing_is_left() {
        assert_eq!(course(2, RolloutStrategy::Recreate, &[2], None), "2+0 0~~+0 0+0 0+2** 0+2");
    }

    #[test]
    fn nothing_and_one_are_rolled_out_too() {
        assert_eq!(course(0, rolling("25%", "25%", 0), &[0], None), "0+0");
        assert_eq!(course(1, rolling("25%", "25%", 1), &[1], None), "1+0 1+1* 1+1 0~+1 0+1");
    }

    #[test]
    fn new_pods_that_never_get_ready_stop_it() {
        assert_eq!(course(3, rolling("1", "0", 3), &[3], Some(0)), "3+0 3+1* 3+1 stuck");
        assert_eq!(course(4, rolling("25%", "25%", 4), &[4], Some(1)), "4+0 3~+2** 3+2 2~+3* 2+3 stuck");
        assert_eq!(course(2, RolloutStrategy::Recreate, &[2], Some(1)), "2+0 0~~+0 0+0 0+2** 0+2 stuck");
    }
}
