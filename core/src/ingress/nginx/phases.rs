//! A request through nginx' phases: server rewrite, location, rewrite (redirects, the balancer), access, content.

use super::annotations::Annotation;
use super::considered::considered_candidates;
use super::early;
use super::request::NginxRequest;
use super::response_headers::BlocksInForce;
use super::script_phase::{PhaseEnd, explained_first, rewritten_causes, run_snippets, unread_of};
use super::server::{LocationMatch, LocationModifier, NginxLocation, NginxServer};
use super::server_request::{ServerRequest, rule_causes};
use super::settings::ConfigKey;
use super::snippet::{is_set_in_locations, placed};
use super::{Nginx, ServerMatch, page};
use crate::cluster::Cluster;
use crate::http::path;
use crate::ingress::nginx_config::LocationKind;
use crate::ingress::verdict::{JudgementBuilder, status_response};
use crate::ingress::{ControllerArrival, annotation_field};
use crate::packet::{HttpRequest, HttpResponse, Scheme};
use crate::source::FieldRef;
use crate::trace::{Cause, CauseList, IngressControllerRule, Judgement, ModelGap, PacketDecision};

/// What nginx makes of a request.
pub fn judge_request(nginx: &Nginx, cluster: &Cluster, arrival: &ControllerArrival<'_>) -> Judgement {
    let verdict = JudgementBuilder::new(super::NGINX, arrival.place(), [].into());
    let verdict = match check_connection(nginx, verdict, arrival) {
        Ok(verdict) => verdict,
        Err(judgement) => return *judgement,
    };
    let readable = drop_invalid_headers(nginx, arrival.request);
    let arrival = &ControllerArrival { request: readable.as_ref().unwrap_or(arrival.request), ..*arrival };
    let view = NginxRequest::of(nginx, arrival);
    match nginx.find_server(&view.hostname) {
        ServerMatch::Www(to, server) => early::redirect_www(nginx, verdict, &view, to, server),
        ServerMatch::Server(server) => {
            // The catch-all server of nginx.tmpl rejects the handshake.
            let rejects =
                nginx.settings.is(ConfigKey::SslRejectHandshake, false).then_some(ConfigKey::SslRejectHandshake);
            let field = rejects.and_then(|key| nginx.settings.field(key));
            if let Some(field) = field.filter(|_| server.name.is_empty() && arrival.request.scheme == Scheme::Https) {
                return verdict.unknown(ModelGap::Field(field.clone()), vec![Cause::line(&field)]);
            }
            let Some(uri) = path::normalize(&view.request.path) else {
                return verdict.respond(status_response(400), vec![Cause::rule(IngressControllerRule::BadPath)]);
            };
            ServerRequest { nginx, cluster, view: &view, server, uri: &uri, bare: &verdict, changes: 0 }.judge()
        }
    }
}

/// What is settled before nginx looks for a server.
fn check_connection(
    nginx: &Nginx,
    verdict: JudgementBuilder,
    arrival: &ControllerArrival<'_>,
) -> Result<JudgementBuilder, Box<Judgement>> {
    // 1. A configuration that nginx doesn't take, and a PROXY protocol that nobody has pasted.
    if let Some(refused) = &nginx.refused {
        let because = vec![Cause::line(&refused.field), Cause::rule(IngressControllerRule::ConfigurationRefused)];
        return Err(Box::new(verdict.unknown(ModelGap::Field(refused.field.clone()), because)));
    }
    if nginx.settings.is(ConfigKey::UseProxyProtocol, false) {
        // Who speaks the PROXY protocol to nginx nobody has pasted; without it nginx hangs up.
        let because: Vec<Cause> = nginx.settings.field(ConfigKey::UseProxyProtocol).iter().map(Cause::line).collect();
        return Err(Box::new(verdict.unknown(ModelGap::ControllerSetting("use-proxy-protocol".to_owned()), because)));
    }
    // 2. Plain HTTP to the port of TLS, and the other way round.
    let encrypted = arrival.port == nginx.settings.https_port;
    match arrival.request.scheme {
        Scheme::Http if encrypted => {
            let page = HttpResponse { body: Some(page::plain_http_to_tls_port()), ..status_response(400) };
            return Err(Box::new(verdict.respond(page, vec![Cause::rule(IngressControllerRule::PlainHttpToTlsPort)])));
        }
        Scheme::Https if !encrypted => {
            let gap = ModelGap::ControllerSetting("TLS to the port of plain HTTP".to_owned());
            return Err(Box::new(verdict.unknown(gap, Vec::new())));
        }
        Scheme::Http | Scheme::Https => {}
    }
    // 3. Clients whose newest version of TLS is too old.
    if let Some(newest) = arrival.request.newest_tls.filter(|_| encrypted)
        && !nginx.settings.takes_tls(newest)
    {
        let mut because: Vec<Cause> = nginx.settings.field(ConfigKey::SslProtocols).iter().map(Cause::line).collect();
        because.add_rule(IngressControllerRule::TlsVersionTooOld);
        return Err(Box::new(verdict.end(PacketDecision::BreakOff, because)));
    }
    // 4. Methods that nginx refuses (ngx_http_process_request_header).
    if matches!(arrival.request.method.as_str(), "TRACE" | "CONNECT") {
        return Err(Box::new(
            verdict.respond(status_response(405), vec![Cause::rule(IngressControllerRule::MethodRefused)]),
        ));
    }
    // 5. Settings that aren't modelled leave everything open.
    if let Some(gap) = nginx.snippets.unread_in_http() {
        let because = nginx.snippets.http.iter().map(|snippet| Cause::line(&snippet.field));
        return Err(Box::new(verdict.unknown(gap, because.collect())));
    }
    match nginx.settings.not_modelled() {
        Some(key) => Err(Box::new(verdict.unknown(ModelGap::Field(key.clone()), vec![Cause::line(&key)]))),
        None => Ok(verdict),
    }
}

/// The request without the headers that nginx doesn't read, if there are any.
fn drop_invalid_headers(nginx: &Nginx, request: &HttpRequest) -> Option<HttpRequest> {
    let strange = |name: &str| !nginx.settings.reads_header(name);
    request.headers.0.iter().any(|(name, _)| strange(name)).then(|| {
        let mut readable = request.clone();
        readable.headers.0.retain(|(name, _)| !strange(name));
        readable
    })
}

impl<'a> ServerRequest<'a> {
    /// All phases in a server, of which error pages go through again.
    pub fn judge(self) -> Judgement {
        // 1. What comes before any snippet.
        if let Some(answer) = early::server_rewrite(self) {
            return self.end(self.bare.clone(), None, &self.blocks_in(None), answer);
        }
        // 2. The server's own snippet, app-root, the ConfigMap's.
        let relative = self.nginx.settings.is(ConfigKey::RelativeRedirects, false);
        let mut view = self.view.clone();
        view.script.variables.insert("proxy_upstream_name".into(), "-".to_owned());
        let mut state = view.script.clone();
        let own = run_snippets(self.server.snippet.iter().map(placed), &view, relative, &mut state);
        let ended = matches!(own.end, PhaseEnd::Stopped);
        view.script = state.clone();
        let answer = match own.end {
            PhaseEnd::Answered(answer) => Some(answer),
            PhaseEnd::Stopped => None,
            PhaseEnd::Through => early::app_root(ServerRequest { view: &view, uri: &view.script.uri, ..self }),
        };
        let answer = answer.or_else(|| {
            let global = self.server.global_snippet.as_ref().filter(|_| !ended);
            match run_snippets(global.into_iter().map(placed), &view, relative, &mut state).end {
                PhaseEnd::Answered(answer) => Some(answer),
                PhaseEnd::Through | PhaseEnd::Stopped => None,
            }
        });
        let answer =
            answer.or_else(|| unread_of(self.server.snippets().map(placed), |name| !is_set_in_locations(name)));
        let because = rewritten_causes(self.server.snippets().next().map(|it| &**it), &self.view.script, &state);
        state.uri_changed = false;
        view.script = state;
        let asked = ServerRequest { view: &view, uri: &view.script.uri, ..self };
        // 3. Locations.
        let judgement = match answer {
            Some(answer) => asked.end(self.bare.clone(), None, &self.blocks_in(None), answer),
            None => asked.judge_location(),
        };
        explained_first(judgement, &because)
    }

    fn blocks_in(&self, location: Option<&'a NginxLocation>) -> BlocksInForce<'a> {
        BlocksInForce {
            server: self.blocks_of_server(),
            location: location.map(|location| self.snippets_of(location)).unwrap_or_default(),
            ..BlocksInForce::default()
        }
    }

    pub fn judge_location(self) -> Judgement {
        let Self { nginx, view, server, uri, .. } = self;
        let mut verdict = self.bare.clone();
        let found = server.find(uri);
        if let Some(code) = controller_page(server, &found, uri) {
            return verdict.respond(status_response(code), vec![Cause::rule(IngressControllerRule::OwnPage)]);
        }
        verdict.consider(considered_candidates(nginx, server, &found, uri));
        match found {
            LocationMatch::Location(location) | LocationMatch::WithSlash(location) if view.too_large(location) => {
                self.too_large(verdict, location, &self.blocks_in(Some(location)))
            }
            LocationMatch::Location(location) => self.in_location(verdict, location),
            LocationMatch::OfSnippet(snippet, location) => self.in_snippet_location(verdict, (snippet, location)),
            LocationMatch::WithSlash(location) => {
                let answer = early::add_slash(view, location);
                self.end(verdict, Some(location), &self.blocks_in(Some(location)), answer)
            }
            LocationMatch::Unsupported(location) => unsupported_expression(verdict, location),
            LocationMatch::Nothing => {
                let because = vec![Cause::rule(IngressControllerRule::NoRuleMatches)];
                self.respond(verdict, (None, &self.blocks_in(None)), status_response(view.without_file()), because)
            }
        }
    }
}

/// Two locations that the template writes into the catch-all server: the health check, and nginx' status, which only
/// the controller itself may see. A longer path goes before them, and so do expressions.
fn controller_page(server: &NginxServer, found: &LocationMatch<'_>, uri: &str) -> Option<u16> {
    let (own, code) = [("/healthz", 200), ("/nginx_status", 403)].into_iter().find(|(own, _)| uri.starts_with(own))?;
    let shorter = match found {
        LocationMatch::Location(location) => {
            matches!(location.modifier, LocationModifier::Prefix) && location.path.len() < own.len()
        }
        LocationMatch::Nothing => true,
        LocationMatch::WithSlash(_) | LocationMatch::Unsupported(_) => false,
        LocationMatch::OfSnippet(_, location) => {
            location.kind == LocationKind::Prefix && location.path.len() < own.len()
        }
    };
    (server.name.is_empty() && shorter).then_some(code)
}

fn unsupported_expression(verdict: JudgementBuilder, location: &NginxLocation) -> Judgement {
    let LocationModifier::Regex(pattern) = &location.modifier else {
        return verdict.respond(status_response(404), vec![Cause::rule(IngressControllerRule::NoRuleMatches)]);
    };
    let because = rule_causes(location);
    match location.field() {
        Some(field) => {
            verdict.unknown(ModelGap::RegularExpression { field, pattern: pattern.source().to_owned() }, because)
        }
        None => verdict.unknown(ModelGap::ControllerSetting(pattern.source().to_owned()), because),
    }
}

impl NginxRequest<'_> {
    /// The annotation of a location's Ingress, if it is written.
    pub fn annotation_of(&self, location: &NginxLocation, name: Annotation) -> Option<FieldRef> {
        let ingress = location.annotations.ingress.as_ref()?;
        location.annotations.written.contains(&name).then(|| self.annotation_on(ingress, name))
    }

    pub fn annotation_on(&self, ingress: &crate::source::ObjectRef, name: Annotation) -> FieldRef {
        annotation_field(ingress, &format!("{}/{}", self.prefix, name.name()))
    }

    /// What nginx answers where no file is (ngx_http_static_module).
    pub fn without_file(&self) -> u16 {
        if matches!(self.request.method.as_str(), "GET" | "HEAD" | "POST") { 404 } else { 405 }
    }

    /// Whether the body, by its Content-Length where the client writes one, is larger than allowed
    /// (ngx_http_core_find_config_phase).
    pub fn too_large(&self, location: &NginxLocation) -> bool {
        let limit = location.annotations.body_size;
        let written = self.request.headers.value("Content-Length").and_then(|length| length.trim().parse().ok());
        limit > 0 && written.unwrap_or(self.request.body_length) > limit
    }
}
