//! CoreDNS' acl plugin: who may ask for what (plugin/acl).

use std::net::IpAddr;

use ipnet::IpNet;

use crate::packet::{Answer, DnsName, EdnsOption, EdnsReply, Question, Rcode, RecordType};
use crate::trace::DnsRule;

use super::context::{DnsPlugin, PluginChain, QueryContext};
use super::corefile::{CorefileError, Directive, PluginOption};
use super::name::longest_zone;
use super::reply::DnsReply;
use super::setup::zones_or;

/// All `acl` blocks of a server block.
#[derive(Clone, Debug)]
pub struct AccessControl {
    rules: Vec<ZoneRule>,
}

#[derive(Clone, Debug)]
struct ZoneRule {
    zones: Vec<DnsName>,
    policies: Vec<AccessPolicy>,
}

#[derive(Clone, Debug)]
struct AccessPolicy {
    action: AccessAction,
    /// None for all.
    types: Option<Vec<RecordType>>,
    /// None for all.
    nets: Option<Vec<IpNet>>,
}

#[derive(Clone, Copy, Debug)]
enum AccessAction {
    Allow,
    Block,
    Filter,
    Drop,
}

/// The codes of RFC 8914: Blocked, Filtered.
const BLOCKED: u16 = 15;
const FILTERED: u16 = 17;

/// Takes all `acl` directives (setup.go parse).
pub fn read(directives: &[&Directive], server_zones: &[DnsName]) -> Result<AccessControl, CorefileError> {
    let rule = |directive: &&Directive| {
        let policies = directive.block.iter().map(policy).collect::<Result<_, _>>()?;
        Ok(ZoneRule { zones: zones_or(&directive.args, server_zones), policies })
    };
    Ok(AccessControl { rules: directives.iter().map(rule).collect::<Result<_, _>>()? })
}

fn policy(property: &PluginOption) -> Result<AccessPolicy, CorefileError> {
    // 1. The action.
    let error = |message: String| CorefileError::at(property.line, message);
    let action = match property.name.to_ascii_lowercase().as_str() {
        "allow" => AccessAction::Allow,
        "block" => AccessAction::Block,
        "filter" => AccessAction::Filter,
        "drop" => AccessAction::Drop,
        _ => {
            let word = &property.name;
            return Err(error(format!("unexpected token {word:?}; expect 'allow', 'block', 'filter' or 'drop'")));
        }
    };
    // 2. Its sections: `type` or `net`, each up to the next one's name.
    let mut policy = AccessPolicy { action, types: None, nets: None };
    let mut rest = property.args.as_slice();
    while let Some((section, after)) = rest.split_first() {
        if !is_section(section) {
            return Err(error(format!("unexpected token {section:?}; expect 'type | net'")));
        }
        let section = section.to_ascii_lowercase();
        let end = after.iter().position(|word| is_section(word)).unwrap_or(after.len());
        let (words, behind) = after.split_at_checked(end).unwrap_or_default();
        if words.is_empty() {
            return Err(error(format!("no token specified in {section:?} section")));
        }
        // What stands behind a `*` isn't read.
        // 3. The words of a section; a star among them stands for all.
        let named: Vec<&String> = words.iter().take_while(|word| *word != "*").collect();
        let all = named.len() < words.len();
        if section == "type" {
            let of = |word: &&String| {
                let kind = RecordType::from_text(word).filter(|_| !word.chars().any(|c| c.is_ascii_lowercase()));
                kind.ok_or_else(|| error(format!("unexpected token {word:?}; expect legal QTYPE")))
            };
            let types = named.iter().map(of).collect::<Result<_, _>>()?;
            policy.types = if all { None } else { Some(types) };
        } else {
            let of =
                |word: &&String| net(word).ok_or_else(|| error(format!("illegal CIDR notation {:?}", slashed(word))));
            let nets = named.iter().map(of).collect::<Result<_, _>>()?;
            policy.nets = if all { None } else { Some(nets) };
        }
        rest = behind;
    }
    Ok(policy)
}

fn is_section(word: &str) -> bool {
    word.eq_ignore_ascii_case("type") || word.eq_ignore_ascii_case("net")
}

/// A single address is a range of one (normalize).
fn slashed(word: &str) -> String {
    match word {
        range if range.contains('/') => range.to_owned(),
        address if address.contains(':') => format!("{address}/128"),
        address => format!("{address}/32"),
    }
}

fn net(word: &str) -> Option<IpNet> {
    slashed(word).parse::<IpNet>().ok().map(|net| net.trunc())
}

impl AccessPolicy {
    fn matches(&self, client: Option<IpAddr>, kind: RecordType) -> bool {
        let inside = |nets: &Vec<IpNet>| client.is_some_and(|client| nets.iter().any(|net| net.contains(&client)));
        self.types.as_ref().is_none_or(|types| types.contains(&kind)) && self.nets.as_ref().is_none_or(inside)
    }
}

impl DnsPlugin for AccessControl {
    /// The first policy that matches decides its rule; a rule without any leaves it to the next (acl.go ServeDNS).
    fn serve(&self, context: &QueryContext<'_>, rest: PluginChain<'_>, question: &Question) -> DnsReply {
        let rules = self.rules.iter().filter(|rule| longest_zone(&rule.zones, &question.name).is_some());
        let first = |rule: &ZoneRule| {
            let mut policies = rule.policies.iter();
            policies.find(|policy| policy.matches(context.client, question.record_type)).map(|policy| policy.action)
        };
        match rules.filter_map(first).next() {
            None | Some(AccessAction::Allow) => context.next(rest, question),
            Some(AccessAction::Drop) => {
                DnsReply { dropped: true, ..DnsReply::new(Answer::default(), DnsRule::AccessControl) }
            }
            Some(AccessAction::Block) => refused(Rcode::Refused, BLOCKED),
            Some(AccessAction::Filter) => refused(Rcode::NoError, FILTERED),
        }
    }
}

fn refused(rcode: Rcode, code: u16) -> DnsReply {
    let options = vec![EdnsOption::ExtendedError(code, String::new())];
    let edns = EdnsReply { always: true, dnssec: true, options, ..EdnsReply::default() };
    DnsReply::new(Answer { rcode, edns, ..Answer::default() }, DnsRule::AccessControl)
}
