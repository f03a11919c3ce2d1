//! Which Ingresses share a load balancer, and in which order (pkg/ingress/group_loader.go, class_loader.go,
//! class_annotation_matcher.go; webhooks/networking/ingress_validator.go).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::annotations::{AnnotationView, BuildFault, PREFIX};
use super::conditions::annotated_conditions;
use super::settings::AlbSettings;
use crate::cluster::Cluster;
use crate::ingress::annotation_field;
use crate::ingress::class::{ClassClaim, ExcludedIngress};
use crate::model::{Decode, Ingress, IngressClassParamsSpec, Path, Text, well_known};
use crate::order::Order;
use crate::source::{FieldRef, ObjectRef};
use crate::trace::IngressObjection;

/// The value of `spec.controller` of its classes.
const CONTROLLER: &str = "ingress.k8s.aws/alb";

/// An Ingress of a group.
#[derive(Clone, Debug)]
pub struct GroupMember {
    pub reference: ObjectRef,
    pub ingress: Arc<Ingress>,
    pub params: ClassParams,
}

/// What the class of an Ingress says besides.
#[derive(Clone, Debug, Default)]
pub struct ClassParams {
    object: Option<ObjectRef>,
    pub spec: IngressClassParamsSpec,
}

/// The Ingresses of one load balancer.
#[derive(Clone, Debug, Default)]
pub struct IngressGroup {
    /// In the order of their rules.
    pub members: Vec<GroupMember>,
    /// Why the group can't be put in order.
    pub fault: Option<BuildFault>,
}

/// All groups by their names; that of an Ingress by itself is `namespace/name`.
pub type IngressGroups = BTreeMap<String, IngressGroup>;

/// What is found beside groups.
#[derive(Default)]
pub struct UnservedIngresses {
    pub ingresses: Vec<ExcludedIngress>,
    /// What the controller says, with the line.
    pub said: Vec<(FieldRef, String)>,
}

impl ClassParams {
    pub fn line(&self, field: &str) -> Option<FieldRef> {
        self.object.as_ref().map(|object| object.field(format!("spec.{field}").as_str()))
    }
}

impl GroupMember {
    pub fn annotations(&self) -> AnnotationView<'_> {
        AnnotationView::of(&self.reference, &self.ingress.metadata.annotations)
    }

    /// `namespace/name`
    pub fn name(&self) -> String {
        self.reference.qualified_name()
    }
}

/// Every Ingress that it serves, in its group.
pub fn find_groups(cluster: &Cluster, settings: &AlbSettings, all: bool, out: &mut UnservedIngresses) -> IngressGroups {
    let mut groups = IngressGroups::new();
    for (namespace, name, ingress) in cluster.ingresses.iter() {
        let reference = ObjectRef::namespaced("Ingress", namespace, name);
        let reader = IngressReader { cluster, settings, reference: &reference, ingress, all };
        match reader.classify() {
            Ok(params) => {
                let member = GroupMember { reference: reference.clone(), ingress: ingress.clone(), params };
                match group_name(&member) {
                    Ok(group) => groups.entry(group).or_default().members.push(member),
                    Err(fault) => out.reject(&reference, fault),
                }
            }
            Err(NotServed::ByClass(excluded)) => out.ingresses.push(excluded),
            Err(NotServed::Refused(fault)) => {
                let refused = fault.within("admission webhook \"vingress.elbv2.k8s.aws\" denied the request");
                out.reject(&reference, refused);
            }
        }
    }
    groups.values_mut().for_each(sort_members);
    groups
}

impl UnservedIngresses {
    fn reject(&mut self, ingress: &ObjectRef, fault: BuildFault) {
        let objection = IngressObjection::RejectedByController;
        let because = vec![fault.line.clone()];
        self.ingresses.push(ExcludedIngress { ingress: ingress.clone(), objection, because });
        self.said.push((fault.line, fault.message));
    }
}

/// Why an Ingress isn't the controller's.
enum NotServed {
    ByClass(ExcludedIngress),
    /// Its webhook refuses it.
    Refused(BuildFault),
}

struct IngressReader<'a> {
    cluster: &'a Cluster,
    settings: &'a AlbSettings,
    reference: &'a ObjectRef,
    ingress: &'a Ingress,
    /// Whether every Ingress is served, whatever its class.
    all: bool,
}

impl IngressReader<'_> {
    /// Whether the Ingress is served, and what its class says besides.
    fn classify(&self) -> Result<ClassParams, NotServed> {
        // 1. The class: the annotation goes before the field.
        let claim = ClassClaim::of(self.cluster, self.ingress);
        let not_served = || NotServed::ByClass(ExcludedIngress::by_class(self.reference, &claim));
        let annotation = self.ingress.metadata.annotations.get(well_known::INGRESS_CLASS);
        let params = match (annotation, &claim) {
            (Some(class), _) if self.all || **class == *self.settings.class() => ClassParams::default(),
            (Some(_), _) => {
                let because = vec![annotation_field(self.reference, well_known::INGRESS_CLASS)];
                let (ingress, objection) = (self.reference.clone(), IngressObjection::OtherClass);
                return Err(NotServed::ByClass(ExcludedIngress { ingress, objection, because }));
            }
            (None, ClassClaim::Class(name, Some(class))) if &*class.spec.controller == CONTROLLER => {
                let line = || self.reference.field("spec.ingressClassName");
                let read = self.class_params(name, class.spec.parameters.as_ref());
                read.map_err(|why| {
                    NotServed::Refused(BuildFault::new(&line(), format!("invalid ingress class: {why}")))
                })?
            }
            (None, ClassClaim::Nothing) if self.settings.class().is_empty() => ClassParams::default(),
            _ if self.all => ClassParams::default(),
            _ => return Err(not_served()),
        };
        if !self.all && !self.settings.watches(&self.ingress.metadata.namespace) {
            return Err(not_served());
        }
        // 2. What its webhook refuses of new Ingresses.
        self.refusal(annotation.is_some()).map_or(Ok(params), |fault| Err(NotServed::Refused(fault)))
    }

    fn refusal(&self, by_annotation: bool) -> Option<BuildFault> {
        let annotations = AnnotationView::of(self.reference, &self.ingress.metadata.annotations);
        // 1. Annotations that an argument forbids.
        if by_annotation && !self.all && self.settings.forbids_class_annotation() {
            let key = well_known::INGRESS_CLASS;
            let line = annotation_field(self.reference, key);
            return Some(BuildFault::new(&line, format!("new usage of `{key}` annotation is forbidden")));
        }
        if let Some(line) = annotations.line("group.name").filter(|_| self.settings.forbids_group_annotation()) {
            return Some(BuildFault::new(&line, format!("new usage of `{PREFIX}group.name` annotation is forbidden")));
        }
        // 2. Conditions of backends.
        let paths = self.ingress.spec.rules.iter().flat_map(|rule| &rule.http).flat_map(|http| &http.paths);
        let mut services = paths.filter_map(|path| path.backend.service.as_ref());
        services.find_map(|service| annotated_conditions(&annotations, &service.name).err())
    }

    /// What the parameters of a class say, or why they can't be used.
    fn class_params(&self, class: &str, named: Option<&crate::model::TypedReference>) -> Result<ClassParams, String> {
        let Some(named) = named else { return Ok(ClassParams::default()) };
        // 1. The object.
        if named.api_group.as_deref() != Some("elbv2.k8s.aws") || &*named.kind != "IngressClassParams" {
            return Err(format!("IngressClass {class} references unknown parameters"));
        }
        let missing = || format!("IngressClassParams.elbv2.k8s.aws \"{}\" not found", named.name);
        let params = self.cluster.ingress_class_params.get(&named.name).ok_or_else(missing)?;
        let read = |spec| IngressClassParamsSpec::decode(spec, &Path::Root, &mut Vec::new());
        let spec = params.spec.as_ref().and_then(read).unwrap_or_default();
        // 2. The namespaces that may use it.
        let selects = |labels| spec.namespace_selector.as_ref().is_none_or(|selector| selector.matches(labels));
        let labels = self.cluster.namespaces.get(&self.ingress.metadata.namespace);
        if !labels.is_none_or(|labels| selects(labels)) {
            return Err(format!("namespaceSelector of IngressClassParams {} mismatch", named.name));
        }
        let object = Some(ObjectRef::cluster_scoped("IngressClassParams", &named.name));
        Ok(ClassParams { object, spec })
    }
}

/// The group of an Ingress; what its class says goes before the annotation.
fn group_name(member: &GroupMember) -> Result<String, BuildFault> {
    let of_class = member.params.spec.group.as_ref().map(|group| group.name.clone()).zip(member.params.line("group"));
    let written = member.annotations().text("group.name").map(|(name, line)| (Text::from(name), line));
    let Some((name, line)) = of_class.or(written) else { return Ok(member.name()) };
    let is_plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    let is_letter = |letter: char| is_plain(letter) || matches!(letter, '-' | '.');
    let why = if name.chars().all(is_letter) && name.starts_with(is_plain) && name.ends_with(is_plain) {
        (name.len() > 63).then_some("groupName must be no more than 63 characters")
    } else {
        Some(
            "groupName must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an \
             alphanumeric character",
        )
    };
    match why {
        Some(why) => Err(BuildFault::new(&line, format!("Failed load groupID due to invalid ingress group: {why}"))),
        // No Ingress by itself has a name without a slash.
        None => Ok(name.to_string()),
    }
}

/// By `group.order`, then by `namespace/name` (sortGroupMembers).
fn sort_members(group: &mut IngressGroup) {
    let order = |member: &GroupMember| -> Result<i32, BuildFault> {
        let annotations = member.annotations();
        let name = member.name();
        let failed = format!("failed to load Ingress group order for ingress: {name}");
        let written = annotations.number("group.order").map_err(|fault| fault.within(&failed))?;
        match (written, annotations.line("group.order")) {
            (Some(order), Some(line)) if !(-1000..=1000).contains(&order) => {
                let why = "explicit Ingress group order must be within [-1000:1000]";
                Err(BuildFault::new(&line, format!("{why}, Ingress: {name}, order: {order}")))
            }
            (order, _) => Ok(order.unwrap_or_default()),
        }
    };
    group.fault = group.members.iter().find_map(|member| order(member).err());
    group.members.order_by_key(|member| (order(member).unwrap_or_default(), member.name()));
}
