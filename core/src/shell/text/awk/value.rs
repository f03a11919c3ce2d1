//! awk's values, how texts are taken apart, and printf.

use regex_lite::Regex;

use super::super::pattern::{PatternMatching, PatternSyntax, compile_pattern};
use super::parser::number_end;

/// A value: a number, a text, or a text from outside that counts as a number where it looks like one.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum AwkValue {
    #[default]
    Unset,
    Number(f64),
    Text(String),
    Input(String),
}

impl AwkValue {
    pub fn text(&self) -> String {
        match self {
            Self::Unset => String::new(),
            Self::Number(number) => number_text(*number),
            Self::Text(text) | Self::Input(text) => text.clone(),
        }
    }

    pub fn number(&self) -> f64 {
        match self {
            Self::Unset => 0.0,
            Self::Number(number) => *number,
            Self::Text(text) | Self::Input(text) => leading_number(text),
        }
    }

    /// What it is as a number, where it is one.
    pub fn numeric(&self) -> Option<f64> {
        match self {
            Self::Unset => Some(0.0),
            Self::Number(number) => Some(*number),
            Self::Text(_) => None,
            Self::Input(text) => text.trim().parse().ok(),
        }
    }

    pub fn is_true(&self) -> bool {
        match (self.numeric(), self) {
            (Some(number), _) => number != 0.0,
            (None, value) => !value.text().is_empty(),
        }
    }
}

/// The number that a text begins with.
fn leading_number(text: &str) -> f64 {
    let text = text.trim_start();
    let sign = text.len() - text.strip_prefix(['+', '-']).unwrap_or(text).len();
    let end = sign + number_end(text.get(sign..).unwrap_or_default());
    text.get(..end).and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// `%.6g`, and whole numbers in full.
fn number_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e30 { format!("{number:.0}") } else { format_g(number, 6) }
}

fn format_g(number: f64, digits: usize) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    let exponent = number.abs().log10().floor() as i32;
    if exponent < -4 || exponent >= digits as i32 {
        let text = format_e(number, digits.saturating_sub(1));
        let (mantissa, power) = text.split_once('e').unwrap_or((&text, "+00"));
        let mantissa =
            if mantissa.contains('.') { mantissa.trim_end_matches('0').trim_end_matches('.') } else { mantissa };
        return format!("{mantissa}e{power}");
    }
    let text = format!("{number:.*}", (digits as i32 - 1 - exponent).max(0) as usize);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// `%e`, as C writes it: the exponent has a sign and two digits at least.
fn format_e(number: f64, digits: usize) -> String {
    let text = format!("{number:.digits$e}");
    let (mantissa, power) = text.split_once('e').unwrap_or((&text, "0"));
    let power: i32 = power.parse().unwrap_or_default();
    format!("{mantissa}e{}{:02}", if power < 0 { '-' } else { '+' }, power.abs())
}

pub fn regex(text: &str) -> Option<Regex> {
    compile_pattern(text, PatternMatching { syntax: PatternSyntax::Extended, ..PatternMatching::default() })
}

/// Lines, or paragraphs where the separator is empty.
pub fn records<'t>(text: &'t str, separator: &str) -> Vec<&'t str> {
    match separator {
        "\n" => text.lines().collect(),
        "" => text.split("\n\n").map(|part| part.trim_matches('\n')).filter(|part| !part.is_empty()).collect(),
        separator => text.trim_end_matches('\n').split(separator).collect(),
    }
}

/// A blank stands for any number of them, one sign for itself, more for a pattern.
pub fn split_text(text: &str, separator: &str) -> Vec<String> {
    if text.is_empty() {
        return Vec::new();
    }
    let parts: Vec<&str> = match separator {
        " " => text.split_whitespace().collect(),
        "" => return text.chars().map(String::from).collect(),
        "\\t" => text.split('\t').collect(),
        "\\|" => text.split('|').collect(),
        separator if separator.chars().count() == 1 => text.split(separator).collect(),
        separator => match regex(separator) {
            Some(pattern) => pattern.split(text).collect(),
            None => text.split(separator).collect(),
        },
    };
    parts.into_iter().map(str::to_owned).collect()
}

/// `&` in the new text is what was found.
pub fn substituted(pattern: &Regex, by: &str, text: &str, everywhere: bool) -> (String, usize) {
    let (mut out, mut at, mut count) = (String::new(), 0, 0);
    for found in pattern.find_iter(text).take(if everywhere { usize::MAX } else { 1 }) {
        out.push_str(text.get(at..found.start()).unwrap_or_default());
        let marked = by.replace("\\\\&", "\u{1}").replace("\\&", "\u{1}");
        out.push_str(&marked.replace('&', found.as_str()).replace('\u{1}', "&"));
        at = found.end();
        count += 1;
    }
    (out + text.get(at..).unwrap_or_default(), count)
}

/// printf: the first value is the format, those behind it fill it in once.
pub fn format_text(values: &[AwkValue]) -> String {
    let Some((format, values)) = values.split_first() else { return String::new() };
    let format = format.text();
    let (mut out, mut values) = (String::new(), values.iter());
    let mut rest = format.as_str();
    while let Some((before, behind)) = rest.split_once('%') {
        out.push_str(before);
        let end = behind.find(|c: char| c.is_ascii_alphabetic() || c == '%').unwrap_or(behind.len());
        let (flags, behind) = behind.split_at_checked(end).unwrap_or((behind, ""));
        let mut letters = behind.chars();
        let letter = letters.next();
        rest = letters.as_str();
        if letter == Some('%') {
            out.push('%');
            continue;
        }
        let mut flags = flags.to_owned();
        while flags.contains('*') {
            let width = values.next().map_or(0.0, AwkValue::number);
            flags = flags.replacen('*', &format!("{width:.0}"), 1);
        }
        let value = values.next().cloned().unwrap_or_default();
        out.push_str(&one_formatted(&flags, letter.unwrap_or('s'), &value));
    }
    out + rest
}

fn one_formatted(flags: &str, letter: char, value: &AwkValue) -> String {
    // 1. Width and precision.
    let (width, precision) =
        flags.split_once('.').map_or((flags, None), |(width, precision)| (width, precision.parse::<usize>().ok()));
    // 2. The value, as the letter asks.
    let number = value.number();
    let text = match letter {
        'd' | 'i' => format!("{:.0}", number.trunc()),
        'f' | 'F' => format!("{number:.*}", precision.unwrap_or(6)),
        'e' => format_e(number, precision.unwrap_or(6)),
        'g' => format_g(number, precision.unwrap_or(6)),
        'x' => format!("{:x}", number as i64),
        'X' => format!("{:X}", number as i64),
        'o' => format!("{:o}", number as i64),
        'c' => match value {
            AwkValue::Number(code) => char::from_u32(*code as u32).map(String::from).unwrap_or_default(),
            other => other.text().chars().take(1).collect(),
        },
        _ => value.text().chars().take(precision.unwrap_or(usize::MAX)).collect(),
    };
    let text = if width.contains('+') && number >= 0.0 && "difeg".contains(letter) { format!("+{text}") } else { text };
    // 3. Filled up: to the left, with zeros, or with blanks.
    let size: usize = width.trim_start_matches(['-', '+', ' ', '#', '0']).parse().unwrap_or_default();
    let fill = size.min(1000).saturating_sub(text.chars().count());
    let is_number = letter != 's' && letter != 'c';
    match (width.contains('-'), is_number && width.trim_start_matches('+').starts_with('0')) {
        (true, _) => text + &" ".repeat(fill),
        (false, true) => match text.strip_prefix('-') {
            Some(positive) => format!("-{}{positive}", "0".repeat(fill)),
            None => "0".repeat(fill) + &text,
        },
        (false, false) => " ".repeat(fill) + &text,
    }
}
