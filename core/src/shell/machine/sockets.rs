//! ss and netstat: who listens in a pod or on a node, as far as manifests say so.

use super::{MachineReport, ToolMachine, option_table, read_options, refused};
use crate::cluster::{Phase, Pod};
use crate::console::option::{OptionStyle, OptionTable, ToolOption};
use crate::packet::Protocol;
use crate::shell::stream::CommandOutput;
use crate::terminal::UsageError;

/// What is asked for.
#[derive(Default)]
pub(super) struct SocketQuery {
    listening: bool,
    all: bool,
    tcp: bool,
    udp: bool,
    programs: bool,
    without_head: bool,
}

const LISTENING: ToolOption<SocketQuery> = ToolOption::switch("-l --listening", |query| query.listening = true);
const ALL: ToolOption<SocketQuery> = ToolOption::switch("-a --all", |query| query.all = true);
const TCP: ToolOption<SocketQuery> = ToolOption::switch("-t --tcp", |query| query.tcp = true);
const UDP: ToolOption<SocketQuery> = ToolOption::switch("-u --udp", |query| query.udp = true);
const PLAIN: ToolOption<SocketQuery> = ToolOption::ignored("-4 -6 -n --numeric");

pub(super) const SS: OptionTable<SocketQuery> = option_table(
    OptionStyle::Gnu,
    &[
        LISTENING,
        ALL,
        TCP,
        UDP,
        PLAIN,
        ToolOption::switch("-p --processes", |query| query.programs = true),
        ToolOption::switch("-H --no-header", |query| query.without_head = true),
    ],
);

pub(super) const NETSTAT: OptionTable<SocketQuery> = option_table(
    OptionStyle::Gnu,
    &[
        LISTENING,
        ALL,
        TCP,
        UDP,
        PLAIN,
        ToolOption::switch("-p --program", |query| query.programs = true),
        ToolOption::ignored("-W --wide"),
    ],
);

const OF_POD: &str = "ports that the manifests declare; others may be open too, and connections aren't kept";
const OF_NODE: &str = "the kubelet, kube-proxy and pods of the node's network; other processes aren't known. Node ports are \
                       rules, not sockets";

struct ListeningSocket {
    protocol: Protocol,
    /// `0.0.0.0`
    address: &'static str,
    port: u16,
    program: String,
}

/// `ss -lntp`
pub(super) fn ss(machine: ToolMachine<'_>, tool: &str, args: &[String]) -> MachineReport {
    let query = query(&SS, tool, args)?;
    listed(machine, &query, |sockets| as_ss(sockets, query.tcp == query.udp, query.programs, query.without_head))
}

/// `netstat -tulpn`
pub(super) fn netstat(machine: ToolMachine<'_>, tool: &str, args: &[String]) -> MachineReport {
    let query = query(&NETSTAT, tool, args)?;
    listed(machine, &query, |sockets| as_netstat(sockets, query.programs))
}

fn query(table: &OptionTable<SocketQuery>, tool: &str, args: &[String]) -> Result<SocketQuery, UsageError> {
    let (query, words) = read_options(table, tool, args)?;
    if let Some(word) = words.first() {
        return Err(refused(tool, word));
    }
    if !query.listening && !query.all {
        return Err(refused(tool, "connections: `-l`, who listens, is; a list of all of them"));
    }
    Ok(query)
}

fn listed(
    machine: ToolMachine<'_>,
    query: &SocketQuery,
    print: impl Fn(&[&ListeningSocket]) -> String,
) -> MachineReport {
    let both = query.tcp == query.udp;
    let sockets = sockets(machine);
    let wanted = sockets.iter().filter(|socket| match socket.protocol {
        Protocol::Tcp => both || query.tcp,
        Protocol::Udp => both || query.udp,
        Protocol::Sctp | Protocol::Icmp => false,
    });
    let text = print(&wanted.collect::<Vec<_>>());
    Ok((CommandOutput::text(text), Some(if machine.node.is_some() { OF_NODE } else { OF_POD })))
}

fn sockets(machine: ToolMachine<'_>) -> Vec<ListeningSocket> {
    let mut all: Vec<ListeningSocket> = Vec::new();
    if let Some(pod) = machine.pod {
        all.extend(declared(pod));
    }
    if let Some(node) = machine.node {
        let agents = [
            ("127.0.0.1", 10248, "kubelet"),
            ("*", 10250, "kubelet"),
            ("127.0.0.1", 10249, "kube-proxy"),
            ("*", 10256, "kube-proxy"),
        ];
        all.extend(agents.map(|(address, port, program)| ListeningSocket {
            protocol: Protocol::Tcp,
            address,
            port,
            program: program.to_owned(),
        }));
        let pods = node.addresses.iter().flat_map(|address| machine.plane.cluster.pods_at(*address));
        let pods = pods.filter(|pod| pod.spec.host_network && pod.phase == Phase::Running);
        all.extend(pods.flat_map(declared));
    }
    crate::order::Order::order_by_key(&mut all[..], |socket| (socket.protocol, socket.port));
    all
}

/// The ports that a pod's containers declare.
fn declared(pod: &Pod) -> Vec<ListeningSocket> {
    let containers = pod.spec.containers.iter();
    let ports = containers.flat_map(|container| container.ports.iter().map(move |port| (container, port)));
    let sockets = ports.filter_map(|(container, port)| {
        let protocol = Protocol::of_field(port.protocol.as_deref())?;
        let number = u16::try_from(port.container_port).ok()?;
        Some(ListeningSocket { protocol, address: "0.0.0.0", port: number, program: container.name.to_string() })
    });
    sockets.collect()
}

fn as_ss(sockets: &[&ListeningSocket], with_protocol: bool, programs: bool, without_head: bool) -> String {
    let protocol = |text: &str| if with_protocol { format!("{text:<6}") } else { String::new() };
    let process = if programs { "Process" } else { "" };
    let head =
        format!("{}State   Recv-Q  Send-Q   Local Address:Port    Peer Address:Port  {process}\n", protocol("Netid"));
    let rows = sockets.iter().map(|socket| {
        let (name, state) = if socket.protocol == Protocol::Udp { ("udp", "UNCONN") } else { ("tcp", "LISTEN") };
        let own = format!("{:>15}:{:<8}", socket.address, socket.port);
        let used = if programs { format!("users:((\"{}\"))", socket.program) } else { String::new() };
        format!("{}{state:<8}{:<8}{:<8}{own}{:>12}:*     {used}\n", protocol(name), 0, 4096, "*")
    });
    let rows: String = rows.collect();
    if without_head { rows } else { head + &rows }
}

fn as_netstat(sockets: &[&ListeningSocket], programs: bool) -> String {
    let program = if programs { "PID/Program name    " } else { "" };
    let head = format!(
        "Active Internet connections (only servers)\nProto Recv-Q Send-Q Local Address           Foreign Address         State       {program}\n"
    );
    let rows = sockets.iter().map(|socket| {
        let suffix = if socket.address == "*" { "6" } else { " " };
        let any = if socket.address == "*" { ":::".to_owned() } else { format!("{}:", socket.address) };
        let (name, state) = if socket.protocol == Protocol::Udp { ("udp", "") } else { ("tcp", "LISTEN") };
        let own = format!("{any}{}", socket.port);
        let peer = if socket.address == "*" { ":::*" } else { "0.0.0.0:*" };
        let used = if programs { format!("-/{}", socket.program) } else { String::new() };
        format!("{name}{suffix}       0      0 {own:<23} {peer:<23} {state:<11} {used}\n")
    });
    head + &rows.collect::<String>()
}
