//! Writes what is found out when the site is built, into the folder that is named: the answer that the page opens with, in each
//! language, and a small picture of each example's map.

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs, io};

use whichpod_web::given::file;
use whichpod_web::language::Language;
use whichpod_web::page::answer::map::thumbnail::thumbnail;
use whichpod_web::worker::given::{given, map_of};

fn main() -> ExitCode {
    let Some(site) = env::args_os().nth(1) else {
        eprintln!("usage: whichpod-given FOLDER");
        return ExitCode::from(2);
    };
    match write(Path::new(&site)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", site.display());
            ExitCode::FAILURE
        }
    }
}

fn write(site: &Path) -> io::Result<()> {
    for language in [Language::English, Language::Japanese] {
        let path = site.join(file(language));
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(path, given(language).write())?;
    }
    pictures(&site.join("given/maps"))
}

/// The list of examples; their manifests are beside it.
const INDEX: &str = include_str!("../../../static/examples/index.json");

/// A picture of each example's map.
fn pictures(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../static/examples");
    let values = |key: &str| {
        let pattern = format!("\"{key}\": \"");
        let unquoted = |rest: &str| {
            rest.split("\"\n").next().unwrap_or_default().split("\",\n").next().map(|text| text.replace("\\\"", "\""))
        };
        INDEX.split(&pattern).skip(1).filter_map(unquoted).collect::<Vec<String>>()
    };
    let rows = values("id").into_iter().zip(values("from")).zip(values("command"));
    for ((id, from), command) in rows {
        let text = fs::read_to_string(examples.join(format!("{id}.yaml")))?;
        let map = map_of(&text, &from, &command).unwrap_or_default();
        fs::write(folder.join(format!("{id}.svg")), thumbnail(&map))?;
    }
    Ok(())
}
