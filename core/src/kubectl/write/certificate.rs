//! `certificate approve` and `deny` (pkg/cmd/certificates).

use serde_json::{Value, json};

use super::{KubectlView, WriteCommand, WriteResult, kubectl_error, write_output};

/// Sets the condition of requests, unless they have it.
pub fn decide(write: &WriteCommand, view: KubectlView<'_>, condition: &str) -> WriteResult {
    // 1. The requests that are named.
    if write.flags.words.is_empty() && !write.reads_files() {
        return Err(kubectl_error("error: one or more CSRs must be specified as <name> or -f <filename>"));
    }
    let kind = "certificatesigningrequests.certificates.k8s.io".to_owned();
    let named = write.flags.words.iter().cloned();
    let words: Vec<String> = Some(kind).filter(|_| named.len() > 0).into_iter().chain(named).collect();
    let (selected, missing) = write.selected(&words, view)?;
    let (mut said, mut changes) = (String::new(), Vec::new());
    let verb = condition.to_lowercase();
    for one in &selected {
        // 2. One that was decided the other way stays so.
        let object = one.object(view);
        let mut conditions =
            object.pointer("/status/conditions").and_then(Value::as_array).cloned().unwrap_or_default();
        let has = |kind: &str| conditions.iter().any(|one| one.get("type").and_then(Value::as_str) == Some(kind));
        let other = if condition == "Approved" { "Denied" } else { "Approved" };
        if has(other) {
            return Err(kubectl_error(format!(
                "error: certificate signing request {:?} is already {}",
                one.name(),
                other.to_lowercase()
            )));
        }
        // 3. The condition joins the others.
        if !has(condition) || write.flags.is("force") {
            let verb = if condition == "Approved" { "Approve" } else { "Deny" };
            conditions.push(json!({
                "type": condition,
                "status": "True",
                "reason": format!("Kubectl{verb}"),
                "message": format!("This CSR was {} by kubectl certificate {}.", condition.to_lowercase(), verb.to_lowercase()),
            }));
            changes.extend(one.written(view)?);
            changes.push(one.set("status.conditions".into(), Some(json!(conditions))));
        }
        said.push_str(&write.say(&one.resource, one.name(), &verb, || one.object(view))?);
    }
    Ok((write_output(said, missing), changes))
}
