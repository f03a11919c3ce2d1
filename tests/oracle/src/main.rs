//! `cargo xtask oracle`: replays what real components answered, and shows single records.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use whichpod_oracle::filed::FiledKnowledge;
use whichpod_oracle::live::{self, LiveBounds, LiveResult};
use whichpod_oracle::parts::OraclePart;
use whichpod_oracle::replay::{RecordSelection, replay};
use whichpod_oracle::verdict::{ComparedAnswer, Verdict};
use whichpod_oracle::{accuracy, levels, recording, runs, show};

/// Holds the core against real components: starts them and puts random worlds before both.
#[derive(Parser)]
#[command(name = "cargo xtask oracle", args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    task: Option<OracleTask>,
    #[command(flatten)]
    live: LiveArguments,
}

#[derive(clap::Args)]
struct LiveArguments {
    /// Only these parts (default: all that can be run)
    #[arg(value_parser = part)]
    parts: Vec<OraclePart>,
    /// Other worlds for another seed
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Until so many answers are compared
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    count: usize,
    /// Or so many minutes are over
    #[arg(long, value_name = "N")]
    minutes: Option<u64>,
    /// Shrink so many differences
    #[arg(long, value_name = "N", default_value_t = 10)]
    samples: usize,
    /// Keep the result: new answers are recorded, docs/accuracy.md tells of the run
    #[arg(long)]
    keep: bool,
}

#[derive(Subcommand)]
enum OracleTask {
    /// Ask the core again what is recorded, and count what agrees
    Replay {
        /// Only these parts (default: all)
        #[arg(value_parser = part)]
        parts: Vec<OraclePart>,
        /// Print the first N differences
        #[arg(long, value_name = "N", default_value_t = 0)]
        show: usize,
        /// Only records whose id holds this
        #[arg(long, value_name = "TEXT", default_value = "")]
        only: String,
        /// Print only differences that aren't filed under a kind
        #[arg(long)]
        unfiled: bool,
        /// Write the levels and docs/accuracy.md
        #[arg(long, conflicts_with = "only")]
        write: bool,
    },
    /// Put a cluster into a real API server, and ask it by kubectl and whichpod
    LiveCluster,
    /// Print one record, what the component answered and what we answer
    Show {
        /// Its id, or the beginning of it
        id: String,
    },
}

fn part(name: &str) -> Result<OraclePart, String> {
    let names = || OraclePart::ALL.map(OraclePart::name).join(", ");
    OraclePart::from_name(name).ok_or_else(|| format!("the parts are {}", names()))
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.task {
        None => run_live(&arguments.live),
        Some(OracleTask::Replay { parts, show, only, unfiled, write }) => {
            replay_parts(&parts, &RecordSelection { only }, PrintedDifferences { count: show, unfiled }, write)
        }
        Some(OracleTask::LiveCluster) => ask_live_cluster(),
        Some(OracleTask::Show { id }) => show::record(&id).map(|text| print!("{text}")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn run_live(arguments: &LiveArguments) -> Result<(), String> {
    let LiveArguments { seed, count, minutes, samples, keep, .. } = *arguments;
    let parts = if arguments.parts.is_empty() { &live::PARTS[..] } else { &arguments.parts };
    live::network::enter(parts)?;
    let mut missing = Vec::new();
    for part in parts {
        println!("{}: {}, seed {seed}", part.name(), part.components());
        match live::run(*part, LiveBounds { seed, count, minutes, samples }) {
            Ok(result) => report_run(*part, seed, keep, &result)?,
            Err(problem) => missing.push(problem),
        }
    }
    if arguments.parts.is_empty() {
        missing.extend(ask_live_cluster().err());
    }
    if missing.is_empty() { Ok(()) } else { Err(missing.join("\n")) }
}

fn ask_live_cluster() -> Result<(), String> {
    let run = live::cluster::run()?;
    println!("live-cluster: {} answers, {} faults", run.answers, run.faults.len());
    if run.faults.is_empty() { Ok(()) } else { Err(run.faults.join("\n")) }
}

/// In per cent: random worlds differ a little from those that are recorded.
const TOLERANCE: f64 = 1.0;

/// The others stand in the file.
const MOST_TOLD: usize = 5;

fn report_run(part: OraclePart, seed: u64, keep: bool, result: &LiveResult) -> Result<(), String> {
    for (name, level) in &result.levels {
        println!("{name}: {}", level.shown());
    }
    for sample in &result.samples {
        println!("a difference that isn't known: {}", sample.display());
    }
    let found = result.differences.lines();
    if !found.is_empty() {
        let path = live::write_differences(part, seed, &found)?;
        println!("{} kinds of differences that aren't known, {}; the most frequent:", found.len(), path.display());
        found.iter().take(MOST_TOLD).for_each(|kind| println!("  {kind}"));
    }
    let reached = levels::reached()?;
    let fallen = result
        .levels
        .iter()
        .filter(|(name, level)| reached.get(*name).is_some_and(|reached| level.share() + TOLERANCE < reached.share()));
    let fallen: Vec<&str> = fallen.map(|(name, _)| name.as_str()).collect();
    if !fallen.is_empty() && !keep {
        return Err(format!("below the level of what is recorded: {}", fallen.join(", ")));
    }
    if keep {
        runs::keep(seed, &result.levels)?;
        recording::add(part.name(), &result.lines)?;
        accuracy::write(&FiledKnowledge::read()?)?;
    }
    Ok(())
}

/// What is printed of a run.
#[derive(Clone, Copy)]
struct PrintedDifferences {
    count: usize,
    unfiled: bool,
}

fn replay_parts(
    parts: &[OraclePart],
    selection: &RecordSelection,
    printed: PrintedDifferences,
    write: bool,
) -> Result<(), String> {
    let filed = FiledKnowledge::read()?;
    let parts = if parts.is_empty() { &OraclePart::ALL[..] } else { parts };
    let (mut passed, mut failed) = (0, 0);
    for part in parts {
        let answers = replay(*part, selection)?;
        let shown = answers.iter().filter(|answer| is_shown(answer, &filed, printed.unfiled)).take(printed.count);
        shown.for_each(|answer| println!("{}", show::answer(answer)));
        let now = levels::count(&answers, &filed);
        for (name, level) in &now {
            println!("{name}: {}", level.shown());
            passed += level.equal;
            failed += level.compared - level.equal;
        }
        if write {
            levels::write(now)?;
            accuracy::write(&filed)?;
        }
    }
    println!("{passed} passed, {failed} failed");
    Ok(())
}

fn is_shown(answer: &ComparedAnswer, filed: &FiledKnowledge, unfiled: bool) -> bool {
    let differs = !matches!(answer.verdict, Verdict::Equal | Verdict::EqualButChance);
    differs && !filed.is_disputed(answer) && !(unfiled && filed.kind_of(answer).is_some())
}
