//! The network between, in words.

use super::Phrase;
use crate::trace::NetworkRule;

const MODEL: &str = "https://kubernetes.io/docs/concepts/services-networking/";
const STATUS: &str = "https://www.rfc-editor.org/rfc/rfc9110#section-15.6.3";
const PODS: &str = "https://kubernetes.io/docs/concepts/workloads/pods/";

/// The rule in a sentence.
pub fn rule(rule: NetworkRule) -> Phrase {
    match rule {
        NetworkRule::FlatPodNetwork => Phrase::new(
            "pods reach each other directly, without address translation",
            "Pod どうしはアドレス変換なしで直接通信できる",
        ),
        NetworkRule::PodNetworkIsInside => Phrase::new(
            "pod addresses are not routed outside the cluster",
            "Pod のアドレスへはクラスターの外から届かない",
        ),
        NetworkRule::ServiceNetworkIsInside => Phrase::new(
            "cluster IPs exist only in the nodes' rules; from outside nothing leads there",
            "ClusterIP はノードのルールの中にしかなく、クラスターの外からは届かない",
        ),
        NetworkRule::NobodyHasAddress => Phrase::new("nobody has this address", "このアドレスを持つものがない"),
        NetworkRule::AddressIsOutside => {
            Phrase::new("the address lies outside the cluster", "アドレスはクラスターの外にある")
        }
        NetworkRule::DeclaredPortListens => {
            Phrase::new("the pod declares this container port", "Pod がこのコンテナーポートを宣言している")
        }
        NetworkRule::UndeclaredPortAssumed => Phrase::new(
            "the pod declares no ports; it is assumed to listen here",
            "Pod はポートを宣言していないので、ここで待ち受けているとみなす",
        ),
        NetworkRule::PortNotDeclared => Phrase::new(
            "no container of the pod listens on this port",
            "Pod のどのコンテナーもこのポートで待ち受けていない",
        ),
        NetworkRule::PodNotRunning => Phrase::new("the pod isn't running", "Pod は動いていない"),
        NetworkRule::NodeProcessListens => {
            Phrase::new("a process on the node listens here", "ノード上のプロセスがここで待ち受けている")
        }
        NetworkRule::NodePortClosed => {
            Phrase::new("nothing on the node listens on this port", "ノードではこのポートで何も待ち受けていない")
        }
        NetworkRule::OwnLoopback => {
            Phrase::new("the loopback address is the client's own", "ループバックアドレスはクライアント自身のもの")
        }
        NetworkRule::NoAddressOfFamily => Phrase::new(
            "the client has no address of this IP family",
            "クライアントはこの IP ファミリーのアドレスを持たない",
        ),
        NetworkRule::BackendUnreachable => Phrase::new(
            "the proxy can't connect to the backend and answers 502",
            "プロキシはバックエンドに接続できず 502 を返す",
        ),
        NetworkRule::BackendSilent => Phrase::new(
            "the backend doesn't answer the proxy, which gives up with 504",
            "バックエンドから応答がなく、プロキシは 504 を返す",
        ),
    }
}

/// Where the rule is documented.
pub fn documentation(rule: NetworkRule) -> &'static str {
    match rule {
        NetworkRule::DeclaredPortListens
        | NetworkRule::UndeclaredPortAssumed
        | NetworkRule::PortNotDeclared
        | NetworkRule::PodNotRunning => PODS,
        NetworkRule::FlatPodNetwork
        | NetworkRule::PodNetworkIsInside
        | NetworkRule::ServiceNetworkIsInside
        | NetworkRule::NobodyHasAddress
        | NetworkRule::AddressIsOutside
        | NetworkRule::NodeProcessListens
        | NetworkRule::NodePortClosed
        | NetworkRule::OwnLoopback
        | NetworkRule::NoAddressOfFamily => MODEL,
        NetworkRule::BackendUnreachable | NetworkRule::BackendSilent => STATUS,
    }
}
