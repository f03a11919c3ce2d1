//! `transforms.NAME`: how the request is changed on its way to a target (pkg/ingress/config_types.go, Transform;
//! docs.aws.amazon.com/elasticloadbalancing, transforms for listener rules).

use serde_json::Value;

use super::annotations::{AnnotationView, BuildFault};
use super::json::{JsonObject, WrongType};
use crate::http::{Dialect, Pattern};
use crate::limits::expands_too_far;
use crate::packet::HttpRequest;
use crate::source::FieldRef;
use crate::trace::ModelGap;

/// A change of the host or of the URL.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleTransform {
    pub part: TransformedPart,
    pub rewrites: Vec<(String, String)>,
    pub line: FieldRef,
}

/// What is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransformedPart {
    Host,
    /// Path and query.
    Url,
}

pub fn annotated_transforms(annotations: &AnnotationView<'_>, service: &str) -> Result<Vec<RuleTransform>, BuildFault> {
    let key = format!("transforms.{service}");
    let Some((value, line)) = annotations.json(&key)? else { return Ok(Vec::new()) };
    match read_transforms(&value, &line) {
        Ok(Ok(transforms)) => Ok(transforms),
        Ok(Err(why)) => Err(BuildFault::new(&line, why)),
        Err(WrongType) => {
            let unreadable = annotations.unreadable(&key, "json");
            Err(unreadable.unwrap_or_else(|| BuildFault::new(&line, "failed to parse json annotation")))
        }
    }
}

/// Transforms, or what is wrong with one in the controller's words (Transform.Validate).
fn read_transforms(value: &Value, line: &FieldRef) -> Result<Result<Vec<RuleTransform>, String>, WrongType> {
    let mut transforms = Vec::new();
    for written in value.as_array().ok_or(WrongType)? {
        let transform = JsonObject::of(written)?;
        let (part, name) = match transform.required_text("type")? {
            "host-header-rewrite" => (TransformedPart::Host, "hostHeaderRewriteConfig"),
            "url-rewrite" => (TransformedPart::Url, "urlRewriteConfig"),
            other => return Ok(Err(format!("unknown transform type: {other}"))),
        };
        let Some(config) = transform.object(name)? else { return Ok(Err(format!("missing {name}"))) };
        let mut rewrites = Vec::new();
        for rewrite in config.elements("rewrites")? {
            let rewrite = JsonObject::of(rewrite)?;
            rewrites.push((rewrite.required_text("regex")?.to_owned(), rewrite.required_text("replace")?.to_owned()));
        }
        if rewrites.is_empty() {
            return Ok(Err(format!("{name}.rewrites cannot be empty")));
        }
        transforms.push(RuleTransform { part, rewrites, line: line.clone() });
    }
    Ok(Ok(transforms))
}

impl RuleTransform {
    /// Changes a request; one in which nothing matches stays as it is.
    pub fn apply(&self, request: &mut HttpRequest) -> Result<(), ModelGap> {
        for (source, replacement) in &self.rewrites {
            let text = match self.part {
                TransformedPart::Host => request.host.clone(),
                TransformedPart::Url => request.target(),
            };
            let Some(changed) = self.rewrite(&text, source, replacement)? else { continue };
            match self.part {
                TransformedPart::Host => request.host = changed,
                TransformedPart::Url => {
                    let (path, query) = changed
                        .split_once('?')
                        .map_or((changed.as_str(), None), |(path, query)| (path, Some(query.to_owned())));
                    (request.path, request.query) = (path.to_owned(), query);
                }
            }
        }
        Ok(())
    }

    /// The text with its match replaced; None without any. Whether further matches are replaced, too, isn't documented.
    fn rewrite(&self, text: &str, source: &str, replacement: &str) -> Result<Option<String>, ModelGap> {
        let unsupported = || ModelGap::RegularExpression { field: self.line.clone(), pattern: source.to_owned() };
        let pattern = Pattern::new(source, Dialect::Re2, false);
        let regex = pattern.regex().ok_or_else(unsupported)?;
        let mut matches = regex.find_iter(text);
        let Some(found) = matches.next() else { return Ok(None) };
        if matches.next().is_some() || expands_too_far(text, replacement) {
            return Err(unsupported());
        }
        let mut changed = text.get(..found.start()).unwrap_or_default().to_owned();
        if let Some(captures) = regex.captures(text) {
            captures.expand(&numbered(replacement), &mut changed);
        }
        changed.push_str(text.get(found.end()..).unwrap_or_default());
        Ok(Some(changed))
    }
}

/// `$1x` means group 1 and an x; the engine would look for a group called `1x`.
fn numbered(replacement: &str) -> String {
    let mut text = String::with_capacity(replacement.len());
    let mut rest = replacement;
    while let Some((before, after)) = rest.split_once('$') {
        text.push_str(before);
        let digits = after.len() - after.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
        let (number, behind) = after.split_at_checked(digits).unwrap_or(("", after));
        if number.is_empty() {
            text.push_str("$$");
        } else {
            text.push_str(&format!("${{{number}}}"));
        }
        rest = behind;
    }
    text.push_str(rest);
    text
}
