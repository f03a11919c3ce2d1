//! All that policies say of one rule.

use std::net::IpAddr;

use super::super::ending::RequestEnd;
use super::super::route::GatewayRouteRule;
use super::client::ClientPolicy;
use super::{EnvoyPolicy, PolicyClient, extension, security, traffic};
use crate::cluster::Cluster;
use crate::model::CorsFilter;
use crate::packet::{HttpRequest, HttpResponse};
use crate::trace::Share;

/// The policies that speak for a rule.
#[derive(Clone, Debug, Default)]
pub struct PolicyEffects<'p> {
    /// What clients may send.
    pub client: ClientPolicy<'p>,
    /// Who may ask.
    pub security: Option<&'p EnvoyPolicy>,
    /// How backends are asked.
    pub traffic: Option<&'p EnvoyPolicy>,
    /// Code that looks at requests.
    pub extension: Option<&'p EnvoyPolicy>,
    /// Whether Services are asked at their own address.
    pub asks_services: bool,
}

impl PolicyEffects<'_> {
    /// The origins that a policy lets in; the rule's own filter comes before it (xds/translator/cors.go).
    pub fn cors(&self, rule: &GatewayRouteRule) -> Option<CorsFilter> {
        let has_filter = rule.filters.iter().any(|filter| filter.cors.is_some());
        self.security.filter(|_| !has_filter).and_then(security::cors)
    }

    /// An answer that is given instead, and how often.
    pub fn fault(&self) -> Option<(Share, HttpResponse)> {
        self.traffic.and_then(traffic::fault)
    }

    /// How a request ends before it reaches the filters; None where it passes.
    pub fn guard(&self, cluster: &Cluster, address: IpAddr, request: &HttpRequest) -> Option<RequestEnd> {
        let client = PolicyClient { address, is_told_by_headers: self.client.detects_address() };
        let security = self.security.and_then(|policy| security::guard(cluster, policy, &client, request));
        security.or_else(|| self.extension.and_then(extension::extension_gap).map(RequestEnd::Unknown))
    }
}
