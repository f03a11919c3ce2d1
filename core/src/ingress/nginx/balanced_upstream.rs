//! A Service that takes a share of the requests.

use crate::ingress::backend::ProxyUpstream;
use crate::model::Text;
use crate::source::FieldRef;
use crate::trace::{Cause, Share};

/// A Service that takes a share of the requests.
pub struct BalancedUpstream {
    /// How much.
    pub share: Share,
    /// Its endpoints.
    pub upstream: ProxyUpstream,
    /// The canary's rule; None for the mainline.
    pub rule: Option<FieldRef>,
    /// Why this one.
    pub because: Vec<Cause>,
    /// The name of the cookie that keeps a client with one endpoint.
    pub cookie: Option<Text>,
    /// Set where it stands in for an answer with this status.
    pub instead: Option<ErrorPageFor>,
}

/// What a default backend stands in for; it is told in X-Code.
#[derive(Clone, Copy)]
pub struct ErrorPageFor {
    /// The status.
    pub code: u16,
    /// Whether the path is kept; the locations of custom-http-errors ask for `/`.
    pub path_kept: bool,
}
