//! Scalars in their five styles: plain, single and double quoted, literal, folded.

use std::borrow::Cow;

use super::{Mark, Scan, Scanner, TokenKind};

/// What lies between two words of a scalar: blanks on one line, or line breaks.
#[derive(Default)]
struct Gap<'t> {
    blanks: &'t str,
    first_break: &'static str,
    more_breaks: String,
    broken: bool,
}

impl Gap<'_> {
    /// Folding: one line break is a space, more are one less; Unicode's separators stay.
    fn fold_into(&self, text: &mut String) {
        if !self.broken {
            text.push_str(self.blanks);
        } else if self.first_break == "\n" {
            text.push_str(if self.more_breaks.is_empty() { " " } else { &self.more_breaks });
        } else {
            text.push_str(self.first_break);
            text.push_str(&self.more_breaks);
        }
    }
}

/// How a block scalar treats the line breaks at its end.
#[derive(Clone, Copy, PartialEq)]
enum Chomping {
    Strip,
    Clip,
    Keep,
}

impl<'t> Scanner<'t> {
    /// Text without quotes. Where it ends is kept in `plain_end`, as blanks after it are scanned too.
    pub(super) fn scan_plain(&mut self) -> Scan<TokenKind<'t>> {
        let start = self.mark;
        let indent = self.indent + 1;
        let mut value = Cow::Borrowed("");
        let mut gap = Gap::default();
        let mut end = self.mark;
        while !(self.is_document_indicator() || self.byte(0) == b'#') {
            // 1. A word; as long as all stands in one line the text itself is borrowed.
            let word = self.mark;
            self.skip_plain_word()?;
            if self.mark != word {
                end = self.mark;
                match value {
                    Cow::Borrowed(_) if !gap.broken => value = Cow::Borrowed(self.between(start, end)),
                    _ => {
                        let text = value.to_mut();
                        gap.fold_into(text);
                        text.push_str(self.between(word, end));
                    }
                }
                gap = Gap::default();
            }
            // 2. The gap behind it; less indentation ends the text.
            if !(self.is_blank(0) || self.is_break(0)) {
                break;
            }
            self.plain_gap(&mut gap, indent, start)?;
            if self.flow_level == 0 && (self.mark.column as isize) < indent {
                break;
            }
        }
        // 3. A line break behind it lets a key begin.
        if gap.broken {
            self.key_allowed = true;
        }
        self.plain_end = Some(end);
        Ok(TokenKind::Scalar { value, plain: true })
    }

    /// Up to a blank, a `: `, or in a flow collection to what separates its elements. Before those a colon belongs to the
    /// word (go-yaml v2, yaml_parser_scan_plain_scalar; libyaml itself refuses it).
    fn skip_plain_word(&mut self) -> Scan<()> {
        let in_flow = self.flow_level > 0;
        while !self.is_blank_or_end(0) {
            match self.byte(0) {
                b':' if self.is_blank_or_end(1) => return Ok(()),
                b',' | b'[' | b']' | b'{' | b'}' if in_flow => return Ok(()),
                byte if byte.is_ascii() => self.skip_bytes(1),
                _ => self.skip(),
            }
        }
        Ok(())
    }

    fn plain_gap(&mut self, gap: &mut Gap<'t>, indent: isize, start: Mark) -> Scan<()> {
        let from = self.mark;
        while self.is_blank(0) || self.is_break(0) {
            if self.is_break(0) {
                self.gap_break(gap);
            } else if gap.broken && self.byte(0) == b'\t' && (self.mark.column as isize) < indent {
                return self.error("found a tab character that violates indentation", start);
            } else {
                self.skip();
            }
        }
        if !gap.broken {
            gap.blanks = self.between(from, self.mark);
        }
        Ok(())
    }

    fn gap_break(&mut self, gap: &mut Gap<'t>) {
        let text = self.skip_break();
        if gap.broken {
            gap.more_breaks.push_str(text);
        } else {
            gap.broken = true;
            gap.first_break = text;
        }
    }

    /// Text in single or double quotes.
    pub(super) fn scan_quoted(&mut self, single: bool) -> Scan<TokenKind<'t>> {
        let start = self.mark;
        let quote = if single { b'\'' } else { b'"' };
        self.skip();
        let mut value: Cow<'t, str> = Cow::Borrowed("");
        loop {
            if self.is_document_indicator() {
                return self.error("found unexpected document indicator", start);
            }
            if self.is_end() {
                return self.error("found unexpected end of stream", start);
            }
            let mut gap = Gap::default();
            self.quoted_words(quote, &mut value, &mut gap, start)?;
            if !gap.broken && self.byte(0) == quote {
                break;
            }
            self.quoted_gap(&mut gap);
            gap.fold_into(value.to_mut());
        }
        self.skip();
        Ok(TokenKind::Scalar { value, plain: false })
    }

    /// Up to a blank, a line break or the closing quote; an escaped line break begins a gap.
    fn quoted_words(&mut self, quote: u8, value: &mut Cow<'t, str>, gap: &mut Gap<'t>, start: Mark) -> Scan<()> {
        let mut piece = self.mark;
        while !self.is_blank_or_end(0) {
            match self.byte(0) {
                b'\'' if quote == b'\'' && self.byte(1) == b'\'' => {
                    add(value, self.between(piece, self.mark));
                    value.to_mut().push('\'');
                    self.skip_bytes(2);
                    piece = self.mark;
                }
                byte if byte == quote => break,
                b'\\' if quote == b'"' => {
                    add(value, self.between(piece, self.mark));
                    if self.is_break(1) {
                        self.skip();
                        self.skip_break();
                        gap.broken = true;
                        return Ok(());
                    }
                    let character = self.escape(start)?;
                    value.to_mut().push(character);
                    piece = self.mark;
                }
                byte if byte.is_ascii() => self.skip_bytes(1),
                _ => self.skip(),
            }
        }
        add(value, self.between(piece, self.mark));
        Ok(())
    }

    fn quoted_gap(&mut self, gap: &mut Gap<'t>) {
        let from = self.mark;
        while self.is_blank(0) || self.is_break(0) {
            if self.is_break(0) {
                self.gap_break(gap);
            } else {
                self.skip();
            }
        }
        if !gap.broken {
            gap.blanks = self.between(from, self.mark);
        }
    }

    fn escape(&mut self, start: Mark) -> Scan<char> {
        // 1. The character, or how many digits of its code follow.
        let (digits, character) = match self.byte(1) {
            b'0' => (0, '\0'),
            b'a' => (0, '\u{7}'),
            b'b' => (0, '\u{8}'),
            b't' | b'\t' => (0, '\t'),
            b'n' => (0, '\n'),
            b'v' => (0, '\u{b}'),
            b'f' => (0, '\u{c}'),
            b'r' => (0, '\r'),
            b'e' => (0, '\u{1b}'),
            b' ' => (0, ' '),
            b'"' => (0, '"'),
            b'/' => (0, '/'),
            b'\\' => (0, '\\'),
            b'N' => (0, '\u{85}'),
            b'_' => (0, '\u{a0}'),
            b'L' => (0, '\u{2028}'),
            b'P' => (0, '\u{2029}'),
            b'x' => (2, ' '),
            b'u' => (4, ' '),
            b'U' => (8, ' '),
            _ => return self.error("found unknown escape character", start),
        };
        self.skip_bytes(2);
        if digits == 0 {
            return Ok(character);
        }
        // 2. The code in hexadecimal digits.
        let code = self.rest().get(..digits).filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let Some(code) = code else { return self.error("did not find expected hexdecimal number", start) };
        // 3. A character of Unicode.
        match u32::from_str_radix(code, 16).ok().and_then(char::from_u32) {
            Some(character) => {
                self.skip_bytes(digits);
                Ok(character)
            }
            None => self.error("found invalid Unicode character escape code", start),
        }
    }

    /// Text after `|` or `>`, and where it ends.
    pub(super) fn scan_block(&mut self, literal: bool) -> Scan<(TokenKind<'t>, Mark)> {
        // 1. The header; without an indentation in it the first line with text sets it.
        let start = self.mark;
        let (chomping, increment) = self.block_header(start)?;
        let mut end = self.mark;
        let mut indent = increment.map(|increment| self.indent.max(0) + increment);
        let mut text = String::new();
        let mut line_end = "";
        let mut breaks = String::new();
        let mut indented = false;
        self.block_breaks(&mut indent, &mut breaks, &mut end, start)?;
        while Some(self.mark.column as isize) == indent && !self.is_end() {
            // 2. The line break before: folded into a blank unless a line is indented further.
            let indents = self.is_blank(0);
            if !literal && line_end.starts_with('\n') && !indented && !indents {
                text.push_str(if breaks.is_empty() { " " } else { "" });
            } else {
                text.push_str(line_end);
            }
            text.push_str(&breaks);
            breaks.clear();
            indented = indents;
            // 3. The line itself, and the empty ones behind it.
            let line = self.mark;
            self.skip_to_line_end();
            text.push_str(self.between(line, self.mark));
            line_end = self.skip_break();
            end = self.mark;
            self.block_breaks(&mut indent, &mut breaks, &mut end, start)?;
        }
        // 4. What becomes of the breaks at the end.
        if chomping != Chomping::Strip {
            text.push_str(line_end);
        }
        if chomping == Chomping::Keep {
            text.push_str(&breaks);
        }
        Ok((TokenKind::Scalar { value: Cow::Owned(text), plain: false }, end))
    }

    /// `|2-` and the like, up to the end of the line.
    fn block_header(&mut self, start: Mark) -> Scan<(Chomping, Option<isize>)> {
        self.skip();
        let mut chomping = self.chomping();
        let mut increment = None;
        if self.byte(0).is_ascii_digit() {
            if self.byte(0) == b'0' {
                return self.error("found an indentation indicator equal to 0", start);
            }
            increment = Some(isize::from(self.byte(0) - b'0'));
            self.skip();
            if chomping.is_none() {
                chomping = self.chomping();
            }
        }
        while self.is_blank(0) {
            self.skip();
        }
        if self.byte(0) == b'#' {
            self.skip_to_line_end();
        }
        if !self.is_break_or_end(0) {
            return self.error("did not find expected comment or line break", start);
        }
        self.skip_break();
        Ok((chomping.unwrap_or(Chomping::Clip), increment))
    }

    fn chomping(&mut self) -> Option<Chomping> {
        let chomping = match self.byte(0) {
            b'+' => Chomping::Keep,
            b'-' => Chomping::Strip,
            _ => return None,
        };
        self.skip();
        Some(chomping)
    }

    /// Indentation and empty lines; the first line that isn't empty sets the indentation.
    fn block_breaks(
        &mut self,
        indent: &mut Option<isize>,
        breaks: &mut String,
        end: &mut Mark,
        start: Mark,
    ) -> Scan<()> {
        let mut deepest = 0;
        *end = self.mark;
        loop {
            let shallow = |column: usize| indent.is_none_or(|indent| (column as isize) < indent);
            while shallow(self.mark.column) && self.byte(0) == b' ' {
                self.skip();
            }
            deepest = deepest.max(self.mark.column as isize);
            if shallow(self.mark.column) && self.byte(0) == b'\t' {
                return self.error("found a tab character where an indentation space is expected", start);
            }
            if !self.is_break(0) {
                break;
            }
            breaks.push_str(self.skip_break());
            *end = self.mark;
        }
        indent.get_or_insert(deepest.max(self.indent + 1).max(1));
        Ok(())
    }
}

/// Adds a piece of the source; alone it stays one.
fn add<'t>(value: &mut Cow<'t, str>, piece: &'t str) {
    if value.is_empty() {
        *value = Cow::Borrowed(piece);
    } else if !piece.is_empty() {
        value.to_mut().push_str(piece);
    }
}
