//! What every command has in common: where manifests come from, and what cluster they are for.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueHint};
use clap_complete::engine::ArgValueCompleter;
use whichpod_core::cluster::{KubeProxyMode, Preset};
use whichpod_core::model::KubernetesVersion;

use super::named;
use crate::completion;

/// Where manifests come from, and the cluster around them.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Manifests")]
pub struct Input {
    /// A file, a folder (*.yaml, *.yml, *.json, recursively, without what .gitignore names), a glob, or - for standard
    /// input; several with commas
    #[arg(short = 'f', long = "file", value_name = "FILE|DIR|GLOB|-", value_hint = ValueHint::AnyPath)]
    pub files: Vec<PathBuf>,
    /// Folders are read recursively anyway
    #[arg(short = 'R', long, hide = true)]
    pub recursive: bool,
    /// What `kubectl kustomize DIR` prints
    #[arg(short = 'k', long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub kustomize: Vec<PathBuf>,
    /// What `helm template CHART` prints; its values with --values
    #[arg(long, value_name = "CHART", value_hint = ValueHint::DirPath)]
    pub helm: Vec<PathBuf>,
    /// A file of values for --helm
    #[arg(long, value_name = "FILE", requires = "helm", value_hint = ValueHint::FilePath)]
    pub values: Vec<PathBuf>,
    /// Leave out files that this glob matches
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
    /// The live cluster, through kubectl
    #[arg(long, conflicts_with_all = ["files", "kustomize", "helm"])]
    pub live: bool,
    /// The live cluster of this context of kubectl
    #[arg(long, value_name = "NAME", conflicts_with_all = ["files", "kustomize", "helm"], add = ArgValueCompleter::new(completion::contexts))]
    pub context: Option<String>,
    /// Fetch what Secrets hold as well
    #[arg(long)]
    pub with_secrets: bool,
    /// How the cluster was installed, whatever the manifests say
    #[arg(long, value_name = "NAME", value_parser = preset(), help_heading = "Cluster")]
    pub cluster: Option<Preset>,
    /// The version of Kubernetes, whatever the manifests say
    #[arg(long, value_name = "VERSION", value_parser = version(), help_heading = "Cluster")]
    pub kubernetes_version: Option<KubernetesVersion>,
    /// How pods' packets leave the pod network: with the node's address, or with their own
    #[arg(long, value_name = "HOW", value_parser = ["masquerade", "routed"], help_heading = "Cluster")]
    pub pod_network: Option<String>,
    /// kube-proxy's mode, whatever the manifests say
    #[arg(long, value_name = "MODE", value_parser = named::<KubeProxyMode>(), help_heading = "Cluster")]
    pub proxy_mode: Option<KubeProxyMode>,
}

/// Files and folders without a letter in front, for commands that take no others.
#[derive(Clone, Debug, Default, Args)]
pub struct Paths {
    /// Files, folders and globs; as -f
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath, add = ArgValueCompleter::new(completion::paths))]
    pub paths: Vec<PathBuf>,
}

/// Who asks.
#[derive(Clone, Debug, Args)]
pub struct Asker {
    /// Who asks: external, external:ADDRESS, pod/NAME, deploy/NAME (sts, ds, job …), svc/NAME, node/NAME, or a name that
    /// only one of them has; with a namespace in front of the name: pod/shop/web-1
    #[arg(long, value_name = "WHO", default_value = "external", add = ArgValueCompleter::new(completion::clients))]
    pub from: String,
    /// The namespace of names without one
    #[arg(short, long, value_name = "NS", default_value = "default", add = ArgValueCompleter::new(completion::namespaces))]
    pub namespace: String,
}

fn preset() -> impl TypedValueParser<Value = Preset> {
    PossibleValuesParser::new(Preset::ALL.map(Preset::name))
        .try_map(|name| Preset::from_name(&name).ok_or("no such cluster"))
}

fn version() -> impl TypedValueParser<Value = KubernetesVersion> {
    let all = [KubernetesVersion::V1_35, KubernetesVersion::V1_37];
    PossibleValuesParser::new(all.map(KubernetesVersion::name))
        .try_map(move |name| all.into_iter().find(|version| version.name() == name).ok_or("no such version"))
}
