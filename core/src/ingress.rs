//! Ingress: which controllers there are, which Ingresses each serves, and what it makes of a request.
//!
//! [`Controllers::read`] compiles each controller's configuration once; [`Controller::judge`] answers one request. A
//! controller is its pods, which share one configuration: ingress-nginx, Traefik and F5's controller by their images and
//! arguments, and for other classes a controller that follows the API's text.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use crate::cluster::Cluster;
pub use crate::cluster::ingress_implementation::IngressImplementation;
use crate::diagnostic::Diagnostic;
use crate::model::{Ingress, Text};
use crate::order::Order;
use crate::packet::{HttpRequest, Packet, Scheme};
use crate::proxy::{backend, forwarded};
use crate::source::{FieldPath, FieldRef, ObjectRef};
use crate::trace::{Component, ComponentPlace, Judgement, ModelGap, PacketDecision};

mod class;
mod recognise;
mod tls;
mod verdict;
mod config_value;
mod basic_auth;
mod location_order;
mod api;
mod nginx_config;
mod nginx;
mod traefik;
mod f5_nginx;
mod outside;
mod aws_alb;
mod entrance;
mod annotation_use;

pub use annotation_use::{AnnotationUse, annotation_use};
pub use entrance::{NoPublicAddress, OpenEntryPoint, PublicAddress, open_entry_points};
pub use nginx::{LocationModifier, Nginx, NginxLocation};
pub use outside::OutsideBalancer;
pub use traefik::Traefik;
use traefik::TraefikProviders;

/// What the controllers read, for the page that says what is modelled.
pub mod read {
    pub use super::aws_alb::read as aws_alb;
    pub use super::f5_nginx::read as f5_nginx;
    pub use super::nginx::read as nginx;
    pub use super::traefik::read as traefik;
}

/// Controllers that not every program carries: they are reached through these functions alone, so a program that never names
/// [`FurtherControllers::ALL`] has none of their code, and can't say what they do ([`Controllers::lack_any`]).
#[derive(Clone, Copy, Debug)]
pub struct FurtherControllers {
    f5_nginx: Option<FurtherController>,
    aws_alb: Option<FurtherController>,
}

#[derive(Clone, Copy, Debug)]
struct FurtherController {
    compile: fn(&ControllerPremises<'_>) -> Arc<dyn IngressController>,
    ports: fn(&ControllerPremises<'_>) -> (u16, u16),
}

impl FurtherControllers {
    /// None of them.
    pub const NONE: Self = Self { f5_nginx: None, aws_alb: None };
    /// All that are known.
    pub const ALL: Self = Self {
        f5_nginx: Some(FurtherController {
            compile: |premises| Arc::new(f5_nginx::F5Nginx::read(premises)),
            ports: |premises| f5_nginx::F5ControllerSettings::of(premises).ports,
        }),
        aws_alb: Some(FurtherController {
            compile: |premises| Arc::new(aws_alb::AwsAlb::read(premises)),
            ports: |_| api::PORTS,
        }),
    };

    /// One of them, if this program carries it; None for those that every program has.
    const fn carried(self, implementation: IngressImplementation) -> Option<Option<FurtherController>> {
        match implementation {
            IngressImplementation::F5Nginx => Some(self.f5_nginx),
            IngressImplementation::AwsAlb => Some(self.aws_alb),
            IngressImplementation::IngressNginx
            | IngressImplementation::Traefik
            | IngressImplementation::TraefikNginx
            | IngressImplementation::Api => None,
        }
    }
}

/// What stands for a controller that this program doesn't carry.
#[derive(Debug)]
struct NotCarried(IngressImplementation);

impl IngressController for NotCarried {
    fn listens_on(&self, _: u16) -> bool {
        true
    }

    fn certificates(&self, _: &Cluster, _: &ControllerArrival<'_>) -> Option<&tls::CertificateStore> {
        None
    }

    fn judge(&self, _: &Cluster, arrival: &ControllerArrival<'_>) -> Judgement {
        let verdict = verdict::JudgementBuilder::new(Component::Ingress(self.0), arrival.place(), [].into());
        verdict.unknown(ModelGap::ControllerSetting(self.0.name().to_owned()), Vec::new())
    }

    fn judge_connection(&self, _: &Cluster, _: &ObjectRef, _: u16, _: IpAddr) -> Option<Judgement> {
        None
    }

    fn page(&self, _: u16) -> Option<String> {
        None
    }
}

/// The controllers of a cluster.
#[derive(Clone, Debug, Default)]
pub struct Controllers {
    controllers: Vec<Controller>,
    by_pod: BTreeMap<ObjectRef, usize>,
    /// Whose load balancers outside have which addresses.
    by_address: BTreeMap<IpAddr, (usize, usize)>,
    /// Whether one of them isn't carried.
    lacking: bool,
}

/// A controller with its compiled configuration.
#[derive(Clone, Debug)]
pub struct Controller {
    /// Which implementation it behaves like.
    pub implementation: IngressImplementation,
    /// The value of `spec.controller` in its IngressClasses.
    pub class_controller: Text,
    /// Its pods, in order.
    pub pods: Vec<ObjectRef>,
    engine: Arc<dyn IngressController>,
    /// What leads to its pods where they stand in the place of a controller whose load balancers are outside.
    stand_in: Option<OutsideBalancer>,
}

/// What an implementation makes of connections and requests, its configuration compiled.
trait IngressController: std::fmt::Debug + Send + Sync {
    /// Whether it takes HTTP on this port of its pods.
    fn listens_on(&self, port: u16) -> bool;

    /// The certificates from which it shows one to a request; None where it leaves TLS to the backend, or has none there.
    fn certificates(&self, cluster: &Cluster, arrival: &ControllerArrival<'_>) -> Option<&tls::CertificateStore>;

    /// What it makes of a request.
    fn judge(&self, cluster: &Cluster, arrival: &ControllerArrival<'_>) -> Judgement;

    /// What it makes of a connection without HTTP, if it looks into it.
    fn judge_connection(&self, cluster: &Cluster, pod: &ObjectRef, port: u16, client: IpAddr) -> Option<Judgement>;

    /// What it makes of UDP, if it takes any.
    fn judge_datagram(&self, _: &Cluster, _: &ObjectRef, _: u16) -> Option<Judgement> {
        None
    }

    /// The body of its own answer of this status; None where it isn't known.
    fn page(&self, status: u16) -> Option<String>;

    /// Its load balancers outside the cluster, if it has any.
    fn balancers(&self) -> &[OutsideBalancer] {
        &[]
    }

    /// What becomes of a packet for one of them; None where it has no such balancer.
    fn admit(&self, _: &OutsideBalancer, _: &Packet) -> Option<Judgement> {
        None
    }

    /// What one of them makes of a request.
    fn judge_outside(&self, _: &Cluster, _: &OutsideBalancer, _: &Packet, _: &HttpRequest) -> Option<Judgement> {
        None
    }

    /// What it has to say about its objects.
    fn diagnostics(&self) -> Vec<Diagnostic> {
        Vec::new()
    }

    /// Itself, if it is an ingress-nginx: its locations are held against a real nginx.
    fn nginx(&self) -> Option<&Nginx> {
        None
    }
}

/// Where an implementation gets its configuration from.
struct ControllerPremises<'a> {
    cluster: &'a Cluster,
    found: &'a recognise::ControllerPods,
    /// The ports of another implementation's pods, in whose place this one stands (`--as`): that one's arguments say
    /// nothing to it.
    ports: Option<(u16, u16)>,
    /// Whether every Ingress is served, whatever its class.
    all: bool,
}

/// A request as it arrives at a controller's pod.
#[derive(Clone, Copy, Debug)]
pub struct ControllerArrival<'a> {
    pub pod: &'a ObjectRef,
    /// The port of the pod.
    pub port: u16,
    /// The source address of the connection.
    pub client: IpAddr,
    pub request: &'a HttpRequest,
}

impl Controllers {
    /// Finds the controllers among the pods and compiles their configuration. With `serve_as` (`--as`), each of them
    /// behaves like that implementation and serves every Ingress.
    pub fn read(cluster: &Cluster, serve_as: Option<IngressImplementation>, further: FurtherControllers) -> Self {
        let mut controllers = Self::default();
        for found in recognise::find_controllers(cluster) {
            let place = controllers.controllers.len();
            controllers.by_pod.extend(found.pods.iter().map(|pod| (pod.clone(), place)));
            let controller = Controller::compile(cluster, found, serve_as, further);
            controllers.lacking |= further.carried(controller.implementation).is_some_and(|carried| carried.is_none());
            for (number, balancer) in controller.balancers().iter().enumerate() {
                controllers.by_address.entry(balancer.address).or_insert((place, number));
            }
            controllers.controllers.push(controller);
        }
        controllers
    }

    /// The controller that runs in a pod and takes HTTP on this port of it.
    pub fn at_pod(&self, pod: &ObjectRef, port: u16) -> Option<&Controller> {
        let controller = self.controllers.get(*self.by_pod.get(pod)?)?;
        controller.listens_on(port).then_some(controller)
    }

    /// The load balancer outside that has an address, and whose it is.
    pub fn at_address(&self, address: IpAddr) -> Option<(&Controller, &OutsideBalancer)> {
        let (place, number) = *self.by_address.get(&address)?;
        let controller = self.controllers.get(place)?;
        Some((controller, controller.balancers().get(number)?))
    }

    /// What becomes of a packet for a load balancer outside; None where nobody has one at that address.
    pub fn admit(&self, packet: &Packet) -> Option<Judgement> {
        let (controller, balancer) = self.at_address(packet.destination)?;
        controller.admit(balancer, packet)
    }

    /// The load balancer outside to which an Ingress leads.
    pub fn balancer_of(&self, ingress: &ObjectRef) -> Option<&OutsideBalancer> {
        let mut all = self.controllers.iter().flat_map(Controller::balancers);
        all.find(|balancer| balancer.ingresses.contains(ingress))
    }

    /// The names of load balancers outside.
    pub fn balancer_names(&self) -> impl Iterator<Item = (FieldRef, Text, IpAddr)> {
        let all = self.controllers.iter().flat_map(Controller::balancers);
        all.filter_map(|balancer| {
            let (field, name) = balancer.hostname.clone()?;
            Some((field, name, balancer.address))
        })
    }

    /// Whether one of them isn't carried by this program, so that its answers say nothing.
    pub fn lack_any(&self) -> bool {
        self.lacking
    }

    /// All controllers, in the order of their pods' names.
    pub fn iter(&self) -> impl Iterator<Item = &Controller> {
        self.controllers.iter()
    }

    /// The hosts that Ingresses name, and the entrance of the controller of their class.
    pub fn hosts(&self, cluster: &Cluster) -> Vec<(FieldRef, Text, IpAddr)> {
        entrance::ingress_hosts(self, cluster)
    }

    /// What the controllers have to say about their Ingresses.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        self.controllers.iter().flat_map(|controller| controller.engine.diagnostics()).collect()
    }

    /// The controller that serves an Ingress, by its class.
    pub fn serving(&self, cluster: &Cluster, ingress: &Ingress) -> Option<&Controller> {
        entrance::controller_of(self, cluster, ingress)
    }

    /// What the words INGRESS and INGRESS(class) of a command stand for.
    pub fn entrance(&self, cluster: &Cluster, class: Option<&str>) -> Result<PublicAddress, NoPublicAddress> {
        entrance::find_public_address(self, cluster, class)
    }
}

impl Controller {
    fn compile(
        cluster: &Cluster,
        found: recognise::ControllerPods,
        serve_as: Option<IngressImplementation>,
        further: FurtherControllers,
    ) -> Self {
        let implementation = serve_as.unwrap_or(found.implementation);
        let own = ControllerPremises { cluster, found: &found, ports: None, all: serve_as.is_some() };
        let foreign = implementation != found.implementation;
        let ports = foreign.then(|| http_ports(found.implementation, &own, further));
        let engine = compile_controller(implementation, &ControllerPremises { ports, ..own }, further);
        let stand_in = (foreign && found.implementation.serves_outside() && !implementation.serves_outside())
            .then(|| OutsideBalancer::for_pods(cluster))
            .flatten();
        Self { implementation, class_controller: found.class_controller, pods: found.pods, engine, stand_in }
    }

    /// Its load balancers outside the cluster, if it has any.
    pub fn balancers(&self) -> &[OutsideBalancer] {
        self.stand_in.as_ref().map_or_else(|| self.engine.balancers(), std::slice::from_ref)
    }

    /// What becomes of a packet for one of them.
    fn admit(&self, balancer: &OutsideBalancer, packet: &Packet) -> Option<Judgement> {
        match &self.stand_in {
            Some(_) => Some(outside::hand_to_pods(&self.pods, |port| self.listens_on(port), packet)),
            None => self.engine.admit(balancer, packet),
        }
    }

    /// What one of them makes of a request.
    pub fn judge_outside(
        &self,
        cluster: &Cluster,
        balancer: &OutsideBalancer,
        packet: &Packet,
        request: &HttpRequest,
    ) -> Option<Judgement> {
        self.engine.judge_outside(cluster, balancer, packet, request)
    }

    /// Its configuration, if it is an ingress-nginx.
    pub fn nginx(&self) -> Option<&Nginx> {
        self.engine.nginx()
    }

    /// The TLS handshake of a request inside TLS: which certificate it shows.
    pub fn handshake(&self, cluster: &Cluster, arrival: &ControllerArrival<'_>) -> Option<Judgement> {
        let request = arrival.request;
        let certificates = self.engine.certificates(cluster, arrival)?;
        let inside = request.scheme == Scheme::Https;
        let wanted = request.server_name.as_deref();
        inside.then(|| certificates.handshake(Component::Ingress(self.implementation), arrival.place(), wanted))
    }

    /// What it makes of a request.
    pub fn judge(&self, cluster: &Cluster, arrival: &ControllerArrival<'_>) -> Judgement {
        let mut judgement = self.engine.judge(cluster, arrival);
        for branch in &mut judgement.branches {
            if let PacketDecision::Respond(response) = &mut branch.decision {
                response.body = response.body.take().or_else(|| self.page(response.status));
            }
        }
        judgement
    }

    /// What it makes of a connection without HTTP, if it looks into it.
    pub fn judge_connection(&self, cluster: &Cluster, pod: &ObjectRef, port: u16, client: IpAddr) -> Option<Judgement> {
        self.engine.judge_connection(cluster, pod, port, client)
    }

    /// What it makes of UDP, if it takes any.
    pub fn judge_datagram(&self, cluster: &Cluster, pod: &ObjectRef, port: u16) -> Option<Judgement> {
        self.engine.judge_datagram(cluster, pod, port)
    }

    /// The body of its own answer of this status; None where it isn't known.
    pub fn page(&self, status: u16) -> Option<String> {
        self.engine.page(status)
    }

    /// Whether it takes HTTP on this port of its pods.
    fn listens_on(&self, port: u16) -> bool {
        self.engine.listens_on(port)
    }
}

/// The table of implementations: what compiles each.
fn compile_controller(
    implementation: IngressImplementation,
    premises: &ControllerPremises<'_>,
    further: FurtherControllers,
) -> Arc<dyn IngressController> {
    match implementation {
        IngressImplementation::IngressNginx => Arc::new(Nginx::read(premises)),
        IngressImplementation::Traefik => Arc::new(Traefik::read(premises)),
        IngressImplementation::TraefikNginx => Arc::new(TraefikProviders::read(premises)),
        IngressImplementation::F5Nginx | IngressImplementation::AwsAlb => match further.carried(implementation) {
            Some(Some(controller)) => (controller.compile)(premises),
            _ => Arc::new(NotCarried(implementation)),
        },
        IngressImplementation::Api => Arc::new(api::ApiController::read(premises)),
    }
}

/// The ports of an implementation's pods for http and https.
fn http_ports(
    implementation: IngressImplementation,
    premises: &ControllerPremises<'_>,
    further: FurtherControllers,
) -> (u16, u16) {
    match implementation {
        IngressImplementation::IngressNginx => nginx::NginxSettings::of(premises).ports(),
        IngressImplementation::Traefik | IngressImplementation::TraefikNginx => {
            traefik::StaticConfig::of(premises).ports()
        }
        IngressImplementation::F5Nginx | IngressImplementation::AwsAlb | IngressImplementation::Api => {
            let further = further.carried(implementation).flatten();
            further.map_or(api::PORTS, |controller| (controller.ports)(premises))
        }
    }
}

impl ControllerArrival<'_> {
    fn place(&self) -> ComponentPlace {
        ComponentPlace::Pod(self.pod.clone())
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

/// Where an annotation of an object stands.
pub fn annotation_field(object: &ObjectRef, name: &str) -> FieldRef {
    object.field(FieldPath::root().field("metadata").field("annotations").key(name))
}

/// An Ingress with its name.
type NamedIngress = (ObjectRef, Arc<crate::model::Ingress>);

/// The Ingresses, the oldest first, ties in the order given by `tie`.
fn ingresses_by_age(
    cluster: &Cluster,
    tie: fn(&NamedIngress, &NamedIngress) -> std::cmp::Ordering,
) -> Vec<NamedIngress> {
    let all = cluster.ingresses.iter();
    let mut all: Vec<NamedIngress> = all
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
