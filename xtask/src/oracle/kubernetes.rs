//! What the control plane's programs take beside their sources: their version, and the definitions of custom resources.

use std::fs;
use std::path::{Path, PathBuf};

use crate::project::{Done, at, command};
use crate::step::answer;

/// Without it the servers say that they are of no version.
pub const VERSION: &str = "-X k8s.io/component-base/version.gitVersion=v1.37.2 -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=37";

/// A module, and where its definitions stand: a file, a folder, or the start of files' paths.
const DEFINITIONS: [(&str, &str); 7] = [
    ("sigs.k8s.io/gateway-api@v1.7.0", "config/crd/standard/gateway"),
    (
        "github.com/traefik/traefik/v3@v3.7.13",
        "docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml",
    ),
    ("go.universe.tf/metallb@v0.15.2", "config/crd/bases/"),
    ("sigs.k8s.io/network-policy-api@v0.2.0", "config/crd/experimental/"),
    // The last one with AdminNetworkPolicy.
    ("sigs.k8s.io/network-policy-api@v0.1.7", "config/crd/standard/"),
    ("github.com/envoyproxy/gateway@v1.9.1", "charts/gateway-helm/charts/crds/crds/generated/gateway.envoyproxy.io_"),
    ("github.com/cert-manager/cert-manager@v1.19.2", "deploy/crds/"),
];

/// Lays the definitions below target/oracle/definitions.
pub fn prepare() -> Done {
    let target = at("target/oracle/definitions");
    let failed = |error: std::io::Error| format!("{}: {error}", target.display());
    fs::create_dir_all(&target).map_err(failed)?;
    for (number, (module, start)) in DEFINITIONS.iter().enumerate() {
        for file in files(&downloaded(module)?.join(start)) {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let text = fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
            fs::write(target.join(format!("{number}-{name}")), text).map_err(failed)?;
        }
    }
    Ok(())
}

/// A module may ask for a newer Go than there is, though only its files are wanted.
fn downloaded(module: &str) -> Done<PathBuf> {
    for toolchain in ["local", "go1.27.3"] {
        let mut go = command("go");
        go.args(["mod", "download", "-json", module]).env("GOFLAGS", "-mod=mod").env("GOTOOLCHAIN", toolchain);
        let answer = answer(go.current_dir("/")).unwrap_or_default();
        let folder = answer.lines().find_map(|line| line.trim().strip_prefix("\"Dir\": \"")?.split('"').next());
        if let Some(folder) = folder {
            return Ok(folder.into());
        }
    }
    Err(format!("`go mod download {module}` failed"))
}

fn files(start: &Path) -> Vec<PathBuf> {
    let text = start.to_string_lossy().into_owned();
    let folder = if start.is_dir() { start } else { start.parent().unwrap_or(start) };
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.to_string_lossy().starts_with(text.trim_end_matches('/')));
    files.retain(|file| file.extension().is_some_and(|extension| extension == "yaml" || extension == "yml"));
    files.sort();
    files
}
