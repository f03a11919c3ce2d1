//! Containers and pods: what several fields say together (core/validation: validateContainerCommon, ValidatePodSpec).

use std::collections::BTreeSet;

use super::super::{ErrorValue, Errors, format};
use super::rule::relative_path;
use super::{Here, is_below};
use crate::diagnostic::Diagnostic;
use crate::model::{Path, values};
use crate::order::Gather;
use crate::source::FieldPath;
use crate::yaml::YamlNode;

pub(super) fn container(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    environment_sources(here, errors);
    lifecycle(here, errors);
    mounts(here, errors);
    resize_policies(here, errors);
    let name = here.text("name");
    if name.is_empty() {
        errors.required(&here.at.field("name"), "");
    }
    if is_below(here.at, "initContainers")
        && let Some(policy) = here.child("restartPolicy").and_then(YamlNode::text)
    {
        errors.one_of_if_said(&here.at.field("restartPolicy"), Some(policy), values::CONTAINER_RESTART_POLICY);
    }
    if is_below(here.at, "containers") {
        for (index, port) in here.list("ports").iter().enumerate() {
            let at = here.at.field("ports");
            let at = at.index(index);
            if port.child("containerPort").is_none() {
                errors.required(&at.field("containerPort"), "");
            }
        }
    }
}

/// ValidateEnvFrom: some errors stand at the list.
fn environment_sources(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    let at = here.at.field("envFrom");
    for (index, source) in here.list("envFrom").iter().enumerate() {
        match ["configMapRef", "secretRef"].iter().filter(|field| source.child(field).is_some()).count() {
            0 => errors.invalid(&at, "", "must specify one of: `configMapRef` or `secretRef`"),
            1 => {}
            _ => errors.invalid(&at, "", "may not have more than one field specified at a time"),
        }
        let prefix = source.child("prefix").and_then(YamlNode::text).map_or("", |prefix| prefix);
        if !prefix.chars().all(|c| matches!(c, ' '..='~') && c != '=') {
            let words =
                "a valid environment variable name must consist only of printable ASCII characters other than '='";
            errors.invalid(&at.index(index).field("prefix"), prefix, words);
        }
    }
}

const HANDLERS: [&str; 5] = ["exec", "httpGet", "tcpSocket", "grpc", "sleep"];

/// validateLifecycle.
fn lifecycle(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    let at = here.at.field("lifecycle");
    let Some(lifecycle) = here.inner("lifecycle", &at) else { return };
    for event in ["postStart", "preStop"] {
        let at = at.field(event);
        let Some(handler) = lifecycle.inner(event, &at) else { continue };
        let mut said = HANDLERS.iter().filter(|name| handler.has(name));
        match said.next() {
            None => errors.required(&at, "must specify a handler type"),
            Some(first) => action(&handler, first, errors),
        }
        for other in said {
            errors.forbidden(&at.field(other), "may not specify more than 1 handler type");
        }
    }
}

fn action(handler: &Here<'_, '_>, name: &str, errors: &mut Errors<'_>) {
    let at = handler.at.field(name);
    let Some(action) = handler.inner(name, &at) else { return };
    if name == "exec" && action.list("command").is_empty() {
        errors.required(&at.field("command"), "");
    }
    let grace = errors.grace_period();
    let seconds = action.number("seconds").unwrap_or(0);
    if name == "sleep" && !(0..=grace).contains(&seconds) {
        let words = format!("must be non-negative and less than terminationGracePeriodSeconds ({grace})");
        errors.invalid(&at, ErrorValue(seconds.to_string()), words);
    }
}

impl Errors<'_> {
    /// terminationGracePeriodSeconds of the pod or the template.
    fn grace_period(&self) -> i64 {
        let spec = self.node.child("spec");
        let spec = spec.and_then(|spec| spec.child("jobTemplate")?.child("spec")).or(spec);
        let spec = spec.and_then(|spec| spec.child("template")?.child("spec")).or(spec);
        spec.and_then(|spec| spec.child("terminationGracePeriodSeconds")).and_then(super::number).unwrap_or(30)
    }
}

/// ValidateVolumeMounts: some errors leave the index out.
fn mounts(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    // 1. What a mount says, told without its index.
    let list = here.at.field("volumeMounts");
    for mount in here.list("volumeMounts") {
        let text = |field: &str| mount.child(field).and_then(YamlNode::text).map(|text| &**text);
        for field in ["subPath", "subPathExpr"] {
            relative_path(text(field).unwrap_or(""), &list.field(field), errors);
        }
        if let Some(mode) = text("mountPropagation") {
            let at = list.field("mountPropagation");
            let privileged = here.child("securityContext").is_some_and(|context| {
                context.child("privileged").is_some_and(|node| node.value == crate::yaml::Value::Bool(true))
            });
            errors.one_of_if_said(&at, Some(mode), values::MOUNT_PROPAGATION);
            if mode == "Bidirectional" && !privileged {
                errors.forbidden(&at, "Bidirectional mount propagation is available only to privileged containers");
            }
        }
        recursive(mount, &list.field("recursiveReadOnly"), errors);
    }
    // 2. Its name, told with it, and the other form of a path.
    for (index, mount) in here.list("volumeMounts").iter().enumerate() {
        let at = list.index(index);
        let text = |field: &str| mount.child(field).and_then(YamlNode::text).filter(|text| !text.is_empty());
        if let (Some(_), Some(other)) = (text("subPath"), text("subPathExpr")) {
            errors.invalid(&at.field("subPathExpr"), &**other, "subPathExpr and subPath are mutually exclusive");
        }
        if mount.child("name").and_then(YamlNode::text).is_none_or(|name| name.is_empty()) {
            errors.required(&at.field("name"), "");
            errors.not_found(&at.field("name"), "");
        }
    }
    devices(here, errors);
}

fn recursive(mount: &YamlNode, at: &Path<'_>, errors: &mut Errors<'_>) {
    let Some(mode) = mount.child("recursiveReadOnly").and_then(YamlNode::text) else { return };
    let read_only = mount.child("readOnly").is_some_and(|node| node.value == crate::yaml::Value::Bool(true));
    match &**mode {
        "Disabled" => {}
        "Enabled" | "IfPossible" if read_only => {}
        "Enabled" | "IfPossible" => errors.forbidden(at, "may only be specified when readOnly is true"),
        other => errors.not_supported(at, other, &values::RECURSIVE_READ_ONLY.in_messages()),
    }
}

fn devices(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    let list = here.at.field("volumeDevices");
    let claims = errors.claims();
    for (index, device) in here.list("volumeDevices").iter().enumerate() {
        let name = device.child("name").and_then(YamlNode::text).map_or("", |name| name);
        if !name.is_empty() && !claims.contains(name) {
            errors.not_found(&list.index(index).field("name"), name);
        }
    }
}

impl<'n> Errors<'n> {
    /// The names of all volumes, wherever the pod's spec stands.
    fn claims(&self) -> BTreeSet<&'n str> {
        let spec = self.node.child("spec");
        let spec = spec.and_then(|spec| spec.child("jobTemplate")?.child("spec")).or(spec);
        let pod = spec.and_then(|spec| spec.child("template")?.child("spec")).or(spec);
        let volumes = pod.and_then(|pod| pod.child("volumes")).map_or(&[][..], YamlNode::elements).iter();
        let names = volumes.filter_map(|volume| volume.child("name").and_then(YamlNode::text)).map(|name| &**name);
        let templates =
            spec.and_then(|spec| spec.child("volumeClaimTemplates")).map_or(&[][..], YamlNode::elements).iter();
        let templates =
            templates.filter_map(|claim| claim.child("metadata")?.child("name")?.text()).map(|name| &**name);
        names.chain(templates).into_set()
    }
}

/// validateResizePolicy: errors stand at the list.
fn resize_policies(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    let at = here.at.field("resizePolicy");
    let mut names = BTreeSet::new();
    for (index, policy) in here.list("resizePolicy").iter().enumerate() {
        let text = |field: &str| policy.child(field).and_then(YamlNode::text).map_or("", |text| text);
        let (name, restart) = (text("resourceName"), text("restartPolicy"));
        if !name.is_empty() && !names.insert(name) {
            errors.duplicate(&at.index(index), name);
        }
        errors.one_of(&at, Some(name), values::RESIZED_RESOURCE);
        errors.one_of(&at, Some(restart), values::RESIZE_RESTART_POLICY);
    }
}

/// IsHTTPHeaderName; the error stands at the list.
pub(super) fn http_headers(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    for header in here.list("httpHeaders") {
        let name = header.child("name").and_then(YamlNode::text).map_or("", |name| name);
        let fits = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !fits {
            let words = "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used \
                         for validation is '[-A-Za-z0-9]+')";
            errors.invalid(&here.at.field("httpHeaders"), name, words);
        }
    }
}

pub(super) fn spec(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    gates(here, errors);
    ephemeral(here, errors);
    system(here, errors);
    let at = here.at.field("resourceClaims");
    for (index, claim) in here.list("resourceClaims").iter().enumerate() {
        let sources = ["resourceClaimName", "resourceClaimTemplateName"];
        let shown = || ErrorValue::json(claim).0;
        if !sources.iter().any(|source| claim.child(source).is_some()) {
            let words = "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`";
            errors.invalid(&at.index(index), ErrorValue(shown()), words);
        }
    }
}

/// validateSchedulingGates.
fn gates(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    let at = here.at.field("schedulingGates");
    let mut names = BTreeSet::new();
    for (index, gate) in here.list("schedulingGates").iter().enumerate() {
        let name = gate.child("name").and_then(YamlNode::text).map_or("", |name| name);
        errors.malformed(&at.index(index), name, format::qualified_name(name));
        if !names.insert(name) {
            errors.duplicate(&at.index(index), name);
        }
    }
    if !here.list("schedulingGates").is_empty() && !here.text("nodeName").is_empty() {
        let words = "cannot be set until all schedulingGates have been cleared";
        errors.forbidden(&here.at.field("nodeName"), words);
    }
}

fn ephemeral(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    if here.list("ephemeralContainers").is_empty() {
        return;
    }
    let words = if is_below(here.at, "template") {
        "ephemeral containers not allowed in pod template"
    } else {
        "cannot be set on create"
    };
    errors.forbidden(&here.at.field("ephemeralContainers"), words);
}

/// What the operating system and namespaces of the node allow (validateOS, validateHostUsers, hostnameOverride).
fn system(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    let at = here.at.field("os");
    if let Some(system) = here.inner("os", &at) {
        match system.text("name") {
            "linux" | "windows" => {}
            "" => errors.required(&at.field("name"), ""),
            other => errors.not_supported(&at, other, &values::OPERATING_SYSTEM.in_messages()),
        }
    }
    if here.child("hostUsers").is_some_and(|node| node.value == crate::yaml::Value::Bool(false)) {
        for field in ["hostNetwork", "hostPID", "hostIPC"].into_iter().filter(|field| here.is(field)) {
            errors.forbidden(&here.at.field(field), "when `hostUsers` is false");
        }
    }
    if here.is("shareProcessNamespace") && here.is("hostPID") {
        let words = "ShareProcessNamespace and HostPID cannot both be enabled";
        errors.invalid(&here.at.field("shareProcessNamespace"), ErrorValue("true".to_owned()), words);
    }
    if here.has("hostnameOverride") && here.is("hostNetwork") {
        let words = "may not be specified when hostNetwork is true";
        errors.forbidden(&here.at.field("hostnameOverride"), words);
    }
    if here.has("hostnameOverride") && here.is("setHostnameAsFQDN") {
        let words = "may not be specified when setHostnameAsFQDN is true";
        errors.forbidden(&here.at.field("hostnameOverride"), words);
    }
}

/// A volume with an error isn't there for mounts (ValidateVolumes), nor are the claims that it would make.
pub(super) fn mounts_of_broken_volumes(before: &[Diagnostic], errors: &mut Errors<'_>) {
    // 1. The pod's spec.
    let roots = ["spec", "spec.template.spec", "spec.jobTemplate.spec.template.spec"];
    let root = errors.node;
    let pod = roots.iter().map(|path| FieldPath::from(*path)).find(|path| {
        root.find(path).is_some_and(|pod| pod.child("containers").is_some() && pod.child("volumes").is_some())
    });
    let Some(pod) = pod else { return };
    // 2. The volumes that errors are about.
    let texts: Vec<String> =
        before.iter().chain(&errors.found).filter_map(|it| Some(it.field.as_ref()?.to_string())).collect();
    let volumes = root.find(&pod.field("volumes")).map_or(&[][..], YamlNode::elements).iter().enumerate();
    let name = |node: &YamlNode| {
        node.child("name").and_then(YamlNode::text).map_or(String::new(), std::string::ToString::to_string)
    };
    let is_broken = |index: usize| {
        let at = pod.field("volumes").index(index).to_string();
        let below =
            |text: &String| text.strip_prefix(at.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        texts.iter().any(below)
    };
    // 3. Names that only such volumes have.
    let (broken, whole): (Vec<_>, Vec<_>) = volumes.partition(|(index, _)| is_broken(*index));
    let whole: BTreeSet<String> = whole.into_iter().map(|(_, volume)| name(volume)).into_set();
    let broken: BTreeSet<String> = broken.into_iter().map(|(_, volume)| name(volume)).into_set();
    let broken: BTreeSet<&String> = broken.difference(&whole).filter(|name| !name.is_empty()).into_set();
    // 4. Mounts of those names.
    for list in ["containers", "initContainers"] {
        let at = pod.field(list);
        for (index, container) in root.find(&at).map_or(&[][..], YamlNode::elements).iter().enumerate() {
            for (mount_index, mount) in
                container.child("volumeMounts").map_or(&[][..], YamlNode::elements).iter().enumerate()
            {
                let at = at.index(index).field("volumeMounts").index(mount_index).field("name");
                let name = name(mount);
                if broken.contains(&name) {
                    errors.push_at(at.clone(), &at.to_string(), &format!("Not found: {name:?}"));
                }
            }
        }
    }
}
