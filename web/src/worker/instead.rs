//! The same question under other circumstances: another client, Ingress controller or mode of kube-proxy.

use whichpod_core::cluster::{KubeProxyMode, Overrides};
use whichpod_core::ingress::{Controllers, Flavour};
use whichpod_core::simulation::Simulation;
use whichpod_core::source::Sources;

use crate::protocol::{Controller, ProxyMode, WhatIf};
use crate::workspace::RequestLine;

/// The cluster under other circumstances; None where they are those of the texts.
pub fn simulation(sources: &Sources, what_if: &WhatIf) -> Option<Simulation> {
    if what_if.controller.is_none() && what_if.proxy_mode.is_none() {
        return None;
    }
    let kube_proxy_mode = what_if.proxy_mode.map(|mode| match mode {
        ProxyMode::Iptables => KubeProxyMode::Iptables,
        ProxyMode::Nftables => KubeProxyMode::Nftables,
        ProxyMode::Ipvs => KubeProxyMode::Ipvs,
    });
    let overrides = Overrides { kube_proxy_mode, ..Overrides::default() };
    let mut simulation = Simulation::new(sources.clone(), &overrides);
    if let Some(controller) = what_if.controller {
        let flavour = match controller {
            Controller::IngressNginx => Flavour::IngressNginx,
            Controller::Traefik => Flavour::Traefik,
            Controller::Api => Flavour::Api,
        };
        simulation.plane.controllers = Controllers::read_as(&simulation.plane.cluster, flavour);
    }
    Some(simulation)
}

/// The request, from the other client if there is one.
pub fn request(request: &RequestLine, what_if: &WhatIf) -> RequestLine {
    RequestLine { from: what_if.from.clone().unwrap_or_else(|| request.from.clone()), ..request.clone() }
}
