//! HTTPRoutes and GRPCRoutes of one Gateway.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{RequestCase, backend, backends, line_of, lines_of, namespace, requests, seldom, set, some_of};

const ASKED_HOSTS: [&str; 10] =
    ["x.test", "x.test", "x.test", "y.test", "a.x.test", "b.a.x.test", "X.test", "x.test.", "x.test:8080", "zz"];

const LISTENERS: &str = r#"
    [{"name": "http", "port": 80, "protocol": "HTTP"}]
    [{"name": "http", "port": 80, "protocol": "HTTP"}]
    [{"name": "http", "port": 80, "protocol": "HTTP"}]
    [{"name": "http", "port": 80, "protocol": "HTTP", "hostname": "x.test"}]
    [{"name": "http", "port": 80, "protocol": "HTTP", "hostname": "*.test"}]
    [{"name": "http", "port": 80, "protocol": "HTTP", "hostname": "x.test"}, {"name": "wild", "port": 80, "protocol": "HTTP", "hostname": "*.x.test"}]
    [{"name": "http", "port": 80, "protocol": "HTTP", "allowedRoutes": {"namespaces": {"from": "All"}}}]
"#;

const PATHS: &str = r#"
    {"type": "PathPrefix", "value": "/"}
    {"type": "PathPrefix", "value": "/foo"}
    {"type": "PathPrefix", "value": "/foo/"}
    {"type": "PathPrefix", "value": "/foo/bar"}
    {"type": "PathPrefix", "value": "/bar"}
    {"type": "Exact", "value": "/foo"}
    {"type": "Exact", "value": "/foo/"}
    {"type": "Exact", "value": "/foo/bar"}
    {"type": "Exact", "value": "/"}
    {"type": "RegularExpression", "value": "/f(o|x)o"}
    {"type": "RegularExpression", "value": "/foo.*"}
    {"type": "RegularExpression", "value": "/[a-z]+"}
    {"type": "RegularExpression", "value": "/f(o"}
"#;

const HEADERS: &str = r#"
    [{"type": "Exact", "name": "X-A", "value": "1"}]
    [{"type": "Exact", "name": "x-a", "value": "2"}]
    [{"type": "Exact", "name": "X-A", "value": "1"}, {"type": "Exact", "name": "X-B", "value": "v1"}]
    [{"type": "RegularExpression", "name": "X-B", "value": "v[0-9]"}]
    [{"type": "RegularExpression", "name": "X-B", "value": "("}]
"#;

const QUERIES: &str = r#"
    [{"type": "Exact", "name": "q", "value": "1"}]
    [{"type": "Exact", "name": "x", "value": "1"}]
    [{"type": "RegularExpression", "name": "q", "value": "[0-9]+"}]
    [{"type": "Exact", "name": "a", "value": "b c"}]
"#;

const FILTERS: &str = r#"
    {"type": "RequestHeaderModifier", "requestHeaderModifier": {"set": [{"name": "X-S", "value": "1"}], "add": [{"name": "X-A", "value": "2"}], "remove": ["X-B"]}}
    {"type": "RequestHeaderModifier", "requestHeaderModifier": {"set": [{"name": "Host", "value": "h.test"}]}}
    {"type": "RequestHeaderModifier", "requestHeaderModifier": {"remove": ["X-Forwarded-Host"]}}
    {"type": "ResponseHeaderModifier", "responseHeaderModifier": {"set": [{"name": "X-S", "value": "1"}], "add": [{"name": "X-T", "value": "2"}]}}
    {"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 302}}
    {"type": "RequestRedirect", "requestRedirect": {"hostname": "y.test", "statusCode": 301}}
    {"type": "RequestRedirect", "requestRedirect": {"hostname": "y.test", "port": 8443, "statusCode": 302}}
    {"type": "RequestRedirect", "requestRedirect": {"port": 80, "statusCode": 302}}
    {"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "port": 443, "statusCode": 308}}
    {"type": "RequestRedirect", "requestRedirect": {"path": {"type": "ReplaceFullPath", "replaceFullPath": "/new"}, "statusCode": 302}}
    {"type": "RequestRedirect", "requestRedirect": {"path": {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/new"}, "statusCode": 307}}
    {"type": "URLRewrite", "urlRewrite": {"hostname": "y.test"}}
    {"type": "URLRewrite", "urlRewrite": {"path": {"type": "ReplaceFullPath", "replaceFullPath": "/new"}}}
    {"type": "URLRewrite", "urlRewrite": {"path": {"type": "ReplaceFullPath", "replaceFullPath": "/new?y=2"}}}
    {"type": "URLRewrite", "urlRewrite": {"path": {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/new"}}}
    {"type": "URLRewrite", "urlRewrite": {"path": {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/new/"}}}
    {"type": "URLRewrite", "urlRewrite": {"path": {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/"}}}
    {"type": "RequestMirror", "requestMirror": {"backendRef": {"group": "", "kind": "Service", "name": "b", "port": 80}}}
    {"type": "CORS", "cors": {"allowOrigins": ["https://o.test"], "allowMethods": ["GET"], "maxAge": 5}}
    {"type": "ExtensionRef", "extensionRef": {"group": "traefik.io", "kind": "Middleware", "name": "m"}}
    {"type": "ExtensionRef", "extensionRef": {"group": "traefik.io", "kind": "Middleware", "name": "nosuch"}}
    {"type": "ExtensionRef", "extensionRef": {"group": "x.test", "kind": "K", "name": "n"}}
"#;

const BACKENDS: &str = r#"
    [{"name": "a", "port": 80}]
    [{"name": "b", "port": 80}]
    [{"name": "c", "port": 80}]
    [{"name": "two", "port": 80}]
    [{"name": "a", "port": 80, "weight": 1}, {"name": "b", "port": 80, "weight": 3}]
    [{"name": "a", "port": 80, "weight": 0}, {"name": "b", "port": 80}]
    [{"name": "a", "port": 80, "weight": 0}]
    [{"name": "nosuch", "port": 80}]
    [{"name": "a", "port": 81}]
    [{"name": "a", "port": 80}, {"name": "nosuch", "port": 80}]
    [{"name": "nobody", "port": 80}]
    [{"name": "a", "port": 80}, {"name": "nobody", "port": 80}]
    [{"name": "a", "port": 80, "kind": "Nonsense"}]
    [{"name": "a", "port": 80, "group": "x.test"}]
    [{"name": "a", "port": 80, "namespace": "other"}]
    [{"name": "api@internal", "group": "traefik.io", "kind": "TraefikService"}]
    []
"#;

/// All fields are there that the API server would fill in.
fn matches() -> BoxedStrategy<Value> {
    let method = line_of("\"GET\"\n\"POST\"\n\"OPTIONS\"");
    let one = (line_of(PATHS), seldom(0.2, line_of(HEADERS)), seldom(0.2, line_of(QUERIES)), seldom(0.15, method))
        .prop_map(|(path, headers, queries, method)| {
            let mut one = json!({"path": path});
            set(&mut one, "headers", headers);
            set(&mut one, "queryParams", queries);
            set(&mut one, "method", method);
            one
        });
    prop::collection::vec(one, 1..3).prop_map(Value::Array).boxed()
}

fn references() -> BoxedStrategy<Value> {
    line_of(BACKENDS)
        .prop_map(|references| {
            let filled = references.as_array().into_iter().flatten().map(|reference| {
                let mut filled = json!({"group": "", "kind": "Service", "weight": 1});
                for (name, value) in reference.as_object().into_iter().flatten() {
                    filled[name] = value.clone();
                }
                filled
            });
            Value::Array(filled.collect())
        })
        .boxed()
}

/// One filter of a type; a redirect has no backends.
fn rule() -> BoxedStrategy<Value> {
    (matches(), references(), lines_of(FILTERS, 2))
        .prop_map(|(matches, references, filters)| {
            let mut rule = json!({"matches": matches, "backendRefs": references});
            let mut kept: Vec<Value> = Vec::new();
            for filter in filters {
                let of_kind = |name: &str| kept.iter().any(|kept| kept["type"] == name);
                let excluded = of_kind("RequestRedirect") || of_kind("URLRewrite");
                let excludes = filter["type"] == "RequestRedirect" || filter["type"] == "URLRewrite";
                let is_there = of_kind(filter["type"].as_str().unwrap_or_default());
                if !(is_there || excluded && excludes) {
                    kept.push(filter);
                }
            }
            if kept.iter().any(|filter| filter["type"] == "RequestRedirect") {
                rule["backendRefs"] = json!([]);
            }
            rule["filters"] = json!(kept);
            rule
        })
        .prop_filter("a prefix is replaced of one prefix only", |rule| {
            let replaces = rule["filters"].to_string().contains("ReplacePrefixMatch");
            let matches = rule["matches"].as_array().map(Vec::as_slice).unwrap_or_default();
            !replaces || matches.len() == 1 && matches[0]["path"]["type"] == "PathPrefix"
        })
        .boxed()
}

fn route(number: usize) -> BoxedStrategy<Value> {
    let parents = line_of(
        "{\"name\": \"gw\"}\n{\"name\": \"gw\"}\n{\"name\": \"gw\"}\n{\"name\": \"gw\", \"sectionName\": \"http\"}\n{\"name\": \"gw\", \"sectionName\": \"nosuch\"}\n{\"name\": \"gw\", \"port\": 80}\n{\"name\": \"nosuch\"}",
    );
    let hostnames = some_of(&["x.test", "*.x.test", "a.x.test", "*.test"], 2);
    (prop::collection::vec(rule(), 1..4), parents, hostnames, 1..28u8)
        .prop_map(move |(rules, mut parent, hostnames, day)| {
            parent["group"] = json!("gateway.networking.k8s.io");
            parent["kind"] = json!("Gateway");
            json!({
                "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute",
                "metadata": {"name": format!("r{number}"), "namespace": "default", "creationTimestamp": format!("2026-01-{day:02}T00:00:00Z")},
                "spec": {"parentRefs": [parent], "hostnames": hostnames, "rules": rules},
            })
        })
        .boxed()
}

fn surroundings() -> Vec<Value> {
    let class = json!({
        "apiVersion": "gateway.networking.k8s.io/v1", "kind": "GatewayClass", "metadata": {"name": "traefik"},
        "spec": {"controllerName": "traefik.io/gateway-controller"},
    });
    let middleware = json!({
        "apiVersion": "traefik.io/v1alpha1", "kind": "Middleware", "metadata": {"name": "m", "namespace": "default"},
        "spec": {"addPrefix": {"prefix": "/pre"}},
    });
    let other = [namespace("other")].into_iter().chain(backend("other", "a", 1));
    [class, middleware].into_iter().chain(backends("default")).chain(other).collect()
}

fn gateway(mut listeners: Value) -> Value {
    for listener in listeners.as_array_mut().into_iter().flatten() {
        if listener["allowedRoutes"].is_null() {
            listener["allowedRoutes"] = json!({"namespaces": {"from": "Same"}});
        }
    }
    json!({
        "apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "metadata": {"name": "gw", "namespace": "default"},
        "spec": {"gatewayClassName": "traefik", "listeners": listeners},
    })
}

fn grant() -> BoxedStrategy<Vec<Value>> {
    let grant = json!({
        "apiVersion": "gateway.networking.k8s.io/v1beta1", "kind": "ReferenceGrant", "metadata": {"name": "g", "namespace": "other"},
        "spec": {"from": [{"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "namespace": "default"}], "to": [{"group": "", "kind": "Service"}]},
    });
    prop::collection::vec(Just(grant), 0..2).boxed()
}

/// A Gateway with one to three routes.
pub fn cases() -> impl Strategy<Value = RequestCase> {
    let routes = prop_oneof![
        route(0).prop_map(|one| vec![one]),
        (route(0), route(1)).prop_map(|(one, other)| vec![one, other]),
        (route(0), route(1), route(2)).prop_map(|(one, other, third)| vec![one, other, third])
    ];
    (line_of(LISTENERS), routes, grant(), requests("GATEWAY(default/gw)", &ASKED_HOSTS, 0.0)).prop_map(
        |(listeners, routes, grant, requests)| {
            let parts = [surroundings(), vec![gateway(listeners)], routes, grant];
            RequestCase { objects: parts.concat(), requests }
        },
    )
}
