//! What an answer comes to, without what differs by chance between two clusters (addresses, generated names), and in what
//! two answers differ.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::language::{BilingualText, Language};
use crate::trace::Share;

/// An answer: how it can end, and how often each way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnswerFacts {
    /// The ends with their shares.
    pub landings: BTreeMap<LandingFacts, Share>,
    /// What isn't modelled.
    pub gaps: BTreeSet<String>,
}

/// One end.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct LandingFacts {
    /// `delivered` …
    pub outcome: String,
    /// Of a proxy's own answer.
    pub status: Option<u16>,
    /// Where a redirect leads.
    pub location: Option<String>,
    /// The Service.
    pub service: Option<String>,
    /// The workload, or the pod without one.
    pub workload: Option<String>,
    /// The port on the pod.
    pub port: Option<String>,
    /// The path that the pod sees.
    pub path: Option<String>,
    /// The host that it sees.
    pub host: Option<String>,
    /// Further headers that it sees.
    pub headers: BTreeMap<String, String>,
    /// Headers of the answer.
    pub response_headers: BTreeMap<String, String>,
    /// Whether a cookie is set, by its name.
    pub cookie: Option<String>,
    /// What is spoken to the pod.
    pub protocol: Option<String>,
    /// Who the pod thinks is calling.
    pub source: Option<String>,
    /// Who gets copies.
    pub mirrors: BTreeSet<String>,
    /// The rules that decided; they are told, and no difference by themselves.
    pub rules: Vec<String>,
}

/// What changed, weightiest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// What was answered fails.
    Refused,
    /// What failed is answered.
    Opened,
    /// It isn't known any more, or is known now.
    Unknown,
    /// A redirect comes, goes, or leads elsewhere.
    Redirect,
    /// Another status, or an answer of the proxy instead of a pod's.
    Status,
    /// Another Service, workload or port.
    Backend,
    /// Other shares of the same backends.
    Shares,
    /// The pod sees another path.
    Path,
    /// The pod sees another host.
    Host,
    /// Other headers, in the request or in the answer; another cookie.
    Headers,
    /// Another protocol towards the pod, another caller in its eyes, other copies.
    Connection,
}

impl ChangeKind {
    /// The change in words.
    pub fn title(self, language: Language) -> &'static str {
        let (english, japanese) = match self {
            Self::Refused => ("no longer answered", "応答しなくなる"),
            Self::Opened => ("answered now", "応答するようになる"),
            Self::Unknown => ("not known", "不明"),
            Self::Redirect => ("another redirect", "リダイレクトが変わる"),
            Self::Status => ("another status", "ステータスが変わる"),
            Self::Backend => ("another backend", "バックエンドが変わる"),
            Self::Shares => ("other shares", "割合が変わる"),
            Self::Path => ("the pod sees another path", "Pod から見えるパスが変わる"),
            Self::Host => ("the pod sees another host", "Pod から見えるホストが変わる"),
            Self::Headers => ("other headers", "ヘッダーが変わる"),
            Self::Connection => ("another way to the pod", "Pod への経路が変わる"),
        };
        BilingualText::new(english, japanese).of(language)
    }
}

impl LandingFacts {
    fn is_answered(&self) -> bool {
        matches!(self.outcome.as_str(), "delivered" | "responded")
    }

    /// The backend in short: `default/web (deployment default/web) :8080`, `404`.
    fn backend(&self) -> String {
        match (self.status, &self.location) {
            (Some(status), Some(location)) => return format!("{status} to {location}"),
            (Some(status), None) => return status.to_string(),
            (None, _) => {}
        }
        let service = self.service.as_ref().map(|service| format!("service {service}"));
        let workload = self.workload.clone();
        let port = self.port.as_ref().map(|port| format!("port {port}"));
        let parts: Vec<String> = service.into_iter().chain(workload).chain(port).collect();
        if parts.is_empty() || !self.is_answered() { self.outcome.clone() } else { parts.join(", ") }
    }
}

impl AnswerFacts {
    /// In short.
    pub fn short(&self) -> String {
        let ends: BTreeSet<String> = self.landings.keys().map(LandingFacts::backend).collect();
        ends.into_iter().collect::<Vec<_>>().join(" or ")
    }

    fn is_answered(&self) -> bool {
        self.landings.keys().any(LandingFacts::is_answered)
    }

    /// Whether a pod may take it.
    pub fn reaches_pod(&self) -> bool {
        self.landings.keys().any(|landing| landing.workload.is_some())
    }

    fn is_known(&self) -> bool {
        self.landings.keys().all(|landing| landing.outcome != "unknown")
    }

    /// The different values of a fact.
    fn each<T: Ord>(&self, fact: impl Fn(&LandingFacts) -> T) -> BTreeSet<T> {
        self.landings.keys().map(fact).collect()
    }

    /// How often each backend is taken.
    fn shares(&self) -> BTreeMap<String, Share> {
        let mut shares: BTreeMap<String, Share> = BTreeMap::new();
        for (landing, share) in &self.landings {
            let sum = shares.entry(landing.backend()).or_insert(Share::ZERO);
            *sum = sum.plus(*share);
        }
        shares
    }
}

/// The weightiest difference: its kind, and both sides in short. None for answers that are alike.
pub fn difference(before: &AnswerFacts, after: &AnswerFacts) -> Option<(ChangeKind, String, String)> {
    let short = |kind| Some((kind, before.short(), after.short()));
    // 1. Whether there is an answer at all, and whether it is known.
    match (before.is_known(), after.is_known()) {
        (true, true) => {}
        (false, false) if before.gaps == after.gaps => return None,
        _ => return short(ChangeKind::Unknown),
    }
    match (before.is_answered(), after.is_answered()) {
        (true, false) => return short(ChangeKind::Refused),
        (false, true) => return short(ChangeKind::Opened),
        (false, false) => {
            return if before.each(|one| one.outcome.clone()) == after.each(|one| one.outcome.clone()) {
                None
            } else {
                short(ChangeKind::Refused)
            };
        }
        (true, true) => {}
    }
    // 2. What the client gets.
    if before.each(|one| one.location.clone()) != after.each(|one| one.location.clone()) {
        return Some((ChangeKind::Redirect, redirects(before), redirects(after)));
    }
    let end = |one: &LandingFacts| (one.outcome.clone(), one.status);
    if before.each(end) != after.each(end) {
        return short(ChangeKind::Status);
    }
    if before.each(LandingFacts::backend) != after.each(LandingFacts::backend) {
        return short(ChangeKind::Backend);
    }
    if before.shares() != after.shares() {
        return Some((ChangeKind::Shares, shares(before), shares(after)));
    }
    // 3. What the pod sees.
    let by_rule = |kind| Some((kind, by_rules(before), by_rules(after)));
    if before.each(|one| one.path.clone()) != after.each(|one| one.path.clone()) {
        return by_rule(ChangeKind::Path);
    }
    if before.each(|one| one.host.clone()) != after.each(|one| one.host.clone()) {
        return by_rule(ChangeKind::Host);
    }
    let (was, is) = (headers(before), headers(after));
    if was != is {
        let only = |one: &BTreeSet<String>, other: &BTreeSet<String>| {
            one.difference(other).cloned().collect::<Vec<_>>().join(", ")
        };
        return Some((ChangeKind::Headers, only(&was, &is), only(&is, &was)));
    }
    let connection = |one: &LandingFacts| (one.protocol.clone(), one.source.clone(), one.mirrors.clone());
    if before.each(connection) != after.each(connection) {
        return Some((ChangeKind::Connection, connections(before), connections(after)));
    }
    None
}

/// Where redirects lead, without the path, which is the request's.
fn redirects(answer: &AnswerFacts) -> String {
    let ends = answer.each(|landing| match (&landing.location, landing.status) {
        (Some(location), Some(status)) => format!("{status} to {}", origin(location)),
        _ => landing.backend(),
    });
    ends.into_iter().collect::<Vec<_>>().join(" or ")
}

/// `https://shop.example.com` of a location; a path by itself stays.
fn origin(location: &str) -> &str {
    let Some((_, rest)) = location.split_once("://") else { return location };
    let path = rest.find('/').map_or(0, |at| rest.len() - at);
    location.get(..location.len() - path).unwrap_or(location)
}

fn shares(answer: &AnswerFacts) -> String {
    let parts = answer.shares().into_iter().map(|(backend, share)| format!("{} {backend}", share.percent()));
    parts.collect::<Vec<_>>().join(", ")
}

fn by_rules(answer: &AnswerFacts) -> String {
    let rules: BTreeSet<String> = answer.landings.keys().flat_map(|landing| landing.rules.iter().cloned()).collect();
    if rules.is_empty() { answer.short() } else { rules.into_iter().collect::<Vec<_>>().join(", ") }
}

/// Answers side by side, each with what tells it from the others: its end; the path that the pod sees where it isn't the same in
/// all; and as long as the first can't be told from another that differs, the host, the shares, the headers, the way to the pod.
pub fn tell_apart<const N: usize>(answers: [&AnswerFacts; N]) -> [String; N] {
    // 1. What each part says of an answer.
    let listed = |name: &str, values: BTreeSet<Option<String>>| {
        let values: Vec<String> = values.into_iter().flatten().map(|value| format!("{name} {value}")).collect();
        values.join(" or ")
    };
    let common = answers.iter().map(|answer| headers(answer));
    let common = common.reduce(|all, own| all.intersection(&own).cloned().collect()).unwrap_or_default();
    let path = |answer: &AnswerFacts| listed("path", answer.each(|one| one.path.clone()));
    let host = |answer: &AnswerFacts| listed("host", answer.each(|one| one.host.clone()));
    let own_headers =
        |answer: &AnswerFacts| headers(answer).difference(&common).cloned().collect::<Vec<_>>().join(", ");
    let parted = |answer: &AnswerFacts| if answer.landings.len() > 1 { shares(answer) } else { String::new() };
    let parts: [&dyn Fn(&AnswerFacts) -> String; 5] = [&path, &host, &parted, &own_headers, &connections];
    // 2. Part by part, until the answers can be told apart.
    let mut told = answers.map(AnswerFacts::short);
    for (at, part) in parts.into_iter().enumerate() {
        let texts = answers.map(part);
        let differs = texts.iter().any(|text| texts.first() != Some(text));
        if differs && (at == 0 || is_ambiguous(&answers, &told)) {
            let filled = told.iter_mut().zip(texts).filter(|(_, text)| !text.is_empty());
            filled.for_each(|(told, text)| *told = format!("{told}, {text}"));
        }
    }
    told
}

/// Whether the first answer differs from another and is told in the same words.
fn is_ambiguous(answers: &[&AnswerFacts], told: &[String]) -> bool {
    let mut pairs = answers.iter().zip(told);
    let Some((first, words)) = pairs.next() else { return false };
    pairs.any(|(other, theirs)| theirs == words && difference(first, other).is_some())
}

fn headers(answer: &AnswerFacts) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for landing in answer.landings.keys() {
        all.extend(landing.headers.iter().map(|(name, value)| format!("{name}: {value}")));
        all.extend(landing.response_headers.iter().map(|(name, value)| format!("answer's {name}: {value}")));
        all.extend(landing.cookie.iter().map(|name| format!("cookie {name}")));
    }
    all
}

fn connections(answer: &AnswerFacts) -> String {
    let parts = answer.each(|landing| {
        let protocol = landing.protocol.clone().unwrap_or_default();
        let source = landing.source.as_ref().map(|source| format!("seen as {source}")).unwrap_or_default();
        let copies = if landing.mirrors.is_empty() {
            String::new()
        } else {
            format!("copies to {}", landing.mirrors.iter().cloned().collect::<Vec<_>>().join(", "))
        };
        [protocol, source, copies].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    });
    parts.into_iter().collect::<Vec<_>>().join(" or ")
}
