//! Questions about positions, and their answers as `web/editor/src/assist.ts` takes them.

use js_sys::Array;
use wasm_bindgen::prelude::*;
use yew::Callback;

use crate::protocol::{Ask, Assistance, Assisted, Described, Explanation, Offer};

/// The function with which the editor asks.
pub fn asking(onassist: Callback<Ask>) -> JsValue {
    let ask = move |ticket: u32, wants: String, file: String, position: u32| {
        let wants = if wants == "complete" { Assistance::Complete } else { Assistance::Explain };
        onassist.emit(Ask::Assist { ticket, wants, file: file.into(), position });
    };
    Closure::<dyn Fn(u32, String, String, u32)>::new(ask).into_js_value()
}

/// An `Offer` or an `Explanation`; null where nothing is known.
pub fn answer(assisted: &Assisted) -> JsValue {
    let row = Array::of2(&assisted.from.into(), &assisted.to.into());
    match &assisted.explanation {
        Some(explanation) => explained(explanation).iter().for_each(|value| _ = row.push(&value)),
        None if assisted.offers.is_empty() => return JsValue::NULL,
        None => _ = row.push(&assisted.offers.iter().map(offered).collect::<Array>()),
    }
    row.into()
}

fn explained(explanation: &Explanation) -> Array {
    let texts = [&explanation.path, &explanation.go_type, &explanation.values];
    with_description(texts.map(|text| JsValue::from_str(text)).into_iter().collect(), explanation.described.as_ref())
}

fn offered(offer: &Offer) -> Array {
    let texts = [&offer.label, &offer.insert, &offer.kind, &offer.detail];
    with_description(texts.map(|text| JsValue::from_str(text)).into_iter().collect(), offer.described.as_ref())
}

fn with_description(row: Array, described: Option<&Described>) -> Array {
    row.push(&described.map_or(-1, |described| described.structure as i32).into());
    row.push(&described.map_or("", |described| &described.field).into());
    row
}
