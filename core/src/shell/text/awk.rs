//! awk, as pipes use it: `PATTERN {print …}` with fields, texts, comparisons, NR and NF.

use super::super::stream::CommandOutput;
use super::TextTool;
use super::pattern::{PatternMatching, PatternSyntax, compile_pattern};
use crate::order::Gather;
use crate::terminal::UsageError;
use regex_lite::Regex;

/// A pattern and what is done with lines that fit.
struct AwkRule {
    when: AwkCondition,
    does: Vec<AwkAction>,
}

enum AwkCondition {
    Always,
    /// `END`
    End,
    Matches(AwkValue, Regex, bool),
    Compares(AwkValue, String, AwkValue),
    All(Vec<AwkCondition>),
    Any(Vec<AwkCondition>),
    /// `!seen[$0]++`: the first line of each kind.
    First(AwkValue),
}

enum AwkAction {
    /// Each argument of `print`, of texts that stand side by side.
    Print(Vec<Vec<AwkValue>>),
    Printf(Vec<Vec<AwkValue>>),
    /// `NAME += VALUE`, `NAME++`
    Add(String, AwkValue),
    Exit,
}

#[derive(Clone)]
enum AwkValue {
    Field(usize),
    LastField(usize),
    Text(String),
    Number(f64),
    LineNumber,
    FieldCount,
    Name(String),
}

/// Reads the words behind `awk`.
pub fn read(args: &[String]) -> Result<TextTool, UsageError> {
    let (mut separator, mut program, mut files) = (None, None, Vec::new());
    let mut variables: Vec<(String, String)> = Vec::new();
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        match arg.as_str() {
            "-F" => separator = rest.next().cloned(),
            "-v" => {
                let pair = rest.next().and_then(|pair| pair.split_once('='));
                variables.extend(pair.map(|(name, value)| (name.to_owned(), value.to_owned())));
            }
            option if option.starts_with("-F") => separator = option.get(2..).map(str::to_owned),
            option if option.starts_with('-') && option.len() > 1 => {
                return Err(UsageError::new(2, format!("awk: option {option} isn't known here")));
            }
            _ if program.is_none() => program = Some(arg.clone()),
            _ => files.push(arg.clone()),
        }
    }
    let Some(program) = program else {
        return Err(UsageError::of_tool(2, "usage: awk [-F fs][-v var=value][prog | -f progfile][file ...]"));
    };
    let wrong = || UsageError::new(2, format!("awk: `{program}` isn't understood here: `PATTERN {{print FIELDS}}` is"));
    let rules = rules(&program).ok_or_else(wrong)?;
    Ok(TextTool::of_text(files, move |text| CommandOutput::text(run(&rules, separator.as_deref(), &variables, text))))
}

fn rules(program: &str) -> Option<Vec<AwkRule>> {
    let mut rules = Vec::new();
    let mut rest = program.trim();
    while !rest.is_empty() {
        let open = outside_quotes(rest, '{');
        let (pattern, body) = match open {
            None => (rest, None),
            Some(open) => {
                let (pattern, behind) = rest.split_at_checked(open)?;
                let close = outside_quotes(behind, '}')?;
                (pattern, Some((behind.get(1..close)?, behind.get(close + 1..)?)))
            }
        };
        let when = condition(pattern.trim())?;
        let (does, after) = match body {
            None => (vec![AwkAction::Print(vec![vec![AwkValue::Field(0)]])], ""),
            Some((body, after)) => (actions(body)?, after),
        };
        rules.push(AwkRule { when, does });
        rest = after.trim_start_matches([';', ' ', '\n']);
    }
    (!rules.is_empty()).then_some(rules)
}

/// Where a sign stands that neither quotes nor slashes protect.
fn outside_quotes(text: &str, wanted: char) -> Option<usize> {
    let mut quote: Option<char> = None;
    text.char_indices().find_map(|(at, character)| match (quote, character) {
        (Some(own), character) => {
            if own == character && !text.get(..at).unwrap_or_default().ends_with('\\') {
                quote = None;
            }
            None
        }
        (None, character) if character == wanted => Some(at),
        (None, '"') => {
            quote = Some('"');
            None
        }
        (None, '/') if !text.get(..at).unwrap_or_default().trim_end().ends_with(|c: char| c.is_alphanumeric()) => {
            quote = Some('/');
            None
        }
        _ => None,
    })
}

fn condition(text: &str) -> Option<AwkCondition> {
    let parts = |sign: &str| text.split(sign).map(|part| condition(part.trim())).collect::<Option<Vec<_>>>();
    if text.is_empty() {
        return Some(AwkCondition::Always);
    }
    if text == "END" {
        return Some(AwkCondition::End);
    }
    if let Some(seen) = text.strip_prefix("!").and_then(|text| text.strip_suffix("]++")) {
        return Some(AwkCondition::First(value(seen.split_once('[')?.1)?));
    }
    if text.contains("||") {
        return parts("||").map(AwkCondition::Any);
    }
    if text.contains("&&") {
        return parts("&&").map(AwkCondition::All);
    }
    let extended = PatternMatching { syntax: PatternSyntax::Extended, ..PatternMatching::default() };
    let pattern = |text: &str| compile_pattern(text.trim().strip_prefix('/')?.strip_suffix('/')?, extended);
    if let Some(pattern) = pattern(text) {
        return Some(AwkCondition::Matches(AwkValue::Field(0), pattern, true));
    }
    if let Some(pattern) = text.strip_prefix('!').and_then(pattern) {
        return Some(AwkCondition::Matches(AwkValue::Field(0), pattern, false));
    }
    for (sign, wanted) in [("!~", false), ("~", true)] {
        if let Some((left, right)) = text.split_once(sign) {
            return Some(AwkCondition::Matches(value(left.trim())?, pattern(right)?, wanted));
        }
    }
    for sign in ["==", "!=", ">=", "<=", ">", "<"] {
        if let Some((left, right)) = text.split_once(sign) {
            return Some(AwkCondition::Compares(value(left.trim())?, sign.to_owned(), value(right.trim())?));
        }
    }
    Some(AwkCondition::Compares(value(text)?, "!=".to_owned(), AwkValue::Number(0.0)))
}

fn actions(body: &str) -> Option<Vec<AwkAction>> {
    let mut actions = Vec::new();
    let mut rest = body.trim();
    while !rest.is_empty() {
        let end = outside_quotes(rest, ';').unwrap_or(rest.len());
        let (statement, after) = rest.split_at_checked(end)?;
        actions.push(action(statement.trim())?);
        rest = after.trim_start_matches([';', ' ', '\n']);
    }
    Some(actions)
}

fn action(text: &str) -> Option<AwkAction> {
    if text == "exit" || text.starts_with("exit ") {
        return Some(AwkAction::Exit);
    }
    for (word, formatted) in [("printf", true), ("print", false)] {
        let Some(rest) = text.strip_prefix(word) else { continue };
        if rest.starts_with(|c: char| c.is_alphanumeric()) {
            continue;
        }
        let rest = rest.trim();
        let rest = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(rest);
        let mut arguments = Vec::new();
        let mut left = rest;
        while !left.is_empty() {
            let end = outside_quotes(left, ',').unwrap_or(left.len());
            let (argument, after) = left.split_at_checked(end)?;
            arguments.push(side_by_side(argument.trim())?);
            left = after.strip_prefix(',').unwrap_or_default().trim();
        }
        return Some(match (formatted, arguments.is_empty()) {
            (true, _) => AwkAction::Printf(arguments),
            (false, true) => AwkAction::Print(vec![vec![AwkValue::Field(0)]]),
            (false, false) => AwkAction::Print(arguments),
        });
    }
    if let Some(name) = text.strip_suffix("++") {
        return is_name(name).then(|| AwkAction::Add(name.to_owned(), AwkValue::Number(1.0)));
    }
    let (name, added) = text.split_once("+=")?;
    is_name(name.trim()).then_some(())?;
    Some(AwkAction::Add(name.trim().to_owned(), value(added.trim())?))
}

/// `$1 ":" $2`
fn side_by_side(text: &str) -> Option<Vec<AwkValue>> {
    let mut values = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = match rest.strip_prefix('"') {
            Some(inside) => {
                let mut escaped = false;
                let close = inside.char_indices().find(|(_, c)| {
                    let closes = *c == '"' && !escaped;
                    escaped = *c == '\\' && !escaped;
                    closes
                });
                close?.0 + 2
            }
            None if rest.starts_with("$(") => rest.find(')')? + 1,
            None => rest.char_indices().skip(1).find(|(_, c)| " \"$".contains(*c)).map_or(rest.len(), |(at, _)| at),
        };
        let (part, after) = rest.split_at_checked(end)?;
        values.push(value(part)?);
        rest = after.trim_start();
    }
    Some(values)
}

fn value(text: &str) -> Option<AwkValue> {
    if let Some(field) = text.strip_prefix('$') {
        let field = field.trim_matches(['(', ')']);
        return match field.split_once('-') {
            Some(("NF", back)) => back.parse().ok().map(AwkValue::LastField),
            _ if field == "NF" => Some(AwkValue::LastField(0)),
            _ => field.parse().ok().map(AwkValue::Field),
        };
    }
    if let Some(inside) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        return Some(AwkValue::Text(crate::shell::builtin::echo::unescaped(inside)));
    }
    match text {
        "NR" | "FNR" => Some(AwkValue::LineNumber),
        "NF" => Some(AwkValue::FieldCount),
        text => match text.parse() {
            Ok(number) => Some(AwkValue::Number(number)),
            Err(_) => is_name(text).then(|| AwkValue::Name(text.to_owned())),
        },
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !text.starts_with(|c: char| c.is_ascii_digit())
}

/// A line as the program sees it.
struct AwkRecord<'l> {
    line: &'l str,
    fields: Vec<&'l str>,
    number: usize,
    variables: &'l std::collections::BTreeMap<String, String>,
}

impl AwkRecord<'_> {
    fn value(&self, value: &AwkValue) -> String {
        let field = |number: usize| self.fields.get(number.saturating_sub(1)).copied().unwrap_or_default().to_owned();
        match value {
            AwkValue::Field(0) => self.line.to_owned(),
            AwkValue::Field(number) => field(*number),
            AwkValue::LastField(back) => field(self.fields.len().saturating_sub(*back)),
            AwkValue::Text(text) => text.clone(),
            AwkValue::Number(number) => number_text(*number),
            AwkValue::LineNumber => self.number.to_string(),
            AwkValue::FieldCount => self.fields.len().to_string(),
            AwkValue::Name(name) => self.variables.get(name).cloned().unwrap_or_default(),
        }
    }

    fn texts(&self, arguments: &[Vec<AwkValue>]) -> Vec<String> {
        arguments.iter().map(|values| values.iter().map(|value| self.value(value)).collect()).collect()
    }

    fn holds(&self, condition: &AwkCondition, seen: &mut std::collections::BTreeSet<String>) -> bool {
        match condition {
            AwkCondition::Always => true,
            AwkCondition::End => false,
            AwkCondition::Matches(value, pattern, wanted) => pattern.is_match(&self.value(value)) == *wanted,
            AwkCondition::All(all) => all.iter().all(|one| self.holds(one, seen)),
            AwkCondition::Any(all) => all.iter().any(|one| self.holds(one, seen)),
            AwkCondition::First(value) => seen.insert(self.value(value)),
            AwkCondition::Compares(left, sign, right) => {
                let (left, right) = (self.value(left), self.value(right));
                let numbers = (left.trim().parse::<f64>(), right.trim().parse::<f64>());
                let order = match numbers {
                    (Ok(left), Ok(right)) => left.total_cmp(&right),
                    _ => left.cmp(&right),
                };
                match sign.as_str() {
                    "==" => order.is_eq(),
                    "!=" => order.is_ne(),
                    ">=" => order.is_ge(),
                    "<=" => order.is_le(),
                    ">" => order.is_gt(),
                    _ => order.is_lt(),
                }
            }
        }
    }
}

fn number_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 { format!("{number:.0}") } else { number.to_string() }
}

fn run(rules: &[AwkRule], separator: Option<&str>, given: &[(String, String)], text: &str) -> String {
    let mut variables: std::collections::BTreeMap<String, String> = given.iter().cloned().into_map();
    let (mut out, mut seen) = (String::new(), std::collections::BTreeSet::new());
    let pattern = separator.filter(|separator| separator.chars().count() > 1).and_then(|separator| {
        compile_pattern(separator, PatternMatching { syntax: PatternSyntax::Extended, ..PatternMatching::default() })
    });
    let lines = text.lines().count();
    let all = text.lines().map(Some).chain([None]).zip(1..);
    'lines: for (line, number) in all {
        for rule in rules {
            let kept = variables.clone();
            let fields = line.map(|line| split(line, separator, pattern.as_ref())).unwrap_or_default();
            let number = if line.is_some() { number } else { lines };
            let record = AwkRecord { line: line.unwrap_or_default(), fields, number, variables: &kept };
            let runs = match (&rule.when, line) {
                (AwkCondition::End, None) => true,
                (_, None) => false,
                (condition, Some(_)) => record.holds(condition, &mut seen),
            };
            for action in rule.does.iter().filter(|_| runs) {
                match action {
                    AwkAction::Print(arguments) => out.push_str(&(record.texts(arguments).join(" ") + "\n")),
                    AwkAction::Printf(arguments) => {
                        out.push_str(&crate::shell::builtin::echo::printf(&record.texts(arguments)).text);
                    }
                    AwkAction::Add(name, value) => {
                        let number = |text: &str| text.trim().parse::<f64>().unwrap_or_default();
                        let before = variables.get(name).map_or(0.0, |text| number(text));
                        variables.insert(name.clone(), number_text(before + number(&record.value(value))));
                    }
                    AwkAction::Exit => break 'lines,
                }
            }
        }
    }
    out
}

fn split<'l>(line: &'l str, separator: Option<&str>, pattern: Option<&Regex>) -> Vec<&'l str> {
    match (separator, pattern) {
        (_, Some(pattern)) => pattern.split(line).collect(),
        (Some("\\t"), _) => line.split('\t').collect(),
        (Some(" ") | None, _) => line.split_whitespace().collect(),
        (Some(separator), None) => line.split(separator).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run_on(args: &[&str], text: &str) -> Option<String> {
        let args: Vec<String> = args.iter().map(ToString::to_string).collect();
        let tool = read(&args).ok()?;
        Some((tool.filter)(&[super::super::NamedText { name: String::new(), text: text.to_owned() }]).text)
    }

    #[test]
    fn as_posts_use_it() {
        const TEXT: &str = "NAME READY IP\nweb-1 1/1 10.0.0.1\nweb-2 0/1 10.0.0.2\n";
        let of = |program: &str| run_on(&[program], TEXT);
        assert_eq!(of("{print $1}").as_deref(), Some("NAME\nweb-1\nweb-2\n"));
        assert_eq!(of("NR>1 {print $1, $NF}").as_deref(), Some("web-1 10.0.0.1\nweb-2 10.0.0.2\n"));
        assert_eq!(of("/web/{print $1\":\"$3}").as_deref(), Some("web-1:10.0.0.1\nweb-2:10.0.0.2\n"));
        assert_eq!(of("$2==\"1/1\"").as_deref(), Some("web-1 1/1 10.0.0.1\n"));
        assert_eq!(of("NR!=1 && $2 != \"1/1\" {print $1; exit}").as_deref(), Some("web-2\n"));
        assert_eq!(of("{n++} END {print n}").as_deref(), Some("3\n"));
        assert_eq!(of("{printf \"%s,\", $1}").as_deref(), Some("NAME,web-1,web-2,"));
        assert_eq!(run_on(&["-F:", "{print $2}"], "a:b:c\n").as_deref(), Some("b\n"));
        assert_eq!(run_on(&["-F", "/", "{ print $(NF-1) }"], "a/b/c\n").as_deref(), Some("b\n"));
        assert_eq!(of("{x = substr($1, 2)}"), None);
    }
}
