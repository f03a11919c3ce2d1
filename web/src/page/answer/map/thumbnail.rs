//! The map as a small picture without words, for the list of examples: made when the site is built. Its colours suit light and
//! dark.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::folding;
use super::layout::{self, Direction, Placed};
use crate::answer::{Map, Outcome};

const LINE: &str = "#7c8798";
const LIT: &str = "#5b7bf0";

/// An SVG document.
pub fn thumbnail(map: &Map) -> String {
    let (map, _) = folding::folded(map, map.spots.len() <= 16, &BTreeSet::new());
    let picture = layout::picture(&map, Direction::Across);
    let (width, height) = (picture.width, picture.height);
    let mut svg = format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 18 {width} {}\">", height - 18);
    for line in &picture.lines {
        let ((x, y), lit) = (line.run.from, line.share.is_some());
        let (colour, stroke) = if lit { (LIT, 4) } else { (LINE, 1) };
        // Writing into a text does not fail.
        let _ = write!(
            svg,
            "<path d=\"M{x} {y}{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{stroke}\"/>",
            line.run.path(Direction::Across)
        );
    }
    for placed in &picture.boxes {
        svg += &boxed(placed);
    }
    svg + "</svg>\n"
}

fn boxed(Placed { what, x, y, width, height, .. }: &Placed) -> String {
    let (fill, stroke) = match what.outcome {
        Some(outcome) => (colour(outcome), colour(outcome)),
        None if what.lit => ("none", LIT),
        None => ("none", LINE),
    };
    let thick = if what.lit { 4 } else { 1 };
    format!(
        "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"{fill}\" stroke=\"{stroke}\" stroke-width=\"{thick}\"/>"
    )
}

fn colour(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Delivered | Outcome::Found => "#2e9d57",
        Outcome::Responded => "#8d63d9",
        Outcome::Refused | Outcome::TlsFailed => "#d84747",
        Outcome::Dropped | Outcome::Unroutable | Outcome::Unanswered => "#c07a17",
        Outcome::Unresolved => "#1c8cab",
        Outcome::External | Outcome::Unknown | Outcome::Mixed => LINE,
    }
}
