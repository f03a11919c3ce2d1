//! Files: those that commands wrote, those of the workspace, those that the kubelet puts into pods; and the tools that copy
//! and list them.

use super::stream::{CommandInput, CommandOutput};
use super::{CommandScope, ShellRunner};
use crate::console::cat;
use crate::container::{self, FileContent};
use crate::order::Order;
use crate::request::RequestClient;
use crate::terminal::UsageError;
use crate::walk::PacketOrigin;

impl ShellRunner<'_> {
    /// What a file holds, for whoever reads it here.
    pub(super) fn read_file(&self, scope: &CommandScope, path: &str) -> FileContent {
        if path == "/dev/null" {
            return FileContent::Text(String::new());
        }
        if let Some(text) = self.session.file(&scope.client, path) {
            return FileContent::Text(text.to_owned());
        }
        if let (RequestClient::External(_), Some(text)) = (&scope.client, self.workspace_file(path)) {
            return FileContent::Text(text);
        }
        let plane = self.cluster.plane();
        let Ok(sender) = plane.sender(&scope.client) else { return FileContent::Missing };
        let whole = self.session.absolute(&scope.client, path);
        if let Some(text) = cat::kubelet_file(&plane.cluster, sender.origin.asker(), &whole) {
            return FileContent::Text(text);
        }
        match sender.origin {
            PacketOrigin::Pod(pod) => container::file(&plane.cluster, pod, &whole),
            PacketOrigin::Node(_) => FileContent::Unknown,
            PacketOrigin::Outside => FileContent::Missing,
        }
    }

    /// A text of the workspace, by its name or the end of its path.
    pub(super) fn workspace_file(&self, path: &str) -> Option<String> {
        let path = path.trim_start_matches("./");
        let sources = &self.cluster.manifests().sources;
        let by_name = sources.iter().find(|(_, file)| file.name.trim_start_matches("./") == path);
        let by_end = || sources.iter().find(|(_, file)| file.name.rsplit('/').next() == path.rsplit('/').next());
        by_name.or_else(by_end).map(|(_, file)| file.text.to_string())
    }

    /// Whether a path is that of a text of the workspace; a bare name stands for one in a folder, too.
    fn is_of_workspace(&self, path: &str) -> bool {
        let path = path.trim_start_matches("./");
        let sources = &self.cluster.manifests().sources;
        sources.iter().any(|(_, file)| {
            let name = file.name.trim_start_matches("./");
            name == path || name.rsplit('/').next() == Some(path)
        })
    }

    /// The names of files where a client works, in order.
    pub(super) fn names_of_files(&self, scope: &CommandScope) -> Vec<String> {
        let folder = self.session.folder(&scope.client);
        let prefix = if folder == "/" { "/".to_owned() } else { format!("{folder}/") };
        let written = self.session.paths(&scope.client, folder).into_iter();
        let mut names: Vec<String> = written.filter_map(|path| path.strip_prefix(&prefix)).map(str::to_owned).collect();
        if matches!(scope.client, RequestClient::External(_)) {
            let sources = &self.cluster.manifests().sources;
            names.extend(sources.iter().map(|(_, file)| file.name.to_string()));
        }
        names.order();
        names.dedup();
        names
    }

    /// Writes a file for `>` and `>>`.
    pub(super) fn write_file(
        &mut self,
        scope: &CommandScope,
        path: &str,
        text: String,
        appends: bool,
        is_unknown: bool,
    ) -> Result<(), CommandOutput> {
        if path == "/dev/null" || path == "/dev/stdout" || path == "/dev/stderr" || super::socket_of(path).is_some() {
            return Ok(());
        }
        if matches!(scope.client, RequestClient::External(_)) && self.is_of_workspace(path) {
            let why = format!("{path}: the manifests themselves aren't written by `>`: use kubectl");
            return Err(self.refuse(UsageError::new(1, why)));
        }
        if is_unknown {
            let why = format!("{path}: what would be written there isn't known here");
            return Err(self.refuse(UsageError::new(1, why)));
        }
        let before = match (appends, self.read_file(scope, path)) {
            (true, FileContent::Text(before)) => before,
            _ => String::new(),
        };
        if self.session.write(&scope.client, path, before + &text) {
            Ok(())
        } else {
            Err(CommandOutput::failure(1, format!("sh: {path}: No space left on device")))
        }
    }

    /// None for a command that isn't about files.
    pub(super) fn file_tool(
        &mut self,
        scope: &mut CommandScope,
        name: &str,
        args: &[String],
        input: &CommandInput,
    ) -> Option<CommandOutput> {
        let (options, words): (Vec<&String>, Vec<&String>) =
            args.iter().partition(|arg| arg.starts_with('-') && arg.len() > 1);
        Some(match name {
            "cat" if args.is_empty() => match input {
                CommandInput::Text(text) => CommandOutput::text(text.clone()),
                CommandInput::Unknown => CommandOutput::unknown(),
                CommandInput::Nothing => return None,
            },
            "cat" if options.is_empty() => self.cat(scope, &words, input),
            "ls" | "ll" | "dir" => self.list_all(scope, &words),
            "cp" | "mv" => self.copy(scope, name, &words),
            "rm" => self.remove(scope, &options, &words),
            "mkdir" | "rmdir" | "chmod" | "chown" => CommandOutput::status(0),
            "touch" => {
                for path in words {
                    if self.read_file(scope, path) == FileContent::Missing {
                        self.session.write(&scope.client, path, String::new());
                    }
                }
                CommandOutput::status(0)
            }
            "tee" => self.tee(scope, &options, &words, input),
            _ => return None,
        })
    }

    fn cat(&mut self, scope: &CommandScope, paths: &[&String], input: &CommandInput) -> CommandOutput {
        let mut all = CommandOutput::default();
        for path in paths {
            let content = match (path.as_str(), input) {
                ("-", CommandInput::Text(text)) => FileContent::Text(text.clone()),
                _ => self.read_file(scope, path),
            };
            match content {
                FileContent::Text(text) => all.text.push_str(&text),
                FileContent::Unknown => {
                    self.notes.push(format!("{path}: what is in this file isn't known here"));
                    all.has_unknown = true;
                }
                FileContent::Missing => {
                    all.errors.push_str(&format!("cat: {path}: No such file or directory\n"));
                    all.exit = 1;
                }
            }
        }
        all
    }

    /// Files first, then folders, each under its name where several were named.
    fn list_all(&mut self, scope: &CommandScope, paths: &[&String]) -> CommandOutput {
        if paths.len() < 2 {
            return self.list(scope, paths);
        }
        let (mut missing, mut files, mut folders) = (CommandOutput::default(), String::new(), Vec::new());
        let mut paths = paths.to_vec();
        paths.order();
        for path in paths {
            let listed = self.list(scope, &[path]);
            if listed.exit != 0 {
                missing.append(listed);
            } else if listed.text == format!("{path}\n") {
                files.push_str(&listed.text);
            } else {
                folders.push((path, listed));
            }
        }
        let mut all = CommandOutput { exit: missing.exit, errors: missing.errors, ..CommandOutput::text(files) };
        for (path, listed) in folders {
            let between = if all.text.is_empty() { "" } else { "\n" };
            let named = CommandOutput { text: format!("{between}{path}:\n{}", listed.text), ..listed };
            all.append(CommandOutput { exit: all.exit, ..named });
        }
        all
    }

    /// Names, one a line, as into a pipe.
    fn list(&mut self, scope: &CommandScope, paths: &[&String]) -> CommandOutput {
        // 1. What the session has written there.
        let folder =
            paths.first().map_or_else(|| self.session.folder(&scope.client).to_owned(), |path| (*path).clone());
        let whole = self.session.absolute(&scope.client, &folder);
        let prefix = if whole == "/" { whole.clone() } else { format!("{whole}/") };
        let written = self.session.paths(&scope.client, &whole);
        let mut names: Vec<String> = written
            .into_iter()
            .filter_map(|path| path.strip_prefix(&prefix)?.split('/').next())
            .map(str::to_owned)
            .collect();
        // 2. Outside also the files that were given; in a pod what is mounted, as the image isn't known.
        let plane = self.cluster.plane();
        match plane.sender(&scope.client).map(|sender| sender.origin) {
            Ok(PacketOrigin::Outside) if paths.is_empty() => names = self.names_of_files(scope),
            Ok(PacketOrigin::Outside) if names.is_empty() => {
                return match self.read_file(scope, &folder) {
                    FileContent::Missing => {
                        CommandOutput::failure(2, format!("ls: cannot access '{folder}': No such file or directory"))
                    }
                    _ => CommandOutput::text(format!("{folder}\n")),
                };
            }
            Ok(PacketOrigin::Pod(pod)) => match container::folder(&plane.cluster, pod, &whole) {
                Some(mounted) => names.extend(mounted),
                None => {
                    self.notes.push(format!("{whole}: what the image has there isn't known here"));
                    let known: String = names.iter().map(|name| format!("{name}\n")).collect();
                    return CommandOutput { has_unknown: true, ..CommandOutput::text(known) };
                }
            },
            _ => {}
        }
        // 3. In order, each once.
        names.order();
        names.dedup();
        CommandOutput::text(names.iter().map(|name| format!("{name}\n")).collect::<String>())
    }

    fn copy(&mut self, scope: &CommandScope, name: &str, words: &[&String]) -> CommandOutput {
        // 1. Source and target.
        let [from, to] = words else {
            return CommandOutput::failure(
                1,
                format!("{name}: missing file operand\nTry '{name} --help' for more information."),
            );
        };
        // 2. The source's text.
        let text = match self.read_file(scope, from) {
            FileContent::Text(text) => text,
            FileContent::Missing => {
                return CommandOutput::failure(1, format!("{name}: cannot stat '{from}': No such file or directory"));
            }
            FileContent::Unknown => {
                return self
                    .refuse(UsageError::new(1, format!("{name} {from}: what is in this file isn't known here")));
            }
        };
        // 3. Into a folder under its own name; what is moved goes.
        let target = if to.ends_with('/') || to.as_str() == "." {
            format!("{to}/{}", from.rsplit('/').next().unwrap_or(from))
        } else {
            (*to).clone()
        };
        if let Err(refused) = self.write_file(scope, &target, text, false, false) {
            return refused;
        }
        if name == "mv" {
            self.session.remove(&scope.client, from);
        }
        CommandOutput::status(0)
    }

    fn remove(&mut self, scope: &CommandScope, options: &[&String], words: &[&String]) -> CommandOutput {
        let has = |letter: char| options.iter().any(|option| option.contains(letter));
        let mut all = CommandOutput::default();
        for path in words {
            let below: Vec<String> = if has('r') || has('R') {
                self.session.paths(&scope.client, path).into_iter().map(str::to_owned).collect()
            } else {
                Vec::new()
            };
            let mut found = self.session.remove(&scope.client, path);
            for path in &below {
                found |= self.session.remove(&scope.client, path);
            }
            if !found && !has('f') {
                let why = format!("rm: cannot remove '{path}': No such file or directory");
                all.append(CommandOutput::failure(1, why));
            }
        }
        all
    }

    fn tee(
        &mut self,
        scope: &CommandScope,
        options: &[&String],
        words: &[&String],
        input: &CommandInput,
    ) -> CommandOutput {
        let appends = options.iter().any(|option| ["-a", "--append"].contains(&option.as_str()));
        let (text, is_unknown) = match input {
            CommandInput::Text(text) => (text.clone(), false),
            CommandInput::Nothing => (String::new(), false),
            CommandInput::Unknown => (String::new(), true),
        };
        for path in words {
            if let Err(refused) = self.write_file(scope, path, text.clone(), appends, is_unknown) {
                return refused;
            }
        }
        CommandOutput { text, has_unknown: is_unknown, ..CommandOutput::default() }
    }
}
