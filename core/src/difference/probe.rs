//! A request that is asked of both sets, and how a set answers it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::IpAddr;

use serde::{Serialize, Serializer};

use super::facts::{AnswerFacts, LandingFacts};
use super::landings_of;
use crate::cluster::Pod;
use crate::console::{addresses, client};
use crate::packet::{Headers, HttpRequest, HttpVersion, Protocol, Scheme};
use crate::report::LandingReport;
use crate::request::{AddressFamily, Ask, ClientLibc, HttpAsk, Request, RequestClient, RequestHost};
use crate::simulation::Simulation;
use crate::source::ObjectRef;
use crate::trace::{Outcome, Resolution, Share};

/// A request, as somebody would type it and as it is asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProbeRequest {
    /// Who asks, as after `--from`.
    pub from: String,
    /// The command.
    pub command: String,
    /// What is asked.
    pub ask: ProbeAsk,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProbeAsk {
    /// An HTTP request of a client outside.
    Http(ProbeHttp),
    /// A connection to a Service, by its name.
    Service {
        /// `web.default`
        name: String,
        /// Its port.
        port: u16,
        /// TCP or UDP.
        protocol: Protocol,
    },
    /// A connection to a node's port of a Service.
    NodePort {
        /// The Service's namespace.
        namespace: String,
        /// Its name.
        name: String,
        /// Its own port.
        port: u16,
        /// TCP or UDP.
        protocol: Protocol,
        /// The number, where the manifests name it; else whichever the set gives it.
        number: Option<u16>,
    },
    /// A connection to a pod of a workload, whose address each set chooses.
    Pod {
        /// The workload, or the pod by itself.
        workload: ObjectRef,
        /// The port.
        port: u16,
        /// TCP or UDP.
        protocol: Protocol,
    },
    /// A connection to an address.
    Address {
        /// The address.
        address: IpAddr,
        /// The port.
        port: u16,
        /// TCP or UDP.
        protocol: Protocol,
    },
    /// Whatever the command says.
    Command,
}

/// An HTTP request of a client outside.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProbeHttp {
    /// Whether inside TLS.
    pub secure: bool,
    /// The host; None for the entrance's own address.
    pub host: Option<String>,
    /// The word for the entrance: `INGRESS`, `GATEWAY(default/gw)`.
    pub entrance: String,
    /// Where it isn't the scheme's own.
    pub port: Option<u16>,
    /// `GET`
    pub method: String,
    /// The path, with the query.
    pub target: String,
    /// Headers besides.
    pub headers: Vec<(String, String)>,
}

impl ProbeHttp {
    /// As somebody would type it.
    pub fn command(&self) -> String {
        let mut words = vec!["curl".to_owned()];
        if self.secure {
            words.push("-k".to_owned());
        }
        if self.method != "GET" {
            words.push(format!("-X {}", self.method));
        }
        words.extend(self.headers.iter().map(|(name, value)| format!("-H '{name}: {value}'")));
        let scheme = if self.secure { "https" } else { "http" };
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        let url = format!("{scheme}://{}{port}{}", self.host.as_deref().unwrap_or(&self.entrance), self.target);
        let plain = |c: char| c.is_alphanumeric() || "-_./:=,@%+~".contains(c);
        words.push(if url.chars().all(plain) { url } else { format!("'{url}'") });
        words.join(" ")
    }
}

impl ProbeRequest {
    /// An HTTP request from outside.
    pub fn http(http: ProbeHttp) -> Self {
        Self { from: "external".to_owned(), command: http.command(), ask: ProbeAsk::Http(http) }
    }

    /// A command from outside.
    pub fn command(command: String) -> Self {
        Self { from: "external".to_owned(), command, ask: ProbeAsk::Command }
    }

    /// What makes two requests one.
    pub fn identity(&self) -> (String, ProbeAsk, String) {
        let told = match self.ask {
            ProbeAsk::Command => self.command.clone(),
            _ => String::new(),
        };
        (self.from.clone(), self.ask.clone(), told)
    }

    /// As somebody would type it.
    pub fn line(&self) -> ProbeLine {
        ProbeLine { from: self.from.clone(), command: self.command.clone() }
    }
}

/// A request as somebody would type it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbeLine {
    /// Who asks, as after `--from`.
    pub from: String,
    /// The command.
    pub command: String,
}

/// With who asks, where that isn't the client outside.
impl fmt::Display for ProbeLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.from.as_str() {
            "external" => f.write_str(&self.command),
            from => write!(f, "{from} $ {}", self.command),
        }
    }
}

impl Serialize for ProbeLine {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A set that is asked.
pub struct ProbeSide<'s> {
    /// The set.
    pub simulation: &'s Simulation,
    /// The addresses of entrances, by their words.
    entrances: RefCell<BTreeMap<String, Option<IpAddr>>>,
    /// The one address of a host, where its name has one.
    hosts: RefCell<BTreeMap<(RequestClient, String), Option<IpAddr>>>,
}

impl<'s> ProbeSide<'s> {
    /// A set.
    pub fn new(simulation: &'s Simulation) -> Self {
        Self { simulation, entrances: RefCell::default(), hosts: RefCell::default() }
    }

    /// What the answers come to, request by request.
    pub fn answers(&self, requests: &[ProbeRequest]) -> Vec<Option<AnswerFacts>> {
        requests.iter().map(|request| self.answer(request)).collect()
    }

    /// What the answer comes to; None where nobody can ask.
    pub fn answer(&self, request: &ProbeRequest) -> Option<AnswerFacts> {
        let client = client::parse(&request.from, "default").ok()?;
        self.simulation.plane.sender(&client).ok()?;
        // An entrance that only the other set has.
        let Some(resolution) = self.resolve(request) else {
            let nowhere = LandingFacts { outcome: "no such entrance".to_owned(), ..LandingFacts::default() };
            return Some(AnswerFacts { landings: [(nowhere, Share::ONE)].into(), gaps: BTreeSet::new() });
        };
        let mut landings: BTreeMap<LandingFacts, Share> = BTreeMap::new();
        let reports = landings_of(&resolution);
        for report in &reports {
            let facts = self.facts(report, request);
            let (part, whole) = report.fraction.unwrap_or((0, 1));
            let share = Share::of(part, whole);
            let sum = landings.entry(facts).or_insert(Share::ZERO);
            *sum = sum.plus(share);
        }
        let gaps: BTreeSet<String> = resolution.gaps.iter().map(crate::explain::gap_text).collect();
        Some(AnswerFacts { landings, gaps })
    }

    /// The answer itself.
    pub fn resolve(&self, request: &ProbeRequest) -> Option<Resolution> {
        let from = client::parse(&request.from, "default").ok()?;
        match &request.ask {
            ProbeAsk::Http(http) => self.http(&from, http),
            ProbeAsk::Service { name, port, protocol } => {
                self.connect(&from, RequestHost::Name(name.clone()), *port, *protocol)
            }
            ProbeAsk::NodePort { namespace, name, port, protocol, number } => {
                let cluster = &self.simulation.plane.cluster;
                let node = cluster.nodes.values().find_map(|node| node.addresses.first().copied())?;
                let given = || {
                    let service = cluster.services.get(namespace, name)?;
                    service.ports.iter().find(|one| one.port == *port && one.protocol == *protocol)?.node_port
                };
                self.connect(&from, RequestHost::Address(node), number.or_else(given)?, *protocol)
            }
            ProbeAsk::Pod { workload, port, protocol } => {
                let pods = &self.simulation.plane.cluster.pods;
                let is_its = |pod: &&Pod| pod.workload.as_ref().unwrap_or(&pod.reference) == workload;
                let address = pods.values().filter(is_its).find_map(|pod| pod.addresses.first().copied())?;
                self.connect(&from, RequestHost::Address(address), *port, *protocol)
            }
            ProbeAsk::Address { address, port, protocol } => {
                self.connect(&from, RequestHost::Address(*address), *port, *protocol)
            }
            ProbeAsk::Command => self.simulation.run(&from, &request.command, None).ok()?.resolution,
        }
    }

    fn connect(&self, from: &RequestClient, host: RequestHost, port: u16, protocol: Protocol) -> Option<Resolution> {
        let plane = &self.simulation.plane;
        let sender = plane.sender(from).ok()?;
        let ask = Ask::Connect { protocol, host, family: AddressFamily::Any, port };
        Some(plane.resolve(&sender, &Request { from: from.clone(), ask, libc: sender.libc() }))
    }

    /// By the host's name; where the name leads out of the cluster, or nowhere, to the entrance all the same: the record of
    /// a name stays when its rule goes.
    fn http(&self, from: &RequestClient, http: &ProbeHttp) -> Option<Resolution> {
        let entrance = self.entrance(&http.entrance);
        let Some(host) = &http.host else { return self.ask(from, http, RequestHost::Address(entrance?)) };
        let by_name = self.by_name(from, http, host)?;
        let leads_out =
            by_name.landings.iter().all(|landing| matches!(landing.outcome(), Outcome::External | Outcome::Unresolved));
        match entrance.filter(|_| leads_out) {
            Some(address) => self.ask(from, http, RequestHost::Address(address)),
            None => Some(by_name),
        }
    }

    /// A name is looked up once: a host has many paths, and where it has one address, its other requests go there.
    fn by_name(&self, from: &RequestClient, http: &ProbeHttp, host: &str) -> Option<Resolution> {
        let key = (from.clone(), host.to_owned());
        let known = self.hosts.borrow().get(&key).copied();
        if let Some(Some(address)) = known {
            return self.ask(from, http, RequestHost::Address(address));
        }
        let resolution = self.ask(from, http, RequestHost::Name(host.to_owned()))?;
        if known.is_none() {
            let only = match resolution.lookups.as_slice() {
                [lookup] => lookup.result.as_ref().ok().filter(|found| found.len() == 1),
                _ => None,
            };
            self.hosts.borrow_mut().insert(key, only.and_then(|found| found.first().copied()));
        }
        Some(resolution)
    }

    fn ask(&self, from: &RequestClient, http: &ProbeHttp, to: RequestHost) -> Option<Resolution> {
        // 1. Who asks, and for which host.
        let plane = &self.simulation.plane;
        let sender = plane.sender(from).ok()?;
        let scheme = if http.secure { Scheme::Https } else { Scheme::Http };
        let host = match (&http.host, &to) {
            (Some(host), _) => host.clone(),
            (None, RequestHost::Address(address)) => address.to_string(),
            (None, RequestHost::Name(name)) => name.clone(),
        };
        let (path, query) = match http.target.split_once('?') {
            Some((path, query)) => (path.to_owned(), Some(query.to_owned())),
            None => (http.target.clone(), None),
        };
        // 2. The request as curl sends it.
        let mut headers = Headers::default();
        headers.add("User-Agent", "curl/8.14.1");
        headers.add("Accept", "*/*");
        http.headers.iter().for_each(|(name, value)| headers.add(name, value));
        let request = HttpRequest {
            scheme,
            method: http.method.clone(),
            server_name: http.host.clone().filter(|_| http.secure),
            host,
            path,
            query,
            headers,
            client_certificate: false,
            newest_tls: None,
            version: if http.secure { HttpVersion::Http2 } else { HttpVersion::Http1 },
            body_length: 0,
        };
        // 3. To its entrance, without following redirects.
        let ask = HttpAsk {
            host: to,
            family: AddressFamily::Any,
            port: http.port.unwrap_or(scheme.default_port()),
            request: request.into(),
            follow: 0,
        };
        Some(plane.resolve(&sender, &Request { from: from.clone(), ask: Ask::Http(ask), libc: ClientLibc::Glibc }))
    }

    /// The address that a word stands for here.
    fn entrance(&self, word: &str) -> Option<IpAddr> {
        if let Some(known) = self.entrances.borrow().get(word) {
            return *known;
        }
        // A class that only the other set has: its requests come in by what serves here.
        let plane = &self.simulation.plane;
        let general = || word.starts_with("INGRESS(").then(|| addresses::replace(plane, "INGRESS").ok()).flatten();
        let address = addresses::replace(plane, word).ok().or_else(general).and_then(|text| {
            let bare = text.trim_start_matches('[').split(']').next().unwrap_or_default().to_owned();
            bare.parse().ok().or_else(|| text.rsplit_once(':')?.0.trim_matches(['[', ']']).parse().ok())
        });
        self.entrances.borrow_mut().insert(word.to_owned(), address);
        address
    }

    /// What a landing comes to, without addresses and generated names.
    fn facts(&self, landing: &LandingReport, request: &ProbeRequest) -> LandingFacts {
        // 1. The entrance's address, where it is the host, is no fact.
        let entrance = match &request.ask {
            ProbeAsk::Http(http) if http.host.is_none() => {
                self.entrance(&http.entrance).map(|address| address.to_string())
            }
            _ => None,
        };
        let without_address = |text: &String| match &entrance {
            Some(address) => text.replace(address.as_str(), "ENTRANCE"),
            None => text.clone(),
        };
        // 2. Neither are headers that come by chance.
        let kept = |headers: &BTreeMap<String, String>| {
            let kept = headers.iter().filter(|(name, _)| !BY_CHANCE.contains(&name.as_str()));
            kept.map(|(name, value)| (name.clone(), without_address(value))).collect()
        };
        // 3. What is left to compare.
        LandingFacts {
            outcome: landing.outcome.clone(),
            status: landing.status,
            location: landing.location.as_ref().map(without_address),
            service: landing.service.clone(),
            workload: landing.pod.as_ref().map(|pod| self.workload(pod)),
            port: landing.address.as_ref().filter(|_| landing.pod.is_some()).and_then(|address| port(address)),
            path: landing.path.clone(),
            host: landing.host.as_ref().map(without_address),
            headers: kept(&landing.headers),
            response_headers: kept(&landing.response_headers),
            cookie: landing.set_cookie.as_ref().and_then(|cookie| cookie.split('=').next()).map(str::to_owned),
            protocol: landing.backend_protocol.clone(),
            // Inside it is the pod's own, but for a pod that gets to itself.
            source: landing
                .source_kind
                .clone()
                .filter(|_| !matches!(request.ask, ProbeAsk::Service { .. } | ProbeAsk::Pod { .. })),
            mirrors: landing.mirrored_to.keys().cloned().collect(),
            rules: landing.rules.clone(),
        }
    }

    /// The workload of a pod; the pod itself where it has none.
    fn workload(&self, pod: &str) -> String {
        let found =
            pod.split_once('/').and_then(|(namespace, name)| self.simulation.plane.cluster.pods.get(namespace, name));
        match found.and_then(|pod| pod.workload.as_ref()) {
            Some(workload) => workload.lowercase(),
            None => format!("pod {pod}"),
        }
    }
}

/// Headers that differ from request to request, or by the pod that a proxy runs in.
const BY_CHANCE: [&str; 4] = ["x-request-id", "x-forwarded-server", "x-envoy-internal", "traceparent"];

fn port(address: &str) -> Option<String> {
    address.rsplit_once(':').map(|(_, port)| port.to_owned())
}
