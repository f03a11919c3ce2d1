//! PersistentVolumeClaims, also in templates (core/validation: ValidatePersistentVolumeClaimSpec).

use super::super::Errors;
use super::Here;
use crate::model::Quantity;
use crate::yaml::{Value, YamlNode};

pub(super) fn claim(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    let resources = here.child("resources");
    let requests = resources.and_then(|resources| resources.child("requests"));
    // In a map null is a quantity of nothing.
    let storage = requests.and_then(|requests| requests.entry("storage")).map(|entry| &entry.value);
    let at = here.at.to_field_path().field("resources").key("storage");
    match storage.map(Quantity::read) {
        None => errors.push_at(at.clone(), &at.to_string(), "Required value"),
        Some(None) if storage.is_some_and(|storage| storage.value == Value::Null) => {
            errors.push_at(at.clone(), &at.to_string(), "Invalid value: \"0\": must be greater than zero");
        }
        Some(Some(quantity)) if quantity.nano <= 0 => {
            let words = format!("Invalid value: {:?}: must be greater than zero", quantity.text());
            errors.push_at(at.clone(), &at.to_string(), &words);
        }
        Some(_) => {}
    }
    let modes: Vec<&str> = here.list("accessModes").iter().filter_map(YamlNode::text).map(|mode| &**mode).collect();
    if modes.len() > 1 && modes.contains(&"ReadWriteOncePod") {
        let words = "may not use ReadWriteOncePod with other access modes";
        errors.forbidden(&here.at.field("accessModes"), words);
    }
}
