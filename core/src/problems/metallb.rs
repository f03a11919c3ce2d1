//! Fields of MetalLB's objects that aren't modelled: which node announces an address may depend on them.

use super::About;
use crate::cluster::METALLB_PREFIXES;
use crate::diagnostic::{Diagnostic, Problem};
use crate::model::{Body, Service};
use crate::schema::nearest;
use crate::source::FieldPath;

/// What of an advertisement is modelled, layer 2 or BGP.
const ADVERTISEMENT: &[&str] = &["ipAddressPools", "ipAddressPoolSelectors", "nodeSelectors", "serviceSelectors"];
/// What of a pool is modelled.
const POOL: &[&str] = &["addresses", "autoAssign", "avoidBuggyIPs", "serviceAllocation"];

/// What a Service's annotations are called behind their prefix; the last one MetalLB writes itself.
const ANNOTATIONS: &[&str] = &["address-pool", "allow-shared-ip", "loadBalancerIPs", "ip-allocated-from-pool"];

pub(super) fn problems(about: &About<'_>, found: &mut Vec<Diagnostic>) {
    if let Body::Service(service) = &about.object.body {
        annotations(about, service, found);
    }
    let modelled = match &about.object.body {
        Body::L2Advertisement(_) | Body::BgpAdvertisement(_) => ADVERTISEMENT,
        Body::IpAddressPool(_) => POOL,
        _ => return,
    };
    let spec = FieldPath::root().field("spec");
    let fields = about.object.node.child("spec").map_or(&[][..], |spec| spec.entries());
    let names = fields.iter().map(|entry| &entry.key).filter(|&name| !modelled.contains(&&**name));
    found.extend(names.map(|name| about.at(spec.field(name), Problem::FieldNotModelled)));
}

/// A misspelt annotation has no effect.
fn annotations(about: &About<'_>, service: &Service, found: &mut Vec<Diagnostic>) {
    for key in service.metadata.annotations.keys() {
        let name = METALLB_PREFIXES.iter().find_map(|prefix| key.strip_prefix(prefix));
        let Some(name) = name.filter(|name| !ANNOTATIONS.contains(name)) else { continue };
        let beginning = ANNOTATIONS.iter().copied().find(|known| known.starts_with(name));
        let nearest = beginning.or_else(|| nearest(name, ANNOTATIONS.iter().copied()));
        let field = FieldPath::root().field("metadata").field("annotations").key(key);
        found.push(about.at(field, Problem::UnknownMetalLbAnnotation { nearest }));
    }
}
