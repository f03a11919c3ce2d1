//! `create deployment`, `create service`, `run`: objects that weren't there.

use serde_json::{Value, json};

use super::{
    KubectlVerb, KubectlView, Output, ResourceType, UsageError, WriteCommand, WriteResult, flag_number, kubectl_error,
    label_pairs, set_field, write_output,
};
use crate::change::Change;
use crate::kubectl::{documents, patch};
use crate::source::ObjectRef;

impl WriteCommand {
    /// Adds an object, unless one of its name is there.
    pub fn add(
        &self,
        view: KubectlView<'_>,
        resource: ResourceType,
        object: Value,
        done: &str,
    ) -> Result<(String, Vec<Change>), UsageError> {
        let name = object.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default().to_owned();
        let reference = if resource.is_namespaced() {
            ObjectRef::namespaced(resource.kind(), self.namespace(), &name)
        } else {
            ObjectRef::cluster_scoped(resource.kind(), &name)
        };
        let there = documents::written_object(view, &reference).is_some() || documents::is_supplied(view, &reference);
        if there && self.dry_run != super::DryRun::Client {
            let plural = resource.plural();
            let exists = format!("{plural} {name:?} already exists");
            return Err(kubectl_error(match self.failure() {
                Some(failure) => format!("error: {failure}{exists}"),
                None => format!("Error from server (AlreadyExists): {exists}"),
            }));
        }
        let said = self.say(&resource, &name, done, || object.clone())?;
        Ok((said, vec![Change::Add(without_empty(object))]))
    }

    /// What stands before the API server's refusal, with most generators.
    pub fn failure(&self) -> Option<String> {
        let what = match self.flags.verb {
            KubectlVerb::CreateClusterRoleBinding => "clusterrolebinding:",
            KubectlVerb::CreateConfigMap => "configmap:",
            KubectlVerb::CreateCronJob => "cronjob:",
            KubectlVerb::CreateDeployment => "deployment:",
            KubectlVerb::CreateIngress => "ingress:",
            KubectlVerb::CreateJob => "job:",
            KubectlVerb::CreatePodDisruptionBudget => "poddisruptionbudgets:",
            KubectlVerb::CreatePriorityClass => "priorityclass:",
            KubectlVerb::CreateQuota => "quota:",
            KubectlVerb::CreateRoleBinding => "rolebinding:",
            KubectlVerb::CreateSecretGeneric | KubectlVerb::CreateSecretRegistry | KubectlVerb::CreateSecretTls => {
                "secret"
            }
            KubectlVerb::CreateServiceAccount => "serviceaccount:",
            verb => return service_kind(verb).map(|kind| format!("failed to create {kind} service: ")),
        };
        Some(format!("failed to create {what} "))
    }

    /// `--overrides`, merged as `--override-type` says (pkg/cmd/util, override_options.go).
    pub fn override_fields(&self, object: &mut Value) -> Result<(), UsageError> {
        let Some(text) = self.flags.value("overrides").filter(|text| !text.is_empty()) else { return Ok(()) };
        let wrong = |why: String| kubectl_error(format!("error: {why}"));
        let patch: Value = serde_json::from_str(text).map_err(|error| wrong(format!("Invalid JSON Patch: {error}")))?;
        match self.flags.value("override-type").unwrap_or("merge") {
            "merge" => patch::merge_patch(object, &patch),
            "strategic" => patch::strategic_patch(object, &patch, patch::PatchedOrder::First),
            "json" => patch::json_patch(object, &patch).map_err(wrong)?,
            other => return Err(wrong(format!("invalid override type: {other}"))),
        }
        Ok(())
    }

    pub fn metadata(&self, name: &str, labels: Value) -> Value {
        let mut metadata = json!({"name": name});
        if labels.as_object().is_some_and(|labels| !labels.is_empty()) {
            super::super::json_tree::merge(&mut metadata, json!({"labels": labels}));
        }
        if self.flags.value("namespace").is_some() {
            super::super::json_tree::merge(&mut metadata, json!({"namespace": self.namespace()}));
        }
        metadata
    }

    /// The labels that -l gives.
    pub fn labels(&self) -> Result<Option<Value>, UsageError> {
        self.flags.value("labels").map(label_pairs).transpose()
    }
}

/// What is written into the manifests lacks what says nothing.
fn without_empty(object: Value) -> Value {
    match object {
        Value::Object(map) => {
            let entries = map.into_iter().map(|(key, value)| (key, without_empty(value)));
            let empty = |value: &Value| value.as_object().is_some_and(serde_json::Map::is_empty);
            Value::Object(entries.filter(|(_, value)| !empty(value)).collect())
        }
        Value::Array(list) => list.into_iter().map(without_empty).collect(),
        other => other,
    }
}

/// pkg/cmd/create, create_deployment.go
pub fn deployment(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    // 1. What must be given, and what excludes each other.
    let name = one_name(&write.flags.words, "create deployment")?;
    let images = write.flags.values("image");
    if images.is_empty() {
        return Err(kubectl_error("error: required flag(s) \"image\" not set"));
    }
    if images.len() > 1 && !write.flags.command.is_empty() {
        return Err(kubectl_error("error: cannot specify multiple --image options and command"));
    }
    // 2. A container per image.
    let port = write.flags.value("port").map(|text| flag_number(text, "--port")).transpose()?;
    let containers = images.iter().flat_map(|image| image.split(',')).map(|image| {
        let mut container = json!({"image": image, "name": container_name(image), "resources": {}});
        set_field(&mut container, "command", (!write.flags.command.is_empty()).then(|| json!(write.flags.command)));
        set_field(&mut container, "ports", port.map(|port| json!([{"containerPort": port}])));
        container
    });
    // 3. The Deployment, whose label `app` is its name.
    let labels = json!({"app": name});
    let replicas = write.flags.value("replicas").map_or(Ok(1), |text| flag_number(text, "--replicas"))?;
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
    let (said, changes) = write.add(view, ResourceType::Deployments, object, "created")?;
    Ok((write_output(said, String::new()), changes))
}

/// The last part of an image, without tag or digest, in letters that a name may have.
fn container_name(image: &str) -> String {
    let name = image.rsplit('/').next().unwrap_or(image);
    let name = name.split([':', '@']).next().unwrap_or(name);
    name.to_ascii_lowercase().chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect()
}

/// The type of Service that a verb makes.
pub fn service_kind(verb: KubectlVerb) -> Option<&'static str> {
    match verb {
        KubectlVerb::CreateServiceClusterIp => Some("ClusterIP"),
        KubectlVerb::CreateServiceNodePort => Some("NodePort"),
        KubectlVerb::CreateServiceLoadBalancer => Some("LoadBalancer"),
        KubectlVerb::CreateServiceExternalName => Some("ExternalName"),
        _ => None,
    }
}

/// `create token`: what the API server would sign isn't known; whose it is, is checked.
pub fn token(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    let name = one_name(&write.flags.words, "create token")?;
    let account = ObjectRef::namespaced("ServiceAccount", write.namespace(), name);
    let is_given = name == "default" && view.cluster.namespaces.contains_key(write.namespace());
    if !is_given && documents::written_object(view, &account).is_none() {
        return Err(kubectl_error(format!("error: failed to create token: serviceaccounts {name:?} not found")));
    }
    Ok((Output::default(), Vec::new()))
}

/// pkg/cmd/create, create_service.go
pub fn service(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    // 1. Name and external name.
    let kind = service_kind(write.flags.verb).unwrap_or_default();
    if kind == "ExternalName" && write.flags.value("external-name").is_none() {
        return Err(kubectl_error("error: required flag(s) \"external-name\" not set"));
    }
    let name = one_name(&write.flags.words, write.flags.verb_name())?;
    let external = write.flags.value("external-name").unwrap_or_default();
    if !external.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "-.".contains(letter)) {
        return Err(kubectl_error(format!("error: invalid service external name {external}")));
    }
    // 2. The ports, of which there must be one but for ExternalName and headless Services.
    let ports = write.flags.values("tcp").into_iter().flat_map(|text| text.split(',')).map(|text| port(write, text));
    let ports: Vec<Value> = ports.collect::<Result<_, _>>()?;
    let headless = write.flags.value("clusterip") == Some("None");
    if ports.is_empty() && kind != "ExternalName" && !headless {
        return Err(kubectl_error("error: at least one tcp port specifier must be provided"));
    }
    // 3. The Service, which selects the label `app` of its name.
    let labels = json!({"app": name});
    let mut spec = json!({"selector": labels, "type": kind});
    set_field(&mut spec, "ports", (!ports.is_empty()).then(|| json!(ports)));
    set_field(&mut spec, "clusterIP", write.flags.value("clusterip").map(Value::from));
    set_field(&mut spec, "externalName", write.flags.value("external-name").map(Value::from));
    let object = json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": write.metadata(name, labels),
        "spec": spec,
        "status": {"loadBalancer": {}},
    });
    let (said, changes) = write.add(view, ResourceType::Services, object, "created")?;
    Ok((write_output(said, String::new()), changes))
}

/// `--tcp=PORT[:TARGET]`
fn port(write: &WriteCommand, text: &str) -> Result<Value, UsageError> {
    let (port, target) = text.split_once(':').unwrap_or((text, text));
    let wrong = || kubectl_error(format!("error: strconv.ParseUint: parsing {port:?}: invalid syntax"));
    let number: u16 = port.parse().map_err(|_| wrong())?;
    let target_port = target.parse::<u16>().map_or_else(|_| Value::from(target), Value::from);
    let mut one = json!({"name": text.replace(':', "-"), "port": number, "protocol": "TCP", "targetPort": target_port});
    let node_port = write.flags.value("node-port").map(|text| super::flag_number(text, "--node-port")).transpose()?;
    set_field(&mut one, "nodePort", node_port.filter(|port| *port != 0).map(Value::from));
    Ok(one)
}

/// pkg/cmd/run: a pod, and with --expose a Service behind it.
pub fn run(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    // 1. What must be given, and what excludes each other.
    if write.flags.value("image").is_none() {
        return Err(kubectl_error("error: required flag(s) \"image\" not set"));
    }
    let (name, args) = match write.flags.words.split_first() {
        None => return Err(kubectl_error("error: NAME is required for run")),
        Some((name, rest)) => (name.as_str(), rest.iter().chain(&write.flags.command).collect::<Vec<_>>()),
    };
    let image = write.flags.value("image").ok_or_else(|| kubectl_error("error: required flag(s) \"image\" not set"))?;
    if image.is_empty() {
        return Err(kubectl_error("error: --image is required"));
    }
    // The name of a repository is in small letters (distribution/reference).
    let repository = image.split([':', '@']).next().unwrap_or_default();
    if repository.rsplit('/').next().unwrap_or_default().contains(char::is_uppercase) {
        return Err(kubectl_error(format!("error: invalid image name {image:?}: invalid reference format")));
    }
    let port = write.flags.value("port").filter(|text| !text.is_empty());
    let no_number = |_| kubectl_error("error: --port must be a number");
    let port = port.map(|text| text.parse::<i64>().map_err(no_number)).transpose()?;
    let is_attached = ["attach", "stdin", "tty"].iter().any(|flag| write.flags.is(flag));
    if is_attached && write.dry_run != super::DryRun::None {
        return Err(kubectl_error(
            "error: --dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)",
        ));
    }
    if write.flags.is("rm") && !is_attached {
        return Err(kubectl_error("error: --rm should only be used for attached containers"));
    }
    // 2. The container, as flags and words describe it.
    let labels = write.labels()?.unwrap_or_else(|| json!({"run": name}));
    let mut container = json!({"image": image, "name": name, "resources": {}});
    let key = if write.flags.is("command") { "command" } else { "args" };
    set_field(&mut container, key, (!args.is_empty()).then(|| json!(args)));
    let env = write.flags.values("env").into_iter().map(|pair| match pair.split_once('=') {
        Some((name, value)) => Ok(json!({"name": name, "value": value})),
        None => Err(kubectl_error(format!("error: invalid env: {pair}"))),
    });
    let env: Vec<Value> = env.collect::<Result<_, _>>()?;
    set_field(&mut container, "env", (!env.is_empty()).then(|| json!(env)));
    set_field(&mut container, "ports", port.map(|port| json!([{"containerPort": port}])));
    let stdin = write.flags.is("stdin");
    set_field(&mut container, "imagePullPolicy", write.flags.value("image-pull-policy").map(Value::from));
    set_field(&mut container, "securityContext", write.flags.is("privileged").then(|| json!({"privileged": true})));
    set_field(&mut container, "stdin", stdin.then(|| true.into()));
    set_field(&mut container, "stdinOnce", (stdin && !write.flags.is("leave-stdin-open")).then(|| true.into()));
    set_field(&mut container, "tty", write.flags.is("tty").then(|| true.into()));
    // 3. The pod.
    let restart = write.flags.value("restart").unwrap_or("Always");
    if !["Always", "OnFailure", "Never"].contains(&restart) {
        return Err(kubectl_error(format!(
            "error: invalid restart policy: {restart}, valid values are: Always, OnFailure, Never"
        )));
    }
    let mut object = json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": write.metadata(name, labels.clone()),
        "spec": {"containers": [container], "dnsPolicy": "ClusterFirst", "restartPolicy": restart},
        "status": {},
    });
    let pairs = write.flags.list("annotations").into_iter().filter_map(|pair| pair.split_once('='));
    let notes: serde_json::Map<String, Value> = pairs.map(|(key, value)| (key.to_owned(), value.into())).collect();
    if !notes.is_empty() {
        super::super::json_tree::merge(&mut object, json!({"metadata": {"annotations": notes}}));
    }
    write.override_fields(&mut object)?;
    // 4. It is created, and with --expose a Service for it.
    let (pod, mut changes) = write.add(view, ResourceType::Pods, object, "created")?;
    let mut said = pod;
    if write.flags.is("expose") {
        let port = port.ok_or_else(|| kubectl_error("error: --port must be set when exposing a service"))?;
        let service = json!({
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": write.metadata(name, json!({})),
            "spec": {"ports": [{"port": port, "protocol": "TCP", "targetPort": port}], "selector": labels},
            "status": {"loadBalancer": {}},
        });
        let (service, added) = write.add(view, ResourceType::Services, service, "created")?;
        changes.extend(added);
        let as_yaml = write.format.as_ref().is_some_and(|format| *format == super::OutputFormat::Yaml);
        said.push_str(if as_yaml { "---\n" } else { "" });
        said.push_str(&service);
    }
    Ok((write_output(said, String::new()), changes))
}

/// The one word that is expected (NameFromCommandArgs).
pub fn one_name<'w>(words: &'w [String], command: &str) -> Result<&'w str, UsageError> {
    match words {
        [name] => Ok(name),
        _ => Err(kubectl_error(format!(
            "error: exactly one NAME is required, got {}\nSee 'kubectl {command} -h' for help and examples",
            words.len()
        ))),
    }
}
