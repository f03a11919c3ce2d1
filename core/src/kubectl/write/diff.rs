//! `diff -f` (pkg/cmd/diff): what apply would change, as `diff -u -N` shows it.

use serde_json::Value;

use super::apply::carry_over;
use super::{KubectlView, Output, UsageError, WriteCommand, WriteResult};
use crate::kubectl::documents::written_object;
use crate::kubectl::{api, resource};
use crate::yaml;

/// How many lines around a change are shown.
const CONTEXT: usize = 3;
/// Longer texts than this are shown as taken away and added as a whole.
const MAX_LINES: usize = 3000;

pub fn diff(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    if !write.reads_files() {
        return Err(UsageError::of_tool(2, "error: must specify one of -f and -k"));
    }
    let mut text = String::new();
    for document in write.documents(view)? {
        let reference = &document.reference;
        let kind = resource::resource_by_name(view, &document.singular)?;
        let namespace = reference.namespace.as_deref().unwrap_or_default();
        let live = written_object(view, reference).map(|written| {
            let live = api::object(view, &kind, namespace, &reference.name);
            let mut merged = live.clone();
            carry_over(&mut merged, &written, &document.object);
            (live, merged)
        });
        let (before, after) = match live {
            Some((live, merged)) => (shown(&live), shown(&merged)),
            None => (String::new(), shown(&document.object)),
        };
        let version = document.object.get("apiVersion").and_then(Value::as_str).unwrap_or_default().replace('/', ".");
        let name = [&version, &*reference.kind, namespace, &*reference.name].join(".");
        text.push_str(&unified(&name, &before, &after));
    }
    let exit = i32::from(!text.is_empty());
    Ok((Output { stdout: Some(text), stderr: String::new(), exit }, Vec::new()))
}

/// Status is none of apply's business.
fn shown(object: &Value) -> String {
    let mut object = object.clone();
    object.as_object_mut().into_iter().for_each(|map| drop(map.remove("status")));
    yaml::write(&object)
}

/// A line of a difference.
#[derive(Clone, Copy, PartialEq, Eq)]
enum DiffLine<'t> {
    Same(&'t str),
    Removed(&'t str),
    Added(&'t str),
}

/// The folders' names are drawn anew by kubectl each time; the times are those of the beginning of every session.
fn unified(name: &str, before: &str, after: &str) -> String {
    if before == after {
        return String::new();
    }
    const TIME: &str = "2026-01-01 00:00:00.000000000 +0000";
    let (live, merged) = (format!("/tmp/LIVE-1000000000/{name}"), format!("/tmp/MERGED-2000000000/{name}"));
    let mut text = format!("diff -u -N {live} {merged}\n--- {live}\t{TIME}\n+++ {merged}\t{TIME}\n");
    let lines = diff_lines(&before.lines().collect::<Vec<_>>(), &after.lines().collect::<Vec<_>>());
    for (start, end) in hunks(&lines) {
        text.push_str(&hunk_text(&lines, start, end));
    }
    text
}

/// By the longest common subsequence, from the ends of both.
fn diff_lines<'t>(before: &[&'t str], after: &[&'t str]) -> Vec<DiffLine<'t>> {
    let removed = || before.iter().copied().map(DiffLine::Removed);
    if before.len().max(after.len()) > MAX_LINES {
        return removed().chain(after.iter().copied().map(DiffLine::Added)).collect();
    }
    // 1. How long what is common from each pair of lines on is.
    let width = after.len() + 1;
    let mut lengths = vec![0_u32; (before.len() + 1) * width];
    let at = |row: usize, column: usize| row * width + column;
    for row in (0..before.len()).rev() {
        for column in (0..after.len()).rev() {
            let get = |index: usize| lengths.get(index).copied().unwrap_or(0);
            let length = if before.get(row) == after.get(column) {
                get(at(row + 1, column + 1)) + 1
            } else {
                get(at(row + 1, column)).max(get(at(row, column + 1)))
            };
            lengths.get_mut(at(row, column)).into_iter().for_each(|cell| *cell = length);
        }
    }
    // 2. The way along the longest.
    let (mut all, mut row, mut column) = (Vec::new(), 0, 0);
    loop {
        let get = |index: usize| lengths.get(index).copied().unwrap_or(0);
        match (before.get(row), after.get(column)) {
            (None, None) => return all,
            (Some(old), Some(new)) if old == new => {
                all.push(DiffLine::Same(old));
                (row, column) = (row + 1, column + 1);
            }
            (Some(old), new) if new.is_none() || get(at(row + 1, column)) >= get(at(row, column + 1)) => {
                all.push(DiffLine::Removed(old));
                row += 1;
            }
            (_, Some(new)) => {
                all.push(DiffLine::Added(new));
                column += 1;
            }
            (Some(_), None) => row += 1,
        }
    }
}

/// From where to where lines are shown: changes with what is around them.
fn hunks(lines: &[DiffLine<'_>]) -> Vec<(usize, usize)> {
    let mut all: Vec<(usize, usize)> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if matches!(line, DiffLine::Same(_)) {
            continue;
        }
        let (start, end) = (at.saturating_sub(CONTEXT), (at + 1 + CONTEXT).min(lines.len()));
        match all.last_mut() {
            Some((_, last)) if start <= *last => *last = end,
            _ => all.push((start, end)),
        }
    }
    all
}

/// `@@ -1,7 +1,8 @@` and the lines.
fn hunk_text(lines: &[DiffLine<'_>], start: usize, end: usize) -> String {
    let old = |lines: &[DiffLine<'_>]| lines.iter().filter(|line| !matches!(line, DiffLine::Added(_))).count();
    let new = |lines: &[DiffLine<'_>]| lines.iter().filter(|line| !matches!(line, DiffLine::Removed(_))).count();
    let (before, shown) = (lines.get(..start).unwrap_or_default(), lines.get(start..end).unwrap_or_default());
    let range = |first: usize, count: usize| match count {
        0 => format!("{first},0"),
        1 => (first + 1).to_string(),
        count => format!("{},{count}", first + 1),
    };
    let mut text = format!("@@ -{} +{} @@\n", range(old(before), old(shown)), range(new(before), new(shown)));
    for line in shown {
        let (sign, line) = match line {
            DiffLine::Same(line) => (' ', line),
            DiffLine::Removed(line) => ('-', line),
            DiffLine::Added(line) => ('+', line),
        };
        text.push_str(&format!("{sign}{line}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::unified;

    #[test]
    fn differences_are_shown_as_diff_shows_them() {
        let text = unified("x", "a\nb\nc\nd\ne\nf\n", "a\nb\nc\nD\ne\nf\n");
        assert!(text.ends_with("@@ -1,6 +1,6 @@\n a\n b\n c\n-d\n+D\n e\n f\n"), "{text}");
        assert!(unified("x", "", "a\n").ends_with("@@ -0,0 +1 @@\n+a\n"));
        assert_eq!(unified("x", "a\n", "a\n"), "");
    }
}
