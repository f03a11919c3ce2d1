//! What is in a running API server beside what every cluster has: put there, listed, taken away again.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::client::{ApiClient, ApiResource};
use super::named;

/// Kinds that are always looked at, since commands make them; the others are added when an object of them is put.
const KINDS: [(&str, &str); 37] = [
    ("v1", "Namespace"),
    ("v1", "Node"),
    ("v1", "ServiceAccount"),
    ("v1", "ConfigMap"),
    ("v1", "Secret"),
    ("v1", "Service"),
    ("v1", "Endpoints"),
    ("v1", "Pod"),
    ("v1", "Event"),
    ("v1", "ReplicationController"),
    ("v1", "PodTemplate"),
    ("v1", "PersistentVolumeClaim"),
    ("v1", "PersistentVolume"),
    ("v1", "LimitRange"),
    ("v1", "ResourceQuota"),
    ("apps/v1", "Deployment"),
    ("apps/v1", "ReplicaSet"),
    ("apps/v1", "StatefulSet"),
    ("apps/v1", "DaemonSet"),
    ("apps/v1", "ControllerRevision"),
    ("batch/v1", "Job"),
    ("batch/v1", "CronJob"),
    ("networking.k8s.io/v1", "Ingress"),
    ("networking.k8s.io/v1", "IngressClass"),
    ("networking.k8s.io/v1", "NetworkPolicy"),
    ("networking.k8s.io/v1", "IPAddress"),
    ("discovery.k8s.io/v1", "EndpointSlice"),
    ("autoscaling/v2", "HorizontalPodAutoscaler"),
    ("policy/v1", "PodDisruptionBudget"),
    ("scheduling.k8s.io/v1", "PriorityClass"),
    ("storage.k8s.io/v1", "StorageClass"),
    ("rbac.authorization.k8s.io/v1", "Role"),
    ("rbac.authorization.k8s.io/v1", "RoleBinding"),
    ("rbac.authorization.k8s.io/v1", "ClusterRole"),
    ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding"),
    ("node.k8s.io/v1", "RuntimeClass"),
    ("coordination.k8s.io/v1", "Lease"),
];

/// Groups whose objects of every cluster tell nothing of it.
const OWN_GROUPS: [&str; 3] = ["rbac.authorization.k8s.io/", "scheduling.k8s.io/", "coordination.k8s.io/"];

/// The API server's store.
pub(in crate::live) struct ClusterContents {
    client: ApiClient,
    kinds: BTreeSet<(String, String)>,
    /// Paths of what every cluster has.
    own: BTreeSet<String>,
}

/// An object, and where it is kept.
struct StoredObject {
    path: String,
    object: Value,
}

impl ClusterContents {
    /// With these namespaces, each with what a controller would have made in it.
    pub(in crate::live) fn new(client: ApiClient, namespaces: &[&str]) -> Result<Self, String> {
        let kinds = KINDS.iter().map(|(version, kind)| ((*version).to_owned(), (*kind).to_owned())).collect();
        let mut contents = Self { client, kinds, own: BTreeSet::new() };
        for namespace in namespaces {
            contents.post("/api/v1/namespaces", &named("v1", "Namespace", namespace))?;
            let root = format!("/api/v1/namespaces/{namespace}");
            contents.post(&format!("{root}/serviceaccounts"), &named("v1", "ServiceAccount", "default"))?;
            let mut authority = named("v1", "ConfigMap", "kube-root-ca.crt");
            authority["data"] = json!({"ca.crt": "a certificate"});
            contents.post(&format!("{root}/configmaps"), &authority)?;
        }
        contents.own = contents.stored()?.into_iter().map(|stored| stored.path).collect();
        Ok(contents)
    }

    fn post(&mut self, path: &str, object: &Value) -> Result<Option<Value>, String> {
        let answer = self.client.ask("POST", path, "application/json", &object.to_string())?;
        Ok(Some(answer.json()).filter(|_| answer.status == 201))
    }

    /// Creates objects with their status. What the server refuses is left out. Owners and objects of events are named by kind and
    /// name: their uids are filled in.
    pub(in crate::live) fn put(&mut self, objects: &[Value]) -> Result<(), String> {
        let mut uids: BTreeMap<(String, String, String), Value> = BTreeMap::new();
        for object in objects {
            // 1. The object, with the uids of those before it.
            let mut object = object.clone();
            let word = |object: &Value, pointer: &str| {
                object.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
            };
            let namespace = Some(word(&object, "/metadata/namespace")).filter(|namespace| !namespace.is_empty());
            let namespace = namespace.unwrap_or_else(|| "default".to_owned());
            let fill = |reference: &mut Value| {
                let key = (word(reference, "/kind"), namespace.clone(), word(reference, "/name"));
                reference["uid"] = uids.get(&key).cloned().unwrap_or(json!("00000000-0000-0000-0000-000000000000"));
            };
            object["metadata"]["ownerReferences"].as_array_mut().into_iter().flatten().for_each(fill);
            object.get_mut("involvedObject").into_iter().for_each(fill);
            if object["metadata"]["ownerReferences"].is_null() {
                object["metadata"].as_object_mut().map(|metadata| metadata.remove("ownerReferences"));
            }
            // 2. Created, and its status.
            let (version, kind) = (word(&object, "/apiVersion"), word(&object, "/kind"));
            let Some(resource) = self.client.resource(&version, &kind)? else { continue };
            let path = resource.path(&namespace);
            let Some(made) = self.post(&path, &object)? else { continue };
            self.kinds.insert((version, kind.clone()));
            let name = word(&made, "/metadata/name");
            uids.insert((kind, namespace, name.clone()), made["metadata"]["uid"].clone());
            if made["kind"] == "Node" && object["spec"]["taints"].is_null() {
                // The API server taints a new node, until a controller sees that it is ready.
                let patch = json!({"spec": {"taints": null}}).to_string();
                self.client.ask("PATCH", &format!("{path}/{name}"), "application/merge-patch+json", &patch)?;
            }
            if !object["status"].is_null() {
                let status = json!({"status": object["status"]}).to_string();
                self.client.ask("PATCH", &format!("{path}/{name}/status"), "application/merge-patch+json", &status)?;
            }
        }
        Ok(())
    }

    /// Everything, as a manifest has it.
    pub(in crate::live) fn manifests(&mut self) -> Result<Vec<Value>, String> {
        let stored = self.stored()?;
        let is_told = |stored: &StoredObject| {
            let version = stored.object["apiVersion"].as_str().unwrap_or_default();
            let is_own = OWN_GROUPS.iter().any(|group| version.starts_with(group));
            !(is_own && self.own.contains(&stored.path)) && stored.object["kind"] != "IPAddress"
        };
        Ok(stored.into_iter().filter(is_told).map(|stored| without_moment(stored.object)).collect())
    }

    /// Takes away all that not every cluster has.
    pub(in crate::live) fn clear(&mut self) -> Result<(), String> {
        for stored in self.stored()? {
            if self.own.contains(&stored.path) {
                continue;
            }
            if stored.object["metadata"]["finalizers"].is_array() {
                let patch = json!({"metadata": {"finalizers": null}}).to_string();
                self.client.ask("PATCH", &stored.path, "application/merge-patch+json", &patch)?;
            }
            let options = json!({"kind": "DeleteOptions", "apiVersion": "v1", "gracePeriodSeconds": 0, "propagationPolicy": "Background"});
            self.client.ask("DELETE", &stored.path, "application/json", &options.to_string())?;
            if stored.object["kind"] == "Namespace" {
                let mut emptied = stored.object;
                emptied["spec"]["finalizers"] = json!([]);
                let path = format!("{}/finalize", stored.path);
                self.client.ask("PUT", &path, "application/json", &emptied.to_string())?;
            }
        }
        Ok(())
    }

    fn stored(&mut self) -> Result<Vec<StoredObject>, String> {
        let mut all = Vec::new();
        for (version, kind) in self.kinds.clone() {
            let Some(resource) = self.client.resource(&version, &kind)? else { continue };
            let listed = self.client.get(&resource.everywhere())?.json();
            for item in listed["items"].as_array().into_iter().flatten() {
                all.push(stored(&resource, &version, &kind, item));
            }
        }
        Ok(all)
    }
}

fn stored(resource: &ApiResource, version: &str, kind: &str, item: &Value) -> StoredObject {
    let word = |name: &str| item["metadata"][name].as_str().unwrap_or_default();
    let path = format!("{}/{}", resource.path(word("namespace")), word("name"));
    let mut object = json!({"apiVersion": version, "kind": kind});
    for (name, value) in item.as_object().into_iter().flatten() {
        object[name] = value.clone();
    }
    StoredObject { path, object }
}

/// Without what another moment would have made otherwise.
fn without_moment(mut object: Value) -> Value {
    if let Some(metadata) = object["metadata"].as_object_mut() {
        for name in ["managedFields", "resourceVersion", "creationTimestamp"] {
            metadata.remove(name);
        }
    }
    object
}
