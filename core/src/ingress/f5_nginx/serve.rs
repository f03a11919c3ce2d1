//! A request through nginx' phases: server rewrite, location, rewrite, access, content.

use std::sync::Arc;

use super::forward::{forward_request, goes_round, slash_redirect};
use super::request::F5Request;
use super::server::{
    ErrorPageAnswer, F5Location, F5ResponseHeader, F5Server, ProxyPass, RequestGuard, RouteAction, RouteErrorPage,
    RouteSplit, ServerStep, StepCondition, UpstreamBalancing, UpstreamName,
};
use super::upstream::resolve_upstream;
use super::{F5_NGINX, condition};
use crate::cluster::Cluster;
use crate::ingress::basic_auth::CredentialCheck;
use crate::ingress::location_order::{LocationComparison, LocationFound, find_location};
use crate::ingress::verdict::{ForwardedRequest, JudgementBuilder, redirect_response, status_response};
use crate::packet::HttpResponse;
use crate::trace::{
    Candidate, CandidateFate, CandidateObjection, CandidateSubject, Cause, CauseList, ComponentPlace,
    IngressControllerRule, IngressObjection, Judgement, ModelGap, PacketDecision, Share,
};

/// A request at a server.
#[derive(Clone, Copy)]
pub struct F5ServedRequest<'r> {
    pub cluster: &'r Cluster,
    pub server: &'r F5Server,
    pub view: &'r F5Request,
    pub at: &'r ComponentPlace,
    /// Whether it is NGINX Plus.
    pub is_plus: bool,
}

/// How a phase ends a request, with what led to it.
type F5PhaseEnd = (PacketDecision, Vec<Cause>);

impl F5ServedRequest<'_> {
    /// What a server makes of a request, with `others` that were considered besides.
    pub fn judge(self, others: impl FnOnce() -> Vec<Candidate>) -> Judgement {
        let mut verdict = JudgementBuilder::new(F5_NGINX, self.at.clone(), [].into());
        // 1. What the server answers before it looks for a location.
        if let Some(line) = self.server.guard.client_certificate.as_ref().filter(|_| self.view.lacks_certificate()) {
            let because = vec![Cause::line(line), Cause::rule(IngressControllerRule::ClientCertificateRequired)];
            return verdict.respond(status_response(400), because);
        }
        if let Some((decision, because)) = self.server_rewrite() {
            return self.with_headers(None, verdict.end(decision, because));
        }
        // 2. The location.
        let found = find_location(&self.server.locations, &self.view.uri);
        verdict.consider(self.considered(&found));
        verdict.consider(others());
        let location = match found {
            LocationFound::Taken(location) => location,
            LocationFound::BehindSlash(location) => {
                let because = caused(location, IngressControllerRule::SlashAdded);
                return self
                    .with_headers(Some(location), verdict.respond(slash_redirect(self.view, location), because));
            }
            LocationFound::Undecided(location) => {
                let (gap, because) = (expression_gap(location), location_causes(location));
                return verdict.unknown(gap, because);
            }
            LocationFound::Nowhere if self.server.guard.gap.is_some() => {
                let gap = self.server.guard.gap.iter().cloned();
                let because = gap.clone().map(Cause::Field).collect();
                let gap = gap.map(ModelGap::Field).next();
                return verdict.unknown(gap.unwrap_or(ModelGap::ProxyLoop), because);
            }
            LocationFound::Nowhere => {
                let (decision, because) = self.refusal(&self.server.guard, &[]).unwrap_or_else(|| {
                    let status = status_response(static_status(self.view));
                    (PacketDecision::Respond(status), vec![Cause::rule(IngressControllerRule::NoRuleMatches)])
                });
                return self.with_headers(None, verdict.end(decision, because));
            }
        };
        // 3. Its phases.
        let judgement = match self.before_content(location) {
            Some((decision, because)) => self.end(verdict, location, decision, because),
            None => self.content(verdict, location),
        };
        self.with_headers(Some(location), judgement)
    }

    /// Redirects and refusals of the server.
    fn server_rewrite(self) -> Option<F5PhaseEnd> {
        let view = self.view;
        let holds = |when: StepCondition| match when {
            StepCondition::Always => true,
            StepCondition::PlainHttp => !view.is_tls(),
            StepCondition::ForwardedHttp => view.request.headers.value("X-Forwarded-Proto") == Some("http"),
            StepCondition::RootPath => view.uri == "/",
        };
        let target = view.request.target();
        let applies = |step: &&ServerStep| holds(step.when) && step.except.as_deref() != Some(target.as_str());
        let step = self.server.steps.iter().find(applies)?;
        let decision = match &step.location {
            Some(url) => match view.expand(url, |_| "") {
                Some(url) => PacketDecision::Respond(redirect_response(step.code, url)),
                None => PacketDecision::Unknown(ModelGap::ControllerSetting(url.to_string())),
            },
            None => PacketDecision::Respond(status_response(step.code)),
        };
        Some((decision, step.because.clone()))
    }

    /// The body's size, then what comes before the content.
    fn before_content(self, location: &F5Location) -> Option<F5PhaseEnd> {
        let guard = &location.guard;
        // 1. The body.
        if self.view.is_larger_than(location.body_size()) {
            let because = caused(location, IngressControllerRule::BodyTooLarge);
            return Some((PacketDecision::Respond(status_response(413)), because));
        }
        // 2. What isn't known, and what a policy that can't be used answers.
        if let Some(gap) = &guard.gap {
            return Some((PacketDecision::Unknown(ModelGap::Field(gap.clone())), vec![Cause::line(gap)]));
        }
        if let Some((status, because)) = &guard.refusal {
            let because = location_causes(location).into_iter().chain(because.iter().cloned());
            return Some((PacketDecision::Respond(status_response(*status)), because.collect()));
        }
        // 3. A preflight; a rewrite before it ends the directives of that phase.
        let passes = |split: &RouteSplit| matches!(&split.action, RouteAction::Pass(_));
        if let Some(cors) = guard.cors.as_ref().filter(|_| self.view.request.method == "OPTIONS")
            && location.default.iter().any(passes)
        {
            let mut response = status_response(204);
            response.headers.0.clone_from(&cors.headers);
            let because = [Cause::line(&cors.line), Cause::rule(IngressControllerRule::CorsPreflight)];
            let because = location_causes(location).into_iter().chain(because);
            return Some((PacketDecision::Respond(response), because.collect()));
        }
        // 4. Addresses and passwords.
        self.refusal(guard, &location_causes(location))
    }

    /// nginx' access phase: addresses, then passwords.
    fn refusal(self, guard: &RequestGuard, of_location: &[Cause]) -> Option<F5PhaseEnd> {
        let because = |line: Option<&crate::source::FieldRef>, why| {
            of_location.iter().cloned().chain(line.map(Cause::line)).chain([Cause::rule(why)]).collect()
        };
        let client = self.view.client;
        let listed = |nets: &[ipnet::IpNet]| nets.iter().any(|net| net.contains(&client));
        // 1. `allow …; deny all;` before `deny …; allow all;`
        let refused = if guard.allow.is_empty() {
            listed(&guard.deny).then_some(IngressControllerRule::AddressDenied)
        } else {
            (!listed(&guard.allow)).then_some(IngressControllerRule::AddressNotAllowed)
        };
        if let Some(why) = refused {
            let because = because(guard.address_line.as_ref(), why);
            return Some((PacketDecision::Respond(status_response(403)), because));
        }
        // 2. A password.
        let password = guard.password.as_ref()?;
        let because = because(Some(&password.line), IngressControllerRule::PasswordRequired);
        match password.check(&self.view.request.headers) {
            CredentialCheck::Accepted => None,
            CredentialCheck::Unknown => {
                Some((PacketDecision::Unknown(ModelGap::Field(password.line.clone())), because))
            }
            CredentialCheck::Refused => {
                let mut response = status_response(401);
                response.headers.add("WWW-Authenticate", &format!("Basic realm=\"{}\"", password.realm));
                Some((PacketDecision::Respond(response), because))
            }
        }
    }

    /// Where the location sends it: by the first match whose conditions hold, else by default.
    fn content(self, mut verdict: JudgementBuilder, location: &F5Location) -> Judgement {
        let (splits, mut because) = match condition::choose(self.view, location) {
            Ok(chosen) => chosen,
            Err((line, because)) => return verdict.unknown(ModelGap::Field(line), because),
        };
        because.splice(0..0, location_causes(location));
        let whole: u64 = splits.iter().map(|split| split.weight).sum();
        let one_way = splits.len() == 1;
        for split in splits.iter().filter(|split| split.weight > 0) {
            let share = Share::of(split.weight, whole);
            let mut because = because.clone();
            if !one_way {
                because.add_lines(&split.line).add_rule(IngressControllerRule::SplitByWeight);
            }
            self.act(&mut verdict, location, split, (share, because));
        }
        verdict.finish()
    }

    /// One action with its share.
    fn act(
        self,
        verdict: &mut JudgementBuilder,
        location: &F5Location,
        split: &RouteSplit,
        (share, mut because): (Share, Vec<Cause>),
    ) {
        let answer = match &split.action {
            RouteAction::Pass(pass) => return self.pass(verdict, location, pass, (share, because)),
            RouteAction::Redirect { url, code } => {
                self.view.expand(url, |_| "").map(|url| redirect_response(*code, url))
            }
            RouteAction::Return { code, body, headers } => Some(self.text_response(*code, (body, headers))),
            RouteAction::Unread => None,
        };
        because.add_lines(&split.line);
        because.add_rule(match location.rule {
            Some(_) => IngressControllerRule::ActionAnswers,
            None => IngressControllerRule::NoRuleMatches,
        });
        let unread = || match &split.line {
            Some(line) => ModelGap::Field(line.clone()),
            None => ModelGap::ControllerSetting(location.path.to_string()),
        };
        let decision = answer.map_or_else(|| PacketDecision::Unknown(unread()), PacketDecision::Respond);
        verdict.add(share, None, decision, because);
    }

    /// A status with a text, which isn't known where a variable in it isn't.
    fn text_response(self, status: u16, (body, headers): (&str, &[(String, String)])) -> HttpResponse {
        let mut response = HttpResponse { body: self.view.expand(body, |_| ""), ..status_response(status) };
        response.headers.0.extend(headers.iter().cloned());
        response
    }

    /// proxy_pass, or 502 from a socket of nginx' own where there is nobody.
    fn pass(
        self,
        verdict: &mut JudgementBuilder,
        location: &F5Location,
        pass: &ProxyPass,
        (share, mut because): (Share, Vec<Cause>),
    ) {
        if goes_round(self.view, pass) {
            because.add_rule(IngressControllerRule::RewriteCycle);
            return self.answer_error(verdict, location, 500, (share, because));
        }
        if self.view.is_larger_than(pass.body_size) {
            because.add_rule(IngressControllerRule::BodyTooLarge);
            return self.answer_error(verdict, location, 413, (share, because));
        }
        match resolve_upstream(self.cluster, &pass.upstream, self.is_plus) {
            Ok(upstream) => {
                because.extend(balancing_causes(&pass.upstream));
                let conditions = location.guard.conditions.iter();
                because.extend(conditions.flat_map(|(line, why)| [Cause::line(line), Cause::rule(*why)]));
                match forward_request(self.view, location, pass) {
                    Ok(forward) => verdict.forward(share, &upstream, &forward, &because),
                    Err(gap) => verdict.add(share, None, PacketDecision::Unknown(gap), because),
                }
            }
            Err((why, nobody)) => {
                if let Some(nobody) = nobody {
                    verdict.consider_excluded(&nobody);
                }
                because.add_rule(why);
                self.answer_error(verdict, location, 502, (share, because));
            }
        }
    }

    /// An answer of nginx' own, or what error_page makes of it.
    fn end(
        self,
        mut verdict: JudgementBuilder,
        location: &F5Location,
        decision: PacketDecision,
        because: Vec<Cause>,
    ) -> Judgement {
        match decision {
            PacketDecision::Respond(response)
                if location.is_proxied() && error_page(location, response.status).is_some() =>
            {
                self.answer_error(&mut verdict, location, response.status, (Share::ONE, because));
                verdict.finish()
            }
            decision => verdict.end(decision, because),
        }
    }

    /// A status as error_page turns it.
    fn answer_error(
        self,
        verdict: &mut JudgementBuilder,
        location: &F5Location,
        status: u16,
        (share, mut because): (Share, Vec<Cause>),
    ) {
        let Some(page) = error_page(location, status) else {
            return verdict.add(share, None, PacketDecision::Respond(status_response(status)), because);
        };
        because.add_line(&page.line).add_rule(IngressControllerRule::RouteErrorPage);
        let code = if page.code == 0 { status } else { page.code };
        let answer = match &page.answer {
            ErrorPageAnswer::Redirect(url) => self.view.expand(url, |_| "").map(|url| redirect_response(code, url)),
            ErrorPageAnswer::Text(body, headers) => Some(self.text_response(code, (body, headers))),
            ErrorPageAnswer::Backend(name) => return self.ask_instead(verdict, (name, page, status), (share, because)),
        };
        let decision =
            answer.map_or_else(|| PacketDecision::Unknown(ModelGap::Field(page.line.clone())), PacketDecision::Respond);
        verdict.add(share, None, decision, because);
    }

    /// The backend of an error page is asked for what the client asked; without one the status stays.
    fn ask_instead(
        self,
        verdict: &mut JudgementBuilder,
        (name, page, status): (&UpstreamName, &RouteErrorPage, u16),
        (share, mut because): (Share, Vec<Cause>),
    ) {
        match resolve_upstream(self.cluster, name, self.is_plus) {
            Ok(upstream) => {
                let mut request = self.view.request.clone();
                (request.scheme, request.server_name) = (crate::packet::Scheme::Http, None);
                let forward = ForwardedRequest {
                    rule: Some(page.line.clone()),
                    request: Some(Arc::new(request)),
                    protocol: "http".to_owned(),
                    host_of_server: true,
                    ..ForwardedRequest::default()
                };
                verdict.forward(share, &upstream, &forward, &because);
            }
            Err((why, _)) => {
                because.add_rule(why);
                verdict.add(share, None, PacketDecision::Respond(status_response(status.max(502))), because);
            }
        }
    }

    /// The server's locations with what became of each.
    fn considered(self, found: &LocationFound<'_, F5Location>) -> Vec<Candidate> {
        let taken = match found {
            LocationFound::Taken(location)
            | LocationFound::BehindSlash(location)
            | LocationFound::Undecided(location) => Some(*location),
            LocationFound::Nowhere => None,
        };
        let locations = self.server.locations.iter().filter_map(|location| {
            let fate = if taken.is_some_and(|taken| std::ptr::eq(taken, location)) {
                CandidateFate::Eligible(Share::ONE)
            } else {
                let objection = self.path_objection(location);
                CandidateFate::Rejected(CandidateObjection::Ingress(objection))
            };
            Some(Candidate { what: CandidateSubject::Field(location.rule.clone()?), fate, because: Vec::new() })
        });
        locations.collect()
    }

    fn path_objection(self, location: &F5Location) -> IngressObjection {
        let uri = &self.view.uri;
        match &location.modifier {
            LocationComparison::Expression(pattern) if pattern.is_match(uri) == Some(true) => {
                IngressObjection::LaterExpression
            }
            LocationComparison::Prefix | LocationComparison::PreferredPrefix if uri.starts_with(&*location.path) => {
                IngressObjection::ShorterPath
            }
            _ => IngressObjection::PathDiffers,
        }
    }

    /// add_header: those of the location, else those of the server; without `always` errors have none.
    fn with_headers(self, location: Option<&F5Location>, mut judgement: Judgement) -> Judgement {
        let own = location.map_or(&[][..], |location| &location.response_headers);
        let security = self.server.transport_security.as_ref().filter(|_| self.view.is_tls());
        for branch in &mut judgement.branches {
            let (headers, is_success) = match &mut branch.decision {
                PacketDecision::Respond(response) => {
                    let is_success = matches!(response.status, 200..=308);
                    (&mut response.headers.0, is_success)
                }
                PacketDecision::Proxy(proxied) => (&mut proxied.response_headers, true),
                _ => continue,
            };
            let added = own.iter().filter(|header| header.always || is_success);
            headers.extend(added.map(|F5ResponseHeader { name, value, .. }| (name.clone(), value.clone())));
            let security = security.map(|value| ("Strict-Transport-Security".to_owned(), value.clone()));
            headers.extend(security);
        }
        judgement
    }
}

fn error_page(location: &F5Location, status: u16) -> Option<&RouteErrorPage> {
    location.error_pages.iter().find(|page| page.codes.contains(&status))
}

/// What nginx answers where no location is: it looks for files that aren't there (ngx_http_static_module,
/// ngx_http_index_module).
fn static_status(view: &F5Request) -> u16 {
    match (matches!(view.request.method.as_str(), "GET" | "HEAD" | "POST"), view.uri.ends_with('/')) {
        (true, _) => 404,
        (false, true) => 403,
        (false, false) => 405,
    }
}

fn expression_gap(location: &F5Location) -> ModelGap {
    match (&location.modifier, &location.rule) {
        (LocationComparison::Expression(pattern), Some(field)) => {
            ModelGap::RegularExpression { field: field.clone(), pattern: pattern.source().to_owned() }
        }
        _ => ModelGap::ControllerSetting(location.path.to_string()),
    }
}

/// The location's line, what is said of it as a whole, and the rule of nginx by which it was found.
pub fn location_causes(location: &F5Location) -> Vec<Cause> {
    let mut because: Vec<Cause> = location.rule.iter().map(Cause::line).collect();
    because.extend(location.because.iter().cloned());
    if location.rule.is_some() {
        because.add_rule(match location.modifier {
            LocationComparison::Exact => IngressControllerRule::ExactPath,
            LocationComparison::Prefix | LocationComparison::PreferredPrefix => {
                IngressControllerRule::PrefixByCharacters
            }
            LocationComparison::Expression(_) => IngressControllerRule::FirstPattern,
        });
    }
    because
}

fn caused(location: &F5Location, why: IngressControllerRule) -> Vec<Cause> {
    location_causes(location).into_iter().chain([Cause::rule(why)]).collect()
}

fn balancing_causes(named: &UpstreamName) -> Vec<Cause> {
    let rule = match &named.balancing {
        UpstreamBalancing::Even => IngressControllerRule::RoundRobin,
        UpstreamBalancing::Hashed => IngressControllerRule::HashedToOne,
        UpstreamBalancing::Cookie(_) => IngressControllerRule::StickyCookie,
    };
    let way =
        if named.cluster_ip { IngressControllerRule::ThroughTheService } else { IngressControllerRule::PastTheService };
    let line = named.balancing_line.iter().map(Cause::line);
    line.chain([Cause::rule(rule), Cause::rule(way)]).collect()
}
