//! CoreDNS' template plugin: answers made from the question (plugin/template). Of Go's templates the fields of the
//! question and the groups of the expression are understood; anything else is named as not modelled.

use std::fmt::Write;

use regex_lite::Regex;

use crate::packet::{Answer, DnsName, Question, Rcode, Record, RecordData, RecordType};
use crate::trace::{DnsRule, Gap};

use super::corefile::{CorefileError, Directive, Property};
use super::kubernetes::setup;
use super::name::{longest_zone, zones_of};
use super::rewrite::setup::rcode;
use super::server::{Context, Plugin, Reply, cause};

/// One `template` block.
#[derive(Clone, Debug)]
pub struct Template {
    /// Whether it is for class IN, as all questions here are.
    internet: bool,
    zones: Vec<DnsName>,
    /// None for ANY.
    record_type: Option<RecordType>,
    expressions: Vec<Regex>,
    answer: Vec<Text>,
    additional: Vec<Text>,
    authority: Vec<Text>,
    rcode: Rcode,
    fallthrough: Option<Vec<DnsName>>,
}

/// `ANY` as a type.
const ANY: RecordType = RecordType::Other(255);

/// A record with holes.
type Text = Vec<Piece>;

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Words(String),
    /// `{{ .Name }}`
    Name,
    /// `{{ .Zone }}`
    Zone,
    /// `{{ .Class }}`
    Class,
    /// `{{ .Type }}`
    Type,
    /// `{{ .Remote }}`
    Remote,
    /// `{{ .Group.name }}`
    Group(String),
    /// `{{ index .Match 1 }}`
    Match(usize),
    /// Anything else.
    NotModelled(String),
}

/// Takes a `template CLASS TYPE [ZONE…]` block (setup.go templateParse).
pub fn read(directive: &Directive, server_zones: &[DnsName]) -> Result<Template, CorefileError> {
    let [class, kind, zones @ ..] = directive.args.as_slice() else {
        return Err(directive.head().argument_error());
    };
    if !matches!(class.as_str(), "IN" | "ANY" | "CH" | "HS") {
        return Err(CorefileError::at(directive.line, format!("invalid query class {class}")));
    }
    let record_type = RecordType::from_text(kind)
        .ok_or_else(|| CorefileError::at(directive.line, format!("invalid RR type {kind}")))?;
    let named: Vec<DnsName> = zones.iter().flat_map(|zone| zones_of(zone)).collect();
    let mut template = Template {
        internet: matches!(class.as_str(), "IN" | "ANY"),
        zones: if named.is_empty() { server_zones.to_vec() } else { named },
        record_type: Some(record_type).filter(|kind| *kind != ANY),
        expressions: Vec::new(),
        answer: Vec::new(),
        additional: Vec::new(),
        authority: Vec::new(),
        rcode: Rcode::NoError,
        fallthrough: None,
    };
    for property in &directive.block {
        template.set(property)?;
    }
    let empty = template.answer.is_empty() && template.authority.is_empty() && template.rcode == Rcode::NoError;
    match empty {
        true => Err(CorefileError::at(directive.line, "no answer section for template found")),
        false => Ok(template),
    }
}

impl Template {
    fn set(&mut self, property: &Property) -> Result<(), CorefileError> {
        let texts = || property.some().map(|args| args.iter().map(|text| pieces(text)));
        match property.name.as_str() {
            "match" => {
                for text in property.some()? {
                    let wrong = |_| CorefileError::at(property.line, format!("could not parse regex: {text}"));
                    self.expressions.push(Regex::new(text).map_err(wrong)?);
                }
            }
            "answer" => self.answer.extend(texts()?),
            "additional" => self.additional.extend(texts()?),
            "authority" => self.authority.extend(texts()?),
            "rcode" => {
                let [code] = property.exactly()?;
                self.rcode = rcode(code)?;
            }
            "fallthrough" => self.fallthrough = Some(setup::fallthrough(property)),
            "upstream" | "ederror" => {}
            _ => return Err(property.argument_error()),
        }
        Ok(())
    }

    /// A question for ANY fits every type (template.go match).
    fn is_for(&self, asked: RecordType) -> bool {
        asked == ANY || self.record_type.is_none_or(|kind| kind == asked)
    }

    /// The groups of the first expression that fits: by number and by name. None: none fits.
    fn groups(&self, name: &str) -> Option<Groups> {
        if self.expressions.is_empty() {
            return Some(Groups { numbered: vec![name.to_owned()], named: Vec::new() });
        }
        self.expressions.iter().find_map(|expression| {
            let captures = expression.captures(name)?;
            let text = |group: Option<regex_lite::Match<'_>>| {
                group.map_or_else(String::new, |group| group.as_str().to_owned())
            };
            let named = expression.capture_names().flatten();
            Some(Groups {
                numbered: captures.iter().map(text).collect(),
                named: named.map(|name| (name.to_owned(), text(captures.name(name)))).collect(),
            })
        })
    }
}

struct Groups {
    numbered: Vec<String>,
    named: Vec<(String, String)>,
}

/// The blocks in order (template.go ServeDNS): the first that fits answers; one whose zone and type fit but whose expression
/// doesn't ends the chain with NXDOMAIN, unless it falls through.
pub(super) fn serve(templates: &[Template], context: &Context<'_>, rest: &[Plugin], question: &Question) -> Reply {
    let name = question.name.to_string().to_ascii_lowercase();
    for template in templates {
        let Some(zone) = longest_zone(&template.zones, &question.name) else { continue };
        if !template.internet || !template.is_for(question.record_type) {
            continue;
        }
        match template.groups(&name) {
            Some(groups) => return answer(template, context, question, zone, &name, &groups),
            None if template
                .fallthrough
                .as_ref()
                .is_some_and(|zones| longest_zone(zones, &question.name).is_some()) => {}
            None => return Reply::code(Rcode::NxDomain, DnsRule::TemplateAnswer),
        }
    }
    context.next(rest, question)
}

fn answer(
    template: &Template,
    context: &Context<'_>,
    question: &Question,
    zone: &DnsName,
    name: &str,
    groups: &Groups,
) -> Reply {
    if template.rcode == Rcode::ServFail {
        return Reply::code(Rcode::ServFail, DnsRule::TemplateAnswer);
    }
    let mut gap = None;
    let mut section = |texts: &[Text]| {
        let mut records = Vec::new();
        for text in texts {
            let line = fill(template, text, context, question, (zone, name), groups);
            match line.and_then(|line| Record::from_line(&line, 3600).ok_or(line)) {
                Ok(record) => records.push(record),
                Err(what) => gap = Some(Gap::CoreDnsPlugin(format!("template: {what}"))),
            }
        }
        records
    };
    let mut filled = Answer {
        rcode: template.rcode,
        authoritative: true,
        answers: section(&template.answer),
        authority: section(&template.authority),
        additional: section(&template.additional),
        ..Answer::default()
    };
    let alias = filled.answers.iter().find_map(|record| match &record.data {
        RecordData::Cname(target) => Some(target.clone()),
        _ => None,
    });
    if let (Some(target), RecordType::A | RecordType::Aaaa) = (alias, question.record_type) {
        let reply = context.lookup(target, question.record_type);
        filled.answers.extend(reply.answer.answers);
        gap = gap.or(reply.gap);
    }
    Reply { answer: filled, because: vec![cause(DnsRule::TemplateAnswer)], gap }
}

/// The text with its holes filled; the first piece that isn't modelled, if there is one.
fn fill(
    template: &Template,
    text: &Text,
    context: &Context<'_>,
    question: &Question,
    (zone, name): (&DnsName, &str),
    groups: &Groups,
) -> Result<String, String> {
    let mut line = String::new();
    for piece in text {
        let written = match piece {
            Piece::Words(words) => line.write_str(words),
            Piece::Name => line.write_str(name),
            Piece::Zone => write!(line, "{zone}"),
            Piece::Class => line.write_str("IN"),
            Piece::Type => {
                let asked = Some(question.record_type).filter(|kind| *kind != ANY);
                write!(line, "{}", asked.or(template.record_type).unwrap_or(ANY))
            }
            Piece::Remote => context.client.map_or(Ok(()), |client| write!(line, "{client}")),
            // Groups count by name and by number.
            Piece::Group(group) => {
                let named = groups.named.iter().find(|(name, _)| name == group).map(|(_, text)| text);
                let numbered = group.parse().ok().and_then(|number: usize| groups.numbered.get(number));
                line.write_str(named.or(numbered).map_or("", String::as_str))
            }
            Piece::Match(number) => line.write_str(groups.numbered.get(*number).map_or("", String::as_str)),
            Piece::NotModelled(action) => return Err(action.clone()),
        };
        if written.is_err() {
            return Err(line);
        }
    }
    Ok(line)
}

/// Takes `{{ … }}` apart.
fn pieces(text: &str) -> Text {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        pieces.push(Piece::Words(before.to_owned()));
        let Some((action, after)) = after.split_once("}}") else {
            pieces.push(Piece::NotModelled(after.to_owned()));
            return pieces;
        };
        pieces.push(piece(action.trim()));
        rest = after;
    }
    pieces.push(Piece::Words(rest.to_owned()));
    pieces
}

fn piece(action: &str) -> Piece {
    match action {
        ".Name" => Piece::Name,
        ".Zone" => Piece::Zone,
        ".Class" => Piece::Class,
        ".Type" => Piece::Type,
        ".Remote" => Piece::Remote,
        other => {
            let number = other.strip_prefix("index .Match ").and_then(|number| number.trim().parse().ok());
            let group = other.strip_prefix(".Group.").map(str::to_owned);
            let group = group.or_else(|| {
                let quoted = other.strip_prefix("index .Group ")?.trim();
                Some(quoted.trim_matches('"').to_owned())
            });
            match (number, group) {
                (Some(number), _) => Piece::Match(number),
                (None, Some(group)) => Piece::Group(group),
                (None, None) => Piece::NotModelled(format!("{{{{ {other} }}}}")),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_found() {
        let words = |text: &str| Piece::Words(text.to_owned());
        let expected = [words(""), Piece::Name, words(" 60 IN A "), Piece::Group("a".to_owned()), words("")];
        assert_eq!(pieces("{{ .Name }} 60 IN A {{ .Group.a }}"), expected);
        assert_eq!(piece("index .Match 2"), Piece::Match(2));
        assert!(matches!(piece("if .Name"), Piece::NotModelled(_)));
    }
}
