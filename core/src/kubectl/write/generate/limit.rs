//! `create quota`, `poddisruptionbudget` and `priorityclass` (pkg/cmd/create).

use serde_json::{Map, Value, json};

use super::super::{UsageError, WriteCommand, flag_number, kubectl_error, set_field};
use super::{bare_cluster_object, bare_object};
use crate::kubectl::{KubectlView, selector};
use crate::model::{Encode, LabelSelector, Quantity, SelectorRequirement};

/// create_quota.go
pub fn quota(write: &WriteCommand, _: KubectlView<'_>) -> Result<Value, UsageError> {
    let mut object = bare_object(write, "v1", "ResourceQuota")?;
    let mut hard = Map::new();
    for pair in write.flags.value("hard").unwrap_or_default().split(',').filter(|pair| !pair.is_empty()) {
        let wrong = || kubectl_error(format!("error: Invalid argument syntax {pair}, expected <resource>=<value>"));
        let (name, amount) = pair.split_once('=').ok_or_else(wrong)?;
        let amount = Quantity::parse(amount).ok_or_else(|| {
            kubectl_error(
                "error: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
            )
        })?;
        hard.insert(name.to_owned(), amount.text().into());
    }
    let scopes = write.flags.list("scopes");
    let mut spec = json!({});
    set_field(&mut spec, "hard", (!hard.is_empty()).then_some(Value::Object(hard)));
    set_field(&mut spec, "scopes", (!scopes.is_empty()).then(|| json!(scopes)));
    set_field(&mut object, "spec", Some(spec));
    set_field(&mut object, "status", Some(json!({})));
    Ok(object)
}

/// create_pdb.go
pub fn budget(write: &WriteCommand, _: KubectlView<'_>) -> Result<Value, UsageError> {
    let mut object = bare_object(write, "policy/v1", "PodDisruptionBudget")?;
    let given = |flag: &str| write.flags.value(flag).filter(|text| !text.is_empty());
    let chosen = given("selector").ok_or_else(|| kubectl_error("error: a selector must be specified"))?;
    let (least, most) = (given("min-available"), given("max-unavailable"));
    let (key, flag, text) = match (least, most) {
        (None, None) => return Err(kubectl_error("error: one of min-available or max-unavailable must be specified")),
        (Some(_), Some(_)) => {
            return Err(kubectl_error("error: min-available and max-unavailable cannot be both specified"));
        }
        (Some(text), None) => ("minAvailable", "min-available", text),
        (None, Some(text)) => ("maxUnavailable", "max-unavailable", text),
    };
    let digits = text.strip_suffix('%').unwrap_or(text);
    if digits.is_empty() || !digits.chars().all(|letter| letter.is_ascii_digit()) {
        return Err(kubectl_error(format!("error: invalid format specified for {flag}")));
    }
    let value = text.parse::<i64>().map_or_else(|_| Value::from(text), Value::from);
    let mut spec = json!({"selector": label_selector(chosen)?.encode()});
    set_field(&mut spec, key, Some(value));
    set_field(&mut object, "spec", Some(spec));
    let none = json!({"currentHealthy": 0, "desiredHealthy": 0, "disruptionsAllowed": 0, "expectedPods": 0});
    set_field(&mut object, "status", Some(none));
    Ok(object)
}

/// What stands for one value is a label (apimachinery, ParseToLabelSelector).
fn label_selector(text: &str) -> Result<LabelSelector, UsageError> {
    let mut chosen = selector::selector(text)?;
    let is_label = |one: &SelectorRequirement| &*one.operator == "In" && one.values.len() == 1;
    let (labels, rest) = chosen.match_expressions.into_iter().partition(is_label);
    chosen.match_expressions = rest;
    let labels: Vec<SelectorRequirement> = labels;
    chosen.match_labels =
        labels.into_iter().filter_map(|one| Some((one.key, one.values.into_iter().next()?))).collect();
    Ok(chosen)
}

/// create_priorityclass.go
pub fn priority_class(write: &WriteCommand, _: KubectlView<'_>) -> Result<Value, UsageError> {
    let mut object = bare_cluster_object(write, "scheduling.k8s.io/v1", "PriorityClass")?;
    let value = write.flags.value("value").map_or(Ok(0), |text| flag_number(text, "--value"))?;
    let description = write.flags.value("description").filter(|text| !text.is_empty());
    set_field(&mut object, "value", Some(value.into()));
    set_field(&mut object, "description", description.map(Value::from));
    set_field(&mut object, "globalDefault", write.flags.is("global-default").then(|| true.into()));
    let policy = write.flags.value("preemption-policy").unwrap_or("PreemptLowerPriority");
    set_field(&mut object, "preemptionPolicy", Some(policy.into()));
    Ok(object)
}
