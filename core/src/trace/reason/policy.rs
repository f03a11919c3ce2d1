//! NetworkPolicy.

super::reasons! {
    /// Rules of NetworkPolicy.
    pub enum PolicyRule {
        /// No policy selects the pod in this direction.
        NotIsolated,
    }

    /// Why a policy's rule doesn't allow a packet.
    pub enum PolicyObjection {
        /// No peer of the rule matches.
        PeerDiffers,
    }
}

impl PolicyRule {
    /// `ingress` or `egress`, for a rule about one direction.
    pub fn direction(self) -> Option<&'static str> {
        match self {
            Self::NotIsolated => None,
        }
    }
}
