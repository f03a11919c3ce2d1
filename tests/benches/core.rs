//! How fast the core is, for what somebody pastes and at Kubernetes' limits; one file for both runs, natively and as
//! WebAssembly (`cargo xtask bench`), as wasm-bindgen-test has criterion's interface.

#[cfg(not(target_arch = "wasm32"))]
use criterion::Criterion;
use std::hint::black_box;
use std::time::Duration;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{Criterion, wasm_bindgen_bench};
use whichpod_core::manifest::Manifests;
use whichpod_core::source::Sources;
use whichpod_tests::fleet::{Fleet, LIMITS, USUAL};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// Text to manifests, 100 objects.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_bench)]
fn read_usual(criterion: &mut Criterion) {
    read(criterion, "read_usual", USUAL);
}

/// Text to manifests, at Kubernetes' limits. Ten runs: each takes seconds.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_bench)]
fn read_limits(criterion: &mut Criterion) {
    let mut criterion = std::mem::take(criterion).sample_size(10).warm_up_time(Duration::from_secs(1));
    read(&mut criterion, "read_limits", LIMITS);
}

fn read(criterion: &mut Criterion, name: &str, fleet: Fleet) {
    let text = fleet.manifests();
    criterion.bench_function(name, |bencher| {
        bencher.iter(|| Manifests::read(Sources::new([("fleet.yaml", black_box(text.as_str()))])));
    });
}

#[cfg(not(target_arch = "wasm32"))]
criterion::criterion_group!(benches, read_usual, read_limits);
#[cfg(not(target_arch = "wasm32"))]
criterion::criterion_main!(benches);

#[cfg(target_arch = "wasm32")]
fn main() {}
