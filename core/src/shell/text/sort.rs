//! sort: lines in order by keys (coreutils, src/sort.c), in the order of bytes.

use std::cmp::Ordering;

use super::super::stream::CommandOutput;
use super::TextTool;
use crate::console::option::ToolOption;
use crate::order::Order;
use crate::shell::arguments::TextArguments;
use crate::terminal::UsageError;

pub const OPTIONS: &[ToolOption<()>] = &[
    ToolOption::by_name("-b --ignore-leading-blanks", false),
    ToolOption::by_name("-c --check", false),
    ToolOption::by_name("-d --dictionary-order", false),
    ToolOption::by_name("-f --ignore-case", false),
    ToolOption::by_name("-g --general-numeric-sort", false),
    ToolOption::by_name("-h --human-numeric-sort", false),
    ToolOption::by_name("-k --key", true),
    ToolOption::by_name("-n --numeric-sort", false),
    ToolOption::by_name("-r --reverse", false),
    ToolOption::by_name("-s --stable", false),
    ToolOption::by_name("-t --field-separator", true),
    ToolOption::by_name("-u --unique", false),
    ToolOption::by_name("-V --version-sort", false),
];

/// How a key is compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct SortOrder {
    numbers: bool,
    /// -g: what is no number stands before all.
    generals: bool,
    sizes: bool,
    versions: bool,
    folds: bool,
    reverses: bool,
    skips_blanks: bool,
}

/// The part of a line that is compared: from a field and character to another.
#[derive(Clone, Debug)]
struct SortKey {
    first: (usize, usize),
    last: Option<(usize, usize)>,
    order: SortOrder,
}

impl SortOrder {
    fn of_letters(letters: &str) -> Option<Self> {
        let mut order = Self::default();
        for letter in letters.chars() {
            match letter {
                'n' => order.numbers = true,
                'g' => order.generals = true,
                'h' => order.sizes = true,
                'V' => order.versions = true,
                'f' => order.folds = true,
                'r' => order.reverses = true,
                'b' => order.skips_blanks = true,
                'd' | 'i' => {}
                _ => return None,
            }
        }
        Some(order)
    }

    fn compare(self, left: &str, right: &str) -> Ordering {
        let found = if self.numbers {
            leading_number(left).total_cmp(&leading_number(right))
        } else if self.generals {
            general_number(left).total_cmp(&general_number(right))
        } else if self.sizes {
            compare_sizes(left, right)
        } else if self.versions {
            compare_versions(left, right)
        } else if self.folds {
            left.to_uppercase().cmp(&right.to_uppercase())
        } else {
            left.cmp(right)
        };
        if self.reverses { found.reverse() } else { found }
    }
}

impl SortKey {
    /// `2,2n`, `1.3`
    fn read(text: &str, global: SortOrder) -> Option<Self> {
        let (first, last) = text.split_once(',').map_or((text, None), |(first, last)| (first, Some(last)));
        let split = |part: &str| {
            let end = part.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(part.len());
            let (place, letters) = part.split_at_checked(end)?;
            let (field, character) = place.split_once('.').unwrap_or((place, "0"));
            Some(((field.parse().ok()?, character.parse().ok()?), letters.to_owned()))
        };
        let (first, mut letters) = split(first)?;
        let last = match last.map(split) {
            None => None,
            Some(last) => {
                let (place, more) = last?;
                letters.push_str(&more);
                Some(place)
            }
        };
        // Letters of its own take the place of the general ones.
        let order = if letters.is_empty() { global } else { SortOrder::of_letters(&letters)? };
        Some(Self { first, last, order })
    }

    fn part<'l>(&self, line: &'l str, separator: Option<char>) -> &'l str {
        let fields = fields(line, separator);
        let start_of = |(field, character): (usize, usize)| {
            let (start, end) = fields.get(field.saturating_sub(1)).copied().unwrap_or((line.len(), line.len()));
            let text = line.get(start..end).unwrap_or_default();
            let blanks = text.len() - text.trim_start().len();
            let start = if self.order.skips_blanks || self.order.numbers { start + blanks } else { start };
            let skipped = character.saturating_sub(1);
            start + line.get(start..).unwrap_or_default().chars().take(skipped).map(char::len_utf8).sum::<usize>()
        };
        let end = match self.last {
            None => line.len(),
            Some((field, 0)) => fields.get(field.saturating_sub(1)).map_or(line.len(), |(_, end)| *end),
            Some((field, character)) => start_of((field, character + 1)),
        };
        line.get(start_of(self.first).min(end)..end).unwrap_or_default()
    }
}

/// Where the fields of a line begin and end; blanks before a field are its own.
fn fields(line: &str, separator: Option<char>) -> Vec<(usize, usize)> {
    let mut all = Vec::new();
    let mut start = 0;
    if let Some(separator) = separator {
        for part in line.split(separator) {
            all.push((start, start + part.len()));
            start += part.len() + separator.len_utf8();
        }
        return all;
    }
    let mut was_blank = true;
    for (at, character) in line.char_indices() {
        let is_blank = character == ' ' || character == '\t';
        if is_blank && !was_blank {
            all.push((start, at));
            start = at;
        }
        was_blank = is_blank;
    }
    all.push((start, line.len()));
    all
}

/// Reads the words behind `sort`.
pub fn read(_: &str, arguments: TextArguments) -> Result<TextTool, UsageError> {
    // 1. The general order, and the keys.
    let has = |spellings: &[&str]| arguments.has(spellings);
    let global = SortOrder {
        numbers: has(&["-n", "--numeric-sort"]),
        generals: has(&["-g", "--general-numeric-sort"]),
        sizes: has(&["-h", "--human-numeric-sort"]),
        versions: has(&["-V", "--version-sort"]),
        folds: has(&["-f", "--ignore-case"]),
        reverses: has(&["-r", "--reverse"]),
        skips_blanks: has(&["-b", "--ignore-leading-blanks"]),
    };
    let separator = arguments.value(&["-t", "--field-separator"]).map(crate::shell::echo::unescaped);
    let separator = separator.and_then(|text| text.chars().next());
    let keys = arguments.values(&["-k", "--key"]).into_iter().map(|text| {
        let wrong = || UsageError::new(2, format!("sort: the key `{text}` isn't understood here"));
        SortKey::read(text, global).ok_or_else(wrong)
    });
    let keys: Vec<SortKey> = keys.collect::<Result<_, _>>()?;
    let (unique, stable, checks) = (has(&["-u", "--unique"]), has(&["-s", "--stable"]), has(&["-c", "--check"]));
    // 2. Lines of equal keys stand as whole lines would, but for -s and -u.
    let by_keys = move |left: &str, right: &str| {
        if keys.is_empty() {
            return global.compare(left, right);
        }
        let each = keys.iter().map(|key| key.order.compare(key.part(left, separator), key.part(right, separator)));
        each.fold(Ordering::Equal, Ordering::then)
    };
    let last_resort = move |left: &str, right: &str| match (stable || unique, global.reverses) {
        (true, _) => Ordering::Equal,
        (false, true) => right.cmp(left),
        (false, false) => left.cmp(right),
    };
    // 3. In order, each once.
    Ok(TextTool::of_text(arguments.words(), move |text| {
        let mut lines: Vec<&str> = text.lines().collect();
        if checks {
            let wrong = lines.windows(2).zip(2..).find_map(|(pair, number)| match pair {
                [first, second] if by_keys(first, second) == Ordering::Greater => Some((number, *second)),
                _ => None,
            });
            return match wrong {
                Some((number, line)) => CommandOutput::failure(1, format!("sort: -:{number}: disorder: {line}")),
                None => CommandOutput::status(0),
            };
        }
        lines.order_by(|left, right| by_keys(left, right).then_with(|| last_resort(left, right)));
        if unique {
            lines.dedup_by(|second, first| by_keys(first, second) == Ordering::Equal);
        }
        CommandOutput::text(lines.iter().map(|line| format!("{line}\n")).collect::<String>())
    }))
}

fn leading_number(text: &str) -> f64 {
    let text = text.trim_start();
    let end = text
        .char_indices()
        .find(|(at, c)| !c.is_ascii_digit() && *c != '.' && !(*c == '-' && *at == 0))
        .map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or_default().parse().unwrap_or_default()
}

/// As strtold reads it, with an exponent; what it can't read stands before all numbers (general_numcompare).
fn general_number(text: &str) -> f64 {
    let text = text.trim_start();
    let ends = (1..=text.len()).rev().filter(|end| text.is_char_boundary(*end));
    ends.filter_map(|end| text.get(..end)?.parse().ok()).next().unwrap_or(f64::NEG_INFINITY)
}

/// The sign, then the unit, then the number: `1K` is more than `1023` (human_numcompare, find_unit_order).
fn compare_sizes(left: &str, right: &str) -> Ordering {
    let parts = |text: &str| {
        let number = leading_number(text);
        let behind = text.trim_start().trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '-');
        let unit = behind.chars().next().and_then(|unit| "KMGTPEZYRQ".find(if unit == 'k' { 'K' } else { unit }));
        let unit = unit.filter(|_| number != 0.0).map_or(0, |at| at as i32 + 1);
        (if number < 0.0 { -unit } else { unit }, number)
    };
    let ((unit, number), (other_unit, other)) = (parts(left), parts(right));
    unit.cmp(&other_unit).then_with(|| number.total_cmp(&other))
}

/// Digits as numbers, everything else sign by sign: `~` stands before the end, the end before letters, letters before the rest
/// (gnulib, filevercmp.c).
fn compare_versions(left: &str, right: &str) -> Ordering {
    let rank = |sign: Option<char>| match sign {
        Some('~') => (0, '~'),
        None => (1, '\0'),
        Some(digit) if digit.is_ascii_digit() => (1, '\0'),
        Some(letter) if letter.is_ascii_alphabetic() => (2, letter),
        Some(other) => (3, other),
    };
    let (mut left, mut right) = (left, right);
    while !(left.is_empty() && right.is_empty()) {
        // 1. Signs up to a digit in both.
        let (own, other) = (left.chars().next(), right.chars().next());
        let is_digit = |sign: Option<char>| sign.is_some_and(|sign| sign.is_ascii_digit());
        if !(is_digit(own) && is_digit(other)) {
            let found = rank(own).cmp(&rank(other));
            if found != Ordering::Equal {
                return found;
            }
            let behind = |text: &'_ str, sign: Option<char>| text.len() - sign.map_or(0, char::len_utf8);
            // A digit against the end: the shorter one stands first.
            if is_digit(own) != is_digit(other) {
                return left.len().cmp(&right.len());
            }
            let (own, other) = (behind(left, own), behind(right, other));
            left = left.get(left.len() - own..).unwrap_or_default();
            right = right.get(right.len() - other..).unwrap_or_default();
            continue;
        }
        // 2. Numbers.
        let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, rest) = left.split_at_checked(digits(left)).unwrap_or((left, ""));
        let (other, other_rest) = right.split_at_checked(digits(right)).unwrap_or((right, ""));
        let (number, other) = (number.trim_start_matches('0'), other.trim_start_matches('0'));
        let found = number.len().cmp(&other.len()).then_with(|| number.cmp(other));
        if found != Ordering::Equal {
            return found;
        }
        (left, right) = (rest, other_rest);
    }
    Ordering::Equal
}
