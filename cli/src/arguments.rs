//! The command line's arguments and their help.

use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use strum::VariantArray;
use whichpod_core::cluster::KubeProxyMode;
use whichpod_core::explain::Language;
use whichpod_core::ingress::IngressImplementation;
use whichpod_core::report::ReportDetail;
use whichpod_core::request::ClientLibc;
use whichpod_core::tally::RequestSeries;

/// Which pod a request lands on, and why.
#[derive(Debug, Parser)]
#[command(
    name = "whichpod",
    version,
    about = "Which pod a request lands on, and why: answers from Kubernetes manifests, without a cluster",
    after_help = "Examples:
  whichpod trace -f k8s/ -- curl http://shop.example.com/cart
  whichpod trace -f k8s/ --from deploy/client -- nslookup db
  whichpod trace -f k8s/ --rollout web -- curl http://shop.example.com/cart
  kubectl get all,ingress,endpointslices,nodes -A -o yaml | whichpod trace -f - -- curl http://INGRESS/
  whichpod check -f k8s/
  whichpod test routing-tests.yaml

Exit status: 0 done, 1 a negative answer (a failed test, errors found), 2 unusable arguments or input."
)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show where a request lands, with shares, and every decision on the way
    Trace(Trace),
    /// Print what the tool itself would print, and exit like it
    Exec(Exec),
    /// Type commands one after the other, against a cluster that remembers what they changed
    Shell(ShellArguments),
    /// Report what is wrong with the manifests
    Check(Check),
    /// Show who can reach whom: every client place against every Service port
    Matrix(Matrix),
    /// Try every way in once: hosts and paths, load balancers, node ports, Services; failures first
    Entrances(Entrances),
    /// Run routing tests: manifests, requests and what must come out
    Test(Test),
    /// List what is modelled: kinds, fields, annotations, plugins, options, rules, and what is not
    Modelled(Modelled),
}

/// Where manifests come from, and who asks.
#[derive(Debug, Args)]
pub struct Question {
    /// Manifests: a file, a folder (*.yaml, *.yml, *.json, recursively) or - for standard input
    #[arg(short = 'f', long = "file", value_name = "FILE|DIR|-", required = true)]
    pub files: Vec<PathBuf>,
    /// Who asks: external, external:ADDRESS, pod/NAME, pod/NS/NAME, deploy/NAME, node/NAME
    #[arg(long, value_name = "WHO", default_value = "external")]
    pub from: String,
    /// The namespace of names without one
    #[arg(short, long, value_name = "NS", default_value = "default")]
    pub namespace: String,
    /// kube-proxy's mode, whatever the manifests say
    #[arg(long, value_parser = named::<KubeProxyMode>(), value_name = "MODE")]
    pub proxy_mode: Option<KubeProxyMode>,
    /// The C library of the client's programs (by default the image tells: alpine is musl)
    #[arg(long, value_parser = named::<ClientLibc>(), value_name = "LIBC")]
    pub libc: Option<ClientLibc>,
    /// The command: curl, wget, nc, telnet, ping, dig, nslookup, host, getent, kubectl …, or several joined
    /// with `&&`; INGRESS, NODE(name) stand for addresses
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub command: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Trace {
    #[command(flatten)]
    pub question: Question,
    /// As if this controller served every Ingress; several stand side by side
    #[arg(long = "as", value_parser = ingress_implementation(), value_name = "CONTROLLER")]
    pub controllers: Vec<IngressImplementation>,
    /// Tally this many requests of one client, each on its own connection, drawn from the shares (always the same draw)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(..=1_000_000))]
    pub repeat: Option<u32>,
    /// All requests of --repeat on one connection, which stays where it was made
    #[arg(long, requires = "repeat")]
    pub one_connection: bool,
    /// The answer at every step of a Deployment's roll-out: which pods there are, and where the request lands
    #[arg(long, value_name = "[NS/]DEPLOYMENT", conflicts_with = "controllers")]
    pub rollout: Option<String>,
    /// The walk of every landing, not only of the first
    #[arg(long)]
    pub all: bool,
    /// How to print the answer
    #[arg(short, long, value_enum, default_value_t = Format::Text)]
    pub output: Format,
}

impl Trace {
    /// How much is asked for.
    pub fn detail(&self) -> ReportDetail {
        let series = |requests| RequestSeries { requests, one_connection: self.one_connection };
        ReportDetail { all: self.all, repeat: self.repeat.map(series) }
    }
}

#[derive(Debug, Args)]
pub struct Exec {
    #[command(flatten)]
    pub question: Question,
}

#[derive(Debug, Args)]
pub struct ShellArguments {
    /// Manifests: a file, a folder (*.yaml, *.yml, *.json, recursively) or - for standard input
    #[arg(short = 'f', long = "file", value_name = "FILE|DIR", required = true)]
    pub files: Vec<PathBuf>,
    /// Who asks: external, external:ADDRESS, pod/NAME, pod/NS/NAME, deploy/NAME, node/NAME
    #[arg(long, value_name = "WHO", default_value = "external")]
    pub from: String,
    /// The namespace of names without one
    #[arg(short, long, value_name = "NS", default_value = "default")]
    pub namespace: String,
}

#[derive(Debug, Args)]
pub struct Check {
    /// Manifests: a file, a folder (*.yaml, *.yml, *.json, recursively) or - for standard input
    #[arg(short = 'f', long = "file", value_name = "FILE|DIR|-", required = true)]
    pub files: Vec<PathBuf>,
    /// How to print the findings
    #[arg(short, long, value_enum, default_value_t = CheckFormat::Text)]
    pub output: CheckFormat,
}

#[derive(Debug, Args)]
pub struct Matrix {
    /// Manifests: a file, a folder (*.yaml, *.yml, *.json, recursively) or - for standard input
    #[arg(short = 'f', long = "file", value_name = "FILE|DIR|-", required = true)]
    pub files: Vec<PathBuf>,
    /// Only clients whose name contains this: external, node/…, pod/…
    #[arg(long, value_name = "TEXT")]
    pub from: Option<String>,
    /// Only Services whose namespace/name contains this
    #[arg(long, value_name = "TEXT")]
    pub to: Option<String>,
    /// How many cells at most: it grows as clients times ports
    #[arg(long, value_name = "N", default_value_t = whichpod_core::matrix::DEFAULT_LIMIT)]
    pub limit: usize,
    /// kube-proxy's mode, whatever the manifests say
    #[arg(long, value_parser = named::<KubeProxyMode>(), value_name = "MODE")]
    pub proxy_mode: Option<KubeProxyMode>,
    /// How to print the cells
    #[arg(short, long, value_enum, default_value_t = MatrixFormat::Text)]
    pub output: MatrixFormat,
}

#[derive(Debug, Args)]
pub struct Entrances {
    /// Manifests: a file, a folder (*.yaml, *.yml, *.json, recursively) or - for standard input
    #[arg(short = 'f', long = "file", value_name = "FILE|DIR|-", required = true)]
    pub files: Vec<PathBuf>,
    /// kube-proxy's mode, whatever the manifests say
    #[arg(long, value_parser = named::<KubeProxyMode>(), value_name = "MODE")]
    pub proxy_mode: Option<KubeProxyMode>,
    /// How to print the entrances
    #[arg(short, long, value_enum, default_value_t = EntrancesFormat::Text)]
    pub output: EntrancesFormat,
}

#[derive(Debug, Args)]
pub struct Test {
    /// Files of routing tests
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// How to print the results
    #[arg(short, long, value_enum, default_value_t = TestFormat::Text)]
    pub output: TestFormat,
}

#[derive(Debug, Args)]
pub struct Modelled {
    /// The language of the text
    #[arg(long, value_parser = named::<Language>(), value_name = "LANGUAGE", default_value = "en")]
    pub language: Language,
    /// How to print the list
    #[arg(short, long, value_enum, default_value_t = ModelledFormat::Text)]
    pub output: ModelledFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ModelledFormat {
    /// For people
    Text,
    /// For programs, in both languages: whichpod.dev/modelled/v1
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// For programs: whichpod.dev/trace/v1
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// For people
    Text,
    /// For programs: whichpod.dev/check/v1
    Json,
    /// For code scanning: SARIF 2.1.0
    Sarif,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum EntrancesFormat {
    /// For people
    Text,
    /// For pull requests and runbooks: a Markdown table
    Md,
    /// For programs: whichpod.dev/entrances/v1
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MatrixFormat {
    /// For people
    Text,
    /// For spreadsheets
    Csv,
    /// For programs: whichpod.dev/matrix/v1
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TestFormat {
    /// For people; the last line is `N passed, N failed`
    Text,
    /// For programs
    Json,
    /// For CI servers
    Junit,
}

/// Takes the names of one of core's closed enums.
fn named<T>() -> impl TypedValueParser<Value = T>
where
    T: VariantArray + FromStr + Clone + Send + Sync,
    &'static str: From<&'static T>,
{
    PossibleValuesParser::new(T::VARIANTS.iter().map(<&str>::from))
        .try_map(|name| name.parse().map_err(|_| "no such name"))
}

/// Takes the names of the implementations of Ingress.
fn ingress_implementation() -> impl TypedValueParser<Value = IngressImplementation> {
    let names = IngressImplementation::ALL.iter().map(|implementation| implementation.name());
    PossibleValuesParser::new(names).try_map(|name| IngressImplementation::from_name(&name).ok_or("no such controller"))
}
