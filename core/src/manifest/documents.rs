//! A text's documents: where one ends and the next begins, so that a broken one spoils only itself.
//!
//! kubectl splits at lines that hold `---` and nothing but blanks or a comment (apimachinery, YAMLReader), before any
//! YAML is read. A text of JSON objects needs no separators.

use crate::yaml;

/// The documents of a text with the byte offset of each. Empty ones (blank or only comments) are left out.
///
/// Files put together can have a byte order mark before any document; each is read as a YAML stream of its own, which may
/// begin with one (go-yaml, `yaml_parser_determine_encoding`).
pub fn split(text: &str) -> impl Iterator<Item = (usize, &str)> {
    Documents { text, position: 0 }.flat_map(|(offset, document)| JsonStream { text: document, offset })
}

struct Documents<'t> {
    text: &'t str,
    position: usize,
}

impl<'t> Iterator for Documents<'t> {
    type Item = (usize, &'t str);

    fn next(&mut self) -> Option<Self::Item> {
        while self.position < self.text.len() {
            self.position += byte_order_mark(self.text.get(self.position..)?);
            let offset = self.position;
            let rest = self.text.get(offset..)?;
            // A separator before anything else belongs to the document: kubectl counts its line.
            let own = rest.split_inclusive('\n').next().filter(|line| is_separator(line)).map_or(0, str::len);
            let content = rest.get(own..)?;
            let (length, separator) = until_separator(content);
            self.position += own + length + separator;
            if has_content(content.get(..length)?) {
                return Some((offset, rest.get(..own + length)?));
            }
        }
        None
    }
}

/// How long the byte order mark at the start of a text is.
fn byte_order_mark(text: &str) -> usize {
    if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 }
}

/// How long the document at the start of a text is, and how long the line is that ends it.
fn until_separator(text: &str) -> (usize, usize) {
    let mut length = 0;
    for line in text.split_inclusive('\n') {
        if is_separator(line) {
            return (length, line.len());
        }
        length += line.len();
    }
    (length, 0)
}

fn is_separator(line: &str) -> bool {
    line.strip_prefix("---").is_some_and(|rest| {
        let rest_has_blank = rest.starts_with([' ', '\t', '\r', '\n']) || rest.is_empty();
        let rest = rest.trim();
        rest.is_empty() || (rest_has_blank && rest.starts_with('#'))
    })
}

fn has_content(document: &str) -> bool {
    document.lines().map(str::trim_start).any(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The JSON objects of one document, or the document as it is.
struct JsonStream<'t> {
    text: &'t str,
    offset: usize,
}

impl<'t> Iterator for JsonStream<'t> {
    type Item = (usize, &'t str);

    fn next(&mut self) -> Option<Self::Item> {
        if self.text.is_empty() {
            return None;
        }
        let is_json = self.text.trim_start().starts_with('{');
        let length = is_json.then(|| yaml::end_of_first_object(self.text)).flatten().unwrap_or(self.text.len());
        let (document, rest) = self.text.split_at_checked(length)?;
        let offset = self.offset;
        self.text = rest;
        self.offset += length;
        Some((offset, document))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        split(text).map(|(_, document)| document).collect()
    }

    #[test]
    fn documents_end_at_separator_lines() {
        assert_eq!(texts("a: 1\n---\nb: 2\n--- # next\r\nc: 3"), ["a: 1\n", "b: 2\n", "c: 3"]);
        assert_eq!(texts("\u{feff}---\r\na: 1\r\n---\r\n"), ["---\r\na: 1\r\n"]);
        assert_eq!(texts("a: 1\n---\n---\nb: 1"), ["a: 1\n", "---\nb: 1"]);
        assert_eq!(texts("a: 1\n---\n\u{feff}b: 1\n---\n\u{feff}# nothing"), ["a: 1\n", "b: 1\n"]);
        assert_eq!(texts("# Source: chart/a.yaml\n---\n# nothing\n---\n\na: 1"), ["\na: 1"]);
    }

    #[test]
    fn other_dashes_are_text() {
        assert_eq!(texts("a: |\n  ---\nb: x\n").len(), 1);
        assert_eq!(texts("---- x\n").len(), 1);
        assert_eq!(texts("a: 1\n--- {b: 1}\n").len(), 1);
    }

    #[test]
    fn json_objects_follow_each_other() {
        let found: Vec<_> = split("{\"a\": 1}\n{\"b\": 2}\n").collect();
        assert_eq!(found, [(0, "{\"a\": 1}"), (8, "\n{\"b\": 2}\n")]);
    }
}
