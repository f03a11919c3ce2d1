//! Why: every rule and objection that an answer can give, and everything that an answer can depend on and isn't modelled.

use strum::VariantArray;

use super::{Entry, Group, Section};
use crate::explain::{self, BilingualText};
use crate::trace::{
    DnsObjection, DnsRule, GapKind, GatewayObjection, GatewayRule, IngressObjection, IngressRule, NetworkRule,
    Objection, PolicyObjection, PolicyRule, Rule, ServiceObjection, ServiceRule,
};

const NETWORK: BilingualText = BilingualText::new("The network", "ネットワーク");
const SERVICES: BilingualText = BilingualText::new("Services", "Service");
const DNS: BilingualText = BilingualText::new("DNS", "DNS");
const INGRESS: BilingualText = BilingualText::new("Ingress", "Ingress");
const GATEWAY: BilingualText = BilingualText::new("Gateway API", "Gateway API");
const POLICY: BilingualText = BilingualText::new("NetworkPolicy", "NetworkPolicy");

/// What isn't modelled, by its kind.
pub(super) fn gaps() -> Section {
    let entries = GapKind::VARIANTS.iter().map(|kind| Entry::words(explain::gap(*kind))).collect();
    Section {
        id: "gaps",
        title: BilingualText::new("What is not modelled", "モデル化していないこと"),
        about: BilingualText::new(
            "Where an answer depends on one of these it is \"unknown\", and says by name what it depends on. Nothing is \
             guessed.",
            "答えがこれらに左右されるときは「不明」とし、何に左右されるのかを名前で示します。推測はしません。",
        ),
        groups: vec![Group::of(BilingualText::new("An answer can depend on", "答えを左右しうるもの"), entries)],
    }
}

/// The rules that decide, each with its documentation.
pub(super) fn rules() -> Section {
    fn group<R: VariantArray + Copy>(title: BilingualText, rule: fn(R) -> Rule) -> Group {
        let entries = R::VARIANTS.iter().map(|each| {
            let rule = rule(*each);
            Entry { documentation: Some(explain::documentation(rule)), ..Entry::words(explain::rule(rule)) }
        });
        Group::of(title, entries.collect())
    }
    Section {
        id: "rules",
        title: BilingualText::new("Rules that decide", "判断の根拠となるルール"),
        about: BilingualText::new(
            "The rules that a step of a walk can name as its reason, where no line of a manifest is the reason.",
            "マニフェストの行ではなく、仕組みそのものが理由になるときに、各段階で示されるルールです。",
        ),
        groups: vec![
            group(NETWORK, Rule::Network as fn(NetworkRule) -> Rule),
            group(SERVICES, Rule::Service as fn(ServiceRule) -> Rule),
            group(DNS, Rule::Dns as fn(DnsRule) -> Rule),
            group(INGRESS, Rule::Ingress as fn(IngressRule) -> Rule),
            group(GATEWAY, Rule::Gateway as fn(GatewayRule) -> Rule),
            group(POLICY, Rule::Policy as fn(PolicyRule) -> Rule),
        ],
    }
}

/// Why candidates fall out.
pub(super) fn objections() -> Section {
    fn group<O: VariantArray + Copy>(title: BilingualText, objection: fn(O) -> Objection) -> Group {
        // Where two of them are told alike, one is enough.
        let mut entries: Vec<Entry> = Vec::new();
        for each in O::VARIANTS {
            let entry = Entry::words(explain::objection(objection(*each)));
            if !entries.contains(&entry) {
                entries.push(entry);
            }
        }
        Group::of(title, entries)
    }
    Section {
        id: "objections",
        title: BilingualText::new("Reasons why a candidate falls out", "候補から外れる理由"),
        about: BilingualText::new(
            "What is said behind an endpoint, a rule, a route or a name that was considered and not taken.",
            "検討されて選ばれなかったエンドポイント、ルール、ルート、名前の後に示される理由です。",
        ),
        groups: vec![
            group(SERVICES, Objection::Service as fn(ServiceObjection) -> Objection),
            group(DNS, Objection::Dns as fn(DnsObjection) -> Objection),
            group(INGRESS, Objection::Ingress as fn(IngressObjection) -> Objection),
            group(GATEWAY, Objection::Gateway as fn(GatewayObjection) -> Objection),
            group(POLICY, Objection::Policy as fn(PolicyObjection) -> Objection),
        ],
    }
}
