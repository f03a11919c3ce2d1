//! A running CoreDNS.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::live::target;

const PATIENCE: Duration = Duration::from_secs(15);
const PAUSE: Duration = Duration::from_millis(15);

/// Ends with this value.
pub(super) struct CoreDnsProcess {
    child: Child,
}

impl CoreDnsProcess {
    pub(super) fn is_built() -> Result<(), String> {
        let missing = || "CoreDNS isn't built: `cargo xtask oracle names` builds it, with Go".to_owned();
        program().exists().then_some(()).ok_or_else(missing)
    }

    /// Starts it and waits until it serves; None where its Corefile stops it.
    pub(super) fn start(folder: &Path, corefile: &str) -> Result<Option<Self>, String> {
        let failed = |error: std::io::Error| format!("{}: {error}", program().display());
        let (configuration, log) = (folder.join("Corefile"), folder.join("log"));
        fs::write(&configuration, corefile).map_err(failed)?;
        let output = File::create(&log).map_err(failed)?;
        let errors = output.try_clone().map_err(failed)?;
        let mut command = Command::new(fs::canonicalize(program()).map_err(failed)?);
        command.arg("-conf").arg(&configuration).current_dir(folder);
        let child = command.stdin(Stdio::null()).stdout(output).stderr(errors).spawn().map_err(failed)?;
        let mut started = Self { child };
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            sleep(PAUSE);
            if started.child.try_wait().is_ok_and(|ended| ended.is_some()) {
                return Ok(None);
            }
            // Its banner comes when all servers listen and the cluster is read.
            if fs::read_to_string(&log).is_ok_and(|text| text.contains("CoreDNS-")) {
                sleep(3 * PAUSE);
                return Ok(Some(started));
            }
        }
        Err(format!("CoreDNS doesn't serve after 15 s: {}", fs::read_to_string(&log).unwrap_or_default()))
    }
}

impl Drop for CoreDnsProcess {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program() -> PathBuf {
    target().join("bin/coredns")
}

/// The node's resolver, in the namespace of mounts that is the run's own.
pub(super) fn replace_resolv_conf(folder: &Path) -> Result<(), String> {
    let path = folder.join("resolv.conf");
    let text = format!("nameserver {}\n", whichpod_tests::lookups::UPSTREAM);
    fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    let path = fs::canonicalize(&path).map_err(|error| error.to_string())?;
    let mounted = Command::new("mount").arg("--bind").arg(&path).arg("/etc/resolv.conf").output();
    let mounted = mounted.map_err(|error| format!("mount: {error}"))?;
    if mounted.status.success() { Ok(()) } else { Err(format!("mount: {}", String::from_utf8_lossy(&mounted.stderr))) }
}

/// CoreDNS finds itself by the addresses of its interfaces.
pub(super) fn give_address(old: &mut String, new: &str) -> Result<(), String> {
    if old == new {
        return Ok(());
    }
    let change = |what: &str, address: &str| {
        Command::new("ip").args(["address", what, &format!("{address}/32"), "dev", "lo"]).output()
    };
    if !old.is_empty() {
        let _ = change("delete", old);
    }
    new.clone_into(old);
    change("add", new).map(|_| ()).map_err(|error| format!("ip: {error}"))
}
