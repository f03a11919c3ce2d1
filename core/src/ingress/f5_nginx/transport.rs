//! TransportServers: connections that go on as they come (internal/configs/transportserver.go, internal/k8s/configuration.go,
//! buildListenerHostsAndTSConfigurations).

use std::cmp::Ordering;
use std::sync::Arc;

use super::annotations::is_method;
use super::hosts::{HostClaim, HostClaimAge};
use super::listeners::{Listeners, TLS_PASSTHROUGH};
use super::maker::{ServerMaker, excluded};
use super::policies::{is_own_class, read_spec, resources_of};
use super::route_validation::{SNIPPETS_OFF, SpecFault, fault, host_fault, invalid, is_name};
use super::secrets::server_certificate;
use super::server::{ServerCertificate, UpstreamBalancing, UpstreamName};
use super::settings::F5Settings;
use super::upstream::resolve_upstream;
use crate::cluster::Cluster;
use crate::ingress::verdict::{ForwardedRequest, JudgementBuilder};
use crate::model::{Labels, Metadata, ServiceBackendPort, TransportServerSpec};
use crate::packet::{HttpRequest, Protocol, Scheme};
use crate::source::{FieldPath, FieldRef, ObjectRef};
use crate::trace::{Cause, IngressControllerRule, IngressObjection, Judgement, PacketDecision, Share};

/// The protocol of the listener that is built in.
const PASSTHROUGH_PROTOCOL: &str = "TLS_PASSTHROUGH";

/// A TransportServer that is valid.
#[derive(Clone, Debug)]
pub struct ValidTransportServer {
    reference: ObjectRef,
    metadata: Metadata,
    spec: TransportServerSpec,
}

/// The valid ones of a cluster.
#[derive(Clone, Debug, Default)]
pub struct TransportServers {
    servers: Vec<ValidTransportServer>,
    /// What the controller rejects, with its words.
    pub rejected: Vec<(FieldRef, String)>,
}

/// A server of nginx' stream.
#[derive(Clone, Debug)]
pub struct StreamServer {
    port: u16,
    protocol: Protocol,
    /// The name of the TLS handshake that it takes; all without one.
    host: Option<String>,
    end: StreamEnd,
    upstream: UpstreamName,
    line: FieldRef,
}

/// What becomes of TLS.
#[derive(Clone, Debug, PartialEq)]
enum StreamEnd {
    /// Whatever comes goes on.
    Kept,
    /// TLS goes on by the name of its handshake, which is looked at.
    ByName,
    /// TLS ends here.
    Ends(ServerCertificate),
}

impl TransportServers {
    /// Those of its class that it doesn't reject; with `all` of any class.
    pub fn read(cluster: &Cluster, settings: &F5Settings, all: bool) -> Self {
        let mut found = Self::default();
        for (reference, resource) in resources_of(cluster, settings, "TransportServer") {
            let spec: TransportServerSpec = read_spec(resource);
            if !all && !is_own_class(settings, spec.ingress_class.as_ref()) {
                continue;
            }
            match transport_fault(&spec, settings) {
                Some((path, message)) => {
                    let name = reference.qualified_name();
                    let message = format!("TransportServer {name} was rejected with error: {message}");
                    found.rejected.push((reference.field(path), message));
                }
                None => found.servers.push(ValidTransportServer {
                    reference: reference.clone(),
                    metadata: resource.metadata.clone(),
                    spec,
                }),
            }
        }
        found
    }

    /// The hosts that those want which pass TLS through.
    pub fn claims(&self) -> impl Iterator<Item = HostClaim> {
        let passing = self.servers.iter().filter(|one| one.passes_tls());
        passing.map(|one| HostClaim::new(&one.spec.host.clone().unwrap_or_default(), &one.reference, &one.metadata))
    }

    /// Their servers: of one listener and host the oldest.
    pub fn make(&self, maker: &mut ServerMaker<'_>, listeners: &Listeners) -> Vec<StreamServer> {
        let mut made: Vec<(StreamServer, HostClaimAge, &ValidTransportServer)> = Vec::new();
        for one in &self.servers {
            // 1. Whether it has its host or listener.
            let host = one.spec.host.as_deref().unwrap_or_default();
            let line = one.reference.field("spec.listener");
            if one.passes_tls() {
                if maker.owners.has(host, &one.reference) {
                    made.extend(one.server(maker, maker.settings.https_port()).map(|server| (server, one.age(), one)));
                } else {
                    maker.left_out.push(excluded(&one.reference, IngressObjection::HostTaken, line.clone()));
                    maker.warnings.push((line, "Host is taken by another resource".to_owned()));
                }
                continue;
            }
            let Some(port) = listeners.port(&one.spec.listener.name, &one.spec.listener.protocol) else {
                maker.warnings.push((line, format!("Listener {} doesn't exist", one.spec.listener.name)));
                continue;
            };
            let Some(server) = one.server(maker, port) else { continue };
            // 2. The oldest of several.
            let taken = made.iter().position(|(known, ..)| {
                (known.port, known.protocol, &known.host) == (server.port, server.protocol, &server.host)
            });
            let Some(place) = taken else {
                made.push((server, one.age(), one));
                continue;
            };
            let described = if host.is_empty() { "empty host" } else { host };
            let name = &one.spec.listener.name;
            let message = format!("Listener {name} with host {described} is taken by another resource");
            let Some(holder) = made.get_mut(place) else { continue };
            if one.age().compare(&holder.1) == Ordering::Less {
                maker.warnings.push((holder.2.reference.field("spec.listener"), message));
                *holder = (server, one.age(), one);
            } else {
                maker.warnings.push((line, message));
            }
        }
        made.into_iter().map(|(server, ..)| server).collect()
    }
}

impl ValidTransportServer {
    fn passes_tls(&self) -> bool {
        &*self.spec.listener.name == TLS_PASSTHROUGH
    }

    fn age(&self) -> HostClaimAge {
        HostClaimAge::of(&self.metadata)
    }

    fn server(&self, maker: &mut ServerMaker<'_>, port: u16) -> Option<StreamServer> {
        let spec = &self.spec;
        let namespace = self.reference.namespace.as_deref().unwrap_or_default();
        let pass = spec.action.as_ref()?.pass.as_ref()?;
        let upstream = spec.upstreams.iter().find(|upstream| upstream.name == *pass)?;
        let host = spec.host.clone().filter(|host| !host.is_empty());
        let secret = spec.tls.as_ref().and_then(|tls| tls.secret.as_deref()).filter(|name| !name.is_empty());
        let end = match secret {
            _ if self.passes_tls() => StreamEnd::ByName,
            Some(name) => {
                let line = self.reference.field("spec.tls.secret");
                let host = host.as_deref().unwrap_or_default();
                StreamEnd::Ends(server_certificate(maker, (namespace, Some(name)), host, line))
            }
            None => StreamEnd::Kept,
        };
        let is_hashed = upstream.lb_method.as_deref().is_some_and(|method| method.trim().starts_with("hash"));
        Some(StreamServer {
            port,
            protocol: if &*spec.listener.protocol == "UDP" { Protocol::Udp } else { Protocol::Tcp },
            host: host.map(|host| host.to_ascii_lowercase()),
            end,
            upstream: UpstreamName {
                namespace: namespace.into(),
                service: upstream.service.clone(),
                port: ServiceBackendPort { number: i32::try_from(upstream.port).ok(), ..ServiceBackendPort::default() },
                subselector: Labels::new(),
                cluster_ip: false,
                balancing: if is_hashed { UpstreamBalancing::Hashed } else { UpstreamBalancing::Even },
                balancing_line: None,
            },
            line: self.reference.field("spec.action"),
        })
    }
}

impl StreamServer {
    pub fn listens_on(&self, port: u16) -> bool {
        self.port == port
    }

    /// The server that takes a connection, of those on its port: by the name of the handshake, else the first without one.
    pub fn find<'s>(
        all: &'s [Self],
        (port, protocol): (u16, Protocol),
        request: Option<&HttpRequest>,
    ) -> Option<&'s Self> {
        let inside = request.filter(|request| request.scheme == Scheme::Https);
        let name = inside.and_then(|request| request.server_name.as_deref()).map(str::to_ascii_lowercase);
        let there = || all.iter().filter(move |one| one.port == port && one.protocol == protocol);
        let by_name = there().find(|one| one.host.is_some() && one.host == name);
        let first = there().find(|one| one.end != StreamEnd::ByName);
        by_name.or_else(|| there().find(|one| one.host.is_none())).or(first)
    }

    /// Whether it shows a certificate of the controller's.
    pub fn shows_certificate(&self) -> bool {
        matches!(self.end, StreamEnd::Ends(ServerCertificate::Shown(_)))
    }

    /// What becomes of a connection, with the request inside if that is known.
    pub fn judge(&self, cluster: &Cluster, mut verdict: JudgementBuilder, request: Option<&HttpRequest>) -> Judgement {
        let because = |why| -> Vec<Cause> { vec![Cause::line(&self.line), Cause::rule(why)] };
        // 1. TLS that it ends, without a certificate or without TLS.
        let scheme = request.map(|request| request.scheme);
        if let StreamEnd::Ends(certificate) = &self.end
            && (matches!(certificate, ServerCertificate::Rejected(_)) || scheme != Some(Scheme::Https))
        {
            let why = IngressControllerRule::HandshakeRejected;
            return verdict.end(PacketDecision::BreakOff, because(why));
        }
        // 2. What goes on: what came, or what was inside TLS.
        let ends = matches!(self.end, StreamEnd::Ends(_));
        let request = request.filter(|_| ends).map(|request| HttpRequest {
            scheme: Scheme::Http,
            server_name: None,
            ..request.clone()
        });
        let forward = ForwardedRequest {
            rule: Some(self.line.clone()),
            request: request.map(Arc::new),
            protocol: if self.end == StreamEnd::ByName { "tls" } else { "tcp" }.to_owned(),
            ..ForwardedRequest::default()
        };
        // 3. To an endpoint; without one there is a socket that doesn't exist.
        match resolve_upstream(cluster, &self.upstream, false) {
            Ok(upstream) => {
                let because = because(IngressControllerRule::ConnectionPassed);
                verdict.forward(Share::ONE, &upstream, &forward, &because);
                verdict.finish()
            }
            Err((why, nobody)) => {
                if let Some(nobody) = nobody {
                    verdict.consider_excluded(&nobody);
                }
                verdict.end(PacketDecision::BreakOff, because(why))
            }
        }
    }
}

/// The first fault of a TransportServer (pkg/apis/configuration/validation/transportserver.go).
fn transport_fault(spec: &TransportServerSpec, settings: &F5Settings) -> Option<SpecFault> {
    let at = FieldPath::root().field("spec");
    listener_fault(spec, &at.field("listener"), settings)
        .or_else(|| transport_host_fault(spec, &at.field("host")))
        .or_else(|| upstreams_fault(spec, &at.field("upstreams")))
        .or_else(|| action_fault(spec, &at.field("action")))
        .or_else(|| {
            let snippets = [("serverSnippets", &spec.server_snippets), ("streamSnippets", &spec.stream_snippets)];
            let written = snippets.iter().find(|(_, text)| text.as_ref().is_some_and(|text| !text.is_empty()));
            let refused = written.filter(|_| !settings.switch("enable-snippets", false));
            refused.and_then(|(name, _)| fault(&at.field(name), SNIPPETS_OFF))
        })
}

fn listener_fault(spec: &TransportServerSpec, at: &FieldPath, settings: &F5Settings) -> Option<SpecFault> {
    let (name, protocol) = (&*spec.listener.name, &*spec.listener.protocol);
    if name != TLS_PASSTHROUGH && protocol != PASSTHROUGH_PROTOCOL {
        if name.is_empty() {
            return fault(&at.field("name"), "Required value");
        }
        if !is_name(name) {
            let why = "a DNS-1035 label must consist of lower case alphanumeric characters or '-'";
            return invalid(&at.field("name"), name, why);
        }
        let why = "must specify a valid protocol. Accepted values: HTTP,TCP,UDP";
        let fits = ["HTTP", "TCP", "UDP"].contains(&protocol);
        return (!fits).then(|| invalid(&at.field("protocol"), protocol, why))?;
    }
    if !settings.switch("enable-tls-passthrough", false) {
        return fault(at, "Forbidden: TLS Passthrough is not enabled");
    }
    if protocol != PASSTHROUGH_PROTOCOL {
        let why = "must be 'TLS_PASSTHROUGH' for the built-in tls-passthrough listener";
        return invalid(&at.field("protocol"), protocol, why);
    }
    let why = "must be 'tls-passthrough' for a listener with the protocol TLS_PASSTHROUGH";
    (name != TLS_PASSTHROUGH).then(|| invalid(&at.field("name"), name, why))?
}

fn transport_host_fault(spec: &TransportServerSpec, at: &FieldPath) -> Option<SpecFault> {
    let host = spec.host.as_deref().unwrap_or_default();
    let passes = &*spec.listener.name == TLS_PASSTHROUGH;
    let has_secret = spec.tls.as_ref().is_some_and(|tls| tls.secret.as_ref().is_some_and(|name| !name.is_empty()));
    let why = match (&*spec.listener.protocol, host) {
        ("UDP", "") => return None,
        ("UDP", _) => "Forbidden: host field is not allowed for UDP TransportServers",
        (_, "") if passes => "Required value: must specify host for TLS Passthrough TransportServers",
        (_, "") => return None,
        _ if passes && has_secret => "Required value: must not specify spec.tls.secret when host using TLS Passthrough",
        _ if !passes && !has_secret => {
            "Required value: must specify spec.tls.secret when host is specified for non-TLS Passthrough TransportServers"
        }
        _ => return host_fault(host, at),
    };
    fault(at, why)
}

fn upstreams_fault(spec: &TransportServerSpec, at: &FieldPath) -> Option<SpecFault> {
    let numbered = spec.upstreams.iter().enumerate();
    numbered.into_iter().find_map(|(number, upstream)| {
        let at = at.index(number);
        let why = "a DNS-1035 label must consist of lower case alphanumeric characters or '-'";
        if !is_name(&upstream.name) {
            return invalid(&at.field("name"), &upstream.name, why);
        }
        if spec.upstreams.iter().take(number).any(|other| other.name == upstream.name) {
            return fault(&at.field("name"), format!("Duplicate value: \"{}\"", upstream.name));
        }
        if !is_name(&upstream.service) {
            return invalid(&at.field("service"), &upstream.service, why);
        }
        if !(1..=65535).contains(&upstream.port) {
            let why = "must be between 1 and 65535, inclusive";
            return fault(&at.field("port"), format!("Invalid value: {}: {why}", upstream.port));
        }
        let method = upstream.lb_method.as_deref().filter(|method| !method.is_empty())?;
        let fits = is_method(method) && method.trim() != "ip_hash";
        let why = format!("load balancing method is not valid: {method}");
        (!fits).then(|| invalid(&at.field("loadBalancingMethod"), method, &why))?
    })
}

fn action_fault(spec: &TransportServerSpec, at: &FieldPath) -> Option<SpecFault> {
    let Some(action) = &spec.action else { return fault(at, "Required value: must specify action") };
    let pass = action.pass.as_deref().unwrap_or_default();
    if pass.is_empty() {
        return fault(at, "Required value: must specify pass");
    }
    let is_known = spec.upstreams.iter().any(|upstream| &*upstream.name == pass);
    (!is_known).then(|| fault(&at.field("pass"), format!("Not found: \"{pass}\"")))?
}
