//! The live cluster, through kubectl: its configuration, its ways to log in, its proxies. Every kind that plays a part is
//! asked for by itself, so that one that isn't there, or isn't allowed, spoils no other.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value, json};
use whichpod_core::kubectl::plural_of;
use whichpod_core::model::{KINDS, Scope};

use crate::Unusable;
use crate::arguments::Input;
use crate::files::Texts;
use crate::input::{ToolFailure, printed};

/// Policies of network plugins: what they say isn't modelled, that they are there is said.
const PLUGIN_POLICIES: [&str; 4] = [
    "ciliumnetworkpolicies.cilium.io",
    "ciliumclusterwidenetworkpolicies.cilium.io",
    "networkpolicies.crd.projectcalico.org",
    "globalnetworkpolicies.crd.projectcalico.org",
];

/// Asked for only if somebody says so.
const SECRETS: &str = "secrets";

/// As many are asked for at once.
const AT_ONCE: usize = 8;

/// What became of the question for one kind.
enum KindAnswer {
    /// Its objects.
    Objects(Vec<Value>),
    /// Those of the context's own namespace: RBAC refuses the others.
    ObjectsHere(Vec<Value>),
    /// The server has no such kind.
    NoSuchKind,
    /// RBAC refuses it.
    Forbidden,
    /// Something else went wrong.
    Failed(String),
}

/// All objects of the cluster, a text for each kind.
pub fn fetch(input: &Input) -> Result<Texts, Unusable> {
    // 1. What to ask for: the kinds that are modelled, as far as the cluster serves them.
    let mut resources = resources(input.with_secrets);
    if let Some(known) = served(input) {
        resources.retain(|resource| known.contains(resource));
    }
    // 2. The objects of each kind, and what couldn't be had.
    let answers = ask_together(&resources, input).unwrap_or_else(|| ask_all(&resources, input));
    let mut texts = Texts::default();
    let (mut forbidden, mut here, mut failures) = (Vec::new(), Vec::new(), Vec::new());
    for (resource, answer) in resources.iter().zip(answers) {
        let objects = match answer {
            Some(KindAnswer::Objects(objects)) => objects,
            Some(KindAnswer::ObjectsHere(objects)) => {
                here.push(resource.as_str());
                objects
            }
            Some(KindAnswer::Forbidden) => {
                forbidden.push(resource.as_str());
                continue;
            }
            Some(KindAnswer::Failed(why)) => {
                failures.push((resource.as_str(), why));
                continue;
            }
            Some(KindAnswer::NoSuchKind) | None => continue,
        };
        if !objects.is_empty() {
            let list = json!({ "apiVersion": "v1", "kind": "List", "items": objects });
            texts.files.push((format!("live:{resource}"), format!("{list:#}\n")));
        }
    }
    // 3. Nothing at all is an error, with its reason.
    if let (true, Some((_, why))) = (texts.files.is_empty(), failures.first()) {
        return Err(Unusable(format!("kubectl says: {why}")));
    }
    if texts.files.is_empty() && !forbidden.is_empty() {
        return Err(Unusable(format!("RBAC refuses everything that was asked for: {}", forbidden.join(", "))));
    }
    // 4. What is left out is told, and what depends on it is unknown.
    let not_asked = if input.with_secrets { None } else { Some(SECRETS) };
    let nowhere: Vec<&str> = forbidden.iter().copied().chain(not_asked).collect();
    let world = world(&nowhere, &here, &failures, input);
    texts.files.push(("live:World".to_owned(), format!("{world:#}\n")));
    if !here.is_empty() {
        let here = here.join(", ");
        texts
            .notes
            .push(format!("RBAC lets {here} be listed in the context's own namespace only: others are not seen"));
    }
    texts.notes.extend(notes(input, &forbidden, &failures));
    Ok(texts)
}

/// A list with the World that says that nothing has to be made, and names the kinds that couldn't be read, each with the
/// namespaces in which it could.
fn world(nowhere: &[&str], here: &[&str], failures: &[(&str, String)], input: &Input) -> Value {
    let own = namespace(input);
    let failed = failures.iter().map(|(resource, _)| resource);
    let nowhere = nowhere.iter().chain(failed).map(|resource| ((*resource).to_owned(), json!([])));
    let somewhere = here.iter().map(|resource| ((*resource).to_owned(), json!([own])));
    let kinds: Map<String, Value> = nowhere.chain(somewhere).collect();
    let mut spec = json!({"live": true});
    if let (false, Some(spec)) = (kinds.is_empty(), spec.as_object_mut()) {
        spec.insert("unread".to_owned(), Value::Object(kinds));
    }
    let world = json!({"apiVersion": "whichpod.dev/v1", "kind": "World", "metadata": {"name": "world"}, "spec": spec});
    json!({"apiVersion": "v1", "kind": "List", "items": [world]})
}

/// The context's own namespace.
fn namespace(input: &Input) -> String {
    let mut command = Command::new("kubectl");
    command.args(["config", "view", "--minify", "-o", "jsonpath={..namespace}"]);
    if let Some(context) = &input.context {
        command.args(["--context", context]);
    }
    let said = printed(&mut command).unwrap_or_default().trim().to_owned();
    if said.is_empty() { "default".to_owned() } else { said }
}

/// What the answer lacks.
fn notes(input: &Input, forbidden: &[&str], failures: &[(&str, String)]) -> Vec<String> {
    let mut notes = Vec::new();
    if !forbidden.is_empty() {
        notes.push(format!(
            "RBAC refuses to list {}: what depends on them is answered as unknown",
            forbidden.join(", ")
        ));
    }
    notes.extend(failures.iter().map(|(resource, why)| format!("{resource} can't be listed: {why}")));
    if !input.with_secrets {
        notes.push(
            "Secrets were not read (--with-secrets): they are taken to exist; what hangs on what they hold is unknown"
                .to_owned(),
        );
    }
    notes
}

/// The kinds to ask for, as kubectl names them.
fn resources(with_secrets: bool) -> Vec<String> {
    let kinds = KINDS.iter().filter(|kind| kind.scope != Scope::Settings && (with_secrets || kind.name != "Secret"));
    let named = kinds.map(|kind| match kind.group {
        "" => plural_of(&kind.name.to_ascii_lowercase()),
        group => format!("{}.{group}", plural_of(&kind.name.to_ascii_lowercase())),
    });
    named.chain(PLUGIN_POLICIES.map(str::to_owned)).collect()
}

/// The kinds that the server has, by one question; None where it can't be told, as behind a broken aggregated API.
fn served(input: &Input) -> Option<BTreeSet<String>> {
    let mut command = Command::new("kubectl");
    command.args(["api-resources", "--verbs=list", "-o", "name"]);
    if let Some(context) = &input.context {
        command.args(["--context", context]);
    }
    let names: BTreeSet<String> = printed(&mut command).ok()?.lines().map(|line| line.trim().to_owned()).collect();
    (!names.is_empty()).then_some(names)
}

/// Asks for all kinds at once, which one kubectl does sooner than many; None where it can't have all of them.
fn ask_together(resources: &[String], input: &Input) -> Option<Vec<Option<KindAnswer>>> {
    let KindAnswer::Objects(all) = get(&resources.join(","), input, true) else { return None };
    let mut by_kind: Vec<Vec<Value>> = resources.iter().map(|_| Vec::new()).collect();
    for object in all {
        let resource = resource_of(&object)?;
        let place = resources.iter().position(|known| *known == resource)?;
        by_kind.get_mut(place)?.push(object);
    }
    Some(by_kind.into_iter().map(|objects| Some(KindAnswer::Objects(objects))).collect())
}

/// The kind of an object, as kubectl names it.
fn resource_of(object: &Value) -> Option<String> {
    let word = |name: &str| object.get(name)?.as_str();
    let plural = plural_of(&word("kind")?.to_ascii_lowercase());
    Some(match word("apiVersion")?.split_once('/') {
        Some((group, _)) => format!("{plural}.{group}"),
        None => plural,
    })
}

/// Asks for all kinds, some at a time; the answers stand in the order of the kinds.
fn ask_all(resources: &[String], input: &Input) -> Vec<Option<KindAnswer>> {
    let answers: Mutex<Vec<Option<KindAnswer>>> = Mutex::new(resources.iter().map(|_| None).collect());
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some((place, resource)) = at(resources, next.fetch_add(1, Ordering::Relaxed)) {
                    let answer = ask(resource, input);
                    let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
                    if let Some(slot) = answers.get_mut(place) {
                        *slot = Some(answer);
                    }
                }
            });
        }
    });
    answers.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn at(resources: &[String], place: usize) -> Option<(usize, &String)> {
    resources.get(place).map(|resource| (place, resource))
}

/// In all namespaces; where that is refused, in the context's own.
fn ask(resource: &str, input: &Input) -> KindAnswer {
    match get(resource, input, true) {
        KindAnswer::Forbidden => match get(resource, input, false) {
            KindAnswer::Objects(objects) => KindAnswer::ObjectsHere(objects),
            answer => answer,
        },
        answer => answer,
    }
}

fn get(resource: &str, input: &Input, everywhere: bool) -> KindAnswer {
    let mut command = Command::new("kubectl");
    command.args(["get", resource, "-o", "json"]);
    if everywhere {
        command.arg("--all-namespaces");
    }
    if let Some(context) = &input.context {
        command.args(["--context", context]);
    }
    match printed(&mut command) {
        Ok(text) => match serde_json::from_str::<Value>(&text) {
            Ok(list) => KindAnswer::Objects(objects(list)),
            Err(error) => KindAnswer::Failed(format!("kubectl's answer is no JSON: {error}")),
        },
        Err(ToolFailure::NotInstalled) => KindAnswer::Failed("kubectl isn't installed".to_owned()),
        Err(ToolFailure::Said(said))
            if said.contains("doesn't have a resource type")
                || said.contains("could not find the requested resource") =>
        {
            KindAnswer::NoSuchKind
        }
        Err(ToolFailure::Said(said)) if said.contains("(Forbidden)") || said.contains(" is forbidden") => {
            KindAnswer::Forbidden
        }
        Err(ToolFailure::Said(said)) => KindAnswer::Failed(said.lines().last().unwrap_or_default().to_owned()),
    }
}

/// The objects of a list, without what says nothing about requests.
fn objects(list: Value) -> Vec<Value> {
    let items = match list {
        Value::Object(mut list) => match list.remove("items") {
            Some(Value::Array(items)) => items,
            _ => vec![Value::Object(list)],
        },
        _ => Vec::new(),
    };
    items.into_iter().map(without_bookkeeping).collect()
}

/// Without the fields in which kubectl and the API server keep books.
fn without_bookkeeping(mut object: Value) -> Value {
    if let Some(Value::Object(metadata)) = object.get_mut("metadata") {
        metadata.remove("managedFields");
        if let Some(Value::Object(annotations)) = metadata.get_mut("annotations") {
            annotations.remove("kubectl.kubernetes.io/last-applied-configuration");
        }
    }
    object
}
