//! Manifests as a revision of a git repository has them: its files are written into a folder of their own and read as any
//! others. Neither the working tree nor git's index is touched.

use std::path::{Path, PathBuf};
use std::process::Command;

use whichpod_core::simulation::Simulation;

use crate::Unusable;
use crate::arguments::Input;
use crate::context::Context;
use crate::input::{ToolFailure, printed};

/// The files of a revision, until it is dropped.
struct RevisionFolder {
    /// The folder, which holds git's index for it too.
    whole: PathBuf,
    /// Where the files are.
    tree: PathBuf,
}

impl Drop for RevisionFolder {
    fn drop(&mut self) {
        // What can't be removed is left to whoever tidies the folder of temporary files.
        let _ = std::fs::remove_dir_all(&self.whole);
    }
}

/// The cluster of what a revision has at a path, or wherever the options say.
pub fn manifests(
    revision: &str,
    path: Option<&PathBuf>,
    input: &Input,
    context: &Context,
) -> Result<Simulation, Unusable> {
    if input.live || input.context.is_some() {
        return Err(Unusable("--git compares revisions, --live a cluster: one of the two".to_owned()));
    }
    let folder = written(revision)?;
    // 1. Where the current folder is in it, and every path with it.
    let here: PathBuf = folder.tree.join(git(&["rev-parse", "--show-prefix"])?.trim()).components().collect();
    let moved = |paths: &[PathBuf]| paths.iter().map(|path| here.join(path)).collect::<Vec<_>>();
    let moved_input = Input {
        files: moved(&input.files),
        kustomize: moved(&input.kustomize),
        helm: moved(&input.helm),
        values: moved(&input.values),
        ..input.clone()
    };
    let elsewhere = !(input.files.is_empty() && input.kustomize.is_empty() && input.helm.is_empty());
    let paths = match path {
        None if elsewhere => Vec::new(),
        None if context.settings.files.is_empty() => vec![here.clone()],
        None => moved(&of_settings(context)),
        Some(path) => vec![here.join(path)],
    };
    if let Some(missing) = paths.iter().find(|path| !path.exists() && !crate::files::is_glob(&path.to_string_lossy())) {
        let missing = missing.strip_prefix(&here).unwrap_or(missing);
        return Err(Unusable(format!("{}: {revision} has no such file", missing.display())));
    }
    // 2. Read, under the names that they have in the repository.
    moved_input.simulation_named(&paths, context, &|name| name.replace(&format!("{}/", here.display()), ""))
}

/// What the project's settings read, relative to the current folder.
fn of_settings(context: &Context) -> Vec<PathBuf> {
    let here = std::env::current_dir().unwrap_or_default();
    let below = here.strip_prefix(&context.settings.folder).unwrap_or(Path::new(""));
    let up: PathBuf = below.components().map(|_| "..").collect();
    context.settings.files.iter().map(|file| up.join(file)).collect()
}

/// The revision from which two parted.
pub fn parting(old: &str, new: &str) -> Result<String, Unusable> {
    let whole = git(&["merge-base", old, new])?;
    Ok(whole.trim().chars().take(12).collect())
}

/// All files of a revision, in a new folder.
fn written(revision: &str) -> Result<RevisionFolder, Unusable> {
    let commit = git(&["rev-parse", "--verify", "--quiet", &format!("{revision}^{{commit}}")])
        .map_err(|_| Unusable(format!("--git: {revision} is no revision of this repository")))?;
    let commit = commit.trim();
    let whole = std::env::temp_dir().join(format!("whichpod-{}-{commit}", std::process::id()));
    let folder = RevisionFolder { tree: whole.join("tree"), whole };
    std::fs::create_dir_all(&folder.tree).map_err(|error| Unusable(format!("{}: {error}", folder.tree.display())))?;
    let root = git(&["rev-parse", "--show-toplevel"])?;
    let mut command = Command::new("git");
    command.current_dir(root.trim()).env("GIT_INDEX_FILE", folder.whole.join("index"));
    command.arg("--work-tree").arg(&folder.tree).args(["checkout", "--quiet", commit, "--", "."]);
    said(printed(&mut command))?;
    Ok(folder)
}

fn git(arguments: &[&str]) -> Result<String, Unusable> {
    said(printed(Command::new("git").args(arguments)))
}

fn said(printed: Result<String, ToolFailure>) -> Result<String, Unusable> {
    printed.map_err(|why| match why {
        ToolFailure::NotInstalled => Unusable("--git runs git, which isn't installed".to_owned()),
        ToolFailure::Said(said) => Unusable(format!("--git: git says: {said}")),
    })
}

/// Whether git knows a revision of this name.
pub fn exists(name: &str) -> bool {
    let mut command = Command::new("git");
    command.args(["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{name}^{{commit}}")]);
    printed(&mut command).is_ok()
}
