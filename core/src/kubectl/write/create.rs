//! `create deployment`, `create service`, `run`: objects that weren't there.

use serde_json::{Value, json};

use super::{Done, Resource, UsageError, Verb, View, Write, error, number, output, pairs, put, refused};
use crate::change::Change;
use crate::kubectl::documents;
use crate::source::ObjectRef;

impl Write {
    /// Adds an object, unless one of its name is there.
    pub fn add(
        &self,
        view: View<'_>,
        resource: Resource,
        object: Value,
        done: &str,
    ) -> Result<(String, Vec<Change>), UsageError> {
        let name = object.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default().to_owned();
        let reference = match resource.is_namespaced() {
            true => ObjectRef::namespaced(resource.kind(), self.namespace(), &name),
            false => ObjectRef::cluster_scoped(resource.kind(), &name),
        };
        let there = documents::written(view, &reference).is_some() || documents::is_supplied(view, &reference);
        if there && self.dry_run != super::DryRun::Client {
            let plural = resource.plural();
            let exists = format!("{plural} {name:?} already exists");
            return Err(refused(match self.verb {
                Verb::CreateConfigMap | Verb::CreateSecret | Verb::CreateIngress => {
                    let kind = resource.singular().split('.').next().unwrap_or_default().to_owned();
                    format!("error: failed to create {kind}: {exists}")
                }
                Verb::CreateDeployment => format!("error: failed to create deployment: {exists}"),
                Verb::CreateService => {
                    let kind = self.flags.words.first().map_or("", String::as_str);
                    format!("error: failed to create {} service: {exists}", service_kind(kind))
                }
                _ => format!("Error from server (AlreadyExists): {exists}"),
            }));
        }
        let said = self.say(resource, &name, done, || object.clone())?;
        Ok((said, vec![Change::Add(tidy(object))]))
    }

    pub fn metadata(&self, name: &str, labels: Value) -> Value {
        let mut metadata = json!({"name": name});
        if labels.as_object().is_some_and(|labels| !labels.is_empty()) {
            super::super::api::merge(&mut metadata, json!({"labels": labels}));
        }
        if self.flags.value("namespace").is_some() {
            super::super::api::merge(&mut metadata, json!({"namespace": self.namespace()}));
        }
        metadata
    }

    /// The labels that -l gives.
    pub fn labels(&self) -> Result<Option<Value>, UsageError> {
        self.flags.value("labels").map(pairs).transpose()
    }
}

/// What is written into the manifests lacks what says nothing.
fn tidy(object: Value) -> Value {
    match object {
        Value::Object(map) => {
            let entries = map.into_iter().map(|(key, value)| (key, tidy(value)));
            let empty = |value: &Value| value.as_object().is_some_and(serde_json::Map::is_empty);
            Value::Object(entries.filter(|(_, value)| !empty(value)).collect())
        }
        Value::Array(list) => list.into_iter().map(tidy).collect(),
        other => other,
    }
}

/// pkg/cmd/create, create_deployment.go
pub fn deployment(write: &Write, view: View<'_>) -> Done {
    let name = name(&write.flags.words, "create deployment")?;
    let images = write.flags.values("image");
    if images.is_empty() {
        return Err(refused("error: required flag(s) \"image\" not set"));
    }
    if images.len() > 1 && !write.flags.command.is_empty() {
        return Err(refused("error: cannot specify multiple --image options and command"));
    }
    let port = write.flags.value("port").map(|text| number(text, "--port")).transpose()?;
    let containers = images.iter().flat_map(|image| image.split(',')).map(|image| {
        let mut container = json!({"image": image, "name": container_name(image), "resources": {}});
        put(&mut container, "command", (!write.flags.command.is_empty()).then(|| json!(write.flags.command)));
        put(&mut container, "ports", port.map(|port| json!([{"containerPort": port}])));
        container
    });
    let labels = json!({"app": name});
    let replicas = write.flags.value("replicas").map_or(Ok(1), |text| number(text, "--replicas"))?;
    let object = json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": write.metadata(name, labels.clone()),
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "strategy": {},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": containers.collect::<Vec<_>>()}},
        },
        "status": {},
    });
    let (said, changes) = write.add(view, Resource::Deployments, object, "created")?;
    Ok((output(said, String::new()), changes))
}

/// The last part of an image, without tag or digest, in letters that a name may have.
fn container_name(image: &str) -> String {
    let name = image.rsplit('/').next().unwrap_or(image);
    let name = name.split([':', '@']).next().unwrap_or(name);
    name.to_ascii_lowercase().chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect()
}

pub fn service_kind(word: &str) -> &'static str {
    match word {
        "clusterip" => "ClusterIP",
        "nodeport" => "NodePort",
        "loadbalancer" => "LoadBalancer",
        _ => "ExternalName",
    }
}

/// pkg/cmd/create, create_service.go
pub fn service(write: &Write, view: View<'_>) -> Done {
    let known = ["clusterip", "nodeport", "loadbalancer", "externalname"];
    let Some((kind, words)) = write.flags.words.split_first().filter(|(kind, _)| known.contains(&kind.as_str())) else {
        return Err(error(format!("kubectl create service needs a type: {}", known.join(", "))));
    };
    let name = name(words, &format!("create service {kind}"))?;
    let kind = service_kind(kind);
    let ports = write.flags.values("tcp").into_iter().flat_map(|text| text.split(',')).map(|text| port(write, text));
    let ports: Vec<Value> = ports.collect::<Result<_, _>>()?;
    let headless = write.flags.value("clusterip") == Some("None");
    if ports.is_empty() && kind != "ExternalName" && !headless {
        return Err(refused("error: at least one tcp port specifier must be provided"));
    }
    let labels = json!({"app": name});
    let mut spec = json!({"selector": labels, "type": kind});
    put(&mut spec, "ports", (!ports.is_empty()).then(|| json!(ports)));
    put(&mut spec, "clusterIP", write.flags.value("clusterip").map(Value::from));
    put(&mut spec, "externalName", write.flags.value("external-name").map(Value::from));
    if kind == "ExternalName" && write.flags.value("external-name").is_none() {
        return Err(refused("error: required flag(s) \"external-name\" not set"));
    }
    let object = json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": write.metadata(name, labels),
        "spec": spec,
        "status": {"loadBalancer": {}},
    });
    let (said, changes) = write.add(view, Resource::Services, object, "created")?;
    Ok((output(said, String::new()), changes))
}

/// `--tcp=PORT[:TARGET]`
fn port(write: &Write, text: &str) -> Result<Value, UsageError> {
    let (port, target) = text.split_once(':').unwrap_or((text, text));
    let wrong = || refused(format!("error: strconv.ParseUint: parsing {port:?}: invalid syntax"));
    let number: u16 = port.parse().map_err(|_| wrong())?;
    let target_port = target.parse::<u16>().map_or_else(|_| Value::from(target), Value::from);
    let mut one = json!({"name": text.replace(':', "-"), "port": number, "protocol": "TCP", "targetPort": target_port});
    let node_port = write.flags.value("node-port").map(|text| super::number(text, "--node-port")).transpose()?;
    put(&mut one, "nodePort", node_port.filter(|port| *port != 0).map(Value::from));
    Ok(one)
}

/// pkg/cmd/run: a pod, and with --expose a Service before it.
pub fn run(write: &Write, view: View<'_>) -> Done {
    let (name, args) = match write.flags.words.split_first() {
        None => return Err(refused("error: NAME is required for run")),
        Some((name, rest)) => (name.as_str(), rest.iter().chain(&write.flags.command).collect::<Vec<_>>()),
    };
    let image = write.flags.value("image").ok_or_else(|| refused("error: required flag(s) \"image\" not set"))?;
    if image.is_empty() {
        return Err(refused("error: --image is required"));
    }
    // The name of a repository is in small letters (distribution/reference).
    let repository = image.split([':', '@']).next().unwrap_or_default();
    if repository.rsplit('/').next().unwrap_or_default().contains(char::is_uppercase) {
        return Err(refused(format!("error: invalid image name {image:?}: invalid reference format")));
    }
    let port = write.flags.value("port").map(|text| number(text, "--port")).transpose()?;
    let labels = write.labels()?.unwrap_or_else(|| json!({"run": name}));
    let mut container = json!({"image": image, "name": name, "resources": {}});
    let key = if write.flags.is("command") { "command" } else { "args" };
    put(&mut container, key, (!args.is_empty()).then(|| json!(args)));
    let env = write.flags.values("env").into_iter().map(|pair| match pair.split_once('=') {
        Some((name, value)) => Ok(json!({"name": name, "value": value})),
        None => Err(refused(format!("error: invalid env: {pair}"))),
    });
    let env: Vec<Value> = env.collect::<Result<_, _>>()?;
    put(&mut container, "env", (!env.is_empty()).then(|| json!(env)));
    put(&mut container, "ports", port.map(|port| json!([{"containerPort": port}])));
    let restart = write.flags.value("restart").unwrap_or("Always");
    if !["Always", "OnFailure", "Never"].contains(&restart) {
        return Err(refused(format!("error: invalid restart policy: {restart}")));
    }
    let object = json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": write.metadata(name, labels.clone()),
        "spec": {"containers": [container], "dnsPolicy": "ClusterFirst", "restartPolicy": restart},
        "status": {},
    });
    let (pod, mut changes) = write.add(view, Resource::Pods, object, "created")?;
    let mut said = String::new();
    if write.flags.is("expose") {
        let port = port.ok_or_else(|| refused("error: --port must be set when exposing a service"))?;
        let service = json!({
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": write.metadata(name, json!({})),
            "spec": {"ports": [{"port": port, "protocol": "TCP", "targetPort": port}], "selector": labels},
            "status": {"loadBalancer": {}},
        });
        let (service, added) = write.add(view, Resource::Services, service, "created")?;
        changes.extend(added);
        said = service;
        if write.format.as_ref().is_some_and(|format| *format == super::Format::Yaml) {
            said.push_str("---\n");
        }
    }
    let as_yaml = write.format.as_ref().is_some_and(|format| *format == super::Format::Yaml);
    let said = match as_yaml && !said.is_empty() {
        true => format!("{pod}---\n{}", said.trim_end_matches("---\n")),
        false => said + &pod,
    };
    Ok((output(said, String::new()), changes))
}

/// The one word that is expected (NameFromCommandArgs).
pub fn name<'w>(words: &'w [String], command: &str) -> Result<&'w str, UsageError> {
    match words {
        [name] => Ok(name),
        _ => Err(refused(format!(
            "error: exactly one NAME is required, got {}\nSee 'kubectl {command} -h' for help and examples",
            words.len()
        ))),
    }
}
