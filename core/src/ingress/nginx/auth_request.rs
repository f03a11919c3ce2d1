//! The server of auth-url: whether it can be reached at all, and what it says if it is a server that is known. What another one
//! says isn't known, and taken as a yes.

use std::net::IpAddr;

use super::access::is_refused_by_snippets;
use super::early::EarlyAnswer;
use super::response_headers::BlocksInForce;
use super::script_phase::{PhaseEnd, run_snippets, unread_of};
use super::server::NginxLocation;
use super::server_request::{ServerRequest, rule_causes};
use super::settings::ConfigKey;
use super::snippet::placed;
use crate::cluster::{Cluster, ServiceKind};
use crate::ingress::IngressController;
use crate::ingress::backend::{self, EndpointReadiness, ProxyUpstream, UpstreamPeer};
use crate::ingress::verdict::status_response;
use crate::trace::{Cause, CauseList, IngressControllerRule, ModelGap};

/// What is to be said of a server that is asked whether a request may pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthServer {
    /// Nobody answers.
    Unreachable,
    /// It answers with this status.
    Says(u16),
    /// It isn't known what it says.
    NotKnown,
}

/// How auth_request ends where the server of auth-url doesn't let the request through: 401 and 403 are its answer, what is no 2xx
/// besides is 500 (ngx_http_auth_request_module, ngx_http_auth_request_handler). A 401 becomes auth-signin's redirect.
pub fn auth_request_failure(asked: ServerRequest<'_>, location: &NginxLocation) -> Option<EarlyAnswer> {
    // 1. Whether anybody is asked.
    let wanted = location.annotations.auth_request.as_ref()?;
    let spared = asked.nginx.settings.spares(ConfigKey::NoAuthLocations, &location.path);
    let own = own_port(&wanted.url)
        .is_some_and(|port| asked.nginx.listens_on(port) || matches!(port, 8181 | 8443 | 10245..=10254));
    if spared || own {
        return None;
    }
    // 2. What it says.
    let mut because = rule_causes(location);
    because.add_line(&wanted.field);
    let (status, rule) = match auth_server(asked.cluster, &wanted.url) {
        AuthServer::NotKnown => return None,
        AuthServer::Says(_) if !wanted.is_plain => return None,
        AuthServer::Says(200..=299) => return None,
        AuthServer::Says(status @ (401 | 403)) => (status, IngressControllerRule::AuthServerDenies),
        AuthServer::Says(_) => (500, IngressControllerRule::AuthServerFails),
        AuthServer::Unreachable => (500, IngressControllerRule::AuthServerUnreachable),
    };
    // 3. What that comes to.
    because.add_rule(rule);
    Some(match &wanted.signin {
        Some(signin) if status == 401 => EarlyAnswer::Unknown(ModelGap::Field(signin.clone()), because),
        _ => EarlyAnswer::Respond(status_response(status), because),
    })
}

/// Whether the server of auth-url is known to let requests through.
pub fn is_let_through(asked: ServerRequest<'_>, location: &NginxLocation) -> bool {
    let wanted = location.annotations.auth_request.as_ref().filter(|wanted| wanted.is_plain);
    let said = wanted.map(|wanted| auth_server(asked.cluster, &wanted.url));
    matches!(said, Some(AuthServer::Says(200..=299)))
}

/// What the subrequest's own script says: auth-snippet stands in its location. None where it goes on to the server; 2xx lets
/// the request through, 401 and 403 are its answer, anything else is 500 (ngx_http_auth_request_handler).
pub fn answer_of_auth_snippet(asked: ServerRequest<'_>, location: &NginxLocation) -> Option<Result<(), EarlyAnswer>> {
    location.annotations.auth_request.as_ref()?;
    let spared = asked.nginx.settings.spares(ConfigKey::NoAuthLocations, &location.path);
    let snippet = location.annotations.auth_snippet.as_ref().filter(|_| !spared)?;
    let mut state = asked.view.script.clone();
    let block = placed(snippet);
    let answer = match run_snippets([block], asked.view, false, &mut state).end {
        PhaseEnd::Answered(answer) => Some(answer),
        PhaseEnd::Through | PhaseEnd::Stopped => unread_of([block], |_| true),
    };
    let force = BlocksInForce { location: vec![block], ..BlocksInForce::default() };
    let because = || vec![Cause::line(&snippet.field)];
    match answer {
        Some(EarlyAnswer::Respond(response, _)) if (200..300).contains(&response.status) => Some(Ok(())),
        Some(EarlyAnswer::Respond(response, because)) => {
            let status = if matches!(response.status, 401 | 403) { response.status } else { 500 };
            Some(Err(EarlyAnswer::Respond(status_response(status), because)))
        }
        Some(unknown @ EarlyAnswer::Unknown(..)) => Some(Err(unknown)),
        None if state.uri_changed => {
            let gap = ModelGap::Directive { field: snippet.field.clone(), directive: "rewrite".to_owned(), line: 1 };
            Some(Err(EarlyAnswer::Unknown(gap, because())))
        }
        None if !snippet.block.access.is_empty() && is_refused_by_snippets(asked.nginx, asked.view, &force) => {
            let mut because = because();
            because.add_rule(IngressControllerRule::SnippetDenies);
            Some(Err(EarlyAnswer::Respond(status_response(403), because)))
        }
        None => None,
    }
}

/// The port of a URL that leads to the proxy's own pod.
fn own_port(url: &str) -> Option<u16> {
    let (host, port) = host_and_port(url)?;
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    port.filter(|_| address.is_ok_and(|address| address.is_loopback()))
}

fn host_and_port(url: &str) -> Option<(&str, Option<u16>)> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    Some(match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()),
        _ => (authority, Some(if scheme == "https" { 443 } else { 80 })),
    })
}

/// What is to be said of the server at a URL. Names outside the cluster, and those with variables, aren't known; in the proxy's own
/// pod nobody listens but the proxy.
pub fn auth_server(cluster: &Cluster, url: &str) -> AuthServer {
    let Some((host, Some(port))) = host_and_port(url).filter(|(host, _)| !host.contains('$')) else {
        return AuthServer::NotKnown;
    };
    match host.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(address) if address.is_loopback() => AuthServer::Unreachable,
        Ok(_) => AuthServer::NotKnown,
        Err(_) => {
            let Some(peers) = peers_in_cluster(cluster, host, port) else { return AuthServer::NotKnown };
            if peers.is_empty() {
                return AuthServer::Unreachable;
            }
            let status = path_in_clear(url).and_then(|path| backend::known_status(cluster, &peers, path));
            status.map_or(AuthServer::NotKnown, AuthServer::Says)
        }
    }
}

/// The path of a URL in the clear that nothing is filled into.
fn path_in_clear(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("http://")?;
    let path = rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/");
    let path = path.split('?').next().unwrap_or_default();
    (!path.contains('$')).then_some(path)
}

/// Whom a name of the cluster leads to; None of a name outside. nginx' resolver knows no search domains.
fn peers_in_cluster(cluster: &Cluster, host: &str, port: u16) -> Option<Vec<UpstreamPeer>> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let inside = host.strip_suffix(&*cluster.settings.cluster_domain)?.strip_suffix(".svc.")?;
    let (name, namespace) = inside.split_once('.').filter(|(_, namespace)| !namespace.contains('.'))?;
    let Some(service) = backend::find_service(cluster, namespace, name) else { return Some(Vec::new()) };
    match &service.kind {
        ServiceKind::ExternalName(_) => None,
        ServiceKind::Headless => {
            Some(ProxyUpstream::endpoints(cluster, service, EndpointReadiness::Ready, |_| vec![port]).peers)
        }
        ServiceKind::ClusterIp | ServiceKind::NodePort | ServiceKind::LoadBalancer => {
            let port = service.ports.iter().find(|candidate| candidate.port == port);
            Some(port.map_or_else(Vec::new, |port| {
                let same = |slice: &_| backend::endpoint_port(slice, port);
                ProxyUpstream::endpoints(cluster, service, EndpointReadiness::Ready, same).peers
            }))
        }
    }
}
