//! A request behind the router that takes it: through middlewares and children to the servers, or to an answer of Traefik's
//! own, with what waits for the answer on its way back.

use std::sync::Arc;

use super::chain::{self, ChainEnd, ChainLayer, ChainState, ErrorLayer};
use super::context::ChainContext;
use super::dynamic::QualifiedName;
use super::forwarded::append_client;
use super::middleware::headers::put_on;
use super::router::HttpRouter;
use super::service::{self, LoadedService, WeightedUpstream};
use super::uri::RequestUrl;
use crate::http::cookie;
use crate::ingress::verdict::{ForwardedRequest, JudgementBuilder, status_response};
use crate::packet::{Headers, HttpRequest, HttpResponse, Scheme};
use crate::source::{FieldRef, ObjectRef};
use crate::trace::{Cause, CauseList, IngressControllerRule, ModelGap, PacketDecision, Share};

/// A request on its way to servers: what it carries, and whose answer it becomes.
#[derive(Clone)]
pub struct Passage<'a> {
    /// What is the same all the way.
    pub context: ChainContext<'a>,
    /// The router's line.
    pub rule: FieldRef,
    /// The request.
    pub state: ChainState,
    /// How likely it comes to this.
    pub share: Share,
}

impl Passage<'_> {
    /// Through middlewares; true if it goes on.
    pub fn through(&mut self, names: &[QualifiedName], verdict: &mut JudgementBuilder) -> bool {
        match chain::pass(&self.context, names, &mut self.state) {
            None => true,
            Some(ChainEnd::Answered(response, line, why)) => {
                self.state.because.add_line(&line).add_rule(why);
                self.answer(response, verdict);
                false
            }
            Some(ChainEnd::Unknown(line)) => {
                self.unknown(ModelGap::Field(line), verdict);
                false
            }
        }
    }

    /// It depends on what isn't modelled.
    pub fn unknown(&self, gap: ModelGap, verdict: &mut JudgementBuilder) {
        verdict.add(self.share, None, PacketDecision::Unknown(gap), self.state.because.clone());
    }

    /// Traefik answers, unless an errors middleware on the way back has a page for it.
    pub fn answer(&self, mut response: HttpResponse, verdict: &mut JudgementBuilder) {
        let mut layers = self.state.layers.clone();
        while let Some(layer) = layers.pop() {
            match layer {
                ChainLayer::Headers(headers) => put_on(&mut response.headers, &headers),
                ChainLayer::Errors(errors) if errors.pages.statuses.contains(response.status) => {
                    return self.error_page(response.status, &errors, layers, verdict);
                }
                ChainLayer::Errors(_) => {}
            }
        }
        verdict.add(self.share, None, PacketDecision::Respond(response), self.state.because.clone());
    }

    /// The page of an errors middleware's service (middlewares/customerrors): asked by GET, for the path it names.
    fn error_page(&self, code: u16, errors: &ErrorLayer, layers: Vec<ChainLayer>, verdict: &mut JudgementBuilder) {
        let pages = &errors.pages;
        let shown = pages.rewrites.iter().find(|(codes, _)| codes.contains(code)).map_or(code, |(_, to)| *to);
        let mut state = ChainState { layers, ..self.state.clone() };
        state.because.add_line(&errors.line).add_rule(IngressControllerRule::ErrorPage);
        let asked = self.state.request.headers.value("X-Forwarded-Proto").unwrap_or("http");
        let original = format!("{asked}://{}{}", errors.request.host, errors.url.request_uri);
        let query = match pages.query.as_str() {
            "" => "/".to_owned(),
            query => format!("/{}", query.strip_prefix('/').unwrap_or(query))
                .replace("{status}", &shown.to_string())
                .replace("{originalStatus}", &code.to_string())
                .replace("{url}", &escape_query(&original)),
        };
        let (path, rest) = query.split_once('?').map_or((query.as_str(), None), |(path, rest)| (path, Some(rest)));
        let Some(url) = RequestUrl::parse(path, rest) else { return self.answer(status_response(code), verdict) };
        state.url = url;
        state.request = HttpRequest { method: "GET".to_owned(), body_length: 0, ..errors.request.clone() };
        let passage = Passage { state, ..self.clone() };
        match service::load(&self.context, &pages.service) {
            Ok(loaded) => passage.deliver(loaded, verdict),
            Err(_) => passage.answer(status_response(500), verdict),
        }
    }

    pub fn to_service(&self, router: &HttpRouter, loaded: LoadedService, verdict: &mut JudgementBuilder) {
        match loaded.internal.as_deref() {
            Some("noop@internal") => self.answer(status_response(418), verdict),
            Some("api@internal") if !self.asks_for_api() => self.answer(status_response(404), verdict),
            Some(_) => self.unknown(ModelGap::Field(super::dynamic::line(&router.config.field, "services")), verdict),
            None => self.deliver(loaded, verdict),
        }
    }

    /// What Traefik's own API has (pkg/api/handler.go createRouter); the rest is answered 404.
    fn asks_for_api(&self) -> bool {
        let path = self.state.url.escaped_path();
        let begins = ["/api", "/dashboard", "/debug"].iter().any(|own| path.starts_with(own));
        begins || path == "/" || self.context.settings.mentions("api.basepath")
    }

    /// To the servers, by their shares.
    fn deliver(&self, loaded: LoadedService, verdict: &mut JudgementBuilder) {
        let mirrors = loaded.mirrors;
        for way in loaded.ways {
            let mut passage = self.clone();
            passage.share = self.share.times(way.share);
            if passage.through(&way.middlewares, verdict) {
                passage.send(way, mirrors.clone(), verdict);
            }
        }
    }

    fn send(mut self, way: WeightedUpstream, mirrors: Vec<(ObjectRef, Share)>, verdict: &mut JudgementBuilder) {
        // 1. Ways that answer by themselves: a fault, or nobody there.
        self.state.because.extend(way.because.iter().cloned());
        if let Some((code, why)) = way.answer {
            self.state.because.add_rule(why);
            return self.answer(status_response(code), verdict);
        }
        if way.upstream.peers.is_empty() {
            verdict.consider_excluded(&way.upstream);
            return self.answer(status_response(503), verdict);
        }
        // 2. What is sent must be a path.
        let Some((path, query)) = self.state.url.sent() else {
            self.state.because.add_rule(IngressControllerRule::PathNotCanonical);
            return self.answer(status_response(400), verdict);
        };
        // 3. What middlewares add to the answer.
        let Some(response_headers) = self.answer_headers(verdict) else { return };
        // 4. The request with the client appended.
        let mut request = HttpRequest { path, query, ..self.state.request.clone() };
        append_client(self.context.client, &mut request);
        request.scheme = if way.options.scheme == "https" { Scheme::Https } else { Scheme::Http };
        request.server_name = None;
        // 5. The cookie of affinity, unless the client brought it.
        let known = |name: &str| cookie::value(&self.state.request.headers, name).is_some();
        let fresh = way.options.cookies.iter().find(|cookie| !known(&cookie.name));
        let forward = ForwardedRequest {
            rule: Some(self.rule.clone()),
            request: Some(Arc::new(request)),
            protocol: way.options.scheme.clone(),
            response_headers,
            host_of_server: !way.options.pass_host,
            set_cookie: fresh.map(|cookie| format!("{}=", cookie.name)),
            mirrors,
        };
        let because: Vec<Cause> = self.state.because.clone();
        verdict.forward(self.share, &way.upstream, &forward, &because);
    }

    /// The headers that the way back puts on a server's answer, which is taken to be a 200; None where an errors middleware
    /// has a page for that, too.
    fn answer_headers(&self, verdict: &mut JudgementBuilder) -> Option<Vec<(String, String)>> {
        let mut headers = Headers::default();
        let mut layers = self.state.layers.clone();
        while let Some(layer) = layers.pop() {
            match layer {
                ChainLayer::Headers(layer) => put_on(&mut headers, &layer),
                ChainLayer::Errors(errors) if errors.pages.statuses.contains(200) => {
                    self.error_page(200, &errors, layers, verdict);
                    return None;
                }
                ChainLayer::Errors(_) => {}
            }
        }
        Some(headers.0)
    }
}

/// Go's url.QueryEscape.
fn escape_query(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        match byte {
            b' ' => escaped.push('+'),
            byte if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) => escaped.push(char::from(byte)),
            byte => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}
