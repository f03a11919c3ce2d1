//! Who asks, as the command line and the page write it.

use super::UsageError;
use crate::request::RequestClient;

/// Reads `external`, `external:ADDRESS`, `pod/NAME`, `pod/NS/NAME`, `deploy/NAME`, `node/NAME`; a name without namespace
/// is in `namespace`.
pub fn parse(text: &str, namespace: &str) -> Result<RequestClient, UsageError> {
    // 1. Somebody outside, with an address or without.
    let wrong = || UsageError::new(2, format!("`{text}` is no client: {EXPECTED}"));
    if text == "external" {
        return Ok(RequestClient::External(None));
    }
    if let Some(address) = text.strip_prefix("external:") {
        let address = address.parse().map_err(|_| UsageError::new(2, format!("`{address}` is no IP address")))?;
        return Ok(RequestClient::External(Some(address)));
    }
    // 2. Kind, namespace and name.
    let mut parts = text.split('/');
    let (kind, first, second) = (parts.next().ok_or_else(wrong)?, parts.next().ok_or_else(wrong)?, parts.next());
    if parts.next().is_some() || first.is_empty() {
        return Err(wrong());
    }
    let (namespace, name) = second.map_or((namespace, first), |name| (first, name));
    // 3. A pod, a node, or a workload.
    match kind_of_word(kind).ok_or_else(wrong)? {
        "Pod" => Ok(RequestClient::Pod { namespace: namespace.into(), name: name.into() }),
        "Node" if second.is_none() => Ok(RequestClient::Node(name.into())),
        "Node" | "Service" | "CronJob" => Err(wrong()),
        kind => Ok(RequestClient::Workload { kind: kind.into(), namespace: namespace.into(), name: name.into() }),
    }
}

/// The kind that a word in front of a name means, in kubectl's short form or its long one.
pub fn kind_of_word(word: &str) -> Option<&'static str> {
    Some(match word {
        "pod" | "pods" | "po" => "Pod",
        "node" | "nodes" | "no" => "Node",
        "svc" | "service" | "services" => "Service",
        "deploy" | "deployment" | "deployments" => "Deployment",
        "sts" | "statefulset" | "statefulsets" => "StatefulSet",
        "ds" | "daemonset" | "daemonsets" => "DaemonSet",
        "rs" | "replicaset" | "replicasets" => "ReplicaSet",
        "rc" | "replicationcontroller" | "replicationcontrollers" => "ReplicationController",
        "job" | "jobs" => "Job",
        "cj" | "cronjob" | "cronjobs" => "CronJob",
        _ => return None,
    })
}

const EXPECTED: &str = "write external, external:ADDRESS, pod/NAME, pod/NS/NAME, deploy/NAME or node/NAME";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_without_namespace_take_the_default() {
        let pod = |namespace: &str, name: &str| RequestClient::Pod { namespace: namespace.into(), name: name.into() };
        assert_eq!(parse("pod/a", "shop").unwrap(), pod("shop", "a"));
        assert_eq!(parse("pod/x/a", "shop").unwrap(), pod("x", "a"));
        assert_eq!(parse("external:192.0.2.1", "shop").unwrap(), RequestClient::External(Some([192, 0, 2, 1].into())));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "web", "pod/", "pod/a/b/c", "node/a/b", "external:x", "svc/web"] {
            assert!(parse(text, "default").is_err(), "{text}");
        }
    }
}
