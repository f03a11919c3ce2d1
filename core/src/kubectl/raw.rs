//! `kubectl get --raw PATH`: what the API server answers to a path.

use serde_json::{Value, json};

use super::flags::{self, KubectlFlags};
use super::{KubectlView, Output, UsageError, get, kubectl_error, resource, unsupported_error};

/// What kubectl prints of it: as it comes.
pub fn raw_answer(flags: &KubectlFlags, view: KubectlView<'_>) -> Result<Output, UsageError> {
    let path = flags.value("raw").unwrap_or_default();
    if !flags.words.is_empty() {
        return Err(kubectl_error("error: arguments may not be passed when --raw is specified"));
    }
    match answer(view, path)? {
        Ok(Value::String(text)) => Ok(Output { stdout: Some(text), ..Output::default() }),
        Ok(object) => Ok(Output { stdout: Some(format!("{object}\n")), ..Output::default() }),
        Err(missing) => Err(kubectl_error(format!("Error from server (NotFound): {missing}"))),
    }
}

/// The object or the list at a path; what isn't there is an error of the server.
pub fn answer(view: KubectlView<'_>, path: &str) -> Result<Result<Value, String>, UsageError> {
    // 1. The path's group, namespace, type and name.
    let path = path.split('?').next().unwrap_or(path).trim_matches('/');
    let parts: Vec<&str> = path.split('/').collect();
    let rest = match &parts[..] {
        ["healthz" | "livez" | "readyz", ..] => return Ok(Ok("ok".into())),
        ["api", "v1", rest @ ..] => rest,
        ["apis", _, _, rest @ ..] => rest,
        _ => {
            return Err(unsupported_error(format!(
                "kubectl --raw /{path} isn't understood here: paths of objects are"
            )));
        }
    };
    let (namespace, rest) = match rest {
        ["namespaces", namespace, rest @ ..] if !rest.is_empty() => (Some(*namespace), rest),
        rest => (None, rest),
    };
    let (plural, name) = match rest {
        [plural] => (*plural, None),
        [plural, name] => (*plural, Some(*name)),
        _ => {
            return Err(unsupported_error(format!(
                "kubectl --raw /{path} isn't understood here: paths of objects are"
            )));
        }
    };
    // 2. The type.
    let group = match &parts[..] {
        ["apis", group, ..] => format!(".{group}"),
        _ => String::new(),
    };
    let Ok(kind) = resource::resource_by_name(view, &format!("{plural}{group}")) else {
        return Ok(Err("the server could not find the requested resource".to_owned()));
    };
    // 3. The same as `get` would find it.
    let mut words = vec!["get".to_owned(), format!("{plural}{group}"), "-o".to_owned(), "json".to_owned()];
    words.extend(name.map(str::to_owned));
    match namespace {
        Some(namespace) => words.extend(["-n".to_owned(), namespace.to_owned()]),
        None if name.is_none() && kind.is_namespaced() => words.push("-A".to_owned()),
        None => {}
    }
    let output = get::get_output(&flags::read(&words)?, view)?;
    // 4. One object, or that it isn't there.
    if name.is_some() && output.exit != 0 {
        return Ok(Err(output.stderr.trim_start_matches("Error from server (NotFound): ").trim_end().to_owned()));
    }
    let object: Value = serde_json::from_str(output.stdout.as_deref().unwrap_or_default()).unwrap_or_default();
    if name.is_some() {
        return Ok(Ok(object));
    }
    // 5. A server's list has a kind of its own, and its items none.
    let mut items = object.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
    for item in items.iter_mut().filter_map(Value::as_object_mut) {
        item.remove("apiVersion");
        item.remove("kind");
    }
    Ok(Ok(
        json!({"apiVersion": kind.api_version(), "items": items, "kind": format!("{}List", kind.kind()), "metadata": {}}),
    ))
}
