//! Tokens into a script (POSIX 2.10). What isn't understood is named as it stands there.

use super::lexer::{self, ShellToken, literal_text};
use super::syntax::{
    CommandKind, OutputStream, PieceQuoting, ShellCommand, ShellRedirect, ShellScript, ShellStatement, ShellWord,
    StatementJoint, SyntaxError, WordPiece,
};

/// How many commands a script may have.
const COMMANDS: usize = 2000;

/// Words that begin or end a construct where a command may begin.
const RESERVED: [&str; 8] = ["do", "done", "then", "elif", "else", "fi", "}", "in"];

/// Constructs that aren't understood, and what to do instead.
const NOT_HERE: [(&str, &str); 7] = [
    ("while", "`while` isn't understood here, as it needn't end: write `for i in $(seq 10); do …; done`"),
    ("until", "`until` isn't understood here, as it needn't end: write `for i in $(seq 10); do …; done`"),
    ("case", "`case` isn't understood here: write `if [ … ]`"),
    ("select", "`select` isn't understood here"),
    ("function", "functions aren't understood here"),
    ("[[", "`[[` isn't understood here: write `[ … ]`"),
    ("((", "`((` isn't understood here"),
];

/// Reads a text.
pub fn parse_script(text: &str) -> Result<ShellScript, SyntaxError> {
    parse_inside(text, 0)
}

/// Reads the text of a substitution, so deep in others.
pub fn parse_inside(text: &str, depth: u8) -> Result<ShellScript, SyntaxError> {
    let (tokens, starts) = lexer::read_tokens(text, depth)?;
    let mut parser = ScriptParser { text, tokens, starts, at: 0, commands: 0, depth: 0 };
    let script = parser.script(&[])?;
    match parser.peek() {
        None => Ok(script),
        Some(_) => Err(parser.unexpected()),
    }
}

struct ScriptParser<'t> {
    text: &'t str,
    tokens: Vec<ShellToken>,
    starts: Vec<usize>,
    at: usize,
    commands: usize,
    depth: u8,
}

impl ScriptParser<'_> {
    fn peek(&self) -> Option<&ShellToken> {
        self.tokens.get(self.at)
    }

    fn is_operator(&self, signs: &[&str]) -> bool {
        matches!(self.peek(), Some(ShellToken::Operator(sign)) if signs.contains(sign))
    }

    /// The word that comes, if no quotes are in it.
    fn bare(&self) -> Option<&str> {
        match self.peek()? {
            ShellToken::Word(word) => match &word[..] {
                [WordPiece::Text(text, PieceQuoting::Bare)] => Some(text),
                _ => None,
            },
            _ => None,
        }
    }

    fn take_bare(&mut self, wanted: &str) -> bool {
        let found = self.bare() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, wanted: &'static str) -> Result<(), SyntaxError> {
        match self.take_bare(wanted) {
            true => Ok(()),
            false if self.peek().is_none() => Err(SyntaxError::Incomplete(wanted)),
            false => Err(self.unexpected()),
        }
    }

    fn unexpected(&self) -> SyntaxError {
        let shown = match self.peek() {
            None => return SyntaxError::Incomplete("a command"),
            Some(ShellToken::Operator("\n")) => "the line's end".to_owned(),
            Some(ShellToken::Operator(sign)) => format!("`{sign}`"),
            Some(ShellToken::Redirect(_, sign)) => format!("`{sign}`"),
            Some(ShellToken::Word(word)) => format!("`{}`", literal_text(word)),
        };
        SyntaxError::Unexpected(format!("{shown} isn't understood at this place"))
    }

    fn skip_line_ends(&mut self) {
        while self.is_operator(&["\n"]) {
            self.at += 1;
        }
    }

    /// Statements up to one of the words, which is left there.
    fn script(&mut self, ends: &[&str]) -> Result<ShellScript, SyntaxError> {
        let mut script = Vec::new();
        let mut joint = StatementJoint::Always;
        loop {
            self.skip_line_ends();
            let ended =
                self.peek().is_none() || self.is_operator(&[")"]) || self.bare().is_some_and(|it| ends.contains(&it));
            if ended {
                return match joint {
                    StatementJoint::Always => Ok(script),
                    StatementJoint::Success => Err(SyntaxError::Incomplete("a command behind &&")),
                    StatementJoint::Failure => Err(SyntaxError::Incomplete("a command behind ||")),
                };
            }
            script.push(self.statement(joint)?);
            joint = match self.peek() {
                Some(ShellToken::Operator("&&")) => StatementJoint::Success,
                Some(ShellToken::Operator("||")) => StatementJoint::Failure,
                _ => StatementJoint::Always,
            };
            self.at += usize::from(self.is_operator(&["&&", "||", ";", "&", "\n"]));
        }
    }

    fn statement(&mut self, joint: StatementJoint) -> Result<ShellStatement, SyntaxError> {
        let start = self.starts.get(self.at).copied().unwrap_or_default();
        let negated = self.take_bare("!");
        let mut commands = vec![self.command()?];
        while self.is_operator(&["|", "|&"]) {
            if let Some(last) = commands.last_mut() {
                last.pipes_errors = self.is_operator(&["|&"]);
            }
            self.at += 1;
            self.skip_line_ends();
            commands.push(self.command()?);
        }
        let follows = matches!(self.peek(), None | Some(ShellToken::Operator("&&" | "||" | ";" | "&" | "\n" | ")")));
        if !follows {
            return Err(self.unexpected());
        }
        let end = self.starts.get(self.at).copied().unwrap_or(self.text.len());
        let text = self.text.get(start..end).unwrap_or_default().trim().to_owned();
        Ok(ShellStatement { joint, negated, commands, text })
    }

    fn command(&mut self) -> Result<ShellCommand, SyntaxError> {
        // 1. Not too many, and nothing that isn't understood.
        self.commands += 1;
        if self.commands > COMMANDS {
            return Err(SyntaxError::Unexpected(format!("more than {COMMANDS} commands")));
        }
        if let Some((_, why)) = NOT_HERE.iter().find(|(word, _)| self.bare() == Some(word)) {
            return Err(SyntaxError::Unexpected((*why).to_owned()));
        }
        // 2. A group in parentheses.
        if self.is_operator(&["("]) {
            return self.nested(|parser| {
                parser.at += 1;
                let script = parser.script(&[])?;
                if parser.is_operator(&[")"]) {
                    parser.at += 1
                } else {
                    return Err(SyntaxError::Incomplete("a closing )"));
                }
                Ok(CommandKind::Subshell(script))
            });
        }
        // 3. A compound command by its first word, else a simple one.
        match self.bare() {
            Some("for") => self.nested(Self::for_loop),
            Some("if") => self.nested(Self::condition),
            Some("{") => self.nested(|parser| {
                parser.at += 1;
                let script = parser.script(&["}"])?;
                parser.expect("}")?;
                Ok(CommandKind::Group(script))
            }),
            Some(word) if RESERVED.contains(&word) => Err(self.unexpected()),
            _ => self.simple(),
        }
    }

    /// A construct with commands in it, and the redirections behind it.
    fn nested(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<CommandKind, SyntaxError>,
    ) -> Result<ShellCommand, SyntaxError> {
        if self.depth >= 16 {
            return Err(SyntaxError::Unexpected("more than 16 constructs in one another".to_owned()));
        }
        self.depth += 1;
        let kind = read(self)?;
        self.depth -= 1;
        let mut redirects = Vec::new();
        while let Some(redirect) = self.redirect()? {
            redirects.extend(redirect);
        }
        Ok(ShellCommand { kind, redirects, pipes_errors: false })
    }

    fn for_loop(&mut self) -> Result<CommandKind, SyntaxError> {
        self.at += 1;
        let name = self.bare().map(str::to_owned).filter(|name| is_name(name));
        let Some(name) = name else { return Err(self.unexpected()) };
        self.at += 1;
        self.skip_line_ends();
        self.expect("in")?;
        let mut words = Vec::new();
        while let Some(ShellToken::Word(word)) = self.peek() {
            words.push(word.clone());
            self.at += 1;
        }
        if self.is_operator(&[";"]) {
            self.at += 1;
        }
        self.skip_line_ends();
        self.expect("do")?;
        let body = self.script(&["done"])?;
        self.expect("done")?;
        Ok(CommandKind::For(name, words, body))
    }

    fn condition(&mut self) -> Result<CommandKind, SyntaxError> {
        let mut branches = Vec::new();
        let mut otherwise = Vec::new();
        self.at += 1;
        loop {
            let condition = self.script(&["then"])?;
            self.expect("then")?;
            branches.push((condition, self.script(&["elif", "else", "fi"])?));
            if self.take_bare("elif") {
                continue;
            }
            if self.take_bare("else") {
                otherwise = self.script(&["fi"])?;
            }
            self.expect("fi")?;
            return Ok(CommandKind::If(branches, otherwise));
        }
    }

    fn simple(&mut self) -> Result<ShellCommand, SyntaxError> {
        let (mut assignments, mut words, mut redirects) = (Vec::new(), Vec::new(), Vec::new());
        loop {
            if let Some(redirect) = self.redirect()? {
                redirects.extend(redirect);
                continue;
            }
            let Some(ShellToken::Word(word)) = self.peek().cloned() else { break };
            self.at += 1;
            match read_assignment(&word).filter(|_| words.is_empty()) {
                Some(assigned) => assignments.push(assigned),
                None => words.push(word),
            }
        }
        if words.first().is_some_and(|word| literal_text(word).ends_with("()")) {
            return Err(SyntaxError::Unexpected("functions aren't understood here".to_owned()));
        }
        if assignments.is_empty() && words.is_empty() && redirects.is_empty() {
            Err(self.unexpected())
        } else {
            Ok(ShellCommand { kind: CommandKind::Simple(assignments, words), redirects, pipes_errors: false })
        }
    }

    /// One redirection, if one comes; inside, None for one that changes nothing.
    fn redirect(&mut self) -> Result<Option<Option<ShellRedirect>>, SyntaxError> {
        // 1. The sign and the word behind it.
        let Some(ShellToken::Redirect(number, sign)) = self.peek().cloned() else { return Ok(None) };
        self.at += 1;
        let Some(ShellToken::Word(word)) = self.peek().cloned() else {
            return Err(match self.peek() {
                None => SyntaxError::Incomplete("a file"),
                Some(_) => self.unexpected(),
            });
        };
        self.at += 1;
        // 2. The stream that it is about.
        let stream = match number {
            None | Some(1) => OutputStream::Output,
            Some(2) => OutputStream::Errors,
            Some(_) if sign.starts_with('<') => OutputStream::Output,
            Some(other) => return Err(SyntaxError::Unexpected(format!("`{other}{sign}` isn't understood here"))),
        };
        // 3. What becomes of it.
        let target = literal_text(&word);
        Ok(Some(Some(match (sign, stream) {
            ("<", _) => ShellRedirect::Read(word),
            ("<<" | "<<-", _) => ShellRedirect::Here(word),
            ("<<<", _) => ShellRedirect::Here(
                word.into_iter().chain([WordPiece::Text("\n".into(), PieceQuoting::Quoted)]).collect(),
            ),
            ("&>", _) => ShellRedirect::Write(OutputStream::Both, word, false),
            ("&>>", _) => ShellRedirect::Write(OutputStream::Both, word, true),
            (">" | ">|", stream) => ShellRedirect::Write(stream, word, false),
            (">>", stream) => ShellRedirect::Write(stream, word, true),
            (">&", OutputStream::Errors) if target == "1" => ShellRedirect::ErrorsToOutput,
            (">&", OutputStream::Output) if target == "2" => ShellRedirect::OutputToErrors,
            (">&", _) if ["1", "2"].contains(&target.as_str()) => return Ok(Some(None)),
            (">&", OutputStream::Output) => ShellRedirect::Write(OutputStream::Both, word, false),
            (sign, _) => return Err(SyntaxError::Unexpected(format!("`{sign}` isn't understood here"))),
        })))
    }
}

fn is_name(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_digit())
        && !text.is_empty()
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// `NAME=value`
fn read_assignment(word: &ShellWord) -> Option<(String, ShellWord)> {
    let Some((WordPiece::Text(text, PieceQuoting::Bare), rest)) = word.split_first() else { return None };
    let (name, value) = text.split_once('=')?;
    if !is_name(name) {
        return None;
    }
    let first = (!value.is_empty()).then(|| WordPiece::Text(value.to_owned(), PieceQuoting::Bare));
    Some((name.to_owned(), first.into_iter().chain(rest.iter().cloned()).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_posts_paste_is_a_script() {
        for text in [
            "a && b || c; d | e 2>&1 | f",
            "for i in 1 2 3; do curl -s http://x; done | sort | uniq -c",
            "for p in $(kubectl get po -o name)\ndo\n  echo $p\ndone",
            "for p in `k get po -o jsonpath='{.items[*].metadata.name}'`; do k exec -it ${p} -- ls; done",
            "kubectl apply -f - <<EOF\nkind: Pod\nEOF\necho done",
            "cat <<'EOF' | kubectl apply -f -\n$x\nEOF",
            "curl -H 'Host: a' \\\n  http://x/ # comment",
            "kubectl get po -o jsonpath=\"{.items[0].metadata.name}\"",
            "curl 'http://INGRESS(kong)/x' http://INGRESS(nginx)/",
            "if kubectl get ns a; then echo yes; else echo no; fi",
            "(cd x; ls) && { echo a; }",
            "kubectl port-forward svc/web 8080:80 & curl localhost:8080",
            "echo $((1+2)) ${HOME:-x} \"$(echo \"a b\")\"",
        ] {
            assert!(parse_script(text).is_ok(), "{text}: {:?}", parse_script(text));
        }
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for (text, shown) in [
            ("while true; do x; done", "while"),
            ("a )", "`)`"),
            ("a 'b", "a closing '"),
            ("for i in 1; do x", "done"),
            ("f() { x; }", "functions"),
            ("echo ${a^b}", "`${a^b}`"),
            ("a &&", "&&"),
            ("cat <<EOF\nx", "here-document"),
            ("| a", "`|`"),
        ] {
            let said = parse_script(text).unwrap_err().to_string();
            assert!(said.contains(shown), "{text}: {said}");
        }
    }

    #[test]
    fn statements_keep_their_text() {
        let script = parse_script("a 'b; c' && d;e").unwrap();
        let texts: Vec<&str> = script.iter().map(|statement| statement.text.as_str()).collect();
        assert_eq!(texts, ["a 'b; c'", "d", "e"]);
    }
}
