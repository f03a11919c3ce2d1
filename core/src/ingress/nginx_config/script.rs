//! The script of nginx' rewrite module, run over a request (ngx_http_script.c).

use std::collections::BTreeMap;

use super::block::{ConfigBlock, RewriteDirective, RewriteFlag, ScriptStep};
use super::condition::ScriptCondition;
use super::escape::{escape_args, unescape_redirect};
use super::expansion::{TextVariable, split_variables};
use crate::http::Pattern;
use crate::model::Text;

/// The longest text that a variable grows to here.
const LONGEST: usize = 1 << 16;

/// What scripts change about a request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScriptState {
    /// The decoded path.
    pub uri: String,
    pub query: Option<String>,
    /// Those that were set.
    pub variables: BTreeMap<Text, String>,
    /// The groups of the expression that matched last, the whole match first.
    pub captures: Vec<String>,
    /// Whether a location must be looked for again.
    pub uri_changed: bool,
    /// Whether path or arguments aren't the client's any more.
    pub is_rewritten: bool,
    /// Whether the client's path holds escapes, which groups of it then keep (quoted_uri, plus_in_uri).
    pub is_escaped: bool,
    /// Whether groups of an escaped path are escaped: up to a script's first rewrite (ngx_http_rewrite_handler).
    pub quotes: bool,
    /// Whether nginx itself has led the request here (internal).
    pub is_internal: bool,
}

/// How a script ended.
#[derive(Clone, Debug, PartialEq)]
pub enum ScriptEnd {
    /// After its last step.
    Through,
    /// break, or a rewrite with a flag.
    Stopped,
    /// return, or a redirect; the text is the address of one.
    Answer { status: u16, text: Option<String> },
    /// A rewrite to an empty path.
    NoPath,
    /// It depends on what isn't followed: a variable, an expression, a file.
    Unknown(String),
}

/// How a script ended, and what it left behind.
#[derive(Clone, Debug)]
pub struct ScriptOutcome<'b> {
    pub end: ScriptEnd,
    /// The last `if` that held: in a location, the location from there on.
    pub branch: Option<&'b ConfigBlock>,
    /// The line that ended it, 0 for none.
    pub line: usize,
}

/// Variables that scripts don't set; None for one that isn't followed.
pub type VariableLookup<'l> = &'l dyn Fn(&ScriptState, &str) -> Option<String>;

/// Runs the steps of a block.
pub fn run_script<'b>(
    block: &'b ConfigBlock,
    state: &mut ScriptState,
    lookup: VariableLookup<'_>,
) -> ScriptOutcome<'b> {
    let mut branch = None;
    for step in &block.steps {
        let (inner, line) = match step {
            ScriptStep::If { condition, block, line } => match holds(condition, state, lookup) {
                Ok(true) => {
                    branch = Some(&**block);
                    (block.steps.as_slice(), *line)
                }
                Ok(false) => continue,
                Err(what) => return ScriptOutcome { end: ScriptEnd::Unknown(what), branch, line: *line },
            },
            single => (std::slice::from_ref(single), 0),
        };
        for step in inner {
            match run_step(step, state, lookup) {
                Ok(None) => {}
                Ok(Some((end, line))) => return ScriptOutcome { end, branch, line },
                Err((what, at)) => {
                    let line = if at == 0 { line } else { at };
                    return ScriptOutcome { end: ScriptEnd::Unknown(what), branch, line };
                }
            }
        }
    }
    ScriptOutcome { end: ScriptEnd::Through, branch, line: 0 }
}

type ScriptStepEnd = Option<(ScriptEnd, usize)>;

/// One step that is no `if`, which stands in no other.
fn run_step(
    step: &ScriptStep,
    state: &mut ScriptState,
    lookup: VariableLookup<'_>,
) -> Result<ScriptStepEnd, (String, usize)> {
    match step {
        ScriptStep::Break => {
            state.uri_changed = false;
            Ok(Some((ScriptEnd::Stopped, 0)))
        }
        ScriptStep::Set { variable, value, line } => {
            let value = state.expand(value, lookup).map_err(|what| (what, *line))?;
            state.set(variable, value);
            Ok(None)
        }
        ScriptStep::Return { status, text, line } => {
            // ngx_http_complex_value, which knows nothing of what the script quotes.
            let text = text.as_ref().map(|text| state.expand_with(text, lookup, false)).transpose();
            let text = text.map_err(|what| (what, *line))?;
            Ok(Some((ScriptEnd::Answer { status: *status, text }, *line)))
        }
        ScriptStep::Rewrite(rule) => match state.rewrite(rule, lookup) {
            Ok(end) => Ok(end.map(|end| (end, rule.line))),
            Err(what) => Err((what, rule.line)),
        },
        ScriptStep::If { line, .. } => Err(("if".to_owned(), *line)),
    }
}

fn holds(condition: &ScriptCondition, state: &mut ScriptState, lookup: VariableLookup<'_>) -> Result<bool, String> {
    match condition {
        ScriptCondition::IsSet(variable) => {
            let value = state.variable(variable, lookup)?;
            Ok(!value.is_empty() && value != "0")
        }
        ScriptCondition::Equal { variable, value, negated } => {
            let wanted = state.expand(value, lookup)?;
            Ok((state.variable(variable, lookup)? == wanted) != *negated)
        }
        ScriptCondition::Matches { variable, pattern, negated } => {
            let value = state.variable(variable, lookup)?;
            Ok(state.find(pattern, &value)? != *negated)
        }
        ScriptCondition::File { test, path } => {
            has_file(test, path, state).ok_or_else(|| format!("if ({test} {path})"))
        }
    }
}

/// nginx' own folder holds two pages; of other files nothing is known here.
fn has_file(test: &str, path: &str, state: &ScriptState) -> Option<bool> {
    let asked = matches!(path, "$request_filename" | "$document_root$uri");
    let absent = asked && !matches!(state.uri.as_str(), "/" | "/index.html" | "/50x.html");
    absent.then(|| test.starts_with('!'))
}

impl ScriptState {
    /// A text with its variables filled in; else what isn't followed.
    pub fn expand(&self, text: &str, lookup: VariableLookup<'_>) -> Result<String, String> {
        self.expand_with(text, lookup, self.quotes)
    }

    /// `escapes`: in arguments and addresses, the groups of an escaped path stay escaped.
    fn expand_with(&self, text: &str, lookup: VariableLookup<'_>, escapes: bool) -> Result<String, String> {
        let mut expanded = String::with_capacity(text.len());
        for (before, name) in split_variables(text) {
            expanded.push_str(before);
            match name {
                Some(TextVariable::Group(number)) => {
                    let group = self.captures.get(number).map_or("", |it| it);
                    if escapes && self.is_escaped {
                        expanded.push_str(&escape_args(group));
                    } else {
                        expanded.push_str(group);
                    }
                }
                Some(TextVariable::Named(name) | TextVariable::Unclosed(name)) => {
                    expanded.push_str(&self.variable(name, lookup)?)
                }
                None => {}
            }
            if expanded.len() > LONGEST {
                return Err(format!("more than {LONGEST} bytes of text"));
            }
        }
        Ok(expanded)
    }

    /// The value of a variable; else its name.
    fn variable(&self, name: &str, lookup: VariableLookup<'_>) -> Result<String, String> {
        let own = match name {
            "uri" | "document_uri" => Some(self.uri.clone()),
            "args" | "query_string" => Some(self.query.clone().unwrap_or_default()),
            "is_args" => {
                Some(if self.query.as_ref().is_some_and(|args| !args.is_empty()) { "?" } else { "" }.to_owned())
            }
            name => self.variables.get(name).cloned(),
        };
        own.or_else(|| lookup(self, name)).ok_or_else(|| format!("${name}"))
    }

    /// Of nginx' own variables only `$args` takes a value.
    fn set(&mut self, name: &Text, value: String) {
        match &**name {
            "args" => {
                self.query = Some(value).filter(|args| !args.is_empty());
                self.is_rewritten = true;
            }
            _ => drop(self.variables.insert(name.clone(), value)),
        }
    }

    /// Whether an expression is found, whose groups count from then on: none of one that isn't.
    pub fn find(&mut self, pattern: &Pattern, text: &str) -> Result<bool, String> {
        let found = pattern.is_match(text).ok_or_else(|| format!("regular expression {}", pattern.source()))?;
        if !found {
            self.captures.clear();
            return Ok(false);
        }
        let Some(captures) = pattern.regex().and_then(|regex| regex.captures(text)) else { return Ok(true) };
        let names = pattern.regex().into_iter().flat_map(|regex| regex.capture_names()).flatten();
        for name in names {
            let value = captures.name(name).map_or("", |group| group.as_str());
            self.variables.insert(name.into(), value.to_owned());
        }
        // An expression without groups leaves none.
        let has_groups = captures.len() > 1;
        let groups = captures.iter().filter(|_| has_groups);
        self.captures = groups.map(|group| group.map_or("", |it| it.as_str()).to_owned()).collect();
        Ok(true)
    }

    /// ngx_http_script_regex_start_code and what follows it.
    fn rewrite(&mut self, rule: &RewriteDirective, lookup: VariableLookup<'_>) -> Result<Option<ScriptEnd>, String> {
        // 1. The expression against the path.
        let uri = self.uri.clone();
        if !self.find(&rule.pattern, &uri)? {
            return Ok(None);
        }
        // 2. The client's arguments follow, unless the replacement ends with a question mark.
        let (text, keeps) = match rule.replacement.strip_suffix('?') {
            Some(text) => (text, false),
            None => (&*rule.replacement, true),
        };
        let own = self.query.clone().filter(|args| keeps && !args.is_empty());
        // 3. A redirect goes to the whole text.
        if let RewriteFlag::Redirect(status) = rule.flag {
            let mut to = unescape_redirect(&self.expand_with(text, lookup, true)?);
            if let Some(args) = own {
                to.push(if text.contains('?') { '&' } else { '?' });
                to.push_str(&args);
            }
            return Ok(Some(ScriptEnd::Answer { status, text: Some(to) }));
        }
        self.quotes = false;
        // 4. Else path and arguments are new; a question mark that a variable brings is part of the path.
        let (path, query) = match text.split_once('?') {
            Some((path, args)) => {
                let args = self.expand_with(args, lookup, true)?;
                (path, Some(own.map_or_else(|| args.clone(), |own| format!("{args}&{own}"))))
            }
            None => (text, own),
        };
        let path = self.expand(path, lookup)?;
        if path.is_empty() {
            return Ok(Some(ScriptEnd::NoPath));
        }
        (self.uri, self.query) = (path, query.filter(|args| !args.is_empty()));
        (self.is_rewritten, self.is_internal) = (true, true);
        // 5. Where it goes on.
        self.uri_changed = rule.flag != RewriteFlag::Break;
        Ok((rule.flag != RewriteFlag::Next).then_some(ScriptEnd::Stopped))
    }
}
