//! Label selectors as -l takes them (apimachinery, pkg/labels/selector.go).

use std::collections::BTreeMap;

use super::resource::ResourceType;
use super::table_row::NONE;
use super::{UsageError, kubectl_error};
use crate::model::{LabelSelector, SelectorRequirement};
use crate::order::Order;

const OPERATORS: &str = "in, notin, =, ==, !=, gt, lt";
const SIGNS: [&str; 9] = ["==", "!=", "=", "!", "(", ")", ",", ">", "<"];

/// `app=web,tier!=cache,env in (a,b),!old`. The error is upstream's.
pub fn selector(text: &str) -> Result<LabelSelector, UsageError> {
    let mut reader = SelectorReader { tokens: tokens(text), at: 0 };
    let match_expressions = reader.requirements().map_err(|why| kubectl_error(format!("error: {why}")))?;
    Ok(LabelSelector { match_labels: BTreeMap::new(), match_expressions })
}

/// How the API server refuses a selector.
pub fn refused_by_server(why: UsageError, resource: &ResourceType, text: &str) -> UsageError {
    let why = why.message.strip_prefix("error: ").unwrap_or(&why.message).to_owned();
    let (plural, group) = resource.plural().split_once('.').unwrap_or((resource.plural(), ""));
    let version = resource.api_version().rsplit('/').next().unwrap_or_default();
    kubectl_error(format!(
        "Error from server (BadRequest): Unable to find \"{group}/{version}, Resource={plural}\" that match label selector \
         {text:?}, field selector \"\": {why}"
    ))
}

/// Signs, and words between them.
fn tokens(text: &str) -> Vec<&str> {
    let (mut all, mut rest) = (Vec::new(), text.trim_start());
    while !rest.is_empty() {
        let length = match SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            Some(sign) => sign.len(),
            None => rest.find(|c: char| c.is_whitespace() || "=!(),><".contains(c)).unwrap_or(rest.len()),
        };
        let (token, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        all.push(token);
        rest = after.trim_start();
    }
    all
}

struct SelectorReader<'t> {
    tokens: Vec<&'t str>,
    at: usize,
}

impl<'t> SelectorReader<'t> {
    fn peek(&self) -> &'t str {
        self.tokens.get(self.at).copied().unwrap_or_default()
    }

    fn take(&mut self) -> &'t str {
        let token = self.peek();
        self.at += 1;
        token
    }

    fn requirements(&mut self) -> Result<Vec<SelectorRequirement>, String> {
        let mut all = Vec::new();
        loop {
            match self.peek() {
                "" => return Ok(all),
                token if token == "!" || is_word(token) => {}
                other => return Err(format!("found '{other}', expected: !, identifier, or 'end of string'")),
            }
            all.push(self.requirement().map_err(|why| format!("unable to parse requirement: {why}"))?);
            match self.take() {
                "" => return Ok(all),
                "," => {
                    let next = self.peek();
                    if next != "!" && !is_word(next) {
                        return Err(format!("found '{next}', expected: identifier after ','"));
                    }
                }
                other => return Err(format!("found '{other}', expected: ',' or 'end of string'")),
            }
        }
    }

    fn requirement(&mut self) -> Result<SelectorRequirement, String> {
        // 1. The key, or that it is absent.
        let is_absent = self.peek() == "!";
        if is_absent {
            self.take();
        }
        let key = self.take();
        if !is_word(key) {
            return Err(format!("found '{key}', expected: identifier"));
        }
        // 2. The key alone.
        let of = |operator: &str, values: Vec<&str>| SelectorRequirement {
            key: key.into(),
            operator: operator.into(),
            values: values.into_iter().map(Into::into).collect(),
        };
        if is_absent {
            return Ok(of("DoesNotExist", Vec::new()));
        }
        if matches!(self.peek(), "" | ",") {
            return Ok(of("Exists", Vec::new()));
        }
        // 3. Operator and values.
        match self.take() {
            "in" => Ok(of("In", self.list()?)),
            "notin" => Ok(of("NotIn", self.list()?)),
            "=" | "==" => Ok(of("In", vec![self.exact_value()?])),
            "!=" => Ok(of("NotIn", vec![self.exact_value()?])),
            other => Err(format!("found '{other}', expected: {OPERATORS}")),
        }
    }

    fn exact_value(&mut self) -> Result<&'t str, String> {
        match self.peek() {
            "" | "," => Ok(""),
            word if is_word(word) => Ok(self.take()),
            other => Err(format!("found '{other}', expected: identifier")),
        }
    }

    fn list(&mut self) -> Result<Vec<&'t str>, String> {
        match self.take() {
            "(" => {}
            other => return Err(format!("found '{other}' expected: '('")),
        }
        let mut values = Vec::new();
        loop {
            match self.take() {
                ")" => return Ok(values),
                "," => {}
                word if is_word(word) => values.push(word),
                other => return Err(format!("found '{other}', expected: ',', or ')'")),
            }
        }
    }
}

fn is_word(token: &str) -> bool {
    !token.is_empty() && !SIGNS.contains(&token)
}

/// `app=web,tier in (a,b),!old` (apimachinery, FormatLabelSelector).
pub fn selector_text(selector: &LabelSelector) -> String {
    let equal = selector.match_labels.iter().map(|(key, value)| (key.clone(), format!("{key}={value}")));
    let others = selector.match_expressions.iter().map(|requirement| {
        let key = &requirement.key;
        let mut values: Vec<&str> = requirement.values.iter().map(|value| &**value).collect();
        values.order();
        let text = match &*requirement.operator {
            "In" => format!("{key} in ({})", values.join(",")),
            "NotIn" => format!("{key} notin ({})", values.join(",")),
            "Exists" => key.to_string(),
            _ => format!("!{key}"),
        };
        (key.clone(), text)
    });
    let mut requirements: Vec<_> = equal.chain(others).collect();
    requirements.order();
    let texts: Vec<String> = requirements.into_iter().map(|(_, text)| text).collect();
    if texts.is_empty() { NONE.to_owned() } else { texts.join(",") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Labels;

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        pairs.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect()
    }

    #[test]
    fn selectors_read_as_apimachinery_reads_them() {
        let web = labels(&[("app", "web"), ("env", "b")]);
        for (text, matches) in [
            ("app=web", true),
            ("app==web,env in (a, b)", true),
            ("app!=web", false),
            ("env notin (a)", true),
            ("!old,app", true),
            ("missing", false),
            ("app=", false),
            ("", true),
        ] {
            assert_eq!(selector(text).unwrap().matches(&web), matches, "{text}");
        }
        let refused = |text: &str| selector(text).unwrap_err().message;
        assert_eq!(refused("a b"), format!("error: unable to parse requirement: found 'b', expected: {OPERATORS}"));
        assert_eq!(refused("a,"), "error: found '', expected: identifier after ','");
        assert_eq!(refused("a in b"), "error: unable to parse requirement: found 'b' expected: '('");
    }
}
