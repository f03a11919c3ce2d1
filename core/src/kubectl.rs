//! kubectl, as far as it shows and changes what routing depends on.

use std::collections::BTreeMap;

use crate::change::Change;
use crate::cluster::Cluster;
use crate::manifest::Manifests;
use crate::model::{LabelSelector, Labels};
use crate::source::ObjectRef;
use crate::terminal::{Output, UsageError};

mod about;
mod api;
mod describe;
mod documents;
pub mod exec;
mod field_selector;
pub mod flags;
mod get;
mod jsonpath;
mod objects;
mod others;
pub mod print;
pub mod session;
mod replicas;
mod resource;
mod selector;
mod table;
mod wait;
mod write;

pub use describe::KNOWN as DESCRIBED;
use field_selector::FieldSelector;
use flags::{KubectlFlags, KubectlVerb};
use print::OutputFormat;
use resource::ResourceType;
pub use resource::resources;
use write::WriteCommand;

/// A kubectl command.
#[derive(Clone, Debug)]
pub enum KubectlCommand {
    /// One that looks.
    Read(ReadCommand),
    /// One that changes something.
    Write(write::WriteCommand),
}

/// A command that looks.
#[derive(Clone, Debug)]
pub struct ReadCommand {
    verb: KubectlVerb,
    /// What is asked for, one type after the other.
    queries: Vec<ObjectQuery>,
    format: OutputFormat,
    sort_by: Option<String>,
    /// --field-selector
    fields: FieldSelector,
    ignore_not_found: bool,
    /// -w
    watches: bool,
    /// Whether type and name stand as two words, so that describe takes the name as a prefix too.
    by_prefix: bool,
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
}

/// Texts with their names, by what `-f` names: a file, a folder, `-`. What isn't there is missing.
pub type NamedFiles = BTreeMap<String, Vec<(String, String)>>;

/// A pod that `kubectl run` starts a command in, and waits for.
#[derive(Clone, Debug)]
pub struct Attached {
    /// The pod.
    pub pod: ObjectRef,
    /// Its image.
    pub image: String,
    /// The command.
    pub words: Vec<String>,
    /// --rm
    pub removes: bool,
    /// -t
    pub has_terminal: bool,
}

/// Options whose value is a file.
const FILE_OPTIONS: [&str; 9] =
    ["-f", "--filename", "-k", "--kustomize", "--from-file", "--from-env-file", "--patch-file", "--cert", "--key"];

/// The files that options name: `-f a.yaml,b.yaml`, `--from-file=key=path`.
pub fn files_named(args: &[String]) -> Vec<String> {
    let mut named = Vec::new();
    let mut rest = args.iter().take_while(|word| *word != "--");
    while let Some(arg) = rest.next() {
        let (option, inline) = match arg.split_once('=').filter(|_| arg.starts_with("--")) {
            Some((option, value)) => (option, Some(value.to_owned())),
            None if arg.starts_with("-f") && arg.len() > 2 && !arg.starts_with("--") => {
                ("-f", arg.get(2..).map(|value| value.trim_start_matches('=').to_owned()))
            }
            None => (arg.as_str(), None),
        };
        if FILE_OPTIONS.contains(&option) {
            let value = inline.or_else(|| rest.next().cloned()).unwrap_or_default();
            named.extend(value.split(',').map(|path| path.rsplit('=').next().unwrap_or(path).to_owned()));
        }
    }
    named
}

/// Reads the arguments behind `kubectl`.
pub fn parse_kubectl(args: &[String]) -> Result<KubectlCommand, UsageError> {
    let (verb, flags) = flags::read(args)?;
    if !matches!(verb, KubectlVerb::Get | KubectlVerb::Describe) {
        return Ok(KubectlCommand::Write(WriteCommand::new(verb, flags)?));
    }
    let format = flags.value("output").map_or(Ok(OutputFormat::Table), OutputFormat::parse)?;
    let is_table = matches!(format, OutputFormat::Table | OutputFormat::Wide);
    if flags.is("show-labels") && !is_table {
        let format = flags.value("output").unwrap_or_default();
        return Err(kubectl_error(format!("error: --show-labels option cannot be used with {format} printer")));
    }
    let queries = object_queries(&flags, &format)?;
    if verb == KubectlVerb::Describe {
        describe::known(&queries)?;
    }
    Ok(KubectlCommand::Read(ReadCommand {
        verb,
        queries,
        format,
        sort_by: flags.value("sort-by").map(str::to_owned),
        fields: FieldSelector::read(flags.value("field-selector").unwrap_or_default())?,
        ignore_not_found: flags.is("ignore-not-found"),
        watches: flags.is("watch") || flags.is("watch-only"),
        by_prefix: flags.words.len() == 2,
    }))
}

/// `svc web api`, `svc,ep web`, or `svc/web pod/client` (cli-runtime, resource.Builder).
fn object_queries(flags: &KubectlFlags, format: &OutputFormat) -> Result<Vec<ObjectQuery>, UsageError> {
    let Some((first, rest)) = flags.words.split_first() else {
        let known: Vec<&str> = resources().collect();
        if flags.is_describe {
            let hint = "Use \"kubectl api-resources\" for a complete list of supported resources.";
            return Err(kubectl_error(format!("error: You must specify the type of resource to describe. {hint}")));
        }
        return Err(unsupported_error(format!("You must specify the type of resource to get: {}", known.join(", "))));
    };
    let mut wanted: Vec<(ResourceType, Vec<String>)> = Vec::new();
    if flags.words.iter().any(|word| word.contains('/')) {
        for word in &flags.words {
            let (kind, name) = word.split_once('/').filter(|(kind, name)| !kind.contains(',') && !name.is_empty()).ok_or_else(|| {
                kubectl_error("error: there is no need to specify a resource type as a separate argument when passing \
                     arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get \
                     resource resource/<resource_name>'")
            })?;
            let resource = resource::resource_by_name(kind)?;
            match wanted.last_mut().filter(|(last, _)| *last == resource) {
                Some((_, names)) => names.push(name.to_owned()),
                None => wanted.push((resource, vec![name.to_owned()])),
            }
        }
    } else {
        wanted.extend(resource::resource_list(first)?.into_iter().map(|resource| (resource, rest.to_vec())));
    }
    let several = wanted.iter().any(|(resource, _)| wanted.first().is_some_and(|(first, _)| first != resource));
    let namespace = match flags.is("all-namespaces") {
        true => NamespaceScope::All,
        false => NamespaceScope::One(flags.value("namespace").unwrap_or("default").to_owned()),
    };
    if namespace == NamespaceScope::All && wanted.iter().any(|(_, names)| !names.is_empty()) {
        return Err(kubectl_error("error: a resource cannot be retrieved by name across all namespaces"));
    }
    let selector = flags.value("selector").map(selector::selector).transpose()?.unwrap_or_default();
    if flags.value("selector").is_some() && wanted.iter().any(|(_, names)| !names.is_empty()) {
        return Err(kubectl_error(
            "error: selectors and the all flag cannot be used when passing resource/name arguments",
        ));
    }
    let queries = wanted.into_iter().map(|(resource, names)| ObjectQuery {
        resource,
        names,
        namespace: namespace.clone(),
        selector: selector.clone(),
        wide: *format == OutputFormat::Wide,
        headers: !flags.is("no-headers"),
        labels: flags.is("show-labels"),
        with_kind: several,
    });
    Ok(queries.collect())
}

impl KubectlCommand {
    /// What it prints and changes, whoever asks.
    pub fn run(&self, view: KubectlView<'_>) -> Result<(Output, Vec<Change>), UsageError> {
        match self {
            Self::Read(read) => Ok((read.output(view)?, Vec::new())),
            Self::Write(write) => write.run(view),
        }
    }

    /// The pod that it runs a command in and waits for; None for everything but `kubectl run` with a terminal.
    pub fn attached(&self) -> Option<Attached> {
        match self {
            Self::Write(write) => write.attached(),
            Self::Read(_) => None,
        }
    }

    /// -w
    pub fn watches(&self) -> bool {
        matches!(self, Self::Read(read) if read.watches)
    }

    /// The lines of `kubectl get` of one type as cells, the header first; None for anything else.
    pub fn table(&self, view: KubectlView<'_>) -> Option<Vec<Vec<String>>> {
        let Self::Read(read) = self else { return None };
        let query = read.queries.first().filter(|_| read.verb == KubectlVerb::Get)?;
        let (header, rows) = get::object_table(query, view);
        Some(std::iter::once(header).chain(rows.into_iter().map(|row| row.cells)).collect())
    }
}

impl ReadCommand {
    fn output(&self, view: KubectlView<'_>) -> Result<Output, UsageError> {
        match self.verb {
            KubectlVerb::Describe => Ok(describe::output(self, view)),
            _ => get::get_output(self, view),
        }
    }
}

impl ObjectQuery {
    /// Whether an object is asked for.
    fn wants(&self, namespace: &str, name: &str, labels: &Labels) -> bool {
        let here = match &self.namespace {
            NamespaceScope::One(one) => one == namespace,
            NamespaceScope::All => true,
        };
        here && (self.names.is_empty() || self.names.iter().any(|one| one == name)) && self.selector.matches(labels)
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
