//! The controller's admission webhook: what it says to an Ingress (controller.go CheckIngress), in its own words.

use std::cmp::Ordering;

use super::annotations::{self, Annotation, IngressOptions, InvalidAnnotation};
use super::settings::{ConfigKey, NginxSettings};
use crate::cluster::Cluster;
use crate::ingress::{RulePlace, annotation_field};
use crate::model::{HttpIngressPath, Ingress};
use crate::source::{FieldPath, FieldRef, ObjectRef};

/// Why the webhook refuses an Ingress, with the line.
pub fn admission_denial(
    settings: &NginxSettings,
    cluster: &Cluster,
    own: &ObjectRef,
    ingress: &Ingress,
) -> Option<(FieldRef, String)> {
    // 1. Paths that are no plain paths.
    let strange = invalid_paths(ingress).filter(|_| settings.is(ConfigKey::StrictValidatePathType, true));
    let strange: Vec<_> = strange.collect();
    if let Some((first, _)) = strange.first() {
        let lines: Vec<String> = strange.iter().map(|(_, words)| words.clone()).collect();
        let field = first.field(own);
        let field = FieldRef { path: field.path.field("path"), object: field.object };
        return Some((field, format!("ingress contains invalid paths: {}", lines.join("\n"))));
    }
    // 2. Words that are not allowed, and snippets.
    let keys = ingress.metadata.annotations.iter();
    let mut refused =
        keys.filter_map(|(key, value)| Some((annotation_field(own, key), forbidden_annotation(settings, key, value)?)));
    if let Some(refused) = refused.next() {
        return Some(refused);
    }
    // 3. Values of the wrong form, and annotations of too high a risk.
    let highest = settings.highest_risk();
    let risky = annotations::annotations_on(&settings.prefix, ingress).find(|(name, _)| name.form().risk > highest);
    if let Some((name, key)) = risky {
        let words = format!(
            "annotation group {} contains risky annotation based on ingress configuration",
            annotation_group(name)
        );
        return Some((annotation_field(own, key), words));
    }
    if let Err(InvalidAnnotation(field, name)) = IngressOptions::read(cluster, settings, own, ingress) {
        let key = format!("{}/{}", settings.prefix, name.name());
        return Some((field, format!("annotation {key} contains invalid value")));
    }
    // 4. A host and path that an older Ingress has.
    path_overlap(settings, cluster, own, ingress)
}

/// The name of an annotation's parser (annotations.go NewAnnotationFactory), for those that a usual level of risk shuts out.
fn annotation_group(name: Annotation) -> &'static str {
    match name {
        Annotation::AuthSnippet | Annotation::AuthUrl | Annotation::AuthSignin => "ExternalAuth",
        Annotation::AuthTlsErrorPage | Annotation::AuthTlsMatchCn => "CertificateAuth",
        Annotation::ConfigurationSnippet => "ConfigurationSnippet",
        Annotation::MirrorHost | Annotation::MirrorTarget => "Mirror",
        Annotation::ModsecuritySnippet | Annotation::ModsecurityTransactionId => "ModSecurity",
        Annotation::ProxySslName => "ProxySSL",
        Annotation::ServerAlias => "Aliases",
        Annotation::ServerSnippet => "ServerSnippet",
        Annotation::StreamSnippet => "StreamSnippet",
        Annotation::UpstreamHashBy => "UpstreamHashBy",
        other => other.name(),
    }
}

fn forbidden_annotation(settings: &NginxSettings, key: &str, value: &str) -> Option<String> {
    let own = key.strip_prefix(&*settings.prefix).is_some_and(|rest| rest.starts_with('/'));
    let word =
        settings.list(ConfigKey::AnnotationValueWordBlocklist).into_iter().find(|word| own && value.contains(word));
    if let Some(word) = word {
        return Some(format!("{key} annotation contains invalid word {word}"));
    }
    let snippet = key.ends_with("-snippet") && !settings.is(ConfigKey::AllowSnippetAnnotations, false);
    snippet.then(|| {
        format!("{key} annotation cannot be used. Snippet directives are disabled by the Ingress administrator")
    })
}

/// controller.go checkOverlap: of two Ingresses with the same host and path the newer one is refused, unless one of them
/// says whether it is a canary.
fn path_overlap(
    settings: &NginxSettings,
    cluster: &Cluster,
    own: &ObjectRef,
    ingress: &Ingress,
) -> Option<(FieldRef, String)> {
    let key = format!("{}/{}", settings.prefix, Annotation::Canary.name());
    let says_canary = |ingress: &Ingress| ingress.metadata.annotations.contains_key(key.as_str());
    if says_canary(ingress) {
        return None;
    }
    let older = |namespace: &str, name: &str, other: &Ingress| {
        let age = other.metadata.creation_timestamp.cmp(&ingress.metadata.creation_timestamp);
        let names = (namespace, name).cmp(&(own.namespace.as_deref().unwrap_or_default(), &*own.name));
        age.then(names) == Ordering::Less
    };
    let class = |ingress: &Ingress| ingress.spec.ingress_class_name.clone();
    let before = cluster.ingresses.iter().filter(|(namespace, name, other)| older(namespace, name, other));
    let before = before.filter(|(_, _, other)| !says_canary(other) && class(other) == class(ingress));
    for (namespace, name, other) in before {
        let taken: Vec<(&str, &str)> = service_paths(other).map(|(_, host, path)| (host, path)).collect();
        if let Some((place, host, path)) =
            service_paths(ingress).find(|(_, host, path)| taken.contains(&(*host, *path)))
        {
            let words = format!("host \"{host}\" and path \"{path}\" is already defined in ingress {namespace}/{name}");
            return Some((own.field(place), words));
        }
    }
    None
}

/// The paths that lead to a Service, with their hosts.
fn service_paths(ingress: &Ingress) -> impl Iterator<Item = (FieldPath, &str, &str)> {
    ingress.spec.rules.iter().enumerate().flat_map(|(position, rule)| {
        let host = rule.host.as_deref().filter(|host| !host.is_empty()).unwrap_or("_");
        let paths = rule.http.iter().flat_map(|http| http.paths.iter().enumerate());
        let paths = paths.filter(|(_, path)| path.backend.service.is_some());
        paths.map(move |(index, path)| {
            let field = FieldPath::from("spec.rules").index(position).field("http").field("paths").index(index);
            let text = path.path.as_deref().filter(|text| !text.is_empty()).unwrap_or("/");
            (field.field("path"), host, text)
        })
    })
}

/// Exact and Prefix paths that are no plain paths, each with what the webhook says to it (inspector ValidatePathType).
pub fn invalid_paths(ingress: &Ingress) -> impl Iterator<Item = (RulePlace, String)> {
    let is_strange = |path: &HttpIngressPath| {
        let strict = path.path_type.as_deref() != Some("ImplementationSpecific");
        let text = path.path.as_deref().filter(|text| !text.is_empty()).unwrap_or("/");
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'/');
        strict && !(text.starts_with('/') && text.bytes().all(allowed))
    };
    ingress.spec.rules.iter().enumerate().flat_map(move |(position, rule)| {
        let paths = rule.http.as_ref().map_or(&[][..], |http| &http.paths).iter().enumerate();
        paths.filter(move |(_, path)| is_strange(path)).map(move |(index, path)| {
            let (text, kind) = (path.path.as_deref().unwrap_or_default(), path.path_type.as_deref());
            let words = format!("path {text} cannot be used with pathType {}", kind.unwrap_or("<nil>"));
            (RulePlace::Path(position, index), words)
        })
    })
}
