//! Ingress and IngressClass.

use super::{LoadBalancerStatus, Metadata, Text};

object! {
    pub struct Ingress {
        /// Its name and annotations.
        pub metadata: Metadata = "metadata",
        /// What it wants.
        pub spec: IngressSpec = "spec",
        /// Where its controller can be reached.
        pub status: IngressStatus = "status",
    }

    pub struct IngressSpec {
        pub ingress_class_name: Option<Text> = "ingressClassName",
        /// Where unmatched requests go.
        pub default_backend: Option<IngressBackend> = "defaultBackend",
        /// Certificates.
        pub tls: Vec<IngressTls> = "tls",
        pub rules: Vec<IngressRule> = "rules",
    }

    pub struct IngressStatus {
        /// The controller's entrances.
        pub load_balancer: LoadBalancerStatus = "loadBalancer",
    }

    /// A certificate and its hosts.
    pub struct IngressTls {
        pub hosts: Vec<Text> = "hosts",
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
        pub paths: Vec<HttpIngressPath> = "paths",
    }

    /// A path and where it leads.
    pub struct HttpIngressPath {
        pub path: Option<Text> = "path",
        /// `Exact`, `Prefix`, `ImplementationSpecific`.
        pub path_type: Option<Text> = "pathType",
        /// Where it leads.
        pub backend: IngressBackend = "backend",
    }

    /// A Service, or another resource.
    pub struct IngressBackend {
        pub service: Option<IngressServiceBackend> = "service",
        pub resource: Option<TypedLocalReference> = "resource",
    }

    /// A port of a Service.
    pub struct IngressServiceBackend {
        /// The Service, in the Ingress's namespace.
        pub name: Text = "name",
        pub port: ServiceBackendPort = "port",
    }

    /// A port by name or by number.
    pub struct ServiceBackendPort {
        pub name: Option<Text> = "name",
        pub number: Option<i32> = "number",
    }

    /// An object of any kind in the same namespace.
    pub struct TypedLocalReference {
        pub api_group: Option<Text> = "apiGroup",
        pub kind: Text = "kind",
        pub name: Text = "name",
    }

    /// An object of any kind.
    pub struct TypedReference {
        pub api_group: Option<Text> = "apiGroup",
        pub kind: Text = "kind",
        pub name: Text = "name",
        /// Its namespace, where that may be said.
        pub namespace: Option<Text> = "namespace",
        /// `Cluster` or `Namespace`, for IngressClass parameters.
        pub scope: Option<Text> = "scope",
    }

    pub struct IngressClass {
        /// Its name, and the annotation that makes it the default.
        pub metadata: Metadata = "metadata",
        /// Whose it is.
        pub spec: IngressClassSpec = "spec",
    }

    pub struct IngressClassSpec {
        /// `k8s.io/ingress-nginx`.
        pub controller: Text = "controller",
        /// More for the controller.
        pub parameters: Option<TypedReference> = "parameters",
    }
}
