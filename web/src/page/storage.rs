//! IndexedDB, through `js/storage.js`: the workspaces that are kept between visits, each as named texts under its name.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::HtmlInputElement;
use whichpod_core::order::Order;

use crate::language::Language;
use crate::words::Words;
use crate::workspace::Workspace;

#[wasm_bindgen(module = "/js/storage.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = load)]
    async fn load_record(key: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_name = save)]
    async fn save_record(key: &str, entries: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_name = remove)]
    async fn remove_record(key: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = hold)]
    async fn hold_record(key: &str, granted: &JsValue) -> JsValue;

    #[wasm_bindgen(catch)]
    async fn keys() -> Result<JsValue, JsValue>;

    fn download(name: &str, entries: &JsValue);

    #[wasm_bindgen(catch)]
    async fn upload(input: &HtmlInputElement) -> Result<JsValue, JsValue>;
}

/// The key of the workspace without a name, which everybody begins with; the others' begin with it and a slash.
const KEY: &str = "workspace";

/// Texts of more bytes than this are long: they are written by a worker, and not for each key.
pub const LONG: usize = 200_000;

/// Named texts: what [`crate::workspace::Workspace::entries`] makes.
pub type Entries = Vec<(String, String)>;

/// A record that is there and isn't what [`save`] writes, or couldn't be read. Nothing may be written over it: what it holds is
/// the user's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnreadableRecord;

/// What was kept under a name; empty on a first visit, and where the browser keeps nothing.
pub async fn load(name: &str) -> Result<Entries, UnreadableRecord> {
    match load_record(&key(name)).await {
        Ok(record) => {
            let whole = |kept: &Entries| kept.is_empty() || Workspace::is_in(kept);
            entries(&record).filter(whole).ok_or(UnreadableRecord)
        }
        Err(_) if names().await.iter().any(|kept| kept == name) => Err(UnreadableRecord),
        Err(_) => Ok(Vec::new()),
    }
}

/// Replaces what is kept under a name; an error if the browser could not write it.
pub async fn save(name: &str, entries: Entries) -> Result<(), JsValue> {
    let size: usize = entries.iter().map(|(_, text)| text.len()).sum();
    let record = if size > LONG { bytes(&entries) } else { record(entries) };
    save_record(&key(name), &record).await.map(drop)
}

/// Takes away what is kept under a name.
pub async fn remove(name: &str) -> Result<(), JsValue> {
    remove_record(&key(name)).await.map(drop)
}

/// Keeps what has a name for this tab; false if another tab does, until `granted` is called.
pub async fn hold(name: &str, granted: impl FnOnce() + 'static) -> bool {
    let granted = Closure::once_into_js(granted);
    hold_record(&key(name), &granted).await.is_truthy()
}

/// The names of everything that is kept, in alphabetical order; the empty one first.
pub async fn names() -> Vec<String> {
    let Ok(found) = keys().await else { return Vec::new() };
    let found = Array::from(&found).iter().filter_map(|key| key.as_string()).collect::<Vec<_>>();
    let mut names: Vec<String> = found.iter().filter_map(|key| name(key)).collect();
    names.order();
    names
}

/// The name itself, or with the first free number.
pub fn free_name(names: &[String], wanted: &str) -> String {
    let numbered = (2..).map(|number| format!("{wanted} {number}"));
    let free = std::iter::once(wanted.to_owned()).chain(numbered).find(|name| !names.contains(name));
    free.unwrap_or_else(|| wanted.to_owned())
}

/// A name for a workspace beside one that can't be opened.
pub async fn another_name(language: Language) -> String {
    let first = Words::of(language).workspace_first;
    let mut taken = names().await;
    taken.push(first.to_owned());
    free_name(&taken, first)
}

/// Offers a workspace as a file.
pub fn export(file: &str, entries: Entries) {
    download(file, &record(entries));
}

/// Reads a file that [`export`] made: its name, and what is in it.
pub async fn import(input: &HtmlInputElement) -> Result<(String, Entries), JsValue> {
    let read = Array::from(&upload(input).await?);
    Ok((read.get(0).as_string().unwrap_or_default(), entries(&read.get(1)).ok_or(JsValue::NULL)?))
}

fn key(name: &str) -> String {
    if name.is_empty() { KEY.to_owned() } else { format!("{KEY}/{name}") }
}

fn name(key: &str) -> Option<String> {
    let rest = key.strip_prefix(KEY)?;
    if rest.is_empty() { Some(String::new()) } else { rest.strip_prefix('/').map(str::to_owned) }
}

fn record(entries: Entries) -> Array {
    entries.iter().map(|(name, text)| Array::of2(&name.into(), &text.into())).collect()
}

/// A record to hand over: bytes move to another thread, strings are copied.
fn bytes(entries: &Entries) -> Array {
    let pair = |(name, text): &(String, String)| Array::of2(&name.into(), &Uint8Array::from(text.as_bytes()));
    entries.iter().map(pair).collect()
}

/// None for anything but pairs of texts.
fn entries(record: &JsValue) -> Option<Entries> {
    let pair = |pair: JsValue| {
        let pair = pair.dyn_ref::<Array>()?;
        Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
    };
    record.dyn_ref::<Array>()?.iter().map(pair).collect()
}
