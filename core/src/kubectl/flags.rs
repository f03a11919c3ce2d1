//! kubectl's verbs and the flags that each takes, read as its own library reads them (spf13/pflag).

use super::{UsageError, error, refused};

/// What somebody wants of the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Tables and objects.
    Get,
    /// One object in words.
    Describe,
    /// How many replicas.
    Scale,
    /// Objects go.
    Delete,
    /// A Deployment more.
    CreateDeployment,
    /// A Service more.
    CreateService,
    /// A pod more.
    Run,
    /// A Service for what is there.
    Expose,
    /// Images of containers.
    SetImage,
    /// Labels.
    Label,
    /// Annotations.
    Annotate,
    /// Whether a Deployment is rolled out.
    RolloutStatus,
    /// The revisions of a Deployment.
    RolloutHistory,
    /// An earlier template again.
    RolloutUndo,
    /// The same template with new pods.
    RolloutRestart,
    /// No roll-out until it is resumed.
    RolloutPause,
    /// Roll-outs again.
    RolloutResume,
}

/// What is typed, and the flags it takes.
const VERBS: &[(&str, Verb, &[&str])] = &[
    (
        "get",
        Verb::Get,
        &[
            "all-namespaces",
            "ignore-not-found",
            "no-headers",
            "output",
            "selector",
            "show-labels",
            "sort-by",
            "watch",
            "watch-only",
        ],
    ),
    ("describe", Verb::Describe, &["all-namespaces", "selector"]),
    ("scale", Verb::Scale, &["all", "dry-run", "output", "replicas", "selector"]),
    ("delete", Verb::Delete, &["all", "dry-run", "force", "grace-period", "now", "output", "selector", "wait"]),
    ("create deployment", Verb::CreateDeployment, &["dry-run", "image", "output", "port", "replicas"]),
    ("create service", Verb::CreateService, &["clusterip", "dry-run", "external-name", "node-port", "output", "tcp"]),
    (
        "run",
        Verb::Run,
        &[
            "attach",
            "command",
            "dry-run",
            "env",
            "expose",
            "force",
            "grace-period",
            "image",
            "image-pull-policy",
            "labels",
            "leave-stdin-open",
            "output",
            "pod-running-timeout",
            "port",
            "quiet",
            "restart",
            "rm",
            "stdin",
            "timeout",
            "tty",
        ],
    ),
    (
        "expose",
        Verb::Expose,
        &[
            "cluster-ip",
            "container-port",
            "dry-run",
            "external-ip",
            "labels",
            "load-balancer-ip",
            "name",
            "output",
            "port",
            "protocol",
            "selector",
            "session-affinity",
            "target-port",
            "type",
        ],
    ),
    ("set image", Verb::SetImage, &["all", "dry-run", "output", "selector"]),
    ("label", Verb::Label, &["all", "dry-run", "output", "overwrite", "selector"]),
    ("annotate", Verb::Annotate, &["all", "dry-run", "output", "overwrite", "selector"]),
    ("rollout status", Verb::RolloutStatus, &["revision", "selector", "timeout", "watch"]),
    ("rollout history", Verb::RolloutHistory, &["revision", "selector"]),
    ("rollout undo", Verb::RolloutUndo, &["dry-run", "selector", "to-revision"]),
    ("rollout restart", Verb::RolloutRestart, &["selector"]),
    ("rollout pause", Verb::RolloutPause, &["selector"]),
    ("rollout resume", Verb::RolloutResume, &["selector"]),
];

/// Words that stand for others behind `create`.
const ALIASES: [(&str, &str); 3] = [("deploy", "deployment"), ("dep", "deployment"), ("svc", "service")];

/// How a flag takes its value.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Takes {
    /// In the same word or the next.
    Value,
    /// `--flag`, `--flag=false`
    Switch,
}

#[rustfmt::skip]
const FLAGS: &[(&str, Option<char>, Takes)] = &[
    ("all", None, Takes::Switch),
    ("all-namespaces", Some('A'), Takes::Switch),
    ("attach", None, Takes::Switch),
    ("cluster-ip", None, Takes::Value),
    ("clusterip", None, Takes::Value),
    ("command", None, Takes::Switch),
    ("container-port", None, Takes::Value),
    ("dry-run", None, Takes::Switch),
    ("env", None, Takes::Value),
    ("expose", None, Takes::Switch),
    ("external-ip", None, Takes::Value),
    ("external-name", None, Takes::Value),
    ("force", None, Takes::Switch),
    ("grace-period", None, Takes::Value),
    ("ignore-not-found", None, Takes::Switch),
    ("image", None, Takes::Value),
    ("image-pull-policy", None, Takes::Value),
    ("labels", Some('l'), Takes::Value),
    ("leave-stdin-open", None, Takes::Switch),
    ("load-balancer-ip", None, Takes::Value),
    ("name", None, Takes::Value),
    ("namespace", Some('n'), Takes::Value),
    ("no-headers", None, Takes::Switch),
    ("node-port", None, Takes::Value),
    ("now", None, Takes::Switch),
    ("output", Some('o'), Takes::Value),
    ("overwrite", None, Takes::Switch),
    ("pod-running-timeout", None, Takes::Value),
    ("port", None, Takes::Value),
    ("protocol", None, Takes::Value),
    ("quiet", Some('q'), Takes::Switch),
    ("replicas", None, Takes::Value),
    ("restart", None, Takes::Value),
    ("revision", None, Takes::Value),
    ("rm", None, Takes::Switch),
    ("selector", Some('l'), Takes::Value),
    ("session-affinity", None, Takes::Value),
    ("show-labels", None, Takes::Switch),
    ("sort-by", None, Takes::Value),
    ("stdin", Some('i'), Takes::Switch),
    ("target-port", None, Takes::Value),
    ("tcp", None, Takes::Value),
    ("timeout", None, Takes::Value),
    ("to-revision", None, Takes::Value),
    ("tty", Some('t'), Takes::Switch),
    ("type", None, Takes::Value),
    ("wait", None, Takes::Switch),
    ("watch", Some('w'), Takes::Switch),
    ("watch-only", None, Takes::Switch),
];

/// The words of a command, flags apart.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    given: Vec<(&'static str, String)>,
    /// What is no flag, behind the verb.
    pub words: Vec<String>,
    /// What stands behind `--`.
    pub command: Vec<String>,
}

/// The verbs, as they are typed.
pub fn verbs() -> impl Iterator<Item = &'static str> {
    VERBS.iter().map(|(name, ..)| *name)
}

/// The flags of a verb, as they are typed.
pub fn flags_of(verb: &str) -> Vec<String> {
    let own = VERBS.iter().find(|(name, ..)| *name == verb).map_or(&[][..], |(.., flags)| flags);
    let mut shown: Vec<String> = Vec::new();
    for (name, short, _) in FLAGS.iter().filter(|(name, ..)| *name == "namespace" || own.contains(name)) {
        // Where two flags have one letter, it is the first one's.
        let short = short.map(|short| format!("-{short}")).filter(|short| !shown.contains(short));
        shown.extend(short.into_iter().chain([format!("--{name}")]));
    }
    shown
}

/// Reads the words behind `kubectl`. Flags may stand before the verb: `kubectl -n kube-system get svc`.
pub fn read(args: &[String]) -> Result<(Verb, Flags), UsageError> {
    let mut reading = Flags::default();
    let mut letters: Vec<(char, String)> = Vec::new();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.strip_prefix("--") {
            Some("") => reading.command.extend(args.by_ref().cloned()),
            Some(long) => {
                let (name, inline) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
                let (name, _, takes) = *FLAGS.iter().find(|flag| flag.0 == name).ok_or_else(|| unknown(arg))?;
                let value = match (inline, takes) {
                    (Some(value), _) => value.to_owned(),
                    (None, Takes::Switch) => "true".to_owned(),
                    (None, Takes::Value) => args.next().cloned().ok_or_else(|| needs_value(arg, arg))?,
                };
                reading.given.push((name, value));
            }
            None if arg.starts_with('-') && arg.len() > 1 => short(arg, &mut args, &mut letters)?,
            None => reading.words.push(arg.clone()),
        }
    }
    let (verb, own) = reading.verb()?;
    for (letter, value) in letters {
        let named = |flag: &&(&'static str, Option<char>, Takes)| {
            flag.1 == Some(letter) && (flag.0 == "namespace" || own.contains(&flag.0))
        };
        let flag = FLAGS.iter().find(named).ok_or_else(|| unknown(&format!("-{letter}")))?;
        reading.given.push((flag.0, value));
    }
    match reading.given.iter().find(|(name, _)| *name != "namespace" && !own.contains(name)) {
        Some((name, _)) => Err(unknown(&format!("--{name}"))),
        None => Ok((verb, reading)),
    }
}

/// Letters in one word, the last of which may have its value behind it: `-Aowide`.
fn short<'a>(
    arg: &str,
    args: &mut impl Iterator<Item = &'a String>,
    letters: &mut Vec<(char, String)>,
) -> Result<(), UsageError> {
    let mut rest = arg.strip_prefix('-').unwrap_or(arg).chars();
    while let Some(letter) = rest.next() {
        let shown = format!("-{letter}");
        let flag = FLAGS.iter().find(|flag| flag.1 == Some(letter)).ok_or_else(|| unknown(&shown))?;
        if flag.2 == Takes::Switch {
            letters.push((letter, "true".to_owned()));
            continue;
        }
        let inline = rest.as_str();
        let value = match inline.is_empty() {
            true => args.next().cloned().ok_or_else(|| needs_value(&shown, arg))?,
            false => inline.strip_prefix('=').unwrap_or(inline).to_owned(),
        };
        letters.push((letter, value));
        return Ok(());
    }
    Ok(())
}

impl Flags {
    /// Takes the verb's words off.
    fn verb(&mut self) -> Result<(Verb, &'static [&'static str]), UsageError> {
        let known: Vec<&str> = verbs().collect();
        let known = known.join(", ");
        let Some(first) = self.words.first() else {
            return Err(error(format!("kubectl: a verb is missing; these are understood: {known}, exec")));
        };
        for (name, verb, flags) in VERBS {
            let words: Vec<&str> = name.split(' ').collect();
            let same = |(at, (word, own)): (usize, (&String, &&str))| {
                let alias = ALIASES.iter().find(|(alias, _)| at > 0 && alias == word);
                alias.map_or(word.as_str(), |(_, full)| full) == *own
            };
            if self.words.len() >= words.len() && self.words.iter().zip(&words).enumerate().all(same) {
                self.words.drain(..words.len());
                return Ok((*verb, flags));
            }
        }
        let two = VERBS.iter().any(|(name, ..)| name.split_once(' ').is_some_and(|(word, _)| word == first));
        let typed = self.words.iter().take(if two { 2 } else { 1 }).cloned().collect::<Vec<_>>().join(" ");
        Err(error(format!("kubectl {typed} isn't understood here: {known} and exec are")))
    }

    /// A flag's value; of several the last.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.given.iter().rev().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// The same flags but one, with other words.
    pub fn of(&self, words: &[String], without: &str) -> Self {
        let given = self.given.iter().filter(|(name, _)| *name != without).cloned().collect();
        Self { given, words: words.to_vec(), command: self.command.clone() }
    }

    /// All values of a flag that may stand several times.
    pub fn values(&self, name: &str) -> Vec<&str> {
        self.given.iter().filter(|(known, _)| *known == name).map(|(_, value)| value.as_str()).collect()
    }

    /// Whether a switch is on.
    pub fn is(&self, name: &str) -> bool {
        self.value(name).is_some_and(|value| matches!(value, "true" | "t" | "T" | "1" | "TRUE" | "True"))
    }
}

/// What kubectl says of a flag without value: `--output`, or the letter `-o` in the word `-Ao`.
pub fn needs_value(flag: &str, word: &str) -> UsageError {
    match flag.strip_prefix("--") {
        Some(_) => refused(format!("error: flag needs an argument: {flag}")),
        None => refused(format!("error: flag needs an argument: '{}' in {word}", flag.trim_start_matches('-'))),
    }
}

/// kubectl has many flags; which of those it would refuse isn't known here.
pub fn unknown(option: &str) -> UsageError {
    error(format!("kubectl {option} isn't understood here"))
}
