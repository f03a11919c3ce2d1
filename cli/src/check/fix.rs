//! `check --fix`: the edits that findings bring, in the files that they stand in.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use whichpod_core::report::{CheckReport, FixReport};
use whichpod_core::simulation::Simulation;

use super::upgrade::{self, TextEdit};
use crate::{Unusable, files};

/// A file before and after.
struct MendedFile {
    name: String,
    before: String,
    after: String,
    fixes: usize,
}

/// Writes all files that can be mended; how many findings that mends.
pub fn write(simulation: &Simulation, report: &CheckReport) -> Result<usize, Unusable> {
    let mut mended = 0;
    for file in mended_files(simulation, report)? {
        std::fs::write(&file.name, &file.after).map_err(|error| Unusable(format!("{}: {error}", file.name)))?;
        mended += file.fixes;
    }
    Ok(mended)
}

/// What would be written, as `diff -u` shows it.
pub fn difference(simulation: &Simulation, report: &CheckReport) -> Result<String, Unusable> {
    let mut out = String::new();
    for file in mended_files(simulation, report)? {
        let _ = writeln!(out, "--- {0}\n+++ {0}", file.name);
        let (before, after): (Vec<&str>, Vec<&str>) = (file.before.lines().collect(), file.after.lines().collect());
        hunks(&mut out, &before, &after);
    }
    Ok(out)
}

fn mended_files(simulation: &Simulation, report: &CheckReport) -> Result<Vec<MendedFile>, Unusable> {
    // 1. The edits of each file that is a file.
    let mut edits: BTreeMap<&str, Vec<(&str, &FixReport)>> = BTreeMap::new();
    for finding in &report.diagnostics {
        if let (Some(file), Some(fix)) = (&finding.file, &finding.fix) {
            edits.entry(file).or_default().push((&finding.code, fix));
        }
    }
    let mut mended = Vec::new();
    for (name, fixes) in edits {
        if !Path::new(name).is_file() || files::is_corefile(name) {
            continue;
        }
        let Some((_, source)) = simulation.manifests.sources.iter().find(|(_, source)| *source.name == *name) else {
            continue;
        };
        let before = files::text(Path::new(name))?;
        // A World that the command line added stands behind the file's own text.
        if !source.text.starts_with(&before) {
            continue;
        }
        // 2. Each with what a new version needs besides.
        let mut changes: Vec<(TextEdit, usize)> = Vec::new();
        for (code, fix) in fixes {
            let place = |line, column| source.byte_at(line, column).filter(|at| *at <= before.len());
            let (Some(start), Some(end)) = (place(fix.line, fix.column), place(fix.end_line, fix.end_column)) else {
                continue;
            };
            changes.push((TextEdit { place: start..end, text: fix.replacement.clone() }, 1));
            if code == "no-matches" {
                changes.extend(upgrade::edits(&before, start).into_iter().map(|edit| (edit, 0)));
            }
        }
        changes.sort_by_key(|(edit, _)| (edit.place.start, edit.place.end));
        changes.dedup();
        // 3. Those that don't overlap, and what stands between them.
        let (mut after, mut made, mut from) = (String::new(), 0, 0);
        for (TextEdit { place, text }, mends) in changes {
            if from <= place.start && place.start <= place.end {
                after += &before[from..place.start];
                after += &text;
                (made, from) = (made + mends, place.end);
            }
        }
        after += &before[from..];
        mended.push(MendedFile { name: name.to_owned(), before, after, fixes: made });
    }
    Ok(mended)
}

/// The lines that differ, each run of them with three lines around.
fn hunks(out: &mut String, before: &[&str], after: &[&str]) {
    // 1. What is the same at both ends.
    const AROUND: usize = 3;
    let same_head = before.iter().zip(after).take_while(|(one, other)| one == other).count();
    let rest = before.len().min(after.len()) - same_head;
    let same_tail =
        before.iter().rev().zip(after.iter().rev()).take(rest).take_while(|(one, other)| one == other).count();
    // 2. The hunk's head: where it begins, and how many lines it has.
    let from = same_head.saturating_sub(AROUND);
    let (old_end, new_end) = (before.len() - same_tail, after.len() - same_tail);
    let behind = AROUND.min(same_tail);
    let (old_count, new_count) = (old_end + behind - from, new_end + behind - from);
    let _ = writeln!(out, "@@ -{},{old_count} +{},{new_count} @@", from + 1, from + 1);
    // 3. Lines before it.
    let mut say = |mark: char, lines: &[&str]| {
        lines.iter().for_each(|line| {
            let _ = writeln!(out, "{mark}{line}");
        });
    };
    say(' ', before.get(from..same_head).unwrap_or_default());
    // 4. What differs: line by line where there are as many, else all old ones before all new ones.
    if old_end - same_head == new_end - same_head {
        for (old, new) in before.iter().zip(after).take(old_end).skip(same_head) {
            if old == new {
                say(' ', &[old])
            } else {
                say('-', &[old]);
                say('+', &[new]);
            }
        }
    } else {
        say('-', before.get(same_head..old_end).unwrap_or_default());
        say('+', after.get(same_head..new_end).unwrap_or_default());
    }
    // 5. Lines behind it.
    say(' ', before.get(old_end..old_end + behind).unwrap_or_default());
}
