//! What is sent when: the rules of the wire, without the wire.

use std::collections::VecDeque;
use std::rc::Rc;

use crate::protocol::{Ask, Change, Done, Question, Reply, Task, Texts};
use crate::workspace::{Splice, TextFile};

/// What is under way and what waits.
#[derive(Debug, Default)]
pub struct Line {
    /// The worker listens.
    ready: bool,
    /// Of the newest question.
    revision: u32,
    /// The question that the worker works on.
    under_way: Option<(u32, Question)>,
    /// The newest question, while another is under way or nobody listens.
    waiting: Option<Question>,
    /// Everything else that waits for a worker that listens.
    wanted: Vec<Ask>,
    /// The newest texts.
    texts: Option<Texts>,
    /// The commands that run, and the texts in which they do.
    running: Vec<(Task, Texts)>,
    /// The changes that the worker was asked for, the oldest first.
    changing: VecDeque<Change>,
    /// The texts that the worker holds.
    held: Option<Rc<[TextFile]>>,
    /// How many workers the question under way has cost.
    deaths: u32,
    /// Whether any worker ever listened.
    ever_ready: bool,
}

/// What to do about a worker's death.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A new worker gets the same question.
    Again,
    /// A new worker, but not for that question.
    GiveUp,
    /// No worker ever comes up here.
    Unable,
}

impl Line {
    /// A new question; gives what is to be sent now.
    pub fn ask(&mut self, question: Question) -> Vec<Ask> {
        self.revision += 1;
        self.deaths = 0;
        self.texts = Some(question.texts.clone());
        self.waiting = Some(question);
        self.next()
    }

    /// These are the newest texts, whoever was asked about them.
    pub fn note(&mut self, texts: &Texts) {
        self.texts = Some(texts.clone());
    }

    /// The worker died, and nobody waits for what it was asked any more; tells whether it ever listened.
    pub fn forget(&mut self) -> bool {
        let ran = self.ever_ready;
        *self = Self { texts: self.texts.take(), ..Self::default() };
        ran
    }

    /// Something that is no question.
    pub fn want(&mut self, ask: Ask) -> Vec<Ask> {
        if let Ask::Task { task: task @ Task::Run { .. }, texts } = &ask {
            self.running.push((task.clone(), texts.clone()));
        }
        self.wanted.push(ask);
        self.next()
    }

    /// What the worker said; gives what is to be sent now, and whether the reply is of interest.
    pub fn hear(&mut self, reply: &Reply) -> (Vec<Ask>, bool) {
        let current = match reply {
            Reply::Ready => {
                (self.ready, self.ever_ready) = (true, true);
                false
            }
            Reply::Answer { revision, .. } => {
                self.under_way = None;
                *revision == self.revision
            }
            Reply::Done(Done::Output { number, output }) => !self.runs_again(*number, output.changed.is_some()),
            Reply::Link { .. } | Reply::Opened(_) | Reply::Done(_) | Reply::Assisted(_) => true,
            Reply::Changed { revision, .. } => self.is_of_now(*revision),
        };
        (self.next(), current)
    }

    /// A change of texts that are not those any more would undo what was typed: it is made again, in the newest ones.
    fn is_of_now(&mut self, revision: u32) -> bool {
        let change = self.changing.pop_front();
        if revision == self.revision {
            return true;
        }
        self.wanted.extend(change.map(Ask::Change));
        false
    }

    /// A command that changed texts which are not those any more would undo what was typed meanwhile: it runs again.
    fn runs_again(&mut self, number: u32, changed: bool) -> bool {
        let is_meant = |(task, _): &(Task, Texts)| matches!(task, Task::Run { number: of, .. } if *of == number);
        let Some(place) = self.running.iter().position(is_meant) else { return false };
        let (task, before) = self.running.remove(place);
        let Some(texts) = self.texts.clone().filter(|texts| changed && *texts != before) else { return false };
        self.running.push((task.clone(), texts.clone()));
        self.wanted.push(Ask::Task { texts, task });
        true
    }

    /// The worker died. Its question waits again, unless a newer one does or it cost two workers.
    pub fn judge_loss(&mut self) -> Verdict {
        self.ready = false;
        self.held = None;
        self.running.clear();
        self.wanted.extend(self.changing.drain(..).map(Ask::Change));
        self.deaths += 1;
        let question = self.under_way.take().map(|(_, question)| question);
        if !self.ever_ready {
            return Verdict::Unable;
        }
        if self.waiting.is_none() && self.deaths > 1 {
            return Verdict::GiveUp;
        }
        self.waiting = self.waiting.take().or(question);
        Verdict::Again
    }

    fn next(&mut self) -> Vec<Ask> {
        if !self.ready {
            return Vec::new();
        }
        let (assists, wanted): (Vec<Ask>, Vec<Ask>) =
            std::mem::take(&mut self.wanted).into_iter().partition(is_about_the_newest);
        let mut asks: Vec<Ask> = wanted.into_iter().map(|ask| self.slimmed(ask)).collect();
        if self.under_way.is_none()
            && let Some(question) = self.waiting.take()
        {
            self.under_way = Some((self.revision, question.clone()));
            asks.push(self.slimmed(Ask::Question { revision: self.revision, question }));
        }
        // The worker must have got the newest texts before.
        if self.waiting.is_none() {
            let changes = assists.iter().filter_map(|ask| match ask {
                Ask::Change(change) => Some(change.clone()),
                _ => None,
            });
            self.changing.extend(changes);
            asks.extend(assists);
        } else {
            self.wanted = assists;
        }
        asks
    }

    /// Leaves out of texts what the worker holds already.
    fn slimmed(&mut self, mut ask: Ask) -> Ask {
        let texts = match &mut ask {
            Ask::Question { question, .. } => &mut question.texts,
            Ask::Task { texts, .. } => texts,
            Ask::Link { .. } | Ask::Open(_) | Ask::Change(_) | Ask::Assist { .. } => return ask,
        };
        if let Texts::All(files) = &*texts {
            let held = self.held.replace(files.clone());
            if let Some(changes) = held.and_then(|held| changes(&held, files)) {
                *texts = Texts::Held(changes);
            }
        }
        ask
    }
}

/// Whether it is about the newest texts, whichever they are: a position in them, a change of them.
fn is_about_the_newest(ask: &Ask) -> bool {
    matches!(ask, Ask::Assist { .. } | Ask::Change(_))
}

/// What must change in some texts for them to become others; None if those are not the same files.
fn changes(held: &[TextFile], files: &[TextFile]) -> Option<Vec<(u32, Splice)>> {
    let pairs = || held.iter().zip(files);
    if held.len() != files.len() || pairs().any(|(held, file)| held.name != file.name) {
        return None;
    }
    let changes = (0..).zip(pairs()).filter_map(|(at, (held, file))| Some((at, held.text.splice_to(&file.text)?)));
    Some(changes.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::Place;
    use crate::language::Language;
    use crate::protocol::{Assistance, Change, Changed, Output, WhatIf};
    use crate::workspace::{RequestLine, Workspace};

    fn question(workspace: &Workspace) -> Question {
        Question {
            texts: Texts::All(workspace.files.clone()),
            request: workspace.request.clone(),
            language: Language::English,
            sending: None,
            what_if: WhatIf::default(),
        }
    }

    fn workspace(text: &str) -> Workspace {
        Workspace::of(text, "external", "curl a")
    }

    fn answer(revision: u32) -> Reply {
        Reply::Answer { revision, answer: Rc::default() }
    }

    fn revisions(asks: &[Ask]) -> Vec<u32> {
        let questions = asks.iter().filter_map(|ask| match ask {
            Ask::Question { revision, .. } => Some(*revision),
            Ask::Link { .. } | Ask::Open(_) | Ask::Task { .. } | Ask::Change(_) | Ask::Assist { .. } => None,
        });
        questions.collect()
    }

    fn sent(asks: &[Ask]) -> Vec<&Texts> {
        let texts = asks.iter().filter_map(|ask| match ask {
            Ask::Question { question, .. } => Some(&question.texts),
            Ask::Task { texts, .. } => Some(texts),
            Ask::Link { .. } | Ask::Open(_) | Ask::Change(_) | Ask::Assist { .. } => None,
        });
        texts.collect()
    }

    #[test]
    fn nothing_is_sent_before_the_worker_listens() {
        let mut line = Line::default();
        assert!(line.ask(question(&workspace("a"))).is_empty());
        assert_eq!(revisions(&line.hear(&Reply::Ready).0), [1]);
    }

    #[test]
    fn only_the_newest_question_waits_and_late_answers_are_dropped() {
        let mut line = Line::default();
        line.hear(&Reply::Ready);
        assert_eq!(revisions(&line.ask(question(&workspace("a")))), [1]);
        assert!(line.ask(question(&workspace("b"))).is_empty());
        assert!(line.ask(question(&workspace("c"))).is_empty());
        let (asks, current) = line.hear(&answer(1));
        assert_eq!((revisions(&asks), current), (vec![3], false));
        assert_eq!(line.hear(&answer(3)), (Vec::new(), true));
    }

    #[test]
    fn texts_that_the_worker_holds_are_not_sent_again() {
        let mut line = Line::default();
        line.hear(&Reply::Ready);
        let workspace = workspace("a");
        line.ask(question(&workspace));
        line.hear(&answer(1));
        assert_eq!(sent(&line.ask(question(&workspace))), [&Texts::Held(Vec::new())]);
        line.hear(&answer(2));
        let edited = workspace.with_file("b.yaml".into(), "b".into());
        assert_eq!(sent(&line.ask(question(&edited))), [&Texts::All(edited.files.clone())]);
        line.hear(&answer(3));
        let again = edited.with_file("b.yaml".into(), "c".into());
        let splice = Splice { from: 0, to: 1, insert: "c".into() };
        assert_eq!(sent(&line.ask(question(&again))), [&Texts::Held(vec![(1, splice)])]);
    }

    #[test]
    fn a_task_carries_texts_that_the_worker_lacks() {
        let mut line = Line::default();
        line.hear(&Reply::Ready);
        let workspace = workspace("a");
        let all = Texts::All(workspace.files.clone());
        let task = || Ask::Task { texts: all.clone(), task: Task::Tables };
        assert_eq!(sent(&line.want(task())), [&all]);
        assert_eq!(sent(&line.want(task())), [&Texts::Held(Vec::new())]);
        assert_eq!(sent(&line.ask(question(&workspace))), [&Texts::Held(Vec::new())]);
    }

    #[test]
    fn a_command_that_changes_texts_runs_again_after_an_edit() {
        let mut line = Line::default();
        line.hear(&Reply::Ready);
        line.ask(question(&workspace("a")));
        line.hear(&answer(1));
        line.note(&question(&workspace("a")).texts);
        let request = RequestLine { from: "external".into(), command: "kubectl delete pod web-1".into() };
        let task = Task::Run { number: 1, request };
        let changed =
            Changed { files: workspace("").files, place: Place::default(), change: Change::Preset("kind".into()) };
        let output = |changed: Option<Changed>| {
            let output =
                Output { printed: None, errors: String::new(), exit: 0, has_walk: false, changed, opened: None };
            Reply::Done(Done::Output { number: 1, output: output.into() })
        };
        let run = |line: &mut Line| line.want(Ask::Task { texts: question(&workspace("a")).texts, task: task.clone() });
        run(&mut line);
        line.ask(question(&workspace("ab")));
        let (asks, told) = line.hear(&output(Some(changed.clone())));
        assert!(!told && asks.iter().any(|ask| matches!(ask, Ask::Task { .. })), "{asks:?}");
        assert_eq!(line.hear(&output(Some(changed))), (Vec::new(), true));
        run(&mut line);
        assert_eq!(line.hear(&output(None)), (Vec::new(), true));
    }

    #[test]
    fn a_position_is_asked_about_after_the_texts_it_is_in() {
        let mut line = Line::default();
        line.hear(&Reply::Ready);
        line.ask(question(&workspace("a")));
        line.ask(question(&workspace("b")));
        let assist = Ask::Assist { ticket: 1, wants: Assistance::Complete, file: "manifests.yaml".into(), position: 1 };
        assert_eq!(line.want(assist.clone()), []);
        let (asks, _) = line.hear(&answer(1));
        assert_eq!((revisions(&asks), asks.last()), (vec![2], Some(&assist)));
    }

    #[test]
    fn a_new_worker_gets_the_question_and_the_texts_again_but_only_once() {
        let mut line = Line::default();
        line.hear(&Reply::Ready);
        line.ask(question(&workspace("a")));
        assert_eq!(line.judge_loss(), Verdict::Again);
        let (asks, _) = line.hear(&Reply::Ready);
        assert_eq!(sent(&asks), [&Texts::All(workspace("a").files)]);
        assert_eq!(line.judge_loss(), Verdict::GiveUp);
        assert_eq!(line.hear(&Reply::Ready), (Vec::new(), false));
        assert_eq!(revisions(&line.ask(question(&workspace("b")))), [2]);
    }

    #[test]
    fn a_worker_that_never_comes_up_is_not_started_for_ever() {
        let mut line = Line::default();
        line.ask(question(&workspace("a")));
        assert_eq!(line.judge_loss(), Verdict::Unable);
    }

    #[test]
    fn a_change_of_older_texts_is_made_again_in_the_newest() {
        let (change, mut line) = (Change::Preset("kind".into()), Line::default());
        line.hear(&Reply::Ready);
        line.ask(question(&workspace("a")));
        let changes = |asks: &[Ask]| asks.iter().filter(|ask| matches!(ask, Ask::Change(_))).count();
        assert_eq!(changes(&line.want(Ask::Change(change.clone()))), 1);
        // Meanwhile somebody types.
        line.ask(question(&workspace("ab")));
        let files = workspace("a").files;
        let changed = Changed { files, place: Place::default(), change: change.clone() };
        let reply = |revision| Reply::Changed { revision, changed: Ok(changed.clone()) };
        let (asks, told) = line.hear(&reply(1));
        assert!(!told && changes(&asks) == 0);
        let (asks, _) = line.hear(&answer(1));
        assert!(matches!(asks.as_slice(), [Ask::Question { .. }, Ask::Change(_)]), "{asks:?}");
        assert!(line.hear(&reply(2)).1);
    }
}
