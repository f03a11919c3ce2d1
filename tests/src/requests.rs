//! Random worlds for proxies, and requests to them: sensible ones and such as people write by mistake.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

pub mod gateway;
pub mod nginx;
pub mod traefik;

/// A world and what is asked there.
#[derive(Clone, Debug)]
pub struct RequestCase {
    /// All manifests.
    pub objects: Vec<Value>,
    /// Lines of curl; `INGRESS` and `GATEWAY(default/gw)` are the proxy.
    pub requests: Vec<String>,
}

/// Kinds that are taken away last, if at all: what others need.
const NEEDED: [&str; 8] = ["World", "IngressClass", "GatewayClass", "Gateway", "Namespace", "Pod", "Service", "Secret"];

impl RequestCase {
    /// The same without one thing: whole objects first, then what stands in their lists, then single fields.
    pub fn reduced(&self, number: usize) -> Option<Self> {
        let is_needed = |object: &Value| NEEDED.iter().any(|kind| object["kind"] == *kind);
        let mut removals: Vec<(usize, String)> = Vec::new();
        let (needed, others): (Vec<usize>, Vec<usize>) =
            (0..self.objects.len()).partition(|at| is_needed(&self.objects[*at]));
        removals.extend(others.iter().map(|at| (*at, String::new())));
        for at in others.iter().chain(needed.iter().filter(|at| self.objects[**at]["kind"] == "World")) {
            let mut pointers = Vec::new();
            for part in ["/metadata/annotations", "/spec"] {
                add_pointers(&self.objects[*at], part, &mut pointers);
            }
            removals.extend(pointers.into_iter().map(|pointer| (*at, pointer)));
        }
        let (at, pointer) = removals.get(number)?;
        let mut reduced = self.clone();
        if pointer.is_empty() {
            reduced.objects.remove(*at);
        } else {
            remove(&mut reduced.objects[*at], pointer);
        }
        Some(reduced)
    }
}

/// Everything below a part that can be taken away, the outer before the inner.
fn add_pointers(object: &Value, part: &str, pointers: &mut Vec<String>) {
    let Some(value) = object.pointer(part) else { return };
    let names: Vec<String> = match value {
        Value::Array(items) => (0..items.len()).map(|at| at.to_string()).collect(),
        Value::Object(fields) => fields.keys().map(|name| name.replace('~', "~0").replace('/', "~1")).collect(),
        _ => Vec::new(),
    };
    let below: Vec<String> = names.into_iter().map(|name| format!("{part}/{name}")).collect();
    pointers.extend(below.iter().cloned());
    below.iter().for_each(|pointer| add_pointers(object, pointer, pointers));
}

fn remove(object: &mut Value, pointer: &str) {
    let Some((parent, name)) = pointer.rsplit_once('/') else { return };
    let name = name.replace("~1", "/").replace("~0", "~");
    match object.pointer_mut(parent) {
        Some(Value::Array(items)) => drop(name.parse::<usize>().map(|at| items.remove(at))),
        Some(Value::Object(fields)) => drop(fields.remove(&name)),
        _ => {}
    }
}

/// Services `a`, `b`, `c` with a pod each, `two` with two, `nobody` without.
fn backends(namespace: &str) -> Vec<Value> {
    let counts = [("a", 1), ("b", 1), ("c", 1), ("two", 2), ("nobody", 0)];
    counts.iter().flat_map(|(name, pods)| backend(namespace, name, *pods)).collect()
}

fn backend(namespace: &str, name: &str, pods: usize) -> Vec<Value> {
    let service = json!({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": namespace},
        "spec": {"selector": {"app": name}, "ports": [{"name": "http", "port": 80, "targetPort": 8080}]},
    });
    let pods = (0..pods).map(|number| {
        json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": format!("{name}-{number}"), "namespace": namespace, "labels": {"app": name}},
            "spec": {"containers": [{"name": "c", "image": "nginx", "ports": [{"containerPort": 8080}]}]},
        })
    });
    [service].into_iter().chain(pods).collect()
}

fn namespace(name: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
}

fn text(choices: &[&str]) -> BoxedStrategy<String> {
    let choices: Vec<String> = choices.iter().map(|choice| choice.to_string()).collect();
    select(choices).boxed()
}

/// One of several JSON texts, one a line.
fn line_of(lines: &'static str) -> BoxedStrategy<Value> {
    let values = lines.lines().map(str::trim).filter(|line| !line.is_empty());
    let values: Vec<Value> =
        values.map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"))).collect();
    select(values).boxed()
}

/// A value now and then.
fn seldom(weight: f64, value: BoxedStrategy<Value>) -> BoxedStrategy<Option<Value>> {
    proptest::option::weighted(weight, value).boxed()
}

fn set(object: &mut Value, name: &str, value: Option<Value>) {
    if let Some(value) = value {
        object[name] = value;
    }
}

/// Annotations by their short names.
fn annotations(prefix: &str, chosen: Vec<Value>) -> Value {
    let mut all = json!({});
    for pairs in chosen {
        for (name, value) in pairs.as_object().into_iter().flatten() {
            all[format!("{prefix}{name}")] = value.clone();
        }
    }
    all
}

/// Several of a table's lines, fewer rather than more.
fn lines_of(lines: &'static str, most: usize) -> BoxedStrategy<Vec<Value>> {
    prop_oneof![
        2 => Just(Vec::new()),
        3 => prop::collection::vec(line_of(lines), 1..2),
        2 => prop::collection::vec(line_of(lines), 1..=most),
    ]
    .boxed()
}

/// Paths asked: what rules name, neighbours of it, and what proxies are picky about.
const ASKED_PATHS: [&str; 34] = [
    "/",
    "/foo",
    "/foo/",
    "/foo/bar",
    "/foobar",
    "/FOO",
    "/foo?x=1",
    "/foo//bar",
    "/other",
    "/bar",
    "/bar/baz?q=1",
    "/api/v1/x",
    "/api",
    "/fo%6f",
    "/foo%2Fbar",
    "/foo/../bar",
    "/foo/./bar",
    "/foo;v=1",
    "/foo%20bar",
    "/?q=2",
    "/foo/bar?q=1&q=2",
    "/a.b",
    "//foo",
    "/foo/bar/baz",
    "/bar/",
    "/foo?q=1;x=1",
    "/foo/?a=b%20c",
    "/v12/foo",
    "/foo%25x",
    "/foo?q",
    "/apix",
    "/fo",
    "/x/y/z",
    "/foo+bar",
];

/// What else curl is told.
const ASKED_WITH: [&str; 22] = [
    "",
    "",
    "",
    "",
    "",
    "",
    "-X POST",
    "-I",
    "-X PUT -d hello",
    "-d hi",
    "-H 'X-A: 1'",
    "-H 'X-A: 2'",
    "-H 'X-A: 1' -H 'X-A: 2'",
    "-H 'X-B: v1'",
    "-H 'Origin: https://o.test'",
    "-X OPTIONS -H 'Origin: https://o.test' -H 'Access-Control-Request-Method: PUT'",
    "-H 'X-Forwarded-For: 1.2.3.4'",
    "-H 'X-Forwarded-Proto: https'",
    "-u u:password",
    "-u u:wrong",
    "-H 'Cookie: c=always; s=1'",
    "-A me -H 'X-C: always'",
];

/// Requests to one address, over HTTP and now and then HTTPS.
fn requests(target: &'static str, hosts: &'static [&'static str], https: f64) -> BoxedStrategy<Vec<String>> {
    let one = (text(&ASKED_PATHS), text(hosts), text(&ASKED_WITH), proptest::bool::weighted(https)).prop_map(
        move |(path, host, with, secure)| {
            let with = if with.is_empty() { with } else { with + " " };
            let name = host.trim_end_matches('.').split(':').next().unwrap_or_default().to_lowercase();
            if secure && !name.is_empty() {
                format!("curl -k {with}--resolve {name}:443:{target} 'https://{name}{path}'")
            } else {
                format!("curl {with}-H 'Host: {host}' 'http://{target}{path}'")
            }
        },
    );
    prop::collection::vec(one, 10..16).boxed()
}

/// Some of these, in their order.
fn some_of(all: &[&str], most: usize) -> BoxedStrategy<Vec<String>> {
    let all: Vec<String> = all.iter().map(|name| name.to_string()).collect();
    let most = most.min(all.len());
    subsequence(all, 0..=most).boxed()
}
