//! Which match takes a request, in the order of precedence that HTTPRouteRule and GRPCRouteRule set, or in which an
//! implementation weighs.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::implementation::{GatewayImplementation, PrecedenceStep, RouteCompetition};
use super::matching::{
    MatchPlace, RouteTable, RouteTableEntry, SHOWN, gateway_objection, hostnames_covering, uncounted_candidates,
};
use super::priority;
use super::route::{PathMatcher, RouteKind, WordMatcher};
use crate::order::{Gather, Order};
use crate::packet::HttpRequest;
use crate::shortlist::Shortlist;
use crate::source::FieldRef;
use crate::trace::{Candidate, CandidateSubject, GatewayObjection, ModelGap};

/// What the routes of some listeners make of a request.
pub struct MatchChoice<'t> {
    /// Everything considered.
    pub candidates: Vec<Candidate>,
    /// The match that takes it; several where chance decides between them.
    pub entries: Vec<&'t RouteTableEntry>,
    /// The expression whose rank decides, which is the implementation's affair.
    pub rank: Option<ModelGap>,
}

/// The match that takes a request, and everything considered. Hostnames rank as the routes write them, whatever the
/// listener leaves of them (HTTPRouteMultipleRoutesAttachmentSameHostnameIntersection).
pub fn choose_match<'t>(
    tables: &[&'t RouteTable],
    request: &HttpRequest,
    implementation: &GatewayImplementation,
) -> MatchChoice<'t> {
    // 1. The matches whose hostnames cover the host, in their order.
    let mut all = competing_entries(tables, &request.hostname(), implementation.competition);
    all.order_by_key(|entry| entry.place());
    let covering: BTreeSet<MatchPlace> = all.iter().map(|it| it.place()).into_set();
    // 2. Those that the request fits.
    let mut entries = Shortlist::new(all);
    entries.retain(|entry| entry.request_objection(request, implementation));
    // 3. The implementation's precedence, step by step.
    let mut rank = None;
    for step in implementation.precedence {
        rank = rank.or(apply_precedence(&mut entries, *step));
    }
    // 4. What was considered; matches for other hosts are counted where there are many.
    let (candidates, picks) = entries.finish(|entry| CandidateSubject::Field(entry.field()), |_| 1);
    let mut candidates = candidates.to_vec();
    let count: usize = tables.iter().map(|table| table.count).sum();
    if count <= SHOWN {
        let all = tables.iter().flat_map(|table| table.entries());
        candidates
            .extend(all.filter(|entry| !covering.contains(&entry.place())).map(RouteTableEntry::for_another_host));
    } else {
        candidates.extend(uncounted_candidates(count.saturating_sub(covering.len())));
    }
    MatchChoice { candidates, entries: picks.into_iter().map(|pick| pick.item).collect(), rank }
}

/// The matches whose hostnames cover a host, as far as they compete.
fn competing_entries<'t>(
    tables: &[&'t RouteTable],
    host: &str,
    competition: RouteCompetition,
) -> Vec<&'t RouteTableEntry> {
    match competition {
        RouteCompetition::Listener | RouteCompetition::Port => {
            // Traefik takes a dot at the end of a host for none (muxer/http/matcher.go host).
            let dotless = host.strip_suffix('.').filter(|_| competition == RouteCompetition::Port);
            let mut entries: Vec<&RouteTableEntry> = tables.iter().flat_map(|table| table.covering(host)).collect();
            entries.extend(dotless.into_iter().flat_map(|host| tables.iter().flat_map(|table| table.under(host))));
            let mut seen: BTreeSet<MatchPlace> = BTreeSet::new();
            entries.retain(|entry| seen.insert(entry.place()));
            entries
        }
        RouteCompetition::VirtualHost => {
            let under = |hostname: String| tables.iter().flat_map(|table| table.under(&hostname)).collect();
            let mut hosts = hostnames_covering(host).map(under);
            hosts.find(|entries: &Vec<&RouteTableEntry>| !entries.is_empty()).unwrap_or_default()
        }
    }
}

/// Takes one step; the gap is the expression whose rank decides.
fn apply_precedence(entries: &mut Shortlist<&RouteTableEntry>, step: PrecedenceStep) -> Option<ModelGap> {
    let header_count =
        |entry: &&RouteTableEntry| entry.wanted().headers.len() + usize::from(entry.wanted().method.is_some());
    let plain =
        |words: &[(crate::model::Text, WordMatcher)]| words.iter().filter(|(_, it)| it.expression().is_none()).count();
    match step {
        PrecedenceStep::Hostname => {
            entries.keep_best(|entry| entry.specificity, gateway_objection(GatewayObjection::LessSpecificHostname));
        }
        PrecedenceStep::ExactPath => {
            entries.keep_best(|it| is_exact(it), gateway_objection(GatewayObjection::LessExactPath));
        }
        PrecedenceStep::ExactPathOrCall => {
            entries
                .keep_best(|it| is_exact(it) || is_exact_call(it), gateway_objection(GatewayObjection::LessExactPath));
        }
        PrecedenceStep::UnsettledExpression => return unsettled_rank(entries.remaining()),
        PrecedenceStep::Expression => {
            entries.keep_best(|it| is_expression(it), gateway_objection(GatewayObjection::LessExactPath));
        }
        PrecedenceStep::PathLength => {
            entries.keep_best(|it| path_length(it), gateway_objection(GatewayObjection::ShorterPath));
        }
        PrecedenceStep::WrittenLength => {
            entries.keep_best(|it| written_length(it), gateway_objection(GatewayObjection::ShorterPath));
        }
        PrecedenceStep::Method => {
            entries
                .keep_best(|entry| entry.wanted().method.is_some(), gateway_objection(GatewayObjection::WithoutMethod));
        }
        PrecedenceStep::Headers => {
            entries.keep_best(|entry| entry.wanted().headers.len(), gateway_objection(GatewayObjection::FewerHeaders));
        }
        PrecedenceStep::HeadersAndMethod => {
            entries.keep_best(header_count, gateway_objection(GatewayObjection::FewerHeaders));
        }
        PrecedenceStep::PlainHeaders => {
            let count = |entry: &&RouteTableEntry| {
                plain(&entry.wanted().headers) + usize::from(entry.wanted().method.is_some())
            };
            entries.keep_best(count, gateway_objection(GatewayObjection::FewerHeaders));
        }
        PrecedenceStep::Parameters => {
            entries
                .keep_best(|entry| entry.wanted().query.len(), gateway_objection(GatewayObjection::FewerQueryParams));
        }
        PrecedenceStep::PlainParameters => {
            entries
                .keep_best(|entry| plain(&entry.wanted().query), gateway_objection(GatewayObjection::FewerQueryParams));
        }
        PrecedenceStep::HttpBeforeGrpc => {
            entries.keep_best(
                |entry| entry.route.kind != RouteKind::Grpc,
                gateway_objection(GatewayObjection::LaterRoute),
            );
        }
        PrecedenceStep::RouterPriority => {
            entries.keep_best(
                |entry| priority::router_priority(entry),
                gateway_objection(GatewayObjection::LowerPriority),
            );
        }
        PrecedenceStep::Age => entries.keep_first(gateway_objection(GatewayObjection::LaterRoute)),
    }
    None
}

fn is_exact(entry: &RouteTableEntry) -> bool {
    matches!(entry.path(), PathMatcher::Exact(_))
}

fn is_exact_call(entry: &RouteTableEntry) -> bool {
    matches!(
        entry.path(),
        PathMatcher::Call { service: Some(WordMatcher::Exact(_)), method: Some(WordMatcher::Exact(_)) }
    )
}

fn is_expression(entry: &RouteTableEntry) -> bool {
    match entry.path() {
        PathMatcher::Expression(_) => true,
        PathMatcher::Call { service, method } => service.iter().chain(method).any(|word| word.expression().is_some()),
        PathMatcher::Exact(_) | PathMatcher::Prefix(_) => false,
    }
}

/// Characters of the path; of a call the service's first, then the method's.
fn path_length(entry: &RouteTableEntry) -> (usize, usize) {
    match entry.path() {
        PathMatcher::Exact(text) => (text.len(), 0),
        PathMatcher::Prefix(text) => (text.trim_end_matches('/').len(), 0),
        PathMatcher::Expression(expression) => (expression.source().len(), 0),
        PathMatcher::Call { service, method } => {
            let length = |word: &Option<WordMatcher>| word.as_ref().map_or(0, |word| word.text().len());
            (length(service), length(method))
        }
    }
}

/// Characters of the path as it is written, or as it is made of a call (sort.go pathMatchCount).
fn written_length(entry: &RouteTableEntry) -> usize {
    match entry.path() {
        PathMatcher::Prefix(text) if &**text == "/" => 0,
        PathMatcher::Exact(text) | PathMatcher::Prefix(text) => text.len(),
        PathMatcher::Expression(expression) => expression.source().len(),
        // A method alone is a header, not a path.
        PathMatcher::Call { service: None, method: None | Some(WordMatcher::Exact(_)) } => 0,
        PathMatcher::Call { service, method } => {
            let length = |word: &Option<WordMatcher>| word.as_ref().map_or(0, |word| 1 + word.text().len());
            length(service) + length(method)
        }
    }
}

/// How an expression ranks among prefixes and other expressions is left to the implementation (apis/v1,
/// HTTPRouteRule.matches). Where all are of one rule it doesn't matter.
fn unsettled_rank<'e>(entries: impl Iterator<Item = &'e &'e RouteTableEntry>) -> Option<ModelGap> {
    let entries: Vec<&RouteTableEntry> = entries.copied().collect();
    let first = entries.first()?;
    let expression = entries.iter().find(|entry| matches!(entry.path(), PathMatcher::Expression(_)))?;
    let one_rule = |other: &&RouteTableEntry| Arc::ptr_eq(&first.route, &other.route) && first.rule == other.rule;
    (!entries.iter().all(one_rule)).then(|| {
        let FieldRef { object, path } = expression.field();
        ModelGap::Field(FieldRef { object, path: path.field("path").field("type") })
    })
}
