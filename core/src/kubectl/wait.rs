//! `wait` (pkg/cmd/wait): a condition holds already, or never will, as nothing changes while nobody types.

use serde_json::Value;

use super::flags::KubectlFlags;
use super::get::get_output;
use super::{KubectlView, Output, UsageError, kubectl_error};

/// `wait --for=condition=Ready pod/web`, `--for=delete`, `--for=jsonpath=…` of what `get` finds.
pub fn wait_command(view: KubectlView<'_>, flags: &KubectlFlags) -> Result<Output, UsageError> {
    // 1. What is waited for, and of what.
    let Some(wanted) = flags.value("for").filter(|wanted| !wanted.is_empty()) else {
        return Err(kubectl_error("error: unrecognized condition: []"));
    };
    let is_known = ["condition=", "jsonpath="].iter().any(|known| wanted.starts_with(known))
        || ["create", "delete"].iter().any(|known| wanted.eq_ignore_ascii_case(known));
    if !is_known {
        return Err(kubectl_error(format!("error: unrecognized condition: {wanted:?}")));
    }
    if flags.words.is_empty() && flags.files().is_empty() {
        return Err(super::query::nothing_named(flags));
    }
    // 2. The objects; for deletion it is enough that they aren't there.
    let found = get_output(&flags.as_get("json"), view)?;
    if wanted.eq_ignore_ascii_case("delete") && found.exit != 0 {
        return Ok(Output { stdout: Some(String::new()), ..Output::default() });
    }
    if found.exit != 0 {
        return Ok(Output { stdout: Some(String::new()), ..found });
    }
    let whole: Value = serde_json::from_str(found.stdout.as_deref().unwrap_or_default()).unwrap_or_default();
    let items = match whole.get("items").and_then(Value::as_array) {
        Some(items) => items.clone(),
        None => vec![whole],
    };
    if items.is_empty() {
        return Err(kubectl_error("error: no matching resources found"));
    }
    // 3. Whether each is as it should be by now: nobody waits here.
    let mut output = Output { stdout: Some(String::new()), ..Output::default() };
    for item in &items {
        let text = |path: &str| item.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (kind, name) = (text("/kind").to_lowercase(), text("/metadata/name"));
        let group = text("/apiVersion").split_once('/').map(|(group, _)| format!(".{group}")).unwrap_or_default();
        if condition_holds(item, wanted)? {
            let line = format!("{kind}{group}/{name} condition met\n");
            output.stdout = output.stdout.map(|text| text + &line);
        } else {
            let plural = super::resource::plural_of(&kind);
            output.stderr.push_str(&format!("error: timed out waiting for the condition on {plural}/{name}\n"));
            output.exit = 1;
        }
    }
    Ok(output)
}

fn condition_holds(item: &Value, wanted: &str) -> Result<bool, UsageError> {
    if let Some(condition) = wanted.strip_prefix("condition=") {
        let (name, status) = condition.split_once('=').unwrap_or((condition, "True"));
        let conditions = item.pointer("/status/conditions").and_then(Value::as_array).into_iter().flatten();
        let is_it = |condition: &&Value| {
            condition.get("type").and_then(Value::as_str).is_some_and(|own| own.eq_ignore_ascii_case(name))
        };
        let own = conditions.filter(is_it).filter_map(|condition| condition.get("status")?.as_str());
        return Ok(own.into_iter().any(|own| own.eq_ignore_ascii_case(status)));
    }
    if let Some(text) = wanted.strip_prefix("jsonpath=") {
        let (path, value) = text.rsplit_once('=').map_or((text, None), |(path, value)| (path, Some(value)));
        let template = super::jsonpath::JsonPathTemplate::parse(path.trim_matches('\'')).map_err(kubectl_error)?;
        let found = template.print(item).unwrap_or_default();
        return Ok(value.map_or(!found.is_empty(), |value| found == value));
    }
    if wanted.eq_ignore_ascii_case("delete") {
        return Ok(false);
    }
    if wanted.eq_ignore_ascii_case("create") {
        return Ok(true);
    }
    Err(kubectl_error(format!("error: unrecognized condition: {wanted:?}")))
}
