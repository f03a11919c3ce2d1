//! `rewrite edns0`: options of the question, which answers repeat (plugin/rewrite/edns0.go).

use std::net::IpAddr;

use crate::packet::{EdnsOption, Protocol, Question, RecordType};

use super::super::context::QueryContext;
use super::super::corefile::CorefileError;
use super::super::reply::DnsReply;

/// What becomes of one option.
#[derive(Clone, Debug)]
pub struct OptionChange {
    code: u16,
    action: OptionAction,
    data: OptionData,
    /// Whether answers to clients repeat it: with `revert`, and for options that CoreDNS only hands on, they don't.
    shows: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OptionAction {
    Append,
    Set,
    Replace,
    Unset,
}

#[derive(Clone, Debug)]
enum OptionData {
    Fixed(Vec<u8>),
    /// `{qname}`
    Variable(String),
}

/// The codes of NSID and client subnets.
const NSID: u16 = 3;
const SUBNET: u16 = 8;

/// Takes the words behind `edns0` (newEdns0Rule).
pub(super) fn read(words: &[&str]) -> Result<OptionChange, CorefileError> {
    // 1. Kind and action.
    let [kind, action, rest @ ..] = words else {
        return Err(CorefileError::plain("too few arguments for an EDNS0 rule"));
    };
    let kind = kind.to_ascii_lowercase();
    let action = match action.to_ascii_lowercase().as_str() {
        "append" => OptionAction::Append,
        "replace" => OptionAction::Replace,
        "set" => OptionAction::Set,
        "unset" => OptionAction::Unset,
        other => return Err(CorefileError::plain(format!("invalid action: {other:?}"))),
    };
    // 2. `revert` at the end, which unsetting doesn't have.
    let unsets = action == OptionAction::Unset;
    let (rest, reverts) = match rest.split_last() {
        Some((&"revert", rest)) if !unsets => (rest, true),
        _ => (rest, false),
    };
    // 3. What each kind takes behind them.
    let change = |code, data, shows| OptionChange { code, action, data, shows };
    let nothing = || OptionData::Fixed(Vec::new());
    match (kind.as_str(), rest) {
        ("local", [code]) if unsets => Ok(change(code_of(code)?, nothing(), false)),
        ("local", _) if unsets => Err(CorefileError::plain("local unset action requires exactly two arguments")),
        ("nsid" | "subnet", []) if unsets => Ok(change(if kind == "nsid" { NSID } else { SUBNET }, nothing(), false)),
        ("nsid" | "subnet", _) if unsets => {
            Err(CorefileError::plain(format!("{kind} unset action requires exactly one argument")))
        }
        ("local", [code, data]) => Ok(change(code_of(code)?, data_of(data)?, !reverts)),
        ("local", _) => Err(CorefileError::plain("EDNS0 local rules require three or four args")),
        ("nsid", []) => Ok(change(NSID, nothing(), false)),
        ("nsid", _) => Err(CorefileError::plain("EDNS0 NSID rules can accept no more than one arg")),
        ("subnet", [four, six]) => {
            mask_length(four, 32, "IPv4")?;
            mask_length(six, 128, "IPv6")?;
            Ok(change(SUBNET, nothing(), false))
        }
        ("subnet", _) => Err(CorefileError::plain("EDNS0 subnet rules require three or four args")),
        (other, _) => Err(CorefileError::plain(format!("invalid rule type {other:?}"))),
    }
}

fn mask_length(text: &str, most: u16, family: &str) -> Result<(), CorefileError> {
    let length = code_of(text)?;
    if length > most {
        return Err(CorefileError::plain(format!("invalid {family} bit mask length {length}")));
    }
    Ok(())
}

/// A number as Go writes it: decimal, or with 0x, 0o, 0b.
fn code_of(text: &str) -> Result<u16, CorefileError> {
    let lower = text.to_ascii_lowercase();
    let number = match (lower.strip_prefix("0x"), lower.strip_prefix("0b"), lower.strip_prefix("0o")) {
        (Some(digits), _, _) => u64::from_str_radix(digits, 16),
        (_, Some(digits), _) => u64::from_str_radix(digits, 2),
        (_, _, Some(digits)) => u64::from_str_radix(digits, 8),
        _ if lower.len() > 1 && lower.starts_with('0') => u64::from_str_radix(&lower, 8),
        _ => lower.parse(),
    };
    let wrong = |why: &str| CorefileError::plain(format!("strconv.ParseUint: parsing {text:?}: {why}"));
    let number = number.map_err(|_| wrong("invalid syntax"))?;
    u16::try_from(number).map_err(|_| wrong("value out of range"))
}

/// The variables that a question fills in; others are labels of metadata.
const VARIABLES: &[&str] =
    &["{qname}", "{qtype}", "{client_ip}", "{client_port}", "{protocol}", "{server_ip}", "{server_port}"];

fn data_of(text: &str) -> Result<OptionData, CorefileError> {
    if text.starts_with('{') && text.ends_with('}') {
        if VARIABLES.contains(&text) || text.contains('/') {
            return Ok(OptionData::Variable(text.to_owned()));
        }
        return Err(CorefileError::plain(format!("unsupported variable name {text:?}")));
    }
    let Some(digits) = text.strip_prefix("0x") else { return Ok(OptionData::Fixed(text.as_bytes().to_vec())) };
    if let Some(wrong) = digits.chars().find(|digit| !digit.is_ascii_hexdigit()) {
        let message = format!("encoding/hex: invalid byte: U+{:04X} '{wrong}'", u32::from(wrong));
        return Err(CorefileError::plain(message));
    }
    if digits.len() % 2 == 1 {
        return Err(CorefileError::plain("encoding/hex: odd length hex string"));
    }
    let pairs = digits.as_bytes().chunks(2).filter_map(|pair| std::str::from_utf8(pair).ok());
    Ok(OptionData::Fixed(pairs.filter_map(|pair| u8::from_str_radix(pair, 16).ok()).collect()))
}

/// The options of the question as rules have left them: clients here send none.
#[derive(Default)]
pub(super) struct OptionsSet {
    touched: bool,
    options: Vec<(u16, Vec<u8>, bool)>,
}

impl OptionsSet {
    /// Whether the rule was for the question. Any rule makes the OPT record that isn't there (setupEdns0Opt).
    pub fn apply(&mut self, change: &OptionChange, context: &QueryContext<'_>, asked: &Question) -> bool {
        let Some(data) = filled(&change.data, context, asked) else { return false };
        self.touched = true;
        let there = self.options.iter_mut().find(|(code, ..)| *code == change.code);
        match (change.action, there) {
            (OptionAction::Unset, _) => self.options.retain(|(code, ..)| *code != change.code),
            (OptionAction::Set | OptionAction::Replace, Some(option)) => *option = (change.code, data, change.shows),
            (OptionAction::Replace, None) => return false,
            (OptionAction::Set | OptionAction::Append, _) => self.options.push((change.code, data, change.shows)),
        }
        true
    }

    /// The answer's OPT record is the question's, unless it has its own (Request.SizeAndDo).
    pub fn show_in(self, reply: &mut DnsReply) {
        let edns = &mut reply.answer.edns;
        if !self.touched || edns.always {
            return;
        }
        edns.always = true;
        if edns.forwarded {
            return;
        }
        let shown = self.options.into_iter().filter(|(_, _, shows)| *shows);
        edns.options.extend(shown.map(|(code, data, _)| EdnsOption::Local(code, data)));
    }
}

/// What a variable stands for (ruleData); None where there is nothing, and the rule does nothing.
fn filled(data: &OptionData, context: &QueryContext<'_>, asked: &Question) -> Option<Vec<u8>> {
    let variable = match data {
        OptionData::Fixed(bytes) => return Some(bytes.clone()),
        OptionData::Variable(variable) => variable,
    };
    let own = context.local.iter().find(|own| context.client.is_none_or(|client| client.is_ipv4() == own.is_ipv4()));
    match variable.as_str() {
        "{qname}" => Some(asked.name.to_string().into_bytes()),
        "{qtype}" => Some(type_number(asked.record_type).to_be_bytes().to_vec()),
        "{client_ip}" => context.client.map(octets),
        "{server_ip}" => own.copied().map(octets),
        "{server_port}" => Some(context.port.to_be_bytes().to_vec()),
        "{client_port}" => Some(vec![0, 0]),
        "{protocol}" if context.onward.over == Protocol::Tcp => Some(b"tcp".to_vec()),
        "{protocol}" => Some(b"udp".to_vec()),
        _ => None,
    }
}

fn octets(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

fn type_number(kind: RecordType) -> u16 {
    (0..=257).find(|number| RecordType::from_number(*number) == kind).unwrap_or_default()
}
