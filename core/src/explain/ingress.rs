//! Ingress in words.

use super::Phrase;
use crate::trace::{IngressObjection, IngressRule};

const INGRESS: &str = "https://kubernetes.io/docs/concepts/services-networking/ingress/";

/// The rule in a sentence.
pub fn rule(rule: IngressRule) -> Phrase {
    match rule {
        IngressRule::LongestPath => Phrase::new("the longest matching path wins", "一致する最も長いパスが選ばれる"),
    }
}

/// Where the rule is documented.
pub fn documentation(rule: IngressRule) -> &'static str {
    match rule {
        IngressRule::LongestPath => INGRESS,
    }
}

/// The objection as a clause.
pub fn objection(objection: IngressObjection) -> Phrase {
    match objection {
        IngressObjection::HostDiffers => Phrase::new("is for another host", "別のホスト向け"),
    }
}
