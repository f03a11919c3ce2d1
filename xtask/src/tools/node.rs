//! Packages from npm, as their lock files say.

use crate::project::{Done, at, command, npm};
use crate::step::{answer, quietly};
use std::fs;

/// The oldest Node.js that the packages run on.
const NODE: u32 = 20;

/// Runs `npm ci` in a folder, unless what its lock file says is installed already.
pub fn packages(folder: &str, what: &str) -> Done {
    let lock = at(folder).join("package-lock.json");
    let installed = at(folder).join("node_modules/.installed-lock.json");
    let wanted = fs::read(&lock).map_err(|error| format!("{}: {error}", lock.display()))?;
    if fs::read(&installed).is_ok_and(|present| present == wanted) {
        return Ok(());
    }
    is_there()?;
    let mut install = npm(folder);
    install.args(["ci", "--no-audit", "--no-fund"]);
    // No package may bring a browser of its own: the system's is used.
    install.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    quietly(&format!("installing {what} ({folder}/node_modules)"), &mut install)?;
    fs::write(&installed, wanted).map_err(|error| format!("{}: {error}", installed.display()))
}

fn is_there() -> Done {
    let version = answer(command("node").arg("--version")).ok_or_else(|| missing("Node.js is missing"))?;
    answer(command("npm").arg("--version")).ok_or_else(|| missing("npm is missing"))?;
    match major(&version) {
        Some(major) if major >= NODE => Ok(()),
        _ => Err(missing(&format!("Node.js is too old ({})", version.trim()))),
    }
}

fn missing(what: &str) -> String {
    format!("{what}: install Node.js {NODE} or newer with npm (https://nodejs.org, or your system's packages)")
}

/// `v20.20.2` -> 20
fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn nodes_version_is_read() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("20.20.2"), None);
    }
}
