//! Names in words: resolvers and CoreDNS.

use super::Phrase;
use crate::trace::{DnsObjection, DnsRule};

const PODS: &str = "https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/";

/// The rule in a sentence.
pub fn rule(rule: DnsRule) -> Phrase {
    match rule {
        DnsRule::SearchListFirst => Phrase::new(
            "the name has fewer dots than ndots, so the search list comes first",
            "名前のドットの数が ndots より少ないので、検索リストが先に試される",
        ),
    }
}

/// Where the rule is documented.
pub fn documentation(rule: DnsRule) -> &'static str {
    match rule {
        DnsRule::SearchListFirst => PODS,
    }
}

/// The objection as a clause.
pub fn objection(objection: DnsObjection) -> Phrase {
    match objection {
        DnsObjection::DoesNotExist => Phrase::new("doesn't exist (NXDOMAIN)", "存在しない (NXDOMAIN)"),
    }
}
