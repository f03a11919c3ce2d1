//! ConfigMaps and Secrets (pkg/apis/core/validation).

use super::{Errors, format, metadata};
use crate::model::{ConfigMap, Labels, Path, Secret};

/// What a ConfigMap or Secret may hold in all.
const SIZE_LIMIT: usize = 1024 * 1024;

pub(super) fn config_map(map: &ConfigMap, errors: &mut Errors<'_>) {
    metadata::validate(&map.metadata, format::dns1123_subdomain, errors);
    let size = entries(&map.data, &Path::Root.field("data"), errors);
    if size > SIZE_LIMIT {
        // ValidateConfigMap names no field here.
        errors.too_long(&Path::Root, SIZE_LIMIT);
    }
}

pub(super) fn secret(secret: &Secret, errors: &mut Errors<'_>) {
    metadata::validate(&secret.metadata, format::dns1123_subdomain, errors);
    let at = Path::Root.field("data");
    let size = entries(&secret.data, &at, errors);
    entries(&secret.string_data, &Path::Root.field("stringData"), errors);
    // Base64 makes four bytes of three.
    if size / 4 * 3 > SIZE_LIMIT {
        errors.too_long(&at, SIZE_LIMIT);
    }
    let has = |key: &str| secret.data.contains_key(key) || secret.string_data.contains_key(key);
    let needed: &[&str] = match secret.kind.as_deref() {
        Some("kubernetes.io/tls") => &["tls.crt", "tls.key"],
        Some("kubernetes.io/dockerconfigjson") => &[".dockerconfigjson"],
        Some("kubernetes.io/ssh-auth") => &["ssh-privatekey"],
        _ => &[],
    };
    for key in needed.iter().filter(|key| !has(key)) {
        errors.push_at(at.to_field_path().key(key), &format!("data[{key}]"), "Required value");
    }
}

/// The keys' form; gives the size of the values.
fn entries(data: &Labels, at: &Path<'_>, errors: &mut Errors<'_>) -> usize {
    for key in data.keys() {
        for objection in format::config_key(key) {
            let field = at.to_field_path().key(key);
            errors.push_at(field.clone(), &field.to_string(), &format!("Invalid value: {key:?}: {objection}"));
        }
    }
    data.values().map(|value| value.len()).sum()
}
