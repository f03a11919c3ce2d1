//! A .tar.gz that depends on nothing but its contents: POSIX ustar, in the order given, from 1980, owned by nobody.

use std::io::Write;

use flate2::{Compression, GzBuilder};

use crate::project::Done;

/// A file of an archive.
pub struct Entry {
    path: String,
    bytes: Vec<u8>,
    mode: u32,
}

impl Entry {
    /// A file to read.
    pub fn file(path: String, bytes: Vec<u8>) -> Self {
        Self { path, bytes, mode: 0o644 }
    }

    /// A file to run.
    pub fn program(path: String, bytes: Vec<u8>) -> Self {
        Self { path, bytes, mode: 0o755 }
    }
}

/// Tar's unit: headers are one, contents are filled up to the next.
const BLOCK: usize = 512;

/// 1980-01-01, the earliest that every unpacker can write.
const TIME: u64 = 315_532_800;

/// Packs the files.
pub fn tar_gz(entries: &[Entry]) -> Done<Vec<u8>> {
    let mut tar = Vec::new();
    for entry in entries {
        tar.extend(header(entry)?);
        tar.extend(&entry.bytes);
        tar.resize(tar.len().next_multiple_of(BLOCK), 0);
    }
    tar.resize(tar.len() + 2 * BLOCK, 0);
    let mut packed = GzBuilder::new().write(Vec::new(), Compression::best());
    packed.write_all(&tar).and_then(|()| packed.finish()).map_err(|error| error.to_string())
}

/// The header of a file, as IEEE Std 1003.1 "ustar Interchange Format" lays it out.
fn header(entry: &Entry) -> Done<[u8; BLOCK]> {
    if entry.path.len() > 100 {
        return Err(format!("{}: longer than tar's 100 characters", entry.path));
    }
    let mut header = [0; BLOCK];
    let mut put = |at: usize, text: &str| header[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, &entry.path);
    put(100, &format!("{:07o}", entry.mode));
    put(108, "0000000");
    put(116, "0000000");
    put(124, &format!("{:011o}", entry.bytes.len()));
    put(136, &format!("{TIME:011o}"));
    // The sum counts its own field as spaces.
    put(148, "        ");
    put(156, "0");
    put(257, "ustar\u{0}00");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\u{0} ").as_bytes());
    Ok(header)
}

#[cfg(test)]
mod tests {
    use super::{Entry, tar_gz};
    use std::io::Write;
    use std::process::{Command, Stdio};

    #[test]
    fn tar_unpacks_what_was_packed() {
        let entries = [
            Entry::program("a/run".to_owned(), b"#!/bin/sh\n".to_vec()),
            Entry::file("a/empty".to_owned(), Vec::new()),
            Entry::file("a/long".to_owned(), vec![b'x'; 1025]),
        ];
        let packed = tar_gz(&entries).expect("an archive");
        assert_eq!(packed, tar_gz(&entries).expect("an archive"));
        let mut tar = Command::new("tar");
        let tar = tar.args(["-tvzf", "-"]).env("TZ", "UTC").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = tar.spawn().expect("tar runs");
        child.stdin.take().expect("its input").write_all(&packed).expect("it reads");
        let output = child.wait_with_output().expect("it ends");
        let listed = String::from_utf8(output.stdout).expect("text");
        assert!(output.status.success() && listed.lines().count() == 3, "{listed}");
        assert!(listed.contains("-rwxr-xr-x") && listed.contains("1025 1980-01-01"), "{listed}");
    }

    #[test]
    fn a_path_that_tar_cannot_hold_is_refused() {
        assert!(tar_gz(&[Entry::file("x".repeat(101), Vec::new())]).is_err());
    }
}
