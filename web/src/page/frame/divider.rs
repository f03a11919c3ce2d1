//! The edge between two parts of the page, which can be moved: with the pointer, with the arrow keys, and back to where it
//! was with a double click. Where it stands is remembered.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, PointerEvent};
use yew::prelude::*;

use crate::page::browser;
use crate::page::context::use_words;

/// Which edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// Between the manifests and everything else, as a share of the width.
    Manifests,
    /// Above what stands in tabs, as a share of the height from below.
    Below,
}

/// How far a key moves it, in hundredths of a percent: as whole numbers, for printing and reading others weighs 7 KB.
const STEP: i32 = 200;

impl Edge {
    /// The setting under which it is kept, and the style sheet's variable.
    fn name(self) -> &'static str {
        match self {
            Self::Manifests => "edge-left",
            Self::Below => "edge-below",
        }
    }

    /// The ends, and where it stands by itself; as in `static/styles/layout.css`.
    fn range(self) -> (i32, i32, i32) {
        match self {
            Self::Manifests => (1500, 7000, 3600),
            Self::Below => (1000, 7500, 2400),
        }
    }

    /// Where the pointer would have it.
    fn under(self, event: &PointerEvent) -> Option<i32> {
        let window = web_sys::window()?;
        let inner = |size: wasm_bindgen::JsValue| size.as_f64().map(|size| size as i32).filter(|size| *size > 0);
        Some(match self {
            Self::Manifests => event.client_x() * 10_000 / inner(window.inner_width().ok()?)?,
            Self::Below => {
                let height = inner(window.inner_height().ok()?)?;
                (height - event.client_y()) * 10_000 / height
            }
        })
    }

    /// Where a key would have it.
    fn after(self, key: &str, now: i32) -> Option<i32> {
        let (least, most, _) = self.range();
        match (self, key) {
            (Self::Manifests, "ArrowLeft") | (Self::Below, "ArrowDown") => Some(now - STEP),
            (Self::Manifests, "ArrowRight") | (Self::Below, "ArrowUp") => Some(now + STEP),
            (_, "Home") => Some(least),
            (_, "End") => Some(most),
            _ => None,
        }
    }
}

/// In percent, as the style sheet takes it and as it is kept.
fn percent(at: i32) -> String {
    format!("{}.{:02}", at / 100, at % 100)
}

/// What [`percent`] has written.
fn read_percent(text: &str) -> Option<i32> {
    text.replace('.', "").parse().ok()
}

/// What [`Divider`] is given.
#[derive(PartialEq, Properties)]
pub struct DividerProps {
    /// Which edge it is.
    pub edge: Edge,
}

/// A separator of the ARIA practices.
#[component]
pub fn Divider(props: &DividerProps) -> Html {
    let (words, edge) = (use_words(), props.edge);
    let (least, most, usual) = edge.range();
    let at = use_state_eq(|| {
        let kept = browser::setting(edge.name()).and_then(|text| read_percent(&text));
        kept.filter(|at| (least..=most).contains(at))
    });
    use_effect_with(*at, move |at| {
        browser::set_root_variable(&format!("--{}", edge.name()), at.map(percent).as_deref())
    });
    let (setter, now) = (at.setter(), at.unwrap_or(usual));
    let put = Callback::from(move |to: Option<i32>| {
        let to = to.map(|to| to.clamp(least, most));
        browser::keep_setting(edge.name(), &to.map_or_else(String::new, percent));
        setter.set(to);
    });
    let held = |event: &PointerEvent| {
        let separator = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        separator.filter(|separator| separator.has_pointer_capture(event.pointer_id()))
    };
    let onpointerdown = Callback::from(move |event: PointerEvent| {
        if let Some(separator) = event.target_dyn_into::<HtmlElement>() {
            // Refused only for a pointer that is gone.
            let _ = separator.set_pointer_capture(event.pointer_id());
        }
    });
    let dragged = put.clone();
    let onpointermove = Callback::from(move |event: PointerEvent| {
        if held(&event).is_some() {
            dragged.emit(edge.under(&event));
        }
    });
    let keyed = put.clone();
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if let Some(to) = edge.after(&event.key(), now) {
            event.prevent_default();
            keyed.emit(Some(to));
        }
    });
    let ondblclick = put.reform(|_: MouseEvent| None);
    let (class, orientation, label) = match edge {
        Edge::Manifests => ("divider divider-left", "vertical", words.divider_left),
        Edge::Below => ("divider divider-below", "horizontal", words.divider_below),
    };
    let whole = |at: i32| (at / 100).to_string();
    html! {
        <div {class} role="separator" tabindex="0" aria-orientation={orientation} aria-label={label} title={words.divider_hint}
            aria-valuenow={whole(now)} aria-valuemin={whole(least)} aria-valuemax={whole(most)}
            {onpointerdown} {onpointermove} {onkeydown} {ondblclick} />
    }
}
