//! Values of conditions: `*` stands for any characters, `?` for one, and a backslash takes both as they are
//! (docs.aws.amazon.com/elasticloadbalancing, condition types for listener rules).

/// Whether a text fits a value with wildcards.
pub fn fits(value: &str, text: &str, ignore_case: bool) -> bool {
    let same = |one: char, other: char| one == other || ignore_case && one.eq_ignore_ascii_case(&other);
    let parts = parts(value);
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut place) = (0, 0);
    // Where to go on if what follows the last `*` doesn't fit: behind it, one character further.
    let mut back: Option<(usize, usize)> = None;
    loop {
        match (parts.get(at), text.get(place)) {
            (None, None) => return true,
            (Some(WildcardPart::Any), _) => {
                back = Some((at + 1, place));
                at += 1;
            }
            (Some(WildcardPart::One), Some(_)) => (at, place) = (at + 1, place + 1),
            (Some(WildcardPart::Letter(letter)), Some(found)) if same(*letter, *found) => {
                (at, place) = (at + 1, place + 1);
            }
            _ => match back {
                Some((behind, from)) if from < text.len() => {
                    back = Some((behind, from + 1));
                    (at, place) = (behind, from + 1);
                }
                _ => return false,
            },
        }
    }
}

/// How many wildcards a value has.
pub fn count(value: &str) -> usize {
    parts(value).iter().filter(|part| !matches!(part, WildcardPart::Letter(_))).count()
}

enum WildcardPart {
    Any,
    One,
    Letter(char),
}

fn parts(value: &str) -> Vec<WildcardPart> {
    let mut characters = value.chars();
    let mut parts = Vec::new();
    while let Some(character) = characters.next() {
        parts.push(match character {
            '*' => WildcardPart::Any,
            '?' => WildcardPart::One,
            '\\' => WildcardPart::Letter(characters.next().unwrap_or('\\')),
            other => WildcardPart::Letter(other),
        });
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards() {
        for (value, text, expected) in [
            ("/img/*", "/img/", true),
            ("/img/*", "/img", false),
            ("/img/*/pics", "/img/a/b/pics", true),
            ("/a?c", "/abc", true),
            ("/a?c", "/ac", false),
            ("*.example.com", "example.com", false),
            ("a\\*b", "a*b", true),
            ("a\\*b", "axb", false),
            ("*", "", true),
        ] {
            assert_eq!(fits(value, text, false), expected, "{value} {text}");
        }
        assert!(fits("*.EXAMPLE.com", "shop.example.COM", true));
    }
}
