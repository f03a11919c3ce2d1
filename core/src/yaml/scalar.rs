//! What a scalar means: go-yaml v2's rules, which sigs.k8s.io/yaml and so kubectl follow.
//!
//! Quoted text is always a string. Plain text is looked at by its first character: words (`on`, `yes`, `y`, `~`),
//! numbers (`0777` is octal, `1_000` is a thousand, `1e3` is a float), everything else is a string. Timestamps stay
//! strings, because go-yaml hands them on as text (goyaml.v2 resolve.go and decode.go).

use std::sync::Arc;

use super::{Value, base64};

const TAG_PREFIX: &str = "tag:yaml.org,2002:";

/// The value of a scalar with an optional tag. `Err` holds go-yaml's words.
pub(super) fn resolve(tag: Option<&str>, text: &str, plain: bool) -> Result<Value, String> {
    resolve_tagged(tag, text, plain).map(as_json)
}

/// JSON has one kind of number: `80.0` becomes `80` on its way through json.Marshal.
fn as_json(value: Value) -> Value {
    match value {
        Value::Float(number) if number.fract() == 0.0 && number.abs() < 9e15 => Value::Integer(number as i64),
        value => value,
    }
}

fn resolve_tagged(tag: Option<&str>, text: &str, plain: bool) -> Result<Value, String> {
    let short = tag.map(|tag| tag.strip_prefix(TAG_PREFIX).unwrap_or(tag));
    match short {
        None if plain => Ok(plain_value(text).unwrap_or_else(|| string(text))),
        None | Some("str" | "!") => Ok(string(text)),
        Some("binary") => match base64::decode(text) {
            Some(bytes) => Ok(string(&String::from_utf8_lossy(&bytes))),
            None => Err("!!binary value contains invalid base64 data".to_owned()),
        },
        Some(tag @ ("bool" | "int" | "float" | "null")) => tagged(tag, text),
        Some(_) => Ok(string(text)),
    }
}

/// The letters that go-yaml reads as booleans.
///
/// They stay text in the tree, because whoever writes `namespace: y` means a name; the schema says that kubectl refuses
/// it, and a field that takes a boolean takes them as one.
pub(crate) fn letter(text: &str) -> Option<bool> {
    match text {
        "y" | "Y" => Some(true),
        "n" | "N" => Some(false),
        _ => None,
    }
}

/// Whether go-yaml reads plain text as text, neither as a word or a number nor as a date, and so writes it without quotes.
pub(crate) fn means_text(text: &str) -> bool {
    let date = text.get(..10).is_some_and(|date| {
        date.bytes().enumerate().all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() })
    });
    !date && letter(text).is_none() && text != "<<" && plain_value(text).is_none()
}

/// A key as JSON text. `Err` holds what sigs.k8s.io/yaml says of a key that JSON cannot have.
pub(super) fn key_text(value: &Value) -> Result<Arc<str>, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(value) => Ok(value.to_string().into()),
        Value::Integer(value) => Ok(value.to_string().into()),
        Value::Float(value) => Ok(float_text(*value).into()),
        Value::Null => Err("unsupported map key of type: %!s(<nil>)".to_owned()),
        Value::Sequence(_) | Value::Mapping(_) => Err("invalid map key".to_owned()),
    }
}

/// A float as Go's JSON writes it: the shortest digits that read back, an exponent only for the very small and large.
pub(crate) fn float_text(value: f64) -> String {
    let magnitude = value.abs();
    if magnitude != 0.0 && !(1e-6..1e21).contains(&magnitude) { format!("{value:e}") } else { format!("{value}") }
}

fn string(text: &str) -> Value {
    Value::String(text.into())
}

fn tagged(tag: &str, text: &str) -> Result<Value, String> {
    let value = plain_value(text).unwrap_or_else(|| string(text));
    match (tag, &value) {
        ("bool", Value::Bool(_)) | ("int", Value::Integer(_)) | ("null", Value::Null) | ("float", Value::Float(_)) => {
            Ok(value)
        }
        ("float", Value::Integer(number)) => Ok(Value::Float(*number as f64)),
        _ => Err(format!("cannot decode !!{} `{text}` as a !!{tag}", yaml_type(&value))),
    }
}

fn yaml_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Integer(_) => "int",
        Value::Float(_) => "float",
        Value::String(_) => "str",
        Value::Sequence(_) => "seq",
        Value::Mapping(_) => "map",
    }
}

/// What plain text means, if it isn't a string.
fn plain_value(text: &str) -> Option<Value> {
    match text.bytes().next() {
        None => Some(Value::Null),
        Some(b'~' | b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O') => word(text),
        Some(b'.') => not_finite(text).or_else(|| go_float(text)),
        Some(b'+' | b'-' | b'0'..=b'9') => not_finite(text).or_else(|| number(text)),
        Some(_) => None,
    }
}

/// `y` and `n` are no words here but [`letter`]s.
fn word(text: &str) -> Option<Value> {
    Some(match text {
        "~" | "null" | "Null" | "NULL" => Value::Null,
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Value::Bool(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Value::Bool(false),
        _ => return None,
    })
}

fn not_finite(text: &str) -> Option<Value> {
    Some(Value::Float(match text {
        ".nan" | ".NaN" | ".NAN" => f64::NAN,
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => f64::INFINITY,
        "-.inf" | "-.Inf" | "-.INF" => f64::NEG_INFINITY,
        _ => return None,
    }))
}

/// Integers in Go's notation (strconv.ParseInt with base 0, underscores ignored), then floats, then `0b…`.
fn number(text: &str) -> Option<Value> {
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    let (negative, unsigned) = match digits.strip_prefix(['+', '-']) {
        Some(rest) => (digits.starts_with('-'), rest),
        None => (false, digits.as_str()),
    };
    integer(negative, unsigned).or_else(|| is_float(unsigned).then(|| go_float(&digits)).flatten())
}

fn integer(negative: bool, unsigned: &str) -> Option<Value> {
    let (base, digits) = match unsigned.get(..2) {
        Some("0x" | "0X") => (16, unsigned.get(2..)?),
        Some("0o" | "0O") => (8, unsigned.get(2..)?),
        Some("0b" | "0B") => (2, unsigned.get(2..)?),
        _ if unsigned.len() > 1 && unsigned.starts_with('0') => (8, unsigned.get(1..)?),
        _ => (10, unsigned),
    };
    if digits.starts_with(['+', '-']) {
        return None;
    }
    let magnitude = u128::from_str_radix(digits, base).ok()?;
    let signed = i128::try_from(magnitude).ok()? * if negative { -1 } else { 1 };
    Some(i64::try_from(signed).map_or(Value::Float(signed as f64), Value::Integer))
}

/// `^(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`
fn is_float(unsigned: &str) -> bool {
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let mantissa_is_number = digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty());
    mantissa_is_number && exponent.is_none_or(|exponent| !exponent.is_empty() && digits(exponent))
}

fn go_float(text: &str) -> Option<Value> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !is_float(unsigned) {
        return None;
    }
    text.parse().ok().filter(|value: &f64| value.is_finite()).map(Value::Float)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Value {
        resolve(None, text, true).unwrap()
    }

    #[test]
    fn words_are_go_yamls() {
        for text in ["Yes", "ON", "true"] {
            assert_eq!(plain(text), Value::Bool(true), "{text}");
        }
        for text in ["No", "off", "FALSE"] {
            assert_eq!(plain(text), Value::Bool(false), "{text}");
        }
        assert_eq!(plain("~"), Value::Null);
        assert_eq!(plain("yES"), Value::String("yES".into()));
        assert_eq!(plain("y"), Value::String("y".into()));
    }

    #[test]
    fn numbers_are_gos() {
        for (text, number) in [
            ("80", 80),
            ("0777", 511),
            ("0o777", 511),
            ("1_000", 1000),
            ("0x1F", 31),
            ("-0b11", -3),
            ("+12", 12),
            ("0", 0),
        ] {
            assert_eq!(plain(text), Value::Integer(number), "{text}");
        }
        for (text, number) in [("1.0", 1), ("1e3", 1000), ("08", 8), ("1.", 1)] {
            assert_eq!(plain(text), Value::Integer(number), "{text}");
        }
        for (text, number) in [(".5", 0.5), ("-1.5", -1.5), ("1e30", 1e30)] {
            assert_eq!(plain(text), Value::Float(number), "{text}");
        }
        for text in ["10.96.0.1", "2001-12-14", "1.2.3", "0x", "12:30", "-", ".", "1e", "100m", "0b12", "--1"] {
            assert_eq!(plain(text), Value::String(text.into()), "{text}");
        }
    }

    #[test]
    fn tags_and_quotes_decide() {
        assert_eq!(resolve(None, "80", false), Ok(Value::String("80".into())));
        assert_eq!(resolve(Some("tag:yaml.org,2002:str"), "80", true), Ok(Value::String("80".into())));
        assert_eq!(resolve(Some("tag:yaml.org,2002:int"), "80", false), Ok(Value::Integer(80)));
        let error = resolve(Some("tag:yaml.org,2002:int"), "web", true);
        assert_eq!(error, Err("cannot decode !!str `web` as a !!int".to_owned()));
    }
}
