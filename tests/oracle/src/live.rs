//! Fresh runs: random worlds are put before a real component, which is started for that, and before the core.
//!
//! What differs is shrunk to the smallest world that still differs, and written below target/oracle/differences. The same seed
//! makes the same worlds.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use proptest::strategy::{BoxedStrategy, Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;

use crate::filed::FiledKnowledge;
use crate::levels::{self, AgreementLevels};
use crate::parts::OraclePart;
use crate::show;
use crate::verdict::{ComparedAnswer, Verdict};
use tally::DifferenceTally;

pub mod network;
mod engine;
pub mod tally;
mod http;
mod object_server;
mod backends;
mod policies;
mod names;
mod traefik;
pub mod cluster;
mod control_plane;
mod validation;
mod kubectl;

/// How long a run goes on.
#[derive(Clone, Copy, Debug)]
pub struct LiveBounds {
    /// Other worlds for another seed.
    pub seed: u64,
    /// Until so many answers are compared.
    pub count: usize,
    /// Or so much time is over.
    pub minutes: Option<u64>,
    /// So many differences are shrunk: beyond, they are rarely of another kind.
    pub samples: usize,
}

/// What came of a run.
#[derive(Debug)]
pub struct LiveResult {
    /// How many agree.
    pub levels: AgreementLevels,
    /// New lines for the recording.
    pub lines: Vec<Value>,
    /// Where the smallest samples of differences lie.
    pub samples: Vec<PathBuf>,
    /// All that differs and isn't filed.
    pub differences: DifferenceTally,
}

/// A world that was asked.
struct AskedCase {
    /// As recordings have it: the world, then the records.
    lines: Vec<Value>,
    answers: Vec<ComparedAnswer>,
}

/// A real component, started, and the worlds that it is asked.
trait LiveComponent {
    type Case: Clone + std::fmt::Debug + 'static;

    /// Random cases.
    fn cases(&self) -> BoxedStrategy<Self::Case>;

    /// Puts one before the component and the core.
    fn ask(&mut self, id: &str, case: &Self::Case) -> Result<AskedCase, String>;

    /// A case with nothing asked but this question; None where cases are shrunk as they were made.
    fn focused(&self, _case: &Self::Case, _question: &str) -> Option<Self::Case> {
        None
    }

    /// Such a case with something taken away, the larger things first; a number's meaning changes with the case.
    fn reduced(&self, _case: &Self::Case, _number: usize) -> Option<Self::Case> {
        None
    }
}

/// The parts that can be run.
pub const PARTS: [OraclePart; 7] = [
    OraclePart::Validation,
    OraclePart::Kubectl,
    OraclePart::Policies,
    OraclePart::Names,
    OraclePart::Traefik,
    OraclePart::TraefikGateway,
    OraclePart::TraefikNginxProvider,
];

/// Runs a part.
pub fn run(part: OraclePart, bounds: LiveBounds) -> Result<LiveResult, String> {
    match part {
        OraclePart::Validation => run_component(part, &mut validation::ValidationLaboratory::start()?, bounds),
        OraclePart::Kubectl => run_component(part, &mut kubectl::KubectlLaboratory::start()?, bounds),
        OraclePart::Policies => run_component(part, &mut policies::PolicyEngine::start()?, bounds),
        OraclePart::Names => run_component(part, &mut names::NamesLaboratory::start()?, bounds),
        OraclePart::Traefik | OraclePart::TraefikGateway | OraclePart::TraefikNginxProvider => {
            run_component(part, &mut traefik::TraefikLaboratory::start(part)?, bounds)
        }
        _ => Err(format!("{} has recorded answers only: cargo xtask oracle replay {}", part.name(), part.name())),
    }
}

/// Of a run's answers so many are recorded, evenly over its worlds, and all worlds with new differences.
const MOST_KEPT: usize = 3000;

/// A sign of life this often.
const PROGRESS: Duration = Duration::from_secs(15);

fn run_component<C: LiveComponent>(
    part: OraclePart,
    component: &mut C,
    bounds: LiveBounds,
) -> Result<LiveResult, String> {
    let filed = FiledKnowledge::read()?;
    let (cases, start) = (component.cases(), Instant::now());
    let mut result = LiveResult {
        levels: AgreementLevels::new(),
        lines: Vec::new(),
        samples: Vec::new(),
        differences: DifferenceTally::default(),
    };
    let (mut compared, mut kept, mut said) = (0, 0, Instant::now());
    for number in 0.. {
        // 1. The next world, before both.
        let is_over = bounds.minutes.is_some_and(|minutes| start.elapsed() >= Duration::from_secs(60 * minutes));
        if compared >= bounds.count || is_over {
            break;
        }
        let id = format!("{} {}-{number}", part.name(), bounds.seed);
        let mut tree = cases.new_tree(&mut runner(bounds.seed, number)).map_err(|reason| reason.to_string())?;
        let case = tree.current();
        let asked = component.ask(&id, &case)?;
        // 2. What differs, as small as it gets.
        compared += asked.answers.len();
        levels::add(&mut result.levels, &asked.answers, &filed);
        if let Some(new) = asked.answers.iter().find(|answer| is_new(answer, &filed)) {
            if result.samples.len() < bounds.samples {
                let smallest = match component.focused(&case, &new.question) {
                    Some(case) => reduce(component, &id, case, &filed)?,
                    None => shrink(component, &id, &mut tree, &filed)?,
                };
                result.samples.push(write_sample(&id, &smallest, &filed)?);
            } else {
                write_sample(&id, &asked, &filed)?;
            }
        }
        let new: Vec<&ComparedAnswer> = asked.answers.iter().filter(|answer| is_new(answer, &filed)).collect();
        new.iter().for_each(|answer| result.differences.add(answer));
        if kept * bounds.count.max(1) < compared * MOST_KEPT {
            kept += asked.answers.len();
            result.lines.extend(asked.lines);
        } else if !new.is_empty() {
            let differing: BTreeSet<&str> = new.iter().map(|answer| answer.id.as_str()).collect();
            let lines = asked.lines.into_iter();
            let before = result.lines.len();
            result.lines.extend(lines.filter(|line| {
                line["kind"] == "world" || line["id"].as_str().is_some_and(|id| differing.contains(id))
            }));
            kept += result.lines.len() - before;
        }
        // 3. How far it is.
        if said.elapsed() > PROGRESS {
            said = Instant::now();
            println!("{}: {compared} of {} after {} s", part.name(), bounds.count, start.elapsed().as_secs());
        }
    }
    Ok(result)
}

/// Each world has a stream of its own, so that its number alone makes it.
fn runner(seed: u64, number: u64) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&number.to_le_bytes());
    TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

/// A difference that isn't filed.
fn is_new(answer: &ComparedAnswer, filed: &FiledKnowledge) -> bool {
    let differs = !matches!(answer.verdict, Verdict::Equal | Verdict::EqualButChance);
    differs && filed.kind_of(answer).is_none()
}

/// At most as many smaller worlds are tried.
const MOST_TRIES: usize = 300;

/// The smallest world that still differs in a way that isn't filed.
fn shrink<C: LiveComponent>(
    component: &mut C,
    id: &str,
    tree: &mut impl ValueTree<Value = C::Case>,
    filed: &FiledKnowledge,
) -> Result<AskedCase, String> {
    let mut smallest = component.ask(id, &tree.current())?;
    let mut moved = tree.simplify();
    for _ in 0..MOST_TRIES {
        if !moved {
            break;
        }
        let asked = component.ask(id, &tree.current())?;
        if asked.answers.iter().any(|answer| is_new(answer, filed)) {
            smallest = asked;
            moved = tree.simplify();
        } else {
            moved = tree.complicate();
        }
    }
    Ok(smallest)
}

/// Takes away what isn't needed for the difference, as long as anything can be taken.
fn reduce<C: LiveComponent>(
    component: &mut C,
    id: &str,
    mut case: C::Case,
    filed: &FiledKnowledge,
) -> Result<AskedCase, String> {
    let mut smallest = component.ask(id, &case)?;
    let mut number = 0;
    for _ in 0..MOST_TRIES {
        let Some(reduced) = component.reduced(&case, number) else { break };
        // What a component doesn't take isn't smaller.
        match component.ask(id, &reduced) {
            Ok(asked) if asked.answers.iter().any(|answer| is_new(answer, filed)) => {
                (smallest, case) = (asked, reduced)
            }
            _ => number += 1,
        }
    }
    Ok(smallest)
}

/// The manifests, with what differs as a comment before them.
fn write_sample(id: &str, case: &AskedCase, filed: &FiledKnowledge) -> Result<PathBuf, String> {
    let path = target().join("differences").join(format!("{}.yaml", id.replace([' ', '/'], "-")));
    let different = case.answers.iter().filter(|answer| is_new(answer, filed)).map(show::answer);
    let comment: String =
        different.flat_map(|text| text.lines().map(|line| format!("# {line}\n")).collect::<Vec<_>>()).collect();
    let manifests =
        case.lines.iter().filter_map(|line| line["manifests"].as_str().or(line["text"].as_str())).collect::<String>();
    let written =
        path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, comment + &manifests));
    written.map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}

/// All kinds of differences that a run found.
pub fn write_differences(part: OraclePart, seed: u64, kinds: &[String]) -> Result<PathBuf, String> {
    let path = target().join("differences").join(format!("{}-{seed}.txt", part.name()));
    let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, kinds.join("\n\n")));
    written.map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}

/// Where built components and samples lie.
fn target() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/oracle")
}
