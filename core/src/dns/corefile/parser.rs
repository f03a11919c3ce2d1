//! From words to server blocks (caddyfile/parse.go).

use std::collections::BTreeMap;

use crate::limits::MAX_IMPORTED_DIRECTIVES;

use super::super::files::CorednsFiles;
use super::super::plugins::is_known;
use super::lexer::{CorefileToken, tokens};
use super::tree::{CorefileError, Directive, PluginOption, ServerBlock};

/// caddy's parser: a list of words and a place in it.
pub(super) struct CorefileParser<'f> {
    tokens: Vec<CorefileToken>,
    /// The word in hand; None before the first.
    place: Option<usize>,
    snippets: BTreeMap<String, Vec<CorefileToken>>,
    files: &'f CorednsFiles,
    /// The folders of imported files, by the number that their words bear.
    folders: BTreeMap<u32, String>,
    imports: u32,
    /// How many words imports have brought in.
    imported: usize,
}

/// How many imports may follow from one another: more than anybody needs.
const IMPORTS: u32 = 1000;

/// How many words a line has, and bytes a word, where imports are bounded: more than anybody writes.
const WORDS: usize = 16;
const WORD_BYTES: usize = 100;

impl<'f> CorefileParser<'f> {
    pub fn new(text: &str, files: &'f CorednsFiles) -> Self {
        Self {
            tokens: tokens(text),
            place: None,
            snippets: BTreeMap::new(),
            files,
            folders: BTreeMap::new(),
            imports: 0,
            imported: 0,
        }
    }

    pub fn parse_all(&mut self) -> Result<Vec<ServerBlock>, CorefileError> {
        let mut blocks = Vec::new();
        while self.next() {
            let block = self.server_block()?;
            if !block.keys.is_empty() {
                blocks.push(block);
            }
        }
        Ok(blocks)
    }

    /// One block, or a snippet, `(name) { … }`, which is kept for `import` (begin).
    fn server_block(&mut self) -> Result<ServerBlock, CorefileError> {
        let line = self.line();
        let (keys, ended) = self.addresses()?;
        if ended {
            return Ok(ServerBlock { keys, directives: Vec::new(), line });
        }
        if let [key] = keys.as_slice()
            && let Some(name) = key.strip_prefix('(').and_then(|key| key.strip_suffix(')'))
        {
            self.keep_snippet(name)?;
            return Ok(ServerBlock::default());
        }
        let braced = self.word() == "{";
        if !braced {
            // A single block needs no braces.
            self.place = self.place.and_then(|place| place.checked_sub(1));
        }
        let directives = self.directives()?;
        if braced && self.word() != "}" {
            return Err(self.syntax_error("}"));
        }
        Ok(ServerBlock { keys, directives, line })
    }

    /// The words before the brace or the line's end; a final comma says that another follows. Whether the text ended.
    fn addresses(&mut self) -> Result<(Vec<String>, bool), CorefileError> {
        let mut keys = Vec::new();
        let mut expects_another = false;
        loop {
            let word = self.filled(&self.word());
            // 1. An import brings in words of its own.
            if word == "import" && self.is_new_line() {
                self.import()?;
                if !self.next() {
                    return Ok((keys, true));
                }
                continue;
            }
            // 2. The brace ends the addresses.
            if word == "{" {
                if expects_another {
                    let message = "Expected another address but had '{' - check for extra comma";
                    return Err(self.error(message));
                }
                return Ok((keys, false));
            }
            // 3. An address; a comma behind it asks for another.
            let bare = word.strip_suffix(',');
            if !word.is_empty() {
                expects_another = bare.is_some();
                keys.push(bare.unwrap_or(&word).to_owned());
            }
            // 4. The end of the text, or of a line without comma.
            if !self.next() {
                return if expects_another { Err(self.error("Unexpected EOF")) } else { Ok((keys, true)) };
            }
            if !expects_another && self.is_new_line() {
                return Ok((keys, false));
            }
        }
    }

    fn keep_snippet(&mut self, name: &str) -> Result<(), CorefileError> {
        if self.snippets.contains_key(name) {
            return Err(self.error(&format!("redeclaration of previously declared snippet {name}")));
        }
        if self.word() != "{" {
            return Err(self.syntax_error("{"));
        }
        let mut depth = 1;
        let mut kept = Vec::new();
        while self.next() {
            match self.word().as_str() {
                "}" => depth -= 1,
                "{" => depth += 1,
                _ => {}
            }
            if depth == 0 {
                self.snippets.insert(name.to_owned(), kept);
                return Ok(());
            }
            kept.extend(self.token().cloned());
        }
        Err(self.syntax_error("}"))
    }

    /// Until the closing brace or the end of the text, which is as good.
    fn directives(&mut self) -> Result<Vec<Directive>, CorefileError> {
        let mut directives = Vec::new();
        while self.next() {
            match self.word().as_str() {
                "}" => break,
                "import" => self.import()?,
                _ => directives.push(self.directive()?),
            }
        }
        Ok(directives)
    }

    /// The words of one directive: the rest of its line, and its block if there is one.
    fn directive(&mut self) -> Result<Directive, CorefileError> {
        // 1. A directive that is known.
        let name = self.filled(&self.word());
        if !is_known(&name) {
            return Err(self.error(&format!("Unknown directive '{name}'")));
        }
        // 2. Its words up to the line's end, with whole blocks.
        let mut words: Vec<CorefileToken> = self.token().cloned().into_iter().collect();
        let mut depth = 0u32;
        while self.next() {
            match self.word().as_str() {
                "{" => depth += 1,
                _ if depth == 0 && self.is_new_line() => {
                    // Read too far.
                    self.place = self.place.and_then(|place| place.checked_sub(1));
                    break;
                }
                "}" if depth > 0 => depth -= 1,
                "}" => return Err(self.error("Unexpected '}' because no matching opening brace")),
                "import" if self.is_new_line() => {
                    self.import()?;
                    continue;
                }
                _ => {}
            }
            let text = self.filled(&self.word());
            words.extend(self.token().map(|token| CorefileToken { text, ..token.clone() }));
        }
        // 3. A block that isn't closed.
        if depth > 0 {
            return Err(self.error("Unexpected EOF"));
        }
        Ok(structured(name, &words))
    }

    /// Puts a snippet's words, or those of files, in the place of the two words that import them (doImport).
    fn import(&mut self) -> Result<(), CorefileError> {
        // 1. The one name behind `import`.
        let start = self.place.unwrap_or_default();
        if !self.next_argument() {
            return Err(self.argument_error());
        }
        let name = self.filled(&self.word());
        if name.is_empty() {
            return Err(self.error("Import requires a non-empty filepath"));
        }
        let line = self.line();
        if self.next_argument() {
            return Err(self.error("Import takes only one argument (glob pattern or file)"));
        }
        // 2. Not for ever.
        self.imports += 1;
        if self.imports > IMPORTS {
            return Err(CorefileError::at(line, "maximum snippet import depth (10000) exceeded"));
        }
        // 3. The snippet of that name, else the files that fit.
        let imported: Vec<CorefileToken> = match self.snippets.get(&name) {
            Some(tokens) => tokens.clone(),
            None => {
                // Beside the file in which it stands.
                let folder = self.token().and_then(|token| self.folders.get(&token.file));
                let pattern = absolute_path(folder.map_or(COREFILE_FOLDER, |folder| folder), &name);
                let is_glob = pattern.contains(['*', '?', '[', ']']);
                let count = |sign| pattern.matches(sign).count();
                if count('*') > 1 || count('?') > 1 || pattern.contains('[') && pattern.contains(']') {
                    let why = format!("Glob pattern may only contain one wildcard (*), but has others: {pattern}");
                    return Err(self.error(&why));
                }
                let found = self.files.matching(&pattern);
                if found.is_empty() && !is_glob {
                    return Err(CorefileError::at(line, format!("File to import not found: {name}")));
                }
                let mut tokens = Vec::new();
                for (number, (path, text)) in found.into_iter().enumerate() {
                    let file = file_number(self.imports, number);
                    self.folders.insert(file, path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned());
                    tokens.extend(tokens_of(text, file));
                }
                tokens
            }
        };
        // 4. Not too much altogether.
        let bytes: usize = imported.iter().map(|word| word.text.len() + 1).sum();
        self.imported += imported.len().max(bytes / WORD_BYTES);
        if self.imported > MAX_IMPORTED_DIRECTIVES * WORDS {
            let words = format!("imports bring in more than the {MAX_IMPORTED_DIRECTIVES} lines that are read");
            return Err(CorefileError::at(line, words));
        }
        // 5. In the place of the two words, to be read from there.
        let rest = self.tokens.split_off((start + 2).min(self.tokens.len()));
        self.tokens.truncate(start);
        self.tokens.extend(imported);
        self.tokens.extend(rest);
        self.place = start.checked_sub(1);
        Ok(())
    }

    fn token(&self) -> Option<&CorefileToken> {
        self.tokens.get(self.place?)
    }

    fn word(&self) -> String {
        self.token().map(|token| token.text.clone()).unwrap_or_default()
    }

    fn line(&self) -> usize {
        self.token().or(self.tokens.last()).map_or(1, |token| token.line)
    }

    fn next(&mut self) -> bool {
        let next = self.place.map_or(0, |place| place + 1);
        let there = next < self.tokens.len();
        if there {
            self.place = Some(next);
        }
        there
    }

    /// The next word, if it stands on the same line.
    fn next_argument(&mut self) -> bool {
        let next = self.place.map_or(0, |place| place + 1);
        let same = match (self.token(), self.tokens.get(next)) {
            (Some(token), Some(following)) => token.continues_with(following),
            _ => false,
        };
        same && self.next()
    }

    /// Whether the word in hand is the first of its line.
    fn is_new_line(&self) -> bool {
        let before = self.place.and_then(|place| self.tokens.get(place.checked_sub(1)?));
        match (before, self.token()) {
            (Some(before), Some(token)) => !before.continues_with(token),
            _ => true,
        }
    }

    /// Environment variables, `{$NAME}` and `{%NAME%}` (replaceEnvVars).
    fn filled(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (start, end) in [("{%", "%}"), ("{$", "}")] {
            // Values may hold references of their own; so many are followed.
            for _ in 0..IMPORTS {
                let Some((before, rest)) = text.split_once(start) else { break };
                let Some((name, after)) = rest.split_once(end).filter(|(name, _)| !name.is_empty()) else { break };
                text = format!("{before}{}{after}", self.files.variable(name));
            }
        }
        text
    }

    fn error(&self, message: &str) -> CorefileError {
        CorefileError::at(self.line(), message)
    }

    fn syntax_error(&self, expected: &str) -> CorefileError {
        let message = format!("Syntax error: Unexpected token '{}', expecting '{expected}'", self.word());
        CorefileError { plugin: None, line: Some(self.line()), message }
    }

    fn argument_error(&self) -> CorefileError {
        CorefileError::arguments(self.line(), &self.word())
    }
}

/// A directive's words as its setup function reads them (Dispenser RemainingArgs, NextBlock).
fn structured(name: String, words: &[CorefileToken]) -> Directive {
    let line = words.first().map_or(1, |word| word.line);
    let end = words.last().map_or((1, String::new()), |word| (word.line, word.text.clone()));
    let (args, mut rest) = line_of(words);
    let mut directive = Directive { name, args, block: Vec::new(), line, end };
    let opens = rest.first().is_some_and(|word| word.text == "{" && word.line == line);
    rest = if opens { rest.get(1..).unwrap_or_default() } else { &[] };
    while let Some(first) = rest.first().filter(|word| word.text != "}") {
        let (args, after) = line_of(rest);
        directive.block.push(PluginOption { name: first.text.clone(), args, line: first.line });
        // A brace inside a block opens another of the same kind.
        rest =
            if after.first().is_some_and(|word| word.text == "{") { after.get(1..).unwrap_or_default() } else { after };
    }
    directive
}

/// The words behind the first on its line, up to an opening brace, and what follows.
fn line_of(words: &[CorefileToken]) -> (Vec<String>, &[CorefileToken]) {
    let mut count = 1;
    while let (Some(before), Some(word)) = (words.get(count - 1), words.get(count)) {
        if !before.continues_with(word) || word.text == "{" {
            break;
        }
        count += 1;
    }
    let args = words.get(1..count).unwrap_or_default().iter().map(|word| word.text.clone()).collect();
    (args, words.get(count..).unwrap_or_default())
}

fn file_number(import: u32, number: usize) -> u32 {
    import.saturating_mul(64).saturating_add(u32::try_from(number).unwrap_or(u32::MAX)).saturating_add(1)
}

/// Where the Corefile lies.
const COREFILE_FOLDER: &str = "/etc/coredns";

/// A path beside others, without `.` and `..` (filepath.Join).
fn absolute_path(folder: &str, path: &str) -> String {
    if path.starts_with('/') {
        return path.to_owned();
    }
    let whole = format!("{folder}/{path}");
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    format!("/{}", parts.join("/"))
}

/// The words of an imported file, which stand on lines of their own.
fn tokens_of(text: &str, file: u32) -> Vec<CorefileToken> {
    tokens(text).into_iter().map(|token| CorefileToken { file, ..token }).collect()
}
