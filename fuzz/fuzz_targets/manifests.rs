//! Text to cluster to findings, in both languages: reading cannot fail and never panics. The corpus is tests/fixtures.

#![no_main]

use libfuzzer_sys::fuzz_target;
use whichpod_core::cluster::{Cluster, Overrides};
use whichpod_core::explain::Language;
use whichpod_core::manifest::Manifests;
use whichpod_core::problems::problems;
use whichpod_core::report::CheckReport;
use whichpod_core::source::Sources;

fuzz_target!(|text: &str| {
    let manifests = Manifests::read(Sources::new([("a.yaml", text)]));
    let cluster = Cluster::build(&manifests, &Overrides::default());
    let mut found = manifests.diagnostics.clone();
    found.extend(problems(&manifests, &cluster));
    for language in [Language::English, Language::Japanese] {
        CheckReport::new(&found, &manifests, language).to_text();
    }
});
