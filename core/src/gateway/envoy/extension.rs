//! Backend, EnvoyProxy, EnvoyExtensionPolicy: what they change on the way to a backend (gatewayapi/route.go
//! processBackendDestinationSetting).

use std::net::IpAddr;

use super::{EnvoyPolicy, whole_number};
use crate::model::EnvoyResource;
use crate::proxy::backend::{ProxyUpstream, UpstreamPeer};
use crate::source::{FieldRef, ObjectRef};
use crate::trace::{ModelGap, ProxyTarget};
use crate::yaml::{Value, YamlNode};

/// Where a Backend leads; the gap is what of it isn't modelled.
pub fn upstream(reference: &ObjectRef, backend: &EnvoyResource) -> Result<ProxyUpstream, ModelGap> {
    let gap = |path: &str| ModelGap::Field(reference.field(format!("spec.{path}").as_str()));
    if backend.text("type").is_some_and(|kind| &**kind == "DynamicResolver") {
        return Err(gap("type"));
    }
    if backend.find("fallback").is_some() {
        return Err(gap("fallback"));
    }
    let mut upstream = ProxyUpstream { service: reference.clone(), peers: Vec::new(), excluded: Vec::new() };
    for (index, endpoint) in backend.find("endpoints").map_or(&[][..], YamlNode::elements).iter().enumerate() {
        let target = target(endpoint).ok_or_else(|| gap(&format!("endpoints[{index}]")))?;
        upstream.peers.push(UpstreamPeer { target, pod: None, node: None });
    }
    Ok(upstream)
}

fn target(endpoint: &YamlNode) -> Option<ProxyTarget> {
    let part = |kind: &str, key: &str| endpoint.child(kind).and_then(|it| it.child(key));
    if let Some(address) = part("ip", "address").and_then(YamlNode::text) {
        let address: IpAddr = address.parse().ok()?;
        return Some(ProxyTarget::Endpoint(address, whole_number(part("ip", "port")?)?));
    }
    let name = part("fqdn", "hostname").and_then(YamlNode::text)?;
    Some(ProxyTarget::Name(name.to_string(), whole_number(part("fqdn", "port")?)?))
}

/// Code that looks at requests and may answer them. An external processor that is sent neither requests nor answers
/// does nothing (xds/translator/extproc.go).
pub fn extension_gap(policy: &EnvoyPolicy) -> Option<ModelGap> {
    let has = |key: &str| policy.resource.find(key).is_some_and(|node| !node.elements().is_empty());
    if let Some(key) = ["lua", "wasm", "dynamicModule"].into_iter().find(|key| has(key)) {
        return Some(ModelGap::Field(policy.field(key)));
    }
    let processors = policy.resource.find("extProc").map_or(&[][..], YamlNode::elements);
    let is_asked =
        |processor: &YamlNode| processor.child("processingMode").is_some_and(|mode| !mode.entries().is_empty());
    let index = processors.iter().position(is_asked)?;
    Some(ModelGap::Field(policy.field(&format!("extProc[{index}]"))))
}

/// What of an EnvoyProxy changes routing and isn't modelled.
pub fn proxy_gap(reference: &ObjectRef, proxy: &EnvoyResource) -> Option<FieldRef> {
    let changes = ["bootstrap", "preserveRouteOrder", "mergeGateways", "filterOrder"];
    let changed = changes.into_iter().find(|key| proxy.find(key).is_some_and(|it| it.value != Value::Bool(false)))?;
    Some(reference.field(format!("spec.{changed}").as_str()))
}
