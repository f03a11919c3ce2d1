//! `cargo xtask oracle`: a program of its own, since it links the core. Components in Go are built here, below target/oracle,
//! and kept.

mod kubernetes;
mod traefik;

use std::fs;
use std::path::{Path, PathBuf};

use crate::project::{Done, at, cargo, command};
use crate::step::{aloud, answer, quietly};

/// A component in Go.
struct Engine {
    name: &'static str,
    /// tests/oracle/live/FOLDER pins it.
    folder: &'static str,
    /// Parts of the oracle that ask it.
    parts: &'static [&'static str],
    package: &'static str,
    /// What must be laid out before it can be built.
    prepare: fn() -> Done,
}

/// What validation asks, the other parts of a whole control plane ask too.
const SERVED: &[&str] = &["validation", "kubectl", "controllers", LIVE_CLUSTER];

/// The command line before a real API server.
const LIVE_CLUSTER: &str = "live-cluster";

const ENGINES: [Engine; 9] = [
    Engine { name: "policies", folder: "policies", parts: &["policies"], package: ".", prepare: || Ok(()) },
    Engine { name: "coredns", folder: "coredns", parts: &["names"], package: ".", prepare: || Ok(()) },
    Engine {
        name: "traefik",
        folder: "traefik",
        parts: &["traefik", "traefik-gateway", "traefik-nginx-provider"],
        package: "github.com/traefik/traefik/v3/cmd/traefik",
        prepare: traefik::prepare,
    },
    Engine { prepare: kubernetes::prepare, ..control_plane("etcd", SERVED, "go.etcd.io/etcd/server/v3") },
    control_plane("kube-apiserver", SERVED, "k8s.io/kubernetes/cmd/kube-apiserver"),
    control_plane("kubectl", SERVED, "k8s.io/kubernetes/cmd/kubectl"),
    control_plane("kube-controller-manager", &["controllers"], "k8s.io/kubernetes/cmd/kube-controller-manager"),
    control_plane("kube-scheduler", &["controllers"], "k8s.io/kubernetes/cmd/kube-scheduler"),
    control_plane("kube-proxy", &["data-plane"], "k8s.io/kubernetes/cmd/kube-proxy"),
];

const fn control_plane(name: &'static str, parts: &'static [&'static str], package: &'static str) -> Engine {
    Engine { name, folder: "kubernetes", parts, package, prepare: || Ok(()) }
}

/// Builds what is asked for, and hands the arguments over.
pub fn run(arguments: &[String]) -> Done {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let is_live = !words.iter().any(|word| matches!(*word, "replay" | "show" | "--help" | "-h"));
    let is_asked = |engine: &Engine| engine.parts.iter().any(|part| words.contains(part));
    let all = !ENGINES.iter().any(is_asked);
    for engine in ENGINES.iter().filter(|engine| is_live && (all || is_asked(engine))) {
        engine.build()?;
    }
    if is_live && (all || words.contains(&LIVE_CLUSTER)) {
        aloud(cargo("build").args(["--quiet", "--package", "whichpod", "--bin", "whichpod"]))?;
    }
    aloud(cargo("run").args(["--quiet", "--package", "whichpod-oracle", "--"]).args(arguments))
}

/// Asks the parts that are built for two minutes each, and says which aren't.
pub fn run_built(parts: &[&str]) -> Done {
    for part in parts {
        let engine = ENGINES.iter().find(|engine| engine.parts.contains(part));
        if !engine.is_some_and(|engine| engine.program().exists()) {
            println!(
                "{part}: not built here, so only recorded answers were asked (`cargo xtask oracle {part}` builds it)"
            );
            continue;
        }
        aloud(cargo("run").args(["--quiet", "--package", "whichpod-oracle", "--", part, "--minutes", "2"]))?;
    }
    Ok(())
}

impl Engine {
    fn program(&self) -> PathBuf {
        at("target/oracle/bin").join(self.name)
    }

    /// Builds it unless it was built from these very sources.
    fn build(&self) -> Done {
        let (folder, program) = (at("tests/oracle/live").join(self.folder), self.program());
        let (sources, stamp) = (sources(&folder)?, program.with_extension("sources"));
        if program.exists() && fs::read_to_string(&stamp).is_ok_and(|built| built == sources) {
            return Ok(());
        }
        if answer(command("go").arg("version")).is_none() {
            let name = self.name;
            return Err(format!("{name} needs Go 1.26 or newer (https://go.dev/dl) to be built; replay works without"));
        }
        (self.prepare)()?;
        let mut go = command("go");
        let flags = format!("-ldflags=-s -w {}", kubernetes::VERSION);
        go.current_dir(&folder).args(["build", "-trimpath", &flags, "-o"]).arg(&program).arg(self.package);
        quietly(&format!("building {} with Go, some minutes the first time", self.name), &mut go)?;
        fs::write(&stamp, sources).map_err(|error| format!("{}: {error}", stamp.display()))
    }
}

/// All sources of a program as one text.
fn sources(folder: &Path) -> Done<String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let entries = fs::read_dir(folder).map_err(failed)?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.sort();
    let read = |path: &PathBuf| if path.is_dir() { sources(path) } else { fs::read_to_string(path).map_err(failed) };
    paths.iter().map(read).collect::<Done<Vec<String>>>().map(|texts| texts.concat())
}
