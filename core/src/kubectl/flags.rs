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
    /// `apply -f`
    Apply,
    /// `create -f`
    CreateFile,
    /// `replace -f`
    Replace,
    /// `patch`
    Patch,
    /// `autoscale`
    Autoscale,
    /// `cordon`
    Cordon,
    /// `uncordon`
    Uncordon,
    /// `drain`
    Drain,
    /// `taint`
    Taint,
    /// `set env`
    SetEnv,
    /// `set resources`
    SetResources,
    /// `set selector`
    SetSelector,
    /// `create namespace`
    CreateNamespace,
    /// `create configmap`
    CreateConfigMap,
    /// `create secret`
    CreateSecret,
    /// `create ingress`
    CreateIngress,
    /// `create job`
    CreateJob,
    /// `create cronjob`
    CreateCronJob,
    /// `create serviceaccount`
    CreateServiceAccount,
}

/// What is typed, and the flags it takes.
const VERBS: &[(&str, Verb, &[&str])] = &[
    (
        "get",
        Verb::Get,
        &[
            "all-namespaces",
            "field-selector",
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
    (
        "scale",
        Verb::Scale,
        &["all", "current-replicas", "dry-run", "filename", "output", "record", "replicas", "selector", "timeout"],
    ),
    (
        "delete",
        Verb::Delete,
        &[
            "all",
            "all-namespaces",
            "cascade",
            "dry-run",
            "filename",
            "force",
            "grace-period",
            "ignore-not-found",
            "kustomize",
            "now",
            "output",
            "recursive",
            "selector",
            "timeout",
            "wait",
        ],
    ),
    (
        "apply",
        Verb::Apply,
        &[
            "all",
            "dry-run",
            "field-manager",
            "filename",
            "force",
            "force-conflicts",
            "kustomize",
            "output",
            "overwrite",
            "prune",
            "record",
            "recursive",
            "selector",
            "server-side",
            "timeout",
            "validate",
            "wait",
        ],
    ),
    (
        "replace",
        Verb::Replace,
        &[
            "cascade",
            "dry-run",
            "filename",
            "force",
            "grace-period",
            "kustomize",
            "output",
            "recursive",
            "record",
            "timeout",
            "validate",
            "wait",
        ],
    ),
    ("patch", Verb::Patch, &["dry-run", "filename", "output", "patch", "patch-file", "record", "subresource", "type"]),
    (
        "autoscale",
        Verb::Autoscale,
        &["cpu", "cpu-percent", "dry-run", "filename", "max", "memory", "min", "name", "output", "record"],
    ),
    ("cordon", Verb::Cordon, &["dry-run", "selector"]),
    ("uncordon", Verb::Uncordon, &["dry-run", "selector"]),
    (
        "drain",
        Verb::Drain,
        &[
            "chunk-size",
            "delete-emptydir-data",
            "disable-eviction",
            "dry-run",
            "force",
            "grace-period",
            "ignore-daemonsets",
            "selector",
            "timeout",
        ],
    ),
    ("taint", Verb::Taint, &["all", "dry-run", "output", "overwrite", "selector"]),
    ("create namespace", Verb::CreateNamespace, &["dry-run", "output", "save-config", "validate"]),
    (
        "create configmap",
        Verb::CreateConfigMap,
        &["append-hash", "dry-run", "from-env-file", "from-file", "from-literal", "output", "save-config", "validate"],
    ),
    (
        "create secret",
        Verb::CreateSecret,
        &[
            "append-hash",
            "cert",
            "docker-email",
            "docker-password",
            "docker-server",
            "docker-username",
            "dry-run",
            "from-env-file",
            "from-file",
            "from-literal",
            "key",
            "output",
            "save-config",
            "type",
            "validate",
        ],
    ),
    (
        "create ingress",
        Verb::CreateIngress,
        &["annotation", "class", "default-backend", "dry-run", "output", "rule", "save-config", "validate"],
    ),
    ("create job", Verb::CreateJob, &["dry-run", "from", "image", "output", "save-config", "validate"]),
    (
        "create cronjob",
        Verb::CreateCronJob,
        &["dry-run", "image", "output", "restart", "save-config", "schedule", "validate"],
    ),
    ("create serviceaccount", Verb::CreateServiceAccount, &["dry-run", "output", "save-config", "validate"]),
    (
        "create deployment",
        Verb::CreateDeployment,
        &["dry-run", "image", "output", "port", "replicas", "save-config", "validate"],
    ),
    (
        "create service",
        Verb::CreateService,
        &["clusterip", "dry-run", "external-name", "node-port", "output", "save-config", "tcp", "validate"],
    ),
    (
        "create",
        Verb::CreateFile,
        &[
            "dry-run",
            "field-manager",
            "filename",
            "kustomize",
            "output",
            "recursive",
            "record",
            "save-config",
            "selector",
            "validate",
        ],
    ),
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
    ("set image", Verb::SetImage, &["all", "dry-run", "filename", "output", "record", "selector"]),
    ("set env", Verb::SetEnv, &["all", "containers", "dry-run", "env", "list", "output", "overwrite", "selector"]),
    (
        "set resources",
        Verb::SetResources,
        &["all", "containers", "dry-run", "limits", "output", "requests", "selector"],
    ),
    ("set selector", Verb::SetSelector, &["all", "dry-run", "output", "record"]),
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
const ALIASES: [(&str, &str); 8] = [
    ("deploy", "deployment"),
    ("dep", "deployment"),
    ("svc", "service"),
    ("ns", "namespace"),
    ("cm", "configmap"),
    ("ing", "ingress"),
    ("cj", "cronjob"),
    ("sa", "serviceaccount"),
];

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
    ("annotation", None, Takes::Value),
    ("append-hash", None, Takes::Switch),
    ("attach", None, Takes::Switch),
    ("cascade", None, Takes::Value),
    ("cert", None, Takes::Value),
    ("chunk-size", None, Takes::Value),
    ("class", None, Takes::Value),
    ("cluster-ip", None, Takes::Value),
    ("clusterip", None, Takes::Value),
    ("command", None, Takes::Switch),
    ("container-port", None, Takes::Value),
    ("containers", Some('c'), Takes::Value),
    ("cpu", None, Takes::Value),
    ("cpu-percent", None, Takes::Value),
    ("current-replicas", None, Takes::Value),
    ("default-backend", None, Takes::Value),
    ("delete-emptydir-data", None, Takes::Switch),
    ("disable-eviction", None, Takes::Switch),
    ("docker-email", None, Takes::Value),
    ("docker-password", None, Takes::Value),
    ("docker-server", None, Takes::Value),
    ("docker-username", None, Takes::Value),
    ("dry-run", None, Takes::Switch),
    ("env", None, Takes::Value),
    ("expose", None, Takes::Switch),
    ("external-ip", None, Takes::Value),
    ("external-name", None, Takes::Value),
    ("field-manager", None, Takes::Value),
    ("field-selector", None, Takes::Value),
    ("filename", Some('f'), Takes::Value),
    ("force", None, Takes::Switch),
    ("force-conflicts", None, Takes::Switch),
    ("from", None, Takes::Value),
    ("from-env-file", None, Takes::Value),
    ("from-file", None, Takes::Value),
    ("from-literal", None, Takes::Value),
    ("grace-period", None, Takes::Value),
    ("ignore-daemonsets", None, Takes::Switch),
    ("ignore-not-found", None, Takes::Switch),
    ("image", None, Takes::Value),
    ("image-pull-policy", None, Takes::Value),
    ("key", None, Takes::Value),
    ("kustomize", Some('k'), Takes::Value),
    ("labels", Some('l'), Takes::Value),
    ("leave-stdin-open", None, Takes::Switch),
    ("limits", None, Takes::Value),
    ("list", None, Takes::Switch),
    ("load-balancer-ip", None, Takes::Value),
    ("max", None, Takes::Value),
    ("memory", None, Takes::Value),
    ("min", None, Takes::Value),
    ("name", None, Takes::Value),
    ("namespace", Some('n'), Takes::Value),
    ("no-headers", None, Takes::Switch),
    ("node-port", None, Takes::Value),
    ("now", None, Takes::Switch),
    ("output", Some('o'), Takes::Value),
    ("overwrite", None, Takes::Switch),
    ("patch", Some('p'), Takes::Value),
    ("patch-file", None, Takes::Value),
    ("pod-running-timeout", None, Takes::Value),
    ("port", None, Takes::Value),
    ("protocol", None, Takes::Value),
    ("prune", None, Takes::Switch),
    ("quiet", Some('q'), Takes::Switch),
    ("record", None, Takes::Switch),
    ("recursive", Some('R'), Takes::Switch),
    ("replicas", None, Takes::Value),
    ("requests", None, Takes::Value),
    ("restart", None, Takes::Value),
    ("revision", None, Takes::Value),
    ("rm", None, Takes::Switch),
    ("rule", None, Takes::Value),
    ("save-config", None, Takes::Switch),
    ("schedule", None, Takes::Value),
    ("selector", Some('l'), Takes::Value),
    ("server-side", None, Takes::Switch),
    ("session-affinity", None, Takes::Value),
    ("show-labels", None, Takes::Switch),
    ("sort-by", None, Takes::Value),
    ("stdin", Some('i'), Takes::Switch),
    ("subresource", None, Takes::Value),
    ("target-port", None, Takes::Value),
    ("tcp", None, Takes::Value),
    ("timeout", None, Takes::Value),
    ("to-revision", None, Takes::Value),
    ("tty", Some('t'), Takes::Switch),
    ("type", None, Takes::Value),
    ("validate", None, Takes::Switch),
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
    /// All words as they were typed.
    pub typed: Vec<String>,
    /// Whether they are of `describe`.
    pub is_describe: bool,
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
    read_words(args).map_err(|refusal| match refusal.message.starts_with("error: flag needs an argument") {
        true => {
            let verb = args.iter().find(|word| !word.starts_with('-')).map_or("", String::as_str);
            refused(format!("{}\nSee 'kubectl {verb} --help' for usage.", refusal.message))
        }
        false => refusal,
    })
}

fn read_words(args: &[String]) -> Result<(Verb, Flags), UsageError> {
    let mut reading = Flags { typed: args.to_vec(), ..Flags::default() };
    let mut letters: Vec<(char, String)> = Vec::new();
    let typed = args;
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.strip_prefix("--") {
            Some("") => reading.command.extend(args.by_ref().cloned()),
            Some(long) => {
                let (name, inline) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
                let known = FLAGS.iter().find(|flag| flag.0 == name);
                let (name, _, takes) = *known.ok_or_else(|| not_of_get(typed, name).unwrap_or_else(|| unknown(arg)))?;
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
    reading.is_describe = verb == Verb::Describe;
    for (letter, value) in letters {
        let named = |flag: &&(&'static str, Option<char>, Takes)| {
            flag.1 == Some(letter) && (flag.0 == "namespace" || own.contains(&flag.0))
        };
        let flag = FLAGS.iter().find(named).ok_or_else(|| unknown(&format!("-{letter}")))?;
        reading.given.push((flag.0, value));
    }
    match reading.given.iter().find(|(name, _)| *name != "namespace" && !own.contains(name)) {
        Some((name, _)) => Err(no_such_flag(verb, &format!("--{name}"))),
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
        if let Some(refusal) = super::about::no_verb(first) {
            return Err(refusal);
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
        Self { given, words: words.to_vec(), ..self.clone() }
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

/// The flags of `get` and those of every verb that aren't understood here.
const REST_OF_GET: [&str; 40] = [
    "allow-missing-template-keys",
    "as",
    "as-group",
    "as-uid",
    "as-user-extra",
    "cache-dir",
    "certificate-authority",
    "chunk-size",
    "client-certificate",
    "client-key",
    "cluster",
    "context",
    "disable-compression",
    "filename",
    "help",
    "insecure-skip-tls-verify",
    "kubeconfig",
    "kuberc",
    "kustomize",
    "label-columns",
    "log-flush-frequency",
    "match-server-version",
    "output-watch-events",
    "password",
    "profile",
    "profile-output",
    "raw",
    "recursive",
    "request-timeout",
    "server",
    "server-print",
    "show-kind",
    "show-managed-fields",
    "subresource",
    "template",
    "tls-server-name",
    "token",
    "user",
    "username",
    "v",
];

/// What kubectl says of a flag that `get` doesn't have.
fn not_of_get(args: &[String], name: &str) -> Option<UsageError> {
    let verb = args.iter().find(|word| !word.starts_with('-'))?;
    let is_unknown =
        verb == "get" && !REST_OF_GET.contains(&name) && !["vmodule", "warnings-as-errors"].contains(&name);
    is_unknown.then(|| refused(format!("error: unknown flag: --{name}\nSee 'kubectl get --help' for usage.")))
}

/// A flag of other verbs: of the verbs whose flags are all listed here, kubectl's own refusal is known.
fn no_such_flag(verb: Verb, flag: &str) -> UsageError {
    const LISTED: [(Verb, &str); 6] = [
        (Verb::Run, "run"),
        (Verb::CreateDeployment, "create deployment"),
        (Verb::Expose, "expose"),
        (Verb::RolloutRestart, "rollout restart"),
        (Verb::RolloutPause, "rollout pause"),
        (Verb::RolloutResume, "rollout resume"),
    ];
    match LISTED.iter().find(|(listed, _)| *listed == verb) {
        Some((_, name)) => refused(format!("error: unknown flag: {flag}\nSee 'kubectl {name} --help' for usage.")),
        None => unknown(flag),
    }
}

/// kubectl has many flags; which of those it would refuse isn't known here.
pub fn unknown(option: &str) -> UsageError {
    error(format!("kubectl {option} isn't understood here"))
}
