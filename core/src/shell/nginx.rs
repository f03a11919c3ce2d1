//! nginx as one runs it in its own container: its version, and what it reads of its configuration.

use super::stream::CommandOutput;
use super::{CommandScope, ShellRunner};
use crate::cluster::Pod;
use crate::cluster::known_server;
use crate::container::{self, FileContent};
use crate::model::Container;
use crate::terminal::UsageError;
use crate::walk::PacketOrigin;

/// What is understood of its options.
pub const OPTIONS: [&str; 5] = ["-v", "-t", "-T", "-q", "-s reload"];

const CONFIGURATION: &str = "/etc/nginx/nginx.conf";

impl ShellRunner<'_> {
    /// None for another command.
    pub(super) fn nginx(&mut self, scope: &CommandScope, name: &str, args: &[String]) -> Option<CommandOutput> {
        if name != "nginx" {
            return None;
        }
        // 1. The container, which must be of a known image.
        let plane = self.cluster.plane();
        let pod = match plane.sender(&scope.client).map(|sender| sender.origin) {
            Ok(PacketOrigin::Pod(pod)) => Some(pod),
            _ => None,
        };
        let is_nginx = |container: &&Container| {
            known_server::of_image(&container.image)
                .is_some_and(|server| server.name.starts_with("nginx") && !server.name.contains('/'))
        };
        let Some((pod, container)) = pod.and_then(|pod| Some((pod, pod.spec.containers.iter().find(is_nginx)?))) else {
            let why =
                "`nginx`: whether it is there, and how it is configured, is known only in containers of its own image";
            return Some(self.refuse(UsageError::new(127, why)));
        };
        // 2. What it is asked.
        let words: Vec<&str> = args.iter().map(String::as_str).collect();
        let (done, note) = match &words[..] {
            ["-v"] => (CommandOutput::failure(0, format!("nginx version: {}", version(container))), None),
            ["-t" | "-T" | "-tq" | "-qt"] | ["-t", "-q"] | ["-q", "-t"] => {
                let (tested, is_own) = self.tested(scope, pod);
                let dumped = if words == ["-T"] { self.dumped(scope, pod) } else { CommandOutput::default() };
                let note =
                    is_own.then_some("what stands in its configuration isn't read: whether nginx takes it isn't known");
                let is_quiet = words.len() > 1 || words.iter().any(|word| word.contains('q'));
                (CommandOutput { errors: if is_quiet { String::new() } else { tested }, ..dumped }, note)
            }
            ["-s", "reload"] => {
                (CommandOutput::status(0), Some("a configuration that was changed by commands isn't read"))
            }
            _ => {
                return Some(
                    self.refuse(UsageError::new(2, format!("nginx {} isn't understood here", words.join(" ")))),
                );
            }
        };
        if let Some(note) = note {
            self.note(format!("nginx: {note}"));
        }
        Some(done)
    }

    /// What it says of its configuration, and whether somebody wrote it.
    fn tested(&self, scope: &CommandScope, pod: &Pod) -> (String, bool) {
        let is_own = !self.own_configuration(scope, pod).is_empty();
        let fine = format!(
            "nginx: the configuration file {CONFIGURATION} syntax is ok\nnginx: configuration file {CONFIGURATION} test is successful\n"
        );
        (if is_own { String::new() } else { fine }, is_own)
    }

    /// The files of its configuration that the manifests hold or commands wrote; the image's own aren't known.
    fn dumped(&self, scope: &CommandScope, pod: &Pod) -> CommandOutput {
        let texts = self.own_configuration(scope, pod);
        let text = texts.into_iter().map(|(path, text)| format!("# configuration file {path}:\n{text}\n")).collect();
        CommandOutput { text, has_unknown: true, ..CommandOutput::default() }
    }

    fn own_configuration(&self, scope: &CommandScope, pod: &Pod) -> Vec<(String, String)> {
        let cluster = &self.cluster.plane().cluster;
        let mounted = pod.spec.containers.iter().flat_map(|container| &container.volume_mounts);
        let below =
            mounted.map(|mount| mount.mount_path.trim_end_matches('/')).filter(|path| path.starts_with("/etc/nginx"));
        let mut paths: Vec<String> = below
            .flat_map(|path| match container::folder(cluster, pod, path) {
                Some(names) if container::file(cluster, pod, path) == FileContent::Missing => {
                    names.iter().map(|name| format!("{path}/{name}")).collect()
                }
                _ => vec![path.to_owned()],
            })
            .collect();
        paths.extend(self.session.paths(&scope.client, "/etc/nginx").into_iter().map(str::to_owned));
        let text = |path: &String| match self.read_file(scope, path) {
            FileContent::Text(text) => Some((path.clone(), text)),
            _ => None,
        };
        paths.iter().filter_map(text).collect()
    }
}

/// `nginx/1.27.3`, where the image's tag says so.
fn version(container: &Container) -> String {
    let tag = container.image.split('@').next().and_then(|image| image.rsplit_once(':')).map(|(_, tag)| tag);
    let version = tag.unwrap_or_default().split('-').next().unwrap_or_default();
    let is_whole = version.split('.').count() == 3 && version.chars().all(|c| c.is_ascii_digit() || c == '.');
    format!("nginx/{}", if is_whole { version } else { "<unknown>" })
}
