//! The page's program: finds out what to begin with, then draws.

use whichpod_web::page::app::{App, AppProps};
use whichpod_web::page::keeping;

fn main() {
    wasm_bindgen_futures::spawn_local(async {
        let start = keeping::start().await;
        yew::Renderer::<App>::with_props(AppProps { start }).render();
    });
}
