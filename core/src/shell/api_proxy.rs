//! What is asked of `kubectl proxy`: the API server's own answers, and its proxy to Services and pods
//! (registry/core/service/storage, ResourceLocation; registry/core/pod, ResourceLocation), which no kube-proxy sees.

use serde_json::json;

use super::stream::CommandOutput;
use super::{CommandScope, ShellRunner};
use crate::cluster::Cluster;
use crate::console::url;
use crate::kubectl;
use crate::request::RequestClient;
use crate::terminal::UsageError;

/// What becomes of a request to the proxy.
enum ApiProxyAnswer {
    /// It goes on to this address, port and path.
    Goes(String),
    /// The API server says so, with a status.
    Answered(u16, String),
}

impl ShellRunner<'_> {
    /// curl's words, if their URL leads to `kubectl proxy`: as the API server sends the request on. None for every other URL.
    pub(super) fn through_api(&mut self, scope: &CommandScope, args: &[String]) -> Option<CommandOutput> {
        // 1. Whether the URL is that of a proxy which runs outside.
        let at = args.iter().position(|arg| arg == "--url")?;
        let typed = args.get(at + 1)?;
        let parsed = url::parse_url(typed, true).ok()?;
        let is_local = matches!(&*parsed.host, "localhost" | "127.0.0.1" | "[::1]");
        let is_outside = matches!(scope.client, RequestClient::External(_));
        if !is_local || !is_outside || !self.session.proxies.contains(&parsed.port()) {
            return None;
        }
        // 2. What the API server makes of it.
        let requests = self.session.requests.get(&scope.client).copied().unwrap_or_default();
        let target = match &parsed.query {
            Some(query) => format!("{}?{query}", parsed.path),
            None => parsed.path.clone(),
        };
        let cluster = &self.cluster.plane().cluster;
        let files = Default::default();
        let view =
            kubectl::KubectlView { manifests: self.cluster.manifests(), cluster, files: &files, clock: self.clock() };
        Some(match proxied(view, &target, requests) {
            Err(error) => self.refuse(error),
            Ok(ApiProxyAnswer::Answered(status, body)) => {
                // 3. It answers itself.
                let fails = status >= 400 && args.iter().any(|arg| ["-f", "--fail"].contains(&arg.as_str()));
                let is_head = args.iter().any(|arg| ["-I", "--head", "-i", "-w", "-o"].contains(&arg.as_str()));
                if is_head {
                    self.note(format!(
                        "the API server answers with status {status}; curl's options beside aren't followed there"
                    ));
                }
                if fails {
                    CommandOutput::failure(22, format!("curl: (22) The requested URL returned error: {status}"))
                } else {
                    CommandOutput::text(body)
                }
            }
            Ok(ApiProxyAnswer::Goes(url)) => {
                // 4. It sends the request on, from where it stands.
                let mut words = vec!["curl".to_owned()];
                words.extend(args.iter().take(at).cloned());
                words.extend(["-H".to_owned(), format!("Host: {}", parsed.authority()), "--url".to_owned(), url]);
                words.extend(args.iter().skip(at + 2).cloned());
                // The API server stands on the control plane, or on a machine of its own outside.
                let nodes = cluster.nodes.values();
                let is_control_plane = |node: &&crate::cluster::Node| {
                    node.labels.keys().any(|label| &**label == "node-role.kubernetes.io/control-plane")
                };
                let node =
                    nodes.clone().find(is_control_plane).or_else(|| nodes.clone().next()).map(|node| node.name.clone());
                let client = node.map_or_else(|| scope.client.clone(), RequestClient::Node);
                *self.session.requests.entry(scope.client.clone()).or_default() += 1;
                let inner = CommandScope { client, ..scope.clone() };
                self.tool(&inner, &words)
            }
        })
    }
}

/// What isn't there.
fn not_found(kind: &str, name: &str) -> ApiProxyAnswer {
    let text = refusal(404, "NotFound", &format!("{kind} {name:?} not found"));
    let details = format!("  \"details\": {{\n    \"name\": {name:?},\n    \"kind\": {kind:?}\n  }},\n  \"code\"");
    match text {
        ApiProxyAnswer::Answered(status, body) => {
            ApiProxyAnswer::Answered(status, body.replace("  \"code\"", &details))
        }
        other => other,
    }
}

/// A Status, as the API server writes it.
fn refusal(status: u16, reason: &str, message: &str) -> ApiProxyAnswer {
    let text = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message, "reason": reason, "code": status});
    let fields = ["kind", "apiVersion", "metadata", "status", "message", "reason", "code"];
    let lines: Vec<String> =
        fields.iter().map(|field| format!("  \"{field}\": {}", text.get(field).cloned().unwrap_or_default())).collect();
    ApiProxyAnswer::Answered(status, format!("{{\n{}\n}}", lines.join(",\n")))
}

fn proxied(view: kubectl::KubectlView<'_>, target: &str, draw: u32) -> Result<ApiProxyAnswer, UsageError> {
    // 1. The path's parts.
    let (path, _) = target.split_once('?').unwrap_or((target, ""));
    let cluster = view.cluster;
    let parts: Vec<&str> = path.trim_start_matches('/').splitn(8, '/').collect();
    match &parts[..] {
        ["api", "v1", "namespaces", namespace, kind @ ("services" | "pods"), named, "proxy", ..] => {
            // What stands behind `proxy`, the query with it.
            // 2. To a Service or a pod: its scheme, name and port, then its endpoint.
            let rest = target.splitn(9, '/').nth(8).unwrap_or_default();
            let parts: Vec<&str> = named.split(':').collect();
            let (scheme, name, port) = match &parts[..] {
                [name] => ("http", *name, ""),
                [name, port] => ("http", *name, *port),
                [scheme, name, port] => (if scheme.is_empty() { "http" } else { scheme }, *name, *port),
                _ => return Ok(refusal(400, "BadRequest", &format!("invalid service request {named:?}"))),
            };
            let to = |address: String, port: u16| ApiProxyAnswer::Goes(format!("{scheme}://{address}:{port}/{rest}"));
            if *kind == "pods" {
                return Ok(of_pod(cluster, namespace, name, port, &to));
            }
            Ok(of_service(cluster, namespace, name, port, draw, &to))
        }
        // 3. Anything else is the API server's own.
        _ => match kubectl::raw::answer(view, path)? {
            Ok(serde_json::Value::String(text)) => Ok(ApiProxyAnswer::Answered(200, text)),
            Ok(object) => Ok(ApiProxyAnswer::Answered(200, serde_json::to_string_pretty(&object).unwrap_or_default())),
            Err(message) => Ok(refusal(404, "NotFound", &message)),
        },
    }
}

fn of_pod(
    cluster: &Cluster,
    namespace: &str,
    name: &str,
    port: &str,
    to: &dyn Fn(String, u16) -> ApiProxyAnswer,
) -> ApiProxyAnswer {
    let Some(pod) = cluster.pods.get(namespace, name) else {
        return not_found("pods", name);
    };
    let ports = || pod.spec.containers.iter().flat_map(|container| &container.ports);
    let named = || ports().find(|one| one.name.as_deref() == Some(port)).map(|one| one.container_port as u16);
    let first = || ports().next().map_or(80, |one| one.container_port as u16);
    let port = if port.is_empty() { Some(first()) } else { port.parse().ok().or_else(named) };
    match (pod.addresses.first(), port) {
        (Some(address), Some(port)) => to(shown(*address), port),
        (None, _) => refusal(400, "BadRequest", "address not allowed"),
        (_, None) => refusal(400, "BadRequest", &format!("invalid port in pod request {name:?}")),
    }
}

/// One of the endpoints that are ready, whatever the Service's own address and policy (ResourceLocation).
fn of_service(
    cluster: &Cluster,
    namespace: &str,
    name: &str,
    port: &str,
    draw: u32,
    to: &dyn Fn(String, u16) -> ApiProxyAnswer,
) -> ApiProxyAnswer {
    let Some(service) = cluster.services.get(namespace, name) else {
        return not_found("services", name);
    };
    let wanted = match port.parse::<u16>() {
        Err(_) => port.to_owned(),
        Ok(number) => match service.ports.iter().find(|one| one.port == number) {
            Some(found) => found.name.to_string(),
            None => {
                let why = format!("no service port {number} found for service {name:?}");
                return refusal(503, "ServiceUnavailable", &why);
            }
        },
    };
    let mut found = Vec::new();
    for slice in cluster.slices_of(namespace, name) {
        let ports = slice.ports.iter().filter(|one| one.name.as_deref().unwrap_or_default() == wanted);
        for port in ports.filter_map(|one| one.port) {
            let ready = slice.endpoints.iter().filter(|endpoint| endpoint.ready != Some(false));
            found.extend(ready.filter_map(|endpoint| Some((*endpoint.addresses.first()?, port))));
        }
    }
    match found.get(draw as usize % found.len().max(1)) {
        Some((address, port)) => to(shown(*address), *port),
        None => refusal(503, "ServiceUnavailable", &format!("no endpoints available for service {name:?}")),
    }
}

fn shown(address: std::net::IpAddr) -> String {
    if address.is_ipv6() { format!("[{address}]") } else { address.to_string() }
}
