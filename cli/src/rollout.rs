//! `whichpod trace --rollout …`: the same question at every step of a roll-out.

use std::fmt::Write;
use std::process::ExitCode;

use whichpod_core::cluster::Rollout;
use whichpod_core::explain::Language;
use whichpod_core::report::{RolloutReport, RolloutSetReport, StepPodReport, StepReport};
use whichpod_core::simulation::Simulation;
use whichpod_core::source::ObjectRef;

use crate::arguments::{Format, Trace};
use crate::context::Context;
use crate::forgiving::command_line;
use crate::text::Style;
use crate::{Unusable, print_styled, text, trace};

/// Prints the answer at each step.
pub fn run(arguments: &Trace, name: &str, context: &Context) -> Result<ExitCode, Unusable> {
    let question = &arguments.question;
    let simulation = trace::read(question, context)?;
    let deployment = deployment(name, &question.asker.namespace);
    let key = Rollout::key(&deployment);
    let first = simulation.at_step(&key, 1);
    let rollout = rollout(&first, &deployment)?;
    let mut steps = Vec::new();
    for step in 1..=rollout.last {
        let simulation = simulation.at_step(&key, step);
        let run = trace::run_in(&simulation, question)?;
        let answer = simulation.report(&run, arguments.detail(context.language));
        steps.push(StepReport::new(&simulation.plane.cluster, self::rollout(&simulation, &deployment)?, answer));
    }
    let report = RolloutReport::new(&key, rollout.completes, steps);
    let text = match arguments.output {
        Format::Text | Format::Agent => {
            lines(&report, &command_line(&question.command), &question.asker.from, Style::of(context))
        }
        Format::Json => trace::json(&report)?,
        _ => return Err(Unusable("--rollout is printed as text or json".to_owned())),
    };
    print_styled(&text, context.colour)?;
    Ok(ExitCode::SUCCESS)
}

/// `web`, `shop/web`, `deployment/web`, `deploy/shop/web`.
fn deployment(name: &str, namespace: &str) -> ObjectRef {
    let kinds = ["deployment/", "deploy/", "deployment.apps/", "deployments/"];
    let bare = kinds.iter().find_map(|kind| name.strip_prefix(kind)).unwrap_or(name);
    let (namespace, bare) = bare.split_once('/').unwrap_or((namespace, bare));
    ObjectRef::namespaced("Deployment", namespace, bare)
}

fn rollout<'s>(simulation: &'s Simulation, deployment: &ObjectRef) -> Result<&'s Rollout, Unusable> {
    let found = simulation.plane.cluster.rollouts.get(deployment);
    found.filter(|rollout| !rollout.old_sets().is_empty()).ok_or_else(|| {
        let what = match simulation.manifests.find(deployment) {
            Some(_) => {
                "has no roll-out: no ReplicaSet of an earlier template, owned by it, is in the manifests; add what \
                 `kubectl get replicasets -o yaml` prints of the cluster"
            }
            None => "is not in the manifests",
        };
        Unusable(format!("{} {what}", deployment.lowercase()))
    })
}

fn lines(report: &RolloutReport, command: &str, from: &str, style: Style) -> String {
    let mut out = format!("{from} $ {command}\n");
    let mut previous: &[RolloutSetReport] = &[];
    for StepReport { step, text, replica_sets, answer } in &report.steps {
        // 1. The step.
        let _ = match style.language {
            Language::English => {
                writeln!(out, "\nStep {step} of {} of deployment {}: {text}", report.steps.len(), report.deployment)
            }
            Language::Japanese => {
                writeln!(out, "\ndeployment {} の段階 {step}/{}: {text}", report.deployment, report.steps.len())
            }
        };
        // 2. A set whose pods are as they were at the step before says so in a word.
        for set in replica_sets {
            let before = previous.iter().find(|one| one.name == set.name);
            let same = before.is_some_and(|before| before.pods == set.pods) && !set.pods.is_empty();
            let unchanged = match (same, style.language) {
                (false, _) => String::new(),
                (true, Language::English) => format!(": {} pods as before", set.pods.len()),
                (true, Language::Japanese) => format!(": Pod {} 個、変化なし", set.pods.len()),
            };
            let age = if set.new { style.say("new", "新") } else { style.say("old", "旧") };
            let _ = writeln!(out, "  {age} {}{unchanged}", set.name);
            set.pods.iter().filter(|_| !same).for_each(|pod| pod_line(&mut out, pod, style));
        }
        previous = replica_sets;
        // 3. Where the request lands by then.
        for landing in &answer.landings {
            let _ = writeln!(out, "{}", text::landing_line(landing, style));
        }
        if answer.landings.is_empty() {
            let _ = writeln!(out, "{}", answer.stdout.as_deref().unwrap_or_default().trim_end());
        }
        for gap in &answer.not_modelled {
            let _ = writeln!(out, "  {} {gap}", style.say("not modelled:", "モデル化されていない:"));
        }
    }
    out
}

/// `      web-7c5ddbdf54-2hb6z on node-1, ready`
fn pod_line(out: &mut String, pod: &StepPodReport, style: Style) {
    let node = pod.node.as_ref().map(|node| format!(" {} {node}", style.say("on", "ノード"))).unwrap_or_default();
    let ready = if pod.ready { "ready" } else { style.say("not ready", "ready でない") };
    let terminating = if pod.terminating { style.say(", terminating", "、終了中") } else { "" };
    let _ = writeln!(out, "      {}{node}, {ready}{terminating}", pod.name);
}
