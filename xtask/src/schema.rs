//! `cargo xtask bless schema`: writes what the core knows of the Kubernetes API from k8s-openapi's schemas.
//!
//! `core/src/schema/fields.txt` holds the name and type of every field of every built-in kind, compact because the page
//! carries it; `static/schema/descriptions.json` holds what the API says of each field, for hover and completion, and
//! is loaded when asked for. A compile away from everything else (feature `schema`), as k8s-openapi is large.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions;
use k8s_openapi::kube_aggregator::pkg::apis::apiregistration;
use k8s_openapi::schemars::generate::SchemaSettings;
use k8s_openapi::schemars::{JsonSchema, SchemaGenerator};
use k8s_openapi::{Resource, api};
use serde_json::{Map, Value, json};

const DEFINITIONS: &str = "#/$defs/";

/// A kind as the API server serves it.
struct Kind {
    group: &'static str,
    version: &'static str,
    kind: &'static str,
    scope: char,
    definition: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("no workspace")?;
    let mut generator = SchemaSettings::default().into_generator();
    let kinds = kinds(&mut generator);
    let definitions = generator.take_definitions(true);
    write(&root.join("core/src/schema/fields.txt"), &fields(&kinds, &definitions)?)?;
    write(&root.join("static/schema/descriptions.json"), &descriptions(&definitions)?)
}

fn write(path: &Path, text: &str) -> Result<(), Box<dyn Error>> {
    println!("{}: {} bytes", path.display(), text.len());
    std::fs::create_dir_all(path.parent().ok_or("no folder")?)?;
    Ok(std::fs::write(path, text)?)
}

fn kind<K: Resource<Scope: Scope> + JsonSchema>(generator: &mut SchemaGenerator) -> Kind {
    generator.subschema_for::<K>();
    let definition = K::schema_name().into_owned();
    Kind { group: K::GROUP, version: K::VERSION, kind: K::KIND, scope: <K::Scope as Scope>::LETTER, definition }
}

trait Scope {
    const LETTER: char;
}

impl Scope for k8s_openapi::NamespaceResourceScope {
    const LETTER: char = 'N';
}

impl Scope for k8s_openapi::ClusterResourceScope {
    const LETTER: char = 'C';
}

/// Two parts: a line for each kind (`group/version Kind scope type`), then one for each struct in the order of their
/// numbers (`v1.Name field:type …`).
fn fields(kinds: &[Kind], definitions: &Map<String, Value>) -> Result<String, Box<dyn Error>> {
    let structs = definitions.iter().filter(|(name, schema)| shape(name, schema) == Shape::Struct);
    let numbers: BTreeMap<&str, usize> =
        structs.enumerate().map(|(number, (name, _))| (name.as_str(), number)).collect();
    let mut text = String::new();
    for kind in kinds {
        let number = numbers.get(kind.definition.as_str()).ok_or_else(|| format!("no type {}", kind.definition))?;
        let slash = if kind.group.is_empty() { "" } else { "/" };
        writeln!(text, "{}{slash}{} {} {} {number}", kind.group, kind.version, kind.kind, kind.scope)?;
    }
    writeln!(text)?;
    for name in numbers.keys() {
        write!(text, "{}", go_name(name))?;
        for (field, schema) in definitions[*name]["properties"].as_object().into_iter().flatten() {
            write!(text, " {field}:{}", type_code(schema, &numbers, definitions)?)?;
        }
        writeln!(text)?;
    }
    Ok(text)
}

#[derive(PartialEq)]
enum Shape {
    Struct,
    Other(&'static str),
}

/// Kubernetes' types with a JSON form of their own are scalars here.
fn shape(name: &str, schema: &Value) -> Shape {
    Shape::Other(match short_name(name) {
        "IntOrString" => "x",
        "Quantity" => "q",
        "Time" | "MicroTime" => "t",
        "RawExtension"
        | "JSON"
        | "FieldsV1"
        | "JSONSchemaPropsOrArray"
        | "JSONSchemaPropsOrBool"
        | "JSONSchemaPropsOrStringArray" => "r",
        _ if schema["properties"].is_object() => return Shape::Struct,
        // A struct without fields takes none; what isn't even a struct is left alone.
        _ if schema["type"] == "object" => return Shape::Struct,
        _ => "r",
    })
}

/// `s` string, `i` int32, `l` int64, `f` double, `b` bool, `y` base64, `t` time, `q` quantity, `x` int or string, `r`
/// anything, a number a struct; before it `[` a list, `{` a map.
fn type_code(
    schema: &Value,
    numbers: &BTreeMap<&str, usize>,
    definitions: &Map<String, Value>,
) -> Result<String, Box<dyn Error>> {
    if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix(DEFINITIONS)) {
        return Ok(match shape(name, definitions.get(name).ok_or("dangling reference")?) {
            Shape::Struct => numbers.get(name).ok_or("unnumbered type")?.to_string(),
            Shape::Other(code) => code.to_owned(),
        });
    }
    let code = match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("string"), Some("byte")) => "y",
        (Some("string"), Some("date-time")) => "t",
        (Some("string"), _) => "s",
        (Some("integer"), Some("int64")) => "l",
        (Some("integer"), _) => "i",
        (Some("number"), _) => "f",
        (Some("boolean"), _) => "b",
        (Some("array"), _) => return Ok(format!("[{}", type_code(&schema["items"], numbers, definitions)?)),
        (Some("object"), _) if schema["additionalProperties"].is_object() => {
            return Ok(format!("{{{}", type_code(&schema["additionalProperties"], numbers, definitions)?));
        }
        _ => "r",
    };
    Ok(code.to_owned())
}

/// Go's name of a type with its package: `io.k8s.api.core.v1.PodSpec` is `v1.PodSpec`.
fn go_name(name: &str) -> &str {
    let package = name.rmatch_indices('.').nth(1).map_or(0, |(dot, _)| dot + 1);
    &name[package..]
}

/// Go's name of a type: `io.k8s.api.core.v1.PodSpec` is `PodSpec`.
fn short_name(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// By the number of a type: what the API says of it and of its fields.
fn descriptions(definitions: &Map<String, Value>) -> Result<String, Box<dyn Error>> {
    let structs = definitions.iter().filter(|(name, schema)| shape(name, schema) == Shape::Struct);
    let types: Vec<Value> = structs
        .map(|(name, schema)| {
            let fields = schema["properties"].as_object().into_iter().flatten();
            let fields: Map<String, Value> =
                fields.map(|(field, schema)| (field.clone(), schema["description"].clone())).collect();
            json!({"name": short_name(name), "description": schema["description"], "fields": fields})
        })
        .collect();
    let lines: Result<Vec<String>, _> = types.iter().map(serde_json::to_string).collect();
    Ok(format!("[\n{}\n]\n", lines?.join(",\n")))
}

/// Every kind that can be listed, in the modules of k8s-openapi.
fn kinds(generator: &mut SchemaGenerator) -> Vec<Kind> {
    macro_rules! kinds {
        ($($path:ty,)*) => { vec![$(kind::<$path>(generator),)*] };
    }
    kinds![
        api::admissionregistration::v1::MutatingWebhookConfiguration,
        api::admissionregistration::v1::ValidatingAdmissionPolicy,
        api::admissionregistration::v1::ValidatingAdmissionPolicyBinding,
        api::admissionregistration::v1::ValidatingWebhookConfiguration,
        api::admissionregistration::v1alpha1::MutatingAdmissionPolicy,
        api::admissionregistration::v1alpha1::MutatingAdmissionPolicyBinding,
        api::admissionregistration::v1beta1::MutatingAdmissionPolicy,
        api::admissionregistration::v1beta1::MutatingAdmissionPolicyBinding,
        api::apiserverinternal::v1alpha1::StorageVersion,
        api::apps::v1::ControllerRevision,
        api::apps::v1::DaemonSet,
        api::apps::v1::Deployment,
        api::apps::v1::ReplicaSet,
        api::apps::v1::StatefulSet,
        api::autoscaling::v1::HorizontalPodAutoscaler,
        api::autoscaling::v2::HorizontalPodAutoscaler,
        api::batch::v1::CronJob,
        api::batch::v1::Job,
        api::certificates::v1::CertificateSigningRequest,
        api::certificates::v1alpha1::ClusterTrustBundle,
        api::certificates::v1beta1::ClusterTrustBundle,
        api::certificates::v1beta1::PodCertificateRequest,
        api::coordination::v1::Lease,
        api::coordination::v1alpha2::LeaseCandidate,
        api::coordination::v1beta1::LeaseCandidate,
        api::core::v1::ComponentStatus,
        api::core::v1::ConfigMap,
        api::core::v1::Endpoints,
        api::core::v1::Event,
        api::core::v1::LimitRange,
        api::core::v1::Namespace,
        api::core::v1::Node,
        api::core::v1::PersistentVolume,
        api::core::v1::PersistentVolumeClaim,
        api::core::v1::Pod,
        api::core::v1::PodTemplate,
        api::core::v1::ReplicationController,
        api::core::v1::ResourceQuota,
        api::core::v1::Secret,
        api::core::v1::Service,
        api::core::v1::ServiceAccount,
        api::discovery::v1::EndpointSlice,
        api::events::v1::Event,
        api::flowcontrol::v1::FlowSchema,
        api::flowcontrol::v1::PriorityLevelConfiguration,
        api::networking::v1::Ingress,
        api::networking::v1::IngressClass,
        api::networking::v1::IPAddress,
        api::networking::v1::NetworkPolicy,
        api::networking::v1::ServiceCIDR,
        api::networking::v1beta1::IPAddress,
        api::networking::v1beta1::ServiceCIDR,
        api::node::v1::RuntimeClass,
        api::policy::v1::PodDisruptionBudget,
        api::rbac::v1::ClusterRole,
        api::rbac::v1::ClusterRoleBinding,
        api::rbac::v1::Role,
        api::rbac::v1::RoleBinding,
        api::resource::v1::DeviceClass,
        api::resource::v1::ResourceClaim,
        api::resource::v1::ResourceClaimTemplate,
        api::resource::v1::ResourceSlice,
        api::resource::v1alpha3::DeviceTaintRule,
        api::resource::v1beta1::DeviceClass,
        api::resource::v1beta1::ResourceClaim,
        api::resource::v1beta1::ResourceClaimTemplate,
        api::resource::v1beta1::ResourceSlice,
        api::resource::v1beta2::DeviceClass,
        api::resource::v1beta2::ResourceClaim,
        api::resource::v1beta2::ResourceClaimTemplate,
        api::resource::v1beta2::ResourceSlice,
        api::scheduling::v1::PriorityClass,
        api::scheduling::v1alpha1::Workload,
        api::storage::v1::CSIDriver,
        api::storage::v1::CSINode,
        api::storage::v1::CSIStorageCapacity,
        api::storage::v1::StorageClass,
        api::storage::v1::VolumeAttachment,
        api::storage::v1::VolumeAttributesClass,
        api::storage::v1beta1::VolumeAttributesClass,
        api::storagemigration::v1beta1::StorageVersionMigration,
        apiextensions::v1::CustomResourceDefinition,
        apiregistration::v1::APIService,
    ]
}
