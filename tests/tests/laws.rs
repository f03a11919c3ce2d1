//! Laws that hold for any input.

#![cfg(not(target_arch = "wasm32"))]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::select;
use whichpod_core::cluster::SettingOverrides;
use whichpod_core::console::client;
use whichpod_core::order::{self, Order};
use whichpod_core::report::{LandingReport, Report, ReportDetail};
use whichpod_core::routing_test::{self, Case};
use whichpod_core::simulation::Simulation;
use whichpod_core::source::Sources;
use whichpod_core::trace::{ConnectionHops, Outcome, Resolution, Share};
use whichpod_tests::cases::cases;
use whichpod_tests::examples::{self, Example};
use whichpod_tests::mutation::Mutation;

fn mutation() -> impl Strategy<Value = Mutation> {
    let any = any::<usize>;
    prop_oneof![
        any().prop_map(Mutation::DropLine),
        any().prop_map(Mutation::DoubleLine),
        (any(), any()).prop_map(|(one, other)| Mutation::SwapLines(one, other)),
        (any(), proptest::bool::ANY).prop_map(|(at, right)| Mutation::Indent(at, right)),
        (any(), any()).prop_map(|(at, word)| Mutation::Value(at, word)),
        (any(), any()).prop_map(|(at, word)| Mutation::Insert(at, word)),
        any().prop_map(Mutation::Cut),
    ]
}

/// An example, and its manifests after a few changes.
fn spoilt() -> impl Strategy<Value = (Example, String)> {
    (select(examples::all()), prop::collection::vec(mutation(), 1..8)).prop_map(|(example, mutations)| {
        let text = mutations.iter().fold(example.manifests(), |text, mutation| mutation.apply(&text));
        (example, text)
    })
}

fn simulation(text: &str) -> Simulation {
    Simulation::new(Sources::new([("any.yaml", text)]), &SettingOverrides::default())
}

/// The answer to a command; None if the client is not there or the command makes no sense.
fn answer(simulation: &Simulation, from: &str, command: &str) -> Option<(Option<Resolution>, Report)> {
    let run = simulation.run(&client::parse(from, "default").ok()?, command, None).ok()?;
    let report = simulation.report(&run, ReportDetail { all: true, ..ReportDetail::default() });
    Some((run.resolution, report))
}

/// Every finding that has a place has it inside its file, and what was read has one.
fn places_hold(simulation: &Simulation) -> Result<(), String> {
    let sources = &simulation.manifests.sources;
    for diagnostic in &simulation.manifests.diagnostics {
        diagnostic.span.ok_or_else(|| format!("no place: {diagnostic:?}"))?;
    }
    for diagnostic in simulation.findings() {
        let Some(span) = diagnostic.span else { continue };
        let text = sources.file(span.file).map(|file| &*file.text).unwrap_or_default();
        text.get(span.start as usize..span.end as usize).ok_or_else(|| format!("outside its file: {diagnostic:?}"))?;
        sources.locate(span).ok_or_else(|| format!("cannot be shown: {diagnostic:?}"))?;
    }
    Ok(())
}

/// The shares of all landings make one, and in each walk every hop takes the packet up where the last one left it.
fn walks_hold(resolution: &Resolution) -> Result<(), String> {
    let whole = Share::sum(resolution.landings.iter().map(|landing| landing.share));
    if whole != Share::ONE {
        return Err(format!("the shares make {whole:?}"));
    }
    let legs = resolution.landings.iter().flat_map(|landing| landing.trail.legs());
    let apart = legs.into_iter().find(|leg| !ConnectionHops::joins(leg));
    apart.map_or(Ok(()), |leg| Err(format!("the hops don't join: {leg:#?}")))
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn any_text_is_read(text in any::<String>()) {
        places_hold(&simulation(&text)).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn text_that_looks_like_yaml_is_read(text in "([a-c:\\-{}\\[\\]&*!|>'\"#%@,? \n\t~0-9\u{e9}\u{1f4a5}]|kind: Service\n|apiVersion: v1\n|---\n){0,200}") {
        places_hold(&simulation(&text)).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn spoilt_manifests_are_answered((example, text) in spoilt()) {
        let simulation = simulation(&text);
        places_hold(&simulation).map_err(TestCaseError::fail)?;
        if let Some((Some(resolution), _)) = answer(&simulation, &example.from, &example.command) {
            walks_hold(&resolution).map_err(TestCaseError::fail)?;
        }
    }

    /// Whatever is typed is answered or refused.
    #[test]
    fn any_command_is_read(example in select(examples::all()), mutations in prop::collection::vec(mutation(), 1..4), words in "[ -~]{0,60}") {
        let simulation = simulation(&example.manifests());
        let changed = mutations.iter().fold(example.command.clone(), |text, mutation| mutation.apply(&text));
        for command in [changed, words] {
            if let Some((Some(resolution), _)) = answer(&simulation, &example.from, &command) {
                walks_hold(&resolution).map_err(TestCaseError::fail)?;
            }
        }
    }

    #[test]
    fn the_order_of_documents_changes_nothing(
        (example, documents) in select(examples::all()).prop_flat_map(|example| {
            let text = example.manifests();
            let documents: Vec<String> = text.split("\n---\n").map(str::to_owned).collect();
            (Just(example), Just(documents).prop_shuffle())
        })
    ) {
        let shuffled = simulation(&documents.join("\n---\n"));
        let given = simulation(&example.manifests());
        prop_assert_eq!(facts(&shuffled, &example), facts(&given, &example));
    }
}

/// What a client sees: everything but the lines that decided.
fn facts(simulation: &Simulation, example: &Example) -> (BTreeSet<String>, String) {
    let (_, report) = answer(simulation, &example.from, &example.command).expect("examples' questions have answers");
    let landings = report.landings.iter().map(|landing: &LandingReport| format!("{landing:?}")).collect();
    (
        landings,
        format!("{} {:?} {:?} {:?} {:?}", report.outcome, report.connect, report.dns, report.stdout, report.exit),
    )
}

fn conformance(name: &str) -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance").join(name);
    routing_test::read(&fs::read_to_string(&path).expect("a file of cases")).expect("cases")
}

/// The laws of walks, for every request of the conformance cases.
#[test]
fn walks_of_all_cases_hold() {
    let mut asked = 0;
    for file in ["dns.yaml", "ingress-nginx.yaml", "ingress.yaml", "netpol.yaml", "services.yaml", "traefik.yaml"] {
        for case in conformance(file) {
            let simulation = simulation(case.manifests.as_deref().unwrap_or_default());
            for request in &case.requests {
                if let Some((Some(resolution), _)) = answer(&simulation, &request.from, &request.run) {
                    asked += 1;
                    walks_hold(&resolution).unwrap_or_else(|error| panic!("{}: {}: {error}", case.id, request.run));
                }
            }
        }
    }
    assert!(asked > 900, "{asked} requests were answered");
}

/// A policy only ever takes away: what arrives with all of them arrives without.
#[test]
fn without_policies_nothing_is_blocked() {
    let mut freed = 0;
    for case in conformance("netpol.yaml") {
        let text = case.manifests.unwrap_or_default();
        let documents = text.split("\n---\n").filter(|document| !document.contains("NetworkPolicy\n"));
        let (closed, open) = (simulation(&text), simulation(&documents.collect::<Vec<_>>().join("\n---\n")));
        for request in &case.requests {
            let arrived = |simulation| {
                let (resolution, _) = answer(simulation, &request.from, &request.run)?;
                resolution.map(|resolution| resolution.share_of(Outcome::Dropped).rest())
            };
            let (with, without) = (arrived(&closed), arrived(&open));
            assert!(
                without >= with,
                "{}: {} {}: {with:?} with policies, {without:?} without",
                case.id,
                request.from,
                request.run
            );
            freed += usize::from(without > with);
        }
    }
    assert!(freed > 20, "only {freed} requests were blocked by policies at all");
}

proptest! {
    #![proptest_config(cases(300))]

    /// One sort for all kinds of things orders them as the standard library's own would.
    #[test]
    fn things_stand_in_order_and_equals_as_they_came(keys: Vec<u8>) {
        let mut things: Vec<(u8, usize)> = keys.iter().copied().zip(0..).collect();
        let mut expected = things.clone();
        expected.sort_by_key(|(key, _)| *key);
        things.order_by_key(|(key, _)| *key);
        prop_assert_eq!(&things, &expected);
        prop_assert_eq!(order::map(keys.iter().copied().zip(0..)), keys.iter().copied().zip(0..).collect::<BTreeMap<_, _>>());
    }
}
