//! Leaves the values of Secrets out of a text that is to be handed on.
//!
//! Values are found in the tree, so that quotes, block scalars, lists and JSON are all the same. What cannot be read
//! without a doubt, and may hold a Secret, is left out as a whole.

use whichpod_core::model::well_known;
use whichpod_core::order::Order;
use whichpod_core::source::{FileId, Span};
use whichpod_core::yaml::{self, YamlNode};

/// What stands in a value's place.
const NOTHING: &str = "\"\"";

/// What stands in the place of a document that is left out.
const LEFT_OUT: &str = "# A Secret that could not be read for certain was left out here.\n";

/// Texts shorter than this occur everywhere; they betray nothing.
const TELLING: usize = 4;

/// The text without the values under `data` and `stringData` of Secrets, and how many there were.
pub fn without_values(text: &str) -> (String, u32) {
    let mut kept = String::with_capacity(text.len());
    let mut left_out = 0;
    for document in text.split_inclusive('\n').collect::<Vec<_>>().chunk_by(|_, next| !is_separator(next)) {
        let document = document.concat();
        match stripped(&document) {
            Some((stripped, values)) => {
                kept.push_str(&stripped);
                left_out += values;
            }
            None => {
                kept.push_str(if is_separator(&document) { "---\n" } else { "" });
                kept.push_str(LEFT_OUT);
                left_out += 1;
            }
        }
    }
    (kept, left_out)
}

/// Whether a line, or the first line of a document, begins a document.
fn is_separator(line: &str) -> bool {
    line.starts_with("---")
}

/// A document without its Secrets' values; None if it cannot be read without a doubt, or a value stands elsewhere too.
fn stripped(document: &str) -> Option<(String, u32)> {
    if !document.contains("Secret") {
        return Some((document.to_owned(), 0));
    }
    let mut values = values(document)?;
    values.order_by_key(|span| std::cmp::Reverse(span.start));
    let mut text = document.to_owned();
    for span in &values {
        let line_end = if text_of(document, *span).ends_with('\n') { "\n" } else { "" };
        text.replace_range(span.start as usize..span.end as usize, &format!("{NOTHING}{line_end}"));
    }
    let told = values.iter().map(|span| text_of(document, *span).trim_matches(['"', '\'', '\n', ' ']));
    let betrayed = told.filter(|value| value.len() >= TELLING).any(|value| text.contains(value));
    let clean = self::values(&text).is_some_and(|values| values.is_empty());
    (clean && !betrayed).then_some((text, values.len() as u32))
}

/// The places of all values of a document about which there is nothing to say; those that are empty already left out.
fn values(document: &str) -> Option<Vec<Span>> {
    // A separator in front is a comment to the tree's reader: it must keep its length.
    let body = document.replacen("---", "#--", usize::from(is_separator(document)));
    let (tree, diagnostics) = yaml::parse(FileId(0), &body, 0);
    let mut values = Vec::new();
    collect(&tree.filter(|_| diagnostics.is_empty())?, &mut values);
    values.retain(|span| text_of(document, *span).trim() != NOTHING);
    Some(values)
}

/// The places of all Secrets' values, in lists too.
fn collect(node: &YamlNode, values: &mut Vec<Span>) {
    let kind = node.child("kind").and_then(YamlNode::text);
    if kind.is_some_and(|kind| &**kind == "Secret") {
        for field in ["data", "stringData"] {
            let entries = node.child(field).map_or(&[][..], YamlNode::entries);
            values.extend(entries.iter().map(|entry| entry.value.span));
        }
        // kubectl keeps a copy of the whole Secret, values included.
        let annotations = node.child("metadata").and_then(|metadata| metadata.child("annotations"));
        values.extend(
            annotations.and_then(|annotations| annotations.child(well_known::LAST_APPLIED)).map(|copy| copy.span),
        );
    }
    let items = node.child("items").map_or(&[][..], YamlNode::elements);
    items.iter().for_each(|item| collect(item, values));
}

fn text_of(document: &str, span: Span) -> &str {
    document.get(span.start as usize..span.end as usize).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str, count: u32) {
        assert_eq!(without_values(text), (expected.to_owned(), count));
    }

    #[test]
    fn values_go_and_keys_stay() {
        check(
            "kind: Secret\ndata:\n  token: c2VjcmV0 # why\nstringData: {user: admin, note: 'x y'}\n",
            "kind: Secret\ndata:\n  token: \"\" # why\nstringData: {user: \"\", note: \"\"}\n",
            3,
        );
    }

    #[test]
    fn block_scalars_and_lists_are_found() {
        let text = "kind: List\nitems:\n- kind: Secret\n  stringData:\n    key: |\n      line one\n      line two\n    b: hidden\n";
        let (kept, count) = without_values(text);
        assert!(!kept.contains("line one") && !kept.contains("hidden") && kept.contains("key:"), "{kept}");
        assert_eq!(count, 2);
    }

    #[test]
    fn other_documents_are_untouched() {
        let other = "kind: ConfigMap\ndata:\n  a: b\n---\n# end\n";
        check(other, other, 0);
        check(
            "kind: Service\n---\nkind: Secret\ndata: {a: c2VjcmV0}\n---\nkind: ConfigMap\ndata: {a: b}\n",
            "kind: Service\n---\nkind: Secret\ndata: {a: \"\"}\n---\nkind: ConfigMap\ndata: {a: b}\n",
            1,
        );
    }

    #[test]
    fn json_is_read_as_well() {
        check(
            "{\"kind\": \"Secret\", \"data\": {\"a\": \"c2Vj\"}}",
            "{\"kind\": \"Secret\", \"data\": {\"a\": \"\"}}",
            1,
        );
    }

    #[test]
    fn what_kubectl_keeps_goes_too() {
        let text = "kind: Secret\nmetadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '{\"data\":{\"a\":\"c2Vj\"}}'\ndata: {a: c2Vj}\n";
        let (kept, _) = without_values(text);
        assert!(!kept.contains("c2Vj") && kept.contains("last-applied"), "{kept}");
    }

    #[test]
    fn what_cannot_be_read_is_left_out_as_a_whole() {
        let (kept, count) = without_values("a: b\n---\nkind: Secret\ndata:\n  a: c2VjcmV0\n b: [\n");
        assert_eq!((kept, count), (format!("a: b\n---\n{LEFT_OUT}"), 1));
        let anchored = "kind: Secret\nmetadata: {name: &n c2VjcmV0}\nstringData: {a: *n}\n";
        assert!(!without_values(anchored).0.contains("c2VjcmV0"));
    }
}
