//! The values of fields that take only some: the constants of k8s.io/api (types.go of each group), each list once. Validation
//! refuses others by it, the editor offers and explains it.

use crate::order::Order;

/// A field and what it takes.
#[derive(Debug)]
pub struct FieldValues {
    /// The structs that have the field, Go's names without package, a blank between.
    pub structs: &'static str,
    pub field: &'static str,
    /// Its values, the default first, as they are offered.
    pub values: &'static [&'static str],
    order: MessageOrder,
}

/// How the API server lists the values in a refusal.
#[derive(Debug)]
enum MessageOrder {
    /// A set, sorted.
    Alphabetical,
    /// The list as it stands here.
    Offered,
    /// A list of its own.
    Own(&'static [&'static str]),
}

use MessageOrder::{Alphabetical, Offered, Own};

impl FieldValues {
    const fn new(
        structs: &'static str,
        field: &'static str,
        order: MessageOrder,
        values: &'static [&'static str],
    ) -> Self {
        Self { structs, field, values, order }
    }

    /// Whether the field takes a value.
    pub fn contains(&self, value: &str) -> bool {
        self.values.contains(&value)
    }

    /// The values in the order of the API server's refusal.
    pub fn in_messages(&self) -> Vec<&'static str> {
        match self.order {
            Offered => self.values.to_vec(),
            Own(values) => values.to_vec(),
            Alphabetical => {
                let mut sorted = self.values.to_vec();
                sorted.order();
                sorted
            }
        }
    }
}

/// The values of a struct's field; None if it may be anything.
pub fn field_values(structure: &str, field: &str) -> Option<&'static FieldValues> {
    let mut all = NAMED.iter().chain(RULED).copied();
    all.find(|known| known.field == field && known.structs.split(' ').any(|name| name == structure))
}

/// A field that isn't listed here.
pub const ANYTHING: &FieldValues = &FieldValues::new("", "", Offered, &[]);

// Those that validation names.

macro_rules! named {
    ($($name:ident = $structs:literal, $field:literal, $order:expr, [$($value:literal),* $(,)?];)*) => {
        $(#[doc = concat!("`", $field, "`")] pub const $name: &FieldValues = &FieldValues::new($structs, $field, $order, &[$($value),*]);)*
        const NAMED: &[&FieldValues] = &[$($name),*];
    };
}

named! {
    SERVICE_TYPE = "ServiceSpec", "type", Alphabetical, ["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"];
    SESSION_AFFINITY = "ServiceSpec", "sessionAffinity", Alphabetical, ["None", "ClientIP"];
    EXTERNAL_TRAFFIC_POLICY = "ServiceSpec", "externalTrafficPolicy", Offered, ["Cluster", "Local"];
    INTERNAL_TRAFFIC_POLICY = "ServiceSpec", "internalTrafficPolicy", Offered, ["Cluster", "Local"];
    IP_FAMILIES = "ServiceSpec", "ipFamilies", Offered, ["IPv4", "IPv6"];
    IP_FAMILY_POLICY = "ServiceSpec", "ipFamilyPolicy", Alphabetical, ["SingleStack", "PreferDualStack", "RequireDualStack"];
    TRAFFIC_DISTRIBUTION = "ServiceSpec", "trafficDistribution", Own(&["PreferClose", "PreferSameZone", "PreferSameNode"]),
        ["PreferSameZone", "PreferSameNode", "PreferClose"];
    PROTOCOL = "ServicePort ContainerPort EndpointPort", "protocol", Alphabetical, ["TCP", "UDP", "SCTP"];
    POLICY_PROTOCOL = "NetworkPolicyPort", "protocol", Offered, ["TCP", "UDP", "SCTP"];
    POLICY_TYPES = "NetworkPolicySpec", "policyTypes", Offered, ["Ingress", "Egress"];
    ADDRESS_TYPE = "EndpointSlice", "addressType", Alphabetical, ["IPv4", "IPv6", "FQDN"];
    PATH_TYPE = "HTTPIngressPath", "pathType", Alphabetical, ["Prefix", "Exact", "ImplementationSpecific"];
    PARAMETERS_SCOPE = "IngressClassParametersReference", "scope", Offered, ["Cluster", "Namespace"];
    SELECTOR_OPERATOR = "LabelSelectorRequirement", "operator", Offered, ["In", "NotIn", "Exists", "DoesNotExist"];
    NODE_OPERATOR = "NodeSelectorRequirement", "operator", Offered, ["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"];
    TOLERATION_OPERATOR = "Toleration", "operator", Offered, ["Equal", "Exists"];
    TAINT_EFFECT = "Toleration Taint", "effect", Offered, ["NoSchedule", "PreferNoSchedule", "NoExecute"];
    WHEN_UNSATISFIABLE = "TopologySpreadConstraint", "whenUnsatisfiable", Offered, ["DoNotSchedule", "ScheduleAnyway"];
    NODE_AFFINITY_POLICY = "TopologySpreadConstraint", "nodeAffinityPolicy", Offered, ["Honor", "Ignore"];
    NODE_TAINTS_POLICY = "TopologySpreadConstraint", "nodeTaintsPolicy", Own(&["Honor", "Ignore"]), ["Ignore", "Honor"];
    DNS_POLICY = "PodSpec", "dnsPolicy", Own(&["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"]),
        ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"];
    RESTART_POLICY = "PodSpec", "restartPolicy", Offered, ["Always", "OnFailure", "Never"];
    CONTAINER_RESTART_POLICY = "Container", "restartPolicy", Alphabetical, ["Always", "OnFailure", "Never"];
    IMAGE_PULL_POLICY = "Container EphemeralContainer", "imagePullPolicy", Alphabetical, ["IfNotPresent", "Always", "Never"];
    MOUNT_PROPAGATION = "VolumeMount", "mountPropagation", Alphabetical, ["None", "HostToContainer", "Bidirectional"];
    RECURSIVE_READ_ONLY = "VolumeMount", "recursiveReadOnly", Offered, ["Disabled", "Enabled", "IfPossible"];
    RESIZED_RESOURCE = "ContainerResizePolicy", "resourceName", Offered, ["cpu", "memory"];
    RESIZE_RESTART_POLICY = "ContainerResizePolicy", "restartPolicy", Offered, ["NotRequired", "RestartContainer"];
    OPERATING_SYSTEM = "PodOS", "name", Offered, ["linux", "windows"];
    PROBE_SCHEME = "HTTPGetAction", "scheme", Offered, ["HTTP", "HTTPS"];
    HOST_PATH_TYPE = "HostPathVolumeSource", "type", Alphabetical,
        ["", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket", "CharDevice", "BlockDevice"];
    DEPLOYMENT_STRATEGY = "DeploymentStrategy", "type", Alphabetical, ["RollingUpdate", "Recreate"];
    UPDATE_STRATEGY = "StatefulSetUpdateStrategy DaemonSetUpdateStrategy", "type", Offered, ["RollingUpdate", "OnDelete"];
    POD_MANAGEMENT_POLICY = "StatefulSetSpec", "podManagementPolicy", Offered, ["OrderedReady", "Parallel"];
    CONCURRENCY_POLICY = "CronJobSpec", "concurrencyPolicy", Offered, ["Allow", "Forbid", "Replace"];
    POD_REPLACEMENT_POLICY = "JobSpec", "podReplacementPolicy", Alphabetical, ["TerminatingOrFailed", "Failed"];
    FAILURE_ACTION = "PodFailurePolicyRule", "action", Alphabetical, ["FailJob", "FailIndex", "Ignore", "Count"];
    EXIT_CODE_OPERATOR = "PodFailurePolicyOnExitCodesRequirement", "operator", Offered, ["In", "NotIn"];
    METRIC_SOURCE = "MetricSpec", "type", Alphabetical, ["Resource", "ContainerResource", "Pods", "Object", "External"];
    SUBJECT_KIND = "Subject", "kind", Offered, ["ServiceAccount", "User", "Group"];
}

// Those that a rule of validation's table checks, which finds them by struct and field.

const RULED: &[&FieldValues] = &[
    &FieldValues::new(
        "Container EphemeralContainer",
        "terminationMessagePolicy",
        Offered,
        &["File", "FallbackToLogsOnError"],
    ),
    &FieldValues::new("SecurityContext", "procMount", Offered, &["Default", "Unmasked"]),
    &FieldValues::new("PodSecurityContext", "fsGroupChangePolicy", Offered, &["Always", "OnRootMismatch"]),
    &FieldValues::new("PodSecurityContext", "supplementalGroupsPolicy", Offered, &["Merge", "Strict"]),
    &FieldValues::new(
        "SeccompProfile AppArmorProfile",
        "type",
        Alphabetical,
        &["RuntimeDefault", "Localhost", "Unconfined"],
    ),
    &FieldValues::new("ImageVolumeSource", "pullPolicy", Alphabetical, &["IfNotPresent", "Always", "Never"]),
    &FieldValues::new(
        "PersistentVolumeClaimSpec PersistentVolumeSpec",
        "accessModes",
        Alphabetical,
        &["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"],
    ),
    &FieldValues::new(
        "PersistentVolumeClaimSpec PersistentVolumeSpec",
        "volumeMode",
        Alphabetical,
        &["Filesystem", "Block"],
    ),
    &FieldValues::new(
        "PersistentVolumeSpec",
        "persistentVolumeReclaimPolicy",
        Alphabetical,
        &["Retain", "Delete", "Recycle"],
    ),
    &FieldValues::new("StorageClass", "reclaimPolicy", Offered, &["Delete", "Retain"]),
    &FieldValues::new("StorageClass", "volumeBindingMode", Offered, &["Immediate", "WaitForFirstConsumer"]),
    &FieldValues::new("StatefulSetPersistentVolumeClaimRetentionPolicy", "whenDeleted", Offered, &["Retain", "Delete"]),
    &FieldValues::new("StatefulSetPersistentVolumeClaimRetentionPolicy", "whenScaled", Offered, &["Retain", "Delete"]),
    &FieldValues::new("JobSpec", "completionMode", Offered, &["NonIndexed", "Indexed"]),
    &FieldValues::new("HPAScalingRules", "selectPolicy", Alphabetical, &["Max", "Min", "Disabled"]),
    &FieldValues::new("HPAScalingPolicy", "type", Offered, &["Percent", "Pods"]),
    &FieldValues::new(
        "PodDisruptionBudgetSpec",
        "unhealthyPodEvictionPolicy",
        Alphabetical,
        &["IfHealthyBudget", "AlwaysAllow"],
    ),
    &FieldValues::new("PriorityClass PodSpec", "preemptionPolicy", Offered, &["PreemptLowerPriority", "Never"]),
];

#[cfg(test)]
mod tests {
    use super::{NAMED, RULED};
    use crate::order::{Gather, Order};
    use crate::schema::{self, Struct, Type, TypeShape};
    use std::collections::BTreeMap;

    #[test]
    fn every_list_belongs_to_a_field_of_the_api() {
        let mut structs = BTreeMap::new();
        schema::kinds().for_each(|kind| collect(kind.object, &mut structs));
        for known in NAMED.iter().chain(RULED) {
            for name in known.structs.split(' ') {
                let mut found = structs.values().filter(|found| found.name() == name);
                assert!(found.any(|found| found.field(known.field).is_some()), "{name}.{}", known.field);
            }
            let (mut own, mut said) = (known.values.to_vec(), known.in_messages());
            own.order();
            said.order();
            assert_eq!(own, said, "{} {}", known.structs, known.field);
        }
        let all = NAMED.iter().chain(RULED);
        let pairs = all.flat_map(|known| known.structs.split(' ').map(|name| (name, known.field)));
        let count = pairs.clone().count();
        assert_eq!(pairs.into_set().len(), count, "a field stands twice");
    }

    fn collect(kind: Type, structs: &mut BTreeMap<&'static str, &'static Struct>) {
        match kind.shape() {
            TypeShape::Struct(found) if structs.insert(found.go_name, found).is_none() => {
                found.fields().for_each(|(_, kind)| collect(kind, structs));
            }
            TypeShape::List(inner) | TypeShape::Map(inner) => collect(inner, structs),
            _ => {}
        }
    }
}
