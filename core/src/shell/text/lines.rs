//! head, tail, wc, uniq: lines counted, kept and left out.

use super::super::stream::CommandOutput;
use super::{NamedText, TextTool, joined};
use crate::console::option::ToolOption;
use crate::shell::arguments::TextArguments;
use crate::terminal::UsageError;

pub const HEAD: &[ToolOption<()>] = &[
    ToolOption::by_name("-c --bytes", true),
    ToolOption::by_name("-n --lines", true),
    ToolOption::by_name("-q --quiet --silent", false),
    ToolOption::by_name("-v --verbose", false),
];

pub const TAIL: &[ToolOption<()>] = &[
    ToolOption::by_name("-c --bytes", true),
    ToolOption::by_name("-f --follow -F --retry", false),
    ToolOption::by_name("-n --lines", true),
    ToolOption::by_name("-q --quiet --silent", false),
    ToolOption::by_name("-v --verbose", false),
];

pub const WC: &[ToolOption<()>] = &[
    ToolOption::by_name("-c --bytes", false),
    ToolOption::by_name("-l --lines", false),
    ToolOption::by_name("-m --chars", false),
    ToolOption::by_name("-w --words", false),
    ToolOption::by_name("-L --max-line-length", false),
];

pub const UNIQ: &[ToolOption<()>] = &[
    ToolOption::by_name("-c --count", false),
    ToolOption::by_name("-d --repeated", false),
    ToolOption::by_name("-f --skip-fields", true),
    ToolOption::by_name("-i --ignore-case", false),
    ToolOption::by_name("-s --skip-chars", true),
    ToolOption::by_name("-u --unique", false),
    ToolOption::by_name("-w --check-chars", true),
];

/// How much of a text is kept: `5`, `-5` all but the last, `+5` from the fifth on.
#[derive(Clone, Copy, Debug)]
struct Amount {
    count: usize,
    sign: Option<char>,
    is_bytes: bool,
}

impl Amount {
    fn read(tool: &str, arguments: &TextArguments) -> Result<Self, UsageError> {
        let bytes = arguments.value(&["-c", "--bytes"]);
        let text = bytes.or_else(|| arguments.value(&["-n", "--lines"])).unwrap_or("10");
        let sign = text.chars().next().filter(|c| ['+', '-'].contains(c));
        let what = if bytes.is_some() { "bytes" } else { "lines" };
        let count = text.trim_start_matches(['+', '-']).parse();
        let wrong = |_| UsageError::of_tool(1, format!("{tool}: invalid number of {what}: ‘{text}’"));
        Ok(Self { count: count.map_err(wrong)?, sign, is_bytes: bytes.is_some() })
    }

    fn parts<'t>(&self, text: &'t str) -> Vec<&'t str> {
        if self.is_bytes {
            text.split_inclusive(|_: char| true).collect()
        } else {
            text.split_inclusive('\n').collect()
        }
    }
}

/// What is kept of each text, under its name where there are several.
fn kept(
    arguments: &TextArguments,
    keep: impl Fn(&str) -> String + 'static,
) -> impl Fn(&[NamedText]) -> CommandOutput + 'static {
    let (quiet, verbose) = (arguments.has(&["-q", "--quiet", "--silent"]), arguments.has(&["-v", "--verbose"]));
    move |texts| {
        let mut out = String::new();
        for (number, NamedText { name, text }) in texts.iter().enumerate() {
            if verbose || texts.len() > 1 && !quiet {
                let name = if name.is_empty() || name == "-" { "standard input" } else { name };
                out.push_str(&format!("{}==> {name} <==\n", if number > 0 { "\n" } else { "" }));
            }
            out.push_str(&keep(text));
        }
        CommandOutput::text(out)
    }
}

/// `head -n 5`, `head -5`, `head -c 10`, `head -n -1`
pub fn head(tool: &str, arguments: TextArguments) -> Result<TextTool, UsageError> {
    let amount = Amount::read(tool, &arguments)?;
    let keep = move |text: &str| {
        let parts = amount.parts(text);
        let count = if amount.sign == Some('-') { parts.len().saturating_sub(amount.count) } else { amount.count };
        parts.into_iter().take(count).collect()
    };
    Ok(TextTool::of_texts(arguments.words(), kept(&arguments, keep)))
}

/// `tail -n 5`, `tail -5`, `tail -n +2`; -f looks once.
pub fn tail(tool: &str, arguments: TextArguments) -> Result<TextTool, UsageError> {
    let amount = Amount::read(tool, &arguments)?;
    let keep = move |text: &str| {
        let parts = amount.parts(text);
        let is_from = amount.sign == Some('+');
        let skipped = if is_from { amount.count.saturating_sub(1) } else { parts.len().saturating_sub(amount.count) };
        parts.into_iter().skip(skipped).collect()
    };
    Ok(TextTool::of_texts(arguments.words(), kept(&arguments, keep)))
}

/// `wc -l`, `wc -w`, `wc -c` (coreutils, src/wc.c: write_counts, compute_number_width)
pub fn wc(_: &str, arguments: TextArguments) -> Result<TextTool, UsageError> {
    // 1. What is counted, in the order in which it is printed.
    let asked = [
        arguments.has(&["-l", "--lines"]),
        arguments.has(&["-w", "--words"]),
        arguments.has(&["-m", "--chars"]),
        arguments.has(&["-c", "--bytes"]),
        arguments.has(&["-L", "--max-line-length"]),
    ];
    let asked = if asked.contains(&true) { asked } else { [true, true, false, true, false] };
    Ok(TextTool::of_texts(arguments.words(), move |texts| {
        // 2. Each text's counts.
        let counts = |text: &str| {
            let longest = text.lines().map(|line| line.chars().count()).max().unwrap_or_default();
            [text.matches('\n').count(), text.split_whitespace().count(), text.chars().count(), text.len(), longest]
        };
        let all: Vec<[usize; 5]> = texts.iter().map(|text| counts(&text.text)).collect();
        let mut total = [0; 5];
        for counts in &all {
            for (sum, (place, count)) in total.iter_mut().zip(counts.iter().enumerate()) {
                *sum = if place == 4 { (*sum).max(*count) } else { *sum + count };
            }
        }
        // 3. As wide as all bytes together; a pipe's length isn't known beforehand.
        let columns = asked.iter().filter(|asked| **asked).count();
        let is_piped = texts.iter().any(|text| text.name.is_empty() || text.name == "-");
        let width = match (texts.len(), columns, is_piped) {
            (1, 1, _) => 1,
            (_, _, true) => 7,
            _ => texts.iter().map(|text| text.text.len()).sum::<usize>().to_string().len(),
        };
        let line = |counts: &[usize; 5], name: &str| {
            let shown = counts.iter().zip(asked).filter(|(_, asked)| *asked);
            let shown: Vec<String> = shown.map(|(count, _)| format!("{count:width$}")).collect();
            let name = if name.is_empty() { String::new() } else { format!(" {name}") };
            format!("{}{name}", shown.join(" "))
        };
        let lines = all.iter().zip(texts).map(|(counts, text)| line(counts, &text.name));
        let sum = (texts.len() > 1).then(|| line(&total, "total"));
        CommandOutput::text(joined(lines.chain(sum)))
    }))
}

/// `uniq`, `uniq -c`, `-d`, `-u`, `-i`, `-f 1`
pub fn uniq(tool: &str, arguments: TextArguments) -> Result<TextTool, UsageError> {
    // 1. What is compared, and what is shown.
    let number = |spellings: &[&str]| match arguments.value(spellings) {
        None => Ok(None),
        Some(text) => text
            .parse::<usize>()
            .map(Some)
            .map_err(|_| UsageError::of_tool(1, format!("{tool}: {text}: invalid number of fields to skip"))),
    };
    let fields = number(&["-f", "--skip-fields"])?.unwrap_or_default();
    let skipped = number(&["-s", "--skip-chars"])?.unwrap_or_default();
    let most = number(&["-w", "--check-chars"])?.unwrap_or(usize::MAX);
    let folds = arguments.has(&["-i", "--ignore-case"]);
    let (counts, repeated, single) =
        (arguments.has(&["-c", "--count"]), arguments.has(&["-d", "--repeated"]), arguments.has(&["-u", "--unique"]));
    let key = move |line: &str| {
        let mut rest = line;
        for _ in 0..fields {
            rest = rest.trim_start();
            rest = rest.get(rest.find(char::is_whitespace).unwrap_or(rest.len())..).unwrap_or_default();
        }
        let key: String = rest.chars().skip(skipped).take(most).collect();
        if folds { key.to_lowercase() } else { key }
    };
    // 2. Lines that are alike, one after the other.
    Ok(TextTool::of_text(arguments.words(), move |text| {
        let mut groups: Vec<(usize, &str)> = Vec::new();
        for line in text.lines() {
            match groups.last_mut().filter(|(_, first)| key(first) == key(line)) {
                Some((count, _)) => *count += 1,
                None => groups.push((1, line)),
            }
        }
        let shown = groups.into_iter().filter(|(count, _)| (!repeated || *count > 1) && (!single || *count == 1));
        CommandOutput::text(joined(
            shown.map(|(count, line)| if counts { format!("{count:7} {line}") } else { line.to_owned() }),
        ))
    }))
}
