//! Limits: small texts that ask for more than anybody can follow get an answer soon, and it names the limit.

#![cfg(not(target_arch = "wasm32"))]

use whichpod_core::cluster::SettingOverrides;
use whichpod_core::console::client;
use whichpod_core::limits::{AnswerLimit, MAX_DEPTH, MAX_REDIRECTS, MAX_RULE_DEPTH};
use whichpod_core::report::ReportDetail;
use whichpod_core::simulation::Simulation;
use whichpod_core::source::Sources;

/// A pod behind a Service named x.
const WEB: &str = "
apiVersion: v1
kind: Pod
metadata: {name: p, labels: {app: x}}
spec: {containers: [{name: c, image: i, ports: [{containerPort: 80}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: x}
spec: {selector: {app: x}, ports: [{port: 80}]}
---
";

/// What the answer to a command from outside depends on and isn't modelled.
fn not_modelled(manifests: &str, command: &str) -> Vec<String> {
    let simulation = Simulation::new(Sources::new([("a.yaml", manifests)]), &SettingOverrides::default());
    let client = client::parse("external", "default").expect("a client");
    let run = simulation.run(&client, command, None).expect("a command that is understood");
    simulation.report(&run, ReportDetail::default()).not_modelled
}

fn ingress_route(rule: &str, route: &str) -> String {
    format!(
        "{WEB}apiVersion: traefik.io/v1alpha1\nkind: IngressRoute\nmetadata: {{name: r}}\nspec: {{routes: [{{kind: Rule, \
         match: '{rule}', services: [{{name: x, port: 80}}], {route}}}]}}\n---\n"
    )
}

#[test]
fn rules_nest_no_deeper_than_the_limit() {
    let nested = |levels: usize| format!("{}PathPrefix(`/`){}", "(".repeat(levels), ")".repeat(levels));
    let asked = |levels| not_modelled(&ingress_route(&nested(levels), "priority: 1"), "curl http://INGRESS/");
    assert_eq!(asked(MAX_RULE_DEPTH - 1), [""; 0]);
    assert_eq!(asked(20_000).len(), 1);
}

#[test]
fn redirects_end_somewhere() {
    let ingress = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i, annotations: \
                   {nginx.ingress.kubernetes.io/permanent-redirect: 'http://h.example.com/'}}\nspec: {ingressClassName: \
                   nginx, rules: [{host: h.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: \
                   {name: x, port: {number: 80}}}}]}}]}\n";
    let command = format!("curl -L --max-redirs {} http://h.example.com/", MAX_REDIRECTS * 8);
    assert_eq!(not_modelled(&format!("{WEB}{ingress}"), &command), [AnswerLimit::Redirects.text()]);
}

#[test]
fn chains_of_chains_end_somewhere() {
    let middleware = |level: usize, spec: &str| {
        format!(
            "apiVersion: traefik.io/v1alpha1\nkind: Middleware\nmetadata: {{name: m{level}}}\nspec: {{{spec}}}\n---\n"
        )
    };
    let chain = |level: usize| {
        let next = format!("{{name: m{}}}, ", level + 1).repeat(10);
        middleware(level, &format!("chain: {{middlewares: [{next}]}}"))
    };
    let chains: String = (0..6).map(chain).collect();
    let last = middleware(6, "addPrefix: {prefix: /a}");
    let route = ingress_route("PathPrefix(`/`)", "middlewares: [{name: m0}]");
    assert_eq!(not_modelled(&format!("{chains}{last}{route}"), "curl http://INGRESS/").len(), 1);
}

/// A Gateway whose route leads to its own address, six times.
#[test]
fn proxies_in_a_circle_end_somewhere() {
    let backends = "{name: me, port: 80}, ".repeat(6);
    let gateway = format!(
        "apiVersion: gateway.networking.k8s.io/v1\nkind: GatewayClass\nmetadata: {{name: c}}\nspec: {{controllerName: \
         example.com/c}}\n---\napiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {{name: gw}}\nspec: \
         {{gatewayClassName: c, listeners: [{{name: http, port: 80, protocol: HTTP}}]}}\n---\napiVersion: v1\nkind: \
         Service\nmetadata: {{name: me}}\nspec: {{ports: [{{port: 80}}]}}\n---\napiVersion: \
         discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {{name: me-1, labels: {{kubernetes.io/service-name: \
         me}}}}\naddressType: IPv4\nports: [{{name: '', port: 80}}]\nendpoints: [{{addresses: \
         [192.0.2.80]}}]\n---\napiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {{name: r}}\nspec: \
         {{parentRefs: [{{name: gw}}], rules: [{{backendRefs: [{backends}]}}]}}\n"
    );
    let gaps = not_modelled(&gateway, "curl http://GATEWAY(default/gw)/");
    assert!(gaps.contains(&AnswerLimit::Connections.text()), "{gaps:?}");
}

/// Aliases count in all documents together.
#[test]
fn aliases_of_all_documents_are_counted() {
    let aliases = "*x0, ".repeat(98);
    let ones = "1, ".repeat(1000);
    let document = |number: usize| {
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: x{number}}}\nx0: &x0 [{ones}]\nx1: [{aliases}]\n---\n"
        )
    };
    let text: String = (0..12).map(document).collect();
    let simulation = Simulation::new(Sources::new([("a.yaml", text)]), &SettingOverrides::default());
    let found = |code: &str| simulation.findings().iter().filter(|found| found.problem.code() == code).count();
    assert!(found("too-many-aliases") > 0 && found("unknown-field") > 0);
}

/// Imports that double at each level.
#[test]
fn imports_of_imports_end_somewhere() {
    let snippet =
        |level: usize| format!("    (a{level}) {{\n      import a{0}\n      import a{0}\n    }}\n", level + 1);
    let snippets: String = (0..24).rev().map(snippet).collect();
    let text = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: coredns, namespace: kube-system}}\ndata:\n  Corefile: |\n    \
         (a24) {{\n      errors\n    }}\n{snippets}    .:53 {{\n      import a0\n    }}\n"
    );
    let simulation = Simulation::new(Sources::new([("a.yaml", text)]), &SettingOverrides::default());
    assert!(simulation.findings().iter().any(|found| found.problem.code() == "corefile"));
}

#[test]
fn a_routing_test_whose_brackets_nest_too_deep_is_refused_with_the_place() {
    let nested =
        |levels: usize| format!("- id: a\n  manifests: x\n  requests: {}{}\n", "[".repeat(levels), "]".repeat(levels));
    let error = whichpod_core::routing_test::read(&nested(100_000)).expect_err("too deep");
    assert_eq!(error, format!("line 3 column {}: brackets nest deeper than {MAX_DEPTH} levels", 13 + MAX_DEPTH));
    let shallow = whichpod_core::routing_test::read(&nested(20)).expect_err("no list of requests");
    assert!(!shallow.contains("nest deeper"), "{shallow}");
}
