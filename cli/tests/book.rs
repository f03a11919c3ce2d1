//! Every example of the book is run: the files of a page stand in blocks ```` ```yaml,file=NAME ````, commands and what they print in
//! blocks ```` ```console ````. `WHICHPOD_BLESS=1` writes what is printed into the pages; read the diff. Pages about the live cluster find
//! a kubectl that prints the lists of `cluster/`.

#![cfg(unix)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The book, both languages.
fn pages() -> Vec<PathBuf> {
    let book = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/book");
    let mut pages = Vec::new();
    let mut folders = vec![book];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the book can be read") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                pages.push(path);
            }
        }
    }
    pages.sort();
    pages
}

/// A folder with the files of a page.
fn folder(page: &Path, text: &str) -> PathBuf {
    let name: String = page.to_string_lossy().chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder can be made");
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(name) = line.trim().strip_prefix("```yaml,file=") else { continue };
        let content: String =
            lines.by_ref().take_while(|line| line.trim() != "```").fold(String::new(), |mut all, line| {
                let _ = writeln!(all, "{line}");
                all
            });
        fs::write(folder.join(name), content).expect("a file can be written");
    }
    folder
}

/// The folder of a kubectl that replays what `kubectl get -o json` printed, and of its plugin.
fn replaying_kubectl(folder: &Path) -> PathBuf {
    let programs = folder.join(".programs");
    if !programs.exists() {
        fs::create_dir(&programs).expect("a folder");
        fs::copy(Path::new(CLUSTER).join("kubectl"), programs.join("kubectl")).expect("a kubectl");
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_whichpod"), programs.join("kubectl-whichpod"))
            .expect("a plugin");
    }
    programs
}

/// What that kubectl prints.
const CLUSTER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cluster");

/// What a line prints, as a terminal shows it.
fn printed(line: &str, folder: &Path, is_live: bool) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_whichpod")).parent().expect("a folder");
    let mut path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap_or_default());
    if is_live {
        path = format!("{}:{path}", replaying_kubectl(folder).display());
    }
    let mut sh = Command::new("sh");
    sh.env("KUBECTL_ANSWERS", CLUSTER);
    sh.arg("-c").arg(format!("{{ {line}\n}} 2>&1")).current_dir(folder).env("PATH", path).env("LC_ALL", "C.UTF-8");
    let output = sh.env_remove("NO_COLOR").output().expect("sh runs");
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

/// The page with each command's output as it is now.
fn as_printed(page: &Path, text: &str) -> String {
    let folder = folder(page, text);
    let mut written = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let _ = writeln!(written, "{line}");
        let Some(indent) = line.find("```console").filter(|at| line[..*at].trim().is_empty()) else { continue };
        let head = line.split("head=").nth(1).and_then(|head| head.trim().parse().ok()).unwrap_or(usize::MAX);
        let indent = " ".repeat(indent);
        let mut end = String::new();
        for line in lines.by_ref() {
            if line.trim() == "```" {
                line.clone_into(&mut end);
                break;
            }
            let Some(command) = line.trim_start().strip_prefix("$ ") else { continue };
            let _ = writeln!(written, "{line}");
            let told = printed(command, &folder, text.contains("$ kubectl whichpod"));
            told.lines().take(head).for_each(|told| {
                let told = format!("{indent}{told}");
                let _ = writeln!(written, "{}", told.trim_end());
            });
            if told.lines().count() > head {
                let _ = writeln!(written, "{indent}…");
            }
        }
        let _ = writeln!(written, "{end}");
    }
    written
}

#[test]
fn every_example_prints_what_its_page_shows() {
    let (mut examples, mut differing) = (0, Vec::new());
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page can be read");
        let now = as_printed(&page, &text);
        examples += text.matches("\n$ ").count();
        if now == text {
            continue;
        }
        if std::env::var_os("WHICHPOD_BLESS").is_some() {
            fs::write(&page, now).expect("a page can be written");
            continue;
        }
        let line = text.lines().zip(now.lines()).find(|(shown, printed)| shown != printed);
        let (shown, printed) = line.unwrap_or_default();
        differing.push(format!("{}: shows `{shown}`, whichpod prints `{printed}`", page.display()));
    }
    assert!(examples > 20, "{examples} examples");
    let how = "WHICHPOD_BLESS=1 cargo test -p whichpod --test book";
    assert!(differing.is_empty(), "{how}\n{}", differing.join("\n"));
}

/// What a page says of commands is no example only where it can't be run: those blocks are `sh`.
#[test]
fn routing_tests_of_the_book_are_run() {
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page can be read");
        let files = text.lines().filter_map(|line| line.trim().strip_prefix("```yaml,file="));
        for name in files.filter(|name| name.ends_with("-tests.yaml")) {
            let run = format!("$ whichpod test {name}");
            assert!(text.contains(&run), "{}: nobody runs {name}", page.display());
        }
    }
}
