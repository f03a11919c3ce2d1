//! A command line into words, as a POSIX shell splits it: quotes, backslashes, variables, `| grep WORD`. Any other shell
//! syntax is refused by name.

use super::UsageError;

/// A command's words, and the filters its output goes through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// The command and its arguments.
    pub words: Vec<String>,
    /// `| grep WORD`, in order.
    pub filters: Vec<Grep>,
}

/// `grep WORD`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grep {
    /// What to look for, literally.
    pub word: String,
    /// -i
    pub ignore_case: bool,
    /// -v
    pub invert: bool,
}

impl Grep {
    /// The lines of a text that pass.
    pub fn filter(&self, text: &str) -> String {
        let fold = |text: &str| if self.ignore_case { text.to_lowercase() } else { text.to_owned() };
        let word = fold(&self.word);
        text.lines().filter(|line| fold(line).contains(&word) != self.invert).map(|line| format!("{line}\n")).collect()
    }
}

/// Splits a line. `variable` gives the client's environment; an unknown variable is empty.
pub fn split(line: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<Line, UsageError> {
    let mut commands = Reader { rest: line.trim(), variable, commands: vec![Vec::new()] }.read()?.into_iter();
    let words = commands.next().unwrap_or_default();
    if words.is_empty() {
        return Err(UsageError::new(2, "type a command, for example: curl http://web/"));
    }
    Ok(Line { words, filters: commands.map(grep).collect::<Result<_, _>>()? })
}

struct Reader<'a> {
    rest: &'a str,
    variable: &'a dyn Fn(&str) -> Option<String>,
    commands: Vec<Vec<String>>,
}

impl Reader<'_> {
    fn read(mut self) -> Result<Vec<Vec<String>>, UsageError> {
        let mut word: Option<String> = None;
        while let Some(character) = self.take() {
            match character {
                ' ' | '\t' | '\n' | '\r' => self.finish(&mut word),
                '|' if self.rest.starts_with('|') => return Err(unsupported("||")),
                '|' => {
                    self.finish(&mut word);
                    self.commands.push(Vec::new());
                }
                '\'' => {
                    let inside = self.until('\'')?;
                    word.get_or_insert_default().push_str(&inside);
                }
                '"' => self.double_quoted(word.get_or_insert_default())?,
                '\\' => word.get_or_insert_default().extend(self.take()),
                '$' => {
                    let value = self.expand()?;
                    word.get_or_insert_default().push_str(&value);
                }
                '&' | ';' | '<' | '>' | '`' => return Err(unsupported(character)),
                '(' | ')' if word.is_none() => return Err(unsupported(character)),
                other => word.get_or_insert_default().push(other),
            }
        }
        self.finish(&mut word);
        Ok(self.commands)
    }

    fn take(&mut self) -> Option<char> {
        let mut characters = self.rest.chars();
        let first = characters.next();
        self.rest = characters.as_str();
        first
    }

    fn finish(&mut self, word: &mut Option<String>) {
        if let (Some(word), Some(command)) = (word.take(), self.commands.last_mut()) {
            command.push(word);
        }
    }

    fn until(&mut self, end: char) -> Result<String, UsageError> {
        let unclosed = || UsageError::new(2, format!("the quote {end} is never closed"));
        let (inside, rest) = self.rest.split_once(end).ok_or_else(unclosed)?;
        self.rest = rest;
        Ok(inside.to_owned())
    }

    /// Between double quotes only `$`, `\` and the quote itself are special.
    fn double_quoted(&mut self, word: &mut String) -> Result<(), UsageError> {
        loop {
            match self.take() {
                None => return Err(UsageError::new(2, "the quote \" is never closed")),
                Some('"') => return Ok(()),
                Some('$') => word.push_str(&self.expand()?),
                Some('`') => return Err(unsupported('`')),
                Some('\\') => match self.take() {
                    Some(escaped @ ('"' | '\\' | '$' | '`')) => word.push(escaped),
                    Some(other) => word.extend(['\\', other]),
                    None => word.push('\\'),
                },
                Some(other) => word.push(other),
            }
        }
    }

    /// `$NAME` or `${NAME}`, behind the dollar sign; a dollar sign alone stands for itself.
    fn expand(&mut self) -> Result<String, UsageError> {
        if self.rest.starts_with('(') {
            return Err(unsupported("$("));
        }
        let name = match self.rest.strip_prefix('{') {
            Some(rest) => {
                self.rest = rest;
                self.until('}').map_err(|_| UsageError::new(2, "${ is never closed"))?
            }
            None => {
                let end = self.rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(self.rest.len());
                let (name, rest) = self.rest.split_at_checked(end).unwrap_or_default();
                self.rest = rest;
                name.to_owned()
            }
        };
        match name.is_empty() {
            true => Ok("$".to_owned()),
            false => Ok((self.variable)(&name).unwrap_or_default()),
        }
    }
}

/// Reads the words behind a `|`: only grep is understood.
fn grep(words: Vec<String>) -> Result<Grep, UsageError> {
    let mut words = words.into_iter();
    match words.next().as_deref() {
        Some("grep") => {}
        Some(other) => {
            return Err(UsageError::new(2, format!("only `grep WORD` is understood behind |, not `{other}`")));
        }
        None => return Err(UsageError::new(2, "a command is missing behind |")),
    }
    let mut filter = Grep { word: String::new(), ignore_case: false, invert: false };
    let mut word = None;
    for argument in words {
        match argument.as_str() {
            "-i" => filter.ignore_case = true,
            "-v" => filter.invert = true,
            "-F" | "--" => {}
            option if option.starts_with('-') => {
                return Err(UsageError::new(2, format!("grep: unknown option `{option}`")));
            }
            _ if word.is_some() => return Err(UsageError::new(2, "grep takes one word here")),
            _ => word = Some(argument),
        }
    }
    filter.word = word.ok_or_else(|| UsageError::new(2, "grep: the word to look for is missing"))?;
    match filter.word.contains(['^', '$', '*', '[', ']', '\\', '|']) {
        true => {
            Err(UsageError::new(2, format!("grep: a plain word is understood here, not the pattern `{}`", filter.word)))
        }
        false => Ok(filter),
    }
}

fn unsupported(syntax: impl std::fmt::Display) -> UsageError {
    UsageError::new(2, format!("`{syntax}` is shell syntax that isn't understood here: type one command"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        split(line, &|name| (name == "HOST").then(|| "web".to_owned())).unwrap().words
    }

    #[test]
    fn quotes_and_variables() {
        assert_eq!(words("curl -H 'Host: a b' http://$HOST/"), ["curl", "-H", "Host: a b", "http://web/"]);
        assert_eq!(words(r#"curl "http://${HOST}:80/$NONE" a\ b '' $"#), ["curl", "http://web:80/", "a b", "", "$"]);
    }

    #[test]
    fn grep_filters() {
        let line = split("env | grep -i web", &|_| None).unwrap();
        assert_eq!(line.filters[0].filter("A=1\nWEB_HOST=2\n"), "WEB_HOST=2\n");
    }

    #[test]
    fn other_shell_is_refused() {
        for line in ["a; b", "a && b", "a > b", "a `b`", "a $(b)", "a | wc", "'a", "", "a || b"] {
            assert!(split(line, &|_| None).is_err(), "{line}");
        }
    }
}
