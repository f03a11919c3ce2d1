//! The network between, in words.

use super::BilingualText;
use crate::trace::NetworkRule;

const MODEL: &str = "https://kubernetes.io/docs/concepts/services-networking/";
const STATUS: &str = "https://www.rfc-editor.org/rfc/rfc9110#section-15.6.3";
const PODS: &str = "https://kubernetes.io/docs/concepts/workloads/pods/";
const PHASE: &str = "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-phase";
const NODES: &str = "https://kubernetes.io/docs/reference/node/node-status/#addresses";
const NODEPORTS: &str = "https://kubernetes.io/docs/reference/networking/ports-and-protocols/";
const SLICES: &str = "https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/";
const VIPS: &str = "https://kubernetes.io/docs/reference/networking/virtual-ips/";

/// The rule in a sentence.
pub fn rule(rule: NetworkRule) -> BilingualText {
    match rule {
        NetworkRule::FlatPodNetwork => BilingualText::new(
            "pods reach each other directly, without address translation",
            "Pod どうしはアドレス変換なしで直接通信できる",
        ),
        NetworkRule::PodNetworkIsInside => BilingualText::new(
            "pod addresses are not routed outside the cluster",
            "Pod のアドレスへはクラスターの外から届かない",
        ),
        NetworkRule::PodNetworkRouted => BilingualText::new(
            "the client is taken to have a route to the pod network",
            "クライアントから Pod ネットワークへの経路があるとみなす",
        ),
        NetworkRule::ServiceNetworkIsInside => BilingualText::new(
            "cluster IPs exist only in the nodes' rules; from outside nothing leads there",
            "ClusterIP はノードのルールの中にしかなく、クラスターの外からは届かない",
        ),
        NetworkRule::ServicePortNotListed => BilingualText::new(
            "the Service doesn't list this port: no rule matches, and no machine has its address",
            "Service にこのポートはなく、どのルールにも一致しない。このアドレスを持つ機械もない",
        ),
        NetworkRule::ServiceAddressAnswersNoPing => BilingualText::new(
            "no machine has a Service's address, so nobody answers ping",
            "Service のアドレスを持つ機械はないので、ping には誰も答えない",
        ),
        NetworkRule::NobodyHasAddress => BilingualText::new("nobody has this address", "このアドレスを持つものがない"),
        NetworkRule::AddressIsOutside => {
            BilingualText::new("the address lies outside the cluster", "アドレスはクラスターの外にある")
        }
        NetworkRule::NodeHasAddress => BilingualText::new("the address is a node's", "アドレスはノードのもの"),
        NetworkRule::PodMasqueraded => BilingualText::new(
            "the network plugin masquerades packets that leave the pod network: they bear the address of the pod's node",
            "ネットワークプラグインは Pod ネットワークの外へ出るパケットをマスカレードし、送信元を Pod のノードのアドレスにする",
        ),
        NetworkRule::TooManyHops => {
            BilingualText::new("the packet goes in circles between nodes", "パケットがノードの間を回り続ける")
        }
        NetworkRule::DeclaredPortListens => {
            BilingualText::new("the pod declares this container port", "Pod がこのコンテナポートを宣言している")
        }
        NetworkRule::UndeclaredPortAssumed => BilingualText::new(
            "the pod declares no ports; it is assumed to listen here",
            "Pod はポートを宣言していないので、ここで待ち受けているとみなす",
        ),
        NetworkRule::PortNotDeclared => BilingualText::new(
            "no container of the pod listens on this port",
            "Pod のどのコンテナもこのポートで待ち受けていない",
        ),
        NetworkRule::ContainerWaits => BilingualText::new(
            "the pod has its network, but the container waits for a key that isn't there, so nobody listens",
            "Pod のネットワークはあるが、コンテナが存在しないキーを待っているので、誰も待ち受けていない",
        ),
        NetworkRule::PodNotRunning => BilingualText::new("the pod isn't running", "Pod は動いていない"),
        NetworkRule::PodHasNoNetwork => BilingualText::new(
            "the pod isn't placed on a node yet, so it has no network",
            "Pod はまだノードに配置されていないので、ネットワークを持たない",
        ),
        NetworkRule::UnknownPodAssumed => BilingualText::new(
            "the endpoint names a pod that isn't among the manifests; it is assumed to listen",
            "エンドポイントの指す Pod がマニフェストにないので、待ち受けているとみなす",
        ),
        NetworkRule::PodAnswersPing => {
            BilingualText::new("a pod's network answers ping", "Pod のネットワークは ping に答える")
        }
        NetworkRule::NodeAnswersPing => BilingualText::new("a node answers ping", "ノードは ping に答える"),
        NetworkRule::NodeProcessListens => {
            BilingualText::new("a process on the node listens here", "ノード上のプロセスがここで待ち受けている")
        }
        NetworkRule::NodePortClosed => {
            BilingualText::new("nothing on the node listens on this port", "ノードではこのポートで何も待ち受けていない")
        }
        NetworkRule::OwnLoopback => BilingualText::new(
            "the loopback address is the client's own",
            "ループバックアドレスはクライアント自身のもの",
        ),
        NetworkRule::NoAddressOfFamily => BilingualText::new(
            "the client has no address of this IP family",
            "クライアントはこの IP ファミリーのアドレスを持たない",
        ),
        NetworkRule::EmptyHostName => BilingualText::new(
            "the host name is empty, as an unset variable leaves it",
            "ホスト名が空(変数が未設定の場合など)",
        ),
        NetworkRule::BackendUnresolved => BilingualText::new(
            "the proxy can't resolve the backend's name and answers with an error",
            "プロキシはバックエンドの名前を解決できず、エラーを返す",
        ),
        NetworkRule::BackendUnreachable => BilingualText::new(
            "the proxy can't connect to the backend and answers 502",
            "プロキシはバックエンドに接続できず 502 を返す",
        ),
        NetworkRule::BackendSilent => BilingualText::new(
            "the backend doesn't answer the proxy, which gives up with 504",
            "バックエンドから応答がなく、プロキシは 504 を返す",
        ),
        NetworkRule::OwnAddress => {
            BilingualText::new("the address is the client's own", "アドレスはクライアント自身のもの")
        }
    }
}

/// Where the rule is documented.
pub fn documentation(rule: NetworkRule) -> &'static str {
    match rule {
        NetworkRule::FlatPodNetwork
        | NetworkRule::PodMasqueraded
        | NetworkRule::PodNetworkIsInside
        | NetworkRule::PodNetworkRouted
        | NetworkRule::NobodyHasAddress
        | NetworkRule::AddressIsOutside
        | NetworkRule::TooManyHops
        | NetworkRule::PodAnswersPing
        | NetworkRule::NodeAnswersPing
        | NetworkRule::NodePortClosed
        | NetworkRule::OwnLoopback
        | NetworkRule::EmptyHostName
        | NetworkRule::NoAddressOfFamily
        | NetworkRule::OwnAddress => MODEL,
        NetworkRule::DeclaredPortListens | NetworkRule::UndeclaredPortAssumed | NetworkRule::PortNotDeclared => PODS,
        NetworkRule::ContainerWaits | NetworkRule::PodNotRunning | NetworkRule::PodHasNoNetwork => PHASE,
        NetworkRule::NodeHasAddress => NODES,
        NetworkRule::NodeProcessListens => NODEPORTS,
        NetworkRule::UnknownPodAssumed => SLICES,
        NetworkRule::ServiceNetworkIsInside
        | NetworkRule::ServicePortNotListed
        | NetworkRule::ServiceAddressAnswersNoPing => VIPS,
        NetworkRule::BackendUnreachable | NetworkRule::BackendUnresolved | NetworkRule::BackendSilent => STATUS,
    }
}
