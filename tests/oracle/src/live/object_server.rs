//! A Kubernetes API of one state, read-only: lists, watches that tell it once, single objects. What is written is said to be
//! written. It checks nothing; the objects are those that the core says the API server holds.

use std::collections::BTreeMap;
use std::io::{BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use serde_json::{Value, json};

use super::http::{HttpRequest, respond};

/// A group, its versions, its kinds with their plurals.
type ServedGroup = (&'static str, &'static [&'static str], &'static [(&'static str, &'static str)]);

const GROUPS: [ServedGroup; 6] = [
    (
        "",
        &["v1"],
        &[
            ("Service", "services"),
            ("Endpoints", "endpoints"),
            ("Secret", "secrets"),
            ("ConfigMap", "configmaps"),
            ("Pod", "pods"),
            ("Node", "nodes"),
            ("Namespace", "namespaces"),
            ("Event", "events"),
        ],
    ),
    ("discovery.k8s.io", &["v1"], &[("EndpointSlice", "endpointslices")]),
    ("networking.k8s.io", &["v1"], &[("Ingress", "ingresses"), ("IngressClass", "ingressclasses")]),
    ("coordination.k8s.io", &["v1"], &[("Lease", "leases")]),
    (
        "traefik.io",
        &["v1alpha1"],
        &[
            ("IngressRoute", "ingressroutes"),
            ("IngressRouteTCP", "ingressroutetcps"),
            ("IngressRouteUDP", "ingressrouteudps"),
            ("Middleware", "middlewares"),
            ("MiddlewareTCP", "middlewaretcps"),
            ("TraefikService", "traefikservices"),
            ("ServersTransport", "serverstransports"),
            ("ServersTransportTCP", "serverstransporttcps"),
            ("TLSOption", "tlsoptions"),
            ("TLSStore", "tlsstores"),
        ],
    ),
    (
        "gateway.networking.k8s.io",
        &["v1", "v1beta1", "v1alpha3", "v1alpha2"],
        &[
            ("GatewayClass", "gatewayclasses"),
            ("Gateway", "gateways"),
            ("HTTPRoute", "httproutes"),
            ("GRPCRoute", "grpcroutes"),
            ("TLSRoute", "tlsroutes"),
            ("TCPRoute", "tcproutes"),
            ("UDPRoute", "udproutes"),
            ("ReferenceGrant", "referencegrants"),
            ("BackendTLSPolicy", "backendtlspolicies"),
            ("ListenerSet", "listenersets"),
        ],
    ),
];

/// Kinds without a namespace.
const OF_CLUSTER: [&str; 4] = ["Node", "Namespace", "IngressClass", "GatewayClass"];

/// Group and plural.
type ServedResource = (&'static str, &'static str);

type ServedState = Arc<Mutex<BTreeMap<ServedResource, Vec<Value>>>>;

/// The server; its threads end with the run.
pub(super) struct ObjectServer {
    state: ServedState,
    pub address: String,
}

/// What a path asks for.
struct ResourcePath<'p> {
    version: String,
    kind: &'static str,
    resource: ServedResource,
    namespace: Option<&'p str>,
    name: Option<&'p str>,
}

impl ObjectServer {
    pub(super) fn start() -> Result<Self, String> {
        let failed = |error: std::io::Error| format!("the laboratory's API server: {error}");
        let listener = TcpListener::bind("127.0.0.1:0").map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?.to_string();
        let state = ServedState::default();
        let served = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&served);
                thread::spawn(move || serve(stream, &state));
            }
        });
        Ok(Self { state, address })
    }

    /// The state from now on.
    pub(super) fn load(&self, objects: Vec<Value>) {
        let mut state = BTreeMap::<ServedResource, Vec<Value>>::new();
        for (number, object) in objects.into_iter().enumerate() {
            if let Some(resource) = resource_of(&object) {
                state.entry(resource).or_default().push(as_stored(object, number));
            }
        }
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }
}

/// Of what the core is asked: the plurals of all kinds that components read.
pub(super) fn served_kinds() -> impl Iterator<Item = &'static str> {
    let kinds = GROUPS.iter().flat_map(|(_, _, kinds)| kinds.iter().map(|(_, plural)| *plural));
    kinds.filter(|plural| !matches!(*plural, "events" | "leases"))
}

fn resource_of(object: &Value) -> Option<ServedResource> {
    let version = object["apiVersion"].as_str()?;
    let group = version.rsplit_once('/').map_or("", |(group, _)| group);
    let (group, _, kinds) = GROUPS.iter().find(|(name, ..)| *name == group)?;
    kinds.iter().find(|(kind, _)| object["kind"] == *kind).map(|(_, plural)| (*group, *plural))
}

/// With what the API server gives to every object, and what Secrets hold.
fn as_stored(mut object: Value, number: usize) -> Value {
    let is_of_cluster = OF_CLUSTER.iter().any(|kind| object["kind"] == *kind);
    if object["kind"] == "Secret" {
        as_stored_secret(&mut object);
    }
    let metadata = &mut object["metadata"];
    let own = [
        ("uid", json!(format!("00000000-0000-0000-0000-{number:012}"))),
        ("creationTimestamp", json!("2026-01-01T00:00:00Z")),
        ("generation", json!(1)),
        ("resourceVersion", json!((number + 1).to_string())),
    ];
    for (name, value) in own {
        if metadata[name].is_null() {
            metadata[name] = value;
        }
    }
    if !is_of_cluster && metadata["namespace"].is_null() {
        metadata["namespace"] = json!("default");
    }
    object
}

fn as_stored_secret(secret: &mut Value) {
    let texts = secret["stringData"].take();
    for (name, text) in texts.as_object().into_iter().flatten() {
        secret["data"][name] = json!(base64(text.as_str().unwrap_or_default().as_bytes()));
    }
    if secret["type"].is_null() {
        secret["type"] = json!("Opaque");
    }
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let of_three = |three: &[u8]| {
        let bits = (0..3).fold(0, |bits, at| bits << 8 | u32::from(three.get(at).copied().unwrap_or(0)));
        let digit =
            |at: usize| if at > three.len() { '=' } else { char::from(DIGITS[(bits >> (18 - 6 * at) & 63) as usize]) };
        [digit(0), digit(1), digit(2), digit(3)]
    };
    bytes.chunks(3).flat_map(of_three).collect()
}

fn serve(stream: TcpStream, state: &ServedState) {
    let Ok(mut output) = stream.try_clone() else { return };
    let mut input = BufReader::new(stream);
    while let Some(request) = HttpRequest::read(&mut input) {
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let asked = resource_path(path);
        if let Some(asked) = asked.as_ref().filter(|_| query.contains("watch=true") || query.contains("watch=1")) {
            tell(&mut output, asked, query, &objects(state, asked, query));
            // Until the client has had enough.
            let _ = input.read_to_end(&mut Vec::new());
            return;
        }
        let (status, body) = match (&asked, request.method.as_str()) {
            (_, "GET") => read_answer(state, path, query, asked.as_ref()),
            _ => (200, serde_json::from_slice(&request.body).unwrap_or(json!({}))),
        };
        if respond(&mut output, status, &[("Content-Type", "application/json")], &body.to_string()).is_none() {
            return;
        }
    }
}

/// All there is, as if it had just come, and then nothing.
fn tell(output: &mut impl Write, asked: &ResourcePath<'_>, query: &str, objects: &[Value]) -> Option<()> {
    output
        .write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        .ok()?;
    if !query.contains("sendInitialEvents=true") {
        return Some(());
    }
    let added = objects.iter().map(|object| json!({"type": "ADDED", "object": object}));
    let end = json!({"type": "BOOKMARK", "object": {
        "kind": asked.kind, "apiVersion": asked.version,
        "metadata": {"resourceVersion": "100000", "annotations": {"k8s.io/initial-events-end": "true"}},
    }});
    for event in added.chain([end]) {
        let line = format!("{event}\n");
        output.write_all(format!("{:x}\r\n{line}\r\n", line.len()).as_bytes()).ok()?;
    }
    Some(())
}

fn read_answer(state: &ServedState, path: &str, query: &str, asked: Option<&ResourcePath<'_>>) -> (u16, Value) {
    let Some(asked) = asked else { return discovery(path).map_or((404, missing()), |body| (200, body)) };
    let found = objects(state, asked, query);
    match asked.name {
        Some(_) => found.into_iter().next().map_or((404, missing()), |object| (200, object)),
        None => (
            200,
            json!({
                "kind": format!("{}List", asked.kind), "apiVersion": asked.version,
                "metadata": {"resourceVersion": "100000"}, "items": found,
            }),
        ),
    }
}

fn missing() -> Value {
    json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404, "message": "not found"})
}

/// What clients ask before they ask for objects.
fn discovery(path: &str) -> Option<Value> {
    // 1. The version, health and the groups.
    let group_version = |group: &str, version: &str| format!("{group}/{version}");
    match path {
        "/version" => {
            return Some(json!({"major": "1", "minor": "37", "gitVersion": "v1.37.2", "platform": "linux/amd64"}));
        }
        "/healthz" | "/livez" | "/readyz" => return Some(json!({})),
        "/api" => return Some(json!({"kind": "APIVersions", "versions": ["v1"]})),
        "/apis" => {
            let groups = GROUPS.iter().filter(|(group, ..)| !group.is_empty()).map(|(group, versions, _)| {
                let versions = versions.iter();
                let versions: Vec<Value> = versions
                    .map(|version| json!({"groupVersion": group_version(group, version), "version": version}))
                    .collect();
                json!({"name": group, "versions": versions, "preferredVersion": versions[0]})
            });
            return Some(json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups.collect::<Vec<_>>()}));
        }
        _ => {}
    }
    // 2. The kinds of one group.
    let named = path.strip_prefix("/apis/").or_else(|| path.strip_prefix("/api/"))?;
    let group = named.rsplit_once('/').map_or("", |(group, _)| group);
    let (_, _, kinds) = GROUPS.iter().find(|(name, ..)| *name == group)?;
    let resources = kinds.iter().map(|(kind, plural)| {
        json!({"name": plural, "singularName": "", "namespaced": !OF_CLUSTER.contains(kind), "kind": kind,
            "verbs": ["get", "list", "watch", "create", "update", "patch", "delete"]})
    });
    Some(json!({"kind": "APIResourceList", "groupVersion": named, "resources": resources.collect::<Vec<_>>()}))
}

/// `/apis/GROUP/VERSION[/namespaces/NAMESPACE]/PLURAL[/NAME]`
fn resource_path(path: &str) -> Option<ResourcePath<'_>> {
    let (version, rest) = match path.strip_prefix("/api/v1/") {
        Some(rest) => ("v1", rest),
        None => path.strip_prefix("/apis/").and_then(|rest| {
            let end = rest.match_indices('/').nth(1)?.0;
            Some((&rest[..end], &rest[end + 1..]))
        })?,
    };
    let group = version.rsplit_once('/').map_or("", |(group, _)| group);
    let (group, _, kinds) = GROUPS.iter().find(|(name, ..)| *name == group)?;
    let words: Vec<&str> = rest.split('/').collect();
    let (namespace, words) = match words.as_slice() {
        ["namespaces", namespace, words @ ..] if !words.is_empty() => (Some(*namespace), words),
        words => (None, words),
    };
    let (kind, plural) = kinds.iter().find(|(_, plural)| words.first() == Some(plural))?;
    let name = words.get(1).copied();
    Some(ResourcePath { version: version.to_owned(), kind, resource: (group, plural), namespace, name })
}

fn objects(state: &ServedState, asked: &ResourcePath<'_>, query: &str) -> Vec<Value> {
    let state = state.lock().unwrap_or_else(PoisonError::into_inner);
    let (labels, fields) = (selector(query, "labelSelector"), selector(query, "fieldSelector"));
    let is_asked = |object: &&Value| {
        let metadata = &object["metadata"];
        asked.namespace.is_none_or(|namespace| metadata["namespace"] == namespace)
            && asked.name.is_none_or(|name| metadata["name"] == name)
            && labels.iter().all(|wanted| is_met(wanted, &metadata["labels"]))
            && fields
                .iter()
                .all(|wanted| wanted.strip_prefix("metadata.name=").is_none_or(|name| metadata["name"] == name))
    };
    let found = state.get(&asked.resource).into_iter().flatten().filter(is_asked).cloned();
    found
        .map(|mut object| {
            object["apiVersion"] = json!(asked.version);
            object
        })
        .collect()
}

/// The parts of a selector in a query.
fn selector(query: &str, name: &str) -> Vec<String> {
    let values = query.split('&').filter_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    let text =
        values.map(|value| value.replace("%3D", "=").replace("%21", "!").replace("%2C", ",").replace("%2F", "/"));
    text.flat_map(|text| text.split(',').map(str::to_owned).collect::<Vec<_>>())
        .filter(|part| !part.is_empty())
        .collect()
}

/// `key=value`, `key!=value`, `key`, `!key`.
fn is_met(wanted: &str, labels: &Value) -> bool {
    if let Some((key, value)) = wanted.split_once("!=") {
        return labels[key] != value;
    }
    if let Some((key, value)) = wanted.split_once('=') {
        return labels[key] == value.trim_start_matches('=');
    }
    match wanted.strip_prefix('!') {
        Some(key) => labels[key].is_null(),
        None => !labels[wanted].is_null(),
    }
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn secrets_are_stored_as_base64() {
        assert_eq!(
            ["", "a", "ab", "abc", "abcd"].map(|text| base64(text.as_bytes())),
            ["", "YQ==", "YWI=", "YWJj", "YWJjZA=="]
        );
    }
}
