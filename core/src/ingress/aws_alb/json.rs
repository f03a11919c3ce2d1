//! JSON in annotations, read as Go reads it: names of fields in any case, null as absent, wrong types as errors.

use serde_json::{Map, Value};

/// That a value has another type than the controller reads.
#[derive(Debug)]
pub struct WrongType;

#[derive(Clone, Copy)]
pub struct JsonObject<'j>(&'j Map<String, Value>);

impl<'j> JsonObject<'j> {
    pub fn of(value: &'j Value) -> Result<Self, WrongType> {
        value.as_object().map(Self).ok_or(WrongType)
    }

    /// A field by its name, without case unless it stands there in the very case.
    pub fn field(self, name: &str) -> Option<&'j Value> {
        let other = || self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        self.0.get(name).or_else(other).filter(|value| !value.is_null())
    }

    pub fn text(self, name: &str) -> Result<Option<&'j str>, WrongType> {
        self.field(name).map(|value| value.as_str().ok_or(WrongType)).transpose()
    }

    /// A text; empty where it is absent.
    pub fn required_text(self, name: &str) -> Result<&'j str, WrongType> {
        Ok(self.text(name)?.unwrap_or_default())
    }

    pub fn number(self, name: &str) -> Result<Option<i64>, WrongType> {
        self.field(name).map(|value| value.as_i64().ok_or(WrongType)).transpose()
    }

    pub fn object(self, name: &str) -> Result<Option<Self>, WrongType> {
        self.field(name).map(Self::of).transpose()
    }

    /// The elements of a list; none where it is absent.
    pub fn elements(self, name: &str) -> Result<&'j [Value], WrongType> {
        let elements = self.field(name).map(|value| value.as_array().ok_or(WrongType)).transpose()?;
        Ok(elements.map(Vec::as_slice).unwrap_or_default())
    }

    /// Texts in a list.
    pub fn texts(self, name: &str) -> Result<Vec<String>, WrongType> {
        let texts = self.elements(name)?.iter().map(|one| one.as_str().map(str::to_owned).ok_or(WrongType));
        texts.collect()
    }
}
