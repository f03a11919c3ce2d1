//! Why: the rules that components follow and the objections by which candidates fall out. Closed lists with stable names,
//! each reason with its words in both languages, a rule with the page that documents it.
//!
//! A line is `Name @ PAGE: "english" / "japanese",`, an objection's without page. A rule is a sentence without final period;
//! an objection is a clause behind what falls out: "isn't ready". The English is the variant's documentation too; a comment
//! above it says only what a reader of the code must know beside.

use crate::language::BilingualText;

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

/// A closed list of objections: kebab-case names, and all of them for the test that each occurs.
macro_rules! objections {
    ($(#[$about:meta])* pub enum $name:ident {
        $($(#[$doc:meta])* $variant:ident: $english:literal / $japanese:literal,)*
    }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, strum::IntoStaticStr, strum::VariantArray)]
        #[strum(serialize_all = "kebab-case")]
        pub enum $name { $(#[doc = $english] $(#[$doc])* $variant,)* }

        impl $name {
            /// What is said of it.
            pub const fn words(self) -> BilingualText {
                match self { $(Self::$variant => BilingualText::new($english, $japanese),)* }
            }
        }
    };
}
use objections;

/// A closed list of rules: the same, and of each the page that documents it.
macro_rules! rules {
    ($(#[$about:meta])* pub enum $name:ident {
        $($(#[$doc:meta])* $variant:ident @ $page:ident: $english:literal / $japanese:literal,)*
    }) => {
        super::objections! {
            $(#[$about])*
            pub enum $name { $($(#[$doc])* $variant: $english / $japanese,)* }
        }

        impl $name {
            /// Where it is documented.
            pub const fn documentation(self) -> &'static str {
                match self { $(Self::$variant => $page,)* }
            }
        }
    };
}
use rules;

/// A rule of a component that settled a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ComponentRule {
    /// Of the network between.
    Network(NetworkRule),
    /// Of kube-proxy, load balancers and portmap.
    Service(ServiceRule),
    /// Of resolvers and CoreDNS.
    Dns(DnsRule),
    /// Of ingress-nginx, Traefik, or the API's text.
    Ingress(IngressControllerRule),
    /// Of the Gateway API and its implementations.
    Gateway(GatewayRule),
    /// Of NetworkPolicy.
    Policy(PolicyRule),
}

impl From<NetworkRule> for ComponentRule {
    fn from(rule: NetworkRule) -> Self {
        Self::Network(rule)
    }
}

impl From<ServiceRule> for ComponentRule {
    fn from(rule: ServiceRule) -> Self {
        Self::Service(rule)
    }
}

impl From<DnsRule> for ComponentRule {
    fn from(rule: DnsRule) -> Self {
        Self::Dns(rule)
    }
}

impl From<IngressControllerRule> for ComponentRule {
    fn from(rule: IngressControllerRule) -> Self {
        Self::Ingress(rule)
    }
}

impl From<GatewayRule> for ComponentRule {
    fn from(rule: GatewayRule) -> Self {
        Self::Gateway(rule)
    }
}

impl From<PolicyRule> for ComponentRule {
    fn from(rule: PolicyRule) -> Self {
        Self::Policy(rule)
    }
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

    /// In a sentence without final period.
    pub const fn words(self) -> BilingualText {
        match self {
            Self::Network(rule) => rule.words(),
            Self::Service(rule) => rule.words(),
            Self::Dns(rule) => rule.words(),
            Self::Ingress(rule) => rule.words(),
            Self::Gateway(rule) => rule.words(),
            Self::Policy(rule) => rule.words(),
        }
    }

    /// Where it is documented.
    pub const fn documentation(self) -> &'static str {
        match self {
            Self::Network(rule) => rule.documentation(),
            Self::Service(rule) => rule.documentation(),
            Self::Dns(rule) => rule.documentation(),
            Self::Ingress(rule) => rule.documentation(),
            Self::Gateway(rule) => rule.documentation(),
            Self::Policy(rule) => rule.documentation(),
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

    /// In a clause that follows what falls out: "isn't ready".
    pub const fn words(self) -> BilingualText {
        match self {
            Self::Service(objection) => objection.words(),
            Self::Dns(objection) => objection.words(),
            Self::Ingress(objection) => objection.words(),
            Self::Gateway(objection) => objection.words(),
            Self::Policy(objection) => objection.words(),
        }
    }
}
