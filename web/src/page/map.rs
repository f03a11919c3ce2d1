//! The picture: columns from the client to the pods, the path lit. Drawn in SVG from [`layout`]'s rectangles.

mod layout;

use std::rc::Rc;

use yew::prelude::*;

use self::layout::{Direction, Frame, Head, Line, Picture, Placed, fitted};
use super::context::{use_jump, use_media, use_words};
use super::icon::{label, name, sign};
use crate::answer::{Column, Spot, Verdict};
use crate::words::Words;

/// Where the page has one column; as in `static/styles/layout.css`.
const NARROW: &str = "(max-width: 60rem)";

/// As many characters fit into a box.
const TITLE_ROOM: usize = 15;
const NOTE_ROOM: usize = 17;

/// What [`MapPanel`] is given.
#[derive(PartialEq, Properties)]
pub struct MapPanelProps {
    /// The map's answer.
    pub verdict: Rc<Verdict>,
}

/// The picture in a frame that scrolls by itself where the page is narrow.
#[component]
pub fn MapPanel(props: &MapPanelProps) -> Html {
    let words = use_words();
    let direction = if use_media(NARROW) { Direction::Down } else { Direction::Across };
    let drawn = (props.verdict.clone(), direction);
    let picture = use_memo(drawn, |(verdict, direction)| layout::picture(&verdict.map, *direction));
    let Picture { width, height, frames, heads, lines, boxes } = &*picture;
    let boxes = boxes.iter().map(|placed| html! { <SpotBox key={placed.spot} placed={placed.clone()} /> });
    html! {
        <section class="map">
            <header class="panel-head"><h2>{ words.map }</h2></header>
            <div class="map-scroll" role="region" aria-label={words.map} tabindex="0">
                <svg viewBox={format!("0 0 {width} {height}")} width={width.to_string()} height={height.to_string()}>
                    { for frames.iter().map(frame) }
                    { for heads.iter().map(|at| head(at, words)) }
                    { for lines.iter().map(|at| line(at, direction)) }
                    { for boxes }
                </svg>
            </div>
        </section>
    }
}

fn frame(frame: &Frame) -> Html {
    let Frame { node, x, y, width, height } = frame;
    html! {
        <g key={format!("frame {node}")} class="map-frame">
            <rect x={x.to_string()} y={y.to_string()} width={width.to_string()} height={height.to_string()} rx="8" />
            <text x={(x + 10).to_string()} y={(y + 15).to_string()}>{ fitted(node, NOTE_ROOM) }</text>
        </g>
    }
}

fn head(head: &Head, words: &'static Words) -> Html {
    let title = match head.column {
        Column::Client => words.map_client,
        Column::Name => words.map_name,
        Column::Entrance => words.map_entrance,
        Column::Route => words.map_route,
        Column::Service => words.map_service,
        Column::Pod => words.map_pod,
    };
    html! { <text key={title} class="map-head" x={head.x.to_string()} y={head.y.to_string()}>{ title }</text> }
}

fn line(line: &Line, direction: Direction) -> Html {
    let ((x1, y1), (x2, y2)) = (line.from, line.to);
    let (x, y) = ((x1 + x2) / 2, (y1 + y2) / 2);
    let path = match direction {
        Direction::Across => format!("M{x1} {y1}C{x} {y1} {x} {y2} {x2} {y2}"),
        Direction::Down => format!("M{x1} {y1}C{x1} {y} {x2} {y} {x2} {y2}"),
    };
    let share = line.share.filter(|share| share.numerator < share.denominator).map(|share| {
        let (x, side) = if direction == Direction::Across { (x2 - 4, "end") } else { (x2 + 6, "start") };
        html! {
            <text class="map-share" text-anchor={side} x={x.to_string()} y={(y2 - 6).to_string()}>
                { share.percent() }
            </text>
        }
    });
    html! {
        <g key={format!("{x1} {y1} {x2} {y2}")} class="map-line" data-lit={line.share.map(|_| "")}>
            <path d={path} />
            { share.unwrap_or_default() }
        </g>
    }
}

#[derive(PartialEq, Properties)]
struct SpotBoxProps {
    placed: Placed,
}

/// A box; a button to its lines where somebody wrote it.
#[component]
fn SpotBox(props: &SpotBoxProps) -> Html {
    let (words, jump) = (use_words(), use_jump());
    let Placed { spot, x, y, width, height, .. } = &props.placed;
    let place = spot_place(&props.placed);
    let onclick = use_callback((place, jump.clone()), |_: MouseEvent, (place, jump)| {
        place.iter().for_each(|place| jump.emit(*place));
    });
    let onkeydown = use_callback((place, jump), |event: KeyboardEvent, (place, jump)| {
        if matches!(&*event.key(), "Enter" | " ") {
            event.prevent_default();
            place.iter().for_each(|place| jump.emit(*place));
        }
    });
    let Spot { title, note, lit, outcome, .. } = &props.placed.what;
    let badge = outcome.map(|outcome| {
        let at = format!("translate({} {}) scale(0.8)", x + width - 20, y + height - 20);
        html! {
            <g class="outcome-icon" data-outcome={name(outcome)} transform={at}>
                <circle cx="10" cy="10" r="9" /><path d={sign(outcome)} />
            </g>
        }
    });
    html! {
        <g class="map-spot" data-lit={lit.then_some("")} data-outcome={outcome.map(name)} data-spot={spot.to_string()}
            role={if place.is_some() { "button" } else { "img" }} tabindex={place.map(|_| "0")} {onclick} {onkeydown}>
            <title>{ spoken(&props.placed.what, words) }</title>
            <rect x={x.to_string()} y={y.to_string()} width={width.to_string()} height={height.to_string()} rx="6" />
            <text class="map-title" x={(x + 10).to_string()} y={(y + 19).to_string()}>{ fitted(title, TITLE_ROOM) }</text>
            <text class="map-note" x={(x + 10).to_string()} y={(y + 35).to_string()}>{ fitted(note, NOTE_ROOM) }</text>
            { badge.unwrap_or_default() }
        </g>
    }
}

fn spot_place(placed: &Placed) -> Option<crate::answer::Place> {
    placed.what.place
}

/// What a box says to a screen reader, and to a mouse that rests on it.
fn spoken(spot: &Spot, words: &'static Words) -> String {
    let mut parts = vec![spot.title.to_string(), spot.note.to_string()];
    parts.extend(spot.node.iter().map(|node| node.to_string()));
    parts.extend(spot.outcome.map(|outcome| label(outcome, words).to_owned()));
    parts.extend(spot.lit.then(|| words.map_on_path.to_owned()));
    parts.retain(|part| !part.is_empty());
    parts.join(", ")
}
