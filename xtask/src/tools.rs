//! What the tasks need beyond cargo, installed when it is missing. Everything stays inside the repository (`target/tools`,
//! `node_modules`) but for the wasm target and, on Debian as root, the system's packages.

mod rust;
mod node;
mod system;

use crate::project::Done;

pub use system::{chromedriver, chromium, firefox, runs_as_root};

/// What building the page takes: the wasm target, trunk, wasm-bindgen, wasm-opt, the editor's packages.
pub fn for_site() -> Done {
    rust::target()?;
    rust::programs(&rust::BUILDERS)?;
    node::packages("xtask", "wasm-opt")?;
    node::packages("web/editor", "the editor's parts")
}

/// What tests and benchmarks compiled to WebAssembly take: they run in Chromium.
pub fn for_wasm() -> Done {
    rust::target()?;
    rust::programs(&rust::BUILDERS)?;
    system::programs(&[system::CHROMIUM, system::CHROMEDRIVER])
}

/// What the tests among them take to run in Firefox, too.
pub fn for_firefox() -> Done {
    rust::programs(&[rust::GECKODRIVER])?;
    system::programs(&[system::FIREFOX])
}

/// What Playwright takes; its screenshots show the page in both languages.
pub fn for_e2e() -> Done {
    system::programs(&[system::CHROMIUM, system::JAPANESE_FONT])?;
    node::packages("tests/e2e", "Playwright")
}

/// What checking the page's code takes.
pub fn for_wasm_check() -> Done {
    rust::target()
}

/// What the native tests take.
pub fn for_native() -> Done {
    system::programs(&[system::NGINX])
}

/// What building the command line for a machine takes.
pub fn for_target(target: &str) -> Done {
    rust::add_target(target)
}

/// What the npm package takes: the wasm target, wasm-bindgen, wasm-opt.
pub fn for_npm() -> Done {
    rust::target()?;
    rust::programs(&rust::BUILDERS)?;
    node::packages("xtask", "wasm-opt")
}

/// What using the npm package takes: TypeScript stands beside Playwright.
pub fn for_npm_test() -> Done {
    node::packages("tests/e2e", "Playwright")
}

/// What the book takes.
pub fn for_docs() -> Done {
    rust::programs(&[rust::MDBOOK])
}
