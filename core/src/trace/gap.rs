//! What isn't modelled, named where an answer depends on it.

use crate::limits::AnswerLimit;
use crate::model::Text;
use crate::source::{FieldRef, ObjectRef};

/// Something that isn't modelled and that the answer depends on.
#[derive(Clone, Debug, PartialEq, strum::EnumDiscriminants)]
#[strum_discriminants(name(GapKind), derive(strum::VariantArray), doc = "The kinds of what isn't modelled.")]
pub enum ModelGap {
    /// A field, annotation or setting that is read but whose effect isn't modelled.
    Field(FieldRef),
    /// A regular expression that regex-lite can't run (PCRE's lookaround, backreferences).
    RegularExpression {
        /// Where it stands.
        field: FieldRef,
        /// The expression.
        pattern: String,
    },
    /// A directive of nginx in a snippet, or what one depends on.
    Directive {
        /// Where the snippet stands.
        field: FieldRef,
        /// Its name.
        directive: String,
        /// Its line there, from 1.
        line: usize,
    },
    /// What a load balancer was before its controller failed to bring it to what is written.
    NotBuilt {
        /// The line at which it fails.
        field: FieldRef,
        /// The controller's words.
        message: String,
    },
    /// A plugin in a Corefile that isn't followed, by its name.
    CoreDnsPlugin(String),
    /// A Gateway's controller, where those that are modelled differ.
    GatewayController {
        /// `spec.controllerName` of its class.
        controller: Text,
        /// What the specification alone comes to: Services, statuses.
        specification: Vec<String>,
    },
    /// An Ingress' controller, where those that there are differ.
    IngressController {
        /// `spec.controller` of its class.
        controller: Text,
        /// What the API's text alone comes to: Services, statuses.
        specification: Vec<String>,
    },
    /// An argument or a key that isn't followed, as one writes it.
    ControllerSetting(String),
    /// The cluster's DNS knows the name, but the address outside is not known to the World.
    OutsideAddress(String),
    /// What a proxy or server outside does.
    OutsideServer(String),
    /// A DNS cache on the node, at this address.
    NodeLocalDns(String),
    /// What a network plugin does with ICMP under a NetworkPolicy.
    IcmpUnderPolicy(ObjectRef),
    /// A kind of a live cluster that couldn't be read, as kubectl names it.
    Unread(Text),
    /// A request that proxies hand on in a circle.
    ProxyLoop,
    /// More than is followed: redirects, connections.
    TooLarge(AnswerLimit),
}
