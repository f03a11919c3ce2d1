//! The Corefile's text: tokens, server blocks, directives with their lines (Caddy's lexer and parser, which CoreDNS uses).
//!
//! What a directive means is its plugin's affair; here a directive is a name, arguments and lines of a block.

use std::collections::BTreeMap;

use super::files::Files;
use crate::limits::MAX_IMPORTED_DIRECTIVES;

mod lexer;

use lexer::{Token, tokens};

/// A Corefile, as far as it could be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Corefile {
    /// Its server blocks, in order.
    pub blocks: Vec<ServerBlock>,
}

/// `cluster.local:53 { … }`
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServerBlock {
    /// The zones with their ports, as written.
    pub keys: Vec<String>,
    /// What stands between the braces.
    pub directives: Vec<Directive>,
    /// The line of the first key, from 1.
    pub line: usize,
}

/// One plugin's configuration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Directive {
    /// `kubernetes`.
    pub name: String,
    /// What follows on its line.
    pub args: Vec<String>,
    /// The lines between its braces.
    pub block: Vec<Property>,
    /// Its line, from 1.
    pub line: usize,
}

/// One line of a directive's block.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Property {
    /// The first word.
    pub name: String,
    /// The rest.
    pub args: Vec<String>,
    /// Its line, from 1.
    pub line: usize,
}

/// Why CoreDNS refuses to start, in its own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorefileError {
    /// The plugin that complains; None for the parser.
    pub plugin: Option<&'static str>,
    /// The line, from 1; None where CoreDNS names none.
    pub line: Option<usize>,
    /// What it says.
    pub message: String,
}

impl CorefileError {
    /// An error that names its line (caddy's Dispenser.Errf).
    pub fn at(line: usize, message: impl Into<String>) -> Self {
        Self { plugin: None, line: Some(line), message: message.into() }
    }

    /// caddy's Dispenser.ArgErr.
    pub fn arguments(line: usize, last: &str) -> Self {
        Self::at(line, format!("Wrong argument count or unexpected line ending after '{last}'"))
    }

    /// The same error as a plugin's.
    pub fn of(self, plugin: &'static str) -> Self {
        Self { plugin: Some(plugin), ..self }
    }
}

impl std::fmt::Display for CorefileError {
    /// `plugin/kubernetes: /etc/coredns/Corefile:4 - Error during parsing: unknown property 'foo'`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(plugin) = self.plugin {
            write!(f, "plugin/{plugin}: ")?;
        }
        if let Some(line) = self.line {
            write!(f, "/etc/coredns/Corefile:{line} - Error during parsing: ")?;
        }
        f.write_str(&self.message)
    }
}

impl Directive {
    /// The words on the directive's line and in its block's lines, as the arguments of one property.
    pub fn head(&self) -> Property {
        Property { name: self.name.clone(), args: self.args.clone(), line: self.line }
    }
}

impl Property {
    /// All arguments, if there are as many as wanted.
    pub fn exactly<const N: usize>(&self) -> Result<&[String; N], CorefileError> {
        self.args.as_slice().try_into().map_err(|_| self.argument_error())
    }

    /// All arguments, if there is at least one.
    pub fn some(&self) -> Result<&[String], CorefileError> {
        match self.args.is_empty() {
            true => Err(self.argument_error()),
            false => Ok(&self.args),
        }
    }

    /// caddy's ArgErr here.
    pub fn argument_error(&self) -> CorefileError {
        CorefileError::arguments(self.line, self.args.last().unwrap_or(&self.name))
    }
}

/// Reads a Corefile; `files` are what `import` finds. The first mistake ends it, as CoreDNS then doesn't start.
pub fn parse(text: &str, files: &Files) -> Result<Corefile, CorefileError> {
    let mut parser = Parser { tokens: tokens(text), place: 0, snippets: BTreeMap::new(), files, depth: 0, imported: 0 };
    let mut blocks = Vec::new();
    while let Some(block) = parser.server_block()? {
        blocks.push(block);
    }
    Ok(Corefile { blocks })
}

struct Parser<'f> {
    tokens: Vec<Token>,
    place: usize,
    snippets: BTreeMap<String, Vec<Directive>>,
    files: &'f Files,
    depth: u8,
    /// How many directives imports have brought in.
    imported: usize,
}

/// How many imports may follow from one another: more than anybody needs.
const IMPORTS: u8 = 64;

impl<'f> Parser<'f> {
    /// The next server block; snippets, `(name) { … }`, are kept for `import`.
    fn server_block(&mut self) -> Result<Option<ServerBlock>, CorefileError> {
        loop {
            let Some(first) = self.peek() else { return Ok(None) };
            let line = first.line;
            if first.is("import") {
                self.import_blocks()?;
                continue;
            }
            let keys = self.keys()?;
            let directives = self.directives()?;
            match keys.as_slice() {
                [key] if key.starts_with('(') && key.ends_with(')') => {
                    self.snippets.insert(key.trim_matches(['(', ')']).to_owned(), directives);
                }
                _ => return Ok(Some(ServerBlock { keys, directives, line })),
            }
        }
    }

    /// The words before the brace, split at commas.
    fn keys(&mut self) -> Result<Vec<String>, CorefileError> {
        let mut keys = Vec::new();
        while let Some(token) = self.next() {
            if token.is("{") {
                return Ok(keys);
            }
            if token.is("}") {
                return Err(CorefileError::at(token.line, "Unexpected '}' because no matching opening brace"));
            }
            keys.extend(token.text.split(',').filter(|key| !key.is_empty()).map(str::to_owned));
        }
        let line = self.last_line();
        Err(CorefileError::at(line, "Unexpected EOF"))
    }

    fn directives(&mut self) -> Result<Vec<Directive>, CorefileError> {
        let mut directives = Vec::new();
        loop {
            let Some(token) = self.next() else {
                return Err(CorefileError::at(self.last_line(), "Unexpected EOF"));
            };
            if token.is("}") {
                return Ok(directives);
            }
            let directive = self.directive(token)?;
            match directive.name.as_str() {
                "import" => {
                    let imported = self.imported(&directive)?;
                    self.imported += imported.len();
                    if self.imported > MAX_IMPORTED_DIRECTIVES {
                        let words =
                            format!("imports bring in more than the {MAX_IMPORTED_DIRECTIVES} lines that are read");
                        return Err(CorefileError::at(directive.line, words));
                    }
                    directives.extend(imported);
                }
                _ => directives.push(directive),
            }
        }
    }

    /// One directive: the rest of its line, and its block if the line ends with a brace.
    fn directive(&mut self, name: Token) -> Result<Directive, CorefileError> {
        let args = self.rest_of(name.line);
        let mut directive = Directive { name: name.text, args, block: Vec::new(), line: name.line };
        if self.peek().is_some_and(|token| token.is("{") && token.line == name.line) {
            self.place += 1;
            directive.block = self.properties()?;
        }
        Ok(directive)
    }

    fn properties(&mut self) -> Result<Vec<Property>, CorefileError> {
        let mut properties = Vec::new();
        loop {
            let Some(token) = self.next() else {
                return Err(CorefileError::at(self.last_line(), "Unexpected EOF"));
            };
            if token.is("}") {
                return Ok(properties);
            }
            let args = self.rest_of(token.line);
            properties.push(Property { name: token.text, args, line: token.line });
        }
    }

    /// The words that stand on a line, up to a brace.
    fn rest_of(&mut self, line: usize) -> Vec<String> {
        let mut args = Vec::new();
        while let Some(token) = self.peek().filter(|token| token.line == line && !token.is("{") && !token.is("}")) {
            args.push(token.text.clone());
            self.place += 1;
        }
        args
    }

    /// The directives of a snippet, or of files.
    fn imported(&self, import: &Directive) -> Result<Vec<Directive>, CorefileError> {
        let [name] = import.head().exactly()?.clone();
        if let Some(directives) = self.snippets.get(&name) {
            return Ok(directives.clone());
        }
        let mut directives = Vec::new();
        for text in self.import_files(&name, import.line)? {
            // A file of directives reads like a block without its braces.
            directives.extend(self.inner(&format!("{text}\n}}")).directives()?);
        }
        Ok(directives)
    }

    /// Server blocks out of files take the place of the line that imports them.
    fn import_blocks(&mut self) -> Result<(), CorefileError> {
        let Some(import) = self.next() else { return Ok(()) };
        let property = Property { name: import.text, args: self.rest_of(import.line), line: import.line };
        let [name] = property.exactly()?;
        let imported: Vec<Token> = self.import_files(name, property.line)?.into_iter().flat_map(tokens).collect();
        self.depth += 1;
        let rest = self.tokens.split_off(self.place.min(self.tokens.len()));
        self.tokens.extend(imported);
        self.tokens.extend(rest);
        Ok(())
    }

    /// The texts of a path; a pattern (`*.server`) may match none, a plain path must be there.
    fn import_files(&self, path: &str, line: usize) -> Result<Vec<&'f str>, CorefileError> {
        let found = self.files.matching(path);
        let missing = found.is_empty() && !path.contains('*');
        match missing || self.depth >= IMPORTS {
            true => Err(CorefileError::at(line, format!("File to import not found: {path}"))),
            false => Ok(found),
        }
    }

    fn inner(&self, text: &str) -> Parser<'f> {
        let depth = self.depth + 1;
        Parser {
            tokens: tokens(text),
            place: 0,
            snippets: self.snippets.clone(),
            files: self.files,
            depth,
            imported: self.imported,
        }
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.place)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.peek().cloned();
        self.place += 1;
        token
    }

    fn last_line(&self) -> usize {
        self.tokens.last().map_or(1, |token| token.line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_alone(text: &str) -> Result<Corefile, CorefileError> {
        parse(text, &Files::default())
    }

    #[test]
    fn imports_take_files() {
        let server = ("/etc/coredns/custom/a.server", "x {\n errors\n}\n");
        let files = Files::new([server, ("/etc/coredns/custom/b.override", "log\n")]);
        let text = ". {\n import /etc/coredns/custom/*.override\n}\nimport /etc/coredns/custom/*.server\n";
        let corefile = parse(text, &files).unwrap();
        assert_eq!(corefile.blocks[0].directives[0].name, "log");
        assert_eq!(corefile.blocks[1].keys, ["x"]);
        assert!(parse(text, &Files::default()).is_ok());
        assert!(parse_alone("import /etc/coredns/nothing\n").is_err());
    }

    #[test]
    fn blocks_directives_and_lines() {
        let corefile =
            parse_alone("# c\n.:53, b:54 {\n  errors\n  kubernetes x y {\n    ttl 30 # t\n  }\n}\nz {\n}\n").unwrap();
        let first = &corefile.blocks[0];
        assert_eq!((first.keys.as_slice(), first.line), (&[".:53".to_owned(), "b:54".to_owned()][..], 2));
        let kubernetes = &first.directives[1];
        assert_eq!((kubernetes.args.join(" ").as_str(), kubernetes.line), ("x y", 4));
        assert_eq!((kubernetes.block[0].name.as_str(), kubernetes.block[0].line), ("ttl", 5));
        assert_eq!(corefile.blocks[1].keys, ["z"]);
    }

    #[test]
    fn snippets_are_imported() {
        let corefile = parse_alone("(log) {\n log\n errors\n}\n. {\n import log\n}\n").unwrap();
        assert_eq!(corefile.blocks.len(), 1);
        assert_eq!(corefile.blocks[0].directives.len(), 2);
    }

    #[test]
    fn mistakes_are_caddys() {
        let error = parse_alone(".:53 {\n errors\n").unwrap_err();
        assert_eq!(error.to_string(), "/etc/coredns/Corefile:2 - Error during parsing: Unexpected EOF");
    }
}
