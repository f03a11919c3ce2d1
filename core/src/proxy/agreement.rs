//! What the specification alone says, told beside where controllers that aren't modelled may do otherwise.

use crate::trace::{Cause, Judgement, JudgementBranch, ModelGap, PacketDecision, Share};

/// Not known: the controller's own way, with what the specification alone comes to.
pub fn unknown_instead(judgement: Judgement, rule: Cause, gap: impl FnOnce(Vec<String>) -> ModelGap) -> Judgement {
    let specification = judgement.branches.iter().map(|branch| decision_in_short(&branch.decision)).collect();
    let mut because = vec![rule];
    because.extend(judgement.branches.first().into_iter().flat_map(|branch| branch.because.iter().cloned()));
    let decision = PacketDecision::Unknown(gap(specification));
    let branch = JudgementBranch { share: Share::ONE, chosen: None, decision, because: because.into() };
    Judgement { branches: vec![branch], ..judgement }
}

/// As it is told beside.
fn decision_in_short(decision: &PacketDecision) -> String {
    match decision {
        PacketDecision::Proxy(proxied) => {
            proxied.service.as_ref().map_or_else(|| format!("{:?}", proxied.target), ToString::to_string)
        }
        PacketDecision::Respond(answer) => {
            let location = answer.location.iter().map(|location| format!(" {location}"));
            std::iter::once(answer.status.to_string()).chain(location).collect()
        }
        PacketDecision::Refuse => "connection refused".to_owned(),
        _ => "unknown".to_owned(),
    }
}
