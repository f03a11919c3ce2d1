//! F5's NGINX Ingress Controller 5.6: Ingresses and VirtualServers become nginx' servers, of which the oldest object that names
//! a host has it; paths are compared by characters, as nginx compares locations.

use std::collections::BTreeMap;
use std::net::IpAddr;

use self::hosts::{HostClaim, HostOwners};
use self::ingresses::{default_certificate, default_return, health_location};
use self::listeners::Listeners;
use self::maker::{ServerMaker, ValidIngress, excluded};
use self::request::F5Request;
use self::serve::F5ServedRequest;
use self::server::{F5Server, RequestGuard, ServerCertificate};
use self::settings::F5Settings;
use self::transport::{StreamServer, TransportServers};
use self::validation::{MergeableType, ingress_fault};
use self::virtual_servers::VirtualServers;
use super::class::{ClassClaim, ExcludedIngress, first_candidates};
use super::location_order::find_duplicate;
use super::tls::CertificateStore;
use super::verdict::{JudgementBuilder, status_response};
use super::{ControllerArrival, ControllerPremises, IngressController, IngressImplementation, ingresses_by_age};
use crate::cluster::Cluster;
use crate::diagnostic::{Diagnostic, Problem};
use crate::model::{Ingress, well_known};
use crate::packet::{Protocol, Scheme};
use crate::source::{FieldRef, ObjectRef};
use crate::trace::{
    Candidate, CandidateFate, CandidateObjection, CandidateSubject, Cause, CauseList, Component, ComponentPlace,
    IngressControllerRule, IngressObjection, Judgement, JudgementBranch, ModelGap, PacketDecision, Share,
};

mod settings;
mod annotations;
mod validation;
mod hosts;
mod server;
mod request;
mod condition;
mod forward;
mod upstream;
mod serve;
mod maker;
mod secrets;
mod route_validation;
mod policies;
mod ingresses;
mod listeners;
mod routes;
mod virtual_servers;
mod transport;

/// The names that are read.
pub mod read {
    pub use super::annotations::{ANNOTATIONS, F5Annotation, F5AnnotationEffect};
    pub use super::policies::{READ_KINDS, unread_kinds};
    pub use super::settings::{ARGUMENTS, CONFIG_KEYS, UNREAD_KEYS};
}

pub use settings::F5Settings as F5ControllerSettings;

/// Who decides here.
const F5_NGINX: Component = Component::Ingress(IngressImplementation::F5Nginx);

/// The configuration of one controller.
#[derive(Clone, Debug)]
pub struct F5Nginx {
    settings: F5Settings,
    certificates: CertificateStore,
    /// The default server first.
    servers: Vec<F5Server>,
    /// The places of servers by port and name; wildcards with their star.
    by_name: BTreeMap<(u16, String), Vec<usize>>,
    /// Connections that go on as they come.
    streams: Vec<StreamServer>,
    left_out: Vec<ExcludedIngress>,
    /// A line that nginx doesn't take, with its words.
    refused: Option<(FieldRef, String)>,
    /// What the controller says to objects, with the line.
    said: Vec<(FieldRef, String)>,
}

impl IngressController for F5Nginx {
    fn listens_on(&self, port: u16) -> bool {
        let takes = |server: &F5Server| server.http_ports.contains(&port) || server.https_ports.contains(&port);
        self.servers.iter().any(takes) || self.streams.iter().any(|stream| stream.listens_on(port))
    }

    /// Those of servers that take the handshake.
    fn certificates(&self, _: &Cluster, arrival: &ControllerArrival<'_>) -> Option<&CertificateStore> {
        if let Some(stream) = self.stream_of(arrival) {
            return stream.shows_certificate().then_some(&self.certificates);
        }
        let server = self.server_of_handshake(arrival);
        matches!(server?.certificate, ServerCertificate::Shown(_)).then_some(&self.certificates)
    }

    fn judge(&self, cluster: &Cluster, arrival: &ControllerArrival<'_>) -> Judgement {
        // 1. What is settled before a server is looked for.
        if let Some(stream) = self.stream_of(arrival) {
            let verdict = JudgementBuilder::new(F5_NGINX, arrival.place(), [].into());
            return stream.judge(cluster, verdict, Some(arrival.request));
        }
        let verdict = match self.check_connection(arrival) {
            Ok(verdict) => verdict,
            Err(judgement) => return *judgement,
        };
        let Some(view) = F5Request::of(&self.settings, arrival) else {
            return verdict.respond(status_response(400), vec![Cause::rule(IngressControllerRule::BadPath)]);
        };
        // 2. The servers that have the host, of which several may be the one.
        let at = arrival.place();
        let is_plus = self.settings.is_plus();
        let servers = self.servers_for(arrival.port, &view.hostname);
        let judgements = servers.iter().map(|server| {
            let served = F5ServedRequest { cluster, server, view: &view, at: &at, is_plus };
            served.judge(|| self.others(server))
        });
        combine(judgements.collect()).unwrap_or_else(|| {
            verdict.respond(status_response(404), vec![Cause::rule(IngressControllerRule::NoRuleMatches)])
        })
    }

    fn judge_connection(&self, cluster: &Cluster, pod: &ObjectRef, port: u16, _: IpAddr) -> Option<Judgement> {
        self.judge_stream(cluster, pod, (port, Protocol::Tcp))
    }

    fn judge_datagram(&self, cluster: &Cluster, pod: &ObjectRef, port: u16) -> Option<Judgement> {
        self.judge_stream(cluster, pod, (port, Protocol::Udp))
    }

    /// Its pages show nginx' version, which isn't known.
    fn page(&self, _: u16) -> Option<String> {
        None
    }

    /// Objects that it rejects or warns of, and what nginx refuses.
    fn diagnostics(&self) -> Vec<Diagnostic> {
        let said = self.said.iter();
        let said = said.map(|(field, message)| (field, Problem::ControllerRejects { message: message.clone() }));
        let refused = self.refused.iter();
        let refused = refused.map(|(field, message)| (field, Problem::NginxRefuses { message: message.clone() }));
        let all = said.chain(refused).map(|(field, problem)| {
            let FieldRef { object, path } = field.clone();
            Diagnostic { problem, object: Some(object), field: Some(path), span: None, fix: None }
        });
        all.collect()
    }
}

impl F5Nginx {
    /// Compiles what its pods watch.
    pub(super) fn read(premises: &ControllerPremises<'_>) -> Self {
        let cluster = premises.cluster;
        let settings = F5Settings::of(premises);
        // 1. The objects that it takes, and who has which host.
        let mut left_out = Vec::new();
        let mut said = Vec::new();
        let ingresses = valid_ingresses(cluster, &settings, premises.all, (&mut left_out, &mut said));
        let virtual_servers = VirtualServers::read(cluster, &settings, premises.all);
        let transport_servers = TransportServers::read(cluster, &settings, premises.all);
        let listeners = Listeners::read(cluster, &settings);
        for rejected in [&virtual_servers.rejected, &transport_servers.rejected, &listeners.rejected] {
            said.extend(rejected.iter().cloned());
        }
        said.extend(policies::rejected_policies(cluster, &settings, premises.all));
        let mut claims = claims(&ingresses);
        claims.extend(virtual_servers.claims().chain(transport_servers.claims()));
        let owners = HostOwners::settle(&claims);
        // 2. The servers: the default one first, then in the order of their files.
        let mut certificates = CertificateStore::default();
        let default = default_server(cluster, &settings, &mut certificates);
        let mut maker = ServerMaker {
            cluster,
            settings: &settings,
            certificates: &mut certificates,
            owners: &owners,
            refused: Vec::new(),
            left_out,
            warnings: said,
        };
        let mut servers = maker.make(&ingresses);
        servers.extend(virtual_servers.make(&mut maker, &listeners));
        let streams = transport_servers.make(&mut maker, &listeners);
        let ServerMaker { refused, left_out, warnings: said, .. } = maker;
        if !servers.iter().any(|server| server.host.is_empty()) {
            servers.insert(0, default);
        }
        // 3. By port and name, and whether nginx takes all of it.
        let by_name = places_by_name(&servers);
        let duplicate = servers.iter().find_map(|server| {
            let location = find_duplicate(&server.locations)?;
            Some((location.rule.clone()?, format!("duplicate location \"{}\"", location.path)))
        });
        let refused = refused.into_iter().next().or(duplicate);
        Self { settings, certificates, servers, by_name, streams, left_out, refused, said }
    }

    /// What a server of nginx' stream makes of what isn't HTTP.
    fn judge_stream(&self, cluster: &Cluster, pod: &ObjectRef, port: (u16, Protocol)) -> Option<Judgement> {
        let stream = StreamServer::find(&self.streams, port, None)?;
        let verdict = JudgementBuilder::new(F5_NGINX, ComponentPlace::Pod(pod.clone()), [].into());
        Some(stream.judge(cluster, verdict, None))
    }

    /// The server of nginx' stream that takes the connection of a request.
    fn stream_of(&self, arrival: &ControllerArrival<'_>) -> Option<&StreamServer> {
        StreamServer::find(&self.streams, (arrival.port, Protocol::Tcp), Some(arrival.request))
    }

    /// What is settled before nginx looks for a server.
    fn check_connection(&self, arrival: &ControllerArrival<'_>) -> Result<JudgementBuilder, Box<Judgement>> {
        let verdict = JudgementBuilder::new(F5_NGINX, arrival.place(), [].into());
        let request = arrival.request;
        // 1. A configuration that nginx doesn't take, and settings that aren't read.
        if let Some((field, _)) = &self.refused {
            let because = vec![Cause::line(field), Cause::rule(IngressControllerRule::ConfigurationRefused)];
            return Err(Box::new(verdict.unknown(ModelGap::Field(field.clone()), because)));
        }
        if let Some(field) = self.settings.unread() {
            let because = vec![Cause::line(&field)];
            return Err(Box::new(verdict.unknown(ModelGap::Field(field), because)));
        }
        // 2. Plain HTTP to a port of TLS, and the other way round.
        let is_encrypted = self.servers.iter().any(|server| server.https_ports.contains(&arrival.port));
        if request.scheme == Scheme::Http && is_encrypted {
            let because = vec![Cause::rule(IngressControllerRule::PlainHttpToTlsPort)];
            return Err(Box::new(verdict.respond(status_response(400), because)));
        }
        if request.scheme == Scheme::Https && !is_encrypted {
            let gap = ModelGap::ControllerSetting("TLS to the port of plain HTTP".to_owned());
            return Err(Box::new(verdict.unknown(gap, Vec::new())));
        }
        // 3. The handshake: versions, and names without certificate.
        if let Some(newest) = request.newest_tls.filter(|newest| is_encrypted && !self.settings.takes_tls(*newest)) {
            let _ = newest;
            let mut because: Vec<Cause> = self.settings.field("ssl-protocols").iter().map(Cause::line).collect();
            because.add_rule(IngressControllerRule::TlsVersionTooOld);
            return Err(Box::new(verdict.end(PacketDecision::BreakOff, because)));
        }
        if is_encrypted
            && let Some(ServerCertificate::Rejected(line)) = self.server_of_handshake(arrival).map(|it| &it.certificate)
        {
            let mut because: Vec<Cause> = line.iter().map(Cause::line).collect();
            because.add_rule(IngressControllerRule::HandshakeRejected);
            return Err(Box::new(verdict.end(PacketDecision::BreakOff, because)));
        }
        // 4. Methods that nginx refuses (ngx_http_process_request_header).
        if matches!(request.method.as_str(), "TRACE" | "CONNECT") {
            let because = vec![Cause::rule(IngressControllerRule::MethodRefused)];
            return Err(Box::new(verdict.respond(status_response(405), because)));
        }
        Ok(verdict)
    }

    /// The server that the name of the handshake leads to.
    fn server_of_handshake(&self, arrival: &ControllerArrival<'_>) -> Option<&F5Server> {
        let name = arrival.request.server_name.as_deref().unwrap_or_default().to_ascii_lowercase();
        self.servers_for(arrival.port, &name).first().copied()
    }

    /// The servers of a name on a port: the name itself, the longest wildcard, else the default one, else the first that
    /// listens there (ngx_http_find_virtual_server).
    fn servers_for(&self, port: u16, name: &str) -> Vec<&F5Server> {
        let places = |name: String| self.by_name.get(&(port, name));
        let mut wildcards = name.match_indices('.').filter_map(|(at, _)| name.get(at..)).map(|rest| format!("*{rest}"));
        let found = places(name.to_owned()).filter(|_| !name.is_empty()).or_else(|| wildcards.find_map(places));
        let of_host = found.into_iter().flatten().filter_map(|place| self.servers.get(*place)).collect::<Vec<_>>();
        if !of_host.is_empty() {
            return of_host;
        }
        let listens = |server: &&F5Server| server.http_ports.contains(&port) || server.https_ports.contains(&port);
        let default = self.servers.iter().filter(listens).find(|server| server.host.is_empty());
        default.or_else(|| self.servers.iter().find(listens)).into_iter().collect()
    }

    /// The servers of other hosts, and whole objects that fell out.
    fn others(&self, own: &F5Server) -> Vec<Candidate> {
        let others = self.servers.iter().filter(|server| !std::ptr::eq(*server, own));
        let others: Vec<Candidate> = others
            .filter_map(|server| {
                let fate = CandidateFate::Rejected(CandidateObjection::Ingress(IngressObjection::HostDiffers));
                let because = server.host_line.iter().cloned().map(Cause::Field).collect();
                Some(Candidate { what: CandidateSubject::Object(server.object.clone()?), fate, because })
            })
            .collect();
        let mut candidates = first_candidates(others.into_iter());
        candidates.extend(first_candidates(self.left_out.iter().map(ExcludedIngress::candidate)));
        candidates
    }
}

/// The default server: 404 to everything, and its own page of health if asked for (GenerateDefaultServerConfig).
fn default_server(cluster: &Cluster, settings: &F5Settings, certificates: &mut CertificateStore) -> F5Server {
    F5Server {
        object: None,
        host: String::new(),
        host_line: None,
        http_ports: vec![settings.ports.0],
        https_ports: vec![settings.ports.1],
        certificate: default_certificate(cluster, settings, certificates),
        steps: Vec::new(),
        guard: RequestGuard::default(),
        locations: health_location(settings).into_iter().chain([default_return(settings)]).collect(),
        transport_security: None,
    }
}

/// The Ingresses of its class that it doesn't reject, by their names.
fn valid_ingresses(
    cluster: &Cluster,
    settings: &F5Settings,
    all: bool,
    (left_out, said): (&mut Vec<ExcludedIngress>, &mut Vec<(FieldRef, String)>),
) -> Vec<ValidIngress> {
    let mut valid = Vec::new();
    for (reference, ingress) in ingresses_by_age(cluster, |one, other| one.0.cmp(&other.0)) {
        let watched = settings.watches(cluster, reference.namespace.as_deref().unwrap_or_default());
        let is_own = || watched && has_class(cluster, settings, &ingress);
        if !(all || is_own()) {
            left_out.push(ExcludedIngress::by_class(&reference, &ClassClaim::of(cluster, &ingress)));
            continue;
        }
        match ingress_fault(settings, &reference, &ingress) {
            Some((line, message)) => {
                left_out.push(excluded(&reference, IngressObjection::RejectedByController, line.clone()));
                said.push((line, message));
            }
            None => {
                let annotations = annotations::AnnotationSet::of(&reference, &ingress);
                valid.push(ValidIngress { reference, ingress, annotations });
            }
        }
    }
    valid
}

/// By the class' name; the annotation goes before the field (HasCorrectIngressClass). A class of this name that is another
/// controller's would keep it from starting.
fn has_class(cluster: &Cluster, settings: &F5Settings, ingress: &Ingress) -> bool {
    let annotation = ingress.metadata.annotations.get(well_known::INGRESS_CLASS).filter(|class| !class.is_empty());
    let class = annotation.or(ingress.spec.ingress_class_name.as_ref());
    let is_own = |name: &str| {
        let class = cluster.ingress_classes.get(name);
        class.is_none_or(|class| {
            Some(&*class.spec.controller) == IngressImplementation::F5Nginx.facts().class_controller
        })
    };
    class.is_some_and(|class| **class == *settings.class() && is_own(class))
}

/// The hosts that Ingresses want; minions want none.
fn claims(ingresses: &[ValidIngress]) -> Vec<HostClaim> {
    let owners = ingresses.iter().filter(|one| one.kind() != MergeableType::Minion);
    let hosts = owners.flat_map(|one| {
        let hosts = one.ingress.spec.rules.iter().map(|rule| rule.host.clone().unwrap_or_default());
        hosts.map(|host| HostClaim::new(&host, &one.reference, &one.ingress.metadata))
    });
    hosts.collect()
}

fn places_by_name(servers: &[F5Server]) -> BTreeMap<(u16, String), Vec<usize>> {
    let mut by_name: BTreeMap<(u16, String), Vec<usize>> = BTreeMap::new();
    for (place, server) in servers.iter().enumerate().filter(|(_, server)| !server.host.is_empty()) {
        for port in server.http_ports.iter().chain(&server.https_ports) {
            by_name.entry((*port, server.host.clone())).or_default().push(place);
        }
    }
    by_name
}

/// One judgement of several, each of which may be the one.
fn combine(judgements: Vec<Judgement>) -> Option<Judgement> {
    let share = Share::of(1, judgements.len() as u64);
    let tie = (judgements.len() > 1).then(|| Cause::rule(IngressControllerRule::OldestHasHost));
    judgements
        .into_iter()
        .reduce(|one, other| Judgement {
            component: one.component,
            at: one.at,
            earlier: one.earlier.iter().chain(other.earlier.iter()).cloned().collect(),
            branches: {
                let behind = one.candidates.len();
                let moved = other.branches.into_iter().map(|branch| {
                    let chosen = branch.chosen.map(|place| place + behind);
                    JudgementBranch { chosen, ..branch }
                });
                one.branches.into_iter().chain(moved).collect()
            },
            candidates: one.candidates.iter().chain(other.candidates.iter()).cloned().collect(),
        })
        .map(|mut judgement| {
            for branch in judgement.branches.iter_mut().filter(|_| tie.is_some()) {
                branch.share = branch.share.times(share);
                branch.because = branch.because.iter().cloned().chain(tie.clone()).collect();
            }
            judgement
        })
}
