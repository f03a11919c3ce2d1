//! Where everything of the map stands, in pixels. Pure. Across: a column for each kind from left to right, centred on
//! the tallest. Down, for narrow pages: a row for each kind from top to bottom. Pods are framed by node in both.

use std::rc::Rc;

use crate::answer::{Column, Map, Outcome, Share, Spot};
use whichpod_core::order::Order;

/// Of a box: as wide as what is written in it, and all of a column are alike.
const WIDTHS: (i32, i32) = (72, 230);
const BOX_HEIGHT: i32 = 36;
const GAP: i32 = 6;
/// As many characters of a name are written at most; of what stands below it.
pub const TITLE_ROOM: usize = 28;
pub const NOTE_ROOM: usize = 32;
/// Of a character of the name, and of the smaller text below it, in tenths of a pixel.
const TITLE_LETTER: i32 = 73;
const NOTE_LETTER: i32 = 65;
/// The same for letters as wide as they are high, as Japanese ones are.
const WIDE_TITLE: i32 = 120;
const WIDE_NOTE: i32 = 112;
/// Beside what is written, and for the sign of an outcome.
const INSET: i32 = 9;
const BADGE: i32 = 18;
/// Between columns, for the lines.
const COLUMN_GAP: i32 = 24;
/// Further before the pods, for the shares on the lines.
const SHARE_GAP: i32 = 18;
/// Between rows, for the lines and the next row's heading.
const ROW_GAP: i32 = 40;
/// Beside the frames, for lines to lower rows, and how far from a frame they run.
const GUTTER: i32 = 14;
const ASIDE: i32 = 8;
/// For a share that is written inside a frame: `33.3 %`.
const SHARE_ROOM: i32 = 54;
/// For a heading, and how wide the widest is.
const HEAD: i32 = 22;
const HEADING: i32 = 104;
/// Around the boxes of a node, and above them for its name.
const FRAME: i32 = 5;
const FRAME_HEAD: i32 = 17;
/// Boxes side by side where a row has many.
const ABREAST: i32 = 2;

/// Beyond this many pods they stand side by side in columns, too.
const TALL: usize = 24;
const CROWDED: i32 = 4;

/// From left to right, or from top to bottom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Columns.
    Across,
    /// Rows.
    Down,
}

/// Everything with its place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    /// Of the whole.
    pub width: i32,
    /// Of the whole.
    pub height: i32,
    /// Around the pods of a node.
    pub frames: Vec<Frame>,
    /// The headings of columns or rows.
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

impl Frame {
    /// How far from the left its name begins, and how many characters have room there: shares of lines that come from
    /// aside are written at its ends.
    pub fn room(&self, lines: &[Line]) -> (i32, usize) {
        let within = |(x, y): (i32, i32)| {
            (self.x..=self.x + self.width).contains(&x) && (self.y..=self.y + self.height).contains(&y)
        };
        let aside = |left: bool| {
            let comes = |line: &&Line| line.run.gutter.is_some_and(|gutter| (gutter < line.run.to.0) == left);
            lines.iter().filter(comes).any(|line| line.share.is_some() && within(line.run.to))
        };
        let before = if aside(true) { SHARE_ROOM } else { 2 * FRAME };
        let after = if aside(false) { SHARE_ROOM } else { FRAME };
        (before, ((self.width - before - after).max(0) * 10 / NOTE_LETTER).clamp(2, NOTE_ROOM as i32) as usize)
    }
}

/// A heading.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Head {
    /// Of which kind.
    pub column: Column,
    /// Left.
    pub x: i32,
    /// The line on which it is written.
    pub y: i32,
}

/// A line between two boxes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// How it runs.
    pub run: Run,
    /// None where the request does not pass.
    pub share: Option<Share>,
}

/// How a line runs from one box to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// The middle of a box's right side, or of its lower one.
    pub from: (i32, i32),
    /// The middle of a box's left side, or of its upper one; behind a gutter, of the side there.
    pub to: (i32, i32),
    /// Where it passes by the boxes that stand between.
    pub gutter: Option<i32>,
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
    /// Whether another stands to the left of it in its row.
    pub right: bool,
}

/// Places everything.
pub fn picture(map: &Map, direction: Direction) -> Picture {
    let mut picture = match direction {
        Direction::Across => across(map),
        Direction::Down => down(map),
    };
    picture.boxes.order_by_key(|placed| placed.spot);
    picture.lines = lines(map, &picture.boxes, direction);
    picture
}

fn across(map: &Map) -> Picture {
    // 1. The columns, of which the highest sets the height.
    let pods = map.spots.iter().filter(|spot| spot.column == Column::Pod).count();
    let columns = stacks(map, if pods > TALL { CROWDED } else { 1 });
    let height = columns.iter().map(|stack| stack.height).max().unwrap_or(0);
    let mut picture = Picture { height: HEAD + height + 2, ..Picture::default() };
    // 2. One beside the other, each in the middle; shares need room before the pods.
    let mut x = 1;
    for stack in columns {
        x += if stack.column == Column::Pod && x > 1 { SHARE_GAP } else { 0 };
        picture.heads.push(Head { column: stack.column, x, y: 14 });
        let (width, y) = (stack.width, HEAD + (height - stack.height) / 2);
        picture.add(stack, x, y);
        x += width + COLUMN_GAP;
    }
    // 3. Wide enough for the last heading too.
    let headings = picture.heads.iter().map(|head| head.x + HEADING).max().unwrap_or_default();
    picture.width = (x - COLUMN_GAP + 1).max(headings).max(1);
    picture
}

fn down(map: &Map) -> Picture {
    // 1. The rows, of which the widest sets the width.
    let rows = stacks(map, ABREAST);
    let width = rows.iter().map(|stack| stack.width).max().unwrap_or(1);
    let mut picture = Picture { width: width + 2 + 2 * GUTTER, ..Picture::default() };
    // 2. One below the other, each in the middle.
    let mut y = 0;
    for stack in rows {
        picture.heads.push(Head { column: stack.column, x: 1 + GUTTER, y: y + 14 });
        let (height, x) = (stack.height, 1 + GUTTER + (width - stack.width) / 2);
        picture.add(stack, x, y + HEAD);
        y += HEAD + height + ROW_GAP - HEAD;
    }
    picture.height = (y - ROW_GAP + HEAD + 2).max(1);
    picture
}

impl Picture {
    fn add(&mut self, stack: Stack, x: i32, y: i32) {
        let frames = stack.frames.into_iter();
        self.frames.extend(frames.map(|frame| Frame { x: frame.x + x, y: frame.y + y, ..frame }));
        let boxes = stack.boxes.into_iter();
        self.boxes.extend(boxes.map(|placed| Placed { x: placed.x + x, y: placed.y + y, ..placed }));
    }
}

/// The boxes of one kind by themselves, from 0, 0.
struct Stack {
    column: Column,
    /// Of each box.
    breadth: i32,
    width: i32,
    height: i32,
    frames: Vec<Frame>,
    boxes: Vec<Placed>,
}

fn stacks(map: &Map, abreast: i32) -> Vec<Stack> {
    let all = [Column::Client, Column::Name, Column::Entrance, Column::Route, Column::Service, Column::Pod];
    let stacks = all.map(|column| stack(map, column, abreast));
    stacks.into_iter().filter(|stack| !stack.boxes.is_empty()).collect()
}

fn stack(map: &Map, column: Column, abreast: i32) -> Stack {
    // 1. The spots of the column.
    let spots = map.spots.iter().enumerate().filter(|(_, spot)| spot.column == column);
    let mut spots: Vec<(usize, &Spot)> = spots.collect();
    // The boxes of a node stand together, those without a node first.
    spots.order_by_key(|(at, spot)| (spot.node.clone(), *at));
    // 2. How many stand abreast, and how wide they and their frame are.
    let widest = spots.chunk_by(same_node).map(<[_]>::len).max().unwrap_or(0) as i32;
    let abreast = abreast.min(widest).max(1);
    let framed = spots.iter().any(|(_, spot)| spot.node.is_some());
    let inset = if framed { FRAME } else { 0 };
    let breadth = spots.iter().map(|(_, spot)| breadth(spot)).max().unwrap_or(WIDTHS.0);
    let width = abreast * (breadth + GAP) - GAP + 2 * inset;
    let mut stack = Stack { column, breadth, width, height: 0, frames: Vec::new(), boxes: Vec::new() };
    // 3. One node below the other.
    for group in spots.chunk_by(same_node) {
        stack.group(group, abreast, inset);
    }
    stack.height = (stack.height - GAP).max(0);
    stack
}

/// The width of a box that holds all of a spot's text, within bounds.
fn breadth(spot: &Spot) -> i32 {
    let written = |text: &str, room: usize, letter: i32, wide: i32| -> i32 {
        text.chars().take(room).map(|one| if is_narrow(one) { letter } else { wide }).sum()
    };
    let title = written(&short_pod(spot), TITLE_ROOM, TITLE_LETTER, WIDE_TITLE);
    let note = written(&spot.note, NOTE_ROOM, NOTE_LETTER, WIDE_NOTE);
    let badge = if spot.outcome.is_some() { BADGE } else { 0 };
    (title.max(note) / 10 + 2 * INSET + badge).clamp(WIDTHS.0, WIDTHS.1)
}

/// Whether a letter is about half as wide as it is high.
fn is_narrow(letter: char) -> bool {
    letter.is_ascii() || matches!(letter, '·' | '…' | '×')
}

/// How wide a small text is, in pixels.
fn note_width(text: &str) -> i32 {
    text.chars().map(|one| if is_narrow(one) { NOTE_LETTER } else { WIDE_NOTE }).sum::<i32>() / 10
}

/// What a pod is called where its workload is known: `cart ·54bqg` for `cart-7c74d9d456-54bqg`.
pub fn short_pod(spot: &Spot) -> Rc<str> {
    let workload = spot.pod.as_ref().and_then(|pod| pod.workload.as_deref());
    let Some(name) = workload.and_then(|workload| workload.strip_prefix("deployment ")) else {
        return spot.title.clone();
    };
    let name = name.rsplit('/').next().unwrap_or(name);
    let Some((before, hash)) = spot.title.rsplit_once('-').filter(|_| spot.crowd <= 1) else {
        return spot.title.clone();
    };
    match before.rsplit_once(&format!("{name}-")) {
        Some((namespace, template)) if !template.is_empty() => format!("{namespace}{name} ·{hash}").into(),
        _ => spot.title.clone(),
    }
}

fn same_node(first: &(usize, &Spot), second: &(usize, &Spot)) -> bool {
    first.1.node == second.1.node
}

impl Stack {
    /// Adds the boxes of one node below those there, in a frame, or boxes without a node.
    fn group(&mut self, group: &[(usize, &Spot)], abreast: i32, inset: i32) {
        let node = group.first().and_then(|(_, spot)| spot.node.clone());
        let top = self.height;
        let first = if node.is_some() { top + FRAME_HEAD } else { top };
        for ((spot, what), at) in group.iter().zip(0..) {
            let (x, y) = (inset + at % abreast * (self.breadth + GAP), first + at / abreast * (BOX_HEIGHT + GAP));
            let what = (*what).clone();
            let right = at % abreast > 0;
            self.boxes.push(Placed { spot: *spot, what, x, y, width: self.breadth, height: BOX_HEIGHT, right });
        }
        let rows = (group.len() as i32 + abreast - 1) / abreast;
        self.height = first + rows * (BOX_HEIGHT + GAP);
        if let Some(node) = node {
            let height = self.height - GAP + FRAME - top;
            self.frames.push(Frame { node, x: 0, y: top, width: self.width, height });
            self.height = top + height + GAP;
        }
    }
}

fn lines(map: &Map, boxes: &[Placed], direction: Direction) -> Vec<Line> {
    let lines = map.edges.iter().filter_map(|edge| {
        let (from, to) = (boxes.get(edge.from as usize)?, boxes.get(edge.to as usize)?);
        Some(Line { run: Run::between(from, to, direction), share: edge.share })
    });
    let mut lines: Vec<Line> = lines.collect();
    lines.order_by_key(|line| line.share.is_some());
    lines
}

/// For the reasons why requests die, below everything.
pub const REASON: i32 = 22;

/// Where requests die, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Death {
    /// The middle of the line on which they do.
    pub at: (i32, i32),
    /// How that is called.
    pub outcome: Outcome,
    /// Why.
    pub reason: String,
    /// The same, as much of it as there is room for, and where its middle is.
    pub text: (String, i32),
}

/// The last line of each way that fails, if all ways that pass there do; as many as have room for their reasons.
pub fn deaths(map: &Map, boxes: &[Placed], failures: &[Option<(Outcome, String)>], direction: Direction) -> Vec<Death> {
    // 1. The last step of each way that fails, unless another one survives it.
    let width = boxes.iter().map(|placed| placed.x + placed.width).max().unwrap_or_default();
    let last = |way: &[u32]| way.len().checked_sub(2).and_then(|at| way.get(at..)).map(<[u32]>::to_vec);
    let mut known: Vec<(Vec<u32>, &(Outcome, String))> = Vec::new();
    for (way, failure) in map.ways.iter().zip(failures) {
        let Some((pair, failure)) = last(way).zip(failure.as_ref()) else { continue };
        let survives = |(other, fate): (&std::rc::Rc<[u32]>, &Option<(Outcome, String)>)| {
            fate.is_none() && other.windows(2).any(|step| *step == pair)
        };
        let passed = map.ways.iter().zip(failures).any(survives);
        if !passed && known.len() < MOST_DEATHS && known.iter().all(|(other, _)| *other != pair) {
            known.push((pair, failure));
        }
    }
    // 2. Where it is, and how much room its reason has.
    let count = known.len().max(1) as i32;
    let death = |(pair, (outcome, reason)): (Vec<u32>, &(Outcome, String))| {
        let [from, to] = &pair[..] else { return None };
        let run = Run::between(boxes.get(*from as usize)?, boxes.get(*to as usize)?, direction);
        let at = ((run.from.0 + run.to.0) / 2, (run.from.1 + run.to.1) / 2);
        let room = (width / count * 10 / NOTE_LETTER).max(8) as usize;
        let fits = |text: &String| note_width(text) <= width / count;
        // 3. The longest part of the reason that fits, kept inside the picture.
        let text = (8..=room).rev().map(|room| fitted(reason, room)).find(fits).unwrap_or_else(|| fitted(reason, 8));
        let half = note_width(&text) / 2;
        let middle = at.0.clamp(half.min(width / 2), (width - half).max(width / 2));
        Some(Death { at, outcome: *outcome, reason: reason.clone(), text: (text, middle) })
    };
    known.into_iter().filter_map(death).collect()
}

/// How many reasons are written.
const MOST_DEATHS: usize = 2;

/// What a line says of its share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bundle {
    /// It speaks for itself.
    Alone,
    /// As many lines with the same share leave the same box.
    Tells(usize),
    /// Another one of those says it.
    Told,
}

/// From how many lines with equal shares on one of them speaks for all.
const MANY: usize = 3;

/// For each line, whether it speaks for those that leave the same box with the same share.
pub fn bundles(lines: &[Line]) -> Vec<Bundle> {
    let alike = |line: &Line| {
        lines.iter().filter(|other| other.share.is_some() && other.run.from == line.run.from).collect::<Vec<_>>()
    };
    let bundle = |(at, line): (usize, &Line)| {
        let siblings = alike(line);
        let equal = line.share.is_some() && siblings.iter().all(|other| other.share == line.share);
        if !equal || siblings.len() < MANY {
            return Bundle::Alone;
        }
        let first = lines.iter().position(|other| other.share.is_some() && other.run.from == line.run.from);
        if first == Some(at) { Bundle::Tells(siblings.len()) } else { Bundle::Told }
    };
    lines.iter().enumerate().map(bundle).collect()
}

impl Run {
    /// From a box to another. Down to a row that isn't the next one it runs beside the boxes: behind them it would look
    /// as if it led to each.
    pub fn between(from: &Placed, to: &Placed, direction: Direction) -> Self {
        let (middle, below) = (to.y + to.height / 2, from.y + from.height);
        if direction == Direction::Across {
            return Self { from: (from.x + from.width, from.y + from.height / 2), to: (to.x, middle), gutter: None };
        }
        let start = (from.x + from.width / 2, below);
        if to.y - below <= ROW_GAP + FRAME_HEAD {
            return Self { from: start, to: (to.x + to.width / 2, to.y), gutter: None };
        }
        let (side, gutter) =
            if to.right { (to.x + to.width, to.x + to.width + FRAME + ASIDE) } else { (to.x, to.x - FRAME - ASIDE) };
        Self { from: start, to: (side, middle), gutter: Some(gutter) }
    }

    /// As SVG draws it, from where it begins.
    pub fn path(self, direction: Direction) -> String {
        let ((x1, y1), (x2, y2)) = (self.from, self.to);
        let (x, y) = ((x1 + x2) / 2, (y1 + y2) / 2);
        match (direction, self.gutter) {
            (Direction::Across, _) => format!("C{x} {y1} {x} {y2} {x2} {y2}"),
            (Direction::Down, None) => format!("C{x1} {y} {x2} {y} {x2} {y2}"),
            (Direction::Down, Some(x)) => {
                let (half, past) = (y1 + ROW_GAP / 2, y1 + ROW_GAP);
                format!("C{x1} {half} {x} {half} {x} {past}V{}Q{x} {y2} {x2} {y2}", y2 - ASIDE)
            }
        }
    }
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

    fn spot(column: Column, node: Option<&str>) -> Spot {
        Spot { node: node.map(Rc::from), lit: true, ..Spot::new(column, "a", "") }
    }

    fn map() -> Map {
        let nodes = [Some("node-2"), Some("node-1"), None, Some("node-2"), Some("node-1"), Some("node-2")];
        let mut spots: Vec<Spot> = nodes.iter().map(|node| spot(Column::Pod, *node)).collect();
        spots.push(spot(Column::Client, None));
        spots.push(spot(Column::Service, None));
        let edges = vec![Edge { from: 6, to: 7, share: Some(Share::WHOLE) }];
        Map { spots, edges, ..Map::default() }
    }

    #[test]
    fn boxes_never_overlap_and_stay_inside() {
        for direction in [Direction::Across, Direction::Down] {
            let picture = picture(&map(), direction);
            for (at, one) in picture.boxes.iter().enumerate() {
                assert!(one.x >= 0 && one.x + one.width <= picture.width, "{one:?}");
                assert!(one.y >= HEAD && one.y + one.height <= picture.height, "{one:?} {}", picture.height);
                for other in &picture.boxes[at + 1..] {
                    let apart = (one.x - other.x).abs() >= one.width || (one.y - other.y).abs() >= BOX_HEIGHT;
                    assert!(apart, "{one:?} {other:?}");
                }
            }
        }
    }

    #[test]
    fn a_frame_holds_the_boxes_of_its_node_and_no_others() {
        for direction in [Direction::Across, Direction::Down] {
            let picture = picture(&map(), direction);
            assert_eq!(picture.frames.len(), 2);
            for frame in &picture.frames {
                assert!(frame.y + frame.height <= picture.height);
                for placed in &picture.boxes {
                    let inside = placed.y >= frame.y && placed.y + placed.height <= frame.y + frame.height;
                    let inside = inside && placed.x >= frame.x && placed.x + placed.width <= frame.x + frame.width;
                    assert_eq!(inside, placed.what.node.as_ref() == Some(&frame.node), "{frame:?} {placed:?}");
                }
            }
        }
    }

    #[test]
    fn lines_join_the_sides_of_their_boxes() {
        let Run { from, to, .. } = picture(&map(), Direction::Across).lines[0].run;
        assert_eq!((to.0 - from.0, to.1), (COLUMN_GAP, from.1));
        let Run { from, to, .. } = picture(&map(), Direction::Down).lines[0].run;
        assert_eq!((to.1 - from.1, to.0), (ROW_GAP, from.0));
    }

    #[test]
    fn lines_down_pass_beside_boxes() {
        let mut map = map();
        map.edges = (0..6).map(|to| Edge { from: 7, to, share: Some(Share::WHOLE) }).collect();
        let picture = picture(&map, Direction::Down);
        let gutters: Vec<i32> = picture.lines.iter().filter_map(|line| line.run.gutter).collect();
        assert!(!gutters.is_empty());
        for x in gutters {
            assert!(0 < x && x < picture.width);
            assert!(picture.frames.iter().all(|frame| x < frame.x || x > frame.x + frame.width), "{x}");
        }
    }

    #[test]
    fn a_column_is_as_wide_as_its_longest_name() {
        let short = breadth(&spot(Column::Service, None));
        let long = breadth(&Spot::new(Column::Service, "recommendationservice", ""));
        assert!(short < long && long < WIDTHS.1);
        assert_eq!(
            breadth(&Spot::new(Column::Service, &"a".repeat(90), "")),
            TITLE_ROOM as i32 * TITLE_LETTER / 10 + 2 * INSET
        );
    }

    #[test]
    fn a_pod_of_a_deployment_is_called_by_its_name_and_its_own_letters() {
        let pod = crate::answer::PodState {
            name: "default/cart-7c74d9d456-54bqg".into(),
            ready: true,
            terminating: false,
            workload: Some("deployment default/cart".into()),
            replicas: Some(1),
        };
        let spot = Spot { pod: Some(pod), ..Spot::new(Column::Pod, "cart-7c74d9d456-54bqg", "") };
        assert_eq!(&*short_pod(&spot), "cart ·54bqg");
        assert_eq!(&*short_pod(&Spot { title: "shop/cart-7c74d9d456-54bqg".into(), ..spot }), "shop/cart ·54bqg");
        assert_eq!(&*short_pod(&Spot::new(Column::Pod, "web-1", "")), "web-1");
    }

    #[test]
    fn equal_shares_are_told_once_and_deaths_at_the_line_where_they_happen() {
        let mut map = map();
        let share = Some(Share { numerator: 1, denominator: 6 });
        map.edges = (0..6).map(|to| Edge { from: 7, to, share }).collect();
        map.ways = (0..6).map(|to| Rc::from([6, 7, to])).collect();
        let picture = picture(&map, Direction::Across);
        let bundles = bundles(&picture.lines);
        assert_eq!(bundles.iter().filter(|bundle| **bundle == Bundle::Tells(6)).count(), 1);
        assert_eq!(bundles.iter().filter(|bundle| **bundle == Bundle::Told).count(), 5);
        let mut failures = vec![None; 6];
        failures[2] = Some((Outcome::Dropped, "no policy allows it".to_owned()));
        let deaths = deaths(&map, &picture.boxes, &failures, Direction::Across);
        assert_eq!((deaths.len(), deaths[0].outcome), (1, Outcome::Dropped));
        assert!(deaths[0].at.0 < picture.boxes[2].x && deaths[0].at.0 > picture.boxes[7].x);
    }

    #[test]
    fn long_names_keep_both_ends() {
        assert_eq!(fitted("web-1", 18), "web-1");
        assert_eq!(fitted("sample-deployment-7d4b9-x2", 11), "sampl…b9-x2");
    }
}
