//! What real components answered is asked of the core again: no part may fall below the level that it has reached.

use whichpod_oracle::filed::FiledKnowledge;
use whichpod_oracle::parts::OraclePart;
use whichpod_oracle::replay::{RecordSelection, replay};
use whichpod_oracle::verdict::ComparedAnswer;
use whichpod_oracle::{accuracy, levels, runs};

#[test]
fn no_part_falls_below_its_level() {
    let filed = FiledKnowledge::read().expect("known.yaml and disputed.yaml");
    let reached = levels::reached().expect("levels.yaml");
    let mut problems = Vec::new();
    for part in OraclePart::ALL {
        let answers = replay(part, &RecordSelection::default()).expect("the recording is there");
        problems.extend(levels::fallen(&reached, &levels::count(&answers, &filed)));
        problems.extend(mended(part, &answers, &filed));
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

/// Kinds whose sample doesn't differ any more, or isn't of the kind.
fn mended(part: OraclePart, answers: &[ComparedAnswer], filed: &FiledKnowledge) -> Vec<String> {
    let kinds = filed.kinds.iter().filter(|kind| kind.part == part.name());
    let shows = |sample: &str, kind: &str| {
        let mut of_sample = answers.iter().filter(|answer| answer.id == sample);
        of_sample.any(|answer| filed.kind_of(answer).is_some_and(|found| found.kind == kind))
    };
    let mended = kinds.filter(|kind| !shows(&kind.sample, &kind.kind));
    mended.map(|kind| format!("known.yaml: {} doesn't differ by \"{}\"", kind.sample, kind.kind)).collect()
}

#[test]
fn what_is_filed_names_parts() {
    let filed = FiledKnowledge::read().expect("known.yaml and disputed.yaml");
    let parts = filed.kinds.iter().map(|kind| &kind.part).chain(filed.disputed.iter().map(|disputed| &disputed.part));
    let unknown: Vec<&String> = parts.filter(|part| OraclePart::from_name(part).is_none()).collect();
    assert!(unknown.is_empty(), "no such part: {unknown:?}");
}

#[test]
fn the_page_of_accuracy_is_current() {
    let filed = FiledKnowledge::read().expect("known.yaml and disputed.yaml");
    let (levels, runs) = (levels::reached().expect("levels.yaml"), runs::kept().expect("runs.yaml"));
    let page = accuracy::page(&levels, &runs, &filed);
    let written = std::fs::read_to_string(accuracy::path()).unwrap_or_default();
    assert!(written == page, "docs/accuracy.md isn't current: cargo xtask bless oracle writes it");
}
