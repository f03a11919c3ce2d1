//! Traefik's own kinds and Ingresses, as its two oldest providers read them.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    RequestCase, annotations, backend, backends, line_of, lines_of, namespace, requests, seldom, set, some_of, text,
};

const HOSTS: [&str; 4] = ["x.test", "y.test", "a.x.test", "b.x.test"];
const ASKED_HOSTS: [&str; 9] =
    ["x.test", "x.test", "y.test", "a.x.test", "b.x.test", "X.test", "x.test.", "x.test:8080", "zz"];
const PATHS: [&str; 11] =
    ["/", "/foo", "/foo/", "/foo/bar", "/foobar", "/bar", "/bar/baz", "/a.b", "/foo/bar/baz", "/api/v1/x", "/api"];

const MIDDLEWARES: &str = r#"
    {"stripPrefix": {"prefixes": ["/foo", "/api"]}}
    {"stripPrefix": {"prefixes": ["/foo/"]}}
    {"stripPrefix": {"prefixes": ["foo"]}}
    {"stripPrefix": {"prefixes": ["/"]}}
    {"stripPrefix": {"prefixes": ["/f", "/foo"]}}
    {"stripPrefix": {"prefixes": []}}
    {"stripPrefixRegex": {"regex": ["/v[0-9]+", "^/[a-z]+"]}}
    {"stripPrefixRegex": {"regex": ["bar"]}}
    {"stripPrefixRegex": {"regex": ["("]}}
    {"addPrefix": {"prefix": "/pre"}}
    {"addPrefix": {"prefix": "pre"}}
    {"addPrefix": {"prefix": ""}}
    {"addPrefix": {"prefix": "/pre/"}}
    {"replacePath": {"path": "/fixed"}}
    {"replacePath": {"path": "/fixed?y=2"}}
    {"replacePath": {"path": "fixed"}}
    {"replacePathRegex": {"regex": "^/([a-z]+)/(.*)$", "replacement": "/$2/$1"}}
    {"replacePathRegex": {"regex": "^/foo/?(.*)", "replacement": "/$1"}}
    {"replacePathRegex": {"regex": "/o", "replacement": "/x"}}
    {"replacePathRegex": {"regex": "^/foo", "replacement": "/new?y=2"}}
    {"replacePathRegex": {"regex": "^/(?P<n>.*)$", "replacement": "/p/${n}"}}
    {"replacePathRegex": {"regex": "o", "replacement": ""}}
    {"redirectScheme": {"scheme": "https", "permanent": true}}
    {"redirectScheme": {"scheme": "https", "port": "8443"}}
    {"redirectScheme": {"scheme": "http"}}
    {"redirectScheme": {}}
    {"redirectRegex": {"regex": "^http://([^/]+)/bar(.*)$", "replacement": "http://${1}/rab${2}"}}
    {"redirectRegex": {"regex": "^https?://[^/]+/foo$", "replacement": "/rel", "permanent": true}}
    {"redirectRegex": {"regex": "foo", "replacement": "bar"}}
    {"redirectRegex": {"regex": "^http://x.test/(.*)", "replacement": "https://y.test/$1"}}
    {"headers": {"customRequestHeaders": {"X-A": "2", "X-N": "n"}}}
    {"headers": {"customRequestHeaders": {"X-B": "", "Host": "z.test"}}}
    {"headers": {"customResponseHeaders": {"X-R": "1", "Server": ""}}}
    {"headers": {"sslRedirect": true}}
    {"headers": {"frameDeny": true, "contentTypeNosniff": true, "browserXssFilter": true}}
    {"headers": {"stsSeconds": 100, "stsIncludeSubdomains": true, "forceSTSHeader": true}}
    {"headers": {"accessControlAllowOriginList": ["https://o.test"], "accessControlAllowMethods": ["GET", "PUT"], "accessControlMaxAge": 5, "addVaryHeader": true}}
    {"headers": {"accessControlAllowOriginList": ["*"], "accessControlAllowHeaders": ["X-Q"], "accessControlExposeHeaders": ["X-E"]}}
    {"headers": {"accessControlAllowOriginListRegex": ["https://.*\\.test"], "accessControlAllowCredentials": true}}
    {"headers": {"allowedHosts": ["x.test"]}}
    {"headers": {"referrerPolicy": "no-referrer", "permissionsPolicy": "x=()", "contentSecurityPolicy": "default-src 'self'", "customFrameOptionsValue": "SAMEORIGIN"}}
    {"headers": {}}
    {"ipAllowList": {"sourceRange": ["203.0.113.0/24"]}}
    {"ipAllowList": {"sourceRange": ["10.0.0.0/8"]}}
    {"ipAllowList": {"sourceRange": ["10.0.0.0/8"], "rejectStatusCode": 404}}
    {"ipAllowList": {"sourceRange": ["1.2.3.4"], "ipStrategy": {"depth": 1}}}
    {"ipAllowList": {"sourceRange": ["nonsense"]}}
    {"ipAllowList": {"sourceRange": []}}
    {"basicAuth": {"secret": "auth"}}
    {"basicAuth": {"secret": "auth", "removeHeader": true, "headerField": "X-User"}}
    {"basicAuth": {"secret": "basic", "realm": "R"}}
    {"basicAuth": {"secret": "missing"}}
    {"basicAuth": {}}
    {"digestAuth": {"secret": "auth"}}
    {"chain": {"middlewares": [{"name": "m0"}]}}
    {"chain": {"middlewares": [{"name": "m1"}, {"name": "m0"}]}}
    {"chain": {"middlewares": [{"name": "nosuch"}]}}
    {"errors": {"status": ["404", "500-599"], "service": {"name": "b", "port": 80}, "query": "/err/{status}"}}
    {"errors": {"status": ["200"], "service": {"name": "b", "port": 80}, "query": "/e?u={url}"}}
    {"errors": {"status": ["404"], "service": {"name": "nosuch", "port": 80}}}
    {"rateLimit": {"average": 1000, "burst": 1000}}
    {"rateLimit": {}}
    {"inFlightReq": {"amount": 10}}
    {"inFlightReq": {}}
    {"retry": {"attempts": 2}}
    {"retry": {"attempts": 0}}
    {"circuitBreaker": {"expression": "NetworkErrorRatio() > 0.5"}}
    {"circuitBreaker": {"expression": "Nonsense("}}
    {"compress": {}}
    {"compress": {"encodings": ["nonsense"]}}
    {"buffering": {"maxRequestBodyBytes": 3}}
    {"buffering": {"retryExpression": "x"}}
    {"contentType": {}}
    {"passTLSClientCert": {"pem": true}}
    {"grpcWeb": {"allowOrigins": ["*"]}}
    {"encodedCharacters": {"allowEncodedSlash": true}}
    {"forwardAuth": {"address": ""}}
    {"plugin": {"x": {"a": 1}}}
    {}
    {"stripPrefix": {"prefixes": ["/foo"]}, "addPrefix": {"prefix": "/bar"}}
"#;

const ROUTE_SERVICES: &str = r#"
    [{"name": "a", "port": 80}]
    [{"name": "b", "port": 80}]
    [{"name": "c", "port": "http"}]
    [{"name": "a", "port": 80}, {"name": "b", "port": 80, "weight": 2}]
    [{"name": "a", "port": 80, "weight": 0}, {"name": "b", "port": 80}]
    [{"name": "two", "port": 80}]
    [{"name": "two", "port": 80, "strategy": "p2c"}]
    [{"name": "two", "port": 80, "strategy": "hrw"}]
    [{"name": "two", "port": 80, "nativeLB": true}]
    [{"name": "two", "port": 80, "sticky": {"cookie": {"name": "s"}}}]
    [{"name": "nobody", "port": 80}]
    [{"name": "nosuch", "port": 80}]
    [{"name": "a", "port": 81}]
    [{"name": "a", "port": 80}, {"name": "nosuch", "port": 80}]
    [{"name": "a", "port": 80}, {"name": "nobody", "port": 80}]
    [{"name": "a", "port": 80, "passHostHeader": false}]
    [{"name": "a", "port": 80, "scheme": "ftp"}]
    [{"name": "a", "port": 80, "namespace": "other"}]
    [{"name": "w", "kind": "TraefikService"}]
    [{"name": "w", "kind": "TraefikService"}, {"name": "c", "port": 80}]
    [{"name": "nosuch", "kind": "TraefikService"}]
    [{"name": "api@internal", "kind": "TraefikService"}]
    [{"name": "noop@internal", "kind": "TraefikService"}]
    []
"#;

const TRAEFIK_SERVICES: &str = r#"
    {"weighted": {"services": [{"name": "a", "port": 80, "weight": 1}, {"name": "b", "port": 80, "weight": 1}]}}
    {"weighted": {"services": [{"name": "a", "port": 80}, {"name": "nosuch", "port": 80}]}}
    {"weighted": {"services": []}}
    {"weighted": {"sticky": {"cookie": {}}, "services": [{"name": "a", "port": 80, "weight": 2}, {"name": "two", "port": 80, "weight": 2}]}}
    {"mirroring": {"name": "a", "port": 80, "mirrors": [{"name": "b", "port": 80, "percent": 100}]}}
    {"mirroring": {"name": "a", "port": 80, "mirrors": [{"name": "nosuch", "port": 80}]}}
    {"highestRandomWeight": {"services": [{"name": "a", "port": 80, "weight": 10}, {"name": "b", "port": 80, "weight": 1}]}}
    {"failover": {"service": {"name": "nobody", "port": 80}, "fallback": {"name": "b", "port": 80}}}
    {"failover": {"service": {"name": "a", "port": 80}, "fallback": {"name": "b", "port": 80}}}
    {}
"#;

const ROUTER_ANNOTATIONS: &str = r#"
    {"router.middlewares": "default-m0@kubernetescrd"}
    {"router.middlewares": "default-m0@kubernetescrd,default-m1@kubernetescrd"}
    {"router.middlewares": "default-m1@kubernetescrd, default-m0@kubernetescrd"}
    {"router.middlewares": "default-nosuch@kubernetescrd"}
    {"router.middlewares": "m0@kubernetescrd"}
    {"router.entrypoints": "web"}
    {"router.entrypoints": "websecure"}
    {"router.entrypoints": "web, websecure"}
    {"router.entrypoints": "nosuch"}
    {"router.priority": "100"}
    {"router.priority": "1"}
    {"router.priority": "x"}
    {"router.pathmatcher": "Path"}
    {"router.pathmatcher": "PathRegexp"}
    {"router.pathmatcher": "Nonsense"}
    {"router.tls": "true"}
    {"router.tls": "false"}
    {"router.tls.certresolver": "r"}
    {"router.tls.options": "default-nosuch@kubernetescrd"}
    {"router.rulesyntax": "v2"}
    {"router.nonsense": "x"}
    {"router.observability.accesslogs": "false"}
"#;

const SERVICE_ANNOTATIONS: &str = r#"
    {"service.passhostheader": "false"}
    {"service.sticky.cookie": "true", "service.sticky.cookie.name": "q"}
    {"service.nativelb": "true"}
    {"service.serverstransport": "nosuch@kubernetescrd"}
    {"service.middlewares": "default-m0@kubernetescrd"}
    {"service.serversscheme": "ftp"}
    {"service.nonsense": "x"}
"#;

/// Beside the entry points and providers that all worlds have.
const SETTINGS: &str = r#"
    {"entryPoints.web.http.redirections.entryPoint.to": "websecure"}
    {"entryPoints.web.http.redirections.entryPoint.to": ":9443", "entryPoints.web.http.redirections.entryPoint.permanent": "false"}
    {"entryPoints.web.http.redirections.entryPoint.to": "websecure", "entryPoints.web.http.redirections.entryPoint.priority": "5"}
    {"core.defaultRuleSyntax": "v2"}
    {"providers.kubernetescrd.allowCrossNamespace": "true"}
    {"providers.kubernetescrd.allowEmptyServices": "true"}
    {"providers.kubernetescrd.namespaces": "other"}
    {"providers.kubernetesingress.allowEmptyServices": "true"}
    {"providers.kubernetesingress.ingressClass": "traefik"}
    {"providers.kubernetesingress.strictPrefixMatching": "true"}
    {"providers.kubernetesingress.namespaces": "other"}
    {"entryPoints.web.http.sanitizePath": "false"}
    {"entryPoints.web.forwardedHeaders.trustedIPs": "203.0.113.0/24"}
    {"entryPoints.web.forwardedHeaders.insecure": "true"}
    {"entryPoints.web.http.middlewares": "default-m0@kubernetescrd"}
    {"entryPoints.web.http.encodeQuerySemicolons": "true"}
    {"entryPoints.web.asDefault": "true"}
    {"entryPoints.websecure.http.tls": "false"}
    {"providers.kubernetescrd": "false"}
    {"entryPoints.web.http.encodedCharacters.allowEncodedSlash": "true"}
"#;

/// A matcher of version 3, now and then one that isn't.
fn matcher() -> BoxedStrategy<String> {
    let of =
        |name: &'static str, values: BoxedStrategy<String>| values.prop_map(move |value| format!("{name}(`{value}`)"));
    prop_oneof![
        25 => of("Host", text(&HOSTS)),
        6 => of("HostRegexp", text(&["^[a-z]+\\.x\\.test$", "^.+\\.test$", "x\\.test", "^X\\.TEST$"])),
        16 => of("PathPrefix", text(&PATHS)),
        13 => of("Path", text(&PATHS)),
        8 => of("PathRegexp", text(&["^/foo", "bar$", "/v[0-9]+/", "^/(foo|bar)/?$", "^/[a-z]+$"])),
        7 => of("Method", text(&["GET", "POST", "get"])),
        5 => text(&["Header(`X-A`, `1`)", "Header(`X-A`, `2`)", "Header(`x-b`, `v1`)"]),
        4 => text(&["HeaderRegexp(`X-A`, `^[0-9]$`)", "HeaderRegexp(`X-A`, `2`)"]),
        5 => text(&["Query(`q`, `1`)", "Query(`q`, `2`)", "Query(`q`)", "QueryRegexp(`q`, `^[0-9]+$`)", "Query(`x`, `1`)"]),
        4 => of("ClientIP", text(&["203.0.113.0/24", "203.0.113.50", "10.0.0.0/8"])),
        7 => text(&[
            "host(`x.test`)", "HOST(`y.test`)", "pathprefix(`/foo`)", "hOst(`x.test`)", "Host(`x.test`, `y.test`)", "Path(`foo`)",
            "PathRegexp(`[`)", "Host(``)", "Host(`*.test`)", "Nonsense(`x`)", "Path(`/{id}`)", "Headers(`X-A`, `1`)", "Host(x.test)",
            "PathPrefix(`/foo?x=1`)", "Path(`/fo%6f`)", "HostSNI(`x.test`)", "Query(`x=1`)", "ClientIP(`nonsense`)", "Host(`X.Test`)",
        ]),
    ]
    .boxed()
}

fn rule() -> BoxedStrategy<String> {
    matcher()
        .prop_recursive(3, 6, 2, |inner| {
            prop_oneof![
                (inner.clone(), inner.clone(), text(&[" && ", " && ", " || ", "&&"]))
                    .prop_map(|(one, other, with)| one + &with + &other),
                (inner.clone(), inner.clone(), text(&[" && ", " || "]))
                    .prop_map(|(one, other, with)| format!("({one}{with}{other})")),
                inner.clone().prop_map(|one| format!("!{one}")),
                inner.prop_map(|one| format!("!({one})")),
            ]
        })
        .boxed()
}

fn names_of_middlewares() -> BoxedStrategy<Value> {
    let names = some_of(&["m0", "m1", "m2"], 3)
        .prop_map(|names| names.into_iter().map(|name| json!({"name": name})).collect::<Vec<_>>());
    names.prop_map(Value::Array).boxed()
}

fn route() -> BoxedStrategy<Value> {
    let priority = line_of("1\n5\n20\n50\n100\n0\n-1\n2147483647");
    let more = (seldom(0.25, priority), seldom(0.45, names_of_middlewares()), seldom(0.05, line_of("\"v2\"\n\"v3\"")));
    (rule(), line_of(ROUTE_SERVICES), more)
        .prop_map(|(rule, services, (priority, middlewares, syntax))| {
            let mut route = json!({"match": rule, "kind": "Rule", "services": services});
            set(&mut route, "priority", priority);
            set(&mut route, "middlewares", middlewares);
            set(&mut route, "syntax", syntax);
            route
        })
        .boxed()
}

fn ingress_routes() -> BoxedStrategy<Vec<Value>> {
    let entry_points = line_of("[\"web\"]\n[\"web\"]\n[\"web\", \"websecure\"]\n[\"websecure\"]\n[\"nosuch\"]");
    let tls = line_of("{}\n{}\n{\"secretName\": \"nosuch\"}\n{\"options\": {\"name\": \"nosuch\"}}");
    let one = (prop::collection::vec(route(), 1..4), seldom(0.8, entry_points), seldom(0.2, tls)).prop_map(
        |(routes, entry_points, tls)| {
            let mut spec = json!({"routes": routes});
            set(&mut spec, "entryPoints", entry_points);
            set(&mut spec, "tls", tls);
            spec
        },
    );
    prop::collection::vec(one, 0..4).prop_map(|all| numbered("IngressRoute", "r", all)).boxed()
}

fn numbered(kind: &str, prefix: &str, specs: Vec<Value>) -> Vec<Value> {
    let object = |(number, spec)| own(kind, &format!("{prefix}{number}"), spec);
    specs.into_iter().enumerate().map(object).collect()
}

fn own(kind: &str, name: &str, spec: Value) -> Value {
    json!({"apiVersion": "traefik.io/v1alpha1", "kind": kind, "metadata": {"name": name, "namespace": "default"}, "spec": spec})
}

fn tcp_routes() -> BoxedStrategy<Vec<Value>> {
    let rules = text(&[
        "HostSNI(`*`)",
        "HostSNI(`x.test`)",
        "HostSNIRegexp(`^.+\\.test$`)",
        "!HostSNI(`x.test`)",
        "HostSNI(`y.test`) && ClientIP(`203.0.113.0/24`)",
    ]);
    // With TLS, as the laboratory's pods don't speak it.
    let one = (rules, text(&["a", "b", "nosuch"])).prop_map(|(rule, service)| {
        json!({"entryPoints": ["websecure"], "routes": [{"match": rule, "services": [{"name": service, "port": 80}]}], "tls": {}})
    });
    let some = prop_oneof![9 => Just(Vec::new()), 1 => prop::collection::vec(one, 1..2)];
    some.prop_map(|all| numbered("IngressRouteTCP", "t", all)).boxed()
}

fn ingress() -> BoxedStrategy<Value> {
    let service = text(&["a", "b", "c", "two", "s", "nobody", "nosuch"]);
    let path = (text(&PATHS), text(&["Prefix", "Prefix", "Exact", "ImplementationSpecific"]), service).prop_map(|(path, kind, service)| {
        json!({"path": path, "pathType": kind, "backend": {"service": {"name": service, "port": {"number": 80}}}})
    });
    let host = seldom(0.85, line_of("\"x.test\"\n\"x.test\"\n\"y.test\"\n\"a.x.test\"\n\"*.x.test\"\n\"*.test\""));
    let tls = line_of("[{\"hosts\": [\"x.test\"]}]\n[{\"hosts\": [\"x.test\"], \"secretName\": \"nosuch\"}]\n[{}]");
    let default = line_of(
        "{\"service\": {\"name\": \"c\", \"port\": {\"name\": \"http\"}}}\n{\"service\": {\"name\": \"nosuch\", \"port\": {\"number\": 80}}}",
    );
    let parts = (
        prop::collection::vec(path, 1..4),
        host,
        seldom(0.2, tls),
        seldom(0.1, default),
        lines_of(ROUTER_ANNOTATIONS, 3),
    );
    parts
        .prop_map(|(paths, host, tls, default, chosen)| {
            let mut rule = json!({"http": {"paths": paths}});
            set(&mut rule, "host", host);
            let mut spec = json!({"ingressClassName": "traefik", "rules": [rule]});
            set(&mut spec, "tls", tls);
            set(&mut spec, "defaultBackend", default);
            let annotations = annotations("traefik.ingress.kubernetes.io/", chosen);
            json!({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"namespace": "default", "annotations": annotations}, "spec": spec})
        })
        .boxed()
}

fn ingresses() -> BoxedStrategy<Vec<Value>> {
    let named = |all: Vec<Value>| {
        let named = all.into_iter().enumerate().map(|(number, mut ingress)| {
            ingress["metadata"]["name"] = json!(format!("i{number}"));
            ingress
        });
        named.collect::<Vec<_>>()
    };
    prop::collection::vec(ingress(), 0..3).prop_map(named).boxed()
}

/// Two pods behind annotations of Traefik's.
fn annotated_service() -> BoxedStrategy<Vec<Value>> {
    lines_of(SERVICE_ANNOTATIONS, 2)
        .prop_map(|chosen| {
            let mut objects = backend("default", "s", 2);
            objects[0]["metadata"]["annotations"] = annotations("traefik.ingress.kubernetes.io/", chosen);
            objects
        })
        .boxed()
}

fn settings() -> BoxedStrategy<Value> {
    let more = prop_oneof![3 => Just(Vec::new()), 2 => prop::collection::vec(line_of(SETTINGS), 1..3)];
    more.prop_map(|chosen| {
        let mut all = json!({
            "entryPoints.web.address": ":8000", "entryPoints.websecure.address": ":8443", "entryPoints.websecure.http.tls": "true",
            "providers.kubernetescrd": "true", "providers.kubernetesingress": "true",
        });
        for setting in chosen {
            for (name, value) in setting.as_object().into_iter().flatten() {
                all[name] = value.clone();
            }
        }
        json!({"apiVersion": "whichpod.dev/v1", "kind": "World", "spec": {"controllers": {"traefik": all}}})
    })
    .boxed()
}

fn surroundings() -> Vec<Value> {
    let class = json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "metadata": {"name": "traefik"},
        "spec": {"controller": "traefik.io/ingress-controller"},
    });
    let secrets = [
        json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "auth", "namespace": "default"}, "stringData": {"users": "u:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n"}}),
        json!({"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/basic-auth", "metadata": {"name": "basic", "namespace": "default"}, "stringData": {"username": "u", "password": "password"}}),
    ];
    let other = [namespace("other")].into_iter().chain(backend("other", "a", 1));
    [class].into_iter().chain(secrets).chain(backends("default")).chain(other).collect()
}

/// A world with both providers.
pub fn cases() -> impl Strategy<Value = RequestCase> {
    let middlewares =
        prop::collection::vec(line_of(MIDDLEWARES), 1..4).prop_map(|all| numbered("Middleware", "m", all));
    let weighted = line_of(TRAEFIK_SERVICES).prop_map(|spec| vec![own("TraefikService", "w", spec)]);
    let objects = (settings(), middlewares, weighted, annotated_service(), ingress_routes(), tcp_routes(), ingresses());
    (objects, requests("INGRESS", &ASKED_HOSTS, 0.15)).prop_map(|(objects, requests)| {
        let (settings, middlewares, weighted, service, routes, tcp, ingresses) = objects;
        let parts = [surroundings(), vec![settings], middlewares, weighted, service, routes, tcp, ingresses];
        RequestCase { objects: parts.concat(), requests }
    })
}
