//! The house itself: layers, the paths that documents name, tidiness.

use std::collections::{BTreeMap, BTreeSet};

use whichpod_tests::identifiers::{Identifiers, is_one_word_function, is_one_word_type};
use whichpod_tests::repository::{files, root};
use whichpod_tests::{echo, imports, layers, paths, rooms, tidy};

/// Documents whose paths must lead somewhere.
const DOCUMENTS: [&str; 2] = ["ARCHITECTURE.md", "CONTRIBUTING.md"];

/// Siblings that need each other: the room, the modules, and why.
const CIRCLES: [(&str, &[&str], &str); 3] = [
    ("cel", &["evaluate", "functions"], "a macro's argument is an expression, evaluated for each element"),
    ("shell", &["lexer", "parser"], "a word may hold a script of its own: $(…)"),
    ("ingress/traefik/provider", &["crd", "middleware"], "a Middleware names services as routes do"),
];

/// Types whose name occurs twice: the API's object, and what the cluster makes of it. It only shrinks.
const TWICE: [&str; 9] = [
    "Endpoint",
    "EndpointPort",
    "EndpointSlice",
    "Gateway",
    "LoadBalancerIngress",
    "Node",
    "Pod",
    "Service",
    "ServicePort",
];

/// What the modules that others build on have: each item of theirs needs a comment.
const LINT: &str = "#![warn(missing_docs)]";

/// Rooms that look into trees of YAML, and why; the others get objects.
const TREE_READERS: [(&str, &str); 11] = [
    ("schema", "holds a tree against the API's fields"),
    ("model", "objects are read from trees"),
    ("manifest", "reads the texts"),
    ("change", "edits the texts"),
    ("cluster", "World's free fields, and templates that a hash is made of"),
    ("problems", "Traefik's free fields"),
    ("ingress", "a controller's own configuration file"),
    ("gateway", "fields of Envoy Gateway that no struct has"),
    ("kubectl", "prints objects as they were written"),
    ("assist", "the text around a cursor"),
    ("routing_test", "a format of its own"),
];

/// At most so many in a hundred names are one word: of types, and of functions without a receiver.
const ONE_WORD_TYPES: usize = 30;
const ONE_WORD_FUNCTIONS: usize = 50;

#[test]
fn modules_of_core_import_only_modules_above() {
    let sources = files("core/src/");
    let text_of = |path: &str| sources.iter().find(|file| file.path == path).and_then(|file| file.text.as_deref());
    let order = imports::children(text_of("core/src/lib.rs").expect("core has a lib.rs")).expect("lib.rs is Rust");
    assert!(order.len() > 5, "the modules of lib.rs: {order:?}");
    let mut breaches = Vec::new();
    for file in sources.iter().filter(|file| file.path.ends_with(".rs")) {
        let path = file.path.trim_start_matches("core/src/");
        let text = file.text.as_deref().expect("Rust is text");
        breaches.extend(layers::breaches(&order, path, text).unwrap_or_else(|error| panic!("{}: {error}", file.path)));
    }
    report(breaches.iter().map(ToString::to_string));
}

#[test]
fn siblings_of_a_room_import_only_siblings_above() {
    let sources = files("core/src/");
    let texts: Vec<(&str, &str)> = sources
        .iter()
        .filter(|file| file.path.ends_with(".rs"))
        .map(|file| (file.path.trim_start_matches("core/src/"), file.text.as_deref().expect("Rust is text")))
        .collect();
    let imports = rooms::upward_imports(&texts).expect("core is Rust");
    let (known, new): (Vec<_>, Vec<_>) =
        imports.into_iter().partition(|import| CIRCLES.iter().any(|circle| is_in(circle, import)));
    report(new.iter().map(|import| {
        let rooms::UpwardImport { file, line, room, from, to } = import;
        format!("core/src/{file}:{line} (`{from}`) imports `{to}`, which stands below it in `{room}`")
    }));
    let gone = CIRCLES.iter().filter(|circle| !known.iter().any(|import| is_in(circle, import)));
    report(
        gone.map(|(room, siblings, _)| format!("the circle of {siblings:?} in `{room}` is gone: take it off the list")),
    );
}

fn is_in((room, siblings, _): &(&str, &[&str], &str), import: &rooms::UpwardImport) -> bool {
    *room == import.room && [&import.from, &import.to].iter().all(|name| siblings.contains(&name.as_str()))
}

#[test]
fn names_of_core_are_words_of_their_own() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut functions = Vec::new();
    for file in files("core/src/").iter().filter(|file| file.path.ends_with(".rs") && !is_test(&file.path)) {
        let found = Identifiers::read(file.text.as_deref().expect("Rust is text")).expect("core is Rust");
        found.types.into_iter().for_each(|name| places.entry(name).or_default().push(file.path.clone()));
        functions.extend(found.functions);
    }
    let twice = places.iter().filter(|(name, places)| places.len() > 1 && !TWICE.contains(&name.as_str()));
    report(twice.map(|(name, places)| format!("`{name}` is the name of two types: {}", places.join(", "))));
    let once = TWICE.iter().filter(|name| places.get(**name).is_none_or(|places| places.len() < 2));
    report(once.map(|name| format!("`{name}` occurs once now: take it off the list")));
    let one_word = functions.iter().filter(|name| is_one_word_function(name)).count();
    assert!(one_word * 100 <= functions.len() * ONE_WORD_FUNCTIONS, "{one_word} of {} functions", functions.len());
    let types: usize = places.values().map(Vec::len).sum();
    let one_word: usize =
        places.iter().filter(|(name, _)| is_one_word_type(name)).map(|(_, places)| places.len()).sum();
    assert!(one_word * 100 <= types * ONE_WORD_TYPES, "{one_word} of {types} types are one word");
}

fn is_test(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("tests.rs")
}

#[test]
fn every_module_of_core_is_on_the_maps() {
    let sources = files("");
    let text_of = |path: &str| sources.iter().find(|file| file.path == path).and_then(|file| file.text.as_deref());
    let (lib, map) =
        (text_of("core/src/lib.rs").expect("lib.rs"), text_of("ARCHITECTURE.md").expect("ARCHITECTURE.md"));
    let modules = imports::children(lib).expect("lib.rs is Rust");
    report(modules.iter().flat_map(|module| {
        let on_lib = lib.contains(&format!("[`{module}`]"));
        let on_map = map.contains(&format!("`core/src/{module}.rs`"));
        let missing = [(!on_lib).then_some("core/src/lib.rs"), (!on_map).then_some("ARCHITECTURE.md")];
        missing.into_iter().flatten().map(move |place| format!("{place} doesn't say what `{module}` is for"))
    }));
}

#[test]
fn trees_of_yaml_go_no_further() {
    let mut readers = BTreeSet::new();
    for file in files("core/src/").iter().filter(|file| file.path.ends_with(".rs") && !is_test(&file.path)) {
        let module = imports::module(file.path.trim_start_matches("core/src/"));
        let imports = imports::imports(&module, file.text.as_deref().expect("Rust is text")).expect("core is Rust");
        let reads = imports.iter().any(|import| import.path.first().is_some_and(|top| top == "yaml"));
        readers.extend(module.first().filter(|top| reads && *top != "yaml").cloned());
    }
    let known: BTreeSet<String> = TREE_READERS.iter().map(|(room, _)| (*room).to_owned()).collect();
    report(readers.difference(&known).map(|room| format!("`{room}` reads trees of YAML: give it objects")));
    report(known.difference(&readers).map(|room| format!("`{room}` reads no trees now: take it off the list")));
}

#[test]
fn comments_say_more_than_the_name() {
    let sources = files("core/src/");
    let has_lint = |top: &str| {
        let path = format!("core/src/{top}.rs");
        sources.iter().any(|file| file.path == path && file.text.as_deref().is_some_and(|text| text.contains(LINT)))
    };
    let rust = sources.iter().filter(|file| file.path.ends_with(".rs"));
    let inside = rust.filter(|file| {
        let top = imports::module(file.path.trim_start_matches("core/src/")).first().cloned().unwrap_or_default();
        !has_lint(&top)
    });
    report(inside.flat_map(|file| {
        let lines = echo::echoes(file.text.as_deref().expect("Rust is text"));
        lines.into_iter().map(|line| format!("{}:{line}: the comment only repeats the name", file.path))
    }));
}

#[test]
fn paths_that_documents_name_exist() {
    let documents = files("").into_iter().filter(|file| DOCUMENTS.contains(&file.path.as_str()));
    report(documents.flat_map(|file| {
        let missing = paths::missing(file.text.as_deref().unwrap_or_default(), &root());
        missing.into_iter().map(move |(line, path)| format!("{}:{line}: `{path}` does not exist", file.path))
    }));
}

#[test]
fn files_are_tidy() {
    let files = files("");
    assert!(files.len() > 20, "git lists {} files", files.len());
    report(files.iter().flat_map(tidy::faults));
}

fn report(problems: impl IntoIterator<Item = String>) {
    let problems: Vec<String> = problems.into_iter().collect();
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}
