//! Words that are no verb: kubectl's own refusal, or that the verb isn't understood here.

use super::super::{UsageError, kubectl_error, unsupported_error};
use super::verb_names;

/// All verbs that kubectl has, in the order of its help.
#[rustfmt::skip]
const VERBS: [&str; 46] = [
    "create", "expose", "run", "set", "explain", "get", "edit", "delete",
    "rollout", "scale", "autoscale", "certificate", "cluster-info", "top", "cordon", "uncordon",
    "drain", "taint", "describe", "logs", "attach", "exec", "port-forward", "proxy",
    "cp", "auth", "debug", "events", "diff", "apply", "patch", "replace",
    "wait", "kustomize", "label", "annotate", "completion", "alpha", "api-resources", "api-versions",
    "config", "kuberc", "plugin", "version", "options", "help",
];

/// What is said of a word that is no verb here: kubectl's own words, with those that are near (cobra, SuggestionsFor), or, of
/// a verb that it has, that it isn't understood.
pub fn unknown_verb(word: &str) -> UsageError {
    let mut all = VERBS.iter();
    if word.is_empty() || all.clone().any(|verb| *verb == word) {
        let known: Vec<&str> = verb_names().collect();
        let known = known.join(", ");
        return unsupported_error(match word {
            "" => format!("kubectl: a verb is missing; these are understood: {known}"),
            word => format!("kubectl {word} isn't understood here: {known} are"),
        });
    }
    let near: String = all
        .by_ref()
        .filter(|verb| distance(word, verb) <= 2 || verb.starts_with(&word.to_lowercase()))
        .map(|verb| format!("\t{verb}\n"))
        .collect();
    let near = if near.is_empty() { String::new() } else { format!("\n\nDid you mean this?\n{}", near.trim_end()) };
    kubectl_error(format!("error: unknown command {word:?} for \"kubectl\"{near}"))
}

/// Levenshtein's distance.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (line, letter) in left.chars().enumerate() {
        let mut above_left = line;
        let mut previous = line + 1;
        let mut next = vec![previous];
        for (at, other) in right.iter().enumerate() {
            let above = row.get(at + 1).copied().unwrap_or_default();
            let cost = above_left + usize::from(letter != *other);
            previous = cost.min(above + 1).min(previous + 1);
            next.push(previous);
            above_left = above;
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_offered() {
        assert_eq!((distance("foo", "top"), distance("gte", "get"), distance("a", "abcd")), (2, 2, 3));
        assert_eq!(
            unknown_verb("foo").message,
            "error: unknown command \"foo\" for \"kubectl\"\n\nDid you mean this?\n\ttop"
        );
    }
}
