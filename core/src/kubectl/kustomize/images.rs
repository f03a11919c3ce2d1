//! Images and numbers of replicas (kustomize, filters/imagetag, ReplicaCountTransformer).

use regex_lite::Regex;
use serde_json::Value;

use super::fields::visit_field;
use super::kustomization::{KustomizedImage, KustomizedReplicas};
use super::object::KustomizedObject;
use crate::kubectl::{UsageError, kubectl_error};

const SCALED: [&str; 4] = ["Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"];

/// Each must be of something that is there.
pub fn set_replicas(objects: &mut [KustomizedObject], replicas: &[KustomizedReplicas]) -> Result<(), UsageError> {
    for wanted in replicas {
        let mut is_found = false;
        for object in objects.iter_mut().filter(|object| SCALED.contains(&object.kind())) {
            if object.was(|id| id.name == wanted.name) {
                is_found = true;
                visit_field(&mut object.value, "spec/replicas", true, &mut |found| *found = wanted.count.into());
            }
        }
        if !is_found {
            let kinds = SCALED.map(|kind| format!("{kind}.[noVer].[noGrp]")).join(" ");
            return Err(kubectl_error(format!(
                "error: resource with name {} does not match a config with the following GVK [{kinds}]",
                wanted.name
            )));
        }
    }
    Ok(())
}

/// The images of all containers, wherever they stand.
pub fn set_image(object: &mut KustomizedObject, image: &KustomizedImage) {
    if object.kind() != "CustomResourceDefinition" {
        let pattern = format!("^{}(:[a-zA-Z0-9_.{{}}-]*)?(@sha256:[a-zA-Z0-9_.{{}}-]*)?$", image.name);
        if let Ok(pattern) = Regex::new(&pattern) {
            replace_images(&mut object.value, image, &pattern);
        }
    }
}

fn replace_images(value: &mut Value, image: &KustomizedImage, pattern: &Regex) {
    match value {
        Value::Object(map) => {
            for (key, child) in map {
                if ["containers", "initContainers"].contains(&key.as_str()) {
                    let containers = child.as_array_mut().into_iter().flatten();
                    containers
                        .filter_map(|container| container.get_mut("image"))
                        .for_each(|own| rename(own, image, pattern));
                }
                replace_images(child, image, pattern);
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|element| replace_images(element, image, pattern)),
        _ => {}
    }
}

fn rename(own: &mut Value, image: &KustomizedImage, pattern: &Regex) {
    let Some(text) = own.as_str().filter(|text| pattern.is_match(text)) else { return };
    let (name, tag, digest) = image_parts(text);
    let name = if image.new_name.is_empty() { name } else { image.new_name.clone() };
    let (tag, digest) = match (image.new_tag.is_empty(), image.digest.is_empty()) {
        (false, _) => (image.new_tag.clone(), image.digest.clone()),
        (true, false) => (String::new(), image.digest.clone()),
        (true, true) if image.tag_suffix.is_empty() => (tag, digest),
        (true, true) => (tag + &image.tag_suffix, String::new()),
    };
    let behind = |sign: &str, text: &str| if text.is_empty() { String::new() } else { format!("{sign}{text}") };
    *own = format!("{name}{}{}", behind(":", &tag), behind("@", &digest)).into();
}

/// Name, tag and digest; a colon before the first slash is of the host (image.Split).
fn image_parts(text: &str) -> (String, String, String) {
    let (named, digest) = text.split_once('@').unwrap_or((text, ""));
    let path = named.find('/').unwrap_or_default();
    let (name, tag) =
        match named.get(path..).and_then(|path| path.find(':')).map(|at| named.split_at_checked(path + at)) {
            Some(Some((name, tag))) => (name, tag.trim_start_matches(':')),
            _ => (named, ""),
        };
    (name.to_owned(), tag.to_owned(), digest.to_owned())
}
