//! The load balancer of a group, with its listeners (pkg/ingress/model_builder.go, run; model_build_load_balancer.go;
//! model_build_load_balancer_attributes.go), and what AWS refuses of it.

use std::collections::BTreeMap;

use super::actions::FixedResponse;
use super::actions::RedirectAction;
use super::annotations::{BuildFault, FIREWALL, FRONTEND_NLB};
use super::groups::{GroupMember, IngressGroup};
use super::listeners::{ListenerPlan, merge_ports, ports_of_ingress, redirect_port};
use super::rules::{ListenerRule, RuleAction, RuleEnd, RuleMaking, backend_service, split_omitted};
use super::settings::AlbSettings;
use super::targets::TargetVersion;
use crate::cluster::Cluster;
use crate::ingress::RulePlace;
use crate::ingress::outside::{FreeAddresses, OutsideBalancer};
use crate::model::Text;
use crate::order::Gather;
use crate::packet::Scheme;
use crate::source::FieldRef;
use crate::trace::IngressControllerRule;

/// A load balancer as its Ingresses want it.
#[derive(Clone, Debug)]
pub struct ApplicationBalancer {
    /// Whether nothing leads to it from the internet.
    pub is_internal: bool,
    /// Where the scheme is said.
    pub scheme_line: Option<FieldRef>,
    pub listeners: BTreeMap<u16, AlbListener>,
    /// Lines by which AWS' firewall looks at requests first.
    pub firewall: Vec<FieldRef>,
    /// Security groups that somebody else keeps.
    pub security_groups: Option<FieldRef>,
    /// A line whose effect isn't modelled.
    pub gap: Option<FieldRef>,
    pub client_header: ClientHeader,
    /// Why the controller doesn't bring it to this.
    pub fault: Option<BuildFault>,
}

/// A port with its rules.
#[derive(Clone, Debug)]
pub struct AlbListener {
    pub plan: ListenerPlan,
    pub rules: Vec<ListenerRule>,
    /// Paths of which no rule is made.
    pub omitted: Vec<ListenerRule>,
    pub default: RuleAction,
    /// The default backend.
    pub default_place: Option<FieldRef>,
}

/// What becomes of X-Forwarded-For.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClientHeader {
    #[default]
    Appended,
    Preserved,
    Removed,
}

impl ApplicationBalancer {
    /// That of a group, or why there is none.
    pub fn of_group(cluster: &Cluster, settings: &AlbSettings, group: &IngressGroup) -> Self {
        let mut balancer = Self {
            is_internal: settings.scheme() == "internal",
            scheme_line: None,
            listeners: BTreeMap::new(),
            firewall: lines_of(group, FIREWALL),
            security_groups: lines_of(group, &["security-groups"]).into_iter().next(),
            gap: frontend_line(group),
            client_header: ClientHeader::default(),
            fault: group.fault.clone(),
        };
        if balancer.fault.is_none() {
            let built = balancer.build(cluster, settings, &group.members);
            let failed = |fault: BuildFault| BuildFault {
                message: format!("Failed build model due to {}", fault.message),
                ..fault
            };
            balancer.fault = built.err().map(failed).or_else(|| balancer.refused_by_aws());
        }
        balancer
    }

    /// Where it is found; one that can't be built has a place, too, so that it can be said why.
    pub fn place(&self, group: &IngressGroup, free: &mut FreeAddresses) -> Option<OutsideBalancer> {
        let inside = free.private()?;
        let address = if self.is_internal { inside } else { free.public()? };
        let named = group.members.iter().find_map(|member| {
            let mut entrances = member.ingress.status.load_balancer.ingress.iter().enumerate();
            entrances.find_map(|(place, entrance)| {
                let field = format!("status.loadBalancer.ingress[{place}].hostname");
                Some((member.reference.field(field.as_str()), entrance.hostname.clone()?))
            })
        });
        let ingresses = group.members.iter().map(|member| member.reference.clone()).collect();
        Some(OutsideBalancer { address, inside, ingresses, service: None, hostname: named })
    }

    /// Steps in the controller's order; the first that fails ends it.
    fn build(&mut self, cluster: &Cluster, settings: &AlbSettings, members: &[GroupMember]) -> Result<(), BuildFault> {
        // 1. The ports of each Ingress, then of all.
        let mut plans = Vec::new();
        for member in members {
            let within = |fault: BuildFault| fault.within(&format!("ingress: {}", member.name()));
            plans.push(ports_of_ingress(member, settings).map_err(within)?);
        }
        let merged = merge_ports(&plans)?;
        // 2. The load balancer itself.
        let dual_stack = self.read_settings(settings, members)?;
        let redirect = redirect_port(members, &merged)?;
        // 3. Listeners, each with the rules of the Ingresses that ask for its port.
        for (port, plan) in merged {
            let making = RuleMaking { cluster, settings, scheme: plan.scheme, dual_stack };
            let asking = members.iter().zip(&plans).filter(|(_, plans)| plans.contains_key(&port));
            let asking: Vec<&GroupMember> = asking.map(|(member, _)| member).collect();
            let listener = match &redirect {
                Some((to, line)) if plan.scheme == Scheme::Http => redirecting(plan, *to, line),
                _ => ruled(&making, port, plan, &asking)?,
            };
            self.listeners.insert(port, listener);
        }
        Ok(())
    }

    /// Scheme, families, attributes and name; whether it has addresses of both families.
    fn read_settings(&mut self, settings: &AlbSettings, members: &[GroupMember]) -> Result<bool, BuildFault> {
        // 1. The scheme.
        let scheme = single(members, "scheme", "scheme", |member| {
            Some((member.params.spec.scheme.clone()?, member.params.line("scheme")?))
        })?;
        if let Some((scheme, line)) = scheme {
            self.is_internal = match &*scheme {
                "internet-facing" => false,
                "internal" => true,
                other => return Err(BuildFault::new(&line, format!("unknown scheme: {other}"))),
            };
            self.scheme_line = Some(line);
        } else {
            self.is_internal = settings.scheme() == "internal";
        }
        // 2. The families of its addresses.
        let families = single(members, "ip-address-type", "IPAddressType", |member| {
            Some((member.params.spec.ip_address_type.clone()?, member.params.line("ipAddressType")?))
        })?;
        let dual_stack = match &families {
            None => false,
            Some((kind, line)) => match &**kind {
                "ipv4" => false,
                "dualstack" | "dualstack-without-public-ipv4" => true,
                other => return Err(BuildFault::new(line, format!("unknown IPAddressType: {other}"))),
            },
        };
        // 3. Security groups that somebody names must be the same.
        same_security_groups(members)?;
        // 4. Attributes.
        let attributes = attributes(members)?;
        self.client_header = match attributes.get("routing.http.xff_header_processing.mode").map(|mode| &**mode) {
            Some("preserve") => ClientHeader::Preserved,
            Some("remove") => ClientHeader::Removed,
            _ => ClientHeader::Appended,
        };
        // 5. The name.
        let name = single(members, "load-balancer-name", "load balancer name", |member| {
            let name = Some(member.params.spec.load_balancer_name.clone()).filter(|name| !name.is_empty());
            name.zip(member.params.line("loadBalancerName"))
        })?;
        match name {
            Some((name, line)) if name.len() > 32 => {
                Err(BuildFault::new(&line, "load balancer name cannot be longer than 32 characters"))
            }
            _ => Ok(dual_stack),
        }
    }

    /// What the controller asks for and AWS refuses, as its documentation says (rule-condition-types, CreateRule).
    fn refused_by_aws(&self) -> Option<BuildFault> {
        self.listeners.values().find_map(|listener| {
            let line = listener.rules.first().map(|rule| &rule.place).or(listener.default_place.as_ref());
            if let Some(line) = line.filter(|_| listener.plan.scheme == Scheme::Https && !listener.plan.has_certificate)
            {
                return Some(refused(line, "A certificate must be specified for HTTPS listeners"));
            }
            let rules = listener.rules.iter();
            let mut rules = rules.map(|rule| refused_rule(rule, listener.plan.scheme));
            let of_default =
                || refused_action(&listener.default, listener.default_place.as_ref()?, listener.plan.scheme);
            rules.find_map(|refused| refused).or_else(of_default)
        })
    }
}

fn refused(line: &FieldRef, why: &str) -> BuildFault {
    BuildFault::new(line, format!("Failed deploy model, as AWS refuses it: {why}"))
}

fn refused_rule(rule: &ListenerRule, scheme: Scheme) -> Option<BuildFault> {
    let sizes: Vec<(usize, usize)> = rule.conditions.iter().map(super::conditions::RuleCondition::size).collect();
    let values: usize = sizes.iter().map(|(values, _)| values).sum();
    let wildcards: usize = sizes.iter().map(|(_, wildcards)| wildcards).sum();
    let line = rule.lines.first().unwrap_or(&rule.place);
    let why = if sizes.iter().any(|(values, _)| *values > 3) {
        "a condition takes up to three values"
    } else if values > 5 {
        "the conditions of a rule take up to five values"
    } else if wildcards > 5 {
        "the conditions of a rule take up to five wildcards"
    } else {
        return refused_action(&rule.action, line, scheme);
    };
    Some(refused(line, why))
}

fn refused_action(action: &RuleAction, line: &FieldRef, scheme: Scheme) -> Option<BuildFault> {
    let why = match &action.end {
        RuleEnd::FixedResponse(fixed, _) => refused_response(fixed)?,
        RuleEnd::Redirect(redirect, _) => {
            let is_code = matches!(redirect.code.as_str(), "HTTP_301" | "HTTP_302");
            let protocol = redirect.protocol.as_deref().unwrap_or("#{protocol}");
            let is_protocol = matches!(protocol, "HTTP" | "HTTPS" | "#{protocol}");
            match (is_code, is_protocol) {
                (false, _) => "the status code of a redirect is HTTP_301 or HTTP_302",
                (_, false) => "the protocol of a redirect is HTTP, HTTPS or #{protocol}",
                _ => return None,
            }
        }
        RuleEnd::Forward(groups) if groups.is_empty() || groups.len() > 5 => {
            "a rule forwards to one to five target groups"
        }
        RuleEnd::Forward(groups) => {
            let mut known = groups.iter().filter_map(|weighted| weighted.group.as_ref());
            let is_grpc = known.any(|group| group.version == TargetVersion::Grpc);
            (is_grpc && scheme == Scheme::Http).then_some("target groups for gRPC need a listener for HTTPS")?
        }
    };
    Some(refused(line, why))
}

fn refused_response(fixed: &FixedResponse) -> Option<&'static str> {
    let is_status = fixed.status.len() == 3
        && fixed.status.starts_with(['2', '4', '5'])
        && fixed.status.bytes().all(|digit| digit.is_ascii_digit());
    let kinds = ["text/plain", "text/css", "text/html", "application/javascript", "application/json"];
    if !is_status {
        return Some("the status code of a fixed response is 2XX, 4XX or 5XX");
    }
    let is_kind = fixed.content_type.as_deref().is_none_or(|kind| kinds.contains(&kind));
    (!is_kind).then_some("a fixed response has no such content type")
}

/// One that sends everything to TLS (buildSSLRedirectAction).
fn redirecting(plan: ListenerPlan, port: u16, line: &FieldRef) -> AlbListener {
    let redirect = RedirectAction {
        port: Some(port.to_string()),
        protocol: Some("HTTPS".to_owned()),
        code: "HTTP_301".to_owned(),
        ..RedirectAction::default()
    };
    let end = RuleEnd::Redirect(redirect, IngressControllerRule::HttpsRedirect);
    let default = RuleAction { guards: Vec::new(), end };
    AlbListener { plan, rules: Vec::new(), omitted: Vec::new(), default, default_place: Some(line.clone()) }
}

/// One with rules (buildListenerDefaultActions, buildListenerRules).
fn ruled(
    making: &RuleMaking<'_>,
    port: u16,
    plan: ListenerPlan,
    members: &[&GroupMember],
) -> Result<AlbListener, BuildFault> {
    // 1. What no rule takes.
    let with_default = members.iter().filter(|member| member.ingress.spec.default_backend.is_some());
    let with_default: Vec<&&GroupMember> = with_default.collect();
    let place = |member: &GroupMember| RulePlace::DefaultBackend.field(&member.reference);
    let (default, default_place) = match with_default.as_slice() {
        [] => {
            let fixed =
                FixedResponse { status: "404".to_owned(), content_type: Some("text/plain".to_owned()), body: None };
            let end = RuleEnd::FixedResponse(fixed, IngressControllerRule::NoRuleMatches);
            (RuleAction { guards: Vec::new(), end }, None)
        }
        [member] => {
            let place = place(member);
            let backend = member.ingress.spec.default_backend.clone().unwrap_or_default();
            let service = backend_service(&backend, &place)?;
            let (action, _) = making.action(member, service, &place)?;
            (action, Some(place))
        }
        [_, second, ..] => {
            let names: Vec<String> = with_default.iter().map(|member| member.name()).collect();
            let why = format!("multiple ingress defined default backend: [{}]", names.join(" "));
            return Err(BuildFault::new(&place(second), why));
        }
    };
    // 2. The rules of all Ingresses, one after the other.
    let mut rules = Vec::new();
    for member in members {
        rules.extend(making.rules(member)?);
    }
    let (rules, omitted) = split_omitted(rules, port, plan.scheme);
    Ok(AlbListener { plan, rules, omitted, default, default_place })
}

/// The lines of annotations that are written in a group.
fn lines_of(group: &IngressGroup, names: &[&str]) -> Vec<FieldRef> {
    let lines = group.members.iter().flat_map(|member| {
        names.iter().filter_map(|name| {
            let (text, line) = member.annotations().text(name)?;
            (!text.is_empty() && text != "none").then_some(line)
        })
    });
    lines.collect()
}

fn frontend_line(group: &IngressGroup) -> Option<FieldRef> {
    group.members.iter().find_map(|member| {
        let annotations = member.annotations();
        annotations.line(FRONTEND_NLB).filter(|_| annotations.switch(FRONTEND_NLB).ok().flatten() == Some(true))
    })
}

/// What the Ingresses of a group say of the same, which must be one thing; what their classes say goes before.
fn single(
    members: &[GroupMember],
    annotation: &str,
    what: &str,
    of_class: impl Fn(&GroupMember) -> Option<(Text, FieldRef)>,
) -> Result<Option<(Text, FieldRef)>, BuildFault> {
    let mut said: BTreeMap<Text, FieldRef> = BTreeMap::new();
    for member in members {
        let annotations = member.annotations();
        let written = || annotations.text(annotation).map(|(text, line)| (Text::from(text), line));
        said.extend(of_class(member).or_else(written));
    }
    if said.len() > 1 {
        // As Go prints a set, or a list of it.
        let is_list = what == "IPAddressType";
        let all = said.keys().map(|one| if is_list { one.to_string() } else { format!("{one}:{{}}") });
        let all = all.collect::<Vec<_>>().join(" ");
        let line = said.values().next_back();
        let why =
            if is_list { format!("conflicting {what}: [{all}]") } else { format!("conflicting {what}: map[{all}]") };
        return line.map_or(Ok(None), |line| Err(BuildFault::new(line, why)));
    }
    Ok(said.into_iter().next())
}

fn same_security_groups(members: &[GroupMember]) -> Result<(), BuildFault> {
    let mut first: Option<Vec<String>> = None;
    for member in members {
        let annotations = member.annotations();
        let Some((names, line)) = annotations.list("security-groups") else { continue };
        let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
        match &first {
            None => first = Some(names),
            Some(known) if *known != names => {
                let why = format!("conflicting securityGroups: [{}] | [{}]", known.join(" "), names.join(" "));
                return Err(BuildFault::new(&line, why));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// `load-balancer-attributes` of all; what the first class says settles contradictions.
fn attributes(members: &[GroupMember]) -> Result<BTreeMap<Text, Text>, BuildFault> {
    let of_class = members.first().into_iter().flat_map(|member| &member.params.spec.load_balancer_attributes);
    let of_class: BTreeMap<Text, Text> = of_class.map(|one| (one.key.clone(), one.value.clone())).into_map();
    let mut all: BTreeMap<Text, Text> = BTreeMap::new();
    for member in members {
        let annotations = member.annotations();
        for (key, value) in annotations.map("load-balancer-attributes")? {
            let known = all.insert(key.clone(), value.clone());
            let Some(known) = known.filter(|known| *known != value && !of_class.contains_key(&key)) else { continue };
            if let Some(line) = annotations.line("load-balancer-attributes") {
                let why = format!("conflicting load balancer attributes {key}: {known} | {value}");
                return Err(BuildFault::new(&line, why));
            }
        }
    }
    all.extend(of_class);
    Ok(all)
}
