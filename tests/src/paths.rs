//! The paths that a document names in backticks: what looks like one must exist.

use std::path::Path;

/// Endings that make a word a path, even without a slash.
const ENDINGS: [&str; 3] = [".rs", ".toml", ".md"];

/// Folders that names may start from, beside the top: `walk.rs` is `core/src/walk.rs`.
const BASES: [&str; 4] = ["", "core/src", "web/src", "tests"];

/// What building makes; a fresh clone doesn't have it.
const GENERATED: [&str; 3] = ["dist", "target", "node_modules"];

/// The paths in a Markdown text that lead nowhere, with their lines.
pub fn missing(text: &str, root: &Path) -> Vec<(usize, String)> {
    let named = text.lines().zip(1..).flat_map(|(line, number)| {
        // Every second piece stands between backticks.
        line.split('`').skip(1).step_by(2).map(move |word| (number, word))
    });
    named
        .filter(|(_, word)| is_path(word) && !exists(word, root))
        .map(|(number, word)| (number, word.to_owned()))
        .collect()
}

fn is_path(word: &str) -> bool {
    let is_plain = word.chars().all(|c| c.is_ascii_alphanumeric() || "._-/*".contains(c));
    let looks_so = word.contains('/') || ENDINGS.iter().any(|ending| word.ends_with(ending));
    is_plain && looks_so && !word.starts_with('/') && !is_api_version(word) && !is_generated(word)
}

/// `networking.k8s.io/v1`, `apps/v1`
fn is_api_version(word: &str) -> bool {
    let version = word.rsplit_once('/').and_then(|(_, version)| version.strip_prefix('v'));
    version.is_some_and(|version| version.starts_with(|c: char| c.is_ascii_digit()))
}

fn is_generated(word: &str) -> bool {
    word.split('/').any(|part| GENERATED.contains(&part))
}

/// Of a pattern (`core/src/*.rs`), the folder.
fn exists(word: &str, root: &Path) -> bool {
    let fixed = match word.find('*') {
        Some(star) => word[..star].rsplit_once('/').map_or("", |(folder, _)| folder),
        None => word,
    };
    BASES.iter().any(|base| root.join(base).join(fixed).exists())
}

#[cfg(test)]
mod tests {
    use super::missing;
    use crate::repository::root;

    fn check(text: &str, expected: &[(usize, &str)]) {
        let found = missing(text, &root());
        let found: Vec<_> = found.iter().map(|(line, path)| (*line, path.as_str())).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn a_path_that_exists_is_fine() {
        check("`core/src/lib.rs`, `core/` and `lib.rs` in `core/src/*.rs`; `Cargo.toml`", &[]);
    }

    #[test]
    fn a_path_that_does_not_exist_is_found() {
        check("all is in\n`core/src/nowhere.rs`", &[(2, "core/src/nowhere.rs")]);
        check(
            "`nowhere.md` and `nowhere/`, `nowhere/*.rs`",
            &[(1, "nowhere.md"), (1, "nowhere/"), (1, "nowhere/*.rs")],
        );
    }

    #[test]
    fn what_is_no_path_is_left_alone() {
        check(
            "`cargo xtask test`, `networking.k8s.io/v1`, `/cart`, `http://a/b`, `a::b`, `dist/`, `spec.ports[0]`",
            &[],
        );
        check("core/src/nowhere.rs without backticks", &[]);
    }
}
