//! The messages between page and worker: typed values with a revision number, as bytes.
//!
//! The page drops a reply whose revision is not that of its newest question. The worker keeps the texts it was given
//! last, so that a question carries only what changed in them since.

pub use whichpod_core::change::PodFate;
pub use whichpod_core::cluster::KubeProxyMode;
pub use whichpod_core::ingress::IngressImplementation;

use std::rc::Rc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::answer::{Answer, Comparison, Entrance, Place, Problem, Table, Text, Verdict};
use crate::language::Language;
use crate::workspace::{RequestLine, Splice, TextFile, Workspace};

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
    /// Something beside the question; always answered.
    Task {
        /// The texts.
        texts: Texts,
        /// What.
        task: Task,
    },
    /// Write this into the texts of the last question.
    Change(Change),
    /// What can stand at a position, or what stands there?
    Assist {
        /// Comes back with the answer.
        ticket: u32,
        /// Which of both.
        wants: Assistance,
        /// The file's name.
        file: Rc<str>,
        /// Where, in UTF-16 units, as the editor counts.
        position: u32,
    },
}

/// The texts that something is asked about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Texts {
    /// All of them.
    All(Rc<[TextFile]>),
    /// Those that the worker holds; in these, by position, something changed. Each occurs once at most.
    Held(Vec<(u32, Splice)>),
}

/// What the panels beside the question want to know of the manifests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Task {
    /// What does this command print?
    Run {
        /// Counts the commands; comes back with the output.
        number: u32,
        /// The command.
        request: RequestLine,
    },
    /// Where does this land? For a command or a controller that a worker without the console's tools does not know.
    Answer {
        /// The command.
        request: RequestLine,
        /// In which language to put the answer.
        language: Language,
        /// Requests to send one after another.
        sending: Option<Sending>,
        /// What is different in another answer, to compare.
        what_if: WhatIf,
    },
    /// What can follow at the end of this command?
    Complete(RequestLine),
    /// What does `kubectl get` print?
    Tables,
    /// What comes of every entrance?
    Entrances(Language),
    /// Which requests are answered differently?
    Compare {
        /// From what.
        with: CompareWith,
        /// In which language to say it.
        language: Language,
    },
    /// This case as a routing test.
    RoutingTest(RequestLine),
}

/// What the manifests are held against.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum CompareWith {
    /// These texts, which were there before.
    Baseline(Rc<[TextFile]>),
    /// Themselves, if this served every Ingress.
    Controller(IngressImplementation),
}

/// Something that happens to the cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// To a pod.
    Pod {
        /// `default/web-1`.
        name: Rc<str>,
        /// What.
        fate: PodFate,
    },
    /// A workload gets more or fewer pods.
    Scale {
        /// `deployment default/web`.
        workload: Rc<str>,
        /// How many more.
        by: i32,
    },
    /// A roll-out goes to a step.
    Rollout {
        /// `default/web`.
        deployment: Rc<str>,
        /// From 1.
        step: u32,
    },
    /// The cluster becomes one as this installer makes it.
    Preset(Rc<str>),
    /// The cluster follows this version of Kubernetes.
    Version(Rc<str>),
    /// What this command of the console did.
    Command(Rc<str>),
}

/// Texts into which a change was written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Changed {
    /// All of them.
    pub files: Rc<[TextFile]>,
    /// The lines that changed.
    pub place: Place,
    /// What was written.
    pub change: Change,
}

/// Why a change cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChangeFault {
    /// What it is about does not stand in the texts.
    NotWritten,
}

/// What the editor wants to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Assistance {
    /// What can stand there.
    Complete,
    /// What stands there.
    Explain,
}

/// A request to manifests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// The texts.
    pub texts: Texts,
    /// The request.
    pub request: RequestLine,
    /// In which language to put the answer.
    pub language: Language,
    /// Requests to send one after another, if somebody pressed a button for that.
    pub sending: Option<Sending>,
    /// What is different in another answer, to compare.
    pub what_if: WhatIf,
}

/// Circumstances under which the same question is asked once more; those that are None are as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhatIf {
    /// Who asks.
    pub from: Option<Rc<str>>,
    /// What serves every Ingress.
    pub controller: Option<IngressImplementation>,
    /// How kube-proxy works.
    pub proxy_mode: Option<KubeProxyMode>,
}

/// Requests sent one after another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sending {
    /// Counts the times that a button was pressed.
    pub number: u32,
    /// How many.
    pub requests: u32,
    /// All on one connection instead of one for each.
    pub one_connection: bool,
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
    /// What came of a [`Task`].
    Done(Done),
    /// The texts with a change.
    Changed {
        /// Of the question whose texts they were.
        revision: u32,
        /// The texts, or why there are none.
        changed: Result<Changed, ChangeFault>,
    },
    /// What is known about a position.
    Assisted(Assisted),
}

/// What came of a [`Task`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Done {
    /// A command ran.
    Output {
        /// Of the command.
        number: u32,
        /// What the terminal shows.
        output: Rc<Output>,
    },
    /// An answer.
    Answered {
        /// The command as it was asked.
        request: RequestLine,
        /// Where it lands, or why it could not be read.
        answer: Result<Rc<Verdict>, Text>,
        /// Where it lands under the other circumstances.
        instead: Option<Result<Rc<Verdict>, Text>>,
        /// What is wrong with the manifests, with what the controllers say that only this worker knows.
        problems: Rc<[Problem]>,
    },
    /// What can follow a command.
    Completed {
        /// The command as it was asked about.
        request: RequestLine,
        /// How much of it stays, in bytes.
        start: u32,
        /// What can stand behind that.
        words: Rc<[Rc<str>]>,
        /// Whether it needs further lines before it can run.
        incomplete: bool,
    },
    /// The tables of `kubectl get`.
    Tables(Rc<[Table]>),
    /// Every entrance, failures first.
    Entrances(Rc<[Entrance]>),
    /// What is answered differently.
    Compared(Rc<Comparison>),
    /// A file for `whichpod test`; None for a command that cannot be read.
    RoutingTest(Option<String>),
}

/// What a terminal shows of a command.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Output {
    /// Standard output; None where it is a server's own page, which nobody knows.
    pub printed: Option<String>,
    /// Standard error.
    pub errors: String,
    /// The exit status.
    pub exit: i32,
    /// Whether it asked the network, so that there is a walk to show.
    pub has_walk: bool,
    /// The texts, if it changed them.
    pub changed: Option<Changed>,
    /// What it opens in the editor.
    pub opened: Option<Place>,
}

/// What is known about a position in a file. Positions are in UTF-16 units, descriptions those of
/// `static/schema/descriptions.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assisted {
    /// Of the question.
    pub ticket: u32,
    /// From where the word stands that was asked about.
    pub from: u32,
    /// To where.
    pub to: u32,
    /// What can stand there.
    pub offers: Vec<Offer>,
    /// What stands there.
    pub explanation: Option<Explanation>,
}

/// Something that can stand at a position.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    /// The field or value.
    pub label: Rc<str>,
    /// The text to put in.
    pub insert: Rc<str>,
    /// `field`, `value` or `name`.
    pub kind: Rc<str>,
    /// Its type, or the object it is a name of.
    pub detail: Rc<str>,
    /// Where its description stands.
    pub described: Option<Described>,
}

/// A field under the pointer or the caret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// `Service spec.ports[0].port`
    pub path: Rc<str>,
    /// Its type as Go writes it.
    pub go_type: Rc<str>,
    /// The values that the API knows, with commas between them.
    pub values: Rc<str>,
    /// Where its description stands.
    pub described: Option<Described>,
}

/// A place in `static/schema/descriptions.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Described {
    /// Position in its list.
    pub structure: u32,
    /// Key in the `fields` there.
    pub field: Rc<str>,
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
