//! traceroute and tracepath: whether a packet arrives, and in how many lines that is told. Which routers stand between is the
//! network plugin's, how long it takes nobody knows: both are left out.

use super::stream::CommandOutput;
use super::{CommandScope, ShellRunner};
use crate::console::addresses;
use crate::console::option::{OptionFault, OptionStyle, OptionTable, ToolOption};
use crate::request::{AddressFamily, Ask, ClientLibc, Request, RequestHost};
use crate::terminal::UsageError;
use crate::trace::Outcome;

/// What the options ask for.
struct TracePlan {
    family: AddressFamily,
    hops: usize,
    /// -T: to a port instead of by datagrams that nobody takes.
    by_tcp: bool,
    port: u16,
    by_echo: bool,
}

/// The options that are understood.
const OPTIONS: OptionTable<TracePlan> = OptionTable {
    options: &[
        ToolOption::switch("-4", |plan| plan.family = AddressFamily::Ipv4),
        ToolOption::switch("-6", |plan| plan.family = AddressFamily::Ipv6),
        ToolOption::switch("-I", |plan| plan.by_echo = true),
        ToolOption::switch("-T", |plan| plan.by_tcp = true),
        ToolOption::checked("-p", |plan, shown, text| {
            plan.port = text.parse().map_err(|_| UsageError::new(2, format!("{shown} takes a port")))?;
            Ok(())
        }),
        ToolOption::checked("-m", |plan, shown, text| {
            let hops = text.parse().ok().filter(|hops| (1..=255).contains(hops));
            plan.hops = hops.ok_or_else(|| UsageError::new(2, format!("{shown} takes a number up to 255")))?;
            Ok(())
        }),
        ToolOption::ignored("-n -b -d -F"),
        ToolOption::ignored_value("-q -w -f -l -s -i"),
    ],
    style: OptionStyle::Gnu,
    refuse: |_: OptionFault, shown| UsageError::new(2, format!("option {shown} isn't understood here")),
};

/// For the list of what is modelled.
pub fn listed_options() -> Vec<&'static str> {
    OPTIONS.listed()
}

impl ShellRunner<'_> {
    pub(super) fn trace_route(&mut self, scope: &CommandScope, name: &str, args: &[String]) -> CommandOutput {
        // 1. Options and host.
        let mut plan = TracePlan { family: AddressFamily::Any, hops: 30, by_tcp: false, port: 80, by_echo: false };
        let words = OPTIONS.read(args, &mut plan).map_err(|error| error.named(name));
        let plane = self.cluster.plane();
        let host = words.and_then(|words| match words.first() {
            Some(host) => addresses::replace(plane, host),
            None => Err(UsageError::new(2, format!("{name}: which host?"))),
        });
        let sender = plane.sender(&scope.client).map_err(|error| UsageError::new(1, error.0));
        let (host, sender) = match (host, sender) {
            (Ok(host), Ok(sender)) => (host, sender),
            (Err(error), _) | (_, Err(error)) => return self.refuse(error),
        };
        // 2. The packet that is sent, and what comes of it.
        let typed = RequestHost::new(&host);
        let ask = if plan.by_tcp {
            let protocol = crate::packet::Protocol::Tcp;
            Ask::Connect { protocol, host: typed, family: plan.family, port: plan.port }
        } else {
            Ask::Ping { host: typed, family: plan.family }
        };
        let libc = scope.libc.unwrap_or_else(|| sender.libc());
        let resolution = plane.resolve(&sender, &Request { from: scope.client.clone(), ask, libc });
        let (outcome, address) = (resolution.outcome(), resolution.first_address());
        self.resolution = Some(resolution);
        // 3. No address.
        if outcome == Some(Outcome::Unresolved) {
            return CommandOutput::failure(if name == "tracepath" { 1 } else { 2 }, unresolved(name, &host, libc));
        }
        // 4. The head.
        let address = address.map(|address| address.to_string()).unwrap_or_default();
        let is_path = name == "tracepath";
        let bytes = if libc == ClientLibc::Busybox { 46 } else { 60 };
        let head = if is_path {
            " 1?: [LOCALHOST]                      pmtu 1500\n".to_owned()
        } else {
            format!("traceroute to {host} ({address}), {} hops max, {bytes} byte packets\n", plan.hops)
        };
        // 5. The hops, as far as anything is known of them.
        match outcome {
            Some(Outcome::Delivered | Outcome::Responded) => {
                self.note(format!(
                    "{name}: the packet arrives at {address}; which routers it passes is the network plugin's"
                ));
                CommandOutput { has_unknown: true, ..CommandOutput::text(head) }
            }
            Some(Outcome::Refused | Outcome::Dropped | Outcome::Unroutable) => {
                self.note(format!(
                    "{name}: the packet doesn't arrive; routers before that would answer aren't told here"
                ));
                let silence = if is_path { ":  no reply" } else { "  * * *" };
                let lines = (1..=plan.hops).map(|hop| format!("{hop:2}{silence}\n"));
                let end = if is_path {
                    "     Too many hops: pmtu 1500\n     Resume: pmtu 1500 \n".to_owned()
                } else {
                    String::new()
                };
                CommandOutput::text(head + &lines.collect::<String>() + &end)
            }
            _ => CommandOutput { has_unknown: true, ..CommandOutput::text(head) },
        }
    }
}

fn unresolved(name: &str, host: &str, libc: ClientLibc) -> String {
    match (name, libc) {
        (_, ClientLibc::Busybox | ClientLibc::Musl) => format!("traceroute: bad address '{host}'"),
        ("tracepath", _) => format!("tracepath: {host}: Name or service not known"),
        _ => format!(
            "{host}: Name or service not known\nCannot handle \"host\" cmdline arg `{host}' on position 1 (argc 1)"
        ),
    }
}
