//! The site without a network: a service worker that keeps every file of dist/, written after the build.
//!
//! The list of files and their hashes stand in the worker itself, so any change of the site is a change of the worker,
//! which is how browsers notice one. Development's site has none: what is kept would hide what was changed.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use crate::project::{Done, at};

/// The worker, before the list is put in.
const WORKER: &str = include_str!("offline/sw.js");

/// Where the list goes.
const LIST: &str = "/* files */";

/// The element that starts it, in the page's head.
const SCRIPT: &str = r#"<script type="module" src="./offline.js"></script>"#;

/// `cargo xtask offline`, and the last step of `cargo xtask build`: makes dist/ work offline. The second time changes
/// nothing.
pub fn write(dist: &Path) -> Done {
    let failed = |error: std::io::Error| format!("{}: {error}", dist.display());
    let page = fs::read_to_string(dist.join("index.html"))
        .map_err(|_| "dist/ holds no site: run `cargo xtask build` first".to_owned())?;
    fs::copy(at("static/offline.js"), dist.join("offline.js")).map_err(failed)?;
    fs::write(dist.join("index.html"), with_script(&page)).map_err(failed)?;
    let list = list(dist).map_err(failed)?;
    fs::write(dist.join("sw.js"), WORKER.replacen(LIST, &list, 1)).map_err(failed)
}

fn with_script(page: &str) -> String {
    if page.contains(SCRIPT) {
        return page.to_owned();
    }
    page.replacen("</head>", &format!("{SCRIPT}</head>"), 1)
}

/// Every file with its hash, as lines of JavaScript; sorted, so that the same site makes the same worker.
fn list(dist: &Path) -> std::io::Result<String> {
    let mut lines = Vec::new();
    for file in files(dist)? {
        let path = file.strip_prefix(dist).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        // The book is as large as the page, and read by whoever looks something up.
        if path != "sw.js" && !path.starts_with("docs/") {
            let mut hasher = DefaultHasher::new();
            fs::read(&file)?.hash(&mut hasher);
            lines.push(format!("  [{path:?}, \"{:016x}\"],\n", hasher.finish()));
        }
    }
    lines.sort();
    Ok(format!("\n{}", lines.concat()))
}

fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { found.extend(files(&path)?) } else { found.push(path) }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::{LIST, SCRIPT, WORKER, with_script};

    #[test]
    fn the_page_starts_it_once() {
        let page = with_script("<head><title>a</title></head>");
        assert!(page.contains(SCRIPT));
        assert_eq!(with_script(&page), page);
    }

    #[test]
    fn the_worker_has_room_for_the_list() {
        assert_eq!(WORKER.matches(LIST).count(), 1);
    }
}
