//! CoreDNS' template plugin: answers made from the question (plugin/template). Of Go's templates the fields of the
//! question and the groups of the expression are understood; anything else is named as not modelled.

use std::fmt::Write;

use regex_lite::Regex;

use crate::http::pattern::go_expression;
use crate::packet::{Answer, DnsName, DnsRecord, EdnsOption, EdnsReply, Question, Rcode, RecordData, RecordType};
use crate::trace::{DnsRule, ModelGap};

use super::context::{DnsPlugin, PluginChain, QueryContext};
use super::corefile::{CorefileError, Directive, PluginOption};
use super::name::longest_zone;
use super::reply::DnsReply;
use super::setup::{fallthrough, parse_uint, rcode, zones_or};

/// One `template` block.
#[derive(Clone, Debug)]
pub struct AnswerTemplate {
    /// Whether it is for class IN, as all questions here are.
    internet: bool,
    zones: Vec<DnsName>,
    /// None for ANY.
    record_type: Option<RecordType>,
    expressions: Vec<Regex>,
    answer: Vec<TemplateText>,
    additional: Vec<TemplateText>,
    authority: Vec<TemplateText>,
    rcode: Rcode,
    /// `ederror`
    error: Option<EdnsOption>,
    fallthrough: Option<Vec<DnsName>>,
    /// A property whose effect isn't modelled.
    not_modelled: Option<String>,
}

/// All `template` blocks of a server block, in order.
#[derive(Clone, Debug)]
pub struct AnswerTemplates(pub Vec<AnswerTemplate>);

/// `ANY` as a type.
const ANY: RecordType = RecordType::Other(255);

/// A record with holes.
type TemplateText = Vec<TemplatePiece>;

#[derive(Clone, Debug, PartialEq)]
enum TemplatePiece {
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
    /// `{{ index .Group "name" }}`
    IndexedGroup(String),
    /// `{{ index .Match 1 }}`
    Match(usize),
    /// `{{ .Nothing }}`: no such field, which shows only when it is used.
    NoField,
    /// Anything else.
    NotModelled(String),
}

/// Takes a `template CLASS TYPE [ZONE…]` block (setup.go templateParse).
pub fn read(directive: &Directive, server_zones: &[DnsName]) -> Result<AnswerTemplate, CorefileError> {
    // 1. Class, type and zones.
    let [class, kind, zones @ ..] = directive.args.as_slice() else {
        return Err(directive.head().argument_error());
    };
    if !matches!(class.as_str(), "IN" | "ANY" | "CH" | "HS" | "CS" | "NONE") {
        return Err(CorefileError::at(directive.line, format!("invalid query class {class}")));
    }
    // The word is class there, too.
    let capital = !kind.chars().any(|letter| letter.is_ascii_lowercase());
    let record_type = RecordType::from_text(kind).filter(|_| capital);
    let record_type =
        record_type.ok_or_else(|| CorefileError::at(directive.line, format!("invalid RR class {kind}")))?;
    let mut template = AnswerTemplate {
        internet: matches!(class.as_str(), "IN" | "ANY"),
        zones: zones_or(zones, server_zones),
        record_type: Some(record_type).filter(|kind| *kind != ANY),
        expressions: Vec::new(),
        answer: Vec::new(),
        additional: Vec::new(),
        authority: Vec::new(),
        rcode: Rcode::NoError,
        error: None,
        fallthrough: None,
        not_modelled: None,
    };
    // 2. The options of the block.
    for property in &directive.block {
        template.set(property)?;
    }
    Ok(template)
}

impl AnswerTemplate {
    fn set(&mut self, property: &PluginOption) -> Result<(), CorefileError> {
        let texts = || -> Result<Vec<TemplateText>, CorefileError> {
            let args = property.some()?;
            let last = args.last().map(String::as_str).unwrap_or_default();
            args.iter().map(|text| compiled(property, text, last)).collect()
        };
        match property.name.as_str() {
            "match" => {
                for text in property.some()? {
                    let wrong = || CorefileError::at(property.line, format!("could not parse regex: {text}"));
                    self.expressions.push(go_expression(text).ok_or_else(wrong)?);
                }
            }
            "answer" => self.answer.extend(texts()?),
            "additional" => self.additional.extend(texts()?),
            "authority" => self.authority.extend(texts()?),
            "rcode" => {
                let code = property.some()?.first().map(String::as_str).unwrap_or_default();
                let unknown = || CorefileError::at(property.line, format!("unknown rcode {code}"));
                self.rcode = rcode(code).ok_or_else(unknown)?;
            }
            "ederror" => self.error = Some(extended_error(property)?),
            "fallthrough" => self.fallthrough = Some(fallthrough(property)),
            "upstream" => {}
            "var" | "expr" => {
                property.some()?;
                self.not_modelled = Some(property.name.clone());
            }
            _ => return Err(property.argument_error()),
        }
        Ok(())
    }

    /// A question for ANY fits every type (template.go match).
    fn is_for(&self, asked: RecordType) -> bool {
        asked == ANY || self.record_type.is_none_or(|kind| kind == asked)
    }

    /// The groups of the first expression that fits: by number and by name. None: none fits.
    fn groups(&self, name: &str) -> Option<MatchGroups> {
        if self.expressions.is_empty() {
            return Some(MatchGroups { numbered: vec![name.to_owned()], named: Vec::new() });
        }
        self.expressions.iter().find_map(|expression| {
            let captures = expression.captures(name)?;
            let text = |group: Option<regex_lite::Match<'_>>| {
                group.map_or_else(String::new, |group| group.as_str().to_owned())
            };
            let named = expression.capture_names().flatten();
            Some(MatchGroups {
                numbered: captures.iter().map(text).collect(),
                named: named.map(|name| (name.to_owned(), text(captures.name(name)))).collect(),
            })
        })
    }
}

struct MatchGroups {
    numbered: Vec<String>,
    named: Vec<(String, String)>,
}

impl DnsPlugin for AnswerTemplates {
    /// The blocks in order (template.go ServeDNS): the first that fits answers; one whose zone and type fit but whose
    /// expression doesn't ends the chain with SERVFAIL, unless it falls through.
    fn serve(&self, context: &QueryContext<'_>, rest: PluginChain<'_>, question: &Question) -> DnsReply {
        let name = question.name.to_string().to_ascii_lowercase();
        for template in &self.0 {
            let Some(zone) = longest_zone(&template.zones, &question.name) else { continue };
            if !template.internet || !template.is_for(question.record_type) {
                continue;
            }
            if let Some(property) = &template.not_modelled {
                return DnsReply::unknown(ModelGap::CoreDnsPlugin(format!("template: {property}")));
            }
            let through = template.fallthrough.as_ref().map(|zones| longest_zone(zones, &question.name));
            match template.groups(&name) {
                Some(groups) => return answer(template, context, question, zone, &name, &groups),
                None if through.flatten().is_some() => {}
                None => return DnsReply::code(Rcode::ServFail, DnsRule::TemplateMismatch),
            }
        }
        context.next(rest, question)
    }
}

fn answer(
    template: &AnswerTemplate,
    context: &QueryContext<'_>,
    question: &Question,
    zone: &DnsName,
    name: &str,
    groups: &MatchGroups,
) -> DnsReply {
    // 1. A failure is no message of the plugin's own.
    if template.rcode == Rcode::ServFail {
        return DnsReply::code(Rcode::ServFail, DnsRule::TemplateAnswer);
    }
    // 2. The records; one that can't be made is a failure.
    let section = |texts: &[TemplateText]| -> Result<Vec<DnsRecord>, TemplateFailure> {
        let filled = texts.iter().map(|text| execute_template(template, text, context, question, (zone, name), groups));
        filled.map(|line| DnsRecord::from_line(&line?, 3600).ok_or(TemplateFailure::Fails)).collect()
    };
    let sections = section(&template.answer)
        .and_then(|answers| Ok((answers, section(&template.additional)?, section(&template.authority)?)));
    let (made, additional, authority) = match sections {
        Ok(sections) => sections,
        Err(TemplateFailure::Fails) => return DnsReply::code(Rcode::ServFail, DnsRule::TemplateRecordInvalid),
        Err(TemplateFailure::NotModelled(what)) => {
            return DnsReply::unknown(ModelGap::CoreDnsPlugin(format!("template: {what}")));
        }
    };
    // 3. Behind each alias what it leads to.
    let (mut answers, mut gap) = (Vec::new(), None);
    for record in made {
        let target = match &record.data {
            RecordData::Cname(target) => Some(target.clone()),
            _ => None,
        };
        answers.push(record);
        if let (Some(target), RecordType::A | RecordType::Aaaa) = (target, question.record_type) {
            let reply = context.lookup(target, question.record_type);
            answers.extend(reply.answer.answers);
            gap = gap.or(reply.gap);
        }
    }
    // 4. What kind of failure it is.
    let options: Vec<EdnsOption> = template.error.iter().cloned().collect();
    let own = !options.is_empty();
    let edns = EdnsReply { always: own, dnssec: own, options, ..EdnsReply::default() };
    let rcode = template.rcode;
    let filled = Answer { rcode, authoritative: true, answers, authority, additional, edns, ..Answer::default() };
    DnsReply { gap, ..DnsReply::new(filled, DnsRule::TemplateAnswer) }
}

/// Why a text can't be filled.
enum TemplateFailure {
    /// Go's template fails, or no record comes of it.
    Fails,
    /// What isn't modelled.
    NotModelled(String),
}

/// The text with its holes filled.
fn execute_template(
    template: &AnswerTemplate,
    text: &TemplateText,
    context: &QueryContext<'_>,
    question: &Question,
    (zone, name): (&DnsName, &str),
    groups: &MatchGroups,
) -> Result<String, TemplateFailure> {
    let mut line = String::new();
    for piece in text {
        let written = match piece {
            TemplatePiece::Words(words) => line.write_str(words),
            TemplatePiece::Name => line.write_str(name),
            TemplatePiece::Zone => write!(line, "{zone}"),
            TemplatePiece::Class => line.write_str("IN"),
            TemplatePiece::Type => {
                let asked = Some(question.record_type).filter(|kind| *kind != ANY);
                write!(line, "{}", asked.or(template.record_type).unwrap_or(ANY))
            }
            TemplatePiece::Remote => context.client.map_or(Ok(()), |client| write!(line, "{client}")),
            // Groups count by name and by number.
            TemplatePiece::Group(group) => {
                let named = groups.named.iter().find(|(name, _)| name == group).map(|(_, text)| text);
                let numbered = group.parse().ok().and_then(|number: usize| groups.numbered.get(number));
                line.write_str(named.or(numbered).map_or("<no value>", String::as_str))
            }
            TemplatePiece::IndexedGroup(group) => {
                let named = groups.named.iter().find(|(name, _)| name == group).map(|(_, text)| text);
                let numbered = group.parse().ok().and_then(|number: usize| groups.numbered.get(number));
                line.write_str(named.or(numbered).map_or("", String::as_str))
            }
            TemplatePiece::Match(number) => line.write_str(groups.numbered.get(*number).ok_or(TemplateFailure::Fails)?),
            TemplatePiece::NoField => return Err(TemplateFailure::Fails),
            TemplatePiece::NotModelled(action) => return Err(TemplateFailure::NotModelled(action.clone())),
        };
        if written.is_err() {
            return Err(TemplateFailure::Fails);
        }
    }
    Ok(line)
}

/// `ederror CODE [REASON]`
fn extended_error(property: &PluginOption) -> Result<EdnsOption, CorefileError> {
    let [code, reason @ ..] = property.some()? else { return Err(property.argument_error()) };
    if reason.len() > 1 {
        return Err(property.argument_error());
    }
    let last = property.args.last().unwrap_or(code);
    let wrong = |error: CorefileError| {
        CorefileError::at(property.line, format!("error parsing extended DNS error code {last}, {error}\n"))
    };
    let number = parse_uint(code, i64::from(u16::MAX)).map_err(wrong)?;
    let code = u16::try_from(number).unwrap_or_default();
    Ok(EdnsOption::ExtendedError(code, reason.first().cloned().unwrap_or_default()))
}

/// A text's pieces; Go's words where its template package doesn't take it.
fn compiled(property: &PluginOption, text: &str, last: &str) -> Result<TemplateText, CorefileError> {
    let pieces = template_pieces(text);
    let section = &property.name;
    let why = pieces.iter().find_map(|piece| match piece {
        TemplatePiece::NotModelled(action) if action.is_empty() => Some(UNCLOSED.to_owned()),
        TemplatePiece::NotModelled(action) => undefined_function(action),
        _ => None,
    });
    let end = if section == "answer" { "" } else { "\n" };
    why.map_or(Ok(pieces), |why| {
        let message = format!("could not compile template: {last}, template: {section}:1: {why}{end}");
        Err(CorefileError::at(property.line, message))
    })
}

const UNCLOSED: &str = "unclosed action";

/// The keywords and functions of Go's templates, and the plugin's own.
const FUNCTIONS: &[&str] = &[
    "and", "block", "break", "call", "continue", "define", "else", "end", "eq", "false", "ge", "gt", "html", "if",
    "index", "js", "le", "len", "lt", "ne", "nil", "not", "or", "parseInt", "print", "printf", "println", "range",
    "slice", "template", "true", "urlquery", "with",
];

fn undefined_function(action: &str) -> Option<String> {
    let inside = action.trim_start_matches("{{").trim_end_matches("}}").trim();
    let end = inside.find(|character: char| !(character.is_ascii_alphanumeric() || character == '_'));
    let word = inside.get(..end.unwrap_or(inside.len()))?;
    let is_word = word.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    (is_word && !FUNCTIONS.contains(&word)).then(|| format!("function {word:?} not defined"))
}

/// Takes `{{ … }}` apart.
fn template_pieces(text: &str) -> TemplateText {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        pieces.push(TemplatePiece::Words(before.to_owned()));
        let Some((action, after)) = after.split_once("}}") else {
            // Nothing closes it.
            pieces.push(TemplatePiece::NotModelled(String::new()));
            return pieces;
        };
        pieces.push(piece(action.trim()));
        rest = after;
    }
    pieces.push(TemplatePiece::Words(rest.to_owned()));
    pieces
}

fn piece(action: &str) -> TemplatePiece {
    match action {
        ".Name" => TemplatePiece::Name,
        ".Zone" => TemplatePiece::Zone,
        ".Class" => TemplatePiece::Class,
        ".Type" => TemplatePiece::Type,
        ".Remote" => TemplatePiece::Remote,
        other => action_of(other).unwrap_or_else(|| TemplatePiece::NotModelled(format!("{{{{ {other} }}}}"))),
    }
}

/// The fields of templateData.
const FIELDS: &[&str] =
    &["Zone", "Name", "Regex", "Match", "Group", "Class", "Type", "Message", "Question", "Remote", "Var", "Meta"];

fn action_of(action: &str) -> Option<TemplatePiece> {
    if let Some(number) = action.strip_prefix("index .Match ") {
        return number.trim().parse().ok().map(TemplatePiece::Match);
    }
    if let Some(quoted) = action.strip_prefix("index .Group ") {
        let bare = quoted.trim().strip_prefix('"')?.strip_suffix('"')?;
        return Some(TemplatePiece::IndexedGroup(bare.to_owned()));
    }
    let is_word = |text: &str| text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if let Some(group) = action.strip_prefix(".Group.") {
        return is_word(group).then(|| TemplatePiece::Group(group.to_owned()));
    }
    let field = action.strip_prefix('.')?;
    (is_word(field) && !field.is_empty() && !FIELDS.contains(&field)).then_some(TemplatePiece::NoField)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_found() {
        let words = |text: &str| TemplatePiece::Words(text.to_owned());
        let expected =
            [words(""), TemplatePiece::Name, words(" 60 IN A "), TemplatePiece::Group("a".to_owned()), words("")];
        assert_eq!(template_pieces("{{ .Name }} 60 IN A {{ .Group.a }}"), expected);
        assert_eq!(piece("index .Match 2"), TemplatePiece::Match(2));
        assert!(matches!(piece("if .Name"), TemplatePiece::NotModelled(_)));
    }
}
