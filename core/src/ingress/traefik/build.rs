//! What Traefik can't build (pkg/server/middleware, pkg/server/router): a middleware, and with it every router that names it.

use std::collections::{BTreeMap, BTreeSet};

use super::context::ChainContext;
use super::dynamic::DynamicConfig;
use super::middleware::MiddlewareKind;
use super::service;
use crate::trace::IngressObjection;

/// The middlewares that can't be built: of themselves, for their service, or for one that they name.
pub fn refused_middlewares(context: &ChainContext<'_>) -> BTreeMap<String, IngressObjection> {
    let mut refused: BTreeMap<String, IngressObjection> = BTreeMap::new();
    for (name, middleware) in &context.config.middlewares {
        let why = match &middleware.kind {
            Err(why) => Some(*why),
            Ok(MiddlewareKind::Errors(pages)) => {
                service::load(context, &pages.service).err().map(|_| IngressObjection::MiddlewareInvalid)
            }
            Ok(_) => None,
        };
        refused.extend(why.map(|why| (name.clone(), why)));
    }
    let mut settled = BTreeSet::new();
    for name in context.config.middlewares.keys() {
        settle(context.config, name, &mut settled, &mut refused, DEPTH);
    }
    refused
}

/// How deep chains may nest.
const DEPTH: usize = 16;

/// A chain is refused with any of its members; one that leads back to itself, too.
fn settle(
    config: &DynamicConfig,
    name: &str,
    settled: &mut BTreeSet<String>,
    refused: &mut BTreeMap<String, IngressObjection>,
    depth: usize,
) -> bool {
    if refused.contains_key(name) {
        return false;
    }
    if settled.contains(name) {
        return true;
    }
    let Some(Ok(kind)) = config.middlewares.get(name).map(|middleware| &middleware.kind) else { return false };
    if let MiddlewareKind::Chain(members) = kind {
        // Until its members are known to be fine it is refused, so that whoever leads back to it is, too.
        refused.insert(name.to_owned(), IngressObjection::MiddlewareInvalid);
        let fine = match depth.checked_sub(1) {
            Some(depth) => members.iter().all(|member| settle(config, &member.name, settled, refused, depth)),
            None => false,
        };
        if !fine {
            return false;
        }
        refused.remove(name);
    }
    settled.insert(name.to_owned());
    true
}
