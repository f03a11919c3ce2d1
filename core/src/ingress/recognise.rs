//! Which pods are Ingress controllers: by image, with the arguments that configure them.

use std::collections::BTreeMap;

use crate::cluster::ingress_implementation::{IngressImplementation, NGINX_PROVIDER, split_image};
use crate::cluster::{Cluster, Phase, Pod};
use crate::model::{Container, Text};
use crate::order;
use crate::source::ObjectRef;
use crate::yaml::{Value, YamlNode};

mod file;

pub use file::ConfigFile;

/// A controller as found.
#[derive(Clone, Debug)]
pub struct ControllerPods {
    pub implementation: IngressImplementation,
    /// `spec.controller` of its classes.
    pub class_controller: Text,
    pub pods: Vec<ObjectRef>,
    pub namespace: Text,
    /// `--watch-ingress-without-class` -> `true`: names without dashes, in the order given.
    pub arguments: Vec<(String, String)>,
    /// Further settings by name, from the World, for a supplied Traefik.
    pub settings: BTreeMap<String, String>,
    /// Traefik's configuration file.
    pub file: Option<ConfigFile>,
    /// The image's tag.
    pub tag: String,
    /// Whether nobody pasted it.
    pub supplied: bool,
}

/// The controllers among the pods, one for all pods of a workload.
pub fn find_controllers(cluster: &Cluster) -> Vec<ControllerPods> {
    let mut found: Vec<ControllerPods> = Vec::new();
    let mut places: BTreeMap<ObjectRef, usize> = BTreeMap::new();
    for pod in cluster.pods.values().filter(|pod| pod.phase == Phase::Running) {
        let Some((implementation, container)) = controller_container(pod) else { continue };
        let maker = pod.workload.as_ref().or(pod.owner.as_ref()).unwrap_or(&pod.reference).clone();
        match places.get(&maker).and_then(|place| found.get_mut(*place)) {
            Some(controller) => controller.pods.push(pod.reference.clone()),
            None => {
                places.insert(maker.clone(), found.len());
                found.push(read(cluster, pod, &maker, implementation, container));
            }
        }
    }
    found
}

fn controller_container(pod: &Pod) -> Option<(IngressImplementation, &Container)> {
    pod.spec
        .containers
        .iter()
        .find_map(|container| Some((IngressImplementation::of_image(&container.image)?, container)))
}

fn read(
    cluster: &Cluster,
    pod: &Pod,
    maker: &ObjectRef,
    implementation: IngressImplementation,
    container: &Container,
) -> ControllerPods {
    // 1. What the container is started with: arguments and environment.
    let words = container.command.iter().chain(&container.args).map(|word| expand_variables(word, pod, container));
    let mut arguments = parse_arguments(words);
    let mut settings = environment_settings(container);
    let supplied = cluster.is_supplied(maker) || cluster.is_supplied(&pod.reference);
    // 2. Traefik with the nginx provider is an implementation of its own.
    let provider = |arguments: &[(String, String)], settings: &BTreeMap<String, String>| {
        let given = arguments.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.as_str()));
        let mut given = given.chain(settings.iter().map(|(name, value)| (name.clone(), value.as_str())));
        given.any(|(name, value)| {
            let rest = name.strip_prefix(NGINX_PROVIDER);
            rest.is_some_and(|rest| rest.starts_with('.') || rest.is_empty() && value != "false")
        })
    };
    let named = |implementation: IngressImplementation, provides: bool| match implementation {
        IngressImplementation::Traefik if provides => IngressImplementation::TraefikNginx,
        other => other,
    };
    let implementation = named(implementation, provider(&arguments, &settings));
    // 3. World's settings, for a controller that was supplied.
    if let Some(node) = cluster.settings.controllers.get(implementation.name()).filter(|_| supplied) {
        apply_world_settings(node, &mut arguments, &mut settings);
    }
    // 4. The file, which may name that provider too.
    let file = if implementation.facts().reads_file {
        file::find_config_file(cluster, pod, container, &arguments)
    } else {
        None
    };
    let of_file = match &file {
        Some(ConfigFile::Read(values)) => provider(&[], values),
        Some(ConfigFile::Unread(_)) | None => false,
    };
    let implementation = named(implementation, provider(&arguments, &settings) || of_file);
    // 5. The class that it serves.
    let named = arguments.iter().rev().find(|(name, _)| name == "controller-class").map(|(_, value)| value.as_str());
    let class_controller = named.or(implementation.facts().class_controller).unwrap_or_default();
    ControllerPods {
        implementation,
        class_controller: class_controller.into(),
        pods: vec![pod.reference.clone()],
        namespace: pod.namespace().into(),
        file,
        arguments: arguments.clone(),
        settings,
        tag: split_image(&container.image).1.to_owned(),
        supplied,
    }
}

/// `$(NAME)` from the container's environment; the usual fieldRefs are known by name.
fn expand_variables(word: &str, pod: &Pod, container: &Container) -> String {
    let mut text = word.to_owned();
    for (name, value) in [("POD_NAMESPACE", pod.namespace()), ("POD_NAME", pod.name())] {
        text = text.replace(&format!("$({name})"), value);
    }
    for variable in &container.env {
        if let Some(value) = &variable.value {
            text = text.replace(&format!("$({})", variable.name), value);
        }
    }
    text
}

/// `--name=value`, `--name value`, `--name` (true). Words without dashes in front are the program and its commands.
fn parse_arguments(words: impl Iterator<Item = String>) -> Vec<(String, String)> {
    let mut arguments = Vec::new();
    let mut words = words.peekable();
    while let Some(word) = words.next() {
        let bare = word.trim_start_matches('-');
        if bare.len() == word.len() || bare.is_empty() {
            continue;
        }
        let pair = match bare.split_once('=') {
            Some((name, value)) => (name.to_owned(), value.to_owned()),
            None => {
                let value = words.next_if(|next| !next.starts_with('-'));
                (bare.to_owned(), value.unwrap_or_else(|| "true".to_owned()))
            }
        };
        arguments.push(pair);
    }
    arguments
}

/// Traefik's settings as environment variables: TRAEFIK_PROVIDERS_KUBERNETESINGRESS_INGRESSCLASS.
fn environment_settings(container: &Container) -> BTreeMap<String, String> {
    let pairs = container.env.iter().filter_map(|variable| {
        let name = variable.name.strip_prefix("TRAEFIK_")?;
        Some((name.to_ascii_lowercase().replace('_', "."), variable.value.as_deref()?.to_owned()))
    });
    order::map(pairs)
}

/// The World's settings of a supplied controller: a list of arguments, or a map with `args` and settings by name.
fn apply_world_settings(node: &YamlNode, words: &mut Vec<(String, String)>, settings: &mut BTreeMap<String, String>) {
    let list = |node: &YamlNode| {
        node.elements().iter().filter_map(|word| word.text()).map(std::string::ToString::to_string).collect::<Vec<_>>()
    };
    words.extend(parse_arguments(list(node).into_iter()));
    for entry in node.entries() {
        match &*entry.key {
            "args" => words.extend(parse_arguments(list(&entry.value).into_iter())),
            name => flatten_settings(name, &entry.value, settings),
        }
    }
}

/// `providers: {kubernetesIngress: {ingressClass: x}}` is `providers.kubernetesingress.ingressclass` = `x`.
fn flatten_settings(name: &str, node: &YamlNode, settings: &mut BTreeMap<String, String>) {
    let name = name.to_ascii_lowercase();
    let scalar = match &node.value {
        // `kubernetesCRD: {}` switches it on.
        Value::Mapping(entries) if entries.is_empty() => "true".to_owned(),
        Value::Mapping(entries) => {
            for entry in entries {
                flatten_settings(&format!("{name}.{}", entry.key), &entry.value, settings);
            }
            return;
        }
        Value::Sequence(elements) => elements
            .iter()
            .filter_map(|node| node.text().map(std::string::ToString::to_string))
            .collect::<Vec<_>>()
            .join(","),
        Value::Bool(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::String(text) => text.to_string(),
        Value::Null => return,
    };
    settings.insert(name, scalar);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_with_and_without_equals() {
        let words = ["/nginx-ingress-controller", "--publish-service=a/b", "--ingress-class", "x", "--watch", "-v=2"];
        let read = parse_arguments(words.iter().map(std::string::ToString::to_string));
        let read: Vec<_> = read.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(read, [("publish-service", "a/b"), ("ingress-class", "x"), ("watch", "true"), ("v", "2")]);
    }
}
