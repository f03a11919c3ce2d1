//! Asking the core as the command line does, without starting it for each question.

use whichpod_core::cluster::SettingOverrides;
use whichpod_core::ingress::IngressImplementation;
use whichpod_core::report::{CheckReport, Report, ReportDetail};
use whichpod_core::request::{ClientLibc, RequestClient};
use whichpod_core::simulation::Simulation;
use whichpod_core::source::Sources;
use whichpod_core::terminal::client;

use crate::recording::RecordedWorld;

/// A world's manifests, read.
#[derive(Debug)]
pub struct AskedWorld<'w> {
    /// As recorded.
    pub recorded: &'w RecordedWorld,
    /// What the core makes of them.
    pub simulation: Simulation,
}

/// Who asks, and how names are resolved there.
#[derive(Clone, Copy, Debug, Default)]
pub struct AskingClient<'c> {
    /// `external`, `pod/default/client`; None is the world outside.
    pub from: Option<&'c str>,
    /// The C library of the client's image.
    pub libc: Option<&'c str>,
}

/// What a command printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrintedAnswer {
    /// Standard output; empty where it isn't determined.
    pub stdout: String,
    /// Standard error, our own remarks among it.
    pub stderr: String,
    /// The exit status.
    pub exit: i32,
}

impl<'w> AskedWorld<'w> {
    /// Reads a world.
    pub fn read(recorded: &'w RecordedWorld) -> Self {
        let serve_as = recorded.serve_as.as_deref().and_then(IngressImplementation::from_name);
        Self { recorded, simulation: simulation(&recorded.manifests, serve_as) }
    }

    /// Runs a command: `whichpod exec`.
    pub fn exec(&self, asking: AskingClient<'_>, command: &str) -> PrintedAnswer {
        let (client, libc) = match client_of(asking) {
            Ok(read) => read,
            Err(message) => return refusal(message, 2),
        };
        let run = match self.simulation.run(&client, command, libc) {
            Ok(run) => run,
            Err(error) if error.by_tool => {
                return PrintedAnswer { stdout: String::new(), stderr: error.message + "\n", exit: error.exit };
            }
            Err(error) => return refusal(error.message, 2),
        };
        let mut stderr = String::new();
        if run.output.stdout.is_none() {
            stderr += "whichpod: the output is a server's own, or isn't modelled\n";
        }
        if !run.output.stderr.is_empty() {
            stderr += run.output.stderr.trim_end_matches('\n');
            stderr += "\n";
        }
        for note in &run.notes {
            stderr += &format!("whichpod: {note}\n");
        }
        PrintedAnswer { stdout: run.output.stdout.unwrap_or_default(), stderr, exit: run.output.exit }
    }

    /// Where a request lands: `whichpod trace -o json`; an error is what isn't understood.
    pub fn trace(&self, asking: AskingClient<'_>, command: &str) -> Result<Report, String> {
        let (client, libc) = client_of(asking)?;
        let run = self.simulation.run(&client, command, libc).map_err(|error| error.message)?;
        Ok(match &run.resolution {
            Some(resolution) => Report::new(resolution, &self.simulation.manifests, ReportDetail::default()),
            None => Report::empty(),
        })
    }
}

/// What is found in a text: `whichpod check`.
pub fn check(text: &str) -> CheckReport {
    simulation(text, None).check()
}

/// The same as an older Kubernetes.
pub fn check_as(text: &str, version: &str) -> CheckReport {
    let world = format!("apiVersion: whichpod.dev/v1\nkind: World\nspec: {{kubernetesVersion: \"{version}\"}}\n");
    let sources = Sources::new([("world.yaml", text), ("version.yaml", &world)]);
    Simulation::new(sources, &SettingOverrides::default()).check()
}

fn simulation(text: &str, serve_as: Option<IngressImplementation>) -> Simulation {
    let overrides = SettingOverrides { serve_as, ..SettingOverrides::default() };
    Simulation::new(Sources::new([("world.yaml", text)]), &overrides)
}

fn client_of(asking: AskingClient<'_>) -> Result<(RequestClient, Option<ClientLibc>), String> {
    let client = client::parse(asking.from.unwrap_or("external"), "default").map_err(|error| error.message)?;
    Ok((client, asking.libc.and_then(|libc| libc.parse().ok())))
}

fn refusal(message: String, exit: i32) -> PrintedAnswer {
    PrintedAnswer { stdout: String::new(), stderr: format!("whichpod: {message}\n"), exit }
}

/// Words as one line of the shell: what has special characters is quoted.
pub fn command_line<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    words.into_iter().map(quoted).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:=,@%+{}[]?*#~^!()".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// A line's words, as a shell splits them: quotes and backslashes, nothing else.
pub fn shell_words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut characters = line.chars();
    while let Some(c) = characters.next() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some('\''), _) => word.get_or_insert_default().push(c),
            (_, '\\') => word.get_or_insert_default().extend(escaped(&mut characters, quote)),
            (Some(_), _) => word.get_or_insert_default().push(c),
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, _) if c.is_whitespace() => words.extend(word.take()),
            (None, _) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// What a backslash stands for: in double quotes only some characters are escaped.
fn escaped(characters: &mut std::str::Chars<'_>, quote: Option<char>) -> Vec<char> {
    let Some(next) = characters.next() else { return vec!['\\'] };
    let kept = quote.is_some() && !"\"\\$`".contains(next);
    if kept { vec!['\\', next] } else { vec![next] }
}

#[cfg(test)]
mod tests {
    use super::{command_line, shell_words};

    #[test]
    fn words_are_split_as_a_shell_splits_them() {
        let line = r#"kubectl get -o jsonpath='{.items[0]}' "a \"b\" \n" c\ d ''"#;
        assert_eq!(shell_words(line), ["kubectl", "get", "-o", "jsonpath={.items[0]}", "a \"b\" \\n", "c d", ""]);
    }

    #[test]
    fn words_are_quoted_where_the_shell_would_read_them() {
        assert_eq!(command_line(["dig", "a;b", ""]), "dig 'a;b' ''");
    }
}
