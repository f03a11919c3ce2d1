//! IndexedDB, through `js/storage.js`: what is kept between visits, as named texts.

use js_sys::Array;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/storage.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = load)]
    async fn load_record() -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_name = save)]
    async fn save_record(entries: &JsValue) -> Result<JsValue, JsValue>;
}

/// What was kept; empty on a first visit, and where the browser keeps nothing.
pub async fn load() -> Vec<(String, String)> {
    let Ok(record) = load_record().await else { return Vec::new() };
    Array::from(&record).iter().filter_map(|pair| entry(&pair)).collect()
}

/// Replaces what is kept; an error if the browser could not write it.
pub async fn save(entries: Vec<(String, String)>) -> Result<(), JsValue> {
    let record: Array = entries.iter().map(|(name, text)| Array::of2(&name.into(), &text.into())).collect();
    save_record(&record).await.map(drop)
}

fn entry(pair: &JsValue) -> Option<(String, String)> {
    let pair = Array::from(pair);
    Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
}
