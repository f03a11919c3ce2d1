//! kubectl's verbs and the flags that each takes, read as its own library reads them (spf13/pflag).

use super::{UsageError, kubectl_error, unsupported_error};

/// What somebody wants of the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KubectlVerb {
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
const VERBS: &[(&str, KubectlVerb, &[&str])] = &[
    (
        "get",
        KubectlVerb::Get,
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
    ("describe", KubectlVerb::Describe, &["all-namespaces", "selector"]),
    (
        "scale",
        KubectlVerb::Scale,
        &["all", "current-replicas", "dry-run", "filename", "output", "record", "replicas", "selector", "timeout"],
    ),
    (
        "delete",
        KubectlVerb::Delete,
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
        KubectlVerb::Apply,
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
        KubectlVerb::Replace,
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
    (
        "patch",
        KubectlVerb::Patch,
        &["dry-run", "filename", "output", "patch", "patch-file", "record", "subresource", "type"],
    ),
    (
        "autoscale",
        KubectlVerb::Autoscale,
        &["cpu", "cpu-percent", "dry-run", "filename", "max", "memory", "min", "name", "output", "record"],
    ),
    ("cordon", KubectlVerb::Cordon, &["dry-run", "selector"]),
    ("uncordon", KubectlVerb::Uncordon, &["dry-run", "selector"]),
    (
        "drain",
        KubectlVerb::Drain,
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
    ("taint", KubectlVerb::Taint, &["all", "dry-run", "output", "overwrite", "selector"]),
    ("create namespace", KubectlVerb::CreateNamespace, &["dry-run", "output", "save-config", "validate"]),
    (
        "create configmap",
        KubectlVerb::CreateConfigMap,
        &["append-hash", "dry-run", "from-env-file", "from-file", "from-literal", "output", "save-config", "validate"],
    ),
    (
        "create secret",
        KubectlVerb::CreateSecret,
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
        KubectlVerb::CreateIngress,
        &["annotation", "class", "default-backend", "dry-run", "output", "rule", "save-config", "validate"],
    ),
    ("create job", KubectlVerb::CreateJob, &["dry-run", "from", "image", "output", "save-config", "validate"]),
    (
        "create cronjob",
        KubectlVerb::CreateCronJob,
        &["dry-run", "image", "output", "restart", "save-config", "schedule", "validate"],
    ),
    ("create serviceaccount", KubectlVerb::CreateServiceAccount, &["dry-run", "output", "save-config", "validate"]),
    (
        "create deployment",
        KubectlVerb::CreateDeployment,
        &["dry-run", "image", "output", "port", "replicas", "save-config", "validate"],
    ),
    (
        "create service",
        KubectlVerb::CreateService,
        &["clusterip", "dry-run", "external-name", "node-port", "output", "save-config", "tcp", "validate"],
    ),
    (
        "create",
        KubectlVerb::CreateFile,
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
        KubectlVerb::Run,
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
        KubectlVerb::Expose,
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
    ("set image", KubectlVerb::SetImage, &["all", "dry-run", "filename", "output", "record", "selector"]),
    (
        "set env",
        KubectlVerb::SetEnv,
        &["all", "containers", "dry-run", "env", "list", "output", "overwrite", "selector"],
    ),
    (
        "set resources",
        KubectlVerb::SetResources,
        &["all", "containers", "dry-run", "limits", "output", "requests", "selector"],
    ),
    ("set selector", KubectlVerb::SetSelector, &["all", "dry-run", "output", "record"]),
    ("label", KubectlVerb::Label, &["all", "dry-run", "output", "overwrite", "selector"]),
    ("annotate", KubectlVerb::Annotate, &["all", "dry-run", "output", "overwrite", "selector"]),
    ("rollout status", KubectlVerb::RolloutStatus, &["revision", "selector", "timeout", "watch"]),
    ("rollout history", KubectlVerb::RolloutHistory, &["revision", "selector"]),
    ("rollout undo", KubectlVerb::RolloutUndo, &["dry-run", "selector", "to-revision"]),
    ("rollout restart", KubectlVerb::RolloutRestart, &["selector"]),
    ("rollout pause", KubectlVerb::RolloutPause, &["selector"]),
    ("rollout resume", KubectlVerb::RolloutResume, &["selector"]),
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
enum FlagKind {
    /// In the same word or the next.
    Value,
    /// `--flag`, `--flag=false`
    Switch,
}

#[rustfmt::skip]
const FLAGS: &[(&str, Option<char>, FlagKind)] = &[
    ("all", None, FlagKind::Switch),
    ("all-namespaces", Some('A'), FlagKind::Switch),
    ("annotation", None, FlagKind::Value),
    ("append-hash", None, FlagKind::Switch),
    ("attach", None, FlagKind::Switch),
    ("cascade", None, FlagKind::Value),
    ("cert", None, FlagKind::Value),
    ("chunk-size", None, FlagKind::Value),
    ("class", None, FlagKind::Value),
    ("cluster-ip", None, FlagKind::Value),
    ("clusterip", None, FlagKind::Value),
    ("command", None, FlagKind::Switch),
    ("container-port", None, FlagKind::Value),
    ("containers", Some('c'), FlagKind::Value),
    ("cpu", None, FlagKind::Value),
    ("cpu-percent", None, FlagKind::Value),
    ("current-replicas", None, FlagKind::Value),
    ("default-backend", None, FlagKind::Value),
    ("delete-emptydir-data", None, FlagKind::Switch),
    ("disable-eviction", None, FlagKind::Switch),
    ("docker-email", None, FlagKind::Value),
    ("docker-password", None, FlagKind::Value),
    ("docker-server", None, FlagKind::Value),
    ("docker-username", None, FlagKind::Value),
    ("dry-run", None, FlagKind::Switch),
    ("env", None, FlagKind::Value),
    ("expose", None, FlagKind::Switch),
    ("external-ip", None, FlagKind::Value),
    ("external-name", None, FlagKind::Value),
    ("field-manager", None, FlagKind::Value),
    ("field-selector", None, FlagKind::Value),
    ("filename", Some('f'), FlagKind::Value),
    ("force", None, FlagKind::Switch),
    ("force-conflicts", None, FlagKind::Switch),
    ("from", None, FlagKind::Value),
    ("from-env-file", None, FlagKind::Value),
    ("from-file", None, FlagKind::Value),
    ("from-literal", None, FlagKind::Value),
    ("grace-period", None, FlagKind::Value),
    ("ignore-daemonsets", None, FlagKind::Switch),
    ("ignore-not-found", None, FlagKind::Switch),
    ("image", None, FlagKind::Value),
    ("image-pull-policy", None, FlagKind::Value),
    ("key", None, FlagKind::Value),
    ("kustomize", Some('k'), FlagKind::Value),
    ("labels", Some('l'), FlagKind::Value),
    ("leave-stdin-open", None, FlagKind::Switch),
    ("limits", None, FlagKind::Value),
    ("list", None, FlagKind::Switch),
    ("load-balancer-ip", None, FlagKind::Value),
    ("max", None, FlagKind::Value),
    ("memory", None, FlagKind::Value),
    ("min", None, FlagKind::Value),
    ("name", None, FlagKind::Value),
    ("namespace", Some('n'), FlagKind::Value),
    ("no-headers", None, FlagKind::Switch),
    ("node-port", None, FlagKind::Value),
    ("now", None, FlagKind::Switch),
    ("output", Some('o'), FlagKind::Value),
    ("overwrite", None, FlagKind::Switch),
    ("patch", Some('p'), FlagKind::Value),
    ("patch-file", None, FlagKind::Value),
    ("pod-running-timeout", None, FlagKind::Value),
    ("port", None, FlagKind::Value),
    ("protocol", None, FlagKind::Value),
    ("prune", None, FlagKind::Switch),
    ("quiet", Some('q'), FlagKind::Switch),
    ("record", None, FlagKind::Switch),
    ("recursive", Some('R'), FlagKind::Switch),
    ("replicas", None, FlagKind::Value),
    ("requests", None, FlagKind::Value),
    ("restart", None, FlagKind::Value),
    ("revision", None, FlagKind::Value),
    ("rm", None, FlagKind::Switch),
    ("rule", None, FlagKind::Value),
    ("save-config", None, FlagKind::Switch),
    ("schedule", None, FlagKind::Value),
    ("selector", Some('l'), FlagKind::Value),
    ("server-side", None, FlagKind::Switch),
    ("session-affinity", None, FlagKind::Value),
    ("show-labels", None, FlagKind::Switch),
    ("sort-by", None, FlagKind::Value),
    ("stdin", Some('i'), FlagKind::Switch),
    ("subresource", None, FlagKind::Value),
    ("target-port", None, FlagKind::Value),
    ("tcp", None, FlagKind::Value),
    ("timeout", None, FlagKind::Value),
    ("to-revision", None, FlagKind::Value),
    ("tty", Some('t'), FlagKind::Switch),
    ("type", None, FlagKind::Value),
    ("validate", None, FlagKind::Switch),
    ("wait", None, FlagKind::Switch),
    ("watch", Some('w'), FlagKind::Switch),
    ("watch-only", None, FlagKind::Switch),
];

/// The words of a command, flags apart.
#[derive(Clone, Debug, Default)]
pub struct KubectlFlags {
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
pub fn verb_names() -> impl Iterator<Item = &'static str> {
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
pub fn read(args: &[String]) -> Result<(KubectlVerb, KubectlFlags), UsageError> {
    read_words(args).map_err(|refusal| match refusal.message.starts_with("error: flag needs an argument") {
        true => {
            let verb = args.iter().find(|word| !word.starts_with('-')).map_or("", String::as_str);
            kubectl_error(format!("{}\nSee 'kubectl {verb} --help' for usage.", refusal.message))
        }
        false => refusal,
    })
}

fn read_words(args: &[String]) -> Result<(KubectlVerb, KubectlFlags), UsageError> {
    let mut reading = KubectlFlags { typed: args.to_vec(), ..KubectlFlags::default() };
    let mut letters: Vec<(char, String)> = Vec::new();
    let typed = args;
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.strip_prefix("--") {
            Some("") => reading.command.extend(args.by_ref().cloned()),
            Some(long) => {
                let (name, inline) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
                let known = FLAGS.iter().find(|flag| flag.0 == name);
                let (name, _, takes) =
                    *known.ok_or_else(|| not_of_get(typed, name).unwrap_or_else(|| unsupported_flag(arg)))?;
                let value = match (inline, takes) {
                    (Some(value), _) => value.to_owned(),
                    (None, FlagKind::Switch) => "true".to_owned(),
                    (None, FlagKind::Value) => args.next().cloned().ok_or_else(|| needs_value(arg, arg))?,
                };
                reading.given.push((name, value));
            }
            None if arg.starts_with('-') && arg.len() > 1 => read_shorthand(arg, &mut args, &mut letters)?,
            None => reading.words.push(arg.clone()),
        }
    }
    let (verb, own) = reading.verb()?;
    reading.is_describe = verb == KubectlVerb::Describe;
    for (letter, value) in letters {
        let named = |flag: &&(&'static str, Option<char>, FlagKind)| {
            flag.1 == Some(letter) && (flag.0 == "namespace" || own.contains(&flag.0))
        };
        let flag = FLAGS.iter().find(named).ok_or_else(|| unsupported_flag(&format!("-{letter}")))?;
        reading.given.push((flag.0, value));
    }
    match reading.given.iter().find(|(name, _)| *name != "namespace" && !own.contains(name)) {
        Some((name, _)) => Err(no_such_flag(verb, &format!("--{name}"))),
        None => Ok((verb, reading)),
    }
}

/// Letters in one word, the last of which may have its value behind it: `-Aowide`.
fn read_shorthand<'a>(
    arg: &str,
    args: &mut impl Iterator<Item = &'a String>,
    letters: &mut Vec<(char, String)>,
) -> Result<(), UsageError> {
    let mut rest = arg.strip_prefix('-').unwrap_or(arg).chars();
    while let Some(letter) = rest.next() {
        let shown = format!("-{letter}");
        let flag = FLAGS.iter().find(|flag| flag.1 == Some(letter)).ok_or_else(|| unsupported_flag(&shown))?;
        if flag.2 == FlagKind::Switch {
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

impl KubectlFlags {
    /// Takes the verb's words off.
    fn verb(&mut self) -> Result<(KubectlVerb, &'static [&'static str]), UsageError> {
        let known: Vec<&str> = verb_names().collect();
        let known = known.join(", ");
        let Some(first) = self.words.first() else {
            return Err(unsupported_error(format!("kubectl: a verb is missing; these are understood: {known}, exec")));
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
        Err(unsupported_error(format!("kubectl {typed} isn't understood here: {known} and exec are")))
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
        Some(_) => kubectl_error(format!("error: flag needs an argument: {flag}")),
        None => kubectl_error(format!("error: flag needs an argument: '{}' in {word}", flag.trim_start_matches('-'))),
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
    is_unknown.then(|| kubectl_error(format!("error: unknown flag: --{name}\nSee 'kubectl get --help' for usage.")))
}

/// A flag of other verbs: of the verbs whose flags are all listed here, kubectl's own refusal is known.
fn no_such_flag(verb: KubectlVerb, flag: &str) -> UsageError {
    const LISTED: [(KubectlVerb, &str); 6] = [
        (KubectlVerb::Run, "run"),
        (KubectlVerb::CreateDeployment, "create deployment"),
        (KubectlVerb::Expose, "expose"),
        (KubectlVerb::RolloutRestart, "rollout restart"),
        (KubectlVerb::RolloutPause, "rollout pause"),
        (KubectlVerb::RolloutResume, "rollout resume"),
    ];
    match LISTED.iter().find(|(listed, _)| *listed == verb) {
        Some((_, name)) => {
            kubectl_error(format!("error: unknown flag: {flag}\nSee 'kubectl {name} --help' for usage."))
        }
        None => unsupported_flag(flag),
    }
}

/// kubectl has many flags; which of those it would refuse isn't known here.
pub fn unsupported_flag(option: &str) -> UsageError {
    unsupported_error(format!("kubectl {option} isn't understood here"))
}
