//! Finds the answer that the page opens with, when the site is built.

use super::answering::Answering;
use crate::answer::Map;
use crate::given::{self, Given};
use crate::language::Language;
use crate::protocol::{Question, Texts};
use crate::workspace::Workspace;

/// As the worker will answer.
pub fn given(language: Language) -> Given {
    let question = given::question(language);
    let answer = Answering::default().answer(0, question.clone()).into();
    Given { question, answer }
}

/// The map of an example's own question; None where it has none.
pub fn map_of(manifests: &str, from: &str, command: &str) -> Option<Map> {
    let workspace = Workspace::of(manifests, from, command);
    let question = Question {
        texts: Texts::All(workspace.files),
        request: workspace.request,
        ..given::question(Language::English)
    };
    let answer = Answering::default().answer(0, question);
    answer.verdict.map(|verdict| verdict.map.clone()).filter(|map| !map.spots.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_reads_what_the_build_writes_and_nothing_else() {
        let given = given(Language::Japanese);
        let read = Given::read(&given.write());
        assert_eq!(read.as_ref(), Some(&given));
        assert!(given.answer.verdict.is_some());
        let japanese = read.clone().and_then(|read| read.answer_to(&given::question(Language::Japanese)));
        assert_eq!(japanese, Some(given.answer));
        assert_eq!(read.and_then(|read| read.answer_to(&given::question(Language::English))), None);
    }
}
