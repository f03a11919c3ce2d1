//! Playwright's tests against the built site, in the system's Chromium.

use crate::project::{Done, at, npm};
use crate::tools::chromium;
use std::process::Command;

/// The tests of tests/e2e; they serve dist/ themselves.
pub fn tests() -> Done<Command> {
    if !at("dist/index.html").is_file() {
        return Err("dist/ holds no site: run `cargo xtask build` first".to_owned());
    }
    let browser = chromium().ok_or("Chromium is missing")?;
    let mut command = npm("tests/e2e");
    command.args(["exec", "--no", "--", "playwright", "test", "--reporter=list"]).env("CHROMIUM", browser);
    Ok(command)
}
