//! Any text as a path of ingress-nginx with `use-regex` and a rewrite: the first line is the path that is asked, the second the
//! rewrite's target, the rest the regular expression.

#![no_main]

use libfuzzer_sys::fuzz_target;
use whichpod_core::cluster::SettingOverrides;
use whichpod_core::report::ReportDetail;
use whichpod_core::request::RequestClient;
use whichpod_core::simulation::Simulation;
use whichpod_core::source::Sources;

fuzz_target!(|text: &str| {
    let mut parts = text.splitn(3, '\n');
    let asked = parts.next().unwrap_or_default().replace('\'', "%27");
    let target = parts.next().unwrap_or_default();
    let path = parts.next().unwrap_or_default();
    let manifests = format!(
        "apiVersion: v1
kind: Service
metadata: {{name: web}}
spec: {{selector: {{app: web}}, ports: [{{port: 80}}]}}
---
apiVersion: v1
kind: Pod
metadata: {{name: web, labels: {{app: web}}}}
spec: {{containers: [{{name: web, image: nginx}}]}}
---
apiVersion: networking.k8s.io/v1
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
