//! ConfigMaps and Secrets: what their slim structs leave out (core/validation: ValidateSecret, ValidateConfigMap).

use super::super::Errors;
use super::Here;
use crate::model::{base64, well_known};
use crate::source::FieldPath;
use crate::yaml::YamlNode;

/// ValidateSecret, of the types that the slim struct doesn't know.
pub(super) fn secret(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    let has = |key: &str| {
        ["data", "stringData"].iter().any(|field| here.child(field).is_some_and(|data| data.entry(key).is_some()))
    };
    let at = FieldPath::root().field("data");
    match here.text("type") {
        "kubernetes.io/basic-auth" if !has("username") && !has("password") => {
            for key in ["username", "password"] {
                let key = at.key(key);
                errors.push_at(key.clone(), &key.to_string(), "Required value");
            }
        }
        "kubernetes.io/dockercfg" if !has(".dockercfg") => {
            let key = at.key(".dockercfg");
            errors.push_at(key.clone(), &key.to_string(), "Required value");
        }
        "kubernetes.io/dockercfg" => registries(here, ".dockercfg", errors),
        "kubernetes.io/dockerconfigjson" => registries(here, ".dockerconfigjson", errors),
        "kubernetes.io/service-account-token" => {
            let annotations = here.child("metadata").and_then(|metadata| metadata.child("annotations"));
            if annotations.and_then(|all| all.child(well_known::SERVICE_ACCOUNT_NAME)).is_none() {
                let key =
                    FieldPath::root().field("metadata").field("annotations").key(well_known::SERVICE_ACCOUNT_NAME);
                errors.push_at(key.clone(), &key.to_string(), "Required value");
            }
        }
        _ => {}
    }
}

/// The content must be an object of JSON.
fn registries(here: &Here<'_, '_>, key: &str, errors: &mut Errors<'_>) {
    let text = |field: &str| here.child(field)?.child(key)?.text();
    let plain = text("stringData").map(|text| text.as_bytes().to_vec());
    let Some(content) = plain.or_else(|| base64::decode(text("data")?)) else { return };
    if let Some(objection) = json_objection(&content) {
        let at = FieldPath::root().field("data").key(key);
        let words = format!("Invalid value: \"<secret contents redacted>\": {objection}");
        errors.push_at(at.clone(), &at.to_string(), &words);
    }
}

/// In the words of encoding/json, as far as the first character decides; None for an object.
fn json_objection(content: &[u8]) -> Option<String> {
    let unmarshalled =
        |found: &str| format!("json: cannot unmarshal {found} into Go value of type map[string]interface {{}}");
    match serde_json::from_slice::<serde_json::Value>(content) {
        Ok(serde_json::Value::Object(_) | serde_json::Value::Null) => None,
        Ok(serde_json::Value::String(_)) => Some(unmarshalled("string")),
        Ok(serde_json::Value::Number(_)) => Some(unmarshalled("number")),
        Ok(serde_json::Value::Bool(_)) => Some(unmarshalled("bool")),
        Ok(serde_json::Value::Array(_)) => Some(unmarshalled("array")),
        Err(error) if error.is_eof() => Some("unexpected end of JSON input".to_owned()),
        Err(_) => {
            let first = content.iter().find(|byte| !byte.is_ascii_whitespace());
            let first = first.filter(|byte| !b"{[\"-0123456789tfn".contains(byte));
            let shown = first.map_or_else(
                || "invalid character".to_owned(),
                |byte| match byte {
                    0x20..=0x7e => format!("invalid character '{}' looking for beginning of value", char::from(*byte)),
                    0x00..=0x1f | 0x7f => format!("invalid character '\\x{byte:02x}' looking for beginning of value"),
                    _ => format!("invalid character '{}' looking for beginning of value", char::from(*byte)),
                },
            );
            Some(shown)
        }
    }
}

/// A key stands in one of the two maps only.
pub(super) fn config_map(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    let Some(data) = here.child("data") else { return };
    for entry in here.child("binaryData").map_or(&[][..], YamlNode::entries) {
        if data.entry(&entry.key).is_some() {
            let key = FieldPath::root().field("data").key(&entry.key);
            let words = format!("Invalid value: {:?}: duplicate of key present in binaryData", entry.key);
            errors.push_at(key.clone(), &key.to_string(), &words);
        }
    }
}
