//! Every reason of names occurs in some case: one that no case reaches is untested, or can't occur.

#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use strum::VariantArray;
use whichpod_core::console::client;
use whichpod_core::request::Libc;
use whichpod_core::routing_test::{self, Case, RequestCase};
use whichpod_core::simulation::Simulation;
use whichpod_core::trace::{Candidate, Cause, DnsObjection, DnsRule, Fate, Objection, Rule};

/// The cases that are about names.
const CASES: &[&str] = &["dns", "names"];

/// What was seen.
#[derive(Default)]
struct Seen {
    rules: BTreeSet<DnsRule>,
    objections: BTreeSet<DnsObjection>,
}

#[test]
fn every_reason_of_names_occurs() {
    let mut seen = Seen::default();
    for case in CASES.iter().flat_map(|name| cases(name)) {
        let (simulation, _) = routing_test::simulation(&case, &|pattern| Err(pattern.to_owned()));
        case.requests.iter().for_each(|request| seen.take(request, &simulation));
    }
    let rules: Vec<_> = DnsRule::VARIANTS.iter().filter(|rule| !seen.rules.contains(rule)).collect();
    let objections: Vec<_> = DnsObjection::VARIANTS.iter().filter(|it| !seen.objections.contains(it)).collect();
    assert!(rules.is_empty() && objections.is_empty(), "no case reaches {rules:?} {objections:?}");
}

fn cases(name: &str) -> Vec<Case> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance").join(name).with_extension("yaml");
    routing_test::read(&fs::read_to_string(file).expect("a case file can be read")).expect("cases")
}

impl Seen {
    /// All reasons on a request's walks. What a tool refuses has none.
    fn take(&mut self, request: &RequestCase, simulation: &Simulation) {
        let client = client::parse(&request.from, "default").expect("a client");
        let libc = request.resolver.as_deref().and_then(Libc::from_name);
        let resolution = simulation.run(&client, &request.run, libc).ok().and_then(|run| run.resolution);
        for landing in resolution.iter().flat_map(|resolution| &resolution.landings) {
            for hop in landing.trail.hops_backwards() {
                self.causes(&hop.because);
                hop.choices().for_each(|choice| choice.candidates.iter().for_each(|one| self.candidate(one)));
            }
        }
    }

    fn candidate(&mut self, candidate: &Candidate) {
        self.causes(&candidate.because);
        if let Fate::Rejected(Objection::Dns(objection)) = candidate.fate {
            self.objections.insert(objection);
        }
    }

    fn causes(&mut self, causes: &[Cause]) {
        self.rules.extend(causes.iter().filter_map(|cause| match cause {
            Cause::Rule(Rule::Dns(rule)) => Some(*rule),
            _ => None,
        }));
    }
}
