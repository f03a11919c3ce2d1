//! CoreDNS: whole answers of dig, and Corefiles that stop it; the client tools in front of it.

use serde::Deserialize;

use crate::asking::{self, AskedWorld, AskingClient, PrintedAnswer, command_line};
use crate::dig::DigAnswer;
use crate::recording::RecordedQuestion;
use crate::verdict::{Difference, Verdict};

/// A line of dig, and the answer.
#[derive(Debug, Deserialize)]
pub struct DigRecord {
    id: String,
    world: String,
    from: Option<String>,
    run: String,
    real: DigAnswer,
}

/// A Corefile, and whether CoreDNS starts with it.
#[derive(Debug, Deserialize)]
pub struct SetupRecord {
    id: String,
    manifests: String,
    real: RealStart,
}

#[derive(Debug, Deserialize)]
struct RealStart {
    starts: bool,
    message: Option<String>,
}

/// A line of another tool, and what it printed.
#[derive(Debug, Deserialize)]
pub struct ToolRecord {
    id: String,
    world: String,
    from: Option<String>,
    libc: Option<String>,
    run: String,
    real: RealOutput,
}

/// Text and exit status; of a small program only whether getaddrinfo found an address.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum RealOutput {
    Printed { rc: i32, stdout: Vec<String> },
    Resolved { resolves: bool },
}

impl RecordedQuestion for DigRecord {
    fn id(&self) -> &str {
        &self.id
    }

    fn world(&self) -> Option<&str> {
        Some(&self.world)
    }
}

impl RecordedQuestion for SetupRecord {
    fn id(&self) -> &str {
        &self.id
    }

    fn world(&self) -> Option<&str> {
        None
    }
}

impl RecordedQuestion for ToolRecord {
    fn id(&self) -> &str {
        &self.id
    }

    fn world(&self) -> Option<&str> {
        Some(&self.world)
    }
}

/// Compares a whole answer.
pub fn compare_dig(world: &AskedWorld<'_>, record: &DigRecord) -> Vec<(String, Verdict)> {
    let asking = AskingClient { from: record.from.as_deref(), libc: None };
    let printed = world.exec(asking, &command_line(record.run.split_whitespace()));
    let ours = DigAnswer::from_text(&printed.stdout);
    let verdict = if ours.status.is_none() && record.real.status.is_some() && is_unmodelled(&printed) {
        Verdict::Unknown(printed.stderr)
    } else {
        ours.compare(&record.real)
    };
    vec![(record.run.clone(), verdict)]
}

/// Compares whether CoreDNS starts. The words count where it doesn't: an error of ours must hold them.
pub fn compare_setup(record: &SetupRecord) -> Vec<(String, Verdict)> {
    let report = asking::check(&record.manifests);
    let errors = report.diagnostics.iter().filter(|found| found.severity == "error");
    let errors: Vec<&str> = errors.map(|found| found.message.as_str()).collect();
    let (stops, real) = (!errors.is_empty(), record.real.message.clone().unwrap_or_default());
    let verdict = if stops == record.real.starts {
        let aspect = if stops { "stops here, starts there" } else { "starts here, stops there" };
        Verdict::Different(vec![Difference::new(aspect, errors.join("\n"), real)])
    } else {
        Verdict::Equal
    };
    vec![("check".to_owned(), verdict)]
}

/// Compares what a tool printed, whatever the order of its lines.
pub fn compare_tool(world: &AskedWorld<'_>, record: &ToolRecord) -> Vec<(String, Verdict)> {
    let asking = AskingClient { from: record.from.as_deref(), libc: record.libc.as_deref() };
    let printed = world.exec(asking, &command_line(record.run.split_whitespace()));
    let verdict = match &record.real {
        RealOutput::Resolved { resolves } => {
            let failed = format!("{}{}", printed.stderr, printed.stdout).contains("Could not resolve host");
            let differs = (failed == *resolves).then(|| Difference::of_values("resolves", &!failed, resolves));
            Verdict::of(differs.into_iter().collect())
        }
        RealOutput::Printed { .. } if is_unmodelled(&printed) => Verdict::Unknown(printed.stderr),
        RealOutput::Printed { rc, stdout } => {
            // BusyBox' blank lines hang on which answer comes first.
            let keeps_blanks = record.libc.as_deref() != Some("busybox");
            Verdict::of(output_differences(&printed, *rc, stdout, keeps_blanks))
        }
    };
    vec![(record.run.clone(), verdict)]
}

fn output_differences(printed: &PrintedAnswer, rc: i32, stdout: &[String], keeps_blanks: bool) -> Vec<Difference> {
    let ours = compared_lines(printed.stdout.trim().lines(), keeps_blanks);
    let real = compared_lines(stdout.iter().map(String::as_str), keeps_blanks);
    let mut differences = Vec::new();
    if ours != real {
        differences.push(Difference::new("text", ours.join("\n"), real.join("\n")));
    }
    if printed.exit != rc {
        differences.push(Difference::of_values("exit status", &printed.exit, &rc));
    }
    differences
}

/// In any order: CoreDNS' loadbalance shuffles addresses.
fn compared_lines<'l>(lines: impl Iterator<Item = &'l str>, keeps_blanks: bool) -> Vec<String> {
    let kept = lines.filter(|line| keeps_blanks || !line.is_empty());
    let mut lines: Vec<String> = kept.map(|line| without_id(line).trim_end().to_owned()).collect();
    lines.sort();
    lines
}

/// A query's id is drawn anew.
fn without_id(line: &str) -> String {
    match line.split_once("id: ") {
        Some((before, after)) => format!("{before}id: 0{}", after.trim_start_matches(|c: char| c.is_ascii_digit())),
        None => line.to_owned(),
    }
}

/// Whether we say that we can't follow.
fn is_unmodelled(printed: &PrintedAnswer) -> bool {
    let says = |words| printed.stderr.contains(words);
    says("isn't modelled") || says("isn't understood") || says("unknown") && printed.exit == 2
}
