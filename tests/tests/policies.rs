//! Laws of NetworkPolicies over random ones.

#![cfg(not(target_arch = "wasm32"))]

use proptest::prelude::*;
use serde_json::{Value, json};
use whichpod_core::cluster::SettingOverrides;
use whichpod_core::matrix::{MatrixCell, MatrixSelection, matrix};
use whichpod_core::simulation::Simulation;
use whichpod_core::source::Sources;
use whichpod_tests::cases::cases;
use whichpod_tests::policies::{manifests, policies, surroundings};

fn cells(policies: &[Value]) -> Vec<MatrixCell> {
    let objects = [surroundings().as_slice(), policies].concat();
    let simulation =
        Simulation::new(Sources::new([("policies.yaml", manifests(&objects))]), &SettingOverrides::default());
    let selection = MatrixSelection { from: Some("pod/".into()), to: None, limit: 10_000 };
    matrix(&simulation, &selection).expect("there are pods and Services")
}

proptest! {
    #![proptest_config(cases(8))]

    #[test]
    fn their_order_changes_nothing(mut policies in policies()) {
        let before = cells(&policies);
        policies.reverse();
        prop_assert_eq!(before, cells(&policies));
    }

    #[test]
    fn one_that_selects_nobody_changes_nothing(mut policies in policies()) {
        let before = cells(&policies);
        policies.push(json!({
            "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
            "metadata": {"name": "idle", "namespace": "x"}, "spec": {"podSelector": {"matchLabels": {"pod": "none"}}},
        }));
        prop_assert_eq!(before, cells(&policies));
    }
}
