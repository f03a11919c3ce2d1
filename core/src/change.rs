//! What happens to the cluster, written into the manifests: fields set and removed, objects added and deleted, and in the
//! World document what became of pods. Pure: texts in, texts out, edited where something changes and nowhere else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};

use serde::{Deserialize, Serialize};

use crate::manifest::{DEFAULT_NAMESPACE, Manifests, split_documents};
use crate::model::Text;
use crate::source::{FieldPath, FileId, ObjectRef, Sources, Span};
use crate::yaml::{self, YamlNode};

mod edit;

use edit::{Edit, remove, set};

/// Something that happens.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// An object more, below the others.
    Add(Value),
    /// An object less.
    Delete(ObjectRef),
    /// A field has another value; None: it isn't there any more.
    Set(ObjectRef, FieldPath, Option<Value>),
    /// Something becomes of a pod: `default/web-1`.
    Pod(Text, PodFate),
    /// The roll-out of a Deployment is at a step: `default/web`; None: it is over.
    Rollout(Text, Option<usize>),
    /// The cluster becomes one as this installer makes it.
    Preset(Text),
    /// The cluster follows this version of Kubernetes: `1.35`.
    KubernetesVersion(Text),
}

/// What becomes of a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PodFate {
    /// Its readiness probe succeeds.
    Ready,
    /// Its readiness probe fails.
    Unready,
    /// It is being deleted and still answers.
    Terminating,
    /// It is gone.
    Deleted,
}

/// What a change is about doesn't stand in the texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotWritten;

/// The texts after changes.
#[derive(Clone, Debug)]
pub struct Changed {
    /// All of them.
    pub sources: Sources,
    /// What was written last, by its place in them.
    pub at: Span,
}

/// Makes changes as if one after the other, each in the texts that the one before it left. None for no change.
pub fn apply(manifests: &Manifests, changes: &[Change]) -> Result<Option<Changed>, NotWritten> {
    let mut done: Option<Changed> = None;
    let mut left: Vec<&Change> = changes.iter().collect();
    while !left.is_empty() {
        let read = done.as_ref().map(|done| Manifests::read_with(done.sources.clone(), manifests.checks));
        let manifests = read.as_ref().unwrap_or(manifests);
        let (edits, later) = edits_at_once(manifests, &left)?;
        done = Some(edit::apply(edits, &manifests.sources)?);
        left = later;
    }
    Ok(done)
}

/// The edits that can be made in the same texts, so that these are read once for all of them, and the changes that are left:
/// one waits for another of the same object, for one whose text it overlaps, and for whatever isn't about an object alone.
fn edits_at_once<'c>(
    manifests: &Manifests,
    changes: &[&'c Change],
) -> Result<(Vec<Edit>, Vec<&'c Change>), NotWritten> {
    let (mut edits, mut taken): (Vec<Edit>, BTreeMap<(FileId, u32), Span>) = (Vec::new(), BTreeMap::new());
    let mut touched: BTreeSet<&ObjectRef> = BTreeSet::new();
    let mut later = Vec::new();
    let mut changes = changes.iter().copied();
    for change in changes.by_ref() {
        // 1. What isn't about an object alone is made by itself, first or not now.
        let (Change::Set(object, ..) | Change::Delete(object)) = change else {
            if edits.is_empty() {
                edits.push(edit(manifests, change)?);
            } else {
                later.push(change);
            }
            break;
        };
        // 2. A second change of the same object waits for the text that the first one makes.
        if !touched.insert(object) {
            later.push(change);
            continue;
        }
        // 3. The edit joins those before it unless their texts overlap or it must stand alone.
        let edit = edit(manifests, change)?;
        let (alone, place) = (edit.alone, (edit.span.file, edit.span.start));
        // Those taken don't overlap, so only the nearest two can.
        let neighbours = taken.range(..=place).next_back().into_iter().chain(taken.range(place..).next());
        if edits.is_empty() || (!alone && neighbours.into_iter().all(|(_, other)| !edit.overlaps(*other))) {
            taken.insert(place, edit.span);
            edits.push(edit);
            if alone {
                break;
            }
        } else {
            later.push(change);
        }
    }
    // 4. What wasn't looked at stays for the next round.
    later.extend(changes);
    Ok((edits, later))
}

fn edit(manifests: &Manifests, change: &Change) -> Result<Edit, NotWritten> {
    let node = |object: &ObjectRef| node_of(manifests, object).ok_or(NotWritten);
    match change {
        Change::Add(object) => Ok(add(manifests, object)),
        Change::Delete(object) => edit::delete(&manifests.sources, &*node(object)?),
        Change::Set(object, path, Some(value)) => set(&manifests.sources, &*node(object)?, path, value),
        Change::Set(object, path, None) => remove(&manifests.sources, &*node(object)?, path),
        Change::Pod(name, fate) => pod(manifests, name, *fate),
        Change::Rollout(name, step) => rollout(manifests, name, *step),
        Change::Preset(name) => of_world(manifests, "preset", name),
        Change::KubernetesVersion(version) => of_world(manifests, "kubernetesVersion", version),
    }
}

/// A field of the World's spec.
fn of_world(manifests: &Manifests, field: &str, value: &str) -> Result<Edit, NotWritten> {
    let value = json!(value);
    match world(manifests) {
        Some(world) => set(&manifests.sources, world, &FieldPath::from("spec").field(field), &value),
        None => Ok(add(manifests, &new_world(field, value))),
    }
}

/// An object's tree; of a kind that plays no part it is read anew.
fn node_of(manifests: &Manifests, object: &ObjectRef) -> Option<Arc<YamlNode>> {
    if let Some(object) = manifests.find(object) {
        return Some(object.node.clone());
    }
    let Some(seen) = manifests.seen.iter().find(|seen| seen.reference == *object) else {
        return refused_node(manifests, object);
    };
    let text = manifests.sources.text(seen.span);
    yaml::parse(seen.span.file, text, seen.span.start).0.map(Arc::new)
}

/// The tree of an object that the API server would refuse as it stands: so it may be between two changes of one command.
fn refused_node(manifests: &Manifests, object: &ObjectRef) -> Option<Arc<YamlNode>> {
    let is_it = |node: &YamlNode| {
        let text = |node: &YamlNode, key: &str| node.child(key).and_then(YamlNode::text).cloned();
        let metadata = node.child("metadata");
        let of_metadata = |key: &str| metadata.and_then(|metadata| text(metadata, key));
        let namespace = of_metadata("namespace").unwrap_or_else(|| DEFAULT_NAMESPACE.into());
        text(node, "kind").as_deref() == Some(&*object.kind)
            && of_metadata("name").as_deref() == Some(&*object.name)
            && object.namespace.as_deref().is_none_or(|own| *own == *namespace)
    };
    let mut parsed = manifests.sources.iter().flat_map(|(id, file)| {
        split_documents(&file.text).filter_map(move |(start, document)| yaml::parse(id, document, start as u32).0)
    });
    parsed.find(|node| is_it(node)).map(Arc::new)
}

/// A document at the end of the first text, or in a file of its own.
fn add(manifests: &Manifests, object: &Value) -> Edit {
    let document = yaml::write(object);
    let first = manifests.sources.file(FileId(0)).filter(|file| !file.text.trim_start().starts_with('{'));
    let Some(first) = first else {
        let file = FileId(manifests.sources.iter().count() as u32);
        return Edit::new(Span { file, start: 0, end: 0 }, document);
    };
    let end = first.text.len() as u32;
    let (line_break, separator) = match &*first.text {
        text if text.trim().is_empty() => ("", ""),
        text if text.ends_with('\n') => ("", "---\n"),
        _ => ("\n", "---\n"),
    };
    Edit::new(Span { file: FileId(0), start: end, end }, format!("{line_break}{separator}{document}"))
}

/// The World document, if there is one: of several the first counts.
pub fn world(manifests: &Manifests) -> Option<&YamlNode> {
    let worlds = manifests.objects.iter().filter(|object| &*object.reference.kind == "World");
    worlds.min_by_key(|object| object.order).map(|object| &*object.node)
}

fn new_world(key: &str, value: Value) -> Value {
    json!({"apiVersion": "whichpod.dev/v1", "kind": "World", "spec": {key: value}})
}

fn pod(manifests: &Manifests, name: &str, fate: PodFate) -> Result<Edit, NotWritten> {
    let Some(world) = world(manifests) else {
        return Ok(add(manifests, &new_world("pods", json!({name: told(None, fate)}))));
    };
    let pods = world.child("spec").and_then(|spec| spec.child("pods"));
    let key = key_in(pods, name);
    let said = pods.and_then(|pods| pods.child(key));
    let path = FieldPath::from("spec.pods").key(key);
    set(&manifests.sources, world, &path, &told(said, fate))
}

fn rollout(manifests: &Manifests, name: &str, step: Option<usize>) -> Result<Edit, NotWritten> {
    let world = world(manifests);
    let rollouts = world.and_then(|world| world.child("spec")?.child("rollouts"));
    let key = key_in(rollouts, name);
    let path = FieldPath::from("spec.rollouts").key(key);
    match (world, step) {
        (None, None) => Err(NotWritten),
        (None, Some(step)) => Ok(add(manifests, &new_world("rollouts", json!({name: {"step": step}})))),
        (Some(world), Some(step)) => set(&manifests.sources, world, &path, &json!({"step": step})),
        (Some(world), None) => remove(&manifests.sources, world, &path),
    }
}

/// A name as it stands in a map: `web` for `default/web`, where it is there.
fn key_in<'n>(map: Option<&YamlNode>, name: &'n str) -> &'n str {
    let bare = name.strip_prefix("default/").unwrap_or(name);
    if map.is_some_and(|map| map.entry(bare).is_some()) { bare } else { name }
}

/// What the World says of a pod, with one thing more.
fn told(said: Option<&YamlNode>, fate: PodFate) -> Value {
    let mut told = said.and_then(|said| serde_json::to_value(said).ok()).filter(Value::is_object).unwrap_or(json!({}));
    let (key, value) = match fate {
        PodFate::Ready => ("ready", true),
        PodFate::Unready => ("ready", false),
        PodFate::Terminating => ("terminating", true),
        PodFate::Deleted => ("deleted", true),
    };
    if let Some(map) = told.as_object_mut() {
        map.insert(key.to_owned(), value.into());
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(text: &str, changes: &[Change]) -> String {
        let manifests = Manifests::read(Sources::new([("a.yaml", text)]));
        let done = apply(&manifests, changes).unwrap().unwrap();
        let files: Vec<&str> = done.sources.iter().map(|(_, file)| &*file.text).collect();
        files.join("=====\n")
    }

    fn one(text: &str, change: Change) -> String {
        changed(text, &[change])
    }

    /// The texts that changes at once and one by one leave are the same.
    #[test]
    fn changes_at_once_are_changes_one_by_one() {
        let lines = |name: &str| {
            format!("apiVersion: v1\nkind: Service\nmetadata:\n  name: {name}\nspec:\n  ports:\n  - port: 80\n")
        };
        let flow = |name: &str| {
            format!("{{apiVersion: v1, kind: Service, metadata: {{name: {name}}}, spec: {{ports: [{{port: 80}}]}}}}")
        };
        let element = |name: &str| {
            format!(
                "- apiVersion: v1\n  kind: Service\n  metadata: {{name: {name}}}\n  spec: {{ports: [{{port: 80}}]}}\n"
            )
        };
        let names = ["a", "b", "c", "d"];
        let each = |write: &dyn Fn(&str) -> String, between: &str| names.map(write).join(between);
        let texts = [
            each(&lines, "---\n"),
            each(&flow, "\n---\n"),
            format!("apiVersion: v1\nkind: List\nitems:\n{}", each(&element, "")),
            format!("{{apiVersion: v1, kind: List, items: [{}]}}", each(&flow, ", ")),
        ];
        let label = FieldPath::from("metadata.labels").key("x");
        let sets: Vec<Change> =
            names.iter().map(|name| Change::Set(service(name), label.clone(), Some(json!("y")))).collect();
        let deletes: Vec<Change> = names.iter().map(|name| Change::Delete(service(name))).collect();
        let mixed: Vec<Change> =
            sets.iter().zip(&deletes).flat_map(|(set, delete)| [set.clone(), delete.clone()]).collect();
        for text in &texts {
            for changes in [&sets[..], &deletes[..], &deletes[1..], &deletes[..3], &mixed[..], &mixed[..5]] {
                let one_by_one = changes.iter().fold(text.clone(), |text, change| one(&text, change.clone()));
                assert_eq!(changed(text, changes), one_by_one, "{text}");
            }
        }
    }

    fn service(name: &str) -> ObjectRef {
        ObjectRef::namespaced("Service", "default", name)
    }

    const A: &str = "apiVersion: v1\nkind: Service\nmetadata:\n  name: a # mine\nspec:\n  ports: [{port: 80}]\n";
    const B: &str = "apiVersion: v1\nkind: Service\nmetadata: {name: b}\nspec: {ports: [{port: 80}]}\n";

    #[test]
    fn presets_are_chosen_in_the_world() {
        let preset = |text: &str| one(text, Change::Preset("k3s".into()));
        let begun = "apiVersion: whichpod.dev/v1\nkind: World\n";
        assert_eq!(preset(B), format!("{B}---\n{begun}spec:\n  preset: k3s\n"));
        assert_eq!(preset(&format!("{begun}spec: {{preset: kind}}\n")), format!("{begun}spec: {{preset: k3s}}\n"));
        let text = preset(&format!("{begun}spec:\n  preset: kind # mine\n"));
        assert_eq!(text, format!("{begun}spec:\n  preset: k3s # mine\n"));
    }

    #[test]
    fn steps_of_roll_outs_are_told_in_the_world() {
        let at = |text: &str, step| one(text, Change::Rollout("default/web".into(), step));
        let begun = "apiVersion: whichpod.dev/v1\nkind: World\n";
        let first = at(B, Some(1));
        assert_eq!(first, format!("{B}---\n{begun}spec:\n  rollouts:\n    default/web:\n      step: 1\n"));
        assert_eq!(at(&first, Some(2)), first.replace("step: 1", "step: 2"));
        assert_eq!(at(&first, None), format!("{B}---\n{begun}spec:\n  rollouts: {{}}\n"));
        let bare = format!("{begun}spec: {{rollouts: {{web: {{step: 3}}}}}}\n");
        assert_eq!(at(&bare, Some(4)), bare.replace("{step: 3}", "{\"step\":4}"));
    }

    #[test]
    fn fields_are_set_where_they_stand_and_added_where_they_do_not() {
        let set = |text: &str, name: &str, path: FieldPath, value: Value| {
            one(text, Change::Set(service(name), path, Some(value)))
        };
        let kind = FieldPath::from("spec.type");
        assert_eq!(set(A, "a", kind.clone(), json!("NodePort")), A.replace("  ports", "  type: NodePort\n  ports"));
        assert_eq!(set(B, "b", kind, json!("NodePort")), B.replace("{ports", "{\"type\": \"NodePort\", ports"));
        let port = FieldPath::from("spec.ports[0].port");
        assert_eq!(set(A, "a", port, json!(8080)), A.replace("80", "8080"));
        let label = FieldPath::from("metadata.labels").key("app.io/x");
        let labelled = A.replace("  name: a", "  labels:\n    app.io/x: web\n  name: a");
        assert_eq!(set(A, "a", label.clone(), json!("web")), labelled);
        assert_eq!(set(&labelled, "a", label.clone(), json!("80")), labelled.replace("web", "\"80\""));
        let removed = one(&labelled, Change::Set(service("a"), label, None));
        assert_eq!(removed, A.replace("  name: a", "  labels: {}\n  name: a"));
    }

    #[test]
    fn objects_are_deleted_with_their_document() {
        let delete = |text: &str, name: &str| one(text, Change::Delete(service(name)));
        let both = format!("# first\n{A}---\n# second\n{B}");
        assert_eq!(delete(&both, "a"), format!("# second\n{B}"));
        assert_eq!(delete(&both, "b"), format!("# first\n{A}"));
        assert_eq!(delete(A, "a"), "");
        let indented: String = B.lines().map(|line| format!("    {line}\n")).collect();
        let item = format!("  - {}", indented.trim_start());
        let list = format!("apiVersion: v1\nkind: List\nitems:\n{item}{}", item.replace("name: b", "name: c"));
        assert_eq!(
            delete(&list, "b"),
            format!("apiVersion: v1\nkind: List\nitems:\n{}", item.replace("name: b", "name: c"))
        );
        let emptied = changed(&list, &[Change::Delete(service("b")), Change::Delete(service("c"))]);
        assert_eq!(emptied, "apiVersion: v1\nkind: List\nitems: []\n");
        let json = |name: &str| {
            format!(
                "{{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{{\"name\":\"{name}\"}},\"spec\":{{\"ports\":[{{\"port\":80}}]}}}}"
            )
        };
        let list = |items: &str| format!("{{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{items}]}}\n");
        let three = list(&format!("{}, {}, {}", json("a"), json("b"), json("c")));
        assert_eq!(delete(&three, "b"), list(&format!("{}, {}", json("a"), json("c"))));
        assert_eq!(delete(&three, "c"), list(&format!("{}, {}", json("a"), json("b"))));
    }

    #[test]
    fn a_world_in_any_style_is_extended() {
        let head = "apiVersion: whichpod.dev/v1\nkind: World\n";
        for spec in [
            "spec:\n  preset: kind\n",
            "spec: {preset: kind}\n",
            "spec:\n  pods: {}\n",
            "spec:\n  pods:\n",
            "spec:\n  pods:\n    web: {ready: true}\n",
            "spec:\n  pods:\n    default/web:\n      ready: true\n  preset: kind\n",
            "spec: {pods: {\"default/db\": {ready: false}}}\n",
            "",
        ] {
            let text = one(&format!("{head}{spec}"), Change::Pod("default/web".into(), PodFate::Deleted));
            let manifests = Manifests::read(Sources::new([("a.yaml", text.as_str())]));
            assert!(manifests.diagnostics.is_empty(), "{text}{:?}", manifests.diagnostics);
            let world = manifests.objects.first().unwrap();
            let pods = world.node.child("spec").and_then(|spec| spec.child("pods")).unwrap();
            let pod = pods.child("default/web").or_else(|| pods.child("web")).unwrap();
            assert_eq!(pod.child("deleted").map(|node| &node.value), Some(&yaml::Value::Bool(true)), "{text}");
        }
    }

    #[test]
    fn what_is_said_of_a_pod_is_kept() {
        let pod = |fate| Change::Pod("default/web".into(), fate);
        let text = changed(B, &[pod(PodFate::Unready), pod(PodFate::Terminating)]);
        let pods = "  pods:\n    default/web:\n      ready: false\n      terminating: true\n";
        assert!(text.ends_with(pods), "{text}");
    }

    #[test]
    fn a_document_is_added_to_a_file_of_its_own_where_the_first_is_json() {
        let json = "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"a\"}}\n";
        let added = one(json, Change::Add(json!({"kind": "Namespace"})));
        assert_eq!(added, format!("{json}=====\nkind: Namespace\n"));
        assert_eq!(one("\n", Change::Add(json!({"kind": "Namespace"}))), "\nkind: Namespace\n");
    }
}
