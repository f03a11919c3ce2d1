//! `test` and `[`: texts and numbers (POSIX test). Files aren't looked at.

use super::super::stream::CommandOutput;

/// Whether it holds: status 0 or 1, 2 for what isn't understood.
pub fn test(args: &[String]) -> CommandOutput {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match holds(&words) {
        Some(true) => CommandOutput::status(0),
        Some(false) => CommandOutput::status(1),
        None => CommandOutput::failure(2, format!("sh: test: `{}` isn't understood here", args.join(" "))),
    }
}

fn holds(words: &[&str]) -> Option<bool> {
    // 1. `-o` binds less than `-a`.
    for (sign, whole) in [("-o", true), ("-a", false)] {
        if let Some(at) = words.iter().position(|word| *word == sign).filter(|at| *at > 0) {
            let (left, right) = (words.get(..at)?, words.get(at + 1..)?);
            let (left, right) = (holds(left)?, holds(right)?);
            return Some(if whole { left || right } else { left && right });
        }
    }
    // 2. One test.
    match words {
        [] => Some(false),
        [word] => Some(!word.is_empty()),
        ["!", rest @ ..] => holds(rest).map(|holds| !holds),
        ["-n", word] => Some(!word.is_empty()),
        ["-z", word] => Some(word.is_empty()),
        [left, "=" | "==", right] => Some(left == right),
        [left, "!=", right] => Some(left != right),
        [left, sign, right] => {
            let (left, right): (i64, i64) = (left.trim().parse().ok()?, right.trim().parse().ok()?);
            match *sign {
                "-eq" => Some(left == right),
                "-ne" => Some(left != right),
                "-lt" => Some(left < right),
                "-le" => Some(left <= right),
                "-gt" => Some(left > right),
                "-ge" => Some(left >= right),
                _ => None,
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_numbers() {
        let exit = |line: &str| test(&line.split(' ').map(str::to_owned).collect::<Vec<_>>()).exit;
        let lines = ["a = a", "a = b", "3 -gt 2", "! -z x", "-z x -o 1 -eq 1", "a -foo b"];
        assert_eq!(lines.map(exit), [0, 1, 0, 0, 0, 2]);
    }
}
