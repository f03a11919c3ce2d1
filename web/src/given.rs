//! The answer that the page opens with.
//!
//! What a newcomer sees first is always the same example, so its answer is found when the site is built, by the code that
//! the worker runs (`crate::worker::given`), and loaded instead of waited for. The worker is asked the same nonetheless.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::answer::Answer;
use crate::gallery;
use crate::language::Language;
use crate::protocol::{Question, Texts, WhatIf, decode, encode};

/// An answer with its question, so that it is never taken for that to another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Given {
    /// What was asked.
    pub question: Question,
    /// What came of it.
    pub answer: Rc<Answer>,
}

/// What the page asks first, if nothing was kept.
pub fn question(language: Language) -> Question {
    let first = gallery::first(language);
    Question {
        texts: Texts::All(first.files),
        request: first.request,
        language,
        sending: None,
        what_if: WhatIf::default(),
    }
}

/// Where the answer is, relative to the page.
pub fn file(language: Language) -> String {
    format!("given/{}.bin", language.code())
}

impl Given {
    /// The file's content.
    pub fn write(&self) -> Vec<u8> {
        encode(self)
    }

    /// A file's content; None if it is none of this version's.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        decode(bytes)
    }

    /// The answer, if this is its question.
    pub fn answer_to(self, question: &Question) -> Option<Rc<Answer>> {
        (self.question == *question).then_some(self.answer)
    }
}
