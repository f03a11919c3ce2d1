//! A server of nginx and its locations, in the order and with the modifiers that the controller writes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::SyncedIngress;
use super::annotations::{ClientAuth, IngressOptions, SharedOptions};
use super::settings::NginxSettings;
use super::snippet::{ConfigSnippet, SharedSnippet};
use crate::cluster::Cluster;
use crate::http::{Dialect, Pattern};
use crate::ingress::RulePlace;
use crate::ingress::nginx_config::ConfigLocation;
use crate::ingress::tls::CertificateStore;
use crate::model::{HttpIngressPath, IngressServiceBackend, IngressTls, Text};
use crate::order::{Gather, Order};
use crate::source::{FieldRef, ObjectRef};
use crate::trace::IngressObjection;

mod search;

/// The locations of one host.
#[derive(Clone, Debug, Default)]
pub struct NginxServer {
    /// The host as written; empty for the catch-all.
    pub name: Text,
    /// server-alias
    pub aliases: Vec<Text>,
    /// Whether the controller has given it a certificate, be it its own.
    pub certified: bool,
    /// auth-tls-secret that can't be used: everything is answered 403.
    pub tls_error: Option<FieldRef>,
    /// The certificates that clients show.
    pub client_auth: Option<ClientAuth>,
    pub ssl_passthrough: bool,
    /// server-snippet of the first Ingress that has one.
    pub snippet: Option<SharedSnippet>,
    /// server-snippet of the ConfigMap.
    pub global_snippet: Option<SharedSnippet>,
    /// The locations before the controller splits them; empty once finished.
    drafts: Vec<LocationDraft>,
    /// Where each draft stands, by its path and whether that is exact.
    draft_places: BTreeMap<(Text, bool), usize>,
    /// The locations, in the order written.
    pub locations: Vec<NginxLocation>,
    /// Whether every location is a case-insensitive expression.
    pub regex: bool,
    /// Paths that lost before a request came.
    pub left_out: Vec<(FieldRef, IngressObjection, Vec<FieldRef>)>,
    exact: BTreeMap<Text, usize>,
    prefix: BTreeMap<Text, usize>,
}

/// A location as the Ingress describes it.
#[derive(Clone, Debug)]
pub struct LocationDraft {
    path: Text,
    exact: bool,
    /// Its rule; None for the implicit `/`.
    rule: Option<(ObjectRef, RulePlace)>,
    annotations: SharedOptions,
    backend: LocationBackend,
    /// Whether it is a server's own `/`, which gives way to a rule (IsDefBackend).
    gives_way: bool,
}

/// Where a location leads.
#[derive(Clone, Debug)]
pub enum LocationBackend {
    /// The controller's default backend.
    Default,
    /// A resource, which ingress-nginx doesn't know: the default backend.
    Resource,
    /// A Service in the namespace of an Ingress.
    Service(IngressServiceBackend, ObjectRef),
}

#[derive(Clone, Debug)]
pub struct NginxLocation {
    /// The path behind the modifier.
    pub path: Text,
    pub modifier: LocationModifier,
    /// The path as the Ingress says it.
    pub ingress_path: Text,
    /// Its rule; None for the implicit `/` of a host and for the default backend's.
    pub(in crate::ingress) rule: Option<(ObjectRef, RulePlace)>,
    pub annotations: SharedOptions,
    /// Where it leads.
    pub backend: LocationBackend,
}

/// How nginx compares a location's path.
#[derive(Clone, Debug)]
pub enum LocationModifier {
    /// `=`
    Exact,
    /// None: the longest wins.
    Prefix,
    /// `~*`: the first in order wins.
    Regex(Pattern),
}

/// What nginx finds for a path.
#[derive(Clone, Copy, Debug)]
pub enum LocationMatch<'s> {
    Location(&'s NginxLocation),
    /// A location for the path with a slash at its end: 301.
    WithSlash(&'s NginxLocation),
    /// An expression before any match isn't supported.
    Unsupported(&'s NginxLocation),
    /// A location that a snippet writes into the server.
    OfSnippet(&'s ConfigSnippet, &'s ConfigLocation),
    /// None.
    Nothing,
}

impl NginxLocation {
    /// Where its rule stands.
    pub fn field(&self) -> Option<FieldRef> {
        self.rule.as_ref().map(|(ingress, place)| place.field(ingress))
    }
}

impl LocationDraft {
    /// The `/` of a host that some Ingress names.
    fn implicit(one: &SyncedIngress, backend: Option<LocationBackend>) -> Self {
        let rule = backend.as_ref().map(|_| (one.reference.clone(), RulePlace::DefaultBackend));
        Self {
            path: "/".into(),
            exact: false,
            rule,
            annotations: one.annotations.clone(),
            backend: backend.unwrap_or(LocationBackend::Default),
            gives_way: true,
        }
    }

    fn service(&self) -> Option<(ObjectRef, IngressServiceBackend)> {
        match &self.backend {
            LocationBackend::Service(service, ingress) => Some((ingress.clone(), service.clone())),
            LocationBackend::Default | LocationBackend::Resource => None,
        }
    }
}

impl NginxServer {
    /// The server `_`, with a `/` that leads to the default backend.
    pub fn catch_all(settings: &NginxSettings) -> Self {
        let annotations =
            IngressOptions { ssl_redirect: false, force_ssl_redirect: false, ..IngressOptions::defaults(settings) };
        let draft = LocationDraft {
            path: "/".into(),
            exact: false,
            rule: None,
            annotations: Arc::new(annotations),
            backend: LocationBackend::Default,
            gives_way: true,
        };
        let mut server = Self::default();
        server.push(draft);
        server
    }

    /// The `/` of a host that some Ingress names; the first Ingress makes it, and gives the server its name.
    pub(super) fn open(&mut self, host: &str, one: &SyncedIngress, backend: Option<&LocationBackend>) {
        if self.drafts.is_empty() {
            self.name = host.into();
            self.push(LocationDraft::implicit(one, backend.cloned()));
        }
    }

    fn push(&mut self, draft: LocationDraft) {
        self.draft_places.insert((draft.path.clone(), draft.exact), self.drafts.len());
        self.drafts.push(draft);
    }

    /// An Ingress with a default backend and no rules configures the catch-all, the first one only; its redirects and
    /// rewrites are not applied.
    pub fn take_over(&mut self, ingress: &ObjectRef, annotations: &IngressOptions, backend: LocationBackend) {
        let rule = (ingress.clone(), RulePlace::DefaultBackend);
        let Some(root) = self.drafts.iter_mut().find(|draft| draft.rule.is_none()) else {
            self.left_out.push((rule.1.field(ingress), IngressObjection::SecondDefaultBackend, Vec::new()));
            return;
        };
        let before = root.annotations.clone();
        root.annotations = Arc::new(IngressOptions {
            redirect: before.redirect.clone(),
            rewrite_target: None,
            app_root: None,
            use_regex: false,
            ssl_redirect: before.ssl_redirect,
            force_ssl_redirect: before.force_ssl_redirect,
            from_to_www: false,
            ..annotations.clone()
        });
        root.backend = backend;
        root.rule = Some(rule);
        root.gives_way = false;
    }

    /// A path of an Ingress; of the same path and type the first counts, but the implicit `/` gives way.
    pub(super) fn add(&mut self, one: &SyncedIngress, place: RulePlace, path: &HttpIngressPath) {
        let (text, exact) = path_and_type(path);
        let backend = match &path.backend.service {
            Some(service) => LocationBackend::Service(service.clone(), one.reference.clone()),
            None => LocationBackend::Resource,
        };
        let draft = LocationDraft {
            path: text.clone(),
            exact,
            rule: Some((one.reference.clone(), place.clone())),
            annotations: one.annotations.clone(),
            backend,
            gives_way: false,
        };
        let known = self.draft_places.get(&(text, exact)).copied();
        match known.and_then(|place| self.drafts.get_mut(place)) {
            None => self.push(draft),
            Some(known) if known.gives_way => *known = draft,
            Some(known) => {
                let first = known.rule.as_ref().map(|(ingress, place)| place.field(ingress));
                let lost = place.field(&one.reference);
                self.left_out.push((lost, IngressObjection::DuplicatePath, first.into_iter().collect()));
            }
        }
    }

    /// The mainline of a canary: the Service of the location with its path and type.
    pub fn mainline(&self, path: &HttpIngressPath) -> Option<(ObjectRef, IngressServiceBackend)> {
        let exact = path.path_type.as_deref() == Some("Exact");
        let place = self.draft_places.get(&(path.path.clone().unwrap_or_default(), exact))?;
        self.drafts.get(*place).and_then(LocationDraft::service)
    }

    /// The Services of all locations.
    pub fn services(&self) -> Vec<(ObjectRef, IngressServiceBackend)> {
        self.drafts.iter().filter_map(LocationDraft::service).collect()
    }

    /// What an Ingress that names the host says about clients' certificates; the first one counts.
    pub fn authenticate(&mut self, annotations: &IngressOptions) {
        self.tls_error = self.tls_error.take().or_else(|| annotations.tls_error.clone());
        self.client_auth = self.client_auth.take().or_else(|| annotations.client_auth.clone());
    }

    /// How many rules have locations here; a Prefix' two locations are one's.
    pub fn rules(&self) -> usize {
        let rules: BTreeSet<_> = self.locations.iter().filter_map(NginxLocation::field).into_set();
        rules.len()
    }

    /// Whether some location asks for the redirect between the host and its www.
    pub fn redirects_www(&self) -> bool {
        self.locations.iter().any(|location| location.annotations.from_to_www && location.rule.is_some())
    }

    /// Orders the locations and splits Prefix into `/foo/` and `= /foo` (controller/location.go updateServerLocations).
    /// Gives back a location that stands twice, with its rule: nginx refuses the configuration.
    pub fn finish(&mut self) -> Option<(FieldRef, Text)> {
        let mut drafts = std::mem::take(&mut self.drafts);
        self.draft_places.clear();
        drafts.order_by(|one, other| other.path.len().cmp(&one.path.len()).then_with(|| other.path.cmp(&one.path)));
        self.regex = drafts.iter().any(|draft| draft.annotations.use_regex || draft.annotations.rewrites(&draft.path));
        let exact: BTreeSet<Text> =
            drafts.iter().filter(|draft| draft.exact).map(|draft| draft.path.clone()).into_set();
        for draft in drafts {
            let as_it_is = &*draft.path == "/"
                || draft.exact
                || draft.annotations.use_regex
                || draft.annotations.rewrites(&draft.path);
            if as_it_is {
                let path = draft.path.clone();
                self.locations.push(self.location(&draft, path, draft.exact));
                continue;
            }
            let with_slash: Text =
                if draft.path.ends_with('/') { draft.path.clone() } else { format!("{}/", draft.path).into() };
            self.locations.push(self.location(&draft, with_slash, false));
            if !exact.contains(&draft.path) {
                let path = draft.path.clone();
                self.locations.push(self.location(&draft, path, true));
            }
        }
        let twice = if self.regex { None } else { self.index() };
        twice.or_else(|| self.duplicate_of_snippet())
    }

    fn location(&self, draft: &LocationDraft, path: Text, exact: bool) -> NginxLocation {
        let modifier = match (self.regex, exact) {
            (true, _) => LocationModifier::Regex(Pattern::new(format!("^{path}"), Dialect::Pcre, true)),
            (false, true) => LocationModifier::Exact,
            (false, false) => LocationModifier::Prefix,
        };
        NginxLocation {
            path,
            modifier,
            ingress_path: draft.path.clone(),
            rule: draft.rule.clone(),
            annotations: draft.annotations.clone(),
            backend: draft.backend.clone(),
        }
    }

    fn index(&mut self) -> Option<(FieldRef, Text)> {
        let mut twice = None;
        for (place, location) in self.locations.iter().enumerate() {
            let table = match location.modifier {
                LocationModifier::Exact => &mut self.exact,
                LocationModifier::Prefix => &mut self.prefix,
                LocationModifier::Regex(_) => continue,
            };
            if table.insert(location.path.clone(), place).is_some() {
                twice = twice.or_else(|| Some((location.field()?, location.path.clone())));
            }
        }
        twice
    }
}

/// Empty is `/`; ImplementationSpecific is Prefix (store.go SetDefaultNGINXPathType).
fn path_and_type(path: &HttpIngressPath) -> (Text, bool) {
    let text = path.path.clone().filter(|text| !text.is_empty()).unwrap_or_else(|| "/".into());
    (text, path.path_type.as_deref() == Some("Exact"))
}

/// The certificate that createServers chooses for a host of an Ingress with a `tls` section (controller.go
/// extractTLSSecretName): the Secret of the section that lists the host, else the first one whose names cover it. One
/// whose names don't cover the host gives way to the default certificate.
pub(super) fn certificate(
    cluster: &Cluster,
    certificates: &mut CertificateStore,
    one: &SyncedIngress,
    host: &str,
) -> Option<usize> {
    let namespace = one.reference.namespace.as_deref().unwrap_or_default();
    let tls = &one.ingress.spec.tls;
    let listed = tls.iter().find(|tls| tls.hosts.iter().any(|name| name.eq_ignore_ascii_case(host)));
    let sections: Vec<&IngressTls> = listed.map_or_else(|| tls.iter().collect(), |tls| vec![tls]);
    let secrets = sections.into_iter().filter_map(|tls| tls.secret_name.as_deref()).filter(|name| !name.is_empty());
    let places: Vec<usize> = secrets.filter_map(|name| certificates.add(cluster, namespace, name)).collect();
    // A wildcard host is covered by a certificate for the same wildcard.
    let fits = |place: &usize| {
        certificates.at(*place).is_some_and(|it| it.covers(host) || it.names.iter().any(|name| &**name == host))
    };
    places.into_iter().find(fits)
}
