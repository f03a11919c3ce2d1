//! What is wrong with an input, or worth knowing: a stable code, a place, the words of the real tool where there are
//! any, and where possible an edit that mends it.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::source::{FieldPath, ObjectRef, Span};

pub use crate::limits::MAX_FINDINGS;

/// One finding. Made by reading, by the control plane, or by looking at the whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// What was found, with its arguments.
    pub problem: Problem,
    /// The object it is about, if that much could be read.
    pub object: Option<ObjectRef>,
    /// The field of the object.
    pub field: Option<FieldPath>,
    /// Where to underline; None for what stands in no file (a supplied object).
    pub span: Option<Span>,
    /// An edit that mends it.
    pub fix: Option<Fix>,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A real API server or kubectl refuses it.
    Error,
    /// Accepted, but surely not meant.
    Warning,
    /// Worth knowing.
    Info,
}

impl Severity {
    /// `error`, `warning`, `info`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// Replaces a span by a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// What stands there afterwards.
    pub replacement: String,
}

/// Every kind of finding. The words come from [`crate::explain`], except those of real tools, which stay verbatim.
#[derive(Clone, Debug, PartialEq, strum::IntoStaticStr, strum::EnumDiscriminants)]
#[strum(serialize_all = "kebab-case")]
#[strum_discriminants(name(ProblemKind), derive(strum::VariantArray, strum::IntoStaticStr))]
#[strum_discriminants(strum(serialize_all = "kebab-case"), doc = "The kinds of findings, by their codes.")]
#[non_exhaustive]
pub enum Problem {
    /// The YAML or JSON reader refuses the document, in its own words.
    Syntax {
        /// `did not find expected key`.
        message: String,
        /// Whether the document is a template that Helm would fill in first.
        is_template: bool,
    },
    /// kubectl or the API server refuses the object, in its own words.
    Invalid {
        /// `spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive`.
        message: String,
    },
    /// The API server takes the object and warns, in its own words.
    ApiWarning {
        /// `spec.externalName is ignored when spec.type is not "ExternalName"`.
        message: String,
    },
    /// Copying left something in the text that is no YAML.
    Copied { mark: CopiedMark },
    /// A document nests deeper than we read.
    TooDeep {
        /// [`crate::limits::MAX_DEPTH`].
        limit: usize,
    },
    /// The aliases of all documents bring in more than we read; the document is left out.
    TooManyAliases {
        /// [`crate::limits::MAX_ALIASED_NODES_OF_ALL`].
        limit: usize,
    },
    /// A key stands twice in a map; the last one counts.
    DuplicateKey { key: Arc<str> },
    /// There was more to say than [`MAX_FINDINGS`].
    TooManyFindings {
        /// How many were left out.
        omitted: usize,
    },
    /// A document that is no map.
    NotAnObject {
        /// What it is: `string`, `array` ….
        found: &'static str,
    },
    /// No kind.
    MissingKind,
    /// No apiVersion.
    MissingApiVersion,
    /// Neither name nor generateName.
    MissingName,
    /// An API server of the version we follow doesn't serve the kind in that version.
    NoMatches {
        kind: Arc<str>,
        /// The version as written.
        api_version: Arc<str>,
        /// The version in which the kind is served.
        instead: Option<Arc<str>>,
    },
    /// The API has no such field; the object is used without it.
    UnknownField {
        /// The real name nearest to it.
        nearest: Option<&'static str>,
    },
    /// The value doesn't fit the field's type; the API server cannot decode the object.
    WrongType {
        /// The decoder's words.
        message: String,
    },
    /// Two objects of one kind, namespace and name; the later counts.
    SameObjectTwice {
        /// Where the earlier one stands.
        earlier: Option<Span>,
    },
    /// Something follows a document without a `---` line of its own; kubectl doesn't read it.
    IgnoredDocument,
    /// A namespace that nobody declared; it is supplied.
    SuppliedNamespace { name: Arc<str> },
    /// A kind that isn't read here, and may change answers.
    KindNotModelled {
        kind: Arc<str>,
        /// The version as written.
        api_version: Arc<str>,
        /// Whether it is there to decide about traffic.
        decides: bool,
    },
    /// A policy of a kind that a network plugin brings: where it may hold, connections are unknown.
    PluginPolicy {
        kind: Arc<str>,
        /// The version as written.
        api_version: Arc<str>,
    },
    /// A policy that the cluster's network plugin doesn't enforce.
    PolicyNotEnforced,
    /// A label that pods ask of their node, where nobody pasted a node.
    NodeLabelAssumed {
        /// The label.
        key: Arc<str>,
    },
    /// ConfigMaps and Secrets that pods need and nobody pasted; they are taken to exist.
    NotPasted {
        /// The objects, each once.
        objects: Vec<ObjectRef>,
    },
    /// A ConfigMap or Secret that lacks a key without which the pods don't start.
    MissingKey {
        object: ObjectRef,
        key: Arc<str>,
        /// `CreateContainerConfigError`, `ContainerCreating`.
        waiting: &'static str,
    },
    /// A Service's selector matches no pod.
    SelectsNothing {
        /// The workload or pod that comes nearest.
        nearest: Option<NearMiss>,
    },
    /// No container of the selected pods has a port of that name, so the Service has no endpoint for it.
    UnknownPortName {
        /// The name in targetPort.
        name: Arc<str>,
        /// The pods, or what makes them.
        pods: ObjectRef,
        /// The names that they have.
        names: Vec<Arc<str>>,
    },
    /// No container of the selected pods declares the port; it works all the same if something listens there.
    UndeclaredPort {
        /// The number in targetPort.
        number: i32,
        /// The pods, or what makes them.
        pods: ObjectRef,
        /// The numbers that they declare.
        declared: Vec<i32>,
    },
    /// A Service selects the pods of several workloads.
    SeveralWorkloads {
        /// What makes the pods.
        workloads: Vec<ObjectRef>,
    },
    /// Something names an object that doesn't exist.
    Missing {
        /// What is named.
        object: ObjectRef,
    },
    /// An Ingress names a port that its Service doesn't have.
    MissingServicePort {
        service: ObjectRef,
        /// The port as named.
        port: String,
        /// The ports that it has.
        ports: Vec<String>,
    },
    /// An Ingress without class, where no IngressClass is the default.
    NoIngressClass,
    /// A StatefulSet's serviceName names a Service that isn't headless: the Service's own name leads to its address.
    NotHeadless { service: ObjectRef },
    /// A readiness gate that nothing sets.
    GateNeverSet { condition: Arc<str> },
    /// A readiness probe asks for a port name that the container doesn't have.
    UnknownProbePort { name: Arc<str> },
    /// A CIDR whose address has bits beyond its prefix.
    HostBits {
        /// As written.
        cidr: Arc<str>,
        /// What it means.
        network: String,
    },
    /// Endpoints whose port names don't match the Service's, so that the Service leads nowhere.
    EndpointsPortName {
        /// The name in the Endpoints; empty for none.
        name: Arc<str>,
        service: ObjectRef,
        /// The names in the Service.
        names: Vec<Arc<str>>,
    },
    /// An ExternalName that is an address: names lead to names only.
    AddressAsName { address: Arc<str> },
    /// A pod names a node that isn't among the pasted ones.
    UnknownNode { node: Arc<str> },
    /// The scheduler finds no node for a pod, or for pods of a workload.
    Unschedulable {
        /// How many.
        pods: usize,
        /// `0/3 nodes are available: 3 node(s) were unschedulable.`
        message: String,
    },
    /// More pods are wanted than we simulate; the workload gets fewer.
    TooManyPods {
        /// How many the workload wants.
        wanted: usize,
        /// [`crate::cluster::MAX_PODS`].
        limit: usize,
    },
    /// World says a step of a roll-out, and the Deployment has none.
    NoRollout,
    /// World says a step that the roll-out doesn't get to.
    NoRolloutStep {
        step: usize,
        last: usize,
        /// Whether the roll-out is over then, and not stuck.
        completes: bool,
    },
    /// A node's pod network has no free address for some of its pods.
    OutOfPodAddresses {
        /// How many have none.
        pods: usize,
    },
    /// A pod is bound to a node whose kubelet doesn't take it.
    KubeletRefuses {
        /// `OutOfcpu`, `NodeAffinity`, `NodePorts`, `TaintToleration`: the pod's status.reason.
        reason: Arc<str>,
    },
    /// The API server refuses a workload's pods, in its own words.
    PodsForbidden {
        /// `pods "web-x7k2p" is forbidden: exceeded quota: …`
        message: Arc<str>,
    },
    /// Pods are for a scheduler that isn't here.
    OtherScheduler {
        /// Its name.
        scheduler: Arc<str>,
    },
    /// The pod network has no subnet left for nodes.
    NoPodNetwork {
        /// How many.
        nodes: usize,
    },
    /// More nodes than the default pod network has room for, and nobody says another.
    PodNetworkWidened {
        /// How many nodes there are.
        nodes: usize,
        /// The network that has room.
        network: IpNet,
    },
    /// The annotation topology-mode would write hints, which aren't modelled.
    TopologyModeNotModelled,
    /// A field that is read by the real component, but not here; answers leave it out.
    FieldNotModelled,
    /// A network nobody said, taken from an address that an object carries.
    NetworkInferred { address: IpAddr, network: IpNet },
    /// Two settings contradict each other.
    ContradictingSettings {
        /// The value that counts.
        used: Arc<str>,
        /// Who says it.
        used_by: Arc<str>,
        /// The value here, which doesn't.
        ignored: Arc<str>,
    },
    /// A load balancer has no address for a Service, in the words of its event.
    AllocationFailed {
        /// `Failed to allocate IP for "default/web": no available IPs`
        message: String,
    },
    /// CoreDNS refuses its Corefile, in its own words; it doesn't start.
    Corefile {
        /// `plugin/kubernetes: /etc/coredns/Corefile:4 - Error during parsing: unknown property 'foo'`.
        message: String,
        /// The line in the Corefile, from 1, where CoreDNS names one.
        line: Option<usize>,
    },
    /// CoreDNS sends questions to itself, and its loop plugin ends it.
    CorednsLoop {
        /// The zone of its server block.
        zone: String,
        /// Whether the node's resolv.conf leads there, by an address of the machine itself.
        by_node: bool,
    },
    /// A CoreDNS plugin whose answers aren't modelled.
    PluginNotModelled {
        /// `file`.
        plugin: String,
        /// The line in the Corefile, from 1.
        line: usize,
    },
    /// ingress-nginx has no annotation of this name; it is ignored.
    UnknownAnnotation {
        /// The real name nearest to it, without prefix.
        nearest: Option<&'static str>,
    },
    /// Traefik's provider for ingress-nginx doesn't read the annotation.
    AnnotationNotRead,
    /// An annotation of one Ingress controller on an Ingress that another one serves.
    AnnotationOfAnother {
        /// Whose annotations begin so.
        owner: &'static str,
        /// The controller of the Ingress' class; None where it has no class and nobody serves it.
        controller: Option<Arc<str>>,
    },
    /// A regular expression that nobody can read.
    UnreadablePattern {
        /// As written.
        pattern: Arc<str>,
    },
    /// Objects of a group that Traefik 3 doesn't read any more.
    LegacyTraefikGroup { kind: Arc<str> },
    /// MetalLB has no annotation of this name; it is ignored.
    UnknownMetalLbAnnotation {
        /// The real name nearest to it, without prefix.
        nearest: Option<&'static str>,
    },
    /// Nobody announces a load balancer's address.
    NotAnnounced {
        address: IpAddr,
        /// Whether every node has the label that leaves it out.
        all_excluded: bool,
    },
    /// ingress-nginx' admission webhook refuses the Ingress, in its own words.
    AdmissionDenied {
        /// `host "a.test" and path "/" is already defined in ingress default/a`.
        message: String,
    },
    /// A controller rejects an object, or warns of it, in its own words.
    ControllerRejects {
        /// `host cafe.example.com is taken by another resource`.
        message: String,
    },
    /// nginx refuses the configuration that the Ingresses make, in its own words; no change of any Ingress counts.
    NginxRefuses {
        /// `duplicate location "/foo/"`.
        message: String,
    },
    /// A Warning event of the kubelet about a pod's /etc/resolv.conf, in its own words.
    KubeletEvent {
        /// `DNSConfigForming`.
        reason: &'static str,
        /// `Search Line limits were exceeded, …`.
        message: String,
    },
    /// A setting that can't be read; it counts as absent.
    UnreadableSetting {
        /// What stands there in a real one.
        expected: ExpectedSetting,
        /// What stands here.
        found: Arc<str>,
    },
}

/// Labels that almost satisfy a selector.
#[derive(Clone, Debug, PartialEq)]
pub struct NearMiss {
    /// The pod, or what makes it.
    pub pods: ObjectRef,
    /// The label that differs.
    pub key: Arc<str>,
    /// What the selector wants.
    pub wanted: Arc<str>,
    /// What the pods have; None if they don't have the label.
    pub found: Option<Arc<str>>,
}

/// What a setting takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpectedSetting {
    /// `203.0.113.50`
    Address,
    /// `10.244.0.0/16`
    Network,
    /// `30000-32767`
    PortRange,
    /// `iptables`, `nftables`, `ipvs`
    ProxyMode,
    /// `www.example.com. A 93.184.216.34`
    Record,
    /// `SERVFAIL`
    Rcode,
    /// `kubeadm`, `kind`, `minikube`, `k3s`, `cloud`
    Preset,
    /// `1.35`, `1.37`
    KubernetesVersion,
}

/// What copying leaves in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopiedMark {
    /// No-break or full-width spaces.
    Spaces,
    /// The fence of a block in Markdown.
    Fence,
    /// A shell's prompt and its command.
    Prompt,
    /// Typographic quotes.
    Quotes,
    /// `---` behind the end of a document.
    Separator,
}

impl Diagnostic {
    /// A finding at a place, about no object in particular.
    pub fn at(span: Span, problem: Problem) -> Self {
        Self { problem, object: None, field: None, span: Some(span), fix: None }
    }

    /// The same, about an object.
    pub fn of(self, object: &ObjectRef) -> Self {
        Self { object: Some(object.clone()), ..self }
    }

    /// The same, about a field.
    pub fn field(self, field: FieldPath) -> Self {
        Self { field: Some(field), ..self }
    }
}

impl Problem {
    /// A stable name for programs: kebab-case.
    pub fn code(&self) -> &'static str {
        self.into()
    }

    /// How bad it is.
    pub fn severity(&self) -> Severity {
        match self {
            Self::Syntax { .. }
            | Self::Invalid { .. }
            | Self::TooDeep { .. }
            | Self::TooManyAliases { .. }
            | Self::TooManyFindings { .. }
            | Self::NotAnObject { .. }
            | Self::MissingKind
            | Self::MissingApiVersion
            | Self::MissingName
            | Self::NoMatches { .. }
            | Self::UnknownField { .. }
            | Self::Corefile { .. }
            | Self::CorednsLoop { .. }
            | Self::WrongType { .. } => Severity::Error,
            Self::Copied { .. }
            | Self::ApiWarning { .. }
            | Self::DuplicateKey { .. }
            | Self::IgnoredDocument
            | Self::SameObjectTwice { .. }
            | Self::KindNotModelled { decides: true, .. }
            | Self::PluginPolicy { .. }
            | Self::PolicyNotEnforced
            | Self::MissingKey { .. }
            | Self::SelectsNothing { .. }
            | Self::UnknownPortName { .. }
            | Self::Missing { .. }
            | Self::MissingServicePort { .. }
            | Self::NoIngressClass
            | Self::GateNeverSet { .. }
            | Self::UnknownProbePort { .. }
            | Self::HostBits { .. }
            | Self::EndpointsPortName { .. }
            | Self::AddressAsName { .. }
            | Self::UnknownNode { .. }
            | Self::Unschedulable { .. }
            | Self::TooManyPods { .. }
            | Self::NoRollout
            | Self::NoRolloutStep { .. }
            | Self::OutOfPodAddresses { .. }
            | Self::KubeletRefuses { .. }
            | Self::OtherScheduler { .. }
            | Self::PodsForbidden { .. }
            | Self::NoPodNetwork { .. }
            | Self::ContradictingSettings { .. }
            | Self::AllocationFailed { .. }
            | Self::UnreadableSetting { .. }
            | Self::UnknownAnnotation { .. }
            | Self::AnnotationNotRead
            | Self::UnreadablePattern { .. }
            | Self::LegacyTraefikGroup { .. }
            | Self::UnknownMetalLbAnnotation { .. }
            | Self::NotAnnounced { .. }
            | Self::AdmissionDenied { .. }
            | Self::ControllerRejects { .. }
            | Self::NginxRefuses { .. }
            | Self::KubeletEvent { .. } => Severity::Warning,
            Self::SuppliedNamespace { .. }
            | Self::NotHeadless { .. }
            | Self::AnnotationOfAnother { .. }
            | Self::KindNotModelled { decides: false, .. }
            | Self::NodeLabelAssumed { .. }
            | Self::NotPasted { .. }
            | Self::UndeclaredPort { .. }
            | Self::SeveralWorkloads { .. }
            | Self::PodNetworkWidened { .. }
            | Self::TopologyModeNotModelled
            | Self::FieldNotModelled
            | Self::NetworkInferred { .. }
            | Self::PluginNotModelled { .. } => Severity::Info,
        }
    }
}
