//! Every reason occurs in some case: one that no case reaches is untested, or can't occur.

#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use strum::VariantArray;
use whichpod_core::console::client;
use whichpod_core::request::ClientLibc;
use whichpod_core::routing_test::{self, RequestCase};
use whichpod_core::simulation::Simulation;
use whichpod_core::trace::{
    Candidate, CandidateFate, CandidateObjection, Cause, ComponentRule, DnsObjection, DnsRule, GatewayObjection,
    GatewayRule, IngressControllerRule, IngressObjection, NetworkRule, PolicyObjection, PolicyRule, Resolution,
    ServiceObjection, ServiceRule,
};

/// The folders of cases that ask where requests land.
const FOLDERS: &[&str] = &["conformance", "cases/routing", "scenarios"];

#[test]
fn every_reason_occurs() {
    let threads: Vec<_> = case_files().into_iter().map(|file| std::thread::spawn(move || of_file(&file))).collect();
    let seen: BTreeSet<String> =
        threads.into_iter().flat_map(|thread| thread.join().expect("a case panicked")).collect();
    let missing: Vec<String> = all().difference(&seen).cloned().collect();
    assert!(missing.is_empty(), "no case reaches {missing:?}");
}

/// `room/name` of every reason there is.
fn all() -> BTreeSet<String> {
    fn names<R: Copy + Into<&'static str>>(room: &str, reasons: &[R]) -> Vec<String> {
        reasons.iter().map(|reason| format!("{room}/{}", (*reason).into())).collect()
    }
    let of_rooms = [
        names("network", NetworkRule::VARIANTS),
        names("service", ServiceRule::VARIANTS),
        names("dns", DnsRule::VARIANTS),
        names("ingress", IngressControllerRule::VARIANTS),
        names("gateway", GatewayRule::VARIANTS),
        names("policy", PolicyRule::VARIANTS),
        names("service", ServiceObjection::VARIANTS),
        names("dns", DnsObjection::VARIANTS),
        names("ingress", IngressObjection::VARIANTS),
        names("gateway", GatewayObjection::VARIANTS),
        names("policy", PolicyObjection::VARIANTS),
    ];
    of_rooms.into_iter().flatten().collect()
}

fn case_files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in FOLDERS {
        let listing = fs::read_dir(root.join(folder)).expect("a folder of cases can be read");
        files.extend(listing.map(|entry| entry.expect("an entry can be read").path()));
    }
    files.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    files
}

/// The reasons on all walks of a file's cases.
fn of_file(file: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(file).expect("a case file can be read");
    let folder = file.parent().unwrap_or(Path::new(""));
    let load = |pattern: &str| {
        let text = fs::read_to_string(folder.join(pattern)).map_err(|error| format!("{pattern}: {error}"))?;
        Ok(vec![(pattern.to_owned(), text)])
    };
    let mut seen = BTreeSet::new();
    for case in routing_test::read(&text).expect("cases") {
        let (simulation, _) = routing_test::simulation(&case, &load);
        for request in &case.requests {
            take(&mut seen, request, &simulation);
        }
    }
    seen
}

/// All reasons on a request's walks. What a tool refuses has none.
fn take(seen: &mut BTreeSet<String>, request: &RequestCase, simulation: &Simulation) {
    let Ok(client) = client::parse(&request.from, "default") else { return };
    let libc = request.resolver.as_deref().and_then(ClientLibc::from_name);
    if let Some(resolution) = simulation.run(&client, &request.run, libc).ok().and_then(|run| run.resolution) {
        walk(seen, &resolution);
    }
}

fn walk(seen: &mut BTreeSet<String>, resolution: &Resolution) {
    for hop in resolution.landings.iter().flat_map(|landing| landing.trail.hops_backwards()) {
        causes(seen, &hop.because);
        hop.choices().for_each(|choice| choice.candidates.iter().for_each(|one| candidate(seen, one)));
    }
}

fn candidate(seen: &mut BTreeSet<String>, candidate: &Candidate) {
    causes(seen, &candidate.because);
    if let CandidateFate::Rejected(objection) = candidate.fate {
        seen.insert(format!("{}/{}", objection_room(objection), objection.name()));
    }
}

fn causes(seen: &mut BTreeSet<String>, causes: &[Cause]) {
    seen.extend(causes.iter().filter_map(|cause| match cause {
        Cause::Rule(rule) => Some(format!("{}/{}", rule_room(*rule), rule.name())),
        _ => None,
    }));
}

fn rule_room(rule: ComponentRule) -> &'static str {
    match rule {
        ComponentRule::Network(_) => "network",
        ComponentRule::Service(_) => "service",
        ComponentRule::Dns(_) => "dns",
        ComponentRule::Ingress(_) => "ingress",
        ComponentRule::Gateway(_) => "gateway",
        ComponentRule::Policy(_) => "policy",
    }
}

fn objection_room(objection: CandidateObjection) -> &'static str {
    match objection {
        CandidateObjection::Service(_) => "service",
        CandidateObjection::Dns(_) => "dns",
        CandidateObjection::Ingress(_) => "ingress",
        CandidateObjection::Gateway(_) => "gateway",
        CandidateObjection::Policy(_) => "policy",
    }
}
