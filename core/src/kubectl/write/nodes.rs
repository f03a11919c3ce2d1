//! `cordon`, `uncordon`, `drain`, `taint` (pkg/cmd/drain, taint).

use serde_json::{Value, json};

use super::{
    KubectlVerb, KubectlView, UsageError, WriteCommand, WriteResult, kubectl_error, unsupported_error, write_output,
};
use crate::change::{Change, PodFate};
use crate::cluster::{Node, Pod};
use crate::model::values;
use crate::source::{FieldPath, ObjectRef};

/// A node that is named and stands in the manifests.
fn node<'v>(write: &WriteCommand, view: KubectlView<'v>) -> Result<(&'v Node, ObjectRef), UsageError> {
    let words: Vec<&str> = write.flags.words.iter().map(|word| word.strip_prefix("node/").unwrap_or(word)).collect();
    let name = match words[..] {
        [name] => name,
        [] => {
            let verb = verb(write);
            return Err(kubectl_error(format!(
                "error: USAGE: {verb} NODE [flags]\nSee 'kubectl {verb} -h' for help and examples"
            )));
        }
        _ => return Err(unsupported_error(format!("kubectl {}: one node at a time is understood here", verb(write)))),
    };
    let missing = || kubectl_error(format!("Error from server (NotFound): nodes {name:?} not found"));
    let node = view.cluster.nodes.get(name).ok_or_else(missing)?;
    let reference = ObjectRef::cluster_scoped("Node", name);
    if view.manifests.find(&reference).is_none() {
        return Err(unsupported_error(format!(
            "kubectl: node/{name} doesn't stand in the manifests, so it can't be changed: paste `kubectl get node -o yaml`"
        )));
    }
    Ok((node, reference))
}

fn verb(write: &WriteCommand) -> &'static str {
    match write.flags.verb {
        KubectlVerb::Uncordon => "uncordon",
        KubectlVerb::Drain => "drain",
        KubectlVerb::Taint => "taint",
        _ => "cordon",
    }
}

/// `cordon` and `uncordon`: spec.unschedulable
pub fn cordon(write: &WriteCommand, view: KubectlView<'_>, is_cordoned: bool) -> WriteResult {
    let (node, reference) = node(write, view)?;
    let (done, suffix, name) = (if is_cordoned { "cordoned" } else { "uncordoned" }, write.suffix(), &node.name);
    if node.object.spec.unschedulable == is_cordoned {
        return Ok((write_output(format!("node/{name} already {done}{suffix}\n"), String::new()), Vec::new()));
    }
    let value = is_cordoned.then_some(json!(true));
    let change = Change::Set(reference, "spec.unschedulable".into(), value);
    Ok((write_output(format!("node/{name} {done}{suffix}\n"), String::new()), vec![change]))
}

/// `drain`: cordoned, and its pods evicted but for those of DaemonSets.
pub fn drain(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    let (node, reference) = node(write, view)?;
    let name = &node.name;
    let pods: Vec<&Pod> = view.cluster.pods.values().filter(|pod| pod.node.as_ref() == Some(name)).collect();
    let is_of_daemon = |pod: &&Pod| pod.workload.as_ref().is_some_and(|workload| &*workload.kind == "DaemonSet");
    let (daemons, others): (Vec<&Pod>, Vec<&Pod>) = pods.into_iter().partition(is_of_daemon);
    let listed = |pods: &[&Pod]| pods.iter().map(|pod| pod.reference.qualified_name()).collect::<Vec<_>>().join(", ");
    let bare: Vec<&Pod> = others.iter().copied().filter(|pod| pod.owner.is_none()).collect();
    let mut reasons = Vec::new();
    if !daemons.is_empty() && !write.flags.is("ignore-daemonsets") {
        reasons.push(format!(
            "cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): {}",
            listed(&daemons)
        ));
    }
    if !bare.is_empty() && !write.flags.is("force") {
        reasons.push(format!(
            "cannot delete Pods that declare no controller (use --force to override): {}",
            listed(&bare)
        ));
    }
    let mut said = if node.object.spec.unschedulable {
        format!("node/{name} already cordoned\n")
    } else {
        format!("node/{name} cordoned\n")
    };
    let mut changes = vec![Change::Set(reference, "spec.unschedulable".into(), Some(json!(true)))];
    if !reasons.is_empty() {
        let why = format!(
            "error: unable to drain node \"{name}\" due to error: [{}], continuing command...\nThere are pending nodes to be drained:\n {name}\n{}\n",
            reasons.join(", "),
            reasons.join("\n")
        );
        return Ok((write_output(said, why), changes));
    }
    let mut warned = String::new();
    if !daemons.is_empty() {
        warned = format!("Warning: ignoring DaemonSet-managed Pods: {}\n", listed(&daemons));
    }
    for pod in &others {
        said.push_str(&format!("evicting pod {}\n", pod.reference.qualified_name()));
    }
    for pod in &others {
        said.push_str(&format!("pod/{} evicted\n", pod.name()));
        changes.push(if pod.made {
            Change::Pod(pod.reference.qualified_name().into(), PodFate::Deleted)
        } else {
            Change::Delete(pod.reference.clone())
        });
    }
    said.push_str(&format!("node/{name} drained\n"));
    let mut done = write_output(said, String::new());
    done.stderr = warned;
    Ok((done, changes))
}

/// `taint nodes NAME KEY=VALUE:EFFECT`, and `KEY:EFFECT-` to take one away.
pub fn taint(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    let rest = match write.flags.words.split_first() {
        Some((kind, rest)) if ["node", "nodes", "no"].contains(&kind.as_str()) => rest,
        _ => return Err(kubectl_error("error: one or more resources must be specified as <resource> <name>")),
    };
    let Some((name, taints)) = rest.split_first() else {
        return Err(kubectl_error("error: at least one taint update is required"));
    };
    if taints.is_empty() {
        return Err(kubectl_error("error: at least one taint update is required"));
    }
    let mut named = write.clone();
    named.flags.words = vec![name.clone()];
    let (node, reference) = node(&named, view)?;
    let mut list: Vec<Value> = super::super::documents::written_object(view, &reference)
        .and_then(|object| object.pointer("/spec/taints").and_then(Value::as_array).cloned())
        .unwrap_or_default();
    let mut removed = false;
    for text in taints {
        let (text, removes) = text.strip_suffix('-').map_or((text.as_str(), false), |text| (text, true));
        let (pair, effect) = text.split_once(':').unwrap_or((text, ""));
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let is_it = |taint: &Value| {
            taint.get("key").is_some_and(|own| own == key)
                && (effect.is_empty() || taint.get("effect").is_some_and(|own| own == effect))
        };
        let before = list.len();
        list.retain(|taint| !is_it(taint));
        if removes {
            if list.len() == before {
                return Err(kubectl_error(format!("error: taint {text:?} not found")));
            }
            removed = true;
            continue;
        }
        if !values::TAINT_EFFECT.contains(effect) {
            return Err(kubectl_error(format!("error: invalid taint effect: {effect}, unsupported taint effect")));
        }
        let mut taint = json!({"effect": effect, "key": key});
        super::set_field(&mut taint, "value", (!value.is_empty()).then(|| json!(value)));
        list.push(taint);
    }
    let done = if removed { "untainted" } else { "tainted" };
    let value = (!list.is_empty()).then(|| Value::from(list));
    let change = Change::Set(reference, FieldPath::from("spec.taints"), value);
    Ok((write_output(format!("node/{} {done}{}\n", node.name, write.suffix()), String::new()), vec![change]))
}
