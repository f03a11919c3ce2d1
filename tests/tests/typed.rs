//! Laws over lines that people type about random clusters: whatever is typed is answered, and twice the same.

#![cfg(not(target_arch = "wasm32"))]

use proptest::prelude::*;
use whichpod_core::cluster::SettingOverrides;
use whichpod_core::request::RequestClient;
use whichpod_core::simulation::Simulation;
use whichpod_core::source::Sources;
use whichpod_core::terminal::client;
use whichpod_tests::cases::cases;
use whichpod_tests::clusters::{clusters, manifests};

fn client() -> RequestClient {
    client::parse("external", "default").expect("the world outside asks")
}

proptest! {
    #![proptest_config(cases(20))]

    #[test]
    fn whatever_is_typed_is_answered(asked in clusters(10)) {
        let text = manifests(&asked.objects);
        let simulation = Simulation::new(Sources::new([("a.yaml", text.as_str())]), &SettingOverrides::default());
        for line in &asked.lines {
            let answered = |_| format!("{:?}", simulation.run(&client(), line, None).map(|run| run.output));
            let [first, second] = [1, 2].map(answered);
            prop_assert_eq!(first, second, "{}", line);
        }
    }
}
