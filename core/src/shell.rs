//! A small POSIX shell: what people paste from posts, run command by command against the cluster at hand.
//!
//! It knows lists, pipes, loops, substitutions, here-documents and redirections into files of its own; `while`, functions
//! and the like are refused by name. Time passes only with `sleep`, chance is drawn from a fixed sequence.

use std::collections::{BTreeMap, BTreeSet};

use crate::change::{Change, NotWritten};
use crate::console::{self, CommandRun};
use crate::container::FileContent;
use crate::kubectl::age::objects_there;
use crate::kubectl::{ClusterClock, KubectlView};
use crate::manifest::Manifests;
use crate::request::{ClientLibc, RequestClient};
use crate::source::ObjectRef;
use crate::terminal::{Output, Session, UsageError};
use crate::trace::{Outcome, Resolution};
use crate::walk::DataPlane;

pub mod syntax;
mod lexer;
pub mod parser;
mod paste;
mod stream;
mod arguments;
mod echo;
pub mod text;
mod expand;
mod files;
mod kubectl;
pub mod load;
pub mod machine;
mod names;
pub mod builtin;
mod api_proxy;
mod curl;
pub mod openssl;
pub mod traceroute;
pub mod nginx;
mod elsewhere;
pub mod completion;

pub use names::{COMMANDS, is_command};
use stream::{CommandInput, CommandOutput};
use syntax::{
    CommandKind, OutputStream, ShellCommand, ShellRedirect, ShellScript, ShellStatement, ShellWord, StatementJoint,
};

/// A file that output goes to, and whether behind what is there.
type RedirectTarget = (String, bool);

/// How many commands a script may run, loops counted.
const STEPS: usize = 3000;

/// How deep commands may run in one another: loops, substitutions, `sh -c`.
const DEPTH: usize = 24;

/// How much a script may print.
const BYTES: usize = 8 << 20;

/// The cluster that commands see and change.
pub trait ChangingCluster {
    /// What stands in the texts by now.
    fn manifests(&self) -> &Manifests;
    /// What follows from it.
    fn plane(&self) -> &DataPlane;
    /// Makes changes; none if one of them can't be written.
    fn change(&mut self, changes: Vec<Change>) -> Result<(), NotWritten>;
    /// Runs something, and undoes what it changed.
    fn save(&mut self);
    /// Back to what was saved last, unless something else was changed since.
    fn restore(&mut self, made: usize);
    /// How many changes there are by now.
    fn count(&self) -> usize;
}

/// Runs a text, of one line or many. An error is what the first command says before anything is printed or changed.
pub fn run_text(
    cluster: &mut dyn ChangingCluster,
    session: &mut Session,
    client: &RequestClient,
    libc: Option<ClientLibc>,
    text: &str,
) -> Result<CommandRun, UsageError> {
    let typed = paste::typed_lines(text, &|word| is_command(word) || session.aliases.contains_key(word));
    let script = parser::parse_script(&typed).map_err(|error| UsageError::new(2, error.to_string()))?;
    if script.is_empty() && session.history.is_empty() && typed.trim().is_empty() {
        return Err(UsageError::new(2, "type a command, for example: curl http://web/"));
    }
    session.history.extend(typed.lines().map(str::to_owned).filter(|line| !line.trim().is_empty()));
    let mut runner = ShellRunner::new(cluster, session);
    // The manifests may have been edited since the last command.
    if !runner.session.ages.is_new() {
        runner.note_objects(&BTreeSet::new());
    }
    runner.run(client, libc, &script)
}

/// Whether a text needs further lines: an open quote, a here-document, a loop, a backslash at its end.
pub fn is_incomplete(text: &str) -> bool {
    paste::is_incomplete(text)
}

/// Whose commands run, and what they see beside the cluster.
#[derive(Clone, Debug)]
struct CommandScope {
    client: RequestClient,
    libc: Option<ClientLibc>,
    variables: BTreeMap<String, String>,
    /// Whether these are the commands that somebody types, not those of `sh -c` or `kubectl exec`.
    is_typed: bool,
    /// Whether output goes to a terminal.
    is_terminal: bool,
}

struct ShellRunner<'s> {
    cluster: &'s mut dyn ChangingCluster,
    session: &'s mut Session,
    /// The last answer of the network.
    resolution: Option<Resolution>,
    /// The same, if the client trusted every certificate.
    trusting: Option<Resolution>,
    /// What we have to say beside what the tools print.
    notes: Vec<String>,
    /// What an editor would be opened with.
    opened: Option<ObjectRef>,
    /// Errors of substitutions, until their command has run.
    errors: String,
    status: i32,
    steps: usize,
    depth: usize,
    printed: usize,
    /// Why nothing more runs.
    stopped: Option<UsageError>,
    /// `set -e`: a command that fails ends the script, unless its status is asked for.
    ends_on_failure: bool,
    /// Conditions and loops that are being run, one inside the other.
    conditions: usize,
    loops: usize,
    /// What doesn't come next, because `exit`, `break` or `continue` was run.
    jump: Option<ScriptJump>,
}

/// Where a script goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ScriptJump {
    /// Nowhere.
    Exit,
    /// Behind so many loops.
    Break(usize),
    /// With the next round of the loop that is so many further out.
    Continue(usize),
}

impl<'s> ShellRunner<'s> {
    fn new(cluster: &'s mut dyn ChangingCluster, session: &'s mut Session) -> Self {
        Self {
            cluster,
            session,
            resolution: None,
            trusting: None,
            notes: Vec::new(),
            opened: None,
            errors: String::new(),
            status: 0,
            steps: 0,
            depth: 0,
            printed: 0,
            stopped: None,
            ends_on_failure: false,
            conditions: 0,
            loops: 0,
            jump: None,
        }
    }

    fn run(
        mut self,
        client: &RequestClient,
        libc: Option<ClientLibc>,
        script: &ShellScript,
    ) -> Result<CommandRun, UsageError> {
        // 1. The session's variables, as the client has them.
        let variables = std::mem::take(&mut self.session.variables);
        let mut scope = CommandScope { client: client.clone(), libc, variables, is_typed: true, is_terminal: true };
        let made = self.cluster.count();
        let mut all = CommandOutput::default();
        let mut refused = false;
        for (place, statement) in script.iter().enumerate() {
            // 2. `kubectl exec -it POD -- sh` and `ssh` lead elsewhere until `exit`.
            scope.client = self.session.inside.last().map_or_else(|| client.clone(), |inside| inside.client.clone());
            scope.libc = if scope.client == *client { libc } else { None };
            // 3. Run it; what is refused at once is the line's own error, later it ends the script.
            let written = self.statement(&mut scope, statement, &CommandInput::Nothing);
            let Some(written) = written else { continue };
            self.end_on_failure(script, place, &written);
            all.append(written);
            if let Some(error) = self.stopped.take() {
                let is_first = all.text.is_empty() && all.errors.is_empty() && self.cluster.count() == made;
                if is_first && (script.len() == 1 || self.steps <= 1) {
                    self.session.variables = scope.variables;
                    return Err(error);
                }
                all.append(CommandOutput::failure(error.exit, format!("whichpod: {}", error.message)));
                refused = true;
                break;
            }
            if self.jump.is_some() {
                break;
            }
        }
        // 4. What is left to say, and the session goes on with its variables.
        if refused && script.len() > 1 {
            self.notes.push("the commands behind it were not run".to_owned());
        }
        self.session.variables = scope.variables;
        let (resolution, trusting, notes) = (self.resolution, self.trusting, self.notes);
        Ok(CommandRun {
            resolution,
            output: all.into_output(),
            changes: Vec::new(),
            files: Vec::new(),
            notes,
            trusting,
            opened: self.opened,
        })
    }

    /// Statements one after the other, as a command inside another.
    fn run_script(&mut self, scope: &mut CommandScope, script: &ShellScript, input: &CommandInput) -> CommandOutput {
        let mut all = CommandOutput::status(0);
        self.depth += 1;
        for (place, statement) in script.iter().enumerate() {
            if let Some(written) = self.statement(scope, statement, input) {
                self.end_on_failure(script, place, &written);
                all.append(written);
            }
            if self.stopped.is_some() || self.jump.is_some() {
                break;
            }
        }
        self.depth -= 1;
        all
    }

    /// After `set -e` a failure is the end, but for one that `&&`, `||`, `!` or a condition asks for (POSIX 2.14, set).
    fn end_on_failure(&mut self, script: &ShellScript, place: usize, written: &CommandOutput) {
        let is_asked = script.get(place).is_some_and(|own| own.negated)
            || script.get(place + 1).is_some_and(|next| next.joint != StatementJoint::Always);
        if self.ends_on_failure && written.exit != 0 && !is_asked && self.conditions == 0 && self.jump.is_none() {
            self.jump = Some(ScriptJump::Exit);
        }
    }

    /// One pipeline, if what stands before it lets it run.
    fn statement(
        &mut self,
        scope: &mut CommandScope,
        statement: &ShellStatement,
        input: &CommandInput,
    ) -> Option<CommandOutput> {
        let runs = match statement.joint {
            StatementJoint::Always => true,
            StatementJoint::Success => self.status == 0,
            StatementJoint::Failure => self.status != 0,
        };
        if !runs {
            return None;
        }
        let mut written = self.pipeline(scope, statement, input);
        if statement.negated {
            written.exit = i32::from(written.exit == 0);
        }
        self.status = written.exit;
        self.printed += written.text.len();
        if self.printed > BYTES {
            self.stop(UsageError::new(2, "more output than is kept here"));
        }
        Some(written)
    }

    /// Each command reads what the one before it wrote; the last one's status counts (POSIX 2.9.2).
    fn pipeline(
        &mut self,
        scope: &mut CommandScope,
        statement: &ShellStatement,
        input: &CommandInput,
    ) -> CommandOutput {
        let mut input = input.clone();
        let mut errors = String::new();
        let last = statement.commands.len().saturating_sub(1);
        for (number, command) in statement.commands.iter().enumerate() {
            let is_terminal = scope.is_terminal;
            scope.is_terminal &= number == last && !command.goes_to_file();
            let mut written = self.command(scope, command, &input);
            scope.is_terminal = is_terminal;
            if self.stopped.is_some() || number == last {
                written.errors.insert_str(0, &errors);
                return written;
            }
            if command.pipes_errors {
                let said = std::mem::take(&mut written.errors);
                written.text.push_str(&said);
            }
            errors.push_str(&std::mem::take(&mut written.errors));
            input = written.into_input();
        }
        CommandOutput::default()
    }

    fn command(&mut self, scope: &mut CommandScope, command: &ShellCommand, input: &CommandInput) -> CommandOutput {
        self.steps += 1;
        if self.steps > STEPS || self.depth > DEPTH {
            self.stop(UsageError::new(2, format!("more than {STEPS} commands, or more than {DEPTH} in one another")));
        }
        if self.stopped.is_some() {
            return CommandOutput::default();
        }
        if let Some(refused) = self.connect_by_redirect(scope, &command.redirects) {
            return refused;
        }
        let input = match self.redirected_input(scope, &command.redirects, input) {
            Ok(input) => input,
            Err(written) => return written,
        };
        let written = match &command.kind {
            CommandKind::Simple(assignments, words) => self.simple(scope, assignments, words, &input),
            CommandKind::Group(script) => self.run_script(scope, script, &input),
            CommandKind::Subshell(script) => {
                let written = self.run_script(&mut scope.clone(), script, &input);
                self.jump = None;
                written
            }
            CommandKind::For(name, words, body) => self.for_loop(scope, name, words, body, &input),
            CommandKind::If(branches, otherwise) => self.condition(scope, branches, otherwise, &input),
        };
        let mut written = self.redirected_output(scope, &command.redirects, written);
        written.errors.insert_str(0, &std::mem::take(&mut self.errors));
        written
    }

    fn for_loop(
        &mut self,
        scope: &mut CommandScope,
        name: &str,
        words: &[ShellWord],
        body: &ShellScript,
        input: &CommandInput,
    ) -> CommandOutput {
        let values = match self.expand_all(scope, words) {
            Ok(values) => values,
            Err(error) => return self.refuse(error),
        };
        let mut all = CommandOutput::default();
        for value in values {
            scope.variables.insert(name.to_owned(), value);
            self.loops += 1;
            all.append(self.run_script(scope, body, input));
            self.loops -= 1;
            let (goes_on, jump) = match self.jump {
                None | Some(ScriptJump::Continue(1)) => (true, None),
                Some(ScriptJump::Break(1)) => (false, None),
                Some(ScriptJump::Break(loops)) => (false, Some(ScriptJump::Break(loops - 1))),
                Some(ScriptJump::Continue(loops)) => (false, Some(ScriptJump::Continue(loops - 1))),
                Some(ScriptJump::Exit) => (false, Some(ScriptJump::Exit)),
            };
            self.jump = jump;
            if self.stopped.is_some() || !goes_on {
                break;
            }
        }
        all
    }

    fn condition(
        &mut self,
        scope: &mut CommandScope,
        branches: &[(ShellScript, ShellScript)],
        otherwise: &ShellScript,
        input: &CommandInput,
    ) -> CommandOutput {
        let mut all = CommandOutput::default();
        for (condition, body) in branches {
            self.conditions += 1;
            all.append(self.run_script(scope, condition, input));
            self.conditions -= 1;
            if self.stopped.is_some() || self.jump.is_some() {
                return all;
            }
            if all.exit == 0 {
                all.append(self.run_script(scope, body, input));
                return all;
            }
        }
        self.status = 0;
        all.append(self.run_script(scope, otherwise, input));
        all
    }

    fn simple(
        &mut self,
        scope: &mut CommandScope,
        assignments: &[(String, ShellWord)],
        words: &[ShellWord],
        input: &CommandInput,
    ) -> CommandOutput {
        let mut assigned = Vec::new();
        for (name, value) in assignments {
            match self.expand_text(scope, value) {
                Ok(value) => assigned.push((name.clone(), value)),
                Err(error) => return self.refuse(error),
            }
        }
        let reads_printed = words.iter().flatten().any(|piece| matches!(piece, syntax::WordPiece::PrintedFile(_)));
        let words = match self.expand_all(scope, words) {
            Ok(words) => self.without_aliases(words),
            Err(error) => return self.refuse(error),
        };
        if words.is_empty() {
            scope.variables.extend(assigned);
            return CommandOutput::status(self.status_of_substitution());
        }
        let before = scope.variables.clone();
        scope.variables.extend(assigned.iter().cloned());
        let written = self.words(scope, &words, input);
        if !assigned.is_empty() {
            scope.variables = before;
        }
        if reads_printed {
            self.remove_printed_files(scope);
        }
        written
    }

    /// `x=$(false)` has the status of what was substituted.
    fn status_of_substitution(&self) -> i32 {
        if self.errors.is_empty() { 0 } else { self.status }
    }

    /// The first word may stand for others; `k` is kubectl unless somebody says otherwise.
    fn without_aliases(&self, words: Vec<String>) -> Vec<String> {
        let mut words = words;
        for _ in 0..4 {
            let Some((first, rest)) = words.split_first() else { return words };
            let meant = match self.session.aliases.get(first) {
                Some(meant) => meant.as_str(),
                None if first == "k" => "kubectl",
                None => return words,
            };
            let expanded: Vec<String> = meant.split_whitespace().map(str::to_owned).collect();
            if expanded.first() == Some(first) {
                return expanded.into_iter().chain(rest.iter().cloned()).collect();
            }
            words = expanded.into_iter().chain(rest.iter().cloned()).collect();
        }
        words
    }

    /// A command's words, whoever understands them: the shell itself, kubectl, or a tool that asks the network.
    fn words(&mut self, scope: &mut CommandScope, words: &[String], input: &CommandInput) -> CommandOutput {
        // 1. The command's name without its folder.
        let Some((name, args)) = words.split_first() else { return CommandOutput::default() };
        let name = name.rsplit('/').next().filter(|_| name.starts_with('/')).unwrap_or(name);
        // 2. Whoever understands it first: the shell, files, text, the machine, load.
        if let Some(written) = self.builtin(scope, name, args, input) {
            return written;
        }
        if let Some(written) = self.file_tool(scope, name, args, input) {
            return written;
        }
        if let Some(written) = self.text_tool(scope, name, args, input) {
            return written;
        }
        if let Some(written) = self.machine_tool(scope, name, args) {
            return written;
        }
        if let Some(written) = self.load_tool(scope, name, args) {
            return written;
        }
        if let Some(written) = self.nginx(scope, name, args) {
            return written;
        }
        // 3. kubectl, and what leads to another machine.
        if let Some(args) = names::as_kubectl(words) {
            return self.kubectl(scope, &args, input);
        }
        if let Some(written) = self.elsewhere(scope, name, args, input) {
            return written;
        }
        // 4. Tools that ask the network.
        match name {
            "curl" => return self.curl(scope, args, input),
            "openssl" => return self.openssl(scope, args, input),
            "traceroute" | "tracepath" | "traceroute6" => return self.trace_route(scope, name, args),
            _ => {}
        }
        let words: Vec<String> = [name.to_owned()].into_iter().chain(args.iter().cloned()).collect();
        self.tool(scope, &words)
    }

    /// A tool of the console.
    fn tool(&mut self, scope: &CommandScope, words: &[String]) -> CommandOutput {
        let (manifests, plane) = (self.cluster.manifests(), self.cluster.plane());
        let view = console::ConsoleView {
            manifests,
            plane,
            session: self.session,
            client: &scope.client,
            libc: scope.libc,
            is_terminal: scope.is_terminal,
        };
        let run = match console::run_tool(&view, words) {
            Err(error) => return self.refuse(error),
            Ok(run) => run,
        };
        let drawn = run.resolution.as_ref().map(|resolution| console::draw_landing(&view, resolution));
        let served = drawn.and_then(|drawn| console::served::served_request(&view, &drawn));
        if let Some(served) = served.filter(|_| run.trusting.is_none()) {
            self.session.note_request(served);
        }
        self.take(scope, run)
    }

    /// Keeps what a command found and changed.
    fn take(&mut self, scope: &CommandScope, run: CommandRun) -> CommandOutput {
        if !run.changes.is_empty() && self.change(run.changes).is_err() {
            return self.refuse(UsageError::new(1, "this can't be written into the manifests"));
        }
        if run.resolution.is_some() {
            *self.session.requests.entry(scope.client.clone()).or_default() += 1;
            self.resolution = run.resolution;
            self.trusting = run.trusting;
        }
        run.notes.into_iter().for_each(|note| drop(self.note(note)));
        let mut written = CommandOutput::from(run.output);
        for (path, text) in run.files {
            let kept = match text {
                Some(text) => self.write_file(scope, &path, text, false, false),
                None => {
                    self.session.remove(&scope.client, &path);
                    self.note(format!("{path}: what is written there isn't known here"));
                    Ok(())
                }
            };
            if let Err(refused) = kept {
                written.append(refused);
            }
        }
        written
    }

    fn change(&mut self, changes: Vec<Change>) -> Result<(), NotWritten> {
        // 1. What is there before; what goes is forgotten, and what is set has been written.
        self.note_beginning();
        let mut written = BTreeSet::new();
        for change in &changes {
            match change {
                Change::Pod(name, crate::change::PodFate::Deleted) => {
                    self.session.forget_pod(name);
                    let (namespace, name) = name.split_once('/').unwrap_or(("default", name));
                    self.session.ages.forget(&ObjectRef::namespaced("Pod", namespace, name));
                }
                Change::Delete(object) => {
                    self.session.ages.forget(object);
                    if &*object.kind == "Pod" {
                        self.session.forget_pod(&object.qualified_name());
                    }
                }
                Change::Set(object, ..) => {
                    written.insert(object.clone());
                }
                _ => {}
            }
        }
        // 2. The change, and what is there behind it.
        self.cluster.change(changes)?;
        self.note_objects(&written);
        Ok(())
    }

    /// What is there from the beginning.
    fn note_beginning(&mut self) {
        if self.session.ages.is_new() {
            self.note_objects(&BTreeSet::new());
        }
    }

    /// When which objects came.
    fn note_objects(&mut self, written: &BTreeSet<ObjectRef>) {
        let (manifests, cluster) = (self.cluster.manifests(), &self.cluster.plane().cluster);
        let view = KubectlView { manifests, cluster, files: &Default::default(), clock: None };
        let there = objects_there(view);
        self.session.ages.note(there, written, self.session.seconds);
    }

    /// Time passes; whatever is there gets older.
    fn pass_time(&mut self, seconds: u64) {
        self.note_beginning();
        self.session.seconds = self.session.seconds.saturating_add(seconds);
    }

    fn clock(&self) -> Option<ClusterClock<'_>> {
        Some(ClusterClock { ages: &self.session.ages, debugged: &self.session.debugged, now: self.session.seconds })
    }

    /// What a tool refuses is its answer; what we can't follow ends everything.
    fn refuse(&mut self, error: UsageError) -> CommandOutput {
        if error.by_tool {
            return CommandOutput::from(error);
        }
        let exit = error.exit;
        self.stop(error);
        CommandOutput::status(exit)
    }

    fn stop(&mut self, error: UsageError) {
        self.stopped.get_or_insert(error);
    }

    fn environment(&self, scope: &CommandScope, name: &str) -> Option<String> {
        let plane = self.cluster.plane();
        let sender = plane.sender(&scope.client).ok()?;
        console::env::environment_variable(&plane.cluster, sender.origin.asker(), name)
    }

    /// bash's `/dev/tcp/HOST/PORT`: a connection instead of a file. None where there is nothing to complain of.
    fn connect_by_redirect(&mut self, scope: &mut CommandScope, redirects: &[ShellRedirect]) -> Option<CommandOutput> {
        for redirect in redirects {
            let (ShellRedirect::Read(word) | ShellRedirect::Write(_, word, _)) = redirect else { continue };
            if !matches!(word.first(), Some(syntax::WordPiece::Text(text, _)) if text.starts_with("/dev/")) {
                continue;
            }
            let Ok(path) = self.expand_text(scope, word) else { continue };
            let Some((protocol, host, port)) = socket_of(&path) else { continue };
            let option = if protocol == "udp" { "-uz" } else { "-z" };
            let words = ["nc", option, host, port].map(str::to_owned);
            let written = self.tool(scope, &words);
            if written.exit != 0 {
                let why = match self.resolution.as_ref().and_then(Resolution::outcome) {
                    Some(Outcome::Unresolved) => format!("{host}: Name or service not known"),
                    Some(Outcome::Refused) => "connect: Connection refused".to_owned(),
                    Some(Outcome::Unroutable) => "connect: No route to host".to_owned(),
                    _ => "connect: Connection timed out".to_owned(),
                };
                let why = format!("bash: {why}\nbash: line 1: {path}: {}", why.rsplit(": ").next().unwrap_or_default());
                return Some(CommandOutput::failure(1, why));
            }
        }
        None
    }

    fn redirected_input(
        &mut self,
        scope: &mut CommandScope,
        redirects: &[ShellRedirect],
        input: &CommandInput,
    ) -> Result<CommandInput, CommandOutput> {
        let mut input = input.clone();
        for redirect in redirects {
            match redirect {
                // 1. A here-document's text.
                ShellRedirect::Here(word) => match self.expand_text(scope, word) {
                    Ok(text) => input = CommandInput::Text(text),
                    Err(error) => return Err(self.refuse(error)),
                },
                // 2. A file's, or what a socket says, which isn't known.
                ShellRedirect::Read(word) => {
                    let path = match self.expand_text(scope, word) {
                        Ok(path) => path,
                        Err(error) => return Err(self.refuse(error)),
                    };
                    if socket_of(&path).is_some() {
                        input = CommandInput::Unknown;
                        continue;
                    }
                    input = match self.read_file(scope, &path) {
                        FileContent::Text(text) => CommandInput::Text(text),
                        FileContent::Unknown => CommandInput::Unknown,
                        FileContent::Missing => {
                            return Err(CommandOutput::failure(1, format!("sh: {path}: No such file or directory")));
                        }
                    };
                }
                _ => {}
            }
        }
        Ok(input)
    }

    /// From left to right: `>file 2>&1` sends errors to the file, `2>&1 >file` to where output went before (POSIX 2.7).
    fn redirected_output(
        &mut self,
        scope: &mut CommandScope,
        redirects: &[ShellRedirect],
        written: CommandOutput,
    ) -> CommandOutput {
        // 1. Where output and errors go in the end.
        let (mut output, mut errors): (Option<RedirectTarget>, Option<Option<RedirectTarget>>) = (None, None);
        for redirect in redirects {
            match redirect {
                ShellRedirect::Write(stream, word, appends) => {
                    let path = match self.expand_text(scope, word) {
                        Ok(path) => path,
                        Err(error) => return self.refuse(error),
                    };
                    if matches!(stream, OutputStream::Output | OutputStream::Both) {
                        output = Some((path.clone(), *appends));
                    }
                    if matches!(stream, OutputStream::Errors | OutputStream::Both) {
                        errors = Some(Some((path, *appends)));
                    }
                }
                ShellRedirect::ErrorsToOutput => errors = Some(output.clone()),
                ShellRedirect::OutputToErrors => {
                    let mut written = written.clone();
                    let said = std::mem::take(&mut written.text);
                    written.errors.push_str(&said);
                    return written;
                }
                ShellRedirect::Read(_) | ShellRedirect::Here(_) => {}
            }
        }
        // 2. Errors: with the output, or into a file.
        let CommandOutput { mut text, mut has_unknown, errors: mut said, exit } = written;
        match errors {
            // Which comes first isn't known where there are both; errors mostly do.
            Some(None) => text.insert_str(0, &std::mem::take(&mut said)),
            Some(Some(file)) if output.as_ref() == Some(&file) => text.insert_str(0, &std::mem::take(&mut said)),
            Some(Some((path, appends))) => {
                let said = std::mem::take(&mut said);
                if let Err(refused) = self.write_file(scope, &path, said, appends, false) {
                    return refused;
                }
            }
            None => {}
        }
        // 3. Output into its file; the rest is left over.
        if let Some((path, appends)) = output {
            let text = std::mem::take(&mut text);
            if let Err(refused) = self.write_file(scope, &path, text, appends, std::mem::take(&mut has_unknown)) {
                return refused;
            }
        }
        CommandOutput { text, has_unknown, errors: said, exit }
    }
}

/// The protocol, host and port of `/dev/tcp/HOST/PORT`.
fn socket_of(path: &str) -> Option<(&str, &str, &str)> {
    let mut parts = path.strip_prefix("/dev/")?.split('/');
    let (protocol, host, port) = (parts.next()?, parts.next()?, parts.next()?);
    (matches!(protocol, "tcp" | "udp") && parts.next().is_none()).then_some((protocol, host, port))
}

impl From<Output> for CommandInput {
    fn from(output: Output) -> Self {
        output.stdout.map_or(Self::Unknown, Self::Text)
    }
}
