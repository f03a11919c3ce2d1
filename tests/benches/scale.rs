//! How the time grows with the input: the exponent of processor time against the larger of input and output, for each kind
//! of manifests that a cluster can have many of. `cargo xtask bench scale [WORD] [--most N]` prints them; above [`STEEPEST`] it fails.

#[cfg(unix)]
#[path = "scale/rows.rs"]
mod rows;

/// More than this is more than linear: n log n is about 1.1 here.
#[cfg(unix)]
const STEEPEST: f64 = 1.15;

#[cfg(unix)]
mod run {
    use std::hint::black_box;

    use nix::time::{ClockId, clock_gettime};
    use whichpod_core::cluster::SettingOverrides;
    use whichpod_core::console::client;
    use whichpod_core::matrix::{self, MatrixSelection};
    use whichpod_core::report::ReportDetail;
    use whichpod_core::simulation::Simulation;
    use whichpod_core::source::Sources;

    use super::rows::{Deed, Row};

    /// How many of a thing, from size to size.
    const SIZES: [usize; 7] = [300, 1_000, 3_000, 6_000, 10_000, 20_000, 30_000];

    /// What takes less says little of how it grows.
    const LEAST_SECONDS: f64 = 0.1;

    /// After a size that takes longer, none greater is tried.
    const MOST_SECONDS: f64 = 12.0;

    /// Of so many runs the quickest counts.
    const BEST_OF: usize = 5;

    /// A size, what went in or came out, and how long it took.
    #[derive(Clone, Copy)]
    pub struct Measured {
        pub size: usize,
        bytes: usize,
        pub seconds: f64,
    }

    /// Every size until it takes long.
    pub fn measure(row: &Row, most: usize) -> Vec<Measured> {
        let mut all = Vec::new();
        for size in SIZES.into_iter().filter(|size| *size <= row.most.min(most)) {
            let text = (row.manifests)(size);
            let mut best = once(row, size, &text);
            for _ in 1..if best.seconds < 1.0 { BEST_OF } else { 2 } {
                let again = once(row, size, &text);
                best = if again.seconds < best.seconds { again } else { best };
            }
            all.push(best);
            if best.seconds > MOST_SECONDS {
                break;
            }
        }
        all
    }

    /// Between the last two sizes that took long enough; None where too few did.
    pub fn exponent(all: &[Measured]) -> Option<f64> {
        let mut long = all.iter().rev().filter(|one| one.seconds >= LEAST_SECONDS);
        let (last, before) = (long.next()?, long.next()?);
        Some((last.seconds / before.seconds).ln() / (last.bytes as f64 / before.bytes as f64).ln())
    }

    fn once(row: &Row, size: usize, text: &str) -> Measured {
        let begin = processor_seconds();
        let simulation = Simulation::new(Sources::new([("a.yaml", text)]), &SettingOverrides::default());
        let printed = black_box(output(&simulation, row, size));
        let seconds = processor_seconds() - begin;
        Measured { size, bytes: text.len().max(printed), seconds }
    }

    /// How much comes out, in bytes.
    fn output(simulation: &Simulation, row: &Row, size: usize) -> usize {
        match row.deed {
            Deed::Check => {
                let report = simulation.check();
                serde_json::to_string(&report).map_or(0, |text| text.len())
            }
            Deed::Ask(from, command) => {
                let client = client::parse(from, "default").expect("a client");
                let command = command.replace("{last}", &(size - 1).to_string());
                let run = simulation.run(&client, &command, None).expect("a command that is understood");
                serde_json::to_string(&simulation.report(&run, ReportDetail::default())).map_or(0, |text| text.len())
            }
            Deed::Run(from, command) => {
                let client = client::parse(from, "default").expect("a client");
                let run = simulation.run(&client, &command(size), None).expect("a command that is understood");
                run.output.stdout.map_or(0, |text| text.len())
            }
            Deed::Matrix => {
                let selection = MatrixSelection { from: None, to: None, limit: usize::MAX };
                matrix::matrix(simulation, &selection).map_or(0, |cells| matrix::to_csv(&cells).len())
            }
        }
    }

    fn processor_seconds() -> f64 {
        let now = clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).expect("Linux and macOS have it");
        now.tv_sec() as f64 + now.tv_nsec() as f64 / 1e9
    }
}

#[cfg(unix)]
fn main() {
    let mut told: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let mut most = usize::MAX;
    if let Some(at) = told.iter().position(|word| word == "--most") {
        most = told.get(at + 1).and_then(|size| size.parse().ok()).expect("--most wants a number");
        told.drain(at..at + 2);
    }
    let words = told;
    let mut steep = Vec::new();
    println!("{:<58} {:>8} {:>9}  exponent", "what there are many of", "greatest", "seconds");
    for row in rows::ROWS.iter().filter(|row| words.iter().all(|word| row.what.contains(word.as_str()))) {
        let all = run::measure(row, most);
        let exponent = run::exponent(&all);
        let last = all.last().expect("a size");
        let told = exponent.map_or_else(|| "too quick to say".to_owned(), |exponent| format!("{exponent:.2}"));
        println!("{:<58} {:>8} {:>9.2}  {told}", row.what, last.size, last.seconds);
        steep.extend(exponent.filter(|exponent| *exponent > STEEPEST).map(|_| row.what));
    }
    if !steep.is_empty() {
        eprintln!("steeper than {STEEPEST}: {}", steep.join("; "));
        std::process::exit(1);
    }
}

// Elsewhere nobody tells what a process took.
#[cfg(not(unix))]
fn main() {}
