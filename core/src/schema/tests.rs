//! The data and the decoder's words.

use super::*;
use crate::source::FileId;
use crate::yaml;

fn findings(api_version: &str, name: &str, text: &str) -> Vec<String> {
    let node = yaml::parse(FileId(0), text, 0).0.unwrap();
    let findings = check(&node, kind(api_version, name).unwrap(), None);
    let shown = findings.into_iter().map(|finding| match finding {
        Finding::UnknownField { path, nearest, .. } => format!("{path}: unknown, {}", nearest.unwrap_or("?")),
        Finding::WrongType { message, .. } => message,
    });
    shown.collect()
}

#[test]
fn unknown_fields_have_a_nearest_name() {
    let text = "metadata: {nmae: a}\nspec: {template: {spec: {containers: [{name: a, port: 80}]}}, foo: 1}\n";
    assert_eq!(
        findings("apps/v1", "Deployment", text),
        [
            "metadata.nmae: unknown, name",
            "spec.template.spec.containers[0].port: unknown, ports",
            "spec.foo: unknown, ?"
        ]
    );
}

#[test]
fn wrong_types_have_gos_words() {
    let text = "metadata: {labels: {v: 1.5}, annotations: [a]}\nspec: {replicas: two, template: {spec: {containers: [{command: [1], ports: [{containerPort: 80.5}]}]}}}\n";
    assert_eq!(
        findings("apps/v1", "Deployment", text),
        [
            "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string",
            "json: cannot unmarshal array into Go struct field ObjectMeta.metadata.annotations of type map[string]string",
            "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32",
            "json: cannot unmarshal number into Go struct field Container.spec.template.spec.containers.command of type string",
            "json: cannot unmarshal number 80.5 into Go struct field ContainerPort.spec.template.spec.containers.ports.containerPort of type int32",
        ]
    );
    let text = "spec: {ports: {port: 80}}\n";
    assert_eq!(
        findings("v1", "Service", text),
        ["json: cannot unmarshal object into Go struct field ServiceSpec.spec.ports of type []v1.ServicePort"]
    );
}

#[test]
fn what_fits_is_not_mentioned() {
    let text = "spec: {ports: [{port: 80, targetPort: http}], clusterIP: None}\nstatus: {loadBalancer: {}}\n";
    assert_eq!(findings("v1", "Service", text), Vec::<String>::new());
    let text = "data: {a: aGVsbG8=, b: \"\"}\ntype: Opaque\n";
    assert_eq!(findings("v1", "Secret", text), Vec::<String>::new());
    let text = "spec: {containers: [{resources: {limits: {cpu: 100m, memory: 1Gi}, requests: {cpu: 0.5}}}]}\n";
    assert_eq!(findings("v1", "Pod", text), Vec::<String>::new());
}

#[test]
fn base64_is_checked() {
    assert_eq!(findings("v1", "Secret", "data: {a: hello world}\n"), ["illegal base64 data at input byte 5"]);
}
