//! CoreDNS' rewrite plugin: the question is changed before other plugins see it, the answer changed back
//! (plugin/rewrite).

use regex_lite::Regex;

use crate::packet::{DnsName, DnsRecord, Question, Rcode, RecordData, RecordType};
use crate::trace::{Cause, DnsRule};

use super::context::{DnsPlugin, PluginChain, QueryContext};
use super::name::fits_a_question;
use super::reply::DnsReply;

mod options;
pub mod setup;

use options::{OptionChange, OptionsSet};

/// One `rewrite` line.
#[derive(Clone, Debug)]
pub struct RewriteRule {
    /// What it looks at and changes.
    pub change: RewriteAction,
    /// Whether the lines after it are looked at too.
    pub goes_on: bool,
}

/// What a rule changes.
#[derive(Clone, Debug)]
pub enum RewriteAction {
    /// The name asked.
    Name(NameChange),
    /// The type asked.
    Type(RecordType, RecordType),
    /// The TTL of answers for some names: at least and at most.
    Ttl(NameMatcher, (u32, u32)),
    /// The response code for some names.
    Code(NameMatcher, Rcode, Rcode),
    /// Where aliases in answers lead.
    Alias(NameMatcher, String),
    /// An EDNS option of the question, which the answer repeats.
    Option(OptionChange),
    /// Questions that nobody asks here (class CH).
    Nothing,
}

/// How a name is changed, and the answer back.
#[derive(Clone, Debug)]
pub struct NameChange {
    pub from: NameMatcher,
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
    pub from: NameMatcher,
    /// What takes their place.
    pub to: String,
    /// Whether owners are changed.
    pub owners: bool,
    /// Whether targets are changed.
    pub targets: bool,
}

/// Names, in small letters and with final dot, as the plugin compares them.
#[derive(Clone, Debug)]
pub enum NameMatcher {
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

impl NameMatcher {
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

/// What a rule that matched does to the answer.
#[derive(Clone, Debug)]
enum ResponseRule<'r> {
    Names(AnswerChange),
    Ttl(u32, u32),
    Code(Rcode, Rcode),
    Alias(&'r NameMatcher, &'r str),
}

/// All `rewrite` lines of a server block, in order.
#[derive(Clone, Debug)]
pub struct RewriteRules(pub Vec<RewriteRule>);

impl DnsPlugin for RewriteRules {
    /// Changes the question by the rules, asks the rest of the chain, and changes the answer back (rewrite.go ServeDNS,
    /// reverter.go).
    fn serve(&self, context: &QueryContext<'_>, rest: PluginChain<'_>, question: &Question) -> DnsReply {
        let mut asked = question.clone();
        let mut options = OptionsSet::default();
        let mut reverts: Vec<ResponseRule<'_>> = Vec::new();
        for rule in &self.0 {
            let done = rule.change.apply(&mut asked, (&mut options, context), &mut reverts);
            if done && !fits_a_question(&asked.name) {
                return DnsReply::code(Rcode::ServFail, DnsRule::QuestionRewritten);
            }
            if done && !rule.goes_on {
                break;
            }
        }
        let mut reply = context.next(rest, &asked);
        change_answer(&mut reply, context, &asked, &reverts);
        options.show_in(&mut reply);
        if asked == *question { reply } else { reply.because(Cause::rule(DnsRule::QuestionRewritten)) }
    }
}

impl RewriteAction {
    /// Changes the question and notes what is to be done to the answer; whether the rule was for it.
    fn apply<'r>(
        &'r self,
        asked: &mut Question,
        (options, context): (&mut OptionsSet, &QueryContext<'_>),
        reverts: &mut Vec<ResponseRule<'r>>,
    ) -> bool {
        match self {
            Self::Option(change) => return options.apply(change, context, asked),
            Self::Name(change) => return change.apply(asked, reverts),
            Self::Type(from, to) if asked.record_type == *from => asked.record_type = *to,
            Self::Ttl(names, (least, most)) if names.matches(&asked.name) => {
                reverts.push(ResponseRule::Ttl(*least, *most));
            }
            Self::Code(names, from, to) if names.matches(&asked.name) => reverts.push(ResponseRule::Code(*from, *to)),
            Self::Alias(targets, to) => reverts.push(ResponseRule::Alias(targets, to)),
            Self::Type(..) | Self::Ttl(..) | Self::Code(..) | Self::Nothing => return false,
        }
        true
    }
}

impl NameChange {
    fn apply(&self, asked: &mut Question, reverts: &mut Vec<ResponseRule<'_>>) -> bool {
        let name = comparable(&asked.name);
        let Some(new) = self.from.replace(&name, &self.to) else { return false };
        asked.name = DnsName::new(&new);
        let both = |from, to| ResponseRule::Names(AnswerChange { from, to, owners: true, targets: true });
        match (&self.from, self.auto) {
            // A suffix is put back as such, whatever name the answer is about (newSuffixNameRule).
            (NameMatcher::Suffix(from), true) => reverts.push(both(NameMatcher::Suffix(self.to.clone()), from.clone())),
            (_, true) => reverts.push(both(NameMatcher::Domain(comparable(&asked.name)), name)),
            (_, false) => {}
        }
        reverts.extend(self.answer.iter().cloned().map(ResponseRule::Names));
        true
    }
}

/// Record by record, each by the rules from the last to the first (rewriteResourceRecord); without any record the response
/// code alone (rewriteMsg).
fn change_answer(reply: &mut DnsReply, context: &QueryContext<'_>, asked: &Question, reverts: &[ResponseRule<'_>]) {
    for revert in reverts.iter().rev() {
        if let ResponseRule::Alias(targets, to) = revert {
            lead_elsewhere(reply, context, asked, targets, to);
        }
        let answer = &mut reply.answer;
        let bare = answer.authority.is_empty() && answer.answers.is_empty() && answer.additional.is_empty();
        if let ResponseRule::Code(from, to) = revert
            && bare
            && answer.rcode == *from
        {
            answer.rcode = *to;
        }
        let sections = [&mut answer.authority, &mut answer.answers, &mut answer.additional];
        for record in sections.into_iter().flatten() {
            match revert {
                ResponseRule::Names(change) => change.apply(record),
                ResponseRule::Ttl(least, most) => record.ttl = record.ttl.max(*least).min(*most),
                ResponseRule::Code(from, to) if answer.rcode == *from => answer.rcode = *to,
                ResponseRule::Code(..) | ResponseRule::Alias(..) => {}
            }
        }
    }
}

/// An alias with another target is followed anew through the server: of what was there only the aliases stay, all with
/// the new target, and of what comes only the target's own records (cname_target.go RewriteResponse).
fn lead_elsewhere(reply: &mut DnsReply, context: &QueryContext<'_>, asked: &Question, targets: &NameMatcher, to: &str) {
    let new = reply.answer.answers.iter().find_map(|record| match &record.data {
        RecordData::Cname(target) => targets.replace(&target.to_string(), to),
        _ => None,
    });
    let Some(new) = new.map(|new| DnsName::new(&new)) else { return };
    let found = context.lookup(new.clone(), asked.record_type);
    let answers = &mut reply.answer.answers;
    answers.retain(|record| matches!(record.data, RecordData::Cname(_)));
    answers.iter_mut().for_each(|record| record.data = RecordData::Cname(new.clone()));
    answers.extend(found.answer.answers.into_iter().filter(|record| record.name == new));
    reply.gap = found.gap;
}

impl AnswerChange {
    fn apply(&self, record: &mut DnsRecord) {
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
        RecordData::Cname(name) | RecordData::Ns(name) | RecordData::Ptr(name) => Some(name),
        RecordData::Srv { target, .. } => Some(target),
        RecordData::Mx { exchange, .. } => Some(exchange),
        RecordData::Soa { mname, .. } => Some(mname),
        RecordData::A(_) | RecordData::Aaaa(_) | RecordData::Txt(_) | RecordData::Other(..) => None,
    }
}
