//! All that policies say of one rule.

use std::net::IpAddr;
use std::sync::Arc;

use super::super::ending::RequestEnd;
use super::super::route::GatewayRouteRule;
use super::client::ClientPolicy;
use super::{EnvoyPolicy, extension, overriding, security, traffic};
use crate::cluster::Cluster;
use crate::model::CorsFilter;
use crate::packet::{HttpRequest, HttpResponse};
use crate::proxy::verdict::status_response;
use crate::trace::{GatewayRule, Share};

/// The policies that speak for a rule.
#[derive(Clone, Debug, Default)]
pub struct PolicyEffects {
    /// What clients may send.
    pub client: ClientPolicy,
    /// Who may ask.
    pub security: Option<Arc<EnvoyPolicy>>,
    /// How backends are asked.
    pub traffic: Option<Arc<EnvoyPolicy>>,
    /// Whether a closer policy about backends can't be applied, so that the rule answers 500 and the other holds besides.
    pub is_traffic_invalid: bool,
    /// Code that looks at requests.
    pub extension: Option<Arc<EnvoyPolicy>>,
    /// Whether Services are asked at their own address.
    pub asks_services: bool,
}

impl PolicyEffects {
    /// The origins that a policy lets in; the rule's own filter comes before it (xds/translator/cors.go).
    pub fn cors(&self, rule: &GatewayRouteRule) -> Option<CorsFilter> {
        let has_filter = rule.filters.iter().any(|filter| filter.cors.is_some());
        self.security.as_deref().filter(|_| !has_filter).and_then(security::cors)
    }

    /// An answer that is given instead, and how often.
    pub fn fault(&self) -> Option<(Share, HttpResponse)> {
        self.traffic.as_deref().and_then(traffic::fault)
    }

    /// How a request ends before it reaches the filters; None where it passes, with what policies change of it. Credentials
    /// come first, then code, then who may ask, then what can't be applied (xds/translator/httpfilters.go).
    pub fn guard(&self, cluster: &Cluster, client: IpAddr, request: &mut HttpRequest) -> Option<RequestEnd> {
        let security = self.security.as_deref();
        let shown = security.and_then(|policy| security::authenticate(cluster, policy, request));
        let code = || self.extension.as_deref().and_then(extension::extension_gap).map(RequestEnd::Unknown);
        let permitted = || security.and_then(|policy| security::authorize(policy, client, Some(request)));
        let invalid = || {
            let end = RequestEnd::Respond(status_response(500), GatewayRule::PolicyInvalid);
            self.is_invalid(cluster).then_some(end)
        };
        shown.or_else(code).or_else(permitted).or_else(invalid)
    }

    /// Whether the rule's requests get 500 because a policy can't be applied.
    fn is_invalid(&self, cluster: &Cluster) -> bool {
        self.is_traffic_invalid
            || self.client.is_invalid(cluster)
            || self.security.as_deref().is_some_and(|policy| security::is_invalid(cluster, policy))
    }

    /// What takes the place of an answer of the proxy's own; None where it stays.
    pub fn override_answer(&self, cluster: &Cluster, answer: &HttpResponse) -> Option<RequestEnd> {
        overriding::override_answer(cluster, self.traffic.as_deref()?, answer)
    }
}
