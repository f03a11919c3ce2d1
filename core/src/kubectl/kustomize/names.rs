//! Namespaces, prefixes and suffixes, and the fields that name objects whose names have changed (kustomize,
//! filters/namespace, PrefixTransformer, filters/nameref; the places are those of namereference.go).

use serde_json::Value;

use super::fields::visit_field;
use super::object::{KustomizedObject, ObjectIdentity};
use super::text_at;
use crate::kubectl::{UsageError, kubectl_error};

/// Where a kind keeps a pod's spec.
const POD_SPECS: [(&str, &str); 9] = [
    ("Pod", "spec"),
    ("PodTemplate", "template/spec"),
    ("Deployment", "spec/template/spec"),
    ("ReplicaSet", "spec/template/spec"),
    ("DaemonSet", "spec/template/spec"),
    ("StatefulSet", "spec/template/spec"),
    ("ReplicationController", "spec/template/spec"),
    ("Job", "spec/template/spec"),
    ("CronJob", "spec/jobTemplate/spec/template/spec"),
];

/// What a pod's spec names.
const IN_PODS: [(&str, &str); 16] = [
    ("ConfigMap", "volumes/configMap/name"),
    ("ConfigMap", "containers/env/valueFrom/configMapKeyRef/name"),
    ("ConfigMap", "initContainers/env/valueFrom/configMapKeyRef/name"),
    ("ConfigMap", "containers/envFrom/configMapRef/name"),
    ("ConfigMap", "initContainers/envFrom/configMapRef/name"),
    ("ConfigMap", "volumes/projected/sources/configMap/name"),
    ("Secret", "volumes/secret/secretName"),
    ("Secret", "containers/env/valueFrom/secretKeyRef/name"),
    ("Secret", "initContainers/env/valueFrom/secretKeyRef/name"),
    ("Secret", "containers/envFrom/secretRef/name"),
    ("Secret", "initContainers/envFrom/secretRef/name"),
    ("Secret", "imagePullSecrets/name"),
    ("Secret", "volumes/projected/sources/secret/name"),
    ("ServiceAccount", "serviceAccountName"),
    ("PersistentVolumeClaim", "volumes/persistentVolumeClaim/claimName"),
    ("PriorityClass", "priorityClassName"),
];

/// What other objects name: what is named, kinds that name it, where. Its entry of IngressClass has a group that nothing is of.
const ELSEWHERE: [(&str, &str, &str); 30] = [
    ("Deployment", "HorizontalPodAutoscaler", "spec/scaleTargetRef/name"),
    ("ReplicationController", "HorizontalPodAutoscaler", "spec/scaleTargetRef/name"),
    ("ReplicaSet", "HorizontalPodAutoscaler", "spec/scaleTargetRef/name"),
    ("StatefulSet", "HorizontalPodAutoscaler", "spec/scaleTargetRef/name"),
    ("ConfigMap", "Role ClusterRole", "rules/resourceNames"),
    ("ConfigMap", "Ingress", "metadata/annotations/nginx.ingress.kubernetes.io~1fastcgi-params-configmap"),
    ("Secret", "Ingress", "spec/tls/secretName"),
    ("Secret", "Ingress", "metadata/annotations/ingress.kubernetes.io~1auth-secret"),
    ("Secret", "Ingress", "metadata/annotations/nginx.ingress.kubernetes.io~1auth-secret"),
    ("Secret", "Ingress", "metadata/annotations/nginx.ingress.kubernetes.io~1auth-tls-secret"),
    ("Secret", "ServiceAccount", "imagePullSecrets/name"),
    ("Secret", "StorageClass", "parameters/secretName"),
    ("Secret", "StorageClass", "parameters/adminSecretName"),
    ("Secret", "StorageClass", "parameters/userSecretName"),
    ("Secret", "StorageClass", "parameters/secretRef"),
    ("Secret", "Role ClusterRole", "rules/resourceNames"),
    ("Service", "StatefulSet", "spec/serviceName"),
    ("Service", "Ingress", "spec/rules/http/paths/backend/serviceName"),
    ("Service", "Ingress", "spec/backend/serviceName"),
    ("Service", "Ingress", "spec/rules/http/paths/backend/service/name"),
    ("Service", "Ingress", "spec/defaultBackend/service/name"),
    ("Service", "APIService", "spec/service/name"),
    ("Service", "ValidatingWebhookConfiguration MutatingWebhookConfiguration", "webhooks/clientConfig/service"),
    ("Role", "RoleBinding", "roleRef/name"),
    ("ClusterRole", "RoleBinding ClusterRoleBinding", "roleRef/name"),
    ("ServiceAccount", "RoleBinding ClusterRoleBinding", "subjects"),
    ("PersistentVolume", "PersistentVolumeClaim", "spec/volumeName"),
    ("StorageClass", "PersistentVolume PersistentVolumeClaim", "spec/storageClassName"),
    ("StorageClass", "StatefulSet", "spec/volumeClaimTemplates/spec/storageClassName"),
    ("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "spec/policyName"),
];

/// Kinds whose names stay as they are.
const KEPT: [&str; 3] = ["CustomResourceDefinition", "APIService", "Namespace"];

pub fn set_namespace(objects: &mut [KustomizedObject], namespace: &str) {
    if namespace.is_empty() {
        return;
    }
    let set = |value: &mut Value, path: &str, creates: bool| {
        visit_field(value, path, creates, &mut |found| *found = namespace.into());
    };
    for object in objects {
        object.remember_identity();
        match object.kind() {
            "Namespace" => set(&mut object.value, "metadata/name", true),
            "APIService" => set(&mut object.value, "spec/service/namespace", true),
            "CustomResourceDefinition" => {
                set(&mut object.value, "spec/conversion/webhook/clientConfig/service/namespace", false);
            }
            "RoleBinding" | "ClusterRoleBinding" => {
                let subjects = object.value.get_mut("subjects").and_then(Value::as_array_mut).into_iter().flatten();
                let default = subjects.filter(|subject| text_at(subject, "/name") == "default");
                default.for_each(|subject| set(subject, "namespace", true));
            }
            _ => {}
        }
        if !object.is_cluster_scoped() {
            object.set_metadata("namespace", namespace);
        }
    }
}

pub fn add_affixes(objects: &mut [KustomizedObject], prefix: &str, suffix: &str) {
    if prefix.is_empty() && suffix.is_empty() {
        return;
    }
    for object in objects.iter_mut().filter(|object| !KEPT.contains(&object.original().kind.as_str())) {
        object.remember_identity();
        let name = format!("{prefix}{}{suffix}", object.identity().name);
        object.set_metadata("name", &name);
        object.prefixes.extend(Some(prefix).filter(|text| !text.is_empty()).map(str::to_owned));
        object.suffixes.extend(Some(suffix).filter(|text| !text.is_empty()).map(str::to_owned));
    }
}

/// What can be named, as those that name it see it.
struct ReferableObject {
    id: ObjectIdentity,
    former: Vec<ObjectIdentity>,
    prefixes: Vec<String>,
    suffixes: Vec<String>,
    is_cluster_scoped: bool,
}

/// Writes new names where the old ones stood.
pub fn follow_names(objects: &mut [KustomizedObject]) -> Result<(), UsageError> {
    let named: Vec<ReferableObject> =
        objects.iter().filter(|object| !object.former.is_empty()).map(referable_object).collect();
    let mut wrong = None;
    for object in objects {
        let (referrer, kind) = (referable_object(object), object.original().kind);
        let of_pods = POD_SPECS.iter().filter(|(own, _)| *own == kind);
        let of_pods = of_pods.flat_map(|(_, spec)| IN_PODS.map(|(target, path)| (target, format!("{spec}/{path}"))));
        let others = ELSEWHERE.iter().filter(|(_, kinds, _)| kinds.split(' ').any(|own| own == kind));
        let others = others.map(|(target, _, path)| (*target, (*path).to_owned()));
        for (target, path) in of_pods.chain(others) {
            let role = (path == "roleRef/name").then(|| text_at(&object.value, "/roleRef/kind").to_owned());
            let target = if role.as_ref().is_some_and(|role| role != target) { continue } else { target };
            visit_field(&mut object.value, &path, false, &mut |found| {
                if let Err(why) = rename_reference(found, &named, &referrer, target) {
                    wrong = Some(why);
                }
            });
        }
    }
    wrong.map_or(Ok(()), |why| Err(kubectl_error(format!("error: {why}"))))
}

fn referable_object(object: &KustomizedObject) -> ReferableObject {
    let is_cluster_scoped = object.is_cluster_scoped();
    let (prefixes, suffixes) = (object.prefixes.clone(), object.suffixes.clone());
    ReferableObject { id: object.identity(), former: object.former.clone(), prefixes, suffixes, is_cluster_scoped }
}

/// A name, or a map with a name and a namespace.
fn rename_reference(
    found: &mut Value,
    named: &[ReferableObject],
    referrer: &ReferableObject,
    target: &str,
) -> Result<(), String> {
    if let Some(name) = found.as_str() {
        if let Some(now) = select_referral(name, None, named, referrer, target)? {
            *found = now.name.clone().into();
        }
        return Ok(());
    }
    let Some(map) = found.as_object_mut() else { return Ok(()) };
    let (name, namespace) = (map.get("name").and_then(Value::as_str), map.get("namespace").and_then(Value::as_str));
    let Some(name) = name else { return Ok(()) };
    if let Some(now) = select_referral(name, namespace, named, referrer, target)?.cloned() {
        map.insert("name".to_owned(), now.name.into());
        if !now.namespace.is_empty() {
            map.insert("namespace".to_owned(), now.namespace.into());
        }
    }
    Ok(())
}

/// The one object that a name means (nameref, selectReferral).
fn select_referral<'n>(
    name: &str,
    namespace: Option<&str>,
    named: &'n [ReferableObject],
    referrer: &ReferableObject,
    target: &str,
) -> Result<Option<&'n ObjectIdentity>, String> {
    // 1. Whatever was called so, of the kind, in a namespace from which it can be named.
    let in_namespace = |one: &&ReferableObject| {
        let was_in = |namespace| one.former.first().is_some_and(|id| id.effective_namespace() == namespace);
        namespace.is_none_or(|namespace| was_in(namespace) || one.id.effective_namespace() == namespace)
    };
    let is_near = |one: &&ReferableObject| {
        referrer.is_cluster_scoped
            || one.is_cluster_scoped
            || one.id.kind == "ServiceAccount"
            || one.id.effective_namespace() == referrer.id.effective_namespace()
    };
    let mut candidates: Vec<&ReferableObject> = named
        .iter()
        .filter(|one| one.former.iter().any(|id| id.name == name) && one.former.iter().any(|id| id.kind == target))
        .filter(in_namespace)
        .filter(is_near)
        .collect();
    // 2. Of several, those that the same layers have named.
    if candidates.len() > 1 {
        candidates.retain(|one| has_same_affixes(one, referrer, true));
    }
    if candidates.len() > 1 {
        candidates.retain(|one| has_same_affixes(one, referrer, false));
    }
    // 3. One, or several of one name.
    let Some(first) = candidates.first() else { return Ok(None) };
    if candidates.iter().any(|one| one.id.name != first.id.name) {
        let ids: Vec<String> = candidates.iter().map(|one| one.id.to_string()).collect();
        return Err(format!("found multiple possible referrals: {}", ids.join(", ")));
    }
    Ok(Some(&first.id))
}

fn has_same_affixes(one: &ReferableObject, other: &ReferableObject, or_none: bool) -> bool {
    let same = |own: &[String], others: &[String]| {
        let is_end = own.iter().rev().zip(others.iter().rev()).all(|(one, other)| one == other);
        (or_none && (own.is_empty() || others.is_empty())) || (is_end && own.is_empty() == others.is_empty())
    };
    same(&one.prefixes, &other.prefixes) && same(&one.suffixes, &other.suffixes)
}
