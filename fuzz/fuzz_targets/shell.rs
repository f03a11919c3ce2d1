//! Any lines typed in the console, against a small shop: they print, change or refuse, and never panic or run without end.

#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use whichpod_core::cluster::SettingOverrides;
use whichpod_core::report::ReportDetail;
use whichpod_core::request::RequestClient;
use whichpod_core::simulation::Simulation;
use whichpod_core::source::Sources;

const SHOP: &str = include_str!("../../tests/fixtures/canary.yaml");

static SIMULATION: OnceLock<Simulation> = OnceLock::new();

fuzz_target!(|text: &str| {
    let simulation =
        SIMULATION.get_or_init(|| Simulation::new(Sources::new([("a.yaml", SHOP)]), &SettingOverrides::default()));
    if let Ok(run) = simulation.run(&RequestClient::External(None), text, None) {
        simulation.report(&run, ReportDetail::default());
    }
});
