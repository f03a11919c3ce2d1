//! What the page may weigh, as a static host sends it: gzip, each file by itself.

use crate::project::Done;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Bytes until a newcomer sees the first answer, which comes with the page. The aim is 300 KiB; this keeps the page from
/// growing (docs/performance.md says what weighs how much and why).
const OPENED: usize = 370 * 1024;

/// Bytes until the page answers a question of one's own: with the simulator.
const SIMULATED: usize = 1795 * 1024;

/// Bytes until the console's first command runs, in a worker of its own.
const CONSOLE: usize = SIMULATED + 2320 * 1024;

/// Bytes in all; the aim is 390 KiB. 160 KiB of it are the API's descriptions, for whoever wants a field explained, and
/// 40 KiB the pages that say what is modelled, 36 KiB definitions of custom resources.
const WHOLE: usize = CONSOLE + 480 * 1024;

/// Beginnings of paths in dist/ that are asked for after the first answer, and when. All others are loaded before.
const STAGES: [(&str, Stage); 12] = [
    ("whichpod-worker", Stage::Simulator),
    ("worker.js", Stage::Simulator),
    ("whichpod-console", Stage::Console),
    ("console.js", Stage::Console),
    ("editor", Stage::Later),
    ("examples/", Stage::Later),
    ("given/maps/", Stage::Later),
    ("modelled/", Stage::Later),
    ("schema/", Stage::Later),
    ("starters/", Stage::Later),
    ("renew.js", Stage::Later),
    ("sw.js", Stage::Later),
];

/// When a file is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// Before the first answer stands.
    Opening,
    /// At once, but nothing waits for it as long as nobody asks.
    Simulator,
    /// When the console is used, or a question is more than one tool asks.
    Console,
    /// When the simulator has answered, or when somebody wants it.
    Later,
}

/// What static hosts commonly use.
const LEVEL: Compression = Compression::new(6);

/// One file of the site.
#[derive(Debug, PartialEq, Eq)]
struct Asset {
    path: String,
    bytes: usize,
    stage: Stage,
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
        // The book is no part of the page.
        if path.starts_with("docs/") {
            continue;
        }
        let stage = STAGES.iter().find(|(beginning, _)| path.starts_with(beginning));
        let stage = stage.map_or(Stage::Opening, |(_, stage)| *stage);
        assets.push(Asset { bytes: gzipped(&fs::read(&file)?)?, stage, path });
    }
    assets.sort_by(|a, b| (a.stage, b.bytes, &a.path).cmp(&(b.stage, a.bytes, &b.path)));
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
        let when = match asset.stage {
            Stage::Opening => "",
            Stage::Simulator => " (the simulator)",
            Stage::Console => " (the console)",
            Stage::Later => " (later)",
        };
        text += &row(asset.bytes, &format!("{}{when}", asset.path));
    }
    for (what, stage, limit) in LIMITS {
        text += &row(until(assets, stage), &format!("{what}, of {} KB", limit / 1024));
    }
    text
}

const LIMITS: [(&str, Stage, usize); 4] = [
    ("to the first answer", Stage::Opening, OPENED),
    ("to an answer of one's own", Stage::Simulator, SIMULATED),
    ("to the console", Stage::Console, CONSOLE),
    ("in all", Stage::Later, WHOLE),
];

fn verdict(assets: &[Asset]) -> Done {
    if assets.is_empty() {
        return Err("the site is empty".to_owned());
    }
    for (what, stage, limit) in LIMITS {
        let bytes = until(assets, stage);
        if bytes > limit {
            return Err(format!("the page is {} bytes too big {what}: {bytes} of {limit}", bytes - limit));
        }
    }
    Ok(())
}

/// Bytes of everything that is loaded up to a stage.
fn until(assets: &[Asset], stage: Stage) -> usize {
    assets.iter().filter(|asset| asset.stage <= stage).map(|asset| asset.bytes).sum()
}

#[cfg(test)]
mod tests {
    use super::{Asset, CONSOLE, OPENED, SIMULATED, Stage, WHOLE, gzipped, verdict};

    fn asset(bytes: usize, stage: Stage) -> Asset {
        Asset { path: "x".to_owned(), bytes, stage }
    }

    #[test]
    fn every_stage_has_its_own_limit_and_those_before_count() {
        let full = || {
            let simulator = asset(SIMULATED - OPENED, Stage::Simulator);
            let console = asset(CONSOLE - SIMULATED, Stage::Console);
            vec![asset(OPENED, Stage::Opening), simulator, console, asset(WHOLE - CONSOLE, Stage::Later)]
        };
        assert!(verdict(&full()).is_ok());
        for at in 0..full().len() {
            let mut over = full();
            over[at].bytes += 1;
            assert!(verdict(&over).is_err(), "{:?}", over[at].stage);
        }
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
