//! Spots and edges as they come, each kept once.

use std::collections::BTreeMap;
use std::rc::Rc;

use whichpod_core::trace::Share;

use crate::answer::{Column, Edge, Map, Outcome, Spot};
use crate::worker::walk::share;

/// A picture that is being drawn.
#[derive(Default)]
pub struct Drawing {
    spots: Vec<Spot>,
    known: BTreeMap<(Column, Rc<str>), u32>,
    edges: BTreeMap<(u32, u32), Share>,
    crowds: BTreeMap<Column, usize>,
    more: u32,
}

impl Drawing {
    /// A spot on a way; one that is known already is lit.
    pub fn lit(&mut self, spot: Spot) -> u32 {
        let at = self.spot(spot);
        if let Some(spot) = self.spots.get_mut(at as usize) {
            spot.lit = true;
        }
        at
    }

    /// A spot beside the ways, if its column has not too many yet, or knows it.
    pub fn room(&mut self, spot: Spot, most: usize) -> Option<u32> {
        let known = self.known.contains_key(&(spot.column, spot.title.clone()));
        let crowd = self.crowds.get(&spot.column).copied().unwrap_or_default();
        (known || crowd < most).then(|| self.spot(spot))
    }

    /// A pod beside the ways that finds no room is counted.
    pub fn leave_out(&mut self) {
        self.more += 1;
    }

    /// In which column a spot stands.
    pub fn column(&self, at: u32) -> Option<Column> {
        self.spots.get(at as usize).map(|spot| spot.column)
    }

    /// A way ends at a spot.
    pub fn end(&mut self, at: u32, outcome: Outcome) {
        if let Some(spot) = self.spots.get_mut(at as usize) {
            spot.outcome = match spot.outcome {
                Some(other) if other != outcome => Some(Outcome::Mixed),
                _ => Some(outcome),
            };
        }
    }

    /// A part of a way, with its share.
    pub fn pass(&mut self, from: u32, to: u32, share: Share) {
        let sum = self.edges.entry((from, to)).or_insert(Share::ZERO);
        *sum = sum.plus(share);
    }

    /// A line beside the ways.
    pub fn dim(&mut self, from: u32, to: u32) {
        self.edges.entry((from, to)).or_insert(Share::ZERO);
    }

    /// The picture.
    pub fn finish(self) -> Map {
        let edges = self.edges.into_iter().map(|((from, to), sum)| {
            let share = (!sum.is_zero()).then(|| share(sum));
            Edge { from, to, share }
        });
        Map { spots: self.spots, edges: edges.collect(), ways: Vec::new(), more: self.more }
    }

    fn spot(&mut self, spot: Spot) -> u32 {
        let next = self.spots.len() as u32;
        let at = *self.known.entry((spot.column, spot.title.clone())).or_insert(next);
        if at == next {
            *self.crowds.entry(spot.column).or_default() += 1;
            self.spots.push(spot);
        }
        at
    }
}
