//! Services: kube-proxy, load balancers, portmap.

use crate::language::BilingualText;

const VIPS: &str = "https://kubernetes.io/docs/reference/networking/virtual-ips/";
const IPTABLES: &str = "https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-mode-iptables";
const NFTABLES: &str = "https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-mode-nftables";
const IPVS: &str = "https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-mode-ipvs";
const AFFINITY: &str = "https://kubernetes.io/docs/reference/networking/virtual-ips/#session-affinity";
const POLICIES: &str = "https://kubernetes.io/docs/reference/networking/virtual-ips/#traffic-policies";
const TERMINATING: &str =
    "https://kubernetes.io/docs/reference/networking/virtual-ips/#traffic-to-terminating-endpoints";
const TOPOLOGY: &str = "https://kubernetes.io/docs/concepts/services-networking/service/#traffic-distribution";
const SOURCE: &str = "https://kubernetes.io/docs/tutorials/services/source-ip/";
const NODEPORT: &str = "https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport";
const EXTERNAL: &str = "https://kubernetes.io/docs/concepts/services-networking/service/#external-ips";
const REPLACEMENT: &str = "https://docs.cilium.io/en/stable/network/kubernetes/kubeproxy-free/";
const SERVICELB: &str = "https://docs.k3s.io/networking/networking-services#service-load-balancer";
const BALANCER: &str = "https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer";
const IPMODE: &str = "https://kubernetes.io/docs/concepts/services-networking/service/#load-balancer-ip-mode";
const LOCAL: &str = "https://kubernetes.io/docs/tasks/access-application-cluster/create-external-load-balancer/#preserving-the-client-source-ip";
const PORTMAP: &str = "https://www.cni.dev/plugins/current/meta/portmap/";
const LAYER2: &str = "https://metallb.io/concepts/layer2/";
const BGP: &str = "https://metallb.io/concepts/bgp/";
const ADVERTISE: &str = "https://metallb.io/configuration/#announce-the-service-ips";
const CONFIG: &str = "https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/";

super::rules! {
    /// Rules of kube-proxy and of load balancers.
    pub enum ServiceRule {
        ClusterIp @ VIPS: "kube-proxy catches the cluster IP and port" / "kube-proxy が ClusterIP とポートを捉える",
        ExternalIp @ EXTERNAL:
            "kube-proxy catches the external IP and the Service's port on every node"
            / "kube-proxy がどのノードでも externalIP と Service のポートを捉える",
        LoadBalancerAddress @ BALANCER:
            "kube-proxy catches the load balancer's address and the Service's port on every node"
            / "kube-proxy がどのノードでもロードバランサーのアドレスと Service のポートを捉える",
        NodePort @ NODEPORT:
            "kube-proxy opens the node port on every node"
            / "kube-proxy がどのノードでも nodePort を開く",
        RandomEndpoint @ IPTABLES: "every endpoint has the same chance" / "どのエンドポイントも同じ確率で選ばれる",
        RoundRobin @ IPVS: "ipvs takes the endpoints in turn" / "ipvs がエンドポイントを順番に選ぶ",
        SourceHash @ IPVS:
            "ipvs always takes the same endpoint for one client; which one can't be told from manifests"
            / "ipvs は同じクライアントを常に同じエンドポイントへ送る。どれかはマニフェストからは決まらない",
        DestinationHash @ IPVS:
            "ipvs always takes the same endpoint for one address; which one can't be told from manifests"
            / "ipvs は同じ宛先を常に同じエンドポイントへ送る。どれかはマニフェストからは決まらない",
        LeastConnections @ IPVS:
            "ipvs takes the endpoint with the fewest connections; without any, each is as good"
            / "ipvs は接続の最も少ないエンドポイントを選ぶ。接続がなければどれも同じ",
        SessionAffinityClientIp @ AFFINITY:
            "later connections of the same client go where the first one went, until the timeout"
            / "同じクライアントの以後の接続は、期限までは最初と同じところへ行く",
        NoEndpointsReject @ VIPS:
            "the Service has no usable endpoint, so kube-proxy rejects at once"
            / "Service に使えるエンドポイントがないので kube-proxy がすぐに拒否する",
        NoDestinationRejected @ IPVS:
            "the Service has no usable endpoint, so ipvs answers port unreachable"
            / "Service に使えるエンドポイントがないので、ipvs がポート到達不能と答える",
        NoLocalEndpointsDrop @ POLICIES:
            "the policy is Local and no endpoint is on this node, so kube-proxy drops the packet"
            / "ポリシーが Local でこのノードにエンドポイントがないので、kube-proxy がパケットを破棄する",
        NoLocalEndpointsAllServe @ IPVS:
            "the policy is Local and no endpoint is on this node; ipvs then uses all"
            / "ポリシーが Local でこのノードにエンドポイントがない。ipvs はその場合すべてを使う",
        RepliesFromPodsLost @ IPVS:
            "a pod elsewhere gets the packet and answers the caller directly, with its own address; the caller, who asked another address, discards that"
            / "ほかのノードの Pod がパケットを受け取り、自分のアドレスで直接応答する。呼び出し元は別のアドレスに送ったので、その応答を捨てる",
        OnlyLocalEndpoints @ POLICIES:
            "the policy is Local: only endpoints on this node"
            / "ポリシーが Local なので、このノードのエンドポイントだけ",
        PodsBypassLocal @ POLICIES:
            "externalTrafficPolicy Local doesn't hold for the cluster's own pods"
            / "externalTrafficPolicy: Local はクラスター内の Pod には適用されない",
        NodeBypassesLocal @ POLICIES:
            "externalTrafficPolicy Local doesn't hold for the node's own processes"
            / "externalTrafficPolicy: Local はそのノード自身のプロセスには適用されない",
        TerminatingFallback @ TERMINATING:
            "no endpoint is ready, so those that still serve while they terminate are used"
            / "Ready のエンドポイントがないので、終了中でもまだ応答するものが使われる",
        SameZone @ TOPOLOGY:
            "every ready endpoint is hinted for zones, and some for this node's: only these"
            / "Ready のエンドポイントすべてにゾーンのヒントがあり、このノードのゾーン向けだけが使われる",
        SameNode @ TOPOLOGY:
            "every ready endpoint is hinted for nodes, and some for this one: only these"
            / "Ready のエンドポイントすべてにノードのヒントがあり、このノード向けだけが使われる",
        SourceRangesAllow @ BALANCER:
            "the source is in loadBalancerSourceRanges"
            / "送信元が loadBalancerSourceRanges に含まれる",
        SourceRangesDrop @ BALANCER:
            "the source is not in loadBalancerSourceRanges"
            / "送信元が loadBalancerSourceRanges に含まれない",
        UnlistedPortRejected @ NFTABLES:
            "nftables rejects packets to a cluster IP on a port that the Service doesn't list"
            / "nftables は Service にないポートへの ClusterIP 宛てパケットを拒否する",
        UnallocatedAddressDropped @ NFTABLES:
            "nftables drops packets to an address of the service network that no Service has"
            / "nftables は Service のないサービスネットワークのアドレス宛てパケットを破棄する",
        BoundAddressUnlistedPort @ IPVS:
            "ipvs binds Services' addresses on every node and rejects ports that nobody lists"
            / "ipvs は Service のアドレスをどのノードにも割り当て、載っていないポートを拒否する",
        BoundAddressAnswersPing @ IPVS:
            "ipvs binds Services' addresses on every node, so the node answers ping"
            / "ipvs は Service のアドレスをどのノードにも割り当てるので、ノードが ping に答える",
        SourceKept @ SOURCE: "the source address is kept" / "送信元アドレスは保たれる",
        MasqueradeExternalTraffic @ SOURCE:
            "external traffic with policy Cluster is masqueraded, as it may cross nodes"
            / "ポリシー Cluster の外部トラフィックは、ノードをまたぎうるので送信元が書き換えられる",
        MasqueradeOffCluster @ SOURCE:
            "the source is not in the pod network, so it is masqueraded"
            / "送信元が Pod ネットワークにないので書き換えられる",
        MasqueradeAll @ CONFIG: "kube-proxy's masqueradeAll is set" / "kube-proxy の masqueradeAll が設定されている",
        MasqueradeNode @ SOURCE:
            "the node's own packets to an external address are masqueraded"
            / "外部アドレス宛てのノード自身のパケットは送信元が書き換えられる",
        MasqueradeHairpin @ SOURCE:
            "the endpoint is the caller itself, so the source is masqueraded (hairpin)"
            / "エンドポイントが呼び出し元自身なので、送信元が書き換えられる (ヘアピン)",
        MasqueradeAddressAssumed @ SOURCE:
            "the new source is that of the interface the packet leaves by: the node's own address is assumed, a bridge or tunnel of the network plugin may have another"
            / "新しい送信元はパケットが出ていくインターフェースのアドレスになる。ここではノードのアドレスとみなすが、ネットワークプラグインのブリッジやトンネルでは異なることがある",
        OwnProcessSeesCaller @ SOURCE:
            "the endpoint shares this node's network, which masquerading doesn't touch"
            / "エンドポイントがこのノードのネットワークにあるので、送信元は書き換えられない",
        SocketTranslated @ REPLACEMENT:
            "what replaces kube-proxy connects the caller's socket to the endpoint itself: the source address is kept, even towards itself"
            / "kube-proxy の代わりをするものが、呼び出し元のソケットを直接エンドポイントにつなぐ。相手が自分自身でも送信元アドレスは保たれる",
        ClientKeptOnNode @ REPLACEMENT:
            "what replaces kube-proxy keeps the client's address towards pods of this node"
            / "kube-proxy の代わりをするものが、このノードの Pod に対してはクライアントのアドレスを保つ",
        SocketWithoutEndpoint @ REPLACEMENT:
            "no endpoint serves, and connect() fails in the caller's socket"
            / "応答できるエンドポイントがなく、呼び出し元のソケットで connect() が失敗する",
        HostPort @ PORTMAP:
            "portmap opens the pod's hostPort on its node"
            / "portmap が Pod の hostPort をそのノードで開く",
        HostPortMasquerade @ PORTMAP:
            "portmap masquerades loopback and the node's own pods"
            / "portmap はループバックとそのノードの Pod の送信元を書き換える",
        ServiceLbForwards @ SERVICELB:
            "ServiceLB's pod sends it on to the Service, with its own address as source"
            / "ServiceLB の Pod が、自分のアドレスを送信元にして Service へ転送する",
        BalancerSpreads @ BALANCER:
            "the load balancer spreads connections over the nodes"
            / "ロードバランサーが接続をノードに振り分ける",
        BalancerHealthChecks @ LOCAL:
            "the load balancer uses the nodes whose healthCheckNodePort reports a ready endpoint"
            / "ロードバランサーは healthCheckNodePort が Ready のエンドポイントを報告するノードを使う",
        AllUnhealthySpreads @ LOCAL:
            "no node reports a ready endpoint; balancers then use all of them"
            / "Ready のエンドポイントを報告するノードがない。その場合ロードバランサーは全ノードを使う",
        BalancerConnects @ IPMODE:
            "the load balancer itself connects to a node port, with an address of its own"
            / "ロードバランサー自身が、自分のアドレスで nodePort に接続する",
        BalancerTargets @ BALANCER:
            "the load balancer sends the client's packets on to a node port"
            / "ロードバランサーがクライアントのパケットを nodePort へ送る",
        BalancerIsInternal @ BALANCER:
            "the load balancer is internal: only the provider's own network leads to its address"
            / "このロードバランサーは内部用で、プロバイダーのネットワークからしか届かない",
        BalancerPortNotListed @ BALANCER:
            "the load balancer doesn't listen on this port"
            / "ロードバランサーはこのポートで待ち受けていない",
        NotAnnounced @ ADVERTISE: "nobody announces this address" / "このアドレスを広報するものがない",
        /// MetalLB, layer 2.
        Layer2Announcement @ LAYER2:
            "one node answers for the address and receives all its traffic"
            / "一つのノードがこのアドレスに応答し、すべてのトラフィックを受け取る",
        /// MetalLB, BGP.
        BgpSpreads @ BGP:
            "the routers spread connections over the nodes that announce the address"
            / "ルーターがアドレスを広報するノードに接続を振り分ける",
        ExternalIpRouted @ EXTERNAL:
            "routing an external IP to a node is the administrator's business, and taken as done"
            / "externalIP をノードへ経路付けるのは管理者の仕事で、済んでいるとみなす",
        HealthCheckPasses @ LOCAL:
            "kube-proxy reports a ready endpoint on this node"
            / "kube-proxy がこのノードに Ready のエンドポイントがあると報告する",
        HealthCheckFails @ LOCAL:
            "kube-proxy reports no ready endpoint on this node"
            / "kube-proxy がこのノードに Ready のエンドポイントがないと報告する",
    }
}

super::objections! {
    /// Why an endpoint, node or Service doesn't count.
    pub enum ServiceObjection {
        NotReady: "isn't ready" / "Ready でない",
        Terminating: "is terminating, and others are ready" / "終了中で、ほかに Ready のものがある",
        NotServing: "is terminating and doesn't serve any more" / "終了中で、もう応答しない",
        NotOnThisNode: "is on another node" / "別のノードにある",
        HintedForOtherZones: "is hinted for other zones" / "別のゾーン向けのヒントを持つ",
        HintedForOtherNodes: "is hinted for other nodes" / "別のノード向けのヒントを持つ",
        HealthCheckFails:
            "fails the health check: no ready endpoint is on it"
            / "ヘルスチェックに通らない: Ready のエンドポイントがない",
        ExcludedFromBalancers:
            "is labelled to be left out by load balancers"
            / "ロードバランサーから除外するラベルを持つ",
        NodeNotReady: "isn't ready" / "Ready でない",
        CannotAnnounce: "may not announce the address" / "このアドレスを広報できない",
        NotTheAnnouncer:
            "could announce the address, but another node does"
            / "アドレスを広報できるが、別のノードが広報している",
    }
}

impl ServiceRule {
    /// Whether the node puts its own address in place of the sender's.
    pub fn masquerades(self) -> bool {
        matches!(
            self,
            Self::MasqueradeExternalTraffic
                | Self::MasqueradeOffCluster
                | Self::MasqueradeAll
                | Self::MasqueradeNode
                | Self::MasqueradeHairpin
        )
    }
}
