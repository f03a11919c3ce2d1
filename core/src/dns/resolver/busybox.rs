//! BusyBox' nslookup, the "big" build that Alpine and the busybox image have (networking/nslookup.c).

use crate::packet::{DnsName, Rcode, RecordType};
use crate::request::LookupAsk;
use crate::trace::{DnsRule, LookupFailure};

use super::super::name::{fits_a_question, join};
use super::super::resolv_conf::ResolvConf;
use super::super::wire::QueryLog;
use super::results::{SearchResult, TriedName, empty_search, objection_of, result_of, servers, types_or};

/// A name with a dot is asked as it is; a name without dots is asked in every search domain at once, never as it is
/// (add_query_with_search). A first, then AAAA.
pub(super) fn nslookup(wire: &mut QueryLog<'_>, conf: &ResolvConf, ask: &LookupAsk) -> SearchResult {
    let absolute = DnsName::new(&ask.name);
    let (names, rule) = if ask.name.contains('.') || conf.search.is_empty() {
        (vec![absolute], DnsRule::BusyboxDotIsAbsolute)
    } else {
        let searched = conf.search.iter().map(|domain| join(&ask.name, &DnsName::new(domain)));
        (searched.collect(), DnsRule::BusyboxAsksAll)
    };
    let mut search = empty_search(vec![rule]);
    search.tried = names.into_iter().filter(fits_a_question).map(asked_later).collect();
    for kind in types_or(ask, &[RecordType::A, RecordType::Aaaa]) {
        for tried in &mut search.tried {
            tried.places.extend(send(wire, conf, &tried.name, kind));
        }
    }
    for tried in &mut search.tried {
        let objections: Vec<_> = tried.places.iter().map(|place| objection_of(wire, *place)).collect();
        tried.objection = if objections.contains(&None) { None } else { objections.into_iter().flatten().next() };
    }
    search.used = counting(wire, &search.tried);
    search.gap = search.used.iter().find_map(|place| wire.get(*place)?.gap.clone());
    search.result = result_of(wire, &search.used, &ask_name(&search, wire));
    search
}

fn asked_later(name: DnsName) -> TriedName {
    TriedName { name, places: Vec::new(), objection: None }
}

/// The answers with records; without any, the last one.
fn counting(wire: &QueryLog<'_>, tried: &[TriedName]) -> Vec<usize> {
    let places = || tried.iter().flat_map(|tried| tried.places.iter().copied());
    let with_records: Vec<usize> = places().filter(|place| objection_of(wire, *place).is_none()).collect();
    if with_records.is_empty() { places().max().into_iter().collect() } else { with_records }
}

fn ask_name(search: &SearchResult, wire: &QueryLog<'_>) -> DnsName {
    let first = search.used.first().and_then(|place| wire.get(*place));
    first.map(|asked| asked.query.question.name.clone()).unwrap_or_default()
}

/// The first server that answers; SERVFAIL is asked again at once.
fn send(wire: &mut QueryLog<'_>, conf: &ResolvConf, name: &DnsName, kind: RecordType) -> Vec<usize> {
    let mut last = Vec::new();
    for server in servers(conf) {
        let mut place = wire.ask(server, name, kind);
        if wire.answer(place).is_some_and(|answer| answer.rcode == Rcode::ServFail) {
            place = wire.ask(server, name, kind);
        }
        last = vec![place];
        let silent = wire
            .get(place)
            .is_some_and(|asked| matches!(asked.query.answer, Err(LookupFailure::TimedOut | LookupFailure::Refused)));
        if !silent {
            break;
        }
    }
    last
}
