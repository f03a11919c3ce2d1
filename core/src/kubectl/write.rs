//! What kubectl changes: each verb gives what it prints and the changes that it makes, and changes nothing itself.

use serde_json::{Value, json};

use super::field_selector::FieldSelector;
use super::flags::{KubectlFlags, KubectlVerb};
use super::get;
use super::print::OutputFormat;
use super::table_row::TableRow;
use super::{
    Attached, KubectlView, ObjectQuery, Output, ResourceType, UsageError, kubectl_error, query, unsupported_error,
};
use crate::change::Change;
use crate::model::well_known;
use crate::source::{FieldPath, ObjectRef};
use validity::StateAfter;

mod create;
mod delete;
mod difference;
mod service_type;
mod expose;
mod generate;
mod label;
mod revisions;
mod left;
mod debug;
mod certificate;
mod apply;
mod diff;
mod environment;
mod fields;
mod nodes;
mod validity;
mod rollout;

/// What a verb did.
pub type WriteResult = Result<(Output, Vec<Change>), UsageError>;

/// A command that changes something, or waits for it.
#[derive(Clone, Debug)]
pub struct WriteCommand {
    flags: KubectlFlags,
    dry_run: DryRun,
    /// -o
    format: Option<OutputFormat>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DryRun {
    None,
    Client,
    Server,
}

impl WriteCommand {
    /// Reads what all verbs have in common.
    pub fn new(flags: KubectlFlags) -> Result<Self, UsageError> {
        let dry_run = match flags.value("dry-run") {
            None | Some("none") => DryRun::None,
            Some("client" | "true" | "unchanged") => DryRun::Client,
            Some("server") => DryRun::Server,
            Some(other) => {
                return Err(kubectl_error(format!(
                    "error: Invalid dry-run value ({other}). Must be \"none\", \"server\", or \"client\"."
                )));
            }
        };
        Ok(Self { flags, dry_run, format: None })
    }

    /// What it prints and changes.
    pub fn run(&self, view: KubectlView<'_>) -> WriteResult {
        let format = OutputFormat::of_flags(&self.flags, view.files)?;
        let command = Self { format, ..self.clone() };
        let (mut output, changes) = command.done(view)?;
        let changes = self.recorded(changes);
        if self.dry_run == DryRun::Client || self.flags.verb == KubectlVerb::Diff {
            return Ok((output, Vec::new()));
        }
        let after = validity::check_validity(self, view, &changes)?;
        if let Some(answered) = after.and_then(|after| command.answer_of_server(view, &changes, &after)) {
            output.stdout = Some(answered?);
        }
        Ok((output, if self.dry_run == DryRun::None { changes } else { Vec::new() }))
    }

    /// What -o prints is what the API server answers: the object with its defaults, as it is by then. None where it isn't one
    /// object.
    fn answer_of_server(
        &self,
        view: KubectlView<'_>,
        changes: &[Change],
        after: &StateAfter,
    ) -> Option<Result<String, UsageError>> {
        let format = self.format.as_ref().filter(|format| **format != OutputFormat::Name)?;
        // 1. The object; what a roll-out leaves behind isn't asked for.
        let is_new = !changes.iter().any(|change| matches!(change, Change::Set(..)));
        let asked = changes.iter().filter(|change| is_new || matches!(change, Change::Set(..)));
        let mut asked: Vec<ObjectRef> = asked.filter_map(|change| validity::changed_object(view, change)).collect();
        asked.dedup();
        let [reference] = asked.as_slice() else { return None };
        let resource = super::resource::resource_by_name(view, &reference.kind.to_lowercase()).ok()?;
        // 2. As it is afterwards.
        let view = KubectlView { manifests: &after.manifests, cluster: &after.cluster, ..view };
        let namespace = reference.namespace.as_deref().unwrap_or_default();
        let mut object = super::api::object(view, &resource, namespace, &reference.name);
        if is_new {
            without_controllers(&mut object);
        }
        Some(format.print(vec![object], true, true))
    }

    fn done(&self, view: KubectlView<'_>) -> WriteResult {
        match self.flags.verb {
            KubectlVerb::Scale => fields::scale(self, view),
            KubectlVerb::SetImage => fields::set_image(self, view),
            KubectlVerb::Label => label::label(self, view, "labels"),
            KubectlVerb::Annotate => label::label(self, view, "annotations"),
            KubectlVerb::Delete if self.reads_files() => apply::delete_files(self, view),
            KubectlVerb::Delete => delete::delete(self, view),
            KubectlVerb::Apply => apply::apply(self, view),
            KubectlVerb::CreateFile => apply::create(self, view),
            KubectlVerb::Replace => apply::replace(self, view),
            KubectlVerb::Patch => apply::patch(self, view),
            KubectlVerb::Diff => diff::diff(self, view),
            KubectlVerb::Autoscale => generate::autoscale(self, view),
            KubectlVerb::Cordon => nodes::cordon(self, view, true),
            KubectlVerb::Uncordon => nodes::cordon(self, view, false),
            KubectlVerb::Drain => nodes::drain(self, view),
            KubectlVerb::Taint => nodes::taint(self, view),
            KubectlVerb::SetEnv => environment::set_env(self, view),
            KubectlVerb::SetResources => environment::set_resources(self, view),
            KubectlVerb::SetSelector => environment::set_selector(self, view),
            KubectlVerb::SetServiceAccount => environment::set_service_account(self, view),
            KubectlVerb::SetSubject => environment::set_subject(self, view),
            KubectlVerb::CreateDeployment => create::deployment(self, view),
            KubectlVerb::CreateServiceClusterIp
            | KubectlVerb::CreateServiceNodePort
            | KubectlVerb::CreateServiceLoadBalancer
            | KubectlVerb::CreateServiceExternalName => create::service(self, view),
            KubectlVerb::CreateToken => create::token(self, view),
            KubectlVerb::Run => create::run(self, view),
            KubectlVerb::Expose => expose::expose(self, view),
            KubectlVerb::RolloutStatus => rollout::status(self, view),
            KubectlVerb::RolloutHistory => rollout::history(self, view),
            KubectlVerb::RolloutUndo => rollout::undo(self, view),
            KubectlVerb::RolloutRestart => rollout::restart(self, view),
            KubectlVerb::Debug => debug::debug(self, view),
            KubectlVerb::Attach => debug::attach(self, view),
            KubectlVerb::CertificateApprove => certificate::decide(self, view, "Approved"),
            KubectlVerb::CertificateDeny => certificate::decide(self, view, "Denied"),
            KubectlVerb::RolloutPause => rollout::pause(self, view, true),
            KubectlVerb::RolloutResume => rollout::pause(self, view, false),
            _ => generate::generate_object(self, view),
        }
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
        let path = FieldPath::from("metadata.annotations").key(well_known::CHANGE_CAUSE);
        changes.extend(objects.into_iter().map(|object| Change::Set(object, path.clone(), Some(line.as_str().into()))));
        changes
    }

    /// What kubectl says of flags that it will drop.
    pub fn deprecations(&self) -> &str {
        &self.flags.deprecations
    }

    fn is_client_side(&self) -> bool {
        self.dry_run == DryRun::Client
    }

    /// What `kubectl run` and `kubectl debug` run while one waits.
    pub fn debug_container(&self, view: KubectlView<'_>) -> Option<(ObjectRef, Value)> {
        (self.flags.verb == KubectlVerb::Debug).then(|| debug::added_container(self, view)).flatten()
    }

    pub fn attached(&self, view: KubectlView<'_>) -> Option<Attached> {
        if matches!(self.flags.verb, KubectlVerb::Debug | KubectlVerb::Attach) {
            return debug::attached(self, view);
        }
        let waits = ["attach", "rm", "stdin", "tty"].iter().any(|flag| self.flags.is(flag));
        if self.flags.verb != KubectlVerb::Run || !waits || self.dry_run != DryRun::None {
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

    /// What `kubectl edit` opens, and what is written so that it can be: the first of the objects; of a pod, what made it.
    pub fn edited(&self, view: KubectlView<'_>) -> Result<(ObjectRef, Vec<Change>), UsageError> {
        let (selected, missing) = self.selected(&self.flags.words, view)?;
        let Some(first) = selected.into_iter().next() else {
            return Err(kubectl_error(missing.trim_end()));
        };
        let pod =
            view.cluster.pods.get(first.namespace(), first.name()).filter(|_| first.resource == ResourceType::Pods);
        match pod.and_then(|pod| pod.workload.clone()) {
            Some(maker) if super::documents::written_object(view, &first.reference).is_none() => {
                Ok((maker, Vec::new()))
            }
            _ => Ok((first.reference.clone(), first.written(view)?)),
        }
    }

    fn namespace(&self) -> &str {
        self.flags.namespace()
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
        resource: &ResourceType,
        name: &str,
        done: &str,
        object: impl FnOnce() -> Value,
    ) -> Result<String, UsageError> {
        match &self.format {
            // patch doesn't say that it only would.
            None if self.flags.verb == KubectlVerb::Patch => Ok(format!("{}/{name} {done}\n", resource.singular())),
            None => Ok(format!("{}/{name} {done}{}\n", resource.singular(), self.suffix())),
            Some(OutputFormat::Name) => Ok(format!("{}/{name}\n", resource.singular())),
            Some(format) => format.print(vec![object()], true, true),
        }
    }

    /// The objects that the words name, -l selects, or --all stands for. The second part is what isn't there.
    fn selected(&self, words: &[String], view: KubectlView<'_>) -> Result<(Vec<SelectedObject>, String), UsageError> {
        // 1. The flags; what expose calls a selector is that of the Service.
        let flags = self.flags.of(words, if self.flags.verb == KubectlVerb::Expose { "selector" } else { "" });
        if self.reads_files() && words.is_empty() {
            return self.selected_by_file(view);
        }
        // 2. What words, selectors and --all ask for, which may exclude each other.
        let queries = query::object_queries(view, &flags)?;
        let by_name = queries.iter().any(|query| !query.names.is_empty());
        if self.flags.is("all") && (by_name || flags.value("selector").is_some()) {
            let what = if by_name {
                "name cannot be provided when a selector is specified"
            } else {
                "cannot set --all and --selector at the same time"
            };
            return Err(kubectl_error(format!("error: {what}")));
        }
        let is_chosen = flags.value("selector").is_some() || flags.value("field-selector").is_some();
        if !by_name && !self.flags.is("all") && !is_chosen && !self.flags.verb.is_rollout() {
            return Err(kubectl_error("error: resource(s) were provided, but no name was specified"));
        }
        // 3. The objects of each query, and which of its names aren't there.
        let fields = FieldSelector::read(flags.value("field-selector").unwrap_or_default())?;
        let (mut all, mut missing) = (Vec::new(), String::new());
        for query in &queries {
            let (_, rows) = get::object_table(query, view);
            let rows = fields.chosen(view, query, rows)?;
            if !self.flags.is("ignore-not-found") {
                missing.push_str(&query.missing(&rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>()));
            }
            all.extend(rows.into_iter().map(|row| SelectedObject::new(query, row)));
        }
        Ok((all, missing))
    }
}

impl WriteCommand {
    /// The objects in the files that `-f` names.
    fn selected_by_file(&self, view: KubectlView<'_>) -> Result<(Vec<SelectedObject>, String), UsageError> {
        let (mut all, mut missing) = (Vec::new(), String::new());
        for document in self.documents(view)? {
            let resource = super::resource::resource_by_name(view, &document.singular)?;
            match super::documents::written_object(view, &document.reference) {
                Some(_) => all.push(SelectedObject { resource, reference: document.reference }),
                None => missing.push_str(&format!(
                    "Error from server (NotFound): {} {:?} not found\n",
                    document.plural, &*document.reference.name
                )),
            }
        }
        Ok((all, missing))
    }
}

/// A new object, before any controller has seen it.
fn without_controllers(object: &mut Value) {
    let status = match object.get("kind").and_then(Value::as_str) {
        Some("Pod") => json!({"phase": "Pending", "qosClass": object.pointer("/status/qosClass")}),
        Some("Service") => json!({"loadBalancer": {}}),
        Some("Namespace") => json!({"phase": "Active"}),
        Some("PersistentVolumeClaim") => json!({"phase": "Pending"}),
        Some("DaemonSet") => json!({
            "currentNumberScheduled": 0, "desiredNumberScheduled": 0, "numberMisscheduled": 0, "numberReady": 0,
        }),
        Some("ReplicaSet" | "StatefulSet" | "ReplicationController") => json!({"replicas": 0}),
        _ => json!({}),
    };
    if object.get("status").is_some() {
        set_field(object, "status", Some(status));
    }
    let is_pod = object.get("kind").is_some_and(|kind| kind == "Pod");
    if let Some(spec) = object.get_mut("spec").and_then(Value::as_object_mut).filter(|_| is_pod) {
        spec.remove("nodeName");
    }
    let metadata = object.get_mut("metadata").and_then(Value::as_object_mut);
    let Some(metadata) = metadata else { return };
    if let Some(annotations) = metadata.get_mut("annotations").and_then(Value::as_object_mut) {
        annotations.remove(well_known::REVISION);
        if annotations.is_empty() {
            metadata.remove("annotations");
        }
    }
}

/// An object that something is done to.
struct SelectedObject {
    resource: ResourceType,
    reference: ObjectRef,
}

impl SelectedObject {
    fn new(query: &ObjectQuery, row: TableRow) -> Self {
        let kind = query.resource.kind();
        let reference = if query.resource.is_namespaced() {
            ObjectRef::namespaced(kind, &row.namespace, &row.name)
        } else {
            ObjectRef::cluster_scoped(kind, &row.name)
        };
        Self { resource: query.resource.clone(), reference }
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

    fn object(&self, view: KubectlView<'_>) -> Value {
        super::api::object(view, &self.resource, self.namespace(), self.name())
    }

    /// Only what stands in the manifests can be changed: what the cluster has by itself is written there first.
    fn written(&self, view: KubectlView<'_>) -> Result<Vec<Change>, UsageError> {
        // 1. It stands there already.
        if super::documents::written_object(view, &self.reference).is_some() {
            return Ok(Vec::new());
        }
        // 2. A pod that a workload made has nothing of its own to change.
        let text = self.text();
        let pod = view.cluster.pods.get(self.namespace(), self.name()).filter(|_| self.resource == ResourceType::Pods);
        if let Some(maker) = pod.and_then(|pod| pod.workload.as_ref()).map(ObjectRef::lowercase) {
            return Err(unsupported_error(format!("kubectl: {text} is made by {maker}: change its template instead")));
        }
        // 3. What is written first.
        let added = match self.resource {
            // One node in the manifests means that there are no others.
            ResourceType::Nodes => {
                let names = view.cluster.nodes.keys();
                names.map(|name| super::api::object(view, &self.resource, "", name)).collect()
            }
            ResourceType::Namespaces
            | ResourceType::Deployments
            | ResourceType::DaemonSets
            | ResourceType::ConfigMaps
            | ResourceType::IngressClasses => vec![self.object(view)],
            _ => Vec::new(),
        };
        // 4. Only what was supplied can be.
        if added.is_empty() || !super::documents::is_supplied(view, &self.reference) {
            return Err(unsupported_error(format!(
                "kubectl: {text} doesn't stand in the manifests, so it can't be changed"
            )));
        }
        // 5. Without its status, but for nodes, whose addresses stand there.
        let keeps_status = self.resource == ResourceType::Nodes;
        let bare = |mut object: Value| {
            if let (Some(map), false) = (object.as_object_mut(), keeps_status) {
                map.remove("status");
            }
            super::age::leave_out_times(&mut object, None);
            Change::Add(object)
        };
        Ok(added.into_iter().map(bare).collect())
    }

    fn set(&self, path: FieldPath, value: Option<Value>) -> Change {
        Change::Set(self.reference.clone(), path, value)
    }
}

/// The output of a command that did what it could.
fn write_output(stdout: String, missing: String) -> Output {
    let exit = i32::from(!missing.is_empty());
    Output { stdout: Some(stdout), stderr: missing, exit }
}

/// Labels as flags take them, `a=b,c=d` (polymorphichelpers, ParseLabels).
fn label_pairs(text: &str) -> Result<Value, UsageError> {
    let pairs = text.split(',').filter(|pair| !pair.is_empty()).map(|pair| {
        let wrong = || kubectl_error(format!("error: unexpected label spec: {pair}"));
        let (key, value) = pair.split_once('=').ok_or_else(wrong)?;
        Ok((key.to_owned(), Value::from(value)))
    });
    Ok(Value::Object(pairs.collect::<Result<_, UsageError>>()?))
}

/// Sets a field, if there is something to say.
fn set_field(object: &mut Value, key: &str, value: Option<Value>) {
    if let (Some(map), Some(value)) = (object.as_object_mut(), value) {
        map.insert(key.to_owned(), value);
    }
}

fn flag_number(text: &str, flag: &str) -> Result<i64, UsageError> {
    let wrong = |why: &str| {
        kubectl_error(format!(
            "error: invalid argument {text:?} for \"{flag}\" flag: strconv.ParseInt: parsing {text:?}: {why}"
        ))
    };
    let number: i64 = text.parse().map_err(|_| wrong("invalid syntax"))?;
    if i32::try_from(number).is_err() { Err(wrong("value out of range")) } else { Ok(number) }
}
