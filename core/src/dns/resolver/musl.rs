//! musl's resolver (src/network/lookup_name.c, res_msend.c, resolvconf.c).

use std::net::IpAddr;

use crate::packet::{DnsName, Protocol, Rcode, RecordType};
use crate::request::{AddressFamily, TransportAsk};
use crate::trace::{DnsObjection, DnsRule, LookupFailure, ModelGap};

use super::super::asker::DnsClient;
use super::super::name::{fits_a_question, join};
use super::super::resolv_conf::ResolvConf;
use super::super::wire::QueryLog;
use super::results::{SearchResult, TriedName, addresses_in, servers};

/// Lines of this length and more, line end included, don't fit musl's buffer and are dropped.
const LINE: usize = 256;

/// Within its 5 seconds musl sends a question twice; after each SERVFAIL of that time it repeats it, up to two times.
const SENDS_WITHOUT_REPLY: usize = 2;
const SENDS_WITH_SERVFAIL: usize = 6;

/// musl has TCP since 1.2.4, which Alpine has since 3.18.
const ALPINE_WITH_TCP: u32 = 18;

/// How questions are sent: never with EDNS; before 1.2.4 a truncated answer is used as it is (res_msend.c).
pub(super) fn transport(asker: DnsClient<'_>) -> TransportAsk {
    let retries = asker.alpine().is_none_or(|release| release >= ALPINE_WITH_TCP);
    TransportAsk { retries, ..TransportAsk::PLAIN }
}

/// The most addresses that musl keeps (lookup.h MAXADDRS).
const ADDRESSES: usize = 48;

/// The types that a program asks for.
pub(super) fn types(family: AddressFamily) -> Vec<RecordType> {
    let mut types = vec![RecordType::A, RecordType::Aaaa];
    types.retain(|kind| family.asks(*kind));
    types
}

/// Searches a name. Only NXDOMAIN goes on; with ndots dots or more the search list is never used.
pub(super) fn search(wire: &mut QueryLog<'_>, conf: &ResolvConf, name: &str, types: &[RecordType]) -> SearchResult {
    // 1. The candidates, as ndots chooses them.
    let (names, mut rules) = musl_candidates(conf, name);
    // Which reply comes first is a race; here it is the first server's.
    rules.extend((servers(conf).len() > 1).then_some(DnsRule::MuslAsksAll));
    let mut search =
        SearchResult { tried: Vec::new(), rules, result: Err(LookupFailure::NoName), used: Vec::new(), gap: None };
    let mut ended: Option<DnsObjection> = None;
    for candidate in names {
        // 2. What isn't asked any more, or can't be a question.
        if let Some(objection) = ended.or((!fits_a_question(&candidate)).then_some(DnsObjection::NotTried)) {
            search.tried.push(TriedName::not_reached(candidate, objection));
            continue;
        }
        // 3. Ask all servers; everything but NXDOMAIN ends the walk.
        let asked = ask(wire, conf, &candidate, types);
        if !asked.goes_on {
            ended = Some(match asked.result {
                Ok(_) => DnsObjection::EarlierNameAnswered,
                Err(_) => DnsObjection::WalkEnded,
            });
        }
        // 4. The last name asked settles the result.
        search.result = asked.result;
        search.used = asked.counting;
        search.gap = asked.gap;
        search.tried.push(TriedName { name: candidate, places: asked.places, objection: asked.objection });
    }
    search
}

/// With ndots dots or more, or a final dot, only the name as it is; else the search list, then the name as it is.
fn musl_candidates(conf: &ResolvConf, name: &str) -> (Vec<DnsName>, Vec<DnsRule>) {
    let absolute = DnsName::new(name);
    if name.ends_with('.') {
        return (vec![absolute], vec![DnsRule::FinalDot]);
    }
    if conf.search.is_empty() {
        return (vec![absolute], vec![DnsRule::NoSearchList]);
    }
    if conf.search_line().is_some_and(|line| line.len() + 1 >= LINE) {
        return (vec![absolute], vec![DnsRule::MuslDropsLongLine]);
    }
    if name.matches('.').count() >= conf.ndots() {
        return (vec![absolute], vec![DnsRule::AbsoluteFirst]);
    }
    let mut names: Vec<DnsName> = conf.search.iter().map(|domain| join(name, &DnsName::new(domain))).collect();
    names.push(absolute);
    (names, vec![DnsRule::SearchListFirst])
}

/// What one name came to.
struct MuslQueries {
    places: Vec<usize>,
    /// The questions whose answers count.
    counting: Vec<usize>,
    objection: Option<DnsObjection>,
    goes_on: bool,
    result: Result<Vec<IpAddr>, LookupFailure>,
    gap: Option<ModelGap>,
}

/// Asks all servers at once, both families (name_from_dns). Of each family the first NOERROR or NXDOMAIN counts, here in
/// the servers' order.
fn ask(wire: &mut QueryLog<'_>, conf: &ResolvConf, name: &DnsName, types: &[RecordType]) -> MuslQueries {
    // 1. Sent to all servers, again where nothing usable came.
    let mut places = send(wire, conf, name, types);
    for _ in 1..repeats(wire, &places) {
        places.extend(send(wire, conf, name, types));
    }
    // 2. The answer that counts of each family.
    let counting: Vec<usize> = types.iter().filter_map(|kind| counting(wire, &places, *kind)).collect();
    let asked: Vec<_> = counting.iter().filter_map(|place| wire.get(*place)).collect();
    // 3. A failure of either, else all addresses.
    let failure = asked.iter().find_map(|asked| judge_code(&asked.query.answer));
    let answers = || asked.iter().filter_map(|asked| asked.query.answer.as_ref().ok());
    let addresses = answers().flat_map(|answer| addresses_in(&answer.answers, name, false));
    let addresses: Vec<IpAddr> = addresses.take(ADDRESSES).collect();
    let gap = asked.iter().find_map(|asked| asked.gap.clone());
    let (objection, result) = match failure {
        Some((failure, objection)) => (Some(objection), Err(failure)),
        None if !addresses.is_empty() => (None, Ok(addresses)),
        None if gap.is_some() => (None, Err(LookupFailure::NotKnown)),
        None if answers().any(|answer| !answer.answers.is_empty()) => {
            (Some(DnsObjection::DanglingAlias), Err(LookupFailure::NoData))
        }
        None => (Some(DnsObjection::NoAddress), Err(LookupFailure::NoData)),
    };
    let gap = gap.filter(|_| result == Err(LookupFailure::NotKnown));
    // 4. Only a name that doesn't exist lets the search go on.
    let goes_on = objection == Some(DnsObjection::DoesNotExist);
    MuslQueries { places, counting, objection, goes_on, result, gap }
}

fn send(wire: &mut QueryLog<'_>, conf: &ResolvConf, name: &DnsName, types: &[RecordType]) -> Vec<usize> {
    let pairs = servers(conf).into_iter().flat_map(|server| types.iter().map(move |kind| (server, *kind)));
    pairs.map(|(server, kind)| wire.ask(server, name, kind)).collect()
}

/// How often a question goes out.
fn repeats(wire: &QueryLog<'_>, places: &[usize]) -> usize {
    let usable = |place: &usize| {
        wire.get(*place).is_some_and(|asked| {
            let answered = asked.query.answer.as_ref().is_ok_and(|answer| is_final(answer.rcode));
            // What goes wrong over TCP isn't sent again.
            asked.gap.is_some() || answered || asked.query.over == Protocol::Tcp
        })
    };
    let failed = |place: &usize| wire.answer(*place).is_some_and(|answer| answer.rcode == Rcode::ServFail);
    match (places.iter().any(usable), places.iter().any(failed)) {
        (true, _) => 1,
        (false, true) => SENDS_WITH_SERVFAIL,
        (false, false) => SENDS_WITHOUT_REPLY,
    }
}

/// REFUSED and the like are ignored (res_msend.c).
fn is_final(rcode: Rcode) -> bool {
    matches!(rcode, Rcode::NoError | Rcode::NxDomain)
}

/// The question of a type whose answer counts: the first usable one, else the last.
fn counting(wire: &QueryLog<'_>, places: &[usize], kind: RecordType) -> Option<usize> {
    let of_kind = || {
        places
            .iter()
            .copied()
            .filter(|place| wire.get(*place).is_some_and(|asked| asked.query.question.record_type == kind))
    };
    let usable = of_kind().find(|place| wire.answer(*place).is_some_and(|answer| is_final(answer.rcode)));
    usable.or_else(|| of_kind().next_back())
}

/// The failure that a response code alone means; None if the records decide.
fn judge_code(answer: &Result<crate::packet::Answer, LookupFailure>) -> Option<(LookupFailure, DnsObjection)> {
    match answer {
        Ok(answer) => match answer.rcode {
            Rcode::NoError => None,
            Rcode::NxDomain => Some((LookupFailure::NoName, DnsObjection::DoesNotExist)),
            Rcode::ServFail => Some((LookupFailure::TryAgain, DnsObjection::ServerFailed)),
            Rcode::Refused | Rcode::FormErr | Rcode::NotImp | Rcode::Other(_) => {
                Some((LookupFailure::TryAgain, DnsObjection::ServerRefusedToAnswer))
            }
        },
        Err(LookupFailure::NotKnown) => None,
        // musl doesn't notice that nobody listens: it waits as for silence.
        Err(LookupFailure::Refused) => Some((LookupFailure::TimedOut, DnsObjection::ConnectionRefused)),
        Err(_) => Some((LookupFailure::TimedOut, DnsObjection::NoReply)),
    }
}
