//! What is known about the newest question: the last answer, and whether another one is on its way.

use std::rc::Rc;

use yew::Reducible;

use crate::answer::{Answer, Problem, Text, Verdict};
use crate::page::simulator::Event;
use crate::protocol::{Assisted, Done, Reply};

/// The last answer, and what is going on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answering {
    /// What is going on.
    pub progress: Progress,
    /// The last answer; an empty one before the first.
    pub answer: Rc<Answer>,
    /// Where the last request landed that could be read: it stays while somebody types the next one.
    pub verdict: Option<Rc<Verdict>>,
    /// What the editor wanted to know last.
    pub assisted: Option<Rc<Assisted>>,
    /// Whether the simulator has ever answered.
    pub simulated: bool,
    /// How often the user wanted another try.
    pub tries: u32,
}

/// What is going on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Progress {
    /// No answer yet.
    #[default]
    Starting,
    /// The answer came with the page; the simulator hasn't been asked.
    Given,
    /// The simulator was asked what the page brought the answer to.
    Confirming,
    /// A newer question is on its way.
    Working,
    /// The answer is that of the newest question.
    Answered,
    /// The newest question stopped the simulator.
    Stopped,
    /// There is no simulator to be had.
    Unable,
}

impl Answering {
    /// With an answer that is there before the simulator.
    pub fn given(answer: Option<Rc<Answer>>) -> Self {
        match answer {
            Some(answer) => {
                Self { progress: Progress::Given, verdict: answer.verdict.clone(), answer, ..Self::default() }
            }
            None => Self::default(),
        }
    }

    /// Whether the simulator has answered, or never will: the editor is loaded after it.
    pub fn is_simulated(&self) -> bool {
        self.simulated || matches!(self.progress, Progress::Stopped | Progress::Unable)
    }
}

impl Answering {
    /// With what the worker with the tools says.
    fn completed(
        &self,
        answer: Result<Rc<Verdict>, Text>,
        instead: Option<Result<Rc<Verdict>, Text>>,
        problems: Rc<[Problem]>,
    ) -> Self {
        let (verdict, complaint) = match answer {
            Ok(verdict) => (Some(verdict), None),
            Err(complaint) => (None, Some(complaint)),
        };
        let whole =
            Answer { verdict: verdict.clone(), complaint, beyond: None, instead, problems, ..(*self.answer).clone() };
        let verdict = verdict.or_else(|| self.verdict.clone());
        Self { progress: Progress::Answered, answer: whole.into(), verdict, ..self.clone() }
    }
}

impl Reducible for Answering {
    type Action = Event;

    fn reduce(self: Rc<Self>, event: Event) -> Rc<Self> {
        let progress = match (&event, self.progress) {
            (Event::Asked, Progress::Given) => Progress::Confirming,
            (Event::Asked, Progress::Confirming | Progress::Answered | Progress::Stopped) => Progress::Working,
            (Event::Asked, progress) => progress,
            // The rest of it is on its way, from the worker with the tools.
            (Event::Said(Reply::Answer { answer, .. }), _) if answer.beyond.is_some() => Progress::Working,
            (Event::Said(Reply::Answer { .. }), _) => Progress::Answered,
            (Event::Died, Progress::Working) if self.answer.beyond.is_some() => Progress::Stopped,
            (Event::Missing, Progress::Working) if self.answer.beyond.is_some() => Progress::Unable,
            (Event::Said(_) | Event::Died | Event::Missing | Event::Restarted, progress) => progress,
            (Event::Retrying, _) if self.verdict.is_some() => Progress::Working,
            (Event::Retrying, _) => Progress::Starting,
            (Event::GaveUp, _) => Progress::Stopped,
            (Event::Unable, _) => Progress::Unable,
        };
        match event {
            Event::Said(Reply::Answer { answer, .. }) => {
                let verdict = answer.verdict.clone().or_else(|| self.verdict.clone());
                Rc::new(Self { progress, answer, verdict, simulated: true, ..(*self).clone() })
            }
            Event::Said(Reply::Done(Done::Answered { request, answer, instead, problems }))
                if self.answer.beyond == Some(request.clone()) =>
            {
                Rc::new(self.completed(answer, instead, problems))
            }
            Event::Retrying => Rc::new(Self { progress, tries: self.tries + 1, ..(*self).clone() }),
            Event::Said(Reply::Assisted(assisted)) => {
                Rc::new(Self { assisted: Some(Rc::new(assisted)), ..(*self).clone() })
            }
            _ => Rc::new(Self { progress, ..(*self).clone() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::{Map, Outcome};

    fn answered(answer: Answer) -> Event {
        Event::Said(Reply::Answer { revision: 1, answer: answer.into() })
    }

    fn verdict() -> Rc<Verdict> {
        Rc::new(Verdict {
            command: "curl a".into(),
            outcome: Outcome::Delivered,
            sentence: Text::new(),
            landings: Vec::new(),
            sent: None,
            legs: Vec::new(),
            map: Map::default(),
            others: Vec::new(),
            printed: None,
            not_modelled: Vec::new(),
            advised: None,
        })
    }

    #[test]
    fn a_half_typed_command_keeps_the_last_verdict() {
        let first =
            Rc::new(Answering::default()).reduce(answered(Answer { verdict: Some(verdict()), ..Answer::default() }));
        let half = first.reduce(Event::Asked).reduce(answered(Answer::default()));
        assert_eq!((half.progress, &half.verdict), (Progress::Answered, &Some(verdict())));
    }

    #[test]
    fn an_answer_that_the_page_brought_holds_until_something_else_is_asked() {
        let answer = Answer { verdict: Some(verdict()), ..Answer::default() };
        let confirming = Rc::new(Answering::given(Some(answer.into()))).reduce(Event::Asked);
        assert_eq!((confirming.progress, &confirming.verdict), (Progress::Confirming, &Some(verdict())));
        assert!(!confirming.is_simulated());
        assert_eq!(confirming.clone().reduce(Event::Asked).progress, Progress::Working);
        assert_eq!(confirming.reduce(answered(Answer::default())).progress, Progress::Answered);
    }

    #[test]
    fn working_begins_only_after_a_first_answer() {
        let asked = Rc::new(Answering::default()).reduce(Event::Asked);
        assert_eq!(asked.progress, Progress::Starting);
        assert_eq!(asked.reduce(answered(Answer::default())).reduce(Event::Asked).progress, Progress::Working);
    }
}
