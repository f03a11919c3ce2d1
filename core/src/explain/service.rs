//! Services in words: kube-proxy, load balancers, portmap.

use super::Phrase;
use crate::trace::{ServiceObjection, ServiceRule};

const VIRTUAL_IPS: &str = "https://kubernetes.io/docs/reference/networking/virtual-ips/";

/// The rule in a sentence.
pub fn rule(rule: ServiceRule) -> Phrase {
    match rule {
        ServiceRule::ClusterIp => {
            Phrase::new("kube-proxy catches the cluster IP and port", "kube-proxy が ClusterIP とポートを捉える")
        }
        ServiceRule::RandomEndpoint => {
            Phrase::new("every endpoint has the same chance", "どのエンドポイントも同じ確率で選ばれる")
        }
        ServiceRule::NoEndpointsReject => Phrase::new(
            "the Service has no endpoint, so kube-proxy rejects at once",
            "Service にエンドポイントがないので kube-proxy がすぐに拒否する",
        ),
    }
}

/// Where the rule is documented.
pub fn documentation(rule: ServiceRule) -> &'static str {
    match rule {
        ServiceRule::ClusterIp | ServiceRule::RandomEndpoint | ServiceRule::NoEndpointsReject => VIRTUAL_IPS,
    }
}

/// The objection as a clause.
pub fn objection(objection: ServiceObjection) -> Phrase {
    match objection {
        ServiceObjection::NotReady => Phrase::new("isn't ready", "Ready でない"),
    }
}
