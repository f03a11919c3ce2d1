//! Why a request doesn't land on a pod that somebody expected.

use std::collections::{BTreeMap, BTreeSet};

use super::{BilingualText, Language, Sentence, SentencePart, decision};
use crate::cluster::{Cluster, Pod, Service};
use crate::model::Labels;
use crate::source::{FieldPath, ObjectRef};
use crate::trace::{
    Candidate, CandidateFate, CandidateObjection, CandidateSubject, Cause, ConnectionHops, ConnectionPurpose, Hop,
    PacketDecision, Resolution,
};

/// What is known about pods on which a request doesn't land; made once for an answer, asked for each pod.
pub struct OtherDestination<'r> {
    resolution: &'r Resolution,
    cluster: &'r Cluster,
    /// Pods on which it does land.
    reached: BTreeSet<ObjectRef>,
    /// Pods that were considered, and the objection to each.
    rejected: BTreeMap<ObjectRef, (CandidateObjection, Vec<Cause>)>,
    /// The Service that was chosen last.
    chosen: Option<ObjectRef>,
    /// Decisions that end a packet on its way to an address: a policy's, or that of a port on which nobody listens.
    stopped: Vec<&'r Hop>,
}

impl<'r> OtherDestination<'r> {
    /// Goes through all ways. Name lookups are left out: they say nothing about where a request lands.
    pub fn new(resolution: &'r Resolution, cluster: &'r Cluster) -> Self {
        let (reached, rejected, chosen) = (BTreeSet::new(), BTreeMap::new(), None);
        let mut elsewhere = Self { resolution, cluster, reached, rejected, chosen, stopped: Vec::new() };
        let mut seen = BTreeSet::new();
        for landing in &resolution.landings {
            let legs = landing.trail.legs();
            let connections = legs.iter().filter(|leg| leg.purpose != ConnectionPurpose::Resolve);
            for hop in connections.flat_map(ConnectionHops::hops) {
                elsewhere.chosen = service(hop).or(elsewhere.chosen.take());
                if matches!(hop.decision, PacketDecision::Drop | PacketDecision::Refuse | PacketDecision::Unroutable) {
                    elsewhere.stopped.push(hop);
                }
                // Ways that fork behind a hop share its candidates.
                for choice in hop.choices() {
                    if seen.insert(choice.candidates.as_ptr()) {
                        elsewhere.note(&choice.candidates);
                    }
                }
            }
            elsewhere.reached.extend(landing.trail.last().and_then(self::reached));
        }
        elsewhere
    }

    fn note(&mut self, candidates: &[Candidate]) {
        for candidate in candidates {
            if let (Some(pod), CandidateFate::Rejected(objection)) = (pod(candidate), &candidate.fate) {
                self.rejected.entry(pod.clone()).or_insert((*objection, candidate.because.clone()));
            }
        }
    }

    /// The weightiest reason why no way leads to the pod: an objection to it, a selector that passes it by, or an end
    /// before any pod is chosen. None if a way leads there.
    pub fn reason(&self, pod: &Pod, language: Language) -> Option<Sentence> {
        if self.reached.contains(&pod.reference) {
            return None;
        }
        let sentence = self.stopped_before(pod, language).or_else(|| self.objection(pod, language));
        let sentence = sentence.or_else(|| self.passed_by(pod, language));
        Some(sentence.unwrap_or_else(|| self.ended(language)))
    }

    /// A way was on to it, and ended before it: "it is chosen, and stopped: no rule of a policy allows this".
    fn stopped_before(&self, pod: &Pod, language: Language) -> Option<Sentence> {
        let hop = self.stopped.iter().find(|hop| pod.addresses.contains(&hop.before.destination))?;
        let words = BilingualText::new(
            "it is chosen, but the packet doesn't arrive: ",
            "この Pod が選ばれるが、パケットは届かない: ",
        );
        Some([vec![text(words.of(language))], super::why::settled(hop, language)].concat())
    }

    /// It was a candidate, and there was an objection: "it isn't ready".
    fn objection(&self, pod: &Pod, language: Language) -> Option<Sentence> {
        let (why, because) = self.rejected.get(&pod.reference)?;
        let it = BilingualText::new("it ", "この Pod は").of(language);
        let mut sentence = vec![text(it), text(why.words().of(language))];
        for cause in because.iter().filter(|cause| matches!(cause, Cause::Field(_))) {
            sentence.push(text(": "));
            sentence.extend(decision::cause(cause, language));
        }
        Some(sentence)
    }

    /// A Service was chosen, and its endpoints don't hold the pod.
    fn passed_by(&self, pod: &Pod, language: Language) -> Option<Sentence> {
        let chosen = self.chosen.as_ref()?;
        let service = self.cluster.services.get(chosen.namespace.as_deref()?, &chosen.name)?;
        if service.namespace() != pod.namespace() {
            return Some(other_namespace(service, pod, language));
        }
        let Some(selector) = &service.object.spec.selector else { return Some(no_selector(service, language)) };
        match differing(selector, &pod.labels) {
            Some((wanted, found)) => Some(other_labels(service, &wanted, &found, language)),
            None => Some(no_endpoint(service, pod, language)),
        }
    }

    /// The request ends before a pod is chosen.
    fn ended(&self, language: Language) -> Sentence {
        let before =
            BilingualText::new("no Service leads to it on this way: ", "この経路にはこの Pod へ導く Service がない: ");
        let mut sentence = vec![text(before.of(language))];
        sentence.extend(super::summary(self.resolution, language));
        sentence
    }
}

fn reached(hop: &Hop) -> Option<ObjectRef> {
    match &hop.decision {
        PacketDecision::Deliver(delivery) => delivery.pod.clone(),
        _ => None,
    }
}

fn pod(candidate: &Candidate) -> Option<&ObjectRef> {
    match &candidate.what {
        CandidateSubject::Endpoint { pod, .. } => pod.as_ref(),
        CandidateSubject::Object(object) if &*object.kind == "Pod" => Some(object),
        _ => None,
    }
}

/// The Service that a proxy chose, or that kube-proxy translates.
fn service(hop: &Hop) -> Option<ObjectRef> {
    if let PacketDecision::Proxy(proxied) = &hop.decision {
        return proxied.service.clone();
    }
    let mut fields = hop.because.iter().filter_map(|cause| match cause {
        Cause::Field(field) => Some(&field.object),
        Cause::Rule(_) => None,
    });
    fields.find(|object| &*object.kind == "Service").cloned()
}

/// The first label that the selector asks for and the pod doesn't have: `app=cart`, and what it has instead.
fn differing(selector: &Labels, labels: &Labels) -> Option<(String, String)> {
    let (key, wanted) = selector.iter().find(|(key, value)| labels.get(*key) != Some(value))?;
    let found = labels.get(key).map_or_else(String::new, |value| format!("{key}={value}"));
    Some((format!("{key}={wanted}"), found))
}

fn other_labels(service: &Service, wanted: &str, found: &str, language: Language) -> Sentence {
    let selector = SentencePart::Field(service.reference.field("spec.selector"));
    let wanted = SentencePart::Code(wanted.to_owned());
    let found = match (found, language) {
        ("", Language::English) => vec![text("; it has no such label")],
        ("", Language::Japanese) => vec![text(" を求めるが、この Pod にはそのラベルがない")],
        (found, Language::English) => vec![text("; it has "), SentencePart::Code(found.to_owned())],
        (found, Language::Japanese) => {
            vec![text(" を求めるが、この Pod のラベルは "), SentencePart::Code(found.to_owned())]
        }
    };
    let between = text(BilingualText::new(" asks for ", " は ").of(language));
    [vec![selector, between, wanted], found].concat()
}

fn other_namespace(service: &Service, pod: &Pod, language: Language) -> Sentence {
    let chosen = SentencePart::Object(service.reference.clone());
    let namespace = SentencePart::Code(pod.namespace().to_owned());
    match language {
        Language::English => {
            vec![chosen, text(" selects pods of its own namespace only; it is in "), namespace]
        }
        Language::Japanese => {
            vec![chosen, text(" は自分の Namespace の Pod だけを選ぶ。この Pod の Namespace は "), namespace]
        }
    }
}

fn no_selector(service: &Service, language: Language) -> Sentence {
    let words = BilingualText::new(
        " has no selector: its endpoints are those that somebody wrote",
        " にはセレクターがなく、エンドポイントは手で書かれたものだけ",
    );
    vec![SentencePart::Object(service.reference.clone()), text(words.of(language))]
}

/// The labels match, and yet it is no endpoint: it has no address, has ended, or isn't ready.
fn no_endpoint(service: &Service, pod: &Pod, language: Language) -> Sentence {
    let why = if pod.addresses.is_empty() {
        BilingualText::new(
            "it has no address, so it is no endpoint of ",
            "アドレスがないので、次のエンドポイントではない: ",
        )
    } else if !pod.ready {
        BilingualText::new(
            "it isn't ready, so it is no usable endpoint of ",
            "Ready ではないので、次の使えるエンドポイントではない: ",
        )
    } else {
        BilingualText::new(
            "it is none of the endpoints that can be taken of ",
            "次の選べるエンドポイントに含まれない: ",
        )
    };
    vec![text(why.of(language)), SentencePart::Field(service.reference.field(FieldPath::root()))]
}

fn text(words: &str) -> SentencePart {
    SentencePart::Text(words.to_owned())
}
