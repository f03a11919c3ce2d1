//! `create configmap` and `create secret` (pkg/cmd/create, create_configmap.go, create_secret*.go).

use serde_json::{Map, Value};

use super::super::{UsageError, WriteCommand, kubectl_error, set_field, unsupported_error};
use super::bare_object;
use crate::kubectl::KubectlView;
use crate::model::base64;

pub fn config_map(write: &WriteCommand, view: KubectlView<'_>) -> Result<Value, UsageError> {
    let mut object = bare_object(write, "v1", "ConfigMap")?;
    let data = data_texts(write, view, "ConfigMap")?;
    set_field(&mut object, "data", (!data.is_empty()).then_some(Value::Object(data)));
    Ok(object)
}

pub fn generic_secret(write: &WriteCommand, view: KubectlView<'_>) -> Result<Value, UsageError> {
    let mut object = bare_object(write, "v1", "Secret")?;
    let data = data_texts(write, view, "Secret")?;
    set_field(&mut object, "data", (!data.is_empty()).then(|| encoded(data)));
    set_field(&mut object, "type", write.flags.value("type").map(Value::from));
    Ok(object)
}

pub fn tls_secret(write: &WriteCommand, view: KubectlView<'_>) -> Result<Value, UsageError> {
    let mut object = bare_object(write, "v1", "Secret")?;
    let given = |flag: &str| write.flags.value(flag).filter(|path| !path.is_empty());
    let (Some(certificate), Some(private_key)) = (given("cert"), given("key")) else {
        return Err(kubectl_error("error: key and cert must be specified"));
    };
    let mut data = Map::new();
    for (key, path) in [("tls.crt", certificate), ("tls.key", private_key)] {
        let text = view.files.get(path).and_then(|texts| texts.first());
        let missing = || {
            unsupported_error(format!(
                "kubectl create secret tls: {path} isn't among the files here: the certificate can't be made up"
            ))
        };
        data.insert(key.to_owned(), text.ok_or_else(missing)?.1.as_str().into());
    }
    set_field(&mut object, "data", Some(encoded(data)));
    set_field(&mut object, "type", Some("kubernetes.io/tls".into()));
    Ok(object)
}

pub fn registry_secret(write: &WriteCommand, view: KubectlView<'_>) -> Result<Value, UsageError> {
    // 1. What the flags give.
    let mut object = bare_object(write, "v1", "Secret")?;
    let flag = |name: &str| write.flags.value(name).unwrap_or_default();
    let (user, password, email) = (flag("docker-username"), flag("docker-password"), flag("docker-email"));
    let server = write.flags.value("docker-server").unwrap_or("https://index.docker.io/v1/");
    // 2. The registry's entry as Docker writes it, or a file with it.
    let data = if write.flags.values("from-file").is_empty() {
        if [user, password, server].iter().any(|word| word.is_empty()) {
            return Err(kubectl_error(
                "error: either --from-file or the combination of --docker-username, --docker-password and --docker-server \
                 is required",
            ));
        }
        let auth = base64::encode(&format!("{user}:{password}"));
        // The fields stand in the order of kubectl's struct.
        let fields = [("username", user), ("password", password), ("email", email), ("auth", auth.as_str())];
        let fields: Vec<String> = fields
            .iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(key, text)| format!("{key:?}:{}", Value::from(*text)))
            .collect();
        let text = format!("{{\"auths\":{{{}:{{{}}}}}}}", Value::from(server), fields.join(","));
        Map::from_iter([(".dockerconfigjson".to_owned(), text.into())])
    } else {
        data_texts(write, view, "Secret")?
    };
    // 3. The Secret.
    set_field(&mut object, "data", Some(encoded(data)));
    set_field(&mut object, "type", Some("kubernetes.io/dockerconfigjson".into()));
    Ok(object)
}

fn encoded(data: Map<String, Value>) -> Value {
    let pairs = data.into_iter().map(|(key, value)| (key, base64::encode(value.as_str().unwrap_or_default()).into()));
    Value::Object(pairs.collect())
}

/// --from-literal, --from-file, --from-env-file
fn data_texts(write: &WriteCommand, view: KubectlView<'_>, kind: &str) -> Result<Map<String, Value>, UsageError> {
    // 1. Each key once.
    let mut all = Map::new();
    let name = write.flags.words.first().map_or("", String::as_str);
    let mut add = |key: &str, text: &str| match all.insert(key.to_owned(), Value::from(text)) {
        None => Ok(()),
        Some(_) => Err(kubectl_error(format!(
            "error: cannot add key {key:?}, another key by that name already exists in Data for {kind} {name:?}"
        ))),
    };
    let file = |path: &str| {
        let found = view.files.get(path).and_then(|texts| texts.first()).map(|(_, text)| text.as_str());
        found.ok_or_else(|| kubectl_error(format!("error: error reading {path}: no such file or directory")))
    };
    // 2. Files, a folder's by their own names.
    for named in write.flags.values("from-file") {
        let (key, path) = named.split_once('=').unwrap_or((named.rsplit('/').next().unwrap_or(named), named));
        match view.files.get(path) {
            // A folder is all its files.
            Some(texts) if texts.len() > 1 || named.ends_with('/') => {
                for (name, text) in texts {
                    add(name.rsplit('/').next().unwrap_or(name), text)?;
                }
            }
            _ => add(key, file(path)?)?,
        }
    }
    // 3. Pairs.
    for pair in write.flags.values("from-literal") {
        let wrong = || kubectl_error(format!("error: invalid literal source {pair}, expected key=value"));
        let (key, value) = pair.split_once('=').filter(|(key, _)| !key.is_empty()).ok_or_else(wrong)?;
        add(key, value)?;
    }
    // 4. The lines of files of variables.
    for path in write.flags.values("from-env-file") {
        for line in file(path)?.lines().map(str::trim_start).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (key, value) = line.split_once('=').unwrap_or((line, ""));
            add(key, value)?;
        }
    }
    Ok(all)
}
