//! BIND's tools: dig, nslookup, host (bin/dig/dighost.c, nslookup.c, host.c).

use crate::packet::{DnsName, Rcode, RecordData, RecordType};
use crate::request::LookupAsk;
use crate::trace::{DnsObjection, DnsRule, LookupFailure};

use super::super::name::{fits_a_question, join};
use super::super::resolv_conf::ResolvConf;
use super::super::wire::QueryLog;
use super::results::{SearchResult, TriedName, empty_search, objection_of, result_of, servers, types_or};

/// dig and nslookup send a question up to three times, host twice.
const TRIES: u8 = 3;
const HOST_TRIES: u8 = 2;

/// One question per type; the search list only with +search.
pub(super) fn dig(wire: &mut QueryLog<'_>, conf: &ResolvConf, ask: &LookupAsk) -> SearchResult {
    let searches = ask.search.unwrap_or(false);
    let mut search = empty_search(Vec::new());
    for kind in types_or(ask, &[RecordType::A]) {
        let part = search_one_type(wire, conf, &ask.name, kind, searches);
        search.rules = part.rules;
        search.tried = part.tried;
        search.gap = search.gap.or(part.gap);
        search.used.extend(part.used);
    }
    search.result = result_of(wire, &search.used, &settled_name(&search, &ask.name));
    search
}

/// The type asked, or A and then AAAA for the name found, at the end of its aliases.
pub(super) fn nslookup(wire: &mut QueryLog<'_>, conf: &ResolvConf, ask: &LookupAsk) -> SearchResult {
    with_followers(wire, conf, ask, &[RecordType::Aaaa])
}

/// Like nslookup, and MX too.
pub(super) fn host(wire: &mut QueryLog<'_>, conf: &ResolvConf, ask: &LookupAsk) -> SearchResult {
    wire.transport.tries.get_or_insert(HOST_TRIES);
    with_followers(wire, conf, ask, &[RecordType::Aaaa, RecordType::Mx])
}

/// A first question with search; after a NOERROR to A the other types are asked of the name at the end of the aliases,
/// without search (printmessage in both tools).
fn with_followers(
    wire: &mut QueryLog<'_>,
    conf: &ResolvConf,
    ask: &LookupAsk,
    followers: &[RecordType],
) -> SearchResult {
    let searches = ask.search.unwrap_or(true);
    let first = ask.types.first().copied().unwrap_or(RecordType::A);
    let mut search = search_one_type(wire, conf, &ask.name, first, searches);
    let name = settled_name(&search, &ask.name);
    let good =
        search.used.first().and_then(|place| wire.answer(*place)).filter(|answer| answer.rcode == Rcode::NoError);
    if let (Some(answer), true) = (good, ask.types.is_empty()) {
        let target = chase_aliases(&name, answer);
        // Once over TCP, the questions that follow are too (requeue_lookup keeps tcp_mode).
        wire.transport.tcp |= search.used.iter().any(|place| wire.asked_over_tcp(*place));
        for kind in followers {
            let part = search_one_type(wire, conf, &format!("{}.", target.as_str()), *kind, false);
            search.used.extend(part.used);
            search.gap = search.gap.or(part.gap);
        }
    }
    search.result = result_of(wire, &search.used, &name);
    search
}

fn settled_name(search: &SearchResult, typed: &str) -> DnsName {
    let of_used = |tried: &&TriedName| search.used.first().is_some_and(|place| tried.places.contains(place));
    search.tried.iter().find(of_used).map_or_else(|| DnsName::new(typed), |tried| tried.name.clone())
}

/// Where the aliases in an answer lead.
pub fn end_of_aliases(name: &DnsName, answer: &crate::packet::Answer) -> DnsName {
    let mut end = name.clone();
    for _ in &answer.answers {
        let next = answer.answers.iter().find_map(|record| match &record.data {
            RecordData::Cname(target) if record.name == end => Some(target.clone()),
            _ => None,
        });
        let Some(next) = next else { break };
        end = next;
    }
    end
}

/// Where BIND's tools go for more: along the aliases, as long as one is the first record of its name (host.c,
/// chase_cnamechain; records are kept in the order in which they come).
fn chase_aliases(name: &DnsName, answer: &crate::packet::Answer) -> DnsName {
    let mut end = name.clone();
    for _ in &answer.answers {
        let first = answer.answers.iter().find(|record| record.name == end);
        let Some(RecordData::Cname(target)) = first.map(|record| &record.data) else { break };
        end = target.clone();
    }
    end
}

/// One question with search: on NXDOMAIN, and on nothing else, the next name is tried.
fn search_one_type(
    wire: &mut QueryLog<'_>,
    conf: &ResolvConf,
    name: &str,
    kind: RecordType,
    searches: bool,
) -> SearchResult {
    let (names, rule) = bind_candidates(conf, name, searches);
    let mut search = empty_search(vec![rule]);
    let mut ended = None;
    for candidate in names {
        if let Some(objection) = ended.or((!fits_a_question(&candidate)).then_some(DnsObjection::NotTried)) {
            search.tried.push(TriedName::not_reached(candidate, objection));
            continue;
        }
        let places = send(wire, conf, &candidate, kind);
        let last = places.last().copied();
        let objection = last.and_then(|place| objection_of(wire, place));
        search.used = last.into_iter().collect();
        search.gap = last.and_then(|place| wire.get(place)).and_then(|asked| asked.gap.clone());
        search.tried.push(TriedName { name: candidate, places, objection });
        ended = match objection {
            Some(DnsObjection::DoesNotExist) => None,
            None => Some(DnsObjection::EarlierNameAnswered),
            Some(_) => Some(DnsObjection::WalkEnded),
        };
    }
    search
}

/// With ndots dots or more only the name as it is; else the search list and then the name as it is (setup_lookup,
/// next_origin).
fn bind_candidates(conf: &ResolvConf, name: &str, searches: bool) -> (Vec<DnsName>, DnsRule) {
    let absolute = DnsName::new(name);
    match () {
        () if name.ends_with('.') => (vec![absolute], DnsRule::FinalDot),
        () if !searches => (vec![absolute], DnsRule::ToolDoesNotSearch),
        () if conf.search.is_empty() => (vec![absolute], DnsRule::NoSearchList),
        () if name.matches('.').count() >= conf.ndots() => (vec![absolute], DnsRule::AbsoluteFirst),
        () => {
            let mut names: Vec<DnsName> = conf.search.iter().map(|domain| join(name, &DnsName::new(domain))).collect();
            names.push(absolute);
            (names, DnsRule::SearchListFirst)
        }
    }
}

/// The servers in order: the next one after SERVFAIL and when nothing comes back, which is tried several times.
/// Once an answer was truncated, TCP is used for all further tries.
fn send(wire: &mut QueryLog<'_>, conf: &ResolvConf, name: &DnsName, kind: RecordType) -> Vec<usize> {
    let before = wire.transport.tcp;
    let places = tries(wire, conf, name, kind);
    wire.transport.tcp = before;
    places
}

fn tries(wire: &mut QueryLog<'_>, conf: &ResolvConf, name: &DnsName, kind: RecordType) -> Vec<usize> {
    let mut places = Vec::new();
    for server in servers(conf) {
        for _ in 0..wire.transport.tries.unwrap_or(TRIES) {
            let place = wire.ask(server, name, kind);
            places.push(place);
            wire.transport.tcp = wire.asked_over_tcp(place);
            match wire.get(place).map(|asked| &asked.query.answer) {
                Some(Err(LookupFailure::TimedOut | LookupFailure::Refused)) => {}
                Some(Ok(answer)) if answer.rcode == Rcode::ServFail => break,
                _ => return places,
            }
        }
    }
    places
}
