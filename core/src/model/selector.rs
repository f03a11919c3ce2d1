//! Label selectors as text.

use super::{LabelSelector, SelectorRequirement};

impl LabelSelector {
    /// A label selector as kubectl writes it (`a=b,c!=d,e in (f, g),!h`), as far as a LabelSelector can hold it
    /// (apimachinery, metav1.ParseToLabelSelector).
    pub fn parse(text: &str) -> Option<Self> {
        let requirements: Option<Vec<SelectorRequirement>> = split_outside_parentheses(text).map(requirement).collect();
        requirements.map(|match_expressions| Self { match_expressions, ..Self::default() })
    }
}

fn split_outside_parentheses(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0i32;
    text.split(move |character| {
        depth += match character {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        character == ',' && depth == 0
    })
}

fn requirement(text: &str) -> Option<SelectorRequirement> {
    let text = text.trim();
    let make = |key: &str, operator: &str, values: Vec<&str>| SelectorRequirement {
        key: key.trim().into(),
        operator: operator.into(),
        values: values.into_iter().map(|value| value.trim().into()).collect(),
    };
    if let Some(key) = text.strip_prefix('!') {
        return Some(make(key, "DoesNotExist", Vec::new()));
    }
    for (sign, operator) in [("!=", "NotIn"), ("==", "In"), ("=", "In")] {
        if let Some((key, value)) = text.split_once(sign) {
            return Some(make(key, operator, vec![value]));
        }
    }
    for (word, operator) in [(" notin ", "NotIn"), (" in ", "In")] {
        if let Some((key, list)) = text.split_once(word) {
            let inner = list.trim().strip_prefix('(')?.strip_suffix(')')?;
            return Some(make(key, operator, inner.split(',').collect()));
        }
    }
    let plain = !text.is_empty() && !text.contains(char::is_whitespace);
    plain.then(|| make(text, "Exists", Vec::new()))
}
