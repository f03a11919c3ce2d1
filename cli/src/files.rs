//! Reading manifests: files, folders, standard input.

use std::io::Read;
use std::path::{Path, PathBuf};

use crate::Unusable;
use whichpod_core::source::Sources;

/// All texts that `-f` names, folders read in the order of their files' names.
pub fn sources(paths: &[PathBuf]) -> Result<Sources, Unusable> {
    let mut files = Vec::new();
    for path in paths {
        match path.as_os_str() == "-" {
            true => files.push(("-".to_owned(), standard_input()?)),
            false => read(path, &mut files)?,
        }
    }
    Ok(Sources::new(files))
}

/// One file, or the manifests of a folder.
pub fn read(path: &Path, files: &mut Vec<(String, String)>) -> Result<(), Unusable> {
    if !path.is_dir() {
        files.push((path.display().to_string(), text(path)?));
        return Ok(());
    }
    let before = files.len();
    folder(path, files)?;
    match files.len() > before {
        true => Ok(()),
        false => Err(Unusable(format!("{}: no *.yaml, *.yml or *.json file in this folder", path.display()))),
    }
}

fn folder(path: &Path, files: &mut Vec<(String, String)>) -> Result<(), Unusable> {
    let listing = std::fs::read_dir(path).map_err(|error| cannot_read(path, &error))?;
    let mut entries: Vec<PathBuf> = listing.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    entries.sort();
    for entry in entries {
        // A link to a folder could lead round in circles.
        if entry.is_dir() && !entry.is_symlink() {
            folder(&entry, files)?;
        } else if entry.is_file() && is_manifest(&entry) {
            files.push((entry.display().to_string(), text(&entry)?));
        }
    }
    Ok(())
}

fn is_manifest(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("yaml" | "yml" | "json"))
}

/// A file's text; bytes that aren't UTF-8 become the replacement character, which the reader then reports.
pub fn text(path: &Path) -> Result<String, Unusable> {
    let bytes = std::fs::read(path).map_err(|error| cannot_read(path, &error))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn standard_input() -> Result<String, Unusable> {
    let mut bytes = Vec::new();
    let read = std::io::stdin().read_to_end(&mut bytes);
    read.map_err(|error| Unusable(format!("standard input can't be read: {error}")))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn cannot_read(path: &Path, error: &std::io::Error) -> Unusable {
    Unusable(format!("{} can't be read: {error}", path.display()))
}
