//! JSON, which kubectl tries first for a text that begins with `{` (apimachinery, YAMLOrJSONDecoder). What isn't JSON
//! is left to the YAML reader, as kubectl does: `{a: b}` is YAML.

use super::{Entry, Keys, MAX_DEPTH, Value, YamlNode};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};

/// Reads the text if all of it is one JSON object.
pub(super) fn read(keys: &mut Keys, file: FileId, text: &str, offset: u32) -> Option<(YamlNode, Vec<Diagnostic>)> {
    if !text.trim_start().starts_with('{') {
        return None;
    }
    let mut json = Json { keys, file, text, offset, position: 0, diagnostics: Vec::new() };
    json.blank();
    let node = json.value(0)?;
    json.blank();
    (json.position == text.len()).then_some((node, json.diagnostics))
}

/// How long the first JSON object of a text is, if another begins after it: a stream of objects without separators.
pub fn end_of_first_object(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    let mut bytes = text.bytes().enumerate();
    while let Some((position, byte)) = bytes.next() {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.checked_sub(1)?,
            b'"' => {
                while bytes.next().is_some_and(|(_, byte)| byte != b'"' && (byte != b'\\' || bytes.next().is_some())) {}
            }
            _ => {}
        }
        if depth == 0 && matches!(byte, b'}') {
            let rest = text.get(position + 1..)?;
            return rest.trim_start().starts_with('{').then_some(position + 1);
        }
    }
    None
}

struct Json<'k, 't> {
    keys: &'k mut Keys,
    file: FileId,
    text: &'t str,
    offset: u32,
    position: usize,
    diagnostics: Vec<Diagnostic>,
}

impl Json<'_, '_> {
    fn value(&mut self, depth: usize) -> Option<YamlNode> {
        let start = self.position;
        let value = match self.peek()? {
            b'{' if depth < MAX_DEPTH => self.object(depth)?,
            b'[' if depth < MAX_DEPTH => self.array(depth)?,
            b'"' => Value::String(self.string()?.into()),
            b'-' | b'0'..=b'9' => self.number()?,
            b't' => self.word("true", Value::Bool(true))?,
            b'f' => self.word("false", Value::Bool(false))?,
            b'n' => self.word("null", Value::Null)?,
            _ => return None,
        };
        Some(YamlNode { span: self.span(start), value })
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        let mut entries = Vec::new();
        self.take(b'{')?;
        self.blank();
        while self.peek()? != b'}' {
            if !entries.is_empty() {
                self.take(b',')?;
                self.blank();
            }
            let start = self.position;
            let key = self.string()?;
            let key_span = self.span(start);
            self.blank();
            self.take(b':')?;
            self.blank();
            let value = self.value(depth + 1)?;
            self.blank();
            entries.push(Entry { key: self.keys.intern(&key), key_span, value });
        }
        self.take(b'}')?;
        Some(Value::Mapping(super::last_of_equal(entries, Some(&mut self.diagnostics))))
    }

    fn array(&mut self, depth: usize) -> Option<Value> {
        let mut elements = Vec::new();
        self.take(b'[')?;
        self.blank();
        while self.peek()? != b']' {
            if !elements.is_empty() {
                self.take(b',')?;
                self.blank();
            }
            elements.push(self.value(depth + 1)?);
            self.blank();
        }
        self.take(b']')?;
        Some(Value::Sequence(elements))
    }

    fn string(&mut self) -> Option<String> {
        self.take(b'"')?;
        let mut text = String::new();
        loop {
            let rest = self.text.get(self.position..)?;
            let end = rest.find(['"', '\\'])?;
            let chunk = rest.get(..end)?;
            if chunk.bytes().any(|byte| byte < 0x20) {
                return None;
            }
            text.push_str(chunk);
            self.position += end + 1;
            if rest.as_bytes().get(end) == Some(&b'"') {
                return Some(text);
            }
            text.push(self.escape()?);
        }
    }

    fn escape(&mut self) -> Option<char> {
        let escape = self.peek()?;
        self.position += 1;
        Some(match escape {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => self.unicode()?,
            _ => return None,
        })
    }

    /// `\uD83D\uDE00` is one character; half a pair becomes the replacement character, as in Go.
    fn unicode(&mut self) -> Option<char> {
        let first = self.hex()?;
        if !(0xd800..0xdc00).contains(&first) {
            return Some(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        let before_second = self.position;
        if self.text.get(self.position..)?.starts_with("\\u") {
            self.position += 2;
            let second = self.hex()?;
            if (0xdc00..0xe000).contains(&second) {
                return char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00));
            }
            self.position = before_second;
        }
        Some(char::REPLACEMENT_CHARACTER)
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.text.get(self.position..self.position + 4)?;
        self.position += 4;
        digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok()).flatten()
    }

    fn number(&mut self) -> Option<Value> {
        let rest = self.text.get(self.position..)?;
        let end = rest.find(|c: char| !matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E')).unwrap_or(rest.len());
        let digits = rest.get(..end)?;
        let unsigned = digits.strip_prefix('-').unwrap_or(digits);
        if unsigned.len() > 1 && unsigned.starts_with('0') && unsigned.as_bytes().get(1).is_some_and(u8::is_ascii_digit)
        {
            return None;
        }
        self.position += end;
        if let Ok(number) = digits.parse() {
            return Some(Value::Integer(number));
        }
        digits.parse().ok().filter(|number: &f64| number.is_finite()).map(Value::Float)
    }

    fn word(&mut self, word: &str, value: Value) -> Option<Value> {
        let found = self.text.get(self.position..)?.starts_with(word);
        self.position += word.len();
        found.then_some(value)
    }

    fn blank(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.position += 1;
        }
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.position += 1)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
    }

    fn span(&self, start: usize) -> Span {
        let byte = |position: usize| self.offset.saturating_add(position as u32);
        Span { file: self.file, start: byte(start), end: byte(self.position) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Option<Value> {
        read(&mut Keys::default(), FileId(0), text, 0).map(|(node, _)| node.value)
    }

    #[test]
    fn reads_what_json_is() {
        let text = r#" {"a": [1, -2.5, true, null, "\ud83d\ude00\n\/"], "b": {}} "#;
        let Some(Value::Mapping(entries)) = json(text) else { panic!("an object") };
        assert_eq!(entries[0].value.elements()[4].value, Value::String("😀\n/".into()));
        assert_eq!(entries[0].value.elements()[0].value, Value::Integer(1));
        assert_eq!(entries[1].value.value, Value::Mapping(Vec::new()));
    }

    #[test]
    fn leaves_the_rest_to_yaml() {
        for text in ["{a: b}", r#"{"a": 01}"#, r#"{"a": 1,}"#, r#"{"a": 1} x"#, "{", r#"{"a": "\x"}"#, "[1]"] {
            assert_eq!(json(text), None, "{text}");
        }
    }

    #[test]
    fn finds_where_the_next_object_begins() {
        assert_eq!(end_of_first_object(r#"{"a": "}\""} {"b": 1}"#), Some(12));
        assert_eq!(end_of_first_object(r#"{"a": "}"}"#), None);
    }
}
