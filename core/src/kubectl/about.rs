//! What kubectl says of itself and of the cluster as a whole: `version`, `cluster-info`, `--help`, verbs that it doesn't have.

use super::flags::{self, KubectlFlags};
use super::{KubectlView, UsageError, kubectl_error, unsupported_error};

/// The kubectl whose output this is.
const VERSION: &str = "v1.37.2";
const KUSTOMIZE: &str = "v5.8.1";

/// All verbs that kubectl has, in the order of its help.
#[rustfmt::skip]
const VERBS: [&str; 46] = [
    "create", "expose", "run", "set", "explain", "get", "edit", "delete",
    "rollout", "scale", "autoscale", "certificate", "cluster-info", "top", "cordon", "uncordon",
    "drain", "taint", "describe", "logs", "attach", "exec", "port-forward", "proxy",
    "cp", "auth", "debug", "events", "diff", "apply", "patch", "replace",
    "wait", "kustomize", "label", "annotate", "completion", "alpha", "api-resources", "api-versions",
    "config", "kuberc", "plugin", "version", "options", "help",
];

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

/// `version`; what the server is, only a node's status tells.
pub fn version(view: KubectlView<'_>, flags: &KubectlFlags) -> Result<String, UsageError> {
    if let Some(format) = flags.value("output") {
        return Err(unsupported_error(format!("kubectl version -o {format} isn't understood here")));
    }
    let mut text = format!("Client Version: {VERSION}\nKustomize Version: {KUSTOMIZE}\n");
    let nodes = view.manifests.objects.iter().filter(|object| &*object.reference.kind == "Node");
    let versions =
        nodes.filter_map(|node| node.node.child("status")?.child("nodeInfo")?.child("kubeletVersion")?.text());
    if !flags.is("client") {
        let server = versions.into_iter().next().map_or("<unknown>", |version| version);
        text.push_str(&format!("Server Version: {server}\n"));
    }
    Ok(text)
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

/// What is said of a word that is no verb here: kubectl's own words, with those that are near (cobra, SuggestionsFor), or, of
/// a verb that it has, that it isn't understood.
pub fn no_verb(word: &str) -> UsageError {
    let mut all = VERBS.iter();
    if word.is_empty() || all.clone().any(|verb| *verb == word) {
        let known: Vec<&str> = flags::verb_names().collect();
        let known = known.join(", ");
        return unsupported_error(match word {
            "kustomize" => {
                "kubectl kustomize isn't understood here: paste the manifests that it prints elsewhere".to_owned()
            }
            "" => format!("kubectl: a verb is missing; these are understood: {known}"),
            word => format!("kubectl {word} isn't understood here: {known} are"),
        });
    }
    let near: String = all
        .by_ref()
        .filter(|verb| distance(word, verb) <= 2 || verb.starts_with(&word.to_lowercase()))
        .map(|verb| format!("\t{verb}\n"))
        .collect();
    let near = if near.is_empty() { String::new() } else { format!("\n\nDid you mean this?\n{}", near.trim_end()) };
    kubectl_error(format!("error: unknown command {word:?} for \"kubectl\"{near}"))
}

/// Levenshtein's distance.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (line, letter) in left.chars().enumerate() {
        let mut above_left = line;
        let mut previous = line + 1;
        let mut next = vec![previous];
        for (at, other) in right.iter().enumerate() {
            let above = row.get(at + 1).copied().unwrap_or_default();
            let cost = above_left + usize::from(letter != *other);
            previous = cost.min(above + 1).min(previous + 1);
            next.push(previous);
            above_left = above;
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_offered() {
        assert_eq!((distance("foo", "top"), distance("gte", "get"), distance("a", "abcd")), (2, 2, 3));
        assert_eq!(
            no_verb("foo").message,
            "error: unknown command \"foo\" for \"kubectl\"\n\nDid you mean this?\n\ttop"
        );
    }
}
