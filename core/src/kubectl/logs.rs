//! `kubectl logs` (pkg/cmd/logs): which containers are meant, and why one has no log. Of known servers, the lines of the requests
//! that were made here; what else a container writes isn't known.

use serde_json::Value;

use super::flags::KubectlFlags;
use super::value::{list, word};
use super::{KubectlView, Output, UsageError, api, kubectl_error, selector};
use crate::cluster::{Cluster, Phase, Pod};
use crate::container::access_log;
use crate::order::Order;
use crate::source::ObjectRef;
use crate::terminal::Session;

const EXPECTED: &str = "error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.";

/// Which pod of several, which container, or that there is no log; and what is known of it.
pub fn logs_command(view: KubectlView<'_>, flags: &KubectlFlags, session: &Session) -> Result<Output, UsageError> {
    // 1. Pods by selector.
    if let Some(text) = flags.value("selector") {
        return of_selector(view, flags, text, session);
    }
    // 2. The pods of the object that is named.
    let (Some((target, more)), true) = (flags.words.split_first(), flags.words.len() <= 2) else {
        return Err(kubectl_error(format!(
            "{EXPECTED}\nPOD or TYPE/NAME is a required argument for the logs command\nSee 'kubectl logs -h' for help and \
             examples"
        )));
    };
    let is_typed = target.contains('/');
    let (kind, name) = target.split_once('/').unwrap_or(("pod", target));
    let pods = pods_of(view, kind, flags.namespace(), name)?;
    let none = || kubectl_error("error: timed out waiting for the condition");
    let pod = *pods.first().ok_or_else(none)?;
    // 3. Which pod of several, and which of its containers.
    let mut notes = String::new();
    let all_pods = flags.is("all-pods");
    if is_typed && pods.len() > 1 && !all_pods {
        notes.push_str(&format!("Found {} pods, using pod/{}\n", pods.len(), pod.name()));
    }
    let wanted = flags.value("container").or(more.first().map(String::as_str));
    notes.push_str(&container_note(view, pod, wanted, flags)?);
    // 4. What is known of their logs.
    let pods = if all_pods { pods } else { vec![pod] };
    let stdout = lines_of(&pods, wanted, flags, session);
    if stdout.is_some() {
        notes.push_str(LEFT_OUT);
    }
    Ok(Output { stdout, stderr: notes, exit: 0 })
}

const LEFT_OUT: &str =
    "whichpod: only the requests that were made here; what servers write when they start is left out\n";

/// The log's lines, where all containers that are meant are known servers or say what they are told to.
fn lines_of(pods: &[&Pod], wanted: Option<&str>, flags: &KubectlFlags, session: &Session) -> Option<String> {
    let tail = flags.value("tail").and_then(|tail| tail.parse::<i64>().ok()).filter(|tail| *tail >= 0);
    let mut text = String::new();
    for pod in pods {
        let annotated = pod.annotations.get(crate::model::well_known::DEFAULT_CONTAINER).map(|name| &**name);
        let first = pod.spec.containers.first().map(|container| &*container.name);
        let own = wanted.or(annotated).or(first);
        let all = flags.is("all-containers");
        for container in pod.spec.containers.iter().filter(|container| all || own == Some(&*container.name)) {
            let lines = access_log::container_lines(pod, container, &session.served)?;
            let skipped = tail.map_or(0, |tail| lines.len().saturating_sub(tail as usize));
            let prefixed = flags.is("prefix") || flags.is("all-pods");
            for line in lines.iter().skip(skipped) {
                if prefixed {
                    text.push_str(&format!("[pod/{}/{}] ", pod.name(), container.name));
                }
                text.push_str(&format!("{line}\n"));
            }
        }
    }
    Some(text)
}

fn of_selector(
    view: KubectlView<'_>,
    flags: &KubectlFlags,
    text: &str,
    session: &Session,
) -> Result<Output, UsageError> {
    if !flags.words.is_empty() {
        return Err(kubectl_error(
            "error: only a selector (-l) or a POD name is allowed\nSee 'kubectl logs -h' for help and examples",
        ));
    }
    let chosen = selector::selector(text)?;
    let pods = view.cluster.pods.values().filter(|pod| pod.namespace() == flags.namespace());
    let found: Vec<&Pod> = pods.filter(|pod| chosen.matches(&pod.labels)).collect();
    Ok(match found.len() {
        0 => Output {
            stdout: Some(String::new()),
            stderr: format!("No resources found in {} namespace.\n", flags.namespace()),
            exit: 0,
        },
        _ => {
            let stdout = lines_of(&found, flags.value("container"), flags, session);
            let stderr = if stdout.is_some() { LEFT_OUT.to_owned() } else { String::new() };
            Output { stdout, stderr, exit: 0 }
        }
    })
}

/// Which container is meant (podcmd, FindOrDefaultContainerByName), unless it has no log
/// (kubelet_pods.go, validateContainerLogStatus).
fn container_note(
    view: KubectlView<'_>,
    pod: &Pod,
    wanted: Option<&str>,
    flags: &KubectlFlags,
) -> Result<String, UsageError> {
    let containers = &pod.spec.containers;
    let all = || containers.iter().chain(&pod.spec.init_containers);
    if let Some(wanted) = wanted.filter(|wanted| !all().any(|container| &*container.name == *wanted)) {
        return Err(kubectl_error(format!("error: container {wanted} is not valid for pod {}", pod.name())));
    }
    let first = containers.first().map(|container| &*container.name).unwrap_or_default();
    let annotated = pod.annotations.get(crate::model::well_known::DEFAULT_CONTAINER);
    let mut note = String::new();
    if wanted.is_none() && annotated.is_none() && all().count() > 1 && !flags.is("all-containers") {
        let names = containers.iter().map(|container| container.name.to_string());
        let starters = pod.spec.init_containers.iter().map(|container| format!("{} (init)", container.name));
        let names: Vec<String> = names.chain(starters).collect();
        note = format!("Defaulted container {first:?} out of: {}\n", names.join(", "));
    }
    let name = wanted.or(annotated.map(|name| &**name)).unwrap_or(first);
    match without_log(&api::pod_object(view, pod), pod, name, flags) {
        Some(why) => Err(kubectl_error(format!("{note}Error from server (BadRequest): {why}"))),
        None => Ok(note),
    }
}

fn without_log(object: &Value, pod: &Pod, name: &str, flags: &KubectlFlags) -> Option<String> {
    let statuses = ["/status/containerStatuses", "/status/initContainerStatuses"];
    let mut statuses = statuses.iter().flat_map(|path| list(object, path));
    let status = statuses.find(|status| word(status, "/name") == name)?;
    let ended_before = status.pointer("/lastState/terminated").is_some();
    if flags.is("previous") {
        let why = format!("previous terminated container {name:?} in pod {:?} not found", pod.name());
        return (!ended_before).then_some(why);
    }
    let waiting = word(status, "/state/waiting/reason");
    let why = match waiting.as_str() {
        "" => return None,
        _ if ended_before || waiting == "CrashLoopBackOff" => return None,
        "ErrImagePull" => "image can't be pulled",
        "ImagePullBackOff" => "trying and failing to pull image",
        other => other,
    };
    Some(format!("container {name:?} in pod {:?} is waiting to start: {why}", pod.name()))
}

/// The pods that are meant; of a Service or a workload those that run come first (polymorphichelpers).
pub fn pods_of<'c>(view: KubectlView<'c>, kind: &str, namespace: &str, name: &str) -> Result<Vec<&'c Pod>, UsageError> {
    let cluster: &'c Cluster = view.cluster;
    let resource = super::resource::resource_by_name(view, kind)?;
    let not_found = |plural: &str| kubectl_error(format!("Error from server (NotFound): {plural} {name:?} not found"));
    let mut pods: Vec<&Pod> = match resource.kind() {
        "Pod" => vec![cluster.pods.get(namespace, name).ok_or_else(|| not_found("pods"))?],
        "Service" => {
            cluster.services.get(namespace, name).ok_or_else(|| not_found("services"))?;
            let endpoints = cluster.slices_of(namespace, name).iter().flat_map(|slice| &slice.endpoints);
            endpoints.filter_map(|endpoint| cluster.pods.get(namespace, &endpoint.pod.as_ref()?.name)).collect()
        }
        kind => {
            let reference = ObjectRef::namespaced(kind, namespace, name);
            let workload = cluster.workloads.get(&reference).ok_or_else(|| not_found(resource.plural()))?;
            workload.pods.iter().filter_map(|pod| cluster.pods.get(namespace, pod)).collect()
        }
    };
    pods.order_by_key(|pod| pod.phase != Phase::Running);
    Ok(pods)
}
