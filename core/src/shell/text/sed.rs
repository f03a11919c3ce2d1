//! sed: commands of all lines, of one, of those that match, of ranges; what would jump or write files isn't understood.

use regex_lite::Regex;

use super::super::stream::CommandOutput;
use super::TextTool;
use super::pattern::{PatternMatching, PatternSyntax, compile_pattern};
use crate::console::option::ToolOption;
use crate::shell::arguments::TextArguments;
use crate::terminal::UsageError;

pub const OPTIONS: &[ToolOption<()>] = &[
    ToolOption::by_name("-E -r --regexp-extended", false),
    ToolOption::by_name("-e --expression", true),
    ToolOption::by_name("-i --in-place", false).also("-i."),
    ToolOption::by_name("-n --quiet --silent", false),
    ToolOption::ignored("-s -u --posix --separate --unbuffered"),
];

/// One line, or all that match.
enum SedLine {
    Number(usize),
    /// `0~3`
    Step(usize, usize),
    Last,
    Matching(Regex),
    /// `+3`, behind another
    Further(usize),
}

/// Which lines a command is for: none, one or two addresses, and `!`.
struct SedAddress {
    first: Option<SedLine>,
    last: Option<SedLine>,
    negated: bool,
}

struct SedSubstitution {
    pattern: Regex,
    with: String,
    /// From which match on; the first is 1.
    from: usize,
    all: bool,
    prints: bool,
}

enum SedAction {
    Substitute(SedSubstitution),
    /// `y/abc/xyz/`
    Exchange(Vec<(char, char)>),
    Print,
    Delete,
    Quit,
    QuitAtOnce,
    Number,
    Append(String),
    Insert(String),
    Change(String),
    Next,
    JoinNext,
    /// `g G h H x`
    Hold(char),
    Block(Vec<SedCommand>),
}

struct SedCommand {
    address: SedAddress,
    action: SedAction,
}

/// Reads the words behind `sed`.
pub fn read(_: &str, arguments: TextArguments) -> Result<TextTool, UsageError> {
    // 1. The script, by option or as the first word.
    let quiet = arguments.has(&["-n", "--quiet", "--silent"]);
    let in_place = arguments.has(&["-i", "-i.", "--in-place"]);
    let is_extended = arguments.has(&["-E", "-r", "--regexp-extended"]);
    let syntax = if is_extended { PatternSyntax::Extended } else { PatternSyntax::Basic };
    let mut scripts: Vec<String> = arguments.values(&["-e", "--expression"]).into_iter().map(str::to_owned).collect();
    // `-i ''` is another sed's way to say that nothing is kept.
    let mut words = arguments.words().into_iter().skip_while(|word| in_place && word.is_empty());
    if scripts.is_empty() {
        scripts.extend(words.next());
    }
    if scripts.is_empty() {
        return Err(UsageError::of_tool(1, "Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]..."));
    }
    // 2. Its commands.
    let script = scripts.join("\n");
    let mut parser = SedParser { rest: &script, matching: PatternMatching { syntax, ..PatternMatching::default() } };
    let commands = parser.commands(false);
    let wrong = || UsageError::new(1, format!("sed: `{}` isn't understood here", parser.rest.trim()));
    let commands = commands.filter(|_| parser.rest.is_empty()).ok_or_else(wrong)?;
    // 3. What is left are files.
    let tool =
        TextTool::of_text(words.collect(), move |text| CommandOutput::text(SedRun::new(text, quiet).run(&commands)));
    Ok(TextTool { in_place, ..tool })
}

struct SedParser<'s> {
    rest: &'s str,
    matching: PatternMatching,
}

impl SedParser<'_> {
    /// Commands up to the end, or to a brace; None leaves what isn't understood in `rest`.
    fn commands(&mut self, is_block: bool) -> Option<Vec<SedCommand>> {
        let mut all = Vec::new();
        loop {
            self.rest = self.rest.trim_start_matches([';', ' ', '\t', '\n']);
            if self.rest.is_empty() {
                return (!is_block).then_some(all);
            }
            if let Some(rest) = self.rest.strip_prefix('}').filter(|_| is_block) {
                self.rest = rest;
                return Some(all);
            }
            let before = self.rest;
            match self.command() {
                Some(command) => all.push(command),
                None => {
                    self.rest = before;
                    return None;
                }
            }
        }
    }

    fn command(&mut self) -> Option<SedCommand> {
        // 1. The address.
        let first = self.line(false)?;
        let last = match self.rest.strip_prefix(',').filter(|_| first.is_some()) {
            Some(rest) => {
                self.rest = rest.trim_start();
                Some(self.line(true)??)
            }
            None => None,
        };
        self.rest = self.rest.trim_start();
        let negated = self.rest.starts_with('!');
        self.rest = self.rest.trim_start_matches(['!', ' ']);
        // 2. The command's letter.
        let letter = self.next()?;
        let action = match letter {
            's' => self.substitution()?,
            'y' => {
                let delimiter = self.next()?;
                let (from, to) = (self.delimited(delimiter)?, self.delimited(delimiter)?);
                let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
                if from.len() != to.len() {
                    return None;
                }
                SedAction::Exchange(from.into_iter().zip(to).collect())
            }
            'p' => SedAction::Print,
            'd' => SedAction::Delete,
            'q' => SedAction::Quit,
            'Q' => SedAction::QuitAtOnce,
            '=' => SedAction::Number,
            'n' => SedAction::Next,
            'N' => SedAction::JoinNext,
            'a' => SedAction::Append(self.text()),
            'i' => SedAction::Insert(self.text()),
            'c' => SedAction::Change(self.text()),
            'g' | 'G' | 'h' | 'H' | 'x' => SedAction::Hold(letter),
            '{' => SedAction::Block(self.commands(true)?),
            _ => return None,
        };
        // 3. Nothing but an end stands behind it.
        let behind = self.rest.trim_start_matches([' ', '\t']);
        let ends = behind.is_empty() || behind.starts_with([';', '\n', '}', '#']);
        if behind.starts_with('#') {
            self.rest = behind.split_once('\n').map_or("", |(_, rest)| rest);
        }
        ends.then_some(SedCommand { address: SedAddress { first, last, negated }, action })
    }

    fn next(&mut self) -> Option<char> {
        let mut characters = self.rest.chars();
        let first = characters.next()?;
        self.rest = characters.as_str();
        Some(first)
    }

    fn number(&mut self) -> Option<usize> {
        let end = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at_checked(end)?;
        let number = digits.parse().ok()?;
        self.rest = rest;
        Some(number)
    }

    /// One address; the outer None for one that isn't understood.
    fn line(&mut self, is_second: bool) -> Option<Option<SedLine>> {
        let delimiter = match self.rest.chars().next()? {
            '$' => {
                self.next();
                return Some(Some(SedLine::Last));
            }
            '+' if is_second => {
                self.next();
                return Some(Some(SedLine::Further(self.number()?)));
            }
            '0'..='9' => {
                let first = self.number()?;
                let Some(rest) = self.rest.strip_prefix('~') else { return Some(Some(SedLine::Number(first))) };
                self.rest = rest;
                return Some(Some(SedLine::Step(first, self.number()?)));
            }
            '/' => self.next()?,
            '\\' => {
                self.next();
                self.next()?
            }
            _ => return Some(None),
        };
        let typed = self.delimited(delimiter)?;
        let ignores_case = self.rest.starts_with('I');
        self.rest = self.rest.trim_start_matches('I');
        let pattern = compile_pattern(&typed, PatternMatching { ignores_case, ..self.matching })?;
        Some(Some(SedLine::Matching(pattern)))
    }

    fn substitution(&mut self) -> Option<SedAction> {
        let delimiter = self.next()?;
        let (typed, with) = (self.delimited(delimiter)?, self.delimited(delimiter)?);
        let (mut from, mut all, mut prints, mut ignores_case) = (1, false, false, false);
        loop {
            match self.rest.chars().next() {
                Some('g') => all = true,
                Some('p') => prints = true,
                Some('i' | 'I') => ignores_case = true,
                Some('1'..='9') => {
                    from = self.number()?;
                    continue;
                }
                _ => break,
            }
            self.next();
        }
        let pattern = compile_pattern(&typed, PatternMatching { ignores_case, ..self.matching })?;
        Some(SedAction::Substitute(SedSubstitution { pattern, with, from, all, prints }))
    }

    /// The text of `a`, `i` and `c`: the rest of the line, which a backslash lengthens.
    fn text(&mut self) -> String {
        let text = self.rest.trim_start_matches([' ', '\t']);
        let text = text.strip_prefix('\\').map_or(text, |text| text.trim_start_matches([' ', '\t', '\n']));
        let mut out = String::new();
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            match character {
                '\n' => break,
                '\\' => match characters.next() {
                    Some('t') => out.push('\t'),
                    Some(other) => out.push(other),
                    None => {}
                },
                other => out.push(other),
            }
        }
        self.rest = characters.as_str();
        out
    }

    /// What stands before a delimiter that no backslash protects and no bracket holds.
    fn delimited(&mut self, delimiter: char) -> Option<String> {
        let mut out = String::new();
        let mut in_brackets = false;
        while let Some(character) = self.next() {
            if character == delimiter && !in_brackets {
                return Some(out);
            }
            match character {
                '\\' => match self.next()? {
                    next if next == delimiter => out.push(next),
                    next => out.extend(['\\', next]),
                },
                '[' if self.rest.contains(']') => {
                    in_brackets = true;
                    out.push('[');
                }
                ']' => {
                    in_brackets = false;
                    out.push(']');
                }
                other => out.push(other),
            }
        }
        None
    }
}

/// What becomes of a line behind a command.
#[derive(PartialEq, Eq)]
enum SedFlow {
    Further,
    /// The next line, without printing this one.
    Deleted,
    /// No further line; whether this one is printed.
    Ended(bool),
}

/// A script at work.
struct SedRun<'t> {
    lines: Vec<&'t str>,
    /// The line at work, from 0.
    at: usize,
    quiet: bool,
    /// The pattern space and the hold space.
    line: String,
    held: String,
    out: String,
    /// What `a` puts behind the line.
    behind: String,
    /// The ranges that are open, by their command, and the line on which a counted one ends.
    open: Vec<(*const SedCommand, usize)>,
}

impl<'t> SedRun<'t> {
    fn new(text: &'t str, quiet: bool) -> Self {
        let lines = text.lines().collect();
        let (line, held, out, behind) = (String::new(), String::new(), String::new(), String::new());
        Self { lines, at: 0, quiet, line, held, out, behind, open: Vec::new() }
    }

    fn run(mut self, commands: &[SedCommand]) -> String {
        while let Some(line) = self.lines.get(self.at) {
            self.line = (*line).to_owned();
            let flow = self.commands(commands);
            if flow == SedFlow::Further || flow == SedFlow::Ended(true) {
                self.print();
            }
            let behind = std::mem::take(&mut self.behind);
            self.out.push_str(&behind);
            if matches!(flow, SedFlow::Ended(_)) {
                break;
            }
            self.at += 1;
        }
        self.out
    }

    /// The line as it is by now, unless -n.
    fn print(&mut self) {
        if !self.quiet {
            self.out.push_str(&format!("{}\n", self.line));
        }
    }

    fn commands(&mut self, commands: &[SedCommand]) -> SedFlow {
        for command in commands {
            if self.is_meant(command) == command.address.negated {
                continue;
            }
            let flow = self.act(command);
            if flow != SedFlow::Further {
                return flow;
            }
        }
        SedFlow::Further
    }

    fn is_at(&self, line: &SedLine) -> bool {
        let number = self.at + 1;
        match line {
            SedLine::Number(own) => *own == number,
            SedLine::Step(first, 0) => *first == number,
            SedLine::Step(first, step) => number >= *first && (number - first).is_multiple_of(*step),
            SedLine::Last => number == self.lines.len(),
            SedLine::Matching(pattern) => pattern.is_match(&self.line),
            SedLine::Further(_) => false,
        }
    }

    /// Ranges begin where the first address fits and end with the line of the second (POSIX, sed, Addresses).
    fn is_meant(&mut self, command: &SedCommand) -> bool {
        let number = self.at + 1;
        let (first, last) = match (&command.address.first, &command.address.last) {
            (None, _) => return true,
            (Some(first), None) => return self.is_at(first),
            (Some(first), Some(last)) => (first, last),
        };
        let own = std::ptr::from_ref(command);
        let open = self.open.iter().position(|(command, _)| *command == own);
        let end = open.and_then(|place| self.open.get(place)).map(|(_, end)| *end);
        match end {
            // 1. In a range: whether this line ends it.
            Some(end) => {
                let ends = match last {
                    SedLine::Number(last) => number >= *last,
                    SedLine::Further(_) => number >= end,
                    other => self.is_at(other),
                };
                if ends {
                    self.open.retain(|(command, _)| *command != own);
                }
                // A number that has gone by already leaves only the first line.
                !matches!(last, SedLine::Number(last) if number > *last)
            }
            // 2. Outside: whether one begins here.
            None if self.is_at(first) => {
                let end = match last {
                    SedLine::Further(count) => number + count,
                    _ => 0,
                };
                let is_over = matches!(last, SedLine::Number(last) if *last <= number)
                    || matches!(last, SedLine::Further(0))
                    || matches!(last, SedLine::Last) && self.is_at(last);
                if !is_over {
                    self.open.push((own, end));
                }
                true
            }
            None => false,
        }
    }

    fn act(&mut self, command: &SedCommand) -> SedFlow {
        match &command.action {
            SedAction::Delete => return SedFlow::Deleted,
            SedAction::Quit => return SedFlow::Ended(true),
            SedAction::QuitAtOnce => return SedFlow::Ended(false),
            SedAction::Block(commands) => return self.commands(commands),
            SedAction::Change(text) => {
                // Of a range only the end is changed into the text.
                let is_open = self.open.iter().any(|(open, _)| *open == std::ptr::from_ref(command));
                if !is_open || command.address.negated {
                    self.out.push_str(&format!("{text}\n"));
                }
                return SedFlow::Deleted;
            }
            SedAction::Next | SedAction::JoinNext => {
                let joins = matches!(command.action, SedAction::JoinNext);
                let Some(next) = self.lines.get(self.at + 1).copied() else { return SedFlow::Ended(true) };
                if joins {
                    self.line.push('\n');
                    self.line.push_str(next);
                } else {
                    self.print();
                    self.line = next.to_owned();
                }
                self.at += 1;
            }
            SedAction::Print => self.out.push_str(&format!("{}\n", self.line)),
            SedAction::Number => self.out.push_str(&format!("{}\n", self.at + 1)),
            SedAction::Append(text) => self.behind.push_str(&format!("{text}\n")),
            SedAction::Insert(text) => self.out.push_str(&format!("{text}\n")),
            SedAction::Hold('g') => self.line.clone_from(&self.held),
            SedAction::Hold('G') => self.line.push_str(&format!("\n{}", self.held)),
            SedAction::Hold('h') => self.held.clone_from(&self.line),
            SedAction::Hold('H') => self.held.push_str(&format!("\n{}", self.line)),
            SedAction::Hold(_) => std::mem::swap(&mut self.held, &mut self.line),
            SedAction::Exchange(pairs) => {
                let other = |c: char| pairs.iter().find(|(from, _)| *from == c).map_or(c, |(_, to)| *to);
                self.line = self.line.chars().map(other).collect();
            }
            SedAction::Substitute(substitution) => {
                if let Some(line) = substituted(substitution, &self.line) {
                    self.line = line;
                    if substitution.prints {
                        self.out.push_str(&format!("{}\n", self.line));
                    }
                }
            }
        }
        SedFlow::Further
    }
}

/// The line with matches exchanged; None where there is none.
fn substituted(substitution: &SedSubstitution, line: &str) -> Option<String> {
    let SedSubstitution { pattern, with, from, all, .. } = substitution;
    let (mut out, mut end, mut any) = (String::new(), 0, false);
    let most = if *all { usize::MAX } else { 1 };
    for found in pattern.captures_iter(line).skip(from.saturating_sub(1)).take(most) {
        any = true;
        let Some(whole) = found.get(0) else { break };
        out.push_str(line.get(end..whole.start()).unwrap_or_default());
        let mut characters = with.chars();
        while let Some(character) = characters.next() {
            match character {
                '&' => out.push_str(whole.as_str()),
                '\\' => match characters.next() {
                    Some('n') => out.push('\n'),
                    Some('t') => out.push('\t'),
                    Some(digit) if digit.is_ascii_digit() => {
                        let group = digit.to_digit(10).and_then(|group| found.get(group as usize));
                        out.push_str(group.map_or("", |group| group.as_str()));
                    }
                    Some(other) => out.push(other),
                    None => {}
                },
                other => out.push(other),
            }
        }
        end = whole.end();
    }
    any.then(|| out + line.get(end..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    fn run(script: &[&str], text: &str) -> Option<String> {
        let args: Vec<String> = script.iter().map(ToString::to_string).collect();
        let tool = super::super::read("sed", &args)?.ok()?;
        Some((tool.filter)(&[super::super::NamedText { name: String::new(), text: text.to_owned() }]).text)
    }

    #[test]
    fn as_posts_use_it() {
        let of = |script: &[&str]| run(script, "a: 1\nb: 2\n");
        assert_eq!(of(&["s/a/x/"]).as_deref(), Some("x: 1\nb: 2\n"));
        assert_eq!(of(&["-E", r"s/^(\w): (\d)$/\2=\1/g"]).as_deref(), Some("1=a\n2=b\n"));
        assert_eq!(of(&[r"s/\([a-z]\):/[\1]/"]).as_deref(), Some("[a] 1\n[b] 2\n"));
        assert_eq!(of(&["-n", "2p"]).as_deref(), Some("b: 2\n"));
        assert_eq!(of(&["/a/d"]).as_deref(), Some("b: 2\n"));
        assert_eq!(of(&["1d;s/2/3/"]).as_deref(), Some("b: 3\n"));
        assert_eq!(of(&["s|: |/|"]).as_deref(), Some("a/1\nb/2\n"));
        assert_eq!(of(&["y/ab/xy/"]).as_deref(), Some("x: 1\ny: 2\n"));
        assert_eq!(of(&["b end"]), None);
    }

    #[test]
    fn ranges_blocks_and_texts() {
        let of = |script: &[&str]| run(script, "1\n2\n3\n4\n5\n");
        for (script, expected) in [
            ("/2/,/4/d", "1\n5\n"),
            ("2,3!d", "2\n3\n"),
            ("/4/,$d", "1\n2\n3\n"),
            ("2,+1d", "1\n4\n5\n"),
            ("4,2d", "1\n2\n3\n5\n"),
            ("0~2d", "1\n3\n5\n"),
            ("$d", "1\n2\n3\n4\n"),
            ("2{s/2/x/;p}", "1\nx\nx\n3\n4\n5\n"),
            ("1a\\  two", "1\ntwo\n2\n3\n4\n5\n"),
            ("1i zero", "zero\n1\n2\n3\n4\n5\n"),
            ("2,4c x", "1\nx\n5\n"),
            ("$!N;s/\\n/-/", "1-2\n3-4\n5\n"),
            ("2q", "1\n2\n"),
            ("2Q", "1\n"),
        ] {
            assert_eq!(of(&[script]).as_deref(), Some(expected), "{script}");
        }
        assert_eq!(of(&["-n", "/2/,/3/p"]).as_deref(), Some("2\n3\n"));
        assert_eq!(of(&["-n", "$="]).as_deref(), Some("5\n"));
        assert_eq!(run(&["s/a/b/2"], "aaa\n").as_deref(), Some("aba\n"));
        assert_eq!(run(&["s/[/]/-/g"], "a/b/c\n").as_deref(), Some("a-b-c\n"));
    }
}
