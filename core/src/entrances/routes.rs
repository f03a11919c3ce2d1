//! Requests that try the routes of the Gateway API, and those of Traefik's own kinds.

use super::{Entrance, EntranceKind, named, namespace_of, outside};
use crate::cluster::Cluster;
use crate::model::{
    ForwardRouteSpec, GrpcMethodMatch, GrpcRoute, HttpRoute, HttpRouteMatch, IngressRoute, IngressRouteTcp, Listener,
    Metadata, ParentReference, TlsRoute,
};
use crate::source::ObjectRef;

/// Of every kind, in the order of the API.
pub(super) fn all(cluster: &Cluster) -> impl Iterator<Item = Entrance> {
    let http = cluster.http_routes.values().flat_map(|route| of_http(cluster, route));
    let grpc = cluster.grpc_routes.values().flat_map(|route| of_grpc(cluster, route));
    let tls = cluster.tls_routes.values().flat_map(|route| of_tls(cluster, route));
    let tcp = cluster
        .tcp_routes
        .values()
        .flat_map(|route| forwarded(cluster, "TCPRoute", (&route.metadata, &route.spec), ("TCP", "nc -zv")));
    let udp = cluster
        .udp_routes
        .values()
        .flat_map(|route| forwarded(cluster, "UDPRoute", (&route.metadata, &route.spec), ("UDP", "nc -zuv")));
    let traefik = cluster.ingress_routes.values().flat_map(|route| of_ingress_route(route));
    let traefik_tcp = cluster.ingress_routes_tcp.values().flat_map(|route| of_ingress_route_tcp(route));
    http.chain(grpc).chain(tls).chain(tcp).chain(udp).chain(traefik).chain(traefik_tcp)
}

/// A listener that a route attaches to, with the word for its Gateway's address.
pub struct AttachedListener<'c> {
    /// The listener.
    pub listener: &'c Listener,
    /// `GATEWAY(default/gw)`
    pub gateway: String,
}

/// The listeners of a route's Gateways that speak one of these protocols; the first of `protocols` comes first.
pub fn attached_listeners<'c>(
    cluster: &'c Cluster,
    namespace: &str,
    parents: &[ParentReference],
    protocols: &[&str],
) -> Vec<AttachedListener<'c>> {
    let is_gateway = |parent: &&ParentReference| parent.kind.as_deref().is_none_or(|kind| kind == "Gateway");
    let mut found = Vec::new();
    for parent in parents.iter().filter(is_gateway) {
        let namespace = parent.namespace.as_deref().unwrap_or(namespace);
        let Some(gateway) = cluster.gateways.get(namespace, &parent.name) else { continue };
        let is_meant = |listener: &&Listener| {
            parent.section_name.as_ref().is_none_or(|name| *name == listener.name)
                && parent.port.is_none_or(|port| port == listener.port)
        };
        let word = format!("GATEWAY({namespace}/{})", parent.name);
        let listeners = gateway.spec.listeners.iter().filter(is_meant);
        found.extend(listeners.map(|listener| AttachedListener { listener, gateway: word.clone() }));
    }
    protocols.iter().fold(Vec::new(), |mut sorted, protocol| {
        let (now, rest) = found.drain(..).partition(|one: &AttachedListener<'_>| &*one.listener.protocol == *protocol);
        found = rest;
        sorted.extend::<Vec<_>>(now);
        sorted
    })
}

/// The hosts that lead to a route: its own, else that of the listener, else the Gateway's address.
fn hosts(route: &[crate::model::Text], attached: Option<&AttachedListener<'_>>) -> Vec<String> {
    if !route.is_empty() {
        return route.iter().map(|host| named(host)).collect();
    }
    let listener = attached.and_then(|attached| attached.listener.hostname.as_deref()).filter(|host| !host.is_empty());
    listener.map(named).or_else(|| Some(attached?.gateway.clone())).into_iter().collect()
}

/// `:8080`; nothing where it is that of the scheme.
fn port_behind(port: Option<i32>, usual: i32) -> String {
    port.filter(|port| *port != usual).map_or_else(String::new, |port| format!(":{port}"))
}

/// A request for each host and path.
fn of_http(cluster: &Cluster, route: &HttpRoute) -> Vec<Entrance> {
    let namespace = namespace_of(&route.metadata);
    let object = ObjectRef::namespaced("HTTPRoute", namespace, &route.metadata.name);
    let listeners = attached_listeners(cluster, namespace, &route.spec.parent_refs, &["HTTP", "HTTPS"]);
    let first = listeners.first();
    let port = first.map(|one| one.listener.port);
    let (scheme, port) = if first.is_some_and(|one| &*one.listener.protocol == "HTTPS") {
        ("curl -k https", port_behind(port, 443))
    } else {
        ("curl http", port_behind(port, 80))
    };
    let mut paths: Vec<&str> = Vec::new();
    for rule in &route.spec.rules {
        let plain = rule.matches.iter().filter(|one| one.headers.is_empty() && one.query_params.is_empty());
        let path = |one: &HttpRouteMatch| {
            one.path.as_ref().is_none_or(|path| path.kind.as_deref() != Some("RegularExpression"))
        };
        let plain = plain.filter(|one| path(one));
        paths.extend(plain.map(|one| one.path.as_ref().and_then(|path| path.value.as_deref()).unwrap_or("/")));
        if rule.matches.is_empty() {
            paths.push("/");
        }
    }
    let hosts = hosts(&route.spec.hostnames, first);
    let urls = hosts.iter().flat_map(|host| paths.iter().map(move |path| (host, path)));
    urls.map(|(host, path)| outside(EntranceKind::Route, &object, format!("{scheme}://{host}{port}{path}"))).collect()
}

/// A call of each method that a rule names as it is; a call of any where no rule does.
fn of_grpc(cluster: &Cluster, route: &GrpcRoute) -> Vec<Entrance> {
    let namespace = namespace_of(&route.metadata);
    let object = ObjectRef::namespaced("GRPCRoute", namespace, &route.metadata.name);
    let listeners = attached_listeners(cluster, namespace, &route.spec.parent_refs, &["HTTP", "HTTPS"]);
    let Some(first) = listeners.first() else { return Vec::new() };
    let option = if &*first.listener.protocol == "HTTPS" { "-insecure" } else { "-plaintext" };
    let exact = |method: &&GrpcMethodMatch| method.kind.as_deref().is_none_or(|kind| kind == "Exact");
    let mut methods: Vec<String> = Vec::new();
    for rule in &route.spec.rules {
        let plain = rule.matches.iter().filter(|one| one.headers.is_empty());
        let said = plain.filter_map(|one| one.method.as_ref()).filter(exact);
        let named = said.map(|method| {
            let service = method.service.as_deref().unwrap_or("example.Service");
            format!("{service}/{}", method.method.as_deref().unwrap_or("Method"))
        });
        methods.extend(named);
        if rule.matches.iter().all(|one| one.method.is_none() && one.headers.is_empty()) {
            methods.push("example.Service/Method".to_owned());
        }
    }
    methods.dedup();
    let hosts = hosts(&route.spec.hostnames, Some(first));
    let port = first.listener.port;
    let calls = hosts.iter().flat_map(|host| methods.iter().map(move |method| (host, method)));
    let command = |(host, method): (&String, &String)| format!("grpcurl {option} {host}:{port} {method}");
    calls.map(|call| outside(EntranceKind::Route, &object, command(call))).collect()
}

/// A handshake for each name.
fn of_tls(cluster: &Cluster, route: &TlsRoute) -> Vec<Entrance> {
    let namespace = namespace_of(&route.metadata);
    let object = ObjectRef::namespaced("TLSRoute", namespace, &route.metadata.name);
    let listeners = attached_listeners(cluster, namespace, &route.spec.parent_refs, &["TLS"]);
    let port = port_behind(listeners.first().map(|one| one.listener.port), 443);
    let hosts = hosts(&route.spec.hostnames, listeners.first());
    hosts.iter().map(|host| outside(EntranceKind::Route, &object, format!("curl -k https://{host}{port}/"))).collect()
}

/// A connection to each listener of a route that looks at nothing.
fn forwarded(
    cluster: &Cluster,
    kind: &str,
    (metadata, spec): (&Metadata, &ForwardRouteSpec),
    (protocol, tool): (&str, &str),
) -> Vec<Entrance> {
    let namespace = namespace_of(metadata);
    let object = ObjectRef::namespaced(kind, namespace, &metadata.name);
    let listeners = attached_listeners(cluster, namespace, &spec.parent_refs, &[protocol]);
    let command = |one: &AttachedListener<'_>| format!("{tool} {} {}", one.gateway, one.listener.port);
    listeners.iter().map(|one| outside(EntranceKind::Route, &object, command(one))).collect()
}

/// A request for each host that a rule names, with its path; to the controller's address without a host.
fn of_ingress_route(route: &IngressRoute) -> Vec<Entrance> {
    let object = ObjectRef::namespaced("IngressRoute", namespace_of(&route.metadata), &route.metadata.name);
    let scheme = if route.spec.tls.is_some() { "curl -k https" } else { "curl http" };
    let mut entrances = Vec::new();
    for one in &route.spec.routes {
        let path = argument(&one.rule, "PathPrefix").or_else(|| argument(&one.rule, "Path")).unwrap_or("/");
        let host = argument(&one.rule, "Host").unwrap_or("INGRESS");
        entrances.push(outside(EntranceKind::Route, &object, format!("{scheme}://{host}{path}")));
    }
    entrances
}

/// A handshake for each name; a rule for any name says nothing about where it listens.
fn of_ingress_route_tcp(route: &IngressRouteTcp) -> Vec<Entrance> {
    let object = ObjectRef::namespaced("IngressRouteTCP", namespace_of(&route.metadata), &route.metadata.name);
    let names = route.spec.routes.iter().filter_map(|one| argument(&one.rule, "HostSNI")).filter(|name| *name != "*");
    names.map(|name| outside(EntranceKind::Route, &object, format!("curl -k https://{name}/"))).collect()
}

/// The first argument of a matcher in a rule of Traefik: ``Host(`shop.example.com`)``.
fn argument<'r>(rule: &'r str, matcher: &str) -> Option<&'r str> {
    let is_begin = |at: usize| !rule.get(..at).is_some_and(|before| before.ends_with(|c: char| c.is_alphanumeric()));
    let (at, _) = rule.match_indices(matcher).find(|(at, _)| is_begin(*at))?;
    let inside = rule.get(at + matcher.len()..)?.trim_start().strip_prefix('(')?.trim_start();
    let quote = inside.chars().next().filter(|quote| matches!(quote, '`' | '"'))?;
    inside.get(1..)?.split(quote).next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::SettingOverrides;
    use crate::simulation::Simulation;
    use crate::source::Sources;

    fn commands(text: &str) -> Vec<String> {
        let simulation = Simulation::new(Sources::new([("a.yaml", text)]), &SettingOverrides::default());
        all(&simulation.plane.cluster).map(|entrance| entrance.command).collect()
    }

    #[test]
    fn every_kind_of_route_is_tried_as_its_listener_speaks() {
        let listeners = "[{name: h, port: 8080, protocol: HTTP}, {name: s, port: 8443, protocol: TLS, tls: {mode: Passthrough}}, {name: t, port: 5432, protocol: TCP}, {name: u, port: 53, protocol: UDP}]";
        let group = "apiVersion: gateway.networking.k8s.io/v1";
        let route = |kind: &str, more: &str| {
            format!("---\n{group}\nkind: {kind}\nmetadata: {{name: r}}\nspec: {{parentRefs: [{{name: gw}}], {more}}}\n")
        };
        let text = [
            format!(
                "{group}\nkind: Gateway\nmetadata: {{name: gw}}\nspec: {{gatewayClassName: x, listeners: {listeners}}}\n"
            ),
            route("HTTPRoute", "hostnames: [a.example.com], rules: [{backendRefs: [{name: a, port: 80}]}]"),
            route(
                "GRPCRoute",
                "rules: [{matches: [{method: {service: a.B, method: C}}], backendRefs: [{name: a, port: 80}]}]",
            ),
            route("TLSRoute", "hostnames: [t.example.com], rules: [{backendRefs: [{name: a, port: 80}]}]"),
            route("TCPRoute", "rules: [{backendRefs: [{name: a, port: 80}]}]"),
            route("UDPRoute", "rules: [{backendRefs: [{name: a, port: 80}]}]"),
        ];
        assert_eq!(
            commands(&text.concat()),
            [
                "curl http://a.example.com:8080/",
                "grpcurl -plaintext GATEWAY(default/gw):8080 a.B/C",
                "curl -k https://t.example.com:8443/",
                "nc -zv GATEWAY(default/gw) 5432",
                "nc -zuv GATEWAY(default/gw) 53",
            ]
        );
    }

    #[test]
    fn traefiks_routes_are_tried_by_what_their_rules_name() {
        let route = |kind: &str, rule: &str, more: &str| {
            format!(
                "---\napiVersion: traefik.io/v1alpha1\nkind: {kind}\nmetadata: {{name: r}}\nspec:\n  routes:\n  - match: {rule}\n    kind: Rule\n    services: [{{name: a, port: 80}}]\n{more}"
            )
        };
        let text = [
            route("IngressRoute", "Host(`a.example.com`) && PathPrefix(`/x`)", ""),
            route("IngressRouteTCP", "HostSNI(`t.example.com`)", "  tls: {passthrough: true}\n"),
        ];
        assert_eq!(commands(&text.concat()), ["curl http://a.example.com/x", "curl -k https://t.example.com/"]);
        assert_eq!((argument("HostRegexp(`a`)", "Host"), argument("PathPrefix(`/`)", "Path")), (None, None));
    }
}
