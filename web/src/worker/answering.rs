//! Holds the cluster that was read last, and answers questions about it.

use std::rc::Rc;

use whichpod_core::cluster::Cluster;
use whichpod_core::manifest::Manifests;
use whichpod_core::source::Sources;

use super::words::Voice;
use super::{clients, problems, suggestions};
use crate::answer::Answer;
use crate::protocol::Question;
use crate::workspace::TextFile;

/// What was read last, and everything that is made of it once for all questions.
#[derive(Default)]
pub struct Answering {
    manifests: Manifests,
    cluster: Cluster,
}

impl Answering {
    /// Reads new texts, if there are any, and answers.
    pub fn answer(&mut self, question: Question) -> Answer {
        if let Some(files) = &question.files {
            self.read(files);
        }
        let voice = Voice { manifests: &self.manifests, cluster: &self.cluster, language: question.language };
        Answer {
            problems: problems::problems(&self.manifests.diagnostics, voice),
            clients: clients::clients(&self.cluster),
            suggestions: suggestions::suggestions(&self.cluster),
            objects: (self.manifests.objects.len() + self.manifests.seen.len()) as u32,
            ..Answer::default()
        }
    }

    fn read(&mut self, files: &Rc<[TextFile]>) {
        let texts = files.iter().map(|file| (&*file.name, &*file.text));
        self.manifests = Manifests::read(Sources::new(texts));
    }
}
