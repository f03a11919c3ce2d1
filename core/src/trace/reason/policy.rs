//! NetworkPolicy, and the administrator's policies.

use crate::language::BilingualText;

const POLICY: &str = "https://kubernetes.io/docs/concepts/services-networking/network-policies/";
const ADMIN: &str = "https://network-policy-api.sigs.k8s.io/";

super::rules! {
    /// Rules of NetworkPolicy.
    pub enum PolicyRule {
        IngressAllowed @ POLICY:
            "a NetworkPolicy rule of the receiving pod allows it"
            / "受信側 Pod の NetworkPolicy のルールが許可している",
        IngressDenied @ POLICY:
            "NetworkPolicies select the receiving pod, and no rule allows this"
            / "受信側 Pod は NetworkPolicy に選択されており、どのルールも許可していない",
        EgressAllowed @ POLICY:
            "a NetworkPolicy rule of the sending pod allows it"
            / "送信側 Pod の NetworkPolicy のルールが許可している",
        EgressDenied @ POLICY:
            "NetworkPolicies select the sending pod, and no rule allows this"
            / "送信側 Pod は NetworkPolicy に選択されており、どのルールも許可していない",
        OwnNodeAllowed @ POLICY: "a pod can always be reached from its own node" / "Pod へは自身のノードから常に届く",
        OwnNodeReachable @ POLICY: "a pod can always reach its own node" / "Pod から自身のノードへは常に届く",
        NotEnforced @ POLICY:
            "the cluster's network plugin doesn't enforce these policies"
            / "このクラスターのネットワークプラグインはこれらのポリシーを適用しない",
        AdminIngressAccepted @ ADMIN:
            "an administrator's policy accepts it for the receiving pod"
            / "管理者のポリシーが受信側 Pod への通信を許可している",
        AdminIngressDenied @ ADMIN:
            "an administrator's policy denies it for the receiving pod"
            / "管理者のポリシーが受信側 Pod への通信を拒否している",
        AdminEgressAccepted @ ADMIN:
            "an administrator's policy accepts it for the sending pod"
            / "管理者のポリシーが送信側 Pod からの通信を許可している",
        AdminEgressDenied @ ADMIN:
            "an administrator's policy denies it for the sending pod"
            / "管理者のポリシーが送信側 Pod からの通信を拒否している",
    }
}

super::objections! {
    /// Why a policy's rule doesn't allow a packet.
    pub enum PolicyObjection {
        PeerDiffers: "is about other peers" / "別の相手についてのルール",
        PortDiffers: "names the peer, but other ports or protocols" / "相手は合うが、ポートかプロトコルが違う",
        NoRules: "allows nobody in this direction" / "この方向では誰も許可していない",
        DecidedBefore: "comes after the rule that decided" / "決定したルールより後にある",
    }
}

impl PolicyRule {
    /// `ingress` or `egress`, for a rule about one direction.
    pub fn direction(self) -> Option<&'static str> {
        match self {
            Self::NotEnforced => None,
            Self::IngressAllowed | Self::IngressDenied | Self::OwnNodeAllowed => Some("ingress"),
            Self::AdminIngressAccepted | Self::AdminIngressDenied => Some("ingress"),
            Self::EgressAllowed | Self::EgressDenied | Self::OwnNodeReachable => Some("egress"),
            Self::AdminEgressAccepted | Self::AdminEgressDenied => Some("egress"),
        }
    }
}
