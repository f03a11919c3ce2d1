//! Go's expressions (regexp/syntax) where regex-lite reads them otherwise: braces that are no repetition are literal there,
//! and a repetition of a repetition is refused.

/// What Go has and regex-lite hasn't: Unicode classes, the swapped greed.
const BEYOND: &[&str] = &["\\p", "\\P", "(?U", "(?s-", "[[:^"];

/// The letters that Go takes behind a backslash (regexp/syntax, parseEscape and parsePerlClassEscape).
const ESCAPES: &str = "afnrtvxAbBzdDsSwW";

/// Whether only regex-lite can't run it.
pub(super) fn is_beyond_reach(source: &str) -> bool {
    BEYOND.iter().any(|beyond| source.contains(beyond))
}

/// The expression as regex-lite takes it; None if Go refuses it.
pub(super) fn rewrite(source: &str) -> Option<String> {
    let mut rewritten = String::with_capacity(source.len());
    let mut rest = source;
    let mut in_class = false;
    let mut is_repeated = false;
    while let Some(character) = rest.chars().next() {
        let behind = rest.get(character.len_utf8()..)?;
        // 1. An escape is written anew.
        if character == '\\' {
            rest = rewrite_escape(&mut rewritten, behind, in_class)?;
            is_repeated = false;
            continue;
        }
        // 2. Flags that only regex-lite knows.
        if character == '('
            && !in_class
            && behind.strip_prefix('?').is_some_and(|group| group.starts_with(['x', 'R', 'u']))
        {
            return None;
        }
        rest = behind;
        // 3. A class stays as it is.
        if in_class {
            in_class = character != ']' || rewritten.ends_with('[') || rewritten.ends_with("[^");
            rewritten.push(character);
            continue;
        }
        // 4. Braces that are no repetition are literal; repeating what is repeated is refused.
        let repetition = if character == '{' { read_repetition(behind) } else { None };
        match (character, repetition) {
            ('{', Some((_, true))) => return None,
            ('{', Some((length, false))) if !is_repeated => {
                let (bounds, after) = behind.split_at_checked(length)?;
                rewritten.push('{');
                rewritten.push_str(bounds);
                rest = after;
                is_repeated = true;
            }
            ('{', Some(_)) => return None,
            ('{' | '}', None) => {
                rewritten.extend(['\\', character]);
                is_repeated = false;
            }
            ('*' | '+' | '?', _) if is_repeated && !(character == '?' && is_greedy(&rewritten)) => return None,
            ('*' | '+' | '?', _) => {
                rewritten.push(character);
                is_repeated = true;
            }
            _ => {
                in_class = character == '[';
                is_repeated = false;
                rewritten.push(character);
            }
        }
    }
    Some(rewritten)
}

/// What follows a backslash, written as regex-lite reads it; gives what stands behind. None if Go refuses it.
fn rewrite_escape<'t>(rewritten: &mut String, behind: &'t str, in_class: bool) -> Option<&'t str> {
    let escaped = behind.chars().next()?;
    let after = behind.get(escaped.len_utf8()..)?;
    let octal = behind.bytes().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
    match escaped {
        // Literal up to \E, or to the end.
        'Q' if !in_class => {
            let (literal, after) = after.split_once("\\E").unwrap_or((after, ""));
            rewritten.push_str(&regex_lite::escape(literal));
            Some(after)
        }
        '0'..='7' if escaped == '0' || octal > 1 => {
            let (digits, after) = behind.split_at_checked(octal)?;
            rewritten.push_str(&format!("\\x{{{:x}}}", u32::from_str_radix(digits, 8).ok()?));
            Some(after)
        }
        'x' if after.starts_with('{') => {
            let (digits, after) = after.split_at_checked(after.find('}')? + 1)?;
            rewritten.push_str("\\x");
            rewritten.push_str(digits);
            Some(after)
        }
        _ if escaped.is_ascii_punctuation() || escaped == ' ' || ESCAPES.contains(escaped) => {
            rewritten.extend(['\\', escaped]);
            Some(after)
        }
        _ => None,
    }
}

/// Whether the last repetition can still be made lazy by a question mark.
fn is_greedy(rewritten: &str) -> bool {
    let mut last = rewritten.chars().rev();
    match (last.next(), last.next()) {
        (Some('?'), Some(before)) => !matches!(before, '*' | '+' | '?' | '}'),
        _ => true,
    }
}

/// `2,3}` behind a brace: its length, and whether a number is beyond Go's 1000; None where it is no repetition.
fn read_repetition(text: &str) -> Option<(usize, bool)> {
    let end = text.find('}')?;
    let bounds = text.get(..end)?;
    let (least, most) = bounds.split_once(',').unwrap_or((bounds, bounds));
    let is_number = |number: &str| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let valid = is_number(least) && (most.is_empty() || is_number(most));
    let is_large = |number: &str| !number.is_empty() && number.parse::<u32>().is_ok_and(|number| number > 1000);
    let shrinks = match (least.parse::<u32>(), most.parse::<u32>()) {
        (Ok(least), Ok(most)) => least > most,
        _ => false,
    };
    valid.then_some((end + 1, is_large(least) || is_large(most) || shrinks))
}
