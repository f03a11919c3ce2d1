//! What of a VirtualServer or VirtualServerRoute the controller rejects, in its words
//! (pkg/apis/configuration/validation/virtualserver.go).

use std::collections::BTreeSet;

use super::annotations::{has_parent_segment, is_method};
use super::settings::F5Settings;
use crate::http::pattern::is_refused_by_pcre;
use crate::model::{
    Text, VirtualServerAction, VirtualServerCondition, VirtualServerErrorPage, VirtualServerMatch, VirtualServerPath,
    VirtualServerRedirect, VirtualServerSpec, VirtualServerSplit, VirtualServerUpstream,
};
use crate::source::FieldPath;

/// What is said of nginx' own configuration where it isn't allowed.
pub const SNIPPETS_OFF: &str = "Forbidden: snippet specified but snippets feature is not enabled";

/// Where it is wrong, and how.
pub type SpecFault = (FieldPath, String);

/// What a fault is told with.
pub fn fault(path: &FieldPath, what: impl Into<String>) -> Option<SpecFault> {
    Some((path.clone(), format!("{path}: {}", what.into())))
}

pub fn invalid(path: &FieldPath, value: &str, why: &str) -> Option<SpecFault> {
    fault(path, format!("Invalid value: \"{value}\": {why}"))
}

/// The first fault of a VirtualServer.
pub fn server_fault(spec: &VirtualServerSpec, settings: &F5Settings) -> Option<SpecFault> {
    let at = FieldPath::root().field("spec");
    let is_plus = settings.is_plus();
    host_fault(&spec.host, &at.field("host"))
        .or_else(|| tls_fault(spec, &at.field("tls")))
        .or_else(|| upstreams_fault(&spec.upstreams, &at.field("upstreams"), is_plus))
        .or_else(|| routes_fault(&spec.routes, &at.field("routes"), (&upstream_names(&spec.upstreams), false)))
        .or_else(|| {
            let own = [("server-snippets", &spec.server_snippets), ("http-snippets", &spec.http_snippets)];
            let own = own.iter().filter(|(_, text)| is_written(text)).map(|(name, _)| at.field(name));
            snippets_fault(own, &spec.routes, &at.field("routes"), settings)
        })
}

/// The first fault of a VirtualServerRoute by itself.
pub fn route_fault(spec: &VirtualServerSpec, settings: &F5Settings) -> Option<SpecFault> {
    let at = FieldPath::root().field("spec");
    let is_plus = settings.is_plus();
    let subroutes = at.field("subroutes");
    let mixed = || {
        let first = modifier_category(&spec.subroutes.first()?.path);
        let other = spec.subroutes.iter().position(|route| modifier_category(&route.path) != first)?;
        let path = spec.subroutes.get(other).map(|route| &*route.path).unwrap_or_default();
        invalid(&subroutes.index(other).field("path"), path, "all subroutes must use the same path modifier type")
    };
    host_fault(&spec.host, &at.field("host"))
        .or_else(|| upstreams_fault(&spec.upstreams, &at.field("upstreams"), is_plus))
        .or_else(mixed)
        .or_else(|| routes_fault(&spec.subroutes, &subroutes, (&upstream_names(&spec.upstreams), true)))
        .or_else(|| snippets_fault([].into_iter(), &spec.subroutes, &subroutes, settings))
}

/// nginx' own configuration, where it isn't allowed.
fn snippets_fault(
    own: impl Iterator<Item = FieldPath>,
    routes: &[VirtualServerPath],
    at: &FieldPath,
    settings: &F5Settings,
) -> Option<SpecFault> {
    let of_routes = routes.iter().enumerate().filter(|(_, route)| is_written(&route.location_snippets));
    let of_routes = of_routes.map(|(number, _)| at.index(number).field("location-snippets"));
    let first = own.chain(of_routes).next()?;
    (!settings.switch("enable-snippets", false)).then(|| fault(&first, SNIPPETS_OFF))?
}

fn is_written(text: &Option<Text>) -> bool {
    text.as_ref().is_some_and(|text| !text.is_empty())
}

/// Whether a VirtualServerRoute fits the paths by which a VirtualServer leads to it
/// (validateVirtualServerRouteSubroutes).
pub fn fits_paths(route: &VirtualServerSpec, host: &str, paths: &[&str]) -> Result<(), String> {
    if *route.host != *host {
        return Err(format!("spec.host: Invalid value: \"{}\": must be equal to '{host}'", route.host));
    }
    let Some(first) = paths.first() else { return Ok(()) };
    let own: BTreeSet<String> = route.subroutes.iter().map(|route| normalize_path(&route.path)).collect();
    if first.starts_with('~') {
        let wanted: BTreeSet<String> = paths.iter().map(|path| normalize_path(path)).collect();
        return if own == wanted {
            Ok(())
        } else {
            Err("spec.subroutes: all VS route paths must be covered by VSR subroutes, and all subroutes referenced"
                .to_owned())
        };
    }
    if first.starts_with('=') {
        let is_same = route.subroutes.len() == 1 && own.contains(&normalize_path(first));
        let why = "must have one subroute with the same path as the referenced VirtualServer route path";
        return if is_same { Ok(()) } else { Err(format!("spec.subroutes: {why} '{first}'")) };
    }
    let begin = normalize_path(first);
    let outside = route.subroutes.iter().find(|route| !normalize_path(&route.path).starts_with(&begin));
    outside.map_or(Ok(()), |route| {
        Err(format!("spec.subroutes.path: Invalid value: \"{}\": must start with '{first}'", route.path))
    })
}

/// A path without blanks behind its modifier.
pub fn normalize_path(path: &str) -> String {
    let (modifier, rest) = split_modifier(path);
    format!("{modifier}{rest}")
}

/// The modifier of a route's path, and the path behind it.
pub fn split_modifier(path: &str) -> (&'static str, &str) {
    let modifier = ["~*", "~", "^~", "="].into_iter().find(|modifier| path.starts_with(modifier)).unwrap_or_default();
    let rest = path.strip_prefix(modifier).unwrap_or(path);
    (modifier, if modifier.is_empty() { rest } else { rest.trim_start() })
}

fn modifier_category(path: &str) -> &'static str {
    match split_modifier(path).0 {
        "~" | "~*" => "~",
        other => other,
    }
}

fn upstream_names(upstreams: &[VirtualServerUpstream]) -> BTreeSet<&str> {
    upstreams.iter().map(|upstream| &*upstream.name).collect()
}

pub fn host_fault(host: &str, at: &FieldPath) -> Option<SpecFault> {
    if host.is_empty() {
        return fault(at, "Required value");
    }
    let labels = host.strip_prefix("*.").unwrap_or(host).split('.');
    let mut labels = labels.map(is_label);
    (!labels.all(|fits| fits)).then(|| {
        invalid(
            at,
            host,
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.'",
        )
    })?
}

/// RFC 1123
fn is_label(label: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !label.is_empty() && label.bytes().all(fits) && !label.starts_with('-') && !label.ends_with('-')
}

/// RFC 1035: one that begins with a letter.
pub fn is_name(label: &str) -> bool {
    is_label(label) && label.len() <= 63 && label.starts_with(|letter: char| letter.is_ascii_lowercase())
}

fn tls_fault(spec: &VirtualServerSpec, at: &FieldPath) -> Option<SpecFault> {
    let redirect = spec.tls.as_ref()?.redirect.as_ref()?;
    let at = at.field("redirect");
    if let Some(code) = redirect.code.filter(|code| !matches!(code, 301 | 302 | 307 | 308)) {
        return code_fault(code, &at.field("code"));
    }
    let based_on = redirect.based_on.as_deref().unwrap_or_default();
    let fits = ["", "scheme", "x-forwarded-proto"].contains(&based_on);
    (!fits).then(|| invalid(&at.field("basedOn"), based_on, "accepted values are 'scheme', 'x-forwarded-proto'"))?
}

fn code_fault(code: i64, at: &FieldPath) -> Option<SpecFault> {
    let why = "status code out of accepted range. accepted values are '301', '302', '307', '308'";
    fault(at, format!("Invalid value: {code}: {why}"))
}

fn upstreams_fault(upstreams: &[VirtualServerUpstream], at: &FieldPath, is_plus: bool) -> Option<SpecFault> {
    let mut names = BTreeSet::new();
    upstreams.iter().enumerate().find_map(|(number, upstream)| {
        let at = at.index(number);
        // 1. Its name, its Service, its port.
        if !is_name(&upstream.name) {
            return invalid(
                &at.field("name"),
                &upstream.name,
                "a DNS-1035 label must start with an alphabetic character",
            );
        }
        if !names.insert(&*upstream.name) {
            return fault(&at.field("name"), format!("Duplicate value: \"{}\"", upstream.name));
        }
        let (namespace, service) = upstream.service.split_once('/').unwrap_or(("x", &upstream.service));
        if !is_label(namespace) || !is_name(service) {
            return invalid(
                &at.field("service"),
                &upstream.service,
                "a DNS-1035 label must start with an alphabetic character",
            );
        }
        if !(1..=65535).contains(&upstream.port) {
            let why = "must be between 1 and 65535, inclusive";
            return fault(&at.field("port"), format!("Invalid value: {}: {why}", upstream.port));
        }
        // 2. What it wants besides.
        if upstream.use_cluster_ip && !upstream.subselector.is_empty() {
            return fault(&at.field("subselector"), "Forbidden: subselector can't be used with use-cluster-ip");
        }
        let method = upstream.lb_method.as_deref().filter(|method| !method.is_empty());
        if let Some(method) = method.filter(|method| !is_plus && !is_method(method)) {
            return invalid(&at.field("lb-method"), method, "invalid load balancing method");
        }
        let kind = upstream.kind.as_deref().unwrap_or_default();
        if !["", "http", "grpc"].contains(&kind) {
            return invalid(&at.field("type"), kind, "accepted values are 'http' or 'grpc'");
        }
        // 3. What only NGINX Plus has.
        let of_plus = [
            ("healthCheck", upstream.health_check.is_some()),
            ("slow-start", upstream.slow_start.as_ref().is_some_and(|text| !text.is_empty())),
            ("queue", upstream.queue.is_some()),
            ("ntlm", upstream.ntlm),
        ];
        let of_plus = of_plus.iter().find(|(_, is_there)| *is_there && !is_plus);
        of_plus.and_then(|(name, _)| fault(&at.field(name), "Forbidden: only supported in NGINX Plus"))
    })
}

/// The routes, each with a path of its own; subroutes lead to no further VirtualServerRoutes.
fn routes_fault(
    routes: &[VirtualServerPath],
    at: &FieldPath,
    (upstreams, are_subroutes): (&BTreeSet<&str>, bool),
) -> Option<SpecFault> {
    let mut paths = BTreeSet::new();
    routes.iter().enumerate().find_map(|(number, route)| {
        let at = at.index(number);
        one_route_fault(route, &at, (upstreams, are_subroutes)).or_else(|| {
            let is_new = paths.insert(normalize_path(&route.path));
            (!is_new).then(|| fault(&at.field("path"), format!("Duplicate value: \"{}\"", route.path)))?
        })
    })
}

fn one_route_fault(
    route: &VirtualServerPath,
    at: &FieldPath,
    (upstreams, is_subroute): (&BTreeSet<&str>, bool),
) -> Option<SpecFault> {
    let named = route.route.as_ref().filter(|name| !name.is_empty());
    let fields = [
        route.action.is_some(),
        !route.splits.is_empty(),
        named.is_some() && !is_subroute,
        route.route_selector.is_some() && !is_subroute,
    ];
    let count = fields.iter().filter(|is_there| **is_there).count();
    let is_regex = route.path.starts_with('~');
    route_path_fault(&route.path, &at.field("path"))
        .or_else(|| {
            let action = route.action.as_ref()?;
            action_fault(action, &at.field("action"), (upstreams, is_regex))
        })
        .or_else(|| splits_fault(&route.splits, &at.field("splits"), upstreams))
        .or_else(|| {
            let mut matches = route.matches.iter().enumerate();
            matches.find_map(|(number, one)| match_fault(one, &at.field("matches").index(number), upstreams))
        })
        .or_else(|| {
            let mut pages = route.error_pages.iter().enumerate();
            pages.find_map(|(number, page)| error_page_fault(page, &at.field("errorPages").index(number)))
        })
        .or_else(|| {
            let forbidden = is_subroute && named.is_some();
            forbidden.then(|| fault(&at.field("route"), "Forbidden: is not allowed"))?
        })
        .or_else(|| {
            let why = if is_subroute || !route.matches.is_empty() {
                "must specify exactly one of `action` or `splits`"
            } else {
                "must specify exactly one of `action`, `splits`, `route` or `routeSelector`"
            };
            (count != 1).then(|| invalid(at, "", why))?
        })
}

/// validateRoutePath
fn route_path_fault(path: &str, at: &FieldPath) -> Option<SpecFault> {
    let (modifier, rest) = split_modifier(path);
    if path.is_empty() {
        return fault(at, "Required value");
    }
    if modifier.starts_with('~') {
        let is_escaped = !rest.contains('"') && !rest.ends_with('\\');
        let why = "must be a valid regular expression";
        return (is_refused_by_pcre(rest) || !is_escaped).then(|| invalid(at, path, why))?;
    }
    if modifier.is_empty() && !path.starts_with('/') {
        return invalid(at, path, "must start with /, ~, = or ^~");
    }
    plain_path_fault(rest).and_then(|why| invalid(at, path, why))
}

fn plain_path_fault(path: &str) -> Option<&'static str> {
    if path.starts_with("//") {
        return Some("protocol-relative URIs not allowed, must not start with '//'");
    }
    if has_parent_segment(path) {
        return Some("path traversal not allowed, path must not contain '..' segments");
    }
    let fits = path.starts_with('/') && !path.contains(|c: char| c.is_whitespace() || "{};".contains(c));
    (!fits).then_some("must start with / and must not include any whitespace character, `{`, `}` or `;`")
}

fn action_fault(
    action: &VirtualServerAction,
    at: &FieldPath,
    (upstreams, is_expression): (&BTreeSet<&str>, bool),
) -> Option<SpecFault> {
    // 1. One of the four.
    let pass = action.pass.as_ref().filter(|name| !name.is_empty());
    let given = [pass.is_some(), action.redirect.is_some(), action.answer.is_some(), action.proxy.is_some()];
    if given.iter().filter(|is_there| **is_there).count() != 1 {
        return fault(at, "Required value: action must specify exactly one of `pass`, `redirect`, `return` or `proxy`");
    }
    // 2. What each needs.
    let missing = |at: &FieldPath, name: &str| {
        (!upstreams.contains(name)).then(|| fault(at, format!("Not found: \"{name}\"")))?
    };
    if let Some(name) = pass {
        return missing(&at.field("pass"), name);
    }
    if let Some(redirect) = &action.redirect {
        return redirect_fault(redirect, &at.field("redirect"));
    }
    if let Some(answer) = &action.answer {
        let at = at.field("return");
        if answer.body.is_empty() {
            return fault(&at.field("body"), "Required value");
        }
        let fits = matches!(answer.code, 0 | 200..=299 | 400..=599);
        let why = "must be a valid status code either 2XX, 4XX or 5XX, for example, 200 or 402.";
        return (!fits).then(|| fault(&at.field("code"), format!("Invalid value: {}: {why}", answer.code)))?;
    }
    let proxy = action.proxy.as_ref()?;
    let at = at.field("proxy");
    missing(&at.field("upstream"), &proxy.upstream).or_else(|| {
        let path = proxy.rewrite_path.as_deref().filter(|path| !path.is_empty() && !is_expression)?;
        plain_path_fault(path).and_then(|why| invalid(&at.field("rewritePath"), path, why))
    })
}

fn redirect_fault(redirect: &VirtualServerRedirect, at: &FieldPath) -> Option<SpecFault> {
    if redirect.url.is_empty() {
        return fault(&at.field("url"), "Required value: must specify a url");
    }
    if !redirect.url.contains("://") {
        let why = "must contain the protocol with '://', for example http://, https:// or ${scheme}://";
        return invalid(&at.field("url"), &redirect.url, why);
    }
    let fits = matches!(redirect.code, 0 | 301 | 302 | 307 | 308);
    (!fits).then(|| code_fault(redirect.code, &at.field("code")))?
}

fn splits_fault(splits: &[VirtualServerSplit], at: &FieldPath, upstreams: &BTreeSet<&str>) -> Option<SpecFault> {
    if splits.is_empty() {
        return None;
    }
    if splits.len() < 2 {
        return invalid(at, "", "must include at least 2 splits");
    }
    let of_one = splits.iter().enumerate().find_map(|(number, split)| {
        let at = at.index(number);
        if !(0..=100).contains(&split.weight) {
            let why = "must be between 0 and 100, inclusive";
            return fault(&at.field("weight"), format!("Invalid value: {}: {why}", split.weight));
        }
        match &split.action {
            None => fault(&at.field("action"), "Required value"),
            Some(action) => action_fault(action, &at.field("action"), (upstreams, true)),
        }
    });
    let total: i64 = splits.iter().map(|split| split.weight).sum();
    let why = "the sum of the weights of all splits must be equal to 100";
    of_one.or_else(|| (total != 100).then(|| invalid(at, "", why))?)
}

fn match_fault(one: &VirtualServerMatch, at: &FieldPath, upstreams: &BTreeSet<&str>) -> Option<SpecFault> {
    let conditions = at.field("conditions");
    if one.conditions.is_empty() {
        return fault(&conditions, "Required value: must specify at least one condition");
    }
    let mut numbered = one.conditions.iter().enumerate();
    numbered
        .find_map(|(number, condition)| condition_fault(condition, &conditions.index(number)))
        .or_else(|| action_fault(one.action.as_ref()?, &at.field("action"), (upstreams, true)))
        .or_else(|| splits_fault(&one.splits, &at.field("splits"), upstreams))
        .or_else(|| {
            let is_one = one.action.is_some() == one.splits.is_empty();
            (!is_one).then(|| invalid(at, "", "must specify exactly one of `action` or `splits`"))?
        })
}

/// The variables that a condition may look at.
const VARIABLES: &[&str] = &[
    "$args",
    "$http2",
    "$https",
    "$query_string",
    "$remote_addr",
    "$remote_port",
    "$request",
    "$request_body",
    "$request_method",
    "$request_uri",
    "$scheme",
];

fn condition_fault(condition: &VirtualServerCondition, at: &FieldPath) -> Option<SpecFault> {
    let all = [&condition.header, &condition.cookie, &condition.argument, &condition.variable];
    if all.iter().filter(|text| is_written(text)).count() != 1 {
        return invalid(at, "", "must specify exactly one of: `header`, `cookie`, `argument` or `variable`");
    }
    let variable = condition.variable.as_deref().filter(|variable| !variable.is_empty())?;
    let why = "is not allowed or is not an NGINX variable";
    (!VARIABLES.contains(&variable)).then(|| invalid(&at.field("variable"), variable, why))?
}

fn error_page_fault(page: &VirtualServerErrorPage, at: &FieldPath) -> Option<SpecFault> {
    if page.answer.is_some() == page.redirect.is_some() {
        return fault(at, "Required value: must specify exactly one of `redirect` or `return`");
    }
    if page.codes.is_empty() {
        return fault(&at.field("codes"), "Required value: must include at least 1 status code in `codes`");
    }
    let wrong = page.codes.iter().find(|code| !(300..=599).contains(*code));
    if let Some(code) = wrong {
        return fault(&at.field("codes"), format!("Invalid value: {code}: must be between 300 and 599, inclusive"));
    }
    page.redirect.as_ref().and_then(|redirect| redirect_fault(redirect, &at.field("redirect")))
}
