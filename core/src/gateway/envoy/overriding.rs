//! BackendTrafficPolicy's responseOverride: answers that take the place of the proxy's own (xds/translator/custom_response.go;
//! Envoy's custom_response, which a route enables and which therefore sees no answer to what no route takes).

use super::super::ending::RequestEnd;
use super::route_filter::fixed_text;
use super::{EnvoyPolicy, body, elements, text_at, whole_number};
use crate::cluster::Cluster;
use crate::model::{Decode, HeaderFilter, Path};
use crate::packet::{Headers, HttpResponse};
use crate::proxy::verdict::status_response;
use crate::trace::{GatewayRule, ModelGap};
use crate::yaml::YamlNode;

/// What becomes of an answer of the proxy's own; None where it stays. The first rule that fits it decides.
pub fn override_answer(cluster: &Cluster, policy: &EnvoyPolicy, answer: &HttpResponse) -> Option<RequestEnd> {
    let (index, rule) = rules(policy).iter().enumerate().find(|(_, rule)| fits(rule, answer.status))?;
    let unknown = |path: &str| {
        Some(RequestEnd::Unknown(ModelGap::Field(policy.field(&format!("responseOverride[{index}].{path}")))))
    };
    // Which headers the proxy's own answer has isn't told, nor where another request in its place would land.
    let asks_headers = rule.child("match").is_some_and(|wanted| !elements(wanted, "responseHeaders").is_empty());
    if asks_headers {
        return unknown("match.responseHeaders");
    }
    let Some(response) = rule.child("response") else { return unknown("redirect") };
    let mut headers = Headers::default();
    if let Some(kind) = text_at(response, "contentType").filter(|kind| !kind.is_empty()) {
        headers.set("Content-Type", kind);
    }
    let changes = response.child("header").and_then(|it| HeaderFilter::decode(it, &Path::Root, &mut Vec::new()));
    let changes = changes.unwrap_or_default();
    changes.add.iter().for_each(|header| headers.add(&header.name, &header.value));
    changes.set.iter().for_each(|header| headers.set(&header.name, &header.value));
    let status = response.child("statusCode").and_then(whole_number).unwrap_or(answer.status);
    let text = response.child("body").and_then(|node| body(cluster, namespace(policy), node).ok().flatten());
    let new = HttpResponse { headers, body: text.and_then(|text| fixed_text(&text)), ..status_response(status) };
    Some(RequestEnd::Respond(new, GatewayRule::AnswerOverridden))
}

/// Whether a body is missing that the policy names, so that it can't be applied (buildResponseOverride).
pub fn is_body_missing(cluster: &Cluster, policy: &EnvoyPolicy) -> bool {
    let bodies = rules(policy).iter().filter_map(|rule| rule.child("response")?.child("body"));
    bodies.into_iter().any(|node| body(cluster, namespace(policy), node).is_err())
}

fn rules(policy: &EnvoyPolicy) -> &[YamlNode] {
    policy.resource.find("responseOverride").map_or(&[], YamlNode::elements)
}

fn namespace(policy: &EnvoyPolicy) -> &str {
    policy.owner("responseOverride").namespace.as_deref().unwrap_or_default()
}

/// Whether a rule is about the proxy's own answers, and about this status.
fn fits(rule: &YamlNode, status: u16) -> bool {
    let is_of_backends = text_at(rule, "source") == Some("Backend");
    let codes = rule.child("match").map_or(&[][..], |wanted| elements(wanted, "statusCodes"));
    let is_in = |code: &YamlNode| {
        let limit = |key: &str| code.child("range").and_then(|range| range.child(key)).and_then(whole_number);
        match text_at(code, "type") {
            Some("Range") => {
                limit("start").zip(limit("end")).is_some_and(|(start, end)| (start..=end).contains(&status))
            }
            _ => code.child("value").and_then(whole_number) == Some(status),
        }
    };
    !is_of_backends && (codes.is_empty() || codes.iter().any(is_in))
}
