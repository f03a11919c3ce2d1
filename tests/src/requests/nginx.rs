//! Ingresses with ingress-nginx's annotations.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{RequestCase, annotations, backends, line_of, lines_of, requests, seldom, set, text};

const ASKED_HOSTS: [&str; 9] =
    ["x.test", "x.test", "x.test", "y.test", "www.x.test", "alias.x.test", "X.test", "x.test:8080", "zz"];

const ANNOTATIONS: &str = r#"
    {"use-regex": "true"}
    {"use-regex": "x"}
    {"rewrite-target": "/"}
    {"rewrite-target": "/bar/$1"}
    {"rewrite-target": "/$2"}
    {"rewrite-target": "/bar?y=2"}
    {"rewrite-target": "bar"}
    {"rewrite-target": "http://y.test/q"}
    {"app-root": "/app"}
    {"app-root": "app"}
    {"ssl-redirect": "true"}
    {"ssl-redirect": "false"}
    {"force-ssl-redirect": "true"}
    {"permanent-redirect": "https://y.test/q"}
    {"permanent-redirect": "https://y.test", "permanent-redirect-code": "308"}
    {"permanent-redirect": "https://y.test", "permanent-redirect-code": "999"}
    {"permanent-redirect": "https://y.test$request_uri"}
    {"temporal-redirect": "https://y.test/q"}
    {"temporal-redirect": "https://y.test", "temporal-redirect-code": "307"}
    {"from-to-www-redirect": "true"}
    {"whitelist-source-range": "10.0.0.0/8"}
    {"whitelist-source-range": "203.0.113.0/24"}
    {"allowlist-source-range": "203.0.113.50"}
    {"whitelist-source-range": "nonsense"}
    {"denylist-source-range": "203.0.113.50"}
    {"auth-type": "basic", "auth-secret": "auth", "auth-realm": "R"}
    {"auth-type": "basic", "auth-secret": "nosuch"}
    {"auth-type": "nonsense", "auth-secret": "auth"}
    {"auth-type": "basic", "auth-secret": "map", "auth-secret-type": "auth-map"}
    {"upstream-vhost": "v.test"}
    {"x-forwarded-prefix": "/p"}
    {"backend-protocol": "nonsense"}
    {"backend-protocol": "HTTP"}
    {"service-upstream": "true"}
    {"affinity": "cookie"}
    {"affinity": "cookie", "session-cookie-name": "q", "session-cookie-path": "/x"}
    {"affinity": "nonsense"}
    {"proxy-body-size": "4"}
    {"proxy-body-size": "x"}
    {"limit-rps": "1000"}
    {"limit-rps": "x"}
    {"custom-http-errors": "404"}
    {"custom-http-errors": "404,418", "default-backend": "b"}
    {"default-backend": "b"}
    {"default-backend": "nosuch"}
    {"configuration-snippet": "return 418;"}
    {"server-snippet": "return 418;"}
    {"server-alias": "alias.x.test"}
    {"server-alias": "*.x.test"}
    {"ssl-passthrough": "true"}
    {"proxy-ssl-secret": "nosuch"}
    {"auth-tls-secret": "nosuch"}
    {"auth-url": "nonsense"}
    {"custom-headers": "default/hdrs"}
    {"enable-cors": "true"}
    {"enable-cors": "true", "cors-allow-origin": "https://o.test"}
    {"enable-cors": "true", "cors-allow-origin": "https://*.test, https://p.test", "cors-allow-methods": "GET"}
    {"enable-cors": "true", "cors-allow-credentials": "false", "cors-expose-headers": "X-E", "cors-max-age": "5"}
    {"enable-cors": "x"}
    {"proxy-connect-timeout": "x"}
    {"proxy-next-upstream": "off"}
    {"proxy-buffering": "on"}
    {"nonsense": "x"}
    {"upstream-hash-by": "$request_uri"}
    {"load-balance": "ewma"}
"#;

const CANARIES: &str = r#"
    {"canary": "true", "canary-weight": "0"}
    {"canary": "true", "canary-weight": "100"}
    {"canary": "true", "canary-weight": "50"}
    {"canary": "true", "canary-by-header": "X-C"}
    {"canary": "true", "canary-by-header": "X-A", "canary-by-header-value": "1"}
    {"canary": "true", "canary-by-header": "X-A", "canary-by-header-pattern": "^1"}
    {"canary": "true", "canary-by-cookie": "c"}
    {"canary": "true", "canary-by-header": "X-C", "canary-weight": "100"}
    {"canary": "true", "canary-weight": "10", "canary-weight-total": "10"}
    {"canary": "true"}
    {"canary": "true", "canary-weight": "x"}
"#;

/// Paths that an API server takes.
fn path() -> BoxedStrategy<Value> {
    let plain = (
        text(&["/", "/foo", "/foo/", "/foo/bar", "/bar", "/api"]),
        text(&["Prefix", "Prefix", "Exact", "ImplementationSpecific"]),
    );
    let expression = (
        text(&["/f(o|x)o", "/foo/(.*)", "/foo(/|$)(.*)", "/[a-z]+", "/foo.*", "/foo$"]),
        text(&["ImplementationSpecific"]),
    );
    (prop_oneof![4 => plain, 1 => expression], text(&["a", "b", "c", "two", "nobody", "nosuch"]))
        .prop_map(|((path, kind), service)| json!({"path": path, "pathType": kind, "backend": {"service": {"name": service, "port": {"number": 80}}}}))
        .boxed()
}

fn ingress(number: usize) -> BoxedStrategy<Value> {
    let host = seldom(0.9, line_of("\"x.test\"\n\"x.test\"\n\"x.test\"\n\"y.test\"\n\"*.x.test\""));
    let tls = line_of("[{\"hosts\": [\"x.test\"]}]\n[{}]");
    let chosen = prop_oneof![4 => lines_of(ANNOTATIONS, 3), 1 => line_of(CANARIES).prop_map(|canary| vec![canary])];
    (prop::collection::vec(path(), 1..4), host, seldom(0.25, tls), chosen, 1..28u8)
        .prop_map(move |(paths, host, tls, chosen, day)| {
            let mut rule = json!({"http": {"paths": paths}});
            set(&mut rule, "host", host);
            let mut spec = json!({"ingressClassName": "nginx", "rules": [rule]});
            set(&mut spec, "tls", tls);
            json!({
                "apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
                "metadata": {
                    "name": format!("i{number}"), "namespace": "default", "creationTimestamp": format!("2026-01-{day:02}T00:00:00Z"),
                    "annotations": annotations("nginx.ingress.kubernetes.io/", chosen),
                },
                "spec": spec,
            })
        })
        .boxed()
}

fn surroundings() -> Vec<Value> {
    let secret = |name: &str, key: &str, text: &str| {
        let mut secret =
            json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": "default"}});
        secret["stringData"][key] = json!(text);
        secret
    };
    let class = json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "metadata": {"name": "nginx"},
        "spec": {"controller": "k8s.io/ingress-nginx"},
    });
    let headers = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "hdrs", "namespace": "default"}, "data": {"X-R": "1"}});
    let secrets = [
        secret("auth", "auth", "u:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n"),
        secret("map", "u", "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g="),
    ];
    [class, headers].into_iter().chain(secrets).chain(backends("default")).collect()
}

/// One to three Ingresses.
pub fn cases() -> impl Strategy<Value = RequestCase> {
    let ingresses = prop_oneof![
        ingress(0).prop_map(|one| vec![one]),
        (ingress(0), ingress(1)).prop_map(|(one, other)| vec![one, other]),
        (ingress(0), ingress(1), ingress(2)).prop_map(|(one, other, third)| vec![one, other, third])
    ];
    (ingresses, requests("INGRESS", &ASKED_HOSTS, 0.2))
        .prop_map(|(ingresses, requests)| RequestCase { objects: [surroundings(), ingresses].concat(), requests })
}
