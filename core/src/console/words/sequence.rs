//! Several commands in one line, one after the other: `a && b; c`.

/// When a command runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joint {
    /// Behind `;`, or first.
    Always,
    /// Behind `&&`: if the one before it succeeded.
    Success,
}

/// The commands of a line. What quotes or a backslash protect joins nothing; an empty command behind the last `;` is none.
pub fn sequence(line: &str) -> Vec<(Joint, &str)> {
    let mut commands = Vec::new();
    let (mut start, mut joint, mut quote, mut escaped) = (0, Joint::Always, None, false);
    for (at, character) in line.char_indices() {
        if escaped {
            escaped = false;
            continue;
        }
        let rest = line.get(at..).unwrap_or_default();
        let next = match (quote, character) {
            (Some(open), character) if open == character => {
                quote = None;
                continue;
            }
            (None | Some('"'), '\\') => {
                escaped = true;
                continue;
            }
            (Some(_), _) => continue,
            (None, '"' | '\'') => {
                quote = Some(character);
                continue;
            }
            _ if at < start => continue,
            (None, ';') => (Joint::Always, 1),
            _ if rest.starts_with("&&") => (Joint::Success, 2),
            _ => continue,
        };
        commands.push((joint, line.get(start..at).unwrap_or_default()));
        (joint, start) = (next.0, at + next.1);
    }
    let last = line.get(start..).unwrap_or_default();
    if !last.trim().is_empty() || commands.is_empty() || joint == Joint::Success {
        commands.push((joint, last));
    }
    commands
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_joined_outside_quotes() {
        let commands = |line| sequence(line).into_iter().map(|(_, command)| command.trim()).collect::<Vec<_>>();
        assert_eq!(commands("a && b 'c; d' ; e \"f && g\" \\; h;"), ["a", "b 'c; d'", "e \"f && g\" \\; h"]);
        assert_eq!(commands("curl -s a >/dev/null 2>&1"), ["curl -s a >/dev/null 2>&1"]);
        assert_eq!(
            sequence("a; b && c").iter().map(|(joint, _)| *joint).collect::<Vec<_>>(),
            [Joint::Always, Joint::Always, Joint::Success]
        );
        assert_eq!(commands(""), [""]);
    }
}
