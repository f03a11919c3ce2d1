//! sed: substitutions, `p` and `d`, of all lines, of one, or of those that match.

use regex_lite::Regex;

use super::super::stream::CommandOutput;
use super::TextTool;
use super::pattern::{PatternMatching, PatternSyntax, compile_pattern};
use crate::terminal::UsageError;

/// Which lines a command is for.
enum SedAddress {
    All,
    Line(usize),
    Last,
    Matching(Regex),
    Range(usize, usize),
}

enum SedAction {
    Substitute { pattern: Regex, with: String, all: bool, prints: bool },
    Print,
    Delete,
    Quit,
}

/// Reads the words behind `sed`.
pub fn read(args: &[String]) -> Result<TextTool, UsageError> {
    // 1. Options.
    let (mut quiet, mut in_place, mut syntax) = (false, false, PatternSyntax::Basic);
    let (mut scripts, mut words): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        match arg.as_str() {
            "-n" | "--quiet" | "--silent" => quiet = true,
            "-E" | "-r" | "--regexp-extended" => syntax = PatternSyntax::Extended,
            "-ne" => {
                quiet = true;
                scripts.extend(rest.next().cloned());
            }
            "-e" | "--expression" => scripts.extend(rest.next().cloned()),
            option if option == "-i" || option.starts_with("-i.") || option == "--in-place" => in_place = true,
            "-u" | "-s" => {}
            option if option.starts_with('-') && option.len() > 1 => {
                return Err(UsageError::new(1, format!("sed: option {option} isn't known here")));
            }
            _ => words.push(arg.clone()),
        }
    }
    // 2. The script, by option or as the first word.
    let mut words = words.into_iter();
    if scripts.is_empty() {
        scripts.extend(words.next());
    }
    if scripts.is_empty() {
        return Err(UsageError::of_tool(1, "Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]..."));
    }
    // 3. Its commands.
    let mut commands = Vec::new();
    for script in &scripts {
        let mut rest = script.trim();
        while !rest.is_empty() {
            let wrong = || UsageError::new(1, format!("sed: `{rest}` isn't understood here"));
            let (command, after) = command(rest, syntax).ok_or_else(wrong)?;
            commands.push(command);
            rest = after.trim_start_matches([';', ' ', '\n']);
        }
    }
    // 4. What is left are files.
    let tool = TextTool::of_text(words.collect(), move |text| CommandOutput::text(edited(&commands, quiet, text)));
    Ok(TextTool { in_place, ..tool })
}

/// A command with its address, and what stands behind it.
fn command(text: &str, syntax: PatternSyntax) -> Option<((SedAddress, SedAction), &str)> {
    // 1. The address: a pattern, the last line, a line, a range, or none.
    let matching = PatternMatching { syntax, ..PatternMatching::default() };
    let (address, text) = if let Some(rest) = text.strip_prefix('/') {
        let (pattern, rest) = delimited(rest, '/')?;
        (SedAddress::Matching(compile_pattern(&pattern, matching)?), rest)
    } else if let Some(rest) = text.strip_prefix('$') {
        (SedAddress::Last, rest)
    } else {
        let digits = text.find(|c: char| !c.is_ascii_digit())?;
        let (number, rest) = text.split_at_checked(digits)?;
        match (number.parse::<usize>(), rest.strip_prefix(',')) {
            (Ok(first), Some(rest)) if rest.starts_with('$') => {
                (SedAddress::Range(first, usize::MAX), rest.strip_prefix('$')?)
            }
            (Ok(first), Some(rest)) => {
                let digits = rest.find(|c: char| !c.is_ascii_digit())?;
                let (last, rest) = rest.split_at_checked(digits)?;
                (SedAddress::Range(first, last.parse().ok()?), rest)
            }
            (Ok(line), None) => (SedAddress::Line(line), rest),
            (Err(_), _) => (SedAddress::All, text),
        }
    };
    // 2. The command; `s` with its pattern, replacement and flags.
    let mut characters = text.trim_start().chars();
    let action = match characters.next()? {
        's' => {
            let delimiter = characters.next()?;
            let (pattern, rest) = delimited(characters.as_str(), delimiter)?;
            let (with, rest) = delimited(rest, delimiter)?;
            let end = rest.find([';', ' ', '\n']).unwrap_or(rest.len());
            let (flags, rest) = rest.split_at_checked(end)?;
            if !flags.chars().all(|flag| "gIip".contains(flag)) {
                return None;
            }
            let matching = PatternMatching { ignores_case: flags.contains(['i', 'I']), ..matching };
            let pattern = compile_pattern(&pattern, matching)?;
            let (all, prints) = (flags.contains('g'), flags.contains('p'));
            return Some(((address, SedAction::Substitute { pattern, with, all, prints }), rest));
        }
        'p' => SedAction::Print,
        'd' => SedAction::Delete,
        'q' => SedAction::Quit,
        _ => return None,
    };
    Some(((address, action), characters.as_str()))
}

/// What stands before a delimiter that no backslash protects, and what behind it.
fn delimited(text: &str, delimiter: char) -> Option<(String, &str)> {
    let mut out = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character == delimiter {
            return Some((out, characters.as_str()));
        }
        if character == '\\' {
            match characters.next()? {
                next if next == delimiter => out.push(next),
                next => out.extend(['\\', next]),
            }
            continue;
        }
        out.push(character);
    }
    None
}

fn edited(commands: &[(SedAddress, SedAction)], quiet: bool, text: &str) -> String {
    let mut out = String::new();
    let last = text.lines().count();
    'lines: for (line, number) in text.lines().zip(1..) {
        // 1. Each command whose address means the line.
        let mut line = line.to_owned();
        let mut quits = false;
        for (address, action) in commands {
            let is_meant = match address {
                SedAddress::All => true,
                SedAddress::Line(own) => *own == number,
                SedAddress::Last => number == last,
                SedAddress::Matching(pattern) => pattern.is_match(&line),
                SedAddress::Range(first, last) => (*first..=*last).contains(&number),
            };
            if !is_meant {
                continue;
            }
            match action {
                SedAction::Delete => continue 'lines,
                SedAction::Print => out.push_str(&format!("{line}\n")),
                SedAction::Quit => quits = true,
                SedAction::Substitute { pattern, with, all, prints } => {
                    let before = line.clone();
                    line = substituted(pattern, with, *all, &line);
                    if *prints && line != before {
                        out.push_str(&format!("{line}\n"));
                    }
                }
            }
        }
        // 2. The line as it is by now.
        if !quiet {
            out.push_str(&format!("{line}\n"));
        }
        if quits {
            break;
        }
    }
    out
}

fn substituted(pattern: &Regex, with: &str, all: bool, line: &str) -> String {
    let mut out = String::new();
    let mut end = 0;
    for found in pattern.captures_iter(line).take(if all { usize::MAX } else { 1 }) {
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
    out + line.get(end..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(script: &[&str], text: &str) -> Option<String> {
        let args: Vec<String> = script.iter().map(ToString::to_string).collect();
        let tool = read(&args).ok()?;
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
        assert_eq!(of(&["y/a/b/"]), None);
    }
}
