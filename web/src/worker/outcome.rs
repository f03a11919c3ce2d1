//! The core's outcomes as the page knows them.

use whichpod_core::trace::{self, Landing, LookupFailure, PacketDecision, Resolution};

use crate::answer::Outcome;

/// Of one landing.
pub fn outcome(landing: &Landing) -> Outcome {
    match landing.outcome() {
        trace::Outcome::Delivered if is_lookup(landing) => Outcome::Found,
        trace::Outcome::Delivered => Outcome::Delivered,
        trace::Outcome::Responded => Outcome::Responded,
        trace::Outcome::Refused => Outcome::Refused,
        trace::Outcome::Dropped => Outcome::Dropped,
        trace::Outcome::Unroutable => Outcome::Unroutable,
        trace::Outcome::Unresolved if is_in_vain(landing) => Outcome::Unanswered,
        trace::Outcome::Unresolved => Outcome::Unresolved,
        trace::Outcome::TlsFailed => Outcome::TlsFailed,
        trace::Outcome::External => Outcome::External,
        trace::Outcome::Unknown => Outcome::Unknown,
    }
}

/// Whether nobody answered the lookup, or nothing of use (getaddrinfo's EAI_AGAIN): that says nothing about the name.
fn is_in_vain(landing: &Landing) -> bool {
    use LookupFailure::{Refused, TimedOut, TryAgain};
    let last = landing.trail.last();
    last.is_some_and(|hop| matches!(hop.decision, PacketDecision::Unresolved(TryAgain | TimedOut | Refused)))
}

/// Of all landings.
pub fn of_all(resolution: &Resolution) -> Outcome {
    let mut outcomes = resolution.landings.iter().map(outcome);
    let first = outcomes.next().unwrap_or_default();
    if outcomes.all(|outcome| outcome == first) { first } else { Outcome::Mixed }
}

/// Whether the way ends with the answer to a name.
pub fn is_lookup(landing: &Landing) -> bool {
    let last = landing.trail.last();
    last.is_some_and(|hop| {
        matches!(hop.decision, PacketDecision::Answer(_) | PacketDecision::Resolved(_) | PacketDecision::Unresolved(_))
    })
}
