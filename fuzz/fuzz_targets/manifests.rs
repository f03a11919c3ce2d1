//! Text to cluster to findings, in both languages, and a cursor in it: reading cannot fail and never panics. The corpus is
//! tests/fixtures.

#![no_main]

use libfuzzer_sys::fuzz_target;
use whichpod_core::assist;
use whichpod_core::cluster::SettingOverrides;
use whichpod_core::explain::Language;
use whichpod_core::report::CheckReport;
use whichpod_core::simulation::Simulation;
use whichpod_core::source::{FileId, Sources};

fuzz_target!(|text: &str| {
    let simulation = Simulation::new(Sources::new([("a.yaml", text)]), &SettingOverrides::default());
    let found = simulation.findings();
    for language in [Language::English, Language::Japanese] {
        CheckReport::new(&found, &simulation.manifests, language).to_text();
    }
    simulation.conditions();
    assist::complete(&simulation, FileId(0), text.len() / 2);
    assist::hover(&simulation, FileId(0), text.len() / 3);
});
