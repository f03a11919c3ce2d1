//! The browser around the page: address bar, clipboard, settings that must be known before the first frame.

use std::rc::Rc;

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// What stands after `#` in the address bar; empty without one.
pub fn fragment() -> String {
    let hash = web_sys::window().and_then(|window| window.location().hash().ok());
    hash.map_or_else(String::new, |hash| hash.trim_start_matches('#').to_owned())
}

/// Replaces what stands after `#`, without a new entry in the history.
pub fn set_fragment(fragment: &str) {
    let history = web_sys::window().and_then(|window| window.history().ok());
    if let Some(history) = history {
        // Refused only where the page has no address of its own (a sandboxed frame): then there is no link to keep.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&format!("#{fragment}")));
    }
}

/// The same with a new entry, so that Back leads to what was there; none where it stands there already.
pub fn push_fragment(new: &str) {
    let history = web_sys::window().and_then(|window| window.history().ok()).filter(|_| fragment() != new);
    if let Some(history) = history {
        // Refused only where the page has no address of its own.
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&format!("#{new}")));
    }
}

/// What the browser calls the page.
pub fn set_title(title: &str) {
    if let Some(document) = web_sys::window().and_then(|window| window.document()) {
        document.set_title(title);
    }
}

/// The page's address with another fragment.
pub fn address_with(fragment: &str) -> String {
    let href = web_sys::window().and_then(|window| window.location().href().ok()).unwrap_or_default();
    format!("{}#{fragment}", href.split('#').next().unwrap_or_default())
}

/// Puts a text into the clipboard; an error where the browser refuses that.
pub async fn copy(text: &str) -> Result<(), JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    // Absent on pages that were not loaded securely.
    let clipboard = js_sys::Reflect::get(&window.navigator(), &"clipboard".into())?;
    if clipboard.is_undefined() {
        return Err(JsValue::NULL);
    }
    JsFuture::from(window.navigator().clipboard().write_text(text)).await.map(drop)
}

/// What is in the clipboard; an error where the browser or its user refuses that.
pub async fn pasted() -> Result<String, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let clipboard = js_sys::Reflect::get(&window.navigator(), &"clipboard".into())?;
    if clipboard.is_undefined() || !js_sys::Reflect::has(&clipboard, &"readText".into())? {
        return Err(JsValue::NULL);
    }
    JsFuture::from(window.navigator().clipboard().read_text()).await?.as_string().ok_or(JsValue::NULL)
}

/// Whether a newer version of the site waits: `static/offline.js` says so.
pub fn has_update() -> bool {
    let root = web_sys::window().and_then(|window| window.document()).and_then(|document| document.document_element());
    root.is_some_and(|root| root.has_attribute("data-update"))
}

/// Takes the newer version, which loads the page anew.
pub fn update() {
    if let (Some(window), Ok(event)) = (web_sys::window(), web_sys::Event::new("whichpod-update-now")) {
        // `static/offline.js` listens; it forbids nothing.
        let _ = window.dispatch_event(&event);
    }
}

/// A text file of this site; an error if it isn't there or the network is not.
pub async fn fetch(url: &str) -> Result<String, JsValue> {
    let text = JsFuture::from(response(url).await?.text()?).await?;
    text.as_string().ok_or(JsValue::NULL)
}

/// Any file of this site; an error if it isn't there or the network is not.
pub async fn fetch_bytes(url: &str) -> Result<Vec<u8>, JsValue> {
    let buffer = JsFuture::from(response(url).await?.array_buffer()?).await?;
    Ok(js_sys::Uint8Array::new(&buffer).to_vec())
}

async fn response(url: &str) -> Result<web_sys::Response, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let response: web_sys::Response = JsFuture::from(window.fetch_with_str(url)).await?.dyn_into()?;
    if response.ok() { Ok(response) } else { Err(JsValue::from(response.status())) }
}

/// A setting kept from an earlier visit. Settings stand in localStorage, which can be read before the first frame.
pub fn setting(name: &str) -> Option<String> {
    let storage = web_sys::window()?.local_storage().ok()??;
    storage.get_item(&format!("whichpod.{name}")).ok()?
}

/// The lines of a setting.
pub fn lines(name: &str) -> Vec<Rc<str>> {
    setting(name).unwrap_or_default().lines().filter(|line| !line.is_empty()).map(Rc::from).collect()
}

/// Keeps a setting. Where the browser refuses, it holds for this visit only.
pub fn keep_setting(name: &str, value: &str) {
    let storage = web_sys::window().and_then(|window| window.local_storage().ok()?);
    if let Some(storage) = storage {
        let _ = storage.set_item(&format!("whichpod.{name}"), value);
    }
}

/// Brings the first element that a selector names into sight.
pub fn scroll_to(selector: &str) {
    let document = web_sys::window().and_then(|window| window.document());
    if let Some(element) = document.and_then(|document| document.query_selector(selector).ok()?) {
        element.scroll_into_view();
    }
}

/// The browser's preferred language, as a tag.
pub fn language_tag() -> String {
    web_sys::window().and_then(|window| window.navigator().language()).unwrap_or_default()
}

/// Gives a variable of the style sheet a value; without one, it is as the style sheet has it. By script: the page's policy
/// lets no attribute do that.
pub fn set_root_variable(name: &str, value: Option<&str>) {
    let root = web_sys::window().and_then(|window| window.document()?.document_element());
    if let Some(root) = root.and_then(|root| root.dyn_into::<web_sys::HtmlElement>().ok()) {
        // Refused only for names that are none.
        let _ = match value {
            Some(value) => root.style().set_property(name, value),
            None => root.style().remove_property(name).map(drop),
        };
    }
}

/// Sets an attribute of `<html>`; an empty value takes it away.
pub fn set_root_attribute(name: &str, value: &str) {
    let root = web_sys::window().and_then(|window| window.document()?.document_element());
    if let Some(root) = root {
        let _ = if value.is_empty() { root.remove_attribute(name) } else { root.set_attribute(name, value) };
    }
}
