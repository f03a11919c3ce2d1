//! `cargo xtask fuzz`: texts that nobody typed, until one makes the core panic, hang or take too much. The targets are those of
//! `fuzz/`; what a run finds interesting stays below target/fuzz and is where the next begins.

use std::fs;
use std::process::Command;

use crate::project::{Done, at, command};
use crate::step::quietly;

/// Every target, and where its first texts lie.
const TARGETS: [(&str, &str); 7] = [
    ("manifests", "tests/fixtures"),
    ("corefile", "fuzz/seeds/corefile"),
    ("traefik_rule", "fuzz/seeds/traefik_rule"),
    ("nginx_regex", "fuzz/seeds/nginx_regex"),
    ("routing_tests", "fuzz/seeds/routing_tests"),
    ("shell", "fuzz/seeds/shell"),
    ("link", "fuzz/seeds/link"),
];

/// What libFuzzer is guided by: which edges run, and what is compared. Without an address sanitizer, which safe code doesn't
/// need, stable Rust builds it.
const COVERAGE: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// Where coverage is built, apart from build scripts and macros, which the flags are not for.
const HOST: &str = "x86_64-unknown-linux-gnu";

/// A run of fewer seconds is a test; a longer one looks for what nobody knows.
const SHORT: u32 = 60;

/// Runs these targets (all, when none is named), each for so many seconds.
///
/// # Errors
///
/// A target that isn't there, one that can't be built, or a text that fails, with the file it was written to.
pub fn run(asked: &[String], seconds: u32) -> Done {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        println!("fuzz: only on Linux on x86-64; left out here");
        return Ok(());
    }
    if let Some(unknown) = asked.iter().find(|name| TARGETS.iter().all(|(target, _)| target != name)) {
        let known: Vec<&str> = TARGETS.iter().map(|(target, _)| *target).collect();
        return Err(format!("there is no target `{unknown}`: {}", known.join(", ")));
    }
    let chosen = TARGETS.iter().filter(|(target, _)| asked.is_empty() || asked.iter().any(|name| name == target));
    let chosen: Vec<_> = chosen.collect();
    let (profile, folder) = profile(seconds);
    let mut build = fuzzed("build");
    build.args(["--profile", profile]).args(chosen.iter().flat_map(|(target, _)| ["--bin", target]));
    quietly("building the fuzz targets", &mut build)?;
    chosen.into_iter().try_for_each(|(target, seeds)| run_target(target, folder, seeds, seconds))
}

/// The profile and its folder: a short run isn't worth the minutes that optimising takes.
fn profile(seconds: u32) -> (&'static str, &'static str) {
    if seconds < SHORT { ("dev", "debug") } else { ("release", "release") }
}

fn run_target(target: &str, folder: &str, seeds: &str, seconds: u32) -> Done {
    let kept = at("target/fuzz/corpus").join(target);
    let failures = at("target/fuzz/failures");
    for folder in [&kept, &failures] {
        fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    let program = at("target/fuzz/build").join(HOST).join(folder).join(target);
    let mut program = command(&program.to_string_lossy());
    program.arg(&kept).arg(at(seeds));
    program.arg(format!("-max_total_time={seconds}"));
    // A few kilobytes that take half a minute, even here, hang.
    program.args(["-timeout=30", "-rss_limit_mb=1024", "-max_len=4096", "-print_final_stats=1"]);
    // A short run tries the same each time, as far as time allows: it is a test.
    if seconds < SHORT {
        program.arg("-seed=1");
    }
    program.arg(format!("-artifact_prefix={}/{target}-", failures.display()));
    quietly(&format!("fuzzing {target}"), &mut program)
        .map_err(|error| format!("{error}; the text lies in {}", failures.display()))
}

fn fuzzed(verb: &str) -> Command {
    let mut cargo = command("cargo");
    cargo.arg(verb).args(["--locked", "--target", HOST]).current_dir(at("fuzz"));
    cargo.env("RUSTFLAGS", COVERAGE).env("CARGO_TARGET_DIR", at("target/fuzz/build"));
    cargo
}
