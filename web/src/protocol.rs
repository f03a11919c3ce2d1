//! The messages between page and worker: typed values with a revision number, as bytes.
//!
//! The page drops a reply whose revision is not that of its newest question. The worker keeps the texts it was given
//! last, so that a question about the same texts need not carry them again.

use std::rc::Rc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::answer::Answer;
use crate::language::Language;
use crate::workspace::{RequestLine, TextFile, Workspace};

/// What the page asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Ask {
    /// Where does this request land?
    Question {
        /// Counts up; comes back with the answer.
        revision: u32,
        /// The question.
        question: Question,
    },
    /// A link to this, without what must stay secret.
    Link {
        /// What the link is to carry.
        workspace: Workspace,
        /// Somebody asked for it, or the address bar keeps up.
        wanted: bool,
    },
    /// What does this link's fragment carry?
    Open(String),
}

/// A request to manifests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// The texts; None if they are those of the question before.
    pub files: Option<Rc<[TextFile]>>,
    /// The request.
    pub request: RequestLine,
    /// In which language to put the answer.
    pub language: Language,
}

/// What the worker says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Reply {
    /// It listens. What was posted before is lost.
    Ready,
    /// An answer.
    Answer {
        /// Of the question.
        revision: u32,
        /// Everything that follows.
        answer: Rc<Answer>,
    },
    /// A link, or why there is none.
    Link {
        /// Somebody asked for it.
        wanted: bool,
        /// The link.
        link: Result<Link, LinkFault>,
    },
    /// What a link carried.
    Opened(Result<Workspace, LinkFault>),
}

/// A link that carries a workspace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// What stands after the `#`.
    pub fragment: String,
    /// How many values of Secrets were left out.
    pub secrets: u32,
}

/// Why a link cannot be made or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkFault {
    /// More text than a link carries.
    TooLong,
    /// The fragment is not one of ours, or a part of it is missing.
    Broken,
}

/// A message as bytes.
pub fn encode<T: Serialize>(message: &T) -> Vec<u8> {
    postcard::to_allocvec(message).unwrap_or_default()
}

/// A message from bytes; None if they are not one.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    postcard::from_bytes(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_survive_the_way() {
        let ask = Ask::Link { workspace: Workspace::of("kind: Pod", "external", "curl a"), wanted: true };
        assert_eq!(decode(&encode(&ask)), Some(ask));
        let reply = Reply::Answer { revision: 7, answer: Rc::default() };
        assert_eq!(decode(&encode(&reply)), Some(reply));
    }

    #[test]
    fn rubbish_is_no_message() {
        assert_eq!(decode::<Reply>(&[0xff; 9]), None);
    }
}
