//! A request through nginx' phases: server rewrite, location, rewrite (redirects, the balancer), access, content.

use super::balance::{self, Balanced};
use super::page;
use super::proxy::View;
use super::server::{Backend, Found, Location, Modifier, Server};
use super::{Nginx, ServerFound, access};
use crate::cluster::Cluster;
use crate::http::path::{self, has_element_prefix};
use crate::ingress::class::{LeftOut, SHOWN, few, more};
use crate::ingress::verdict::{Verdict, field, redirect, rule, status};
use crate::ingress::{Arrival, annotation};
use crate::packet::{HttpRequest, HttpResponse, Scheme};
use crate::source::FieldRef;
use crate::trace::{
    Candidate, Cause, Decision, Fate, Gap, IngressObjection, IngressRule, Judgement, Objection, Share, Subject,
};

/// What nginx makes of a request.
pub fn judge(nginx: &Nginx, cluster: &Cluster, arrival: &Arrival<'_>) -> Judgement {
    let verdict = Verdict::new(super::NGINX, arrival.place(), [].into());
    if let Some(twice) = &nginx.rejected {
        let because = vec![field(twice), rule(IngressRule::ConfigurationRefused)];
        return verdict.unknown(Gap::Field(twice.clone()), because);
    }
    if nginx.settings.is("use-proxy-protocol", false) {
        // Who speaks the PROXY protocol to nginx nobody has pasted; without it nginx hangs up.
        let because: Vec<Cause> = nginx.settings.field("use-proxy-protocol").iter().map(field).collect();
        return verdict.unknown(Gap::ControllerSetting("use-proxy-protocol".to_owned()), because);
    }
    let encrypted = arrival.port == nginx.settings.https_port;
    match arrival.request.scheme {
        Scheme::Http if encrypted => {
            let page = HttpResponse { body: Some(page::plain_http_to_tls_port()), ..status(400) };
            return verdict.respond(page, vec![rule(IngressRule::PlainHttpToTlsPort)]);
        }
        Scheme::Https if !encrypted => {
            return verdict.unknown(Gap::ControllerSetting("TLS to the port of plain HTTP".to_owned()), Vec::new());
        }
        Scheme::Http | Scheme::Https => {}
    }
    if let Some(key) = nginx.settings.not_modelled() {
        return verdict.unknown(Gap::Field(key.clone()), vec![field(&key)]);
    }
    let readable = readable(nginx, arrival.request);
    let arrival = &Arrival { request: readable.as_ref().unwrap_or(arrival.request), ..*arrival };
    let view = View::of(nginx, arrival);
    match nginx.find_server(&arrival.request.hostname()) {
        ServerFound::Www(to, server) => www(nginx, verdict, &view, to, server),
        ServerFound::Server(server) => in_server(nginx, cluster, verdict, &view, server),
    }
}

/// The request without the headers that nginx doesn't read, if there are any.
fn readable(nginx: &Nginx, request: &HttpRequest) -> Option<HttpRequest> {
    let strange = |name: &str| !nginx.settings.reads_header(name);
    request.headers.0.iter().any(|(name, _)| strange(name)).then(|| {
        let mut readable = request.clone();
        readable.headers.0.retain(|(name, _)| !strange(name));
        readable
    })
}

/// The host with or without www. redirects to the one that has rules, with the port written out and without the slash at
/// the end (ngx_srv_redirect.lua).
fn www(nginx: &Nginx, verdict: Verdict, view: &View<'_>, to: &str, server: Option<&Server>) -> Judgement {
    if let Some((response, because)) = blocked(nginx, view) {
        return verdict.respond(response, because);
    }
    let target = view.request.target();
    let target = target.strip_suffix('/').unwrap_or(&target);
    let asked =
        view.request.headers.value("X-Forwarded-Port").filter(|_| nginx.settings.is("use-forwarded-headers", false));
    let port = asked.map_or_else(|| view.port.to_string(), str::to_owned);
    let location = format!("{}://{to}:{port}{target}", view.forwarded.scheme);
    let because = server.and_then(|server| {
        let location = server.locations.iter().find(|location| location.annotations.from_to_www)?;
        view.annotation_of(location, "from-to-www-redirect")
    });
    let mut causes: Vec<Cause> = because.iter().map(field).collect();
    causes.push(rule(IngressRule::WwwRedirect));
    verdict.respond(redirect(nginx.settings.redirect_code(), location), causes)
}

fn in_server(nginx: &Nginx, cluster: &Cluster, mut verdict: Verdict, view: &View<'_>, server: &Server) -> Judgement {
    let Some(uri) = path::normalize(&view.request.path) else {
        return verdict.respond(status(400), vec![rule(IngressRule::BadPath)]);
    };
    if let Some((response, because)) = server_rewrite(nginx, view, server, &uri) {
        return verdict.respond(response, because);
    }
    let found = server.find(&uri);
    if let Some(code) = own_page(server, &found, &uri) {
        return verdict.respond(status(code), vec![rule(IngressRule::OwnPage)]);
    }
    verdict.consider(considered(nginx, server, &found, &uri));
    let judgement = match found {
        Found::Location(location) => in_location(nginx, cluster, verdict, view, server, location, &uri),
        Found::WithSlash(location) => slash(verdict, view, location),
        Found::Unsupported(location) => unsupported(verdict, location),
        Found::Nothing => verdict.respond(status(404), vec![rule(IngressRule::NoRuleMatches)]),
    };
    with_headers(nginx, view, server, judgement)
}

/// Two locations that the template writes into the catch-all server: the health check, and nginx' status, which only
/// the controller itself may see. A longer path goes before them, and so do expressions.
fn own_page(server: &Server, found: &Found<'_>, uri: &str) -> Option<u16> {
    let (own, code) = [("/healthz", 200), ("/nginx_status", 403)].into_iter().find(|(own, _)| uri.starts_with(own))?;
    let shorter = match found {
        Found::Location(location) => matches!(location.modifier, Modifier::Prefix) && location.path.len() < own.len(),
        Found::Nothing => true,
        Found::WithSlash(_) | Found::Unsupported(_) => false,
    };
    (server.name.is_empty() && shorter).then_some(code)
}

/// Headers of every answer of a location: those of add-headers, and over TLS, where the host has a certificate,
/// Strict-Transport-Security.
fn with_headers(nginx: &Nginx, view: &View<'_>, server: &Server, mut judgement: Judgement) -> Judgement {
    let own = nginx.settings.response_headers.iter().map(|(name, value)| (name.to_string(), value.to_string()));
    let mut headers: Vec<(String, String)> = own.collect();
    let secure = view.request.scheme == Scheme::Https && has_certificate(nginx, &view.request.hostname(), server);
    let security = nginx.settings.transport_security().filter(|_| secure);
    headers.extend(security.map(|value| ("Strict-Transport-Security".to_owned(), value)));
    for branch in judgement.branches.iter_mut().filter(|_| !headers.is_empty()) {
        match &mut branch.decision {
            Decision::Respond(response) => response.headers.0.extend(headers.iter().cloned()),
            Decision::Proxy(proxied) => proxied.response_headers.extend(headers.iter().cloned()),
            _ => {}
        }
    }
    judgement
}

/// What the server does before it looks for a location: app-root, blocked agents and referers.
fn server_rewrite(nginx: &Nginx, view: &View<'_>, server: &Server, uri: &str) -> Option<(HttpResponse, Vec<Cause>)> {
    if let Some(blocked) = blocked(nginx, view) {
        return Some(blocked);
    }
    let (location, root) =
        server.locations.iter().find_map(|location| Some((location, location.annotations.app_root.as_ref()?)))?;
    if uri != "/" {
        return None;
    }
    let because = view.annotation_of(location, "app-root");
    let mut because: Vec<Cause> = because.iter().map(field).collect();
    because.push(rule(IngressRule::AppRoot));
    Some((redirect(302, format!("{}://{}{root}", view.request.scheme.name(), view.request.host)), because))
}

/// block-user-agents and block-referers of the ConfigMap.
fn blocked(nginx: &Nginx, view: &View<'_>) -> Option<(HttpResponse, Vec<Cause>)> {
    for (key, header) in [("block-user-agents", "User-Agent"), ("block-referers", "Referer")] {
        let value = view.request.headers.value(header).unwrap_or_default();
        if nginx.settings.blocks_header(key, value) == Some(true) {
            let mut because: Vec<Cause> = nginx.settings.field(key).iter().map(field).collect();
            because.push(rule(IngressRule::BlockedByConfigMap));
            return Some((status(403), because));
        }
    }
    None
}

/// A path that ends with a slash, asked for without it.
fn slash(verdict: Verdict, view: &View<'_>, location: &Location) -> Judgement {
    if view.too_large(location) {
        return too_large(verdict, view, location);
    }
    let query = view.request.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
    let target = format!("{}{query}", path::percent_encode(&location.path));
    let target = match location.annotations.relative_redirects {
        true => target,
        false => format!("{}://{}{target}", view.request.scheme.name(), view.request.hostname()),
    };
    let mut because = rule_causes(location);
    because.push(rule(IngressRule::SlashAdded));
    verdict.respond(redirect(301, target), because)
}

fn unsupported(verdict: Verdict, location: &Location) -> Judgement {
    let Modifier::Regex(pattern) = &location.modifier else {
        return verdict.respond(status(404), vec![rule(IngressRule::NoRuleMatches)]);
    };
    let because = rule_causes(location);
    match location.field() {
        Some(field) => verdict.unknown(Gap::RegularExpression { field, pattern: pattern.source().to_owned() }, because),
        None => verdict.unknown(Gap::ControllerSetting(pattern.source().to_owned()), because),
    }
}

fn too_large(verdict: Verdict, view: &View<'_>, location: &Location) -> Judgement {
    let mut because = rule_causes(location);
    because.extend(view.annotation_of(location, "proxy-body-size").iter().map(field));
    because.push(rule(IngressRule::BodyTooLarge));
    verdict.respond(status(413), because)
}

/// The phases inside a location, in nginx' order.
fn in_location(
    nginx: &Nginx,
    cluster: &Cluster,
    verdict: Verdict,
    view: &View<'_>,
    server: &Server,
    location: &Location,
    uri: &str,
) -> Judgement {
    if view.too_large(location) {
        return too_large(verdict, view, location);
    }
    let early = denied(view, location).or_else(|| fixed_redirect(view, location)).or_else(|| preflight(view, location));
    let early = early.or_else(|| to_https(nginx, view, server, location));
    let answer = match early {
        Some(Answer::Unknown(gap, because)) => return verdict.unknown(gap, because),
        Some(Answer::Respond(response, because)) => Some((response, because)),
        None => None,
    };
    if let Some((response, because)) = answer {
        return verdict.respond(response, because);
    }
    if let Some(gap) = location.annotations.not_modelled.first() {
        return verdict.unknown(Gap::Field(gap.clone()), vec![field(gap)]);
    }
    let refuse = |verdict: Verdict, response: HttpResponse, because: Vec<Cause>| {
        let codes = &location.annotations.error_codes;
        match codes.contains(&response.status) {
            true => replaced(nginx, cluster, verdict, view, location, response.status, because),
            false => verdict.respond(response, because),
        }
    };
    match balance::choose(nginx, cluster, view, location) {
        Balanced::Unavailable(because, excluded) => {
            let mut verdict = verdict;
            verdict.consider(excluded);
            let mut causes = rule_causes(location);
            causes.extend(because);
            refuse(verdict, status(503), causes)
        }
        Balanced::Unknown(gap) => verdict.unknown(gap, rule_causes(location)),
        Balanced::To(ways) => match access::check(nginx, view, location) {
            access::Access::Refused(response, because) => refuse(verdict, response, because),
            access::Access::Unknown(gap, because) => verdict.unknown(gap, because),
            access::Access::Granted => content(verdict, view, location, uri, &ways),
        },
    }
}

/// A status of custom-http-errors: the default backend answers for it, at `/`; the controller's own with 404.
fn replaced(
    nginx: &Nginx,
    cluster: &Cluster,
    verdict: Verdict,
    view: &View<'_>,
    location: &Location,
    code: u16,
    mut because: Vec<Cause>,
) -> Judgement {
    let line = view.annotation_of(location, "custom-http-errors");
    because.extend(line.or_else(|| nginx.settings.field("custom-http-errors")).iter().map(field));
    because.push(rule(IngressRule::ErrorsReplaced));
    match balance::instead_of(nginx, cluster, location, code, because.clone()) {
        Some(way) => content(verdict, view, location, "/", &[way]),
        None => verdict.respond(status(404), because),
    }
}

/// What a location answers before it proxies.
pub(super) enum Answer {
    Respond(HttpResponse, Vec<Cause>),
    Unknown(Gap, Vec<Cause>),
}

/// A location with an annotation that can't be kept answers 503.
fn denied(_: &View<'_>, location: &Location) -> Option<Answer> {
    let denied = location.annotations.denied.as_ref()?;
    let mut because = rule_causes(location);
    because.extend([field(denied), rule(IngressRule::LocationDenied)]);
    Some(Answer::Respond(status(503), because))
}

/// temporal-redirect and permanent-redirect: exactly the address, nothing appended.
fn fixed_redirect(view: &View<'_>, location: &Location) -> Option<Answer> {
    let to = location.annotations.redirect.as_ref()?;
    let mut because = rule_causes(location);
    because.push(field(&to.field));
    let Some(url) = view.expand(&to.url) else { return Some(Answer::Unknown(Gap::Field(to.field.clone()), because)) };
    // nginx completes a location without host unless absolute_redirect is off.
    let url = match url.starts_with('/') && !location.annotations.relative_redirects {
        true => format!("{}://{}{url}", view.request.scheme.name(), view.request.hostname()),
        false => url,
    };
    because.push(rule(IngressRule::FixedRedirect));
    Some(Answer::Respond(redirect(to.code, url), because))
}

/// enable-cors answers OPTIONS by itself.
fn preflight(view: &View<'_>, location: &Location) -> Option<Answer> {
    let cors = location.annotations.cors.as_ref()?;
    let origin = view.request.headers.value("Origin").unwrap_or_default();
    let allowed = super::proxy::allowed_origin(cors, origin)?;
    if view.request.method != "OPTIONS" {
        return None;
    }
    let mut response = status(204);
    response.headers.0 = super::proxy::cors_headers(cors, &allowed);
    let mut because = rule_causes(location);
    because.extend(view.annotation_of(location, "enable-cors").iter().map(field));
    because.push(rule(IngressRule::CorsPreflight));
    Some(Answer::Respond(response, because))
}

/// ssl-redirect where the host has a certificate, force-ssl-redirect everywhere (lua_ingress.lua rewrite).
fn to_https(nginx: &Nginx, view: &View<'_>, server: &Server, location: &Location) -> Option<Answer> {
    let annotations = &location.annotations;
    let spared = nginx.settings.spares("no-tls-redirect-locations", &location.path);
    if view.forwarded.scheme != "http" || spared {
        return None;
    }
    let certified = || has_certificate(nginx, &view.request.hostname(), server);
    let name = match (annotations.force_ssl_redirect, annotations.ssl_redirect && certified()) {
        (true, _) => "force-ssl-redirect",
        (false, true) => "ssl-redirect",
        (false, false) => return None,
    };
    let mut uri = view.request.target();
    if !annotations.preserve_trailing_slash && uri.ends_with('/') {
        uri.pop();
    }
    let host = crate::packet::http::host_without_port(&view.forwarded.host);
    let port = if annotations.port_in_redirects { format!(":{}", nginx.settings.https_port) } else { String::new() };
    let mut because = rule_causes(location);
    because.extend(view.annotation_of(location, name).iter().map(field));
    because.extend(tls_causes(location).filter(|_| name == "ssl-redirect"));
    because.push(rule(IngressRule::HttpsRedirect));
    Some(Answer::Respond(redirect(nginx.settings.redirect_code(), format!("https://{host}{port}{uri}")), because))
}

/// Whether the host, or the wildcard above it, has a certificate (certificate.lua).
fn has_certificate(nginx: &Nginx, host: &str, server: &Server) -> bool {
    let wildcard = || nginx.servers.wildcard(host).is_some_and(|server| server.certified);
    server.certified && !server.name.is_empty() || wildcard()
}

/// `spec.tls` of the location's Ingress, where somebody wrote it.
fn tls_causes(location: &Location) -> impl Iterator<Item = Cause> {
    location.annotations.ingress.iter().map(|ingress| Cause::Field(ingress.field("spec.tls")))
}

/// Proxies, or answers 404 where the default backend is the controller's own.
fn content(mut verdict: Verdict, view: &View<'_>, location: &Location, uri: &str, ways: &[balance::Way]) -> Judgement {
    if ways.is_empty() {
        let mut because = rule_causes(location);
        because.push(rule(match location.backend {
            Backend::Resource => IngressRule::ResourceBackend,
            Backend::Default | Backend::Service(..) => IngressRule::NoRuleMatches,
        }));
        return verdict.respond(status(404), because);
    }
    for way in ways {
        match super::proxy::forward(view, location, uri, way) {
            Ok(forward) => {
                let mut because: Vec<Cause> = match &way.rule {
                    Some(of_canary) => vec![field(of_canary)],
                    None => rule_causes(location),
                };
                because.extend(how_found(location));
                because.extend(way.because.iter().cloned());
                let spared = view.settings.spares("no-auth-locations", &location.path);
                let conditions = location.annotations.conditions.iter();
                let conditions = conditions.filter(|(_, which)| !spared || *which != IngressRule::AuthRequest);
                because.extend(conditions.flat_map(|(line, which)| [field(line), rule(*which)]));
                verdict.forward(way.share, &way.upstream, &forward, &because);
            }
            Err(gap) => verdict.add(way.share, None, crate::trace::Decision::Unknown(gap), rule_causes(location)),
        }
    }
    debug_assert_eq!(Share::sum(ways.iter().map(|way| way.share)), Share::ONE);
    verdict.finish()
}

/// The rule of nginx by which the location was found.
fn how_found(location: &Location) -> Option<Cause> {
    location.rule.as_ref()?;
    Some(rule(match &location.modifier {
        Modifier::Exact if location.ingress_path == location.path => IngressRule::ExactPath,
        Modifier::Exact | Modifier::Prefix => IngressRule::LongestPath,
        Modifier::Regex(_) => IngressRule::FirstExpression,
    }))
}

fn rule_causes(location: &Location) -> Vec<Cause> {
    location.field().map(Cause::Field).into_iter().collect()
}

/// Every path of the server with what became of it, and whole Ingresses that fell out.
fn considered(nginx: &Nginx, server: &Server, found: &Found<'_>, uri: &str) -> Vec<Candidate> {
    let taken = match found {
        Found::Location(location) | Found::WithSlash(location) | Found::Unsupported(location) => location.field(),
        Found::Nothing => None,
    };
    let mut candidates: Vec<Candidate> = Vec::new();
    // A Prefix' two locations stand beside each other.
    let mut before = None;
    for location in &server.locations {
        let Some(field) = location.field().filter(|_| before != location.rule.as_ref()) else { continue };
        before = location.rule.as_ref();
        let fate = match taken.as_ref() == Some(&field) {
            true => Fate::Eligible(Share::ONE),
            false => Fate::Rejected(Objection::Ingress(path_objection(location, uri))),
        };
        let path = FieldRef { path: field.path.field("path"), object: field.object.clone() };
        candidates.push(Candidate { what: Subject::Field(field), fate, because: vec![Cause::Field(path)] });
    }
    candidates.extend(server.left_out.iter().map(|(field, objection, because)| Candidate {
        what: Subject::Field(field.clone()),
        fate: Fate::Rejected(Objection::Ingress(*objection)),
        because: because.iter().cloned().map(Cause::Field).collect(),
    }));
    candidates.extend(few(nginx.left_out.iter().map(LeftOut::candidate)));
    candidates.extend(for_other_hosts(nginx, server));
    candidates
}

/// Why a location that wasn't taken wasn't.
fn path_objection(location: &Location, uri: &str) -> IngressObjection {
    match &location.modifier {
        Modifier::Regex(pattern) if pattern.is_match(uri) == Some(true) => IngressObjection::LaterExpression,
        Modifier::Prefix if has_element_prefix(uri, &location.path) => IngressObjection::ShorterPath,
        Modifier::Regex(_) | Modifier::Prefix | Modifier::Exact => IngressObjection::PathDiffers,
    }
}

/// The paths of other hosts while there are few; of many, how many.
fn for_other_hosts(nginx: &Nginx, own: &Server) -> Vec<Candidate> {
    if nginx.rules > SHOWN {
        return more(nginx.rules.saturating_sub(own.rules())).into_iter().collect();
    }
    let mut others: Vec<FieldRef> = Vec::new();
    let servers = nginx.servers.iter().map(|(_, server)| server).chain([&nginx.catch_all]);
    for location in servers.filter(|server| server.name != own.name).flat_map(|server| &server.locations) {
        others.extend(location.field().filter(|field| !others.contains(field)));
    }
    let show = |field: FieldRef| Candidate {
        because: Vec::new(),
        what: Subject::Field(field),
        fate: Fate::Rejected(Objection::Ingress(IngressObjection::HostDiffers)),
    };
    others.into_iter().map(show).collect()
}

impl View<'_> {
    /// The annotation of a location's Ingress, if it is written.
    pub fn annotation_of(&self, location: &Location, name: &str) -> Option<FieldRef> {
        let key = format!("{}/{name}", self.prefix);
        let ingress = location.annotations.ingress.as_ref()?;
        location.annotations.written.contains(name).then(|| annotation(ingress, &key))
    }

    fn too_large(&self, location: &Location) -> bool {
        let limit = location.annotations.body_size;
        limit > 0 && self.request.body_length > limit
    }
}
