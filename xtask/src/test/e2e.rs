//! Playwright's tests against the built site, in the system's Chromium, and one journey in its Firefox.

use crate::project::{Done, at, command, npm};
use crate::tools::{chromium, firefox};
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

/// The journey in Firefox.
pub fn in_firefox() -> Done<Command> {
    let browser = firefox().ok_or("Firefox is missing")?;
    let mut command = command("node");
    command.arg("firefox.mjs").current_dir(at("tests/e2e"));
    command.env("FIREFOX", browser).env("GECKODRIVER", at("target/tools/bin/geckodriver"));
    Ok(command)
}
