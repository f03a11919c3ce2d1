//! Which matches of a listener's routes take a request, each by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::implementation::{BrokenExpression, ExpressionReach, GatewayImplementation, RepeatedValues};
use super::route::{GatewayRoute, GatewayRouteMatch, GatewayRouteRule, PathMatcher, RouteKind, WordMatcher};
use crate::http::{host, path, query};
use crate::packet::{HttpRequest, HttpVersion};
use crate::shortlist::CandidateRejection;
use crate::source::FieldRef;
use crate::trace::{
    Candidate, CandidateFate, CandidateObjection, CandidateSubject, Cause, GatewayObjection, GatewayRule, ModelGap,
};

/// The place of a match: the route's, the rule's in it, its own in that.
pub type MatchPlace = (usize, usize, usize);

/// How many rules for other hosts a judgement shows.
pub const SHOWN: usize = 24;

/// The matches of a listener's routes by hostname, as it is written or as the listener narrows it; empty for all hosts.
/// Within a hostname the oldest route comes first.
#[derive(Clone, Debug, Default)]
pub struct RouteTable {
    by_host: BTreeMap<String, Vec<RouteTableEntry>>,
    by_kind: BTreeMap<RouteKind, HostnameSet>,
    /// How many matches there are, each once.
    pub count: usize,
}

/// The hostnames of routes of one kind, and the same from their last character to their first.
#[derive(Clone, Debug, Default)]
struct HostnameSet {
    hostnames: BTreeSet<String>,
    reversed: BTreeSet<String>,
}

/// One match of a rule, under one hostname.
#[derive(Clone, Debug)]
pub struct RouteTableEntry {
    pub route: Arc<GatewayRoute>,
    /// The rule's place.
    pub rule: usize,
    /// The match's place.
    pub index: usize,
    /// How specific the hostname is that the route names; the listener's where it names none.
    pub specificity: (usize, usize),
    /// The characters of the longest hostname that it has here.
    pub longest_host: usize,
}

/// A hostname under which a listener serves a route.
pub struct ServedHostname {
    /// What listener and route have in common; the empty text for all.
    pub common: String,
    /// What the route says of it; the listener's where it says nothing.
    pub written: String,
}

impl RouteTable {
    /// Adds a route under the hostnames it has here.
    pub fn add(&mut self, route: &Arc<GatewayRoute>, hostnames: &[ServedHostname]) {
        let places: Vec<(usize, usize)> = (route.rules.iter().enumerate())
            .flat_map(|(rule, it)| (0..it.matches.len()).map(move |index| (rule, index)))
            .collect();
        let longest_host = hostnames.iter().map(|served| served.common.len()).max().unwrap_or_default();
        for ServedHostname { common, written } in hostnames {
            let specificity = host::specificity(written);
            let entries = places.iter().map(|(rule, index)| RouteTableEntry {
                route: route.clone(),
                rule: *rule,
                index: *index,
                specificity,
                longest_host,
            });
            if !places.is_empty() {
                self.by_kind.entry(route.kind).or_default().add(common);
            }
            self.by_host.entry(common.to_ascii_lowercase()).or_default().extend(entries);
        }
        self.count += places.len();
    }

    /// The oldest route, for listeners that match nothing.
    pub fn oldest(&self) -> Option<&RouteTableEntry> {
        self.by_host.values().flatten().min_by_key(|entry| entry.place())
    }

    /// The entry for the name of a TLS handshake, the most specific hostname first.
    pub fn for_name(&self, name: &str) -> Option<&RouteTableEntry> {
        self.covering(name).into_iter().next()
    }

    /// The routes, each as often as it has matches here.
    pub fn routes(&self) -> impl Iterator<Item = &Arc<GatewayRoute>> {
        self.by_host.values().flatten().map(|entry| &entry.route)
    }

    /// Whether routes of a kind are served under a hostname that has something in common with one; empty for all.
    pub fn serves_kind_under(&self, kind: RouteKind, hostname: &str) -> bool {
        self.by_kind.get(&kind).is_some_and(|known| known.meets(hostname))
    }

    /// All entries, while there are few.
    pub fn shown(&self) -> impl Iterator<Item = &RouteTableEntry> {
        self.by_host.values().flatten().take(SHOWN)
    }

    /// All entries, each as often as it has hostnames.
    pub fn entries(&self) -> impl Iterator<Item = &RouteTableEntry> {
        self.by_host.values().flatten()
    }

    /// The entries under exactly this hostname.
    pub fn under(&self, hostname: &str) -> &[RouteTableEntry] {
        self.by_host.get(hostname).map_or(&[], Vec::as_slice)
    }

    /// The entries whose hostname covers a host, each match once: under its most specific hostname.
    pub fn covering(&self, host: &str) -> Vec<&RouteTableEntry> {
        let mut seen: BTreeSet<MatchPlace> = BTreeSet::new();
        let mut found = Vec::new();
        for hostname in hostnames_covering(host) {
            found.extend(self.under(&hostname).iter().filter(|entry| seen.insert(entry.place())));
        }
        found
    }
}

/// The hostnames that cover a host, the most specific first: itself, wildcards, all.
pub fn hostnames_covering(host: &str) -> impl Iterator<Item = String> {
    let dots = host.match_indices('.').filter(|(at, _)| *at > 0);
    let parents = dots.filter_map(|(at, _)| host.get(at..)).map(|suffix| format!("*{suffix}"));
    std::iter::once(host.to_owned()).chain(parents).chain(std::iter::once(String::new()))
}

impl HostnameSet {
    fn add(&mut self, hostname: &str) {
        let hostname = hostname.to_ascii_lowercase();
        self.reversed.insert(hostname.chars().rev().collect());
        self.hostnames.insert(hostname);
    }

    /// Whether one of them is a hostname, lies in it or has it in itself ([`crate::http::host::intersection`]).
    fn meets(&self, hostname: &str) -> bool {
        let hostname = hostname.to_ascii_lowercase();
        if hostname.is_empty() || hostnames_covering(&hostname).any(|wide| self.hostnames.contains(&wide)) {
            return !self.hostnames.is_empty();
        }
        let Some(suffix) = hostname.strip_prefix('*').filter(|suffix| suffix.starts_with('.')) else { return false };
        let suffix: String = suffix.chars().rev().collect();
        let below = self.reversed.range(suffix.clone()..).take_while(|one| one.starts_with(&suffix));
        below.into_iter().any(|one| one.len() > suffix.len())
    }
}

/// The first candidates, and how many more there are.
pub fn first_candidates(candidates: impl ExactSizeIterator<Item = Candidate>) -> Vec<Candidate> {
    let rest = candidates.len().saturating_sub(SHOWN);
    candidates.take(SHOWN).chain(uncounted_candidates(rest)).collect()
}

/// So many more, if there are any.
pub fn uncounted_candidates(count: usize) -> Option<Candidate> {
    let fate = CandidateFate::Rejected(gateway_objection(GatewayObjection::NotShown));
    (count > 0).then(|| Candidate { what: CandidateSubject::More(count), fate, because: Vec::new() })
}

impl RouteTableEntry {
    /// Its place among all: the oldest route first, then by rule and match.
    pub fn place(&self) -> MatchPlace {
        (self.route.age, self.rule, self.index)
    }

    pub fn rule(&self) -> Option<&GatewayRouteRule> {
        self.route.rules.get(self.rule)
    }

    /// What it asks for.
    pub fn wanted(&self) -> &GatewayRouteMatch {
        static EVERYTHING: std::sync::LazyLock<GatewayRouteMatch> =
            std::sync::LazyLock::new(GatewayRouteMatch::default);
        self.rule().and_then(|rule| rule.matches.get(self.index)).unwrap_or(&EVERYTHING)
    }

    /// What the path must be.
    pub fn path(&self) -> &PathMatcher {
        &self.wanted().path
    }

    /// `spec.rules[0].matches[1]`, or the rule where it has no matches.
    pub fn field(&self) -> FieldRef {
        let field = self.route.rule_field(self.rule);
        if self.rule().is_some_and(|rule| rule.has_matches) {
            FieldRef { path: field.path.field("matches").index(self.index), object: field.object }
        } else {
            field
        }
    }

    /// The expression on which it depends and that can't be run.
    pub fn gap(&self) -> Option<ModelGap> {
        let expression = self.wanted().expressions().find(|expression| !expression.is_supported())?;
        Some(ModelGap::RegularExpression { field: self.field(), pattern: expression.source().to_owned() })
    }

    /// Whether an implementation leaves it out because of an expression that can't be read.
    fn is_left_out(&self, implementation: &GatewayImplementation) -> bool {
        let is_broken = |it: &GatewayRouteMatch| it.expressions().any(super::route::MatchExpression::is_broken);
        match implementation.broken_expression {
            BrokenExpression::Unsettled => false,
            BrokenExpression::DropsMatch => is_broken(self.wanted()),
            BrokenExpression::DropsRule => self.rule().is_some_and(|rule| rule.matches.iter().any(is_broken)),
        }
    }

    /// Why it doesn't take a request. An expression that can't be run is taken to fit; if the entry is chosen in the end,
    /// its gap is told.
    pub fn request_objection(
        &self,
        request: &HttpRequest,
        implementation: &GatewayImplementation,
    ) -> Option<CandidateRejection> {
        let wanted = self.wanted();
        let GatewayImplementation { reach, repeated, tells_grpc_apart, .. } = *implementation;
        let is_call = request.version == HttpVersion::Grpc;
        let objection = if self.is_left_out(implementation) {
            GatewayObjection::BrokenExpression
        } else if self.route.kind == RouteKind::Grpc && tells_grpc_apart && !is_call {
            GatewayObjection::NotGrpc
        } else if !wanted.path.fits(&request.path, reach) {
            match wanted.path {
                PathMatcher::Call { .. } => GatewayObjection::CallDiffers,
                PathMatcher::Exact(_) | PathMatcher::Prefix(_) | PathMatcher::Expression(_) => {
                    GatewayObjection::PathDiffers
                }
            }
        } else if wanted.method.as_deref().is_some_and(|method| method != request.method) {
            GatewayObjection::MethodDiffers
        } else if !wanted.headers.iter().all(|(name, word)| header_fits(request, name, word, reach, repeated)) {
            GatewayObjection::HeaderDiffers
        } else if !wanted.query.iter().all(|(name, word)| parameter_fits(request, name, word, reach, repeated)) {
            GatewayObjection::QueryParamDiffers
        } else {
            return None;
        };
        Some((gateway_objection(objection), vec![Cause::Field(self.field())]))
    }

    /// As a candidate, where its hostnames don't cover the request's.
    pub fn for_another_host(&self) -> Candidate {
        let cause =
            if self.route.hostnames.is_empty() { self.field() } else { self.route.reference.field("spec.hostnames") };
        Candidate {
            what: CandidateSubject::Field(self.field()),
            fate: CandidateFate::Rejected(gateway_objection(GatewayObjection::HostnameDiffers)),
            because: vec![Cause::Field(cause)],
        }
    }
}

impl PathMatcher {
    /// The rule by which it matches; none for a path that everything has.
    pub fn rule(&self) -> Option<GatewayRule> {
        Some(match self {
            Self::Exact(_) => GatewayRule::ExactPath,
            Self::Prefix(prefix) if &**prefix == "/" => return None,
            Self::Prefix(_) => GatewayRule::LongestPrefix,
            Self::Expression(_) => GatewayRule::PathExpression,
            Self::Call { .. } => GatewayRule::CallMatches,
        })
    }

    fn fits(&self, asked: &str, reach: ExpressionReach) -> bool {
        match self {
            Self::Exact(text) => **text == *asked,
            Self::Prefix(prefix) => path::has_element_prefix(asked, prefix),
            Self::Expression(expression) => expression.fits(asked, reach).unwrap_or(true),
            Self::Call { service: None, method: None } => true,
            Self::Call { service, method } => {
                let parts = asked.strip_prefix('/').and_then(|asked| asked.split_once('/'));
                let fits = |word: &Option<WordMatcher>, part: &str| {
                    word.as_ref().is_none_or(|word| word.fits(part, reach).unwrap_or(true))
                };
                parts.is_some_and(|(asked, called)| fits(service, asked) && fits(method, called))
            }
        }
    }
}

/// A header's values: joined as RFC 9110 (5.3) joins repeated ones, or any of them.
fn header_fits(
    request: &HttpRequest,
    name: &str,
    word: &WordMatcher,
    reach: ExpressionReach,
    repeated: RepeatedValues,
) -> bool {
    if name.eq_ignore_ascii_case("host") {
        return word.fits(&request.host, reach).unwrap_or(true);
    }
    let values = request.headers.0.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
    let values: Vec<&str> = values.map(|(_, value)| value.as_str()).collect();
    match repeated {
        RepeatedValues::Joined => !values.is_empty() && word.fits(&values.join(","), reach).unwrap_or(true),
        RepeatedValues::AnyHeader | RepeatedValues::Any => {
            values.iter().any(|value| word.fits(value, reach).unwrap_or(true))
        }
    }
}

/// The first parameter of a name, decoded or as it is encoded, or any of them (HTTPQueryParamMatch leaves repeated ones to
/// the implementation).
fn parameter_fits(
    request: &HttpRequest,
    name: &str,
    word: &WordMatcher,
    reach: ExpressionReach,
    repeated: RepeatedValues,
) -> bool {
    let written = request.query.as_deref().unwrap_or_default();
    let fits = |value: &str| word.fits(value, reach).unwrap_or(true);
    let mut decoded = query::parameters(written).filter(|(key, _)| key == name).map(|(_, value)| value);
    match repeated {
        RepeatedValues::Joined => decoded.next().is_some_and(|value| fits(&value)),
        RepeatedValues::Any => decoded.any(|value| fits(&value)),
        RepeatedValues::AnyHeader => {
            let mut pairs = written.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
            pairs.find(|(key, _)| *key == name).is_some_and(|(_, value)| fits(value))
        }
    }
}

/// An objection of this room.
pub fn gateway_objection(objection: GatewayObjection) -> CandidateObjection {
    CandidateObjection::Gateway(objection)
}
