//! The controller's admission webhook: what it says to an Ingress (controller.go CheckIngress), in its own words.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::annotations::{self, Annotation, IngressOptions, InvalidAnnotation};
use super::settings::{ConfigKey, NginxSettings};
use crate::cluster::Cluster;
use crate::ingress::{RulePlace, annotation_field};
use crate::model::{HttpIngressPath, Ingress, Text};
use crate::source::{FieldPath, FieldRef, ObjectRef};

/// Why the webhook refuses an Ingress, with the line.
pub fn admission_denial(
    settings: &NginxSettings,
    (cluster, taken): (&Cluster, &TakenPaths<'_>),
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
    taken.overlap(settings, own, ingress)
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

/// Who has which host and path, class by class: Ingresses that don't say whether they are a canary.
#[derive(Debug)]
pub struct TakenPaths<'c> {
    holders: BTreeMap<ServicePath<'c>, Vec<PathHolder<'c>>>,
}

/// Class, host and path.
type ServicePath<'c> = (Option<&'c str>, &'c str, &'c str);

/// Namespace, name, and when it was made.
type PathHolder<'c> = (&'c str, &'c str, Option<&'c Text>);

impl<'c> TakenPaths<'c> {
    /// Of all Ingresses.
    pub fn read(settings: &NginxSettings, cluster: &'c Cluster) -> Self {
        let mut holders: BTreeMap<ServicePath<'c>, Vec<PathHolder<'c>>> = BTreeMap::new();
        for (namespace, name, ingress) in cluster.ingresses.iter().filter(|(.., other)| !says_canary(settings, other)) {
            let (class, created) =
                (ingress.spec.ingress_class_name.as_deref(), ingress.metadata.creation_timestamp.as_ref());
            for (_, host, path) in service_paths(ingress) {
                holders.entry((class, host, path)).or_default().push((namespace, name, created));
            }
        }
        Self { holders }
    }

    /// controller.go checkOverlap: of two Ingresses with the same host and path the newer one is refused, unless one of them
    /// says whether it is a canary.
    fn overlap(&self, settings: &NginxSettings, own: &ObjectRef, ingress: &Ingress) -> Option<(FieldRef, String)> {
        if says_canary(settings, ingress) {
            return None;
        }
        let (namespace, name) = (own.namespace.as_deref().unwrap_or_default(), &*own.name);
        let is_older = |other: &&PathHolder<'_>| {
            let age = other.2.cmp(&ingress.metadata.creation_timestamp.as_ref());
            age.then((other.0, other.1).cmp(&(namespace, name))) == Ordering::Less
        };
        let class = ingress.spec.ingress_class_name.as_deref();
        // The first in the order of names, and of its paths the first.
        let taken = service_paths(ingress).enumerate().flat_map(|(order, (place, host, path))| {
            let holders = self.holders.get(&(class, host, path)).into_iter().flatten().filter(is_older);
            holders.map(move |holder| ((holder.0, holder.1, order), place, host, path))
        });
        let ((namespace, name, _), (position, index), host, path) = taken.min_by_key(|(key, ..)| *key)?;
        let field = FieldPath::from("spec.rules").index(position).field("http").field("paths").index(index);
        let words = format!("host \"{host}\" and path \"{path}\" is already defined in ingress {namespace}/{name}");
        Some((own.field(field.field("path")), words))
    }
}

fn says_canary(settings: &NginxSettings, ingress: &Ingress) -> bool {
    let key = format!("{}/{}", settings.prefix, Annotation::Canary.name());
    ingress.metadata.annotations.contains_key(key.as_str())
}

/// The paths that lead to a Service: their places among rules and paths, and their hosts.
fn service_paths(ingress: &Ingress) -> impl Iterator<Item = ((usize, usize), &str, &str)> {
    ingress.spec.rules.iter().enumerate().flat_map(|(position, rule)| {
        let host = rule.host.as_deref().filter(|host| !host.is_empty()).unwrap_or("_");
        let paths = rule.http.iter().flat_map(|http| http.paths.iter().enumerate());
        let paths = paths.filter(|(_, path)| path.backend.service.is_some());
        paths.map(move |(index, path)| {
            let text = path.path.as_deref().filter(|text| !text.is_empty()).unwrap_or("/");
            ((position, index), host, text)
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
