//! Writing objects back as JSON: what somebody said, or defaulting filled in, under the API's names.
//!
//! A trait object for each field instead of serde's derives, which would be code for each field of each struct.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{IntOrString, Quantity, Text};
use crate::yaml;

/// What can be written back.
pub trait Encode {
    /// As JSON.
    fn encode(&self) -> Value;

    /// Whether a field holds it that nobody wrote; such a field isn't written back.
    fn is_unsaid(&self) -> bool;
}

/// A struct's fields by their JSON names.
pub(crate) type EncodedFields<'f> = [(&'static str, &'f dyn Encode)];

/// A struct as a JSON object.
pub(crate) fn encode_fields(fields: &EncodedFields<'_>) -> Value {
    let said = fields.iter().filter(|(_, value)| !value.is_unsaid());
    Value::Object(said.map(|(name, value)| ((*name).to_owned(), value.encode())).collect())
}

/// Whether nothing is said in a whole struct.
pub(crate) fn are_unsaid(fields: &EncodedFields<'_>) -> bool {
    fields.iter().all(|(_, value)| value.is_unsaid())
}

/// Values that are written as a whole: how, and whether nothing is said.
macro_rules! encode_values {
    ($($kind:ty: $json:expr, $is_unsaid:expr;)*) => {$(
        impl Encode for $kind {
            fn encode(&self) -> Value {
                let json: fn(&Self) -> Value = $json;
                json(self)
            }

            fn is_unsaid(&self) -> bool {
                let is_unsaid: fn(&Self) -> bool = $is_unsaid;
                is_unsaid(self)
            }
        }
    )*};
}

encode_values! {
    Text: |text| Value::from(&**text), |text| text.is_empty();
    bool: |value| Value::from(*value), |value| !value;
    i32: |number| Value::from(*number), |number| *number == 0;
    i64: |number| Value::from(*number), |number| *number == 0;
    yaml::YamlNode: |node| serde_json::to_value(node).unwrap_or_default(), |node| node.value == yaml::Value::Null;
    // Pointers in the API, wherever nothing may be said.
    Quantity: |quantity| Value::from(quantity.text()), |_| false;
    IntOrString: |port| match port {
        IntOrString::Int(number) => Value::from(*number),
        IntOrString::String(name) => Value::from(&**name),
    }, |_| false;
}

impl<T: Encode> Encode for Option<T> {
    fn encode(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::encode)
    }

    fn is_unsaid(&self) -> bool {
        self.is_none()
    }
}

impl<T: Encode> Encode for Arc<T> {
    fn encode(&self) -> Value {
        (**self).encode()
    }

    fn is_unsaid(&self) -> bool {
        (**self).is_unsaid()
    }
}

impl<T: Encode> Encode for Vec<T> {
    fn encode(&self) -> Value {
        self.iter().map(T::encode).collect()
    }

    fn is_unsaid(&self) -> bool {
        self.is_empty()
    }
}

impl<T: Encode> Encode for BTreeMap<Text, T> {
    fn encode(&self) -> Value {
        Value::Object(self.iter().map(|(key, value)| (key.to_string(), value.encode())).collect::<Map<_, _>>())
    }

    fn is_unsaid(&self) -> bool {
        self.is_empty()
    }
}
