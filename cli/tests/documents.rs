//! `docs/command-line.md` tells the truth: each example is run, and what it shows is printed.

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn the_examples_of_the_command_line_hold() {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/command-line.md");
    let text = fs::read_to_string(document).expect("the document");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("documents");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join(".whichpod.yaml"), "").expect("settings of its own");
    let mut shown = 0;
    // Text inside and outside the fences takes turns.
    for block in text.split("\n```").skip(1).step_by(2) {
        let (info, inside) = block.split_once('\n').expect("a block has a line of its own for its fence");
        if let Some(name) = info.strip_prefix("yaml ").or_else(|| info.strip_prefix("sh ")) {
            fs::write(folder.join(name), inside).expect("a file");
        }
        let Some(inside) = inside.strip_prefix("$ whichpod ").filter(|_| info == "console") else { continue };
        let (command, expected) = inside.split_once('\n').unwrap_or((inside, ""));
        let output = Command::new("sh")
            .args(["-c", &format!("'{}' {command}", env!("CARGO_BIN_EXE_whichpod"))])
            .current_dir(&folder)
            .env("LANG", "C")
            .env_remove("LC_ALL")
            .output()
            .expect("it runs");
        let printed = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        let mut rest = printed.as_str();
        for line in expected.lines().filter(|line| !line.trim().is_empty() && line.trim() != "…") {
            let Some((_, after)) = rest.split_once(line.trim_end()) else {
                panic!("`whichpod {command}` doesn't print, or not in this order: {line:?}\n{printed}");
            };
            rest = after;
        }
        shown += 1;
    }
    assert!(shown >= 16, "{shown} examples");
}
