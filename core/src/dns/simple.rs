//! CoreDNS' plugins of one rule each: any, bufsize, erratic, minimal, whoami.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::packet::{Answer, DnsName, DnsRecord, EdnsReply, Protocol, Question, Rcode, RecordData, RecordType};
use crate::trace::{DnsRule, ModelGap};

use super::context::{DnsPlugin, PluginChain, QueryContext};
use super::corefile::{CorefileError, Directive};
use super::name::{address_data, join, longest_zone};
use super::reply::DnsReply;
use super::setup::{parse_int, plain_duration};

/// `any`: questions for every type get a HINFO (RFC 8482).
#[derive(Clone, Copy, Debug)]
pub struct AnyQuestions;

/// The type of `any`'s questions, and of its answers.
const ANY: RecordType = RecordType::Other(255);
const HINFO: RecordType = RecordType::Other(13);

impl DnsPlugin for AnyQuestions {
    fn serve(&self, context: &QueryContext<'_>, rest: PluginChain<'_>, question: &Question) -> DnsReply {
        if question.record_type != ANY {
            return context.next(rest, question);
        }
        let data = RecordData::Other(HINFO, "\"ANY obsoleted\" \"See RFC 8482\"".to_owned());
        let answers = vec![DnsRecord { name: question.name.clone(), ttl: 8482, data }];
        DnsReply::new(Answer { answers, ..Answer::default() }, DnsRule::PluginAnswer)
    }
}

/// `bufsize`: answers over UDP are at most so long.
#[derive(Clone, Copy, Debug)]
pub struct BufferSize(u16);

/// Takes `bufsize [SIZE]` (setup.go parse); its words for a mistake begin twice with its name.
pub fn read_bufsize(directive: &Directive) -> Result<BufferSize, CorefileError> {
    let wrong = || {
        let error = directive.head().argument_error();
        CorefileError::plain(format!("plugin/bufsize: {error}"))
    };
    match directive.args.as_slice() {
        [] => Ok(BufferSize(1232)),
        [size] => size.parse().ok().filter(|size| (512..=4096).contains(size)).map(BufferSize).ok_or_else(wrong),
        _ => Err(wrong()),
    }
}

impl DnsPlugin for BufferSize {
    fn serve(&self, context: &QueryContext<'_>, rest: PluginChain<'_>, question: &Question) -> DnsReply {
        let mut reply = context.next(rest, question);
        let EdnsReply { buffer, .. } = &mut reply.answer.edns;
        *buffer = Some(buffer.map_or(self.0, |before| before.min(self.0)));
        reply
    }
}

/// `minimal`: nothing but the answer section, if there is one.
#[derive(Clone, Copy, Debug)]
pub struct MinimalAnswers;

impl DnsPlugin for MinimalAnswers {
    fn serve(&self, context: &QueryContext<'_>, rest: PluginChain<'_>, question: &Question) -> DnsReply {
        let mut reply = context.next(rest, question);
        let answer = &mut reply.answer;
        let denied =
            answer.authority.iter().any(|record| matches!(record.data, RecordData::Soa { .. } | RecordData::Ns(_)));
        if answer.rcode == Rcode::NoError && !(answer.answers.is_empty() && denied) {
            answer.authority.clear();
            answer.additional.clear();
        }
        reply
    }
}

/// `whoami`: the client's own address and port.
#[derive(Clone, Copy, Debug)]
pub struct WhoAmI;

/// Clients ask from a port that chance gives; here it is always this one.
const CLIENT_PORT: u16 = 40000;

impl DnsPlugin for WhoAmI {
    fn serve(&self, context: &QueryContext<'_>, _: PluginChain<'_>, question: &Question) -> DnsReply {
        let Some(client) = context.client else {
            return DnsReply::unknown(ModelGap::CoreDnsPlugin("whoami".to_owned()));
        };
        let protocol = if context.onward.over == Protocol::Tcp { "_tcp" } else { "_udp" };
        let port = RecordData::Srv { priority: 0, weight: 0, port: CLIENT_PORT, target: DnsName::default() };
        let additional = vec![
            DnsRecord { name: question.name.clone(), ttl: 0, data: address_data(client) },
            DnsRecord { name: join(protocol, &question.name), ttl: 0, data: port },
        ];
        DnsReply::new(Answer { authoritative: true, additional, ..Answer::default() }, DnsRule::PluginAnswer)
    }
}

/// `erratic`: answers some questions, late or not at all.
#[derive(Clone, Copy, Debug)]
pub struct ErraticAnswers {
    /// Every how many-th question is dropped; 0 for none.
    drop: i64,
    truncate: i64,
    large: bool,
}

/// Takes the `erratic` directives (setup.go parseErratic).
pub fn read_erratic(directives: &[&Directive]) -> Result<ErraticAnswers, CorefileError> {
    let mut erratic = ErraticAnswers { drop: 2, truncate: 0, large: false };
    let (mut said, mut delay) = (false, 0);
    for property in directives.iter().flat_map(|directive| &directive.block) {
        // 1. An amount where one may stand, and none below zero.
        let most = if property.name == "delay" { 2 } else { 1 };
        let is_amount = matches!(property.name.as_str(), "drop" | "delay" | "truncate");
        if is_amount && property.args.len() > most {
            return Err(property.argument_error());
        }
        let amount = property.args.first().filter(|_| is_amount).map(|text| parse_int(text)).transpose()?;
        if let Some(negative) = amount.filter(|amount| *amount < 0) {
            return Err(CorefileError::plain(format!("illegal amount value given \"{negative}\"")));
        }
        // 2. What it says.
        match (property.name.as_str(), amount) {
            ("drop", Some(amount)) => (erratic.drop, said) = (amount, true),
            ("drop", None) => {}
            ("delay", amount) => {
                delay = amount.unwrap_or(2);
                if let Some(text) = property.args.get(1) {
                    plain_duration(text)?;
                }
            }
            ("truncate", amount) => erratic.truncate = amount.unwrap_or(2),
            ("large", _) => erratic.large = true,
            (unknown, _) => return Err(CorefileError::at(property.line, format!("unknown property '{unknown}'"))),
        }
    }
    // 3. Who asks for delay or truncation only drops nothing.
    if (delay > 0 || erratic.truncate > 0) && !said {
        erratic.drop = 0;
    }
    Ok(erratic)
}

impl DnsPlugin for ErraticAnswers {
    fn serve(&self, _: &QueryContext<'_>, _: PluginChain<'_>, question: &Question) -> DnsReply {
        // Which question is dropped or cut hangs on those before it.
        if self.drop > 1 || self.truncate > 0 || question.record_type == RecordType::Other(252) {
            return DnsReply::unknown(ModelGap::CoreDnsPlugin("erratic".to_owned()));
        }
        let address: IpAddr = match question.record_type {
            RecordType::A => Ipv4Addr::new(192, 0, 2, 53).into(),
            RecordType::Aaaa => Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x53).into(),
            _ => return DnsReply { dropped: self.drop == 1, ..DnsReply::code(Rcode::ServFail, DnsRule::PluginAnswer) },
        };
        let copies = if self.large && address.is_ipv4() { 30 } else { 1 };
        let record = DnsRecord { name: question.name.clone(), ttl: 0, data: address_data(address) };
        let answer = Answer { authoritative: true, answers: vec![record; copies], ..Answer::default() };
        DnsReply { dropped: self.drop == 1, ..DnsReply::new(answer, DnsRule::PluginAnswer) }
    }
}

/// A plugin that isn't modelled, and what it could answer.
#[derive(Clone, Debug, PartialEq)]
pub struct NotModelled {
    pub name: String,
    /// Questions in these zones.
    pub zones: Vec<DnsName>,
    /// Questions of this type; None for all.
    pub record_type: Option<RecordType>,
}

impl DnsPlugin for NotModelled {
    fn serve(&self, context: &QueryContext<'_>, rest: PluginChain<'_>, question: &Question) -> DnsReply {
        let typed = self.record_type.is_none_or(|kind| kind == question.record_type);
        match longest_zone(&self.zones, &question.name) {
            Some(_) if typed => DnsReply::unknown(ModelGap::CoreDnsPlugin(self.name.clone())),
            _ => context.next(rest, question),
        }
    }
}

/// A plugin that fails for its zones: `file` without its file.
#[derive(Clone, Debug, PartialEq)]
pub struct FailingZones(pub Vec<DnsName>);

impl DnsPlugin for FailingZones {
    fn serve(&self, context: &QueryContext<'_>, rest: PluginChain<'_>, question: &Question) -> DnsReply {
        match longest_zone(&self.0, &question.name) {
            Some(_) => DnsReply::code(Rcode::ServFail, DnsRule::PluginAnswer),
            None => context.next(rest, question),
        }
    }
}
