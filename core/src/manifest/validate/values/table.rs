//! The table: structs of the API by their Go names, their fields, and what holds for them wherever they stand.

use super::super::format;
use super::rule::FieldRule::{self, *};
use super::{
    Whole, autoscaling, claim, class, environment, failure_policy, placing, pod, quota, role, secret, security, small,
    volume, workload,
};

const KEYED: FieldRule = NeededForm(format::dns1123_subdomain);

/// Structs (several with one blank between), a field, a rule.
pub(super) const RULES: &[(&str, &str, FieldRule)] = &[
    // Containers (core/validation: validateContainerCommon, ValidateEnvFrom).
    ("Container EphemeralContainer", "terminationMessagePolicy", OneOf),
    ("EnvVar", "name", Needed("")),
    ("ConfigMapKeySelector SecretKeySelector", "name", KEYED),
    ("ConfigMapKeySelector SecretKeySelector", "key", FormNeeded(format::config_key)),
    ("ConfigMapEnvSource SecretEnvSource", "name", FormNeeded(format::dns1123_subdomain)),
    ("VolumeMount", "mountPath", Needed("")),
    ("VolumeDevice", "name", Needed("")),
    ("VolumeDevice", "devicePath", Needed("")),
    ("SecurityContext", "procMount", OneOfOrNothing),
    ("SecurityContext PodSecurityContext", "runAsUser", Within(0, ID, IDS)),
    ("SecurityContext PodSecurityContext", "runAsGroup", Within(0, ID, IDS)),
    ("PodSecurityContext", "fsGroup", Within(0, ID, IDS)),
    ("PodSecurityContext", "fsGroupChangePolicy", OneOfOrNothing),
    ("PodSecurityContext", "supplementalGroupsPolicy", OneOfOrNothing),
    ("SeccompProfile", "type", NeededOneOf("type is required when seccompProfile is set")),
    ("AppArmorProfile", "type", NeededOneOf("type is required when appArmorProfile is set")),
    ("Probe", "terminationGracePeriodSeconds", Within(1, i64::MAX, "must be greater than 0")),
    // Pods (core/validation: ValidatePodSpec).
    ("PodSpec", "activeDeadlineSeconds", Within(1, ID, "must be between 1 and 2147483647, inclusive")),
    ("PodSpec", "terminationGracePeriodSeconds", Least(0)),
    ("PodSpec", "priorityClassName", Form(format::dns1123_subdomain)),
    ("PodSpec", "runtimeClassName", Form(format::dns1123_subdomain)),
    ("PodReadinessGate", "conditionType", NeededForm(format::qualified_name)),
    ("Sysctl", "name", Needed("")),
    ("PreferredSchedulingTerm WeightedPodAffinityTerm", "weight", Between(1, 100, "must be in the range 1-100")),
    ("PodAffinityTerm", "topologyKey", Needed("can not be empty")),
    ("PodAffinityTerm", "topologyKey", NeededForm(format::qualified_name)),
    ("PodAffinityTerm TopologySpreadConstraint", "matchLabelKeys", EachForm(format::qualified_name)),
    ("PodAffinityTerm", "mismatchLabelKeys", EachForm(format::qualified_name)),
    ("TopologySpreadConstraint", "nodeAffinityPolicy", OneOfOrNothing),
    ("TopologySpreadConstraint", "nodeTaintsPolicy", OneOfOrNothing),
    // Volumes (core/validation: validateVolumeSource).
    ("KeyToPath", "key", Needed("")),
    ("KeyToPath", "path", NeededRelativePath),
    ("KeyToPath DownwardAPIVolumeFile", "mode", Mode),
    ("ConfigMapVolumeSource SecretVolumeSource ProjectedVolumeSource DownwardAPIVolumeSource", "defaultMode", Mode),
    ("ConfigMapProjection SecretProjection", "name", Needed("")),
    ("NFSVolumeSource", "server", Needed("")),
    ("NFSVolumeSource", "path", Needed("")),
    ("CSIVolumeSource", "driver", Needed("")),
    ("EphemeralVolumeSource", "volumeClaimTemplate", Filled("")),
    ("ImageVolumeSource", "pullPolicy", OneOf),
    // Claims (core/validation: ValidatePersistentVolumeClaimSpec).
    ("PersistentVolumeClaimSpec", "accessModes", Filled("at least 1 access mode is required")),
    ("PersistentVolumeClaimSpec", "accessModes", EachOneOf),
    ("PersistentVolumeClaimSpec", "storageClassName", Form(format::dns1123_subdomain)),
    ("PersistentVolumeClaimSpec", "volumeAttributesClassName", Form(format::dns1123_subdomain)),
    ("PersistentVolumeClaimSpec", "volumeMode", OneOfOrNothing),
    ("PersistentVolumeSpec", "accessModes", Filled("")),
    ("PersistentVolumeSpec", "accessModes", EachOneOf),
    ("PersistentVolumeSpec", "storageClassName", Form(format::dns1123_subdomain)),
    ("PersistentVolumeSpec", "volumeMode", OneOfOrNothing),
    ("PersistentVolumeSpec", "persistentVolumeReclaimPolicy", OneOf),
    // Workloads (apps/validation, batch/validation).
    (
        "DeploymentSpec StatefulSetSpec DaemonSetSpec ReplicaSetSpec ReplicationControllerSpec",
        "minReadySeconds",
        Least(0),
    ),
    ("DeploymentSpec StatefulSetSpec DaemonSetSpec", "revisionHistoryLimit", Least(0)),
    ("DeploymentSpec", "progressDeadlineSeconds", Least(0)),
    ("StatefulSetSpec", "serviceName", Form(format::dns1123_label)),
    ("RollingUpdateStatefulSetStrategy", "partition", Least(0)),
    ("StatefulSetPersistentVolumeClaimRetentionPolicy", "whenDeleted", OneOf),
    ("StatefulSetPersistentVolumeClaimRetentionPolicy", "whenScaled", OneOf),
    ("JobSpec", "backoffLimit", Least(0)),
    ("JobSpec", "activeDeadlineSeconds", Least(0)),
    ("JobSpec", "ttlSecondsAfterFinished", Least(0)),
    ("JobSpec", "backoffLimitPerIndex", Least(0)),
    ("JobSpec", "maxFailedIndexes", Least(0)),
    ("JobSpec", "completionMode", OneOfOrNothing),
    ("SuccessPolicy", "rules", Filled("at least one rules must be specified when the successPolicy is specified")),
    ("SuccessPolicyRule", "succeededCount", Least(0)),
    ("PodFailurePolicyOnPodConditionsPattern", "type", NeededForm(format::qualified_name)),
    ("CronJobSpec", "startingDeadlineSeconds", Least(0)),
    ("CronJobSpec", "successfulJobsHistoryLimit", Least(0)),
    ("CronJobSpec", "failedJobsHistoryLimit", Least(0)),
    // Networking (networking/validation, discovery/validation).
    ("TypedLocalObjectReference IngressClassParametersReference", "kind", Form(super::rule::path_segment)),
    ("TypedLocalObjectReference IngressClassParametersReference", "name", Form(super::rule::path_segment)),
    ("NetworkPolicyPort", "protocol", OneOfOrNothing),
    ("ServiceSpec", "internalTrafficPolicy", OneOfOrNothing),
    ("ForZone", "name", Form(format::label_value)),
    ("ForNode", "name", NeededForm(format::dns1123_subdomain)),
    ("ServiceCIDRSpec", "cidrs", Filled("at least one CIDR required")),
    ("IPAddressSpec", "parentRef", Filled("")),
    ("ParentReference", "group", Form(format::dns1123_subdomain)),
    ("ParentReference", "resource", FormNeeded(super::rule::path_segment)),
    ("ParentReference", "name", FormNeeded(super::rule::path_segment)),
    ("ParentReference", "namespace", Form(super::rule::path_segment)),
    // Scaling, policies, roles and classes.
    ("CrossVersionObjectReference", "kind", FormNeeded(super::rule::path_segment)),
    ("CrossVersionObjectReference", "name", FormNeeded(super::rule::path_segment)),
    ("HPAScalingRules", "stabilizationWindowSeconds", Within(i64::MIN, 3600, "must be less than or equal to 3600")),
    ("HPAScalingRules", "stabilizationWindowSeconds", Within(0, i64::MAX, "must be greater than or equal to zero")),
    ("HPAScalingRules", "selectPolicy", OneOfOrNothing),
    ("HPAScalingPolicy", "type", ExactlyOneOf),
    ("PodDisruptionBudgetSpec", "unhealthyPodEvictionPolicy", OneOfOrNothing),
    ("PolicyRule", "verbs", Filled("")),
    ("PriorityClass", "preemptionPolicy", SaidOneOf),
    ("RuntimeClass", "handler", FormNeeded(format::dns1123_label)),
    ("StorageClass", "reclaimPolicy", OneOf),
    ("StorageClass", "volumeBindingMode", OneOfOrNothing),
    ("OwnerReference", "apiVersion", Needed("must not be empty")),
    ("OwnerReference", "kind", Needed("must not be empty")),
    ("OwnerReference", "name", Needed("must not be empty")),
    ("OwnerReference", "uid", Needed("must not be empty")),
];

/// Structs that are no pointers in Go, and have something to say when nobody wrote them.
pub(super) const NESTED: &[(&str, &str)] = &[
    ("PersistentVolumeClaim", "spec"),
    ("PersistentVolume", "spec"),
    ("PersistentVolumeClaimTemplate", "spec"),
    ("WeightedPodAffinityTerm", "podAffinityTerm"),
    ("HorizontalPodAutoscaler", "spec"),
    ("HorizontalPodAutoscalerSpec", "scaleTargetRef"),
];

const ID: i64 = 2_147_483_647;
const IDS: &str = "must be between 0 and 2147483647, inclusive";

/// What holds for several fields of a struct together.
pub(super) const WHOLES: &[(&str, Whole)] = &[
    ("Container", pod::container),
    ("EphemeralContainer", pod::container),
    ("PodSpec", pod::spec),
    ("EnvVar", environment::variable),
    ("ObjectFieldSelector", environment::field_reference),
    ("ResourceFieldSelector", environment::resource_reference),
    ("SecurityContext", security::container),
    ("PodSecurityContext", security::pod),
    ("SeccompProfile", security::seccomp),
    ("HTTPGetAction", pod::http_headers),
    ("NodeSelectorTerm", placing::node_term),
    ("PodAffinityTerm", placing::pod_term),
    ("TopologySpreadConstraint", placing::spread),
    ("Volume", volume::volume),
    ("VolumeProjection", volume::projection),
    ("ProjectedVolumeSource", volume::projected),
    ("PersistentVolumeClaimSpec", claim::claim),
    ("DeploymentSpec", workload::deployment),
    ("ReplicaSetSpec", workload::replica_set),
    ("ReplicationControllerSpec", workload::replication_controller),
    ("StatefulSetSpec", workload::stateful_set),
    ("DaemonSetSpec", workload::daemon_set),
    ("JobSpec", workload::job),
    ("CronJobSpec", workload::cron_job),
    ("PodFailurePolicyRule", failure_policy::rule),
    ("PodFailurePolicyOnExitCodesRequirement", failure_policy::exit_codes),
    ("HorizontalPodAutoscalerSpec", autoscaling::autoscaler),
    ("MetricSpec", autoscaling::metric),
    ("HPAScalingRules", autoscaling::rules),
    ("HPAScalingPolicy", autoscaling::policy),
    ("PodDisruptionBudgetSpec", small::disruption_budget),
    ("NodeSpec", small::node),
    ("ServiceCIDRSpec", small::service_cidr),
    ("ObjectMeta", small::metadata),
    ("NamespaceSpec", small::namespace),
    ("RoleBinding", role::role_binding),
    ("ClusterRoleBinding", role::role_binding),
    ("Role", role::role),
    ("ClusterRole", role::role),
    ("StorageClass", class::storage_class),
    ("RuntimeClass", class::runtime_class),
    ("LeaseSpec", class::lease),
    ("PersistentVolumeSpec", class::persistent_volume),
    ("LimitRangeSpec", quota::limit_range),
    ("ResourceQuotaSpec", quota::quota),
    ("Secret", secret::secret),
    ("ConfigMap", secret::config_map),
    ("EndpointHints", small::hints),
];

#[cfg(test)]
mod tests {
    use super::super::rule::FieldRule::*;
    use super::RULES;
    use crate::model::values::field_values;

    #[test]
    fn every_rule_on_values_finds_its_list() {
        let of_values = RULES.iter().filter(|(.., rule)| {
            matches!(rule, OneOf | OneOfOrNothing | ExactlyOneOf | EachOneOf | NeededOneOf(_) | SaidOneOf)
        });
        for (structs, field, _) in of_values {
            for name in structs.split(' ') {
                assert!(field_values(name, field).is_some(), "{name}.{field}");
            }
        }
    }
}
