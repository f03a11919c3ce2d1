//! Reading texts: files, folders, globs, standard input.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;
use ignore::overrides::{Override, OverrideBuilder};

use crate::Unusable;
use whichpod_core::kubectl::kustomize as kustomization;
use whichpod_core::request::RequestClient;
use whichpod_core::terminal::Session;

mod corefile;
mod kustomize;

pub use corefile::{in_corefile, is_corefile};

/// How large a file may be: places are 32 bits, and no manifest comes near.
const MAX_FILE: u64 = 256 << 20;

/// Texts by their names, and what is to say about those left out.
#[derive(Debug, Default)]
pub struct Texts {
    /// Name and text.
    pub files: Vec<(String, String)>,
    /// What was left out, and why.
    pub notes: Vec<String>,
}

/// All texts that paths name; files that one of the globs matches are left out.
pub fn read_all(paths: &[PathBuf], exclude: &[String]) -> Result<Texts, Unusable> {
    let mut texts = Texts::default();
    let excluded = globs(exclude)?;
    let mut seen = BTreeSet::new();
    for path in paths.iter().flat_map(|path| parts(path)) {
        if path.as_os_str() == "-" {
            texts.files.push(("-".to_owned(), standard_input()?))
        } else {
            read_path(&path, &excluded, &mut texts)?
        }
    }
    // A file that is named twice, as by its folder and by itself, is read once.
    texts
        .files
        .retain(|(name, _)| name == "-" || seen.insert(Path::new(name).canonicalize().ok().unwrap_or(name.into())));
    for (name, text) in &mut texts.files {
        refuse_other(name, text)?;
        if corefile::looks_like(text) {
            if name != "-" {
                return Err(Unusable(format!(
                    "{name} looks like a Corefile, which is known by its name: Corefile or *.corefile"
                )));
            }
            (*text, *name) = (corefile::config_map(text), "-/Corefile".to_owned());
        }
    }
    Ok(texts)
}

/// Whether another program writes into standard input.
pub fn is_piped() -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        std::fs::metadata("/dev/stdin").is_ok_and(|about| about.file_type().is_fifo())
    }
    #[cfg(not(unix))]
    false
}

/// `a.yaml,b.yaml` are two, unless a file has that name.
fn parts(path: &Path) -> Vec<PathBuf> {
    match path.to_str().filter(|text| text.contains(',') && !path.exists()) {
        Some(text) => text.split(',').filter(|part| !part.is_empty()).map(PathBuf::from).collect(),
        None => vec![path.to_owned()],
    }
}

/// One file, the manifests of a folder, or those that a glob matches.
fn read_path(path: &Path, excluded: &Override, texts: &mut Texts) -> Result<(), Unusable> {
    let as_text = path.to_string_lossy();
    if as_text.starts_with("http://") || as_text.starts_with("https://") {
        return Err(Unusable(format!("{as_text} isn't fetched: curl -sL {as_text} | whichpod … -f -")));
    }
    if path.is_dir() {
        return folder(path, excluded, texts);
    }
    if !path.exists() && is_glob(&as_text) {
        return glob(&as_text, excluded, texts);
    }
    texts.files.push((path.display().to_string(), read_manifest(path)?));
    Ok(())
}

/// Whether a path has signs of a glob.
pub fn is_glob(path: &str) -> bool {
    path.contains(['*', '?', '[', '{'])
}

/// All files that a glob matches.
fn glob(pattern: &str, excluded: &Override, texts: &mut Texts) -> Result<(), Unusable> {
    let found = matching(pattern)?;
    for file in found.iter().filter(|file| !excluded.matched(file, false).is_whitelist()) {
        texts.files.push((file.display().to_string(), read_manifest(file)?));
    }
    if found.is_empty() { Err(Unusable(format!("{pattern}: no such file"))) } else { Ok(()) }
}

/// The files that a glob matches, in the order of their names.
pub fn matching(pattern: &str) -> Result<Vec<PathBuf>, Unusable> {
    // 1. The folder in front of the first sign.
    let fixed: PathBuf =
        Path::new(pattern).components().take_while(|part| !is_glob(&part.as_os_str().to_string_lossy())).collect();
    let rest = Path::new(pattern).strip_prefix(&fixed).unwrap_or(Path::new(pattern));
    let root = if fixed.as_os_str().is_empty() { PathBuf::from(".") } else { fixed.clone() };
    if !root.is_dir() {
        return Ok(Vec::new());
    }
    // 2. What matches below it; a glob without a slash is of this folder alone.
    let mut builder = OverrideBuilder::new(&root);
    builder.add(&format!("/{}", rest.display())).map_err(|error| Unusable(format!("{pattern}: {error}")))?;
    let wanted = builder.build().map_err(|error| Unusable(format!("{pattern}: {error}")))?;
    let found = walk(&root).filter(|file| wanted.matched(file, false).is_whitelist());
    Ok(found.collect())
}

/// Globs as one matcher, which matches what is left out.
fn globs(exclude: &[String]) -> Result<Override, Unusable> {
    let mut builder = OverrideBuilder::new(".");
    for glob in exclude {
        builder.add(glob).map_err(|error| Unusable(format!("--exclude {glob}: {error}")))?;
    }
    builder.build().map_err(|error| Unusable(error.to_string()))
}

/// All files below a folder, but for hidden ones and those that .gitignore names, in the order of their names. Links are
/// not followed: one could lead round in circles.
fn walk(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let mut builder = WalkBuilder::new(folder);
    builder.require_git(false).sort_by_file_path(Path::cmp);
    builder.filter_entry(|entry| entry.file_name() != "node_modules");
    let files = builder.build().filter_map(Result::ok).filter(|entry| entry.path().is_file());
    let paths = files.map(ignore::DirEntry::into_path);
    paths.map(|path| path.strip_prefix("./").map(Path::to_owned).unwrap_or(path))
}

/// The manifests of a folder. What is no manifest by itself is left out and named: patches of a kustomization, and charts.
fn folder(path: &Path, excluded: &Override, texts: &mut Texts) -> Result<(), Unusable> {
    // 1. The folder's manifests, but for those excluded.
    let before = texts.files.len();
    let all: Vec<PathBuf> =
        walk(path).filter(|file| is_manifest(file) && !excluded.matched(file, false).is_whitelist()).collect();
    // 2. What is none by itself: patches and charts.
    let patches = kustomize::kustomizations(&all, &mut texts.notes);
    let charts: BTreeSet<&Path> = all
        .iter()
        .filter(|file| file.file_name().is_some_and(|name| name == "Chart.yaml"))
        .filter_map(|file| file.parent())
        .collect();
    for chart in &charts {
        let chart = chart.display();
        texts.notes.push(format!("{chart} is a Helm chart and is left out: --helm {chart} reads what it makes"));
    }
    // 3. The texts of the others; what nobody named and is nothing of Kubernetes' is left out.
    let (mut others, mut tests) = (Vec::new(), Vec::new());
    for file in &all {
        let in_chart = charts.iter().any(|chart| file.starts_with(chart));
        let is_settings = file.file_name().is_some_and(|name| name == crate::context::SETTINGS_FILE);
        if in_chart || is_settings || patches.contains(file) {
            continue;
        }
        let text = read_manifest(file)?;
        if is_routing_test(&text) {
            tests.push(file.display().to_string());
        } else if is_other(&text) {
            others.push(file.display().to_string());
        } else {
            texts.files.push((file.display().to_string(), text));
        }
    }
    if let ([first, ..], false) = (tests.as_slice(), texts.files.len() > before) {
        return Err(routing_test_refused(first));
    }
    if !others.is_empty() && texts.files.len() > before {
        texts.notes.push(format!("no Kubernetes objects, left out: {}", others.join(", ")));
    }
    // 4. A folder without any.
    let path = path.display();
    let kustomization = all.iter().find(|file| kustomize::is_kustomization(file)).and_then(|file| file.parent());
    match (texts.files.len() > before, charts.is_empty(), kustomization) {
        (true, _, _) => Ok(()),
        (false, false, _) => {
            Err(Unusable(format!("{path} holds nothing but a Helm chart: --helm {path} reads what it makes")))
        }
        (false, true, Some(folder)) => {
            let folder = folder.display();
            Err(Unusable(format!("{path} holds nothing but a kustomization: -k {folder} reads what it makes")))
        }
        (false, true, None) if !others.is_empty() => {
            Err(Unusable(format!("{path}: no Kubernetes objects in {}", others.join(", "))))
        }
        (false, true, None) => Err(Unusable(format!("{path}: no *.yaml, *.yml or *.json file in this folder"))),
    }
}

/// Keys of which every manifest has one at the beginning of a line, or in JSON.
const MANIFEST_KEYS: [&str; 5] = ["apiVersion", "kind", "metadata", "spec", "items"];

/// Whether a text is a map of something else, as package.json and docker-compose.yaml are: none of a manifest's keys stands
/// in it.
fn is_other(text: &str) -> bool {
    let is_map = text.lines().find(|line| !line.trim().is_empty() && !line.starts_with(['#', '%']) && *line != "---");
    let is_map = is_map.is_some_and(|line| line.starts_with('{') || !line.starts_with('-') && line.contains(':'));
    let has = |key: &str| text.contains(&format!("{key}:")) || text.contains(&format!("\"{key}\""));
    is_map && !MANIFEST_KEYS.iter().any(|key| has(key))
}

fn is_manifest(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("yaml" | "yml" | "json")) || is_corefile(&path.to_string_lossy())
}

/// The text of a manifest; a Corefile becomes the ConfigMap that it stands in.
fn read_manifest(path: &Path) -> Result<String, Unusable> {
    let text = text(path)?;
    Ok(if is_corefile(&path.to_string_lossy()) { corefile::config_map(&text) } else { text })
}

/// What kubectl prints for people has no use here, nor have routing tests and prose.
fn refuse_other(name: &str, text: &str) -> Result<(), Unusable> {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let is_heading =
        |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_uppercase() || "-()/".contains(c));
    let mut words = first.split_whitespace();
    let is_table =
        matches!(words.next(), Some("NAME" | "NAMESPACE")) && words.clone().count() > 0 && words.all(is_heading);
    let nothing = first.starts_with("No resources found");
    let name = if name == "-" { "standard input" } else { name };
    match (is_table, nothing) {
        _ if is_routing_test(text) => Err(routing_test_refused(name)),
        (true, _) => Err(Unusable(format!("{name} is kubectl's table for people: add -o yaml to the kubectl command"))),
        (_, true) => Err(Unusable(format!("{name}: kubectl found no resources (-A asks in all namespaces)"))),
        _ => Ok(()),
    }
}

/// Whether a text begins as a file of routing tests does.
fn is_routing_test(text: &str) -> bool {
    let is_said = |line: &str| !line.trim().is_empty() && (!line.starts_with('#') || line.starts_with(WRITTEN_TESTS));
    let first = text.lines().find(|line| is_said(line) && *line != "---").unwrap_or_default();
    first.starts_with(WRITTEN_TESTS)
        || first.starts_with("- id: ") && text.lines().any(|line| line.trim_start().starts_with("requests:"))
}

/// The first words of what `test --init` writes.
const WRITTEN_TESTS: &str = "# Written by `whichpod test --init`";

fn routing_test_refused(name: &str) -> Unusable {
    Unusable(format!("{name} is a file of routing tests: whichpod test runs it"))
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

/// As many files of a folder that a command names are read.
const MOST_FILES: usize = 1000;

/// Options whose value may be a folder of manifests.
const FOLDER_OPTIONS: [&str; 4] = ["-f", "--filename", "-k", "--kustomize"];

/// Lets commands read the files that a text of commands names: what stands there as a word and is a file, or a folder of
/// manifests. A folder by its whole path counts only where manifests are named: `/etc` is mostly a pod's.
pub fn offer(session: &mut Session, commands: &str) {
    let words = commands.split(|c: char| c.is_whitespace() || "'\"=<>;|&(),".contains(c));
    let mut before = "";
    for word in words.filter(|word| !word.is_empty()) {
        let is_value = FOLDER_OPTIONS.contains(&std::mem::replace(&mut before, word));
        if word.starts_with('-') {
            continue;
        }
        let path = Path::new(word);
        let is_folder = (is_value || path.is_relative()) && path.is_dir();
        let mut found = Vec::new();
        if path.is_file() && std::fs::metadata(path).is_ok_and(|about| about.len() < LONGEST) {
            found.extend(text(path).ok().map(|text| (word.to_owned(), text)));
        } else if is_folder && word != "/" && word != "." && !word.contains("..") {
            // What can't be read isn't there for commands.
            let files = walk(path).filter(|file| is_manifest(file)).take(MOST_FILES);
            found.extend(files.filter_map(|file| Some((file.display().to_string(), text(&file).ok()?))));
        }
        if is_folder {
            found.extend(of_kustomization(word));
        }
        for (name, text) in found {
            session.write(&RequestClient::External(None), &name, text);
        }
    }
}

/// The files that a folder's kustomization names, wherever they are.
fn of_kustomization(folder: &str) -> Vec<(String, String)> {
    let read = std::cell::RefCell::new(Vec::new());
    let load = |path: &str| {
        let file = Path::new(path);
        let is_short = std::fs::metadata(file).is_ok_and(|about| about.is_file() && about.len() < LONGEST);
        let text = text(file).ok().filter(|_| is_short)?;
        read.borrow_mut().push((path.to_owned(), text.clone()));
        Some(text)
    };
    // Whatever is wrong with it the command says.
    _ = kustomization::build(&kustomization::joined_path("", folder), &load);
    read.into_inner()
}
