//! The command line's arguments and their help.

use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueHint};
use clap_complete::engine::ArgValueCompleter;
use strum::VariantArray;
use whichpod_core::explain::Language;
use whichpod_core::ingress::IngressImplementation;
use whichpod_core::report::ReportDetail;
use whichpod_core::request::ClientLibc;
use whichpod_core::tally::RequestSeries;

use crate::completion;

mod forms;
mod input;

pub use forms::{
    CheckFormat, ColourWhen, DiffFormat, EntrancesFormat, FailOn, Format, MatrixFormat, MatrixRows, ModelledFormat,
    TestFormat,
};
pub use input::{Asker, Input, Paths};

/// Where options stand in the help that every command has: behind the command's own.
const LAST: usize = 900;

/// Which pod a request lands on, and why.
#[derive(Debug, Parser)]
#[command(
    name = "whichpod",
    version,
    about = "Which pod a request lands on, and why: answers from Kubernetes manifests, without a cluster",
    max_term_width = 110,
    after_help = "Examples:
  whichpod trace -f k8s/ curl http://shop.example.com/cart
  whichpod trace -f k8s/ --from deploy/client nslookup db
  whichpod trace -k overlays/prod --why-not web-2 curl http://INGRESS/
  whichpod trace --live curl http://shop.example.com/    (the live cluster, through kubectl)
  whichpod diff k8s/ k8s-new/    whichpod diff --git main..HEAD k8s/
  whichpod check k8s/ --fix
  whichpod test --init k8s/ > routing-tests.yaml;  whichpod test routing-tests.yaml

In a command these words stand for addresses:
  INGRESS, INGRESS(CLASS)          the Ingress controller, from outside
  GATEWAY, GATEWAY(NS/NAME)        a Gateway
  LB(NS/NAME)                      a Service of type LoadBalancer
  NODE(NAME)                       a node

Exit status: 0 done, 1 a negative answer (a failed test, errors found), 2 unusable arguments or input."
)]
pub struct Arguments {
    /// The language of the answer: en, ja; by default the locale's
    #[arg(long, global = true, display_order = LAST, value_parser = named::<Language>(), value_name = "LANGUAGE")]
    pub lang: Option<Language>,
    /// When to colour; by default where a terminal shows it and NO_COLOR isn't set
    #[arg(long, global = true, display_order = LAST, value_enum, value_name = "WHEN")]
    pub color: Option<ColourWhen>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show where a request lands and why: the answer first, every decision on the way with -v
    Trace(Box<Trace>),
    /// Print what the tool itself would print, and exit like it
    Exec(Box<Exec>),
    /// Type commands one after the other, against a cluster that remembers what they changed
    Shell(Box<ShellArguments>),
    /// Report what is wrong with the manifests, and mend what can be mended
    Check(Box<Check>),
    /// Show which requests two sets of manifests answer differently
    Diff(Box<Diff>),
    /// Show who can reach whom: every client against every Service port, host and path
    Matrix(Box<Matrix>),
    /// Try every way in once: hosts and paths, load balancers, node ports, Services; failures first
    Entrances(Box<Entrances>),
    /// Run routing tests: manifests, requests and what must come out
    Test(Box<Test>),
    /// Write the live cluster as manifests, through kubectl
    Export(Box<Export>),
    /// Answer agents: the tools trace, exec, check and modelled over the Model Context Protocol on standard input and output
    Mcp,
    /// List what is modelled: kinds, fields, annotations, plugins, options, rules, and what is not
    Modelled(Modelled),
    /// Print the JSON Schema of a format
    Schema(Schema),
    /// Print what a shell needs to complete commands: source <(whichpod completion bash)
    #[command(alias = "completions")]
    Completion(Completion),
    /// Print the manual page, of all commands or of one
    Man(Man),
}

/// Where manifests come from, who asks, and what.
#[derive(Debug, Args)]
pub struct Question {
    #[command(flatten)]
    pub paths: Paths,
    #[command(flatten)]
    pub asker: Asker,
    /// The C library of the client's programs (by default the image tells: alpine is musl)
    #[arg(long, value_parser = named::<ClientLibc>(), value_name = "LIBC", help_heading = "Cluster")]
    pub libc: Option<ClientLibc>,
    /// The command: curl, wget, grpcurl, nc, telnet, ping, dig, nslookup, host, getent, hostname, env, printenv, cat, kubectl,
    /// several joined with `&&` or `|`, or a URL alone; `--` in front where it could be taken for a path
    #[arg(last = true, required = true, value_name = "COMMAND", add = ArgValueCompleter::new(completion::commands))]
    pub command: Vec<String>,
    #[command(flatten)]
    pub input: Input,
}

#[derive(Debug, Args)]
pub struct Trace {
    /// As if this controller served every Ingress; several stand side by side, `all` are all
    #[arg(long = "as", value_parser = ingress_implementations(), value_name = "CONTROLLER", value_delimiter = ',')]
    pub controllers: Vec<Controllers>,
    /// Why the request doesn't land on this pod, or on the first of this workload: web-1, deploy/web, shop/web-1
    #[arg(long, value_name = "POD", add = ArgValueCompleter::new(completion::pods))]
    pub why_not: Option<String>,
    /// Tally this many requests of one client, each on its own connection, drawn from the shares (always the same draw)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(..=1_000_000))]
    pub repeat: Option<u32>,
    /// All requests of --repeat on one connection, which stays where it was made
    #[arg(long, requires = "repeat")]
    pub one_connection: bool,
    /// The answer at every step of a Deployment's roll-out: which pods there are, and where the request lands
    #[arg(long, value_name = "[NS/]DEPLOYMENT", conflicts_with = "controllers", add = ArgValueCompleter::new(completion::deployments))]
    pub rollout: Option<String>,
    /// Every decision on the way, with what was considered
    #[arg(short, long, visible_alias = "walk")]
    pub verbose: bool,
    /// The walk of every landing, not only of the first
    #[arg(long)]
    pub all: bool,
    /// Where the page is, for -o link
    #[arg(long, value_name = "URL", env = "WHICHPOD_PAGE")]
    pub page: Option<String>,
    /// How to print the answer
    #[arg(short, long, value_enum, default_value_t = Format::Text)]
    pub output: Format,
    #[command(flatten)]
    pub question: Question,
}

impl Trace {
    /// How much is asked for.
    pub fn detail(&self, language: Language) -> ReportDetail {
        let series = |requests| RequestSeries { requests, one_connection: self.one_connection };
        ReportDetail { all: self.all, repeat: self.repeat.map(series), language }
    }

    /// The controllers to compare.
    pub fn controllers(&self) -> Vec<IngressImplementation> {
        let mut all: Vec<IngressImplementation> = Vec::new();
        for implementation in self.controllers.iter().flat_map(|controllers| &controllers.0) {
            if !all.contains(implementation) {
                all.push(*implementation);
            }
        }
        all
    }
}

#[derive(Debug, Args)]
pub struct Exec {
    #[command(flatten)]
    pub question: Question,
}

#[derive(Debug, Args)]
pub struct ShellArguments {
    #[command(flatten)]
    pub paths: Paths,
    #[command(flatten)]
    pub asker: Asker,
    #[command(flatten)]
    pub input: Input,
}

#[derive(Debug, Args)]
#[command(after_help = SILENCING)]
pub struct Check {
    #[command(flatten)]
    pub paths: Paths,
    /// Write the fixes that are known into the files
    #[arg(long)]
    pub fix: bool,
    /// Print what --fix would change, and change nothing
    #[arg(long)]
    pub diff: bool,
    /// Only findings with these codes
    #[arg(long, value_name = "CODE", value_delimiter = ',', add = ArgValueCompleter::new(completion::codes))]
    pub select: Vec<String>,
    /// No findings with these codes
    #[arg(long, value_name = "CODE", value_delimiter = ',', add = ArgValueCompleter::new(completion::codes))]
    pub ignore: Vec<String>,
    /// From which severity on findings are a failure (exit status 1); `error` unless said
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub fail_on: Option<FailOn>,
    /// How to print the findings
    #[arg(short, long, value_enum, default_value_t = CheckFormat::Text)]
    pub output: CheckFormat,
    #[command(flatten)]
    pub input: Input,
}

#[derive(Clone, Debug, Args)]
pub struct Diff {
    /// The old and the new manifests: files, folders; with --git or --as the one set, the current folder unless said
    #[arg(value_name = "OLD NEW", num_args = 0..=2, value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    /// Two revisions of this repository: main..HEAD; against the files as they are: main
    #[arg(long, value_name = "REVISIONS", add = ArgValueCompleter::new(completion::revisions))]
    pub git: Option<String>,
    /// One set as this controller serves it, against another: given twice
    #[arg(long = "as", value_parser = ingress_implementations(), value_name = "CONTROLLER", value_delimiter = ',')]
    pub controllers: Vec<Controllers>,
    /// Requests to ask, rather than those that follow from the manifests: an access log of nginx or Traefik, or a file of
    /// routing tests
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub requests: Option<PathBuf>,
    /// What becomes of each Ingress of the old set: which annotations carry over, which do nothing, which change an answer
    #[arg(long)]
    pub annotations: bool,
    /// As many requests are asked at most
    #[arg(long, value_name = "N", default_value_t = whichpod_core::difference::DEFAULT_LIMIT)]
    pub limit: usize,
    /// Exit with 1 if anything changed
    #[arg(long)]
    pub exit_code: bool,
    /// How to print the changes
    #[arg(short, long, value_enum, default_value_t = DiffFormat::Text)]
    pub output: DiffFormat,
    #[command(flatten)]
    pub input: Input,
}

#[derive(Debug, Args)]
pub struct Matrix {
    #[command(flatten)]
    pub paths: Paths,
    /// Only clients whose name contains this, or of this name as `trace --from` takes it: external, node/…, deploy/…
    #[arg(long, value_name = "TEXT", add = ArgValueCompleter::new(completion::clients))]
    pub from: Option<String>,
    /// Only targets whose name contains this: a Service (namespace/name, svc/name), a host, a workload that is reached
    /// (deploy/name)
    #[arg(long, value_name = "TEXT", add = ArgValueCompleter::new(completion::targets))]
    pub to: Option<String>,
    /// Only what this workload asks, and who asks it: namespace/name, deploy/name, or a part of it
    #[arg(long, value_name = "WORKLOAD", conflicts_with_all = ["from", "to"], add = ArgValueCompleter::new(completion::clients))]
    pub focus: Option<String>,
    /// What each workload is open to: everybody in the cluster, outside, or only some
    #[arg(long)]
    pub exposure: bool,
    /// The rules of all policies in the order in which they are asked (Admin tier, NetworkPolicy, Baseline), and what one
    /// means for another
    #[arg(long, conflicts_with_all = ["exposure", "by", "from", "to"])]
    pub policies: bool,
    /// What a row is; a workload in text, md, dot and svg, a pod in csv unless said; json has both
    #[arg(long, value_enum, value_name = "ROWS")]
    pub by: Option<MatrixRows>,
    /// How many cells at most: it grows as clients times ports
    #[arg(long, value_name = "N", default_value_t = whichpod_core::matrix::DEFAULT_LIMIT)]
    pub limit: usize,
    /// How to print the cells
    #[arg(short, long, value_enum, default_value_t = MatrixFormat::Text)]
    pub output: MatrixFormat,
    #[command(flatten)]
    pub input: Input,
}

#[derive(Debug, Args)]
pub struct Entrances {
    #[command(flatten)]
    pub paths: Paths,
    /// How to print the entrances
    #[arg(short, long, value_enum, default_value_t = EntrancesFormat::Text)]
    pub output: EntrancesFormat,
    #[command(flatten)]
    pub input: Input,
}

#[derive(Debug, Args)]
pub struct Test {
    /// Files of routing tests, globs, or folders with files named *routing-tests*.yaml (the current one unless said); with
    /// --init manifests
    #[arg(value_name = "FILE", value_hint = ValueHint::AnyPath)]
    pub files: Vec<PathBuf>,
    /// Write tests from what these manifests promise: every host and path, every Service, every policy's allow and deny
    #[arg(long, conflicts_with_all = ["watch", "output"])]
    pub init: bool,
    /// Run again whenever a file changes
    #[arg(long)]
    pub watch: bool,
    /// How to print the results
    #[arg(short, long, value_enum, default_value_t = TestFormat::Text)]
    pub output: TestFormat,
}

#[derive(Debug, Args)]
pub struct Export {
    /// Of this context of kubectl
    #[arg(long, value_name = "NAME", add = ArgValueCompleter::new(completion::contexts))]
    pub context: Option<String>,
    /// Fetch what Secrets hold as well
    #[arg(long)]
    pub with_secrets: bool,
    /// As elsewhere; an export is always of the live cluster
    #[arg(long, hide = true)]
    pub live: bool,
}

#[derive(Debug, Args)]
pub struct Modelled {
    /// The language of the text, as --lang
    #[arg(long, hide = true, value_parser = named::<Language>(), value_name = "LANGUAGE")]
    pub language: Option<Language>,
    /// How to print the list
    #[arg(short, long, value_enum, default_value_t = ModelledFormat::Text)]
    pub output: ModelledFormat,
}

#[derive(Debug, Args)]
pub struct Schema {
    /// Which
    #[arg(value_name = "FORMAT", value_parser = PossibleValuesParser::new(crate::schema::NAMES))]
    pub name: String,
}

#[derive(Debug, Args)]
pub struct Completion {
    /// For which shell; the one that $SHELL names unless said
    #[arg(value_name = "SHELL", value_parser = ["bash", "zsh", "fish", "elvish", "powershell"])]
    pub shell: Option<String>,
}

#[derive(Debug, Args)]
pub struct Man {
    /// Of this command alone
    #[arg(value_name = "COMMAND")]
    pub command: Option<String>,
}

/// How a finding is silenced, for the help of `check`.
const SILENCING: &str = "A finding is silenced by --ignore CODE, or where it stands:
  # whichpod: ignore=CODE            a comment at its line, or alone on the one above
  whichpod.dev/ignore: CODE,CODE     an annotation of the object
  .whichpod.yaml                     ignore: [CODE], perFileIgnores: {'legacy/*': [CODE]}

Exit status: 0 done, 1 findings as bad as --fail-on says (errors unless it is said), 2 unusable arguments or input.";

/// Takes the names of one of core's closed enums.
fn named<T>() -> impl TypedValueParser<Value = T>
where
    T: VariantArray + FromStr + Clone + Send + Sync,
    &'static str: From<&'static T>,
{
    PossibleValuesParser::new(T::VARIANTS.iter().map(<&str>::from))
        .try_map(|name| name.parse().map_err(|_| "no such name"))
}

/// The controllers that a value of --as means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Controllers(pub Vec<IngressImplementation>);

/// Takes the names of the implementations of Ingress, `all`, and `nginx` as people say it.
fn ingress_implementations() -> impl TypedValueParser<Value = Controllers> {
    let names = IngressImplementation::ALL.iter().map(|implementation| implementation.name());
    PossibleValuesParser::new(names.chain(["nginx", "all"])).try_map(|name| {
        let one = |name: &str| IngressImplementation::from_name(name).map(|found| Controllers(vec![found]));
        match name.as_str() {
            "all" => Some(Controllers(IngressImplementation::ALL.to_vec())),
            "nginx" => one("ingress-nginx"),
            name => one(name),
        }
        .ok_or("no such controller")
    })
}
