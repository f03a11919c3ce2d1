//! What the page may weigh, as a static host sends it: gzip, each file by itself.

use crate::project::Done;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Bytes until the first answer stands: everything but what `LATER` names. The aim is 300 KiB (docs/performance.md says how
/// far off it is and why); until it is met, this keeps the page from growing.
const FIRST_ANSWER: usize = 1360 * 1024;

/// Bytes in all; the aim is 390 KiB. 160 KiB of it are the API's descriptions, for whoever wants a field explained, and
/// 40 KiB the pages that say what is modelled.
const WHOLE: usize = 1740 * 1024;

/// Beginnings of paths in dist/ that are asked for only after the first answer. The example that the page opens with is half
/// a kilobyte; all others are read when they are chosen.
const LATER: [&str; 4] = ["editor", "examples/", "modelled/", "schema/"];

/// What static hosts commonly use.
const LEVEL: Compression = Compression::new(6);

/// One file of the site.
#[derive(Debug, PartialEq, Eq)]
struct Asset {
    path: String,
    bytes: usize,
    is_later: bool,
}

/// Weighs the site, prints the table, and fails over budget.
pub fn keep(dist: &Path) -> Done {
    let assets = weigh(dist).map_err(|error| format!("{}: {error}", dist.display()))?;
    print!("{}", table(&assets));
    verdict(&assets)
}

fn weigh(dist: &Path) -> io::Result<Vec<Asset>> {
    let mut assets = Vec::new();
    for file in files(dist)? {
        let path = file.strip_prefix(dist).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        let is_later = LATER.iter().any(|later| path.starts_with(later));
        assets.push(Asset { bytes: gzipped(&fs::read(&file)?)?, is_later, path });
    }
    assets.sort_by(|a, b| (a.is_later, b.bytes, &a.path).cmp(&(b.is_later, a.bytes, &b.path)));
    Ok(assets)
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { found.extend(files(&path)?) } else { found.push(path) }
    }
    Ok(found)
}

fn gzipped(bytes: &[u8]) -> io::Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), LEVEL);
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}

fn table(assets: &[Asset]) -> String {
    let row = |bytes: usize, what: &str| format!("{:>9.1} KB  {what}\n", bytes as f64 / 1024.0);
    let mut text = String::from("size, gzip:\n");
    for asset in assets {
        let when = if asset.is_later { " (after the first answer)" } else { "" };
        text += &row(asset.bytes, &format!("{}{when}", asset.path));
    }
    text += &row(first_answer(assets), &format!("to the first answer, of {} KB", FIRST_ANSWER / 1024));
    text += &row(whole(assets), &format!("in all, of {} KB", WHOLE / 1024));
    text
}

fn verdict(assets: &[Asset]) -> Done {
    if assets.is_empty() {
        return Err("the site is empty".to_owned());
    }
    for (what, bytes, limit) in
        [("to the first answer", first_answer(assets), FIRST_ANSWER), ("in all", whole(assets), WHOLE)]
    {
        if bytes > limit {
            return Err(format!("the page is {} bytes too big {what}: {bytes} of {limit}", bytes - limit));
        }
    }
    Ok(())
}

fn first_answer(assets: &[Asset]) -> usize {
    assets.iter().filter(|asset| !asset.is_later).map(|asset| asset.bytes).sum()
}

fn whole(assets: &[Asset]) -> usize {
    assets.iter().map(|asset| asset.bytes).sum()
}

#[cfg(test)]
mod tests {
    use super::{Asset, FIRST_ANSWER, WHOLE, gzipped, verdict};

    fn asset(bytes: usize, is_later: bool) -> Asset {
        Asset { path: "x".to_owned(), bytes, is_later }
    }

    #[test]
    fn the_first_answer_has_its_own_limit() {
        assert!(verdict(&[asset(FIRST_ANSWER, false), asset(WHOLE - FIRST_ANSWER, true)]).is_ok());
        assert!(verdict(&[asset(FIRST_ANSWER + 1, false)]).is_err());
    }

    #[test]
    fn what_comes_later_counts_in_all() {
        assert!(verdict(&[asset(1, false), asset(WHOLE, true)]).is_err());
    }

    #[test]
    fn an_empty_site_is_no_site() {
        assert!(verdict(&[]).is_err());
    }

    #[test]
    fn text_weighs_less_than_its_length() -> std::io::Result<()> {
        assert!(gzipped(&[b'a'; 10_000])? < 100);
        Ok(())
    }
}
