//! `cargo xtask serve|test|build|bless|bench|fuzz|package|docs`: the only scripts of the project.
//!
//! Each command installs what it needs when it is missing (`tools`), says what it does while it takes long (`step`), and is
//! quick the second time. Begin with `test`: it says what is checked and in which order.

mod project;
mod step;
mod tools;
mod site;
mod budget;
mod modelled;
mod offline;
mod test;
mod bless;
mod bench;
mod oracle;
mod fuzz;
mod package;
mod notes;
mod npm;
mod docs;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Builds, serves and tests whichpod. Missing tools are installed below target/tools and node_modules; on Debian as root,
/// Chromium and its driver too. Elsewhere what is missing is named, with the way to get it.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Serve the page at http://127.0.0.1:8080 and rebuild it on every change
    Serve {
        /// The port to listen on
        #[arg(long, default_value_t = 8080)]
        port: u16,
    },
    /// Run every check and test; the exit status is 1 if any fails
    ///
    /// Formatting, clippy and the native tests run beside the building of the site; then the tests in headless Chromium,
    /// alone, so that their timing means something. Ends with one line per part and one for all.
    Test {
        /// Only these parts (default: all of them)
        #[arg(value_enum)]
        parts: Vec<test::Part>,
    },
    /// Write the site to dist/, the book beside it: static files with relative links, for any folder of any host
    Build,
    /// Write what the code itself makes of the site (the first answer, the pages that say what is modelled), which the next
    /// build takes up, as `build` does
    Parts,
    /// Let the site in dist/ work without a network, as `build` does
    Offline,
    /// Rewrite what is recorded or generated: pending lists, snapshots, the schema of Kubernetes' fields
    Bless {
        /// Only these (default: tests)
        #[arg(value_enum)]
        records: Vec<bless::Record>,
    },
    /// Hold the core against the real components: what they answered is recorded, and asked again
    ///
    /// `replay` asks all of it and counts what agrees, `show ID` prints one record for people.
    Oracle {
        /// See `cargo xtask oracle --help`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Measure the core, natively and as WebAssembly
    ///
    /// `scale [WORD] [--most N]` prints how the time grows with the input; `hostile [--seed N] [--count N]` asks the command line what no
    /// user would, and wants each answer within two seconds and a gigabyte.
    Bench {
        /// Only benchmarks whose name contains this; or `scale`, or `hostile`, with its options
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
    /// Look for texts that make the core panic, hang or take too much: manifests, Corefiles, rules, regular expressions, routing
    /// tests, shell lines, links
    Fuzz {
        /// Only these targets of fuzz/ (default: all of them)
        targets: Vec<String>,
        /// How long each runs
        #[arg(long, default_value_t = 600)]
        seconds: u32,
    },
    /// Build what a release hands out for this machine: archive, sum, the container image's files, in target/package/
    Package {
        /// The target to build for (default: this machine's; musl on Linux)
        #[arg(long)]
        target: Option<String>,
    },
    /// Write what package managers read, from the archives in target/package/: Homebrew's formula, krew's manifest, the sums
    Listings,
    /// Write the npm package to target/npm/
    Npm,
    /// Write the book to dist/docs/, in both languages, with a reference made from the code
    Docs,
    /// Print what CHANGELOG.md says of the version in Cargo.toml
    Notes,
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Serve { port } => site::serve(port),
        Task::Test { parts } => test::run(&parts),
        Task::Build => site::build_and_weigh().and_then(|()| docs::write()),
        Task::Parts => site::write_parts(),
        Task::Offline => offline::write(&project::at("dist")),
        Task::Bless { records } => bless::run(&records),
        Task::Oracle { arguments } => oracle::run(&arguments),
        Task::Bench { words } => bench::run(&words),
        Task::Fuzz { targets, seconds } => fuzz::run(&targets, seconds),
        Task::Package { target } => package::run(target.as_deref()),
        Task::Listings => package::write_listings(),
        Task::Npm => npm::write(),
        Task::Docs => docs::write(),
        Task::Notes => notes::print(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}
