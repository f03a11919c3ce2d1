//! Completion: what shells ask for while somebody types. Names come from the manifests that the line so far names.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use clap_complete::CompletionCandidate;
use clap_complete::engine::{PathCompleter, ValueCompleter};
use whichpod_core::cluster::SettingOverrides;
use whichpod_core::console::TOOLS;
use whichpod_core::simulation::Simulation;
use whichpod_core::source::Sources;

use crate::arguments::Completion;
use crate::input::printed;
use crate::{Unusable, check, files, matrix, print, trace};

/// What a shell runs at its start: it asks the program itself, so that names are always those of now.
pub fn run(arguments: &Completion) -> Result<ExitCode, Unusable> {
    let program = std::env::args().next().unwrap_or_default();
    let program =
        std::path::Path::new(&program).file_name().and_then(|name| name.to_str()).unwrap_or("whichpod").to_owned();
    let shells = clap_complete::env::Shells::builtins();
    let own = std::env::var("SHELL").unwrap_or_default();
    let own = own.rsplit('/').next().unwrap_or_default();
    let name = arguments.shell.as_deref().unwrap_or(own);
    let Some(shell) = shells.completer(name) else {
        return Err(Unusable("for which shell? whichpod completion bash, zsh, fish, elvish or powershell".to_owned()));
    };
    let mut script = Vec::new();
    let written = shell.write_registration("COMPLETE", &program, &program, &program, &mut script);
    written.map_err(|error| Unusable(error.to_string()))?;
    print(&String::from_utf8_lossy(&script))?;
    Ok(ExitCode::SUCCESS)
}

/// Who can ask.
pub fn clients(current: &OsStr) -> Vec<CompletionCandidate> {
    let names = simulation().map(|simulation| trace::client_names(&simulation.plane.cluster)).unwrap_or_default();
    let current = current.to_string_lossy();
    // `web` finds deploy/shop/web.
    let is_meant = |name: &String| {
        name.starts_with(&*current) || name.rsplit('/').next().is_some_and(|bare| bare.starts_with(&*current))
    };
    let all = std::iter::once("external".to_owned()).chain(names);
    all.filter(is_meant).map(CompletionCandidate::new).collect()
}

/// Deployments with a roll-out.
pub fn deployments(current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(simulation) = simulation() else { return Vec::new() };
    let rollouts = simulation.plane.cluster.rollouts.iter().filter(|(_, rollout)| !rollout.old_sets().is_empty());
    beginning(current, rollouts.map(|(deployment, _)| deployment.qualified_name()))
}

/// What `matrix --to` can name.
pub fn targets(current: &OsStr) -> Vec<CompletionCandidate> {
    let names = simulation().map(|simulation| matrix::target_names(&simulation)).unwrap_or_default();
    beginning(current, names)
}

/// kubectl's contexts.
pub fn contexts(current: &OsStr) -> Vec<CompletionCandidate> {
    lines(current, Command::new("kubectl").args(["config", "get-contexts", "-o", "name"]))
}

/// Branches and tags, of which `main..` takes another.
pub fn revisions(current: &OsStr) -> Vec<CompletionCandidate> {
    let text = current.to_string_lossy();
    let (before, last) = text.rsplit_once("..").map_or(("", &*text), |(before, last)| (before, last));
    let mut git = Command::new("git");
    git.args(["for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/tags", "refs/remotes"]);
    let names = printed(&mut git).unwrap_or_default();
    let names = names.lines().filter(|name| name.starts_with(last));
    let joint = if before.is_empty() { "" } else { ".." };
    names.map(|name| CompletionCandidate::new(format!("{before}{joint}{name}"))).collect()
}

/// The lines of what a tool prints.
fn lines(current: &OsStr, command: &mut Command) -> Vec<CompletionCandidate> {
    let text = printed(command).unwrap_or_default();
    beginning(current, text.lines().map(str::to_owned))
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

/// Files; where a command of others may begin, its tools; and inside it what leads somewhere.
pub fn paths(current: &OsStr) -> Vec<CompletionCandidate> {
    let asks = std::env::args().any(|word| word == "trace" || word == "exec");
    let words: Vec<String> = std::env::args().skip(3).collect();
    let in_command = |word: &String| TOOLS.iter().any(|tool| tool.name == word);
    if asks && words.iter().rev().skip(1).any(in_command) {
        return commands(current);
    }
    if asks && words.iter().any(|word| word == "--") {
        return beginning(current, TOOLS.iter().map(|tool| tool.name.to_owned()));
    }
    let mut candidates = PathCompleter::any().complete(current);
    if asks {
        candidates.extend(beginning(current, TOOLS.iter().map(|tool| tool.name.to_owned())));
        candidates.extend(commands(current).into_iter().filter(|_| !current.is_empty()));
    }
    candidates
}

/// URLs that lead somewhere, Services and hosts by name.
pub fn commands(current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(simulation) = simulation() else { return Vec::new() };
    let entrances = whichpod_core::entrances::entrances(&simulation.plane.cluster);
    let words = entrances.into_iter().flat_map(|entrance| {
        let words: Vec<String> = entrance.command.split(' ').map(str::to_owned).collect();
        words
    });
    let mut words: Vec<String> = words.filter(|word| !word.starts_with('-')).collect();
    let services = simulation
        .plane
        .cluster
        .services
        .values()
        .filter(|service| !simulation.plane.cluster.is_supplied(&service.reference));
    words.extend(services.map(|service| match service.namespace() {
        "default" => service.name().to_owned(),
        namespace => format!("{}.{namespace}", service.name()),
    }));
    let hosts: Vec<String> =
        words.iter().filter_map(|word| word.split_once("://")?.1.split('/').next().map(str::to_owned)).collect();
    words.extend(hosts.into_iter().filter(|host| host.contains('.')));
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
