//! Providers: they read Kubernetes' objects into the dynamic configuration; nothing of them reaches the engine. A further
//! provider is a file here that adds its routers, middlewares and services to the configuration.

use super::dynamic::DynamicConfig;
use super::settings::StaticConfig;
use crate::cluster::Cluster;
use crate::model::{LabelSelector, Labels};

mod resolve;
mod annotations;
pub mod ingress;
mod middleware;
pub mod tcp;
mod tls;
pub mod crd;

pub use annotations::{PREFIX, RouterAnnotation, ServiceAnnotation};

/// What a provider reads from.
#[derive(Clone, Copy)]
pub struct ProviderContext<'a> {
    pub cluster: &'a Cluster,
    /// The static configuration.
    pub settings: &'a StaticConfig,
    /// Whether every Ingress is served, whatever its class.
    pub all: bool,
}

/// The configuration that all providers make together. Of one priority and name the routers come in this order.
pub fn read(context: &ProviderContext<'_>) -> DynamicConfig {
    let mut config = DynamicConfig::default();
    if context.settings.provides("kubernetesingress") || context.all {
        ingress::read(context, &mut config);
    }
    // What belongs to a provider is there for the others, too.
    if context.settings.provides("kubernetescrd") {
        crd::read(context, &mut config);
    }
    config
}

/// Whether a provider watches a namespace, and objects with these labels; a selector that can't be read lets everything in.
fn watches(settings: &StaticConfig, provider: &str, namespace: &str, labels: &Labels) -> bool {
    let namespaces = settings.list(&format!("providers.{provider}.namespaces"));
    let selector = settings.text(&format!("providers.{provider}.labelselector")).and_then(LabelSelector::parse);
    let is_selected = selector.is_none_or(|selector| selector.matches(labels));
    (namespaces.is_empty() || namespaces.contains(&namespace)) && is_selected
}
