//! Rules that many fields share, with the words of apimachinery's pkg/api/validation and pkg/util/validation.

use super::super::{ErrorValue, Errors, format};
use super::number;
use crate::model::Path;
use crate::model::values::FieldValues;
use crate::yaml::{Value, YamlNode};

/// What a field's value must be. None of them asks for the field, unless it says so.
#[derive(Clone, Copy)]
pub(super) enum FieldRule {
    /// One of the field's values; empty text is no value.
    OneOf,
    /// One of the field's values; a pointer, so that empty text is a wrong value.
    OneOfOrNothing,
    /// One of the field's values; empty text, too, is a wrong value, and so is none.
    ExactlyOneOf,
    /// Each one of the field's values; the list of them has this field alone as its place, whatever the element.
    EachOneOf,
    /// One of the field's values, and there.
    NeededOneOf(&'static str),
    /// One of the field's values; empty text stands for none, which is needed.
    SaidOneOf,
    /// There and not empty.
    Needed(&'static str),
    /// A list or a map that isn't empty.
    Filled(&'static str),
    /// No less.
    Least(i64),
    /// Between these, with these words.
    Within(i64, i64, &'static str),
    /// The same of a number that Go has whether it is written or not.
    Between(i64, i64, &'static str),
    /// A name of this form, if there is one.
    Form(format::Form),
    /// A name of this form, also where it is empty.
    NeededForm(format::Form),
    /// A name of this form, and there.
    FormNeeded(format::Form),
    /// Names of this form in a list.
    EachForm(format::Form),
    /// An address or a network in a list.
    Mode,
    /// The same, and there.
    NeededRelativePath,
}

use FieldRule::*;

impl FieldRule {
    /// Holds a field against the rule; `values` are those that it takes, if they are listed.
    pub(super) fn apply(self, values: &FieldValues, node: Option<&YamlNode>, at: &Path<'_>, errors: &mut Errors<'_>) {
        let text = node.and_then(YamlNode::text).map(|text| &**text);
        match self {
            Needed(words) if text.is_none_or(str::is_empty) && node.is_none_or(|node| node.text().is_some()) => {
                errors.required(at, words);
            }
            Filled(words) if node.is_none_or(|node| node.elements().is_empty() && node.entries().is_empty()) => {
                errors.required(at, words);
            }
            OneOf => errors.one_of_if_said(at, text.filter(|text| !text.is_empty()), values),
            OneOfOrNothing => errors.one_of_if_said(at, text, values),
            SaidOneOf => match text {
                Some("") => errors.required(at, ""),
                text => errors.one_of_if_said(at, text, values),
            },
            ExactlyOneOf => errors.one_of_if_said(at, Some(text.unwrap_or("")), values),
            EachOneOf => {
                for element in node.map_or(&[][..], YamlNode::elements) {
                    errors.one_of_if_said(at, Some(element.text().map_or("", |text| text)), values);
                }
            }
            NeededOneOf(words) => match text.unwrap_or("") {
                "" => errors.required(at, words),
                text => errors.one_of_if_said(at, Some(text), values),
            },
            Least(least) => {
                if let Some(found) = node.and_then(number).filter(|found| *found < least) {
                    let words = format!("must be greater than or equal to {least}");
                    errors.invalid(at, ErrorValue(found.to_string()), words);
                }
            }
            Within(least, most, words) => {
                if let Some(found) = node.and_then(number).filter(|found| !(least..=most).contains(found)) {
                    errors.invalid(at, ErrorValue(found.to_string()), words);
                }
            }
            Between(least, most, words) => {
                let found = node.map_or(Some(0), number).filter(|found| !(least..=most).contains(found));
                if let Some(found) = found {
                    errors.invalid(at, ErrorValue(found.to_string()), words);
                }
            }
            Form(form) => {
                if let Some(text) = text.filter(|text| !text.is_empty()) {
                    errors.malformed(at, text, form(text));
                }
            }
            NeededForm(form) => {
                let text = text.unwrap_or("");
                errors.malformed(at, text, form(text));
            }
            FormNeeded(form) => match text.unwrap_or("") {
                "" => errors.required(at, ""),
                text => errors.malformed(at, text, form(text)),
            },
            EachForm(form) => {
                for (index, element) in node.map_or(&[][..], YamlNode::elements).iter().enumerate() {
                    let text = element.text().map_or("", |text| text);
                    errors.malformed(&at.index(index), text, form(text));
                }
            }
            Mode => {
                let words = "must be a number between 0 and 0777 (octal), both inclusive";
                Within(0, 0o777, words).apply(values, node, at, errors);
            }
            NeededRelativePath => match text.unwrap_or("") {
                "" => errors.required(at, ""),
                path => relative_path(path, at, errors),
            },
            Needed(_) | Filled(_) => {}
        }
    }
}

/// validateLocalDescendingPath.
pub(super) fn relative_path(path: &str, at: &Path<'_>, errors: &mut Errors<'_>) {
    if path.starts_with('/') {
        errors.invalid(at, path, "must be a relative path");
    }
    no_backsteps(path, at, errors);
}

/// validatePathNoBacksteps.
pub(super) fn no_backsteps(path: &str, at: &Path<'_>, errors: &mut Errors<'_>) {
    if path.split('/').any(|part| part == "..") {
        errors.invalid(at, path, "must not contain '..'");
    }
}

/// A whole number, or a percentage of none below nothing (ValidatePositiveIntOrPercent).
pub(super) fn int_or_percent(node: Option<&YamlNode>, at: &Path<'_>, errors: &mut Errors<'_>) {
    match node.map(|node| &node.value) {
        Some(Value::String(text)) if percent(text).is_none() => {
            let words = "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', \
                         regex used for validation is '[0-9]+%')";
            errors.invalid(at, &**text, words);
        }
        Some(Value::Integer(number)) if *number < 0 => {
            errors.invalid(at, ErrorValue(number.to_string()), "must be greater than or equal to 0");
        }
        _ => {}
    }
}

/// A percentage of at most everything (IsNotMoreThan100Percent).
pub(super) fn at_most_everything(node: Option<&YamlNode>, at: &Path<'_>, errors: &mut Errors<'_>) {
    if let Some(text) = node.and_then(YamlNode::text)
        && percent(text).is_some_and(|percent| percent > 100)
    {
        errors.invalid(at, &**text, "must not be greater than 100%");
    }
}

/// `30%`
pub(super) fn percent(text: &str) -> Option<u64> {
    let digits = text.strip_suffix('%').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    digits.parse().ok()
}

/// A part of a URL's path, as names of some kinds must be (ValidatePathSegmentName).
pub(super) fn path_segment(name: &str) -> Vec<String> {
    match name {
        "." | ".." => vec![format!("may not be '{name}'")],
        _ => ["/", "%"]
            .iter()
            .filter(|mark| name.contains(**mark))
            .map(|mark| format!("may not contain '{mark}'"))
            .collect(),
    }
}
