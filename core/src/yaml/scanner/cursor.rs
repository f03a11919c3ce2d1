//! Moving through the text: characters, blanks, line breaks.

use super::{Mark, Scanner};

impl<'t> Scanner<'t> {
    /// What is left of the text.
    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.mark.index..).unwrap_or("")
    }

    /// The text between two places.
    pub(super) fn between(&self, start: Mark, end: Mark) -> &'t str {
        self.text.get(start.index..end.index).unwrap_or("")
    }

    /// A byte further on; 0 past the end, where no text has one.
    pub(super) fn byte(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.mark.index + ahead).copied().unwrap_or(0)
    }

    pub(super) fn is_end(&self) -> bool {
        self.mark.index >= self.text.len()
    }

    /// Whether a line break stands there: YAML 1.1 has five.
    pub(super) fn is_break(&self, ahead: usize) -> bool {
        match self.byte(ahead) {
            b'\n' | b'\r' => true,
            0xc2 => self.byte(ahead + 1) == 0x85,
            0xe2 => self.byte(ahead + 1) == 0x80 && matches!(self.byte(ahead + 2), 0xa8 | 0xa9),
            _ => false,
        }
    }

    pub(super) fn is_blank(&self, ahead: usize) -> bool {
        matches!(self.byte(ahead), b' ' | b'\t')
    }

    pub(super) fn is_blank_or_end(&self, ahead: usize) -> bool {
        self.is_blank(ahead) || self.is_break_or_end(ahead)
    }

    pub(super) fn is_break_or_end(&self, ahead: usize) -> bool {
        self.is_break(ahead) || self.mark.index + ahead >= self.text.len()
    }

    /// `---` or `...` at the beginning of a line, alone.
    pub(super) fn is_document_indicator(&self) -> bool {
        let rest = self.rest();
        self.mark.column == 0 && (rest.starts_with("---") || rest.starts_with("...")) && self.is_blank_or_end(3)
    }

    /// One character further, no line break.
    pub(super) fn skip(&mut self) {
        let length = self.rest().chars().next().map_or(0, char::len_utf8);
        self.mark.index += length;
        self.mark.column += 1;
    }

    /// Some bytes further, all ASCII and no line breaks.
    pub(super) fn skip_bytes(&mut self, count: usize) {
        self.mark.index += count;
        self.mark.column += count;
    }

    pub(super) fn skip_to_line_end(&mut self) {
        while !self.is_break_or_end(0) {
            self.skip();
        }
    }

    /// Past a line break; what it is in the text: Unicode's separators stay, the others are `\n`.
    pub(super) fn skip_break(&mut self) -> &'static str {
        let (length, text) = match self.byte(0) {
            b'\r' if self.byte(1) == b'\n' => (2, "\n"),
            b'\r' | b'\n' => (1, "\n"),
            0xc2 => (2, "\n"),
            0xe2 if self.byte(2) == 0xa8 => (3, "\u{2028}"),
            0xe2 => (3, "\u{2029}"),
            _ => return "",
        };
        self.mark = Mark { index: self.mark.index + length, line: self.mark.line + 1, column: 0 };
        text
    }
}
