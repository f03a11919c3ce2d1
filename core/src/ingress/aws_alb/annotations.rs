//! Annotations of Ingresses and Services: which there are, how they are read, and what becomes of each
//! (pkg/annotations/constants.go and parser.go).

use std::collections::BTreeMap;

use serde_json::Value;

use crate::ingress::annotation_field;
use crate::ingress::config_value::parse_bool;
use crate::model::{Labels, Text};
use crate::order;
use crate::source::{FieldRef, ObjectRef};

/// What stands before each of them.
pub const PREFIX: &str = "alb.ingress.kubernetes.io/";

/// What becomes of an annotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlbAnnotationEffect {
    Modelled,
    /// AWS alone knows what it comes to; it is taken to let requests through.
    Assumed,
    /// With one the answer is unknown.
    NotModelled,
    /// It can't change where a request goes.
    WithoutEffect,
}

use AlbAnnotationEffect::{Assumed, Modelled, NotModelled, WithoutEffect};

/// All of them; `*` stands for a name that somebody chooses.
pub const ANNOTATIONS: &[(&str, AlbAnnotationEffect)] = &[
    ("acm-pca-arn", WithoutEffect),
    ("actions.*", Modelled),
    ("auth-idp-cognito", Modelled),
    ("auth-idp-oidc", Modelled),
    ("auth-on-unauthenticated-request", Modelled),
    ("auth-scope", WithoutEffect),
    ("auth-session-cookie", Modelled),
    ("auth-session-timeout", Modelled),
    ("auth-type", Modelled),
    ("backend-protocol", Modelled),
    ("backend-protocol-version", Modelled),
    ("certificate-arn", Assumed),
    ("conditions.*", Modelled),
    ("create-acm-cert", Modelled),
    ("customer-owned-ipv4-pool", WithoutEffect),
    ("dry-run-plan", WithoutEffect),
    (FRONTEND_NLB, NotModelled),
    ("frontend-nlb-attributes", WithoutEffect),
    ("frontend-nlb-eip-allocations", WithoutEffect),
    ("frontend-nlb-healthcheck-healthy-threshold-count", WithoutEffect),
    ("frontend-nlb-healthcheck-interval-seconds", WithoutEffect),
    ("frontend-nlb-healthcheck-path", WithoutEffect),
    ("frontend-nlb-healthcheck-port", WithoutEffect),
    ("frontend-nlb-healthcheck-protocol", WithoutEffect),
    ("frontend-nlb-healthcheck-success-codes", WithoutEffect),
    ("frontend-nlb-healthcheck-timeout-seconds", WithoutEffect),
    ("frontend-nlb-healthcheck-unhealthy-threshold-count", WithoutEffect),
    ("frontend-nlb-listener-port-mapping", WithoutEffect),
    ("frontend-nlb-scheme", WithoutEffect),
    ("frontend-nlb-security-groups", WithoutEffect),
    ("frontend-nlb-subnets", WithoutEffect),
    ("frontend-nlb-tags", WithoutEffect),
    ("group.name", Modelled),
    ("group.order", Modelled),
    ("healthcheck-interval-seconds", Assumed),
    ("healthcheck-path", Assumed),
    ("healthcheck-port", Assumed),
    ("healthcheck-protocol", Assumed),
    ("healthcheck-timeout-seconds", Assumed),
    ("healthy-threshold-count", Assumed),
    ("inbound-cidrs", Modelled),
    ("ip-address-type", Modelled),
    ("ipam-ipv4-pool-id", WithoutEffect),
    ("jwt-validation", Modelled),
    ("listen-ports", Modelled),
    ("listener-attributes.*", WithoutEffect),
    ("load-balancer-attributes", Modelled),
    ("load-balancer-name", Modelled),
    ("manage-backend-security-group-rules", Assumed),
    ("minimum-load-balancer-capacity", WithoutEffect),
    ("multi-cluster-target-group", NotModelled),
    ("mutual-authentication", Modelled),
    ("scheme", Modelled),
    ("security-group-prefix-lists", NotModelled),
    ("security-groups", Assumed),
    ("shield-advanced-protection", WithoutEffect),
    ("ssl-policy", Modelled),
    ("ssl-redirect", Modelled),
    ("subnets", WithoutEffect),
    ("success-codes", Assumed),
    ("tags", WithoutEffect),
    ("target-control-port.*", WithoutEffect),
    ("target-group-attributes", Modelled),
    ("target-node-labels", Modelled),
    ("target-type", Modelled),
    ("transforms.*", Modelled),
    ("unhealthy-threshold-count", Assumed),
    ("use-regex-path-match", Modelled),
    ("waf-acl-id", Assumed),
    ("wafv2-acl-arn", Assumed),
    ("wafv2-acl-name", Assumed),
    ("web-acl-id", Assumed),
];

/// A load balancer in front of the load balancer.
pub const FRONTEND_NLB: &str = "enable-frontend-nlb";

/// Those by which AWS' own firewall stands before the listeners.
pub const FIREWALL: &[&str] = &["wafv2-acl-arn", "wafv2-acl-name", "waf-acl-id", "web-acl-id"];

/// Why the controller can't bring a load balancer to what Ingresses say, and the line.
#[derive(Clone, Debug, PartialEq)]
pub struct BuildFault {
    pub line: FieldRef,
    /// The controller's words.
    pub message: String,
}

impl BuildFault {
    pub fn new(line: &FieldRef, message: impl Into<String>) -> Self {
        Self { line: line.clone(), message: message.into() }
    }

    /// What the controller says around it.
    pub fn within(self, before: &str) -> Self {
        Self { message: format!("{before}: {}", self.message), ..self }
    }
}

/// The annotations of objects; of two that have the same the first counts.
#[derive(Clone, Debug)]
pub struct AnnotationView<'a> {
    sources: Vec<(&'a ObjectRef, &'a Labels)>,
}

impl<'a> AnnotationView<'a> {
    pub fn of(object: &'a ObjectRef, annotations: &'a Labels) -> Self {
        Self { sources: vec![(object, annotations)] }
    }

    /// These before those here (algorithm.MergeStringMap).
    pub fn behind(mut self, object: &'a ObjectRef, annotations: &'a Labels) -> Self {
        self.sources.insert(0, (object, annotations));
        self
    }

    /// The object whose annotations count last.
    pub fn object(&self) -> Option<&'a ObjectRef> {
        self.sources.last().map(|(object, _)| *object)
    }

    /// The text of an annotation, and its line.
    pub fn text(&self, name: &str) -> Option<(&'a str, FieldRef)> {
        let key = format!("{PREFIX}{name}");
        self.sources
            .iter()
            .find_map(|(object, annotations)| Some((&**annotations.get(key.as_str())?, annotation_field(object, &key))))
    }

    /// The line of an annotation, if it is written.
    pub fn line(&self, name: &str) -> Option<FieldRef> {
        self.text(name).map(|(_, line)| line)
    }

    /// Comma-separated, without empty parts.
    pub fn list(&self, name: &str) -> Option<(Vec<&'a str>, FieldRef)> {
        let (text, line) = self.text(name)?;
        Some((text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect(), line))
    }

    pub fn switch(&self, name: &str) -> Result<Option<bool>, BuildFault> {
        self.parsed(name, "bool", parse_bool)
    }

    /// A number of 32 bits (strconv.ParseInt).
    pub fn number(&self, name: &str) -> Result<Option<i32>, BuildFault> {
        self.parsed(name, "int32", |text| text.parse().ok())
    }

    /// A number of 64 bits.
    pub fn long_number(&self, name: &str) -> Result<Option<i64>, BuildFault> {
        self.parsed(name, "int64", |text| text.parse().ok())
    }

    pub fn json(&self, name: &str) -> Result<Option<(Value, FieldRef)>, BuildFault> {
        let value = self.parsed(name, "json", |text| serde_json::from_str(text).ok())?;
        Ok(value.zip(self.line(name)))
    }

    /// `key=value` pairs.
    pub fn map(&self, name: &str) -> Result<BTreeMap<Text, Text>, BuildFault> {
        Ok(self.parsed(name, "stringMap", parse_map)?.unwrap_or_default())
    }

    /// What can't be read, in the controller's words.
    pub fn unreadable(&self, name: &str, form: &str) -> Option<BuildFault> {
        let (text, line) = self.text(name)?;
        Some(BuildFault::new(&line, format!("failed to parse {form} annotation, {PREFIX}{name}: {text}")))
    }

    fn parsed<T>(&self, name: &str, form: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, BuildFault> {
        let Some((text, _)) = self.text(name) else { return Ok(None) };
        match (parse(text), self.unreadable(name, form)) {
            (None, Some(fault)) => Err(fault),
            (parsed, _) => Ok(parsed),
        }
    }
}

/// Pairs behind commas; a comma that nothing with `=` follows belongs to a broken pair (splitKeyValuePairs).
fn parse_map(text: &str) -> Option<BTreeMap<Text, Text>> {
    // 1. Split at commas; what a backslash stands before is meant as it is.
    let mut parts = vec![String::new()];
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        let part = parts.last_mut()?;
        match character {
            '\\' => part.push(characters.next().unwrap_or('\\')),
            ',' if characters.as_str().contains('=') => parts.push(String::new()),
            ',' if !characters.as_str().trim().is_empty() => return None,
            other => part.push(other),
        }
    }
    // 2. Each a key with its value.
    let pairs: Option<Vec<(Text, Text)>> = parts
        .iter()
        .filter(|part| !text.is_empty() || !part.is_empty())
        .map(|part| {
            let (key, value) = part.split_once('=')?;
            Some((key.trim().into(), value.trim().into())).filter(|(key, _): &(Text, Text)| !key.is_empty())
        })
        .collect();
    pairs.map(order::map)
}
