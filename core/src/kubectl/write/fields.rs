//! `scale` and `set image`: fields of objects.

use serde_json::{Value, json};

use super::{
    KubectlView, ResourceType, WriteCommand, WriteResult, flag_number, kubectl_error, left, query, unsupported_error,
    write_output,
};
use crate::source::FieldPath;

/// pkg/cmd/scale
pub fn scale(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    // 1. How many, and how many there should be by now.
    let wanted = write.flags.value("replicas").map(|text| flag_number(text, "--replicas")).transpose()?;
    if write.flags.value("replicas").is_none() {
        return Err(kubectl_error("error: required flag(s) \"replicas\" not set"));
    }
    let wanted = wanted.filter(|wanted| *wanted >= 0).ok_or_else(|| {
        kubectl_error("error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0")
    })?;
    let expected =
        write.flags.value("current-replicas").map(|text| flag_number(text, "--current-replicas")).transpose()?;
    let (selected, missing) = write.selected(&write.flags.words, view)?;
    if selected.is_empty() && missing.is_empty() {
        return Err(kubectl_error("error: no objects passed to scale"));
    }
    let (mut said, mut changes) = (String::new(), Vec::new());
    for one in &selected {
        // 2. What can be scaled.
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
        // 3. The new number, unless another was expected.
        changes.extend(one.written(view)?);
        let object = one.object(view);
        let current = object.pointer("/spec/replicas").and_then(Value::as_i64).unwrap_or(1);
        if let Some(expected) = expected.filter(|expected| *expected >= 0 && *expected != current) {
            return Err(kubectl_error(format!("error: Expected replicas to be {expected}, was {current}")));
        }
        said.push_str(&write.say(&one.resource, one.name(), "scaled", || object)?);
        changes.push(one.set("spec.replicas".into(), Some(json!(wanted))));
    }
    Ok((write_output(said, missing), changes))
}

/// pkg/cmd/set, set_image.go: `deploy/web nginx=nginx:1.25`, `*=IMAGE` for all containers.
pub fn set_image(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    // 1. Images among the words, and objects.
    let (pairs, words): (Vec<String>, Vec<String>) =
        write.flags.words.iter().cloned().partition(|word| word.contains('='));
    if words.is_empty() && !write.reads_files() {
        return Err(query::nothing_named(&write.flags));
    }
    if pairs.is_empty() {
        return Err(kubectl_error("error: at least one image update is required"));
    }
    let (selected, missing) = write.selected(&words, view)?;
    let (mut said, mut changes) = (String::new(), Vec::new());
    for one in &selected {
        // 2. Where the object's containers stand.
        let object = one.object(view);
        let spec = match one.resource {
            ResourceType::Pods => "/spec",
            ResourceType::Other("cronjobs.batch") => "/spec/jobTemplate/spec/template/spec",
            _ => "/spec/template/spec",
        };
        let Some(spec_object) = object.pointer(spec) else {
            return Err(unsupported_error(format!("kubectl set image: {} has no pod template", one.text())));
        };
        changes.extend(one.written(view)?);
        // 3. The containers of each name that have another image.
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
        // 4. A template that changes leaves a revision behind.
        if !own.is_empty() {
            said.push_str(&write.say(&one.resource, one.name(), "image updated", || object.clone())?);
            changes.extend(left::old_replica_set(view, &one.reference));
        }
        changes.extend(own);
    }
    Ok((write_output(said, missing), changes))
}
