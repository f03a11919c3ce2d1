//! What a server says to a question, and why.

use crate::packet::{Answer, Rcode};
use crate::trace::{Cause, DnsRule, ModelGap};

/// What a server says to a question, and why.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DnsReply {
    /// The answer; as far as it is known, if there is a gap.
    pub answer: Answer,
    /// What settled it.
    pub because: Vec<Cause>,
    /// What is missing to know the answer.
    pub gap: Option<ModelGap>,
    /// Nothing is sent back.
    pub dropped: bool,
    /// A code that no plugin has written: the server writes it, past the plugins (plugin.ClientWrite).
    pub unwritten: bool,
}

impl DnsReply {
    /// An answer and the rule behind it.
    pub fn new(answer: Answer, rule: DnsRule) -> Self {
        Self { answer, because: vec![Cause::rule(rule)], ..Self::default() }
    }

    /// A bare response code and the rule behind it. Of failures only the code goes back up the chain.
    pub fn code(rcode: Rcode, rule: DnsRule) -> Self {
        let unwritten = matches!(rcode, Rcode::ServFail | Rcode::Refused | Rcode::FormErr | Rcode::NotImp);
        Self { unwritten, ..Self::new(Answer { rcode, ..Answer::default() }, rule) }
    }

    /// Not known.
    pub fn unknown(gap: ModelGap) -> Self {
        Self { gap: Some(gap), ..Self::default() }
    }

    /// Puts a cause in front.
    pub fn because(mut self, cause: Cause) -> Self {
        self.because.insert(0, cause);
        self
    }
}
