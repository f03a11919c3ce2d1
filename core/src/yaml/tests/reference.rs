//! The same tree made from the events of libyaml-safer, a port of libyaml: what our own scanner and grammar are held
//! against. Not for use: it panics on some input.

use std::collections::BTreeMap;
use std::io::{Chain, Read};

use libyaml_safer::{Encoding, Error, ErrorKind, Event, EventData, Parser, ScalarStyle};

use super::super::{Entry, Keys, MAX_ALIASED_NODES, MAX_DEPTH, Value, YamlNode, scalar};
use crate::diagnostic::{Diagnostic, Problem};
use crate::source::{FileId, Span};

/// Reads documents one after another; keeps its buffers and the names of keys between them.
pub(super) struct Reader<'t> {
    parser: Parser<Chain<&'t [u8], &'static [u8]>>,
    keys: Keys,
}

/// One document being read.
struct Document<'r, 't> {
    reader: &'r mut Reader<'t>,
    file: FileId,
    offset: u32,
    /// What an anchor stands for; None while it is being read.
    anchors: BTreeMap<String, Option<Anchored>>,
    aliased_nodes: usize,
    depth: usize,
    diagnostics: Vec<Diagnostic>,
}

#[derive(Clone)]
struct Anchored {
    node: YamlNode,
    size: usize,
}

/// Why the document cannot be read; the reading stops there.
struct Stop {
    problem: Problem,
    at: Span,
}

type Reading<T> = Result<T, Box<Stop>>;

impl Default for Reader<'_> {
    fn default() -> Self {
        Self { parser: Parser::new(), keys: Keys::default() }
    }
}

impl<'t> Reader<'t> {
    /// Reads one document that stands at a byte offset of a file. None if it is broken (a diagnostic says where) or
    /// empty. What can be said beyond that, such as duplicate keys, is in the diagnostics.
    pub(super) fn read(&mut self, file: FileId, text: &'t str, offset: u32) -> (Option<YamlNode>, Vec<Diagnostic>) {
        self.parser.reset();
        self.parser.set_encoding(Encoding::Utf8);
        // kubectl's reader ends every line, the last one too (apimachinery, LineReader).
        let end: &[u8] = if text.ends_with('\n') { b"" } else { b"\n" };
        self.parser.set_input(text.as_bytes().chain(end));
        let mut document = Document {
            reader: self,
            file,
            offset,
            anchors: BTreeMap::new(),
            aliased_nodes: 0,
            depth: 0,
            diagnostics: Vec::new(),
        };
        let node = match document.read() {
            Ok(node) => node,
            Err(stop) => {
                let Stop { problem, at } = *stop;
                document.diagnostics.push(Diagnostic::at(at, problem));
                None
            }
        };
        (node, document.diagnostics)
    }
}

impl Document<'_, '_> {
    fn read(&mut self) -> Reading<Option<YamlNode>> {
        loop {
            let event = self.event()?;
            match event.data {
                EventData::StreamStart { .. } | EventData::DocumentStart { .. } => {}
                EventData::StreamEnd | EventData::DocumentEnd { .. } => return Ok(None),
                _ => break self.node(event).and_then(|node| self.finish(node)),
            }
        }
    }

    /// go-yaml reads one document of the text and ignores the rest.
    fn finish(&mut self, node: YamlNode) -> Reading<Option<YamlNode>> {
        self.event()?;
        Ok(Some(node))
    }

    fn event(&mut self) -> Reading<Event> {
        self.reader.parser.parse().map_err(|error| self.syntax(&error))
    }

    fn node(&mut self, event: Event) -> Reading<YamlNode> {
        let span = self.span(&event);
        match event.data {
            EventData::Scalar { anchor, tag, value, style, .. } => {
                let plain = style == ScalarStyle::Plain;
                let value = scalar::resolve(tag.as_deref(), &value, plain).map_err(|words| go_yaml(span, &words))?;
                if matches!(value, Value::Float(number) if !number.is_finite()) {
                    return Err(not_json(span, &value));
                }
                let node = YamlNode { span, value };
                self.define(anchor, &node);
                Ok(node)
            }
            EventData::SequenceStart { anchor, .. } => self.nested(anchor, span, Self::sequence),
            EventData::MappingStart { anchor, .. } => self.nested(anchor, span, Self::mapping),
            EventData::Alias { anchor } => self.alias(&anchor, span),
            EventData::StreamStart { .. }
            | EventData::StreamEnd
            | EventData::DocumentStart { .. }
            | EventData::DocumentEnd { .. }
            | EventData::SequenceEnd
            | EventData::MappingEnd => Ok(YamlNode { span, value: Value::Null }),
        }
    }

    fn nested(
        &mut self,
        anchor: Option<String>,
        span: Span,
        read: fn(&mut Self, Span) -> Reading<YamlNode>,
    ) -> Reading<YamlNode> {
        if self.depth >= MAX_DEPTH {
            return Err(stop(span, Problem::TooDeep { limit: MAX_DEPTH }));
        }
        if let Some(anchor) = &anchor {
            self.anchors.insert(anchor.clone(), None);
        }
        self.depth += 1;
        let node = read(self, span)?;
        self.depth -= 1;
        self.define(anchor, &node);
        Ok(node)
    }

    fn sequence(&mut self, start: Span) -> Reading<YamlNode> {
        let mut elements: Vec<YamlNode> = Vec::new();
        loop {
            let event = self.event()?;
            if matches!(event.data, EventData::SequenceEnd) {
                let span = self.closed(start, &event, elements.last().map(|last| last.span));
                return Ok(YamlNode { span, value: Value::Sequence(elements) });
            }
            elements.push(self.node(event)?);
        }
    }

    fn mapping(&mut self, start: Span) -> Reading<YamlNode> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut has_merge = false;
        let mut last = None;
        loop {
            let event = self.event()?;
            if matches!(event.data, EventData::MappingEnd) {
                let span = self.closed(start, &event, last);
                let report = if has_merge { None } else { Some(&mut self.diagnostics) };
                return Ok(YamlNode { span, value: Value::Mapping(super::super::last_of_equal(entries, report)) });
            }
            let merges = is_merge(&event.data);
            let plain = matches!(event.data, EventData::Scalar { style: ScalarStyle::Plain, tag: None, .. });
            let key = self.node(event)?;
            let event = self.event()?;
            let value = self.node(event)?;
            last = Some(key.span.to(value.span));
            if merges {
                has_merge = true;
                merge(&mut entries, value)?;
            } else {
                let letter = key.text().and_then(|text| scalar::letter(text)).filter(|_| plain);
                let text = match letter {
                    Some(value) => value.to_string().into(),
                    None => scalar::key_text(&key.value).map_err(|words| json_error(key.span, &words))?,
                };
                entries.push(Entry { key: self.reader.keys.intern(&text), key_span: key.span, value });
            }
        }
    }

    fn alias(&mut self, name: &str, span: Span) -> Reading<YamlNode> {
        match self.anchors.get(name) {
            None => Err(go_yaml(span, &format!("unknown anchor '{name}' referenced"))),
            Some(None) => Err(go_yaml(span, &format!("anchor '{name}' value contains itself"))),
            Some(Some(anchored)) => {
                self.aliased_nodes = self.aliased_nodes.saturating_add(anchored.size);
                if self.aliased_nodes > MAX_ALIASED_NODES {
                    return Err(go_yaml(span, "document contains excessive aliasing"));
                }
                Ok(anchored.node.clone())
            }
        }
    }

    fn define(&mut self, anchor: Option<String>, node: &YamlNode) {
        if let Some(anchor) = anchor {
            let anchored = Anchored { node: node.clone(), size: size(node) };
            self.anchors.insert(anchor, Some(anchored));
        }
    }

    fn span(&self, event: &Event) -> Span {
        let byte = |index: u64| self.offset.saturating_add(index as u32);
        Span { file: self.file, start: byte(event.start_mark.index), end: byte(event.end_mark.index) }
    }

    /// A flow collection ends at its bracket; a block collection where its last element ends.
    fn closed(&self, start: Span, end: &Event, last: Option<Span>) -> Span {
        let end = self.span(end);
        match last {
            Some(last) if end.start == end.end => Span { end: last.end.max(start.start), ..start },
            Some(_) | None => start.to(end),
        }
    }

    /// go-yaml's `line N: problem` (goyaml.v2 decode.go, fail), lines counted within the document as kubectl does.
    fn syntax(&self, error: &Error) -> Box<Stop> {
        let mark = error.problem_mark();
        let line = |mark: Option<libyaml_safer::Mark>| mark.map_or(0, |mark| mark.line);
        let scanner = u64::from(error.kind() == ErrorKind::Scanner);
        let line = match (line(mark), line(error.context_mark())) {
            (0, context) => context,
            (problem, _) => problem + scanner,
        };
        let place = if line == 0 { String::new() } else { format!("line {line}: ") };
        let start = self.offset.saturating_add(mark.map_or(0, |mark| mark.index) as u32);
        let at = Span { file: self.file, start, end: start };
        go_yaml(at, &format!("{place}{}", error.problem()))
    }
}

fn is_merge(data: &EventData) -> bool {
    matches!(data, EventData::Scalar { value, style: ScalarStyle::Plain, tag: None, .. } if value == "<<")
}

/// Earlier elements of a list take precedence over later ones, so they are put in last (goyaml.v2 decode.go, merge).
fn merge(entries: &mut Vec<Entry>, value: YamlNode) -> Reading<()> {
    let span = value.span;
    match value.value {
        Value::Mapping(merged) => entries.extend(merged),
        Value::Sequence(elements) => {
            for element in elements.into_iter().rev() {
                match element.value {
                    Value::Mapping(merged) => entries.extend(merged),
                    _ => return Err(go_yaml(element.span, "map merge requires map or sequence of maps as the value")),
                }
            }
        }
        _ => return Err(go_yaml(span, "map merge requires map or sequence of maps as the value")),
    }
    Ok(())
}

fn size(node: &YamlNode) -> usize {
    let children = node.elements().iter().map(size).sum::<usize>();
    let entries = node.entries().iter().map(|entry| size(&entry.value)).sum::<usize>();
    children.saturating_add(entries).saturating_add(1)
}

fn stop(at: Span, problem: Problem) -> Box<Stop> {
    Box::new(Stop { problem, at })
}

fn go_yaml(at: Span, words: &str) -> Box<Stop> {
    json_error(at, &format!("yaml: {words}"))
}

fn json_error(at: Span, words: &str) -> Box<Stop> {
    stop(at, Problem::Syntax { message: format!("error converting YAML to JSON: {words}"), is_template: false })
}

fn not_json(at: Span, value: &Value) -> Box<Stop> {
    let word = match value {
        Value::Float(number) if number.is_nan() => "NaN",
        Value::Float(number) if *number < 0.0 => "-Inf",
        _ => "+Inf",
    };
    json_error(at, &format!("json: unsupported value: {word}"))
}
