//! What settled the end of a request: one clause for each of the gallery's examples, in both languages.

#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;

use whichpod_core::cluster::SettingOverrides;
use whichpod_core::console::client;
use whichpod_core::explain::{self, Language};
use whichpod_core::simulation::Simulation;
use whichpod_core::source::Sources;
use whichpod_core::trace::{Outcome, Resolution};
use whichpod_tests::examples::{self, Example};

fn resolution(example: &Example) -> Option<Resolution> {
    let sources = Sources::new([("manifests.yaml", example.manifests())]);
    let simulation = Simulation::new(sources, &SettingOverrides::default());
    let client = client::parse(&example.from, "default").expect("a client");
    simulation.run(&client, &example.command, None).expect("an answer").resolution
}

/// The reasons of all landings.
fn whys(resolution: &Resolution, language: Language) -> BTreeSet<String> {
    let landings = resolution.landings.iter();
    landings.map(|landing| explain::plain(&explain::why(&landing.trail, language))).collect()
}

#[track_caller]
fn check(id: &str, expected: &[&str]) {
    let example = examples::all().into_iter().find(|example| example.id == id).expect("an example");
    let resolution = resolution(&example).expect("a request");
    assert_eq!(whys(&resolution, Language::English), expected.iter().map(|why| (*why).to_owned()).collect());
}

#[test]
fn every_failure_has_a_reason_in_both_languages() {
    for example in examples::all() {
        let Some(resolution) = resolution(&example) else { continue };
        for landing in &resolution.landings {
            let [english, japanese] =
                [Language::English, Language::Japanese].map(|language| explain::why(&landing.trail, language));
            let failed = !matches!(landing.outcome(), Outcome::Delivered | Outcome::External | Outcome::Unknown);
            assert!(!failed || !english.is_empty(), "{}", example.id);
            assert_eq!(english.is_empty(), japanese.is_empty(), "{}", example.id);
            assert!(!failed || english != japanese, "{}", example.id);
        }
    }
}

#[test]
fn a_delivery_names_the_lines_that_chose_the_pod() {
    check("shop", &["ingress default/shop spec.rules[0].http.paths[1] → service default/cart"]);
    check("deployment", &["service default/nginx-service spec.selector"]);
}

#[test]
fn a_refusal_names_the_rule_and_its_line() {
    check(
        "no-endpoints",
        &["the Service has no usable endpoint, so kube-proxy rejects at once; service default/web spec.selector"],
    );
    let refused = "no container of the pod listens on this port; pod default/cache-1 spec.containers";
    check("selector-wide", &[refused, "service default/web spec.selector"]);
}

#[test]
fn a_404_names_the_rules_that_do_not_match() {
    check(
        "class-missing",
        &["no rule matches and there is no default backend: the controller answers 404; \
           ingress default/shop isn't served: it names no class; \
           ingress default/blog spec.rules[0].http.paths[0] is for another host"],
    );
}

#[test]
fn a_503_names_the_rule_that_was_chosen() {
    check("cross-namespace", &["the Service doesn't exist; ingress default/shop spec.rules[0].http.paths[1]"]);
}

#[test]
fn a_time_out_names_the_policy() {
    check(
        "policy-ports",
        &["NetworkPolicies select the receiving pod, and no rule allows this; \
           networkpolicy default/web-from-client spec.ingress[0] names the peer, but other ports or protocols"],
    );
}

#[test]
fn a_name_not_found_names_what_was_tried() {
    check(
        "statefulset-names",
        &["db-0.db.default.svc.cluster.local.: the namespace has no Service of that name; \
           db-0.db.svc.cluster.local.: there is no namespace of that name"],
    );
    check("pod-name", &["web-1.default.svc.cluster.local.: the namespace has no Service of that name"]);
}

#[test]
fn a_name_that_was_not_searched_says_so() {
    let example = examples::all().into_iter().find(|example| example.id == "alpine-nslookup").expect("an example");
    let whys = whys(&resolution(&example).expect("a request"), Language::English);
    assert!(
        whys.iter().all(|why| why.starts_with("BusyBox' nslookup never searches a name that has a dot; web.default."))
    );
}

#[test]
fn a_lookup_that_is_not_answered_names_what_drops_it() {
    check(
        "policy-dns",
        &["NetworkPolicies select the sending pod, and no rule allows this; \
           networkpolicy default/client-to-db spec.egress[0] is about other peers"],
    );
}
