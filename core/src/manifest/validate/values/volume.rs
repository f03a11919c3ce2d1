//! What volumes are made of (core/validation: validateVolumeSource, validateProjectionSources).

use std::collections::BTreeSet;

use super::super::{ErrorValue, Errors, format};
use super::environment::without_items;
use super::rule::{no_backsteps, relative_path};
use super::{Here, number};
use crate::model::{Path, Quantity, values};
use crate::yaml::YamlNode;

pub(super) fn volume(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    // 1. The name.
    if here.text("name").is_empty() {
        errors.required(&here.at.field("name"), "");
    }
    // 2. What the node or a server has: hostPath, emptyDir, NFS.
    let at = here.at.field("hostPath");
    if let Some(path) = here.inner("hostPath", &at).filter(|path| !path.text("path").is_empty()) {
        no_backsteps(path.text("path"), &at.field("path"), errors);
        let kind = path.text("type");
        errors.one_of_if_said(&at.field("type"), Some(kind), values::HOST_PATH_TYPE);
    }
    let at = here.at.field("emptyDir");
    let limit = here.child("emptyDir").and_then(|directory| directory.child("sizeLimit")).and_then(Quantity::read);
    if limit.is_some_and(|limit| limit.nano < 0) {
        errors.forbidden(&at.field("sizeLimit"), "SizeLimit field must be a valid resource quantity");
    }
    let at = here.at.field("nfs");
    let share = here.child("nfs").and_then(|share| share.child("path")).and_then(YamlNode::text);
    if let Some(path) = share.filter(|path| !path.is_empty() && !path.starts_with('/')) {
        errors.invalid(&at.field("path"), &**path, "must be an absolute path");
    }
    // 3. What drivers and images bring.
    driver(here, errors);
    image(here, errors);
    // 4. What the pod tells of itself.
    let at = here.at.field("downwardAPI");
    if let Some(files) = here.inner("downwardAPI", &at) {
        files.list("items").iter().enumerate().for_each(|(index, file)| {
            file_of(file, &at.field("items").index(index), errors);
        });
    }
}

fn driver(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    let at = here.at.field("csi");
    let Some(driver) = here.inner("csi", &at) else { return };
    let (at, name) = (at.field("driver"), driver.text("driver"));
    if name.len() > 63 {
        errors.too_long(&at, 63);
    }
    if !name.is_empty() {
        let lower = name.to_lowercase();
        errors.malformed(&at, name, format::dns1123_subdomain(&lower));
    }
}

fn image(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    let at = here.at.field("image");
    if here.inner("image", &at).is_some_and(|image| image.text("reference").is_empty()) {
        errors.required(&at.field("reference"), "");
    }
}

/// validateDownwardAPIVolumeFile, whose errors leave `items[N]` out.
fn file_of(file: &YamlNode, at: &Path<'_>, errors: &mut Errors<'_>) {
    let mut said = Errors { found: Vec::new(), ..*errors };
    let path = file.child("path").and_then(YamlNode::text).map_or("", |path| path);
    if path.is_empty() {
        said.required(&at.field("path"), "");
    } else {
        relative_path(path, &at.field("path"), &mut said);
    }
    match (file.child("fieldRef").is_some(), file.child("resourceFieldRef").is_some()) {
        (false, false) => said.required(at, "one of fieldRef and resourceFieldRef is required"),
        (true, true) => {
            said.invalid(at, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously");
        }
        _ => {}
    }
    for mut found in said.found {
        if let crate::diagnostic::Problem::Invalid { message } = &mut found.problem {
            *message = without_items(message);
        }
        errors.found.push(found);
    }
}

pub(super) fn projection(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    let at = here.at.field("downwardAPI");
    if let Some(files) = here.inner("downwardAPI", &at) {
        files.list("items").iter().enumerate().for_each(|(index, file)| {
            file_of(file, &at.field("items").index(index), errors);
        });
    }
    let at = here.at.field("serviceAccountToken");
    if let Some(token) = here.inner("serviceAccountToken", &at) {
        let seconds = token.child("expirationSeconds").and_then(number).unwrap_or(3600);
        let words = match seconds {
            ..600 => "may not specify a duration less than 10 minutes",
            4_294_967_297.. => "may not specify a duration larger than 2^32 seconds",
            _ => return,
        };
        errors.invalid(&at.field("expirationSeconds"), ErrorValue(seconds.to_string()), words);
    }
}

/// Paths of all sources together; that of a token stands at the volume.
pub(super) fn projected(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    let mut paths = BTreeSet::new();
    for source in here.list("sources") {
        let text = |node: &YamlNode, field: &str| {
            node.child(field).and_then(YamlNode::text).map(std::string::ToString::to_string)
        };
        for kind in ["secret", "configMap", "downwardAPI"] {
            let Some(projection) = source.child(kind) else { continue };
            for item in projection.child("items").map_or(&[][..], YamlNode::elements) {
                let path = text(item, "path").unwrap_or_default();
                let named =
                    if kind == "downwardAPI" { path.clone() } else { text(projection, "name").unwrap_or_default() };
                if !path.is_empty() && !paths.insert(path) {
                    errors.invalid(here.at, named.as_str(), "conflicting duplicate paths");
                }
            }
        }
        if let Some(token) = source.child("serviceAccountToken") {
            let path = text(token, "path").unwrap_or_default();
            if path.is_empty() {
                errors.required(&here.at.field("path"), "");
            } else {
                relative_path(&path, &here.at.field("path"), errors);
            }
        }
    }
}
