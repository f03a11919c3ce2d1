//! NetworkPolicy in words.

use super::BilingualText;
use crate::trace::{PolicyObjection, PolicyRule};

const POLICY: &str = "https://kubernetes.io/docs/concepts/services-networking/network-policies/";
const ADMIN: &str = "https://network-policy-api.sigs.k8s.io/";

/// The rule in a sentence.
pub fn rule(rule: PolicyRule) -> BilingualText {
    match rule {
        PolicyRule::IngressAllowed => BilingualText::new(
            "a NetworkPolicy rule of the receiving pod allows it",
            "受信側 Pod の NetworkPolicy のルールが許可している",
        ),
        PolicyRule::IngressDenied => BilingualText::new(
            "NetworkPolicies select the receiving pod, and no rule allows this",
            "受信側 Pod は NetworkPolicy に選択されており、どのルールも許可していない",
        ),
        PolicyRule::EgressAllowed => BilingualText::new(
            "a NetworkPolicy rule of the sending pod allows it",
            "送信側 Pod の NetworkPolicy のルールが許可している",
        ),
        PolicyRule::EgressDenied => BilingualText::new(
            "NetworkPolicies select the sending pod, and no rule allows this",
            "送信側 Pod は NetworkPolicy に選択されており、どのルールも許可していない",
        ),
        PolicyRule::OwnNodeAllowed => {
            BilingualText::new("a pod can always be reached from its own node", "Pod へは自身のノードから常に届く")
        }
        PolicyRule::OwnNodeReachable => {
            BilingualText::new("a pod can always reach its own node", "Pod から自身のノードへは常に届く")
        }
        PolicyRule::AdminIngressAccepted => BilingualText::new(
            "an administrator's policy accepts it for the receiving pod",
            "管理者のポリシーが受信側 Pod への通信を許可している",
        ),
        PolicyRule::AdminIngressDenied => BilingualText::new(
            "an administrator's policy denies it for the receiving pod",
            "管理者のポリシーが受信側 Pod への通信を拒否している",
        ),
        PolicyRule::AdminEgressAccepted => BilingualText::new(
            "an administrator's policy accepts it for the sending pod",
            "管理者のポリシーが送信側 Pod からの通信を許可している",
        ),
        PolicyRule::AdminEgressDenied => BilingualText::new(
            "an administrator's policy denies it for the sending pod",
            "管理者のポリシーが送信側 Pod からの通信を拒否している",
        ),
    }
}

/// Where the rule is documented.
pub fn documentation(rule: PolicyRule) -> &'static str {
    match rule {
        PolicyRule::IngressAllowed
        | PolicyRule::IngressDenied
        | PolicyRule::EgressAllowed
        | PolicyRule::EgressDenied
        | PolicyRule::OwnNodeAllowed
        | PolicyRule::OwnNodeReachable => POLICY,
        PolicyRule::AdminIngressAccepted
        | PolicyRule::AdminIngressDenied
        | PolicyRule::AdminEgressAccepted
        | PolicyRule::AdminEgressDenied => ADMIN,
    }
}

/// The objection as a clause.
pub fn objection(objection: PolicyObjection) -> BilingualText {
    match objection {
        PolicyObjection::PeerDiffers => BilingualText::new("is about other peers", "別の相手についてのルール"),
        PolicyObjection::PortDiffers => {
            BilingualText::new("names the peer, but other ports or protocols", "相手は合うが、ポートかプロトコルが違う")
        }
        PolicyObjection::NoRules => {
            BilingualText::new("allows nobody in this direction", "この方向では誰も許可していない")
        }
        PolicyObjection::PassesOn => BilingualText::new("passes the decision on", "判断を次に委ねる"),
        PolicyObjection::DecidedBefore => {
            BilingualText::new("comes after the rule that decided", "決定したルールより後にある")
        }
    }
}
