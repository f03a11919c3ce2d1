//! What a terminal would obey or turn around is written out, as JSON writes it: `\u001b`. Names and texts come from files of
//! others, and none of them moves a cursor, sets a title or shows letters in another order.

use std::borrow::Cow;

/// The text with nothing that a terminal obeys but line breaks and tabs, and colours where we write some ourselves.
pub fn written_out(text: &str, coloured: bool) -> Cow<'_, str> {
    if !text.chars().any(|letter| is_obeyed(letter) && letter != '\n' && letter != '\t') {
        return Cow::Borrowed(text);
    }
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if let Some(length) = colour(rest).filter(|_| coloured) {
            let (own, behind) = rest.split_at(length);
            written.push_str(own);
            rest = behind;
            continue;
        }
        rest = &rest[letter.len_utf8()..];
        // The line breaks of HTTP stay.
        let stays = !is_obeyed(letter) || matches!(letter, '\n' | '\t') || letter == '\r' && rest.starts_with('\n');
        if stays {
            written.push(letter);
        } else {
            written.push_str(&format!("\\u{:04x}", u32::from(letter)));
        }
    }
    Cow::Owned(written)
}

/// Control characters of both kinds, what changes the direction of text, and what no text has (and XML forbids).
fn is_obeyed(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}')
}

/// How long a colour is that stands at the start: ESC, a bracket, numbers, m. Hidden letters (8) are no colour.
fn colour(text: &str) -> Option<usize> {
    let numbers = text.strip_prefix("\x1b[")?;
    let (numbers, _) = numbers.split_once('m')?;
    let is_number =
        |number: &str| number.len() <= 3 && number.bytes().all(|byte| byte.is_ascii_digit()) && number != "8";
    numbers.split(';').all(is_number).then_some(numbers.len() + 3)
}

#[cfg(test)]
mod tests {
    use super::written_out;

    #[test]
    fn only_our_colours_stay() {
        assert_eq!(
            written_out("a\tb\r\n\u{9b}2J\x1b]0;x\x07\u{202e}", true),
            "a\tb\r\n\\u009b2J\\u001b]0;x\\u0007\\u202e"
        );
        assert_eq!(written_out("\x1b[1;31mred\x1b[0m", true), "\x1b[1;31mred\x1b[0m");
        assert_eq!(written_out("\x1b[1;31mred\x1b[8mhidden", false), "\\u001b[1;31mred\\u001b[8mhidden");
        assert_eq!(written_out("\x1b[8mhidden\rx", true), "\\u001b[8mhidden\\u000dx");
    }
}
