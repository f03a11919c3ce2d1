//! The phases inside a location: its script, the controller's redirect, the balancer, access, content.

use super::annotations::Annotation;
use super::balance::{self, BalancerResult};
use super::balanced_upstream::BalancedUpstream;
use super::early;
use super::request::NginxRequest;
use super::response_headers::{BlocksInForce, set_response_headers};
use super::rewrite::rewrite_path;
use super::script_phase::{
    PhaseEnd, explained_first, rewritten_causes, run_snippets, script_before_snippets, unread_of,
};
use super::server::{LocationBackend, LocationModifier, NginxLocation};
use super::server_request::{MOST_CHANGES, ServerRequest, rule_causes};
use super::settings::ConfigKey;
use super::snippet::{ConfigSnippet, PlacedBlock, placed};
use super::upstreams::backend_name;
use super::{access, auth_request, proxy};
use crate::ingress::nginx_config::{ConfigLocation, LocationKind};
use crate::ingress::verdict::{JudgementBuilder, status_response};
use crate::trace::{Cause, CauseList, IngressControllerRule, Judgement, ModelGap, PacketDecision, Share};

impl<'a> ServerRequest<'a> {
    pub fn blocks_of_server(&self) -> Vec<PlacedBlock<'a>> {
        self.server.snippets().map(placed).collect()
    }

    /// The snippets of a location, in the order in which they stand there.
    pub fn snippets_of(&self, location: &'a NginxLocation) -> Vec<PlacedBlock<'a>> {
        let annotations = &location.annotations;
        let all = annotations.configuration_snippet.iter().chain(&self.nginx.snippets.location);
        all.filter(|_| annotations.denied.is_none()).map(placed).collect()
    }

    /// The phases inside a location, in nginx' order.
    pub fn in_location(self, verdict: JudgementBuilder, location: &'a NginxLocation) -> Judgement {
        // 1. Rewrite: what the template sets, the preflight, then the scripts of snippets.
        let snippets = self.snippets_of(location);
        let mut force =
            BlocksInForce { server: self.blocks_of_server(), location: snippets.clone(), ..BlocksInForce::default() };
        if let Some(answer) = early::answer_before_snippets(self.view, location) {
            return self.end(verdict, Some(location), &force, answer);
        }
        let mut view = self.view.clone();
        view.script = script_before_snippets(&view, location);
        let mut state = view.script.clone();
        let result = run_snippets(snippets.iter().copied(), &view, location.annotations.relative_redirects, &mut state);
        let because = rewritten_causes(snippets.first().map(|(snippet, _)| *snippet), &view.script, &state);
        force.branch = result.branch;
        view.script_ended = matches!(result.end, PhaseEnd::Stopped);
        view.script = state;
        let asked = ServerRequest { view: &view, uri: &view.script.uri, ..self };
        let answer = match result.end {
            PhaseEnd::Answered(answer) => Some(answer),
            PhaseEnd::Through | PhaseEnd::Stopped => unread_of(snippets.iter().copied(), |_| true),
        };
        if let Some(answer) = answer {
            return explained_first(asked.end(verdict, Some(location), &force, answer), &because);
        }
        // 2. The location's own redirect and rewrite, unless a snippet has ended the script; a path that is new leads to another
        //    location.
        let own = if view.script_ended { None } else { early::answer_after_snippets(asked, location) };
        let target = if own.is_none() { rewrite_path(&view, location, asked.uri).ok().flatten() } else { None };
        if own.is_none() && view.script.uri_changed && target.is_none() {
            return asked.search_again(Some(location), &force, &because);
        }
        let mut view = view.clone();
        if let Some((path, query)) = target {
            view.apply_target(location, path, query);
        }
        let asked = ServerRequest { view: &view, uri: &view.script.uri, ..self };
        // 3. The controller's redirect, what snippets change about the request, and what follows.
        let judgement = match own.or_else(|| early::https_redirect(asked, location)) {
            Some(answer) => asked.end(verdict, Some(location), &force, answer),
            None => {
                let request = proxy::change_input(&view, &force);
                let changed = NginxRequest { request: &request, ..view.clone() };
                let asked = ServerRequest { view: &changed, uri: &changed.script.uri, ..self };
                asked.behind_rewrites(verdict, location, &force)
            }
        };
        explained_first(judgement, &because)
    }

    /// Another location, for the path as scripts have left it; where that goes round, 500 from where it is, whose headers hold
    /// (ngx_http_core_post_rewrite_phase).
    fn search_again(self, location: Option<&NginxLocation>, force: &BlocksInForce<'_>, because: &[Cause]) -> Judgement {
        let changes = self.changes + 1;
        if changes > MOST_CHANGES {
            let circle = vec![Cause::rule(IngressControllerRule::SnippetsInCircle)];
            let asked = Self { changes, ..self };
            let verdict = self.bare.clone();
            return explained_first(asked.respond(verdict, (location, force), status_response(500), circle), because);
        }
        let mut view = self.view.clone();
        view.script.uri_changed = false;
        view.script_ended = false;
        let asked = ServerRequest { view: &view, uri: &view.script.uri, changes, ..self };
        explained_first(asked.judge_location(), because)
    }

    /// A location that a snippet writes: its script, its addresses, then a file that isn't there.
    pub fn in_snippet_location(
        self,
        verdict: JudgementBuilder,
        (snippet, location): (&'a ConfigSnippet, &'a ConfigLocation),
    ) -> Judgement {
        let because = || {
            let causes = [&snippet.field].map(Cause::line);
            causes.into_iter().chain([Cause::rule(IngressControllerRule::SnippetLocation)]).collect::<Vec<_>>()
        };
        let block = (snippet, &*location.block);
        let mut force =
            BlocksInForce { server: self.blocks_of_server(), location: vec![block], ..BlocksInForce::default() };
        // 1. Some are for nginx' own redirects only.
        if location.block.is_internal && !self.view.script.is_internal {
            return self.respond(verdict, (None, &force), status_response(404), because());
        }
        // 2. Its script.
        let mut view = self.view.clone();
        let mut state = view.script.clone();
        if let LocationKind::Regex(pattern) = &location.kind {
            let uri = state.uri.clone();
            if let Err(what) = state.find(pattern, &uri) {
                return verdict.unknown(snippet.gap_at(&what, location.line), because());
            }
        }
        let relative = self.nginx.settings.is(ConfigKey::RelativeRedirects, false);
        let result = run_snippets([block], &view, relative, &mut state);
        force.branch = result.branch;
        view.script = state;
        let asked = ServerRequest { view: &view, uri: &view.script.uri, ..self };
        let answer = match result.end {
            PhaseEnd::Answered(answer) => Some(answer),
            PhaseEnd::Through | PhaseEnd::Stopped => unread_of([block], |_| true),
        };
        let judgement = match answer {
            Some(answer) => asked.end(verdict, None, &force, answer),
            None if view.script.uri_changed => return asked.search_again(None, &force, &because()),
            // 3. Its addresses.
            None if access::is_refused_by_snippets(self.nginx, &view, &force) => {
                let causes = vec![Cause::rule(IngressControllerRule::SnippetDenies)];
                asked.respond(verdict, (None, &force), status_response(403), causes)
            }
            // 4. The folder of nginx holds two pages.
            None if matches!(view.script.uri.as_str(), "/" | "/index.html" | "/50x.html") => {
                verdict.unknown(snippet.gap_at("location", location.line), Vec::new())
            }
            None => asked.respond(verdict, (None, &force), status_response(view.without_file()), Vec::new()),
        };
        explained_first(judgement, &because())
    }

    /// Balancer, access, content.
    fn behind_rewrites(
        self,
        verdict: JudgementBuilder,
        location: &NginxLocation,
        force: &BlocksInForce<'_>,
    ) -> Judgement {
        if let Some(gap) = location.annotations.not_modelled.first() {
            return verdict.unknown(ModelGap::Field(gap.clone()), vec![Cause::line(gap)]);
        }
        // 1. A snippet may name another upstream; one that the balancer doesn't know is 503 (balancer.lua rewrite).
        let own = backend_name(&location.backend);
        let named = self.view.script.variables.get("proxy_upstream_name").filter(|name| **name != *own);
        let because = || vec![Cause::rule(IngressControllerRule::SnippetNamesUpstream)];
        if let Some(name) = named {
            return match self.nginx.backend_by_name(name) {
                Some(backend) => {
                    let elsewhere = NginxLocation { backend, ..location.clone() };
                    explained_first(self.to_upstream(verdict, &elsewhere, force), &because())
                }
                None => self.respond(verdict, (Some(location), force), status_response(503), because()),
            };
        }
        self.to_upstream(verdict, location, force)
    }

    fn to_upstream(self, verdict: JudgementBuilder, location: &NginxLocation, force: &BlocksInForce<'_>) -> Judgement {
        let here = (Some(location), force);
        // 1. The balancer looks for a backend at the end of the rewrite phase.
        match balance::choose_upstream(self, location) {
            BalancerResult::Unavailable(because, excluded) => {
                let mut verdict = verdict;
                verdict.consider(excluded);
                let causes = rule_causes(location).into_iter().chain(because).collect();
                self.respond(verdict, here, status_response(503), causes)
            }
            BalancerResult::Unknown(gap) => verdict.unknown(gap, rule_causes(location)),
            // 2. Access: addresses, passwords, and a server that is asked. 3. Content.
            BalancerResult::To(ways) => match access::check_access(self.nginx, self.view, location, force) {
                access::AccessDecision::Refused(response, because) => self.respond(verdict, here, response, because),
                access::AccessDecision::Unknown(gap, because) => verdict.unknown(gap, because),
                access::AccessDecision::Granted => match auth_request::answer_of_auth_snippet(self, location) {
                    Some(Err(answer)) => self.end(verdict, Some(location), force, answer),
                    Some(Ok(())) => proxy_pass(verdict, self, (location, true), &ways, force),
                    None => match auth_request::auth_request_failure(self, location) {
                        Some(answer) => self.end(verdict, Some(location), force, answer),
                        None => proxy_pass(verdict, self, (location, true), &ways, force),
                    },
                },
            },
        }
    }

    pub fn too_large(
        self,
        verdict: JudgementBuilder,
        location: &NginxLocation,
        force: &BlocksInForce<'_>,
    ) -> Judgement {
        let mut because = rule_causes(location);
        because
            .add_lines(&self.view.annotation_of(location, Annotation::ProxyBodySize))
            .add_rule(IngressControllerRule::BodyTooLarge);
        self.respond(verdict, (Some(location), force), status_response(413), because)
    }
}

/// Proxies, or answers 404 where the default backend is the controller's own. `own` is false for a page that takes the place
/// of an error, whose location is another.
pub fn proxy_pass(
    mut verdict: JudgementBuilder,
    asked: ServerRequest<'_>,
    (location, own): (&NginxLocation, bool),
    ways: &[BalancedUpstream],
    force: &BlocksInForce<'_>,
) -> Judgement {
    let view = asked.view;
    let here = Some(location).filter(|_| own);
    let uri = if own { asked.uri } else { "/" };
    if ways.is_empty() {
        let mut because = rule_causes(location);
        because.add_rule(match location.backend {
            LocationBackend::Resource => IngressControllerRule::ResourceBackend,
            LocationBackend::Default | LocationBackend::Service(..) => IngressControllerRule::NoRuleMatches,
        });
        let judgement = verdict.respond(status_response(404), because);
        return set_response_headers(asked.nginx, view, here, force, judgement);
    }
    for way in ways {
        match proxy::forward_request(view, location, uri, way, force) {
            Ok(forward) => {
                let because = proxied_because(asked, location, way);
                verdict.forward(way.share, &way.upstream, &forward, &because);
            }
            Err(gap) => verdict.add(way.share, None, PacketDecision::Unknown(gap), rule_causes(location)),
        }
    }
    debug_assert_eq!(Share::sum(ways.iter().map(|way| way.share)), Share::ONE);
    set_response_headers(asked.nginx, view, here, force, verdict.finish())
}

fn proxied_because(asked: ServerRequest<'_>, location: &NginxLocation, way: &BalancedUpstream) -> Vec<Cause> {
    let view = asked.view;
    let mut because: Vec<Cause> = match &way.rule {
        Some(of_canary) => vec![Cause::line(of_canary)],
        None => rule_causes(location),
    };
    because.extend(location_rule(location));
    because.extend(way.because.iter().cloned());
    let spared = view.settings.spares(ConfigKey::NoAuthLocations, &location.path);
    let conditions = location.annotations.conditions.iter();
    let conditions = conditions.filter(|(_, which)| !spared || *which != IngressControllerRule::AuthRequest);
    let is_let_through = auth_request::is_let_through(asked, location);
    because.extend(conditions.flat_map(|(line, which)| {
        let is_answered = is_let_through && *which == IngressControllerRule::AuthRequest;
        let rule = if is_answered { IngressControllerRule::AuthServerAllows } else { *which };
        [Cause::line(line), Cause::rule(rule)]
    }));
    because
}

/// The rule of nginx by which the location was found.
fn location_rule(location: &NginxLocation) -> Option<Cause> {
    location.rule.as_ref()?;
    Some(Cause::rule(match &location.modifier {
        LocationModifier::Exact if location.ingress_path == location.path => IngressControllerRule::ExactPath,
        LocationModifier::Exact | LocationModifier::Prefix => IngressControllerRule::LongestPath,
        LocationModifier::Regex(_) => IngressControllerRule::FirstExpression,
    }))
}
