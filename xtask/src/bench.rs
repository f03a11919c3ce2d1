//! `cargo xtask bench`: the same benchmarks, natively and as WebAssembly in headless Chromium.

use crate::project::{Done, at, cargo};
use crate::step::aloud;
use crate::test::wasm::{self, Browser};
use crate::tools;

/// Runs the benchmarks whose name contains `filter`.
pub fn run(filter: Option<&str>) -> Done {
    println!("native:");
    aloud(cargo("bench").args(["-p", "whichpod-tests", "--benches", "--"]).args(filter))?;
    tools::for_wasm()?;
    println!("WebAssembly:");
    let mut page = wasm::command("bench", Browser::Chromium)?;
    // What the next run compares with.
    page.env("WASM_BINDGEN_BENCH_RESULT", at("target/wasm-benchmarks.json"));
    // Compiled as the page is: small first, then fast.
    aloud(page.args(["--profile", "release", "-p", "whichpod-tests", "--benches", "--"]).args(filter))
}
