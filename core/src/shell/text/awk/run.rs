//! Runs an awk program over lines.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use regex_lite::Regex;

use super::super::NamedText;
use super::syntax::{AwkExpression, AwkPattern, AwkRule, AwkStatement};
use super::value::{AwkValue, format_text, records, regex, split_text, substituted};

/// How many statements may run, and how much may be written.
const STEPS: usize = 300_000;
const BYTES: usize = 4 << 20;

/// Why a statement isn't followed by the next.
enum AwkJump {
    Next,
    Break,
    Continue,
    Exit,
    /// What can't be done.
    Failed(String),
}

type Run<T> = Result<T, AwkJump>;

/// What a program is given behind its text.
pub enum AwkOperand<'t> {
    Text(&'t NamedText),
    /// A variable and its value.
    Variable(&'t str, &'t str),
}

/// A program at work.
pub struct AwkMachine<'p> {
    rules: &'p [AwkRule],
    variables: BTreeMap<String, AwkValue>,
    arrays: BTreeMap<String, BTreeMap<String, AwkValue>>,
    record: String,
    fields: Vec<String>,
    /// Rules of ranges that have begun.
    begun: BTreeSet<usize>,
    steps: usize,
    /// What is printed.
    pub out: String,
    /// The status that `exit` gives.
    pub status: i32,
}

impl<'p> AwkMachine<'p> {
    pub fn new(rules: &'p [AwkRule], given: &[(String, String)]) -> Self {
        let usual = [("FS", " "), ("OFS", " "), ("ORS", "\n"), ("SUBSEP", "\u{1c}"), ("RS", "\n")];
        let usual = usual.iter().map(|(name, text)| ((*name).to_owned(), AwkValue::Text((*text).to_owned())));
        let given = given.iter().map(|(name, text)| (name.clone(), AwkValue::Input(text.clone())));
        Self {
            rules,
            variables: usual.chain(given).collect(),
            arrays: BTreeMap::new(),
            record: String::new(),
            fields: Vec::new(),
            begun: BTreeSet::new(),
            steps: 0,
            out: String::new(),
            status: 0,
        }
    }

    /// BEGIN, every line of every file, END. An error is what can't be done.
    pub fn run(&mut self, operands: &[AwkOperand<'_>]) -> Result<(), String> {
        match self.run_all(operands) {
            Ok(()) => {}
            Err(AwkJump::Failed(why)) => return Err(why),
            // `exit` goes to END, from there to the end.
            Err(_) => {}
        }
        match self.phase(true) {
            Err(AwkJump::Failed(why)) => Err(why),
            _ => Ok(()),
        }
    }

    fn run_all(&mut self, operands: &[AwkOperand<'_>]) -> Run<()> {
        self.phase(false)?;
        let reads = self.rules.iter().any(|rule| !matches!(rule.when, AwkPattern::Begin));
        let mut number = 0.0;
        for operand in operands.iter().filter(|_| reads) {
            let NamedText { name, text } = match operand {
                AwkOperand::Text(text) => text,
                AwkOperand::Variable(name, value) => {
                    self.set(name, AwkValue::Input((*value).to_owned()));
                    continue;
                }
            };
            self.set("FILENAME", AwkValue::Text(name.clone()));
            let separator = self.variable("RS").text();
            for (line, in_file) in records(text, &separator).into_iter().zip(1..) {
                number += 1.0;
                self.set("NR", AwkValue::Number(number));
                self.set("FNR", AwkValue::Number(f64::from(in_file)));
                self.read_record(line);
                match self.line() {
                    Ok(()) | Err(AwkJump::Next) => {}
                    Err(jump) => return Err(jump),
                }
            }
        }
        Ok(())
    }

    fn phase(&mut self, is_end: bool) -> Run<()> {
        let rules = self.rules;
        let of_phase = rules.iter().filter(|rule| match rule.when {
            AwkPattern::Begin => !is_end,
            AwkPattern::End => is_end,
            _ => false,
        });
        of_phase.into_iter().try_for_each(|rule| self.statements(rule.does.as_deref().unwrap_or_default()))
    }

    fn line(&mut self) -> Run<()> {
        let rules = self.rules;
        for (at, rule) in rules.iter().enumerate() {
            let counts = match &rule.when {
                AwkPattern::Begin | AwkPattern::End => false,
                AwkPattern::Always => true,
                AwkPattern::When(condition) => self.holds(condition)?,
                AwkPattern::Range(first, last) => {
                    let counts = self.begun.contains(&at) || self.holds(first)?;
                    if counts {
                        self.begun.insert(at);
                        if self.holds(last)? {
                            self.begun.remove(&at);
                        }
                    }
                    counts
                }
            };
            match &rule.does {
                _ if !counts => {}
                Some(does) => self.statements(does)?,
                None => self.print(&[])?,
            }
        }
        Ok(())
    }

    /// A condition; a pattern alone is one of the line.
    fn holds(&mut self, condition: &AwkExpression) -> Run<bool> {
        Ok(self.value(condition)?.is_true())
    }

    fn read_record(&mut self, line: &str) {
        self.record = line.to_owned();
        let separator = self.variable("FS").text();
        self.fields = split_text(line, &separator);
        self.set("NF", AwkValue::Number(self.fields.len() as f64));
    }

    fn set(&mut self, name: &str, value: AwkValue) {
        self.variables.insert(name.to_owned(), value);
    }

    fn variable(&self, name: &str) -> AwkValue {
        self.variables.get(name).cloned().unwrap_or_default()
    }

    fn statements(&mut self, statements: &[AwkStatement]) -> Run<()> {
        statements.iter().try_for_each(|statement| self.statement(statement))
    }

    fn step(&mut self) -> Run<()> {
        self.steps += 1;
        if self.steps > STEPS || self.out.len() > BYTES {
            Err(AwkJump::Failed("this takes too long here".to_owned()))
        } else {
            Ok(())
        }
    }

    fn statement(&mut self, statement: &AwkStatement) -> Run<()> {
        self.step()?;
        match statement {
            AwkStatement::Print(words) => self.print(words),
            AwkStatement::Printf(words) => {
                let values = self.values(words)?;
                let text = format_text(&values);
                self.out.push_str(&text);
                Ok(())
            }
            AwkStatement::Expression(expression) => self.value(expression).map(|_| ()),
            AwkStatement::If(condition, then, otherwise) => {
                let branch = if self.holds(condition)? { then } else { otherwise };
                self.statements(branch)
            }
            AwkStatement::Loop(all) => {
                self.statements(&all.before)?;
                let mut runs = all.body_first;
                loop {
                    if !runs
                        && let Some(condition) = &all.condition
                        && !self.holds(condition)?
                    {
                        return Ok(());
                    }
                    runs = false;
                    self.step()?;
                    match self.statements(&all.body) {
                        Ok(()) | Err(AwkJump::Continue) => {}
                        Err(AwkJump::Break) => return Ok(()),
                        Err(jump) => return Err(jump),
                    }
                    self.statements(&all.behind)?;
                }
            }
            AwkStatement::Each(name, array, body) => {
                let keys: Vec<String> =
                    self.arrays.get(array).map(|map| map.keys().cloned().collect()).unwrap_or_default();
                for key in keys {
                    self.set(name, AwkValue::Input(key));
                    match self.statements(body) {
                        Ok(()) | Err(AwkJump::Continue) => {}
                        Err(AwkJump::Break) => break,
                        Err(jump) => return Err(jump),
                    }
                }
                Ok(())
            }
            AwkStatement::Delete(name, index) => {
                let key = index.as_ref().map(|index| self.key(index)).transpose()?;
                match (self.arrays.get_mut(name), key) {
                    (Some(map), Some(key)) => drop(map.remove(&key)),
                    (Some(map), None) => map.clear(),
                    (None, _) => {}
                }
                Ok(())
            }
            AwkStatement::Next => Err(AwkJump::Next),
            AwkStatement::Break => Err(AwkJump::Break),
            AwkStatement::Continue => Err(AwkJump::Continue),
            AwkStatement::Exit(status) => {
                if let Some(status) = status {
                    self.status = self.value(status)?.number() as i32;
                }
                Err(AwkJump::Exit)
            }
        }
    }

    fn print(&mut self, words: &[AwkExpression]) -> Run<()> {
        let text = if words.is_empty() {
            self.record.clone()
        } else {
            let values = self.values(words)?;
            let separator = self.variable("OFS").text();
            values.iter().map(AwkValue::text).collect::<Vec<_>>().join(&separator)
        };
        self.out.push_str(&text);
        let end = self.variable("ORS").text();
        self.out.push_str(&end);
        Ok(())
    }

    fn values(&mut self, expressions: &[AwkExpression]) -> Run<Vec<AwkValue>> {
        expressions.iter().map(|expression| self.value(expression)).collect()
    }

    fn key(&mut self, index: &[AwkExpression]) -> Run<String> {
        let parts = self.values(index)?;
        let separator = self.variable("SUBSEP").text();
        Ok(parts.iter().map(AwkValue::text).collect::<Vec<_>>().join(&separator))
    }

    fn pattern(&mut self, of: &AwkExpression) -> Run<Regex> {
        let text = match of {
            AwkExpression::Pattern(text) => text.clone(),
            other => self.value(other)?.text(),
        };
        regex(&text).ok_or_else(|| AwkJump::Failed(format!("the pattern /{text}/ isn't understood here")))
    }

    fn value(&mut self, expression: &AwkExpression) -> Run<AwkValue> {
        Ok(match expression {
            AwkExpression::Number(number) => AwkValue::Number(*number),
            AwkExpression::Text(text) => AwkValue::Text(text.clone()),
            AwkExpression::Pattern(_) => {
                let pattern = self.pattern(expression)?;
                truth(pattern.is_match(&self.record))
            }
            AwkExpression::Field(of) => {
                let at = self.value(of)?.number();
                match at as i64 {
                    0 => AwkValue::Input(self.record.clone()),
                    at if at < 0 => return Err(AwkJump::Failed(format!("attempt to access field {at}"))),
                    at => {
                        self.fields.get(at as usize - 1).map_or(AwkValue::Unset, |text| AwkValue::Input(text.clone()))
                    }
                }
            }
            AwkExpression::Variable(name) => self.variable(name),
            AwkExpression::Element(name, index) => {
                let key = self.key(index)?;
                // Looking makes it be there.
                self.arrays.entry(name.clone()).or_default().entry(key).or_default().clone()
            }
            AwkExpression::Assign(sign, place, value) => {
                let value = self.value(value)?;
                let value = match *sign {
                    "" => value,
                    sign => AwkValue::Number(calculated(sign, self.value(place)?.number(), value.number())?),
                };
                self.write(place, value.clone())?;
                value
            }
            AwkExpression::Step(by, is_behind, place) => {
                let before = self.value(place)?.number();
                self.write(place, AwkValue::Number(before + by))?;
                AwkValue::Number(if *is_behind { before } else { before + by })
            }
            AwkExpression::Unary("!", of) => truth(!self.holds(of)?),
            AwkExpression::Unary("-", of) => AwkValue::Number(-self.value(of)?.number()),
            AwkExpression::Unary("+", of) => AwkValue::Number(self.value(of)?.number()),
            AwkExpression::Unary(_, of) => self.value(of)?,
            AwkExpression::Binary(sign, left, right) => self.binary(sign, left, right)?,
            AwkExpression::In(index, name) => {
                let key = self.key(index)?;
                truth(self.arrays.get(name).is_some_and(|map| map.contains_key(&key)))
            }
            AwkExpression::Choice(condition, then, otherwise) => {
                let branch = if self.holds(condition)? { then } else { otherwise };
                self.value(branch)?
            }
            AwkExpression::Call(name, args) => self.call(name, args)?,
        })
    }

    fn binary(&mut self, sign: &str, left: &AwkExpression, right: &AwkExpression) -> Run<AwkValue> {
        // 1. What may leave the right side alone, and patterns.
        match sign {
            "||" => return Ok(truth(self.holds(left)? || self.holds(right)?)),
            "&&" => return Ok(truth(self.holds(left)? && self.holds(right)?)),
            "~" | "!~" => {
                let text = self.value(left)?.text();
                let pattern = self.pattern(right)?;
                return Ok(truth(pattern.is_match(&text) == (sign == "~")));
            }
            _ => {}
        }
        // 2. Texts beside each other.
        let (left, right) = (self.value(left)?, self.value(right)?);
        if sign == " " {
            return Ok(AwkValue::Text(left.text() + &right.text()));
        }
        // 3. By number where both are numbers, else by text.
        let order = || match (left.numeric(), right.numeric()) {
            (Some(left), Some(right)) => left.partial_cmp(&right).unwrap_or(Ordering::Equal),
            _ => left.text().cmp(&right.text()),
        };
        Ok(match sign {
            "==" => truth(order().is_eq()),
            "!=" => truth(order().is_ne()),
            "<" => truth(order().is_lt()),
            "<=" => truth(order().is_le()),
            ">" => truth(order().is_gt()),
            ">=" => truth(order().is_ge()),
            sign => AwkValue::Number(calculated(sign, left.number(), right.number())?),
        })
    }

    fn write(&mut self, place: &AwkExpression, value: AwkValue) -> Run<()> {
        match place {
            AwkExpression::Variable(name) if name == "NF" => {
                self.fields.resize((value.number().max(0.0) as usize).min(10_000), String::new());
                self.set("NF", value);
                self.rebuild();
            }
            AwkExpression::Variable(name) => self.set(name, value),
            AwkExpression::Element(name, index) => {
                let key = self.key(index)?;
                self.arrays.entry(name.clone()).or_default().insert(key, value);
            }
            AwkExpression::Field(of) => {
                let at = self.value(of)?.number() as usize;
                if at == 0 {
                    self.read_record(&value.text());
                    return Ok(());
                }
                if self.fields.len() < at.min(10_000) {
                    self.fields.resize(at.min(10_000), String::new());
                    self.set("NF", AwkValue::Number(at as f64));
                }
                if let Some(field) = self.fields.get_mut(at - 1) {
                    *field = value.text();
                }
                self.rebuild();
            }
            _ => return Err(AwkJump::Failed("this can't be assigned to".to_owned())),
        }
        Ok(())
    }

    fn rebuild(&mut self) {
        self.record = self.fields.join(&self.variable("OFS").text());
    }

    fn call(&mut self, name: &str, args: &[AwkExpression]) -> Run<AwkValue> {
        let text = |machine: &mut Self, at: usize| {
            args.get(at).map_or(Ok(machine.record.clone()), |arg| machine.value(arg).map(|value| value.text()))
        };
        let number = |machine: &mut Self, at: usize| args.get(at).map(|arg| machine.value(arg)).transpose();
        Ok(match name {
            "length" => match args.first() {
                Some(AwkExpression::Variable(name)) if self.arrays.contains_key(name) => {
                    AwkValue::Number(self.arrays.get(name).map_or(0, BTreeMap::len) as f64)
                }
                _ => AwkValue::Number(text(self, 0)?.chars().count() as f64),
            },
            "substr" => {
                let whole = text(self, 0)?;
                let from = number(self, 1)?.unwrap_or_default().number().round();
                let length = number(self, 2)?.map_or(f64::INFINITY, |length| length.number().round());
                let kept =
                    whole.chars().zip(1..).filter(|(_, at)| f64::from(*at) >= from && f64::from(*at) < from + length);
                AwkValue::Text(kept.map(|(letter, _)| letter).collect())
            }
            "index" => {
                let (whole, part) = (text(self, 0)?, text(self, 1)?);
                let at =
                    whole.find(&part).and_then(|at| whole.get(..at)).map_or(0, |before| before.chars().count() + 1);
                AwkValue::Number(at as f64)
            }
            "split" => {
                let whole = text(self, 0)?;
                let Some(AwkExpression::Variable(array)) = args.get(1) else {
                    return Err(AwkJump::Failed("split needs an array".to_owned()));
                };
                let separator = match args.get(2) {
                    Some(AwkExpression::Pattern(pattern)) => pattern.clone(),
                    Some(other) => self.value(other)?.text(),
                    None => self.variable("FS").text(),
                };
                let parts = split_text(&whole, &separator);
                let count = parts.len();
                let numbered =
                    parts.into_iter().zip(1..).map(|(part, at): (String, i32)| (at.to_string(), AwkValue::Input(part)));
                self.arrays.insert(array.clone(), numbered.collect());
                AwkValue::Number(count as f64)
            }
            "sub" | "gsub" => {
                let Some(pattern) = args.first() else { return Ok(AwkValue::Unset) };
                let pattern = self.pattern(pattern)?;
                let by = text(self, 1)?;
                let place =
                    args.get(2).cloned().unwrap_or_else(|| AwkExpression::Field(Box::new(AwkExpression::Number(0.0))));
                let before = self.value(&place)?.text();
                let (after, count) = substituted(&pattern, &by, &before, name == "gsub");
                if count > 0 {
                    self.write(&place, AwkValue::Text(after))?;
                }
                AwkValue::Number(count as f64)
            }
            "match" => {
                let whole = text(self, 0)?;
                let Some(pattern) = args.get(1) else { return Ok(AwkValue::Unset) };
                let found = self.pattern(pattern)?.find(&whole).map(|found| {
                    let before = whole.get(..found.start()).map_or(0, |before| before.chars().count());
                    (before as f64 + 1.0, found.as_str().chars().count() as f64)
                });
                let (start, length) = found.unwrap_or((0.0, -1.0));
                self.set("RSTART", AwkValue::Number(start));
                self.set("RLENGTH", AwkValue::Number(length));
                AwkValue::Number(start)
            }
            "sprintf" => AwkValue::Text(format_text(&self.values(args)?)),
            "toupper" => AwkValue::Text(text(self, 0)?.to_uppercase()),
            "tolower" => AwkValue::Text(text(self, 0)?.to_lowercase()),
            "rand" | "srand" => AwkValue::Number(0.0),
            _ => {
                let number = number(self, 0)?.unwrap_or_default().number();
                AwkValue::Number(match name {
                    "int" => number.trunc(),
                    "sqrt" => number.sqrt(),
                    "exp" => number.exp(),
                    _ => number.ln(),
                })
            }
        })
    }
}

fn truth(is: bool) -> AwkValue {
    AwkValue::Number(f64::from(u8::from(is)))
}

fn calculated(sign: &str, left: f64, right: f64) -> Run<f64> {
    Ok(match sign {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "^" => left.powf(right),
        _ if right == 0.0 => return Err(AwkJump::Failed("division by zero".to_owned())),
        "/" => left / right,
        _ => left % right,
    })
}
