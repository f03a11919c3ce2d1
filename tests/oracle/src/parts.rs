//! The parts: what is compared with which component, each in its own file.

pub mod controllers;
pub mod data_plane;
pub mod kubectl;
pub mod names;
pub mod requests;
pub mod validation;

/// What one component decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OraclePart {
    /// kube-apiserver.
    Validation,
    /// kube-controller-manager and kube-scheduler.
    Controllers,
    /// kubectl.
    Kubectl,
    /// CoreDNS' answers.
    Names,
    /// Corefiles that stop CoreDNS.
    NamesSetup,
    /// getent, host, nslookup, dig, BusyBox, musl.
    Tools,
    /// kube-proxy.
    DataPlane,
    /// kube-network-policies.
    Policies,
    /// Traefik with Ingresses and its own kinds.
    Traefik,
    /// Traefik with the Gateway API.
    TraefikGateway,
    /// Traefik with ingress-nginx's annotations.
    TraefikNginxProvider,
    /// Envoy Gateway with Envoy.
    EnvoyGateway,
    /// ingress-nginx with its nginx.
    IngressNginx,
    /// Its admission webhook.
    IngressNginxWebhook,
}

impl OraclePart {
    /// In the order in which they are shown.
    pub const ALL: [Self; 14] = [
        Self::Validation,
        Self::Controllers,
        Self::Kubectl,
        Self::Names,
        Self::NamesSetup,
        Self::Tools,
        Self::DataPlane,
        Self::Policies,
        Self::Traefik,
        Self::TraefikGateway,
        Self::TraefikNginxProvider,
        Self::EnvoyGateway,
        Self::IngressNginx,
        Self::IngressNginxWebhook,
    ];

    /// As files and commands name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Validation => "validation",
            Self::Controllers => "controllers",
            Self::Kubectl => "kubectl",
            Self::Names => "names",
            Self::NamesSetup => "names-setup",
            Self::Tools => "tools",
            Self::DataPlane => "data-plane",
            Self::Policies => "policies",
            Self::Traefik => "traefik",
            Self::TraefikGateway => "traefik-gateway",
            Self::TraefikNginxProvider => "traefik-nginx-provider",
            Self::EnvoyGateway => "envoy-gateway",
            Self::IngressNginx => "ingress-nginx",
            Self::IngressNginxWebhook => "ingress-nginx-webhook",
        }
    }

    /// The part of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.name() == name)
    }

    /// The components that answered, with their versions.
    pub fn components(self) -> &'static str {
        match self {
            Self::Validation => "kube-apiserver 1.37.2 and 1.35.4",
            Self::Controllers => "kube-controller-manager and kube-scheduler 1.37.2",
            Self::Kubectl => "kubectl 1.37.2",
            Self::Names | Self::NamesSetup => "CoreDNS 1.15.0",
            Self::Tools => "glibc, musl, BusyBox and BIND's tools, before CoreDNS 1.15.0",
            Self::DataPlane => "kube-proxy 1.37.2, iptables and nftables",
            Self::Policies => "kube-network-policies 0.8.0",
            Self::Traefik | Self::TraefikGateway | Self::TraefikNginxProvider => "Traefik 3.7.13",
            Self::EnvoyGateway => "Envoy Gateway 1.9.1 with Envoy 1.40.0",
            Self::IngressNginx | Self::IngressNginxWebhook => "ingress-nginx 1.15.1",
        }
    }
}
