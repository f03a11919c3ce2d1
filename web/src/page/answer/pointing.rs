//! What is pointed at in the walk is marked on the map, and the reverse, and its lines in the editor: with the mouse and with
//! the keyboard. Straight in the document, as drawing the page anew for each move of the mouse would be work for nothing.

use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{Document, Element};
use yew::prelude::*;

use crate::answer::Place;

/// What carries the mark; the style sheet draws it.
const MARK: &str = "data-pointed";

/// Where the lines of what is pointed at stand, on a step, on a box, and then on `<html>`.
const LINES: &str = "data-lines";

/// What the editor hears when they change.
pub const POINTED: &str = "whichpod-pointed";

/// The lines of a place as [`LINES`] has them: file, first and last line.
pub fn lines(place: Option<Place>) -> Option<String> {
    place.map(|place| format!("{} {} {}", place.file, place.line, place.end_line))
}

/// The lines that are pointed at.
pub fn pointed() -> Option<(u32, u32, u32)> {
    let root = web_sys::window()?.document()?.document_element()?;
    let text = root.get_attribute(LINES)?;
    let mut numbers = text.split(' ').map_while(|number| number.parse().ok());
    Some((numbers.next()?, numbers.next()?, numbers.next()?))
}

/// Listens as long as the page is there.
#[hook]
pub fn use_pointing() {
    use_effect_with((), |()| {
        let document = web_sys::window().and_then(|window| window.document());
        let listeners = document.map(|document| {
            ["pointerover", "focusin"].map(|kind| {
                let whole = document.clone();
                EventListener::new(&document, kind, move |event| {
                    let at = event.target().and_then(|target| target.dyn_into::<Element>().ok());
                    point(&whole, at.as_ref());
                })
            })
        });
        move || drop(listeners)
    });
}

/// Marks what belongs together with the step or the box at hand.
fn point(document: &Document, at: Option<&Element>) {
    let closest = |selector: &str| at.and_then(|at| at.closest(selector).ok()?);
    show_lines(document, closest(&format!(".hop[{LINES}], .map-spot[{LINES}]")).and_then(|at| at.get_attribute(LINES)));
    let step = closest(".hop").and_then(|step| step.get_attribute("data-at"));
    let spots = closest(".map-spot").and_then(|spot| spot.get_attribute("data-stands-for"));
    let selectors: Vec<String> = match (step, spots) {
        (Some(spot), _) => vec![format!("[data-stands-for~=\"{spot}\"]")],
        (None, Some(spots)) => spots.split(' ').take(50).map(|spot| format!(".hop[data-at=\"{spot}\"]")).collect(),
        (None, None) => Vec::new(),
    };
    each(document, &format!("[{MARK}]"), |element| _ = element.remove_attribute(MARK));
    if !selectors.is_empty() {
        each(document, &selectors.join(", "), |element| _ = element.set_attribute(MARK, ""));
    }
}

/// Tells the editor which lines are pointed at; once for each change.
fn show_lines(document: &Document, lines: Option<String>) {
    let Some(root) = document.document_element().filter(|root| root.get_attribute(LINES) != lines) else { return };
    let _ = match &lines {
        Some(lines) => root.set_attribute(LINES, lines),
        None => root.remove_attribute(LINES),
    };
    if let Ok(event) = web_sys::Event::new(POINTED) {
        // Nobody forbids it.
        let _ = document.dispatch_event(&event);
    }
}

fn each(document: &Document, selector: &str, act: impl Fn(Element)) {
    let Ok(found) = document.query_selector_all(selector) else { return };
    (0..found.length()).filter_map(|at| found.get(at)?.dyn_into::<Element>().ok()).for_each(act);
}
