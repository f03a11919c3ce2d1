//! Words, quotes, comments and braces (caddyfile/lexer.go).

/// A word and its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CorefileToken {
    pub text: String,
    /// The line on which it begins, from 1.
    pub line: usize,
    /// 0 for the Corefile, else a number of the file that it was imported from.
    pub file: u32,
}

impl CorefileToken {
    /// Whether another word stands on the line on which this one ends.
    pub fn continues_with(&self, next: &Self) -> bool {
        self.file == next.file && self.line + self.text.matches('\n').count() == next.line
    }
}

/// The words of a text. Quotes at the beginning of a word hold blanks and line ends together; a `#` outside of quotes
/// begins a comment, which in the middle of a word ends with the next blank.
pub(super) fn tokens(text: &str) -> Vec<CorefileToken> {
    let mut lexer =
        CorefileLexer { tokens: Vec::new(), word: String::new(), started: 1, line: 1, state: LexerState::Plain };
    for character in text.trim_start_matches('\u{feff}').chars() {
        lexer.take(character);
    }
    if !lexer.word.is_empty() {
        lexer.finish();
    }
    lexer.tokens
}

struct CorefileLexer {
    tokens: Vec<CorefileToken>,
    word: String,
    started: usize,
    line: usize,
    state: LexerState,
}

#[derive(Clone, Copy, PartialEq)]
enum LexerState {
    Plain,
    Comment,
    Quoted,
    Escaped,
}

impl CorefileLexer {
    fn take(&mut self, character: char) {
        match (self.state, character) {
            (LexerState::Escaped, _) => {
                // Only an escaped quote loses its backslash.
                if character != '"' {
                    self.word.push('\\');
                }
                self.push_quoted(character);
            }
            (LexerState::Quoted, '\\') => self.state = LexerState::Escaped,
            (LexerState::Quoted, '"') => self.finish(),
            (LexerState::Quoted, _) => self.push_quoted(character),
            (_, '\r') => {}
            (_, blank) if blank.is_whitespace() => self.take_blank(blank),
            (LexerState::Comment, _) => {}
            (LexerState::Plain, '#') => self.state = LexerState::Comment,
            (LexerState::Plain, _) => self.take_plain(character),
        }
    }

    fn push_quoted(&mut self, character: char) {
        self.line += usize::from(character == '\n');
        self.word.push(character);
        self.state = LexerState::Quoted;
    }

    fn take_blank(&mut self, blank: char) {
        if blank == '\n' {
            self.line += 1;
            self.state = LexerState::Plain;
        }
        if !self.word.is_empty() {
            self.finish();
        }
    }

    fn take_plain(&mut self, character: char) {
        if self.word.is_empty() {
            self.started = self.line;
            if character == '"' {
                self.state = LexerState::Quoted;
                return;
            }
        }
        self.word.push(character);
    }

    fn finish(&mut self) {
        self.tokens.push(CorefileToken { text: std::mem::take(&mut self.word), line: self.started, file: 0 });
        self.state = LexerState::Plain;
    }
}
