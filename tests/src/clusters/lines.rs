//! Lines of a shell, with the names of a cluster's objects in them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::NAMESPACES;

const LINES: &str = include_str!("lines.txt");

/// Kinds that people ask for though there may be none, by all their names.
const USUAL_KINDS: [&str; 30] = [
    "pods",
    "po",
    "pod",
    "svc",
    "services",
    "deploy",
    "deployments",
    "rs",
    "sts",
    "statefulset",
    "ds",
    "jobs",
    "cj",
    "ing",
    "ingress",
    "netpol",
    "cm",
    "configmaps",
    "secrets",
    "sa",
    "nodes",
    "pvc",
    "hpa",
    "pdb",
    "ep",
    "endpointslices",
    "events",
    "ingressclass",
    "replicasets",
    "no",
];

const OUTPUTS: [&str; 12] = [
    "",
    " -o yaml",
    " -o json",
    " -o name",
    " -o wide",
    " -o jsonpath='{.items[*].metadata.name}'",
    " -o jsonpath='{.items[*].kind}{\"\\n\"}'",
    " -o custom-columns=NAME:.metadata.name,LABELS:.metadata.labels",
    " -o custom-columns=:metadata.name",
    " -o jsonpath='{..name}'",
    " -o go-template='{{range .items}}{{.metadata.name}}{{\"\\n\"}}{{end}}'",
    " -o jsonpath='{.items[*].spec}'",
];

const SELECTORS: [&str; 8] =
    ["app=web", "app", "app!=web", "'app in (web,api)'", "app=api,tier=back", "'!app'", "env=prod", "app=nosuch"];

/// The line that a number makes.
pub(super) fn line(objects: &[Value], number: u64) -> String {
    let all: Vec<&str> = LINES.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    let mut chance = number;
    let template = all[draw(&mut chance, all.len())];
    let mut filled = BTreeMap::new();
    let (mut line, mut rest) = (String::new(), template);
    while let Some((before, after)) = rest.split_once('{') {
        line += before;
        let word = after.split('}').next().filter(|word| is_name(word));
        match word {
            Some(word) => {
                // `deploy/{deploy/}` and `deploy {deploy}` are one.
                let key = if word.starts_with("any") { word } else { word.trim_end_matches('/') };
                line += filled.entry(key).or_insert_with(|| value(objects, word, &mut chance));
                rest = &after[word.len() + 1..];
            }
            None => (line, rest) = (line + "{", after),
        }
    }
    with_namespace_once(&(line + rest))
}

fn is_name(word: &str) -> bool {
    let name = word.trim_end_matches(['/', '2']);
    matches!(name, "kind" | "in" | "here" | "out" | "selector" | "any" | "name" | "new" | "ns")
        || kind_of(name).is_some()
}

/// The kind behind a name.
fn kind_of(name: &str) -> Option<&'static str> {
    const KINDS: [(&str, &str); 8] = [
        ("pod", "Pod"),
        ("deploy", "Deployment"),
        ("sts", "StatefulSet"),
        ("svc", "Service"),
        ("ing", "Ingress"),
        ("cm", "ConfigMap"),
        ("secret", "Secret"),
        ("cj", "CronJob"),
    ];
    KINDS.into_iter().find(|(short, _)| *short == name).map(|(_, kind)| kind)
}

fn draw(chance: &mut u64, count: usize) -> usize {
    *chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*chance >> 33) as usize % count.max(1)
}

fn value(objects: &[Value], word: &str, chance: &mut u64) -> String {
    let slash = word.ends_with('/');
    match word.trim_end_matches(['/', '2']) {
        "kind" if draw(chance, 2) == 0 => USUAL_KINDS[draw(chance, USUAL_KINDS.len())].to_owned(),
        "kind" => resource(&objects[draw(chance, objects.len())], false),
        "in" => ["", "", "", " -n shop", " -n tools", " -n default", " -A", " -n nosuch"][draw(chance, 8)].to_owned(),
        "here" => ["", "", " -n shop", " -n tools"][draw(chance, 4)].to_owned(),
        "out" => OUTPUTS[draw(chance, OUTPUTS.len())].to_owned(),
        "selector" => SELECTORS[draw(chance, SELECTORS.len())].to_owned(),
        "ns" => ["default", NAMESPACES[0], NAMESPACES[1]][draw(chance, 3)].to_owned(),
        "new" => "new".to_owned(),
        "name" => text(&objects[draw(chance, objects.len())], "/metadata/name").to_owned(),
        "any" => {
            let fitting: Vec<&Value> = objects.iter().filter(|object| object["kind"] != "Event").collect();
            let object = fitting[draw(chance, fitting.len())];
            let is_short = draw(chance, 2) == 0;
            format!("{}{}{}", resource(object, is_short), if slash { "/" } else { " " }, named(object))
        }
        name => {
            let kind = kind_of(name).unwrap_or_default();
            let fitting: Vec<&Value> = objects.iter().filter(|object| object["kind"] == kind).collect();
            if fitting.is_empty() { "web".to_owned() } else { named(fitting[draw(chance, fitting.len())]) }
        }
    }
}

/// `web -n shop`.
fn named(object: &Value) -> String {
    let name = text(object, "/metadata/name");
    match text(object, "/metadata/namespace") {
        "" | "default" => name.to_owned(),
        namespace => format!("{name} -n {namespace}"),
    }
}

/// `deploy` or `deployments`; of other groups than people know by heart the whole name.
fn resource(object: &Value, is_short: bool) -> String {
    let kind = text(object, "/kind").to_lowercase();
    let plural = match kind.as_str() {
        "endpoints" => kind.clone(),
        kind if kind.ends_with("ss") || kind.ends_with("ch") => format!("{kind}es"),
        kind if kind.ends_with('y') && !kind.ends_with("way") => format!("{}ies", kind.trim_end_matches('y')),
        kind => format!("{kind}s"),
    };
    match text(object, "/apiVersion").split_once('/') {
        Some((group, _)) if group.contains('.') && !group.ends_with(".k8s.io") => format!("{plural}.{group}"),
        _ if is_short => kind,
        _ => plural,
    }
}

fn text<'v>(object: &'v Value, pointer: &str) -> &'v str {
    object.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// Two objects of one namespace: it is said once, at the end of the command.
fn with_namespace_once(line: &str) -> String {
    let mut all: Vec<String> = Vec::new();
    for command in line.split("; ") {
        let Some((before, after)) = command.split_once(" -n ") else {
            all.push(command.to_owned());
            continue;
        };
        let (namespace, rest) = after.split_once(' ').map_or((after, ""), |(namespace, rest)| (namespace, rest));
        let again = format!(" -n {namespace}");
        let rest = rest.replace(&again, "");
        all.push(if rest.is_empty() {
            format!("{before} -n {namespace}")
        } else {
            format!("{before} -n {namespace} {rest}")
        });
    }
    all.join("; ")
}
