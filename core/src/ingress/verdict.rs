//! A judgement of Ingress controllers is put together as any proxy's is; here is what their rules add.

pub use crate::proxy::verdict::{
    ForwardedRequest, JudgementBuilder, field_as_cause, redirect_response, status_response,
};
use crate::trace::{Cause, ComponentRule, IngressControllerRule};

pub fn ingress_rule_cause(rule: IngressControllerRule) -> Cause {
    Cause::Rule(ComponentRule::Ingress(rule))
}
