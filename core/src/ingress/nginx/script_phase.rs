//! nginx' rewrite phases: the scripts of snippets, first the server's, then the location's.

use super::early::EarlyAnswer;
use super::request::NginxRequest;
use super::server::{LocationBackend, LocationModifier, NginxLocation};
use super::snippet::{ConfigSnippet, PlacedBlock};
use super::upstreams::backend_name;
use crate::ingress::nginx_config::{ConfigBlock, ScriptEnd, ScriptState, run_script};
use crate::ingress::verdict::{redirect_response, status_response};
use crate::packet::HttpResponse;
use crate::trace::{Cause, IngressControllerRule, Judgement};

/// What the scripts of some snippets came to.
pub struct PhaseResult<'s> {
    pub end: PhaseEnd,
    /// The last `if` that held, with its snippet.
    pub branch: Option<(&'s ConfigSnippet, &'s ConfigBlock)>,
}

/// How a phase goes on.
pub enum PhaseEnd {
    /// With the next directive.
    Through,
    /// Behind the scripts.
    Stopped,
    /// Not at all.
    Answered(EarlyAnswer),
}

/// Runs the scripts of snippets one behind the other, as one.
pub fn run_snippets<'s>(
    snippets: impl IntoIterator<Item = PlacedBlock<'s>>,
    view: &NginxRequest<'_>,
    relative: bool,
    state: &mut ScriptState,
) -> PhaseResult<'s> {
    let lookup = |state: &ScriptState, name: &str| view.own_variable(state, name);
    let mut result = PhaseResult { end: PhaseEnd::Through, branch: None };
    state.quotes = true;
    for (snippet, block) in snippets {
        let outcome = run_script(block, state, &lookup);
        result.branch = outcome.branch.map(|branch| (snippet, branch)).or(result.branch);
        result.end = match outcome.end {
            ScriptEnd::Through => continue,
            ScriptEnd::Stopped => PhaseEnd::Stopped,
            ScriptEnd::Answer { status, text } => {
                PhaseEnd::Answered(answer_of(snippet, outcome.line, view.absolute(text, relative, status), status))
            }
            ScriptEnd::NoPath => PhaseEnd::Answered(EarlyAnswer::Respond(
                status_response(500),
                vec![Cause::line(&snippet.field), Cause::rule(IngressControllerRule::SnippetRewrites)],
            )),
            ScriptEnd::Unknown(what) => PhaseEnd::Answered(EarlyAnswer::Unknown(
                snippet.gap_at(&what, outcome.line),
                vec![Cause::line(&snippet.field)],
            )),
        };
        break;
    }
    // A directive that isn't followed and stands where the request came along.
    let branch = result.branch.and_then(|(snippet, block)| Some((snippet, block.unread.first()?)));
    if let (PhaseEnd::Through | PhaseEnd::Stopped, Some((snippet, line))) = (&result.end, branch) {
        let because = vec![Cause::line(&snippet.field)];
        result.end = PhaseEnd::Answered(EarlyAnswer::Unknown(snippet.gap(line), because));
    }
    result
}

/// ngx_http_script_return_code: 444 closes the connection without an answer, which has no outcome here; from 400 on and without a text it is a status as nginx' own, else an answer as written.
fn answer_of(snippet: &ConfigSnippet, line: usize, text: Option<String>, status: u16) -> EarlyAnswer {
    let because = vec![Cause::line(&snippet.field), Cause::rule(IngressControllerRule::SnippetAnswers)];
    let text = text.filter(|text| !text.is_empty());
    if status == 444 && text.is_none() {
        return EarlyAnswer::Unknown(snippet.gap_at("return 444", line), because);
    }
    let response = match text {
        Some(to) if is_redirect(status) => redirect_response(status, to),
        Some(body) if status != 204 => HttpResponse { body: Some(body), ..status_response(status) },
        _ if status < 400 => HttpResponse { body: Some(String::new()), ..status_response(status) },
        _ => status_response(status),
    };
    EarlyAnswer::Respond(response, because)
}

/// What the template and the search for a location leave to a location's snippets: groups of its expression, variables.
pub fn script_before_snippets(view: &NginxRequest<'_>, location: &NginxLocation) -> ScriptState {
    let mut state = view.script.clone();
    if let LocationModifier::Regex(pattern) = &location.modifier {
        let uri = state.uri.clone();
        let _ = state.find(pattern, &uri);
    }
    let mut set = |name: &str, value: &str| drop(state.variables.insert(name.into(), value.to_owned()));
    let upstream = backend_name(&location.backend);
    set("proxy_upstream_name", &upstream);
    set("proxy_host", &upstream);
    set("pass_access_scheme", view.request.scheme.name());
    set("best_http_host", &view.request.host);
    set("proxy_alternative_upstream_name", "");
    if let LocationBackend::Service(service, ingress) = &location.backend {
        set("namespace", ingress.namespace.as_deref().unwrap_or_default());
        set("ingress_name", &ingress.name);
        set("service_name", &service.name);
        let port = service.port.number.map(|number| number.to_string());
        set("service_port", &port.or(service.port.name.as_ref().map(ToString::to_string)).unwrap_or_default());
        set("location_path", &location.ingress_path);
    }
    state
}

impl NginxRequest<'_> {
    /// nginx completes an address without a host (ngx_http_header_filter: absolute_redirect).
    fn absolute(&self, to: Option<String>, relative: bool, status: u16) -> Option<String> {
        let completes = |to: &String| is_redirect(status) && to.starts_with('/') && !relative;
        let to = to?;
        Some(if completes(&to) { format!("{}://{}{to}", self.request.scheme.name(), self.hostname) } else { to })
    }
}

fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

/// A path that a snippet has changed, as a cause.
pub fn rewritten_causes(snippet: Option<&ConfigSnippet>, before: &ScriptState, after: &ScriptState) -> Vec<Cause> {
    let changed = after.is_rewritten && (&before.uri, &before.query) != (&after.uri, &after.query);
    let because = |it: &ConfigSnippet| [Cause::line(&it.field), Cause::rule(IngressControllerRule::SnippetRewrites)];
    snippet.filter(|_| changed).into_iter().flat_map(because).collect()
}

/// The first line of snippets that isn't followed and would count.
pub fn unread_of<'s>(
    snippets: impl IntoIterator<Item = PlacedBlock<'s>>,
    counts: impl Fn(&str) -> bool,
) -> Option<EarlyAnswer> {
    let mut lines = snippets.into_iter().flat_map(|(it, block)| block.unread.iter().map(move |line| (it, line)));
    let (snippet, line) = lines.find(|(_, line)| counts(&line.name))?;
    Some(EarlyAnswer::Unknown(snippet.gap(line), vec![Cause::line(&snippet.field)]))
}

/// The same with causes in front of its own.
pub fn explained_first(mut judgement: Judgement, because: &[Cause]) -> Judgement {
    for branch in judgement.branches.iter_mut().filter(|_| !because.is_empty()) {
        branch.because = because.iter().chain(branch.because.iter()).cloned().collect();
    }
    judgement
}
