//! What a backend is to do: `actions.NAME`, or a Service's port (pkg/ingress/config_types.go, Action; buildActionViaAnnotation).

use serde_json::Value;

use super::annotations::{AnnotationView, BuildFault};
use super::json::{JsonObject, WrongType};
use crate::model::IntOrString;
use crate::source::FieldRef;

/// What becomes of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum WrittenAction {
    FixedResponse(FixedResponse),
    Redirect(RedirectAction),
    Forward(Vec<WrittenTarget>),
}

/// An answer by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct FixedResponse {
    /// `503`
    pub status: String,
    pub content_type: Option<String>,
    pub body: Option<String>,
}

/// Where the client is sent instead; what isn't said stays as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RedirectAction {
    pub host: Option<String>,
    pub path: Option<String>,
    pub port: Option<String>,
    pub protocol: Option<String>,
    pub query: Option<String>,
    /// `HTTP_301`, `HTTP_302`.
    pub code: String,
}

/// A target group with its weight.
#[derive(Clone, Debug, PartialEq)]
pub struct WrittenTarget {
    pub target: TargetName,
    pub weight: Option<i64>,
}

/// Where a target group comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum TargetName {
    /// A Service's port makes it.
    Service(String, IntOrString),
    /// It is AWS', and known there alone.
    Elsewhere,
}

impl FixedResponse {
    /// What the controller answers with where a Service or an action is missing (build503ResponseAction).
    pub fn unavailable(body: &str) -> Self {
        Self { status: "503".to_owned(), content_type: Some("text/plain".to_owned()), body: Some(body.to_owned()) }
    }
}

/// The action of an annotation, with its line; None where no annotation tells it.
pub fn annotated_action(
    annotations: &AnnotationView<'_>,
    name: &str,
) -> Result<Option<(WrittenAction, FieldRef)>, BuildFault> {
    let key = format!("actions.{name}");
    let Some((value, line)) = annotations.json(&key)? else { return Ok(None) };
    match read_action(&value) {
        Ok(Ok(action)) => Ok(Some((action, line))),
        Ok(Err(message)) => Err(BuildFault::new(&line, message)),
        Err(WrongType) => {
            let unreadable = annotations.unreadable(&key, "json");
            Err(unreadable.unwrap_or_else(|| BuildFault::new(&line, "failed to parse json annotation")))
        }
    }
}

/// An action, or what is wrong with it in the controller's words (Action.validate).
fn read_action(value: &Value) -> Result<Result<WrittenAction, String>, WrongType> {
    let action = JsonObject::of(value)?;
    // 1. Everything is read before anything is checked.
    let kind = action.required_text("type")?;
    let elsewhere = action.text("targetGroupARN")?.or(action.text("targetGroupName")?);
    let fixed = action.object("fixedResponseConfig")?.map(read_fixed_response).transpose()?;
    let redirect = action.object("redirectConfig")?.map(read_redirect).transpose()?;
    let targets = action.object("forwardConfig")?.map(read_targets).transpose()?;
    // 2. The part that its type asks for.
    let is_empty = |code: &str| code.is_empty().then_some("statusCode is required");
    Ok(match kind {
        "fixed-response" => match fixed {
            None => Err("missing FixedResponseConfig".to_owned()),
            Some(fixed) => match is_empty(&fixed.status) {
                Some(why) => Err(format!("invalid FixedResponseConfig: {why}")),
                None => Ok(WrittenAction::FixedResponse(fixed)),
            },
        },
        "redirect" => match redirect {
            None => Err("missing RedirectConfig".to_owned()),
            Some(redirect) => match is_empty(&redirect.code) {
                Some(why) => Err(format!("invalid RedirectConfig: {why}")),
                None => Ok(WrittenAction::Redirect(redirect)),
            },
        },
        "forward" => match (elsewhere, targets) {
            (None, None) => Err("missing ForwardConfig or TargetGroupARN/TargetGroupName".to_owned()),
            (Some(_), Some(_)) => {
                Err("either ForwardConfig or TargetGroupARN/TargetGroupName can be specified".to_owned())
            }
            (Some(_), None) => {
                Ok(WrittenAction::Forward(vec![WrittenTarget { target: TargetName::Elsewhere, weight: None }]))
            }
            (None, Some(Err(why))) => Err(format!("invalid ForwardConfig: {why}")),
            (None, Some(Ok(targets))) => Ok(WrittenAction::Forward(targets)),
        },
        other => Err(format!("unknown action type: {other}")),
    })
}

fn read_fixed_response(config: JsonObject<'_>) -> Result<FixedResponse, WrongType> {
    Ok(FixedResponse {
        status: config.required_text("statusCode")?.to_owned(),
        content_type: config.text("contentType")?.map(str::to_owned),
        body: config.text("messageBody")?.map(str::to_owned),
    })
}

fn read_redirect(config: JsonObject<'_>) -> Result<RedirectAction, WrongType> {
    let part = |name: &str| Ok(config.text(name)?.map(str::to_owned));
    Ok(RedirectAction {
        host: part("host")?,
        path: part("path")?,
        port: part("port")?,
        protocol: part("protocol")?,
        query: part("query")?,
        code: config.required_text("statusCode")?.to_owned(),
    })
}

/// The target groups, or what is wrong with one (TargetGroupTuple.validate, ForwardActionConfig.validate).
fn read_targets(config: JsonObject<'_>) -> Result<Result<Vec<WrittenTarget>, String>, WrongType> {
    let written = config.elements("targetGroups")?;
    let mut targets = Vec::new();
    let mut wrong = None;
    for value in written {
        let target = JsonObject::of(value)?;
        let elsewhere = target.text("targetGroupARN")?.or(target.text("targetGroupName")?);
        let service = target.text("serviceName")?;
        let port = target.field("servicePort").map(read_port).transpose()?;
        let weight = target.number("weight")?;
        let name = match (elsewhere, service, port) {
            (None, None, _) => Err("missing serviceName or targetGroupARN/targetGroupName"),
            (Some(_), Some(_), _) => Err("either serviceName or targetGroupARN/targetGroupName can be specified"),
            (None, Some(_), None) => Err("missing servicePort"),
            (None, Some(name), Some(port)) => Ok(TargetName::Service(name.to_owned(), port)),
            (Some(_), None, _) => Ok(TargetName::Elsewhere),
        };
        match name {
            Ok(target) => targets.push(WrittenTarget { target, weight }),
            Err(why) => wrong = wrong.or_else(|| Some(format!("invalid TargetGroupTuple: {why}"))),
        }
    }
    if wrong.is_none() && targets.len() > 1 && targets.iter().any(|target| target.weight.is_none()) {
        wrong = Some("weight must be set when route to multiple target groups".to_owned());
    }
    Ok(wrong.map_or(Ok(targets), Err))
}

/// A number, or a name; a number as text counts as one (normalizeServicePortForBackwardsCompatibility).
fn read_port(value: &Value) -> Result<IntOrString, WrongType> {
    match value {
        Value::String(text) => {
            Ok(text.parse().map_or_else(|_| IntOrString::String(text.as_str().into()), IntOrString::Int))
        }
        Value::Number(number) => {
            let number = number.as_i64().and_then(|number| i32::try_from(number).ok());
            number.map(IntOrString::Int).ok_or(WrongType)
        }
        _ => Err(WrongType),
    }
}
