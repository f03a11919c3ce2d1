//! From text to tokens, as libyaml's scanner cuts them and go-yaml's after it: indentation becomes block starts and ends,
//! and a scalar becomes a key when a `:` follows it on its line.
//!
//! Our own, because the port of libyaml to safe Rust panics on some input, and what is pasted must never stop the
//! page. It is held against that port in the tests. Errors are libyaml's words, which people find when they search.

use std::borrow::Cow;
use std::collections::VecDeque;

mod cursor;
mod scalar;
mod tag;

/// A place in the text. Lines and columns count from 0, columns in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark {
    pub index: usize,
    pub line: usize,
    pub column: usize,
}

/// A token and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct YamlToken<'t> {
    pub kind: TokenKind<'t>,
    pub start: Mark,
    pub end: Mark,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum TokenKind<'t> {
    StreamEnd,
    VersionDirective { supported: bool },
    TagDirective { handle: &'t str, prefix: &'t str },
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias(&'t str),
    Anchor(&'t str),
    Tag { handle: &'t str, suffix: &'t str },
    Scalar { value: Cow<'t, str>, plain: bool },
}

/// Why there is no next token.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ScanError {
    /// libyaml's words.
    pub problem: &'static str,
    /// Where it is.
    pub at: Mark,
    /// Where what it is part of begins.
    pub context: Mark,
}

type Scan<T> = Result<T, ScanError>;

/// Where a key may have begun that is known as one only once its `:` comes.
#[derive(Clone, Copy, Debug, Default)]
struct SimpleKey {
    possible: bool,
    /// Nothing else can stand here.
    required: bool,
    /// The number of its token among all tokens.
    token: usize,
    mark: Mark,
}

/// A key stands on one line and isn't longer than this.
const LONGEST_KEY: usize = 1024;

/// Cuts a text into tokens, one at a time.
pub(super) struct Scanner<'t> {
    text: &'t str,
    mark: Mark,
    /// Tokens that are scanned but not taken.
    tokens: VecDeque<YamlToken<'t>>,
    /// How many tokens have been taken.
    taken: usize,
    /// The columns of the open blocks; -1 is outside of all.
    indents: Vec<isize>,
    indent: isize,
    flow_level: usize,
    /// One for every flow level, and one for the blocks around.
    keys: Vec<SimpleKey>,
    key_allowed: bool,
    ended: bool,
    /// The end of the plain scalar just scanned.
    plain_end: Option<Mark>,
}

impl<'t> Scanner<'t> {
    /// A scanner of a text, which ends with a line break.
    pub fn new(text: &'t str) -> Self {
        Self {
            text,
            mark: Mark::default(),
            tokens: VecDeque::new(),
            taken: 0,
            indents: Vec::new(),
            indent: -1,
            flow_level: 0,
            keys: vec![SimpleKey::default()],
            key_allowed: true,
            ended: false,
            plain_end: None,
        }
    }

    /// The next token, not taken.
    pub fn peek(&mut self) -> Scan<&YamlToken<'t>> {
        while !self.ended {
            if !self.tokens.is_empty() {
                self.stale_keys()?;
                if !self.may_get_key() {
                    break;
                }
            }
            self.next_token()?;
        }
        let end = ScanError { problem: "found unexpected end of stream", at: self.mark, context: self.mark };
        self.tokens.front().ok_or(end)
    }

    /// Takes the token that was peeked.
    pub fn take(&mut self) -> Option<YamlToken<'t>> {
        self.taken += 1;
        self.tokens.pop_front()
    }

    /// Where the scanner is.
    pub fn mark(&self) -> Mark {
        self.mark
    }

    /// The first token may yet turn out to be a key, before which a token has to be put.
    fn may_get_key(&self) -> bool {
        self.keys.iter().any(|key| key.possible && key.token == self.taken)
    }

    fn next_token(&mut self) -> Scan<()> {
        // 1. Blanks and comments; then what their end settles: simple keys and blocks.
        self.skip_to_token();
        self.stale_keys()?;
        self.close_blocks(self.mark.column as isize);
        let (byte, blank_follows, in_flow) = (self.byte(0), self.is_blank_or_end(1), self.flow_level > 0);
        // 2. What only stands at the text's end or a line's beginning.
        if self.is_end() {
            return self.end_of_stream();
        }
        if self.mark.column == 0 {
            if byte == b'%' {
                return self.directive();
            }
            if self.is_document_indicator() {
                return self.document_indicator(if byte == b'-' {
                    TokenKind::DocumentStart
                } else {
                    TokenKind::DocumentEnd
                });
            }
        }
        // 3. Everything else tells by its first byte what it is.
        match byte {
            b'[' => self.flow_start(TokenKind::FlowSequenceStart),
            b'{' => self.flow_start(TokenKind::FlowMappingStart),
            b']' => self.flow_end(TokenKind::FlowSequenceEnd),
            b'}' => self.flow_end(TokenKind::FlowMappingEnd),
            b',' => self.flow_entry(),
            b'-' if blank_follows => self.block_entry(),
            b'?' if in_flow || blank_follows => self.key(),
            b':' if in_flow || blank_follows => self.value(),
            b'*' | b'&' => self.anchor(byte == b'*'),
            b'!' => self.property(Self::scan_tag),
            b'|' | b'>' if !in_flow => self.block_scalar(byte == b'|'),
            b'\'' | b'"' => self.property(|scanner| scanner.scan_quoted(byte == b'\'')),
            b'-' if !self.is_blank_or_end(1) => self.property(Self::scan_plain),
            b'?' | b':' if !in_flow => self.property(Self::scan_plain),
            b'-' | b'?' | b':' | b'#' | b'|' | b'>' | b'%' | b'@' | b'`' | b'\t' | b' ' => {
                self.error("found character that cannot start any token", self.mark)
            }
            _ => self.property(Self::scan_plain),
        }
    }

    /// Blanks, comments and line breaks. A tab may stand where no indentation is, that is where no key can begin.
    fn skip_to_token(&mut self) {
        loop {
            if self.mark.column == 0 && self.rest().starts_with('\u{feff}') {
                self.skip();
            }
            while self.byte(0) == b' ' || (self.byte(0) == b'\t' && (self.flow_level > 0 || !self.key_allowed)) {
                self.skip();
            }
            if self.byte(0) == b'#' {
                self.skip_to_line_end();
            }
            if !self.is_break(0) {
                return;
            }
            self.skip_break();
            if self.flow_level == 0 {
                self.key_allowed = true;
            }
        }
    }

    fn end_of_stream(&mut self) -> Scan<()> {
        if self.mark.column > 0 {
            self.mark.column = 0;
            self.mark.line += 1;
        }
        self.close_blocks(-1);
        self.forget_key()?;
        self.key_allowed = false;
        self.ended = true;
        self.push(TokenKind::StreamEnd, self.mark);
        Ok(())
    }

    fn directive(&mut self) -> Scan<()> {
        self.close_blocks(-1);
        self.forget_key()?;
        self.key_allowed = false;
        let start = self.mark;
        let kind = self.scan_directive()?;
        self.push(kind, start);
        Ok(())
    }

    fn document_indicator(&mut self, kind: TokenKind<'t>) -> Scan<()> {
        self.close_blocks(-1);
        self.forget_key()?;
        self.key_allowed = false;
        let start = self.mark;
        self.skip_bytes(3);
        self.push(kind, start);
        Ok(())
    }

    fn flow_start(&mut self, kind: TokenKind<'t>) -> Scan<()> {
        self.save_key()?;
        self.keys.push(SimpleKey::default());
        self.flow_level += 1;
        self.key_allowed = true;
        self.one_byte(kind);
        Ok(())
    }

    fn flow_end(&mut self, kind: TokenKind<'t>) -> Scan<()> {
        self.forget_key()?;
        if self.flow_level > 0 {
            self.flow_level -= 1;
            self.keys.pop();
        }
        self.key_allowed = false;
        self.one_byte(kind);
        Ok(())
    }

    fn flow_entry(&mut self) -> Scan<()> {
        self.forget_key()?;
        self.key_allowed = true;
        self.one_byte(TokenKind::FlowEntry);
        Ok(())
    }

    fn block_entry(&mut self) -> Scan<()> {
        if self.flow_level == 0 {
            if !self.key_allowed {
                return self.error("block sequence entries are not allowed in this context", self.mark);
            }
            self.open_block(TokenKind::BlockSequenceStart, self.mark, None);
        }
        self.forget_key()?;
        self.key_allowed = true;
        self.one_byte(TokenKind::BlockEntry);
        Ok(())
    }

    fn key(&mut self) -> Scan<()> {
        if self.flow_level == 0 {
            if !self.key_allowed {
                return self.error("mapping keys are not allowed in this context", self.mark);
            }
            self.open_block(TokenKind::BlockMappingStart, self.mark, None);
        }
        self.forget_key()?;
        self.key_allowed = self.flow_level == 0;
        self.one_byte(TokenKind::Key);
        Ok(())
    }

    fn value(&mut self) -> Scan<()> {
        let key = self.keys.last().copied().unwrap_or_default();
        if key.possible {
            self.insert(key.token, YamlToken { kind: TokenKind::Key, start: key.mark, end: key.mark });
            self.open_block(TokenKind::BlockMappingStart, key.mark, Some(key.token));
            self.impossible();
            self.key_allowed = false;
        } else {
            if self.flow_level == 0 {
                if !self.key_allowed {
                    return self.error("mapping values are not allowed in this context", self.mark);
                }
                self.open_block(TokenKind::BlockMappingStart, self.mark, None);
            }
            self.key_allowed = self.flow_level == 0;
        }
        self.one_byte(TokenKind::Value);
        Ok(())
    }

    fn anchor(&mut self, alias: bool) -> Scan<()> {
        self.property(|scanner| {
            let name = scanner.scan_anchor()?;
            Ok(if alias { TokenKind::Alias(name) } else { TokenKind::Anchor(name) })
        })
    }

    /// What may begin a key.
    fn property(&mut self, scan: impl FnOnce(&mut Self) -> Scan<TokenKind<'t>>) -> Scan<()> {
        self.save_key()?;
        self.key_allowed = false;
        let start = self.mark;
        let kind = scan(self)?;
        // A plain scalar ends before the blanks that follow it, which are scanned already.
        let end = self.plain_end.take().unwrap_or(self.mark);
        self.tokens.push_back(YamlToken { kind, start, end });
        Ok(())
    }

    fn block_scalar(&mut self, literal: bool) -> Scan<()> {
        self.forget_key()?;
        self.key_allowed = true;
        let start = self.mark;
        let (kind, end) = self.scan_block(literal)?;
        self.tokens.push_back(YamlToken { kind, start, end });
        Ok(())
    }

    fn one_byte(&mut self, kind: TokenKind<'t>) {
        let start = self.mark;
        self.skip();
        self.push(kind, start);
    }

    fn push(&mut self, kind: TokenKind<'t>, start: Mark) {
        self.tokens.push_back(YamlToken { kind, start, end: self.mark });
    }

    /// Puts a token before the one with a number.
    fn insert(&mut self, number: usize, token: YamlToken<'t>) {
        let position = number.saturating_sub(self.taken).min(self.tokens.len());
        self.tokens.insert(position, token);
    }

    /// Opens a block at a column if it is deeper than the one around it.
    fn open_block(&mut self, kind: TokenKind<'t>, mark: Mark, before: Option<usize>) {
        let column = mark.column as isize;
        if self.flow_level > 0 || self.indent >= column {
            return;
        }
        self.indents.push(self.indent);
        self.indent = column;
        let token = YamlToken { kind, start: mark, end: mark };
        match before {
            Some(number) => self.insert(number, token),
            None => self.tokens.push_back(token),
        }
    }

    /// Closes the blocks that are deeper than a column.
    fn close_blocks(&mut self, column: isize) {
        while self.flow_level == 0 && self.indent > column {
            self.push(TokenKind::BlockEnd, self.mark);
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    fn save_key(&mut self) -> Scan<()> {
        let required = self.flow_level == 0 && self.indent == self.mark.column as isize;
        if self.key_allowed {
            self.forget_key()?;
            let token = self.taken + self.tokens.len();
            if let Some(last) = self.keys.last_mut() {
                *last = SimpleKey { possible: true, required, token, mark: self.mark };
            }
        }
        Ok(())
    }

    /// What was a possible key is none: something else stands where its `:` would.
    fn forget_key(&mut self) -> Scan<()> {
        if let Some(key) = self.keys.last().copied().filter(|key| key.possible && key.required) {
            return self.error("could not find expected ':'", key.mark);
        }
        self.impossible();
        Ok(())
    }

    fn impossible(&mut self) {
        if let Some(last) = self.keys.last_mut() {
            last.possible = false;
        }
    }

    /// Keys that a line break or their length has ended.
    fn stale_keys(&mut self) -> Scan<()> {
        let mark = self.mark;
        let stale =
            |key: &SimpleKey| key.possible && (key.mark.line < mark.line || key.mark.index + LONGEST_KEY < mark.index);
        let mut required = None;
        for key in self.keys.iter_mut().filter(|key| stale(key)) {
            key.possible = false;
            if key.required && required.is_none() {
                required = Some(key.mark);
            }
        }
        required.map_or(Ok(()), |mark| self.error("could not find expected ':'", mark))
    }

    fn error<T>(&self, problem: &'static str, context: Mark) -> Scan<T> {
        Err(ScanError { problem, at: self.mark, context })
    }
}
