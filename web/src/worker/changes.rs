//! What happens to the cluster on the page, written into the texts by [`whichpod_core::change`].

use std::rc::Rc;

use whichpod_core::change::{self, Change as Written, NotWritten};
use whichpod_core::cluster::{self, Cluster, Preset};
use whichpod_core::explain::{self, Language};
use whichpod_core::manifest::{Manifests, Object};
use whichpod_core::model::KubernetesVersion;
use whichpod_core::source::{ObjectRef, Sources, Span};
use whichpod_core::yaml::Value;

use crate::answer::{Place, Presets, Rollout};
use crate::protocol::{Change, ChangeFault, Changed};
use crate::workspace::TextFile;

/// The texts after a change, and where it stands in them.
pub fn change(manifests: &Manifests, change: &Change) -> Result<Changed, ChangeFault> {
    let written = match change {
        Change::Scale { workload, by } => scale(manifests, workload, *by)?,
        Change::Pod { name, fate } => Written::Pod((&**name).into(), *fate),
        Change::Rollout { deployment, step } => Written::Rollout((&**deployment).into(), Some(*step as usize)),
        Change::Preset(name) => Written::Preset((&**name).into()),
        Change::Version(version) => Written::KubernetesVersion((&**version).into()),
        // The console makes its changes itself.
        Change::Command(_) => return Err(ChangeFault::NotWritten),
    };
    changed(manifests, &[written], change)
}

/// The texts after changes of one cause.
pub fn changed(manifests: &Manifests, written: &[Written], change: &Change) -> Result<Changed, ChangeFault> {
    let changed = change::apply(manifests, written).map_err(|NotWritten| ChangeFault::NotWritten)?;
    let change::Changed { sources, at } = changed.ok_or(ChangeFault::NotWritten)?;
    let files = sources.iter().map(|(_, file)| TextFile { name: (&*file.name).into(), text: (&*file.text).into() });
    Ok(Changed { files: files.collect(), place: place(&sources, at), change: change.clone() })
}

/// The lines of what was written, without the line that parts it from the document before.
fn place(sources: &Sources, at: Span) -> Place {
    let text = sources.text(at);
    let led = text.len() - text.trim_start_matches(['\n', '-']).len();
    let shown = Span { start: at.start + led as u32, end: at.start + text.trim_end().len().max(led) as u32, ..at };
    let Some(place) = sources.locate(shown) else { return Place::default() };
    Place {
        file: at.file.0,
        line: place.line,
        column: place.column,
        end_line: place.end_line,
        end_column: place.column,
    }
}

fn scale(manifests: &Manifests, workload: &str, by: i32) -> Result<Written, ChangeFault> {
    let object = manifests.objects.iter().find(|object| object.reference.lowercase() == workload);
    let object = object.ok_or(ChangeFault::NotWritten)?;
    let wanted = written(object).ok_or(ChangeFault::NotWritten)?.saturating_add(i64::from(by)).max(0);
    Ok(Written::Set(object.reference.clone(), "spec.replicas".into(), Some(wanted.into())))
}

/// How many replicas an object has; None where that is no number.
fn written(object: &Object) -> Option<i64> {
    match object.node.child("spec").and_then(|spec| spec.child("replicas")).map(|node| &node.value) {
        Some(Value::Integer(replicas)) => Some(*replicas),
        Some(_) => None,
        // One is what the API server takes for none.
        None => Some(1),
    }
}

/// The presets there are, and the one that the World asks for.
pub fn presets(manifests: &Manifests) -> Presets {
    let asked = change::world(manifests).and_then(|world| world.child("spec")?.child("preset")?.text());
    let chosen = asked.and_then(|name| Preset::from_name(name)).unwrap_or_default();
    let version = change::world(manifests).and_then(|world| world.child("spec")?.child("kubernetesVersion"));
    Presets {
        all: Preset::ALL.map(|preset| Rc::from(preset.name())).to_vec(),
        chosen: chosen.name().into(),
        versions: KubernetesVersion::ALL.map(|version| Rc::from(version.name())).to_vec(),
        version: version.and_then(KubernetesVersion::read).unwrap_or_default().name().into(),
    }
}

/// The roll-outs that have steps.
pub fn rollouts(cluster: &Cluster, language: Language) -> Rc<[Rollout]> {
    let stepped = cluster.rollouts.iter().filter(|(_, rollout)| rollout.has_steps());
    let shown = stepped.map(|(deployment, rollout)| Rollout {
        deployment: (&*cluster::Rollout::key(deployment)).into(),
        step: rollout.step as u32,
        last: rollout.last as u32,
        text: explain::step(rollout, language).into(),
    });
    shown.collect()
}

/// The replicas of a workload that stands in the texts and has some to change.
pub fn replicas(manifests: &Manifests, workload: &ObjectRef) -> Option<u32> {
    let counts = matches!(&*workload.kind, "Deployment" | "StatefulSet" | "ReplicaSet" | "ReplicationController");
    written(manifests.find(workload).filter(|_| counts)?)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(text: &str, change: Change) -> (String, Place) {
        let manifests = Manifests::read(Sources::new([("a.yaml", text)]));
        let changed = super::change(&manifests, &change).unwrap();
        (changed.files[0].text.whole(), changed.place)
    }

    fn scale(by: i32) -> Change {
        Change::Scale { workload: "deployment default/web".into(), by }
    }

    #[test]
    fn presets_are_found_in_the_world() {
        let text = "apiVersion: whichpod.dev/v1\nkind: World\nspec: {preset: k3s}\n";
        let manifests = Manifests::read(Sources::new([("a.yaml", text)]));
        assert_eq!((&*presets(&manifests).chosen, presets(&manifests).all.len()), ("k3s", Preset::ALL.len()));
    }

    #[test]
    fn a_roll_out_is_stepped_through_in_the_world() {
        let step = Change::Rollout { deployment: "default/web".into(), step: 2 };
        let (text, _) = changed("kind: World\napiVersion: whichpod.dev/v1\nspec: {}\n", step);
        assert!(text.contains("rollouts:\n    default/web:\n      step: 2\n"), "{text}");
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
    fn what_is_added_is_shown() {
        let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: a, image: a}]}";
        let fate = Change::Pod { name: "default/web".into(), fate: change::PodFate::Unready };
        let (once, place) = changed(pod, fate);
        assert!(once.ends_with("spec:\n  pods:\n    default/web:\n      ready: false\n"), "{once}");
        assert_eq!((place.line, place.end_line), (6, 11));
    }
}
