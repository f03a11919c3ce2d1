//! A judgement of Ingress controllers is put together as any proxy's is; here is what their rules add.

pub use crate::proxy::verdict::{ForwardedRequest, JudgementBuilder, redirect_response, status_response};
