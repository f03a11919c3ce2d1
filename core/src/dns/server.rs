//! CoreDNS as one server: server blocks by zone, and the chain of plugins that a question goes through.
//!
//! The order of the chain is plugin.cfg's, never the Corefile's. Each plugin answers or hands the question on.

use std::net::IpAddr;

use crate::cluster::Cluster;
use crate::packet::{Answer, DnsName, Protocol, Question, Rcode, RecordType};
use crate::trace::{Cause, DnsRule, Gap, Rule};

use super::autopath::Autopath;
use super::external::External;
use super::forward::Forward;
use super::hosts::Hosts;
use super::kubernetes::Kubernetes;
use super::name::longest_zone;
use super::template::Template;
use super::{Dns, RouteOf, rewrite, template};

/// A server block: the zones it serves and its plugins.
#[derive(Clone, Debug, Default)]
pub struct Server {
    /// Its zones.
    pub zones: Vec<DnsName>,
    /// The port it listens on.
    pub port: u16,
    /// Its plugins, in plugin.cfg's order; those without effect on answers are left out.
    pub chain: Vec<Plugin>,
}

impl Server {
    /// Whether it is for some questions or clients only.
    fn has_view(&self) -> bool {
        matches!(self.chain.first(), Some(Plugin::NotModelled(plugin)) if plugin.name == super::plugins::VIEW)
    }
}

/// A plugin that has a say in answers.
#[derive(Clone, Debug)]
pub enum Plugin {
    /// `rewrite`, all lines
    Rewrite(Vec<rewrite::Rule>),
    /// `autopath`
    Autopath(Autopath),
    /// `template`, all blocks
    Template(Vec<Template>),
    /// `hosts`
    Hosts(Hosts),
    /// `k8s_external`
    External(External),
    /// `kubernetes`
    Kubernetes(Box<Kubernetes>),
    /// `forward`, one per line
    Forward(Vec<Forward>),
    /// One that isn't modelled.
    NotModelled(NotModelled),
}

/// A plugin that isn't modelled, and what it could answer.
#[derive(Clone, Debug, PartialEq)]
pub struct NotModelled {
    /// Its name.
    pub name: String,
    /// Questions in these zones.
    pub zones: Vec<DnsName>,
    /// Questions of this type; None for all.
    pub record_type: Option<RecordType>,
    /// Its line in the Corefile.
    pub line: usize,
}

/// What a server says to a question, and why.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reply {
    /// The answer; as far as it is known, if there is a gap.
    pub answer: Answer,
    /// What settled it.
    pub because: Vec<Cause>,
    /// What is missing to know the answer.
    pub gap: Option<Gap>,
}

/// How CoreDNS sends a question on.
#[derive(Clone, Copy)]
pub struct Onward<'a> {
    /// The way of its packets.
    pub route: &'a RouteOf<'a>,
    /// UDP or TCP, as it was asked itself.
    pub over: Protocol,
}

/// Who asks, and whom.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// CoreDNS.
    pub dns: &'a Dns,
    /// The cluster, which it watches.
    pub cluster: &'a Cluster,
    /// The address the query comes from, as CoreDNS sees it.
    pub client: Option<IpAddr>,
    /// The addresses of the CoreDNS pod that answers.
    pub local: &'a [IpAddr],
    /// The port it was asked on.
    pub port: u16,
    /// How it sends on what it doesn't know.
    pub onward: Onward<'a>,
    depth: u8,
}

/// How often one question may lead to another: aliases, rewritten names. CoreDNS' own chains end after eight aliases.
const DEPTH: u8 = 16;

impl<'a> Context<'a> {
    /// A query that arrives at CoreDNS.
    pub fn new(
        dns: &'a Dns,
        cluster: &'a Cluster,
        client: Option<IpAddr>,
        local: &'a [IpAddr],
        port: u16,
        onward: Onward<'a>,
    ) -> Self {
        Self { dns, cluster, client, local, port, onward, depth: 0 }
    }

    /// Answers a question as the whole server does (dnsserver Server.ServeDNS): the block with the longest zone.
    pub fn serve(&self, question: &Question) -> Reply {
        let servers = self.dns.servers.iter().filter(|server| server.port == self.port);
        let matching = servers
            .filter_map(|server| longest_zone(&server.zones, &question.name).map(|zone| (zone.as_str().len(), server)));
        let matching: Vec<(usize, &Server)> = matching.collect();
        let longest = matching.iter().map(|(length, _)| *length).max();
        let mut longest = matching.iter().filter(|(length, _)| Some(*length) == longest).map(|(_, server)| *server);
        match (longest.clone().find(|server| server.has_view()), longest.next_back()) {
            (Some(server), _) | (None, Some(server)) => self.next(&server.chain, question),
            (None, None) => Reply::code(Rcode::Refused, DnsRule::NoServerBlock),
        }
    }

    /// Looks another name up through the same server, as plugins do for the targets of aliases (pkg/upstream).
    pub fn lookup(&self, name: DnsName, record_type: RecordType) -> Reply {
        let deeper = Self { depth: self.depth + 1, ..*self };
        match deeper.depth < DEPTH {
            true => deeper.serve(&Question { name, record_type }),
            false => Reply::code(Rcode::ServFail, DnsRule::ChainEnds),
        }
    }

    /// Hands a question to the rest of a chain (plugin.NextOrFailure).
    pub fn next(&self, chain: &[Plugin], question: &Question) -> Reply {
        let Some((plugin, rest)) = chain.split_first() else {
            return Reply::code(Rcode::ServFail, DnsRule::ChainEnds);
        };
        match plugin {
            Plugin::Rewrite(rules) => rewrite::serve(rules, self, rest, question),
            Plugin::Autopath(autopath) => autopath.serve(self, rest, question),
            Plugin::Template(templates) => template::serve(templates, self, rest, question),
            Plugin::Hosts(hosts) => hosts.serve(self, rest, question),
            Plugin::External(external) => external.serve(self, rest, question),
            Plugin::Kubernetes(kubernetes) => kubernetes.serve(self, rest, question),
            Plugin::Forward(lines) => super::forward::serve(lines, self, rest, question),
            Plugin::NotModelled(plugin) if plugin.may_answer(question) => {
                Reply::unknown(Gap::CoreDnsPlugin(plugin.name.clone()))
            }
            Plugin::NotModelled(_) => self.next(rest, question),
        }
    }
}

impl NotModelled {
    fn may_answer(&self, question: &Question) -> bool {
        let typed = self.record_type.is_none_or(|kind| kind == question.record_type);
        typed && longest_zone(&self.zones, &question.name).is_some()
    }
}

impl Reply {
    /// A bare response code and the rule behind it.
    pub fn code(rcode: Rcode, rule: DnsRule) -> Self {
        Self { answer: Answer { rcode, ..Answer::default() }, because: vec![cause(rule)], gap: None }
    }

    /// Not known.
    pub fn unknown(gap: Gap) -> Self {
        Self { gap: Some(gap), ..Self::default() }
    }

    /// Puts a cause in front.
    pub fn because(mut self, cause: Cause) -> Self {
        self.because.insert(0, cause);
        self
    }
}

/// A rule of DNS as a cause.
pub(super) fn cause(rule: DnsRule) -> Cause {
    Cause::Rule(Rule::Dns(rule))
}
