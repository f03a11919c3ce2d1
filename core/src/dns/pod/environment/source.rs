//! Where variables have their values from: ConfigMaps, Secrets, fields of the pod (podFieldSelectorRuntimeValue).

use std::net::IpAddr;

use crate::cluster::{Cluster, Pod};
use crate::model::{EnvFromSource, EnvVarSource, KeySelector, Labels};
use crate::order::Order;

/// The value of one variable; None where the object or key isn't there, or the value isn't known.
pub(super) fn one(cluster: &Cluster, pod: &Pod, from: &EnvVarSource) -> Option<String> {
    if let Some(field) = &from.field_ref {
        return of_field(cluster, pod, &field.field_path);
    }
    let map = |key: &KeySelector| {
        let map = cluster.config_maps.get(pod.namespace(), &key.name)?;
        map.data.get(&key.key).map(ToString::to_string)
    };
    let secret = |key: &KeySelector| cluster.secrets.get(pod.namespace(), &key.name)?.value(&key.key);
    from.config_map_key_ref.as_ref().and_then(map).or_else(|| from.secret_key_ref.as_ref().and_then(secret))
}

/// Whether the value depends on what isn't known here: the pod's identity, a container's limits.
pub(super) fn is_unknown(from: &EnvVarSource) -> bool {
    match &from.field_ref {
        Some(field) => &*field.field_path == "metadata.uid",
        None => from.config_map_key_ref.is_none() && from.secret_key_ref.is_none(),
    }
}

/// All values of a ConfigMap or Secret, each name with the prefix.
pub(super) fn all(cluster: &Cluster, pod: &Pod, from: &EnvFromSource) -> Vec<(String, String)> {
    let prefix = from.prefix.as_deref().unwrap_or_default();
    let named = |key: &str, value: String| (format!("{prefix}{key}"), value);
    if let Some(map) = &from.config_map_ref {
        let map = cluster.config_maps.get(pod.namespace(), &map.name);
        let data = map.into_iter().flat_map(|map| &map.data);
        return data.map(|(key, value)| named(key, value.to_string())).collect();
    }
    let secret = from.secret_ref.as_ref().and_then(|secret| cluster.secrets.get(pod.namespace(), &secret.name));
    let values = secret.into_iter().flat_map(|secret| {
        let keys = secret.data.keys().chain(secret.string_data.keys());
        keys.filter_map(|key| Some(named(key, secret.value(key)?)))
    });
    values.collect()
}

fn of_field(cluster: &Cluster, pod: &Pod, path: &str) -> Option<String> {
    let node = || pod.node.as_ref().and_then(|node| cluster.nodes.get(node));
    let list = |addresses: &[IpAddr]| {
        let texts: Vec<String> = addresses.iter().map(ToString::to_string).collect();
        texts.join(",")
    };
    let keyed = |labels: &Labels, prefix: &str| {
        let key = path.strip_prefix(prefix)?.strip_prefix("['")?.strip_suffix("']")?;
        Some(labels.get(key).map(ToString::to_string).unwrap_or_default())
    };
    match path {
        "metadata.name" => Some(pod.name().to_owned()),
        "metadata.namespace" => Some(pod.namespace().to_owned()),
        "spec.nodeName" => Some(pod.node.as_deref().unwrap_or_default().to_owned()),
        "spec.serviceAccountName" => Some(pod.spec.service_account_name.as_deref().unwrap_or("default").to_owned()),
        "status.podIP" => Some(pod.addresses.first().map(ToString::to_string).unwrap_or_default()),
        "status.podIPs" => Some(list(&pod.addresses)),
        "status.hostIP" => node().and_then(|node| node.addresses.first()).map(ToString::to_string),
        "status.hostIPs" => node().map(|node| {
            let first = |ipv6| node.addresses.iter().copied().find(|address: &IpAddr| address.is_ipv6() == ipv6);
            let mut each: Vec<IpAddr> = [false, true].into_iter().filter_map(first).collect();
            // The primary family first.
            each.order_by_key(|address| node.addresses.first() != Some(address));
            list(&each)
        }),
        _ => keyed(&pod.labels, "metadata.labels").or_else(|| keyed(&pod.annotations, "metadata.annotations")),
    }
}
