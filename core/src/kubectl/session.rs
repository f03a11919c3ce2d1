//! What kubectl keeps on the machine where it runs: contexts and their namespace, forwarded ports. And verbs that nothing
//! here can answer, with what to do instead.

use super::{KubectlView, Output, UsageError, about, kubectl_error, unsupported_error};
use crate::cluster::{Cluster, Phase, Pod};
use crate::model::IntOrString;
use crate::source::ObjectRef;
use crate::terminal::session::{Forward, Session};

/// The only context, as kubeadm names it.
const CONTEXT: &str = "kubernetes-admin@kubernetes";

/// A command's words and options.
struct SessionArguments<'a> {
    words: Vec<&'a str>,
    options: Vec<(&'a str, &'a str)>,
}

/// Options whose value may be the next word.
const VALUED: [&str; 10] = [
    "-n",
    "--namespace",
    "-c",
    "--container",
    "--address",
    "--tail",
    "--since",
    "-l",
    "--selector",
    "--pod-running-timeout",
];

impl<'a> SessionArguments<'a> {
    fn read(args: &'a [String]) -> Self {
        let (mut words, mut options) = (Vec::new(), Vec::new());
        let mut rest = args.iter().map(String::as_str);
        while let Some(arg) = rest.next() {
            match arg.split_once('=').filter(|_| arg.starts_with("--")) {
                Some(option) => options.push(option),
                None if VALUED.contains(&arg) => options.push((arg, rest.next().unwrap_or_default())),
                None if arg.starts_with('-') && arg.len() > 1 => options.push((arg, "")),
                None => words.push(arg),
            }
        }
        Self { words, options }
    }

    fn value(&self, names: &[&str]) -> Option<&'a str> {
        self.options.iter().rev().find(|(name, _)| names.contains(name)).map(|(_, value)| *value)
    }
}

/// None for a verb that isn't among these.
pub fn run(args: &[String], view: KubectlView<'_>, session: &mut Session) -> Option<Result<Output, UsageError>> {
    if let Some(help) = about::help(args) {
        return Some(Ok(printed(help)));
    }
    let arguments = SessionArguments::read(args);
    let (verb, words) = arguments.words.split_first()?;
    let namespace = arguments.value(&["-n", "--namespace"]).unwrap_or(session.namespace()).to_owned();
    Some(match *verb {
        "config" => config_command(&arguments, words, session),
        "port-forward" => port_forward(view, &namespace, words, session),
        "version" => Ok(printed(about::version(view, args.iter().any(|word| word.starts_with("--client"))))),
        "cluster-info" if words.is_empty() => Ok(printed(about::cluster_info(view))),
        "wait" => super::wait::wait_command(view, args),
        "logs" | "log" => logs_command(view, &namespace, &arguments, words),
        "edit" => Err(unsupported_error("kubectl edit opens an editor: change the manifests instead")),
        "debug" | "attach" | "proxy" | "krew" | "plugin" | "kustomize" | "certificate" => {
            Err(unsupported_error(format!("kubectl {verb} isn't understood here")))
        }
        "top" => Ok(failed("error: Metrics API not available")),
        "completion" => Ok(printed(String::new())),
        _ => return None,
    })
}

fn printed(text: String) -> Output {
    Output { stdout: Some(text), ..Output::default() }
}

fn failed(message: &str) -> Output {
    Output { stdout: Some(String::new()), stderr: format!("{message}\n"), exit: 1 }
}

/// pkg/cmd/config
fn config_command(
    arguments: &SessionArguments<'_>,
    words: &[&str],
    session: &mut Session,
) -> Result<Output, UsageError> {
    let current = arguments.options.iter().any(|(name, _)| *name == "--current");
    match words {
        ["set-context", names @ ..] => {
            let name = names.first().copied().unwrap_or(if current { CONTEXT } else { "" });
            if name.is_empty() {
                return Err(kubectl_error("error: Unexpected args: []"));
            }
            if let Some(namespace) = arguments.value(&["--namespace", "-n"]) {
                session.namespace = Some(namespace.to_owned()).filter(|namespace| !namespace.is_empty());
            }
            let done = if name == CONTEXT { "modified" } else { "created" };
            Ok(printed(format!("Context {name:?} {done}.\n")))
        }
        ["use-context" | "use", name] if *name == CONTEXT => Ok(printed(format!("Switched to context {name:?}.\n"))),
        ["use-context" | "use", name] => {
            Err(kubectl_error(format!("error: no context exists with the name: {name:?}")))
        }
        ["current-context"] => Ok(printed(format!("{CONTEXT}\n"))),
        ["get-contexts", ..] => {
            let namespace = session.namespace.as_deref().unwrap_or_default();
            let rows = [
                ["CURRENT", "NAME", "CLUSTER", "AUTHINFO", "NAMESPACE"],
                ["*", CONTEXT, "kubernetes", "kubernetes-admin", namespace],
            ];
            let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(ToString::to_string).collect()).collect();
            Ok(printed(super::table::align_columns(&rows, 10, 3)))
        }
        ["get-clusters"] => Ok(printed("NAME\nkubernetes\n".to_owned())),
        ["get-users"] => Ok(printed("NAME\nkubernetes-admin\n".to_owned())),
        ["view", ..] => {
            let namespace = session.namespace.as_ref().map(|namespace| format!("    namespace: {namespace}\n"));
            Ok(printed(format!(
                "apiVersion: v1\nclusters:\n- cluster:\n    certificate-authority-data: DATA+OMITTED\n    server: \
                 https://kubernetes:6443\n  name: kubernetes\ncontexts:\n- context:\n    cluster: kubernetes\n{}    user: \
                 kubernetes-admin\n  name: {CONTEXT}\ncurrent-context: {CONTEXT}\nkind: Config\nusers:\n- name: \
                 kubernetes-admin\n  user:\n    client-certificate-data: DATA+OMITTED\n    client-key-data: DATA+OMITTED\n",
                namespace.unwrap_or_default()
            )))
        }
        words => Err(unsupported_error(format!("kubectl config {} isn't understood here", words.join(" ")))),
    }
}

/// pkg/cmd/portforward: a pod's port, by way of the API server and the kubelet, which no NetworkPolicy sees.
fn port_forward(
    view: KubectlView<'_>,
    namespace: &str,
    words: &[&str],
    session: &mut Session,
) -> Result<Output, UsageError> {
    let Some((target, ports)) = words.split_first().filter(|(_, ports)| !ports.is_empty()) else {
        return Err(kubectl_error("error: TYPE/NAME and list of ports are required for port-forward"));
    };
    let (kind, name) = target.split_once('/').unwrap_or(("pod", target));
    let cluster = view.cluster;
    let pod = pod_of(cluster, kind, namespace, name)?;
    if pod.phase != Phase::Running {
        return Err(kubectl_error(format!(
            "error: unable to forward port because pod is not running. Current status={:?}",
            pod.phase
        )));
    }
    let address = *pod.addresses.first().ok_or_else(|| kubectl_error("error: the pod has no address"))?;
    let mut said = String::new();
    for port in ports {
        let (local, remote) = match port.split_once(':') {
            Some(("", remote)) => (remote, remote),
            Some(pair) => pair,
            None => (*port, *port),
        };
        let wrong = || {
            kubectl_error(format!(
                "error: error parsing local port '{local}': strconv.ParseUint: parsing {local:?}: invalid syntax"
            ))
        };
        let remote = remote_port(cluster, kind, namespace, name, pod, remote)?;
        let local: u16 = local.parse().or_else(|_| if port.contains(':') { Err(wrong()) } else { Ok(remote) })?;
        session.forwards.insert(local, Forward { pod: pod.reference.qualified_name(), address, port: remote });
        said.push_str(&format!(
            "Forwarding from 127.0.0.1:{local} -> {remote}\nForwarding from [::1]:{local} -> {remote}\n"
        ));
    }
    Ok(printed(said))
}

fn not_found(resource: &str, name: &str) -> UsageError {
    kubectl_error(format!("Error from server (NotFound): {resource} {name:?} not found"))
}

/// `logs`: what a container writes isn't known; which container is meant, is (pkg/cmd/logs).
fn logs_command(
    view: KubectlView<'_>,
    namespace: &str,
    arguments: &SessionArguments<'_>,
    words: &[&str],
) -> Result<Output, UsageError> {
    if let Some(selector) = arguments.value(&["-l", "--selector"]) {
        return match selector.is_empty() {
            true => Err(kubectl_error("error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.")),
            false => Ok(Output::default()),
        };
    }
    let Some(target) = words.first() else {
        return Err(kubectl_error(
            "error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command\nSee 'kubectl logs -h' for help and examples",
        ));
    };
    let (kind, name) = target.split_once('/').unwrap_or(("pod", target));
    let pod = pod_of(view.cluster, kind, namespace, name)?;
    let containers = &pod.spec.containers;
    let wanted = arguments.value(&["-c", "--container"]).or(words.get(1).copied());
    let mut stderr = String::new();
    match wanted {
        Some(wanted)
            if !containers.iter().chain(&pod.spec.init_containers).any(|container| &*container.name == wanted) =>
        {
            return Err(kubectl_error(format!("error: container {wanted} is not valid for pod {}", pod.name())));
        }
        None if containers.len() > 1 => {
            let names: Vec<&str> = containers.iter().map(|container| &*container.name).collect();
            let first = names.first().copied().unwrap_or_default();
            stderr = format!("Defaulted container {first:?} out of: {}\n", names.join(", "));
        }
        _ => {}
    }
    Ok(Output { stderr, ..Output::default() })
}

/// The pod that is meant: of a Service or a workload, its first that runs (polymorphichelpers, AttachablePodForObject).
fn pod_of<'c>(cluster: &'c Cluster, kind: &str, namespace: &str, name: &str) -> Result<&'c Pod, UsageError> {
    let resource = super::resource::resource_by_name(kind)?;
    let none = || kubectl_error("error: timed out waiting for the condition");
    match resource.kind() {
        "Pod" => cluster.pods.get(namespace, name).ok_or_else(|| not_found("pods", name)),
        "Service" => {
            cluster.services.get(namespace, name).ok_or_else(|| not_found("services", name))?;
            let endpoints = cluster.slices_of(namespace, name).iter().flat_map(|slice| &slice.endpoints);
            let mut pods = endpoints.filter_map(|endpoint| cluster.pods.get(namespace, &endpoint.pod.as_ref()?.name));
            pods.find(|pod| pod.phase == Phase::Running).ok_or_else(none)
        }
        kind => {
            let reference = ObjectRef::namespaced(kind, namespace, name);
            let workload = cluster.workloads.get(&reference).ok_or_else(|| not_found(resource.plural(), name))?;
            let mut pods = workload.pods.iter().filter_map(|pod| cluster.pods.get(namespace, pod));
            pods.find(|pod| pod.phase == Phase::Running).ok_or_else(none)
        }
    }
}

/// A Service's port is translated into its pod's; a name is looked up in the containers.
fn remote_port(
    cluster: &Cluster,
    kind: &str,
    namespace: &str,
    name: &str,
    pod: &Pod,
    text: &str,
) -> Result<u16, UsageError> {
    let named = |wanted: &str| {
        let mut ports = pod.spec.containers.iter().flat_map(|container| &container.ports);
        ports.find(|port| port.name.as_deref() == Some(wanted)).map(|port| port.container_port as u16)
    };
    let service = super::resource::resource_by_name(kind).is_ok_and(|resource| resource.kind() == "Service");
    let service = cluster.services.get(namespace, name).filter(|_| service);
    let Some(service) = service else {
        let missing = || kubectl_error(format!("error: Pod '{}' does not have a named port '{text}'", pod.name()));
        return text.parse().ok().or_else(|| named(text)).ok_or_else(missing);
    };
    let mut ports = service.ports.iter();
    let port = ports.find(|port| port.port.to_string() == text || &*port.name == text);
    let port =
        port.ok_or_else(|| kubectl_error(format!("error: Service {name} does not have a service port {text}")))?;
    match &port.target_port {
        IntOrString::Int(number) => Ok(u16::try_from(*number).unwrap_or(port.port)),
        IntOrString::String(wanted) => named(wanted)
            .ok_or_else(|| kubectl_error(format!("error: Pod '{}' does not have a named port '{wanted}'", pod.name()))),
    }
}
