//! Anchors, tags and directives.

use super::{Mark, Scan, Scanner, TokenKind};

impl<'t> Scanner<'t> {
    /// The name of an anchor or alias.
    pub(super) fn scan_anchor(&mut self) -> Scan<&'t str> {
        let start = self.mark;
        self.skip();
        let name = self.word();
        let ends = self.is_blank_or_end(0) || b"?:,]}%@`".contains(&self.byte(0));
        if name.is_empty() || !ends {
            return self.error("did not find expected alphabetic or numeric character", start);
        }
        Ok(name)
    }

    /// `!name`, `!!name`, `!handle!name`, `!<uri>` or `!`.
    pub(super) fn scan_tag(&mut self) -> Scan<TokenKind<'t>> {
        let start = self.mark;
        let (handle, suffix) = if self.byte(1) == b'<' { self.verbatim_tag(start)? } else { self.short_tag(start)? };
        if !self.is_blank_or_end(0) {
            return self.error("did not find expected whitespace or line break", start);
        }
        Ok(TokenKind::Tag { handle, suffix })
    }

    fn verbatim_tag(&mut self, start: Mark) -> Scan<(&'t str, &'t str)> {
        self.skip_bytes(2);
        let uri = self.uri(true, start)?;
        if uri.is_empty() {
            return self.error("did not find expected tag URI", start);
        }
        if self.byte(0) != b'>' {
            return self.error("did not find the expected '>'", start);
        }
        self.skip();
        Ok(("", uri))
    }

    fn short_tag(&mut self, start: Mark) -> Scan<(&'t str, &'t str)> {
        self.skip();
        self.word();
        if self.byte(0) == b'!' {
            self.skip();
            let handle = self.between(start, self.mark);
            let suffix = self.uri(false, start)?;
            if suffix.is_empty() {
                return self.error("did not find expected tag URI", start);
            }
            return Ok((handle, suffix));
        }
        self.uri(false, start)?;
        let whole = self.between(start, self.mark);
        Ok(match whole.strip_prefix('!') {
            Some("") | None => ("", "!"),
            Some(suffix) => ("!", suffix),
        })
    }

    /// The characters of a URI; escapes are checked but stay.
    fn uri(&mut self, verbatim: bool, context: Mark) -> Scan<&'t str> {
        let start = self.mark;
        loop {
            match self.byte(0) {
                b'%' => {
                    if !(self.byte(1).is_ascii_hexdigit() && self.byte(2).is_ascii_hexdigit()) {
                        return self.error("did not find URI escaped octet", context);
                    }
                    self.skip_bytes(3);
                }
                b',' | b'[' | b']' if verbatim => self.skip(),
                byte if is_word(byte) || b";/?:@&=+$.!~*'()".contains(&byte) => self.skip(),
                _ => return Ok(self.between(start, self.mark)),
            }
        }
    }

    /// `%YAML 1.1` or `%TAG !handle! prefix`.
    pub(super) fn scan_directive(&mut self) -> Scan<TokenKind<'t>> {
        // 1. The name.
        let start = self.mark;
        self.skip();
        let name = self.word();
        if name.is_empty() {
            return self.error("could not find expected directive name", start);
        }
        if !self.is_blank_or_end(0) {
            return self.error("found unexpected non-alphabetical character", start);
        }
        // 2. What it takes.
        let kind = match name {
            "YAML" => {
                let version = self.directive_word();
                TokenKind::VersionDirective { supported: matches!(version, "1.1" | "1.2") }
            }
            "TAG" => {
                let handle = self.directive_word();
                let prefix = self.directive_word();
                if !handle.starts_with('!') || prefix.is_empty() {
                    return self.error("did not find expected tag URI", start);
                }
                TokenKind::TagDirective { handle, prefix }
            }
            _ => return self.error("found unknown directive name", start),
        };
        // 3. Nothing but a comment up to the line's end.
        self.directive_word_end();
        if self.byte(0) == b'#' {
            self.skip_to_line_end();
        }
        if !self.is_break_or_end(0) {
            return self.error("did not find expected comment or line break", start);
        }
        self.skip_break();
        Ok(kind)
    }

    fn directive_word(&mut self) -> &'t str {
        self.directive_word_end();
        let start = self.mark;
        while !self.is_blank_or_end(0) {
            self.skip();
        }
        self.between(start, self.mark)
    }

    fn directive_word_end(&mut self) {
        while self.is_blank(0) {
            self.skip();
        }
    }

    /// Letters, digits, `-` and `_`.
    fn word(&mut self) -> &'t str {
        let start = self.mark;
        while is_word(self.byte(0)) {
            self.skip();
        }
        self.between(start, self.mark)
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}
