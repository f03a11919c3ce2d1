//! cut, paste, tr: lines taken apart and put together, characters exchanged.

use super::super::stream::CommandOutput;
use super::{NamedText, TextTool, joined};
use crate::console::option::ToolOption;
use crate::shell::arguments::TextArguments;
use crate::shell::echo::unescaped;
use crate::terminal::UsageError;

pub const CUT: &[ToolOption<()>] = &[
    ToolOption::by_name("-b --bytes", true),
    ToolOption::by_name("-c --characters", true),
    ToolOption::by_name("-d --delimiter", true),
    ToolOption::by_name("-f --fields", true),
    ToolOption::by_name("-s --only-delimited", false),
    ToolOption::by_name("--complement", false),
    ToolOption::by_name("--output-delimiter", true),
];

pub const PASTE: &[ToolOption<()>] =
    &[ToolOption::by_name("-d --delimiters", true), ToolOption::by_name("-s --serial", false)];

pub const TR: &[ToolOption<()>] = &[
    ToolOption::by_name("-c -C --complement", false),
    ToolOption::by_name("-d --delete", false),
    ToolOption::by_name("-s --squeeze-repeats", false),
    ToolOption::by_name("-t --truncate-set1", false),
];

/// `cut -d: -f1,3-`, `cut -c1-5`
pub fn cut(_: &str, arguments: TextArguments) -> Result<TextTool, UsageError> {
    // 1. What is kept: fields or characters, of which one must be given.
    let delimiter = arguments.value(&["-d", "--delimiter"]).and_then(|text| text.chars().next()).unwrap_or('\t');
    let between = arguments.value(&["--output-delimiter"]).map_or_else(|| delimiter.to_string(), str::to_owned);
    let fields = arguments.value(&["-f", "--fields"]).map(cut_ranges);
    let characters = arguments.value(&["-c", "-b", "--characters", "--bytes"]).map(cut_ranges);
    let only_delimited = arguments.has(&["-s", "--only-delimited"]);
    let complements = arguments.has(&["--complement"]);
    if fields.is_none() && characters.is_none() {
        return Err(UsageError::of_tool(
            1,
            "cut: you must specify a list of bytes, characters, or fields\nTry 'cut --help' for more information.",
        ));
    }
    let is_kept = move |ranges: &[(usize, usize)], number: usize| has(ranges, number) != complements;
    // 2. Line by line.
    Ok(TextTool::of_text(arguments.words(), move |text| {
        let mut out = String::new();
        for line in text.lines() {
            match (&characters, &fields) {
                (Some(ranges), _) => {
                    let kept = line.chars().zip(1..).filter(|(_, number)| is_kept(ranges, *number));
                    out.extend(kept.map(|(character, _)| character));
                }
                (None, Some(_)) if !line.contains(delimiter) => {
                    if only_delimited {
                        continue;
                    }
                    out.push_str(line);
                }
                (None, Some(ranges)) => {
                    let kept = line.split(delimiter).zip(1..).filter(|(_, number)| is_kept(ranges, *number));
                    let kept: Vec<&str> = kept.map(|(field, _)| field).collect();
                    out.push_str(&kept.join(&between));
                }
                (None, None) => {}
            }
            out.push('\n');
        }
        CommandOutput::text(out)
    }))
}

/// `1,3-5,7-`
fn cut_ranges(text: &str) -> Vec<(usize, usize)> {
    let one = |part: &str| match part.split_once('-') {
        Some((first, last)) => (first.parse().unwrap_or(1), last.parse().unwrap_or(usize::MAX)),
        None => part.parse().map_or((1, 0), |number| (number, number)),
    };
    text.split(',').map(one).collect()
}

fn has(ranges: &[(usize, usize)], number: usize) -> bool {
    ranges.iter().any(|(first, last)| (*first..=*last).contains(&number))
}

/// `paste -sd, -`: the lines of one text beside each other; else the lines of several.
pub fn paste(_: &str, arguments: TextArguments) -> Result<TextTool, UsageError> {
    let delimiters = unescaped(arguments.value(&["-d", "--delimiters"]).unwrap_or("\t"));
    let serial = arguments.has(&["-s", "--serial"]);
    Ok(TextTool::of_texts(arguments.words(), move |texts: &[NamedText]| {
        let delimiters: Vec<char> = delimiters.chars().collect();
        let beside = |cells: Vec<&str>| {
            let mut line = String::new();
            for (number, cell) in cells.iter().enumerate() {
                if let Some(before) = number.checked_sub(1).filter(|_| !delimiters.is_empty()) {
                    line.extend(delimiters.get(before % delimiters.len()));
                }
                line.push_str(cell);
            }
            line
        };
        if serial {
            return CommandOutput::text(joined(texts.iter().map(|text| beside(text.text.lines().collect()))));
        }
        // `paste - -` takes the input's lines in turn.
        let from_input = texts.iter().filter(|text| text.name == "-").count();
        if from_input > 1 && from_input == texts.len() {
            let lines: Vec<&str> = texts.first().map(|text| text.text.lines().collect()).unwrap_or_default();
            let row = |chunk: &[&str]| {
                let missing = from_input.saturating_sub(chunk.len());
                beside(chunk.iter().copied().chain(std::iter::repeat_n("", missing)).collect())
            };
            return CommandOutput::text(joined(lines.chunks(from_input).map(row)));
        }
        let columns: Vec<Vec<&str>> = texts.iter().map(|text| text.text.lines().collect()).collect();
        let most = columns.iter().map(Vec::len).max().unwrap_or_default();
        let row = |number: usize| {
            beside(columns.iter().map(|column| column.get(number).copied().unwrap_or_default()).collect())
        };
        CommandOutput::text(joined((0..most).map(row)))
    }))
}

/// `tr a-z A-Z`, `tr -d '\n'`, `tr -s ' '`
pub fn tr(_: &str, arguments: TextArguments) -> Result<TextTool, UsageError> {
    // 1. What happens to which characters.
    let deletes = arguments.has(&["-d", "--delete"]);
    let squeezes = arguments.has(&["-s", "--squeeze-repeats"]);
    let complements = arguments.has(&["-c", "-C", "--complement"]);
    let truncates = arguments.has(&["-t", "--truncate-set1"]);
    let mut words = arguments.words().into_iter();
    let Some(from) = words.next() else {
        return Err(UsageError::of_tool(1, "tr: missing operand\nTry 'tr --help' for more information."));
    };
    let mut from = character_set(&from);
    let to = words.next().map(|text| character_set(&text));
    if to.is_none() && !deletes && !squeezes {
        return Err(UsageError::of_tool(
            1,
            "tr: missing operand\nTwo strings must be given when translating.\nTry 'tr --help' for more information.",
        ));
    }
    if truncates {
        from.truncate(to.as_ref().map_or(0, Vec::len));
    }
    // 2. Deleted, exchanged, and what stands twice once.
    Ok(TextTool::of_text(Vec::new(), move |text| {
        let is_in = |character: &char| from.contains(character) != complements;
        let mut out = String::new();
        for character in text.chars() {
            let hit = is_in(&character);
            if deletes && hit {
                continue;
            }
            let place = from.iter().rposition(|own| *own == character).unwrap_or(usize::MAX);
            let mapped = match &to {
                Some(to) if hit && !deletes => to.get(place).or(to.last()).copied().unwrap_or(character),
                _ => character,
            };
            // Squeezed is what the last set holds.
            let is_squeezed = squeezes && to.as_ref().map_or(hit, |to| to.contains(&mapped));
            if !(is_squeezed && out.ends_with(mapped)) {
                out.push(mapped);
            }
        }
        CommandOutput::text(out)
    }))
}

/// `a-z`, `\n`, `[:upper:]`
fn character_set(text: &str) -> Vec<char> {
    let text = text
        .replace("[:upper:]", "A-Z")
        .replace("[:lower:]", "a-z")
        .replace("[:digit:]", "0-9")
        .replace("[:xdigit:]", "0-9A-Fa-f")
        .replace("[:alnum:]", "a-zA-Z0-9")
        .replace("[:alpha:]", "a-zA-Z")
        .replace("[:blank:]", " \\t")
        .replace("[:punct:]", "!-/:-@[-`{-~")
        .replace("[:space:]", " \\t\\n\\r");
    let text: Vec<char> = unescaped(&text).chars().collect();
    let mut all = Vec::new();
    let mut at = 0;
    while let Some(first) = text.get(at).copied() {
        match (text.get(at + 1), text.get(at + 2)) {
            (Some('-'), Some(last)) => {
                all.extend(first..=*last);
                at += 3;
            }
            _ => {
                all.push(first);
                at += 1;
            }
        }
    }
    all
}
