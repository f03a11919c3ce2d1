//! kubectl from a shell: its files, the namespace that is chosen, and the verbs that run commands in pods.

use serde_json::Value;

use super::stream::{CommandInput, CommandOutput};
use super::{CommandScope, ShellRunner};
use crate::change::Change;
use crate::console::CommandRun;
use crate::container::FileContent;
use crate::kubectl::flags::{KubectlFlags, KubectlVerb};
use crate::kubectl::kustomize::{self, KustomizedManifests};
use crate::kubectl::{self, ClusterClock, NamedFiles, exec};
use crate::request::{ClientLibc, RequestClient};
use crate::source::{FieldPath, ObjectRef};
use crate::terminal::UsageError;
use crate::terminal::session::{DebugContainer, DebugState};
use crate::walk::{ClientError, PacketOrigin};

/// Shells that wait for what is typed.
const SHELLS: [&str; 5] = ["sh", "bash", "ash", "zsh", "dash"];

impl ShellRunner<'_> {
    pub(super) fn kubectl(&mut self, scope: &mut CommandScope, args: &[String], input: &CommandInput) -> CommandOutput {
        // 1. The session's namespace; help.
        let words = self.in_namespace(args);
        if let Some(help) = kubectl::help(args) {
            return CommandOutput::text(help);
        }
        // 2. What leads into a pod.
        match exec::parse_exec(&words) {
            Ok(Some(exec)) => return self.exec(scope, &exec, input),
            Ok(None) => {}
            Err(error) => return self.refuse(error),
        }
        // 3. The verbs that need the shell: editing and copying.
        let args = words.get(1..).unwrap_or_default();
        let flags = match kubectl::flags::read(args) {
            Ok(flags) => flags,
            Err(error) => return self.refuse(error),
        };
        if flags.verb == KubectlVerb::Edit {
            let editor = ["KUBE_EDITOR", "EDITOR"].iter().find_map(|name| scope.variables.get(*name));
            return match editor.filter(|editor| editor.contains(' ')).cloned() {
                Some(editor) => self.edit(scope, &flags, &editor),
                None => self.open(scope, args, input, flags),
            };
        }
        match flags.verb {
            KubectlVerb::Cp => return self.copy_with_pod(scope, &flags),
            KubectlVerb::Kustomize => return self.kustomize(scope, &flags),
            _ => {}
        }
        // 4. The files that it names, as the session sees them.
        let mut files = match self.files_of(scope, args, input) {
            Ok(files) => files,
            Err(error) => return self.refuse(error),
        };
        let mut warnings = String::new();
        for folder in flags.values("kustomize") {
            match self.kustomized(scope, folder) {
                Ok(made) => {
                    files.insert(folder.to_owned(), vec![(folder.to_owned(), made.text)]);
                    warnings.push_str(&made.warnings);
                }
                Err(error) => return self.refuse(error),
            }
        }
        self.note_beginning();
        let (ages, debugged) = (self.session.ages.clone(), self.session.debugged.clone());
        let view = kubectl::KubectlView {
            manifests: self.cluster.manifests(),
            cluster: &self.cluster.plane().cluster,
            files: &files,
            clock: Some(ClusterClock { ages: &ages, debugged: &debugged, now: self.session.seconds }),
        };
        // 5. What only the session knows.
        if let Some(done) = kubectl::session::run(&flags, view, self.session) {
            return match done {
                Ok(output) => CommandOutput::from(output),
                Err(error) => self.refuse(error),
            };
        }
        // 6. Everything else, with the changes that it makes and what it waits for.
        let kubectl = match kubectl::command_of(flags) {
            Ok(kubectl) => kubectl,
            Err(error) => return self.refuse(error),
        };
        let done = kubectl.run(view).map(|(mut output, changes)| {
            output.stderr.insert_str(0, &warnings);
            (output, changes)
        });
        let attached = kubectl.attached(view);
        let added = kubectl.debug_container(view);
        if kubectl.watches() {
            self.note("`-w` looks once here: nothing changes while nobody types".to_owned());
        }
        match (done, attached) {
            (Err(error), _) => self.refuse(error),
            (Ok((output, changes)), Some(attached)) if output.exit == 0 => {
                let inside = self.session.inside.len();
                let mut written = self.run_attached(scope, attached, changes, input);
                let is_entered = self.session.inside.len() > inside;
                let state = if is_entered { DebugState::Entered } else { DebugState::Ended(written.exit) };
                self.keep_debug_container(added, state);
                written.errors.insert_str(0, &output.stderr);
                written
            }
            (Ok((output, changes)), _) => {
                if output.exit == 0 {
                    self.keep_debug_container(added, DebugState::Running);
                }
                let (files, notes) = (Vec::new(), Vec::new());
                let run = CommandRun { resolution: None, output, changes, files, notes, trusting: None, opened: None };
                self.take(scope, run)
            }
        }
    }

    /// A container that was added to a pod stays there as long as the pod.
    fn keep_debug_container(&mut self, added: Option<(ObjectRef, Value)>, state: DebugState) {
        let Some((pod, object)) = added.filter(|_| self.stopped.is_none()) else { return };
        self.session.debugged.entry(pod.qualified_name()).or_default().push(DebugContainer { object, state });
    }

    /// `kubectl edit`: the manifests are what is edited, so that the place in them is told, and shown where they are.
    fn open(
        &mut self,
        scope: &CommandScope,
        args: &[String],
        input: &CommandInput,
        flags: KubectlFlags,
    ) -> CommandOutput {
        // 1. The object, which may have to be written first.
        let files = match self.files_of(scope, args, input) {
            Ok(files) => files,
            Err(error) => return self.refuse(error),
        };
        let (manifests, cluster) = (self.cluster.manifests(), &self.cluster.plane().cluster);
        let view = kubectl::KubectlView { manifests, cluster, files: &files, clock: self.clock() };
        let (object, changes) = match kubectl::edited_object(flags, view) {
            Ok(edited) => edited,
            Err(error) => return self.refuse(error),
        };
        if !changes.is_empty() && self.change(changes).is_err() {
            return self.refuse(UsageError::new(1, "this can't be written into the manifests"));
        }
        // 2. Where it stands.
        let sources = &self.cluster.manifests().sources;
        let span = self.cluster.manifests().span(&object.field(FieldPath::root()));
        let place = span.and_then(|span| Some((sources.file(span.file)?.name.clone(), sources.locate(span)?.line)));
        let place = place.map_or_else(|| "the manifests".to_owned(), |(file, line)| format!("{file}:{line}"));
        self.note(format!(
            "{}: change it in {place} (or KUBE_EDITOR='sed -i s/a/b/' kubectl edit …)",
            object.lowercase()
        ));
        self.opened = Some(object);
        CommandOutput::status(0)
    }

    /// `KUBE_EDITOR='sed -i …' kubectl edit`: an editor that asks nobody changes the object's text (pkg/cmd/util/editor).
    fn edit(&mut self, scope: &mut CommandScope, flags: &KubectlFlags, editor: &str) -> CommandOutput {
        const PATH: &str = "/tmp/kubectl-edit.yaml";
        let named = |verb: &[&str]| -> Vec<String> {
            let words = verb.iter().map(ToString::to_string).chain(flags.words.iter().cloned());
            words.chain(["-n".to_owned(), flags.namespace().to_owned()]).collect()
        };
        let mut got = named(&["get"]);
        got.extend(["-o".to_owned(), "yaml".to_owned()]);
        let before = self.kubectl(scope, &got, &CommandInput::Nothing);
        if before.exit != 0 || self.stopped.is_some() {
            return before;
        }
        self.session.write(&scope.client, PATH, before.text.clone());
        let edited = self.sub_script(scope, &format!("{editor} {PATH}"), &CommandInput::Nothing);
        let after = self.session.file(&scope.client, PATH).unwrap_or_default().to_owned();
        self.session.remove(&scope.client, PATH);
        if edited.exit != 0 || self.stopped.is_some() {
            return edited;
        }
        if after == before.text {
            return CommandOutput::failure(0, "Edit cancelled, no changes made.");
        }
        let words = ["replace", "-f", "-", "-n", flags.namespace()].map(str::to_owned);
        let done = self.kubectl(scope, &words, &CommandInput::Text(after));
        CommandOutput { text: done.text.replace(" replaced\n", " edited\n"), ..done }
    }

    /// The words with the namespace that `config set-context` chose, unless they name one.
    fn in_namespace(&self, args: &[String]) -> Vec<String> {
        let own = args.iter().take_while(|word| *word != "--");
        let names_one = own
            .clone()
            .any(|word| word == "-n" || word.starts_with("--namespace") || (word.starts_with("-n") && word.len() > 2));
        let is_config = args.first().is_some_and(|verb| verb == "config");
        let contexts = own.clone().zip(own.clone().skip(1).map(Some).chain([None])).find_map(|(flag, value)| {
            flag.strip_prefix("--context=").or_else(|| value.filter(|_| flag == "--context").map(String::as_str))
        });
        let chosen = kubectl::config::namespace_of(self.session, contexts).filter(|_| !names_one && !is_config);
        let chosen = chosen.into_iter().flat_map(|namespace| ["--namespace".to_owned(), namespace.to_owned()]);
        ["kubectl".to_owned()].into_iter().chain(chosen).chain(args.iter().cloned()).collect()
    }

    fn exec(&mut self, scope: &CommandScope, exec: &exec::ExecCommand, input: &CommandInput) -> CommandOutput {
        // 1. The pod and its container.
        let plane = self.cluster.plane();
        let sender = match plane.sender(&exec.client) {
            Ok(sender) => sender,
            Err(ClientError(message)) => return self.refuse(UsageError::of_tool(1, message)),
        };
        let PacketOrigin::Pod(pod) = sender.origin else {
            return self.refuse(UsageError::of_tool(1, "error: exec needs a pod"));
        };
        let (container, note) = match exec.container(pod) {
            Ok(chosen) => chosen,
            Err(error) => return self.refuse(error),
        };
        // 2. A bare shell without input is entered.
        let libc = scope.libc.or_else(|| container.map(|container| ClientLibc::of_image(&container.image)));
        let client = RequestClient::Pod { namespace: pod.namespace().into(), name: pod.name().into() };
        if is_bare_shell(&exec.words) && matches!(input, CommandInput::Nothing) {
            let entered = self.enter(scope, client, None);
            return CommandOutput { errors: note, ..entered };
        }
        // 3. The command runs there.
        let is_terminal = scope.is_terminal && exec.has_terminal;
        let mut inner = CommandScope { client, libc, variables: Default::default(), is_typed: false, is_terminal };
        let mut written = self.words(&mut inner, &exec.words, input);
        self.jump = None;
        if self.stopped.is_some() {
            return written;
        }
        // 4. What kubectl says besides.
        written.errors = exec::exec_errors(&note, &written.errors, written.exit);
        written
    }

    /// `kubectl run --rm -it`: the pod is there while its command runs.
    fn run_attached(
        &mut self,
        scope: &CommandScope,
        attached: kubectl::Attached,
        changes: Vec<Change>,
        input: &CommandInput,
    ) -> CommandOutput {
        // 1. The pod is made.
        let kubectl::Attached { pod, words, image, removes, has_terminal } = attached;
        self.cluster.save();
        if self.change(changes).is_err() {
            return self.refuse(UsageError::new(1, "this can't be written into the manifests"));
        }
        // 2. One that never runs is given up.
        let made = self.cluster.count();
        let namespace = pod.namespace.clone().unwrap_or_default();
        let client = RequestClient::Pod { namespace: (&*namespace).into(), name: (&*pod.name).into() };
        if let Err(ClientError(_)) = self.cluster.plane().sender(&client) {
            self.cluster.restore(made);
            return CommandOutput::failure(1, "error: timed out waiting for the condition");
        }
        // 3. A bare shell is entered, until `exit`.
        if words.is_empty() || (is_bare_shell(&words) && matches!(input, CommandInput::Nothing)) {
            return self.enter(scope, client, removes.then_some(pod));
        }
        // 4. The command runs there, behind the image's entry point.
        let has_entry_point = image.contains("curlimages/curl")
            && words.first().is_some_and(|word| word != "curl" && !SHELLS.contains(&word.as_str()));
        let words = if has_entry_point { [vec!["curl".to_owned()], words].concat() } else { words };
        let libc = scope.libc.or(Some(ClientLibc::of_image(&image)));
        let is_terminal = scope.is_terminal && has_terminal;
        let mut inner = CommandScope { client, libc, variables: Default::default(), is_typed: false, is_terminal };
        let mut written = self.words(&mut inner, &words, input);
        self.jump = None;
        // 5. How it ended, and with --rm that the pod goes.
        if written.exit != 0 {
            written.errors.push_str(&format!("pod {} terminated (Error)\n", pod.qualified_name()));
        }
        if removes {
            self.session.forget_pod(&pod.qualified_name());
            self.cluster.restore(made);
            written.text.push_str(&format!("pod {:?} deleted from {namespace} namespace\n", &*pod.name));
        }
        written
    }

    /// The texts of the files that options name.
    fn files_of(
        &mut self,
        scope: &CommandScope,
        args: &[String],
        input: &CommandInput,
    ) -> Result<NamedFiles, UsageError> {
        let mut files = NamedFiles::default();
        for path in kubectl::files_named(args) {
            let texts = match (path.as_str(), input) {
                ("-", CommandInput::Text(text)) => vec![("STDIN".to_owned(), text.clone())],
                ("-", CommandInput::Unknown) => {
                    return Err(UsageError::new(1, "what is piped into kubectl isn't known here"));
                }
                ("-", CommandInput::Nothing) => vec![("STDIN".to_owned(), String::new())],
                _ => match self.read_file(scope, &path) {
                    FileContent::Text(text) => vec![(path.clone(), text)],
                    FileContent::Unknown => {
                        return Err(UsageError::new(1, format!("{path}: what is in this file isn't known here")));
                    }
                    FileContent::Missing => self.files_below(scope, &path),
                },
            };
            if !texts.is_empty() {
                files.insert(path, texts);
            }
        }
        Ok(files)
    }

    /// What a folder's kustomization makes of files by their exact names.
    fn kustomized(&self, scope: &CommandScope, folder: &str) -> Result<KustomizedManifests, UsageError> {
        let sources = &self.cluster.manifests().sources;
        let load = |path: &str| {
            let written = self.session.file(&scope.client, path).map(str::to_owned);
            let is_it = |name: &str| kustomize::joined_path("", name) == path;
            let of_workspace = || Some(sources.iter().find(|(_, file)| is_it(&file.name))?.1.text.to_string());
            written.or_else(|| of_workspace().filter(|_| matches!(scope.client, RequestClient::External(_))))
        };
        kustomize::build(&kustomize::joined_path("", folder), &load)
    }

    /// `kubectl kustomize DIR`
    fn kustomize(&mut self, scope: &CommandScope, flags: &KubectlFlags) -> CommandOutput {
        let folder = flags.words.first().map_or(".", String::as_str);
        let made = match self.kustomized(scope, folder) {
            Ok(made) => made,
            Err(error) => return self.refuse(error),
        };
        match flags.value("output") {
            Some(path) => match self.write_file(scope, path, made.text, false, false) {
                Ok(()) => CommandOutput { errors: made.warnings, ..CommandOutput::default() },
                Err(refused) => refused,
            },
            None => CommandOutput { errors: made.warnings, ..CommandOutput::text(made.text) },
        }
    }

    /// The files of a folder: `-f k8s/`, `-f .`
    fn files_below(&self, scope: &CommandScope, folder: &str) -> Vec<(String, String)> {
        let folder = folder.trim_start_matches("./").trim_end_matches('/');
        let prefix = if folder.is_empty() || folder == "." { String::new() } else { format!("{folder}/") };
        let names = self.names_of_files(scope).into_iter().filter(|name| {
            let name = name.trim_start_matches("./");
            name.starts_with(&prefix) && [".yaml", ".yml", ".json"].iter().any(|end| name.ends_with(end))
        });
        let texts = names.filter_map(|name| match self.read_file(scope, &name) {
            FileContent::Text(text) => Some((name, text)),
            _ => None,
        });
        texts.collect()
    }

    /// `kubectl cp`: between the machine outside and a pod.
    fn copy_with_pod(&mut self, scope: &CommandScope, flags: &KubectlFlags) -> CommandOutput {
        // 1. One side is a pod's.
        let namespace = flags.namespace().to_owned();
        let [from, to] = &flags.words[..] else {
            return CommandOutput::failure(1, "error: source and destination are required");
        };
        if from.contains(':') == to.contains(':') {
            let why = if from.contains(':') {
                "error: one of src or dest must be a local file specification"
            } else {
                "error: one of src or dest must be a remote file specification"
            };
            return CommandOutput::failure(1, why);
        }
        // 2. Both clients, which must be there.
        let place = |text: &str| match text.split_once(':') {
            None => (scope.client.clone(), text.to_owned()),
            Some((pod, path)) => {
                let (namespace, name) = pod.split_once('/').unwrap_or((&namespace, pod));
                (RequestClient::Pod { namespace: namespace.into(), name: name.into() }, path.to_owned())
            }
        };
        let ((source, from), (target, to)) = (place(from), place(to));
        for client in [&source, &target] {
            if let Err(ClientError(message)) = self.cluster.plane().sender(client) {
                return CommandOutput::failure(1, message);
            }
        }
        // 3. The text, from the one side to the other.
        let at = |client: &RequestClient| CommandScope { client: client.clone(), ..scope.clone() };
        let text = match self.read_file(&at(&source), &from) {
            FileContent::Text(text) => text,
            FileContent::Missing => {
                return CommandOutput::failure(1, format!("error: {from} doesn't exist in local filesystem"));
            }
            FileContent::Unknown => {
                let why = format!("kubectl cp: what is in {from} isn't known here");
                return self.refuse(UsageError::new(1, why));
            }
        };
        let to = if to.ends_with('/') { format!("{to}{}", from.rsplit('/').next().unwrap_or_default()) } else { to };
        self.write_file(&at(&target), &to, text, false, false).err().unwrap_or_default()
    }
}

fn is_bare_shell(words: &[String]) -> bool {
    words.split_first().is_some_and(|(shell, rest)| {
        let name = shell.rsplit('/').next().unwrap_or(shell);
        SHELLS.contains(&name) && rest.iter().all(|word| matches!(word.as_str(), "-l" | "-i" | "-il" | "--login"))
    })
}
