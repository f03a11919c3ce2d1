//! The npm package's program: one function, asked and answering in JSON. What it is asked stands in `whichpod_core::call`; its JavaScript side
//! and its types stand in `wasm/npm/`.

use wasm_bindgen::prelude::wasm_bindgen;

/// Calls a function of [`whichpod_core::call`] by name. The answer is `{"answer": …}` or `{"error": "…"}`.
#[wasm_bindgen]
#[must_use]
pub fn call(function: &str, arguments: &str) -> String {
    whichpod_core::call::call(function, arguments)
}
