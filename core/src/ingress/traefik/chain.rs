//! The way of a request through middlewares, one after another, and what they put on the answer on its way back.

use super::context::ChainContext;
use super::dynamic::{MiddlewareConfig, QualifiedName};
use super::middleware::path::{self, PathChange};
use super::middleware::redirect::{self, Redirection};
use super::middleware::{ErrorPages, MiddlewareKind, auth, headers};
use super::upstream;
use super::uri::RequestUrl;
use crate::ingress::nginx::{AuthServer, auth_server};
use crate::ingress::verdict::status_response;
use crate::limits::MAX_MIDDLEWARES;
use crate::packet::{HttpRequest, HttpResponse, Scheme};
use crate::source::FieldRef;
use crate::trace::{Cause, CauseList, IngressControllerRule};

/// How deep chains may nest; one that names itself is refused when it is built.
const DEPTH: usize = 16;

/// A request on its way.
#[derive(Clone)]
pub struct ChainState {
    /// The request, but for its path and query.
    pub request: HttpRequest,
    /// Path and query.
    pub url: RequestUrl,
    /// What waits for the answer, the outermost first.
    pub layers: Vec<ChainLayer>,
    /// The middlewares that changed something.
    pub because: Vec<Cause>,
    /// How many middlewares it has passed.
    pub steps: usize,
}

/// A middleware that waits for the answer.
#[derive(Clone)]
pub enum ChainLayer {
    /// Headers to put on it; an empty one is taken away.
    Headers(Vec<(String, String)>),
    /// Pages to put in its place.
    Errors(Box<ErrorLayer>),
}

/// Pages to put in the place of an answer.
#[derive(Clone)]
pub struct ErrorLayer {
    pub pages: ErrorPages,
    /// The middleware's line.
    pub line: FieldRef,
    /// The request as it came there.
    pub request: HttpRequest,
    /// Its path and query.
    pub url: RequestUrl,
}

/// Where a request ends before any server.
pub enum ChainEnd {
    /// A middleware answers.
    Answered(HttpResponse, FieldRef, IngressControllerRule),
    /// It depends on this middleware.
    Unknown(FieldRef),
}

/// Sends a request through middlewares; None if it goes on.
pub fn pass(context: &ChainContext<'_>, names: &[QualifiedName], state: &mut ChainState) -> Option<ChainEnd> {
    through(context, names, state, DEPTH)
}

fn through(
    context: &ChainContext<'_>,
    names: &[QualifiedName],
    state: &mut ChainState,
    depth: usize,
) -> Option<ChainEnd> {
    for name in names {
        state.steps += 1;
        let middleware = context.config.middlewares.get(&name.name).filter(|_| state.steps <= MAX_MIDDLEWARES);
        let Some(middleware) = middleware else { return Some(ChainEnd::Unknown(name.line.clone())) };
        let end = match (&middleware.kind, depth.checked_sub(1)) {
            (Ok(MiddlewareKind::Chain(names)), Some(depth)) => through(context, names, state, depth),
            (Ok(kind), Some(_)) => apply(context, kind, middleware, state),
            _ => Some(ChainEnd::Unknown(middleware.line.clone())),
        };
        if end.is_some() {
            return end;
        }
    }
    None
}

/// One middleware.
fn apply(
    context: &ChainContext<'_>,
    kind: &MiddlewareKind,
    middleware: &MiddlewareConfig,
    state: &mut ChainState,
) -> Option<ChainEnd> {
    let line = &middleware.line;
    // 1. What there was, to see whether the middleware changes it.
    let (before, before_url) = (state.request.clone(), state.url.clone());
    // 2. Its kind: it refuses, answers, changes, or lets through.
    let end = match kind {
        MiddlewareKind::AllowList(list) => (!list.allows(context.client, &state.request))
            .then(|| answered(list.status, line, IngressControllerRule::IpAllowList)),
        MiddlewareKind::InFlight(amount) => {
            (*amount <= 0).then(|| answered(429, line, IngressControllerRule::NoneAtOnce))
        }
        MiddlewareKind::Buffering(most) => (*most > 0 && state.request.body_length > *most)
            .then(|| answered(413, line, IngressControllerRule::BodyTooLarge)),
        MiddlewareKind::EncodedCharacters(denied) => {
            denies_path(denied, &state.url).then(|| answered(400, line, IngressControllerRule::EncodedCharacter))
        }
        MiddlewareKind::BasicAuth(basic) => ask_password(basic, line, state),
        MiddlewareKind::ForwardAuth(address, by_status) => ask_server(context, (address, *by_status), line, state),
        MiddlewareKind::Headers(headers, patterns) => change_headers(context, headers, patterns, line, state),
        MiddlewareKind::Errors(pages) => {
            let layer = ErrorLayer {
                pages: (**pages).clone(),
                line: line.clone(),
                request: state.request.clone(),
                url: state.url.clone(),
            };
            state.layers.push(ChainLayer::Errors(Box::new(layer)));
            None
        }
        MiddlewareKind::DigestAuth if state.request.headers.value("Authorization").is_none() => {
            Some(answered(401, line, IngressControllerRule::PasswordRequired))
        }
        MiddlewareKind::RedirectRegex(..) | MiddlewareKind::RedirectScheme(_) => {
            send_elsewhere(context, kind, line, state)
        }
        MiddlewareKind::Transparent | MiddlewareKind::Chain(_) => None,
        MiddlewareKind::DigestAuth | MiddlewareKind::NotModelled => Some(ChainEnd::Unknown(line.clone())),
        _ => change_path(kind, line, state),
    };
    // 3. What changed something is a cause.
    if state.request != before || state.url != before_url {
        state.because.add_line(line);
    }
    end
}

fn answered(code: u16, line: &FieldRef, why: IngressControllerRule) -> ChainEnd {
    ChainEnd::Answered(status_response(code), line.clone(), why)
}

fn change_path(kind: &MiddlewareKind, line: &FieldRef, state: &mut ChainState) -> Option<ChainEnd> {
    let (url, headers) = (&mut state.url, &mut state.request.headers);
    let change = match kind {
        MiddlewareKind::AddPrefix(prefix) => path::add_prefix(prefix, url),
        MiddlewareKind::StripPrefix(prefixes, force) => path::strip_prefix(prefixes, *force, url, headers),
        MiddlewareKind::StripPrefixRegex(patterns) => path::strip_prefix_regex(patterns, url, headers),
        MiddlewareKind::ReplacePath(path) => path::replace_path(path, url, headers),
        MiddlewareKind::ReplacePathRegex(pattern, replacement) => {
            path::replace_path_regex(pattern, replacement, url, headers)
        }
        _ => PathChange::Unsupported,
    };
    match change {
        PathChange::Done => None,
        PathChange::Answer(code) => Some(answered(code, line, IngressControllerRule::PathNotCanonical)),
        PathChange::Unsupported => Some(ChainEnd::Unknown(line.clone())),
    }
}

fn send_elsewhere(
    context: &ChainContext<'_>,
    kind: &MiddlewareKind,
    line: &FieldRef,
    state: &mut ChainState,
) -> Option<ChainEnd> {
    let uri = &state.url.request_uri;
    let redirection = match kind {
        MiddlewareKind::RedirectRegex(pattern, replacement, permanent) => {
            redirect::by_pattern(pattern, replacement, *permanent, &state.request, uri, context.is_tls)
        }
        MiddlewareKind::RedirectScheme(to) => redirect::to_scheme(to, &state.request, uri, told_scheme(state)),
        _ => Redirection::None,
    };
    match redirection {
        Redirection::None => None,
        Redirection::Same => {
            let (path, query) = uri.split_once('?').map_or((uri.as_str(), None), |(path, query)| (path, Some(query)));
            state.url = RequestUrl::parse(path, query).unwrap_or_else(|| state.url.clone());
            None
        }
        Redirection::Moved(response) => {
            Some(ChainEnd::Answered(response, line.clone(), IngressControllerRule::RedirectMiddleware))
        }
        Redirection::Unsupported => Some(ChainEnd::Unknown(line.clone())),
    }
}

/// The scheme as X-Forwarded-Proto says it, which the entry point has written or believed.
pub fn told_scheme(state: &ChainState) -> Scheme {
    match state.request.headers.value("X-Forwarded-Proto").map(str::to_ascii_lowercase).as_deref() {
        Some("https" | "wss") => Scheme::Https,
        _ => Scheme::Http,
    }
}

fn ask_password(basic: &auth::BasicAuthUsers, line: &FieldRef, state: &mut ChainState) -> Option<ChainEnd> {
    match auth::check(basic, &state.request) {
        Some(Some(user)) => {
            auth::hand_on(basic, &user, &mut state.request);
            state.because.add_rule(IngressControllerRule::PasswordAccepted);
            None
        }
        Some(None) => {
            Some(ChainEnd::Answered(auth::refusal(basic), line.clone(), IngressControllerRule::PasswordRequired))
        }
        None => Some(ChainEnd::Unknown(line.clone())),
    }
}

/// A server that can't be reached is 500, and 2xx lets the request through (forward.go). What another says has its own text, which
/// isn't known.
fn ask_server(
    context: &ChainContext<'_>,
    (address, by_status): (&str, bool),
    line: &FieldRef,
    state: &mut ChainState,
) -> Option<ChainEnd> {
    if upstream::is_out_of_reach(context, address) {
        return Some(answered(500, line, IngressControllerRule::AuthServerOutOfReach));
    }
    match auth_server(context.cluster, &upstream::with_domain(context, address)) {
        AuthServer::Says(200..=299) if by_status => {
            state.because.add_line(line).add_rule(IngressControllerRule::AuthServerAllows);
            None
        }
        _ => Some(ChainEnd::Unknown(line.clone())),
    }
}

fn change_headers(
    context: &ChainContext<'_>,
    told: &crate::model::middleware::MiddlewareHeaders,
    patterns: &[crate::http::Pattern],
    line: &FieldRef,
    state: &mut ChainState,
) -> Option<ChainEnd> {
    if patterns.iter().any(|pattern| pattern.regex().is_none()) {
        return Some(ChainEnd::Unknown(line.clone()));
    }
    if let Some(response) = headers::preflight(told, patterns, &state.request) {
        return Some(ChainEnd::Answered(response, line.clone(), IngressControllerRule::CorsPreflight));
    }
    let layer = headers::of_answer(told, patterns, &state.request, context.is_tls);
    headers::change_request(told, &mut state.request);
    if headers::refuses_host(told, &state.request) {
        return Some(answered(500, line, IngressControllerRule::HostNotAllowed));
    }
    if !layer.is_empty() {
        state.layers.push(ChainLayer::Headers(layer));
        state.because.add_line(line);
    }
    None
}

/// Whether a path holds one of these escapes.
pub fn denies_path(denied: &[&str], url: &RequestUrl) -> bool {
    let path = url.escaped_path().to_ascii_uppercase();
    denied.iter().any(|escape| path.contains(escape))
}
