//! What was found in the manifests, in sentences. The words of kubectl and the API server stay as they are, in English;
//! what to do about them is said in both languages.

use super::{BilingualText, Language};
use crate::diagnostic::{CopiedMark, Diagnostic, ExpectedSetting, NearMiss, Problem};
use crate::model::well_known;
use crate::source::ObjectRef;

/// What is wrong, in one sentence without final period.
pub fn message(diagnostic: &Diagnostic, language: Language) -> String {
    let say = |english: String, japanese: String| match language {
        Language::English => english,
        Language::Japanese => japanese,
    };
    match &diagnostic.problem {
        // The real tools' words.
        Problem::Syntax { message, .. }
        | Problem::Invalid { message }
        | Problem::ApiWarning { message }
        | Problem::WrongType { message }
        | Problem::AllocationFailed { message } => message.clone(),
        Problem::NotAnObject { found } => format!(
            "couldn't get version/kind; json parse error: json: cannot unmarshal {found} into Go value of type struct \
             {{ APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }}"
        ),
        Problem::MissingKind => "Object 'Kind' is missing".to_owned(),
        Problem::MissingApiVersion => "apiVersion not set".to_owned(),
        Problem::MissingName => "metadata.name: Required value: name or generateName is required".to_owned(),
        Problem::NoMatches { kind, api_version, .. } => {
            format!("no matches for kind \"{kind}\" in version \"{api_version}\"")
        }
        Problem::UnknownField { .. } => {
            let path = diagnostic.field.as_ref().map(ToString::to_string).unwrap_or_default();
            format!("strict decoding error: unknown field \"{path}\"")
        }
        // Ours.
        Problem::Copied { mark } => copied(*mark).of(language).to_owned(),
        Problem::TooDeep { limit } => say(
            format!("nests deeper than the {limit} levels that are read"),
            format!("入れ子が深すぎます(読めるのは {limit} 段まで)"),
        ),
        Problem::TooManyAliases { limit } => say(
            format!("the aliases of all documents bring in more than the {limit} values that are read; this one is left out"),
            format!("すべての文書のエイリアスを合わせると、読める値 {limit} 個を超えます。この文書は除外します"),
        ),
        Problem::TooManyFindings { omitted } => {
            say(format!("{omitted} more findings are left out"), format!("ほかに {omitted} 件の指摘を省略しました"))
        }
        Problem::DuplicateKey { key } => say(
            format!("`{key}` is written twice in one map; kubectl silently takes the last one"),
            format!("`{key}` が同じマップに 2 回あります。kubectl は黙って最後のものを使います"),
        ),
        Problem::IgnoredDocument => say(
            "kubectl reads only the first document up to a line `---` of its own; what follows here is ignored"
                .to_owned(),
            "kubectl は単独の `---` 行までの最初の文書だけを読みます。ここから先は無視されます".to_owned(),
        ),
        Problem::SameObjectTwice { .. } => say(
            "the same object stands here a second time; the later one counts, as with `kubectl apply`".to_owned(),
            "同じオブジェクトが 2 回あります。`kubectl apply` と同じく後のものが有効です".to_owned(),
        ),
        Problem::SuppliedNamespace { name } => say(
            format!("nobody declares the namespace `{name}`; it is taken to exist"),
            format!("Namespace `{name}` は宣言されていません。存在するものとして扱います"),
        ),
        Problem::KindNotModelled { kind, api_version, .. } => say(
            format!("{kind} ({api_version}) isn't modelled: answers are as if it weren't there"),
            format!("{kind} ({api_version}) はモデル化されていません。ないものとして答えます"),
        ),
        Problem::PluginPolicy { kind, api_version } => say(
            format!("{kind} ({api_version}) isn't modelled: whether connections that it may be about get through is not known"),
            format!("{kind} ({api_version}) はモデル化されていません。対象になり得る接続が通るかどうかはわかりません"),
        ),
        Problem::PolicyNotEnforced => say(
            "this cluster's network plugin doesn't enforce such policies: answers are as if this one weren't there".into(),
            "このクラスターのネットワークプラグインはこの種のポリシーを適用しません。ないものとして答えます".into(),
        ),
        Problem::NodeLabelAssumed { key } => say(
            format!("no Node is pasted; some node is taken to have the label `{key}` that is asked for here"),
            format!("Node がないため、ここで求められているラベル `{key}` を持つノードがあるものとして扱います"),
        ),
        Problem::NotPasted { objects } => not_pasted(objects, language),
        Problem::MissingKey { object, key, waiting } => say(
            format!("{} has no key `{key}`, so the pods never start ({waiting})", lower(object)),
            format!("{} にキー `{key}` がないため、Pod は起動しません({waiting})", lower(object)),
        ),
        Problem::SelectsNothing { nearest } => selects_nothing(nearest.as_ref(), language),
        Problem::UnknownPortName { name, pods, .. } => say(
            format!("no container of {} has a port named `{name}`, so the Service has no endpoint here", lower(pods)),
            format!(
                "{} のどのコンテナにも `{name}` という名前のポートがないため、ここにはエンドポイントがありません",
                lower(pods)
            ),
        ),
        Problem::UndeclaredPort { number, pods, .. } => say(
            format!("no container of {} declares port {number}; it works if something listens there", lower(pods)),
            format!("{} のどのコンテナもポート {number} を宣言していません。待ち受けていれば動きます", lower(pods)),
        ),
        Problem::SeveralWorkloads { workloads } => say(
            format!("selects the pods of {}: requests go to all of them", list(workloads, " and ")),
            format!("{} の Pod を選んでいます。リクエストはそのすべてに送られます", list(workloads, " と ")),
        ),
        Problem::Missing { object } => {
            say(format!("there is no {}", lower(object)), format!("{} は存在しません", lower(object)))
        }
        Problem::MissingServicePort { service, port, .. } => say(
            format!("{} has no port {port}", lower(service)),
            format!("{} にポート {port} はありません", lower(service)),
        ),
        Problem::NoIngressClass => say(
            "no class is named and no IngressClass is the default: ingress-nginx leaves this Ingress alone, Traefik serves it".to_owned(),
            "クラスの指定がなく既定の IngressClass もありません。ingress-nginx はこの Ingress を無視し、Traefik は処理します"
                .to_owned(),
        ),
        Problem::NotHeadless { service } => say(
            format!("{} isn't headless: its name leads to its own address, not to the pods", lower(service)),
            format!("{} はヘッドレスではないため、その名前は Pod ではなく Service のアドレスを指します", lower(service)),
        ),
        Problem::GateNeverSet { condition } => say(
            format!(
                "readiness waits for the condition `{condition}`, which nothing here sets: the pods never become ready"
            ),
            format!("条件 `{condition}` を設定するものがないため、Pod は Ready になりません"),
        ),
        Problem::UnknownProbePort { name } => say(
            format!(
                "the readiness probe asks for a port named `{name}`, which the container doesn't have: it never succeeds"
            ),
            format!("コンテナに `{name}` という名前のポートがないため、readinessProbe は成功しません"),
        ),
        Problem::HostBits { cidr, network } => say(
            format!("`{cidr}` has bits set beyond its prefix; it means {network}"),
            format!("`{cidr}` はプレフィックスより後ろのビットが立っています。{network} という意味になります"),
        ),
        Problem::EndpointsPortName { name, service, .. } => say(
            format!("{} has no port named `{name}`, so it leads nowhere", lower(service)),
            format!("{} に `{name}` という名前のポートがないため、どこにもつながりません", lower(service)),
        ),
        Problem::AddressAsName { address } => say(
            format!("an ExternalName is a DNS name; `{address}` is an address and will not resolve"),
            format!("ExternalName は DNS 名です。`{address}` はアドレスなので名前解決できません"),
        ),
        Problem::UnknownNode { node } => say(
            format!("there is no node `{node}`, so the pod never runs"),
            format!("ノード `{node}` がないため、この Pod は動きません"),
        ),
        // The scheduler's words.
        Problem::Unschedulable { pods, message } => say(
            format!("{pods} pending: {message}"),
            format!("{pods} 個の Pod が Pending です: {message}"),
        ),
        Problem::TooManyPods { wanted, limit } => say(
            format!("wants {wanted} pods; at most {limit} are simulated in all, so it gets fewer"),
            format!("Pod を {wanted} 個求めていますが、全体で {limit} 個までしか再現しないため減らします"),
        ),
        Problem::NoRollout => say(
            "no roll-out is going on: there is no such Deployment, or no ReplicaSet of an earlier template that it owns"
                .to_owned(),
            "進行中のロールアウトはありません。この Deployment がないか、以前のテンプレートの ReplicaSet を持っていません"
                .to_owned(),
        ),
        Problem::NoRolloutStep { step, last, completes: true } => say(
            format!("the roll-out has no step {step}; the last one is {last}"),
            format!("ロールアウトに {step} 番目のステップはありません。最後は {last} 番目です"),
        ),
        Problem::NoRolloutStep { step, last, completes: false } => say(
            format!("the roll-out doesn't get to step {step}: it is stuck at step {last}, where new pods aren't ready"),
            format!("ロールアウトは {step} 番目のステップに達しません。新しい Pod が Ready にならず、{last} 番目で止まります"),
        ),
        Problem::OutOfPodAddresses { pods } => say(
            format!("the node's podCIDR has no address left for {pods} of its pods"),
            format!("ノードの podCIDR に空きアドレスがなく、{pods} 個の Pod が起動できません"),
        ),
        Problem::KubeletRefuses { reason } => say(
            format!("spec.nodeName goes past the scheduler, but the node's kubelet refuses the pod: {reason}"),
            format!("spec.nodeName でスケジューラーを経由せずに配置しても、ノードの kubelet が Pod を拒否します: {reason}"),
        ),
        Problem::PodsForbidden { message } => say(
            format!("no pod, or not all, can be made: {message}"),
            format!("Pod を作れない、または一部しか作れません: {message}"),
        ),
        Problem::OtherScheduler { scheduler } => say(
            format!("the pods wait for the scheduler {scheduler}, which isn't modelled: they stay Pending"),
            format!("Pod はスケジューラー {scheduler} を待ちますが、そのモデルはないので Pending のままです"),
        ),
        Problem::NoPodNetwork { nodes } => say(
            format!("the pod network has no subnet left for {nodes} of the nodes, so their pods get no address"),
            format!("Pod ネットワークに {nodes} 台のノードへ割り当てるサブネットが残っていません"),
        ),
        Problem::PodNetworkWidened { nodes, network } => say(
            format!("the default pod network has no room for {nodes} nodes; {network} is assumed instead"),
            format!("既定の Pod ネットワークには {nodes} 台のノードが収まらないため、{network} を使うものとみなします"),
        ),
        Problem::NetworkInferred { address, network } => say(
            format!("{address} is outside the default network; {network} is assumed instead"),
            format!("{address} は既定のネットワークの外にあるため、{network} を使うものとみなします"),
        ),
        Problem::TopologyModeNotModelled => say(
            "not modelled: the zones that this annotation lets endpoints serve; all nodes use all endpoints".to_owned(),
            "このアノテーションによるゾーンの割り当ては再現していません。すべてのノードがすべてのエンドポイントを使います".to_owned(),
        ),
        Problem::FieldNotModelled => {
            let path = diagnostic.field.as_ref().map(ToString::to_string).unwrap_or_default();
            say(
                format!("not modelled: {path}; answers are given as if it weren't there"),
                format!("{path} は再現していません。これがないものとして答えます"),
            )
        }
        Problem::ContradictingSettings { used, used_by, ignored } => say(
            format!("`{ignored}` contradicts `{used}` in {used_by}, which counts"),
            format!("`{ignored}` は {used_by} の `{used}` と矛盾します。後者が有効です"),
        ),
        Problem::Corefile { message, .. } => message.clone(),
        Problem::CorednsLoop { zone, .. } => format!(
            "plugin/loop: Loop detected for zone {zone:?}, see https://coredns.io/plugins/loop#troubleshooting"
        ),
        Problem::UnknownAnnotation { .. } => {
            let path = diagnostic.field.as_ref().map(ToString::to_string).unwrap_or_default();
            say(
                format!("ingress-nginx has no annotation of this name and ignores it: {path}"),
                format!("ingress-nginx にこの名前のアノテーションはなく、無視されます: {path}"),
            )
        }
        Problem::AnnotationNotRead => {
            let path = diagnostic.field.as_ref().map(ToString::to_string).unwrap_or_default();
            say(
                format!("Traefik's provider for ingress-nginx doesn't read this annotation: {path}"),
                format!("Traefik の ingress-nginx 用プロバイダーはこのアノテーションを読みません: {path}"),
            )
        }
        Problem::AnnotationOfAnother { owner, controller } => {
            let path = diagnostic.field.as_ref().map(ToString::to_string).unwrap_or_default();
            match controller {
                Some(controller) => say(
                    format!("an annotation of {owner}, which {controller} doesn't read: {path}"),
                    format!("{owner} のアノテーションです。{controller} は読みません: {path}"),
                ),
                None => say(
                    format!("an annotation of {owner}, which doesn't serve an Ingress without a class: {path}"),
                    format!("{owner} のアノテーションですが、クラスのない Ingress は扱われません: {path}"),
                ),
            }
        }
        Problem::NotAnnounced { address, all_excluded: true } => say(
            format!("nobody announces {address}: every node has the label {}", well_known::EXCLUDE_FROM_BALANCERS),
            format!("{address} を広報するものがありません。すべてのノードに {} ラベルがあります", well_known::EXCLUDE_FROM_BALANCERS),
        ),
        Problem::NotAnnounced { address, all_excluded: false } => say(
            format!("nobody announces {address}: no node has a speaker, an advertisement and an endpoint for it"),
            format!("{address} を広報するものがありません。speaker と advertisement とエンドポイントのそろったノードがありません"),
        ),
        Problem::UnreadablePattern { pattern } => say(
            format!("`{pattern}` is no regular expression: nothing matches it, or the whole route is refused"),
            format!("`{pattern}` は正規表現として読めません。何にも一致しないか、ルート全体が拒否されます"),
        ),
        Problem::LegacyTraefikGroup { kind } => say(
            format!("Traefik 3 doesn't read the group traefik.containo.us: this {kind} has no effect"),
            format!("Traefik 3 は traefik.containo.us グループを読みません。この {kind} は効果がありません"),
        ),
        Problem::UnknownMetalLbAnnotation { .. } => {
            let path = diagnostic.field.as_ref().map(ToString::to_string).unwrap_or_default();
            say(
                format!("MetalLB has no annotation of this name and ignores it: {path}"),
                format!("MetalLB にこの名前のアノテーションはなく、無視されます: {path}"),
            )
        }
        Problem::AdmissionDenied { message } => {
            format!("admission webhook \"validate.nginx.ingress.kubernetes.io\" denied the request: {message}")
        }
        Problem::ControllerRejects { message } => say(
            format!("the controller doesn't serve this as written: {message}"),
            format!("コントローラーはこの記述どおりには処理しません: {message}"),
        ),
        Problem::NginxRefuses { message } => say(
            format!("nginx: [emerg] {message}: ingress-nginx loads no configuration any more, for any Ingress"),
            format!("nginx: [emerg] {message}: ingress-nginx はどの Ingress の変更も読み込まなくなります"),
        ),
        Problem::PluginNotModelled { plugin, .. } => say(
            format!("the CoreDNS plugin {plugin} isn't modelled; answers that depend on it are unknown"),
            format!("CoreDNS の {plugin} プラグインは再現していません。これに左右される答えは不明になります"),
        ),
        Problem::KubeletEvent { reason, message } => format!("{reason}: {message}"),
        Problem::UnreadableSetting { expected, found } => say(
            format!("`{found}` is no {}; the setting counts as absent", expectation(*expected, language)),
            format!("`{found}` は{}として読めません。設定されていないものとして扱います", expectation(*expected, language)),
        ),
    }
}

/// What a setting takes, with an example.
fn expectation(expected: ExpectedSetting, language: Language) -> &'static str {
    let (english, japanese) = match expected {
        ExpectedSetting::Address => ("IP address", " IP アドレス"),
        ExpectedSetting::Network => ("network such as 10.244.0.0/16", "ネットワーク(10.244.0.0/16 など)"),
        ExpectedSetting::PortRange => ("port range such as 30000-32767", "ポート範囲(30000-32767 など)"),
        ExpectedSetting::ProxyMode => {
            ("mode of kube-proxy: iptables, nftables or ipvs", " kube-proxy のモード(iptables、nftables、ipvs)")
        }
        ExpectedSetting::Record => {
            ("DNS record such as `www.example.com. A 192.0.2.1`", " DNS レコード(`www.example.com. A 192.0.2.1` など)")
        }
        ExpectedSetting::Rcode => ("DNS response code such as SERVFAIL", " DNS 応答コード(SERVFAIL など)"),
        ExpectedSetting::Preset => (
            "preset: kubeadm, kind, minikube, k3s, cloud, eks, gke, aks or microk8s",
            "プリセット(kubeadm、kind、minikube、k3s、cloud、eks、gke、aks、microk8s)",
        ),
        ExpectedSetting::KubernetesVersion => {
            ("version of Kubernetes: \"1.35\" or \"1.37\"", " Kubernetes のバージョン(\"1.35\" か \"1.37\")")
        }
    };
    match language {
        Language::English => english,
        Language::Japanese => japanese,
    }
}

fn selects_nothing(nearest: Option<&NearMiss>, language: Language) -> String {
    match (nearest, language) {
        (None, Language::English) => "the selector matches no pod".to_owned(),
        (None, Language::Japanese) => "セレクターに一致する Pod がありません".to_owned(),
        (Some(NearMiss { pods, key, wanted, found }), Language::English) => {
            let has = found.as_ref().map_or("doesn't have that label".to_owned(), |found| format!("has `{found}`"));
            format!("the selector matches no pod: it wants `{key}: {wanted}`, {} {has}", lower(pods))
        }
        (Some(NearMiss { pods, key, wanted, found }), Language::Japanese) => {
            let has = found
                .as_ref()
                .map_or("そのラベルがありません".to_owned(), |found| format!("`{found}` です"));
            format!(
                "セレクターに一致する Pod がありません。`{key}: {wanted}` を求めていますが、{} は{has}",
                lower(pods)
            )
        }
    }
}

/// Whether the API server refuses a value because it is still `${NAME}`, `$(NAME)`, `<name>` or `{{ name }}`.
fn is_placeholder(message: &str) -> bool {
    let value = message.split_once("Invalid value: \"").and_then(|(_, rest)| Some(rest.split_once('"')?.0));
    let stands_open = |value: &str| {
        [("${", "}"), ("$(", ")"), ("<", ">"), ("{{", "}}")]
            .iter()
            .any(|(open, close)| value.split_once(open).is_some_and(|(_, rest)| rest.contains(close)))
    };
    value.is_some_and(stands_open)
}

fn lower(object: &ObjectRef) -> String {
    object.lowercase()
}

/// Up to three by name.
fn not_pasted(objects: &[ObjectRef], language: Language) -> String {
    let (shown, rest) = objects.split_at(objects.len().min(3));
    let (and, more) = match (language, rest.len()) {
        (Language::English, 0) => (", ", String::new()),
        (Language::English, more) => (", ", format!(" and {more} more")),
        (Language::Japanese, 0) => ("、", String::new()),
        (Language::Japanese, more) => ("、", format!("、ほか {more} 件")),
    };
    match language {
        Language::English => format!("nobody pasted {}{more}; taken to exist", list(shown, and)),
        Language::Japanese => format!("{}{more} がありません。存在するものとして扱います", list(shown, and)),
    }
}

fn list(objects: &[ObjectRef], and: &str) -> String {
    objects.iter().map(lower).collect::<Vec<_>>().join(and)
}

/// What to do about it; None where the message says it all.
pub fn help(diagnostic: &Diagnostic, language: Language) -> Option<String> {
    let say = |english: String, japanese: String| {
        Some(match language {
            Language::English => english,
            Language::Japanese => japanese,
        })
    };
    match &diagnostic.problem {
        Problem::Syntax { is_template: true, .. } => say(
            "`{{ … }}` is a Helm template: paste what `helm template` prints".into(),
            "`{{ … }}` は Helm のテンプレートです。`helm template` の出力を貼ってください".into(),
        ),
        Problem::Syntax { message, .. } => {
            let (english, japanese) = syntax_help(message);
            say(english.into(), japanese.into())
        }
        Problem::WrongType { message } if message.contains("illegal base64 data") => say(
            "this field holds base64: write plain text under stringData instead".into(),
            "このフィールドの値は base64 です。平文は stringData に書いてください".into(),
        ),
        Problem::Invalid { message } if message.contains("not configured for dual-stack") => say(
            "say which networks there are in a ClusterConfiguration: networking.podSubnet and networking.serviceSubnet, one of each family".into(),
            "ClusterConfiguration の networking.podSubnet と networking.serviceSubnet に、両方のファミリーのネットワークを書いてください".into(),
        ),
        Problem::Invalid { message } if is_placeholder(message) => say(
            "a placeholder that nobody replaced: put the value in, as `envsubst` does".into(),
            "置き換えられていないプレースホルダーです。`envsubst` などで値を入れてください".into(),
        ),
        Problem::WrongType { .. } if diagnostic.fix.as_ref().is_some_and(|fix| fix.replacement.starts_with('"')) => say(
            "put the value in quotes: it must be text".into(),
            "値を引用符で囲んでください(文字列が必要です)".into(),
        ),
        Problem::WrongType { .. } if diagnostic.fix.is_some() => say(
            "take the quotes off: it must not be text".into(),
            "引用符を外してください(文字列は使えません)".into(),
        ),
        Problem::NotAnObject { .. } => say(
            "a manifest is a map with apiVersion, kind and metadata".into(),
            "マニフェストは apiVersion、kind、metadata を持つマップです".into(),
        ),
        Problem::MissingKind => {
            say("add a line such as `kind: Service`".into(), "`kind: Service` のような行を足してください".into())
        }
        Problem::MissingApiVersion => {
            say("add a line such as `apiVersion: v1`".into(), "`apiVersion: v1` のような行を足してください".into())
        }
        Problem::Corefile { .. } => say(
            "until that is mended no CoreDNS pod starts, and no name in the cluster resolves".into(),
            "これを直すまで CoreDNS の Pod は起動せず、クラスターの名前は解決できません".into(),
        ),
        Problem::CorednsLoop { by_node: true, .. } => say(
            "the node's resolv.conf names the machine itself; let the kubelet's resolvConf name the file with the \
             resolvers outside, such as /run/systemd/resolve/resolv.conf. Until then CoreDNS ends at each start"
                .into(),
            "ノードの resolv.conf がそのマシン自身を指しています。kubelet の resolvConf に外部リゾルバーのファイル\
             （/run/systemd/resolve/resolv.conf など）を指定してください。それまで CoreDNS は起動のたびに終了します"
                .into(),
        ),
        Problem::CorednsLoop { by_node: false, .. } => say(
            "let forward name resolvers outside the cluster; until then CoreDNS ends at each start".into(),
            "forward にはクラスターの外のリゾルバーを指定してください。それまで CoreDNS は起動のたびに終了します".into(),
        ),
        Problem::MissingName => say("add metadata.name".into(), "metadata.name を足してください".into()),
        Problem::NoMatches { kind, instead: Some(version), .. } if version.starts_with("gateway.networking.") => say(
            format!("{kind} is served in `{version}` (Gateway API 1.7)"),
            format!("{kind} は `{version}` で提供されています(Gateway API 1.7)"),
        ),
        Problem::NoMatches { kind, instead: Some(version), .. } => {
            say(format!("{kind} is served in `{version}`"), format!("{kind} は `{version}` で提供されています"))
        }
        Problem::NoMatches { instead: None, .. } if diagnostic.fix.is_some() => {
            let meant = diagnostic.fix.as_ref().map(|fix| fix.replacement.as_str()).unwrap_or_default();
            say(format!("did you mean `{meant}`?"), format!("`{meant}` のことですか?"))
        }
        Problem::NoMatches { instead: None, .. } => say(
            "no API server of Kubernetes has such a kind".into(),
            "Kubernetes の API サーバーにこの種類はありません".into(),
        ),
        Problem::UnknownField { nearest: Some(name) }
        | Problem::UnknownAnnotation { nearest: Some(name) }
        | Problem::UnknownMetalLbAnnotation { nearest: Some(name) } => {
            say(format!("did you mean `{name}`?"), format!("`{name}` のことですか?"))
        }
        Problem::UnknownField { nearest: None } => {
            say("the object is used without it".into(), "このフィールドなしで扱います".into())
        }
        Problem::IgnoredDocument => {
            say("put a line `---` before it".into(), "前に `---` だけの行を入れてください".into())
        }
        Problem::PolicyNotEnforced => say(
            "where yours does, say so: World, `spec.podNetwork: {policies: true}`".into(),
            "適用するプラグインを使っている場合は World に `spec.podNetwork: {policies: true}` と書いてください".into(),
        ),
        Problem::PluginPolicy { .. } => say(
            "leave it out to see where connections go without it".into(),
            "これを除くと、ない場合に接続がどこへ届くかを確認できます".into(),
        ),
        Problem::KindNotModelled { decides: true, .. } => say(
            "in a cluster it may block, redirect or change this traffic".into(),
            "実際のクラスターでは、通信を遮断・転送・変更することがあります".into(),
        ),
        Problem::KindNotModelled { api_version, .. } if api_version.starts_with("kustomize.config.k8s.io/") => {
            say("paste what `kubectl kustomize` prints".into(), "`kubectl kustomize` の出力を貼ってください".into())
        }
        Problem::NodeLabelAssumed { .. } => say(
            "paste the output of `kubectl get nodes -o yaml` to place pods as your cluster does".into(),
            "`kubectl get nodes -o yaml` の出力を加えると、実際のクラスターと同じように配置します".into(),
        ),
        Problem::NotPasted { .. } => say(
            "where the cluster lacks it too, the pods never start".into(),
            "クラスターにもない場合、Pod は起動しません".into(),
        ),
        Problem::Missing { object } if &*object.kind == "Secret" => say(
            "the answer takes it not to exist; if your cluster has it, paste it (of a certificate tls.crt, with any text as tls.key)".into(),
            "存在しないものとして答えます。クラスターにあるなら貼り付けてください（証明書なら tls.crt と、tls.key には任意の文字列）".into(),
        ),
        Problem::MissingKey { .. } => say(
            "add the key, or mark the reference as optional".into(),
            "キーを足すか、参照を optional にしてください".into(),
        ),
        Problem::UnknownPortName { names, .. } if !names.is_empty() => {
            let names = names.join("`, `");
            say(format!("it has `{names}`"), format!("あるのは `{names}` です"))
        }
        Problem::UndeclaredPort { declared, .. } if !declared.is_empty() => {
            let numbers = declared.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            say(format!("declared: {numbers}"), format!("宣言されているポート: {numbers}"))
        }
        Problem::MissingServicePort { ports, .. } if !ports.is_empty() => {
            let ports = ports.join(", ");
            say(format!("it has {ports}"), format!("あるのは {ports} です"))
        }
        Problem::NotHeadless { .. } => say(
            "each pod has a name below it all the same; set clusterIP: None there if the name should lead to all pods".into(),
            "その下に Pod ごとの名前はあります。名前をすべての Pod に向けるには、そちらに clusterIP: None を設定してください".into(),
        ),
        Problem::NoIngressClass => {
            say("set spec.ingressClassName".into(), "spec.ingressClassName を設定してください".into())
        }
        Problem::EndpointsPortName { names, .. } if !names.is_empty() => {
            let names = names.join("`, `");
            say(format!("it has `{names}`"), format!("あるのは `{names}` です"))
        }
        Problem::AddressAsName { .. } => say(
            "use a Service without selector, with Endpoints or an EndpointSlice that hold the address".into(),
            "セレクターのない Service と、そのアドレスを持つ Endpoints か EndpointSlice を使ってください".into(),
        ),
        Problem::AllocationFailed { .. } => say(
            "the Service stays without external address (pending) until MetalLB has one for it".into(),
            "MetalLB がアドレスを割り当てるまで、Service は外部アドレスのない状態 (pending) のままです".into(),
        ),
        Problem::NetworkInferred { .. } | Problem::PodNetworkWidened { .. } => say(
            "paste a ClusterConfiguration with networking.podSubnet and networking.serviceSubnet to say which".into(),
            "ClusterConfiguration の networking.podSubnet と networking.serviceSubnet で指定できます".into(),
        ),
        Problem::WrongType { .. } => say(
            "write a value of the type that the message names".into(),
            "メッセージにある型の値を書いてください".into(),
        ),
        Problem::LegacyTraefikGroup { .. } => say(
            "write apiVersion: traefik.io/v1alpha1".into(),
            "apiVersion: traefik.io/v1alpha1 と書いてください".into(),
        ),
        Problem::TooDeep { .. } => say(
            "no kind of Kubernetes nests so deep: look for brackets that are never closed".into(),
            "Kubernetes の種類でここまで深いものはありません。閉じていない括弧を探してください".into(),
        ),
        Problem::DuplicateKey { .. } => {
            say("remove the one that isn't meant".into(), "不要なほうを消してください".into())
        }
        Problem::SameObjectTwice { .. } => say(
            "remove one of the two, or give one of them another name".into(),
            "どちらかを消すか、別の名前にしてください".into(),
        ),
        Problem::TooManyPods { .. } => say(
            "lower spec.replicas; the pods below the limit are made".into(),
            "spec.replicas を減らしてください。上限までの Pod は作られます".into(),
        ),
        Problem::NoRollout => say(
            "remove the entry, or change the image with `kubectl set image`, which leaves the old ReplicaSet behind".into(),
            "この項目を消すか、`kubectl set image` でイメージを変えてください。古い ReplicaSet が残り、ロールアウトになります"
                .into(),
        ),
        Problem::NoRolloutStep { last, .. } => say(
            format!("write a step from 1 to {last}; without one the roll-out is over"),
            format!("1 から {last} までのステップを書いてください。書かなければロールアウトは完了しています"),
        ),
        Problem::TooManyFindings { .. } => say(
            "mend the first ones; often one mistake makes many".into(),
            "最初のものから直してください。1 つの誤りが多くの指摘になることがあります".into(),
        ),
        Problem::Invalid { .. }
        | Problem::ApiWarning { .. }
        | Problem::PluginNotModelled { .. }
        | Problem::UnknownAnnotation { nearest: None }
        | Problem::AnnotationNotRead
        | Problem::AnnotationOfAnother { .. }
        | Problem::NotAnnounced { .. }
        | Problem::UnreadablePattern { .. }
        | Problem::UnknownMetalLbAnnotation { nearest: None }
        | Problem::AdmissionDenied { .. }
        | Problem::ControllerRejects { .. }
        | Problem::NginxRefuses { .. }
        | Problem::KubeletEvent { .. }
        | Problem::UnknownNode { .. }
        | Problem::Unschedulable { .. }
        | Problem::OutOfPodAddresses { .. }
        | Problem::KubeletRefuses { .. }
        | Problem::OtherScheduler { .. }
        | Problem::PodsForbidden { .. }
        | Problem::NoPodNetwork { .. }
        | Problem::TopologyModeNotModelled
        | Problem::FieldNotModelled
        | Problem::ContradictingSettings { .. }
        | Problem::UnreadableSetting { .. }
        | Problem::SuppliedNamespace { .. }
        | Problem::KindNotModelled { decides: false, .. }
        | Problem::SelectsNothing { .. }
        | Problem::UnknownPortName { .. }
        | Problem::UndeclaredPort { .. }
        | Problem::SeveralWorkloads { .. }
        | Problem::Missing { .. }
        | Problem::MissingServicePort { .. }
        | Problem::GateNeverSet { .. }
        | Problem::UnknownProbePort { .. }
        | Problem::HostBits { .. }
        | Problem::TooManyAliases { .. }
        | Problem::Copied { .. }
        | Problem::EndpointsPortName { .. } => None,
    }
}

/// The parser's usual complaints and what is usually behind them.
fn syntax_help(message: &str) -> (&'static str, &'static str) {
    const ELSE: (&str, &str) = (
        "no YAML reader can go on here: compare this line and the one before it with a manifest that works",
        "ここから先は YAML として読めません。この行と前の行を、正しいマニフェストと見比べてください",
    );
    const HELP: &[(&str, &str, &str)] = &[
        (
            "found character that cannot start any token",
            "YAML is indented with spaces, not tabs; a value that begins with `@`, `` ` `` or `%` needs quotes",
            "YAML のインデントは空白です(タブは不可)。`@`、`` ` ``、`%` で始まる値は引用符で囲みます",
        ),
        (
            "mapping values are not allowed in this context",
            "a value that contains `: ` needs quotes, or the line is indented too far",
            "`: ` を含む値は引用符で囲んでください。または行のインデントが深すぎます",
        ),
        (
            "did not find expected key",
            "the line is indented differently from its neighbours, or a quote or bracket before it is not closed",
            "前後の行とインデントが違うか、手前の引用符や括弧が閉じていません",
        ),
        (
            "did not find expected '-' indicator",
            "the line is indented like the list's elements, but has no `-`",
            "リストの要素と同じインデントですが `-` がありません",
        ),
        (
            "did not find expected ',' or",
            "a bracket before this place is not closed, or a comma is missing",
            "手前の括弧が閉じていないか、カンマが抜けています",
        ),
        (
            "invalid map key",
            "a map can't be a key. `{{ … }}` is a Helm template: paste what `helm template` prints",
            "マップはキーになりません。`{{ … }}` は Helm のテンプレートです。`helm template` の出力を貼ってください",
        ),
        (
            "did not find expected node content",
            "a value is missing before this sign. `{{ … }}` is a Helm template: paste what `helm template` prints",
            "この記号の前に値がありません。`{{ … }}` は Helm のテンプレートです。`helm template` の出力を貼ってください",
        ),
        ("could not find expected ':'", "the key has no `: ` after it", "キーの後ろに `: ` がありません"),
        (
            "control characters are not allowed",
            "this is not text; is it a binary file?",
            "テキストではありません。バイナリファイルではありませんか",
        ),
        (
            "document contains excessive aliasing",
            "the aliases (`*name`) multiply into too many values",
            "エイリアス(`*name`)の展開結果が多すぎます",
        ),
    ];
    let known = HELP.iter().find(|(words, _, _)| message.contains(words));
    known.map_or(ELSE, |(_, english, japanese)| (*english, *japanese))
}

/// What copying left in the text, and what it does there.
fn copied(mark: CopiedMark) -> BilingualText {
    match mark {
        CopiedMark::Spaces => BilingualText::new(
            "indented with no-break or full-width spaces, which YAML takes for letters",
            "字下げにノーブレークスペースや全角スペースがあり、YAML では文字として扱われます",
        ),
        CopiedMark::Fence => BilingualText::new(
            "the fence of a Markdown block is no YAML",
            "Markdown のコードブロックの囲みは YAML ではありません",
        ),
        CopiedMark::Prompt => {
            BilingualText::new("a shell's prompt is no YAML", "シェルのプロンプトは YAML ではありません")
        }
        CopiedMark::Quotes => BilingualText::new(
            "typographic quotes are part of the value; YAML knows the plain ones",
            "引用符が YAML の引用符ではないため、値の一部になります",
        ),
        CopiedMark::Separator => {
            BilingualText::new("`---` must be on a line of its own", "`---` は独立した行に書く必要があります")
        }
    }
}
