//! Services in words: kube-proxy, load balancers, portmap.

use super::BilingualText;
use crate::trace::{ServiceObjection, ServiceRule};

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
const BALANCER: &str = "https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer";
const IPMODE: &str = "https://kubernetes.io/docs/concepts/services-networking/service/#load-balancer-ip-mode";
const LOCAL: &str = "https://kubernetes.io/docs/tasks/access-application-cluster/create-external-load-balancer/#preserving-the-client-source-ip";
const PORTMAP: &str = "https://www.cni.dev/plugins/current/meta/portmap/";
const LAYER2: &str = "https://metallb.io/concepts/layer2/";
const BGP: &str = "https://metallb.io/concepts/bgp/";
const ADVERTISE: &str = "https://metallb.io/configuration/#announce-the-service-ips";
const CONFIG: &str = "https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/";

/// The rule in a sentence.
pub fn rule(rule: ServiceRule) -> BilingualText {
    match rule {
        ServiceRule::ClusterIp => {
            BilingualText::new("kube-proxy catches the cluster IP and port", "kube-proxy が ClusterIP とポートを捉える")
        }
        ServiceRule::ExternalIp => BilingualText::new(
            "kube-proxy catches the external IP and the Service's port on every node",
            "kube-proxy がどのノードでも externalIP と Service のポートを捉える",
        ),
        ServiceRule::LoadBalancerAddress => BilingualText::new(
            "kube-proxy catches the load balancer's address and the Service's port on every node",
            "kube-proxy がどのノードでもロードバランサーのアドレスと Service のポートを捉える",
        ),
        ServiceRule::NodePort => BilingualText::new(
            "kube-proxy opens the node port on every node",
            "kube-proxy がどのノードでも nodePort を開く",
        ),
        ServiceRule::RandomEndpoint => {
            BilingualText::new("every endpoint has the same chance", "どのエンドポイントも同じ確率で選ばれる")
        }
        ServiceRule::RoundRobin => {
            BilingualText::new("ipvs takes the endpoints in turn", "ipvs がエンドポイントを順番に選ぶ")
        }
        ServiceRule::SourceHash => BilingualText::new(
            "ipvs always takes the same endpoint for one client; which one can't be told from manifests",
            "ipvs は同じクライアントを常に同じエンドポイントへ送る。どれかはマニフェストからは決まらない",
        ),
        ServiceRule::DestinationHash => BilingualText::new(
            "ipvs always takes the same endpoint for one address; which one can't be told from manifests",
            "ipvs は同じ宛先を常に同じエンドポイントへ送る。どれかはマニフェストからは決まらない",
        ),
        ServiceRule::LeastConnections => BilingualText::new(
            "ipvs takes the endpoint with the fewest connections; without any, each is as good",
            "ipvs は接続の最も少ないエンドポイントを選ぶ。接続がなければどれも同じ",
        ),
        ServiceRule::SessionAffinityClientIp => BilingualText::new(
            "later connections of the same client go where the first one went, until the timeout",
            "同じクライアントの以後の接続は、期限までは最初と同じところへ行く",
        ),
        ServiceRule::NoEndpointsReject => BilingualText::new(
            "the Service has no usable endpoint, so kube-proxy rejects at once",
            "Service に使えるエンドポイントがないので kube-proxy がすぐに拒否する",
        ),
        ServiceRule::NoDestinationRejected => BilingualText::new(
            "the Service has no usable endpoint, so ipvs answers port unreachable",
            "Service に使えるエンドポイントがないので、ipvs がポート到達不能と答える",
        ),
        ServiceRule::NoLocalEndpointsDrop => BilingualText::new(
            "the policy is Local and no endpoint is on this node, so kube-proxy drops the packet",
            "ポリシーが Local でこのノードにエンドポイントがないので、kube-proxy がパケットを破棄する",
        ),
        ServiceRule::NoLocalEndpointsAllServe => BilingualText::new(
            "the policy is Local and no endpoint is on this node; ipvs then uses all",
            "ポリシーが Local でこのノードにエンドポイントがない。ipvs はその場合すべてを使う",
        ),
        ServiceRule::RepliesFromPodsLost => BilingualText::new(
            "a pod elsewhere gets the packet and answers the caller directly, with its own address; the caller, who asked another address, discards that",
            "ほかのノードの Pod がパケットを受け取り、自分のアドレスで直接応答する。呼び出し元は別のアドレスに送ったので、その応答を捨てる",
        ),
        ServiceRule::OnlyLocalEndpoints => BilingualText::new(
            "the policy is Local: only endpoints on this node",
            "ポリシーが Local なので、このノードのエンドポイントだけ",
        ),
        ServiceRule::PodsBypassLocal => BilingualText::new(
            "externalTrafficPolicy Local doesn't hold for the cluster's own pods",
            "externalTrafficPolicy: Local はクラスター内の Pod には適用されない",
        ),
        ServiceRule::NodeBypassesLocal => BilingualText::new(
            "externalTrafficPolicy Local doesn't hold for the node's own processes",
            "externalTrafficPolicy: Local はそのノード自身のプロセスには適用されない",
        ),
        ServiceRule::TerminatingFallback => BilingualText::new(
            "no endpoint is ready, so those that still serve while they terminate are used",
            "Ready のエンドポイントがないので、終了中でもまだ応答するものが使われる",
        ),
        ServiceRule::SameZone => BilingualText::new(
            "every ready endpoint is hinted for zones, and some for this node's: only these",
            "Ready のエンドポイントすべてにゾーンのヒントがあり、このノードのゾーン向けだけが使われる",
        ),
        ServiceRule::SameNode => BilingualText::new(
            "every ready endpoint is hinted for nodes, and some for this one: only these",
            "Ready のエンドポイントすべてにノードのヒントがあり、このノード向けだけが使われる",
        ),
        ServiceRule::SourceRangesAllow => BilingualText::new(
            "the source is in loadBalancerSourceRanges",
            "送信元が loadBalancerSourceRanges に含まれる",
        ),
        ServiceRule::SourceRangesDrop => BilingualText::new(
            "the source is not in loadBalancerSourceRanges",
            "送信元が loadBalancerSourceRanges に含まれない",
        ),
        ServiceRule::UnlistedPortRejected => BilingualText::new(
            "nftables rejects packets to a cluster IP on a port that the Service doesn't list",
            "nftables は Service にないポートへの ClusterIP 宛てパケットを拒否する",
        ),
        ServiceRule::UnallocatedAddressDropped => BilingualText::new(
            "nftables drops packets to an address of the service network that no Service has",
            "nftables は Service のないサービスネットワークのアドレス宛てパケットを破棄する",
        ),
        ServiceRule::BoundAddressUnlistedPort => BilingualText::new(
            "ipvs binds Services' addresses on every node and rejects ports that nobody lists",
            "ipvs は Service のアドレスをどのノードにも割り当て、載っていないポートを拒否する",
        ),
        ServiceRule::BoundAddressAnswersPing => BilingualText::new(
            "ipvs binds Services' addresses on every node, so the node answers ping",
            "ipvs は Service のアドレスをどのノードにも割り当てるので、ノードが ping に答える",
        ),
        ServiceRule::SourceKept => BilingualText::new("the source address is kept", "送信元アドレスは保たれる"),
        ServiceRule::MasqueradeExternalTraffic => BilingualText::new(
            "external traffic with policy Cluster is masqueraded, as it may cross nodes",
            "ポリシー Cluster の外部トラフィックは、ノードをまたぎうるので送信元が書き換えられる",
        ),
        ServiceRule::MasqueradeOffCluster => BilingualText::new(
            "the source is not in the pod network, so it is masqueraded",
            "送信元が Pod ネットワークにないので書き換えられる",
        ),
        ServiceRule::MasqueradeAll => {
            BilingualText::new("kube-proxy's masqueradeAll is set", "kube-proxy の masqueradeAll が設定されている")
        }
        ServiceRule::MasqueradeNode => BilingualText::new(
            "the node's own packets to an external address are masqueraded",
            "外部アドレス宛てのノード自身のパケットは送信元が書き換えられる",
        ),
        ServiceRule::MasqueradeHairpin => BilingualText::new(
            "the endpoint is the caller itself, so the source is masqueraded (hairpin)",
            "エンドポイントが呼び出し元自身なので、送信元が書き換えられる (ヘアピン)",
        ),
        ServiceRule::MasqueradeAddressAssumed => BilingualText::new(
            "the new source is that of the interface the packet leaves by: the node's own address is assumed, a bridge or \
             tunnel of the network plugin may have another",
            "新しい送信元はパケットが出ていくインターフェースのアドレスになる。ここではノードのアドレスとみなすが、\
             ネットワークプラグインのブリッジやトンネルでは異なることがある",
        ),
        ServiceRule::OwnProcessSeesCaller => BilingualText::new(
            "the endpoint shares this node's network, which masquerading doesn't touch",
            "エンドポイントがこのノードのネットワークにあるので、送信元は書き換えられない",
        ),
        ServiceRule::HostPort => BilingualText::new(
            "portmap opens the pod's hostPort on its node",
            "portmap が Pod の hostPort をそのノードで開く",
        ),
        ServiceRule::HostPortMasquerade => BilingualText::new(
            "portmap masquerades loopback and the node's own pods",
            "portmap はループバックとそのノードの Pod の送信元を書き換える",
        ),
        ServiceRule::BalancerSpreads => BilingualText::new(
            "the load balancer spreads connections over the nodes",
            "ロードバランサーが接続をノードに振り分ける",
        ),
        ServiceRule::BalancerHealthChecks => BilingualText::new(
            "the load balancer uses the nodes whose healthCheckNodePort reports a ready endpoint",
            "ロードバランサーは healthCheckNodePort が Ready のエンドポイントを報告するノードを使う",
        ),
        ServiceRule::AllUnhealthySpreads => BilingualText::new(
            "no node reports a ready endpoint; balancers then use all of them",
            "Ready のエンドポイントを報告するノードがない。その場合ロードバランサーは全ノードを使う",
        ),
        ServiceRule::BalancerConnects => BilingualText::new(
            "in ipMode Proxy the load balancer itself connects to a node port",
            "ipMode: Proxy ではロードバランサー自身が nodePort に接続する",
        ),
        ServiceRule::BalancerPortNotListed => BilingualText::new(
            "the load balancer doesn't listen on this port",
            "ロードバランサーはこのポートで待ち受けていない",
        ),
        ServiceRule::NotAnnounced => {
            BilingualText::new("nobody announces this address", "このアドレスを広報するものがない")
        }
        ServiceRule::Layer2Announcement => BilingualText::new(
            "one node answers for the address and receives all its traffic",
            "一つのノードがこのアドレスに応答し、すべてのトラフィックを受け取る",
        ),
        ServiceRule::BgpSpreads => BilingualText::new(
            "the routers spread connections over the nodes that announce the address",
            "ルーターがアドレスを広報するノードに接続を振り分ける",
        ),
        ServiceRule::ExternalIpRouted => BilingualText::new(
            "routing an external IP to a node is the administrator's business, and taken as done",
            "externalIP をノードへ経路付けるのは管理者の仕事で、済んでいるとみなす",
        ),
        ServiceRule::HealthCheckPasses => BilingualText::new(
            "kube-proxy reports a ready endpoint on this node",
            "kube-proxy がこのノードに Ready のエンドポイントがあると報告する",
        ),
        ServiceRule::HealthCheckFails => BilingualText::new(
            "kube-proxy reports no ready endpoint on this node",
            "kube-proxy がこのノードに Ready のエンドポイントがないと報告する",
        ),
    }
}

/// Where the rule is documented.
pub fn documentation(rule: ServiceRule) -> &'static str {
    match rule {
        ServiceRule::ClusterIp | ServiceRule::NoEndpointsReject => VIPS,
        ServiceRule::RandomEndpoint => IPTABLES,
        ServiceRule::UnlistedPortRejected | ServiceRule::UnallocatedAddressDropped => NFTABLES,
        ServiceRule::RoundRobin
        | ServiceRule::SourceHash
        | ServiceRule::DestinationHash
        | ServiceRule::LeastConnections
        | ServiceRule::NoDestinationRejected
        | ServiceRule::NoLocalEndpointsAllServe
        | ServiceRule::RepliesFromPodsLost
        | ServiceRule::BoundAddressUnlistedPort
        | ServiceRule::BoundAddressAnswersPing => IPVS,
        ServiceRule::SessionAffinityClientIp => AFFINITY,
        ServiceRule::NoLocalEndpointsDrop
        | ServiceRule::OnlyLocalEndpoints
        | ServiceRule::PodsBypassLocal
        | ServiceRule::NodeBypassesLocal => POLICIES,
        ServiceRule::TerminatingFallback => TERMINATING,
        ServiceRule::SameZone | ServiceRule::SameNode => TOPOLOGY,
        ServiceRule::SourceKept
        | ServiceRule::MasqueradeExternalTraffic
        | ServiceRule::MasqueradeOffCluster
        | ServiceRule::MasqueradeNode
        | ServiceRule::MasqueradeHairpin
        | ServiceRule::MasqueradeAddressAssumed
        | ServiceRule::OwnProcessSeesCaller => SOURCE,
        ServiceRule::NodePort => NODEPORT,
        ServiceRule::ExternalIp | ServiceRule::ExternalIpRouted => EXTERNAL,
        ServiceRule::LoadBalancerAddress
        | ServiceRule::SourceRangesAllow
        | ServiceRule::SourceRangesDrop
        | ServiceRule::BalancerSpreads
        | ServiceRule::BalancerPortNotListed => BALANCER,
        ServiceRule::BalancerConnects => IPMODE,
        ServiceRule::BalancerHealthChecks
        | ServiceRule::AllUnhealthySpreads
        | ServiceRule::HealthCheckPasses
        | ServiceRule::HealthCheckFails => LOCAL,
        ServiceRule::HostPort | ServiceRule::HostPortMasquerade => PORTMAP,
        ServiceRule::Layer2Announcement => LAYER2,
        ServiceRule::BgpSpreads => BGP,
        ServiceRule::NotAnnounced => ADVERTISE,
        ServiceRule::MasqueradeAll => CONFIG,
    }
}

/// The objection as a clause.
pub fn objection(objection: ServiceObjection) -> BilingualText {
    match objection {
        ServiceObjection::NotReady => BilingualText::new("isn't ready", "Ready でない"),
        ServiceObjection::Terminating => {
            BilingualText::new("is terminating, and others are ready", "終了中で、ほかに Ready のものがある")
        }
        ServiceObjection::NotServing => {
            BilingualText::new("is terminating and doesn't serve any more", "終了中で、もう応答しない")
        }
        ServiceObjection::NotOnThisNode => BilingualText::new("is on another node", "別のノードにある"),
        ServiceObjection::HintedForOtherZones => {
            BilingualText::new("is hinted for other zones", "別のゾーン向けのヒントを持つ")
        }
        ServiceObjection::HintedForOtherNodes => {
            BilingualText::new("is hinted for other nodes", "別のノード向けのヒントを持つ")
        }
        ServiceObjection::HealthCheckFails => BilingualText::new(
            "fails the health check: no ready endpoint is on it",
            "ヘルスチェックに通らない: Ready のエンドポイントがない",
        ),
        ServiceObjection::ExcludedFromBalancers => BilingualText::new(
            "is labelled to be left out by load balancers",
            "ロードバランサーから除外するラベルを持つ",
        ),
        ServiceObjection::NodeNotReady => BilingualText::new("isn't ready", "Ready でない"),
        ServiceObjection::CannotAnnounce => {
            BilingualText::new("may not announce the address", "このアドレスを広報できない")
        }
        ServiceObjection::NotTheAnnouncer => BilingualText::new(
            "could announce the address, but another node does",
            "アドレスを広報できるが、別のノードが広報している",
        ),
    }
}
