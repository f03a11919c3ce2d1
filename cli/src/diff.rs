//! `whichpod diff`: which requests two sets of manifests answer differently.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use whichpod_core::difference::{self, DerivedRequests};
use whichpod_core::ingress::IngressImplementation;
use whichpod_core::simulation::Simulation;
use whichpod_core::source::Sources;

use crate::arguments::{Diff, DiffFormat};
use crate::context::Context;
use crate::input::printed;
use crate::{Unusable, files, print, trace};

mod access_log;

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
    let report = difference::compare((&old.name, &old.simulation), (&new.name, &new.simulation), &requests);
    print(&match arguments.output {
        DiffFormat::Text => difference::to_text(&report),
        DiffFormat::Md => difference::to_markdown(&report),
        DiffFormat::Json => trace::json(&report)?,
        DiffFormat::Sarif => format!("{:#}\n", difference::to_sarif(&report)),
    })?;
    Ok(match arguments.exit_code && report.changed > 0 {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    })
}

/// The two sets: of two paths, of two revisions, or of one set under two controllers.
fn sets(arguments: &Diff, context: &Context) -> Result<(NamedSet, NamedSet), Unusable> {
    let controllers: Vec<IngressImplementation> =
        arguments.controllers.iter().flat_map(|controllers| controllers.0.iter().copied()).collect();
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

fn set(path: &Path, arguments: &Diff, context: &Context) -> Result<NamedSet, Unusable> {
    let simulation = arguments.input.simulation(&[path.to_owned()], context)?;
    Ok(NamedSet { name: path.display().to_string(), simulation })
}

/// `main..HEAD`, or `main` against the files as they are.
fn of_revisions(
    revisions: &str,
    path: Option<&PathBuf>,
    arguments: &Diff,
    context: &Context,
) -> Result<(NamedSet, NamedSet), Unusable> {
    let here = PathBuf::from(".");
    let path = path.unwrap_or(&here);
    let (old, new) = match revisions.split_once("...").or_else(|| revisions.split_once("..")) {
        Some((old, new)) => (old, if new.is_empty() { "HEAD" } else { new }),
        None => return Ok((at_revision(revisions, path, context)?, set(path, arguments, context)?)),
    };
    let old = match revisions.contains("...") {
        // As git diff has it: from where the two parted.
        true => git(&["merge-base", old, new])?.trim().to_owned(),
        false => old.to_owned(),
    };
    Ok((at_revision(&old, path, context)?, at_revision(new, path, context)?))
}

/// The manifests of a path as a revision has them; nothing is checked out.
fn at_revision(revision: &str, path: &Path, context: &Context) -> Result<NamedSet, Unusable> {
    let shown = path.display().to_string();
    let listing = git(&["ls-tree", "-r", "--name-only", revision, "--", &shown])?;
    let is_manifest = |name: &&str| [".yaml", ".yml", ".json"].iter().any(|ending| name.ends_with(ending));
    let names: Vec<&str> =
        listing.lines().filter(is_manifest).filter(|name| !name.ends_with(crate::context::SETTINGS_FILE)).collect();
    if names.is_empty() {
        return Err(Unusable(format!("{shown}: {revision} has no *.yaml, *.yml or *.json file there")));
    }
    let texts = names.into_iter().map(|name| Ok((name.to_owned(), git(&["show", &format!("{revision}:./{name}")])?)));
    let texts = texts.collect::<Result<Vec<_>, Unusable>>()?;
    let sources = Sources::new(texts);
    let _ = context;
    Ok(NamedSet { name: format!("{revision}:{shown}"), simulation: Simulation::new(sources, &Default::default()) })
}

fn git(arguments: &[&str]) -> Result<String, Unusable> {
    printed(Command::new("git").args(arguments)).map_err(|why| match why {
        crate::input::ToolFailure::NotInstalled => Unusable("--git runs git, which isn't installed".to_owned()),
        crate::input::ToolFailure::Said(said) => Unusable(format!("--git: git says: {said}")),
    })
}

/// The requests of a file: routing tests, or lines of a log.
fn requests_of(
    file: &Path,
    clusters: &[&whichpod_core::cluster::Cluster],
    limit: usize,
) -> Result<DerivedRequests, Unusable> {
    let text = files::text(file)?;
    let is_yaml = file.extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
    let mut found = match is_yaml {
        true => {
            difference::requests_of_tests(&text).map_err(|error| Unusable(format!("{}: {error}", file.display())))?
        }
        false => access_log::requests(&text, clusters),
    };
    if found.requests.is_empty() {
        return Err(Unusable(format!(
            "{}: no request could be read; access logs of nginx and Traefik are, and routing tests (*.yaml)",
            file.display()
        )));
    }
    if found.requests.len() > limit {
        found.not_asked.push(format!("{} requests of the log beyond --limit", found.requests.len() - limit));
        found.requests.truncate(limit);
    }
    Ok(found)
}
