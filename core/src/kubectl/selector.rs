//! Label selectors as -l takes them (apimachinery, labels.Parse).

use std::collections::BTreeMap;

use super::{UsageError, unsupported_error};
use crate::model::{LabelSelector, SelectorRequirement};

/// `app=web,tier!=cache,env in (a,b),!old`.
pub fn selector(text: &str) -> Result<LabelSelector, UsageError> {
    let mut selector = LabelSelector { match_labels: BTreeMap::new(), match_expressions: Vec::new() };
    for part in split_outside_parentheses(text) {
        selector.match_expressions.push(requirement(part.trim()).ok_or_else(|| {
            unsupported_error(format!("error: unable to parse requirement: `{part}` in the label selector `{text}`"))
        })?);
    }
    Ok(selector)
}

fn split_outside_parentheses(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut inside = false;
    for character in text.chars() {
        inside = (inside || character == '(') && character != ')';
        match (character, parts.last_mut()) {
            (',', _) if !inside => parts.push(String::new()),
            (_, Some(part)) => part.push(character),
            (_, None) => {}
        }
    }
    parts
}

fn requirement(part: &str) -> Option<SelectorRequirement> {
    let of = |key: &str, operator: &str, values: Vec<&str>| {
        let values = values.into_iter().map(|value| value.trim().into()).collect();
        Some(SelectorRequirement { key: key.trim().into(), operator: operator.into(), values })
    };
    let list = |text: &str| text.trim().strip_prefix('(')?.strip_suffix(')').map(str::to_owned);
    if let Some((key, values)) = part.split_once(" notin ") {
        return of(key, "NotIn", list(values)?.split(',').collect());
    }
    if let Some((key, values)) = part.split_once(" in ") {
        return of(key, "In", list(values)?.split(',').collect());
    }
    if let Some((key, value)) = part.split_once("!=") {
        return of(key, "NotIn", vec![value]);
    }
    if let Some((key, value)) = part.split_once("==").or_else(|| part.split_once('=')) {
        return of(key, "In", vec![value]);
    }
    match part.strip_prefix('!') {
        Some(key) => of(key, "DoesNotExist", Vec::new()),
        None if part.is_empty() || part.contains(' ') => None,
        None => of(part, "Exists", Vec::new()),
    }
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
        ] {
            assert_eq!(selector(text).unwrap().matches(&web), matches, "{text}");
        }
        assert!(selector("a b").is_err());
    }
}
