//! head, tail, wc, sort, uniq, cut, tr and their like.

use std::cmp::Ordering;

use super::super::stream::CommandOutput;
use super::{NamedText, TextTool};
use crate::model::base64;
use crate::order::Order;
use crate::terminal::UsageError;

/// A tool's words: options with their values, and what is none.
struct TextArguments {
    options: Vec<(String, String)>,
    words: Vec<String>,
}

impl TextArguments {
    /// `valued` are the letters that take a value; long options take theirs behind `=`.
    fn read(tool: &str, args: &[String], valued: &str, plain: &str) -> Result<Self, UsageError> {
        let (mut options, mut words) = (Vec::new(), Vec::new());
        let mut rest = args.iter();
        while let Some(arg) = rest.next() {
            // 1. A long option, with its value behind `=`.
            if let Some(long) = arg.strip_prefix("--").filter(|long| !long.is_empty()) {
                let (name, value) = long.split_once('=').unwrap_or((long, ""));
                options.push((name.to_owned(), value.to_owned()));
                continue;
            }
            // 2. A word.
            let Some(letters) = arg.strip_prefix('-').filter(|letters| !letters.is_empty()) else {
                words.push(arg.clone());
                continue;
            };
            // 3. Letters; one that takes a value takes the rest, or the next word.
            let mut letters = letters.chars();
            while let Some(letter) = letters.next() {
                let inline = letters.as_str();
                if valued.contains(letter) {
                    let value = if inline.is_empty() { rest.next().cloned() } else { Some(inline.to_owned()) };
                    options.push((letter.to_string(), value.unwrap_or_default()));
                    break;
                }
                // `head -3`
                if letter.is_ascii_digit() && plain.contains('#') {
                    options.push(("n".to_owned(), format!("{letter}{inline}")));
                    break;
                }
                if !plain.contains(letter) {
                    return Err(UsageError::new(2, format!("{tool}: option {arg} isn't known here")));
                }
                options.push((letter.to_string(), String::new()));
            }
        }
        Ok(Self { options, words })
    }

    fn is(&self, names: &[&str]) -> bool {
        self.options.iter().any(|(name, _)| names.contains(&name.as_str()))
    }

    fn value(&self, names: &[&str]) -> Option<&str> {
        self.options.iter().rev().find(|(name, _)| names.contains(&name.as_str())).map(|(_, value)| value.as_str())
    }
}

fn counted(tool: &str, text: &str) -> Result<usize, UsageError> {
    text.parse().map_err(|_| UsageError::of_tool(1, format!("{tool}: invalid number of lines: ‘{text}’")))
}

fn joined(lines: impl IntoIterator<Item = impl std::fmt::Display>) -> String {
    lines.into_iter().map(|line| format!("{line}\n")).collect()
}

/// `head -n 5`, `head -5`, `head -c 10`, `head -n -1`
pub fn head(args: &[String]) -> Result<TextTool, UsageError> {
    let arguments = TextArguments::read("head", args, "nc", "q#")?;
    let lines = arguments.value(&["n", "lines"]).unwrap_or("10").to_owned();
    let bytes = arguments.value(&["c", "bytes"]).map(|text| counted("head", text)).transpose()?;
    let without_last = lines.strip_prefix('-').map(|text| counted("head", text)).transpose()?;
    let count = if without_last.is_some() { 0 } else { counted("head", &lines)? };
    Ok(TextTool::of_text(arguments.words, move |text| {
        if let Some(bytes) = bytes {
            return CommandOutput::text(text.chars().take(bytes).collect::<String>());
        }
        let all = text.split_inclusive('\n').count();
        let count = without_last.map_or(count, |last| all.saturating_sub(last));
        CommandOutput::text(text.split_inclusive('\n').take(count).collect::<String>())
    }))
}

/// `tail -n 5`, `tail -5`, `tail -n +2`; -f looks once.
pub fn tail(args: &[String]) -> Result<TextTool, UsageError> {
    let arguments = TextArguments::read("tail", args, "nc", "qfF#")?;
    let lines = arguments.value(&["n", "lines"]).unwrap_or("10").to_owned();
    let from = lines.strip_prefix('+').map(|text| counted("tail", text)).transpose()?;
    let count = if from.is_some() { 0 } else { counted("tail", lines.trim_start_matches('-'))? };
    Ok(TextTool::of_text(arguments.words, move |text| {
        let all = text.split_inclusive('\n').count();
        let skipped = from.map_or(all.saturating_sub(count), |from| from.saturating_sub(1));
        CommandOutput::text(text.split_inclusive('\n').skip(skipped).collect::<String>())
    }))
}

/// `wc -l`, `wc -w`, `wc -c`
pub fn wc(args: &[String]) -> Result<TextTool, UsageError> {
    let arguments = TextArguments::read("wc", args, "", "lwcmL")?;
    let (lines, words, bytes) =
        (arguments.is(&["l", "lines"]), arguments.is(&["w", "words"]), arguments.is(&["c", "bytes", "m", "chars"]));
    let all = !lines && !words && !bytes;
    let count = move |text: &str| {
        let counts = [
            (lines || all, text.matches('\n').count()),
            (words || all, text.split_whitespace().count()),
            (bytes || all, text.len()),
        ];
        let shown = counts.into_iter().filter(|(shown, _)| *shown).map(|(_, count)| count);
        let shown: Vec<String> =
            shown.map(|count| if all { format!("{count:7}") } else { count.to_string() }).collect();
        shown.join(" ")
    };
    let filter = move |texts: &[NamedText]| {
        let lines = texts.iter().map(|text| {
            if text.name.is_empty() { count(&text.text) } else { format!("{} {}", count(&text.text), text.name) }
        });
        CommandOutput::text(joined(lines))
    };
    Ok(TextTool { files: arguments.words, in_place: false, filter: Box::new(filter) })
}

/// `sort -n -r -u -k2 -t,` and `-V`, `-h` as numbers.
pub fn sort(args: &[String]) -> Result<TextTool, UsageError> {
    // 1. The options.
    let arguments = TextArguments::read("sort", args, "kt", "nrufVhbs")?;
    let key = arguments.value(&["k", "key"]).unwrap_or("1").to_owned();
    let by_number = arguments.is(&["n", "h", "V", "numeric-sort"]) || key.contains('n');
    let (reversed, unique) = (arguments.is(&["r", "reverse"]) || key.contains('r'), arguments.is(&["u", "unique"]));
    let folds = arguments.is(&["f", "ignore-case"]);
    let has_key = arguments.value(&["k", "key"]).is_some();
    let separator = arguments.value(&["t", "field-separator"]).and_then(|text| text.chars().next());
    let column: usize = key.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap_or(1);
    // 2. The part of a line that it is sorted by.
    let field = move |line: &str| -> String {
        if !has_key {
            return line.to_owned();
        }
        let skip = column.saturating_sub(1);
        match separator {
            Some(separator) => line.split(separator).skip(skip).collect::<Vec<_>>().join(" "),
            None => line.split_whitespace().skip(skip).collect::<Vec<_>>().join(" "),
        }
    };
    // 3. In order, reversed, each once.
    Ok(TextTool::of_text(arguments.words, move |text| {
        let mut lines: Vec<&str> = text.lines().collect();
        let compare = |left: &str, right: &str| {
            let (left_key, right_key) = (field(left), field(right));
            let by_key = match by_number {
                true => leading_number(&left_key).total_cmp(&leading_number(&right_key)),
                false if folds => left_key.to_lowercase().cmp(&right_key.to_lowercase()),
                false => left_key.cmp(&right_key),
            };
            // Lines of equal keys stand as whole lines would.
            if by_key == Ordering::Equal { left.cmp(right) } else { by_key }
        };
        lines.order_by(|left, right| compare(left, right));
        if reversed {
            lines.reverse();
        }
        if unique {
            lines.dedup();
        }
        CommandOutput::text(joined(lines))
    }))
}

fn leading_number(text: &str) -> f64 {
    let text = text.trim_start();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '-').unwrap_or(text.len());
    text.get(..end).unwrap_or_default().parse().unwrap_or_default()
}

/// `uniq`, `uniq -c`, `-d`, `-u`
pub fn uniq(args: &[String]) -> Result<TextTool, UsageError> {
    let arguments = TextArguments::read("uniq", args, "", "cdui")?;
    let (counts, repeated, single) =
        (arguments.is(&["c", "count"]), arguments.is(&["d", "repeated"]), arguments.is(&["u", "unique"]));
    Ok(TextTool::of_text(arguments.words, move |text| {
        let mut groups: Vec<(usize, &str)> = Vec::new();
        for line in text.lines() {
            match groups.last_mut().filter(|(_, last)| *last == line) {
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

/// `cut -d: -f1,3-`, `cut -c1-5`
pub fn cut(args: &[String]) -> Result<TextTool, UsageError> {
    // 1. What is kept: fields or characters, of which one must be given.
    let arguments = TextArguments::read("cut", args, "dfcb", "s")?;
    let delimiter = arguments.value(&["d", "delimiter"]).and_then(|text| text.chars().next()).unwrap_or('\t');
    let fields = arguments.value(&["f", "fields"]).map(cut_ranges);
    let characters = arguments.value(&["c", "b", "characters", "bytes"]).map(cut_ranges);
    let only_delimited = arguments.is(&["s", "only-delimited"]);
    if fields.is_none() && characters.is_none() {
        return Err(UsageError::of_tool(
            1,
            "cut: you must specify a list of bytes, characters, or fields\nTry 'cut --help' for more information.",
        ));
    }
    // 2. Line by line.
    Ok(TextTool::of_text(arguments.words, move |text| {
        let mut out = String::new();
        for line in text.lines() {
            match (&characters, &fields) {
                (Some(ranges), _) => {
                    let kept = line.chars().zip(1..).filter(|(_, number)| has(ranges, *number));
                    out.extend(kept.map(|(character, _)| character));
                }
                (None, Some(_)) if !line.contains(delimiter) => {
                    if only_delimited {
                        continue;
                    }
                    out.push_str(line);
                }
                (None, Some(ranges)) => {
                    let kept = line.split(delimiter).zip(1..).filter(|(_, number)| has(ranges, *number));
                    let kept: Vec<&str> = kept.map(|(field, _)| field).collect();
                    out.push_str(&kept.join(&delimiter.to_string()));
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

/// `tr a-z A-Z`, `tr -d '\n'`, `tr -s ' '`
pub fn tr(args: &[String]) -> Result<TextTool, UsageError> {
    let arguments = TextArguments::read("tr", args, "", "dsc")?;
    let (deletes, squeezes, complements) = (arguments.is(&["d"]), arguments.is(&["s"]), arguments.is(&["c"]));
    let mut words = arguments.words.into_iter();
    let from = character_set(&words.next().unwrap_or_default());
    let to = words.next().map(|text| character_set(&text));
    Ok(TextTool::of_text(Vec::new(), move |text| {
        let is_in = |character: &char| from.contains(character) != complements;
        if deletes {
            return CommandOutput::text(text.chars().filter(|character| !is_in(character)).collect::<String>());
        }
        let mut out = String::new();
        for character in text.chars() {
            let hit = is_in(&character);
            let place = from.iter().position(|own| *own == character).unwrap_or(usize::MAX);
            let mapped = match (&to, hit) {
                (Some(to), true) => to.get(place).or(to.last()).copied().unwrap_or(character),
                _ => character,
            };
            if !(squeezes && hit && out.ends_with(mapped)) {
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
        .replace("[:alnum:]", "a-zA-Z0-9")
        .replace("[:alpha:]", "a-zA-Z")
        .replace("[:space:]", " \\t\\n\\r");
    let text: Vec<char> = crate::shell::builtin::echo::unescaped(&text).chars().collect();
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

/// tac, rev, nl, column, base64, seq
pub fn other_tools(name: &str, args: &[String]) -> Result<TextTool, UsageError> {
    let tool = name.to_owned();
    Ok(match name {
        "seq" => {
            let numbers: Vec<i64> = args.iter().filter_map(|arg| arg.parse().ok()).collect();
            let (first, step, last) = match numbers[..] {
                [last] => (1, 1, last),
                [first, last] => (first, 1, last),
                [first, step, last] if step != 0 => (first, step, last),
                _ => return Err(UsageError::new(1, format!("seq: `{}` isn't understood here", args.join(" ")))),
            };
            let mut all = Vec::new();
            let mut number = first;
            while all.len() < 10_000 && if step > 0 { number <= last } else { number >= last } {
                all.push(number);
                number = number.saturating_add(step);
            }
            let text = joined(all);
            TextTool::of_text(Vec::new(), move |_| CommandOutput::text(text.clone()))
        }
        "base64" => {
            let arguments = TextArguments::read("base64", args, "w", "dD")?;
            let decodes = arguments.is(&["d", "D", "decode"]);
            let wraps = !matches!(arguments.value(&["w", "wrap"]), Some("0"));
            TextTool::of_text(arguments.words, move |text| {
                if decodes {
                    match base64::decode_text(text) {
                        Some(decoded) => CommandOutput::text(decoded),
                        None => CommandOutput::failure(1, "base64: invalid input"),
                    }
                } else {
                    let encoded: Vec<char> = base64::encode(text).chars().collect();
                    let width = if wraps { 76 } else { usize::MAX };
                    let lines: Vec<String> = encoded.chunks(width).map(|line| line.iter().collect()).collect();
                    CommandOutput::text(lines.join("\n") + if wraps { "\n" } else { "" })
                }
            })
        }
        "column" => {
            let arguments = TextArguments::read("column", args, "sc", "t")?;
            TextTool::of_text(arguments.words, |text| {
                let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
                let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.len()).max();
                let line = |row: &Vec<&str>| {
                    let cells = row.iter().enumerate().map(|(at, cell)| {
                        if at + 1 == row.len() {
                            (*cell).to_owned()
                        } else {
                            format!("{cell:<width$}  ", width = width(at).unwrap_or_default())
                        }
                    });
                    cells.collect::<String>()
                };
                CommandOutput::text(joined(rows.iter().map(line)))
            })
        }
        "tac" => TextTool::of_text(args.to_vec(), |text| CommandOutput::text(joined(text.lines().rev()))),
        "rev" => TextTool::of_text(args.to_vec(), |text| {
            CommandOutput::text(joined(text.lines().map(|line| line.chars().rev().collect::<String>())))
        }),
        "nl" => TextTool::of_text(args.to_vec(), |text| {
            CommandOutput::text(joined(text.lines().zip(1..).map(|(line, number)| format!("{number:6}\t{line}"))))
        }),
        _ => return Err(UsageError::new(127, format!("`{tool}` isn't understood here"))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(line: &str, text: &str) -> String {
        let mut words = line.split('|').map(str::to_owned);
        let name = words.next().unwrap();
        let args: Vec<String> = words.collect();
        let tool = super::super::read(&name, &args).unwrap().unwrap();
        (tool.filter)(&[NamedText { name: String::new(), text: text.to_owned() }]).text
    }

    #[test]
    fn as_the_tools_print() {
        const TEXT: &str = "b 10\na 9\nb 10\n";
        for (line, expected) in [
            ("head|-1", "b 10\n"),
            ("head|-n|-1", "b 10\na 9\n"),
            ("tail|-n|+2", "a 9\nb 10\n"),
            ("wc|-l", "3\n"),
            ("sort", "a 9\nb 10\nb 10\n"),
            ("sort|-u|-r", "b 10\na 9\n"),
            ("sort|-k2|-n", "a 9\nb 10\nb 10\n"),
            ("uniq|-c", "      1 b 10\n      1 a 9\n      1 b 10\n"),
            ("cut|-d| |-f2", "10\n9\n10\n"),
            ("cut|-c1", "b\na\nb\n"),
            ("tr|a-z|A-Z", "B 10\nA 9\nB 10\n"),
            ("tr|-d|\\n", "b 10a 9b 10"),
            ("seq|3", "1\n2\n3\n"),
            ("base64", "YiAxMAphIDkKYiAxMAo=\n"),
        ] {
            assert_eq!(run(line, TEXT), expected, "{line}");
        }
        assert_eq!(run("base64|-d", "YWI="), "ab");
        assert_eq!(run("tr|-s| ", "a   b"), "a b");
    }
}
