//! The archive of a release as somebody gets it: made twice, in two folders, to the same bytes; unpacked, held against its sum, and run where
//! nothing else is: in the image's empty root folder if we are root, else with an empty environment. Built quickly: a release is the same
//! but for its speed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::package::{Packing, own_target};
use crate::project::{Done, at, command, root};
use crate::step::{answer, shown};
use crate::tools::runs_as_root;

/// The question, and a part of the right answer.
const QUESTION: [&str; 6] = ["trace", "-f", "-", "--", "curl", "http://shop.example.com/cart"];
const ANSWER: &str = "default/cart-";

/// Makes the archive here; gives it.
pub fn make() -> Done<PathBuf> {
    Packing { root: root(), folder: at("target/package-trial"), is_trial: true }.pack(&own_target()?)
}

/// Makes it once more from a copy of the sources in another folder: the bytes are the same.
pub fn make_elsewhere(first: &Path) -> Done {
    // 1. The files that git knows, as they are.
    let elsewhere = at("target/elsewhere/another name");
    let listed = answer(command("git").args(["ls-files", "-z"])).ok_or("git lists no files")?;
    for path in listed.split('\0').filter(|path| !path.is_empty() && at(path).is_file()) {
        let target = elsewhere.join(path);
        let failed = |error: std::io::Error| format!("{}: {error}", target.display());
        fs::create_dir_all(target.parent().unwrap_or(&elsewhere)).map_err(failed)?;
        fs::copy(at(path), &target).map_err(failed)?;
    }
    // 2. The same archive.
    let folder = elsewhere.join("target/package");
    let second = Packing { root: elsewhere, folder, is_trial: true }.pack(&own_target()?)?;
    let read = |path: &Path| fs::read(path).map_err(|error| format!("{}: {error}", path.display()));
    if read(first)? == read(&second)? {
        return Ok(());
    }
    Err(format!("{} and {} differ", first.display(), second.display()))
}

/// Unpacks the archive and asks the program.
pub fn use_it(archive: &Path) -> Done {
    let folder = archive.parent().unwrap_or(archive);
    let name = archive.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if cfg!(target_os = "linux") {
        succeed(command("sha256sum").args(["--check", "--quiet", &format!("{name}.sha256")]).current_dir(folder))?;
    }
    succeed(command("tar").arg("-xzf").arg(archive).arg("-C").arg(folder))?;
    let program = folder.join(name.trim_end_matches(".tar.gz")).join("whichpod");
    answers(Command::new(&program).env_clear().args(QUESTION))?;
    let image = folder.join("image-amd64");
    if runs_as_root() && image.is_dir() {
        answers(Command::new("chroot").arg(&image).arg("/whichpod").args(QUESTION))?;
    }
    Ok(())
}

/// The command, asked about the shop of the examples, finds the cart.
fn answers(command: &mut Command) -> Done {
    let shop = fs::File::open(at("static/examples/shop.yaml")).map_err(|error| error.to_string())?;
    let output = command.stdin(Stdio::from(shop)).output().map_err(|error| format!("`{}`: {error}", shown(command)))?;
    let told = String::from_utf8_lossy(&output.stdout);
    if told.contains(ANSWER) {
        return Ok(());
    }
    Err(format!("`{}` says {told}{}", shown(command), String::from_utf8_lossy(&output.stderr)))
}

fn succeed(command: &mut Command) -> Done {
    let output = command.output().map_err(|error| format!("`{}`: {error}", shown(command)))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("`{}`: {}", shown(command), String::from_utf8_lossy(&output.stderr)))
}
