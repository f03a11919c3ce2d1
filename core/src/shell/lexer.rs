//! A script's text into words and operators (POSIX 2.3).

use super::parser;
use super::syntax::{PieceQuoting, ShellWord, SyntaxError, ValueEdit, WordPiece};

/// What a script's text is made of.
#[derive(Clone, Debug, PartialEq)]
pub enum ShellToken {
    Word(ShellWord),
    /// `;`, `&&`, `|`, `(` …; a line's end is `\n`.
    Operator(&'static str),
    /// `>`, `2>`, `<<` …: the number in front, and the sign.
    Redirect(Option<u8>, &'static str),
}

/// The longest first.
const OPERATORS: [&str; 10] = ["&&", "||", ";;", "|&", "|", ";", "&", "(", ")", "\n"];
const REDIRECTS: [&str; 10] = ["&>>", "&>", "<<<", "<<-", "<<", ">>", ">&", "<&", ">|", ">"];

/// How deep substitutions may stand in one another.
const DEPTH: u8 = 8;

/// Reads a text from its start.
pub struct ShellLexer<'t> {
    rest: &'t str,
    depth: u8,
    /// Here-documents whose text begins behind the next line break: their end, whether tabs go, and whether it is taken as
    /// it stands; and which of `tokens` waits for the text.
    awaited: Vec<(String, bool, bool, usize)>,
    tokens: Vec<ShellToken>,
    /// Where each token begins, for the text of statements.
    starts: Vec<usize>,
    length: usize,
}

/// Tokens, and where each begins in the text.
pub type Tokens = (Vec<ShellToken>, Vec<usize>);

/// All tokens of a text.
pub fn read_tokens(text: &str, depth: u8) -> Result<Tokens, SyntaxError> {
    if depth > DEPTH {
        return Err(SyntaxError::Unexpected(format!("more than {DEPTH} substitutions in one another")));
    }
    let lexer = ShellLexer {
        rest: text,
        depth,
        awaited: Vec::new(),
        tokens: Vec::new(),
        starts: Vec::new(),
        length: text.len(),
    };
    lexer.read()
}

impl<'t> ShellLexer<'t> {
    fn read(mut self) -> Result<Tokens, SyntaxError> {
        loop {
            // 1. Blanks and comments.
            self.skip_blanks();
            let start = self.length - self.rest.len();
            if self.rest.is_empty() {
                break;
            }
            // 2. A redirection, or an operator; behind a line's end come its here-documents.
            if let Some(redirect) = self.redirect() {
                self.push(redirect, start);
            } else if let Some(operator) = OPERATORS.iter().copied().find(|sign| self.rest.starts_with(sign)) {
                self.advance(operator.len());
                self.push(ShellToken::Operator(operator), start);
                if operator == "\n" {
                    self.here_documents()?;
                }
            } else {
                // 3. A word; behind `<<` it ends a here-document.
                let here = self.here_sign();
                let quoted = self.rest.starts_with(['\'', '"', '\\']);
                let word = self.word()?;
                if let Some(strips_tabs) = here {
                    let end = literal_text(&word);
                    self.awaited.push((end, strips_tabs, quoted, self.tokens.len()));
                }
                self.push(ShellToken::Word(word), start);
            }
        }
        // 4. All here-documents must have come.
        if self.awaited.is_empty() {
            Ok((self.tokens, self.starts))
        } else {
            Err(SyntaxError::Incomplete("the here-document's text"))
        }
    }

    fn push(&mut self, token: ShellToken, start: usize) {
        self.tokens.push(token);
        self.starts.push(start);
    }

    fn advance(&mut self, bytes: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    fn take(&mut self) -> Option<char> {
        let character = self.rest.chars().next()?;
        self.advance(character.len_utf8());
        Some(character)
    }

    /// Blanks, a backslash at a line's end, comments.
    fn skip_blanks(&mut self) {
        loop {
            let trimmed = self.rest.trim_start_matches([' ', '\t', '\r', '\u{a0}', '\u{3000}']);
            self.rest = trimmed.strip_prefix("\\\n").or(trimmed.strip_prefix("\\\r\n")).unwrap_or(trimmed);
            if self.rest.starts_with('#') {
                let end = self.rest.find('\n').unwrap_or(self.rest.len());
                self.advance(end);
            } else if self.rest.len() == trimmed.len() {
                return;
            }
        }
    }

    /// `2>`, `<<` …
    fn redirect(&mut self) -> Option<ShellToken> {
        let digits = self.rest.len() - self.rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, rest) = self.rest.split_at_checked(digits)?;
        // A command's output as a file is a word.
        if rest.starts_with("<(") {
            return None;
        }
        let sign = REDIRECTS.iter().copied().chain(["<"]).find(|sign| rest.starts_with(sign))?;
        if digits > 1 || (digits == 1 && sign.starts_with('&')) {
            return None;
        }
        self.advance(digits + sign.len());
        Some(ShellToken::Redirect(number.parse().ok(), sign))
    }

    /// Whether the word that comes is where a here-document ends; then whether its tabs go.
    fn here_sign(&self) -> Option<bool> {
        match self.tokens.last() {
            Some(ShellToken::Redirect(_, "<<")) => Some(false),
            Some(ShellToken::Redirect(_, "<<-")) => Some(true),
            _ => None,
        }
    }

    /// The texts of here-documents, behind the line that names them.
    fn here_documents(&mut self) -> Result<(), SyntaxError> {
        for (end, strips_tabs, is_literal, at) in std::mem::take(&mut self.awaited) {
            let mut text = String::new();
            loop {
                if self.rest.is_empty() {
                    return Err(SyntaxError::Incomplete("the here-document's end"));
                }
                let length = self.rest.find('\n').map_or(self.rest.len(), |at| at + 1);
                let line = self.advance(length);
                let shown = if strips_tabs { line.trim_start_matches('\t') } else { line };
                if shown.trim_end_matches(['\n', '\r', ' ']) == end {
                    break;
                }
                text.push_str(shown);
            }
            let word = if is_literal {
                vec![WordPiece::Text(text, PieceQuoting::Quoted)]
            } else {
                quoted_text(&text, self.depth, true)?
            };
            if let Some(token) = self.tokens.get_mut(at) {
                *token = ShellToken::Word(word);
            }
        }
        Ok(())
    }

    /// One word, up to a blank or an operator.
    fn word(&mut self) -> Result<ShellWord, SyntaxError> {
        let mut word: ShellWord = Vec::new();
        while let Some(character) = self.rest.chars().next() {
            match character {
                '<' if self.rest.starts_with("<(") && word.is_empty() => {
                    self.advance(2);
                    let end = closing_parenthesis(self.rest).ok_or(SyntaxError::Incomplete("a closing )"))?;
                    let inside = self.advance(end);
                    self.take();
                    word.push(WordPiece::PrintedFile(parser::parse_inside(inside, self.depth + 1)?));
                }
                ' ' | '\t' | '\r' | '\n' | '\u{a0}' | '\u{3000}' | ';' | '|' | '&' | '<' | '>' => break,
                // A parenthesis inside a word is one of ours: INGRESS(nginx).
                '(' | ')' if word.is_empty() => break,
                ')' if !word_has_open_parenthesis(&word) => break,
                '\'' => {
                    self.take();
                    let end = self.rest.find('\'').ok_or(SyntaxError::Incomplete("a closing '"))?;
                    let inside = self.advance(end).to_owned();
                    self.take();
                    word.push(WordPiece::Text(inside, PieceQuoting::Quoted));
                }
                '"' => {
                    self.take();
                    let inside = self.until_quote()?;
                    word.push(WordPiece::Text(String::new(), PieceQuoting::Quoted));
                    word.extend(quoted_text(inside, self.depth, false)?);
                }
                '\\' => {
                    self.take();
                    match self.take() {
                        Some('\n') => {}
                        Some(next) => word.push(WordPiece::Text(next.to_string(), PieceQuoting::Quoted)),
                        None => return Err(SyntaxError::Incomplete("the next line")),
                    }
                }
                '$' | '`' => match self.expansion(PieceQuoting::Bare)? {
                    Some(piece) => word.push(piece),
                    None => push_text(&mut word, '$'),
                },
                other => {
                    self.take();
                    push_text(&mut word, other);
                }
            }
        }
        Ok(word)
    }

    /// What stands between double quotes, the opening one taken already.
    fn until_quote(&mut self) -> Result<&'t str, SyntaxError> {
        let (mut escaped, mut open) = (false, 0usize);
        for (at, character) in self.rest.char_indices() {
            let rest = self.rest.get(at..).unwrap_or_default();
            match character {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '$' if rest.starts_with("$(") => open += 1,
                ')' => open = open.saturating_sub(1),
                '"' if open == 0 => {
                    let inside = self.advance(at);
                    self.take();
                    return Ok(inside);
                }
                _ => {}
            }
        }
        Err(SyntaxError::Incomplete("a closing \""))
    }

    /// `$…` or a backtick; None for a dollar sign that stands for itself.
    fn expansion(&mut self, quoting: PieceQuoting) -> Result<Option<WordPiece>, SyntaxError> {
        // 1. Backticks.
        if self.take() == Some('`') {
            let end = unescaped_position(self.rest, '`').ok_or(SyntaxError::Incomplete("a closing `"))?;
            let inside = self.advance(end).replace("\\`", "`").replace("\\$", "$");
            self.take();
            return Ok(Some(WordPiece::Substitution(parser::parse_inside(&inside, self.depth + 1)?, quoting)));
        }
        // 2. Arithmetic.
        if self.rest.starts_with("((") {
            let end = self.rest.find("))").ok_or(SyntaxError::Incomplete("a closing ))"))?;
            let inside = self.advance(end).trim_start_matches('(').to_owned();
            self.advance(2);
            return Ok(Some(WordPiece::Arithmetic(inside)));
        }
        // 3. A command's output.
        if self.rest.starts_with('(') {
            self.take();
            let end = closing_parenthesis(self.rest).ok_or(SyntaxError::Incomplete("a closing )"))?;
            let inside = self.advance(end);
            self.take();
            return Ok(Some(WordPiece::Substitution(parser::parse_inside(inside, self.depth + 1)?, quoting)));
        }
        // 4. A variable, in braces or bare.
        if self.rest.starts_with('{') {
            let end = self.rest.find('}').ok_or(SyntaxError::Incomplete("a closing }"))?;
            let inside = self.advance(end).trim_start_matches('{');
            self.take();
            return braced_variable(inside, quoting, self.depth).map(Some);
        }
        let name = self.name();
        Ok((!name.is_empty()).then(|| WordPiece::Variable(name.to_owned(), None, quoting)))
    }

    /// A variable's name, or one of the shell's own signs.
    fn name(&mut self) -> &'t str {
        if self.rest.starts_with(['?', '$', '#', '!', '@', '*']) || self.rest.starts_with(|c: char| c.is_ascii_digit())
        {
            return self.advance(1);
        }
        let end = self.rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(self.rest.len());
        self.advance(end)
    }
}

/// `${NAME}`, `${NAME:-instead}`
fn braced_variable(inside: &str, quoting: PieceQuoting, depth: u8) -> Result<WordPiece, SyntaxError> {
    let end = inside.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(inside.len());
    let (name, rest) = inside.split_at_checked(end).unwrap_or((inside, ""));
    let instead = rest.strip_prefix(":-").or(rest.strip_prefix('-'));
    match (name.is_empty(), rest.is_empty(), instead) {
        (false, true, _) => Ok(WordPiece::Variable(name.to_owned(), None, quoting)),
        (false, false, Some(instead)) => {
            let instead = quoted_text(instead, depth, true)?;
            Ok(WordPiece::Variable(name.to_owned(), Some(Box::new(instead)), quoting))
        }
        (false, false, None) => match value_edit(rest) {
            Some(edit) => Ok(WordPiece::Edited(name.to_owned(), edit, quoting)),
            None => Err(not_understood(inside)),
        },
        (true, false, _) => match inside.strip_prefix('#').filter(|name| is_name(name)) {
            Some(name) => Ok(WordPiece::Edited(name.to_owned(), ValueEdit::Length, quoting)),
            None => Err(not_understood(inside)),
        },
        _ => Err(not_understood(inside)),
    }
}

fn not_understood(inside: &str) -> SyntaxError {
    SyntaxError::Unexpected(format!("`${{{inside}}}` isn't understood here"))
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// What stands behind the name: `%-*`, `##*/`, `/a/b`, `:1:2`. Variables inside it aren't understood.
fn value_edit(text: &str) -> Option<ValueEdit> {
    // 1. What isn't understood inside.
    if text.contains(['$', '`', '\\', '"', '\'', '[']) {
        return None;
    }
    // 2. A beginning or an end that is taken away.
    let trim = |single: char, double: &str| {
        let pattern = text.strip_prefix(double).map(|pattern| (pattern.to_owned(), true));
        pattern.or_else(|| text.strip_prefix(single).map(|pattern| (pattern.to_owned(), false)))
    };
    if let Some((pattern, longest)) = trim('#', "##") {
        return Some(ValueEdit::TrimStart { pattern, longest });
    }
    if let Some((pattern, longest)) = trim('%', "%%") {
        return Some(ValueEdit::TrimEnd { pattern, longest });
    }
    // 3. A text that is replaced.
    if let Some((rest, all)) = trim('/', "//") {
        let (from, to) = rest.split_once('/').unwrap_or((&rest, ""));
        return (!from.is_empty() && !from.starts_with(['#', '%'])).then(|| ValueEdit::Replace {
            from: from.to_owned(),
            to: to.to_owned(),
            all,
        });
    }
    // 4. A slice.
    let (from, length) =
        text.strip_prefix(':')?.split_once(':').map_or((text.get(1..)?, None), |(from, length)| (from, Some(length)));
    let length = match length {
        Some(length) => Some(length.trim().parse().ok()?),
        None => None,
    };
    Some(ValueEdit::Slice { from: from.trim().parse().ok()?, length })
}

/// A text in which only `$`, backticks and some backslashes mean anything: inside double quotes and in here-documents.
fn quoted_text(text: &str, depth: u8, keeps_quotes: bool) -> Result<ShellWord, SyntaxError> {
    // 1. A lexer of its own.
    let mut lexer = ShellLexer {
        rest: text,
        depth,
        awaited: Vec::new(),
        tokens: Vec::new(),
        starts: Vec::new(),
        length: text.len(),
    };
    let mut word: ShellWord = Vec::new();
    while let Some(character) = lexer.rest.chars().next() {
        match character {
            // 2. What is expanded.
            '$' | '`' => match lexer.expansion(PieceQuoting::Quoted)? {
                Some(piece) => word.push(piece),
                None => push_quoted(&mut word, '$'),
            },
            // 3. What a backslash keeps from that.
            '\\' => {
                lexer.take();
                match lexer.rest.chars().next() {
                    Some('\n') => {
                        lexer.take();
                    }
                    Some(next) if "$`\\".contains(next) || (next == '"' && !keeps_quotes) => {
                        lexer.take();
                        push_quoted(&mut word, next);
                    }
                    _ => push_quoted(&mut word, '\\'),
                }
            }
            // 4. What stands for itself.
            other => {
                lexer.take();
                push_quoted(&mut word, other);
            }
        }
    }
    Ok(word)
}

fn push_text(word: &mut ShellWord, character: char) {
    match word.last_mut() {
        Some(WordPiece::Text(text, PieceQuoting::Bare)) => text.push(character),
        _ => word.push(WordPiece::Text(character.to_string(), PieceQuoting::Bare)),
    }
}

fn push_quoted(word: &mut ShellWord, character: char) {
    match word.last_mut() {
        Some(WordPiece::Text(text, PieceQuoting::Quoted)) => text.push(character),
        _ => word.push(WordPiece::Text(character.to_string(), PieceQuoting::Quoted)),
    }
}

fn word_has_open_parenthesis(word: &ShellWord) -> bool {
    let text = literal_text(word);
    text.matches('(').count() > text.matches(')').count()
}

/// A word's text as far as it stands there.
pub fn literal_text(word: &ShellWord) -> String {
    let texts = word.iter().filter_map(|piece| match piece {
        WordPiece::Text(text, _) => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}

/// Where a character stands that no backslash protects.
fn unescaped_position(text: &str, wanted: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(at, character)| match character {
        _ if escaped => {
            escaped = false;
            None
        }
        '\\' => {
            escaped = true;
            None
        }
        _ => (character == wanted).then_some(at),
    })
}

/// Where the parenthesis closes that was opened in front, quotes skipped.
fn closing_parenthesis(text: &str) -> Option<usize> {
    let (mut open, mut quote, mut escaped) = (0usize, None, false);
    for (at, character) in text.char_indices() {
        match (quote, character) {
            _ if escaped => escaped = false,
            (None | Some('"'), '\\') => escaped = true,
            (Some(own), character) if own == character => quote = None,
            (Some('\''), _) => {}
            (_, '(') => open += 1,
            (None, ')') if open == 0 => return Some(at),
            (_, ')') => open = open.saturating_sub(1),
            (None, '"' | '\'') => quote = Some(character),
            _ => {}
        }
    }
    None
}
