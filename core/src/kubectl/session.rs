//! What kubectl keeps on the machine where it runs: forwarded ports. And verbs that only look, at more than objects.

use serde_json::{Value, json};

use super::events::cluster_events;
use super::flags::{KubectlFlags, KubectlVerb};
use super::logs::{logs_command, pods_of};
use super::print::OutputFormat;
use super::table::align_columns;
use super::{
    KubectlView, Output, UsageError, about, config, discovery, explain, kubectl_error, raw, resource, unsupported_error,
};
use crate::cluster::{Cluster, Phase, Pod};
use crate::model::IntOrString;
use crate::terminal::session::{Forward, Session};

/// None for a verb that isn't among these.
pub fn run(flags: &KubectlFlags, view: KubectlView<'_>, session: &mut Session) -> Option<Result<Output, UsageError>> {
    if let Some(done) = config::run(flags, view, session) {
        return Some(done);
    }
    Some(match flags.verb {
        KubectlVerb::PortForward => port_forward(view, flags, session),
        KubectlVerb::Version => about::version(view, flags).map(printed),
        KubectlVerb::ClusterInfo if flags.words.is_empty() => Ok(printed(about::cluster_info(view))),
        KubectlVerb::Wait => super::wait::wait_command(view, flags),
        KubectlVerb::Logs => logs_command(view, flags, session),
        KubectlVerb::Proxy => proxy(flags, session),
        KubectlVerb::ClusterInfoDump => super::dump::cluster_info_dump(view, flags),
        KubectlVerb::Explain => explain::explain(view, flags),
        KubectlVerb::ApiResources => discovery::api_resources(view, flags).map(printed),
        KubectlVerb::ApiVersions => Ok(printed(discovery::api_versions(view))),
        KubectlVerb::AuthCanI => can_i(view, flags),
        KubectlVerb::AuthWhoami => whoami(flags, view),
        KubectlVerb::Events => events(view, flags),
        KubectlVerb::TopPods | KubectlVerb::TopNodes => Ok(failed("error: Metrics API not available")),
        KubectlVerb::Completion => completion(flags),
        KubectlVerb::Options => Ok(printed(about::options())),
        KubectlVerb::PluginList => Ok(failed("error: unable to find any kubectl plugins in your PATH")),
        KubectlVerb::Get if flags.value("raw").is_some() => raw::raw_answer(flags, view),
        KubectlVerb::ClusterInfo => {
            Err(unsupported_error(format!("kubectl cluster-info {} isn't understood here", flags.words.join(" "))))
        }
        _ => return None,
    })
}

/// pkg/cmd/completion: what a shell would run isn't kept here.
fn completion(flags: &KubectlFlags) -> Result<Output, UsageError> {
    let help = "See 'kubectl completion -h' for help and examples";
    match flags.words.first().map(String::as_str) {
        Some("bash" | "zsh" | "fish" | "powershell") => Ok(printed(String::new())),
        Some(other) => Err(kubectl_error(format!("error: Unsupported shell type {other:?}.\n{help}"))),
        None => Err(kubectl_error(format!("error: Shell not specified.\n{help}"))),
    }
}

fn printed(text: String) -> Output {
    Output { stdout: Some(text), ..Output::default() }
}

fn failed(message: &str) -> Output {
    Output { stdout: Some(String::new()), stderr: format!("{message}\n"), exit: 1 }
}

/// pkg/cmd/auth, cani.go: the administrator may do everything.
fn can_i(view: KubectlView<'_>, flags: &KubectlFlags) -> Result<Output, UsageError> {
    // 1. All rules at once.
    if flags.is("list") {
        return Ok(printed(align_columns(&rules_of_administrator(flags), 6, 3)));
    }
    // 2. Verb and target.
    let (verb, target) = match &flags.words[..] {
        [verb, target] => (verb, target.as_str()),
        [verb, kind, _] if !kind.contains('/') => (verb, kind.as_str()),
        _ => {
            return Err(kubectl_error(
                "error: you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i \
                 -h' for help and examples.",
            ));
        }
    };
    // 3. Warnings of what the server doesn't know.
    let mut warnings = String::new();
    if !API_VERBS.contains(&verb.as_str()) {
        warnings.push_str(&format!("Warning: verb '{verb}' is not a known verb\n"));
    }
    let kind = target.split('/').next().unwrap_or_default();
    if !target.starts_with('/') && kind != "*" {
        match resource::resource_by_name(view, kind) {
            Err(_) => warnings.push_str(&format!("Warning: the server doesn't have a resource type '{kind}'\n")),
            Ok(found) if !found.is_namespaced() && !flags.is("all-namespaces") => {
                let (plural, group) = found.plural().split_once('.').unwrap_or((found.plural(), ""));
                let group = if group.is_empty() { String::new() } else { format!(" in group '{group}'") };
                warnings.push_str(&format!("Warning: resource '{plural}' is not namespace scoped{group}\n"));
            }
            Ok(_) => {}
        }
        if !warnings.is_empty() {
            warnings.push('\n');
        }
    }
    // 4. The answer.
    let answer = if flags.is("quiet") { "" } else { "yes\n" };
    Ok(Output { stdout: Some(answer.to_owned()), stderr: warnings, exit: 0 })
}

/// What can be done with objects, and with roles and users (resourceVerbs).
const API_VERBS: [&str; 16] = [
    "*",
    "approve",
    "attest",
    "bind",
    "create",
    "delete",
    "deletecollection",
    "escalate",
    "get",
    "impersonate",
    "list",
    "patch",
    "sign",
    "update",
    "use",
    "watch",
];

fn rules_of_administrator(flags: &KubectlFlags) -> Vec<Vec<String>> {
    let rows = [
        ["Resources", "Non-Resource URLs", "Resource Names", "Verbs"],
        ["*.*", "[]", "[]", "[*]"],
        ["", "[*]", "[]", "[*]"],
        ["selfsubjectreviews.authentication.k8s.io", "[]", "[]", "[create]"],
        ["selfsubjectaccessreviews.authorization.k8s.io", "[]", "[]", "[create]"],
        ["selfsubjectrulesreviews.authorization.k8s.io", "[]", "[]", "[create]"],
    ];
    let shown = rows.iter().skip(usize::from(flags.is("no-headers")));
    shown.map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

/// pkg/cmd/auth, whoami.go: the user of kubeadm's context.
fn whoami(flags: &KubectlFlags, view: KubectlView<'_>) -> Result<Output, UsageError> {
    let groups = ["kubeadm:cluster-admins", "system:authenticated"];
    if let Some(format) = OutputFormat::of_flags(flags, view.files)? {
        let review = json!({
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "SelfSubjectReview",
            "status": {"userInfo": {"groups": groups, "username": "kubernetes-admin"}},
        });
        return format.print(vec![review], true, true).map(printed);
    }
    let groups = format!("[{}]", groups.join(" "));
    let rows = [["ATTRIBUTE", "VALUE"], ["Username", "kubernetes-admin"], ["Groups", &groups]];
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(ToString::to_string).collect()).collect();
    Ok(printed(align_columns(&rows, 6, 3)))
}

/// pkg/cmd/events
fn events(view: KubectlView<'_>, flags: &KubectlFlags) -> Result<Output, UsageError> {
    // 1. Which events are asked for.
    let about = flags.value("for").map(|text| {
        let wrong = || kubectl_error("error: --for must be in resource/name form");
        let (kind, name) = text.split_once('/').ok_or_else(wrong)?;
        Ok((resource::resource_by_name(view, kind)?.kind().to_owned(), name.to_owned()))
    });
    let about = about.transpose()?;
    let types = flags.list("types");
    let everywhere = flags.is("all-namespaces");
    // 2. Those of the cluster that fit.
    let mut found = cluster_events(view);
    found.retain(|event| {
        let (kind, name) = (&*event.object.kind, &*event.object.name);
        (everywhere || event.namespace() == flags.namespace())
            && about.as_ref().is_none_or(|(wanted, own)| wanted == kind && own == name)
            && (types.is_empty() || types.iter().any(|wanted| wanted.eq_ignore_ascii_case(event.kind())))
    });
    // 3. As objects.
    if let Some(format) = OutputFormat::of_flags(flags, view.files)? {
        let objects: Vec<Value> = found.iter().map(|event| event.to_json(view)).collect();
        return format.print(objects, false, !flags.is("no-headers")).map(printed);
    }
    // 4. As a table, or that there are none.
    if found.is_empty() {
        let none = if everywhere {
            "No events found.\n".to_owned()
        } else {
            format!("No events found in {} namespace.\n", flags.namespace())
        };
        return Ok(Output { stdout: Some(String::new()), stderr: none, exit: 0 });
    }
    let namespace = |text: &str| everywhere.then(|| text.to_owned());
    let head = ["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"].map(str::to_owned);
    let head: Vec<String> = namespace("NAMESPACE").into_iter().chain(head).collect();
    let lines = found.iter().map(|event| {
        let object = format!("{}/{}", event.object.kind, event.object.name);
        let cells = [&*event.age(view), event.kind(), event.reason, &object, &event.message].map(str::to_owned);
        namespace(event.namespace()).into_iter().chain(cells).collect()
    });
    let head = (!flags.is("no-headers")).then_some(head);
    let rows: Vec<Vec<String>> = head.into_iter().chain(lines).collect();
    Ok(printed(align_columns(&rows, 6, 3)))
}

/// pkg/cmd/proxy: what is asked of the port then goes to the API server.
fn proxy(flags: &KubectlFlags, session: &mut Session) -> Result<Output, UsageError> {
    let port = flags.value("port").map_or(Ok(8001), str::parse::<u16>);
    // 0 is any port that is free.
    let port = port.map_err(|_| kubectl_error("error: invalid port"))?;
    let port = if port == 0 { 40_000 } else { port };
    session.proxies.insert(port);
    let address = flags.value("address").unwrap_or("127.0.0.1");
    let shown = if address.contains(':') { format!("[{address}]:{port}") } else { format!("{address}:{port}") };
    Ok(printed(format!("Starting to serve on {shown}\n")))
}

/// pkg/cmd/portforward: a pod's port, by way of the API server and the kubelet, which no NetworkPolicy sees.
fn port_forward(view: KubectlView<'_>, flags: &KubectlFlags, session: &mut Session) -> Result<Output, UsageError> {
    // 1. The pod, which must run.
    let Some((target, ports)) = flags.words.split_first().filter(|(_, ports)| !ports.is_empty()) else {
        return Err(kubectl_error(
            "error: TYPE/NAME and list of ports are required for port-forward\nSee 'kubectl port-forward -h' for help and \
             examples",
        ));
    };
    let (kind, name) = target.split_once('/').unwrap_or(("pod", target));
    let (cluster, namespace) = (view.cluster, flags.namespace());
    let none = || kubectl_error("error: timed out waiting for the condition");
    let pods = pods_of(view, kind, namespace, name)?;
    let pod = *pods.first().ok_or_else(none)?;
    if pod.phase != Phase::Running {
        return Err(kubectl_error(format!(
            "error: unable to forward port because pod is not running. Current status={:?}",
            pod.phase
        )));
    }
    let address = *pod.addresses.first().ok_or_else(|| kubectl_error("error: the pod has no address"))?;
    // 2. A Service's ports lead to those of its pod.
    let is_service = resource::resource_by_name(view, kind)?.kind() == "Service";
    let service = is_service.then_some(name);
    let mut said = String::new();
    for port in ports {
        // 3. Each pair of ports, of which one may be left out.
        let (local, remote) = match port.split_once(':') {
            Some(("", remote)) => (remote, remote),
            Some(pair) => pair,
            None => (port.as_str(), port.as_str()),
        };
        let wrong = || {
            kubectl_error(format!(
                "error: error parsing local port '{local}': strconv.ParseUint: parsing {local:?}: invalid syntax"
            ))
        };
        // 4. The port is forwarded from now on.
        let remote = remote_port(cluster, service, namespace, pod, remote)?;
        let local: u16 = local.parse().or_else(|_| if port.contains(':') { Err(wrong()) } else { Ok(remote) })?;
        session.forwards.insert(local, Forward { pod: pod.reference.qualified_name(), address, port: remote });
        said.push_str(&format!(
            "Forwarding from 127.0.0.1:{local} -> {remote}\nForwarding from [::1]:{local} -> {remote}\n"
        ));
    }
    Ok(printed(said))
}

/// A Service's port is translated into its pod's; a name is looked up in the containers.
fn remote_port(
    cluster: &Cluster,
    service: Option<&str>,
    namespace: &str,
    pod: &Pod,
    text: &str,
) -> Result<u16, UsageError> {
    let named = |wanted: &str| {
        let mut ports = pod.spec.containers.iter().flat_map(|container| &container.ports);
        ports.find(|port| port.name.as_deref() == Some(wanted)).map(|port| port.container_port as u16)
    };
    let Some(service) = service.and_then(|name| cluster.services.get(namespace, name)) else {
        let missing = || kubectl_error(format!("error: Pod '{}' does not have a named port '{text}'", pod.name()));
        return text.parse().ok().or_else(|| named(text)).ok_or_else(missing);
    };
    let mut ports = service.ports.iter();
    let port = ports.find(|port| port.port.to_string() == text || &*port.name == text);
    let missing = || kubectl_error(format!("error: Service {} does not have a service port {text}", service.name()));
    let port = port.ok_or_else(missing)?;
    match &port.target_port {
        IntOrString::Int(number) => Ok(u16::try_from(*number).unwrap_or(port.port)),
        IntOrString::String(wanted) => named(wanted)
            .ok_or_else(|| kubectl_error(format!("error: Pod '{}' does not have a named port '{wanted}'", pod.name()))),
    }
}
