//! Hostile input: whatever is pasted, an answer comes within [`MOST_SECONDS`] and [`MOST_BYTES`], and never an abort. `cargo xtask
//! bench hostile` builds the command line and asks it `--count` inputs (500 unless told) made from `--seed`, or with `--minutes` seed
//! after seed for so long; what fails is kept. Seconds are the processor's: on a busy machine the clock says little.

#[cfg(unix)]
#[path = "hostile/inputs.rs"]
mod inputs;

#[cfg(unix)]
use std::time::{Duration, Instant};

#[cfg(unix)]
mod run {
    use std::fs;
    use std::path::{Path, PathBuf};
    use std::process::{Command, Stdio};
    use std::thread::sleep;
    use std::time::{Duration, Instant};

    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeVal;

    use super::inputs::Input;

    /// An answer takes no longer.
    const MOST_SECONDS: f64 = 2.0;
    /// And no more memory, resident.
    const MOST_BYTES: i64 = 1 << 30;
    /// What doesn't end is ended then.
    const GIVE_UP: Duration = Duration::from_secs(20);
    /// What a process gets at most, in KiB, so that one that takes everything takes nothing from others.
    const ROOM_KIB: u32 = 4 * 1024 * 1024;

    /// What is wrong with how an input is answered; None where nothing is.
    pub fn fault(program: &str, folder: &Path, input: &Input) -> Option<String> {
        let files: Vec<PathBuf> = input.files.iter().map(|(name, text)| written(folder, name, text)).collect();
        let mut shell = Command::new("sh");
        let line = format!("ulimit -v {ROOM_KIB}; exec \"$0\" \"$@\"");
        shell.args(["-c", &line, program]).args(&input.arguments).current_dir(folder);
        let (begin, used) = (Instant::now(), children_seconds());
        let mut child = shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("sh");
        let status = loop {
            match child.try_wait().expect("a child of ours") {
                Some(status) => break Some(status),
                None if begin.elapsed() > GIVE_UP => {
                    child.kill().expect("a child of ours");
                    child.wait().expect("a child of ours");
                    break None;
                }
                None => sleep(Duration::from_millis(2)),
            }
        };
        let seconds = children_seconds() - used;
        let bytes = getrusage(UsageWho::RUSAGE_CHILDREN).map_or(0, |usage| usage.max_rss() * 1024);
        let fault = match status {
            None => Some(format!("it doesn't end within {} s", GIVE_UP.as_secs())),
            Some(status) if !matches!(status.code(), Some(0..=127)) => Some(format!("it aborts: {status}")),
            Some(_) if seconds > MOST_SECONDS => Some(format!("it takes {seconds:.1} s")),
            // The system tells only the greatest of all children so far.
            Some(_) if bytes > MOST_BYTES => Some(format!("it, or one before it, takes {} MiB", bytes >> 20)),
            Some(_) => None,
        };
        if fault.is_none() {
            files.iter().for_each(|file| drop(fs::remove_file(file)));
        }
        fault
    }

    /// The processor time of all children that have ended.
    fn children_seconds() -> f64 {
        let seconds = |time: TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
        getrusage(UsageWho::RUSAGE_CHILDREN)
            .map_or(0.0, |usage| seconds(usage.user_time()) + seconds(usage.system_time()))
    }

    fn written(folder: &Path, name: &str, text: &[u8]) -> PathBuf {
        let path = folder.join(name);
        fs::write(&path, text).expect("a folder of ours");
        path
    }
}

#[cfg(unix)]
fn main() {
    let told: Vec<String> = std::env::args().collect();
    let number = |name: &str, else_| {
        let at = told.iter().position(|word| word == name);
        at.and_then(|at| told.get(at + 1)?.parse().ok()).unwrap_or(else_)
    };
    let (first, count) = (number("--seed", 1_u64), number("--count", 500_u64));
    let until = Instant::now() + Duration::from_secs(60 * number("--minutes", 0_u64));
    let Ok(program) = std::env::var("WHICHPOD") else {
        println!("hostile input is asked of the program that WHICHPOD names: `cargo xtask bench hostile`");
        return;
    };
    let folder = std::env::temp_dir().join(format!("whichpod-hostile-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for temporary files");
    let (mut faults, mut seed) = (0, first);
    loop {
        for at in 0..count {
            let input = inputs::input(seed, at);
            if let Some(fault) = run::fault(&program, &folder, &input) {
                faults += 1;
                println!("seed {seed} input {at} ({}): {fault}\n  {}", input.kind, input.arguments.join(" "));
            }
        }
        seed += 1;
        if Instant::now() >= until {
            break;
        }
    }
    println!("{} inputs, {faults} of them not answered as they should", (seed - first) * count);
    if faults > 0 {
        println!("their files: {}", folder.display());
        std::process::exit(1);
    }
    std::fs::remove_dir_all(&folder).expect("a folder of ours");
}

// Elsewhere nobody tells what a process took.
#[cfg(not(unix))]
fn main() {}
