//! Which match takes a request, in the order of precedence that HTTPRouteRule and GRPCRouteRule set, or in which an
//! implementation weighs.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::implementation::{GatewayImplementation, PrecedenceStep, RouteCompetition};
use super::matching::{Entry, Place, SHOWN, Table, hostnames_covering, more, reason};
use super::priority;
use super::route::{PathMatcher, RouteKind, Word};
use crate::order::Order;
use crate::packet::HttpRequest;
use crate::shortlist::Shortlist;
use crate::source::FieldRef;
use crate::trace::{Candidate, Gap, GatewayObjection, Subject};

/// What the routes of some listeners make of a request.
pub struct MatchChoice<'t> {
    /// Everything considered.
    pub candidates: Vec<Candidate>,
    /// The match that takes it; several where chance decides between them.
    pub entries: Vec<&'t Entry>,
    /// The expression whose rank decides, which is the implementation's affair.
    pub rank: Option<Gap>,
}

/// The match that takes a request, and everything considered. Hostnames rank as the routes write them, whatever the
/// listener leaves of them (HTTPRouteMultipleRoutesAttachmentSameHostnameIntersection).
pub fn choose_match<'t>(
    tables: &[&'t Table],
    request: &HttpRequest,
    implementation: &GatewayImplementation,
) -> MatchChoice<'t> {
    let mut all = competing_entries(tables, &request.hostname(), implementation.competition);
    all.order_by_key(|entry| entry.place());
    let covering: BTreeSet<Place> = all.iter().map(|it| it.place()).collect();
    let mut entries = Shortlist::new(all);
    entries.retain(|entry| entry.request_objection(request, implementation));
    let mut rank = None;
    for step in implementation.precedence {
        rank = rank.or(apply_precedence(&mut entries, *step));
    }
    let (candidates, picks) = entries.finish(|entry| Subject::Field(entry.field()), |_| 1);
    let mut candidates = candidates.to_vec();
    let count: usize = tables.iter().map(|table| table.count).sum();
    if count <= SHOWN {
        let all = tables.iter().flat_map(|table| table.entries());
        candidates.extend(all.filter(|entry| !covering.contains(&entry.place())).map(Entry::for_another_host));
    } else {
        candidates.extend(more(count.saturating_sub(covering.len())));
    }
    MatchChoice { candidates, entries: picks.into_iter().map(|pick| pick.item).collect(), rank }
}

/// The matches whose hostnames cover a host, as far as they compete.
fn competing_entries<'t>(tables: &[&'t Table], host: &str, competition: RouteCompetition) -> Vec<&'t Entry> {
    match competition {
        RouteCompetition::Listener | RouteCompetition::Port => {
            // Traefik takes a dot at the end of a host for none (muxer/http/matcher.go host).
            let dotless = host.strip_suffix('.').filter(|_| competition == RouteCompetition::Port);
            let mut entries: Vec<&Entry> = tables.iter().flat_map(|table| table.covering(host)).collect();
            entries.extend(dotless.into_iter().flat_map(|host| tables.iter().flat_map(|table| table.under(host))));
            let mut seen: BTreeSet<Place> = BTreeSet::new();
            entries.retain(|entry| seen.insert(entry.place()));
            entries
        }
        RouteCompetition::VirtualHost => {
            let under = |hostname: String| tables.iter().flat_map(|table| table.under(&hostname)).collect();
            let mut hosts = hostnames_covering(host).map(under);
            hosts.find(|entries: &Vec<&Entry>| !entries.is_empty()).unwrap_or_default()
        }
    }
}

/// Takes one step; the gap is the expression whose rank decides.
fn apply_precedence(entries: &mut Shortlist<&Entry>, step: PrecedenceStep) -> Option<Gap> {
    let header_count = |entry: &&Entry| entry.wanted().headers.len() + usize::from(entry.wanted().method.is_some());
    let plain = |words: &[(crate::model::Text, Word)]| words.iter().filter(|(_, it)| it.expression().is_none()).count();
    match step {
        PrecedenceStep::Hostname => {
            entries.keep_best(|entry| entry.specificity, reason(GatewayObjection::LessSpecificHostname));
        }
        PrecedenceStep::ExactPath => entries.keep_best(|it| is_exact(it), reason(GatewayObjection::LessExactPath)),
        PrecedenceStep::ExactPathOrCall => {
            entries.keep_best(|it| is_exact(it) || is_exact_call(it), reason(GatewayObjection::LessExactPath));
        }
        PrecedenceStep::UnsettledExpression => return unsettled_rank(entries.remaining()),
        PrecedenceStep::Expression => {
            entries.keep_best(|it| is_expression(it), reason(GatewayObjection::LessExactPath))
        }
        PrecedenceStep::PathLength => entries.keep_best(|it| path_length(it), reason(GatewayObjection::ShorterPath)),
        PrecedenceStep::WrittenLength => {
            entries.keep_best(|it| written_length(it), reason(GatewayObjection::ShorterPath))
        }
        PrecedenceStep::Method => {
            entries.keep_best(|entry| entry.wanted().method.is_some(), reason(GatewayObjection::WithoutMethod));
        }
        PrecedenceStep::Headers => {
            entries.keep_best(|entry| entry.wanted().headers.len(), reason(GatewayObjection::FewerHeaders));
        }
        PrecedenceStep::HeadersAndMethod => entries.keep_best(header_count, reason(GatewayObjection::FewerHeaders)),
        PrecedenceStep::PlainHeaders => {
            let count = |entry: &&Entry| plain(&entry.wanted().headers) + usize::from(entry.wanted().method.is_some());
            entries.keep_best(count, reason(GatewayObjection::FewerHeaders));
        }
        PrecedenceStep::Parameters => {
            entries.keep_best(|entry| entry.wanted().query.len(), reason(GatewayObjection::FewerQueryParams));
        }
        PrecedenceStep::PlainParameters => {
            entries.keep_best(|entry| plain(&entry.wanted().query), reason(GatewayObjection::FewerQueryParams));
        }
        PrecedenceStep::HttpBeforeGrpc => {
            entries.keep_best(|entry| entry.route.kind != RouteKind::Grpc, reason(GatewayObjection::LaterRoute));
        }
        PrecedenceStep::RouterPriority => {
            entries.keep_best(|entry| priority::of(entry), reason(GatewayObjection::LowerPriority));
        }
        PrecedenceStep::Age => entries.keep_first(reason(GatewayObjection::LaterRoute)),
    }
    None
}

fn is_exact(entry: &Entry) -> bool {
    matches!(entry.path(), PathMatcher::Exact(_))
}

fn is_exact_call(entry: &Entry) -> bool {
    matches!(entry.path(), PathMatcher::Call { service: Some(Word::Exact(_)), method: Some(Word::Exact(_)) })
}

fn is_expression(entry: &Entry) -> bool {
    match entry.path() {
        PathMatcher::Expression(_) => true,
        PathMatcher::Call { service, method } => service.iter().chain(method).any(|word| word.expression().is_some()),
        PathMatcher::Exact(_) | PathMatcher::Prefix(_) => false,
    }
}

/// Characters of the path; of a call the service's first, then the method's.
fn path_length(entry: &Entry) -> (usize, usize) {
    match entry.path() {
        PathMatcher::Exact(text) => (text.len(), 0),
        PathMatcher::Prefix(text) => (text.trim_end_matches('/').len(), 0),
        PathMatcher::Expression(expression) => (expression.source().len(), 0),
        PathMatcher::Call { service, method } => {
            let length = |word: &Option<Word>| word.as_ref().map_or(0, |word| word.text().len());
            (length(service), length(method))
        }
    }
}

/// Characters of the path as it is written, or as it is made of a call (sort.go pathMatchCount).
fn written_length(entry: &Entry) -> usize {
    match entry.path() {
        PathMatcher::Prefix(text) if &**text == "/" => 0,
        PathMatcher::Exact(text) | PathMatcher::Prefix(text) => text.len(),
        PathMatcher::Expression(expression) => expression.source().len(),
        // A method alone is a header, not a path.
        PathMatcher::Call { service: None, method: None | Some(Word::Exact(_)) } => 0,
        PathMatcher::Call { service, method } => {
            let length = |word: &Option<Word>| word.as_ref().map_or(0, |word| 1 + word.text().len());
            length(service) + length(method)
        }
    }
}

/// How an expression ranks among prefixes and other expressions is left to the implementation (apis/v1,
/// HTTPRouteRule.matches). Where all are of one rule it doesn't matter.
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
