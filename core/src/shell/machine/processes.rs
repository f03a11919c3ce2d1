//! ps: what runs in a pod, as far as manifests say so. Times and sizes are no manifests' matter.

use super::{MachineReport, ToolMachine, option_table, read_options, refused};
use crate::cluster::known_server::{self, is_own_command};
use crate::console::option::{OptionStyle, OptionTable, ToolOption};
use crate::model::Container;
use crate::request::ClientLibc;
use crate::shell::stream::CommandOutput;

/// What is asked for.
#[derive(Default)]
pub(super) struct ProcessQuery {
    /// `-f`
    is_full: bool,
    /// `aux`
    of_users: bool,
}

pub(super) const PS: OptionTable<ProcessQuery> = option_table(
    OptionStyle::Gnu,
    &[
        ToolOption::switch("-f", |query| query.is_full = true),
        ToolOption::switch("-u", |query| query.of_users = true),
        ToolOption::ignored("-e -A -a -x -w"),
        ToolOption::not_modelled("-o --format -p --pid -C --sort --forest -L -T -l -H"),
    ],
);

/// What is said beside it.
const NOTE: &str = "what the manifests and known images start in the pod's first container; times and sizes aren't known, nor what a \
                    process starts by itself";

pub(super) fn ps(machine: ToolMachine<'_>, tool: &str, typed: &[String]) -> MachineReport {
    // 1. Letters without a dash, as BSD's.
    let args: Vec<String> =
        typed.iter().map(|arg| if arg.starts_with('-') { arg.clone() } else { format!("-{arg}") }).collect();
    let (query, _) = read_options(&PS, tool, &args)?;
    // 2. The container whose command runs.
    let Some(container) = machine.pod.and_then(|pod| pod.spec.containers.first()) else {
        return Err(refused(tool, "on a node, whose processes aren't known,"));
    };
    let mut commands = started(container);
    let is_busybox = ClientLibc::of_image(&container.image) != ClientLibc::Glibc;
    let own = [vec!["ps".to_owned()], typed.to_vec()].concat().join(" ");
    commands.push(own);
    // 3. A table in the tool's form.
    let rows = commands.iter().zip(1..).map(|(command, number)| {
        let parent = u8::from(number > 1 && number < commands.len());
        match (is_busybox, query.of_users, query.is_full) {
            (true, ..) => format!("{number:5} root      0:00 {command}\n"),
            (_, true, _) => {
                format!("root     {number:11}  0.0  0.0      ?     ? ?        S    00:00   0:00 {command}\n")
            }
            (_, _, true) => format!("root     {number:11} {parent:7}  0 00:00 ?        00:00:00 {command}\n"),
            _ => format!("{number:7} ?        00:00:00 {}\n", command.split([' ', ':']).next().unwrap_or_default()),
        }
    });
    let head = match (is_busybox, query.of_users, query.is_full) {
        (true, ..) => "PID   USER     TIME  COMMAND\n",
        (_, true, _) => "USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n",
        (_, _, true) => "UID          PID    PPID  C STIME TTY          TIME CMD\n",
        _ => "    PID TTY          TIME CMD\n",
    };
    Ok((CommandOutput::text(head.to_owned() + &rows.collect::<String>()), Some(NOTE)))
}

/// The processes of a container: its command, or what a known image starts.
fn started(container: &Container) -> Vec<String> {
    let words: Vec<&str> = container.command.iter().chain(&container.args).map(|word| &**word).collect();
    let server = known_server::of_image(&container.image).filter(|_| is_own_command(container));
    match (server.map(|server| server.name), container.command.is_empty()) {
        (Some("nginx" | "nginx-unprivileged" | "nginx-slim"), _) => {
            vec!["nginx: master process nginx -g daemon off;".to_owned(), "nginx: worker process".to_owned()]
        }
        (Some("httpd"), true) => vec!["httpd -DFOREGROUND".to_owned()],
        (_, false) => vec![words.join(" ")],
        (_, true) => vec![["<unknown>"].into_iter().chain(words).collect::<Vec<_>>().join(" ")],
    }
}
