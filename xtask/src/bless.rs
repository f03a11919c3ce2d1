//! `cargo xtask bless`: rewrites what is generated or recorded, so that the change can be read in the diff.

use crate::oracle;
use crate::project::{Done, cargo};
use crate::step::aloud;
use clap::ValueEnum;

/// What can be rewritten, one kind each.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Record {
    /// what the tests compare with: the pending lists of the conformance cases, and snapshots
    Tests,
    /// the names, types and descriptions of Kubernetes' fields, from k8s-openapi
    Schema,
    /// the schemas of custom resources, from the Go modules that ship their definitions
    Definitions,
    /// how many of the real components' answers agree, and docs/accuracy.md
    Oracle,
}

/// Rewrites these; what the tests record, when none is named.
pub fn run(chosen: &[Record]) -> Done {
    let records = if chosen.is_empty() { &[Record::Tests] } else { chosen };
    records.iter().try_for_each(|record| match record {
        Record::Tests => tests(),
        Record::Schema => program("schema"),
        Record::Definitions => program("definitions"),
        Record::Oracle => oracle::run(&["replay".to_owned(), "--write".to_owned()]),
    })
}

/// The harness rewrites its lists when WHICHPOD_BLESS is set, insta its snapshots with INSTA_UPDATE.
fn tests() -> Done {
    aloud(
        cargo("test")
            .args(["-p", "whichpod-core", "-p", "whichpod", "-p", "whichpod-tests", "--no-fail-fast"])
            .env("WHICHPOD_BLESS", "1")
            .env("INSTA_UPDATE", "always"),
    )
}

/// A program of its own behind a feature of the same name: k8s-openapi takes a minute to compile.
fn program(name: &str) -> Done {
    aloud(cargo("run").args(["-p", "xtask", "--bin", name, "--features", name]))
}
