//! kube-proxy: who is reached from where, and whom the pod sees. A policy engine: what gets through.

use std::collections::BTreeMap;

use serde::Deserialize;
use whichpod_core::matrix::{MatrixSelection, matrix};
use whichpod_core::report::Report;

use crate::asking::{AskedWorld, AskingClient};
use crate::recording::RecordedQuestion;
use crate::verdict::{Difference, Verdict};

/// One address and port, and what every client met there.
#[derive(Debug, Deserialize)]
pub struct ReachRecord {
    id: String,
    world: String,
    target: String,
    protocol: String,
    address: String,
    port: u16,
    /// The laboratory decides whom the pod sees.
    source: Option<String>,
    /// Client, then the node that the outside's packets came through (else empty).
    real: BTreeMap<String, BTreeMap<String, Vec<MetEnd>>>,
}

/// What, the pod, the source address it saw, how often.
#[derive(Debug, Deserialize)]
struct MetEnd(String, Option<String>, Option<String>, f64);

/// Decisions of a policy engine, all pods to all pods.
#[derive(Debug, Deserialize)]
pub struct PolicyRecord {
    id: String,
    world: String,
    ports: Vec<String>,
    /// Source, target, a digit a port: 1 allowed.
    real: BTreeMap<String, BTreeMap<String, String>>,
}

impl RecordedQuestion for ReachRecord {
    fn id(&self) -> &str {
        &self.id
    }

    fn world(&self) -> Option<&str> {
        Some(&self.world)
    }
}

impl RecordedQuestion for PolicyRecord {
    fn id(&self) -> &str {
        &self.id
    }

    fn world(&self) -> Option<&str> {
        Some(&self.world)
    }
}

/// A way to end: what the client sees, the pod, whom the pod sees.
type ReachedEnd = (String, Option<String>, Option<String>);

/// With the share of connections.
type SharedEnds = BTreeMap<ReachedEnd, f64>;

/// Below this, what wasn't met was no chance.
const CHANCE: f64 = 1e-5;

/// Compares every client's ends.
pub fn compare_reach(world: &AskedWorld<'_>, record: &ReachRecord) -> Vec<(String, Verdict)> {
    let compared = record.real.iter().map(|(client, met)| {
        let question = format!("{client} to {}:{}/{}", record.address, record.port, record.protocol);
        (question, compare_client(world, record, client, met))
    });
    compared.collect()
}

fn compare_client(
    world: &AskedWorld<'_>,
    record: &ReachRecord,
    client: &str,
    met: &BTreeMap<String, Vec<MetEnd>>,
) -> Verdict {
    let udp = if record.protocol == "UDP" { " -u" } else { "" };
    let command = format!("nc{udp} {} {}", record.address, record.port);
    let report = match world.trace(AskingClient { from: Some(client), libc: None }, &command) {
        Ok(report) => report,
        Err(message) => return Verdict::Unknown(message),
    };
    let (mut ours, mut real) = (our_ends(&report), real_ends(met));
    let timeout = (String::from("timeout"), None, None);
    if client == "external" && record.target == "lb" && !ours.contains_key(&timeout) {
        // Load balancers leave out the nodes whose health check fails.
        real.remove(&timeout);
    }
    if record.source.as_deref() == Some("not compared") {
        (ours, real) = (without_source(ours), without_source(real));
    }
    if ours.keys().any(|(what, ..)| what == "unknown") {
        return Verdict::Unknown(shown(&ours));
    }
    if is_same(&ours, &real, met) {
        return Verdict::Equal;
    }
    let aspect = format!("{}: {} / {}", from_and_to(client, &record.target), shape(&ours), shape(&real));
    Verdict::Different(vec![Difference::new(aspect, shown(&ours), shown(&real))])
}

fn our_ends(report: &Report) -> SharedEnds {
    let mut ends = SharedEnds::new();
    for landing in &report.landings {
        if landing.outcome != "delivered" {
            *ends.entry((as_client_sees(&landing.outcome), None, None)).or_default() += landing.share;
            continue;
        }
        let pod = landing.pod.as_deref().and_then(|pod| pod.rsplit('/').next()).unwrap_or("external");
        let sources = if landing.source_ips.is_empty() { landing.source_ip.as_slice() } else { &landing.source_ips };
        let share = landing.share / sources.len().max(1) as f64;
        for source in sources {
            *ends.entry(("ok".into(), Some(pod.to_owned()), Some(source.to_string()))).or_default() += share;
        }
    }
    if report.landings.is_empty() {
        ends.insert((as_client_sees(&report.outcome), None, None), 1.0);
    }
    ends
}

fn real_ends(met: &BTreeMap<String, Vec<MetEnd>>) -> SharedEnds {
    let mut ends = SharedEnds::new();
    for through in met.values() {
        let tries: f64 = through.iter().map(|MetEnd(.., count)| count).sum();
        for MetEnd(what, pod, source, count) in through {
            let end = if pod.as_deref() == Some("external") {
                // It leaves the cluster, where nobody answered.
                ("timeout".to_owned(), None, None)
            } else {
                (as_client_sees(what), pod.clone(), source.clone())
            };
            *ends.entry(end).or_default() += count / tries / met.len() as f64;
        }
    }
    ends
}

/// What a client sees of a failure.
fn as_client_sees(what: &str) -> String {
    let seen = match what {
        "dropped" | "timeout" | "blackholed" | "external" => "timeout",
        "refused" | "ECONNREFUSED" => "ECONNREFUSED",
        "reset" => "ECONNRESET",
        "delivered" => "ok",
        other => other,
    };
    seen.to_owned()
}

fn without_source(ends: SharedEnds) -> SharedEnds {
    let mut kept = SharedEnds::new();
    for ((what, pod, _), share) in ends {
        *kept.entry((what, pod, None)).or_default() += share;
    }
    kept
}

/// All that was met is what we name; what we name and wasn't met is chance.
fn is_same(ours: &SharedEnds, real: &SharedEnds, met: &BTreeMap<String, Vec<MetEnd>>) -> bool {
    let sum = |through: &Vec<MetEnd>| through.iter().map(|MetEnd(.., count)| count).sum::<f64>();
    let tries = met.values().map(sum).fold(f64::INFINITY, f64::min);
    let seldom = if met.len() == 1 { 1.0 } else { 0.34 };
    let may_be_missed = |share: f64| (1.0 - share * seldom).powf(tries) > CHANCE;
    !real.is_empty()
        && real.keys().all(|end| ours.contains_key(end))
        && ours.iter().filter(|(end, _)| !real.contains_key(*end)).all(|(_, share)| may_be_missed(*share))
}

fn from_and_to(client: &str, target: &str) -> String {
    let target = if target.starts_with("node-") { "a node" } else { target };
    format!("{} to {target}", client.split('/').next().unwrap_or_default())
}

fn shape(ends: &SharedEnds) -> String {
    let mut words: Vec<&str> = ends.keys().map(|(what, ..)| if what == "ok" { "answer" } else { what }).collect();
    words.dedup();
    words.join("+")
}

fn shown(ends: &SharedEnds) -> String {
    let end = |((what, pod, source), share): (&ReachedEnd, &f64)| {
        let words = [Some(what.clone()), pod.clone(), source.clone()];
        format!("{share:.2} {}", words.into_iter().flatten().collect::<Vec<_>>().join(" "))
    };
    ends.iter().map(end).collect::<Vec<_>>().join(", ")
}

/// Compares every pair of pods and port.
pub fn compare_policies(world: &AskedWorld<'_>, record: &PolicyRecord) -> Vec<(String, Verdict)> {
    let selection = MatrixSelection { from: Some("pod/".into()), to: None, limit: usize::MAX };
    let cells = matrix(&world.simulation, &selection).unwrap_or_default();
    let outcomes: BTreeMap<(&str, &str, &str), &str> = cells
        .iter()
        .filter_map(|cell| {
            let from = cell.from.strip_prefix("pod/")?;
            Some(((from, cell.service.as_str(), cell.port.as_str()), cell.outcome.as_str()))
        })
        .collect();
    let mut compared = Vec::new();
    for (from, row) in &record.real {
        for (to, digits) in row {
            for (port, digit) in record.ports.iter().zip(digits.chars()) {
                let ours = outcomes.get(&(from.as_str(), to.as_str(), port.as_str())).copied().unwrap_or("unknown");
                compared.push((format!("{from} -> {to} {port}"), decision(ours, digit == '1')));
            }
        }
    }
    compared
}

fn decision(ours: &str, allowed: bool) -> Verdict {
    if matches!(ours, "unknown" | "mixed") {
        return Verdict::Unknown(ours.to_owned());
    }
    if (ours == "delivered") == allowed {
        return Verdict::Equal;
    }
    let aspect = if allowed { "dropped here, allowed there" } else { "allowed here, dropped there" };
    Verdict::Different(vec![Difference::of_values(aspect, &ours, &allowed)])
}
