//! `kubectl get` of what routing hangs on beside pods and Services: nodes, Ingresses and their classes, NetworkPolicies,
//! namespaces, ConfigMaps, and the workloads. Columns of pkg/printers/internalversion/printers.go.

use super::api::ROOT_CERTIFICATE;
use super::replicas::ReplicaCounts;
use super::selector::selector_text;
use super::table_row::{NONE, ObjectTable, TableRow, UNKNOWN, cluster_scoped_row, namespaced_row};
use super::value::{label_line, word_or};
use super::{KubectlView, NamespaceScope, ObjectQuery};
use crate::cluster::{Cluster, Node, Workload};
use crate::model::{Ingress, Labels, Metadata, well_known};
use crate::order::Order;
use crate::source::ObjectRef;

const ROLE: &str = "node-role.kubernetes.io/";

/// Nodes (printNode). What only a running kubelet reports is unknown, unless a pasted status leaves it out.
pub fn nodes(query: &ObjectQuery, view: KubectlView<'_>) -> ObjectTable {
    let nodes = view.cluster.nodes.values();
    let wanted = nodes.filter(|node| wants_cluster_scoped(query, &node.name, &node.labels));
    let rows = wanted.map(|node| cluster_scoped_row(query, &node.name, &node.labels, node_cells(view, node))).collect();
    let wide: &[&str] = &["INTERNAL-IP", "EXTERNAL-IP", "OS-IMAGE", "KERNEL-VERSION", "CONTAINER-RUNTIME"];
    ObjectTable::of(&["NAME", "STATUS", "ROLES", "AGE", "VERSION"], wide, rows)
}

fn node_cells(view: KubectlView<'_>, node: &Node) -> Vec<String> {
    let ready = if node.ready { "Ready" } else { "NotReady" };
    let cordoned = if node.object.spec.unschedulable { ",SchedulingDisabled" } else { "" };
    let address = |kind: &str| {
        let addresses = &node.object.status.addresses;
        addresses.iter().find(|address| &*address.kind == kind).map(|address| address.address.to_string())
    };
    let internal = address("InternalIP").or_else(|| node.addresses.first().map(ToString::to_string));
    let written = super::documents::written_object(view, &ObjectRef::cluster_scoped("Node", &node.name));
    let is_told = written.as_ref().is_some_and(|object| object.get("status").is_some());
    let object = written.unwrap_or_default();
    let info = |key: &str, absent: &str| word_or(&object, &format!("/status/nodeInfo/{key}"), absent);
    let architecture = match info("architecture", "") {
        name if name.is_empty() => name,
        name => format!(" ({name})"),
    };
    vec![
        format!("{ready}{cordoned}"),
        node_roles(node),
        UNKNOWN.to_owned(),
        info("kubeletVersion", if is_told { "" } else { UNKNOWN }),
        internal.unwrap_or_else(|| NONE.to_owned()),
        address("ExternalIP").unwrap_or_else(|| NONE.to_owned()),
        info("osImage", UNKNOWN),
        info("kernelVersion", UNKNOWN) + &architecture,
        info("containerRuntimeVersion", UNKNOWN),
    ]
}

/// `control-plane`, by a node's labels (findNodeRoles).
pub fn node_roles(node: &Node) -> String {
    let roles: Vec<&str> = node.labels.keys().filter_map(|key| key.strip_prefix(ROLE)).collect();
    comma_list(&roles)
}

/// Ingresses (printIngress).
pub fn ingresses(query: &ObjectQuery, cluster: &Cluster) -> ObjectTable {
    let rows =
        namespaced_rows(query, cluster.ingresses.values().map(|ingress| (&ingress.metadata, ingress)), |ingress| {
            ingress_cells(ingress, cluster)
        });
    ObjectTable::of(&["NAME", "CLASS", "HOSTS", "ADDRESS", "PORTS", "AGE"], &[], rows)
}

/// Whether no class of its name is there: then no controller takes it, and nobody writes its status.
fn is_nobodys(ingress: &Ingress, cluster: &Cluster) -> bool {
    let annotated = ingress.metadata.annotations.keys().any(|key| &**key == "kubernetes.io/ingress.class");
    let class = ingress.spec.ingress_class_name.as_ref();
    !annotated && class.is_some_and(|class| !cluster.ingress_classes.contains_key(class))
}

/// The address is what the object's status says; who writes it is a controller, and what it would write isn't modelled.
fn ingress_cells(ingress: &Ingress, cluster: &Cluster) -> Vec<String> {
    let spec = &ingress.spec;
    let hosts: Vec<&str> = spec.rules.iter().filter_map(|rule| rule.host.as_deref()).collect();
    let hosts: Vec<&str> = hosts.into_iter().filter(|host| !host.is_empty()).collect();
    let given = ingress.status.load_balancer.ingress.iter();
    let given: Vec<&str> =
        given.filter_map(|one| one.ip.as_deref().filter(|ip| !ip.is_empty()).or(one.hostname.as_deref())).collect();
    vec![
        spec.ingress_class_name.as_deref().unwrap_or(NONE).to_owned(),
        match hosts.as_slice() {
            [] => "*".to_owned(),
            [first, second, third, more @ ..] if !more.is_empty() => {
                format!("{first},{second},{third} + {} more...", more.len())
            }
            hosts => hosts.join(","),
        },
        if given.is_empty() && !is_nobodys(ingress, cluster) { UNKNOWN.to_owned() } else { given.join(",") },
        if spec.tls.is_empty() { "80" } else { "80, 443" }.to_owned(),
        UNKNOWN.to_owned(),
    ]
}

/// IngressClasses (printIngressClass).
pub fn ingress_classes(query: &ObjectQuery, cluster: &Cluster) -> ObjectTable {
    let wanted = cluster.ingress_classes.iter();
    let wanted = wanted.filter(|(name, class)| wants_cluster_scoped(query, name, &class.metadata.labels));
    let rows = wanted.map(|(name, class)| {
        let parameters = class.spec.parameters.as_ref().map(|parameters| match &parameters.api_group {
            Some(group) if !group.is_empty() => format!("{}.{group}/{}", parameters.kind, parameters.name),
            _ => format!("{}/{}", parameters.kind, parameters.name),
        });
        let parameters = parameters.unwrap_or_else(|| NONE.to_owned());
        let cells = vec![class.spec.controller.to_string(), parameters, UNKNOWN.to_owned()];
        let mut row = cluster_scoped_row(query, name, &class.metadata.labels, cells);
        if class.metadata.annotations.get(well_known::DEFAULT_INGRESS_CLASS).is_some_and(|text| &**text == "true") {
            row.cells.iter_mut().take(1).for_each(|cell| cell.push_str(" (default)"));
        }
        row
    });
    ObjectTable::of(&["NAME", "CONTROLLER", "PARAMETERS", "AGE"], &[], rows.collect())
}

/// NetworkPolicies (printNetworkPolicy).
pub fn network_policies(query: &ObjectQuery, cluster: &Cluster) -> ObjectTable {
    let policies = cluster.network_policies.values().map(|policy| (&policy.metadata, policy));
    let rows =
        namespaced_rows(query, policies, |policy| vec![selector_text(&policy.spec.pod_selector), UNKNOWN.to_owned()]);
    ObjectTable::of(&["NAME", "POD-SELECTOR", "AGE"], &[], rows)
}

/// ConfigMaps (printConfigMap).
pub fn config_maps(query: &ObjectQuery, cluster: &Cluster) -> ObjectTable {
    let maps = cluster.config_maps.values().map(|map| (&map.metadata, map));
    let mut rows = namespaced_rows(query, maps, |map| {
        vec![(map.data.len() + map.binary_data.len()).to_string(), UNKNOWN.to_owned()]
    });
    let none = Labels::new();
    let published = cluster.namespaces.keys().filter(|namespace| {
        cluster.config_maps.get(namespace, ROOT_CERTIFICATE).is_none()
            && query.wants(namespace, ROOT_CERTIFICATE, &none)
    });
    let row =
        |namespace| namespaced_row(query, namespace, ROOT_CERTIFICATE, &none, vec!["1".to_owned(), UNKNOWN.to_owned()]);
    rows.extend(published.map(|namespace| row(namespace)));
    rows.order_by_key(|row| (row.namespace.clone(), row.name.clone()));
    ObjectTable::of(&["NAME", "DATA", "AGE"], &[], rows)
}

/// Namespaces (printNamespace).
pub fn namespaces(query: &ObjectQuery, cluster: &Cluster) -> ObjectTable {
    let wanted = cluster.namespaces.iter().filter(|(name, labels)| wants_cluster_scoped(query, name, labels));
    let rows = wanted
        .map(|(name, labels)| cluster_scoped_row(query, name, labels, vec!["Active".to_owned(), UNKNOWN.to_owned()]));
    ObjectTable::of(&["NAME", "STATUS", "AGE"], &[], rows.collect())
}

/// What `-o wide` adds of a workload's template, and of its selector behind it.
const TEMPLATE: &[&str] = &["CONTAINERS", "IMAGES", "SELECTOR"];

/// Deployments (printDeployment).
pub fn deployments(query: &ObjectQuery, cluster: &Cluster) -> ObjectTable {
    let rows = workloads(query, cluster, "Deployment", |replicas, _| {
        vec![
            replicas.ready_of_desired(),
            replicas.updated.to_string(),
            replicas.available.to_string(),
            UNKNOWN.to_owned(),
        ]
    });
    ObjectTable::of(&["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"], TEMPLATE, rows)
}

/// ReplicaSets and ReplicationControllers (printReplicaSet, printReplicationController).
pub fn replica_sets(query: &ObjectQuery, cluster: &Cluster) -> ObjectTable {
    let rows = workloads(query, cluster, query.resource.kind(), |replicas, _| {
        let ReplicaCounts { desired, current, ready, .. } = replicas;
        vec![desired.to_string(), current.to_string(), ready.to_string(), UNKNOWN.to_owned()]
    });
    ObjectTable::of(&["NAME", "DESIRED", "CURRENT", "READY", "AGE"], TEMPLATE, rows)
}

/// StatefulSets (printStatefulSet).
pub fn stateful_sets(query: &ObjectQuery, cluster: &Cluster) -> ObjectTable {
    let rows =
        workloads(query, cluster, "StatefulSet", |replicas, _| vec![replicas.ready_of_desired(), UNKNOWN.to_owned()]);
    ObjectTable::of(&["NAME", "READY", "AGE"], &["CONTAINERS", "IMAGES"], rows)
}

/// DaemonSets (printDaemonSet).
pub fn daemon_sets(query: &ObjectQuery, cluster: &Cluster) -> ObjectTable {
    let rows = workloads(query, cluster, "DaemonSet", |replicas, workload| {
        let wanted = replicas.desired.to_string();
        let available = replicas.available.to_string();
        let selector =
            if workload.pods.is_empty() { NONE.to_owned() } else { label_line(&workload.template.node_selector) };
        vec![wanted.clone(), wanted.clone(), available.clone(), wanted, available, selector, UNKNOWN.to_owned()]
    });
    ObjectTable::of(
        &["NAME", "DESIRED", "CURRENT", "READY", "UP-TO-DATE", "AVAILABLE", "NODE SELECTOR", "AGE"],
        TEMPLATE,
        rows,
    )
}

/// The workloads of a kind with their pods.
fn workloads(
    query: &ObjectQuery,
    cluster: &Cluster,
    kind: &str,
    cells: impl Fn(ReplicaCounts, &Workload) -> Vec<String>,
) -> Vec<TableRow> {
    let all = cluster.workloads.iter().filter(|(reference, _)| &*reference.kind == kind);
    let rows = all.filter_map(|(reference, workload)| {
        let (namespace, name) = (reference.namespace.as_deref().unwrap_or_default(), &reference.name);
        let containers = &workload.template.containers;
        let names: Vec<&str> = containers.iter().map(|container| &*container.name).collect();
        let images: Vec<&str> = containers.iter().map(|container| &*container.image).collect();
        let selector = workload.selector.as_ref().map_or_else(|| NONE.to_owned(), selector_text);
        let cells = || {
            let replicas = ReplicaCounts::of(cluster, reference, workload);
            [cells(replicas, workload), vec![names.join(","), images.join(","), selector]].concat()
        };
        let wanted = query.wants(namespace, name, &workload.labels);
        wanted.then(|| namespaced_row(query, namespace, name, &workload.labels, cells()))
    });
    rows.collect()
}

impl ReplicaCounts {
    fn ready_of_desired(self) -> String {
        format!("{}/{}", self.ready, self.desired)
    }
}

/// The objects of a namespaced kind.
fn namespaced_rows<'a, T>(
    query: &ObjectQuery,
    objects: impl Iterator<Item = (&'a Metadata, &'a T)>,
    cells: impl Fn(&T) -> Vec<String>,
) -> Vec<TableRow>
where
    T: 'a,
{
    let wanted = objects.filter(|(metadata, _)| query.wants(&metadata.namespace, &metadata.name, &metadata.labels));
    wanted
        .map(|(metadata, object)| {
            namespaced_row(query, &metadata.namespace, &metadata.name, &metadata.labels, cells(object))
        })
        .collect()
}

/// Whether an object beside the namespaces is asked for: no namespace leaves it out.
fn wants_cluster_scoped(query: &ObjectQuery, name: &str, labels: &Labels) -> bool {
    match &query.namespace {
        NamespaceScope::One(namespace) => query.wants(namespace, name, labels),
        NamespaceScope::All => query.wants("", name, labels),
    }
}

fn comma_list(words: &[&str]) -> String {
    if words.is_empty() { NONE.to_owned() } else { words.join(",") }
}

#[cfg(test)]
mod tests {
    use super::super::{KubectlView, parse_kubectl};
    use crate::cluster::{Cluster, SettingOverrides};
    use crate::manifest::Manifests;
    use crate::source::Sources;

    const SHOP: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: a, image: nginx}]}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [a.example.com]}]
  rules: [{host: a.example.com}, {host: b.example.com}, {host: c.example.com}, {host: d.example.com}]
status: {loadBalancer: {ingress: [{ip: 192.0.2.80}]}}
---
apiVersion: v1
kind: Node
metadata: {name: n1, labels: {node-role.kubernetes.io/control-plane: \"\"}}
spec: {unschedulable: true}
status: {addresses: [{type: InternalIP, address: 192.0.2.1}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: closed}
spec: {podSelector: {matchLabels: {b: c}, matchExpressions: [{key: a, operator: NotIn, values: [y, x]}]}}
";

    fn printed(command: &str) -> (String, String) {
        let manifests = Manifests::read(Sources::new([("a.yaml", SHOP)]));
        let cluster = Cluster::build(&manifests, &SettingOverrides::default());
        let words: Vec<String> = command.split(' ').map(str::to_owned).collect();
        let view = KubectlView { manifests: &manifests, cluster: &cluster, files: &Default::default(), clock: None };
        let (output, _) = parse_kubectl(&words).unwrap().run(view).unwrap();
        (output.stdout.unwrap_or_default(), output.stderr)
    }

    #[test]
    fn columns_are_those_of_kubectl() {
        for (command, table) in [
            (
                "get ing",
                "NAME   CLASS   HOSTS                                               ADDRESS      PORTS     AGE\n\
                 shop   nginx   a.example.com,b.example.com,c.example.com + 1 more...   192.0.2.80   80, 443   <unknown>\n",
            ),
            ("get netpol", "NAME     POD-SELECTOR       AGE\nclosed   a notin (x,y),b=c   <unknown>\n"),
            (
                "get no",
                "NAME   STATUS                     ROLES           AGE         VERSION\nn1     Ready,SchedulingDisabled   control-plane   <unknown>   \n",
            ),
            (
                "get deploy web",
                "NAME   READY   UP-TO-DATE   AVAILABLE   AGE\nweb    0/2     2            0           <unknown>\n",
            ),
        ] {
            let words = |text: &str| {
                text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>()
            };
            assert_eq!(words(&printed(command).0), words(table), "{command}");
        }
    }

    #[test]
    fn what_stands_beside_the_namespaces_has_none() {
        assert!(printed("get nodes -A -o wide").0.starts_with("NAME   STATUS"));
        assert_eq!(
            printed("get ingressclasses x").1,
            "Error from server (NotFound): ingressclasses.networking.k8s.io \"x\" not found\n"
        );
        assert_eq!(printed("get ds").1, "No resources found in default namespace.\n");
    }
}
