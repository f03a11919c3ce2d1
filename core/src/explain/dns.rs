//! Names in words: resolvers and CoreDNS.

use super::BilingualText;
use crate::trace::{DnsObjection, DnsRule};

const PODS: &str = "https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/";
const POLICY: &str = "https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy";
const SPECIFICATION: &str = "https://github.com/kubernetes/dns/blob/master/docs/specification.md";
const KUBERNETES: &str = "https://coredns.io/plugins/kubernetes/";
const MANUAL: &str = "https://coredns.io/manual/toc/";
const EXTERNAL_NAME: &str = "https://kubernetes.io/docs/concepts/services-networking/service/#externalname";
const HOST_ALIASES: &str = "https://kubernetes.io/docs/tasks/network/customize-hosts-file-for-pods/";
const RESOLV_CONF: &str = "https://man7.org/linux/man-pages/man5/resolv.conf.5.html";
const MUSL: &str = "https://wiki.musl-libc.org/functional-differences-from-glibc.html";
const DEBUGGING: &str = "https://kubernetes.io/docs/tasks/administer-cluster/dns-debugging-resolution/";
const CUSTOM: &str = "https://kubernetes.io/docs/tasks/administer-cluster/dns-custom-nameservers/";
const DIG: &str = "https://bind9.readthedocs.io/en/latest/manpages.html";
const RESERVED_NAMES: &str = "https://www.rfc-editor.org/rfc/rfc6761";

/// The rule in a sentence.
pub fn rule(rule: DnsRule) -> BilingualText {
    let (english, japanese) = match rule {
        DnsRule::SearchListFirst => (
            "the name has fewer dots than ndots, so the search list comes first",
            "名前のドットの数が ndots より少ないので、検索リストが先に試される",
        ),
        DnsRule::AbsoluteFirst => (
            "the name has at least ndots dots, so it is first asked as it is",
            "名前のドットの数が ndots 以上なので、まずそのままの名前で問い合わせる",
        ),
        DnsRule::FinalDot => (
            "the name ends with a dot, so it is only asked as it is",
            "名前が末尾のドットで終わるので、そのままの名前だけを問い合わせる",
        ),
        DnsRule::NoSearchList => ("the resolver has no search list", "リゾルバーに検索リストがない"),
        DnsRule::ToolDoesNotSearch => (
            "dig doesn't use the search list unless told with +search",
            "dig は +search を付けない限り検索リストを使わない",
        ),
        DnsRule::BusyboxDotIsAbsolute => (
            "BusyBox' nslookup never searches a name that has a dot",
            "BusyBox の nslookup は、ドットを含む名前では検索リストを使わない",
        ),
        DnsRule::BusyboxAsksAll => (
            "BusyBox' nslookup asks a name without dots in every search domain at once",
            "BusyBox の nslookup は、ドットのない名前をすべての検索ドメインで同時に問い合わせる",
        ),
        DnsRule::MuslDropsLongLine => (
            "musl drops lines of 256 bytes and more, so there is no search list",
            "musl は 256 バイト以上の行を捨てるので、検索リストがなくなる",
        ),
        DnsRule::MuslAsksAll => (
            "musl asks all name servers at once and takes the first reply; here the first server's stands for it",
            "musl はすべてのネームサーバーに同時に問い合わせ、最初の応答を使う（ここでは先頭のサーバーの応答とする）",
        ),
        DnsRule::HostsFileFirst => {
            ("/etc/hosts knows the name, so DNS isn't asked", "/etc/hosts に名前があるので、DNS には問い合わせない")
        }
        DnsRule::ClusterIpRecord => {
            ("the name is a Service's, so the answer is its cluster IP", "Service の名前なので、答えはその ClusterIP")
        }
        DnsRule::HeadlessEndpoints => (
            "the Service is headless, so the answer is the addresses of its ready endpoints",
            "ヘッドレス Service なので、答えは準備のできたエンドポイントのアドレス",
        ),
        DnsRule::EndpointName => {
            ("the name is one endpoint's, below its Service", "Service の下にある、ひとつのエンドポイントの名前")
        }
        DnsRule::PodAddressName => {
            ("the name is a pod address written with dashes", "Pod のアドレスをダッシュで書いた名前")
        }
        DnsRule::ServicePorts => ("SRV records list the Service's ports", "SRV レコードは Service のポートを並べる"),
        DnsRule::ExternalNameAlias => (
            "the Service is of type ExternalName, so the answer is an alias for another name",
            "type が ExternalName の Service なので、答えは別の名前へのエイリアス",
        ),
        DnsRule::ReverseOfClusterIp => ("the address is a Service's cluster IP", "このアドレスは Service の ClusterIP"),
        DnsRule::ReverseOfEndpoint => {
            ("the address is a ready endpoint's of a Service", "このアドレスは Service の準備のできたエンドポイント")
        }
        DnsRule::ZoneServers => (
            "the zone's name server is the Service in front of CoreDNS",
            "ゾーンのネームサーバーは CoreDNS の前にある Service",
        ),
        DnsRule::ZoneApex => ("the zone's own record", "ゾーン自身のレコード"),
        DnsRule::SpecificationVersion => {
            ("the version of the DNS specification that CoreDNS follows", "CoreDNS が従う DNS 仕様のバージョン")
        }
        DnsRule::NoRecordsOfType => (
            "the name exists, but without a record of the type asked for",
            "名前は存在するが、問い合わせた型のレコードがない",
        ),
        DnsRule::OnlyNamesBelow => (
            "the name only has names below it (a zone, a namespace)",
            "その下に名前があるだけの名前 (ゾーンや Namespace)",
        ),
        DnsRule::NoSuchService => {
            ("the namespace has no Service of that name", "その Namespace にその名前の Service はない")
        }
        DnsRule::NoSuchNamespace => ("there is no namespace of that name", "その名前の Namespace はない"),
        DnsRule::NamespaceNotExposed => {
            ("the Corefile leaves the namespace out", "Corefile の設定でその Namespace は対象外")
        }
        DnsRule::ServiceNotSelected => {
            ("the Corefile's labels leave the Service out", "Corefile の labels の設定でその Service は対象外")
        }
        DnsRule::NoReadyEndpoint => (
            "a headless Service without any ready endpoint has no name",
            "準備のできたエンドポイントがないヘッドレス Service には名前がない",
        ),
        DnsRule::NoSuchEndpoint => {
            ("the Service has no ready endpoint of that name", "その名前の準備のできたエンドポイントは Service にない")
        }
        DnsRule::NoSuchPort => {
            ("the Service has no port of that name and protocol", "その名前とプロトコルのポートは Service にない")
        }
        DnsRule::TooManyLabels => {
            ("at most two labels stand left of a Service's name", "Service の名前の左に置けるラベルは二つまで")
        }
        DnsRule::NeitherSvcNorPod => (
            "below the cluster's domain there are only svc and pod",
            "クラスターのドメインの下には svc と pod しかない",
        ),
        DnsRule::NothingBelowExternalName => {
            ("nothing stands below an ExternalName Service", "ExternalName の Service の下には名前がない")
        }
        DnsRule::ExternalNameIsAddress => {
            ("an externalName that is an address isn't served", "externalName がアドレスの場合、CoreDNS は答えない")
        }
        DnsRule::AliasLeadsNowhere => (
            "the alias leads to a name in the cluster that has no such record",
            "エイリアスの先の、クラスター内の名前にそのレコードがない",
        ),
        DnsRule::PodNamesDisabled => (
            "the Corefile doesn't switch names of pod addresses on",
            "Corefile で Pod アドレスの名前が有効になっていない",
        ),
        DnsRule::NotAnAddress => (
            "below pod only addresses have names, pods' own names don't",
            "pod の下にあるのはアドレスの名前だけで、Pod 名は引けない",
        ),
        DnsRule::NoSuchPod => {
            ("no running pod of the namespace has this address", "その Namespace にこのアドレスの動作中の Pod はない")
        }
        DnsRule::EndpointsDisabled => {
            ("the Corefile switches endpoints off", "Corefile でエンドポイントが無効になっている")
        }
        DnsRule::EmptyServiceIgnored => (
            "the Corefile hides Services without ready endpoints",
            "Corefile の設定で、準備のできたエンドポイントがない Service は隠される",
        ),
        DnsRule::NoSuchAddress => (
            "no Service and no ready endpoint has this address",
            "このアドレスの Service も準備のできたエンドポイントもない",
        ),
        DnsRule::ZonalEndpoints => {
            ("the name asks for the endpoints of one zone", "ひとつのゾーンのエンドポイントを求める名前")
        }
        DnsRule::ZonalUnknown => ("there are no such names by zone", "ゾーンごとのそのような名前はない"),
        DnsRule::ExternalAddresses => (
            "the zone of k8s_external holds the Services' external addresses",
            "k8s_external のゾーンには Service の外部アドレスがある",
        ),
        DnsRule::HostsEntry => {
            ("the Corefile's hosts plugin lists the name", "Corefile の hosts プラグインに名前がある")
        }
        DnsRule::TemplateAnswer => ("a template of the Corefile answers", "Corefile の template が答える"),
        DnsRule::TemplateMismatch => (
            "the Corefile's template isn't for this name and doesn't fall through",
            "Corefile の template の match に合わず、fallthrough もない",
        ),
        DnsRule::TemplateRecordInvalid => (
            "what the Corefile's template makes of this name isn't a record",
            "Corefile の template がこの名前から作る行はレコードにならない",
        ),
        DnsRule::AccessControl => ("the Corefile's acl decides", "Corefile の acl が決める"),
        DnsRule::PluginAnswer => ("a plugin of the Corefile answers by itself", "Corefile のプラグインが自分で答える"),
        DnsRule::Forwarded => {
            ("CoreDNS sends the question on to a resolver outside", "CoreDNS が外部のリゾルバーへ転送する")
        }
        DnsRule::ForwardSilent => ("the resolver outside doesn't answer", "外部のリゾルバーが応答しない"),
        DnsRule::QuestionRewritten => {
            ("a rewrite rule of the Corefile changes the question", "Corefile の rewrite が問い合わせを書き換える")
        }
        DnsRule::AutopathSearched => (
            "autopath: CoreDNS walks the search list by itself",
            "autopath により、CoreDNS が検索リストを代わりにたどる",
        ),
        DnsRule::NoServerBlock => {
            ("no server block of the Corefile serves the name", "Corefile にその名前を扱うサーバーブロックがない")
        }
        DnsRule::ChainEnds => ("no plugin of the server block answers", "サーバーブロックのどのプラグインも答えない"),
        DnsRule::TransferRefused => ("zone transfers are refused", "ゾーン転送は拒否される"),
        DnsRule::CorefileBroken => {
            ("the Corefile has a mistake, so CoreDNS doesn't run", "Corefile に誤りがあり、CoreDNS が起動しない")
        }
        DnsRule::OutsideRecord => {
            ("the World lists the record for resolvers outside", "外部のレコードとして World に書かれている")
        }
        DnsRule::OutsideIngressHost => (
            "an Ingress or a route of a Gateway serves this host, and nobody says what is outside: the name is assumed to point there",
            "この host を扱う Ingress または Gateway のルートがあり、外側の DNS は指定されていないので、名前はその入口を指すとみなす",
        ),
        DnsRule::OutsideUnknown => (
            "no World document lists the name, so it is taken not to exist outside",
            "World ドキュメントに書かれていないので、外部には存在しないものとする",
        ),
        DnsRule::NoSuchTopLevelDomain => (
            "no resolver outside knows such a top-level domain",
            "外部のリゾルバーはそのようなトップレベルドメインを知らない",
        ),
        DnsRule::OutsideCode => {
            ("the World says what resolvers outside answer", "外部のリゾルバーの応答は World に書かれている")
        }
        DnsRule::NextServer => (
            "after SERVFAIL, REFUSED or silence the next name server is asked",
            "SERVFAIL・REFUSED・無応答のときは次のネームサーバーに問い合わせる",
        ),
        DnsRule::TruncatedThenTcp => (
            "the answer doesn't fit into a UDP packet, so the question is asked again over TCP",
            "応答が UDP パケットに収まらないため、TCP で問い合わせ直す",
        ),
        DnsRule::TruncatedAnswerUsed => (
            "the answer doesn't fit into a UDP packet, and only the records that came are used",
            "応答が UDP パケットに収まらず、届いたレコードだけが使われる",
        ),
        DnsRule::FirstServerIsFinal => (
            "NXDOMAIN from the first name server is final, the others aren't asked",
            "最初のネームサーバーの NXDOMAIN で確定し、ほかには問い合わせない",
        ),
        DnsRule::ServerRefuses => {
            ("nobody listens on the server's DNS port", "サーバーの DNS ポートで待ち受けているものがない")
        }
        DnsRule::ServerSilent => ("the query or its answer is lost on the way", "問い合わせか応答が途中で失われる"),
    };
    BilingualText::new(english, japanese)
}

/// Where the rule is documented.
pub fn documentation(rule: DnsRule) -> &'static str {
    match rule {
        DnsRule::SearchListFirst | DnsRule::AbsoluteFirst | DnsRule::NoSearchList => POLICY,
        DnsRule::FinalDot
        | DnsRule::NextServer
        | DnsRule::FirstServerIsFinal
        | DnsRule::TruncatedThenTcp
        | DnsRule::TruncatedAnswerUsed => RESOLV_CONF,
        DnsRule::ToolDoesNotSearch => DIG,
        DnsRule::BusyboxDotIsAbsolute | DnsRule::BusyboxAsksAll | DnsRule::MuslDropsLongLine | DnsRule::MuslAsksAll => {
            MUSL
        }
        DnsRule::HostsFileFirst => HOST_ALIASES,
        DnsRule::ClusterIpRecord
        | DnsRule::HeadlessEndpoints
        | DnsRule::EndpointName
        | DnsRule::ServicePorts
        | DnsRule::ReverseOfClusterIp
        | DnsRule::ReverseOfEndpoint
        | DnsRule::SpecificationVersion
        | DnsRule::NoReadyEndpoint
        | DnsRule::NoSuchEndpoint
        | DnsRule::NoSuchPort
        | DnsRule::NoRecordsOfType
        | DnsRule::OnlyNamesBelow
        | DnsRule::TooManyLabels
        | DnsRule::NoSuchAddress => SPECIFICATION,
        DnsRule::NoSuchService | DnsRule::NoSuchNamespace | DnsRule::NeitherSvcNorPod | DnsRule::NotAnAddress => PODS,
        DnsRule::ExternalNameAlias
        | DnsRule::NothingBelowExternalName
        | DnsRule::ExternalNameIsAddress
        | DnsRule::AliasLeadsNowhere => EXTERNAL_NAME,
        DnsRule::PodAddressName
        | DnsRule::ZoneServers
        | DnsRule::ZoneApex
        | DnsRule::NamespaceNotExposed
        | DnsRule::ServiceNotSelected
        | DnsRule::PodNamesDisabled
        | DnsRule::NoSuchPod
        | DnsRule::EndpointsDisabled
        | DnsRule::EmptyServiceIgnored
        | DnsRule::ZonalEndpoints
        | DnsRule::ZonalUnknown
        | DnsRule::TransferRefused => KUBERNETES,
        DnsRule::ExternalAddresses => "https://coredns.io/plugins/k8s_external/",
        DnsRule::HostsEntry => "https://coredns.io/plugins/hosts/",
        DnsRule::TemplateAnswer | DnsRule::TemplateMismatch | DnsRule::TemplateRecordInvalid => {
            "https://coredns.io/plugins/template/"
        }
        DnsRule::AccessControl => "https://coredns.io/plugins/acl/",
        DnsRule::PluginAnswer => "https://coredns.io/plugins/",
        DnsRule::Forwarded | DnsRule::ForwardSilent => "https://coredns.io/plugins/forward/",
        DnsRule::QuestionRewritten => "https://coredns.io/plugins/rewrite/",
        DnsRule::AutopathSearched => "https://coredns.io/plugins/autopath/",
        DnsRule::NoServerBlock | DnsRule::ChainEnds | DnsRule::CorefileBroken => MANUAL,
        DnsRule::OutsideRecord | DnsRule::OutsideIngressHost | DnsRule::OutsideUnknown | DnsRule::OutsideCode => CUSTOM,
        DnsRule::NoSuchTopLevelDomain => RESERVED_NAMES,
        DnsRule::ServerRefuses | DnsRule::ServerSilent => DEBUGGING,
    }
}

/// The objection as a clause.
pub fn objection(objection: DnsObjection) -> BilingualText {
    let (english, japanese) = match objection {
        DnsObjection::DoesNotExist => ("doesn't exist (NXDOMAIN)", "存在しない (NXDOMAIN)"),
        DnsObjection::NoAddress => {
            ("exists, but has no address of this kind (NODATA)", "存在するが、その種類のアドレスがない (NODATA)")
        }
        DnsObjection::ServerFailed => ("the server couldn't tell (SERVFAIL)", "サーバーが答えられない (SERVFAIL)"),
        DnsObjection::ServerRefusedToAnswer => {
            ("the server doesn't serve it (REFUSED)", "サーバーが扱っていない (REFUSED)")
        }
        DnsObjection::NoReply => ("no server replied in time", "時間内に応答するサーバーがない"),
        DnsObjection::ConnectionRefused => {
            ("nobody listens on the server's DNS port", "サーバーの DNS ポートで待ち受けているものがない")
        }
        DnsObjection::DanglingAlias => ("is an alias that leads to no address", "アドレスにたどり着かないエイリアス"),
        DnsObjection::OwnerDiffers => {
            ("the answer is about another name, which glibc drops", "答えが別の名前のものなので、glibc は捨てる")
        }
        DnsObjection::EarlierNameAnswered => {
            ("not asked: an earlier name has answered", "前の名前で答えが得られたので問い合わせない")
        }
        DnsObjection::WalkEnded => {
            ("not asked: the search has ended before", "検索がその前に終わったので問い合わせない")
        }
        DnsObjection::NotTried => {
            ("can't be asked: a label or the whole name is too long", "ラベルか名前全体が長すぎて問い合わせられない")
        }
    };
    BilingualText::new(english, japanese)
}
