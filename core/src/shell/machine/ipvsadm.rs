//! ipvsadm -L: the kernel's virtual servers on a node.

use super::{MachineReport, ToolMachine, option_table, read_options, refused};
use crate::cluster::KubeProxyMode;
use crate::console::option::{OptionStyle, OptionTable, ToolOption};
use crate::service::ruleset::NodeView;
use crate::service::ruleset::ipvs::{self, VirtualServer};
use crate::shell::stream::CommandOutput;

const NOTE: &str = "connections aren't counted here";
const OTHER_MODE: &str = "kube-proxy doesn't run in mode ipvs here, so that there are no virtual servers";

pub(super) const IPVSADM: OptionTable<()> =
    option_table(OptionStyle::Gnu, &[ToolOption::ignored("-L -l --list"), ToolOption::ignored("-n --numeric")]);

/// `ipvsadm -Ln`
pub(super) fn list(machine: ToolMachine<'_>, tool: &str, args: &[String]) -> MachineReport {
    let ((), words) = read_options(&IPVSADM, tool, args)?;
    if let Some(other) = words.first() {
        return Err(refused(tool, other));
    }
    let proxy = &machine.plane.kube_proxy;
    let is_ipvs = proxy.mode() == KubeProxyMode::Ipvs;
    let servers: Vec<VirtualServer> = match machine.node.filter(|_| is_ipvs) {
        Some(node) => [false, true]
            .into_iter()
            .flat_map(|ipv6| ipvs::servers(NodeView { proxy, cluster: &machine.plane.cluster, node, ipv6 }))
            .collect(),
        None => Vec::new(),
    };
    let head = "IP Virtual Server version 1.2.1 (size=4096)\nProt LocalAddress:Port Scheduler Flags\n  \
                -> RemoteAddress:Port           Forward Weight ActiveConn InActConn\n";
    let rows: String = servers.iter().map(rows).collect();
    Ok((CommandOutput::text(format!("{head}{rows}")), Some(if is_ipvs { NOTE } else { OTHER_MODE })))
}

fn rows(server: &VirtualServer) -> String {
    let persistent = server.persistent.map(|seconds| format!(" persistent {seconds}")).unwrap_or_default();
    let own = format!("{:<4} {} {}{persistent}\n", server.protocol.to_string(), server.address, server.scheduler);
    let endpoints =
        server.endpoints.iter().map(|endpoint| format!("  -> {endpoint:<28} Masq    1      0          0         \n"));
    own + &endpoints.collect::<String>()
}
