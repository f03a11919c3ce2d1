//! The walk in the JSON contract: legs, hops, candidates, causes.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::explain::{self, Language, SentencePart};
use crate::manifest::Manifests;
use crate::packet::{Packet, Payload, Protocol};
use crate::source::FieldRef;
use crate::trace::{
    Candidate, CandidateFate, Cause, ComponentPlace, ConnectionHops, ConnectionPurpose, Hop, HopChoice, PacketDecision,
    Trail,
};

/// A word or a sentence of a closed list.
pub type JsonWord = Cow<'static, str>;

/// One connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LegReport {
    /// `resolve`, `connect`, `proxy`.
    pub purpose: JsonWord,
    /// Its hops; walks that go the same way share them.
    pub hops: Vec<Arc<HopReport>>,
}

/// One decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HopReport {
    /// `kube-proxy`.
    pub component: JsonWord,
    /// `node/node-1`, `pod/default/web-1`, `outside`.
    pub at: String,
    /// `pass`, `rewrite`, `drop` ….
    pub decision: JsonWord,
    /// The decision in a sentence.
    pub text: String,
    /// The packet as it comes in.
    pub before: Arc<PacketReport>,
    /// The packet as it goes on.
    pub after: Arc<PacketReport>,
    /// What was considered.
    pub candidates: Vec<Arc<CandidateReport>>,
    /// What settled it.
    pub because: Arc<[CauseReport]>,
}

/// Addresses, ports, and what is inside, each as text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PacketReport {
    /// `TCP`.
    pub protocol: Protocol,
    /// From whom.
    pub source: String,
    /// To whom, with the port.
    pub destination: String,
    /// `GET http://shop.example.com/cart`, `web.default.svc.cluster.local. A`.
    pub payload: Option<String>,
}

/// Something considered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CandidateReport {
    /// The object, address or name that was considered, in words.
    pub what: String,
    /// `chosen`, `eligible`, `rejected`.
    pub fate: JsonWord,
    /// Its share, if it can be taken.
    pub share: Option<f64>,
    /// Why it fell out, by its stable name.
    pub reason: Option<JsonWord>,
    /// Why it fell out, in a clause.
    pub text: Option<JsonWord>,
    /// What settled that.
    pub cause: Option<CauseReport>,
}

/// A line somebody wrote, or a rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CauseReport {
    /// `service default/web`; null for a rule.
    pub object: Option<String>,
    /// `spec.selector`.
    pub field: Option<String>,
    /// The file; null for what is supplied.
    pub file: Option<String>,
    /// From 1.
    pub line: Option<u32>,
    /// From 1.
    pub column: Option<u32>,
    /// The rule's stable name; null for a field.
    pub rule: Option<JsonWord>,
    /// The rule in words.
    pub text: Option<JsonWord>,
    /// Where the rule is documented.
    pub link: Option<JsonWord>,
}

/// Writes walks. What walks share in the trace they share in the report, and it is written once: the hops before they
/// part, and behind a choice its candidates and causes.
pub struct LegWriter<'m> {
    manifests: &'m Manifests,
    language: Language,
    hops: BTreeMap<*const Hop, Arc<HopReport>>,
    candidates: BTreeMap<(*const Candidate, usize), Vec<Arc<CandidateReport>>>,
    causes: BTreeMap<(*const Cause, usize), Arc<[CauseReport]>>,
}

impl<'m> LegWriter<'m> {
    /// Nothing is written yet. What is written is known by where it is kept, so that the trails must live as long as the
    /// writer is used.
    pub fn new(manifests: &'m Manifests, language: Language) -> Self {
        Self { manifests, language, hops: BTreeMap::new(), candidates: BTreeMap::new(), causes: BTreeMap::new() }
    }

    /// The walk of a trail.
    pub fn legs(&mut self, trail: &Trail) -> Vec<LegReport> {
        trail.legs().iter().map(|leg| self.leg(leg)).collect()
    }

    fn leg(&mut self, leg: &ConnectionHops<'_>) -> LegReport {
        let purpose = match leg.purpose {
            ConnectionPurpose::Resolve => "resolve",
            ConnectionPurpose::Connect => "connect",
            ConnectionPurpose::Proxy => "proxy",
        };
        LegReport { purpose: purpose.into(), hops: leg.hops().map(|hop| self.hop(hop)).collect() }
    }

    fn hop(&mut self, hop: &Hop) -> Arc<HopReport> {
        if let Some(written) = self.hops.get(&std::ptr::from_ref(hop)) {
            return written.clone();
        }
        let before = Arc::new(packet(&hop.before));
        let after = if std::ptr::eq(hop.after(), &hop.before) { before.clone() } else { Arc::new(packet(hop.after())) };
        let report = Arc::new(HopReport {
            component: hop.component.name().into(),
            at: place(&hop.at),
            decision: decision(&hop.decision).into(),
            text: explain::plain(&explain::hop(hop, self.language)),
            before,
            after,
            candidates: self.candidates(hop),
            because: self.because(&hop.because),
        });
        self.hops.insert(hop, report.clone());
        report
    }

    /// What was considered, which is the same on all branches but for the candidate taken.
    fn candidates(&mut self, hop: &Hop) -> Vec<Arc<CandidateReport>> {
        let (manifests, language) = (self.manifests, self.language);
        let mut all = Vec::new();
        for HopChoice { candidates, chosen } in hop.choices() {
            let write = || candidates.iter().map(|one| Arc::new(candidate(one, false, manifests, language))).collect();
            let list = (candidates.as_ptr(), candidates.len());
            let mut reports: Vec<_> = self.candidates.entry(list).or_insert_with(write).clone();
            let taken = chosen.and_then(|at| reports.get_mut(at).zip(candidates.get(at)));
            if let Some((written, taken)) = taken {
                *written = Arc::new(candidate(taken, true, manifests, language));
            }
            all.extend(reports);
        }
        all
    }

    fn because(&mut self, because: &Arc<[Cause]>) -> Arc<[CauseReport]> {
        let write = || because.iter().map(|one| cause(one, self.manifests, self.language)).collect();
        self.causes.entry((because.as_ptr(), because.len())).or_insert_with(write).clone()
    }
}

fn place(place: &ComponentPlace) -> String {
    match place {
        ComponentPlace::Outside => "outside".to_owned(),
        ComponentPlace::Network => "network".to_owned(),
        ComponentPlace::Node(name) => format!("node/{name}"),
        ComponentPlace::Pod(pod) => format!("pod/{}", pod.qualified_name()),
    }
}

/// The decision's stable name.
pub fn decision(decision: &PacketDecision) -> &'static str {
    match decision {
        PacketDecision::Pass => "pass",
        PacketDecision::Rewrite(_) => "rewrite",
        PacketDecision::Answer(_) => "answer",
        PacketDecision::Resolved(_) => "resolved",
        PacketDecision::Respond(_) => "respond",
        PacketDecision::Proxy(_) => "proxy",
        PacketDecision::Deliver(_) => "deliver",
        PacketDecision::Leave => "leave",
        PacketDecision::Drop => "drop",
        PacketDecision::Refuse => "refuse",
        PacketDecision::Unroutable => "unroutable",
        PacketDecision::Abort => "abort",
        PacketDecision::BreakOff => "break-off",
        PacketDecision::Unresolved(_) => "unresolved",
        PacketDecision::Unknown(_) => "unknown",
    }
}

fn packet(packet: &Packet) -> PacketReport {
    let payload = match &packet.payload {
        Payload::Opaque => None,
        Payload::Http(request) => {
            Some(format!("{} {}://{}{}", request.method, request.scheme.name(), request.host, request.target()))
        }
        Payload::Dns(question) => Some(format!("{} {}", question.name, question.record_type)),
    };
    PacketReport {
        protocol: packet.protocol,
        source: packet.source.to_string(),
        destination: packet.destination_text(),
        payload,
    }
}

fn candidate(candidate: &Candidate, chosen: bool, manifests: &Manifests, language: Language) -> CandidateReport {
    let (fate, share, objection) = match &candidate.fate {
        CandidateFate::Eligible(share) if chosen => ("chosen", Some(share.to_f64()), None),
        CandidateFate::Eligible(share) => ("eligible", Some(share.to_f64()), None),
        CandidateFate::Rejected(objection) => ("rejected", None, Some(*objection)),
    };
    CandidateReport {
        what: explain::plain(&explain::subject(&candidate.what)),
        fate: fate.into(),
        share,
        reason: objection.map(|objection| objection.name().into()),
        text: objection.map(|objection| objection.words().of(language).into()),
        cause: candidate.because.first().map(|one| cause(one, manifests, language)),
    }
}

/// A cause with its place.
pub fn cause(cause: &Cause, manifests: &Manifests, language: Language) -> CauseReport {
    match cause {
        Cause::Field(field) => field_cause(field, manifests),
        Cause::Rule(rule) => CauseReport {
            object: None,
            field: None,
            file: None,
            line: None,
            column: None,
            rule: Some(rule.name().into()),
            text: Some(rule.words().of(language).into()),
            link: Some(rule.documentation().into()),
        },
    }
}

/// The lines that a sentence names, with their places.
pub fn places(sentence: &[SentencePart], manifests: &Manifests) -> Vec<CauseReport> {
    let fields = sentence.iter().filter_map(|part| match part {
        SentencePart::Field(field) => Some(field_cause(field, manifests)),
        SentencePart::Object(object) => Some(field_cause(&object.field(""), manifests)),
        SentencePart::Text(_) | SentencePart::Code(_) => None,
    });
    fields.collect()
}

fn field_cause(field: &FieldRef, manifests: &Manifests) -> CauseReport {
    let location = manifests.locate(field);
    CauseReport {
        object: Some(field.object.lowercase()),
        field: Some(field.path.to_string()),
        file: location.as_ref().map(|location| location.file.to_string()),
        line: location.as_ref().map(|location| location.line),
        column: location.as_ref().map(|location| location.column),
        rule: None,
        text: None,
        link: None,
    }
}
