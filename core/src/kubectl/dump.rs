//! `kubectl cluster-info dump` (pkg/cmd/clusterinfo): lists of objects, and the logs of all containers.

use super::flags::{self, KubectlFlags};
use super::{KubectlView, Output, UsageError, get};

/// The lists of each namespace, in kubectl's order.
const LISTS: [&str; 7] =
    ["events", "replicationcontrollers", "services", "daemonsets.apps", "deployments.apps", "replicasets.apps", "pods"];

/// What there is; what containers write isn't known.
pub fn cluster_info_dump(view: KubectlView<'_>, flags: &KubectlFlags) -> Result<Output, UsageError> {
    // 1. How a list is printed.
    let format = flags.value("output").unwrap_or("json");
    let cluster = view.cluster;
    let list = |text: &mut String, kind: &str, namespace: &str| -> Result<(), UsageError> {
        let words = ["get", kind, "-n", namespace, "-o", format].map(str::to_owned);
        let output = get::get_output(&flags::read(&words)?, view)?;
        text.push_str(&output.stdout.unwrap_or_default());
        Ok(())
    };
    let mut text = String::new();
    // 2. The nodes, then the namespaces that are asked for.
    list(&mut text, "nodes", "")?;
    let named: Vec<String> = flags.list("namespaces").into_iter().map(str::to_owned).collect();
    let namespaces: Vec<String> = match (flags.is("all-namespaces"), named.is_empty()) {
        (true, _) => cluster.namespaces.keys().map(ToString::to_string).collect(),
        (false, false) => named,
        (false, true) => vec!["kube-system".to_owned(), flags.namespace().to_owned()],
    };
    for namespace in &namespaces {
        // 3. Each namespace's lists, and an empty log for every container.
        for kind in LISTS {
            list(&mut text, kind, namespace)?;
        }
        for pod in cluster.pods.values().filter(|pod| pod.namespace() == namespace) {
            for container in &pod.spec.containers {
                let of = format!("logs for container {} of pod {namespace}/{}", container.name, pod.name());
                text.push_str(&format!("==== START {of} ====\n==== END {of} ====\n"));
            }
        }
    }
    let note = "whichpod: what containers write isn't known here: left out of the dump\n".to_owned();
    Ok(Output { stdout: Some(text), stderr: note, exit: 0 })
}
