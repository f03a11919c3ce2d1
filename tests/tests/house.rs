//! The house itself: layers, the paths that documents name, tidiness.

use whichpod_tests::repository::{files, root};
use whichpod_tests::{imports, layers, paths, tidy};

/// Documents whose paths must lead somewhere.
const DOCUMENTS: [&str; 2] = ["ARCHITECTURE.md", "CONTRIBUTING.md"];

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
