//! A command line into words, as a POSIX shell splits it: quotes, backslashes, variables, `| grep PATTERN`, `2>/dev/null`,
//! `2>&1`. Any other shell syntax is refused by name.

use super::{Output, UsageError};

mod grep;
mod sequence;

use grep::Grep;
pub use sequence::{Joint, sequence};

/// A command's words, and what becomes of its output.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// The command and its arguments.
    pub words: Vec<String>,
    /// `| grep PATTERN`, in order.
    filters: Vec<Grep>,
    /// Where the command's output goes.
    redirected: Redirected,
}

/// Where output goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Redirected {
    /// `>/dev/null`
    output_dropped: bool,
    /// `2>/dev/null`
    errors_dropped: bool,
    /// `2>&1`
    errors_to_output: bool,
}

impl Line {
    /// What is left of a command's output behind redirections and filters. A pipeline's status is its last command's: grep
    /// fails where it finds nothing (POSIX 2.9.2).
    pub fn pipe(&self, output: Output) -> Output {
        let output = self.redirected.apply(output);
        let last = self.filters.len();
        self.filters.iter().zip(1..).fold(output, |output, (grep, place)| {
            let stdout = output.stdout.map(|text| grep.filter(&text));
            let exit = match (&stdout, place == last) {
                (Some((_, found)), true) => i32::from(!found),
                _ => output.exit,
            };
            Output { stdout: stdout.map(|(text, _)| text), exit, ..output }
        })
    }
}

impl Redirected {
    fn apply(self, output: Output) -> Output {
        let Output { mut stdout, mut stderr, exit } = output;
        if self.errors_to_output {
            // Which comes first isn't known where there are both.
            stdout = match stdout {
                Some(text) if text.is_empty() => Some(std::mem::take(&mut stderr)),
                Some(text) if stderr.is_empty() => Some(text),
                _ => None,
            };
            stderr = String::new();
        }
        if self.output_dropped {
            stdout = Some(String::new());
        }
        if self.errors_dropped {
            stderr = String::new();
        }
        Output { stdout, stderr, exit }
    }
}

/// Splits a line. `variable` gives the client's environment; an unknown variable is empty.
pub fn split(line: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<Line, UsageError> {
    let reader = Reader { rest: line.trim(), variable, commands: vec![Vec::new()], redirected: Redirected::default() };
    let (commands, redirected) = reader.read()?;
    let mut commands = commands.into_iter();
    let words = commands.next().unwrap_or_default();
    if words.is_empty() {
        return Err(UsageError::new(2, "type a command, for example: curl http://web/"));
    }
    Ok(Line { words, filters: commands.map(grep::read).collect::<Result<_, _>>()?, redirected })
}

struct Reader<'a> {
    rest: &'a str,
    variable: &'a dyn Fn(&str) -> Option<String>,
    commands: Vec<Vec<String>>,
    redirected: Redirected,
}

impl Reader<'_> {
    fn read(mut self) -> Result<(Vec<Vec<String>>, Redirected), UsageError> {
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
                '>' => {
                    let stream = word.take_if(|word| matches!(word.as_str(), "1" | "2"));
                    self.finish(&mut word);
                    self.redirect(stream.as_deref().unwrap_or("1"))?;
                }
                '&' if self.rest.starts_with('>') => {
                    self.take();
                    self.finish(&mut word);
                    self.redirect("&")?;
                }
                '&' | ';' | '<' | '`' => return Err(unsupported(character)),
                '(' | ')' if word.is_none() => return Err(unsupported(character)),
                other => word.get_or_insert_default().push(other),
            }
        }
        self.finish(&mut word);
        Ok((self.commands, self.redirected))
    }

    /// Behind `>`: only /dev/null and `2>&1` are understood, of the first command.
    fn redirect(&mut self, stream: &str) -> Result<(), UsageError> {
        let target = self.rest.trim_start_matches(' ');
        let end = target.find([' ', '\t', '|', ';', '<', '>']).unwrap_or(target.len());
        let (target, rest) = target.split_at_checked(end).unwrap_or_default();
        let redirected = &mut self.redirected;
        match (stream, target) {
            _ if self.commands.len() > 1 => return Err(unsupported('>')),
            ("1", "/dev/null") => redirected.output_dropped = true,
            ("2", "/dev/null") => redirected.errors_dropped = true,
            ("&", "/dev/null") => (redirected.output_dropped, redirected.errors_dropped) = (true, true),
            // Errors follow the output to where it goes by then.
            ("2", "&1") if redirected.output_dropped => redirected.errors_dropped = true,
            ("2", "&1") => redirected.errors_to_output = true,
            _ => return Err(unsupported('>')),
        }
        self.rest = rest;
        Ok(())
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
        let printed = |text: &str| Output { stdout: Some(text.to_owned()), ..Output::default() };
        assert_eq!(line.pipe(printed("A=1\nWEB_HOST=2\n")), printed("WEB_HOST=2\n"));
        assert_eq!(line.pipe(printed("A=1\n")), Output { exit: 1, ..printed("") });
    }

    #[test]
    fn output_may_be_thrown_away() {
        let said = Output { stdout: Some(String::new()), stderr: "no\n".to_owned(), exit: 6 };
        let of = |line: &str| split(line, &|_| None).unwrap().pipe(said.clone());
        assert_eq!(of("curl x 2>/dev/null"), Output { stderr: String::new(), ..said.clone() });
        assert_eq!(of("curl x 2>&1 | grep no"), Output { stdout: Some("no\n".into()), stderr: String::new(), exit: 0 });
        assert_eq!(of("curl x >/dev/null 2>&1"), Output { stderr: String::new(), ..said.clone() });
        assert_eq!(of("curl x &> /dev/null"), Output { stderr: String::new(), ..said.clone() });
        assert_eq!(split("nc -w 2 > /dev/null", &|_| None).unwrap().words, ["nc", "-w", "2"]);
    }

    #[test]
    fn other_shell_is_refused() {
        for line in ["a; b", "a && b", "a > b", "a `b`", "a $(b)", "a | wc", "'a", "", "a || b"] {
            assert!(split(line, &|_| None).is_err(), "{line}");
        }
    }
}
