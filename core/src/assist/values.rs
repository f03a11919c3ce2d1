//! The values of fields that take only some: the constants of k8s.io/api (types.go of each group), the default first.

use crate::model::well_known;
use crate::order::Gather;
use crate::schema;

/// The values of a struct's field (Go's name without its package); empty if it may be anything.
pub fn values(structure: &str, field: &str) -> &'static [&'static str] {
    match (structure, field) {
        ("ServiceSpec", "type") => &["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"],
        ("ServiceSpec", "sessionAffinity") => &["None", "ClientIP"],
        ("ServiceSpec", "externalTrafficPolicy" | "internalTrafficPolicy") => &["Cluster", "Local"],
        ("ServiceSpec", "ipFamilies") => &["IPv4", "IPv6"],
        ("ServiceSpec", "ipFamilyPolicy") => &["SingleStack", "PreferDualStack", "RequireDualStack"],
        ("ServiceSpec", "trafficDistribution") => &["PreferSameZone", "PreferSameNode", "PreferClose"],
        ("ServiceSpec", "clusterIP") => &["None"],
        ("ServicePort" | "ContainerPort" | "EndpointPort" | "NetworkPolicyPort", "protocol") => &["TCP", "UDP", "SCTP"],
        ("ServicePort" | "EndpointPort", "appProtocol") => {
            &["kubernetes.io/h2c", "kubernetes.io/ws", "kubernetes.io/wss", "http", "https", "grpc"]
        }
        ("EndpointSlice", "addressType") => &["IPv4", "IPv6", "FQDN"],
        ("HTTPIngressPath", "pathType") => &["Prefix", "Exact", "ImplementationSpecific"],
        ("NetworkPolicySpec", "policyTypes") => &["Ingress", "Egress"],
        ("LabelSelectorRequirement", "operator") => &["In", "NotIn", "Exists", "DoesNotExist"],
        ("NodeSelectorRequirement", "operator") => &["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"],
        ("PodSpec", "dnsPolicy") => &["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"],
        ("PodSpec", "restartPolicy") => &["Always", "OnFailure", "Never"],
        ("PodSpec", "preemptionPolicy") => &["PreemptLowerPriority", "Never"],
        ("Container" | "EphemeralContainer", "imagePullPolicy") => &["IfNotPresent", "Always", "Never"],
        ("Container", "restartPolicy") => &["Always", "OnFailure", "Never"],
        ("Container" | "EphemeralContainer", "terminationMessagePolicy") => &["File", "FallbackToLogsOnError"],
        ("HTTPGetAction", "scheme") => &["HTTP", "HTTPS"],
        ("Toleration", "operator") => &["Equal", "Exists"],
        ("Toleration" | "Taint", "effect") => &["NoSchedule", "PreferNoSchedule", "NoExecute"],
        ("TopologySpreadConstraint", "whenUnsatisfiable") => &["DoNotSchedule", "ScheduleAnyway"],
        ("TopologySpreadConstraint" | "PodAffinityTerm", "topologyKey") => {
            &[well_known::HOSTNAME, well_known::ZONE, well_known::REGION]
        }
        ("DeploymentStrategy", "type") => &["RollingUpdate", "Recreate"],
        ("StatefulSetUpdateStrategy" | "DaemonSetUpdateStrategy", "type") => &["RollingUpdate", "OnDelete"],
        ("StatefulSetSpec", "podManagementPolicy") => &["OrderedReady", "Parallel"],
        ("CronJobSpec", "concurrencyPolicy") => &["Allow", "Forbid", "Replace"],
        ("JobSpec", "completionMode") => &["NonIndexed", "Indexed"],
        ("PersistentVolumeClaimSpec" | "PersistentVolumeSpec", "accessModes") => {
            &["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"]
        }
        ("PersistentVolumeClaimSpec" | "PersistentVolumeSpec", "volumeMode") => &["Filesystem", "Block"],
        ("Secret", "type") => &[
            "Opaque",
            "kubernetes.io/tls",
            "kubernetes.io/dockerconfigjson",
            "kubernetes.io/basic-auth",
            "kubernetes.io/ssh-auth",
        ],
        ("PodOS", "name") => &["linux", "windows"],
        ("WorldSpec", "preset") => &["kubeadm", "kind", "minikube", "k3s", "cloud", "eks", "gke", "aks", "microk8s"],
        ("WorldSpec", "kubernetesVersion") => &["\"1.35\"", "\"1.37\""],
        _ => &[],
    }
}

/// The versions that serve a kind; all of them while the kind isn't known.
pub(super) fn api_versions(kind: &str) -> impl Iterator<Item = &'static str> {
    let is_known = schema::kinds().any(|known| known.name == kind);
    let serving = schema::kinds().filter(move |known| !is_known || known.name == kind);
    serving.map(|known| known.api_version).into_set().into_iter()
}

/// The kinds of a version; all of them while the version isn't known.
pub(super) fn kinds(api_version: &str) -> impl Iterator<Item = &'static str> {
    let is_known = schema::kinds().any(|known| known.api_version == api_version);
    let served = schema::kinds().filter(move |known| !is_known || known.api_version == api_version);
    served.map(|known| known.name).into_set().into_iter()
}
