//! `whichpod test --init`: routing tests of what manifests promise, as they keep it today.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use whichpod_core::difference::{self, LeftOut};
use whichpod_core::entrances;
use whichpod_core::report::ReportDetail;
use whichpod_core::routing_test::{self, CaseSource, WrittenRequest};
use whichpod_core::simulation::Simulation;
use whichpod_core::terminal::client;

use crate::arguments::Input;
use crate::context::Context;
use crate::{Unusable, complain, print};

/// As many pairs of workload and Service are written.
const PAIRS: usize = 400;

/// Prints a case for each object that lets somebody in, and one of who reaches whom where policies are.
pub fn run(paths: &[PathBuf], context: &Context) -> Result<ExitCode, Unusable> {
    let simulation = Input::default().simulation(paths, context)?;
    let source = CaseSource::Files(paths.iter().map(|path| path.display().to_string()).collect());
    // 1. Every host and path, every entrance, every Service.
    let mut by_object: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for entrance in entrances::every_entrance(&simulation.plane.cluster) {
        by_object.entry(entrance.object.lowercase()).or_default().push((entrance.from, entrance.command));
    }
    // 2. Every policy's allow and deny.
    let cluster = &simulation.plane.cluster;
    if cluster.network_policies.values().next().is_some() || !cluster.cluster_network_policies.is_empty() {
        let derived = difference::derive_requests(&[cluster], PAIRS * 10);
        let asked = derived.requests.into_iter().filter(|request| request.from != "external");
        let mut asked: Vec<(String, String)> = asked.map(|request| (request.from, request.command)).collect();
        let left_out = derived.not_asked.into_iter().map(|left_out| left_out.text(context.language));
        let beyond = asked.len().saturating_sub(PAIRS);
        let beyond = (beyond > 0).then(|| LeftOut::Pairs(beyond).text(context.language));
        left_out.chain(beyond).for_each(|left_out| complain(&format!("whichpod: not written: {left_out}")));
        asked.truncate(PAIRS);
        by_object.insert("who reaches whom".to_owned(), asked);
    }
    let cases: Vec<String> =
        by_object.iter().filter_map(|(object, asked)| case(&simulation, object, asked, &source)).collect();
    if cases.is_empty() {
        return Err(Unusable("nothing leads to anything here: no Ingress, no route, no Service".to_owned()));
    }
    let head = "# Written by `whichpod test --init`; run by `whichpod test`. Files are named relative to this one.\n";
    print(&format!("{head}{}", cases.join("\n")))?;
    Ok(ExitCode::SUCCESS)
}

/// A case of what is known; what isn't can't be expected.
fn case(simulation: &Simulation, title: &str, asked: &[(String, String)], source: &CaseSource) -> Option<String> {
    let requests = asked.iter().filter_map(|(from, command)| {
        // The caller of an entrance is a pod; its workload has a name that stays.
        let from = with_workload(simulation, from);
        let ran = simulation.run(&client::parse(&from, "default").ok()?, command, None).ok()?;
        let report = simulation.report(&ran, ReportDetail::default());
        (report.outcome != "unknown").then(|| WrittenRequest { from, run: command.clone(), report })
    });
    let requests: Vec<WrittenRequest> = requests.collect();
    (!requests.is_empty()).then(|| routing_test::write_case(&routing_test::id_of(title), title, source, &requests))
}

fn with_workload(simulation: &Simulation, from: &str) -> String {
    let pod = from.strip_prefix("pod/").and_then(|pod| pod.split_once('/'));
    let pod = pod.and_then(|(namespace, name)| simulation.plane.cluster.pods.get(namespace, name));
    match pod.and_then(|pod| pod.workload.as_ref()) {
        Some(workload) if &*workload.kind != "CronJob" => {
            format!("{}/{}", workload.kind.to_ascii_lowercase(), workload.qualified_name())
        }
        _ => from.to_owned(),
    }
}
