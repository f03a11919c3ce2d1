//! TLS options by the name that a client asks for (pkg/server/aggregator.go resolveHTTPTLSOptions, router/tcp/manager.go): a
//! request for another host than the handshake's is misdirected if the options differ (middlewares/snicheck).

use std::collections::{BTreeMap, BTreeSet};

use super::dynamic::{QualifiedName, TlsOptions};
use super::router::HttpRouter;
use super::settings::StaticConfig;
use super::{DynamicConfig, RouterTable};
use crate::ingress::tls::CertificateStore;
use crate::packet::TlsVersion;
use crate::source::FieldRef;

/// The options of who names none.
const DEFAULT: &str = "default";

/// The options of the routers of one entry point.
pub struct EntryPointTls<'a> {
    config: &'a DynamicConfig,
    settings: &'a StaticConfig,
    entry_point: &'a str,
    /// By host as rules name it: the options of its routers.
    by_host: BTreeMap<String, BTreeSet<String>>,
}

impl<'a> EntryPointTls<'a> {
    /// Reads the hosts of all routers that speak TLS at an entry point.
    pub fn read(
        routers: &RouterTable,
        config: &'a DynamicConfig,
        settings: &'a StaticConfig,
        entry_point: &'a str,
    ) -> Self {
        let mut tls = Self { config, settings, entry_point, by_host: BTreeMap::new() };
        let speaking = routers.roots().filter(|router| {
            let is_there = router.config.refusal.is_none() && router.listens_at(entry_point, settings);
            is_there && router.speaks_tls(entry_point, settings)
        });
        for router in speaking {
            let options = written(settings, entry_point, router);
            for host in router.rule.iter().flat_map(|rule| rule.named_hosts()) {
                tls.by_host.entry(host.to_owned()).or_default().insert(options.clone());
            }
        }
        tls
    }

    /// The options of a router; the default ones where routers of one host disagree, or where it names no host, as nothing
    /// but the name of the handshake can choose them (findConflictingRouters).
    pub fn of_router(&self, router: &HttpRouter) -> String {
        let hosts: Vec<&str> = router.rule.iter().flat_map(|rule| rule.named_hosts()).collect();
        let disagrees = hosts.iter().any(|host| self.by_host.get(*host).is_some_and(|options| options.len() > 1));
        if disagrees || hosts.is_empty() {
            DEFAULT.to_owned()
        } else {
            written(self.settings, self.entry_point, router)
        }
    }

    /// The options of a handshake for a name: those of the longest host that covers it.
    pub fn of_connection(&self, server_name: &str) -> String {
        let covering = self.by_host.iter().filter(|(host, _)| super::rule::names_host(host, server_name));
        let longest = covering.max_by_key(|(host, _)| host.len());
        match longest.map(|(_, options)| options) {
            Some(options) if options.len() == 1 => options.first().cloned().unwrap_or_default(),
            _ => DEFAULT.to_owned(),
        }
    }

    /// The line for which a handshake fails; None if it succeeds.
    pub fn failing(&self, options: &str, server_name: &str, has_certificate: bool) -> Option<FieldRef> {
        let Some(known) = self.config.tls_options.get(options) else { return self.named_at(options) };
        let TlsOptions { line, is_broken, is_strict, wants_certificate, .. } = known;
        let nameless = *is_strict && !CertificateStore::covers(&self.config.certificates, server_name);
        let fails = *is_broken || nameless || *wants_certificate && !has_certificate;
        line.clone().filter(|_| fails)
    }

    /// Whether a client's newest version of TLS is older than the oldest that options take, and their line.
    pub fn is_too_old(&self, options: &str, newest: Option<TlsVersion>) -> Option<Option<FieldRef>> {
        let known = self.config.tls_options.get(options);
        let oldest = known.and_then(|known| known.oldest_tls).unwrap_or(TlsVersion::Tls12);
        newest.is_some_and(|newest| newest < oldest).then(|| known.and_then(|known| known.line.clone()))
    }

    /// Where options that don't exist are named.
    fn named_at(&self, options: &str) -> Option<FieldRef> {
        self.config.missing_tls_options.get(options).map(|named: &QualifiedName| named.line.clone())
    }
}

/// The options that a router, or its entry point, names.
fn written(settings: &StaticConfig, entry_point: &str, router: &HttpRouter) -> String {
    let of_router = router.config.tls.as_ref().and_then(|tls| tls.options.as_ref());
    let of_entry = || settings.entry_points.get(entry_point)?.tls_options.clone();
    of_router.map(|options| options.name.clone()).or_else(of_entry).unwrap_or_else(|| DEFAULT.to_owned())
}

/// Where a router's own options are named that don't exist or can't be built: it isn't built either, whatever options its
/// connections have (router.go buildRouterHandler).
pub fn broken(
    config: &DynamicConfig,
    settings: &StaticConfig,
    entry_point: &str,
    router: &HttpRouter,
) -> Option<FieldRef> {
    let named = written(settings, entry_point, router);
    match config.tls_options.get(&named) {
        Some(options) => options.line.clone().filter(|_| options.is_broken),
        None => config.missing_tls_options.get(&named).map(|named| named.line.clone()),
    }
}
