//! Where things are, and the commands that start from there: `cargo` and `npm` with the project's own tools first on PATH.

use std::env;
use std::ffi::OsString;
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
