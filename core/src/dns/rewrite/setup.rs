//! Reads `rewrite` lines (plugin/rewrite/rewrite.go newRule, name.go newNameRule).

use regex_lite::Regex;

use crate::http::pattern::go_expression;
use crate::packet::{Rcode, RecordType};

use super::super::corefile::{CorefileError, Directive};
use super::{AnswerChange, NameChange, NameMatcher, RewriteAction, RewriteRule};

/// Takes one line; a block's words follow those of its line.
pub fn read(directive: &Directive) -> Result<RewriteRule, CorefileError> {
    let mut words: Vec<&str> = directive.args.iter().map(String::as_str).collect();
    // A line of two words and more is a rule of its own.
    for property in directive.block.iter().filter(|_| directive.args.len() < 2) {
        words.push(&property.name);
        words.extend(property.args.iter().map(String::as_str));
    }
    let first = words.first().map(|word| word.to_ascii_lowercase()).unwrap_or_default();
    let goes_on = first == "continue";
    if goes_on || first == "stop" {
        words.remove(0);
        if words.is_empty() {
            return Err(error(&format!("{first} rule must begin with a rule type")));
        }
    }
    let change = change(&words)?;
    Ok(RewriteRule { change, goes_on })
}

fn change(words: &[&str]) -> Result<RewriteAction, CorefileError> {
    let Some((kind, args)) = words.split_first() else {
        return Err(error("no rule type specified for rewrite"));
    };
    match (kind.to_ascii_lowercase().as_str(), args) {
        ("answer", _) => Err(error("response rewrites must begin with a name rule")),
        ("name", args) => name_change(args).map(RewriteAction::Name),
        ("type", [from, to]) => Ok(RewriteAction::Type(record_type(from)?, record_type(to)?)),
        ("ttl", [names @ .., ttl]) if (1..=2).contains(&names.len()) => {
            let seconds = seconds(ttl)?;
            Ok(RewriteAction::Ttl(matcher_of(names, "ttl")?, seconds))
        }
        ("rcode", [names @ .., from, to]) if (1..=2).contains(&names.len()) => {
            let (from, to) = (rcode(from, "matching")?, rcode(to, "replacement")?);
            Ok(RewriteAction::Code(matcher_of(names, "rcode")?, from, to))
        }
        ("ttl", [_] | []) => Err(error(&format!("too few ({}) arguments for a ttl rule", args.len()))),
        ("ttl", _) => Err(error("invalid TTL '' for a ttl rule")),
        ("rcode", [_, _] | [_] | []) => Err(error(&format!("too few ({}) arguments for a rcode rule", args.len()))),
        ("rcode", _) => Err(error("invalid matching RCODE '' for a rcode rule")),
        ("class", [from, to]) => {
            let unknown = [from, to].into_iter().map(|class| class.to_ascii_uppercase());
            let unknown = unknown.into_iter().find(|class| !CLASSES.contains(&class.as_str()));
            unknown.map_or(Ok(RewriteAction::Nothing), |class| Err(error(&format!("invalid class \"{class}\""))))
        }
        ("edns0", args) => super::options::read(args).map(RewriteAction::Option),
        ("cname", args) => alias(args),
        ("class" | "type", _) => Err(error(&format!("{kind} rules must have exactly two arguments"))),
        (other, _) => Err(error(&format!("invalid rule type \"{other}\""))),
    }
}

/// dns.StringToClass.
const CLASSES: &[&str] = &["IN", "CS", "CH", "HS", "NONE", "ANY"];

fn name_change(args: &[&str]) -> Result<NameChange, CorefileError> {
    let (kind, from, to, rest) = match args {
        [] | [_] => return Err(error("too few arguments for a name rule")),
        [from, to] => ("exact", *from, *to, &[][..]),
        [kind, from, to, rest @ ..] => (*kind, *from, *to, rest),
    };
    let kind = kind.to_ascii_lowercase();
    let rest = match rest {
        [first, ..] if *first == "metadata" && kind != "regex" => {
            return Err(error("metadata is only supported for regex name rules"));
        }
        [first, rest @ ..] if *first == "metadata" => rest,
        rest => rest,
    };
    let (auto, answer) = answer_rules(&kind, rest)?;
    let to = with_dot(to);
    let from = matcher(&kind, from)?;
    check_groups(&from, &to)?;
    Ok(NameChange { auto: auto || kind == "exact", from, to, answer })
}

/// All but expressions are full names, with a final dot (plugin.Name.Normalize): `prefix foo` means the label `foo.`.
fn matcher(kind: &str, text: &str) -> Result<NameMatcher, CorefileError> {
    Ok(match kind {
        "exact" => NameMatcher::Exact(with_dot(text)),
        "prefix" => NameMatcher::Prefix(with_dot(text)),
        "suffix" => NameMatcher::Suffix(with_dot(text)),
        "substring" => NameMatcher::Substring(with_dot(text)),
        "regex" => NameMatcher::Expression(expression(text)?),
        other => {
            return Err(error(&format!(
                "name rule supports only exact, prefix, suffix, substring, and regex name matching, received: {other}"
            )));
        }
    })
}

/// `[KIND] NAME` of ttl and rcode rules.
fn matcher_of(words: &[&str], rule: &str) -> Result<NameMatcher, CorefileError> {
    let (kind, name) = match words {
        [kind, name, ..] => (kind.to_ascii_lowercase(), *name),
        _ => ("exact".to_owned(), words.first().copied().unwrap_or_default()),
    };
    match kind.as_str() {
        "regex" => {
            let wrong = || error(&format!("invalid regex pattern in a {rule} rule: {name}"));
            go_expression(name).map(NameMatcher::Expression).ok_or_else(wrong)
        }
        "exact" | "prefix" | "suffix" | "substring" => matcher(&kind, name),
        _ => {
            Err(error(&format!("{rule} rule supports only exact, prefix, suffix, substring, and regex name matching")))
        }
    }
}

/// `answer auto`, `answer name FROM TO`, `answer value FROM TO` (parseAnswerRules).
fn answer_rules(kind: &str, words: &[&str]) -> Result<(bool, Vec<AnswerChange>), CorefileError> {
    // 1. What doesn't begin with `answer`.
    let mut auto = false;
    let mut changes = Vec::new();
    let mut rest = words;
    if rest.len() == 1 {
        return Err(error(&format!("invalid arguments for {kind} rule")));
    }
    if rest.first().is_some_and(|first| *first != "answer") {
        return Err(error(&format!("exceeded the number of arguments for a non-answer rule argument for {kind} rule")));
    }
    // 2. Rule by rule, each with its words.
    while let Some((word, after)) = rest.split_first() {
        rest = match (*word, after) {
            ("answer", [_, ..]) => after,
            ("answer", []) => return Err(error(&format!("type missing for answer rule for {kind} rule"))),
            ("auto", after) => {
                auto = true;
                after
            }
            ("name" | "value", [from, to, after @ ..]) => {
                let pattern = NameMatcher::Expression(expression(from)?);
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
    // 3. `auto` rewrites the owners' names itself.
    if auto && changes.iter().any(|change| change.owners) {
        Err(error("auto name answer rule cannot be combined with explicit name anwer rules"))
    } else {
        Ok((auto, changes))
    }
}

fn expression(text: &str) -> Result<Regex, CorefileError> {
    go_expression(text).ok_or_else(|| error(&format!("invalid regex matching pattern: {text}")))
}

/// A replacement can't use more groups than the expression has.
fn check_groups(from: &NameMatcher, to: &str) -> Result<(), CorefileError> {
    let NameMatcher::Expression(pattern) = from else { return Ok(()) };
    let used = (0..=100).filter(|number| to.contains(&format!("{{{number}}}"))).count();
    if used > pattern.captures_len() - 1 {
        Err(error(&format!(
            "the rewrite regex pattern ({to}) uses more subexpressions than its corresponding matching regex pattern ({})",
            pattern.as_str()
        )))
    } else {
        Ok(())
    }
}

fn with_dot(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    if lower.ends_with('.') { lower } else { lower + "." }
}

fn record_type(text: &str) -> Result<RecordType, CorefileError> {
    let upper = text.to_ascii_uppercase();
    RecordType::from_text(&upper).ok_or_else(|| error(&format!("invalid type \"{upper}\"")))
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

/// `cname [KIND] FROM TO`; but for exact ones the names count as they are typed, without a dot of their own (newCNAMERule).
fn alias(words: &[&str]) -> Result<RewriteAction, CorefileError> {
    let (kind, from, to) = match words {
        [from, to] => ("exact".to_owned(), from.to_ascii_lowercase(), to.to_ascii_lowercase()),
        [kind, from, to] => (kind.to_ascii_lowercase(), from.to_ascii_lowercase(), to.to_ascii_lowercase()),
        _ => return Err(error(&format!("too few ({}) arguments for a cname rule", words.len()))),
    };
    let targets = match kind.as_str() {
        "exact" => return Ok(RewriteAction::Alias(NameMatcher::Exact(with_dot(&from)), with_dot(&to))),
        "prefix" => NameMatcher::Prefix(from),
        "suffix" => NameMatcher::Suffix(from),
        "substring" => NameMatcher::Substring(from),
        "regex" => NameMatcher::Expression(expression(&from)?),
        other => return Err(error(&format!("unknown cname rewrite type: {other}"))),
    };
    Ok(RewriteAction::Alias(targets, to))
}

/// A response code by number or name, in any case (isValidRCode).
fn rcode(text: &str, which: &str) -> Result<Rcode, CorefileError> {
    let numbered = text.parse::<u16>().ok().filter(|number| *number <= 23);
    let known = match numbered {
        Some(number) => Some(Rcode::from_number(number)),
        None => Rcode::from_text(&text.to_ascii_uppercase()),
    };
    known.ok_or_else(|| error(&format!("invalid {which} RCODE '{text}' for a rcode rule")))
}

fn error(message: &str) -> CorefileError {
    CorefileError { plugin: None, line: None, message: message.to_owned() }
}
