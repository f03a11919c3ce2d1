//! What names stand for where a filter stands, and what all parts of jq do with values.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::JqFilter;
use super::value::JqValue;

/// How many values a filter may give.
pub const VALUES: usize = 100_000;

/// How deep functions may call one another.
const CALLS: usize = 60;

/// Values by their names: `--arg`, and `as`.
pub type JqVariables = BTreeMap<String, JqValue>;

/// All values that a filter gives.
pub type Values = Result<Vec<JqValue>, String>;

/// What names stand for where a filter stands.
#[derive(Clone)]
pub struct JqScope<'p> {
    /// `$name`
    pub variables: JqVariables,
    functions: Vec<Rc<DefinedFunction<'p>>>,
    depth: usize,
    evaluator: Evaluator,
}

/// What a filter makes of a value; the functions call it, and it calls them.
type Evaluator = for<'p> fn(&'p JqFilter, &JqValue, &JqScope<'p>) -> Values;

/// What `def` made, or an argument of it.
pub struct DefinedFunction<'p> {
    pub name: &'p str,
    pub arguments: &'p [String],
    pub body: &'p JqFilter,
    pub scope: JqScope<'p>,
    /// Whether it is an argument, which doesn't see itself.
    pub is_argument: bool,
}

impl<'p> JqScope<'p> {
    pub fn new(variables: JqVariables, evaluator: Evaluator) -> Self {
        Self { variables, functions: Vec::new(), depth: 0, evaluator }
    }

    /// All values that a filter gives here.
    pub fn evaluate(&self, filter: &'p JqFilter, input: &JqValue) -> Values {
        (self.evaluator)(filter, input, self)
    }

    /// The same with one more variable.
    pub fn with(&self, name: &str, value: JqValue) -> Self {
        let mut more = self.clone();
        more.variables.insert(name.to_owned(), value);
        more
    }

    pub fn with_function(&self, function: DefinedFunction<'p>) -> Self {
        let mut more = self.clone();
        more.functions.push(Rc::new(function));
        more
    }

    /// A call of what `def` made; None if there is none of the name.
    pub fn call(&self, name: &str, args: &'p [JqFilter], input: &JqValue) -> Option<Values> {
        let mut all = self.functions.iter().rev();
        let function = all.find(|one| one.name == name && one.arguments.len() == args.len())?;
        if self.depth > CALLS {
            return Some(Err("functions call one another too deep".to_owned()));
        }
        let mut inner = function.scope.clone();
        inner.depth = self.depth + 1;
        if !function.is_argument {
            inner.functions.push(Rc::clone(function));
        }
        for (name, body) in function.arguments.iter().zip(args) {
            let name = name.as_str();
            let scope = self.clone();
            inner.functions.push(Rc::new(DefinedFunction { name, arguments: &[], body, scope, is_argument: true }));
        }
        Some(inner.evaluate(function.body, input))
    }
}

/// What each value gives, one after the other.
pub fn each(values: Vec<JqValue>, of: impl Fn(JqValue) -> Values) -> Values {
    let mut all = Vec::new();
    for value in values {
        all.extend(of(value)?);
        if all.len() > VALUES {
            return Err("too many values".to_owned());
        }
    }
    Ok(all)
}

/// `.[index]`
pub fn indexed(value: &JqValue, index: &JqValue) -> Result<JqValue, String> {
    match (value, index) {
        (JqValue::Null, JqValue::Text(_) | JqValue::Number(_) | JqValue::Null) => Ok(JqValue::Null),
        (JqValue::Object(map), JqValue::Text(key)) => Ok(map.get(key).cloned().unwrap_or_default()),
        (JqValue::List(list), JqValue::Number(number)) => {
            let at = number.floor() as i64;
            let at = if at < 0 { at + list.len() as i64 } else { at };
            Ok(usize::try_from(at).ok().and_then(|at| list.get(at)).cloned().unwrap_or_default())
        }
        (value, JqValue::Text(key)) => Err(format!("Cannot index {} with \"{key}\"", value.kind())),
        (value, index) => Err(format!("Cannot index {} with {}", value.kind(), index.kind())),
    }
}

/// `.[]`
pub fn elements(value: &JqValue) -> Values {
    match value {
        JqValue::List(list) => Ok(list.clone()),
        JqValue::Object(map) => Ok(map.0.iter().map(|(_, value)| value.clone()).collect()),
        other => Err(format!("Cannot iterate over {}", described(other))),
    }
}

/// A value as errors name it.
pub fn described(value: &JqValue) -> String {
    if *value == JqValue::Null { "null".to_owned() } else { format!("{} ({value})", value.kind()) }
}

/// `+`
pub fn added(left: &JqValue, right: &JqValue) -> Result<JqValue, String> {
    Ok(match (left, right) {
        (JqValue::Null, other) | (other, JqValue::Null) => other.clone(),
        (JqValue::Number(left), JqValue::Number(right)) => JqValue::Number(left + right),
        (JqValue::Text(left), JqValue::Text(right)) => format!("{left}{right}").into(),
        (JqValue::List(left), JqValue::List(right)) => JqValue::List(left.iter().chain(right).cloned().collect()),
        (JqValue::Object(left), JqValue::Object(right)) => {
            let mut all = left.clone();
            right.0.iter().for_each(|(key, value)| all.set(key, value.clone()));
            JqValue::Object(all)
        }
        _ => return Err(format!("{} and {} cannot be added", described(left), described(right))),
    })
}
