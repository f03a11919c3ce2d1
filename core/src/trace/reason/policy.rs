//! NetworkPolicy, and the administrator's policies.

super::reasons! {
    /// Rules of NetworkPolicy.
    pub enum PolicyRule {
        /// Policies select the pod for incoming traffic, and a rule of one of them allows this.
        IngressAllowed,
        /// Policies select the pod for incoming traffic, and none allows this.
        IngressDenied,
        /// Policies select the pod for outgoing traffic, and a rule of one of them allows this.
        EgressAllowed,
        /// Policies select the pod for outgoing traffic, and none allows this.
        EgressDenied,
        /// A pod can always be reached from its own node.
        OwnNodeAllowed,
        /// A pod can always reach its own node.
        OwnNodeReachable,
        /// An administrator's policy accepts incoming traffic.
        AdminIngressAccepted,
        /// An administrator's policy denies incoming traffic.
        AdminIngressDenied,
        /// An administrator's policy accepts outgoing traffic.
        AdminEgressAccepted,
        /// An administrator's policy denies outgoing traffic.
        AdminEgressDenied,
    }

    /// Why a policy's rule doesn't allow a packet.
    pub enum PolicyObjection {
        /// No peer of the rule matches.
        PeerDiffers,
        /// The peer matches, the port or protocol doesn't.
        PortDiffers,
        /// The policy has no rule in this direction.
        NoRules,
        /// An administrator's rule passes the decision on.
        PassesOn,
        /// A rule before it has decided.
        DecidedBefore,
    }
}

impl PolicyRule {
    /// `ingress` or `egress`, for a rule about one direction.
    pub fn direction(self) -> Option<&'static str> {
        match self {
            Self::IngressAllowed | Self::IngressDenied | Self::OwnNodeAllowed => Some("ingress"),
            Self::AdminIngressAccepted | Self::AdminIngressDenied => Some("ingress"),
            Self::EgressAllowed | Self::EgressDenied | Self::OwnNodeReachable => Some("egress"),
            Self::AdminEgressAccepted | Self::AdminEgressDenied => Some("egress"),
        }
    }
}
