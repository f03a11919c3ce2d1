//! Every example of the gallery, asked what `scenarios/*.yaml` asks: one file per example, with its opening question
//! first. The expectations come from the rules of the real components, each file says which.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use whichpod_core::routing_test::{self, Case, CaseResult};
use whichpod_tests::examples::{self, Example};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

fn cases(name: &str) -> Vec<Case> {
    let path = folder().join(format!("{name}.yaml"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    routing_test::read(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names of a folder's manifests, without `.yaml`.
fn names(folder: &Path) -> BTreeSet<String> {
    let paths = fs::read_dir(folder).expect("the folder can be read").map(|entry| entry.expect("an entry").path());
    let yaml = paths.filter(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    yaml.map(|path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned()).collect()
}

#[test]
fn requests_land_as_expected() {
    let results =
        names(&folder()).into_iter().flat_map(|name| cases(&name)).map(|case| routing_test::run(&case, &load));
    let wrong: Vec<String> = results.flat_map(complaints).collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

fn load(name: &str) -> Result<Vec<(String, String)>, String> {
    let text = fs::read_to_string(folder().join(name)).map_err(|error| format!("{name}: {error}"))?;
    Ok(vec![(name.to_owned(), text)])
}

fn complaints(result: CaseResult) -> Vec<String> {
    let id = &result.id;
    let of_case = result.differences.iter().map(|difference| format!("{id}: {difference}"));
    let of_requests = result.requests.iter().flat_map(|request| {
        request
            .differences
            .iter()
            .map(move |difference| format!("{id}: {} $ {}: {difference}", request.from, request.run))
    });
    of_case.chain(of_requests).collect()
}

#[test]
fn every_example_is_asked_its_own_question_first() {
    let examples = examples::all();
    let ids: BTreeSet<String> = examples.iter().map(|example| example.id.clone()).collect();
    assert_eq!(ids.len(), examples.len(), "an id stands twice");
    assert_eq!(ids, names(&examples::folder()), "the list and the manifests");
    assert_eq!(ids, names(&folder()), "the list and the scenarios");
    for Example { id, from, command, title, .. } in &examples {
        let cases = cases(id);
        let case = cases.first().unwrap_or_else(|| panic!("{id} has no case"));
        let request = case.requests.first().unwrap_or_else(|| panic!("{id} asks nothing"));
        assert_eq!((&request.from, &request.run), (from, command), "{id}");
        assert_eq!((&case.id, &case.title), (id, &title.en));
        assert_eq!(case.files, [format!("../../static/examples/{id}.yaml")]);
    }
}

#[test]
fn what_to_try_is_what_can_be_clicked_and_comments_keep_their_lines() {
    for example in examples::all() {
        let Example { id, attempt, asks, comment_ja, .. } = &example;
        let asked: BTreeSet<&str> = asks.keys().map(String::as_str).collect();
        for text in [&attempt.en, &attempt.ja] {
            assert_eq!(text.split('`').skip(1).step_by(2).collect::<BTreeSet<_>>(), asked, "{id}");
        }
        let lines = example.manifests().lines().take_while(|line| line.starts_with('#')).count();
        assert_eq!(comment_ja.as_deref().unwrap_or_default().lines().count(), lines, "{id}");
    }
}

#[test]
fn examples_speak_both_languages() {
    for Example { id, title, attempt, notice, .. } in examples::all() {
        for text in [&title, &attempt, &notice] {
            assert!(!text.en.is_empty() && text.en.is_ascii(), "{id}: {}", text.en);
            assert!(
                text.ja.chars().any(|character| ('\u{3040}'..='\u{9fff}').contains(&character)) || text == &title,
                "{id}: {}",
                text.ja
            );
        }
    }
}
