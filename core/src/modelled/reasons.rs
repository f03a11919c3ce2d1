//! Why: every rule and objection that an answer can give, and everything that an answer can depend on and isn't modelled.

use strum::VariantArray;

use super::{ModelledEntry, ModelledGroup, Section};
use crate::explain::{self, BilingualText};
use crate::trace::{
    CandidateObjection, ComponentRule, DnsObjection, DnsRule, GapKind, GatewayObjection, GatewayRule,
    IngressControllerRule, IngressObjection, NetworkRule, PolicyObjection, PolicyRule, ServiceObjection, ServiceRule,
};

const NETWORK: BilingualText = BilingualText::new("The network", "ネットワーク");
const SERVICES: BilingualText = BilingualText::new("Services", "Service");
const DNS: BilingualText = BilingualText::new("DNS", "DNS");
const INGRESS: BilingualText = BilingualText::new("Ingress", "Ingress");
const GATEWAY: BilingualText = BilingualText::new("Gateway API", "Gateway API");
const POLICY: BilingualText = BilingualText::new("NetworkPolicy", "NetworkPolicy");

/// What isn't modelled, by its kind.
pub(super) fn gaps() -> Section {
    let entries = GapKind::VARIANTS.iter().map(|kind| ModelledEntry::words(explain::gap(*kind))).collect();
    Section {
        id: "gaps",
        title: BilingualText::new("What is not modelled", "モデル化していないこと"),
        about: BilingualText::new(
            "Where an answer depends on one of these it is \"unknown\", and says by name what it depends on. Nothing is \
             guessed.",
            "答えがこれらに左右されるときは「不明」とし、何に左右されるのかを名前で示します。推測はしません。",
        ),
        groups: vec![ModelledGroup::of(BilingualText::new("An answer can depend on", "答えを左右しうるもの"), entries)],
    }
}

/// The rules that decide, each with its documentation.
pub(super) fn rules() -> Section {
    fn group<R: VariantArray + Copy>(title: BilingualText, rule: fn(R) -> ComponentRule) -> ModelledGroup {
        let entries = R::VARIANTS.iter().map(|each| {
            let rule = rule(*each);
            ModelledEntry { documentation: Some(rule.documentation()), ..ModelledEntry::words(rule.words()) }
        });
        ModelledGroup::of(title, entries.collect())
    }
    Section {
        id: "rules",
        title: BilingualText::new("Rules that decide", "判断の根拠となるルール"),
        about: BilingualText::new(
            "The rules that a step of a walk can name as its reason, where no line of a manifest is the reason.",
            "マニフェストの行ではなく、仕組みそのものが理由になるときに、各段階で示されるルールです。",
        ),
        groups: vec![
            group(NETWORK, ComponentRule::Network as fn(NetworkRule) -> ComponentRule),
            group(SERVICES, ComponentRule::Service as fn(ServiceRule) -> ComponentRule),
            group(DNS, ComponentRule::Dns as fn(DnsRule) -> ComponentRule),
            group(INGRESS, ComponentRule::Ingress as fn(IngressControllerRule) -> ComponentRule),
            group(GATEWAY, ComponentRule::Gateway as fn(GatewayRule) -> ComponentRule),
            group(POLICY, ComponentRule::Policy as fn(PolicyRule) -> ComponentRule),
        ],
    }
}

/// Why candidates fall out.
pub(super) fn objections() -> Section {
    fn group<O: VariantArray + Copy>(title: BilingualText, objection: fn(O) -> CandidateObjection) -> ModelledGroup {
        // Where two of them are told alike, one is enough.
        let mut entries: Vec<ModelledEntry> = Vec::new();
        for each in O::VARIANTS {
            let entry = ModelledEntry::words(objection(*each).words());
            if !entries.contains(&entry) {
                entries.push(entry);
            }
        }
        ModelledGroup::of(title, entries)
    }
    Section {
        id: "objections",
        title: BilingualText::new("Reasons why a candidate falls out", "候補から外れる理由"),
        about: BilingualText::new(
            "What is said behind an endpoint, a rule, a route or a name that was considered and not taken.",
            "検討されて選ばれなかったエンドポイント、ルール、ルート、名前の後に示される理由です。",
        ),
        groups: vec![
            group(SERVICES, CandidateObjection::Service as fn(ServiceObjection) -> CandidateObjection),
            group(DNS, CandidateObjection::Dns as fn(DnsObjection) -> CandidateObjection),
            group(INGRESS, CandidateObjection::Ingress as fn(IngressObjection) -> CandidateObjection),
            group(GATEWAY, CandidateObjection::Gateway as fn(GatewayObjection) -> CandidateObjection),
            group(POLICY, CandidateObjection::Policy as fn(PolicyObjection) -> CandidateObjection),
        ],
    }
}
