//! The slim structs against the real API: every field they read exists there, under that name and with that type.

use super::*;
use crate::schema::{self, Type, TypeShape};

/// The fields of every struct of the model that the API server knows.
macro_rules! structs {
    ($($name:ident)*) => { &[$((stringify!($name), $name::FIELDS),)*] };
}

type Fields = &'static [(&'static str, &'static str)];

const STRUCTS: &[(&str, Fields)] = structs![
    Affinity ClientIpConfig PodCondition ConfigMap ConfigMapVolume PersistentVolumeClaimVolume Container ContainerPort ContainerState ContainerStateRunning ContainerStatus CronJob CronJobSpec DaemonSet
    DaemonSetSpec Deployment DeploymentSpec DeploymentStrategy Endpoint EndpointAddress EndpointConditions
    EndpointHints EndpointPort EndpointSlice EndpointSubset Endpoints EnvFromSource EnvSource EnvVar EnvVarSource ObjectFieldSelector HostAlias KeySelector HttpIngressPath
    HttpIngressRuleValue Ingress IngressBackend IngressClass IngressClassSpec IngressRule
    IngressServiceBackend IngressSpec IngressStatus IngressTls LimitRange LimitRangeSpec LimitRangeItem ResourceQuota ResourceQuotaSpec PriorityClass RuntimeClass ServiceAccount
    PodSecurityContext SecurityContext Capabilities SecurityProfile SeLinuxOptions Sysctl WindowsOptions Job JobCondition HorizontalPodAutoscaler HorizontalPodAutoscalerSpec ScaleTargetRef JobSpec JobStatus JobTemplate LabelSelector
    LoadBalancerIngress LoadBalancerStatus Metadata NamedHint Namespace Node NodeAddress NodeAffinity
    KeyToPath NodeSelector NodeSelectorTerm NodeSpec NodeStatus OwnerReference Pod PodAffinity PodAffinityTerm
    PodDnsConfig PodDnsConfigOption PodIp PodSpec PodStatus PodTemplate Probe ProbeTarget ReadinessGate
    NetworkPolicy NetworkPolicySpec IngressPolicyRule EgressPolicyRule PolicyPeer PolicyPort IpBlock
    ReplicaSet ReplicaSetSpec ReplicationController ReplicationControllerSpec Resources RollingUpdate Secret
    SelectorRequirement Service ServiceBackendPort ServicePort ServiceSpec ServiceStatus SessionAffinityConfig
    SchedulingGate SecretVolume ProjectedVolume VolumeProjection StatefulSet StatefulSetOrdinals StatefulSetSpec Taint TargetRef Toleration
    TopologySpreadConstraint TypedLocalReference TypedReference Volume VolumeMount
];

/// Structs that two kinds share read what only one of them has.
const SHARED: &[&str] = &["Ingress.status.loadBalancer.ingress.ipMode"];

#[test]
fn every_field_exists_with_that_type() {
    for model in KINDS.iter().filter(|model| model.scope != Scope::Settings) {
        let version = if model.group.is_empty() { "v1".to_owned() } else { format!("{}/v1", model.group) };
        if let Some(kind) = schema::kind(&version, model.name) {
            agrees(model.name, kind.object, model.name);
        }
    }
}

/// Panics where a Rust type can't hold what the API has.
fn agrees(rust: &str, api: Type, place: &str) {
    if rust.ends_with("yaml::YamlNode") {
        return;
    }
    let rust = rust.rsplit_once("::").filter(|(path, _)| !path.contains('<')).map_or(rust, |(_, name)| name);
    if let Some(inner) = wrapped(rust, "Option").or_else(|| wrapped(rust, "Arc")) {
        return agrees(inner, api, place);
    }
    match (rust, api.shape()) {
        ("Text", TypeShape::String | TypeShape::Time | TypeShape::Bytes | TypeShape::Quantity) => {}
        ("bool", TypeShape::Bool)
        | ("i32", TypeShape::Int32)
        | ("i64", TypeShape::Int64)
        | ("IntOrString", TypeShape::IntOrString) => {}
        ("Labels", TypeShape::Map(value)) => agrees("Text", value, place),
        ("Quantities", TypeShape::Map(value)) => agrees("Quantity", value, place),
        ("Quantity", TypeShape::Quantity) => {}
        (_, TypeShape::List(element)) => {
            let inner = wrapped(rust, "Vec").unwrap_or_else(|| panic!("{place}: {rust} for a list"));
            agrees(inner, element, place);
        }
        (_, TypeShape::Map(value)) => {
            let inner = wrapped(rust, "BTreeMap").unwrap_or_else(|| panic!("{place}: {rust} for a map"));
            agrees(inner.split_once(", ").map_or(inner, |(_, value)| value), value, place);
        }
        (_, TypeShape::Struct(object)) => {
            let fields = STRUCTS.iter().find(|(name, _)| *name == rust);
            let (_, fields) = fields.unwrap_or_else(|| panic!("{place}: put {rust} into this test's list"));
            for (field, rust) in *fields {
                let place = format!("{place}.{field}");
                if SHARED.contains(&&*place) {
                    continue;
                }
                let api = object.field(field).unwrap_or_else(|| panic!("{place} doesn't exist"));
                agrees(rust, api, &place);
            }
        }
        (_, shape) => panic!("{place}: {rust} for {shape:?}"),
    }
}

fn wrapped<'t>(rust: &'t str, wrapper: &str) -> Option<&'t str> {
    rust.strip_prefix(wrapper)?.strip_prefix('<')?.strip_suffix('>')
}
