//! Routes and subroutes as locations (internal/configs/virtualserver.go, generateLocation, generateMatchesConfig,
//! generateSplits).

use std::sync::Arc;

use super::maker::{ServerMaker, ValidVirtualServer};
use super::policies::{PolicyContext, effect_of_policies, named_policies};
use super::route_validation::split_modifier;
use super::server::{
    BODY_SIZE, ConditionValue, ErrorPageAnswer, F5Location, F5PathChange, ProxyPass, RequestGuard, RouteAction,
    RouteCondition, RouteErrorPage, RouteMatch, RouteSplit, UpstreamBalancing, UpstreamName,
};
use crate::http::{Dialect, Pattern};
use crate::ingress::config_value::{parse_bool, parse_size};
use crate::ingress::location_order::LocationComparison;
use crate::model::{
    PolicyName, ServiceBackendPort, Text, VirtualServerAction, VirtualServerCondition, VirtualServerErrorPage,
    VirtualServerHeader, VirtualServerPath, VirtualServerProxy, VirtualServerSplit, VirtualServerUpstream,
};
use crate::source::{FieldPath, FieldRef};

/// A VirtualServerRoute, and what the routes that lead to it say for its subroutes.
pub struct Subroutes<'v> {
    pub route: &'v ValidVirtualServer,
    pub policies: Vec<(PolicyName, FieldRef)>,
    pub error_pages: Option<(&'v [VirtualServerErrorPage], FieldRef)>,
    /// nginx' own configuration.
    pub snippets: Option<FieldRef>,
}

impl<'v> Subroutes<'v> {
    pub fn of(route: &'v ValidVirtualServer) -> Self {
        Self { route, policies: Vec::new(), error_pages: None, snippets: None }
    }
}

/// What locations of a server are made with.
pub struct RouteMaker<'r, 'm> {
    pub maker: &'r mut ServerMaker<'m>,
    /// What the server says.
    pub server: Arc<RequestGuard>,
    /// What is sent on as the scheme.
    pub scheme: &'static str,
}

/// A route with what it takes from elsewhere.
struct RouteSource<'s> {
    object: &'s ValidVirtualServer,
    route: &'s VirtualServerPath,
    /// Whether it leads to other locations of nginx first.
    is_forked: bool,
}

impl RouteSource<'_> {
    fn line(&self, at: &FieldPath) -> FieldRef {
        self.object.reference.field(at.clone())
    }
}

impl RouteMaker<'_, '_> {
    /// The routes of a VirtualServer that lead to no VirtualServerRoute.
    pub fn locations(&mut self, one: &ValidVirtualServer) -> Vec<F5Location> {
        let own = one.spec.routes.iter().enumerate().filter(|(_, route)| {
            route.route.as_ref().is_none_or(|name| name.is_empty()) && route.route_selector.is_none()
        });
        own.map(|(number, route)| self.location(one, ("spec.routes", number), route, None)).collect()
    }

    /// The subroutes of a VirtualServerRoute.
    pub fn sub_locations(&mut self, subroutes: &Subroutes<'_>) -> Vec<F5Location> {
        let own = subroutes.route.spec.subroutes.iter().enumerate();
        own.map(|(number, route)| self.location(subroutes.route, ("spec.subroutes", number), route, Some(subroutes)))
            .collect()
    }

    fn location(
        &mut self,
        object: &ValidVirtualServer,
        (list, number): (&str, usize),
        route: &VirtualServerPath,
        inherited: Option<&Subroutes<'_>>,
    ) -> F5Location {
        let at = FieldPath::from(list).index(number);
        let is_forked = !route.matches.is_empty() || !route.splits.is_empty();
        let source = RouteSource { object, route, is_forked };
        // 1. How the path is compared (generatePath).
        let (modifier, rest) = split_modifier(&route.path);
        let pattern = |ignore_case| LocationComparison::Expression(Pattern::new(rest, Dialect::Pcre, ignore_case));
        let modifier = match modifier {
            "=" => LocationComparison::Exact,
            "^~" => LocationComparison::PreferredPrefix,
            "~*" => pattern(true),
            "~" => pattern(false),
            _ => LocationComparison::Prefix,
        };
        // 2. Its policies, or those of the route that leads to it.
        let own = named_policies(&object.reference, &at, &route.policies);
        let named = match inherited {
            Some(inherited) if own.is_empty() => inherited.policies.clone(),
            _ => own,
        };
        let context = PolicyContext { is_spec: false, is_ingress: false, has_tls: false };
        let namespace = object.reference.namespace.as_deref().unwrap_or_default();
        let mut guard = effect_of_policies(self.maker, namespace, &named, context).guard.over(&self.server);
        // 3. What isn't modelled.
        let has_snippets = route.location_snippets.as_ref().is_some_and(|text| !text.is_empty());
        let snippets = has_snippets.then(|| source.line(&at.field("location-snippets")));
        guard.gap = guard.gap.take().or(snippets).or_else(|| inherited.and_then(|one| one.snippets.clone()));
        // 4. Where requests go.
        let matches = route.matches.iter().enumerate().map(|(place, one)| {
            let at = at.field("matches").index(place);
            RouteMatch {
                line: source.line(&at),
                conditions: one.conditions.iter().map(condition).collect(),
                splits: self.splits(&source, &at, (one.action.as_ref(), &one.splits)),
            }
        });
        let matches = matches.collect();
        let default = self.splits(&source, &at, (route.action.as_ref(), &route.splits));
        // 5. What stands in for errors.
        let own = source.line(&at.field("errorPages"));
        let pages = match inherited.and_then(|one| one.error_pages.as_ref()) {
            Some((pages, line)) if route.error_pages.is_empty() => error_pages(pages, line),
            _ => error_pages(&route.error_pages, &own),
        };
        F5Location {
            path: if matches!(modifier, LocationComparison::Expression(_)) { route.path.clone() } else { rest.into() },
            modifier,
            rule: Some(source.line(&at)),
            guard: guard.into(),
            matches,
            default,
            error_pages: pages.into(),
            response_headers: Vec::new(),
            because: Vec::new(),
        }
    }

    /// An action as the whole, or splits.
    fn splits(
        &mut self,
        source: &RouteSource<'_>,
        at: &FieldPath,
        (action, splits): (Option<&VirtualServerAction>, &[VirtualServerSplit]),
    ) -> Vec<RouteSplit> {
        let mut made = Vec::new();
        if let Some(action) = action {
            let at = at.field("action");
            made.push(RouteSplit { weight: 1, line: Some(source.line(&at)), action: self.action(source, &at, action) });
        }
        for (number, split) in splits.iter().enumerate() {
            let at = at.field("splits").index(number);
            let action = split
                .action
                .as_ref()
                .map_or(RouteAction::Unread, |action| self.action(source, &at.field("action"), action));
            let weight = u64::try_from(split.weight).unwrap_or(0);
            made.push(RouteSplit { weight, line: Some(source.line(&at)), action });
        }
        made
    }

    fn action(&mut self, source: &RouteSource<'_>, at: &FieldPath, action: &VirtualServerAction) -> RouteAction {
        if let Some(redirect) = &action.redirect {
            return RouteAction::Redirect { url: redirect.url.clone(), code: status(redirect.code, 301) };
        }
        if let Some(answer) = &action.answer {
            return RouteAction::Return {
                code: status(answer.code, 200),
                body: answer.body.clone(),
                headers: plain_headers(&answer.headers),
            };
        }
        let proxy = action.proxy.as_ref();
        let name = action.pass.as_ref().or(proxy.map(|proxy| &proxy.upstream));
        let upstreams = &source.object.spec.upstreams;
        let place = upstreams.iter().position(|upstream| Some(&upstream.name) == name);
        match place.and_then(|place| Some((place, upstreams.get(place)?))) {
            Some(upstream) => RouteAction::Pass(Box::new(self.proxy_pass(source, upstream, (proxy, at)))),
            None => RouteAction::Unread,
        }
    }

    /// generateLocationForProxying
    fn proxy_pass(
        &mut self,
        source: &RouteSource<'_>,
        (place, upstream): (usize, &VirtualServerUpstream),
        (proxy, at): (Option<&VirtualServerProxy>, &FieldPath),
    ) -> ProxyPass {
        let settings = self.maker.settings;
        let hidden = settings.text("disable-forwarded-headers").and_then(parse_bool).unwrap_or(false);
        let body = upstream.client_max_body_size.as_deref().filter(|size| !size.is_empty());
        let body = body.or_else(|| settings.text("client-max-body-size"));
        let set = proxy.map(|proxy| &proxy.request_headers.set[..]).unwrap_or_default();
        let change = self.path_change(source, proxy, at);
        ProxyPass {
            upstream: self.upstream(source, place, upstream),
            change,
            protocol: match (upstream.kind.as_deref() == Some("grpc"), upstream.tls.enable) {
                (true, true) => "grpcs",
                (true, false) => "grpc",
                (false, true) => "https",
                (false, false) => "http",
            },
            request_headers: set.iter().map(|header| (header.name.to_string(), header.value.clone())).collect(),
            passes_headers: proxy.and_then(|proxy| proxy.request_headers.pass).unwrap_or(true),
            forwarded_scheme: (!hidden).then_some(self.scheme),
            upgrades: true,
            body_size: body.and_then(parse_size).unwrap_or(BODY_SIZE),
            response_headers: proxy.map(|proxy| plain_headers(&proxy.response_headers.add)).unwrap_or_default(),
        }
    }

    /// Behind matches and splits the path is the client's own until it is rewritten (generateRewrites,
    /// generateProxyPassRewrite).
    fn path_change(
        &mut self,
        source: &RouteSource<'_>,
        proxy: Option<&VirtualServerProxy>,
        at: &FieldPath,
    ) -> F5PathChange {
        let rewrite = proxy.and_then(|proxy| proxy.rewrite_path.clone()).filter(|path| !path.is_empty());
        let Some(rewrite) = rewrite else { return F5PathChange::Kept };
        let path = &source.route.path;
        let plain = path.strip_prefix('~').unwrap_or(path);
        let plain = plain.strip_prefix('*').unwrap_or(plain).trim();
        let is_expression = path.starts_with('~');
        if is_expression && rewrite.contains(' ') {
            let line = source.line(&at.field("proxy").field("rewritePath"));
            self.maker.refused.push((line, "invalid number of arguments in \"rewrite\" directive".to_owned()));
        }
        let pattern = |source: String| Pattern::new(source, Dialect::Pcre, false);
        match (is_expression, source.is_forked) {
            (true, false) => F5PathChange::Rewritten(pattern(format!("^{plain}")), rewrite),
            (true, true) => F5PathChange::RewrittenRaw(pattern(format!("^{plain}")), rewrite),
            (false, true) => {
                F5PathChange::RewrittenRaw(pattern(format!("^{plain}(.*)$")), format!("{rewrite}$1").into())
            }
            (false, false) => F5PathChange::Replaced(rewrite),
        }
    }

    fn upstream(&self, source: &RouteSource<'_>, place: usize, upstream: &VirtualServerUpstream) -> UpstreamName {
        let own = source.object.reference.namespace.as_deref().unwrap_or_default();
        let (namespace, service) = upstream.service.split_once('/').unwrap_or((own, &upstream.service));
        let method = upstream.lb_method.as_deref().filter(|method| !method.is_empty());
        let method = method.or_else(|| self.maker.settings.text("lb-method")).map(str::trim);
        let at = FieldPath::from("spec.upstreams").index(place);
        let cookie = upstream.session_cookie.as_ref().filter(|cookie| cookie.enable);
        let line = |field: &str| source.line(&at.field(field));
        let (balancing, balancing_line) = match cookie {
            Some(cookie) => (UpstreamBalancing::Cookie(cookie.name.to_string()), Some(line("sessionCookie"))),
            None if method.is_some_and(|method| method.starts_with("hash") || method == "ip_hash") => {
                (UpstreamBalancing::Hashed, upstream.lb_method.is_some().then(|| line("lb-method")))
            }
            None => (UpstreamBalancing::Even, None),
        };
        UpstreamName {
            namespace: namespace.into(),
            service: service.into(),
            port: ServiceBackendPort { number: i32::try_from(upstream.port).ok(), ..ServiceBackendPort::default() },
            subselector: upstream.subselector.clone(),
            cluster_ip: upstream.use_cluster_ip,
            balancing,
            balancing_line,
        }
    }
}

/// A condition on a variable of nginx; `!` before a value turns it round (generateParametersForMatchesRouteMap).
fn condition(condition: &VirtualServerCondition) -> RouteCondition {
    let written = |text: &Option<Text>| text.as_deref().filter(|text| !text.is_empty()).map(str::to_owned);
    let header = written(&condition.header).map(|name| format!("http_{}", name.replace('-', "_")));
    let cookie = written(&condition.cookie).map(|name| format!("cookie_{name}"));
    let argument = written(&condition.argument).map(|name| format!("arg_{name}"));
    let variable = header.or(cookie).or(argument).or_else(|| written(&condition.variable)).unwrap_or_default();
    let (negated, value) = condition.value.strip_prefix('!').map_or((false, &*condition.value), |value| (true, value));
    let expression =
        |source: &str, ignore_case| ConditionValue::Expression(Pattern::new(source, Dialect::Pcre, ignore_case));
    RouteCondition {
        variable: variable.trim_start_matches('$').to_ascii_lowercase(),
        value: match (value.strip_prefix("~*"), value.strip_prefix('~')) {
            (Some(source), _) => expression(source, true),
            (None, Some(source)) => expression(source, false),
            (None, None) => ConditionValue::Text(value.to_owned()),
        },
        negated,
    }
}

fn error_pages(pages: &[VirtualServerErrorPage], line: &FieldRef) -> Vec<RouteErrorPage> {
    let numbered = pages.iter().enumerate();
    let made = numbered.filter_map(|(number, page)| {
        let (code, answer) = match (&page.redirect, &page.answer) {
            (Some(redirect), _) => (status(redirect.code, 301), ErrorPageAnswer::Redirect(redirect.url.clone())),
            (None, Some(answer)) => {
                let headers = plain_headers(&answer.headers);
                (status(answer.code, 0), ErrorPageAnswer::Text(answer.body.clone(), headers))
            }
            (None, None) => return None,
        };
        let codes = page.codes.iter().filter_map(|code| u16::try_from(*code).ok()).collect();
        let line = line.object.field(line.path.index(number));
        Some(RouteErrorPage { codes, line, code, answer })
    });
    made.collect()
}

fn status(code: i64, default: u16) -> u16 {
    u16::try_from(code).ok().filter(|code| *code > 0).unwrap_or(default)
}

fn plain_headers(headers: &[VirtualServerHeader]) -> Vec<(String, String)> {
    headers.iter().map(|header| (header.name.to_string(), header.value.to_string())).collect()
}
