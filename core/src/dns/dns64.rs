//! CoreDNS' dns64 plugin: IPv6 addresses made from IPv4 ones (plugin/dns64, RFC 6147, RFC 6052).

use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::Ipv6Net;

use crate::packet::{Answer, DnsName, DnsRecord, Question, Rcode, RecordData, RecordType};
use crate::trace::{Cause, DnsRule};

use super::context::{DnsPlugin, PluginChain, QueryContext};
use super::corefile::{CorefileError, Directive};
use super::reply::DnsReply;

/// The plugin's configuration.
#[derive(Clone, Debug)]
pub struct Dns64 {
    prefix: Ipv6Net,
    /// Names with IPv6 addresses, too.
    translate_all: bool,
    /// Clients that ask over IPv4, too.
    allow_ipv4: bool,
}

/// The TTL at most without a SOA to take it from (RFC 6147 5.1.7).
const TTL: u32 = 600;

/// Takes the `dns64` directives (setup.go dns64Parse).
pub fn read(directives: &[&Directive]) -> Result<Dns64, CorefileError> {
    let prefix = Ipv6Net::new_assert(Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);
    let mut dns64 = Dns64 { prefix, translate_all: false, allow_ipv4: false };
    for directive in directives {
        match directive.args.as_slice() {
            [] => {}
            // What stands in its block belongs to nobody then.
            [text] => {
                dns64.prefix = prefix_of(directive.line, text)?;
                continue;
            }
            _ => return Err(directive.head().argument_error()),
        }
        for property in &directive.block {
            match property.name.as_str() {
                "prefix" => {
                    let text = property.some()?.first().map(String::as_str).unwrap_or_default();
                    dns64.prefix = prefix_of(property.line, text)?;
                }
                "translate_all" => dns64.translate_all = true,
                "allow_ipv4" => dns64.allow_ipv4 = true,
                unknown => return Err(CorefileError::at(property.line, format!("unknown property '{unknown}'"))),
            }
        }
    }
    Ok(dns64)
}

fn prefix_of(line: usize, text: &str) -> Result<Ipv6Net, CorefileError> {
    match text.parse::<ipnet::IpNet>().map(|net| net.trunc()) {
        Err(_) => Err(CorefileError::plain(format!("invalid CIDR address: {text}"))),
        Ok(ipnet::IpNet::V4(net)) => {
            Err(CorefileError::at(line, format!("invalid netmask 32 IPv6 address: \"{net}\"")))
        }
        Ok(ipnet::IpNet::V6(net)) if matches!(net.prefix_len(), 32 | 40 | 48 | 56 | 64 | 96) => Ok(net),
        Ok(net) => Err(CorefileError::at(line, format!("invalid prefix length \"{net}\""))),
    }
}

impl DnsPlugin for Dns64 {
    fn serve(&self, context: &QueryContext<'_>, rest: PluginChain<'_>, question: &Question) -> DnsReply {
        let reply = context.next(rest, question);
        let asks = question.record_type == RecordType::Aaaa;
        let over_ipv4 = context.client.is_some_and(|client| client.is_ipv4());
        if !asks || over_ipv4 && !self.allow_ipv4 || !self.is_for(&reply) {
            return reply;
        }
        // The plugin asks in lower case, and the answer keeps that.
        let name = DnsName::new(question.name.as_str().to_ascii_lowercase());
        let found = context.lookup(name, RecordType::A);
        self.synthesized(&reply, found)
    }
}

impl Dns64 {
    /// Not of a name that doesn't exist, nor of one that has IPv6 addresses (responseShouldDNS64).
    fn is_for(&self, reply: &DnsReply) -> bool {
        let has_ipv6 = reply.answer.answers.iter().any(|record| matches!(record.data, RecordData::Aaaa(_)));
        let denied = reply.answer.rcode == Rcode::NxDomain;
        let written = !reply.unwritten && !reply.dropped && reply.gap.is_none();
        written && !denied && (self.translate_all || !has_ipv6)
    }

    /// The A records as AAAA, the rest as it is (Synthesize).
    fn synthesized(&self, reply: &DnsReply, found: DnsReply) -> DnsReply {
        let soa = reply.answer.authority.iter().rev().find(|record| matches!(record.data, RecordData::Soa { .. }));
        let most = soa.map_or(TTL, |soa| soa.ttl);
        let translated = |record: DnsRecord| match record.data {
            RecordData::A(address) => DnsRecord {
                name: record.name,
                ttl: record.ttl.min(most),
                data: RecordData::Aaaa(embedded(self.prefix, address)),
            },
            _ => record,
        };
        let Answer { rcode, truncated, answers, authority, additional, .. } = found.answer;
        let answers = answers.into_iter().map(translated).collect();
        let answer = Answer { rcode, truncated, answers, authority, additional, ..Answer::default() };
        let because = found.because;
        DnsReply { answer, because, gap: found.gap, ..DnsReply::default() }.because(Cause::rule(DnsRule::PluginAnswer))
    }
}

/// The address behind the prefix; the ninth byte stays empty (RFC 6052 2.2).
fn embedded(prefix: Ipv6Net, address: Ipv4Addr) -> Ipv6Addr {
    let mut bytes = prefix.network().octets();
    let first = usize::from(prefix.prefix_len() / 8);
    let free = (first..16).filter(|place| *place != 8 || first > 8);
    for (place, byte) in free.zip(address.octets()) {
        if let Some(slot) = bytes.get_mut(place) {
            *slot = byte;
        }
    }
    bytes.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_stand_behind_the_prefix() {
        let check = |prefix: &str, expected: &str| {
            let made = embedded(prefix.parse().unwrap(), Ipv4Addr::new(192, 0, 2, 33));
            assert_eq!(made, expected.parse::<Ipv6Addr>().unwrap());
        };
        check("64:ff9b::/96", "64:ff9b::192.0.2.33");
        check("2001:db8::/32", "2001:db8:c000:221::");
        check("2001:db8:122:344::/64", "2001:db8:122:344:c0:2:2100::");
    }
}
