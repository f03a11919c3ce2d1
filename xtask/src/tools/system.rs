//! Programs that the system provides: on Debian as root they are installed, elsewhere they are named with the way to get them.

use crate::project::{Done, command};
use crate::step::{answer, quietly};
use std::env;
use std::path::{Path, PathBuf};

/// Something that no package of crates.io or npm holds.
#[derive(Clone, Copy)]
pub struct Program {
    name: &'static str,
    /// The Debian package.
    package: &'static str,
    /// How to get it elsewhere.
    elsewhere: &'static str,
    is_there: fn() -> bool,
}

pub const CHROMIUM: Program = Program {
    name: "Chromium",
    package: "chromium",
    elsewhere: "install Chromium or Chrome, or name its program in the variable CHROMIUM",
    is_there: || chromium().is_some(),
};

pub const CHROMEDRIVER: Program = Program {
    name: "ChromeDriver",
    package: "chromium-driver",
    elsewhere: "install the ChromeDriver of the same version, or name its program in the variable CHROMEDRIVER",
    is_there: || chromedriver().is_some(),
};

pub const FIREFOX: Program = Program {
    name: "Firefox",
    package: "firefox-esr",
    elsewhere: "install Firefox, or name its program in the variable FIREFOX",
    is_there: || firefox().is_some(),
};

/// The page's second language would be drawn as boxes in screenshots.
pub const JAPANESE_FONT: Program = Program {
    name: "a Japanese font",
    package: "fonts-ipafont-gothic",
    elsewhere: "install a font with Japanese characters",
    is_there: has_japanese_font,
};

/// The ingress model is compared with a real nginx.
pub const NGINX: Program = Program {
    name: "nginx",
    package: "nginx-light",
    elsewhere: "install nginx (it is started by tests only, never as a service)",
    is_there: || found(&["nginx", "/usr/sbin/nginx"]).is_some(),
};

/// Makes sure that all of these are there.
pub fn programs(wanted: &[Program]) -> Done {
    let missing = missing(wanted);
    if missing.is_empty() {
        return Ok(());
    }
    if !can_install() {
        return Err(how_to_get(&missing));
    }
    let names: Vec<&str> = missing.iter().map(|program| program.name).collect();
    apt_get("asking Debian for its package lists", &["update"])?;
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend(missing.iter().map(|program| program.package));
    apt_get(&format!("installing {}", names.join(", ")), &arguments)?;
    let still = self::missing(wanted);
    if still.is_empty() { Ok(()) } else { Err(how_to_get(&still)) }
}

/// The browser, from the variable CHROMIUM or found on PATH.
pub fn chromium() -> Option<PathBuf> {
    named_by("CHROMIUM")
        .or_else(|| found(&["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"]))
        .or_else(|| found(&["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"]))
}

/// The browser's driver, from the variable CHROMEDRIVER or found on PATH.
pub fn chromedriver() -> Option<PathBuf> {
    named_by("CHROMEDRIVER").or_else(|| found(&["chromedriver"]))
}

/// The other browser, from the variable FIREFOX or found on PATH.
pub fn firefox() -> Option<PathBuf> {
    named_by("FIREFOX")
        .or_else(|| found(&["firefox-esr", "firefox"]))
        .or_else(|| found(&["/Applications/Firefox.app/Contents/MacOS/firefox"]))
}

/// Chromium refuses to start as root unless its sandbox is off.
pub fn runs_as_root() -> bool {
    answer(command("id").arg("-u")).is_some_and(|id| id.trim() == "0")
}

fn missing(wanted: &[Program]) -> Vec<Program> {
    wanted.iter().copied().filter(|program| !(program.is_there)()).collect()
}

fn can_install() -> bool {
    found(&["apt-get"]).is_some() && Path::new("/etc/debian_version").exists() && runs_as_root()
}

fn how_to_get(missing: &[Program]) -> String {
    let mut lines = vec!["something is missing on this machine:".to_owned()];
    lines.extend(missing.iter().map(|program| {
        format!("  {}: {} (Debian: apt-get install {})", program.name, program.elsewhere, program.package)
    }));
    lines.join("\n")
}

fn apt_get(what: &str, arguments: &[&str]) -> Done {
    let mut command = command("apt-get");
    // Services must not start by themselves: the tests start what they need.
    command.args(["-o", "Dpkg::Use-Pty=0"]).args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    quietly(what, command.env("RUNLEVEL", "1"))
}

fn named_by(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).map(PathBuf::from).filter(|path| path.is_file())
}

/// The first of these that PATH leads to (or that exists, when it is a path).
fn found(names: &[&str]) -> Option<PathBuf> {
    let folders: Vec<PathBuf> = env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|path| path.is_file())
}

fn has_japanese_font() -> bool {
    answer(command("fc-list").arg(":lang=ja")).is_some_and(|fonts| !fonts.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::{NGINX, how_to_get};

    #[test]
    fn what_is_missing_is_named_with_the_way_to_get_it() {
        let message = how_to_get(&[NGINX]);
        assert!(message.contains("nginx: install nginx"), "{message}");
        assert!(message.contains("apt-get install nginx-light"), "{message}");
    }
}
