//! The cluster that a command asks: texts from files, tools and the live cluster, under the settings of the command line.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};
use whichpod_core::change::{self, Change};
use whichpod_core::cluster::SettingOverrides;
use whichpod_core::explain::Language;
use whichpod_core::kubectl::kustomize;
use whichpod_core::manifest::Manifests;
use whichpod_core::simulation::Simulation;
use whichpod_core::source::{ObjectRef, Sources};

use crate::arguments::Input;
use crate::context::Context;
use crate::files::Texts;
use crate::text::Style;
use crate::{Unusable, complain, files, live};

impl Input {
    /// The cluster of these manifests. What was left out is said on standard error.
    pub fn simulation(&self, paths: &[PathBuf], context: &Context) -> Result<Simulation, Unusable> {
        self.simulation_named(paths, context, &str::to_owned)
    }

    /// The same, with each file under another name.
    pub fn simulation_named(
        &self,
        paths: &[PathBuf],
        context: &Context,
        name: &dyn Fn(&str) -> String,
    ) -> Result<Simulation, Unusable> {
        let mut texts = self.texts(paths, context).map_err(|Unusable(message)| Unusable(name(&message)))?;
        texts.files.iter_mut().for_each(|(file, _)| *file = name(file));
        texts.notes.iter_mut().for_each(|note| *note = name(note));
        let simulation = self.read(texts, context)?;
        let manifests = &simulation.manifests;
        if manifests.objects.is_empty() && manifests.seen.is_empty() && manifests.diagnostics.is_empty() {
            let names: Vec<String> = manifests.sources.iter().map(|(_, file)| file.name.to_string()).collect();
            return Err(Unusable(format!("nothing to read: no object in {}", names.join(", "))));
        }
        Ok(simulation)
    }

    fn read(&self, texts: Texts, context: &Context) -> Result<Simulation, Unusable> {
        say_once(&texts.notes);
        let sources = self.with_cluster(Sources::new(texts.files), context)?;
        let overrides = SettingOverrides { kube_proxy_mode: self.proxy_mode, ..SettingOverrides::default() };
        Ok(Simulation::new(sources, &overrides))
    }

    /// The texts themselves.
    pub fn texts(&self, paths: &[PathBuf], context: &Context) -> Result<Texts, Unusable> {
        let settings = &context.settings;
        let mut named: Vec<PathBuf> = self.files.iter().chain(paths).cloned().collect();
        let none_named = named.is_empty() && self.kustomize.is_empty() && self.helm.is_empty();
        if self.live || self.context.is_some() || (none_named && context.is_plugin) {
            return live::fetch(self);
        }
        if none_named {
            let given = settings.files.iter().map(|file| settings.folder.join(file));
            named = if settings.files.is_empty() { vec![PathBuf::from(".")] } else { given.collect() };
        }
        let exclude: Vec<String> = settings.exclude.iter().chain(&self.exclude).cloned().collect();
        let mut texts = files::read_all(&named, &exclude)?;
        if none_named && files::is_piped() {
            texts.notes.push("what is piped in isn't read: `-f -` reads it".to_owned());
        }
        for folder in &self.kustomize {
            texts.files.push((format!("kustomize {}", folder.display()), kustomize(folder)?));
        }
        for chart in &self.helm {
            texts.files.push((format!("helm {}", chart.display()), self.helm_template(chart)?));
        }
        Ok(texts)
    }

    fn helm_template(&self, chart: &Path) -> Result<String, Unusable> {
        let mut command = Command::new("helm");
        command.arg("template").arg("release").arg(chart);
        self.values.iter().for_each(|values| {
            command.arg("--values").arg(values);
        });
        printed(&mut command).map_err(|why| why.refused("--helm", "helm"))
    }

    /// The texts with what the command line says about the cluster written into World.
    fn with_cluster(&self, sources: Sources, context: &Context) -> Result<Sources, Unusable> {
        let settings = &context.settings;
        let preset = self.cluster.map(|preset| preset.name().to_owned()).or_else(|| settings.cluster.clone());
        let version = self.kubernetes_version.map(|version| version.name().to_owned());
        let version = version.or_else(|| settings.kubernetes_version.clone());
        let network = self.pod_network.as_ref().or(settings.pod_network.as_ref());
        let said = [
            ("spec.preset", preset.map(Value::from)),
            ("spec.kubernetesVersion", version.map(Value::from)),
            ("spec.podNetwork.masquerade", network.map(|how| json!(how == "masquerade"))),
        ];
        said.into_iter().filter_map(|(path, value)| Some((path, value?))).try_fold(sources, |sources, (path, value)| {
            let manifests = Manifests::read(sources);
            let change = match world(&manifests) {
                Some(world) => Change::Set(world, path.into(), Some(value)),
                None => Change::Add(new_world(path, value)),
            };
            match change::apply(&manifests, &[change]) {
                Ok(changed) => Ok(changed.map_or(manifests.sources, |changed| changed.sources)),
                Err(_) => Err(Unusable(format!("{path} can't be written into the World of these manifests"))),
            }
        })
    }
}

/// Notes on standard error: what two sets have in common is said once.
fn say_once(notes: &[String]) {
    static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let mut said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
    for note in notes {
        if said.insert(note.clone()) {
            complain(&format!("whichpod: {note}"));
        }
    }
}

/// The World document that counts.
fn world(manifests: &Manifests) -> Option<ObjectRef> {
    let worlds = manifests.objects.iter().filter(|object| &*object.reference.kind == "World");
    worlds.min_by_key(|object| object.order).map(|object| object.reference.clone())
}

fn new_world(path: &str, value: Value) -> Value {
    let nested = path.rsplit('.').fold(value, |value, key| json!({ key: value }));
    let mut world = json!({ "apiVersion": "whichpod.dev/v1", "kind": "World" });
    if let (Some(world), Value::Object(nested)) = (world.as_object_mut(), nested) {
        world.extend(nested);
    }
    world
}

/// What `kubectl kustomize` prints: by ourselves, and by kubectl or kustomize itself where a kustomization has more than is
/// understood.
fn kustomize(folder: &Path) -> Result<String, Unusable> {
    let refused = match kustomize::build(&folder.display().to_string(), &|path| files::text(Path::new(path)).ok()) {
        Ok(made) => return Ok(made.text),
        Err(refused) => refused,
    };
    if refused.by_tool {
        return Err(Unusable(format!("-k: {}", refused.message.trim_start_matches("error: "))));
    }
    match printed(Command::new("kubectl").arg("kustomize").arg(folder)) {
        Err(ToolFailure::NotInstalled) => match printed(Command::new("kustomize").arg("build").arg(folder)) {
            Err(ToolFailure::NotInstalled) => Err(Unusable(format!("-k: {}", refused.message))),
            done => done.map_err(|why| why.refused("-k", "kustomize")),
        },
        done => done.map_err(|why| why.refused("-k", "kubectl kustomize")),
    }
}

/// Why a tool printed nothing of use.
#[derive(Debug)]
pub enum ToolFailure {
    /// It isn't there.
    NotInstalled,
    /// It says so.
    Said(String),
}

impl ToolFailure {
    fn refused(self, option: &str, tool: &str) -> Unusable {
        Unusable(match self {
            Self::NotInstalled => format!("{option} runs {tool}, which isn't installed"),
            Self::Said(said) => format!("{option}: {tool} says: {}", without_log_head(&said)),
        })
    }
}

/// Without what klog writes in front of a line: `E1201 00:48:10.565285   28503 run.go:72] "command failed" err="…"`.
fn without_log_head(said: &str) -> &str {
    let Some((head, rest)) = said.split_once("] ") else { return said };
    let is_head = head.starts_with(['E', 'W', 'F', 'I']) && head.contains(".go:");
    let rest = if is_head { rest } else { return said };
    rest.strip_prefix("\"command failed\" err=\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or(rest)
}

/// What a tool prints on standard output.
pub fn printed(command: &mut Command) -> Result<String, ToolFailure> {
    match command.output() {
        Ok(output) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        Ok(output) => Err(ToolFailure::Said(String::from_utf8_lossy(&output.stderr).trim().to_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(ToolFailure::NotInstalled),
        Err(error) => Err(ToolFailure::Said(error.to_string())),
    }
}

/// What was read, for the end of an answer: "12 objects in 3 files".
pub fn what_was_read(simulation: &Simulation, style: Style) -> String {
    let manifests = &simulation.manifests;
    let objects = manifests.objects.len() + manifests.seen.len();
    let files = manifests.sources.iter().filter(|(_, file)| !file.text.trim().is_empty()).count();
    let some = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    match style.language {
        Language::English => format!("{} in {}", some(objects, "object"), some(files, "file")),
        Language::Japanese => format!("{files} ファイル、{objects} オブジェクト"),
    }
}
