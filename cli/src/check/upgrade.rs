//! What an object of an old version needs besides the new version's name: an API server of then made it out of the same text,
//! one of now is given the new form (pkg/apis/networking/v1beta1/conversion.go, pkg/apis/apps/v1beta1/defaults.go of
//! Kubernetes 1.21).

use std::ops::Range;

use whichpod_core::source::FileId;
use whichpod_core::yaml::{self, Entry, Value, YamlNode};

/// A piece of a text, and what stands there afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextEdit {
    /// Bytes.
    pub place: Range<usize>,
    /// The new text.
    pub text: String,
}

/// The edits that belong to a new version of the object whose old one is written at this byte.
pub fn edits(text: &str, version_at: usize) -> Vec<TextEdit> {
    // 1. The document, and the object in it: a list holds several.
    let start = text.get(..version_at).and_then(|before| before.rfind("\n---")).map_or(0, |at| at + 1);
    let start = if text.get(start..).is_some_and(|rest| rest.starts_with("---")) {
        text.get(start..).and_then(|rest| rest.find('\n')).map_or(start, |length| start + length + 1)
    } else {
        start
    };
    let end = text.get(start..).and_then(|rest| rest.find("\n---")).map_or(text.len(), |length| start + length + 1);
    let Some(document) = text.get(start..end) else { return Vec::new() };
    let tree = yaml::parse(FileId::default(), document, 0).0;
    let Some(object) = tree.as_ref().and_then(|tree| with_version_at(tree, version_at.saturating_sub(start))) else {
        return Vec::new();
    };
    // 2. What its kind needs.
    let word = |key: &str| object.child(key).and_then(YamlNode::text).map(|text| &**text).unwrap_or_default();
    let writer = EditWriter { text: document };
    let found = match (word("kind"), word("apiVersion")) {
        ("Ingress", "extensions/v1beta1" | "networking.k8s.io/v1beta1") => writer.ingress(object),
        (
            "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet",
            "extensions/v1beta1" | "apps/v1beta1" | "apps/v1beta2",
        ) => writer.selector(object),
        _ => Vec::new(),
    };
    // 3. At their places in the whole text.
    let moved = |edit: TextEdit| TextEdit { place: edit.place.start + start..edit.place.end + start, ..edit };
    found.into_iter().map(moved).collect()
}

/// The map whose apiVersion is written at this byte.
fn with_version_at(node: &YamlNode, at: usize) -> Option<&YamlNode> {
    if node.child("apiVersion").is_some_and(|version| version.span.start as usize == at) {
        return Some(node);
    }
    let entries = node.entries().iter().map(|entry| &entry.value);
    entries.chain(node.elements()).find_map(|inner| with_version_at(inner, at))
}

/// Writes edits of a document.
struct EditWriter<'t> {
    text: &'t str,
}

impl EditWriter<'_> {
    /// `serviceName` and `servicePort` become `service`, `spec.backend` becomes `spec.defaultBackend`, and a path says its
    /// type, which was ImplementationSpecific.
    fn ingress(&self, object: &YamlNode) -> Vec<TextEdit> {
        let Some(spec) = object.child("spec") else { return Vec::new() };
        let mut edits = Vec::new();
        // 1. The default backend.
        if let Some(entry) = spec.entry("backend") {
            edits.push(self.key(entry, "", "defaultBackend"));
            edits.extend(self.backend(&entry.value));
        }
        // 2. The paths.
        let rules = spec.child("rules").map(YamlNode::elements).unwrap_or_default();
        let lists = rules.iter().filter_map(|rule| rule.child("http")?.child("paths"));
        for path in lists.flat_map(YamlNode::elements) {
            let Some(entry) = path.entry("backend") else { continue };
            if path.child("pathType").is_none() {
                let quote = self.quote(entry);
                let kind = format!("{quote}pathType{quote}: {quote}ImplementationSpecific{quote}");
                edits.push(self.key(entry, &format!("{kind}{}", self.between(path, entry)), "backend"));
            }
            edits.extend(self.backend(&entry.value));
        }
        edits
    }

    /// A backend's name and port, whichever comes first.
    fn backend(&self, backend: &YamlNode) -> Vec<TextEdit> {
        // 1. Both, in the order in which they are written.
        let (Some(name), Some(port)) = (backend.entry("serviceName"), backend.entry("servicePort")) else {
            return Vec::new();
        };
        let port_key = if matches!(port.value.value, Value::Integer(_)) { "number" } else { "name" };
        let name_first = name.key_span.start < port.key_span.start;
        let (first, second) = if name_first { (name, port) } else { (port, name) };
        // 2. Within braces, which close behind the values.
        let quote = self.quote(first);
        if self.is_flow(backend) {
            let service = format!("{quote}service{quote}: {{");
            let port_head = format!("{quote}port{quote}: {{");
            let key = |entry: &Entry, before: &str| {
                let is_port = entry.key_span == port.key_span;
                let head = if is_port { format!("{before}{port_head}") } else { before.to_owned() };
                self.key(entry, &head, if is_port { port_key } else { "name" })
            };
            let closing = |entry: &Entry, text: &str| {
                let end = entry.value.span.end as usize;
                TextEdit { place: end..end, text: text.to_owned() }
            };
            let ends =
                if name_first { vec![closing(port, "}}")] } else { vec![closing(port, "}"), closing(name, "}")] };
            return [key(first, &service), key(second, "")].into_iter().chain(ends).collect();
        }
        // 3. By indentation.
        let deep = |more: usize| " ".repeat(self.column(first) + more);
        let head = |entry: &Entry| {
            if entry.key_span == port.key_span { format!("port:\n{}", deep(4)) } else { String::new() }
        };
        let key_of = |entry: &Entry| if entry.key_span == port.key_span { port_key } else { "name" };
        vec![
            self.key(first, &format!("service:\n{}{}", deep(2), head(first)), key_of(first)),
            self.key(second, &format!("  {}", head(second)), key_of(second)),
        ]
    }

    /// A selector that isn't written was that of the template's labels.
    fn selector(&self, object: &YamlNode) -> Vec<TextEdit> {
        let spec = object.child("spec");
        let template = spec.filter(|spec| spec.child("selector").is_none()).and_then(|spec| spec.entry("template"));
        let (Some(spec), Some(template)) = (spec, template) else { return Vec::new() };
        let Some(labels) = template.value.child("metadata").and_then(|metadata| metadata.child("labels")) else {
            return Vec::new();
        };
        let quote = self.quote(template);
        let pairs = labels.entries().iter().filter_map(|label| {
            let whole = label.key_span.start as usize..label.value.span.end as usize;
            self.text.get(whole)
        });
        let pairs: Vec<&str> = pairs.collect();
        let selector = format!(
            "{quote}selector{quote}: {{{quote}matchLabels{quote}: {{{}}}}}{}",
            pairs.join(", "),
            self.between(spec, template)
        );
        vec![self.key(template, &selector, "template")]
    }

    /// Another key, with something in front of it.
    fn key(&self, entry: &Entry, before: &str, name: &str) -> TextEdit {
        let quote = self.quote(entry);
        let place = entry.key_span.start as usize..entry.key_span.end as usize;
        TextEdit { place, text: format!("{before}{quote}{name}{quote}") }
    }

    /// What stands between two entries of a map.
    fn between(&self, map: &YamlNode, entry: &Entry) -> String {
        if self.is_flow(map) { ", ".to_owned() } else { format!("\n{}", " ".repeat(self.column(entry))) }
    }

    fn is_flow(&self, map: &YamlNode) -> bool {
        self.text.get(map.span.start as usize..).is_some_and(|rest| rest.starts_with('{'))
    }

    /// `"` where keys are written so, as in JSON.
    fn quote(&self, entry: &Entry) -> &'static str {
        let is_quoted = self.text.get(entry.key_span.start as usize..).is_some_and(|rest| rest.starts_with('"'));
        if is_quoted { "\"" } else { "" }
    }

    /// The characters in front of a key in its line.
    fn column(&self, entry: &Entry) -> usize {
        let before = self.text.get(..entry.key_span.start as usize).unwrap_or_default();
        before.rsplit('\n').next().unwrap_or_default().chars().count()
    }
}
