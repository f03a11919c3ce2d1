//! nc: a connection, or a datagram that wants an answer (OpenBSD's netcat, with Ncat's --sctp).

use std::net::IpAddr;

use super::option::{OptionFault, OptionStyle, OptionTable, ToolOption};
use super::port_name::port_name;
use super::{Output, UsageError};
use crate::packet::{Protocol, socket_text};
use crate::request::{AddressFamily, Ask, ClientLibc, RequestHost};
use crate::trace::{Outcome, Resolution};

/// `nc -z -w 2 web 80`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NcCommand {
    host: String,
    port: u16,
    protocol: Protocol,
    family: AddressFamily,
    verbose: bool,
}

/// nc's options; Ncat's long ones.
pub const OPTIONS: OptionTable<NcCommand> = OptionTable {
    options: &[
        ToolOption::switch("-4", |nc| nc.family = AddressFamily::Ipv4),
        ToolOption::switch("-6", |nc| nc.family = AddressFamily::Ipv6),
        ToolOption::switch("-u --udp", |nc| nc.protocol = Protocol::Udp),
        ToolOption::switch("--sctp", |nc| nc.protocol = Protocol::Sctp),
        ToolOption::switch("-v --verbose", |nc| nc.verbose = true),
        // What is sent once the connection stands, and which side may close first.
        ToolOption::ignored("-z --zero -n -N -C -d -t --send-only --recv-only"),
        // Pauses, and -p: the port it sends from.
        ToolOption::checked("-w --wait -i -q -p", |_, shown, value| {
            // Ncat takes `2s` too.
            let number = value.strip_suffix('s').unwrap_or(&value).parse::<i32>();
            number.map(|_| ()).map_err(|_| no_number(shown))
        }),
    ],
    style: OptionStyle::Gnu,
    refuse: |fault, shown| match fault {
        OptionFault::NoValue => no_number(shown),
        OptionFault::Unknown | OptionFault::NotModelled => {
            UsageError::new(1, format!("nc: option {shown} isn't known here"))
        }
    },
};

fn no_number(option: &str) -> UsageError {
    UsageError::new(1, format!("nc: {option} takes a number"))
}

/// Reads the arguments behind `nc`.
pub fn parse_nc(args: &[String]) -> Result<NcCommand, UsageError> {
    let mut nc =
        NcCommand { host: String::new(), port: 0, protocol: Protocol::Tcp, family: AddressFamily::Any, verbose: false };
    let positional = OPTIONS.read(args, &mut nc)?;
    let [host, port] = positional.as_slice() else {
        return Err(UsageError::new(1, "usage: nc [-46CdNntuvz] [--sctp] [-w timeout] destination port"));
    };
    let port = port.parse().ok().filter(|port| *port > 0);
    nc.port = port.ok_or_else(|| UsageError::new(1, "nc: a port is a number from 1 to 65535"))?;
    nc.host = host.clone();
    if !RequestHost::new(host).is_of(nc.family) {
        let why = "Address family for hostname not supported";
        return Err(UsageError::of_tool(1, format!("nc: getaddrinfo for host \"{host}\" port {}: {why}", nc.port)));
    }
    Ok(nc)
}

impl NcCommand {
    pub fn ask(&self) -> Ask {
        Ask::Connect {
            protocol: self.protocol,
            host: RequestHost::new(&self.host),
            family: self.family,
            port: self.port,
        }
    }

    /// What it prints: OpenBSD's words, or BusyBox'.
    pub fn output(&self, resolution: &Resolution) -> Output {
        let busybox = matches!(resolution.request.libc, ClientLibc::Busybox | ClientLibc::Musl);
        let address = resolution.first_address();
        let (said, exit) = match resolution.outcome() {
            Some(Outcome::Delivered | Outcome::Responded | Outcome::External) => (self.success(address, busybox), 0),
            Some(Outcome::Unresolved) if busybox => {
                let stderr = format!("nc: bad address '{}'\n", self.host);
                return Output { stdout: Some(String::new()), stderr, exit: 1 };
            }
            Some(Outcome::Unresolved) => {
                let why = super::name_error(resolution);
                let Self { host, port, .. } = self;
                let message = format!("nc: getaddrinfo for host \"{host}\" port {port}: {why}\n");
                return Output { stdout: Some(String::new()), stderr: message, exit: 1 };
            }
            Some(Outcome::Refused) => (self.failure(address, busybox, "failed: Connection refused"), 1),
            Some(Outcome::Dropped) if busybox => (self.failure(address, busybox, "failed: Connection timed out"), 1),
            Some(Outcome::Dropped) => (self.failure(address, busybox, "timed out: Operation now in progress"), 1),
            Some(Outcome::Unroutable) => (self.failure(address, busybox, "failed: No route to host"), 1),
            Some(Outcome::TlsFailed | Outcome::Unknown) | None => return Output { stdout: None, ..Output::default() },
        };
        // BusyBox says without -v, too, why it failed.
        let speaks = self.verbose || (busybox && exit != 0);
        let stderr = if speaks { format!("{said}\n") } else { String::new() };
        Output { stdout: Some(String::new()), stderr, exit }
    }

    fn protocol_word(&self) -> &'static str {
        if self.protocol == Protocol::Udp { "udp" } else { "tcp" }
    }

    fn success(&self, address: Option<IpAddr>, busybox: bool) -> String {
        let Self { host, port, .. } = self;
        let socket = address.map(|address| socket_text(address, *port)).unwrap_or_default();
        if busybox {
            return format!("{host} ({socket}) open");
        }
        let of_name = address.filter(|address| *host != address.to_string()).map(|address| format!(" ({address})"));
        let service = port_name(*port).unwrap_or("*");
        let word = self.protocol_word();
        format!("Connection to {host}{} {port} port [{word}/{service}] succeeded!", of_name.unwrap_or_default())
    }

    fn failure(&self, address: Option<IpAddr>, busybox: bool, why: &str) -> String {
        let Self { host, port, .. } = self;
        let socket = address.map(|address| socket_text(address, *port)).unwrap_or_default();
        if busybox {
            return format!("nc: {host} ({socket}): {}", why.trim_start_matches("failed: "));
        }
        let of_name = address.filter(|address| *host != address.to_string()).map(|address| format!(" ({address})"));
        format!("nc: connect to {host}{} port {port} ({}) {why}", of_name.unwrap_or_default(), self.protocol_word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<NcCommand, UsageError> {
        parse_nc(&line.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn letters_may_stand_together() {
        let nc = read("-uzv -w2 web 53").unwrap();
        assert_eq!((nc.protocol, nc.verbose, nc.port), (Protocol::Udp, true, 53));
        let nc = read("-4zvq1 web 80").unwrap();
        assert_eq!((nc.family, nc.port), (AddressFamily::Ipv4, 80));
        assert!(read("-6 -z 10.0.0.1 80").unwrap_err().message.ends_with("not supported"));
    }

    #[test]
    fn an_unknown_option_is_named() {
        assert!(read("-z -x web 80").unwrap_err().message.contains("-x"));
        assert!(read("--proxy web 80").unwrap_err().message.contains("--proxy"));
    }
}
