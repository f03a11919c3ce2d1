//! What was answered to an HTTP request in the end: by a proxy itself, or by the server of a pod as far as it is known.

use super::ConsoleView;
use crate::container::server::{self, HandledRequest};
use crate::terminal::session::{BEGINNING, ServedRequest};
use crate::trace::{PacketDecision, ProcessDelivery, Resolution};

/// An answer as a client sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpAnswer {
    /// `200`.
    pub status: u16,
    /// All headers in order; None where some aren't known, as behind proxies.
    pub headers: Option<Vec<(String, String)>>,
    pub body: Option<String>,
}

/// What the server of a pod answered; None where no process took the request, or where what it answers isn't known.
pub fn pod_answer(view: &ConsoleView<'_>, resolution: &Resolution) -> Option<HttpAnswer> {
    let landing = resolution.landings.first()?;
    let hop = landing.trail.last()?;
    let PacketDecision::Deliver(ProcessDelivery { pod: Some(reference), .. }) = &hop.decision else { return None };
    let request = hop.before.http()?;
    let namespace = reference.namespace.as_deref().unwrap_or_default();
    let pod = view.plane.cluster.pods.get(namespace, &reference.name)?;
    if has_hook(view, pod) {
        return None;
    }
    let date = crate::terminal::clock::http_date(BEGINNING + view.session.seconds);
    let answer = server::answer(&HandledRequest {
        cluster: &view.plane.cluster,
        pod,
        port: hop.before.port,
        source: hop.before.source,
        request,
        written: &|path| view.session.file_of_pod(namespace, &reference.name, path).map(str::to_owned),
        date: &date,
    })?;
    let is_direct = !landing.trail.hops_backwards().any(crate::trace::Hop::is_proxied);
    let body = if request.method == "HEAD" { String::new() } else { answer.body };
    Some(HttpAnswer { status: answer.status, headers: is_direct.then_some(answer.headers), body: Some(body) })
}

/// The request as the pod's server writes it down; None where no pod got one.
pub fn served_request(view: &ConsoleView<'_>, resolution: &Resolution) -> Option<ServedRequest> {
    let hop = resolution.landings.first()?.trail.last()?;
    let PacketDecision::Deliver(ProcessDelivery { pod: Some(reference), .. }) = &hop.decision else { return None };
    let request = hop.before.http()?;
    let header = |name: &str| request.headers.value(name).map(str::to_owned);
    let version = if request.version == crate::packet::HttpVersion::Http10 { "1.0" } else { "1.1" };
    let answer = pod_answer(view, resolution);
    Some(ServedRequest {
        pod: reference.qualified_name(),
        port: hop.before.port,
        source: hop.before.source,
        line: format!("{} {} HTTP/{version}", request.method, request.target()),
        host: request.host.clone(),
        agent: header("User-Agent"),
        referer: header("Referer"),
        forwarded_for: header("X-Forwarded-For"),
        answer: answer.and_then(|answer| Some((answer.status, answer.body?.len()))),
        seconds: view.session.seconds,
    })
}

/// A hook that runs when a container starts may write anything.
fn has_hook(view: &ConsoleView<'_>, pod: &crate::cluster::Pod) -> bool {
    let written = pod.template.as_ref().unwrap_or(&pod.reference);
    let node = view.manifests.find(written).map(|object| object.node.span);
    node.is_some_and(|span| view.manifests.sources.text(span).contains("postStart"))
}

/// The words behind a status.
pub fn status_reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Not Allowed",
        413 => "Request Entity Too Large",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "",
    }
}
