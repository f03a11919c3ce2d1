//! What the client feels: computed from the last hop, never stored beside it.

use std::net::IpAddr;

use super::{Hop, Landing, ModelGap, PacketDecision, Resolution, Share};
use crate::packet::Rcode;

/// How a request ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum Outcome {
    /// A process took it.
    Delivered,
    /// A proxy answered by itself.
    Responded,
    /// Refused at once.
    Refused,
    /// Silence.
    Dropped,
    /// Nobody takes the packet there.
    Unroutable,
    /// The name lookup failed.
    Unresolved,
    /// The client or the server breaks the TLS handshake off.
    TlsFailed,
    /// It left the cluster.
    External,
    /// It depends on something that isn't modelled.
    Unknown,
}

impl Outcome {
    /// The stable name: `delivered`.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

impl Landing {
    /// How this way ends. What a proxy fetches from outside is delivered to the client all the same.
    pub fn outcome(&self) -> Outcome {
        let outcome = self.trail.last().map_or(Outcome::Unknown, |hop| hop.decision.outcome());
        match outcome {
            Outcome::External if self.trail.hops_backwards().any(Hop::is_proxied) => Outcome::Delivered,
            other => other,
        }
    }
}

impl PacketDecision {
    /// How a walk ends that ends with this decision; one that should go on has no known end.
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Deliver(_) | Self::Resolved(_) => Outcome::Delivered,
            Self::Answer(answer) if answer.rcode == Rcode::NoError && !answer.answers.is_empty() => Outcome::Delivered,
            Self::Answer(_) | Self::Unresolved(_) => Outcome::Unresolved,
            Self::Respond(_) => Outcome::Responded,
            Self::Leave | Self::Unknown(ModelGap::OutsideAddress(_)) => Outcome::External,
            Self::Drop => Outcome::Dropped,
            Self::Refuse => Outcome::Refused,
            Self::Unroutable => Outcome::Unroutable,
            Self::Abort | Self::BreakOff => Outcome::TlsFailed,
            Self::Unknown(_) | Self::Pass | Self::Rewrite(_) | Self::Proxy(_) => Outcome::Unknown,
        }
    }
}

impl Resolution {
    /// The outcome of all landings; None if they differ.
    pub fn outcome(&self) -> Option<Outcome> {
        let mut outcomes = self.landings.iter().map(Landing::outcome);
        let first = outcomes.next()?;
        outcomes.all(|outcome| outcome == first).then_some(first)
    }

    /// How likely a request ends so, over all landings.
    pub fn share_of(&self, outcome: Outcome) -> Share {
        Share::sum(self.landings.iter().filter(|landing| landing.outcome() == outcome).map(|landing| landing.share))
    }

    /// The first address that the client connects to; None if the name has none.
    pub fn first_address(&self) -> Option<IpAddr> {
        self.connects_to.map(|(address, _)| address)
    }
}
