//! A walk as a drawing: a box for each decision, one below the other. As Mermaid, which code hosts draw, and as SVG.

use std::fmt::Write;

use whichpod_core::report::Report;

/// A box with its lines of text.
#[derive(Clone, Debug, Default)]
pub struct DrawnBox {
    /// What stands in it.
    pub lines: Vec<String>,
    /// Its colour's name: `good`, `bad`, or none.
    pub mood: &'static str,
}

/// Boxes one below the other; the last row stands side by side.
#[derive(Clone, Debug, Default)]
pub struct Drawing {
    /// What leads on, from top to bottom.
    pub column: Vec<DrawnBox>,
    /// The ends, each with what stands on its arrow.
    pub ends: Vec<(String, DrawnBox)>,
}

/// The steps of the first walk and all ends.
fn drawing(report: &Report, from: &str) -> Drawing {
    let mut column = vec![DrawnBox { lines: vec![from.to_owned()], mood: "" }];
    let legs = report.legs.iter().filter(|leg| &*leg.purpose != "resolve");
    let hops: Vec<_> = legs.flat_map(|leg| &leg.hops).collect();
    for hop in hops.iter().take(hops.len().saturating_sub(1)) {
        let because = hop.because.iter().find_map(|cause| cause.object.clone());
        column.push(DrawnBox { lines: std::iter::once(hop.text.clone()).chain(because).collect(), mood: "" });
    }
    let ends = report.landings.iter().map(|landing| {
        let share = format!("{} %", (landing.share * 1000.0).round() / 10.0);
        let status = landing.status.map(|status| status.to_string());
        let what = landing.pod.clone().or(status).unwrap_or_else(|| landing.outcome.clone());
        let mood = if matches!(landing.outcome.as_str(), "delivered" | "responded") { "good" } else { "bad" };
        (share, DrawnBox { lines: std::iter::once(what).chain(landing.address.clone()).collect(), mood })
    });
    Drawing { ends: ends.collect(), column }
}

/// `trace -o mermaid`
pub fn mermaid(report: &Report, from: &str) -> String {
    let drawing = drawing(report, from);
    let label = |one: &DrawnBox| one.lines.join("<br>").replace('"', "#quot;");
    let mut out = "flowchart TD\n".to_owned();
    for (place, one) in drawing.column.iter().enumerate() {
        let _ = writeln!(out, "  s{place}[\"{}\"]", label(one));
        if place > 0 {
            let _ = writeln!(out, "  s{} --> s{place}", place - 1);
        }
    }
    let last = drawing.column.len().saturating_sub(1);
    for (place, (share, end)) in drawing.ends.iter().enumerate() {
        let _ = writeln!(out, "  e{place}([\"{}\"])\n  s{last} -->|{share}| e{place}", label(end));
        let _ = writeln!(out, "  class e{place} {}", end.mood);
    }
    out + "  classDef good fill:#d7f0dd,stroke:#2f7d46,color:#123\n  classDef bad fill:#f7dcd8,stroke:#b3402e,color:#321\n"
}

/// `trace -o svg`
pub fn walk(report: &Report, from: &str) -> String {
    svg(&drawing(report, from))
}

/// How wide a letter is, how high a line, and what is left free around.
const LETTER: usize = 7;
const LINE: usize = 18;
const GAP: usize = 28;
/// As many letters stand in a line of a box.
const LONGEST: usize = 70;

/// A drawing as SVG.
pub fn svg(drawing: &Drawing) -> String {
    // 1. How large boxes are, and how wide the whole.
    let size = |one: &DrawnBox| {
        let letters = one.lines.iter().map(|line| line.chars().count().min(LONGEST)).max().unwrap_or(0);
        (letters * LETTER + 24, one.lines.len() * LINE + 14)
    };
    let ends_width: usize = drawing.ends.iter().map(|(_, end)| size(end).0 + GAP).sum();
    let widest = drawing.column.iter().map(|one| size(one).0).max().unwrap_or(0).max(ends_width) + 2 * GAP;
    // 2. The column, from above.
    let mut body = String::new();
    let mut top = GAP;
    for (place, one) in drawing.column.iter().enumerate() {
        let (width, height) = size(one);
        if place > 0 {
            let _ = writeln!(body, "<path d=\"M{0} {1}v{GAP}\"/>", widest / 2, top - GAP);
        }
        draw_box(&mut body, one, (widest - width) / 2, top, (width, height));
        top += height + GAP;
    }
    // 3. The ends beside each other below it.
    let (bottom, mut left) = (top - GAP, (widest - ends_width) / 2);
    let highest = drawing.ends.iter().map(|(_, end)| size(end).1).max().unwrap_or(0);
    for (share, end) in &drawing.ends {
        let (width, height) = size(end);
        let middle = left + width / 2;
        let _ = writeln!(body, "<path d=\"M{} {bottom}L{middle} {}\"/>", widest / 2, bottom + 2 * GAP);
        let _ = writeln!(body, "<text x=\"{}\" y=\"{}\">{share}</text>", middle + 6, bottom + 2 * GAP - 8);
        draw_box(&mut body, end, left, bottom + 2 * GAP, (width, height));
        left += width + GAP;
    }
    // 4. The picture around them.
    let height = bottom + 3 * GAP + highest;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {widest} {height}\" width=\"{widest}\" height=\"{height}\" \
         font-family=\"ui-monospace, monospace\" font-size=\"12\">\n<style>rect{{fill:#f4f4f2;stroke:#777}}.good{{fill:#d7f0dd;stroke:#2f7d46}}\
         .bad{{fill:#f7dcd8;stroke:#b3402e}}path{{stroke:#777;fill:none}}</style>\n{body}</svg>\n"
    )
}

fn draw_box(out: &mut String, one: &DrawnBox, left: usize, top: usize, (width, height): (usize, usize)) {
    let _ = writeln!(
        out,
        "<rect class=\"{}\" x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" rx=\"5\"/>",
        one.mood
    );
    for (place, line) in one.lines.iter().enumerate() {
        let cut: String = line.chars().take(LONGEST).collect();
        let escaped = cut.replace('&', "&amp;").replace('<', "&lt;");
        let _ = writeln!(out, "<text x=\"{}\" y=\"{}\">{escaped}</text>", left + 12, top + 20 + place * LINE);
    }
}
