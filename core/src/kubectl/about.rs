//! What kubectl says of itself and of the cluster as a whole: `version`, `cluster-info`, `--help`.

use serde_json::json;

use super::flags::{self, KubectlFlags};
use super::{KubectlView, UsageError};

/// The kubectl whose output this is.
const VERSION: &str = "v1.37.2";
const KUSTOMIZE: &str = "v5.8.1";

/// What each verb is for.
const TITLES: [(&str, &str); 24] = [
    ("annotate", "Update the annotations on one or more resources."),
    ("apply", "Apply a configuration to a resource by file name or stdin."),
    ("autoscale", "Create an autoscaler that sets how many pods run."),
    ("cordon", "Mark node as unschedulable."),
    ("create", "Create a resource from a file or from stdin."),
    ("create configmap", "Create a config map from files, directories or literal values."),
    ("create deployment", "Create a deployment with the specified name."),
    ("create ingress", "Create an ingress with the specified name."),
    ("create namespace", "Create a namespace with the specified name."),
    ("create secret", "Create a secret with specified type."),
    ("create service", "Create a service using a specified subcommand."),
    ("delete", "Delete resources by file names, stdin, resources and names, or by label selector."),
    ("describe", "Show details of a resource or group of resources."),
    ("drain", "Drain node in preparation for maintenance."),
    ("exec", "Execute a command in a container."),
    ("expose", "Expose a resource as a new Kubernetes service."),
    ("get", "Display one or many resources."),
    ("label", "Update the labels on a resource."),
    ("patch", "Update fields of a resource with a patch."),
    ("rollout", "Manage the rollout of one or many resources."),
    ("run", "Create and run a particular image in a pod."),
    ("scale", "Set a new size for a deployment, replica set, replication controller, or stateful set."),
    ("set image", "Update existing container image(s) of resources."),
    ("taint", "Update the taints on one or more nodes."),
];

/// `kubectl run --help`, `kubectl help run`: what the verb is for and the flags that are understood here; None without
/// such a word.
pub fn help(args: &[String]) -> Option<String> {
    let own: Vec<&str> = args.iter().map(String::as_str).take_while(|word| *word != "--").collect();
    let asks = own.iter().any(|word| ["--help", "-h"].contains(word)) || own.first() == Some(&"help");
    if !asks {
        return None;
    }
    let words: Vec<&str> = own.into_iter().filter(|word| !word.starts_with('-') && *word != "help").collect();
    let longest = TITLES.iter().filter(|(verb, _)| {
        let verb: Vec<&str> = verb.split(' ').collect();
        words.get(..verb.len()) == Some(&verb[..])
    });
    let Some((verb, title)) = longest.max_by_key(|(verb, _)| verb.len()) else {
        let verbs: String = flags::verb_names().map(|verb| format!("  {verb}\n")).collect();
        return Some(format!(
            "kubectl controls the Kubernetes cluster manager.\n\nCommands that are understood here:\n{verbs}"
        ));
    };
    let flags: String = flags::flags_of(verb).iter().map(|flag| format!("    {flag}\n")).collect();
    Some(format!("{title}\n\nOptions that are understood here:\n{flags}\nUsage:\n  kubectl {verb} [options]\n"))
}

/// `kubectl options`: the flags that every verb has, as far as they are understood.
pub fn options() -> String {
    let flags: String = flags::flags_of("").iter().map(|flag| format!("    {flag}\n")).collect();
    format!("The following options can be passed to any command:\n\n{flags}")
}

/// `version`; what the server is, only a node's status tells.
pub fn version(view: KubectlView<'_>, flags: &KubectlFlags) -> Result<String, UsageError> {
    if let Some(format) = flags.value("output") {
        return version_object(view, flags, format);
    }
    let mut text = format!("Client Version: {VERSION}\nKustomize Version: {KUSTOMIZE}\n");
    if !flags.is("client") {
        let server = server_version(view).unwrap_or_else(|| "<unknown>".to_owned());
        text.push_str(&format!("Server Version: {server}\n"));
    }
    Ok(text)
}

/// What the nodes run.
fn server_version(view: KubectlView<'_>) -> Option<String> {
    let mut nodes = view.manifests.objects.iter().filter(|object| &*object.reference.kind == "Node");
    nodes
        .find_map(|node| node.node.child("status")?.child("nodeInfo")?.child("kubeletVersion")?.text())
        .map(|text| text.to_string())
}

/// `version -o json|yaml`; commits and dates of builds are left out.
fn version_object(view: KubectlView<'_>, flags: &KubectlFlags, format: &str) -> Result<String, UsageError> {
    let parts = |version: &str| {
        let mut numbers = version.trim_start_matches('v').split('.');
        let (major, minor) = (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default());
        json!({"major": major, "minor": minor, "gitVersion": version, "compiler": "gc", "platform": "linux/amd64"})
    };
    let mut object = json!({"clientVersion": parts(VERSION), "kustomizeVersion": KUSTOMIZE});
    if let (false, Some(server)) = (flags.is("client"), server_version(view)) {
        super::json_tree::merge(&mut object, json!({"serverVersion": parts(&server)}));
    }
    match format {
        "json" => Ok(serde_json::to_string_pretty(&object).unwrap_or_default() + "\n"),
        "yaml" => Ok(crate::yaml::write(&object)),
        _ => Err(super::kubectl_error("error: --output must be 'yaml' or 'json'")),
    }
}

/// `cluster-info`
pub fn cluster_info(view: KubectlView<'_>) -> String {
    let slices = view.cluster.slices_of("default", "kubernetes").iter();
    let address = slices.flat_map(|slice| &slice.endpoints).find_map(|endpoint| endpoint.addresses.first().copied());
    let server =
        address.map_or_else(|| "kubernetes:6443".to_owned(), |address| crate::packet::socket_text(address, 6443));
    let mut text = format!("Kubernetes control plane is running at https://{server}\n");
    if view.cluster.services.get("kube-system", "kube-dns").is_some() {
        text.push_str(&format!(
            "CoreDNS is running at https://{server}/api/v1/namespaces/kube-system/services/kube-dns:dns/proxy\n"
        ));
    }
    text + "\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n"
}
