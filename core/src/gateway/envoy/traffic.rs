//! BackendTrafficPolicy: faults that it injects, and whether Services are asked at their own address
//! (gatewayapi/backendtrafficpolicy.go).

use super::{EnvoyPolicy, whole_number};
use crate::model::EnvoyResource;
use crate::packet::HttpResponse;
use crate::proxy::verdict::status_response;
use crate::trace::Share;
use crate::yaml::{Value, YamlNode};

/// An answer that is given instead of the backend's, and how often.
pub fn fault(policy: &EnvoyPolicy) -> Option<(Share, HttpResponse)> {
    let abort = policy.resource.find("faultInjection.abort")?;
    let share = abort.child("percentage").map_or(Share::ONE, percentage);
    let code = abort.child("httpStatus").and_then(whole_number);
    let response = match code {
        Some(code) => status_response(code),
        // Envoy's fault filter answers a gRPC status alone with 200.
        None => HttpResponse { grpc_status: Some(grpc_status(abort)), ..status_response(200) },
    };
    Some((share, response))
}

fn grpc_status(abort: &YamlNode) -> String {
    let code = abort.child("grpcStatus").and_then(whole_number).unwrap_or_default();
    let name = match code {
        14 => "Unavailable",
        13 => "Internal",
        12 => "Unimplemented",
        16 => "Unauthenticated",
        7 => "PermissionDenied",
        5 => "NotFound",
        4 => "DeadlineExceeded",
        _ => return code.to_string(),
    };
    name.to_owned()
}

/// Percent, exact to a millionth.
fn percentage(node: &YamlNode) -> Share {
    const MILLION: u64 = 1_000_000;
    let millionths = match node.value {
        Value::Integer(percent) => u64::try_from(percent).unwrap_or_default().saturating_mul(MILLION / 100),
        Value::Float(percent) => (percent.clamp(0.0, 100.0) * 10_000.0).round() as u64,
        _ => MILLION,
    };
    Share::of(millionths.min(MILLION), MILLION)
}

/// Whether Services are asked at their own address instead of their endpoints; the policy speaks before the proxy's
/// settings (Translator.IsServiceRouting).
pub fn asks_services(policy: Option<&EnvoyPolicy>, proxy: Option<&EnvoyResource>) -> bool {
    let said = policy.and_then(|policy| policy.resource.text("routingType"));
    let said = said.or_else(|| proxy.and_then(|proxy| proxy.text("routingType")));
    said.is_some_and(|kind| &**kind == "Service")
}
