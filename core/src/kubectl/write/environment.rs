//! `set env`, `set resources`, `set selector` (pkg/cmd/set).

use serde_json::{Map, Value, json};

use super::{
    KubectlView, ResourceType, SelectedObject, UsageError, WriteCommand, WriteResult, kubectl_error, label_pairs, left,
    unsupported_error, write_output,
};
use crate::change::Change;
use crate::kubectl::documents;
use crate::source::FieldPath;

/// The containers of an object as written, with the path of each; those that -c names.
fn template_containers(
    write: &WriteCommand,
    view: KubectlView<'_>,
    one: &SelectedObject,
) -> Result<Vec<(FieldPath, Value)>, UsageError> {
    one.written(view)?;
    let object = documents::written_object(view, &one.reference).unwrap_or_default();
    let (pointer, path) = match one.resource {
        ResourceType::Pods => ("/spec/containers", "spec.containers"),
        ResourceType::Other("cronjobs.batch") => {
            ("/spec/jobTemplate/spec/template/spec/containers", "spec.jobTemplate.spec.template.spec.containers")
        }
        _ => ("/spec/template/spec/containers", "spec.template.spec.containers"),
    };
    let list = object.pointer(pointer).and_then(Value::as_array).cloned();
    let list = list.ok_or_else(|| kubectl_error(format!("error: {} has no pod template", one.text())))?;
    let wanted = write.flags.value("containers").unwrap_or("*");
    let named = |container: &Value| {
        let name = container.get("name").and_then(Value::as_str).unwrap_or_default();
        wanted.split(',').any(|wanted| wanted == "*" || wanted == name)
    };
    let chosen = list.into_iter().enumerate().filter(|(_, container)| named(container));
    Ok(chosen.map(|(index, container)| (FieldPath::from(path).index(index), container)).collect())
}

/// Each object's changes of its template, with what a Deployment leaves behind.
fn change_containers(
    write: &WriteCommand,
    view: KubectlView<'_>,
    words: &[String],
    done: &str,
    of: impl Fn(&FieldPath, &Value) -> Option<(FieldPath, Option<Value>)>,
) -> WriteResult {
    let (selected, missing) = write.selected(words, view)?;
    let (mut said, mut changes) = (String::new(), Vec::new());
    for one in &selected {
        let all = template_containers(write, view, one)?;
        let own: Vec<Change> = all
            .iter()
            .filter_map(|(path, container)| of(path, container))
            .map(|(path, value)| one.set(path, value))
            .collect();
        if own.is_empty() {
            continue;
        }
        said.push_str(&write.say(one.resource, one.name(), done, || one.object(view))?);
        changes.extend(left::old_replica_set(view, &one.reference));
        changes.extend(own);
    }
    Ok((write_output(said, missing), changes))
}

/// `set env deploy/web A=1 B-`
pub fn set_env(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    if write.flags.is("list") {
        return Err(unsupported_error("kubectl set env --list isn't understood here: use `kubectl describe`"));
    }
    let (mut given, words): (Vec<String>, Vec<String>) =
        write.flags.words.iter().cloned().partition(|word| word.contains('=') || word.ends_with('-'));
    given.extend(write.flags.values("env").iter().map(ToString::to_string));
    if given.is_empty() {
        return Err(kubectl_error("error: at least one environment variable must be provided"));
    }
    change_containers(write, view, &words, "env updated", |path, container| {
        let mut list = container.get("env").and_then(Value::as_array).cloned().unwrap_or_default();
        let before = list.clone();
        for pair in &given {
            let (name, value) = match pair.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (pair.trim_end_matches('-'), None),
            };
            let at = list.iter().position(|own| own.get("name").is_some_and(|own| own == name));
            match (at, value) {
                (Some(at), Some(value)) => {
                    if let Some(own) = list.get_mut(at) {
                        *own = json!({"name": name, "value": value});
                    }
                }
                (Some(at), None) => drop(list.remove(at)),
                (None, Some(value)) => list.push(json!({"name": name, "value": value})),
                (None, None) => {}
            }
        }
        (list != before).then(|| (path.field("env"), (!list.is_empty()).then(|| list.into())))
    })
}

/// `set resources deploy/web --limits=cpu=200m --requests=memory=1Gi`
pub fn set_resources(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    let flag = |name: &str| write.flags.value(name).map(label_pairs).transpose();
    let (limits, requests) = (flag("limits")?, flag("requests")?);
    if limits.is_none() && requests.is_none() {
        return Err(kubectl_error(
            "error: you must specify an update to requests or limits (in the form of --requests/--limits)",
        ));
    }
    change_containers(write, view, &write.flags.words, "resource requirements updated", |path, container| {
        let old = container.get("resources").cloned().unwrap_or_else(|| json!({}));
        let mut new = old.clone();
        for (key, wanted) in [("limits", &limits), ("requests", &requests)] {
            let Some(Value::Object(wanted)) = wanted else { continue };
            let mut map = new.get(key).and_then(Value::as_object).cloned().unwrap_or_else(Map::new);
            map.extend(wanted.clone());
            super::set_field(&mut new, key, Some(Value::Object(map)));
        }
        (new != old).then(|| (path.field("resources"), Some(new)))
    })
}

/// `set selector svc web app=web`
pub fn set_selector(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    let Some((selector, words)) = write.flags.words.split_last() else {
        return Err(kubectl_error(
            "error: one or more resources must be specified as <resource> <name> or <resource>/<name>",
        ));
    };
    let wanted = label_pairs(selector)?;
    let (selected, missing) = write.selected(words, view)?;
    let (mut said, mut changes) = (String::new(), Vec::new());
    for one in &selected {
        if one.resource != ResourceType::Services {
            return Err(kubectl_error(format!("error: selector for {} cannot be changed", one.text())));
        }
        one.written(view)?;
        said.push_str(&write.say(one.resource, one.name(), "selector updated", || one.object(view))?);
        changes.push(one.set("spec.selector".into(), Some(wanted.clone())));
    }
    Ok((write_output(said, missing), changes))
}
