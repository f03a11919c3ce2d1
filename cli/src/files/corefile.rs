//! A Corefile by itself: it becomes CoreDNS' ConfigMap, in which the cluster has it.

use std::path::Path;

/// What stands in front of the Corefile's own lines.
const HEAD: &str =
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: coredns, namespace: kube-system}\ndata:\n  Corefile: |2\n";
const HEAD_LINES: u32 = 5;
const INDENT: &str = "    ";

/// Whether a file is a Corefile by its name.
pub fn is_corefile(name: &str) -> bool {
    let name = Path::new(name).file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name == "Corefile" || name.starts_with("Corefile.") || name.ends_with(".corefile")
}

/// Whether a text is a Corefile: it begins with a server block, such as `.:53 {`.
pub fn looks_like(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
    let head = lines.next().and_then(|line| line.strip_suffix('{')).unwrap_or_default();
    let is_zone = |word: &str| word.contains('.') && word.chars().all(|c| c.is_alphanumeric() || ".:-/,*".contains(c));
    !head.starts_with(' ') && !head.trim().is_empty() && head.split_whitespace().all(is_zone)
}

/// The ConfigMap that holds a Corefile.
pub fn config_map(text: &str) -> String {
    let lines = text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("{INDENT}{line}\n") });
    format!("{HEAD}{}", lines.collect::<String>())
}

/// A place in that ConfigMap as a place in the Corefile: line and column.
pub fn in_corefile(line: u32, column: u32) -> (u32, u32) {
    (line.saturating_sub(HEAD_LINES).max(1), column.saturating_sub(INDENT.len() as u32).max(1))
}
