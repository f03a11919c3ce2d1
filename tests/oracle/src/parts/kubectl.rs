//! kubectl: what it prints and how it exits, but for ages, addresses and generated names.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex_lite::Regex;
use serde::Deserialize;

use super::controllers::{generated, listing};
use crate::asking::{AskedWorld, AskingClient, PrintedAnswer, command_line, shell_words};
use crate::recording::RecordedQuestion;
use crate::verdict::{Difference, Verdict};

/// A command, and what it printed.
#[derive(Debug, Deserialize)]
pub struct CommandRecord {
    id: String,
    world: String,
    command: String,
    /// Byte for byte, but for addresses, hashes and dates.
    #[serde(default)]
    exact: bool,
    /// The command is a whole line of a shell, typed about a cluster of which everything is listed: names and addresses agree.
    #[serde(default)]
    shell: bool,
    /// Exit status, standard output, standard error.
    real: (i32, String, String),
}

impl RecordedQuestion for CommandRecord {
    fn id(&self) -> &str {
        &self.id
    }

    fn world(&self) -> Option<&str> {
        Some(&self.world)
    }
}

/// Generated names of a world's pods, and what stands for them.
type GeneratedNames = BTreeMap<String, String>;

/// Compares one command.
pub fn compare_command(world: &AskedWorld<'_>, record: &CommandRecord) -> Vec<(String, Verdict)> {
    if record.shell {
        let printed = world.exec(AskingClient::default(), &record.command);
        return vec![(record.command.clone(), line_verdict(record, printed))];
    }
    let words = shell_words(&record.command);
    let words = ["kubectl"].into_iter().chain(words.iter().map(String::as_str));
    let printed = world.exec(AskingClient::default(), &command_line(words));
    vec![(record.command.clone(), verdict(world, record, printed))]
}

fn verdict(world: &AskedWorld<'_>, record: &CommandRecord, printed: PrintedAnswer) -> Verdict {
    if printed.exit == 2 && (printed.stderr.contains("whichpod:") || printed.stderr.contains("isn't understood here")) {
        return Verdict::Unknown(printed.stderr);
    }
    let (exit, stdout, stderr) = &record.real;
    let ours = if record.exact {
        [exact(&printed.stdout), exact(&printed.stderr)]
    } else {
        let names = names(world);
        [&printed.stdout, &printed.stderr].map(|text| without_chance(&normal(text, &names)))
    };
    let real =
        if record.exact { [stdout.clone(), stderr.clone()] } else { [stdout, stderr].map(|text| without_chance(text)) };
    let skip = world.recorded.skip_lines.as_deref().and_then(|skip| Regex::new(skip).ok());
    let [ours_out, real_out] = [&ours[0], &real[0]].map(|text| compared_lines(text, skip.as_ref(), record.exact));
    let mut differences = Vec::new();
    if printed.exit != *exit {
        differences.push(Difference::of_values("exit status", &printed.exit, exit));
    }
    if ours_out != real_out {
        differences.push(Difference::new("stdout", &ours[0], &real[0]));
    }
    if ours[1] != real[1] {
        differences.push(Difference::new("stderr", &ours[1], &real[1]));
    }
    Verdict::of(differences)
}

/// Byte for byte, but for ages and what a server draws.
fn line_verdict(record: &CommandRecord, printed: PrintedAnswer) -> Verdict {
    if printed.exit == 2 && (printed.stderr.contains("whichpod:") || printed.stderr.contains("isn't understood here")) {
        return Verdict::Unknown(printed.stderr);
    }
    let (exit, stdout, stderr) = &record.real;
    let is_table = record.command.contains("kubectl get") || record.command.contains("kubectl events");
    let normal = |text: &str| {
        let text = replaced(text, &LINE);
        if is_table { replaced(&text, &TABLE) } else { text }
    };
    let mut differences = Vec::new();
    if printed.exit != *exit {
        differences.push(Difference::of_values("exit status", &printed.exit, exit));
    }
    for (aspect, ours, real) in [("stdout", &printed.stdout, stdout), ("stderr", &printed.stderr, stderr)] {
        let (ours, real) = (normal(ours), normal(real));
        if ours != real {
            differences.push(first_difference(aspect, &ours, &real));
        }
    }
    Verdict::of(differences)
}

/// From the first line that differs, with the one before it.
fn first_difference(aspect: &str, ours: &str, real: &str) -> Difference {
    const SHOWN: usize = 12;
    let (ours, real): (Vec<&str>, Vec<&str>) = (ours.lines().collect(), real.lines().collect());
    let same = ours.iter().zip(&real).take_while(|(ours, real)| ours == real).count();
    let shown =
        |lines: &[&str]| lines.iter().skip(same.saturating_sub(1)).take(SHOWN).copied().collect::<Vec<_>>().join("\n");
    Difference::new(aspect, shown(&ours), shown(&real))
}

/// In any order, unless compared byte for byte.
fn compared_lines<'t>(text: &'t str, skip: Option<&Regex>, exact: bool) -> Vec<&'t str> {
    let mut lines: Vec<&str> = text.split('\n').filter(|line| !skip.is_some_and(|skip| skip.is_match(line))).collect();
    if !exact {
        lines.sort();
    }
    lines
}

fn names(world: &AskedWorld<'_>) -> GeneratedNames {
    let pods = listing(world, "pods");
    let named = pods.iter().filter(|pod| pod.pointer("/metadata/generateName").is_some_and(|name| name != ""));
    let pair = |pod: &serde_json::Value| {
        let name = pod.pointer("/metadata/name").and_then(serde_json::Value::as_str).unwrap_or_default();
        (name.to_owned(), generated(pod).replace('*', "XXXXX"))
    };
    named.map(pair).collect()
}

/// A pattern, and what stands for what it finds.
type Replacement = (&'static str, &'static str);

fn compiled(patterns: &[Replacement]) -> Vec<(Regex, &'static str)> {
    patterns.iter().filter_map(|(pattern, by)| Some((Regex::new(pattern).ok()?, *by))).collect()
}

fn replaced(text: &str, patterns: &[(Regex, &str)]) -> String {
    patterns.iter().fold(text.to_owned(), |text, (pattern, by)| pattern.replace_all(&text, *by).into_owned())
}

/// Addresses, ages, blanks.
static NORMAL: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    compiled(&[
        (r"(?m)^whichpod: the files were not changed;.*\n?", ""),
        (r"\b10\.\d+\.\d+\.\d+\b|\b192\.168\.\d+\.\d+\b", "IP"),
        (r"<unknown>|\b(?:\d+[dhms]){1,2}\b", "AGE"),
        (r"[ \t]+", " "),
        (r"(?m)[ \t]+$", ""),
    ])
});

/// Dates, generated hashes and names, allocated node ports, and where the laboratory's own API server listened.
static CHANCE: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    compiled(&[
        (r"(?m)^ ?(CreationTimestamp|Start Time|Started|Finished|Completed):.*\n", ""),
        (r"\b16\d00 (?:IP|172\.18\.0\.2)", "6443 IP"),
        (r"pod-template-hash=[0-9a-z]+", "pod-template-hash=HASH"),
        (r"-[bcdfghjklmnpqrstvwxz2456789]{5}\b", "-XXXXX"),
        (r":3[0-2]\d{3}/", ":NODEPORT/"),
    ])
});

/// What isn't compared even byte for byte.
static EXACT: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    compiled(&[
        (r"(?m)^whichpod: the files were not changed;.*\n?", ""),
        (r"\b10\.\d+\.\d+\.\d+\b", "IP"),
        (r"(?m)^(CreationTimestamp|Start Time):.*\n", ""),
        (r"(?m)^ *(creationTimestamp|uid|resourceVersion|generation): .*\n", ""),
        (r"-[0-9a-f]{8,10}-[a-z0-9]{5}\b", "-HASH-X"),
        (r"-[0-9a-f]{9,10}\b", "-HASH"),
    ])
});

/// What a real server decides by the moment: uids, dates, ages, addresses and ports that it gives, keys.
static LINE: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    compiled(&[
        (r"(?m)^whichpod: the files were not changed;.*\n?", ""),
        (r#"(?m)^ *"?(?:creationTimestamp|uid|resourceVersion|generation|observedGeneration)"?: .*\n"#, ""),
        (r#""(?:creationTimestamp|uid|resourceVersion)":"[^"]*",?|"(?:generation|observedGeneration)":\d+,?"#, ""),
        (r"kube-api-access-[a-z0-9]{5}\b", "kube-api-access-XXXXX"),
        (r"\b(LIVE|MERGED)-\d+", "$1"),
        (r"\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ \+0000", "DATE"),
        (r"(?m)^( *Resource Version:) .*", "$1"),
        (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "UID"),
        (r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)", "DATE"),
        (r"\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4} *", "DATE "),
        (r"(?:<unknown>|<invalid>|\b(?:\d+[ydhms]){1,2}\b) *", "AGE "),
        (r"\b10\.(?:9[6-9]|1[01]\d)\.\d+\.\d+\b", "SERVICE-IP"),
        (r"\b3[0-2]\d{3}\b", "NODEPORT"),
        (r"(?m)[ \t]+$", ""),
    ])
});

/// Columns are as wide as what was replaced in them.
static TABLE: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| compiled(&[(r"(\S) {3,}", "$1   ")]));

static HASH: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| compiled(&[(r"-[0-9a-z]{8,10}\b", "")]));

fn normal(text: &str, names: &GeneratedNames) -> String {
    let mut longest: Vec<(&String, &String)> = names.iter().collect();
    longest.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    replaced(&longest.into_iter().fold(text.to_owned(), |text, (name, by)| text.replace(name, by)), &NORMAL)
}

fn without_chance(text: &str) -> String {
    let text = without_hashes(&replaced(text, &CHANCE[..3]));
    replaced(&text, &CHANCE[3..])
}

/// `-` and 8 to 10 letters and digits, of which one at least is a digit.
fn without_hashes(text: &str) -> String {
    let Some((pattern, _)) = HASH.first() else { return text.to_owned() };
    let by = |found: &regex_lite::Captures<'_>| {
        let word = &found[0];
        if word.chars().any(|c| c.is_ascii_digit()) { "-HASH".to_owned() } else { word.to_owned() }
    };
    pattern.replace_all(text, by).into_owned()
}

fn exact(text: &str) -> String {
    replaced(text, &EXACT)
}
