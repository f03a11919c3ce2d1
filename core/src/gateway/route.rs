//! Routes of every kind in one form: they differ in what they match, not in parents, filters and backends.

use std::sync::Arc;

use super::implementation::ExpressionReach;
use crate::cluster::{Cluster, Namespaced};
use crate::http::{Dialect, Pattern};
use crate::model::{BackendRef, ForwardRule, GrpcRouteMatch, HttpRouteMatch, Metadata, NamedMatch, ParentReference};
use crate::model::{RouteFilter, Text};
use crate::order::Order;
use crate::source::{FieldPath, FieldRef, ObjectRef};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RouteKind {
    /// HTTPRoute
    Http,
    /// GRPCRoute
    Grpc,
    /// TLSRoute
    Tls,
    /// TCPRoute
    Tcp,
    /// UDPRoute
    Udp,
}

#[derive(Clone, Debug)]
pub struct GatewayRoute {
    pub kind: RouteKind,
    /// Its name.
    pub reference: ObjectRef,
    /// When it was made, as it says.
    created: Option<Text>,
    /// Its place among all routes, the oldest first.
    pub age: usize,
    /// What it attaches to.
    pub parents: Vec<ParentReference>,
    pub hostnames: Vec<Text>,
    pub rules: Vec<GatewayRouteRule>,
}

#[derive(Clone, Debug, Default)]
pub struct GatewayRouteRule {
    /// Its name, for policies.
    pub name: Option<Text>,
    /// What it takes; one that takes everything where nothing is written.
    pub matches: Vec<GatewayRouteMatch>,
    /// Whether the matches are written.
    pub has_matches: bool,
    /// What is done with requests.
    pub filters: Vec<RouteFilter>,
    /// Where they go.
    pub backends: Vec<BackendRef>,
    pub has_timeouts: bool,
    /// Whether clients stay with an endpoint.
    pub has_sessions: bool,
}

/// Conditions that must all hold.
#[derive(Clone, Debug, Default)]
pub struct GatewayRouteMatch {
    pub path: PathMatcher,
    pub method: Option<Text>,
    pub headers: Vec<(Text, WordMatcher)>,
    /// Parameters of the query.
    pub query: Vec<(Text, WordMatcher)>,
}

#[derive(Clone, Debug)]
pub enum PathMatcher {
    /// All of it.
    Exact(Text),
    /// Its first elements.
    Prefix(Text),
    Expression(MatchExpression),
    /// A gRPC call's service and method.
    Call {
        /// The service with its package.
        service: Option<WordMatcher>,
        method: Option<WordMatcher>,
    },
}

/// A value or an expression.
#[derive(Clone, Debug)]
pub enum WordMatcher {
    /// Equal.
    Exact(Text),
    /// Covered by an expression.
    Expression(MatchExpression),
}

/// A regular expression, to be compared as implementations do.
#[derive(Clone, Debug)]
pub struct MatchExpression {
    /// Must cover the whole text, as Envoy's safe_regex does.
    whole: Pattern,
    /// May cover a part, as Go's MatchString does.
    part: Pattern,
}

impl Default for PathMatcher {
    fn default() -> Self {
        Self::Prefix("/".into())
    }
}

impl RouteKind {
    /// The kind of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Http, Self::Grpc, Self::Tls, Self::Tcp, Self::Udp].into_iter().find(|kind| kind.name() == name)
    }

    /// `HTTPRoute`
    pub fn name(self) -> &'static str {
        match self {
            Self::Http => "HTTPRoute",
            Self::Grpc => "GRPCRoute",
            Self::Tls => "TLSRoute",
            Self::Tcp => "TCPRoute",
            Self::Udp => "UDPRoute",
        }
    }

    /// Whether its routes have hostnames.
    pub fn has_hostnames(self) -> bool {
        matches!(self, Self::Http | Self::Grpc | Self::Tls)
    }
}

impl GatewayRoute {
    /// All routes, the oldest first, then by namespace and name. Those that say no time are as old as the zero time.
    pub fn all(cluster: &Cluster) -> Vec<Self> {
        let mut routes = Vec::new();
        // 1. Routes of HTTP and gRPC, with their matches.
        for_each_object(&cluster.http_routes, |it| {
            let rules = it.spec.rules.iter().map(|rule| GatewayRouteRule {
                name: rule.name.clone(),
                matches: some_or_all(rule.matches.iter().map(GatewayRouteMatch::of_http)),
                has_matches: !rule.matches.is_empty(),
                filters: rule.filters.clone(),
                backends: rule.backend_refs.clone(),
                has_timeouts: rule.timeouts.is_some(),
                has_sessions: rule.session_persistence.is_some(),
            });
            let spec = &it.spec;
            routes.push(Self::new(RouteKind::Http, &it.metadata, &spec.parent_refs, &spec.hostnames, rules.collect()));
        });
        for_each_object(&cluster.grpc_routes, |it| {
            let rules = it.spec.rules.iter().map(|rule| GatewayRouteRule {
                name: rule.name.clone(),
                matches: some_or_all(rule.matches.iter().map(GatewayRouteMatch::of_call)),
                has_matches: !rule.matches.is_empty(),
                filters: rule.filters.clone(),
                backends: rule.backend_refs.clone(),
                has_sessions: rule.session_persistence.is_some(),
                ..GatewayRouteRule::default()
            });
            let spec = &it.spec;
            routes.push(Self::new(RouteKind::Grpc, &it.metadata, &spec.parent_refs, &spec.hostnames, rules.collect()));
        });
        // 2. Routes of connections, which match everything.
        for_each_object(&cluster.tls_routes, |it| {
            let (spec, rules) = (&it.spec, it.spec.rules.iter().map(GatewayRouteRule::forward).collect());
            routes.push(Self::new(RouteKind::Tls, &it.metadata, &spec.parent_refs, &spec.hostnames, rules));
        });
        for_each_object(&cluster.tcp_routes, |it| {
            let rules = it.spec.rules.iter().map(GatewayRouteRule::forward).collect();
            routes.push(Self::new(RouteKind::Tcp, &it.metadata, &it.spec.parent_refs, &[], rules));
        });
        for_each_object(&cluster.udp_routes, |it| {
            let rules = it.spec.rules.iter().map(GatewayRouteRule::forward).collect();
            routes.push(Self::new(RouteKind::Udp, &it.metadata, &it.spec.parent_refs, &[], rules));
        });
        // 3. By age, which they are numbered by.
        let place = |route: &Self| (route.reference.namespace.clone(), route.reference.name.clone());
        routes.order_by(|one, other| one.created.cmp(&other.created).then_with(|| place(one).cmp(&place(other))));
        for (age, route) in routes.iter_mut().enumerate() {
            route.age = age;
        }
        routes
    }

    fn new(
        kind: RouteKind,
        metadata: &Metadata,
        parents: &[ParentReference],
        hostnames: &[Text],
        rules: Vec<GatewayRouteRule>,
    ) -> Self {
        Self {
            kind,
            reference: ObjectRef::namespaced(kind.name(), &metadata.namespace, &metadata.name),
            created: metadata.creation_timestamp.clone(),
            age: 0,
            parents: parents.to_vec(),
            hostnames: hostnames.iter().filter(|hostname| !hostname.is_empty()).cloned().collect(),
            rules,
        }
    }

    pub fn namespace(&self) -> &str {
        self.reference.namespace.as_deref().unwrap_or_default()
    }

    /// Where a rule stands.
    pub fn rule_field(&self, rule: usize) -> FieldRef {
        self.reference.field(FieldPath::from("spec.rules").index(rule))
    }
}

fn for_each_object<T>(table: &Namespaced<Arc<T>>, read: impl FnMut(&Arc<T>)) {
    table.values().for_each(read);
}

fn some_or_all(matches: impl Iterator<Item = GatewayRouteMatch>) -> Vec<GatewayRouteMatch> {
    let matches: Vec<GatewayRouteMatch> = matches.collect();
    if matches.is_empty() { vec![GatewayRouteMatch::default()] } else { matches }
}

impl GatewayRouteRule {
    fn forward(rule: &ForwardRule) -> Self {
        Self { matches: vec![GatewayRouteMatch::default()], backends: rule.backend_refs.clone(), ..Self::default() }
    }
}

impl GatewayRouteMatch {
    pub fn expressions(&self) -> impl Iterator<Item = &MatchExpression> {
        let (path, calls) = match &self.path {
            PathMatcher::Expression(expression) => (Some(expression), [None, None]),
            PathMatcher::Call { service, method } => (None, [service.as_ref(), method.as_ref()]),
            PathMatcher::Exact(_) | PathMatcher::Prefix(_) => (None, [None, None]),
        };
        let words = self.headers.iter().chain(&self.query).map(|(_, word)| word);
        path.into_iter().chain(calls.into_iter().flatten().chain(words).filter_map(WordMatcher::expression))
    }

    fn of_http(written: &HttpRouteMatch) -> Self {
        let path = written.path.clone().unwrap_or_default();
        let value = path.value.unwrap_or_else(|| "/".into());
        Self {
            path: match path.kind.as_deref() {
                Some("Exact") => PathMatcher::Exact(value),
                Some("RegularExpression") => PathMatcher::Expression(MatchExpression::new(&value)),
                _ => PathMatcher::Prefix(value),
            },
            method: written.method.clone(),
            headers: first_of_each_name(&written.headers, str::eq_ignore_ascii_case),
            query: first_of_each_name(&written.query_params, |one, other| one == other),
        }
    }

    fn of_call(written: &GrpcRouteMatch) -> Self {
        let method = written.method.clone().unwrap_or_default();
        let word = |value: Option<Text>| {
            value.filter(|value| !value.is_empty()).map(|value| WordMatcher::new(method.kind.as_deref(), value))
        };
        Self {
            path: PathMatcher::Call { service: word(method.service.clone()), method: word(method.method.clone()) },
            headers: first_of_each_name(&written.headers, str::eq_ignore_ascii_case),
            ..Self::default()
        }
    }
}

/// Each name once: of equal names only the first entry counts (apis/v1, HTTPHeaderMatch and HTTPQueryParamMatch).
fn first_of_each_name(written: &[NamedMatch], same: fn(&str, &str) -> bool) -> Vec<(Text, WordMatcher)> {
    let mut words: Vec<(Text, WordMatcher)> = Vec::new();
    for one in written {
        if !words.iter().any(|(name, _)| same(name, &one.name)) {
            words.push((one.name.clone(), WordMatcher::new(one.kind.as_deref(), one.value.clone())));
        }
    }
    words
}

impl MatchExpression {
    fn new(source: &str) -> Self {
        Self {
            whole: Pattern::new(format!("^(?:{source})$"), Dialect::Re2, false),
            part: Pattern::new(source, Dialect::Re2, false),
        }
    }

    /// Whether it fits a text; None if it can't be run.
    pub fn fits(&self, text: &str, reach: ExpressionReach) -> Option<bool> {
        match reach {
            ExpressionReach::Whole => self.whole.is_match(text),
            ExpressionReach::Part => self.part.is_match(text),
        }
    }

    /// As written.
    pub fn source(&self) -> &str {
        self.part.source()
    }

    /// Whether it can be run.
    pub fn is_supported(&self) -> bool {
        self.whole.regex().is_some() && self.part.regex().is_some()
    }

    /// Whether RE2 can't read it either; Unicode's classes and quoting are what it has beyond what can be run here.
    pub fn is_broken(&self) -> bool {
        !self.is_supported() && !["\\p", "\\P", "\\Q", "\\C"].iter().any(|beyond| self.source().contains(beyond))
    }
}

impl WordMatcher {
    fn new(kind: Option<&str>, value: Text) -> Self {
        match kind {
            Some("RegularExpression") => Self::Expression(MatchExpression::new(&value)),
            _ => Self::Exact(value),
        }
    }

    /// Whether a value fits; None if the expression can't be run.
    pub fn fits(&self, value: &str, reach: ExpressionReach) -> Option<bool> {
        match self {
            Self::Exact(text) => Some(**text == *value),
            Self::Expression(expression) => expression.fits(value, reach),
        }
    }

    /// The expression, if it is one.
    pub fn expression(&self) -> Option<&MatchExpression> {
        match self {
            Self::Expression(expression) => Some(expression),
            Self::Exact(_) => None,
        }
    }

    /// What is said.
    pub fn text(&self) -> &str {
        match self {
            Self::Exact(text) => text,
            Self::Expression(expression) => expression.source(),
        }
    }
}
