//! Which pods are a Gateway's: those with the label that in-cluster implementations give them (GEP-1762).

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

use super::{Cluster, Pod};

/// The label with the Gateway's name.
pub const GATEWAY_NAME: &str = "gateway.networking.k8s.io/gateway-name";

/// The image of the supplied proxy that follows the API's text.
pub const IMAGE: &str = "whichpod.dev/gateway";

/// The longest value of a label, and the longest name of a Service.
const LIMIT: usize = 63;

/// A Gateway's name as a label's value: cut where it is too long.
pub fn label_value(name: &str) -> String {
    let short: String = name.chars().take(LIMIT).collect();
    short.trim_end_matches(['-', '.']).to_owned()
}

/// The pods of a Gateway, by their names.
pub fn pods<'c>(cluster: &'c Cluster, namespace: &str, gateway: &str) -> Vec<&'c Pod> {
    let value = label_value(gateway);
    let in_namespace = cluster.pods.in_namespace(namespace).map(|(_, pod)| pod);
    in_namespace.filter(|pod| pod.labels.get(GATEWAY_NAME).is_some_and(|label| **label == *value)).collect()
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
    }
}
