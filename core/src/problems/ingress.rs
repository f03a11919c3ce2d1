//! Ingresses whose Service, port, class or certificate is missing.

use std::sync::Arc;

use super::About;
use crate::cluster::annotation_owner::ANNOTATION_OWNERS;
use crate::cluster::ingress_implementation::IngressImplementation;
use crate::cluster::{Pod, Service};
use crate::diagnostic::{Diagnostic, Fix, Problem};
use crate::model::{Container, Ingress, IngressBackend, IngressClass, ServiceBackendPort, well_known};
use crate::schema::nearest;
use crate::source::{FieldPath, ObjectRef};

/// The prefix of ingress-nginx' annotations.
const NGINX: &str = "nginx.ingress.kubernetes.io/";

/// Annotations of cert-manager, which makes the Secrets that its Ingresses name.
pub(super) const CERT_MANAGER: &str = "cert-manager.io/";

pub(super) fn problems(about: &About<'_>, ingress: &Ingress, found: &mut Vec<Diagnostic>) {
    let spec = FieldPath::root().field("spec");
    found.extend(class(about, ingress, &spec));
    annotations_of_others(about, ingress, found);
    if let Some(one) = &ingress.spec.default_backend {
        found.extend(backend(about, one, &spec.field("defaultBackend")));
    }
    for (index, rule) in ingress.spec.rules.iter().enumerate() {
        let paths = rule.http.iter().flat_map(|http| &http.paths).enumerate();
        for (path_index, path) in paths {
            let field = spec.field("rules").index(index).field("http").field("paths").index(path_index);
            found.extend(backend(about, &path.backend, &field.field("backend")));
        }
    }
    found.extend(auth_secret(about, ingress));
    let made = ingress.metadata.annotations.keys().any(|key| key.starts_with(CERT_MANAGER));
    for (index, tls) in ingress.spec.tls.iter().enumerate().filter(|_| !made) {
        let Some(name) = tls.secret_name.as_deref().filter(|name| !name.is_empty()) else { continue };
        found.extend(about.missing_secret(spec.field("tls").index(index).field("secretName"), about.namespace(), name));
    }
}

/// The Secret with names and passwords, without which ingress-nginx answers 503 (auth/main.go, Parse: LocationDenied).
fn auth_secret(about: &About<'_>, ingress: &Ingress) -> Option<Diagnostic> {
    let key = format!("{NGINX}auth-secret");
    let annotations = &ingress.metadata.annotations;
    annotations.get(format!("{NGINX}auth-type").as_str())?;
    let written = annotations.get(key.as_str())?.trim();
    let (namespace, name) = written.split_once('/').unwrap_or((about.namespace(), written));
    let is_there = name.is_empty() || about.cluster.secrets.get(namespace, name).is_some();
    let field = FieldPath::root().field("metadata").field("annotations").key(&key);
    let object = ObjectRef::namespaced("Secret", namespace, name);
    (!is_there).then(|| about.at(field, Problem::Missing { object }))
}

fn class(about: &About<'_>, ingress: &Ingress, spec: &FieldPath) -> Option<Diagnostic> {
    let classes = &about.cluster.ingress_classes;
    match &ingress.spec.ingress_class_name {
        Some(name) if classes.contains_key(name) => None,
        Some(name) => {
            let fix = nearest(name, classes.keys().map(|name| &**name));
            let field = spec.field("ingressClassName");
            let fix = fix.and_then(|name| replace(about, &field, name));
            let object = ObjectRef::cluster_scoped("IngressClass", name);
            Some(Diagnostic { fix, ..about.at(field, Problem::Missing { object }) })
        }
        None => is_unclassed_and_unserved(about, ingress).then(|| about.at(spec.clone(), Problem::NoIngressClass)),
    }
}

fn is_default(class: &IngressClass) -> bool {
    class.metadata.annotations.get(well_known::DEFAULT_INGRESS_CLASS).is_some_and(|value| &**value == "true")
}

/// Whether an Ingress without a class has nobody who serves it: no default class, and no controller that serves all.
fn is_unclassed_and_unserved(about: &About<'_>, ingress: &Ingress) -> bool {
    let served = ingress.metadata.annotations.contains_key(well_known::INGRESS_CLASS)
        || about.cluster.ingress_classes.values().any(|class| is_default(class))
        || about.cluster.pods.values().any(serves_all)
        || serves_all_by_world(about);
    !served
}

/// Whether a pod is a controller that serves Ingresses without class.
fn serves_all(pod: &Pod) -> bool {
    pod.spec.containers.iter().any(|container| {
        let serving = IngressImplementation::of_image(&container.image);
        let value = |name: &str| argument(container, name).map(str::to_owned);
        serving.is_some_and(|serving| (serving.facts().serves_unclassed)(&value))
    })
}

/// Whether the World gives a supplied controller arguments by which it serves Ingresses without class.
fn serves_all_by_world(about: &About<'_>) -> bool {
    about.cluster.settings.controllers.iter().any(|(name, given)| {
        let serving = IngressImplementation::ALL.iter().find(|one| one.facts().name == &**name);
        let words = given.child("args").map(super::super::yaml::YamlNode::elements).unwrap_or_default();
        let value = |wanted: &str| {
            words.iter().filter_map(|word| word.text()).find_map(|word| value_of(word, wanted)).map(str::to_owned)
        };
        serving.is_some_and(|serving| !words.is_empty() && (serving.facts().serves_unclassed)(&value))
    })
}

/// The first annotation of each controller that doesn't serve the Ingress.
fn annotations_of_others(about: &About<'_>, ingress: &Ingress, found: &mut Vec<Diagnostic>) {
    let Some(serving) = serving_controller(about, ingress) else { return };
    for owner in ANNOTATION_OWNERS.iter().filter(|owner| serving.as_deref() != Some(owner.controller)) {
        if let Some(key) = ingress.metadata.annotations.keys().find(|key| owner.owns(key)) {
            let field = FieldPath::root().field("metadata").field("annotations").key(key);
            let problem = Problem::AnnotationOfAnother { owner: owner.name, controller: serving.clone() };
            found.push(about.at(field, problem));
        }
    }
}

/// `spec.controller` of an Ingress' class, `Some(None)` where it has no class and nobody serves it all the same. None where
/// it can't be told who serves it.
fn serving_controller(about: &About<'_>, ingress: &Ingress) -> Option<Option<Arc<str>>> {
    let classes = &about.cluster.ingress_classes;
    let by_annotation = ingress.metadata.annotations.get(well_known::INGRESS_CLASS);
    let Some(name) = ingress.spec.ingress_class_name.as_ref().or(by_annotation) else {
        let default = classes.values().find(|class| is_default(class)).map(|class| class.spec.controller.clone());
        return (default.is_some() || is_unclassed_and_unserved(about, ingress)).then_some(default);
    };
    let controller = &classes.get(name)?.spec.controller;
    let serves = IngressImplementation::ALL.iter().any(|one| one.facts().class_controller == Some(&**controller));
    serves.then(|| Some(controller.clone()))
}

/// The value of an argument in a word, empty where it has none; names are written in any case.
fn value_of<'w>(word: &'w str, name: &str) -> Option<&'w str> {
    let word = word.trim_start_matches('-');
    let (written, value) = word.split_once('=').unwrap_or((word, ""));
    written.eq_ignore_ascii_case(name).then_some(value)
}

/// The value of a program's argument, empty where it has none; names are written in any case.
fn argument<'c>(container: &'c Container, name: &str) -> Option<&'c str> {
    container.command.iter().chain(&container.args).find_map(|word| value_of(word, name))
}

/// The port of a backend that stands for an annotation of the AWS Load Balancer Controller; the Service's name is the
/// action's (aws-load-balancer-controller, pkg/ingress, magicServicePortUseAnnotation).
const USE_ANNOTATION: &str = "use-annotation";

fn backend(about: &About<'_>, backend: &IngressBackend, at: &FieldPath) -> Option<Diagnostic> {
    let named = backend.service.as_ref().filter(|named| named.port.name.as_deref() != Some(USE_ANNOTATION))?;
    let at = at.field("service");
    match about.cluster.services.get(about.namespace(), &named.name) {
        None => {
            let field = at.field("name");
            let others = about.cluster.services.in_namespace(about.namespace()).map(|(name, _)| &**name);
            let fix = nearest(&named.name, others).and_then(|name| replace(about, &field, name));
            let object = ObjectRef::namespaced("Service", about.namespace(), &named.name);
            Some(Diagnostic { fix, ..about.at(field, Problem::Missing { object }) })
        }
        Some(service) => port(about, service, &named.port, &at.field("port")),
    }
}

fn port(about: &About<'_>, service: &Service, named: &ServiceBackendPort, at: &FieldPath) -> Option<Diagnostic> {
    // 1. Whether the Service has the port.
    let name = named.name.as_deref().filter(|name| !name.is_empty());
    let number = named.number.filter(|number| *number != 0);
    let exists = service.ports.iter().any(|port| match (name, number) {
        (Some(name), _) => &*port.name == name,
        (None, Some(number)) => i32::from(port.port) == number,
        (None, None) => true,
    });
    // An ExternalName has no ports of its own; controllers take the number as it is.
    let has_ports = !service.object.spec.is_external_name();
    if exists || !has_ports {
        return None;
    }
    // 2. What was written instead.
    let (field, written) = match (name, number) {
        (Some(name), _) => (at.field("name"), name.to_owned()),
        (None, number) => (at.field("number"), number.unwrap_or_default().to_string()),
    };
    // 3. The fix, where the Service has a single port.
    let only = service.ports.first().filter(|_| service.ports.len() == 1);
    let fix = only.and_then(|port| match name {
        Some(_) if !port.name.is_empty() => replace(about, &field, &port.name),
        Some(_) => None,
        None => replace(about, &field, &port.port.to_string()),
    });
    // 4. All its ports, for the message.
    let ports = service.ports.iter().map(|port| match &*port.name {
        "" => port.port.to_string(),
        name => format!("{} ({name})", port.port),
    });
    let problem =
        Problem::MissingServicePort { service: service.reference.clone(), port: written, ports: ports.collect() };
    Some(Diagnostic { fix, ..about.at(field, problem) })
}

fn replace(about: &About<'_>, field: &FieldPath, value: &str) -> Option<Fix> {
    about.object.node.find(field).map(|node| Fix { span: node.span, replacement: value.to_owned() })
}
