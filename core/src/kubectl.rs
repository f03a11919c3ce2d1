//! kubectl, as far as it shows and changes what routing depends on.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::change::{self, Change};
use crate::cluster::Cluster;
use crate::manifest::Manifests;
use crate::model::{Encode, LabelSelector, Labels};
use crate::source::ObjectRef;
use crate::terminal::ages::ObjectAges;
use crate::terminal::session::DebugContainer;
use crate::terminal::{Output, UsageError};

pub mod flags;
mod jsonpath;
pub mod go_template;
mod table;
mod json_tree;
mod value;
mod table_row;
mod documents;
mod installed;
pub mod age;
mod resource;
mod selector;
mod replicas;
mod events;
mod about;
mod api;
mod file_objects;
pub mod print;
mod field_selector;
mod patch;
pub mod kustomize;
mod objects;
mod others;
mod query;
mod get;
mod describe;
pub mod exec;
mod logs;
mod write;
mod wait;
mod explain;
mod discovery;
mod dump;
pub mod raw;
pub mod config;
pub mod session;

pub use about::help;
pub use describe::described_kinds;
pub use resource::{plural_of, resources};

use flags::{KubectlFlags, KubectlVerb};
use resource::ResourceType;
use write::WriteCommand;

#[derive(Clone, Debug)]
pub enum KubectlCommand {
    /// One that looks.
    Read(ReadCommand),
    /// One that changes something.
    Write(WriteCommand),
}

/// A command that looks.
#[derive(Clone, Debug)]
pub struct ReadCommand {
    flags: KubectlFlags,
}

/// Objects of one type.
#[derive(Clone, Debug)]
struct ObjectQuery {
    resource: ResourceType,
    names: Vec<String>,
    namespace: NamespaceScope,
    selector: LabelSelector,
    /// -o wide
    wide: bool,
    headers: bool,
    /// --show-labels
    labels: bool,
    /// -L
    label_columns: Vec<String>,
    /// Whether names carry their kind, as they do where several types are asked for.
    with_kind: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum NamespaceScope {
    One(String),
    All,
}

/// What kubectl sees: the objects as written, and what became of them.
#[derive(Clone, Copy, Debug)]
pub struct KubectlView<'v> {
    /// What was pasted.
    pub manifests: &'v Manifests,
    /// What follows from it.
    pub cluster: &'v Cluster,
    /// The files that its options name.
    pub files: &'v NamedFiles,
    /// When objects came, and what time it is; None where nothing has a clock.
    pub clock: Option<ClusterClock<'v>>,
}

impl KubectlView<'_> {
    /// Whether the manifests are all that a running cluster has: what its controllers say is among them.
    pub fn is_live(&self) -> bool {
        let said =
            change::world(self.manifests).and_then(|world| world.child("spec")?.child("live")).map(Encode::encode);
        said == Some(Value::Bool(true))
    }
}

/// The time of a session, and what happened in it that no manifest holds.
#[derive(Clone, Copy, Debug)]
pub struct ClusterClock<'v> {
    pub ages: &'v ObjectAges,
    /// The containers that were added to pods, by pod.
    pub debugged: &'v BTreeMap<String, Vec<DebugContainer>>,
    /// Seconds since the session began.
    pub now: u64,
}

/// Texts with their names, by what `-f` names: a file, a folder, `-`. What isn't there is missing.
pub type NamedFiles = BTreeMap<String, Vec<(String, String)>>;

/// A pod that `kubectl run` starts a command in, and waits for.
#[derive(Clone, Debug)]
pub struct Attached {
    pub pod: ObjectRef,
    pub image: String,
    /// The command.
    pub words: Vec<String>,
    /// --rm
    pub removes: bool,
    /// -t
    pub has_terminal: bool,
}

/// Options whose value is a file.
const FILE_OPTIONS: [&str; 8] =
    ["-f", "--filename", "--from-file", "--from-env-file", "--patch-file", "--cert", "--key", "--template"];
/// Formats of -o whose value is a file.
const FILE_FORMATS: [&str; 4] = ["custom-columns-file=", "go-template-file=", "jsonpath-file=", "templatefile="];

/// The files that options name: `-f a.yaml,b.yaml`, `--from-file=key=path`, `-o jsonpath-file=path`.
pub fn files_named(args: &[String]) -> Vec<String> {
    let mut named = Vec::new();
    let mut rest = args.iter().take_while(|word| *word != "--");
    while let Some(arg) = rest.next() {
        let (option, inline) = match arg.split_once('=').filter(|_| arg.starts_with("--")) {
            Some((option, value)) => (option, Some(value.to_owned())),
            None if ["-f", "-o"].iter().any(|short| arg.starts_with(short)) && arg.len() > 2 => {
                let (option, value) = arg.split_at_checked(2).unwrap_or((arg, ""));
                (option, Some(value.trim_start_matches('=').to_owned()))
            }
            None => (arg.as_str(), None),
        };
        let value =
            |inline: Option<String>, rest: &mut dyn Iterator<Item = &String>| inline.or_else(|| rest.next().cloned());
        if ["-o", "--output"].contains(&option) {
            let format = value(inline, &mut rest).unwrap_or_default();
            named.extend(FILE_FORMATS.iter().filter_map(|prefix| format.strip_prefix(prefix)).map(str::to_owned));
        } else if option == "-f" && args.iter().any(|word| ["logs", "exec"].contains(&word.as_str())) {
            continue;
        } else if FILE_OPTIONS.contains(&option) {
            let value = value(inline, &mut rest).unwrap_or_default();
            named.extend(value.split(',').map(|path| path.rsplit('=').next().unwrap_or(path).to_owned()));
        }
    }
    named
}

/// Reads the arguments behind `kubectl`.
pub fn parse_kubectl(args: &[String]) -> Result<KubectlCommand, UsageError> {
    command_of(flags::read(args)?)
}

/// The command of flags that were read.
pub fn command_of(flags: KubectlFlags) -> Result<KubectlCommand, UsageError> {
    if flags.verb.reads() {
        Ok(KubectlCommand::Read(ReadCommand { flags }))
    } else {
        Ok(KubectlCommand::Write(WriteCommand::new(flags)?))
    }
}

/// What `kubectl edit` opens, with the changes that write it down first.
pub fn edited_object(flags: KubectlFlags, view: KubectlView<'_>) -> Result<(ObjectRef, Vec<Change>), UsageError> {
    WriteCommand::new(flags)?.edited(view)
}

impl KubectlCommand {
    /// What it prints and changes, whoever asks.
    pub fn run(&self, view: KubectlView<'_>) -> Result<(Output, Vec<Change>), UsageError> {
        let (done, deprecations) = match self {
            Self::Read(read) => (read.output(view).map(|output| (output, Vec::new())), ""),
            Self::Write(write) => (write.run(view), write.deprecations()),
        };
        let (mut output, changes) = done?;
        output.stderr.insert_str(0, deprecations);
        Ok((output, changes))
    }

    /// The pod that it runs a command in and waits for: of `kubectl run` with a terminal, `debug` and `attach`.
    pub fn attached(&self, view: KubectlView<'_>) -> Option<Attached> {
        match self {
            Self::Write(write) => write.attached(view),
            Self::Read(_) => None,
        }
    }

    /// The container that `debug` adds to a pod that runs.
    pub fn debug_container(&self, view: KubectlView<'_>) -> Option<(ObjectRef, serde_json::Value)> {
        match self {
            Self::Write(write) => write.debug_container(view),
            Self::Read(_) => None,
        }
    }

    /// -w
    pub fn watches(&self) -> bool {
        matches!(self, Self::Read(read) if read.flags.is("watch") || read.flags.is("watch-only"))
    }
}

/// The lines of `kubectl get TYPE -A -o wide` as cells, the header first, of a type that the cluster keeps.
pub fn wide_table(view: KubectlView<'_>, plural: &str) -> Option<Vec<Vec<String>>> {
    let query = ObjectQuery {
        resource: resource::kept_type(plural)?,
        names: Vec::new(),
        namespace: NamespaceScope::All,
        selector: LabelSelector::default(),
        wide: true,
        headers: true,
        labels: false,
        label_columns: Vec::new(),
        with_kind: false,
    };
    let (header, rows) = get::cluster_rows(&query, view);
    Some(std::iter::once(header).chain(rows.into_iter().map(|row| row.cells)).collect())
}

impl ReadCommand {
    fn output(&self, view: KubectlView<'_>) -> Result<Output, UsageError> {
        match self.flags.verb {
            KubectlVerb::Describe => describe::output(&self.flags, view),
            _ => get::get_output(&self.flags, view),
        }
    }
}

impl ObjectQuery {
    /// Whether an object is asked for.
    fn wants(&self, namespace: &str, name: &str, labels: &Labels) -> bool {
        self.wants_name(namespace, name) && self.selector.matches(labels)
    }

    /// The same without a look at its labels.
    fn wants_name(&self, namespace: &str, name: &str) -> bool {
        let here = match &self.namespace {
            NamespaceScope::One(one) => one == namespace,
            NamespaceScope::All => true,
        };
        here && (self.names.is_empty() || self.names.iter().any(|one| one == name))
    }

    /// What the API server says of names that aren't there.
    fn missing(&self, found: &[&str]) -> String {
        let plural = self.resource.plural();
        let missing = self.names.iter().filter(|name| !found.contains(&name.as_str()));
        missing.map(|name| format!("Error from server (NotFound): {plural} \"{name}\" not found\n")).collect()
    }

    /// What kubectl says where there is nothing.
    fn nothing(&self) -> String {
        match &self.namespace {
            NamespaceScope::One(namespace) if self.resource.is_namespaced() => {
                format!("No resources found in {namespace} namespace.\n")
            }
            NamespaceScope::One(_) | NamespaceScope::All => "No resources found\n".to_owned(),
        }
    }
}

/// What kubectl itself refuses, in its words.
fn kubectl_error(message: impl Into<String>) -> UsageError {
    UsageError::of_tool(1, message)
}

fn unsupported_error(message: impl Into<String>) -> UsageError {
    UsageError::new(1, message)
}
