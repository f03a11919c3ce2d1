//! Why: the rules that components follow and the objections by which candidates fall out. Closed lists with stable
//! names; the sentences are [`crate::explain`]'s.

mod dns;
mod gateway;
mod ingress;
mod network;
mod policy;
mod service;

pub use dns::{DnsObjection, DnsRule};
pub use gateway::{GatewayObjection, GatewayRule};
pub use ingress::{IngressControllerRule, IngressObjection};
pub use network::NetworkRule;
pub use policy::{PolicyObjection, PolicyRule};
pub use service::{ServiceObjection, ServiceRule};

/// Writes a closed list of reasons: kebab-case names, and all of them for the test that each occurs.
macro_rules! reasons {
    ($($(#[$about:meta])* pub enum $name:ident { $($(#[$doc:meta])* $variant:ident,)* })*) => {$(
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, strum::IntoStaticStr, strum::VariantArray)]
        #[strum(serialize_all = "kebab-case")]
        pub enum $name { $($(#[$doc])* $variant,)* }
    )*};
}
use reasons;

/// A rule of a component that settled a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ComponentRule {
    /// Of the network between.
    Network(NetworkRule),
    /// Of kube-proxy, load balancers and portmap.
    Service(ServiceRule),
    /// Of resolvers and CoreDNS.
    Dns(DnsRule),
    /// Of Ingress controllers.
    Ingress(IngressControllerRule),
    /// Of Gateways.
    Gateway(GatewayRule),
    /// Of NetworkPolicy.
    Policy(PolicyRule),
}

/// Why a candidate fell out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CandidateObjection {
    /// Endpoints, nodes, balancers.
    Service(ServiceObjection),
    /// Names tried.
    Dns(DnsObjection),
    /// Ingress rules.
    Ingress(IngressObjection),
    /// Listeners and routes of Gateways.
    Gateway(GatewayObjection),
    /// Policies.
    Policy(PolicyObjection),
}

impl ComponentRule {
    /// The stable name: `cluster-ip`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Network(rule) => rule.into(),
            Self::Service(rule) => rule.into(),
            Self::Dns(rule) => rule.into(),
            Self::Ingress(rule) => rule.into(),
            Self::Gateway(rule) => rule.into(),
            Self::Policy(rule) => rule.into(),
        }
    }
}

impl CandidateObjection {
    /// The stable name: `not-ready`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Service(objection) => objection.into(),
            Self::Dns(objection) => objection.into(),
            Self::Ingress(objection) => objection.into(),
            Self::Gateway(objection) => objection.into(),
            Self::Policy(objection) => objection.into(),
        }
    }
}
