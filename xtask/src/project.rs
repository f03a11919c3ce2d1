//! Where things are, and the commands that start from there: `cargo` and `npm` with the project's own tools first on PATH.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a task gives: nothing, or a message that says what to do.
pub type Done<T = ()> = Result<T, String>;

/// The target of the page's code.
pub const WASM: &str = "wasm32-unknown-unknown";

/// The top of the repository.
pub fn root() -> PathBuf {
    // `cargo run` tells where xtask/ is now; a checkout that moved keeps the compiled-in path only when started by hand.
    let here = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&here).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// A path below the top.
pub fn at(path: &str) -> PathBuf {
    root().join(path)
}

/// A key of `[workspace.package]` in Cargo.toml: `version`, `repository`, `homepage`.
pub fn setting(key: &str) -> Done<String> {
    let manifest = at("Cargo.toml");
    let text = fs::read_to_string(&manifest).map_err(|error| format!("{}: {error}", manifest.display()))?;
    let section = text.split("[workspace.package]").nth(1).unwrap_or_default();
    let section = section.split("\n[").next().unwrap_or_default();
    let value = section.lines().find_map(|line| line.strip_prefix(key)?.trim_start().strip_prefix('='));
    let value = value.ok_or_else(|| format!("Cargo.toml has no `{key}` in [workspace.package]"))?;
    Ok(value.trim().trim_matches('"').to_owned())
}

/// A command that runs at the top of the repository and finds the project's own tools first.
pub fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root()).env("PATH", search_path());
    command
}

/// `cargo` of the pinned toolchain, held to Cargo.lock.
pub fn cargo(verb: &str) -> Command {
    let mut command = command("cargo");
    command.arg(verb).arg("--locked");
    command
}

/// Has what is handed out name folders of no machine, wherever it is built: the sources' and cargo's own.
pub fn without_own_folders(build: &mut Command, root: &Path) {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")));
    let map = |from: &Path, to: &str| format!("--remap-path-prefix={}={to}", from.display());
    let mut flags = vec![map(root, "whichpod")];
    flags.extend(home.map(|home| map(&home, "cargo")));
    // RUSTFLAGS are parted by spaces, which a path may hold; these by a character that none does.
    build.env_remove("RUSTFLAGS").env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
}

/// `npm` in a folder of the repository.
pub fn npm(folder: &str) -> Command {
    let mut command = command("npm");
    command.current_dir(at(folder));
    command
}

/// PATH with trunk, wasm-bindgen and wasm-opt as pinned before any that the machine has.
fn search_path() -> OsString {
    let mut folders = vec![at("target/tools/bin"), at("xtask/node_modules/.bin")];
    folders.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    env::join_paths(folders).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::setting;

    #[test]
    fn settings_are_read() {
        assert_eq!(setting("version").as_deref(), Ok(env!("CARGO_PKG_VERSION")));
        assert!(setting("repository").is_ok_and(|url| url.is_empty() || url.starts_with("https://")));
        assert!(setting("no-such-key").is_err());
    }
}
