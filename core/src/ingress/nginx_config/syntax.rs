//! Words, quotes and braces (ngx_conf_file.c, ngx_conf_read_token).

use super::directive_names::takes_no_block;
use crate::model::Text;

/// A directive with its arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfigDirective {
    pub name: Text,
    pub arguments: Vec<Text>,
    /// What stands in its braces.
    pub block: Option<Vec<ConfigDirective>>,
    /// Where it begins, from 1.
    pub line: usize,
}

/// Why nginx doesn't take a text, in its own words.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfigError {
    pub line: usize,
    /// `unexpected "}"`
    pub message: String,
    /// Whether it is a bracket that closes the block around the text.
    pub closes_outside: bool,
}

/// How deep blocks may stand in each other here; nginx' own lie two deep.
const DEEPEST: usize = 16;

enum ConfigToken {
    Word(String),
    Semicolon,
    Open,
    Close,
    End,
}

struct TokenReader<'t> {
    rest: std::iter::Peekable<std::str::Chars<'t>>,
    line: usize,
}

impl ConfigError {
    pub fn new(line: usize, message: impl Into<String>) -> Self {
        Self { line, message: message.into(), closes_outside: false }
    }

    fn unexpected(line: usize, what: char) -> Self {
        Self::new(line, format!("unexpected \"{what}\""))
    }
}

/// A text as directives: those in front of the first error, and the error.
pub fn parse_config(text: &str) -> (Vec<ConfigDirective>, Option<ConfigError>) {
    let mut outermost = Vec::new();
    let error = read_directives(text, &mut outermost).err();
    (outermost, error)
}

fn read_directives(text: &str, outermost: &mut Vec<ConfigDirective>) -> Result<(), ConfigError> {
    let mut reader = TokenReader { rest: text.chars().peekable(), line: 1 };
    // The blocks that are open, each with what stands in it so far.
    let mut open: Vec<(ConfigDirective, Vec<ConfigDirective>)> = Vec::new();
    let mut here: Vec<ConfigDirective> = Vec::new();
    let mut words: Vec<Text> = Vec::new();
    let mut begin = 1;
    loop {
        let token = reader.next_token()?;
        let line = reader.line;
        match token {
            // 1. One more word.
            ConfigToken::Word(word) => {
                begin = if words.is_empty() { line } else { begin };
                words.push(word.into());
            }
            // 2. The end of a directive, or the beginning of its block.
            ConfigToken::Semicolon => {
                let directive = take_directive(&mut words, begin).ok_or_else(|| ConfigError::unexpected(line, ';'))?;
                let list = if open.is_empty() { &mut *outermost } else { &mut here };
                list.push(directive);
            }
            ConfigToken::Open => {
                let directive = take_directive(&mut words, begin).ok_or_else(|| ConfigError::unexpected(line, '{'))?;
                if takes_no_block(&directive.name) {
                    let message = format!("directive \"{}\" is not terminated by \";\"", directive.name);
                    return Err(ConfigError::new(line, message));
                }
                if open.len() >= DEEPEST {
                    return Err(ConfigError::new(line, "too many blocks in each other"));
                }
                if directive.name.ends_with("_by_lua_block") {
                    reader.skip_lua();
                    let list = if open.is_empty() { &mut *outermost } else { &mut here };
                    list.push(ConfigDirective { block: Some(Vec::new()), ..directive });
                } else {
                    open.push((directive, std::mem::take(&mut here)));
                }
            }
            // 3. The end of a block, or of all.
            ConfigToken::Close => {
                if !words.is_empty() {
                    return Err(ConfigError::unexpected(line, '}'));
                }
                let Some((directive, before)) = open.pop() else {
                    return Err(ConfigError { closes_outside: true, ..ConfigError::unexpected(line, '}') });
                };
                let block = std::mem::replace(&mut here, before);
                let list = if open.is_empty() { &mut *outermost } else { &mut here };
                list.push(ConfigDirective { block: Some(block), ..directive });
            }
            ConfigToken::End => {
                return match words.first() {
                    Some(name) => {
                        Err(ConfigError::new(begin, format!("directive \"{name}\" is not terminated by \";\"")))
                    }
                    None if !open.is_empty() => Err(ConfigError::new(line, "unexpected end of file, expecting \"}\"")),
                    None => Ok(()),
                };
            }
        }
    }
}

fn take_directive(words: &mut Vec<Text>, line: usize) -> Option<ConfigDirective> {
    let mut words = std::mem::take(words).into_iter();
    let name = words.next()?;
    Some(ConfigDirective { name, arguments: words.collect(), block: None, line })
}

impl TokenReader<'_> {
    fn next_token(&mut self) -> Result<ConfigToken, ConfigError> {
        self.skip_blanks();
        let Some(first) = self.rest.peek().copied() else { return Ok(ConfigToken::End) };
        Ok(match first {
            ';' | '{' | '}' => {
                self.rest.next();
                match first {
                    ';' => ConfigToken::Semicolon,
                    '{' => ConfigToken::Open,
                    _ => ConfigToken::Close,
                }
            }
            '"' | '\'' => ConfigToken::Word(self.read_quoted(first)?),
            _ => ConfigToken::Word(self.read_bare()),
        })
    }

    fn take(&mut self) -> Option<char> {
        let taken = self.rest.next();
        self.line += usize::from(taken == Some('\n'));
        taken
    }

    fn skip_blanks(&mut self) {
        while let Some(next) = self.rest.peek().copied() {
            if next == '#' {
                while self.rest.peek().is_some_and(|c| *c != '\n') {
                    self.take();
                }
            } else if is_blank(next) {
                self.take();
            } else {
                return;
            }
        }
    }

    /// What stands between quotes; behind them the word must end.
    fn read_quoted(&mut self, quote: char) -> Result<String, ConfigError> {
        self.take();
        let mut word = String::new();
        loop {
            match self.take() {
                None => return Err(ConfigError::new(self.line, "unexpected end of file, expecting \";\" or \"}\"")),
                Some('\\') => self.read_escaped(&mut word),
                Some(end) if end == quote => break,
                Some(plain) => word.push(plain),
            }
        }
        match self.rest.peek().copied() {
            Some(next) if !is_blank(next) && !matches!(next, ';' | '{' | ')') => {
                Err(ConfigError::unexpected(self.line, next))
            }
            _ => Ok(word),
        }
    }

    fn read_bare(&mut self) -> String {
        let mut word = String::new();
        let mut before = ' ';
        while let Some(next) = self.rest.peek().copied() {
            // `${` begins a variable, not a block.
            if is_blank(next) || next == ';' || next == '{' && before != '$' {
                break;
            }
            self.take();
            before = next;
            if next == '\\' {
                self.read_escaped(&mut word);
            } else {
                word.push(next);
            }
        }
        word
    }

    fn read_escaped(&mut self, word: &mut String) {
        match self.take() {
            Some(plain @ ('"' | '\'' | '\\')) => word.push(plain),
            Some('t') => word.push('\t'),
            Some('r') => word.push('\r'),
            Some('n') => word.push('\n'),
            Some(other) => word.extend(['\\', other]),
            None => word.push('\\'),
        }
    }

    /// Lua's own text, to the bracket that ends it: those in its strings and remarks don't count.
    fn skip_lua(&mut self) {
        let mut depth = 1;
        while depth > 0 {
            match self.take() {
                Some('{') => depth += 1,
                Some('}') => depth -= 1,
                Some(quote @ ('"' | '\'')) => self.skip_lua_string(quote),
                Some('-') if self.rest.peek() == Some(&'-') => while self.take().is_some_and(|c| c != '\n') {},
                Some(_) => {}
                None => return,
            }
        }
    }

    fn skip_lua_string(&mut self, quote: char) {
        while let Some(letter) = self.take() {
            match letter {
                '\\' => drop(self.take()),
                end if end == quote => return,
                _ => {}
            }
        }
    }
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(text: &str) -> String {
        let shown = |one: &ConfigDirective| format!("{}:{}{:?}", one.line, one.name, one.arguments);
        match parse_config(text) {
            (all, None) => all.iter().map(shown).collect::<Vec<_>>().join(" "),
            (_, Some(error)) => format!("{}: {}", error.line, error.message),
        }
    }

    #[test]
    fn words_and_blocks() {
        for (text, expected) in [
            ("return 200 \"a;b\";", r#"1:return["200", "a;b"]"#),
            ("# x\nset $a ${b}c;", r#"2:set["$a", "${b}c"]"#),
            ("rewrite ^/a\\.b$ /x;", r#"1:rewrite["^/a\\.b$", "/x"]"#),
            ("if ($a = \"b\") { return 1; }", r#"1:if["($a", "=", "b", ")"]"#),
            ("return 200", "1: directive \"return\" is not terminated by \";\""),
            ("return 200;;", "1: unexpected \";\""),
            ("}", "1: unexpected \"}\""),
            ("if (a) {", "1: unexpected end of file, expecting \"}\""),
            ("return \"a\"b;", "1: unexpected \"b\""),
            ("access_by_lua_block { if x then t = {} end }", "1:access_by_lua_block[]"),
            ("access_by_lua_block { t = \"}\" -- '}\n}", "1:access_by_lua_block[]"),
        ] {
            assert_eq!(flat(text), expected, "{text}");
        }
    }
}
