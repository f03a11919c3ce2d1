//! VirtualServers and their VirtualServerRoutes as servers (internal/configs/virtualserver.go,
//! GenerateVirtualServerConfig).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::hosts::HostClaim;
use super::listeners::Listeners;
use super::maker::{ServerMaker, ValidVirtualServer, excluded};
use super::policies::{
    PolicyContext, PolicyEffect, effect_of_policies, is_own_class, named_policies, read_spec, resources_of,
};
use super::route_validation::{fits_paths, normalize_path, route_fault, server_fault};
use super::routes::{RouteMaker, Subroutes};
use super::secrets::server_certificate;
use super::server::{F5Location, F5Server, ServerCertificate, ServerStep, StepCondition};
use super::settings::F5Settings;
use crate::cluster::Cluster;
use crate::model::{LabelSelector, VirtualServerPath, VirtualServerSpec};
use crate::source::{FieldPath, FieldRef, ObjectRef};
use crate::trace::{Cause, IngressControllerRule, IngressObjection};

/// The valid ones of a cluster.
#[derive(Clone, Debug, Default)]
pub struct VirtualServers {
    servers: Vec<ValidVirtualServer>,
    /// VirtualServerRoutes by `namespace/name`.
    routes: BTreeMap<String, ValidVirtualServer>,
    /// What the controller rejects, with its words.
    pub rejected: Vec<(FieldRef, String)>,
}

impl VirtualServers {
    /// Those of its class that it doesn't reject; with `all` of any class.
    pub fn read(cluster: &Cluster, settings: &F5Settings, all: bool) -> Self {
        let mut found = Self::default();
        for kind in ["VirtualServer", "VirtualServerRoute"] {
            let is_route = kind == "VirtualServerRoute";
            for (reference, resource) in resources_of(cluster, settings, kind) {
                let spec: VirtualServerSpec = read_spec(resource);
                if !all && !is_own_class(settings, spec.ingress_class.as_ref()) {
                    continue;
                }
                let fault = if is_route { route_fault(&spec, settings) } else { server_fault(&spec, settings) };
                if let Some((path, message)) = fault {
                    let name = reference.qualified_name();
                    let message = format!("{kind} {name} was rejected with error: {message}");
                    found.rejected.push((reference.field(path), message));
                    continue;
                }
                let valid =
                    ValidVirtualServer { reference: reference.clone(), metadata: resource.metadata.clone(), spec };
                if is_route {
                    found.routes.insert(reference.qualified_name(), valid);
                } else {
                    found.servers.push(valid);
                }
            }
        }
        found
    }

    /// The hosts that they want.
    pub fn claims(&self) -> impl Iterator<Item = HostClaim> {
        self.servers.iter().map(|one| HostClaim::new(&one.spec.host, &one.reference, &one.metadata))
    }

    /// Their servers.
    pub fn make(&self, maker: &mut ServerMaker<'_>, listeners: &Listeners) -> Vec<F5Server> {
        let mut led_to: Vec<String> = Vec::new();
        let mut made = Vec::new();
        for one in &self.servers {
            let line = one.reference.field("spec.host");
            if maker.owners.has(&one.spec.host, &one.reference) {
                let subroutes = self.subroutes_of(maker, one);
                led_to.extend(subroutes.iter().map(|found| found.route.reference.qualified_name()));
                made.push(server(maker, one, &subroutes, listeners));
            } else {
                maker.left_out.push(excluded(&one.reference, IngressObjection::HostTaken, line.clone()));
                maker.warnings.push((line, "Host is taken by another resource".to_owned()));
            }
        }
        self.leave_out_orphans(maker, &led_to);
        made
    }

    /// VirtualServerRoutes that no VirtualServer leads to.
    fn leave_out_orphans(&self, maker: &mut ServerMaker<'_>, led_to: &[String]) {
        for (_, route) in self.routes.iter().filter(|(name, _)| !led_to.contains(name)) {
            let line = route.reference.field("spec.host");
            maker.left_out.push(excluded(&route.reference, IngressObjection::RouteIgnored, line.clone()));
            let has_server = self.servers.iter().find(|one| one.spec.host == route.spec.host);
            let message = match has_server {
                Some(server) => {
                    format!("VirtualServer {} ignores VirtualServerRoute", server.reference.qualified_name())
                }
                None => "VirtualServer is invalid or doesn't exist".to_owned(),
            };
            maker.warnings.push((line, message));
        }
    }

    /// The VirtualServerRoutes that a VirtualServer leads to, with what its routes say for them (buildVirtualServerRoutes).
    fn subroutes_of<'v>(&'v self, maker: &mut ServerMaker<'_>, one: &'v ValidVirtualServer) -> Vec<Subroutes<'v>> {
        let mut found: Vec<Subroutes<'v>> = Vec::new();
        // 1. Those of plain and exact paths, by name or by labels, each against the path that leads to it.
        for (number, route) in one.spec.routes.iter().enumerate() {
            let line = one.reference.field(FieldPath::from("spec.routes").index(number));
            let is_regex = route.path.starts_with('~');
            let named = route.route.as_deref().filter(|name| !name.is_empty());
            let candidates = match (named, &route.route_selector) {
                (Some(_), _) if is_regex => continue,
                (Some(name), _) => self.named(maker, one, name, &line),
                (None, Some(selector)) => self.selected(selector),
                (None, None) => continue,
            };
            for candidate in candidates {
                add_checked(maker, &mut found, (one, candidate), (&[&route.path], &line));
            }
        }
        // 2. Those of expressions, each against all expressions that lead to it.
        let mut by_expression: Vec<(&str, Vec<&str>, FieldRef)> = Vec::new();
        for (number, route) in one.spec.routes.iter().enumerate().filter(|(_, route)| route.path.starts_with('~')) {
            let Some(name) = route.route.as_deref().filter(|name| !name.is_empty()) else { continue };
            let line = one.reference.field(FieldPath::from("spec.routes").index(number));
            match by_expression.iter_mut().find(|(known, ..)| *known == name) {
                Some((_, paths, _)) => paths.push(&route.path),
                None => by_expression.push((name, vec![&route.path], line)),
            }
        }
        for (name, paths, line) in by_expression {
            for candidate in self.named(maker, one, name, &line) {
                add_checked(maker, &mut found, (one, candidate), (&paths, &line));
            }
        }
        // 3. Without those whose subroutes have a path that an earlier one has.
        drop_conflicting(maker, &mut found);
        // 4. What the routes that lead there say for subroutes that don't say it themselves; the last counts.
        for subroutes in &mut found {
            let name = subroutes.route.reference.qualified_name();
            let leads = |route: &&VirtualServerPath| match (&route.route, &route.route_selector) {
                (Some(named), _) if !named.is_empty() => full_name(named, one.namespace()) == name,
                (_, Some(selector)) => selector.matches(&subroutes.route.metadata.labels),
                _ => false,
            };
            for (number, route) in one.spec.routes.iter().enumerate().filter(|(_, route)| leads(route)) {
                let at = FieldPath::from("spec.routes").index(number);
                if !route.policies.is_empty() {
                    subroutes.policies = named_policies(&one.reference, &at, &route.policies);
                }
                if !route.error_pages.is_empty() {
                    subroutes.error_pages = Some((&route.error_pages, one.reference.field(at.field("errorPages"))));
                }
                if route.location_snippets.as_ref().is_some_and(|text| !text.is_empty()) {
                    subroutes.snippets = Some(one.reference.field(at.field("location-snippets")));
                }
            }
        }
        found
    }

    fn named<'v>(
        &'v self,
        maker: &mut ServerMaker<'_>,
        one: &ValidVirtualServer,
        name: &str,
        line: &FieldRef,
    ) -> Vec<&'v ValidVirtualServer> {
        let name = full_name(name, one.namespace());
        let found = self.routes.get(&name);
        if found.is_none() {
            maker.warnings.push((line.clone(), format!("VirtualServerRoute {name} doesn't exist or invalid")));
        }
        found.into_iter().collect()
    }

    /// By matchLabels alone.
    fn selected(&self, selector: &LabelSelector) -> Vec<&ValidVirtualServer> {
        let selector = LabelSelector { match_expressions: Vec::new(), ..selector.clone() };
        self.routes.values().filter(|route| selector.matches(&route.metadata.labels)).collect()
    }
}

fn full_name(name: &str, namespace: &str) -> String {
    if name.contains('/') { name.to_owned() } else { format!("{namespace}/{name}") }
}

/// Adds a VirtualServerRoute that fits the paths that lead to it, once.
fn add_checked<'v>(
    maker: &mut ServerMaker<'_>,
    found: &mut Vec<Subroutes<'v>>,
    (one, candidate): (&ValidVirtualServer, &'v ValidVirtualServer),
    (paths, line): (&[&str], &FieldRef),
) {
    let name = candidate.reference.qualified_name();
    let why = fits_paths(&candidate.spec, &one.spec.host, paths).err();
    let message = match why {
        Some(why) => format!("VirtualServerRoute {name} is invalid: {why}"),
        None if found.iter().any(|known| known.route.reference == candidate.reference) => {
            format!("VS {} has duplicate VirtualServerRoutes {name}", one.reference.qualified_name())
        }
        None => return found.push(Subroutes::of(candidate)),
    };
    maker.warnings.push((line.clone(), message));
}

/// validateDuplicateVSRPaths
fn drop_conflicting(maker: &mut ServerMaker<'_>, found: &mut Vec<Subroutes<'_>>) {
    let mut paths: BTreeMap<String, ObjectRef> = BTreeMap::new();
    found.retain(|subroutes| {
        let reference = &subroutes.route.reference;
        let mut conflicts = false;
        for (number, subroute) in subroutes.route.spec.subroutes.iter().enumerate() {
            let path = normalize_path(&subroute.path);
            let Some(holder) = paths.get(&path) else {
                paths.insert(path, reference.clone());
                continue;
            };
            let line = reference.field(FieldPath::from("spec.subroutes").index(number).field("path"));
            let (own, other) = (reference.qualified_name(), holder.qualified_name());
            let both = if own == other { other } else { format!("{own} and {other}") };
            let message = format!("path {} has conflicting subroutes on {both}", subroute.path);
            maker.left_out.push(excluded(reference, IngressObjection::RouteIgnored, line.clone()));
            maker.warnings.push((line, message));
            conflicts = true;
        }
        !conflicts
    });
}

/// The server of a VirtualServer.
fn server(
    maker: &mut ServerMaker<'_>,
    one: &ValidVirtualServer,
    subroutes: &[Subroutes<'_>],
    listeners: &Listeners,
) -> F5Server {
    let spec = &one.spec;
    let reference = &one.reference;
    // 1. Its certificate, and what its policies say of the server as a whole.
    let certificate = certificate(maker, one);
    let has_tls = certificate != ServerCertificate::None;
    let context = PolicyContext { is_spec: true, is_ingress: false, has_tls };
    let named = named_policies(reference, &"spec".into(), &spec.policies);
    let PolicyEffect { mut guard, hsts } = effect_of_policies(maker, one.namespace(), &named, context);
    let snippets = [("server-snippets", &spec.server_snippets), ("http-snippets", &spec.http_snippets)];
    let written = |(_, text): &&(_, &Option<crate::model::Text>)| text.as_ref().is_some_and(|text| !text.is_empty());
    let snippet = snippets.iter().find(written).map(|(name, _)| reference.field(format!("spec.{name}").as_str()));
    guard.gap = guard.gap.take().or(snippet);
    // 2. The redirect to https, then the answer of policies that can't be used.
    let redirect = spec.tls.as_ref().and_then(|tls| tls.redirect.as_ref()).filter(|redirect| redirect.enable);
    let forwarded = redirect.is_some_and(|redirect| redirect.based_on.as_deref() == Some("x-forwarded-proto"));
    let mut steps: Vec<ServerStep> = Vec::new();
    if let Some(redirect) = redirect {
        let line = Cause::line(&reference.field("spec.tls.redirect"));
        steps.push(ServerStep {
            when: if forwarded { StepCondition::ForwardedHttp } else { StepCondition::PlainHttp },
            except: None,
            code: redirect.code.and_then(|code| u16::try_from(code).ok()).unwrap_or(301),
            location: Some("https://$host$request_uri".into()),
            because: vec![line, Cause::rule(IngressControllerRule::HttpsRedirect)],
        });
    }
    if let Some((code, because)) = &guard.refusal {
        let (code, because) = (*code, because.clone());
        steps.push(ServerStep { when: StepCondition::Always, except: None, code, location: None, because });
    }
    // 3. Its routes and those of its VirtualServerRoutes: what forks stands before what doesn't.
    let scheme = match redirect {
        Some(_) if forwarded => "$http_x_forwarded_proto",
        _ => "$scheme",
    };
    let locations = {
        let mut routes = RouteMaker { maker: &mut *maker, server: Arc::new(guard.clone()), scheme };
        let mut locations = routes.locations(one);
        for one in subroutes {
            locations.extend(routes.sub_locations(one));
        }
        let (forked, plain): (Vec<F5Location>, Vec<F5Location>) =
            locations.into_iter().partition(F5Location::is_forked);
        forked.into_iter().chain(plain).collect()
    };
    // 4. Its ports.
    let (http_ports, https_ports) = match &spec.listener {
        Some(listener) => listeners.ports_of(maker, (reference, &spec.host), listener),
        None => (vec![80], vec![maker.settings.https_port()]),
    };
    F5Server {
        object: Some(reference.clone()),
        host: spec.host.to_ascii_lowercase(),
        host_line: Some(reference.field("spec.host")),
        http_ports,
        https_ports: if has_tls { https_ports } else { Vec::new() },
        certificate,
        steps,
        guard,
        locations,
        transport_security: hsts,
    }
}

/// Without a Secret it is that of -wildcard-tls-secret, or none (generateSSLConfig).
fn certificate(maker: &mut ServerMaker<'_>, one: &ValidVirtualServer) -> ServerCertificate {
    let Some(tls) = &one.spec.tls else { return ServerCertificate::None };
    let secret = tls.secret.as_deref().filter(|name| !name.is_empty());
    if secret.is_none() && maker.settings.named("wildcard-tls-secret").is_none() {
        return ServerCertificate::None;
    }
    server_certificate(maker, (one.namespace(), secret), &one.spec.host, one.reference.field("spec.tls"))
}
