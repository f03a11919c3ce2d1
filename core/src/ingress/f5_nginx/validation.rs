//! What of an Ingress' spec the controller rejects, in its words (internal/k8s/validation.go, validateIngressSpec).

use std::collections::BTreeSet;

use super::annotations::{AnnotationSet, Rejection, annotation_fault, has_parent_segment};
use super::settings::F5Settings;
use crate::http::pattern::is_refused_by_pcre;
use crate::model::{Ingress, IngressBackend};
use crate::source::{FieldPath, ObjectRef};

/// What an Ingress is among others of its host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MergeableType {
    /// It stands for itself.
    Alone,
    /// It has the host, minions the paths.
    Master,
    Minion,
}

impl MergeableType {
    pub fn of(annotations: &AnnotationSet) -> Self {
        match annotations.text("nginx.org/mergeable-ingress-type") {
            Some("master") => Self::Master,
            Some("minion") => Self::Minion,
            _ => Self::Alone,
        }
    }
}

/// The first fault of an Ingress: of its annotations, then of its spec, then as a master or minion.
pub fn ingress_fault(settings: &F5Settings, reference: &ObjectRef, ingress: &Ingress) -> Option<Rejection> {
    let spec = &ingress.spec;
    let paths = spec.rules.iter().flat_map(|rule| &rule.http).flat_map(|http| &http.paths);
    let backends = paths.map(|path| &path.backend).chain(&spec.default_backend);
    let services: BTreeSet<&str> =
        backends.filter_map(|backend| backend.service.as_ref()).map(|service| &*service.name).collect();
    annotation_fault(settings, reference, ingress, &services)
        .or_else(|| spec_fault(settings, reference, ingress))
        .or_else(|| mergeable_fault(reference, ingress))
}

fn spec_fault(settings: &F5Settings, reference: &ObjectRef, ingress: &Ingress) -> Option<Rejection> {
    let spec = FieldPath::root().field("spec");
    let said = |path: FieldPath, what: String| {
        let message = format!("{path}: {what}");
        Some((reference.field(path), message))
    };
    // 1. The default backend, and rules at all.
    if let Some(what) = ingress.spec.default_backend.as_ref().and_then(backend_fault) {
        return said(spec.field("defaultBackend").field(what.0), what.1.to_owned());
    }
    if ingress.spec.rules.is_empty() {
        return said(spec.field("rules"), "Required value".to_owned());
    }
    // 2. Hosts: there, and each once.
    let may_be_empty = settings.switch("allow-empty-ingress-host", false);
    let mut hosts = BTreeSet::new();
    for (number, rule) in ingress.spec.rules.iter().enumerate() {
        let at = spec.field("rules").index(number);
        let host = rule.host.as_deref().unwrap_or_default();
        if host.is_empty() && !may_be_empty {
            return said(at.field("host"), "Required value".to_owned());
        }
        if !hosts.insert(host) {
            return said(at.field("host"), format!("Duplicate value: \"{host}\""));
        }
        // 3. Paths and backends.
        for (place, path) in rule.http.iter().flat_map(|http| &http.paths).enumerate() {
            let at = at.field("http").field("paths").index(place);
            let is_open = path.path_type.as_deref() == Some("ImplementationSpecific");
            if let Some(what) = path_fault(path.path.as_deref().unwrap_or_default(), is_open) {
                return said(at.field("path"), what);
            }
            if let Some(what) = backend_fault(&path.backend) {
                return said(at.field("backend").field(what.0), what.1.to_owned());
            }
        }
    }
    None
}

fn backend_fault(backend: &IngressBackend) -> Option<(&'static str, &'static str)> {
    if backend.resource.is_some() {
        return Some(("resource", "Forbidden: resource backends are not supported"));
    }
    backend.service.is_none().then_some(("service", "Required value: service backend must be specified"))
}

/// validatePath: no other than nginx can read, and none that leads astray.
fn path_fault(path: &str, is_open: bool) -> Option<String> {
    if path.is_empty() {
        return (!is_open).then(|| "Required value: path is required for Exact and Prefix PathTypes".to_owned());
    }
    let behind = |folder: &&str| path.strip_prefix('/').and_then(|path| path.strip_prefix(*folder));
    let is_illegal = ["etc", "root", "var"].iter().any(|folder| behind(folder).is_some_and(|it| it.starts_with('/')))
        || ["root", "var"].iter().any(|folder| behind(folder) == Some(""))
        || path.contains("\\n")
        || path.ends_with("\\r");
    let why = if path.starts_with("//") {
        "protocol-relative URIs not allowed, must not start with '//'"
    } else if has_parent_segment(path) {
        "path traversal not allowed, path must not contain '..' segments"
    } else if !path.starts_with('/') || path.contains(|c: char| c.is_whitespace() || c == ';') {
        "must start with / and must not include any whitespace character or `;`"
    } else if is_refused_by_pcre(path) {
        "must be a valid regular expression"
    } else if path.contains('"') || path.ends_with('\\') {
        "must have all '\"' (double quotes) escaped and must not end with an unescaped '\\' (backslash)"
    } else if has_braced_letter(path) {
        "must not include curly braces containing alphabetical characters"
    } else if is_illegal {
        "must not contain invalid paths"
    } else {
        return None;
    };
    Some(format!("Invalid value: \"{path}\": {why}"))
}

fn has_braced_letter(path: &str) -> bool {
    let mut braced = path.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
    braced.any(|(inside, _)| inside.contains(|c: char| c.is_ascii_alphabetic()))
}

/// validateMasterSpec and validateMinionSpec.
fn mergeable_fault(reference: &ObjectRef, ingress: &Ingress) -> Option<Rejection> {
    let spec = FieldPath::root().field("spec");
    let rules = spec.field("rules");
    let paths = rules.index(0).field("http").field("paths");
    let count = ingress.spec.rules.len();
    let has_paths = ingress.spec.rules.iter().flat_map(|rule| &rule.http).any(|http| !http.paths.is_empty());
    let (path, what) = match MergeableType::of(&AnnotationSet::of(reference, ingress)) {
        MergeableType::Alone => return None,
        MergeableType::Minion if !ingress.spec.tls.is_empty() => {
            (spec.field("tls"), format!("Too many: {}: must have at most 0 items", ingress.spec.tls.len()))
        }
        MergeableType::Master | MergeableType::Minion if count != 1 => {
            (rules, format!("Too many: {count}: must have at most 1 items"))
        }
        MergeableType::Master if has_paths => (paths, "Too many: must have at most 0 items".to_owned()),
        MergeableType::Minion if !has_paths => (paths, "Required value: must include at least one path".to_owned()),
        MergeableType::Master | MergeableType::Minion => return None,
    };
    let message = format!("{path}: {what}");
    Some((reference.field(path), message))
}
