//! The core's outcomes as the page knows them.

use whichpod_core::trace;

use crate::answer::Outcome;

/// Of one landing.
pub fn outcome(outcome: trace::Outcome) -> Outcome {
    match outcome {
        trace::Outcome::Delivered => Outcome::Delivered,
        trace::Outcome::Responded => Outcome::Responded,
        trace::Outcome::Refused => Outcome::Refused,
        trace::Outcome::Dropped => Outcome::Dropped,
        trace::Outcome::Unroutable => Outcome::Unroutable,
        trace::Outcome::Unresolved => Outcome::Unresolved,
        trace::Outcome::External => Outcome::External,
        trace::Outcome::Unknown => Outcome::Unknown,
    }
}

/// Of all landings.
pub fn of_all(resolution: &trace::Resolution) -> Outcome {
    resolution.outcome().map_or(Outcome::Mixed, self::outcome)
}
