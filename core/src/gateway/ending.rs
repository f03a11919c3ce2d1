//! How a request ends before it reaches a backend.

use crate::packet::HttpResponse;
use crate::trace::{GatewayRule, ModelGap};

/// How a filter or a policy ends a request.
#[derive(Clone, Debug)]
pub enum RequestEnd {
    /// With an answer.
    Respond(HttpResponse, GatewayRule),
    /// With something that isn't modelled.
    Unknown(ModelGap),
}
