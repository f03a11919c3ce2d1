//! `create` of what has a generator besides Deployments and Services, and `autoscale` (pkg/cmd/create, autoscale).

use serde_json::{Value, json};

use super::{KubectlVerb, ResourceType, UsageError, WriteCommand, WriteResult, flag_number, kubectl_error, set_field};
use super::{unsupported_error, write_output};
use crate::kubectl::KubectlView;

mod access;
mod data;
mod ingress;
mod job;
mod limit;

pub use access::subjects;

/// Makes an object of flags.
type Generator = fn(&WriteCommand, KubectlView<'_>) -> Result<Value, UsageError>;

/// The generators by verb, with the type of what they make.
const GENERATORS: [(KubectlVerb, ResourceType, Generator); 16] = [
    (KubectlVerb::CreateNamespace, ResourceType::Namespaces, namespace),
    (KubectlVerb::CreateConfigMap, ResourceType::ConfigMaps, data::config_map),
    (KubectlVerb::CreateSecretGeneric, ResourceType::Other("secrets"), data::generic_secret),
    (KubectlVerb::CreateSecretTls, ResourceType::Other("secrets"), data::tls_secret),
    (KubectlVerb::CreateSecretRegistry, ResourceType::Other("secrets"), data::registry_secret),
    (KubectlVerb::CreateIngress, ResourceType::Ingresses, ingress::ingress),
    (KubectlVerb::CreateJob, ResourceType::Other("jobs.batch"), job::job),
    (KubectlVerb::CreateCronJob, ResourceType::Other("cronjobs.batch"), job::cron_job),
    (KubectlVerb::CreateServiceAccount, ResourceType::Other("serviceaccounts"), service_account),
    (KubectlVerb::CreateRole, ResourceType::Other("roles.rbac.authorization.k8s.io"), access::role),
    (
        KubectlVerb::CreateClusterRole,
        ResourceType::Other("clusterroles.rbac.authorization.k8s.io"),
        access::cluster_role,
    ),
    (
        KubectlVerb::CreateRoleBinding,
        ResourceType::Other("rolebindings.rbac.authorization.k8s.io"),
        access::role_binding,
    ),
    (
        KubectlVerb::CreateClusterRoleBinding,
        ResourceType::Other("clusterrolebindings.rbac.authorization.k8s.io"),
        access::cluster_role_binding,
    ),
    (KubectlVerb::CreateQuota, ResourceType::Other("resourcequotas"), limit::quota),
    (KubectlVerb::CreatePodDisruptionBudget, ResourceType::Other("poddisruptionbudgets.policy"), limit::budget),
    (KubectlVerb::CreatePriorityClass, ResourceType::Other("priorityclasses.scheduling.k8s.io"), limit::priority_class),
];

/// `create namespace|configmap|secret|ingress|job|cronjob|serviceaccount|role|…`
pub fn generate_object(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    let Some((_, resource, generator)) = GENERATORS.iter().find(|(verb, ..)| *verb == write.flags.verb) else {
        let verb = write.flags.verb_name();
        return Err(unsupported_error(format!("kubectl {verb} isn't understood here")));
    };
    let object = generator(write, view)?;
    let (said, changes) = write.add(view, resource.clone(), object, "created")?;
    Ok((write_output(said, access::warnings(write)), changes))
}

/// An object that has a name only.
fn bare_object(write: &WriteCommand, api_version: &str, kind: &str) -> Result<Value, UsageError> {
    let name = super::create::one_name(&write.flags.words, write.flags.verb_name())?;
    Ok(json!({"apiVersion": api_version, "kind": kind, "metadata": write.metadata(name, json!({}))}))
}

/// The same beside the namespaces.
fn bare_cluster_object(write: &WriteCommand, api_version: &str, kind: &str) -> Result<Value, UsageError> {
    let name = super::create::one_name(&write.flags.words, write.flags.verb_name())?;
    Ok(json!({"apiVersion": api_version, "kind": kind, "metadata": {"name": name}}))
}

fn namespace(write: &WriteCommand, _: KubectlView<'_>) -> Result<Value, UsageError> {
    let mut object = bare_cluster_object(write, "v1", "Namespace")?;
    set_field(&mut object, "spec", Some(json!({})));
    set_field(&mut object, "status", Some(json!({})));
    Ok(object)
}

fn service_account(write: &WriteCommand, _: KubectlView<'_>) -> Result<Value, UsageError> {
    bare_object(write, "v1", "ServiceAccount")
}

/// cobra's refusal where flags are missing that must be there.
fn require_flags(write: &WriteCommand, names: &[&str]) -> Result<(), UsageError> {
    let missing: Vec<String> =
        names.iter().filter(|name| write.flags.value(name).is_none()).map(|name| format!("{name:?}")).collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(kubectl_error(format!("error: required flag(s) {} not set", missing.join(", "))))
    }
}

/// `autoscale deployment NAME --min --max --cpu`
pub fn autoscale(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    // 1. The bounds.
    require_flags(write, &["max"])?;
    let most = write.flags.value("max").map(|text| flag_number(text, "--max")).transpose()?.unwrap_or(-1);
    if most < 1 {
        return Err(kubectl_error(format!("error: --max=MAXPODS is required and must be at least 1, max: {most}")));
    }
    let least = write.flags.value("min").map(|text| flag_number(text, "--min")).transpose()?;
    if let Some(least) = least.filter(|least| *least > most) {
        return Err(kubectl_error(format!(
            "error: --max=MAXPODS must be larger or equal to --min=MINPODS, max: {most}, min: {least}"
        )));
    }
    // 2. The metrics.
    let percent = write.flags.value("cpu-percent").map(|text| format!("{text}%"));
    let metrics: Vec<Value> =
        [("cpu", percent.as_deref().or(write.flags.value("cpu"))), ("memory", write.flags.value("memory"))]
            .into_iter()
            .filter_map(|(name, wanted)| Some(metric(name, wanted?)))
            .collect();
    // 3. An autoscaler for each object.
    let (selected, missing) = write.selected(&write.flags.words, view)?;
    let (mut said, mut changes) = (String::new(), Vec::new());
    for one in &selected {
        let name = write.flags.value("name").unwrap_or(one.name());
        let (version, kind) = (one.resource.api_version(), one.resource.kind());
        let mut spec = json!({
            "maxReplicas": most,
            "scaleTargetRef": {"apiVersion": version, "kind": kind, "name": one.name()},
        });
        set_field(&mut spec, "minReplicas", least.filter(|least| *least > 0).map(Value::from));
        set_field(&mut spec, "metrics", (!metrics.is_empty()).then(|| metrics.clone().into()));
        let object = json!({
            "apiVersion": "autoscaling/v2",
            "kind": "HorizontalPodAutoscaler",
            "metadata": write.metadata(name, json!({})),
            "spec": spec,
        });
        let resource = ResourceType::Other("horizontalpodautoscalers.autoscaling");
        let (text, added) = write.add(view, resource, object, "autoscaled")?;
        said.push_str(&text);
        changes.extend(added);
    }
    Ok((write_output(said, missing), changes))
}

/// A share of what is asked for, `70%`, or an amount, `500m`.
fn metric(name: &str, wanted: &str) -> Value {
    let share = wanted.strip_suffix('%').and_then(|share| share.parse::<i64>().ok());
    let target = match share {
        Some(share) => json!({"averageUtilization": share, "type": "Utilization"}),
        None => json!({"averageValue": wanted, "type": "AverageValue"}),
    };
    json!({"resource": {"name": name, "target": target}, "type": "Resource"})
}
