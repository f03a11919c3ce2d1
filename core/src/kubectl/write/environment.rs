//! `set env`, `set resources`, `set selector` (pkg/cmd/set).

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{
    KubectlView, ResourceType, SelectedObject, UsageError, WriteCommand, WriteResult, kubectl_error, label_pairs, left,
    write_output,
};
use crate::change::Change;
use crate::kubectl::value::{list, word};
use crate::kubectl::{documents, query, resource};
use crate::source::{FieldPath, ObjectRef};

/// The containers of an object as written, with the path of each; those that -c names.
fn template_containers(
    write: &WriteCommand,
    view: KubectlView<'_>,
    one: &SelectedObject,
) -> Result<Vec<(FieldPath, Value)>, UsageError> {
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
        let before = one.written(view)?;
        let all = template_containers(write, view, one)?;
        let own: Vec<Change> = all
            .iter()
            .filter_map(|(path, container)| of(path, container))
            .map(|(path, value)| one.set(path, value))
            .collect();
        if own.is_empty() {
            continue;
        }
        said.push_str(&write.say(&one.resource, one.name(), done, || one.object(view))?);
        changes.extend(before);
        changes.extend(left::old_replica_set(view, &one.reference));
        changes.extend(own);
    }
    Ok((write_output(said, missing), changes))
}

/// `set env deploy/web A=1 B-`
pub fn set_env(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    // 1. Variables among the words, and objects.
    let (mut given, words): (Vec<String>, Vec<String>) =
        write.flags.words.iter().cloned().partition(|word| word.contains('=') || word.ends_with('-'));
    given.extend(write.flags.values("env").iter().map(ToString::to_string));
    if words.is_empty() && !write.reads_files() {
        return Err(query::nothing_named(&write.flags));
    }
    if write.flags.is("list") {
        return list_env(write, view, &words);
    }
    // 2. What ConfigMaps and Secrets bring.
    let sources = env_from(write, view)?;
    if given.is_empty() && sources.is_empty() {
        return Err(kubectl_error("error: at least one environment variable must be provided"));
    }
    // 3. In each container they are set or taken away; sources come behind.
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
        for source in &sources {
            list.retain(|own| own.get("name") != source.get("name"));
            list.push(source.clone());
        }
        (list != before).then(|| (path.field("env"), (!list.is_empty()).then(|| list.into())))
    })
}

/// --list: the variables as they stand in the template.
fn list_env(write: &WriteCommand, view: KubectlView<'_>, words: &[String]) -> WriteResult {
    let (selected, missing) = write.selected(words, view)?;
    let mut said = String::new();
    for one in &selected {
        for (_, container) in template_containers(write, view, one)? {
            let (kind, name) = (one.resource.plural().split('.').next().unwrap_or_default(), one.name());
            said.push_str(&format!("# {kind} {name}, container {}\n", word(&container, "/name")));
            said.extend(list(&container, "/env").iter().map(env_line));
        }
    }
    Ok((write_output(said, missing), Vec::new()))
}

/// `A=1`, or what it is taken from (set_env.go, getRefName).
fn env_line(variable: &Value) -> String {
    let name = word(variable, "/name");
    let from = |kind: &str| variable.pointer(&format!("/valueFrom/{kind}"));
    let key =
        |kind: &str, of: &Value| format!("# {name} from {kind} {}, key {}\n", word(of, "/name"), word(of, "/key"));
    if let Some(of) = from("configMapKeyRef") {
        return key("configmap", of);
    }
    if let Some(of) = from("secretKeyRef") {
        return key("secret", of);
    }
    match (from("fieldRef"), from("resourceFieldRef")) {
        (Some(field), _) => format!("# {name} from field path {}\n", word(field, "/fieldPath")),
        (None, Some(_)) => format!("# {name} from a resource field\n"),
        (None, None) => format!("{name}={}\n", word(variable, "/value")),
    }
}

/// --from=configmap/NAME or secret/NAME: a variable for each of its keys, --keys chooses, --prefix stands before.
fn env_from(write: &WriteCommand, view: KubectlView<'_>) -> Result<Vec<Value>, UsageError> {
    let Some(source) = write.flags.value("from").filter(|source| !source.is_empty()) else { return Ok(Vec::new()) };
    let (kind, name) = source.split_once('/').unwrap_or((source, ""));
    let resource = resource::resource_by_name(view, kind)?;
    let reference = match resource.kind() {
        "ConfigMap" => "configMapKeyRef",
        "Secret" => "secretKeyRef",
        _ => return Err(kubectl_error("error: unsupported resource specified in --from")),
    };
    let object = ObjectRef::namespaced(resource.kind(), write.flags.namespace(), name);
    let missing = || kubectl_error(format!("Error from server (NotFound): {} {name:?} not found", resource.plural()));
    let written = documents::written_object(view, &object).ok_or_else(missing)?;
    let maps = ["data", "stringData"].iter().filter_map(|key| written.get(*key)?.as_object());
    let keys: BTreeSet<&String> = maps.flat_map(|map| map.keys()).collect();
    let (wanted, prefix) = (write.flags.list("keys"), write.flags.value("prefix").unwrap_or_default());
    let chosen = keys.into_iter().filter(|key| wanted.is_empty() || wanted.contains(&key.as_str()));
    let variable = |key: &String| {
        let letters = key.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' });
        let variable = format!("{prefix}{}", letters.collect::<String>().to_uppercase());
        json!({"name": variable, "valueFrom": {reference: {"key": key, "name": name}}})
    };
    Ok(chosen.map(variable).collect())
}

/// `set resources deploy/web --limits=cpu=200m --requests=memory=1Gi`
pub fn set_resources(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    if write.flags.words.is_empty() && !write.reads_files() {
        return Err(query::nothing_named(&write.flags));
    }
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
        return Err(kubectl_error("error: one selector is required"));
    };
    if words.is_empty() && !write.reads_files() {
        return Err(query::nothing_named(&write.flags));
    }
    let wanted = label_pairs(selector)?;
    let (selected, missing) = write.selected(words, view)?;
    let (mut said, mut changes) = (String::new(), Vec::new());
    for one in &selected {
        if one.resource != ResourceType::Services {
            return Err(kubectl_error(format!("error: selector for {} cannot be changed", one.text())));
        }
        changes.extend(one.written(view)?);
        said.push_str(&write.say(&one.resource, one.name(), "selector updated", || one.object(view))?);
        changes.push(one.set("spec.selector".into(), Some(wanted.clone())));
    }
    Ok((write_output(said, missing), changes))
}

/// `set serviceaccount deploy/web ACCOUNT` (set_serviceaccount.go)
pub fn set_service_account(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    let Some((account, words)) = write.flags.words.split_last() else {
        return Err(kubectl_error("error: serviceaccount is required"));
    };
    let (selected, missing) = write.selected(words, view)?;
    let (mut said, mut changes) = (String::new(), Vec::new());
    for one in &selected {
        changes.extend(one.written(view)?);
        let path = match one.resource {
            ResourceType::Pods => "spec.serviceAccountName",
            ResourceType::Other("cronjobs.batch") => "spec.jobTemplate.spec.template.spec.serviceAccountName",
            _ => "spec.template.spec.serviceAccountName",
        };
        said.push_str(&write.say(&one.resource, one.name(), "serviceaccount updated", || one.object(view))?);
        changes.extend(left::old_replica_set(view, &one.reference));
        changes.push(one.set(path.into(), Some(account.as_str().into())));
    }
    Ok((write_output(said, missing), changes))
}

/// `set subject rolebinding b --user=u` (set_subject.go): what is there already isn't added.
pub fn set_subject(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    if write.flags.words.is_empty() && !write.reads_files() {
        return Err(query::nothing_named(&write.flags));
    }
    let wanted = super::generate::subjects(write)?;
    let wanted = wanted.as_ref().and_then(Value::as_array).cloned();
    let wanted = wanted
        .ok_or_else(|| kubectl_error("error: you must specify at least one value of user, group or serviceaccount"))?;
    let (selected, missing) = write.selected(&write.flags.words, view)?;
    let (mut said, mut changes) = (String::new(), Vec::new());
    for one in &selected {
        if !one.resource.kind().ends_with("Binding") {
            return Err(kubectl_error("error: setting subject is only supported for RoleBinding/ClusterRoleBinding"));
        }
        changes.extend(one.written(view)?);
        let object = documents::written_object(view, &one.reference).unwrap_or_default();
        let mut subjects = object.get("subjects").and_then(Value::as_array).cloned().unwrap_or_default();
        let new: Vec<Value> = wanted.iter().filter(|subject| !subjects.contains(subject)).cloned().collect();
        if new.is_empty() {
            continue;
        }
        subjects.extend(new);
        said.push_str(&write.say(&one.resource, one.name(), "subjects updated", || one.object(view))?);
        changes.push(one.set("subjects".into(), Some(subjects.into())));
    }
    Ok((write_output(said, missing), changes))
}
