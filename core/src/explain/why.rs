//! Why a request ends as it does, in one clause: what settled it, and the lines that did. The walk tells it all, step
//! by step; this is what somebody looks for first.

use super::{BilingualText, Language, Sentence, SentencePart, decision};
use crate::trace::{
    Candidate, CandidateFate, CandidateObjection, CandidateSubject, Cause, Component, ComponentRule, ConnectionHops,
    ConnectionPurpose, DnsRule, Hop, NetworkRule, PacketDecision, Trail,
};

/// As many candidates are told where none was left, and as many names that were tried.
const TOLD: usize = 3;

/// What settled the end of a walk; empty where the end says it all, as an address that was looked up.
pub fn why(trail: &Trail, language: Language) -> Sentence {
    let Some(last) = trail.last() else { return Sentence::new() };
    match &last.decision {
        PacketDecision::Deliver(_) | PacketDecision::Leave => chosen(trail),
        PacketDecision::Refuse
        | PacketDecision::Drop
        | PacketDecision::Unroutable
        | PacketDecision::Abort
        | PacketDecision::BreakOff => settled(last, language),
        PacketDecision::Respond(_) => responded(trail, last, language),
        PacketDecision::Unresolved(_) => unresolved(trail, last, language),
        PacketDecision::Answer(_)
        | PacketDecision::Resolved(_)
        | PacketDecision::Unknown(_)
        | PacketDecision::Pass
        | PacketDecision::Rewrite(_)
        | PacketDecision::Proxy(_) => Sentence::new(),
    }
}

/// The lines that chose the pod: the rule of the last proxy and its Service, the selector that kube-proxy's rules follow.
fn chosen(trail: &Trail) -> Sentence {
    let legs = trail.legs();
    let connections = legs.iter().filter(|leg| leg.purpose != ConnectionPurpose::Resolve);
    let mut lines = Vec::new();
    for hop in connections.flat_map(ConnectionHops::hops) {
        match &hop.decision {
            PacketDecision::Proxy(proxied) => {
                let rule = proxied.rule.clone().map(SentencePart::Field);
                lines = rule.into_iter().chain(proxied.service.clone().map(SentencePart::Object)).collect();
            }
            _ if hop.component == Component::KubeProxy => lines.extend(selector(hop)),
            _ => {}
        }
    }
    joined(lines.into_iter().map(|line| vec![line]), " → ")
}

fn selector(hop: &Hop) -> Option<SentencePart> {
    let mut fields = hop.because.iter().filter_map(field);
    fields.find(|field| matches!(field, SentencePart::Field(field) if field.path.to_string() == "spec.selector"))
}

/// The rule by which a hop ends the walk, and what fell out there; else the line that it follows.
pub(super) fn settled(hop: &Hop, language: Language) -> Sentence {
    let rules = hop.because.iter().rev().find(|cause| matches!(cause, Cause::Rule(_)));
    let mut clauses: Vec<Sentence> = rules.map(|cause| decision::cause(cause, language)).into_iter().collect();
    let out = fallen_out(hop);
    match out.len() {
        1..=TOLD => clauses.extend(out.into_iter().map(|(what, objection)| fell_out(what, objection, language))),
        _ => clauses.extend(hop.because.iter().rev().find_map(field).map(|field| vec![field])),
    }
    joined(clauses, "; ")
}

/// The rules, routes and objects that were considered, if all were rejected. Endpoints are left out: what holds for all
/// of them is the rule.
fn fallen_out(hop: &Hop) -> Vec<(&CandidateSubject, CandidateObjection)> {
    let considered = hop.earlier.iter().flat_map(|choice| choice.candidates.iter()).chain(hop.candidates.iter());
    let rejected = considered.map(|candidate| match (&candidate.what, &candidate.fate) {
        (CandidateSubject::Object(_) | CandidateSubject::Field(_), CandidateFate::Rejected(objection)) => {
            Some((&candidate.what, *objection))
        }
        _ => None,
    });
    rejected.collect::<Option<_>>().unwrap_or_default()
}

/// "ingress default/shop is for another host"
fn fell_out(what: &CandidateSubject, why: CandidateObjection, language: Language) -> Sentence {
    let mut sentence = decision::subject(what);
    sentence.push(text(BilingualText::new(" ", "："), language));
    sentence.push(text(why.words(), language));
    sentence
}

/// A proxy's own answer. Where its backend is at fault, what became of the connection there comes first.
fn responded(trail: &Trail, last: &Hop, language: Language) -> Sentence {
    let backend = [NetworkRule::BackendUnreachable, NetworkRule::BackendUnresolved, NetworkRule::BackendSilent];
    let at_fault = backend.iter().any(|rule| last.because.contains(&Cause::Rule(ComponentRule::Network(*rule))));
    let before = trail.hops_backwards().skip(1).find(|hop| is_end(&hop.decision)).filter(|_| at_fault);
    joined(before.into_iter().chain([last]).map(|hop| settled(hop, language)), "; ")
}

fn is_end(decision: &PacketDecision) -> bool {
    matches!(decision, PacketDecision::Refuse | PacketDecision::Drop | PacketDecision::Unroutable)
}

/// What kept the question from the server; else why the names tried don't exist.
fn unresolved(trail: &Trail, last: &Hop, language: Language) -> Sentence {
    if let Some(hop) = trail.hops_backwards().find(|hop| is_end(&hop.decision)) {
        return settled(hop, language);
    }
    let asks = |hop: &&Hop| hop.component == Component::Resolver && hop.decision == PacketDecision::Pass;
    let Some(resolver) = trail.hops_backwards().find(asks) else { return settled(last, language) };
    let tried = resolver.candidates.iter().filter_map(tried);
    let (services, rest): (Vec<_>, Vec<_>) = tried.partition(|(name, rule)| is_about_a_service(name, *rule));
    let search = not_searched(resolver).filter(|_| services.is_empty());
    let told = if services.is_empty() { rest.into_iter().rev().take(1).collect() } else { services };
    let told = told.into_iter().take(TOLD).map(|(name, why)| {
        vec![SentencePart::Code(name), text(BilingualText::new(": ", "："), language), text(why.words(), language)]
    });
    joined(search.map(|why| vec![text(why.words(), language)]).into_iter().chain(told), "; ")
}

/// A name that was tried, and why it didn't do.
fn tried(candidate: &Candidate) -> Option<(String, DnsRule)> {
    match &candidate.what {
        CandidateSubject::Name(name) => Some((name.to_string(), candidate.because.iter().find_map(dns_rule)?)),
        _ => None,
    }
}

fn dns_rule(cause: &Cause) -> Option<DnsRule> {
    match cause {
        Cause::Rule(ComponentRule::Dns(rule)) => Some(*rule),
        Cause::Rule(_) | Cause::Field(_) => None,
    }
}

/// Most names that a search list makes are no Service's by their form: left of `svc` stand its namespace, its name, and
/// at most two labels more.
fn is_about_a_service(name: &str, rule: DnsRule) -> bool {
    let labels: Vec<&str> = name.split('.').collect();
    let left = labels.iter().rposition(|label| *label == "svc").unwrap_or_default();
    let by_form = [DnsRule::NeitherSvcNorPod, DnsRule::TooManyLabels, DnsRule::OnlyNamesBelow];
    (2..=4).contains(&left) && !by_form.contains(&rule)
}

/// Why only the name as it is was asked for.
fn not_searched(hop: &Hop) -> Option<DnsRule> {
    use DnsRule::{BusyboxDotIsAbsolute, FinalDot, MuslDropsLongLine, NoSearchList, ToolDoesNotSearch};
    let reasons = [BusyboxDotIsAbsolute, FinalDot, MuslDropsLongLine, NoSearchList, ToolDoesNotSearch];
    hop.because.iter().filter_map(dns_rule).find(|rule| reasons.contains(rule))
}

fn text(phrase: BilingualText, language: Language) -> SentencePart {
    SentencePart::Text(phrase.of(language).to_owned())
}

fn field(cause: &Cause) -> Option<SentencePart> {
    match cause {
        Cause::Field(field) => Some(SentencePart::Field(field.clone())),
        Cause::Rule(_) => None,
    }
}

fn joined(clauses: impl IntoIterator<Item = Sentence>, between: &str) -> Sentence {
    let mut sentence = Sentence::new();
    for clause in clauses.into_iter().filter(|clause| !clause.is_empty()) {
        if !sentence.is_empty() {
            sentence.push(SentencePart::Text(between.to_owned()));
        }
        sentence.extend(clause);
    }
    sentence
}
