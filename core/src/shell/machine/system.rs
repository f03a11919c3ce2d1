//! uname: what the kernel says of itself; its version is known where a pasted node tells it.

use super::{MachineReport, ToolMachine, option_table, read_options, refused};
use crate::console::option::{OptionStyle, OptionTable, ToolOption};
use crate::model::well_known;
use crate::shell::stream::CommandOutput;

const UNKNOWN: &str = "<unknown>";

/// Which parts are asked for, in the order in which they are printed.
#[derive(Default)]
pub(super) struct SystemQuery {
    parts: [bool; 6],
}

fn ask(query: &mut SystemQuery, part: usize) {
    query.parts.iter_mut().skip(part).take(1).for_each(|asked| *asked = true);
}

pub(super) const UNAME: OptionTable<SystemQuery> = option_table(
    OptionStyle::Gnu,
    &[
        ToolOption::switch("-a --all", |query| query.parts = [true; 6]),
        ToolOption::switch("-s --kernel-name", |query| ask(query, 0)),
        ToolOption::switch("-n --nodename", |query| ask(query, 1)),
        ToolOption::switch("-r --kernel-release", |query| ask(query, 2)),
        ToolOption::switch("-v --kernel-version", |query| ask(query, 3)),
        ToolOption::switch("-m --machine -p --processor -i --hardware-platform", |query| ask(query, 4)),
        ToolOption::switch("-o --operating-system", |query| ask(query, 5)),
    ],
);

pub(super) fn uname(machine: ToolMachine<'_>, tool: &str, args: &[String]) -> MachineReport {
    let (mut query, words) = read_options(&UNAME, tool, args)?;
    if let Some(word) = words.first() {
        return Err(refused(tool, word));
    }
    if query.parts == [false; 6] {
        ask(&mut query, 0);
    }
    // 1. The node, which has the kernel.
    let cluster = &machine.plane.cluster;
    let node = machine.node.or_else(|| cluster.nodes.get(machine.pod?.node.as_deref()?));
    let name = match (machine.pod, node) {
        (Some(pod), _) => crate::dns::pod::hostname(cluster, pod),
        (None, node) => node.map(|node| node.name.to_string()).unwrap_or_default(),
    };
    // 2. What it says of itself.
    let release = node.and_then(|node| {
        let mut objects = machine.manifests.objects.iter();
        let is_it = |name: &str, kind: &str| kind == "Node" && *name == *node.name;
        let object = objects.find(|object| is_it(&object.reference.name, &object.reference.kind))?;
        object.node.child("status")?.child("nodeInfo")?.child("kernelVersion")?.text().map(|text| text.to_string())
    });
    let processor = match node.and_then(|node| node.labels.get(well_known::ARCH)).map(|arch| &**arch) {
        Some("amd64") => "x86_64",
        Some("arm64") => "aarch64",
        Some(other) => other,
        None => UNKNOWN,
    };
    let release = release.unwrap_or_else(|| UNKNOWN.to_owned());
    let parts = ["Linux", &*name, &release, UNKNOWN, processor, "GNU/Linux"];
    let asked: Vec<&str> = parts.into_iter().zip(query.parts).filter(|(_, is)| *is).map(|(part, _)| part).collect();
    Ok((CommandOutput::text(asked.join(" ") + "\n"), None))
}
