//! What the shell does itself, and commands that run others.

use super::stream::{CommandInput, CommandOutput};
use super::{CommandScope, ScriptJump, ShellRunner, echo, names, parser};
use crate::container::FileContent;
use crate::request::RequestClient;
use crate::terminal::UsageError;
use crate::terminal::session::BEGINNING;

mod clock;
mod condition;
pub mod xargs;

impl ShellRunner<'_> {
    /// None for a command that isn't the shell's own.
    pub(super) fn builtin(
        &mut self,
        scope: &mut CommandScope,
        name: &str,
        args: &[String],
        input: &CommandInput,
    ) -> Option<CommandOutput> {
        Some(match name {
            "true" | ":" | "clear" | "reset" | "wait" | "jobs" | "trap" | "umask" | "ulimit" | "stty" | "shopt"
            | "sync" | "disown" | "bg" | "fg" | "setopt" | "autoload" | "compinit" => CommandOutput::status(0),
            "false" => CommandOutput::status(1),
            "set" => self.set(args),
            "break" | "continue" => self.leave_loop(name, args),
            // Of what runs beside, only forwarded ports and proxies matter.
            "kill" | "pkill" | "killall" => {
                self.session.forwards.clear();
                self.session.proxies.clear();
                CommandOutput::status(0)
            }
            "cd" | "pushd" => {
                self.session.enter(&scope.client, args.first().map_or("", String::as_str));
                CommandOutput::status(0)
            }
            "pwd" => CommandOutput::text(format!("{}\n", self.session.folder(&scope.client))),
            "export" | "declare" | "local" | "readonly" | "typeset" => self.export(scope, args),
            "unset" => {
                args.iter().for_each(|name| drop(scope.variables.remove(name)));
                CommandOutput::status(0)
            }
            "alias" => self.alias(args),
            "unalias" => {
                args.iter().for_each(|name| drop(self.session.aliases.remove(name)));
                CommandOutput::status(0)
            }
            // Completion of kubectl and the like.
            "source" | "." | "complete" | "compdef" => CommandOutput::status(0),
            "exit" | "logout" => self.exit(scope, args),
            "echo" => CommandOutput::text(echo::echo(args)),
            "printf" => echo::printf(args),
            "test" => self.test(scope, args),
            "[" => match args.split_last() {
                Some((last, args)) if last == "]" => self.test(scope, args),
                _ => CommandOutput::failure(2, "sh: [: missing `]'"),
            },
            "sleep" | "usleep" => self.sleep(args),
            "date" => clock::date(self.session.seconds + BEGINNING, args),
            "history" => {
                let lines = self.session.history.iter().zip(1..);
                CommandOutput::text(lines.map(|(line, number)| format!("{number:5}  {line}\n")).collect::<String>())
            }
            "whoami" => CommandOutput::text("root\n"),
            "id" => CommandOutput::text("uid=0(root) gid=0(root) groups=0(root)\n"),
            "type" | "which" => Self::which(args),
            "command" if args.first().is_some_and(|option| option == "-v") => {
                Self::which(args.get(1..).unwrap_or_default())
            }
            "command" | "time" | "nohup" | "exec" | "stdbuf" | "unbuffer" | "builtin" => self.words(scope, args, input),
            "sudo" | "doas" => self.words(scope, behind_options(args, "ugh"), input),
            "nice" => self.words(scope, behind_options(args, "n"), input),
            "timeout" => self.words(scope, behind_options(args, "ks").get(1..).unwrap_or_default(), input),
            "watch" => self.watch(scope, args, input),
            "eval" => self.sub_script(scope, &args.join(" "), input),
            "env" if args.iter().any(|word| !word.contains('=') && !word.starts_with('-')) => {
                let at = args.iter().position(|word| !word.contains('=')).unwrap_or_default();
                let (assigned, command) = args.split_at_checked(at)?;
                let pairs = assigned.iter().filter_map(|pair| pair.split_once('='));
                scope.variables.extend(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
                self.words(scope, command, input)
            }
            "bash" | "sh" | "ash" | "zsh" | "dash" => self.shell(scope, name, args, input),
            "xargs" => self.xargs(scope, args, input),
            "read" => self.refuse(UsageError::new(2, "`read` isn't understood here")),
            _ => return None,
        })
    }

    /// `[ -f FILE ]` looks at files; everything else only at the words.
    fn test(&self, scope: &CommandScope, args: &[String]) -> CommandOutput {
        let words: Vec<&str> = args.iter().map(String::as_str).collect();
        let (negated, words) = match &words[..] {
            ["!", rest @ ..] => (true, rest),
            all => (false, all),
        };
        let ["-e" | "-f" | "-r" | "-s", path] = words else { return condition::test(args) };
        match self.read_file(scope, path) {
            FileContent::Text(_) => CommandOutput::status(i32::from(negated)),
            FileContent::Missing => CommandOutput::status(i32::from(!negated)),
            FileContent::Unknown => {
                CommandOutput::failure(2, format!("sh: test: whether {path} is there isn't known here"))
            }
        }
    }

    /// `set -euo pipefail`: of the options only `-e` and `errexit` change what is run here.
    fn set(&mut self, args: &[String]) -> CommandOutput {
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            let (is_on, letters) = match (arg.strip_prefix('-'), arg.strip_prefix('+')) {
                (Some(letters), _) if !letters.is_empty() && letters != "-" => (true, letters),
                (_, Some(letters)) => (false, letters),
                _ => return self.refuse(UsageError::new(2, "`set` with words isn't understood here")),
            };
            for letter in letters.chars() {
                let is_errexit = letter == 'e' || letter == 'o' && args.next().is_some_and(|name| name == "errexit");
                if is_errexit {
                    self.ends_on_failure = is_on;
                }
            }
        }
        CommandOutput::status(0)
    }

    /// `break` and `continue`, out of as many loops as there are.
    fn leave_loop(&mut self, name: &str, args: &[String]) -> CommandOutput {
        if self.loops == 0 {
            let only = format!("sh: {name}: only meaningful in a `for', `while', or `until' loop");
            return CommandOutput { exit: 0, ..CommandOutput::failure(0, only) };
        }
        let loops = args.first().and_then(|count| count.parse().ok()).unwrap_or(1).clamp(1, self.loops);
        self.jump = Some(if name == "break" { ScriptJump::Break(loops) } else { ScriptJump::Continue(loops) });
        CommandOutput::status(0)
    }

    fn export(&mut self, scope: &mut CommandScope, args: &[String]) -> CommandOutput {
        for (name, value) in args.iter().filter_map(|pair| pair.split_once('=')) {
            scope.variables.insert(name.to_owned(), value.to_owned());
        }
        CommandOutput::status(0)
    }

    fn alias(&mut self, args: &[String]) -> CommandOutput {
        let mut written = CommandOutput::status(0);
        for pair in args {
            match pair.split_once('=') {
                Some((name, meant)) => {
                    self.session.aliases.insert(name.to_owned(), meant.to_owned());
                }
                None => match self.session.aliases.get(pair) {
                    Some(meant) => written.text.push_str(&format!("alias {pair}='{meant}'\n")),
                    None => written.append(CommandOutput::failure(1, format!("sh: alias: {pair}: not found"))),
                },
            }
        }
        if args.is_empty() {
            let all = self.session.aliases.iter().map(|(name, meant)| format!("alias {name}='{meant}'\n"));
            written.text = all.collect();
        }
        written
    }

    /// Out of a pod's shell that was entered, else out of everything.
    fn exit(&mut self, scope: &CommandScope, args: &[String]) -> CommandOutput {
        let status = args.first().and_then(|status| status.parse().ok()).unwrap_or(self.status);
        let Some(entered) = self.session.inside.pop().filter(|_| scope.is_typed) else {
            self.jump = Some(ScriptJump::Exit);
            return CommandOutput::status(status);
        };
        if let RequestClient::Pod { namespace, name } = &entered.client {
            self.session.end_debug(&format!("{namespace}/{name}"), status);
        }
        let Some(pod) = entered.removes else { return CommandOutput::status(status) };
        let said = format!("pod {:?} deleted\n", &*pod.name);
        match self.change(vec![crate::change::Change::Delete(pod)]) {
            Ok(()) => CommandOutput::text(said),
            Err(_) => CommandOutput::status(status),
        }
    }

    /// Time passes at once.
    fn sleep(&mut self, args: &[String]) -> CommandOutput {
        let mut seconds = 0.0;
        for arg in args {
            let unit = arg.chars().last().unwrap_or('s');
            let number = arg.trim_end_matches(['s', 'm', 'h', 'd']);
            let factor = match unit {
                'm' => 60.0,
                'h' => 3600.0,
                'd' => 86400.0,
                _ => 1.0,
            };
            match (arg.as_str(), number.parse::<f64>()) {
                ("infinity" | "inf", _) => return CommandOutput::status(0),
                (_, Ok(number)) if number.is_finite() && number >= 0.0 => seconds += number * factor,
                _ => return CommandOutput::failure(1, format!("sleep: invalid time interval '{arg}'")),
            }
        }
        if args.is_empty() {
            return CommandOutput::failure(1, "sleep: missing operand\nTry 'sleep --help' for more information.");
        }
        self.pass_time(seconds.min(1e12) as u64);
        CommandOutput::status(0)
    }

    fn which(args: &[String]) -> CommandOutput {
        let mut written = CommandOutput::status(0);
        for name in args.iter().filter(|arg| !arg.starts_with('-')) {
            if names::is_command(name) {
                written.text.push_str(&format!("/usr/bin/{name}\n"))
            } else {
                written.exit = 1
            }
        }
        written
    }

    /// One look, as nothing changes while one looks.
    fn watch(&mut self, scope: &mut CommandScope, args: &[String], input: &CommandInput) -> CommandOutput {
        let words = behind_options(args, "nq");
        self.notes.push("`watch` looks once here: nothing changes while nobody types".to_owned());
        match words {
            [text] => self.sub_script(scope, text, input),
            words => self.words(scope, words, input),
        }
    }

    /// `sh -c TEXT`; without it, a shell that reads what is piped in, or one for what is typed next.
    fn shell(&mut self, scope: &mut CommandScope, name: &str, args: &[String], input: &CommandInput) -> CommandOutput {
        let option = args.iter().position(|arg| arg.starts_with('-') && !arg.starts_with("--") && arg.contains('c'));
        if let Some(text) = option.and_then(|at| args.get(at + 1)) {
            let mut inner = CommandScope { is_typed: false, ..scope.clone() };
            // Words behind it are $0, $1 and so on.
            let behind = option.and_then(|at| args.get(at + 2..)).unwrap_or_default();
            inner.variables.extend(behind.iter().enumerate().map(|(at, word)| (at.to_string(), word.clone())));
            inner.variables.insert("#".to_owned(), behind.len().saturating_sub(1).to_string());
            let written = self.sub_script(&mut inner, text, input);
            self.jump = None;
            return written;
        }
        match (args.iter().find(|arg| !arg.starts_with('-')), input) {
            (Some(path), _) => match self.read_file(scope, path) {
                FileContent::Text(text) => self.sub_script(scope, &text, &CommandInput::Nothing),
                _ => {
                    self.refuse(UsageError::new(127, format!("`{name} {path}`: what is in this file isn't known here")))
                }
            },
            (None, CommandInput::Text(text)) => {
                let mut inner = CommandScope { is_typed: false, ..scope.clone() };
                let written = self.sub_script(&mut inner, text, &CommandInput::Nothing);
                self.jump = None;
                written
            }
            (None, _) => CommandOutput::status(0),
        }
    }

    /// A text as a script of its own.
    pub(super) fn sub_script(&mut self, scope: &mut CommandScope, text: &str, input: &CommandInput) -> CommandOutput {
        match parser::parse_script(text) {
            Ok(script) => self.run_script(scope, &script, input),
            Err(error) => self.refuse(UsageError::new(2, error.to_string())),
        }
    }

    /// What somebody types from now on runs there.
    pub(super) fn enter(
        &mut self,
        scope: &CommandScope,
        client: RequestClient,
        removes: Option<crate::source::ObjectRef>,
    ) -> CommandOutput {
        if !scope.is_typed {
            return CommandOutput::status(0);
        }
        let shown = crate::terminal::session::machine(&client);
        self.notes.push(format!("the next commands run in {shown}, until `exit`"));
        self.session.inside.push(crate::terminal::session::EnteredShell { client, removes });
        CommandOutput::status(0)
    }
}

/// The words behind a command's own options, those among `valued` with their values.
pub(super) fn behind_options<'a>(args: &'a [String], valued: &str) -> &'a [String] {
    let mut rest = args;
    while let Some((first, behind)) = rest.split_first() {
        let Some(letters) = first.strip_prefix('-') else { break };
        let takes_value = letters.chars().count() == 1 && letters.chars().all(|letter| valued.contains(letter));
        rest = if takes_value { behind.get(1..).unwrap_or_default() } else { behind };
    }
    rest
}
