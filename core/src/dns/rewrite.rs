//! CoreDNS' rewrite plugin: the question is changed before other plugins see it, the answer changed back
//! (plugin/rewrite).

use regex_lite::Regex;

use crate::packet::{DnsName, Question, Rcode, Record, RecordData, RecordType};
use crate::trace::{DnsRule, Gap};

use super::server::{Context, Plugin, Reply, cause};

pub mod setup;

/// One `rewrite` line.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What it looks at and changes.
    pub change: Change,
    /// Whether the lines after it are looked at too.
    pub goes_on: bool,
}

/// What a rule changes.
#[derive(Clone, Debug)]
pub enum Change {
    /// The name asked.
    Name(NameChange),
    /// The type asked.
    Type(RecordType, RecordType),
    /// The TTL of answers for some names.
    Ttl(Matcher, u32),
    /// The response code for some names.
    Code(Matcher, Rcode, Rcode),
    /// Nothing that shows in an answer (edns0, class IN).
    Nothing,
    /// Aliases in answers, in a way that isn't modelled.
    Alias,
}

/// How a name is changed, and the answer back.
#[derive(Clone, Debug)]
pub struct NameChange {
    /// Which names.
    pub from: Matcher,
    /// What takes the matched part's place; `{1}` are the expression's groups.
    pub to: String,
    /// Whether answers carry the name asked again: always for exact names, for others with `answer auto`.
    pub auto: bool,
    /// `answer name`, `answer value`: changes of the answer's owner and target names.
    pub answer: Vec<AnswerChange>,
}

/// One change of names in an answer.
#[derive(Clone, Debug)]
pub struct AnswerChange {
    /// Which names.
    pub from: Matcher,
    /// What takes their place.
    pub to: String,
    /// Whether owners are changed.
    pub owners: bool,
    /// Whether targets are changed.
    pub targets: bool,
}

/// Names, in small letters and with final dot, as the plugin compares them.
#[derive(Clone, Debug)]
pub enum Matcher {
    /// This name.
    Exact(String),
    /// Names that begin so.
    Prefix(String),
    /// Names that end so.
    Suffix(String),
    /// Names that hold it.
    Substring(String),
    /// Names that the expression finds something in.
    Expression(Regex),
    /// This name, or below it: for changing answers back.
    Domain(String),
}

impl Matcher {
    /// The name with the matched part replaced; None if it doesn't match.
    fn replace(&self, name: &str, to: &str) -> Option<String> {
        match self {
            Self::Exact(from) => (name == from).then(|| to.to_owned()),
            Self::Prefix(from) => name.strip_prefix(from.as_str()).map(|rest| format!("{to}{rest}")),
            Self::Suffix(from) => name.strip_suffix(from.as_str()).map(|rest| format!("{rest}{to}")),
            Self::Substring(from) => name.contains(from.as_str()).then(|| name.replace(from.as_str(), to)),
            Self::Expression(pattern) => pattern.captures(name).map(|groups| {
                let numbered = groups.iter().enumerate();
                numbered.fold(to.to_owned(), |text, (number, group)| {
                    text.replace(&format!("{{{number}}}"), group.map_or("", |group| group.as_str()))
                })
            }),
            Self::Domain(from) if name == from => Some(to.to_owned()),
            Self::Domain(from) => name.strip_suffix(&format!(".{from}")).map(|rest| format!("{rest}.{to}")),
        }
    }

    fn matches(&self, name: &DnsName) -> bool {
        self.replace(&comparable(name), "").is_some()
    }
}

/// In small letters, with final dot.
fn comparable(name: &DnsName) -> String {
    name.to_string().to_ascii_lowercase()
}

/// Changes the question by the rules, asks the rest of the chain, and changes the answer back (rewrite.go ServeDNS,
/// reverter.go).
pub(super) fn serve(rules: &[Rule], context: &Context<'_>, rest: &[Plugin], question: &Question) -> Reply {
    let mut asked = question.clone();
    let mut back: Vec<AnswerChange> = Vec::new();
    for rule in rules {
        let before = asked.clone();
        let changed = match &rule.change {
            Change::Name(change) => change.apply(&mut asked, &mut back),
            Change::Type(from, to) if asked.record_type == *from => {
                asked.record_type = *to;
                true
            }
            Change::Ttl(names, _) | Change::Code(names, _, _) => names.matches(&before.name),
            Change::Type(..) | Change::Nothing | Change::Alias => false,
        };
        if changed && !rule.goes_on {
            break;
        }
    }
    let mut reply = context.next(rest, &asked);
    change_answer(&mut reply, rules, &asked, &back);
    match asked == *question {
        true => reply,
        false => reply.because(cause(DnsRule::QuestionRewritten)),
    }
}

impl NameChange {
    fn apply(&self, asked: &mut Question, back: &mut Vec<AnswerChange>) -> bool {
        let name = comparable(&asked.name);
        let Some(new) = self.from.replace(&name, &self.to) else { return false };
        asked.name = DnsName::new(&new);
        let both = |from, to| AnswerChange { from, to, owners: true, targets: true };
        match (&self.from, self.auto) {
            // A suffix is put back as such, whatever name the answer is about (newSuffixNameRule).
            (Matcher::Suffix(from), true) => back.push(both(Matcher::Suffix(self.to.clone()), from.clone())),
            (_, true) => back.push(both(Matcher::Domain(comparable(&asked.name)), name)),
            (_, false) => {}
        }
        back.extend(self.answer.iter().cloned());
        true
    }
}

fn change_answer(reply: &mut Reply, rules: &[Rule], asked: &Question, back: &[AnswerChange]) {
    let answer = &mut reply.answer;
    for rule in rules {
        match &rule.change {
            Change::Ttl(names, ttl) if names.matches(&asked.name) => {
                answer.answers.iter_mut().for_each(|record| record.ttl = *ttl);
            }
            Change::Code(names, from, to) if names.matches(&asked.name) && answer.rcode == *from => answer.rcode = *to,
            Change::Alias if answer.answers.iter().any(|record| record.data.record_type() == RecordType::Cname) => {
                reply.gap = Some(Gap::CoreDnsPlugin("rewrite cname".to_owned()));
            }
            _ => {}
        }
    }
    let sections = [&mut answer.answers, &mut answer.authority, &mut answer.additional];
    for record in sections.into_iter().flatten() {
        back.iter().for_each(|change| change.apply(record));
    }
}

impl AnswerChange {
    fn apply(&self, record: &mut Record) {
        if self.owners {
            self.rename(&mut record.name);
        }
        if let (true, Some(target)) = (self.targets, target_of(&mut record.data)) {
            self.rename(target);
        }
    }

    fn rename(&self, name: &mut DnsName) {
        if let Some(new) = self.from.replace(&comparable(name), &self.to) {
            *name = DnsName::new(new);
        }
    }
}

/// The name in a record's data that `answer value` changes (getRecordValueForRewrite).
fn target_of(data: &mut RecordData) -> Option<&mut DnsName> {
    match data {
        RecordData::Cname(name) | RecordData::Ns(name) => Some(name),
        RecordData::Srv { target, .. } => Some(target),
        RecordData::Mx { exchange, .. } => Some(exchange),
        RecordData::Soa { mname, .. } => Some(mname),
        RecordData::A(_) | RecordData::Aaaa(_) | RecordData::Ptr(_) | RecordData::Txt(_) | RecordData::Other(..) => {
            None
        }
    }
}
