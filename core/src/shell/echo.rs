//! echo and printf.

use super::stream::CommandOutput;

/// `echo -n`, `echo -e`.
pub fn echo(args: &[String]) -> String {
    let is_option =
        |arg: &&String| arg.len() > 1 && arg.starts_with('-') && arg.chars().skip(1).all(|c| "neE".contains(c));
    let options = args.iter().take_while(is_option).count();
    let (options, words) = args.split_at_checked(options).unwrap_or_default();
    let has = |letter: char| options.iter().any(|option| option.contains(letter));
    let text = words.join(" ");
    let text = if has('e') { unescaped(&text) } else { text };
    if has('n') { text } else { text + "\n" }
}

/// The format again and again, until no argument is left (POSIX printf).
pub fn printf(args: &[String]) -> CommandOutput {
    // 1. The format, escapes resolved.
    let Some((format, args)) = args.split_first() else {
        return CommandOutput::failure(2, "sh: printf: usage: printf [-v var] format [arguments]");
    };
    let format = unescaped(format);
    let mut args = args.iter();
    let mut text = String::new();
    for _ in 0..1000 {
        let before = args.len();
        let mut characters = format.chars();
        while let Some(character) = characters.next() {
            // 2. What stands for itself.
            if character != '%' {
                text.push(character);
                continue;
            }
            // 3. A directive takes an argument, or none where they have run out.
            let mut width = String::new();
            loop {
                match characters.next() {
                    Some('%') => text.push('%'),
                    Some('s' | 'c') => text.push_str(&padded(args.next().map_or("", String::as_str), &width)),
                    Some('b') => text.push_str(&unescaped(args.next().map_or("", String::as_str))),
                    Some('d' | 'i' | 'u') => {
                        let number: i64 = args.next().and_then(|arg| arg.parse().ok()).unwrap_or_default();
                        text.push_str(&padded(&number.to_string(), &width));
                    }
                    Some(other @ ('-' | '0'..='9')) => {
                        width.push(other);
                        continue;
                    }
                    _ => return CommandOutput::failure(2, "sh: printf: this format isn't understood here"),
                }
                break;
            }
        }
        // 4. Once more while arguments are left.
        if args.len() == 0 || args.len() == before {
            break;
        }
    }
    CommandOutput::text(text)
}

fn padded(text: &str, width: &str) -> String {
    let fill = if width.starts_with('0') { '0' } else { ' ' };
    let (left, width) = (width.starts_with('-'), width.trim_start_matches('-').parse::<usize>().unwrap_or_default());
    let missing: String = std::iter::repeat_n(fill, width.min(1000).saturating_sub(text.chars().count())).collect();
    if left { format!("{text}{missing}") } else { format!("{missing}{text}") }
}

/// `\n`, `\t` and the like.
pub fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            out.push(character);
            continue;
        }
        match characters.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('\\') => out.push('\\'),
            Some('"') => out.push('"'),
            Some('e') => out.push('\u{1b}'),
            Some('0') => {}
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split('|').map(str::to_owned).collect()
    }

    #[test]
    fn as_shells_print() {
        assert_eq!(echo(&words("-n|a|b")), "a b");
        assert_eq!(echo(&words(r"-e|a\tb")), "a\tb\n");
        assert_eq!(printf(&words(r"%s=%d\n|a|1|b|2")).text, "a=1\nb=2\n");
        assert_eq!(printf(&words("%-4s%3d%%|a|7")).text, "a     7%");
    }
}
