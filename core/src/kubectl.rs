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
use flags::{Flags, Verb};
use print::Format;
use resource::Resource;
pub use resource::resources;
use write::Write;

/// A kubectl command.
#[derive(Clone, Debug)]
pub enum Kubectl {
    /// One that looks.
    Read(Read),
    /// One that changes something.
    Write(write::Write),
}

/// A command that looks.
#[derive(Clone, Debug)]
pub struct Read {
    verb: Verb,
    /// What is asked for, one type after the other.
    queries: Vec<Query>,
    format: Format,
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
struct Query {
    resource: Resource,
    names: Vec<String>,
    namespace: Namespace,
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
enum Namespace {
    One(String),
    All,
}

/// What kubectl sees: the objects as written, and what became of them.
#[derive(Clone, Copy, Debug)]
pub struct View<'v> {
    /// What was pasted.
    pub manifests: &'v Manifests,
    /// What follows from it.
    pub cluster: &'v Cluster,
    /// The files that its options name.
    pub files: &'v Files,
}

/// Texts with their names, by what `-f` names: a file, a folder, `-`. What isn't there is missing.
pub type Files = BTreeMap<String, Vec<(String, String)>>;

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
pub fn parse(args: &[String]) -> Result<Kubectl, UsageError> {
    let (verb, flags) = flags::read(args)?;
    if !matches!(verb, Verb::Get | Verb::Describe) {
        return Ok(Kubectl::Write(Write::new(verb, flags)?));
    }
    let format = flags.value("output").map_or(Ok(Format::Table), Format::parse)?;
    let is_table = matches!(format, Format::Table | Format::Wide);
    if flags.is("show-labels") && !is_table {
        let format = flags.value("output").unwrap_or_default();
        return Err(refused(format!("error: --show-labels option cannot be used with {format} printer")));
    }
    let queries = queries(&flags, &format)?;
    if verb == Verb::Describe {
        describe::known(&queries)?;
    }
    Ok(Kubectl::Read(Read {
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
fn queries(flags: &Flags, format: &Format) -> Result<Vec<Query>, UsageError> {
    let Some((first, rest)) = flags.words.split_first() else {
        let known: Vec<&str> = resources().collect();
        if flags.is_describe {
            let hint = "Use \"kubectl api-resources\" for a complete list of supported resources.";
            return Err(refused(format!("error: You must specify the type of resource to describe. {hint}")));
        }
        return Err(error(format!("You must specify the type of resource to get: {}", known.join(", "))));
    };
    let mut wanted: Vec<(Resource, Vec<String>)> = Vec::new();
    if flags.words.iter().any(|word| word.contains('/')) {
        for word in &flags.words {
            let (kind, name) = word.split_once('/').filter(|(kind, name)| !kind.contains(',') && !name.is_empty()).ok_or_else(|| {
                refused("error: there is no need to specify a resource type as a separate argument when passing \
                     arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get \
                     resource resource/<resource_name>'")
            })?;
            let resource = resource::resource(kind)?;
            match wanted.last_mut().filter(|(last, _)| *last == resource) {
                Some((_, names)) => names.push(name.to_owned()),
                None => wanted.push((resource, vec![name.to_owned()])),
            }
        }
    } else {
        wanted.extend(resource::list(first)?.into_iter().map(|resource| (resource, rest.to_vec())));
    }
    let several = wanted.iter().any(|(resource, _)| wanted.first().is_some_and(|(first, _)| first != resource));
    let namespace = match flags.is("all-namespaces") {
        true => Namespace::All,
        false => Namespace::One(flags.value("namespace").unwrap_or("default").to_owned()),
    };
    if namespace == Namespace::All && wanted.iter().any(|(_, names)| !names.is_empty()) {
        return Err(refused("error: a resource cannot be retrieved by name across all namespaces"));
    }
    let selector = flags.value("selector").map(selector::selector).transpose()?.unwrap_or_default();
    if flags.value("selector").is_some() && wanted.iter().any(|(_, names)| !names.is_empty()) {
        return Err(refused("error: selectors and the all flag cannot be used when passing resource/name arguments"));
    }
    let queries = wanted.into_iter().map(|(resource, names)| Query {
        resource,
        names,
        namespace: namespace.clone(),
        selector: selector.clone(),
        wide: *format == Format::Wide,
        headers: !flags.is("no-headers"),
        labels: flags.is("show-labels"),
        with_kind: several,
    });
    Ok(queries.collect())
}

impl Kubectl {
    /// What it prints and changes, whoever asks.
    pub fn run(&self, view: View<'_>) -> Result<(Output, Vec<Change>), UsageError> {
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
    pub fn table(&self, view: View<'_>) -> Option<Vec<Vec<String>>> {
        let Self::Read(read) = self else { return None };
        let query = read.queries.first().filter(|_| read.verb == Verb::Get)?;
        let (header, rows) = get::table(query, view);
        Some(std::iter::once(header).chain(rows.into_iter().map(|row| row.cells)).collect())
    }
}

impl Read {
    fn output(&self, view: View<'_>) -> Result<Output, UsageError> {
        match self.verb {
            Verb::Describe => Ok(describe::output(self, view)),
            _ => get::output(self, view),
        }
    }
}

impl Query {
    /// Whether an object is asked for.
    fn wants(&self, namespace: &str, name: &str, labels: &Labels) -> bool {
        let here = match &self.namespace {
            Namespace::One(one) => one == namespace,
            Namespace::All => true,
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
            Namespace::One(namespace) if self.resource.is_namespaced() => {
                format!("No resources found in {namespace} namespace.\n")
            }
            Namespace::One(_) | Namespace::All => "No resources found\n".to_owned(),
        }
    }
}

/// What kubectl itself refuses, in its words.
fn refused(message: impl Into<String>) -> UsageError {
    UsageError::of_tool(1, message)
}

fn error(message: impl Into<String>) -> UsageError {
    UsageError::new(1, message)
}
