//! Any text as a rule of Traefik, in both syntaxes: the first line is the path that is asked, the rest the rule.

#![no_main]

use libfuzzer_sys::fuzz_target;
use whichpod_core::cluster::SettingOverrides;
use whichpod_core::report::ReportDetail;
use whichpod_core::request::RequestClient;
use whichpod_core::simulation::Simulation;
use whichpod_core::source::Sources;

/// A Service and its pod.
const WEB: &str = include_str!("web.yaml");

fuzz_target!(|text: &str| {
    let (path, rule) = text.split_once('\n').unwrap_or(("/", text));
    // A text in JSON is one in YAML.
    let rule = format!("{rule:?}");
    let route =
        |syntax: &str| format!("{{match: {rule}, syntax: {syntax}, kind: Rule, services: [{{name: web, port: 80}}]}}");
    let manifests = format!(
        "{WEB}apiVersion: traefik.io/v1alpha1
kind: IngressRoute
metadata: {{name: web}}
spec: {{routes: [{}, {}]}}
",
        route("v3"),
        route("v2")
    );
    let simulation = Simulation::new(Sources::new([("a.yaml", manifests)]), &SettingOverrides::default());
    let quoted = path.replace('\'', "%27");
    let command = format!("curl 'http://shop.example.com/{quoted}' -H 'X-Shop: {quoted}'");
    if let Ok(run) = simulation.run(&RequestClient::External(None), &command, None) {
        simulation.report(&run, ReportDetail::default());
    }
});
