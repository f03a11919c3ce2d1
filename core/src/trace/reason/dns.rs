//! Names: resolvers and CoreDNS.

use crate::language::BilingualText;

const NODE_LOCAL: &str = "https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/";
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
const K8S_EXTERNAL: &str = "https://coredns.io/plugins/k8s_external/";
const HOSTS: &str = "https://coredns.io/plugins/hosts/";
const TEMPLATE: &str = "https://coredns.io/plugins/template/";
const ACL: &str = "https://coredns.io/plugins/acl/";
const PLUGINS: &str = "https://coredns.io/plugins/";
const LOOP: &str = "https://coredns.io/plugins/loop/";
const FORWARD: &str = "https://coredns.io/plugins/forward/";
const REWRITE: &str = "https://coredns.io/plugins/rewrite/";
const AUTOPATH: &str = "https://coredns.io/plugins/autopath/";

super::rules! {
    /// Rules of resolvers and of CoreDNS.
    pub enum DnsRule {
        SearchListFirst @ POLICY:
            "the name has fewer dots than ndots, so the search list comes first"
            / "名前のドットの数が ndots より少ないので、検索リストが先に試される",
        AbsoluteFirst @ POLICY:
            "the name has at least ndots dots, so it is first asked as it is"
            / "名前のドットの数が ndots 以上なので、まずそのままの名前で問い合わせる",
        FinalDot @ RESOLV_CONF:
            "the name ends with a dot, so it is only asked as it is"
            / "名前が末尾のドットで終わるので、そのままの名前だけを問い合わせる",
        NoSearchList @ POLICY: "the resolver has no search list" / "リゾルバーに検索リストがない",
        ToolDoesNotSearch @ DIG:
            "dig doesn't use the search list unless told with +search"
            / "dig は +search を付けない限り検索リストを使わない",
        BusyboxDotIsAbsolute @ MUSL:
            "BusyBox' nslookup never searches a name that has a dot"
            / "BusyBox の nslookup は、ドットを含む名前では検索リストを使わない",
        BusyboxAsksAll @ MUSL:
            "BusyBox' nslookup asks a name without dots in every search domain at once"
            / "BusyBox の nslookup は、ドットのない名前をすべての検索ドメインで同時に問い合わせる",
        MuslDropsLongLine @ MUSL:
            "musl drops lines of 256 bytes and more, so there is no search list"
            / "musl は 256 バイト以上の行を捨てるので、検索リストがなくなる",
        MuslAsksAll @ MUSL:
            "musl asks all name servers at once and takes the first reply; here the first server's stands for it"
            / "musl はすべてのネームサーバーに同時に問い合わせ、最初の応答を使う（ここでは先頭のサーバーの応答とする）",
        HostsFileFirst @ HOST_ALIASES:
            "/etc/hosts knows the name, so DNS isn't asked"
            / "/etc/hosts に名前があるので、DNS には問い合わせない",
        ClusterIpRecord @ SPECIFICATION:
            "the name is a Service's, so the answer is its cluster IP"
            / "Service の名前なので、答えはその ClusterIP",
        HeadlessEndpoints @ SPECIFICATION:
            "the Service is headless, so the answer is the addresses of its ready endpoints"
            / "ヘッドレス Service なので、答えは準備のできたエンドポイントのアドレス",
        EndpointName @ SPECIFICATION:
            "the name is one endpoint's, below its Service"
            / "Service の下にある、ひとつのエンドポイントの名前",
        PodAddressName @ KUBERNETES:
            "the name is a pod address written with dashes"
            / "Pod のアドレスをダッシュで書いた名前",
        ServicePorts @ SPECIFICATION:
            "SRV records list the Service's ports"
            / "SRV レコードは Service のポートを並べる",
        ExternalNameAlias @ EXTERNAL_NAME:
            "the Service is of type ExternalName, so the answer is an alias for another name"
            / "type が ExternalName の Service なので、答えは別の名前へのエイリアス",
        ReverseOfClusterIp @ SPECIFICATION:
            "the address is a Service's cluster IP"
            / "このアドレスは Service の ClusterIP",
        ReverseOfEndpoint @ SPECIFICATION:
            "the address is a ready endpoint's of a Service"
            / "このアドレスは Service の準備のできたエンドポイント",
        ZoneServers @ KUBERNETES:
            "the zone's name server is the Service in front of CoreDNS"
            / "ゾーンのネームサーバーは CoreDNS の前にある Service",
        ZoneApex @ KUBERNETES: "the zone's own record" / "ゾーン自身のレコード",
        SpecificationVersion @ SPECIFICATION:
            "the version of the DNS specification that CoreDNS follows"
            / "CoreDNS が従う DNS 仕様のバージョン",
        NoRecordsOfType @ SPECIFICATION:
            "the name exists, but without a record of the type asked for"
            / "名前は存在するが、問い合わせた型のレコードがない",
        OnlyNamesBelow @ SPECIFICATION:
            "the name only has names below it (a zone, a namespace)"
            / "その下に名前があるだけの名前 (ゾーンや Namespace)",
        NoSuchService @ PODS:
            "the namespace has no Service of that name"
            / "その Namespace にその名前の Service はない",
        NoSuchNamespace @ PODS: "there is no namespace of that name" / "その名前の Namespace はない",
        NamespaceNotExposed @ KUBERNETES:
            "the Corefile leaves the namespace out"
            / "Corefile の設定でその Namespace は対象外",
        ServiceNotSelected @ KUBERNETES:
            "the Corefile's labels leave the Service out"
            / "Corefile の labels の設定でその Service は対象外",
        NoReadyEndpoint @ SPECIFICATION:
            "a headless Service without any ready endpoint has no name"
            / "準備のできたエンドポイントがないヘッドレス Service には名前がない",
        NoSuchEndpoint @ SPECIFICATION:
            "the Service has no ready endpoint of that name"
            / "その名前の準備のできたエンドポイントは Service にない",
        NoSuchPort @ SPECIFICATION:
            "the Service has no port of that name and protocol"
            / "その名前とプロトコルのポートは Service にない",
        TooManyLabels @ SPECIFICATION:
            "at most two labels stand left of a Service's name"
            / "Service の名前の左に置けるラベルは二つまで",
        NeitherSvcNorPod @ PODS:
            "below the cluster's domain there are only svc and pod"
            / "クラスターのドメインの下には svc と pod しかない",
        NothingBelowExternalName @ EXTERNAL_NAME:
            "nothing stands below an ExternalName Service"
            / "ExternalName の Service の下には名前がない",
        ExternalNameIsAddress @ EXTERNAL_NAME:
            "an externalName that is an address isn't served"
            / "externalName がアドレスの場合、CoreDNS は答えない",
        AliasLeadsNowhere @ EXTERNAL_NAME:
            "the alias leads to a name in the cluster that has no such record"
            / "エイリアスの先の、クラスター内の名前にそのレコードがない",
        PodNamesDisabled @ KUBERNETES:
            "the Corefile doesn't switch names of pod addresses on"
            / "Corefile で Pod アドレスの名前が有効になっていない",
        NotAnAddress @ PODS:
            "below pod only addresses have names, pods' own names don't"
            / "pod の下にあるのはアドレスの名前だけで、Pod 名は引けない",
        NoSuchPod @ KUBERNETES:
            "no running pod of the namespace has this address"
            / "その Namespace にこのアドレスの動作中の Pod はない",
        EndpointsDisabled @ KUBERNETES:
            "the Corefile switches endpoints off"
            / "Corefile でエンドポイントが無効になっている",
        EmptyServiceIgnored @ KUBERNETES:
            "the Corefile hides Services without ready endpoints"
            / "Corefile の設定で、準備のできたエンドポイントがない Service は隠される",
        NoSuchAddress @ SPECIFICATION:
            "no Service and no ready endpoint has this address"
            / "このアドレスの Service も準備のできたエンドポイントもない",
        ZonalEndpoints @ KUBERNETES:
            "the name asks for the endpoints of one zone"
            / "ひとつのゾーンのエンドポイントを求める名前",
        ZonalUnknown @ KUBERNETES: "there are no such names by zone" / "ゾーンごとのそのような名前はない",
        ExternalAddresses @ K8S_EXTERNAL:
            "the zone of k8s_external holds the Services' external addresses"
            / "k8s_external のゾーンには Service の外部アドレスがある",
        HostsEntry @ HOSTS: "the Corefile's hosts plugin lists the name" / "Corefile の hosts プラグインに名前がある",
        TemplateAnswer @ TEMPLATE: "a template of the Corefile answers" / "Corefile の template が答える",
        TemplateMismatch @ TEMPLATE:
            "the Corefile's template isn't for this name and doesn't fall through"
            / "Corefile の template の match に合わず、fallthrough もない",
        TemplateRecordInvalid @ TEMPLATE:
            "what the Corefile's template makes of this name isn't a record"
            / "Corefile の template がこの名前から作る行はレコードにならない",
        AccessControl @ ACL: "the Corefile's acl decides" / "Corefile の acl が決める",
        PluginAnswer @ PLUGINS: "a plugin of the Corefile answers by itself" / "Corefile のプラグインが自分で答える",
        Forwarded @ FORWARD:
            "CoreDNS sends the question on to a resolver outside"
            / "CoreDNS が外部のリゾルバーへ転送する",
        ForwardSilent @ FORWARD: "the resolver outside doesn't answer" / "外部のリゾルバーが応答しない",
        ForwardsToItself @ FORWARD:
            "the Corefile sends the question to CoreDNS itself, where it goes round until everybody gives up"
            / "Corefile の forward が CoreDNS 自身に問い合わせを送るので、誰かがあきらめるまで回り続ける",
        LoopEndsCoreDns @ LOOP:
            "CoreDNS asks itself and its loop plugin ends it, again at each start; nobody answers"
            / "CoreDNS が自分自身に問い合わせるため、起動のたびに loop プラグインが終了させ、誰も答えない",
        NodeCacheAnswers @ NODE_LOCAL:
            "NodeLocal DNS on the client's node takes the question, and answers by its own Corefile"
            / "クライアントのノードの NodeLocal DNS が受け取り、自分の Corefile に従って答える",
        CacheAsksCoreDns @ NODE_LOCAL:
            "NodeLocal DNS asks CoreDNS for this zone"
            / "NodeLocal DNS がこのゾーンについて CoreDNS に問い合わせる",
        QuestionRewritten @ REWRITE:
            "a rewrite rule of the Corefile changes the question"
            / "Corefile の rewrite が問い合わせを書き換える",
        AutopathSearched @ AUTOPATH:
            "autopath: CoreDNS walks the search list by itself"
            / "autopath により、CoreDNS が検索リストを代わりにたどる",
        NoServerBlock @ MANUAL:
            "no server block of the Corefile serves the name"
            / "Corefile にその名前を扱うサーバーブロックがない",
        ChainEnds @ MANUAL: "no plugin of the server block answers" / "サーバーブロックのどのプラグインも答えない",
        TransferRefused @ KUBERNETES: "zone transfers are refused" / "ゾーン転送は拒否される",
        CorefileBroken @ MANUAL:
            "the Corefile has a mistake, so CoreDNS doesn't run"
            / "Corefile に誤りがあり、CoreDNS が起動しない",
        OutsideRecord @ CUSTOM:
            "the World lists the record for resolvers outside"
            / "外部のレコードとして World に書かれている",
        OutsideUnknown @ CUSTOM:
            "no World document lists the name, so it is taken not to exist outside"
            / "World ドキュメントに書かれていないので、外部には存在しないものとする",
        OutsideIngressHost @ CUSTOM:
            "an Ingress or a route of a Gateway serves this host, and nobody says what is outside: the name is assumed to point there"
            / "この host を扱う Ingress または Gateway のルートがあり、外側の DNS は指定されていないので、名前はその入口を指すとみなす",
        NoSuchTopLevelDomain @ RESERVED_NAMES:
            "no resolver outside knows such a top-level domain"
            / "外部のリゾルバーはそのようなトップレベルドメインを知らない",
        OutsideCode @ CUSTOM:
            "the World says what resolvers outside answer"
            / "外部のリゾルバーの応答は World に書かれている",
        NextServer @ RESOLV_CONF:
            "after SERVFAIL, REFUSED or silence the next name server is asked"
            / "SERVFAIL・REFUSED・無応答のときは次のネームサーバーに問い合わせる",
        TruncatedThenTcp @ RESOLV_CONF:
            "the answer doesn't fit into a UDP packet, so the question is asked again over TCP"
            / "応答が UDP パケットに収まらないため、TCP で問い合わせ直す",
        TruncatedAnswerUsed @ RESOLV_CONF:
            "the answer doesn't fit into a UDP packet, and only the records that came are used"
            / "応答が UDP パケットに収まらず、届いたレコードだけが使われる",
        FirstServerIsFinal @ RESOLV_CONF:
            "NXDOMAIN from the first name server is final, the others aren't asked"
            / "最初のネームサーバーの NXDOMAIN で確定し、ほかには問い合わせない",
        ServerRefuses @ DEBUGGING:
            "nobody listens on the server's DNS port"
            / "サーバーの DNS ポートで待ち受けているものがない",
        ServerSilent @ DEBUGGING: "the query or its answer is lost on the way" / "問い合わせか応答が途中で失われる",
    }
}

super::objections! {
    /// Why a name tried didn't do.
    pub enum DnsObjection {
        DoesNotExist: "doesn't exist (NXDOMAIN)" / "存在しない (NXDOMAIN)",
        NoAddress: "exists, but has no address of this kind (NODATA)" / "存在するが、その種類のアドレスがない (NODATA)",
        ServerFailed: "the server couldn't tell (SERVFAIL)" / "サーバーが答えられない (SERVFAIL)",
        ServerRefusedToAnswer: "the server doesn't serve it (REFUSED)" / "サーバーが扱っていない (REFUSED)",
        NoReply: "no server replied in time" / "時間内に応答するサーバーがない",
        ConnectionRefused:
            "nobody listens on the server's DNS port"
            / "サーバーの DNS ポートで待ち受けているものがない",
        DanglingAlias: "is an alias that leads to no address" / "アドレスにたどり着かないエイリアス",
        OwnerDiffers:
            "the answer is about another name, which glibc drops"
            / "答えが別の名前のものなので、glibc は捨てる",
        EarlierNameAnswered: "not asked: an earlier name has answered" / "前の名前で答えが得られたので問い合わせない",
        WalkEnded: "not asked: the search has ended before" / "検索がその前に終わったので問い合わせない",
        NotTried:
            "can't be asked: a label or the whole name is too long"
            / "ラベルか名前全体が長すぎて問い合わせられない",
    }
}
