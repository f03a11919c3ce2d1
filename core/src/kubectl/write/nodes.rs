//! `cordon`, `uncordon`, `drain`, `taint` (pkg/cmd/drain, taint).

use serde_json::{Value, json};

use super::{KubectlVerb, KubectlView, UsageError, WriteCommand, WriteResult, kubectl_error, write_output};
use crate::change::{Change, PodFate};
use crate::cluster::{Node, Pod};
use crate::model::values;
use crate::source::{FieldPath, ObjectRef};

/// A node that is to be changed, with what writes it into the manifests first.
struct ChangedNode<'v> {
    node: &'v Node,
    reference: ObjectRef,
    written: Vec<Change>,
}

/// The nodes that are named, or that -l selects.
fn nodes<'v>(write: &WriteCommand, view: KubectlView<'v>) -> Result<Vec<ChangedNode<'v>>, UsageError> {
    let words = write.flags.words.iter().map(|word| word.split_once('/').map_or(word.as_str(), |(_, name)| name));
    let words: Vec<String> = ["nodes"].into_iter().chain(words).map(str::to_owned).collect();
    if words.len() == 1 && write.flags.value("selector").is_none() && !write.flags.is("all") {
        let verb = verb(write);
        return Err(kubectl_error(format!(
            "error: USAGE: {verb} NODE [flags]\nSee 'kubectl {verb} -h' for help and examples"
        )));
    }
    let (selected, missing) = write.selected(&words, view)?;
    if !missing.is_empty() {
        return Err(kubectl_error(missing.trim_end()));
    }
    // What writes one of them writes all.
    let mut is_first = true;
    let mut all = Vec::new();
    for one in selected {
        let written = if std::mem::take(&mut is_first) { one.written(view)? } else { Vec::new() };
        let Some(node) = view.cluster.nodes.get(one.name()) else { continue };
        all.push(ChangedNode { node, reference: one.reference, written });
    }
    Ok(all)
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
    let (done, suffix) = (if is_cordoned { "cordoned" } else { "uncordoned" }, write.suffix());
    let (mut said, mut changes) = (String::new(), Vec::new());
    for ChangedNode { node, reference, written } in nodes(write, view)? {
        let name = &node.name;
        changes.extend(written);
        if node.object.spec.unschedulable == is_cordoned {
            said.push_str(&format!("node/{name} already {done}{suffix}\n"));
            continue;
        }
        changes.push(Change::Set(reference, "spec.unschedulable".into(), is_cordoned.then_some(json!(true))));
        said.push_str(&format!("node/{name} {done}{suffix}\n"));
    }
    Ok((write_output(said, String::new()), changes))
}

/// `drain`: all nodes cordoned, then the pods of one after the other evicted but for those of DaemonSets.
pub fn drain(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    let (mut said, mut failed, mut changes) = (String::new(), String::new(), Vec::new());
    let mut warned = String::new();
    let nodes = nodes(write, view)?;
    for ChangedNode { node, reference, written } in &nodes {
        let done = if node.object.spec.unschedulable { "already cordoned" } else { "cordoned" };
        said.push_str(&format!("node/{} {done}{}\n", node.name, write.suffix()));
        changes.extend(written.iter().cloned());
        changes.push(Change::Set(reference.clone(), "spec.unschedulable".into(), Some(json!(true))));
    }
    for ChangedNode { node, .. } in &nodes {
        let done = drain_node(write, view, node);
        said.push_str(&done.0);
        warned.push_str(&done.1);
        failed.push_str(&done.2);
        changes.extend(done.3);
    }
    let mut output = write_output(said, failed);
    output.stderr.insert_str(0, &warned);
    Ok((output, changes))
}

/// What is said, warned of and failed of one node, and what becomes of its pods.
fn drain_node(write: &WriteCommand, view: KubectlView<'_>, node: &Node) -> (String, String, String, Vec<Change>) {
    // 1. The node's pods: of DaemonSets, others, those that nobody would make again.
    let name = &node.name;
    let pods: Vec<&Pod> = view.cluster.pods.values().filter(|pod| pod.node.as_ref() == Some(name)).collect();
    let is_of_daemon = |pod: &&Pod| pod.workload.as_ref().is_some_and(|workload| &*workload.kind == "DaemonSet");
    let (daemons, others): (Vec<&Pod>, Vec<&Pod>) = pods.into_iter().partition(is_of_daemon);
    let listed = |pods: &[&Pod]| pods.iter().map(|pod| pod.reference.qualified_name()).collect::<Vec<_>>().join(", ");
    let bare: Vec<&Pod> = others.iter().copied().filter(|pod| pod.owner.is_none()).collect();
    // 2. What keeps kubectl from draining.
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
    let (mut said, mut changes) = (String::new(), Vec::new());
    if !reasons.is_empty() {
        let listed = match reasons.as_slice() {
            [reason] => reason.clone(),
            reasons => format!("[{}]", reasons.join(", ")),
        };
        let why = format!(
            "error: unable to drain node \"{name}\" due to error: {listed}, continuing command...\nThere are pending nodes to be drained:\n {name}\n{}\n",
            reasons.join("\n")
        );
        return (said, String::new(), why, changes);
    }
    // 3. Pods of DaemonSets stay.
    let mut warned = String::new();
    if !daemons.is_empty() {
        warned = format!("Warning: ignoring DaemonSet-managed Pods: {}\n", listed(&daemons));
    }
    // 4. The others are evicted: made ones come again elsewhere, written ones go.
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
    (said, warned, String::new(), changes)
}

/// `taint nodes NAME KEY=VALUE:EFFECT`, and `KEY:EFFECT-` to take one away.
pub fn taint(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    let rest = match write.flags.words.split_first() {
        Some((kind, rest)) if ["node", "nodes", "no"].contains(&kind.as_str()) => rest,
        _ => return Err(kubectl_error("error: one or more resources must be specified as <resource> <name>")),
    };
    let is_taint = |word: &String| word.contains(':') || word.contains('=') || word.ends_with('-');
    let at = rest.iter().position(is_taint).unwrap_or(rest.len());
    let (names, taints) = rest.split_at_checked(at).unwrap_or((rest, &[]));
    if taints.is_empty() {
        return Err(kubectl_error("error: at least one taint update is required"));
    }
    let mut named = write.clone();
    named.flags.words = names.to_vec();
    let (mut said, mut changes) = (String::new(), Vec::new());
    for changed in nodes(&named, view)? {
        let (done, list) = tainted(view, &changed, taints)?;
        changes.extend(changed.written);
        let value = (!list.is_empty()).then(|| Value::from(list));
        changes.push(Change::Set(changed.reference, FieldPath::from("spec.taints"), value));
        said.push_str(&format!("node/{} {done}{}\n", changed.node.name, write.suffix()));
    }
    Ok((write_output(said, String::new()), changes))
}

const QUALIFIED_NAME: &str = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an \
    alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is \
    '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

/// A node's taints afterwards, and what became of it.
fn tainted(
    view: KubectlView<'_>,
    changed: &ChangedNode<'_>,
    taints: &[String],
) -> Result<(&'static str, Vec<Value>), UsageError> {
    // 1. The taints that it has.
    let written = super::super::documents::written_object(view, &changed.reference);
    let object =
        written.unwrap_or_else(|| super::super::api::object(view, &super::ResourceType::Nodes, "", &changed.node.name));
    let mut list = object.pointer("/spec/taints").and_then(Value::as_array).cloned().unwrap_or_default();
    // New ones come before those that stay (taint, ReorganizeTaints).
    let mut added = Vec::new();
    let mut removed = false;
    for text in taints {
        // 2. `KEY=VALUE:EFFECT`, or with a dash behind it.
        let (text, removes) = text.strip_suffix('-').map_or((text.as_str(), false), |text| (text, true));
        let (pair, effect) = text.split_once(':').unwrap_or((text, ""));
        if !text.contains(':') && text.contains('=') {
            // Without an effect the whole is a key (taint, parseTaint).
            return Err(kubectl_error(format!(
                "error: invalid taint spec: {text}, {QUALIFIED_NAME}\nSee 'kubectl taint -h' for help and examples"
            )));
        }
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let is_it = |taint: &Value| {
            taint.get("key").is_some_and(|own| own == key)
                && (effect.is_empty() || taint.get("effect").is_some_and(|own| own == effect))
        };
        // 3. The one of that key and effect goes.
        let before = list.len();
        list.retain(|taint| !is_it(taint));
        if removes {
            if list.len() == before {
                return Err(kubectl_error(format!("error: taint {text:?} not found")));
            }
            removed = true;
            continue;
        }
        // 4. A new one takes its place.
        if !values::TAINT_EFFECT.contains(effect) {
            return Err(kubectl_error(format!("error: invalid taint effect: {effect}, unsupported taint effect")));
        }
        let mut taint = json!({"effect": effect, "key": key});
        super::set_field(&mut taint, "value", (!value.is_empty()).then(|| json!(value)));
        added.push(taint);
    }
    added.extend(list);
    Ok((if removed { "untainted" } else { "tainted" }, added))
}
