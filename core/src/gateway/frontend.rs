//! What HTTPS listeners ask of clients: a certificate, if the Gateway says so for all ports or for one (apis/v1,
//! FrontendTLSConfig).

use super::policy::{CaFault, ca_fault};
use crate::cluster::Cluster;
use crate::model::{FrontendTls, FrontendTlsValidation};
use crate::source::ObjectRef;

/// How a listener checks the certificates of clients.
#[derive(Clone, Copy, Debug)]
pub struct ClientCheck {
    /// Whether clients with a bad certificate, or none, are let in as well.
    pub falls_back: bool,
    /// What is wrong with its references: the first one's fault, and whether all are wrong.
    pub fault: Option<(CaFault, bool)>,
}

/// What HTTPS listeners on a port ask; what is said for the port replaces what is said for all.
pub fn client_check_on_port(
    cluster: &Cluster,
    gateway: &ObjectRef,
    frontend: &FrontendTls,
    port: u16,
) -> Option<ClientCheck> {
    let own = frontend.per_port.iter().find(|it| it.port == i32::from(port));
    let config = own.map_or(&frontend.default, |it| &it.tls);
    config.validation.as_ref().map(|validation| ClientCheck::new(cluster, gateway, validation))
}

impl ClientCheck {
    fn new(cluster: &Cluster, gateway: &ObjectRef, validation: &FrontendTlsValidation) -> Self {
        let references = &validation.ca_certificate_refs;
        let faults: Vec<CaFault> = references.iter().filter_map(|it| ca_fault(cluster, gateway, it)).collect();
        Self {
            falls_back: falls_back(validation),
            fault: faults.first().map(|first| (*first, faults.len() == references.len())),
        }
    }

    /// Whether it names something to check certificates by.
    pub fn is_usable(&self) -> bool {
        !matches!(self.fault, Some((_, true)))
    }
}

/// Whether clients are let in unchecked on some port.
pub fn lets_clients_in_unchecked(frontend: &FrontendTls) -> bool {
    let configs = frontend.per_port.iter().map(|it| &it.tls).chain([&frontend.default]);
    configs.filter_map(|config| config.validation.as_ref()).any(falls_back)
}

fn falls_back(validation: &FrontendTlsValidation) -> bool {
    validation.mode.as_deref() == Some("AllowInsecureFallback")
}
