//! What others run: the action's script on this repository, the hooks, HolmesGPT's toolset, GitLab's lines.

#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The top of the repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("cli/ lies in the repository")
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A line of a shell that finds whichpod, in a folder.
fn sh(line: &str, folder: &Path, variables: &[(&str, &str)]) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_whichpod")).parent().expect("a folder");
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap_or_default());
    let mut sh = Command::new("bash");
    sh.args(["-c", line]).current_dir(folder).env("PATH", path).envs(variables.iter().copied());
    sh.output().expect("bash runs")
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A folder of its own, empty.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder can be made");
    folder
}

#[test]
fn the_action_checks_and_tests_this_repository() {
    let folder = folder("action");
    let (sarif, output) = (folder.join("whichpod.sarif"), folder.join("output"));
    let variables = [
        ("PROGRAM", "whichpod"),
        ("FILES", "static/examples/shop.yaml\nstatic/examples/gateway.yaml"),
        ("TESTS", "tests/scenarios/shop.yaml"),
        ("SARIF", sarif.to_str().expect("UTF-8")),
        ("GITHUB_OUTPUT", output.to_str().expect("UTF-8")),
    ];
    let run = sh("action/run.sh", root(), &variables);
    assert!(run.status.success(), "{}", told(&run));
    assert!(told(&run).contains(" passed, 0 failed"), "{}", told(&run));
    assert!(fs::read_to_string(&sarif).expect("a SARIF file").contains("\"version\": \"2.1.0\""));
    assert!(fs::read_to_string(&output).expect("outputs").contains("changed=false"));
}

#[test]
fn the_action_fails_where_a_test_fails() {
    let folder = folder("action-fails");
    fs::write(folder.join("pod.yaml"), "apiVersion: v1\nkind: Pod\nmetadata: {name: Web}\n").expect("written");
    let run_with = |fail_on| {
        let script = root().join("action/run.sh");
        let script = script.to_str().expect("UTF-8");
        sh(script, &folder, &[("PROGRAM", "whichpod"), ("FILES", "pod.yaml"), ("FAIL_ON", fail_on)])
    };
    assert_eq!(run_with("error").status.code(), Some(1));
    let run = run_with("nothing");
    assert!(run.status.success(), "{}", told(&run));
}

#[test]
fn the_action_compares_with_the_base() {
    let folder = folder("action-compares");
    let git = "git -c user.name=t -c user.email=t@example.com -c init.defaultBranch=main";
    let shop = root().join("static/examples/shop.yaml");
    let begin = format!("{git} init -q . && cp '{}' shop.yaml && {git} add . && {git} commit -qm a", shop.display());
    let begun = sh(&begin, &folder, &[]);
    assert!(begun.status.success(), "{}", told(&begun));
    let script = root().join("action/run.sh");
    let (output, summary) = (folder.join("output"), folder.join("summary.md"));
    let run = || {
        let variables = [
            ("PROGRAM", "whichpod"),
            ("FILES", "shop.yaml"),
            ("BASE", "HEAD"),
            ("GITHUB_OUTPUT", output.to_str().expect("UTF-8")),
            ("GITHUB_STEP_SUMMARY", summary.to_str().expect("UTF-8")),
        ];
        let run = sh(script.to_str().expect("UTF-8"), &folder, &variables);
        assert!(run.status.success(), "{}", told(&run));
        fs::read_to_string(&output).expect("outputs")
    };
    assert!(run().contains("changed=false"));
    let text = fs::read_to_string(folder.join("shop.yaml")).expect("the shop");
    fs::write(folder.join("shop.yaml"), text.replace("path: /cart", "path: /basket")).expect("written");
    fs::remove_file(&output).expect("removed");
    assert!(run().contains("changed=true"));
    let summary = fs::read_to_string(&summary).expect("a summary");
    assert!(summary.contains("### whichpod: `shop.yaml` against `HEAD`") && summary.contains("/cart"), "{summary}");
}

#[test]
fn the_hooks_run() {
    let hooks = text(".pre-commit-hooks.yaml");
    let entries: Vec<&str> = hooks.lines().filter_map(|line| line.trim().strip_prefix("entry: ")).collect();
    assert_eq!(entries, ["whichpod check", "whichpod test"]);
    let check = sh(&format!("{} -f static/examples/shop.yaml", entries[0]), root(), &[]);
    let test = sh(&format!("{} tests/scenarios/shop.yaml", entries[1]), root(), &[]);
    assert!(check.status.success() && test.status.success(), "{}{}", told(&check), told(&test));
}

/// As HolmesGPT does it: each value is quoted for the shell, the command goes to the shell.
#[test]
fn holmesgpts_tools_answer() {
    let toolset = text("docs/integrations/holmesgpt.yaml");
    let commands: Vec<&str> = toolset.lines().filter_map(|line| line.strip_prefix("        command: ")).collect();
    assert_eq!(commands.len(), 3, "{commands:?}");
    let values = [
        ("{{ manifests }}", "'static/examples/shop.yaml'"),
        ("{{ from }}", "external"),
        ("{{ command }}", "'curl http://shop.example.com/cart'"),
    ];
    for command in commands {
        let line = values.iter().fold(command.to_owned(), |line, (key, value)| line.replace(key, value));
        let run = sh(&line, root(), &[]);
        assert!(run.status.success() && !run.stdout.is_empty(), "{line}: {}", told(&run));
        let answer = told(&run);
        assert!(!line.contains("trace") || answer.starts_with("outcome: delivered"), "{answer}");
    }
}

#[test]
fn gitlabs_lines_run() {
    let job = text("docs/integrations/gitlab-ci.yml");
    let script = job.split("  script:\n").nth(1).expect("a script").split("  artifacts:").next().expect("its lines");
    let lines: Vec<&str> = script.lines().filter_map(|line| line.trim().strip_prefix("- ")).collect();
    let folder = folder("gitlab");
    let files = root().join("static/examples/shop.yaml");
    let tests = root().join("tests/scenarios/shop.yaml");
    let variables = [("FILES", files.to_str().expect("UTF-8")), ("TESTS", tests.to_str().expect("UTF-8"))];
    for line in lines {
        let run = sh(line, &folder, &variables);
        assert!(run.status.success(), "{line}: {}", told(&run));
    }
    assert!(fs::read_to_string(folder.join("whichpod.xml")).expect("a report").contains("<testsuite"));
}
