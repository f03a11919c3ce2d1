//! kubectl's command lines, read as its own libraries read them (spf13/cobra, spf13/pflag).

use super::{UsageError, kubectl_error, unsupported_error};

mod verb;
mod table;
mod unknown;

pub use verb::KubectlVerb;

use table::{ALIASES, DEPRECATED, GLOBAL, GROUPS, VERBS, VerbRow, WITHOUT_VALUE};

/// How a flag takes its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FlagKind {
    /// In the same word or the next.
    Value,
    /// The same, a whole number.
    Number,
    /// In the same word, or left out.
    Optional,
    /// `--flag`, `--flag=false`
    Switch,
}

/// An entry of the table.
#[derive(Clone, Copy, Debug)]
struct FlagRow {
    name: &'static str,
    letter: Option<char>,
    kind: FlagKind,
    /// Whether it is understood here.
    is_understood: bool,
}

/// The words of a command, flags apart.
#[derive(Clone, Debug)]
pub struct KubectlFlags {
    pub verb: KubectlVerb,
    given: Vec<(&'static str, String)>,
    /// What is no flag, behind the verb.
    pub words: Vec<String>,
    /// What stands behind `--`.
    pub command: Vec<String>,
    /// All words as they were typed.
    pub typed: Vec<String>,
    /// What kubectl says of flags that it will drop, on standard error.
    pub deprecations: String,
}

impl FlagRow {
    fn read(entry: &'static str) -> Self {
        let (is_understood, entry) = entry.strip_prefix('-').map_or((true, entry), |entry| (false, entry));
        let kind = match entry.chars().last() {
            Some('=') => FlagKind::Value,
            Some('#') => FlagKind::Number,
            Some('?') => FlagKind::Optional,
            _ => FlagKind::Switch,
        };
        let entry = entry.trim_end_matches(['=', '#', '?']);
        let (name, letter) =
            entry.split_once('/').map_or((entry, None), |(name, letter)| (name, letter.chars().next()));
        Self { name, letter, kind, is_understood }
    }

    fn takes_next_word(self) -> bool {
        matches!(self.kind, FlagKind::Value | FlagKind::Number)
    }

    /// `-A, --all-namespaces`
    fn title(self) -> String {
        self.letter.map_or_else(|| format!("--{}", self.name), |letter| format!("-{letter}, --{}", self.name))
    }

    fn value_without(self) -> &'static str {
        WITHOUT_VALUE.iter().find(|(name, _)| *name == self.name).map_or("true", |(_, value)| value)
    }
}

fn flag_rows(flags: &'static str) -> impl Iterator<Item = FlagRow> {
    let expanded = flags.split_whitespace().flat_map(|entry| {
        let group = GROUPS.iter().find(|(name, _)| *name == entry);
        group.map_or(entry, |(_, flags)| flags).split(' ')
    });
    expanded.map(FlagRow::read)
}

/// A verb's own flags, and those of all.
fn rows_of(row: &VerbRow) -> impl Iterator<Item = FlagRow> {
    flag_rows(row.2).chain(flag_rows(GLOBAL))
}

/// The verbs, as they are typed.
pub fn verb_names() -> impl Iterator<Item = &'static str> {
    VERBS.iter().map(|(name, ..)| *name)
}

/// The flags of a verb that are understood, as they are typed.
pub fn flags_of(verb: &str) -> Vec<String> {
    let own = VERBS.iter().find(|(name, ..)| *name == verb).map_or("", |(.., flags)| flags);
    let mut rows: Vec<FlagRow> = flag_rows(own).chain(flag_rows(GLOBAL)).filter(|flag| flag.is_understood).collect();
    let mut seen: Vec<&str> = Vec::new();
    rows.retain(|flag| {
        let is_new = !seen.contains(&flag.name);
        seen.push(flag.name);
        is_new
    });
    let short = |flag: &FlagRow| flag.letter.map(|letter| format!("-{letter}"));
    rows.iter().flat_map(|flag| short(flag).into_iter().chain([format!("--{}", flag.name)])).collect()
}

/// Reads the words behind `kubectl`. Flags may stand before the verb: `kubectl -n kube-system get svc`.
pub fn read(args: &[String]) -> Result<KubectlFlags, UsageError> {
    // 1. The verb, and the flags that it takes.
    let row = find_verb(args)?;
    let (name, verb, _) = row;
    let rows: Vec<FlagRow> = rows_of(row).collect();
    // 2. Word by word: long and short flags, words, and the command behind `--`.
    let mut flags = KubectlFlags {
        verb: *verb,
        given: Vec::new(),
        words: Vec::new(),
        command: Vec::new(),
        typed: args.to_vec(),
        deprecations: String::new(),
    };
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        match arg.strip_prefix("--") {
            Some("") => {
                flags.command.extend(rest.by_ref().cloned());
                Ok(())
            }
            Some(long) => flags.read_long(long, &rows, &mut rest),
            None if arg.starts_with('-') && arg.len() > 1 => flags.read_shorthand(arg, &rows, &mut rest),
            None => {
                flags.words.push(arg.clone());
                Ok(())
            }
        }
        .map_err(|why| {
            if why.message.starts_with("error: ") {
                kubectl_error(format!("{}\nSee 'kubectl {name} --help' for usage.", why.message))
            } else {
                why
            }
        })?;
    }
    // 3. The verb's own words are none of its objects.
    flags.words.drain(..name.split(' ').count().min(flags.words.len()));
    Ok(flags)
}

/// Whether words have this verb.
pub fn is_verb(args: &[String], verb: KubectlVerb) -> bool {
    find_verb(args).is_ok_and(|row| row.1 == verb)
}

impl KubectlFlags {
    fn read_long<'a>(
        &mut self,
        long: &str,
        rows: &[FlagRow],
        rest: &mut impl Iterator<Item = &'a String>,
    ) -> Result<(), UsageError> {
        let (name, inline) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
        let flag = rows.iter().find(|flag| flag.name == name);
        let flag = *flag.ok_or_else(|| kubectl_error(format!("error: unknown flag: --{name}")))?;
        let value = match inline {
            Some(value) => value.to_owned(),
            None if flag.takes_next_word() => {
                let missing = || kubectl_error(format!("error: flag needs an argument: --{name}"));
                rest.next().cloned().ok_or_else(missing)?
            }
            None => flag.value_without().to_owned(),
        };
        self.give(flag, value)
    }

    /// Letters in one word, the last of which may have its value behind it: `-Aowide`.
    fn read_shorthand<'a>(
        &mut self,
        arg: &str,
        rows: &[FlagRow],
        rest: &mut impl Iterator<Item = &'a String>,
    ) -> Result<(), UsageError> {
        let mut letters = arg.strip_prefix('-').unwrap_or(arg).chars();
        while let Some(letter) = letters.next() {
            let flag = rows.iter().find(|flag| flag.letter == Some(letter));
            let unknown = || kubectl_error(format!("error: unknown shorthand flag: '{letter}' in {arg}"));
            let flag = *flag.ok_or_else(unknown)?;
            let behind = letters.as_str();
            if !flag.takes_next_word() && !behind.starts_with('=') {
                self.give(flag, flag.value_without().to_owned())?;
                continue;
            }
            let value = if behind.is_empty() {
                let missing = || kubectl_error(format!("error: flag needs an argument: '{letter}' in {arg}"));
                rest.next().cloned().ok_or_else(missing)?
            } else {
                behind.strip_prefix('=').unwrap_or(behind).to_owned()
            };
            return self.give(flag, value);
        }
        Ok(())
    }

    /// Takes a flag with its value, if the value is one.
    fn give(&mut self, flag: FlagRow, value: String) -> Result<(), UsageError> {
        if !flag.is_understood {
            return Err(unsupported_flag(&format!("--{}", flag.name)));
        }
        let invalid = |function: &str, why: &str| {
            let title = flag.title();
            kubectl_error(format!(
                "error: invalid argument {value:?} for {title:?} flag: strconv.{function}: parsing {value:?}: {why}"
            ))
        };
        match flag.kind {
            FlagKind::Switch if switch(&value).is_none() => return Err(invalid("ParseBool", "invalid syntax")),
            FlagKind::Number => match value.parse::<i64>() {
                Err(_) => return Err(invalid("ParseInt", "invalid syntax")),
                Ok(number) if i32::try_from(number).is_err() => return Err(invalid("ParseInt", "value out of range")),
                Ok(_) => {}
            },
            FlagKind::Switch | FlagKind::Value | FlagKind::Optional => {}
        }
        if let Some((name, instead)) = DEPRECATED.iter().find(|(name, _)| *name == flag.name) {
            self.deprecations.push_str(&format!("Flag --{name} has been deprecated, {instead}\n"));
        }
        self.given.push((flag.name, value));
        Ok(())
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

    /// The same, each a list with commas.
    pub fn list(&self, name: &str) -> Vec<&str> {
        self.values(name).into_iter().flat_map(|list| list.split(',')).filter(|one| !one.is_empty()).collect()
    }

    /// Whether a switch is on.
    pub fn is(&self, name: &str) -> bool {
        self.value(name).and_then(switch) == Some(true)
    }

    /// -n, else `default`.
    pub fn namespace(&self) -> &str {
        self.value("namespace").filter(|name| !name.is_empty()).unwrap_or("default")
    }

    /// The files that -f and -k name.
    pub fn files(&self) -> Vec<&str> {
        [self.values("filename"), self.values("kustomize")].concat()
    }

    /// `get` of the same objects, in another format.
    pub fn as_get(&self, output: &str) -> Self {
        let kept = ["namespace", "all-namespaces", "selector", "field-selector", "filename", "kustomize", "recursive"];
        let given = self.given.iter().filter(|(name, _)| kept.contains(name)).cloned();
        let given = given.chain([("output", output.to_owned())]).collect();
        Self { verb: KubectlVerb::Get, given, ..self.clone() }
    }

    /// The verb as it is typed.
    pub fn verb_name(&self) -> &'static str {
        VERBS.iter().find(|(_, verb, _)| *verb == self.verb).map_or("", |(name, ..)| name)
    }
}

/// strconv.ParseBool
fn switch(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// The longest verb that the words begin with, flags passed over (cobra, Find, stripFlags).
fn find_verb(args: &[String]) -> Result<&'static VerbRow, UsageError> {
    let mut path: Vec<&str> = Vec::new();
    let mut stranger = None;
    let mut rest = args.iter().take_while(|word| *word != "--");
    while let Some(word) = rest.next() {
        // 1. Flags are passed over, with their values.
        if word.starts_with('-') && word.len() > 1 {
            if takes_next_word(word, &path) {
                rest.next();
            }
            continue;
        }
        // 2. A word that makes the verb longer; another one ends it.
        let alias = ALIASES.iter().find(|(alias, _)| !path.is_empty() && alias == word);
        let own = alias.map_or(word.as_str(), |(_, full)| full);
        let is_longer = |(name, ..): &VerbRow| {
            let words: Vec<&str> = name.split(' ').collect();
            words.starts_with(&path) && words.get(path.len()) == Some(&own)
        };
        if !VERBS.iter().any(is_longer) {
            let others = rest.filter(|word| !path.is_empty() && !word.starts_with('-'));
            stranger = Some(std::iter::once(word).chain(others).map(String::as_str).collect::<Vec<_>>().join(" "));
            break;
        }
        path.push(own);
    }
    // 3. The verb, if it is whole.
    let name = path.join(" ");
    if let Some(row) = VERBS.iter().find(|(known, ..)| *known == name) {
        return Ok(row);
    }
    // 4. Else what is wrong with it.
    Err(match (stranger, path.is_empty()) {
        (Some(word), true) => unknown::unknown_verb(&word),
        (None, true) => unknown::unknown_verb(""),
        (Some(word), false) => {
            kubectl_error(format!("error: unknown command {word:?}\nSee 'kubectl {name} -h' for help and examples"))
        }
        (None, false) => {
            let known: Vec<&str> = verb_names().filter(|verb| verb.starts_with(&name)).collect();
            unsupported_error(format!("kubectl {name}: a word is missing; these are understood: {}", known.join(", ")))
        }
    })
}

/// Whether the word behind a flag is its value, as far as the verbs that may follow tell.
fn takes_next_word(word: &str, path: &[&str]) -> bool {
    let candidates = || {
        let rows = VERBS.iter().filter(|(name, ..)| name.split(' ').collect::<Vec<_>>().starts_with(path));
        flag_rows(GLOBAL).chain(rows.flat_map(|row| flag_rows(row.2)))
    };
    let found = match word.strip_prefix("--") {
        Some(long) if long.contains('=') => return false,
        Some(long) => candidates().find(|flag| flag.name == long),
        None if word.len() == 2 => candidates().find(|flag| flag.letter == word.chars().nth(1)),
        None => return false,
    };
    found.is_none_or(FlagRow::takes_next_word)
}

/// A flag that kubectl has and that isn't understood here.
pub fn unsupported_flag(flag: &str) -> UsageError {
    unsupported_error(format!("kubectl {flag} isn't understood here"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_line(line: &str) -> Result<KubectlFlags, UsageError> {
        read(&line.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn flags_stand_anywhere() {
        let flags = read_line("-n shop get -Aowide pods --show-labels web --sort-by=.a -- x").unwrap();
        assert_eq!(
            (flags.verb, &*flags.words, &*flags.command),
            (KubectlVerb::Get, &["pods".to_owned(), "web".into()][..], &["x".to_owned()][..])
        );
        assert_eq!(
            (flags.value("output"), flags.value("namespace"), flags.is("all-namespaces")),
            (Some("wide"), Some("shop"), true)
        );
        let flags = read_line("create svc -n a clusterip s --tcp 80").unwrap();
        assert_eq!((flags.verb, flags.words.len()), (KubectlVerb::CreateServiceClusterIp, 1));
        assert_eq!(read_line("delete pod x --dry-run").unwrap().value("dry-run"), Some("unchanged"));
        assert_eq!(read_line("logs -f x").unwrap().words, ["x"]);
        assert_eq!(read_line("patch svc x -p {}").unwrap().value("patch"), Some("{}"));
    }

    #[test]
    fn what_is_wrong_is_said_in_kubectl_s_words() {
        for (line, message) in [
            ("get --foo", "error: unknown flag: --foo\nSee 'kubectl get --help' for usage."),
            ("get -x", "error: unknown shorthand flag: 'x' in -x\nSee 'kubectl get --help' for usage."),
            ("get -n", "error: flag needs an argument: 'n' in -n\nSee 'kubectl get --help' for usage."),
            (
                "scale --replicas=abc deploy x",
                "error: invalid argument \"abc\" for \"--replicas\" flag: strconv.ParseInt: parsing \"abc\": invalid syntax\nSee 'kubectl scale --help' for usage.",
            ),
            (
                "get pods -A=x",
                "error: invalid argument \"x\" for \"-A, --all-namespaces\" flag: strconv.ParseBool: parsing \"x\": invalid syntax\nSee 'kubectl get --help' for usage.",
            ),
            ("rollout foo", "error: unknown command \"foo\"\nSee 'kubectl rollout -h' for help and examples"),
            ("get --server-print=false", "kubectl --server-print isn't understood here"),
        ] {
            assert_eq!(read_line(line).unwrap_err().message, message, "{line}");
        }
    }
}
