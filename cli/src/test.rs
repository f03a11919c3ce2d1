//! `whichpod test`: routing tests.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime};

use whichpod_core::console::client;
use whichpod_core::manifest::DEFAULT_NAMESPACE;
use whichpod_core::routing_test::{self, Case, CasePlace, CaseResult, RequestResult};
use whichpod_core::schema::nearest;

use crate::arguments::{Asker, Test, TestFormat};
use crate::context::Context;
use crate::{Unusable, files, print, trace};

mod forms;
mod init;

/// A case that ran: of which file, at which line, how long.
struct RanCase {
    file: String,
    place: CasePlace,
    result: CaseResult,
    took: Duration,
}

/// Runs every case of every file; exits 1 if one fails.
pub fn run(arguments: &Test, context: &Context) -> Result<ExitCode, Unusable> {
    if arguments.init {
        return init::run(&named(arguments), context);
    }
    if arguments.watch {
        return watch(arguments);
    }
    once(arguments)
}

/// What was named; the current folder where nothing was.
fn named(arguments: &Test) -> Vec<PathBuf> {
    if arguments.files.is_empty() { vec![PathBuf::from(".")] } else { arguments.files.clone() }
}

fn once(arguments: &Test) -> Result<ExitCode, Unusable> {
    let mut ran = Vec::new();
    for file in test_files(&named(arguments))? {
        ran.extend(run_file(&file)?);
    }
    let failed = ran.iter().filter(|case| !case.result.passed()).count();
    print(&match arguments.output {
        TestFormat::Text => forms::text(&ran),
        TestFormat::Tap => forms::tap(&ran),
        TestFormat::Json => forms::json(&ran)?,
        TestFormat::Junit => forms::junit(&ran)?,
    })?;
    Ok(if failed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The files that paths, folders and globs name.
fn test_files(named: &[PathBuf]) -> Result<Vec<PathBuf>, Unusable> {
    let mut found = Vec::new();
    for path in named {
        let text = path.to_string_lossy();
        let pattern = match (path.is_dir(), files::is_glob(&text) && !path.exists()) {
            (true, _) => format!("{text}/**/*routing-tests*.{{yaml,yml}}"),
            (false, true) => text.into_owned(),
            (false, false) => {
                found.push(path.clone());
                continue;
            }
        };
        let matching = files::matching(&pattern)?;
        if matching.is_empty() {
            return Err(Unusable(if path.is_dir() {
                format!(
                    "{}: no file named *routing-tests*.yaml in this folder; `whichpod test --init {0} > routing-tests.yaml` \
                     writes one of its manifests",
                    path.display()
                )
            } else {
                format!("{pattern}: no such file")
            }));
        }
        found.extend(matching);
    }
    Ok(found)
}

fn run_file(file: &Path) -> Result<Vec<RanCase>, Unusable> {
    let text = files::text(file)?;
    let shown = file.display().to_string();
    let cases = routing_test::read(&text).map_err(|error| Unusable(with_place(&shown, &error)))?;
    let problems = routing_test::problems(&text, &cases);
    if !problems.is_empty() {
        let lines = problems.iter().map(|problem| {
            let key = if problem.key.is_empty() { String::new() } else { format!("{}: ", problem.key) };
            format!("{shown}:{}: {key}{}", problem.line, problem.message)
        });
        return Err(Unusable(lines.collect::<Vec<_>>().join("\nwhichpod: ")));
    }
    let places = routing_test::places(&text);
    let folder = file.parent().unwrap_or(Path::new("."));
    let ran = cases.iter().enumerate().map(|(number, case)| {
        let begun = Instant::now();
        let mut result = routing_test::run(case, &|pattern| load(folder, pattern));
        name_clients(case, &mut result, folder);
        let place = places.get(number).cloned().unwrap_or_default();
        RanCase { file: shown.clone(), place, result, took: begun.elapsed() }
    });
    Ok(ran.collect())
}

/// Who there is, where a request names nobody.
fn name_clients(case: &Case, result: &mut CaseResult, folder: &Path) {
    let is_refused = |request: &&mut RequestResult| {
        request.differences.iter().any(|difference| difference.starts_with("the command can't be run: "))
    };
    let mut refused = result.requests.iter_mut().filter(is_refused).peekable();
    if refused.peek().is_none() {
        return;
    }
    let (simulation, _) = routing_test::simulation(case, &|pattern| load(folder, pattern));
    for request in refused {
        let asker = Asker { from: request.from.clone(), namespace: DEFAULT_NAMESPACE.to_owned() };
        let known =
            client::parse(&asker.from, DEFAULT_NAMESPACE).is_ok_and(|client| simulation.plane.sender(&client).is_ok());
        match trace::client_of(&simulation, &asker) {
            _ if known => {}
            Ok(client) => {
                let written = trace::written_client(&client);
                request.differences = vec![format!("from: a test names a client in full: {written}")];
            }
            Err(Unusable(why)) => request.differences = vec![why.trim_start_matches("--").to_owned()],
        }
    }
}

/// What is wrong with a file, its place in front: the reader tells it behind, and lists keys rather than guesses one.
fn with_place(file: &str, error: &str) -> String {
    // 1. The place.
    let (said, place) = error.rsplit_once(" at line ").unwrap_or((error, ""));
    let place = place
        .split_once(" column ")
        .and_then(|(line, column)| Some((line.parse::<usize>().ok()?, column.trim().parse::<usize>().ok()?)));
    let Some((line, column)) = place else { return format!("{file}: {error}") };
    let said = said.trim_start_matches('.');
    // 2. A key that there isn't: what was probably meant, and what there is.
    let unknown = said.split_once("unknown field `").and_then(|(path, rest)| {
        let (key, rest) = rest.split_once("`, expected ")?;
        Some((path, key, rest.split('`').skip(1).step_by(2).collect::<Vec<_>>()))
    });
    let Some((path, key, keys)) = unknown else { return format!("{file}:{line}:{column}: {said}") };
    let known = OTHER_WORDS.iter().find(|(word, meant)| *word == key && keys.contains(meant)).map(|(_, meant)| *meant);
    let meant = known.or_else(|| nearest(key, keys.iter().copied()));
    let meant = meant.map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default();
    format!("{file}:{line}:{column}: {path}there is no key `{key}`{meant}; there are {}", keys.join(", "))
}

/// What other tools call the keys of a routing test.
const OTHER_WORDS: [(&str, &str); 9] = [
    ("name", "id"),
    ("description", "title"),
    ("file", "files"),
    ("command", "run"),
    ("request", "run"),
    ("url", "run"),
    ("expected", "expect"),
    ("client", "from"),
    ("tests", "requests"),
];

/// The files of a `files` entry, relative to the test's file: a file, a folder, a glob.
fn load(folder: &Path, pattern: &str) -> Result<Vec<(String, String)>, String> {
    let path = folder.join(pattern);
    if path.exists() && !path.is_file() && !path.is_dir() {
        // A device or a pipe, which a routing test has no business to read.
        return Err(format!("{pattern}: neither a file nor a folder"));
    }
    if !path.exists() && !files::is_glob(pattern) {
        let here = if Path::new(pattern).exists() {
            " (there is one here, but files are named relative to the test's own)"
        } else {
            ""
        };
        return Err(format!("{}: no such file{here}", path.display()));
    }
    files::read_all(&[path], &[]).map(|texts| texts.files).map_err(|error| error.0)
}

/// Runs again whenever one of the files in the folders of the tests has changed, until somebody ends it.
fn watch(arguments: &Test) -> Result<ExitCode, Unusable> {
    let mut newest = None;
    loop {
        let now = changed(arguments)?;
        if now != newest {
            newest = now;
            // What can't be read now may be read after the next change.
            if let Err(Unusable(message)) = once(arguments) {
                crate::complain(&format!("whichpod: {message}"));
            }
        }
        std::thread::sleep(Duration::from_millis(500));
    }
}

/// When a file in the folders of the tests was changed last.
fn changed(arguments: &Test) -> Result<Option<SystemTime>, Unusable> {
    let mut newest = None;
    for file in test_files(&named(arguments))? {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        for one in files::matching(&format!("{}/**", folder.display()))? {
            let at = std::fs::metadata(one).and_then(|about| about.modified()).ok();
            newest = newest.max(at);
        }
    }
    Ok(newest)
}
