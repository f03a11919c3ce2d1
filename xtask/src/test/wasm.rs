//! Tests (and benchmarks) compiled to WebAssembly: cargo builds them, wasm-bindgen's runner shows them to a headless browser.

use crate::project::{Done, WASM, at, cargo};
use crate::tools::{chromedriver, chromium, firefox, runs_as_root};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Browser {
    Chromium,
    Firefox,
}

/// The tests of the page's package.
pub fn tests(browser: Browser) -> Done<Command> {
    let mut command = command("test", browser)?;
    command.args(["-p", "whichpod-web", "--no-fail-fast"]);
    Ok(command)
}

/// The same, compiled and not run.
pub fn compiled() -> Command {
    let mut command = cargo("test");
    command.args(["--target", WASM, "-p", "whichpod-web", "--no-run"]);
    command
}

/// `cargo test` or `cargo bench` with a runner that opens the browser.
pub fn command(verb: &str, browser: Browser) -> Done<Command> {
    let mut command = cargo(verb);
    command
        .args(["--target", WASM])
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", at("target/tools/bin/wasm-bindgen-test-runner"))
        // The runner takes the first driver that it is told of.
        .env_remove("CHROMEDRIVER")
        .env_remove("GECKODRIVER")
        .env(browser.variable(), browser.driver()?)
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", browser.capabilities()?)
        // Seconds for all tests of one program: a slow machine is no failure.
        .env("WASM_BINDGEN_TEST_TIMEOUT", "300");
    Ok(command)
}

impl Browser {
    /// In which the runner looks for the driver.
    fn variable(self) -> &'static str {
        match self {
            Self::Chromium => "CHROMEDRIVER",
            Self::Firefox => "GECKODRIVER",
        }
    }

    fn driver(self) -> Done<PathBuf> {
        match self {
            Self::Chromium => chromedriver().ok_or_else(|| "ChromeDriver is missing".to_owned()),
            Self::Firefox => Ok(at("target/tools/bin/geckodriver")),
        }
    }

    /// How the driver starts the browser, as a file that the runner reads.
    fn capabilities(self) -> Done<PathBuf> {
        let (file, json) = match self {
            Self::Chromium => {
                ("chromium.json", for_chromium(&chromium().ok_or("Chromium is missing")?, runs_as_root()))
            }
            Self::Firefox => ("firefox.json", for_firefox(&firefox().ok_or("Firefox is missing")?)),
        };
        let path = at("target/tools").join(file);
        fs::write(&path, json).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(path)
    }
}

// Options as WebDriver's JSON. Debug-printed strings are JSON's here: paths and options hold no control characters.

fn for_chromium(browser: &Path, is_root: bool) -> String {
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
    arguments.extend(is_root.then_some("--no-sandbox"));
    let browser = browser.to_string_lossy();
    format!("{{\"goog:chromeOptions\": {{\"binary\": {browser:?}, \"args\": {arguments:?}}}}}\n")
}

fn for_firefox(browser: &Path) -> String {
    let browser = browser.to_string_lossy();
    format!("{{\"moz:firefoxOptions\": {{\"binary\": {browser:?}, \"args\": [\"-headless\"]}}}}\n")
}

#[cfg(test)]
mod tests {
    use super::{for_chromium, for_firefox};
    use serde_json::Value;
    use std::path::Path;

    #[test]
    fn the_drivers_options_are_json() {
        for json in [for_chromium(Path::new("/a b/chromium"), true), for_firefox(Path::new("/usr/bin/firefox"))] {
            assert!(serde_json::from_str::<Value>(&json).is_ok_and(|value| value.is_object()), "{json}");
        }
        let root = for_chromium(Path::new("/usr/bin/chromium"), true);
        assert!(root.contains("\"binary\": \"/usr/bin/chromium\"") && root.contains("\"--no-sandbox\""), "{root}");
        assert!(!for_chromium(Path::new("/usr/bin/chromium"), false).contains("--no-sandbox"));
    }
}
