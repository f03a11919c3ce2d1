//! The same question under other circumstances: another client, Ingress controller or mode of kube-proxy.

use whichpod_core::cluster::SettingOverrides;
use whichpod_core::simulation::{CarriedParts, Simulation};
use whichpod_core::source::Sources;

use crate::protocol::WhatIf;
use crate::workspace::RequestLine;

/// The cluster under other circumstances; None where they are those of the texts.
pub fn simulation(sources: &Sources, what_if: &WhatIf, parts: CarriedParts) -> Option<Simulation> {
    let WhatIf { controller: serve_as, proxy_mode: kube_proxy_mode, .. } = *what_if;
    if serve_as.is_none() && kube_proxy_mode.is_none() {
        return None;
    }
    let overrides = SettingOverrides { serve_as, kube_proxy_mode, ..SettingOverrides::default() };
    Some(Simulation::with_parts(sources.clone(), &overrides, parts))
}

/// The request, from the other client if there is one.
pub fn request(request: &RequestLine, what_if: &WhatIf) -> RequestLine {
    RequestLine { from: what_if.from.clone().unwrap_or_else(|| request.from.clone()), ..request.clone() }
}
