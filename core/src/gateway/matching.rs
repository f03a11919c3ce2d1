//! Which rule of a listener's routes takes a request, in the order of precedence that HTTPRouteRule and GRPCRouteRule set.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::route::{Match, PathMatcher, Route, RouteKind, Rule, Word};
use crate::http::{host, path, query};
use crate::order::Order;
use crate::packet::{HttpRequest, HttpVersion};
use crate::shortlist::{Rejection, Shortlist};
use crate::source::FieldRef;
use crate::trace::{Candidate, Cause, Fate, Gap, GatewayObjection, GatewayRule, Objection, Subject};

/// How many rules for other hosts a judgement shows.
pub const SHOWN: usize = 24;

/// The matches of a listener's routes by hostname, as it is written or as the listener narrows it; empty for all hosts.
/// Within a hostname the oldest route comes first.
#[derive(Clone, Debug, Default)]
pub struct Table {
    by_host: BTreeMap<String, Vec<Entry>>,
    entries: usize,
}

/// One match of a rule, under one hostname.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The route.
    pub route: Arc<Route>,
    /// The rule's place.
    pub rule: usize,
    /// The match's place.
    pub index: usize,
    /// How specific the hostname is that the route names; the listener's where it names none.
    specificity: (usize, usize),
    /// Its place among all, oldest first.
    order: usize,
}

/// What a listener's routes make of a request.
pub struct Choice<'t> {
    /// Everything considered.
    pub candidates: Vec<Candidate>,
    /// The match that takes it.
    pub entry: Option<&'t Entry>,
    /// The expression whose rank decides, which is the implementation's affair.
    pub rank: Option<Gap>,
}

/// A hostname under which a listener serves a route.
pub struct Served {
    /// What listener and route have in common; the empty text for all.
    pub common: String,
    /// What the route says of it; the listener's where it says nothing.
    pub written: String,
}

impl Table {
    /// Adds a route under the hostnames it has here.
    pub fn add(&mut self, route: &Arc<Route>, hostnames: &[Served]) {
        let places: Vec<(usize, usize)> = (route.rules.iter().enumerate())
            .flat_map(|(rule, it)| (0..it.matches.len()).map(move |index| (rule, index)))
            .collect();
        for Served { common, written } in hostnames {
            let specificity = host::specificity(written);
            let order = self.entries;
            let entries = places.iter().enumerate().map(|(position, (rule, index))| Entry {
                route: route.clone(),
                rule: *rule,
                index: *index,
                specificity,
                order: order + position,
            });
            self.by_host.entry(common.to_ascii_lowercase()).or_default().extend(entries);
        }
        self.entries += places.len();
    }

    /// The oldest route, for listeners that match nothing.
    pub fn oldest(&self) -> Option<&Entry> {
        self.by_host.values().flatten().min_by_key(|entry| entry.order)
    }

    /// The entry for the name of a TLS handshake, the most specific hostname first.
    pub fn for_name(&self, name: &str) -> Option<&Entry> {
        self.covering(name).into_iter().next()
    }

    /// The routes, each as often as it has matches here.
    pub fn routes(&self) -> impl Iterator<Item = &Arc<Route>> {
        self.by_host.values().flatten().map(|entry| &entry.route)
    }

    /// The hostnames under which routes of a kind are served, empty for all.
    pub fn hostnames_of(&self, kind: RouteKind) -> impl Iterator<Item = &str> {
        let of_kind = move |entries: &&Vec<Entry>| entries.iter().any(|entry| entry.route.kind == kind);
        self.by_host.iter().filter(move |(_, entries)| of_kind(entries)).map(|(hostname, _)| hostname.as_str())
    }

    /// All entries, while there are few.
    pub fn shown(&self) -> impl Iterator<Item = &Entry> {
        self.by_host.values().flatten().take(SHOWN)
    }

    /// The entries whose hostname covers a host, each match once: under its most specific hostname.
    fn covering(&self, host: &str) -> Vec<&Entry> {
        let parents = host.match_indices('.').filter_map(|(at, _)| host.get(at..)).map(|suffix| format!("*{suffix}"));
        let keys = std::iter::once(host.to_owned()).chain(parents).chain(std::iter::once(String::new()));
        let mut seen: BTreeSet<(&crate::source::ObjectRef, usize, usize)> = BTreeSet::new();
        let mut found = Vec::new();
        for key in keys {
            for entry in self.by_host.get(&key).into_iter().flatten() {
                if seen.insert((&entry.route.reference, entry.rule, entry.index)) {
                    found.push(entry);
                }
            }
        }
        found
    }

    /// The match that takes a request, and everything considered. Hostnames rank as the routes write them, whatever the
    /// listener leaves of them (HTTPRouteMultipleRoutesAttachmentSameHostnameIntersection).
    pub fn choose(&self, request: &HttpRequest) -> Choice<'_> {
        let host = request.hostname();
        let mut all = self.covering(&host);
        all.order_by_key(|entry| entry.order);
        let covering: BTreeSet<(usize, usize, usize)> = all.iter().map(|it| it.place()).collect();
        let mut entries = Shortlist::new(all);
        entries.retain(|entry| entry.request_objection(request));
        entries.keep_best(|entry| entry.specificity, reason(GatewayObjection::LessSpecificHostname));
        entries.keep_best(|entry| entry.is_exact(), reason(GatewayObjection::LessExactPath));
        let rank = unsettled_rank(entries.remaining());
        entries.keep_best(|entry| entry.path_length(), reason(GatewayObjection::ShorterPath));
        entries.keep_best(|entry| entry.wanted().method.is_some(), reason(GatewayObjection::WithoutMethod));
        entries.keep_best(|entry| entry.wanted().headers.len(), reason(GatewayObjection::FewerHeaders));
        entries.keep_best(|entry| entry.wanted().query.len(), reason(GatewayObjection::FewerQueryParams));
        entries.keep_first(reason(GatewayObjection::LaterRoute));
        let (candidates, picks) = entries.finish(|entry| Subject::Field(entry.field()), |_| 1);
        let mut candidates = candidates.to_vec();
        match self.entries <= SHOWN {
            true => {
                let others = self.by_host.values().flatten().filter(|entry| !covering.contains(&entry.place()));
                candidates.extend(others.map(Entry::for_another_host));
            }
            false => candidates.extend(more(self.entries.saturating_sub(covering.len()))),
        }
        Choice { candidates, entry: picks.into_iter().next().map(|pick| pick.item), rank }
    }
}

/// The first candidates, and how many more there are.
pub fn few(candidates: impl ExactSizeIterator<Item = Candidate>) -> Vec<Candidate> {
    let rest = candidates.len().saturating_sub(SHOWN);
    candidates.take(SHOWN).chain(more(rest)).collect()
}

/// So many more, if there are any.
fn more(count: usize) -> Option<Candidate> {
    let fate = Fate::Rejected(reason(GatewayObjection::NotShown));
    (count > 0).then(|| Candidate { what: Subject::More(count), fate, because: Vec::new() })
}

/// How an expression ranks among prefixes and other expressions is left to the implementation (apis/v1,
/// HTTPRouteRule.matches): Envoy Gateway asks expressions first, Istio last. Where all are of one rule it doesn't matter.
fn unsettled_rank<'e>(entries: impl Iterator<Item = &'e &'e Entry>) -> Option<Gap> {
    let entries: Vec<&Entry> = entries.copied().collect();
    let first = entries.first()?;
    let expression = entries.iter().find(|entry| matches!(entry.path(), PathMatcher::Expression(_)))?;
    let one_rule = |other: &&Entry| Arc::ptr_eq(&first.route, &other.route) && first.rule == other.rule;
    (!entries.iter().all(one_rule)).then(|| {
        let FieldRef { object, path } = expression.field();
        Gap::Field(FieldRef { object, path: path.field("path").field("type") })
    })
}

impl Entry {
    fn place(&self) -> (usize, usize, usize) {
        (self.order, self.rule, self.index)
    }

    /// The rule.
    pub fn rule(&self) -> Option<&Rule> {
        self.route.rules.get(self.rule)
    }

    fn wanted(&self) -> &Match {
        static EVERYTHING: std::sync::LazyLock<Match> = std::sync::LazyLock::new(Match::default);
        self.rule().and_then(|rule| rule.matches.get(self.index)).unwrap_or(&EVERYTHING)
    }

    /// What the path must be.
    pub fn path(&self) -> &PathMatcher {
        &self.wanted().path
    }

    /// `spec.rules[0].matches[1]`, or the rule where it has no matches.
    pub fn field(&self) -> FieldRef {
        let field = self.route.rule_field(self.rule);
        match self.rule().is_some_and(|rule| rule.has_matches) {
            true => FieldRef { path: field.path.field("matches").index(self.index), object: field.object },
            false => field,
        }
    }

    /// The expression on which it depends and that can't be run.
    pub fn gap(&self) -> Option<Gap> {
        let wanted = self.wanted();
        let in_path = match &wanted.path {
            PathMatcher::Expression(pattern) => Some(pattern).filter(|pattern| pattern.regex().is_none()),
            PathMatcher::Call { service, method } => service.iter().chain(method).find_map(Word::unsupported),
            PathMatcher::Exact(_) | PathMatcher::Prefix(_) => None,
        };
        let mut words = wanted.headers.iter().chain(&wanted.query).map(|(_, word)| word);
        let pattern = in_path.or_else(|| words.find_map(Word::unsupported))?;
        Some(Gap::RegularExpression { field: self.field(), pattern: pattern.source().to_owned() })
    }

    /// Why it doesn't take a request. An expression that can't be run is taken to fit; if the entry is chosen in the end,
    /// its gap is told.
    fn request_objection(&self, request: &HttpRequest) -> Option<Rejection> {
        let wanted = self.wanted();
        let objection = if self.route.kind == RouteKind::Grpc && request.version != HttpVersion::Grpc {
            GatewayObjection::NotGrpc
        } else if !wanted.path.fits(&request.path) {
            match wanted.path {
                PathMatcher::Call { .. } => GatewayObjection::CallDiffers,
                PathMatcher::Exact(_) | PathMatcher::Prefix(_) | PathMatcher::Expression(_) => {
                    GatewayObjection::PathDiffers
                }
            }
        } else if wanted.method.as_deref().is_some_and(|method| method != request.method) {
            GatewayObjection::MethodDiffers
        } else if !wanted.headers.iter().all(|(name, word)| header_fits(request, name, word)) {
            GatewayObjection::HeaderDiffers
        } else if !wanted.query.iter().all(|(name, word)| parameter_fits(request, name, word)) {
            GatewayObjection::QueryParamDiffers
        } else {
            return None;
        };
        Some((reason(objection), vec![Cause::Field(self.field())]))
    }

    fn is_exact(&self) -> bool {
        matches!(self.wanted().path, PathMatcher::Exact(_))
    }

    /// Characters of the path; of a call the service's first, then the method's.
    fn path_length(&self) -> (usize, usize) {
        match &self.wanted().path {
            PathMatcher::Exact(text) => (text.len(), 0),
            PathMatcher::Prefix(text) => (text.trim_end_matches('/').len(), 0),
            PathMatcher::Expression(pattern) => (pattern.source().len(), 0),
            PathMatcher::Call { service, method } => {
                let length = |word: &Option<Word>| word.as_ref().map_or(0, Word::length);
                (length(service), length(method))
            }
        }
    }

    fn for_another_host(&self) -> Candidate {
        let cause = match self.route.hostnames.is_empty() {
            true => self.field(),
            false => self.route.reference.field("spec.hostnames"),
        };
        Candidate {
            what: Subject::Field(self.field()),
            fate: Fate::Rejected(reason(GatewayObjection::HostnameDiffers)),
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

    fn fits(&self, asked: &str) -> bool {
        match self {
            Self::Exact(text) => **text == *asked,
            Self::Prefix(prefix) => path::has_element_prefix(asked, prefix),
            Self::Expression(pattern) => pattern.is_match(asked).unwrap_or(true),
            Self::Call { service, method } => {
                let parts = asked.strip_prefix('/').and_then(|asked| asked.split_once('/'));
                let fits =
                    |word: &Option<Word>, part: &str| word.as_ref().is_none_or(|word| word.fits(part).unwrap_or(true));
                parts.is_some_and(|(asked, called)| fits(service, asked) && fits(method, called))
            }
        }
    }
}

/// A header's values, joined as RFC 9110 (5.3) joins repeated ones.
fn header_fits(request: &HttpRequest, name: &str, word: &Word) -> bool {
    if name.eq_ignore_ascii_case("host") {
        return word.fits(&request.host).unwrap_or(true);
    }
    let values = request.headers.0.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
    let values: Vec<&str> = values.map(|(_, value)| value.as_str()).collect();
    !values.is_empty() && word.fits(&values.join(",")).unwrap_or(true)
}

/// The first parameter of that name counts (HTTPQueryParamMatch leaves repeated ones to the implementation).
fn parameter_fits(request: &HttpRequest, name: &str, word: &Word) -> bool {
    let mut parameters = query::parameters(request.query.as_deref().unwrap_or_default());
    let value = parameters.find(|(key, _)| key == name).map(|(_, value)| value);
    value.is_some_and(|value| word.fits(&value).unwrap_or(true))
}

/// An objection of this room.
pub fn reason(objection: GatewayObjection) -> Objection {
    Objection::Gateway(objection)
}
