//! Tools that look at the network of the machine on which they run: its addresses, routes and sockets, and the rules that
//! kube-proxy has written there.

use super::stream::CommandOutput;
use super::{CommandScope, ShellRunner};
use crate::cluster::{Node, Pod};
use crate::terminal::UsageError;
use crate::walk::{DataPlane, PacketOrigin};

mod iptables;
mod ipvsadm;
mod nft;
mod routes;
mod addresses;
mod sockets;

/// The tools with the options that they understand.
pub const TOOLS: &[(&str, &[&str])] = &[
    ("ifconfig", &["-a"]),
    ("ip", &["-4", "-6", "-br", "-brief", "-c", "-color", "-d", "-o"]),
    ("ip6tables", iptables::OPTIONS),
    ("ip6tables-save", &["-t", "--table"]),
    ("iptables", iptables::OPTIONS),
    ("iptables-save", &["-t", "--table"]),
    ("ipvsadm", &["-L", "-l", "-n", "--list", "--numeric"]),
    ("netstat", sockets::NETSTAT),
    ("nft", &["-n", "-s", "-t", "--numeric", "--stateless", "--terse"]),
    ("route", &["-n"]),
    ("ss", sockets::SS),
];

/// What isn't known of addresses and routes.
const PLUGIN_NOTE: &str = "names and numbers of interfaces, hardware addresses and prefix lengths are the network \
                               plugin's: shown as with a bridge on each node";

/// Where a tool runs.
#[derive(Clone, Copy)]
struct ToolMachine<'c> {
    plane: &'c DataPlane,
    /// The node whose network it is; None for a pod with one of its own.
    node: Option<&'c Node>,
    /// The pod with a network of its own.
    pod: Option<&'c Pod>,
}

/// What a tool prints, and what we have to say beside it.
type MachineReport = Result<(CommandOutput, Option<&'static str>), UsageError>;

impl ShellRunner<'_> {
    /// None for a command that isn't among them.
    pub(super) fn machine_tool(&mut self, scope: &CommandScope, name: &str, args: &[String]) -> Option<CommandOutput> {
        let look: fn(ToolMachine<'_>, &str, &[String]) -> MachineReport = match name {
            "iptables" | "ip6tables" => iptables::list,
            "iptables-save" | "ip6tables-save" => iptables::save,
            "nft" => nft::list,
            "ipvsadm" => ipvsadm::list,
            "ip" => addresses::ip,
            "ifconfig" => addresses::ifconfig,
            "route" => routes::route,
            "ss" | "netstat" => sockets::list,
            _ => return None,
        };
        let plane = self.cluster.plane();
        let looked = match plane.sender(&scope.client).map(|sender| sender.origin) {
            Err(error) => Err(UsageError::new(1, error.0)),
            Ok(PacketOrigin::Outside) => {
                let how = "run it on a node (`ssh NODE COMMAND`) or in a pod (`kubectl exec POD -- COMMAND`)";
                Err(UsageError::new(1, format!("{name}: nothing is known of the machine outside: {how}")))
            }
            Ok(PacketOrigin::Node(node)) => look(ToolMachine { plane, node: Some(node), pod: None }, name, args),
            Ok(PacketOrigin::Pod(pod)) if pod.spec.host_network => {
                let node = PacketOrigin::Pod(pod).node(&plane.cluster);
                look(ToolMachine { plane, node, pod: None }, name, args)
            }
            Ok(PacketOrigin::Pod(pod)) => look(ToolMachine { plane, node: None, pod: Some(pod) }, name, args),
        };
        Some(match looked {
            Ok((written, note)) => {
                if let Some(note) = note {
                    self.note(note.to_owned());
                }
                written
            }
            Err(error) => self.refuse(error),
        })
    }
}

/// An option that exists and isn't understood here, or whatever else a tool is asked for.
fn refused(tool: &str, what: &str) -> UsageError {
    UsageError::new(2, format!("{tool}: {what} isn't understood here"))
}
