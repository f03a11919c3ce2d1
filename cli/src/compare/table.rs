//! Answers side by side as text: a column per controller, a row per aspect, `≠` before those that differ.

use std::fmt::Write;

use whichpod_core::report::{ComparedAspect, ControllerComparison};

/// How wide a column may be before its lines are broken at spaces.
const WIDEST: usize = 52;
/// How many lines a cell shows before the rest is counted.
const LINES: usize = 8;

/// `trace --as … --as …`
pub fn text(comparison: &ControllerComparison, command: &str, from: &str) -> String {
    let mut out = format!("{from} $ {command}\n\n");
    let heads = comparison.answers.iter().map(|answer| vec![answer.controller.clone()]).collect();
    let rows: Vec<(String, Vec<Vec<String>>)> = std::iter::once((String::new(), heads))
        .chain(comparison.aspects.iter().map(|aspect| (label(aspect), cells(aspect))))
        .collect();
    let width_of = |column: usize| {
        let lines = rows.iter().filter_map(move |(_, cells)| cells.get(column)).flatten();
        lines.map(|line| line.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..comparison.answers.len()).map(width_of).collect();
    let first = rows.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0);
    for (label, cells) in &rows {
        let height = cells.iter().map(Vec::len).max().unwrap_or(0);
        for line in 0..height {
            let mut row = format!("{:first$}", if line == 0 { label.as_str() } else { "" });
            for (cell, width) in cells.iter().zip(&widths) {
                let empty = if line == 0 { "-" } else { "" };
                let _ = write!(row, "  {:width$}", cell.get(line).map_or(empty, String::as_str));
            }
            let _ = writeln!(out, "{}", row.trim_end());
        }
    }
    let differing: Vec<&str> = comparison.differences().map(|aspect| aspect.name.as_str()).collect();
    match differing.as_slice() {
        [] => out.push_str("\nAll answer alike.\n"),
        names => {
            let _ = writeln!(out, "\nThe answers differ: {}.", names.join(", "));
        }
    }
    let mut gaps: Vec<(&str, &String)> = Vec::new();
    for answer in &comparison.answers {
        gaps.extend(answer.answer.not_modelled.iter().map(|gap| (answer.controller.as_str(), gap)));
    }
    for (controller, gap) in gaps {
        let _ = writeln!(out, "not modelled under {controller}: {gap}");
    }
    out
}

fn label(aspect: &ComparedAspect) -> String {
    format!("{} {}", if aspect.differs { "≠" } else { " " }, aspect.name)
}

/// The cells of a row, long lines broken, long lists cut.
fn cells(aspect: &ComparedAspect) -> Vec<Vec<String>> {
    let cell = |lines: &Vec<String>| {
        let mut broken: Vec<String> = lines.iter().take(LINES).flat_map(|line| broken(line)).collect();
        if lines.len() > LINES {
            broken.push(format!("… and {} more", lines.len() - LINES));
        }
        broken
    };
    aspect.values.iter().map(cell).collect()
}

/// A line in pieces no longer than a column, but for words that are; what continues is indented.
fn broken(line: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for word in line.split(' ') {
        let length = word.chars().count() + 1;
        match pieces.last_mut() {
            Some(piece) if piece.chars().count() + length <= WIDEST => {
                piece.push(' ');
                piece.push_str(word);
            }
            Some(_) => pieces.push(format!("  {word}")),
            None => pieces.push(word.to_owned()),
        }
    }
    pieces
}
