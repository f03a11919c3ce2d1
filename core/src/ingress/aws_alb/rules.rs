//! Rules of a listener (pkg/ingress/model_build_listener_rules.go, enhanced_backend_builder.go, model_build_actions.go).

use std::collections::BTreeSet;

use super::actions::{FixedResponse, RedirectAction, TargetName, WrittenAction, WrittenTarget, annotated_action};
use super::annotations::{AnnotationView, BuildFault};
use super::auth::{RuleGuard, guards};
use super::conditions::{ConditionValues, RuleCondition, annotated_conditions};
use super::groups::GroupMember;
use super::settings::AlbSettings;
use super::targets::{TargetGroup, TargetMaking};
use super::transforms::{RuleTransform, annotated_transforms};
use crate::cluster::Cluster;
use crate::ingress::RulePlace;
use crate::model::{HttpIngressPath, IngressBackend, IngressServiceBackend, IntOrString};
use crate::order::Order;
use crate::packet::Scheme;
use crate::source::FieldRef;
use crate::trace::IngressControllerRule;

/// A rule: what it asks of requests, and what becomes of those that fit.
#[derive(Clone, Debug)]
pub struct ListenerRule {
    /// The path in its Ingress.
    pub place: FieldRef,
    pub conditions: Vec<RuleCondition>,
    /// Annotations that have a part in it.
    pub lines: Vec<FieldRef>,
    pub transforms: Vec<RuleTransform>,
    pub action: RuleAction,
}

/// What becomes of a request.
#[derive(Clone, Debug)]
pub struct RuleAction {
    pub guards: Vec<RuleGuard>,
    pub end: RuleEnd,
}

/// The last action of a rule.
#[derive(Clone, Debug)]
pub enum RuleEnd {
    /// An answer, and why it is given.
    FixedResponse(FixedResponse, IngressControllerRule),
    Redirect(RedirectAction, IngressControllerRule),
    Forward(Vec<WeightedTargets>),
}

/// A target group and its part.
#[derive(Clone, Debug)]
pub struct WeightedTargets {
    /// None where it is known to AWS alone.
    pub group: Option<TargetGroup>,
    pub weight: u64,
}

/// What the rules of a listener are made from.
#[derive(Clone, Copy)]
pub struct RuleMaking<'a> {
    pub cluster: &'a Cluster,
    pub settings: &'a AlbSettings,
    pub scheme: Scheme,
    pub dual_stack: bool,
}

impl RuleMaking<'_> {
    /// The rules of an Ingress, in order.
    pub fn rules(&self, member: &GroupMember) -> Result<Vec<ListenerRule>, BuildFault> {
        let within = |fault: BuildFault| fault.within(&format!("ingress: {}", member.name()));
        let mut rules = Vec::new();
        for (number, rule) in member.ingress.spec.rules.iter().enumerate() {
            let Some(http) = &rule.http else { continue };
            for (place, path) in sorted_paths(&http.paths) {
                let place = RulePlace::Path(number, place).field(&member.reference);
                let host = rule.host.as_deref().filter(|host| !host.is_empty());
                rules.push(self.rule(member, host, path, place).map_err(within)?);
            }
        }
        Ok(rules)
    }

    fn rule(
        &self,
        member: &GroupMember,
        host: Option<&str>,
        path: &HttpIngressPath,
        place: FieldRef,
    ) -> Result<ListenerRule, BuildFault> {
        let annotations = member.annotations();
        let service = backend_service(&path.backend, &place)?;
        // 1. Everything of the backend is read before the path.
        let written = annotated_conditions(&annotations, &service.name)?;
        let transforms = annotated_transforms(&annotations, &service.name)?;
        let (action, action_line) = self.action(member, service, &place)?;
        let (of_annotation, condition_line) = written.unzip();
        // 2. The conditions, which a request must fit all.
        let hosts = host.into_iter().map(str::to_owned).collect();
        let paths = path_values(member, path, &place)?;
        let conditions = join_conditions(of_annotation.unwrap_or_default(), hosts, paths, &place)?;
        let lines = condition_line.into_iter().chain(action_line);
        let lines = lines.chain(transforms.first().map(|transform| transform.line.clone())).collect();
        Ok(ListenerRule { place, conditions, lines, transforms, action })
    }

    /// The action of a backend, with the line of the annotation that tells it.
    pub fn action(
        &self,
        member: &GroupMember,
        service: &IngressServiceBackend,
        place: &FieldRef,
    ) -> Result<(RuleAction, Option<FieldRef>), BuildFault> {
        let annotations = member.annotations();
        // 1. What is written, or the Service's port.
        let port = &service.port;
        let name = port.name.as_deref().filter(|name| !name.is_empty());
        let (written, line) = if name == Some(USE_ANNOTATION) {
            match annotated_action(&annotations, &service.name)? {
                Some((action, line)) => (action, Some(line)),
                None if self.settings.tolerates_missing_action() => {
                    let fixed = FixedResponse::unavailable("Backend action does not exist");
                    let end = RuleEnd::FixedResponse(fixed, IngressControllerRule::ActionMissing);
                    let guards = self.guards(member, &annotations)?;
                    return Ok((RuleAction { guards, end }, None));
                }
                None => {
                    let why = format!("missing actions.{} configuration", service.name);
                    return Err(BuildFault::new(place, why));
                }
            }
        } else {
            let port = name.map_or_else(
                || IntOrString::Int(port.number.unwrap_or_default()),
                |name| IntOrString::String(name.into()),
            );
            let target = TargetName::Service(service.name.to_string(), port);
            (WrittenAction::Forward(vec![WrittenTarget { target, weight: None }]), None)
        };
        // 2. Its end, and who must be known before.
        let place = line.as_ref().unwrap_or(place);
        let (end, guards) = match written {
            WrittenAction::FixedResponse(fixed) => (
                RuleEnd::FixedResponse(fixed, IngressControllerRule::FixedResponse),
                self.guards(member, &annotations)?,
            ),
            WrittenAction::Redirect(redirect) => (
                RuleEnd::Redirect(redirect, IngressControllerRule::ActionRedirects),
                self.guards(member, &annotations)?,
            ),
            WrittenAction::Forward(targets) => self.forward(member, &targets, place)?,
        };
        Ok((RuleAction { guards, end }, line))
    }

    /// Target groups; a single Service that doesn't exist answers 503 (loadBackendServices, buildForwardAction).
    fn forward(
        &self,
        member: &GroupMember,
        targets: &[WrittenTarget],
        place: &FieldRef,
    ) -> Result<(RuleEnd, Vec<RuleGuard>), BuildFault> {
        let namespace = &*member.ingress.metadata.namespace;
        let annotations = member.annotations();
        let find = |name: &str| self.cluster.services.get(namespace, name);
        // 1. Services that don't exist.
        let names = targets.iter().filter_map(|target| match &target.target {
            TargetName::Service(name, _) => Some(name.as_str()),
            TargetName::Elsewhere => None,
        });
        if let Some(name) = names.clone().find(|name| find(name).is_none()) {
            if targets.len() == 1 && self.settings.tolerates_missing_service() {
                let fixed = FixedResponse::unavailable("Backend service does not exist");
                let end = RuleEnd::FixedResponse(fixed, IngressControllerRule::ServiceMissing);
                return Ok((end, self.guards(member, &annotations)?));
            }
            return Err(BuildFault::new(place, format!("Service \"{name}\" not found")));
        }
        // 2. Annotations of a single Service count for who must be known.
        let single = names.clone().next().filter(|_| targets.len() == 1).and_then(find);
        let guards = match single {
            Some(service) => {
                let own = &service.object.metadata.annotations;
                self.guards(member, &annotations.clone().behind(&service.reference, own))?
            }
            None => self.guards(member, &annotations)?,
        };
        // 3. A target group each.
        let making = TargetMaking { settings: self.settings, member, dual_stack: self.dual_stack };
        let mut groups = Vec::new();
        for WrittenTarget { target, weight } in targets {
            let weight = u64::try_from(weight.unwrap_or(1)).unwrap_or_default();
            let group = match target {
                TargetName::Service(name, port) => {
                    let service = find(name);
                    service.map(|service| making.make(service, port, place)).transpose()?
                }
                TargetName::Elsewhere => None,
            };
            groups.push(WeightedTargets { group, weight });
        }
        Ok((RuleEnd::Forward(groups), guards))
    }

    fn guards(&self, member: &GroupMember, of_backend: &AnnotationView<'_>) -> Result<Vec<RuleGuard>, BuildFault> {
        let namespace = &member.ingress.metadata.namespace;
        guards(self.cluster, namespace, (of_backend, &member.annotations()), self.scheme == Scheme::Https)
    }
}

/// The name of a port that stands for an annotation.
const USE_ANNOTATION: &str = "use-annotation";

/// The Service of a backend, or the annotation that its name means.
pub fn backend_service<'b>(
    backend: &'b IngressBackend,
    place: &FieldRef,
) -> Result<&'b IngressServiceBackend, BuildFault> {
    backend.service.as_ref().ok_or_else(|| BuildFault::new(place, "missing required \"service\" field"))
}

/// Paths with their places: Exact ones, then Prefix ones by length, then the others as they stand (sortIngressPaths).
fn sorted_paths(paths: &[HttpIngressPath]) -> Vec<(usize, &HttpIngressPath)> {
    let mut sorted: Vec<(usize, &HttpIngressPath)> = paths.iter().enumerate().collect();
    sorted.order_by_key(|(_, path)| {
        let length = path.path.as_deref().unwrap_or_default().len();
        match path.path_type.as_deref() {
            Some("Exact") => (0, 0),
            Some("Prefix") => (1, usize::MAX - length),
            _ => (2, 0),
        }
    });
    sorted
}

/// What the path of a request is compared with (buildPathPatterns).
fn path_values(member: &GroupMember, path: &HttpIngressPath, place: &FieldRef) -> Result<ConditionValues, BuildFault> {
    let text = path.path.as_deref().unwrap_or_default();
    let line = || FieldRef { path: place.path.field("path"), object: place.object.clone() };
    let plain = |values: &[&str]| ConditionValues {
        values: values.iter().map(|value| (*value).to_owned()).collect(),
        expressions: Vec::new(),
    };
    let has_wildcard = text.contains(['*', '?']);
    Ok(match path.path_type.as_deref() {
        _ if text.is_empty() => ConditionValues::default(),
        Some("Exact") if has_wildcard => {
            return Err(BuildFault::new(&line(), format!("exact path shouldn't contain wildcards: {text}")));
        }
        Some("Exact") => plain(&[text]),
        Some("Prefix") if text == "/" => plain(&["/*"]),
        Some("Prefix") if has_wildcard => {
            return Err(BuildFault::new(&line(), format!("prefix path shouldn't contain wildcards: {text}")));
        }
        Some("Prefix") => {
            let stem = text.strip_suffix('/').unwrap_or(text);
            plain(&[stem, &format!("{stem}/*")])
        }
        // The slash that the API asks for isn't part of an expression.
        _ if member.annotations().switch("use-regex-path-match")? == Some(true) => {
            let expression = text.get(1..).unwrap_or_default().to_owned();
            ConditionValues { values: Vec::new(), expressions: vec![expression] }
        }
        _ => plain(&[text]),
    })
}

/// All conditions; host and path of the Ingress beside those of annotations (buildRuleConditions).
fn join_conditions(
    written: Vec<RuleCondition>,
    hosts: Vec<String>,
    mut paths: ConditionValues,
    place: &FieldRef,
) -> Result<Vec<RuleCondition>, BuildFault> {
    let mut hosts = ConditionValues { values: hosts, expressions: Vec::new() };
    let mut conditions = Vec::new();
    for condition in written {
        match condition {
            RuleCondition::Host(more) => {
                hosts.values.extend(more.values);
                hosts.expressions.extend(more.expressions);
            }
            RuleCondition::Path(more) => {
                paths.values.extend(more.values);
                paths.expressions.extend(more.expressions);
            }
            other => conditions.push(other),
        }
    }
    let is_empty = |all: &ConditionValues| all.values.is_empty() && all.expressions.is_empty();
    for (name, all) in [("host", &hosts), ("path", &paths)] {
        if !all.values.is_empty() && !all.expressions.is_empty() {
            let list = |texts: &[String]| format!("[{}]", texts.join(" "));
            let (values, expressions) = (list(&all.values), list(&all.expressions));
            let why = format!(
                "{name} condition must specify exactly one of Values and RegexValues, got both Values {values} and \
                 RegexValues {expressions}"
            );
            return Err(BuildFault::new(place, why));
        }
    }
    conditions.extend((!is_empty(&hosts)).then_some(RuleCondition::Host(hosts)));
    conditions.extend((!is_empty(&paths)).then_some(RuleCondition::Path(paths)));
    if conditions.is_empty() {
        let all = ConditionValues { values: vec!["/*".to_owned()], expressions: Vec::new() };
        conditions.push(RuleCondition::Path(all));
    }
    Ok(conditions)
}

/// Rules that aren't made: redirects to themselves, and what a redirect before takes whole (pkg/ingress/rule_optimizer.go).
pub fn split_omitted(rules: Vec<ListenerRule>, port: u16, scheme: Scheme) -> (Vec<ListenerRule>, Vec<ListenerRule>) {
    let (looping, rules): (Vec<_>, Vec<_>) = rules.into_iter().partition(|rule| leads_to_itself(rule, port, scheme));
    let mut omitted = looping;
    let mut kept: Vec<ListenerRule> = Vec::new();
    for rule in rules {
        let is_redirect = |before: &&ListenerRule| matches!(before.action.end, RuleEnd::Redirect(..));
        if kept.iter().filter(is_redirect).any(|before| takes_all(before, &rule)) {
            omitted.push(rule);
        } else {
            kept.push(rule);
        }
    }
    (kept, omitted)
}

/// Whether a redirect answers with the URL that was asked for (isInfiniteRedirectRule).
fn leads_to_itself(rule: &ListenerRule, port: u16, scheme: Scheme) -> bool {
    let RuleEnd::Redirect(redirect, _) = &rule.action.end else { return false };
    let is_expression = |condition: &RuleCondition| match condition {
        RuleCondition::Path(paths) => !paths.expressions.is_empty(),
        _ => false,
    };
    let (hosts, paths) = (values(rule, false, is_host), values(rule, false, is_path));
    let stays = |part: &Option<String>, same: &str, own: &dyn Fn(&str) -> bool| {
        part.as_deref().is_none_or(|part| part == same || own(part))
    };
    !rule.conditions.iter().any(is_expression)
        && stays(&redirect.host, "#{host}", &|host| hosts.contains(host))
        && stays(&redirect.path, "/#{path}", &|path| paths.contains(path))
        && stays(&redirect.port, "#{port}", &|to| to == port.to_string())
        && stays(&redirect.protocol, "#{protocol}", &|to| to == scheme.name().to_uppercase())
        && stays(&redirect.query, "#{query}", &|_| false)
}

/// Whether a rule takes everything that another would, by the values as they are written (isSupersetConditions).
fn takes_all(before: &ListenerRule, rule: &ListenerRule) -> bool {
    if !before.conditions.iter().all(|condition| is_host(condition) || is_path(condition)) {
        return false;
    }
    let (hosts, own_hosts) = (values(before, false, is_host), values(rule, false, is_host));
    let (paths, own_paths) = (values(before, true, is_path), values(rule, true, is_path));
    let covers = |all: &BTreeSet<&str>, own: &BTreeSet<&str>| {
        all.is_empty() || !own.is_empty() && own.iter().all(|value| all.contains(value))
    };
    covers(&hosts, &own_hosts) && (paths.contains("/*") || covers(&paths, &own_paths))
}

fn is_host(condition: &RuleCondition) -> bool {
    matches!(condition, RuleCondition::Host(_))
}

fn is_path(condition: &RuleCondition) -> bool {
    matches!(condition, RuleCondition::Path(_))
}

/// The values of a rule's conditions of one kind, with its expressions if they are asked for.
fn values(rule: &ListenerRule, with_expressions: bool, of: impl Fn(&RuleCondition) -> bool) -> BTreeSet<&str> {
    let mut all = BTreeSet::new();
    for condition in rule.conditions.iter().filter(|condition| of(condition)) {
        if let RuleCondition::Host(found) | RuleCondition::Path(found) = condition {
            all.extend(found.values.iter().map(String::as_str));
            all.extend(found.expressions.iter().map(String::as_str).filter(|_| with_expressions));
        }
    }
    all
}
