//! The files of the repository as git knows them: what is ignored or generated is not there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A file that is tracked, or would be with `git add`.
#[derive(Debug)]
pub struct File {
    /// From the top of the repository, with `/`.
    pub path: String,
    /// None: not text.
    pub text: Option<String>,
}

/// The top of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the repository").to_path_buf()
}

/// Every file below a folder (`""`: all).
pub fn files(below: &str) -> Vec<File> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"])
        .current_dir(root())
        .output()
        .expect("git is installed");
    assert!(listed.status.success(), "git ls-files: {}", String::from_utf8_lossy(&listed.stderr));
    let paths = String::from_utf8(listed.stdout).expect("paths are UTF-8");
    paths.split('\0').filter(|path| !path.is_empty() && path.starts_with(below)).filter_map(read).collect()
}

/// None: removed, but the removal isn't committed yet.
fn read(path: &str) -> Option<File> {
    let bytes = fs::read(root().join(path)).ok()?;
    Some(File { path: path.to_owned(), text: String::from_utf8(bytes).ok() })
}
