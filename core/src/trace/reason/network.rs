//! The network between: who owns an address, who listens on a port.

use crate::language::BilingualText;

const MODEL: &str = "https://kubernetes.io/docs/concepts/services-networking/";
const STATUS: &str = "https://www.rfc-editor.org/rfc/rfc9110#section-15.6.3";
const PODS: &str = "https://kubernetes.io/docs/concepts/workloads/pods/";
const PHASE: &str = "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-phase";
const NODES: &str = "https://kubernetes.io/docs/reference/node/node-status/#addresses";
const NODEPORTS: &str = "https://kubernetes.io/docs/reference/networking/ports-and-protocols/";
const SLICES: &str = "https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/";
const VIPS: &str = "https://kubernetes.io/docs/reference/networking/virtual-ips/";

super::rules! {
    /// Rules of the network and of pods as servers.
    pub enum NetworkRule {
        FlatPodNetwork @ MODEL:
            "pods reach each other directly, without address translation"
            / "Pod どうしはアドレス変換なしで直接通信できる",
        PodNetworkIsInside @ MODEL:
            "pod addresses are not routed outside the cluster"
            / "Pod のアドレスへはクラスターの外から届かない",
        PodNetworkRouted @ MODEL:
            "the client is taken to have a route to the pod network"
            / "クライアントから Pod ネットワークへの経路があるとみなす",
        ServiceNetworkIsInside @ VIPS:
            "cluster IPs exist only in the nodes' rules; from outside nothing leads there"
            / "ClusterIP はノードのルールの中にしかなく、クラスターの外からは届かない",
        ServicePortNotListed @ VIPS:
            "the Service doesn't list this port: no rule matches, and no machine has its address"
            / "Service にこのポートはなく、どのルールにも一致しない。このアドレスを持つ機械もない",
        ServiceAddressAnswersNoPing @ VIPS:
            "no machine has a Service's address, so nobody answers ping"
            / "Service のアドレスを持つ機械はないので、ping には誰も答えない",
        NobodyHasAddress @ MODEL: "nobody has this address" / "このアドレスを持つものがない",
        AddressIsOutside @ MODEL: "the address lies outside the cluster" / "アドレスはクラスターの外にある",
        NodeHasAddress @ NODES: "the address is a node's" / "アドレスはノードのもの",
        PodMasqueraded @ MODEL:
            "the network plugin masquerades packets that leave the pod network: they bear the address of the pod's node"
            / "ネットワークプラグインは Pod ネットワークの外へ出るパケットをマスカレードし、送信元を Pod のノードのアドレスにする",
        TooManyHops @ MODEL: "the packet goes in circles between nodes" / "パケットがノードの間を回り続ける",
        DeclaredPortListens @ PODS: "the pod declares this container port" / "Pod がこのコンテナポートを宣言している",
        UndeclaredPortAssumed @ PODS:
            "the pod declares no ports; it is assumed to listen here"
            / "Pod はポートを宣言していないので、ここで待ち受けているとみなす",
        TargetPortAssumed @ PODS:
            "no container declares this port, but a Service leads to it: the pod is taken to listen there"
            / "どのコンテナもこのポートを宣言していないが、Service が向けているので、待ち受けているものとみなす",
        PortNotDeclared @ PODS:
            "no container of the pod listens on this port"
            / "Pod のどのコンテナもこのポートで待ち受けていない",
        ContainerWaits @ PHASE:
            "the pod has its network, but the container waits for a key that isn't there, so nobody listens"
            / "Pod のネットワークはあるが、コンテナが存在しないキーを待っているので、誰も待ち受けていない",
        PodHasNoNetwork @ PHASE:
            "the pod is on no node of the cluster, so it has no network"
            / "Pod がクラスターのどのノードにもないので、ネットワークを持たない",
        UnknownPodAssumed @ SLICES:
            "the endpoint names a pod that isn't among the manifests; it is assumed to listen"
            / "エンドポイントの指す Pod がマニフェストにないので、待ち受けているとみなす",
        PodAnswersPing @ MODEL: "a pod's network answers ping" / "Pod のネットワークは ping に答える",
        NodeAnswersPing @ MODEL: "a node answers ping" / "ノードは ping に答える",
        NodeProcessListens @ NODEPORTS:
            "a process on the node listens here"
            / "ノード上のプロセスがここで待ち受けている",
        NodePortClosed @ MODEL:
            "nothing on the node listens on this port"
            / "ノードではこのポートで何も待ち受けていない",
        OwnLoopback @ MODEL:
            "the loopback address is the client's own"
            / "ループバックアドレスはクライアント自身のもの",
        NoAddressOfFamily @ MODEL:
            "the client has no address of this IP family"
            / "クライアントはこの IP ファミリーのアドレスを持たない",
        EmptyHostName @ MODEL:
            "the host name is empty, as an unset variable leaves it"
            / "ホスト名が空(変数が未設定の場合など)",
        BackendUnreachable @ STATUS:
            "the proxy can't connect to the backend and answers 502"
            / "プロキシはバックエンドに接続できず 502 を返す",
        BackendUnresolved @ STATUS:
            "the proxy can't resolve the backend's name and answers with an error"
            / "プロキシはバックエンドの名前を解決できず、エラーを返す",
        BackendSilent @ STATUS:
            "the backend doesn't answer the proxy, which gives up with 504"
            / "バックエンドから応答がなく、プロキシは 504 を返す",
        OwnAddress @ MODEL: "the address is the client's own" / "アドレスはクライアント自身のもの",
    }
}
