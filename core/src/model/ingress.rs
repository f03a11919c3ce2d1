//! Ingress and IngressClass.

use super::{LoadBalancerStatus, Metadata, Text};

object! {
    /// An Ingress.
    pub struct Ingress {
        /// Its name and annotations.
        pub metadata: Metadata = "metadata",
        /// What it wants.
        pub spec: IngressSpec = "spec",
        /// Where its controller can be reached.
        pub status: IngressStatus = "status",
    }

    /// spec of an Ingress.
    pub struct IngressSpec {
        /// The IngressClass.
        pub ingress_class_name: Option<Text> = "ingressClassName",
        /// Where unmatched requests go.
        pub default_backend: Option<IngressBackend> = "defaultBackend",
        /// Certificates.
        pub tls: Vec<IngressTls> = "tls",
        /// The rules.
        pub rules: Vec<IngressRule> = "rules",
    }

    /// status of an Ingress.
    pub struct IngressStatus {
        /// The controller's entrances.
        pub load_balancer: LoadBalancerStatus = "loadBalancer",
    }

    /// A certificate and its hosts.
    pub struct IngressTls {
        /// The hosts.
        pub hosts: Vec<Text> = "hosts",
        /// The Secret.
        pub secret_name: Option<Text> = "secretName",
    }

    /// The paths of a host.
    pub struct IngressRule {
        /// The host, with a wildcard as first label perhaps; all hosts without it.
        pub host: Option<Text> = "host",
        /// The paths.
        pub http: Option<HttpIngressRuleValue> = "http",
    }

    /// The paths of a rule.
    pub struct HttpIngressRuleValue {
        /// The paths.
        pub paths: Vec<HttpIngressPath> = "paths",
    }

    /// A path and where it leads.
    pub struct HttpIngressPath {
        /// The path.
        pub path: Option<Text> = "path",
        /// `Exact`, `Prefix`, `ImplementationSpecific`.
        pub path_type: Option<Text> = "pathType",
        /// Where it leads.
        pub backend: IngressBackend = "backend",
    }

    /// A Service, or another resource.
    pub struct IngressBackend {
        /// The Service.
        pub service: Option<IngressServiceBackend> = "service",
        /// The resource.
        pub resource: Option<TypedLocalReference> = "resource",
    }

    /// A port of a Service.
    pub struct IngressServiceBackend {
        /// The Service, in the Ingress's namespace.
        pub name: Text = "name",
        /// Its port.
        pub port: ServiceBackendPort = "port",
    }

    /// A port by name or by number.
    pub struct ServiceBackendPort {
        /// The name.
        pub name: Option<Text> = "name",
        /// The number.
        pub number: Option<i32> = "number",
    }

    /// An object of any kind in the same namespace.
    pub struct TypedLocalReference {
        /// Its group.
        pub api_group: Option<Text> = "apiGroup",
        /// Its kind.
        pub kind: Text = "kind",
        /// Its name.
        pub name: Text = "name",
    }

    /// An object of any kind.
    pub struct TypedReference {
        /// Its group.
        pub api_group: Option<Text> = "apiGroup",
        /// Its kind.
        pub kind: Text = "kind",
        /// Its name.
        pub name: Text = "name",
        /// Its namespace, where that may be said.
        pub namespace: Option<Text> = "namespace",
        /// `Cluster` or `Namespace`, for IngressClass parameters.
        pub scope: Option<Text> = "scope",
    }

    /// An IngressClass.
    pub struct IngressClass {
        /// Its name, and the annotation that makes it the default.
        pub metadata: Metadata = "metadata",
        /// Whose it is.
        pub spec: IngressClassSpec = "spec",
    }

    /// spec of an IngressClass.
    pub struct IngressClassSpec {
        /// `k8s.io/ingress-nginx`.
        pub controller: Text = "controller",
        /// More for the controller.
        pub parameters: Option<TypedReference> = "parameters",
    }
}
