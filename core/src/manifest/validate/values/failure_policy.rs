//! A Job's podFailurePolicy (batch/validation: validatePodFailurePolicyRule).

use super::super::{ErrorValue, Errors};
use super::{Here, number};
use crate::model::values::{self, FieldValues};

pub(super) fn rule(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    needed_one_of(here, "action", values::FAILURE_ACTION, errors);
    let (codes, conditions) = (here.has("onExitCodes"), !here.list("onPodConditions").is_empty());
    match (codes, conditions) {
        (false, false) => {
            errors.push(
                here.at,
                "Invalid value: specifying one of OnExitCodes and OnPodConditions is required".to_owned(),
            );
        }
        (true, true) => {
            let words = "Invalid value: specifying both OnExitCodes and OnPodConditions is not supported";
            errors.push(here.at, words.to_owned());
        }
        _ => {}
    }
}

/// Go prints the list of values without commas.
fn needed_one_of(here: &Here<'_, '_>, field: &str, values: &FieldValues, errors: &mut Errors<'_>) {
    let at = here.at.field(field);
    let quoted: Vec<String> = values.in_messages().iter().map(|value| format!("{value:?}")).collect();
    match here.text(field) {
        "" => errors.required(&at, &format!("valid values: [{}]", quoted.join(" "))),
        other => errors.one_of_if_said(&at, Some(other), values),
    }
}

pub(super) fn exit_codes(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    needed_one_of(here, "operator", values::EXIT_CODE_OPERATOR, errors);
    let at = here.at.field("values");
    let codes: Vec<i64> = here.list("values").iter().filter_map(number).collect();
    for (index, code) in codes.iter().enumerate() {
        if here.text("operator") == "In" && *code == 0 {
            errors.invalid(&at.index(index), ErrorValue("0".to_owned()), "must not be 0 for the In operator");
        }
        if codes.iter().take(index).any(|other| other == code) {
            errors.duplicate(&at.index(index), ErrorValue(code.to_string()));
        }
    }
    let shown = || ErrorValue::json(&codes);
    if codes.is_empty() {
        let value = if here.has("values") { "[]" } else { "null" };
        errors.invalid(&at, ErrorValue(value.to_owned()), "at least one value is required");
    } else if !codes.is_sorted() {
        errors.invalid(&at, shown(), "must be ordered");
    }
    let name = here.child("containerName").and_then(|name| name.text());
    if let Some(name) = name.filter(|name| !errors.template_has_container(name)) {
        let words = "must be one of the container or initContainer names in the pod template";
        errors.invalid(&here.at.field("containerName"), &**name, words);
    }
}

impl Errors<'_> {
    /// Whether the Job's pods have a container of a name.
    fn template_has_container(&self, name: &str) -> bool {
        let spec = self.node.child("spec");
        let spec = spec.and_then(|spec| spec.child("jobTemplate")?.child("spec")).or(spec);
        let pod = spec.and_then(|spec| spec.child("template")?.child("spec"));
        ["containers", "initContainers"].into_iter().any(|field| {
            let containers = pod.and_then(|pod| pod.child(field)).map_or(&[][..], |node| node.elements());
            containers.iter().any(|one| one.child("name").and_then(|name| name.text()).is_some_and(|it| &**it == name))
        })
    }
}
