//! ingress-nginx 1.15: Ingresses become servers with locations, as its controller writes them for nginx; a request goes
//! through nginx' phases.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use strum::VariantArray;

use self::annotations::{IngressOptions, InvalidAnnotation, SharedOptions};
use self::refused::RefusedConfiguration;
use self::server::{LocationBackend, NginxServer};
use self::settings::ConfigKey;
use self::snippet::GlobalSnippets;
use self::upstreams::UpstreamTable;
use super::class::{ClassClaim, ExcludedIngress};
use super::tls::CertificateStore;
use super::verdict::JudgementBuilder;
use super::{
    ControllerArrival, ControllerPremises, IngressController, IngressImplementation, RulePlace, annotation_field,
    ingresses_by_age,
};
use crate::cluster::Cluster;
use crate::diagnostic::{Diagnostic, Problem};
use crate::http::{Dialect, HostTable, Pattern};
use crate::model::{Ingress, Text};
use crate::source::{FieldRef, ObjectRef};
use crate::trace::{Cause, Component, ComponentPlace, IngressObjection, Judgement, ModelGap};

mod annotation_risk;
mod balanced_upstream;
mod page;
mod settings;
mod snippet;
mod annotations;
mod admission;
mod server;
mod considered;
mod request;
mod rewrite;
mod cors;
mod response_headers;
mod proxy;
mod server_request;
mod access;
mod early;
mod variable;
mod refused;
mod upstreams;
mod balance;
mod canary;
mod script_phase;
mod auth_request;
mod location_phase;
mod error_page;
mod phases;

pub use server::{LocationModifier, NginxLocation};

/// The names that are read.
pub mod read {
    pub use super::annotations::{Annotation, AnnotationSupport};
    pub use super::settings::{ConfigKey, ControllerArgument};
    pub use crate::ingress::nginx_config::FOLLOWED;
}

use admission::TakenPaths;
pub use admission::invalid_paths;
pub use annotations::{Annotation, annotations_on as annotations_of};
pub use auth_request::{AuthServer, auth_server};
pub use settings::NginxSettings;

/// Who decides here.
const NGINX: Component = Component::Ingress(IngressImplementation::IngressNginx);

/// The configuration of one ingress-nginx.
#[derive(Clone, Debug)]
pub struct Nginx {
    settings: NginxSettings,
    certificates: CertificateStore,
    servers: HostTable<NginxServer>,
    catch_all: NginxServer,
    upstreams: UpstreamTable,
    /// The ConfigMap's snippets.
    snippets: GlobalSnippets,
    /// The variables that snippets set.
    defined_variables: BTreeSet<Text>,
    /// How many rules have locations.
    rules: usize,
    /// server-alias to the host that has it.
    aliases: BTreeMap<String, String>,
    /// The other form of a host (with or without www.) to the host.
    www: BTreeMap<String, String>,
    left_out: Vec<ExcludedIngress>,
    unknown_annotations: Vec<annotations::UnknownAnnotation>,
    /// What keeps nginx from accepting the configuration.
    refused: Option<RefusedConfiguration>,
    /// What the admission webhook says to Ingresses, with the line.
    denials: Vec<(FieldRef, String)>,
}

/// An Ingress that is served.
struct SyncedIngress {
    reference: ObjectRef,
    ingress: Arc<Ingress>,
    annotations: SharedOptions,
}

impl IngressController for Nginx {
    fn listens_on(&self, port: u16) -> bool {
        port == self.settings.http_port || port == self.settings.https_port || self.settings.streams.contains_key(&port)
    }

    /// Those on the port for TLS.
    fn certificates(&self, _: &Cluster, arrival: &ControllerArrival<'_>) -> Option<&CertificateStore> {
        (arrival.port == self.settings.https_port).then_some(&self.certificates)
    }

    fn judge(&self, cluster: &Cluster, arrival: &ControllerArrival<'_>) -> Judgement {
        self.judge_stream(arrival.pod, arrival.port).unwrap_or_else(|| phases::judge_request(self, cluster, arrival))
    }

    fn judge_connection(&self, _: &Cluster, pod: &ObjectRef, port: u16, _: IpAddr) -> Option<Judgement> {
        self.judge_stream(pod, port)
    }

    fn page(&self, status: u16) -> Option<String> {
        page::nginx_error_page(status)
    }

    /// Annotations with its prefix that it doesn't have, what its webhook refuses, and what nginx refuses.
    fn diagnostics(&self) -> Vec<Diagnostic> {
        let unknown = self.unknown_annotations.iter();
        let unknown = unknown.map(|(field, nearest)| (field, Problem::UnknownAnnotation { nearest: *nearest }));
        let denials = self.denials.iter();
        let denials = denials.map(|(field, message)| (field, Problem::AdmissionDenied { message: message.clone() }));
        let refused = self.refused.iter();
        let refused = refused.map(|it| (&it.field, Problem::NginxRefuses { message: it.message.clone() }));
        let all = unknown.chain(denials).chain(refused).map(|(field, problem)| {
            let FieldRef { object, path } = field.clone();
            Diagnostic { problem, object: Some(object), field: Some(path), span: None, fix: None }
        });
        all.collect()
    }

    fn nginx(&self) -> Option<&Nginx> {
        Some(self)
    }
}

impl Nginx {
    /// Compiles the Ingresses of its class by the settings of its pods.
    pub(super) fn read(premises: &ControllerPremises<'_>) -> Self {
        Self::compile(premises.cluster, NginxSettings::of(premises), premises.all)
    }

    /// What its annotations stand behind.
    pub(super) fn annotation_prefix(&self) -> &str {
        &self.settings.prefix
    }

    /// What it makes of a connection to a port of --tcp-services-configmap, which isn't modelled.
    fn judge_stream(&self, pod: &ObjectRef, port: u16) -> Option<Judgement> {
        let line = self.settings.streams.get(&port)?;
        let verdict = JudgementBuilder::new(NGINX, ComponentPlace::Pod(pod.clone()), [].into());
        Some(verdict.unknown(ModelGap::Field(line.clone()), vec![Cause::Field(line.clone())]))
    }

    /// Builds the servers. `all` serves every Ingress, whatever its class.
    pub fn compile(cluster: &Cluster, settings: NginxSettings, all: bool) -> Self {
        // 1. The server for other hosts, and the certificate shown by default.
        let catch_all = NginxServer::catch_all(&settings);
        let mut certificates = CertificateStore::default();
        if let Some((namespace, name)) = &settings.default_certificate {
            let place = certificates.add(cluster, namespace, name);
            certificates.show_by_default(place);
        }
        let snippets = GlobalSnippets::read(&settings);
        let mut nginx = Self {
            settings,
            certificates,
            servers: HostTable::default(),
            catch_all,
            upstreams: UpstreamTable::default(),
            snippets,
            defined_variables: BTreeSet::new(),
            rules: 0,
            aliases: BTreeMap::new(),
            www: BTreeMap::new(),
            left_out: Vec::new(),
            unknown_annotations: Vec::new(),
            refused: None,
            denials: Vec::new(),
        };
        // 2. The Ingresses served, and from them upstreams, servers and locations (controller.go getBackendServers).
        let served = nginx.served(cluster, all);
        nginx.upstreams = UpstreamTable::create(&served);
        nginx.create_servers(cluster, &served);
        nginx.create_locations(&served);
        // 3. Canaries join the locations that they stand beside.
        nginx.merge_canaries(&served);
        // 4. What is in place for good, and whether nginx takes the configuration.
        nginx.finish();
        nginx.defined_variables = refused::defined_variables(&nginx);
        nginx.refused = nginx.refused.take().or_else(|| refused::find_refusal(&nginx));
        nginx
    }

    /// The locations of every host as the controller writes them, in order; the catch-all's host is `_`.
    pub fn locations(&self) -> impl Iterator<Item = (String, &[NginxLocation])> {
        let hosts = self.servers.iter().map(|(host, server)| (host, server.locations.as_slice()));
        hosts.chain([("_".to_owned(), self.catch_all.locations.as_slice())])
    }

    /// The location that takes a path of a host, without a redirect on the way; the match itself, without its reasons.
    pub fn location(&self, host: &str, path: &str) -> Option<&NginxLocation> {
        let ServerMatch::Server(server) = self.find_server(host) else { return None };
        match server.find(&crate::http::path::normalize(path)?) {
            server::LocationMatch::Location(location) => Some(location),
            server::LocationMatch::WithSlash(_)
            | server::LocationMatch::Unsupported(_)
            | server::LocationMatch::OfSnippet(..)
            | server::LocationMatch::Nothing => None,
        }
    }

    /// The Ingresses served, the oldest first, ties by namespace/name from the end of the alphabet (store.go
    /// sortIngressSlice).
    fn served(&mut self, cluster: &Cluster, all: bool) -> Vec<SyncedIngress> {
        let backwards =
            |one: &(ObjectRef, _), other: &(ObjectRef, _)| other.0.qualified_name().cmp(&one.0.qualified_name());
        let mut served = Vec::new();
        let taken = self.settings.webhook.then(|| TakenPaths::read(&self.settings, cluster));
        for (reference, ingress) in ingresses_by_age(cluster, backwards) {
            let claim = ClassClaim::of(cluster, &ingress);
            let is_served = all || self.watches(cluster, &reference) && self.serves(&claim);
            if !is_served {
                self.left_out.push(ExcludedIngress::by_class(&reference, &claim));
                continue;
            }
            self.unknown_annotations.extend(annotations::unknown_annotations(&self.settings, &reference, &ingress));
            if let Some(taken) = &taken {
                let denial = admission::admission_denial(&self.settings, (cluster, taken), &reference, &ingress);
                self.denials.extend(denial);
            }
            match self.valid(cluster, &reference, &ingress) {
                Ok(annotations) => {
                    served.push(SyncedIngress { reference, ingress, annotations: Arc::new(annotations) });
                }
                Err(left_out) => self.left_out.push(left_out),
            }
        }
        served
    }

    /// Whether it looks into an object's namespace (store.go New: watchedNamespace).
    fn watches(&self, cluster: &Cluster, reference: &ObjectRef) -> bool {
        let settings = &self.settings;
        let namespace = reference.namespace.as_deref().unwrap_or_default();
        let named = settings.watch_namespace.is_empty() || settings.watch_namespace == namespace;
        let labels = cluster.namespaces.get(namespace);
        named
            && settings
                .watch_namespace_selector
                .as_ref()
                .is_none_or(|selector| labels.is_some_and(|labels| selector.matches(labels)))
    }

    /// internal/ingress/controller/ingressclass and store.go GetIngressClass.
    fn serves(&self, claim: &ClassClaim<'_>) -> bool {
        let settings = &self.settings;
        match claim {
            ClassClaim::Class(name, class) => {
                let by_controller = class.is_some_and(|class| class.spec.controller == settings.controller_class);
                by_controller || settings.class_by_name && **name == settings.annotation_class
            }
            ClassClaim::Annotation(value) => **value == settings.annotation_class,
            ClassClaim::Nothing => settings.watch_without_class,
        }
    }

    /// An Ingress with an invalid path or annotation is dropped as a whole (store.go syncIngress), and so is one with an
    /// annotation of higher risk than annotations-risk-level (annotations.go Extract, NewRiskyAnnotations).
    fn valid(
        &self,
        cluster: &Cluster,
        reference: &ObjectRef,
        ingress: &Ingress,
    ) -> Result<IngressOptions, ExcludedIngress> {
        let highest = self.settings.highest_risk();
        let risky = Annotation::VARIANTS.iter().filter(|name| name.form().risk > highest).find_map(|name| {
            let key = format!("{}/{}", self.settings.prefix, name.name());
            ingress.metadata.annotations.contains_key(key.as_str()).then(|| annotation_field(reference, &key))
        });
        let left_out =
            |objection, field| ExcludedIngress { ingress: reference.clone(), objection, because: vec![field] };
        let strict = self.settings.is(ConfigKey::StrictValidatePathType, true);
        if let Some((place, _)) = invalid_paths(ingress).next().filter(|_| strict) {
            let field = place.field(reference);
            let field = FieldRef { path: field.path.field("path"), object: field.object };
            return Err(left_out(IngressObjection::InvalidPath, field));
        }
        if let Some(field) = risky {
            return Err(left_out(IngressObjection::RiskyAnnotation, field));
        }
        IngressOptions::read(cluster, &self.settings, reference, ingress)
            .map_err(|InvalidAnnotation(field, _)| left_out(IngressObjection::InvalidAnnotation, field))
    }

    fn server(&mut self, host: Option<&str>) -> &mut NginxServer {
        match host.filter(|host| !host.is_empty()) {
            Some(host) => self.servers.entry(host),
            None => &mut self.catch_all,
        }
    }

    /// controller.go createServers: a server per host, each with a `/` that leads to the default backend and carries the
    /// annotations of the Ingress that first named the host.
    fn create_servers(&mut self, cluster: &Cluster, served: &[SyncedIngress]) {
        // 1. A server per host; a default backend without rules takes the catch-all server.
        for one in served.iter().filter(|one| one.annotations.canary.is_none()) {
            let backend = one.ingress.spec.default_backend.as_ref().and_then(|backend| backend.service.clone());
            let backend = backend.map(|service| LocationBackend::Service(service, one.reference.clone()));
            if let Some(backend) = backend.as_ref().filter(|_| one.ingress.spec.rules.is_empty()) {
                self.catch_all.take_over(&one.reference, &one.annotations, backend.clone());
            }
            for rule in &one.ingress.spec.rules {
                let Some(host) = rule.host.as_deref().filter(|host| !host.is_empty()) else { continue };
                self.servers.entry(host).open(host, one, backend.as_ref());
            }
        }
        // 2. What further Ingresses add to the servers: passthrough, the first aliases, the first certificate.
        for one in served.iter().filter(|one| one.annotations.canary.is_none()) {
            for rule in &one.ingress.spec.rules {
                let server = match rule.host.as_deref().filter(|host| !host.is_empty()) {
                    Some(host) => self.servers.entry(host),
                    None => &mut self.catch_all,
                };
                server.ssl_passthrough |= one.annotations.ssl_passthrough;
                if server.snippet.is_none() {
                    server.snippet = one.annotations.server_snippet.clone();
                }
                if server.aliases.is_empty() {
                    server.aliases = one.annotations.aliases.clone();
                }
                if !server.certified && !one.ingress.spec.tls.is_empty() && !server.name.is_empty() {
                    server.certified = true;
                    let place = server::certificate(cluster, &mut self.certificates, one, &server.name);
                    self.certificates.show(&server.name, place);
                }
            }
        }
    }

    /// controller.go getBackendServers: of the same host, path and type the first counts. No location leads to an
    /// upstream that a canary made.
    fn create_locations(&mut self, served: &[SyncedIngress]) {
        for one in served {
            for (position, rule) in one.ingress.spec.rules.iter().enumerate() {
                let host = rule.host.as_deref().filter(|host| self.servers.written(host).is_some());
                if rule.http.is_none() && host.is_some() {
                    continue;
                }
                self.server(host).authenticate(&one.annotations);
                let paths = rule.http.iter().flat_map(|http| http.paths.iter().enumerate());
                for (index, path) in paths {
                    let service = path.backend.service.as_ref();
                    if service.is_some_and(|it| self.upstreams.of(&one.reference, it).is_some_and(|it| it.is_canary)) {
                        continue;
                    }
                    self.server(host).add(one, RulePlace::Path(position, index), path);
                    service.into_iter().for_each(|service| self.upstreams.stick(one, service));
                }
            }
        }
    }

    /// Orders the locations, and notes aliases and redirects between a host and its www.
    fn finish(&mut self) {
        let global = self.snippets.server.clone();
        let prepare = |server: &mut NginxServer| {
            server.global_snippet = global.clone();
            server.finish()
        };
        let mut twice = prepare(&mut self.catch_all);
        let hosts: Vec<String> = self.servers.iter().map(|(host, _)| host).collect();
        for host in &hosts {
            let server = self.servers.entry(host);
            let here = prepare(server);
            let (aliases, www) = (server.aliases.clone(), server.redirects_www());
            twice = twice.or(here);
            for alias in aliases.iter().filter(|alias| self.servers.written(alias).is_none()) {
                self.certificates.show_as(alias, host);
                self.aliases.entry(alias.to_ascii_lowercase()).or_insert_with(|| host.clone());
            }
            let other = host.strip_prefix("www.").map_or_else(|| format!("www.{host}"), str::to_owned);
            if www && self.servers.written(&other).is_none() {
                self.www.entry(other).or_insert_with(|| host.clone());
            }
        }
        self.refused = twice.map(|(field, path)| RefusedConfiguration::duplicate(field, &path));
        let all = || self.servers.iter().map(|(_, server)| server).chain([&self.catch_all]);
        self.rules = all().map(NginxServer::rules).sum();
    }

    /// What leads to an upstream of this name.
    fn backend_by_name(&self, name: &str) -> Option<LocationBackend> {
        let servers = self.servers.iter().map(|(_, server)| server).chain([&self.catch_all]);
        let mut backends = servers.flat_map(|server| &server.locations).map(|location| &location.backend);
        backends.find(|backend| *upstreams::backend_name(backend) == *name).cloned()
    }

    /// The server for a host: an exact name, a redirect to it, a wildcard or an expression, else the catch-all.
    fn find_server(&self, host: &str) -> ServerMatch<'_> {
        if let Some(server) = self.servers.exact(host) {
            return ServerMatch::Server(server);
        }
        if let Some(server) = self.aliases.get(host).and_then(|own| self.servers.written(own)) {
            return ServerMatch::Server(server);
        }
        if let Some(to) = self.www.get(host) {
            return ServerMatch::Www(to, self.servers.written(to));
        }
        if let Some(server) = self.servers.wildcard(host).or_else(|| self.alias_by_pattern(host)) {
            return ServerMatch::Server(server);
        }
        ServerMatch::Server(&self.catch_all)
    }

    /// Aliases may be wildcards of any number of labels, or expressions after `~` (nginx' server_name).
    fn alias_by_pattern(&self, host: &str) -> Option<&NginxServer> {
        let matching = self.aliases.iter().find(|(alias, _)| match alias.strip_prefix('~') {
            Some(pattern) => Pattern::new(pattern, Dialect::Pcre, true).is_match(host).unwrap_or(false),
            None => alias.starts_with("*.") && crate::http::host::covers_any_labels(alias, host),
        });
        matching.and_then(|(_, own)| self.servers.written(own))
    }
}

/// What answers for a host.
enum ServerMatch<'n> {
    Server(&'n NginxServer),
    /// A redirect to the host with or without www, and that host's server.
    Www(&'n str, Option<&'n NginxServer>),
}
