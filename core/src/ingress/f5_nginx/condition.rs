//! Matches of a route: the first whose conditions all hold decides (internal/configs/virtualserver.go,
//! generateMatchesConfig; ngx_http_map_module).

use super::request::F5Request;
use super::server::{ConditionValue, F5Location, RouteCondition, RouteSplit};
use crate::source::FieldRef;
use crate::trace::{Cause, IngressControllerRule};

/// The line of conditions that can't be decided, and why it came to them.
type Undecidable = (FieldRef, Vec<Cause>);

/// The splits that take a request, and what led to them.
pub fn choose<'l>(view: &F5Request, location: &'l F5Location) -> Result<(&'l [RouteSplit], Vec<Cause>), Undecidable> {
    for one in &location.matches {
        let line = || vec![Cause::line(&one.line), Cause::rule(IngressControllerRule::ConditionsHold)];
        let mut holds = true;
        for condition in &one.conditions {
            holds &= is_met(view, condition).ok_or_else(|| (one.line.clone(), line()))?;
        }
        if holds {
            return Ok((&one.splits, line()));
        }
    }
    Ok((&location.default, Vec::new()))
}

/// None where it can't be told.
fn is_met(view: &F5Request, condition: &RouteCondition) -> Option<bool> {
    let value = view.variable(&condition.variable)?;
    let is_equal = match &condition.value {
        ConditionValue::Text(text) => text.eq_ignore_ascii_case(&value),
        ConditionValue::Expression(pattern) => pattern.is_match(&value)?,
    };
    Some(is_equal != condition.negated)
}
