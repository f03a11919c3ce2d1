//! The picture: columns from the client to the pods, the path lit. Drawn in SVG from [`layout`]'s rectangles.

mod folding;
mod layout;
mod menu;
mod packets;
mod rollouts;
pub mod thumbnail;

use std::collections::BTreeSet;
use std::rc::Rc;

use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Element, SvgElement, WheelEvent};
use yew::prelude::*;

use self::folding::Crowd;
use self::layout::{
    Bundle, Death, Direction, Frame, Head, Line, NOTE_ROOM, Picture, Placed, Run, TITLE_ROOM, fitted, short_pod,
};
use self::menu::{Opened, SpotMenu};
use self::packets::Packets;
use self::rollouts::RolloutBar;
use crate::answer::{Column, Landing, Outcome, Rollout, Spot, Verdict, plain};
use crate::page::answer::pointing::lines;
use crate::page::context::{Here, use_here, use_media};
use crate::page::icon::{label, name, outcome_icon, sign};
use crate::page::state::Action;
use crate::words::Words;

/// Where columns have no room beside each other.
const SLIM: &str = "(max-width: 40rem)";

/// Up to this many boxes everything is drawn unasked.
const SMALL: usize = 16;

/// One step of the zoom, and its ends.
const STEP: f64 = 1.25;
const ZOOMS: (f64, f64) = (0.3, 4.0);

/// What [`MapPanel`] is given.
#[derive(PartialEq, Properties)]
pub struct MapPanelProps {
    /// The map's answer.
    pub verdict: Rc<Verdict>,
    /// The roll-outs that can be stepped through.
    pub rollouts: Rc<[Rollout]>,
    /// Whether a change of the cluster can be taken back.
    pub undoable: bool,
    /// Changes the state.
    pub act: Callback<Action>,
}

/// The picture with its tools, in a frame that scrolls by itself.
#[component]
pub fn MapPanel(props: &MapPanelProps) -> Html {
    let words = use_here().words();
    let rest = use_state_eq(|| None::<bool>);
    let open = use_state_eq(BTreeSet::<Crowd>::new);
    let zoom = use_state_eq(|| None::<f64>);
    let (scroll, svg) = (use_node_ref(), use_node_ref());
    let whole = &props.verdict.map;
    let shows_rest = rest.unwrap_or(whole.spots.len() <= SMALL);
    let wanted = (props.verdict.clone(), shows_rest, (*open).clone());
    let map = use_memo(wanted, |(verdict, rest, open)| folding::folded(&verdict.map, *rest, open));
    let onzoom = use_zooming(&zoom, &scroll, &svg);
    let (setter, folded) = (rest.setter(), open.setter());
    let onrest = Callback::from(move |_: MouseEvent| setter.set(Some(!shows_rest)));
    let onback = props.act.reform(|_: MouseEvent| Action::TakeBack);
    let onfold = Callback::from(move |_: MouseEvent| folded.set(BTreeSet::new()));
    let onunfold = use_callback(open.clone(), |crowd: Crowd, open| {
        let mut next = (**open).clone();
        next.insert(crowd);
        open.set(next);
    });
    let button = |label: &'static str, sign: &'static str, step: Zoom| {
        let onclick = onzoom.reform(move |_: MouseEvent| step);
        html! { <button type="button" aria-label={label} title={label} {onclick}>{ sign }</button> }
    };
    html! {
        <section class="map" id="map">
            <h2 class="visually-hidden">{ words.map }</h2>
            { for props.rollouts.iter().map(|rollout| html! {
                <RolloutBar key={rollout.deployment.to_string()} rollout={rollout.clone()} act={props.act.clone()} />
            }) }
            <Stage verdict={props.verdict.clone()} map={map.0.clone()} origins={map.1.clone()} zoom={*zoom} nodes={(scroll, svg)}
                {onunfold} act={props.act.clone()} />
            <div class="map-foot">
                { as_text(&props.verdict, words) }
                { legend(words) }
                if whole.more > 0 { <p class="soft">{ format!("{} {}", whole.more, words.map_more_pods) }</p> }
                <div class="map-tools">
                    <button type="button" aria-pressed={if shows_rest { "true" } else { "false" }} onclick={onrest}>
                        { words.map_rest }
                    </button>
                    if !open.is_empty() { <button type="button" onclick={onfold}>{ words.map_fold }</button> }
                    if props.undoable { <button type="button" onclick={onback}>{ words.map_take_back }</button> }
                    <span class="map-zoom">
                        { button(words.map_smaller, "−", Zoom::Smaller) }
                        { button(words.map_larger, "+", Zoom::Larger) }
                        <button type="button" onclick={onzoom.reform(|_: MouseEvent| Zoom::Fit)}>{ words.map_fit }</button>
                    </span>
                </div>
            </div>
        </section>
    }
}

/// A step of the zoom.
#[derive(Clone, Copy, PartialEq)]
enum Zoom {
    Larger,
    Smaller,
    Fit,
}

/// Zooms with the wheel while Ctrl is held, as browsers do, and with what it gives.
#[hook]
fn use_zooming(zoom: &UseStateHandle<Option<f64>>, scroll: &NodeRef, svg: &NodeRef) -> Callback<Zoom> {
    // 1. A step from what is drawn now, where nobody has zoomed yet.
    let (setter, svg) = (zoom.setter(), svg.clone());
    let onzoom = use_callback(**zoom, move |step: Zoom, zoom| {
        let drawn = svg.cast::<Element>().map_or(1.0, |svg| {
            let width = svg.get_attribute("viewBox").and_then(|text| text.split(' ').nth(2)?.parse::<i32>().ok());
            let height = svg.get_attribute("viewBox").and_then(|text| text.split(' ').nth(3)?.parse::<i32>().ok());
            let drawn = svg.get_bounding_client_rect();
            let scale = |drawn: f64, whole: Option<i32>| drawn / f64::from(whole.unwrap_or(1).max(1));
            scale(drawn.width(), width).min(scale(drawn.height(), height))
        });
        let now = zoom.unwrap_or(drawn);
        setter.set(match step {
            Zoom::Fit => None,
            Zoom::Larger => Some((now * STEP).min(ZOOMS.1)),
            Zoom::Smaller => Some((now / STEP).max(ZOOMS.0)),
        });
    });
    // 2. The wheel, while Ctrl is held.
    use_effect_with((scroll.clone(), onzoom.clone()), |(scroll, onzoom)| {
        let onzoom = onzoom.clone();
        // Yew's own listener cannot keep the browser from zooming the whole page.
        let options = EventListenerOptions::enable_prevent_default();
        let listener = scroll.cast::<Element>().map(|scroll| {
            EventListener::new_with_options(&scroll, "wheel", options, move |event| {
                let Some(event) = event.dyn_ref::<WheelEvent>() else { return };
                if event.ctrl_key() || event.meta_key() {
                    event.prevent_default();
                    onzoom.emit(if event.delta_y() < 0.0 { Zoom::Larger } else { Zoom::Smaller });
                }
            })
        });
        move || drop(listener)
    });
    onzoom
}

#[derive(PartialEq, Properties)]
struct StageProps {
    verdict: Rc<Verdict>,
    map: crate::answer::Map,
    /// For each of its spots, those of the whole map that it stands for.
    origins: Rc<[Vec<u32>]>,
    zoom: Option<f64>,
    nodes: (NodeRef, NodeRef),
    onunfold: Callback<Crowd>,
    act: Callback<Action>,
}

/// The picture, and the menu that stands on it.
#[component]
fn Stage(props: &StageProps) -> Html {
    let here = use_here();
    let words = here.words();
    let direction = if use_media(SLIM) { Direction::Down } else { Direction::Across };
    let drawn = (props.map.clone(), direction);
    let picture = use_memo(drawn, |(map, direction)| layout::picture(map, *direction));
    let Picture { width, height, frames, heads, lines, boxes } = &*picture;
    let bundles = layout::bundles(lines);
    let deaths = layout::deaths(&props.map, boxes, &failures(&props.verdict, words), direction);
    // The reasons are written below everything.
    let tall = if deaths.is_empty() { *height } else { height + layout::REASON };
    let menu = use_state_eq(|| None::<Opened>);
    let setter = menu.setter();
    let onopen = Callback::from(move |opened| setter.set(Some(opened)));
    let onclose = use_callback(menu.setter(), |(), menu| menu.set(None));
    let spots = boxes.iter().map(|placed| {
        let origins = props.origins.get(placed.spot).map_or(&[][..], Vec::as_slice);
        spot_box(placed, origins, &onopen, &props.onunfold, &here)
    });
    let sizes = (*width, tall, props.zoom, props.nodes.1.clone());
    use_effect_with(sizes, |(width, height, zoom, svg)| size(svg, *width, *height, *zoom));
    html! {
        <div class="map-stage">
            <div class="map-scroll" role="region" aria-label={words.map} tabindex="0" ref={props.nodes.0.clone()}
                title={words.map_hint} onpointermove={pan}>
                <svg ref={props.nodes.1.clone()} data-zoomed={props.zoom.map(|_| "")}
                    viewBox={format!("0 0 {width} {tall}")}>
                    { for frames.iter().map(|frame| self::frame(frame, lines)) }
                    { for lines.iter().enumerate().map(|(at, line)| self::line(line, &bundles[at], direction)) }
                    { for deaths.iter().map(|death| death_mark(death, *height)) }
                    { for heads.iter().map(|at| head(at, words)) }
                    { for spots }
                    if let Some(sent) = props.verdict.sent.clone() {
                        <Packets {sent} map={props.map.clone()} boxes={boxes.clone()} {direction} />
                    }
                </svg>
            </div>
            if let Some(opened) = (*menu).clone() {
                <SpotMenu key={opened.spot.title.to_string()} opened={opened.clone()} act={props.act.clone()} onunfold={props.onunfold.clone()} {onclose} />
            }
        </div>
    }
}

/// How small the picture may become where there is little room, and how large where there is much: its smallest text has 11
/// pixels in its own measure.
const SCALES: (f64, f64) = (0.91, 1.5);

/// As large as there is room, within bounds; as somebody zoomed it. By script: the page's policy lets no attribute do that.
fn size(svg: &NodeRef, width: i32, height: i32, zoom: Option<f64>) {
    // 1. The bounds of its scale.
    let Some(svg) = svg.get().and_then(|node| node.dyn_into::<SvgElement>().ok()) else { return };
    let pixels = |length: i32, scale: f64| format!("{}px", (f64::from(length) * scale).round() as i32);
    let (least, most) = zoom.map_or(SCALES, |zoom| (zoom, zoom));
    let scroll = svg.parent_element();
    // 2. What is in the middle.
    let middle = scroll.as_ref().map(|scroll| {
        let of = |at: i32, seen: i32, whole: i32| f64::from(at + seen / 2) / f64::from(whole.max(1));
        (
            of(scroll.scroll_left(), scroll.client_width(), scroll.scroll_width()),
            of(scroll.scroll_top(), scroll.client_height(), scroll.scroll_height()),
        )
    });
    // 3. The new size.
    let style = svg.style();
    for (name, length, scale) in [
        ("min-width", width, least),
        ("min-height", height, least),
        ("max-width", width, most),
        ("max-height", height, most),
    ] {
        // Refused only for values that are no lengths.
        let _ = style.set_property(name, &pixels(length, scale));
    }
    // 4. What was in the middle stays there.
    if let (Some(scroll), Some((x, y)), true) = (scroll, middle, zoom.is_some()) {
        let to = |share: f64, seen: i32, whole: i32| (share * f64::from(whole)) as i32 - seen / 2;
        scroll.set_scroll_left(to(x, scroll.client_width(), scroll.scroll_width()));
        scroll.set_scroll_top(to(y, scroll.client_height(), scroll.scroll_height()));
    }
}

/// Moves the picture with the mouse; fingers scroll it.
fn pan(event: PointerEvent) {
    if event.buttons() == 1 && event.pointer_type() == "mouse" {
        let within = event.target_dyn_into::<Element>().and_then(|target| target.closest(".map-scroll").ok()?);
        if let Some(scroll) = within {
            scroll.set_scroll_left(scroll.scroll_left() - event.movement_x());
            scroll.set_scroll_top(scroll.scroll_top() - event.movement_y());
        }
    }
}

/// The ways as a list, for those who don't look at the picture.
fn as_text(Verdict { map, landings, .. }: &Verdict, words: &'static Words) -> Html {
    let ways = map.ways.iter().zip(landings).enumerate().map(|(at, (way, landing))| {
        let spots = way.iter().filter_map(|at| map.spots.get(*at as usize));
        let titles: Vec<String> = spots.map(|spot| spot.title.to_string()).collect();
        let end = format!("{} {}", landing.share.percent(), label(landing.outcome, words));
        html! { <li key={at}>{ format!("{}: {end}", titles.join(" → ")) }</li> }
    });
    html! {
        <details class="map-text">
            <summary>{ words.map_as_text }</summary>
            <ul aria-label={words.map_as_text} tabindex="0">{ for ways }</ul>
        </details>
    }
}

/// Colour, sign and word of each outcome.
fn legend(words: &'static Words) -> Html {
    let outcomes = [
        Outcome::Delivered,
        Outcome::Responded,
        Outcome::Refused,
        Outcome::Dropped,
        Outcome::Unresolved,
        Outcome::Unanswered,
        Outcome::Unknown,
    ];
    let entries = outcomes.map(|outcome| {
        html! {
            <li key={name(outcome)} data-outcome={name(outcome)}>{ outcome_icon(outcome) }{ label(outcome, words) }</li>
        }
    });
    html! {
        <details class="map-legend">
            <summary>{ words.legend }</summary>
            <ul class="legend" aria-label={words.legend}>{ for entries }</ul>
        </details>
    }
}

/// The name stands beside the shares of lines that come from aside.
fn frame(frame: &Frame, lines: &[Line]) -> Html {
    let Frame { node, x, y, width, height } = frame;
    let (before, room) = frame.room(lines);
    html! {
        <g key={format!("frame {node}")} class="map-frame">
            <rect x={x.to_string()} y={y.to_string()} width={width.to_string()} height={height.to_string()} rx="8" />
            <text x={(x + before).to_string()} y={(y + 13).to_string()}>{ fitted(node, room) }</text>
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

/// Why each landing goes no further; None for those that arrive.
fn failures(verdict: &Verdict, words: &'static Words) -> Vec<Option<(Outcome, String)>> {
    let arrives =
        |outcome| matches!(outcome, Outcome::Delivered | Outcome::Found | Outcome::Responded | Outcome::External);
    let failure = |landing: &Landing| {
        let why = plain(if landing.why.is_empty() { &landing.title } else { &landing.why });
        (landing.outcome, format!("{}: {why}", label(landing.outcome, words)))
    };
    verdict.landings.iter().map(|landing| (!arrives(landing.outcome)).then(|| failure(landing))).collect()
}

/// A cross on the line on which requests die, and the reason, below the picture.
fn death_mark(death: &Death, height: i32) -> Html {
    let Death { at: (x, y), outcome, reason, text } = death;
    html! {
        <g key={format!("death {x} {y}")} class="map-death" data-outcome={name(*outcome)}>
            <title>{ reason }</title>
            <path class="map-death-line" d={format!("M{x} {}V{}", y + 8, height + 4)} />
            <circle cx={x.to_string()} cy={y.to_string()} r="8" />
            <path d={format!("M{} {}l7 7m0 -7l-7 7", x - 3, y - 3)} />
            <text text-anchor="middle" x={text.1.to_string()} y={(height + layout::REASON - 4).to_string()}>{ &text.0 }</text>
        </g>
    }
}

/// `bundle`: how many lines like it leave the same box; the first one says so for all.
fn line(line: &Line, bundle: &Bundle, direction: Direction) -> Html {
    let Run { from: (x1, y1), to: (x2, y2), gutter } = line.run;
    let path = format!("M{x1} {y1}{}", line.run.path(direction));
    let shared = line.share.filter(|share| share.numerator < share.denominator && *bundle != Bundle::Told);
    let share = shared.map(|share| {
        if let Bundle::Tells(count) = bundle {
            return html! {
                <text class="map-share" x={(x1 + 4).to_string()} y={(y1 - 12).to_string()}>{ format!("{count} × {}", share.percent()) }</text>
            };
        }
        let (x, y, side) = match (direction, gutter) {
            (Direction::Across, _) => (x2 - 4, y2 - 6, "end"),
            (Direction::Down, None) => (x2 + 6, y2 - 6, "start"),
            // Above the box, as beside a line from above.
            (Direction::Down, Some(gutter)) => (x2, y2 - 24, if gutter < x2 { "start" } else { "end" }),
        };
        html! {
            <text class="map-share" text-anchor={side} x={x.to_string()} y={y.to_string()}>{ share.percent() }</text>
        }
    });
    html! {
        <g key={format!("{x1} {y1} {x2} {y2}")} class="map-line" data-lit={line.share.map(|_| "")}>
            <path d={path} />
            { share.unwrap_or_default() }
        </g>
    }
}

/// A box: a button to its menu where something can be done with it, to its lines where somebody wrote it.
fn spot_box(
    placed: &Placed,
    origins: &[u32],
    onopen: &Callback<Opened>,
    onunfold: &Callback<Crowd>,
    here: &Here,
) -> Html {
    let words = here.words();
    let Placed { spot, x, y, width, height, what, .. } = placed;
    let has_menu = what.pod.is_some();
    let folds = folding::services(what);
    let press = {
        let (spot, jump, open) = (what.clone(), here.jump.clone(), onopen.clone());
        let unfold = onunfold.clone();
        // Yew listens at the root: which box it was, its place in the document tells.
        move |event: &Event| match event.target_dyn_into::<Element>().and_then(|at| at.closest(".map-spot").ok()?) {
            Some(at) if spot.pod.is_some() => open.emit(Opened { spot: spot.clone(), at }),
            Some(_) if folding::services(&spot).is_some() => unfold.emit(folding::all_services()),
            _ => spot.place.iter().for_each(|place| jump.emit(*place)),
        }
    };
    let onclick = {
        let press = press.clone();
        Callback::from(move |event: MouseEvent| press(&event))
    };
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if matches!(&*event.key(), "Enter" | " ") {
            event.prevent_default();
            press(&event);
        }
    });
    let can = has_menu || folds.is_some() || what.place.is_some();
    let crowd = (what.crowd > 1 && folds.is_none()).then(|| format!("×{} {}", what.crowd, words.map_pods));
    let crowd = crowd.or_else(|| folds.map(|_| words.map_more_services.to_owned()));
    let note = crowd.as_deref().unwrap_or(&what.note);
    let Spot { lit, outcome, .. } = what;
    let badge = outcome.map(|outcome| {
        let at = format!("translate({} {}) scale(0.8)", x + width - 19, y + height - 19);
        html! {
            <g class="outcome-icon" data-outcome={name(outcome)} transform={at}>
                <circle cx="10" cy="10" r="9" /><path d={sign(outcome)} />
            </g>
        }
    });
    html! {
        <g key={*spot} class="map-spot" data-lit={lit.then_some("")} data-outcome={outcome.map(name)} data-spot={spot.to_string()} data-stands-for={numbers(origins)}
            data-lines={lines(what.place)}
            role={if can { "button" } else { "img" }} tabindex={can.then_some("0")} aria-haspopup={has_menu.then_some("menu")}
            data-crowd={(what.crowd > 1).then_some("")} {onclick} {onkeydown}>
            <title>{ spoken(what, words) }</title>
            if what.crowd > 1 {
                <rect x={(x + 4).to_string()} y={(y + 4).to_string()} width={width.to_string()} height={height.to_string()} rx="6" />
            }
            <rect x={x.to_string()} y={y.to_string()} width={width.to_string()} height={height.to_string()} rx="6" />
            <text class="map-title" x={(x + 9).to_string()} y={(y + 15).to_string()}>{ fitted(&short_pod(what), TITLE_ROOM) }</text>
            <text class="map-note" x={(x + 9).to_string()} y={(y + 29).to_string()}>{ fitted(note, NOTE_ROOM) }</text>
            { badge.unwrap_or_default() }
        </g>
    }
}

/// `3 4 5`, by which `[data-stands-for~="4"]` finds it.
fn numbers(origins: &[u32]) -> String {
    origins.iter().map(u32::to_string).collect::<Vec<_>>().join(" ")
}

/// What a box says to a screen reader, and to a mouse that rests on it.
fn spoken(spot: &Spot, words: &'static Words) -> String {
    let mut parts = vec![spot.title.to_string(), spot.note.to_string()];
    parts.extend(folding::services(spot).map(|_| words.map_more_services.to_owned()));
    parts.extend((spot.crowd > 1 && spot.pod.is_some()).then(|| format!("{} {}", spot.crowd, words.map_pods)));
    parts.extend(spot.node.iter().map(std::string::ToString::to_string));
    parts.extend(spot.outcome.map(|outcome| label(outcome, words).to_owned()));
    parts.extend(spot.lit.then(|| words.map_on_path.to_owned()));
    parts.push(plain(&spot.why));
    parts.retain(|part| !part.is_empty());
    parts.join(", ")
}
