//! What Ingress controllers and Gateways do alike once a rule is chosen: find the endpoints behind a Service, tell backends
//! about the client, and put the judgement together.

pub mod agreement;
pub mod backend;
pub mod forwarded;
pub mod verdict;
