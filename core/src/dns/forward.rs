//! CoreDNS' forward plugin: questions that go on to resolvers outside (plugin/forward).

use crate::duration::SECOND;
use std::net::IpAddr;

use crate::cluster::Pod;
use crate::packet::{DnsName, Packet, Payload, Protocol, Question, Rcode};
use crate::trace::{Cause, CauseList, DnsRule, ModelGap};

use super::asker::DnsClient;
use super::context::{DnsPlugin, PluginChain, QueryContext};
use super::corefile::{CorefileError, Directive, PluginOption};
use super::name::{is_domain_name, longest_zone, zones_of};
use super::outside;
use super::pod::{is_dns_server, runs_coredns};
use super::reply::DnsReply;
use super::route::{PacketRoute, RouteEnd};
use super::setup::{atoi, parse_uint, plain_duration};

/// One `forward` line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ForwardStanza {
    /// The zone it is for.
    pub from: DnsName,
    /// To whom, in order.
    pub to: Vec<ForwardTarget>,
    /// Names it leaves alone.
    pub except: Vec<DnsName>,
    /// `force_tcp`: asks over TCP however it was asked itself.
    pub tcp: bool,
    /// `prefer_udp`: over UDP first.
    pub udp: bool,
    /// `next`: response codes for which the next line is asked.
    pub next: Vec<Rcode>,
    /// `next_on_nodata`: the same for an answer without records.
    pub next_on_nodata: bool,
    /// `failover`: response codes for which the next server is asked.
    pub failover: Vec<Rcode>,
    /// `policy sequential`: the first server that answers is the one; else chance decides.
    pub sequential: bool,
}

/// To whom questions go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForwardTarget {
    /// The name servers of CoreDNS' own /etc/resolv.conf, which is its node's (dnsPolicy Default).
    ResolvConf,
    Server(UpstreamServer),
    /// A server by its name, which CoreDNS looks up when it starts.
    Name(String),
}

/// A server outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UpstreamServer {
    pub address: IpAddr,
    /// Its port: 53, with tls:// 853.
    pub port: u16,
    /// Whether it speaks TLS, which is TCP.
    pub tls: bool,
}

/// The name in a target, without its port (parseAsHostEntry).
fn host_name(bare: &str, text: &str) -> Result<String, CorefileError> {
    let host = match bare.rsplit_once(':') {
        Some((host, port)) if port.chars().all(|digit| digit.is_ascii_digit()) => host,
        _ => bare,
    };
    let wrong = || CorefileError::plain(format!("not an IP address, file, or valid domain: \"{text}\""));
    if is_domain_name(host) { Ok(host.to_owned()) } else { Err(wrong()) }
}

/// The ports of DNS and of DNS over TLS.
const PORT: u16 = 53;
const TLS_PORT: u16 = 853;

/// The most upstreams of a line.
const UPSTREAMS: usize = 15;

/// Reads a `forward` line (setup.go parseStanza).
pub fn read(directive: &Directive) -> Result<ForwardStanza, CorefileError> {
    // 1. The zone and the servers; the block is read before the servers are looked at.
    let [from, targets @ ..] = directive.args.as_slice() else {
        return Err(directive.head().argument_error());
    };
    if targets.is_empty() {
        return Err(directive.head().argument_error());
    }
    let from = zones_of(from).into_iter().next().unwrap_or_default();
    let mut forward = ForwardStanza { from, ..ForwardStanza::default() };
    let (mut expire, mut max_age) = (10 * SECOND, 0);
    for property in &directive.block {
        match property.name.as_str() {
            "except" => forward.except.extend(property.some()?.iter().flat_map(|zone| zones_of(zone))),
            "force_tcp" => forward.tcp = property.exactly::<0>().map(|_| true)?,
            "prefer_udp" => forward.udp = property.exactly::<0>().map(|_| true)?,
            "next" => forward.next.extend(codes(property)?),
            "failover" => forward.failover.extend(failover(property)?),
            "policy" => forward.sequential = is_sequential(property)?,
            "next_on_nodata" => forward.next_on_nodata = property.exactly::<0>().map(|_| true)?,
            "expire" => expire = not_negative(property)?,
            "max_age" => max_age = not_negative(property)?,
            _ => without_effect(property)?,
        }
    }
    if max_age > 0 && max_age < expire {
        let seconds = |nanoseconds: i128| format!("{}s", nanoseconds / SECOND);
        let (age, expire) = (seconds(max_age), seconds(expire));
        return Err(CorefileError::plain(format!("max_age ({age}) must not be less than expire ({expire})")));
    }
    // 2. The servers, each once.
    for target in targets {
        let target = read_target(target)?;
        if !forward.to.contains(&target) {
            forward.to.push(target);
        }
    }
    if forward.to.len() > UPSTREAMS {
        let message = format!("more than {UPSTREAMS} TOs configured: {}", forward.to.len());
        return Err(CorefileError::at(directive.end.0, message));
    }
    Ok(forward)
}

/// What changes how servers are asked, not what they answer.
fn without_effect(property: &PluginOption) -> Result<(), CorefileError> {
    let error = |message: String| CorefileError::at(property.line, message);
    let first = || property.some().map(|args| args.first().map(String::as_str).unwrap_or_default());
    let plain = |message: String| Err(CorefileError::plain(message));
    match property.name.as_str() {
        "failfast_all_unhealthy_upstreams" => property.exactly::<0>().map(|_| ()),
        "max_fails" | "max_connect_attempts" => parse_uint(first()?, i64::from(u32::MAX)).map(|_| ()),
        "max_idle_conns" | "max_concurrent" => match atoi(first()?)? {
            number if number < 0 => plain(format!("{} can't be negative: {number}", property.name)),
            _ => Ok(()),
        },
        "health_check" => health_check(property),
        "read_timeout" => match plain_duration(first()?)? {
            time if time <= 0 => plain(format!("read_timeout must be positive: {}", first()?)),
            _ => Ok(()),
        },
        "tls" if property.args.len() > 3 => Err(property.argument_error()),
        "tls" => Ok(()),
        "tls_servername" => first().map(|_| ()),
        "doh_method" if matches!(first()?, "POST" | "GET") => Ok(()),
        "doh_method" => plain("doh_method must be either POST or GET".to_owned()),
        "resolver" => property.some()?.iter().try_for_each(|text| {
            let is_server = text.parse::<IpAddr>().is_ok() || text.parse::<std::net::SocketAddr>().is_ok();
            if is_server { Ok(()) } else { plain(format!("resolver must be an IP address or IP:port: {text:?}")) }
        }),
        "source_address" if first()?.parse::<IpAddr>().is_ok() => Ok(()),
        "source_address" => Err(error(format!("invalid IP address: {}", first()?))),
        unknown => Err(error(format!("unknown property '{unknown}'"))),
    }
}

/// `policy random|round_robin|sequential`
fn is_sequential(property: &PluginOption) -> Result<bool, CorefileError> {
    match property.some()?.first().map(String::as_str).unwrap_or_default() {
        "sequential" => Ok(true),
        "random" | "round_robin" => Ok(false),
        other => Err(CorefileError::at(property.line, format!("unknown policy '{other}'"))),
    }
}

/// `health_check DURATION [no_rec] [domain NAME]`
fn health_check(property: &PluginOption) -> Result<(), CorefileError> {
    let [time, options @ ..] = property.some()? else { return Err(property.argument_error()) };
    let nanoseconds = plain_duration(time)?;
    if nanoseconds < 0 {
        return Err(CorefileError::plain(format!("health_check can't be negative: {nanoseconds}")));
    }
    let mut options = options.iter();
    while let Some(option) = options.next() {
        match option.as_str() {
            "no_rec" => {}
            "domain" => {
                let Some(name) = options.next() else { return Err(property.argument_error()) };
                if !is_domain_name(name) {
                    return Err(CorefileError::plain(format!("health_check: invalid domain name {name}")));
                }
            }
            other => return Err(CorefileError::plain(format!("health_check: unknown option {other}"))),
        }
    }
    Ok(())
}

/// A duration of at least 0.
fn not_negative(property: &PluginOption) -> Result<i128, CorefileError> {
    let text = property.some()?.first().map(String::as_str).unwrap_or_default();
    match plain_duration(text)? {
        time if time < 0 => Err(CorefileError::plain(format!("{} can't be negative: {text}", property.name))),
        time => Ok(time),
    }
}

fn failover(property: &PluginOption) -> Result<Vec<Rcode>, CorefileError> {
    let codes = codes(property)?;
    if codes.contains(&Rcode::NoError) {
        Err(CorefileError::plain("NoError cannot be used in failover"))
    } else {
        Ok(codes)
    }
}

/// Response codes by name (setup.go, dns.StringToRcode).
fn codes(property: &PluginOption) -> Result<Vec<Rcode>, CorefileError> {
    let code = |name: &String| {
        let unknown = || CorefileError::plain(format!("{name} is not a valid rcode"));
        Rcode::from_text(&name.to_ascii_uppercase()).ok_or_else(unknown)
    };
    property.some()?.iter().map(code).collect()
}

/// An address with or without port and scheme, or a file, of which only /etc/resolv.conf can be known
/// (parse.HostPortOrFile).
fn read_target(text: &str) -> Result<ForwardTarget, CorefileError> {
    let tls = text.starts_with("tls://");
    let bare = text.strip_prefix("dns://").or_else(|| text.strip_prefix("tls://")).unwrap_or(text);
    let address = bare.parse::<IpAddr>().ok().map(|address| (address, if tls { TLS_PORT } else { PORT }));
    let socket = bare.parse::<std::net::SocketAddr>().map(|socket| (socket.ip(), socket.port())).ok();
    match (address.or(socket), text) {
        (Some((address, port)), _) => Ok(ForwardTarget::Server(UpstreamServer { address, port, tls })),
        (None, "/etc/resolv.conf") => Ok(ForwardTarget::ResolvConf),
        (None, _) if text.starts_with('/') => {
            Err(CorefileError::plain(format!("not an IP address or file: \"{text}\"")))
        }
        (None, _) => Ok(ForwardTarget::Name(host_name(bare, text)?)),
    }
}

/// All `forward` lines of a server block, in order.
#[derive(Clone, Debug)]
pub struct ForwardLines(pub Vec<ForwardStanza>);

impl DnsPlugin for ForwardLines {
    /// The first line whose zone holds the name and that doesn't except it (forward.go match). Only to another line does
    /// an answer make way.
    fn serve(&self, context: &QueryContext<'_>, rest: PluginChain<'_>, question: &Question) -> DnsReply {
        let mut taking = self.0.iter().enumerate().filter(|(_, line)| line.takes(&question.name));
        let Some((mut place, line)) = taking.next() else { return context.next(rest, question) };
        let mut line = line;
        loop {
            let reply = line.ask(context, question);
            if !line.makes_way(&reply) || place + 1 == self.0.len() {
                return reply;
            }
            match taking.next() {
                Some((next, other)) => (place, line) = (next, other),
                None => return context.next(rest, question),
            }
        }
    }
}

/// The pod that answers.
fn own_pod<'c>(context: &QueryContext<'c>) -> Option<&'c Pod> {
    if let Some(cache) = context.cache {
        return Some(cache.pod);
    }
    let mut pods = context.local.iter().flat_map(|address| context.cluster.pods_at(*address));
    pods.find(|pod| is_dns_server(pod))
}

/// The name servers of the answering pod's /etc/resolv.conf: kubeadm's has dnsPolicy Default, and so its node's.
fn own_name_servers(context: &QueryContext<'_>) -> Vec<UpstreamServer> {
    let conf = match own_pod(context) {
        // What only stands in its place is taken to be set up as kubeadm sets it up.
        Some(pod) if runs_coredns(pod) => super::resolv_conf::of_pod(context.cluster, pod),
        _ => super::resolv_conf::of_node(context.cluster),
    };
    conf.nameservers.into_iter().map(|address| UpstreamServer { address, port: PORT, tls: false }).collect()
}

impl ForwardStanza {
    /// The zone's own name can't be excepted (isAllowedDomain).
    fn takes(&self, name: &DnsName) -> bool {
        name.within(&self.from).is_some() && (*name == self.from || longest_zone(&self.except, name).is_none())
    }

    /// Whether an answer is left to the next line (`next`, `next_on_nodata`).
    fn makes_way(&self, reply: &DnsReply) -> bool {
        let answer = &reply.answer;
        let empty = answer.rcode == Rcode::NoError && answer.answers.is_empty();
        let answered = reply.gap.is_none() && !reply.because.contains(&Cause::rule(DnsRule::ForwardSilent));
        answered && (self.next.contains(&answer.rcode) || self.next_on_nodata && empty)
    }

    /// Servers are tried until one answers, whatever it answers but for `failover`; silence of all is SERVFAIL (forward.go
    /// ServeDNS). Which comes first is chance, unless the policy is sequential (policy.go); those that don't answer are
    /// soon left out.
    fn ask(&self, context: &QueryContext<'_>, question: &Question) -> DnsReply {
        let named = self.to.iter().find_map(|target| match target {
            ForwardTarget::Name(name) => Some(name),
            _ => None,
        });
        if let Some(name) = named {
            return DnsReply::unknown(ModelGap::CoreDnsPlugin(format!("forward to the name {name}")));
        }
        // 1. What each server would say.
        let servers = self.to.iter().flat_map(|target| match target {
            ForwardTarget::Server(server) => vec![*server],
            ForwardTarget::ResolvConf => own_name_servers(context),
            ForwardTarget::Name(_) => Vec::new(),
        });
        let (mut answering, mut passed_over, mut silent) = (Vec::new(), None, Vec::new());
        for server in servers {
            match self.ask_server(context, server, question) {
                Ok(reply) if self.failover.contains(&reply.answer.rcode) => passed_over = Some(reply),
                Ok(reply) => answering.push(reply),
                Err(why) => silent.extend(why),
            }
        }
        // 2. The one that counts; where all say the same there is nothing to decide.
        let first = answering.first();
        let alike = self.sequential || answering.iter().all(|reply| Some(reply) == first);
        let taken = if alike { 0 } else { context.onward.route.choose(question, answering.len()) };
        if let Some(reply) = answering.into_iter().nth(taken).or(passed_over) {
            return forwarded(reply);
        }
        let mut failed = DnsReply::code(Rcode::ServFail, DnsRule::ForwardSilent);
        failed.because.extend(silent);
        forwarded(failed)
    }

    /// What one server says; why it is silent, if it is.
    fn ask_server(
        &self,
        context: &QueryContext<'_>,
        server: UpstreamServer,
        question: &Question,
    ) -> Result<DnsReply, Vec<Cause>> {
        if leads_to_itself(context, server) {
            return Ok(DnsReply::code(Rcode::ServFail, DnsRule::ForwardsToItself));
        }
        let PacketRoute { hops, end } = self.route(context, server, question);
        if let Some(reply) = core_dns_behind(context, &end, question) {
            return Ok(reply);
        }
        let is_reached = match end {
            RouteEnd::Outside | RouteEnd::Unknown(ModelGap::OutsideServer(_)) => true,
            RouteEnd::Pod { .. } if outside::names_upstream(context.cluster, server.address) => true,
            RouteEnd::Pod { .. } => return Ok(DnsReply::unknown(ModelGap::OutsideServer(server.address.to_string()))),
            RouteEnd::Unknown(gap) => return Ok(DnsReply::unknown(gap)),
            RouteEnd::Refused | RouteEnd::Silent => false,
        };
        let asked = || outside::ask_upstream(context.cluster, context.published, server.address, question);
        let why = || hops.last().map(|hop| hop.because.to_vec()).unwrap_or_default();
        is_reached.then(asked).flatten().ok_or_else(why)
    }

    /// The way of the question to a server outside: CoreDNS' own packet, which kube-proxy and NetworkPolicy see too.
    fn route(&self, context: &QueryContext<'_>, server: UpstreamServer, question: &Question) -> PacketRoute {
        let Some(pod) = own_pod(context) else { return PacketRoute { hops: Vec::new(), end: RouteEnd::Outside } };
        let source = pod.addresses.iter().find(|own| own.is_ipv4() == server.address.is_ipv4());
        let over = match () {
            () if server.tls || self.tcp => Protocol::Tcp,
            () if self.udp => Protocol::Udp,
            () => context.onward.over,
        };
        let packet = Packet {
            protocol: over,
            source: source.copied().unwrap_or(server.address),
            destination: server.address,
            port: server.port,
            payload: Payload::Dns(question.clone()),
        };
        context.onward.route.route(DnsClient::Pod(pod), &packet)
    }
}

/// What CoreDNS says to NodeLocal DNS, if that is where a question ends.
fn core_dns_behind(context: &QueryContext<'_>, end: &RouteEnd, question: &Question) -> Option<DnsReply> {
    let (Some(cache), RouteEnd::Pod { pod, source, port }) = (context.cache, end) else { return None };
    let pod = context.cluster.pods.get(pod.namespace.as_deref().unwrap_or_default(), &pod.name);
    let pod = pod.filter(|pod| is_dns_server(pod))?;
    let (servers, local) = (cache.behind, pod.addresses.as_slice());
    let behind = QueryContext { servers, local, client: Some(*source), port: *port, cache: None, ..*context };
    let mut reply = behind.serve(question);
    reply.because.add_rule(DnsRule::CacheAsksCoreDns);
    Some(reply)
}

fn forwarded(mut reply: DnsReply) -> DnsReply {
    reply.answer.edns.forwarded = !reply.unwritten;
    if !reply.because.contains(&Cause::rule(DnsRule::CacheAsksCoreDns)) {
        reply.because.add_rule(DnsRule::Forwarded);
    }
    reply
}

/// Whether a question comes back to the pod that sends it on. The loop plugin then ends CoreDNS; without it the question
/// goes round until everybody has given up, so that names outside fail.
fn leads_to_itself(context: &QueryContext<'_>, server: UpstreamServer) -> bool {
    let UpstreamServer { address, port, .. } = server;
    let leads_here = |service: &crate::cluster::Service| {
        let slices = context.cluster.slices_of(service.namespace(), service.name());
        let mut endpoints = slices.iter().flat_map(|slice| &slice.endpoints);
        endpoints.any(|endpoint| endpoint.addresses.iter().any(|address| context.local.contains(address)))
    };
    port == context.port
        && (address.is_loopback() && own_pod(context).is_none_or(|pod| !pod.spec.host_network)
            || context.local.contains(&address)
            || context.cluster.services_at(address).any(leads_here))
}
