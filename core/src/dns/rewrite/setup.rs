//! Reads `rewrite` lines (plugin/rewrite/rewrite.go newRule, name.go newNameRule).

use regex_lite::Regex;

use crate::packet::{Rcode, RecordType};

use super::super::corefile::{CorefileError, Directive};
use super::{AnswerChange, Change, Matcher, NameChange, Rule};

/// Takes one line; a block's words follow those of its line.
pub fn read(directive: &Directive) -> Result<Rule, CorefileError> {
    let mut words: Vec<&str> = directive.args.iter().map(String::as_str).collect();
    for property in &directive.block {
        words.push(&property.name);
        words.extend(property.args.iter().map(String::as_str));
    }
    let (goes_on, words) = match words.split_first() {
        Some((&"continue", rest)) => (true, rest.to_vec()),
        Some((&"stop", rest)) => (false, rest.to_vec()),
        _ => (false, words),
    };
    let change = change(&words)?;
    Ok(Rule { change, goes_on })
}

fn change(words: &[&str]) -> Result<Change, CorefileError> {
    let Some((kind, args)) = words.split_first() else {
        return Err(error("no rule type specified for rewrite"));
    };
    match (kind.to_ascii_lowercase().as_str(), args) {
        ("answer", _) => Err(error("response rewrites must begin with a name rule")),
        ("name", args) => name_change(args).map(Change::Name),
        ("type", [from, to]) => Ok(Change::Type(record_type(from)?, record_type(to)?)),
        ("ttl", [names @ .., ttl]) if !names.is_empty() => Ok(Change::Ttl(matcher_of(names)?, seconds(ttl)?)),
        ("rcode", [names @ .., from, to]) if !names.is_empty() => {
            Ok(Change::Code(matcher_of(names)?, rcode(from)?, rcode(to)?))
        }
        ("class", [_, _]) => Ok(Change::Nothing),
        ("edns0", args) => Ok(option(args)),
        ("cname", args) => alias(args),
        ("class" | "type" | "ttl" | "rcode", _) => Err(error(&format!("{kind} rules must have exactly two arguments"))),
        (other, _) => Err(error(&format!("invalid rule type \"{other}\""))),
    }
}

fn name_change(args: &[&str]) -> Result<NameChange, CorefileError> {
    let (kind, from, to, rest) = match args {
        [] | [_] => return Err(error("too few arguments for a name rule")),
        [from, to] => ("exact", *from, *to, &[][..]),
        [kind, from, to, rest @ ..] => (*kind, *from, *to, rest),
    };
    let kind = kind.to_ascii_lowercase();
    let to = with_dot(to);
    let from = matcher(&kind, from)?;
    check_groups(&from, &to)?;
    let (auto, answer) = answer_rules(&kind, rest)?;
    Ok(NameChange { auto: auto || kind == "exact", from, to, answer })
}

/// All but expressions are full names, with a final dot (plugin.Name.Normalize): `prefix foo` means the label `foo.`.
fn matcher(kind: &str, text: &str) -> Result<Matcher, CorefileError> {
    Ok(match kind {
        "exact" => Matcher::Exact(with_dot(text)),
        "prefix" => Matcher::Prefix(with_dot(text)),
        "suffix" => Matcher::Suffix(with_dot(text)),
        "substring" => Matcher::Substring(with_dot(text)),
        "regex" => Matcher::Expression(expression(text)?),
        other => {
            return Err(error(&format!(
                "name rule supports only exact, prefix, suffix, substring, and regex name matching, received: {other}"
            )));
        }
    })
}

/// `[KIND] NAME` of ttl and rcode rules.
fn matcher_of(words: &[&str]) -> Result<Matcher, CorefileError> {
    match words {
        [name] => matcher("exact", name),
        [kind, name] => matcher(&kind.to_ascii_lowercase(), name),
        _ => Err(error("too many arguments for a rewrite rule")),
    }
}

/// `answer auto`, `answer name FROM TO`, `answer value FROM TO` (parseAnswerRules).
fn answer_rules(kind: &str, words: &[&str]) -> Result<(bool, Vec<AnswerChange>), CorefileError> {
    let mut auto = false;
    let mut changes = Vec::new();
    let mut rest = words;
    if rest.len() == 1 {
        return Err(error(&format!("invalid arguments for {kind} rule")));
    }
    while let Some((word, after)) = rest.split_first() {
        rest = match (*word, after) {
            ("answer", [_, ..]) => after,
            ("answer", []) => return Err(error(&format!("type missing for answer rule for {kind} rule"))),
            ("auto", after) => {
                auto = true;
                after
            }
            ("name" | "value", [from, to, after @ ..]) => {
                let pattern = Matcher::Expression(expression(from)?);
                check_groups(&pattern, to)?;
                let to = with_dot(to);
                changes.push(AnswerChange { from: pattern, to, owners: *word == "name", targets: *word == "value" });
                after
            }
            ("name" | "value", _) => {
                return Err(error(&format!("{word} answer rule for {kind} rule: 2 arguments required")));
            }
            (other, _) => return Err(error(&format!("invalid type \"{other}\" for answer rule for {kind} rule"))),
        };
    }
    match auto && changes.iter().any(|change| change.owners) {
        true => Err(error("auto name answer rule cannot be combined with explicit name anwer rules")),
        false => Ok((auto, changes)),
    }
}

fn expression(text: &str) -> Result<Regex, CorefileError> {
    Regex::new(text).map_err(|_| error(&format!("invalid regex matching pattern: {text}")))
}

/// A replacement can't use more groups than the expression has.
fn check_groups(from: &Matcher, to: &str) -> Result<(), CorefileError> {
    let Matcher::Expression(pattern) = from else { return Ok(()) };
    let used = (0..=100).filter(|number| to.contains(&format!("{{{number}}}"))).count();
    match used > pattern.captures_len() - 1 {
        true => Err(error(&format!(
            "the rewrite regex pattern ({to}) uses more subexpressions than its corresponding matching regex pattern ({})",
            pattern.as_str()
        ))),
        false => Ok(()),
    }
}

fn with_dot(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    if lower.ends_with('.') { lower } else { lower + "." }
}

fn record_type(text: &str) -> Result<RecordType, CorefileError> {
    RecordType::from_text(text).ok_or_else(|| error(&format!("invalid type \"{text}\"")))
}

/// `30`, or a range that TTLs are brought into: `5-30`, `5-`, `-30` (ttl.go isValidTTL).
fn seconds(text: &str) -> Result<(u32, u32), CorefileError> {
    let invalid = || error(&format!("invalid TTL '{text}' for a ttl rule"));
    let number = |text: &str| text.parse::<u32>().map_err(|_| invalid());
    let (least, most) = match text.split_once('-') {
        None => (number(text)?, number(text)?),
        Some(("", "")) => return Err(invalid()),
        Some(("", most)) => (0, number(most)?),
        Some((least, "")) => (number(least)?, i32::MAX.unsigned_abs()),
        Some((least, most)) => (number(least)?, number(most)?),
    };
    if least > most { Err(invalid()) } else { Ok((least, most)) }
}

/// `cname [KIND] FROM TO`; the names count as they are typed, without a dot of their own (newCNAMERule).
fn alias(words: &[&str]) -> Result<Change, CorefileError> {
    let (kind, from, to) = match words {
        [from, to] => ("exact".to_owned(), from.to_ascii_lowercase(), to.to_ascii_lowercase()),
        [kind, from, to] => (kind.to_ascii_lowercase(), from.to_ascii_lowercase(), to.to_ascii_lowercase()),
        _ => return Err(error(&format!("too few ({}) arguments for a cname rule", words.len()))),
    };
    let targets = match kind.as_str() {
        "exact" => Matcher::Exact(from),
        "prefix" => Matcher::Prefix(from),
        "suffix" => Matcher::Suffix(from),
        "substring" => Matcher::Substring(from),
        "regex" => Matcher::Expression(expression(&from)?),
        other => return Err(error(&format!("unknown cname rewrite type: {other}"))),
    };
    Ok(Change::Alias(targets, to))
}

/// `edns0 KIND ACTION …`: an option is set or appended whatever the question, replaced only where there is one, which the
/// tools here don't send (edns0.go).
fn option(words: &[&str]) -> Change {
    match words.get(1) {
        Some(action) if matches!(action.to_ascii_lowercase().as_str(), "set" | "append") => Change::Option,
        _ => Change::Nothing,
    }
}

/// A response code by name or number.
pub(in super::super) fn rcode(text: &str) -> Result<Rcode, CorefileError> {
    Ok(match text.to_ascii_uppercase().as_str() {
        "NOERROR" | "0" => Rcode::NoError,
        "FORMERR" | "1" => Rcode::FormErr,
        "SERVFAIL" | "2" => Rcode::ServFail,
        "NXDOMAIN" | "3" => Rcode::NxDomain,
        "NOTIMP" | "4" => Rcode::NotImp,
        "REFUSED" | "5" => Rcode::Refused,
        _ => return Err(error(&format!("unknown rcode {text}"))),
    })
}

fn error(message: &str) -> CorefileError {
    CorefileError { plugin: None, line: None, message: message.to_owned() }
}
