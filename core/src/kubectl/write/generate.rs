//! `create` of what has a generator besides Deployments and Services, and `autoscale` (pkg/cmd/create, autoscale).

use serde_json::{Map, Value, json};

use super::{
    KubectlVerb, KubectlView, ResourceType, UsageError, WriteCommand, WriteResult, flag_number, kubectl_error,
    set_field, unsupported_error, write_output,
};
use crate::model::base64;

/// `create namespace|configmap|secret|ingress|job|cronjob|serviceaccount|…`
pub fn generate_object(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    let (resource, object) = match write.verb {
        KubectlVerb::CreateNamespace => (ResourceType::Namespaces, namespace(write)?),
        KubectlVerb::CreateConfigMap => (ResourceType::ConfigMaps, config_map(write, view)?),
        KubectlVerb::CreateSecret => (ResourceType::Other("secrets"), secret(write, view)?),
        KubectlVerb::CreateIngress => (ResourceType::Ingresses, ingress(write)?),
        KubectlVerb::CreateJob => (ResourceType::Other("jobs.batch"), job(write, view)?),
        KubectlVerb::CreateCronJob => (ResourceType::Other("cronjobs.batch"), cron_job(write)?),
        _ => (
            ResourceType::Other("serviceaccounts"),
            bare_object(write, "v1", "ServiceAccount", "create serviceaccount")?,
        ),
    };
    let (said, changes) = write.add(view, resource, object, "created")?;
    Ok((write_output(said, String::new()), changes))
}

fn bare_object(write: &WriteCommand, api_version: &str, kind: &str, verb: &str) -> Result<Value, UsageError> {
    let name = super::create::one_name(&write.flags.words, verb)?;
    Ok(json!({"apiVersion": api_version, "kind": kind, "metadata": write.metadata(name, json!({}))}))
}

fn namespace(write: &WriteCommand) -> Result<Value, UsageError> {
    let name = super::create::one_name(&write.flags.words, "create namespace")?;
    Ok(json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}, "spec": {}, "status": {}}))
}

/// --from-literal, --from-file, --from-env-file
fn data_texts(write: &WriteCommand, view: KubectlView<'_>) -> Result<Map<String, Value>, UsageError> {
    let mut all = Map::new();
    let file = |path: &str| {
        let found = view.files.get(path).and_then(|texts| texts.first()).map(|(_, text)| text.clone());
        found.ok_or_else(|| kubectl_error(format!("error: error reading {path}: no such file or directory")))
    };
    for pair in write.flags.values("from-literal") {
        let wrong = || kubectl_error(format!("error: invalid literal source {pair}, expected key=value"));
        let (key, value) = pair.split_once('=').ok_or_else(wrong)?;
        all.insert(key.to_owned(), value.trim_matches(['"', '\'']).into());
    }
    for named in write.flags.values("from-file") {
        let (key, path) = named.split_once('=').unwrap_or((named.rsplit('/').next().unwrap_or(named), named));
        match view.files.get(path) {
            // A folder is all its files.
            Some(texts) if texts.len() > 1 => {
                all.extend(
                    texts
                        .iter()
                        .map(|(name, text)| (name.rsplit('/').next().unwrap_or(name).to_owned(), text.as_str().into())),
                );
            }
            _ => drop(all.insert(key.to_owned(), file(path)?.into())),
        }
    }
    for path in write.flags.values("from-env-file") {
        for line in file(path)?.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (key, value) = line.split_once('=').unwrap_or((line, ""));
            all.insert(key.to_owned(), value.into());
        }
    }
    Ok(all)
}

fn config_map(write: &WriteCommand, view: KubectlView<'_>) -> Result<Value, UsageError> {
    let mut object = bare_object(write, "v1", "ConfigMap", "create configmap")?;
    let data = data_texts(write, view)?;
    set_field(&mut object, "data", (!data.is_empty()).then_some(Value::Object(data)));
    Ok(object)
}

fn secret(write: &WriteCommand, view: KubectlView<'_>) -> Result<Value, UsageError> {
    let Some((kind, words)) = write.flags.words.split_first() else {
        return Err(kubectl_error("error: unknown command: a type of secret is missing"));
    };
    let mut named = write.clone();
    named.flags.words = words.to_vec();
    let mut object = bare_object(&named, "v1", "Secret", "create secret")?;
    let encoded = |data: Map<String, Value>| {
        let pairs =
            data.into_iter().map(|(key, value)| (key, base64::encode(value.as_str().unwrap_or_default()).into()));
        Value::Object(pairs.collect())
    };
    match kind.as_str() {
        "generic" => {
            let data = data_texts(write, view)?;
            set_field(&mut object, "data", (!data.is_empty()).then(|| encoded(data)));
            set_field(&mut object, "type", write.flags.value("type").map(Value::from));
        }
        "tls" => {
            let mut data = Map::new();
            for (key, flag) in [("tls.crt", "cert"), ("tls.key", "key")] {
                let path =
                    write.flags.value(flag).ok_or_else(|| kubectl_error("error: key and cert must be specified"))?;
                let text = view.files.get(path).and_then(|texts| texts.first());
                let missing = || {
                    unsupported_error(format!(
                        "kubectl create secret tls: {path} isn't among the files here: the certificate can't be made up"
                    ))
                };
                data.insert(key.to_owned(), text.ok_or_else(missing)?.1.as_str().into());
            }
            set_field(&mut object, "data", Some(encoded(data)));
            set_field(&mut object, "type", Some("kubernetes.io/tls".into()));
        }
        "docker-registry" => {
            let flag = |name: &str| write.flags.value(name).unwrap_or_default().to_owned();
            let (server, user, password) = (flag("docker-server"), flag("docker-username"), flag("docker-password"));
            let server = if server.is_empty() { "https://index.docker.io/v1/".to_owned() } else { server };
            let auth = base64::encode(&format!("{user}:{password}"));
            let auths = json!({"auths": {server: {"username": user, "password": password, "auth": auth}}});
            let data = Map::from_iter([(".dockerconfigjson".to_owned(), auths.to_string().into())]);
            set_field(&mut object, "data", Some(encoded(data)));
            set_field(&mut object, "type", Some("kubernetes.io/dockerconfigjson".into()));
        }
        other => {
            return Err(unsupported_error(format!(
                "kubectl create secret {other} isn't understood here: generic, tls, docker-registry are"
            )));
        }
    }
    Ok(object)
}

/// `--rule=host/path*=svc:port[,tls=secret]` (create_ingress.go)
fn ingress(write: &WriteCommand) -> Result<Value, UsageError> {
    let mut object = bare_object(write, "networking.k8s.io/v1", "Ingress", "create ingress")?;
    let backend = |text: &str| {
        let wrong = || {
            kubectl_error(format!(
                "error: rule {text} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]"
            ))
        };
        let (service, port) = text.split_once(':').ok_or_else(wrong)?;
        let port = port.parse::<u16>().map_or_else(|_| json!({"name": port}), |number| json!({"number": number}));
        Ok::<_, UsageError>(json!({"service": {"name": service, "port": port}}))
    };
    let (mut rules, mut tls): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
    for text in write.flags.values("rule") {
        let wrong = || {
            kubectl_error(format!(
                "error: rule {text} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]"
            ))
        };
        let (rule, certificate) = text.split_once(",tls").map_or((text, None), |(rule, tls)| (rule, Some(tls)));
        let (place, target) = rule.split_once('=').ok_or_else(wrong)?;
        let at = place.find('/').ok_or_else(wrong)?;
        let (host, path) = place.split_at_checked(at).ok_or_else(wrong)?;
        let (path, kind) = path.strip_suffix('*').map_or((path, "Exact"), |path| (path, "Prefix"));
        let path = json!({"backend": backend(target)?, "path": path, "pathType": kind});
        let known = rules.iter_mut().find(|rule| rule.get("host").and_then(Value::as_str).unwrap_or_default() == host);
        match known.and_then(|rule| rule.pointer_mut("/http/paths")).and_then(Value::as_array_mut) {
            Some(paths) => paths.push(path),
            None => {
                let mut rule = json!({"http": {"paths": [path]}});
                set_field(&mut rule, "host", (!host.is_empty()).then(|| host.into()));
                rules.push(rule);
            }
        }
        if let Some(secret) = certificate {
            let secret = secret.strip_prefix('=').unwrap_or_default();
            let mut entry = json!({});
            set_field(&mut entry, "hosts", (!host.is_empty()).then(|| json!([host])));
            set_field(&mut entry, "secretName", (!secret.is_empty()).then(|| secret.into()));
            tls.push(entry);
        }
    }
    let default = write.flags.value("default-backend").map(backend).transpose()?;
    if rules.is_empty() && default.is_none() {
        return Err(kubectl_error(
            "error: not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)",
        ));
    }
    let mut spec = json!({});
    set_field(&mut spec, "defaultBackend", default);
    set_field(&mut spec, "ingressClassName", write.flags.value("class").map(Value::from));
    set_field(&mut spec, "rules", (!rules.is_empty()).then(|| rules.into()));
    set_field(&mut spec, "tls", (!tls.is_empty()).then(|| tls.into()));
    let notes = write.flags.values("annotation").into_iter().filter_map(|pair| pair.split_once('='));
    let notes: Map<String, Value> = notes.map(|(key, value)| (key.to_owned(), value.into())).collect();
    if !notes.is_empty() {
        super::super::api::merge(&mut object, json!({"metadata": {"annotations": notes}}));
    }
    set_field(&mut object, "spec", Some(spec));
    set_field(&mut object, "status", Some(json!({"loadBalancer": {}})));
    Ok(object)
}

fn container(write: &WriteCommand, name: &str) -> Result<Value, UsageError> {
    let image =
        write.flags.value("image").ok_or_else(|| kubectl_error("error: either --image or --from must be specified"))?;
    let mut container = json!({"image": image, "name": name, "resources": {}});
    set_field(&mut container, "command", (!write.flags.command.is_empty()).then(|| json!(write.flags.command)));
    Ok(container)
}

fn job(write: &WriteCommand, view: KubectlView<'_>) -> Result<Value, UsageError> {
    let mut object = bare_object(write, "batch/v1", "Job", "create job")?;
    let name = object.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default().to_owned();
    if let Some(from) = write.flags.value("from") {
        let from = from.rsplit('/').next().unwrap_or(from);
        let cron = crate::source::ObjectRef::namespaced("CronJob", write.namespace(), from);
        let missing = || kubectl_error(format!("error: cronjobs.batch {from:?} not found"));
        let written = super::super::documents::written_object(view, &cron).ok_or_else(missing)?;
        set_field(&mut object, "spec", written.pointer("/spec/jobTemplate/spec").cloned());
        return Ok(object);
    }
    let containers = [container(write, &name)?];
    set_field(
        &mut object,
        "spec",
        Some(json!({"template": {"metadata": {}, "spec": {"containers": containers, "restartPolicy": "Never"}}})),
    );
    set_field(&mut object, "status", Some(json!({})));
    Ok(object)
}

fn cron_job(write: &WriteCommand) -> Result<Value, UsageError> {
    let mut object = bare_object(write, "batch/v1", "CronJob", "create cronjob")?;
    let name = object.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let schedule =
        write.flags.value("schedule").ok_or_else(|| kubectl_error("error: required flag(s) \"schedule\" not set"))?;
    let restart = write.flags.value("restart").unwrap_or("OnFailure");
    let containers = [container(write, &name)?];
    let template = json!({"metadata": {}, "spec": {"containers": containers, "restartPolicy": restart}});
    set_field(
        &mut object,
        "spec",
        Some(
            json!({"jobTemplate": {"metadata": {"name": name}, "spec": {"template": template}}, "schedule": schedule}),
        ),
    );
    set_field(&mut object, "status", Some(json!({})));
    Ok(object)
}

/// `autoscale deployment NAME --min --max --cpu-percent`
pub fn autoscale(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    let most = write.flags.value("max").map(|text| flag_number(text, "--max")).transpose()?.unwrap_or(-1);
    if most < 1 {
        return Err(kubectl_error(format!("error: --max=MAXPODS is required and must be at least 1, max: {most}")));
    }
    let least = write.flags.value("min").map(|text| flag_number(text, "--min")).transpose()?;
    let usage = write.flags.value("cpu-percent").or(write.flags.value("cpu")).map(|text| text.trim_end_matches('%'));
    let usage = usage.map(|text| flag_number(text, "--cpu-percent")).transpose()?;
    let (selected, missing) = write.selected(&write.flags.words, view)?;
    let (mut said, mut changes) = (String::new(), Vec::new());
    for one in &selected {
        let name = write.flags.value("name").unwrap_or(one.name());
        let mut spec = json!({
            "maxReplicas": most,
            "scaleTargetRef": {"apiVersion": one.resource.api_version(), "kind": one.resource.kind(), "name": one.name()},
        });
        set_field(&mut spec, "minReplicas", least.filter(|least| *least > 0).map(Value::from));
        let target = usage.map(|usage| json!({"averageUtilization": usage, "type": "Utilization"}));
        let metric = target.map(|target| json!([{"resource": {"name": "cpu", "target": target}, "type": "Resource"}]));
        set_field(&mut spec, "metrics", metric);
        let object = json!({
            "apiVersion": "autoscaling/v2",
            "kind": "HorizontalPodAutoscaler",
            "metadata": write.metadata(name, json!({})),
            "spec": spec,
        });
        let (text, added) =
            write.add(view, ResourceType::Other("horizontalpodautoscalers.autoscaling"), object, "autoscaled")?;
        said.push_str(&text);
        changes.extend(added);
    }
    Ok((write_output(said, missing), changes))
}
