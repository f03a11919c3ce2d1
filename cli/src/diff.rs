//! `whichpod diff`: which requests two sets of manifests answer differently.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use whichpod_core::difference::{self, DerivedRequests, DifferenceReport, LeftOut, ProbeSide};
use whichpod_core::explain::Language;
use whichpod_core::ingress::IngressImplementation;
use whichpod_core::simulation::Simulation;

use crate::arguments::{Diff, DiffFormat, Input};
use crate::context::Context;
use crate::{Unusable, files, print, trace};

mod access_log;
mod revision;

/// A set of manifests, and what it is called.
struct NamedSet {
    name: String,
    simulation: Simulation,
}

/// Prints what changed; exits 1 if that was asked for and something did.
pub fn run(arguments: &Diff, context: &Context) -> Result<ExitCode, Unusable> {
    let (old, new) = sets(arguments, context)?;
    let clusters = [&old.simulation.plane.cluster, &new.simulation.plane.cluster];
    let requests = match &arguments.requests {
        None => difference::derive_requests(&clusters, arguments.limit),
        Some(file) => requests_of(file, &clusters, arguments.limit)?,
    };
    if requests.requests.is_empty() {
        return Err(Unusable("nothing to ask: no Ingress, no route, no Service in either set".to_owned()));
    }
    if arguments.annotations && arguments.output == DiffFormat::Sarif {
        return Err(Unusable("--annotations is printed as text, md or json; -o sarif has no place for it".to_owned()));
    }
    let report = ask_both(&old, &new, &requests, arguments.annotations, context.language);
    print(&match arguments.output {
        DiffFormat::Text => difference::to_text(&report),
        DiffFormat::Md => difference::to_markdown(&report),
        DiffFormat::Json => trace::json(&report)?,
        DiffFormat::Sarif => format!("{:#}\n", difference::to_sarif(&report)),
    })?;
    Ok(if arguments.exit_code && report.changed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The two sets: of two paths, of two revisions, or of one set under two controllers.
fn sets(arguments: &Diff, context: &Context) -> Result<(NamedSet, NamedSet), Unusable> {
    let controllers: Vec<IngressImplementation> =
        arguments.controllers.iter().flat_map(|controllers| controllers.0.iter().copied()).collect();
    if let (None, [], [], [old, new]) =
        (&arguments.git, controllers.as_slice(), arguments.paths.as_slice(), arguments.input.files.as_slice())
    {
        // `-f old -f new`, as other commands name their files.
        let bare = Diff { input: Input { files: Vec::new(), ..arguments.input.clone() }, ..arguments.clone() };
        return Ok((set(old, &bare, context)?, set(new, &bare, context)?));
    }
    if let Some(hint) = revisions_meant(arguments) {
        return Err(Unusable(hint));
    }
    match (&arguments.git, controllers.as_slice(), arguments.paths.as_slice()) {
        (Some(revisions), [], paths) if paths.len() < 2 => of_revisions(revisions, paths.first(), arguments, context),
        (None, [one, other], paths) if paths.len() < 2 => {
            let simulation = arguments.input.simulation(paths, context)?;
            let set = |one: &IngressImplementation| NamedSet {
                name: one.name().to_owned(),
                simulation: simulation.serve_as(*one),
            };
            Ok((set(one), set(other)))
        }
        (None, [], [old, new]) => Ok((set(old, arguments, context)?, set(new, arguments, context)?)),
        (None, [], _) => Err(Unusable(
            "two sets are compared: whichpod diff OLD NEW, diff --git main..HEAD [PATH], or diff --as A --as B [PATH]"
                .to_owned(),
        )),
        _ => Err(Unusable("--git and --as compare one set: at most one path, and --as twice or not at all".to_owned())),
    }
}

/// How revisions are named, where somebody named them in another way: `diff A..B`, `diff --git A B`.
fn revisions_meant(arguments: &Diff) -> Option<String> {
    let [word] = arguments.paths.as_slice() else { return None };
    let word = word.to_string_lossy();
    if Path::new(&*word).exists() {
        return None;
    }
    match &arguments.git {
        None => {
            let (old, new) = word.split_once("...").or_else(|| word.split_once(".."))?;
            let known = revision::exists(old) && (new.is_empty() || revision::exists(new));
            known.then(|| format!("{word} names revisions: diff --git {word} compares those"))
        }
        Some(old) if !old.contains("..") && revision::exists(&word) => {
            Some(format!("--git takes both revisions in one word: --git {old}..{word}"))
        }
        Some(_) => None,
    }
}

fn set(path: &Path, arguments: &Diff, context: &Context) -> Result<NamedSet, Unusable> {
    let read = arguments.input.simulation(&[path.to_owned()], context);
    let simulation = read.map_err(|Unusable(why)| {
        let is_revision = !path.exists() && revision::exists(&path.to_string_lossy());
        Unusable(if is_revision { format!("{why}; it is a revision: diff --git OLD..NEW compares those") } else { why })
    })?;
    Ok(NamedSet { name: path.display().to_string(), simulation })
}

/// `main..HEAD`, or `main` against the files as they are.
fn of_revisions(
    revisions: &str,
    path: Option<&PathBuf>,
    arguments: &Diff,
    context: &Context,
) -> Result<(NamedSet, NamedSet), Unusable> {
    let at = |revision: &str| {
        let simulation = revision::manifests(revision, path, &arguments.input, context)?;
        let shown = path.map(|path| format!(":{}", path.display())).unwrap_or_default();
        Ok::<_, Unusable>(NamedSet { name: format!("{revision}{shown}"), simulation })
    };
    let Some((old, new)) = revisions.split_once("...").or_else(|| revisions.split_once("..")) else {
        let paths: Vec<PathBuf> = path.into_iter().cloned().collect();
        let name = path.map_or_else(|| "files".to_owned(), |path| path.display().to_string());
        let here = NamedSet { name, simulation: arguments.input.simulation(&paths, context)? };
        return Ok((at(revisions)?, here));
    };
    let new = if new.is_empty() { "HEAD" } else { new };
    let old = if revisions.contains("...") { revision::parting(old, new)? } else { old.to_owned() };
    Ok((at(&old)?, at(new)?))
}

/// Both sets at once, each asked for everything; then for every annotation, if that is wanted.
fn ask_both(
    old: &NamedSet,
    new: &NamedSet,
    requests: &DerivedRequests,
    annotations: bool,
    language: Language,
) -> DifferenceReport {
    let ask = |set: &Simulation| ProbeSide::new(set).answers(&requests.requests);
    let (before, after) = std::thread::scope(|scope| {
        let before = scope.spawn(|| ask(&old.simulation));
        let after = ask(&new.simulation);
        // Core doesn't panic; were it to, the question is put again, here.
        (before.join().unwrap_or_else(|_| ask(&old.simulation)), after)
    });
    let (old, new) = ((old.name.as_str(), &old.simulation), (new.name.as_str(), &new.simulation));
    let limit = if annotations { difference::ANNOTATION_LIMIT } else { 0 };
    difference::compare_answers(old, new, requests, [before, after], language, limit)
}

/// The requests of a file: routing tests, or lines of a log.
fn requests_of(
    file: &Path,
    clusters: &[&whichpod_core::cluster::Cluster],
    limit: usize,
) -> Result<DerivedRequests, Unusable> {
    let text = files::text(file)?;
    let is_yaml = file.extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
    let mut found = if is_yaml {
        difference::requests_of_tests(&text).map_err(|error| Unusable(format!("{}: {error}", file.display())))?
    } else {
        access_log::requests(&text, clusters)
    };
    if found.requests.is_empty() {
        return Err(Unusable(format!(
            "{}: no request could be read; access logs of nginx and Traefik are, and routing tests (*.yaml)",
            file.display()
        )));
    }
    if found.requests.len() > limit {
        found.not_asked.push(LeftOut::LoggedRequests(found.requests.len() - limit));
        found.requests.truncate(limit);
    }
    Ok(found)
}
