//! Chance inside a lookup: to which of several servers a question is sent on.
//!
//! A lookup is a function of the choices made on its way, so it is run once for every sequence of them.

use std::cell::Cell;

use crate::limits::MAX_LOOKUP_WAYS;
use crate::packet::Question;
use crate::trace::Share;

/// The choices of one way through a lookup: those planned, in order; beyond them the first is taken.
#[derive(Default)]
pub struct ChoiceSequence {
    planned: Vec<usize>,
    made: Cell<Vec<MadeChoice>>,
}

/// A choice for a question. Asked again it is the same: CoreDNS keeps what it heard.
#[derive(Clone, Debug)]
struct MadeChoice {
    question: Question,
    taken: usize,
    of: usize,
}

impl ChoiceSequence {
    /// Chooses one of some for a question, each as likely as the others.
    pub fn choose(&self, question: &Question, of: usize) -> usize {
        let mut made = self.made.take();
        let before = made.iter().find(|choice| choice.question == *question && choice.of == of);
        let planned = self.planned.get(made.len()).copied().unwrap_or_default();
        let taken = before.map_or(planned, |choice| choice.taken);
        if before.is_none() {
            made.push(MadeChoice { question: question.clone(), taken, of });
        }
        self.made.set(made);
        taken
    }

    /// How likely this way is.
    fn share(made: &[MadeChoice]) -> Share {
        made.iter().fold(Share::ONE, |share, choice| share.times(Share::of(1, choice.of as u64)))
    }

    /// The plan of the next way: the last choice that has an alternative left takes it.
    fn next(mut made: Vec<MadeChoice>) -> Option<Self> {
        while made.last().is_some_and(|choice| choice.taken + 1 >= choice.of) {
            made.pop();
        }
        made.last_mut()?.taken += 1;
        Some(Self { planned: made.iter().map(|choice| choice.taken).collect(), made: Cell::default() })
    }
}

/// Everything that a lookup can come to, each with its share; beyond [`MAX_LOOKUP_WAYS`] the shares stay below one.
pub fn every_way<T>(lookup: impl Fn(&ChoiceSequence) -> T) -> Vec<(Share, T)> {
    let mut ways = Vec::new();
    let mut open = Some(ChoiceSequence::default());
    while let Some(sequence) = open.filter(|_| ways.len() < MAX_LOOKUP_WAYS) {
        let end = lookup(&sequence);
        let made = sequence.made.take();
        ways.push((ChoiceSequence::share(&made), end));
        open = ChoiceSequence::next(made);
    }
    ways
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::{DnsName, RecordType};

    #[test]
    fn every_sequence_of_choices_is_walked_once() {
        let question = |name: &str| Question { name: DnsName::new(name), record_type: RecordType::A };
        let ways = every_way(|chance| {
            let first = chance.choose(&question("a.test"), 2);
            assert_eq!(chance.choose(&question("a.test"), 2), first);
            if first == 0 { (first, chance.choose(&question("b.test"), 3)) } else { (first, 9) }
        });
        let expected = [((0, 0), 6), ((0, 1), 6), ((0, 2), 6), ((1, 9), 2)];
        assert_eq!(ways, expected.map(|(end, whole)| (Share::of(1, whole), end)));
    }
}
