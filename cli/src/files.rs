//! Reading manifests: files, folders, standard input.

use std::io::Read;
use std::path::{Path, PathBuf};

use crate::Unusable;
use whichpod_core::request::RequestClient;
use whichpod_core::source::Sources;
use whichpod_core::terminal::Session;

/// How large a file may be: places are 32 bits, and no manifest comes near.
const MAX_FILE: u64 = 256 << 20;

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
    let file = std::fs::File::open(path).map_err(|error| cannot_read(path, &error))?;
    read_text(file, &path.display().to_string())
}

fn standard_input() -> Result<String, Unusable> {
    let text = read_text(std::io::stdin(), "standard input")?;
    if text.trim().is_empty() {
        return Err(Unusable("standard input is empty".to_owned()));
    }
    Ok(text)
}

/// All of a source, up to a limit; UTF-16 is told by its byte order mark, as kubectl tells it.
fn read_text(source: impl Read, name: &str) -> Result<String, Unusable> {
    let mut bytes = Vec::new();
    let read = source.take(MAX_FILE + 1).read_to_end(&mut bytes);
    read.map_err(|error| Unusable(format!("{name} can't be read: {error}")))?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(Unusable(format!("{name} has more than the {} MiB that are read", MAX_FILE >> 20)));
    }
    let pairs = |word: fn([u8; 2]) -> u16| -> Vec<u16> {
        bytes.chunks_exact(2).skip(1).filter_map(|pair| Some(word(pair.try_into().ok()?))).collect()
    };
    Ok(match bytes.as_slice() {
        [0xff, 0xfe, ..] => String::from_utf16_lossy(&pairs(u16::from_le_bytes)),
        [0xfe, 0xff, ..] => String::from_utf16_lossy(&pairs(u16::from_be_bytes)),
        _ => String::from_utf8_lossy(&bytes).into_owned(),
    })
}

fn cannot_read(path: &Path, error: &std::io::Error) -> Unusable {
    Unusable(format!("{} can't be read: {error}", path.display()))
}

/// As long may a file be that a command names.
const LONGEST: u64 = 4 << 20;

/// Lets commands read the files that a text of commands names: what stands there as a word and is a file, or a folder of
/// manifests.
pub fn offer(session: &mut Session, commands: &str) {
    let words = commands.split(|c: char| c.is_whitespace() || "'\"=<>;|&(),".contains(c));
    for word in words.filter(|word| !word.is_empty() && !word.starts_with('-')) {
        let path = Path::new(word);
        let mut found = Vec::new();
        if path.is_file() && std::fs::metadata(path).is_ok_and(|about| about.len() < LONGEST) {
            found.extend(text(path).ok().map(|text| (word.to_owned(), text)));
        } else if path.is_dir() && word != "/" && word != "." && !word.contains("..") {
            // What can't be read isn't there for commands.
            let _ = folder(path, &mut found);
        }
        for (name, text) in found {
            session.write(&RequestClient::External(None), &name, text);
        }
    }
}
