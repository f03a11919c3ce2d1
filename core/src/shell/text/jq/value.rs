//! JSON values whose objects keep the order of their keys, as jq's do.

use std::cmp::Ordering;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::order::Order;

#[derive(Clone, Debug, Default, PartialEq)]
pub enum JqValue {
    #[default]
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<JqValue>),
    Object(JqObject),
}

/// Names with values, in the order in which they came.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JqObject(pub Vec<(String, JqValue)>);

/// How a value is written.
#[derive(Clone, Debug)]
pub struct JqStyle {
    /// `-r`
    pub raw: bool,
    /// One level of indentation; None for one line (`-c`).
    pub indent: Option<String>,
    /// `-S`
    pub sorts_keys: bool,
}

impl JqObject {
    pub fn get(&self, key: &str) -> Option<&JqValue> {
        self.0.iter().find(|(own, _)| own == key).map(|(_, value)| value)
    }

    pub fn set(&mut self, key: &str, value: JqValue) {
        match self.0.iter_mut().find(|(own, _)| own == key) {
            Some((_, own)) => *own = value,
            None => self.0.push((key.to_owned(), value)),
        }
    }

    pub fn remove(&mut self, key: &str) {
        self.0.retain(|(own, _)| own != key);
    }

    /// The names in order, as `keys` gives them.
    pub fn sorted_keys(&self) -> Vec<&str> {
        let mut keys: Vec<&str> = self.0.iter().map(|(key, _)| key.as_str()).collect();
        keys.order();
        keys
    }
}

impl JqValue {
    /// What `type` says.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::Text(_) => "string",
            Self::List(_) => "array",
            Self::Object(_) => "object",
        }
    }

    pub fn is_true(&self) -> bool {
        !matches!(self, Self::Null | Self::Bool(false))
    }

    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub fn number(&self) -> Option<f64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    /// As `tostring` writes it: texts as they are, everything else as JSON.
    pub fn as_text(&self) -> String {
        self.text().map_or_else(|| self.to_string(), str::to_owned)
    }

    /// As the tool prints it.
    pub fn printed(&self, style: &JqStyle) -> String {
        match self {
            Self::Text(text) if style.raw => text.clone(),
            value => {
                let mut out = String::new();
                value.write(&mut out, style, 0);
                out
            }
        }
    }

    fn write(&self, out: &mut String, style: &JqStyle, depth: usize) {
        let line = |out: &mut String, depth: usize| {
            if let Some(indent) = &style.indent {
                out.push('\n');
                out.push_str(&indent.repeat(depth));
            }
        };
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(is) => out.push_str(if *is { "true" } else { "false" }),
            Self::Number(number) => out.push_str(&number_text(*number)),
            Self::Text(text) => out.push_str(&serde_json::to_string(text).unwrap_or_default()),
            Self::List(list) if list.is_empty() => out.push_str("[]"),
            Self::Object(map) if map.0.is_empty() => out.push_str("{}"),
            Self::List(list) => {
                for (at, value) in list.iter().enumerate() {
                    out.push(if at == 0 { '[' } else { ',' });
                    line(out, depth + 1);
                    value.write(out, style, depth + 1);
                }
                line(out, depth);
                out.push(']');
            }
            Self::Object(map) => {
                let mut entries: Vec<&(String, Self)> = map.0.iter().collect();
                if style.sorts_keys {
                    entries.order_by(|left, right| left.0.cmp(&right.0));
                }
                for (at, (key, value)) in entries.into_iter().enumerate() {
                    out.push(if at == 0 { '{' } else { ',' });
                    line(out, depth + 1);
                    out.push_str(&serde_json::to_string(key).unwrap_or_default());
                    out.push_str(if style.indent.is_some() { ": " } else { ":" });
                    value.write(out, style, depth + 1);
                }
                line(out, depth);
                out.push('}');
            }
        }
    }

    /// jq's order: null, false, true, numbers, texts, lists, objects.
    pub fn compare(&self, other: &Self) -> Ordering {
        let rank = |value: &Self| match value {
            Self::Null => 0,
            Self::Bool(false) => 1,
            Self::Bool(true) => 2,
            Self::Number(_) => 3,
            Self::Text(_) => 4,
            Self::List(_) => 5,
            Self::Object(_) => 6,
        };
        match (self, other) {
            (Self::Number(left), Self::Number(right)) => left.partial_cmp(right).unwrap_or(Ordering::Less),
            (Self::Text(left), Self::Text(right)) => left.cmp(right),
            (Self::List(left), Self::List(right)) => {
                let orders = left.iter().zip(right).map(|(left, right)| left.compare(right));
                orders.into_iter().find(|order| order.is_ne()).unwrap_or(left.len().cmp(&right.len()))
            }
            (Self::Object(left), Self::Object(right)) => {
                let (keys, others) = (left.sorted_keys(), right.sorted_keys());
                keys.cmp(&others).then_with(|| {
                    let each = |key: &&&str| left.get(key).zip(right.get(key)).map(|(left, right)| left.compare(right));
                    keys.iter().filter_map(|key| each(&key)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
                })
            }
            _ => rank(self).cmp(&rank(other)),
        }
    }
}

impl fmt::Display for JqValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.printed(&JqStyle { raw: false, indent: None, sorts_keys: false }))
    }
}

impl From<String> for JqValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for JqValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<bool> for JqValue {
    fn from(is: bool) -> Self {
        Self::Bool(is)
    }
}

impl From<usize> for JqValue {
    fn from(number: usize) -> Self {
        Self::Number(number as f64)
    }
}

/// Whole numbers without a point, others as short as they can be.
pub fn number_text(number: f64) -> String {
    if number.is_nan() {
        return "null".to_owned();
    }
    let number = number.clamp(f64::MIN, f64::MAX);
    if number.fract() == 0.0 && number.abs() < 1e17 { format!("{number:.0}") } else { number.to_string() }
}

impl<'de> Deserialize<'de> for JqValue {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(JqVisitor)
    }
}

struct JqVisitor;

impl<'de> Visitor<'de> for JqVisitor {
    type Value = JqValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<JqValue, E> {
        Ok(JqValue::Null)
    }

    fn visit_bool<E>(self, is: bool) -> Result<JqValue, E> {
        Ok(JqValue::Bool(is))
    }

    fn visit_i64<E>(self, number: i64) -> Result<JqValue, E> {
        Ok(JqValue::Number(number as f64))
    }

    fn visit_u64<E>(self, number: u64) -> Result<JqValue, E> {
        Ok(JqValue::Number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<JqValue, E> {
        Ok(JqValue::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<JqValue, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<JqValue, A::Error> {
        let mut all = Vec::new();
        while let Some(value) = list.next_element()? {
            all.push(value);
        }
        Ok(JqValue::List(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<JqValue, A::Error> {
        let mut all = JqObject::default();
        while let Some((key, value)) = map.next_entry::<String, JqValue>()? {
            all.set(&key, value);
        }
        Ok(JqValue::Object(all))
    }
}
