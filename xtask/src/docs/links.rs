//! Whether the book's own links lead somewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::project::Done;

/// Every relative link of every page leads to a file; those that leave the book lead into the site, which need not be built.
pub fn lead_somewhere(book: &Path) -> Done {
    let mut broken = BTreeSet::new();
    for page in pages(book)? {
        let text = fs::read_to_string(&page).map_err(|error| format!("{}: {error}", page.display()))?;
        let folder = page.parent().unwrap_or(book);
        for link in links(&text).filter(|link| !link.contains(':') && !link.starts_with(['#', '/'])) {
            let target = plain(&folder.join(link.split('#').next().unwrap_or_default()));
            if target.starts_with(book) && !target.exists() {
                broken.insert(format!("{}: {link}", page.strip_prefix(book).unwrap_or(&page).display()));
            }
        }
    }
    if broken.is_empty() { Ok(()) } else { Err(broken.into_iter().collect::<Vec<_>>().join("\n")) }
}

fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).filter(|link| !link.is_empty())
}

fn pages(folder: &Path) -> Done<Vec<PathBuf>> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        // mdBook's page for what isn't there names its files from the top of a host.
        let is_page = path.extension().is_some_and(|extension| extension == "html") && !path.ends_with("404.html");
        if path.is_dir() {
            found.extend(pages(&path)?);
        } else if is_page {
            found.push(path);
        }
    }
    Ok(found)
}

/// Without `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        if part == Component::ParentDir {
            plain.pop();
        } else if part != Component::CurDir {
            plain.push(part);
        }
    }
    plain
}
