//! Conditions of a rule: how annotations write them, and what of a request fits them (pkg/ingress/config_types.go,
//! RuleCondition; docs.aws.amazon.com/elasticloadbalancing, condition types for listener rules).

use std::net::IpAddr;

use serde_json::Value;

use super::annotations::{AnnotationView, BuildFault, PREFIX};
use super::json::{JsonObject, WrongType};
use super::wildcard;
use crate::http::network::parse_net;
use crate::http::{Dialect, Pattern};
use crate::packet::{HttpRequest, host_and_port};
use crate::source::FieldRef;

/// What a rule asks of a request; one of the values must fit.
#[derive(Clone, Debug, PartialEq)]
pub enum RuleCondition {
    Host(ConditionValues),
    Path(ConditionValues),
    Header(String, ConditionValues),
    Method(Vec<String>),
    /// Keys, where one is asked for, with values.
    Query(Vec<(Option<String>, String)>),
    SourceAddress(Vec<String>),
}

/// Values with wildcards, or regular expressions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConditionValues {
    pub values: Vec<String>,
    pub expressions: Vec<String>,
}

/// A request as conditions see it.
#[derive(Clone, Copy)]
pub struct ConditionView<'r> {
    pub request: &'r HttpRequest,
    /// The path as it is compared.
    pub path: &'r str,
    /// The client's address; None where it isn't known as whom the load balancer sees it.
    pub client: Option<IpAddr>,
}

/// That it can't be told whether a condition holds: an expression, or the client's address.
#[derive(Clone, Debug, PartialEq)]
pub enum ConditionGap {
    Expression(String),
    ClientAddress,
}

impl ConditionValues {
    fn fit(&self, text: &str, ignore_case: bool) -> Result<bool, ConditionGap> {
        if self.values.iter().any(|value| wildcard::fits(value, text, ignore_case)) {
            return Ok(true);
        }
        for source in &self.expressions {
            let pattern = Pattern::new(source.as_str(), Dialect::Re2, ignore_case);
            if pattern.is_match(text).ok_or_else(|| ConditionGap::Expression(source.clone()))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn len(&self) -> usize {
        self.values.len() + self.expressions.len()
    }
}

impl RuleCondition {
    /// Whether a request fits. Hosts, values of headers and queries compare without case, paths and methods with it.
    pub fn holds(&self, view: &ConditionView<'_>) -> Result<bool, ConditionGap> {
        let request = view.request;
        match self {
            Self::Host(values) => values.fit(host_and_port(&request.host).0, true),
            Self::Path(values) => values.fit(view.path, false),
            Self::Header(name, values) => {
                let headers = request.headers.0.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
                let mut gap = None;
                for (_, value) in headers {
                    match values.fit(value, true) {
                        Ok(true) => return Ok(true),
                        Ok(false) => {}
                        Err(found) => gap = Some(found),
                    }
                }
                gap.map_or(Ok(false), Err)
            }
            Self::Method(methods) => Ok(methods.contains(&request.method)),
            Self::Query(wanted) => Ok(wanted.iter().any(|(key, value)| has_parameter(request, key.as_deref(), value))),
            Self::SourceAddress(networks) => {
                let client = view.client.ok_or(ConditionGap::ClientAddress)?;
                Ok(networks.iter().filter_map(|network| parse_net(network)).any(|network| network.contains(&client)))
            }
        }
    }

    /// How many values are compared, and how many wildcards they have.
    pub fn size(&self) -> (usize, usize) {
        let wildcards = |values: &[String]| values.iter().map(|value| wildcard::count(value)).sum();
        match self {
            Self::Host(values) | Self::Path(values) | Self::Header(_, values) => {
                (values.len(), wildcards(&values.values))
            }
            Self::Method(methods) => (methods.len(), 0),
            Self::Query(wanted) => {
                let of_pair = |(key, value): &(Option<String>, String)| {
                    key.as_deref().map_or(0, wildcard::count) + wildcard::count(value)
                };
                (wanted.len(), wanted.iter().map(of_pair).sum())
            }
            Self::SourceAddress(networks) => (networks.len(), 0),
        }
    }
}

/// Whether a query has a parameter, or a value under any key.
fn has_parameter(request: &HttpRequest, key: Option<&str>, value: &str) -> bool {
    let query = request.query.as_deref().unwrap_or_default();
    query.split('&').filter(|part| !part.is_empty()).any(|part| {
        let (name, found) = part.split_once('=').unwrap_or((part, ""));
        match key {
            Some(key) => wildcard::fits(key, name, true) && wildcard::fits(value, found, true),
            None => wildcard::fits(value, found, true) || found.is_empty() && wildcard::fits(value, name, true),
        }
    })
}

/// The conditions of an annotation, with its line.
pub fn annotated_conditions(
    annotations: &AnnotationView<'_>,
    service: &str,
) -> Result<Option<(Vec<RuleCondition>, FieldRef)>, BuildFault> {
    let key = format!("conditions.{service}");
    let Some((value, line)) = annotations.json(&key)? else { return Ok(None) };
    match read_conditions(&value) {
        Ok(Ok(conditions)) => Ok(Some((conditions, line))),
        Ok(Err(why)) => {
            // The webhook says so before the controller could.
            let name = annotations.object().map(crate::source::ObjectRef::qualified_name).unwrap_or_default();
            let message = format!("ignoring Ingress {name} since invalid {PREFIX}{key} annotation: {why}");
            Err(BuildFault::new(&line, message))
        }
        Err(WrongType) => {
            let unreadable = annotations.unreadable(&key, "json");
            Err(unreadable.unwrap_or_else(|| BuildFault::new(&line, "failed to parse json annotation")))
        }
    }
}

/// Conditions, or what is wrong with one in the controller's words (RuleCondition.Validate).
fn read_conditions(value: &Value) -> Result<Result<Vec<RuleCondition>, String>, WrongType> {
    let mut conditions = Vec::new();
    for written in value.as_array().ok_or(WrongType)? {
        match read_condition(JsonObject::of(written)?)? {
            Ok(condition) => conditions.extend(condition),
            Err(why) => return Ok(Err(why)),
        }
    }
    Ok(Ok(conditions))
}

/// One; None of a field that nobody knows, which the controller passes over.
fn read_condition(condition: JsonObject<'_>) -> Result<Result<Option<RuleCondition>, String>, WrongType> {
    let values = |config: Option<JsonObject<'_>>, name: &str| {
        let Some(config) = config else { return Ok(Err(format!("missing {name}"))) };
        let found = ConditionValues { values: config.texts("values")?, expressions: config.texts("regexValues")? };
        Ok(match (found.values.is_empty(), found.expressions.is_empty()) {
            (true, true) => Err(format!("invalid {name}: values or regexValues must be specified")),
            (false, false) => Err(format!("invalid {name}: precisely one of values and regexValues can be specified")),
            _ => Ok(found),
        })
    };
    let texts = |config: Option<JsonObject<'_>>, name: &str| {
        let Some(config) = config else { return Ok(Err(format!("missing {name}"))) };
        let found = config.texts("values")?;
        let empty = || format!("invalid {name}: values cannot be empty");
        Ok(if found.is_empty() { Err(empty()) } else { Ok(found) })
    };
    let field = condition.required_text("field")?;
    Ok(match field {
        "host-header" => {
            values(condition.object("hostHeaderConfig")?, "hostHeaderConfig")?.map(|all| Some(RuleCondition::Host(all)))
        }
        "path-pattern" => values(condition.object("pathPatternConfig")?, "pathPatternConfig")?
            .map(|all| Some(RuleCondition::Path(all))),
        "http-header" => {
            let config = condition.object("httpHeaderConfig")?;
            let name = config.map(|config| config.required_text("httpHeaderName")).transpose()?.unwrap_or_default();
            values(config, "httpHeaderConfig")?.map(|all| Some(RuleCondition::Header(name.to_owned(), all)))
        }
        "http-request-method" => texts(condition.object("httpRequestMethodConfig")?, "httpRequestMethodConfig")?
            .map(|all| Some(RuleCondition::Method(all))),
        "query-string" => read_query(condition.object("queryStringConfig")?)?.map(Some),
        "source-ip" => texts(condition.object("sourceIPConfig")?, "sourceIPConfig")?
            .map(|all| Some(RuleCondition::SourceAddress(all))),
        _ => Ok(None),
    })
}

fn read_query(config: Option<JsonObject<'_>>) -> Result<Result<RuleCondition, String>, WrongType> {
    let Some(config) = config else { return Ok(Err("missing queryStringConfig".to_owned())) };
    let mut wanted = Vec::new();
    for pair in config.elements("values")? {
        let pair = JsonObject::of(pair)?;
        wanted.push((pair.text("key")?.map(str::to_owned), pair.required_text("value")?.to_owned()));
    }
    let why = match wanted.iter().any(|(_, value)| value.is_empty()) {
        _ if wanted.is_empty() => Some("Values cannot be empty"),
        true => Some("value cannot be empty"),
        false => None,
    };
    Ok(why.map_or(Ok(RuleCondition::Query(wanted)), |why| Err(format!("invalid queryStringConfig: {why}"))))
}
