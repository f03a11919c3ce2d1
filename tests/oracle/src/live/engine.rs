//! A component as a program of ours in Go that links it: a line in, a line out.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::target;

/// A running program; it ends with this value.
pub(super) struct EngineProcess {
    name: &'static str,
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl EngineProcess {
    /// Starts what `cargo xtask oracle` has built.
    pub(super) fn start(name: &'static str) -> Result<Self, String> {
        let path = target().join("bin").join(name);
        let mut command = Command::new(&path);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command
            .spawn()
            .map_err(|error| format!("{}: {error}; `cargo xtask oracle {name}` builds it, with Go", path.display()))?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let (input, output) = input.zip(output).ok_or("its pipes are missing")?;
        Ok(Self { name, child, input, output: BufReader::new(output) })
    }

    /// One question, one answer.
    pub(super) fn ask(&mut self, line: &str) -> Result<String, String> {
        let failed = |error: std::io::Error| format!("{}: {error}", self.name);
        writeln!(self.input, "{line}").and_then(|()| self.input.flush()).map_err(failed)?;
        let mut answer = String::new();
        self.output.read_line(&mut answer).map_err(failed)?;
        match answer.trim_end() {
            "" => Err(format!("{} has ended", self.name)),
            answer => match answer.strip_prefix("error: ") {
                Some(problem) => Err(format!("{}: {problem}", self.name)),
                None => Ok(answer.to_owned()),
            },
        }
    }
}

impl Drop for EngineProcess {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
