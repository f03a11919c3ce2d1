//! The recordings: JSON lines, packed with xz. A world stands before the questions that share it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};

use lzma_rust2::{XzOptions, XzReader, XzWriter};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Manifests that questions share.
#[derive(Debug, Deserialize)]
pub struct RecordedWorld {
    /// What records name.
    pub id: String,
    /// YAML documents.
    pub manifests: String,
    /// Every Ingress is served by this implementation.
    #[serde(rename = "as")]
    pub serve_as: Option<String>,
    /// Lines of output that the laboratory decides: left out on both sides.
    #[serde(rename = "skipLines")]
    pub skip_lines: Option<String>,
}

/// What every record says of itself.
pub trait RecordedQuestion: DeserializeOwned + Sync {
    /// The record's name, unique in its part.
    fn id(&self) -> &str;

    /// The world it asks; None where it brings its own text.
    fn world(&self) -> Option<&str>;
}

/// A whole file.
#[derive(Debug)]
pub struct Recording<Q> {
    /// By their ids.
    pub worlds: BTreeMap<String, RecordedWorld>,
    /// In the file's order.
    pub records: Vec<Q>,
}

/// Tells a world from a record without reading the rest.
#[derive(Deserialize)]
struct LineHead<'l> {
    #[serde(borrow)]
    kind: Option<&'l str>,
}

impl<Q: RecordedQuestion> Recording<Q> {
    /// Reads the recording of a part.
    pub fn of_part(part: &str) -> Result<Self, String> {
        let path = path(part);
        Self::from_text(&text(&path)?).map_err(|error| format!("{}: {error}", path.display()))
    }

    fn from_text(text: &str) -> Result<Self, String> {
        let mut recording = Self { worlds: BTreeMap::new(), records: Vec::new() };
        for (number, line) in text.lines().enumerate() {
            recording.add(line).map_err(|error| format!("line {}: {error}", number + 1))?;
        }
        Ok(recording)
    }

    fn add(&mut self, line: &str) -> Result<(), serde_json::Error> {
        if serde_json::from_str::<LineHead<'_>>(line)?.kind == Some("world") {
            let world: RecordedWorld = serde_json::from_str(line)?;
            self.worlds.insert(world.id.clone(), world);
        } else {
            self.records.push(serde_json::from_str(line)?);
        }
        Ok(())
    }
}

/// Where a part's recording lies.
pub fn path(part: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("recorded").join(format!("{part}.jsonl.xz"))
}

/// The whole text of a packed file.
pub fn text(path: &Path) -> Result<String, String> {
    let file = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut text = String::new();
    let read = XzReader::new(BufReader::new(file), true).read_to_string(&mut text);
    read.map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(text)
}

/// Adds lines to a part's recording; they replace lines of the same kind and id.
pub fn add(part: &str, lines: &[Value]) -> Result<(), String> {
    let path = path(part);
    let key = |line: &Value| (line["kind"] == "world", line["id"].as_str().map(str::to_owned));
    let new: std::collections::BTreeSet<_> = lines.iter().map(key).collect();
    let text = text(&path)?;
    let is_kept = |line: &&str| serde_json::from_str::<Value>(line).is_ok_and(|line| !new.contains(&key(&line)));
    let kept = text.lines().filter(is_kept).map(str::to_owned);
    let all: Vec<String> = kept.chain(lines.iter().map(Value::to_string)).collect();
    let packed = packed(&(all.join("\n") + "\n")).map_err(|error| error.to_string())?;
    std::fs::write(&path, packed).map_err(|error| format!("{}: {error}", path.display()))
}

fn packed(text: &str) -> std::io::Result<Vec<u8>> {
    let mut writer = XzWriter::new(Vec::new(), XzOptions::with_preset(9))?;
    writer.write_all(text.as_bytes())?;
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::{packed, text};

    #[test]
    fn what_is_packed_can_be_read() {
        let path = std::env::temp_dir().join(format!("whichpod-oracle-{}.xz", std::process::id()));
        std::fs::write(&path, packed("one\ntwo\n").expect("memory is enough")).expect("a folder for temporary files");
        let read = text(&path);
        std::fs::remove_file(&path).expect("it was written");
        assert_eq!(read.as_deref(), Ok("one\ntwo\n"));
    }
}
