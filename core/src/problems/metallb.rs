//! Fields of MetalLB's objects that aren't modelled: which node announces an address may depend on them.

use super::About;
use crate::diagnostic::{Diagnostic, Problem};
use crate::model::Body;
use crate::source::FieldPath;

/// What of an advertisement is modelled, layer 2 or BGP.
const ADVERTISEMENT: &[&str] = &["ipAddressPools", "ipAddressPoolSelectors", "nodeSelectors", "serviceSelectors"];
/// What of a pool is modelled.
const POOL: &[&str] = &["addresses", "autoAssign", "avoidBuggyIPs", "serviceAllocation"];

pub(super) fn problems(about: &About<'_>, found: &mut Vec<Diagnostic>) {
    let modelled = match &about.object.body {
        Body::L2Advertisement(_) | Body::BgpAdvertisement(_) => ADVERTISEMENT,
        Body::IpAddressPool(_) => POOL,
        _ => return,
    };
    let spec = FieldPath::root().field("spec");
    let fields = about.object.node.child("spec").map_or(&[][..], |spec| spec.entries());
    let names = fields.iter().map(|entry| &entry.key).filter(|name| !modelled.contains(&&***name));
    found.extend(names.map(|name| about.at(spec.field(name), Problem::FieldNotModelled)));
}
