//! Services as Traefik loads them: endpoints, the Service's own address, node ports, names; weights and mirrors.

use std::sync::Arc;

use super::forwarded::append_client;
use super::router::{PREFIX, Router, Target};
use super::settings::Settings;
use crate::cluster::{Cluster, Service, ServicePort};
use crate::http::cookie;
use crate::ingress::backend::{self, Peer, Readiness, Upstream};
use crate::ingress::verdict::{Forward, field, rule};
use crate::ingress::{Arrival, annotation};
use crate::model::{IngressBackend, IngressServiceBackend, IntOrString, RouteService, ServiceBackendPort, Text};
use crate::packet::{HttpRequest, Scheme};
use crate::source::{FieldRef, ObjectRef};
use crate::trace::{Cause, IngressObjection, IngressRule, ProxyTarget, Share};

/// The servers of a router.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// Where requests go, by share.
    pub ways: Vec<Way>,
    /// Where copies go.
    pub mirrors: Vec<(ObjectRef, Share)>,
    /// A service of Traefik's own that takes the request instead.
    pub internal: Option<Text>,
}

/// One Service of a router.
#[derive(Clone, Debug)]
pub struct Way {
    /// Its share.
    pub share: Share,
    /// Its servers; none where an empty Service is kept.
    pub upstream: Upstream,
    /// Why it is this one.
    pub because: Vec<Cause>,
    /// How requests are sent.
    pub options: Options,
}

/// How requests are sent to a Service.
#[derive(Clone, Debug)]
pub struct Options {
    /// `http`, `https`, `h2c`.
    pub scheme: String,
    /// Whether the Host header is kept.
    pub pass_host: bool,
    /// The name of the sticky cookie, if one is given.
    pub cookie: Option<String>,
}

/// Why a router is left out.
pub type Refusal = (IngressObjection, Vec<Cause>);

/// How deep TraefikServices may nest.
const DEPTH: usize = 16;

/// Loads a router's Service; one that can't be loaded leaves the router out.
pub fn load(cluster: &Cluster, settings: &Settings, router: &Router) -> Result<Loaded, Refusal> {
    let loader = Loader { cluster, settings, router };
    match &router.target {
        Target::Backend(backend) => loader.backend(backend),
        Target::Services(services) => loader.services(router.namespace(), services, DEPTH),
    }
}

struct Loader<'a> {
    cluster: &'a Cluster,
    settings: &'a Settings,
    router: &'a Router,
}

/// Which Service, which port, and what is said about it.
struct Wanted<'a> {
    namespace: &'a str,
    name: &'a str,
    backend: IngressServiceBackend,
    scheme: Option<&'a str>,
    pass_host: Option<bool>,
    native: Option<bool>,
    node_port: Option<bool>,
    cookie: Option<String>,
}

/// The annotations of a Service, behind `traefik.ingress.kubernetes.io/service.`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "lowercase")]
#[allow(missing_docs)]
pub enum ServiceAnnotation {
    NativeLb,
    NodePortLb,
    PassHostHeader,
    ServersScheme,
    #[strum(serialize = "sticky.cookie")]
    StickyCookie,
    #[strum(serialize = "sticky.cookie.name")]
    StickyCookieName,
}

impl ServiceAnnotation {
    fn key(self) -> String {
        format!("{PREFIX}/service.{}", <&str>::from(self))
    }
}

impl Loader<'_> {
    /// The backend of an Ingress (kubernetes.go loadService); annotations of the Service say more.
    fn backend(&self, backend: &IngressBackend) -> Result<Loaded, Refusal> {
        let Some(named) = &backend.service else {
            return Err(self.refuse(IngressObjection::ResourceBackend, "backend"));
        };
        let namespace = self.router.namespace();
        let service = backend::service(self.cluster, namespace, &named.name);
        let said = |name: ServiceAnnotation| {
            let annotations = &service?.object.metadata.annotations;
            annotations.get(name.key().as_str()).map(|value| value.to_string())
        };
        let truth = |name| said(name).map(|value| value == "true");
        let scheme = said(ServiceAnnotation::ServersScheme);
        let sticky = truth(ServiceAnnotation::StickyCookie).unwrap_or(false)
            || said(ServiceAnnotation::StickyCookieName).is_some();
        let upstream = self.upstream(&Wanted {
            namespace,
            name: &named.name,
            backend: named.clone(),
            scheme: scheme.as_deref(),
            pass_host: truth(ServiceAnnotation::PassHostHeader),
            native: truth(ServiceAnnotation::NativeLb)
                .or_else(|| Some(self.settings.is("providers.kubernetesingress.nativelbbydefault"))),
            node_port: truth(ServiceAnnotation::NodePortLb),
            cookie: sticky.then(|| said(ServiceAnnotation::StickyCookieName).unwrap_or_default()),
        })?;
        Ok(Loaded { ways: vec![upstream], ..Loaded::default() })
    }

    /// The services of a route, each with its weight.
    fn services(&self, namespace: &str, services: &[RouteService], depth: usize) -> Result<Loaded, Refusal> {
        let weight = |service: &RouteService| u64::try_from(service.weight.unwrap_or(1)).unwrap_or(0);
        let whole: u64 = services.iter().map(weight).sum();
        let mut loaded = Loaded::default();
        for service in services {
            let share = if services.len() == 1 { Share::ONE } else { Share::of(weight(service), whole) };
            let part = self.service(namespace, service, depth)?;
            loaded.internal = loaded.internal.or(part.internal);
            loaded.mirrors.extend(part.mirrors.into_iter().map(|(to, percent)| (to, share.times(percent))));
            for mut way in part.ways {
                way.share = share.times(way.share);
                if services.len() > 1 {
                    way.because.push(rule(IngressRule::Weighted));
                }
                loaded.ways.push(way);
            }
        }
        // A balancer without anybody to choose answers 503 (loadbalancer/wrr, errNoAvailableServer).
        let first = loaded.ways.first().cloned();
        loaded.ways.retain(|way| !way.share.is_zero());
        if let Some(mut nobody) = first.filter(|_| loaded.ways.is_empty() && loaded.internal.is_none()) {
            nobody.share = Share::ONE;
            nobody.upstream.peers.clear();
            loaded.ways.push(nobody);
        }
        Ok(loaded)
    }

    fn service(&self, namespace: &str, service: &RouteService, depth: usize) -> Result<Loaded, Refusal> {
        let own = service.namespace.as_deref().unwrap_or(namespace);
        if own != self.router.namespace() && !self.settings.crosses_namespaces() {
            return Err(self.refuse(IngressObjection::OtherNamespace, "services"));
        }
        if service.kind.as_deref() == Some("TraefikService") && service.name.ends_with("@internal") {
            return Ok(Loaded { internal: Some(service.name.clone()), ..Loaded::default() });
        }
        if service.kind.as_deref() == Some("TraefikService") {
            return self.traefik_service(own, &service.name, depth);
        }
        let port = match &service.port {
            Some(IntOrString::Int(number)) => ServiceBackendPort { number: Some(*number), name: None },
            // A number between quotes is a name too (kubernetes.go getServicePort).
            Some(IntOrString::String(name)) => ServiceBackendPort { number: None, name: Some(name.clone()) },
            None => ServiceBackendPort::default(),
        };
        let sticky = service.sticky.as_ref().and_then(|sticky| sticky.child("cookie"));
        let way = self.upstream(&Wanted {
            namespace: own,
            name: &service.name,
            backend: IngressServiceBackend { name: service.name.clone(), port },
            scheme: service.scheme.as_deref(),
            pass_host: service.pass_host_header,
            native: service.native_lb.or_else(|| Some(self.settings.is("providers.kubernetescrd.nativelbbydefault"))),
            node_port: service.node_port_lb,
            cookie: sticky.map(|cookie| {
                cookie.child("name").and_then(|name| name.text()).map_or(String::new(), |name| name.to_string())
            }),
        })?;
        Ok(Loaded { ways: vec![way], ..Loaded::default() })
    }

    fn traefik_service(&self, namespace: &str, name: &str, depth: usize) -> Result<Loaded, Refusal> {
        let missing = || self.refuse(IngressObjection::ServiceMissing, "services");
        let object = self.cluster.traefik_services.get(namespace, name).ok_or_else(missing)?;
        let depth = depth.checked_sub(1).ok_or_else(missing)?;
        let line = ObjectRef::namespaced("TraefikService", namespace, name);
        if let Some(weighted) = object.spec.weighted.as_ref().or(object.spec.highest_random_weight.as_ref()) {
            let mut loaded = self.services(namespace, &weighted.services, depth)?;
            loaded.ways.iter_mut().for_each(|way| way.because.push(field(&line.field("spec"))));
            return Ok(loaded);
        }
        let mirroring = object.spec.mirroring.as_ref().ok_or_else(missing)?;
        let mut loaded = self.service(namespace, &mirroring.main(), depth)?;
        for mirror in &mirroring.mirrors {
            let percent = u64::try_from(mirror.percent.unwrap_or(0).clamp(0, 100)).unwrap_or(0);
            let own = mirror.namespace.as_deref().unwrap_or(namespace);
            loaded.mirrors.push((ObjectRef::namespaced("Service", own, &mirror.name), Share::of(percent, 100)));
        }
        Ok(loaded)
    }

    /// The servers of one Service.
    fn upstream(&self, wanted: &Wanted<'_>) -> Result<Way, Refusal> {
        let provider = self.router.provider.name();
        let setting = |name: &str| self.settings.is(&format!("providers.{provider}.{name}"));
        let part = if matches!(self.router.target, Target::Backend(_)) { "backend" } else { "services" };
        let service = backend::service(self.cluster, wanted.namespace, wanted.name)
            .ok_or_else(|| self.refuse(IngressObjection::ServiceMissing, part))?;
        let name = backend::external_name(service);
        if name.is_some() && !setting("allowexternalnameservices") {
            return Err(self.refuse(IngressObjection::ExternalNameNotAllowed, part));
        }
        let port = backend::port(service, &wanted.backend);
        let options = |port: Option<&ServicePort>| Options {
            scheme: wanted.scheme.map_or_else(|| scheme_of(port, &wanted.backend), str::to_owned),
            pass_host: wanted.pass_host.unwrap_or(true),
            cookie: wanted.cookie.clone(),
        };
        if let Some(name) = name {
            // For an IngressRoute the number it gives will do; an Ingress needs a port of the Service (loadService).
            let given = wanted.backend.port.number.and_then(|number| u16::try_from(number).ok());
            let given = given.filter(|_| matches!(self.router.target, Target::Services(_)));
            let number = port.map(|port| port.port).or(given);
            let number = number.ok_or_else(|| self.refuse(IngressObjection::PortMissing, part))?;
            return Ok(way(Upstream::name(service, name, number), options(port), Vec::new()));
        }
        let port = port.ok_or_else(|| self.refuse(IngressObjection::PortMissing, part))?;
        let (upstream, because) = self.servers(service, port, wanted);
        if !upstream.peers.is_empty() || serves_while_terminating(self.cluster, service) {
            return Ok(way(upstream, options(Some(port)), because));
        }
        match setting("allowemptyservices") {
            true => Ok(way(upstream, options(Some(port)), vec![rule(IngressRule::EmptyServiceKept)])),
            false => Err((IngressObjection::ServiceEmpty, vec![field(&self.line(part))])),
        }
    }

    fn servers(&self, service: &Service, port: &ServicePort, wanted: &Wanted<'_>) -> (Upstream, Vec<Cause>) {
        let native = Upstream::cluster_ip(service, port.port).filter(|_| wanted.native == Some(true));
        if let Some(upstream) = native {
            let key = ServiceAnnotation::NativeLb.key();
            let written = service.object.metadata.annotations.contains_key(key.as_str());
            let line = written.then(|| annotation(&service.reference, &key));
            return (upstream, line.iter().map(field).chain([rule(IngressRule::ThroughTheService)]).collect());
        }
        if let Some(number) = port.node_port.filter(|_| wanted.node_port == Some(true)) {
            let nodes = self.cluster.nodes.values().filter_map(|node| node.addresses.first());
            let peers =
                nodes.map(|address| Peer { target: ProxyTarget::Endpoint(*address, number), pod: None, node: None });
            let upstream =
                Upstream { service: service.reference.clone(), peers: peers.collect(), excluded: Vec::new() };
            return (upstream, vec![rule(IngressRule::NodePortLoadBalancing)]);
        }
        let upstream =
            Upstream::endpoints(self.cluster, service, Readiness::Serving, |slice| backend::same_name(slice, port));
        let balanced = if wanted.cookie.is_some() { IngressRule::StickyCookie } else { IngressRule::RoundRobin };
        (upstream, vec![rule(balanced), rule(IngressRule::PastTheService)])
    }

    fn refuse(&self, objection: IngressObjection, part: &str) -> Refusal {
        (objection, vec![field(&self.line(part))])
    }

    fn line(&self, part: &str) -> FieldRef {
        match self.router.field.path.to_string().ends_with("defaultBackend") {
            true => self.router.field.clone(),
            false => super::line(&self.router.field, part),
        }
    }
}

fn way(upstream: Upstream, options: Options, because: Vec<Cause>) -> Way {
    Way { share: Share::ONE, upstream, because, options }
}

/// Servers that are going still make a Service (they are fenced: only sticky clients reach them).
fn serves_while_terminating(cluster: &Cluster, service: &Service) -> bool {
    let slices = cluster.slices_of(service.namespace(), service.name());
    slices
        .iter()
        .flat_map(|slice| &slice.endpoints)
        .any(|endpoint| endpoint.serving.or(endpoint.ready).unwrap_or(true) && endpoint.terminating.unwrap_or(false))
}

/// https for port 443 or a port whose name begins with https (kubernetes.go getProtocol).
fn scheme_of(port: Option<&ServicePort>, wanted: &IngressServiceBackend) -> String {
    let number = port.map(|port| i32::from(port.port)).or(wanted.port.number);
    let named = port.is_some_and(|port| port.name.starts_with("https"));
    if number == Some(443) || named { "https".to_owned() } else { "http".to_owned() }
}

impl Options {
    /// The request as a server sees it.
    pub fn forward(
        &self,
        arrival: &Arrival<'_>,
        router: &Router,
        request: &HttpRequest,
        response_headers: Vec<(String, String)>,
        mirrors: Vec<(ObjectRef, Share)>,
    ) -> Forward {
        let mut request = request.clone();
        append_client(arrival, &mut request);
        request.scheme = if self.scheme == "https" { Scheme::Https } else { Scheme::Http };
        request.server_name = None;
        let known = self.cookie.as_ref().filter(|name| !name.is_empty());
        let fresh = known.filter(|name| cookie::value(&arrival.request.headers, name).is_none());
        Forward {
            rule: Some(router.field.clone()),
            request: Some(Arc::new(request)),
            protocol: self.scheme.clone(),
            response_headers,
            host_of_server: !self.pass_host,
            set_cookie: fresh.map(|name| format!("{name}=")),
            mirrors,
        }
    }
}
