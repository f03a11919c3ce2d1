//! `cargo xtask bench`: how fast the core is, natively and as WebAssembly in headless Chromium; how its time grows (`scale`); that
//! hostile input ends soon (`hostile`).

use crate::project::{Done, at, cargo};
use crate::step::{aloud, quietly};
use crate::test::wasm::{self, Browser};
use crate::tools;

/// Runs the benchmarks whose name contains the first word, or those that it is the name of, with the other words.
pub fn run(words: &[String]) -> Done {
    match words.split_first() {
        Some((name, rest)) if name == "scale" => aloud(native("scale").args(rest)),
        Some((name, rest)) if name == "hostile" => hostile(rest),
        _ => speed(words),
    }
}

fn speed(filter: &[String]) -> Done {
    println!("native:");
    aloud(native("core").args(filter))?;
    tools::for_wasm()?;
    println!("WebAssembly:");
    let mut page = wasm::command("bench", Browser::Chromium)?;
    // What the next run compares with.
    page.env("WASM_BINDGEN_BENCH_RESULT", at("target/wasm-benchmarks.json"));
    // Compiled as the page is: small first, then fast.
    aloud(page.args(["--profile", "release", "-p", "whichpod-tests", "--bench", "core", "--"]).args(filter))
}

fn hostile(options: &[String]) -> Done {
    let mut program = cargo("build");
    program.args(["--profile", "native", "--package", "whichpod"]);
    quietly("building whichpod", &mut program)?;
    aloud(native("hostile").args(options).env("WHICHPOD", at("target/native/whichpod")))
}

fn native(name: &str) -> std::process::Command {
    let mut bench = cargo("bench");
    bench.args(["-p", "whichpod-tests", "--bench", name, "--"]);
    bench
}
