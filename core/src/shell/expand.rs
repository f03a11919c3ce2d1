//! Words as a command gets them: variables, substitutions, arithmetic, braces, blanks, file names (POSIX 2.6).

use super::stream::CommandOutput;
use super::syntax::{PieceQuoting, ShellScript, ShellWord, WordPiece};
use super::{CommandScope, ShellRunner};
use crate::terminal::UsageError;

mod value;

/// How many words one may become.
const WORDS: usize = 10_000;

/// Where a command finds what another prints.
const PRINTED_FILES: &str = "/dev/fd";

impl ShellRunner<'_> {
    /// All words of a command.
    pub(super) fn expand_all(
        &mut self,
        scope: &mut CommandScope,
        words: &[ShellWord],
    ) -> Result<Vec<String>, UsageError> {
        let mut expanded = Vec::new();
        for word in words {
            for word in expand_braces(word) {
                let fields = self.fields(scope, &word)?;
                let has_quotes = word.iter().any(|piece| matches!(piece, WordPiece::Text(_, PieceQuoting::Quoted)));
                expanded.extend(
                    fields
                        .into_iter()
                        .flat_map(|field| if has_quotes { vec![field] } else { self.file_names(scope, field) }),
                );
                if expanded.len() > WORDS {
                    return Err(UsageError::new(2, format!("a command of more than {WORDS} words")));
                }
            }
        }
        Ok(expanded)
    }

    /// A word as one text: of an assignment, a file, a here-document.
    pub(super) fn expand_text(&mut self, scope: &mut CommandScope, word: &ShellWord) -> Result<String, UsageError> {
        let mut text = String::new();
        for piece in word {
            text.push_str(&self.piece(scope, piece)?);
        }
        Ok(text)
    }

    fn fields(&mut self, scope: &mut CommandScope, word: &ShellWord) -> Result<Vec<String>, UsageError> {
        let mut fields: Vec<String> = Vec::new();
        // 1. Piece by piece; whether what comes next joins the last field.
        let mut joins = false;
        for piece in word {
            // 2. A piece's value; only what is bare splits at blanks.
            let text = self.piece(scope, piece)?;
            let splits = matches!(
                piece,
                WordPiece::Variable(.., PieceQuoting::Bare)
                    | WordPiece::Edited(.., PieceQuoting::Bare)
                    | WordPiece::Substitution(_, PieceQuoting::Bare)
            );
            // 3. In quotes it joins as it is.
            if !splits {
                match fields.last_mut().filter(|_| joins) {
                    Some(last) => last.push_str(&text),
                    None => fields.push(text),
                }
                joins = true;
                continue;
            }
            // 4. Its first part joins unless a blank stands before it; the others are fields.
            let blank = |c: char| c == ' ' || c == '\t' || c == '\n';
            for (number, part) in text.split(blank).filter(|part| !part.is_empty()).enumerate() {
                match fields.last_mut().filter(|_| number == 0 && joins && !text.starts_with(blank)) {
                    Some(last) => last.push_str(part),
                    None => fields.push(part.to_owned()),
                }
            }
            if !text.trim().is_empty() {
                joins = !text.ends_with(blank);
            }
        }
        Ok(fields)
    }

    fn piece(&mut self, scope: &mut CommandScope, piece: &WordPiece) -> Result<String, UsageError> {
        match piece {
            WordPiece::Text(text, _) => Ok(text.clone()),
            WordPiece::Variable(name, instead, _) => match (self.variable(scope, name)?, instead) {
                (Some(value), _) if !value.is_empty() => Ok(value),
                (_, Some(instead)) => self.expand_text(scope, instead),
                (value, None) => Ok(value.unwrap_or_default()),
            },
            WordPiece::Edited(name, edit, _) => {
                Ok(value::edited(&self.variable(scope, name)?.unwrap_or_default(), edit))
            }
            WordPiece::Substitution(script, _) => {
                let (text, exit) = self.printed_text(scope, script)?;
                self.status = exit;
                Ok(text.trim_end_matches('\n').to_owned())
            }
            WordPiece::PrintedFile(script) => {
                let (text, _) = self.printed_text(scope, script)?;
                // bash hands out the numbers from 63 down.
                let taken = self.session.paths(&scope.client, PRINTED_FILES).len();
                let path = format!("{PRINTED_FILES}/{}", 63_usize.saturating_sub(taken));
                self.session.write(&scope.client, &path, text);
                Ok(path)
            }
            WordPiece::Arithmetic(text) => self.arithmetic(scope, text),
        }
    }

    /// What a script prints, with its status; an error where that isn't known.
    fn printed_text(&mut self, scope: &mut CommandScope, script: &ShellScript) -> Result<(String, i32), UsageError> {
        let CommandOutput { text, has_unknown, errors, exit } =
            self.run_script(scope, script, &super::CommandInput::Nothing);
        self.errors.push_str(&errors);
        if has_unknown {
            let typed = script.first().map_or("", |statement| statement.text.as_str());
            let why = format!("what `{typed}` prints isn't known here, so nothing follows from it");
            return Err(UsageError::new(1, why));
        }
        Ok((text, exit))
    }

    /// Files that commands were given in place of what others print go with the command.
    pub(super) fn remove_printed_files(&mut self, scope: &CommandScope) {
        let paths = self.session.paths(&scope.client, PRINTED_FILES);
        let paths: Vec<String> = paths.into_iter().map(str::to_owned).collect();
        for path in paths {
            self.session.remove(&scope.client, &path);
        }
    }

    /// A variable's value; None where nobody set it.
    fn variable(&mut self, scope: &CommandScope, name: &str) -> Result<Option<String>, UsageError> {
        if let Some(value) = scope.variables.get(name) {
            return Ok(Some(value.clone()));
        }
        if let Some(value) = self.environment(scope, name) {
            return Ok(Some(value));
        }
        Ok(Some(match name {
            "?" => self.status.to_string(),
            "#" => "0".to_owned(),
            "$" | "!" => "4242".to_owned(),
            "HOME" => "/root".to_owned(),
            "PWD" => self.session.folder(&scope.client).to_owned(),
            "USER" => "root".to_owned(),
            "RANDOM" => {
                return Err(UsageError::new(2, "`$RANDOM` isn't understood here: the same text gives the same answer"));
            }
            _ => return Ok(None),
        }))
    }

    /// `1 + i * 2`: numbers, variables, `+ - * / %`, from left to right by rank.
    fn arithmetic(&mut self, scope: &mut CommandScope, text: &str) -> Result<String, UsageError> {
        let wrong = || UsageError::new(2, format!("`$(({text}))` isn't understood here"));
        let mut sum: Vec<i64> = Vec::new();
        let mut sign = '+';
        let mut rest = text.trim();
        while !rest.is_empty() {
            // 1. An operand: a number or a variable.
            let end = rest.find(|c: char| "+-*/%".contains(c)).filter(|end| *end > 0).unwrap_or(rest.len());
            let (operand, after) = rest.split_at_checked(end).ok_or_else(wrong)?;
            let name = operand.trim().trim_start_matches('$').trim_matches(['{', '}']);
            let value: i64 = match name.parse() {
                Ok(number) => number,
                Err(_) => self.variable(scope, name)?.unwrap_or_default().parse().map_err(|_| wrong())?,
            };
            // 2. Products are folded at once, summands kept.
            let last = || sum.last().copied();
            let folded = match (sign, last()) {
                ('+', _) => None,
                ('-', _) => None,
                ('*', Some(last)) => last.checked_mul(value),
                ('/', Some(last)) => last.checked_div(value),
                ('%', Some(last)) => last.checked_rem(value),
                _ => return Err(wrong()),
            };
            match (sign, folded) {
                ('+', _) => sum.push(value),
                ('-', _) => sum.push(value.checked_neg().ok_or_else(wrong)?),
                (_, Some(folded)) => {
                    sum.pop();
                    sum.push(folded);
                }
                (_, None) => return Err(wrong()),
            }
            // 3. The sign before the next one.
            let mut signs = after.chars();
            sign = signs.next().unwrap_or('+');
            rest = signs.as_str().trim_start();
            if rest.is_empty() && !after.is_empty() {
                return Err(wrong());
            }
        }
        // 4. The sum.
        let total = sum.iter().try_fold(0i64, |total, value| total.checked_add(*value)).ok_or_else(wrong)?;
        Ok(total.to_string())
    }

    /// `*.yaml` as the names of files that are there; what matches none stays as it is.
    fn file_names(&self, scope: &CommandScope, field: String) -> Vec<String> {
        if !field.contains(['*', '?']) || field.starts_with('-') || field.contains(['{', '=', ':']) {
            return vec![field];
        }
        let mut names = self.names_of_files(scope);
        names.retain(|name| matches_pattern(&field, name));
        if names.is_empty() { vec![field] } else { names }
    }
}

/// Whether a name fits `*` and `?`; neither stands for a slash.
pub(super) fn matches_pattern(pattern: &str, name: &str) -> bool {
    let escaped = regex_lite::escape(pattern).replace(r"\*", "[^/]*").replace(r"\?", "[^/]");
    regex_lite::Regex::new(&format!("^{escaped}$")).is_ok_and(|pattern| pattern.is_match(name))
}

/// `a{b,c}` and `{1..3}` as several words.
fn expand_braces(word: &ShellWord) -> Vec<ShellWord> {
    let found = word.iter().enumerate().find_map(|(at, piece)| match piece {
        WordPiece::Text(text, PieceQuoting::Bare) => brace_alternatives(text).map(|texts| (at, texts)),
        _ => None,
    });
    let Some((at, texts)) = found else { return vec![word.clone()] };
    let mut words = Vec::new();
    for text in texts {
        let mut word = word.clone();
        if let Some(piece) = word.get_mut(at) {
            *piece = WordPiece::Text(text, PieceQuoting::Bare);
        }
        // Braces behind the first stand for several words, too.
        words.extend(expand_braces(&word));
        if words.len() > WORDS {
            break;
        }
    }
    words
}

/// The texts that the first braces stand for; None where there are none. Those that stand for nothing are left as they are.
fn brace_alternatives(text: &str) -> Option<Vec<String>> {
    let is_letter = |text: &str| text.len() == 1 && text.starts_with(|c: char| c.is_ascii_alphabetic());
    let (before, rest) = text.split_once('{')?;
    let (inside, after) = rest.split_once('}')?;
    let parts: Vec<String> = match inside.split_once("..") {
        Some((first, last)) if is_letter(first) && is_letter(last) => {
            let (first, last) = (first.chars().next()?, last.chars().next()?);
            let up: Vec<String> = (first.min(last)..=first.max(last)).map(String::from).collect();
            if first <= last { up } else { up.into_iter().rev().collect() }
        }
        Some((first, last)) => {
            let (first, last): (i64, i64) = (first.parse().ok()?, last.parse().ok()?);
            let count = last.abs_diff(first);
            if count >= 1000 {
                return None;
            }
            let up: Vec<String> = (first.min(last)..=first.max(last)).map(|number| number.to_string()).collect();
            if first <= last { up } else { up.into_iter().rev().collect() }
        }
        None if inside.contains(',') && !inside.contains(['[', '.', '"']) => {
            inside.split(',').map(str::to_owned).collect()
        }
        None => return None,
    };
    Some(parts.into_iter().map(|part| format!("{before}{part}{after}")).collect())
}
