//! What Ingresses take: each host and path, and what annotations of ingress-nginx let somebody ask besides.

use std::collections::BTreeSet;

use super::{HttpRuleShape, first_of, named, traefik};
use crate::cluster::Cluster;
use crate::difference::paths;
use crate::ingress::OpenEntryPoint;
use crate::model::{Ingress, Labels};

const NGINX: &str = "nginx.ingress.kubernetes.io/";

fn annotation<'a>(annotations: &'a Labels, name: &str) -> Option<&'a str> {
    annotations.get(format!("{NGINX}{name}").as_str()).map(|value| &**value)
}

/// The rules of every Ingress. Where several classes are, each is asked at its own controller.
pub fn of_ingresses(cluster: &Cluster, points: &BTreeSet<OpenEntryPoint>) -> Vec<HttpRuleShape> {
    let class = |ingress: &Ingress| ingress.spec.ingress_class_name.as_deref().map(str::to_owned);
    let classes: BTreeSet<Option<String>> = cluster.ingresses.values().map(|ingress| class(ingress)).collect();
    let entrance = |ingress: &Ingress| match class(ingress) {
        Some(class) if classes.len() > 1 => format!("INGRESS({class})"),
        _ => "INGRESS".to_owned(),
    };
    let of = |ingress: &Ingress| {
        let rules = of_ingress(ingress, &entrance(ingress));
        let own = traefik::of_annotations(&ingress.metadata.annotations, &rules, points);
        rules.into_iter().chain(own)
    };
    cluster.ingresses.values().flat_map(|ingress| of(ingress)).collect()
}

/// The hosts that an Ingress is asked by, those included that only annotations name; None for whoever asks without one.
pub fn hosts(ingress: &Ingress) -> BTreeSet<Option<String>> {
    of_ingress(ingress, "").into_iter().map(|shape| shape.host).collect()
}

fn of_ingress(ingress: &Ingress, entrance: &str) -> Vec<HttpRuleShape> {
    // 1. What counts for all its paths.
    let annotations = &ingress.metadata.annotations;
    let secured = |host: &str| ingress.spec.tls.iter().any(|tls| tls.hosts.iter().any(|name| &**name == host));
    let names: Vec<&str> = annotations.keys().map(|name| &**name).collect();
    let uses_regex =
        annotation(annotations, "use-regex") == Some("true") || annotation(annotations, "rewrite-target").is_some();
    let goes_to_https = annotation(annotations, "force-ssl-redirect") == Some("true");
    let mut rules = Vec::new();
    // 2. Each path, and what annotations let somebody ask besides.
    for rule in &ingress.spec.rules {
        let host = rule.host.as_deref();
        let secure = host.is_some_and(|host| goes_to_https || secured(host));
        for path in rule.http.iter().flat_map(|http| &http.paths) {
            let kind = path.path_type.as_deref().unwrap_or("ImplementationSpecific");
            let text = path.path.as_deref().unwrap_or("/");
            let shape = HttpRuleShape {
                entrance: entrance.to_owned(),
                host: host.map(named),
                secure,
                path: text.to_owned(),
                is_regex: uses_regex && kind != "Exact" && paths::is_expression(text),
                alike: format!("{kind} {} {}", text == "/", names.join(" ")),
                ..HttpRuleShape::default()
            };
            rules.extend(by_annotations(annotations, &shape));
            rules.push(shape);
        }
    }
    // 3. Its default backend, asked for without a host.
    if ingress.spec.default_backend.is_some() {
        let (path, entrance) = ("/".to_owned(), entrance.to_owned());
        rules.push(HttpRuleShape { entrance, path, ..HttpRuleShape::default() });
    }
    rules
}

/// What annotations of ingress-nginx let somebody ask besides: canaries, other hosts, the root, callers that are let in.
fn by_annotations(annotations: &Labels, shape: &HttpRuleShape) -> Vec<HttpRuleShape> {
    let mut more = Vec::new();
    // 1. Canaries, by header and by cookie.
    if let Some(header) = annotation(annotations, "canary-by-header") {
        let value = annotation(annotations, "canary-by-header-value").unwrap_or("always");
        more.push(HttpRuleShape { headers: vec![(header.to_owned(), value.to_owned())], ..shape.clone() });
    }
    if let Some(cookie) = annotation(annotations, "canary-by-cookie") {
        let headers = vec![("Cookie".to_owned(), format!("{cookie}=always"))];
        more.push(HttpRuleShape { headers, ..shape.clone() });
    }
    // 2. Other hosts that lead there.
    let aliases = annotation(annotations, "server-alias").unwrap_or_default();
    for alias in aliases.split(',').map(str::trim).filter(|alias| !alias.is_empty() && !alias.starts_with('~')) {
        more.push(HttpRuleShape { host: Some(named(alias)), ..shape.clone() });
    }
    if let (Some("true"), Some(host)) = (annotation(annotations, "from-to-www-redirect"), &shape.host) {
        let other = host.strip_prefix("www.").map_or_else(|| format!("www.{host}"), str::to_owned);
        more.push(HttpRuleShape { host: Some(other), ..shape.clone() });
    }
    // 3. The root, and a preflight.
    if annotation(annotations, "app-root").is_some() {
        more.push(HttpRuleShape { path: "/".to_owned(), ..shape.clone() });
    }
    if annotation(annotations, "enable-cors") == Some("true") {
        let headers = vec![("Origin".to_owned(), "https://origin.example".to_owned())];
        more.push(HttpRuleShape { method: Some("OPTIONS".to_owned()), headers, ..shape.clone() });
    }
    // 4. A caller from each network that is let in, or is not.
    let lists = ["allowlist-source-range", "whitelist-source-range", "denylist-source-range"];
    for network in
        lists.map(|name| annotation(annotations, name)).into_iter().flatten().flat_map(|networks| networks.split(','))
    {
        let caller = first_of(network.trim()).map(|address| format!("external:{address}"));
        more.extend(caller.map(|from| HttpRuleShape { from, ..shape.clone() }));
    }
    more
}
