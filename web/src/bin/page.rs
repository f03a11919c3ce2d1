//! The page's program: finds out what to begin with, then draws.

use whichpod_web::page::app::{App, AppProps};
use whichpod_web::page::persistence;

fn main() {
    wasm_bindgen_futures::spawn_local(async {
        let start = persistence::start().await;
        yew::Renderer::<App>::with_props(AppProps { start }).render();
    });
}
