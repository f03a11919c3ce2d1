//! Ingress: which controllers there are, which Ingresses each serves, and what it makes of a request.
//!
//! [`Controllers::read`] compiles each controller's configuration once; [`Controller::judge`] answers one request. A
//! controller is its pods, which share one configuration: ingress-nginx and Traefik by their images and arguments, and
//! for other classes a controller that follows the API's text.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use crate::cluster::Cluster;
pub use crate::cluster::ingress_controller::Flavour;
use crate::diagnostic::{Diagnostic, Problem};
use crate::model::Text;
use crate::order::Order;
use crate::packet::{HttpRequest, Scheme};
use crate::proxy::{backend, forwarded};
use crate::source::{FieldPath, FieldRef, ObjectRef};
use crate::trace::{Component, Judgement, Place};

mod api;
mod class;
mod entrance;
mod nginx;
mod recognise;
mod tls;
mod traefik;
mod verdict;

pub use class::ANNOTATION as CLASS_ANNOTATION;
pub use entrance::{Entrance, NoEntrance};
pub use nginx::{Location, Modifier, Nginx};
pub use traefik::Traefik;

/// What the controllers read, for the page that says what is modelled.
pub mod read {
    pub use super::nginx::read as nginx;
    pub use super::traefik::read as traefik;
}

/// The controllers of a cluster.
#[derive(Clone, Debug, Default)]
pub struct Controllers {
    controllers: Vec<Controller>,
    by_pod: BTreeMap<ObjectRef, usize>,
}

/// A controller with its compiled configuration.
#[derive(Clone, Debug)]
pub struct Controller {
    /// Whose ways it has.
    pub flavour: Flavour,
    /// The value of `spec.controller` in its IngressClasses.
    pub class_controller: Text,
    /// Its pods, in order.
    pub pods: Vec<ObjectRef>,
    /// The ports of its pods for http and https.
    ports: (u16, u16),
    engine: Engine,
}

/// A request as it arrives at a controller's pod.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    /// The pod.
    pub pod: &'a ObjectRef,
    /// The port of the pod.
    pub port: u16,
    /// The source address of the connection.
    pub client: IpAddr,
    /// The request.
    pub request: &'a HttpRequest,
}

#[derive(Clone, Debug)]
enum Engine {
    Nginx(Box<Nginx>),
    Traefik(Box<Traefik>),
    Api(Box<api::Api>),
}

impl Controllers {
    /// Finds the controllers among the pods and compiles their configuration.
    pub fn read(cluster: &Cluster) -> Self {
        Self::compile(cluster, None)
    }

    /// The same manifests under another controller (`--as`): every controller has these ways and serves every Ingress.
    pub fn read_as(cluster: &Cluster, flavour: Flavour) -> Self {
        Self::compile(cluster, Some(flavour))
    }

    fn compile(cluster: &Cluster, instead: Option<Flavour>) -> Self {
        let mut controllers = Self::default();
        for found in recognise::controllers(cluster) {
            let place = controllers.controllers.len();
            controllers.by_pod.extend(found.pods.iter().map(|pod| (pod.clone(), place)));
            controllers.controllers.push(Controller::compile(cluster, found, instead));
        }
        controllers
    }

    /// The controller that runs in a pod and takes HTTP on this port of it.
    pub fn at_pod(&self, pod: &ObjectRef, port: u16) -> Option<&Controller> {
        let controller = self.controllers.get(*self.by_pod.get(pod)?)?;
        controller.listens_on(port).then_some(controller)
    }

    /// All controllers, in the order of their pods' names.
    pub fn iter(&self) -> impl Iterator<Item = &Controller> {
        self.controllers.iter()
    }

    /// The hosts that Ingresses name, and the entrance of the controller of their class.
    pub fn hosts(&self, cluster: &Cluster) -> Vec<(FieldRef, Text, IpAddr)> {
        entrance::hosts(self, cluster)
    }

    /// What the controllers have to say about their Ingresses: annotations that ingress-nginx doesn't have.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let unknown = self.controllers.iter().filter_map(Controller::nginx).flat_map(Nginx::unknown_annotations);
        let mut found: Vec<Diagnostic> = Vec::new();
        for (field, nearest) in unknown {
            let FieldRef { object, path } = field.clone();
            let problem = Problem::UnknownAnnotation { nearest };
            found.push(Diagnostic { problem, object: Some(object), field: Some(path), span: None, fix: None });
        }
        found
    }

    /// What the words INGRESS and INGRESS(class) of a command stand for.
    pub fn entrance(&self, cluster: &Cluster, class: Option<&str>) -> Result<Entrance, NoEntrance> {
        entrance::find(self, cluster, class)
    }
}

impl Controller {
    fn compile(cluster: &Cluster, found: recognise::Found, instead: Option<Flavour>) -> Self {
        let flavour = instead.unwrap_or(found.flavour);
        let all = instead.is_some();
        // The arguments of one controller say nothing to another; only the ports of its pods stay.
        let ports = recognise::ports(cluster, &found);
        let foreign = flavour != found.flavour;
        let engine = match flavour {
            Flavour::IngressNginx => {
                let settings = match foreign {
                    true => nginx::Settings::on_ports(ports),
                    false => nginx::Settings::read(cluster, &found),
                };
                Engine::Nginx(Box::new(Nginx::compile(cluster, settings, all)))
            }
            Flavour::Traefik => {
                let settings = match foreign {
                    true => traefik::Settings::on_ports(ports),
                    false => traefik::Settings::read(cluster, &found),
                };
                Engine::Traefik(Box::new(Traefik::compile(cluster, settings, all)))
            }
            Flavour::Api => Engine::Api(Box::new(api::Api::compile(cluster, &found.class_controller, all))),
        };
        Self { flavour, class_controller: found.class_controller, pods: found.pods, ports, engine }
    }

    /// Its configuration, if it is an ingress-nginx.
    pub fn nginx(&self) -> Option<&Nginx> {
        match &self.engine {
            Engine::Nginx(nginx) => Some(nginx),
            Engine::Traefik(_) | Engine::Api(_) => None,
        }
    }

    /// The TLS handshake of a request inside TLS: which certificate it shows.
    pub fn handshake(&self, cluster: &Cluster, arrival: &Arrival<'_>) -> Option<Judgement> {
        let request = arrival.request;
        let certificates = match &self.engine {
            Engine::Traefik(traefik) if traefik.passes_tls(cluster, arrival) => return None,
            Engine::Nginx(nginx) => nginx.certificates_at(arrival.port)?,
            Engine::Traefik(traefik) => traefik.certificates(),
            Engine::Api(api) => api.certificates(),
        };
        let wanted = request.server_name.as_deref();
        let inside = request.scheme == Scheme::Https;
        inside.then(|| certificates.handshake(self.flavour.component(), arrival.place(), wanted))
    }

    /// What it makes of a request.
    pub fn judge(&self, cluster: &Cluster, arrival: &Arrival<'_>) -> Judgement {
        match &self.engine {
            Engine::Nginx(nginx) => nginx.judge(cluster, arrival),
            Engine::Traefik(traefik) => traefik.judge(cluster, arrival),
            Engine::Api(api) => api.judge(cluster, arrival),
        }
    }

    /// What it makes of a connection without HTTP, if it looks into it.
    pub fn judge_connection(&self, cluster: &Cluster, pod: &ObjectRef, port: u16, client: IpAddr) -> Option<Judgement> {
        match &self.engine {
            Engine::Traefik(traefik) => traefik.judge_connection(cluster, pod, port, client),
            Engine::Nginx(nginx) => nginx.judge_connection(pod, port),
            Engine::Api(_) => None,
        }
    }

    /// Whether it takes HTTP on this port of its pods.
    fn listens_on(&self, port: u16) -> bool {
        match &self.engine {
            Engine::Nginx(nginx) => nginx.listens_on(port),
            Engine::Traefik(traefik) => traefik.listens_on(port),
            Engine::Api(_) => port == self.ports.0 || port == self.ports.1,
        }
    }
}

impl Flavour {
    /// The component that decides.
    pub fn component(self) -> Component {
        match self {
            Self::IngressNginx => Component::IngressNginx,
            Self::Traefik => Component::Traefik,
            Self::Api => Component::IngressController,
        }
    }
}

impl Arrival<'_> {
    fn place(&self) -> Place {
        Place::Pod(self.pod.clone())
    }
}

/// Where a path of an Ingress stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum RulePlace {
    /// `spec.rules[0].http.paths[1]`
    Path(usize, usize),
    /// `spec.defaultBackend`
    DefaultBackend,
}

impl RulePlace {
    fn field(&self, ingress: &ObjectRef) -> FieldRef {
        let spec = FieldPath::root().field("spec");
        ingress.field(match self {
            Self::Path(rule, path) => spec.field("rules").index(*rule).field("http").field("paths").index(*path),
            Self::DefaultBackend => spec.field("defaultBackend"),
        })
    }
}

/// An annotation of an object.
fn annotation(object: &ObjectRef, name: &str) -> FieldRef {
    object.field(FieldPath::root().field("metadata").field("annotations").key(name))
}

/// An Ingress with its name.
type Named = (ObjectRef, Arc<crate::model::Ingress>);

/// The Ingresses, the oldest first, ties in the order given by `tie`.
fn by_age(cluster: &Cluster, tie: fn(&Named, &Named) -> std::cmp::Ordering) -> Vec<Named> {
    let all = cluster.ingresses.iter();
    let mut all: Vec<Named> = all
        .map(|(namespace, name, ingress)| (ObjectRef::namespaced("Ingress", namespace, name), ingress.clone()))
        .collect();
    // RFC 3339 in UTC sorts as text; an object without a time is as old as the zero time.
    all.order_by(|one, other| {
        one.1.metadata.creation_timestamp.cmp(&other.1.metadata.creation_timestamp).then_with(|| tie(one, other))
    });
    all
}

#[cfg(test)]
mod tests;
