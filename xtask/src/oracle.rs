//! `cargo xtask oracle`: a program of its own, since it links the core. Components that are linked by programs in Go are built
//! here, below target/oracle, and kept.

use std::fs;
use std::path::PathBuf;

use crate::project::{Done, at, cargo, command};
use crate::step::{aloud, answer, quietly};

/// Programs in Go that link a component, in folders of their names.
const ENGINES: [&str; 1] = ["policies"];

/// Builds what is asked for, and hands the arguments over.
pub fn run(arguments: &[String]) -> Done {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let is_live = !words.iter().any(|word| matches!(*word, "replay" | "show" | "--help" | "-h"));
    let all = !ENGINES.iter().any(|engine| words.contains(engine));
    for engine in ENGINES.into_iter().filter(|engine| is_live && (all || words.contains(engine))) {
        build(engine)?;
    }
    aloud(cargo("run").args(["--quiet", "--package", "whichpod-oracle", "--"]).args(arguments))
}

/// Builds a program unless it was built from these very sources.
fn build(engine: &str) -> Done {
    let (folder, program) = (at("tests/oracle/live").join(engine), at("target/oracle/bin").join(engine));
    let (sources, stamp) = (sources(&folder)?, program.with_extension("sources"));
    if program.exists() && fs::read_to_string(&stamp).is_ok_and(|built| built == sources) {
        return Ok(());
    }
    if answer(command("go").arg("version")).is_none() {
        return Err(format!("{engine} needs Go 1.26 or newer (https://go.dev/dl) to be built; replay works without"));
    }
    let mut go = command("go");
    go.current_dir(&folder).args(["build", "-trimpath", "-o"]).arg(&program).arg(".");
    quietly(&format!("building {engine} with Go, some minutes the first time"), &mut go)?;
    fs::write(&stamp, sources).map_err(|error| format!("{}: {error}", stamp.display()))
}

/// All sources of a program as one text.
fn sources(folder: &PathBuf) -> Done<String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let entries = fs::read_dir(folder).map_err(failed)?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.sort();
    let texts = paths.into_iter().map(fs::read_to_string);
    texts.collect::<std::io::Result<Vec<String>>>().map(|texts| texts.concat()).map_err(failed)
}
