//! Writes the answer that the page opens with, in each language, into the folder of the site that is named.

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs, io};

use whichpod_web::given::file;
use whichpod_web::language::Language;
use whichpod_web::worker::given::given;

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
    Ok(())
}
