//! Kustomizations in a folder of manifests: neither they nor the patches that they list are manifests.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// The patches of a kustomization.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Kustomization {
    patches: Vec<KustomizePatch>,
    patches_strategic_merge: Vec<String>,
    patches_json6902: Vec<KustomizePatch>,
}

/// A patch in a file of its own, or written out.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct KustomizePatch {
    path: Option<String>,
}

/// Keys with which a kustomization only lists files.
const LISTING: [&str; 4] = ["apiVersion", "kind", "metadata", "resources"];

/// The kustomizations among files and what they list as patches; each that changes what it lists is named.
pub fn kustomizations(files: &[PathBuf], notes: &mut Vec<String>) -> BTreeSet<PathBuf> {
    let mut patches = BTreeSet::new();
    for file in files.iter().filter(|file| is_kustomization(file)) {
        let folder = file.parent().unwrap_or(Path::new("."));
        let listed: Vec<PathBuf> = listed(file).into_iter().map(|path| folder.join(path)).collect();
        let known: Vec<PathBuf> =
            files.iter().filter(|file| listed.iter().any(|path| same(path, file))).cloned().collect();
        if !known.is_empty() {
            let names: Vec<String> = known.iter().map(|path| path.display().to_string()).collect();
            let (folder, names) = (folder.display(), names.join(", "));
            notes.push(format!(
                "{} lists as patches, left out: {names}; -k {folder} reads what it makes",
                file.display()
            ));
        }
        if known.is_empty() && changes_something(file) {
            let folder = folder.display();
            notes.push(format!("{} changes what it lists: -k {folder} reads what it makes", file.display()));
        }
        patches.extend(known);
        patches.insert(file.clone());
    }
    patches
}

/// Whether a file's name is a kustomization's.
pub fn is_kustomization(file: &Path) -> bool {
    file.file_stem().is_some_and(|stem| stem.eq_ignore_ascii_case("kustomization"))
}

/// Whether a kustomization does more than to list files.
fn changes_something(file: &Path) -> bool {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let keys: std::collections::BTreeMap<String, serde_yaml::Value> = serde_yaml::from_str(&text).unwrap_or_default();
    keys.keys().any(|key| !LISTING.contains(&key.as_str()))
}

fn listed(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    // One that can't be read is reported where it is read as a manifest.
    let read: Kustomization = serde_yaml::from_str(&text).unwrap_or_default();
    let paths = read.patches.into_iter().chain(read.patches_json6902).filter_map(|patch| patch.path);
    paths.chain(read.patches_strategic_merge.into_iter().filter(|path| !path.contains('\n'))).collect()
}

fn same(one: &Path, other: &Path) -> bool {
    let whole = |path: &Path| path.canonicalize().ok();
    one == other || whole(one).is_some_and(|one| Some(one) == whole(other))
}
