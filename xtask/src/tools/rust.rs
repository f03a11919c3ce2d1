//! The wasm target of the pinned toolchain, and the programs that cargo builds.

use crate::project::{Done, WASM, at, command};
use crate::step::{answer, quietly};
use std::fs;
use std::path::Path;

/// A program that cargo installs below `target/tools`, at a pinned version.
pub struct Program {
    /// The package on crates.io, and the command that tells its version.
    name: &'static str,
    command: &'static str,
    version: &'static str,
}

/// What building the site takes.
pub const BUILDERS: [Program; 2] = [
    // 0.22 needs a newer Rust than the pinned one.
    Program { name: "trunk", command: "trunk", version: "0.21.14" },
    // Must be the version of the wasm-bindgen library in Cargo.lock; it brings the test runner too.
    Program { name: "wasm-bindgen-cli", command: "wasm-bindgen", version: "0.2.129" },
];

/// Firefox's driver, which Debian doesn't have.
pub const GECKODRIVER: Program = Program { name: "geckodriver", command: "geckodriver", version: "0.37.1" };

/// The book.
pub const MDBOOK: Program = Program { name: "mdbook", command: "mdbook", version: "0.5.4" };

/// Adds the wasm target to the toolchain.
pub fn target() -> Done {
    add_target(WASM)
}

/// Adds a target to the toolchain.
pub fn add_target(target: &str) -> Done {
    if has_target(target) {
        return Ok(());
    }
    if answer(command("rustup").arg("--version")).is_none() {
        return Err(format!(
            "the Rust toolchain has no {target} target. Install Rust with rustup (https://rustup.rs), which adds it, \
             or the package of your distribution that holds it"
        ));
    }
    quietly(&format!("adding the target {target}"), command("rustup").args(["target", "add", target]))
}

/// Builds these, unless they are there in the right version.
pub fn programs(wanted: &[Program]) -> Done {
    let missing: Vec<String> = wanted.iter().filter(|program| !program.is_installed()).map(Program::pinned).collect();
    if missing.is_empty() {
        return Ok(());
    }
    // A folder of its own, for two lanes may build at once.
    let build = at("target/tools").join(format!("build-{}", wanted.first().map_or("", |program| program.name)));
    quietly(
        &format!("building {} (two minutes each on two cores, once)", missing.join(" and ")),
        command("cargo")
            .args(["install", "--locked", "--force", "--root"])
            .arg(at("target/tools"))
            .arg("--target-dir")
            .arg(&build)
            .args(&missing)
            // They run for seconds: a quick build serves better than a quick program.
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "0"),
    )?;
    // A gigabyte that nobody needs again; if it stays, nothing is wrong.
    let _ = fs::remove_dir_all(build);
    Ok(())
}

fn has_target(target: &str) -> bool {
    let folder = answer(command("rustc").args(["--print", "target-libdir", "--target", target]));
    folder.is_some_and(|folder| Path::new(folder.trim()).is_dir())
}

impl Program {
    /// `--version` prints `NAME VERSION` or `NAME vVERSION`.
    fn is_installed(&self) -> bool {
        let path = at("target/tools/bin").join(self.command);
        let says = path.to_str().and_then(|path| answer(command(path).arg("--version")));
        says.is_some_and(|says| {
            says.split_whitespace().nth(1).is_some_and(|word| word.trim_start_matches('v') == self.version)
        })
    }

    fn pinned(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::{BUILDERS, at};
    use std::fs;

    fn text(path: &str) -> String {
        fs::read_to_string(at(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn version(name: &str) -> &'static str {
        BUILDERS.iter().find(|program| program.name == name).expect("a program of that name").version
    }

    #[test]
    fn wasm_bindgen_is_one_version_everywhere() {
        let version = version("wasm-bindgen-cli");
        let locked = format!("name = \"wasm-bindgen\"\nversion = \"{version}\"\n");
        assert!(text("Cargo.lock").contains(&locked), "Cargo.lock has another wasm-bindgen than {version}");
        assert!(text("Trunk.toml").contains(&format!("wasm_bindgen = \"{version}\"")), "Trunk.toml");
    }

    #[test]
    fn wasm_opt_is_one_version_everywhere() {
        let lock = text("xtask/package-lock.json");
        let version = lock.split("\"binaryen\": \"").nth(1).and_then(|rest| rest.split('.').next());
        let version = version.expect("package-lock.json has binaryen");
        assert!(text("Trunk.toml").contains(&format!("wasm_opt = \"version_{version}\"")), "Trunk.toml: {version}");
    }
}
