//! Objects on their way through a build, with the names that they had (kustomize, resource.Resource, resid.ResId).

use std::fmt;

use serde_json::{Value, json};

use super::text_at;
use crate::kubectl::resource::known_kind;
use crate::manifest::split_documents;
use crate::model::Encode;
use crate::source::FileId;
use crate::yaml;

/// What tells objects apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectIdentity {
    pub group: String,
    pub version: String,
    pub kind: String,
    pub namespace: String,
    pub name: String,
}

impl ObjectIdentity {
    /// Without a namespace it is `default` (EffectiveNamespace).
    pub fn effective_namespace(&self) -> &str {
        if self.namespace.is_empty() { "default" } else { &self.namespace }
    }

    pub fn equals(&self, other: &Self) -> bool {
        let kinds = |id: &Self| (id.group.clone(), id.version.clone(), id.kind.clone(), id.name.clone());
        kinds(self) == kinds(other) && self.effective_namespace() == other.effective_namespace()
    }
}

impl fmt::Display for ObjectIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or = |text: &str, absent: &str| if text.is_empty() { absent.to_owned() } else { text.to_owned() };
        let (version, group) = (or(&self.version, "[noVer]"), or(&self.group, "[noGrp]"));
        write!(f, "{}.{version}.{group}/{}.{}", self.kind, self.name, or(&self.namespace, "[noNs]"))
    }
}

/// An object and what it was called.
#[derive(Clone, Debug)]
pub struct KustomizedObject {
    pub value: Value,
    /// Its identities before each change of them, the first one first.
    pub former: Vec<ObjectIdentity>,
    pub prefixes: Vec<String>,
    pub suffixes: Vec<String>,
    /// Whether its name ends with a hash of its content.
    pub is_hashed: bool,
}

impl KustomizedObject {
    pub fn new(value: Value) -> Self {
        Self { value, former: Vec::new(), prefixes: Vec::new(), suffixes: Vec::new(), is_hashed: false }
    }

    pub fn identity(&self) -> ObjectIdentity {
        let api_version = text_at(&self.value, "/apiVersion");
        let (group, version) = api_version.rsplit_once('/').unwrap_or(("", api_version));
        ObjectIdentity {
            group: group.to_owned(),
            version: version.to_owned(),
            kind: self.kind().to_owned(),
            namespace: text_at(&self.value, "/metadata/namespace").to_owned(),
            name: text_at(&self.value, "/metadata/name").to_owned(),
        }
    }

    /// As it was first.
    pub fn original(&self) -> ObjectIdentity {
        self.former.first().cloned().unwrap_or_else(|| self.identity())
    }

    /// Whether it is or was called so.
    pub fn was(&self, wanted: impl Fn(&ObjectIdentity) -> bool) -> bool {
        self.former.iter().any(&wanted) || wanted(&self.identity())
    }

    pub fn remember_identity(&mut self) {
        self.former.push(self.identity());
    }

    pub fn kind(&self) -> &str {
        text_at(&self.value, "/kind")
    }

    pub fn annotation(&self, key: &str) -> Option<&str> {
        self.value.pointer("/metadata/annotations")?.get(key)?.as_str()
    }

    /// Whether it stands beside the namespaces; what isn't known stands in one.
    pub fn is_cluster_scoped(&self) -> bool {
        known_kind(self.kind()).is_some_and(|kind| !kind.is_namespaced())
    }

    /// Whether its kind is of the API itself, so that its lists are merged by keys.
    pub fn is_built_in(&self) -> bool {
        let group = self.identity().group;
        let is_custom =
            group.starts_with("gateway.") || group.starts_with("snapshot.") || group.starts_with("policy.networking.");
        !group.contains('.') || (group.ends_with(".k8s.io") && !is_custom)
    }

    pub fn set_metadata(&mut self, key: &str, value: &str) {
        if let Some(metadata) = self.value.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.insert(key.to_owned(), value.into());
        } else if let Some(map) = self.value.as_object_mut() {
            map.insert("metadata".to_owned(), json!({ key: value }));
        }
    }
}

/// A text's documents as JSON; the error says what can't be read.
pub fn documents_of(text: &str) -> Result<Vec<Value>, String> {
    let mut all = Vec::new();
    for (_, document) in split_documents(text) {
        let (node, found) = yaml::parse(FileId(0), document, 0);
        match node {
            Some(node) => all.push(node.encode()),
            None if found.is_empty() => {}
            None => return Err("MalformedYAMLError: yaml: could not be read".to_owned()),
        }
    }
    Ok(all)
}

/// A text's objects, those of lists too.
pub fn objects_of(text: &str) -> Result<Vec<KustomizedObject>, String> {
    let mut all = Vec::new();
    for document in documents_of(text)? {
        let is_list = text_at(&document, "/kind").ends_with("List");
        match document.get("items").and_then(Value::as_array).filter(|_| is_list) {
            Some(items) => all.extend(items.iter().cloned().map(KustomizedObject::new)),
            None => all.push(KustomizedObject::new(document)),
        }
    }
    for object in &all {
        if object.kind().is_empty() {
            return Err("missing Resource metadata: kind".to_owned());
        }
        if text_at(&object.value, "/metadata/name").is_empty() {
            return Err("missing metadata.name in object".to_owned());
        }
    }
    Ok(all)
}
