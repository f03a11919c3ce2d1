//! CoreDNS' forward plugin: questions that go on to resolvers outside (plugin/forward).

use std::net::IpAddr;

use crate::packet::{DnsName, Question, Rcode};
use crate::trace::{DnsRule, Gap};

use super::corefile::{CorefileError, Directive};
use super::name::{longest_zone, zones_of};
use super::server::{Context, Plugin, Reply, cause};
use super::{Dns, outside};

/// One `forward` line.
#[derive(Clone, Debug, PartialEq)]
pub struct Forward {
    /// The zone it is for.
    pub from: DnsName,
    /// To whom, in order.
    pub to: Vec<Target>,
    /// Names it leaves alone.
    pub except: Vec<DnsName>,
}

/// To whom questions go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The name servers of CoreDNS' own /etc/resolv.conf, which is its node's (dnsPolicy Default).
    ResolvConf,
    /// An address.
    Address(IpAddr),
}

/// Reads a `forward` line (setup.go parseStanza).
pub fn read(directive: &Directive) -> Result<Forward, CorefileError> {
    let [from, targets @ ..] = directive.args.as_slice() else {
        return Err(directive.head().argument_error());
    };
    if targets.is_empty() {
        return Err(directive.head().argument_error());
    }
    let to = targets.iter().map(|target| read_target(target)).collect::<Result<_, _>>()?;
    let mut except = Vec::new();
    for property in &directive.block {
        match property.name.as_str() {
            "except" => except.extend(property.some()?.iter().flat_map(|zone| zones_of(zone))),
            "force_tcp" | "prefer_udp" | "next_on_nodata" | "failfast_all_unhealthy_upstreams" => {
                property.exactly::<0>()?;
            }
            "max_fails"
            | "tls"
            | "tls_servername"
            | "expire"
            | "max_idle_conns"
            | "policy"
            | "health_check"
            | "max_concurrent"
            | "next"
            | "failover"
            | "max_age"
            | "max_connect_attempts"
            | "source"
            | "doh" => {}
            unknown => return Err(CorefileError::at(property.line, format!("unknown property '{unknown}'"))),
        }
    }
    let from = zones_of(from).into_iter().next().unwrap_or_default();
    Ok(Forward { from, to, except })
}

/// An address with or without port and scheme, or a file, of which only /etc/resolv.conf can be known
/// (parse.HostPortOrFile).
fn read_target(text: &str) -> Result<Target, CorefileError> {
    let bare = text.strip_prefix("dns://").or_else(|| text.strip_prefix("tls://")).unwrap_or(text);
    let address = bare.parse::<IpAddr>().ok();
    let socket = bare.parse::<std::net::SocketAddr>().map(|socket| socket.ip()).ok();
    match (address.or(socket), text) {
        (Some(address), _) => Ok(Target::Address(address)),
        (None, "/etc/resolv.conf") => Ok(Target::ResolvConf),
        (None, _) => {
            let message = format!("not an IP address or file: \"{text}\"");
            Err(CorefileError { plugin: None, line: None, message })
        }
    }
}

/// The first line whose zone holds the name and that doesn't except it (forward.go match).
pub(super) fn serve(lines: &[Forward], context: &Context<'_>, rest: &[Plugin], question: &Question) -> Reply {
    let takes = |line: &&Forward| {
        question.name.within(&line.from).is_some() && longest_zone(&line.except, &question.name).is_none()
    };
    match lines.iter().find(takes) {
        Some(line) => line.ask(context, question),
        None => context.next(rest, question),
    }
}

/// The name servers of the answering pod's /etc/resolv.conf: kubeadm's has dnsPolicy Default, and so its node's.
fn own_name_servers(context: &Context<'_>) -> Vec<IpAddr> {
    let mut pods = context.local.iter().flat_map(|address| context.cluster.pods_at(*address));
    match pods.find(|pod| Dns::is_server(pod)) {
        Some(pod) => super::resolv_conf::of_pod(context.cluster, pod).nameservers,
        None => super::resolv_conf::of_node(context.cluster).nameservers,
    }
}

impl Forward {
    /// Servers are tried until one answers, whatever it answers; silence of all is SERVFAIL (forward.go ServeDNS). The
    /// first in order stands for the random choice.
    fn ask(&self, context: &Context<'_>, question: &Question) -> Reply {
        let servers = self.to.iter().flat_map(|target| match target {
            Target::Address(address) => vec![*address],
            Target::ResolvConf => own_name_servers(context),
        });
        for server in servers {
            if loops(context, server) {
                return Reply::unknown(Gap::CoreDnsPlugin(format!("forward to itself ({server})")));
            }
            if let Some(reply) = outside::ask(context.cluster, &context.dns.published, server, question) {
                return forwarded(reply);
            }
        }
        forwarded(Reply::code(Rcode::ServFail, DnsRule::ForwardSilent))
    }
}

fn forwarded(mut reply: Reply) -> Reply {
    reply.because.push(cause(DnsRule::Forwarded));
    reply
}

/// Whether a question would come back: the loop plugin then stops CoreDNS, and without it the question goes round until
/// somebody gives up.
fn loops(context: &Context<'_>, server: IpAddr) -> bool {
    context.cluster.settings.cluster_dns.contains(&server) || context.local.contains(&server) || server.is_loopback()
}
