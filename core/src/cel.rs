//! The Common Expression Language, as far as rules of CustomResourceDefinitions use it: read once, evaluated over JSON.
//!
//! Values are typed as the API server types them (apiextensions-apiserver, pkg/apiserver/schema/cel). A rule that uses more
//! of the language isn't read, and isn't applied.

use std::borrow::Cow;

use serde_json::Value;

mod evaluate;
mod functions;
mod parse;

/// How deep a rule may nest.
const MAX_RULE_NESTING: usize = 64;

/// A rule as read.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// `'a'`, `5`, `true`
    Literal(Value),
    /// `self`
    Name(String),
    /// `[a, b]`
    List(Vec<Expression>),
    /// `a.b`
    Field(Box<Expression>, String),
    /// `a[0]`
    Index(Box<Expression>, Box<Expression>),
    /// `has(a.b)`
    Has(Box<Expression>, String),
    /// `size(a)`, `a.size()`: the target is the first argument.
    Call(String, Vec<Expression>),
    /// `a.all(x, …)` and its kin.
    Macro(Macro, Box<Expression>, String, Box<Expression>),
    /// `!a`
    Not(Box<Expression>),
    /// `-a`
    Minus(Box<Expression>),
    /// `a && b`
    Binary(&'static str, Box<Expression>, Box<Expression>),
    /// `a ? b : c`
    Choice(Box<[Expression; 3]>),
}

/// What is asked of the elements of a list or the keys of a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Macro {
    /// Whether it holds for all.
    All,
    /// Whether it holds for one or more.
    Exists,
    /// Whether it holds for exactly one.
    ExistsOne,
    /// Those for which it holds.
    Filter,
    /// What it makes of each.
    Map,
}

/// A value while evaluating.
#[derive(Clone, Debug)]
pub enum Operand<'v> {
    /// A list, a map or null of the object.
    Json(&'v Value),
    /// A truth.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Double(f64),
    Text(Cow<'v, str>),
    /// A list that an expression made.
    List(Vec<Operand<'v>>),
    /// Nanoseconds.
    Duration(i64),
}

impl Expression {
    /// Reads a rule; None if it uses what isn't known here.
    pub fn parse(rule: &str) -> Option<Self> {
        parse::rule(rule)
    }

    /// Whether an object keeps the rule; the error's words if that can't be told.
    pub fn holds(&self, object: &Value) -> Result<bool, String> {
        evaluate::holds(self, object)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn holds(rule: &str, object: Value) -> Result<bool, String> {
        Expression::parse(rule).expect("a rule that is read").holds(&object)
    }

    #[test]
    fn rules_hold_or_not() {
        let route = json!({"type": "Exact", "value": "/a//b", "refs": [{"name": "a"}, {"name": "a", "port": 80}]});
        let cases = [
            ("self.type in ['Exact','PathPrefix'] ? self.value.startsWith('/') : true", true),
            ("!self.value.contains('//')", false),
            ("self.refs.exists_one(r, has(r.port))", true),
            ("self.refs.all(r1, self.refs.exists_one(r2, r1.name == r2.name))", false),
            ("self.refs.filter(r, r.name == 'a').size() <= 1", false),
            (r#"self.value.matches(r"""^/[a-z/]+$""")"#, true),
            ("(self.refs.size() > 2 ? self.refs[2].size() : 0) + 1 == 1", true),
            ("has(self.missing) || size(self.refs) - 1 == 1", true),
            ("duration('1m') > duration('59s') && duration('1500ms').getSeconds() == 1", true),
            ("isIP('10.0.0.1') && !isIP('a') && isCIDR('10.0.0.0/8')", true),
        ];
        for (rule, expected) in cases {
            assert_eq!(holds(rule, route.clone()), Ok(expected), "{rule}");
        }
    }

    #[test]
    fn errors_have_the_words_of_cel() {
        assert_eq!(holds("self.a == ''", json!({})), Err("no such key: a".to_owned()));
        assert_eq!(holds("true || self.a == ''", json!({})), Ok(true));
        assert_eq!(holds("self.a == '' || true", json!({})), Ok(true));
        let words = "type conversion error from 'string' to 'google.protobuf.Duration'";
        assert_eq!(holds("duration(self) > duration('1s')", json!("x")), Err(words.to_owned()));
    }

    #[test]
    fn what_is_unknown_is_not_read() {
        for rule in ["self.", "a.map(", "self ? 1", "'a", &"(".repeat(1000)] {
            assert_eq!(Expression::parse(rule), None, "{rule:.20}");
        }
    }
}
