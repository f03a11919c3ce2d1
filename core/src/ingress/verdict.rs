//! A judgement of Ingress controllers is put together as any proxy's is; here is what their rules add.

pub use crate::proxy::verdict::{Forward, Verdict, field, redirect, status};
use crate::trace::{Cause, IngressRule, Rule};

/// A rule of a controller as a cause.
pub fn rule(rule: IngressRule) -> Cause {
    Cause::Rule(Rule::Ingress(rule))
}
