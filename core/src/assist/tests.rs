//! Cursors in manifests that are being typed: `|` is the cursor.

use super::*;
use crate::cluster::SettingOverrides;
use crate::source::Sources;

const SHOP: &str = "kind: Service
apiVersion: v1
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80, name: http, targetPort: web}]
---
kind: Deployment
apiVersion: apps/v1
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, version: \"1.0\"}}
    spec: {containers: [{name: web, image: web, ports: [{containerPort: 8080, name: web}]}]}
---
";

fn at(marked: &str) -> (Simulation, usize) {
    let offset = SHOP.len() + marked.find('|').unwrap();
    let text = format!("{SHOP}{}", marked.replacen('|', "", 1));
    (Simulation::new(Sources::new([("a.yaml", text)]), &SettingOverrides::default()), offset)
}

fn offered(marked: &str) -> Vec<String> {
    let (simulation, offset) = at(marked);
    complete(&simulation, FileId(0), offset).items.into_iter().map(|item| item.insert).collect()
}

fn shown(marked: &str) -> String {
    let (simulation, offset) = at(marked);
    hover(&simulation, FileId(0), offset).map_or("nothing".to_owned(), |hover| {
        let word = simulation.manifests.sources.text(hover.span).to_owned();
        format!("{word}: {} {} {}", hover.kind, hover.path, hover.go_type)
    })
}

#[test]
fn fields_that_do_not_stand_there_yet_are_offered() {
    let ports = offered("kind: Service\napiVersion: v1\nspec:\n  ports:\n  - port: 80\n    ta|\n    name: http\n");
    assert_eq!(ports, ["appProtocol: ", "nodePort: ", "protocol: ", "targetPort: "]);
    let root = offered("kind: Service\napiVersion: v1\n|\nspec:\n  type: NodePort\n");
    assert_eq!(root, ["metadata:\n  ", "status:\n  "]);
}

#[test]
fn a_map_or_list_begins_on_the_next_line() {
    let offered = offered("kind: Pod\napiVersion: v1\nspec:\n  containers:\n  - name: a\n    |");
    assert!(offered.contains(&"ports:\n    - ".to_owned()), "{offered:?}");
    assert!(offered.contains(&"resources:\n      ".to_owned()), "{offered:?}");
    assert!(!offered.contains(&"name: ".to_owned()), "{offered:?}");
}

#[test]
fn an_object_that_nothing_is_known_of_has_what_all_have() {
    assert_eq!(offered("|"), ["apiVersion: ", "kind: ", "metadata:\n  "]);
    assert_eq!(
        offered("apiVersion: apps/v1\nkind: |"),
        ["ControllerRevision", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"]
    );
    assert_eq!(offered("apiVersion: |\nkind: Ingress\n"), ["networking.k8s.io/v1"]);
}

#[test]
fn items_of_a_list_are_objects() {
    let text = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Service\n  spec:\n    type: |";
    assert_eq!(offered(text), ["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"]);
}

#[test]
fn names_of_the_cluster_are_offered() {
    let backend = "kind: Ingress\napiVersion: networking.k8s.io/v1\nspec:\n  defaultBackend:\n    service:\n";
    assert_eq!(offered(&format!("{backend}      name: w|")), ["kubernetes", "web"]);
    assert_eq!(offered(&format!("{backend}      name: web\n      port:\n        number: |")), ["80"]);
    assert_eq!(offered(&format!("{backend}      name: web\n      port: {{name: h|}}")), ["http"]);
    let service = "kind: Service\napiVersion: v1\nmetadata:\n  name: other\nspec:\n";
    assert_eq!(offered(&format!("{service}  selector:\n    |")), ["app: ", "version: "]);
    assert_eq!(offered(&format!("{service}  selector:\n    version: |")), ["\"1.0\""]);
    assert_eq!(offered(&format!("{service}  ports:\n  - targetPort: |")), ["8080", "web"]);
}

#[test]
fn texts_and_comments_are_left_alone() {
    assert!(offered("kind: ConfigMap\napiVersion: v1\ndata:\n  a: >-\n    spec|").is_empty());
    assert!(offered("kind: Service\napiVersion: v1\n# ki|").is_empty());
    assert!(offered("kind: Service\napiVersion: v1\nspec:\n  type: NodePort\n    po|").is_empty());
}

#[test]
fn an_element_begins_with_a_field_or_a_value() {
    let text = "kind: NetworkPolicy\napiVersion: networking.k8s.io/v1\nspec:\n  policyTypes:\n  - |";
    assert_eq!(offered(text), ["Ingress", "Egress"]);
    let text = "kind: NetworkPolicy\napiVersion: networking.k8s.io/v1\nspec:\n  ingress:\n  - from:\n    - |";
    assert_eq!(offered(text), ["ipBlock:\n        ", "namespaceSelector:\n        ", "podSelector:\n        "]);
}

#[test]
fn braces_are_read_from_the_tree() {
    assert_eq!(
        shown("kind: Service\napiVersion: v1\nspec: {ports: [{port: 80, targ|etPort: web}]}\n"),
        "targetPort: Service spec.ports[0].targetPort intstr.IntOrString"
    );
    assert_eq!(
        offered("kind: Service\napiVersion: v1\nspec: {type: Nod|}\n"),
        ["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"]
    );
    assert_eq!(
        shown("{\"kind\": \"Service\", \"apiVersion\": \"v1\", \"spec\": {\"cluster|IP\": \"None\"}}"),
        "\"clusterIP\": Service spec.clusterIP string"
    );
}

#[test]
fn hovering_names_the_field() {
    let text = "kind: Deployment\napiVersion: apps/v1\nspec:\n  template:\n    spec:\n      containers:\n      - name: a\n      - name: b\n        ima";
    assert_eq!(shown(&format!("{text}|ge: x\n")), "image: Deployment spec.template.spec.containers[1].image string");
    assert_eq!(
        shown("kind: Service\napiVersion: v1\nspec:\n  type: Node|Port\n"),
        "NodePort: Service spec.type string"
    );
    assert_eq!(shown("kind: Service\napiVersion: v1\nspec:\n  typ|\n"), "nothing");
    let (simulation, offset) = at("kind: Service\napiVersion: v1\nspec:\n  ty|pe: NodePort\n");
    let description = hover(&simulation, FileId(0), offset).unwrap().description.unwrap();
    assert_eq!(description.field, "type");
}

#[test]
fn any_cursor_in_any_text_has_an_answer() {
    let text = "a:\n- b: é\n  c: {d: [\n---\n\t- x\nkind: \"Serv\nspec:\n  - - ports:\r\n   ? y\n";
    for offset in 0..=text.len() + 1 {
        let simulation = Simulation::new(Sources::new([("a.yaml", text)]), &SettingOverrides::default());
        complete(&simulation, FileId(0), offset);
        hover(&simulation, FileId(0), offset);
    }
}
