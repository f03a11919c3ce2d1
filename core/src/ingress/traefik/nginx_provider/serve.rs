//! A request through the middlewares of its router, and on to the servers.

use std::sync::Arc;

use super::backend::{ProviderBackend, pages_of};
use super::build::{ProviderLocation, ProviderRouter, RouterRole};
use super::step::{ProviderStep, StepKind};
use crate::cluster::Cluster;
use crate::http::password::{self, PasswordCheck};
use crate::http::{Pattern, cookie};
use crate::ingress::ControllerArrival;
use crate::ingress::nginx::{Annotation, AuthServer, auth_server};
use crate::ingress::traefik::forwarded::append_client;
use crate::ingress::verdict::{ForwardedRequest, JudgementBuilder, redirect_response, status_response};
use crate::limits::expands_too_far;
use crate::model::base64;
use crate::packet::{HttpRequest, HttpResponse, HttpVersion, Scheme};
use crate::source::FieldRef;
use crate::trace::{Cause, CauseList, IngressControllerRule, ModelGap, PacketDecision, Share};

/// A request that a router has taken.
pub struct Visit<'a> {
    pub cluster: &'a Cluster,
    /// The request as it came.
    pub arrival: &'a ControllerArrival<'a>,
    pub router: &'a ProviderRouter,
    /// Whether it came in TLS.
    pub tls: bool,
    /// How likely it is this router.
    pub share: Share,
}

/// How a middleware ends a request.
pub enum StepEnd {
    Answered(HttpResponse, IngressControllerRule),
    /// It depends on what isn't modelled.
    Unknown(ModelGap),
}

/// What middlewares left behind.
#[derive(Default)]
struct Passed<'a> {
    response_headers: Vec<(String, String)>,
    because: Vec<Cause>,
    pages: Option<ErrorPageStep<'a>>,
}

/// Pages of another Service in place of answers.
#[derive(Clone, Copy)]
struct ErrorPageStep<'a> {
    codes: &'a [(u16, u16)],
    service: &'a str,
    line: &'a FieldRef,
}

impl Visit<'_> {
    /// Through the middlewares to the servers.
    pub fn serve(&self, verdict: &mut JudgementBuilder, mut request: HttpRequest) {
        // 1. Why this router.
        let location = &self.router.location;
        let why = if self.share == Share::ONE {
            IngressControllerRule::HighestPriority
        } else {
            IngressControllerRule::EqualPriority
        };
        let mut because = vec![Cause::line(&self.router.field), Cause::rule(why)];
        // 2. The host's other form is redirected.
        if let RouterRole::OtherForm(host) = &self.router.role {
            because
                .add_line(&self.line(location, Annotation::FromToWwwRedirect))
                .add_rule(IngressControllerRule::WwwRedirect);
            return self.respond(verdict, redirect_response(308, self.other_form(host, &request)), because);
        }
        // 3. A location that is denied, and one that asks for certificates of clients.
        if let Some(line) = &location.denied {
            because.add_line(line).add_rule(IngressControllerRule::LocationDenied);
            return self.respond(verdict, status_response(503), because);
        }
        if let Some(line) = location.client_auth.as_ref().filter(|_| self.tls) {
            because.add_line(line);
            return self.unknown(verdict, ModelGap::Field(line.clone()), because);
        }
        // 4. Its middlewares, of which one may answer.
        let mut passed = Passed { because, ..Passed::default() };
        let steps = location.steps.as_deref().unwrap_or_default();
        for step in steps.iter().filter(|step| !self.tls || !matches!(step.kind, StepKind::RedirectToHttps)) {
            match self.pass(step, &mut request, &mut passed) {
                None => {}
                Some(StepEnd::Answered(response, why)) => {
                    passed.because.add_line(&step.line).add_rule(why);
                    return self.answer(verdict, response, &request, passed);
                }
                Some(StepEnd::Unknown(gap)) => {
                    passed.because.add_line(&step.line);
                    return self.unknown(verdict, gap, passed.because);
                }
            }
        }
        // 5. On to the servers.
        self.to_servers(verdict, &request, passed);
    }

    fn respond(&self, verdict: &mut JudgementBuilder, response: HttpResponse, because: Vec<Cause>) {
        verdict.add(self.share, None, PacketDecision::Respond(response), because);
    }

    fn unknown(&self, verdict: &mut JudgementBuilder, gap: ModelGap, because: Vec<Cause>) {
        verdict.add(self.share, None, PacketDecision::Unknown(gap), because);
    }

    fn line(&self, location: &ProviderLocation, name: Annotation) -> FieldRef {
        crate::ingress::annotation_field(&location.ingress, &format!("{}/{}", super::options::PREFIX, name.name()))
    }

    /// The host with or without www., the port as asked, no slash at the end (applyFromToWwwRedirect).
    fn other_form(&self, host: &str, request: &HttpRequest) -> String {
        let bare = crate::packet::http::host_without_port(&request.host);
        let port = request.host.strip_prefix(bare).unwrap_or_default();
        let scheme = if self.tls { "https" } else { "http" };
        let target = request.target();
        let target = target.strip_suffix('/').unwrap_or(&target);
        format!(
            "{scheme}://{host}{port}{}",
            if target.starts_with('/') { target.to_owned() } else { format!("/{target}") }
        )
    }

    /// One middleware; None if the request goes on.
    fn pass<'s>(&self, step: &'s ProviderStep, request: &mut HttpRequest, passed: &mut Passed<'s>) -> Option<StepEnd> {
        let answered = |response: HttpResponse, why: IngressControllerRule| Some(StepEnd::Answered(response, why));
        match &step.kind {
            StepKind::RedirectToHttps => self.to_https(request),
            StepKind::ErrorPages(codes, service) => {
                passed.pages = Some(ErrorPageStep { codes, service, line: &step.line });
                None
            }
            StepKind::AppRoot(root) if request.path == "/" => {
                let to = self.with_variables(&format!("$scheme://$best_http_host{root}"), request);
                answered(redirect_response(302, to), IngressControllerRule::AppRoot)
            }
            StepKind::AppRoot(_) => None,
            StepKind::Redirect(pattern, to, code) => self.elsewhere(pattern, to, *code, request, &step.line),
            StepKind::Password(users, realm) => ask_password(users, realm, request, &step.line),
            StepKind::Digest => match request.headers.value("Authorization") {
                Some(_) => Some(StepEnd::Unknown(ModelGap::Field(step.line.clone()))),
                None => answered(status_response(401), IngressControllerRule::PasswordRequired),
            },
            StepKind::BodyLimit(most) if request.body_length > *most => {
                answered(status_response(413), IngressControllerRule::BodyTooLarge)
            }
            StepKind::BodyLimit(_) => None,
            StepKind::AllowList(nets) => {
                let allowed = nets.iter().any(|net| net.contains(&self.arrival.client));
                if allowed { None } else { answered(status_response(403), IngressControllerRule::IpAllowList) }
            }
            StepKind::CrossOrigin(cors) => cors.pass(request, &mut passed.response_headers),
            StepKind::Rewrite(rewrite) => {
                let before = request.path.clone();
                let end = rewrite.pass(request, &step.line);
                if request.path != before {
                    passed.because.add_line(&step.line);
                }
                end
            }
            StepKind::Host(host) => {
                request.host = self.with_variables(host, request);
                passed.because.add_line(&step.line);
                None
            }
            StepKind::ResponseHeaders(headers) => {
                passed.response_headers.extend(headers.iter().cloned());
                None
            }
            StepKind::AskServer(url) => self.ask_server(url, step, passed),
            StepKind::NotModelled => Some(StepEnd::Unknown(ModelGap::Field(step.line.clone()))),
        }
    }

    /// redirect_scheme.go with a status of its own; what an earlier proxy says of the scheme counts.
    fn to_https(&self, request: &HttpRequest) -> Option<StepEnd> {
        if matches!(request.headers.value("X-Forwarded-Proto"), Some("https" | "wss")) {
            return None;
        }
        let host = crate::packet::http::host_without_port(&request.host);
        let to = format!("https://{host}{}", request.target());
        Some(StepEnd::Answered(redirect_response(308, to), IngressControllerRule::HttpsRedirect))
    }

    /// redirect_regex.go: what the expression matches of the address is replaced.
    fn elsewhere(
        &self,
        pattern: &Pattern,
        to: &str,
        code: u16,
        request: &HttpRequest,
        line: &FieldRef,
    ) -> Option<StepEnd> {
        let unknown = || Some(StepEnd::Unknown(ModelGap::Field(line.clone())));
        let Some(regex) = pattern.regex() else { return unknown() };
        let scheme = if self.tls { "https" } else { "http" };
        let from = format!("{scheme}://{}{}", request.host, request.target());
        if expands_too_far(&from, to) {
            return unknown();
        }
        let address = regex.is_match(&from).then(|| regex.replace_all(&from, to).into_owned())?;
        if address == from {
            return None;
        }
        Some(StepEnd::Answered(redirect_response(code, address), IngressControllerRule::FixedRedirect))
    }

    /// auth-url: what a live server says is taken as a yes unless it is known; one that isn't there is a 500. A refusal has the
    /// server's own text, which isn't known.
    fn ask_server<'s>(&self, url: &str, step: &'s ProviderStep, passed: &mut Passed<'s>) -> Option<StepEnd> {
        let is_web = url.split_once("://").is_some_and(|(scheme, _)| matches!(scheme, "http" | "https"));
        let server = if is_web { auth_server(self.cluster, url) } else { AuthServer::Unreachable };
        let rule = match server {
            AuthServer::Unreachable => {
                return Some(StepEnd::Answered(status_response(500), IngressControllerRule::AuthServerUnreachable));
            }
            AuthServer::Says(200..=299) => IngressControllerRule::AuthServerAllows,
            AuthServer::Says(_) => return Some(StepEnd::Unknown(ModelGap::Field(step.line.clone()))),
            AuthServer::NotKnown => IngressControllerRule::AuthRequest,
        };
        passed.because.add_line(&step.line).add_rule(rule);
        None
    }

    /// An answer of Traefik's own; pages may stand in for it.
    fn answer(
        &self,
        verdict: &mut JudgementBuilder,
        mut response: HttpResponse,
        request: &HttpRequest,
        mut passed: Passed<'_>,
    ) {
        let pages = passed
            .pages
            .filter(|pages| pages.codes.iter().any(|(first, last)| (*first..=*last).contains(&response.status)));
        let Some(ErrorPageStep { service, line, .. }) = pages else {
            response.headers.0.extend(passed.response_headers);
            return self.respond(verdict, response, passed.because);
        };
        passed.because.add_line(line).add_rule(IngressControllerRule::ErrorsReplaced);
        let servers = pages_of(self.cluster, self.router.location.backend.namespace.as_ref(), service);
        match servers.filter(|servers| !servers.peers.is_empty()) {
            Some(servers) => {
                let request =
                    HttpRequest { path: "/".to_owned(), query: None, method: "GET".to_owned(), ..request.clone() };
                let forward = self.forward(&request, &self.router.location.backend, Vec::new());
                verdict.forward(self.share, &servers, &forward, &passed.because);
            }
            None => self.respond(verdict, response, passed.because),
        }
    }

    /// The servers of the mainline and of its canary, by weight where no header decides.
    fn to_servers(&self, verdict: &mut JudgementBuilder, request: &HttpRequest, passed: Passed<'_>) {
        // 1. Mainline, canary, or both by weight.
        let location = &self.router.location;
        let canary = location.canary.as_deref();
        let whole = |backend| vec![(Share::ONE, backend, None)];
        let ways = match (&self.router.role, canary) {
            (RouterRole::Canary, Some(canary)) => {
                vec![(Share::ONE, &canary.backend, Some((&canary.rule, IngressControllerRule::CanaryByHeader)))]
            }
            (RouterRole::Weighted, Some(canary)) => {
                let share = Share::of(canary.weight, canary.total);
                let why = Some((&canary.rule, IngressControllerRule::CanaryByWeight));
                let both = [(share.rest(), &location.backend, why), (share, &canary.backend, why)];
                both.into_iter().filter(|(share, ..)| !share.is_zero()).collect()
            }
            (RouterRole::Mainline, Some(canary)) => {
                vec![(Share::ONE, &location.backend, Some((&canary.rule, IngressControllerRule::CanaryByHeader)))]
            }
            _ => whole(&location.backend),
        };
        // 2. The only one, where it can't be reached.
        if let [(_, backend, _)] = ways.as_slice()
            && let Err(why) = self.reachable(backend)
        {
            let mut passed = passed;
            passed.because.add_rule(why);
            return self.answer(verdict, status_response(503), request, passed);
        }
        // 3. Each way: its endpoints, or 503 for its share.
        for (share, backend, why) in ways {
            let share = self.share.times(share);
            let mut because = passed.because.clone();
            because.extend(why.iter().flat_map(|(line, which)| [Cause::line(line), Cause::rule(*which)]));
            match backend.servers(self.cluster).ok().filter(|servers| !servers.peers.is_empty()) {
                Some(servers) => {
                    if let Some(line) = &backend.verified {
                        because.add_line(line);
                        verdict.add(share, None, PacketDecision::Unknown(ModelGap::Field(line.clone())), because);
                        continue;
                    }
                    because.extend(balanced(backend).into_iter().flatten());
                    let forward = self.forward(request, backend, passed.response_headers.clone());
                    verdict.forward(share, &servers, &forward, &because);
                }
                None => {
                    because.add_rule(IngressControllerRule::NoEndpoints);
                    verdict.add(share, None, PacketDecision::Respond(status_response(503)), because);
                }
            }
        }
    }

    fn reachable(&self, backend: &ProviderBackend) -> Result<(), IngressControllerRule> {
        let servers = backend.servers(self.cluster)?;
        if servers.peers.is_empty() { Err(IngressControllerRule::NoEndpoints) } else { Ok(()) }
    }

    fn forward(
        &self,
        request: &HttpRequest,
        backend: &ProviderBackend,
        response_headers: Vec<(String, String)>,
    ) -> ForwardedRequest {
        let mut request = request.clone();
        append_client(self.arrival.client, &mut request);
        request.scheme = if backend.scheme == "https" { Scheme::Https } else { Scheme::Http };
        request.version = if backend.scheme == "h2c" { HttpVersion::Http2 } else { request.version };
        request.server_name = None;
        let fresh = backend.cookie.as_ref();
        let fresh = fresh.filter(|name| cookie::value(&self.arrival.request.headers, name).is_none());
        ForwardedRequest {
            rule: Some(self.router.field.clone()),
            request: Some(Arc::new(request)),
            protocol: backend.scheme.to_owned(),
            response_headers,
            set_cookie: fresh.map(|name| format!("{name}=")),
            ..ForwardedRequest::default()
        }
    }
}

/// How servers are chosen among each other.
fn balanced(backend: &ProviderBackend) -> Vec<Vec<Cause>> {
    let which = match (&backend.cookie, &backend.hashed) {
        (Some(_), _) => IngressControllerRule::StickyCookie,
        (None, Some(_)) => IngressControllerRule::HashedToOne,
        (None, None) => IngressControllerRule::RoundRobin,
    };
    let through =
        if backend.through { IngressControllerRule::ThroughTheService } else { IngressControllerRule::PastTheService };
    let line: Vec<Cause> = backend.hashed.iter().map(Cause::line).collect();
    vec![line, vec![Cause::rule(which), Cause::rule(through)]]
}

/// basicauth.go: 401 without the password of a listed user.
fn ask_password(users: &[(String, String)], realm: &str, request: &HttpRequest, line: &FieldRef) -> Option<StepEnd> {
    let sent = request.headers.value("Authorization").and_then(|value| value.strip_prefix("Basic "));
    let credentials = sent.and_then(base64::decode_text);
    let user = credentials.as_deref().and_then(|pair| pair.split_once(':'));
    let listed = user.and_then(|(name, password)| {
        let (_, hash) = users.iter().find(|(listed, _)| listed == name)?;
        Some(password::check(password, hash))
    });
    match listed {
        Some(PasswordCheck::Right) => return None,
        Some(PasswordCheck::Unknown) => return Some(StepEnd::Unknown(ModelGap::Field(line.clone()))),
        Some(PasswordCheck::Wrong) | None => {}
    }
    let mut response = status_response(401);
    response.headers.add("WWW-Authenticate", &format!("Basic realm=\"{realm}\""));
    Some(StepEnd::Answered(response, IngressControllerRule::PasswordRequired))
}
