//! Custom resources held against the schema of their definition: what must be there, out of which set, in which form, how
//! long and how many, in the words of the API server (kube-openapi's validation, as apiextensions-apiserver hands it on).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Errors, Shown};
use crate::model::Path;
use crate::yaml::{Node, Value};

/// What holds for a field, by its path; `[]` stands for each element of a list.
pub(super) type Table = &'static [(&'static str, &'static [Check])];

/// One thing that holds for a field.
#[derive(Clone, Copy)]
pub(super) enum Check {
    /// It must be there.
    Required,
    /// One of these texts, in the schema's order.
    OneOf(&'static [&'static str]),
    /// One of these numbers.
    Codes(&'static [i64]),
    /// A text of a form.
    Form(&'static Form),
    /// A text of at least and at most so many characters.
    Length(usize, usize),
    /// A number between these.
    Whole(i64, i64),
    /// A list of at least and at most so many.
    Items(usize, usize),
    /// An object with at least and at most so many fields.
    Properties(usize, usize),
    /// A list of which no two elements have the same under this key (x-kubernetes-list-type: map).
    Keyed(&'static str),
    /// A list of which no two elements are the same (x-kubernetes-list-type: set).
    Distinct,
    /// What holds below it.
    Below(Table),
}

/// A pattern of the schema, and what it takes.
pub(super) struct Form {
    /// As the schema writes it.
    pub(super) pattern: &'static str,
    /// Whether it takes a text.
    pub(super) takes: fn(&str) -> bool,
}

/// Holds an object against a table. False if the CRD's rules aren't asked any more (apiextensions-apiserver,
/// hasBlockingErr: something is missing, too long, too many or out of its set).
pub(super) fn check(table: Table, errors: &mut Errors<'_>) -> bool {
    let before = errors.found.len();
    let node = errors.node;
    let blocking = below(table, &Path::Root, node, errors);
    !blocking || errors.found.len() == before
}

fn below(table: Table, at: &Path<'_>, node: &Node, errors: &mut Errors<'_>) -> bool {
    let mut blocking = false;
    for (path, checks) in table {
        blocking |= walk(path, checks, at, Some(node), errors);
    }
    blocking
}

/// Goes down a path; what isn't there is asked about only if its parent is.
fn walk(path: &str, checks: &[Check], at: &Path<'_>, node: Option<&Node>, errors: &mut Errors<'_>) -> bool {
    if path.is_empty() {
        return checks.iter().map(|check| check.apply(at, node, errors)).filter(|blocks| *blocks).count() > 0;
    }
    let Some(node) = node else { return false };
    let (step, rest) = path.split_once('.').unwrap_or((path, ""));
    let Some(list) = step.strip_suffix("[]") else {
        return walk(rest, checks, &at.field(step), node.child(step), errors);
    };
    let at = at.field(list);
    let mut blocking = false;
    for (index, element) in node.child(list).map_or(&[][..], Node::elements).iter().enumerate() {
        blocking |= walk(rest, checks, &at.index(index), Some(element), errors);
    }
    blocking
}

impl Check {
    /// Says what is wrong; true for an error that keeps the CRD's rules from being asked. A value of another type has been
    /// told of already.
    fn apply(self, at: &Path<'_>, node: Option<&Node>, errors: &mut Errors<'_>) -> bool {
        let Some(node) = node else {
            if matches!(self, Self::Required) {
                errors.required(at, "");
            }
            return matches!(self, Self::Required);
        };
        let place = || at.to_field_path().to_string();
        match (self, &node.value) {
            (Self::Below(table), _) => return below(table, at, node, errors),
            (Self::OneOf(words), Value::String(text)) if !words.contains(&&**text) => {
                errors.not_supported(at, text, words);
                return true;
            }
            (Self::Codes(codes), Value::Integer(code)) if !codes.contains(code) => {
                let codes: Vec<String> = codes.iter().map(|code| format!("\"{code}\"")).collect();
                errors.push(at, format!("Unsupported value: {code}: supported values: {}", codes.join(", ")));
                return true;
            }
            (Self::Form(form), Value::String(text)) if !(form.takes)(text) => {
                errors.invalid(at, &**text, format!("{} in body should match '{}'", place(), form.pattern));
            }
            (Self::Length(_, most), Value::String(text)) if text.chars().count() > most => {
                errors.too_long(at, most);
                return true;
            }
            (Self::Length(least, _), Value::String(text)) if text.chars().count() < least => {
                errors.invalid(at, &**text, format!("{} in body should be at least {least} chars long", place()));
            }
            (Self::Whole(_, most), Value::Integer(number)) if *number > most => {
                let shown = Shown(number.to_string());
                errors.invalid(at, shown, format!("{} in body should be less than or equal to {most}", place()));
            }
            (Self::Whole(least, _), Value::Integer(number)) if *number < least => {
                let shown = Shown(number.to_string());
                errors.invalid(at, shown, format!("{} in body should be greater than or equal to {least}", place()));
            }
            (Self::Items(_, most), Value::Sequence(elements)) if elements.len() > most => {
                errors.too_many(at, elements.len(), most);
                return true;
            }
            (Self::Items(least, _), Value::Sequence(elements)) if elements.len() < least => {
                let shown = Shown(elements.len().to_string());
                errors.invalid(at, shown, format!("{} in body should have at least {least} items", place()));
            }
            (Self::Properties(_, most), Value::Mapping(entries)) if entries.len() > most => {
                errors.too_many(at, entries.len(), most);
                return true;
            }
            (Self::Properties(least, _), Value::Mapping(entries)) if entries.len() < least => {
                let shown = Shown(entries.len().to_string());
                errors.invalid(at, shown, format!("{} in body should have at least {least} properties", place()));
            }
            (Self::Keyed(key), Value::Sequence(elements)) => {
                let keys = elements.iter().map(|element| element.child(key).and_then(Node::text));
                for (index, text) in repeated(keys) {
                    errors.duplicate(&at.index(index), Shown::json(&BTreeMap::from([(key, &**text)])));
                }
            }
            (Self::Distinct, Value::Sequence(elements)) => {
                for (index, text) in repeated(elements.iter().map(Node::text)) {
                    errors.duplicate(&at.index(index), &**text);
                }
            }
            _ => {}
        }
        false
    }
}

/// The texts that stand in a list a second time, with their places there.
fn repeated<'n>(texts: impl Iterator<Item = Option<&'n Arc<str>>>) -> Vec<(usize, &'n Arc<str>)> {
    let mut seen = BTreeSet::new();
    let texts = texts.enumerate().filter_map(|(index, text)| Some((index, text?)));
    texts.filter(|(_, text)| !seen.insert(*text)).collect()
}
