//! A Traefik that runs its provider for ingress-nginx beside others: the routers of all of them stand in one table, each by
//! its priority.

use std::net::IpAddr;

use super::context::ChainContext;
use super::nginx_provider::NginxProvider;
use super::{Traefik, chain_context, enter};
use crate::cluster::Cluster;
use crate::diagnostic::Diagnostic;
use crate::ingress::tls::CertificateStore;
use crate::ingress::verdict::JudgementBuilder;
use crate::ingress::{ControllerArrival, ControllerPremises, IngressController, IngressImplementation};
use crate::packet::Scheme;
use crate::source::ObjectRef;
use crate::trace::{Component, Judgement, ModelGap};

/// The providers that make routers of other objects.
const OTHERS: [&str; 2] = ["kubernetescrd", "kubernetesingress"];

/// The provider for ingress-nginx, and what the others of the same Traefik serve.
#[derive(Clone, Debug)]
pub struct TraefikProviders {
    nginx: NginxProvider,
    others: Option<Traefik>,
}

impl TraefikProviders {
    /// Reads the objects of each provider that runs. Where every Ingress is served, this one serves them.
    pub(in crate::ingress) fn read(premises: &ControllerPremises<'_>) -> Self {
        let traefik = (!premises.all).then(|| Traefik::read(premises));
        let others = traefik.filter(|traefik| {
            let provides = OTHERS.iter().any(|other| traefik.settings.provides(other));
            provides && (traefik.routers.roots().next().is_some() || !traefik.tcp.is_empty())
        });
        Self { nginx: NginxProvider::read(premises), others }
    }

    fn others(&self, cluster: &Cluster, arrival: &ControllerArrival<'_>) -> Option<&Traefik> {
        self.others.as_ref().filter(|others| others.claims(cluster, arrival))
    }
}

impl IngressController for TraefikProviders {
    fn listens_on(&self, port: u16) -> bool {
        self.nginx.listens_on(port)
    }

    fn certificates(&self, cluster: &Cluster, arrival: &ControllerArrival<'_>) -> Option<&CertificateStore> {
        match self.others(cluster, arrival) {
            Some(others) => others.certificates(cluster, arrival),
            None => self.nginx.certificates(cluster, arrival),
        }
    }

    fn judge(&self, cluster: &Cluster, arrival: &ControllerArrival<'_>) -> Judgement {
        match self.others(cluster, arrival) {
            None => self.nginx.judge(cluster, arrival),
            Some(others) if !self.nginx.claims(arrival) => others.judge(cluster, arrival),
            Some(_) => {
                let gap = "the order of routers of providers.kubernetesIngressNGINX and others";
                let component = Component::Ingress(IngressImplementation::TraefikNginx);
                JudgementBuilder::new(component, arrival.place(), [].into())
                    .unknown(ModelGap::ControllerSetting(gap.to_owned()), Vec::new())
            }
        }
    }

    fn judge_connection(&self, cluster: &Cluster, pod: &ObjectRef, port: u16, client: IpAddr) -> Option<Judgement> {
        self.others.as_ref()?.judge_connection(cluster, pod, port, client)
    }

    fn page(&self, status: u16) -> Option<String> {
        self.nginx.page(status)
    }

    fn diagnostics(&self) -> Vec<Diagnostic> {
        let of_others = self.others.iter().flat_map(Traefik::diagnostics);
        self.nginx.diagnostics().into_iter().chain(of_others).collect()
    }
}

impl Traefik {
    /// Whether one of its routers may take a request.
    fn claims(&self, cluster: &Cluster, arrival: &ControllerArrival<'_>) -> bool {
        let Some((name, entry)) = self.settings.entry_point(arrival.port) else { return false };
        if self.tcp_router(cluster, &self.connection(name, arrival)).is_some() {
            return true;
        }
        let Some(state) = enter(arrival, entry) else { return false };
        let is_tls = arrival.request.scheme == Scheme::Https;
        let own = chain_context(cluster, &self.settings, &self.config);
        let context = ChainContext { client: arrival.client, is_tls, ..own };
        let routers = self.routers.for_host(&arrival.request.hostname());
        let (_, choice) = self.choose(&context, name, &state, &routers);
        choice.unknown.is_some() || !choice.first.is_empty()
    }
}
