//! Tallies: connections spread by the shares, and stay where a Service keeps a client's affinity.

use whichpod_core::cluster::Overrides;
use whichpod_core::console::client;
use whichpod_core::report::{Detail, Report};
use whichpod_core::simulation::Simulation;
use whichpod_core::source::Sources;

fn manifests(affinity: &str) -> String {
    format!(
        "apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  replicas: 3
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec: {{containers: [{{name: web, image: nginx, ports: [{{containerPort: 80}}]}}]}}
---
apiVersion: v1
kind: Service
metadata: {{name: web}}
spec: {{clusterIP: 10.96.0.20, sessionAffinity: {affinity}, selector: {{app: web}}, ports: [{{port: 80}}]}}
"
    )
}

fn counts(affinity: &str, requests: u32) -> Vec<u32> {
    let simulation = Simulation::new(Sources::new([("web.yaml", manifests(affinity))]), &Overrides::default());
    let client = client::parse("node/node-1", "default").expect("a client");
    let run = simulation.run(&client, "curl http://10.96.0.20/", None).expect("an answer");
    let report: Report = simulation.report(&run, Detail { all: false, repeat: Some(requests) });
    report.landings.iter().filter_map(|landing| landing.count).collect()
}

#[test]
fn without_affinity_connections_spread() {
    let counts = counts("None", 300);
    assert_eq!(counts.iter().sum::<u32>(), 300);
    assert_eq!(counts.len(), 3);
    assert!(counts.iter().all(|count| (70..=130).contains(count)), "{counts:?}");
}

#[test]
fn with_client_affinity_they_stay() {
    let mut counts = counts("ClientIP", 10);
    counts.sort_unstable();
    assert_eq!(counts, [0, 0, 10]);
}
