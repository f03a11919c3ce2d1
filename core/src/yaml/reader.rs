//! From tokens to the tree: blocks, anchors, merge keys, keys as text, duplicates and the limits.
//!
//! Follows sigs.k8s.io/yaml (YAMLToJSON over goyaml.v2): one document per text, what follows it is not read; a merge
//! key takes effect where it stands, and of equal keys the last counts. The grammar is libyaml's parser.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::scanner::{Mark, ScanError, Scanner, TokenKind};
use super::{Entry, Keys, MAX_ALIASED_NODES, MAX_DEPTH, Value, YamlNode, json, scalar};
use crate::diagnostic::{Diagnostic, Problem};
use crate::limits::MAX_ALIASED_NODES_OF_ALL;
use crate::source::{FileId, Span};

/// Reads documents one after another; keeps the names of keys between them.
#[derive(Default)]
pub struct Reader {
    keys: Keys,
    /// How many values aliases have brought into the documents so far.
    aliased_nodes: usize,
}

/// One document being read.
struct Document<'r, 't> {
    keys: &'r mut Keys,
    /// How many values aliases have brought into the documents before.
    aliased_before: usize,
    scanner: Scanner<'t>,
    file: FileId,
    offset: u32,
    /// The length of the text as given, which may lack the last line break.
    length: usize,
    tags: BTreeMap<&'t str, &'t str>,
    /// What an anchor stands for; None while it is being read.
    anchors: BTreeMap<&'t str, Option<Anchored>>,
    aliased_nodes: usize,
    depth: usize,
    /// Whether the last scalar was plain and without tag.
    plain: bool,
    diagnostics: Vec<Diagnostic>,
}

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

/// Anchor and tag before a node.
#[derive(Default)]
struct Properties<'t> {
    anchor: Option<&'t str>,
    tag: Option<Cow<'t, str>>,
    start: Option<Mark>,
    end: Mark,
}

/// The prefix of YAML's own tags, which `!!` stands for.
const YAML_TAGS: &str = "tag:yaml.org,2002:";

const NO_MERGE: &str = "map merge requires map or sequence of maps as the value";

impl Reader {
    /// Reads one document that stands at a byte offset of a file. None if it is broken (a diagnostic says where) or
    /// empty. What can be said beyond that, such as duplicate keys, is in the diagnostics.
    pub fn read(&mut self, file: FileId, text: &str, offset: u32) -> (Option<YamlNode>, Vec<Diagnostic>) {
        // 1. Plain JSON has a reader of its own.
        if let Some((node, diagnostics)) = json::read(&mut self.keys, file, text, offset) {
            return (Some(node), diagnostics);
        }
        // 2. kubectl's reader ends every line, the last one too (apimachinery, LineReader).
        let ended = if text.ends_with('\n') { Cow::Borrowed(text) } else { Cow::Owned(format!("{text}\n")) };
        let mut document = Document {
            keys: &mut self.keys,
            scanner: Scanner::new(&ended),
            file,
            offset,
            length: text.len(),
            tags: BTreeMap::from([("!", "!"), ("!!", YAML_TAGS)]),
            anchors: BTreeMap::new(),
            aliased_before: self.aliased_nodes,
            aliased_nodes: 0,
            depth: 0,
            plain: false,
            diagnostics: Vec::new(),
        };
        // 3. What stops the reading is a diagnostic, with whatever was said before.
        let node = match document.read(&ended) {
            Ok(node) => node,
            Err(stop) => {
                let Stop { problem, at } = *stop;
                document.diagnostics.push(Diagnostic::at(at, problem));
                None
            }
        };
        // 4. Aliases count over all documents of a reader.
        let Document { aliased_nodes, diagnostics, .. } = document;
        self.aliased_nodes += aliased_nodes;
        (node, diagnostics)
    }
}

impl<'t> Document<'_, 't> {
    fn read(&mut self, text: &str) -> Reading<Option<YamlNode>> {
        if let Some(index) = control_character(text) {
            let at = Mark { index, ..Mark::default() };
            return Err(go_yaml(self.span(at, at), "control characters are not allowed"));
        }
        if matches!(self.peek()?.0, TokenKind::StreamEnd) {
            return Ok(None);
        }
        let explicit = self.document_start()?;
        let (kind, start) = self.peek()?;
        let node = match kind {
            TokenKind::VersionDirective { .. }
            | TokenKind::TagDirective { .. }
            | TokenKind::DocumentStart
            | TokenKind::DocumentEnd
            | TokenKind::StreamEnd
                if explicit =>
            {
                self.empty(start)
            }
            _ => self.node(true, false)?,
        };
        self.finish()?;
        Ok(Some(node))
    }

    /// Directives and `---`; whether it is there.
    fn document_start(&mut self) -> Reading<bool> {
        let mut version = false;
        let mut handles = BTreeSet::new();
        loop {
            // 1. Directives, each only once, up to `---` or to what is no directive.
            let problem = match self.peek()? {
                (TokenKind::VersionDirective { .. }, at) if version => Some(("found duplicate %YAML directive", at)),
                (TokenKind::VersionDirective { supported }, at) => {
                    version = true;
                    (!supported).then_some(("found incompatible YAML document", at))
                }
                (TokenKind::TagDirective { handle, prefix }, at) => {
                    let (handle, prefix) = (*handle, *prefix);
                    self.tags.insert(handle, prefix);
                    (!handles.insert(handle)).then_some(("found duplicate %TAG directive", at))
                }
                (TokenKind::DocumentStart, _) => {
                    self.scanner.take();
                    return Ok(true);
                }
                (_, at) if version || !handles.is_empty() => Some(("did not find expected <document start>", at)),
                _ => return Ok(false),
            };
            // 2. The first that is wrong ends the reading.
            if let Some((problem, at)) = problem {
                return Err(self.parse_error(problem, at, Mark::default()));
            }
            self.scanner.take();
        }
    }

    /// go-yaml reads one document of the text and ignores the rest, whatever it is. The next token must be one, though.
    fn finish(&mut self) -> Reading<()> {
        self.peek()?;
        while matches!(self.peek(), Ok((TokenKind::DocumentEnd, _))) {
            self.scanner.take();
        }
        let at = match self.peek() {
            Ok((TokenKind::StreamEnd, _)) => return Ok(()),
            Ok((_, at)) => at,
            Err(_) => self.scanner.mark(),
        };
        let at = self.span(at, at);
        self.diagnostics.push(Diagnostic::at(at, Problem::IgnoredDocument));
        Ok(())
    }

    fn peek(&mut self) -> Reading<(&TokenKind<'t>, Mark)> {
        // The error needs self, which a token would still borrow.
        if let Err(error) = self.scanner.peek() {
            return Err(self.scan_error(error));
        }
        match self.scanner.peek() {
            Ok(token) => Ok((&token.kind, token.start)),
            Err(_) => Err(go_yaml(Span::default(), "found unexpected end of stream")),
        }
    }

    /// Takes the token at hand; where it ends.
    fn take(&mut self) -> Mark {
        self.scanner.take().map(|token| token.end).unwrap_or_default()
    }

    /// A node: in a block or a flow collection; `indentless` where a list may stand at its key's own indentation.
    fn node(&mut self, block: bool, indentless: bool) -> Reading<YamlNode> {
        if let (TokenKind::Alias(name), start) = self.peek()? {
            let name = *name;
            let end = self.take();
            return self.alias(name, self.span(start, end));
        }
        let properties = self.properties()?;
        let (kind, at) = self.peek()?;
        let start = properties.start.unwrap_or(at);
        let read: fn(&mut Self, Mark) -> Reading<YamlNode> = match kind {
            TokenKind::BlockEntry if indentless => Self::indentless_sequence,
            TokenKind::Scalar { .. } => return self.scalar(properties, start),
            TokenKind::FlowSequenceStart => Self::flow_sequence,
            TokenKind::FlowMappingStart => Self::flow_mapping,
            TokenKind::BlockSequenceStart if block => Self::block_sequence,
            TokenKind::BlockMappingStart if block => Self::block_mapping,
            _ if properties.start.is_some() => {
                let span = self.span(start, properties.end);
                return self.resolved(properties, Cow::Borrowed(""), true, span);
            }
            _ => return Err(self.parse_error("did not find expected node content", at, start)),
        };
        self.nested(properties.anchor, start, read)
    }

    fn properties(&mut self) -> Reading<Properties<'t>> {
        let mut properties = Properties::default();
        loop {
            let (kind, at) = self.peek()?;
            match kind {
                TokenKind::Anchor(name) if properties.anchor.is_none() => properties.anchor = Some(*name),
                TokenKind::Tag { handle, suffix } if properties.tag.is_none() => {
                    let (handle, suffix) = (*handle, *suffix);
                    let start = properties.start.unwrap_or(at);
                    properties.tag = Some(self.tag(handle, suffix, at, start)?);
                }
                _ => return Ok(properties),
            }
            properties.start.get_or_insert(at);
            properties.end = self.take();
        }
    }

    fn tag(&self, handle: &str, suffix: &'t str, at: Mark, start: Mark) -> Reading<Cow<'t, str>> {
        match self.tags.get(handle) {
            _ if handle.is_empty() => Ok(Cow::Borrowed(suffix)),
            Some(prefix) => Ok(Cow::Owned(format!("{prefix}{suffix}"))),
            None => Err(self.parse_error("found undefined tag handle", at, start)),
        }
    }

    fn scalar(&mut self, properties: Properties<'t>, start: Mark) -> Reading<YamlNode> {
        let Some(token) = self.scanner.take() else { return Ok(self.empty(start)) };
        let span = self.span(start, token.end);
        match token.kind {
            TokenKind::Scalar { value, plain } => self.resolved(properties, value, plain, span),
            _ => Ok(self.empty(start)),
        }
    }

    fn resolved(
        &mut self,
        properties: Properties<'t>,
        text: Cow<'t, str>,
        plain: bool,
        span: Span,
    ) -> Reading<YamlNode> {
        self.plain = plain && properties.tag.is_none();
        let value = scalar::resolve(properties.tag.as_deref(), &text, plain).map_err(|words| go_yaml(span, &words))?;
        if matches!(value, Value::Float(number) if !number.is_finite()) {
            return Err(not_json(span, &value));
        }
        let node = YamlNode { span, value };
        self.define(properties.anchor, &node);
        Ok(node)
    }

    fn empty(&self, at: Mark) -> YamlNode {
        YamlNode { span: self.span(at, at), value: Value::Null }
    }

    fn nested(
        &mut self,
        anchor: Option<&'t str>,
        start: Mark,
        read: fn(&mut Self, Mark) -> Reading<YamlNode>,
    ) -> Reading<YamlNode> {
        if self.depth >= MAX_DEPTH {
            return Err(stop(self.span(start, start), Problem::TooDeep { limit: MAX_DEPTH }));
        }
        if let Some(anchor) = anchor {
            self.anchors.insert(anchor, None);
        }
        self.depth += 1;
        let node = read(self, start)?;
        self.depth -= 1;
        self.define(anchor, &node);
        Ok(node)
    }

    fn block_sequence(&mut self, start: Mark) -> Reading<YamlNode> {
        self.take();
        let mut elements: Vec<YamlNode> = Vec::new();
        loop {
            match self.peek()? {
                (TokenKind::BlockEntry, _) => elements.push(self.block_element(false)?),
                (TokenKind::BlockEnd, _) => {
                    self.take();
                    return Ok(self.sequence(start, elements));
                }
                (_, at) => return Err(self.parse_error("did not find expected '-' indicator", at, start)),
            }
        }
    }

    fn indentless_sequence(&mut self, start: Mark) -> Reading<YamlNode> {
        let mut elements: Vec<YamlNode> = Vec::new();
        while matches!(self.peek()?.0, TokenKind::BlockEntry) {
            elements.push(self.block_element(true)?);
        }
        Ok(self.sequence(start, elements))
    }

    fn block_element(&mut self, indentless: bool) -> Reading<YamlNode> {
        let end = self.take();
        match self.peek()?.0 {
            TokenKind::BlockEntry | TokenKind::BlockEnd => Ok(self.empty(end)),
            TokenKind::Key | TokenKind::Value if indentless => Ok(self.empty(end)),
            _ => self.node(true, false),
        }
    }

    /// A block's list ends where its last element does.
    fn sequence(&self, start: Mark, elements: Vec<YamlNode>) -> YamlNode {
        let first = self.span(start, start);
        let span = elements.last().map_or(first, |last| Span { end: last.span.end.max(first.end), ..first });
        YamlNode { span, value: Value::Sequence(elements) }
    }

    fn block_mapping(&mut self, start: Mark) -> Reading<YamlNode> {
        self.take();
        let mut map = Map::default();
        loop {
            // 1. A key, which may be empty, or the mapping's end.
            let (key, key_plain) = match self.peek()? {
                (TokenKind::Key, _) => {
                    let end = self.take();
                    match self.peek()?.0 {
                        TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => (self.empty(end), false),
                        _ => self.key(true)?,
                    }
                }
                (TokenKind::BlockEnd, _) => {
                    self.take();
                    let span = self.span(start, start);
                    let span = map.end.map_or(span, |end| Span { end: end.max(span.end), ..span });
                    return Ok(self.mapping(span, map));
                }
                (_, at) => return Err(self.parse_error("did not find expected key", at, start)),
            };
            // 2. Its value, which may be empty.
            let value = match self.peek()? {
                (TokenKind::Value, _) => {
                    let end = self.take();
                    match self.peek()?.0 {
                        TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => self.empty(end),
                        _ => self.node(true, true)?,
                    }
                }
                // The next key follows: the place is this key's end rather than the next one's beginning.
                _ => YamlNode { span: Span { start: key.span.end, ..key.span }, value: Value::Null },
            };
            // 3. The entry; a merge brings several.
            self.entry(&mut map, key, key_plain, value)?;
        }
    }

    /// A node in a key's place, and whether it is plain text.
    fn key(&mut self, block: bool) -> Reading<(YamlNode, bool)> {
        self.plain = false;
        let node = self.node(block, block)?;
        Ok((node, self.plain))
    }

    fn flow_sequence(&mut self, start: Mark) -> Reading<YamlNode> {
        self.take();
        let mut elements: Vec<YamlNode> = Vec::new();
        loop {
            if !elements.is_empty() && !matches!(self.peek()?.0, TokenKind::FlowSequenceEnd) {
                self.separator(start, "did not find expected ',' or ']'")?;
            }
            match self.peek()? {
                (TokenKind::FlowSequenceEnd, _) => {
                    let end = self.take();
                    return Ok(YamlNode { span: self.span(start, end), value: Value::Sequence(elements) });
                }
                (TokenKind::Key, at) => {
                    self.take();
                    elements.push(self.pair(at)?);
                }
                _ => elements.push(self.node(false, false)?),
            }
        }
    }

    /// `[a: b]` holds a map of one entry.
    fn pair(&mut self, start: Mark) -> Reading<YamlNode> {
        let (key, plain) = match self.peek()? {
            (TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowSequenceEnd, at) => (self.empty(at), false),
            _ => self.key(false)?,
        };
        let value = self.flow_value(|kind| matches!(kind, TokenKind::FlowEntry | TokenKind::FlowSequenceEnd))?;
        let span = self.span(start, start).to(value.span);
        let mut map = Map::default();
        self.entry(&mut map, key, plain, value)?;
        Ok(self.mapping(span, map))
    }

    fn flow_mapping(&mut self, start: Mark) -> Reading<YamlNode> {
        self.take();
        let mut map = Map::default();
        loop {
            // 1. A comma between entries.
            if map.end.is_some() && !matches!(self.peek()?.0, TokenKind::FlowMappingEnd) {
                self.separator(start, "did not find expected ',' or '}'")?;
            }
            // 2. The end, a key with its value, or a key alone.
            let ends = |kind: &TokenKind<'_>| matches!(kind, TokenKind::FlowEntry | TokenKind::FlowMappingEnd);
            let (key, plain, value) = match self.peek()? {
                (TokenKind::FlowMappingEnd, _) => {
                    let end = self.take();
                    let span = self.span(start, end);
                    return Ok(self.mapping(span, map));
                }
                (TokenKind::Key, _) => {
                    self.take();
                    let (key, plain) = match self.peek()? {
                        (TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowMappingEnd, at) => {
                            (self.empty(at), false)
                        }
                        _ => self.key(false)?,
                    };
                    (key, plain, self.flow_value(ends)?)
                }
                _ => {
                    let (key, plain) = self.key(false)?;
                    let (_, at) = self.peek()?;
                    (key, plain, self.empty(at))
                }
            };
            // 3. The entry; a merge brings several.
            self.entry(&mut map, key, plain, value)?;
        }
    }

    fn separator(&mut self, start: Mark, problem: &str) -> Reading<()> {
        match self.peek()? {
            (TokenKind::FlowEntry, _) => {
                self.take();
                Ok(())
            }
            (_, at) => Err(self.parse_error(problem, at, start)),
        }
    }

    fn flow_value(&mut self, ends: impl Fn(&TokenKind<'_>) -> bool) -> Reading<YamlNode> {
        let (kind, at) = self.peek()?;
        if !matches!(kind, TokenKind::Value) {
            return Ok(self.empty(at));
        }
        self.take();
        let (kind, at) = self.peek()?;
        if ends(kind) { Ok(self.empty(at)) } else { self.node(false, false) }
    }

    fn entry(&mut self, map: &mut Map, key: YamlNode, plain: bool, value: YamlNode) -> Reading<()> {
        map.end = Some(key.span.to(value.span).end);
        if plain && key.text().is_some_and(|text| &**text == "<<") {
            map.merged = true;
            return merge(&mut map.entries, value);
        }
        let letter = key.text().and_then(|text| scalar::letter(text)).filter(|_| plain);
        let name = match (letter, &key.value) {
            (Some(value), _) => self.keys.intern(if value { "true" } else { "false" }),
            (None, Value::String(text)) => self.keys.intern(text),
            (None, other) => {
                let text = scalar::key_text(other).map_err(|words| json_error(key.span, &words))?;
                self.keys.intern(&text)
            }
        };
        map.entries.push(Entry { key: name, key_span: key.span, value });
        Ok(())
    }

    fn mapping(&mut self, span: Span, map: Map) -> YamlNode {
        let report = if map.merged { None } else { Some(&mut self.diagnostics) };
        YamlNode { span, value: Value::Mapping(super::last_of_equal(map.entries, report)) }
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
                if self.aliased_before + self.aliased_nodes > MAX_ALIASED_NODES_OF_ALL {
                    return Err(stop(span, Problem::TooManyAliases { limit: MAX_ALIASED_NODES_OF_ALL }));
                }
                Ok(anchored.node.clone())
            }
        }
    }

    fn define(&mut self, anchor: Option<&'t str>, node: &YamlNode) {
        if let Some(anchor) = anchor {
            let anchored = Anchored { node: node.clone(), size: size(node) };
            self.anchors.insert(anchor, Some(anchored));
        }
    }

    fn span(&self, start: Mark, end: Mark) -> Span {
        let byte = |mark: Mark| self.offset.saturating_add(mark.index.min(self.length) as u32);
        Span { file: self.file, start: byte(start), end: byte(end) }
    }

    fn scan_error(&self, error: ScanError) -> Box<Stop> {
        self.syntax(error.problem, error.at, error.context, 1)
    }

    fn parse_error(&self, problem: &str, at: Mark, context: Mark) -> Box<Stop> {
        self.syntax(problem, at, context, 0)
    }

    /// go-yaml's `line N: problem` (goyaml.v2 decode.go, fail): lines are counted within the document, as kubectl does, and
    /// from 0 unless the scanner complains.
    fn syntax(&self, problem: &str, at: Mark, context: Mark, one: usize) -> Box<Stop> {
        let line = if at.line > 0 { at.line + one } else { context.line };
        let place = if line == 0 { String::new() } else { format!("line {line}: ") };
        go_yaml(self.span(at, at), &format!("{place}{problem}"))
    }
}

/// A map being read.
#[derive(Default)]
struct Map {
    entries: Vec<Entry>,
    merged: bool,
    /// Where the last entry ends; None before the first.
    end: Option<u32>,
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
                    _ => return Err(go_yaml(element.span, NO_MERGE)),
                }
            }
        }
        _ => return Err(go_yaml(span, NO_MERGE)),
    }
    Ok(())
}

/// Where a character stands that YAML allows nowhere.
fn control_character(text: &str) -> Option<usize> {
    let allowed = |character: char| {
        matches!(character, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}')
            || character >= '\u{10000}'
    };
    text.char_indices().find(|(_, character)| !allowed(*character)).map(|(index, _)| index)
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
