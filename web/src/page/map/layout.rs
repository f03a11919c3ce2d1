//! Where everything of the map stands, in pixels. Pure: a column for each kind, boxes from top to bottom in the order
//! given, pods framed by node, each column centred on the tallest.

use std::rc::Rc;

use crate::answer::{Column, Map, Share, Spot};

const BOX_WIDTH: i32 = 148;
const BOX_HEIGHT: i32 = 44;
const GAP: i32 = 10;
const COLUMN_GAP: i32 = 52;
/// For the columns' headings.
const TOP: i32 = 28;
/// Around the boxes of a node, and above them for its name.
const FRAME: i32 = 8;
const FRAME_HEAD: i32 = 20;

/// Everything with its place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    /// Of the whole.
    pub width: i32,
    /// Of the whole.
    pub height: i32,
    /// Around the pods of a node.
    pub frames: Vec<Frame>,
    /// The columns' headings.
    pub heads: Vec<Head>,
    /// The lines, lit ones last, so that they lie on top.
    pub lines: Vec<Line>,
    /// The boxes.
    pub boxes: Vec<Placed>,
}

/// The frame of a node.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// The node's name.
    pub node: Rc<str>,
    /// Left.
    pub x: i32,
    /// Top.
    pub y: i32,
    /// Width.
    pub width: i32,
    /// Height.
    pub height: i32,
}

/// The heading of a column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Head {
    /// Which.
    pub column: Column,
    /// Left.
    pub x: i32,
}

/// A line between two boxes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// The middle of a box's right side.
    pub from: (i32, i32),
    /// The middle of a box's left side.
    pub to: (i32, i32),
    /// None where the request does not pass.
    pub share: Option<Share>,
}

/// A box with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// Its position in the map.
    pub spot: usize,
    /// What stands in it.
    pub what: Spot,
    /// Left.
    pub x: i32,
    /// Top.
    pub y: i32,
    /// Width.
    pub width: i32,
    /// Height.
    pub height: i32,
}

/// Places everything.
pub fn picture(map: &Map) -> Picture {
    let columns = columns(map);
    let height = columns.iter().map(|stack| stack.height).max().unwrap_or(0);
    let mut picture = Picture { height: TOP + height + 1, ..Picture::default() };
    let mut x = 1;
    for stack in columns {
        let framed = if stack.frames.is_empty() { 0 } else { FRAME };
        let y = TOP + (height - stack.height) / 2;
        picture.heads.push(Head { column: stack.column, x });
        let frames = stack.frames.into_iter();
        picture.frames.extend(frames.map(|frame| Frame { x: frame.x + x, y: frame.y + y, ..frame }));
        let boxes = stack.boxes.into_iter();
        picture.boxes.extend(boxes.map(|placed| Placed { x: placed.x + x + framed, y: placed.y + y, ..placed }));
        x += BOX_WIDTH + 2 * framed + COLUMN_GAP;
    }
    picture.width = (x - COLUMN_GAP + 1).max(1);
    picture.boxes.sort_by_key(|placed| placed.spot);
    picture.lines = lines(map, &picture.boxes);
    picture
}

/// A column by itself, from 0, 0.
struct Stack {
    column: Column,
    height: i32,
    frames: Vec<Frame>,
    boxes: Vec<Placed>,
}

fn columns(map: &Map) -> Vec<Stack> {
    let all = [Column::Client, Column::Name, Column::Entrance, Column::Route, Column::Service, Column::Pod];
    let stacks = all.map(|column| stack(map, column));
    stacks.into_iter().filter(|stack| !stack.boxes.is_empty()).collect()
}

fn stack(map: &Map, column: Column) -> Stack {
    let mut spots: Vec<(usize, &Spot)> =
        map.spots.iter().enumerate().filter(|(_, spot)| spot.column == column).collect();
    // The boxes of a node stand together, those without a node first.
    spots.sort_by_key(|(at, spot)| (spot.node.clone(), *at));
    let mut stack = Stack { column, height: 0, frames: Vec::new(), boxes: Vec::new() };
    for group in spots.chunk_by(|(_, first), (_, second)| first.node == second.node) {
        let node = group.first().and_then(|(_, spot)| spot.node.clone());
        let top = stack.height;
        let mut y = if node.is_some() { top + FRAME_HEAD } else { top };
        for (spot, what) in group {
            let what = (*what).clone();
            stack.boxes.push(Placed { spot: *spot, what, x: 0, y, width: BOX_WIDTH, height: BOX_HEIGHT });
            y += BOX_HEIGHT + GAP;
        }
        let bottom = y - GAP;
        stack.height = bottom + GAP;
        if let Some(node) = node {
            let height = bottom + FRAME - top;
            stack.frames.push(Frame { node, x: 0, y: top, width: BOX_WIDTH + 2 * FRAME, height });
            stack.height += FRAME;
        }
    }
    stack.height -= if stack.boxes.is_empty() { 0 } else { GAP };
    stack
}

fn lines(map: &Map, boxes: &[Placed]) -> Vec<Line> {
    let mut lines: Vec<Line> = map
        .edges
        .iter()
        .filter_map(|edge| {
            let (from, to) = (boxes.get(edge.from as usize)?, boxes.get(edge.to as usize)?);
            let middle = |placed: &Placed| placed.y + placed.height / 2;
            Some(Line { from: (from.x + from.width, middle(from)), to: (to.x, middle(to)), share: edge.share })
        })
        .collect();
    lines.sort_by_key(|line| line.share.is_some());
    lines
}

/// A name shortened in its middle to a number of characters: both ends of pod names tell them apart.
pub fn fitted(text: &str, room: usize) -> String {
    let characters: Vec<char> = text.chars().collect();
    if characters.len() <= room {
        return text.to_owned();
    }
    let tail = (room - 1) / 2;
    let head = room - 1 - tail;
    let (first, last) = (characters.iter().take(head), characters.iter().skip(characters.len() - tail));
    first.chain(std::iter::once(&'…')).chain(last).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::Edge;

    fn spot(column: Column, title: &str, node: Option<&str>) -> Spot {
        let node = node.map(Rc::from);
        Spot { column, title: title.into(), note: "".into(), node, lit: true, outcome: None, place: None }
    }

    #[test]
    fn boxes_never_overlap_and_stay_inside() {
        let nodes = [Some("node-2"), Some("node-1"), None, Some("node-2"), Some("node-1")];
        let mut spots: Vec<Spot> = nodes.iter().map(|node| spot(Column::Pod, "pod", *node)).collect();
        spots.push(spot(Column::Client, "outside", None));
        let picture = picture(&Map { spots, edges: Vec::new() });
        for (at, one) in picture.boxes.iter().enumerate() {
            assert!(one.x >= 0 && one.x + one.width <= picture.width && one.y + one.height <= picture.height);
            for other in &picture.boxes[at + 1..] {
                let apart = one.x != other.x || (one.y - other.y).abs() >= BOX_HEIGHT;
                assert!(apart, "{one:?} {other:?}");
            }
        }
        assert_eq!(picture.frames.len(), 2);
        assert!(picture.frames.iter().all(|frame| frame.y + frame.height <= picture.height));
    }

    #[test]
    fn lines_join_the_sides_of_their_boxes() {
        let spots = vec![spot(Column::Client, "outside", None), spot(Column::Service, "web", None)];
        let edges = vec![Edge { from: 0, to: 1, share: Some(Share::WHOLE) }];
        let picture = picture(&Map { spots, edges });
        let line = picture.lines[0];
        assert_eq!(line.to.0 - line.from.0, COLUMN_GAP);
        assert_eq!(line.from.1, line.to.1);
    }

    #[test]
    fn long_names_keep_both_ends() {
        assert_eq!(fitted("web-1", 18), "web-1");
        assert_eq!(fitted("sample-deployment-7d4b9-x2", 11), "sampl…b9-x2");
    }
}
