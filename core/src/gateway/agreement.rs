//! Controllers that aren't modelled: what all that are would make of a connection is what they make of it, too; where those
//! differ, nobody knows, and what the specification alone says is told beside.

use crate::model::Text;
use crate::proxy::agreement::unknown_instead;
use crate::trace::{Cause, GatewayRule, Judgement, ModelGap, PacketDecision, ProxiedRequest, Share};

/// A judgement by the specification, if others come to the same; else unknown.
pub fn or_unknown(
    judgement: Judgement,
    others: impl Iterator<Item = Option<Judgement>>,
    controller: &Text,
) -> Judgement {
    let essence = judgement_essence(&judgement);
    if others.into_iter().all(|other| other.is_none_or(|other| self::judgement_essence(&other) == essence)) {
        return judgement;
    }
    let rule = Cause::rule(GatewayRule::ImplementationsDiffer);
    unknown_instead(judgement, rule, |specification| ModelGap::GatewayController {
        controller: controller.clone(),
        specification,
    })
}

/// What clients and backends notice: where requests go, with which host and path, or how they are answered. Headers for
/// backends differ everywhere and decide nothing.
fn judgement_essence(judgement: &Judgement) -> Vec<(Share, String)> {
    let mut essence: Vec<(Share, String)> = Vec::new();
    for branch in &judgement.branches {
        let text = decision_essence(&branch.decision);
        match essence.iter_mut().find(|(_, known)| *known == text) {
            Some((share, _)) => *share = share.plus(branch.share),
            None => essence.push((branch.share, text)),
        }
    }
    essence
}

fn decision_essence(decision: &PacketDecision) -> String {
    match decision {
        PacketDecision::Proxy(proxied) => {
            let ProxiedRequest { target, request, mirrors, .. } = &**proxied;
            let request = request.as_ref().map(|request| (request.host.clone(), request.target()));
            format!("{target:?} {request:?} {mirrors:?}")
        }
        PacketDecision::Respond(answer) => format!("{} {:?} {:?}", answer.status, answer.location, answer.grpc_status),
        other => format!("{other:?}"),
    }
}
