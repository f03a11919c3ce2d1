//! Holds what was read last, and answers questions about it.

use std::rc::Rc;

use whichpod_core::manifest::Manifests;
use whichpod_core::source::Sources;

use super::problems;
use crate::answer::Answer;
use crate::protocol::Question;
use crate::workspace::TextFile;

/// The manifests that were read last, and everything that is made of them once for all questions.
#[derive(Default)]
pub struct Simulation {
    manifests: Manifests,
}

impl Simulation {
    /// Reads new texts, if there are any, and answers.
    pub fn answer(&mut self, question: Question) -> Answer {
        if let Some(files) = &question.files {
            self.read(files);
        }
        Answer {
            problems: problems::problems(&self.manifests, question.language),
            objects: (self.manifests.objects.len() + self.manifests.seen.len()) as u32,
            ..Answer::default()
        }
    }

    fn read(&mut self, files: &Rc<[TextFile]>) {
        let texts = files.iter().map(|file| (&*file.name, &*file.text));
        self.manifests = Manifests::read(Sources::new(texts));
    }
}
