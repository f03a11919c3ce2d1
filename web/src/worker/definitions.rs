//! The greater part of the definitions of custom resources: loaded when an object of these groups is first read.

use whichpod_core::manifest::Checks;

/// What manifests are held against.
pub const CHECKS: Checks = Checks::with_definitions(loaded);

/// The file, which the worker waits for: what it reads depends on it. None where it can't be had, as without a network.
#[cfg(target_family = "wasm")]
fn loaded() -> Option<&'static str> {
    let request = web_sys::XmlHttpRequest::new().ok()?;
    request.open_with_async("GET", "schema/further.json", false).ok()?;
    request.send().ok()?;
    let text = request.response_text().ok()??;
    (request.status().ok()? == 200).then(|| &*text.leak())
}

/// Beside a browser there is nothing to load.
#[cfg(not(target_family = "wasm"))]
fn loaded() -> Option<&'static str> {
    None
}
