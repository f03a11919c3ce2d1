//! `cargo xtask test`: every check and test, in parts that report for themselves.
//!
//! On two cores, two lanes: formatting, clippy, the native tests, fuzzing and compiling the components' tests in one; installing tools,
//! building the site, the book and what is handed out in the other. The browser's tests come after both, alone: a busy machine must not
//! decide whether they pass.

mod part;
mod tally;
pub mod wasm;
mod e2e;
mod package;

pub use part::Part;

use crate::budget;
use crate::project::{Done, WASM, at, cargo};
use crate::step::elapsed;
use crate::{docs, fuzz, npm, offline, oracle, site, tools};
use part::Report;
use std::thread;
use std::time::Instant;
use wasm::Browser;

/// Runs these parts (the usual ones, when none is named) and sums up.
pub fn run(chosen: &[Part]) -> Done {
    let start = Instant::now();
    let parts = if chosen.is_empty() { &Part::USUAL[..] } else { chosen };
    let (mut reports, site) = thread::scope(|scope| {
        let site = scope.spawn(|| lane(parts, &[Part::Build, Part::Docs, Part::Npm, Part::Package]));
        let native = lane(parts, &[Part::Fmt, Part::Clippy, Part::Native, Part::Oracle, Part::Fuzz, Part::Compile]);
        (native, site.join().unwrap_or_default())
    });
    reports.extend(site);
    reports.extend(lane(parts, &[Part::Wasm, Part::E2e, Part::Firefox]));
    summary(&reports, &elapsed(start))
}

/// Those of `order` that were asked for, one after the other.
fn lane(asked: &[Part], order: &[Part]) -> Vec<Report> {
    order.iter().filter(|part| asked.contains(part)).map(|part| run_part(*part)).collect()
}

fn run_part(part: Part) -> Report {
    let mut report = Report::new(part);
    let done = match part {
        Part::Fmt => report.check(cargo_fmt()),
        Part::Clippy => clippy(&mut report),
        Part::Native => tools::for_native().and_then(|()| report.tests(native())),
        Part::Oracle => report.step(oracle::run_built(&["policies", "names"])),
        Part::Fuzz => report.step(fuzz::run(&[], 10)),
        Part::Compile => compile(&mut report),
        Part::Build => build(&mut report),
        Part::Docs => book(&mut report),
        Part::Npm => npm(&mut report),
        Part::Package => handed_out(&mut report),
        Part::Wasm => wasm(&mut report),
        Part::E2e => tools::for_e2e().and_then(|()| report.tests(e2e::tests()?)),
        Part::Firefox => firefox(&mut report),
    };
    report.finish(done)
}

fn cargo_fmt() -> std::process::Command {
    let mut command = crate::project::command("cargo");
    command.args(["fmt", "--all", "--check"]);
    command
}

/// Everything natively; the page once more for its own target, where more of it is compiled.
fn clippy(report: &mut Report) -> Done {
    let mut all = cargo("clippy");
    all.args(["--workspace", "--all-targets", "--", "-D", "warnings"]);
    report.check(all)?;
    tools::for_wasm_check()?;
    let mut page = cargo("clippy");
    page.args(["-p", "whichpod-web", "--all-targets", "--target", WASM, "--", "-D", "warnings"]);
    report.check(page)?;
    // What the library's documentation links to is there; the schemas are behind a feature.
    let mut library = cargo("doc");
    library.args(["-p", "whichpod-core", "--all-features", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings");
    report.check(library)
}

fn native() -> std::process::Command {
    let mut command = cargo("test");
    command.args(["--workspace", "--no-fail-fast"]);
    command
}

/// The main journey once more, in Firefox.
fn firefox(report: &mut Report) -> Done {
    tools::for_e2e()?;
    tools::for_firefox()?;
    report.tests(e2e::in_firefox()?)
}

/// What the components' tests take, so that nothing is compiled while a browser runs.
fn compile(report: &mut Report) -> Done {
    tools::for_wasm_check()?;
    report.check(wasm::compiled())?;
    report.step(tools::for_firefox())
}

/// The components in both browsers.
fn wasm(report: &mut Report) -> Done {
    tools::for_wasm()?;
    report.tests(wasm::tests(Browser::Chromium)?)?;
    tools::for_firefox()?;
    report.tests(wasm::tests(Browser::Firefox)?)
}

fn build(report: &mut Report) -> Done {
    tools::for_site()?;
    site::write_parts()?;
    report.check(site::programs())?;
    report.check(site::release())?;
    offline::write(&at("dist"))?;
    budget::keep(&at("dist")).inspect(|()| report.tally.passed += 1)
}

/// The book, whose links lead somewhere.
fn book(report: &mut Report) -> Done {
    report.step(docs::write())?;
    report.step(docs::links_lead_somewhere(&at("dist/docs")))
}

/// The package, used as somebody does who installs it.
fn npm(report: &mut Report) -> Done {
    report.step(npm::write())?;
    tools::for_npm_test()?;
    let mut node = crate::project::command("node");
    node.arg("tests/npm/try.mjs");
    report.check(node)
}

/// A release's archive, made twice and used.
fn handed_out(report: &mut Report) -> Done {
    let archive = package::make()?;
    report.step(package::use_it(&archive))?;
    report.step(package::make_elsewhere(&archive))
}

/// One line per part, and the last line for all.
fn summary(reports: &[Report], took: &str) -> Done {
    println!("\n{}", "-".repeat(60));
    for report in reports {
        println!("{report}");
    }
    let total = reports.iter().fold(tally::Tally::default(), |sum, report| sum + report.tally);
    println!("took {took}");
    println!("total: {total}");
    if total.failed == 0 { Ok(()) } else { Err("not everything passed".to_owned()) }
}
