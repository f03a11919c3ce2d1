//! A network and processes of the run's own: every address is local there, so that pods' addresses need no interface.
//! Whatever was started in it ends with the run.

use std::env;
use std::process::Command;

use crate::parts::OraclePart;

/// Set inside.
const ENTERED: &str = "WHICHPOD_ORACLE_NETWORK";

const ISOLATED: [&str; 6] = ["--net", "--pid", "--mount", "--mount-proc", "--fork", "--kill-child"];

/// Who isn't root is, in a namespace of users.
const AS_ROOT: [&str; 2] = ["--user", "--map-root-user"];

const SETUP: &str =
    "ip link set lo up; ip route add local 0.0.0.0/0 dev lo; ip -6 route add local ::/0 dev lo; exec \"$@\"";

/// Starts this very program again inside, if one of the parts needs it; what comes back went wrong.
pub fn enter(parts: &[OraclePart]) -> Result<(), String> {
    if env::var_os(ENTERED).is_some() || parts.iter().all(|part| *part == OraclePart::Policies) {
        return Ok(());
    }
    let own = env::current_exe().map_err(|error| error.to_string())?;
    let mut unshare = Command::new("unshare");
    if !works(&[]) {
        if !works(&AS_ROOT) {
            return Err("a network of its own takes `unshare` and `ip` (util-linux, iproute2), as root or as a user who may make namespaces".into());
        }
        unshare.args(AS_ROOT);
    }
    unshare.args(ISOLATED).args(["sh", "-c", SETUP, "sh"]).arg(own).args(env::args_os().skip(1)).env(ENTERED, "1");
    Err(replace_process(&mut unshare))
}

fn works(how: &[&str]) -> bool {
    let tried = Command::new("unshare").args(how).args(ISOLATED).args(["ip", "link", "set", "lo", "up"]).output();
    tried.is_ok_and(|tried| tried.status.success())
}

#[cfg(unix)]
fn replace_process(command: &mut Command) -> String {
    use std::os::unix::process::CommandExt;
    command.exec().to_string()
}

#[cfg(not(unix))]
fn replace_process(_: &mut Command) -> String {
    "namespaces are Linux'".to_owned()
}
