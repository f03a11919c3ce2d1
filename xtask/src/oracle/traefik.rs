//! What Traefik's module lacks to be built as it is published: lego, its client for certificates, names some twenty modules of
//! DNS providers that the Go proxy doesn't serve, and nothing of that is asked.

use std::fs;
use std::path::Path;

use crate::project::{Done, at, command};
use crate::step::answer;

/// The version that Traefik requires.
const LEGO: &str = "github.com/go-acme/lego/v5@v5.4.1";

const NO_PROVIDERS: &str = r#"// Package dns stands for lego's list of DNS providers.
package dns

import (
	"fmt"

	"github.com/go-acme/lego/v5/challenge"
)

func NewDNSChallengeProviderByName(name string) (challenge.Provider, error) {
	return nil, fmt.Errorf("unrecognized DNS provider: %s", name)
}
"#;

/// Lays lego without its providers where tests/oracle/live/traefik/go.mod looks for it.
pub fn prepare() -> Done {
    let target = at("target/oracle/source/lego");
    let failed = |error: std::io::Error| format!("{}: {error}", target.display());
    let downloaded = answer(command("go").args(["mod", "download", "-json", LEGO]).env("GOFLAGS", "-mod=mod"))
        .ok_or_else(|| format!("`go mod download {LEGO}` failed"))?;
    let folder = downloaded.lines().find_map(|line| line.trim().strip_prefix("\"Dir\": \"")?.split('"').next());
    let folder = folder.ok_or_else(|| format!("`go mod download {LEGO}` names no folder"))?;
    if target.exists() {
        fs::remove_dir_all(&target).map_err(failed)?;
    }
    copy(Path::new(folder), &target).map_err(failed)?;
    let providers = target.join("providers/dns");
    fs::create_dir_all(&providers).and_then(|()| fs::write(providers.join("none.go"), NO_PROVIDERS)).map_err(failed)
}

/// All but the providers; the module cache is read-only, its copy isn't.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            if !path.ends_with("providers/dns") {
                copy(&path, &target)?;
            }
        } else {
            fs::write(&target, fs::read(&path)?)?;
        }
    }
    Ok(())
}
