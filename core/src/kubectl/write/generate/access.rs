//! `create role`, `clusterrole`, `rolebinding` and `clusterrolebinding` (pkg/cmd/create, create_role.go and others).

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::super::{UsageError, WriteCommand, kubectl_error, set_field};
use super::{bare_cluster_object, bare_object, require_flags};
use crate::kubectl::{KubectlVerb, KubectlView, resource};

const VERSION: &str = "rbac.authorization.k8s.io/v1";

/// What an API server does with objects (validResourceVerbs).
const VERBS: [&str; 16] = [
    "*",
    "get",
    "delete",
    "list",
    "create",
    "update",
    "patch",
    "watch",
    "proxy",
    "redirect",
    "deletecollection",
    "use",
    "bind",
    "escalate",
    "impersonate",
    "approve",
];

/// What is done with URLs (validNonResourceVerbs).
const URL_VERBS: [&str; 8] = ["*", "delete", "get", "head", "options", "patch", "post", "put"];

/// The verbs asked for, each once; `*` stands for all.
fn verbs(write: &WriteCommand) -> Result<Vec<&str>, UsageError> {
    let mut verbs: Vec<&str> = Vec::new();
    for verb in write.flags.list("verb") {
        if verb == "*" {
            return Ok(vec!["*"]);
        }
        if !verbs.contains(&verb) {
            verbs.push(verb);
        }
    }
    if verbs.is_empty() { Err(kubectl_error("error: at least one verb must be specified")) } else { Ok(verbs) }
}

/// What kubectl says of verbs that no API server has.
pub fn warnings(write: &WriteCommand) -> String {
    let strange = write.flags.list("verb").into_iter().filter(|verb| !VERBS.contains(verb));
    match write.flags.verb {
        KubectlVerb::CreateRole | KubectlVerb::CreateClusterRole => {
            strange.map(|verb| format!("Warning: '{verb}' is not a standard resource verb\n")).collect()
        }
        _ => String::new(),
    }
}

pub fn role(write: &WriteCommand, view: KubectlView<'_>) -> Result<Value, UsageError> {
    let mut object = bare_object(write, VERSION, "Role")?;
    let verbs = verbs(write)?;
    if write.flags.list("resource").is_empty() {
        return Err(kubectl_error("error: at least one resource must be specified"));
    }
    set_field(&mut object, "rules", Some(resource_rules(write, view, &verbs)?.into()));
    Ok(object)
}

pub fn cluster_role(write: &WriteCommand, view: KubectlView<'_>) -> Result<Value, UsageError> {
    let mut object = bare_cluster_object(write, VERSION, "ClusterRole")?;
    let aggregates = write.flags.list("aggregation-rule");
    if !aggregates.is_empty() {
        let labels = aggregates.iter().filter_map(|pair| pair.split_once('='));
        let labels: Map<String, Value> = labels.map(|(key, value)| (key.to_owned(), value.into())).collect();
        let rule = json!({"clusterRoleSelectors": [{"matchLabels": labels}]});
        set_field(&mut object, "aggregationRule", Some(rule));
        set_field(&mut object, "rules", Some(Value::Null));
        return Ok(object);
    }
    let verbs = verbs(write)?;
    let urls = write.flags.list("non-resource-url");
    if write.flags.list("resource").is_empty() && urls.is_empty() {
        return Err(kubectl_error("error: at least one resource or nonResourceURL must be specified"));
    }
    if let Some(verb) = verbs.iter().find(|verb| !urls.is_empty() && !URL_VERBS.contains(verb)) {
        return Err(kubectl_error(format!("error: invalid verb: '{verb}' for nonResourceURL")));
    }
    let mut rules = resource_rules(write, view, &verbs)?;
    if !urls.is_empty() {
        rules.push(json!({"nonResourceURLs": urls, "verbs": verbs}));
    }
    set_field(&mut object, "rules", Some(rules.into()));
    Ok(object)
}

/// A rule for each group (generateResourcePolicyRules).
fn resource_rules(write: &WriteCommand, view: KubectlView<'_>, verbs: &[&str]) -> Result<Vec<Value>, UsageError> {
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for text in write.flags.list("resource") {
        let (name, below) = text.split_once('/').map_or((text, None), |(name, below)| (name, Some(below)));
        let (plural, group) = match name {
            "*" => ("*".to_owned(), String::new()),
            name => {
                let found = resource::resource_by_name(view, name)?;
                let (plural, group) = found.plural().split_once('.').unwrap_or((found.plural(), ""));
                (plural.to_owned(), group.to_owned())
            }
        };
        let whole = below.map_or_else(|| plural.clone(), |below| format!("{plural}/{below}"));
        let known = groups.entry(group).or_default();
        if !known.contains(&whole) {
            known.push(whole);
        }
    }
    let mut names = write.flags.list("resource-name");
    names.dedup();
    let rule = |(group, resources): (String, Vec<String>)| {
        let mut rule = json!({"apiGroups": [group], "resources": resources, "verbs": verbs});
        set_field(&mut rule, "resourceNames", (!names.is_empty()).then(|| json!(names)));
        rule
    };
    Ok(groups.into_iter().map(rule).collect())
}

pub fn role_binding(write: &WriteCommand, _: KubectlView<'_>) -> Result<Value, UsageError> {
    let mut object = bare_object(write, VERSION, "RoleBinding")?;
    let given = |flag: &str| write.flags.value(flag).filter(|name| !name.is_empty());
    let (kind, name) = match (given("role"), given("clusterrole")) {
        (Some(name), None) => ("Role", name),
        (None, Some(name)) => ("ClusterRole", name),
        _ => return Err(kubectl_error("error: exactly one of clusterrole or role must be specified")),
    };
    set_field(&mut object, "roleRef", Some(reference(kind, name)));
    set_field(&mut object, "subjects", subjects(write)?);
    Ok(object)
}

pub fn cluster_role_binding(write: &WriteCommand, _: KubectlView<'_>) -> Result<Value, UsageError> {
    require_flags(write, &["clusterrole"])?;
    let mut object = bare_cluster_object(write, VERSION, "ClusterRoleBinding")?;
    let role = write.flags.value("clusterrole").unwrap_or_default();
    set_field(&mut object, "roleRef", Some(reference("ClusterRole", role)));
    set_field(&mut object, "subjects", subjects(write)?);
    Ok(object)
}

fn reference(kind: &str, name: &str) -> Value {
    json!({"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": name})
}

/// --user, --group and --serviceaccount, also of `set subject`; None for none.
pub fn subjects(write: &WriteCommand) -> Result<Option<Value>, UsageError> {
    let mut all: Vec<Value> = Vec::new();
    all.extend(write.flags.values("user").into_iter().map(|name| reference("User", name)));
    all.extend(write.flags.values("group").into_iter().map(|name| reference("Group", name)));
    for text in write.flags.values("serviceaccount") {
        let wrong = || kubectl_error("error: serviceaccount must be <namespace>:<name>");
        let (namespace, name) = text.split_once(':').filter(|(_, name)| !name.contains(':')).ok_or_else(wrong)?;
        all.push(json!({"kind": "ServiceAccount", "name": name, "namespace": namespace}));
    }
    Ok((!all.is_empty()).then(|| all.into()))
}
