//! grep: GNU grep's basic and extended expressions, as filters of lines.

use super::super::stream::CommandOutput;
use super::pattern::{PatternMatching, PatternSyntax, compile_pattern};
use super::{NamedText, TextTool};
use crate::console::option::ToolOption;
use crate::shell::arguments::TextArguments;
use crate::terminal::UsageError;

/// What is shown of the lines that match.
#[derive(Clone, Debug, Default)]
struct GrepOutput {
    /// -v
    inverts: bool,
    /// -c
    counts: bool,
    /// -o
    matches_only: bool,
    /// -q
    nothing: bool,
    /// -l
    names_only: bool,
    /// -L
    names_without: bool,
    /// -n
    numbers: bool,
    /// -H and -h; None: where there are several files.
    names: Option<bool>,
    /// Whether several files were named, be they there or not.
    is_of_several: bool,
    /// -B and -A
    before: usize,
    after: usize,
    /// -m
    most: Option<usize>,
}

pub const OPTIONS: &[ToolOption<()>] = &[
    ToolOption::by_name("-A --after-context", true),
    ToolOption::by_name("-B --before-context", true),
    ToolOption::by_name("-C --context", true),
    ToolOption::by_name("-c --count", false),
    ToolOption::by_name("-E --extended-regexp", false),
    ToolOption::by_name("-e --regexp", true),
    ToolOption::by_name("-F --fixed-strings", false),
    ToolOption::by_name("-G --basic-regexp", false),
    ToolOption::by_name("-H --with-filename", false),
    ToolOption::by_name("-h --no-filename", false),
    ToolOption::by_name("-i --ignore-case", false).also("-y"),
    ToolOption::by_name("-L --files-without-match", false),
    ToolOption::by_name("-l --files-with-matches", false),
    ToolOption::by_name("-m --max-count", true),
    ToolOption::by_name("-n --line-number", false),
    ToolOption::by_name("-o --only-matching", false),
    ToolOption::by_name("-P --perl-regexp", false),
    ToolOption::by_name("-q --quiet --silent", false),
    ToolOption::by_name("-R -r --recursive", false),
    ToolOption::by_name("-v --invert-match", false),
    ToolOption::by_name("-w --word-regexp", false),
    ToolOption::by_name("-x --line-regexp", false),
    ToolOption::ignored("-a -I -s --color --line-buffered --no-messages --text").also("--colour"),
];

/// Reads the words behind `grep`, `egrep`, `fgrep`.
pub fn read(name: &str, arguments: TextArguments) -> Result<TextTool, UsageError> {
    // 1. The syntax: what the name stands for, or what was typed last.
    let has = |spellings: &[&str]| arguments.has(spellings);
    let usual = match name {
        "egrep" => PatternSyntax::Extended,
        "fgrep" => PatternSyntax::Fixed,
        _ => PatternSyntax::Basic,
    };
    let typed = arguments.typed().iter().rev().find_map(|word| match word.option.as_deref()? {
        // Perl's expressions are those of regex-lite as far as posts use them.
        "-E" | "--extended-regexp" | "-P" | "--perl-regexp" => Some(PatternSyntax::Extended),
        "-F" | "--fixed-strings" => Some(PatternSyntax::Fixed),
        "-G" | "--basic-regexp" => Some(PatternSyntax::Basic),
        _ => None,
    });
    let matching = PatternMatching {
        syntax: typed.unwrap_or(usual),
        ignores_case: has(&["-i", "-y", "--ignore-case"]),
        whole_words: has(&["-w", "--word-regexp"]),
        whole_lines: has(&["-x", "--line-regexp"]),
    };
    // 2. What is shown.
    let lines = |spellings: &[&str]| arguments.value(spellings).map(number).transpose();
    let around = lines(&["-C", "--context"])?.unwrap_or_default();
    let names = arguments.typed().iter().rev().find_map(|word| match word.option.as_deref()? {
        "-H" | "--with-filename" => Some(true),
        "-h" | "--no-filename" => Some(false),
        _ => None,
    });
    let recurses = has(&["-r", "-R", "--recursive"]);
    let shown = GrepOutput {
        inverts: has(&["-v", "--invert-match"]),
        counts: has(&["-c", "--count"]),
        matches_only: has(&["-o", "--only-matching"]),
        nothing: has(&["-q", "--quiet", "--silent"]),
        names_only: has(&["-l", "--files-with-matches"]),
        names_without: has(&["-L", "--files-without-match"]),
        numbers: has(&["-n", "--line-number"]),
        names: names.or(recurses.then_some(true)),
        is_of_several: false,
        before: lines(&["-B", "--before-context"])?.unwrap_or(around),
        after: lines(&["-A", "--after-context"])?.unwrap_or(around),
        most: lines(&["-m", "--max-count"])?,
    };
    let (mut patterns, words): (Vec<String>, Vec<String>) =
        (arguments.values(&["-e", "--regexp"]).into_iter().map(str::to_owned).collect(), arguments.words());
    // 3. The pattern, by option or as the first word.
    let mut words = words.into_iter();
    if patterns.is_empty() {
        patterns.extend(words.next());
    }
    if patterns.is_empty() {
        return Err(UsageError::of_tool(
            2,
            "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.",
        ));
    }
    let typed = patterns.join("\n");
    let pattern = compile_pattern(&typed, matching)
        .ok_or_else(|| UsageError::new(2, format!("grep: the pattern `{typed}` isn't understood here")))?;
    // 4. What is left are files.
    let files: Vec<String> = words.collect();
    let shown = GrepOutput { is_of_several: files.len() > 1, ..shown };
    let filter = move |texts: &[NamedText]| matching_lines(&shown, &pattern, texts);
    Ok(TextTool { recurses, ..TextTool::of_texts(files, filter) })
}

fn number(text: &str) -> Result<usize, UsageError> {
    text.parse().map_err(|_| UsageError::of_tool(2, format!("grep: {text}: invalid context length argument")))
}

fn matching_lines(shown: &GrepOutput, pattern: &regex_lite::Regex, texts: &[NamedText]) -> CommandOutput {
    // 1. Whether lines say which file they are of.
    let has_names = shown.names.unwrap_or(texts.len() > 1 || shown.is_of_several);
    let mut out = String::new();
    let mut found = false;
    for NamedText { name, text } in texts {
        let name = if name.is_empty() { "(standard input)" } else { name };
        // 2. The lines that match.
        let lines: Vec<&str> = text.lines().collect();
        let hits: Vec<usize> = lines
            .iter()
            .enumerate()
            .filter(|(_, line)| pattern.is_match(line) != shown.inverts)
            .map(|(number, _)| number)
            .take(shown.most.unwrap_or(usize::MAX))
            .collect();
        found |= !hits.is_empty();
        // 3. What stands before a line.
        let prefix = |sign: char, number: usize| {
            let name = if has_names { format!("{name}{sign}") } else { String::new() };
            if shown.numbers { format!("{name}{}{sign}", number + 1) } else { name }
        };
        // 4. Nothing, names, counts, matches, or lines with those around.
        if shown.nothing {
            continue;
        }
        if shown.names_only {
            out.extend((!hits.is_empty()).then(|| format!("{name}\n")));
        } else if shown.names_without {
            out.extend(hits.is_empty().then(|| format!("{name}\n")));
        } else if shown.counts {
            let name = if has_names { format!("{name}:") } else { String::new() };
            out.push_str(&format!("{name}{}\n", hits.len()));
        } else if shown.matches_only {
            for number in hits.iter().filter(|_| !shown.inverts) {
                let parts = lines.get(*number).into_iter().flat_map(|line| pattern.find_iter(line));
                let parts = parts.filter(|part| !part.is_empty());
                parts.for_each(|part| out.push_str(&format!("{}{}\n", prefix(':', *number), part.as_str())));
            }
        } else {
            let mut last: Option<usize> = None;
            let shown_lines = with_context(&hits, shown, lines.len());
            for (number, is_hit) in shown_lines {
                let has_context = shown.before + shown.after > 0;
                if has_context && last.is_some_and(|last| number > last + 1) {
                    out.push_str("--\n");
                }
                last = Some(number);
                let line = lines.get(number).copied().unwrap_or_default();
                out.push_str(&format!("{}{line}\n", prefix(if is_hit { ':' } else { '-' }, number)));
            }
        }
    }
    CommandOutput { exit: i32::from(!found), ..CommandOutput::text(out) }
}

/// Lines with those around them, each once, and whether it matches.
fn with_context(hits: &[usize], shown: &GrepOutput, count: usize) -> Vec<(usize, bool)> {
    let mut lines: Vec<(usize, bool)> = Vec::new();
    for (at, hit) in hits.iter().enumerate() {
        let first = hit.saturating_sub(shown.before).max(lines.last().map_or(0, |(last, _)| last + 1));
        lines.extend((first..*hit).map(|number| (number, false)));
        lines.push((*hit, true));
        let next = hits.get(at + 1).copied().unwrap_or(count);
        let last = (hit + shown.after + 1).min(next).min(count);
        lines.extend((hit + 1..last).map(|number| (number, false)));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(line: &str, text: &str) -> Option<(String, i32)> {
        let args: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let tool = super::super::read("grep", &args)?.ok()?;
        let written = (tool.filter)(&[NamedText { name: String::new(), text: text.to_owned() }]);
        Some((written.text, written.exit))
    }

    #[test]
    fn basic_and_extended_expressions() {
        const TEXT: &str = "WEB_PORT=80\nMY_WEB=1\na+b\n";
        let of = |line: &str| lines(line, TEXT).map(|(text, _)| text);
        assert_eq!(of("^WEB").as_deref(), Some("WEB_PORT=80\n"));
        assert_eq!(of("a+b").as_deref(), Some("a+b\n"));
        assert_eq!(of(r"PORT\|MY").as_deref(), Some("WEB_PORT=80\nMY_WEB=1\n"));
        assert_eq!(of("-E PORT|MY").as_deref(), Some("WEB_PORT=80\nMY_WEB=1\n"));
        assert_eq!(of("-ci web").as_deref(), Some("2\n"));
        assert_eq!(of("-oE [0-9]+").as_deref(), Some("80\n1\n"));
        assert_eq!(lines("-q nothing", TEXT), Some((String::new(), 1)));
        assert_eq!(lines("--nothing x", TEXT), None);
    }

    #[test]
    fn lines_around() {
        const TEXT: &str = "1\n2\nx\n4\n5\n6\n7\nx\n";
        let of = |line: &str| lines(line, TEXT).unwrap().0;
        assert_eq!(of("-A1 x"), "x\n4\n--\nx\n");
        assert_eq!(of("x -B 1 -n"), "2-2\n3:x\n--\n7-7\n8:x\n");
        assert_eq!(of("-C2 x"), "1\n2\nx\n4\n5\n6\n7\nx\n");
    }
}
