//! The containers of a pod or a template (pkg/describe, describeContainers). When something started is left out where no
//! status says so, and what only a container runtime knows.

use serde_json::Value;

use super::super::jsonpath::go_text;
use super::super::value::{entries, list, said, times, word, word_or};
use crate::http::path::percent_encode;
use crate::model::Quantity;
use crate::order::Order;

/// The containers' fields, their titles, and where a pod's status has them.
const KINDS: [(&str, &str, &str); 3] = [
    ("/initContainers", "Init Containers", "/status/initContainerStatuses"),
    ("/containers", "Containers", "/status/containerStatuses"),
    ("/ephemeralContainers", "Ephemeral Containers", "/status/ephemeralContainerStatuses"),
];
const SECCOMP: &[(&str, &str)] = &[("SeccompProfile", "/securityContext/seccompProfile/type")];
const LOCALHOST: &[(&str, &str)] = &[("LocalhostProfile", "/securityContext/seccompProfile/localhostProfile")];
const PROBES: [(&str, &str); 3] =
    [("Liveness", "/livenessProbe"), ("Readiness", "/readinessProbe"), ("Startup", "/startupProbe")];

/// All containers of a spec; `pod` is the pod they belong to, if it isn't a template's.
pub fn all(spec: &Value, pod: Option<&Value>, indent: &str) -> String {
    let mut text = String::new();
    for (field, title, statuses) in KINDS {
        let containers = list(spec, field);
        let none = if containers.is_empty() { " <none>" } else { "" };
        if title == "Containers" || none.is_empty() {
            text += &format!("{indent}{title}:{none}\n");
        }
        let statuses = pod.map_or(&[][..], |pod| list(pod, statuses));
        for container in containers {
            let status = statuses.iter().find(|status| status.get("name") == container.get("name"));
            text += &format!("  {}{}:\n", indent.get(1..).unwrap_or_default(), word(container, "/name"));
            text += &one(container, status, pod);
        }
    }
    text
}

fn one(container: &Value, status: Option<&Value>, pod: Option<&Value>) -> String {
    let known = status.unwrap_or(&Value::Null);
    // A status that somebody pasted has both, be they empty; what a runtime would give isn't known here.
    let is_told = known.get("imageID").or(known.get("containerID")).is_some();
    let id = |title: &str, path: &str| {
        if is_told { format!("    {title}:\t{}\n", word(known, path)) } else { String::new() }
    };
    let mut text = id("Container ID", "/containerID");
    text += &format!("    Image:\t{}\n", word(container, "/image"));
    text += &id("Image ID", "/imageID");
    text += &ports(container, "Port", "/containerPort");
    text += &ports(container, "Host Port", "/hostPort");
    text += &said("    ", container, SECCOMP);
    text += &said("      ", container, LOCALHOST);
    for (title, path) in [("Command", "/command"), ("Args", "/args")] {
        let words: Vec<String> = list(container, path).iter().map(go_text).collect();
        let lines = words.iter().flat_map(|word| word.split('\n')).map(|line| format!("      {line}\n"));
        text += &section(title, "", lines.collect());
    }
    text += &status.map_or_else(String::new, state);
    text += &resources(container, "    ");
    for (title, path) in PROBES {
        text += &container.pointer(path).map_or_else(String::new, |it| format!("    {title}:\t{}\n", probe(it)));
    }
    let sources = list(container, "/envFrom").iter().map(env_from).collect();
    text += &section("Environment Variables from", "", sources);
    let variables = list(container, "/env").iter().map(|variable| env(variable, container, pod)).collect();
    text + &section("Environment", "\t<none>", variables) + &mounts(container)
}

/// Lines below a title, or what stands behind the title if there are none.
fn section(title: &str, none: &str, lines: String) -> String {
    match (lines.is_empty(), none.is_empty()) {
        (true, true) => lines,
        (true, false) => format!("    {title}:{none}\n"),
        (false, _) => format!("    {title}:\n{lines}"),
    }
}

fn ports(container: &Value, title: &str, path: &str) -> String {
    let port = |port: &Value| {
        let name = word(port, "/name");
        let name = if name.is_empty() { name } else { format!(" ({name})") };
        format!("{}/{}{name}", word_or(port, path, "0"), word_or(port, "/protocol", "TCP"))
    };
    match list(container, "/ports").iter().map(port).collect::<Vec<_>>().as_slice() {
        [] => format!("    {title}:\t<none>\n"),
        [one] => format!("    {title}:\t{one}\n"),
        ports => format!("    {title}s:\t{}\n", ports.join(", ")),
    }
}

/// describeContainerState, describeStatus.
fn state(status: &Value) -> String {
    let mut text = String::new();
    for (title, path) in [("State", "/state"), ("Last State", "/lastState")] {
        let details = |kind: &str| status.pointer(&format!("{path}/{kind}"));
        let (word, details) = match (details("running"), details("terminated")) {
            (Some(running), _) => ("Running", Some(running)),
            (None, Some(terminated)) => ("Terminated", Some(terminated)),
            (None, None) => ("Waiting", details("waiting")),
        };
        if title == "Last State" && word != "Terminated" {
            continue;
        }
        text += &format!("    {title}:\t{word}\n");
        let fields = match word {
            "Terminated" => &[("Reason", "/reason"), ("Message", "/message"), ("Exit Code", "/exitCode")][..],
            _ => &[("Reason", "/reason")],
        };
        let details = details.unwrap_or(&Value::Null);
        text += &said("      ", details, fields);
        text += &times(details, &[("      Started", "/startedAt")]);
        if word == "Terminated" {
            text += &times(details, &[("      Finished", "/finishedAt")]);
        }
    }
    let ready = if status.get("ready") == Some(&Value::Bool(true)) { "True" } else { "False" };
    text + &format!("    Ready:\t{ready}\n    Restart Count:\t{}\n", word_or(status, "/restartCount", "0"))
}

/// What is asked for and allowed, in a container or a pod (describeResources).
pub fn resources(of: &Value, indent: &str) -> String {
    let mut text = String::new();
    for (title, path) in [("Limits", "/resources/limits"), ("Requests", "/resources/requests")] {
        for (number, (name, amount)) in entries(of, path).iter().enumerate() {
            let amount = Quantity::parse(amount).map_or_else(|| amount.to_string(), |amount| amount.text());
            let title = if number == 0 { format!("{indent}{title}:\n") } else { String::new() };
            text += &format!("{title}{indent}  {name}:\t{amount}\n");
        }
    }
    text
}

/// DescribeProbe, with a URL as net/url writes it.
fn probe(probe: &Value) -> String {
    let number = |path: &str| word_or(probe, path, "0");
    let host = |host: String| if host.contains(':') { format!("[{host}]") } else { host };
    let action = ["exec", "httpGet", "tcpSocket", "grpc"].into_iter().find(|action| probe.get(action).is_some());
    let what = match action {
        Some("exec") => format!("exec {}", word_or(probe, "/exec/command", "[]")),
        Some("httpGet") => {
            let path = percent_encode(&word(probe, "/httpGet/path"));
            let slash = if path.is_empty() || path.starts_with('/') { "" } else { "/" };
            let scheme = word(probe, "/httpGet/scheme").to_lowercase();
            let host = host(word(probe, "/httpGet/host"));
            format!("http-get {scheme}://{host}:{}{slash}{path}", word(probe, "/httpGet/port"))
        }
        Some("tcpSocket") => {
            format!("tcp-socket {}:{}", word(probe, "/tcpSocket/host"), word(probe, "/tcpSocket/port"))
        }
        Some("grpc") => format!("grpc <pod>:{} {}", word(probe, "/grpc/port"), word(probe, "/grpc/service")),
        _ => "unknown".to_owned(),
    };
    format!(
        "{what} delay={}s timeout={}s period={}s successThreshold={} failureThreshold={}",
        number("/initialDelaySeconds"),
        number("/timeoutSeconds"),
        number("/periodSeconds"),
        number("/successThreshold"),
        number("/failureThreshold"),
    )
}

fn env_from(source: &Value) -> String {
    let kinds = [("ConfigMap", "/configMapRef"), ("Secret", "/secretRef")];
    let found = kinds.into_iter().find_map(|(kind, path)| Some((kind, source.pointer(path)?)));
    let (kind, reference) = found.unwrap_or(("", &Value::Null));
    let prefix = word(source, "/prefix");
    let prefix = if prefix.is_empty() { prefix } else { format!(" with prefix '{prefix}'") };
    let optional = word_or(reference, "/optional", "false");
    format!("      {}\t{kind}{prefix}\tOptional: {optional}\n", word(reference, "/name"))
}

fn env(variable: &Value, container: &Value, pod: Option<&Value>) -> String {
    let name = word(variable, "/name");
    let from = |path: &str| variable.pointer(&format!("/valueFrom{path}"));
    let key = |of: &Value, place: &str| {
        let (key, object) = (word(of, "/key"), word(of, "/name"));
        let optional = word_or(of, "/optional", "false");
        format!("      {name}:\t<set to the key '{key}' {place} '{object}'>\tOptional: {optional}\n")
    };
    if let Some(field) = from("/fieldRef") {
        let path = word(field, "/fieldPath");
        let value = pod.map_or_else(String::new, |pod| of_pod(pod, &path));
        format!("      {name}:\t{value} ({}:{path})\n", word_or(field, "/apiVersion", "v1"))
    } else if let Some(field) = from("/resourceFieldRef") {
        format!("      {name}:\t{} ({})\n", of_resources(container, field), word(field, "/resource"))
    } else if let Some(secret) = from("/secretKeyRef") {
        key(secret, "in secret")
    } else if let Some(map) = from("/configMapKeyRef") {
        key(map, "of config map")
    } else {
        format!("      {name}:\t{}\n", word(variable, "/value").replace('\n', "\n      \t"))
    }
}

/// Only metadata is found, not where the pod stands (fieldpath.ExtractFieldPathAsString).
fn of_pod(pod: &Value, path: &str) -> String {
    let keyed = path.strip_suffix("']").and_then(|path| path.split_once("['"));
    match (path, keyed) {
        (_, Some((map @ ("metadata.labels" | "metadata.annotations"), key))) => {
            let map = entries(pod, &format!("/{}", map.replace('.', "/")));
            map.get(key).map_or_else(String::new, ToString::to_string)
        }
        ("metadata.name" | "metadata.namespace" | "metadata.uid", _) => {
            word(pod, &format!("/{}", path.replace('.', "/")))
        }
        _ => String::new(),
    }
}

/// An amount in units of the divisor, rounded up (ExtractContainerResourceValue).
fn of_resources(container: &Value, field: &Value) -> String {
    let resource = word(field, "/resource");
    let amount = resource.split_once('.').map(|(kind, name)| word(container, &format!("/resources/{kind}/{name}")));
    let nano = |text: &str| Quantity::parse(text).map(|amount| amount.nano).filter(|nano| *nano > 0);
    let amount = amount.and_then(|amount| nano(&amount));
    let divisor = nano(&word(field, "/divisor")).or_else(|| nano("1")).unwrap_or(1);
    match amount {
        Some(amount) => (amount / divisor + i128::from(amount % divisor != 0)).to_string(),
        None if matches!(&*resource, "limits.cpu" | "limits.memory") => "node allocatable".to_owned(),
        None => "0".to_owned(),
    }
}

fn mounts(container: &Value) -> String {
    let sorted = |field: &str, by: &str| {
        let mut all: Vec<&Value> = list(container, field).iter().collect();
        all.order_by_key(|one| word(one, by));
        all
    };
    let mount = |mount: &Value| {
        let access = if word(mount, "/readOnly") == "true" { "ro" } else { "rw" };
        let path = word(mount, "/subPath");
        let path = if path.is_empty() { path } else { format!(",path={path:?}") };
        format!("      {} from {} ({access}{path})\n", word(mount, "/mountPath"), word(mount, "/name"))
    };
    let device = |device: &Value| format!("      {} from {}\n", word(device, "/devicePath"), word(device, "/name"));
    let mounts = sorted("/volumeMounts", "/mountPath").into_iter().map(mount).collect();
    let devices = sorted("/volumeDevices", "/devicePath").into_iter().map(device).collect();
    section("Mounts", "\t<none>", mounts) + &section("Devices", "", devices)
}
