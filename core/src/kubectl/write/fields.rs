//! `scale`, `set image`, `label`, `annotate`: fields of objects.

use serde_json::{Value, json};

use super::{
    KubectlView, ResourceType, WriteCommand, WriteResult, flag_number, kubectl_error, left, unsupported_error,
    write_output,
};
use crate::source::FieldPath;

/// pkg/cmd/scale
pub fn scale(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    let wanted = write.flags.value("replicas").map(|text| flag_number(text, "--replicas")).transpose()?;
    if write.flags.value("replicas").is_none() {
        return Err(kubectl_error("error: required flag(s) \"replicas\" not set"));
    }
    let wanted = wanted.filter(|wanted| *wanted >= 0).ok_or_else(|| {
        kubectl_error("error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0")
    })?;
    let (selected, missing) = write.selected(&write.flags.words, view)?;
    let (mut said, mut changes) = (String::new(), Vec::new());
    for one in &selected {
        let scalable = matches!(
            one.resource,
            ResourceType::Deployments
                | ResourceType::ReplicaSets
                | ResourceType::ReplicationControllers
                | ResourceType::StatefulSets
        );
        if !scalable {
            return Err(kubectl_error(
                "Error from server (NotFound): the server could not find the requested resource",
            ));
        }
        one.written(view)?;
        said.push_str(&write.say(one.resource, one.name(), "scaled", || one.object(view))?);
        changes.push(one.set("spec.replicas".into(), Some(json!(wanted))));
    }
    Ok((write_output(said, missing), changes))
}

/// pkg/cmd/set, set_image.go: `deploy/web nginx=nginx:1.25`, `*=IMAGE` for all containers.
pub fn set_image(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    let (pairs, words): (Vec<String>, Vec<String>) =
        write.flags.words.iter().cloned().partition(|word| word.contains('='));
    if pairs.is_empty() {
        return Err(kubectl_error("error: at least one image update is required"));
    }
    let (selected, missing) = write.selected(&words, view)?;
    let (mut said, mut changes) = (String::new(), Vec::new());
    for one in &selected {
        let object = one.object(view);
        let spec = match one.resource {
            ResourceType::Pods => "/spec",
            _ => "/spec/template/spec",
        };
        let Some(spec_object) = object.pointer(spec) else {
            return Err(unsupported_error(format!("kubectl set image: {} has no pod template", one.text())));
        };
        one.written(view)?;
        let mut own = Vec::new();
        for pair in &pairs {
            let (name, image) = pair.split_once('=').unwrap_or((pair, ""));
            let mut found = false;
            for kind in ["initContainers", "containers"] {
                let list = spec_object.get(kind).and_then(Value::as_array).into_iter().flatten();
                for (number, container) in
                    list.enumerate().filter(|(_, it)| name == "*" || it.get("name").is_some_and(|own| own == name))
                {
                    found = true;
                    let path = spec.trim_start_matches('/').replace('/', ".");
                    let path = FieldPath::from(format!("{path}.{kind}[{number}].image").as_str());
                    if container.get("image").is_none_or(|known| known != image) {
                        own.push(one.set(path, Some(json!(image))));
                    }
                }
            }
            if !found {
                return Err(kubectl_error(format!("error: unable to find container named {name:?}")));
            }
        }
        if !own.is_empty() {
            said.push_str(&write.say(one.resource, one.name(), "image updated", || object.clone())?);
            changes.extend(left::old_replica_set(view, &one.reference));
        }
        changes.extend(own);
    }
    Ok((write_output(said, missing), changes))
}

/// What apimachinery says of a label's value (IsValidLabelValue).
const LABEL_VALUE: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and \
                           must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', \
                           regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

fn is_label_value(value: &str) -> bool {
    let inside = value.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    let ends = |c: char| !c.is_ascii_alphanumeric();
    inside && !value.starts_with(ends) && !value.ends_with(ends)
}

/// pkg/cmd/label and annotate: `KEY=VALUE`, and `KEY-` to take one away.
pub fn label(write: &WriteCommand, view: KubectlView<'_>, field: &str) -> WriteResult {
    let is_label = field == "labels";
    let first = write.flags.words.iter().position(|word| word.contains('=') || word.ends_with('-'));
    let (words, pairs) = write.flags.words.split_at(first.unwrap_or(write.flags.words.len()));
    if pairs.is_empty() {
        let what = if is_label {
            "at least one label update is required"
        } else {
            "at least one annotation update is required"
        };
        return Err(kubectl_error(format!("error: {what}")));
    }
    let invalid = pairs.iter().find(|pair| pair.split_once('=').is_some_and(|(_, value)| !is_label_value(value)));
    if let Some(pair) = invalid.filter(|_| is_label) {
        return Err(kubectl_error(format!("error: invalid label value: {pair:?}: {LABEL_VALUE}")));
    }
    let (selected, missing) = write.selected(words, view)?;
    let (mut said, mut changes) = (String::new(), Vec::new());
    for one in &selected {
        let object = one.object(view);
        let known = object.get("metadata").and_then(|metadata| metadata.get(field));
        let (mut set, mut taken) = (Vec::new(), Vec::new());
        for pair in pairs {
            let path = |key: &str| FieldPath::from("metadata").field(field).key(key);
            match pair.split_once('=') {
                Some((key, value)) => {
                    let other = known.and_then(|known| known.get(key)).and_then(Value::as_str);
                    if let Some(other) = other.filter(|other| *other != value && !write.flags.is("overwrite")) {
                        return Err(kubectl_error(match is_label {
                            true => format!("error: '{key}' already has a value ({other}), and --overwrite is false"),
                            false => format!(
                                "error: --overwrite is false but found the following declared annotation(s): '{key}' already has a value ({other})"
                            ),
                        }));
                    }
                    if other != Some(value) {
                        set.push(one.set(path(key), Some(json!(value))));
                    }
                }
                None => {
                    let key = pair
                        .strip_suffix('-')
                        .ok_or_else(|| kubectl_error(format!("error: unknown {field} spec: {pair}")))?;
                    match known.and_then(|known| known.get(key)) {
                        Some(_) => taken.push(one.set(path(key), None)),
                        None if is_label => said.push_str(&format!("label {key:?} not found.\n")),
                        None => {}
                    }
                }
            }
        }
        let done = match (is_label, set.is_empty(), taken.is_empty()) {
            (false, ..) => "annotated",
            (true, false, _) => "labeled",
            (true, true, false) => "unlabeled",
            (true, true, true) => "not labeled",
        };
        if !set.is_empty() || !taken.is_empty() {
            one.written(view)?;
        }
        said.push_str(&write.say(one.resource, one.name(), done, || object.clone())?);
        changes.extend(set.into_iter().chain(taken));
    }
    Ok((write_output(said, missing), changes))
}
