//! Which pods are a Gateway's: those with the label that in-cluster implementations give them (GEP-1762).

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

use sha2::{Digest, Sha256};

use super::{Cluster, Pod};
use crate::model::{Labels, well_known};

/// The image of the supplied proxy that follows the API's text.
pub const IMAGE: &str = "whichpod.dev/gateway";

/// The longest value of a label, and the longest name of a Service.
const LIMIT: usize = 63;

/// A Gateway's name as a label's value: cut where it is too long.
pub fn label_value(name: &str) -> String {
    let short: String = name.chars().take(LIMIT).collect();
    short.trim_end_matches(['-', '.']).to_owned()
}

/// Envoy Gateway, by its `spec.controllerName`.
pub const ENVOY_GATEWAY: &str = "gateway.envoyproxy.io/gatewayclass-controller";

/// Where Envoy Gateway runs its proxies.
pub const ENVOY_NAMESPACE: &str = "envoy-gateway-system";

/// The labels with namespace and name of the Gateway to which an Envoy belongs (gatewayapi/translator.go).
pub const ENVOY_OWNER: (&str, &str) = (well_known::OWNING_GATEWAY_NAMESPACE, well_known::OWNING_GATEWAY_NAME);

/// The name of what Envoy Gateway makes for a Gateway (infrastructure/kubernetes/proxy ExpectedResourceHashedName).
pub fn envoy_name(namespace: &str, gateway: &str) -> String {
    let digest = Sha256::digest(format!("{namespace}/{gateway}"));
    let hash: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let whole: String = format!("{namespace}-{gateway}").chars().take(48).collect();
    format!("envoy-{}-{hash}", whole.strip_suffix('-').unwrap_or(&whole))
}

/// Whether something in a namespace, with these labels, belongs to a Gateway.
pub fn is_labelled(own: &str, labels: &Labels, namespace: &str, gateway: &str) -> bool {
    let has = |key: &str, value: &str| labels.get(key).is_some_and(|label| **label == *value);
    let name = label_value(gateway);
    own == namespace && has(well_known::GATEWAY_NAME, &name)
        || has(ENVOY_OWNER.0, namespace) && has(ENVOY_OWNER.1, gateway)
}

/// The pods of a Gateway, by their names: in its namespace, or where Envoy Gateway runs them.
pub fn pods<'c>(cluster: &'c Cluster, namespace: &str, gateway: &str) -> Vec<&'c Pod> {
    let elsewhere = cluster.pods.in_namespace(ENVOY_NAMESPACE).filter(|_| namespace != ENVOY_NAMESPACE);
    let all = cluster.pods.in_namespace(namespace).chain(elsewhere).map(|(_, pod)| pod);
    let own = |pod: &Pod| pod.reference.namespace.clone().unwrap_or_default();
    all.filter(|pod| is_labelled(&own(pod), &pod.labels, namespace, gateway)).collect()
}

/// An address that a Gateway can have, if that is what the text names.
pub fn usable_address(text: &str) -> Option<IpAddr> {
    let address: IpAddr = text.parse().ok()?;
    let nobodys = address.is_unspecified() || address.is_multicast() || address.is_loopback();
    (!nobodys && address != Ipv4Addr::BROADCAST).then_some(address)
}

/// The names of GatewayClasses that come with an implementation, and its `spec.controllerName`.
pub const WELL_KNOWN: &[(&str, &str)] = &[
    ("cilium", "io.cilium/gateway-controller"),
    ("istio", "istio.io/gateway-controller"),
    ("kong", "konghq.com/kic-gateway-controller"),
    ("nginx", "gateway.nginx.org/nginx-gateway-controller"),
    ("traefik", "traefik.io/gateway-controller"),
];

/// A name for the Deployment and Service of a Gateway: `NAME-CLASS` (GEP-1762), cut and numbered where that is no name of a
/// Service or taken.
pub fn deployment_name(gateway: &str, class: &str, taken: &BTreeSet<String>) -> String {
    let wanted = format!("{gateway}-{class}").replace('.', "-");
    let wanted = if wanted.starts_with(|first: char| first.is_ascii_digit()) { format!("g-{wanted}") } else { wanted };
    if wanted.len() <= LIMIT && !taken.contains(&wanted) {
        return wanted;
    }
    let numbered = (1..).map(|number| {
        let tail = format!("-{number}");
        let head: String = wanted.chars().take(LIMIT - tail.len()).collect();
        format!("{}{tail}", head.trim_end_matches('-'))
    });
    let mut free = numbered.filter(|name| !taken.contains(name));
    free.next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let none = BTreeSet::new();
        assert_eq!(deployment_name("web", "istio", &none), "web-istio");
        assert_eq!(deployment_name("1.web", "eg", &none), "g-1-web-eg");
        assert_eq!(deployment_name("web", "eg", &["web-eg".to_owned()].into()), "web-eg-1");
        assert_eq!(deployment_name(&"a".repeat(253), "eg", &none).len(), LIMIT);
        assert_eq!(label_value(&"a".repeat(253)).len(), LIMIT);
        assert_eq!(envoy_name("default", "eg"), "envoy-default-eg-e41e7b31");
    }
}
