//! The server of auth-url: whether it can be reached at all. What a live one says isn't known, and taken as a yes.

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
use crate::ingress::backend::{self, EndpointReadiness, ProxyUpstream};
use crate::ingress::verdict::status_response;
use crate::trace::{Cause, CauseList, IngressControllerRule, ModelGap};

/// Why auth_request ends in 500: nobody answers at auth-url (ngx_http_auth_request_module: what is no 2xx, 401 or 403).
pub fn auth_request_failure(asked: ServerRequest<'_>, location: &NginxLocation) -> Option<Vec<Cause>> {
    let wanted = location.annotations.auth_request.as_ref()?;
    let spared = asked.nginx.settings.spares(ConfigKey::NoAuthLocations, &location.path);
    let own = own_port(&wanted.url)
        .is_some_and(|port| asked.nginx.listens_on(port) || matches!(port, 8181 | 8443 | 10245..=10254));
    if spared || own || url_may_answer(asked.cluster, &wanted.url) {
        return None;
    }
    let mut because = rule_causes(location);
    because.add_line(&wanted.field).add_rule(IngressControllerRule::AuthServerUnreachable);
    Some(because)
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

/// Whether somebody may answer at a URL. Names outside the cluster, and those with variables, are taken as answered; in the
/// proxy's own pod nobody listens but the proxy.
pub fn url_may_answer(cluster: &Cluster, url: &str) -> bool {
    let Some((host, Some(port))) = host_and_port(url).filter(|(host, _)| !host.contains('$')) else { return true };
    match host.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(address) => !address.is_loopback(),
        Err(_) => may_answer_in_cluster(cluster, host, port),
    }
}

/// Whether a name of the cluster leads to somebody; nginx' resolver knows no search domains.
fn may_answer_in_cluster(cluster: &Cluster, host: &str, port: u16) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let inside = host.strip_suffix(&*cluster.settings.cluster_domain).and_then(|rest| rest.strip_suffix(".svc."));
    let Some(inside) = inside else { return true };
    let Some((name, namespace)) = inside.split_once('.').filter(|(_, namespace)| !namespace.contains('.')) else {
        return true;
    };
    let Some(service) = backend::find_service(cluster, namespace, name) else { return false };
    match &service.kind {
        ServiceKind::ExternalName(_) => true,
        ServiceKind::Headless => {
            !ProxyUpstream::endpoints(cluster, service, EndpointReadiness::Ready, |_| vec![port]).peers.is_empty()
        }
        ServiceKind::ClusterIp | ServiceKind::NodePort | ServiceKind::LoadBalancer => {
            service.ports.iter().find(|candidate| candidate.port == port).is_some_and(|port| {
                let same = |slice: &_| backend::endpoint_port(slice, port);
                !ProxyUpstream::endpoints(cluster, service, EndpointReadiness::Ready, same).peers.is_empty()
            })
        }
    }
}
