//! `kubectl describe` of service accounts, roles and bindings (pkg/describe).

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::value::{annotations, entries, labels, list, said, word};
use super::DescribedObject;
use crate::order::Order;

/// describeServiceAccount
pub fn service_account(described: &DescribedObject<'_>) -> Option<String> {
    let object = &described.object;
    let mut text = said("", object, &[("Name", "/metadata/name"), ("Namespace", "/metadata/namespace")]);
    text += &labels_and_annotations(object);
    let secrets: Vec<String> = list(object, "/imagePullSecrets").iter().map(|one| word(one, "/name")).collect();
    let lines = if secrets.is_empty() { "<none>".to_owned() } else { secrets.join("\n                   \t") };
    Some(text + &format!("Image pull secrets:\t{lines}\n"))
}

fn labels_and_annotations(object: &Value) -> String {
    let text = labels("Labels", &entries(object, "/metadata/labels"));
    text + &annotations("Annotations", &entries(object, "/metadata/annotations"))
}

/// Resource, URLs and name of a rule, in kubectl's words.
type RuleKey = (String, String, String);

/// RoleDescriber: rules taken apart and put together by what they are about (util/rbac, BreakdownRule, CompactRules).
pub fn role(described: &DescribedObject<'_>) -> Option<String> {
    let object = &described.object;
    let mut text = said("", object, &[("Name", "/metadata/name")]) + &labels_and_annotations(object);
    text += "PolicyRule:\n  Resources\tNon-Resource URLs\tResource Names\tVerbs\n  \
             ---------\t-----------------\t--------------\t-----\n";
    let mut rules: BTreeMap<RuleKey, Vec<String>> = BTreeMap::new();
    for rule in list(object, "/rules") {
        let words = |key: &str| list(rule, key).iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>();
        let (groups, resources, urls) = (words("/apiGroups"), words("/resources"), words("/nonResourceURLs"));
        let names = match words("/resourceNames") {
            names if names.is_empty() => vec![String::new()],
            names => names,
        };
        let about = groups.iter().flat_map(|group| resources.iter().map(move |resource| of_group(resource, group)));
        let named =
            about.flat_map(|resource| names.iter().map(move |name| (resource.clone(), String::new(), name.clone())));
        let keys = named.chain(urls.iter().map(|url| (String::new(), url.clone(), String::new())));
        for key in keys {
            let known = rules.entry(key).or_default();
            let new: Vec<String> = words("/verbs").into_iter().filter(|verb| !known.contains(verb)).collect();
            known.extend(new);
        }
    }
    let mut rules: Vec<(RuleKey, Vec<String>)> = rules.into_iter().collect();
    rules.order_by_key(|(key, verbs)| rule_text(key, verbs));
    for ((resource, url, name), verbs) in rules {
        text += &format!("  {resource}\t[{url}]\t[{name}]\t[{}]\n", verbs.join(" "));
    }
    Some(text)
}

/// What kubectl sorts rules by: a PolicyRule as Go writes it, its group apart.
fn rule_text((resource, url, name): &RuleKey, verbs: &[String]) -> String {
    let (own, below) = resource.split_once('/').map_or((resource.as_str(), ""), |(own, below)| (own, below));
    let (own, group) = own.split_once('.').unwrap_or((own, ""));
    format!("[{}],[{group}],[{own}/{below}],[{name}],[{url}]", verbs.join(" "))
}

/// `deployments.apps/scale` (CombineResourceGroup)
fn of_group(resource: &str, group: &str) -> String {
    let (resource, below) = resource.split_once('/').map_or((resource, None), |(own, below)| (own, Some(below)));
    let group = if group.is_empty() { String::new() } else { format!(".{group}") };
    format!("{resource}{group}{}", below.map(|below| format!("/{below}")).unwrap_or_default())
}

/// RoleBindingDescriber
pub fn binding(described: &DescribedObject<'_>) -> Option<String> {
    let object = &described.object;
    let mut text = said("", object, &[("Name", "/metadata/name")]) + &labels_and_annotations(object);
    text += &format!("Role:\n  Kind:\t{}\n  Name:\t{}\n", word(object, "/roleRef/kind"), word(object, "/roleRef/name"));
    text += "Subjects:\n  Kind\tName\tNamespace\n  ----\t----\t---------\n";
    for subject in list(object, "/subjects") {
        let (kind, name, namespace) = (word(subject, "/kind"), word(subject, "/name"), word(subject, "/namespace"));
        text += &format!("  {kind}\t{name}\t{namespace}\n");
    }
    Some(text)
}
