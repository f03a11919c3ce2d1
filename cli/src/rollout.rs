//! `whichpod trace --rollout …`: the same question at every step of a roll-out.

use std::fmt::Write;
use std::process::ExitCode;

use whichpod_core::cluster::Rollout;
use whichpod_core::explain::Language;
use whichpod_core::manifest::DEFAULT_NAMESPACE;
use whichpod_core::report::{RolloutReport, RolloutSetReport, StepPodReport, StepReport};
use whichpod_core::schema::nearest;
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
    let deployment = deployment(&simulation, name, &question.asker.namespace)?;
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

/// `web`, `shop/web`, `deployment/web`, `deploy/shop/web`, `shop/deploy/web`; a bare name as `--from` takes it: in any
/// namespace where nobody chose one and only one has it.
fn deployment(simulation: &Simulation, name: &str, namespace: &str) -> Result<ObjectRef, Unusable> {
    // 1. The namespace and the name.
    let kinds = ["deployment", "deploy", "deployment.apps", "deployments"];
    let parts: Vec<&str> = name.split('/').filter(|part| !kinds.contains(part)).collect();
    let cluster = &simulation.plane.cluster;
    let all = || cluster.workloads.keys().filter(|one| &*one.kind == "Deployment" && !cluster.is_supplied(one));
    let (said, bare) = match parts.as_slice() {
        [bare] => (None, *bare),
        [said, bare] => (Some(*said), *bare),
        _ => (None, name),
    };
    let own = ObjectRef::namespaced("Deployment", said.unwrap_or(namespace), bare);
    if simulation.manifests.find(&own).is_some() {
        return Ok(own);
    }
    // 2. The only one of that name.
    let anywhere = said.is_none() && namespace == DEFAULT_NAMESPACE;
    let called: Vec<&ObjectRef> = all().filter(|one| anywhere && *one.name == *bare).collect();
    if let [only] = called.as_slice() {
        return Ok((*only).clone());
    }
    // 3. What there is.
    let names: Vec<String> = all().map(ObjectRef::qualified_name).collect();
    let meant = nearest(bare, all().map(|one| &*one.name));
    let meant = meant.map(|meant| format!("; did you mean {meant}?")).unwrap_or_default();
    Err(Unusable(match names.as_slice() {
        [] => format!("--rollout {name}: no Deployment is in the manifests"),
        names => format!("--rollout {name}: no such Deployment{meant}; there are {}", names.join(", ")),
    }))
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
