//! What kubectl changes: each verb gives what it prints and the changes that it makes, and changes nothing itself.

use serde_json::Value;

use super::flags::{Flags, Verb};
use super::get::{self, Row};
use super::print::Format;
use super::{Attached, Output, Query, Resource, UsageError, View, error, queries, refused};
use crate::change::Change;
use crate::source::{FieldPath, ObjectRef};

mod apply;
mod create;
mod delete;
mod difference;
mod environment;
mod expose;
mod fields;
mod generate;
mod left;
mod nodes;
mod validity;
mod rollout;

/// What a verb did.
pub type Done = Result<(Output, Vec<Change>), UsageError>;

/// A command that changes something, or waits for it.
#[derive(Clone, Debug)]
pub struct Write {
    verb: Verb,
    flags: Flags,
    dry_run: DryRun,
    /// -o
    format: Option<Format>,
}

/// --dry-run
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DryRun {
    None,
    Client,
    Server,
}

impl Write {
    /// Reads what all verbs have in common.
    pub fn new(verb: Verb, flags: Flags) -> Result<Self, UsageError> {
        let dry_run = match flags.value("dry-run") {
            None | Some("none") => DryRun::None,
            Some("client" | "true" | "unchanged") => DryRun::Client,
            Some("server") => DryRun::Server,
            Some(other) => {
                return Err(refused(format!(
                    "error: Invalid dry-run value ({other}). Must be \"none\", \"server\", or \"client\"."
                )));
            }
        };
        let format = flags.value("output").map(Format::parse).transpose()?;
        if let Some(Format::Table | Format::Wide | Format::Columns(_)) = format {
            return Err(error("kubectl: -o name, json, yaml and jsonpath are understood here with this verb"));
        }
        Ok(Self { verb, flags, dry_run, format })
    }

    /// What it prints and changes.
    pub fn run(&self, view: View<'_>) -> Done {
        let (output, changes) = match self.verb {
            Verb::Get | Verb::Describe => (Output::default(), Vec::new()),
            Verb::Scale => fields::scale(self, view)?,
            Verb::SetImage => fields::set_image(self, view)?,
            Verb::Label => fields::label(self, view, "labels")?,
            Verb::Annotate => fields::label(self, view, "annotations")?,
            Verb::Delete if self.reads_files() => apply::delete_files(self, view)?,
            Verb::Delete => delete::delete(self, view)?,
            Verb::Apply => apply::apply(self, view)?,
            Verb::CreateFile => apply::create(self, view)?,
            Verb::Replace => apply::replace(self, view)?,
            Verb::Patch => apply::patch(self, view)?,
            Verb::Autoscale => generate::autoscale(self, view)?,
            Verb::Cordon => nodes::cordon(self, view, true)?,
            Verb::Uncordon => nodes::cordon(self, view, false)?,
            Verb::Drain => nodes::drain(self, view)?,
            Verb::Taint => nodes::taint(self, view)?,
            Verb::SetEnv => environment::set_env(self, view)?,
            Verb::SetResources => environment::set_resources(self, view)?,
            Verb::SetSelector => environment::set_selector(self, view)?,
            Verb::CreateNamespace
            | Verb::CreateConfigMap
            | Verb::CreateSecret
            | Verb::CreateIngress
            | Verb::CreateJob
            | Verb::CreateCronJob
            | Verb::CreateServiceAccount => generate::generate(self, view)?,
            Verb::CreateDeployment => create::deployment(self, view)?,
            Verb::CreateService => create::service(self, view)?,
            Verb::Run => create::run(self, view)?,
            Verb::Expose => expose::expose(self, view)?,
            Verb::RolloutStatus => rollout::status(self, view)?,
            Verb::RolloutHistory => rollout::history(self, view)?,
            Verb::RolloutUndo => rollout::undo(self, view)?,
            Verb::RolloutRestart => rollout::restart(self, view)?,
            Verb::RolloutPause => rollout::pause(self, view, true)?,
            Verb::RolloutResume => rollout::pause(self, view, false)?,
        };
        let changes = self.recorded(changes);
        if self.dry_run == DryRun::Client {
            return Ok((output, Vec::new()));
        }
        validity::check(self, view, &changes)?;
        Ok((output, if self.dry_run == DryRun::None { changes } else { Vec::new() }))
    }

    /// --record: the command line as the cause of what changed.
    fn recorded(&self, mut changes: Vec<Change>) -> Vec<Change> {
        if !self.flags.is("record") {
            return changes;
        }
        let typed: Vec<&str> =
            self.flags.typed.iter().map(|word| if word == "--record" { "--record=true" } else { word }).collect();
        let line = format!("kubectl {}", typed.join(" "));
        let mut objects: Vec<ObjectRef> = Vec::new();
        for change in &changes {
            if let Change::Set(object, ..) = change
                && !objects.contains(object)
            {
                objects.push(object.clone());
            }
        }
        let path = FieldPath::from("metadata.annotations").key(left::CHANGE_CAUSE);
        changes.extend(objects.into_iter().map(|object| Change::Set(object, path.clone(), Some(line.as_str().into()))));
        changes
    }

    fn is_client_side(&self) -> bool {
        self.dry_run == DryRun::Client
    }

    /// What `kubectl run` runs while one waits.
    pub fn attached(&self) -> Option<Attached> {
        let waits = ["attach", "rm", "stdin", "tty"].iter().any(|flag| self.flags.is(flag));
        if self.verb != Verb::Run || !waits || self.dry_run != DryRun::None {
            return None;
        }
        let (name, rest) = self.flags.words.split_first()?;
        Some(Attached {
            pod: ObjectRef::namespaced("Pod", self.namespace(), name),
            image: self.flags.value("image").unwrap_or_default().to_owned(),
            words: rest.iter().chain(&self.flags.command).cloned().collect(),
            removes: self.flags.is("rm"),
            has_terminal: self.flags.is("tty"),
        })
    }

    /// Those verbs take a type without names for all of it.
    fn is_rollout(&self) -> bool {
        use Verb::{RolloutHistory, RolloutPause, RolloutRestart, RolloutResume, RolloutStatus, RolloutUndo};
        matches!(
            self.verb,
            RolloutHistory | RolloutPause | RolloutRestart | RolloutResume | RolloutStatus | RolloutUndo
        )
    }

    fn namespace(&self) -> &str {
        self.flags.value("namespace").unwrap_or("default")
    }

    /// ` (dry run)`
    fn suffix(&self) -> &'static str {
        match self.dry_run {
            DryRun::None => "",
            DryRun::Client => " (dry run)",
            DryRun::Server => " (server dry run)",
        }
    }

    /// `service/web created`, or the object where -o asks for it.
    fn say(
        &self,
        resource: Resource,
        name: &str,
        done: &str,
        object: impl FnOnce() -> Value,
    ) -> Result<String, UsageError> {
        match &self.format {
            // patch doesn't say that it only would.
            None if self.verb == Verb::Patch => Ok(format!("{}/{name} {done}\n", resource.singular())),
            None => Ok(format!("{}/{name} {done}{}\n", resource.singular(), self.suffix())),
            Some(Format::Name) => Ok(format!("{}/{name}\n", resource.singular())),
            Some(format) => format.print(vec![object()], true, true),
        }
    }

    /// The objects that the words name, -l selects, or --all stands for. The second part is what isn't there.
    fn selected(&self, words: &[String], view: View<'_>) -> Result<(Vec<Selected>, String), UsageError> {
        // What expose calls a selector is that of the Service.
        let flags = self.flags.of(words, if self.verb == Verb::Expose { "selector" } else { "" });
        if self.reads_files() && words.is_empty() {
            return self.selected_by_file(view);
        }
        if words.is_empty() {
            return Err(refused(
                "error: one or more resources must be specified as <resource> <name> or <resource>/<name>",
            ));
        }
        let queries = queries(&flags, &Format::Name)?;
        let by_name = queries.iter().any(|query| !query.names.is_empty());
        if self.flags.is("all") && (by_name || flags.value("selector").is_some()) {
            let what = if by_name {
                "name cannot be provided when a selector is specified"
            } else {
                "cannot set --all and --selector at the same time"
            };
            return Err(refused(format!("error: {what}")));
        }
        if !by_name && !self.flags.is("all") && flags.value("selector").is_none() && !self.is_rollout() {
            return Err(refused("error: resource(s) were provided, but no name was specified"));
        }
        let (mut all, mut missing) = (Vec::new(), String::new());
        for query in &queries {
            let (_, rows) = get::table(query, view);
            if !self.flags.is("ignore-not-found") {
                missing.push_str(&query.missing(&rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>()));
            }
            all.extend(rows.into_iter().map(|row| Selected::new(query, row)));
        }
        Ok((all, missing))
    }
}

impl Write {
    /// The objects in the files that `-f` names.
    fn selected_by_file(&self, view: View<'_>) -> Result<(Vec<Selected>, String), UsageError> {
        let (mut all, mut missing) = (Vec::new(), String::new());
        for document in self.documents(view, "")? {
            let resource = super::resource::resource(&document.singular)?;
            match super::documents::written(view, &document.reference) {
                Some(_) => all.push(Selected { resource, reference: document.reference }),
                None => missing.push_str(&format!(
                    "Error from server (NotFound): {} {:?} not found\n",
                    document.plural, &*document.reference.name
                )),
            }
        }
        Ok((all, missing))
    }
}

/// An object that something is done to.
struct Selected {
    resource: Resource,
    reference: ObjectRef,
}

impl Selected {
    fn new(query: &Query, row: Row) -> Self {
        let kind = query.resource.kind();
        let reference = match query.resource.is_namespaced() {
            true => ObjectRef::namespaced(kind, &row.namespace, &row.name),
            false => ObjectRef::cluster_scoped(kind, &row.name),
        };
        Self { resource: query.resource, reference }
    }

    fn name(&self) -> &str {
        &self.reference.name
    }

    /// `deployment.apps/web`
    fn text(&self) -> String {
        format!("{}/{}", self.resource.singular(), self.name())
    }

    fn namespace(&self) -> &str {
        self.reference.namespace.as_deref().unwrap_or_default()
    }

    fn object(&self, view: View<'_>) -> Value {
        super::api::object(view, self.resource, self.namespace(), self.name())
    }

    /// Only what somebody wrote can be changed.
    fn written(&self, view: View<'_>) -> Result<(), UsageError> {
        if super::documents::written(view, &self.reference).is_some() {
            return Ok(());
        }
        let text = self.text();
        let pod = view.cluster.pods.get(self.namespace(), self.name()).filter(|_| self.resource == Resource::Pods);
        let maker = pod.and_then(|pod| pod.workload.as_ref()).map(ObjectRef::lowercase);
        Err(error(match maker {
            Some(maker) => format!("kubectl: {text} is made by {maker}: change its template instead"),
            None => format!("kubectl: {text} doesn't stand in the manifests, so it can't be changed"),
        }))
    }

    fn set(&self, path: FieldPath, value: Option<Value>) -> Change {
        Change::Set(self.reference.clone(), path, value)
    }
}

/// The output of a command that did what it could.
fn output(stdout: String, missing: String) -> Output {
    let exit = i32::from(!missing.is_empty());
    Output { stdout: Some(stdout), stderr: missing, exit }
}

/// Labels as flags take them, `a=b,c=d` (polymorphichelpers, ParseLabels).
fn pairs(text: &str) -> Result<Value, UsageError> {
    let pairs = text.split(',').filter(|pair| !pair.is_empty()).map(|pair| {
        let wrong = || refused(format!("error: unexpected label spec: {pair}"));
        let (key, value) = pair.split_once('=').ok_or_else(wrong)?;
        Ok((key.to_owned(), Value::from(value)))
    });
    Ok(Value::Object(pairs.collect::<Result<_, UsageError>>()?))
}

/// Sets a field, if there is something to say.
fn put(object: &mut Value, key: &str, value: Option<Value>) {
    if let (Some(map), Some(value)) = (object.as_object_mut(), value) {
        map.insert(key.to_owned(), value);
    }
}

fn number(text: &str, flag: &str) -> Result<i64, UsageError> {
    let wrong = |why: &str| {
        refused(format!(
            "error: invalid argument {text:?} for \"{flag}\" flag: strconv.ParseInt: parsing {text:?}: {why}"
        ))
    };
    let number: i64 = text.parse().map_err(|_| wrong("invalid syntax"))?;
    if i32::try_from(number).is_err() { Err(wrong("value out of range")) } else { Ok(number) }
}
