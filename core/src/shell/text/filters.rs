//! cat, tac, rev, nl, column, base64, seq, and pagers, which show everything where nothing is turned over.

use super::super::stream::CommandOutput;
use super::{TextTool, joined};
use crate::console::option::ToolOption;
use crate::model::base64 as coding;
use crate::shell::arguments::TextArguments;
use crate::terminal::UsageError;

pub const BASE64: &[ToolOption<()>] = &[
    ToolOption::by_name("-d -D --decode", false),
    ToolOption::by_name("-i --ignore-garbage", false),
    ToolOption::by_name("-w --wrap", true),
];

pub const CAT: &[ToolOption<()>] = &[
    ToolOption::by_name("-A --show-all", false),
    ToolOption::by_name("-b --number-nonblank", false),
    ToolOption::by_name("-E --show-ends", false),
    ToolOption::by_name("-e", false),
    ToolOption::by_name("-n --number", false),
    ToolOption::by_name("-s --squeeze-blank", false),
    ToolOption::by_name("-T --show-tabs", false),
    ToolOption::by_name("-t", false),
    ToolOption::by_name("-v --show-nonprinting", false),
    ToolOption::ignored("-u"),
];

pub const COLUMN: &[ToolOption<()>] = &[
    ToolOption::by_name("-o --output-separator", true),
    ToolOption::by_name("-s --separator", true),
    ToolOption::by_name("-t --table", false),
];

pub const NL: &[ToolOption<()>] = &[ToolOption::by_name("-b --body-numbering", true)];

pub const PAGER: &[ToolOption<()>] = &[ToolOption::ignored("-F -N -R -S -X")];

pub const SEQ: &[ToolOption<()>] = &[
    ToolOption::by_name("-f --format", true),
    ToolOption::by_name("-s --separator", true),
    ToolOption::by_name("-w --equal-width", false),
];

/// As many numbers are counted.
const MOST: usize = 100_000;

/// `seq 3`, `seq 1 2 9`, `seq 3 -1 1`, `seq -w 8 11`, `seq -s, 3`, `seq -f web-%g 3`
pub fn seq(_: &str, arguments: TextArguments) -> Result<TextTool, UsageError> {
    // 1. First, step and last.
    let words = arguments.words();
    let wrong = || UsageError::new(2, format!("seq: `{}` isn't understood here", words.join(" ")));
    let numbers: Vec<i64> = words.iter().filter_map(|word| word.parse().ok()).collect();
    let (first, step, last) = match numbers[..] {
        _ if numbers.len() != words.len() => return Err(wrong()),
        [last] => (1, 1, last),
        [first, last] => (first, 1, last),
        [first, step, last] if step != 0 => (first, step, last),
        _ => return Err(wrong()),
    };
    // 2. The numbers.
    let mut all = Vec::new();
    let mut number = first;
    while if step > 0 { number <= last } else { number >= last } {
        if all.len() == MOST {
            return Err(UsageError::new(2, format!("seq: more than {MOST} numbers aren't counted here")));
        }
        all.push(number);
        number = number.saturating_add(step);
    }
    // 3. As wide as the widest, or in a format, if asked.
    let is_wide = arguments.has(&["-w", "--equal-width"]);
    let width = if is_wide { first.to_string().len().max(last.to_string().len()) } else { 0 };
    let (before, behind) = match arguments.value(&["-f", "--format"]) {
        None => ("", ""),
        Some(format) => format.split_once("%g").filter(|(_, behind)| !behind.contains('%')).ok_or_else(wrong)?,
    };
    let shown: Vec<String> = all.iter().map(|number| format!("{before}{number:0width$}{behind}")).collect();
    let separator = arguments.value(&["-s", "--separator"]).unwrap_or("\n");
    let text = if shown.is_empty() { String::new() } else { shown.join(separator) + "\n" };
    Ok(TextTool::of_text(Vec::new(), move |_| CommandOutput::text(text.clone())))
}

/// cat with its options: numbers, ends, tabs (coreutils, src/cat.c).
pub fn cat(_: &str, arguments: TextArguments) -> Result<TextTool, UsageError> {
    let has = |spellings: &[&str]| arguments.has(spellings);
    let numbers_full = has(&["-b", "--number-nonblank"]);
    let numbers = numbers_full || has(&["-n", "--number"]);
    let squeezes = has(&["-s", "--squeeze-blank"]);
    let shows_ends = has(&["-E", "--show-ends", "-e", "-A", "--show-all"]);
    let shows_tabs = has(&["-T", "--show-tabs", "-t", "-A", "--show-all"]);
    Ok(TextTool::of_texts(arguments.words(), move |texts| {
        // Unlike the others, it puts no end behind a text's last line.
        let text: String = texts.iter().map(|text| text.text.as_str()).collect();
        let (mut out, mut number, mut was_empty) = (String::new(), 0, false);
        for line in text.split_inclusive('\n') {
            let is_empty = line == "\n";
            if squeezes && is_empty && was_empty {
                continue;
            }
            was_empty = is_empty;
            if numbers && !(numbers_full && is_empty) {
                number += 1;
                out.push_str(&format!("{number:6}\t"));
            }
            let shown = if shows_tabs { line.replace('\t', "^I") } else { line.to_owned() };
            out.push_str(&if shows_ends { shown.replace('\n', "$\n") } else { shown });
        }
        CommandOutput::text(out)
    }))
}

/// `base64`, `base64 -d`, `base64 -w0`
pub fn base64(tool: &str, arguments: TextArguments) -> Result<TextTool, UsageError> {
    let decodes = arguments.has(&["-d", "-D", "--decode"]);
    let width = arguments.value(&["-w", "--wrap"]).unwrap_or("76");
    let wrong = |_| UsageError::of_tool(1, format!("{tool}: invalid wrap size: ‘{width}’"));
    let width: usize = width.parse().map_err(wrong)?;
    Ok(TextTool::of_text(arguments.words(), move |text| {
        if decodes {
            return match coding::decode_text(text) {
                Some(decoded) => CommandOutput::text(decoded),
                None => CommandOutput::failure(1, "base64: invalid input"),
            };
        }
        let encoded: Vec<char> = coding::encode(text).chars().collect();
        if width == 0 {
            return CommandOutput::text(encoded.into_iter().collect::<String>());
        }
        CommandOutput::text(joined(encoded.chunks(width).map(|line| line.iter().collect::<String>())))
    }))
}

/// `column -t`, `column -t -s,`
pub fn column(_: &str, arguments: TextArguments) -> Result<TextTool, UsageError> {
    let separators = arguments.value(&["-s", "--separator"]).map(crate::shell::echo::unescaped);
    let between = arguments.value(&["-o", "--output-separator"]).unwrap_or("  ").to_owned();
    if !arguments.has(&["-t", "--table"]) {
        return Err(UsageError::new(2, "column: without -t isn't understood here"));
    }
    Ok(TextTool::of_text(arguments.words(), move |text| {
        let cells = |line: &'_ str| -> Vec<String> {
            match &separators {
                Some(separators) => line.split(|c| separators.contains(c)).map(str::to_owned).collect(),
                None => line.split_whitespace().map(str::to_owned).collect(),
            }
        };
        let rows: Vec<Vec<String>> = text.lines().filter(|line| !line.trim().is_empty()).map(cells).collect();
        let width = |column: usize| {
            rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or_default()
        };
        // Rows that end early are filled up to the last column, which alone isn't.
        let most = rows.iter().map(Vec::len).max().unwrap_or_default();
        let widths: Vec<usize> = (0..most).map(width).collect();
        let line = |row: &Vec<String>| {
            let cells = widths.iter().enumerate().map(|(at, width)| {
                let cell = row.get(at).map(String::as_str).unwrap_or_default();
                if at + 1 == most { cell.to_owned() } else { format!("{cell:<width$}{between}") }
            });
            cells.collect::<String>()
        };
        CommandOutput::text(joined(rows.iter().map(line)))
    }))
}

/// The last line first, text by text.
pub fn tac(_: &str, arguments: TextArguments) -> Result<TextTool, UsageError> {
    Ok(TextTool::of_texts(arguments.words(), |texts| {
        CommandOutput::text(texts.iter().map(|text| joined(text.text.lines().rev())).collect::<String>())
    }))
}

/// Each line from its end.
pub fn rev(_: &str, arguments: TextArguments) -> Result<TextTool, UsageError> {
    let turned = |text: &str| joined(text.lines().map(|line| line.chars().rev().collect::<String>()));
    Ok(TextTool::of_text(arguments.words(), move |text| CommandOutput::text(turned(text))))
}

/// Lines with numbers; empty ones have none, but with `-b a`.
pub fn nl(_: &str, arguments: TextArguments) -> Result<TextTool, UsageError> {
    let all = arguments.value(&["-b", "--body-numbering"]) == Some("a");
    Ok(TextTool::of_text(arguments.words(), move |text| {
        let mut number = 0;
        CommandOutput::text(joined(text.lines().map(|line| {
            if line.is_empty() && !all {
                return "       ".to_owned();
            }
            number += 1;
            format!("{number:6}\t{line}")
        })))
    }))
}

/// less and more into a terminal that nobody looks at for long.
pub fn pager(_: &str, arguments: TextArguments) -> Result<TextTool, UsageError> {
    Ok(TextTool::of_text(arguments.words(), |text| CommandOutput::text(text.to_owned())))
}
