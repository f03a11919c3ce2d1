//! Tests (and benchmarks) compiled to WebAssembly: cargo builds them, wasm-bindgen's runner shows them to headless Chromium.

use crate::project::{Done, WASM, at, cargo};
use crate::tools::{chromedriver, chromium, runs_as_root};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The tests of the page's package.
pub fn tests() -> Done<Command> {
    let mut command = command("test")?;
    command.args(["-p", "whichpod-web", "--no-fail-fast"]);
    Ok(command)
}

/// `cargo test` or `cargo bench` with a runner that opens the browser.
pub fn command(verb: &str) -> Done<Command> {
    let browser = chromium().ok_or("Chromium is missing")?;
    let driver = chromedriver().ok_or("ChromeDriver is missing")?;
    let mut command = cargo(verb);
    command
        .args(["--target", WASM])
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", at("target/tools/bin/wasm-bindgen-test-runner"))
        .env("CHROMEDRIVER", driver)
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", capabilities(&browser)?)
        // Seconds for all tests of one program: a slow machine is no failure.
        .env("WASM_BINDGEN_TEST_TIMEOUT", "300");
    Ok(command)
}

/// How the driver starts the browser, as a file that the runner reads.
fn capabilities(browser: &Path) -> Done<PathBuf> {
    let mut arguments = vec![
        "--headless",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ];
    if runs_as_root() {
        arguments.push("--no-sandbox");
    }
    let path = at("target/tools/webdriver.json");
    fs::write(&path, webdriver(browser, &arguments)).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}

/// The options as WebDriver's JSON. Debug-printed strings are JSON's here: paths and options hold no control characters.
fn webdriver(browser: &Path, arguments: &[&str]) -> String {
    let browser = browser.to_string_lossy();
    format!("{{\"goog:chromeOptions\": {{\"binary\": {browser:?}, \"args\": {arguments:?}}}}}\n")
}

#[cfg(test)]
mod tests {
    use super::webdriver;
    use std::path::Path;

    #[test]
    fn the_drivers_options_are_json() {
        let json = webdriver(Path::new("/usr/bin/chromium"), &["--headless", "--no-sandbox"]);
        assert_eq!(
            json,
            "{\"goog:chromeOptions\": {\"binary\": \"/usr/bin/chromium\", \"args\": [\"--headless\", \"--no-sandbox\"]}}\n"
        );
    }
}
