//! `create` of what has a generator besides Deployments and Services, and `autoscale` (pkg/cmd/create, autoscale).

use serde_json::{Map, Value, json};

use super::{Done, Resource, UsageError, Verb, View, Write, error, number, output, put, refused};
use crate::model::base64;

/// `create namespace|configmap|secret|ingress|job|cronjob|serviceaccount|…`
pub fn generate(write: &Write, view: View<'_>) -> Done {
    let (resource, object) = match write.verb {
        Verb::CreateNamespace => (Resource::Namespaces, namespace(write)?),
        Verb::CreateConfigMap => (Resource::ConfigMaps, config_map(write, view)?),
        Verb::CreateSecret => (Resource::Other("secrets"), secret(write, view)?),
        Verb::CreateIngress => (Resource::Ingresses, ingress(write)?),
        Verb::CreateJob => (Resource::Other("jobs.batch"), job(write, view)?),
        Verb::CreateCronJob => (Resource::Other("cronjobs.batch"), cron_job(write)?),
        _ => (Resource::Other("serviceaccounts"), simple(write, "v1", "ServiceAccount", "create serviceaccount")?),
    };
    let (said, changes) = write.add(view, resource, object, "created")?;
    Ok((output(said, String::new()), changes))
}

fn simple(write: &Write, api_version: &str, kind: &str, verb: &str) -> Result<Value, UsageError> {
    let name = super::create::name(&write.flags.words, verb)?;
    Ok(json!({"apiVersion": api_version, "kind": kind, "metadata": write.metadata(name, json!({}))}))
}

fn namespace(write: &Write) -> Result<Value, UsageError> {
    let name = super::create::name(&write.flags.words, "create namespace")?;
    Ok(json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}, "spec": {}, "status": {}}))
}

/// --from-literal, --from-file, --from-env-file
fn texts(write: &Write, view: View<'_>) -> Result<Map<String, Value>, UsageError> {
    let mut all = Map::new();
    let file = |path: &str| {
        let found = view.files.get(path).and_then(|texts| texts.first()).map(|(_, text)| text.clone());
        found.ok_or_else(|| refused(format!("error: error reading {path}: no such file or directory")))
    };
    for pair in write.flags.values("from-literal") {
        let wrong = || refused(format!("error: invalid literal source {pair}, expected key=value"));
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

fn config_map(write: &Write, view: View<'_>) -> Result<Value, UsageError> {
    let mut object = simple(write, "v1", "ConfigMap", "create configmap")?;
    let data = texts(write, view)?;
    put(&mut object, "data", (!data.is_empty()).then_some(Value::Object(data)));
    Ok(object)
}

fn secret(write: &Write, view: View<'_>) -> Result<Value, UsageError> {
    let Some((kind, words)) = write.flags.words.split_first() else {
        return Err(refused("error: unknown command: a type of secret is missing"));
    };
    let mut named = write.clone();
    named.flags.words = words.to_vec();
    let mut object = simple(&named, "v1", "Secret", "create secret")?;
    let encoded = |data: Map<String, Value>| {
        let pairs =
            data.into_iter().map(|(key, value)| (key, base64::encode(value.as_str().unwrap_or_default()).into()));
        Value::Object(pairs.collect())
    };
    match kind.as_str() {
        "generic" => {
            let data = texts(write, view)?;
            put(&mut object, "data", (!data.is_empty()).then(|| encoded(data)));
            put(&mut object, "type", write.flags.value("type").map(Value::from));
        }
        "tls" => {
            let mut data = Map::new();
            for (key, flag) in [("tls.crt", "cert"), ("tls.key", "key")] {
                let path = write.flags.value(flag).ok_or_else(|| refused("error: key and cert must be specified"))?;
                let text = view.files.get(path).and_then(|texts| texts.first());
                let missing = || {
                    error(format!(
                        "kubectl create secret tls: {path} isn't among the files here: the certificate can't be made up"
                    ))
                };
                data.insert(key.to_owned(), text.ok_or_else(missing)?.1.as_str().into());
            }
            put(&mut object, "data", Some(encoded(data)));
            put(&mut object, "type", Some("kubernetes.io/tls".into()));
        }
        "docker-registry" => {
            let flag = |name: &str| write.flags.value(name).unwrap_or_default().to_owned();
            let (server, user, password) = (flag("docker-server"), flag("docker-username"), flag("docker-password"));
            let server = if server.is_empty() { "https://index.docker.io/v1/".to_owned() } else { server };
            let auth = base64::encode(&format!("{user}:{password}"));
            let auths = json!({"auths": {server: {"username": user, "password": password, "auth": auth}}});
            let data = Map::from_iter([(".dockerconfigjson".to_owned(), auths.to_string().into())]);
            put(&mut object, "data", Some(encoded(data)));
            put(&mut object, "type", Some("kubernetes.io/dockerconfigjson".into()));
        }
        other => {
            return Err(error(format!(
                "kubectl create secret {other} isn't understood here: generic, tls, docker-registry are"
            )));
        }
    }
    Ok(object)
}

/// `--rule=host/path*=svc:port[,tls=secret]` (create_ingress.go)
fn ingress(write: &Write) -> Result<Value, UsageError> {
    let mut object = simple(write, "networking.k8s.io/v1", "Ingress", "create ingress")?;
    let backend = |text: &str| {
        let wrong = || {
            refused(format!(
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
            refused(format!(
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
                put(&mut rule, "host", (!host.is_empty()).then(|| host.into()));
                rules.push(rule);
            }
        }
        if let Some(secret) = certificate {
            let secret = secret.strip_prefix('=').unwrap_or_default();
            let mut entry = json!({});
            put(&mut entry, "hosts", (!host.is_empty()).then(|| json!([host])));
            put(&mut entry, "secretName", (!secret.is_empty()).then(|| secret.into()));
            tls.push(entry);
        }
    }
    let default = write.flags.value("default-backend").map(backend).transpose()?;
    if rules.is_empty() && default.is_none() {
        return Err(refused(
            "error: not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)",
        ));
    }
    let mut spec = json!({});
    put(&mut spec, "defaultBackend", default);
    put(&mut spec, "ingressClassName", write.flags.value("class").map(Value::from));
    put(&mut spec, "rules", (!rules.is_empty()).then(|| rules.into()));
    put(&mut spec, "tls", (!tls.is_empty()).then(|| tls.into()));
    let notes = write.flags.values("annotation").into_iter().filter_map(|pair| pair.split_once('='));
    let notes: Map<String, Value> = notes.map(|(key, value)| (key.to_owned(), value.into())).collect();
    if !notes.is_empty() {
        super::super::api::merge(&mut object, json!({"metadata": {"annotations": notes}}));
    }
    put(&mut object, "spec", Some(spec));
    put(&mut object, "status", Some(json!({"loadBalancer": {}})));
    Ok(object)
}

fn container(write: &Write, name: &str) -> Result<Value, UsageError> {
    let image =
        write.flags.value("image").ok_or_else(|| refused("error: either --image or --from must be specified"))?;
    let mut container = json!({"image": image, "name": name, "resources": {}});
    put(&mut container, "command", (!write.flags.command.is_empty()).then(|| json!(write.flags.command)));
    Ok(container)
}

fn job(write: &Write, view: View<'_>) -> Result<Value, UsageError> {
    let mut object = simple(write, "batch/v1", "Job", "create job")?;
    let name = object.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default().to_owned();
    if let Some(from) = write.flags.value("from") {
        let from = from.rsplit('/').next().unwrap_or(from);
        let cron = crate::source::ObjectRef::namespaced("CronJob", write.namespace(), from);
        let missing = || refused(format!("error: cronjobs.batch {from:?} not found"));
        let written = super::super::documents::written(view, &cron).ok_or_else(missing)?;
        put(&mut object, "spec", written.pointer("/spec/jobTemplate/spec").cloned());
        return Ok(object);
    }
    let containers = [container(write, &name)?];
    put(
        &mut object,
        "spec",
        Some(json!({"template": {"metadata": {}, "spec": {"containers": containers, "restartPolicy": "Never"}}})),
    );
    put(&mut object, "status", Some(json!({})));
    Ok(object)
}

fn cron_job(write: &Write) -> Result<Value, UsageError> {
    let mut object = simple(write, "batch/v1", "CronJob", "create cronjob")?;
    let name = object.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let schedule =
        write.flags.value("schedule").ok_or_else(|| refused("error: required flag(s) \"schedule\" not set"))?;
    let restart = write.flags.value("restart").unwrap_or("OnFailure");
    let containers = [container(write, &name)?];
    let template = json!({"metadata": {}, "spec": {"containers": containers, "restartPolicy": restart}});
    put(
        &mut object,
        "spec",
        Some(
            json!({"jobTemplate": {"metadata": {"name": name}, "spec": {"template": template}}, "schedule": schedule}),
        ),
    );
    put(&mut object, "status", Some(json!({})));
    Ok(object)
}

/// `autoscale deployment NAME --min --max --cpu-percent`
pub fn autoscale(write: &Write, view: View<'_>) -> Done {
    let most = write.flags.value("max").map(|text| number(text, "--max")).transpose()?.unwrap_or(-1);
    if most < 1 {
        return Err(refused(format!("error: --max=MAXPODS is required and must be at least 1, max: {most}")));
    }
    let least = write.flags.value("min").map(|text| number(text, "--min")).transpose()?;
    let usage = write.flags.value("cpu-percent").or(write.flags.value("cpu")).map(|text| text.trim_end_matches('%'));
    let usage = usage.map(|text| number(text, "--cpu-percent")).transpose()?;
    let (selected, missing) = write.selected(&write.flags.words, view)?;
    let (mut said, mut changes) = (String::new(), Vec::new());
    for one in &selected {
        let name = write.flags.value("name").unwrap_or(one.name());
        let mut spec = json!({
            "maxReplicas": most,
            "scaleTargetRef": {"apiVersion": one.resource.api_version(), "kind": one.resource.kind(), "name": one.name()},
        });
        put(&mut spec, "minReplicas", least.filter(|least| *least > 0).map(Value::from));
        let target = usage.map(|usage| json!({"averageUtilization": usage, "type": "Utilization"}));
        let metric = target.map(|target| json!([{"resource": {"name": "cpu", "target": target}, "type": "Resource"}]));
        put(&mut spec, "metrics", metric);
        let object = json!({
            "apiVersion": "autoscaling/v2",
            "kind": "HorizontalPodAutoscaler",
            "metadata": write.metadata(name, json!({})),
            "spec": spec,
        });
        let (text, added) =
            write.add(view, Resource::Other("horizontalpodautoscalers.autoscaling"), object, "autoscaled")?;
        said.push_str(&text);
        changes.extend(added);
    }
    Ok((output(said, missing), changes))
}
