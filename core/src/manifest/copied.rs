//! What copying from a page or a terminal leaves in a text, with the edit that takes it out: spaces that are none to YAML, the
//! fences of Markdown, prompts, typographic quotes, a separator that stuck to the line before.

use crate::diagnostic::{CopiedMark, Diagnostic, Fix, Problem};
use crate::source::{FileId, Span};

/// Spaces of other kinds, each with what they are as plain ones.
const SPACES: [(char, &str); 5] =
    [('\u{a0}', " "), ('\u{202f}', " "), ('\u{2003}', "  "), ('\u{3000}', "  "), ('\u{feff}', "")];

/// Typographic quotes, each with the plain one.
const QUOTES: [(char, &str); 6] = [
    ('\u{201c}', "\""),
    ('\u{201d}', "\""),
    ('\u{201e}', "\""),
    ('\u{2018}', "'"),
    ('\u{2019}', "'"),
    ('\u{201a}', "'"),
];

/// One finding for each kind of mark, over all of its lines.
pub(super) fn findings(file: FileId, text: &str) -> Vec<Diagnostic> {
    let marks = [
        (CopiedMark::Spaces, spaces as fn(&str) -> Option<String>),
        (CopiedMark::Fence, fence),
        (CopiedMark::Prompt, prompt),
        (CopiedMark::Quotes, quotes),
        (CopiedMark::Separator, separator),
    ];
    marks.into_iter().filter_map(|(mark, mended)| finding(file, text, mark, mended)).collect()
}

/// The first line with the mark is underlined; the fix mends all of them.
fn finding(file: FileId, text: &str, mark: CopiedMark, mended: fn(&str) -> Option<String>) -> Option<Diagnostic> {
    let mut offset = 0;
    let mut found: Option<(Span, usize)> = None;
    let mut whole = String::new();
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        // A byte order mark is read as one (documents.rs).
        let mark = if offset == 0 && line.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let line = line.get(mark..).unwrap_or(line);
        offset += mark;
        let bare = line.trim_end_matches(['\n', '\r']);
        if let Some(better) = mended(bare) {
            let (_, start) =
                *found.get_or_insert((Span { file, start: offset as u32, end: (offset + bare.len()) as u32 }, offset));
            whole.push_str(text.get(start.max(end)..offset).unwrap_or_default());
            whole.push_str(&better);
            // A line that goes takes its line break along.
            end = if better.is_empty() { offset + line.len() } else { offset + bare.len() };
        }
        offset += line.len();
    }
    let (first, start) = found?;
    let fix = Fix { span: Span { file, start: start as u32, end: end as u32 }, replacement: whole };
    Some(Diagnostic { fix: Some(fix), ..Diagnostic::at(first, Problem::Copied { mark }) })
}

/// Indentation, or the gap behind a key, made of spaces that are part of a name to YAML.
fn spaces(line: &str) -> Option<String> {
    let is_other = |letter: char| SPACES.iter().any(|(space, _)| *space == letter);
    let is_space = |letter: char| letter == ' ' || is_other(letter);
    let indented = line.trim_start_matches(is_space);
    let indentation = line.get(..line.len() - indented.len())?;
    let gap = indented.split_once(':').map_or("", |(_, rest)| rest);
    let gap = gap.get(..gap.len() - gap.trim_start_matches(is_space).len()).unwrap_or_default();
    let dash = indented.strip_prefix('-').is_some_and(|rest| rest.starts_with(is_other));
    if !dash && !indentation.contains(is_other) && !gap.contains(is_other) {
        return None;
    }
    Some(replaced(line, &SPACES))
}

/// A fence of Markdown.
fn fence(line: &str) -> Option<String> {
    let info = line.strip_prefix("```")?;
    info.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == ' ').then(String::new)
}

/// A command with its prompt: what made the text, not a part of it.
fn prompt(line: &str) -> Option<String> {
    let tool = line.strip_prefix("$ ")?.split_whitespace().next()?;
    (!tool.ends_with(':')).then(String::new)
}

/// A value in typographic quotes.
fn quotes(line: &str) -> Option<String> {
    let value = line.split_once(": ").map(|(_, value)| value).or_else(|| line.trim_start().strip_prefix("- "))?;
    let is_quote = |letter: char| QUOTES.iter().any(|(quote, _)| *quote == letter);
    let value = value.trim();
    (value.starts_with(is_quote) && value.ends_with(is_quote)).then(|| replaced(line, &QUOTES))
}

/// `status: {}---`: the separator of the next document.
fn separator(line: &str) -> Option<String> {
    let before = line.strip_suffix("---").filter(|before| before.ends_with(['}', ']', '"']))?;
    Some(format!("{before}\n---"))
}

fn replaced(line: &str, table: &[(char, &str)]) -> String {
    table.iter().fold(line.to_owned(), |line, (from, to)| line.replace(*from, to))
}
