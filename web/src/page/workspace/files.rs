//! Files and folders from the disk, through `js/files.js`: chosen in a dialog or dropped on the editor.

use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::page::state::{Action, FileAction, Notice, Refusal, RefusalReason};
use crate::workspace::TextFile;

/// As much text as the page takes, in bytes: four times what is measured to be pleasant.
pub const MOST: usize = 20 << 20;

#[wasm_bindgen(module = "/js/files.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    async fn chosen(input: &HtmlInputElement, room: f64) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn dropped(transfer: &JsValue, room: f64) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = pasted)]
    fn pasted_text(event: &web_sys::Event) -> Option<String>;
    #[wasm_bindgen(js_name = carriesFiles)]
    fn carries_files(transfer: &JsValue) -> bool;
}

/// Opens what a file input holds. `held` is what the page holds already, in bytes.
pub fn open_chosen(input: HtmlInputElement, held: usize, act: Callback<Action>) {
    wasm_bindgen_futures::spawn_local(async move { tell(chosen(&input, room(held)).await, &act) });
}

/// Opens what was dropped; false if that were no files.
pub fn open_dropped(event: &DragEvent, held: usize, act: Callback<Action>) -> bool {
    let Some(transfer) = event.data_transfer().filter(|_| is_of_files(event)) else { return false };
    wasm_bindgen_futures::spawn_local(async move { tell(dropped(&transfer, room(held)).await, &act) });
    true
}

/// The manifests that a paste brings, unless it goes to a field that takes them as they are.
pub fn pasted(event: &web_sys::Event) -> Option<String> {
    pasted_text(event)
}

/// Whether a drag brings files.
pub fn is_of_files(event: &DragEvent) -> bool {
    event.data_transfer().is_some_and(|transfer| carries_files(&transfer))
}

fn room(held: usize) -> f64 {
    MOST.saturating_sub(held) as f64
}

fn tell(read: Result<JsValue, JsValue>, act: &Callback<Action>) {
    let Ok(read) = read else { return };
    let (texts, refused) = (pairs(&Array::from(&read).get(0)), pairs(&Array::from(&read).get(1)));
    if !texts.is_empty() {
        let files = texts.into_iter().map(|(name, text)| TextFile { name: name.into(), text: text.into() });
        act.emit(Action::File(FileAction::Open(files.collect())));
    }
    if !refused.is_empty() {
        let refused: Rc<[Refusal]> = refused.into_iter().map(refusal).collect();
        act.emit(Action::Tell(Notice::FilesRefused(refused)));
    }
}

fn refusal((name, reason): (String, String)) -> Refusal {
    let reason = match reason.as_str() {
        "binary" => RefusalReason::Binary,
        "large" => RefusalReason::Large,
        "empty" => RefusalReason::Empty,
        _ => RefusalReason::Unreadable,
    };
    Refusal { name: name.into(), reason }
}

fn pairs(rows: &JsValue) -> Vec<(String, String)> {
    let rows = Array::from(rows);
    let pair = |row: JsValue| {
        let row = Array::from(&row);
        Some((row.get(0).as_string()?, row.get(1).as_string()?))
    };
    rows.iter().filter_map(pair).collect()
}
