//! Expressions over an object. `&&` and `||` take whichever side settles them, also past an error on the other.

use std::borrow::Cow;

use serde_json::Value;

use super::functions::call;
use super::{Expression, Macro, Operand};

/// What names stand for, innermost first.
struct CelScope<'s, 'v> {
    name: &'s str,
    value: Operand<'v>,
    outer: Option<&'s CelScope<'s, 'v>>,
}

type Evaluated<'v> = Result<Operand<'v>, String>;

pub(super) fn holds(rule: &Expression, object: &Value) -> Result<bool, String> {
    let scope = CelScope { name: "self", value: Operand::of(object), outer: None };
    truth(&evaluate(rule, &scope)?)
}

pub(super) fn no_overload<T>() -> Result<T, String> {
    Err("no such overload".to_owned())
}

fn truth(operand: &Operand<'_>) -> Result<bool, String> {
    match operand {
        Operand::Bool(value) => Ok(*value),
        _ => no_overload(),
    }
}

impl<'v> Operand<'v> {
    /// A value of the object.
    pub(super) fn of(value: &'v Value) -> Self {
        match value {
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => {
                number.as_i64().map_or_else(|| Self::Double(number.as_f64().unwrap_or_default()), Self::Int)
            }
            Value::String(text) => Self::Text(Cow::Borrowed(text)),
            Value::Null | Value::Array(_) | Value::Object(_) => Self::Json(value),
        }
    }

    /// The elements of a list, the keys of a map.
    pub(super) fn elements(&self) -> Result<Vec<Operand<'v>>, String> {
        match self {
            Self::List(elements) => Ok(elements.clone()),
            Self::Json(Value::Array(elements)) => Ok(elements.iter().map(Operand::of).collect()),
            Self::Json(Value::Object(fields)) => {
                Ok(fields.keys().map(|key| Self::Text(Cow::Borrowed(key.as_str()))).collect())
            }
            _ => no_overload(),
        }
    }

    fn field(&self, name: &str) -> Evaluated<'v> {
        match self {
            Self::Json(Value::Object(fields)) => {
                fields.get(name).map(Operand::of).ok_or_else(|| format!("no such key: {name}"))
            }
            _ => no_overload(),
        }
    }

    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Bool(left), Self::Bool(right)) => left == right,
            (Self::Int(left) | Self::Duration(left), Self::Int(right) | Self::Duration(right)) => left == right,
            (Self::Double(left), Self::Double(right)) => left == right,
            (Self::Int(whole), Self::Double(number)) | (Self::Double(number), Self::Int(whole)) => {
                *whole as f64 == *number
            }
            (Self::Text(left), Self::Text(right)) => left == right,
            (Self::Json(left), Self::Json(right)) => left == right,
            (Self::List(_), _) | (_, Self::List(_)) => match (self.elements(), other.elements()) {
                (Ok(left), Ok(right)) => {
                    left.len() == right.len() && left.iter().zip(&right).all(|(left, right)| left.is(right))
                }
                _ => false,
            },
            _ => false,
        }
    }
}

fn evaluate<'v>(expression: &'v Expression, scope: &CelScope<'_, 'v>) -> Evaluated<'v> {
    match expression {
        Expression::Literal(value) => Ok(Operand::of(value)),
        Expression::Name(name) => named(name, scope),
        Expression::List(elements) => {
            let elements: Result<_, _> = elements.iter().map(|element| evaluate(element, scope)).collect();
            Ok(Operand::List(elements?))
        }
        Expression::Field(target, name) => evaluate(target, scope)?.field(name),
        Expression::Index(target, index) => at(&evaluate(target, scope)?, &evaluate(index, scope)?),
        Expression::Has(target, name) => Ok(Operand::Bool(evaluate(target, scope)?.field(name).is_ok())),
        Expression::Call(name, arguments) => {
            let arguments: Result<Vec<_>, _> = arguments.iter().map(|argument| evaluate(argument, scope)).collect();
            call(name, &arguments?)
        }
        Expression::Macro(which, target, name, body) => {
            quantified(*which, &evaluate(target, scope)?, name, body, scope)
        }
        Expression::Not(inner) => Ok(Operand::Bool(!truth(&evaluate(inner, scope)?)?)),
        Expression::Minus(inner) => match evaluate(inner, scope)? {
            Operand::Int(number) => Ok(Operand::Int(number.wrapping_neg())),
            Operand::Double(number) => Ok(Operand::Double(-number)),
            _ => no_overload(),
        },
        Expression::Binary("&&", left, right) => settled_by(false, left, right, scope),
        Expression::Binary("||", left, right) => settled_by(true, left, right, scope),
        Expression::Binary(operator, left, right) => {
            binary(operator, &evaluate(left, scope)?, &evaluate(right, scope)?)
        }
        Expression::Choice(parts) => {
            let [condition, yes, no] = &**parts;
            evaluate(if truth(&evaluate(condition, scope)?)? { yes } else { no }, scope)
        }
    }
}

fn named<'v>(name: &str, scope: &CelScope<'_, 'v>) -> Evaluated<'v> {
    let mut scope = Some(scope);
    while let Some(here) = scope {
        if here.name == name {
            return Ok(here.value.clone());
        }
        scope = here.outer;
    }
    Err(format!("no such attribute: {name}"))
}

fn at<'v>(target: &Operand<'v>, index: &Operand<'v>) -> Evaluated<'v> {
    match (target, index) {
        (Operand::Json(Value::Object(_)), Operand::Text(key)) => target.field(key),
        (_, Operand::Int(index)) => {
            let found = usize::try_from(*index).ok().and_then(|at| target.elements().ok()?.into_iter().nth(at));
            found.ok_or_else(|| format!("index out of bounds: {index}"))
        }
        _ => no_overload(),
    }
}

fn settled_by<'v>(
    settling: bool,
    left: &'v Expression,
    right: &'v Expression,
    scope: &CelScope<'_, 'v>,
) -> Evaluated<'v> {
    let side = |side| evaluate(side, scope).and_then(|operand| truth(&operand));
    let left = side(left);
    if left == Ok(settling) {
        return Ok(Operand::Bool(settling));
    }
    match (left, side(right)) {
        (_, Ok(value)) if value == settling => Ok(Operand::Bool(settling)),
        (Err(error), _) | (_, Err(error)) => Err(error),
        _ => Ok(Operand::Bool(!settling)),
    }
}

fn quantified<'v>(
    which: Macro,
    target: &Operand<'v>,
    name: &'v str,
    body: &'v Expression,
    outer: &CelScope<'_, 'v>,
) -> Evaluated<'v> {
    let elements = target.elements()?;
    let each = |value: &Operand<'v>| evaluate(body, &CelScope { name, value: value.clone(), outer: Some(outer) });
    if which == Macro::Map {
        return Ok(Operand::List(elements.iter().map(each).collect::<Result<_, _>>()?));
    }
    let told: Vec<Result<bool, String>> = elements.iter().map(|element| truth(&each(element)?)).collect();
    let first_error = || told.iter().find_map(|told| told.clone().err());
    let settling = match which {
        Macro::All => Some(false),
        Macro::Exists => Some(true),
        _ => None,
    };
    if let Some(settling) = settling {
        let is_settled = told.contains(&Ok(settling));
        return match first_error().filter(|_| !is_settled) {
            Some(error) => Err(error),
            None => Ok(Operand::Bool(is_settled == settling)),
        };
    }
    if let Some(error) = first_error() {
        return Err(error);
    }
    let chosen = elements.into_iter().zip(&told).filter(|(_, told)| **told == Ok(true)).map(|(element, _)| element);
    let chosen: Vec<Operand<'v>> = chosen.collect();
    Ok(if which == Macro::ExistsOne { Operand::Bool(chosen.len() == 1) } else { Operand::List(chosen) })
}

fn binary<'v>(operator: &str, left: &Operand<'v>, right: &Operand<'v>) -> Evaluated<'v> {
    match operator {
        "==" => return Ok(Operand::Bool(left.is(right))),
        "!=" => return Ok(Operand::Bool(!left.is(right))),
        "in" => return Ok(Operand::Bool(right.elements()?.iter().any(|element| element.is(left)))),
        _ => {}
    }
    match (left, right) {
        (Operand::Text(left), Operand::Text(right)) if operator == "+" => {
            Ok(Operand::Text(Cow::Owned(format!("{left}{right}"))))
        }
        (Operand::Text(left), Operand::Text(right)) => ordered(operator, left.partial_cmp(right)),
        (Operand::Int(left), Operand::Int(right)) => arithmetic(operator, *left, *right),
        (Operand::Duration(left), Operand::Duration(right)) => ordered(operator, left.partial_cmp(right)),
        _ => match (left.number(), right.number()) {
            (Some(left), Some(right)) => ordered(operator, left.partial_cmp(&right)),
            _ => no_overload(),
        },
    }
}

impl Operand<'_> {
    fn number(&self) -> Option<f64> {
        match self {
            Self::Int(number) => Some(*number as f64),
            Self::Double(number) => Some(*number),
            _ => None,
        }
    }
}

fn ordered<'v>(operator: &str, order: Option<std::cmp::Ordering>) -> Evaluated<'v> {
    let Some(order) = order else { return no_overload() };
    Ok(Operand::Bool(match operator {
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        ">=" => order.is_ge(),
        _ => return no_overload(),
    }))
}

fn arithmetic<'v>(operator: &str, left: i64, right: i64) -> Evaluated<'v> {
    let (result, failure) = match operator {
        "+" => (left.checked_add(right), "integer overflow"),
        "-" => (left.checked_sub(right), "integer overflow"),
        "*" => (left.checked_mul(right), "integer overflow"),
        "/" => (left.checked_div(right), "division by zero"),
        "%" => (left.checked_rem(right), "modulus by zero"),
        _ => return ordered(operator, Some(left.cmp(&right))),
    };
    result.map(Operand::Int).ok_or_else(|| failure.to_owned())
}
