//! `cargo xtask npm`: the npm package in `target/npm/`, ready for `npm pack` or `npm publish`.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::project::{Done, WASM, at, cargo, command, root, setting, without_own_folders};
use crate::step::quietly;
use crate::tools;

/// Where it is written.
pub const FOLDER: &str = "target/npm";

/// Builds the program, makes it small, and lays the package's own files beside it.
pub fn write() -> Done {
    tools::for_npm()?;
    let folder = at(FOLDER);
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(failed)?;
    }
    // 1. The program, and the JavaScript that wasm-bindgen writes for it.
    let mut build = cargo("build");
    build.args(["--package", "whichpod-wasm", "--release", "--target", WASM]);
    without_own_folders(&mut build, &root());
    quietly("building the npm package's program", &mut build)?;
    let built = at("target").join(WASM).join("release/whichpod_wasm.wasm");
    let program = folder.join("program");
    let mut bind = command("wasm-bindgen");
    bind.args(["--target", "web", "--out-name", "whichpod", "--no-typescript", "--out-dir"]).arg(&program).arg(&built);
    quietly("binding it to JavaScript", &mut bind)?;
    let wasm = program.join("whichpod_bg.wasm");
    let mut shrink = command("wasm-opt");
    shrink.args(["-Oz", "--enable-bulk-memory", "--enable-nontrapping-float-to-int", "--enable-sign-ext"]);
    shrink.args(["--enable-mutable-globals", "--enable-reference-types", "--enable-multivalue", "--strip-debug"]);
    shrink.arg(&wasm).arg("-o").arg(&wasm);
    quietly("making it small", &mut shrink)?;
    // 2. What people wrote, the licences, and package.json with the version and where it comes from.
    copy(&at("wasm/npm"), &folder)?;
    for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
        fs::copy(at(licence), folder.join(licence)).map_err(failed)?;
    }
    let package = fs::read_to_string(at("wasm/npm/package.json")).map_err(failed)?;
    fs::write(folder.join("package.json"), described(&package)?).map_err(failed)?;
    println!("written to {}", folder.display());
    Ok(())
}

/// package.json with the workspace's version and addresses, where it has any. The rest stays as it is written: of the
/// conditions of `exports` the first that fits counts.
fn described(package: &str) -> Done<String> {
    let mut lines = vec![format!("\"version\": {}", json!(env!("CARGO_PKG_VERSION")))];
    let (repository, page) = (setting("repository")?, setting("homepage")?);
    if !repository.is_empty() {
        let address = json!({ "type": "git", "url": format!("git+{repository}.git") });
        lines.push(format!("\"repository\": {address}"));
    }
    if !page.is_empty() {
        lines.push(format!("\"homepage\": {}", json!(page)));
    }
    let described = package.replacen("\"version\": \"0.0.0\"", &lines.join(",\n  "), 1);
    let read: Value = serde_json::from_str(&described).map_err(|error| format!("package.json: {error}"))?;
    let is_said = read["version"] == env!("CARGO_PKG_VERSION");
    if is_said { Ok(described) } else { Err("package.json: there is no \"version\": \"0.0.0\"".to_owned()) }
}

fn copy(from: &Path, to: &Path) -> Done {
    let failed = |error: std::io::Error| format!("{}: {error}", from.display());
    fs::create_dir_all(to).map_err(failed)?;
    for entry in fs::read_dir(from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target).map_err(failed)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::described;

    #[test]
    fn the_package_has_the_workspaces_version() {
        let text = described("{\"name\": \"whichpod\", \"version\": \"0.0.0\"}").expect("JSON");
        assert!(text.contains(&format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"))), "{text}");
    }
}
