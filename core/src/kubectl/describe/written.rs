//! `kubectl describe` of what only stands in the manifests: Secrets, IngressClasses, and every kind that kubectl has no
//! words of its own for (pkg/describe, describeSecret, describeIngressClassV1, genericDescriber).

use serde_json::{Map, Value};

use super::super::value::{annotations, entries, labels, said, word};
use super::DescribedObject;
use crate::model::base64;

/// describeSecret
pub fn secret(described: &DescribedObject<'_>) -> Option<String> {
    let object = &described.object;
    let mut text = said("", object, &[("Name", "/metadata/name"), ("Namespace", "/metadata/namespace")]);
    text += &labels("Labels", &entries(object, "/metadata/labels"));
    text += &annotations("Annotations", &entries(object, "/metadata/annotations"));
    text += &format!("\nType:\t{}\n\nData\n====\n", word(object, "/type"));
    for (key, value) in entries(object, "/data") {
        text += &format!("{key}:\t{} bytes\n", base64::decode(&value).map_or(0, |bytes| bytes.len()));
    }
    Some(text)
}

/// describeIngressClassV1
pub fn ingress_class(described: &DescribedObject<'_>) -> Option<String> {
    let object = &described.object;
    let mut text = said("", object, &[("Name", "/metadata/name")]);
    text += &labels("Labels", &entries(object, "/metadata/labels"));
    text += &annotations("Annotations", &entries(object, "/metadata/annotations"));
    text += &format!("Controller:\t{}\n", word(object, "/spec/controller"));
    if let Some(parameters) = object.pointer("/spec/parameters") {
        text += "Parameters:\n";
        text += &said("  ", parameters, &[("APIGroup", "/apiGroup"), ("Kind", "/kind"), ("Name", "/name")]);
    }
    Some(text)
}

/// How deep an object is followed.
const MAX_DEPTH: usize = 60;

/// genericDescriber
pub fn generic(described: &DescribedObject<'_>) -> Option<String> {
    let object = &described.object;
    let mut text =
        format!("Name:\t{}\nNamespace:\t{}\n", word(object, "/metadata/name"), word(object, "/metadata/namespace"));
    text += &labels("Labels", &entries(object, "/metadata/labels"));
    text += &annotations("Annotations", &entries(object, "/metadata/annotations"));
    let mut rest = object.clone();
    if let Some(Value::Object(metadata)) = rest.get_mut("metadata") {
        for shown in ["name", "namespace", "labels", "annotations", "managedFields"] {
            metadata.remove(shown);
        }
    }
    if let Value::Object(map) = &rest {
        content(map, 0, &mut text);
    }
    Some(text)
}

/// printUnstructuredContent
fn content(map: &Map<String, Value>, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    for (key, value) in map.iter().take_while(|_| depth < MAX_DEPTH) {
        let title = title(key);
        match value {
            Value::Object(inner) => {
                text.push_str(&format!("{indent}{title}:\n"));
                content(inner, depth + 1, text);
            }
            Value::Array(list) => {
                text.push_str(&format!("{indent}{title}:\n"));
                for element in list {
                    match element {
                        Value::Object(inner) => content(inner, depth + 1, text),
                        other => text.push_str(&format!("{indent}  {}\n", super::super::jsonpath::go_text(other))),
                    }
                }
            }
            other => text.push_str(&format!("{indent}{title}:\t{}\n", super::super::jsonpath::go_text(other))),
        }
    }
}

/// `gatewayClassName` as `Gateway Class Name` (smartLabelFor).
fn title(key: &str) -> String {
    if key.chars().any(|letter| !letter.is_alphabetic() && letter != '-') {
        return key.to_owned();
    }
    let words = camel_case_words(key).into_iter().map(|word| {
        if ["API", "URL", "UID", "GUID"].iter().any(|known| known.eq_ignore_ascii_case(&word)) {
            return word.to_uppercase();
        }
        let mut letters = word.chars();
        match letters.next() {
            Some(first) if word.to_lowercase() == word => first.to_uppercase().chain(letters).collect(),
            _ => word,
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Words of one case; of capitals in a row the last begins the next word (fatih/camelcase).
fn camel_case_words(key: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before: Option<char> = None;
    for letter in key.chars() {
        match (words.last_mut(), before) {
            (Some(word), Some(last))
                if last.is_uppercase() == letter.is_uppercase() && last.is_alphabetic() == letter.is_alphabetic() =>
            {
                word.push(letter);
            }
            (Some(word), Some(last)) if last.is_uppercase() && letter.is_lowercase() => {
                if word.chars().count() > 1 {
                    word.pop();
                    words.push(format!("{last}{letter}"));
                } else {
                    word.push(letter);
                }
            }
            _ => words.push(letter.to_string()),
        }
        before = Some(letter);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::title;

    #[test]
    fn titles_are_kubectl_s() {
        for (key, expected) in [
            ("gatewayClassName", "Gateway Class Name"),
            ("apiVersion", "API Version"),
            ("uid", "UID"),
            ("podCIDR", "Pod CIDR"),
            ("a.b/c", "a.b/c"),
            ("name", "Name"),
        ] {
            assert_eq!(title(key), expected);
        }
    }
}
