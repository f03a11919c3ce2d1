//! NetworkPolicy in words.

use super::Phrase;
use crate::trace::{PolicyObjection, PolicyRule};

const POLICY: &str = "https://kubernetes.io/docs/concepts/services-networking/network-policies/";

/// The rule in a sentence.
pub fn rule(rule: PolicyRule) -> Phrase {
    match rule {
        PolicyRule::NotIsolated => Phrase::new(
            "no NetworkPolicy selects the pod in this direction",
            "この方向では Pod を選択する NetworkPolicy がない",
        ),
    }
}

/// Where the rule is documented.
pub fn documentation(rule: PolicyRule) -> &'static str {
    match rule {
        PolicyRule::NotIsolated => POLICY,
    }
}

/// The objection as a clause.
pub fn objection(objection: PolicyObjection) -> Phrase {
    match objection {
        PolicyObjection::PeerDiffers => Phrase::new("allows other peers", "別の相手を許可している"),
    }
}
