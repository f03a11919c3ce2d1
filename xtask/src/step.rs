//! Steps that take long: one line when each begins, one when it is over, and the command's own output only if it fails.

use crate::project::Done;
use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// A sign of life this often while a command says nothing.
pub const HEARTBEAT: Duration = Duration::from_secs(60);

/// Runs a command whose output matters only when it fails.
pub fn quietly(what: &str, command: &mut Command) -> Done {
    // 1. The command, with its output kept aside.
    println!("{what} …");
    let start = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| not_started(command, &error))?;
    let said = [child.stdout.take().map(collect), child.stderr.take().map(collect)];
    // 2. A word now and then until it is over.
    let (over, is_over) = mpsc::channel::<()>();
    let status = thread::scope(|scope| {
        scope.spawn(move || {
            while let Err(mpsc::RecvTimeoutError::Timeout) = is_over.recv_timeout(HEARTBEAT) {
                println!("{what} … still at it after {}", elapsed(start));
            }
        });
        let status = child.wait();
        drop(over);
        status
    });
    // 3. How long it took, or what it said.
    if status.is_ok_and(|status| status.success()) {
        println!("{what}: {}", elapsed(start));
        return Ok(());
    }
    for output in said.into_iter().flatten() {
        eprint!("{}", output.join().unwrap_or_default());
    }
    Err(format!("{what}: `{}` failed", shown(command)))
}

/// Runs a command that speaks for itself: its output goes straight through.
pub fn aloud(command: &mut Command) -> Done {
    let status = command.status().map_err(|error| not_started(command, &error))?;
    if status.success() { Ok(()) } else { Err(format!("`{}` failed ({status})", shown(command))) }
}

/// Gives the process over to a command that runs until it is interrupted: whoever stops this one stops that one.
#[cfg(unix)]
pub fn last(command: &mut Command) -> Done {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    Err(not_started(command, &error))
}

/// Runs a command until it is interrupted.
#[cfg(not(unix))]
pub fn last(command: &mut Command) -> Done {
    aloud(command)
}

/// The command's output, if it can be run and succeeds.
pub fn answer(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A command as one would type it.
pub fn shown(command: &Command) -> String {
    let words = [command.get_program()].into_iter().chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// What to say when a program could not even be started.
pub fn not_started(command: &Command, error: &std::io::Error) -> String {
    format!("`{}` cannot be started: {error}", shown(command))
}

/// The time since `start`, as `3.2 s` or `2 min 53 s`.
pub fn elapsed(start: Instant) -> String {
    let seconds = start.elapsed().as_secs_f32();
    if seconds < 60.0 {
        return format!("{seconds:.1} s");
    }
    let whole = seconds as u32;
    format!("{} min {} s", whole / 60, whole % 60)
}

fn collect(mut stream: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
