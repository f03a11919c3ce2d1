//! Tallies: connections spread by the shares, and stay where a Service keeps a client's affinity.

use whichpod_core::cluster::SettingOverrides;
use whichpod_core::console::client;
use whichpod_core::report::{Report, ReportDetail};
use whichpod_core::simulation::Simulation;
use whichpod_core::source::Sources;
use whichpod_core::tally::RequestSeries;

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
spec: {{type: NodePort, clusterIP: 10.96.0.20, sessionAffinity: {affinity}, selector: {{app: web}}, ports: [{{port: 80, nodePort: 30080}}]}}
"
    )
}

fn counts(from: &str, affinity: &str, requests: u32, one_connection: bool) -> Vec<u32> {
    let simulation = Simulation::new(Sources::new([("web.yaml", manifests(affinity))]), &SettingOverrides::default());
    let client = client::parse(from, "default").expect("a client");
    let run = simulation.run(&client, "curl http://192.168.56.11:30080/", None).expect("an answer");
    let report: Report = simulation.report(
        &run,
        ReportDetail {
            all: false,
            repeat: Some(RequestSeries { requests, one_connection }),
            ..ReportDetail::default()
        },
    );
    report.landings.iter().filter_map(|landing| landing.count).collect()
}

#[test]
fn without_affinity_connections_spread() {
    let counts = counts("node/node-1", "None", 300, false);
    assert_eq!(counts.iter().sum::<u32>(), 300);
    assert_eq!(counts.len(), 3);
    assert!(counts.iter().all(|count| (70..=130).contains(count)), "{counts:?}");
}

#[test]
fn with_client_affinity_they_stay() {
    let mut counts = counts("node/node-1", "ClientIP", 10, false);
    counts.sort_unstable();
    assert_eq!(counts, [0, 0, 10]);
}

#[test]
fn clients_with_affinity_spread() {
    let client = |number: u8| counts(&format!("external:198.51.100.{number}"), "ClientIP", 3, false);
    let first: Vec<Vec<u32>> = (1..60).map(client).collect();
    for pod in 0..3 {
        assert!(first.iter().any(|counts| counts[pod] == 3), "nobody goes to pod {pod}");
    }
}

#[test]
fn one_connection_stays() {
    let mut counts = counts("node/node-1", "None", 10, true);
    counts.sort_unstable();
    assert_eq!(counts, [0, 0, 10]);
}
