//! Gateway API: GatewayClass, Gateway, ListenerSet, ReferenceGrant, BackendTLSPolicy.

use super::{LabelSelector, Labels, Metadata, Text};

object! {
    pub struct GatewayClass {
        /// Its name.
        pub metadata: Metadata = "metadata",
        /// Whose it is.
        pub spec: GatewayClassSpec = "spec",
    }

    pub struct GatewayClassSpec {
        /// `example.com/gateway-controller`
        pub controller_name: Text = "controllerName",
        /// An object with parameters of the implementation's own.
        pub parameters_ref: Option<ObjectReference> = "parametersRef",
    }

    pub struct Gateway {
        /// Its name.
        pub metadata: Metadata = "metadata",
        /// What it wants.
        pub spec: GatewaySpec = "spec",
        /// Where it can be reached.
        pub status: GatewayStatus = "status",
    }

    pub struct GatewaySpec {
        pub gateway_class_name: Text = "gatewayClassName",
        /// Where it listens.
        pub listeners: Vec<Listener> = "listeners",
        /// The addresses asked for.
        pub addresses: Vec<GatewayAddress> = "addresses",
        /// What its implementation is told.
        pub infrastructure: Option<GatewayInfrastructure> = "infrastructure",
        /// Whose ListenerSets may join; nobody's unless said.
        pub allowed_listeners: Option<AllowedListeners> = "allowedListeners",
        /// TLS of the Gateway as a whole.
        pub tls: Option<GatewayTls> = "tls",
    }

    /// spec.tls of a Gateway.
    pub struct GatewayTls {
        /// How clients prove who they are.
        pub frontend: Option<FrontendTls> = "frontend",
    }

    /// What HTTPS listeners ask of clients.
    pub struct FrontendTls {
        /// On all ports but those below.
        pub default: FrontendTlsConfig = "default",
        /// On single ports.
        pub per_port: Vec<FrontendTlsPort> = "perPort",
    }

    /// What HTTPS listeners on one port ask of clients.
    pub struct FrontendTlsPort {
        pub port: i32 = "port",
        /// What they ask.
        pub tls: FrontendTlsConfig = "tls",
    }

    /// What clients are asked.
    pub struct FrontendTlsConfig {
        /// For a certificate; none without it.
        pub validation: Option<FrontendTlsValidation> = "validation",
    }

    /// How a client's certificate is checked.
    pub struct FrontendTlsValidation {
        /// Objects with the certificates of authorities.
        pub ca_certificate_refs: Vec<ObjectReference> = "caCertificateRefs",
        /// `AllowValidOnly` unless said, or `AllowInsecureFallback`.
        pub mode: Option<Text> = "mode",
    }

    pub struct GatewayStatus {
        /// The addresses it has.
        pub addresses: Vec<GatewayAddress> = "addresses",
    }

    pub struct GatewayAddress {
        /// `IPAddress` unless said, or `Hostname`.
        pub kind: Option<Text> = "type",
        /// The address; one is assigned without it.
        pub value: Option<Text> = "value",
    }

    /// What the implementation is told.
    pub struct GatewayInfrastructure {
        /// Labels of what is made for the Gateway.
        pub labels: Labels = "labels",
        pub annotations: Labels = "annotations",
        /// An object with parameters of the implementation's own.
        pub parameters_ref: Option<ParametersReference> = "parametersRef",
    }

    /// An object in the Gateway's namespace.
    pub struct ParametersReference {
        pub group: Text = "group",
        pub kind: Text = "kind",
        pub name: Text = "name",
    }

    /// Whose ListenerSets may join.
    pub struct AllowedListeners {
        /// Those of these namespaces.
        pub namespaces: Option<NamespacesFrom> = "namespaces",
    }

    /// Namespaces by their relation to the Gateway's.
    pub struct NamespacesFrom {
        /// `Same`, `All`, `Selector`, `None`.
        pub from: Option<Text> = "from",
        /// By their labels.
        pub selector: Option<LabelSelector> = "selector",
    }

    /// Where a Gateway listens.
    pub struct Listener {
        /// Unique within the object.
        pub name: Text = "name",
        /// `shop.example.com` or `*.example.com`; all without it.
        pub hostname: Option<Text> = "hostname",
        pub port: i32 = "port",
        /// `HTTP`, `HTTPS`, `TLS`, `TCP`, `UDP`.
        pub protocol: Text = "protocol",
        /// Certificates, or passing TLS through.
        pub tls: Option<ListenerTls> = "tls",
        /// Which routes may attach.
        pub allowed_routes: Option<AllowedRoutes> = "allowedRoutes",
    }

    pub struct ListenerTls {
        /// `Terminate` unless said, or `Passthrough`.
        pub mode: Option<Text> = "mode",
        pub certificate_refs: Vec<ObjectReference> = "certificateRefs",
    }

    /// Which routes may attach to a listener.
    pub struct AllowedRoutes {
        /// Those of these namespaces; the Gateway's own unless said.
        pub namespaces: Option<NamespacesFrom> = "namespaces",
        /// Those of these kinds; all that the protocol has unless said.
        pub kinds: Vec<RouteGroupKind> = "kinds",
    }

    pub struct RouteGroupKind {
        /// `gateway.networking.k8s.io` unless said.
        pub group: Option<Text> = "group",
        pub kind: Text = "kind",
    }

    /// An object, by default of the core group and the own namespace.
    pub struct ObjectReference {
        pub group: Option<Text> = "group",
        pub kind: Option<Text> = "kind",
        pub name: Text = "name",
        pub namespace: Option<Text> = "namespace",
    }

    /// Listeners that join a Gateway.
    pub struct ListenerSet {
        /// Its name.
        pub metadata: Metadata = "metadata",
        /// What it wants.
        pub spec: ListenerSetSpec = "spec",
    }

    pub struct ListenerSetSpec {
        /// The Gateway.
        pub parent_ref: ObjectReference = "parentRef",
        pub listeners: Vec<Listener> = "listeners",
    }

    /// Allows objects of other namespaces to refer to objects of this one.
    pub struct ReferenceGrant {
        /// Its name.
        pub metadata: Metadata = "metadata",
        /// What it allows.
        pub spec: ReferenceGrantSpec = "spec",
    }

    pub struct ReferenceGrantSpec {
        /// Who may refer.
        pub from: Vec<ReferenceGrantFrom> = "from",
        pub to: Vec<ReferenceGrantTo> = "to",
    }

    /// Who may refer.
    pub struct ReferenceGrantFrom {
        pub group: Text = "group",
        pub kind: Text = "kind",
        pub namespace: Text = "namespace",
    }

    /// What may be referred to.
    pub struct ReferenceGrantTo {
        /// The group; empty for the core group.
        pub group: Text = "group",
        pub kind: Text = "kind",
        /// The name; all without it.
        pub name: Option<Text> = "name",
    }

    /// TLS from the Gateway to a backend.
    pub struct BackendTlsPolicy {
        /// Its name.
        pub metadata: Metadata = "metadata",
        /// What it wants.
        pub spec: BackendTlsPolicySpec = "spec",
    }

    pub struct BackendTlsPolicySpec {
        /// The backends, in the policy's namespace.
        pub target_refs: Vec<PolicyTarget> = "targetRefs",
        /// How the backend's certificate is checked.
        pub validation: BackendTlsValidation = "validation",
    }

    /// How a backend's certificate is checked.
    pub struct BackendTlsValidation {
        /// Objects with the certificates of authorities.
        pub ca_certificate_refs: Vec<ObjectReference> = "caCertificateRefs",
        /// `System`: the authorities that the implementation trusts.
        pub well_known: Option<Text> = "wellKnownCACertificates",
        /// The name that the certificate must have.
        pub hostname: Text = "hostname",
    }

    /// What a policy is about.
    pub struct PolicyTarget {
        pub group: Text = "group",
        pub kind: Text = "kind",
        pub name: Text = "name",
        /// One port of the Service, by name.
        pub section_name: Option<Text> = "sectionName",
    }
}
