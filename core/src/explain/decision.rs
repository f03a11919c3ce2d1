//! One hop in a sentence: who decided what, and because of which line or rule.

use super::{BilingualText, Language, Sentence, SentencePart};
use crate::packet::{Packet, Payload, socket_text};
use crate::trace::{
    Candidate, CandidateFate, CandidateSubject, Cause, Component, ComponentPlace, GapKind, Hop, LookupFailure,
    ModelGap, PacketDecision, ProxyTarget,
};

/// What a hop does with its packet: "kube-proxy on node-1 sends it to 10.244.1.10:8080".
pub fn hop(hop: &Hop, language: Language) -> Sentence {
    let done = match (&hop.decision, hop.component) {
        (PacketDecision::Pass, Component::Resolver) => asks(&hop.before, language),
        (PacketDecision::Pass, Component::Network) => vec![SentencePart::Text(
            BilingualText::new("carries it: nothing blocks it", "遮られることなく運ぶ").of(language).to_owned(),
        )],
        (PacketDecision::Pass, Component::LoadBalancer) => hands_on(hop, language),
        (PacketDecision::Pass, Component::Ingress(_)) => shows(hop, language),
        (decided, _) => decision(decided, &hop.before, language),
    };
    let is_code = |part: &SentencePart| !matches!(part, SentencePart::Text(_));
    let between = match language {
        Language::English => " ",
        Language::Japanese if done.iter().find(|part| !is_empty(part)).is_some_and(is_code) => "が ",
        Language::Japanese => "が",
    };
    let mut sentence = who(hop, language);
    sentence.push(SentencePart::Text(between.to_owned()));
    sentence.extend(done);
    sentence
}

fn is_empty(part: &SentencePart) -> bool {
    matches!(part, SentencePart::Text(text) if text.is_empty())
}

/// The component and where it runs; a pod or a node as itself.
fn who(hop: &Hop, language: Language) -> Sentence {
    match (hop.component, &hop.at) {
        (Component::Pod, ComponentPlace::Pod(pod)) => vec![SentencePart::Object(pod.clone())],
        (Component::NodeStack, ComponentPlace::Node(name)) => vec![
            SentencePart::Text(BilingualText::new("node ", "ノード ").of(language).to_owned()),
            SentencePart::Code(name.to_string()),
        ],
        (named, at) => {
            let mut sentence = vec![SentencePart::Text(component(named).of(language).to_owned())];
            sentence.extend(place(at, language));
            sentence
        }
    }
}

/// A resolver's question: "asks 10.96.0.10 for db.default.svc.cluster.local. A".
fn asks(packet: &Packet, language: Language) -> Sentence {
    let Payload::Dns(question) = &packet.payload else { return decision(&PacketDecision::Pass, packet, language) };
    let (server, asked) = (packet.destination.to_string(), format!("{} {}", question.name, question.record_type));
    let text = |text: &str| SentencePart::Text(text.to_owned());
    match language {
        Language::English => vec![text("asks "), SentencePart::Code(server), text(" for "), SentencePart::Code(asked)],
        Language::Japanese => {
            vec![SentencePart::Code(server), text(" に "), SentencePart::Code(asked), text(" を問い合わせる")]
        }
    }
}

/// A balancer's choice of a node.
fn hands_on(hop: &Hop, language: Language) -> Sentence {
    let chosen = hop.chosen.and_then(|place| hop.candidates.get(place));
    let Some(CandidateSubject::Node(node) | CandidateSubject::Nodes(node, _)) = chosen.map(|candidate| &candidate.what)
    else {
        return decision(&PacketDecision::Pass, &hop.before, language);
    };
    let text = |phrase: BilingualText| SentencePart::Text(phrase.of(language).to_owned());
    vec![
        text(BilingualText::new("hands it to ", "")),
        SentencePart::Code(node.to_string()),
        text(BilingualText::new("", " に渡す")),
    ]
}

/// A proxy's certificate in the TLS handshake.
fn shows(hop: &Hop, language: Language) -> Sentence {
    let Some(chosen) = hop.chosen.and_then(|place| hop.candidates.get(place)) else {
        return decision(&PacketDecision::Pass, &hop.before, language);
    };
    let text = |phrase: BilingualText| SentencePart::Text(phrase.of(language).to_owned());
    let mut sentence = vec![text(BilingualText::new("shows its certificate: ", "証明書を提示する: "))];
    sentence.extend(subject(&chosen.what));
    sentence
}

/// The component's name in running text.
fn component(component: Component) -> BilingualText {
    match component {
        Component::Client => BilingualText::new("the client", "クライアント"),
        Component::Resolver => BilingualText::new("the resolver", "リゾルバー"),
        Component::CoreDns => BilingualText::new("CoreDNS", "CoreDNS"),
        Component::Upstream => BilingualText::new("the resolver outside", "外部のリゾルバー"),
        Component::Network => BilingualText::new("the network", "ネットワーク"),
        Component::LoadBalancer => BilingualText::new("the load balancer", "ロードバランサー"),
        Component::KubeProxy => BilingualText::new("kube-proxy", "kube-proxy"),
        Component::PortMap => BilingualText::new("the hostPort rule (portmap)", "hostPort のルール (portmap)"),
        Component::NetworkPolicy => BilingualText::new("NetworkPolicy", "NetworkPolicy"),
        Component::Ingress(implementation) => {
            let (english, japanese) = implementation.facts().title;
            BilingualText::new(english, japanese)
        }
        Component::Gateway => BilingualText::new("the Gateway", "Gateway"),
        Component::Pod => BilingualText::new("the pod", "Pod"),
        Component::NodeStack => BilingualText::new("the node", "ノード"),
    }
}

/// Where, after the component's name.
fn place(place: &ComponentPlace, language: Language) -> Sentence {
    let (word, at) = match place {
        ComponentPlace::Outside | ComponentPlace::Network => return Vec::new(),
        ComponentPlace::Node(name) => (" on ", SentencePart::Code(name.to_string())),
        ComponentPlace::Pod(pod) => (" in ", SentencePart::Object(pod.clone())),
    };
    let (before, after) = match language {
        Language::English => (word, ""),
        Language::Japanese => (" (", ")"),
    };
    vec![SentencePart::Text(before.to_owned()), at, SentencePart::Text(after.to_owned())]
}

/// What becomes of the packet.
fn decision(decision: &PacketDecision, before: &Packet, language: Language) -> Sentence {
    let text = |phrase: BilingualText| SentencePart::Text(phrase.of(language).to_owned());
    let around = |first: BilingualText, code: String, last: BilingualText| {
        vec![text(first), SentencePart::Code(code), text(last)]
    };
    match decision {
        PacketDecision::Pass => vec![text(BilingualText::new("lets it pass", "通す"))],
        PacketDecision::Rewrite(packet) => rewrite(before, packet, language),
        PacketDecision::Answer(answer) => {
            around(BilingualText::new("answers ", "応答する: "), answer_text(answer), BilingualText::new("", ""))
        }
        PacketDecision::Resolved(addresses) => {
            let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
            around(BilingualText::new("finds ", "アドレスを得る: "), addresses.join(", "), BilingualText::new("", ""))
        }
        PacketDecision::Respond(response) => around(
            BilingualText::new("answers by itself: ", "自ら応答する: "),
            match &response.location {
                Some(location) => format!("{} → {location}", response.status),
                None => response.status.to_string(),
            },
            BilingualText::new("", ""),
        ),
        PacketDecision::Proxy(proxied) => around(
            BilingualText::new("opens a connection to ", "接続を開く: "),
            match &proxied.target {
                ProxyTarget::Endpoint(address, port) | ProxyTarget::ClusterIp(address, port) => {
                    socket_text(*address, *port)
                }
                ProxyTarget::Name(name, port) => format!("{name}:{port}"),
            },
            BilingualText::new("", ""),
        ),
        PacketDecision::Deliver(delivery) if delivery.assumed => {
            vec![text(BilingualText::new(
                "takes it (it declares no ports, so this is assumed)",
                "受け取る (ポートの宣言がないため仮定)",
            ))]
        }
        PacketDecision::Deliver(_) => vec![text(BilingualText::new("takes it", "受け取る"))],
        PacketDecision::Leave => vec![text(BilingualText::new("sends it out of the cluster", "クラスターの外へ送る"))],
        PacketDecision::Drop => {
            vec![text(BilingualText::new("drops it: the client times out", "破棄する: クライアントはタイムアウトする"))]
        }
        PacketDecision::Refuse => vec![text(BilingualText::new("refuses it at once", "すぐに拒否する"))],
        PacketDecision::Unroutable => vec![text(BilingualText::new("has no route for it", "経路を持たない"))],
        PacketDecision::Abort => vec![text(BilingualText::new(
            "breaks the TLS handshake off: it doesn't trust the certificate",
            "証明書を信頼せず、TLS ハンドシェイクを打ち切る",
        ))],
        PacketDecision::BreakOff => {
            vec![text(BilingualText::new("breaks the TLS handshake off", "TLS ハンドシェイクを打ち切る"))]
        }
        PacketDecision::Unresolved(failure) => vec![text(lookup_failure(*failure))],
        PacketDecision::Unknown(gap) => around(
            BilingualText::new("does something not modelled: ", "モデル化されていない動作をする: "),
            gap_text(gap),
            BilingualText::new("", ""),
        ),
    }
}

/// DNAT and SNAT.
fn rewrite(before: &Packet, after: &Packet, language: Language) -> Sentence {
    let mut sentence = vec![
        SentencePart::Text(BilingualText::new("sends it to ", "宛先を書き換える: ").of(language).to_owned()),
        SentencePart::Code(after.destination_text()),
    ];
    if before.source != after.source {
        sentence
            .push(SentencePart::Text(BilingualText::new(", as coming from ", "、送信元: ").of(language).to_owned()));
        sentence.push(SentencePart::Code(after.source.to_string()));
    }
    sentence
}

/// `NOERROR 10.96.0.10`, or the code alone.
fn answer_text(answer: &crate::packet::Answer) -> String {
    let data: Vec<String> =
        answer.answers.iter().map(|record| format!("{} {}", record.data.record_type(), record.data)).collect();
    if data.is_empty() { answer.rcode.to_string() } else { format!("{}: {}", answer.rcode, data.join(", ")) }
}

/// Why a lookup failed.
fn lookup_failure(failure: LookupFailure) -> BilingualText {
    match failure {
        LookupFailure::NoName => BilingualText::new("finds no such name", "名前を見つけられない"),
        LookupFailure::NoData => BilingualText::new("finds the name, but no address", "名前はあるがアドレスがない"),
        LookupFailure::TryAgain => {
            BilingualText::new("gets no usable answer (temporary failure)", "使える応答を得られない (一時的な失敗)")
        }
        LookupFailure::TimedOut => {
            BilingualText::new("gets no answer: no DNS server responds", "待っても DNS サーバーから応答がない")
        }
        LookupFailure::Refused => {
            BilingualText::new("is refused by the DNS server's address", "DNS サーバーのアドレスに拒否される")
        }
        LookupFailure::NotKnown => BilingualText::new("depends on what isn't known", "わからないことに左右される"),
    }
}

/// What isn't modelled, by its kind.
pub fn gap(kind: GapKind) -> BilingualText {
    match kind {
        GapKind::Field => BilingualText::new(
            "a field, an annotation or a file that is read there, and whose effect isn't modelled",
            "実物では読み取られるが、効果をモデル化していないフィールド、アノテーション、ファイル",
        ),
        GapKind::RegularExpression => BilingualText::new(
            "a regular expression with lookaround, backreferences or whatever else regex-lite can't run",
            "先読み・後読みや後方参照など、regex-lite で実行できない正規表現",
        ),
        GapKind::Directive => BilingualText::new(
            "a directive of nginx in a snippet that isn't followed, or a variable or expression in it",
            "追跡していないスニペット内の nginx ディレクティブ（またはその中の変数や正規表現）",
        ),
        GapKind::NotBuilt => BilingualText::new(
            "what a load balancer was before its controller failed to build it as it is written; the controller's words are told",
            "コントローラーが記述どおりに構築できなかったロードバランサーの、それ以前の状態（コントローラーの文言を併記する）",
        ),
        GapKind::CoreDnsPlugin => BilingualText::new(
            "a CoreDNS plugin that isn't modelled, or what it does in a case that isn't",
            "モデル化していない CoreDNS プラグイン、またはその一部の動作",
        ),
        GapKind::ControllerSetting => BilingualText::new(
            "a setting or a state of a controller that isn't known",
            "コントローラーの設定や状態のうち、わからないもの",
        ),
        GapKind::OutsideAddress => BilingualText::new(
            "the address of a name outside the cluster that World's spec.upstream doesn't hold",
            "World の spec.upstream にない、クラスター外の名前のアドレス",
        ),
        GapKind::OutsideServer => BilingualText::new(
            "what a server or a load balancer outside the cluster does",
            "クラスター外のサーバーやロードバランサーの動作",
        ),
        GapKind::NodeLocalDns => BilingualText::new(
            "what a DNS cache on the node answers (NodeLocal DNS)",
            "ノード上の DNS キャッシュ (NodeLocal DNS) の応答",
        ),
        GapKind::IcmpUnderPolicy => BilingualText::new(
            "ICMP of a pod that a NetworkPolicy isolates: policies are about TCP, UDP and SCTP, plugins differ about the rest",
            "NetworkPolicy で隔離された Pod の ICMP: ポリシーの対象は TCP、UDP、SCTP であり、それ以外はプラグインごとに異なる",
        ),
        GapKind::GatewayController => BilingualText::new(
            "a Gateway's controller that isn't modelled, where those that are differ; what the specification alone says is told",
            "モデル化されていない Gateway コントローラー（モデル化済みのものの間で動作が異なる場合。仕様だけに従った結果を併記する）",
        ),
        GapKind::IngressController => BilingualText::new(
            "an Ingress controller that isn't modelled, where controllers differ; what the API's text alone says is told",
            "モデル化されていない Ingress コントローラー（コントローラーの間で動作が異なる場合。API の文面だけに従った結果を併記する）",
        ),
        GapKind::Unread => BilingualText::new(
            "objects of a live cluster that could not be read, because RBAC refuses it, and Secrets that nobody asked for (World's spec.unread)",
            "RBAC に拒否されて読み取れなかった、稼働中のクラスターのオブジェクトと、取得しなかった Secret（World の spec.unread）",
        ),
        GapKind::ProxyLoop => {
            BilingualText::new("a request that proxies hand on in a circle", "プロキシの間を循環し続けるリクエスト")
        }
        GapKind::TooLarge => BilingualText::new(
            "more redirects, connections or ways than are followed",
            "追跡できる数を超えるリダイレクト、接続、経路",
        ),
    }
}

/// What isn't modelled.
pub fn gap_text(gap: &ModelGap) -> String {
    match gap {
        ModelGap::Field(field) => format!("{} {}", field.object.lowercase(), field.path),
        ModelGap::RegularExpression { pattern, .. } => pattern.clone(),
        ModelGap::Directive { field, directive, line } => {
            format!("{directive} (line {line} of {} {})", field.object.lowercase(), field.path)
        }
        ModelGap::NotBuilt { message, .. } => format!("what the load balancer was before “{message}”"),
        ModelGap::CoreDnsPlugin(name) => format!("CoreDNS plugin {name}"),
        ModelGap::ControllerSetting(name) => name.clone(),
        ModelGap::OutsideAddress(name) => name.clone(),
        ModelGap::OutsideServer(name) => name.clone(),
        ModelGap::NodeLocalDns(address) => format!("NodeLocal DNS at {address}"),
        ModelGap::IcmpUnderPolicy(policy) => format!("ICMP under {}", policy.lowercase()),
        ModelGap::GatewayController { controller, specification } => {
            format!("the controller {controller} (by the specification alone: {})", specification.join(", "))
        }
        ModelGap::IngressController { controller, specification } => {
            format!("the controller {controller} (by the API's text alone: {})", specification.join(", "))
        }
        ModelGap::Unread(kind) if &**kind == "secrets" => "what Secrets hold, which were not read,".to_owned(),
        ModelGap::Unread(kind) => format!("the list of {kind}, which RBAC refuses,"),
        ModelGap::ProxyLoop => "a request that proxies hand on in a circle".to_owned(),
        ModelGap::TooLarge(limit) => limit.text(),
    }
}

/// A cause: the line somebody wrote, or the rule in words.
pub fn cause(cause: &Cause, language: Language) -> Sentence {
    match cause {
        Cause::Field(field) => vec![SentencePart::Field(field.clone())],
        Cause::Rule(which) => vec![SentencePart::Text(which.words().of(language).to_owned())],
    }
}

pub fn subject(subject: &CandidateSubject) -> Sentence {
    match subject {
        CandidateSubject::Object(object) => vec![SentencePart::Object(object.clone())],
        CandidateSubject::Field(field) => vec![SentencePart::Field(field.clone())],
        CandidateSubject::Endpoint { address, port, pod, .. } => {
            let at = port.map_or_else(|| address.to_string(), |port| socket_text(*address, port));
            match pod {
                Some(pod) => vec![SentencePart::Object(pod.clone()), SentencePart::Text(format!(" ({at})"))],
                None => vec![SentencePart::Code(at)],
            }
        }
        CandidateSubject::Name(name) => vec![SentencePart::Code(name.to_string())],
        CandidateSubject::Node(name) => vec![SentencePart::Code(name.to_string())],
        CandidateSubject::Nodes(first, more) => {
            vec![SentencePart::Code(first.to_string()), SentencePart::Text(format!(" +{more}"))]
        }
        CandidateSubject::Address(address) => vec![SentencePart::Code(address.to_string())],
        CandidateSubject::More(count) => vec![SentencePart::Code(format!("+{count}"))],
        CandidateSubject::Certificate { secret: Some(secret), names } if names.is_empty() => {
            vec![SentencePart::Object(secret.clone())]
        }
        CandidateSubject::Certificate { secret: Some(secret), names } => {
            vec![SentencePart::Object(secret.clone()), SentencePart::Text(format!(" ({})", names.join(", ")))]
        }
        CandidateSubject::Certificate { secret: None, .. } => vec![SentencePart::Code("self-signed".to_owned())],
    }
}

/// A candidate and what became of it: "pod default/web-2 (10.244.2.5:80) isn't ready".
pub fn candidate(candidate: &Candidate, chosen: bool, language: Language) -> Sentence {
    let mut sentence = subject(&candidate.what);
    let fate = match &candidate.fate {
        CandidateFate::Eligible(share) => {
            let word =
                if chosen { BilingualText::new("taken", "選択") } else { BilingualText::new("possible", "候補") };
            format!("{} ({})", word.of(language), share.percent())
        }
        CandidateFate::Rejected(why) => why.words().of(language).to_owned(),
    };
    sentence.push(SentencePart::Text(format!(" {fate}")));
    sentence
}
