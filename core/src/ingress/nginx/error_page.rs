//! nginx' own answers, and the error pages that take their places: `error_page` of snippets and custom-http-errors.

use super::annotations::Annotation;
use super::balance;
use super::early::EarlyAnswer;
use super::location_phase::proxy_pass;
use super::response_headers::{BlocksInForce, set_response_headers};
use super::script_phase::explained_first;
use super::server::NginxLocation;
use super::server_request::{MOST_CHANGES, ServerRequest};
use super::settings::ConfigKey;
use super::snippet::{ConfigSnippet, placed};
use crate::ingress::nginx_config::{ErrorPageLine, LocationKind};
use crate::ingress::verdict::{JudgementBuilder, redirect_response, status_response};
use crate::packet::{HttpRequest, HttpResponse};
use crate::trace::{Cause, CauseList, IngressControllerRule, Judgement};

impl ServerRequest<'_> {
    /// The end of a request that goes to no backend.
    pub fn end(
        self,
        verdict: JudgementBuilder,
        location: Option<&NginxLocation>,
        force: &BlocksInForce<'_>,
        answer: EarlyAnswer,
    ) -> Judgement {
        match answer {
            EarlyAnswer::Respond(response, because) => self.respond(verdict, (location, force), response, because),
            EarlyAnswer::Unknown(gap, because) => verdict.unknown(gap, because),
        }
    }

    /// An answer of nginx' own. One without a text from 400 on may be replaced (ngx_http_special_response_handler), unless
    /// this is such a replacement, or the end of a circle.
    pub fn respond(
        self,
        verdict: JudgementBuilder,
        (location, force): (Option<&NginxLocation>, &BlocksInForce<'_>),
        mut response: HttpResponse,
        because: Vec<Cause>,
    ) -> Judgement {
        let status = response.status;
        let special = response.location.is_some() || response.body.is_none() && status >= 400;
        // 1. Another answer takes its place.
        let in_circle = self.changes > MOST_CHANGES;
        if special && response.location.is_none() && !self.view.is_error_page && !in_circle {
            let codes = location.filter(|location| location.annotations.error_codes.contains(&status));
            let own = codes.filter(|location| {
                self.view.annotation_of(location, Annotation::CustomHttpErrors).is_some()
                    && location.annotations.denied.is_none()
            });
            match force.error_page(status, own.is_some()) {
                Some((snippet, line)) => {
                    return self.show_error_page(status, (snippet, line), (location, force), &because);
                }
                None => {
                    let everywhere = codes.filter(|_| !force.has_error_pages());
                    if let Some(location) = own.or(everywhere) {
                        return self.replaced(verdict, location, status, because);
                    }
                }
            }
        }
        // 2. This is such an answer, and has the status of the one before.
        if let Some(instead) = self.view.status_instead.filter(|_| !special) {
            response.status = instead;
        }
        set_response_headers(self.nginx, self.view, location, force, verdict.respond(response, because))
    }

    /// ngx_http_send_error_page: a path or a named location of this server, or an address for the client.
    fn show_error_page(
        self,
        status: u16,
        (snippet, line): (&ConfigSnippet, &ErrorPageLine),
        (location, force): (Option<&NginxLocation>, &BlocksInForce<'_>),
        because: &[Cause],
    ) -> Judgement {
        let causes = [Cause::line(&snippet.field), Cause::rule(IngressControllerRule::SnippetErrorPage)];
        let because: Vec<Cause> = because.iter().cloned().chain(causes).collect();
        let verdict = self.bare.clone();
        // 1. Where to, and with which status.
        let Some(target) = self.view.expand(&line.target, |number| self.view.captured(number)) else {
            return verdict.unknown(snippet.gap_at("error_page", line.line), because);
        };
        let mut view = self.view.clone();
        view.is_error_page = true;
        view.status_instead = line.instead.map_or(Some(status), |instead| Some(instead).filter(|code| *code != 0));
        view.script.is_internal = true;
        view.script.uri_changed = false;
        view.script_ended = false;
        let changes = self.changes + 1;
        if changes > MOST_CHANGES {
            return verdict.respond(status_response(500), because);
        }
        // 2. A path goes through all phases again, as GET.
        if let Some(path) = target.strip_prefix('/') {
            let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
            view.script.uri = format!("/{path}");
            view.script.query = query.filter(|query| !query.is_empty()).map(str::to_owned);
            view.script.is_rewritten = true;
            let method = if view.request.method == "HEAD" { "HEAD" } else { "GET" }.to_owned();
            let request = HttpRequest { method, ..view.request.clone() };
            view.request = &request;
            let asked = ServerRequest { view: &view, uri: &view.script.uri, changes, ..self };
            return explained_first(asked.judge(), &because);
        }
        // 3. A named location goes on from its script.
        let asked = ServerRequest { view: &view, uri: &view.script.uri, changes, ..self };
        if target.starts_with('@') {
            let mut all = self
                .server
                .snippets()
                .map(placed)
                .flat_map(|(snippet, block)| block.locations.iter().map(move |location| (snippet, location)));
            let named = all.find(|(_, location)| location.kind == LocationKind::Named && *location.path == *target);
            let judgement = match named {
                Some(named) => asked.in_snippet_location(verdict, named),
                None if target.starts_with("@custom_") => {
                    verdict.unknown(snippet.gap_at("error_page", line.line), Vec::new())
                }
                None => verdict.respond(status_response(500), Vec::new()),
            };
            return explained_first(judgement, &because);
        }
        // 4. Anything else is an address, told from where the request is.
        let code = line.instead.filter(|code| matches!(code, 301 | 302 | 303 | 307 | 308)).unwrap_or(302);
        asked.respond(verdict, (location, force), redirect_response(code, target), because)
    }

    /// A status of custom-http-errors: the default backend answers for it, at `/`; the controller's own with 404. The template
    /// writes it a location of its own, in which the server's snippets alone count.
    fn replaced(
        self,
        verdict: JudgementBuilder,
        location: &NginxLocation,
        code: u16,
        mut because: Vec<Cause>,
    ) -> Judgement {
        let line = self.view.annotation_of(location, Annotation::CustomHttpErrors);
        because.extend(line.or_else(|| self.nginx.settings.field(ConfigKey::CustomHttpErrors)).iter().map(Cause::line));
        because.add_rule(IngressControllerRule::ErrorsReplaced);
        let force = BlocksInForce { server: self.blocks_of_server(), ..BlocksInForce::default() };
        match balance::error_page_upstream(self, location, code, because.clone()) {
            Some(way) => proxy_pass(verdict, self, (location, false), &[way], &force),
            None => set_response_headers(
                self.nginx,
                self.view,
                None,
                &force,
                verdict.respond(status_response(404), because),
            ),
        }
    }
}

impl<'s> BlocksInForce<'s> {
    fn has_error_pages(&self) -> bool {
        self.all().any(|(_, block)| !block.error_pages.is_empty())
    }

    /// The error page for a status, of the innermost level that has any; `own` is whether the location's annotation names the
    /// status, which stands behind the location's snippets.
    fn error_page(&self, status: u16, own: bool) -> Option<(&'s ConfigSnippet, &'s ErrorPageLine)> {
        let level = self.innermost(|block| !block.error_pages.is_empty());
        let outer = own && self.branch.is_none_or(|(_, block)| block.error_pages.is_empty());
        let only_server = outer && self.location.iter().all(|(_, block)| block.error_pages.is_empty());
        let mut lines = level
            .into_iter()
            .filter(|_| !only_server)
            .flat_map(|(snippet, block)| block.error_pages.iter().map(move |line| (snippet, line)));
        lines.find(|(_, line)| line.codes.contains(&status))
    }
}
