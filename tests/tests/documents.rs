//! `docs/` tells the truth: each key of the formats stands in its document, and each example there holds.

#![cfg(not(target_arch = "wasm32"))]

use std::fs;
use std::path::Path;

use serde_json::Value;
use whichpod_core::cluster::SettingOverrides;
use whichpod_core::matrix::{self, MatrixSelection};
use whichpod_core::model::{WorldExternal, WorldPod, WorldPodNetwork, WorldRollout, WorldSpec};
use whichpod_core::report::{
    CandidateReport, CauseReport, CheckReport, ComparedAspect, ConditionReport, ControllerAnswer, ControllerComparison,
    DiagnosticReport, DnsReport, FixReport, HopReport, LandingReport, LegReport, PacketReport, RecordReport, Report,
    ReportDetail, RolloutReport, RolloutSetReport, StepPodReport, StepReport,
};
use whichpod_core::request::RequestClient;
use whichpod_core::routing_test::{self, ApplyError, Case, CaseExpectation, ConditionExpectation, RequestCase};
use whichpod_core::simulation::Simulation;
use whichpod_core::source::Sources;
use whichpod_tests::fields::fields_of;

/// A fenced block: what stands behind its fence, and its text.
struct Example {
    info: String,
    text: String,
}

fn document(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn examples(document: &str) -> Vec<Example> {
    let mut parts = document.split("\n```");
    parts.next();
    // Text inside and outside the fences takes turns.
    let inside = parts.step_by(2);
    inside
        .map(|block| {
            let (info, text) = block.split_once('\n').expect("a block has a line of its own for its fence");
            Example { info: info.to_owned(), text: text.to_owned() }
        })
        .collect()
}

/// Each key stands in the document, as code.
fn names(document: &str, keys: &[&str]) {
    let text = self::document(document);
    let code: Vec<&str> = text.split('`').skip(1).step_by(2).collect();
    let missing: Vec<&&str> = keys.iter().filter(|key| !code.contains(*key)).collect();
    assert!(missing.is_empty(), "docs/{document} doesn't name {missing:?}");
}

#[test]
fn every_key_of_world_is_told() {
    let of = |fields: &[(&'static str, &'static str)]| fields.iter().map(|(name, _)| *name).collect::<Vec<_>>();
    let all =
        [WorldSpec::FIELDS, WorldExternal::FIELDS, WorldPodNetwork::FIELDS, WorldPod::FIELDS, WorldRollout::FIELDS];
    names("world.md", &all.iter().flat_map(|fields| of(fields)).collect::<Vec<_>>());
}

#[test]
fn every_key_of_routing_tests_is_told() {
    let all = [
        fields_of::<Case>(),
        fields_of::<RequestCase>(),
        fields_of::<CaseExpectation>(),
        fields_of::<ConditionExpectation>(),
        fields_of::<ApplyError>(),
    ];
    names("routing-tests.md", &all.concat());
}

#[test]
fn every_key_of_json_is_told() {
    let all = [
        fields_of::<Report>(),
        fields_of::<LandingReport>(),
        fields_of::<DnsReport>(),
        fields_of::<RecordReport>(),
        fields_of::<LegReport>(),
        fields_of::<HopReport>(),
        fields_of::<PacketReport>(),
        fields_of::<CandidateReport>(),
        fields_of::<CauseReport>(),
        fields_of::<ConditionReport>(),
        fields_of::<CheckReport>(),
        fields_of::<DiagnosticReport>(),
        fields_of::<FixReport>(),
        fields_of::<ControllerComparison>(),
        fields_of::<ControllerAnswer>(),
        fields_of::<ComparedAspect>(),
        fields_of::<RolloutReport>(),
        fields_of::<StepReport>(),
        fields_of::<RolloutSetReport>(),
        fields_of::<StepPodReport>(),
    ];
    names("json.md", &all.concat());
}

#[test]
fn the_examples_of_worlds_are_read_without_complaint() {
    for example in examples(&document("world.md")) {
        let simulation = Simulation::new(Sources::new([("world.yaml", example.text)]), &SettingOverrides::default());
        let found: Vec<String> = simulation.check().diagnostics.into_iter().map(|found| found.message).collect();
        // The pods and rollouts that the example is about aren't in it.
        let unread = found.iter().filter(|message| !message.starts_with("no roll"));
        assert_eq!(unread.collect::<Vec<_>>(), Vec::<&String>::new());
    }
}

#[test]
fn the_examples_of_routing_tests_pass() {
    for example in examples(&document("routing-tests.md")) {
        for case in routing_test::read(&example.text).expect("an example can be read") {
            let result = routing_test::run(&case, &|pattern| Err(pattern.to_owned()));
            assert!(result.passed(), "{result:?}");
        }
    }
}

#[test]
fn the_examples_of_json_are_parts_of_what_is_printed() {
    let examples = examples(&document("json.md"));
    let manifests = examples.iter().find(|example| example.info.ends_with("manifests")).expect("the manifests");
    let sources = Sources::new([("web.yaml", manifests.text.as_str())]);
    let simulation = Simulation::new(sources, &SettingOverrides::default());
    let mut held = 0;
    for example in examples.iter().filter(|example| example.info.starts_with("json ")) {
        let printed = printed(&simulation, example.info.trim_start_matches("json "));
        let shown: Value = serde_json::from_str(&example.text).expect("an example is JSON");
        assert!(is_part(&shown, &printed), "{}: {shown:#} isn't part of {printed:#}", example.info);
        held += 1;
    }
    assert!(held >= 3, "{held} examples");
}

fn printed(simulation: &Simulation, what: &str) -> Value {
    let value = match what.split_once(' ') {
        Some(("trace", command)) => {
            let run = simulation.run(&RequestClient::External(None), command, None).expect("a command that can be run");
            serde_json::to_value(simulation.report(&run, ReportDetail::default()))
        }
        None if what == "check" => serde_json::to_value(simulation.check()),
        None if what == "matrix" => {
            let cells = matrix::matrix(simulation, &MatrixSelection { from: None, to: None, limit: 1000 });
            Ok(serde_json::json!({ "cells": cells.expect("cells") }))
        }
        _ => panic!("json {what}: nothing prints that"),
    };
    value.expect("JSON")
}

/// Whether all that is shown stands in what is printed; lists from the beginning.
fn is_part(shown: &Value, printed: &Value) -> bool {
    match (shown, printed) {
        (Value::Object(shown), Value::Object(printed)) => {
            shown.iter().all(|(key, value)| printed.get(key).is_some_and(|printed| is_part(value, printed)))
        }
        (Value::Array(shown), Value::Array(printed)) => {
            shown.len() <= printed.len() && shown.iter().zip(printed).all(|(shown, printed)| is_part(shown, printed))
        }
        (shown, printed) => shown == printed,
    }
}
