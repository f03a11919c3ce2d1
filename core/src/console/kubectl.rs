//! kubectl, as far as it shows what routing depends on: `get` of pods, Services, their endpoints, and what they hang on;
//! `describe service`.

use std::collections::BTreeMap;

use super::{Output, UsageError};
use crate::cluster::Cluster;
use crate::model::{LabelSelector, Labels, SelectorRequirement};
use crate::schema;

mod describe;
pub mod exec;
mod get;
mod objects;
mod table;

/// A kubectl command.
#[derive(Clone, Debug)]
pub struct Kubectl {
    verb: Verb,
    resource: Resource,
    /// The other types of `get svc,ep`.
    others: Vec<Resource>,
    names: Vec<String>,
    namespace: Namespace,
    selector: LabelSelector,
    wide: bool,
    /// -o name: `service/web`.
    names_only: bool,
    headers: bool,
    /// --show-labels
    labels: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Get,
    Describe,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Resource {
    Pods,
    Services,
    Endpoints,
    EndpointSlices,
    Ingresses,
    IngressClasses,
    NetworkPolicies,
    ConfigMaps,
    Nodes,
    Namespaces,
    Deployments,
    ReplicaSets,
    StatefulSets,
    DaemonSets,
}

/// The plural, as errors name it, the other names that kubectl knows, and the kind.
const NAMES: [(&str, &[&str], Resource); 14] = [
    ("pods", &["po", "pod"], Resource::Pods),
    ("services", &["svc", "service"], Resource::Services),
    ("endpoints", &["ep"], Resource::Endpoints),
    ("endpointslices.discovery.k8s.io", &["endpointslice", "endpointslices"], Resource::EndpointSlices),
    ("ingresses.networking.k8s.io", &["ing", "ingress", "ingresses"], Resource::Ingresses),
    ("ingressclasses.networking.k8s.io", &["ingressclass", "ingressclasses"], Resource::IngressClasses),
    ("networkpolicies.networking.k8s.io", &["netpol", "networkpolicy", "networkpolicies"], Resource::NetworkPolicies),
    ("configmaps", &["cm", "configmap"], Resource::ConfigMaps),
    ("nodes", &["no", "node"], Resource::Nodes),
    ("namespaces", &["ns", "namespace"], Resource::Namespaces),
    ("deployments.apps", &["deploy", "deployment", "deployments"], Resource::Deployments),
    ("replicasets.apps", &["rs", "replicaset", "replicasets"], Resource::ReplicaSets),
    ("statefulsets.apps", &["sts", "statefulset", "statefulsets"], Resource::StatefulSets),
    ("daemonsets.apps", &["ds", "daemonset", "daemonsets"], Resource::DaemonSets),
];

#[derive(Clone, Debug, PartialEq, Eq)]
enum Namespace {
    One(String),
    All,
}

/// The kinds that `kubectl get` understands, for completion.
pub const RESOURCES: &[&str] = &[
    "pods",
    "services",
    "endpoints",
    "endpointslices",
    "ingresses",
    "ingressclasses",
    "networkpolicies",
    "configmaps",
    "nodes",
    "namespaces",
    "deployments",
    "replicasets",
    "statefulsets",
    "daemonsets",
];

impl Resource {
    /// Whether its objects live in namespaces.
    fn is_namespaced(self) -> bool {
        !matches!(self, Self::Nodes | Self::Namespaces | Self::IngressClasses)
    }
}

/// Reads the arguments behind `kubectl`.
pub fn parse(args: &[String]) -> Result<Kubectl, UsageError> {
    let mut args = args.iter();
    let mut kubectl = Kubectl {
        verb: Verb::Get,
        resource: Resource::Pods,
        others: Vec::new(),
        names: Vec::new(),
        namespace: Namespace::One("default".to_owned()),
        selector: LabelSelector::default(),
        wide: false,
        names_only: false,
        headers: true,
        labels: false,
    };
    let mut positional = Vec::new();
    while let Some(arg) = args.next() {
        let (option, inline) = match arg.split_once('=') {
            Some((option, value)) if option.starts_with("--") => (option, Some(value.to_owned())),
            _ => (arg.as_str(), None),
        };
        let mut value = || inline.clone().or_else(|| args.next().cloned()).ok_or_else(|| needs_value(option));
        match option {
            "-n" | "--namespace" => kubectl.namespace = Namespace::One(value()?),
            "-A" | "--all-namespaces" => kubectl.namespace = Namespace::All,
            "-l" | "--selector" => kubectl.selector = selector(&value()?)?,
            "-o" | "--output" => kubectl.format(&value()?)?,
            "-owide" => kubectl.wide = true,
            "-oname" => kubectl.names_only = true,
            "--show-labels" => kubectl.labels = true,
            "--no-headers" => kubectl.headers = false,
            option if option.starts_with('-') => return Err(unknown_flag(option)),
            _ => positional.push(arg.as_str()),
        }
    }
    // Flags may stand before the verb: `kubectl -n kube-system get svc`.
    let (verb, objects) =
        positional.split_first().ok_or_else(|| error("kubectl: get or describe is missing".to_owned()))?;
    kubectl.verb = match *verb {
        "get" => Verb::Get,
        "describe" => Verb::Describe,
        other => {
            return Err(error(format!("kubectl {other} isn't understood here: get, describe service and exec are")));
        }
    };
    kubectl.objects(objects)?;
    Ok(kubectl)
}

impl Kubectl {
    fn format(&mut self, format: &str) -> Result<(), UsageError> {
        match format {
            "wide" => self.wide = true,
            "name" => self.names_only = true,
            other => return Err(error(format!("kubectl -o {other} isn't understood here: wide and name are"))),
        }
        Ok(())
    }

    /// `svc web api` or `svc/web`.
    fn objects(&mut self, words: &[&str]) -> Result<(), UsageError> {
        let (kind, names) = words
            .split_first()
            .ok_or_else(|| error(format!("You must specify the type of resource to get: {}", RESOURCES.join(", "))))?;
        let (kind, name) = kind.split_once('/').map_or((*kind, None), |(kind, name)| (kind, Some(name)));
        let mut resources = kind.split(',').map(resource).collect::<Result<Vec<_>, _>>()?.into_iter();
        self.resource = resources.next().unwrap_or(self.resource);
        self.others = resources.collect();
        let described = self.resource == Resource::Services && self.others.is_empty();
        if self.verb == Verb::Describe && !described {
            return Err(error(format!("kubectl describe {kind} isn't understood here: describe service is")));
        }
        self.names = name.iter().chain(names).map(ToString::to_string).collect();
        Ok(())
    }

    /// What it prints, whoever asks.
    pub fn output(&self, cluster: &Cluster) -> Output {
        match self.verb {
            Verb::Get if self.others.is_empty() => get::output(self, cluster),
            Verb::Get => self.tables(cluster),
            Verb::Describe => describe::output(self, cluster),
        }
    }

    /// One table after the other, with a blank line between those that aren't empty. Names carry their kind
    /// (get.go, printWithKind).
    fn tables(&self, cluster: &Cluster) -> Output {
        let resources = std::iter::once(self.resource).chain(self.others.iter().copied());
        let each = resources.map(|resource| get::output(&Self { resource, ..self.clone() }, cluster));
        let each: Vec<Output> = each.collect();
        let shown = each.iter().filter_map(|output| output.stdout.as_deref()).filter(|text| !text.is_empty());
        let between = if self.names_only { "" } else { "\n" };
        let stdout = shown.collect::<Vec<_>>().join(between);
        let nothing = |text: &&str| !text.starts_with("No resources");
        let stderr: String = match stdout.is_empty() && self.names.is_empty() {
            true => each.last().map(|output| output.stderr.clone()).unwrap_or_default(),
            false => each.iter().map(|output| output.stderr.as_str()).filter(nothing).collect(),
        };
        let exit = each.iter().map(|output| output.exit).max().unwrap_or_default();
        Output { stdout: Some(stdout), stderr, exit }
    }

    /// The lines of `kubectl get` as cells, the header first; None for other verbs.
    pub fn table(&self, cluster: &Cluster) -> Option<Vec<Vec<String>>> {
        (self.verb == Verb::Get).then(|| get::table(self, cluster).0)
    }

    /// The kind with its group as `-o name` has it: `service`, `deployment.apps`, `endpointslice.discovery.k8s.io`.
    fn kind(&self) -> String {
        let known = NAMES.iter().find(|(_, _, resource)| *resource == self.resource);
        let plural = known.map_or("", |(plural, _, _)| plural);
        let (plural, group) = plural.split_once('.').map_or((plural, None), |(plural, group)| (plural, Some(group)));
        let singular = match self.resource {
            Resource::Endpoints => plural,
            Resource::NetworkPolicies => "networkpolicy",
            Resource::Ingresses => "ingress",
            Resource::IngressClasses => "ingressclass",
            _ => plural.strip_suffix('s').unwrap_or(plural),
        };
        group.map_or_else(|| singular.to_owned(), |group| format!("{singular}.{group}"))
    }

    /// Whether an object is asked for.
    fn wants(&self, namespace: &str, name: &str, labels: &Labels) -> bool {
        let here = match &self.namespace {
            Namespace::One(one) => one == namespace,
            Namespace::All => true,
        };
        here && (self.names.is_empty() || self.names.iter().any(|one| one == name)) && self.selector.matches(labels)
    }

    /// What kubectl says about names that aren't there, and about nothing at all.
    fn missing(&self, found: &[&str]) -> String {
        let known = NAMES.iter().find(|(_, _, resource)| *resource == self.resource);
        let plural = known.map_or("", |(plural, _, _)| plural);
        let missing = self.names.iter().filter(|name| !found.contains(&name.as_str()));
        let errors: String =
            missing.map(|name| format!("Error from server (NotFound): {plural} \"{name}\" not found\n")).collect();
        match (&self.namespace, self.names.is_empty() && found.is_empty()) {
            (Namespace::One(_), true) if !self.resource.is_namespaced() => "No resources found\n".to_owned(),
            (Namespace::One(namespace), true) => format!("No resources found in {namespace} namespace.\n"),
            (Namespace::All, true) => "No resources found\n".to_owned(),
            (_, false) => errors,
        }
    }
}

/// A type by any of its names.
fn resource(name: &str) -> Result<Resource, UsageError> {
    let known = NAMES.iter().find(|(plural, others, _)| *plural == name || others.contains(&name));
    known.map(|(_, _, resource)| *resource).ok_or_else(|| {
        if is_real(name) {
            return error(format!("kubectl: {name} isn't understood here: {} are", RESOURCES.join(", ")));
        }
        refused(format!("error: the server doesn't have a resource type \"{name}\""))
    })
}

/// Whether a server has a type of this name, one way or another.
fn is_real(name: &str) -> bool {
    let name = name.split('.').next().unwrap_or(name);
    let is_plural = |kind: &str| match kind.strip_suffix('y') {
        Some(stem) => name.strip_prefix(stem) == Some("ies"),
        None => name.strip_prefix(kind).is_some_and(|rest| matches!(rest, "s" | "es")),
    };
    let kinds = || schema::kinds().map(|kind| kind.name.to_ascii_lowercase());
    SHORT.contains(&name) || kinds().any(|kind| kind == name || is_plural(&kind))
}

/// Types that `kubectl api-resources` abbreviates, and the category of the usual ones.
const SHORT: [&str; 16] =
    ["all", "cj", "crd", "cs", "csr", "ev", "hpa", "limits", "pc", "pdb", "pv", "pvc", "quota", "rc", "sa", "sc"];

/// `app=web,tier!=cache,env in (a,b),!old` (apimachinery labels.Parse).
fn selector(text: &str) -> Result<LabelSelector, UsageError> {
    let mut selector = LabelSelector { match_labels: BTreeMap::new(), match_expressions: Vec::new() };
    for part in split_outside_parentheses(text) {
        selector.match_expressions.push(requirement(part.trim()).ok_or_else(|| {
            error(format!("error: unable to parse requirement: `{part}` in the label selector `{text}`"))
        })?);
    }
    Ok(selector)
}

fn split_outside_parentheses(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut inside = false;
    for character in text.chars() {
        inside = (inside || character == '(') && character != ')';
        match (character, parts.last_mut()) {
            (',', _) if !inside => parts.push(String::new()),
            (_, Some(part)) => part.push(character),
            (_, None) => {}
        }
    }
    parts
}

fn requirement(part: &str) -> Option<SelectorRequirement> {
    let of = |key: &str, operator: &str, values: Vec<&str>| {
        let values = values.into_iter().map(|value| value.trim().into()).collect();
        Some(SelectorRequirement { key: key.trim().into(), operator: operator.into(), values })
    };
    let list = |text: &str| text.trim().strip_prefix('(')?.strip_suffix(')').map(str::to_owned);
    if let Some((key, values)) = part.split_once(" notin ") {
        return of(key, "NotIn", list(values)?.split(',').collect());
    }
    if let Some((key, values)) = part.split_once(" in ") {
        return of(key, "In", list(values)?.split(',').collect());
    }
    if let Some((key, value)) = part.split_once("!=") {
        return of(key, "NotIn", vec![value]);
    }
    if let Some((key, value)) = part.split_once("==").or_else(|| part.split_once('=')) {
        return of(key, "In", vec![value]);
    }
    match part.strip_prefix('!') {
        Some(key) => of(key, "DoesNotExist", Vec::new()),
        None if part.is_empty() || part.contains(' ') => None,
        None => of(part, "Exists", Vec::new()),
    }
}

fn needs_value(option: &str) -> UsageError {
    match option.starts_with("--") {
        true => refused(format!("error: flag needs an argument: {option}")),
        false => refused(format!("error: flag needs an argument: '{}' in {option}", option.trim_start_matches('-'))),
    }
}

/// kubectl has many flags; which of those it would refuse isn't known here.
fn unknown_flag(option: &str) -> UsageError {
    error(format!("kubectl {option} isn't understood here"))
}

/// What kubectl itself refuses, in its words.
fn refused(message: impl Into<String>) -> UsageError {
    UsageError::of_tool(1, message)
}

fn error(message: impl Into<String>) -> UsageError {
    UsageError::new(1, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        pairs.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect()
    }

    #[test]
    fn selectors_read_as_apimachinery_reads_them() {
        let web = labels(&[("app", "web"), ("env", "b")]);
        for (text, matches) in [
            ("app=web", true),
            ("app==web,env in (a, b)", true),
            ("app!=web", false),
            ("env notin (a)", true),
            ("!old,app", true),
            ("missing", false),
        ] {
            assert_eq!(selector(text).unwrap().matches(&web), matches, "{text}");
        }
        assert!(selector("a b").is_err());
    }
}
