//! sed: commands of all lines, of one, of those that match, of ranges, and jumps (GNU sed, sed/execute.c); what would read or write
//! files isn't understood.

use regex_lite::Regex;

use super::super::stream::CommandOutput;
use super::pattern::{PatternMatching, PatternSyntax, compile_pattern};
use super::{NamedText, TextTool};
use crate::console::option::ToolOption;
use crate::shell::arguments::TextArguments;
use crate::terminal::UsageError;

pub const OPTIONS: &[ToolOption<()>] = &[
    ToolOption::by_name("-E -r --regexp-extended", false),
    ToolOption::by_name("-e --expression", true),
    ToolOption::by_name("-i --in-place", false).also("-i."),
    ToolOption::by_name("-n --quiet --silent", false),
    ToolOption::by_name("-s --separate", false),
    ToolOption::ignored("-u --posix --unbuffered"),
];

/// How many commands may run: a jump can go round for good.
const STEPS: usize = 1_000_000;

/// A pattern; without one, the last that was used.
type SedPattern = Option<Regex>;

/// One line, or all that match.
enum SedLine {
    Number(usize),
    /// `0~3`
    Step(usize, usize),
    Last,
    Matching(SedPattern),
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
    pattern: SedPattern,
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
    /// `P`: up to the first line's end.
    PrintFirst,
    Delete,
    /// `D`: up to the first line's end, and again from the start.
    DeleteFirst,
    /// `q` and `Q` with a status; whether the line is printed.
    Quit(bool, i32),
    Number,
    Append(String),
    Insert(String),
    Change(String),
    Next,
    JoinNext,
    /// `g G h H x`
    Hold(char),
    /// `{`, and the place behind its `}`.
    Block(usize),
    /// `b` and `t`: to a label, or to the end; whether only after an exchange.
    Jump(String, bool),
    /// `:` and `}`
    Label,
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
    // 2. Its commands, the blocks laid out one behind the other.
    let text = scripts.join("\n");
    let matching = PatternMatching { syntax, ..PatternMatching::default() };
    let mut parser = SedParser { rest: &text, matching, labels: Vec::new(), commands: Vec::new(), has_pattern: false };
    let wrong = |rest: &str| UsageError::new(1, format!("sed: `{}` isn't understood here", rest.trim()));
    if parser.script(false).is_none() {
        return Err(wrong(parser.rest));
    }
    let script = SedScript { quiet, commands: parser.commands, labels: parser.labels };
    if let Some(label) = script.missing_label() {
        return Err(UsageError::of_tool(
            1,
            format!("sed: -e expression #1, char {}: can't find label for jump to `{label}'", text.len()),
        ));
    }
    // 3. What is left are files: all of them one text, or each by itself.
    let is_separate = arguments.has(&["-s", "--separate"]);
    let tool = TextTool::of_texts(words.collect(), move |texts| {
        if is_separate {
            let mut all = CommandOutput::default();
            texts.iter().for_each(|text| all.append(script.run(&text.text)));
            return all;
        }
        script.run(&NamedText::joined(texts))
    });
    Ok(TextTool { in_place, ..tool })
}

/// A script as it is run.
struct SedScript {
    quiet: bool,
    commands: Vec<SedCommand>,
    /// Labels, and the places behind them.
    labels: Vec<(String, usize)>,
}

struct SedParser<'s> {
    rest: &'s str,
    matching: PatternMatching,
    labels: Vec<(String, usize)>,
    commands: Vec<SedCommand>,
    /// Whether there is a pattern already that an empty one can stand for.
    has_pattern: bool,
}

impl SedParser<'_> {
    /// Commands up to the end, or to a brace; None leaves what isn't understood in `rest`.
    fn script(&mut self, is_block: bool) -> Option<()> {
        loop {
            self.rest = self.rest.trim_start_matches([';', ' ', '\t', '\n']);
            if self.rest.is_empty() {
                return (!is_block).then_some(());
            }
            if let Some(rest) = self.rest.strip_prefix('}').filter(|_| is_block) {
                self.rest = rest;
                return Some(());
            }
            if self.rest.starts_with('#') {
                self.rest = self.rest.split_once('\n').map_or("", |(_, rest)| rest);
                continue;
            }
            let before = self.rest;
            if self.command().is_none() {
                self.rest = before;
                return None;
            }
        }
    }

    fn command(&mut self) -> Option<()> {
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
                let letters = |text: String| text.replace("\\n", "\n").replace("\\\\", "\\").chars().collect();
                let (from, to): (Vec<char>, Vec<char>) = (letters(from), letters(to));
                if from.len() != to.len() {
                    return None;
                }
                SedAction::Exchange(from.into_iter().zip(to).collect())
            }
            'p' => SedAction::Print,
            'P' => SedAction::PrintFirst,
            'd' => SedAction::Delete,
            'D' => SedAction::DeleteFirst,
            'q' | 'Q' => {
                self.rest = self.rest.trim_start_matches(' ');
                let status = self.number().and_then(|status| i32::try_from(status).ok()).unwrap_or_default();
                SedAction::Quit(letter == 'q', status)
            }
            'b' | 't' => SedAction::Jump(self.label(), letter == 't'),
            ':' if first.is_none() => {
                let label = self.label();
                self.labels.push((label, self.commands.len()));
                SedAction::Label
            }
            '=' => SedAction::Number,
            'n' => SedAction::Next,
            'N' => SedAction::JoinNext,
            'a' => SedAction::Append(self.text()),
            'i' => SedAction::Insert(self.text()),
            'c' => SedAction::Change(self.text()),
            'g' | 'G' | 'h' | 'H' | 'x' => SedAction::Hold(letter),
            '{' => return self.block(SedAddress { first, last, negated }),
            _ => return None,
        };
        // 3. Nothing but an end stands behind it.
        let behind = self.rest.trim_start_matches([' ', '\t']);
        let ends = behind.is_empty() || behind.starts_with([';', '\n', '}', '#']);
        if behind.starts_with('#') {
            self.rest = behind.split_once('\n').map_or("", |(_, rest)| rest);
        }
        self.commands.push(SedCommand { address: SedAddress { first, last, negated }, action });
        ends.then_some(())
    }

    /// The commands between braces, in front of them where they end.
    fn block(&mut self, address: SedAddress) -> Option<()> {
        let place = self.commands.len();
        self.commands.push(SedCommand { address, action: SedAction::Label });
        self.script(true)?;
        let end = self.commands.len();
        self.commands.get_mut(place)?.action = SedAction::Block(end);
        Some(())
    }

    /// A label's name, up to the end of the command.
    fn label(&mut self) -> String {
        let text = self.rest.trim_start_matches(' ');
        let end = text.find([';', '\n', '}']).unwrap_or(text.len());
        let (name, rest) = text.split_at_checked(end).unwrap_or((text, ""));
        self.rest = rest;
        name.trim_end().to_owned()
    }

    /// A pattern, or the last one used; the outer None for one that isn't understood.
    fn pattern(&mut self, typed: &str, ignores_case: bool) -> Option<SedPattern> {
        if typed.is_empty() {
            return self.has_pattern.then_some(None);
        }
        self.has_pattern = true;
        compile_pattern(typed, PatternMatching { ignores_case, ..self.matching }).map(Some)
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
        Some(Some(SedLine::Matching(self.pattern(&typed, ignores_case)?)))
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
        let pattern = self.pattern(&typed, ignores_case)?;
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

impl SedScript {
    /// A label that a jump goes to and that isn't there.
    fn missing_label(&self) -> Option<&str> {
        self.commands.iter().find_map(|command| match &command.action {
            SedAction::Jump(label, _) if !label.is_empty() && self.place(label).is_none() => Some(label.as_str()),
            _ => None,
        })
    }

    fn place(&self, label: &str) -> Option<usize> {
        self.labels.iter().find(|(name, _)| name == label).map(|(_, place)| *place)
    }

    fn run(&self, text: &str) -> CommandOutput {
        let lines: Vec<&str> = text.lines().collect();
        let mut run = SedRun { script: self, lines, lacks_end: !text.ends_with('\n'), ..SedRun::of(self) };
        run.all();
        let too_long = (run.steps == 0).then(|| format!("sed: more than {STEPS} commands aren't run here"));
        CommandOutput {
            exit: if too_long.is_some() { 4 } else { run.status },
            errors: too_long.map(|why| why + "\n").unwrap_or_default(),
            ..CommandOutput::text(run.out)
        }
    }
}

/// What becomes of a line behind a command.
#[derive(PartialEq, Eq)]
enum SedFlow {
    Further,
    /// To another command.
    To(usize),
    /// The next line, without printing this one.
    Deleted,
    /// The rest of the line once more.
    Again,
    /// No further line; whether this one is printed.
    Ended(bool),
}

/// A script at work.
struct SedRun<'s> {
    script: &'s SedScript,
    lines: Vec<&'s str>,
    /// The line at work, from 0.
    at: usize,
    /// The pattern space and the hold space.
    line: String,
    held: String,
    out: String,
    /// What `a` puts behind the line.
    behind: String,
    /// The ranges that are open, by their command's place, and the line on which a counted one ends.
    open: Vec<(usize, usize)>,
    /// The pattern used last.
    last: SedPattern,
    /// Whether `s` has exchanged something since the line was read, or since `t` asked.
    exchanged: bool,
    /// Whether the text's last line has no end.
    lacks_end: bool,
    steps: usize,
    status: i32,
}

impl<'s> SedRun<'s> {
    fn of(script: &'s SedScript) -> Self {
        let (line, held, out, behind) = (String::new(), String::new(), String::new(), String::new());
        let (lines, open) = (Vec::new(), Vec::new());
        Self {
            script,
            lines,
            at: 0,
            line,
            held,
            out,
            behind,
            open,
            last: None,
            exchanged: false,
            lacks_end: false,
            steps: STEPS,
            status: 0,
        }
    }

    fn all(&mut self) {
        let mut is_new = true;
        while let Some(line) = self.lines.get(self.at).filter(|_| self.steps > 0) {
            if is_new {
                self.line = (*line).to_owned();
                self.exchanged = false;
            }
            let flow = self.commands();
            if flow == SedFlow::Further || flow == SedFlow::Ended(true) {
                self.print_unless_quiet();
            }
            self.put_behind();
            if matches!(flow, SedFlow::Ended(_)) {
                break;
            }
            is_new = flow != SedFlow::Again;
            self.at += usize::from(is_new);
        }
    }

    /// A line of what is printed; the last one ends as the text does (output_missing_newline).
    fn put(&mut self, line: &str) {
        self.end_line();
        self.out.push_str(line);
        if !self.lacks_end || self.at + 1 < self.lines.len() {
            self.out.push('\n');
        }
    }

    /// Text of the script, which always has an end.
    fn put_text(&mut self, text: &str) {
        self.end_line();
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn end_line(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
    }

    /// The line as it is by now, unless -n.
    fn print_unless_quiet(&mut self) {
        if !self.script.quiet {
            let line = self.line.clone();
            self.put(&line);
        }
    }

    fn put_behind(&mut self) {
        let behind = std::mem::take(&mut self.behind);
        if !behind.is_empty() {
            self.end_line();
            self.out.push_str(&behind);
        }
    }

    fn commands(&mut self) -> SedFlow {
        let script = self.script;
        let mut place = 0;
        while let Some(command) = script.commands.get(place) {
            let Some(steps) = self.steps.checked_sub(1) else { return SedFlow::Ended(false) };
            self.steps = steps;
            let is_meant = self.is_meant(place, &command.address) != command.address.negated;
            let flow = match (&command.action, is_meant) {
                (SedAction::Block(end), false) => SedFlow::To(*end),
                (_, false) => SedFlow::Further,
                (action, true) => self.act(place, action, command.address.negated),
            };
            place = match flow {
                SedFlow::Further => place + 1,
                SedFlow::To(place) => place,
                other => return other,
            };
        }
        SedFlow::Further
    }

    /// The pattern, or the last one used, which it is from now on.
    fn pattern(&mut self, pattern: &SedPattern) -> SedPattern {
        if pattern.is_some() {
            self.last.clone_from(pattern);
        }
        self.last.clone()
    }

    fn is_at(&mut self, line: &SedLine) -> bool {
        let number = self.at + 1;
        match line {
            SedLine::Number(own) => *own == number,
            SedLine::Step(first, 0) => *first == number,
            SedLine::Step(first, step) => number >= *first && (number - first).is_multiple_of(*step),
            SedLine::Last => number == self.lines.len(),
            SedLine::Matching(pattern) => self.pattern(pattern).is_some_and(|pattern| pattern.is_match(&self.line)),
            SedLine::Further(_) => false,
        }
    }

    /// Ranges begin where the first address fits and end with the line of the second (POSIX, sed, Addresses).
    fn is_meant(&mut self, place: usize, address: &SedAddress) -> bool {
        let number = self.at + 1;
        let (first, last) = match (&address.first, &address.last) {
            (None, _) => return true,
            (Some(first), None) => return self.is_at(first),
            (Some(first), Some(last)) => (first, last),
        };
        let end = self.open.iter().find(|(open, _)| *open == place).map(|(_, end)| *end);
        match end {
            // 1. In a range: whether this line ends it.
            Some(end) => {
                let ends = match last {
                    SedLine::Number(last) => number >= *last,
                    SedLine::Further(_) => number >= end,
                    other => self.is_at(other),
                };
                if ends {
                    self.open.retain(|(open, _)| *open != place);
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
                    self.open.push((place, end));
                }
                true
            }
            None => false,
        }
    }

    fn act(&mut self, place: usize, action: &SedAction, negated: bool) -> SedFlow {
        match action {
            SedAction::Label | SedAction::Block(_) => {}
            SedAction::Jump(label, is_asking) => {
                if !is_asking || std::mem::take(&mut self.exchanged) {
                    return SedFlow::To(self.script.place(label).unwrap_or(self.script.commands.len()));
                }
            }
            SedAction::Delete => return SedFlow::Deleted,
            SedAction::DeleteFirst => {
                let Some((_, rest)) = self.line.split_once('\n') else { return SedFlow::Deleted };
                self.line = rest.to_owned();
                return SedFlow::Again;
            }
            SedAction::Quit(prints, status) => {
                self.status = *status;
                return SedFlow::Ended(*prints);
            }
            SedAction::Change(text) => {
                // Of a range only the end is changed into the text.
                let is_open = self.open.iter().any(|(open, _)| *open == place);
                if !is_open || negated {
                    self.put_text(text);
                }
                return SedFlow::Deleted;
            }
            SedAction::Next | SedAction::JoinNext => {
                let Some(next) = self.lines.get(self.at + 1).copied() else { return SedFlow::Ended(true) };
                if matches!(action, SedAction::JoinNext) {
                    self.put_behind();
                    self.line.push('\n');
                    self.line.push_str(next);
                } else {
                    self.print_unless_quiet();
                    self.put_behind();
                    self.line = next.to_owned();
                }
                self.at += 1;
            }
            SedAction::Print => {
                let line = self.line.clone();
                self.put(&line);
            }
            SedAction::PrintFirst => {
                let line = self.line.split('\n').next().unwrap_or_default().to_owned();
                self.put_text(&line);
            }
            SedAction::Number => self.put_text(&(self.at + 1).to_string()),
            SedAction::Append(text) => self.behind.push_str(&format!("{text}\n")),
            SedAction::Insert(text) => self.put_text(text),
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
                let Some(pattern) = self.pattern(&substitution.pattern) else { return SedFlow::Further };
                if let Some(line) = substituted(&pattern, substitution, &self.line) {
                    self.line = line;
                    self.exchanged = true;
                    if substitution.prints {
                        let line = self.line.clone();
                        self.put(&line);
                    }
                }
            }
        }
        SedFlow::Further
    }
}

/// The line with matches exchanged; None where there is none.
fn substituted(pattern: &Regex, substitution: &SedSubstitution, line: &str) -> Option<String> {
    let SedSubstitution { with, from, all, .. } = substitution;
    let (mut out, mut end, mut any) = (String::new(), 0, false);
    let most = if *all { usize::MAX } else { 1 };
    for found in pattern.captures_iter(line).skip(from.saturating_sub(1)).take(most) {
        any = true;
        let Some(whole) = found.get(0) else { break };
        out.push_str(line.get(end..whole.start()).unwrap_or_default());
        let mut new = CasedText::default();
        let mut characters = with.chars();
        while let Some(character) = characters.next() {
            match character {
                '&' => new.push(whole.as_str()),
                '\\' => match characters.next() {
                    Some('n') => new.push("\n"),
                    Some('t') => new.push("\t"),
                    Some(letter @ ('U' | 'L' | 'u' | 'l' | 'E')) => new.turn(letter),
                    Some(digit) if digit.is_ascii_digit() => {
                        let group = digit.to_digit(10).and_then(|group| found.get(group as usize));
                        new.push(group.map_or("", |group| group.as_str()));
                    }
                    Some(other) => new.push(other.encode_utf8(&mut [0; 4])),
                    None => {}
                },
                other => new.push(other.encode_utf8(&mut [0; 4])),
            }
        }
        out.push_str(&new.text);
        end = whole.end();
    }
    any.then(|| out + line.get(end..).unwrap_or_default())
}

/// New text whose letters `\U` and `\L` make large or small up to `\E`, `\u` and `\l` the next one (sed/execute.c, str_append_modified).
#[derive(Default)]
struct CasedText {
    text: String,
    all: Option<char>,
    next: Option<char>,
}

impl CasedText {
    fn turn(&mut self, letter: char) {
        match letter {
            'u' | 'l' => self.next = Some(letter),
            'E' => self.all = None,
            _ => self.all = Some(letter),
        }
    }

    fn push(&mut self, text: &str) {
        for letter in text.chars() {
            match self.next.take().or(self.all) {
                Some('u' | 'U') => self.text.extend(letter.to_uppercase()),
                Some(_) => self.text.extend(letter.to_lowercase()),
                None => self.text.push(letter),
            }
        }
    }
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
        assert_eq!(of(&["w file"]), None);
        assert_eq!(of(&["//d"]), None);
        assert_eq!(of(&[r"s/.*/\U&\E-\u&/"]).as_deref(), Some("A: 1-A: 1\nB: 2-B: 2\n"));
        assert_eq!(of(&["/b/s//x/"]).as_deref(), Some("a: 1\nx: 2\n"));
        assert_eq!(of(&[":a;N;$!ba;s/\\n/,/g"]).as_deref(), Some("a: 1,b: 2\n"));
        assert_eq!(of(&[":x;s/ *[a-z]//;tx;s/^/-/"]).as_deref(), Some("-: 1\n-: 2\n"));
        assert_eq!(of(&[":a;ba"]).as_deref(), Some(""));
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
