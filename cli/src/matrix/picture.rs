//! Who reaches whom as a graph: an arrow from each client to the workloads that it reaches.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use whichpod_core::matrix::ReachCell;

/// Arrows from client to workload, with the targets on them.
fn arrows(cells: &[ReachCell]) -> BTreeMap<(String, String), BTreeSet<String>> {
    let mut arrows: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for cell in cells.iter().filter(|cell| cell.outcome == "delivered" || cell.outcome == "mixed") {
        for workload in cell.workloads.iter().filter(|workload| **workload != cell.from) {
            arrows.entry((cell.from.clone(), workload.clone())).or_default().insert(cell.to.clone());
        }
    }
    arrows
}

/// For Graphviz.
pub fn dot(cells: &[ReachCell]) -> String {
    let mut out = "digraph reach {\n  rankdir=LR;\n  node [shape=box, fontname=\"monospace\"];\n".to_owned();
    for ((from, to), targets) in arrows(cells) {
        let label = targets.into_iter().collect::<Vec<_>>().join("\\n");
        let _ = writeln!(out, "  \"{from}\" -> \"{to}\" [label=\"{label}\"];");
    }
    out + "}\n"
}

const ROW: usize = 34;
const WIDTH: usize = 330;
const MIDDLE: usize = 260;

/// Clients on the left, workloads on the right.
pub fn svg(cells: &[ReachCell]) -> String {
    // 1. Who stands on which side, and how far down.
    let arrows = arrows(cells);
    let left: BTreeSet<&String> = arrows.keys().map(|(from, _)| from).collect();
    let right: BTreeSet<&String> = arrows.keys().map(|(_, to)| to).collect();
    let place =
        |names: &BTreeSet<&String>, name: &String| 30 + names.iter().position(|one| *one == name).unwrap_or(0) * ROW;
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let mut body = String::new();
    // 2. The arrows.
    for ((from, to), targets) in &arrows {
        let (y1, y2) = (place(&left, from), place(&right, to));
        let title = escaped(&targets.iter().cloned().collect::<Vec<_>>().join(", "));
        let _ = writeln!(
            body,
            "<path d=\"M{WIDTH} {y1}C{0} {y1} {0} {y2} {1} {y2}\"><title>{title}</title></path>",
            WIDTH + MIDDLE / 2,
            WIDTH + MIDDLE
        );
    }
    // 3. The names on both sides.
    for name in &left {
        let _ = writeln!(
            body,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
            WIDTH - 8,
            place(&left, name) + 4,
            escaped(name)
        );
    }
    for name in &right {
        let _ = writeln!(
            body,
            "<text x=\"{}\" y=\"{}\">{}</text>",
            WIDTH + MIDDLE + 8,
            place(&right, name) + 4,
            escaped(name)
        );
    }
    // 4. The picture around them.
    let (width, height) = (2 * WIDTH + MIDDLE, 30 + left.len().max(right.len()) * ROW);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-family=\"ui-monospace, monospace\" font-size=\"12\">\n<style>path{{stroke:#2f7d46;fill:none;opacity:.7}}</style>\n{body}</svg>\n"
    )
}
