//! `cargo xtask package`: what a release hands out, made on the machine that it is for, from one build.
//!
//! The same commit and toolchain give the same bytes in any folder: paths are mapped away, archives have no times, no owners and
//! a fixed order. `cargo xtask listings` then writes what package managers read, from the archives of all machines.

mod archive;
mod listings;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

use crate::project::{Done, at, cargo, root, without_own_folders};
use crate::step::{answer, quietly};
use crate::tools;
use archive::Entry;
pub use listings::write as write_listings;

/// Where releases are written.
pub const FOLDER: &str = "target/package";

/// What `whichpod completion` writes for: the shell, and the file's name in an archive.
const SHELLS: [(&str, &str); 3] = [("bash", "whichpod.bash"), ("zsh", "_whichpod"), ("fish", "whichpod.fish")];

/// What is built from where, and where it goes.
pub struct Packing {
    /// The checkout.
    pub root: PathBuf,
    /// The folder for what is handed out.
    pub folder: PathBuf,
    /// Quickly rather than for a quick program: to try the packing.
    pub is_trial: bool,
}

/// `cargo xtask package`: builds the command line for a target (by default this machine's own, static on Linux) and packs it.
pub fn run(target: Option<&str>) -> Done {
    let target = target.map_or_else(own_target, |target| Ok(target.to_owned()))?;
    let archive = Packing { root: root(), folder: at(FOLDER), is_trial: false }.pack(&target)?;
    println!("written to {}", archive.display());
    Ok(())
}

impl Packing {
    /// Builds and packs; gives the archive.
    pub fn pack(&self, target: &str) -> Done<PathBuf> {
        // 1. The program, without the place where it was built.
        tools::for_target(target)?;
        quietly(&format!("building whichpod for {target} in {}", self.root.display()), &mut self.build(target))?;
        let program = if target.contains("windows") { "whichpod.exe" } else { "whichpod" };
        let built = self.root.join("target").join(target).join("native").join(program);
        // 2. The archive, and its sum beside it.
        let name = archive_name(target);
        let packed = archive::tar_gz(&self.entries(&name, program, &built)?)?;
        let archive = self.write(&format!("{name}.tar.gz"), &packed)?;
        self.write(&format!("{name}.tar.gz.sha256"), format!("{}  {name}.tar.gz\n", sum(&packed)).as_bytes())?;
        println!("{}  {name}.tar.gz ({} KB)", sum(&packed), packed.len() / 1000);
        // 3. The image's root folder, by Docker's name of the machine: the program, which is static, needs nothing else.
        if target.contains("linux") {
            let arch = if target.starts_with("aarch64") { "arm64" } else { "amd64" };
            let copy = self.write(&format!("image-{arch}/whichpod"), &read(&built)?)?;
            fs::copy(&built, &copy).map_err(|error| format!("{}: {error}", copy.display()))?;
        }
        Ok(archive)
    }

    fn build(&self, target: &str) -> Command {
        let mut command = cargo("build");
        command.current_dir(&self.root).args(["--package", "whichpod", "--profile", "native", "--target", target]);
        command.env("CARGO_PROFILE_NATIVE_STRIP", "symbols").env("CARGO_INCREMENTAL", "0");
        if self.is_trial {
            command.env("CARGO_PROFILE_NATIVE_OPT_LEVEL", "0").env("CARGO_PROFILE_NATIVE_LTO", "off");
            command.env("CARGO_PROFILE_NATIVE_CODEGEN_UNITS", "16");
        }
        without_own_folders(&mut command, &self.root);
        command
    }

    /// What an archive holds, all below one folder of its own name.
    fn entries(&self, name: &str, program: &str, built: &Path) -> Done<Vec<Entry>> {
        let mut entries = vec![Entry::program(format!("{name}/{program}"), read(built)?)];
        for file in ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "CHANGELOG.md"] {
            entries.push(Entry::file(format!("{name}/{file}"), read(&self.root.join(file))?));
        }
        for (shell, file) in SHELLS {
            let script = printed(built, &["completion", shell])?;
            entries.push(Entry::file(format!("{name}/completions/{file}"), script.into_bytes()));
        }
        entries.push(Entry::file(format!("{name}/whichpod.1"), printed(built, &["man"])?.into_bytes()));
        Ok(entries)
    }

    /// Writes a file of what is handed out.
    fn write(&self, name: &str, bytes: &[u8]) -> Done<PathBuf> {
        let path = self.folder.join(name);
        let failed = |error: std::io::Error| format!("{}: {error}", path.display());
        fs::create_dir_all(path.parent().unwrap_or(&self.folder)).map_err(failed)?;
        fs::write(&path, bytes).map_err(failed)?;
        Ok(path)
    }
}

/// `whichpod-0.1.0-x86_64-unknown-linux-musl`
fn archive_name(target: &str) -> String {
    format!("whichpod-{}-{target}", env!("CARGO_PKG_VERSION"))
}

/// The target to hand out for this machine: musl on Linux, so that the program runs on every distribution and in an empty image.
pub fn own_target() -> Done<String> {
    let version = answer(Command::new("rustc").arg("-vV")).ok_or("rustc cannot be run")?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).ok_or("rustc names no host")?;
    Ok(host.replace("-linux-gnu", "-linux-musl"))
}

/// What the program prints; it runs on the machine that it is built on.
fn printed(program: &Path, arguments: &[&str]) -> Done<String> {
    answer(Command::new(program).args(arguments)).ok_or_else(|| format!("`whichpod {}` failed", arguments.join(" ")))
}

fn read(path: &Path) -> Done<Vec<u8>> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// SHA-256, in hexadecimal.
fn sum(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::sum;

    #[test]
    fn sums_are_those_of_sha256sum() {
        assert_eq!(sum(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
