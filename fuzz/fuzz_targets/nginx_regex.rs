//! Any text as a path of ingress-nginx with `use-regex` and a rewrite: the first line is the path that is asked, the second the
//! rewrite's target, the rest the regular expression.

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
    let mut parts = text.splitn(3, '\n');
    let asked = parts.next().unwrap_or_default().replace('\'', "%27");
    let target = parts.next().unwrap_or_default();
    let path = parts.next().unwrap_or_default();
    let manifests = format!(
        "{WEB}apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  annotations: {{nginx.ingress.kubernetes.io/use-regex: 'true', nginx.ingress.kubernetes.io/rewrite-target: {target:?}}}
spec:
  ingressClassName: nginx
  rules:
  - http: {{paths: [{{path: {path:?}, pathType: ImplementationSpecific, backend: {{service: {{name: web, port: {{number: 80}}}}}}}}]}}
"
    );
    let simulation = Simulation::new(Sources::new([("a.yaml", manifests)]), &SettingOverrides::default());
    if let Ok(run) = simulation.run(&RequestClient::External(None), &format!("curl 'http://a.example/{asked}'"), None) {
        simulation.report(&run, ReportDetail::default());
    }
});
