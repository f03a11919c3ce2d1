//! glibc's resolver (resolv/res_query.c, res_send.c).

use std::net::IpAddr;

use crate::packet::{Answer, DnsName, Protocol, Rcode, RecordType};
use crate::request::{AddressFamily, TransportAsk};
use crate::trace::{DnsObjection, DnsRule, LookupFailure, ModelGap};

use super::super::name::{fits_a_question, join};
use super::super::resolv_conf::ResolvConf;
use super::super::wire::QueryLog;
use super::results::{SearchResult, TriedName, addresses_in, servers};

/// What one name came to, all its families together.
pub(in super::super) enum GlibcStatus {
    /// It has addresses.
    Found(Vec<IpAddr>),
    /// Records came, but no address of it: the walk ends all the same.
    NoUse(DnsObjection),
    /// NOERROR without records.
    NoData,
    /// NXDOMAIN.
    NoName,
    /// SERVFAIL from all servers.
    Failed,
    /// REFUSED from all servers: the walk ends, only the absolute name is tried.
    Refused,
    /// Silence: the same.
    Silent,
    /// Nobody listens: the walk ends.
    ConnectionRefused,
    /// It depends on something not modelled.
    Unknown(Option<ModelGap>),
}

/// glibc's buffer with `options edns0` (RESOLV_EDNS_BUFFER_SIZE).
const EDNS_BUFFER: u16 = 1200;

/// How questions are sent: `options edns0`, `options use-vc`. Over UDP first, whatever the answer's length.
pub(in super::super) fn transport(conf: &ResolvConf) -> TransportAsk {
    let has = |option: &str| conf.options.iter().any(|had| had == option);
    TransportAsk { edns: has("edns0"), buffer: EDNS_BUFFER, tcp: has("use-vc"), ..TransportAsk::PLAIN }
}

/// The types that a program asks for; `options no-aaaa` leaves IPv6 out (glibc 2.36).
pub(in super::super) fn types(conf: &ResolvConf, family: AddressFamily) -> Vec<RecordType> {
    let no_aaaa = conf.options.iter().any(|option| option == "no-aaaa");
    let mut types = vec![RecordType::A, RecordType::Aaaa];
    types.retain(|kind| family.asks(*kind) && !(no_aaaa && *kind == RecordType::Aaaa));
    types
}

/// The names that the search rules give, in order, and the rule (__res_context_search).
pub(in super::super) fn glibc_candidates(conf: &ResolvConf, name: &str) -> (Vec<DnsName>, DnsRule) {
    let absolute = DnsName::new(name);
    if name.ends_with('.') {
        return (vec![absolute], DnsRule::FinalDot);
    }
    let mut names: Vec<DnsName> = conf.search.iter().map(|domain| join(name, &DnsName::new(domain))).collect();
    if names.is_empty() {
        return (vec![absolute], DnsRule::NoSearchList);
    }
    match name.matches('.').count() >= conf.ndots() {
        true => {
            names.insert(0, absolute);
            (names, DnsRule::AbsoluteFirst)
        }
        // With the root on the list the name as it is has had its turn (root_on_list).
        false if names.contains(&absolute) => (names, DnsRule::SearchListFirst),
        false => {
            names.push(absolute);
            (names, DnsRule::SearchListFirst)
        }
    }
}

/// Searches a name for the types given. The walk goes on after NXDOMAIN, NODATA and SERVFAIL; after REFUSED and silence
/// only the absolute name is left; it ends with an answer that has any record, and when nobody listens.
pub(in super::super) fn search(
    wire: &mut QueryLog<'_>,
    conf: &ResolvConf,
    name: &str,
    types: &[RecordType],
) -> SearchResult {
    // 1. The candidates, in the order that ndots asks for.
    let (names, rule) = glibc_candidates(conf, name);
    let absolute = DnsName::new(name);
    let mut walk = SearchErrors::default();
    let mut search = SearchResult {
        tried: Vec::new(),
        rules: vec![rule],
        result: Err(LookupFailure::NoName),
        used: Vec::new(),
        gap: None,
    };
    let mut ended: Option<DnsObjection> = None;
    let mut only_absolute = false;
    for candidate in names {
        // 2. What isn't asked any more, or can't be a question.
        let skip = ended.or(only_absolute.then_some(DnsObjection::WalkEnded).filter(|_| candidate != absolute));
        if let Some(objection) = skip.or((!fits_a_question(&candidate)).then_some(DnsObjection::NotTried)) {
            search.tried.push(TriedName::not_reached(candidate, objection));
            continue;
        }
        // 3. Ask, and settle whether the answer ends the walk, leaves the absolute name, or lets it go on.
        let (outcome, places) = ask(wire, conf, &candidate, types);
        let objection = walk.note(&outcome, candidate == absolute && rule == DnsRule::AbsoluteFirst);
        match outcome {
            GlibcStatus::Found(addresses) => {
                ended = Some(DnsObjection::EarlierNameAnswered);
                search.result = Ok(addresses);
                search.used = places.clone();
            }
            GlibcStatus::NoUse(_) => {
                ended = Some(DnsObjection::EarlierNameAnswered);
                search.result = Err(LookupFailure::NoName);
                search.used = places.clone();
            }
            GlibcStatus::Unknown(gap) => {
                ended = Some(DnsObjection::WalkEnded);
                search.result = Err(LookupFailure::NotKnown);
                search.used = places.clone();
                search.gap = gap;
            }
            GlibcStatus::ConnectionRefused => {
                ended = Some(DnsObjection::WalkEnded);
                search.result = Err(LookupFailure::Refused);
            }
            GlibcStatus::Refused | GlibcStatus::Silent => only_absolute = true,
            GlibcStatus::NoData | GlibcStatus::NoName | GlibcStatus::Failed => {}
        }
        search.tried.push(TriedName { name: candidate, places, objection });
    }
    // 4. No candidate settled it: the failure is that of the whole walk, shown by the last name asked.
    if ended.is_none() {
        search.result = Err(walk.failure());
        if search.result == Err(LookupFailure::NoName) && conf.nameservers.len() > 1 {
            search.rules.push(DnsRule::FirstServerIsFinal);
        }
        let last = search.tried.iter().rev().find(|tried| !tried.places.is_empty());
        search.used = last.map(|tried| last_pair(&tried.places, types.len())).unwrap_or_default();
    }
    search
}

/// The answers that count for a name that failed: its last questions, one per type.
fn last_pair(places: &[usize], types: usize) -> Vec<usize> {
    places.get(places.len().saturating_sub(types)..).unwrap_or_default().to_vec()
}

/// What the errors so far add up to.
#[derive(Default)]
struct SearchErrors {
    /// The failure of an initial question for the absolute name counts in the end.
    initial: Option<LookupFailure>,
    no_data: bool,
    failed: bool,
    last: Option<LookupFailure>,
}

impl SearchErrors {
    fn note(&mut self, outcome: &GlibcStatus, initial: bool) -> Option<DnsObjection> {
        let (failure, objection) = match outcome {
            GlibcStatus::Found(_) | GlibcStatus::Unknown(_) => return None,
            GlibcStatus::NoUse(objection) => (LookupFailure::NoName, *objection),
            GlibcStatus::NoData => (LookupFailure::NoData, DnsObjection::NoAddress),
            GlibcStatus::NoName => (LookupFailure::NoName, DnsObjection::DoesNotExist),
            GlibcStatus::Failed => (LookupFailure::TryAgain, DnsObjection::ServerFailed),
            GlibcStatus::Refused => (LookupFailure::TryAgain, DnsObjection::ServerRefusedToAnswer),
            GlibcStatus::Silent => (LookupFailure::TimedOut, DnsObjection::NoReply),
            GlibcStatus::ConnectionRefused => (LookupFailure::Refused, DnsObjection::ConnectionRefused),
        };
        self.no_data |= failure == LookupFailure::NoData;
        self.failed |= failure == LookupFailure::TryAgain;
        self.last = Some(failure);
        if initial {
            self.initial = Some(failure);
        }
        Some(objection)
    }

    /// That of an initial question as it is, else NODATA, else SERVFAIL, else the last.
    fn failure(&self) -> LookupFailure {
        let no_data = self.no_data.then_some(LookupFailure::NoData);
        let failed = self.failed.then_some(LookupFailure::TryAgain);
        self.initial.or(no_data).or(failed).or(self.last).unwrap_or(LookupFailure::NoName)
    }
}

/// Asks one name of the servers in order, all types together. A server is left for silence, SERVFAIL, REFUSED and NOTIMP
/// only; what the first other one says is final. All servers are tried `attempts` times (2 unless said).
pub(in super::super) fn ask(
    wire: &mut QueryLog<'_>,
    conf: &ResolvConf,
    name: &DnsName,
    types: &[RecordType],
) -> (GlibcStatus, Vec<usize>) {
    let mut all = Vec::new();
    let mut outcome = GlibcStatus::Silent;
    let mut circuit = wire.transport.tcp;
    for _ in 0..attempts(conf) {
        for server in servers(conf) {
            let places = send(wire, server, name, types, &mut circuit);
            all.extend(&places);
            outcome = judge(wire, name, &places);
            if !matches!(
                outcome,
                GlibcStatus::Silent | GlibcStatus::Failed | GlibcStatus::Refused | GlibcStatus::ConnectionRefused
            ) {
                return (outcome, places);
            }
        }
        if circuit {
            break;
        }
    }
    (outcome, all)
}

/// All types to one server. If one answer is truncated, all are asked again over TCP; from then on TCP is used, and every
/// server is tried only once (res_send.c, v_circuit).
fn send(
    wire: &mut QueryLog<'_>,
    server: IpAddr,
    name: &DnsName,
    types: &[RecordType],
    circuit: &mut bool,
) -> Vec<usize> {
    if !*circuit {
        let places: Vec<usize> = types.iter().map(|kind| wire.send(server, Protocol::Udp, name, *kind)).collect();
        *circuit = places.iter().any(|place| wire.is_truncated(*place));
        if !*circuit {
            return places;
        }
    }
    types.iter().map(|kind| wire.send(server, Protocol::Tcp, name, *kind)).collect()
}

/// `options attempts:N`, at most 5 (RES_MAXRETRY).
fn attempts(conf: &ResolvConf) -> usize {
    let said = conf.options.iter().filter_map(|option| option.strip_prefix("attempts:"));
    said.filter_map(|number| number.parse::<usize>().ok()).next_back().unwrap_or(2).clamp(1, 5)
}

/// The families' answers taken together: any record counts; then NODATA, SERVFAIL, NXDOMAIN in this order.
fn judge(wire: &QueryLog<'_>, name: &DnsName, places: &[usize]) -> GlibcStatus {
    let asked: Vec<_> = places.iter().filter_map(|place| wire.get(*place)).collect();
    let answers: Vec<&Answer> = asked.iter().filter_map(|asked| asked.query.answer.as_ref().ok()).collect();
    let failed = |failure: LookupFailure| asked.iter().any(|asked| asked.query.answer == Err(failure));
    let coded = |rcode: Rcode| answers.iter().any(|answer| answer.rcode == rcode);
    let addresses: Vec<IpAddr> = answers.iter().flat_map(|answer| addresses_in(&answer.answers, name, true)).collect();
    if !addresses.is_empty() {
        return GlibcStatus::Found(addresses);
    }
    if let Some(unknown) =
        asked.iter().find(|asked| asked.gap.is_some() || asked.query.answer == Err(LookupFailure::NotKnown))
    {
        return GlibcStatus::Unknown(unknown.gap.clone());
    }
    if let Some(answer) = answers.iter().find(|answer| !answer.answers.is_empty()) {
        return GlibcStatus::NoUse(useless(answer));
    }
    match () {
        () if answers.iter().any(|answer| answer.rcode == Rcode::NoError) => GlibcStatus::NoData,
        () if coded(Rcode::NxDomain) => GlibcStatus::NoName,
        () if coded(Rcode::ServFail) || coded(Rcode::NotImp) || coded(Rcode::FormErr) => GlibcStatus::Failed,
        () if coded(Rcode::Refused) => GlibcStatus::Refused,
        () if failed(LookupFailure::Refused) => GlibcStatus::ConnectionRefused,
        () => GlibcStatus::Silent,
    }
}

/// Addresses of another owner, or an alias without any.
fn useless(answer: &Answer) -> DnsObjection {
    let addresses = |kind: RecordType| matches!(kind, RecordType::A | RecordType::Aaaa);
    if answer.answers.iter().any(|record| addresses(record.data.record_type())) {
        DnsObjection::OwnerDiffers
    } else {
        DnsObjection::DanglingAlias
    }
}
