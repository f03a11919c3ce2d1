//! One part of the tests: runs its commands with every line shown as it comes, and keeps count.

use super::tally::Tally;
use crate::project::Done;
use crate::step::{HEARTBEAT, elapsed, not_started, shown};
use clap::ValueEnum;
use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Instant;

/// The parts, in the order of the summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// rustfmt finds nothing to change
    Fmt,
    /// clippy finds nothing to say, natively and for the page's target, and rustdoc nothing in the library
    Clippy,
    /// cargo's tests: units, conformance, properties, layers
    Native,
    /// what is built of the real components (policies, names) is asked for two minutes each
    Oracle,
    /// each fuzz target tries new texts for ten seconds
    Fuzz,
    /// the components' tests are compiled to WebAssembly, and Firefox' driver is built
    Compile,
    /// the site is built into dist/ and keeps its budget of bytes
    Build,
    /// tests compiled to WebAssembly, in headless Chromium and Firefox
    Wasm,
    /// the book is written, and its links lead somewhere
    Docs,
    /// the npm package is packed, installed and asked
    Npm,
    /// Playwright, against dist/ and the npm package
    E2e,
    /// a release's archive is made twice, unpacked and asked; only when it is named, for it takes long
    Package,
    /// the journey in Firefox, against dist/
    Firefox,
}

impl Part {
    /// What runs when nothing is named.
    pub const USUAL: [Self; 12] = [
        Self::Fmt,
        Self::Clippy,
        Self::Native,
        Self::Oracle,
        Self::Fuzz,
        Self::Compile,
        Self::Build,
        Self::Docs,
        Self::Npm,
        Self::Wasm,
        Self::E2e,
        Self::Firefox,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Fmt => "fmt",
            Self::Clippy => "clippy",
            Self::Native => "native",
            Self::Oracle => "oracle",
            Self::Fuzz => "fuzz",
            Self::Compile => "compile",
            Self::Build => "build",
            Self::Docs => "docs",
            Self::Npm => "npm",
            Self::Package => "package",
            Self::Wasm => "wasm",
            Self::E2e => "e2e",
            Self::Firefox => "firefox",
        }
    }
}

/// What became of a part.
pub struct Report {
    part: Part,
    start: Instant,
    pub tally: Tally,
    took: String,
}

impl Report {
    pub fn new(part: Part) -> Self {
        Self { part, start: Instant::now(), tally: Tally::default(), took: String::new() }
    }

    /// Runs a command that counts as one check.
    pub fn check(&mut self, command: Command) -> Done {
        self.stream(command)?;
        self.tally.passed += 1;
        Ok(())
    }

    /// Something of our own that counts as one check.
    pub fn step(&mut self, done: Done) -> Done {
        done.inspect(|()| self.tally.passed += 1)
    }

    /// Runs a command that counts its own tests. None at all is a failure: something was not found.
    pub fn tests(&mut self, command: Command) -> Done {
        let (words, before) = (shown(&command), self.tally);
        let counted = self.stream(command);
        // Failures are counted already.
        if self.tally.failed > before.failed {
            return Ok(());
        }
        if counted.is_ok() && self.tally.passed == before.passed {
            return Err(format!("`{words}` ran no test"));
        }
        counted
    }

    /// Notes the end; a problem that no test has counted is one failure.
    pub fn finish(mut self, done: Done) -> Self {
        if let Err(problem) = done {
            self.tally.failed += 1;
            for line in problem.lines() {
                self.say(&format!("error: {line}"));
            }
        }
        self.took = elapsed(self.start);
        self.say(&format!("{} in {}", self.tally, self.took));
        self
    }

    /// Shows each line when it comes, and a sign of life when none comes.
    fn stream(&mut self, mut command: Command) -> Done {
        self.say(&format!("$ {}", shown(&command)));
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| not_started(&command, &error))?;
        let (lines, coming) = mpsc::channel();
        forward(child.stdout.take(), lines.clone());
        forward(child.stderr.take(), lines);
        loop {
            match coming.recv_timeout(HEARTBEAT) {
                Ok(line) => {
                    self.tally += Tally::read(&line);
                    self.say(&line);
                }
                Err(RecvTimeoutError::Timeout) => self.say(&format!("… still at it after {}", elapsed(self.start))),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        match child.wait() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("`{}` failed ({status})", shown(&command))),
            Err(error) => Err(not_started(&command, &error)),
        }
    }

    fn say(&self, line: &str) {
        println!("{:<6} | {line}", self.part.name());
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{:<8} {} ({})", format!("{}:", self.part.name()), self.tally, self.took)
    }
}

fn forward(stream: Option<impl Read + Send + 'static>, lines: Sender<String>) {
    let Some(stream) = stream else { return };
    thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut bytes = Vec::new();
        while reader.read_until(b'\n', &mut bytes).is_ok_and(|length| length > 0) {
            let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
            if lines.send(line).is_err() {
                return;
            }
            bytes.clear();
        }
    });
}
