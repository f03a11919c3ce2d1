//! Words, quotes, comments and braces (caddyfile/lexer.go).

/// A word and its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub text: String,
    pub line: usize,
    quoted: bool,
}

impl Token {
    /// Whether it is this bare word.
    pub fn is(&self, text: &str) -> bool {
        !self.quoted && self.text == text
    }
}

/// The words of a text. `#` at the beginning of a word begins a comment; quotes hold blanks and line ends together.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { tokens: Vec::new(), word: String::new(), started: 1, line: 1, state: State::Between };
    let mut escaped = false;
    for character in text.chars() {
        lexer.take(character, &mut escaped);
        lexer.line += usize::from(character == '\n');
    }
    lexer.finish(lexer.state == State::Quoted);
    lexer.tokens
}

struct Lexer {
    tokens: Vec<Token>,
    word: String,
    started: usize,
    line: usize,
    state: State,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Between,
    Word,
    Quoted,
    Comment,
}

impl Lexer {
    fn take(&mut self, character: char, escaped: &mut bool) {
        match self.state {
            State::Comment if character == '\n' => self.state = State::Between,
            State::Comment => {}
            State::Quoted if *escaped => {
                // Only an escaped quote loses its backslash.
                if character != '"' {
                    self.word.push('\\');
                }
                self.word.push(character);
                *escaped = false;
            }
            State::Quoted if character == '\\' => *escaped = true,
            State::Quoted if character == '"' => self.finish(true),
            State::Quoted => self.word.push(character),
            State::Between if character.is_whitespace() => {}
            State::Between => self.begin(character),
            State::Word if character.is_whitespace() => self.finish(false),
            State::Word => self.word.push(character),
        }
    }

    fn begin(&mut self, character: char) {
        self.started = self.line;
        match character {
            '#' => self.state = State::Comment,
            '"' => self.state = State::Quoted,
            _ => {
                self.state = State::Word;
                self.word.push(character);
            }
        }
    }

    fn finish(&mut self, quoted: bool) {
        if matches!(self.state, State::Word | State::Quoted) {
            self.tokens.push(Token { text: std::mem::take(&mut self.word), line: self.started, quoted });
        }
        self.state = State::Between;
    }
}
