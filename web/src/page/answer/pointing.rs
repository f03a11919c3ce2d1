//! What is pointed at in the walk is marked on the map, and the reverse: with the mouse and with the keyboard. Straight in the
//! document, as drawing the page anew for each move of the mouse would be work for nothing.

use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{Document, Element};
use yew::prelude::*;

/// What carries the mark; the style sheet draws it.
const MARK: &str = "data-pointed";

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

fn each(document: &Document, selector: &str, act: impl Fn(Element)) {
    let Ok(found) = document.query_selector_all(selector) else { return };
    (0..found.length()).filter_map(|at| found.get(at)?.dyn_into::<Element>().ok()).for_each(act);
}
