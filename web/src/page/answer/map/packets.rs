//! Requests that were sent, as dots that move along their way; none for those who want less motion.

use wasm_bindgen::JsCast;
use web_sys::SvgAnimationElement;
use yew::prelude::*;

use super::layout::{Direction, Placed, Run};
use crate::answer::Map;
use crate::page::answer::arrivals::{STILL, use_arrived};
use crate::page::context::use_media;

use crate::answer::Sent;

/// As many are on the picture at once.
const MOST: usize = 16;

/// What [`Packets`] is given.
#[derive(PartialEq, Properties)]
pub struct PacketsProps {
    /// What was sent.
    pub sent: Sent,
    /// The ways, as they are drawn.
    pub map: Map,
    /// Where the boxes stand.
    pub boxes: Vec<Placed>,
    /// How the lines run.
    pub direction: Direction,
}

/// The newest packets.
#[component]
pub fn Packets(props: &PacketsProps) -> Html {
    let still = use_media(STILL);
    let arrived = use_arrived(Some(&props.sent));
    // What moves on a picture has no place on another.
    let begun = use_state(|| (props.sent.number, props.boxes.clone()));
    let (setter, now) = (begun.setter(), (props.sent.number, props.boxes.clone()));
    use_effect_with(props.sent.number, move |_| setter.set(now));
    if still || begun.1 != props.boxes {
        return Html::default();
    }
    let places = props.sent.arrivals.iter().take(arrived).enumerate().skip(arrived.saturating_sub(MOST));
    let packets = places.filter_map(|(at, place)| {
        let path = path(props.map.ways.get(*place as usize)?, &props.boxes, props.direction)?;
        Some(html! { <Packet key={format!("{} {at}", props.sent.number)} {path} /> })
    });
    html! { <g class="packets" aria-hidden="true">{ for packets }</g> }
}

#[derive(PartialEq, Properties)]
struct PacketProps {
    path: AttrValue,
}

/// One packet on its way; it stays where it lands until newer ones take its place.
#[component]
fn Packet(props: &PacketProps) -> Html {
    let motion = use_node_ref();
    use_effect_with(motion.clone(), |motion| {
        if let Some(motion) = motion.get().and_then(|node| node.dyn_into::<SvgAnimationElement>().ok()) {
            // Refused only where the element is not in a document any more.
            let _ = motion.begin_element();
        }
    });
    html! {
        <circle class="packet" r="5">
            <animateMotion ref={motion} path={props.path.clone()} dur="0.9s" begin="indefinite" fill="freeze" />
        </circle>
    }
}

/// Through the boxes of a way, from the edge of the first one to before the last one; None where it never leaves.
fn path(way: &[u32], boxes: &[Placed], direction: Direction) -> Option<String> {
    let boxes: Option<Vec<&Placed>> = way.iter().map(|at| boxes.get(*at as usize)).collect();
    let boxes = boxes?;
    let first = boxes.first()?;
    let [second, ..] = boxes.get(1..)? else { return None };
    let (x, y) = Run::between(first, second, direction).from;
    let mut path = format!("M{x} {y}");
    for pair in boxes.windows(2) {
        let [from, to] = pair else { continue };
        let run = Run::between(from, to, direction);
        path += &format!("L{} {}{}", run.from.0, run.from.1, run.path(direction));
    }
    Some(path)
}
