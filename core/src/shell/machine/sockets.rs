//! ss and netstat: who listens in a pod or on a node, as far as manifests say so.

use super::{MachineReport, ToolMachine, refused};
use crate::cluster::{Phase, Pod};
use crate::packet::Protocol;
use crate::shell::stream::CommandOutput;

pub(super) const SS: &[&str] = &[
    "-4",
    "-6",
    "-H",
    "-a",
    "-l",
    "-n",
    "-p",
    "-t",
    "-u",
    "--all",
    "--listening",
    "--no-header",
    "--numeric",
    "--processes",
    "--tcp",
    "--udp",
];
pub(super) const NETSTAT: &[&str] = &[
    "-4",
    "-6",
    "-a",
    "-l",
    "-n",
    "-p",
    "-t",
    "-u",
    "-W",
    "--all",
    "--listening",
    "--numeric",
    "--program",
    "--tcp",
    "--udp",
    "--wide",
];

const OF_POD: &str = "ports that the manifests declare; others may be open too, and connections aren't kept";
const OF_NODE: &str = "the kubelet, kube-proxy and pods of the node's network; other processes aren't known. Node ports are \
                       rules, not sockets";

/// A socket that listens.
struct ListeningSocket {
    protocol: Protocol,
    /// `0.0.0.0`
    address: &'static str,
    port: u16,
    program: String,
}

/// `ss -lntp`, `netstat -tulpn`
pub(super) fn list(machine: ToolMachine<'_>, tool: &str, args: &[String]) -> MachineReport {
    let known = if tool == "ss" { SS } else { NETSTAT };
    let mut letters: Vec<String> = Vec::new();
    for arg in args {
        let parts: Vec<String> = match arg.strip_prefix('-') {
            None => return Err(refused(tool, arg)),
            Some(long) if long.starts_with('-') => vec![arg.clone()],
            Some(short) => short.chars().map(|letter| format!("-{letter}")).collect(),
        };
        if let Some(unknown) = parts.iter().find(|part| !known.contains(&part.as_str())) {
            return Err(refused(tool, unknown));
        }
        letters.extend(parts);
    }
    let has = |short: &str, long: &str| letters.iter().any(|letter| letter == short || letter == long);
    if !has("-l", "--listening") && !has("-a", "--all") {
        return Err(refused(tool, "connections: `-l`, who listens, is; a list of all of them"));
    }
    let both = has("-t", "--tcp") == has("-u", "--udp");
    let wanted = |protocol: Protocol| match protocol {
        Protocol::Tcp => both || has("-t", "--tcp"),
        Protocol::Udp => both || has("-u", "--udp"),
        Protocol::Sctp | Protocol::Icmp => false,
    };
    let sockets = sockets(machine);
    let sockets = sockets.iter().filter(|socket| wanted(socket.protocol));
    let programs = has("-p", "--processes") || has("-p", "--program");
    let text =
        if tool == "ss" { ss(sockets, both, programs, has("-H", "--no-header")) } else { netstat(sockets, programs) };
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

fn ss<'s>(
    sockets: impl Iterator<Item = &'s ListeningSocket>,
    with_protocol: bool,
    programs: bool,
    without_head: bool,
) -> String {
    let protocol = |text: &str| if with_protocol { format!("{text:<6}") } else { String::new() };
    let process = if programs { "Process" } else { "" };
    let head =
        format!("{}State   Recv-Q  Send-Q   Local Address:Port    Peer Address:Port  {process}\n", protocol("Netid"));
    let rows = sockets.map(|socket| {
        let (name, state) = if socket.protocol == Protocol::Udp { ("udp", "UNCONN") } else { ("tcp", "LISTEN") };
        let own = format!("{:>15}:{:<8}", socket.address, socket.port);
        let used = if programs { format!("users:((\"{}\"))", socket.program) } else { String::new() };
        format!("{}{state:<8}{:<8}{:<8}{own}{:>12}:*     {used}\n", protocol(name), 0, 4096, "*")
    });
    let rows: String = rows.collect();
    if without_head { rows } else { head + &rows }
}

fn netstat<'s>(sockets: impl Iterator<Item = &'s ListeningSocket>, programs: bool) -> String {
    let program = if programs { "PID/Program name    " } else { "" };
    let head = format!(
        "Active Internet connections (only servers)\nProto Recv-Q Send-Q Local Address           Foreign Address         State       {program}\n"
    );
    let rows = sockets.map(|socket| {
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
