//! Tools that look at the network of the machine on which they run: its addresses, routes and sockets, and the rules that
//! kube-proxy has written there.

use super::stream::CommandOutput;
use super::{CommandScope, ShellRunner};
use crate::cluster::{Node, Pod};
use crate::console::option::{OptionStyle, OptionTable, ToolOption};
use crate::manifest::Manifests;
use crate::terminal::UsageError;
use crate::walk::{DataPlane, PacketOrigin};

mod iptables;
mod ipvsadm;
mod nft;
mod routes;
mod addresses;
mod sockets;
mod processes;
mod system;

/// A tool that looks at the machine: its options, and what it prints.
pub struct MachineTool {
    /// As it is called.
    pub name: &'static str,
    /// The options that are understood, as one types them.
    pub options: fn() -> Vec<&'static str>,
    look: fn(ToolMachine<'_>, &str, &[String]) -> MachineReport,
}

pub const TOOLS: [MachineTool; 13] = [
    MachineTool { name: "ifconfig", options: || addresses::IFCONFIG.listed(), look: addresses::ifconfig },
    MachineTool { name: "ip", options: || addresses::IP.listed(), look: addresses::ip },
    MachineTool { name: "ip6tables", options: || iptables::LIST.listed(), look: iptables::list },
    MachineTool { name: "ip6tables-save", options: || iptables::SAVE.listed(), look: iptables::save },
    MachineTool { name: "iptables", options: || iptables::LIST.listed(), look: iptables::list },
    MachineTool { name: "iptables-save", options: || iptables::SAVE.listed(), look: iptables::save },
    MachineTool { name: "ipvsadm", options: || ipvsadm::IPVSADM.listed(), look: ipvsadm::list },
    MachineTool { name: "netstat", options: || sockets::NETSTAT.listed(), look: sockets::netstat },
    MachineTool { name: "nft", options: || nft::NFT.listed(), look: nft::list },
    MachineTool { name: "ps", options: || processes::PS.listed(), look: processes::ps },
    MachineTool { name: "route", options: || routes::ROUTE.listed(), look: routes::route },
    MachineTool { name: "ss", options: || sockets::SS.listed(), look: sockets::ss },
    MachineTool { name: "uname", options: || system::UNAME.listed(), look: system::uname },
];

/// What isn't known of addresses and routes.
const PLUGIN_NOTE: &str = "names and numbers of interfaces, hardware addresses and prefix lengths are the network \
                               plugin's: shown as with a bridge on each node";

/// Where a tool runs.
#[derive(Clone, Copy)]
struct ToolMachine<'c> {
    /// What was pasted, for what only a status tells.
    manifests: &'c Manifests,
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
        let look = TOOLS.iter().find(|tool| tool.name == name)?.look;
        let (manifests, plane) = (self.cluster.manifests(), self.cluster.plane());
        let looked = match plane.sender(&scope.client).map(|sender| sender.origin) {
            Err(error) => Err(UsageError::new(1, error.0)),
            Ok(PacketOrigin::Outside) => {
                let how = "run it on a node (`ssh NODE COMMAND`) or in a pod (`kubectl exec POD -- COMMAND`)";
                Err(UsageError::new(1, format!("{name}: nothing is known of the machine outside: {how}")))
            }
            Ok(PacketOrigin::Node(node)) => {
                look(ToolMachine { manifests, plane, node: Some(node), pod: None }, name, args)
            }
            Ok(PacketOrigin::Pod(pod)) if pod.spec.host_network => {
                let node = PacketOrigin::Pod(pod).node(&plane.cluster);
                look(ToolMachine { manifests, plane, node, pod: None }, name, args)
            }
            Ok(PacketOrigin::Pod(pod)) => {
                look(ToolMachine { manifests, plane, node: None, pod: Some(pod) }, name, args)
            }
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

/// A tool's table of options, whose refusal [`read_options`] begins with the tool's name.
const fn option_table<T>(style: OptionStyle, options: &'static [ToolOption<T>]) -> OptionTable<T> {
    let refuse = |_, shown: &str| UsageError::new(2, format!("{shown} isn't understood here"));
    OptionTable { options, style, refuse }
}

/// Reads a tool's options; what else stands there comes back.
fn read_options<T: Default>(
    table: &OptionTable<T>,
    tool: &str,
    args: &[String],
) -> Result<(T, Vec<String>), UsageError> {
    let mut state = T::default();
    let words = table.read(args, &mut state).map_err(|error| error.named(tool))?;
    Ok((state, words))
}
