//! `kubectl debug` and `attach` (pkg/cmd/debug, pkg/cmd/attach): a container more in a pod, a copy of a pod, or a pod on a node. A
//! container in a pod that is there isn't written into the manifests, whose pods can't be created with one: the session keeps it.

use serde_json::{Value, json};

use super::super::{api, logs};
use super::{
    Attached, KubectlView, Output, SelectedObject, UsageError, WriteCommand, WriteResult, kubectl_error, set_field,
};
use crate::change::Change;
use crate::cluster::{Pod, generated_name};
use crate::source::ObjectRef;

/// What becomes of the words: a pod that is looked at, or a node.
enum DebugTarget<'c> {
    Pod(&'c Pod),
    Node(String),
}

/// Says what is made, and makes it.
pub fn debug(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    // 1. The image, the target and the container's name.
    let image = write.flags.value("image").filter(|image| !image.is_empty());
    let Some(image) = image else {
        return Err(kubectl_error(match write.flags.value("copy-to") {
            Some(_) => "error: you must specify --image, --set-image or --container with command",
            None => "error: --image is required",
        }));
    };
    let target = target(write, view)?;
    let container = container_name(write, view, &target);
    // 2. What kubectl says beforehand.
    let mut said = String::new();
    let is_quiet = write.flags.is("quiet");
    if let (Some(name), DebugTarget::Pod(pod)) = (write.flags.value("target"), &target) {
        if !pod.spec.containers.iter().any(|container| &*container.name == name) {
            return Err(kubectl_error(format!("error: container {name:?} not found in pod {:?}", pod.name())));
        }
        said.push_str(&format!(
            "Targeting container {name:?}. If you don't see processes from this container it may be because the container \
             runtime doesn't support this feature.\n"
        ));
    }
    if write.flags.value("container").is_none() && matches!(target, DebugTarget::Pod(_)) && !is_quiet {
        said.push_str(&format!("Defaulting debug container name to {container}.\n"));
    }
    // 3. The pod that is made, if one is.
    let added = made_pod(write, view, &target, image, &container);
    if let (DebugTarget::Node(node), Some(pod)) = (&target, &added) {
        let name = pod.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
        said.push_str(&format!("Creating debugging pod {name} with container {container} on node {node}.\n"));
    }
    let output = Output { stdout: Some(String::new()), stderr: said, exit: 0 };
    Ok((output, added.map(Change::Add).into_iter().collect()))
}

/// The container's own process is what one attaches to: what it writes isn't known.
pub fn attach(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    if write.flags.words.is_empty() {
        return Err(kubectl_error("error: at least 1 argument is required for attach"));
    }
    let DebugTarget::Pod(pod) = target(write, view)? else {
        return Err(kubectl_error("error: cannot attach to a node"));
    };
    let container = write.flags.value("container").map(str::to_owned);
    let container = container.or_else(|| Some(pod.spec.containers.first()?.name.to_string())).unwrap_or_default();
    let mut said = String::new();
    if write.flags.is("tty") && !has_terminal(view, pod, &container) {
        said.push_str(&format!("error: Unable to use a TTY - container {container} did not allocate one\n"));
    }
    if write.flags.is("stdin") && !write.flags.is("quiet") {
        said.push_str("If you don't see a command prompt, try pressing enter.\n");
    }
    Ok((Output { stdout: None, stderr: said, exit: 0 }, Vec::new()))
}

/// Whether a container waits for what is typed.
fn has_terminal(view: KubectlView<'_>, pod: &Pod, container: &str) -> bool {
    let object = api::pod_object(view, pod);
    let containers = object.pointer("/spec/containers").and_then(Value::as_array).cloned().unwrap_or_default();
    let own = containers.iter().find(|one| one.get("name").and_then(Value::as_str) == Some(container));
    own.is_some_and(|own| own.get("tty").and_then(Value::as_bool) == Some(true))
}

/// What runs there while one waits.
pub fn attached(write: &WriteCommand, view: KubectlView<'_>) -> Option<Attached> {
    // 1. Whether somebody waits, and at what.
    let flags = &write.flags;
    let waits = ["attach", "stdin", "tty"].iter().any(|flag| flags.is(flag));
    let target = target(write, view).ok().filter(|_| waits)?;
    // 2. Attaching needs a terminal there.
    if let (DebugTarget::Pod(pod), super::KubectlVerb::Attach) = (&target, flags.verb) {
        let first = pod.spec.containers.first().map(|container| container.name.to_string()).unwrap_or_default();
        if !flags.is("stdin") || !has_terminal(view, pod, flags.value("container").unwrap_or(&first)) {
            return None;
        }
    }
    // 3. The pod: the one that was made, or the one looked at.
    let image = flags.value("image").unwrap_or_default();
    let name = container_name(write, view, &target);
    let pod = match (&target, made_pod(write, view, &target, image, &name)) {
        (_, Some(made)) => {
            let name = made.pointer("/metadata/name").and_then(Value::as_str)?.to_owned();
            ObjectRef::namespaced("Pod", flags.namespace(), &name)
        }
        (DebugTarget::Pod(pod), None) => pod.reference.clone(),
        (DebugTarget::Node(_), None) => return None,
    };
    // 4. What runs there.
    Some(Attached {
        pod,
        image: image.to_owned(),
        words: flags.words.iter().skip(1).chain(&flags.command).cloned().collect(),
        removes: false,
        has_terminal: flags.is("tty"),
    })
}

fn target<'c>(write: &WriteCommand, view: KubectlView<'c>) -> Result<DebugTarget<'c>, UsageError> {
    let first = write.flags.words.first();
    let word = first.ok_or_else(|| kubectl_error("error: NAME or TYPE/NAME is required for debug"))?;
    let (kind, name) = word.split_once('/').unwrap_or(("pod", word));
    if super::super::resource::resource_by_name(view, kind)?.kind() == "Node" {
        let missing = || kubectl_error(format!("Error from server (NotFound): nodes {name:?} not found"));
        let node = view.cluster.nodes.get(name).ok_or_else(missing)?;
        return Ok(DebugTarget::Node(node.name.to_string()));
    }
    let pods = logs::pods_of(view, kind, write.namespace(), name)?;
    let none = || kubectl_error("error: timed out waiting for the condition");
    Ok(DebugTarget::Pod(pods.first().ok_or_else(none)?))
}

/// Of several without a name each gets one of its own.
fn container_name(write: &WriteCommand, view: KubectlView<'_>, target: &DebugTarget<'_>) -> String {
    if let Some(name) = write.flags.value("container") {
        return name.to_owned();
    }
    let DebugTarget::Pod(pod) = target else { return "debugger".to_owned() };
    let added = view.clock.and_then(|session| session.debugged.get(&pod.reference.qualified_name()));
    match added.map_or(0, Vec::len) {
        0 => format!("debugger-{SUFFIX}"),
        count => generated_name("debugger-", &[pod.namespace(), pod.name()], count as u64),
    }
}

/// The container that a pod that runs gets, as the API server keeps it (debug.go, generateDebugContainer).
pub fn added_container(write: &WriteCommand, view: KubectlView<'_>) -> Option<(ObjectRef, Value)> {
    let DebugTarget::Pod(pod) = target(write, view).ok()? else { return None };
    if write.flags.value("copy-to").is_some() {
        return None;
    }
    let image = write.flags.value("image")?;
    let mut own = container(write, image, &container_name(write, view, &DebugTarget::Pod(pod)));
    set_field(&mut own, "targetContainerName", write.flags.value("target").map(Value::from));
    Some((pod.reference.clone(), own))
}

/// The container, as the flags describe it; by the general profile it may look at other processes (profiles.go).
fn container(write: &WriteCommand, image: &str, name: &str) -> Value {
    let flags = &write.flags;
    let mut own = json!({"name": name, "image": image});
    let key = if flags.is("arguments-only") { "args" } else { "command" };
    let words: Vec<&String> = flags.words.iter().skip(1).chain(&flags.command).collect();
    set_field(&mut own, key, (!words.is_empty()).then(|| json!(words)));
    for (flag, field) in [("stdin", "stdin"), ("tty", "tty")] {
        if flags.is(flag) {
            set_field(&mut own, field, Some(true.into()));
        }
    }
    let env: Vec<Value> = flags
        .values("env")
        .into_iter()
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| json!({"name": name, "value": value}))
        .collect();
    set_field(&mut own, "env", (!env.is_empty()).then(|| env.into()));
    let traces = json!({"capabilities": {"add": ["SYS_PTRACE"]}});
    let profile = flags.value("profile").unwrap_or("general");
    set_field(&mut own, "securityContext", (profile == "general").then_some(traces));
    own
}

/// What generated names end in: nothing is drawn here.
const SUFFIX: &str = "x7k2p";

/// A pod on a node, or a copy of a pod; None for a container more.
fn made_pod(
    write: &WriteCommand,
    view: KubectlView<'_>,
    target: &DebugTarget<'_>,
    image: &str,
    container: &str,
) -> Option<Value> {
    // 1. The container; on a node the general profile gives it the node's files instead of rights (profiles.go).
    let flags = &write.flags;
    let mut own = self::container(write, image, container);
    let is_general = flags.value("profile").unwrap_or("general") == "general";
    let on_node = matches!(target, DebugTarget::Node(_)) && is_general;
    if on_node {
        set_field(&mut own, "securityContext", None);
        set_field(&mut own, "volumeMounts", Some(json!([{"mountPath": "/host", "name": "host-root"}])));
    }
    let volumes = on_node.then(|| json!([{"hostPath": {"path": "/"}, "name": "host-root"}]));
    let namespace = flags.namespace();
    match (target, flags.value("copy-to")) {
        // 2. On a node: a pod in all its namespaces.
        (DebugTarget::Node(node), _) => {
            let mut made = json!({
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {"name": format!("node-debugger-{node}-{SUFFIX}"), "namespace": namespace,
                    "labels": {"app.kubernetes.io/managed-by": "kubectl-debug"}},
                "spec": {"containers": [own], "hostIPC": true, "hostNetwork": true, "hostPID": true, "nodeName": node,
                    "restartPolicy": "Never", "tolerations": [{"operator": "Exists"}]},
            });
            set_field(made.get_mut("spec")?, "volumes", volumes);
            Some(made)
        }
        (DebugTarget::Pod(_), None) => None,
        (DebugTarget::Pod(pod), Some(name)) => {
            // 3. A copy: the pod's spec, free to go to another node.
            let one = SelectedObject { resource: super::ResourceType::Pods, reference: pod.reference.clone() };
            let mut spec = super::super::documents::written_object(view, &one.reference)
                .and_then(|object| object.get("spec").cloned())
                .or_else(|| api::pod_object(view, pod).get("spec").cloned())?;
            if let Some(map) = spec.as_object_mut() {
                if !flags.is("same-node") {
                    map.remove("nodeName");
                }
                if flags.value("share-processes") != Some("false") {
                    map.insert("shareProcessNamespace".to_owned(), true.into());
                }
            }
            // 4. The container joins the copy's, or changes the one of its name.
            let list = spec.pointer_mut("/containers").and_then(Value::as_array_mut)?;
            match list.iter_mut().find(|one| one.get("name").and_then(Value::as_str) == Some(container)) {
                Some(same) => super::super::json_tree::merge(same, own),
                None => list.push(own),
            }
            Some(
                json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": namespace}, "spec": spec}),
            )
        }
    }
}
