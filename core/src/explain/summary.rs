//! The answer in one sentence.

use std::collections::BTreeMap;

use super::{BilingualText, Language, Sentence, SentencePart};
use crate::order::Order;
use crate::trace::{Hop, LookupFailure, ModelGap, PacketDecision, Resolution, Share};

/// As many ends are named; of more, their number is told.
const NAMED: usize = 6;

/// Where the request lands, in one sentence: "lands on one of 3 pods: web-1 (1/3), …".
pub fn summary(resolution: &Resolution, language: Language) -> Sentence {
    let mut ends: Vec<(Vec<SentencePart>, Share)> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for landing in &resolution.landings {
        let Some(hop) = landing.trail.last() else { continue };
        let end = self::landing(hop, language);
        let key = super::plain(&end);
        let place = *places.entry(key).or_insert_with(|| {
            ends.push((end, Share::ZERO));
            ends.len() - 1
        });
        if let Some((_, share)) = ends.get_mut(place) {
            *share = share.plus(landing.share);
        }
    }
    compose(ends, language)
}

/// The ends, weightiest first, each with its share unless there is only one.
fn compose(mut ends: Vec<(Vec<SentencePart>, Share)>, language: Language) -> Sentence {
    ends.order_by(|(_, one), (_, other)| other.cmp(one));
    let more = ends.len().saturating_sub(NAMED);
    let even = even(&ends);
    let mut sentence = Vec::new();
    sentence.extend(even.map(|share| one_of(ends.len(), share, language)));
    let alone = ends.len() == 1 || even.is_some();
    for (place, (end, share)) in ends.into_iter().take(NAMED).enumerate() {
        if place > 0 {
            sentence.push(SentencePart::Text(BilingualText::new(", ", "、").of(language).to_owned()));
        }
        if !alone {
            sentence.push(SentencePart::Text(format!("{} ", share.percent())));
        }
        sentence.extend(end);
    }
    if more > 0 {
        sentence.push(SentencePart::Text(match language {
            Language::English => format!(", and {more} more"),
            Language::Japanese => format!("、ほか {more} 件"),
        }));
    }
    sentence
}

/// The share of each end, if all are pods with the same share, and more than one.
fn even(ends: &[(Vec<SentencePart>, Share)]) -> Option<Share> {
    let (_, first) = ends.first().filter(|_| ends.len() > 1)?;
    let pods = |end: &[SentencePart]| matches!(end, [SentencePart::Object(object)] if &*object.kind == "Pod");
    ends.iter().all(|(end, share)| share == first && pods(end)).then_some(*first)
}

/// "one of 3 pods, 33.3 % each: "
fn one_of(count: usize, share: Share, language: Language) -> SentencePart {
    let share = share.percent();
    SentencePart::Text(match language {
        Language::English => format!("one of {count} pods, {share} each: "),
        Language::Japanese => format!("{count} 個の Pod のどれか (それぞれ {share}): "),
    })
}

/// How the client feels the last hop of a landing.
pub fn landing(hop: &Hop, language: Language) -> Sentence {
    let text = |phrase: BilingualText| SentencePart::Text(phrase.of(language).to_owned());
    match &hop.decision {
        PacketDecision::Deliver(delivery) => match &delivery.pod {
            Some(pod) => vec![SentencePart::Object(pod.clone())],
            None => vec![SentencePart::Code(hop.before.destination_text())],
        },
        PacketDecision::Respond(response) => vec![
            text(BilingualText::new("answered by the proxy: ", "プロキシが応答: ")),
            SentencePart::Code(response.status.to_string()),
        ],
        PacketDecision::Answer(answer) => vec![SentencePart::Code(answer.rcode.to_string())],
        PacketDecision::Resolved(addresses) => {
            let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
            vec![SentencePart::Code(addresses.join(", "))]
        }
        PacketDecision::Leave => vec![
            text(BilingualText::new("leaves the cluster to ", "クラスターの外へ: ")),
            SentencePart::Code(hop.before.destination_text()),
        ],
        PacketDecision::Refuse => vec![text(BilingualText::new("connection refused", "接続が拒否される"))],
        PacketDecision::Drop => vec![text(BilingualText::new("times out", "タイムアウトする"))],
        PacketDecision::Unroutable => vec![text(BilingualText::new("no route", "経路がない"))],
        PacketDecision::Abort => vec![text(BilingualText::new(
            "the TLS handshake fails: the client doesn't trust the certificate",
            "TLS ハンドシェイクが失敗する: クライアントが証明書を信頼しない",
        ))],
        PacketDecision::BreakOff => vec![text(BilingualText::new(
            "the TLS handshake fails: the proxy breaks it off",
            "TLS ハンドシェイクが失敗する: プロキシが打ち切る",
        ))],
        PacketDecision::Unresolved(failure) => vec![text(lookup_failure(*failure))],
        PacketDecision::Unknown(ModelGap::OutsideAddress(name)) => vec![
            text(BilingualText::new("leaves the cluster: the manifests don't say where ", "クラスターの外へ: ")),
            SentencePart::Code(name.clone()),
            text(BilingualText::new(" is", " のアドレスはマニフェストからはわからない")),
        ],
        PacketDecision::Unknown(ModelGap::NotBuilt { message, .. }) => vec![
            text(BilingualText::new(
                "not known: the controller can't build the load balancer: ",
                "不明: コントローラーがロードバランサーを構築できない: ",
            )),
            SentencePart::Code(message.clone()),
        ],
        PacketDecision::Unknown(gap) => vec![
            SentencePart::Code(super::gap_text(gap)),
            text(BilingualText::new(" is not modelled", " はモデル化されていない")),
        ],
        // No walk ends here.
        PacketDecision::Pass | PacketDecision::Rewrite(_) | PacketDecision::Proxy(_) => {
            vec![text(BilingualText::new("not known", "不明"))]
        }
    }
}

/// A name that is not there, or a lookup in vain, which says nothing about the name.
fn lookup_failure(failure: LookupFailure) -> BilingualText {
    match failure {
        LookupFailure::NoName | LookupFailure::NoData | LookupFailure::NotKnown => {
            BilingualText::new("the name can't be resolved", "名前を解決できない")
        }
        LookupFailure::TimedOut => BilingualText::new("the name lookup times out", "名前解決がタイムアウトする"),
        LookupFailure::TryAgain => BilingualText::new(
            "the name lookup fails: the DNS server gives no usable answer",
            "名前解決に失敗する: DNS サーバーから使える応答がない",
        ),
        LookupFailure::Refused => BilingualText::new(
            "the name lookup fails: the DNS server's address refuses it",
            "名前解決に失敗する: DNS サーバーのアドレスに拒否される",
        ),
    }
}
