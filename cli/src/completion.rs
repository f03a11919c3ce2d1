//! Completion: what shells ask for while somebody types. Names come from the manifests that the line so far names.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap_complete::CompletionCandidate;
use clap_complete::engine::{PathCompleter, ValueCompleter};
use whichpod_core::cluster::SettingOverrides;
use whichpod_core::console::TOOLS;
use whichpod_core::simulation::Simulation;
use whichpod_core::source::Sources;

use crate::arguments::Completion;
use crate::{Unusable, check, files, print, trace};

/// What a shell runs at its start: it asks the program itself, so that names are always those of now.
pub fn run(arguments: &Completion) -> Result<ExitCode, Unusable> {
    let program = std::env::args().next().unwrap_or_default();
    let program =
        std::path::Path::new(&program).file_name().and_then(|name| name.to_str()).unwrap_or("whichpod").to_owned();
    let shells = clap_complete::env::Shells::builtins();
    let Some(shell) = shells.completer(&arguments.shell) else { return Err(Unusable("no such shell".to_owned())) };
    let mut script = Vec::new();
    let written = shell.write_registration("COMPLETE", &program, &program, &program, &mut script);
    written.map_err(|error| Unusable(error.to_string()))?;
    print(&String::from_utf8_lossy(&script))?;
    Ok(ExitCode::SUCCESS)
}

/// Who can ask.
pub fn clients(current: &OsStr) -> Vec<CompletionCandidate> {
    let names = simulation().map(|simulation| trace::client_names(&simulation.plane.cluster)).unwrap_or_default();
    beginning(current, std::iter::once("external".to_owned()).chain(names))
}

/// The pods.
pub fn pods(current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(simulation) = simulation() else { return Vec::new() };
    beginning(current, simulation.plane.cluster.pods.values().map(|pod| pod.reference.qualified_name()))
}

/// The namespaces.
pub fn namespaces(current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(simulation) = simulation() else { return Vec::new() };
    let mut names: Vec<String> = simulation.plane.cluster.pods.values().map(|pod| pod.namespace().to_owned()).collect();
    names.sort();
    names.dedup();
    beginning(current, names)
}

/// The codes of findings.
pub fn codes(current: &OsStr) -> Vec<CompletionCandidate> {
    beginning(current, check::all_codes().map(str::to_owned))
}

/// Files; where a command of others may begin, its tools, and what leads somewhere.
pub fn paths(current: &OsStr) -> Vec<CompletionCandidate> {
    let mut candidates = PathCompleter::any().complete(current);
    if std::env::args().any(|word| word == "trace" || word == "exec") {
        candidates.extend(beginning(current, TOOLS.iter().map(|tool| tool.name.to_owned())));
        candidates.extend(commands(current).into_iter().filter(|_| !current.is_empty()));
    }
    candidates
}

/// URLs that lead somewhere.
pub fn commands(current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(simulation) = simulation() else { return Vec::new() };
    let entrances = whichpod_core::entrances::entrances(&simulation.plane.cluster);
    let words = entrances.into_iter().flat_map(|entrance| {
        let words: Vec<String> = entrance.command.split(' ').map(str::to_owned).collect();
        words
    });
    let mut words: Vec<String> = words.filter(|word| !word.starts_with('-')).collect();
    words.sort();
    words.dedup();
    beginning(current, words)
}

fn beginning(current: &OsStr, names: impl IntoIterator<Item = String>) -> Vec<CompletionCandidate> {
    let current = current.to_string_lossy().into_owned();
    names.into_iter().filter(|name| name.starts_with(&current)).map(CompletionCandidate::new).collect()
}

/// The cluster of the manifests that the line names; those of this folder where it names none.
fn simulation() -> Option<Simulation> {
    let words: Vec<String> = std::env::args().collect();
    let named = words.windows(2).filter(|pair| matches!(pair, [option, _] if option == "-f" || option == "--file"));
    let mut paths: Vec<PathBuf> = named.filter_map(|pair| pair.get(1)).map(PathBuf::from).collect();
    // Behind `whichpod -- whichpod trace`, with which the shell asks.
    let bare = words.iter().skip(4).filter(|word| !word.is_empty()).map(PathBuf::from);
    paths.extend(bare.filter(|path| path.exists() && !paths.contains(path)).collect::<Vec<_>>());
    if paths.is_empty() {
        paths.push(PathBuf::from("."));
    }
    let texts = files::read_all(&paths, &[]).ok()?;
    Some(Simulation::new(Sources::new(texts.files), &SettingOverrides::default()))
}
