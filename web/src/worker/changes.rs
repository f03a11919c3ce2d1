//! What happens to the cluster on the page, written into the texts: the number of replicas of a workload; in the World
//! document what became of a pod, and the preset.

use std::rc::Rc;

use whichpod_core::cluster::Preset;
use whichpod_core::manifest::{Manifests, Object};
use whichpod_core::source::{FileId, ObjectRef, Span};
use whichpod_core::yaml::{Node, Value};

use crate::answer::{Place, Presets};
use crate::protocol::{Change, ChangeFault, Changed, PodFate};
use crate::workspace::TextFile;

/// A file for the World where the first text is no YAML.
const WORLD_FILE: &str = "world.yaml";

/// The texts after a change, and where it stands in them.
pub fn change(manifests: &Manifests, change: &Change) -> Result<Changed, ChangeFault> {
    let edit = match change {
        Change::Scale { workload, by } => scale(manifests, workload, *by)?,
        Change::Pod { name, fate } => pod(manifests, name, *fate)?,
        Change::Preset(name) => preset(manifests, name)?,
    };
    let mut files: Vec<TextFile> = manifests
        .sources
        .iter()
        .map(|(_, file)| TextFile { name: (&*file.name).into(), text: (&*file.text).into() })
        .collect();
    let at = edit.span.file.0 as usize;
    if files.len() == at {
        files.push(TextFile { name: WORLD_FILE.into(), text: "".into() });
    }
    let file = files.get_mut(at).ok_or(ChangeFault::NotWritten)?;
    let text = manifests.sources.file(edit.span.file).map_or("", |file| &*file.text);
    let (start, end) = (edit.span.start as usize, edit.span.end as usize);
    let (before, after) = (text.get(..start), text.get(end..));
    let (before, after) = before.zip(after).ok_or(ChangeFault::NotWritten)?;
    let place = place(edit.span.file.0, before, &edit.text);
    file.text = format!("{before}{}{after}", edit.text).into();
    Ok(Changed { files: files.into(), place, change: change.clone() })
}

/// A text in the place of another.
struct Edit {
    span: Span,
    text: String,
}

/// The lines of a text that comes after another.
fn place(file: u32, before: &str, text: &str) -> Place {
    let led = text.len() - text.trim_start_matches(['\n', '-']).len();
    let (skipped, shown) = text.split_at(led);
    let lines = |text: &str| text.matches('\n').count() as u32;
    let line = lines(before) + lines(skipped) + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() as u32 + 1;
    let column = if skipped.contains('\n') { 1 } else { column };
    let end_line = line + lines(shown.trim_end());
    Place { file, line, column, end_line, end_column: column }
}

fn scale(manifests: &Manifests, workload: &str, by: i32) -> Result<Edit, ChangeFault> {
    let object = manifests.objects.iter().find(|object| object.reference.lowercase() == workload);
    let object = object.ok_or(ChangeFault::NotWritten)?;
    let spec = object.node.child("spec").ok_or(ChangeFault::NotWritten)?;
    match spec.child("replicas") {
        Some(node) => {
            let Value::Integer(replicas) = node.value else { return Err(ChangeFault::NotWritten) };
            Ok(Edit { span: node.span, text: scaled(replicas, by).to_string() })
        }
        // One is what the API server takes for none.
        None => first_entry(manifests, spec, "replicas", &scaled(1, by).to_string()),
    }
}

fn scaled(replicas: i64, by: i32) -> i64 {
    replicas.saturating_add(i64::from(by)).max(0)
}

fn pod(manifests: &Manifests, name: &str, fate: PodFate) -> Result<Edit, ChangeFault> {
    let Some(world) = world(manifests) else {
        return Ok(new_world(manifests, &format!("pods:\n    {name}: {}", told(None, fate))));
    };
    let Some(spec) = filled(&world.node, "spec") else {
        let text = format!("{{\"pods\": {{\"{name}\": {}}}}}", told(None, fate));
        return set(manifests, world, &world.node, "spec", &text);
    };
    let Some(pods) = filled(spec, "pods") else {
        let text = format!("{{\"{name}\": {}}}", told(None, fate));
        return set(manifests, world, spec, "pods", &text);
    };
    let bare = name.strip_prefix("default/").unwrap_or(name);
    let key = if pods.entry(bare).is_some() { bare } else { name };
    set(manifests, world, pods, key, &told(pods.child(key), fate))
}

/// The World document, if there is one: of several the first counts.
fn world(manifests: &Manifests) -> Option<&Object> {
    let worlds = manifests.objects.iter().filter(|object| &*object.reference.kind == "World");
    worlds.min_by_key(|object| object.order)
}

fn preset(manifests: &Manifests, name: &str) -> Result<Edit, ChangeFault> {
    let Some(world) = world(manifests) else { return Ok(new_world(manifests, &format!("preset: {name}"))) };
    match filled(&world.node, "spec") {
        Some(spec) => set(manifests, world, spec, "preset", name),
        None => set(manifests, world, &world.node, "spec", &format!("{{\"preset\": \"{name}\"}}")),
    }
}

/// The presets there are, and the one that the World asks for.
pub fn presets(manifests: &Manifests) -> Presets {
    let asked = world(manifests).and_then(|world| world.node.child("spec")?.child("preset")?.text());
    let chosen = asked.and_then(|name| Preset::from_name(name)).unwrap_or_default();
    Presets { all: Preset::ALL.map(|preset| Rc::from(preset.name())).to_vec(), chosen: chosen.name().into() }
}

/// A map under a key, if it has entries.
fn filled<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    node.child(key).filter(|node| !node.entries().is_empty())
}

/// What the World says of a pod, with one thing more.
fn told(said: Option<&Node>, fate: PodFate) -> String {
    let is = |key: &str| said.and_then(|said| said.child(key)).is_some_and(|node| node.value == Value::Bool(true));
    let ready = said.and_then(|said| said.child("ready")).map(|node| node.value == Value::Bool(true));
    let ready = match fate {
        PodFate::Ready => Some(true),
        PodFate::Unready => Some(false),
        PodFate::Terminating | PodFate::Deleted => ready,
    };
    let terminating = is("terminating") || fate == PodFate::Terminating;
    let deleted = is("deleted") || fate == PodFate::Deleted;
    let facts =
        [ready.map(|ready| format!("\"ready\": {ready}")), terminating.then(|| "\"terminating\": true".to_owned())];
    let facts = facts.into_iter().flatten().chain(deleted.then(|| "\"deleted\": true".to_owned()));
    format!("{{{}}}", facts.collect::<Vec<_>>().join(", ")).replace('"', "")
}

/// Sets an entry: its value where it has one, else a new entry before the others.
fn set(manifests: &Manifests, world: &Object, parent: &Node, key: &str, value: &str) -> Result<Edit, ChangeFault> {
    let Some(entry) = parent.entry(key) else { return first_entry(manifests, parent, key, value) };
    let file = manifests.sources.file(world.node.span.file).ok_or(ChangeFault::NotWritten)?;
    let (from, to) = (entry.key_span.end as usize, entry.value.span.end as usize);
    let between = file.text.get(from..to.max(from)).unwrap_or_default();
    let colon = file.text.get(from..).and_then(|rest| rest.find(':')).ok_or(ChangeFault::NotWritten)?;
    let written = between.trim_end().len().max(colon + 1);
    let start = entry.key_span.end + colon as u32 + 1;
    let span = Span { start, end: entry.key_span.end + written as u32, ..entry.key_span };
    Ok(Edit { span, text: format!(" {value}") })
}

/// A new entry before the first one, in the same style.
fn first_entry(manifests: &Manifests, parent: &Node, key: &str, value: &str) -> Result<Edit, ChangeFault> {
    let first = parent.entries().first().ok_or(ChangeFault::NotWritten)?;
    let span = Span { end: first.key_span.start, ..first.key_span };
    let in_braces = manifests.sources.text(parent.span).starts_with('{');
    let text = match in_braces {
        true => format!("\"{key}\": {value}, "),
        false => {
            let column = manifests.sources.locate(first.key_span).map_or(1, |at| at.column) as usize;
            format!("{key}: {value}\n{}", " ".repeat(column - 1))
        }
    };
    Ok(Edit { span, text })
}

/// A World at the end of the first text, with one entry in its spec.
fn new_world(manifests: &Manifests, entry: &str) -> Edit {
    let document = format!("apiVersion: whichpod.dev/v1\nkind: World\nspec:\n  {entry}\n");
    let first = manifests.sources.file(FileId(0)).filter(|file| !file.text.trim_start().starts_with('{'));
    let Some(first) = first else {
        let file = FileId(manifests.sources.iter().count() as u32);
        return Edit { span: Span { file, start: 0, end: 0 }, text: document };
    };
    let end = first.text.len() as u32;
    let line_break = if first.text.is_empty() || first.text.ends_with('\n') { "" } else { "\n" };
    Edit { span: Span { file: FileId(0), start: end, end }, text: format!("{line_break}---\n{document}") }
}

/// Whether a workload stands in the texts and has replicas to change.
pub fn is_scalable(manifests: &Manifests, workload: &ObjectRef) -> bool {
    let counts = matches!(&*workload.kind, "Deployment" | "StatefulSet" | "ReplicaSet" | "ReplicationController");
    counts && manifests.find(workload).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use whichpod_core::source::Sources;

    fn changed(text: &str, change: Change) -> (String, Place) {
        let manifests = Manifests::read(Sources::new([("a.yaml", text)]));
        let changed = super::change(&manifests, &change).unwrap();
        (changed.files[0].text.whole(), changed.place)
    }

    fn fate(name: &str, fate: PodFate) -> Change {
        Change::Pod { name: name.into(), fate }
    }

    fn scale(by: i32) -> Change {
        Change::Scale { workload: "deployment default/web".into(), by }
    }

    #[test]
    fn presets_are_chosen_in_the_world() {
        let preset = |text: &str| changed(text, Change::Preset("k3s".into())).0;
        let begun = "apiVersion: whichpod.dev/v1\nkind: World\n";
        let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: a}]}\n";
        assert_eq!(preset(pod), format!("{pod}---\n{begun}spec:\n  preset: k3s\n"));
        assert_eq!(preset(&format!("{begun}spec: {{preset: kind}}\n")), format!("{begun}spec: {{preset: k3s}}\n"));
        let text = preset(&format!("{begun}spec:\n  preset: kind # mine\n"));
        assert_eq!(text, format!("{begun}spec:\n  preset: k3s # mine\n"));
        let manifests = Manifests::read(Sources::new([("a.yaml", text.as_str())]));
        assert_eq!((&*presets(&manifests).chosen, presets(&manifests).all.len()), ("k3s", 5));
    }

    const TEMPLATE: &str = "  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: [{name: a, image: a}]}\n";

    #[test]
    fn replicas_are_counted_up_and_down_in_place() {
        let text = format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web}}\nspec:\n  replicas: 2 # two\n{TEMPLATE}"
        );
        let (more, place) = changed(&text, scale(1));
        assert_eq!(more, text.replace("replicas: 2 #", "replicas: 3 #"));
        assert_eq!((place.line, place.end_line), (5, 5));
        let (none, _) = changed(&text, scale(-5));
        assert_eq!(none, text.replace("replicas: 2 #", "replicas: 0 #"));
    }

    #[test]
    fn replicas_that_nobody_wrote_are_added() {
        let text = format!("apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web}}\nspec:\n{TEMPLATE}");
        let (more, _) = changed(&text, scale(1));
        assert_eq!(more, text.replace("spec:\n  selector", "spec:\n  replicas: 2\n  selector"));
    }

    #[test]
    fn a_world_is_added_and_then_extended() {
        let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: a, image: a}]}";
        let (once, place) = changed(pod, fate("default/web", PodFate::Unready));
        let world =
            "\n---\napiVersion: whichpod.dev/v1\nkind: World\nspec:\n  pods:\n    default/web: {ready: false}\n";
        assert_eq!(once, format!("{pod}{world}"));
        assert_eq!((place.line, place.end_line), (6, 10));
        let (twice, _) = changed(&once, fate("default/web", PodFate::Terminating));
        assert!(twice.ends_with("    default/web: {ready: false, terminating: true}\n"), "{twice}");
        let (third, _) = changed(&twice, fate("default/db", PodFate::Deleted));
        assert!(third.contains("  pods:\n    default/db: {deleted: true}\n    default/web: {ready"), "{third}");
    }

    #[test]
    fn a_world_in_any_style_is_extended() {
        let head = "apiVersion: whichpod.dev/v1\nkind: World\n";
        let set = |spec: &str| changed(&format!("{head}{spec}"), fate("default/web", PodFate::Deleted)).0;
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
            let text = set(spec);
            let manifests = Manifests::read(Sources::new([("a.yaml", text.as_str())]));
            assert!(manifests.diagnostics.is_empty(), "{text}{:?}", manifests.diagnostics);
            let world = manifests.objects.first().unwrap();
            let pods = world.node.child("spec").and_then(|spec| spec.child("pods")).unwrap();
            let pod = pods.child("default/web").or_else(|| pods.child("web")).unwrap();
            assert_eq!(pod.child("deleted").map(|node| &node.value), Some(&Value::Bool(true)), "{text}");
        }
    }
}
